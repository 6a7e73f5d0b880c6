// Who embeds questions for task space: the model's own words, a sentence encoder, or a file computed elsewhere.
//
// A reference set records whose embeddings it holds; a query embedded by another is refused. Vision and pixel parts of task
// space are always the model's. Thread rule: immutable; any thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace r2t2 {

/// How a sample finds its embedding.
enum class EmbeddingMatch {
    Question,  ///< computed from what is asked
    SetAndId,  ///< a row of "SET/ID"
    BareId,    ///< a row of "ID": whose id that is nobody says
    None
};

class QuestionEmbedder {
public:
    virtual ~QuestionEmbedder() = default;
    /// Equal for embeddings that may be compared: "sentence encoder 53aa51172d14, settings 0123456789ab, 384 numbers".
    [[nodiscard]] virtual const std::string& identity() const = 0;
    /// As identity() was before it covered more than the weights; empty: it was the same. Reference sets of then still open.
    [[nodiscard]] virtual std::string former_identity() const { return {}; }
    /// Equal where every embedding is: what a run that goes on must find again.
    [[nodiscard]] virtual const std::string& content() const { return identity(); }
    [[nodiscard]] virtual const std::string& source() const = 0;  ///< absolute path that it was opened from
    [[nodiscard]] virtual EmbeddingMatch match(const std::string& /*set*/, const std::string& /*id*/) const { return EmbeddingMatch::Question; }
    /// Raw vector. Errors name set and id: not in the file.
    [[nodiscard]] virtual Result<std::vector<float>> embed(const std::string& set, const std::string& id,
                                                           const std::string& question) const = 0;
};
/// Null stands for the model's own embedding.
using QuestionEmbedderPtr = std::shared_ptr<const QuestionEmbedder>;

/// "model" or empty; a directory (a sentence encoder of the BERT family); a file (.npy or .safetensors with ids beside it).
[[nodiscard]] Result<QuestionEmbedderPtr> open_question_embedder(const std::string& choice);

/// "the model's own", or the embedder's identity.
[[nodiscard]] std::string embedder_identity(const QuestionEmbedder* embedder);
/// Its content(); empty for the model's own.
[[nodiscard]] std::string embedder_content(const QuestionEmbedder* embedder);

}  // namespace r2t2
