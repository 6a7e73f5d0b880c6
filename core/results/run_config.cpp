#include "core/results/run_config.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/json/parse_json.h"

namespace r2t2 {

namespace {

std::string word_of(const RunInfo& info, const char* key) {
    const auto json = stored_json(info.config);
    return json.is_object() && json.contains(key) && json[key].is_string() ? json[key].get<std::string>() : std::string();
}

}  // namespace

std::string evaluation_name(const RunInfo& info) { return word_of(info, "evaluation"); }
std::string shard_name(const RunInfo& info) { return word_of(info, "shard"); }

SameData same_data(const RunInfo& a, const RunInfo& b) {
    const bool content_a = a.data_hash.starts_with(kContentHash), content_b = b.data_hash.starts_with(kContentHash);
    if (content_a == content_b) {
        return a.data_hash == b.data_hash ? SameData::Yes : SameData::No;
    }
    const std::string names_a = content_a ? word_of(a, "data_names") : a.data_hash, names_b = content_b ? word_of(b, "data_names") : b.data_hash;
    return names_a == names_b ? SameData::ByNames : SameData::No;
}

std::vector<StoredRun> last_evaluation(std::vector<StoredRun> runs) {
    std::string last;
    for (const StoredRun& run : runs) {
        const std::string name = evaluation_name(run.info);
        last = name.empty() ? last : name;
    }
    std::erase_if(runs, [&](const StoredRun& run) { return last.empty() || evaluation_name(run.info) != last; });
    return runs;
}

}  // namespace r2t2
