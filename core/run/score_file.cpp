#include "core/run/score_file.h"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <utility>

#include "core/base/utf8_text.h"
#include "core/json/parse_json.h"
#include "core/run/prediction_record.h"
#include "core/run/prediction_texts.h"
#include "core/vision/load_image.h"

namespace r2t2 {

namespace {


/// Counts records, filter by filter.
class ScoreCounts {
public:
    explicit ScoreCounts(ScoringRule rule) { out_.rule = rule; }

    void add(PredictionRecord&& record, std::int64_t line) {
        ++records_;
        out_.by_own_rule += record.own_rule ? 1 : 0;
        note(record, line);
        Filter& filter = filter_of(record.filter);
        Place place{filter.place, std::nullopt};
        if (!record.set.empty()) {
            std::vector<SetScore>& sets = out_.filters[filter.place].sets;
            const auto [entry, added] = filter.sets.try_emplace(record.set, sets.size());
            if (added) {
                sets.emplace_back().name = record.set;
            }
            place.set = entry->second;
        }
        if (!record.id.empty()) {
            note_repetition(filter, record, line);
        }
        if (record.unsure && key_of(record, out_.rule) != nullptr) {
            unsure_.emplace_back(place, std::move(record));
        } else {
            tally(place, record);
        }
    }
    [[nodiscard]] std::int64_t records() const { return records_; }
    FileScore finish(const std::filesystem::path& path) {
        decide_unsure();
        out_.path = path;
        for (FilterScore& filter : out_.filters) {
            filter.overall.name = "overall";
            filter.overall.interval = wilson_interval(filter.overall.right, filter.overall.scored);
            for (SetScore& set : filter.sets) {
                set.interval = wilson_interval(set.right, set.scored);
            }
        }
        return std::move(out_);
    }

private:
    struct Filter {
        std::size_t place = 0;                      ///< in FileScore::filters
        std::map<std::string, std::size_t> sets;    ///< in FilterScore::sets
        std::map<std::string, std::int64_t> lines;  ///< of every id's first record
    };

    struct Place {
        std::size_t filter = 0;          ///< in FileScore::filters
        std::optional<std::size_t> set;  ///< in FilterScore::sets
    };

    /// Ten answers that all differ are annotators' in a log where others' agree, else ten names of one thing.
    void decide_unsure() {
        for (auto& [place, record] : unsure_) {
            if (annotators_) {
                record.log_rule->rule = *annotators_;
            } else {
                record.log_rule.reset();
            }
            tally(place, record);
        }
    }
    void tally(const Place& place, const PredictionRecord& record) {
        const RecordValue value = record.answered() && record.known() ? value_of(record, out_.rule) : RecordValue{};
        if (!record.own_rule) {
            note_rule(record);
        }
        FilterScore& filter = out_.filters[place.filter];
        count(filter.overall, record, value);
        if (place.set) {
            count(filter.sets[*place.set], record, value);
        }
    }
    void note_rule(const PredictionRecord& record) {
        const AnswerKey* key = key_of(record, out_.rule);
        out_.any_of += key == nullptr && record.accepted > 1 ? 1 : 0;
        if (key == nullptr) {
            return;
        }
        annotators_ = key->rule == AnswerRule::Anls ? annotators_ : key->rule;
        auto at = std::find_if(out_.by_log_rule.begin(), out_.by_log_rule.end(), [key](const LogRuleCount& each) { return each.rule == key->rule; });
        at = at == out_.by_log_rule.end() ? out_.by_log_rule.insert(at, {key->rule, 0}) : at;
        ++at->records;
    }

    Filter& filter_of(const std::string& name) {
        const auto [entry, added] = filters_.try_emplace(name);
        if (added) {
            entry->second.place = out_.filters.size();
            out_.filters.emplace_back().filter = name;
        }
        return entry->second;
    }
    void note_repetition(Filter& filter, const PredictionRecord& record, std::int64_t line) {
        const auto [first, added] = filter.lines.try_emplace(record.set + '\0' + record.id, line);
        if (added) {
            return;
        }
        ++out_.repeated;
        if (out_.repetitions.size() < kNamedRecords) {
            out_.repetitions.push_back("line " + std::to_string(line) + ": id " + record.id + (record.set.empty() ? "" : " of set " + record.set) +
                                       (record.filter.empty() ? "" : " under filter " + record.filter) + ", as in line " + std::to_string(first->second));
        }
    }
    static void note_in(NotedRecords& noted, std::int64_t line, const std::string& what) {
        ++noted.count;
        if (noted.places.size() < kNamedRecords) {
            noted.places.push_back("line " + std::to_string(line) + ": " + what);
        }
    }
    void note(const PredictionRecord& record, std::int64_t line) {
        out_.targets_by_name += record.target_is_a_name ? 1 : 0;
        for (const std::string& key : record.unread_lists) {
            note_in(out_.unread_lists, line, key);
        }
        if (record.short_of_annotators && out_.rule == ScoringRule::Exact) {
            note_in(out_.short_of_annotators, line, std::to_string(record.truths.size()) + (record.truths.size() == 1 ? " answer" : " answers"));
        }
        if (record.letter_without_options) {
            note_in(out_.letters_without_options, line, record.truths.front());
        }
        if (!record.missing_answer.empty()) {
            note_in(out_.missing_answers, line, "target \"" + record.missing_answer + "\"");
        }
        if (!record.option_gap.empty()) {
            note_in(out_.option_gaps, line, record.option_gap);
        }
    }
    static void count(SetScore& set, const PredictionRecord& record, const RecordValue& value) {
        if (!record.known()) {
            ++set.unknown;
        } else if (!record.answered()) {
            ++set.not_answered;
        } else {
            ++set.scored;
            set.right += value.right ? 1 : 0;
            set.value += value.value;
        }
    }

    FileScore out_;
    std::map<std::string, Filter> filters_;
    std::vector<std::pair<Place, PredictionRecord>> unsure_;
    std::optional<AnswerRule> annotators_;  ///< the rule by which others of the log are scored
    std::int64_t records_ = 0;
};

}  // namespace

double SetScore::accuracy() const {
    return scored > 0 ? static_cast<double>(right) / static_cast<double>(scored) : std::numeric_limits<double>::quiet_NaN();
}

double SetScore::mean_value() const { return scored > 0 ? value / static_cast<double>(scored) : std::numeric_limits<double>::quiet_NaN(); }

Result<ScoringRule> parse_scoring_rule(const std::string& text, const std::string& option) {
    if (text != "exact" && text != "starts-with") {
        return invalid_input("", option, text, "exact or starts-with");
    }
    return text == "exact" ? ScoringRule::Exact : ScoringRule::StartsWith;
}

Result<FileScore> score_text(const std::string& bytes, const std::filesystem::path& path, ScoringRule rule, const CancelToken& cancel) {
    const std::string file = path.string(), file_name = path.filename().string();
    const Result<std::string> text = utf8_text(bytes, file);
    if (!text) {
        return text.error();
    }
    ScoreCounts counts(rule);
    const auto each = [&](RecordText record) -> Status {
        if (cancel.cancelled()) {
            return cancelled();
        }
        JsonLimits limits;
        limits.first_line = record.line;
        limits.long_numbers = LongNumbers::AsDigits;
        const Result<nlohmann::ordered_json> json = parse_ordered_json(record.text, file, limits);
        if (!json) {
            return json.error();
        }
        const std::string where = file + ": line " + std::to_string(record.line);
        if (!json->is_object()) {
            return invalid_input(where, "record", brief_json(*json), "an object with a prediction and a truth");
        }
        Result<PredictionRecord> read = read_prediction_record(*json, where, file_name);
        if (!read) {
            return read.error();
        }
        counts.add(*std::move(read), record.line);
        return {};
    };
    R2T2_TRY(visit_record_texts(*text, file, each));
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
