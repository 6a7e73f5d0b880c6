#include "core/run/evaluation_run_info.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>

#include "core/base/log.h"
#include "core/base/path_text.h"
#include "core/base/sha256.h"
#include "core/checkpoint/model_identity.h"
#include "core/json/parse_json.h"
#include "core/results/run_config.h"
#include "core/routing/method_params_json.h"
#include "core/run/config_difference.h"

namespace r2t2 {

namespace {

using Json = nlohmann::ordered_json;

/// Which samples in which order, and what they are.
std::string content_hash(const std::vector<SampleSetPtr>& sets) {
    Sha256 hash;
    for (const SampleSetPtr& set : sets) {
        hash.update(set->name() + "\n" + set->content() + "\n");
    }
    return kContentHash + hash.hex().substr(0, 16);
}

/// The hash of programs before contents were hashed: names and ids. Kept beside the other, so that their runs can be told.
std::string names_hash(const std::vector<SampleSetPtr>& sets) {
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

/// Which samples the run is begun with, so that one which differs later is known by name: of every set its samples' prints.
Json prints_json(const std::vector<SampleSetPtr>& sets) {
    Json out = Json::object();
    for (const SampleSetPtr& set : sets) {
        const std::string prints = set->prints();
        out[set->name()] = prints.empty() ? set->content() : prints;
    }
    return out;
}

/// What the run stands on: what it is, and how to open it again.
void add_ground(const EvaluationContext& context, const Provenance& provenance, Json& config) {
    const ModelInfo& model = context.model->info();
    const GroundSource source = provenance.source.absolute();
    if (model.precision != "fp32") {
        config["precision"] = model.precision;
    }
    config["model"] = {{"path", path_text(source.model)}, {"identity", provenance.model_identity}, {"parts", provenance.model_parts}, {"recommended", provenance.recommended}};
    if (!provenance.tuned_gates.empty()) {
        config["model"]["tuned_gates"] = provenance.tuned_gates;
    }
    config["device"] = model.device;
    config["generation"] = {{"beams", model.beams}, {"max_new_tokens", model.max_new_tokens}};
    const ReferenceSource& reference = source.reference;
    config["reference"] = {{"path", path_text(reference.path)}, {"candidates", reference.candidates}, {"seed", reference.seed},
                           {"embedding", path_text(reference.embedding)}};
    if (!provenance.reference_native_hash.empty()) {
        config["reference"]["native_hash"] = provenance.reference_native_hash;
    }
    if (!provenance.reference_asked.empty()) {
        config["reference"]["asked"] = provenance.reference_asked;
    }
    for (const auto& [mode, surfaces] : provenance.surfaces) {
        config["reference"]["surfaces"][mode] = {{"form", surfaces.form}, {"hash", surfaces.hash}};
    }
    if (!provenance.embedding_content.empty()) {
        config["reference"]["embedding_content"] = provenance.embedding_content;
        config["reference"]["embedding_source"] = path_text(provenance.embedding_source);
        if (!provenance.embedding_remarks.empty()) {
            config["reference"]["embedding_remarks"] = provenance.embedding_remarks;
        }
    }
}

/// Files by names that mean the same in another folder; names of sets as they are.
std::vector<std::string> lasting_names(const SampleChoice& data) {
    std::vector<std::string> names = data.sets;
    for (std::string& name : names) {
        std::error_code code;
        if (data.benchmark.directory.empty() && std::filesystem::is_regular_file(name, code)) {
            name = path_text(std::filesystem::absolute(name, code));
        }
    }
    return names;
}

/// Of every set, what this run is begun for: its shard's samples, and the records that the first shard tells of.
Json planned_json(const EvaluationContext& context, const Shard& shard, const std::vector<SampleSetPtr>& sets) {
    const std::size_t side_by_side = std::max<std::size_t>(context.side_by_side, 1);
    std::size_t groups = 0;
    std::map<std::string, std::int64_t> planned;
    for (const SampleSetPtr& set : sets) {
        std::int64_t& count = planned[set->name()];
        for (std::size_t i = 0; i < set->size(); ++i) {
            count += shard.has_group(groups + i / side_by_side) ? 1 : 0;
        }
        groups += (set->size() + side_by_side - 1) / side_by_side;
        std::set<std::string> left_out;  // one row each
        for (const Error& problem : shard.index == 0 ? set->problems() : std::vector<Error>()) {
            left_out.insert(problem.where);
        }
        count += static_cast<std::int64_t>(left_out.size());
    }
    return planned;
}

/// Of every set: how many of its samples are references too, and the first of them.
Json reference_samples_json(const ReferenceOverlap& overlap, const std::vector<SampleSetPtr>& sets) {
    constexpr std::size_t kNamed = 20;
    Json out = {{"sets", Json::object()}, {"pictures_not_opened", overlap.unread}, {"references_without_picture_hash", overlap.without_hash}};
    for (const SampleSetPtr& set : sets) {
        Json& of = out["sets"][set->name()] = {{"count", 0}, {"ids", Json::array()}};
        std::size_t count = 0;
        for (const SharedSample& sample : overlap.shared) {
            if (sample.set == set->name() && count++ < kNamed) {
                of["ids"].push_back(sample.id);
            }
        }
        of["count"] = count;
    }
    return out;
}

std::string config_of(const EvaluationContext& context, const Provenance& provenance, std::size_t method,
                      const std::vector<SampleSetPtr>& sets, const std::string& evaluation) {
    const MethodParams& params = context.methods[method];
    Json config;
    config["evaluation"] = evaluation;  // runs that were made together share it
    if (const std::string variant = variant_labels(context.methods)[method]; !variant.empty()) {
        config["variant"] = variant;
    }
    const SampleChoice& data = provenance.data;
    if (!data.sets.empty()) {
        config["data"] = {{"sets", lasting_names(data)}, {"split", data.split}, {"seed", data.seed}, {"samples", data.samples}};
        if (!data.benchmark.directory.empty()) {
            config["data"]["benchmark"] = {{"directory", path_text(data.benchmark.directory)}, {"limit", data.benchmark.limit},
                                           {"direct_answers", data.benchmark.direct_answers}, {"moai_parity", data.benchmark.moai_parity}};
        }
    }
    for (const SweepAxis& axis : provenance.sweep) {
        config["sweep"][axis.name] = axis.values;
    }
    if (provenance.shard.count > 1) {
        config["shard"] = to_string(provenance.shard);
    }
    config["data_names"] = names_hash(sets);
    config["prints"] = prints_json(sets);
    config["planned"] = planned_json(context, provenance.shard, sets);  // so that a run that was cut is known as such
    for (const SampleSetPtr& set : sets) {
        if (const auto left_out = set->left_out(); !left_out.empty()) {
            config["left_out"][set->name()] = left_out;
        }
    }
    if (provenance.overlap) {
        config["reference_samples"] = reference_samples_json(*provenance.overlap, sets);
    }
    config["scoring"] = std::string(name(context.scoring));
    config["max_neighbours"] = context.max_neighbours;
    config["side_by_side"] = context.side_by_side;
    add_ground(context, provenance, config);
    config["parameters"] = stored_json(method_params_json(params));
    if (const ConstantNeed need = method_row(params.method).constant; need != ConstantNeed::None) {
        config["constant"] = context.controls.constant(need).values();
    }
    return config.dump(-1, ' ', false, Json::error_handler_t::replace);  // what is no path and no UTF-8 is for reading alone
}

std::string precision_of(const RunInfo& info) {
    const Json config = stored_json(info.config);
    const auto found = config.is_object() ? config.find("precision") : config.end();
    return found != config.end() && found->is_string() ? found->get<std::string>() : "fp32";
}

Json part_of_config(const RunInfo& info, const char* key) {
    const Json config = stored_json(info.config);
    return config.is_object() && config.contains(key) ? config[key] : Json();
}

/// Empty: a run from before it was kept.
std::string generation_of(const RunInfo& info) {
    const Json generation = part_of_config(info, "generation");
    return generation.is_object() ? generation.dump() : std::string();
}

std::string reference_text(const RunInfo& info, const char* key) {
    const Json reference = part_of_config(info, "reference");
    return reference.is_object() && reference.contains(key) && reference[key].is_string() ? reference[key].get<std::string>() : std::string();
}

/// "offset: quadratic". Tables of one form, model and set have the same numbers, whoever made them and when.
std::string surface_forms_of(const RunInfo& info) {
    const Json reference = part_of_config(info, "reference");
    const Json surfaces = reference.is_object() ? reference.value("surfaces", Json::object()) : Json::object();
    std::string out;
    for (const auto& [mode, each] : surfaces.items()) {
        out += (out.empty() ? "" : ", ") + mode + ": " + (each.is_object() ? each.value("form", Json()).dump() : std::string());
    }
    return out.empty() ? "none" : out;
}

std::string tuned_gates_of(const RunInfo& info) {
    const Json model = part_of_config(info, "model");
    return model.is_object() && model.contains("tuned_gates") && model["tuned_gates"].is_string() ? model["tuned_gates"].get<std::string>() : std::string("none");
}

std::string embedding_content_of(const RunInfo& info) { return reference_text(info, "embedding_content"); }

/// A run that was begun on the set before it was refined goes on with the refined one, whose native part it was.
bool goes_on_with(const RunInfo& stored, const RunInfo& wanted) { return !stored.reference_hash.empty() && stored.reference_hash == reference_text(wanted, "native_hash"); }

/// Another seed or number of candidates of the bundled world is another reference set, before it is built.
Status check_bundled_references(const RunInfo& stored, const RunInfo& wanted, const std::string& where) {
    const Json there = part_of_config(stored, "reference"), asked = part_of_config(wanted, "reference");
    const auto is_bundled = [](const Json& reference) { return reference.is_object() && reference.value("path", Json()) == Json(""); };
    for (const char* field : {"seed", "candidates"}) {
        if (is_bundled(there) && is_bundled(asked) && there.value(field, Json()) != asked.value(field, Json())) {
            return invalid_input(where, std::string("reference set: ") + field, asked.value(field, Json()).dump(),
                                 there.value(field, Json()).dump() + ", as in the run that is resumed");
        }
    }
    return {};
}

/// Without what is no choice of the user's, or is said elsewhere.
std::string chosen_config(const RunInfo& info) {
    Json config = stored_json(info.config);
    if (config.is_object()) {
        for (const char* key : {"evaluation", "constant", "shard", "data", "sweep", "variant", "precision", "model", "device", "generation", "reference", "planned", "left_out", "reference_samples",
                                "data_names", "prints"}) {
            config.erase(key);
        }
        if (config.contains("parameters")) {  // of a program that knew fewer parameters, or had them in another order: the others are as they were then
            const Result<MethodParams> params = parse_method_params(config["parameters"].dump(), "run");
            config["parameters"] = params ? stored_json(method_params_json(*params)) : config["parameters"];
        }
    }
    return config.dump();
}

/// What the user chose: the first parameter that is another is named with both values.
Status check_chosen(const RunInfo& stored, const RunInfo& wanted, const std::string& where) {
    const std::string as_there = ", as in the run that is resumed";
    const std::optional<ConfigDifference> differs = first_config_difference(stored_json(chosen_config(wanted)), stored_json(chosen_config(stored)));
    return differs ? Status(invalid_input(where, differs->name.empty() ? "parameters" : differs->name, differs->asked, differs->there + as_there)) : Status();
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
    info.config = config_of(context, provenance, method, sets, evaluation);
    info.space = context.model->routing_space();
    info.seed = context.seed;
    info.model_name = context.model->info().miniature ? "miniature" : context.model->info().name;
    info.model_hash = provenance.model_hash;
    info.data_hash = content_hash(sets);
    info.reference_hash = provenance.reference_hash;
    info.versions = provenance.versions;
    info.command = provenance.command;
    return info;
}

RunInfo with_data_of(RunInfo stored, const RunInfo& now) {
    Json config = stored_json(stored.config);
    const Json others = stored_json(now.config);
    for (const char* key : {"data_names", "prints", "planned", "left_out", "reference_samples"}) {
        if (others.contains(key)) {
            config[key] = others[key];
        } else if (std::string_view(key) != "reference_samples") {  // these may not have been looked for now
            config.erase(key);
        }
    }
    stored.config = config.dump(-1, ' ', false, Json::error_handler_t::replace);
    stored.data_hash = now.data_hash;
    return stored;
}

ModelIdentity model_identity(const RunInfo& info) {
    const Json model = part_of_config(info, "model");
    ModelIdentity out;
    try {
        if (model.is_object()) {
            out.identity = model.value("identity", std::string());
            out.parts = model.value("parts", std::map<std::string, std::string>());
        }
    } catch (const Json::exception&) {  // of another kind than ours: as if it were not there
        return {};
    }
    return out;
}

Status check_same_model(const RunInfo& stored, const std::string& weights_hash, const ModelIdentity& asked, const std::string& where) {
    const ModelIdentity there = model_identity(stored);
    const std::string as_there = ", as in the run that is resumed";
    if (there.identity.empty() || asked.identity.empty()) {
        return stored.model_hash == weights_hash ? Status() : Status(invalid_input(where, "model hash", weights_hash, stored.model_hash + as_there));
    }
    if (there.identity == asked.identity) {
        return {};
    }
    const std::optional<IdentityDifference> differs = first_difference(asked.parts, there.parts);
    return differs ? invalid_input(where, "model: " + differs->part, differs->here, differs->there + as_there)
                   : invalid_input(where, "model identity", asked.identity, there.identity + as_there);
}

void warn_of_unknown_model(const RunInfo& stored, const RunInfo& wanted, const std::string& where) {
    if (model_identity(stored).identity.empty() && !model_identity(wanted).identity.empty()) {
        log_warning("session", where + ": the run that is resumed says only which weights it was begun with. They are the same; whether config.json "
                                       "and tokenizer.model are is not known");
    }
}

void warn_of_other_recommendation(const RunInfo& stored, const RunInfo& wanted, const std::string& where) {
    const auto recommended = [](const RunInfo& info) {
        const Json model = part_of_config(info, "model");
        return model.is_object() && model.contains("recommended") && model["recommended"].is_string() ? model["recommended"].get<std::string>() : std::string();
    };
    if (!recommended(stored).empty() && recommended(stored) != recommended(wanted)) {
        log_warning("session", where + ": the model's rerouting.json is not what it was when the run was begun: the run goes on with its own parameters");
    }
}

Status check_same_run(const RunInfo& stored, const RunInfo& wanted, const std::string& where, Compared compared) {
    const std::tuple<const char*, std::string, std::string> pairs[] = {{"method", stored.method, wanted.method},
                                                                       {"precision of the model", precision_of(stored), precision_of(wanted)},
                                                                       {"reference hash", stored.reference_hash, wanted.reference_hash},
                                                                       {"shard", shard_name(stored), shard_name(wanted)}};
    R2T2_TRY(check_same_model(stored, wanted.model_hash, model_identity(wanted), where));
    const std::string kept = generation_of(stored);
    if (!kept.empty() && kept != generation_of(wanted)) {
        return invalid_input(where, "beams and max_new_tokens", generation_of(wanted), kept + ", as in the run that is resumed");
    }
    if (compared == Compared::BeforeReferences) {
        R2T2_TRY(check_bundled_references(stored, wanted, where));
    }
    if (compared == Compared::All && !kept.empty() && embedding_content_of(stored) != embedding_content_of(wanted)) {
        return invalid_input(where, "content of the question embeddings", embedding_content_of(wanted), embedding_content_of(stored) + ", as in the run that is resumed");
    }
    const std::string told = reference_text(stored, "asked"), told_now = reference_text(wanted, "asked");
    if (compared == Compared::All && !told.empty() && !told_now.empty() && told != told_now && stored.reference_hash == wanted.reference_hash) {
        return invalid_input(where, "instructions, options, keys and facts of the reference set", "others (hash " + told_now + ")", "those of hash " + told + ", as in the run that is resumed");
    }
    if (const std::string there = surface_forms_of(stored), now = surface_forms_of(wanted); compared == Compared::All && there != now) {
        return invalid_input(where, "form of the response surfaces", now, there + ", as in the run that is resumed");
    }
    if (const std::string there = tuned_gates_of(stored), now = tuned_gates_of(wanted); compared == Compared::All && there != now) {
        return invalid_input(where, "trained gates", now, there + ", as in the run that is resumed");
    }
    for (const auto& [what, there, asked] : pairs) {
        const bool references = std::string(what) == "reference hash";
        const bool serves = references && goes_on_with(stored, wanted);
        if ((compared == Compared::All || !references) && !serves && there != asked) {
            return invalid_input(where, what, asked, there + ", as in the run that is resumed");
        }
    }
    return check_chosen(stored, wanted, where);
}

}  // namespace r2t2
