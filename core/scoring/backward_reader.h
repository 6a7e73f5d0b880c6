// Walks back over a levelled text (clean_answer.h) from a place, word by word.
//
// Internal to the parts of option_choice.h. Thread rule: one reader, one thread.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "core/scoring/option_letters.h"
#include "core/scoring/text_places.h"

namespace r2t2 {

class BackwardReader {
public:
    BackwardReader(std::u32string_view text, std::size_t at) : text_(text), at_(at) {}

    void skip_blanks_and_openings() {
        do {
            while (at_ > 0 && (is_blank(text_[at_ - 1]) || opens(text_[at_ - 1]))) {
                --at_;
            }
        } while (skip_command());
    }
    /// The word that ends here, with its apostrophes, in small ASCII letters; empty: none, or too long to be one of ours.
    [[nodiscard]] std::u32string word() const {
        std::size_t begin = at_;
        while (begin > 0 && at_ - begin <= kLongest && (is_word(text_[begin - 1]) || (text_[begin - 1] == U'\'' && begin < at_))) {
            --begin;
        }
        std::u32string out(text_.substr(begin, at_ - begin));
        out.erase(0, std::min(out.find_first_not_of(U'\''), out.size()));
        std::transform(out.begin(), out.end(), out.begin(), [](char32_t c) { return is_capital(c) ? c - U'A' + U'a' : c; });
        return at_ - begin > kLongest ? std::u32string() : out;
    }
    [[nodiscard]] bool ends_with(std::u32string_view part) const { return text_.substr(0, at_).ends_with(part); }
    void skip(std::size_t characters) { at_ -= characters; }
    [[nodiscard]] std::size_t at() const { return at_; }

private:
    /// "\\boxed" before its brace, in either case.
    bool skip_command() {
        static constexpr std::array<std::u32string_view, 5> kCommands = {U"\\boxed", U"\\text", U"\\mathrm", U"\\mathbf", U"\\textbf"};
        const auto lower = [](char32_t c) { return is_capital(c) ? c - U'A' + U'a' : c; };
        const auto ends_here = [&](std::u32string_view command) {
            return at_ >= command.size() && std::equal(command.begin(), command.end(), text_.begin() + static_cast<std::ptrdiff_t>(at_ - command.size()),
                                                       [&](char32_t a, char32_t b) { return a == lower(b); });
        };
        const auto found = std::find_if(kCommands.begin(), kCommands.end(), ends_here);
        const bool command = found != kCommands.end() && character_at(text_, at_) == U'{';
        at_ -= command ? found->size() : 0;
        return command;
    }

    static constexpr std::size_t kLongest = 12;
    std::u32string_view text_;
    std::size_t at_;
};

}  // namespace r2t2
