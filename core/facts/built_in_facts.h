// Auxiliary facts without external models: what classical vision can honestly say about a picture.
//
// Segments are regions of similar colour (graph segmentation, then neighbours of like colour are merged), named by their
// colour: "light blue region", "grey background". Detections are compact regions named by colour and shape ("red circle",
// "brown object"); their score is how well the shape fits, or how far the object stands out from what surrounds it.
// Relations are of place ("left of", "above", "inside") between detections. Texts are printed lines, by Tesseract.
// No object classes are guessed: MoAI's own vision models say "dog", these facts never do. They are marked as built-in
// (AuxiliaryFacts::source), and a facts file from real models is always to be preferred.
// The same picture gives the same facts. About half a second a picture, more with much text.
// Errors: InvalidInput (an empty picture), OutOfMemory, Internal (a library's). Thread rule: any thread.
#pragma once

#include <string>

#include "core/base/result.h"
#include "core/vision/auxiliary_facts.h"
#include "core/vision/image.h"

namespace r2t2 {

struct BuiltInFactsOptions {
    int working_side = 490;   ///< pixels: segments and shapes are found in a copy whose longer side is at most this
    int max_segments = 24;    ///< the largest ones; 1..133
    int max_relations = 10;   ///< as many as MoAI is told at most
    bool read_text = true;    ///< false: no OCR even where Tesseract is there
};

[[nodiscard]] Result<AuxiliaryFacts> built_in_facts(const Image& image, const BuiltInFactsOptions& options = {});

/// What these facts come from, as in their source: "built-in: OpenCV 4.6.0 regions and shapes, Tesseract 5.3.0 text".
[[nodiscard]] std::string built_in_facts_source(const BuiltInFactsOptions& options = {});

/// The picture twice, side by side: tinted segments with their names, and detections with name and score. Relations and
/// texts are written below. `side` is the width of each half in pixels; the
/// picture is at most twice as high.
[[nodiscard]] Result<Image> draw_facts(const Image& image, const AuxiliaryFacts& facts, int side = 640);

}  // namespace r2t2
