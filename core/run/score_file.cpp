#include "core/run/score_file.h"

#include <algorithm>
#include <array>
#include <functional>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/vision/load_image.h"

namespace r2t2 {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::array kPredictionKeys = {"filtered_resps", "prediction", "pred", "response", "model_answer", "model_response", "resps"};
constexpr std::array kTruthKeys = {"target", "ground_truth", "truth", "answers", "correct_answer"};
constexpr const char* kEitherKey = "answer";
constexpr int kMaxNesting = 32;  ///< copying and printing JSON recurses

template <typename Keys>
std::string key_list(const Keys& keys) {
    std::string text;
    for (const char* key : keys) {
        text += std::string(key) + ", ";
    }
    return text + kEitherKey;
}

std::string brief(const Json& json) {
    const std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
    return text.size() > 60 ? text.substr(0, 57) + "..." : text;
}

/// A piece of the file that holds one record.
struct RecordText {
    std::string_view text;
    std::int64_t line = 1;  ///< where it begins, from 1
};

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

RecordText trimmed(RecordText record) {
    while (!record.text.empty() && is_blank(record.text.front())) {
        record.line += record.text.front() == '\n' ? 1 : 0;
        record.text.remove_prefix(1);
    }
    while (!record.text.empty() && is_blank(record.text.back())) {
        record.text.remove_suffix(1);
    }
    return record;
}

std::string place(const std::string& file, std::int64_t line) { return file + ": line " + std::to_string(line); }

/// Calls `each` for every entry of an array without reading the entries: each is parsed by itself, so that a large file needs
/// the memory of one and an error knows its line.
class ArrayEntries {
public:
    ArrayEntries(RecordText array, const std::string& file) : array_(array), file_(file) {}

    Status visit(const std::function<Status(RecordText)>& each) {
        std::size_t begin = 1;
        std::int64_t begin_line = array_.line, line = array_.line;
        int depth = 0;
        bool in_text = false;
        std::int64_t entries = 0;
        for (std::size_t i = 1; i < array_.text.size(); ++i) {
            const char c = array_.text[i];
            line += c == '\n' ? 1 : 0;
            if (in_text) {
                i += c == '\\' ? 1 : 0;
                in_text = c != '"';
                continue;
            }
            in_text = c == '"';
            const bool ends = depth == 0 && c == ']';
            if (ends || (depth == 0 && c == ',')) {
                const RecordText entry = trimmed({array_.text.substr(begin, i - begin), begin_line});
                if (entry.text.empty() && ends && entries == 0) {
                    return after(i + 1, line);
                }
                if (entry.text.empty()) {
                    return invalid_input(place(file_, line), "array", "nothing between two commas or before the end", "an object");
                }
                R2T2_TRY(each(entry));
                ++entries;
                if (ends) {
                    return after(i + 1, line);
                }
                begin = i + 1;
                begin_line = line;
            }
            depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
            if (depth < 0) {
                return invalid_input(place(file_, line), "array", "a bracket that closes nothing", "a JSON array of objects");
            }
        }
        return invalid_input(place(file_, line), "array", "the end of the file", "\"]\" at the end of the array");
    }

private:
    [[nodiscard]] Status after(std::size_t end, std::int64_t line) const {
        const RecordText rest = trimmed({array_.text.substr(end), line});
        return rest.text.empty() ? Status() : invalid_input(place(file_, rest.line), "array", "text after its end", "nothing");
    }

    RecordText array_;
    const std::string& file_;
};

Status visit_lines(std::string_view text, const std::function<Status(RecordText)>& each) {
    std::int64_t line = 0;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        const RecordText record = trimmed({text.substr(begin, end - begin), ++line});
        if (!record.text.empty()) {
            R2T2_TRY(each(record));
        }
        begin = end + 1;
    }
    return {};
}

/// How deep brackets go, texts left out.
int nesting(std::string_view text) {
    int depth = 0, deepest = 0;
    bool in_text = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (in_text) {
            i += c == '\\' ? 1 : 0;
            in_text = c != '"';
            continue;
        }
        in_text = c == '"';
        depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
        deepest = std::max(deepest, depth);
    }
    return deepest;
}

Result<Json> parsed_record(RecordText record, const std::string& file) {
    if (nesting(record.text) > kMaxNesting) {
        return invalid_input(place(file, record.line), "record", "more than " + std::to_string(kMaxNesting) + " brackets inside each other",
                             "an object with a prediction and a truth");
    }
    try {
        Json json = Json::parse(record.text.begin(), record.text.end());
        if (!json.is_object()) {
            return invalid_input(place(file, record.line), "record", brief(json), "an object with a prediction and a truth");
        }
        return json;
    } catch (const Json::parse_error& error) {
        const auto before = record.text.substr(0, std::min<std::size_t>(error.byte, record.text.size()));
        const std::int64_t line = record.line + std::count(before.begin(), before.end(), '\n');
        const std::string what = error.what();
        const std::size_t reason = what.find("syntax error");
        return invalid_input(place(file, line), "JSON", reason == std::string::npos ? what : what.substr(reason, 200),
                             "one JSON object a line, or one array of objects");
    } catch (const Json::exception& error) {  // a number that no double holds
        return invalid_input(place(file, record.line), "JSON", error.what(), "numbers up to 1.8e308");
    }
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

bool is_word(const Json& json) { return json.is_string() || json.is_number() || json.is_boolean(); }
std::string word(const Json& json) { return json.is_string() ? json.get<std::string>() : json.dump(); }

/// One record. `where` names file and line.
class PredictionRecord {
public:
    PredictionRecord(const Json& record, std::string where) : record_(record), where_(std::move(where)) {
        prediction_ = first_of(record, kPredictionKeys);
        truth_ = first_of(record, kTruthKeys);
        const auto either = record.find(kEitherKey);
        if (either != record.end() && prediction_.key.empty() != truth_.key.empty()) {
            (truth_.key.empty() ? truth_ : prediction_) = {kEitherKey, *either};
        }
    }

    Status read() {
        if (prediction_.key.empty() && truth_.key.empty()) {
            return invalid_input(where_, "prediction", "missing (and no truth either)", key_list(kPredictionKeys));
        }
        if (prediction_.key.empty()) {
            return invalid_input(where_, "prediction", "missing", key_list(kPredictionKeys));
        }
        if (truth_.key.empty()) {
            return invalid_input(where_, "truth", "missing", key_list(kTruthKeys));
        }
        R2T2_TRY(read_prediction());
        R2T2_TRY(read_truths());
        R2T2_TRY(read_options());
        return read_set();
    }

    std::optional<std::string> prediction;
    std::vector<std::string> truths;
    std::vector<std::string> options;
    std::string set;

private:
    Status read_prediction() {
        const Json* value = &prediction_.value;
        while (value->is_array() && !value->empty()) {
            value = &value->front();
        }
        if (value->is_null() || value->is_array()) {
            return {};
        }
        if (!is_word(*value)) {
            return invalid_input(where_, prediction_.key, brief(prediction_.value), "a text, a number, or a list that begins with one");
        }
        prediction = word(*value);
        return {};
    }

    Status read_truths() {
        const Json list = truth_.value.is_array() ? truth_.value : truth_.value.is_null() ? Json::array() : Json::array({truth_.value});
        for (const Json& each : list) {
            if (!is_word(each)) {
                return invalid_input(where_, truth_.key, brief(truth_.value), "a text, a number, or a list of them");
            }
            truths.push_back(word(each));
        }
        return {};
    }

    Status read_options() {
        const Found found = first_of(record_, std::array{"options", "choices"});
        if (found.key.empty() || found.value.is_null()) {
            return {};
        }
        const bool texts = found.value.is_array() && std::all_of(found.value.begin(), found.value.end(), is_word);
        if (!texts) {
            return invalid_input(where_, found.key, brief(found.value), "a list of texts");
        }
        std::transform(found.value.begin(), found.value.end(), std::back_inserter(options), word);
        for (const std::string& truth : truths) {
            if (truth_.value.is_number() && std::find(options.begin(), options.end(), truth) == options.end()) {
                return invalid_input(where_, truth_.key, truth,
                                     "the letter or the text of one of the " + std::to_string(options.size()) + " " + found.key);
            }
        }
        return {};
    }

    Status read_set() {
        Found found = first_of(record_, std::array{"set"});
        if (found.key.empty() && record_.contains("doc") && record_["doc"].is_object()) {
            found = first_of(record_["doc"], std::array{"set"});
            found.key = found.key.empty() ? "" : "doc.set";
        }
        if (found.key.empty() || found.value.is_null()) {
            return {};
        }
        if (!found.value.is_string()) {
            return invalid_input(where_, found.key, brief(found.value), "a text");
        }
        set = found.value.get<std::string>();
        return {};
    }

    const Json& record_;
    std::string where_;
    Found prediction_;
    Found truth_;
};

class ScoreCounts {
public:
    explicit ScoreCounts(ScoringRule rule) { out_.rule = rule; }

    void add(const PredictionRecord& record) {
        const auto is_right = [&](const std::string& truth) {
            return score_answer(*record.prediction, truth, out_.rule, record.options).correct;
        };
        const bool right = record.prediction && std::any_of(record.truths.begin(), record.truths.end(), is_right);
        ++records_;
        count(out_.overall, record, right);
        if (!record.set.empty()) {
            const auto [entry, added] = places_.try_emplace(record.set, out_.sets.size());
            if (added) {
                out_.sets.emplace_back().name = record.set;
            }
            count(out_.sets[entry->second], record, right);
        }
    }
    [[nodiscard]] std::int64_t records() const { return records_; }
    FileScore finish(const std::filesystem::path& path) {
        out_.path = path;
        out_.overall.name = "overall";
        out_.overall.interval = wilson_interval(out_.overall.right, out_.overall.scored);
        for (SetScore& set : out_.sets) {
            set.interval = wilson_interval(set.right, set.scored);
        }
        return std::move(out_);
    }

private:
    static void count(SetScore& set, const PredictionRecord& record, bool right) {
        if (record.truths.empty()) {
            ++set.unknown;
        } else if (!record.prediction) {
            ++set.not_answered;
        } else {
            ++set.scored;
            set.right += right ? 1 : 0;
        }
    }

    FileScore out_;
    std::map<std::string, std::size_t> places_;
    std::int64_t records_ = 0;
};

}  // namespace

double SetScore::accuracy() const {
    return scored > 0 ? static_cast<double>(right) / static_cast<double>(scored) : std::numeric_limits<double>::quiet_NaN();
}

Result<ScoringRule> parse_scoring_rule(const std::string& text, const std::string& option) {
    if (text != "exact" && text != "starts-with") {
        return invalid_input("", option, text, "exact or starts-with");
    }
    return text == "exact" ? ScoringRule::Exact : ScoringRule::StartsWith;
}

Result<FileScore> score_text(const std::string& text, const std::filesystem::path& path, ScoringRule rule, const CancelToken& cancel) {
    const std::string file = path.string();
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    std::string_view rest = text;
    rest.remove_prefix(rest.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0);
    ScoreCounts counts(rule);
    const auto each = [&](RecordText text_of_record) -> Status {
        if (cancel.cancelled()) {
            return cancelled();
        }
        const Result<Json> json = parsed_record(text_of_record, file);
        if (!json) {
            return json.error();
        }
        PredictionRecord record(*json, place(file, text_of_record.line));
        R2T2_TRY(record.read());
        counts.add(record);
        return {};
    };
    const RecordText whole = trimmed({rest, 1});
    R2T2_TRY(whole.text.starts_with('[') ? ArrayEntries(whole, file).visit(each) : visit_lines(rest, each));
    if (counts.records() == 0) {
        return invalid_input(file, "records", "none", "at least one object with a prediction and a truth");
    }
    return counts.finish(path);
}

Result<FileScore> score_file(const std::filesystem::path& path, ScoringRule rule, const CancelToken& cancel) {
    const Result<std::string> text = read_limited_file(path, kMaxPredictionBytes);
    return text ? score_text(*text, path, rule, cancel) : text.error();
}

}  // namespace r2t2
