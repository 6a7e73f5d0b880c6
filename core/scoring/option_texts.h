// The options of a question as the rule of option_choice.h compares them, and where an answer has their texts.
//
// Thread rule: plain values; const calls from any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/scoring/answer_number.h"
#include "core/scoring/clean_answer.h"

namespace r2t2 {

inline constexpr std::size_t kMostOptions = 26;

/// A cleaned answer with what is asked of it again and again. Places are those of `plain`.
struct CleanedAnswer {
    std::u32string plain;  ///< cleaned, in its own case
    FoldedText folded;     ///< as options are compared
    std::vector<NumberToken> numbers;
};

/// An option's text in an answer.
struct TextFound {
    std::size_t option = 0;
    Span at;
};

class OptionTexts {
public:
    explicit OptionTexts(const std::vector<std::string>& options);

    [[nodiscard]] std::size_t size() const { return texts_.size(); }
    [[nodiscard]] std::size_t letters() const { return texts_.size() < kMostOptions ? texts_.size() : kMostOptions; }
    [[nodiscard]] std::size_t longest() const { return longest_; }  ///< of the cleaned texts, in code points
    [[nodiscard]] std::size_t summed() const { return summed_; }

    /// Of a levelled text.
    [[nodiscard]] CleanedAnswer cleaned_answer(std::u32string_view levelled_answer) const;
    /// Of options that are told apart by their wrappers or their spelling alone ("[1, 2]" and "(1, 2)"): the one whose text the answer is a copy of.
    [[nodiscard]] std::optional<std::size_t> copied(std::string_view answer) const;
    /// The only option whose text this is, as it stands or behind some of its layers; else the only one that is the same number.
    [[nodiscard]] std::optional<std::size_t> equal_to(std::u32string_view text) const;
    /// Does `text` begin with the option's text, ended as a word?
    [[nodiscard]] bool begins_with(std::u32string_view text, std::size_t option) const;
    /// Every place where an option's text stands as whole words (numbers: as numbers), also inside each other. In order of their beginnings,
    /// of those with the same beginning the longest first.
    [[nodiscard]] std::vector<TextFound> found_in(const CleanedAnswer& answer) const;

private:
    struct OptionText {
        std::u32string plain;       ///< cleaned; with its wrappers where only they tell it from another option
        std::u32string compared;
        std::string number;         ///< number_of
        std::string raw;            ///< as it was given, where another's cleaned text is the same
        bool wrapped = false;       ///< `plain` has its wrappers
        bool one_letter = false;    ///< an ASCII letter: counts only in its own case, an A or I only where no word follows
        bool searchable = false;    ///< has something but punctuation
    };
    template <typename Property>
    [[nodiscard]] std::optional<std::size_t> only(const Property& is_it) const;
    void find_text(const CleanedAnswer& answer, std::size_t option, std::vector<TextFound>& found) const;
    void find_numbers(const CleanedAnswer& answer, std::vector<TextFound>& found) const;

    LetterCase letter_case_ = LetterCase::Folded;  ///< as written where options differ by case alone ("Ff", "ff")
    std::vector<OptionText> texts_;
    std::size_t longest_ = 0, summed_ = 0;
    bool line_marked_ = false;  ///< an option's text begins like a line of Markdown ("-3", "> 5"): answers keep such marks
};

}  // namespace r2t2
