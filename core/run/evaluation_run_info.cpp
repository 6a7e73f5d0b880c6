#include "core/run/evaluation_run_info.h"

#include <nlohmann/json.hpp>

#include "core/base/sha256.h"
#include "core/json/parse_json.h"
#include "core/results/run_config.h"
#include "core/run/method_params_json.h"

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
        if (!data.benchmark.directory.empty()) {
            config["data"]["benchmark"] = {{"directory", data.benchmark.directory}, {"limit", data.benchmark.limit},
                                           {"direct_answers", data.benchmark.direct_answers}, {"moai_parity", data.benchmark.moai_parity}};
        }
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
    if (const std::string& precision = context.model->info().precision; precision != "fp32") {
        config["precision"] = precision;  // a resumed run keeps it
    }
    config["parameters"] = stored_json(method_params_json(params));
    if (params.method == Method::ConstantOffset) {
        config["constant"] = context.controls.offset.values();
    }
    if (params.method == Method::BestFixed) {
        config["constant"] = context.controls.best_fixed.values();
    }
    return config.dump();
}

std::string precision_of(const RunInfo& info) {
    const Json config = stored_json(info.config);
    const auto found = config.is_object() ? config.find("precision") : config.end();
    return found != config.end() && found->is_string() ? found->get<std::string>() : "fp32";
}

/// Without what is no choice of the user's, or is said elsewhere.
std::string chosen_config(const RunInfo& info) {
    Json config = stored_json(info.config);
    if (config.is_object()) {
        for (const char* key : {"evaluation", "constant", "shard", "data", "sweep", "variant", "precision"}) {
            config.erase(key);
        }
    }
    return config.dump();
}

}  // namespace

RunInfo evaluation_run_info(const EvaluationContext& context, const Provenance& provenance, std::size_t method,
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

Status check_same_run(const RunInfo& stored, const RunInfo& wanted, const std::string& where) {
    const std::tuple<const char*, std::string, std::string> pairs[] = {{"method", stored.method, wanted.method},
                                                                       {"model hash", stored.model_hash, wanted.model_hash},
                                                                       {"precision of the model", precision_of(stored), precision_of(wanted)},
                                                                       {"reference hash", stored.reference_hash, wanted.reference_hash},
                                                                       {"data hash", stored.data_hash, wanted.data_hash},
                                                                       {"shard", shard_name(stored), shard_name(wanted)},
                                                                       {"parameters", chosen_config(stored), chosen_config(wanted)}};
    for (const auto& [what, there, asked] : pairs) {
        if (there != asked) {
            return invalid_input(where, what, asked, there + ", as in the run that is resumed");
        }
    }
    return {};
}

}  // namespace r2t2
