// Pictures drawn once, questions and tool errors drawn for every use.
#pragma once

#include "core/base/cancel.h"
#include "core/base/progress.h"
#include "core/miniature/question.h"
#include "core/miniature/sample.h"
#include "core/miniature/trainer/recipe.h"
#include "core/miniature/trainer/vocabulary_ids.h"
#include "core/model/moai_network.h"

namespace r2t2 {

/// One training batch; rows belong together across members.
struct TrainBatch {
    std::vector<std::int64_t> pictures;   ///< rows of the pool
    std::vector<Scene> truth, perceived;
    std::vector<TokenSample> tokens;      ///< answer = its ids and the stop token
    at::Tensor fact_ids;                  ///< [B, T] left as is, padded right with the stop id
    at::Tensor fact_real;                 ///< [B, T] bool
};

class TrainingPool {
public:
    /// Draws `recipe.pool` scenes and pictures. Looks at `cancel` once a picture.
    [[nodiscard]] static Result<TrainingPool> draw(const WorldConfig& world, const Recipe& recipe, std::uint64_t seed,
                                                   const ProgressCallback& progress, const CancelToken& cancel);

    [[nodiscard]] const at::Tensor& pixels() const { return pixels_; }  ///< [N, 3, 64, 64] uint8
    [[nodiscard]] std::int64_t size() const { return static_cast<std::int64_t>(scenes_.size()); }
    [[nodiscard]] const Scene& scene(std::int64_t i) const { return scenes_[static_cast<std::size_t>(i)]; }
    [[nodiscard]] Domain domain(std::int64_t i) const { return domains_[static_cast<std::size_t>(i)]; }
    /// A random picture; `readable`: of a domain in which printed words can be read.
    [[nodiscard]] std::int64_t pick(RandomStream& random, bool readable) const;

private:
    std::vector<Scene> scenes_;
    std::vector<Domain> domains_;
    std::vector<std::int64_t> readable_;
    at::Tensor pixels_;
};

/// Turns samples of the world into token batches.
class BatchMaker {
public:
    BatchMaker(const WorldConfig& world, const ModelConfig& config, const PromptTokenizer& tokenizer)
        : world_(world), config_(config), tokenizer_(tokenizer) {}

    /// A question of the template on a scene, answers equally likely among those the scene allows; nothing if none.
    [[nodiscard]] std::optional<WorldQuestion> ask(const Scene& scene, TemplateId id, RandomStream& random) const;

    /// Appends one row. `instruction` goes in front of the question; may be empty.
    void add(TrainBatch& batch, std::int64_t picture, const Scene& truth, const Scene& perceived,
             const AuxiliaryFacts& facts, const std::string& instruction, const WorldQuestion& question) const;
    /// Pads what `add` collected.
    void finish(TrainBatch& batch) const;

    [[nodiscard]] const WorldConfig& world() const { return world_; }

private:
    const WorldConfig& world_;
    const ModelConfig& config_;
    const PromptTokenizer& tokenizer_;
    mutable std::vector<std::vector<std::int64_t>> facts_;  ///< of the batch being built
};

/// Index drawn from unnormalised weights.
[[nodiscard]] std::size_t draw_index(const std::vector<double>& weights, RandomStream& random);

}  // namespace r2t2
