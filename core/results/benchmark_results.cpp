#include "core/results/benchmark_results.h"

#include <algorithm>

#include "core/scoring/stored_key.h"

namespace r2t2 {

Status BenchmarkScorer::add(const SampleRow& row, const std::string& where) {
    if (!row.info.scoring || !row.error.empty() || !row.native_correct || !row.final_correct) {
        return {};
    }
    const Result<StoredKey> stored = parse_stored_key(*row.info.scoring, where);
    if (!stored) {
        return stored.error();
    }
    if (stored->benchmark.empty()) {
        return {};
    }
    Rows& rows = sets_[row.info.id.set];
    rows.benchmark = stored->benchmark;
    const auto scored = [&](const std::string& answer) {
        const AnswerValue value = score(answer, stored->key);
        return ScoredRow{row.info.id.key, stored->key.group, stored->key.category, value.value, value.correct};
    };
    rows.native.push_back(scored(row.native_answer));
    rows.result.push_back(scored(row.final_answer));
    return {};
}

std::vector<BenchmarkResult> BenchmarkScorer::results() const {
    std::vector<BenchmarkResult> out;
    for (const auto& [set, rows] : sets_) {
        out.push_back({set, rows.benchmark, benchmark_score(rows.benchmark, rows.native), benchmark_score(rows.benchmark, rows.result)});
    }
    return out;
}

Result<BenchmarkResults> benchmark_results(SessionReader& session, std::int64_t run) {
    const Result<std::vector<SampleRow>> rows = session.benchmark_samples(run);
    if (!rows) {
        return rows.error();
    }
    BenchmarkResults out;
    BenchmarkScorer scorer;
    for (const SampleRow& row : *rows) {
        const bool read = !row.damaged && scorer.add(row, "sample row " + std::to_string(row.id)).ok();
        out.damaged += read ? 0 : 1;
    }
    out.sets = scorer.results();
    return out;
}

const BenchmarkResult* benchmark_of(const std::vector<BenchmarkResult>& results, const std::string& set) {
    const auto found = std::find_if(results.begin(), results.end(), [&](const BenchmarkResult& each) { return each.set == set; });
    return found == results.end() ? nullptr : &*found;
}

}  // namespace r2t2
