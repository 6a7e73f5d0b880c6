#include "core/run/score_file.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <tuple>
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
        Place place{filter.place, std::nullopt, line};
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
        const bool undecided = record.answer_list != AnswerList::Settled && out_.rule == ScoringRule::Exact && !record.own_rule;
        if (undecided) {
            ListsOfKind& kind = undecided_[record.kind];
            ++kind.lists;
            kind.agreeing += record.answer_list == AnswerList::Agreeing ? 1 : 0;
            if (record.log_rule) {
                tally(kind.of_annotators, place, record);
                record.log_rule.reset();
                tally(kind.of_names, place, record);
                return;
            }
        }
        tally(out_, place, record);
    }
    [[nodiscard]] std::int64_t records() const { return records_; }
    FileScore finish(const std::filesystem::path& path) {
        decide_lists();
        gather_longer_answers();
        gather_verdicts();
        gather_rotations();
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
        std::int64_t line = 0;
    };

    /// What records of one kind count for.
    struct Tally {
        std::vector<LogRuleCount> by_log_rule;
        std::int64_t any_of = 0;
        std::map<std::pair<std::size_t, std::optional<std::size_t>>, SetScore> places;  ///< filter, and set (none: those without)
        std::int64_t with_verdict = 0;
        std::vector<std::pair<std::int64_t, std::string>> against_verdict;  ///< by line
    };
    /// Lists of answers of one kind, of which the log does not say whose they are; those of ten are counted both ways until all are seen.
    struct ListsOfKind {
        std::int64_t lists = 0, agreeing = 0;
        Tally of_annotators, of_names;
    };

    /// Annotators agree on most questions, and there are ten of them every time; names of one thing have each once, and are as many as there are.
    void decide_lists() {
        for (auto& [name, kind] : undecided_) {
            const Tally& tally = 2 * kind.agreeing >= kind.lists ? kind.of_annotators : kind.of_names;
            out_.any_of += tally.any_of;
            out_.with_verdict += tally.with_verdict;
            against_.insert(against_.end(), tally.against_verdict.begin(), tally.against_verdict.end());
            for (const LogRuleCount& each : tally.by_log_rule) {
                count_rule(out_.by_log_rule, each.rule, each.records);
            }
            for (const auto& [place, score] : tally.places) {
                FilterScore& filter = out_.filters[place.first];
                add_counts(filter.overall, score);
                if (place.second) {
                    add_counts(filter.sets[*place.second], score);
                }
            }
        }
    }
    static void add_counts(SetScore& into, const SetScore& from) {
        into.scored += from.scored;
        into.right += from.right;
        into.value += from.value;
        into.not_answered += from.not_answered;
        into.unknown += from.unknown;
    }
    static void count_rule(std::vector<LogRuleCount>& rules, AnswerRule rule, std::int64_t records) {
        auto at = std::find_if(rules.begin(), rules.end(), [rule](const LogRuleCount& each) { return each.rule == rule; });
        at = at == rules.end() ? rules.insert(at, {rule, 0}) : at;
        at->records += records;
    }
    [[nodiscard]] RecordValue value(const PredictionRecord& record) const {
        return record.answered() && record.known() ? value_of(record, out_.rule) : RecordValue{};
    }
    void tally(Tally& into, const Place& place, const PredictionRecord& record) const {
        const RecordValue worth = value(record);
        note_rule(into.by_log_rule, into.any_of, record);
        compare_verdict(record, worth, place.line, into.with_verdict, into.against_verdict);
        count(into.places[{place.filter, place.set}], record, worth);
    }
    void tally(FileScore& into, const Place& place, const PredictionRecord& record) {
        const RecordValue worth = value(record);
        compare_verdict(record, worth, place.line, into.with_verdict, against_);
        if (record.rotated_question && record.answered() && record.known()) {
            Rotations& question = rotations_[{place.filter, record.set, *record.rotated_question}];
            ++question.asked;
            question.right += worth.right ? 1 : 0;
            question.options = std::max(question.options, static_cast<std::int64_t>(record.options.size()));
        }
        if (!record.own_rule) {
            note_rule(into.by_log_rule, into.any_of, record);
        }
        FilterScore& filter = into.filters[place.filter];
        count(filter.overall, record, worth);
        if (place.set) {
            count(filter.sets[*place.set], record, worth);
        }
    }
    static void compare_verdict(const PredictionRecord& record, const RecordValue& worth, std::int64_t line, std::int64_t& compared,
                                std::vector<std::pair<std::int64_t, std::string>>& against) {
        if (!record.verdict || !record.answered() || !record.known()) {
            return;
        }
        ++compared;
        if (std::abs(worth.value - (record.verdict->right ? 1.0 : 0.0)) >= 0.5) {
            against.emplace_back(line, record.verdict->metric + (record.verdict->right ? " says right, here it is wrong" : " says wrong, here it is right"));
        }
    }
    void gather_verdicts() {
        std::sort(against_.begin(), against_.end());
        out_.against_verdict.count = static_cast<std::int64_t>(against_.size());
        for (std::size_t i = 0; i < std::min(against_.size(), kNamedRecords); ++i) {
            out_.against_verdict.places.push_back("line " + std::to_string(against_[i].first) + ": the log's own " + against_[i].second);
        }
    }

    struct Rotations {
        std::int64_t asked = 0, right = 0, options = 0;
    };
    /// Where no question is asked twice nobody rotates.
    void gather_rotations() {
        std::set<std::size_t> rotating;
        for (const auto& [place, question] : rotations_) {
            if (question.asked > 1) {
                rotating.insert(std::get<0>(place));
            }
        }
        for (const auto& [place, question] : rotations_) {
            RotatedQuestions& rotated = out_.filters[std::get<0>(place)].rotated;
            const bool whole = question.asked >= question.options;
            if (rotating.contains(std::get<0>(place))) {
                rotated.questions += whole ? 1 : 0;
                rotated.right += whole && question.right == question.asked ? 1 : 0;
                rotated.incomplete += whole ? 0 : 1;
            }
        }
    }

    void note_rule(std::vector<LogRuleCount>& rules, std::int64_t& any_of, const PredictionRecord& record) const {
        const AnswerKey* key = key_of(record, out_.rule);
        any_of += key == nullptr && record.accepted > 1 ? 1 : 0;
        if (key != nullptr) {
            count_rule(rules, key->rule, 1);
        }
    }

    /// Of a set, what is neither yes nor no alone; told only if all its truths are one of the two.
    struct LongerAnswers {
        bool all_yes_or_no = true;
        std::int64_t count = 0;
        std::vector<std::pair<std::int64_t, std::string>> first;  ///< by line
    };
    void note_longer_answer(const PredictionRecord& record, std::int64_t line) {
        if (!record.known() || out_.rule != ScoringRule::Exact) {
            return;
        }
        LongerAnswers& set = longer_[record.set];
        set.all_yes_or_no = set.all_yes_or_no && record.truth_is_yes_or_no;
        if (record.more_than_yes_or_no) {
            ++set.count;
            if (set.first.size() < kNamedRecords) {
                set.first.emplace_back(line, *record.prediction);
            }
        }
    }
    void gather_longer_answers() {
        std::vector<std::pair<std::int64_t, std::string>> first;
        for (const auto& [name, set] : longer_) {
            if (set.all_yes_or_no) {
                out_.yes_or_no_without_options.count += set.count;
                first.insert(first.end(), set.first.begin(), set.first.end());
            }
        }
        std::sort(first.begin(), first.end());
        for (std::size_t i = 0; i < std::min(first.size(), kNamedRecords); ++i) {
            out_.yes_or_no_without_options.places.push_back("line " + std::to_string(first[i].first) + ": " + brief_json(nlohmann::json(first[i].second)));
        }
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
        if (!record.short_of_metric.empty() && out_.rule == ScoringRule::Exact) {
            note_in(out_.short_of_metric, line, record.short_of_metric);
        }
        if (record.letter_without_options) {
            note_in(out_.letters_without_options, line, record.truths.front());
        }
        note_longer_answer(record, line);
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
    std::map<std::string, ListsOfKind> undecided_;  ///< by kind
    std::map<std::string, LongerAnswers> longer_;     ///< by set
    std::vector<std::pair<std::int64_t, std::string>> against_;  ///< by line
    std::map<std::tuple<std::size_t, std::string, std::int64_t>, Rotations> rotations_;  ///< filter, set, question
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
        Result<nlohmann::ordered_json> json = parse_ordered_json(record.text, file, limits);
        if (json && record.text.find("Infinity") != std::string_view::npos && has_likelihoods(*json)) {
            limits.non_finite = NonFiniteLiterals::InfinitiesAsTexts;
            json = parse_ordered_json(record.text, file, limits);
        }
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
