// Other gates on the same model: trained on labelled samples, everything else kept. A baseline that re-routing has to be compared with. No torch.
//
// A file of gates is a safetensors file with the gate weights of every mixer under the checkpoint's names and nothing else; its metadata name the model
// (ModelInfo::identity) that they belong to, how they were trained, and a checksum, by which a
// flipped bit is found when they are opened (a file of other programs may lack it). Thread rule: values.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/checkpoint/safetensors.h"

namespace r2t2 {

struct ModelInput;  // core/model/engine.h

/// Beside a checkpoint, the gates that the method `tuned-gates` runs with where nobody names others.
[[nodiscard]] inline std::filesystem::path tuned_gates_file(const std::filesystem::path& model_directory) { return model_directory / kTunedGatesFile; }

/// Samples with their answers, made when they are asked for. `get` is called from one thread.
struct LabelledInputs {
    std::size_t count = 0;
    std::function<Result<ModelInput>(std::size_t index)> get;
};

struct GateTrainingOptions {
    int epochs = 6;
    std::size_t batch = 16;
    double rate = 3e-3;      ///< AdamW, falling to 0 along a cosine
    double held_out = 0.2;   ///< share of the samples, drawn by the seed, that the epoch is chosen on; nothing is learned from them
    std::uint64_t seed = 1;  ///< of the draw and of the order
    std::string trained_on;  ///< what the samples are, for the file's metadata
};

struct GateTraining {
    std::size_t trained = 0, held_out = 0;   ///< samples
    std::vector<double> loss;                ///< of every epoch, mean over its batches while they were learned from
    std::vector<double> held_out_loss;       ///< before, and after every epoch: one more than `loss`
    int kept_epoch = 0;                      ///< the one whose gates were written: least held-out loss; 0: the gates as they were
};

}  // namespace r2t2
