#include "core/run/log_verdict.h"

#include <array>
#include <string_view>
#include <vector>

namespace r2t2 {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::string_view, 8> kMetrics = {"exact_match", "acc", "relaxed_overall", "relaxed_accuracy", "anls", "hit", "is_correct", "correct"};

std::optional<bool> verdict_in(const Json& value, std::string_view metric) {
    if (value.is_boolean()) {
        return value.get<bool>();
    }
    const bool number = value.is_number() && metric != "correct";
    if (number && (value.get<double>() == 0.0 || value.get<double>() == 1.0)) {
        return value.get<double>() == 1.0;
    }
    return std::nullopt;
}

}  // namespace

std::optional<LogVerdict> verdict_of_log(const Json& record) {
    std::vector<std::string> metrics;
    if (const auto listed = record.find("metrics"); listed != record.end() && listed->is_array()) {
        for (const Json& each : *listed) {
            if (each.is_string()) {
                metrics.push_back(each.get<std::string>());
            }
        }
    }
    metrics.insert(metrics.end(), kMetrics.begin(), kMetrics.end());
    for (const std::string& metric : metrics) {
        const auto at = record.find(metric);
        if (const auto right = at == record.end() ? std::nullopt : verdict_in(*at, metric)) {
            return LogVerdict{metric, *right};
        }
    }
    for (const auto& [key, value] : record.items()) {  // lmms-eval: "pope_accuracy": {"score": 1, ...}
        const auto score = value.is_object() && (key.ends_with("_accuracy") || key.ends_with("_score")) ? value.find("score") : value.end();
        if (const auto right = !value.is_object() || score == value.end() ? std::nullopt : verdict_in(*score, key)) {
            return LogVerdict{key, *right};
        }
    }
    return std::nullopt;
}

}  // namespace r2t2
