// What a session stores: runs, samples, and whom the neighbours are.
//
// Thread rule: plain values.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "core/routing/routing_matrix.h"
#include "core/routing/routing_space.h"

namespace r2t2 {

enum class RunState { Running, Finished, Cancelled, Failed };
/// "running", "finished", "cancelled", "failed".
[[nodiscard]] std::string to_string(RunState state);

/// Everything needed to say where a number came from, and to do it again.
struct RunInfo {
    std::string name;
    std::string method;         ///< "ngd", ... as on the command line
    std::string config = "{}";  ///< JSON
    RoutingSpace space;
    std::uint64_t seed = 0;
    std::string model_name;  ///< "miniature", so that its numbers can be marked as such
    std::string model_hash;
    std::string data_hash;
    std::string reference_hash;
    std::map<std::string, std::string> versions;
    std::string command;  ///< the command line that made it
    std::string notes;    ///< the user's
    bool operator==(const RunInfo&) const = default;
};

/// A sample inside a run.
struct SampleKey {
    std::string set;
    std::string key;
    auto operator<=>(const SampleKey&) const = default;
};

struct SampleInfo {
    SampleKey id;
    std::string question;
    std::string image_path;
    std::optional<std::string> ground_truth;
    std::optional<std::string> scoring{};  ///< JSON: how a benchmark scores it (core/scoring/stored_key.h); none: the run's own rule
    /// What stood before and behind the question in the prompt ("" = nothing). None: not known (stored before schema 5, or failed).
    std::optional<std::string> instruction{};
    std::optional<std::string> suffix{};  ///< `question` is without it
    std::optional<std::string> picture_hash{};  ///< ModelInput::image_key: pixels as the model got them, and facts; none: not known
    std::optional<int> scoring_version{};       ///< the rules that scored it (core/scoring/scoring_version.h); none: not known (before schema 5)
    /// What was asked: the question with what stood behind it.
    [[nodiscard]] std::string asked() const { return question + suffix.value_or(std::string()); }
    bool operator==(const SampleInfo&) const = default;
};

/// What says which samples of a run belong together (core/results/sample_clusters.h); fields as in SampleInfo.
struct SampleBelonging {
    std::string image_path;
    std::optional<std::string> scoring, picture_hash;
};

/// What a newer version of the scoring rules made of a run's stored answers (core/scoring/scoring_version.h).
struct RescoredRun {
    std::int64_t run = 0;
    int from = 0, to = 0;          ///< versions; from: the oldest
    std::int64_t samples = 0;      ///< scored again
    std::int64_t changed = 0;      ///< of them: with a verdict that changed, at any step
    std::int64_t verdicts = 0;     ///< verdicts that changed, one a step
    std::int64_t right_before = 0, right_now = 0;  ///< samples whose last answer was, is right

    /// "scored again by version 2 of the scoring rules (before: 1): 14 verdicts of 12 samples changed, of 3000 samples; ..."
    [[nodiscard]] std::string text() const;
};

/// How a reference is named outside of this run (indices mean nothing once a store is rebuilt), and what is needed to show
/// it without the store.
struct ReferenceName {
    std::string set;
    std::string id;
    RoutingMatrix routing{};  ///< r0, [1, experts]; empty: unknown
    std::optional<std::string> question{};
    std::optional<std::string> answer{};  ///< the label that the reference's loss is taken at
    std::optional<std::string> image_path{};
    bool operator==(const ReferenceName&) const = default;
};
using ReferenceNamer = std::function<ReferenceName(std::size_t index)>;

}  // namespace r2t2
