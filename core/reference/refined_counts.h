// What refining came to, over the records of a set: for reports. Thread rule: pure function.
#pragma once

#include <cstddef>
#include <span>

#include "core/reference/reference_record.h"

namespace r2t2 {

struct RefinedCounts {
    std::size_t refined = 0;       ///< records that have a refined routing; all that follows is of them
    std::size_t right_before = 0;  ///< answered rightly by the base model
    std::size_t right_after = 0;   ///< answered rightly under r*
    std::size_t mended = 0;        ///< wrong before, right after
    std::size_t harmed = 0;        ///< the other way round
    double loss_before = 0.0;      ///< means, of the label; 0 where nothing is refined
    double loss_after = 0.0;
    double moved = 0.0;            ///< mean distance of r* from r0 in routing space
};

[[nodiscard]] RefinedCounts refined_counts(std::span<const ReferenceRecord> records);

}  // namespace r2t2
