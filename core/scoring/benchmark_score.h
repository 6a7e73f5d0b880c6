// From scored answers to the number a benchmark reports, and its parts.
//
// Sources: MMBench's CircularEval; MME's calculation; CV-Bench's mean over sources; means of the others. Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace r2t2 {

/// One scored answer.
struct ScoredRow {
    std::string id;
    std::string group;     ///< AnswerKey::group
    std::string category;  ///< AnswerKey::category
    double value = 0.0;    ///< 0 .. 1
    bool correct = false;
};

struct NamedNumber {
    std::string name;
    double value = 0.0;
    std::string unit;           ///< "%", "points", "" for ANLS
    std::int64_t count = 0;     ///< questions (MMBench: base questions; MME's acc+: pictures) behind it
    double maximum = 0.0;
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
[[nodiscard]] std::vector<NamedNumber> benchmark_score(std::string_view benchmark, const std::vector<ScoredRow>& rows);

/// "MME-P 1234.5 of 2000 points (2114)".
[[nodiscard]] std::string to_string(const NamedNumber& number);

}  // namespace r2t2
