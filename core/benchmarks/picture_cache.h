// Pictures that a data set keeps inside other files, unpacked once: MMBench's base64 cells, PhysBench's video frames.
//
// A file's name is the hash of what it was made from; it appears whole or not at all. Thread rule: any thread, any number of programs.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace r2t2 {

/// $XDG_CACHE_HOME/r2t2/benchmarks or ~/.cache/r2t2/benchmarks; not created. Empty: there is no cache (cache_directory).
[[nodiscard]] std::filesystem::path default_picture_cache();

/// The file that holds `bytes` (a JPEG, PNG, WebP or BMP), written if it is not there or not as it was written.
/// Errors: no picture's bytes, the disk's.
[[nodiscard]] Result<std::filesystem::path> cached_picture(const std::filesystem::path& folder, std::string_view bytes,
                                                           const std::string& where);

/// Standard base64; white space is passed over. Error: another character, a length that cannot be.
[[nodiscard]] Result<std::string> decode_base64(std::string_view text, const std::string& where);

/// Four frames of a video, each N / 4 of its length apart, as one picture: 2 x 2, numbered, ten white pixels between. Made once.
/// Source: PhysBench's own way for models that take one picture. Errors: no such file, no video, the disk's.
[[nodiscard]] Result<std::filesystem::path> cached_video_frames(const std::filesystem::path& folder, const std::filesystem::path& video);

}  // namespace r2t2
