#include "core/run/exported_picture.h"

#include <nlohmann/json.hpp>
#include <optional>

#include "core/json/parse_json.h"

namespace r2t2 {

namespace {

namespace fs = std::filesystem;

bool is_inside(const fs::path& file, const fs::path& folder) {
    const fs::path relative = file.lexically_relative(folder);
    return !relative.empty() && *relative.begin() != ".." && relative != ".";
}

/// "/data/" and "/data/." are "/data".
fs::path folder_path(const std::string& text) {
    const fs::path path = fs::path(text).lexically_normal();
    return path.has_filename() ? path : path.parent_path();
}

/// The longest folder that all pictures with a whole path lie in, with its slash; empty where there are none.
std::string common_folder(const std::vector<SampleRow>& rows) {
    std::optional<std::string> folder;
    for (const SampleRow& row : rows) {
        const std::string& path = row.info.image_path;
        if (!path.starts_with('/')) {
            continue;
        }
        if (!folder) {
            folder = path.substr(0, path.rfind('/') + 1);
        }
        while (!path.starts_with(*folder)) {
            folder->resize(folder->rfind('/', folder->size() - 2) + 1);
        }
    }
    return folder.value_or(std::string());
}

/// As picture_cache.h lays it out, on whatever machine.
std::string in_cache(const std::string& path) {
    constexpr std::string_view kCache = "/r2t2/benchmarks/";
    const std::size_t at = path.rfind(kCache);
    return at == std::string::npos ? fs::path(path).filename().string() : path.substr(at + kCache.size());
}

}  // namespace

ExportedPictures::ExportedPictures(const RunInfo& run, const std::vector<SampleRow>& rows) {
    const auto config = stored_json(run.config);
    const auto data = config.is_object() && config.contains("data") ? config["data"] : decltype(config)();
    if (data.is_object() && data.contains("benchmark") && data["benchmark"].is_object() && data["benchmark"].contains("directory") &&
        data["benchmark"]["directory"].is_string()) {
        benchmarks_ = folder_path(data["benchmark"]["directory"].get<std::string>());
    }
    if (data.is_object() && data.contains("sets") && data["sets"].is_array()) {
        for (const auto& set : data["sets"]) {
            if (set.is_string() && set.get<std::string>().starts_with('/')) {
                files_.push_back(fs::path(set.get<std::string>()).lexically_normal());
            }
        }
    }
    if (benchmarks_.empty() && files_.empty()) {
        common_ = common_folder(rows);
    }
}

/// A set that is named by its records and not by its file: the file whose folder the picture lies in, of several the deepest.
fs::path ExportedPictures::folder_of(const SampleInfo& sample) const {
    fs::path folder;
    for (const fs::path& file : files_) {
        if (file.stem() == sample.id.set) {
            return file.parent_path();
        }
        if (is_inside(sample.image_path, file.parent_path()) && (folder.empty() || is_inside(file, folder))) {
            folder = file.parent_path();
        }
    }
    return folder.empty() ? files_.front().parent_path() : folder;
}

std::string ExportedPictures::name_of(const SampleInfo& sample) const {
    const std::string& path = sample.image_path;
    if (!path.starts_with('/')) {
        return path;
    }
    if (!benchmarks_.empty()) {
        return is_inside(path, benchmarks_) ? fs::path(path).lexically_relative(benchmarks_).generic_string() : in_cache(path);
    }
    if (!files_.empty()) {
        return fs::path(path).lexically_relative(folder_of(sample)).generic_string();
    }
    return path.substr(common_.size());
}

}  // namespace r2t2
