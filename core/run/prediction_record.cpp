#include "core/run/prediction_record.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <set>

#include "core/json/parse_json.h"
#include "core/run/log_rule.h"
#include "core/run/record_fields.h"
#include "core/run/record_likelihoods.h"
#include "core/run/record_options.h"
#include "core/scoring/answer_number.h"
#include "core/scoring/answer_processor.h"
#include "core/scoring/option_choice.h"
#include "core/scoring/stored_key.h"
#include "core/scoring/text.h"

namespace r2t2 {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::array kPredictionKeys = {"filtered_resps", "prediction", "pred", "response", "model_answer", "model_response", "resps"};
constexpr std::array kTruthKeys = {"target", "ground_truth", "truth", "answers", "correct_answer"};
constexpr std::array kIndexKeys = {"answer", "gold", "label", "target", "answer_idx", "answer_index", "correct"};
constexpr const char* kEitherKey = "answer";
constexpr std::array kFieldNames = {"answer", "answers", "direct_answers", "label", "labels", "ground_truth", "correct_answer", "multiple_choice_answer", "gold_answer", "gt_answer"};

template <typename Keys>
std::string key_list(const Keys& keys) {
    std::string text;
    for (const char* key : keys) {
        text += std::string(key) + ", ";
    }
    return text + kEitherKey;
}

/// An index as JSON has it, or as Python's str() wrote it.
std::optional<std::size_t> index_in(const Json& json) {
    const std::string text = is_word(json) && !json.is_boolean() ? number_value(cleaned(word_of(json))) : std::string();
    const bool whole = !text.empty() && text.size() < 10 && text.find_first_not_of("0123456789") == std::string::npos;
    return whole ? std::optional<std::size_t>(std::stoul(text)) : std::nullopt;
}

class RecordReader {
public:
    RecordReader(const Json& record, const std::string& where, std::string_view file) : record_(record), where_(where), file_(file) {
        prediction_ = first_field(record, kPredictionKeys);
        truth_ = first_field(record, kTruthKeys);
        const auto either = record.find(kEitherKey);
        if (either != record.end() && prediction_.key.empty() != truth_.key.empty()) {
            (truth_.key.empty() ? truth_ : prediction_) = {kEitherKey, *either};
        }
        if (const auto doc = record.find("doc"); doc != record.end() && doc->is_object()) {
            doc_ = &*doc;
        }
        take_answers_for_their_name();
        annotations_ = annotations_ || is_annotations(truth_.value);
        truth_.value = truth_.value.is_array() ? spoken_answers(truth_.value) : truth_.value;
    }

    Result<PredictionRecord> read() {
        if (prediction_.key.empty() && truth_.key.empty()) {
            return invalid_input(where_, "prediction", "missing (and no truth either)", key_list(kPredictionKeys));
        }
        if (prediction_.key.empty()) {
            return invalid_input(where_, "prediction", "missing", key_list(kPredictionKeys));
        }
        R2T2_TRY(refuse_repeated());
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
            take_log_rule();
        } else {
            R2T2_TRY(read_choice(likelihoods));
            R2T2_TRY(read_right_choices(likelihoods.size()));
        }
        count_right_options();
        out_.verdict = verdict_of_log(record_);
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
            annotations_ = is_annotations(*found);
            truth_ = {"doc." + key, answers};
            out_.target_is_a_name = true;
        }
    }

    /// What is read as a whole and would be passed over where its key stands twice.
    [[nodiscard]] Status refuse_repeated() const {
        for (const char* key : {"doc", "scoring", "arguments", "doc_id", "id"}) {
            if (const auto at = record_.find(key); at != record_.end() && is_repeated(*at)) {
                return invalid_input(where_, key, kRepeated, "a field once");
            }
        }
        return {};
    }

    static bool is_annotations(const Json& list) {
        return list.is_array() && !list.empty() && std::all_of(list.begin(), list.end(), [](const Json& each) { return each.is_object() && each.contains(kEitherKey); });
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
        const Json value = an_option ? truth_.value : unpacked_text(truth_.value, truth_.key, out_.unread_lists);
        if (!value.is_null()) {
            flatten(value, out);
        }
        annotators_ = are_words(out) ? words_of(out) : std::vector<std::string>();
        if (value.is_array() && !out.empty() && truth_.value.is_string() && answered_in_words && out_.options.empty()) {
            out.push_back(truth_.value);
        }
        return out;
    }

    Status read_truths() {
        if (names_a_missing_field()) {
            out_.missing_answer = truth_.value.get<std::string>();
            return {};
        }
        for (const Json& each : truth_list(true)) {
            if (!is_word(each)) {
                return invalid_input(where_, truth_.key, brief_json(truth_.value), "a text, a number, or a list of them");
            }
            if (const auto labelled = labelled_option(options_, doc_, word_of(each), false)) {
                R2T2_TRY(one_reading(*labelled, word_of(each)));
                out_.right_options.push_back(*labelled);
                continue;
            }
            if (const auto index = documented_index(each)) {
                out_.right_options.push_back(*index);
                continue;
            }
            if (!out_.options.empty() && !named_option(word_of(each), out_.options)) {
                return no_option(word_of(each));
            }
            if (const auto named = out_.labels.empty() ? std::nullopt : named_option(word_of(each), out_.options)) {
                out_.right_options.push_back(*named);
                continue;
            }
            out_.truths.push_back(word_of(each));
        }
        return {};
    }

    /// A label that is the text of another option, and the document does not say which is meant.
    [[nodiscard]] Status one_reading(std::size_t labelled, const std::string& truth) const {
        const std::string same = normalise_answer(truth);
        for (std::size_t i = 0; i < out_.options.size(); ++i) {
            if (i != labelled && normalise_answer(out_.options[i]) == same && !document_says(doc_, truth)) {
                return invalid_input(where_, truth_.key, truth + ", the label of one of the " + options_.key + " and the text of another", "a label that the document says too, or a text");
            }
        }
        return {};
    }

    /// A target that is the name of a field, as lm-eval and lmms-eval log it where the document lacks the field: then no record has its truth.
    [[nodiscard]] bool names_a_missing_field() const {
        if (doc_ == nullptr || doc_->empty() || truth_.key != "target" || !truth_.value.is_string() || out_.target_is_a_name || !out_.options.empty()) {
            return false;
        }
        const std::string name = truth_.value.get<std::string>();
        return std::find(kFieldNames.begin(), kFieldNames.end(), name) != kFieldNames.end() && !doc_->contains(name);
    }

    /// Of "A" and "a cat" that are one option, one.
    void count_right_options() {
        std::set<std::size_t> right(out_.right_options.begin(), out_.right_options.end());
        for (const std::string& truth : out_.truths) {
            if (const auto named = out_.options.empty() ? std::nullopt : named_option(truth, out_.options)) {
                right.insert(*named);
            }
        }
        out_.accepted = std::max(out_.accepted, right.size());
    }

    /// Ten annotators beside a target that is only the most common of their answers, levelled by the benchmark's makers ("2" for "two"). Where the
    /// benchmark is named they count whatever the target says. Returns what stood there instead of ten.
    std::string take_annotators_beside(const LogTask& task) {
        std::string found;
        const bool named = task.named == LogTask::Named::Scored;
        for (const Json* from : {&record_, doc_}) {
            for (const char* key : {"answers", "direct_answers"}) {
                const auto at = from == nullptr ? record_.end() : from->find(key);
                if (annotators_.size() == kAnnotators || from == nullptr || at == from->end()) {
                    continue;
                }
                const Json answers = spoken_answers(unpacked_text(*at, key, out_.unread_lists));
                if (!are_words(answers)) {
                    continue;
                }
                const std::vector<std::string> said = words_of(answers);
                found = found.empty() ? std::to_string(said.size()) + (said.size() == 1 ? " answer in " : " answers in ") + (from == doc_ ? "doc." : "") + key : found;
                const bool annotations = is_annotations(*at);
                if (said.size() == kAnnotators && (named || (task.named == LogTask::Named::Unsaid && annotators_.size() == 1 && (annotations || agree_anywhere(said)) && says_it(said)))) {
                    annotations_ = annotations;
                    beside_ = true;
                    annotators_ = said;
                }
            }
        }
        return found;
    }
    /// Is the only truth one of these, as VQA's makers level answers?
    [[nodiscard]] bool says_it(const std::vector<std::string>& said) const {
        const std::string truth = process_answer(annotators_.front());
        return std::any_of(said.begin(), said.end(), [&](const std::string& each) { return process_answer(each) == truth; });
    }

    void take_log_rule() {
        const LogTask task = task_of_log(record_, doc_, file_);
        note_rotation(task);
        if (task.rule == AnswerRule::MathVista) {
            take_mathvista();
            return;
        }
        if (!out_.options.empty() || annotators_.empty()) {
            return;
        }
        out_.accepted = std::set<std::string>(annotators_.begin(), annotators_.end()).size();
        out_.letter_without_options = annotators_.size() == 1 && lone_letter(annotators_.front());
        note_yes_or_no();
        std::optional<AnswerRule> rule = task.rule;
        if (rule != AnswerRule::Anls && rule != AnswerRule::Relaxed) {
            const std::string beside = take_annotators_beside(task);
            const bool ten = annotators_.size() == kAnnotators;
            if (!ten) {
                out_.short_of_metric = !rule ? "" : !beside.empty() ? beside : std::to_string(annotators_.size()) + (annotators_.size() == 1 ? " answer" : " answers");
            }
            const bool sure = rule || annotations_ || out_.target_is_a_name || beside_ || truth_.key.ends_with("direct_answers");
            const bool unsaid = task.named == LogTask::Named::Unsaid;
            if (!sure && unsaid && annotators_.size() > 1) {
                out_.kind = task.name;
                out_.answer_list = !ten ? AnswerList::Others : agree_anywhere(annotators_) ? AnswerList::Agreeing : AnswerList::Differing;
            }
            if (!ten || (!rule && !unsaid && !annotations_)) {
                return;
            }
            rule = rule ? *rule : truth_.key.ends_with("direct_answers") ? AnswerRule::DirectAnswer : AnswerRule::SoftVqa;
        }
        out_.letter_without_options = out_.truth_is_yes_or_no = out_.more_than_yes_or_no = false;
        out_.log_rule.emplace();
        out_.log_rule->rule = *rule;
        out_.log_rule->answers = annotators_;
    }

    /// The first value of the record's or its document's field of this name.
    [[nodiscard]] const Json* field_of_either(const char* key) const {
        for (const Json* from : {&record_, doc_}) {
            if (const auto at = from == nullptr ? record_.end() : from->find(key); from != nullptr && at != from->end() && !at->is_null()) {
                return &*at;
            }
        }
        return nullptr;
    }

    /// As `evaluate` scores it: its options, or the type of its answer.
    void take_mathvista() {
        AnswerKey key;
        key.rule = AnswerRule::MathVista;
        if (!out_.options.empty()) {
            const auto right = !out_.right_options.empty() ? std::optional(out_.right_options.front()) : out_.truths.empty() ? std::nullopt : named_option(out_.truths.front(), out_.options);
            if (!right) {
                return;
            }
            key.options = out_.options;
            key.answers = {out_.options[*right]};
            out_.log_rule = std::move(key);
            return;
        }
        const Json *type = field_of_either("answer_type"), *precision = field_of_either("precision");
        if (out_.truths.empty() || type == nullptr || !type->is_string()) {
            out_.short_of_metric = out_.truths.empty() ? "" : "no answer_type";
            return;
        }
        key.answers = out_.truths;
        key.answer_type = type->get<std::string>();
        const double decimals = precision != nullptr && precision->is_number() ? precision->get<double>() : -1.0;
        key.precision = decimals >= 0.0 && decimals <= 30.0 && decimals == std::floor(decimals) ? static_cast<int>(decimals) : kNoPrecision;
        out_.accepted = 1;
        out_.log_rule = std::move(key);
    }

    /// MMBench asks a question once for every rotation of its options, numbered a million apart.
    void note_rotation(const LogTask& task) {
        constexpr std::int64_t kApart = 1'000'000;
        std::string name = task.name;
        std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        if (name.find("mmbench") == std::string::npos && name.find("circular") == std::string::npos) {
            return;
        }
        for (const char* key : {"index", "doc_id", "id"}) {
            const Json* at = field_of_either(key);
            const std::string text = at != nullptr && is_word(*at) && !at->is_boolean() ? number_value(cleaned(word_of(*at))) : std::string();
            if (!text.empty() && text.size() < 16 && text.find_first_not_of("0123456789") == std::string::npos) {
                out_.rotated_question = std::stoll(text) % kApart;
                return;
            }
        }
    }

    /// A text of yes or no is compared as a whole; with both as options "Yes, there is" would be read.
    void note_yes_or_no() {
        static const std::vector<std::string> kYesAndNo = {"yes", "no"};
        const auto is_one = [](const std::string& truth) { return find_option(truth, kYesAndNo, OptionNames::TextsOnly).rule == ChoiceRule::Text; };
        out_.truth_is_yes_or_no = std::all_of(annotators_.begin(), annotators_.end(), is_one);
        out_.more_than_yes_or_no = out_.truth_is_yes_or_no && out_.prediction && !is_one(*out_.prediction);
    }

    /// "B", "(b)", "B.".
    static bool lone_letter(const std::string& truth) {
        const std::string said = strip(truth);
        const bool letter = said.size() == 1 && said[0] >= 'A' && said[0] <= 'J';
        return letter || (said.size() == 3 && said[0] == '(' && said[2] == ')' && std::isalpha(static_cast<unsigned char>(said[1])) != 0) ||
               (said.size() == 2 && (said[1] == '.' || said[1] == ')') && said[0] >= 'A' && said[0] <= 'J');
    }

    /// A truth that names none of the options: no answer could be right by it.
    [[nodiscard]] Status no_option(const std::string& truth) const {
        const std::string same = normalise_answer(truth);
        const auto shared = std::count_if(out_.options.begin(), out_.options.end(), [&](const std::string& each) { return normalise_answer(each) == same; });
        const std::string found = shared > 1 ? truth + ", the text of " + std::to_string(shared) + " " + options_.key : truth;
        const bool number = !number_value(cleaned(truth)).empty();
        return invalid_input(where_, truth_.key, found,
                             (shared > 1 ? "the letter of one of the " : "the letter or the text of one of the ") + std::to_string(out_.options.size()) + " " + options_.key +
                                 (number ? " (a number counts from 0, or from 1)" : ""));
    }

    /// The truth as an index into the options, where the document itself has that index beside its choices.
    [[nodiscard]] std::optional<std::size_t> documented_index(const Json& truth) const {
        const std::optional<std::size_t> index = index_in(truth);
        if (!index || doc_ == nullptr || *index >= out_.options.size() || first_field(*doc_, kOptionFields).key.empty()) {
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
                                 std::to_string(out_.options.size()) + ", one for each of the " + options_.key);
        }
        return {};
    }

    Status read_right_choices(std::size_t choices) {
        for (const Json& each : truth_list(false)) {
            if (const auto labelled = is_word(each) ? labelled_option(options_, doc_, word_of(each), true) : std::nullopt; labelled && *labelled < choices) {
                out_.right_options.push_back(*labelled);
                continue;
            }
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
        Result<RecordOptions> options = read_record_options(record_, doc_, truth_.value, where_);
        if (!options) {
            return options.error();
        }
        options_ = *std::move(options);
        out_.options = options_.texts;
        out_.labels = options_.labels;
        out_.option_gap = options_.gap;
        out_.unread_lists.insert(out_.unread_lists.end(), options_.unread_lists.begin(), options_.unread_lists.end());
        return {};
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
        const FoundField id = first_field(record_, std::array{"doc_id", "id"});
        out_.id = !is_word(id.value) ? std::string() : is_whole_number(id.value) ? whole_number_text(id.value) : word_of(id.value);
        return {};
    }

    const Json& record_;
    const std::string& where_;
    std::string_view file_;
    const Json* doc_ = nullptr;
    FoundField prediction_;
    FoundField truth_;
    RecordOptions options_;
    std::vector<std::string> annotators_;  ///< the truths, without the text that they were a list in
    bool annotations_ = false;             ///< they were objects, as VQA-v2 has them
    bool beside_ = false;                  ///< they stood beside the target
    PredictionRecord out_;
};

}  // namespace

bool has_likelihoods(const nlohmann::ordered_json& record) { return record.is_object() && !choice_likelihoods(first_field(record, kPredictionKeys).value).empty(); }

Result<PredictionRecord> read_prediction_record(const nlohmann::ordered_json& record, const std::string& where, std::string_view file) {
    return RecordReader(record, where, file).read();
}

const AnswerKey* key_of(const PredictionRecord& record, ScoringRule rule) {
    return record.own_rule ? &*record.own_rule : record.log_rule && rule == ScoringRule::Exact ? &*record.log_rule : nullptr;
}

RecordValue value_of(const PredictionRecord& record, ScoringRule rule) {
    const auto judged = [](bool right) { return RecordValue{right ? 1.0 : 0.0, right}; };
    if (const AnswerKey* key = key_of(record, rule)) {
        const AnswerValue value = score(*record.prediction, *key);
        return {value.value, value.correct};
    }
    if (!record.right_options.empty()) {
        const std::optional<std::size_t> labelled = record.chosen || record.labels.empty() ? std::nullopt : label_in(record.labels, *record.prediction);
        const OptionNames names = record.labels.empty() ? OptionNames::LettersAndTexts : OptionNames::TextsOnly;
        const std::optional<std::size_t> read = record.chosen ? record.chosen : labelled ? labelled : find_option(*record.prediction, record.options, names).option;
        return judged(read && std::find(record.right_options.begin(), record.right_options.end(), *read) != record.right_options.end());
    }
    return judged(std::any_of(record.truths.begin(), record.truths.end(), [&](const std::string& truth) {
        return score_answer(*record.prediction, truth, rule, record.options).correct;
    }));
}

}  // namespace r2t2
