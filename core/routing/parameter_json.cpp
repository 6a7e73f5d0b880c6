#include "core/routing/parameter_json.h"

#include "core/json/parse_json.h"

namespace r2t2 {

using Json = nlohmann::ordered_json;

Json parameter_json(const ParameterRow& row, const MethodParams& params) {
    const ParameterValue value = row.access.get(params);
    if (const auto* word = std::get_if<std::string>(&value)) {
        return *word;
    }
    if (const auto* whole = std::get_if<std::int64_t>(&value)) {
        return *whole;
    }
    const auto* number = std::get_if<double>(&value);
    return number != nullptr ? Json(*number) : Json(nullptr);
}

Result<ParameterValue> parameter_value(const ParameterRow& row, const Json& json, const std::string& where, const std::string& key) {
    const bool text = json.is_string() && (row.kind == ParameterKind::Word || row.kind == ParameterKind::OptionalNumber);
    Result<ParameterValue> value = ParameterValue();
    if (text) {
        value = read_parameter(row, json.get<std::string>());
    } else if (row.kind == ParameterKind::Whole && is_whole_number(json)) {
        value = ParameterValue(json.is_number_float() ? static_cast<std::int64_t>(json.get<double>()) : json.get<std::int64_t>());
    } else if (row.kind != ParameterKind::Whole && row.kind != ParameterKind::Word && json.is_number()) {
        value = ParameterValue(json.get<double>());
    } else {
        return invalid_input(where, key, brief_json(json), "a " + kind_text(row) + ": " + allowed_values(row));
    }
    const Status good = value ? check_parameter(row, *value, where) : Status(value.error());
    if (!good) {
        Error error = good.error();
        error.where = where;
        error.field = key;
        return error;
    }
    return value;
}

std::string parameter_fields() {
    std::string fields;
    for (const ParameterRow& row : parameter_table()) {
        fields += (fields.empty() ? "" : ", ") + std::string(row.field);
    }
    return fields;
}

}  // namespace r2t2
