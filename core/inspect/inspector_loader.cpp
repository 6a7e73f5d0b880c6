#include <dlfcn.h>

#include <cstdlib>
#include <mutex>

#include "core/inspect/inspector_entry.h"
#include "core/process/loaded_blas.h"
#include "core/process/memory_room.h"

namespace r2t2 {

namespace {

std::vector<std::filesystem::path> candidate_paths() {
    std::error_code code;
    if (const char* named = std::getenv("R2T2_INSPECTOR"); named != nullptr && *named != '\0') {
        return {std::filesystem::absolute(named, code)};  // a name without a slash is looked for elsewhere by dlopen
    }
    const std::filesystem::path folder = std::filesystem::read_symlink("/proc/self/exe", code).parent_path();
    return {folder / "../lib" / inspector_module_file, folder / inspector_module_file,
            folder / "../lib/r2t2" / inspector_module_file};
}

Result<InspectorModule*> open_module() {
    R2T2_TRY(open_blas());
    std::string tried;
    for (const std::filesystem::path& path : candidate_paths()) {
        std::error_code code;
        if (!std::filesystem::exists(path, code)) {
            tried += (tried.empty() ? "" : ", ") + path.lexically_normal().string();
            continue;
        }
        void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);  // never closed: it holds torch by way of the engine
        if (library == nullptr) {
            const std::string reason = dlerror();
            return tells_of_memory(reason) ? Error{ErrorKind::OutOfMemory, path.string(), "inspector module", "not enough memory or addresses (ulimit -v, ulimit -d)", {}}
                                           : Error{ErrorKind::Internal, path.string(), "inspector module", reason, "a module built with this program"};
        }
        const auto entry = reinterpret_cast<InspectorEntry>(dlsym(library, inspector_entry_name));
        if (entry == nullptr) {
            return Error{ErrorKind::Internal, path.string(), inspector_entry_name, "no such symbol",
                         "a module built with this program"};
        }
        return entry();
    }
    return Error{ErrorKind::NotFound, tried, "inspector module", "no file",
                 "libr2t2_inspector.so, or R2T2_INSPECTOR=/path/to/it"};
}

}  // namespace

Result<InspectorModule*> load_inspector() {
    static std::once_flag once;
    static Result<InspectorModule*> module = Error{};
    std::call_once(once, [] { module = open_module(); });
    return module;
}

std::size_t Inspection::index_of(Method method) const {
    std::size_t i = 0;
    while (i < methods_.size() && methods_[i].method != method) {
        ++i;
    }
    return i;
}

std::vector<InspectedNeighbour> Inspection::neighbours(std::size_t index) const {
    if (index < neighbours_.size()) {
        return neighbours_[index];
    }
    std::vector<InspectedNeighbour> out;
    if (index < trajectories_.size()) {
        for (const Neighbour& neighbour : trajectories_[index].neighbourhood.neighbours) {
            out.push_back({neighbour.index});
        }
    }
    return out;
}

}  // namespace r2t2
