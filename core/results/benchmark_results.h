// A benchmark's own score of a stored run: its answers before and after, scored again by the key stored with every sample.
//
// Source: core/scoring/benchmark_score.h. Thread rule: pure functions; the one on a reader belongs to the reader's thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/scoring/benchmark_score.h"
#include "core/session/session_reader.h"

namespace r2t2 {

/// Of one set of a run.
struct BenchmarkResult {
    std::string set;
    std::string benchmark;
    std::vector<NamedNumber> native;  ///< of the answers at step 0; the headline first, then its parts
    std::vector<NamedNumber> result;  ///< of the last answers, the same measures
    std::vector<NamedNumber> native_official, result_official;  ///< the same by the benchmark's own pattern; empty: it has none
    std::string pattern;              ///< that pattern's name
    std::int64_t native_unread = 0, result_unread = 0;  ///< answers that name no option
};

/// Takes the rows of a run one by one.
class BenchmarkScorer {
public:
    /// Rows without a key do not count; those with an error or without an answer are missing members of their groups, which counts only
    /// there. Error: the stored key cannot be read.
    [[nodiscard]] Status add(const SampleRow& row, const std::string& where);
    /// In the order of the sets' names.
    [[nodiscard]] std::vector<BenchmarkResult> results() const;

private:
    struct Answers {
        AnswerScorer native, result;
    };
    std::map<std::string, Answers> sets_;
};

struct BenchmarkResults {
    std::vector<BenchmarkResult> sets;  ///< empty: no set of the run is a benchmark, or its session is older than schema 4
    std::int64_t damaged = 0;           ///< samples left out: checksum or key does not hold
};
/// Errors: the reader's.
[[nodiscard]] Result<BenchmarkResults> benchmark_results(SessionReader& session, std::int64_t run);

/// The one of a set; null: there is none.
[[nodiscard]] const BenchmarkResult* benchmark_of(const std::vector<BenchmarkResult>& results, const std::string& set);

}  // namespace r2t2
