#include "core/session/session_reader.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "core/routing/method_table.h"
#include "core/session/database_file.h"
#include "core/session/run_variants.h"
#include "core/session/session_reader_state.h"
#include "core/session/session_schema.h"
#include "core/session/session_values.h"
#include "core/session/sqlite_files.h"

namespace r2t2 {

namespace values = session_values;
using sqlite::Statement;

namespace {

constexpr const char* kChecksum = "its checksum does not hold";
constexpr const char* kStep = "its steps do not hold";

}  // namespace

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
    R2T2_TRY(for_each_row("neighbours", "WHERE sample_id = ? ORDER BY rank", sample.row.id, [&](const Statement& statement, bool sound) -> Status {
        const std::int64_t rank = statement.integer(session_rows::NeighbourColumn::rank);
        const std::string here = where + ": neighbour " + std::to_string(rank);
        if (!sound) {
            return broken(here);
        }
        if (rank != static_cast<std::int64_t>(sample.neighbours.size())) {
            return invalid_input(here, "rank", "a gap before it", "ranks 0, 1, 2, ...");
        }
        auto neighbour = session_rows::neighbour_of(statement, here);
        auto reference = session_rows::reference_of(statement, version >= session_schema::kReferenceDetails, space, here);
        if (!neighbour.ok() || !reference.ok()) {
            return neighbour.ok() ? reference.error() : neighbour.error();
        }
        sample.trajectory.neighbourhood.neighbours.push_back(*neighbour);
        sample.neighbours.push_back(std::move(*reference));
        return {};
    }));
    return check_neighbours(where, sample);
}

/// A page of `neighbours` that is out of order hides rows from a search. Samples before schema 5 do not say how many they had: what
/// else is known of them has to agree.
Status SessionReader::State::check_neighbours(const std::string& where, const StoredSample& sample) {
    const auto found = static_cast<std::int64_t>(sample.neighbours.size());
    const auto differs = [&](std::int64_t expected, const std::string& by) {
        return invalid_input(where, "neighbours", std::to_string(found) + " rows", std::to_string(expected) + " (" + by + ")");
    };
    if (sample.row.neighbour_count) {
        return *sample.row.neighbour_count == found ? Status() : Status(differs(*sample.row.neighbour_count, "as were written"));
    }
    const MethodRow& method = method_row(sample.trajectory.method);
    if (own_loss(method.objective)) {  // one loss, and no neighbour
        return found == 0 ? Status() : Status(differs(0, std::string("the ") + method.name + " has none"));
    }
    for (const TrajectoryStep& step : sample.trajectory.steps) {
        for (const std::vector<double>* each : {&step.neighbour_losses, &step.neighbour_gradient_share}) {
            if (!each->empty() && static_cast<std::int64_t>(each->size()) != found) {
                return differs(static_cast<std::int64_t>(each->size()), "as step " + std::to_string(step.index) + " has");
            }
        }
    }
    const bool needs_some = method.neighbours != NeighbourNeed::None;
    if (found == 0) {  // without neighbours such a method stays at step 0
        return needs_some && sample.row.steps > 1 ? Status(differs(1, "or more, to move from step 0")) : Status();
    }
    double sum = 0.0;
    for (const Neighbour& neighbour : sample.trajectory.neighbourhood.neighbours) {
        sum += neighbour.weight;
    }
    constexpr double kRounding = 1e-6;
    if (!(std::abs(sum - 1.0) <= kRounding)) {
        return invalid_input(where, "neighbours", "weights that sum to " + std::to_string(sum), "1 (some are missing)");
    }
    return {};
}

std::string LeftOut::row_text() const { return "sample row " + std::to_string(sample) + ": " + why; }
std::string LeftOut::text() const { return "run " + std::to_string(run) + ": " + row_text(); }

SessionReader::SessionReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
SessionReader::SessionReader(SessionReader&&) noexcept = default;
SessionReader& SessionReader::operator=(SessionReader&&) noexcept = default;
SessionReader::~SessionReader() = default;

Result<SessionReader> SessionReader::open(const std::string& path) {
    std::error_code code;
    const std::filesystem::file_status status = std::filesystem::status(path, code);
    if (status.type() == std::filesystem::file_type::not_found) {
        return Error{ErrorKind::NotFound, path, "session", missing_text(path), "an R2-T2 session"};
    }
    if (status.type() == std::filesystem::file_type::none) {
        return io_error(path, code.message());
    }
    if (!std::filesystem::is_regular_file(status)) {
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
    return SessionReader(std::make_unique<State>(State{std::move(*database), *version, {}, {}, {}, 0}));
}

Status SessionReader::hold() { return state_->database.execute("BEGIN", "begin to read"); }

std::vector<LeftOut> SessionReader::take_left_out() {
    std::vector<LeftOut> out;
    for (const auto& [sample, why] : state_->left_out) {
        out.push_back({sample.first, sample.second, why});
    }
    state_->left_out.clear();
    return out;
}

void SessionReader::leave_out(LeftOut sample) { state_->leave_out(sample.run, sample.sample, sample.why); }

Result<const SampleCensus*> SessionReader::State::census() {
    const auto now = database.number("PRAGMA data_version", "read samples");
    if (!now.ok()) {
        return now.error();
    }
    if (!known_census || census_of != *now) {
        auto counted = SampleCensus::of(database, version);
        if (!counted.ok()) {
            return counted.error();
        }
        read_variants();
        known_census = std::move(*counted);
        census_of = *now;
    }
    return &*known_census;
}

/// Of all runs, whichever is asked for: a name does not depend on who asks. What cannot be read has its part in none, and is told where it is asked for.
void SessionReader::State::read_variants() {
    std::vector<std::int64_t> ids;
    std::vector<RunInfo> runs;
    const Status read = for_each_row("runs", "ORDER BY t.id", std::nullopt, [&](const Statement& statement, bool sound) -> Status {
        if (sound) {
            using session_rows::RunColumn;
            ids.push_back(statement.integer(RunColumn::id));
            RunInfo& run = runs.emplace_back();
            run.method = statement.text(RunColumn::method);
            run.config = statement.text(RunColumn::config);
            run.reference_hash = statement.text(RunColumn::reference_hash);
        }
        return {};
    });
    known_variants.clear();
    const std::vector<std::string> variants = read.ok() ? run_variants(runs) : std::vector<std::string>(runs.size());
    for (std::size_t i = 0; i < ids.size(); ++i) {
        known_variants[ids[i]] = variants[i];
    }
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
    const auto counted = census();
    if (!counted.ok()) {
        return counted.error();
    }
    std::vector<StoredRun> runs;
    const std::vector<std::string>& all = row_checksum::columns("runs");
    const std::string sql = "SELECT " + columns("runs", "r") + " FROM runs r " + rest;
    R2T2_TRY(for_each(sql, parameter, "read runs", [&](const Statement& statement) -> Status {
        if (!holds(statement, all)) {
            return broken(database.path() + ": run " + std::to_string(statement.integer(session_rows::RunColumn::id)));
        }
        auto run = session_rows::run_of(statement, database.path());
        if (!run.ok()) {
            return run.error();
        }
        if (const auto of_run = (*counted)->runs.find(run->id); of_run != (*counted)->runs.end()) {
            run->samples = of_run->second.samples;
            run->errors = of_run->second.errors;
            run->scoring_version = of_run->second.scoring_version;
        }
        run->variant = known_variants[run->id];
        runs.push_back(std::move(*run));
        return {};
    }));
    return runs;
}

/// A run that has samples is one.
Status SessionReader::State::check_runs(const std::vector<StoredRun>& runs) {
    const auto counted = census();
    if (!counted.ok()) {
        return counted.error();
    }
    for (const auto& [id, samples] : (*counted)->runs) {
        const bool there = std::any_of(runs.begin(), runs.end(), [id = id](const StoredRun& run) { return run.id == id; });
        if (there) {
            continue;
        }
        // A row that is damaged itself may name any run; it is no witness.
        std::int64_t sound = 0;
        R2T2_TRY(for_each_row("samples", "NOT INDEXED WHERE run_id = ?", id, [&sound](const Statement&, bool holds) -> Status {
            sound += holds ? 1 : 0;
            return {};
        }));
        if (sound > 0) {
            return invalid_input(database.path() + ": run " + std::to_string(id), "runs", "missing, but " + std::to_string(sound) + " samples are of it",
                                 "the row as r2t2 wrote it (something changed the file)");
        }
    }
    return {};
}

Result<std::vector<StoredRun>> SessionReader::runs() {
    auto runs = state_->read_runs("ORDER BY r.id", std::nullopt);
    if (runs.ok()) {
        R2T2_TRY(state_->check_runs(*runs));
    }
    return runs;
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

Result<std::vector<SampleRow>> SessionReader::State::rows_of(std::int64_t run, const std::string& where) {
    std::vector<SampleRow> rows;
    const auto lost = for_each_sample(run, {columns("samples", "t"), {}, where}, [&](const Statement& statement, bool sound) -> Status {
        rows.push_back(session_rows::row_of(statement, version));
        rows.back().damaged = !sound;
        if (!sound) {
            leave_out(run, rows.back().id, kChecksum);
        }
        return {};
    });
    if (!lost.ok()) {
        return lost.error();
    }
    for (const std::int64_t id : *lost) {
        rows.emplace_back().id = id;
        rows.back().damaged = true;
    }
    return rows;
}

Result<std::vector<SampleRow>> SessionReader::samples(std::int64_t run) { return state_->rows_of(run, {}); }

Result<std::vector<SampleRow>> SessionReader::failed_samples(std::int64_t run) { return state_->rows_of(run, " AND t.error <> ''"); }

std::optional<std::int64_t> SessionReader::waiting_in_log() {
    if (!sqlite::files_of(state_->database.path()).log) {
        return 0;
    }
    constexpr const char* kCount = "SELECT COUNT(*) FROM samples";
    const auto whole = state_->database.number(kCount, "count samples");
    auto alone = state_->database.number_without_log(kCount);
    if (const auto tables = state_->database.number_without_log("SELECT COUNT(*) FROM sqlite_master"); !alone.ok() && tables.ok() && *tables == 0) {
        alone = 0;  // a session that is in its log as a whole
    }
    return whole.ok() && alone.ok() && *alone <= *whole ? std::optional(*whole - *alone) : std::nullopt;
}

Result<std::vector<SampleRow>> SessionReader::benchmark_samples(std::int64_t run) {
    const auto counted = state_->census();
    if (!counted.ok()) {
        return counted.error();
    }
    const auto of_run = (*counted)->runs.find(run);
    if (of_run == (*counted)->runs.end() || of_run->second.keyed == 0) {
        return std::vector<SampleRow>();
    }
    return state_->rows_of(run, " AND t.scoring IS NOT NULL");
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
    auto found = sample(statement->integer(0));
    if (found.ok() && (found->run != run || found->row.info.id != key)) {
        return invalid_input(state_->database.path() + ": sample " + key.set + "/" + key.key, "index", "another sample's row",
                             "the index as r2t2 wrote it (something changed the file)");
    }
    return found;
}

Result<SessionReader::Routings> SessionReader::routings(std::int64_t run_id) {
    const auto space = state_->space_of(run_id);
    if (!space.ok()) {
        return space.error();
    }
    const std::vector<std::string>&of_sample = row_checksum::columns("samples", state_->version), &of_step = row_checksum::columns("steps");
    const int first = static_cast<int>(of_sample.size()) + 1, last = first + static_cast<int>(of_step.size()) + 1;  // step's columns
    const State::SampleRows rows{state_->columns("samples", "t") + ", " + state_->columns("steps", "a") + ", " + state_->columns("steps", "b"),
                                 " LEFT JOIN steps a ON a.sample_id = t.id AND a.step = 0 LEFT JOIN steps b ON b.sample_id = t.id AND b.step = t.steps - 1",
                                 " AND t.error IS NULL"};
    Routings out;
    const auto lost = state_->for_each_sample(run_id, rows, [&](const Statement& statement, bool sound) -> Status {
        if (!sound || !state_->step_holds(statement, first) || !state_->step_holds(statement, last)) {
            ++out.damaged;
            state_->leave_out(run_id, statement.integer(session_rows::SampleColumn::id), sound ? kStep : kChecksum);
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
            if (Status fault = check_weights(*space, *weights, where); !fault.ok()) {
                return fault;
            }
            *matrix = std::move(*weights);
        }
        out.samples.push_back(std::move(sample));
        return {};
    });
    if (!lost.ok()) {
        return lost.error();
    }
    out.damaged += static_cast<std::int64_t>(lost->size());
    return out;
}

Result<SessionReader::Correctness> SessionReader::correctness(std::int64_t run) {
    using Column = session_rows::SampleColumn;
    Correctness result;
    const auto count = [&](const Statement& statement, bool sound) -> Status {
        if (!sound) {
            ++result.damaged;
            state_->leave_out(run, statement.integer(Column::id), kChecksum);
            return {};
        }
        SampleInfo info = session_rows::row_of(statement, state_->version).info;
        result.belonging.push_back({std::move(info.image_path), std::move(info.scoring), std::move(info.picture_hash)});
        result.keys.push_back(std::move(info.id));
        std::vector<std::optional<bool>>& steps = result.steps.emplace_back();
        for (const char character : statement.text(Column::correct_by_step)) {
            steps.push_back(values::correct_of(character));
        }
        return {};
    };
    const auto lost = state_->for_each_sample(run, {state_->columns("samples", "t"), {}, " AND t.error IS NULL"}, count);
    if (!lost.ok()) {
        return lost.error();
    }
    result.damaged += static_cast<std::int64_t>(lost->size());
    return result;
}

}  // namespace r2t2
