// What a timing was made on: the first line that every benchmark prints.
#pragma once

#include <cstdio>

#include "core/process/loaded_blas.h"
#include "core/process/processor.h"

namespace r2t2::bench {

/// `threads` that compute. Programs that are linked against the BLAS compute with the kernels that it takes by itself, unless
/// OPENBLAS_CORETYPE names others: r2t2 chooses before it opens the library.
inline void print_machine(int threads) {
    std::printf("%s; %s; %d thread%s\n", processor_name().c_str(), to_string(loaded_blas()).c_str(), threads, threads == 1 ? "" : "s");
}

}  // namespace r2t2::bench
