#include "core/model/weight_matrix.h"


#include <algorithm>
#include <cassert>

#include "core/model/device_ops.h"
#include "core/model/fused_ops.h"
#include "core/model/worker_threads.h"
#include "kernels/quantised_weights.h"

namespace r2t2 {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;
using OptionalTensor = c10::optional<at::Tensor>;

/// Numbers decoded at once: 4 MB of float32 stay in the processor's cache; a device wants fewer, larger launches.
constexpr std::int64_t scratch_numbers_cpu = 1 << 20;
constexpr std::int64_t scratch_numbers_device = 1 << 24;

/// Rows of each of `weight`'s blocks, with the block in `type`.
template <typename Use>
void for_row_blocks(const WeightMatrix& weight, at::ScalarType type, Use&& use) {
    const auto sizes = weight.sizes();
    const std::int64_t numbers = weight.device().is_cpu() ? scratch_numbers_cpu : scratch_numbers_device;
    const std::int64_t step = std::max<std::int64_t>(1, numbers / std::max<std::int64_t>(1, sizes[1]));
    for (std::int64_t from = 0; from < sizes[0]; from += step) {
        const std::int64_t to = std::min(sizes[0], from + step);
        use(from, to, weight.dequantised_rows(from, to, type));
    }
}

/// y = x W^T + b, W decoded in blocks of rows.
class BlockLinear : public Function<BlockLinear> {
public:
    static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const WeightMatrix& weight,
                              const OptionalTensor& bias) {
        context->save_for_backward({weight.values(), weight.scales()});
        context->saved_data["format"] = static_cast<std::int64_t>(weight.format());
        context->saved_data["columns"] = weight.sizes()[1];
        const at::ScalarType type = product_type(x);
        const at::Tensor flat = x.reshape({-1, x.size(-1)}).to(type);
        const std::int64_t rows = weight.sizes()[0];
        at::Tensor y = at::empty({flat.size(0), rows}, flat.options());
        for_row_blocks(weight, type, [&](std::int64_t from, std::int64_t to, const at::Tensor& block) {
            at::Tensor part = y.slice(1, from, to);
            at::mm_out(part, flat, block.t());
        });
        if (bias.has_value()) {
            y.add_(bias->to(type));
        }
        std::vector<std::int64_t> shape = x.sizes().vec();
        shape.back() = rows;
        return y.view(shape).to(x.scalar_type());
    }
    static variable_list backward(AutogradContext* context, variable_list gradients) {
        const auto saved = context->get_saved_variables();
        const auto format = static_cast<WeightFormat>(context->saved_data["format"].toInt());
        const std::int64_t columns = context->saved_data["columns"].toInt();
        const WeightMatrix weight =
            format == WeightFormat::Dense ? WeightMatrix(saved[0]) : WeightMatrix(format, saved[0], saved[1], columns);
        const at::Tensor& dy = gradients[0];
        const at::ScalarType type = product_type(dy);
        const at::Tensor flat = dy.reshape({-1, dy.size(-1)}).to(type);
        at::Tensor dx = at::zeros({flat.size(0), columns}, flat.options());
        for_row_blocks(weight, type, [&](std::int64_t from, std::int64_t to, const at::Tensor& block) {
            dx.addmm_(flat.slice(1, from, to), block);
        });
        std::vector<std::int64_t> shape = dy.sizes().vec();
        shape.back() = columns;
        return {dx.view(shape).to(dy.scalar_type()), at::Tensor(), at::Tensor()};
    }

private:
    static at::ScalarType product_type(const at::Tensor& x) {
        return x.device().is_cpu() ? wide_type(x.scalar_type()) : x.scalar_type();
    }
};

/// [rows, columns] of NF4 levels, not scaled.
at::Tensor nf4_levels_of(const at::Tensor& codes, std::int64_t columns) {
    const at::Tensor levels = at::tensor(at::ArrayRef<float>(kernels::r2t2_nf4_levels, 16)).to(codes.device());
    const at::Tensor pairs = at::stack({codes.bitwise_right_shift(4), codes.bitwise_and(15)}, -1);
    return levels.index_select(0, pairs.reshape({-1}).to(at::kInt)).view({codes.size(0), -1}).slice(1, 0, columns);
}

}  // namespace

WeightMatrix::WeightMatrix(WeightFormat format, at::Tensor codes, at::Tensor scales, std::int64_t columns)
    : format_(format), values_(std::move(codes)), scales_(std::move(scales)), columns_(columns) {
    assert(format != WeightFormat::Dense && values_.dim() == 2 && scales_.size(0) == values_.size(0));
}

WeightMatrix WeightMatrix::quantise(const at::Tensor& dense, WeightFormat format) {
    if (format == WeightFormat::Dense) {
        return dense;
    }
    assert(dense.dim() == 2);
    const at::Tensor w = dense.detach().to(at::kCPU, at::kFloat).contiguous();
    const std::int64_t rows = w.size(0);
    const std::int64_t columns = w.size(1);
    if (format == WeightFormat::Int8) {
        at::Tensor codes = at::empty({rows, columns}, at::kChar);
        at::Tensor scales = at::empty({rows}, at::kFloat);
        kernels::r2t2_int8_quantise(w.data_ptr<float>(), rows, columns, codes.data_ptr<std::int8_t>(), scales.data_ptr<float>());
        return WeightMatrix(format, codes, scales, columns).to(dense.device());
    }
    at::Tensor codes = at::empty({rows, kernels::nf4_row_bytes(columns)}, at::kByte);
    at::Tensor scales = at::empty({rows, kernels::nf4_row_blocks(columns)}, at::kFloat);
    kernels::r2t2_nf4_quantise(w.data_ptr<float>(), rows, columns, codes.data_ptr<std::uint8_t>(), scales.data_ptr<float>());
    return WeightMatrix(format, codes, scales, columns).to(dense.device());
}

std::vector<std::int64_t> WeightMatrix::sizes() const {
    return format_ == WeightFormat::Dense ? values_.sizes().vec() : std::vector<std::int64_t>{values_.size(0), columns_};
}

std::int64_t WeightMatrix::numel() const {
    return format_ == WeightFormat::Dense ? values_.numel() : values_.size(0) * columns_;
}

std::size_t WeightMatrix::nbytes() const {
    return values_.nbytes() + (scales_.defined() ? scales_.nbytes() : 0);
}

const at::Tensor& WeightMatrix::dense() const {
    assert(format_ == WeightFormat::Dense);
    return values_;
}

at::Tensor WeightMatrix::dequantised_rows(std::int64_t from, std::int64_t to, at::ScalarType type) const {
    if (format_ == WeightFormat::Dense) {
        return values_.slice(0, from, to).to(type);
    }
    if (!values_.device().is_cpu()) {
        const at::Tensor decoded = device_dequantised_rows(*this, from, to, type);
        return decoded.defined() ? decoded : stock_dequantised_rows(*this, from, to, type);
    }
    at::Tensor out = at::empty({to - from, columns_}, at::kFloat);
    float* w = out.data_ptr<float>();
    const std::int64_t grain = (1 << 18) / std::max<std::int64_t>(1, columns_);  // a quarter of a millisecond and more
    share_out_rows(to - from, grain, [&](std::int64_t begin, std::int64_t end) {
        const std::int64_t row = from + begin;
        if (format_ == WeightFormat::Int8) {
            kernels::r2t2_int8_dequantise(values_.data_ptr<std::int8_t>() + row * columns_, scales_.data_ptr<float>() + row,
                                          end - begin, columns_, w + begin * columns_);
        } else {
            kernels::r2t2_nf4_dequantise(values_.data_ptr<std::uint8_t>() + row * values_.size(1),
                                         scales_.data_ptr<float>() + row * scales_.size(1), end - begin, columns_,
                                         w + begin * columns_);
        }
    });
    return out.to(type);
}

WeightMatrix WeightMatrix::to(const at::Device& device) const {
    WeightMatrix out = *this;
    out.values_ = values_.to(device);
    if (scales_.defined()) {
        out.scales_ = scales_.to(device);
    }
    return out;
}

at::Tensor stock_dequantised_rows(const WeightMatrix& weight, std::int64_t from, std::int64_t to, at::ScalarType type) {
    if (weight.format() == WeightFormat::Dense) {
        return weight.values().slice(0, from, to).to(type);
    }
    const at::Tensor codes = weight.values().slice(0, from, to);
    const at::Tensor scales = weight.scales().slice(0, from, to);
    if (weight.format() == WeightFormat::Int8) {
        return (codes.to(at::kFloat) * scales.unsqueeze(1)).to(type);
    }
    const std::int64_t columns = weight.sizes()[1];
    return (nf4_levels_of(codes, columns) * scales.repeat_interleave(kernels::nf4_block, 1).slice(1, 0, columns)).to(type);
}

at::Tensor linear_layer(const at::Tensor& x, const WeightMatrix& weight, const at::Tensor& bias) {
    if (weight.format() == WeightFormat::Dense && !narrow_on_cpu(x)) {
        return frozen_linear(x, weight.values(), bias);
    }
    if (const at::Tensor y = device_few_rows_product(x, weight); y.defined()) {
        return bias.defined() ? y + bias.to(y.scalar_type()) : y;
    }
    return BlockLinear::apply(x, weight, bias.defined() ? OptionalTensor(bias) : c10::nullopt);
}

}  // namespace r2t2
