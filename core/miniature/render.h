// Scene -> picture of 64 x 64 pixels in one of the five domains.
//
// An own small rasteriser (4 x 4 samples a pixel) rather than a library's: the same seed gives the same bytes with
// every version of every library. Thread rule: pure functions.
#pragma once

#include "core/base/random.h"
#include "core/miniature/scene.h"
#include "core/vision/auxiliary_facts.h"
#include "core/vision/image.h"

namespace r2t2 {

/// Random parts (background, jitter of colours, scribbles, noise) come from `random`.
[[nodiscard]] Image render(const Scene& scene, Domain domain, const WorldConfig& config, RandomStream& random);

/// Ids 1, 2, ... in the order of the objects where a shape covers at least half of a pixel; 64 x 64.
[[nodiscard]] SegmentMap render_segments(const Scene& scene);

}  // namespace r2t2
