// Lists that Python's str() wrote into a text: lm-eval logs several references as "['Bob Dylan', 'Dylan']", MMMU has its options so.
//
// Texts in either kind of quotes with Python's escapes (JSON's are among them) and its prefixes u and r, numbers, True, False, None (also true, false,
// null), lists, tuples and dicts inside each other, a comma behind the last. Thread rule: pure functions.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

namespace r2t2 {

/// Begins with [ and ends with ], blanks around them aside.
[[nodiscard]] bool looks_like_list(std::string_view text);
/// None: it is no list as Python writes one (two texts without a comma between them, as numpy writes arrays, is none). Whole numbers that
/// fit no 64 bits become texts of their digits; no deeper than kDeepestList.
[[nodiscard]] std::optional<nlohmann::ordered_json> python_list(std::string_view text);
/// Likewise of a dict whose keys are texts or whole numbers, each once.
[[nodiscard]] std::optional<nlohmann::ordered_json> python_object(std::string_view text);
inline constexpr int kDeepestList = 32;

}  // namespace r2t2
