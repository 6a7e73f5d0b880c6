// Accuracy against several annotators, leave one out: for each of them min(1, equal answers among the others / 3); the mean.
// With ten annotators m equal answers give 0, 0.3, 0.6, 0.9, 1 for m = 0, 1, 2, 3, 4 and more.
//
// Sources: VQA (Antol et al. 2015) and its evaluation code; M4C's for TextVQA. Thread rule: pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace r2t2 {

/// TextVQA as M4C scores it: both sides through process_answer. 0 .. 1; 0 without annotators.
[[nodiscard]] double soft_accuracy_m4c(std::string_view answer, const std::vector<std::string>& annotators);

/// VQA-v2 as its own evaluation scores it: punctuation, digits and articles are levelled only where the annotators do not all say
/// the same; compared without regard to case.
[[nodiscard]] double soft_accuracy_vqa(std::string_view answer, const std::vector<std::string>& annotators);

/// A-OKVQA, direct answers: min(1, equal annotators / 3), compared as written.
[[nodiscard]] double direct_answer_accuracy(std::string_view answer, const std::vector<std::string>& annotators);

}  // namespace r2t2
