#include "core/scoring/python_float.h"

#include <charconv>
#include <cmath>
#include <string>

#include "core/scoring/text.h"

namespace r2t2 {

namespace {

/// Without the underscores that Python allows between two digits; empty: one stands elsewhere.
std::string without_underscores(const std::string& text) {
    const auto is_digit = [&](std::size_t at) { return at < text.size() && text[at] >= '0' && text[at] <= '9'; };
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '_') {
            out += text[at];
        } else if (at == 0 || !is_digit(at - 1) || !is_digit(at + 1)) {
            return {};
        }
    }
    return out;
}

}  // namespace

std::optional<double> python_float(std::string_view text) {
    const std::string stripped = without_underscores(ascii_digits(strip(text)));
    const char* begin = stripped.c_str() + (stripped.starts_with('+') ? 1 : 0);
    const char* end = stripped.c_str() + stripped.size();
    double value = 0;
    const auto [ptr, code] = std::from_chars(begin, end, value);
    return code == std::errc() && ptr == end && begin != end && std::isfinite(value) ? std::optional(value) : std::nullopt;
}

}  // namespace r2t2
