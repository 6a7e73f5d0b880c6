#include "core/run/stored_sample.h"

#include <algorithm>

#include "core/results/run_config.h"

namespace r2t2 {

namespace {

/// Runs that may be meant, newest evaluation first, one group an evaluation.
Result<std::vector<std::vector<StoredRun>>> groups_of(const std::string& session, const std::vector<StoredRun>& runs, std::optional<std::int64_t> wanted) {
    std::vector<std::vector<StoredRun>> groups;
    std::vector<std::string> names;
    for (const StoredRun& run : runs) {
        const std::string evaluation = evaluation_name(run.info);
        const std::string name = evaluation.empty() ? "run " + std::to_string(run.id) : evaluation;
        auto at = std::find(names.begin(), names.end(), name);
        if (at == names.end()) {
            names.push_back(name);
            groups.emplace_back();
            at = std::prev(names.end());
        }
        groups[static_cast<std::size_t>(at - names.begin())].push_back(run);
    }
    std::reverse(groups.begin(), groups.end());
    if (!wanted) {
        return groups;
    }
    for (std::vector<StoredRun>& group : groups) {
        if (std::any_of(group.begin(), group.end(), [&](const StoredRun& run) { return run.id == *wanted; })) {
            std::erase_if(group, [&](const StoredRun& run) { return run.id != *wanted && run.info.method != "base"; });
            return std::vector<std::vector<StoredRun>>{std::move(group)};
        }
    }
    return invalid_input(session, "--run", std::to_string(*wanted), "a run of the session");
}

Error not_there(SessionReader& reader, const std::string& session, const SampleKey& key, const StoredRun& run) {
    std::string some;
    if (const Result<std::vector<SampleRow>> rows = reader.samples(run.id)) {
        for (std::size_t i = 0; i < std::min<std::size_t>(rows->size(), 3); ++i) {
            some += (i > 0 ? ", " : "") + (*rows)[i].info.id.set + "/" + (*rows)[i].info.id.key;
        }
    }
    return Error{ErrorKind::NotFound, session, "--sample", "\"" + key.set + "/" + key.key + "\"", "SET/KEY of a stored sample" + (some.empty() ? std::string() : ", such as " + some)};
}

/// The group's runs that have the sample. A killed evaluation has some methods of it only.
Result<StoredSampleRuns> read_group(SessionReader& reader, const std::vector<StoredRun>& group, const SampleKey& key) {
    StoredSampleRuns out;
    for (const StoredRun& run : group) {
        Result<StoredSample> sample = reader.sample(run.id, key);
        if (!sample && sample.error().kind == ErrorKind::NotFound) {
            continue;
        }
        if (!sample) {
            return sample.error();
        }
        if (!sample->row.error.empty() || sample->trajectory.steps.empty()) {
            return invalid_input("run " + std::to_string(run.id), "sample " + key.set + "/" + key.key, sample->row.error.empty() ? "no steps" : sample->row.error,
                                 "a sample that was run");
        }
        Result<StoredSettings> settings = stored_settings(run);
        if (!settings) {
            return settings.error();
        }
        const bool base = run.info.method == "base";
        out.runs.insert(base ? out.runs.begin() : out.runs.end(), run);
        out.settings.insert(base ? out.settings.begin() : out.settings.end(), std::move(*settings));
        out.samples.insert(base ? out.samples.begin() : out.samples.end(), std::move(*sample));
    }
    return out;
}

}  // namespace

Result<StoredSampleRuns> find_stored_sample(const std::string& session, const SampleKey& key, std::optional<std::int64_t> run) {
    Result<SessionReader> reader = SessionReader::open(session);
    if (!reader) {
        return reader.error();
    }
    const Result<std::vector<StoredRun>> runs = reader->runs();
    if (!runs) {
        return runs.error();
    }
    if (runs->empty()) {
        return Error{ErrorKind::NotFound, session, "runs", "none", "a session with an evaluation"};
    }
    const Result<std::vector<std::vector<StoredRun>>> groups = groups_of(session, *runs, run);
    if (!groups) {
        return groups.error();
    }
    for (const std::vector<StoredRun>& group : *groups) {
        Result<StoredSampleRuns> found = read_group(*reader, group, key);
        if (!found) {
            return found.error().inside(session);
        }
        if (!found->runs.empty()) {
            return found;
        }
    }
    return not_there(*reader, session, key, groups->front().front());
}

}  // namespace r2t2
