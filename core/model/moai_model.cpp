#include "core/model/moai_model.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <atomic>
#include <cmath>

#include "core/base/sha256.h"
#include "core/model/weight_store.h"

namespace r2t2 {

namespace {

thread_local RoutedModel::Passes thread_passes;

/// Each calling thread computes with its own number of threads: torch's default differs per thread.
void use_threads(int count) {
    thread_local int current = 0;
    if (current != count) {
        at::set_num_threads(count);
        current = count;
    }
}

/// Third-party exceptions stop here.
template <typename Function>
auto guarded(const char* what, Function&& function) -> decltype(function()) {
    try {
        return function();
    } catch (const std::bad_alloc&) {
        return Error{ErrorKind::OutOfMemory, what, {}, "no host memory left", {}};
    } catch (const c10::Error& error) {
        const std::string text = error.what_without_backtrace();
        const bool memory = text.find("out of memory") != std::string::npos ||
                            text.find("can't allocate memory") != std::string::npos;
        return Error{memory ? ErrorKind::OutOfMemory : ErrorKind::Internal, what, {}, text, {}};
    } catch (const std::exception& error) {
        return Error{ErrorKind::Internal, what, {}, error.what(), {}};
    }
}

Result<MixerRouting> mixer_routing(std::span<const RoutedQuery> queries, const RoutingSpace& space,
                                   const at::TensorOptions& options) {
    MixerRouting routing;
    const RoutingAction& first = queries[0].action;
    if (first.native()) {
        return routing;
    }
    routing.kind = first.mode == RoutingMode::Fixed ? MixerRouting::Kind::Fixed : MixerRouting::Kind::Offset;
    const auto rows = static_cast<std::int64_t>(first.values.rows());
    const auto experts = static_cast<std::int64_t>(space.expert_count());
    at::Tensor values = at::empty({std::int64_t(queries.size()), rows, experts}, at::kDouble);
    double* out = values.data_ptr<double>();
    for (const RoutedQuery& query : queries) {
        const RoutingMatrix& v = query.action.values;
        if (query.action.mode != first.mode || v.rows() != first.values.rows() || v.experts() != space.expert_count() ||
            (v.rows() != 1 && v.rows() != space.mixers)) {
            return Error{ErrorKind::Internal, "routing", "values",
                         std::to_string(v.rows()) + " x " + std::to_string(v.experts()),
                         "one mode a batch, 1 or " + std::to_string(space.mixers) + " rows of " + std::to_string(experts)};
        }
        out = std::copy(v.values().begin(), v.values().end(), out);
    }
    routing.values = values.to(options);
    return routing;
}

/// Packs of the last calls of this thread: the steps of a descent use one pack.
const PackedBatch& packed(const ModelConfig& config, std::span<const MoaiSample* const> samples, bool with_answers,
                          const at::TensorOptions& options) {
    thread_local std::list<PackedBatch> recent;
    std::vector<std::uint64_t> serials;
    for (const MoaiSample* s : samples) {
        serials.push_back(s->serial);
    }
    const auto same = std::find_if(recent.begin(), recent.end(), [&](const PackedBatch& p) {
        return p.with_answers == with_answers && p.serials == serials;
    });
    if (same != recent.end()) {
        recent.splice(recent.begin(), recent, same);
        return recent.front();
    }
    recent.push_front(pack(config, samples, with_answers, options));
    if (recent.size() > 2) {
        recent.pop_back();
    }
    return recent.front();
}

Result<std::vector<const MoaiSample*>> samples_of(std::span<const RoutedQuery> queries, std::uint64_t model,
                                                   bool need_labels) {
    std::vector<const MoaiSample*> samples;
    for (const RoutedQuery& query : queries) {
        const auto* sample = dynamic_cast<const MoaiSample*>(query.sample);
        if (sample == nullptr || sample->model != model) {
            return Error{ErrorKind::Internal, "sample", {}, "prepared by another model", "a sample of this model"};
        }
        if (need_labels && !sample->has_label()) {
            return invalid_input("sample", "answer", "none", "a ground-truth answer, which a loss needs");
        }
        samples.push_back(sample);
    }
    return samples;
}

at::Tensor pixels_tensor(const std::vector<std::uint8_t>& rgb, int size) {
    const at::Tensor hwc = at::from_blob(const_cast<std::uint8_t*>(rgb.data()), {size, size, 3}, at::kByte);
    return hwc.permute({2, 0, 1}).unsqueeze(0).to(at::kFloat).contiguous();
}

RoutingMatrix to_matrix(const std::vector<at::Tensor>& gates) {
    RoutingMatrix out(gates.size(), static_cast<std::size_t>(gates[0].size(1)));
    for (std::size_t m = 0; m < gates.size(); ++m) {
        const at::Tensor row = gates[m][0].to(at::kCPU, at::kDouble).contiguous();
        std::copy_n(row.data_ptr<double>(), out.experts(), out.row(m).begin());
    }
    return out;
}

std::string strip(const std::string& text) {
    const auto begin = text.find_first_not_of(" \t\r\n");
    return begin == std::string::npos ? "" : text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

/// Log of mean, standard deviation, mean |dx| and median |dx| of the grey picture: tells dim, noisy, busy pictures apart.
std::vector<float> pixel_statistics(const std::vector<std::uint8_t>& rgb, int size) {
    std::vector<float> grey(static_cast<std::size_t>(size) * size);
    for (std::size_t i = 0; i < grey.size(); ++i) {
        grey[i] = (float(rgb[3 * i]) + float(rgb[3 * i + 1]) + float(rgb[3 * i + 2])) / 3.0F;
    }
    double sum = 0, square = 0, slope = 0;
    std::vector<float> dx;
    for (int y = 0; y < size; ++y) {
        for (int x = 0; x < size; ++x) {
            const float v = grey[static_cast<std::size_t>(y) * size + x];
            sum += v;
            square += double(v) * v;
            if (x > 0) {
                dx.push_back(std::abs(v - grey[static_cast<std::size_t>(y) * size + x - 1]));
                slope += dx.back();
            }
        }
    }
    const double n = double(grey.size());
    const double mean = sum / n;
    const double deviation = std::sqrt(std::max(0.0, square / n - mean * mean));
    double median = 0;
    if (!dx.empty()) {
        std::nth_element(dx.begin(), dx.begin() + static_cast<std::ptrdiff_t>(dx.size() / 2), dx.end());
        median = dx[dx.size() / 2];
    }
    const double mean_slope = dx.empty() ? 0 : slope / double(dx.size());
    std::vector<float> out;
    for (const double value : {mean, deviation, mean_slope, median}) {
        out.push_back(static_cast<float>(std::log(1.0 + value)));
    }
    return out;
}

Result<std::string> hash_weights(const Checkpoint& checkpoint) {
    Sha256 hash;
    for (const auto& file : checkpoint.files()) {
        Result<std::string> one = sha256_file(file);
        if (!one) {
            return one.error();
        }
        if (checkpoint.files().size() == 1) {
            return one;
        }
        hash.update(*one);
    }
    return hash.hex();
}

}  // namespace

Result<std::shared_ptr<const MoaiModel>> MoaiModel::open(const std::filesystem::path& directory,
                                                         const ModelOptions& options) {
    using Ptr = std::shared_ptr<const MoaiModel>;
    return guarded("open model", [&]() -> Result<Ptr> {
        configure_torch();
        use_threads(options.intra_op_threads);
        const at::NoGradGuard no_grad;
        if (options.device != "cpu" && options.device.rfind("cuda", 0) != 0) {
            return invalid_input("device", {}, options.device, "cpu, cuda, or cuda:1 and so on");
        }
        if (options.device.rfind("cuda", 0) == 0 && !at::hasCUDA()) {
            return Error{ErrorKind::Unsupported, "device", options.device, "a LibTorch without CUDA, or no driver", "cpu"};
        }
        Result<ModelConfig> config = ModelConfig::read(directory / "config.json");
        R2T2_TRY(config);
        if (!options.prompt_template.empty()) {
            config->prompt_template = options.prompt_template;
            R2T2_TRY(config->check("options"));
        }
        Result<Checkpoint> checkpoint = Checkpoint::open(directory);
        R2T2_TRY(checkpoint);
        const std::string where = checkpoint->files().size() == 1 ? checkpoint->files()[0].string() : directory.string();
        const at::TensorOptions tensor_options = at::TensorOptions(scalar_type(options.precision)).device(options.device);
        Result<TensorMap> named = read_weights(*config, *checkpoint, where, tensor_options);
        R2T2_TRY(named);
        Result<MoaiWeights> weights = MoaiWeights::bind(*config, *named, where);
        R2T2_TRY(weights);
        Result<Tokenizer> pieces = Tokenizer::open(directory / "tokenizer.model");
        R2T2_TRY(pieces);
        if (pieces->piece_count() != config->vocab_size) {
            return invalid_input((directory / "tokenizer.model").string(), "pieces", std::to_string(pieces->piece_count()),
                                 std::to_string(config->vocab_size) + ", the model's vocab_size");
        }
        Result<PromptTokenizer> tokenizer = PromptTokenizer::create(
            std::move(*pieces), {{"<unk>", 0}, {"<s>", config->bos_id}, {"</s>", config->eos_id}, {"<image>", config->image_token()}});
        R2T2_TRY(tokenizer);
        Result<std::string> hash = hash_weights(*checkpoint);
        R2T2_TRY(hash);
        ModelInfo info;
        info.directory = directory.string();
        info.weights_hash = *hash;
        for (const auto& [name, tensor] : *named) {
            info.parameters += tensor.numel();
        }
        // A copy of small weights buys half the matrix products on image tokens.
        weights->prepare_for_inference(/*merge_adapters=*/info.parameters < 100'000'000);
        return Ptr(std::make_shared<MoaiModel>(std::move(*config), std::move(*weights), std::move(*tokenizer), options,
                                               std::move(info)));
    });
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
    const at::NoGradGuard no_grad;
    const std::int64_t side = config_.vision.image_size;
    const at::Tensor blank = normalise_pixels(at::zeros({1, 3, side, side}, at::kFloat)).to(this->options());
    empty_map_features_ = project(weights_, vision_tower(config_, weights_, blank))[0];
}

Status MoaiModel::check_input(const ModelInput& input) const {
    const auto side = static_cast<std::size_t>(config_.vision.image_size);
    if (input.rgb.size() != side * side * 3) {
        return invalid_input("image", "pixels", std::to_string(input.rgb.size()) + " bytes",
                             std::to_string(side) + " x " + std::to_string(side) + " x 3");
    }
    if (!input.segment_ids.empty() && input.segment_ids.size() != side * side) {
        return invalid_input("facts", "segment map", std::to_string(input.segment_ids.size()) + " pixels",
                             std::to_string(side) + " x " + std::to_string(side));
    }
    if (strip(input.question).empty()) {
        return invalid_input("question", {}, "nothing", "a question");
    }
    for (const auto& [text, id] : tokenizer_.added()) {
        if (input.question.find(text) != std::string::npos) {
            return invalid_input("question", {}, "\"" + text + "\"", "text without the model's special tokens");
        }
    }
    if (input.answer && strip(*input.answer).empty()) {
        return invalid_input("answer", {}, "nothing", "a ground-truth answer, or none at all");
    }
    return {};
}

Result<TokenSample> MoaiModel::token_sample(const ModelInput& input) const {
    R2T2_TRY(check_input(input));
    std::string prompt = config_.prompt();
    const auto put = [&prompt](const std::string& key, const std::string& value) {
        if (const auto at = prompt.find(key); at != std::string::npos) {
            prompt.replace(at, key.size(), value);
        }
    };
    put("{image}", "<image>");
    put("{question}", input.question);
    TokenSample sample;
    sample.prompt.push_back(config_.bos_id);
    for (const std::int32_t id : tokenizer_.encode(prompt)) {
        sample.prompt.push_back(id);
    }
    if (static_cast<int>(sample.prompt.size()) + config_.vision.patches() > config_.max_position_embeddings) {
        return invalid_input("question", {}, std::to_string(sample.prompt.size()) + " tokens",
                             "a prompt that fits " + std::to_string(config_.max_position_embeddings) + " positions");
    }
    if (input.answer) {
        for (const std::int32_t id : tokenizer_.tokenizer().encode(*input.answer)) {
            sample.answer.push_back(id);
        }
    }
    return sample;
}

Result<MoaiModel::ImageStatePtr> MoaiModel::compute_image_state(const ModelInput& input) const {
    const int side = config_.vision.image_size;
    auto state = std::make_shared<ImageState>();
    const at::Tensor pixels = normalise_pixels(pixels_tensor(input.rgb, side)).to(options());
    const at::Tensor tower = vision_tower(config_, weights_, pixels);
    state->features = project(weights_, tower)[0].contiguous();
    state->tower_mean = tower[0].mean(0);
    at::Tensor map = empty_map_features_;
    if (std::any_of(input.segment_ids.begin(), input.segment_ids.end(), [](std::uint8_t id) { return id != 0; })) {
        const at::Tensor ids = at::from_blob(const_cast<std::uint8_t*>(input.segment_ids.data()), {side, side}, at::kByte);
        const at::Tensor colours = normalise_pixels(segment_colours(ids).unsqueeze(0).contiguous()).to(options());
        map = project(weights_, vision_tower(config_, weights_, colours))[0];
    }
    std::vector<std::int64_t> ids{config_.bos_id};
    for (const std::int32_t id : tokenizer_.encode(input.facts_text)) {
        ids.push_back(id);
    }
    const at::Tensor words =
        weights_.embedding.index_select(0, at::tensor(at::ArrayRef<std::int64_t>(ids)).to(weights_.embedding.device()));
    state->compressed = compress(config_, weights_, at::cat({words, map}, 0).unsqueeze(0))[0].contiguous();
    state->bytes = state->features.nbytes() + state->tower_mean.nbytes() + state->compressed.nbytes();
    return ImageStatePtr(std::move(state));
}

Result<MoaiModel::ImageStatePtr> MoaiModel::image_state(const ModelInput& input) const {
    if (input.image_key.empty()) {
        return compute_image_state(input);
    }
    {
        const std::lock_guard lock(cache_mutex_);
        const auto hit = std::find_if(cache_.begin(), cache_.end(), [&](const auto& e) { return e.first == input.image_key; });
        if (hit != cache_.end()) {
            cache_.splice(cache_.begin(), cache_, hit);
            return cache_.front().second;
        }
    }
    Result<ImageStatePtr> state = compute_image_state(input);  // outside the lock: two threads may both compute it
    if (state) {
        const std::lock_guard lock(cache_mutex_);
        cache_.emplace_front(input.image_key, *state);
        cache_bytes_ += (*state)->bytes;
        while (cache_bytes_ > model_options_.image_cache_bytes && cache_.size() > 1) {
            cache_bytes_ -= cache_.back().second->bytes;
            cache_.pop_back();
        }
    }
    return state;
}

Result<PreparedSamplePtr> MoaiModel::prepare(const ModelInput& input) const {
    return guarded("prepare sample", [&]() -> Result<PreparedSamplePtr> {
        use_threads(model_options_.intra_op_threads);
        const at::NoGradGuard no_grad;
        Result<TokenSample> tokens = token_sample(input);
        R2T2_TRY(tokens);
        Result<ImageStatePtr> image = image_state(input);
        R2T2_TRY(image);
        Result<std::shared_ptr<MoaiSample>> sample =
            prepare_tokens(decoder_, std::move(*tokens), (*image)->features, (*image)->compressed);
        R2T2_TRY(sample);
        (*sample)->model = serial_;
        const MoaiSample* one = sample->get();
        const PackedBatch batch = pack(config_, {&one, 1}, false, options());
        (*sample)->native = to_matrix(run_routed(decoder_, batch, {}, false, true).gates);
        ++thread_passes.forward;
        return PreparedSamplePtr(std::move(*sample));
    });
}

Result<std::vector<LossGradient>> MoaiModel::loss_and_gradient(std::span<const RoutedQuery> queries, bool gradient) const {
    using Losses = std::vector<LossGradient>;
    if (queries.empty()) {
        return Losses{};
    }
    return guarded("loss and gradient", [&]() -> Result<Losses> {
        use_threads(model_options_.intra_op_threads);
        Result<std::vector<const MoaiSample*>> samples = samples_of(queries, serial_, true);
        R2T2_TRY(samples);
        Result<MixerRouting> routing = mixer_routing(queries, space_, options());
        R2T2_TRY(routing);
        const bool differentiate = gradient && routing->kind != MixerRouting::Kind::Native;
        const at::AutoGradMode mode(differentiate);
        const PackedBatch& batch = packed(config_, *samples, true, options());
        if (differentiate) {
            routing->values.requires_grad_(true);
        }
        const RoutedPass pass = run_routed(decoder_, batch, *routing, false, false);
        const at::Tensor loss = answer_loss(decoder_.logits(pass.hidden), batch.labels).sample;
        const auto count = static_cast<std::int64_t>(queries.size());
        thread_passes.forward += count;
        if (differentiate) {
            loss.sum().backward();  // rows do not mix: the sum's gradient holds every row's own
            thread_passes.backward += count;
        }
        const at::Tensor values = loss.detach().to(at::kCPU, at::kDouble).contiguous();
        at::Tensor gradients;
        if (differentiate) {
            gradients = routing->values.grad().to(at::kCPU, at::kDouble).contiguous();
        }
        Losses out(queries.size());
        for (std::int64_t b = 0; b < count; ++b) {
            LossGradient& item = out[static_cast<std::size_t>(b)];
            item.loss = values.data_ptr<double>()[b];
            if (differentiate) {
                const double* g = gradients.data_ptr<double>() + b * gradients.size(1) * gradients.size(2);
                item.gradient = RoutingMatrix(std::size_t(gradients.size(1)), std::size_t(gradients.size(2)),
                                              std::vector<double>(g, g + gradients.size(1) * gradients.size(2)));
            }
        }
        return out;
    });
}

Result<std::vector<Answer>> MoaiModel::answer(std::span<const RoutedQuery> queries) const {
    using Answers = std::vector<Answer>;
    if (queries.empty()) {
        return Answers{};
    }
    return guarded("answer", [&]() -> Result<Answers> {
        use_threads(model_options_.intra_op_threads);
        const at::NoGradGuard no_grad;
        Result<std::vector<const MoaiSample*>> samples = samples_of(queries, serial_, false);
        R2T2_TRY(samples);
        Result<MixerRouting> routing = mixer_routing(queries, space_, options());
        R2T2_TRY(routing);
        const GenerationOptions generation{model_options_.max_new_tokens, config_.eos_id, model_options_.candidates};
        std::vector<Generated> generated;
        if (model_options_.beams <= 1) {
            generated = generate_greedy(decoder_, packed(config_, *samples, false, options()), *routing, generation);
        } else {
            for (std::size_t b = 0; b < queries.size(); ++b) {
                MixerRouting one = *routing;
                if (one.values.defined()) {
                    one.values = routing->values.slice(0, std::int64_t(b), std::int64_t(b) + 1);
                }
                const MoaiSample* sample = (*samples)[b];
                generated.push_back(generate_beam(decoder_, pack(config_, {&sample, 1}, false, options()), one, generation,
                                                  model_options_.beams));
            }
        }
        thread_passes.forward += static_cast<std::int64_t>(queries.size());
        Answers out;
        for (const Generated& g : generated) {
            Answer answer;
            answer.tokens.assign(g.tokens.begin(), g.tokens.end());
            Result<std::string> text = tokenizer_.decode(answer.tokens);
            R2T2_TRY(text);
            answer.text = strip(*text);
            double sum = 0;
            for (const double p : g.log_probabilities) {
                sum += p;
            }
            answer.confidence = std::exp(sum / double(std::max<std::size_t>(g.log_probabilities.size(), 1)));
            for (const auto& [id, probability] : g.candidates) {
                const std::int32_t one = static_cast<std::int32_t>(id);
                Result<std::string> piece = tokenizer_.decode({&one, 1});
                answer.candidates.push_back({piece ? strip(*piece) : std::string(), probability});
            }
            if (g.candidates.size() > 1) {
                answer.margin = g.candidates[0].second - g.candidates[1].second;
            }
            out.push_back(std::move(answer));
        }
        return out;
    });
}

RoutedModel::Passes MoaiModel::passes() const {
    return thread_passes;
}

Result<Model::Embedding> MoaiModel::embed(const ModelInput& input) const {
    return guarded("embed sample", [&]() -> Result<Embedding> {
        use_threads(model_options_.intra_op_threads);
        const at::NoGradGuard no_grad;
        R2T2_TRY(check_input(input));
        Result<ImageStatePtr> image = image_state(input);
        R2T2_TRY(image);
        std::vector<std::int64_t> ids;
        for (const std::int32_t id : tokenizer_.encode(input.question)) {
            ids.push_back(id);
        }
        const at::Tensor index = at::tensor(at::ArrayRef<std::int64_t>(ids)).to(weights_.embedding.device());
        const auto floats = [](const at::Tensor& t) {
            const at::Tensor f = t.to(at::kCPU, at::kFloat).contiguous();
            return std::vector<float>(f.data_ptr<float>(), f.data_ptr<float>() + f.numel());
        };
        Embedding out;
        out.question = floats(weights_.embedding.index_select(0, index).mean(0));
        out.vision = floats((*image)->tower_mean);
        out.pixels = pixel_statistics(input.rgb, config_.vision.image_size);
        return out;
    });
}

Result<std::vector<std::int32_t>> MoaiModel::tokenize(const std::string& text) const {
    return tokenizer_.encode(text);
}

}  // namespace r2t2
