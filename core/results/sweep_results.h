// Which runs of a session belong together as a sweep, and what every cell of it scored.
//
// Runs that were made together share config["evaluation"]; those of one method whose config["parameters"] differ form a sweep,
// and the parameters that differ are its axes. The base model depends on no parameter and makes no sweep. Sets and cells are
// compared by what was scored; nothing is pooled over parameters: where a sweep has more axes than a figure, the others are
// held at one value each (`slice`).
//
// Thread rule: pure functions on a reader, which belongs to one thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/analysis/statistics.h"
#include "core/results/run_coverage.h"
#include "core/session/session_reader.h"

namespace r2t2 {

struct ParameterAxis {
    std::string parameter;            ///< as in config["parameters"]: "num_neighbors"
    std::vector<std::string> values;  ///< as written there: numbers ascending (null first), words as the runs come
    [[nodiscard]] std::optional<std::size_t> find(const std::string& value) const;  ///< numbers are compared as numbers
};

/// Percent right with its 95 % interval (SetResults::accuracy); value NaN without scored samples.
struct SweepScore {
    Estimate accuracy;
    std::int64_t scored = 0;
    std::int64_t clusters = 0;  ///< of all samples of the run or set
};

struct SweepCell {
    std::int64_t run = 0;
    std::vector<std::size_t> at;  ///< a place on every axis
    // After read_scores:
    std::vector<SweepScore> sets, set_base;  ///< parallel to Sweep::sets; base: native, from the run's step 0
    SweepScore overall, base;                ///< all samples pooled
    RunCoverage coverage{};                  ///< of the run
};

struct Sweep {
    std::string evaluation, method;  ///< config["evaluation"], "ngd"
    std::vector<ParameterAxis> axes;     ///< one or more, in the order of the parameters; each has two or more values
    std::vector<std::string> sets;   ///< by name, of all cells; after read_scores
    std::vector<SweepCell> cells;    ///< those with a run; after read_scores: of equal parameters the last that scored something

    [[nodiscard]] const SweepCell* find(const std::vector<std::size_t>& at) const;  ///< null: no run
    [[nodiscard]] const SweepCell* find(std::int64_t run) const;
    /// Highest overall accuracy of complete cells, the first of equals. Null: there are none.
    [[nodiscard]] const SweepCell* best() const;
    /// The best, else the fullest: where others are held, and what a sweep's figure comes from. Null: nothing was scored.
    [[nodiscard]] const SweepCell* leading() const;
    /// Its run came to its end, and has as many samples scored as the fullest cell.
    [[nodiscard]] bool complete(const SweepCell& cell) const;
    /// "1 of 3 runs is incomplete, the least has 10 of 24 samples"; empty: none is. One line: a sweep may have hundreds.
    [[nodiscard]] std::string incomplete_text() const;
    /// Native accuracy over the most samples: that of the fullest cell, the first of equals. Null: no cells.
    [[nodiscard]] const SweepCell* fullest() const;
};

/// In the order of the runs, without scores: only the configurations are read. Those that are no JSON, or that name no
/// evaluation, take no part. Errors: what the reader finds wrong.
[[nodiscard]] Result<std::vector<Sweep>> sweeps(SessionReader& session);
/// Reads every cell's run. A run that scored nothing is no cell any more. Errors: what the reader finds wrong.
[[nodiscard]] Status read_scores(SessionReader& session, Sweep& sweep);

/// What is drawn of a sweep: one or two axes free, the others held.
struct SweepSlice {
    std::size_t x = 0;                 ///< index into Sweep::axes
    std::optional<std::size_t> other;  ///< of lines or rows; none: the sweep has one axis
    std::vector<std::size_t> held;     ///< a place on every axis; those of free axes mean nothing
    /// Cell at places on the free axes; null: no run.
    [[nodiscard]] const SweepCell* cell(const Sweep& sweep, std::size_t x_at, std::size_t other_at = 0) const;
};

/// `axes`: names of the free ones, the first along x, at most two, as stored or as on the command line: hyphens are underscores,
/// "steps", "k", "lr" and "routing-neighbors" stand for what they are stored as. Missing ones are filled up with the sweep's first. `hold`: values of others by name; those
/// not named stay where the best cell is. Errors list the sweep's axes, or an axis's values.
[[nodiscard]] Result<SweepSlice> slice(const Sweep& sweep, const std::vector<std::string>& axes = {},
                                       const std::map<std::string, std::string>& hold = {});

}  // namespace r2t2
