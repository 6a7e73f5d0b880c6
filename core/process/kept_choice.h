// The choice of kernels between two starts: a small text in the user's cache. Private to blas_kernels.cpp and its test.
#pragma once

#include <filesystem>
#include <optional>

#include "core/process/blas_kernels.h"

namespace r2t2 {

/// cache_directory()/blas-kernels; empty where the user has no cache.
[[nodiscard]] std::filesystem::path kept_choice_file();
/// Of this processor and of the library as it lies there now; anything else, a damaged file too, is as if there were none.
[[nodiscard]] std::optional<KernelChoice> kept_choice(const CpuidWords& words);
/// Where the cache cannot be written nothing is kept, and the next start tries again.
void keep_choice(const CpuidWords& words, const KernelChoice& choice);

}  // namespace r2t2
