#include "core/scoring/answer_number.h"

#include <algorithm>
#include <array>

#include "core/scoring/text_places.h"

namespace r2t2 {

namespace {

bool is_digit(char32_t c) { return c >= U'0' && c <= U'9'; }
bool digit_at(std::u32string_view text, std::size_t at) { return at < text.size() && is_digit(text[at]); }

/// Behind the digits, points and commas that begin at `at`.
std::size_t digits_end(std::u32string_view text, std::size_t at) {
    while (digit_at(text, at) || (at < text.size() && (text[at] == U'.' || text[at] == U',') && digit_at(text, at + 1))) {
        ++at;
    }
    return at;
}

/// "12,345" without its commas; empty: they do not stand between thousands.
std::string whole_digits(std::u32string_view text) {
    std::string digits;
    const std::size_t first = std::min(text.find(U','), text.size());
    bool good = first == text.size() || (first >= 1 && first <= 3);
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool comma_due = i >= first && (i - first) % 4 == 0;
        good = good && (text[i] == U',') == comma_due;
        if (text[i] != U',') {
            digits += static_cast<char>(text[i]);
        }
    }
    good = good && (first == text.size() || (text.size() - first) % 4 == 0);
    return good ? digits : std::string();
}

/// One number whose digits begin at a place, and what belongs to it on both sides.
class TokenReader {
public:
    TokenReader(std::u32string_view text, std::size_t at) : text_(text), first_(at), begin_(at), end_(at) {}

    NumberToken read() {
        read_digits();
        alone_ = !read_joined() && !in_word() && !in_power();
        alone_ = !read_large() && alone_;
        begin_ -= before() == U'.' && (begin_ == 1 || !is_word(text_[begin_ - 2])) ? 1 : 0;
        const bool behind_slash = before() == U'/' && first_ > 1 && is_word(text_[first_ - 2]);
        std::string value;
        if (has_sign()) {
            --begin_;
            value = own_value();
        } else {
            value = own_value();
            if (has_dash_apart()) {
                begin_ -= 2;
                value = negated(std::move(value));
            } else if (const std::size_t word = sign_word(); word > 0) {
                begin_ -= word + 1;
                value = word == 5 && is_difference() ? std::string() : negated(std::move(value));
            }
        }
        const bool compared = read_comparison();
        return {{begin_, end_}, compared || behind_slash ? std::string() : std::move(value)};
    }

private:
    [[nodiscard]] char32_t before() const { return begin_ > 0 ? text_[begin_ - 1] : U'\0'; }
    [[nodiscard]] bool in_word() const { return (first_ > 0 && is_word(text_[first_ - 1])) || word_at(text_, end_); }
    [[nodiscard]] bool in_power() const { return (first_ > 0 && text_[first_ - 1] == U'^') || (end_ < text_.size() && text_[end_] == U'^'); }

    /// "1 000": three digits behind a blank, and no more.
    [[nodiscard]] bool group_at(std::size_t at) const {
        const bool three = at < text_.size() && text_[at] == U' ' && digit_at(text_, at + 1) && digit_at(text_, at + 2) && digit_at(text_, at + 3);
        return three && !digit_at(text_, at + 4) && !(at + 4 < text_.size() && text_[at + 4] == U',' && digit_at(text_, at + 5));
    }
    void read_digits() {
        end_ = digits_end(text_, first_);
        std::size_t groups = end_;
        while (end_ - first_ <= 3 && std::all_of(text_.begin() + static_cast<std::ptrdiff_t>(first_), text_.begin() + static_cast<std::ptrdiff_t>(end_), is_digit) && group_at(groups)) {
            groups += 4;
        }
        spaced_ = groups > end_;
        end_ = spaced_ ? digits_end(text_, groups) : end_;
    }
    /// "1/2", "2-3", "10:30", "1 1/2".
    bool read_joined() {
        const std::size_t digits = end_;
        for (;;) {
            const char32_t mark = end_ < text_.size() ? text_[end_] : U'\0';
            const bool joins = (mark == U'-' || mark == 0x2013 || mark == U':' || mark == U'/') && digit_at(text_, end_ + 1);
            if (joins) {
                end_ = digits_end(text_, end_ + 1);
                continue;
            }
            const std::size_t above = mark == U' ' && digit_at(text_, end_ + 1) ? digits_end(text_, end_ + 1) : 0;
            if (above == 0 || above >= text_.size() || text_[above] != U'/' || !digit_at(text_, above + 1)) {
                return end_ > digits;
            }
            end_ = digits_end(text_, above + 1);
        }
    }
    /// "3 million".
    bool read_large() {
        static constexpr std::array<std::u32string_view, 6> kWords = {U"hundred", U"thousand", U"million", U"billion", U"trillion", U"dozen"};
        if (end_ >= text_.size() || text_[end_] != U' ') {
            return false;
        }
        std::size_t behind = end_ + 1;
        std::u32string word;
        for (; word_at(text_, behind); ++behind) {
            word += small(text_[behind]);
        }
        const bool large = is_one_of(word, kWords) || (word.ends_with(U's') && is_one_of(std::u32string_view(word).substr(0, word.size() - 1), kWords));
        end_ = large ? behind : end_;
        return large;
    }
    [[nodiscard]] bool has_sign() const {
        return (before() == U'-' || before() == U'+') && (begin_ == 1 || (!is_word(text_[begin_ - 2]) && text_[begin_ - 2] != U')'));
    }
    /// "- 3" at the beginning of a text or line, behind a mark, and behind "is": elsewhere a dash parts.
    [[nodiscard]] bool has_dash_apart() const {
        if (begin_ < 2 || text_[begin_ - 1] != U' ' || !is_dash(text_[begin_ - 2])) {
            return false;
        }
        constexpr std::u32string_view kMarks = U"\n:=([{\"'`*_$";
        const std::size_t dash = begin_ - 2;
        const bool blank = dash > 0 && text_[dash - 1] == U' ';
        const bool behind_mark = (dash > 0 && in_set(text_[dash - 1], kMarks)) || (blank && dash > 1 && in_set(text_[dash - 2], kMarks));
        const bool behind_is = blank && dash >= 3 && small(text_[dash - 3]) == U'i' && small(text_[dash - 2]) == U's' && (dash == 3 || !is_word(text_[dash - 4]));
        return dash == 0 || behind_mark || behind_is;
    }
    /// Letters of "minus" or "negative" before the number and a blank; 0: none there.
    [[nodiscard]] std::size_t sign_word() const {
        for (const std::u32string_view word : {std::u32string_view(U"negative"), std::u32string_view(U"minus")}) {
            if (begin_ <= word.size() || text_[begin_ - 1] != U' ') {
                continue;
            }
            const std::size_t at = begin_ - 1 - word.size();
            const bool same = std::equal(word.begin(), word.end(), text_.begin() + static_cast<std::ptrdiff_t>(at), [](char32_t a, char32_t b) { return a == small(b); });
            if (same && (at == 0 || (!is_word(text_[at - 1]) && text_[at - 1] != U'\''))) {
                return word.size();
            }
        }
        return 0;
    }
    /// "5 minus 3", "x minus 3": of the word at `begin_`.
    [[nodiscard]] bool is_difference() const {
        if (begin_ < 2 || text_[begin_ - 1] != U' ') {
            return false;
        }
        const char32_t last = text_[begin_ - 2];
        const bool letter = is_ascii_letter(last) && (begin_ == 2 || !(is_ascii_letter(text_[begin_ - 3]) || is_digit(text_[begin_ - 3]) || text_[begin_ - 3] == U'_'));
        return is_digit(last) || last == U')' || letter;
    }
    /// "<3", ">=3", but no arrow and no end of a tag.
    bool read_comparison() {
        std::size_t at = begin_;
        if (at > 1 && text_[at - 1] == U'=' && (text_[at - 2] == U'<' || text_[at - 2] == U'>')) {
            at -= 2;
        } else if (at > 0 && in_set(text_[at - 1], U"<>\u2260\u00B1\u221A")) {
            --at;
        }
        const bool tag = at < begin_ && text_[at] == U'>' && at > 0 && (in_set(text_[at - 1], U"-=/") || is_word(text_[at - 1]));
        if (at == begin_ || tag) {
            return false;
        }
        begin_ = at;
        return true;
    }

    [[nodiscard]] std::string own_value() const {
        if (!alone_) {
            return {};
        }
        std::u32string digits(text_.substr(begin_, end_ - begin_));
        if (spaced_) {
            digits.erase(std::remove(digits.begin(), digits.end(), U' '), digits.end());
        }
        return number_value(digits);
    }
    static std::string negated(std::string value) { return value.empty() || value == "0" ? value : value.front() == '-' ? value.substr(1) : "-" + value; }
    static bool is_dash(char32_t c) { return c == U'-' || c == 0x2012 || c == 0x2013; }
    static bool is_ascii_letter(char32_t c) { return (c >= U'a' && c <= U'z') || (c >= U'A' && c <= U'Z'); }
    static char32_t small(char32_t c) { return c >= U'A' && c <= U'Z' ? c - U'A' + U'a' : c; }

    std::u32string_view text_;
    std::size_t first_, begin_, end_;
    bool spaced_ = false;  ///< blanks between its thousands
    bool alone_ = true;    ///< its digits are all of it
};

}  // namespace

std::string number_value(std::u32string_view text) {
    const bool negative = !text.empty() && text[0] == U'-';
    text.remove_prefix(!text.empty() && (text[0] == U'-' || text[0] == U'+') ? 1 : 0);
    if (text.empty() || (!is_digit(text[0]) && !(text[0] == U'.' && digit_at(text, 1))) || digits_end(text, 0) != text.size()) {
        return {};
    }
    const std::size_t point = std::min(text.find(U'.'), text.size());
    std::string whole = whole_digits(text.substr(0, point));
    std::string fraction;
    for (const char32_t c : text.substr(std::min(point + 1, text.size()))) {
        if (!is_digit(c)) {
            return {};
        }
        fraction += static_cast<char>(c);
    }
    if (whole.empty() && point > 0) {
        return {};
    }
    whole.erase(0, std::min(whole.find_first_not_of('0'), whole.size()));
    fraction.erase(fraction.find_last_not_of('0') + 1);
    const bool zero = whole.empty() && fraction.empty();
    return (negative && !zero ? "-" : "") + (whole.empty() ? "0" : whole) + (fraction.empty() ? "" : "." + fraction);
}

std::string scientific_value(std::u32string_view text) {
    const std::size_t mark = text.find_first_of(U"eE");
    const std::string mantissa = number_value(text.substr(0, mark));
    if (mark == std::u32string_view::npos || mantissa.empty()) {
        return mantissa;
    }
    std::u32string_view exponent = text.substr(mark + 1);
    const bool negative = exponent.starts_with(U'-');
    exponent.remove_prefix(negative || exponent.starts_with(U'+') ? 1 : 0);
    if (exponent.empty() || exponent.size() > 3 || !std::all_of(exponent.begin(), exponent.end(), is_digit)) {
        return {};
    }
    long shift = 0;
    for (const char32_t digit : exponent) {
        shift = 10 * shift + static_cast<long>(digit - U'0');
    }
    const std::size_t sign = mantissa.starts_with('-') ? 1 : 0;
    std::string digits = mantissa.substr(sign);
    std::size_t point = std::min(digits.find('.'), digits.size());
    digits.erase(point, 1);
    if (negative) {
        digits.insert(0, static_cast<std::size_t>(shift), '0');
    } else {
        digits.append(static_cast<std::size_t>(shift), '0');
        point += static_cast<std::size_t>(shift);
    }
    const std::string shifted = mantissa.substr(0, sign) + digits.substr(0, point) + "." + digits.substr(point) + "0";
    return number_value(std::u32string(shifted.begin(), shifted.end()));
}

std::string number_of(std::u32string_view text) {
    if (std::string value = number_value(text); !value.empty()) {
        return value;
    }
    const std::vector<NumberToken> tokens = number_tokens(text);
    return tokens.size() == 1 && tokens.front().at == Span{0, text.size()} ? tokens.front().value : std::string();
}

std::vector<NumberToken> number_tokens(std::u32string_view text) {
    std::vector<NumberToken> tokens;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (is_digit(text[at])) {
            tokens.push_back(TokenReader(text, at).read());
            at = tokens.back().at.end - 1;
        }
    }
    return tokens;
}

}  // namespace r2t2
