#include "core/reference/record_json.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "core/json/parse_json.h"
#include "core/reference/contradictions.h"

namespace r2t2::record_json {

namespace {

Result<const Json*> member(const Json& json, const char* key, const std::string& where) {
    const auto found = json.find(key);
    if (found == json.end()) {
        return invalid_input(where, key, "missing", "required key");
    }
    return &*found;
}

Status read_text(const Json& json, const char* key, bool may_be_empty, const std::string& where, std::string& text) {
    const auto value = member(json, key, where);
    if (!value.ok()) {
        return value.error();
    }
    if (!(*value)->is_string()) {
        return invalid_input(where, key, shown(**value), "text");
    }
    text = (*value)->get<std::string>();
    if (!may_be_empty && trimmed(text).empty()) {
        return invalid_input(where, key, "empty text", "text");
    }
    return {};
}

Status read_id(const Json& json, const std::string& where, ReferenceRecord& record) {
    const auto value = member(json, "id", where);
    if (!value.ok()) {
        return value.error();
    }
    const Json& id = **value;
    if (is_whole_number(id)) {
        record.id = whole_number_text(id);
        record.id_is_number = true;
    } else if (id.is_string() && !id.get_ref<const std::string&>().empty()) {
        record.id = id.get<std::string>();
    } else {
        return invalid_input(where, "id", shown(id), "an integer or a text that is not empty");
    }
    return {};
}

Status read_weights(const Json& json, const RoutingSpace& space, const std::string& where, const std::string& field,
                    std::span<double> row) {
    if (!json.is_object()) {
        return invalid_input(where, field, shown(json), "an object of weights");
    }
    std::size_t column = 0;
    for (const ExpertGroup& group : space.groups) {
        double sum = 0.0;
        for (const std::string& expert : group.experts) {
            const auto found = json.find(expert);
            const std::string name = field + "." + expert;
            if (found == json.end()) {
                return invalid_input(where, name, "missing", "a weight in 0 .. 1");
            }
            const double weight = found->is_number() ? found->get<double>() : std::nan("");
            if (!(weight >= 0.0 && weight <= 1.0 + 1e-4)) {
                return invalid_input(where, name, shown(*found), "a weight in 0 .. 1");
            }
            row[column++] = weight;
            sum += weight;
        }
        if (std::abs(sum - 1.0) > 1e-4) {
            return invalid_input(where, field + " of group " + group.name, "sum " + Json(sum).dump(), "sum 1 +- 1e-4");
        }
    }
    if (json.size() != column) {
        for (const auto& [key, value] : json.items()) {
            const auto names = space.expert_names();
            if (std::find(names.begin(), names.end(), key) == names.end()) {
                return invalid_input(where, field + "." + key, "an expert this model does not have",
                                     std::to_string(column) + " experts");
            }
        }
    }
    return {};
}

Status read_number(const Json& json, const char* key, const std::string& where, double& number) {
    const auto value = member(json, key, where);
    if (!value.ok()) {
        return value.error();
    }
    if (!(*value)->is_number() || !std::isfinite((*value)->get<double>())) {
        return invalid_input(where, key, shown(**value), "a finite number");
    }
    number = (*value)->get<double>();
    return {};
}

Status read_rows(const Json& json, const RoutingSpace& space, const std::string& where, const std::string& field, RoutingMatrix& rows) {
    if (!json.is_array() || json.empty() || json.size() != space.mixers) {
        return invalid_input(where, field, json.is_array() ? std::to_string(json.size()) + " rows" : shown(json),
                             "a list of " + std::to_string(space.mixers) + " rows, one a mixer");
    }
    rows = RoutingMatrix(json.size(), space.expert_count());
    for (std::size_t row = 0; row < json.size(); ++row) {
        R2T2_TRY(read_weights(json[row], space, where, field + "[" + std::to_string(row) + "]", rows.row(row)));
    }
    return {};
}

Status read_refined(const Json& json, const RoutingSpace& space, const std::string& where, RefinedRouting& refined) {
    if (!json.is_object()) {
        return invalid_input(where, "refined", shown(json), "an object");
    }
    const std::string inside = where + ": refined";
    const auto weights = member(json, "weights", inside);
    if (!weights.ok()) {
        return weights.error();
    }
    refined.routing = RoutingMatrix(1, space.expert_count());
    R2T2_TRY(read_weights(**weights, space, where, "refined.weights", refined.routing.row(0)));
    if (const auto mixers = json.find("weights_per_mixer"); mixers != json.end()) {
        R2T2_TRY(read_rows(*mixers, space, where, "refined.weights_per_mixer", refined.routing_per_mixer));
    }
    R2T2_TRY(read_number(json, "loss_before", inside, refined.loss_before));
    R2T2_TRY(read_number(json, "loss_after", inside, refined.loss_after));
    const auto correct = member(json, "is_correct", inside);
    if (!correct.ok()) {
        return correct.error();
    }
    if (!(*correct)->is_boolean()) {
        return invalid_input(inside, "is_correct", shown(**correct), "true or false");
    }
    refined.is_correct = (*correct)->get<bool>();
    return {};
}

Status read_asked(const Json& json, const std::string& where, AskedHashes& asked) {
    if (!json.is_object()) {
        return invalid_input(where, "asked", shown(json), "an object of hashes");
    }
    const std::string inside = where + ": asked";
    R2T2_TRY(read_text(json, "instruction", true, inside, asked.instruction));
    R2T2_TRY(read_text(json, "options", true, inside, asked.options));
    R2T2_TRY(read_text(json, "key", true, inside, asked.key));
    return read_text(json, "facts", true, inside, asked.facts);
}

Status read_extended(const Json& json, const RoutingSpace& space, const std::string& where, ReferenceRecord& record) {
    if (json.contains("set")) {
        R2T2_TRY(read_text(json, "set", true, where, record.set));
    }
    if (json.contains("pixels_hash")) {
        R2T2_TRY(read_text(json, "pixels_hash", true, where, record.pixels_hash));
    }
    const auto options = json.find("options");
    if (options != json.end() && is_repeated(*options)) {
        return invalid_input(where, "options", kRepeated, "each field once");
    }
    if (options != json.end() && options->is_array()) {
        std::vector<std::string> texts;
        for (const Json& option : *options) {
            texts.push_back(option.is_string() ? option.get<std::string>() : option.dump());
        }
        if (needs_options(record.model_answer, record.ground_truth, texts)) {
            record.options = std::move(texts);
            if (!json.contains("weights_per_mixer")) {  // else it was run here, and nobody asks
                record.tags[kScoredByTag] = "options";
            }
        }
    }
    if (const auto tags = json.find("tags"); tags != json.end()) {
        if (!tags->is_object()) {
            return invalid_input(where, "tags", shown(*tags), "an object of texts");
        }
        for (const auto& [key, value] : tags->items()) {
            if (!value.is_string()) {
                return invalid_input(where, "tags." + key, shown(value), "text");
            }
            record.tags[key] = value.get<std::string>();
        }
    }
    if (const auto mixers = json.find("weights_per_mixer"); mixers != json.end()) {
        R2T2_TRY(read_rows(*mixers, space, where, "weights_per_mixer", record.routing_per_mixer));
    }
    if (const auto refined = json.find("refined"); refined != json.end()) {
        R2T2_TRY(read_refined(*refined, space, where, record.refined.emplace()));
    }
    if (const auto asked = json.find("asked"); asked != json.end()) {
        R2T2_TRY(read_asked(*asked, where, record.asked.emplace()));
    }
    return {};
}

Json write_weights(std::span<const double> row, const RoutingSpace& space) {
    Json weights = Json::object();
    std::size_t column = 0;
    for (const std::string& expert : space.expert_names()) {
        weights[expert] = row[column++];
    }
    return weights;
}

Json write_rows(const RoutingMatrix& rows, const RoutingSpace& space) {
    Json out = Json::array();
    for (std::size_t row = 0; row < rows.rows(); ++row) {
        out.push_back(write_weights(rows.row(row), space));
    }
    return out;
}

}  // namespace

Result<Json> parse(std::string_view text, const std::string& where) {
    JsonLimits limits;
    limits.bytes = std::numeric_limits<std::uint64_t>::max();  // whoever read the file limited it
    return parse_ordered_json(text, where, limits);
}

Result<ReferenceRecord> read_record(const Json& json, const RoutingSpace& space, const std::string& where) {
    if (!json.is_object()) {
        return invalid_input(where, {}, shown(json), "an object");
    }
    ReferenceRecord record;
    R2T2_TRY(read_id(json, where, record));
    R2T2_TRY(read_text(json, "question", false, where, record.question));
    R2T2_TRY(read_text(json, "image_path", false, where, record.image_path));
    R2T2_TRY(read_text(json, "model_answer", true, where, record.model_answer));
    R2T2_TRY(read_text(json, "ground_truth", true, where, record.ground_truth));
    const auto correct = member(json, "is_correct", where);
    if (!correct.ok()) {
        return correct.error();
    }
    if (!(*correct)->is_boolean()) {
        return invalid_input(where, "is_correct", shown(**correct), "true or false");
    }
    record.is_correct = (*correct)->get<bool>();
    const auto weights = member(json, "weights", where);
    if (!weights.ok()) {
        return weights.error();
    }
    record.routing = RoutingMatrix(1, space.expert_count());
    R2T2_TRY(read_weights(**weights, space, where, "weights", record.routing.row(0)));
    R2T2_TRY(read_extended(json, space, where, record));
    return record;
}

Json write_record(const ReferenceRecord& record, const RoutingSpace& space, bool extended) {
    Json json = Json::object();
    json["id"] = record.id_is_number ? stored_json(record.id) : Json(record.id);
    json["question"] = record.question;
    json["image_path"] = record.image_path;
    json["model_answer"] = record.model_answer;
    json["ground_truth"] = record.ground_truth;
    json["is_correct"] = record.is_correct;
    json["weights"] = write_weights(record.routing.row(0), space);
    if (!extended) {
        return json;
    }
    if (!record.set.empty()) {
        json["set"] = record.set;
    }
    if (!record.tags.empty()) {
        json["tags"] = record.tags;
    }
    if (!record.options.empty()) {
        json["options"] = record.options;
    }
    if (!record.pixels_hash.empty()) {
        json["pixels_hash"] = record.pixels_hash;
    }
    if (!record.routing_per_mixer.empty()) {
        json["weights_per_mixer"] = write_rows(record.routing_per_mixer, space);
    }
    if (record.refined) {
        const RefinedRouting& refined = *record.refined;
        Json& out = json["refined"] = {{"weights", write_weights(refined.routing.row(0), space)}};
        if (!refined.routing_per_mixer.empty()) {
            out["weights_per_mixer"] = write_rows(refined.routing_per_mixer, space);
        }
        out["loss_before"] = refined.loss_before;
        out["loss_after"] = refined.loss_after;
        out["is_correct"] = refined.is_correct;
    }
    if (record.asked) {
        json["asked"] = {{"instruction", record.asked->instruction}, {"options", record.asked->options}, {"key", record.asked->key}, {"facts", record.asked->facts}};
    }
    return json;
}

std::string shown(const Json& json) {
    return brief_json(json);
}

Result<std::string> dump(const Json& json, const std::string& where) {
    try {
        return json.dump(1) + "\n";
    } catch (const nlohmann::json::exception& error) {
        return invalid_input(where, {}, error.what(), "texts in UTF-8");
    }
}

}  // namespace r2t2::record_json
