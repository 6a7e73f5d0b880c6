// What fallible vision tools say about a scene: the auxiliary facts of the bundled world.
//
// Errors are made once per object (colour, shape, word, position), then all facts of the picture follow from what was
// perceived: a wrong colour shows in the segment and in the detection alike. Wrong values are other values of the
// same kind; a wrong position is the place mirrored through the picture's centre, so that relations turn round.
// Thread rule: pure functions.
#pragma once

#include "core/base/random.h"
#include "core/miniature/scene.h"
#include "core/vision/auxiliary_facts.h"

namespace r2t2 {

/// The scene as the tools see it: same objects in the same order. A mirrored object keeps its size.
[[nodiscard]] Scene perceive(const Scene& scene, const ToolErrors& errors, RandomStream& random);

/// Facts of a perceived scene: per object a segment and a detection ("red circle", box on a grid of 8 pixels); of
/// objects whose shape is unique the relations "left of", "above" (from `relation_margin` pixels on) and "carrying";
/// the words read; the segment map. Scores and confidences are above every threshold of verbalise.h.
[[nodiscard]] AuxiliaryFacts facts_of(const Scene& perceived, const WorldConfig& config, RandomStream& random);

}  // namespace r2t2
