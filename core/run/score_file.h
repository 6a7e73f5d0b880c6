// Scoring another program's predictions by our rules (core/scoring/scoring.h).
//
// The file is JSON lines (one object a line) or one JSON array of objects. Of each object:
//
//   prediction   the first with a value of: filtered_resps, prediction, pred, response, model_answer, model_response, resps
//   truth        the first with a value of: target, ground_truth, truth, answers, correct_answer
//   answer       the truth where a prediction but no truth was found, the prediction where a truth but no prediction was
//                "answer" as target of a document without a field of that name (lmms-eval's TextVQA and VQAv2): doc.answers,
//                texts or objects with an "answer"; "answers" and "direct_answers": the list of that name; and said. The name of a field that the
//                document lacks otherwise: the truth is unknown, and that is said
//   set          text, optional; else doc.set
//   options      or choices, else scoring.options (our exports), else doc.options or doc.choices (also their "text"), optional, list of texts: letters and texts of options
//                count for each other, as core/scoring/option_choice.h finds them; an object with a text for each letter or number, and ARC's
//                {"text": [], "label": []}, likewise; without one of these a column each, A, B, ... or choice_a,
//                choice_b, ..., of doc or the record, where the truth is one of their letters or texts
//   filter       text, optional: lm-eval logs a document once for each; every filter is counted apart
//   doc_id       or id, optional: a record that has the id, set and filter of another is counted and named; 1, "1" and 1.0 are one id
//
// Whose rule scores: core/run/log_rule.h. Where the options' labels are no letters, core/run/record_options.h says when a number is a label.
//
//   scoring      of our exports: with a "rule" the record is scored by it and by the answers beside it, as its run was; target and options are not read
//
// A text that Python's str() made of a list ("['a', 'b']", core/run/python_list.h) is that list as truth and as options, unless it is an option's text;
// as truth of an answer in words the whole text counts too. What begins and ends like a list and is none stays a text and is counted as such.
// A prediction is a text, a number, true or false (as JSON writes them), or a list whose first entry is one, as deep as it
// goes: [["yes"]]. A list of lm-eval's [log-likelihood, is greedy] pairs is a choice: the largest, of equal ones the first; its truth is an index
// from 0, or the text or letter of a choice (of arguments, else of the options). Other truths are a text, a number or a list of them: any of a list
// counts, also of lists inside it; numbers are equal as numbers (3.0 is 3, 1e-7 is 0.0000001; whole ones of any length exactly); where there are options it is a letter or an option's text, an index only
// where doc has choices and the same whole number as answer, gold, label, target, answer_idx, answer_index or correct. An empty text is a wrong
// answer. null, NaN or an empty list as prediction means "not answered", as truth "unknown": counted, but in no accuracy. Other keys are ignored.
// Byte order marks and UTF-16 are read; texts are compared with accents, blanks and widths of every script levelled (core/scoring/clean_answer.h).
// Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/analysis/statistics.h"
#include "core/base/cancel.h"
#include "core/base/result.h"
#include "core/scoring/answer_key.h"
#include "core/scoring/scoring.h"

namespace r2t2 {

struct SetScore {
    std::string name;
    std::int64_t scored = 0;
    std::int64_t right = 0;
    double value = 0.0;             ///< sum of what the answers are worth, 0 .. 1 each: `right` where no rule scores softly
    std::int64_t not_answered = 0;  ///< no prediction
    std::int64_t unknown = 0;       ///< no truth
    Interval interval;              ///< Wilson, 95 %, 0 .. 1

    [[nodiscard]] double accuracy() const;  ///< 0 .. 1, NaN without scored records
    [[nodiscard]] double mean_value() const;  ///< likewise
};

/// MMBench's questions, each asked once for every rotation of its options: right where all rotations are.
struct RotatedQuestions {
    std::int64_t questions = 0;   ///< with all their rotations
    std::int64_t right = 0;
    std::int64_t incomplete = 0;  ///< fewer rotations than options: in neither
};

/// All records that went through one filter.
struct FilterScore {
    std::string filter;          ///< empty: the records name none
    std::vector<SetScore> sets;  ///< of records that name one, in the order of their first
    SetScore overall;            ///< all of them, one by one
    RotatedQuestions rotated;    ///< of MMBench's where some question has several
};

/// Records of a kind, and the first of them.
struct NotedRecords {
    std::int64_t count = 0;
    std::vector<std::string> places;  ///< "line 3: ...", no more than kNamedRecords
};
inline constexpr std::size_t kNamedRecords = 20;

/// Records that were scored by a benchmark's rule, since the log names it or has its annotators' answers (log_rule.h).
struct LogRuleCount {
    AnswerRule rule = AnswerRule::SoftVqa;
    std::int64_t records = 0;
};

struct FileScore {
    std::filesystem::path path;
    ScoringRule rule = ScoringRule::Exact;
    std::vector<FilterScore> filters;      ///< in the order of their first record; at least one
    std::int64_t repeated = 0;             ///< records with the id, set and filter of an earlier one; they count
    std::vector<std::string> repetitions;  ///< the first of them, a line each
    std::int64_t by_own_rule = 0;          ///< records of our exports, scored as their run was
    std::int64_t targets_by_name = 0;      ///< records whose target is the name of their document's answers, which were taken
    NotedRecords unread_lists;             ///< texts that look like a list of Python's and are none; read as texts
    std::vector<LogRuleCount> by_log_rule;
    std::int64_t any_of = 0;               ///< records with several truths, any of which was fully right
    NotedRecords short_of_metric;          ///< of benchmarks whose metric needs what they lack (ten annotators' answers, the type of an answer): scored by `rule`
    NotedRecords letters_without_options;  ///< truths that are a letter, with no options found: scored as texts
    NotedRecords yes_or_no_without_options;  ///< of sets whose truths are all yes or no, without options: predictions that are neither of the two alone, scored as texts
    std::int64_t with_verdict = 0;           ///< records that were scored and of which the log itself says whether they are right (log_verdict.h)
    NotedRecords against_verdict;            ///< those of which it says otherwise
    NotedRecords missing_answers;          ///< targets that are the name of a field which the document lacks: in no accuracy
    NotedRecords option_gaps;              ///< letters between others that have no option; the others keep theirs
};

inline constexpr std::uint64_t kMaxPredictionBytes = 1024ull << 20;

/// Errors name file, line, field, found, allowed: no file, too long, not JSON, a record without prediction or truth or with one
/// of another type, a truth that is none of the options or the text of two, a key that is read and stands twice in an object, no record at all. One bad record is an error: an accuracy over the others would be another number.
[[nodiscard]] Result<FileScore> score_file(const std::filesystem::path& path, ScoringRule rule = ScoringRule::Exact,
                                           const CancelToken& cancel = {});
/// The same from memory; `path` names the file in errors.
[[nodiscard]] Result<FileScore> score_text(const std::string& text, const std::filesystem::path& path,
                                           ScoringRule rule = ScoringRule::Exact, const CancelToken& cancel = {});

/// "exact" or "starts-with". Error names `option`.
[[nodiscard]] Result<ScoringRule> parse_scoring_rule(const std::string& text, const std::string& option);

}  // namespace r2t2
