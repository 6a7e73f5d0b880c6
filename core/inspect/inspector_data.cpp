// What the data page asks, on core/benchmarks. Declared in data_check.h and inspector.h.
#include "core/inspect/inspector_data.h"

#include <algorithm>
#include <map>

#include "core/base/natural_order.h"
#include "core/benchmarks/benchmarks.h"
#include "core/results/sample_clusters.h"
#include "core/run/picture_check.h"

namespace r2t2 {

namespace {

DataSample sample_of(const Sample& sample) {
    const std::optional<AnswerKey> key = answer_key(sample);
    return {sample.id, sample.labels().family, sample.prompt(), sample.ground_truth, std::string(key ? name(key->rule) : std::string_view("no truth, not scored")),
            sample.image_path.path()};
}

/// Samples of every category, in natural order; those without one first.
std::vector<std::pair<std::string, std::int64_t>> categories_of(const Dataset& data) {
    std::map<std::string, std::int64_t> counts;
    for (const Sample& sample : data.samples) {
        ++counts[sample.labels().family];
    }
    std::vector<std::pair<std::string, std::int64_t>> out(counts.begin(), counts.end());
    std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return natural_order(a.first, b.first) < 0; });
    return out;
}

/// Of the samples with a truth.
std::int64_t clusters_of(const Dataset& data, const std::string& set) {
    std::vector<ClusterKey> keys;
    for (const Sample& sample : data.samples) {
        if (const std::optional<AnswerKey> key = answer_key(sample)) {
            keys.push_back(cluster_key(set, key->group, {}, sample.image_path.path().string()));
        }
    }
    const std::vector<std::size_t> numbers = cluster_numbers(keys);
    return numbers.empty() ? 0 : static_cast<std::int64_t>(*std::max_element(numbers.begin(), numbers.end())) + 1;
}

/// The one sample of every record number that only one sample has: files of a set number their records each by itself.
std::map<std::int64_t, std::optional<std::size_t>> samples_of_records(const Dataset& data) {
    std::map<std::int64_t, std::optional<std::size_t>> out;
    for (const Problem& problem : data.problems) {
        if (!problem.skipped) {
            out.emplace(problem.record, std::nullopt);
        }
    }
    std::map<std::int64_t, int> met;
    for (std::size_t i = 0; i < data.samples.size() && !out.empty(); ++i) {
        if (const auto wanted = out.find(data.samples[i].record); wanted != out.end()) {
            wanted->second = ++met[wanted->first] == 1 ? std::optional(i) : std::nullopt;
        }
    }
    return out;
}

}  // namespace

std::vector<DataSetInfo> known_data_sets() {
    std::vector<DataSetInfo> out;
    for (const BenchmarkInfo& info : benchmarks()) {
        DataSetInfo set{info.name, info.title, info.kind == BenchmarkKind::Reference, {}, info.layout, info.files, info.metric, info.obstacle, info.way_out};
        for (const BenchmarkSplit& split : info.splits) {
            set.splits.push_back({split.name, split.answers_withheld});
        }
        out.push_back(std::move(set));
    }
    return out;
}

Result<DataReport> data_report(const DataRequest& request, const ProgressCallback& progress, const CancelToken& cancel) {
    BenchmarkOptions options;
    options.split = request.split;
    options.limit = request.limit;
    options.seed = request.seed;
    const Result<Dataset> data = read_benchmark(request.name, request.folder, options, progress, cancel);
    if (!data) {
        return data.error();
    }
    DataReport report;
    report.request = request;
    report.samples = static_cast<std::int64_t>(data->samples.size());
    report.with_truth = std::count_if(data->samples.begin(), data->samples.end(), [](const Sample& sample) { return answer_key(sample).has_value(); });
    report.clusters = clusters_of(*data, request.name);
    report.categories = categories_of(*data);
    report.left_out.assign(data->left_out.begin(), data->left_out.end());
    const std::map<std::int64_t, std::optional<std::size_t>> kept = samples_of_records(*data);
    for (const Problem& problem : data->problems) {
        DataProblem& told = report.problems.emplace_back(DataProblem{problem.record, problem.error, problem.skipped, false});
        if (const auto at = kept.find(problem.record); !problem.skipped && at != kept.end() && at->second) {
            told.sample = sample_of(data->samples[*at->second]);
        }
    }
    for (const ShortGroup& group : data->short_groups) {
        report.problems.push_back({group.record,
                                   invalid_input(group.where, "group", to_string(group), "all of it: it counts in nothing that counts groups"), false, false});
    }
    report.more_problems = data->more_problems;
    const Result<PictureCheck> pictures = check_pictures(*data, PictureDepth::Headers, progress, cancel);
    if (!pictures) {
        return pictures.error();
    }
    report.pictures = pictures->pictures;
    report.bad_pictures = pictures->bad;
    for (const PictureProblem& problem : pictures->problems) {
        report.problems.push_back({problem.record, problem.error, false, true, sample_of(data->samples[problem.sample])});
    }
    report.more_problems += pictures->bad - static_cast<std::int64_t>(pictures->problems.size());
    for (std::size_t i = 0; i < std::min(data->samples.size(), DataReport::kPreview); ++i) {
        report.preview.push_back(sample_of(data->samples[i]));
    }
    return report;
}

}  // namespace r2t2
