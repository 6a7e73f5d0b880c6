#include "core/session/session_reader.h"

#include <filesystem>

#include "core/session/session_schema.h"
#include "core/session/session_values.h"
#include "core/session/sqlite.h"

namespace r2t2 {

namespace {

namespace values = session_values;
using sqlite::Statement;

constexpr const char* kRuns =
    "SELECT r.id, r.name, r.method, r.config, r.space, r.seed, r.model_name, r.model_hash, r.data_hash, "
    "r.reference_hash, "
    "r.versions, r.command, r.notes, r.started, r.finished, r.state, "
    "(SELECT COUNT(*) FROM samples s WHERE s.run_id = r.id), "
    "(SELECT COUNT(*) FROM samples s WHERE s.run_id = r.id AND s.error IS NOT NULL) FROM runs r ";
constexpr const char* kSamples =
    "SELECT id, set_name, sample_key, question, image_path, ground_truth, native_answer, final_answer, native_correct, "
    "final_correct, outcome, steps, seconds, error, run_id, method, mode, granularity, frame, variable, uses_label, "
    "bandwidth, uniform_fallback, clamped, answer_seconds, forward_passes, backward_passes, notes, correct_by_step "
    "FROM samples ";
constexpr const char* kSteps =
    "SELECT step, correct, answer, confidence, margin, objective, learning_rate, alpha, routing, action_mode, action, "
    "gradient, routing_gradient, neighbour_losses, neighbour_shares, candidates, tokens, seconds, forward_passes, "
    "backward_passes FROM steps WHERE sample_id = ? ORDER BY step";
constexpr const char* kNeighbours =
    "SELECT rank, reference_index, reference_set, reference_id, distance, similarity, kernel, weight FROM neighbours "
    "WHERE sample_id = ? ORDER BY rank";

SampleRow row_of(const Statement& statement) {
    SampleRow row;
    row.id = statement.integer(0);
    row.info = {{statement.text(1), statement.text(2)},
                statement.text(3),
                statement.text(4),
                statement.is_null(5) ? std::nullopt : std::optional(statement.text(5))};
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

/// The sample's own columns of the trajectory.
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

}  // namespace

struct SessionReader::State {
    sqlite::Database database;

    /// Prepare, bind one number, call `each` for every row until it fails.
    template <typename Each>
    Status for_each(const std::string& sql, std::optional<std::int64_t> parameter, const std::string& doing,
                    Each each) {
        auto statement = database.prepare(sql, doing);
        if (!statement.ok()) {
            return statement.error();
        }
        if (parameter) {
            statement->bind(1, *parameter);
        }
        for (;;) {
            const auto row = statement->step();
            if (!row.ok()) {
                return row.error();
            }
            if (!*row) {
                return {};
            }
            R2T2_TRY(each(*statement));
        }
    }

    Status read_steps(const RoutingSpace& space, const std::string& where, StoredSample& sample) {
        R2T2_TRY(for_each(kSteps, sample.row.id, "read steps", [&](const Statement& statement) -> Status {
            const std::string here = where + ": step " + std::to_string(statement.integer(0));
            if (statement.integer(0) != static_cast<std::int64_t>(sample.trajectory.steps.size())) {
                return invalid_input(here, "step", "a gap before it", "steps 0, 1, 2, ...");
            }
            auto step = step_of(statement, space, here);
            if (!step.ok()) {
                return step.error();
            }
            sample.trajectory.steps.push_back(std::move(*step));
            return {};
        }));
        if (static_cast<std::int64_t>(sample.trajectory.steps.size()) != sample.row.steps ||
            (sample.row.error.empty() && sample.row.steps == 0)) {
            return invalid_input(where, "steps", std::to_string(sample.trajectory.steps.size()) + " rows",
                                 std::to_string(sample.row.steps) + " (at least 1 without an error)");
        }
        return {};
    }

    Status read_neighbours(const std::string& where, StoredSample& sample) {
        return for_each(kNeighbours, sample.row.id, "read neighbours", [&](const Statement& statement) -> Status {
            if (statement.integer(1) < 0) {
                return invalid_input(where, "neighbour index", statement.text(1), "0 or more");
            }
            sample.trajectory.neighbourhood.neighbours.push_back({static_cast<std::size_t>(statement.integer(1)),
                                                                  statement.real(4), statement.real(5),
                                                                  statement.real(6), statement.real(7)});
            sample.neighbours.push_back({statement.text(2), statement.text(3)});
            return {};
        });
    }
};

SessionReader::SessionReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
SessionReader::SessionReader(SessionReader&&) noexcept = default;
SessionReader& SessionReader::operator=(SessionReader&&) noexcept = default;
SessionReader::~SessionReader() = default;

Result<SessionReader> SessionReader::open(const std::string& path) {
    std::error_code code;
    if (!std::filesystem::exists(path, code)) {
        return Error{ErrorKind::NotFound, path, "session", "no such file", "an R2-T2 session"};
    }
    if (!std::filesystem::is_regular_file(path, code)) {
        return invalid_input(path, "session", "not a regular file", "an R2-T2 session");
    }
    R2T2_TRY(session_schema::check_file(path));
    auto database = sqlite::Database::open(path, sqlite::OpenMode::Read);
    if (!database.ok()) {
        return database.error();
    }
    R2T2_TRY(session_schema::check(*database));
    return SessionReader(std::make_unique<State>(State{std::move(*database)}));
}

Result<std::vector<StoredRun>> SessionReader::runs() {
    std::vector<StoredRun> runs;
    R2T2_TRY(state_->for_each(std::string(kRuns) + "ORDER BY r.id", std::nullopt, "read runs",
                              [&](const Statement& statement) -> Status {
                                  auto run = run_of(statement, state_->database.path());
                                  if (!run.ok()) {
                                      return run.error();
                                  }
                                  runs.push_back(std::move(*run));
                                  return {};
                              }));
    return runs;
}

Result<StoredRun> SessionReader::run(std::int64_t id) {
    std::optional<StoredRun> found;
    R2T2_TRY(state_->for_each(std::string(kRuns) + "WHERE r.id = ?", id, "read run",
                              [&](const Statement& statement) -> Status {
                                  auto run = run_of(statement, state_->database.path());
                                  if (!run.ok()) {
                                      return run.error();
                                  }
                                  found = std::move(*run);
                                  return {};
                              }));
    if (!found) {
        return Error{ErrorKind::NotFound, state_->database.path(), "run", std::to_string(id), "a run of this session"};
    }
    return std::move(*found);
}

Result<std::vector<SampleRow>> SessionReader::samples(std::int64_t run) {
    std::vector<SampleRow> rows;
    R2T2_TRY(state_->for_each(std::string(kSamples) + "WHERE run_id = ? ORDER BY id", run, "read samples",
                              [&](const Statement& statement) -> Status {
                                  rows.push_back(row_of(statement));
                                  return {};
                              }));
    return rows;
}

Result<StoredSample> SessionReader::sample(std::int64_t sample_id) {
    std::optional<StoredSample> found;
    std::string correct_by_step;
    const std::string where = state_->database.path() + ": sample row " + std::to_string(sample_id);
    const auto keep = [&](const Statement& statement) -> Status {
        StoredSample sample{row_of(statement), statement.integer(14), {}, {}};
        correct_by_step = statement.text(28);
        if (sample.row.error.empty()) {
            R2T2_TRY(read_header(statement, where, sample.trajectory));
        }
        found = std::move(sample);
        return {};
    };
    R2T2_TRY(state_->for_each(std::string(kSamples) + "WHERE id = ?", sample_id, "read sample", keep));
    if (!found) {
        return Error{ErrorKind::NotFound, state_->database.path(), "sample row", std::to_string(sample_id),
                     "a sample of this session"};
    }
    const auto owner = run(found->run);
    if (!owner.ok()) {
        return owner.error();
    }
    R2T2_TRY(state_->read_steps(owner->info.space, where, *found));
    if (correct_by_step != values::correct_by_step(found->trajectory)) {
        return invalid_input(where, "correct_by_step", correct_by_step,
                             values::correct_by_step(found->trajectory) + " (as the steps say)");
    }
    R2T2_TRY(state_->read_neighbours(where, *found));
    return std::move(*found);
}

Result<StoredSample> SessionReader::sample(std::int64_t run, const SampleKey& key) {
    auto statement = state_->database.prepare(
        "SELECT id FROM samples WHERE run_id = ? AND set_name = ? AND sample_key = ?", "find sample");
    if (!statement.ok()) {
        return statement.error();
    }
    statement->bind(1, run);
    statement->bind(2, key.set);
    statement->bind(3, key.key);
    const auto row = statement->step();
    if (!row.ok()) {
        return row.error();
    }
    if (!*row) {
        return Error{ErrorKind::NotFound, state_->database.path(), "sample", key.set + "/" + key.key,
                     "a sample of run " + std::to_string(run)};
    }
    return sample(statement->integer(0));
}

Result<SessionReader::Correctness> SessionReader::correctness(std::int64_t run) {
    Correctness result;
    R2T2_TRY(state_->for_each(
        "SELECT set_name, sample_key, correct_by_step FROM samples WHERE run_id = ? AND error IS NULL ORDER BY id", run,
        "read correctness", [&](const Statement& statement) -> Status {
            result.keys.push_back({statement.text(0), statement.text(1)});
            std::vector<std::optional<bool>>& steps = result.steps.emplace_back();
            for (const char character : statement.text(2)) {
                steps.push_back(values::correct_of(character));
            }
            return {};
        }));
    return result;
}

Result<std::vector<Error>> SessionReader::verify() {
    std::vector<Error> faults;
    const std::string& path = state_->database.path();
    const auto collect = [&](const char* pragma, int column) {
        const Status status =
            state_->for_each(pragma, std::nullopt, "verify", [&](const Statement& statement) -> Status {
                if (const std::string text = statement.text(column); text != "ok") {
                    faults.push_back(invalid_input(path, pragma, text, "ok"));
                }
                return {};
            });
        if (!status.ok()) {
            faults.push_back(status.error());
        }
    };
    collect("PRAGMA integrity_check", 0);
    collect("PRAGMA foreign_key_check", 0);
    std::vector<std::int64_t> ids;
    const Status listed = state_->for_each("SELECT id FROM samples ORDER BY id", std::nullopt, "verify",
                                           [&](const Statement& statement) -> Status {
                                               ids.push_back(statement.integer(0));
                                               return {};
                                           });
    if (!listed.ok()) {
        faults.push_back(listed.error());
    }
    for (const std::int64_t id : ids) {
        if (const auto read = sample(id); !read.ok()) {
            faults.push_back(read.error());
        }
    }
    return faults;
}

}  // namespace r2t2
