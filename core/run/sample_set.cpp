#include "core/run/sample_set.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>

#include "core/base/path_text.h"
#include "core/dataset/json_reader.h"
#include "core/run/model_input.h"
#include "core/run/sample_content.h"

namespace r2t2 {

namespace {

class DatasetSamples final : public SampleSet {
public:
    explicit DatasetSamples(Dataset dataset) : dataset_(std::move(dataset)) {
        for (const Problem& problem : dataset_.problems) {
            if (problem.skipped) {
                problems_.push_back(problem.error);
                lost_.push_back(problem.lost);
            }
        }
    }
    [[nodiscard]] const std::string& name() const override { return dataset_.name; }
    [[nodiscard]] std::size_t size() const override { return dataset_.samples.size(); }
    [[nodiscard]] std::string id(std::size_t index) const override { return dataset_.samples[index].id; }
    [[nodiscard]] const std::vector<Error>& problems() const override { return problems_; }
    [[nodiscard]] std::optional<AnswerKey> lost(std::size_t problem) const override { return lost_[problem]; }
    [[nodiscard]] std::map<std::string, std::int64_t> left_out() const override { return dataset_.left_out; }
    [[nodiscard]] std::map<std::string, std::string> origin() const override {
        std::error_code code;
        if (!dataset_.origin.empty()) {
            std::map<std::string, std::string> origin = dataset_.origin;
            origin["source"] = "benchmark";
            origin["path"] = path_text(std::filesystem::absolute(dataset_.path, code));
            return origin;
        }
        return {{"source", "dataset"}, {"path", path_text(std::filesystem::absolute(dataset_.path, code))}};
    }
    [[nodiscard]] Result<RunSample> get(std::size_t index, const ModelInfo& model) const override {
        const Sample& sample = dataset_.samples[index];
        FileCheck check;
        if (const KnownFiles* known = known_.load(std::memory_order_acquire)) {  // the set's hash is a run's: it is run on what was hashed
            check = [known](SampleFile which, const std::filesystem::path& file, const std::string* bytes) { return known->check(which, file, bytes); };
        }
        Result<PictureInput> picture = make_picture_input(sample, model, {}, check);
        if (!picture) {
            return picture.error();
        }
        RunSample out;
        out.id = sample.id;
        out.image_path = whole_path(sample);
        out.pixels_hash = std::move(picture->pixels_hash);
        out.question = sample.prompt();
        out.suffix = sample.labels().suffix;
        out.ground_truth = sample.ground_truth;
        out.options = sample.options;
        out.key = answer_key(sample);
        if (const auto named = dataset_.origin.find("benchmark"); named != dataset_.origin.end()) {
            out.benchmark = named->second;
        }
        out.input = std::move(picture->input);
        out.facts_source = std::move(picture->facts_source);
        out.stored_weights = sample.extras().weights;
        out.stored_answer = sample.extras().model_answer;
        out.stored_correct = sample.extras().is_correct;
        for (const auto& [key, value] : {std::pair<const char*, const std::string&>{"family", sample.labels().family},
                                         {"domain", sample.labels().domain},
                                         {"instruction", sample.labels().instruction},
                                         {"template", sample.labels().template_name}}) {
            if (!value.empty()) {
                out.tags[key] = value;
            }
        }
        return out;
    }

    [[nodiscard]] std::optional<AnswerKey> key(std::size_t index) const override { return answer_key(dataset_.samples[index]); }
    [[nodiscard]] SampleSummary summary(std::size_t index) const override {
        const Sample& sample = dataset_.samples[index];
        SampleSummary out;
        out.set = dataset_.name;
        out.id = sample.id;
        out.question = sample.prompt();
        out.instruction = sample.labels().instruction;
        out.truth = sample.ground_truth;
        out.options = sample.options;
        out.family = sample.labels().family;
        out.domain = sample.labels().domain;
        out.template_name = sample.labels().template_name;
        out.native_answer = sample.extras().model_answer.value_or("");
        out.native_correct = sample.extras().is_correct;
        out.image = whole_path(sample);
        return out;
    }
    [[nodiscard]] Result<SamplePicture> picture(std::size_t index) const override {
        return load_picture(dataset_.samples[index]);
    }
    [[nodiscard]] bool in_memory() const override { return true; }
    [[nodiscard]] std::string content() const override { return hashed().whole; }
    [[nodiscard]] std::string prints() const override { return hashed().prints; }

private:
    [[nodiscard]] const SetContent& hashed() const {
        std::call_once(hashed_, [this] {
            content_.emplace(dataset_content(dataset_));
            known_.store(&content_->files, std::memory_order_release);
        });
        return content_->set;
    }
    /// However the file was named, and wherever the program stands: a run that is gone on with knows pictures by the names it began with.
    [[nodiscard]] static std::string whole_path(const Sample& sample) {
        std::error_code code;
        const std::filesystem::path whole = std::filesystem::absolute(sample.image_path.path(), code);
        return code ? sample.image_path.string() : whole.lexically_normal().string();
    }

    Dataset dataset_;
    mutable std::once_flag hashed_;
    mutable std::optional<DatasetContent> content_;
    mutable std::atomic<const KnownFiles*> known_{nullptr};  ///< null: not hashed yet
    std::vector<Error> problems_;
    std::vector<std::optional<AnswerKey>> lost_;  ///< parallel to them
};

}  // namespace

std::string SampleSet::content() const { return summary_content(*this).whole; }
std::string SampleSet::prints() const { return summary_content(*this).prints; }

SampleSetPtr dataset_samples(Dataset dataset) { return std::make_shared<DatasetSamples>(std::move(dataset)); }

Result<SampleSetPtr> open_dataset_samples(const std::filesystem::path& path) {
    Result<Dataset> dataset = read_dataset_json(path);
    if (!dataset) {
        return dataset.error();
    }
    if (dataset->samples.empty()) {
        if (dataset->problems.empty()) {
            return invalid_input(path.string(), "samples", "none", "at least one");
        }
        Error first = dataset->problems.front().error;
        first.found += " (all " + std::to_string(dataset->problems.size()) + " records are bad; this is the first)";
        return first;
    }
    return dataset_samples(std::move(*dataset));
}

Result<std::vector<SampleSetPtr>> open_sample_sets(const SampleChoice& choice, const ProgressCallback& progress,
                                                   const CancelToken& cancel) {
    const WorldConfig world = default_world();
    const std::vector<std::string> known = world_set_names(world, choice.split);
    std::vector<SampleSetPtr> sets;
    const auto add_world = [&](const std::string& name) -> Status {
        Result<SampleSetPtr> set = world_set(world, choice.split, name, choice.seed, choice.samples);
        if (!set) {
            return set.error();
        }
        sets.push_back(std::move(*set));
        return {};
    };
    for (const std::string& name : choice.sets) {
        if (!choice.benchmark.directory.empty()) {
            Result<SampleSetPtr> set = open_benchmark_samples(name, choice.split, choice.seed, choice.benchmark, progress, cancel);
            if (!set) {
                return set.error();
            }
            sets.push_back(std::move(*set));
        } else if (name == "all") {
            for (const std::string& each : known) {
                R2T2_TRY(add_world(each));
            }
        } else if (std::find(known.begin(), known.end(), name) != known.end()) {
            R2T2_TRY(add_world(name));
        } else {
            R2T2_TRY(check_set_name(name, choice.split));
            Result<SampleSetPtr> set = open_dataset_samples(name);
            if (!set) {
                return set.error();
            }
            sets.push_back(std::move(*set));
        }
    }
    for (std::size_t i = 0; i < sets.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            if (sets[i]->name() == sets[j]->name()) {
                return invalid_input("--eval", sets[i]->name(), "the name twice", "sets with names of their own");
            }
        }
    }
    return sets;
}

}  // namespace r2t2
