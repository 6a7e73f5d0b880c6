#include "core/scoring/stored_key.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/json/parse_json.h"

namespace r2t2 {

namespace {

using Json = nlohmann::ordered_json;

/// A rule's name in files. `name(rule)` is for people and may change.
constexpr std::array<std::pair<AnswerRule, const char*>, 17> kRules = {{{AnswerRule::Exact, "exact"},
                                                                        {AnswerRule::StartsWith, "starts-with"},
                                                                        {AnswerRule::LowerCase, "lower-case"},
                                                                        {AnswerRule::Gqa, "gqa"},
                                                                        {AnswerRule::Processed, "processed"},
                                                                        {AnswerRule::SoftVqa, "soft-vqa"},
                                                                        {AnswerRule::SoftM4c, "soft-m4c"},
                                                                        {AnswerRule::DirectAnswer, "direct-answer"},
                                                                        {AnswerRule::Anls, "anls"},
                                                                        {AnswerRule::Letter, "letter"},
                                                                        {AnswerRule::OptionText, "option-text"},
                                                                        {AnswerRule::FirstCapital, "first-capital"},
                                                                        {AnswerRule::ScienceQa, "scienceqa"},
                                                                        {AnswerRule::LetterPrefix, "letter-prefix"},
                                                                        {AnswerRule::YesNo, "yes-no"},
                                                                        {AnswerRule::MathVista, "mathvista"},
                                                                        {AnswerRule::Relaxed, "relaxed"}}};

std::string known_rules() {
    std::string names;
    for (const auto& [rule, name] : kRules) {
        names += (names.empty() ? "" : ", ") + std::string(name);
    }
    return names;
}

/// Reads members and keeps the first error.
class KeyReader {
public:
    KeyReader(const Json& json, const std::string& where) : json_(json), where_(where) {}

    template <typename Value>
    void read(const char* field, const char* allowed, Value& value) {
        const auto at = json_.find(field);
        if (at == json_.end() || !status_.ok()) {
            return;
        }
        try {
            at->get_to(value);
        } catch (const nlohmann::json::exception&) {
            fail(field, shown(*at), allowed);
        }
    }
    void read_int(const char* field, int& value) {
        const auto at = json_.find(field);
        if (at == json_.end() || !status_.ok()) {
            return;
        }
        const bool fits = at->is_number_integer() && *at >= -1 && *at <= 1'000'000;
        if (!fits) {
            return fail(field, shown(*at), "an integer from -1 to 1000000");
        }
        value = at->get<int>();
    }
    void fail(const std::string& field, const std::string& found, const std::string& allowed) {
        if (status_.ok()) {
            status_ = invalid_input(where_, field, found, allowed);
        }
    }
    [[nodiscard]] const Status& status() const { return status_; }

private:
    static std::string shown(const Json& value) { return value.dump(-1, ' ', false, Json::error_handler_t::replace).substr(0, 60); }

    const Json& json_;
    std::string where_;
    Status status_;
};

}  // namespace

std::string stored_key_json(const StoredKey& stored) {
    const AnswerKey& key = stored.key;
    Json json = Json::object();
    const auto put_text = [&json](const char* field, const std::string& text) {
        if (!text.empty()) {
            json[field] = text;
        }
    };
    put_text("benchmark", stored.benchmark);
    json["rule"] = std::find_if(kRules.begin(), kRules.end(), [&](const auto& each) { return each.first == key.rule; })->second;
    if (!key.answers.empty()) {
        json["answers"] = key.answers;
    }
    if (!key.options.empty()) {
        json["options"] = key.options;
    }
    if (key.right_option >= 0) {
        json["right_option"] = key.right_option;
    }
    put_text("group", key.group);
    if (key.group_size > 0) {
        json["group_size"] = key.group_size;
    }
    put_text("category", key.category);
    put_text("answer_type", key.answer_type);
    if (key.precision != 0) {
        json["precision"] = key.precision;
    }
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<StoredKey> parse_stored_key(const std::string& text, const std::string& where, KeyUse use) {
    const Json json = stored_json(text);
    if (!json.is_object()) {
        return invalid_input(where, "scoring", text.substr(0, 60), "a JSON object");
    }
    StoredKey out;
    KeyReader reader(json, where);
    std::string rule;
    reader.read("benchmark", "a text", out.benchmark);
    reader.read("rule", "a text", rule);
    const auto known = std::find_if(kRules.begin(), kRules.end(), [&](const auto& each) { return each.second == rule; });
    if (known == kRules.end()) {
        reader.fail("rule", rule.empty() ? "none" : rule, known_rules());
    } else {
        out.key.rule = known->first;
    }
    reader.read("answers", "a list of texts", out.key.answers);
    reader.read("options", "a list of texts", out.key.options);
    reader.read_int("right_option", out.key.right_option);
    reader.read("group", "a text", out.key.group);
    reader.read_int("group_size", out.key.group_size);
    reader.read("category", "a text", out.key.category);
    reader.read("answer_type", "a text", out.key.answer_type);
    reader.read_int("precision", out.key.precision);
    if (out.key.right_option >= static_cast<int>(out.key.options.size())) {
        reader.fail("right_option", std::to_string(out.key.right_option), "one of " + std::to_string(out.key.options.size()) + " options");
    }
    if (!out.key.known() && (use == KeyUse::Scores || out.key.group.empty())) {
        reader.fail("answers", "none", "an accepted answer or the right option");
    }
    R2T2_TRY(reader.status());
    return out;
}

}  // namespace r2t2
