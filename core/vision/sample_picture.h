// A picture with what the external models said about it. Thread rule: plain value.
#pragma once

#include <optional>

#include "core/vision/auxiliary_facts.h"
#include "core/vision/image.h"

namespace r2t2 {

struct SamplePicture {
    Image image;                          ///< as it is on disk, upright, not resized
    std::optional<AuxiliaryFacts> facts;  ///< none: the model is told nothing
};

}  // namespace r2t2
