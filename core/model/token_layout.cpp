#include <limits>

#include "core/model/decoder.h"

namespace r2t2 {

namespace {

constexpr double lowest = -std::numeric_limits<float>::max();

/// True positions in the merged sequence for one row, in canonical order; padding gets 0.
void fill_positions(std::int64_t* out, const RowLengths& row, const TokenLayout& layout) {
    for (std::int64_t i = 0; i < layout.image; ++i) {
        *out++ = row.before + i;
    }
    const std::int64_t real = row.before + row.after;
    for (std::int64_t i = 0; i < layout.prompt; ++i) {
        const std::int64_t token = i - (layout.prompt - real);  // left padded
        *out++ = token < 0 ? 0 : (token < row.before ? token : token + layout.image);
    }
    for (std::int64_t i = 0; i < layout.answer; ++i) {
        *out++ = i < row.answer ? real + layout.image + i : 0;
    }
}

}  // namespace

RotaryTable rotary_table(std::int64_t dim, double base, double dynamic_factor, std::int64_t max_positions,
                         std::int64_t length, const at::TensorOptions& options) {
    const auto wide = options.dtype(options.dtype() == at::kDouble ? at::kDouble : at::kFloat);
    if (dynamic_factor > 0 && length > max_positions) {
        const double stretch = dynamic_factor * double(length) / double(max_positions) - (dynamic_factor - 1);
        base *= std::pow(stretch, double(dim) / double(dim - 2));
    }
    const at::Tensor exponent = at::arange(0, dim, 2, wide) / double(dim);
    const at::Tensor inverse = 1.0 / at::pow(at::full({}, base, wide), exponent);
    const at::Tensor angle = at::outer(at::arange(length, wide), inverse);
    const at::Tensor both = at::cat({angle, angle}, -1);
    return {both.cos().to(options.dtype()), both.sin().to(options.dtype())};
}

at::Tensor rotate(const at::Tensor& x, const at::Tensor& cos, const at::Tensor& sin) {
    const auto halves = x.chunk(2, -1);
    return x * cos + at::cat({-halves[1], halves[0]}, -1) * sin;
}

TokenLayout make_layout(const ModelConfig& config, const std::vector<RowLengths>& rows,
                        const at::TensorOptions& options, bool answers_are_language) {
    TokenLayout layout;
    layout.batch = static_cast<std::int64_t>(rows.size());
    layout.image = config.vision.patches();
    std::int64_t longest = 0;
    bool padded = false;
    for (const RowLengths& row : rows) {
        layout.prompt = std::max(layout.prompt, row.before + row.after);
        layout.answer = std::max(layout.answer, row.answer);
    }
    for (const RowLengths& row : rows) {
        padded = padded || row.before + row.after != layout.prompt || (answers_are_language && row.answer != layout.answer);
        longest = std::max(longest, row.before + row.after + row.answer + layout.image);
    }
    layout.language = layout.prompt + (answers_are_language ? layout.answer : 0);

    const std::int64_t length = layout.length();
    at::Tensor positions = at::zeros({layout.batch, length}, at::kLong);
    at::Tensor real = at::ones({layout.batch, length}, at::kBool);
    for (std::int64_t b = 0; b < layout.batch; ++b) {
        const RowLengths& row = rows[static_cast<std::size_t>(b)];
        fill_positions(positions.data_ptr<std::int64_t>() + b * length, row, layout);
        real[b].slice(0, layout.image, layout.image + layout.prompt - row.before - row.after).fill_(false);
        real[b].slice(0, layout.image + layout.prompt + row.answer).fill_(false);
    }
    // A query sees real keys at its own or earlier positions.
    at::Tensor allowed = positions.unsqueeze(2).ge(positions.unsqueeze(1)).logical_and(real.unsqueeze(1));
    if (config.hide_image_from_text) {
        allowed.slice(1, layout.image).slice(2, 0, layout.image).fill_(false);
    }
    layout.attention_bias =
        at::zeros({layout.batch, 1, length, length}, at::kFloat).masked_fill_(allowed.logical_not().unsqueeze(1), lowest);
    layout.text_real = real.slice(1, layout.image);
    const at::Tensor language = layout.text_real.slice(1, 0, layout.language);
    const at::TensorOptions gate_options = options.dtype(wide_type(c10::typeMetaToScalarType(options.dtype())));
    if (padded) {
        layout.language_bias = at::zeros({layout.batch, layout.language}, at::kFloat)
                                   .masked_fill_(language.logical_not(), lowest)
                                   .view({layout.batch, 1, 1, layout.language})
                                   .to(options);
    }
    layout.language_share = (language.to(at::kDouble) / language.sum(1, true)).unsqueeze(2).to(gate_options);
    const RotaryTable table = rotary_table(config.head_dim(), config.rope_theta, config.rope_dynamic_factor,
                                           config.max_position_embeddings, longest, at::TensorOptions(options).device(at::kCPU));
    const at::Tensor flat = positions.view({-1});
    layout.cos = table.cos.index_select(0, flat).view({layout.batch, length, -1}).to(options);
    layout.sin = table.sin.index_select(0, flat).view({layout.batch, length, -1}).to(options);
    layout.attention_bias = layout.attention_bias.to(options);
    layout.text_real = layout.text_real.to(options.device());
    return layout;
}

}  // namespace r2t2
