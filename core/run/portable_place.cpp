#include "core/run/portable_place.h"

#include <filesystem>

#include "core/base/path_text.h"

namespace r2t2 {

namespace {

struct Place {
    std::string folder;  ///< of the set's files, with a slash behind it; empty for generated samples
    std::string file;    ///< that the set is; empty: a folder is
};

Place place_of(const SampleSet& set) {
    const std::map<std::string, std::string> origin = set.origin();
    const auto path = origin.find("path");
    if (path == origin.end() || path->second.empty()) {
        return {};
    }
    std::error_code code;
    const std::filesystem::path whole = path_of_text(path->second);
    const bool is_folder = std::filesystem::is_directory(whole, code);
    const std::string folder = (is_folder ? whole : whole.parent_path()).string();
    return {folder.empty() || folder == "/" ? std::string() : folder.back() == '/' ? folder : folder + "/", is_folder ? std::string() : whole.filename().string()};
}

/// "/elsewhere/own.json: record 3", "sets/own.json: record 3" -> "own.json: record 3"; what follows the first ": " stays as it is.
std::string without_leading_folders(const std::string& text, const std::string& file) {
    const std::string head = text.substr(0, text.find(": "));
    const bool of_the_set = !file.empty() && head.size() > file.size() && head.ends_with("/" + file);
    return of_the_set || head.starts_with('/') ? text.substr(head.rfind('/') + 1) : text;
}

}  // namespace

std::string portable_text(const std::string& text, const SampleSet& set) {
    const auto [folder, file] = place_of(set);
    std::string out = text;
    for (std::size_t at = folder.empty() ? std::string::npos : out.find(folder); at != std::string::npos; at = out.find(folder, at)) {
        out.erase(at, folder.size());
    }
    return without_leading_folders(out, file);
}

Error portable(const Error& error, const SampleSet& set) {
    Error out = error;
    for (std::string* part : {&out.where, &out.found, &out.allowed}) {
        *part = portable_text(*part, set);
    }
    return out;
}

}  // namespace r2t2
