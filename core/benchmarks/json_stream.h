// The records of a JSON file one after the other, whatever its size.
//
// Records are the entries of an array or the members of an object: those of the whole file (`member` empty), or those of one member
// of the file's object ("questions"). Everything else is read past. Thread rule: one call, one thread.
#pragma once

#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "core/base/result.h"

namespace r2t2 {

struct JsonRecord {
    std::int64_t number = 0;  ///< from 0
    std::string key;          ///< of object members, else empty
    std::uint64_t position = 0;  ///< bytes of the file that are read so far, about
    nlohmann::json json;
};

struct JsonStreamResult {
    std::int64_t records = 0;
    bool found = false;  ///< the file has such a list or object
};

/// `each` is handed every record; it may take it. An error it returns ends the reading and is returned.
/// Errors: no file, JSON that is broken (record, line and column), nested deeper than 32 levels below a record; core/json/parse_json.h.
[[nodiscard]] Result<JsonStreamResult> stream_json(const std::filesystem::path& path, const std::string& member,
                                                   const std::function<Status(JsonRecord&)>& each);

/// JSON lines: one record a line, blank lines passed over. A broken line is handed to `broken`, which may go on.
[[nodiscard]] Result<JsonStreamResult> stream_json_lines(const std::filesystem::path& path,
                                                         const std::function<Status(JsonRecord&)>& each,
                                                         const std::function<Status(std::int64_t line, const Error&)>& broken);

}  // namespace r2t2
