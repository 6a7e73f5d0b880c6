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

/// The interval is of what is compared: of `mean_score` where that is what the answers are worth.
Json rate_json(const SetComparison& set, std::int64_t right, double mean, const Interval& interval) {
    const std::int64_t scored = set.scored();
    Json out = {{"right", right},
                {"accuracy", scored > 0 ? Json(static_cast<double>(right) / static_cast<double>(scored)) : Json(nullptr)},
                {"mean_score", finite_json(mean)}};
    const char* of = set.by == ComparedBy::Worth ? "mean_score" : "accuracy";
    out[std::string(of) + "_low"] = finite_json(interval.low);
    out[std::string(of) + "_high"] = finite_json(interval.high);
    return out;
}

Json own_json(const std::optional<OwnNumbers>& own) {
    if (!own) {
        return nullptr;
    }
    return {{"name", own->benchmark},
            {"measure", own->a.name},
            {"unit", own->a.unit},
            {"maximum", own->a.maximum},
            {"a", finite_json(own->a.value)},
            {"b", finite_json(own->b.value)},
            {"difference", finite_json(own->difference())},
            {"questions", own->a.count},
            {"incomplete_groups", own->a.incomplete},
            {"missing_parts", own->a.missing},
            {"counts", own->counts.empty() ? Json(nullptr) : Json(own->counts)}};
}

Json set_comparison_json(const SetComparison& set) {
    return {{"name", set.name},
            {"n", set.scored()},
            {"only_a", set.only_a},
            {"only_b", set.only_b},
            {"both", set.both},
            {"neither", set.neither},
            {"compared", set.by == ComparedBy::Worth ? "mean_score" : "accuracy"},
            {"a", rate_json(set, set.right_a(), set.mean_a, set.interval_a)},
            {"b", rate_json(set, set.right_b(), set.mean_b, set.interval_b)},
            {"benchmark", own_json(set.own)},
            {"clusters", set.clusters},
            {"p", finite_json(set.p)},
            {"p_holm", finite_json(set.holm_p)},
            {"test", test_name(set)},
            {"difference",
             {{"value", finite_json(set.difference.value)},
              {"low", finite_json(set.difference.low)},
              {"high", finite_json(set.difference.high)},
              {"interval", interval_name(set.interval)}}},
            {"not_scored", set.not_scored},
            {"different_samples", set.different},
            {"other_pictures", set.other_picture},
            {"not_in_a", set.missing_a},
            {"not_in_b", set.missing_b}};
}

Json others_json(const SessionComparison& comparison) {
    Json out = Json::array();
    for (const OtherSample& sample : comparison.others) {
        out.push_back({{"set", sample.id.set}, {"id", sample.id.key}, {"other", sample.why == OtherSample::Why::Picture ? "picture" : "question or truth"}});
    }
    return out;
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

std::string mean_cell(double mean) {
    char buffer[32];
    std::snprintf(buffer, sizeof buffer, "%.1f", percent_half_up(mean));
    return std::isfinite(mean) ? buffer : "-";
}

std::string clusters_cell(const SetComparison& set) { return set.clustered() ? std::to_string(set.clusters) : "-"; }

std::string set_comparison_text(const SetComparison& set) {
    char difference[64] = "-";
    if (set.scored() > 0) {
        std::snprintf(difference, sizeof difference, "%+.1f [%+.1f, %+.1f]%s", percent_half_up(set.difference.value), percent_half_up(set.difference.low),
                      percent_half_up(set.difference.high), interval_mark(set.interval));
    }
    char line[256];
    std::snprintf(line, sizeof line, "%-20.20s %6lld %8s %5s %5s %23s %6lld %6lld %6lld %7lld %8s %8s\n", set.name.c_str(),
                  static_cast<long long>(set.scored()), clusters_cell(set).c_str(), mean_cell(set.mean_a).c_str(), mean_cell(set.mean_b).c_str(), difference,
                  static_cast<long long>(set.only_a), static_cast<long long>(set.only_b), static_cast<long long>(set.both), static_cast<long long>(set.neither),
                  set.scored() > 0 ? p_text(set.p).c_str() : "-", std::isfinite(set.holm_p) ? p_text(set.holm_p).c_str() : "-");
    return line;
}

/// What stands below the table: what its marks and columns mean.
std::string legend(const SessionComparison& comparison) {
    std::vector<const SetComparison*> rows = {&comparison.overall};
    for (const SetComparison& set : comparison.sets) {
        rows.push_back(&set);
    }
    const auto some = [&rows](auto holds) { return std::any_of(rows.begin(), rows.end(), [&holds](const SetComparison* set) { return set->scored() > 0 && holds(*set); }); };
    std::string text;
    text += some([](const SetComparison& set) { return set.interval == IntervalKind::Score; })
                ? "\n* score interval (Tango 1998): all pairs (or clusters) differ alike, so that a bootstrap has nothing to draw from, or they are few" : "";
    text += some([](const SetComparison& set) { return set.interval == IntervalKind::Bounded; })
                ? "\n^ fewer than " + std::to_string(kLeastClusters) + " clusters: all that a mean of so few can be (docs/statistics.md)" : std::string();
    text += "\nn = samples whose result is known in both; only A = A right, B wrong; p = exact McNemar test";
    text += some([](const SetComparison& set) { return set.clustered(); }) ? ", where samples belong together by sign flips of whole clusters" : "";
    text += some([](const SetComparison& set) { return set.by == ComparedBy::Worth; }) ? ",\nwhere answers are worth a fraction by sign flips; A %, B % = mean of what they are worth" : "";
    text += some([](const SetComparison& set) { return set.clustered(); }) ? ".\nclusters = of samples that share a picture or a group; -: every sample stands alone" : "";
    return text + ".\n";
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
    std::snprintf(head, sizeof head, "\n%-20s %6s %8s %5s %5s %23s %6s %6s %6s %7s %8s %8s\n", "", "n", "clusters", "A %", "B %", "B - A (95 %)", "only A",
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
    text += legend(comparison);
    const auto tests = std::count_if(comparison.sets.begin(), comparison.sets.end(), [](const SetComparison& set) { return set.scored() > 0; });
    text += tests > 1 ? "Holm p = p corrected for the " + std::to_string(tests) + " sets (Holm 1979); overall pools the same samples and is no further test.\n" : std::string();
    for (const std::string& note : own_number_notes(comparison)) {
        text += note + "\n";
    }
    said(all.not_scored, "failed or have no known result in one of them");
    said(all.different, "have another question or truth in the other: not paired");
    said(all.other_picture, "have another picture, or other facts about it, in the other: not paired");
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
                 {"overall", set_comparison_json(comparison.overall)},
                 {"not_paired", others_json(comparison)}};
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
