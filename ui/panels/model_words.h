// A checkpoint in the words of the model dialog. Thread rule: pure functions.
#pragma once

#include <QString>

#include "core/inspect/model_check.h"

namespace r2t2::ui {

[[nodiscard]] QString model_size_text(std::int64_t bytes);  ///< 17737275440 -> "17.74 GB", as `r2t2 model info` says it
/// Parameters and files, layers and mixers, pictures: three lines.
[[nodiscard]] QString model_facts_text(const ModelReport& report);
/// Without the folder, which stands above.
[[nodiscard]] QString model_problem_text(const ModelReport& report, const ModelProblem& problem);
/// What a precision is, in a line.
[[nodiscard]] QString model_precision_text(const QString& precision, bool on_cpu);
[[nodiscard]] bool is_too_large(const ModelReport& report, std::int64_t bytes, bool on_cpu);
/// What weights of so many bytes take, and what is free, where that is known; a warning where they are too large.
[[nodiscard]] QString model_memory_text(const ModelReport& report, std::int64_t bytes, bool on_cpu);

}  // namespace r2t2::ui
