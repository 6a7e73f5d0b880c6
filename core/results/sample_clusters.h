// Which samples of a run belong together, so that their results are not independent: the questions that count in one group (MMBench's rotations,
// MME's pairs) and those about one picture. Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/analysis/clustered_pairs.h"
#include "core/session/session_reader.h"

namespace r2t2 {

/// By what a sample belongs to others: those that share a group or a picture. Empty: it has none.
struct ClusterKey {
    std::string group;    ///< set and group
    std::string picture;  ///< its content where it is known, else set and path
    bool unread = false;  ///< how it is scored cannot be read, so that its group is not known: say so beside the numbers (unread_note)
    bool operator==(const ClusterKey&) const = default;
};
[[nodiscard]] ClusterKey cluster_key(const SampleInfo& info);
[[nodiscard]] ClusterKey cluster_key(const std::string& set, const SampleBelonging& sample);
/// `group`: of its answer key, "" = none; `picture_hash`: "" = not known.
[[nodiscard]] ClusterKey cluster_key(const std::string& set, const std::string& group, const std::string& picture_hash, const std::string& image_path);

/// Of every key the number of its cluster, 0, 1, ... in the order of the first of each. They share one where they share a group or a picture,
/// directly or through others.
[[nodiscard]] std::vector<std::size_t> cluster_numbers(const std::vector<ClusterKey>& keys);

/// "Wilson's 95 % interval", "95 % interval by 40 clusters", "95 % interval by 12 clusters (fewer than 20 cover less than they say)".
[[nodiscard]] std::string interval_note(std::int64_t clusters, std::int64_t samples);

/// "How 2 samples are scored cannot be read (MMBench/7, MMBench/8): they stand in no group and alone in intervals and p." Empty: none.
[[nodiscard]] std::string unread_note(const std::vector<SampleKey>& samples);

/// "12 samples in 3 clusters (one picture, or one group of questions): intervals and p take clusters for the units; fewer than 20 of them cover less
/// than they say". Empty: every sample stands alone.
[[nodiscard]] std::string clusters_note(std::int64_t clusters, std::int64_t samples);

}  // namespace r2t2
