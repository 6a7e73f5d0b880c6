#include "core/model/device_ops.h"

#ifdef R2T2_HAVE_CUDA
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>

#include "kernels/cuda/device_kernels.h"
#include "kernels/quantised_weights.h"
#endif

namespace r2t2 {

#ifdef R2T2_HAVE_CUDA

namespace {

using kernels::cuda::Element;
using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;

Element element_of(at::ScalarType type) {
    return type == at::kHalf ? Element::F16 : type == at::kBFloat16 ? Element::BF16 : Element::F32;
}

bool kernel_type(at::ScalarType type) {
    return type == at::kFloat || type == at::kHalf || type == at::kBFloat16;
}

void* stream_of(const at::Tensor& t) {
    return c10::cuda::getCurrentCUDAStream(t.device().index()).stream();
}

/// A launch that fails is our bug or a broken device; either way the message says what was launched.
void require(int code, const char* kernel) {
    TORCH_CHECK(code == 0, kernel, ": ", kernels::cuda::error_text(code));
}

/// Rows that one sample shares with the batch are stored once: a stride of 0.
bool shared_rows(const at::Tensor& rows) {
    return rows.size(0) > 1 && rows.stride(0) == 0;
}

kernels::cuda::MixShape shape_of(const at::Tensor& rows, const at::Tensor& gate, bool shared) {
    return {gate.size(0), shared ? 1 : rows.size(0), rows.size(1), gate.size(1), rows.size(3), static_cast<int>(rows.size(2))};
}

class DeviceMixRows : public Function<DeviceMixRows> {
public:
    static at::Tensor forward(AutogradContext* context, const at::Tensor& rows_in, const at::Tensor& gate_in) {
        const c10::cuda::CUDAGuard guard(rows_in.device());
        const bool shared = shared_rows(rows_in);
        const at::Tensor rows = (shared ? rows_in.slice(0, 0, 1) : rows_in).contiguous();
        const at::Tensor gate = gate_in.to(at::kFloat).contiguous();
        at::Tensor out = at::empty({gate.size(0), rows.size(1), rows.size(3)}, rows.options());
        require(kernels::cuda::mix_rows(shape_of(rows, gate, shared), element_of(rows.scalar_type()), rows.data_ptr(), gate.data_ptr<float>(),
                                        out.data_ptr(), stream_of(rows)),
                "mix_rows");
        context->save_for_backward({rows, gate});
        context->saved_data["shared"] = shared;
        context->saved_data["type"] = static_cast<std::int64_t>(gate_in.scalar_type());
        return out;
    }
    static variable_list backward(AutogradContext* context, variable_list gradients) {
        const auto saved = context->get_saved_variables();
        const at::Tensor &rows = saved[0], &gate = saved[1];
        const c10::cuda::CUDAGuard guard(rows.device());
        const kernels::cuda::MixShape shape = shape_of(rows, gate, context->saved_data["shared"].toBool());
        const at::Tensor dout = gradients[0].to(rows.scalar_type()).contiguous();
        at::Tensor dgate = at::empty_like(gate);
        at::Tensor partial = at::empty({shape.gate_tokens == 1 ? shape.batch * shape.tokens * shape.experts : 0}, gate.options());
        require(kernels::cuda::mix_rows_gradient(shape, element_of(rows.scalar_type()), rows.data_ptr(), dout.data_ptr(), partial.data_ptr<float>(),
                                                 dgate.data_ptr<float>(), stream_of(rows)),
                "mix_rows_gradient");
        return {at::Tensor(), dgate.to(static_cast<at::ScalarType>(context->saved_data["type"].toInt()))};
    }
};

}  // namespace

bool device_serves(const at::Tensor& tensor) {
    return tensor.is_cuda() && kernel_type(tensor.scalar_type());
}

at::Tensor device_mix_rows(const at::Tensor& rows, const at::Tensor& gate) {
    return DeviceMixRows::apply(rows, gate);
}

at::Tensor device_dequantised_rows(const WeightMatrix& weight, std::int64_t from, std::int64_t to, at::ScalarType type) {
    if (weight.format() == WeightFormat::Dense || !weight.values().is_cuda() || !kernel_type(type)) {
        return {};
    }
    const c10::cuda::CUDAGuard guard(weight.device());
    const at::Tensor codes = weight.values().slice(0, from, to).contiguous();
    const at::Tensor scales = weight.scales().slice(0, from, to).contiguous();
    const std::int64_t columns = weight.sizes()[1];
    at::Tensor out = at::empty({to - from, columns}, codes.options().dtype(type));
    const int code = weight.format() == WeightFormat::Int8
                         ? kernels::cuda::dequantise_int8(codes.data_ptr<std::int8_t>(), scales.data_ptr<float>(), to - from, columns,
                                                          element_of(type), out.data_ptr(), stream_of(out))
                         : kernels::cuda::dequantise_nf4(codes.data_ptr<std::uint8_t>(), scales.data_ptr<float>(), to - from, columns,
                                                         element_of(type), out.data_ptr(), stream_of(out));
    require(code, "dequantise");
    return out;
}

at::Tensor device_few_rows_product(const at::Tensor& x, const WeightMatrix& weight) {
    constexpr std::int64_t most = 8;
    const std::int64_t outputs = weight.sizes()[0], columns = weight.sizes()[1];
    const std::int64_t count = x.numel() / columns;
    if (weight.format() == WeightFormat::Dense || !device_serves(x) || count < 1 || count > most ||
        (at::GradMode::is_enabled() && x.requires_grad())) {
        return {};
    }
    const c10::cuda::CUDAGuard guard(x.device());
    const at::Tensor rows = x.contiguous();
    std::vector<std::int64_t> shape = x.sizes().vec();
    shape.back() = outputs;
    at::Tensor y = at::empty(shape, x.options());
    const Element type = element_of(x.scalar_type());
    const int code = weight.format() == WeightFormat::Int8
                         ? kernels::cuda::multiply_int8(weight.values().data_ptr<std::int8_t>(), weight.scales().data_ptr<float>(), outputs, columns,
                                                        count, type, rows.data_ptr(), y.data_ptr(), stream_of(y))
                         : kernels::cuda::multiply_nf4(weight.values().data_ptr<std::uint8_t>(), weight.scales().data_ptr<float>(), outputs, columns,
                                                       count, type, rows.data_ptr(), y.data_ptr(), stream_of(y));
    require(code, "multiply");
    return y;
}

#else

bool device_serves(const at::Tensor&) { return false; }
at::Tensor device_mix_rows(const at::Tensor&, const at::Tensor&) { return {}; }
at::Tensor device_dequantised_rows(const WeightMatrix&, std::int64_t, std::int64_t, at::ScalarType) { return {}; }
at::Tensor device_few_rows_product(const at::Tensor&, const WeightMatrix&) { return {}; }

#endif

}  // namespace r2t2
