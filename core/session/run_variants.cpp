#include "core/session/run_variants.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <set>

#include "core/json/parse_json.h"
#include "core/routing/method_table.h"
#include "core/routing/parameter_json.h"
#include "core/routing/sweep.h"

namespace r2t2 {

namespace {

using Json = nlohmann::ordered_json;

/// None: the run stores none, or its method is not known. Those that it does not store are as they were before there was a choice.
std::optional<MethodParams> params_of(const RunInfo& run, const Json& config) {
    const Result<Method> method = parse_method(run.method);
    if (!method || !config.is_object() || !config.contains("parameters") || !config["parameters"].is_object()) {
        return std::nullopt;
    }
    MethodParams params;
    params.method = *method;
    for (const auto& [name, json] : config["parameters"].items()) {
        if (const ParameterRow* row = find_parameter(name)) {
            if (const Result<ParameterValue> value = parameter_value(*row, json, "run", name); value) {
                row->access.set(params, *value);
            }
        }
    }
    return params;
}

bool looks_at_references(Method method) {
    const MethodRow& row = method_row(method);
    return row.neighbours != NeighbourNeed::None || row.constant != ConstantNeed::None;
}

/// "mine", "a/mine", "/a/mine" of "/a/mine/": a list that is cut where it ends still shows what differs.
std::vector<std::string> ends_of(const std::filesystem::path& path) {
    std::filesystem::path whole = path.lexically_normal();
    whole = whole.has_filename() ? whole : whole.parent_path();
    std::vector<std::string> ends;
    std::filesystem::path end = whole.filename();
    for (std::filesystem::path above = whole.parent_path(); above.has_filename(); above = above.parent_path()) {
        ends.push_back(end.string());
        end = above.filename() / end;
    }
    ends.push_back(end.string());
    if (whole.string() != ends.back()) {
        ends.push_back(whole.string());
    }
    return ends;
}

/// What a reference set may be called, the shortest first: the folder, with those above it, its path, the folder and its content.
std::vector<std::string> reference_names(const RunInfo& run, const Json& config) {
    const Json reference = config.is_object() && config.contains("reference") ? config["reference"] : Json();
    const auto text = [&reference](const char* key) {
        return !reference.is_object() || !reference.contains(key) ? std::string() : reference[key].is_string() ? reference[key].get<std::string>() : reference[key].dump();
    };
    const std::string path = text("path"), content = run.reference_hash.substr(0, 8);
    if (!reference.is_object()) {
        return {content};
    }
    if (path.empty()) {
        return {"bundled", "bundled with seed " + text("seed"), "bundled with seed " + text("seed") + " of " + text("candidates") + " candidates", "bundled, " + content};
    }
    std::vector<std::string> names = ends_of(path);
    names.push_back(names.front() + ", " + content);
    return names;
}

/// By content: the shortest of a set's names that no other of these has.
std::map<std::string, std::string> reference_labels(const std::map<std::string, std::vector<std::string>>& sets) {
    std::map<std::string, std::string> labels;
    for (const auto& [content, names] : sets) {
        for (const std::string& name : names) {
            labels[content] = name;
            const bool shared = std::any_of(sets.begin(), sets.end(), [&, &content = content](const auto& other) {
                return other.first != content && std::find(other.second.begin(), other.second.end(), name) != other.second.end();
            });
            if (!shared) {
                break;
            }
        }
    }
    return labels;
}

}  // namespace

std::vector<std::string> run_variants(const std::vector<RunInfo>& runs) {
    std::vector<std::string> out(runs.size());
    std::vector<std::size_t> at;  // of those below
    std::vector<MethodParams> params;
    std::map<Method, std::map<std::string, std::vector<std::string>>> references;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const Json config = stored_json(runs[i].config);
        const std::optional<MethodParams> known = params_of(runs[i], config);
        if (!known) {
            out[i] = config.is_object() && config.contains("variant") && config["variant"].is_string() ? config["variant"].get<std::string>() : std::string();
            continue;
        }
        at.push_back(i);
        params.push_back(*known);
        if (looks_at_references(known->method) && !runs[i].reference_hash.empty()) {
            references[known->method].try_emplace(runs[i].reference_hash, reference_names(runs[i], config));
        }
    }
    const std::vector<std::string> labels = variant_labels(params);
    for (std::size_t k = 0; k < at.size(); ++k) {
        std::string& label = out[at[k]] = labels[k];
        const auto sets = references.find(params[k].method);
        if (sets != references.end() && sets->second.size() > 1 && !runs[at[k]].reference_hash.empty()) {
            label += (label.empty() ? "references " : ", references ") + reference_labels(sets->second)[runs[at[k]].reference_hash];
        }
    }
    return out;
}

}  // namespace r2t2
