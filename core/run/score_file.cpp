#include "core/run/score_file.h"

#include <algorithm>
#include <limits>
#include <map>

#include "core/base/utf8_text.h"
#include "core/json/parse_json.h"
#include "core/run/prediction_json.h"
#include "core/run/prediction_record.h"
#include "core/run/prediction_texts.h"
#include "core/vision/load_image.h"

namespace r2t2 {

namespace {

constexpr std::size_t kNamedRepetitions = 20;

/// Counts records, filter by filter.
class ScoreCounts {
public:
    explicit ScoreCounts(ScoringRule rule) { out_.rule = rule; }

    void add(const PredictionRecord& record, std::int64_t line) {
        const RecordValue value = record.answered() && record.known() ? value_of(record, out_.rule) : RecordValue{};
        ++records_;
        out_.by_own_rule += record.own_rule ? 1 : 0;
        note_lists(record, line);
        Filter& filter = filter_of(record.filter);
        count(out_.filters[filter.place].overall, record, value);
        if (!record.set.empty()) {
            std::vector<SetScore>& sets = out_.filters[filter.place].sets;
            const auto [entry, added] = filter.sets.try_emplace(record.set, sets.size());
            if (added) {
                sets.emplace_back().name = record.set;
            }
            count(sets[entry->second], record, value);
        }
        if (!record.id.empty()) {
            note_repetition(filter, record, line);
        }
    }
    [[nodiscard]] std::int64_t records() const { return records_; }
    FileScore finish(const std::filesystem::path& path) {
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
        if (out_.repetitions.size() < kNamedRepetitions) {
            out_.repetitions.push_back("line " + std::to_string(line) + ": id " + record.id + (record.set.empty() ? "" : " of set " + record.set) +
                                       (record.filter.empty() ? "" : " under filter " + record.filter) + ", as in line " + std::to_string(first->second));
        }
    }
    void note_lists(const PredictionRecord& record, std::int64_t line) {
        out_.targets_by_name += record.target_is_a_name ? 1 : 0;
        for (const std::string& key : record.unread_lists) {
            ++out_.unread_lists;
            if (out_.unread_list_places.size() < kNamedRepetitions) {
                out_.unread_list_places.push_back("line " + std::to_string(line) + ": " + key);
            }
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
    const std::string file = path.string();
    const Result<std::string> text = utf8_text(bytes, file);
    if (!text) {
        return text.error();
    }
    ScoreCounts counts(rule);
    const auto each = [&](RecordText record) -> Status {
        if (cancel.cancelled()) {
            return cancelled();
        }
        const Result<nlohmann::ordered_json> json = parse_prediction_json(record, file);
        if (!json) {
            return json.error();
        }
        const std::string where = file + ": line " + std::to_string(record.line);
        if (!json->is_object()) {
            return invalid_input(where, "record", brief_json(*json), "an object with a prediction and a truth");
        }
        const Result<PredictionRecord> read = read_prediction_record(*json, where);
        if (!read) {
            return read.error();
        }
        counts.add(*read, record.line);
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
