// What stands between a word that declares ("answer", "the correct option") and what it declares: verbs with adverbs, colons, markup; and the phrase
// before the verb, "The answer to the question is most likely B". Texts are levelled (clean_answer.h).
//
// Thread rule: pure functions.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace r2t2 {

/// Behind up to three adverbs, each with a comma before or behind it or without; `at` where there is none.
[[nodiscard]] std::size_t behind_adverbs(std::u32string_view text, std::size_t at);
/// Behind "is", "must be", "has to be", "would most likely be" ... and blanks. None: no verb at `at`.
[[nodiscard]] std::optional<std::size_t> behind_verb(std::u32string_view text, std::size_t at);
/// Behind markup, a verb with the adverbs before it ("'s" too), and a colon or an equals sign with the markup that ends there; each may be missing.
[[nodiscard]] std::size_t behind_connector(std::u32string_view text, std::size_t at);
/// Likewise behind a Chinese word: adverbs and a verb of its own language first.
[[nodiscard]] std::size_t behind_chinese_connector(std::u32string_view text, std::size_t at);
/// Behind a colon or an equals sign, and the adverbs before it; `at` where there is none.
[[nodiscard]] std::size_t behind_colon(std::u32string_view text, std::size_t at);

/// Where a phrase may begin whose verb declares, else 0: behind markup and blanks, at a comma or at "to", "for", "that" ...
[[nodiscard]] std::size_t phrase_begin(std::u32string_view text, std::size_t at);
/// Characters of a phrase.
inline constexpr std::size_t kLongestPhrase = 120;

/// Does a sentence, a line or the text end at `at`? A full stop needs a blank behind it.
[[nodiscard]] bool ends_sentence(std::u32string_view text, std::size_t at);

}  // namespace r2t2
