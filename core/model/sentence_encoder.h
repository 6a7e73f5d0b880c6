// A sentence encoder of the BERT family, behind a torch-free interface: text in, one unit vector out.
//
// Made for sentence-transformers checkpoints such as all-MiniLM-L6-v2: config.json, model.safetensors (no pickles) and
// tokenizer.json or vocab.txt in one directory. The vector is the mean of the last layer over all tokens, L2-normalised.
// Thread rule: safe to use from several threads.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace r2t2 {

struct SentenceEncoderInfo {
    std::string directory;
    std::string name;          ///< the directory's own name
    std::string weights_hash;  ///< SHA-256 of the weight files, hexadecimal
    std::string settings_hash;  ///< SHA-256 over its configuration as far as it is read, and its vocabulary
    int dimension = 0;
    int max_tokens = 256;      ///< longer texts are cut there
};

class SentenceEncoder {
public:
    virtual ~SentenceEncoder() = default;
    [[nodiscard]] virtual const SentenceEncoderInfo& info() const = 0;
    /// [dimension] of L2 norm 1. Errors: OutOfMemory, Internal.
    [[nodiscard]] virtual Result<std::vector<float>> embed(const std::string& text) const = 0;
    /// [CLS], pieces, [SEP], as `embed` sees the text. For diagnostics.
    [[nodiscard]] virtual std::vector<std::int32_t> tokenize(const std::string& text) const = 0;
};

}  // namespace r2t2
