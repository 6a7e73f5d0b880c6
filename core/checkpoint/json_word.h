// A word out of a JSON value by the function that reads it from the command line.
//
// Errors name file, field, found, allowed. Thread rule: pure function.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "core/base/result.h"

namespace r2t2 {

template <typename T>
Status read_json_word(const nlohmann::ordered_json& value, const std::string& where, const std::string& field,
                      Result<T> (*parse)(const std::string&), T& out) {
    if (!value.is_string()) {
        return invalid_input(where, field, value.dump().substr(0, 60), "a word");
    }
    Result<T> parsed = parse(value.get<std::string>());
    if (!parsed) {
        Error error = parsed.error();
        error.where = where;
        error.field = field;
        return error;
    }
    out = *parsed;
    return {};
}

}  // namespace r2t2
