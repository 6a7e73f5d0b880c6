// From scored answers to the number a benchmark reports, and its parts.
//
// Sources: MMBench's CircularEval; MME's calculation; CV-Bench's mean over sources; means of the others. Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/scoring/answer_key.h"

namespace r2t2 {

/// One scored answer.
struct ScoredRow {
    std::string id;
    std::string group;     ///< AnswerKey::group
    std::string category;  ///< AnswerKey::category
    double value = 0.0;    ///< 0 .. 1
    bool correct = false;
    int group_size = 0;    ///< AnswerKey::group_size
    int options = 0;       ///< how many the question has
    bool missing = false;  ///< it was not answered: a member of its group, and nothing else
};

struct NamedNumber {
    std::string name;
    double value = 0.0;         ///< NaN: not known, every group is incomplete
    std::string unit;           ///< "%", "points", "" for ANLS
    std::int64_t count = 0;     ///< questions (MMBench: base questions; MME's acc+: pictures) behind it
    double maximum = 0.0;
    std::int64_t incomplete = 0;  ///< groups of which a member is missing: left out of this number (MME: of its acc+ part)
    std::int64_t missing = 0;     ///< parts that no answer is of: MME's subtasks; `maximum` is less by theirs
    bool operator==(const NamedNumber&) const = default;
};

/// The headline first, then its parts. None without rows.
///
///   MMBench     CircularEval over base questions (all rotations right), VanillaEval (base rows), CircularEval per category
///   MME-P       points of the ten perception subtasks (100 acc + 100 acc+ each, 2000 with all ten), then every subtask with acc and
///               acc+ (pictures with all their questions right), then the cognition subtasks apart
///   CVBench-2D  mean of the accuracies on ADE20K and COCO; CVBench-3D: accuracy on Omni3D
///   ST-VQA, DocVQA  mean ANLS, 0 .. 1
///   others      100 times the mean value, per category where there are several
///
/// A size that is not known (keys from before version 2 of the rules) is two in MME, in MMBench as many as the question has options, or one
/// where no row is a rotation. A group with fewer rows than its size is never all right: it is left out and counted in NamedNumber::incomplete. So is one of which every member
/// is missing, as far as that is told by rows that are `missing`. A subtask of MME without
/// a complete picture has no points and is no part of the sum; one without any row is counted in NamedNumber::missing.
[[nodiscard]] std::vector<NamedNumber> benchmark_score(std::string_view benchmark, const std::vector<ScoredRow>& rows);

/// "MME-P 1234.50 of 2000 points (2114)"; "MME-P 900.00 of 1400 points (900), incomplete: 3 subtasks missing";
/// "CircularEval 50.00 % (2), 1 incomplete group left out"; "CircularEval not known (0), ...".
[[nodiscard]] std::string to_string(const NamedNumber& number);
/// The same with its set before it, "MMBench: CircularEval 50.00 % (2)", unless the number has the set's name.
[[nodiscard]] std::string of_set(const std::string& set, const NamedNumber& number);

/// What a benchmark makes of answers: by our rule, and by its own published pattern where it has one.
struct BenchmarkScore {
    std::vector<NamedNumber> numbers;   ///< as benchmark_score
    std::vector<NamedNumber> official;  ///< the same measures by the pattern; empty: it has none
    std::string pattern;                ///< its name (official_score.h); "" = none
    std::int64_t unread = 0;            ///< AnswerValue::unread: wrong, or right by a guess of MathVista's script, and said so

    bool operator==(const BenchmarkScore&) const = default;
};

/// "3 answers name no option (or, where one is asked for, no number)"; empty: none.
[[nodiscard]] std::string unread_text(std::int64_t unread);

/// Takes the answers of one set under one method.
class AnswerScorer {
public:
    explicit AnswerScorer(std::string benchmark) : benchmark_(std::move(benchmark)) {}

    void add(const std::string& id, std::string_view answer, const AnswerKey& key);
    /// A question that failed.
    void add_missing(const std::string& id, const AnswerKey& key);
    [[nodiscard]] const std::string& benchmark() const { return benchmark_; }
    [[nodiscard]] BenchmarkScore score() const;

private:
    std::string benchmark_, pattern_;
    std::int64_t unread_ = 0;
    std::vector<ScoredRow> rows_, official_, missing_;
};

}  // namespace r2t2
