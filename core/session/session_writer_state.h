// Internal to core/session: the connection and the prepared statements behind a SessionWriter, and the rows they write.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string_view>

#include "core/session/session_writer.h"
#include "core/session/sqlite.h"

namespace r2t2 {

struct SessionWriter::State {
    sqlite::Database database;
    sqlite::Statement next_run;
    sqlite::Statement next_sample;
    sqlite::Statement delete_error;
    sqlite::Statement insert_sample;
    sqlite::Statement insert_step;
    sqlite::Statement insert_neighbour;
    std::map<std::int64_t, RoutingSpace> spaces;  ///< of runs seen so far
    double seconds = 0.0;                         ///< spent inside the writer
    std::vector<RescoredRun> rescored{};          ///< by opening

    static Result<std::unique_ptr<State>> prepare(sqlite::Database database);
    /// Durable, and in the file that has the session's name.
    Status commit(sqlite::Transaction& transaction);
    /// Why something failed: a file that was renamed or overwritten fails in many ways, and only one is the reason.
    Status explained(Status done);
    Result<RoutingSpace> space_of(std::int64_t run);
    Status erase_error(std::int64_t run, const SampleInfo& sample);
    void bind_sample(std::int64_t run, const SampleInfo& sample);
    /// A row's number is part of its checksum, so it is chosen here: by `next_run` or `next_sample`, inside a transaction.
    static Result<std::int64_t> number_by(sqlite::Statement& next);
    /// A sample's row, steps and neighbours. The run's space is known.
    Status write_whole(std::int64_t run, const SampleInfo& sample, const Trajectory& trajectory, const ReferenceNamer& namer);
    Status write_row(std::int64_t run, std::int64_t id, const SampleInfo& sample, const Trajectory& trajectory);
    Status write_step(std::int64_t sample_id, std::int64_t index, const TrajectoryStep& step);
    Status write_neighbours(std::int64_t sample_id, const RoutingSpace& space, const Neighbourhood& neighbourhood, const ReferenceNamer& namer);
    [[nodiscard]] Status in_transaction(const std::function<Status()>& write);
    /// UPDATE runs SET `assignments`, inside a transaction; `bind` binds their values and returns the place of the next one.
    Status update_run(std::int64_t run, const std::string& assignments, const std::function<int(sqlite::Statement&)>& bind);
    Status change_run(std::int64_t run, std::string_view state, const std::optional<std::string>& finished);
    /// Inside a transaction. None where samples may be hidden: their rows only look like orphans.
    [[nodiscard]] Result<OrphanRows> remove_orphans();
    Status write_error(std::int64_t run, std::int64_t id, const SampleInfo& sample, const Error& error);
    Status write_run(std::int64_t id, const RunInfo& info);
};

}  // namespace r2t2
