// MoaiModel: what gates and experts do with every token of one sample.
//
// Runs the layers from the first mixer to the last one plainly, on the residual streams that the prepared sample keeps,
// and reads gates and mixer inputs off the trace. Attention of an expert is computed a second time, head by head, because
// the fused kernels never hold the probabilities of all heads.
#include <cassert>
#include <cmath>

#include "core/model/moai_calls.h"
#include "core/model/moai_model.h"
#include "core/model/routed_batch.h"

namespace r2t2 {

namespace {

/// An expert whose keys are image tokens, and the tokens that ask it.
struct ImageReader {
    std::size_t expert;  ///< routing column
    bool asked_by_image;
};
constexpr ImageReader image_readers[] = {{2, true}, {4, false}};  // img_self, lang_img

/// gelu(W1 W0 x), the shape of an expert's projections.
at::Tensor apply_projection(const LowRank& projection, const at::Tensor& x) {
    return gelu_erf(linear_layer(linear_layer(x, projection.first, {}), projection.second, {}));
}

/// Mean over heads and queries of softmax(q k^T / sqrt(d)). queries [n, H]; keys [m, H] -> [m] double. One head's [n, m]
/// at a time: 1,225 x 1,225 floats are 6 MB.
at::Tensor mean_attention(const at::Tensor& queries, const at::Tensor& keys, std::int64_t heads) {
    const std::int64_t d = queries.size(1) / heads;
    const auto type = queries.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
    at::Tensor mean = at::zeros({keys.size(0)}, queries.options().dtype(at::kDouble));
    for (std::int64_t head = 0; head < heads; ++head) {
        const at::Tensor q = queries.slice(1, head * d, (head + 1) * d).to(type);
        const at::Tensor k = keys.slice(1, head * d, (head + 1) * d).to(type);
        const at::Tensor scores = at::matmul(q, k.t()) / std::sqrt(double(d));
        mean += at::softmax(scores, -1).mean(at::IntArrayRef{0}, /*keepdim=*/false, at::kDouble);
    }
    return mean / double(heads);
}

void append_floats(std::vector<float>& out, const at::Tensor& values) {
    const at::Tensor flat = values.to(at::kCPU, at::kFloat).contiguous();
    out.insert(out.end(), flat.data_ptr<float>(), flat.data_ptr<float>() + flat.numel());
}

/// Writes the traced tensors of the mixers into a view, mixer after mixer.
class MixerWatch {
public:
    MixerWatch(const Decoder& decoder, const TokenLayout& layout, MixerView& view)
        : decoder_(decoder), layout_(layout), view_(view) {}

    void see(const std::string& name, const at::Tensor& value) {
        if (!name.starts_with("mixer.")) {
            return;
        }
        const std::string part = name.substr(name.rfind('.') + 1);
        if (part == "in") {
            see_input(value);
        } else if (part == "gate_img") {
            append_gates(0, value, layout_.image);
        } else if (part == "gate_lang") {
            append_gates(1, value, layout_.prompt);
        }
    }

private:
    /// weights [1, n or 1, 3]: fixed routing has one row for all tokens.
    void append_gates(std::size_t group, const at::Tensor& weights, std::int64_t tokens) {
        append_floats(view_.groups[group].weights, weights.expand({-1, tokens, -1}));
    }
    /// The mixer's normalised tokens [1, P + T, H]; the first thing traced of a mixer.
    void see_input(const at::Tensor& tokens) {
        const MixerWeights& weights = decoder_.weights().mixers[view_.mixers++];
        const at::Tensor image = tokens[0].slice(0, 0, layout_.image);
        const at::Tensor language = tokens[0].slice(0, layout_.image);
        for (std::size_t i = 0; i < std::size(image_readers); ++i) {
            const ExpertWeights& expert = weights.experts[image_readers[i].expert];
            const at::Tensor queries = apply_projection(expert.q, image_readers[i].asked_by_image ? image : language);
            const at::Tensor keys = apply_projection(expert.k, image);
            append_floats(view_.attention[i].over_image,
                          mean_attention(queries, keys, decoder_.config().expert_heads));
        }
    }

    const Decoder& decoder_;
    const TokenLayout& layout_;
    MixerView& view_;
};

std::vector<std::string> patch_names(int rows, int columns) {
    std::vector<std::string> names;
    for (int r = 1; r <= rows; ++r) {
        for (int c = 1; c <= columns; ++c) {
            names.push_back("row " + std::to_string(r) + ", column " + std::to_string(c));
        }
    }
    return names;
}

/// The piece of text behind a token; sentencepiece's U+2581 is a space.
std::string piece_text(const Tokenizer& tokenizer, std::int64_t id) {
    std::string text = tokenizer.piece(static_cast<std::int32_t>(id)).text;
    const std::string space = "\xe2\x96\x81";
    for (std::size_t at = text.find(space); at != std::string::npos; at = text.find(space, at)) {
        text.replace(at, space.size(), 1, ' ');
    }
    return strip(text);
}

}  // namespace

Result<MixerView> MoaiModel::look(const PreparedSample& sample, const RoutingAction& action) const {
    auto out = with_second_try([this] { drop_caches(); }, [&] { return look_once(sample, action); });
    const RoutedQuery query{&sample, action};
    return out ? std::move(out) : with_advice(out.error(), {&query, 1});
}

Result<MixerView> MoaiModel::look_once(const PreparedSample& sample, const RoutingAction& action) const {
    return guarded("look", [&]() -> Result<MixerView> {
        use_threads(model_options_.intra_op_threads);
        const at::NoGradGuard no_grad;
        const RoutedQuery query{&sample, action};
        Result<std::vector<const MoaiSample*>> samples = samples_of({&query, 1}, serial_, false);
        R2T2_TRY(samples);
        Result<MixerRouting> routing = mixer_routing({&query, 1}, space_, options());
        R2T2_TRY(routing);
        const PackedBatch batch = pack(config_, *samples, /*with_answers=*/false, options());

        MixerView view;
        view.image_rows = view.image_columns = config_.vision.grid();
        view.groups.resize(2);
        view.groups[0].tokens = patch_names(view.image_rows, view.image_columns);
        for (const std::int64_t id : (*samples)[0]->tokens.prompt) {
            if (id != config_.image_token()) {
                view.groups[1].tokens.push_back(piece_text(tokenizer_.tokenizer(), id));
            }
        }
        const std::vector<std::string> names = space_.expert_names();
        for (const ImageReader& reader : image_readers) {
            view.attention.push_back({names[reader.expert], {}});
        }

        MixerWatch watch(decoder_, batch.layout, view);
        const TensorTrace trace = [&watch](const std::string& name, const at::Tensor& value) { watch.see(name, value); };
        Decoder::Forward forward;
        forward.routing = &*routing;
        forward.aux = &batch.aux;
        forward.layout = &batch.layout;
        forward.loudness = &batch.loudness;
        forward.trace = &trace;
        const auto first = static_cast<std::size_t>(info_.mixer_layers.front());
        const auto last = static_cast<std::size_t>(info_.mixer_layers.back());
        const Streams out = decoder_.run(batch.residual, first, last + 1, forward);
        assert(view.mixers == space_.mixers && out.text.defined());
        ++passes_of_this_thread().forward;
        return view;
    });
}

}  // namespace r2t2
