#include "core/results/knockout_table.h"

#include <algorithm>

#include "core/json/parse_json.h"

namespace r2t2 {

namespace {

using Json = nlohmann::ordered_json;

template <typename Get>
std::vector<std::string> each_once(const std::vector<KnockoutRow>& rows, Get get) {
    std::vector<std::string> out;
    for (const KnockoutRow& row : rows) {
        if (std::find(out.begin(), out.end(), get(row)) == out.end()) {
            out.push_back(get(row));
        }
    }
    return out;
}

Json number_json(double value) { return std::isfinite(value) ? Json(value) : Json(); }
Json estimate_json(const Estimate& estimate) { return {{"value", number_json(estimate.value)}, {"low", number_json(estimate.low)}, {"high", number_json(estimate.high)}}; }

/// Fields of one object; the first that is not as it should be is kept.
class Fields {
public:
    Fields(const Json& object, std::string where) : object_(object), where_(std::move(where)) {}

    std::string text(const char* field) { return is(field, "a text", [](const Json& value) { return value.is_string(); }) ? object_[field].get<std::string>() : std::string(); }
    std::int64_t count(const char* field) {
        const bool good = is(field, "a whole number from 0 on", [](const Json& value) { return value.is_number_integer() && value.get<double>() >= 0.0; });
        return good ? object_[field].get<std::int64_t>() : 0;
    }
    /// Null is NaN.
    double number(const char* field) {
        const bool good = is(field, "a number, or null", [](const Json& value) { return value.is_number() || value.is_null(); });
        return good && object_[field].is_number() ? object_[field].get<double>() : std::nan("");
    }
    bool truth(const char* field) { return is(field, "true or false", [](const Json& value) { return value.is_boolean(); }) && object_[field].get<bool>(); }
    std::vector<std::string> texts(const char* field) {
        const auto good = [](const Json& value) { return value.is_array() && std::all_of(value.begin(), value.end(), [](const Json& each) { return each.is_string(); }); };
        return is(field, "a list of texts", good) ? object_[field].get<std::vector<std::string>>() : std::vector<std::string>();
    }
    Estimate estimate(const char* field) {
        Estimate out{std::nan(""), std::nan(""), std::nan("")};
        if (is(field, "value, low and high", [](const Json& value) { return value.is_object(); })) {
            Fields inside(object_[field], where_ + ": " + field);
            out = {inside.number("value"), inside.number("low"), inside.number("high")};
            error_ = error_.ok() ? inside.status() : error_;
        }
        return out;
    }
    [[nodiscard]] const Status& status() const { return error_; }

private:
    template <typename Good>
    bool is(const char* field, const char* allowed, Good good) {
        if (!object_.is_object() || !object_.contains(field)) {
            error_ = error_.ok() ? Status(invalid_input(where_, field, "missing", allowed)) : error_;
            return false;
        }
        if (is_repeated(object_[field]) || !good(object_[field])) {
            error_ = error_.ok() ? Status(invalid_input(where_, field, brief_json(object_[field]), allowed)) : error_;
            return false;
        }
        return true;
    }
    const Json& object_;
    std::string where_;
    Status error_;
};

Json row_json(const KnockoutRow& row) {
    const bool numbered = row.mixer != "all";
    return {{"kind", row.kind}, {"mixer", numbered ? Json(std::stoll(row.mixer)) : Json(row.mixer)}, {"expert", row.expert}, {"loss_change", estimate_json(row.loss)},
            {"loss_p", number_json(row.loss_p)}, {"loss_p_holm", number_json(row.loss_holm)}, {"right_change", estimate_json(row.right)}, {"right_interval", row.right_interval},
            {"right_p", number_json(row.right_p)}, {"right_p_holm", number_json(row.right_holm)}, {"answers_changed", row.changed}, {"lost", row.lost}, {"won", row.won}};
}

Result<KnockoutRow> read_row(const Json& json, const std::string& where) {
    Fields fields(json, where);
    KnockoutRow row;
    row.kind = fields.text("kind");
    row.expert = fields.text("expert");
    row.loss = fields.estimate("loss_change");
    row.loss_p = fields.number("loss_p");
    row.loss_holm = fields.number("loss_p_holm");
    row.right = fields.estimate("right_change");
    row.right_interval = fields.text("right_interval");
    row.right_p = fields.number("right_p");
    row.right_holm = fields.number("right_p_holm");
    row.changed = fields.count("answers_changed");
    row.lost = fields.count("lost");
    row.won = fields.count("won");
    R2T2_TRY(fields.status());
    const Json& mixer = json.contains("mixer") ? json["mixer"] : Json();
    if (mixer == Json("all")) {
        row.mixer = "all";
    } else if (mixer.is_number_integer() && mixer.get<double>() >= 1 && mixer.get<double>() <= 1e6) {
        row.mixer = std::to_string(mixer.get<std::int64_t>());
    } else {
        return invalid_input(where, "mixer", json.contains("mixer") ? brief_json(mixer) : "missing", "a number from 1 on, or \"all\"");
    }
    if (row.kind != "silence" && row.kind != "block" && row.kind != "force") {
        return invalid_input(where, "kind", row.kind, "silence, block, force");
    }
    return row;
}

}  // namespace

std::vector<std::string> KnockoutTable::kinds() const {
    return each_once(rows, [](const KnockoutRow& row) { return row.kind; });
}
std::vector<std::string> KnockoutTable::mixers() const {
    return each_once(rows, [](const KnockoutRow& row) { return row.mixer; });
}
std::vector<std::string> KnockoutTable::experts() const {
    return each_once(rows, [](const KnockoutRow& row) { return row.expert; });
}

std::string KnockoutTable::caption() const {
    std::string text;
    for (const std::string& set : sets) {
        text += (text.empty() ? "" : ", ") + set;
    }
    text += ": " + std::to_string(samples) + (samples == 1 ? " sample" : " samples");
    text += clusters < samples ? " in " + std::to_string(clusters) + " clusters" : "";
    text += without_truth > 0 ? "; " + std::to_string(without_truth) + " without a truth left out" : "";
    return text + (problems.empty() ? "" : "; " + std::to_string(problems.size()) + " that could not be read or run left out");
}

std::string knockout_json(const KnockoutTable& table) {
    Json effects = Json::array();
    for (const KnockoutRow& row : table.rows) {
        effects.push_back(row_json(row));
    }
    const Json json = {{"model", {{"name", table.model_name}, {"hash", table.model_hash}}}, {"miniature", table.miniature}, {"command", table.command}, {"sets", table.sets},
                       {"samples", table.samples}, {"clusters", table.clusters}, {"without_truth", table.without_truth}, {"problems", table.problems},
                       {"base", {{"loss", number_json(table.base_loss)}, {"right", number_json(table.base_right)}}}, {"effects", std::move(effects)}, {"seconds", table.seconds}};
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<KnockoutTable> read_knockout_table(const std::filesystem::path& file) {
    const Result<nlohmann::json> read = read_json_file(file);
    if (!read) {
        return read.error();
    }
    const std::string where = file.string();
    const Json json = *read;
    if (!json.is_object() || !json.contains("effects") || !json["effects"].is_array()) {
        return invalid_input(where, "effects", json.is_object() && json.contains("effects") ? brief_json(json["effects"]) : "missing", "a list, as r2t2 knockout --eval SETS --json writes it");
    }
    Fields fields(json, where);
    KnockoutTable table;
    table.miniature = fields.truth("miniature");
    table.command = fields.text("command");
    table.sets = fields.texts("sets");
    table.samples = fields.count("samples");
    table.clusters = fields.count("clusters");
    table.without_truth = fields.count("without_truth");
    table.problems = fields.texts("problems");
    table.seconds = fields.number("seconds");
    R2T2_TRY(fields.status());
    for (const char* part : {"model", "base"}) {
        if (!json.contains(part)) {
            return invalid_input(where, part, "missing", "an object");
        }
    }
    Fields model(json["model"], where + ": model"), base(json["base"], where + ": base");
    table.model_name = model.text("name");
    table.model_hash = model.text("hash");
    table.base_loss = base.number("loss");
    table.base_right = base.number("right");
    R2T2_TRY(model.status());
    R2T2_TRY(base.status());
    for (std::size_t i = 0; i < json["effects"].size(); ++i) {
        Result<KnockoutRow> row = read_row(json["effects"][i], where + ": effects: row " + std::to_string(i + 1));
        if (!row) {
            return row.error();
        }
        const bool twice = std::any_of(table.rows.begin(), table.rows.end(), [&](const KnockoutRow& each) { return each.kind == row->kind && each.mixer == row->mixer && each.expert == row->expert; });
        if (twice) {
            return invalid_input(where + ": effects: row " + std::to_string(i + 1), "expert", row->kind + " of " + row->expert + ", mixer " + row->mixer + ", a second time", "every knock once");
        }
        table.rows.push_back(std::move(*row));
    }
    if (table.rows.empty()) {
        return invalid_input(where, "effects", "none", "at least one");
    }
    return table;
}

}  // namespace r2t2
