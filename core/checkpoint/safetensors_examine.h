// One safetensors file, looked at by itself: all that is wrong with it, and all tensors that can be told.
//
// `problems` is empty exactly when SafetensorsFile::open accepts the file. A file that is too short is one problem, not
// one for every tensor beyond its end.
// Thread rule: pure function of the file.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/checkpoint/safetensors_header.h"

namespace r2t2::safetensors {

struct Examination {
    std::uint64_t file_bytes = 0;
    std::uint64_t data_begin = 0;                 ///< 0: the header cannot be read
    std::map<std::string, TensorRecord> tensors;  ///< whose dtype, shape and size agree; their data may be missing
    std::vector<Error> problems;                  ///< at most `max_kept_problems`
    std::int64_t more_problems = 0;               ///< beyond those
};
inline constexpr std::size_t max_kept_problems = 1000;

[[nodiscard]] Examination examine(const std::filesystem::path& path);

}  // namespace r2t2::safetensors
