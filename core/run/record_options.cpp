#include "core/run/record_options.h"

#include <algorithm>

#include "core/json/parse_json.h"
#include "core/run/python_list.h"
#include "core/run/record_fields.h"
#include "core/scoring/answer_number.h"
#include "core/scoring/bare_answer.h"
#include "core/scoring/clean_answer.h"
#include "core/scoring/option_choice.h"
#include "core/scoring/scoring.h"
#include "core/scoring/text.h"

namespace r2t2 {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::array kAnswerFields = {"answerKey", "answer", "label", "gold", "target", "correct"};
constexpr const char* kAllowed = "a list of texts, or an object with a text for each letter or label";

bool is_letter(const std::string& key) { return key.size() == 1 && ((key[0] >= 'A' && key[0] <= 'Z') || (key[0] >= 'a' && key[0] <= 'z')); }
std::size_t place_of(const std::string& letter) { return static_cast<std::size_t>(letter[0] >= 'a' ? letter[0] - 'a' : letter[0] - 'A'); }

/// "C, D": letters before the last option that have none.
std::string gap_in(const std::vector<std::string>& texts) {
    std::string gap;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        gap += texts[i].empty() ? (gap.empty() ? "" : ", ") + option_name(i) : "";
    }
    return gap;
}

/// Labels that are A, B, ... in their order say nothing more than the order does.
std::vector<std::string> telling(std::vector<std::string> labels) {
    for (std::size_t i = 0; i < labels.size(); ++i) {
        if (!is_letter(labels[i]) || place_of(labels[i]) != i) {
            return labels;
        }
    }
    return {};
}

class OptionsReader {
public:
    OptionsReader(const Json& record, const Json* doc, const Json& truth, const std::string& where) : record_(record), doc_(doc), truth_(truth), where_(where) {}

    Result<RecordOptions> read() {
        FoundField found = first_field(record_, kOptionFields);
        if (const auto key = record_.find("scoring"); found.key.empty() && key != record_.end() && key->is_object()) {
            found = first_field(*key, std::array{"options"});  // our own exports
        }
        if (!found.key.empty() && !found.value.is_null()) {
            if (!take(found.value, found.key)) {
                return invalid_input(where_, found.key, brief_json(found.value), kAllowed);
            }
            return std::move(out_);
        }
        if (doc_ != nullptr) {
            found = first_field(*doc_, kOptionFields);
            if (is_repeated(found.value)) {
                return invalid_input(where_, "doc." + found.key, kRepeated, "a field once");
            }
            if (!found.key.empty()) {
                (void)take(found.value, "doc." + found.key);  // a document's choices are its own affair: what is no list of texts is not read
            } else {
                R2T2_TRY(take_columns(*doc_, "doc."));
            }
        }
        if (out_.texts.empty()) {
            R2T2_TRY(take_columns(record_, {}));
        }
        return std::move(out_);
    }

private:
    /// False: these are no options.
    bool take(const Json& value, const std::string& key) {
        const Json list = unpacked_text(value, key, out_.unread_lists);
        if (list.is_object() && list.contains("text")) {  // ARC
            const Json texts = unpacked_text(list["text"], key + ".text", out_.unread_lists);
            const auto label = list.find("label");
            const Json labels = label == list.end() ? Json() : unpacked_text(*label, key + ".label", out_.unread_lists);
            return take_list(texts, key) && (!are_words(labels) || labels.size() != texts.size() || take_labels(words_of(labels)));
        }
        return list.is_object() ? take_object(list, key) : take_list(list, key);
    }
    /// A null among the texts is a letter without an option, as in an object.
    bool take_list(const Json& list, const std::string& key) {
        const auto is_null = [](const Json& each) { return each.is_null(); };
        const bool gaps = list.is_array() && std::any_of(list.begin(), list.end(), is_null) && !std::all_of(list.begin(), list.end(), is_null);
        Json texts = list;
        if (gaps) {
            std::replace_if(texts.begin(), texts.end(), is_null, Json(""));
        }
        if (!are_words(texts)) {
            return false;
        }
        out_.key = key;
        out_.texts = words_of(texts);
        if (gaps) {
            close_gaps(key);
        }
        return true;
    }
    bool take_labels(std::vector<std::string> labels) {
        out_.labels = telling(std::move(labels));
        return true;
    }
    /// {"A": "red", "C": "blue"}, {"1": "red", "2": "blue"}.
    bool take_object(const Json& object, const std::string& key) {
        std::vector<std::string> texts, labels;
        bool letters = !object.empty(), numbers = !object.empty();
        for (const auto& [label, text] : object.items()) {
            if (!is_word(text) && !text.is_null()) {
                return false;
            }
            letters = letters && is_letter(label);
            numbers = numbers && label.find_first_not_of("0123456789") == std::string::npos && !label.empty();
            labels.push_back(label);
            texts.push_back(text.is_null() ? std::string() : word_of(text));
        }
        if (!letters && !numbers) {
            return false;
        }
        std::vector<std::string> placed;
        for (std::size_t i = 0; letters && i < texts.size(); ++i) {
            placed.resize(std::max(placed.size(), place_of(labels[i]) + 1));
            if (!placed[place_of(labels[i])].empty()) {
                return false;  // "A" and "a"
            }
            placed[place_of(labels[i])] = texts[i];
        }
        out_.key = key;
        out_.texts = letters ? std::move(placed) : std::move(texts);
        out_.labels = letters ? std::vector<std::string>() : std::move(labels);
        close_gaps(key);
        return true;
    }

    /// A column an option: A, B, ... as MMBench and VLMEvalKit have them, choice_a, choice_b, ... as SEED-Bench has. Blank ones at the end are none.
    Status take_columns(const Json& from, const std::string& prefix) {
        for (const std::string& name : {std::string("choice_"), std::string()}) {
            std::vector<std::string> texts;
            for (char letter = 'A'; letter <= 'Z'; ++letter) {
                const std::string key = name + static_cast<char>(name.empty() ? letter : letter - 'A' + 'a');
                const auto at = from.find(key);
                if (at != from.end() && is_repeated(*at)) {
                    return invalid_input(where_, prefix + key, kRepeated, "a field once");
                }
                if (at != from.end() && !is_word(*at) && !at->is_null()) {
                    break;
                }
                const std::string text = at == from.end() || at->is_null() ? std::string() : word_of(*at);
                texts.push_back(strip(text).empty() ? std::string() : text);
            }
            while (!texts.empty() && (texts.back().empty() || texts.back() == "nan")) {
                texts.pop_back();
            }
            const auto filled = std::count_if(texts.begin(), texts.end(), [](const std::string& text) { return !text.empty(); });
            const std::optional<std::size_t> named = truth_.is_string() ? named_option(truth_.get<std::string>(), texts) : std::nullopt;
            if (filled < 2 || !named || texts[*named].empty()) {
                continue;
            }
            out_.key = "options in " + prefix + (name.empty() ? "A, B, ..." : "choice_a, choice_b, ...");
            out_.texts = std::move(texts);
            close_gaps(out_.key);
            return {};
        }
        return {};
    }
    void close_gaps(const std::string& key) {
        while (!out_.texts.empty() && out_.texts.back().empty() && out_.labels.empty()) {
            out_.texts.pop_back();
        }
        const std::string gap = gap_in(out_.texts);
        out_.gap = gap.empty() ? "" : gap + " of the " + key;
    }

    const Json& record_;
    const Json* doc_;
    const Json& truth_;
    const std::string& where_;
    RecordOptions out_;
};

}  // namespace

Result<RecordOptions> read_record_options(const Json& record, const Json* doc, const Json& truth, const std::string& where) {
    return OptionsReader(record, doc, truth, where).read();
}

Json unpacked_text(const Json& value, const std::string& key, std::vector<std::string>& unread) {
    if (!value.is_string()) {
        return value;
    }
    const std::string& text = value.get_ref<const std::string&>();
    if (std::optional<Json> object = python_object(text)) {
        return std::move(*object);
    }
    if (!looks_like_list(text)) {
        return value;
    }
    std::optional<Json> list = python_list(text);
    if (!list) {
        unread.push_back(key);
    }
    return list ? std::move(*list) : value;
}

std::optional<std::size_t> label_in(const std::vector<std::string>& labels, const std::string& answer) {
    std::string said = normalise_answer(bare_answer(answer).text);
    const auto without = [&said](char open, char close) {
        said = said.size() > 2 && said.front() == open && said.back() == close ? said.substr(1, said.size() - 2) : said;
    };
    without('(', ')');
    said.resize(said.size() - (said.ends_with(')') ? 1 : 0));
    const auto at = std::find_if(labels.begin(), labels.end(), [&](const std::string& each) { return !said.empty() && normalise_answer(each) == said; });
    return at == labels.end() ? std::nullopt : std::optional(static_cast<std::size_t>(at - labels.begin()));
}

bool document_says(const Json* doc, const std::string& word) {
    return doc != nullptr && std::any_of(kAnswerFields.begin(), kAnswerFields.end(), [&](const char* field) {
        const auto own = doc->find(field);
        return own != doc->end() && own->is_string() && strip(own->get<std::string>()) == strip(word);
    });
}

std::optional<std::size_t> labelled_option(const RecordOptions& options, const Json* doc, const std::string& truth, bool index_first) {
    const std::string said = strip(truth);
    const auto at = std::find(options.labels.begin(), options.labels.end(), said);
    const std::string digits = number_value(cleaned(said));
    const bool is_index = !digits.empty() && digits.size() < 4 && digits.find_first_not_of("0123456789") == std::string::npos && std::stoul(digits) < options.labels.size();
    if (at != options.labels.end() && document_says(doc, said)) {
        return static_cast<std::size_t>(at - options.labels.begin());
    }
    if (is_index && document_says(doc, options.labels[std::stoul(digits)])) {
        return std::stoul(digits);
    }
    if (at == options.labels.end() || (index_first && is_index)) {
        return std::nullopt;
    }
    return static_cast<std::size_t>(at - options.labels.begin());
}

}  // namespace r2t2
