#include "core/results/result_table.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <set>

#include "core/base/half_up.h"
#include "core/results/made_together.h"
#include "core/results/sample_clusters.h"
#include "core/routing/method_params.h"

namespace r2t2 {

namespace {

/// Native and last answer of the samples for which both are known.
struct Pairs {
    std::vector<SampleKey> keys;
    std::vector<std::size_t> clusters;
    std::vector<double> before, after;
};

Pairs pairs_of(const SetResults& set) {
    Pairs out;
    for (std::size_t i = 0; i < set.samples.size(); ++i) {
        const StepCorrectness& steps = set.samples[i];
        if (!steps.empty() && steps.front() && steps.back()) {
            out.keys.push_back(set.keys[i]);
            out.clusters.push_back(set.clusters[i]);
            out.before.push_back(*steps.front() ? 1.0 : 0.0);
            out.after.push_back(*steps.back() ? 1.0 : 0.0);
        }
    }
    return out;
}

/// Over the samples that both runs know.
GapClosed gap_to(const Pairs& method, const SetResults& oracle, const BootstrapOptions& bootstrap) {
    std::map<SampleKey, double> best;
    const Pairs above = pairs_of(oracle);
    for (std::size_t i = 0; i < above.keys.size(); ++i) {
        best[above.keys[i]] = above.after[i];
    }
    std::vector<double> before, after, limit;
    std::vector<std::size_t> clusters;
    for (std::size_t i = 0; i < method.keys.size(); ++i) {
        if (const auto at = best.find(method.keys[i]); at != best.end()) {
            before.push_back(method.before[i]);
            after.push_back(method.after[i]);
            limit.push_back(at->second);
            clusters.push_back(method.clusters[i]);
        }
    }
    return gap_closed(before, after, limit, clusters, bootstrap);
}

/// `oracle`: null where no share of the gap is told: of base and of the oracle itself.
ResultCell cell_of(const SetResults* set, const SetResults* oracle, const BootstrapOptions& bootstrap) {
    ResultCell cell;
    cell.gap.share = {std::nan(""), std::nan(""), std::nan("")};
    cell.told = clustered_result({});
    if (set == nullptr || set->steps.empty()) {
        return cell;
    }
    for (const StepCorrectness& steps : set->samples) {
        const bool known = !steps.empty() && steps.back().has_value();
        cell.scored += known ? 1 : 0;
        cell.right += known && *steps.back() ? 1 : 0;
    }
    cell.told = clustered_result(set->changes(), bootstrap);
    cell.change = set->steps.back().from_start;
    if (oracle != nullptr && cell.scored > 0) {
        cell.gap = gap_to(pairs_of(*set), *oracle, bootstrap);
    }
    return cell;
}

/// Base is compared with nothing.
void correct(ResultTable& table) {
    std::vector<ClusteredResult*> cells, pooled;
    for (ResultRow& row : table.rows) {
        if (row.run.info.method == to_string(Method::Base)) {
            continue;
        }
        for (ResultCell& cell : row.sets) {
            cells.push_back(&cell.told);
        }
        pooled.push_back(&row.overall.told);
    }
    told_together(cells);
    told_together(pooled);
}

const SetResults* set_named(const RunResults& run, const std::string& name) {
    const auto at = std::find_if(run.sets.begin(), run.sets.end(), [&](const SetResults& set) { return set.name == name; });
    return at == run.sets.end() ? nullptr : &*at;
}

}  // namespace

bool ResultTable::best(std::size_t row, std::size_t column) const {
    const auto cell = [column](const ResultRow& each) -> const ResultCell& { return column < each.sets.size() ? each.sets[column] : each.overall; };
    const auto compared = [&](const ResultRow& each) {
        const Result<Method> method = parse_method(each.run.info.method);
        return !(method && uses_label(*method)) && cell(each).scored > 0 && each.coverage.complete();
    };
    return compared(rows[row]) && std::none_of(rows.begin(), rows.end(), [&](const ResultRow& other) {
        return compared(other) && cell(other).headline() > cell(rows[row]).headline();
    });
}

double ResultCell::headline() const { return benchmark.empty() ? 100.0 * accuracy() : benchmark.front().value; }

double ResultCell::accuracy() const { return scored > 0 ? static_cast<double>(right) / static_cast<double>(scored) : std::nan(""); }

Result<std::vector<RunResults>> evaluation_results(SessionReader& session, std::int64_t run, const ProgressCallback& progress,
                                                   const CancelToken& cancel) {
    const auto all = made_together(session, run);
    if (!all.ok()) {
        return all.error();
    }
    std::vector<RunResults> out;
    for (const StoredRun& each : *all) {
        if (cancel.cancelled()) {
            return cancelled();
        }
        auto results = run_results(session, each.id);
        if (!results.ok()) {
            return results.error();
        }
        out.push_back(std::move(*results));
        if (progress) {
            progress({"read results", static_cast<std::int64_t>(out.size()), static_cast<std::int64_t>(all->size()), each.info.name});
        }
    }
    return out;
}

std::string gap_text(const GapClosed& gap) {
    if (std::isnan(gap.share.value)) {
        return "-";
    }
    if (gap.too_few()) {
        return "too few";
    }
    char buffer[64];
    std::snprintf(buffer, sizeof buffer, "%.0f [%.0f, %.0f]", half_up(100 * gap.share.value, 0), half_up(100 * gap.share.low, 0), half_up(100 * gap.share.high, 0));
    return buffer;
}

std::string clusters_note(const ResultTable& table) {
    const ClusteredResult* most = nullptr;
    for (const ResultRow& row : table.rows) {
        most = most == nullptr || row.overall.told.scored > most->scored ? &row.overall.told : most;
    }
    return most == nullptr ? std::string() : clusters_note(most->clusters, most->scored);
}

std::string p_text(double p) {
    char buffer[32];
    std::snprintf(buffer, sizeof buffer, p < 0.001 ? "%.1e" : "%.3f", p);
    return buffer;
}

ResultTable result_table(const std::vector<RunResults>& runs, const BootstrapOptions& bootstrap) {
    ResultTable table;
    const RunResults* oracle = nullptr;
    std::set<std::string> names;
    for (const RunResults& run : runs) {
        const Result<Method> method = parse_method(run.run.info.method);
        oracle = method && uses_label(*method) ? &run : oracle;
        for (const SetResults& set : run.sets) {
            names.insert(set.name);
        }
        for (const auto& [set, count] : planned_samples(run.run.info)) {
            names.insert(set);  // none of its samples has been reached
        }
    }
    table.sets.assign(names.begin(), names.end());
    for (const RunResults& run : runs) {
        const Result<Method> method = parse_method(run.run.info.method);
        const bool measured = oracle != nullptr && !(method && (*method == Method::Base || uses_label(*method)));
        ResultRow row;
        row.run = run.run;
        row.coverage = run.coverage;
        for (const std::string& name : table.sets) {
            row.sets.push_back(cell_of(set_named(run, name), measured ? set_named(*oracle, name) : nullptr, bootstrap));
            if (const BenchmarkResult* benchmark = benchmark_of(run.benchmarks, name)) {
                row.sets.back().benchmark_native = benchmark->native;
                row.sets.back().benchmark = benchmark->result;
                row.sets.back().benchmark_official = benchmark->result_official;
                row.sets.back().official_pattern = benchmark->pattern;
                row.sets.back().unread = benchmark->result_unread;
            }
            row.sets.back().planned = planned_of(run.run.info, name);
        }
        row.overall = cell_of(&run.overall, measured ? &oracle->overall : nullptr, bootstrap);
        row.overall.planned = run.coverage.planned;
        table.rows.push_back(std::move(row));
    }
    correct(table);
    return table;
}

}  // namespace r2t2
