#include "core/run/session_merge.h"

#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/base/atomic_directory.h"
#include "core/base/fresh_file.h"
#include "core/base/output_place.h"
#include "core/json/parse_json.h"
#include "core/results/finished_samples.h"
#include "core/results/run_config.h"
#include "core/results/run_coverage.h"
#include "core/run/config_difference.h"
#include "core/run/evaluation.h"
#include "core/run/parallel.h"
#include "core/session/session.h"

namespace r2t2 {

namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

struct OpenShard {
    fs::path path;
    Shard shard;
    SessionReader reader;
    std::vector<StoredRun> runs;  ///< of the last evaluation
};

/// Without what tells shards of one evaluation apart.
Json common_config(const RunInfo& info, const RunInfo& other) {
    Json config = stored_json(info.config);
    const Json others = stored_json(other.config);
    if (config.is_object()) {
        for (const char* key : {"evaluation", "shard", "device", "planned", "left_out", "reference_samples", "data_names", "prints"}) {
            config.erase(key);
        }
        for (const char* ground : {"model", "reference"}) {  // machines have their own folders
            if (config.contains(ground) && config[ground].is_object()) {
                config[ground].erase("path");
                config[ground].erase("embedding");
                if (!others.is_object() || !others.contains(ground) || !others[ground].is_object() || !others[ground].contains("asked")) {
                    config[ground].erase("asked");  // one of the two programs did not keep it
                }
            }
        }
    }
    return config;
}

std::string resume_hint(const fs::path& path, const StoredRun& run) { return resume_advice(path.string(), run, "goes on", NamedRun::No); }

/// Finished, and with all that it was begun for. A shard from before that was stored has at least the same samples in every run.
Status check_complete(const fs::path& path, const std::vector<StoredRun>& runs) {
    for (const StoredRun& run : runs) {
        const std::string where = path.string() + ": run " + std::to_string(run.id);
        if (run.state != RunState::Finished) {
            return invalid_input(where, "state", "not finished", "a finished run: " + resume_hint(path, run));
        }
        const RunCoverage coverage = run_coverage(run);
        if (!coverage.complete()) {
            return invalid_input(where, "samples", coverage.count_text(), "every sample that the shard was begun for: " + resume_hint(path, run));
        }
        if (!coverage.planned && run.samples != runs.front().samples) {
            return invalid_input(where, "samples", std::to_string(run.samples),
                                 std::to_string(runs.front().samples) + ", as run " + std::to_string(runs.front().id) + " of the same evaluation has");
        }
    }
    return {};
}

Result<OpenShard> open_shard(const fs::path& path) {
    Result<SessionReader> reader = SessionReader::open(path.string());
    if (!reader) {
        return reader.error();
    }
    Result<std::vector<StoredRun>> runs = reader->runs();
    if (!runs) {
        return runs.error();
    }
    *runs = last_evaluation(std::move(*runs));
    const std::string said = runs->empty() ? std::string() : shard_name(runs->front().info);
    const Result<Shard> shard = parse_shard(said);
    if (!shard) {
        return invalid_input(path.string(), "config.shard of the last evaluation", said.empty() ? "none" : "\"" + said + "\"",
                             "a session that r2t2 evaluate --shard INDEX/COUNT wrote");
    }
    R2T2_TRY(check_complete(path, *runs));
    return OpenShard{path, *shard, std::move(*reader), std::move(*runs)};
}

Status check_same(const OpenShard& first, const OpenShard& other) {
    const auto differ = [&](const std::string& where, const std::string& what, const std::string& found, const std::string& wanted) -> Status {
        return found == wanted ? Status() : Status(invalid_input(where, what, found, wanted + ", as in " + first.path.string()));
    };
    R2T2_TRY(differ(other.path.string(), "shard count", std::to_string(other.shard.count), std::to_string(first.shard.count)));
    R2T2_TRY(differ(other.path.string(), "runs", std::to_string(other.runs.size()), std::to_string(first.runs.size())));
    for (std::size_t r = 0; r < first.runs.size(); ++r) {
        const RunInfo& a = first.runs[r].info;
        const RunInfo& b = other.runs[r].info;
        const std::string where = other.path.string() + ": run " + std::to_string(other.runs[r].id);
        R2T2_TRY(differ(where, "method", b.method, a.method));
        R2T2_TRY(differ(where, "model hash", b.model_hash, a.model_hash));
        R2T2_TRY(differ(where, "reference hash", b.reference_hash, a.reference_hash));
        if (same_data(a, b) == SameData::No) {
            return differ(where, "data hash", b.data_hash, a.data_hash);
        }
        R2T2_TRY(differ(where, "seed", std::to_string(b.seed), std::to_string(a.seed)));
        if (const std::optional<ConfigDifference> config = first_config_difference(common_config(b, a), common_config(a, b))) {
            return differ(where, config->name.empty() ? "config" : config->name, config->asked, config->there);
        }
    }
    return {};
}

/// Shard 0 first, each once, none missing.
Result<std::vector<OpenShard>> open_all(const std::vector<fs::path>& paths) {
    std::map<std::size_t, OpenShard> by_index;
    for (const fs::path& path : paths) {
        Result<OpenShard> shard = open_shard(path);
        if (!shard) {
            return shard.error();
        }
        const auto there = by_index.find(shard->shard.index);
        if (there != by_index.end()) {
            return invalid_input(path.string(), "shard", to_string(shard->shard) + ", which " + there->second.path.string() + " holds too", "every shard once");
        }
        if (!by_index.empty()) {
            R2T2_TRY(check_same(by_index.begin()->second, *shard));
        }
        by_index.emplace(shard->shard.index, std::move(*shard));
    }
    if (by_index.empty()) {
        return invalid_input("merge", "sessions", "none", "one session a shard");
    }
    const std::size_t count = by_index.begin()->second.shard.count;
    std::vector<OpenShard> shards;
    for (std::size_t i = 0; i < count; ++i) {
        const auto at = by_index.find(i);
        if (at == by_index.end()) {
            return invalid_input("merge", "shard " + to_string(Shard{i, count}), "missing", "one session for each of the " + std::to_string(count) + " shards");
        }
        shards.push_back(std::move(at->second));
    }
    return shards;
}

Status copy_sample(SessionWriter& writer, std::int64_t run, const StoredSample& sample) {
    if (!sample.row.error.empty()) {
        return writer.record_error(run, sample.row.info, io_error({}, sample.row.error));
    }
    const auto namer = [&sample](std::size_t index) {
        const std::vector<Neighbour>& neighbours = sample.trajectory.neighbourhood.neighbours;
        for (std::size_t i = 0; i < neighbours.size(); ++i) {
            if (neighbours[i].index == index) {
                return sample.neighbours[i];
            }
        }
        return ReferenceName{};
    };
    return writer.write_sample(run, sample.row.info, sample.trajectory, namer);
}

/// Of all shards together. Empty: one of them is of a program that did not store it.
std::map<std::string, std::int64_t> planned_together(const std::vector<OpenShard>& shards, std::size_t run) {
    std::map<std::string, std::int64_t> sum;
    for (const OpenShard& shard : shards) {
        const std::map<std::string, std::int64_t> planned = planned_samples(shard.runs[run].info);
        if (planned.empty()) {
            return {};
        }
        for (const auto& [set, count] : planned) {
            sum[set] += count;
        }
    }
    return sum;
}

/// Of all shards together. Null: one of them is of a program that did not look.
Json reference_samples_together(const std::vector<OpenShard>& shards, std::size_t run) {
    constexpr std::size_t kNamed = 20;
    Json sum = {{"sets", Json::object()}};
    for (const OpenShard& shard : shards) {
        const RunInfo& info = shard.runs[run].info;
        const Json config = stored_json(info.config);
        if (!reference_samples(info)) {
            return nullptr;
        }
        for (const char* field : {"pictures_not_opened", "references_without_picture_hash"}) {
            const Json count = config["reference_samples"].value(field, Json(0));
            const bool of_each = std::string_view(field) == "pictures_not_opened";  // the references are the same ones in every shard
            sum[field] = (of_each ? sum.value(field, std::int64_t{0}) : 0) + (count.is_number_integer() ? count.get<std::int64_t>() : 0);
        }
        for (const auto& [set, ignored] : config["reference_samples"]["sets"].items()) {
            const ReferenceSamples here = *reference_samples_of(info, set);
            Json& of = sum["sets"][set];
            if (of.is_null()) {
                of = {{"count", 0}, {"ids", Json::array()}};
            }
            of["count"] = of["count"].get<std::int64_t>() + here.count;
            for (std::size_t i = 0; i < here.ids.size() && of["ids"].size() < kNamed; ++i) {  // one shard after the other
                of["ids"].push_back(here.ids[i]);
            }
        }
    }
    return sum;
}

RunInfo joined_info(const std::vector<OpenShard>& shards, std::size_t run, const std::string& command) {
    RunInfo info = shards.front().runs[run].info;
    Json config = stored_json(info.config);
    config.erase("shard");
    if (const auto planned = planned_together(shards, run); !planned.empty()) {
        config["planned"] = planned;
    } else {
        config.erase("planned");
    }
    if (Json references = reference_samples_together(shards, run); references.is_object()) {
        config["reference_samples"] = std::move(references);
    } else {
        config.erase("reference_samples");
    }
    config["evaluation"] = "evaluation 1";
    info.config = config.dump();
    info.command = command;
    return info;
}

/// Nobody knows the temporary name.
Error named_as(Error error, const fs::path& partial, const fs::path& output) {
    if (error.where.starts_with(partial.string())) {
        error.where = output.string() + error.where.substr(partial.string().size());
    }
    return error;
}

Result<MergedSession> write_joined(std::vector<OpenShard>& shards, const fs::path& path, const std::string& command,
                                   const ProgressCallback& progress, const CancelToken& cancel) {
    Result<SessionWriter> writer = SessionWriter::create(path.string());
    if (!writer) {
        return writer.error();
    }
    MergedSession out;
    out.shards = shards.size();
    out.runs = shards.front().runs.size();
    std::size_t total = 0;
    for (const OpenShard& shard : shards) {
        for (const StoredRun& run : shard.runs) {
            total += static_cast<std::size_t>(run.samples);
        }
    }
    ProgressGate gate(progress, "merge", total);
    for (std::size_t r = 0; r < out.runs; ++r) {
        const Result<std::int64_t> joined = writer->begin_run(joined_info(shards, r, command));
        if (!joined) {
            return joined.error();
        }
        for (OpenShard& shard : shards) {
            const Result<std::vector<SampleRow>> rows = shard.reader.samples(shard.runs[r].id);
            if (!rows) {
                return rows.error();
            }
            for (const SampleRow& row : *rows) {
                if (cancel.cancelled()) {
                    return cancelled();
                }
                const Result<StoredSample> sample = shard.reader.sample(row.id);
                if (!sample) {
                    return sample.error();
                }
                R2T2_TRY(copy_sample(*writer, *joined, *sample));
                ++out.samples;
                out.errors += row.error.empty() ? 0 : 1;
                gate.advance(row.info.id.set);
            }
        }
        R2T2_TRY(writer->finish_run(*joined, RunState::Finished));
    }
    return out;
}

}  // namespace

Result<MergedSession> merge_sessions(const std::vector<fs::path>& paths, const fs::path& output, const std::string& command,
                                     const ProgressCallback& progress, const CancelToken& cancel) {
    R2T2_TRY(check_free_name(output));
    Result<std::vector<OpenShard>> shards = open_all(paths);
    if (!shards) {
        return shards.error();
    }
    // A folder, locked: what SQLite writes beside its file is in it too, and all of it is gone or found by the next merge, whatever ends this one.
    const Result<AtomicDirectory> folder = AtomicDirectory::create(output);
    if (!folder) {
        return folder.error();
    }
    const fs::path partial = folder->temporary() / output.filename();
    Result<MergedSession> merged = write_joined(*shards, partial, command, progress, cancel);
    if (!merged) {
        return named_as(merged.error(), partial, output);
    }
    R2T2_TRY(rename_to_free(partial, output));
    return merged;
}

}  // namespace r2t2
