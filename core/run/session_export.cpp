#include "core/run/session_export.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "core/base/atomic_file.h"
#include "core/base/folder_claim.h"
#include "core/json/parse_json.h"
#include "core/results/benchmark_results.h"
#include "core/results/neighbour_results.h"
#include "core/results/result_table.h"
#include "core/results/sample_clusters.h"
#include "core/results/scored_again.h"
#include "core/run/evaluation_report.h"
#include "core/run/export_files.h"
#include "core/run/exported_picture.h"
#include "core/run/parallel.h"
#include "core/scoring/stored_key.h"
#include "core/session/sample_order.h"

namespace r2t2 {

namespace {

using Json = nlohmann::ordered_json;

/// What is counted of one set while its samples pass by.
struct SetCounts {
    std::string name;
    std::int64_t failed = 0;
    std::vector<std::optional<bool>> results;  ///< one a sample without error
    std::vector<StepCorrectness> steps;        ///< likewise
    std::vector<std::size_t> places;           ///< likewise: their numbers in the run

    void add(const SetCounts& other) {
        failed += other.failed;
        results.insert(results.end(), other.results.begin(), other.results.end());
        steps.insert(steps.end(), other.steps.begin(), other.steps.end());
        places.insert(places.end(), other.places.begin(), other.places.end());
    }
};

std::vector<StepAccuracy> accuracy_by_step(const std::vector<StepCorrectness>& samples, std::size_t steps) {
    std::vector<StepAccuracy> out(steps);
    for (const StepCorrectness& sample : samples) {
        for (std::size_t step = 0; step < steps && !sample.empty(); ++step) {
            if (const std::optional<bool> right = sample[std::min(step, sample.size() - 1)]) {
                ++out[step].scored;
                out[step].right += *right ? 1 : 0;
            }
        }
    }
    return out;
}

/// `clusters`: of every sample of the run.
SetSummary summary_of(const SetCounts& counts, std::size_t steps, const std::vector<std::size_t>& clusters) {
    SetSummary out;
    out.name = counts.name;
    out.failed = counts.failed;
    for (const std::optional<bool>& result : counts.results) {
        out.scored += result ? 1 : 0;
        out.right += result.value_or(false) ? 1 : 0;
        out.not_scored += result ? 0 : 1;
    }
    std::vector<BeforeAndAfter> changes;
    for (std::size_t i = 0; i < counts.results.size(); ++i) {
        changes.push_back({clusters[counts.places[i]], counts.steps[i].empty() ? std::nullopt : counts.steps[i].front(), counts.results[i]});
    }
    out.told = clustered_result(changes);
    out.transitions = transitions(counts.steps);
    out.change = out.transitions.empty() ? TransitionCounts{} : out.transitions.back().from_start;
    out.steps = accuracy_by_step(counts.steps, steps);
    return out;
}

Json correct_json(const std::optional<bool>& correct) { return correct ? Json(*correct) : Json(nullptr); }

/// What the answer is worth by the stored key, and why; null: none, or one that cannot be read.
std::optional<AnswerValue> value_of(const std::optional<StoredKey>& key, bool answered, const std::string& answer) {
    return key && answered ? std::optional(score(answer, key->key)) : std::nullopt;
}

std::optional<StoredKey> key_of(const SampleInfo& info) {
    if (!info.scoring) {
        return std::nullopt;
    }
    Result<StoredKey> key = parse_stored_key(*info.scoring, info.id.key);
    return key ? std::optional(std::move(*key)) : std::nullopt;
}

Json steps_json(const Trajectory& trajectory) {
    Json steps = Json::array();
    for (const TrajectoryStep& step : trajectory.steps) {
        const bool known = step.objective && std::isfinite(*step.objective);
        steps.push_back({{"step", step.index},
                         {"answer", step.answer ? Json(step.answer->text) : Json(nullptr)},
                         {"correct", correct_json(step.correct)},
                         {"objective", known ? Json(*step.objective) : Json(nullptr)},
                         {"weights", mean_over_mixers(step.weights).values()}});
    }
    return steps;
}

/// One line. The first half is what harnesses log of a sample that was answered in words, the second is ours.
std::string sample_line(std::int64_t number, const StoredSample& sample, const ExportedPictures& pictures) {
    const SampleRow& row = sample.row;
    const SampleInfo& info = row.info;
    const bool done = row.error.empty() && !sample.trajectory.steps.empty();
    const bool answered = done && sample.trajectory.result().answer.has_value();
    const bool native = done && sample.trajectory.base().answer.has_value();
    const std::optional<StoredKey> key = key_of(info);
    const std::optional<AnswerValue> native_value = value_of(key, native, row.native_answer), final_value = value_of(key, answered, row.final_answer);
    const Json answers = answered ? Json::array({row.final_answer}) : Json::array();
    const Json json = {
        {"doc_id", number},
        {"doc", {{"question", info.asked()}, {"image", pictures.name_of(info)}, {"set", info.id.set}, {"id", info.id.key}}},
        {"target", info.ground_truth ? Json(*info.ground_truth) : Json(nullptr)},
        {"resps", Json::array({answers})},
        {"filtered_resps", answers},
        {"filter", "none"},
        {"metrics", Json::array({"exact_match"})},
        {"exact_match", row.final_correct ? Json(*row.final_correct ? 1 : 0) : Json(nullptr)},
        {"set", info.id.set},
        {"id", info.id.key},
        {"native_answer", native ? Json(row.native_answer) : Json(nullptr)},
        {"final_answer", answered ? Json(row.final_answer) : Json(nullptr)},
        {"native_correct", correct_json(row.native_correct)},
        {"final_correct", correct_json(row.final_correct)},
        {"native_score", native_value ? Json(native_value->value) : Json(nullptr)},
        {"final_score", final_value ? Json(final_value->value) : Json(nullptr)},
        {"native_reason", native_value ? Json(native_value->reason) : Json(nullptr)},
        {"final_reason", final_value ? Json(final_value->reason) : Json(nullptr)},
        {"scoring", key ? stored_json(*info.scoring) : Json(nullptr)},
        {"outcome", row.outcome.empty() ? Json(nullptr) : Json(row.outcome)},
        {"steps", steps_json(sample.trajectory)},
        {"error", row.error.empty() ? Json(nullptr) : Json(row.error)}};
    return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<std::vector<StoredRun>> chosen_runs(SessionReader& reader, const std::string& session, const std::vector<std::int64_t>& wanted) {
    Result<std::vector<StoredRun>> all = reader.runs();
    if (!all) {
        return all;
    }
    std::string known;
    for (const StoredRun& run : *all) {
        known += (known.empty() ? "" : ", ") + std::to_string(run.id);
    }
    if (all->empty()) {
        return Error{ErrorKind::NotFound, session, "runs", "none", "a session with at least one run"};
    }
    const std::set<std::int64_t> chosen(wanted.begin(), wanted.end());
    std::set<std::int64_t> missing = chosen;
    std::erase_if(*all, [&](const StoredRun& run) {
        missing.erase(run.id);
        return !chosen.empty() && chosen.count(run.id) == 0;
    });
    if (!missing.empty()) {
        return Error{ErrorKind::NotFound, session, "run", std::to_string(*missing.begin()), known};
    }
    return all;
}

/// Writes one run's lines and counts what it writes, so that the two cannot differ.
class RunExport {
public:
    RunExport(SessionReader& reader, const std::string& session, const StoredRun& run) : reader_(reader), session_(session) {
        out_.run = run;
        out_.samples_file = samples_file_name(run);
    }

    Result<RunSummary> write(const std::filesystem::path& directory, const ProgressCallback& progress, const CancelToken& cancel) {
        Result<AtomicFile> file = AtomicFile::create(directory / out_.samples_file, {.durability = Durability::Buffered});
        if (!file) {
            return file.error();
        }
        Result<std::vector<SampleRow>> rows = reader_.samples(out_.run.id);
        if (!rows) {
            return rows.error();
        }
        std::stable_sort(rows->begin(), rows->end(), [](const SampleRow& a, const SampleRow& b) { return comes_before(a.info.id, b.info.id); });
        pictures_.emplace(out_.run.info, *rows);
        ProgressGate gate(progress, "export run " + std::to_string(out_.run.id), rows->size());
        std::string lines;
        for (const SampleRow& row : *rows) {
            if (cancel.cancelled()) {
                return cancelled();
            }
            Result<std::string> line = line_of(row);
            if (!line) {
                return line.error();
            }
            lines += *line;
            if (lines.size() >= kBlock) {
                R2T2_TRY(file->write(lines));
                lines.clear();
            }
            gate.advance();
        }
        R2T2_TRY(file->write(lines));
        R2T2_TRY(file->commit());
        finish();
        return std::move(out_);
    }

private:
    static constexpr std::size_t kBlock = 1 << 20;

    /// Empty: the row was left out. Errors: what is not this row's fault.
    Result<std::string> line_of(const SampleRow& row) {
        if (row.damaged) {
            return std::string();  // the reader knows
        }
        Result<StoredSample> sample = reader_.sample(row.id);
        if (!sample && (sample.error().kind == ErrorKind::InvalidInput || sample.error().kind == ErrorKind::NotFound)) {  // a step or neighbour of it
            leave_out(row.id, sample.error());
            return std::string();
        }
        if (!sample) {
            return sample.error();
        }
        if (const Status scored = scorer_.add(sample->row, "sample row " + std::to_string(row.id)); !scored.ok()) {
            leave_out(row.id, scored.error());
            return std::string();
        }
        const ScoredAgain again = score_again(*sample);
        out_.scored_again += again == ScoredAgain::Changed || again == ScoredAgain::Unchanged ? 1 : 0;
        out_.verdicts_changed += again == ScoredAgain::Changed ? 1 : 0;
        out_.by_older_rules += again == ScoredAgain::Impossible ? 1 : 0;
        count(*sample);
        return sample_line(written_++, *sample, *pictures_);
    }

    void leave_out(std::int64_t row, const Error& error) {
        std::string why = error.message();
        // Where the session lies is not part of it: the same session gives the same bytes.
        for (const std::string& known : {session_ + ": ", "sample row " + std::to_string(row) + ": "}) {
            why = why.starts_with(known) ? why.substr(known.size()) : why;
        }
        reader_.leave_out({out_.run.id, row, why});
    }

    void count(const StoredSample& sample) {
        const auto [place, added] = places_.try_emplace(sample.row.info.id.set, sets_.size());
        if (added) {
            sets_.push_back({sample.row.info.id.set, 0, {}, {}, {}});
        }
        SetCounts& counts = sets_[place->second];
        if (!sample.row.error.empty()) {
            ++counts.failed;
            return;
        }
        counts.results.push_back(sample.row.final_correct);
        counts.places.push_back(keys_.size());
        keys_.push_back(cluster_key(sample.row.info));
        StepCorrectness& steps = counts.steps.emplace_back();
        for (const TrajectoryStep& step : sample.trajectory.steps) {
            steps.push_back(step.correct);
        }
        longest_ = std::max(longest_, steps.size());
    }

    void finish() {
        SetCounts all{"overall", 0, {}, {}, {}};
        const std::vector<std::size_t> clusters = cluster_numbers(keys_);
        for (const SetCounts& set : sets_) {
            out_.sets.push_back(summary_of(set, longest_, clusters));
            all.add(set);
        }
        out_.overall = summary_of(all, longest_, clusters);
        const std::vector<BenchmarkResult> benchmarks = scorer_.results();
        out_.coverage = run_coverage(out_.run);
        out_.coverage.damaged = static_cast<std::int64_t>(out_.damaged.size());
        out_.coverage.without_truth = out_.overall.not_scored;
        out_.overall.planned = out_.coverage.planned;
        out_.overall.references = out_.coverage.references;
        for (SetSummary& set : out_.sets) {
            set.planned = planned_of(out_.run.info, set.name);
            set.references = reference_samples_of(out_.run.info, set.name);
            set.left_out = left_out_of(out_.run.info, set.name);
            if (const BenchmarkResult* found = benchmark_of(benchmarks, set.name)) {
                set.benchmark = found->benchmark;
                set.benchmark_native = found->native;
                set.benchmark_result = found->result;
                set.official_native = found->native_official;
                set.official_result = found->result_official;
                set.official_pattern = found->pattern;
                set.native_unread = found->native_unread;
                set.result_unread = found->result_unread;
            }
        }
    }

    SessionReader& reader_;
    const std::string& session_;
    RunSummary out_;
    std::vector<SetCounts> sets_;
    std::map<std::string, std::size_t> places_;
    std::vector<ClusterKey> keys_;  ///< of every sample without an error
    BenchmarkScorer scorer_;
    std::size_t longest_ = 0;
    std::int64_t written_ = 0;
    std::optional<ExportedPictures> pictures_;
};

/// Holm's correction over all that the files tell against base.
void correct(SessionSummary& summary) {
    std::vector<ClusteredResult*> cells, pooled;
    for (RunSummary& run : summary.runs) {
        if (run.run.info.method == to_string(Method::Base)) {
            continue;
        }
        for (SetSummary& set : run.sets) {
            cells.push_back(&set.told);
        }
        pooled.push_back(&run.overall.told);
    }
    told_together(cells);
    told_together(pooled);
}

}  // namespace

double SetSummary::accuracy() const {
    return scored > 0 ? static_cast<double>(right) / static_cast<double>(scored) : std::numeric_limits<double>::quiet_NaN();
}

bool SessionSummary::miniature() const {
    return std::any_of(runs.begin(), runs.end(), [](const RunSummary& run) { return run.run.info.model_name == "miniature"; });
}

std::size_t SessionSummary::damaged() const {
    std::size_t count = 0;
    for (const RunSummary& run : runs) {
        count += run.damaged.size();
    }
    return count;
}

std::string stored_method_title(const StoredRun& run) {
    const Result<Method> method = parse_method(run.info.method);
    return (method ? method_title(*method) : run.info.method) + (run.variant.empty() ? "" : ", " + run.variant);
}

bool stored_method_uses_label(const StoredRun& run) {
    const Result<Method> method = parse_method(run.info.method);
    return method && uses_label(*method);
}

Result<ExportedSession> export_session(const std::string& session, const std::filesystem::path& directory,
                                       const std::vector<std::int64_t>& runs, const ProgressCallback& progress, const CancelToken& cancel) {
    Result<SessionReader> reader = SessionReader::open(session);
    if (!reader) {
        return reader.error();
    }
    const Result<std::vector<StoredRun>> chosen = chosen_runs(*reader, session, runs);
    if (!chosen) {
        return chosen.error();
    }
    R2T2_TRY(make_folder(directory));
    const Result<FolderClaim> claim = FolderClaim::take(directory);
    if (!claim.ok()) {
        return claim.error();
    }
    R2T2_TRY(check_files_there(directory, session, *chosen));
    R2T2_TRY(begin_anew(directory));
    ExportedSession out;
    out.summary.session = std::filesystem::path(session).filename().string();
    out.waiting_in_log = reader->waiting_in_log();
    for (const StoredRun& run : *chosen) {
        Result<RunSummary> written = RunExport(*reader, session, run).write(directory, progress, cancel);
        if (!written) {
            return written.error();
        }
        Result<NeighbourResults> neighbours = neighbour_results(*reader, run.id, cancel);
        if (!neighbours) {
            return neighbours.error();
        }
        written->neighbours = neighbours->report;
        for (const LeftOut& sample : reader->take_left_out()) {
            written->damaged.push_back(sample.row_text());
        }
        out.files.push_back(directory / written->samples_file);
        out.summary.runs.push_back(std::move(*written));
    }
    correct(out.summary);
    for (const auto& [name, text] : {std::pair<const char*, std::string>{"accuracy.csv", accuracy_csv(out.summary)},
                                     {"benchmarks.csv", benchmark_csv(out.summary)},
                                     {"neighbours.csv", neighbour_csv(out.summary)},
                                     {"table.tex", accuracy_table_latex(out.summary)},
                                     {kResults, results_json(out.summary)}}) {
        if (name == std::string_view(kResults)) {
            R2T2_TRY(remove_earlier(directory, out));
        }
        R2T2_TRY(write_file_atomically(directory / name, text, Durability::Buffered));
        out.files.push_back(directory / name);
    }
    return out;
}

}  // namespace r2t2
