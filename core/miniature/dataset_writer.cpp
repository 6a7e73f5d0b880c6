#include "core/miniature/dataset_writer.h"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "core/base/atomic_file.h"
#include "core/json/parse_json.h"
#include "core/vision/facts_json.h"
#include "core/vision/load_image.h"

namespace r2t2 {

namespace {

std::string image_name(const std::string& split, std::int64_t id) {
    char number[32];
    std::snprintf(number, sizeof number, "-%06lld.png", static_cast<long long>(id));
    return split + number;
}

nlohmann::ordered_json record_of(const MiniatureSample& sample, const std::string& image) {
    return {{"id", sample.id},
            {"question", sample.question},
            {"instruction", sample.instruction},
            {"image_path", "images/" + image},
            {"ground_truth", sample.answer},
            {"set", "bundled world, " + std::string(name(sample.family)) + ", " + std::string(name(sample.domain))},
            {"family", name(sample.family)},
            {"domain", name(sample.domain)},
            {"template", sample.template_name},
            {"tools", name(sample.tools)},
            {"facts", stored_json(facts_to_json(sample.facts))}};
}

}  // namespace

Result<std::filesystem::path> write_dataset(const std::filesystem::path& directory, const WorldConfig& config,
                                            const std::string& split, std::int64_t count, std::uint64_t seed,
                                            const ProgressCallback& progress, const CancelToken& cancel) {
    if (count < 1) {
        return invalid_input("bundled world", "count", std::to_string(count), "1 or more");
    }
    if (config.split(split) == nullptr) {  // before anything is created; the sample maker lists the names
        return make_sample(config, split, seed, 0).error();
    }
    std::error_code error;
    std::filesystem::create_directories(directory / "images", error);
    if (error) {
        return io_error((directory / "images").string(), error.message());
    }
    // One record a line keeps the list readable and its changes small.
    std::string list = "[\n";
    for (std::int64_t i = 0; i < count; ++i) {
        if (cancel.cancelled()) {
            return cancelled();
        }
        const auto sample = make_sample(config, split, seed, i);
        if (!sample.ok()) {
            return sample.error();
        }
        const std::string image = image_name(split, i);
        R2T2_TRY(save_png(directory / "images" / image, sample->image));
        list += record_of(sample.value(), image).dump() + (i + 1 < count ? ",\n" : "\n");
        if (progress && (i % 100 == 99 || i + 1 == count)) {
            progress({"write " + split, i + 1, count, {}});
        }
    }
    const std::filesystem::path path = directory / (split + ".json");
    R2T2_TRY(write_file_atomically(path, list + "]\n"));
    return path;
}

}  // namespace r2t2
