// Sizes of a BERT encoder from its config.json. Torch-free. Thread rule: value type.
#pragma once

#include <filesystem>
#include <string>

#include "core/base/result.h"

namespace r2t2 {

struct BertConfig {
    int hidden_size = 384;
    int layers = 6;
    int heads = 12;
    int intermediate_size = 1536;
    int vocab_size = 30522;
    int max_positions = 512;
    int token_types = 2;
    double layer_norm_eps = 1e-12;
    int max_tokens = 256;  ///< sentence_bert_config.json's max_seq_length, at most max_positions

    /// config.json, and beside it sentence_bert_config.json and 1_Pooling/config.json where they are there. Errors name
    /// file, field, found and allowed: another kind of model, activation, positions or pooling than we compute.
    [[nodiscard]] static Result<BertConfig> read(const std::filesystem::path& directory);
};

}  // namespace r2t2
