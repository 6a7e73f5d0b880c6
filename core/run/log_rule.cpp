#include "core/run/log_rule.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <utility>

namespace r2t2 {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::array kTaskFields = {"task", "task_name", "benchmark", "dataset", "set"};

constexpr std::array<std::pair<std::string_view, AnswerRule>, 15> kTasks = {{
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
    {"chartqa", AnswerRule::Relaxed},
    {"mathvista", AnswerRule::MathVista},
}};

constexpr std::array<std::string_view, 13> kOtherTasks = {"squad", "nq", "naturalquestions", "webqs", "webquestions", "drop", "quac", "musique", "mmlu", "mmmu", "mme", "vcr", "clevr"};
constexpr std::array<std::string_view, 16> kParts = {"train", "val", "valid", "validation", "dev", "test", "testdev", "std", "challenge", "minival", "mini", "lite", "all", "full", "default", "balanced"};

/// Lower-cased ASCII letters and digits between everything else.
std::vector<std::string> words_in(std::string_view name) {
    std::vector<std::string> words;
    bool inside = false;
    for (const char c : name) {
        const bool upper = c >= 'A' && c <= 'Z';
        const bool part = upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (part && !inside) {
            words.emplace_back();
        }
        inside = part;
        if (part) {
            words.back() += upper ? static_cast<char>(c - 'A' + 'a') : c;
        }
    }
    return words;
}

/// "val", "test2015", "2024": which part of a benchmark, not which one.
bool names_a_part(std::string_view word) {
    const std::size_t letters = std::min(word.find_first_of("0123456789"), word.size());
    const bool number_follows = word.find_first_not_of("0123456789", letters) == std::string_view::npos;
    return number_follows && (letters == 0 || std::find(kParts.begin(), kParts.end(), word.substr(0, letters)) != kParts.end());
}

bool names_another(std::string_view word) {
    const bool listed = std::any_of(kOtherTasks.begin(), kOtherTasks.end(), [&](std::string_view task) { return word == task; });
    return listed || (word.ends_with("qa") && !word.ends_with("vqa")) || word.find("bench") != std::string_view::npos;
}

/// `free`: the name may be any, as a set's.
LogTask task_of(std::string_view name, bool free) {
    LogTask out;
    if (const auto rule = rule_of_task(name)) {
        out = {LogTask::Named::Scored, rule, std::string(name)};
        return out;
    }
    const std::vector<std::string> words = words_in(name);
    const bool only_parts = std::all_of(words.begin(), words.end(), names_a_part);
    const bool perhaps_vqa = std::any_of(words.begin(), words.end(), [](const std::string& word) { return word.find("vqa") != std::string::npos; });
    const bool another = std::any_of(words.begin(), words.end(), names_another) || !(free || only_parts || perhaps_vqa);
    out.named = another ? LogTask::Named::Another : LogTask::Named::Unsaid;
    out.name = std::string(name);
    return out;
}

/// The first of the fields that names a benchmark of ours, else the first that names another; their names together.
LogTask task_in(const Json& from) {
    LogTask out;
    for (const char* field : kTaskFields) {
        const auto at = from.find(field);
        if (at == from.end() || !at->is_string()) {
            continue;
        }
        const LogTask found = task_of(at->get_ref<const std::string&>(), std::string_view(field) == "set");
        const bool tells = found.named == LogTask::Named::Scored || out.named == LogTask::Named::Unsaid;
        if (tells && out.named != LogTask::Named::Scored) {
            out.named = found.named;
            out.rule = found.rule;
        }
        out.name += found.name + '\0';
    }
    return out;
}

/// A metric that the record has a value of ("anls", "relaxed_overall"), or that it names.
std::optional<AnswerRule> rule_of_metric(const Json& record) {
    for (const auto& [key, value] : record.items()) {
        if (!value.is_null() && (key == "anls" || key == "ANLS")) {
            return AnswerRule::Anls;
        }
        if (value.is_number() && key.starts_with("relaxed_")) {
            return AnswerRule::Relaxed;
        }
    }
    const auto metric = record.find("metric");
    const bool anls = metric != record.end() && metric->is_string() && rule_of_task(metric->get<std::string>()) == AnswerRule::Anls;
    return anls ? std::optional(AnswerRule::Anls) : std::nullopt;
}

}  // namespace

std::optional<AnswerRule> rule_of_task(std::string_view name) {
    std::string letters;
    std::vector<std::size_t> begins;
    for (const std::string& word : words_in(name)) {
        begins.push_back(letters.size());
        letters += word;
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

LogTask task_of_log(const Json& record, const Json* doc, std::string_view file) {
    constexpr std::string_view kPrefix = "samples_";
    LogTask out = task_in(record);
    const auto ask = [&out](LogTask next) {
        out.named = next.named;
        out.rule = next.rule;
        out.name += next.name;
    };
    if (out.named == LogTask::Named::Unsaid && doc != nullptr) {
        ask(task_in(*doc));
    }
    if (out.named == LogTask::Named::Unsaid && file.starts_with(kPrefix)) {
        ask(task_of(file.substr(kPrefix.size(), file.rfind('.') - kPrefix.size()), false));
    }
    if (const std::optional<AnswerRule> rule = rule_of_metric(record)) {
        out.named = LogTask::Named::Scored;
        out.rule = rule;
    }
    return out;
}

bool agree_anywhere(const std::vector<std::string>& answers) {
    return std::set<std::string_view>(answers.begin(), answers.end()).size() < answers.size();
}

}  // namespace r2t2
