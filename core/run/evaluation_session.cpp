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

std::string config_of(const EvaluationContext& context, const MethodParams& params, const std::string& evaluation) {
    Json config;
    config["evaluation"] = evaluation;  // runs that were made together share it
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

RunInfo run_info(const EvaluationContext& context, const Provenance& provenance, const MethodParams& params,
                 const std::vector<SampleSetPtr>& sets, const std::string& evaluation) {
    RunInfo info;
    info.name = to_string(params.method);
    for (const SampleSetPtr& set : sets) {
        info.name += (&set == &sets.front() ? " on " : ", ") + set->name();
    }
    info.method = to_string(params.method);
    info.config = config_of(context, params, evaluation);
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

/// What must be equal for a run to go on, by name.
std::vector<std::pair<std::string, std::pair<std::string, std::string>>> differences_to_check(const RunInfo& stored,
                                                                                              const RunInfo& wanted) {
    const auto parameters = [](const RunInfo& info) {
        Json config = Json::parse(info.config, nullptr, false);
        if (config.is_object()) {
            config.erase("evaluation");
            config.erase("constant");  // fitted anew
        }
        return config.dump();
    };
    return {{"method", {stored.method, wanted.method}},
            {"model hash", {stored.model_hash, wanted.model_hash}},
            {"reference hash", {stored.reference_hash, wanted.reference_hash}},
            {"data hash", {stored.data_hash, wanted.data_hash}},
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
    void set_reader(SessionReader reader) { reader_.emplace(std::move(reader)); }

    [[nodiscard]] const std::filesystem::path& path() const override { return path_; }
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
    for (const MethodParams& params : context_.methods) {
        const Result<std::int64_t> run = writer_.begin_run(run_info(context_, provenance, params, sets, evaluation));
        if (!run) {
            return run.error();
        }
        R2T2_TRY(add_run(*run));
    }
    for (const SampleSetPtr& set : sets) {
        for (const Error& problem : set->problems()) {
            R2T2_TRY(record_error(set->name(), 0, problem.where, problem));
        }
    }
    return {};
}

Status Recorder::resume_runs(const std::vector<StoredRun>& stored, const Provenance& provenance,
                             const std::vector<SampleSetPtr>& sets) {
    for (std::size_t m = 0; m < context_.methods.size(); ++m) {
        const std::string where = path_.string() + ": run " + (m < stored.size() ? std::to_string(stored[m].id) : "?");
        if (m >= stored.size()) {
            return invalid_input(where, "methods", std::to_string(stored.size()),
                                 std::to_string(context_.methods.size()) + ", as in the run that is resumed");
        }
        const RunInfo wanted = run_info(context_, provenance, context_.methods[m], sets, {});
        for (const auto& [what, values] : differences_to_check(stored[m].info, wanted)) {
            if (values.first != values.second) {
                return invalid_input(where, what, values.second, values.first + ", as in the run that is resumed");
            }
        }
        R2T2_TRY(writer_.resume_run(stored[m].id));
        R2T2_TRY(add_run(stored[m].id));
    }
    return {};
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
    for (std::size_t m = 0; m < runs_.size(); ++m) {
        if (done_[m].count(info.id) == 0) {  // a killed run may have written some of the methods
            R2T2_TRY(writer_.write_sample(runs_[m], info, run.trajectories[m], namer));
        }
    }
    return {};
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
    Result<SessionReader> reader = SessionReader::open(path.string());
    if (!reader) {
        return reader.error();
    }
    const Result<std::vector<StoredRun>> runs = reader->runs();
    if (!runs) {
        return runs.error();
    }
    std::string last;
    for (const StoredRun& run : *runs) {
        last = evaluation_of(run.info).empty() ? last : evaluation_of(run.info);
    }
    if (last.empty()) {
        return Error{ErrorKind::NotFound, path.string(), "--resume", "no evaluation", "a session with an evaluation"};
    }
    std::vector<StoredRun> together;
    std::copy_if(runs->begin(), runs->end(), std::back_inserter(together),
                 [&](const StoredRun& run) { return evaluation_of(run.info) == last; });
    Result<SessionWriter> writer = SessionWriter::open(path.string());
    if (!writer) {
        return writer.error();
    }
    auto recorder = std::make_unique<Recorder>(path, std::move(*writer), context);
    R2T2_TRY(recorder->resume_runs(together, provenance, sets));
    recorder->set_reader(std::move(*reader));
    return std::unique_ptr<SessionRecorder>(std::move(recorder));
}

}  // namespace r2t2
