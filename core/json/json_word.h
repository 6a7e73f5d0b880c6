// What a truth or an answer says where JSON has a text, a number, true or false for it. One reading for data sets and for predictions.
//
// Thread rule: pure functions.
#pragma once

#include <algorithm>
#include <string>

namespace r2t2 {

/// Digits without an exponent, as many as read back the same, always with a point: "0.0000001" for 1e-7, "3.0" for 3.
[[nodiscard]] std::string fixed_digits(double number);

template <typename Json>
[[nodiscard]] bool is_word(const Json& json) {
    return json.is_string() || json.is_number() || json.is_boolean();
}
template <typename Json>
[[nodiscard]] bool are_words(const Json& json) {
    return json.is_array() && std::all_of(json.begin(), json.end(), [](const Json& each) { return is_word(each); });
}

/// A text as it is; a number as fixed_digits, a whole one as it is written; true and false as JSON writes them. Only of what is_word.
template <typename Json>
[[nodiscard]] std::string word_of(const Json& json) {
    if (json.is_string()) {
        return json.template get<std::string>();
    }
    return json.is_number_float() ? fixed_digits(json.template get<double>()) : json.dump();
}

}  // namespace r2t2
