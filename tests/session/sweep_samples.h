// Runs of a sweep whose scores are chosen. Tests only.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/session/session_samples.h"

namespace r2t2::session_samples {

struct SweepRun {
    std::string evaluation, method;
    std::map<std::string, std::string> parameters;  ///< name -> JSON: {"num_neighbors", "5"}, {"kernel", "\"linear\""}
    std::vector<int> right;                         ///< of each set "A", "B", ...: how many of its samples end right
    int samples = 20;                               ///< of each set
};

inline constexpr int kSweepBaseRight = 8;  ///< of each set, at step 0

inline std::string sweep_config(const SweepRun& run) {
    std::string parameters = R"("method": ")" + run.method + R"(", "seed": 1, "epsilon": null)";
    for (const auto& [name, value] : run.parameters) {
        parameters += ", \"" + name + "\": " + value;
    }
    return R"({"evaluation": ")" + run.evaluation + R"(", "parameters": {)" + parameters + "}}";
}

/// The run's number; 0 if something could not be written.
inline std::int64_t write_sweep_run(SessionWriter& session, const SweepRun& run) {
    RunInfo info = run_info();
    info.method = run.method;
    info.config = sweep_config(run);
    const auto id = session.begin_run(info);
    bool written = id.ok();
    for (std::size_t set = 0; written && set < run.right.size(); ++set) {
        for (int i = 0; written && i < run.samples; ++i) {
            SampleInfo sample = sample_info(i);
            sample.id.set = std::string(1, static_cast<char>('A' + static_cast<int>(set)));
            if (sample.picture_hash) {
                *sample.picture_hash += sample.id.set;  // every sample stands alone
            }
            Trajectory path = trajectory(i, {i < kSweepBaseRight, i < run.right[set]});
            path.method = parse_method(run.method).value();
            written = session.write_sample(*id, sample, path).ok();
        }
    }
    return written && session.finish_run(*id, RunState::Finished).ok() ? *id : 0;
}

/// NGD over k (3, 5, 10, 20) and steps (5, 10, 20) on two sets; k = 20 with 20 steps is missing, k = 20 with 10 was cut short.
/// Best: k = 5 with 10 steps.
inline bool write_grid_sweep(SessionWriter& session) {
    bool written = true;
    for (const int k : {3, 5, 10, 20}) {
        for (const int steps : {5, 10, 20}) {
            SweepRun run{"evaluation 1", "ngd", {{"num_neighbors", std::to_string(k)}, {"num_steps", std::to_string(steps)}}, {12 - k / 4, 11 + steps / 10}, 20};
            run.right[0] += k == 5 && steps == 10 ? 7 : 0;
            run.samples = k == 20 && steps == 10 ? 12 : 20;
            written = written && ((k == 20 && steps == 20) || write_sweep_run(session, run) > 0);
        }
    }
    return written;
}

}  // namespace r2t2::session_samples
