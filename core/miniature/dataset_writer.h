// Bundled-world samples as files: pictures plus a data set that core/dataset reads back.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "core/base/atomic_directory.h"
#include "core/base/cancel.h"
#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/miniature/sample.h"

namespace r2t2 {

/// Writes DIR/images/<split>-<id>.png and DIR/<split>.json: a list in the published reference format (id, question,
/// image_path, ground_truth) with family, domain, template, tools and the facts inline; no model_answer.
/// The directory appears whole or not at all (core/base/atomic_directory.h): pictures and list are of one call. One that is there has to be
/// empty, or nothing but such a data set where it is replaced. The cancel token is looked at once a sample. Returns the list's path.
[[nodiscard]] Result<std::filesystem::path> write_dataset(const std::filesystem::path& directory,
                                                          const WorldConfig& config, const std::string& split,
                                                          std::int64_t count, std::uint64_t seed,
                                                          const ProgressCallback& progress = {},
                                                          const CancelToken& cancel = {},
                                                          AtomicDirectory::Existing existing = AtomicDirectory::Existing::Refuse);

}  // namespace r2t2
