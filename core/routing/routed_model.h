// The one small interface through which re-routing talks to a model. No torch, no pixels.
//
// A model prepares a sample once (everything routing cannot change) and then answers questions about it under
// any routing. Source: rerouting, "How a routing vector acts on the model".
// Thread rule: a RoutedModel may be used from several threads at once; PreparedSample is immutable.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/routing/routing_matrix.h"
#include "core/routing/routing_space.h"

namespace r2t2 {

/// What a mixer does instead of, or on top of, its own gates.
enum class RoutingMode {
    Fixed,  ///< every token of a group uses the given weights (the paper's)
    Offset  ///< every token keeps its gate logits and adds the given numbers before the softmax
};

/// Where an action acts; elsewhere the gates are the model's own. By default everywhere.
struct RoutingReach {
    std::size_t first_mixer = 0;  ///< this mixer and those behind it
    bool last_token = false;      ///< of the prompt's tokens the last alone, at which the answer begins: a language token, so that image tokens keep their gates
    bool operator==(const RoutingReach&) const = default;
    [[nodiscard]] bool everywhere() const { return *this == RoutingReach(); }
};

/// Instruction to the mixers. An empty matrix means the native gates.
/// Fixed: `values` are weights; Offset: `values` are added to the gate logits. Rows: 1 (shared) or mixers.
struct RoutingAction {
    RoutingMode mode = RoutingMode::Fixed;
    RoutingMatrix values;
    RoutingReach reach{};

    [[nodiscard]] bool native() const { return values.empty(); }
    [[nodiscard]] static RoutingAction native_gates() { return {}; }
    [[nodiscard]] static RoutingAction fixed(RoutingMatrix weights) { return {RoutingMode::Fixed, std::move(weights), {}}; }
    [[nodiscard]] static RoutingAction offset(RoutingMatrix delta) { return {RoutingMode::Offset, std::move(delta), {}}; }
};

/// A sample after everything that routing cannot change has been computed. Made by a model, opaque to others.
class PreparedSample {
public:
    virtual ~PreparedSample() = default;
    [[nodiscard]] virtual std::size_t bytes() const = 0;       ///< memory it holds
    [[nodiscard]] virtual bool has_label() const = 0;          ///< a ground-truth answer was given: losses exist
    /// Native gate weights averaged over the group's tokens, one row per mixer: [mixers, experts]. Costs a model
    /// pass the first time it is needed by the model that prepared it, nothing afterwards.
    [[nodiscard]] virtual const RoutingMatrix& native_routing() const = 0;
};
using PreparedSamplePtr = std::shared_ptr<const PreparedSample>;

/// What a loss is of.
enum class LossOf {
    Answer,     ///< mean cross-entropy over the ground-truth answer's tokens (teacher forced): needs a label
    Question,   ///< mean cross-entropy over the prompt's words behind the picture, each predicted from what stands before it, but for the first: no label
    FirstToken  ///< entropy of the probabilities of the answer's first token: no label
};

/// A loss in nats and its gradient with respect to the action's values.
struct LossGradient {
    double loss = 0.0;
    RoutingMatrix gradient;  ///< shape of the action's values; empty if not asked for
};

struct AnswerCandidate {
    std::string text;
    double probability = 0.0;
};

struct Answer {
    std::string text;                          ///< decoded, special tokens removed, stripped
    std::vector<std::int32_t> tokens;          ///< generated ids, without the stop token
    double confidence = 0.0;                   ///< exp(mean log-probability of the generated tokens)
    std::vector<AnswerCandidate> candidates;   ///< most probable first tokens, best first
    double margin = 0.0;                       ///< probability of the best minus the second best candidate
};

/// One (sample, action) pair of a batch.
struct RoutedQuery {
    const PreparedSample* sample = nullptr;
    RoutingAction action;
    LossOf loss = LossOf::Answer;  ///< what `loss_and_gradient` gives
};

class RoutedModel {
public:
    virtual ~RoutedModel() = default;

    [[nodiscard]] virtual const RoutingSpace& routing_space() const = 0;

    /// One batch: loss of every query and, if asked, d loss / d values. Native actions have no gradient. Queries of one batch share a mode, a
    /// granularity, a reach and what their losses are of. Errors: no label where one is needed; a prompt of one word, which has no loss of its own.
    [[nodiscard]] virtual Result<std::vector<LossGradient>> loss_and_gradient(std::span<const RoutedQuery> queries,
                                                                              bool gradient) const = 0;

    /// Greedy answers of one batch of queries.
    [[nodiscard]] virtual Result<std::vector<Answer>> answer(std::span<const RoutedQuery> queries) const = 0;

    /// Model passes so far on this thread: forward passes of one sample (a batch of n counts n), and backward ones.
    struct Passes {
        std::int64_t forward = 0;
        std::int64_t backward = 0;
        double waited = 0.0;  ///< seconds in calls that served others: not this caller's work
    };
    [[nodiscard]] virtual Passes passes() const = 0;
};

}  // namespace r2t2
