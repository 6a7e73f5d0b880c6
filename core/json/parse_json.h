// The one way from a JSON text or file to a value.
//
// NaN, Infinity and -Infinity (as Python's json.dump writes them) are read as null, so that a field nobody reads refuses no file:
// where a field may be unknown, null is unknown; where it is needed, the error quotes brief_json, which says NaN.
// Errors: name the file, line and column: broken JSON, nested deeper or larger than the limits; UTF-32, half a character of UTF-16;
// a Git LFS pointer; a number that no double holds; NotFound, Io, OutOfMemory. The value of a key that stands twice in one object is of no kind that a
// reader takes (json_builder.h), so that likewise a field nobody reads refuses no file; the limits may refuse it as a whole.
// Thread rule: callable from any thread.
#pragma once

#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "core/json/json_builder.h"
#include "core/json/json_source.h"

namespace r2t2 {

/// Members sorted by key.
[[nodiscard]] Result<nlohmann::json> parse_json(std::string_view text, const std::string& where, const JsonLimits& limits = {});

/// Members in the text's order.
[[nodiscard]] Result<nlohmann::ordered_json> parse_ordered_json(std::string_view text, const std::string& where, const JsonLimits& limits = {});

/// What this program wrote itself (a run's configuration in a session, a report's own text): null where it is no JSON.
[[nodiscard]] nlohmann::ordered_json stored_json(std::string_view text);

/// A file's value; also refused: not a regular file.
[[nodiscard]] Result<nlohmann::json> read_json_file(const std::filesystem::path& path, const JsonLimits& limits = {});

/// The parser's events instead of a value; the events' own error comes from their class. False: they stopped.
[[nodiscard]] Result<bool> read_json_events(JsonSource& source, nlohmann::json_sax<nlohmann::json>& events);

/// Is it a whole number, written as one or as a float (241.0, as pandas writes whole columns that had a gap)?
template <typename Json>
[[nodiscard]] bool is_whole_number(const Json& json) {
    constexpr double kExact = 9007199254740992.0;  // 2^53: beyond it a double is no longer every whole number
    return json.is_number_integer() || (json.is_number_float() && json.template get<double>() == std::floor(json.template get<double>()) &&
                                        std::abs(json.template get<double>()) <= kExact);
}

/// What is found where a key stands twice.
inline constexpr const char* kRepeated = "the field a second time";

/// How a value is quoted in an error: its JSON, cut at 60 characters. Null is what NaN was read as, and the quote says so.
template <typename Json>
[[nodiscard]] std::string brief_json(const Json& json) {
    if (json.is_null()) {
        return "null (or NaN)";
    }
    if (is_repeated(json)) {
        return kRepeated;
    }
    const std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
    if (text.size() <= 60) {
        return text;
    }
    std::size_t end = 57;
    while ((static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) {
        --end;  // no half character
    }
    return text.substr(0, end) + "...";
}

/// What an object has under a key, as brief_json quotes it. "missing" where the key is not there, which is something else than null; what is no
/// object is quoted itself.
template <typename Json>
[[nodiscard]] std::string brief_field(const Json& object, const char* key) {
    if (!object.is_object()) {
        return brief_json(object);
    }
    const auto found = object.find(key);
    return found == object.end() ? "missing" : brief_json(*found);
}

/// A whole number's digits: "241" for 241 and 241.0. Only of what is_whole_number.
template <typename Json>
[[nodiscard]] std::string whole_number_text(const Json& json) {
    return json.is_number_float() ? std::to_string(static_cast<std::int64_t>(json.template get<double>())) : json.dump();
}

}  // namespace r2t2
