#include "core/run/stored_evaluation.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/json/parse_json.h"
#include "core/results/run_config.h"
#include "core/run/method_params_json.h"

namespace r2t2 {

namespace {
using Json = nlohmann::ordered_json;
}

Result<SessionWriter> open_to_resume(const std::filesystem::path& path) {
    if (std::error_code code; !std::filesystem::exists(path, code)) {
        return Error{ErrorKind::NotFound, path.string(), "--resume", "no such file", "the session of the run to go on with"};
    }
    return SessionWriter::open_or_create(path.string());
}

Result<std::vector<StoredRun>> runs_to_resume(const std::filesystem::path& path) {
    Result<SessionReader> reader = SessionReader::open(path.string());
    if (!reader) {
        return reader.error();
    }
    Result<std::vector<StoredRun>> runs = reader->runs();
    if (!runs || runs->empty()) {
        return runs;
    }
    std::vector<StoredRun> together = last_evaluation(std::move(*runs));
    if (together.empty()) {
        return Error{ErrorKind::NotFound, path.string(), "--resume", "no evaluation", "a session with an evaluation"};
    }
    return together;
}

Result<StoredEvaluation> stored_evaluation(const std::filesystem::path& path) {
    const Result<std::vector<StoredRun>> together = runs_to_resume(path);
    if (!together) {
        return together.error();
    }
    if (together->empty()) {
        return Error{ErrorKind::NotFound, path.string(), "runs", "none", "a session with an evaluation"};
    }
    StoredEvaluation out;
    for (const StoredRun& run : *together) {
        const std::string where = path.string() + ": run " + std::to_string(run.id) + ": config";
        const Json config = stored_json(run.info.config);
        try {
            Result<MethodParams> params = parse_method_params(config.at("parameters").dump(), where);
            if (!params) {
                return params.error();
            }
            out.methods.push_back(*params);
            const Json& data = config.at("data");
            out.data = {data.at("sets"), data.at("split"), data.at("seed"), data.at("samples")};
            if (data.contains("benchmark")) {
                const Json& benchmark = data["benchmark"];
                out.data.benchmark = {benchmark.at("directory"), benchmark.at("limit"), benchmark.at("direct_answers"), benchmark.at("moai_parity")};
            }
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
    const Result<Shard> shard = parse_shard(shard_name(together->front().info));
    out.shard = shard ? *shard : Shard();
    out.seed = together->front().info.seed;
    return out;
}

Result<ControlConstants> stored_controls(const std::filesystem::path& path) {
    if (const Result<SessionWriter> writer = open_to_resume(path); !writer) {
        return writer.error();
    }
    const Result<std::vector<StoredRun>> together = runs_to_resume(path);
    if (!together) {
        return together.error();
    }
    ControlConstants out;
    for (const StoredRun& run : *together) {
        const Json config = stored_json(run.info.config);
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
