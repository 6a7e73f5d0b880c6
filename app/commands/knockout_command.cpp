// r2t2 knockout
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <nlohmann/json.hpp>

#include "app/commands/choices.h"
#include "app/commands/commands.h"
#include "core/base/half_up.h"
#include "core/results/knockout_table.h"
#include "core/run/evaluation_job.h"
#include "core/run/knockout.h"

namespace r2t2::cli {

namespace {

using Json = nlohmann::ordered_json;

Result<std::vector<KnockKind>> kinds_of(const KnockoutCommand& options) {
    std::vector<KnockKind> kinds;
    for (const std::string& name : options.kinds) {
        Result<KnockKind> kind = parse_knock_kind(name);
        if (!kind) {
            return invalid_input("options", "--kinds", kind.error().found, kind.error().allowed);
        }
        if (std::find(kinds.begin(), kinds.end(), *kind) == kinds.end()) {
            kinds.push_back(*kind);
        }
    }
    return kinds.empty() ? invalid_input("options", "--kinds", "none", "silence, block, force") : Result<std::vector<KnockKind>>(std::move(kinds));
}

Status check_options(const KnockoutCommand& options) {
    R2T2_TRY(check_range("--threads", options.threads, 0, 1024));
    R2T2_TRY(check_range("--samples", options.samples, 1, 1'000'000));
    R2T2_TRY(check_range("--seed", options.seed, 0, std::numeric_limits<std::int64_t>::max()));
    if (options.sets.empty() == options.sample.empty()) {
        return invalid_input("options", options.sets.empty() ? "--eval" : "--sample", options.sets.empty() ? "nothing" : "together with --eval",
                             "either --eval SETS or --sample SET/NUMBER");
    }
    if (options.scoring != "exact" && options.scoring != "starts-with") {
        return invalid_input("options", "--scoring", options.scoring, "exact, starts-with");
    }
    return kinds_of(options).ok() ? Status() : Status(kinds_of(options).error());
}

Json where_json(const Knock& knock, const std::vector<std::string>& experts) {
    return {{"kind", to_string(knock.kind)}, {"mixer", knock.mixer ? Json(*knock.mixer + 1) : Json("all")}, {"expert", experts[knock.expert]}};
}

KnockoutTable table_of(const KnockoutReport& report, const Model& model, const std::string& command) {
    const std::vector<std::string> experts = model.routing_space().expert_names();
    KnockoutTable table;
    table.model_name = model.info().name;
    table.model_hash = model.info().weights_hash;
    table.miniature = model.info().miniature;
    table.command = command;
    table.sets = report.sets;
    table.samples = report.samples;
    table.clusters = report.clusters;
    table.without_truth = report.without_truth;
    for (const Error& problem : report.problems) {
        table.problems.push_back(problem.message());
    }
    table.base_loss = report.base_loss;
    table.base_right = report.base_right;
    table.seconds = report.seconds;
    for (const KnockEffect& effect : report.effects) {
        const std::string mixer = effect.knock.mixer ? std::to_string(*effect.knock.mixer + 1) : "all";
        table.rows.push_back({to_string(effect.knock.kind), mixer, experts[effect.knock.expert], effect.loss, effect.loss_p, effect.loss_holm, effect.right,
                              interval_name(effect.right_kind), effect.right_p, effect.right_holm, effect.changed, effect.lost, effect.won});
    }
    return table;
}

std::string p_text(double p) {
    char text[24];
    std::snprintf(text, sizeof text, std::isnan(p) ? "-" : p < 0.0005 ? "<0.001" : "%.3f", p);
    return text;
}

std::string text_of(const KnockoutReport& report, const std::vector<std::string>& experts, bool miniature) {
    char line[320];
    std::string out;
    for (const std::string& set : report.sets) {
        out += (out.empty() ? "" : ", ") + set;
    }
    std::snprintf(line, sizeof line, ": %lld samples, native routing: %.1f %% right, loss %.3f nats%s\n", static_cast<long long>(report.samples), percent_half_up(report.base_right),
                  report.base_loss, miniature ? " (bundled miniature model)" : "");
    out += line;
    if (report.without_truth > 0) {
        out += std::to_string(report.without_truth) + " samples without a truth are in no number\n";
    }
    std::snprintf(line, sizeof line, "%-8s %-10s %-8s %27s %7s %7s %24s %7s %7s %8s %5s %5s\n", "kind", "where", "expert", "loss, nats (95 %)", "p", "Holm p",
                  "right, points (95 %)", "p", "Holm p", "changed", "lost", "won");
    out += line;
    std::vector<const KnockEffect*> order;
    for (const KnockEffect& effect : report.effects) {
        order.push_back(&effect);
    }
    std::stable_sort(order.begin(), order.end(), [](const KnockEffect* a, const KnockEffect* b) {
        return a->knock.kind != b->knock.kind ? a->knock.kind < b->knock.kind : a->loss.value > b->loss.value;
    });
    for (const KnockEffect* effect : order) {
        char loss[64], right[64];
        std::snprintf(loss, sizeof loss, "%+.3f [%+.3f, %+.3f]", effect->loss.value, effect->loss.low, effect->loss.high);
        std::snprintf(right, sizeof right, "%+.1f [%+.1f, %+.1f]%s", percent_half_up(effect->right.value), percent_half_up(effect->right.low), percent_half_up(effect->right.high),
                      interval_mark(effect->right_kind));
        std::snprintf(line, sizeof line, "%-8s %-10s %-8s %27s %7s %7s %24s %7s %7s %8lld %5lld %5lld\n", to_string(effect->knock.kind).c_str(), mixer_text(effect->knock).c_str(),
                      experts[effect->knock.expert].c_str(), loss, p_text(effect->loss_p).c_str(), p_text(effect->loss_holm).c_str(), right, p_text(effect->right_p).c_str(),
                      p_text(effect->right_holm).c_str(), static_cast<long long>(effect->changed), static_cast<long long>(effect->lost), static_cast<long long>(effect->won));
        out += line;
    }
    out += "Holm p: corrected for the " + std::to_string(2 * report.effects.size()) + " tests of this table";
    out += report.clusters < report.samples ? "; " + clusters_note(report.clusters, report.samples) + "\n" : "\n";
    return out;
}

/// One sample: no interval, no test.
int one_sample(const KnockoutCommand& options, const Model& model, const RunSample& sample, Console& console) {
    const std::vector<Knock> knocks = all_knocks(model.routing_space(), *kinds_of(options));
    const ScoringRule rule = options.scoring == "exact" ? ScoringRule::Exact : ScoringRule::StartsWith;
    const Result<SampleKnocks> found = knock_sample(model, sample, knocks, rule, interrupt_token());
    if (!found) {
        return console.fail(found.error());
    }
    const std::vector<std::string> experts = model.routing_space().expert_names();
    const auto json_of_one = [](const KnockedSample& one) {
        return Json{{"answer", one.answer}, {"confidence", one.confidence}, {"loss", one.loss ? Json(*one.loss) : Json()}, {"right", one.right ? Json(*one.right) : Json()}};
    };
    Json json = {{"sample", options.sample}, {"question", sample.question}, {"truth", sample.ground_truth}, {"native", json_of_one(found->base)}, {"knocked", Json::array()}};
    char line[256];
    std::string text = options.sample + ": " + sample.question + "\ntruth " + sample.ground_truth + "; native " + found->base.answer + "\n";
    std::snprintf(line, sizeof line, "%-8s %-10s %-8s %10s %11s  %s\n", "kind", "where", "expert", "loss", "confidence", "answer");
    text += line;
    for (std::size_t i = 0; i < knocks.size(); ++i) {
        const KnockedSample& one = found->knocked[i];
        Json each = where_json(knocks[i], experts);
        each.update(json_of_one(one));
        json["knocked"].push_back(std::move(each));
        std::snprintf(line, sizeof line, "%-8s %-10s %-8s %+10.3f %11.2f  ", to_string(knocks[i].kind).c_str(), mixer_text(knocks[i]).c_str(), experts[knocks[i].expert].c_str(),
                      one.loss && found->base.loss ? *one.loss - *found->base.loss : std::numeric_limits<double>::quiet_NaN(), one.confidence);
        text += line + one.answer + (one.answer == found->base.answer ? "\n" : "  *\n");
    }
    console.data(console.options().json ? json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n" : text + "loss: change, nats; *: another answer\n");
    return kExitOk;
}

}  // namespace

int run_knockout(const KnockoutCommand& options, const std::string& program, Console& console) {
    if (const Status checked = check_options(options); !checked) {
        return console.fail(checked.error());
    }
    const Result<BenchmarkChoice> benchmark = benchmark_choice(options.data);
    if (!benchmark) {
        return console.fail(benchmark.error());
    }
    SampleChoice choice;
    choice.sets = options.sets;
    choice.split = options.split.empty() && options.data.directory.empty() ? "test" : options.split;
    choice.seed = static_cast<std::uint64_t>(options.seed);
    choice.samples = static_cast<std::size_t>(options.samples);
    choice.benchmark = *benchmark;
    std::size_t index = 0;
    if (!options.sample.empty()) {
        const Result<BundledPlace> place = bundled_place(options.sample);
        if (!place) {
            return console.fail(place.error());
        }
        choice.sets = {place->set};
        index = place->index;
        choice.samples = index + 1;
    }
    const Result<std::vector<SampleSetPtr>> sets = open_sample_sets(choice, console.progress(), interrupt_token());
    if (!sets) {
        return console.fail(sets.error());
    }
    const Result<std::shared_ptr<const Model>> model = open_model(options.model, console);
    if (!model) {
        return console.fail(model.error());
    }
    if (!options.sample.empty()) {
        const Result<RunSample> sample = sets->front()->get(index, (*model)->info());
        return sample ? one_sample(options, **model, *sample, console) : console.fail(sample.error());
    }
    KnockoutOptions wanted;
    wanted.kinds = *kinds_of(options);
    wanted.scoring = options.scoring == "exact" ? ScoringRule::Exact : ScoringRule::StartsWith;
    wanted.threads = static_cast<int>(options.threads);
    const Result<KnockoutReport> report = run_knockout(**model, *sets, wanted, console.progress(), interrupt_token());
    console.end_progress();
    if (!report) {
        return console.fail(report.error());
    }
    console.skipped(report->problems);
    const std::vector<std::string> experts = (*model)->routing_space().expert_names();
    console.data(console.options().json ? knockout_json(table_of(*report, **model, program)) : text_of(*report, experts, (*model)->info().miniature));
    return report->problems.empty() ? kExitOk : kExitBadSamples;
}

}  // namespace r2t2::cli
