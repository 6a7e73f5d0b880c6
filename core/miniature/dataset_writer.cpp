#include "core/miniature/dataset_writer.h"

#include <algorithm>
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

bool is_of_dataset(const std::filesystem::directory_entry& entry) {
    std::error_code code;
    const auto is_file = [&code](const std::filesystem::directory_entry& each, const char* extension) {
        return each.is_regular_file(code) && each.path().extension() == extension;
    };
    if (entry.path().filename() != "images" || !entry.is_directory(code) || entry.is_symlink(code)) {
        return is_file(entry, ".json");
    }
    const std::filesystem::directory_iterator pictures(entry.path(), code);
    return !code && std::all_of(begin(pictures), end(pictures), [&](const auto& each) { return is_file(each, ".png"); });
}

const AtomicDirectory::Kind kDataset = {"a data set", ".json, images/*.png", is_of_dataset};

}  // namespace

Result<std::filesystem::path> write_dataset(const std::filesystem::path& directory, const WorldConfig& config,
                                            const std::string& split, std::int64_t count, std::uint64_t seed,
                                            const ProgressCallback& progress, const CancelToken& cancel, AtomicDirectory::Existing existing) {
    if (count < 1) {
        return invalid_input("bundled world", "count", std::to_string(count), "1 or more");
    }
    if (config.split(split) == nullptr) {  // before anything is created; the sample maker lists the names
        return make_sample(config, split, seed, 0).error();
    }
    R2T2_TRY(AtomicDirectory::check_target(directory, existing, kDataset));
    std::error_code error;
    const std::filesystem::path parent = (directory.has_filename() ? directory : directory.parent_path()).parent_path();
    std::filesystem::create_directories(parent.empty() ? "." : parent, error);
    if (error) {
        return io_error(parent.string(), error.message());
    }
    auto folder = AtomicDirectory::create(directory);
    if (!folder.ok()) {
        return folder.error();
    }
    const std::filesystem::path images = folder->temporary() / "images";
    std::filesystem::create_directory(images, error);
    if (error) {
        return io_error(images.string(), error.message());
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
        R2T2_TRY(save_png(images / image, sample->image));
        list += record_of(sample.value(), image).dump() + (i + 1 < count ? ",\n" : "\n");
        if (progress && (i % 100 == 99 || i + 1 == count)) {
            progress({"write " + split, i + 1, count, {}});
        }
    }
    const std::string name = split + ".json";
    R2T2_TRY(write_file_atomically(folder->temporary() / name, list + "]\n"));
    R2T2_TRY(folder->commit(existing));
    return directory / name;
}

}  // namespace r2t2
