#include <algorithm>

#include "core/benchmarks/benchmark_reader.h"
#include "core/json/parse_json.h"
#include "core/scoring/text.h"

namespace r2t2 {

namespace {

bool is_word_value(const nlohmann::json& json) { return json.is_string() || json.is_number(); }

}  // namespace

Record::Record(const nlohmann::json& json, std::string where, std::string key)
    : json_(json), where_(std::move(where)), key_(std::move(key)) {
    if (!json.is_object()) {
        fail({}, brief_json(json), "an object");
    }
}

void Record::fail(const std::string& field, std::string found, std::string allowed) const {
    throw invalid_input(where_, field, std::move(found), std::move(allowed));
}

bool Record::has(const char* field) const { return json_.contains(field) && !json_[field].is_null(); }

const nlohmann::json& Record::at(const char* field, const char* allowed) const {
    const auto found = json_.find(field);
    if (found == json_.end()) {
        fail(field, "missing", allowed);
    }
    return *found;
}

std::string Record::text(const char* field) const {
    const nlohmann::json& value = at(field, "a text");
    if (!value.is_string()) {
        fail(field, brief_json(value), "a text");
    }
    return value.get<std::string>();
}

std::string Record::question(const char* field) const {
    std::string asked = text(field);
    if (strip(asked).empty()) {
        fail(field, asked.empty() ? "an empty text" : "white space", "a question");
    }
    return asked;
}

std::string Record::text_or(const char* field, std::string otherwise) const { return has(field) ? text(field) : std::move(otherwise); }

std::string Record::context(const char* field) const {
    std::string said = text_or(field, "");
    return is_blank_cell(said) ? std::string() : said;
}

std::string Record::name(const char* field) const {
    const nlohmann::json& value = at(field, "a text or a whole number");
    if (is_whole_number(value)) {
        return whole_number_text(value);
    }
    if (!value.is_string() || value.get_ref<const std::string&>().empty()) {
        fail(field, brief_json(value), "a text or a whole number");
    }
    return value.get<std::string>();
}

std::int64_t Record::integer(const char* field) const {
    const nlohmann::json& value = at(field, "a whole number");
    if (!is_whole_number(value)) {
        fail(field, brief_json(value), "a whole number");
    }
    return value.get<std::int64_t>();
}

bool Record::flag(const char* field) const {
    const nlohmann::json& value = at(field, "true or false");
    if (!value.is_boolean()) {
        fail(field, brief_json(value), "true or false");
    }
    return value.get<bool>();
}

std::vector<std::string> Record::texts(const char* field) const {
    const nlohmann::json& value = at(field, "a list of texts");
    if (!value.is_array() || value.empty() || !std::all_of(value.begin(), value.end(), is_word_value)) {
        fail(field, brief_json(value), "a list of texts");
    }
    std::vector<std::string> out;
    for (const nlohmann::json& each : value) {
        out.push_back(each.is_string() ? each.get<std::string>() : each.dump());
    }
    return out;
}

Record Record::object(const char* field) const { return Record(at(field, "an object"), where_ + ": " + field); }

std::vector<Record> Record::objects(const char* field) const {
    const nlohmann::json& value = at(field, "a list of objects");
    if (!value.is_array()) {
        fail(field, brief_json(value), "a list of objects");
    }
    std::vector<Record> out;
    for (std::size_t i = 0; i < value.size(); ++i) {
        out.emplace_back(value[i], where_ + ": " + field + " " + std::to_string(i));
    }
    return out;
}

std::vector<Record> Record::members(const char* field) const {
    const nlohmann::json& value = at(field, "an object");
    if (!value.is_object()) {
        fail(field, brief_json(value), "an object");
    }
    std::vector<Record> out;
    for (const auto& [key, member] : value.items()) {
        out.emplace_back(member, where_ + ": " + field + " " + key, key);
    }
    return out;
}

}  // namespace r2t2
