// What to train and where to put it. The trainer itself (core/miniature/trainer) needs torch and lives in the engine
// module; EngineModule::train_miniature takes this.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace r2t2 {

struct TrainRequest {
    std::filesystem::path directory;  ///< the checkpoint; "state/" inside it makes a run resumable
    std::uint64_t seed = 1;
    double scale = 1.0;               ///< multiplies all step counts: 0.02 for a smoke test
    int threads = 1;
    std::string device = "cpu";
    bool resume = true;               ///< go on from state/ if there is one
};

}  // namespace r2t2
