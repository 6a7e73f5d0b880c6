// Reading a session, also while another program writes it. Nothing is recomputed and nothing is trusted: every row that is
// read is compared with its checksum, lengths, names and numbers are checked, and an error names the row.
//
// Thread rule: one reader belongs to one thread; any number of readers and one writer share a file.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/routing/trajectory.h"
#include "core/session/session_types.h"

namespace r2t2 {

struct StoredRun {
    std::int64_t id = 0;
    RunInfo info;
    RunState state = RunState::Running;  ///< "running" without a writer: it was killed and can be resumed
    std::string started;                 ///< UTC, ISO 8601
    std::string finished;                ///< empty while running
    std::int64_t samples = 0;            ///< errors included, and rows that are damaged
    std::int64_t errors = 0;
    std::string variant;                 ///< "k 5, steps 20": what tells it from the others of its method in the session (run_variants.h); empty: nothing
    int scoring_version = 0;             ///< the oldest version of the scoring rules behind its verdicts; 0: it has none
};

/// A row of the sample table: no steps, cheap for 100,000.
struct SampleRow {
    std::int64_t id = 0;
    SampleInfo info;
    std::string native_answer;
    std::string final_answer;
    std::optional<bool> native_correct;
    std::optional<bool> final_correct;
    std::string outcome;  ///< "RR", "RW", "WR", "WW" or empty
    std::int64_t steps = 0;
    double seconds = 0.0;
    std::string error;     ///< not empty: the sample failed and has no steps
    std::optional<std::int64_t> neighbour_count{};  ///< how many were written; none: not known (before schema 5)
    bool damaged = false;  ///< the row's checksum does not hold: none of this can be relied on
};

struct StoredSample {
    SampleRow row;
    std::int64_t run = 0;
    Trajectory trajectory;                  ///< as it was written; without steps if the sample failed
    std::vector<ReferenceName> neighbours;  ///< parallel to trajectory.neighbourhood.neighbours
};

/// A sample that a reading passed over because something of it does not hold.
struct LeftOut {
    std::int64_t run = 0;
    std::int64_t sample = 0;  ///< row number
    std::string why;          ///< "its checksum does not hold"

    [[nodiscard]] std::string text() const;      ///< "run 1: sample row 8: its checksum does not hold"
    [[nodiscard]] std::string row_text() const;  ///< without the run
};

class SessionReader {
public:
    /// Errors: missing, not a session, another program's database, newer schema, damaged. The file is not changed.
    [[nodiscard]] static Result<SessionReader> open(const std::string& path);

    SessionReader(SessionReader&&) noexcept;
    SessionReader& operator=(SessionReader&&) noexcept;
    ~SessionReader();

    /// From here to its end the reader sees one state of the file, whatever another program writes: numbers that are shown beside each
    /// other are of one moment. Not for readers that are kept: the writer's log cannot be emptied meanwhile.
    [[nodiscard]] Status hold();

    [[nodiscard]] Result<std::vector<StoredRun>> runs();
    [[nodiscard]] Result<StoredRun> run(std::int64_t id);
    /// In the order they were written.
    [[nodiscard]] Result<std::vector<SampleRow>> samples(std::int64_t run);
    /// Samples, of all runs, that are in the write-ahead log (-wal) and not yet in the file: a copy of the file alone would lack them. They are
    /// moved in by whoever ends last, this reader too. 0: none, or there is no log. None: the file alone cannot be read at this moment.
    [[nodiscard]] std::optional<std::int64_t> waiting_in_log();
    /// Those that failed: `error` says why.
    [[nodiscard]] Result<std::vector<SampleRow>> failed_samples(std::int64_t run);
    /// Those that a benchmark scores (`info.scoring`) and that did not fail; empty for sessions before schema 4.
    [[nodiscard]] Result<std::vector<SampleRow>> benchmark_samples(std::int64_t run);
    [[nodiscard]] Result<StoredSample> sample(std::int64_t sample_id);
    [[nodiscard]] Result<StoredSample> sample(std::int64_t run, const SampleKey& key);

    /// Right or wrong after every step of every sample without error, parallel to `keys`: what analysis counts.
    struct Correctness {
        std::vector<SampleKey> keys;
        std::vector<std::vector<std::optional<bool>>> steps;
        std::vector<SampleBelonging> belonging;
        std::int64_t damaged = 0;  ///< samples left out because their row's checksum does not hold
    };
    [[nodiscard]] Result<Correctness> correctness(std::int64_t run);

    /// The routing before and after, of every sample without error, in the order they were written.
    struct FirstAndLast {
        std::string outcome;  ///< "RR", "RW", "WR", "WW" or empty
        RoutingMatrix first, last;
    };
    struct Routings {
        std::vector<FirstAndLast> samples;
        std::int64_t damaged = 0;  ///< samples left out because a row's checksum does not hold
    };
    [[nodiscard]] Result<Routings> routings(std::int64_t run);

    /// Every sample without error, in the order they were written, with its neighbours and, of its steps, the routing of step 0
    /// only. Ends at the first error of `visit`. The value: samples left out because a row does not hold.
    using NeighbourhoodVisitor = std::function<Status(const StoredSample& sample)>;
    [[nodiscard]] Result<std::int64_t> neighbourhoods(std::int64_t run, const NeighbourhoodVisitor& visit);

    /// What the functions above passed over since the last call, each sample once, by run and row. Whoever shows a number that
    /// was read here shows this beside it.
    [[nodiscard]] std::vector<LeftOut> take_left_out();
    /// What a caller passed over of what it read.
    void leave_out(LeftOut sample);

    /// SQLite's integrity and foreign key checks, tables and views against those of this schema, every row against its
    /// checksum, every sample read whole, and the file's length. One entry a fault, with the row's name; empty: sound. Takes
    /// about a second for 100 MB.
    [[nodiscard]] Result<std::vector<Error>> verify();
    /// Every one of verify()'s faults names what it is about: then all else holds. Not so where a tree of the file is broken.
    [[nodiscard]] static bool others_hold(const std::vector<Error>& faults);

private:
    struct State;
    explicit SessionReader(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace r2t2
