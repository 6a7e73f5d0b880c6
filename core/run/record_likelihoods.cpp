#include "core/run/record_likelihoods.h"

#include <charconv>
#include <cmath>
#include <optional>

namespace r2t2 {

using Json = nlohmann::ordered_json;

namespace {

/// A log-likelihood, as a number or as Python's str() wrote it ("-inf"); NaN where it says so.
std::optional<double> likelihood_in(const Json& json) {
    if (json.is_number() || json.is_null()) {
        return json.is_null() ? std::nan("") : json.get<double>();
    }
    if (!json.is_string()) {
        return std::nullopt;
    }
    const std::string text = json.get<std::string>();
    double value = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    return code == std::errc() && end == text.data() + text.size() && !text.empty() ? std::optional(value) : std::nullopt;
}

/// lm-eval's [log-likelihood, is it the greedy answer], or one in a list of its own.
std::optional<double> pair_likelihood(const Json& json) {
    const Json& pair = json.is_array() && json.size() == 1 ? json.front() : json;
    if (!pair.is_array() || pair.size() != 2) {
        return std::nullopt;
    }
    const Json& greedy = pair.back();
    const bool flag = greedy.is_boolean() || (greedy.is_string() && (greedy == "True" || greedy == "False"));
    return flag ? likelihood_in(pair.front()) : std::nullopt;
}

}  // namespace

std::vector<double> choice_likelihoods(const Json& list) {
    std::vector<double> out;
    for (const Json& each : list.is_array() ? list : Json::array()) {
        const std::optional<double> value = pair_likelihood(each);
        if (!value) {
            return {};
        }
        out.push_back(*value);
    }
    return out;
}

std::vector<std::string> continuations(const Json& record) {
    std::vector<std::string> out;
    const auto arguments = record.find("arguments");
    if (arguments == record.end() || !(arguments->is_array() || arguments->is_object())) {
        return out;
    }
    for (const Json& each : *arguments) {
        const Json* text = each.is_array() && each.size() == 2 ? &each.back() : each.is_object() && each.contains("arg_1") ? &each["arg_1"] : nullptr;
        if (text == nullptr || !text->is_string()) {
            return {};
        }
        out.push_back(text->get<std::string>());
    }
    return out;
}

}  // namespace r2t2
