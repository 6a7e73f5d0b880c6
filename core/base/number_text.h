// Numbers as text, the same on every machine whatever locale the program runs in: ASCII digits, a decimal point, no groups.
//
// What a user types is read more kindly: digits of every script, a decimal comma where it can mean nothing else. What could be
// two numbers ("1,234") is refused with both of them, never guessed. Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace r2t2 {

/// The shortest text that reads back as the same number: "0.3", "1e-05", "1e+20".
[[nodiscard]] std::string number_text(double value);
/// So many digits behind the point, as printf's "%.*f" in the C locale.
[[nodiscard]] std::string fixed_text(double value, int digits);

/// `text` is UTF-8, blanks around it are nothing. Errors say what was found and what is allowed; `field` is what the number is for.
/// Errors: nothing there, no number, groups ("1,234.5", "1 000"), a comma that could be either ("1,234"), NaN, infinity.
[[nodiscard]] Result<double> parse_number(std::string_view text, const std::string& field);
/// Digits with a sign. Errors: as above, and every separator: "1.000" is one here and a thousand there.
[[nodiscard]] Result<std::int64_t> parse_whole_number(std::string_view text, const std::string& field);

enum class NumberKind { Decimal, Whole };
/// "0.1, 0.3", "0.1,0.3", "0,1; 0,3", "0.1 0.3" -> the texts of the numbers, as number_text writes them. Separators are semicolons where
/// there are any, else blanks and commas before a blank, else commas. A lone "0,3" is two numbers or one: as whole numbers it is two,
/// else it is refused. Errors: as parse_number, an empty part.
[[nodiscard]] Result<std::vector<std::string>> parse_number_list(std::string_view text, NumberKind kind, const std::string& field);

}  // namespace r2t2
