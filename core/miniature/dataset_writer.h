// Bundled-world samples as files: pictures plus a data set that core/dataset reads back.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "core/base/cancel.h"
#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/miniature/sample.h"

namespace r2t2 {

/// Writes DIR/images/<split>-<id>.png and DIR/<split>.json: a list in the published reference format (id, question,
/// image_path, ground_truth) with family, domain, template, tools and the facts inline; no model_answer.
/// The list is written last, whole. The cancel token is looked at once a sample. Returns the list's path.
[[nodiscard]] Result<std::filesystem::path> write_dataset(const std::filesystem::path& directory,
                                                          const WorldConfig& config, const std::string& split,
                                                          std::int64_t count, std::uint64_t seed,
                                                          const ProgressCallback& progress = {},
                                                          const CancelToken& cancel = {});

}  // namespace r2t2
