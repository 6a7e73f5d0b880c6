// The bundled model against values recorded when it was bundled: answers and losses of a few samples.
//
// File: resources/self_check.json {"model_hash", "tolerance", "samples": [{"sample": "G-dim/0", "question", "answer",
// "loss"}]}. Tolerance: relative to max(1, |loss|); float32 sums in another order differ by about 1e-6, so 1e-3 leaves room
// for other processors and libraries and still notices a wrong kernel. Thread rule: main thread.
#pragma once

#include <filesystem>

#include "core/model/engine.h"

namespace r2t2::cli {

struct SelfCheck {
    bool possible = false;  ///< false: no recorded values for this model; `remark` says why
    int samples = 0;
    int failures = 0;
    double worst = 0.0;  ///< largest relative deviation of a loss
    double tolerance = 0.0;
    std::string remark;
};

[[nodiscard]] Result<SelfCheck> run_self_check(const Model& model, const std::filesystem::path& file);
/// What the file should say for this model.
[[nodiscard]] Result<std::string> record_self_check(const Model& model);

}  // namespace r2t2::cli
