// The search for NaN and infinity in files whose headers are sound. Internal to the check of checkpoints.
//
// Memory: 16 MiB, whatever the tensors.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/base/cancel.h"
#include "core/base/progress.h"
#include "core/checkpoint/safetensors_header.h"

namespace r2t2 {

struct ValueFile {
    std::filesystem::path path;
    std::uint64_t data_begin = 0;
    std::map<std::string, safetensors::TensorRecord> tensors;
};

/// `problem` gets one error for every tensor with a bad value: its first. Cancelled; looked at every 16 MiB.
[[nodiscard]] Status find_bad_values(const std::vector<ValueFile>& files, const std::function<void(Error)>& problem,
                                     const ProgressCallback& progress, const CancelToken& cancel);

}  // namespace r2t2
