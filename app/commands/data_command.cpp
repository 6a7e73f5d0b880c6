// r2t2 data list, check, preview
#include <cstdio>
#include <nlohmann/json.hpp>

#include "app/commands/choices.h"
#include "app/commands/commands.h"
#include "core/benchmarks/benchmarks.h"
#include "core/run/picture_check.h"

namespace r2t2::cli {

namespace {

using Json = nlohmann::ordered_json;
using Counts = std::map<std::string, std::int64_t>;

constexpr std::size_t kShownProblems = 20;

std::string dumped(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

std::string joined(const std::vector<std::string>& texts) {
    std::string out;
    for (const std::string& each : texts) {
        out += (out.empty() ? "" : ", ") + each;
    }
    return out;
}

Json info_json(const BenchmarkInfo& info) {
    Json splits = Json::array();
    for (const BenchmarkSplit& split : info.splits) {
        splits.push_back({{"name", split.name}, {"answers_withheld", split.answers_withheld}});
    }
    return {{"name", info.name},     {"title", info.title},   {"kind", info.kind == BenchmarkKind::Reference ? "reference" : "benchmark"},
            {"splits", splits},      {"layout", info.layout}, {"files", info.files},
            {"metric", info.metric}, {"obstacle", info.obstacle}, {"way_out", info.way_out}};
}

std::string info_text(const BenchmarkInfo& info) {
    std::vector<std::string> splits;
    for (const BenchmarkSplit& split : info.splits) {
        splits.push_back(split.name + (split.answers_withheld ? " (answers withheld)" : ""));
    }
    std::string text = info.name + "  " + info.title + (info.kind == BenchmarkKind::Reference ? ", reference set\n" : ", benchmark\n");
    text += "  splits    " + joined(splits) + "\n  layout    " + info.layout + "\n  files     " + joined(info.files) + "\n  score     " + info.metric + "\n";
    return text + (info.obstacle.empty() ? "" : "  obstacle  " + info.obstacle + "; " + info.way_out + "\n");
}

int list_data(Console& console) {
    Json all = Json::array();
    std::string text;
    for (const BenchmarkInfo& info : benchmarks()) {
        all.push_back(info_json(info));
        text += (text.empty() ? "" : "\n") + info_text(info);
    }
    console.data(console.options().json ? dumped(all) : text + "\nThe first split is the default. {split} names are the default's own.\n");
    return kExitOk;
}

Result<Dataset> read_data(const DataOptions& options, Console& console) {
    const Result<BenchmarkChoice> choice = benchmark_choice(options.data);
    if (!choice) {
        return choice.error();
    }
    R2T2_TRY(check_range("--seed", options.seed, 0, std::numeric_limits<std::int64_t>::max()));
    R2T2_TRY(check_range("--count", options.count, 1, 1'000'000));
    BenchmarkOptions reading;
    reading.split = options.split;
    reading.limit = choice->limit;
    reading.seed = static_cast<std::uint64_t>(options.seed);
    reading.images_must_exist = !options.no_images;
    reading.direct_answers = choice->direct_answers;
    reading.moai_parity = choice->moai_parity;
    Result<Dataset> dataset = read_benchmark(options.name, options.data.directory, reading, console.progress(), interrupt_token());
    console.end_progress();
    return dataset;
}

std::int64_t problem_count(const Dataset& dataset) { return static_cast<std::int64_t>(dataset.problems.size()) + dataset.more_problems; }

Counts categories_of(const Dataset& dataset) {
    Counts counts;
    for (const Sample& sample : dataset.samples) {
        ++counts[sample.labels().family];
    }
    return counts;
}

std::int64_t without_truth(const Dataset& dataset) {
    return std::count_if(dataset.samples.begin(), dataset.samples.end(), [](const Sample& sample) { return sample.ground_truth.empty(); });
}

/// What looking at the pictures gave; nothing where nobody looked.
using Pictures = std::optional<PictureCheck>;

Json groups_json(const Dataset& dataset) {
    Json groups = Json::array();
    for (const ShortGroup& each : dataset.short_groups) {
        groups.push_back({{"group", each.group}, {"samples", each.samples}, {"size", each.size}, {"record", each.record}, {"where", each.where}});
    }
    return groups;
}

/// What an evaluation will leave out, and say so.
std::string groups_text(const Dataset& dataset) {
    const std::size_t count = dataset.short_groups.size();
    if (count == 0) {
        return {};
    }
    std::string text = std::to_string(count) + (count == 1 ? " incomplete group, which does not count: " : " incomplete groups, which do not count: ");
    for (std::size_t i = 0; i < std::min(count, kShownProblems); ++i) {
        text += (i > 0 ? ", " : "") + to_string(dataset.short_groups[i]);
    }
    return text + (count > kShownProblems ? ", and " + std::to_string(count - kShownProblems) + " more" : "") + "\n";
}

Json check_json(const Dataset& dataset, const Pictures& pictures, bool whole) {
    Json problems = Json::array();
    for (const Problem& problem : dataset.problems) {
        problems.push_back({{"record", problem.record}, {"where", problem.error.where}, {"field", problem.error.field}, {"found", problem.error.found},
                            {"allowed", problem.error.allowed}, {"skipped", problem.skipped}});
    }
    Json bad = Json::array();
    for (const PictureProblem& problem : pictures ? pictures->problems : std::vector<PictureProblem>()) {
        bad.push_back({{"sample", problem.sample}, {"record", problem.record}, {"where", problem.error.where}, {"found", problem.error.found}, {"allowed", problem.error.allowed}});
    }
    const Json looked = pictures ? Json{{"looked_at", pictures->pictures}, {"whole", whole}, {"bad", pictures->bad}, {"bad_samples", pictures->bad_samples},
                                        {"problems", bad}}
                                 : Json(nullptr);
    return {{"name", dataset.name},           {"folder", dataset.path.string()},       {"split", dataset.origin.at("split")},
            {"samples", dataset.samples.size()}, {"without_truth", without_truth(dataset)}, {"categories", categories_of(dataset)},
            {"left_out", dataset.left_out},   {"problem_count", problem_count(dataset)}, {"problems", problems}, {"incomplete_groups", groups_json(dataset)}, {"pictures", looked}};
}

std::string counts_text(const char* title, const Counts& counts) {
    std::string text;
    for (const auto& [name, count] : counts) {
        char row[200];
        std::snprintf(row, sizeof row, "  %-36.120s %9lld\n", name.empty() ? "(none)" : name.c_str(), static_cast<long long>(count));
        text += row;
    }
    return text.empty() ? text : std::string(title) + "\n" + text;
}

std::string pictures_text(const Pictures& pictures, bool whole) {
    if (!pictures) {
        return "pictures were not looked for\n";
    }
    std::string text = std::to_string(pictures->pictures) + " pictures " + (whole ? "decoded, " : "opened (headers; --pictures decodes them), ") + std::to_string(pictures->bad) +
                       " of them unreadable" + (pictures->bad > 0 ? ", which " + std::to_string(pictures->bad_samples) + " samples need" : "") + "\n";
    for (std::size_t i = 0; i < std::min(pictures->problems.size(), kShownProblems); ++i) {
        text += "picture  " + pictures->problems[i].error.message() + "\n";
    }
    const std::int64_t more = pictures->bad - static_cast<std::int64_t>(kShownProblems);
    return text + (more > 0 ? "... and " + std::to_string(more) + " more pictures\n" : "");
}

std::string check_text(const Dataset& dataset) {
    std::string text = dataset.name + ", split " + dataset.origin.at("split") + ": " + std::to_string(dataset.samples.size()) + " samples, " +
                       std::to_string(without_truth(dataset)) + " without a truth, " + std::to_string(problem_count(dataset)) + " problems\n";
    text += counts_text("by category", categories_of(dataset)) + counts_text("left out, not of the task", dataset.left_out);
    for (std::size_t i = 0; i < std::min(dataset.problems.size(), kShownProblems); ++i) {
        text += (dataset.problems[i].skipped ? "skipped  " : "kept     ") + dataset.problems[i].error.message() + "\n";
    }
    const std::int64_t more = problem_count(dataset) - static_cast<std::int64_t>(kShownProblems);
    return text + (more > 0 ? "... and " + std::to_string(more) + " more problems\n" : "") + groups_text(dataset);
}

int check_data(const DataOptions& options, Console& console) {
    const Result<Dataset> dataset = read_data(options, console);
    if (!dataset) {
        return console.fail(dataset.error());
    }
    Pictures pictures;
    if (!options.no_images) {
        const PictureDepth depth = options.pictures ? PictureDepth::Whole : PictureDepth::Headers;
        const Result<PictureCheck> check = check_pictures(*dataset, depth, console.progress(), interrupt_token());
        console.end_progress();
        if (!check) {
            return console.fail(check.error());
        }
        pictures = *check;
    }
    console.data(console.options().json ? dumped(check_json(*dataset, pictures, options.pictures))
                                        : check_text(*dataset) + pictures_text(pictures, options.pictures));
    return problem_count(*dataset) > 0 || !dataset->short_groups.empty() || (pictures && pictures->bad > 0) ? kExitBadSamples : kExitOk;
}

Json sample_json(const Sample& sample) {
    const std::optional<AnswerKey> key = answer_key(sample);
    Json json = {{"id", sample.id}, {"image", sample.image_path.string()}, {"prompt", sample.prompt()}, {"truth", nullptr},
                 {"category", sample.labels().family}, {"options", sample.options}, {"rule", std::string(name(*sample.rule))}};
    if (key) {
        json["truth"] = sample.ground_truth;
        json["answers"] = key->answers;
    }
    return json;
}

std::string sample_text(const Sample& sample) {
    const std::optional<AnswerKey> key = answer_key(sample);
    std::string text = sample.id + "  " + sample.image_path.string() + "\n";
    std::string prompt = sample.prompt();
    for (std::size_t at = prompt.find('\n'); at != std::string::npos; at = prompt.find('\n', at + 5)) {
        prompt.insert(at + 1, "    ");
    }
    text += "    " + prompt + "\n  truth     " + (key ? sample.ground_truth : "withheld") + "\n";
    if (key && key->answers.size() > 1) {
        text += "  accepted  " + joined(key->answers) + "\n";
    }
    text += sample.labels().family.empty() ? "" : "  category  " + sample.labels().family + "\n";
    return text + "  scored by " + std::string(name(*sample.rule)) + "\n";
}

int preview_data(const DataOptions& options, Console& console) {
    const Result<Dataset> dataset = read_data(options, console);
    if (!dataset) {
        return console.fail(dataset.error());
    }
    Json all = Json::array();
    std::string text;
    for (std::size_t i = 0; i < std::min(dataset->samples.size(), static_cast<std::size_t>(options.count)); ++i) {
        all.push_back(sample_json(dataset->samples[i]));
        text += (text.empty() ? "" : "\n") + sample_text(dataset->samples[i]);
    }
    console.data(console.options().json ? dumped(all) : text);
    return kExitOk;
}

}  // namespace

int run_data(const DataOptions& options, Console& console) {
    switch (options.action) {
        case DataOptions::Action::List:
            return list_data(console);
        case DataOptions::Action::Check:
            return check_data(options, console);
        case DataOptions::Action::Preview:
            return preview_data(options, console);
    }
    return kExitUsage;
}

}  // namespace r2t2::cli
