#include "core/results/session_compare.h"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <map>

#include "core/results/sample_clusters.h"

namespace r2t2 {

namespace {

using RowsByKey = std::map<SampleKey, const SampleRow*>;

RowsByKey by_key(const std::vector<SampleRow>& rows) {
    RowsByKey out;
    for (const SampleRow& row : rows) {
        out.emplace(row.info.id, &row);
    }
    return out;
}

Result<std::vector<StoredRun>> runs_of(const std::string& session) {
    Result<SessionReader> reader = SessionReader::open(session);
    if (!reader) {
        return reader.error();
    }
    return reader->runs();
}

/// The last run that is not `other`.
Result<std::int64_t> last_run(const ComparedRun& wanted, const char* option, std::optional<std::int64_t> other) {
    const Result<std::vector<StoredRun>> runs = runs_of(wanted.session);
    if (!runs) {
        return runs.error();
    }
    for (auto run = runs->rbegin(); run != runs->rend(); ++run) {
        if (run->id != other) {
            return run->id;
        }
    }
    return Error{ErrorKind::NotFound, wanted.session, "runs", runs->empty() ? "none" : "one",
                 runs->empty() ? "a session with at least one run" : std::string("two sessions, a session with two runs, or ") + option};
}

Result<ComparedRows> open_side(const std::string& session, std::int64_t run) {
    Result<SessionReader> reader = SessionReader::open(session);
    return reader ? compared_rows(*reader, session, run) : Result<ComparedRows>(reader.error());
}

/// Counts pairs, set by set and pooled.
class PairCounts {
public:
    PairCounts() { overall_.counts.name = "overall"; }

    void pair(const SampleRow& a, const SampleRow& b, SessionComparison& out) {
        if (!a.error.empty() || !b.error.empty()) {  // failed ones have no question to compare
            each(a.info.id.set, [](SetComparison& set) { ++set.not_scored; });
            return;
        }
        if (a.info.asked() != b.info.asked() || a.info.ground_truth != b.info.ground_truth) {
            each(a.info.id.set, [](SetComparison& set) { ++set.different; });
            return;
        }
        if (!a.final_correct || !b.final_correct) {
            each(a.info.id.set, [](SetComparison& set) { ++set.not_scored; });
            return;
        }
        out.pairs.push_back({a.info.id, a.info.question, a.info.ground_truth.value_or(""), a.final_answer, b.final_answer, *a.final_correct, *b.final_correct});
        keys_.push_back(cluster_key(a.info));
        if (keys_.back().unread) {
            out.unread.push_back(a.info.id);
        }
        count(out.pairs.back());
    }
    void only_in_a(const SampleRow& row) { each(row.info.id.set, [](SetComparison& set) { ++set.missing_b; }); }
    void only_in_b(const SampleRow& row) { each(row.info.id.set, [](SetComparison& set) { ++set.missing_a; }); }

    void finish(const BootstrapOptions& bootstrap, SessionComparison& out) {
        const std::vector<std::size_t> clusters = cluster_numbers(keys_);
        for (Scores& set : sets_) {
            out.sets.push_back(tested(set, out.pairs, clusters, bootstrap));
        }
        out.overall = tested(overall_, out.pairs, clusters, bootstrap);
        out.together = clustered_pairs(paired(overall_, out.pairs, clusters));
        correct(out);
    }

private:
    struct Scores {
        SetComparison counts;
        std::vector<std::size_t> pairs;  ///< their numbers
    };

    Scores& scores(const std::string& set) {
        const auto [place, added] = places_.try_emplace(set, sets_.size());
        if (added) {
            sets_.emplace_back().counts.name = set;
        }
        return sets_[place->second];
    }
    template <typename Change>
    void each(const std::string& set, Change change) {
        change(scores(set).counts);
        change(overall_.counts);
    }
    void count(const ComparedPair& pair) {
        for (Scores* one : {&scores(pair.id.set), &overall_}) {
            SetComparison& set = one->counts;
            std::int64_t* const cells[] = {&set.only_a, &set.only_b, &set.both, &set.neither};
            ++*cells[static_cast<std::size_t>(pair.cell())];
            one->pairs.push_back(keys_.size() - 1);
        }
    }
    static void correct(SessionComparison& out) {
        constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
        std::vector<double> p;
        for (const SetComparison& set : out.sets) {
            p.push_back(set.scored() > 0 ? set.p : kNone);
        }
        const std::vector<double> adjusted = holm_adjusted(p);
        for (std::size_t i = 0; i < adjusted.size(); ++i) {
            out.sets[i].holm_p = adjusted[i];
        }
        out.overall.holm_p = kNone;
    }
    static std::vector<PairedSample> paired(const Scores& scores, const std::vector<ComparedPair>& pairs, const std::vector<std::size_t>& clusters) {
        std::vector<PairedSample> out;
        for (const std::size_t i : scores.pairs) {
            out.push_back({clusters[i], pairs[i].right_a, pairs[i].right_b});
        }
        return out;
    }
    static SetComparison tested(const Scores& scores, const std::vector<ComparedPair>& pairs, const std::vector<std::size_t>& clusters, const BootstrapOptions& bootstrap) {
        const ClusteredPairs together = clustered_pairs(paired(scores, pairs, clusters));
        SetComparison set = scores.counts;
        set.clusters = together.clusters();
        set.interval_a = clustered_share(together.right_a, bootstrap);
        set.interval_b = clustered_share(together.right_b, bootstrap);
        set.p = sign_flip_test(together.difference);
        const ClusteredEstimate estimate = clustered_difference(together.difference, bootstrap);
        set.difference = estimate.difference;
        set.interval = estimate.kind;
        return set;
    }

    std::vector<ClusterKey> keys_;  ///< of A's samples, parallel to the pairs
    std::vector<Scores> sets_;
    std::map<std::string, std::size_t> places_;
    Scores overall_;
};

SessionComparison compare_sides(ComparedRows a, ComparedRows b, const BootstrapOptions& bootstrap) {
    SessionComparison out;
    const RowsByKey in_a = by_key(a.rows);
    const RowsByKey in_b = by_key(b.rows);
    PairCounts counts;
    for (const SampleRow& row : a.rows) {
        const auto other = in_b.find(row.info.id);
        if (other == in_b.end()) {
            counts.only_in_a(row);
        } else {
            counts.pair(row, *other->second, out);
        }
    }
    for (const SampleRow& row : b.rows) {
        if (in_a.count(row.info.id) == 0) {
            counts.only_in_b(row);
        }
    }
    counts.finish(bootstrap, out);
    out.a = std::move(a.side);
    out.b = std::move(b.side);
    return out;
}

}  // namespace

Result<ComparedRows> compared_rows(SessionReader& reader, const std::string& session, std::int64_t run) {
    Result<StoredRun> stored = reader.run(run);
    if (!stored) {
        return stored.error();
    }
    Result<std::vector<SampleRow>> rows = reader.samples(run);
    if (!rows) {
        return rows.error();
    }
    ComparedRows out{{session, std::move(*stored), 0, reader.take_left_out(), {}}, std::move(*rows)};
    out.side.damaged = static_cast<std::int64_t>(std::erase_if(out.rows, [](const SampleRow& row) { return row.damaged; }));
    out.side.coverage = run_coverage(out.side.run);
    out.side.coverage.damaged = out.side.damaged;
    out.side.coverage.without_truth =
        std::count_if(out.rows.begin(), out.rows.end(), [](const SampleRow& row) { return row.error.empty() && !row.final_correct; });
    return out;
}

std::string_view name(ComparisonCell cell) {
    switch (cell) {
        case ComparisonCell::OnlyA:
            return "only-a";
        case ComparisonCell::OnlyB:
            return "only-b";
        case ComparisonCell::Both:
            return "both";
        case ComparisonCell::Neither:
            break;
    }
    return "neither";
}

Result<ComparisonCell> parse_comparison_cell(const std::string& text) {
    for (const ComparisonCell cell : {ComparisonCell::OnlyA, ComparisonCell::OnlyB, ComparisonCell::Both, ComparisonCell::Neither}) {
        if (text == name(cell)) {
            return cell;
        }
    }
    return invalid_input("", "--list", text, "only-a, only-b, both or neither");
}

ComparisonCell ComparedPair::cell() const {
    if (right_a) {
        return right_b ? ComparisonCell::Both : ComparisonCell::OnlyA;
    }
    return right_b ? ComparisonCell::OnlyB : ComparisonCell::Neither;
}

std::vector<std::string> comparison_notes(const SessionComparison& comparison) {
    std::vector<std::string> notes;
    bool part = false;
    for (const auto& [letter, side] : {std::pair{"A", &comparison.a}, std::pair{"B", &comparison.b}}) {
        if (!side->coverage.whole()) {
            notes.push_back(std::string(letter) + " (run " + std::to_string(side->run.id) + "): " + side->coverage.text());
        }
        part = part || !side->coverage.complete();
    }
    if (part) {
        notes.push_back("The numbers are of the " + std::to_string(comparison.overall.scored()) + " samples that are scored in both.");
    }
    if (std::string clusters = clusters_note(comparison.overall.clusters, comparison.overall.scored()); !clusters.empty()) {
        notes.push_back(clusters + ".");
    }
    if (std::string unread = unread_note(comparison.unread); !unread.empty()) {
        notes.push_back(std::move(unread));
    }
    if (!comparison.same_data()) {
        notes.push_back("The data differ: A has hash " + comparison.a.run.info.data_hash + ", B " + comparison.b.run.info.data_hash +
                        "; samples are paired by set and key.");
    }
    if (same_data(comparison.a.run.info, comparison.b.run.info) == SameData::ByNames) {
        notes.push_back("The data agree by sets, files and ids; one of the runs is from before contents were hashed, and whether pictures and facts were the "
                        "same is not known.");
    }
    if (comparison.overall.different > 0) {
        notes.push_back(std::to_string(comparison.overall.different) +
                        " samples of the same set and key have another question or truth: they were not paired.");
    }
    return notes;
}

std::string unpaired_note(const SessionComparison& comparison) {
    const std::int64_t a = comparison.overall.missing_b, b = comparison.overall.missing_a;
    if (a == 0 && b == 0) {
        return {};
    }
    const auto are = [](std::int64_t count) { return std::to_string(count) + (count == 1 ? " sample is" : " samples are"); };
    std::string text = a > 0 ? are(a) + " in A only" : are(b) + " in B only";
    text += a > 0 && b > 0 ? " and " + std::to_string(b) + " in B only" : "";
    return text + (a + b == 1 ? ": it is in no number." : ": they are in no number.");
}

bool SessionComparison::miniature() const {
    return a.run.info.model_name == "miniature" || b.run.info.model_name == "miniature";
}

Result<SessionComparison> compare_runs(SessionReader& session, const std::string& path, std::int64_t a, std::int64_t b, const BootstrapOptions& bootstrap) {
    Result<ComparedRows> side_a = compared_rows(session, path, a);
    if (!side_a) {
        return side_a.error();
    }
    Result<ComparedRows> side_b = compared_rows(session, path, b);
    if (!side_b) {
        return side_b.error();
    }
    return compare_sides(std::move(*side_a), std::move(*side_b), bootstrap);
}

Result<SessionComparison> compare_sessions(const ComparedRun& a, const ComparedRun& b, const BootstrapOptions& bootstrap) {
    std::error_code code;  // a file that is not there is not the same one; opening it says so
    const bool one_file = std::filesystem::equivalent(a.session, b.session, code) && !code;
    std::optional<std::int64_t> run_b = b.run;
    if (!run_b) {
        const Result<std::int64_t> last = last_run(b, "--run-b", one_file ? a.run : std::nullopt);
        if (!last) {
            return last.error();
        }
        run_b = *last;
    }
    std::optional<std::int64_t> run_a = a.run;
    if (!run_a) {
        const Result<std::int64_t> last = last_run(a, "--run-a", one_file ? run_b : std::nullopt);
        if (!last) {
            return last.error();
        }
        run_a = *last;
    }
    Result<ComparedRows> side_a = open_side(a.session, *run_a);
    if (!side_a) {
        return side_a.error();
    }
    Result<ComparedRows> side_b = open_side(b.session, *run_b);
    if (!side_b) {
        return side_b.error();
    }
    return compare_sides(std::move(*side_a), std::move(*side_b), bootstrap);
}

}  // namespace r2t2
