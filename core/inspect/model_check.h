// A checkpoint as somebody who is about to open it wants to know it: what it is, whether it can be used, what its weights
// will take in memory, and on which devices they can lie. Plain values; no torch.
// Thread rule: values.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace r2t2 {

/// Bytes that the weights take in one precision (core/checkpoint/weight_memory.h); none: that device does not compute in it.
struct PrecisionMemory {
    std::string precision;  ///< as the command line spells it
    std::optional<std::int64_t> cpu, cuda;
};

struct ModelProblem {
    std::string message;
    bool fatal = true;  ///< false: it opens all the same
};

struct ModelReport {
    static constexpr std::size_t kProblems = 200;

    std::filesystem::path directory;
    std::string name;  ///< empty: config.json cannot be used, and nothing below it is known
    bool miniature = false;
    int layers = 0;
    std::vector<int> mixer_layers;  ///< counted from 0
    int image_size = 0, image_tokens = 0;
    std::vector<PrecisionMemory> memory;          ///< fp32, bf16, fp16, int8, nf4
    std::int64_t parameters = 0, bytes = 0;       ///< of the tensors that are there
    std::int64_t files = 0;                       ///< of weights
    std::vector<ModelProblem> problems;           ///< fatal ones first, at most kProblems
    std::int64_t fatal_problems = 0, warnings = 0;  ///< all of them
    std::optional<std::int64_t> free_memory;      ///< bytes of the host that programs can still have; none: not told

    [[nodiscard]] bool usable() const { return fatal_problems == 0; }
    /// Bytes of the weights; none: not on this device, or not known.
    [[nodiscard]] std::optional<std::int64_t> weight_bytes(const std::string& precision, bool on_cpu) const {
        for (const PrecisionMemory& each : memory) {
            if (each.precision == precision) {
                return on_cpu ? each.cpu : each.cuda;
            }
        }
        return std::nullopt;
    }
};

struct DeviceReport {
    bool known = false;     ///< false: the engine is not loaded yet
    int cuda_devices = 0;   ///< cuda:0, cuda:1, ...
    std::string cuda_note;  ///< why there is none
};

}  // namespace r2t2
