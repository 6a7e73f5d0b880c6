// The engine: everything that touches torch, behind a torch-free interface.
//
// `load_engine` opens the engine module (a shared library) at run time, so a program that includes this header
// starts without loading torch. One EngineModule per process; models opened from it may live together.
// Thread rule: Model is safe to use from several threads; each calling thread computes with its own
// `intra_op_threads`. PreparedSample values are immutable and shared.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/cancel.h"
#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/model/gate_training.h"
#include "core/model/mixer_view.h"
#include "core/model/token_sample.h"
#include "core/checkpoint/precision.h"
#include "core/routing/routed_model.h"

namespace r2t2 {

struct ModelOptions {
    Precision precision = Precision::Float32;
    std::string device = "cpu";                     ///< "cpu", "cuda", "cuda:1"
    int intra_op_threads = 1;                       ///< threads inside one operation, per calling thread; 0 = all processors for pictures
                                                    ///< of 256 tokens and more, 1 for smaller ones, whose operations are too short
    int max_new_tokens = 16;                        ///< answers are cut there
    int beams = 1;                                  ///< 1 = greedy; upstream evaluates with 3
    int candidates = 5;                             ///< first-token candidates kept with each answer
    std::size_t image_cache_bytes = 64u << 20;      ///< features shared between questions on one image (LRU)
    std::string prompt_template;                    ///< with {question}; empty = the checkpoint's
};

/// What a model is, for people and for reports.
struct ModelInfo {
    std::string directory;
    std::string name;                ///< "MoAI"
    std::string weights_hash;        ///< SHA-256 of the weight files, hexadecimal
    std::string identity;            ///< of all that its answers depend on, hexadecimal (core/checkpoint/model_identity.h)
    std::map<std::string, std::string> identity_parts;  ///< what `identity` is made of: field of config.json, file, weights
    std::string precision = "fp32";  ///< as the command line spells it: precision_name
    std::string device = "cpu";
    int beams = 1;                   ///< as ModelOptions
    int max_new_tokens = 16;         ///< as ModelOptions
    std::int64_t parameters = 0;
    std::int64_t weight_bytes = 0;   ///< memory the weights take, copies made for speed included (weight_memory.h)
    int image_size = 0;              ///< pixels a side that `ModelInput::rgb` must have
    int image_tokens = 0;
    int layers = 0;
    std::vector<int> mixer_layers;   ///< counted from 0
    int embedding_dim = 0;           ///< length of `Model::embed`
    bool miniature = false;          ///< the bundled model: numbers must be marked as such
    std::vector<std::string> remarks{};  ///< of its files: what is stated and not done, or unusual; a sentence each
};

/// One image and one question, as the model wants them.
struct ModelInput {
    std::vector<std::uint8_t> rgb;          ///< image_size x image_size x 3, rows top to bottom
    std::string image_key;                  ///< equal keys = equal pixels and facts: features are shared; empty = none
    std::string question;                   ///< without template
    std::string instruction;                ///< put in front of the question, but not embedded; may be empty
    std::string facts_text;                 ///< verbalised auxiliary facts; may be empty
    std::vector<std::uint8_t> segment_ids;  ///< image_size x image_size ids, empty = no map
    std::optional<std::string> answer;      ///< ground truth; needed for losses
    /// What every expert's output counts, [mixers, experts]: 1, or 0 for one that is silenced, whose weight is kept and whose output, without the token that
    /// passes by it, is nothing. Empty: all ones, to the bit. An experiment on the model, not a routing.
    RoutingMatrix loudness{};
};

/// A model on a device. Errors of every function: InvalidInput (names the field), OutOfMemory, Internal.
class Model : public RoutedModel {
public:
    [[nodiscard]] virtual const ModelInfo& info() const = 0;
    /// Whether the calling thread is one of several workers: its calls use one thread inside an operation, whatever ModelOptions says.
    virtual void work_side_by_side(bool yes) const = 0;
    /// Vision tower, projector, compressor, decoder up to the first mixer, that mixer's experts.
    [[nodiscard]] virtual Result<PreparedSamplePtr> prepare(const ModelInput& input) const = 0;
    /// Embedding of image and question for the task space: concatenation of mean question word embedding, mean
    /// vision feature and log pixel statistics (raw; a reference store centres and normalises the parts).
    struct Embedding {
        std::vector<float> question;  ///< mean word embedding of the question's tokens
        std::vector<float> vision;    ///< mean vision-tower feature
        std::vector<float> pixels;    ///< log of mean, std, mean |dx|, median |dx| of the grey image
    };
    [[nodiscard]] virtual Result<Embedding> embed(const ModelInput& input) const = 0;
    /// Gates of every image and prompt token, and where experts look in the picture, in every mixer. For looking at one
    /// sample: a pass that nothing is cached of.
    [[nodiscard]] virtual Result<MixerView> look(const PreparedSample& sample, const RoutingAction& action) const = 0;
    /// Ids of an input's prompt and answer: what another implementation needs to repeat a computation.
    [[nodiscard]] virtual Result<TokenSample> token_sample(const ModelInput& input) const = 0;
    /// Ids of a text, without BOS. Mostly for diagnostics.
    [[nodiscard]] virtual Result<std::vector<std::int32_t>> tokenize(const std::string& text) const = 0;
    /// The same model with the gates of a file (core/model/gate_training.h); all other weights are shared. Its info has another identity. Errors: the file's,
    /// gates of another model, of other shapes, too many or too few.
    [[nodiscard]] virtual Result<std::shared_ptr<const Model>> with_gates(const std::filesystem::path& file) const;
    /// That with tuned_gates_file() of its directory, opened once. Errors: there is no such file, which says how one is made; as with_gates.
    [[nodiscard]] virtual Result<std::shared_ptr<const Model>> tuned_gates() const;
    /// Learns gates by the answers' loss and writes the best of them to `file`. In fp32 or fp64. Looks at `cancel` once a batch. Errors: an input's, no answer,
    /// fewer than two samples, a loss that is not finite.
    [[nodiscard]] virtual Result<GateTraining> train_gates(const LabelledInputs& inputs, const GateTrainingOptions& options, const std::filesystem::path& file,
                                                           const ProgressCallback& progress, const CancelToken& cancel) const;
};

inline Result<std::shared_ptr<const Model>> Model::with_gates(const std::filesystem::path&) const {
    return Error{ErrorKind::Unsupported, "model", "gates", "a model whose gates cannot be replaced", "MoAI"};
}
inline Result<std::shared_ptr<const Model>> Model::tuned_gates() const { return with_gates({}); }
inline Result<GateTraining> Model::train_gates(const LabelledInputs&, const GateTrainingOptions&, const std::filesystem::path&, const ProgressCallback&, const CancelToken&) const {
    return Error{ErrorKind::Unsupported, "model", "gates", "a model whose gates cannot be trained", "MoAI"};
}

struct EngineVersions {
    std::string torch;
    std::string blas;       ///< "OpenBLAS 0.3.21": the library that is loaded; of another, what LibTorch was built for
    std::string kernels;    ///< "SkylakeX": which of its kernels compute; empty where the library does not say
    std::string processor;  ///< processor_name()
    std::string cuda;       ///< "none" or the version
    int cuda_devices = 0;
    std::string cuda_note;  ///< why there is none, when there is none
};

namespace kernels {
struct DeviceCheck;  // kernels/kernel_checks.h
}
class SentenceEncoder;  // core/model/sentence_encoder.h
struct TrainRequest;    // core/miniature/train_request.h

class EngineModule {
public:
    virtual ~EngineModule() = default;
    [[nodiscard]] virtual EngineVersions versions() const = 0;
    /// Every CUDA kernel against its CPU version, on a device. `large`: at MoAI-7B's sizes too.
    [[nodiscard]] virtual kernels::DeviceCheck check_device(int device, bool large) const = 0;
    /// `progress` hears of large checkpoints: megabytes read, and the tensor at hand. Looks at `cancel` a few times a second.
    [[nodiscard]] virtual Result<std::shared_ptr<const Model>> open_model(const std::filesystem::path& directory,
                                                                          const ModelOptions& options,
                                                                          const ProgressCallback& progress = {},
                                                                          const CancelToken& cancel = {}) = 0;
    /// A sentence encoder of the BERT family (core/model/sentence_encoder.h).
    [[nodiscard]] virtual Result<std::shared_ptr<const SentenceEncoder>> open_sentence_encoder(
        const std::filesystem::path& directory) = 0;
    /// Train the bundled world's model; see core/miniature/train_request.h.
    [[nodiscard]] virtual Status train_miniature(const TrainRequest& request, const ProgressCallback& progress,
                                                 const CancelToken& cancel) = 0;
};

/// Open the engine module next to the executable (or in R2T2_ENGINE). The module stays loaded until the process ends.
[[nodiscard]] Result<EngineModule*> load_engine();
/// What load_engine came to; null before it has ended and where it failed. Opens nothing and waits for nothing.
[[nodiscard]] EngineModule* loaded_engine();

}  // namespace r2t2
