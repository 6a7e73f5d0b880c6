#include "core/session/session_reader.h"

#include <filesystem>

#include "core/session/session_reader_state.h"
#include "core/session/session_schema.h"
#include "core/session/session_values.h"

namespace r2t2 {

namespace values = session_values;
using sqlite::Statement;

Status SessionReader::State::read_steps(const RoutingSpace& space, const std::string& where, StoredSample& sample) {
    const auto keep = [&](const Statement& statement, bool sound) -> Status {
        const std::int64_t index = statement.integer(session_rows::StepColumn::step);
        const std::string here = where + ": step " + std::to_string(index);
        if (!sound) {
            return broken(here);
        }
        if (index != static_cast<std::int64_t>(sample.trajectory.steps.size())) {
            return invalid_input(here, "step", "a gap before it", "steps 0, 1, 2, ...");
        }
        auto step = session_rows::step_of(statement, space, here);
        if (!step.ok()) {
            return step.error();
        }
        sample.trajectory.steps.push_back(std::move(*step));
        return {};
    };
    R2T2_TRY(for_each_row("steps", "WHERE sample_id = ? ORDER BY step", sample.row.id, keep));
    if (static_cast<std::int64_t>(sample.trajectory.steps.size()) != sample.row.steps ||
        (sample.row.error.empty() && sample.row.steps == 0)) {
        return invalid_input(where, "steps", std::to_string(sample.trajectory.steps.size()) + " rows",
                             std::to_string(sample.row.steps) + " (at least 1 without an error)");
    }
    return {};
}

Status SessionReader::State::read_neighbours(const RoutingSpace& space, const std::string& where, StoredSample& sample) {
    return for_each_row("neighbours", "WHERE sample_id = ? ORDER BY rank", sample.row.id, [&](const Statement& statement, bool sound) -> Status {
        const std::string here = where + ": neighbour " + std::to_string(statement.integer(session_rows::NeighbourColumn::rank));
        if (!sound) {
            return broken(here);
        }
        auto neighbour = session_rows::neighbour_of(statement, here);
        auto reference = session_rows::reference_of(statement, version >= session_schema::kReferenceDetails, space, here);
        if (!neighbour.ok() || !reference.ok()) {
            return neighbour.ok() ? reference.error() : neighbour.error();
        }
        sample.trajectory.neighbourhood.neighbours.push_back(*neighbour);
        sample.neighbours.push_back(std::move(*reference));
        return {};
    });
}

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
    const auto version = database->number("PRAGMA user_version", "read user_version");
    if (!version.ok()) {
        return version.error();
    }
    return SessionReader(std::make_unique<State>(State{std::move(*database), *version, {}}));
}

Result<RoutingSpace> SessionReader::State::space_of(std::int64_t id) {
    if (const auto known = spaces.find(id); known != spaces.end()) {
        return known->second;
    }
    const auto run = read_runs("WHERE r.id = ?", id);
    if (!run.ok()) {
        return run.error();
    }
    if (run->empty()) {
        return Error{ErrorKind::NotFound, database.path(), "run", std::to_string(id), "a run of this session"};
    }
    return spaces[id] = run->front().info.space;
}

Result<std::vector<StoredRun>> SessionReader::State::read_runs(const std::string& rest, std::optional<std::int64_t> parameter) {
    std::vector<StoredRun> runs;
    const std::vector<std::string>& all = row_checksum::columns("runs");
    const std::string sql = "SELECT " + columns("runs", "r") + ", " + session_rows::kRunCounts + " FROM runs r " + rest;
    R2T2_TRY(for_each(sql, parameter, "read runs", [&](const Statement& statement) -> Status {
        if (!holds(statement, all)) {
            return broken(database.path() + ": run " + std::to_string(statement.integer(session_rows::RunColumn::id)));
        }
        auto run = session_rows::run_of(statement, database.path());
        if (!run.ok()) {
            return run.error();
        }
        runs.push_back(std::move(*run));
        return {};
    }));
    return runs;
}

Result<std::vector<StoredRun>> SessionReader::runs() {
    return state_->read_runs("ORDER BY r.id", std::nullopt);
}

Result<StoredRun> SessionReader::run(std::int64_t id) {
    auto found = state_->read_runs("WHERE r.id = ?", id);
    if (!found.ok()) {
        return found.error();
    }
    if (found->empty()) {
        return Error{ErrorKind::NotFound, state_->database.path(), "run", std::to_string(id), "a run of this session"};
    }
    return std::move(found->front());
}

Result<std::vector<SampleRow>> SessionReader::samples(std::int64_t run) {
    std::vector<SampleRow> rows;
    const auto count = state_->database.number("SELECT COUNT(*) FROM samples WHERE run_id = " + std::to_string(run), "read samples");
    if (!count.ok()) {
        return count.error();
    }
    rows.reserve(static_cast<std::size_t>(*count));
    R2T2_TRY(state_->for_each_row("samples", "WHERE run_id = ? ORDER BY id", run, [&](const Statement& statement, bool sound) -> Status {
        rows.push_back(session_rows::row_of(statement, state_->version));
        rows.back().damaged = !sound;
        return {};
    }));
    return rows;
}

Result<std::vector<SampleRow>> SessionReader::benchmark_samples(std::int64_t run) {
    std::vector<SampleRow> rows;
    if (!state_->has_scoring()) {
        return rows;
    }
    const auto keep = [&](const Statement& statement, bool sound) -> Status {
        rows.push_back(session_rows::row_of(statement, state_->version));
        rows.back().damaged = !sound;
        return {};
    };
    R2T2_TRY(state_->for_each_row("samples", "WHERE run_id = ? AND scoring IS NOT NULL AND error IS NULL ORDER BY id", run, keep));
    return rows;
}

Result<StoredSample> SessionReader::sample(std::int64_t sample_id) {
    std::optional<StoredSample> found;
    std::string correct_by_step;
    const std::string where = state_->database.path() + ": sample row " + std::to_string(sample_id);
    const auto keep = [&](const Statement& statement, bool sound) -> Status {
        if (!sound) {
            return State::broken(where);
        }
        StoredSample sample{session_rows::row_of(statement, state_->version), statement.integer(session_rows::SampleColumn::run_id), {}, {}};
        correct_by_step = statement.text(session_rows::SampleColumn::correct_by_step);
        if (sample.row.error.empty()) {
            R2T2_TRY(session_rows::read_header(statement, where, sample.trajectory));
        }
        found = std::move(sample);
        return {};
    };
    R2T2_TRY(state_->for_each_row("samples", "WHERE id = ?", sample_id, keep));
    if (!found) {
        return Error{ErrorKind::NotFound, state_->database.path(), "sample row", std::to_string(sample_id),
                     "a sample of this session"};
    }
    const auto space = state_->space_of(found->run);
    if (!space.ok()) {
        return space.error();
    }
    R2T2_TRY(state_->read_steps(*space, where, *found));
    if (correct_by_step != values::correct_by_step(found->trajectory)) {
        return invalid_input(where, "correct_by_step", correct_by_step,
                             values::correct_by_step(found->trajectory) + " (as the steps say)");
    }
    R2T2_TRY(state_->read_neighbours(*space, where, *found));
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

Result<SessionReader::Routings> SessionReader::routings(std::int64_t run_id) {
    const auto space = state_->space_of(run_id);
    if (!space.ok()) {
        return space.error();
    }
    const std::vector<std::string>&of_sample = row_checksum::columns("samples", state_->version), &of_step = row_checksum::columns("steps");
    const int first = static_cast<int>(of_sample.size()) + 1, last = first + static_cast<int>(of_step.size()) + 1;  // step's columns
    const std::string sql = "SELECT " + state_->columns("samples", "s") + ", " + state_->columns("steps", "a") + ", " +
                            state_->columns("steps", "b") +
                            " FROM samples s JOIN steps a ON a.sample_id = s.id AND a.step = 0 "
                            "JOIN steps b ON b.sample_id = s.id AND b.step = s.steps - 1 "
                            "WHERE s.run_id = ? AND s.error IS NULL ORDER BY s.id";
    Routings out;
    R2T2_TRY(state_->for_each(sql, run_id, "read routings", [&](const Statement& statement) -> Status {
        if (!state_->holds(statement, of_sample) || !state_->holds(statement, of_step, first) || !state_->holds(statement, of_step, last)) {
            ++out.damaged;
            return {};
        }
        const std::string where = state_->database.path() + ": sample row " + std::to_string(statement.integer(session_rows::SampleColumn::id));
        FirstAndLast sample;
        sample.outcome = statement.text(session_rows::SampleColumn::outcome);
        for (const auto& [columns, matrix] : {std::pair{first, &sample.first}, std::pair{last, &sample.last}}) {
            auto numbers = statement.numbers(columns + session_rows::StepColumn::routing, where);
            if (!numbers.ok()) {
                return numbers.error();
            }
            auto weights = values::matrix_of(std::move(*numbers), *space, where, "routing");
            if (!weights.ok()) {
                return weights.error();
            }
            if (Status sound = check_weights(*space, *weights, where); !sound.ok()) {
                return sound;
            }
            *matrix = std::move(*weights);
        }
        out.samples.push_back(std::move(sample));
        return {};
    }));
    return out;
}

Result<SessionReader::Correctness> SessionReader::correctness(std::int64_t run) {
    using Column = session_rows::SampleColumn;
    Correctness result;
    const auto count = [&](const Statement& statement, bool sound) -> Status {
        if (!sound) {
            ++result.damaged;
            return {};
        }
        result.keys.push_back({statement.text(Column::set_name), statement.text(Column::sample_key)});
        std::vector<std::optional<bool>>& steps = result.steps.emplace_back();
        for (const char character : statement.text(Column::correct_by_step)) {
            steps.push_back(values::correct_of(character));
        }
        return {};
    };
    R2T2_TRY(state_->for_each_row("samples", "WHERE run_id = ? AND error IS NULL ORDER BY id", run, count));
    return result;
}

}  // namespace r2t2
