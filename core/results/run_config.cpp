#include "core/results/run_config.h"

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
std::string variant_of(const RunInfo& info) { return word_of(info, "variant"); }
std::string shard_name(const RunInfo& info) { return word_of(info, "shard"); }

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
