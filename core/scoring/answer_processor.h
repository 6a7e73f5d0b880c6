// How VQA-style evaluations level answers before they compare them: EvalAI's processor as M4C uses it (TextVQA, ST-VQA),
// and its two halves, which the official VQA-v2 evaluation applies under a condition (soft_accuracy.h).
//
// Their oddities are part of the measure: a full stop goes unless a digit follows it (at most 32 of them), a punctuation mark is
// deleted where one stands beside a space somewhere in the text and becomes a space elsewhere, "somebody'd" loses its apostrophe.
// Thread rule: pure functions.
#pragma once

#include <string>
#include <string_view>

namespace r2t2 {

/// All steps. "The Coca-Cola." -> "coca cola", "3,000" -> "3000", "none" -> "0", "(a)" -> "".
[[nodiscard]] std::string process_answer(std::string_view answer);

/// The 21 marks, then full stops. Looks at the text as given for every mark.
[[nodiscard]] std::string process_punctuation(std::string_view text);
/// Lower case; none, zero .. ten become digits; a, an, the go; "dont" becomes "don't". Words joined by one space.
[[nodiscard]] std::string process_digits_and_articles(std::string_view text);

/// "dont" -> "don't"; a word that is no contraction without its apostrophe comes back as it is.
[[nodiscard]] std::string_view contraction_of(std::string_view word);

}  // namespace r2t2
