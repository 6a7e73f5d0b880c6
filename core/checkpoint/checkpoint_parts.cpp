// Parts of a model by its tensors' names. Declared in checkpoint_check.h.
#include "core/checkpoint/checkpoint_check.h"

namespace r2t2 {

std::string part_name(CheckpointPart part) {
    switch (part) {
        case CheckpointPart::DecoderLayers:
            return "decoder layers";
        case CheckpointPart::Mixers:
            return "mixers";
        case CheckpointPart::FinalNorm:
            return "final norm";
        case CheckpointPart::Compressor:
            return "compressor";
        case CheckpointPart::Projector:
            return "projector";
        case CheckpointPart::VisionTower:
            return "vision tower";
        case CheckpointPart::Embedding:
            return "embedding";
        case CheckpointPart::Head:
            return "head";
        case CheckpointPart::Unknown:
            break;
    }
    return "unknown";
}

CheckpointPart part_of(const std::string& name) {
    if (name.starts_with("model.layers.")) {
        return name.find(".attention.moai_") == std::string::npos ? CheckpointPart::DecoderLayers
                                                                  : CheckpointPart::Mixers;
    }
    if (name == "model.norm.weight") {
        return CheckpointPart::FinalNorm;
    }
    if (name.starts_with("moai_compressor.")) {
        return CheckpointPart::Compressor;
    }
    if (name.starts_with("vision_proj.")) {
        return CheckpointPart::Projector;
    }
    if (name.starts_with("vit.vision_tower.")) {
        return CheckpointPart::VisionTower;
    }
    if (name == "model.tok_embeddings.weight") {
        return CheckpointPart::Embedding;
    }
    return name == "output.weight" ? CheckpointPart::Head : CheckpointPart::Unknown;
}

}  // namespace r2t2
