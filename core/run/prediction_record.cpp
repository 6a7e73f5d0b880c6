#include "core/run/prediction_record.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "core/json/json_word.h"
#include "core/json/parse_json.h"
#include "core/run/python_list.h"
#include "core/scoring/answer_number.h"
#include "core/scoring/option_choice.h"
#include "core/scoring/stored_key.h"

namespace r2t2 {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::array kPredictionKeys = {"filtered_resps", "prediction", "pred", "response", "model_answer", "model_response", "resps"};
constexpr std::array kTruthKeys = {"target", "ground_truth", "truth", "answers", "correct_answer"};
constexpr std::array kOptionKeys = {"options", "choices"};
constexpr std::array kIndexKeys = {"answer", "gold", "label", "target", "answer_idx", "answer_index", "correct"};
constexpr const char* kEitherKey = "answer";

template <typename Keys>
std::string key_list(const Keys& keys) {
    std::string text;
    for (const char* key : keys) {
        text += std::string(key) + ", ";
    }
    return text + kEitherKey;
}

/// What a record says of one thing: the key it used (empty: none of the keys is there) and the value (null: said to be unknown).
struct Found {
    std::string key;
    Json value;
};

template <typename Keys>
Found first_of(const Json& record, const Keys& keys) {
    Found found;
    for (const char* key : keys) {
        const auto at = record.find(key);
        if (at != record.end() && (found.key.empty() || found.value.is_null())) {
            found = {key, *at};
        }
    }
    return found;
}

std::vector<std::string> words(const Json& list) {
    std::vector<std::string> out;
    std::transform(list.begin(), list.end(), std::back_inserter(out), word_of<Json>);
    return out;
}

/// An index as JSON has it, or as Python's str() wrote it.
std::optional<std::size_t> index_in(const Json& json) {
    const std::string text = is_word(json) && !json.is_boolean() ? number_value(cleaned(word_of(json))) : std::string();
    const bool whole = !text.empty() && text.size() < 10 && text.find_first_not_of("0123456789") == std::string::npos;
    return whole ? std::optional<std::size_t>(std::stoul(text)) : std::nullopt;
}

/// A log-likelihood, as a number or as Python's str() wrote it; NaN where it says so.
std::optional<double> likelihood_in(const Json& json) {
    if (json.is_number() || json.is_null()) {
        return json.is_null() ? std::nan("") : json.get<double>();
    }
    if (!json.is_string()) {
        return std::nullopt;
    }
    const std::string text = json.get<std::string>();
    double value = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    return code == std::errc() && end == text.data() + text.size() && !text.empty() ? std::optional(value) : std::nullopt;
}

/// lm-eval's [log-likelihood, is it the greedy answer], or one in a list of its own.
std::optional<double> pair_likelihood(const Json& json) {
    const Json& pair = json.is_array() && json.size() == 1 ? json.front() : json;
    if (!pair.is_array() || pair.size() != 2) {
        return std::nullopt;
    }
    const Json& greedy = pair.back();
    const bool flag = greedy.is_boolean() || (greedy.is_string() && (greedy == "True" || greedy == "False"));
    return flag ? likelihood_in(pair.front()) : std::nullopt;
}

/// Of every choice; empty: these are no log-likelihoods.
std::vector<double> choice_likelihoods(const Json& list) {
    std::vector<double> out;
    for (const Json& each : list.is_array() ? list : Json::array()) {
        const std::optional<double> value = pair_likelihood(each);
        if (!value) {
            return {};
        }
        out.push_back(*value);
    }
    return out;
}

/// The texts whose likelihoods were asked for: the second of every pair of lm-eval's arguments.
std::vector<std::string> continuations(const Json& record) {
    std::vector<std::string> out;
    const auto arguments = record.find("arguments");
    if (arguments == record.end() || !(arguments->is_array() || arguments->is_object())) {
        return out;
    }
    for (const Json& each : *arguments) {
        const Json* text = each.is_array() && each.size() == 2 ? &each.back() : each.is_object() && each.contains("arg_1") ? &each["arg_1"] : nullptr;
        if (text == nullptr || !text->is_string()) {
            return {};
        }
        out.push_back(text->get<std::string>());
    }
    return out;
}

class RecordReader {
public:
    RecordReader(const Json& record, const std::string& where) : record_(record), where_(where) {
        prediction_ = first_of(record, kPredictionKeys);
        truth_ = first_of(record, kTruthKeys);
        const auto either = record.find(kEitherKey);
        if (either != record.end() && prediction_.key.empty() != truth_.key.empty()) {
            (truth_.key.empty() ? truth_ : prediction_) = {kEitherKey, *either};
        }
        if (const auto doc = record.find("doc"); doc != record.end() && doc->is_object()) {
            doc_ = &*doc;
        }
        take_answers_for_their_name();
    }

    Result<PredictionRecord> read() {
        if (prediction_.key.empty() && truth_.key.empty()) {
            return invalid_input(where_, "prediction", "missing (and no truth either)", key_list(kPredictionKeys));
        }
        if (prediction_.key.empty()) {
            return invalid_input(where_, "prediction", "missing", key_list(kPredictionKeys));
        }
        R2T2_TRY(read_own_rule());
        if (truth_.key.empty() && !out_.own_rule) {
            return invalid_input(where_, "truth", "missing", key_list(kTruthKeys));
        }
        const std::vector<double> likelihoods = choice_likelihoods(prediction_.value);
        const bool withheld = !truth_.key.empty() && truth_.value.is_null();
        if (out_.own_rule && !withheld && likelihoods.empty()) {
            R2T2_TRY(read_prediction());
            R2T2_TRY(read_place());
            return std::move(out_);
        }
        out_.own_rule.reset();
        R2T2_TRY(read_options());
        if (likelihoods.empty()) {
            R2T2_TRY(read_prediction());
            R2T2_TRY(read_truths());
        } else {
            R2T2_TRY(read_choice(likelihoods));
            R2T2_TRY(read_right_choices(likelihoods.size()));
        }
        R2T2_TRY(read_place());
        return std::move(out_);
    }

private:
    /// lmms-eval's TextVQA and VQAv2 name a field as target that the documents do not have, so that every record has the word for a truth. A name of
    /// a list that the document has is no truth either.
    void take_answers_for_their_name() {
        if (doc_ == nullptr || truth_.key != "target" || !truth_.value.is_string() || doc_->contains(kEitherKey)) {
            return;
        }
        const std::string name = truth_.value.get<std::string>();
        if (name != kEitherKey && name != "answers" && name != "direct_answers") {
            return;
        }
        const std::string key = name == kEitherKey ? "answers" : name;
        const auto found = doc_->find(key);
        const Json answers = found == doc_->end() ? Json() : spoken_answers(*found);
        if (are_words(answers) && !answers.empty()) {
            truth_ = {"doc." + key, answers};
            out_.target_is_a_name = true;
        }
    }

    /// A list of texts, or of VQA-v2's objects with an annotator's "answer" each; anything else: null.
    static Json spoken_answers(const Json& list) {
        if (!list.is_array()) {
            return {};
        }
        Json out = Json::array();
        for (const Json& each : list) {
            const bool object = each.is_object() && each.contains(kEitherKey);
            out.push_back(object ? each[kEitherKey] : each);
        }
        return out;
    }

    Status read_prediction() {
        const Json* value = &prediction_.value;
        const bool numbers = value->is_array() && value->size() > 1 && std::all_of(value->begin(), value->end(), [](const Json& each) { return each.is_number_float(); });
        if (numbers) {
            return invalid_input(where_, prediction_.key, brief_json(*value), "one answer, or log-likelihoods as [number, true or false] for every choice");
        }
        while (value->is_array() && !value->empty()) {
            value = &value->front();
        }
        if (value->is_null() || value->is_array()) {
            return {};
        }
        if (!is_word(*value)) {
            return invalid_input(where_, prediction_.key, brief_json(prediction_.value), "a text, a number, or a list that begins with one");
        }
        out_.prediction = word_of(*value);
        return {};
    }

    /// `scoring` of our exports. An object without a rule is somebody else's.
    Status read_own_rule() {
        const auto scoring = record_.find("scoring");
        if (scoring == record_.end() || !scoring->is_object() || !scoring->contains("rule")) {
            return {};
        }
        Result<StoredKey> key = parse_stored_key(scoring->dump(-1, ' ', false, Json::error_handler_t::replace), where_ + ": scoring");
        if (!key) {
            return key.error();
        }
        out_.own_rule = std::move(key->key);
        return {};
    }

    /// A text that Python's str() made of a list: the list. Else as it is; what only looks like one is noted.
    Json unpacked(const Json& value, const std::string& key) {
        if (!value.is_string() || !looks_like_list(value.get_ref<const std::string&>())) {
            return value;
        }
        std::optional<Json> list = python_list(value.get_ref<const std::string&>());
        if (!list) {
            out_.unread_lists.push_back(key);
        }
        return list ? std::move(*list) : value;
    }

    static void flatten(const Json& value, Json& into) {
        if (!value.is_array()) {
            into.push_back(value);
            return;
        }
        for (const Json& each : value) {
            flatten(each, into);
        }
    }

    /// Lists inside lists count as their entries do. A text that is a list's is a truth too, where it can be an answer.
    [[nodiscard]] Json truth_list(bool answered_in_words) {
        Json out = Json::array();
        const bool an_option = truth_.value.is_string() && named_option(truth_.value.get<std::string>(), out_.options);
        const Json value = an_option ? truth_.value : unpacked(truth_.value, truth_.key);
        if (!value.is_null()) {
            flatten(value, out);
        }
        if (value.is_array() && !out.empty() && truth_.value.is_string() && answered_in_words && out_.options.empty()) {
            out.push_back(truth_.value);
        }
        return out;
    }

    Status read_truths() {
        for (const Json& each : truth_list(true)) {
            if (!is_word(each)) {
                return invalid_input(where_, truth_.key, brief_json(truth_.value), "a text, a number, or a list of them");
            }
            if (const auto index = documented_index(each)) {
                out_.right_options.push_back(*index);
                continue;
            }
            if (!out_.options.empty() && !named_option(word_of(each), out_.options)) {
                return no_option(word_of(each));
            }
            out_.truths.push_back(word_of(each));
        }
        return {};
    }

    /// A truth that names none of the options: no answer could be right by it.
    [[nodiscard]] Status no_option(const std::string& truth) const {
        const std::string same = normalise_answer(truth);
        const auto shared = std::count_if(out_.options.begin(), out_.options.end(), [&](const std::string& each) { return normalise_answer(each) == same; });
        const std::string found = shared > 1 ? truth + ", the text of " + std::to_string(shared) + " " + option_key_ : truth;
        const bool number = !number_value(cleaned(truth)).empty();
        return invalid_input(where_, truth_.key, found,
                             (shared > 1 ? "the letter of one of the " : "the letter or the text of one of the ") + std::to_string(out_.options.size()) + " " + option_key_ +
                                 (number ? " (a number counts from 0, or from 1)" : ""));
    }

    /// The truth as an index into the options, where the document itself has that index beside its choices.
    [[nodiscard]] std::optional<std::size_t> documented_index(const Json& truth) const {
        const std::optional<std::size_t> index = index_in(truth);
        if (!index || doc_ == nullptr || *index >= out_.options.size() || first_of(*doc_, kOptionKeys).key.empty()) {
            return std::nullopt;
        }
        const bool says_so = std::any_of(kIndexKeys.begin(), kIndexKeys.end(), [&](const char* key) {
            const auto at = doc_->find(key);
            return at != doc_->end() && at->is_number_integer() && index_in(*at) == index;
        });
        return says_so ? index : std::nullopt;
    }

    Status read_choice(const std::vector<double>& likelihoods) {
        if (likelihoods.size() < 2) {
            return invalid_input(where_, prediction_.key, "one log-likelihood", "one for each of at least two choices, or an answer in words");
        }
        if (std::any_of(likelihoods.begin(), likelihoods.end(), [](double value) { return std::isnan(value); })) {
            return invalid_input(where_, prediction_.key, brief_json(prediction_.value), "a log-likelihood for every choice");
        }
        out_.chosen = static_cast<std::size_t>(std::max_element(likelihoods.begin(), likelihoods.end()) - likelihoods.begin());
        const std::vector<std::string> texts = continuations(record_);
        out_.options = texts.size() == likelihoods.size() ? texts : out_.options;
        if (!out_.options.empty() && out_.options.size() != likelihoods.size()) {
            return invalid_input(where_, prediction_.key, std::to_string(likelihoods.size()) + " log-likelihoods",
                                 std::to_string(out_.options.size()) + ", one for each of the " + option_key_);
        }
        return {};
    }

    Status read_right_choices(std::size_t choices) {
        for (const Json& each : truth_list(false)) {
            const std::optional<std::size_t> index = index_in(each);
            const std::optional<std::size_t> named = is_word(each) && !out_.options.empty() ? named_option(word_of(each), out_.options) : std::nullopt;
            const bool in_range = index && *index < choices;
            if (in_range && named && *named != *index && !documented_index(each)) {
                return invalid_input(where_, truth_.key, word_of(each) + ", the index of one choice and the text of another", "an index that the document says too, or a letter");
            }
            if (!in_range && !named) {
                return invalid_input(where_, truth_.key, brief_json(each), "the index (from 0), the text or the letter of one of " + std::to_string(choices) + " choices");
            }
            out_.right_options.push_back(in_range ? *index : *named);
        }
        return {};
    }

    Status read_options() {
        Found found = first_of(record_, kOptionKeys);
        if (const auto key = record_.find("scoring"); found.key.empty() && key != record_.end() && key->is_object()) {
            found = first_of(*key, std::array{"options"});  // our own exports
        }
        if ((found.key.empty() || found.value.is_null()) && doc_ != nullptr) {
            return read_document_options();
        }
        if (found.key.empty() || found.value.is_null()) {
            take_lettered_options(record_, {});
            return {};
        }
        const Json list = unpacked(found.value, found.key);
        if (!are_words(list)) {
            return invalid_input(where_, found.key, brief_json(found.value), "a list of texts");
        }
        option_key_ = found.key;
        out_.options = words(list);
        return {};
    }

    /// A document's choices are its own affair: what is no list of texts is not read. {"text": [...]} as ARC has it.
    Status read_document_options() {
        const Found found = first_of(*doc_, kOptionKeys);
        const bool inside = found.value.is_object() && found.value.contains("text");
        const Json list = unpacked(inside ? found.value["text"] : found.value, "doc." + found.key);
        if (!found.key.empty() && are_words(list)) {
            option_key_ = "doc." + found.key;
            out_.options = words(list);
        }
        if (found.key.empty()) {
            take_lettered_options(*doc_, "doc.");
        }
        if (out_.options.empty()) {
            take_lettered_options(record_, {});
        }
        return {};
    }

    /// A column an option: A, B, ... as MMBench and VLMEvalKit have them, choice_a, choice_b, ... as SEED-Bench has. Blank ones at the end are none.
    /// Single letters may be anything (probabilities), so that the truth has to be one of them, or one of the texts.
    void take_lettered_options(const Json& from, const std::string& prefix) {
        for (const std::string& name : {std::string("choice_"), std::string()}) {
            std::vector<std::string> texts;
            for (char letter = 'A'; letter <= 'Z'; ++letter) {
                const auto at = from.find(name + static_cast<char>(name.empty() ? letter : letter - 'A' + 'a'));
                if (at == from.end() || !(is_word(*at) || at->is_null())) {
                    break;
                }
                texts.push_back(at->is_null() ? std::string() : word_of(*at));
            }
            while (!texts.empty() && (texts.back().empty() || texts.back() == "nan")) {
                texts.pop_back();
            }
            const bool has_gap = std::any_of(texts.begin(), texts.end(), [](const std::string& text) { return text.empty(); });
            if (texts.size() < 2 || has_gap || !(truth_.value.is_string() && named_option(truth_.value.get<std::string>(), texts))) {
                continue;
            }
            option_key_ = "options in " + prefix + (name.empty() ? "A, B, ..." : "choice_a, choice_b, ...");
            out_.options = std::move(texts);
            return;
        }
    }

    Status read_place() {
        const auto read_text = [&](const Json& from, const char* key, const std::string& shown, std::string& out) -> Status {
            const auto at = from.find(key);
            if (at == from.end() || at->is_null()) {
                return {};
            }
            if (!at->is_string()) {
                return invalid_input(where_, shown, brief_json(*at), "a text");
            }
            out = at->get<std::string>();
            return {};
        };
        R2T2_TRY(read_text(record_, "set", "set", out_.set));
        if (!record_.contains("set") && doc_ != nullptr) {
            R2T2_TRY(read_text(*doc_, "set", "doc.set", out_.set));
        }
        R2T2_TRY(read_text(record_, "filter", "filter", out_.filter));
        const Found id = first_of(record_, std::array{"doc_id", "id"});
        out_.id = !is_word(id.value) ? std::string() : is_whole_number(id.value) ? whole_number_text(id.value) : word_of(id.value);
        return {};
    }

    const Json& record_;
    const std::string& where_;
    const Json* doc_ = nullptr;
    Found prediction_;
    Found truth_;
    std::string option_key_ = "choices";
    PredictionRecord out_;
};

}  // namespace

Result<PredictionRecord> read_prediction_record(const nlohmann::ordered_json& record, const std::string& where) {
    return RecordReader(record, where).read();
}

RecordValue value_of(const PredictionRecord& record, ScoringRule rule) {
    const auto judged = [](bool right) { return RecordValue{right ? 1.0 : 0.0, right}; };
    if (record.own_rule) {
        const AnswerValue value = score(*record.prediction, *record.own_rule);
        return {value.value, value.correct};
    }
    if (!record.right_options.empty()) {
        const std::optional<std::size_t> read = record.chosen ? record.chosen : find_option(*record.prediction, record.options).option;
        return judged(read && std::find(record.right_options.begin(), record.right_options.end(), *read) != record.right_options.end());
    }
    return judged(std::any_of(record.truths.begin(), record.truths.end(), [&](const std::string& truth) {
        return score_answer(*record.prediction, truth, rule, record.options).correct;
    }));
}

}  // namespace r2t2
