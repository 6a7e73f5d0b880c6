// Internal to core/session: how values of other rooms are spelled in the database.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/routing/trajectory.h"
#include "core/session/session_types.h"

namespace r2t2::session_values {

[[nodiscard]] std::string space_to_json(const RoutingSpace& space);
[[nodiscard]] Result<RoutingSpace> space_from_json(const std::string& text, const std::string& where);

[[nodiscard]] std::string texts_to_json(const std::map<std::string, std::string>& texts);
[[nodiscard]] Result<std::map<std::string, std::string>> texts_from_json(const std::string& text,
                                                                         const std::string& where);
[[nodiscard]] std::string list_to_json(const std::vector<std::string>& texts);
[[nodiscard]] Result<std::vector<std::string>> list_from_json(const std::string& text, const std::string& where);
[[nodiscard]] std::string tokens_to_json(const std::vector<std::int32_t>& tokens);
[[nodiscard]] Result<std::vector<std::int32_t>> tokens_from_json(const std::string& text, const std::string& where);
[[nodiscard]] std::string candidates_to_json(const std::vector<AnswerCandidate>& candidates);
[[nodiscard]] Result<std::vector<AnswerCandidate>> candidates_from_json(const std::string& text,
                                                                        const std::string& where);

/// Mean over mixers, six digits: for people and SQL; the blob beside it is exact.
[[nodiscard]] std::string weights_to_json(const RoutingMatrix& weights);

/// rows x experts from a blob's numbers. Error: a length that does not fit, rows other than 1 or mixers.
[[nodiscard]] Result<RoutingMatrix> matrix_of(std::vector<double> numbers, const RoutingSpace& space,
                                              const std::string& where, const std::string& field);

/// One character a step: '1' right, '0' wrong, '?' not answered or truth unknown. Lets a table of 100,000 samples be
/// counted without reading their steps.
[[nodiscard]] std::string correct_by_step(const Trajectory& trajectory);
[[nodiscard]] std::optional<bool> correct_of(char character);

[[nodiscard]] std::string_view variable_text(OptimisedVariable variable);
[[nodiscard]] std::optional<OptimisedVariable> variable_of(std::string_view text);
[[nodiscard]] std::optional<RunState> state_of(std::string_view text);

/// "2025-01-31T12:00:00Z"
[[nodiscard]] std::string utc_now();

}  // namespace r2t2::session_values
