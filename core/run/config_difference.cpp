#include "core/run/config_difference.h"

#include <algorithm>

namespace r2t2 {

namespace {

using Json = nlohmann::ordered_json;

std::string text_of(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

/// Lists part at an element, or where one of them ends.
std::optional<ConfigDifference> difference_of_lists(const Json& asked, const Json& there, const std::string& above) {
    for (std::size_t i = 0; i < std::max(asked.size(), there.size()); ++i) {
        const std::string path = above + "[" + std::to_string(i) + "]";
        if (i >= std::min(asked.size(), there.size())) {
            const auto said = [i](const Json& json) { return i < json.size() ? text_of(json[i]) : std::string("not there"); };
            return ConfigDifference{path, said(asked), said(there)};
        }
        if (std::optional<ConfigDifference> inside = first_config_difference(asked[i], there[i], path)) {
            return inside;
        }
    }
    return std::nullopt;
}

}  // namespace

std::optional<ConfigDifference> first_config_difference(const Json& asked, const Json& there, const std::string& above) {
    if (asked.is_array() && there.is_array()) {
        return difference_of_lists(asked, there, above);
    }
    if (!asked.is_object() || !there.is_object()) {
        return asked == there ? std::nullopt : std::optional(ConfigDifference{above, text_of(asked), text_of(there)});
    }
    for (const Json* each : {&there, &asked}) {
        for (const auto& [name, ignored] : each->items()) {
            const std::string path = above.empty() ? name : above + ": " + name;
            if (asked.contains(name) != there.contains(name)) {
                const auto said = [&name = name](const Json& json) { return json.contains(name) ? text_of(json[name]) : std::string("not there"); };
                return ConfigDifference{path, said(asked), said(there)};
            }
            if (std::optional<ConfigDifference> inside = first_config_difference(asked[name], there[name], path)) {
                return inside;
            }
        }
    }
    return std::nullopt;
}

}  // namespace r2t2
