// What a record of predictions says of one thing under the several keys that programs have for it. Internal to the readers of such records.
//
// Thread rule: pure functions.
#pragma once

#include <algorithm>
#include <array>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/json/json_word.h"

namespace r2t2 {

/// The key that was used (empty: none is there) and the value (null: said to be unknown).
struct FoundField {
    std::string key;
    nlohmann::ordered_json value;
};

/// The first of the keys with a value, else the first that is there.
template <typename Keys>
[[nodiscard]] FoundField first_field(const nlohmann::ordered_json& record, const Keys& keys) {
    FoundField found;
    for (const char* key : keys) {
        const auto at = record.find(key);
        if (at != record.end() && (found.key.empty() || found.value.is_null())) {
            found = {key, *at};
        }
    }
    return found;
}

[[nodiscard]] inline std::vector<std::string> words_of(const nlohmann::ordered_json& list) {
    std::vector<std::string> out;
    std::transform(list.begin(), list.end(), std::back_inserter(out), word_of<nlohmann::ordered_json>);
    return out;
}

inline constexpr std::array kOptionFields = {"options", "choices"};

}  // namespace r2t2
