// MoAI behind the torch-free Model interface: pixels and words in, prepared samples, losses, gradients, answers out.
// Thread rule: const and safe from several threads; caches are guarded or per thread.
#pragma once

#include <list>
#include <mutex>

#include "core/model/batch_limit.h"
#include "core/model/engine.h"
#include "core/model/generation.h"
#include "core/tokenizer/sentencepiece_tokenizer.h"

namespace r2t2 {

struct Halving;  // core/model/moai_calls.h

class MoaiModel final : public Model {
public:
    /// config.json, weights and tokenizer.model of a checkpoint directory.
    [[nodiscard]] static Result<std::shared_ptr<const MoaiModel>> open(const std::filesystem::path& directory,
                                                                       const ModelOptions& options,
                                                                       const ProgressCallback& progress = {},
                                                                       const CancelToken& cancel = {});
    /// From parts in memory (training evaluates like this).
    MoaiModel(ModelConfig config, MoaiWeights weights, PromptTokenizer tokenizer, ModelOptions options, ModelInfo info);

    [[nodiscard]] const RoutingSpace& routing_space() const override { return space_; }
    [[nodiscard]] Result<std::vector<LossGradient>> loss_and_gradient(std::span<const RoutedQuery> queries,
                                                                      bool gradient) const override;
    [[nodiscard]] Result<std::vector<Answer>> answer(std::span<const RoutedQuery> queries) const override;
    [[nodiscard]] Passes passes() const override;
    [[nodiscard]] const ModelInfo& info() const override { return info_; }
    void work_side_by_side(bool yes) const override;
    [[nodiscard]] Result<PreparedSamplePtr> prepare(const ModelInput& input) const override;
    [[nodiscard]] Result<Embedding> embed(const ModelInput& input) const override;
    [[nodiscard]] Result<MixerView> look(const PreparedSample& sample, const RoutingAction& action) const override;
    [[nodiscard]] Result<TokenSample> token_sample(const ModelInput& input) const override;
    [[nodiscard]] Result<std::vector<std::int32_t>> tokenize(const std::string& text) const override;
    [[nodiscard]] Result<std::shared_ptr<const Model>> with_gates(const std::filesystem::path& file) const override;
    [[nodiscard]] Result<std::shared_ptr<const Model>> tuned_gates() const override;
    [[nodiscard]] Result<GateTraining> train_gates(const LabelledInputs& inputs, const GateTrainingOptions& options, const std::filesystem::path& file,
                                                   const ProgressCallback& progress, const CancelToken& cancel) const override;
    /// Batches that were too large are tried whole again: memory is known to have come back.
    void forget_failed_batches() const;

private:
    /// Everything that depends on the image and its facts alone.
    struct ImageState {
        at::Tensor features;    ///< [P, H] projector output
        at::Tensor tower_mean;  ///< [V] mean of the vision tower's output
        at::Tensor compressed;  ///< [latents, H]
        std::size_t bytes = 0;
    };
    using ImageStatePtr = std::shared_ptr<const ImageState>;
    [[nodiscard]] Result<ImageStatePtr> image_state(const ModelInput& input) const;
    [[nodiscard]] Result<struct NetworkInput> network_input(const LabelledInputs& inputs, std::span<const std::size_t> which) const;
    [[nodiscard]] Result<ImageStatePtr> compute_image_state(const ModelInput& input) const;
    [[nodiscard]] Result<PreparedSamplePtr> prepare_once(const ModelInput& input) const;
    [[nodiscard]] std::int64_t tokens_of(const ModelInput& input) const;
    [[nodiscard]] Result<Embedding> embed_once(const ModelInput& input) const;
    [[nodiscard]] Result<MixerView> look_once(const PreparedSample& sample, const RoutingAction& action) const;
    [[nodiscard]] Result<std::vector<LossGradient>> losses_of_batch(std::span<const RoutedQuery> queries, bool gradient) const;
    [[nodiscard]] Result<std::vector<Answer>> answers_of_batch(std::span<const RoutedQuery> queries) const;
    /// What is kept for speed alone: image features, and this thread's packed batches.
    void drop_caches() const;
    /// An OutOfMemory error that says what was attempted and what may help; others as they are. `tokens`: of the longest sample.
    [[nodiscard]] Error with_advice(Error error, std::size_t batch, std::int64_t tokens) const;
    [[nodiscard]] Error with_advice(Error error, std::span<const RoutedQuery> queries) const;
    /// Tokens of the longest query, and how many queries one pass with a gradient should take.
    [[nodiscard]] std::int64_t longest(std::span<const RoutedQuery> queries) const;
    [[nodiscard]] std::size_t queries_of_a_pass(std::span<const RoutedQuery> queries) const;
    [[nodiscard]] Halving halving(BatchLimit& limit) const;
    [[nodiscard]] Status check_input(const ModelInput& input) const;
    [[nodiscard]] at::TensorOptions options() const { return weights_.embedding.options(); }

    ModelConfig config_;
    MoaiWeights weights_;
    std::uint64_t serial_;  ///< unique in the process: a sample belongs to one model
    PromptTokenizer tokenizer_;
    ModelOptions model_options_;
    ModelInfo info_;
    RoutingSpace space_;
    Decoder decoder_;
    at::Tensor empty_map_features_;  ///< projected features of the all-zero map, computed once

    mutable std::mutex cache_mutex_;
    mutable std::list<std::pair<std::string, ImageStatePtr>> cache_;  ///< most recent first
    mutable std::size_t cache_bytes_ = 0;
    mutable std::mutex tuned_mutex_;
    mutable std::shared_ptr<const Model> tuned_;  ///< null: not opened yet
    mutable BatchLimit gradient_limit_, loss_limit_, answer_limit_;  ///< of one batch: gradients take many times a loss's memory
};

}  // namespace r2t2
