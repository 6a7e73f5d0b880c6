#include "core/session/session_reader.h"

#include <filesystem>

#include "core/session/session_reader_state.h"
#include "core/session/session_schema.h"
#include "core/session/session_values.h"

namespace r2t2 {

namespace values = session_values;
using sqlite::Statement;

Status SessionReader::State::read_steps(const RoutingSpace& space, const std::string& where, StoredSample& sample) {
    R2T2_TRY(for_each(select(session_rows::kStepColumns, "steps", "WHERE sample_id = ? ORDER BY step"), sample.row.id, "read steps", [&](const Statement& statement) -> Status {
        const std::string here = where + ": step " + std::to_string(statement.integer(0));
        if (statement.integer(session_rows::kStepCheck) == 0) {
            return broken(here);
        }
        if (statement.integer(0) != static_cast<std::int64_t>(sample.trajectory.steps.size())) {
            return invalid_input(here, "step", "a gap before it", "steps 0, 1, 2, ...");
        }
        auto step = session_rows::step_of(statement, space, here);
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

Status SessionReader::State::read_neighbours(const RoutingSpace& space, const std::string& where, StoredSample& sample) {
    const char* columns = version < session_schema::kReferenceDetails ? session_rows::kPlainNeighbourColumns : session_rows::kNeighbourColumns;
    return for_each(select(columns, "neighbours", "WHERE sample_id = ? ORDER BY rank"), sample.row.id, "read neighbours", [&](const Statement& statement) -> Status {
        const std::string here = where + ": neighbour " + std::to_string(statement.integer(0));
        if (statement.integer(session_rows::kNeighbourCheck) == 0) {
            return broken(here);
        }
        if (statement.integer(1) < 0) {
            return invalid_input(where, "neighbour index", statement.text(1), "0 or more");
        }
        sample.trajectory.neighbourhood.neighbours.push_back({static_cast<std::size_t>(statement.integer(1)),
                                                              statement.real(4), statement.real(5),
                                                              statement.real(6), statement.real(7)});
        auto reference = session_rows::reference_of(statement, space, here);
        if (!reference.ok()) {
            return reference.error();
        }
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
    R2T2_TRY(for_each(select(session_rows::kRunColumns, "runs", rest, "r"), parameter, "read runs", [&](const Statement& statement) -> Status {
        auto run = session_rows::run_of(statement, database.path());
        if (statement.integer(session_rows::kRunCheck) == 0) {
            return broken(database.path() + ": run " + std::to_string(statement.integer(0)));
        }
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
    R2T2_TRY(state_->for_each(state_->select(session_rows::kSampleColumns, "samples", "WHERE run_id = ? ORDER BY id"), run,
                              "read samples", [&](const Statement& statement) -> Status {
                                  rows.push_back(session_rows::row_of(statement));
                                  rows.back().damaged = statement.integer(session_rows::kSampleCheck) == 0;
                                  return {};
                              }));
    return rows;
}

Result<StoredSample> SessionReader::sample(std::int64_t sample_id) {
    std::optional<StoredSample> found;
    std::string correct_by_step;
    const std::string where = state_->database.path() + ": sample row " + std::to_string(sample_id);
    const auto keep = [&](const Statement& statement) -> Status {
        if (statement.integer(session_rows::kSampleCheck) == 0) {
            return State::broken(where);
        }
        StoredSample sample{session_rows::row_of(statement), statement.integer(session_rows::kSampleRun), {}, {}};
        correct_by_step = statement.text(session_rows::kSampleCorrect);
        if (sample.row.error.empty()) {
            R2T2_TRY(session_rows::read_header(statement, where, sample.trajectory));
        }
        found = std::move(sample);
        return {};
    };
    R2T2_TRY(state_->for_each(state_->select(session_rows::kSampleColumns, "samples", "WHERE id = ?"), sample_id, "read sample", keep));
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
    const std::string sql = "SELECT s.id, s.outcome, a.routing, b.routing, " + state_->holds("samples", "s") + " AND " +
                            state_->holds("steps", "a") + " AND " + state_->holds("steps", "b") +
                            " FROM samples s JOIN steps a ON a.sample_id = s.id AND a.step = 0 "
                            "JOIN steps b ON b.sample_id = s.id AND b.step = s.steps - 1 "
                            "WHERE s.run_id = ? AND s.error IS NULL ORDER BY s.id";
    Routings out;
    R2T2_TRY(state_->for_each(sql, run_id, "read routings", [&](const Statement& statement) -> Status {
        if (statement.integer(4) == 0) {
            ++out.damaged;
            return {};
        }
        const std::string where = state_->database.path() + ": sample row " + std::to_string(statement.integer(0));
        FirstAndLast sample;
        sample.outcome = statement.text(1);
        for (const auto& [column, matrix] : {std::pair{2, &sample.first}, std::pair{3, &sample.last}}) {
            auto numbers = statement.numbers(column, where);
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
    Correctness result;
    R2T2_TRY(state_->for_each(
        state_->select("set_name, sample_key, correct_by_step", "samples", "WHERE run_id = ? AND error IS NULL ORDER BY id"), run,
        "read correctness", [&](const Statement& statement) -> Status {
            if (statement.integer(3) == 0) {
                ++result.damaged;
                return {};
            }
            result.keys.push_back({statement.text(0), statement.text(1)});
            std::vector<std::optional<bool>>& steps = result.steps.emplace_back();
            for (const char character : statement.text(2)) {
                steps.push_back(values::correct_of(character));
            }
            return {};
        }));
    return result;
}

}  // namespace r2t2
