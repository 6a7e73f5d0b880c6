#include "core/model/moai_model.h"

#include <algorithm>
#include <atomic>
#include <thread>

#include "core/base/device_name.h"
#include "core/base/file_reader.h"
#include "core/base/sha256.h"
#include "core/checkpoint/model_identity.h"
#include "core/checkpoint/output_matrix.h"
#include "core/model/activation_memory.h"
#include "core/model/moai_calls.h"
#include "core/model/weight_store.h"

namespace r2t2 {

RoutedModel::Passes& passes_of_this_thread() {
    thread_local RoutedModel::Passes passes;
    return passes;
}

std::string strip(const std::string& text) {
    const auto begin = text.find_first_not_of(" \t\r\n");
    return begin == std::string::npos ? "" : text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

namespace {

/// Everything that a model is made from.
std::vector<std::filesystem::path> files_of(const std::filesystem::path& directory) {
    std::vector<std::filesystem::path> files;
    for (const char* name : {"config.json", "generation_config.json", "tokenizer.model", "model.safetensors.index.json"}) {
        files.push_back(directory / name);
    }
    for (const char* name : added_token_files) {
        files.push_back(directory / name);
    }
    std::error_code code;
    for (const auto& entry : std::filesystem::directory_iterator(directory, code)) {
        if (entry.path().extension() == ".safetensors") {
            files.push_back(entry.path());
        }
    }
    return files;
}

}  // namespace

Result<std::shared_ptr<const MoaiModel>> MoaiModel::open(const std::filesystem::path& directory,
                                                         const ModelOptions& options, const ProgressCallback& progress,
                                                         const CancelToken& cancel) {
    using Ptr = std::shared_ptr<const MoaiModel>;
    Result<Ptr> opened = guarded("open model", [&]() -> Result<Ptr> {
        configure_torch();
        use_threads(std::max(options.intra_op_threads, 1));
        const at::NoGradGuard no_grad;
        const Result<DeviceName> asked = parse_device(options.device);
        R2T2_TRY(asked);
        if (!asked->cuda && options.precision == Precision::Float16) {
            return Error{ErrorKind::Unsupported, "precision", {}, "fp16 on the CPU, which multiplies no float16",
                         "fp32, bf16, int8 or nf4; fp16 with a CUDA device"};
        }
        const int cards = asked->cuda && at::hasCUDA() ? static_cast<int>(at::detail::getCUDAHooks().getNumGPUs()) : 0;
        if (asked->cuda && !at::hasCUDA()) {
            return Error{ErrorKind::Unsupported, "device", options.device, "a LibTorch without CUDA, or no driver", "cpu"};
        }
        if (asked->cuda && asked->index >= cards) {
            return Error{ErrorKind::Unsupported, "device", options.device, std::to_string(cards) + (cards == 1 ? " card" : " cards"),
                         cards == 0 ? "cpu" : "cpu, cuda:0 to cuda:" + std::to_string(cards - 1)};
        }
        const FileMoment moment(files_of(directory));
        Result<ModelConfig> config = ModelConfig::read(directory / "config.json");
        R2T2_TRY(config);
        if (!options.prompt_template.empty()) {
            config->prompt_template = options.prompt_template;
            R2T2_TRY(config->check("options"));
        }
        Result<Checkpoint> checkpoint = Checkpoint::open(directory);
        R2T2_TRY(checkpoint);
        const std::string where = checkpoint->files().size() == 1 ? checkpoint->files()[0].string() : directory.string();
        const Result<std::optional<Error>> output = settle_output_matrix(*config, *checkpoint, where, cancel);
        R2T2_TRY(output);
        const at::Device device(options.device);
        const at::TensorOptions tensor_options = at::TensorOptions(scalar_type(options.precision, device)).device(device);
        Result<Tokenizer> pieces = Tokenizer::open(directory / "tokenizer.model");
        R2T2_TRY(pieces);
        if (pieces->piece_count() != config->vocab_size) {
            return invalid_input((directory / "tokenizer.model").string(), "pieces", std::to_string(pieces->piece_count()),
                                 std::to_string(config->vocab_size) + ", the model's vocab_size");
        }
        AddedTokens added = read_added_tokens(directory, *pieces, config->vocab_size);
        if (!added.problems.empty()) {
            return added.problems.front();
        }
        added.tokens.merge(AddedTokenMap{{"<unk>", 0}, {"<s>", config->bos_id}, {"</s>", config->eos_id}, {"<image>", config->image_token()}});
        Result<PromptTokenizer> tokenizer = PromptTokenizer::create(std::move(*pieces), added.tokens);
        R2T2_TRY(tokenizer);
        Result<LoadedWeights> loaded = read_weights(*config, *checkpoint, where, tensor_options,
                                                    weight_format(options.precision), progress, cancel);
        R2T2_TRY(loaded);
        const Result<std::string> tokenizer_hash = sha256_file(directory / "tokenizer.model");
        R2T2_TRY(tokenizer_hash);
        R2T2_TRY(moment.check());  // else parts of two models might stand together
        Result<MoaiWeights> weights = MoaiWeights::bind(*config, loaded->named, where);
        R2T2_TRY(weights);
        ModelInfo info;
        for (const Error& remark : config->remarks) {
            info.remarks.push_back(remark.message());
        }
        std::set<std::string> used;
        for (const std::filesystem::path& file : checkpoint->files()) {
            used.insert(file.filename().string());
        }
        for (const Error& remark : unused_weight_files(directory, used)) {
            info.remarks.push_back(remark.message());
        }
        for (const Error& remark : added.remarks) {
            info.remarks.push_back(remark.message());
        }
        if (*output) {
            info.remarks.push_back((*output)->message());
        }
        info.directory = directory.string();
        info.weights_hash = loaded->sha256;
        info.identity_parts = identity_parts(*config, loaded->sha256, *tokenizer_hash, added_tokens_text(added.tokens));
        info.identity = identity_of(info.identity_parts);
        info.beams = options.beams;
        info.max_new_tokens = options.max_new_tokens;
        info.precision = precision_name(options.precision);
        info.device = options.device;
        for (const auto& [name, weight] : loaded->named) {
            info.parameters += weight.numel();
            info.weight_bytes += static_cast<std::int64_t>(weight.nbytes());
        }
        loaded->named.clear();  // before copies are made
        info.weight_bytes += weights->prepare_for_inference(merged_copies(*config, options.precision) > 0);
        Ptr model = std::make_shared<MoaiModel>(std::move(*config), std::move(*weights), std::move(*tokenizer), options, std::move(info));
        release_activation_memory();  // what merging and the empty map needed
        return model;
    });
    if (opened || opened.error().kind != ErrorKind::OutOfMemory) {
        return opened;
    }
    Error error = opened.error();
    error.found = std::string("not enough memory for the weights in ") + precision_name(options.precision) + " on " + options.device +
                  " (" + error.found + ")";
    error.allowed = advised_precision(options.precision);
    return error.inside(directory.string());
}

MoaiModel::MoaiModel(ModelConfig config, MoaiWeights weights, PromptTokenizer tokenizer, ModelOptions options, ModelInfo info)
    : config_(std::move(config)),
      weights_(std::move(weights)),
      serial_([] {
          static std::atomic<std::uint64_t> next{1};
          return next++;
      }()),
      tokenizer_(std::move(tokenizer)),
      model_options_(std::move(options)),
      info_(std::move(info)),
      space_(config_.routing_space()),
      decoder_(config_, weights_) {
    info_.name = config_.name;
    info_.image_size = config_.vision.image_size;
    info_.image_tokens = config_.vision.patches();
    info_.layers = config_.layers;
    info_.mixer_layers = config_.mixer_layers();
    info_.embedding_dim = config_.hidden_size + config_.vision.hidden_size + 4;
    info_.miniature = config_.miniature;
    if (model_options_.intra_op_threads == 0) {
        model_options_.intra_op_threads = config_.vision.patches() >= 256 ? std::max(1, static_cast<int>(std::thread::hardware_concurrency())) : 1;
    }
    const at::NoGradGuard no_grad;
    const std::int64_t side = config_.vision.image_size;
    const at::Tensor blank = normalise_pixels(at::zeros({1, 3, side, side}, at::kFloat), config_.norm_fp16_compat).to(this->options());
    empty_map_features_ = project(weights_, vision_tower(config_, weights_, blank))[0];
}

void MoaiModel::work_side_by_side(bool yes) const {
    side_by_side() = yes;
}

RoutedModel::Passes MoaiModel::passes() const {
    return passes_of_this_thread();
}

Result<std::vector<std::int32_t>> MoaiModel::tokenize(const std::string& text) const {
    return tokenizer_.encode(text);
}

}  // namespace r2t2
