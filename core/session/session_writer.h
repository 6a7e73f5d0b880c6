// Writing a session: one SQLite file, one committed transaction a sample, nothing ever needs "Save".
//
//   Result<SessionWriter> session = SessionWriter::open_or_create("results.r2t2");
//   Result<std::int64_t> run = session->begin_run(info);
//   R2T2_TRY(session->write_sample(*run, sample, trajectory, namer));   // committed when this returns
//   R2T2_TRY(session->finish_run(*run, RunState::Finished));
//
// What has been acknowledged survives `kill -9`; with Durability::Synced a power failure too. A sample is there whole
// or not at all. A full disk is an error that says so; the sample it hit is not there, and the same writer goes on once
// there is room. Other programs may read meanwhile (write-ahead log); other writers wait up to 10 s.
// Thread rule: one writer belongs to one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/base/result.h"
#include "core/routing/trajectory.h"
#include "core/session/session_types.h"

namespace r2t2 {

/// What a run has to say about a sample.
struct RunTrajectory {
    std::int64_t run = 0;
    const Trajectory* trajectory = nullptr;
};

/// Rows whose sample is not there: another program deleted it.
struct OrphanRows {
    std::int64_t steps = 0;
    std::int64_t neighbours = 0;
};

/// What a run's samples are now, where some that it could not read were mended.
struct RunData {
    std::int64_t run = 0;
    std::string data_hash;
    std::string config;           ///< whole, JSON
    std::vector<SampleKey> gone;  ///< failed rows of what is no sample, and no record that cannot be read, any more
};

class SessionWriter {
public:
    struct Options {
        /// Synced flushes at every sample (a few ms on a disk); Buffered leaves that to the operating system: safe
        /// against a killed program, and never a damaged file.
        Durability durability = Durability::Buffered;
    };

    /// Error: something is there already.
    [[nodiscard]] static Result<SessionWriter> create(const std::string& path, const Options& options);
    [[nodiscard]] static Result<SessionWriter> create(const std::string& path) { return create(path, {}); }
    /// Errors: missing, not a session, damaged, newer schema. A foreign file is not touched.
    [[nodiscard]] static Result<SessionWriter> open(const std::string& path, const Options& options);
    [[nodiscard]] static Result<SessionWriter> open(const std::string& path) { return open(path, {}); }
    [[nodiscard]] static Result<SessionWriter> open_or_create(const std::string& path, const Options& options);
    [[nodiscard]] static Result<SessionWriter> open_or_create(const std::string& path) {
        return open_or_create(path, {});
    }

    SessionWriter(SessionWriter&&) noexcept;
    SessionWriter& operator=(SessionWriter&&) noexcept;
    ~SessionWriter();

    [[nodiscard]] const std::string& path() const;

    /// Runs that opening scored again, because their verdicts were of older rules. Where verdicts changed, the log says so.
    [[nodiscard]] const std::vector<RescoredRun>& rescored() const;

    /// Number of the new run, state "running". Errors: configuration that is not JSON, a space without experts.
    [[nodiscard]] Result<std::int64_t> begin_run(const RunInfo& info);
    /// Runs that belong together, in one transaction: a killed program leaves all of them or none. Numbers in their order.
    [[nodiscard]] Result<std::vector<std::int64_t>> begin_runs(std::span<const RunInfo> infos);
    /// Called inside that transaction, before anything is written, with the number of the first run: what depends on what is there
    /// already (a name that nobody has, a claim) is settled here, while no other program can write. May read the session.
    using RunCompletion = std::function<Status(std::int64_t first_run, std::vector<RunInfo>& infos)>;
    [[nodiscard]] Result<std::vector<std::int64_t>> begin_runs(std::vector<RunInfo> infos, const RunCompletion& complete);
    /// Set runs to "running" again, all or none. Steps and neighbours whose sample is gone go in the same transaction: the sample is
    /// missing whatever they say. Where the index of the samples does not hold none is touched. Error: no such run.
    [[nodiscard]] Result<OrphanRows> resume_runs(std::span<const std::int64_t> runs);
    [[nodiscard]] Status resume_run(std::int64_t run);
    [[nodiscard]] Status finish_run(std::int64_t run, RunState state);
    /// In one transaction, of all of them or of none. What is no failed row is never removed. Errors: no such run; no JSON.
    [[nodiscard]] Status set_data(std::span<const RunData> runs);
    /// The user's words about a run, in place of the former ones. Error: no such run.
    [[nodiscard]] Status set_notes(std::int64_t run, const std::string& notes);

    /// One sample with all its steps and neighbours. Replaces an earlier error of the same sample; a sample that is
    /// already there is an error and stays as it was. `namer` gives reference ids (default: the index as text).
    [[nodiscard]] Status write_sample(std::int64_t run, const SampleInfo& sample, const Trajectory& trajectory,
                                      const ReferenceNamer& namer = {});
    /// The same sample in several runs, one a method, in one transaction: they are there together or not at all.
    [[nodiscard]] Status write_sample(std::span<const RunTrajectory> results, const SampleInfo& sample, const ReferenceNamer& namer = {});
    /// A sample that could not be run: recorded and passed over. Repeating it replaces the text.
    [[nodiscard]] Status record_error(std::int64_t run, const SampleInfo& sample, const Error& error);

    /// Samples that a resumed run need not do again; those with errors count only if `with_errors`.
    [[nodiscard]] Result<std::set<SampleKey>> finished_keys(std::int64_t run, bool with_errors = true);

    /// Wall-clock seconds inside the functions above so far: what the session costs a run.
    [[nodiscard]] double seconds_spent() const;

private:
    struct State;
    explicit SessionWriter(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace r2t2
