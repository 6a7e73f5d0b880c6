#include "core/run/log_rule.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace r2t2 {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::array kTaskFields = {"task", "task_name", "benchmark", "dataset", "set"};

constexpr std::array<std::pair<std::string_view, AnswerRule>, 13> kTasks = {{
    {"docvqa", AnswerRule::Anls},
    {"infovqa", AnswerRule::Anls},
    {"infographicvqa", AnswerRule::Anls},
    {"infographicsvqa", AnswerRule::Anls},
    {"stvqa", AnswerRule::Anls},
    {"aokvqa", AnswerRule::DirectAnswer},
    {"textvqa", AnswerRule::SoftM4c},
    {"okvqa", AnswerRule::SoftVqa},
    {"vqav2", AnswerRule::SoftVqa},
    {"vqa2", AnswerRule::SoftVqa},
    {"vizwiz", AnswerRule::SoftVqa},
    {"vizwizvqa", AnswerRule::SoftVqa},
    {"anls", AnswerRule::Anls},
}};

std::optional<AnswerRule> rule_in(const Json& from) {
    for (const char* field : kTaskFields) {
        const auto at = from.find(field);
        if (const auto rule = at != from.end() && at->is_string() ? rule_of_task(at->get<std::string>()) : std::nullopt) {
            return rule;
        }
    }
    return std::nullopt;
}

}  // namespace

std::optional<AnswerRule> rule_of_task(std::string_view name) {
    std::string letters;
    std::set<std::size_t> begins;
    bool inside = false;
    for (const char c : name) {
        const bool upper = c >= 'A' && c <= 'Z';
        const bool part = upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (part && !inside) {
            begins.insert(letters.size());
        }
        inside = part;
        letters += part ? std::string(1, upper ? static_cast<char>(c - 'A' + 'a') : c) : "";
    }
    for (const std::size_t begin : begins) {
        for (const auto& [task, rule] : kTasks) {
            if (std::string_view(letters).substr(begin).starts_with(task)) {
                return rule;
            }
        }
    }
    return std::nullopt;
}

std::optional<AnswerRule> rule_of_log(const Json& record, const Json* doc, std::string_view file) {
    for (const char* key : {"anls", "ANLS"}) {
        if (const auto at = record.find(key); at != record.end() && !at->is_null()) {
            return AnswerRule::Anls;
        }
    }
    if (const auto metric = record.find("metric"); metric != record.end() && metric->is_string() && rule_of_task(metric->get<std::string>()) == AnswerRule::Anls) {
        return AnswerRule::Anls;
    }
    if (const auto rule = rule_in(record)) {
        return rule;
    }
    if (const auto rule = doc != nullptr ? rule_in(*doc) : std::nullopt) {
        return rule;
    }
    constexpr std::string_view kPrefix = "samples_";
    return file.starts_with(kPrefix) ? rule_of_task(file.substr(kPrefix.size())) : std::nullopt;
}

bool agree_anywhere(const std::vector<std::string>& answers) {
    return std::set<std::string_view>(answers.begin(), answers.end()).size() < answers.size();
}

}  // namespace r2t2
