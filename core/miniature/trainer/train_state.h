// What is needed to go on with an interrupted training run: weights, optimiser moments, stage and step.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "core/model/adamw.h"

namespace r2t2 {

struct TrainState {
    int stage = 0;          ///< the stage to go on with
    std::int64_t step = 0;  ///< its next step
    std::map<std::string, double> running_losses;  ///< smoothed answer loss per question template
};

/// Both files are replaced atomically; the small one that names stage and step is written last.
[[nodiscard]] Status save_state(const std::filesystem::path& directory, const TrainState& state, const TensorMap& named,
                                AdamW& optimiser, std::uint64_t seed);

/// NotFound when there is no state. `optimiser` may be null (between stages); otherwise its moments are restored.
[[nodiscard]] Result<TrainState> read_state(const std::filesystem::path& directory, std::uint64_t seed);
[[nodiscard]] Status restore(const std::filesystem::path& directory, const TensorMap& named, AdamW* optimiser);

}  // namespace r2t2
