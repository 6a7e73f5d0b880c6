// Letters of several options side by side: "A or B", "(A), (B) and (C)", "A/C". Such a list names none of them.
//
// Between the letters stand , ; / & +, the Chinese list comma, "and", "or" or their Chinese words; "option", "maybe" and the like may stand before a letter,
// its option's text behind it. Between two bare capitals a blank is enough where no word follows. Beside another letter, A is no article. A letter
// that begins a clause of its own ("Answer: A, B is wrong", "unlike A and B, C fits") is not part of the list, unless "or" stands before it. Nor is one behind
// a semicolon where the list is refused, or behind a comma where it stands behind "nor" ("Neither A nor B; C").
// Thread rule: const calls from any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "core/scoring/option_texts.h"

namespace r2t2 {

struct LetterList {
    Span at;
    std::set<std::size_t> options;  ///< at least two
    bool refused = false;           ///< by a negation before or behind it: all of them
};

class LetterLists {
public:
    /// `found`: the options' texts in `text`; letters inside of them are part of no list. Both have to outlive this.
    LetterLists(std::u32string_view text, std::size_t letters, const std::vector<TextFound>& found);

    [[nodiscard]] const std::vector<LetterList>& all() const { return lists_; }
    /// The list that holds this place.
    [[nodiscard]] const LetterList* around(std::size_t place) const;
    /// The list that begins at `at`, or behind "either", "both" ... and marks that open; one that is not refused.
    [[nodiscard]] const LetterList* begins_behind(std::size_t at) const;

private:
    struct Item {
        std::size_t option = 0, end = 0;
        bool bare = false;  ///< a capital with nothing around it
    };
    struct Joiner {
        std::size_t end = 0;
        bool found = false;
        bool alternative = false;  ///< "or", "/"
        bool pause = true;         ///< nothing but , ; and the Chinese list comma
    };
    [[nodiscard]] std::optional<Item> letter_at(std::size_t at, bool first) const;
    [[nodiscard]] std::optional<Item> item_at(std::size_t at, bool first) const;
    [[nodiscard]] Joiner joiner_at(std::size_t at) const;
    [[nodiscard]] std::size_t behind_filler(std::size_t at) const;
    [[nodiscard]] bool begins_clause(std::size_t at) const;
    [[nodiscard]] bool belongs(const Item& item, std::size_t at, const Joiner& joiner) const;
    /// `ends`: marks that no list goes on behind, since its first letter is refused.
    [[nodiscard]] std::optional<Item> next_item(const Item& last, std::u32string_view ends) const;
    [[nodiscard]] std::optional<LetterList> list_at(std::size_t at) const;

    std::u32string_view text_;
    std::size_t letters_;
    const std::vector<TextFound>& found_;
    std::vector<bool> covered_;  ///< by an option's text of more than one character
    std::vector<LetterList> lists_;
};

}  // namespace r2t2
