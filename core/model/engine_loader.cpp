#include <dlfcn.h>

#include <atomic>
#include <cstdlib>
#include <mutex>

#include "core/model/engine.h"
#include "core/model/engine_entry.h"
#include "core/process/loaded_blas.h"
#include "core/process/memory_room.h"

namespace r2t2 {

namespace {

/// The module lies beside the executable's folder (build tree: lib/), beside the executable, or where R2T2_ENGINE says.
std::vector<std::filesystem::path> candidate_paths() {
    std::vector<std::filesystem::path> paths;
    std::error_code code;
    if (const char* named = std::getenv("R2T2_ENGINE")) {
        paths.push_back(std::filesystem::absolute(named, code));  // a name without a slash is looked for elsewhere by dlopen
        return paths;
    }
    const std::filesystem::path folder = std::filesystem::read_symlink("/proc/self/exe", code).parent_path();
    for (const char* place : {"../lib", ".", "../lib/r2t2"}) {
        paths.push_back(folder / place / engine_module_file);
    }
    return paths;
}

constexpr std::size_t kRoomToBegin = std::size_t{64} << 20;  ///< that torch's first operations take

Error no_room(const std::filesystem::path& module) {
    return {ErrorKind::OutOfMemory, module.string(), "engine module", "not enough memory or addresses (ulimit -v, ulimit -d)", {}};
}

Result<EngineModule*> open_module() {
    R2T2_TRY(open_blas());
    std::string tried;
    for (const std::filesystem::path& path : candidate_paths()) {
        std::error_code code;
        if (!std::filesystem::exists(path, code)) {
            tried += (tried.empty() ? "" : ", ") + path.string();
            continue;
        }
        if (!std::filesystem::is_regular_file(path, code)) {
            return invalid_input(path.string(), "engine module", std::filesystem::is_directory(path, code) ? "a folder" : "no regular file", "a file: R2T2_ENGINE=/path/to/libr2t2_engine.so");
        }
        // Never closed: torch registers thread-local and static state that does not survive unloading.
        const EndsInWords guard(path.string());
        void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
        if (library == nullptr) {
            const std::string reason = dlerror();
            return tells_of_memory(reason) ? no_room(path) : Error{ErrorKind::Internal, path.string(), "engine module", reason, "a module built with this program"};
        }
        if (!can_map(kRoomToBegin)) {
            return no_room(path);
        }
        const auto entry = reinterpret_cast<EngineEntry>(dlsym(library, engine_entry_name));
        if (entry == nullptr) {
            return Error{ErrorKind::Internal, path.string(), engine_entry_name, "no such symbol",
                         "a module built with this program"};
        }
        return entry();
    }
    return Error{ErrorKind::NotFound, tried, "engine module", "no file", "libr2t2_engine.so, or R2T2_ENGINE=/path/to/it"};
}

std::atomic<EngineModule*> opened_engine{nullptr};

}  // namespace

Result<EngineModule*> load_engine() {
    static std::once_flag once;
    static Result<EngineModule*> module = Error{};
    std::call_once(once, [] {
        module = open_module();
        opened_engine = module ? *module : nullptr;
    });
    return module;
}

EngineModule* loaded_engine() { return opened_engine; }

}  // namespace r2t2
