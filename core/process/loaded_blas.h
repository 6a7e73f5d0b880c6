// The BLAS of this process: opened with room for its buffers, and what it is.
//
// OpenBLAS takes 128 MiB of addresses a thread (touched only where used) when it is opened and when a thread first computes; where it gets
// none it asks for ever. So its buffers are asked for here, after a look whether there is room, and are there when it wants them.
//
// Thread rule: any thread.
#pragma once

#include <string>

#include "core/base/result.h"
#include "core/process/blas_check.h"

namespace r2t2 {

/// What computes, for reports; empty where no BLAS is loaded.
struct LoadedBlas {
    std::string name;     ///< "OpenBLAS 0.3.21", "MKL", "reference BLAS"
    std::string kernels;  ///< "SkylakeX"; empty where the library does not say
    std::string file;
    int threads = 0;      ///< inside one product at most; 0: not said
    BlasFunctions functions;
};
[[nodiscard]] LoadedBlas loaded_blas();
/// "OpenBLAS 0.3.21, SkylakeX kernels"; "none" where no BLAS is loaded.
[[nodiscard]] std::string to_string(const LoadedBlas& blas);

/// Opens the BLAS that the modules are linked against, before they are: once a process. Where there is no room for as many threads as the
/// processors, for fewer (OPENBLAS_NUM_THREADS, OMP_NUM_THREADS are set). OutOfMemory: not even for one.
[[nodiscard]] Status open_blas();

/// Room for one more thread that computes with `inside` threads in its products; false: there is none, and a product would never end.
/// Called by every thread before its first product, and when `inside` changes.
[[nodiscard]] bool reserve_blas_buffers(int inside);

}  // namespace r2t2
