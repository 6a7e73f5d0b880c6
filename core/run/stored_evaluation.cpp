#include "core/run/stored_evaluation.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "core/base/path_text.h"
#include "core/json/parse_json.h"
#include "core/results/run_config.h"
#include "core/routing/method_params_json.h"

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

Result<std::vector<std::vector<StoredRun>>> evaluations_to_resume(const std::filesystem::path& path) {
    Result<SessionReader> reader = SessionReader::open(path.string());
    if (!reader) {
        return reader.error();
    }
    Result<std::vector<StoredRun>> runs = reader->runs();
    if (!runs) {
        return runs.error();
    }
    std::vector<std::vector<StoredRun>> evaluations;
    std::map<std::string, std::size_t> places;
    for (StoredRun& run : *runs) {
        const std::string name = evaluation_name(run.info);
        if (name.empty()) {
            continue;
        }
        const auto [place, fresh] = places.emplace(name, evaluations.size());
        if (fresh) {
            evaluations.emplace_back();
        }
        evaluations[place->second].push_back(std::move(run));
    }
    if (evaluations.empty() && !runs->empty()) {
        return Error{ErrorKind::NotFound, path.string(), "--resume", "no evaluation", "a session with an evaluation"};
    }
    return evaluations;
}

Result<std::vector<StoredRun>> runs_to_resume(const std::filesystem::path& path, std::optional<std::int64_t> run) {
    Result<std::vector<std::vector<StoredRun>>> evaluations = evaluations_to_resume(path);
    if (!evaluations) {
        return evaluations.error();
    }
    if (!run) {
        return evaluations->empty() ? std::vector<StoredRun>() : std::move(evaluations->back());
    }
    for (std::vector<StoredRun>& evaluation : *evaluations) {
        if (std::any_of(evaluation.begin(), evaluation.end(), [run](const StoredRun& each) { return each.id == *run; })) {
            return std::move(evaluation);
        }
    }
    return Error{ErrorKind::NotFound, path.string(), "--run", std::to_string(*run), "a run of one of its evaluations"};
}

Result<std::string> free_evaluation_name(const std::filesystem::path& path, std::int64_t first_run) {
    Result<SessionReader> reader = SessionReader::open(path.string());
    if (!reader) {
        return reader.error();
    }
    const Result<std::vector<StoredRun>> runs = reader->runs();
    if (!runs) {
        return runs.error();
    }
    std::set<std::string> taken;
    for (const StoredRun& run : *runs) {
        taken.insert(evaluation_name(run.info));
    }
    std::int64_t number = first_run;
    while (taken.count("evaluation " + std::to_string(number)) != 0) {
        ++number;
    }
    return "evaluation " + std::to_string(number);
}

GroundSource stored_ground(const RunInfo& info) {
    const Json config = stored_json(info.config);
    GroundSource source;
    if (!config.is_object()) {
        return source;
    }
    const auto object = [&config](const char* key) { return config.contains(key) && config[key].is_object() ? config[key] : Json::object(); };
    try {
        source.model = path_of_text(object("model").value("path", source.model)).string();
        source.model_identity = object("model").value("identity", source.model_identity);
        source.precision = config.value("precision", source.precision);
        source.device = config.value("device", source.device);
        source.beams = object("generation").value("beams", source.beams);
        source.max_new_tokens = object("generation").value("max_new_tokens", source.max_new_tokens);
        const Json reference = object("reference");
        source.reference.path = path_of_text(reference.value("path", source.reference.path)).string();
        source.reference.candidates = reference.value("candidates", source.reference.candidates);
        source.reference.seed = reference.value("seed", source.reference.seed);
        source.reference.embedding = path_of_text(reference.value("embedding", source.reference.embedding)).string();
    } catch (const Json::exception&) {  // of another kind than ours: the defaults, and check_same_run has the last word
        return {};
    }
    return source;
}

Result<StoredEvaluation> stored_evaluation(const std::vector<StoredRun>& runs, const std::filesystem::path& path) {
    if (runs.empty()) {
        return Error{ErrorKind::NotFound, path.string(), "runs", "none", "a session with an evaluation"};
    }
    StoredEvaluation out;
    for (const StoredRun& run : runs) {
        const std::string where = path.string() + ": run " + std::to_string(run.id) + ": config";
        const Json config = stored_json(run.info.config);
        try {
            Result<MethodParams> params = parse_method_params(config.at("parameters").dump(), where);
            if (!params) {
                return params.error();
            }
            out.methods.push_back(*params);
            const Json& data = config.at("data");
            out.data = {paths_of_texts(data.at("sets")), data.at("split"), data.at("seed"), data.at("samples")};
            if (data.contains("benchmark")) {
                const Json& benchmark = data["benchmark"];
                out.data.benchmark = {path_of_text(benchmark.at("directory").get<std::string>()).string(), benchmark.at("limit"), benchmark.at("direct_answers"), benchmark.at("moai_parity")};
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
    const Result<Shard> shard = parse_shard(shard_name(runs.front().info));
    out.shard = shard ? *shard : Shard();
    out.seed = runs.front().info.seed;
    out.source = stored_ground(runs.front().info);
    return out;
}

Result<ControlConstants> stored_controls(const std::vector<StoredRun>& runs, const std::filesystem::path& path) {
    ControlConstants out;
    for (const StoredRun& run : runs) {
        const Json config = stored_json(run.info.config);
        const Result<Method> method = parse_method(run.info.method);
        const ConstantNeed need = method ? method_row(*method).constant : ConstantNeed::None;
        if (!config.is_object() || !config.contains("constant") || need == ConstantNeed::None) {
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
        out.constant(need) = std::move(matrix);
    }
    return out;
}

}  // namespace r2t2
