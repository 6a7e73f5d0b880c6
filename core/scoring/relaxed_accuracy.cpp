#include "core/scoring/relaxed_accuracy.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "core/scoring/python_float.h"
#include "core/scoring/text.h"

namespace r2t2 {

namespace {

std::optional<double> number_of(std::string_view text) {
    std::string stripped = strip(text);
    const bool percent = stripped.ends_with('%');
    if (percent) {
        stripped.erase(stripped.find_last_not_of('%') + 1);
    }
    const std::optional<double> number = python_float(stripped);
    return number && percent ? *number / 100.0 : number;
}

}  // namespace

bool relaxed_match(std::string_view answer, std::string_view truth) {
    const std::optional<double> given = number_of(answer), right = number_of(truth);
    if (given && right && *right != 0.0) {
        return std::abs(*given - *right) / std::abs(*right) <= kRelaxedError;
    }
    return lower_case(strip(answer)) == lower_case(strip(truth));
}

bool relaxed_match(std::string_view answer, const std::vector<std::string>& truths) {
    return std::any_of(truths.begin(), truths.end(), [&](const std::string& truth) { return relaxed_match(answer, truth); });
}

}  // namespace r2t2
