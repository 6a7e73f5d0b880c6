// Are a data set's pictures what an evaluation could read? Asked before hours are spent.
//
// Every picture is looked at once, however many samples have it. By its header: format, size, and whether the file ends where it should (of a
// large PNG or JPEG the beginning and the end are read); as a whole: decoded, as an evaluation will, and a JPEG with bytes that belong to no pixel is
// named too, which an evaluation only warns of.
// Thread rule: callable from any thread; works on several.
#pragma once

#include <cstdint>

#include "core/base/cancel.h"
#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/dataset/dataset.h"

namespace r2t2 {

enum class PictureDepth { Headers, Whole };

/// record: of the first sample that has the picture, in the file that it was read from; -1: of no file.
struct PictureProblem : Problem {
    std::size_t sample = 0;  ///< its place in the set
};

struct PictureCheck {
    std::int64_t pictures = 0;      ///< that were looked at, each once
    std::int64_t bad = 0;           ///< of them
    std::int64_t bad_samples = 0;   ///< that have one of those
    std::vector<PictureProblem> problems;  ///< of the bad ones, in the samples' order, at most 10,000
};

/// Errors: Cancelled.
[[nodiscard]] Result<PictureCheck> check_pictures(const Dataset& dataset, PictureDepth depth, const ProgressCallback& progress = {},
                                                  const CancelToken& cancel = {});

}  // namespace r2t2
