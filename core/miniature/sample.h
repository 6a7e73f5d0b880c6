// One sample of the bundled world, made from (configuration, split, seed, index) alone: sample i is the same whatever
// was made before it. Thread rule: pure functions; call from as many threads as you like.
#pragma once

#include <cstdint>
#include <string>

#include "core/base/result.h"
#include "core/miniature/question.h"
#include "core/miniature/scene.h"
#include "core/miniature/world.h"
#include "core/vision/auxiliary_facts.h"
#include "core/vision/image.h"

namespace r2t2 {

struct MiniatureSample {
    std::int64_t id = 0;  ///< index within the split
    Scene scene;          ///< the truth
    Scene perceived;      ///< what the tools saw
    Image image;          ///< 64 x 64
    Domain domain = Domain::Clean;
    Family family = Family::General;
    ToolQuality tools = ToolQuality::Good;
    std::string template_name;  ///< "colour", "count", ...
    std::string instruction;    ///< put in front of the question, one of kInstructions
    std::string question;
    std::string answer;
    AuxiliaryFacts facts;
    std::uint64_t seed = 0;  ///< start of this sample's random stream
    bool operator==(const MiniatureSample&) const = default;
};

/// InvalidInput: no such split, or a configuration in which the template cannot be asked (20,000 scenes tried).
[[nodiscard]] Result<MiniatureSample> make_sample(const WorldConfig& config, std::string_view split, std::uint64_t seed,
                                                  std::int64_t index);

/// The same for one combination; `purpose` names the random stream.
[[nodiscard]] Result<MiniatureSample> make_sample(const WorldConfig& config, const Combination& combination,
                                                  std::string_view purpose, std::uint64_t seed, std::int64_t index);

/// The facts as the model is told them (verbalise.h, bundled_world options).
[[nodiscard]] std::string facts_text(const MiniatureSample& sample);

}  // namespace r2t2
