#include "core/run/export_files.h"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "core/json/parse_json.h"

namespace r2t2 {

namespace {

/// "samples_<number>_<method>.jsonl", as samples_file_name gives them.
bool has_samples_name(const std::string& name) {
    const std::size_t digits = name.starts_with("samples_") ? name.find_first_not_of("0123456789", 8) : std::string::npos;
    return digits != std::string::npos && digits > 8 && name[digits] == '_' && name.ends_with(".jsonl") && name.find('/') == std::string::npos;
}

constexpr const char* kEarlierResults = ".results-earlier.json";
constexpr std::string_view kSamplesBegin = R"({"doc_id":0,"doc":{"question":)";

/// What an earlier export says of its files. Empty: there was none, or it was cut before its end.
std::set<std::string> files_of_earlier(const std::filesystem::path& results) {
    std::set<std::string> out;
    const Result<nlohmann::json> json = read_json_file(results);
    if (!json || !json->is_object() || !json->contains("runs") || !(*json)["runs"].is_array()) {
        return out;
    }
    for (const nlohmann::json& run : (*json)["runs"]) {
        if (run.is_object() && run.contains("samples_file") && run["samples_file"].is_string() && has_samples_name(run["samples_file"].get<std::string>())) {
            out.insert(run["samples_file"].get<std::string>());
        }
    }
    return out;
}

/// Harnesses have files of such names too; no line of theirs begins like ours.
bool begins_as_ours(const std::filesystem::path& file) {
    std::string text(kSamplesBegin.size(), '\0');
    std::ifstream in(file, std::ios::binary);
    return in.read(text.data(), static_cast<std::streamsize>(text.size())) && text == kSamplesBegin;
}

bool begins_with(const std::filesystem::path& file, std::string_view begin) {
    std::string text(begin.size(), '\0');
    std::ifstream in(file, std::ios::binary);
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    return in.gcount() == 0 || text == begin;  // an empty file is nobody's
}

}  // namespace

std::string samples_file_name(const StoredRun& run) {
    std::string method = run.info.method;
    for (char& c : method) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
        c = plain ? c : '_';
    }
    return "samples_" + std::to_string(run.id) + "_" + method.substr(0, 60) + ".jsonl";
}

Status check_files_there(const std::filesystem::path& directory, const std::string& session, const std::vector<StoredRun>& runs) {
    std::vector<std::pair<std::string, std::string_view>> written = {{"accuracy.csv", "run,method,set,step,scored,"}, {"benchmarks.csv", "run,method,set,benchmark,"},
                                                                     {"neighbours.csv", "run,method,outcome,samples,"}, {"table.tex", "% session "},
                                                                     {kResults, "{\n  \"session\": "}, {kEarlierResults, "{\n  \"session\": "}};
    for (const char* of : {kResults, kEarlierResults}) {
        for (const std::string& listed : files_of_earlier(directory / of)) {
            written.emplace_back(listed, "");
        }
    }
    for (const StoredRun& run : runs) {
        const std::string name = samples_file_name(run);
        const bool listed = std::any_of(written.begin(), written.end(), [&](const auto& each) { return each.first == name; });
        written.emplace_back(name, listed ? "" : kSamplesBegin);
    }
    for (const auto& [name, begin] : written) {
        const std::filesystem::path file = directory / name;
        std::error_code code;
        if (std::filesystem::equivalent(file, session, code)) {
            return invalid_input(file.string(), "--out", "what the command reads", "another folder: " + session + " would be lost");
        }
        if (std::filesystem::is_regular_file(file, code) && !begins_with(file, begin)) {
            return invalid_input(file.string(), "--out", "a file that no export wrote", "a folder without it");
        }
    }
    return {};
}

Status remove_earlier(const std::filesystem::path& directory, ExportedSession& exported) {
    const std::set<std::string> listed = files_of_earlier(directory / kEarlierResults);
    std::error_code code;
    std::vector<std::filesystem::path> old;
    for (std::filesystem::directory_iterator each(directory, code), end; !code && each != end; each.increment(code)) {
        const std::filesystem::path file = each->path();
        const std::string name = file.filename().string();
        std::error_code unknown;
        const bool ours = has_samples_name(name) && each->symlink_status(unknown).type() == std::filesystem::file_type::regular &&
                          (listed.count(name) > 0 || begins_as_ours(file));
        if (ours && std::find(exported.files.begin(), exported.files.end(), directory / name) == exported.files.end()) {
            old.push_back(directory / name);
        }
    }
    std::sort(old.begin(), old.end());
    for (const std::filesystem::path& file : old) {
        if (!std::filesystem::remove(file, code) && code) {
            return io_error(file.string(), "of an earlier export, cannot be removed: " + code.message());
        }
        exported.removed.push_back(file);
    }
    std::filesystem::remove(directory / kEarlierResults, code);
    return {};
}

Status begin_anew(const std::filesystem::path& directory) {
    std::error_code code;
    if (std::filesystem::exists(directory / kResults, code)) {
        std::filesystem::rename(directory / kResults, directory / kEarlierResults, code);
    }
    return code ? Status(io_error((directory / kResults).string(), "of an earlier export, cannot be set aside: " + code.message())) : Status();
}

Status make_folder(const std::filesystem::path& directory) {
    std::error_code code;
    if (std::filesystem::exists(directory, code) && !std::filesystem::is_directory(directory, code)) {
        return invalid_input(directory.string(), "folder", "a file", "a folder, or a name that is free");
    }
    std::filesystem::create_directories(directory, code);
    if (code) {
        return io_error(directory.string(), "cannot make the folder: " + code.message());
    }
    return {};
}

}  // namespace r2t2
