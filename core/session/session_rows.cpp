#include "core/session/session_rows.h"

#include "core/session/session_values.h"
#include "core/session/trajectory_checks.h"

namespace r2t2::session_rows {

namespace values = session_values;
using sqlite::Statement;

namespace {

Result<std::optional<RoutingMatrix>> read_matrix(const Statement& statement, int column, const RoutingSpace& space,
                                                 const std::string& where, const std::string& field) {
    auto numbers = statement.numbers(column, where);
    if (!numbers.ok()) {
        return numbers.error();
    }
    if (statement.is_null(column)) {
        return std::optional<RoutingMatrix>();
    }
    auto matrix = values::matrix_of(std::move(*numbers), space, where, field);
    if (!matrix.ok()) {
        return matrix.error();
    }
    return std::optional(std::move(*matrix));
}

Status read_answer(const Statement& statement, const std::string& where, TrajectoryStep& step) {
    if (statement.is_null(2)) {
        return {};
    }
    Answer answer;
    answer.text = statement.text(2);
    answer.confidence = statement.real(3);
    answer.margin = statement.real(4);
    if (!statement.is_null(15)) {
        auto candidates = values::candidates_from_json(statement.text(15), where + ": candidates");
        if (!candidates.ok()) {
            return candidates.error();
        }
        answer.candidates = std::move(*candidates);
    }
    if (!statement.is_null(16)) {
        auto tokens = values::tokens_from_json(statement.text(16), where + ": tokens");
        if (!tokens.ok()) {
            return tokens.error();
        }
        answer.tokens = std::move(*tokens);
    }
    step.answer = std::move(answer);
    return {};
}

Status read_routing(const Statement& statement, const RoutingSpace& space, const std::string& where,
                    TrajectoryStep& step) {
    auto weights = read_matrix(statement, 8, space, where, "routing");
    if (!weights.ok()) {
        return weights.error();
    }
    if (!*weights) {
        return invalid_input(where, "routing", "NULL", "weights");
    }
    step.weights = std::move(**weights);
    R2T2_TRY(check_weights(space, step.weights, where));
    auto action = read_matrix(statement, 10, space, where, "action");
    if (!action.ok()) {
        return action.error();
    }
    if (*action) {
        const auto mode = parse_routing_mode(statement.text(9));
        if (!mode.ok()) {
            return mode.error().inside(where);
        }
        step.action = {*mode, std::move(**action)};
    }
    auto gradient = read_matrix(statement, 11, space, where, "gradient");
    auto routing_gradient = read_matrix(statement, 12, space, where, "routing_gradient");
    for (const auto* one : {&gradient, &routing_gradient}) {
        if (!one->ok()) {
            return one->error();
        }
    }
    step.gradient = std::move(*gradient);
    step.routing_gradient = std::move(*routing_gradient);
    return {};
}

}  // namespace

SampleRow row_of(const Statement& statement) {
    SampleRow row;
    row.id = statement.integer(0);
    row.info = {{statement.text(1), statement.text(2)},
                statement.text(3),
                statement.text(4),
                statement.optional_text(5)};
    row.native_answer = statement.text(6);
    row.final_answer = statement.text(7);
    row.native_correct = statement.flag(8);
    row.final_correct = statement.flag(9);
    row.outcome = statement.text(10);
    row.steps = statement.integer(11);
    row.seconds = statement.real(12);
    row.error = statement.text(13);
    return row;
}

Result<StoredRun> run_of(const Statement& statement, const std::string& path) {
    StoredRun run;
    run.id = statement.integer(0);
    const std::string where = path + ": run " + std::to_string(run.id);
    run.info.name = statement.text(1);
    run.info.method = statement.text(2);
    run.info.config = statement.text(3);
    auto space = values::space_from_json(statement.text(4), where + ": space");
    if (!space.ok()) {
        return space.error();
    }
    run.info.space = std::move(*space);
    run.info.seed = static_cast<std::uint64_t>(statement.integer(5));
    run.info.model_name = statement.text(6);
    run.info.model_hash = statement.text(7);
    run.info.data_hash = statement.text(8);
    run.info.reference_hash = statement.text(9);
    auto versions = values::texts_from_json(statement.text(10), where + ": versions");
    if (!versions.ok()) {
        return versions.error();
    }
    run.info.versions = std::move(*versions);
    run.info.command = statement.text(11);
    run.info.notes = statement.text(12);
    run.started = statement.text(13);
    run.finished = statement.text(14);
    const auto state = values::state_of(statement.text(15));
    if (!state) {
        return invalid_input(where, "state", statement.text(15), "running, finished, cancelled or failed");
    }
    run.state = *state;
    run.samples = statement.integer(16);
    run.errors = statement.integer(17);
    return run;
}

Result<TrajectoryStep> step_of(const Statement& statement, const RoutingSpace& space, const std::string& where) {
    TrajectoryStep step;
    step.index = static_cast<int>(statement.integer(0));
    step.correct = statement.flag(1);
    R2T2_TRY(read_answer(statement, where, step));
    step.objective = statement.optional_real(5);
    step.learning_rate = statement.optional_real(6);
    step.alpha = statement.optional_real(7);
    R2T2_TRY(read_routing(statement, space, where, step));
    auto losses = statement.numbers(13, where);
    auto shares = statement.numbers(14, where);
    for (const auto* one : {&losses, &shares}) {
        if (!one->ok()) {
            return one->error();
        }
    }
    step.neighbour_losses = std::move(*losses);
    step.neighbour_gradient_share = std::move(*shares);
    step.seconds = statement.real(17);
    step.passes = {statement.integer(18), statement.integer(19)};
    return step;
}

Result<ReferenceName> reference_of(const Statement& statement, const RoutingSpace& space, const std::string& where) {
    ReferenceName name{statement.text(2), statement.text(3)};
    auto routing = read_matrix(statement, 8, space, where, "routing");
    if (!routing.ok()) {
        return routing.error();
    }
    if (*routing) {
        name.routing = std::move(**routing);
        R2T2_TRY(check_reference(name, space, where));
    }
    name.question = statement.optional_text(9);
    name.answer = statement.optional_text(10);
    name.image_path = statement.optional_text(11);
    return name;
}

Status read_header(const Statement& statement, const std::string& where, Trajectory& trajectory) {
    const auto method = parse_method(statement.text(15));
    const auto mode = parse_routing_mode(statement.text(16));
    const auto granularity = parse_granularity(statement.text(17));
    const auto frame = parse_offset_frame(statement.text(18));
    const auto variable = values::variable_of(statement.text(19));
    if (!method.ok()) {
        return method.error().inside(where);
    }
    if (!mode.ok()) {
        return mode.error().inside(where);
    }
    if (!granularity.ok()) {
        return granularity.error().inside(where);
    }
    if (!frame.ok()) {
        return frame.error().inside(where);
    }
    if (!variable) {
        return invalid_input(where, "variable", statement.text(19), "none, logits, weights or delta");
    }
    trajectory.method = *method;
    trajectory.mode = *mode;
    trajectory.granularity = *granularity;
    trajectory.frame = *frame;
    trajectory.variable = *variable;
    trajectory.uses_label = statement.integer(20) != 0;
    trajectory.neighbourhood.bandwidth = statement.real(21);
    trajectory.neighbourhood.uniform_fallback = statement.integer(22) != 0;
    trajectory.neighbourhood.clamped = static_cast<std::size_t>(statement.integer(23));
    trajectory.seconds = statement.real(12);
    trajectory.answer_seconds = statement.real(24);
    trajectory.passes = {statement.integer(25), statement.integer(26)};
    auto notes = values::list_from_json(statement.text(27), where + ": notes");
    if (!notes.ok()) {
        return notes.error();
    }
    trajectory.notes = std::move(*notes);
    return {};
}

}  // namespace r2t2::session_rows
