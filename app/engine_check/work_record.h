// What a timed descent worked on and what came of it, for tests/benchmarks/naive_ngd.py, which repeats it in plain PyTorch.
//
// samples.json: k, steps, initial_lr, final_lr, mode; prepare_seconds and descent_seconds a sample, peak_megabytes; for each sample the ids and
// pixels (hexadecimal) of itself and its neighbours, their weights, and r (of a line search alpha, answer tokens and confidence too)
// of every step.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <vector>

#include "core/model/engine.h"
#include "core/routing/reroute.h"

namespace r2t2 {

class WorkRecord {
public:
    explicit WorkRecord(const MethodParams& params);

    [[nodiscard]] Status add(const Model& model, const ModelInput& sample, const std::vector<ModelInput>& neighbours,
                             const RerouteInput& input, const Trajectory& trajectory);
    [[nodiscard]] Status write(const std::filesystem::path& folder, double prepare_seconds, double descent_seconds, double peak_megabytes);

private:
    bool line_search_;
    nlohmann::json record_;
};

}  // namespace r2t2
