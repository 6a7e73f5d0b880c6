// Internal to core/session: from a row to values. Lengths, names and numbers are checked; an error names the row (`where`).
//
// A row is read with all its columns in the order of row_checksum::columns() and the checksum behind them, once: it is
// verified from the same values that are used.
#pragma once

#include <string>

#include "core/session/session_reader.h"
#include "core/session/sqlite.h"

namespace r2t2::session_rows {

struct RunColumn {
    enum : int {
        id, name, method, config, space, seed, model_name, model_hash, data_hash, reference_hash, versions, command, notes,
        started, finished, state, checksum
    };
};
struct SampleColumn {
    enum : int {
        id, run_id, set_name, sample_key, question, image_path, ground_truth, native_answer, final_answer, native_correct,
        final_correct, outcome, method, mode, granularity, frame, variable, uses_label, steps, correct_by_step, bandwidth,
        uniform_fallback, clamped, seconds, answer_seconds, forward_passes, backward_passes, notes, error,
        scoring,  // from schema version 4 on
        instruction, suffix, picture_hash, scoring_version, neighbour_count,  // from version 5 on
        checksum
    };
};
struct StepColumn {
    enum : int {
        sample_id, step, correct, answer, confidence, margin, objective, learning_rate, alpha, routing_json, routing,
        action_mode, action, gradient, routing_gradient, neighbour_losses, neighbour_shares, candidates, tokens, seconds,
        forward_passes, backward_passes, checksum
    };
};
struct NeighbourColumn {
    enum : int {
        sample_id, rank, reference_index, reference_set, reference_id, distance, similarity, kernel, weight,
        routing, question, answer, image_path, checksum  // from schema version 3 on
    };
};
/// Without its counts.
[[nodiscard]] Result<StoredRun> run_of(const sqlite::Statement& statement, const std::string& path);
/// `version`: of the schema, which says what columns the row has.
[[nodiscard]] SampleRow row_of(const sqlite::Statement& statement, std::int64_t version);
/// The sample's own columns of the trajectory.
[[nodiscard]] Status read_header(const sqlite::Statement& statement, const std::string& where, Trajectory& trajectory);
[[nodiscard]] Result<TrajectoryStep> step_of(const sqlite::Statement& statement, const RoutingSpace& space,
                                             const std::string& where);
[[nodiscard]] Result<Neighbour> neighbour_of(const sqlite::Statement& statement, const std::string& where);
/// Whom a row of `neighbours` is about; `details`: the row has more than the reference's name.
[[nodiscard]] Result<ReferenceName> reference_of(const sqlite::Statement& statement, bool details, const RoutingSpace& space,
                                                 const std::string& where);

}  // namespace r2t2::session_rows
