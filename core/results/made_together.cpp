#include "core/results/made_together.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "core/json/parse_json.h"
#include "core/results/run_config.h"
#include "core/routing/method_params.h"

namespace r2t2 {

namespace {

Result<std::set<SampleKey>> samples_of(SessionReader& session, std::int64_t run) {
    const auto rows = session.samples(run);
    if (!rows) {
        return rows.error();
    }
    std::set<SampleKey> out;
    for (const SampleRow& row : *rows) {
        out.insert(row.info.id);
    }
    return out;
}

Result<std::vector<StoredRun>> unnamed_on_the_same_samples(SessionReader& session, std::vector<StoredRun> runs, const StoredRun& chosen) {
    const auto wanted = samples_of(session, chosen.id);
    if (!wanted) {
        return wanted.error();
    }
    std::vector<StoredRun> out;
    for (StoredRun& run : runs) {
        bool together = run.id == chosen.id;
        if (!together && evaluation_name(run.info).empty() && run.info.data_hash == chosen.info.data_hash && run.info.model_hash == chosen.info.model_hash) {
            const auto samples = samples_of(session, run.id);
            if (!samples) {
                return samples.error();
            }
            together = *samples == *wanted;
        }
        if (together) {
            out.push_back(std::move(run));
        }
    }
    return out;
}

/// How many parameters of two configurations have the same value.
std::size_t agreement(const RunInfo& a, const RunInfo& b) {
    const auto first = stored_json(a.config), second = stored_json(b.config);
    if (!first.is_object() || !second.is_object() || !first.contains("parameters") || !second.contains("parameters") ||
        !first["parameters"].is_object() || !second["parameters"].is_object()) {
        return 0;
    }
    const auto& others = second["parameters"];
    std::size_t equal = 0;
    for (const auto& [name, value] : first["parameters"].items()) {
        equal += others.contains(name) && others[name] == value ? 1 : 0;
    }
    return equal;
}

bool answered(const StoredRun& run) { return run.samples > run.errors; }

}  // namespace

Result<std::vector<StoredRun>> made_together(SessionReader& session, std::int64_t run) {
    const auto chosen = session.run(run);
    if (!chosen) {
        return chosen.error();
    }
    auto all = session.runs();
    if (!all) {
        return all.error();
    }
    const std::string name = evaluation_name(chosen->info);
    if (name.empty()) {
        return unnamed_on_the_same_samples(session, std::move(*all), *chosen);
    }
    std::erase_if(*all, [&name](const StoredRun& other) { return evaluation_name(other.info) != name; });
    return all;
}

Result<std::vector<RunResults>> one_of_each_method(SessionReader& session, std::int64_t run) {
    const auto together = made_together(session, run);
    if (!together) {
        return together.error();
    }
    const auto chosen = std::find_if(together->begin(), together->end(), [run](const StoredRun& each) { return each.id == run; });
    std::vector<const StoredRun*> picked;
    for (const StoredRun& each : *together) {
        const Result<Method> method = parse_method(each.info.method);
        const bool own = each.info.method == chosen->info.method;
        if (!method || (own ? each.id != run : is_control(*method)) || !answered(each)) {
            continue;
        }
        const auto same = std::find_if(picked.begin(), picked.end(), [&each](const StoredRun* other) { return other->info.method == each.info.method; });
        if (same == picked.end()) {
            picked.push_back(&each);
        } else if (agreement(chosen->info, each.info) >= agreement(chosen->info, (*same)->info)) {
            *same = &each;
        }
    }
    std::vector<RunResults> out;
    for (const StoredRun* each : picked) {
        auto results = run_results(session, each->id);
        if (!results) {
            return results.error();
        }
        if (!results->overall.samples.empty()) {
            out.push_back(std::move(*results));
        }
    }
    return out;
}

std::vector<std::string> sets_of(const std::vector<RunResults>& runs) {
    std::set<std::string> names;
    for (const RunResults& run : runs) {
        for (const SetResults& set : run.sets) {
            names.insert(set.name);
        }
    }
    return {names.begin(), names.end()};
}

}  // namespace r2t2
