// The BLAS as a shared library. Private to this room.
#pragma once

#include <string>
#include <vector>

namespace r2t2 {

/// By the names that LibTorch, FAISS and OpenCV are linked against; null where there is none. Opened, or open already.
[[nodiscard]] void* open_blas_library();
/// The same, of a library that is loaded already; null where none is.
[[nodiscard]] void* find_blas_library();

struct BlasLibrary {
    std::vector<std::string> files;  ///< as the linker found them
    std::string version;             ///< "OpenBLAS 0.3.21"; empty: no OpenBLAS
    std::string kernels;
    int threads = 0;
};
[[nodiscard]] BlasLibrary about_blas(void* library);

/// Whether OpenBLAS finds room for itself and a buffer for each of so many threads, and the caller's.
[[nodiscard]] bool room_for_blas(int threads);

}  // namespace r2t2
