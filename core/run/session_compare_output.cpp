// A comparison as text and as JSON. Declared in session_compare_output.h.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/results/result_table.h"
#include "core/base/half_up.h"
#include "core/run/session_compare_output.h"
#include "core/run/session_export.h"

namespace r2t2 {

namespace {

using Json = nlohmann::ordered_json;

Json finite_json(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json rate_json(std::int64_t right, std::int64_t scored, const Interval& interval) {
    return {{"right", right},
            {"accuracy", scored > 0 ? Json(static_cast<double>(right) / static_cast<double>(scored)) : Json(nullptr)},
            {"accuracy_low", interval.low},
            {"accuracy_high", interval.high}};
}

Json set_comparison_json(const SetComparison& set) {
    return {{"name", set.name},
            {"n", set.scored()},
            {"only_a", set.only_a},
            {"only_b", set.only_b},
            {"both", set.both},
            {"neither", set.neither},
            {"a", rate_json(set.right_a(), set.scored(), set.interval_a)},
            {"b", rate_json(set.right_b(), set.scored(), set.interval_b)},
            {"clusters", set.clusters},
            {"p", finite_json(set.p)},
            {"p_holm", finite_json(set.holm_p)},
            {"test", set.clustered() ? "sign flips of clusters" : "exact McNemar"},
            {"difference",
             {{"value", finite_json(set.difference.value)},
              {"low", finite_json(set.difference.low)},
              {"high", finite_json(set.difference.high)},
              {"interval", interval_name(set.interval)}}},
            {"not_scored", set.not_scored},
            {"different_samples", set.different},
            {"not_in_a", set.missing_a},
            {"not_in_b", set.missing_b}};
}

Json side_json(const ComparedSide& side) {
    const RunInfo& info = side.run.info;
    Json damaged = Json::array();
    for (const LeftOut& sample : side.left_out) {
        damaged.push_back(sample.row_text());
    }
    return {{"session", side.session},
            {"run", side.run.id},
            {"name", info.name},
            {"method", info.method},
            {"uses_label", stored_method_uses_label(side.run)},
            {"seed", info.seed},
            {"model_name", info.model_name},
            {"model_hash", info.model_hash},
            {"data_hash", info.data_hash},
            {"reference_hash", info.reference_hash},
            {"command", info.command},
            {"scoring_version", side.run.scoring_version == 0 ? Json(nullptr) : Json(side.run.scoring_version)},
            {"state", to_string(side.run.state)},
            {"samples", side.coverage.samples},
            {"planned", side.coverage.planned ? Json(*side.coverage.planned) : Json(nullptr)},
            {"complete", side.coverage.complete()},
            {"reference_samples", side.coverage.references ? Json({{"count", side.coverage.references->count}, {"first", side.coverage.references->ids}}) : Json(nullptr)},
            {"failed", side.coverage.failed},
            {"without_truth", side.coverage.without_truth},
            {"damaged_samples", side.damaged},
            {"damaged", std::move(damaged)}};
}

std::string side_text(const char* letter, const ComparedSide& side) {
    const RunInfo& info = side.run.info;
    return std::string(letter) + "  " + side.session + ", run " + std::to_string(side.run.id) + ": " + stored_method_title(side.run) +
           "; model " + info.model_name + " " + info.model_hash.substr(0, 12) + ", data " + info.data_hash + "\n   " + side.coverage.text() + "\n";
}

std::string accuracy_cell(std::int64_t right, std::int64_t scored) {
    char buffer[32];
    std::snprintf(buffer, sizeof buffer, "%.1f", half_up(100.0 * static_cast<double>(right) / static_cast<double>(scored), 1));
    return scored > 0 ? buffer : "-";
}

std::string set_comparison_text(const SetComparison& set) {
    char difference[64] = "-";
    if (set.scored() > 0) {
        std::snprintf(difference, sizeof difference, "%+.1f [%+.1f, %+.1f]%s", percent_half_up(set.difference.value), percent_half_up(set.difference.low),
                      percent_half_up(set.difference.high), set.interval == IntervalKind::Score ? "*" : "");
    }
    char line[256];
    std::snprintf(line, sizeof line, "%-20.20s %7lld %6s %6s %23s %7lld %7lld %7lld %7lld %9s %9s\n", set.name.c_str(),
                  static_cast<long long>(set.scored()), accuracy_cell(set.right_a(), set.scored()).c_str(),
                  accuracy_cell(set.right_b(), set.scored()).c_str(), difference, static_cast<long long>(set.only_a),
                  static_cast<long long>(set.only_b), static_cast<long long>(set.both), static_cast<long long>(set.neither), set.scored() > 0 ? p_text(set.p).c_str() : "-",
                  std::isfinite(set.holm_p) ? p_text(set.holm_p).c_str() : "-");
    return line;
}

std::string field_text(const std::string& text) {
    std::string out;
    for (const char c : text) {
        out += c == '\t' ? "\\t" : c == '\n' ? "\\n" : c == '\r' ? "\\r" : std::string(1, c);
    }
    return out;
}

}  // namespace

std::string comparison_text(const SessionComparison& comparison) {
    std::string text;
    if (comparison.miniature()) {
        text += "Numbers of the bundled MINIATURE model: they say something about the methods, nothing about MoAI-7B.\n";
    }
    text += side_text("A", comparison.a) + side_text("B", comparison.b);
    char head[256];
    std::snprintf(head, sizeof head, "\n%-20s %7s %6s %6s %23s %7s %7s %7s %7s %9s %9s\n", "", "n", "A %", "B %", "B - A (95 %)", "only A",
                  "only B", "both", "neither", "p", "Holm p");
    text += head;
    for (const SetComparison& set : comparison.sets) {
        text += set_comparison_text(set);
    }
    text += set_comparison_text(comparison.overall);
    const SetComparison& all = comparison.overall;
    const auto said = [&text](std::int64_t count, const char* what) {
        text += count > 0 ? std::to_string(count) + " samples " + what + "\n" : std::string();
    };
    const bool by_score = all.interval == IntervalKind::Score ||
                          std::any_of(comparison.sets.begin(), comparison.sets.end(), [](const SetComparison& set) { return set.interval == IntervalKind::Score; });
    text += by_score ? "\n* all pairs (or clusters) differ alike, so that a bootstrap has nothing to draw from: score interval (Tango 1998)" : "";
    text += "\nn = samples whose result is known in both; only A = A right, B wrong; p = exact McNemar test";
    text += all.clustered() ? ", where samples belong together by sign flips of whole clusters" : "";
    text += ".\n";
    const auto tests = std::count_if(comparison.sets.begin(), comparison.sets.end(), [](const SetComparison& set) { return set.scored() > 0; });
    text += tests > 1 ? "Holm p = p corrected for the " + std::to_string(tests) + " sets (Holm 1979); overall pools the same samples and is no further test.\n" : std::string();
    said(all.not_scored, "failed or have no known result in one of them");
    said(all.different, "have another question or truth in the other: not paired");
    said(all.missing_b, "are in A only");
    said(all.missing_a, "are in B only");
    return text;
}

std::string comparison_json(const SessionComparison& comparison, std::optional<ComparisonCell> cell) {
    Json sets = Json::array();
    for (const SetComparison& set : comparison.sets) {
        sets.push_back(set_comparison_json(set));
    }
    Json json = {{"miniature", comparison.miniature()},
                 {"same_data", comparison.same_data()},
                 {"a", side_json(comparison.a)},
                 {"b", side_json(comparison.b)},
                 {"sets", std::move(sets)},
                 {"overall", set_comparison_json(comparison.overall)}};
    if (cell) {
        Json samples = Json::array();
        for (const ComparedPair& pair : comparison.pairs) {
            if (pair.cell() == *cell) {
                samples.push_back({{"set", pair.id.set}, {"id", pair.id.key}, {"answer_a", pair.answer_a}, {"answer_b", pair.answer_b},
                                   {"truth", pair.truth}});
            }
        }
        json["list"] = {{"cell", name(*cell)}, {"samples", std::move(samples)}};
    }
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string comparison_list(const SessionComparison& comparison, ComparisonCell cell) {
    std::string text;
    for (const ComparedPair& pair : comparison.pairs) {
        if (pair.cell() == cell) {
            text += field_text(pair.id.set + "/" + pair.id.key) + "\t" + field_text(pair.answer_a) + "\t" + field_text(pair.answer_b) + "\t" +
                    field_text(pair.truth) + "\n";
        }
    }
    return text;
}

}  // namespace r2t2
