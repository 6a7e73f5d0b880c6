#include "core/dataset/json_reader.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <unordered_set>

#include "core/base/log.h"
#include "core/base/nearest_name.h"
#include "core/base/path_text.h"
#include "core/base/quoted_name.h"
#include "core/json/json_word.h"
#include "core/json/parse_json.h"
#include "core/vision/facts_json.h"
#include "core/vision/load_image.h"

namespace r2t2 {

namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

constexpr int kMaxDepth = 32;
constexpr double kExactWhole = 1e15;
constexpr const char* kWord = "a string, a number, true or false";
constexpr double kWeightSumTolerance = 1e-3;  ///< the published file prints eight digits; others print three

/// Lexically: does `path` stay below `root`?
bool stays_inside(const fs::path& root, const fs::path& path) {
    const fs::path relative = path.lexically_normal().lexically_relative(root.lexically_normal());
    return !relative.empty() && *relative.begin() != "..";
}

/// Of records; the last ones are of exported reference sets (core/reference/published_json.h).
const std::vector<std::string> kKnown = {"id",     "question", "image_path", "ground_truth", "correct_answer", "model_answer", "is_correct",
                                         "weights", "set",     "family",     "domain",       "template",       "options",      "facts",
                                         "facts_path", "tools", "seed",      "instruction",  "tags",           "pixels_hash",  "weights_per_mixer",
                                         "refined", "asked"};

struct Misspelt {
    std::string meant;
    std::size_t records = 0;
};

/// One record. Throws Error inside this file only.
class RecordReader {
public:
    RecordReader(const Json& json, std::string where, const fs::path& base, const fs::path& root,
                 const JsonReaderOptions& options)
        : json_(json), where_(std::move(where)), base_(base), root_(root), options_(options) {
        if (!json.is_object()) {
            fail("", brief_json(json), "an object");
        }
    }

    Sample read(std::size_t index, LabelPool& pool, const std::string& set) const {
        Sample sample;
        SampleLabels labels;
        SampleExtras extras;
        sample.id = read_id(index);
        sample.question = text("question");
        if (const Status status = check_question(sample.question, where_); !status.ok()) {
            throw status.error();
        }
        labels.instruction = label("instruction");
        if (!labels.instruction.empty()) {
            if (const Status status = check_question(labels.instruction, where_, "instruction"); !status.ok()) {
                throw status.error();
            }
        }
        sample.ground_truth = word(present("ground_truth") || !present("correct_answer") ? "ground_truth" : "correct_answer");
        if (sample.ground_truth.empty()) {
            fail("ground_truth", "an empty answer", "an answer");
        }
        sample.image_path = read_image_path();
        labels.set_name = optional_text("set").value_or("");
        labels.family = label("family");
        labels.domain = label("domain");
        labels.template_name = label("template");
        extras.model_answer = present("model_answer") ? std::optional(word("model_answer")) : std::nullopt;
        if (present("is_correct")) {
            if (!json_["is_correct"].is_boolean()) {
                fail("is_correct", brief_json(json_["is_correct"]), "true or false");
            }
            extras.is_correct = json_["is_correct"].get<bool>();
        }
        read_options(sample);
        read_weights(extras);
        read_facts_of(extras);
        if (labels.set_name.empty()) {
            labels.set_name = set;
        }
        sample.shared_labels = pool.share(std::move(labels));
        if (extras.model_answer || extras.is_correct || extras.weights || extras.facts || !extras.facts_path.empty()) {
            sample.shared_extras = std::make_shared<const SampleExtras>(std::move(extras));
        }
        return sample;
    }

    /// Keys that nobody reads, and are close to one that is: that one by the other.
    void add_misspelt(std::map<std::string, Misspelt>& all) const {
        for (const auto& [key, value] : json_.items()) {
            if (const auto known = all.find(key); known != all.end()) {
                ++known->second.records;
            } else if (!key.starts_with('_') && std::find(kKnown.begin(), kKnown.end(), key) == kKnown.end()) {
                if (std::string meant = nearest_name(key, kKnown); !meant.empty() && !json_.contains(meant)) {
                    all[key] = {std::move(meant), 1};
                }
            }
        }
    }

    [[nodiscard]] std::optional<Error> unknown_key() const {
        for (const auto& [key, value] : json_.items()) {
            if (!key.starts_with('_') && std::find(kKnown.begin(), kKnown.end(), key) == kKnown.end()) {
                return invalid_input(where_, key, "a key that nobody reads",
                                     "id, question, image_path, ground_truth, ...");
            }
        }
        return std::nullopt;
    }

private:
    [[noreturn]] void fail(const std::string& field, std::string found, std::string allowed) const {
        throw invalid_input(where_, field, std::move(found), std::move(allowed));
    }
    [[nodiscard]] bool present(const char* key) const { return json_.contains(key) && !json_[key].is_null(); }

    [[nodiscard]] std::string text(const char* key) const {
        if (!json_.contains(key)) {
            fail(key, "missing", "a string");
        }
        if (!json_[key].is_string()) {
            fail(key, brief_json(json_[key]), "a string");
        }
        return json_[key].get<std::string>();
    }
    [[nodiscard]] std::optional<std::string> optional_text(const char* key) const {
        return present(key) ? std::optional(text(key)) : std::nullopt;
    }

    /// Where a record has none of its own: from its tags, as an exported reference set has them.
    [[nodiscard]] std::string label(const char* key) const {
        const auto tags = json_.find("tags");
        if (present(key) || tags == json_.end() || !tags->is_object() || !tags->contains(key) || !(*tags)[key].is_string()) {
            return optional_text(key).value_or("");
        }
        return (*tags)[key].get<std::string>();
    }

    /// A truth or an answer: also a number, true or false, as a file of predictions has them.
    [[nodiscard]] std::string word(const char* key) const {
        if (!json_.contains(key)) {
            fail(key, "missing", kWord);
        }
        check_word(key, json_[key], kWord);
        return word_of(json_[key]);
    }
    /// A whole number that no 64 bits hold was read as a float and has lost its last digits.
    void check_word(const char* key, const Json& value, const char* allowed) const {
        if (!is_word(value)) {
            fail(key, brief_json(value), allowed);
        }
        if (value.is_number_float() && !(std::abs(value.get<double>()) < kExactWhole)) {
            fail(key, brief_json(value), "a text, for a number of more than 15 digits");
        }
    }

    [[nodiscard]] std::string read_id(std::size_t index) const {
        if (!present("id")) {
            return std::to_string(index);  // upstream's script has no ids
        }
        const Json& id = json_["id"];
        if (is_whole_number(id)) {
            return whole_number_text(id);
        }
        if (!id.is_string() || id.get_ref<const std::string&>().empty()) {
            fail("id", brief_json(id), "an integer or a string");
        }
        return id.get<std::string>();
    }

    [[nodiscard]] fs::path read_image_path() const {
        const std::string name = text("image_path");
        if (name.empty() || name.find('\0') != std::string::npos) {
            fail("image_path", brief_json(json_["image_path"]), "a path");
        }
        const fs::path path = root_ / path_of_text(name);
        if (options_.paths_stay_inside && !stays_inside(root_, path)) {
            fail("image_path", name, "a path inside " + root_.string());
        }
        std::error_code error;
        if (options_.images_must_exist && !fs::is_regular_file(path, error)) {
            fail("image_path", "no file " + path.string(), "a picture below the image root " + root_.string());
        }
        return path;
    }

    void read_options(Sample& sample) const {
        if (!present("options")) {
            return;
        }
        const Json& list = json_["options"];
        if (!are_words(list)) {
            fail("options", brief_json(list), "a list of strings or numbers");
        }
        for (const Json& option : list) {
            check_word("options", option, "a list of strings or numbers");
            sample.options.push_back(word_of(option));
        }
    }

    void read_weights(SampleExtras& extras) const {
        if (!present("weights")) {
            return;
        }
        const Json& json = json_["weights"];
        if (!json.is_object()) {
            fail("weights", brief_json(json), "an object with img_aux, img_lang, img_self, lang_aux, lang_img, lang_self");
        }
        std::array<double, 6> weights{};
        for (std::size_t i = 0; i < weights.size(); ++i) {
            const std::string field = std::string("weights.") + kWeightKeys[i];
            if (!json.contains(kWeightKeys[i])) {
                fail(field, "missing", "a number in 0 .. 1");
            }
            const Json& value = json[kWeightKeys[i]];
            if (!value.is_number() || !(value.get<double>() >= 0 && value.get<double>() <= 1)) {
                fail(field, brief_json(value), "a number in 0 .. 1");
            }
            weights[i] = value.get<double>();
        }
        for (const std::size_t first : {0u, 3u}) {
            const double sum = weights[first] + weights[first + 1] + weights[first + 2];
            if (std::abs(sum - 1.0) > kWeightSumTolerance) {
                fail("weights",
                     std::string(first == 0 ? "image" : "language") + " weights with sum " + std::to_string(sum),
                     "a sum of 1");
            }
        }
        extras.weights = weights;
    }

    void read_facts_of(SampleExtras& extras) const {
        if (present("facts")) {
            FactsReadOptions options;
            options.directory = base_;
            auto facts = facts_of_json(json_["facts"], where_ + ": facts", options);
            if (!facts.ok()) {
                throw facts.error();
            }
            extras.facts = std::move(facts).value();
        } else if (const auto path = optional_text("facts_path")) {
            extras.facts_path = base_ / *path;
            std::error_code error;
            if (options_.images_must_exist && !fs::is_regular_file(extras.facts_path, error)) {
                fail("facts_path", "no file " + extras.facts_path.string(), "a JSON file of facts");
            }
        }
    }

    const Json& json_;
    std::string where_;
    const fs::path& base_;
    const fs::path& root_;
    const JsonReaderOptions& options_;
};

std::string header_text(const Json& json, const char* key, const std::string& where) {
    if (!json.is_object() || !json.contains(key) || json[key].is_null()) {
        return {};
    }
    if (!json[key].is_string()) {
        throw invalid_input(where, key, brief_json(json[key]), "a string");
    }
    return json[key].get<std::string>();
}

const Json& records_of(const Json& json, const std::string& where) {
    if (json.is_array()) {
        return json;
    }
    if (json.is_object() && json.contains("samples")) {
        if (!json["samples"].is_array()) {
            throw invalid_input(where, "samples", brief_json(json["samples"]), "a list of records");
        }
        return json["samples"];
    }
    throw invalid_input(where, {}, brief_json(json), "a list of records, or an object with \"samples\"");
}

Dataset read_records(const std::string& text, const fs::path& path, const JsonReaderOptions& options,
                     const CancelToken& cancel) {
    const std::string where = path.string();
    JsonLimits limits;
    limits.depth = kMaxDepth;
    limits.bytes = std::max<std::uint64_t>(options.max_file_bytes, text.size());
    const Result<Json> parsed = parse_json(text, where, limits);
    if (!parsed) {
        throw parsed.error();
    }
    const Json& json = *parsed;
    const Json& records = records_of(json, where);
    if (records.size() > options.max_records) {
        throw invalid_input(where, {}, std::to_string(records.size()) + " records",
                            "at most " + std::to_string(options.max_records));
    }
    Dataset dataset;
    dataset.path = path;
    dataset.name = options.name.empty() ? header_text(json, "name", where) : options.name;
    if (dataset.name.empty()) {
        dataset.name = utf8_name(path.stem().string());
    }
    const fs::path base = path.parent_path();
    const fs::path root =
        !options.image_root.empty() ? options.image_root : base / header_text(json, "image_root", where);
    std::unordered_set<std::string> ids;
    LabelPool pool;
    std::map<std::string, Misspelt> misspelt;
    for (std::size_t i = 0; i < records.size(); ++i) {
        if (cancel.cancelled()) {
            throw cancelled();
        }
        const std::string record = where + ": record " + std::to_string(i);
        const auto remark = [&](Error error, bool skipped) {
            dataset.problems.push_back({static_cast<std::int64_t>(i), std::move(error), skipped});
        };
        try {
            const RecordReader reader(records[i], record, base, root, options);
            Sample sample = reader.read(i, pool, dataset.name);
            if (!ids.insert(sample.id).second) {
                throw invalid_input(record, "id", "\"" + sample.id + "\" a second time", "ids that differ");
            }
            sample.record = static_cast<std::int32_t>(i);
            dataset.samples.push_back(std::move(sample));
            reader.add_misspelt(misspelt);
            if (auto unknown = reader.unknown_key()) {
                remark(std::move(*unknown), false);
            }
        } catch (const Error& error) {
            remark(error, true);
        }
    }
    for (const auto& [key, of] : misspelt) {
        log_warning("data set", where + ": nobody reads " + quoted_name(key) + " (in " + std::to_string(of.records) + (of.records == 1 ? " record" : " records") +
                                    "); is \"" + of.meant + "\" meant?");
    }
    return dataset;
}

}  // namespace

Result<Dataset> parse_dataset_json(const std::string& text, const fs::path& path, const JsonReaderOptions& options,
                                   const CancelToken& cancel) {
    try {
        return read_records(text, path, options, cancel);
    } catch (const Error& error) {
        return error;
    } catch (const Json::exception& error) {
        return invalid_input(path.string(), {}, std::string("broken JSON: ") + error.what(), "a JSON data set");
    } catch (const std::bad_alloc&) {
        return Error{ErrorKind::OutOfMemory, path.string(), {}, "not enough memory", {}};
    } catch (const std::exception& error) {
        return Error{ErrorKind::Internal, path.string(), {}, error.what(), {}};
    }
}

Result<Dataset> read_dataset_json(const fs::path& path, const JsonReaderOptions& options, const CancelToken& cancel) {
    const auto text = read_limited_file(path, options.max_file_bytes);
    if (!text.ok()) {
        return text.error();
    }
    return parse_dataset_json(text.value(), path, options, cancel);
}

}  // namespace r2t2
