#include "core/miniature/trainer/trainer.h"

#include <ATen/Parallel.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <numbers>

#include "core/base/atomic_file.h"
#include "core/miniature/tool_facts.h"
#include "core/miniature/trainer/dice.h"
#include "core/miniature/trainer/initialise.h"
#include "core/miniature/trainer/naming_loss.h"
#include "core/miniature/trainer/pool.h"
#include "core/miniature/trainer/recipe.h"
#include "core/miniature/trainer/template_mix.h"
#include "core/miniature/trainer/train_state.h"
#include "core/miniature/vocabulary.h"
#include "core/model/weight_store.h"

namespace r2t2 {

namespace {

/// Warm-up, then cosine to 3 % of the top rate.
double rate_at(std::int64_t step, std::int64_t steps, double top, std::int64_t warm) {
    const double rise = std::min(1.0, double(step + 1) / double(warm));
    return top * rise * (0.03 + 0.97 * 0.5 * (1 + std::cos(std::numbers::pi * double(step) / double(steps))));
}

std::string text(const char* format, auto... values) {
    char buffer[160];
    std::snprintf(buffer, sizeof buffer, format, values...);
    return buffer;
}

class Trainer {
public:
    Trainer(const TrainRequest& request, Recipe recipe, ModelConfig config, PromptTokenizer tokenizer,
            const ProgressCallback& progress, const CancelToken& cancel)
        : request_(request), recipe_(std::move(recipe)), config_(std::move(config)), tokenizer_(std::move(tokenizer)),
          ids_(WordIds::of(tokenizer_.tokenizer())), world_(default_world()), mix_(world_, recipe_),
          maker_(world_, config_, tokenizer_), device_(request.device), progress_(progress), cancel_(cancel) {}

    Status run() {
        named_ = initial_weights(config_, tokenizer_.tokenizer(), request_.seed);
        for (auto& [name, tensor] : named_) {
            tensor = tensor.to(device_);
        }
        R2T2_TRY(bind());
        TrainState state;
        if (request_.resume) {
            Result<TrainState> found = read_state(state_directory(), request_.seed);
            if (found) {
                state = *found;
                resumed_ = true;
                mix_.restore(state.running_losses);
            } else if (found.error().kind != ErrorKind::NotFound) {
                return found.error();
            }
        }
        Result<TrainingPool> pool = TrainingPool::draw(world_, recipe_, request_.seed, progress_, cancel_);
        if (!pool) {
            return pool.error();
        }
        pool_ = std::move(*pool);
        for (int stage = state.stage; stage < 3; ++stage) {
            R2T2_TRY(run_stage(stage, stage == state.stage ? state.step : 0));
            resumed_ = false;
        }
        return write_checkpoint();
    }

private:
    std::filesystem::path state_directory() const { return request_.directory / "state"; }

    Status bind() {
        Result<MoaiWeights> weights = MoaiWeights::bind(config_, named_, "training");
        if (!weights) {
            return weights.error();
        }
        weights_ = std::move(*weights);
        return {};
    }

    Status run_stage(int stage, std::int64_t first) {
        const std::int64_t steps[] = {recipe_.wake_steps, recipe_.expert_steps, recipe_.gate_steps};
        const char* names[] = {"stage 0: naming", "stage 1: experts", "stage 2: gates"};
        AdamW optimiser(0.9, stage == 2 ? 0.999 : 0.98, 1e-8);
        add_parameters(stage, optimiser);
        if (resumed_) {
            R2T2_TRY(restore(state_directory(), named_, first > 0 ? &optimiser : nullptr));
        }
        if (stage > 0) {
            cache_features();
        }
        const auto begin = std::chrono::steady_clock::now();
        double smooth = 0;
        for (std::int64_t step = first; step < steps[stage]; ++step) {
            if (cancel_.cancelled()) {
                R2T2_TRY(save_state(state_directory(), {stage, step, mix_.named()}, named_, optimiser, request_.seed));
                return cancelled();
            }
            auto random = RandomStream::fork(request_.seed, names[stage], static_cast<std::uint64_t>(step));
            const double loss = stage == 0   ? wake_step(step, optimiser, random)
                                : stage == 1 ? expert_step(step, optimiser, random)
                                             : gate_step(step, optimiser, random);
            if (!std::isfinite(loss)) {
                return Error{ErrorKind::Internal, names[stage], "loss", "not finite at step " + std::to_string(step), {}};
            }
            smooth = step == first ? loss : 0.98 * smooth + 0.02 * loss;
            if (progress_ && (step % 20 == 0 || step + 1 == steps[stage])) {
                const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
                progress_({names[stage], step + 1, steps[stage],
                           text("loss %.3f, %.2f s a step", smooth, seconds / double(step - first + 1)) + detail_});
            }
            if ((step + 1) % 250 == 0 && step + 1 < steps[stage]) {
                R2T2_TRY(save_state(state_directory(), {stage, step + 1, mix_.named()}, named_, optimiser, request_.seed));
            }
        }
        for (auto& [name, tensor] : named_) {
            tensor.requires_grad_(false);
        }
        return save_state(state_directory(), {stage + 1, 0, mix_.named()}, named_, optimiser, request_.seed);
    }

    /// Which tensors a stage trains, how fast.
    void add_parameters(int stage, AdamW& optimiser) {
        for (const ParameterShape& parameter : parameter_table(config_)) {
            const std::string& name = parameter.name;
            const auto starts = [&name](const char* prefix) { return name.rfind(prefix, 0) == 0; };
            const bool gate = name.find("moai_GA") != std::string::npos;
            const bool expert = name.find("moai_CA") != std::string::npos || name.find("moai_SA") != std::string::npos;
            const bool vision = starts("vit");
            const bool front = starts("vision_proj") || starts("moai_comp") || starts("model.tok");
            const bool unused = name.find("post_layernorm") != std::string::npos;
            double rate = 0;
            if (stage == 0) {
                rate = vision || front ? 1 : 0;
            } else if (stage == 1) {
                rate = vision || gate ? 0 : expert || front ? 0.5 : 1;
            } else {
                rate = gate ? 1 : 0;
            }
            if (rate > 0 && !unused) {
                const bool matrix = parameter.shape.size() > 1 && name.find("embed") == std::string::npos;
                optimiser.add(name, named_[name], rate, matrix && stage < 2 ? recipe_.weight_decay : 0.0);
            }
        }
    }

    at::Tensor pixel_rows(const std::vector<std::int64_t>& pictures) const {
        const at::Tensor index = at::tensor(at::ArrayRef<std::int64_t>(pictures));
        return normalise_pixels(pool_.pixels().index_select(0, index).to(device_));
    }

    /// Features of the frozen tower, once.
    void cache_features() {
        if (features_.defined()) {
            return;
        }
        const at::NoGradGuard no_grad;
        std::vector<at::Tensor> parts;
        for (std::int64_t i = 0; i < pool_.size(); i += 256) {
            const at::Tensor pixels = normalise_pixels(pool_.pixels().slice(0, i, std::min(i + 256, pool_.size())).to(device_));
            parts.push_back(vision_tower(config_, weights_, pixels));
            if (progress_) {
                progress_({"vision features", i, pool_.size(), {}});
            }
        }
        features_ = at::cat(parts);
        blank_ = vision_tower(config_, weights_, normalise_pixels(at::zeros({1, 3, kWorldSide, kWorldSide}).to(device_)));
    }

    at::Tensor compress_facts(const TrainBatch& batch, const at::Tensor& map_rows) const {
        const std::int64_t rows = batch.fact_ids.size(0);
        const at::Tensor words = weights_.embedding.index_select(0, batch.fact_ids.view({-1}).to(device_))
                                     .view({rows, batch.fact_ids.size(1), config_.hidden_size});
        const at::Tensor map = map_rows.expand({rows, -1, -1});
        const at::Tensor real = at::cat({batch.fact_real, at::ones({rows, map.size(1)}, at::kBool)}, 1).to(device_);
        return compress(config_, weights_, at::cat({words, map}, 1), real);
    }

    /// One row: a question of `id` on a picture (another picture until one allows the question).
    void add_row(TrainBatch& batch, TemplateId id, bool readable, RandomStream& random) const {
        for (;;) {
            const std::int64_t picture = pool_.pick(random, readable);
            const Scene& scene = pool_.scene(picture);
            if (const auto question = maker_.ask(scene, id, random)) {
                const Scene seen = perceive(scene, world_.errors(pool_.domain(picture), ToolQuality::Good), random);
                const AuxiliaryFacts facts = facts_of(seen, world_, random);
                const bool plain = random.chance(recipe_.plain_share);
                const std::string_view instruction = kInstructions[random.chance(0.5) ? 0 : 1];
                maker_.add(batch, picture, scene, seen, facts, plain ? std::string() : std::string(instruction), *question);
                return;
            }
        }
    }

    double wake_step(std::int64_t step, AdamW& optimiser, RandomStream& random) {
        TrainBatch batch;
        for (std::int64_t b = 0; b < recipe_.wake_batch; ++b) {
            add_row(batch, TemplateId::Exists, false, random);
        }
        maker_.finish(batch);
        const at::Tensor rows = project(weights_, vision_tower(config_, weights_, pixel_rows(batch.pictures)));
        const at::Tensor blank = normalise_pixels(at::zeros({1, 3, kWorldSide, kWorldSide}).to(device_));
        const at::Tensor latents = compress_facts(batch, project(weights_, vision_tower(config_, weights_, blank)));
        double correct[3] = {0, 0, 0};
        const at::Tensor cells = cell_naming_loss(rows, weights_.embedding, ids_, batch.truth, step % 20 == 0 ? correct : nullptr);
        const at::Tensor facts = latent_naming_loss(latents, weights_.embedding, ids_, batch.perceived);
        if (step % 20 == 0) {
            detail_ = text(", cells: colour %.2f shape %.2f word %.2f, facts %.3f", correct[0], correct[1], correct[2],
                           facts.item<double>());
        }
        const at::Tensor loss = cells + facts;
        loss.backward();
        optimiser.step(rate_at(step, recipe_.wake_steps, recipe_.wake_rate, 50), recipe_.clip);
        return loss.item<double>();
    }

    double expert_step(std::int64_t step, AdamW& optimiser, RandomStream& random) {
        const bool easy = double(step) < recipe_.easy_share * double(recipe_.expert_steps);
        const std::vector<TemplateShare>& shares = easy ? recipe_.easy : recipe_.full;
        const std::vector<double> weights[] = {mix_.weights(shares, false), mix_.weights(shares, true)};  // eyes, tools
        const std::size_t mixers = weights_.mixers.size();
        at::Tensor routing = at::empty({recipe_.expert_batch, std::int64_t(mixers), 6}, at::kFloat);
        TrainBatch batch;
        std::vector<TemplateMix::Asked> asked;
        for (std::int64_t b = 0; b < recipe_.expert_batch; ++b) {
            float* row = routing.data_ptr<float>() + b * std::int64_t(mixers) * 6;
            const bool no_tools = draw_routing(recipe_, easy ? recipe_.easy_dice : recipe_.dice, mixers, random, row);
            const TemplateId id = shares[draw_index(weights[no_tools ? 0 : 1], random)].id;
            const bool reading = id == TemplateId::Read || id == TemplateId::Carrier || id == TemplateId::WordColour;
            asked.push_back({id, !no_tools});
            add_row(batch, id, reading && no_tools && random.chance(recipe_.readable_share), random);
        }
        maker_.finish(batch);
        NetworkInput input;
        input.samples = batch.tokens;
        const at::Tensor index = at::tensor(at::ArrayRef<std::int64_t>(batch.pictures));
        input.image_features = project(weights_, features_.index_select(0, index.to(features_.device())));
        input.compressed = compress_facts(batch, project(weights_, blank_));
        input.routing.kind = MixerRouting::Kind::Fixed;
        input.routing.values = routing.to(device_);
        const at::Tensor logits = forward_logits(input);
        const AnswerLoss first = answer_loss(logits.slice(1, 0, 1), labels_.slice(1, 0, 1));
        const at::Tensor answer = first.all;
        const at::Tensor stop = answer_loss(logits.slice(1, 1), labels_.slice(1, 1)).all;
        const at::Tensor naming = cell_naming_loss(input.image_features, weights_.embedding, ids_, batch.truth) +
                                  latent_naming_loss(input.compressed, weights_.embedding, ids_, batch.perceived);
        const at::Tensor loss = answer + recipe_.stop_weight * stop + recipe_.naming_weight * naming;
        loss.backward();
        optimiser.step(rate_at(step, recipe_.expert_steps, recipe_.expert_rate, 100), recipe_.clip);
        const at::Tensor each = first.sample.detach().to(at::kCPU);
        mix_.remember(asked, {each.data_ptr<float>(), asked.size()});
        detail_ = ";";
        for (const auto& [name, running] : mix_.named()) {
            detail_ += text(" %s %.2f", name.c_str(), running);
        }
        return answer.item<double>();
    }

    double gate_step(std::int64_t step, AdamW& optimiser, RandomStream& random) {
        TrainBatch batch;
        std::vector<at::Tensor> pixels;
        for (std::int64_t b = 0; b < recipe_.gate_batch; ++b) {
            // The router's world is small on purpose: a number that repeats gives the same sample again.
            const std::int64_t number =
                recipe_.gate_samples > 0 ? random.below(recipe_.gate_samples) : step * recipe_.gate_batch + b;
            Result<MiniatureSample> sample = make_sample(world_, "router", request_.seed, number);
            if (!sample) {
                return std::nan("");
            }
            const at::Tensor hwc = at::from_blob(sample->image.rgb.data(), {kWorldSide, kWorldSide, 3}, at::kByte);
            pixels.push_back(hwc.permute({2, 0, 1}).to(at::kFloat));
            maker_.add(batch, 0, sample->scene, sample->perceived, sample->facts, sample->instruction,
                       {sample->question, sample->answer});
        }
        maker_.finish(batch);
        NetworkInput input;
        {
            const at::NoGradGuard no_grad;
            input.image_features = project(weights_, vision_tower(config_, weights_, normalise_pixels(at::stack(pixels).to(device_))));
            input.compressed = compress_facts(batch, project(weights_, blank_));
        }
        input.samples = batch.tokens;
        const at::Tensor logits = forward_logits(input);
        const at::Tensor loss = answer_loss(logits.slice(1, 0, 1), labels_.slice(1, 0, 1)).all;
        loss.backward();
        const double left = double(recipe_.gate_steps - step) / (0.3 * double(recipe_.gate_steps));
        optimiser.step(recipe_.gate_rate * std::min(1.0, left), 1e9);
        detail_ = {};
        return loss.item<double>();
    }

    /// Logits at the answer positions; remembers the labels. Batches made here are always well formed.
    at::Tensor forward_logits(const NetworkInput& input) {
        Result<NetworkOutput> out = forward_network(config_, weights_, input);
        labels_ = out.value().labels;
        return out.value().logits;
    }

    Status write_checkpoint() {
        std::error_code code;
        std::filesystem::create_directories(request_.directory, code);
        R2T2_TRY(config_.write(request_.directory / "config.json"));
        R2T2_TRY(tokenizer_.tokenizer().model().write(request_.directory / "tokenizer.model"));
        return write_weights(named_, request_.directory / "model.safetensors");
    }

    TrainRequest request_;
    Recipe recipe_;
    ModelConfig config_;
    PromptTokenizer tokenizer_;
    WordIds ids_;
    WorldConfig world_;
    TemplateMix mix_;
    BatchMaker maker_;
    at::Device device_;
    const ProgressCallback& progress_;
    CancelToken cancel_;
    TensorMap named_;
    MoaiWeights weights_;
    TrainingPool pool_;
    at::Tensor features_, blank_, labels_;
    std::string detail_;
    bool resumed_ = false;
};

}  // namespace

Status train(const TrainRequest& request, const ProgressCallback& progress, const CancelToken& cancel) {
    try {
        configure_torch();
        at::set_num_threads(request.threads);
        const SentencePieceModel pieces = world_tokenizer_model();
        ModelConfig config = miniature_config(static_cast<int>(pieces.pieces.size()));
        R2T2_TRY(config.check("miniature"));
        Result<Tokenizer> tokenizer = Tokenizer::create(pieces);
        R2T2_TRY(tokenizer);
        Result<PromptTokenizer> prompt = PromptTokenizer::create(std::move(*tokenizer), {{"<image>", config.image_token()}});
        R2T2_TRY(prompt);
        Trainer trainer(request, shipped_recipe(request.scale), std::move(config), std::move(*prompt), progress, cancel);
        return trainer.run();
    } catch (const std::exception& error) {
        return Error{ErrorKind::Internal, "miniature train", {}, error.what(), {}};
    }
}

}  // namespace r2t2
