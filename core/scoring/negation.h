// What refuses an option that is named: a negation or a comparison before it, words behind it that say it is wrong, a declaration that is denied.
//
//   before   "not B", "rather than B", "rule out B", "lacks B": what stands right behind, nouns' words and adverbs between
//            "I would not say that it is B", "nobody would choose B", "it is false that ... B", "I doubt that ... B": verbs of saying, choosing and seeing may stand between, too
//   behind   "B is wrong", "B is ruled out", "B does not fit", "B is not in the picture"
//   denied   what follows "I don't think the answer to the question" up to the clause's end, wherever it stands
//
// The vocabulary is docs/benchmarks.md's. Texts are levelled (clean_answer.h). Thread rule: pure functions.
#pragma once

#include <cstddef>
#include <string_view>

namespace r2t2 {

/// Is what begins at `at` refused by what stands before it, or part of what is denied?
[[nodiscard]] bool is_refused(std::u32string_view text, std::size_t at);
/// By what stands before it alone: of a declaration that begins at `at`, "I don't think the answer is", "I doubt that the answer", "not the correct answer".
[[nodiscard]] bool is_negated(std::u32string_view text, std::size_t at);
/// Does what ends at `end` turn out wrong right behind: "B is incorrect", "(B) isn't the answer"?
[[nodiscard]] bool is_rejected(std::u32string_view text, std::size_t end);
/// Is "nor" before `at`, "the", "option" and the like between?
[[nodiscard]] bool follows_nor(std::u32string_view text, std::size_t at);
/// Is `between` nothing but "or", "and" with a comma before or an article behind? Then what stands before it and behind share their negation.
[[nodiscard]] bool joins_alike(std::u32string_view between);

}  // namespace r2t2
