// Where the records of a file of predictions begin and end: JSON lines, or the entries of one array, each by itself, so that a large
// file needs the memory of one and an error knows its line.
//
// Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace r2t2 {

/// A piece of the file that holds one record.
struct RecordText {
    std::string_view text;
    std::int64_t line = 1;  ///< where it begins, from 1
};

/// Calls `each` for every record of a text in UTF-8. Errors: the array's brackets and commas, with their line; what `each` returns.
[[nodiscard]] Status visit_record_texts(std::string_view text, const std::string& file, const std::function<Status(RecordText)>& each);

}  // namespace r2t2
