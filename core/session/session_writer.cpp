#include "core/session/session_writer.h"

#include <cmath>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "core/session/row_checksum.h"
#include "core/session/session_schema.h"
#include "core/session/session_values.h"
#include "core/session/sqlite.h"

namespace r2t2 {

namespace {

namespace values = session_values;
using sqlite::Statement;

constexpr const char* kDeleteError =
    "DELETE FROM samples WHERE run_id = ? AND set_name = ? AND sample_key = ? AND error IS NOT NULL";

// Columns in the order in which parameters are bound.
const std::vector<std::string> kRunColumns = {"id", "name", "method", "config", "space", "seed", "model_name", "model_hash",
                                              "data_hash", "reference_hash", "versions", "command", "notes", "started", "state"};
const std::vector<std::string> kSampleColumns = {
    "run_id", "set_name", "sample_key", "question", "image_path", "ground_truth", "native_answer", "final_answer", "native_correct",
    "final_correct", "outcome", "method", "mode", "granularity", "frame", "variable", "uses_label", "steps", "bandwidth",
    "uniform_fallback", "clamped", "seconds", "answer_seconds", "forward_passes", "backward_passes", "notes", "error",
    "correct_by_step", "id"};
constexpr int kSampleId = 29;

std::string sample_name(const SampleInfo& sample) {
    return "sample " + (sample.id.set.empty() ? "" : sample.id.set + "/") + sample.id.key;
}

Status check_numbers(const std::vector<double>& numbers, const std::string& where, const std::string& field) {
    for (const double number : numbers) {
        if (!std::isfinite(number)) {
            return invalid_input(where, field, "a value that is not finite", "finite numbers");
        }
    }
    return {};
}

Status check_matrix(const RoutingMatrix& matrix, const RoutingSpace& space, const std::string& where,
                    const std::string& field) {
    if (matrix.experts() != space.expert_count() || (matrix.rows() != 1 && matrix.rows() != space.mixers)) {
        return invalid_input(where, field, std::to_string(matrix.rows()) + " x " + std::to_string(matrix.experts()),
                             "1 or " + std::to_string(space.mixers) + " x " + std::to_string(space.expert_count()));
    }
    return check_numbers(matrix.values(), where, field);
}

/// What cannot be read back must not be written.
Status check_trajectory(const Trajectory& trajectory, const RoutingSpace& space, const std::string& where) {
    if (trajectory.steps.empty()) {
        return invalid_input(where, "steps", "none", "at least the native step");
    }
    for (const TrajectoryStep& step : trajectory.steps) {
        const std::string here = where + ": step " + std::to_string(step.index);
        R2T2_TRY(check_matrix(step.weights, space, here, "weights"));
        if (!step.action.native()) {
            R2T2_TRY(check_matrix(step.action.values, space, here, "action"));
        }
        if (step.gradient) {
            R2T2_TRY(check_matrix(*step.gradient, space, here, "gradient"));
        }
        if (step.routing_gradient) {
            R2T2_TRY(check_matrix(*step.routing_gradient, space, here, "routing gradient"));
        }
        R2T2_TRY(check_numbers(step.neighbour_losses, here, "neighbour losses"));
        R2T2_TRY(check_numbers(step.neighbour_gradient_share, here, "neighbour shares"));
    }
    return {};
}

void bind_matrix(Statement& statement, int index, const std::optional<RoutingMatrix>& matrix) {
    if (matrix) {
        statement.bind(index, std::span<const double>(matrix->values()));
    } else {
        statement.bind_null(index);
    }
}

void bind_numbers(Statement& statement, int index, const std::vector<double>& numbers) {
    if (numbers.empty()) {
        statement.bind_null(index);
    } else {
        statement.bind(index, std::span<const double>(numbers));
    }
}

std::optional<std::string> answer_text(const TrajectoryStep& step) {
    return step.answer ? std::optional(step.answer->text) : std::nullopt;
}

std::optional<std::string> outcome(std::optional<bool> before, std::optional<bool> after) {
    if (!before || !after) {
        return std::nullopt;
    }
    return std::string(*before ? "R" : "W") + (*after ? "R" : "W");
}

}  // namespace

struct SessionWriter::State {
    sqlite::Database database;
    Statement delete_error;
    Statement insert_sample;
    Statement insert_step;
    Statement insert_neighbour;
    std::map<std::int64_t, RoutingSpace> spaces;  ///< of runs seen so far

    static Result<std::unique_ptr<State>> prepare(sqlite::Database database) {
        auto erase = database.prepare(kDeleteError, "replace error");
        auto sample = database.prepare(row_checksum::insert("samples", kSampleColumns), "write sample");
        auto step = database.prepare(row_checksum::insert("steps", row_checksum::columns("steps")), "write step");
        auto neighbour = database.prepare(row_checksum::insert("neighbours", row_checksum::columns("neighbours")), "write neighbour");
        for (const auto* statement : {&erase, &sample, &step, &neighbour}) {
            if (!statement->ok()) {
                return statement->error();
            }
        }
        return std::make_unique<State>(State{
            std::move(database), std::move(*erase), std::move(*sample), std::move(*step), std::move(*neighbour), {}});
    }

    Result<RoutingSpace> space_of(std::int64_t run) {
        if (const auto known = spaces.find(run); known != spaces.end()) {
            return known->second;
        }
        auto statement = database.prepare("SELECT space FROM runs WHERE id = ?", "read run");
        if (!statement.ok()) {
            return statement.error();
        }
        statement->bind(1, run);
        const auto row = statement->step();
        if (!row.ok()) {
            return row.error();
        }
        if (!*row) {
            return Error{ErrorKind::NotFound, database.path(), "run", std::to_string(run), "a run of this session"};
        }
        auto space = values::space_from_json(statement->text(0), database.path() + ": run " + std::to_string(run));
        if (space.ok()) {
            spaces[run] = *space;
        }
        return space;
    }

    Status erase_error(std::int64_t run, const SampleInfo& sample) {
        delete_error.bind(1, run);
        delete_error.bind(2, sample.id.set);
        delete_error.bind(3, sample.id.key);
        return delete_error.run();
    }

    void bind_sample(std::int64_t run, const SampleInfo& sample) {
        insert_sample.bind(1, run);
        insert_sample.bind(2, sample.id.set);
        insert_sample.bind(3, sample.id.key);
        insert_sample.bind(4, sample.question);
        insert_sample.bind(5, sample.image_path);
        insert_sample.bind(6, sample.ground_truth);
    }

    /// A row's number is part of its checksum, so it is chosen here. Inside a transaction.
    Result<std::int64_t> next_id(const char* table) {
        return database.number(std::string("SELECT IFNULL(MAX(id), 0) + 1 FROM ") + table, "number a row");
    }

    Status write_row(std::int64_t run, std::int64_t id, const SampleInfo& sample, const Trajectory& trajectory) {
        const TrajectoryStep& first = trajectory.base();
        const TrajectoryStep& last = trajectory.result();
        bind_sample(run, sample);
        insert_sample.bind(7, answer_text(first));
        insert_sample.bind(8, answer_text(last));
        insert_sample.bind(9, first.correct);
        insert_sample.bind(10, last.correct);
        insert_sample.bind(11, outcome(first.correct, last.correct));
        insert_sample.bind(12, to_string(trajectory.method));
        insert_sample.bind(13, to_string(trajectory.mode));
        insert_sample.bind(14, to_string(trajectory.granularity));
        insert_sample.bind(15, to_string(trajectory.frame));
        insert_sample.bind(16, values::variable_text(trajectory.variable));
        insert_sample.bind(17, trajectory.uses_label);
        insert_sample.bind(18, static_cast<std::int64_t>(trajectory.steps.size()));
        insert_sample.bind(19, trajectory.neighbourhood.bandwidth);
        insert_sample.bind(20, trajectory.neighbourhood.uniform_fallback);
        insert_sample.bind(21, static_cast<std::int64_t>(trajectory.neighbourhood.clamped));
        insert_sample.bind(22, trajectory.seconds);
        insert_sample.bind(23, trajectory.answer_seconds);
        insert_sample.bind(24, trajectory.passes.forward);
        insert_sample.bind(25, trajectory.passes.backward);
        insert_sample.bind(26, values::list_to_json(trajectory.notes));
        insert_sample.bind_null(27);
        insert_sample.bind(28, values::correct_by_step(trajectory));
        insert_sample.bind(kSampleId, id);
        return insert_sample.run();
    }

    Status write_step(std::int64_t sample_id, std::int64_t index, const TrajectoryStep& step) {
        insert_step.bind(1, sample_id);
        insert_step.bind(2, index);
        insert_step.bind(3, step.correct);
        insert_step.bind(4, answer_text(step));
        if (step.answer) {
            insert_step.bind(5, step.answer->confidence);
            insert_step.bind(6, step.answer->margin);
            insert_step.bind(18, values::candidates_to_json(step.answer->candidates));
            insert_step.bind(19, values::tokens_to_json(step.answer->tokens));
        }
        insert_step.bind(7, step.objective);
        insert_step.bind(8, step.learning_rate);
        insert_step.bind(9, step.alpha);
        insert_step.bind(10, values::weights_to_json(step.weights));
        insert_step.bind(11, std::span<const double>(step.weights.values()));
        if (!step.action.native()) {
            insert_step.bind(12, to_string(step.action.mode));
            insert_step.bind(13, std::span<const double>(step.action.values.values()));
        }
        bind_matrix(insert_step, 14, step.gradient);
        bind_matrix(insert_step, 15, step.routing_gradient);
        bind_numbers(insert_step, 16, step.neighbour_losses);
        bind_numbers(insert_step, 17, step.neighbour_gradient_share);
        insert_step.bind(20, step.seconds);
        insert_step.bind(21, step.passes.forward);
        insert_step.bind(22, step.passes.backward);
        return insert_step.run();
    }

    Status write_neighbours(std::int64_t sample_id, const Neighbourhood& neighbourhood, const ReferenceNamer& namer) {
        std::int64_t rank = 0;
        for (const Neighbour& neighbour : neighbourhood.neighbours) {
            const ReferenceName name =
                namer ? namer(neighbour.index) : ReferenceName{"", std::to_string(neighbour.index)};
            insert_neighbour.bind(1, sample_id);
            insert_neighbour.bind(2, rank++);
            insert_neighbour.bind(3, static_cast<std::int64_t>(neighbour.index));
            insert_neighbour.bind(4, name.set);
            insert_neighbour.bind(5, name.id);
            insert_neighbour.bind(6, neighbour.distance);
            insert_neighbour.bind(7, neighbour.similarity);
            insert_neighbour.bind(8, neighbour.kernel);
            insert_neighbour.bind(9, neighbour.weight);
            R2T2_TRY(insert_neighbour.run());
        }
        return {};
    }

    Status change_run(std::int64_t run, std::string_view state, const std::optional<std::string>& finished) {
        auto transaction = sqlite::Transaction::begin(database);
        if (!transaction.ok()) {
            return transaction.error();
        }
        auto statement = database.prepare("UPDATE runs SET state = ?, finished = ? WHERE id = ? RETURNING id", "update run");
        if (!statement.ok()) {
            return statement.error();
        }
        statement->bind(1, state);
        statement->bind(2, finished);
        statement->bind(3, run);
        const auto row = statement->step();  // RETURNING: a row if the run is there
        if (!row.ok()) {
            return row.error();
        }
        if (!*row) {
            return Error{ErrorKind::NotFound, database.path(), "run", std::to_string(run), "a run of this session"};
        }
        R2T2_TRY(statement->run());
        R2T2_TRY(database.execute("UPDATE runs SET checksum = " + row_checksum::of_row("runs") + " WHERE id = " + std::to_string(run),
                                  "update run"));
        return transaction->commit();
    }
};

namespace {

Status make_session(sqlite::Database& database, const SessionWriter::Options& options) {
    const auto blank = session_schema::is_blank(database);
    if (!blank.ok()) {
        return blank.error();
    }
    if (*blank) {
        // The journal mode cannot change inside a transaction; a creation cut short after it is still blank.
        R2T2_TRY(database.execute("PRAGMA journal_mode = WAL", "set journal mode"));
        R2T2_TRY(session_schema::create(database));
    }
    R2T2_TRY(session_schema::check(database));
    R2T2_TRY(session_schema::migrate(database));
    return database.execute(
        options.durability == Durability::Synced ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL",
        "set durability");
}

bool something_there(const std::string& path) {
    std::error_code code;
    return std::filesystem::exists(path, code) && !std::filesystem::is_empty(path, code);
}

/// Look without writing: a foreign or damaged file must stay as it is, byte for byte. A writer killed at a bad moment
/// leaves a journal that a read-only connection may not be able to play back (an Io error): then the connection that
/// may write has the say, and checks again.
Status look_first(const std::string& path, bool may_be_blank) {
    R2T2_TRY(session_schema::check_file(path));
    const auto look = [&]() -> Status {
        auto database = sqlite::Database::open(path, sqlite::OpenMode::Read);
        if (!database.ok()) {
            return database.error();
        }
        const auto blank = session_schema::is_blank(*database);
        if (!blank.ok()) {
            return blank.error();
        }
        return may_be_blank && *blank ? Status() : session_schema::check(*database);
    };
    const Status status = look();
    return !status.ok() && status.error().kind == ErrorKind::Io ? Status() : status;
}

}  // namespace

SessionWriter::SessionWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
SessionWriter::SessionWriter(SessionWriter&&) noexcept = default;
SessionWriter& SessionWriter::operator=(SessionWriter&&) noexcept = default;
SessionWriter::~SessionWriter() = default;

Result<SessionWriter> SessionWriter::create(const std::string& path, const Options& options) {
    if (something_there(path)) {
        return invalid_input(path, "session", "a file that is there already", "a new name, or opening it");
    }
    return open_or_create(path, options);
}

Result<SessionWriter> SessionWriter::open(const std::string& path, const Options& options) {
    if (!something_there(path)) {
        return Error{ErrorKind::NotFound, path, "session", "no such file (or an empty one)", "an R2-T2 session"};
    }
    R2T2_TRY(look_first(path, false));
    return open_or_create(path, options);
}

Result<SessionWriter> SessionWriter::open_or_create(const std::string& path, const Options& options) {
    if (something_there(path)) {
        R2T2_TRY(look_first(path, true));
    }
    auto database = sqlite::Database::open(path, sqlite::OpenMode::CreateNew);
    if (!database.ok()) {
        return database.error();
    }
    R2T2_TRY(make_session(*database, options));
    auto state = State::prepare(std::move(*database));
    if (!state.ok()) {
        return state.error();
    }
    return SessionWriter(std::move(*state));
}

const std::string& SessionWriter::path() const {
    return state_->database.path();
}

Result<std::int64_t> SessionWriter::begin_run(const RunInfo& info) {
    if (!nlohmann::json::accept(info.config)) {
        return invalid_input(path(), "run config", info.config.substr(0, 60), "JSON");
    }
    if (info.space.expert_count() == 0) {
        return invalid_input(path(), "run space", "no experts", "at least one group of experts");
    }
    auto transaction = sqlite::Transaction::begin(state_->database);
    if (!transaction.ok()) {
        return transaction.error();
    }
    const auto run = state_->next_id("runs");
    auto statement = state_->database.prepare(row_checksum::insert("runs", kRunColumns), "begin run");
    if (!run.ok() || !statement.ok()) {
        return run.ok() ? statement.error() : run.error();
    }
    statement->bind(1, *run);
    statement->bind(2, info.name);
    statement->bind(3, info.method);
    statement->bind(4, info.config);
    statement->bind(5, values::space_to_json(info.space));
    statement->bind(6, static_cast<std::int64_t>(info.seed));  // the same 64 bits
    statement->bind(7, info.model_name);
    statement->bind(8, info.model_hash);
    statement->bind(9, info.data_hash);
    statement->bind(10, info.reference_hash);
    statement->bind(11, values::texts_to_json(info.versions));
    statement->bind(12, info.command);
    statement->bind(13, info.notes);
    statement->bind(14, values::utc_now());
    statement->bind(15, values::state_text(RunState::Running));
    R2T2_TRY(statement->run());
    R2T2_TRY(transaction->commit());
    state_->spaces[*run] = info.space;
    return *run;
}

Status SessionWriter::resume_run(std::int64_t run) {
    return state_->change_run(run, values::state_text(RunState::Running), std::nullopt);
}

Status SessionWriter::finish_run(std::int64_t run, RunState state) {
    return state_->change_run(run, values::state_text(state), values::utc_now());
}

Status SessionWriter::write_sample(std::int64_t run, const SampleInfo& sample, const Trajectory& trajectory,
                                   const ReferenceNamer& namer) {
    const auto space = state_->space_of(run);
    if (!space.ok()) {
        return space.error();
    }
    const std::string where = path() + ": run " + std::to_string(run) + ": " + sample_name(sample);
    R2T2_TRY(check_trajectory(trajectory, *space, where));
    auto transaction = sqlite::Transaction::begin(state_->database);
    if (!transaction.ok()) {
        return transaction.error();
    }
    const auto write = [&]() -> Status {
        R2T2_TRY(state_->erase_error(run, sample));
        const auto id = state_->next_id("samples");
        if (!id.ok()) {
            return id.error();
        }
        R2T2_TRY(state_->write_row(run, *id, sample, trajectory));
        std::int64_t index = 0;
        for (const TrajectoryStep& step : trajectory.steps) {
            R2T2_TRY(state_->write_step(*id, index++, step));
        }
        return state_->write_neighbours(*id, trajectory.neighbourhood, namer);
    };
    if (const Status written = write(); !written.ok()) {
        Error error = written.error();
        error.where = where;
        return error;
    }
    return transaction->commit();
}

Status SessionWriter::record_error(std::int64_t run, const SampleInfo& sample, const Error& error) {
    auto transaction = sqlite::Transaction::begin(state_->database);
    if (!transaction.ok()) {
        return transaction.error();
    }
    R2T2_TRY(state_->erase_error(run, sample));
    const auto id = state_->next_id("samples");
    if (!id.ok()) {
        return id.error();
    }
    Statement& insert = state_->insert_sample;
    state_->bind_sample(run, sample);
    for (int i = 7; i <= 16; ++i) {
        insert.bind_null(i);
    }
    insert.bind_null(19);
    for (const int i : {17, 18, 20, 21, 24, 25}) {
        insert.bind(i, 0);
    }
    insert.bind(22, 0.0);
    insert.bind(23, 0.0);
    insert.bind(26, "[]");
    insert.bind(27, error.message());
    insert.bind(28, "");
    insert.bind(kSampleId, *id);
    if (const Status written = insert.run(); !written.ok()) {
        return written.error().inside(sample_name(sample));
    }
    return transaction->commit();
}

Result<std::set<SampleKey>> SessionWriter::finished_keys(std::int64_t run, bool with_errors) {
    const auto space = state_->space_of(run);  // says "no such run"
    if (!space.ok()) {
        return space.error();
    }
    auto statement = state_->database.prepare(
        "SELECT set_name, sample_key, checksum IS " + row_checksum::of_row("samples") +
            " FROM samples WHERE run_id = ? AND (? OR error IS NULL)",
        "read finished samples");
    if (!statement.ok()) {
        return statement.error();
    }
    statement->bind(1, run);
    statement->bind(2, with_errors);
    std::set<SampleKey> keys;
    for (;;) {
        const auto row = statement->step();
        if (!row.ok()) {
            return row.error();
        }
        if (!*row) {
            return keys;
        }
        if (statement->integer(2) == 0) {
            return invalid_input(path() + ": run " + std::to_string(run) + ": sample " + statement->text(0) + "/" + statement->text(1),
                                 "checksum", "another one than the row was written with",
                                 "a sound session to go on with (r2t2 verify names every bad row; it can still be read)");
        }
        keys.insert({statement->text(0), statement->text(1)});
    }
}

}  // namespace r2t2
