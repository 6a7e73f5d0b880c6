#include "core/session/session_writer.h"

#include <chrono>
#include <filesystem>

#include "core/base/log.h"
#include "core/base/output_place.h"
#include "core/json/parse_json.h"
#include "core/session/database_file.h"
#include "core/session/row_checksum.h"
#include "core/session/session_rows.h"
#include "core/session/session_schema.h"
#include "core/session/session_values.h"
#include "core/session/session_writer_state.h"
#include "core/session/trajectory_checks.h"

namespace r2t2 {

namespace {

namespace values = session_values;

std::string sample_name(const SampleInfo& sample) {
    return "sample " + (sample.id.set.empty() ? "" : sample.id.set + "/") + sample.id.key;
}

Status check_config(const std::string& config, const std::string& path) {
    JsonLimits strict;
    strict.non_finite = NonFiniteLiterals::Refused;  // SQLite's own JSON functions read it, too
    return parse_json(config, path, strict).ok() ? Status() : Status(invalid_input(path, "run config", config.substr(0, 60), "JSON"));
}

Result<std::vector<RescoredRun>> make_session(sqlite::Database& database, const SessionWriter::Options& options) {
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
    R2T2_TRY(session_schema::check_triggers(database));
    auto rescored = session_schema::migrate(database);
    if (!rescored.ok()) {
        return rescored.error();
    }
    R2T2_TRY(database.execute(options.durability == Durability::Synced ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL", "set durability"));
    return rescored;
}

/// A file that cannot be looked at is there: opening it says why it cannot be.
bool something_there(const std::string& path) {
    std::error_code code;
    const bool there = std::filesystem::status(path, code).type() != std::filesystem::file_type::not_found;
    return there && !(std::filesystem::is_empty(path, code) && !code);
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

/// Adds its lifetime to a sum.
class Stopwatch {
public:
    explicit Stopwatch(double& seconds) : seconds_(seconds) {}
    ~Stopwatch() { seconds_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count(); }
    Stopwatch(const Stopwatch&) = delete;
    Stopwatch& operator=(const Stopwatch&) = delete;

private:
    double& seconds_;
    std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

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
    if (std::error_code code; std::filesystem::exists(path, code) && !std::filesystem::is_regular_file(path, code)) {
        return invalid_input(path, "session", std::filesystem::is_directory(path, code) ? "a folder" : "no regular file", "an R2-T2 session, or a new name");
    }
    if (something_there(path)) {
        R2T2_TRY(look_first(path, true));
    } else if (lacks_folder(path)) {
        return Error{ErrorKind::NotFound, path, "session", missing_text(path), "a file in a folder that is there"};
    } else {
        R2T2_TRY(check_database_name(path));
    }
    auto database = sqlite::Database::open(path, sqlite::OpenMode::CreateNew);
    if (!database.ok()) {
        return database.error();
    }
    auto rescored = make_session(*database, options);
    if (!rescored.ok()) {
        return rescored.error();
    }
    auto state = State::prepare(std::move(*database));
    if (!state.ok()) {
        return state.error();
    }
    for (const RescoredRun& run : *rescored) {
        if (run.verdicts > 0) {
            log_warning("session", path + ": run " + std::to_string(run.run) + ": " + run.text());
        }
    }
    (*state)->rescored = std::move(*rescored);
    return SessionWriter(std::move(*state));
}

const std::string& SessionWriter::path() const {
    return state_->database.path();
}

const std::vector<RescoredRun>& SessionWriter::rescored() const {
    return state_->rescored;
}

double SessionWriter::seconds_spent() const {
    return state_->seconds;
}

Result<std::int64_t> SessionWriter::begin_run(const RunInfo& info) {
    const auto runs = begin_runs({&info, 1});
    return runs.ok() ? Result<std::int64_t>(runs->front()) : runs.error();
}

Result<std::vector<std::int64_t>> SessionWriter::begin_runs(std::span<const RunInfo> infos) {
    return begin_runs(std::vector<RunInfo>(infos.begin(), infos.end()), {});
}

Result<std::vector<std::int64_t>> SessionWriter::begin_runs(std::vector<RunInfo> infos, const RunCompletion& complete) {
    const Stopwatch stopwatch(state_->seconds);
    auto transaction = sqlite::Transaction::begin(state_->database);
    if (!transaction.ok()) {
        return transaction.error();
    }
    if (complete) {
        const auto first = state_->number_by(state_->next_run);
        if (!first.ok()) {
            return first.error();
        }
        R2T2_TRY(complete(*first, infos));
    }
    std::vector<std::int64_t> runs;
    for (const RunInfo& info : infos) {
        R2T2_TRY(check_config(info.config, path()));
        if (info.space.expert_count() == 0) {
            return invalid_input(path(), "run space", "no experts", "at least one group of experts");
        }
        const auto run = state_->number_by(state_->next_run);
        if (!run.ok()) {
            return run.error();
        }
        R2T2_TRY(state_->write_run(*run, info));
        runs.push_back(*run);
    }
    R2T2_TRY(state_->commit(*transaction));
    for (std::size_t i = 0; i < runs.size(); ++i) {
        state_->spaces[runs[i]] = infos[i].space;
    }
    return runs;
}

Result<OrphanRows> SessionWriter::resume_runs(std::span<const std::int64_t> runs) {
    const Stopwatch stopwatch(state_->seconds);
    OrphanRows orphans;
    const auto write = [&]() -> Status {
        auto transaction = sqlite::Transaction::begin(state_->database);
        if (!transaction.ok()) {
            return transaction.error();
        }
        for (const std::int64_t run : runs) {
            R2T2_TRY(state_->change_run(run, to_string(RunState::Running), std::nullopt));
        }
        const auto removed = state_->remove_orphans();
        if (!removed.ok()) {
            return removed.error();
        }
        orphans = *removed;
        return state_->commit(*transaction);
    };
    const Status done = state_->explained(write());
    return done.ok() ? Result<OrphanRows>(orphans) : done.error();
}

Status SessionWriter::resume_run(std::int64_t run) {
    const Result<OrphanRows> done = resume_runs({&run, 1});
    return done.ok() ? Status() : done.error();
}

Status SessionWriter::finish_run(std::int64_t run, RunState state) {
    const Stopwatch stopwatch(state_->seconds);
    return state_->explained(state_->in_transaction([&] { return state_->change_run(run, to_string(state), values::utc_now()); }));
}

Status SessionWriter::set_data(std::span<const RunData> runs) {
    const Stopwatch stopwatch(state_->seconds);
    for (const RunData& data : runs) {
        R2T2_TRY(check_config(data.config, path()));
    }
    return state_->explained(state_->in_transaction([&]() -> Status {
        for (const RunData& data : runs) {
            R2T2_TRY(state_->update_run(data.run, "data_hash = ?, config = ?", [&data](sqlite::Statement& statement) {
                statement.bind(1, data.data_hash);
                statement.bind(2, data.config);
                return 3;
            }));
            for (const SampleKey& key : data.gone) {
                R2T2_TRY(state_->erase_error(data.run, {key, {}, {}, std::nullopt}));
            }
        }
        return {};
    }));
}

Status SessionWriter::set_notes(std::int64_t run, const std::string& notes) {
    return state_->in_transaction([&] {
        return state_->update_run(run, "notes = ?", [&notes](sqlite::Statement& statement) {
            statement.bind(1, notes);
            return 2;
        });
    });
}

Status SessionWriter::write_sample(std::int64_t run, const SampleInfo& sample, const Trajectory& trajectory,
                                   const ReferenceNamer& namer) {
    const RunTrajectory only{run, &trajectory};
    return write_sample({&only, 1}, sample, namer);
}

Status SessionWriter::write_sample(std::span<const RunTrajectory> results, const SampleInfo& sample, const ReferenceNamer& namer) {
    const Stopwatch stopwatch(state_->seconds);
    const auto where = [&](std::int64_t run) { return path() + ": run " + std::to_string(run) + ": " + sample_name(sample); };
    for (const RunTrajectory& result : results) {
        const auto space = state_->space_of(result.run);
        if (!space.ok()) {
            return space.error();
        }
        R2T2_TRY(check_trajectory(*result.trajectory, *space, where(result.run)));
    }
    const auto write = [&]() -> Status {
        auto transaction = sqlite::Transaction::begin(state_->database);
        if (!transaction.ok()) {
            return transaction.error();
        }
        for (const RunTrajectory& result : results) {
            if (const Status written = state_->write_whole(result.run, sample, *result.trajectory, namer); !written.ok()) {
                Error error = written.error();
                error.where = where(result.run) + (error.where.empty() || error.where == path() ? "" : ": " + error.where);
                return error;
            }
        }
        return state_->commit(*transaction);
    };
    return state_->explained(write());
}

Status SessionWriter::record_error(std::int64_t run, const SampleInfo& sample, const Error& error) {
    const Stopwatch stopwatch(state_->seconds);
    const auto write = [&]() -> Status {
        auto transaction = sqlite::Transaction::begin(state_->database);
        if (!transaction.ok()) {
            return transaction.error();
        }
        R2T2_TRY(state_->erase_error(run, sample));
        const auto id = state_->number_by(state_->next_sample);
        if (!id.ok()) {
            return id.error();
        }
        if (const Status written = state_->write_error(run, *id, sample, error); !written.ok()) {
            return written.error().inside(sample_name(sample));
        }
        return state_->commit(*transaction);
    };
    return state_->explained(write());
}

Result<std::set<SampleKey>> SessionWriter::finished_keys(std::int64_t run, bool with_errors) {
    const Stopwatch stopwatch(state_->seconds);
    const auto space = state_->space_of(run);  // says "no such run"
    if (!space.ok()) {
        return space.error();
    }
    auto statement = state_->database.prepare(
        "SELECT " + row_checksum::list("samples") + ", checksum FROM samples NOT INDEXED WHERE run_id = ? AND (? OR error IS NULL)",
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
        const bool sound = statement->checksum_holds(0, session_rows::SampleColumn::checksum);
        SampleKey key{statement->text(session_rows::SampleColumn::set_name), statement->text(session_rows::SampleColumn::sample_key)};
        if (!sound) {
            return invalid_input(path() + ": run " + std::to_string(run) + ": sample " + key.set + "/" + key.key, "checksum", "another one than the row was written with",
                                 "a sound session to go on with (r2t2 verify names every bad row; it can still be read)");
        }
        keys.insert(std::move(key));
    }
}

}  // namespace r2t2
