#include "core/session/session_writer_state.h"

#include <string>
#include <vector>

#include "core/session/row_checksum.h"
#include "core/session/session_census.h"
#include "core/session/session_schema.h"
#include "core/session/session_values.h"
#include "core/session/trajectory_checks.h"

namespace r2t2 {

namespace {

namespace values = session_values;
using sqlite::Statement;

constexpr const char* kDeleteError =
    "DELETE FROM samples WHERE run_id = ? AND set_name = ? AND sample_key = ? AND error IS NOT NULL";

// Another program may have deleted a sample and left what belongs to it: a new sample is not to be taken for that one.
constexpr const char* kNextSample =
    "SELECT MAX(IFNULL((SELECT MAX(id) FROM samples), 0), IFNULL((SELECT MAX(sample_id) FROM steps), 0), "
    "IFNULL((SELECT MAX(sample_id) FROM neighbours), 0)) + 1";

// Columns in the order in which parameters are bound.
const std::vector<std::string> kRunColumns = {"id", "name", "method", "config", "space", "seed", "model_name", "model_hash",
                                              "data_hash", "reference_hash", "versions", "command", "notes", "started", "state"};
const std::vector<std::string> kSampleColumns = {
    "run_id", "set_name", "sample_key", "question", "image_path", "ground_truth", "native_answer", "final_answer", "native_correct",
    "final_correct", "outcome", "method", "mode", "granularity", "frame", "variable", "uses_label", "steps", "bandwidth",
    "uniform_fallback", "clamped", "seconds", "answer_seconds", "forward_passes", "backward_passes", "notes", "error",
    "correct_by_step", "id", "scoring", "instruction", "suffix", "picture_hash", "scoring_version", "neighbour_count"};
constexpr int kSampleId = 29;
constexpr int kScoringText = 30;
constexpr int kInstruction = 31;
constexpr int kSuffix = 32;
constexpr int kPictureHash = 33;
constexpr int kScoringVersionPlace = 34;
constexpr int kNeighbourCount = 35;

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

Result<std::unique_ptr<SessionWriter::State>> SessionWriter::State::prepare(sqlite::Database database) {
    auto run = database.prepare("SELECT IFNULL(MAX(id), 0) + 1 FROM runs", "number a run");
    auto number = database.prepare(kNextSample, "number a sample");
    auto erase = database.prepare(kDeleteError, "replace error");
    auto sample = database.prepare(row_checksum::insert("samples", kSampleColumns), "write sample");
    auto step = database.prepare(row_checksum::insert("steps", row_checksum::columns("steps")), "write step");
    auto neighbour = database.prepare(row_checksum::insert("neighbours", row_checksum::columns("neighbours")), "write neighbour");
    for (const auto* statement : {&run, &number, &erase, &sample, &step, &neighbour}) {
        if (!statement->ok()) {
            return statement->error();
        }
    }
    return std::make_unique<State>(State{
        std::move(database), std::move(*run), std::move(*number), std::move(*erase), std::move(*sample), std::move(*step), std::move(*neighbour), {}, 0.0, {}});
}

Status SessionWriter::State::commit(sqlite::Transaction& transaction) {
    R2T2_TRY(transaction.commit());
    return database.in_place();
}

Status SessionWriter::State::explained(Status done) {
    if (!done.ok()) {
        R2T2_TRY(database.in_place());
    }
    return done;
}

Result<RoutingSpace> SessionWriter::State::space_of(std::int64_t run) {
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

Status SessionWriter::State::erase_error(std::int64_t run, const SampleInfo& sample) {
    delete_error.bind(1, run);
    delete_error.bind(2, sample.id.set);
    delete_error.bind(3, sample.id.key);
    return delete_error.run();
}

void SessionWriter::State::bind_sample(std::int64_t run, const SampleInfo& sample) {
    insert_sample.bind(1, run);
    insert_sample.bind(2, sample.id.set);
    insert_sample.bind(3, sample.id.key);
    insert_sample.bind(4, sample.question);
    insert_sample.bind(5, sample.image_path);
    insert_sample.bind(6, sample.ground_truth);
    insert_sample.bind(kScoringText, sample.scoring);
    insert_sample.bind(kInstruction, sample.instruction);
    insert_sample.bind(kSuffix, sample.suffix);
    insert_sample.bind(kPictureHash, sample.picture_hash);
    insert_sample.bind(kScoringVersionPlace, sample.scoring_version);
}

Result<std::int64_t> SessionWriter::State::number_by(Statement& next) {
    const auto row = next.step();
    if (!row.ok()) {
        return row.error();
    }
    const std::int64_t number = next.integer(0);
    next.reset();
    return number;
}

Status SessionWriter::State::write_whole(std::int64_t run, const SampleInfo& sample, const Trajectory& trajectory,
                                         const ReferenceNamer& namer) {
    R2T2_TRY(erase_error(run, sample));
    const auto id = number_by(next_sample);
    if (!id.ok()) {
        return id.error();
    }
    R2T2_TRY(write_row(run, *id, sample, trajectory));
    std::int64_t index = 0;
    for (const TrajectoryStep& step : trajectory.steps) {
        R2T2_TRY(write_step(*id, index++, step));
    }
    return write_neighbours(*id, spaces.at(run), trajectory.neighbourhood, namer);
}

Status SessionWriter::State::write_row(std::int64_t run, std::int64_t id, const SampleInfo& sample, const Trajectory& trajectory) {
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
    insert_sample.bind(kNeighbourCount, static_cast<std::int64_t>(trajectory.neighbourhood.neighbours.size()));
    return insert_sample.run_one();
}

Status SessionWriter::State::write_step(std::int64_t sample_id, std::int64_t index, const TrajectoryStep& step) {
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
    return insert_step.run_one();
}

Status SessionWriter::State::write_neighbours(std::int64_t sample_id, const RoutingSpace& space, const Neighbourhood& neighbourhood,
                                              const ReferenceNamer& namer) {
    std::int64_t rank = 0;
    for (const Neighbour& neighbour : neighbourhood.neighbours) {
        const ReferenceName name =
            namer ? namer(neighbour.index) : ReferenceName{"", std::to_string(neighbour.index)};
        R2T2_TRY(check_reference(name, space, "neighbour " + std::to_string(rank)));
        insert_neighbour.bind(1, sample_id);
        insert_neighbour.bind(2, rank++);
        insert_neighbour.bind(3, static_cast<std::int64_t>(neighbour.index));
        insert_neighbour.bind(4, name.set);
        insert_neighbour.bind(5, name.id);
        insert_neighbour.bind(6, neighbour.distance);
        insert_neighbour.bind(7, neighbour.similarity);
        insert_neighbour.bind(8, neighbour.kernel);
        insert_neighbour.bind(9, neighbour.weight);
        bind_numbers(insert_neighbour, 10, name.routing.values());
        insert_neighbour.bind(11, name.question);
        insert_neighbour.bind(12, name.answer);
        insert_neighbour.bind(13, name.image_path);
        R2T2_TRY(insert_neighbour.run_one());
    }
    return {};
}

Status SessionWriter::State::in_transaction(const std::function<Status()>& write) {
    auto transaction = sqlite::Transaction::begin(database);
    if (!transaction.ok()) {
        return transaction.error();
    }
    R2T2_TRY(write());
    return commit(*transaction);
}

Result<OrphanRows> SessionWriter::State::remove_orphans() {
    const auto census = SampleCensus::of(database, session_schema::kVersion);
    if (!census.ok()) {
        return census.error();
    }
    OrphanRows out;
    for (const auto& [table, count] : {std::pair{"steps", &out.steps}, {"neighbours", &out.neighbours}}) {
        const std::string orphans = std::string("FROM ") + table + " WHERE sample_id NOT IN (SELECT id FROM samples NOT INDEXED)";
        const auto found = census->index_holds ? database.number("SELECT COUNT(*) " + orphans, "look for orphans") : Result<std::int64_t>(0);
        if (!found.ok()) {
            return found.error();
        }
        *count = *found;
        if (*found > 0) {
            R2T2_TRY(database.execute("DELETE " + orphans, "remove orphans"));
        }
    }
    return out;
}

Status SessionWriter::State::update_run(std::int64_t run, const std::string& assignments, const std::function<int(Statement&)>& bind) {
    auto statement = database.prepare("UPDATE runs SET " + assignments + " WHERE id = ? RETURNING id", "update run");
    if (!statement.ok()) {
        return statement.error();
    }
    statement->bind(bind(*statement), run);
    const auto row = statement->step();  // RETURNING: a row if the run is there
    if (!row.ok()) {
        return row.error();
    }
    if (!*row) {
        return Error{ErrorKind::NotFound, database.path(), "run", std::to_string(run), "a run of this session"};
    }
    R2T2_TRY(statement->run());
    auto sign = database.prepare("UPDATE runs SET checksum = " + row_checksum::of_row("runs") + " WHERE id = " + std::to_string(run), "update run");
    if (!sign.ok()) {
        return sign.error();
    }
    return sign->run_one();
}

Status SessionWriter::State::change_run(std::int64_t run, std::string_view state, const std::optional<std::string>& finished) {
    return update_run(run, "state = ?, finished = ?", [&](Statement& statement) {
        statement.bind(1, state);
        statement.bind(2, finished);
        return 3;
    });
}

Status SessionWriter::State::write_error(std::int64_t run, std::int64_t id, const SampleInfo& sample, const Error& error) {
    Statement& insert = insert_sample;
    bind_sample(run, sample);
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
    insert.bind(kSampleId, id);
    insert.bind(kNeighbourCount, 0);
    return insert.run_one();
}

Status SessionWriter::State::write_run(std::int64_t id, const RunInfo& info) {
    auto statement = database.prepare(row_checksum::insert("runs", kRunColumns), "begin run");
    if (!statement.ok()) {
        return statement.error();
    }
    statement->bind(1, id);
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
    statement->bind(15, to_string(RunState::Running));
    return statement->run_one();
}

}  // namespace r2t2
