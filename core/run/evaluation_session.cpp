#include "core/run/evaluation_session.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/sha256.h"
#include "core/run/method_params_json.h"
#include "core/session/session.h"

namespace r2t2 {

namespace {

using Json = nlohmann::ordered_json;

/// Which samples in which order: names, ids and sizes.
std::string data_hash(const std::vector<SampleSetPtr>& sets) {
    Sha256 hash;
    for (const SampleSetPtr& set : sets) {
        hash.update(set->name() + "\n");
        for (const auto& [key, value] : set->origin()) {
            hash.update(key + "=" + value + "\n");
        }
        for (std::size_t i = 0; i < set->size(); ++i) {
            hash.update(set->id(i) + "\n");
        }
    }
    return hash.hex().substr(0, 16);
}

std::string config_of(const EvaluationContext& context, const Provenance& provenance, std::size_t method, const std::string& evaluation) {
    const MethodParams& params = context.methods[method];
    Json config;
    config["evaluation"] = evaluation;  // runs that were made together share it
    if (const std::string variant = variant_labels(context.methods)[method]; !variant.empty()) {
        config["variant"] = variant;
    }
    const SampleChoice& data = provenance.data;
    if (!data.sets.empty()) {
        config["data"] = {{"sets", data.sets}, {"split", data.split}, {"seed", data.seed}, {"samples", data.samples}};
    }
    for (const SweepAxis& axis : provenance.sweep) {
        config["sweep"][axis.name] = axis.values;
    }
    if (provenance.shard.count > 1) {
        config["shard"] = to_string(provenance.shard);
    }
    config["scoring"] = std::string(name(context.scoring));
    config["max_neighbours"] = context.max_neighbours;
    config["side_by_side"] = context.side_by_side;
    config["parameters"] = Json::parse(method_params_json(params));
    if (params.method == Method::ConstantOffset) {
        config["constant"] = context.controls.offset.values();
    }
    if (params.method == Method::BestFixed) {
        config["constant"] = context.controls.best_fixed.values();
    }
    return config.dump();
}

RunInfo run_info(const EvaluationContext& context, const Provenance& provenance, std::size_t method,
                 const std::vector<SampleSetPtr>& sets, const std::string& evaluation) {
    const MethodParams& params = context.methods[method];
    const std::string variant = variant_labels(context.methods)[method];
    RunInfo info;
    info.name = to_string(params.method) + (variant.empty() ? "" : " " + variant);
    for (const SampleSetPtr& set : sets) {
        info.name += (&set == &sets.front() ? " on " : ", ") + set->name();
    }
    info.method = to_string(params.method);
    info.config = config_of(context, provenance, method, evaluation);
    info.space = context.model->routing_space();
    info.seed = context.seed;
    info.model_name = context.model->info().miniature ? "miniature" : context.model->info().name;
    info.model_hash = provenance.model_hash;
    info.data_hash = data_hash(sets);
    info.reference_hash = provenance.reference_hash;
    info.versions = provenance.versions;
    info.command = provenance.command;
    return info;
}

std::string shard_of(const RunInfo& info) {
    const Json config = Json::parse(info.config, nullptr, false);
    return config.is_object() && config.contains("shard") && config["shard"].is_string() ? config["shard"].get<std::string>() : "0/1";
}

/// What must be equal for a run to go on, by name.
std::vector<std::pair<std::string, std::pair<std::string, std::string>>> differences_to_check(const RunInfo& stored,
                                                                                              const RunInfo& wanted) {
    const auto parameters = [](const RunInfo& info) {
        Json config = Json::parse(info.config, nullptr, false);
        if (config.is_object()) {
            config.erase("evaluation");
            config.erase("constant");  // fitted, not chosen
            config.erase("shard");
            config.erase("data");  // the data hash says more
            config.erase("sweep");
            config.erase("variant");
        }
        return config.dump();
    };
    return {{"method", {stored.method, wanted.method}},
            {"model hash", {stored.model_hash, wanted.model_hash}},
            {"reference hash", {stored.reference_hash, wanted.reference_hash}},
            {"data hash", {stored.data_hash, wanted.data_hash}},
            {"shard", {shard_of(stored), shard_of(wanted)}},
            {"parameters", {parameters(stored), parameters(wanted)}}};
}

std::string evaluation_of(const RunInfo& info) {
    const Json config = Json::parse(info.config, nullptr, false);
    return config.is_object() && config.contains("evaluation") && config["evaluation"].is_string()
               ? config["evaluation"].get<std::string>()
               : std::string();
}

class Recorder final : public SessionRecorder {
public:
    Recorder(std::filesystem::path path, SessionWriter writer, const EvaluationContext& context)
        : path_(std::move(path)), writer_(std::move(writer)), context_(context) {}

    Status add_run(std::int64_t run) {
        runs_.push_back(run);
        Result<std::set<SampleKey>> done = writer_.finished_keys(run, false);  // bad samples are tried again
        if (!done) {
            return done.error();
        }
        done_.push_back(std::move(*done));
        return {};
    }
    Status begin_runs(const Provenance& provenance, const std::vector<SampleSetPtr>& sets, const std::string& evaluation);
    Status resume_runs(const std::vector<StoredRun>& stored, const Provenance& provenance,
                       const std::vector<SampleSetPtr>& sets);
    Status record_problems(const Provenance& provenance, const std::vector<SampleSetPtr>& sets);
    void set_reader(SessionReader reader) { reader_.emplace(std::move(reader)); }

    [[nodiscard]] const std::filesystem::path& path() const override { return path_; }
    [[nodiscard]] const std::vector<std::int64_t>& runs() const override { return runs_; }
    [[nodiscard]] double seconds() const override { return writer_.seconds_spent(); }
    [[nodiscard]] Result<std::optional<SampleOutcome>> earlier(const std::string& set, std::size_t index,
                                                               const std::string& id) override;
    [[nodiscard]] Status record(const std::string& set, std::size_t index, const SampleRun& run,
                                const SampleOutcome& outcome) override;
    [[nodiscard]] Status record_error(const std::string& set, std::size_t index, const std::string& id,
                                      const Error& error) override;
    [[nodiscard]] Status finish(const Evaluation& evaluation) override;

private:
    std::filesystem::path path_;
    SessionWriter writer_;
    std::optional<SessionReader> reader_;  ///< only when resuming
    const EvaluationContext& context_;
    std::vector<std::int64_t> runs_;          ///< one a method
    std::vector<std::set<SampleKey>> done_;   ///< of each run, when it was opened
};

Status Recorder::begin_runs(const Provenance& provenance, const std::vector<SampleSetPtr>& sets,
                            const std::string& evaluation) {
    std::vector<RunInfo> infos;
    for (std::size_t m = 0; m < context_.methods.size(); ++m) {
        infos.push_back(run_info(context_, provenance, m, sets, evaluation));
    }
    const Result<std::vector<std::int64_t>> runs = writer_.begin_runs(infos);
    if (!runs) {
        return runs.error();
    }
    for (const std::int64_t run : *runs) {
        R2T2_TRY(add_run(run));
    }
    return record_problems(provenance, sets);
}

Status Recorder::record_problems(const Provenance& provenance, const std::vector<SampleSetPtr>& sets) {
    for (const SampleSetPtr& set : sets) {
        for (const Error& problem : provenance.shard.index == 0 ? set->problems() : std::vector<Error>()) {
            R2T2_TRY(record_error(set->name(), 0, problem.where, problem));
        }
    }
    return {};
}

Status Recorder::resume_runs(const std::vector<StoredRun>& stored, const Provenance& provenance,
                             const std::vector<SampleSetPtr>& sets) {
    if (stored.size() != context_.methods.size()) {
        return invalid_input(path_.string(), "methods", std::to_string(context_.methods.size()),
                             std::to_string(stored.size()) + ", as in the run that is resumed");
    }
    for (std::size_t m = 0; m < context_.methods.size(); ++m) {
        const std::string where = path_.string() + ": run " + std::to_string(stored[m].id);
        const RunInfo wanted = run_info(context_, provenance, m, sets, {});
        for (const auto& [what, values] : differences_to_check(stored[m].info, wanted)) {
            if (values.first != values.second) {
                return invalid_input(where, what, values.second, values.first + ", as in the run that is resumed");
            }
        }
        R2T2_TRY(writer_.resume_run(stored[m].id));
        R2T2_TRY(add_run(stored[m].id));
    }
    return record_problems(provenance, sets);
}

Result<std::optional<SampleOutcome>> Recorder::earlier(const std::string& set, std::size_t, const std::string& id) {
    const SampleKey key{set, id};
    for (const std::set<SampleKey>& done : done_) {
        if (done.count(key) == 0) {
            return std::optional<SampleOutcome>();
        }
    }
    if (!reader_) {
        return std::optional<SampleOutcome>();
    }
    SampleOutcome outcome;
    outcome.id = id;
    outcome.done = true;
    for (const std::int64_t run : runs_) {
        const Result<StoredSample> stored = reader_->sample(run, key);
        if (!stored) {
            return stored.error();
        }
        outcome.methods.push_back(method_outcome(stored->trajectory));
    }
    return std::optional<SampleOutcome>(std::move(outcome));
}

Status Recorder::record(const std::string& set, std::size_t, const SampleRun& run, const SampleOutcome& outcome) {
    SampleInfo info{{set, outcome.id}, run.sample.question, run.sample.image_path, std::nullopt};
    if (!run.sample.ground_truth.empty()) {
        info.ground_truth = run.sample.ground_truth;
    }
    const ReferenceNamer namer = [this](std::size_t index) {
        const ReferenceRecord& record = context_.reference->store().records()[index];
        return ReferenceName{record.set, record.id, record.routing, record.question, record.ground_truth, record.image_path};
    };
    std::vector<RunTrajectory> results;
    for (std::size_t m = 0; m < runs_.size(); ++m) {
        if (done_[m].count(info.id) == 0) {  // older programs wrote one method after the other
            results.push_back({runs_[m], &run.trajectories[m]});
        }
    }
    return writer_.write_sample(results, info, namer);
}

Status Recorder::record_error(const std::string& set, std::size_t, const std::string& id, const Error& error) {
    for (std::size_t m = 0; m < runs_.size(); ++m) {
        const SampleInfo info{{set, id}, {}, {}, std::nullopt};
        if (done_[m].count(info.id) == 0) {
            R2T2_TRY(writer_.record_error(runs_[m], info, error));
        }
    }
    return {};
}

Status Recorder::finish(const Evaluation& evaluation) {
    const RunState state = evaluation.interrupted       ? RunState::Cancelled
                           : evaluation.too_many_errors ? RunState::Failed
                                                        : RunState::Finished;
    for (const std::int64_t run : runs_) {
        R2T2_TRY(writer_.finish_run(run, state));
    }
    return {};
}

/// A file that is there; blank if it was killed while it was made.
Result<SessionWriter> open_to_resume(const std::filesystem::path& path) {
    if (std::error_code code; !std::filesystem::exists(path, code)) {
        return Error{ErrorKind::NotFound, path.string(), "--resume", "no such file", "the session of the run to go on with"};
    }
    return SessionWriter::open_or_create(path.string());
}

/// The runs of the session's last evaluation; none where there are no runs at all (killed before the first).
Result<std::vector<StoredRun>> last_evaluation(SessionReader& reader, const std::filesystem::path& path) {
    Result<std::vector<StoredRun>> runs = reader.runs();
    if (!runs || runs->empty()) {
        return runs;
    }
    std::string last;
    for (const StoredRun& run : *runs) {
        last = evaluation_of(run.info).empty() ? last : evaluation_of(run.info);
    }
    if (last.empty()) {
        return Error{ErrorKind::NotFound, path.string(), "--resume", "no evaluation", "a session with an evaluation"};
    }
    std::erase_if(*runs, [&](const StoredRun& run) { return evaluation_of(run.info) != last; });
    return runs;
}

}  // namespace

Result<std::unique_ptr<SessionRecorder>> SessionRecorder::begin(const std::filesystem::path& path,
                                                                const Provenance& provenance,
                                                                const EvaluationContext& context,
                                                                const std::vector<SampleSetPtr>& sets) {
    Result<SessionWriter> writer = SessionWriter::open_or_create(path.string());
    if (!writer) {
        return writer.error();
    }
    Result<SessionReader> reader = SessionReader::open(path.string());
    if (!reader) {
        return reader.error();
    }
    const Result<std::vector<StoredRun>> runs = reader->runs();
    if (!runs) {
        return runs.error();
    }
    auto recorder = std::make_unique<Recorder>(path, std::move(*writer), context);
    R2T2_TRY(recorder->begin_runs(provenance, sets, "evaluation " + std::to_string(runs->size() + 1)));
    return std::unique_ptr<SessionRecorder>(std::move(recorder));
}

Result<std::unique_ptr<SessionRecorder>> SessionRecorder::resume(const std::filesystem::path& path,
                                                                 const Provenance& provenance,
                                                                 const EvaluationContext& context,
                                                                 const std::vector<SampleSetPtr>& sets) {
    Result<SessionWriter> writer = open_to_resume(path);
    if (!writer) {
        return writer.error();
    }
    Result<SessionReader> reader = SessionReader::open(path.string());
    if (!reader) {
        return reader.error();
    }
    const Result<std::vector<StoredRun>> together = last_evaluation(*reader, path);
    if (!together) {
        return together.error();
    }
    if (together->empty()) {
        return begin(path, provenance, context, sets);
    }
    auto recorder = std::make_unique<Recorder>(path, std::move(*writer), context);
    R2T2_TRY(recorder->resume_runs(*together, provenance, sets));
    recorder->set_reader(std::move(*reader));
    return std::unique_ptr<SessionRecorder>(std::move(recorder));
}

Result<StoredEvaluation> stored_evaluation(const std::filesystem::path& path) {
    Result<SessionReader> reader = SessionReader::open(path.string());
    if (!reader) {
        return reader.error();
    }
    const Result<std::vector<StoredRun>> together = last_evaluation(*reader, path);
    if (!together) {
        return together.error();
    }
    if (together->empty()) {
        return Error{ErrorKind::NotFound, path.string(), "runs", "none", "a session with an evaluation"};
    }
    StoredEvaluation out;
    for (const StoredRun& run : *together) {
        const std::string where = path.string() + ": run " + std::to_string(run.id) + ": config";
        const Json config = Json::parse(run.info.config, nullptr, false);
        try {
            Result<MethodParams> params = parse_method_params(config.at("parameters").dump(), where);
            if (!params) {
                return params.error();
            }
            out.methods.push_back(*params);
            const Json& data = config.at("data");
            out.data = {data.at("sets"), data.at("split"), data.at("seed"), data.at("samples")};
            out.side_by_side = config.at("side_by_side");
            out.scoring = config.at("scoring") == std::string(name(ScoringRule::Exact)) ? ScoringRule::Exact : ScoringRule::StartsWith;
            out.sweep.clear();
            const Json sweep = config.value("sweep", Json::object());
            for (const auto& [axis, values] : sweep.items()) {
                out.sweep.push_back({axis, values});
            }
        } catch (const Json::exception& error) {
            return invalid_input(where, "data, parameters, side_by_side, scoring", error.what(),
                                 "a run of this version; older ones go on with r2t2 evaluate --resume and their own options");
        }
    }
    const Result<Shard> shard = parse_shard(shard_of(together->front().info));
    out.shard = shard ? *shard : Shard();
    out.seed = together->front().info.seed;
    return out;
}

Result<ControlConstants> SessionRecorder::stored_controls(const std::filesystem::path& path) {
    if (const Result<SessionWriter> writer = open_to_resume(path); !writer) {
        return writer.error();
    }
    Result<SessionReader> reader = SessionReader::open(path.string());
    if (!reader) {
        return reader.error();
    }
    const Result<std::vector<StoredRun>> together = last_evaluation(*reader, path);
    if (!together) {
        return together.error();
    }
    ControlConstants out;
    for (const StoredRun& run : *together) {
        const Json config = Json::parse(run.info.config, nullptr, false);
        const bool offset = run.info.method == to_string(Method::ConstantOffset);
        if (!config.is_object() || !config.contains("constant") || (!offset && run.info.method != to_string(Method::BestFixed))) {
            continue;
        }
        const Json& values = config["constant"];
        const std::size_t experts = run.info.space.expert_count();
        if (!values.is_array() || values.empty() || values.size() % experts != 0 ||
            !std::all_of(values.begin(), values.end(), [](const Json& value) { return value.is_number(); })) {
            return invalid_input(path.string() + ": run " + std::to_string(run.id), "config.constant", values.dump().substr(0, 60),
                                 "numbers, a row of " + std::to_string(experts) + " a mixer");
        }
        RoutingMatrix matrix(values.size() / experts, experts);
        std::copy(values.begin(), values.end(), matrix.values().begin());
        (offset ? out.offset : out.best_fixed) = std::move(matrix);
    }
    return out;
}

}  // namespace r2t2
