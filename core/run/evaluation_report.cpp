#include "core/run/evaluation_report.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>

#include "core/checkpoint/rerouting_file.h"
#include "core/routing/method_table.h"

namespace r2t2 {

namespace {

/// A sample with the number of its cluster in the evaluation.
struct ListedSample {
    const SampleOutcome* outcome;
    std::size_t cluster;
    const SampleOutcome* operator->() const { return outcome; }
    const SampleOutcome& operator*() const { return *outcome; }
};
using SampleList = std::vector<ListedSample>;

bool known(const SampleOutcome& sample) {
    return !sample.methods.empty() && sample.methods.front().right().has_value();
}

/// Over the samples that are scored under base, the method and the oracle.
GapClosed gap_of(const SampleList& samples, std::size_t method, std::size_t oracle, const BootstrapOptions& bootstrap) {
    const std::size_t methods[] = {0, method, oracle};
    std::vector<double> scores[3];
    std::vector<std::size_t> clusters;
    for (const ListedSample& sample : samples) {
        if (std::all_of(std::begin(methods), std::end(methods), [&](std::size_t m) { return sample->methods[m].right().has_value(); })) {
            for (std::size_t i = 0; i < 3; ++i) {
                scores[i].push_back(*sample->methods[methods[i]].right() ? 1.0 : 0.0);
            }
            clusters.push_back(sample.cluster);
        }
    }
    return gap_closed(scores[0], scores[1], scores[2], clusters, bootstrap);
}

MethodReport method_report(const SampleList& samples, std::size_t method, const MethodParams& params, const BootstrapOptions& bootstrap) {
    MethodReport report;
    report.method = params.method;
    std::vector<StepCorrectness> steps;
    std::vector<BeforeAndAfter> changes;
    for (const ListedSample& sample : samples) {
        const MethodOutcome& outcome = sample->methods[method];
        const std::optional<bool> before = sample->methods.front().right(), after = outcome.right();
        if (before && after) {
            report.against_base.add(outcome_of(*before, *after));
        } else {
            ++report.against_base.unknown;
        }
        report.samples += after ? 1 : 0;
        report.right += after.value_or(false) ? 1 : 0;
        report.kept_base += outcome.kept_base ? 1 : 0;
        report.seconds += outcome.seconds;
        report.forward += static_cast<double>(outcome.passes.forward);
        report.backward += static_cast<double>(outcome.passes.backward);
        steps.push_back(outcome.correct);
        changes.push_back({sample.cluster, before, after});
    }
    if (!samples.empty()) {
        const auto count = static_cast<double>(samples.size());
        report.seconds /= count;
        report.forward /= count;
        report.backward /= count;
    }
    report.told = clustered_result(changes, bootstrap);
    report.steps = transitions(steps);
    return report;
}

void add_gaps(const SampleList& samples, const BootstrapOptions& bootstrap, SetReport& set) {
    std::size_t oracle = 0;
    for (std::size_t m = 1; m < set.methods.size(); ++m) {
        set.methods[m].gap.share = {std::nan(""), std::nan(""), std::nan("")};
        oracle = uses_label(set.methods[m].method) ? m : oracle;
    }
    set.methods.front().gap.share = {std::nan(""), std::nan(""), std::nan("")};
    if (oracle == 0 || samples.empty()) {
        return;
    }
    for (std::size_t m = 1; m < set.methods.size(); ++m) {
        if (m != oracle) {
            set.methods[m].gap = gap_of(samples, m, oracle, bootstrap);
        }
    }
}

SetReport set_report(const std::string& name, const SampleList& all, const std::vector<MethodParams>& methods,
                     const BootstrapOptions& bootstrap) {
    SetReport set;
    set.name = name;
    SampleList counted;
    std::int64_t timed = 0;  // a resumed sample's preparation was not kept
    for (const ListedSample& sample : all) {
        if (sample->elsewhere) {
            continue;
        }
        if (!sample->done) {
            ++set.missing;
        } else if (sample->error) {
            ++set.errors;
        } else {
            ++set.done;
            set.prepare_seconds += sample->prepare_seconds;
            timed += sample->resumed ? 0 : 1;
            if (known(*sample)) {
                counted.push_back(sample);
            } else {
                ++set.unknown;
            }
        }
    }
    set.prepare_seconds /= timed > 0 ? static_cast<double>(timed) : 1.0;
    const std::vector<std::string> variants = variant_labels(methods);
    for (std::size_t m = 0; m < methods.size(); ++m) {
        set.methods.push_back(method_report(counted, m, methods[m], bootstrap));
        set.methods.back().variant = variants[m];
    }
    add_gaps(counted, bootstrap, set);
    return set;
}

/// Every sample of all sets, with what it belongs to.
std::vector<std::size_t> clusters_of(const Evaluation& evaluation) {
    std::vector<ClusterKey> keys;
    for (const SetOutcome& set : evaluation.sets) {
        for (const SampleOutcome& sample : set.samples) {
            keys.push_back(sample.cluster);
        }
    }
    return cluster_numbers(keys);
}

/// Base, the first, is compared with nothing.
void correct(EvaluationReport& report) {
    std::vector<ClusteredResult*> cells, pooled;
    for (SetReport& set : report.sets) {
        for (std::size_t m = 1; m < set.methods.size(); ++m) {
            cells.push_back(&set.methods[m].told);
        }
    }
    for (std::size_t m = 1; m < report.overall.methods.size(); ++m) {
        pooled.push_back(&report.overall.methods[m].told);
    }
    told_together(cells);
    told_together(pooled);
}

}  // namespace

Provenance provenance_before_references(const EvaluationContext& context) {
    Provenance out;
    const ModelInfo& model = context.model->info();
    out.model_name = model.name;
    out.model_directory = model.directory;
    out.model_hash = model.weights_hash;
    out.model_identity = model.identity;
    out.model_parts = model.identity_parts;
    out.precision = model.precision;
    out.recommended = model.directory.empty() ? "none" : recommended_hash(model.directory);
    out.miniature = model.miniature;
    out.methods = context.methods;
    out.controls = context.controls;
    out.seed = context.seed;
    out.scoring = std::string(name(context.scoring));
    return out;
}

Provenance provenance_of(const EvaluationContext& context) {
    Provenance out = provenance_before_references(context);
    if (std::any_of(context.methods.begin(), context.methods.end(), [](const MethodParams& params) { return method_row(params.method).tuned_gates; })) {
        if (const auto tuned = context.model->tuned_gates()) {
            const std::map<std::string, std::string>& parts = (*tuned)->info().identity_parts;
            out.tuned_gates = parts.contains("gates") ? parts.at("gates") : (*tuned)->info().identity;
        }
    }
    out.reference_hash = context.reference->store().content_hash();
    out.reference_native_hash = context.reference->store().is_refined() ? context.reference->store().native_hash() : std::string();
    out.reference_asked = context.reference->store().asked_hash();
    for (const MethodParams& params : context.methods) {
        const Result<SurfaceFormPtr> form = needs_surfaces(params) ? context.reference->surface_form(params.mode) : Result<SurfaceFormPtr>(SurfaceFormPtr());
        if (form && *form) {
            const SurfaceTables* tables = context.reference->surfaces(params.mode);
            out.surfaces[to_string(params.mode)] = {(*form)->name(), tables != nullptr ? tables->hash() : std::string()};
        }
    }
    out.embedding_content = embedder_content(context.reference->embedder());
    if (const QuestionEmbedder* embedder = context.reference->embedder()) {
        out.embedding_source = embedder->source();
    }
    out.reference_size = context.reference->size();
    return out;
}

EvaluationReport make_report(const Evaluation& evaluation, Provenance provenance, const BootstrapOptions& bootstrap) {
    EvaluationReport report;
    SampleList pooled;
    std::int64_t left_out = 0;
    const std::vector<std::size_t> clusters = clusters_of(evaluation);
    for (const SetOutcome& set : evaluation.sets) {
        SampleList samples;
        for (const SampleOutcome& sample : set.samples) {
            samples.push_back({&sample, clusters[pooled.size()]});
            pooled.push_back(samples.back());
            if (sample.error) {
                report.error_lines.push_back(sample.error->message());
            }
        }
        report.sets.push_back(set_report(set.name, samples, provenance.methods, bootstrap));
        report.sets.back().left_out = set.left_out;
        report.sets.back().errors += static_cast<std::int64_t>(set.problems.size());
        left_out += static_cast<std::int64_t>(set.problems.size());
        for (const Error& problem : set.problems) {
            report.error_lines.push_back(problem.message());
        }
    }
    report.overall = set_report("overall", pooled, provenance.methods, bootstrap);
    report.overall.errors += left_out;
    correct(report);
    report.provenance = std::move(provenance);
    report.interrupted = evaluation.interrupted;
    report.too_many_errors = evaluation.too_many_errors;
    report.seconds = evaluation.seconds;
    report.peak_memory_kb = peak_memory_kb();
    return report;
}

void add_benchmark_scores(const Evaluation& evaluation, const std::vector<SampleSetPtr>& sets, EvaluationReport& report) {
    for (std::size_t s = 0; s < sets.size(); ++s) {
        const std::map<std::string, std::string> origin = sets[s]->origin();
        const auto benchmark = origin.find("benchmark");
        if (benchmark == origin.end()) {
            continue;
        }
        std::vector<AnswerScorer> methods(report.sets[s].methods.size(), AnswerScorer(benchmark->second));
        for (std::size_t i = 0; i < sets[s]->size(); ++i) {
            const SampleOutcome& sample = evaluation.sets[s].samples[i];
            const std::optional<AnswerKey> key = sample.done ? sets[s]->key(i) : std::nullopt;
            for (std::size_t m = 0; key && m < methods.size(); ++m) {
                sample.error ? methods[m].add_missing(sample.id, *key) : methods[m].add(sample.id, sample.methods[m].answer, *key);
            }
        }
        for (std::size_t p = 0; p < evaluation.sets[s].problems.size(); ++p) {  // all of the set's, or none: another shard's
            const std::optional<AnswerKey> lost = sets[s]->lost(p);
            for (std::size_t m = 0; lost && m < methods.size(); ++m) {
                methods[m].add_missing(evaluation.sets[s].problems[p].where, *lost);
            }
        }
        for (std::size_t m = 0; m < methods.size(); ++m) {
            BenchmarkScore score = methods[m].score();
            report.sets[s].methods[m].benchmark = std::move(score.numbers);
            report.sets[s].methods[m].benchmark_official = std::move(score.official);
            report.sets[s].methods[m].official_pattern = std::move(score.pattern);
            report.sets[s].methods[m].unread = score.unread;
        }
    }
}

std::string method_title(Method method) {
    const MethodRow& row = method_row(method);
    return (row.role == MethodRole::Control ? "c: " : row.role == MethodRole::Rival ? "o: " : "") + std::string(row.title) + (row.ours ? " (ours)" : "") + (uses_label(method) ? " (uses label)" : "");
}

std::string method_title(const MethodReport& method) {
    return method_title(method.method) + (method.variant.empty() ? "" : ", " + method.variant);
}

std::int64_t peak_memory_kb() {
    std::ifstream status("/proc/self/status");
    std::string key;
    while (status >> key) {
        if (key == "VmHWM:") {
            std::int64_t value = 0;
            status >> value;
            return value;
        }
        status.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
    }
    return 0;
}

}  // namespace r2t2
