#include "core/benchmarks/mmbench_files.h"

#include <algorithm>
#include <map>

#include "core/base/natural_order.h"

namespace r2t2 {

namespace {

namespace fs = std::filesystem;

std::vector<std::string> parts_of(const std::string& name) {
    std::vector<std::string> parts(1);
    for (const char c : name) {
        if (c == '_' || c == '-') {
            parts.emplace_back();
        } else {
            parts.back() += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
        }
    }
    return parts;
}

/// V10, V11, V1.1, legacy, a date.
bool is_version(const std::string& part) {
    const bool digits = !part.empty() && part.find_first_not_of("0123456789") == std::string::npos;
    const bool version = part.size() > 1 && part[0] == 'v' && part.find_first_not_of("0123456789.", 1) == std::string::npos;
    return (digits && part.size() == 8) || version || part == "legacy";
}

}  // namespace

std::optional<std::string> mmbench_split_of(const std::string& file_name) {
    const fs::path path(file_name);
    std::string ending = path.extension().string();
    std::transform(ending.begin(), ending.end(), ending.begin(), [](unsigned char c) { return std::tolower(c); });
    std::vector<std::string> parts = parts_of(path.stem().string());
    const auto take = [&parts](std::initializer_list<const char*> words) -> std::string {
        const bool there = parts.size() > 1 && std::find(words.begin(), words.end(), parts[1]) != words.end();
        const std::string word = there ? parts[1] : "";
        parts.erase(parts.begin() + 1, parts.begin() + (there ? 2 : 1));
        return word;
    };
    const bool chinese_culture = parts[0] == "ccbench";
    if (ending != ".tsv" || (!chinese_culture && parts[0] != "mmbench")) {
        return std::nullopt;
    }
    const std::string part = take({"dev", "test"});
    const std::string language = take({"en", "cn", "cc"});
    if (!std::all_of(parts.begin() + 1, parts.end(), is_version)) {
        return std::nullopt;
    }
    if (chinese_culture || language == "cc") {
        return "cc";
    }
    return part.empty() ? std::nullopt : std::optional(part + (language == "cn" ? "-cn" : ""));
}

const std::vector<std::string>& mmbench_names(const std::string& split) {
    static const std::map<std::string, std::vector<std::string>> kNames = {
        {"dev", {"mmbench_dev_20230712.tsv", "MMBench_DEV_EN.tsv", "MMBench_DEV_EN_V11.tsv", "mmbench_dev_en_20231003.tsv"}},
        {"dev-cn", {"mmbench_dev_cn_20231003.tsv", "MMBench_DEV_CN.tsv", "MMBench_DEV_CN_V11.tsv"}},
        {"test", {"MMBench_TEST_EN_legacy.tsv", "MMBench_TEST_EN.tsv", "MMBench_TEST_EN_V11.tsv", "mmbench_test_en_20231003.tsv"}},
        {"test-cn", {"MMBench_TEST_CN_legacy.tsv", "MMBench_TEST_CN.tsv", "MMBench_TEST_CN_V11.tsv", "mmbench_test_cn_20231003.tsv"}},
        {"cc", {"CCBench_legacy.tsv", "CCBench.tsv"}}};
    return kNames.at(split);
}

std::vector<fs::path> mmbench_files(const fs::path& folder, const std::string& split) {
    std::vector<fs::path> found;
    for (const fs::path& each : {folder, folder / "MMBench"}) {
        std::error_code code;
        for (fs::directory_iterator entry(each, code), end; !code && entry != end; entry.increment(code)) {
            std::error_code ignored;
            if (mmbench_split_of(entry->path().filename().string()) == split && entry->is_regular_file(ignored)) {
                found.push_back(entry->path());
            }
        }
    }
    const std::string& first = mmbench_names(split).front();
    std::sort(found.begin(), found.end(), [&first](const fs::path& a, const fs::path& b) {
        const bool a_first = a.filename() == first, b_first = b.filename() == first;
        return a_first != b_first ? a_first : natural_order(a.string(), b.string()) < 0;
    });
    return found;
}

}  // namespace r2t2
