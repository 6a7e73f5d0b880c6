#include "core/results/benchmark_results.h"

#include <algorithm>

#include "core/scoring/stored_key.h"

namespace r2t2 {

Status BenchmarkScorer::add(const SampleRow& row, const std::string& where) {
    if (!row.info.scoring) {
        return {};
    }
    const Result<StoredKey> stored = parse_stored_key(*row.info.scoring, where, row.error.empty() ? KeyUse::Scores : KeyUse::Groups);
    if (!stored) {
        return stored.error();
    }
    if (stored->benchmark.empty()) {
        return {};
    }
    const AnswerScorer empty(stored->benchmark);
    Answers& answers = sets_.try_emplace(row.info.id.set, Answers{empty, empty}).first->second;
    if (!row.error.empty() || !row.native_correct || !row.final_correct) {
        answers.native.add_missing(row.info.id.key, stored->key);
        answers.result.add_missing(row.info.id.key, stored->key);
        return {};
    }
    answers.native.add(row.info.id.key, row.native_answer, stored->key);
    answers.result.add(row.info.id.key, row.final_answer, stored->key);
    return {};
}

std::vector<BenchmarkResult> BenchmarkScorer::results() const {
    std::vector<BenchmarkResult> out;
    for (const auto& [set, answers] : sets_) {
        BenchmarkScore native = answers.native.score(), result = answers.result.score();
        if (result.numbers.empty()) {
            continue;  // nothing of it was answered
        }
        out.push_back({set, answers.native.benchmark(), std::move(native.numbers), std::move(result.numbers), std::move(native.official),
                       std::move(result.official), std::move(result.pattern), native.unread, result.unread});
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
        const Status read = row.damaged ? Status() : scorer.add(row, "key");
        if (!read.ok()) {
            session.leave_out({run, row.id, read.error().message()});
        }
        out.damaged += row.damaged || !read.ok() ? 1 : 0;
    }
    out.sets = scorer.results();
    return out;
}

const BenchmarkResult* benchmark_of(const std::vector<BenchmarkResult>& results, const std::string& set) {
    const auto found = std::find_if(results.begin(), results.end(), [&](const BenchmarkResult& each) { return each.set == set; });
    return found == results.end() ? nullptr : &*found;
}

}  // namespace r2t2
