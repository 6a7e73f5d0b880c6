#include "ui/models/session_reading.h"

#include <sys/stat.h>

#include <algorithm>

#include "core/routing/method_table.h"

namespace r2t2::ui {

namespace {

Result<EvaluationViewPtr> read_evaluation(SessionReader& reader, std::int64_t run, const ProgressCallback& progress, const CancelToken& cancel) {
    auto results = evaluation_results(reader, run, progress, cancel);
    if (!results) {
        return results.error();
    }
    auto view = std::make_shared<EvaluationView>();
    view->evaluation = results->empty() ? std::string() : evaluation_name(results->front().run.info);
    view->table = result_table(*results);
    view->runs = std::move(*results);
    auto all = sweeps(reader);
    if (!all) {
        return all.error();
    }
    for (Sweep& sweep : *all) {
        if (sweep.evaluation == view->evaluation) {
            R2T2_TRY(read_scores(reader, sweep));
            view->sweeps.push_back(std::make_shared<Sweep>(std::move(sweep)));
        }
    }
    view->left_out = reader.take_left_out();
    return EvaluationViewPtr(std::move(view));
}

Status read_failures(SessionReader& reader, SessionLook& look) {
    for (const StoredRun& run : look.runs) {
        if (run.errors == 0) {
            continue;
        }
        const auto failed = reader.failed_samples(run.id);
        if (!failed) {
            return failed.error();
        }
        for (const r2t2::SampleRow& row : *failed) {
            if (!row.damaged) {
                look.failures[run.id].add(row.info.id.set, row.info.id.key, row.error);
            }
        }
    }
    return {};
}

Result<SampleRowsPtr> read_changed(SessionReader& reader, std::int64_t run) {
    auto rows = reader.samples(run);
    if (!rows) {
        return rows.error();
    }
    std::erase_if(*rows, [](const r2t2::SampleRow& row) { return row.damaged || (row.outcome != "RW" && row.outcome != "WR"); });
    std::stable_partition(rows->begin(), rows->end(), [](const r2t2::SampleRow& row) { return row.outcome == "RW"; });
    return SampleRowsPtr(std::make_shared<std::vector<r2t2::SampleRow>>(std::move(*rows)));
}

}  // namespace

const RunResults* EvaluationView::run(std::int64_t id) const {
    const auto at = std::find_if(runs.begin(), runs.end(), [id](const RunResults& run) { return run.run.id == id; });
    return at == runs.end() ? nullptr : &*at;
}

SweepPtr EvaluationView::sweep_of(const std::string& method) const {
    const auto at = std::find_if(sweeps.begin(), sweeps.end(), [&method](const SweepPtr& sweep) { return sweep->method == method; });
    return at == sweeps.end() ? nullptr : *at;
}

Result<SessionLook> read_session(const SessionWanted& wanted, const std::function<void(const SessionLook&)>& begun, const ProgressCallback& progress,
                                 const CancelToken& cancel) {
    SessionLook look;
    look.state = file_state(wanted.path);
    auto reader = SessionReader::open(wanted.path);
    if (!reader) {
        return reader.error();
    }
    R2T2_TRY(reader->hold());
    auto runs = reader->runs();
    if (!runs) {
        return runs.error();
    }
    look.runs = std::move(*runs);
    look.labels = run_labels(look.runs);
    const auto there = [&](std::int64_t id) { return std::any_of(look.runs.begin(), look.runs.end(), [id](const StoredRun& run) { return run.id == id; }); };
    look.run = there(wanted.run) ? wanted.run : telling_run(look.runs);
    const std::int64_t second = telling_run(look.runs);
    look.pair = there(wanted.pair.first) && there(wanted.pair.second) ? wanted.pair : RunPair{compared_with(look.runs, second), second};
    R2T2_TRY(read_failures(*reader, look));
    begun(look);
    if (look.run == 0) {
        return look;
    }
    const bool same = look.state == wanted.known_state;
    if (same && wanted.known && wanted.known->run(look.run) != nullptr) {
        look.evaluation = wanted.known;
    } else {
        auto evaluation = read_evaluation(*reader, look.run, progress, cancel);
        if (!evaluation) {
            return evaluation.error();
        }
        look.evaluation = std::move(*evaluation);
    }
    auto changed = read_changed(*reader, look.run);
    if (!changed) {
        return changed.error();
    }
    look.changed = std::move(*changed);
    if (const auto [a, b] = look.pair; same && wanted.known_comparison && look.pair == wanted.pair) {
        look.comparison = wanted.known_comparison;
    } else if (a != 0 && b != 0 && a != b) {
        auto comparison = compare_runs(*reader, wanted.path, a, b);
        if (!comparison) {
            return comparison.error();
        }
        look.comparison = std::make_shared<SessionComparison>(std::move(*comparison));
    }
    return look;
}

/// A log that is empty says no more than none: whoever reads may make one.
std::string file_state(const std::string& path) {
    std::string out;
    for (const char* end : {"", "-wal"}) {
        struct stat found {};
        const bool there = ::stat((path + end).c_str(), &found) == 0 && (*end == '\0' || found.st_size > 0);
        out += there ? std::to_string(found.st_ino) + " " + std::to_string(found.st_size) + " " + std::to_string(found.st_mtim.tv_sec) + "." +
                           std::to_string(found.st_mtim.tv_nsec) + ";"
                     : std::string("none;");
    }
    return out;
}

}  // namespace r2t2::ui
