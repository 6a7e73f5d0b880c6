// A golden variant as a checkpoint directory that the engine can open: config.json, model.safetensors, tokenizer.model.
// Torch-free; link model_files.
#pragma once

#include <filesystem>

#include "core/checkpoint/safetensors.h"
#include "core/tokenizer/sentencepiece_model.h"
#include "tests/model/golden_config.h"
#include "tests/support/golden_file.h"

namespace r2t2::golden {

/// One piece an ASCII character and then numbered words, until there are `pieces` of them.
inline SentencePieceModel checkpoint_tokenizer(int pieces) {
    SentencePieceModel model;
    model.pieces = {{"<unk>", 0.0F, SentencePiece::Type::Unknown},
                    {"<s>", 0.0F, SentencePiece::Type::Control},
                    {"</s>", 0.0F, SentencePiece::Type::Control},
                    {"\xe2\x96\x81", -1.0F, SentencePiece::Type::Normal}};
    for (char c = '!'; c <= '~' && std::ssize(model.pieces) < pieces; ++c) {
        model.pieces.push_back({std::string(1, c), -2.0F, SentencePiece::Type::Normal});
    }
    while (std::ssize(model.pieces) < pieces) {
        model.pieces.push_back({"word" + std::to_string(model.pieces.size()), -3.0F, SentencePiece::Type::Normal});
    }
    model.normalizer.name = "identity";
    model.normalizer.remove_extra_whitespaces = false;
    return model;
}

inline ModelConfig checkpoint_config(const std::string& variant) {
    ModelConfig config = read_config(variant);
    config.prompt_template = "Look. {image} Q: {question} A:";
    return config;
}

using TensorStore = std::map<std::string, Tensor>;

inline TensorStore checkpoint_tensors(const std::string& variant) {
    const File file = File::load(variant + "/weights");
    TensorStore out;
    for (const ParameterShape& parameter : parameter_table(read_config(variant))) {
        out[parameter.name] = file[parameter.name];
    }
    return out;
}

inline Status write_tensors(const TensorStore& tensors, const std::filesystem::path& file) {
    SafetensorsWriter writer;
    for (const auto& [name, tensor] : tensors) {
        R2T2_TRY(writer.add(name, dtype_from_name(tensor.dtype).value(), tensor.shape, std::as_bytes(std::span(tensor.bytes))));
    }
    return writer.write(file);
}

inline Status write_checkpoint(const std::filesystem::path& directory, const std::string& variant) {
    std::filesystem::create_directories(directory);
    const ModelConfig config = checkpoint_config(variant);
    R2T2_TRY(config.write(directory / "config.json"));
    R2T2_TRY(checkpoint_tokenizer(config.vocab_size).write(directory / "tokenizer.model"));
    return write_tensors(checkpoint_tensors(variant), directory / "model.safetensors");
}

}  // namespace r2t2::golden
