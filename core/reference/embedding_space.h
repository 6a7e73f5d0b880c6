// Where samples live in task space: named parts (question, vision, pixels), centred on the reference set.
//
// For each part: subtract the reference mean (parts marked `standardise` are also divided by the reference standard
// deviation, dimension by dimension), L2-normalise, multiply by the part's weight. The parts are concatenated and
// L2-normalised, so that a dot product of two embeddings is their cosine. A part that equals the mean stays zero; an
// embedding of nothing but zeros is similar (0) to nothing.
// Statistics are float64 while fitted and float32 when stored; a reference sample embedded again gives the stored row.
// Thread rule: immutable after `fit` or `from_parts`.
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace r2t2 {

struct EmbeddingPart {
    std::string name;              ///< "question", "vision", "pixels"
    double weight = 1.0;           ///< >= 0
    bool standardise = false;      ///< pixels: dimensions differ in scale
    std::vector<float> mean;       ///< [D_part] over the reference set
    std::vector<float> deviation;  ///< [D_part] population standard deviation over the reference set
    bool operator==(const EmbeddingPart&) const = default;
};

/// What to embed before statistics exist.
struct EmbeddingPartSpec {
    std::string name;
    double weight = 1.0;
    bool standardise = false;
};

/// Raw, unnormalised parts of one sample by name.
using RawEmbedding = std::map<std::string, std::vector<float>>;

class EmbeddingSpace {
public:
    EmbeddingSpace() = default;

    /// Statistics of a reference set. Errors: no samples, no parts, a missing part, lengths that differ, a value that
    /// is not finite, weights that are negative or all zero. "sample i" names the culprit.
    [[nodiscard]] static Result<EmbeddingSpace> fit(const std::vector<EmbeddingPartSpec>& specs,
                                                    std::span<const RawEmbedding> samples);
    /// From stored statistics; checks the same things.
    [[nodiscard]] static Result<EmbeddingSpace> from_parts(std::vector<EmbeddingPart> parts, const std::string& where);

    [[nodiscard]] const std::vector<EmbeddingPart>& parts() const { return parts_; }
    [[nodiscard]] std::size_t dimension() const;  ///< of the concatenation; 0: no embeddings
    [[nodiscard]] bool empty() const { return parts_.empty(); }

    /// [D] unit vector of a sample. Parts that this space does not know are ignored. Errors: a missing part, a wrong
    /// length, a value that is not finite; `where` names the sample.
    [[nodiscard]] Result<std::vector<float>> embed(const RawEmbedding& raw, const std::string& where = "sample") const;

    bool operator==(const EmbeddingSpace&) const = default;

private:
    std::vector<EmbeddingPart> parts_;
};

}  // namespace r2t2
