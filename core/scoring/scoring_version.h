// By which state of the rules an answer was scored.
//
// Stored beside every stored verdict. It grows whenever an answer could be judged differently than before, so that a reader of old
// verdicts can say so and score again (stored_key.h has what that needs).
#pragma once

namespace r2t2 {

/// 1: until A.4 was rewritten (an article could be a letter, letters came before texts). 2: option_choice.h, groups know their size.
/// 3: a list of letters names none, negations around a letter, reasoning and special tokens left out, raised digits apart, exponents; ANLS with one blank.
/// 4: declarations in markup that closes behind the option's text, with more verbs, adverbs and phrases ("must be", "to the question is"), "the correct option", "B is correct", \boxed{} anywhere; a last line or
/// sentence that is an option; a declared text without its article; yes and no at an answer's beginning; "unlikely"; HTML's bold and italics.
/// 5: marks of Markdown at the beginning of a line (quotes, lists, headings, rows of a table) stand for nothing; reasoning in [THINK], <seed:think>
/// and channels left out.
/// 6: clauses that are denied, exclusions and misfits (negation.h); numbers with what belongs to them (answer_number.h); options that their wrappers tell apart, or that begin with
/// their own letters; corrections, a letter behind a copied list, run-on answers; layers off the texts of exact answers.
/// 7: function words behind an A or I ("The answer is A because", function_words.h); reasoning of Kimi, MiniMax, LongCat, Command A, Apertus, Gemma 4 and openPangu left out; of MathVista's
/// answers tokens alone are none, and a float without a precision has no right answer.
inline constexpr int kScoringVersion = 7;

}  // namespace r2t2
