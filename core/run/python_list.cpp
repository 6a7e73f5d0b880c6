#include "core/run/python_list.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>

#include "core/scoring/text.h"

namespace r2t2 {

namespace {

using Json = nlohmann::ordered_json;

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view without_spaces(std::string_view text) {
    while (!text.empty() && is_space(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && is_space(text.back())) {
        text.remove_suffix(1);
    }
    return text;
}

/// Every member reads one thing and stands behind it; false or none: it is not there.
class ListReader {
public:
    explicit ListReader(std::string_view text) : text_(text) {}

    std::optional<Json> list() {
        std::optional<Json> out = sequence('[', ']', 0);
        return out && at_ == text_.size() ? out : std::nullopt;
    }

    std::optional<Json> object() {
        std::optional<Json> out = members(0);
        return out && at_ == text_.size() ? out : std::nullopt;
    }

private:
    [[nodiscard]] char here() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    bool take(char c) {
        const bool there = here() == c && at_ < text_.size();
        at_ += there ? 1 : 0;
        return there;
    }
    void skip_spaces() {
        while (at_ < text_.size() && is_space(text_[at_])) {
            ++at_;
        }
    }

    std::optional<Json> sequence(char open, char close, int depth) {
        if (depth > kDeepestList || !take(open)) {
            return std::nullopt;
        }
        Json out = Json::array();
        bool comma = true;
        for (skip_spaces(); !take(close); skip_spaces()) {
            std::optional<Json> each = comma ? value(depth) : std::nullopt;
            if (!each) {
                return std::nullopt;
            }
            out.push_back(std::move(*each));
            skip_spaces();
            comma = take(',');
        }
        return out;
    }

    /// A dict whose keys are texts or numbers, each once.
    std::optional<Json> members(int depth) {
        if (depth > kDeepestList || !take('{')) {
            return std::nullopt;
        }
        Json out = Json::object();
        bool comma = true;
        for (skip_spaces(); !take('}'); skip_spaces()) {
            const std::optional<Json> name = !comma ? std::nullopt : is_digit(here()) ? number() : quoted();
            skip_spaces();
            const bool named = name && take(':');
            skip_spaces();
            std::optional<Json> each = named ? value(depth) : std::nullopt;
            const std::string key = !each ? std::string() : name->is_string() ? name->get<std::string>() : name->dump();
            if (!each || out.contains(key)) {
                return std::nullopt;
            }
            out[key] = std::move(*each);
            skip_spaces();
            comma = take(',');
        }
        return out;
    }

    std::optional<Json> value(int depth) {
        const char c = here();
        if (c == '{') {
            return members(depth + 1);
        }
        if (c == '[') {
            return sequence('[', ']', depth + 1);
        }
        if (c == '(') {
            return sequence('(', ')', depth + 1);
        }
        if (is_digit(c) || c == '-' || c == '+' || c == '.') {
            return number();
        }
        static constexpr std::array<std::string_view, 6> kWords = {"True", "true", "False", "false", "None", "null"};
        for (std::size_t i = 0; i < kWords.size(); ++i) {
            if (text_.substr(at_).starts_with(kWords[i])) {
                at_ += kWords[i].size();
                return i < 2 ? Json(true) : i < 4 ? Json(false) : Json(nullptr);
            }
        }
        return quoted();
    }

    std::optional<Json> number() {
        const std::size_t begin = at_;
        const auto digit_or_sign = [](char c) { return is_digit(c) || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E'; };
        while (digit_or_sign(here())) {
            ++at_;
        }
        std::string_view digits = text_.substr(begin, at_ - begin);
        digits.remove_prefix(digits.starts_with('+') ? 1 : 0);
        const char* end = digits.data() + digits.size();
        if (digits.find_first_of(".eE") == std::string_view::npos) {
            std::int64_t whole = 0;
            const auto [ptr, code] = std::from_chars(digits.data(), end, whole);
            if (code == std::errc() && ptr == end) {
                return whole;
            }
            const bool long_one = code == std::errc::result_out_of_range && ptr == end;
            return long_one ? std::optional<Json>(std::string(digits)) : std::nullopt;
        }
        double real = 0;
        const auto [ptr, code] = std::from_chars(digits.data(), end, real);
        return code == std::errc() && ptr == end && std::isfinite(real) ? std::optional<Json>(real) : std::nullopt;
    }

    std::optional<Json> quoted() {
        bool raw = false;
        if (here() == 'u' || here() == 'r') {
            raw = here() == 'r';
            ++at_;
        }
        const char quote = here();
        if ((quote != '\'' && quote != '"') || text_.substr(at_).starts_with(quote == '"' ? "\"\"\"" : "'''")) {
            return std::nullopt;
        }
        ++at_;
        std::string out;
        while (!take(quote)) {
            if (at_ >= text_.size()) {
                return std::nullopt;
            }
            if (here() != '\\') {
                out += text_[at_++];
            } else if (raw && at_ + 1 < text_.size()) {
                out += text_.substr(at_, 2);
                at_ += 2;
            } else if (!escape(out)) {
                return std::nullopt;
            }
        }
        return is_utf8(out) ? std::optional<Json>(out) : std::nullopt;
    }

    bool escape(std::string& out) {
        static constexpr std::string_view kNames = "\\'\"abfnrtv/", kMeant = "\\'\"\a\b\f\n\r\t\v/";
        ++at_;
        const char c = here();
        if (const std::size_t plain = kNames.find(c); plain != std::string_view::npos && at_ < text_.size()) {
            out += kMeant[plain];
            ++at_;
            return true;
        }
        const std::size_t digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
        ++at_;
        std::optional<char32_t> code = digits > 0 ? hexadecimal(digits) : std::nullopt;
        const bool high = code && *code >= 0xD800 && *code < 0xDC00;
        if (high && text_.substr(at_).starts_with("\\u")) {  // JSON writes what is beyond U+FFFF as two halves
            at_ += 2;
            const std::optional<char32_t> low = hexadecimal(4);
            code = low && *low >= 0xDC00 && *low < 0xE000 ? std::optional<char32_t>(0x10000 + ((*code - 0xD800) << 10) + (*low - 0xDC00)) : std::nullopt;
        }
        if (!code || *code > 0x10FFFF || (*code >= 0xD800 && *code < 0xE000)) {
            return false;
        }
        out += utf8(std::u32string(1, *code));
        return true;
    }
    std::optional<char32_t> hexadecimal(std::size_t digits) {
        const std::string_view part = text_.substr(std::min(at_, text_.size()), digits);
        std::uint32_t code = 0;
        const auto [ptr, error] = std::from_chars(part.data(), part.data() + part.size(), code, 16);
        if (error != std::errc() || part.size() != digits || ptr != part.data() + part.size()) {
            return std::nullopt;
        }
        at_ += digits;
        return code;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace

bool looks_like_list(std::string_view text) {
    text = without_spaces(text);
    return text.size() >= 2 && text.front() == '[' && text.back() == ']';
}

std::optional<nlohmann::ordered_json> python_object(std::string_view text) {
    text = without_spaces(text);
    return text.starts_with('{') ? ListReader(text).object() : std::nullopt;
}

std::optional<nlohmann::ordered_json> python_list(std::string_view text) {
    return looks_like_list(text) ? ListReader(without_spaces(text)).list() : std::nullopt;
}

}  // namespace r2t2
