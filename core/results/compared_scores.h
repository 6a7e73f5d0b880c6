// What a comparison of two runs is of, set by set: right answers, or what the answers are worth; and the number that the set's benchmark itself
// reports, of both runs, which may count other things than samples.
//
// Thread rule: pure functions and values.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "core/scoring/benchmark_score.h"
#include "core/session/session_reader.h"

namespace r2t2 {

enum class ComparedBy {
    Right,  ///< right or wrong
    Worth   ///< 0 .. 1 an answer: the benchmark's rule gives fractions (soft accuracy, ANLS)
};

/// What an answer is worth by the key that is stored with its sample. None: no benchmark scores it, or the key cannot be read.
struct AnswerWorth {
    ComparedBy by = ComparedBy::Right;
    double a = 0.0, b = 0.0;
};
[[nodiscard]] std::optional<AnswerWorth> answer_worth(const SampleRow& a, const SampleRow& b);

/// A benchmark's headline, of the samples that are paired.
struct OwnNumbers {
    std::string benchmark;
    NamedNumber a, b;
    /// How it counts, where that is not one by one: "CircularEval counts questions of which all rotations are right; the table takes every rotation
    /// singly". Empty: its number is the mean of what the table compares.
    std::string counts;
    [[nodiscard]] double difference() const { return b.value - a.value; }
};

/// Takes the samples of two runs.
class OwnScores {
public:
    /// Answered in both.
    void pair(const SampleRow& a, const SampleRow& b);
    /// In no number: a missing member of its group.
    void missing(const SampleRow& row);
    /// None: the set is no benchmark's, or nothing of it was paired.
    [[nodiscard]] std::optional<OwnNumbers> of(const std::string& set) const;

private:
    struct Answers {
        AnswerScorer a, b;
    };
    Answers* answers(const SampleRow& row, const std::string& benchmark);
    std::map<std::string, Answers> sets_;
};

/// "VQA-V2: accuracy A 4.00 % (40), B 4.75 % (40), B - A +0.75".
[[nodiscard]] std::string own_numbers_text(const std::string& set, const OwnNumbers& own);

}  // namespace r2t2
