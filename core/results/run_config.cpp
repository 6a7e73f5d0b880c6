#include "core/results/run_config.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/json/parse_json.h"
#include "core/routing/parameter_json.h"

namespace r2t2 {

namespace {

std::string word_of(const RunInfo& info, const char* key) {
    const auto json = stored_json(info.config);
    return json.is_object() && json.contains(key) && json[key].is_string() ? json[key].get<std::string>() : std::string();
}

/// As the command line takes it; what no row knows as it stands.
std::string value_text(const ParameterRow* row, const nlohmann::ordered_json& value) {
    if (row != nullptr && row->kind == ParameterKind::OptionalNumber && value.is_null()) {
        return row->none;
    }
    if (row != nullptr) {
        if (const Result<ParameterValue> read = parameter_value(*row, value, {}, {}); read) {
            return parameter_text(*row, *read);
        }
    }
    return value.is_null() ? "none" : value.is_string() ? value.get<std::string>() : value.dump();
}

}  // namespace

std::string evaluation_name(const RunInfo& info) { return word_of(info, "evaluation"); }
std::string variant_of(const RunInfo& info) { return word_of(info, "variant"); }
std::string shard_name(const RunInfo& info) { return word_of(info, "shard"); }

SameData same_data(const RunInfo& a, const RunInfo& b) {
    const bool content_a = a.data_hash.starts_with(kContentHash), content_b = b.data_hash.starts_with(kContentHash);
    if (content_a == content_b) {
        return a.data_hash == b.data_hash ? SameData::Yes : SameData::No;
    }
    const std::string names_a = content_a ? word_of(a, "data_names") : a.data_hash, names_b = content_b ? word_of(b, "data_names") : b.data_hash;
    return names_a == names_b ? SameData::ByNames : SameData::No;
}

std::vector<std::string> different_parameters(const std::vector<StoredRun>& runs) {
    struct Known {
        nlohmann::ordered_json parameters;
        std::string variant, evaluation;
    };
    std::vector<Known> known;
    for (const StoredRun& run : runs) {
        const auto json = stored_json(run.info.config);
        const bool there = json.is_object() && json.contains("parameters") && json["parameters"].is_object();
        known.push_back({there ? json["parameters"] : nlohmann::ordered_json::object(), variant_of(run.info), evaluation_name(run.info)});
    }
    const auto compared = [&](std::size_t a, std::size_t b) {
        return runs[a].info.method == runs[b].info.method && known[a].variant == known[b].variant && known[a].evaluation != known[b].evaluation;
    };
    std::vector<std::string> out(runs.size());
    for (std::size_t i = 0; i < runs.size(); ++i) {
        for (const auto& [name, value] : known[i].parameters.items()) {
            bool differs = false;
            for (std::size_t j = 0; j < runs.size() && !differs; ++j) {
                differs = compared(i, j) && known[j].parameters.contains(name) && known[j].parameters[name] != value;
            }
            if (differs) {
                const ParameterRow* row = find_parameter(name);
                out[i] += (out[i].empty() ? "" : ", ") + (row != nullptr ? row->label : name) + " " + value_text(row, value);
            }
        }
    }
    return out;
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
