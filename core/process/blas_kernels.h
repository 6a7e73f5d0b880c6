// Which kernels OpenBLAS computes with. It chooses by the processor's model number, and an old one takes its slowest kernels on a processor
// that it does not know: 0.3.21 computes four times slower on a current Xeon than it could.
//
// Before the library is opened its kernels are chosen by what the processor can do, checked by products (blas_check.h) in a process of its
// own, and named in OPENBLAS_CORETYPE. A library that chose as good kernels itself is left alone; so is one that is no OpenBLAS, and a choice
// of the user's (OPENBLAS_CORETYPE set). The answer is kept in the user's cache, for this processor and this very library.
//
// Thread rule: `choose_blas_kernels` at the start of main, before any thread: it starts a process and sets a variable. The rest: any thread.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/process/processor.h"

namespace r2t2 {

/// Kernel sets of OpenBLAS that a processor can run, best first; those of one rank compute with the same instructions.
struct KernelSet {
    std::string name;  ///< as in OPENBLAS_CORETYPE and openblas_get_corename
    int rank = 0;
};
[[nodiscard]] std::vector<KernelSet> kernel_sets_for(const ProcessorFeatures& features);

/// What a process of its own found out about one kernel set.
struct KernelTrial {
    enum class Outcome { Sound, Wrong, Crashed, NoLibrary, Unknown };  ///< Unknown: no OpenBLAS, or the process could not be started
    Outcome outcome = Outcome::Unknown;
    std::string kernels;                 ///< what the library took
    std::string version;                 ///< "OpenBLAS 0.3.21"
    std::vector<std::string> libraries;  ///< files: the BLAS, and the OpenBLAS behind it
    std::string wrong;                   ///< which product
};
/// `name` empty: the library's own choice.
using TryKernels = std::function<KernelTrial(const std::string& name)>;

struct KernelChoice {
    std::string kernels;   ///< for OPENBLAS_CORETYPE; empty: nothing is to be set
    std::string own;       ///< what the library takes by itself
    std::string version;
    std::vector<std::string> libraries;
    std::vector<std::string> refused;  ///< "SkylakeX: crashed", "Zen: sgemm NT of ... off by up to 3"
    bool settled = false;  ///< may be kept: every trial came to an end
};
/// The library's own choice where no set of higher rank is sound; the next lower set where that one is not sound either.
[[nodiscard]] KernelChoice choose_kernels(const ProcessorFeatures& features, const TryKernels& try_kernels);

/// Chooses, or takes the kept choice, and sets OPENBLAS_CORETYPE. Says nothing and fails never: at worst the library chooses.
KernelChoice choose_blas_kernels();

/// In a process of its own, one thread: opens the BLAS, names its kernels, checks products. A crash or an endless loop is an outcome.
[[nodiscard]] KernelTrial try_blas_kernels(const std::string& name);

}  // namespace r2t2
