// From a name and a folder to samples. Declared in benchmarks.h.
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "core/base/random.h"
#include "core/benchmarks/benchmark_reader.h"

namespace r2t2 {

namespace {

using Reader = void (*)(Reading&);

Reader reader_of(const std::string& name) {
    static const std::map<std::string, Reader> kReaders = {
        {"VQA-V2", read_vqa_v2},          {"Visual7W", read_visual7w},      {"COCO-QA", read_coco_qa}, {"CLEVR", read_clevr},
        {"A-OKVQA", read_a_okvqa},        {"TQA", read_tqa},                {"MathVista", read_mathvista}, {"ST-VQA", read_st_vqa},
        {"DocVQA", read_docvqa},          {"MMBench", read_mmbench},        {"MME-P", read_mme},       {"CVBench-2D", read_cv_bench_2d},
        {"CVBench-3D", read_cv_bench_3d}, {"GQA", read_gqa},                {"SQA-IMG", read_scienceqa}, {"AI2D", read_ai2d},
        {"TextVQA", read_textvqa},        {"PhysBench", read_physbench}};
    return kReaders.at(name);
}

std::string names_of_all() {
    std::string text;
    for (const BenchmarkInfo& each : benchmarks()) {
        text += (text.empty() ? "" : ", ") + each.name;
    }
    return text;
}

Result<std::string> chosen_split(const BenchmarkInfo& info, const std::string& wanted) {
    if (wanted.empty()) {
        return info.splits.front().name;
    }
    std::string known;
    for (const BenchmarkSplit& each : info.splits) {
        if (each.name == wanted) {
            return wanted;
        }
        known += (known.empty() ? "" : ", ") + each.name;
    }
    return invalid_input(info.name, "--split", "\"" + wanted + "\"", known);
}

/// At most `limit` samples, whole groups, in the file's order.
void draw(Dataset& dataset, std::size_t limit, std::uint64_t seed) {
    if (limit == 0 || dataset.samples.size() <= limit) {
        return;
    }
    std::vector<std::vector<std::size_t>> groups;
    std::map<std::string, std::size_t> places;
    for (std::size_t i = 0; i < dataset.samples.size(); ++i) {
        const std::string& group = dataset.samples[i].extras().group;
        const auto place = group.empty() ? groups.size() : places.try_emplace(group, groups.size()).first->second;
        if (place == groups.size()) {
            groups.emplace_back();
        }
        groups[place].push_back(i);
    }
    RandomStream::fork(seed, "benchmark sample").shuffle(groups);
    std::vector<std::size_t> drawn;
    for (const std::vector<std::size_t>& group : groups) {
        if (drawn.size() + group.size() > limit) {
            break;
        }
        drawn.insert(drawn.end(), group.begin(), group.end());
    }
    std::sort(drawn.begin(), drawn.end());
    std::vector<Sample> kept;
    kept.reserve(drawn.size());
    for (const std::size_t each : drawn) {
        kept.push_back(std::move(dataset.samples[each]));
    }
    dataset.samples = std::move(kept);
}

std::map<std::string, std::string> origin_of(const BenchmarkInfo& info, const std::string& split, const BenchmarkOptions& options) {
    std::map<std::string, std::string> origin = {{"benchmark", info.name}, {"split", split}, {"limit", std::to_string(options.limit)},
                                                 {"seed", std::to_string(options.seed)}};
    if (options.direct_answers) {
        origin["direct_answers"] = "yes";
    }
    if (options.moai_parity) {
        origin["moai_parity"] = "yes";
    }
    return origin;
}

Result<Dataset> read_with(const BenchmarkInfo& info, Reading& reading, const std::string& split, const BenchmarkOptions& options) {
    reader_of(info.name)(reading);
    reading.settle_groups();
    reading.finished();
    Dataset dataset = std::move(reading.dataset());
    if (dataset.samples.empty()) {
        if (dataset.problems.empty()) {
            return invalid_input(dataset.path.string(), info.name + " " + split, "no record of this split", "at least one");
        }
        Error first = dataset.problems.front().error;
        first.found += " (all " + std::to_string(static_cast<std::int64_t>(dataset.problems.size()) + dataset.more_problems) +
                       " records are bad; this is the first)";
        return first;
    }
    draw(dataset, options.limit, options.seed);
    dataset.origin = origin_of(info, split, options);
    return dataset;
}

}  // namespace

Result<Dataset> read_benchmark(const std::string& name, const std::filesystem::path& directory, const BenchmarkOptions& options,
                               const ProgressCallback& progress, const CancelToken& cancel) {
    const BenchmarkInfo* info = find_benchmark(name);
    if (info == nullptr) {
        return invalid_input("benchmarks", "name", "\"" + name + "\"", names_of_all());
    }
    const Result<std::string> split = chosen_split(*info, options.split);
    if (!split) {
        return split.error();
    }
    try {
        Reading reading(*info, directory, options, *split, progress, cancel);
        return read_with(*info, reading, *split, options);
    } catch (const Error& error) {
        return error;
    } catch (const std::bad_alloc&) {
        return Error{ErrorKind::OutOfMemory, directory.string(), {}, "not enough memory", {}};
    } catch (const std::exception& error) {  // a library's
        return Error{ErrorKind::Internal, directory.string(), {}, error.what(), {}};
    }
}

}  // namespace r2t2
