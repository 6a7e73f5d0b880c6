#include "core/base/natural_order.h"

#include <algorithm>

namespace r2t2 {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Cut off from the front: a run of digits, or one other byte.
std::string_view take_part(std::string_view& text) {
    std::size_t size = 1;
    while (is_digit(text[0]) && size < text.size() && is_digit(text[size])) {
        ++size;
    }
    const std::string_view part = text.substr(0, size);
    text.remove_prefix(size);
    return part;
}

std::string_view without_zeros(std::string_view digits) {
    return digits.substr(std::min(digits.find_first_not_of('0'), digits.size()));
}

}  // namespace

std::strong_ordering natural_order(std::string_view a, std::string_view b) {
    std::string_view left = a, right = b;
    while (!left.empty() && !right.empty()) {
        std::string_view x = take_part(left), y = take_part(right);
        if (is_digit(x[0]) && is_digit(y[0])) {
            x = without_zeros(x);
            y = without_zeros(y);
            if (x.size() != y.size()) {
                return x.size() <=> y.size();
            }
        }
        if (const int order = x.compare(y); order != 0) {
            return order <=> 0;
        }
    }
    if (left.empty() != right.empty()) {
        return left.empty() ? std::strong_ordering::less : std::strong_ordering::greater;
    }
    return a.compare(b) <=> 0;
}

}  // namespace r2t2
