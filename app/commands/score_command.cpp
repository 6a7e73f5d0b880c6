// r2t2 score
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "app/commands/commands.h"
#include "core/base/half_up.h"
#include "core/run/score_file.h"
#include "core/scoring/scoring_version.h"

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
            {"mean_score", set.scored > 0 ? nlohmann::ordered_json(set.mean_value()) : nlohmann::ordered_json(nullptr)},
            {"not_answered", set.not_answered},
            {"without_truth", set.unknown}};
}

nlohmann::ordered_json filter_score_json(const FilterScore& filter) {
    nlohmann::ordered_json sets = nlohmann::ordered_json::array();
    for (const SetScore& set : filter.sets) {
        sets.push_back(set_score_json(set));
    }
    const RotatedQuestions& rotated = filter.rotated;
    const bool rotates = rotated.questions + rotated.incomplete > 0;
    return {{"filter", filter.filter.empty() ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(filter.filter)},
            {"circular", rotates ? nlohmann::ordered_json{{"questions", rotated.questions}, {"right", rotated.right}, {"incomplete", rotated.incomplete}} : nlohmann::ordered_json(nullptr)},
            {"sets", sets},
            {"overall", set_score_json(filter.overall)}};
}

/// Of several filters none is the file's: its own `sets` and `overall` are null.
nlohmann::ordered_json file_score_json(const FileScore& score) {
    nlohmann::ordered_json filters = nlohmann::ordered_json::array();
    for (const FilterScore& filter : score.filters) {
        filters.push_back(filter_score_json(filter));
    }
    nlohmann::ordered_json rules = nlohmann::ordered_json::array();
    for (const LogRuleCount& each : score.by_log_rule) {
        rules.push_back({{"rule", std::string(name(each.rule))}, {"records", each.records}});
    }
    const bool one = filters.size() == 1;
    return {{"file", score.path.string()},
            {"rule", std::string(name(score.rule))},
            {"rule_version", kScoringVersion},
            {"by_own_rule", score.by_own_rule},
            {"by_log_rule", rules},
            {"any_of", score.any_of},
            {"repeated", score.repeated},
            {"targets_by_name", score.targets_by_name},
            {"unread_lists", score.unread_lists.count},
            {"short_of_annotators", score.short_of_metric.count},
            {"letters_without_options", score.letters_without_options.count},
            {"yes_or_no_without_options", score.yes_or_no_without_options.count},
            {"missing_answers", score.missing_answers.count},
            {"option_gaps", score.option_gaps.count},
            {"with_verdict", score.with_verdict},
            {"against_verdict", score.against_verdict.count},
            {"filters", filters},
            {"sets", one ? filters[0]["sets"] : nlohmann::ordered_json(nullptr)},
            {"overall", one ? filters[0]["overall"] : nlohmann::ordered_json(nullptr)}};
}

std::string set_score_line(const SetScore& set) {
    char line[160];
    if (set.scored > 0) {
        std::snprintf(line, sizeof line, "%-24.24s %7lld %7lld %9.1f  [%.1f, %.1f]\n", set.name.c_str(), static_cast<long long>(set.scored),
                      static_cast<long long>(set.right), percent_half_up(set.accuracy()), percent_half_up(set.interval.low), percent_half_up(set.interval.high));
    } else {
        std::snprintf(line, sizeof line, "%-24.24s %7d %7d %9s\n", set.name.c_str(), 0, 0, "-");
    }
    return line;
}

/// Where answers are or may be worth more than 0 and less than 1: what they are worth on average.
std::string mean_value_line(const SetScore& set, bool soft) {
    char line[160];
    const bool shown = soft || set.value != static_cast<double>(set.right);
    std::snprintf(line, sizeof line, "%-24.24s %7s %7s %9.4f  mean score\n", set.name.c_str(), "", "", set.mean_value());
    return shown && set.scored > 0 ? line : "";
}

/// MMBench's own number: a question counts where it is right under every rotation of its options.
std::string circular_line(const RotatedQuestions& rotated) {
    if (rotated.questions + rotated.incomplete == 0) {
        return {};
    }
    SetScore circular;
    circular.name = "CircularEval (questions)";
    circular.scored = rotated.questions;
    circular.right = rotated.right;
    circular.interval = wilson_interval(rotated.right, rotated.questions);
    return set_score_line(circular);
}

/// By what the records were scored, each rule with its records where there are several; what the column of percents is not.
std::string rules_text(const FileScore& score) {
    std::int64_t left = 0;
    for (const FilterScore& filter : score.filters) {
        left += filter.overall.scored + filter.overall.not_answered + filter.overall.unknown;
    }
    left -= score.by_own_rule;
    std::string others;
    for (const LogRuleCount& each : score.by_log_rule) {
        left -= each.records;
        others += ", " + std::to_string(each.records) + " records by " + std::string(name(each.rule));
    }
    others += score.by_own_rule == 0 ? "" : ", " + std::to_string(score.by_own_rule) + " records by the rule that stands beside them";
    std::string text = left == 0 && score.by_log_rule.size() == 1 && score.by_own_rule == 0 ? std::string(name(score.by_log_rule[0].rule)) : std::string(name(score.rule)) + others;
    if (!score.by_log_rule.empty()) {
        text += "\n  as the log names the benchmark or has its annotators' answers; the benchmark's number is the mean score, \"right\" are values of at least 0.5";
    }
    if (score.any_of > 0) {
        text += "\n  " + std::to_string(score.any_of) + " records have several accepted answers: one that equals any of them counts as fully right, which is neither VQA's soft accuracy nor ANLS, nor the metric of questions that ask for several options at once";
    }
    return text;
}

std::string file_score_text(const FileScore& score) {
    char head[160];
    std::snprintf(head, sizeof head, "%-24s %7s %7s %9s  %s\n", "", "n", "right", "%", "95 % interval");
    std::string text = score.path.string() + ", scored by " + rules_text(score) + "\n";
    for (const FilterScore& filter : score.filters) {
        text += (filter.filter.empty() || score.filters.size() == 1 ? "" : "filter " + filter.filter + "\n") + head;
        for (const SetScore& set : filter.sets) {
            text += set_score_line(set) + mean_value_line(set, !score.by_log_rule.empty());
        }
        text += set_score_line(filter.overall) + mean_value_line(filter.overall, !score.by_log_rule.empty()) + circular_line(filter.rotated);
    }
    return text;
}

/// What is in the numbers and should not be, or the other way round.
int note_records(const FileScore& score, Console& console) {
    const std::string file = score.path.string() + ": ";
    for (const FilterScore& filter : score.filters) {
        const std::string of_filter = score.filters.size() > 1 ? "filter " + filter.filter + ": " : "";
        if (const SetScore& overall = filter.overall; overall.not_answered + overall.unknown > 0) {
            console.lacking(file + of_filter + std::to_string(overall.not_answered) + " records without a prediction and " + std::to_string(overall.unknown) +
                            " without a truth are in no accuracy");
        }
    }
    for (const FilterScore& filter : score.filters) {
        if (filter.rotated.incomplete > 0) {
            console.lacking(file + std::to_string(filter.rotated.incomplete) + " questions of MMBench have fewer rotations than options: they are not in CircularEval");
        }
    }
    if (score.targets_by_name > 0) {
        console.lacking(file + std::to_string(score.targets_by_name) + " records have the name of a field of their document for a target; the document's list of answers was taken");
    }
    const auto note = [&](const NotedRecords& noted, const std::string& what) {
        if (noted.count > 0) {
            console.lacking(file + std::to_string(noted.count) + " " + what);
        }
        for (const std::string& place : noted.places) {
            console.lacking(file + place);
        }
    };
    note(score.unread_lists, "texts look like a list and cannot be read as one; they were taken as they are");
    note(score.missing_answers, "records have the name of a field for a target, and their documents have no such field: their truth is not known, and they are in no accuracy");
    note(score.short_of_metric, "records of a benchmark lack what its metric is made of (ten annotators' answers, the type of an answer); they were scored by " + std::string(name(score.rule)) + ", which is not its metric");
    note(score.letters_without_options, "records have a letter for a truth and no options that were found; they were scored as texts only");
    note(score.yes_or_no_without_options,
         "predictions are more than yes or no, and all truths of their set are one of the two; they were scored as texts only: with a list of options [\"yes\", \"no\"] in each record those that name one of them are read");
    note(score.against_verdict, "of " + std::to_string(score.with_verdict) + " records are right by the log's own metric and wrong here, or the other way round: its metric is not the one that these were scored by");
    note(score.option_gaps, "records have a letter without an option between others; the others keep their letters");
    for (const std::string& repetition : score.repetitions) {
        console.lacking(file + repetition);
    }
    if (score.repeated > 0) {
        console.lacking(file + std::to_string(score.repeated) + " records repeat the id of another and are counted like the others");
    }
    const bool incomplete = std::any_of(score.filters.begin(), score.filters.end(), [](const FilterScore& filter) { return filter.rotated.incomplete > 0; });
    return incomplete || score.repeated + score.missing_answers.count > 0 ? kExitBadSamples : kExitOk;
}

}  // namespace

int run_score(const ScoreOptions& options, Console& console) {
    const Result<ScoringRule> rule = parse_scoring_rule(options.rule, "--rule");
    if (!rule) {
        return console.fail(rule.error());
    }
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    std::string text;
    int exit_code = kExitOk;
    for (const std::string& file : options.files) {
        const Result<FileScore> score = score_file(file, *rule, interrupt_token());
        if (!score) {
            return console.fail(score.error());
        }
        all.push_back(file_score_json(*score));
        text += (text.empty() ? "" : "\n") + file_score_text(*score);
        exit_code = std::max(exit_code, note_records(*score, console));
    }
    console.data(console.options().json ? all.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n" : text);
    return exit_code;
}

}  // namespace r2t2::cli
