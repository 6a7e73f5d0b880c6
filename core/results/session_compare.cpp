#include "core/results/session_compare.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>

#include "core/json/parse_json.h"
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

/// Whether a picture as the model got it says which picture it is.
enum class ComparedPictures { ByContent, NotKnown };

/// Models of other sizes of picture get other pixels of the same file.
ComparedPictures compared_pictures(const RunInfo& a, const RunInfo& b) {
    const auto size_of = [](const RunInfo& info) {
        const auto config = stored_json(info.config);
        const auto* parts = config.is_object() && config.contains("model") && config["model"].is_object() && config["model"].contains("parts") ? &config["model"]["parts"] : nullptr;
        constexpr const char* kSize = "config.json: moai.vision.image_size";
        return parts != nullptr && parts->is_object() && parts->contains(kSize) ? (*parts)[kSize].dump() : std::string();
    };
    return a.model_hash == b.model_hash || size_of(a) == size_of(b) ? ComparedPictures::ByContent : ComparedPictures::NotKnown;
}

/// Known of both.
bool other_picture(const SampleInfo& a, const SampleInfo& b) {
    return a.picture_hash && b.picture_hash && !a.picture_hash->empty() && !b.picture_hash->empty() && *a.picture_hash != *b.picture_hash;
}

/// "VQA-V2/1, VQA-V2/2 and 7 more".
std::string names_of(const std::vector<OtherSample>& samples, OtherSample::Why why) {
    constexpr std::int64_t kNamed = 5;
    std::string names;
    std::int64_t count = 0;
    for (const OtherSample& sample : samples) {
        if (sample.why == why && ++count <= kNamed) {
            names += (count == 1 ? "" : ", ") + sample.id.set + "/" + sample.id.key;
        }
    }
    return count > kNamed ? names + " and " + std::to_string(count - kNamed) + " more" : names;
}

/// "1 sample of the same set and key has", "3 samples of the same set and key have".
std::string same_key_have(std::int64_t count) { return std::to_string(count) + (count == 1 ? " sample of the same set and key has" : " samples of the same set and key have"); }
std::string were_not_paired(std::int64_t count) { return count == 1 ? ": it was not paired" : ": they were not paired"; }

/// Sets of fewer clusters than samples: "In clusters: e2 60 samples in 20, e3 5 in 1." and which of them are few.
std::string set_clusters_note(const std::vector<SetComparison>& sets) {
    std::string all, few;
    for (const SetComparison& set : sets) {
        if (set.clustered()) {
            all += (all.empty() ? "" : ", ") + set.name + " " + std::to_string(set.scored()) + " in " + std::to_string(set.clusters);
            few += set.clusters >= kFewClusters ? std::string() : (few.empty() ? "" : ", ") + set.name;
        }
    }
    if (sets.size() < 2 || all.empty()) {
        return {};
    }
    return "Samples in clusters, set by set: " + all + (few.empty() ? "." : "; fewer than " + std::to_string(kFewClusters) + ": " + few + ".");
}

/// Counts pairs, set by set and pooled.
class PairCounts {
public:
    explicit PairCounts(ComparedPictures pictures) : pictures_(pictures) { overall_.counts.name = "overall"; }

    void pair(const SampleRow& a, const SampleRow& b, SessionComparison& out) {
        if (!a.error.empty() || !b.error.empty()) {  // failed ones have no question to compare
            not_paired(a, &SetComparison::not_scored);
            return;
        }
        if (a.info.asked() != b.info.asked() || a.info.ground_truth != b.info.ground_truth) {
            not_paired(a, &SetComparison::different);
            out.others.push_back({a.info.id, OtherSample::Why::Asked});
            return;
        }
        if (pictures_ == ComparedPictures::ByContent && other_picture(a.info, b.info)) {
            not_paired(a, &SetComparison::other_picture);
            out.others.push_back({a.info.id, OtherSample::Why::Picture});
            return;
        }
        if (!a.final_correct || !b.final_correct) {
            not_paired(a, &SetComparison::not_scored);
            return;
        }
        const double right_a = *a.final_correct ? 1.0 : 0.0, right_b = *b.final_correct ? 1.0 : 0.0;
        const AnswerWorth worth = answer_worth(a, b).value_or(AnswerWorth{ComparedBy::Right, right_a, right_b});
        out.pairs.push_back({a.info.id, a.info.question, a.info.ground_truth.value_or(""), a.final_answer, b.final_answer, *a.final_correct, *b.final_correct, worth.a, worth.b});
        keys_.push_back(cluster_key(a.info));
        if (keys_.back().unread) {
            out.unread.push_back(a.info.id);
        }
        own_.pair(a, b);
        count(out.pairs.back(), worth.by);
    }
    void only_in_a(const SampleRow& row) { not_paired(row, &SetComparison::missing_b); }
    void only_in_b(const SampleRow& row) { not_paired(row, &SetComparison::missing_a); }

    void finish(const BootstrapOptions& bootstrap, SessionComparison& out) {
        const std::vector<std::size_t> clusters = cluster_numbers(keys_);
        for (Scores& set : sets_) {
            out.sets.push_back(tested(set, out.pairs, clusters, bootstrap));
            out.sets.back().own = own_.of(set.counts.name);
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
    /// Counted as `what` says, and in no number.
    void not_paired(const SampleRow& row, std::int64_t SetComparison::* what) {
        ++(scores(row.info.id.set).counts.*what);
        ++(overall_.counts.*what);
        own_.missing(row);
    }
    void count(const ComparedPair& pair, ComparedBy by) {
        for (Scores* one : {&scores(pair.id.set), &overall_}) {
            SetComparison& set = one->counts;
            std::int64_t* const cells[] = {&set.only_a, &set.only_b, &set.both, &set.neither};
            ++*cells[static_cast<std::size_t>(pair.cell())];
            one->pairs.push_back(keys_.size() - 1);
            set.by = by == ComparedBy::Worth ? by : set.by;
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
    /// Of fractions, in kWorthUnits.
    static ClusteredPairs clustered_worths(const Scores& scores, const std::vector<ComparedPair>& pairs, const std::vector<std::size_t>& clusters) {
        struct Together {
            std::int64_t a = 0, b = 0, size = 0;
        };
        std::map<std::size_t, Together> found;
        for (const std::size_t i : scores.pairs) {
            Together& cluster = found[clusters[i]];
            cluster.a += std::llround(static_cast<double>(kWorthUnits) * pairs[i].worth_a);
            cluster.b += std::llround(static_cast<double>(kWorthUnits) * pairs[i].worth_b);
            cluster.size += kWorthUnits;
        }
        ClusteredPairs out;
        for (const auto& [number, cluster] : found) {
            out.difference.push_back({cluster.b - cluster.a, cluster.size});
            out.right_a.push_back({cluster.a, cluster.size});
            out.right_b.push_back({cluster.b, cluster.size});
        }
        return out;
    }
    static SetComparison tested(const Scores& scores, const std::vector<ComparedPair>& pairs, const std::vector<std::size_t>& clusters, const BootstrapOptions& bootstrap) {
        const ClusteredPairs together = scores.counts.by == ComparedBy::Worth ? clustered_worths(scores, pairs, clusters) : clustered_pairs(paired(scores, pairs, clusters));
        SetComparison set = scores.counts;
        set.clusters = together.clusters();
        set.interval_a = clustered_share(together.right_a, bootstrap);
        set.interval_b = clustered_share(together.right_b, bootstrap);
        set.p = sign_flip_test(together.difference);
        const ClusteredEstimate estimate = clustered_difference(together.difference, bootstrap);
        set.difference = estimate.difference;
        set.interval = estimate.kind;
        double sum_a = 0.0, sum_b = 0.0;
        for (const std::size_t i : scores.pairs) {
            sum_a += pairs[i].worth_a;
            sum_b += pairs[i].worth_b;
        }
        set.mean_a = sum_a / static_cast<double>(set.scored());
        set.mean_b = sum_b / static_cast<double>(set.scored());
        return set;
    }

    ComparedPictures pictures_;
    OwnScores own_;
    std::vector<ClusterKey> keys_;  ///< of A's samples, parallel to the pairs
    std::vector<Scores> sets_;
    std::map<std::string, std::size_t> places_;
    Scores overall_;
};

SessionComparison compare_sides(ComparedRows a, ComparedRows b, const BootstrapOptions& bootstrap) {
    SessionComparison out;
    const RowsByKey in_a = by_key(a.rows);
    const RowsByKey in_b = by_key(b.rows);
    PairCounts counts(compared_pictures(a.side.run.info, b.side.run.info));
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
    if (std::string clusters = set_clusters_note(comparison.sets); !clusters.empty()) {
        notes.push_back(std::move(clusters));
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
    if (const std::int64_t count = comparison.overall.different; count > 0) {
        notes.push_back(same_key_have(count) + " another question or truth" + were_not_paired(count) + " (" + names_of(comparison.others, OtherSample::Why::Asked) + ").");
    }
    if (const std::int64_t count = comparison.overall.other_picture; count > 0) {
        notes.push_back(same_key_have(count) + " another picture, or other facts about it" + were_not_paired(count) + " (" + names_of(comparison.others, OtherSample::Why::Picture) + ").");
    }
    return notes;
}

std::vector<std::string> own_number_notes(const SessionComparison& comparison) {
    std::vector<std::string> notes;
    std::string fractions;
    for (const SetComparison& set : comparison.sets) {
        fractions += set.by == ComparedBy::Worth ? (fractions.empty() ? "" : ", ") + set.name : std::string();
        if (set.own) {
            notes.push_back(own_numbers_text(set.name, *set.own) + (set.own->counts.empty() ? "." : ". " + set.own->counts + "."));
        }
    }
    if (!fractions.empty()) {
        notes.push_back("Compared by what the answers are worth, 0 to 1: " + fractions + (comparison.sets.size() > 1 ? ", and overall" : "") +
                        "; only A, only B, both and neither count a value of at least 0.5 as right.");
    }
    return notes;
}

std::string_view test_name(const SetComparison& set) {
    return set.clustered() ? "sign flips of clusters" : set.by == ComparedBy::Worth ? "sign flips of samples" : "exact McNemar";
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
