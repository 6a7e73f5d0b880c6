// The bundled world as sample sets. Declared in sample_set.h.
#include <algorithm>
#include <filesystem>
#include <sstream>

#include "core/base/nearest_name.h"
#include "core/base/path_text.h"
#include "core/base/sha256.h"
#include "core/miniature/sample.h"
#include "core/run/model_input.h"
#include "core/run/sample_set.h"
#include "core/vision/load_image.h"

namespace r2t2 {

namespace {

char family_letter(Family family) {
    return family == Family::General ? 'G' : family == Family::Knowledge ? 'K' : 'O';
}

std::string set_name_of(const Combination& combination) {
    return family_letter(combination.family) + ("-" + std::string(name(combination.domain)));
}

class WorldSamples final : public SampleSet {
public:
    /// `combination` empty: the split's own mixture.
    WorldSamples(WorldConfig world, std::string name, std::string split, const Combination* combination,
                 std::uint64_t seed, std::size_t count)
        : world_(std::move(world)), name_(std::move(name)), split_(std::move(split)), seed_(seed), count_(count) {
        if (combination != nullptr) {
            combination_ = *combination;
        }
    }
    [[nodiscard]] const std::string& name() const override { return name_; }
    [[nodiscard]] std::size_t size() const override { return count_; }
    [[nodiscard]] std::string id(std::size_t index) const override { return std::to_string(index); }
    [[nodiscard]] const std::vector<Error>& problems() const override { return problems_; }
    [[nodiscard]] std::map<std::string, std::string> origin() const override {
        return {{"source", "bundled world"},
                {"split", split_},
                {"set", combination_ ? name_ : ""},
                {"seed", std::to_string(seed_)},
                {"count", std::to_string(count_)}};
    }
    [[nodiscard]] Result<RunSample> get(std::size_t index, const ModelInfo& model) const override {
        const Result<MiniatureSample> sample = make(index);
        if (!sample) {
            return sample.error();
        }
        PictureInput picture = make_picture_input(*sample, model);
        RunSample out;
        out.id = id(index);
        out.image_path = path(index);
        out.pixels_hash = std::move(picture.pixels_hash);
        out.question = sample->question;
        out.ground_truth = sample->answer;
        out.input = std::move(picture.input);
        out.tags = {{"family", std::string(r2t2::name(sample->family))},
                    {"domain", std::string(r2t2::name(sample->domain))},
                    {"template", sample->template_name},
                    {"instruction", sample->instruction},
                    {"tools", std::string(r2t2::name(sample->tools))}};
        return out;
    }

    [[nodiscard]] bool generated() const override { return true; }
    /// Generated: the recipe is the content.
    [[nodiscard]] std::string content() const override {
        std::string text;
        for (const auto& [key, value] : origin()) {
            text += key + "=" + value + "\n";
        }
        return sha256_hex(text);
    }
    [[nodiscard]] std::string prints() const override { return {}; }
    [[nodiscard]] SampleSummary summary(std::size_t index) const override {
        SampleSummary out;
        out.set = name_;
        out.id = id(index);
        out.image = path(index);
        const Result<MiniatureSample> sample = make(index);
        if (!sample) {
            out.error = sample.error().message();
            return out;
        }
        out.question = sample->question;
        out.instruction = sample->instruction;
        out.truth = sample->answer;
        out.family = std::string(r2t2::name(sample->family));
        out.domain = std::string(r2t2::name(sample->domain));
        out.template_name = sample->template_name;
        return out;
    }
    [[nodiscard]] Result<SamplePicture> picture(std::size_t index) const override {
        Result<MiniatureSample> sample = make(index);
        if (!sample) {
            return sample.error();
        }
        return SamplePicture{std::move(sample->image), std::move(sample->facts)};
    }

private:
    [[nodiscard]] Result<MiniatureSample> make(std::size_t index) const {
        const auto number = static_cast<std::int64_t>(index);
        return combination_ ? make_sample(world_, *combination_, split_ + "/" + name_, seed_, number)
                            : make_sample(world_, split_, seed_, number);
    }
    [[nodiscard]] std::string path(std::size_t index) const {
        return "world:" + split_ + "/" + name_ + "/" + std::to_string(seed_) + "/" + id(index);
    }

    WorldConfig world_;
    std::string name_;
    std::string split_;
    std::optional<Combination> combination_;
    std::uint64_t seed_;
    std::size_t count_;
    std::vector<Error> problems_;
};

std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& each : names) {
        text += (text.empty() ? "" : ", ") + each;
    }
    return text;
}

Error unknown_set(const std::string& name, const std::string& split, const std::vector<std::string>& known) {
    std::error_code code;
    const bool folder = std::filesystem::is_directory(name, code);
    const std::string nearest = nearest_name(name, known);
    return invalid_input("options", "--eval", "\"" + name + "\", " + (folder ? "a folder" : "neither a file nor a bundled set"),
                         "a data set file, all, or a bundled set of the split " + split + ": " + joined(known) + (nearest.empty() ? "" : "; the nearest is " + nearest) +
                             (folder ? "; benchmarks in a folder are named, with --data FOLDER" : ""));
}

/// A number out of a reference set's notes.
Result<std::uint64_t> note_number(const std::map<std::string, std::string>& notes, const std::string& key) {
    const auto found = notes.find(key);
    const std::string text = found == notes.end() ? "" : found->second;
    if (text.empty() || text.size() > 18 || text.find_first_not_of("0123456789") != std::string::npos) {
        return invalid_input("reference notes", key, text.empty() ? "nothing" : text, "a number");
    }
    return static_cast<std::uint64_t>(std::stoull(text));
}

}  // namespace

Result<SampleSetPtr> world_samples(const WorldConfig& world, const std::string& split, std::uint64_t seed,
                                   std::size_t count) {
    if (world.split(split) == nullptr) {
        return make_sample(world, split, seed, 0).error();  // lists the splits
    }
    if (count == 0) {
        return invalid_input("bundled world", "count", "0", "1 or more");
    }
    return SampleSetPtr(std::make_shared<WorldSamples>(world, split, split, nullptr, seed, count));
}

std::vector<std::string> world_set_names(const WorldConfig& world, const std::string& split) {
    std::vector<std::string> names;
    if (const SplitPolicy* policy = world.split(split)) {
        for (const Family family : kFamilies) {
            for (const Domain domain : kDomains) {
                for (const Combination& each : policy->combinations) {
                    if (each.family == family && each.domain == domain &&
                        std::find(names.begin(), names.end(), set_name_of(each)) == names.end()) {
                        names.push_back(set_name_of(each));
                    }
                }
            }
        }
    }
    return names;
}

Result<SampleSetPtr> world_set(const WorldConfig& world, const std::string& split, const std::string& set_name,
                               std::uint64_t seed, std::size_t count) {
    if (count == 0) {
        return invalid_input("bundled world", "samples", "0", "1 or more");
    }
    if (const SplitPolicy* policy = world.split(split)) {
        for (const Combination& each : policy->combinations) {
            if (set_name_of(each) == set_name) {
                return SampleSetPtr(
                    std::make_shared<WorldSamples>(world, set_name, split, &each, seed, count));
            }
        }
    }
    return unknown_set(set_name, split, world_set_names(world, split));
}

Status check_set_name(const std::string& name, const std::string& split) {
    const std::vector<std::string> known = world_set_names(default_world(), split);
    std::error_code code;
    const bool file = std::filesystem::exists(name, code) && !std::filesystem::is_directory(name, code);
    return name == "all" || file || std::find(known.begin(), known.end(), name) != known.end() ? Status() : Status(unknown_set(name, split, known));
}

Result<std::pair<SampleSetPtr, std::size_t>> world_sample_at(const std::string& image_path) {
    const std::string allowed = "world:SPLIT/SET/SEED/NUMBER";
    std::vector<std::string> parts;
    if (image_path.rfind("world:", 0) == 0) {
        std::istringstream text(image_path.substr(6));
        for (std::string part; std::getline(text, part, '/');) {
            parts.push_back(part);
        }
    }
    if (parts.size() != 4) {
        return invalid_input("bundled world", "picture", "\"" + image_path + "\"", allowed);
    }
    const std::map<std::string, std::string> numbers = {{"seed", parts[2]}, {"number", parts[3]}};
    const Result<std::uint64_t> seed = note_number(numbers, "seed");
    const Result<std::uint64_t> number = note_number(numbers, "number");
    if (!seed || !number) {
        return invalid_input("bundled world", "picture", "\"" + image_path + "\"", allowed);
    }
    const WorldConfig world = default_world();
    const auto count = static_cast<std::size_t>(*number) + 1;
    Result<SampleSetPtr> set = parts[0] == parts[1] ? world_samples(world, parts[0], *seed, count)
                                                    : world_set(world, parts[0], parts[1], *seed, count);
    if (!set) {
        return set.error();
    }
    return std::pair{std::move(*set), static_cast<std::size_t>(*number)};
}

Result<SamplePicture> picture_at(const std::string& image_path) {
    if (image_path.rfind("world:", 0) == 0) {
        const auto place = world_sample_at(image_path);
        if (!place) {
            return place.error();
        }
        return place->first->picture(place->second);
    }
    Result<Image> image = load_image(path_of_text(image_path));
    if (!image) {
        return image.error();
    }
    return SamplePicture{std::move(*image), std::nullopt};
}

Result<SampleSetPtr> open_source(const std::map<std::string, std::string>& origin) {
    if (const auto source = origin.find("source"); source != origin.end() && source->second == "benchmark") {
        return open_benchmark_source(origin);
    }
    const auto value = [&](const std::string& key) {
        const auto found = origin.find(key);
        return found == origin.end() ? std::string() : found->second;
    };
    if (value("source") == "dataset") {
        return open_dataset_samples(path_of_text(value("path")));
    }
    if (value("source") != "bundled world") {
        return invalid_input("reference notes", "source", "\"" + value("source") + "\"", "dataset, bundled world");
    }
    const Result<std::uint64_t> seed = note_number(origin, "seed");
    const Result<std::uint64_t> count = note_number(origin, "count");
    if (!seed || !count) {
        return !seed ? seed.error() : count.error();
    }
    const WorldConfig world = default_world();
    return value("set").empty() ? world_samples(world, value("split"), *seed, *count)
                                : world_set(world, value("split"), value("set"), *seed, *count);
}

}  // namespace r2t2
