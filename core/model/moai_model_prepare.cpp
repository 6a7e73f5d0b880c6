// MoaiModel: from pixels and words to a prepared sample.
#include <algorithm>
#include <cmath>

#include "core/model/moai_calls.h"
#include "core/model/moai_model.h"

namespace r2t2 {

namespace {

at::Tensor pixels_tensor(const std::vector<std::uint8_t>& rgb, int size) {
    const at::Tensor hwc = at::from_blob(const_cast<std::uint8_t*>(rgb.data()), {size, size, 3}, at::kByte);
    return hwc.permute({2, 0, 1}).unsqueeze(0).to(at::kFloat).contiguous();
}

Loudness loudness_tensor(const RoutingMatrix& loudness, const at::TensorOptions& options) {
    if (loudness.empty()) {
        return {};
    }
    const auto rows = static_cast<std::int64_t>(loudness.rows()), experts = static_cast<std::int64_t>(loudness.experts());
    at::Tensor out = at::empty({1, rows, experts}, at::kDouble);
    std::copy(loudness.values().begin(), loudness.values().end(), out.data_ptr<double>());
    return out.to(options);
}

RoutingMatrix to_matrix(const std::vector<at::Tensor>& gates) {
    RoutingMatrix out(gates.size(), static_cast<std::size_t>(gates[0].size(1)));
    for (std::size_t m = 0; m < gates.size(); ++m) {
        const at::Tensor row = gates[m][0].to(at::kCPU, at::kDouble).contiguous();
        std::copy_n(row.data_ptr<double>(), out.experts(), out.row(m).begin());
    }
    return out;
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

}  // namespace

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
    const RoutingMatrix& loudness = input.loudness;
    if (!loudness.empty() && (loudness.rows() != space_.mixers || loudness.experts() != space_.expert_count() || !all_finite(loudness))) {
        return invalid_input("sample", "loudness of the experts", std::to_string(loudness.rows()) + " x " + std::to_string(loudness.experts()),
                             std::to_string(space_.mixers) + " x " + std::to_string(space_.expert_count()) + " finite numbers");
    }
    if (strip(input.question).empty()) {
        return invalid_input("question", {}, "nothing", "a question");
    }
    for (const auto& [text, token] : tokenizer_.added()) {
        if (!token.special) {
            continue;  // a word
        }
        for (const auto& [field, value] : {std::pair{"question", &input.question}, {"instruction", &input.instruction}}) {
            if (value->find(text) != std::string::npos) {
                return invalid_input(field, {}, "\"" + text + "\"", "text without the model's special tokens");
            }
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
    put("{question}", input.instruction.empty() ? input.question : input.instruction + " " + input.question);
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
        for (const std::int32_t id : tokenizer_.encode(*input.answer, PromptTokenizer::CutOut::WordsAlone)) {
            sample.answer.push_back(id);
        }
    }
    return sample;
}

Result<MoaiModel::ImageStatePtr> MoaiModel::compute_image_state(const ModelInput& input) const {
    const int side = config_.vision.image_size;
    auto state = std::make_shared<ImageState>();
    const at::Tensor pixels = normalise_pixels(pixels_tensor(input.rgb, side), config_.norm_fp16_compat).to(options());
    const at::Tensor tower = vision_tower(config_, weights_, pixels);
    state->features = project(weights_, tower)[0].contiguous();
    state->tower_mean = tower[0].mean(0);
    at::Tensor map = empty_map_features_;
    if (std::any_of(input.segment_ids.begin(), input.segment_ids.end(), [](std::uint8_t id) { return id != 0; })) {
        const at::Tensor ids = at::from_blob(const_cast<std::uint8_t*>(input.segment_ids.data()), {side, side}, at::kByte);
        const double scale = config_.segment_map_full_scale ? 255.0 : 1.0;
        const at::Tensor colours = segment_colours(ids).unsqueeze(0).contiguous() * scale;
        const at::Tensor normalised = normalise_pixels(colours, config_.norm_fp16_compat).to(options());
        map = project(weights_, vision_tower(config_, weights_, normalised))[0];
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
    auto out = with_second_try([this] { drop_caches(); }, [&] { return prepare_once(input); });
    return out ? std::move(out) : with_advice(out.error(), 1, tokens_of(input));
}

Result<Model::Embedding> MoaiModel::embed(const ModelInput& input) const {
    auto out = with_second_try([this] { drop_caches(); }, [&] { return embed_once(input); });
    return out ? std::move(out) : with_advice(out.error(), 1, tokens_of(input));
}

/// Image, prompt and answer; 0 for an input that cannot be told.
std::int64_t MoaiModel::tokens_of(const ModelInput& input) const {
    const Result<TokenSample> tokens = token_sample(input);
    return tokens ? info_.image_tokens + std::int64_t(tokens->prompt.size() + tokens->answer.size()) - 1 : 0;
}

Result<PreparedSamplePtr> MoaiModel::prepare_once(const ModelInput& input) const {
    return guarded("prepare sample", [&]() -> Result<PreparedSamplePtr> {
        use_threads(model_options_.intra_op_threads);
        const at::NoGradGuard no_grad;
        Result<TokenSample> tokens = token_sample(input);
        R2T2_TRY(tokens);
        Result<ImageStatePtr> image = image_state(input);
        R2T2_TRY(image);
        Result<std::shared_ptr<MoaiSample>> sample =
            prepare_tokens(decoder_, std::move(*tokens), (*image)->features, (*image)->compressed, loudness_tensor(input.loudness, options()));
        R2T2_TRY(sample);
        (*sample)->model = serial_;
        const MoaiSample* one = sample->get();
        const PackedBatch batch = pack(config_, {&one, 1}, false, options());
        (*sample)->native = to_matrix(run_routed(decoder_, batch, {}, false, true).gates);
        ++passes_of_this_thread().forward;
        return PreparedSamplePtr(std::move(*sample));
    });
}

Result<Model::Embedding> MoaiModel::embed_once(const ModelInput& input) const {
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

}  // namespace r2t2
