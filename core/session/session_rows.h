// Internal to core/session: from the columns of a SELECT to values. Lengths, names and numbers are checked; an error names
// the row (`where`).
#pragma once

#include <string>

#include "core/session/session_reader.h"
#include "core/session/sqlite.h"

namespace r2t2::session_rows {

// Column lists: what the functions below expect, in this order. The last column of each query is whether the row's checksum
// holds (`check`).
inline constexpr const char* kRunColumns =
    "r.id, r.name, r.method, r.config, r.space, r.seed, r.model_name, r.model_hash, r.data_hash, r.reference_hash, "
    "r.versions, r.command, r.notes, r.started, r.finished, r.state, "
    "(SELECT COUNT(*) FROM samples s WHERE s.run_id = r.id), "
    "(SELECT COUNT(*) FROM samples s WHERE s.run_id = r.id AND s.error IS NOT NULL)";
inline constexpr int kRunCheck = 18;
inline constexpr const char* kSampleColumns =
    "id, set_name, sample_key, question, image_path, ground_truth, native_answer, final_answer, native_correct, "
    "final_correct, outcome, steps, seconds, error, run_id, method, mode, granularity, frame, variable, uses_label, "
    "bandwidth, uniform_fallback, clamped, answer_seconds, forward_passes, backward_passes, notes, correct_by_step";
inline constexpr int kSampleRun = 14;
inline constexpr int kSampleCorrect = 28;
inline constexpr int kSampleCheck = 29;
inline constexpr const char* kStepColumns =
    "step, correct, answer, confidence, margin, objective, learning_rate, alpha, routing, action_mode, action, "
    "gradient, routing_gradient, neighbour_losses, neighbour_shares, candidates, tokens, seconds, forward_passes, "
    "backward_passes";
inline constexpr int kStepCheck = 20;
inline constexpr const char* kNeighbourColumns =
    "rank, reference_index, reference_set, reference_id, distance, similarity, kernel, weight, routing, question, answer, "
    "image_path";
inline constexpr const char* kPlainNeighbourColumns =  // before schema version 3
    "rank, reference_index, reference_set, reference_id, distance, similarity, kernel, weight, NULL, NULL, NULL, NULL";
inline constexpr int kNeighbourCheck = 12;

[[nodiscard]] Result<StoredRun> run_of(const sqlite::Statement& statement, const std::string& path);
[[nodiscard]] SampleRow row_of(const sqlite::Statement& statement);
/// The sample's own columns of the trajectory.
[[nodiscard]] Status read_header(const sqlite::Statement& statement, const std::string& where, Trajectory& trajectory);
[[nodiscard]] Result<TrajectoryStep> step_of(const sqlite::Statement& statement, const RoutingSpace& space,
                                             const std::string& where);
/// Whom a row of `neighbours` is about.
[[nodiscard]] Result<ReferenceName> reference_of(const sqlite::Statement& statement, const RoutingSpace& space,
                                                 const std::string& where);

}  // namespace r2t2::session_rows
