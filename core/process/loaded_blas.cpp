#include "core/process/loaded_blas.h"

#include <dlfcn.h>
#include <link.h>
#include <sched.h>

#include <algorithm>
#include <cstdlib>
#include <mutex>
#include <vector>

#include "core/process/blas_library.h"
#include "core/process/memory_room.h"

namespace r2t2 {

namespace {

constexpr const char* kNames[] = {"libblas.so.3", "libopenblas.so.0"};
constexpr std::size_t kBuffer = std::size_t{128} << 20;   ///< of one thread, OpenBLAS on x86-64
constexpr std::size_t kLibraries = std::size_t{96} << 20; ///< OpenBLAS, Fortran's and OpenMP's libraries, and some heap
constexpr int kMostThreads = 64;                          ///< that Debian's is built for

void* open_by_name(int flags) {
    for (const char* name : kNames) {
        if (void* library = ::dlopen(name, flags | RTLD_NOW | RTLD_LOCAL)) {
            return library;
        }
    }
    return nullptr;
}

template <typename Function>
Function symbol(void* library, const char* name) {
    return reinterpret_cast<Function>(::dlsym(library, name));
}

std::string file_with(void* symbol) {
    Dl_info info{};
    return symbol != nullptr && ::dladdr(symbol, &info) != 0 && info.dli_fname != nullptr ? info.dli_fname : "";
}

/// A positive number in a variable; 0: none.
int number_in(const char* variable) {
    const char* value = std::getenv(variable);
    return value == nullptr ? 0 : std::max(0, std::atoi(value));
}

int processors() {
    cpu_set_t set;
    return ::sched_getaffinity(0, sizeof set, &set) == 0 ? std::max(1, CPU_COUNT(&set)) : 1;
}

/// As OpenBLAS and OpenMP count when they are opened.
int threads_at_start() {
    for (const char* variable : {"OPENBLAS_NUM_THREADS", "GOTO_NUM_THREADS", "OMP_NUM_THREADS"}) {
        if (const int number = number_in(variable); number > 0) {
            return std::min(number, kMostThreads);
        }
    }
    return std::min(processors(), kMostThreads);
}

/// Fewer threads where there is room for no more.
Status make_room(int wanted) {
    int threads = possible_threads(wanted);
    while (threads > 1 && !room_for_blas(threads)) {
        threads /= 2;
    }
    if (!room_for_blas(threads)) {
        return Error{ErrorKind::OutOfMemory, "OpenBLAS", {}, "not enough memory: it needs " + std::to_string((kLibraries + 2 * kBuffer) >> 20) + " MiB of addresses; see ulimit -v and ulimit -d", {}};
    }
    if (threads < wanted) {
        const std::string number = std::to_string(threads);
        ::setenv("OPENBLAS_NUM_THREADS", number.c_str(), 1);
        ::setenv("OMP_NUM_THREADS", number.c_str(), 1);
    }
    return {};
}

std::string name_of_file(const std::string& path) {
    const std::string file = path.substr(path.rfind('/') + 1);
    const std::pair<const char*, const char*> known[] = {{"libmkl", "MKL"}, {"libblis", "BLIS"}, {"libblas", "reference BLAS"}};
    for (const auto& [beginning, name] : known) {
        if (file.rfind(beginning, 0) == 0) {
            return name;
        }
    }
    return "";
}

/// MKL comes in libraries of other names, or inside LibTorch's own.
std::string other_blas() {
    std::string found;
    ::dl_iterate_phdr([](dl_phdr_info* info, std::size_t, void* out) {
        const std::string path = info->dlpi_name == nullptr ? "" : info->dlpi_name;
        if (!name_of_file(path).empty() && static_cast<std::string*>(out)->empty()) {
            *static_cast<std::string*>(out) = path;
        }
        return 0;
    }, &found);
    return found;
}

}  // namespace

void* open_blas_library() { return open_by_name(0); }

void* find_blas_library() { return open_by_name(RTLD_NOLOAD); }

BlasLibrary about_blas(void* library) {
    BlasLibrary out;
    out.files.push_back(file_with(::dlsym(library, "sgemm_")));
    const auto config = symbol<char* (*)()>(library, "openblas_get_config");
    const auto core = symbol<char* (*)()>(library, "openblas_get_corename");
    const auto threads = symbol<int (*)()>(library, "openblas_get_num_threads");
    if (config == nullptr || core == nullptr) {
        return out;
    }
    if (const std::string behind = file_with(reinterpret_cast<void*>(core)); behind != out.files.front()) {
        out.files.push_back(behind);
    }
    const std::string words = config();  // "OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH ..."
    out.version = words.substr(0, words.find(' ', words.find(' ') + 1));
    out.kernels = core();
    out.threads = threads == nullptr ? 0 : threads();
    return out;
}

bool room_for_blas(int threads) { return can_map(kLibraries + (static_cast<std::size_t>(threads) + 1) * kBuffer); }

LoadedBlas loaded_blas() {
    LoadedBlas out;
    if (void* library = find_blas_library()) {
        const BlasLibrary about = about_blas(library);
        out.name = about.version.empty() ? name_of_file(about.files.front()) : about.version;
        out.kernels = about.kernels;
        out.file = about.files.back();
        out.threads = about.threads;
        out.functions = blas_functions(library);
    } else if (const std::string file = other_blas(); !file.empty()) {
        out.name = name_of_file(file);
        out.file = file;
    }
    return out;
}

std::string to_string(const LoadedBlas& blas) {
    return (blas.name.empty() ? "none" : blas.name) + (blas.kernels.empty() ? "" : ", " + blas.kernels + " kernels");
}

Status open_blas() {
    static std::once_flag once;
    static Status status;
    std::call_once(once, [] {
        if (find_blas_library() == nullptr) {
            status = make_room(threads_at_start());
            if (status.ok()) {
                (void)open_blas_library();
            }
        }
    });
    return status;
}

bool reserve_blas_buffers(int inside) {
    static std::mutex mutex;
    static int callers = 0, most_inside = 1;
    static void* const library = find_blas_library();
    static const auto allocate = library == nullptr ? nullptr : symbol<void* (*)(int)>(library, "blas_memory_alloc");
    static const auto release = library == nullptr ? nullptr : symbol<void (*)(void*)>(library, "blas_memory_free");
    thread_local struct Caller {
        bool counted = false;
        ~Caller() {
            const std::lock_guard lock(mutex);
            callers -= counted ? 1 : 0;
        }
    } caller;
    const std::lock_guard lock(mutex);
    if (allocate == nullptr || release == nullptr) {
        return true;
    }
    callers += caller.counted ? 0 : 1;
    caller.counted = true;
    // Held together, so that as many are there; those that are in use meanwhile make it a few more. Beyond one thread inside, each has its own.
    const int wanted = std::min(callers + (inside > most_inside ? inside : 0), kMostThreads);
    most_inside = std::max(most_inside, inside);
    std::vector<void*> held;
    while (static_cast<int>(held.size()) < wanted && can_map(kBuffer + (kBuffer >> 3))) {
        held.push_back(allocate(0));
    }
    const bool enough = static_cast<int>(held.size()) == wanted;
    for (void* buffer : held) {
        release(buffer);
    }
    return enough;
}

}  // namespace r2t2
