#include "core/results/observed_changes.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "core/results/sample_clusters.h"

namespace r2t2 {

namespace {

Error nothing_known(const std::string& session, std::int64_t run) {
    return invalid_input(session, "run " + std::to_string(run), "no sample whose results before and after are known", "a run with at least one");
}

Result<std::int64_t> last_run(const std::string& session, std::optional<std::int64_t> other) {
    Result<SessionReader> reader = SessionReader::open(session);
    if (!reader) {
        return reader.error();
    }
    const Result<std::vector<StoredRun>> runs = reader->runs();
    if (!runs) {
        return runs.error();
    }
    const auto last = std::find_if(runs->rbegin(), runs->rend(), [&](const StoredRun& each) { return each.id != other; });
    return last == runs->rend() ? Result<std::int64_t>(Error{ErrorKind::NotFound, session, "runs", runs->empty() ? "none" : "one", "a run, and another one to be against"})
                                : Result<std::int64_t>(last->id);
}

/// Every row's answers before and after.
Result<ObservedChanges> own_changes(const std::string& session, std::int64_t run) {
    Result<SessionReader> reader = SessionReader::open(session);
    if (!reader) {
        return reader.error();
    }
    Result<ComparedRows> read = compared_rows(*reader, session, run);
    if (!read) {
        return read.error();
    }
    ObservedChanges out;
    std::vector<ClusterKey> keys;
    std::vector<PairedSample> pairs;
    for (const SampleRow& row : read->rows) {
        if (row.error.empty() && row.native_correct && row.final_correct) {
            keys.push_back(cluster_key(row.info));
            pairs.push_back({0, *row.native_correct, *row.final_correct});
            if (keys.back().unread) {
                out.unread.push_back(row.info.id);
            }
        }
    }
    const std::vector<std::size_t> numbers = cluster_numbers(keys);
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        pairs[i].cluster = numbers[i];
        out.right_before += pairs[i].a ? 1 : 0;
    }
    out.pairs = clustered_pairs(pairs);
    out.samples = static_cast<std::int64_t>(pairs.size());
    out.run = std::move(read->side);
    return out;
}

}  // namespace

Result<ObservedChanges> observed_changes(const std::string& session, std::optional<std::int64_t> run, std::optional<std::int64_t> against) {
    if (!run) {
        const Result<std::int64_t> last = last_run(session, against);
        if (!last) {
            return last.error();
        }
        run = *last;
    }
    Result<ObservedChanges> out = ObservedChanges{};
    if (!against) {
        out = own_changes(session, *run);
    } else {
        Result<SessionComparison> both = compare_sessions({session, against}, {session, run});
        if (!both) {
            return both.error();
        }
        out->right_before = both->overall.right_a();
        out->samples = both->overall.scored();
        out->pairs = std::move(both->together);
        out->unread = std::move(both->unread);
        out->run = std::move(both->b);
        out->against = std::move(both->a);
    }
    if (out.ok() && out->samples == 0) {
        return nothing_known(session, *run);
    }
    return out;
}

PowerDesign design_like(const ObservedChanges& changes) {
    std::map<std::int64_t, std::int64_t> sizes;
    for (const PairedCluster& each : changes.pairs.difference) {
        ++sizes[each.size];
    }
    PowerDesign out;
    for (const auto& [size, count] : sizes) {
        out.clusters.push_back({size, count});
    }
    const double samples = static_cast<double>(changes.samples);
    const std::int64_t discordant = changes.harmed() + changes.mended();
    out.base_right = static_cast<double>(changes.right_before) / samples;
    out.correlation = intra_cluster_correlation(changes.pairs.difference, discordant).value_or(1.0);
    if (discordant > 0) {
        out.discordance = static_cast<double>(discordant) / samples;
    }
    return out;
}

void resize(PowerDesign& design, std::int64_t samples) {
    const double clusters = static_cast<double>(samples) * design.effective_clusters() / static_cast<double>(design.samples());
    design.clusters = even_clusters(samples, std::clamp<std::int64_t>(std::llround(clusters), 1, samples));
}

}  // namespace r2t2
