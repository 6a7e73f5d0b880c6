// r2t2 score
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "app/commands/commands.h"
#include "core/run/score_file.h"

namespace r2t2::cli {

namespace {

nlohmann::ordered_json set_score_json(const SetScore& set) {
    const double accuracy = set.accuracy();
    return {{"name", set.name},
            {"n", set.scored},
            {"right", set.right},
            {"accuracy", std::isfinite(accuracy) ? nlohmann::ordered_json(accuracy) : nlohmann::ordered_json(nullptr)},
            {"accuracy_low", set.interval.low},
            {"accuracy_high", set.interval.high},
            {"not_answered", set.not_answered},
            {"without_truth", set.unknown}};
}

nlohmann::ordered_json file_score_json(const FileScore& score) {
    nlohmann::ordered_json sets = nlohmann::ordered_json::array();
    for (const SetScore& set : score.sets) {
        sets.push_back(set_score_json(set));
    }
    return {{"file", score.path.string()}, {"rule", std::string(name(score.rule))}, {"sets", sets}, {"overall", set_score_json(score.overall)}};
}

std::string set_score_line(const SetScore& set) {
    char line[160];
    if (set.scored > 0) {
        std::snprintf(line, sizeof line, "%-24.24s %7lld %7lld %9.1f  [%.1f, %.1f]\n", set.name.c_str(), static_cast<long long>(set.scored),
                      static_cast<long long>(set.right), 100 * set.accuracy(), 100 * set.interval.low, 100 * set.interval.high);
    } else {
        std::snprintf(line, sizeof line, "%-24.24s %7d %7d %9s\n", set.name.c_str(), 0, 0, "-");
    }
    return line;
}

std::string file_score_text(const FileScore& score) {
    char head[160];
    std::snprintf(head, sizeof head, "%-24s %7s %7s %9s  %s\n", "", "n", "right", "%", "95 % interval");
    std::string text = score.path.string() + ", scored by " + std::string(name(score.rule)) + "\n" + head;
    for (const SetScore& set : score.sets) {
        text += set_score_line(set);
    }
    return text + set_score_line(score.overall);
}

}  // namespace

int run_score(const ScoreOptions& options, Console& console) {
    const Result<ScoringRule> rule = parse_scoring_rule(options.rule, "--rule");
    if (!rule) {
        return console.fail(rule.error());
    }
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    std::string text;
    for (const std::string& file : options.files) {
        const Result<FileScore> score = score_file(file, *rule, interrupt_token());
        if (!score) {
            return console.fail(score.error());
        }
        all.push_back(file_score_json(*score));
        text += (text.empty() ? "" : "\n") + file_score_text(*score);
        if (const SetScore& overall = score->overall; overall.not_answered + overall.unknown > 0) {
            console.note(file + ": " + std::to_string(overall.not_answered) + " records without a prediction and " +
                         std::to_string(overall.unknown) + " without a truth are in no accuracy");
        }
    }
    console.data(console.options().json ? all.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n" : text);
    return kExitOk;
}

}  // namespace r2t2::cli
