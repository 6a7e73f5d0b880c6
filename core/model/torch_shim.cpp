#include "core/model/torch_shim.h"

#include <ATen/Context.h>
#include <torch/csrc/api/include/torch/version.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "core/model/activation_memory.h"

namespace r2t2 {

namespace {

class GeluErf : public torch::autograd::Function<GeluErf> {
public:
    static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& x) {
        context->save_for_backward({x});
        return at::gelu(x);
    }
    static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                   torch::autograd::variable_list gradients) {
        const at::Tensor x = context->get_saved_variables()[0];
        return {at::gelu_backward(gradients[0].contiguous(), x.contiguous())};  // contiguous: see configure_torch
    }
};

}  // namespace

void configure_torch() {
    at::globalContext().setUserEnabledMkldnn(false);
#ifdef __GLIBC__
    // Activations of a few hundred kB are otherwise mapped anew for every operation, unless something large happened to be
    // freed before: 4 % of a descent on the miniature goes into page faults.
    mallopt(M_MMAP_THRESHOLD, 4 << 20);
    mallopt(M_TRIM_THRESHOLD, 32 << 20);
#endif
    pool_activation_memory();
}

at::Tensor gelu_erf(const at::Tensor& x) {
    return GeluErf::apply(x);
}

at::Tensor rms_norm(const at::Tensor& x, const at::Tensor& weight, double eps) {
    const bool widen = x.scalar_type() != at::kFloat && x.scalar_type() != at::kDouble;
    const at::Tensor wide = widen ? x.to(at::kFloat) : x;
    const at::Tensor normed = wide * at::rsqrt(wide.pow(2).mean(-1, /*keepdim=*/true) + eps);
    return (widen ? normed.to(x.scalar_type()) : normed) * weight;
}

#if TORCH_VERSION_MAJOR >= 2
bool has_device_attention(const at::Tensor& q) {
    return !q.device().is_cpu();
}

at::Tensor device_attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const at::Tensor& bias) {
    const c10::optional<at::Tensor> mask = bias.defined() ? c10::optional<at::Tensor>(bias.to(q.scalar_type())) : c10::nullopt;
    return at::scaled_dot_product_attention(q, k, v, mask);
}
#else
bool has_device_attention(const at::Tensor&) {
    return false;
}

at::Tensor device_attention(const at::Tensor&, const at::Tensor&, const at::Tensor&, const at::Tensor&) {
    return {};
}
#endif

at::Tensor softmax_last(const at::Tensor& x) {
    const bool widen = x.scalar_type() != at::kFloat && x.scalar_type() != at::kDouble;
    return widen ? at::softmax(x, -1, at::kFloat).to(x.scalar_type()) : at::softmax(x, -1);
}

}  // namespace r2t2
