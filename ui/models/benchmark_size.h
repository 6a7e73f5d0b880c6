// What an evaluation will come to, before any of it is run: how many runs, and the smallest difference that they can detect.
//
// Nothing is read: sizes are those that are known already. Thread rule: pure functions, at once.
#pragma once

#include <QString>
#include <cstdint>
#include <optional>

#include "core/base/result.h"
#include "core/inspect/benchmark.h"

namespace r2t2::ui {

/// Base and every method under every parameter set. Errors as swept().
[[nodiscard]] Result<std::size_t> run_count(const BenchmarkRequest& request);

/// "3 runs with base on 8 sets, 200 samples each". `runs`: run_count.
[[nodiscard]] QString selection_text(const BenchmarkRequest& request, std::size_t runs);

/// Samples with a truth, of all sets together, and the clusters that they stand in (core/results/sample_clusters.h).
struct SelectionSize {
    std::int64_t samples = 0, clusters = 0;
};

/// One line, and what it assumes: of all samples and of one set, by r2t2 power's defaults; where samples belong together from the best case (each as
/// if it stood alone) to the worst (a cluster's all alike).
struct DetectableWords {
    QString line, tip;
};
/// `size`: none = not known before the samples are read. `runs`: run_count.
[[nodiscard]] DetectableWords detectable_words(const std::optional<SelectionSize>& size, std::size_t sets, std::size_t runs);

}  // namespace r2t2::ui
