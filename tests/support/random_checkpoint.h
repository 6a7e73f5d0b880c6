// A small MoAI checkpoint with random weights that speaks the bundled world's words: for tests of everything around a model.
//
// Its answers are single words of the world (the output head knows no others and stops after one), so that a few
// samples are right by chance and there is something to refer to. Torch-free; link model_files and miniature.
#pragma once

#include <cmath>
#include <filesystem>
#include <set>

#include "core/base/random.h"
#include "core/miniature/question.h"
#include "core/miniature/vocabulary.h"
#include "core/model/model_config.h"
#include "core/model/safetensors.h"
#include "core/model/sentencepiece_model.h"

namespace r2t2 {

inline SentencePieceModel random_checkpoint_tokenizer() {
    SentencePieceModel model;
    for (const VocabularyPiece& piece : world_vocabulary()) {
        model.pieces.push_back({piece.text, piece.score, static_cast<SentencePiece::Type>(piece.type)});
    }
    model.normalizer.name = "identity";
    model.normalizer.add_dummy_prefix = true;
    model.normalizer.remove_extra_whitespaces = false;
    return model;
}

inline ModelConfig random_checkpoint_config() {
    ModelConfig config;
    config.hidden_size = 32;
    config.layers = 4;
    config.heads = 4;
    config.kv_heads = 2;
    config.intermediate_size = 64;
    config.vocab_size = static_cast<int>(world_vocabulary().size());
    config.max_position_embeddings = 512;
    config.mixer_interval = 2;
    config.expert_heads = 2;
    config.expert_rank = 8;
    config.plora_rank = 8;
    config.plora_alpha = 8;
    config.compressor = {1, 2, 8, 4, 1};
    config.vision = {32, 1, 2, 64, 16, 64, 1e-5};
    config.prompt_template = std::string(kWorldPromptTemplate);
    config.miniature = true;
    config.name = "random miniature";
    return config;
}

namespace random_checkpoint {

/// Ids of the world's answers as single pieces.
inline std::set<std::size_t> answer_ids() {
    std::set<std::string> answers;
    for (const std::string& answer : all_answers(default_world())) {
        answers.insert(with_space_marks(answer));
    }
    std::set<std::size_t> ids;
    for (std::size_t i = 0; i < world_vocabulary().size(); ++i) {
        if (answers.count(world_vocabulary()[i].text) != 0) {
            ids.insert(i);
        }
    }
    return ids;
}

/// Answers share one direction in the embedding, and the stop token listens to it alone.
inline void shape_answers(const std::string& name, std::int64_t width, const ModelConfig& config,
                          const std::vector<float>& stop_direction, std::vector<float>& values) {
    const std::set<std::size_t> answers = answer_ids();
    for (std::size_t row = 0; row * static_cast<std::size_t>(width) < values.size(); ++row) {
        for (std::size_t j = 0; j < static_cast<std::size_t>(width); ++j) {
            float& value = values[row * static_cast<std::size_t>(width) + j];
            const float u = stop_direction[j];
            if (name == "model.tok_embeddings.weight") {
                value += answers.count(row) != 0 ? 12.0F * u : 0.0F;
            } else if (static_cast<int>(row) == config.eos_id) {
                value = 4.0F * u;
            } else if (answers.count(row) == 0) {
                value = 0.0F;
            }
        }
    }
}

}  // namespace random_checkpoint

inline Status write_random_checkpoint(const std::filesystem::path& directory, std::uint64_t seed = 1) {
    std::filesystem::create_directories(directory);
    const ModelConfig config = random_checkpoint_config();
    R2T2_TRY(config.write(directory / "config.json"));
    R2T2_TRY(random_checkpoint_tokenizer().write(directory / "tokenizer.model"));
    RandomStream direction = RandomStream::fork(seed, "stop direction");
    std::vector<float> stop(static_cast<std::size_t>(config.hidden_size));
    for (float& value : stop) {
        value = static_cast<float>(direction.normal() / std::sqrt(static_cast<double>(config.hidden_size)));
    }
    std::vector<std::vector<float>> data;
    SafetensorsWriter writer;
    const std::vector<ParameterShape> table = parameter_table(config);
    data.reserve(table.size());
    for (const ParameterShape& parameter : table) {
        std::size_t count = 1;
        for (const std::int64_t size : parameter.shape) {
            count *= static_cast<std::size_t>(size);
        }
        const bool vector = parameter.shape.size() == 1;
        const bool bias = parameter.name.size() > 5 && parameter.name.substr(parameter.name.size() - 5) == ".bias";
        const bool embedding = parameter.name.find("embedding") != std::string::npos;
        const double fan_in = static_cast<double>(count) / static_cast<double>(parameter.shape.front());
        RandomStream random = RandomStream::fork(seed, parameter.name);
        std::vector<float> values(count, vector && !bias ? 1.0F : 0.0F);
        for (float& value : values) {
            value = vector && !embedding ? value : static_cast<float>(random.normal() * (embedding ? 1.0 : 1.0 / std::sqrt(fan_in)));
        }
        if (parameter.name == "model.tok_embeddings.weight" || parameter.name == "output.weight") {
            random_checkpoint::shape_answers(parameter.name, config.hidden_size, config, stop, values);
        }
        data.push_back(std::move(values));
        R2T2_TRY(writer.add(parameter.name, TensorDtype::F32, parameter.shape, std::as_bytes(std::span(data.back()))));
    }
    return writer.write(directory / "model.safetensors");
}

}  // namespace r2t2
