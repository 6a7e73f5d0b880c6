#include "core/session/session_rows.h"

#include "core/session/session_schema.h"
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
    using Column = StepColumn;
    if (statement.is_null(Column::answer)) {
        return {};
    }
    Answer answer;
    answer.text = statement.text(Column::answer);
    answer.confidence = statement.real(Column::confidence);
    answer.margin = statement.real(Column::margin);
    if (!statement.is_null(Column::candidates)) {
        auto candidates = values::candidates_from_json(statement.text(Column::candidates), where + ": candidates");
        if (!candidates.ok()) {
            return candidates.error();
        }
        answer.candidates = std::move(*candidates);
    }
    if (!statement.is_null(Column::tokens)) {
        auto tokens = values::tokens_from_json(statement.text(Column::tokens), where + ": tokens");
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
    auto weights = read_matrix(statement, StepColumn::routing, space, where, "routing");
    if (!weights.ok()) {
        return weights.error();
    }
    if (!*weights) {
        return invalid_input(where, "routing", "NULL", "weights");
    }
    step.weights = std::move(**weights);
    R2T2_TRY(check_weights(space, step.weights, where));
    auto action = read_matrix(statement, StepColumn::action, space, where, "action");
    if (!action.ok()) {
        return action.error();
    }
    if (*action) {
        const auto mode = parse_routing_mode(statement.text(StepColumn::action_mode));
        if (!mode.ok()) {
            return mode.error().inside(where);
        }
        step.action = {*mode, std::move(**action)};
    }
    auto gradient = read_matrix(statement, StepColumn::gradient, space, where, "gradient");
    auto routing_gradient = read_matrix(statement, StepColumn::routing_gradient, space, where, "routing_gradient");
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

SampleRow row_of(const Statement& statement, std::int64_t version) {
    using Column = SampleColumn;
    SampleRow row;
    row.id = statement.integer(Column::id);
    row.info = {{statement.text(Column::set_name), statement.text(Column::sample_key)},
                statement.text(Column::question),
                statement.text(Column::image_path),
                statement.optional_text(Column::ground_truth),
                version >= session_schema::kScoring ? statement.optional_text(Column::scoring) : std::nullopt};
    if (version >= session_schema::kPrompt) {
        row.info.instruction = statement.optional_text(Column::instruction);
        row.info.suffix = statement.optional_text(Column::suffix);
        row.info.picture_hash = statement.optional_text(Column::picture_hash);
        if (!statement.is_null(Column::scoring_version)) {
            row.info.scoring_version = static_cast<int>(statement.integer(Column::scoring_version));
        }
        if (!statement.is_null(Column::neighbour_count)) {
            row.neighbour_count = statement.integer(Column::neighbour_count);
        }
    }
    row.native_answer = statement.text(Column::native_answer);
    row.final_answer = statement.text(Column::final_answer);
    row.native_correct = statement.flag(Column::native_correct);
    row.final_correct = statement.flag(Column::final_correct);
    row.outcome = statement.text(Column::outcome);
    row.steps = statement.integer(Column::steps);
    row.seconds = statement.real(Column::seconds);
    row.error = statement.text(Column::error);
    return row;
}

Result<StoredRun> run_of(const Statement& statement, const std::string& path) {
    using Column = RunColumn;
    StoredRun run;
    run.id = statement.integer(Column::id);
    const std::string where = path + ": run " + std::to_string(run.id);
    run.info.name = statement.text(Column::name);
    run.info.method = statement.text(Column::method);
    run.info.config = statement.text(Column::config);
    auto space = values::space_from_json(statement.text(Column::space), where + ": space");
    if (!space.ok()) {
        return space.error();
    }
    run.info.space = std::move(*space);
    run.info.seed = static_cast<std::uint64_t>(statement.integer(Column::seed));
    run.info.model_name = statement.text(Column::model_name);
    run.info.model_hash = statement.text(Column::model_hash);
    run.info.data_hash = statement.text(Column::data_hash);
    run.info.reference_hash = statement.text(Column::reference_hash);
    auto versions = values::texts_from_json(statement.text(Column::versions), where + ": versions");
    if (!versions.ok()) {
        return versions.error();
    }
    run.info.versions = std::move(*versions);
    run.info.command = statement.text(Column::command);
    run.info.notes = statement.text(Column::notes);
    run.started = statement.text(Column::started);
    run.finished = statement.text(Column::finished);
    const auto state = values::state_of(statement.text(Column::state));
    if (!state) {
        return invalid_input(where, "state", statement.text(Column::state), "running, finished, cancelled or failed");
    }
    run.state = *state;
    return run;
}

Result<TrajectoryStep> step_of(const Statement& statement, const RoutingSpace& space, const std::string& where) {
    using Column = StepColumn;
    TrajectoryStep step;
    step.index = static_cast<int>(statement.integer(Column::step));
    step.correct = statement.flag(Column::correct);
    R2T2_TRY(read_answer(statement, where, step));
    step.objective = statement.optional_real(Column::objective);
    step.learning_rate = statement.optional_real(Column::learning_rate);
    step.alpha = statement.optional_real(Column::alpha);
    R2T2_TRY(read_routing(statement, space, where, step));
    auto losses = statement.numbers(Column::neighbour_losses, where);
    auto shares = statement.numbers(Column::neighbour_shares, where);
    for (const auto* one : {&losses, &shares}) {
        if (!one->ok()) {
            return one->error();
        }
    }
    step.neighbour_losses = std::move(*losses);
    step.neighbour_gradient_share = std::move(*shares);
    step.seconds = statement.real(Column::seconds);
    step.passes = {statement.integer(Column::forward_passes), statement.integer(Column::backward_passes)};
    return step;
}

Result<Neighbour> neighbour_of(const Statement& statement, const std::string& where) {
    using Column = NeighbourColumn;
    const std::int64_t index = statement.integer(Column::reference_index);
    if (index < 0) {
        return invalid_input(where, "neighbour index", std::to_string(index), "0 or more");
    }
    return Neighbour{static_cast<std::size_t>(index), statement.real(Column::distance), statement.real(Column::similarity),
                     statement.real(Column::kernel), statement.real(Column::weight)};
}

Result<ReferenceName> reference_of(const Statement& statement, bool details, const RoutingSpace& space,
                                   const std::string& where) {
    using Column = NeighbourColumn;
    ReferenceName name{statement.text(Column::reference_set), statement.text(Column::reference_id)};
    if (!details) {
        return name;
    }
    auto routing = read_matrix(statement, Column::routing, space, where, "routing");
    if (!routing.ok()) {
        return routing.error();
    }
    if (*routing) {
        name.routing = std::move(**routing);
        R2T2_TRY(check_reference(name, space, where));
    }
    name.question = statement.optional_text(Column::question);
    name.answer = statement.optional_text(Column::answer);
    name.image_path = statement.optional_text(Column::image_path);
    return name;
}

Status read_header(const Statement& statement, const std::string& where, Trajectory& trajectory) {
    using Column = SampleColumn;
    const auto method = parse_method(statement.text(Column::method));
    const auto mode = parse_routing_mode(statement.text(Column::mode));
    const auto granularity = parse_granularity(statement.text(Column::granularity));
    const auto frame = parse_offset_frame(statement.text(Column::frame));
    const auto variable = values::variable_of(statement.text(Column::variable));
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
        return invalid_input(where, "variable", statement.text(Column::variable), "none, logits, weights or delta");
    }
    trajectory.method = *method;
    trajectory.mode = *mode;
    trajectory.granularity = *granularity;
    trajectory.frame = *frame;
    trajectory.variable = *variable;
    trajectory.uses_label = statement.integer(Column::uses_label) != 0;
    trajectory.neighbourhood.bandwidth = statement.real(Column::bandwidth);
    trajectory.neighbourhood.uniform_fallback = statement.integer(Column::uniform_fallback) != 0;
    trajectory.neighbourhood.clamped = static_cast<std::size_t>(statement.integer(Column::clamped));
    trajectory.seconds = statement.real(Column::seconds);
    trajectory.answer_seconds = statement.real(Column::answer_seconds);
    trajectory.passes = {statement.integer(Column::forward_passes), statement.integer(Column::backward_passes)};
    auto notes = values::list_from_json(statement.text(Column::notes), where + ": notes");
    if (!notes.ok()) {
        return notes.error();
    }
    trajectory.notes = std::move(*notes);
    return {};
}

}  // namespace r2t2::session_rows
