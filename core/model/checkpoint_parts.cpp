// Parts of a model by its tensors' names, and the memory that their weights take. Declared in checkpoint_check.h.
#include "core/model/checkpoint_check.h"

namespace r2t2 {

namespace {

constexpr std::int64_t kNf4Block = 64;

bool is_quantised(CheckpointPart part, const ParameterShape& parameter) {
    switch (part) {
        case CheckpointPart::DecoderLayers:
        case CheckpointPart::Mixers:
        case CheckpointPart::Compressor:
        case CheckpointPart::Projector:
            return parameter.shape.size() == 2 && parameter.name.ends_with(".weight");
        case CheckpointPart::VisionTower:
            return parameter.shape.size() == 2 && parameter.name.find(".encoder.layers.") != std::string::npos;
        default:
            return false;
    }
}

}  // namespace

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

WeightMemory weight_memory(const ModelConfig& config) {
    WeightMemory memory;
    for (const ParameterShape& parameter : parameter_table(config)) {
        std::int64_t elements = 1;
        for (const std::int64_t dimension : parameter.shape) {
            elements *= dimension;
        }
        memory.fp32 += 4 * elements;
        memory.bf16 += 2 * elements;
        if (is_quantised(part_of(parameter.name), parameter)) {
            memory.int8 += elements + 4 * parameter.shape[0];
            memory.nf4 += (elements + 1) / 2 + 4 * ((elements + kNf4Block - 1) / kNf4Block);
        } else {
            memory.int8 += 2 * elements;
            memory.nf4 += 2 * elements;
        }
    }
    return memory;
}

}  // namespace r2t2
