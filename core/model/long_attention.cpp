#include "core/model/long_attention.h"

#include <cmath>

namespace r2t2 {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;
using OptionalTensor = c10::optional<at::Tensor>;

/// Rows of one head of one batch row: [n, d], not copied.
at::Tensor head_of(const at::Tensor& x, std::int64_t b, std::int64_t head, std::int64_t d) {
    return x[b].slice(1, head * d, (head + 1) * d);
}

/// Probabilities [n, m] of one head, in `scores`' memory.
void probabilities(const at::Tensor& q, const at::Tensor& k, const at::Tensor& bias, std::int64_t b, double scale, at::Tensor& scores) {
    at::mm_out(scores, q, k.t());
    scores.mul_(scale);
    if (bias.defined()) {
        scores.add_(bias[bias.size(0) == 1 ? 0 : b][0]);
    }
    at::softmax_out(scores, scores, -1);
}

class LongAttention : public Function<LongAttention> {
public:
    static at::Tensor forward(AutogradContext* context, const at::Tensor& q_in, const at::Tensor& k_in, const at::Tensor& v_in,
                              const OptionalTensor& bias_in, std::int64_t heads, std::int64_t kv_heads) {
        const at::Tensor q = q_in.contiguous(), k = k_in.contiguous(), v = v_in.contiguous();
        const at::Tensor bias = bias_in.has_value() ? *bias_in : at::Tensor();
        const std::int64_t d = q.size(2) / heads, group = heads / kv_heads;
        at::Tensor out = at::empty_like(q);
        at::Tensor scores = at::empty({q.size(1), k.size(1)}, q.options());
        for (std::int64_t b = 0; b < q.size(0); ++b) {
            for (std::int64_t h = 0; h < heads; ++h) {
                probabilities(head_of(q, b, h, d), head_of(k, b, h / group, d), bias, b, 1.0 / std::sqrt(double(d)), scores);
                at::Tensor rows = head_of(out, b, h, d);
                at::mm_out(rows, scores, head_of(v, b, h / group, d));
            }
        }
        context->save_for_backward({q, k, v, bias, out});
        context->saved_data["heads"] = heads;
        context->saved_data["kv_heads"] = kv_heads;
        return out;
    }

    /// dp = dout v^T; ds = p (dp - <dout, out>); dq = ds k / sqrt(d); dk = ds^T q / sqrt(d); dv = p^T dout.
    static variable_list backward(AutogradContext* context, variable_list gradients) {
        const auto saved = context->get_saved_variables();
        const at::Tensor &q = saved[0], &k = saved[1], &v = saved[2], &bias = saved[3], &out = saved[4];
        const std::int64_t heads = context->saved_data["heads"].toInt(), kv_heads = context->saved_data["kv_heads"].toInt();
        const std::int64_t d = q.size(2) / heads, group = heads / kv_heads;
        const double scale = 1.0 / std::sqrt(double(d));
        const at::Tensor dout = gradients[0].contiguous();
        at::Tensor dq = at::empty_like(q), dk = at::zeros_like(k), dv = at::zeros_like(v);
        at::Tensor p = at::empty({q.size(1), k.size(1)}, q.options()), ds = at::empty_like(p);
        for (std::int64_t b = 0; b < q.size(0); ++b) {
            for (std::int64_t h = 0; h < heads; ++h) {
                const at::Tensor one_q = head_of(q, b, h, d), one_k = head_of(k, b, h / group, d), one_dout = head_of(dout, b, h, d);
                probabilities(one_q, one_k, bias, b, scale, p);
                head_of(dv, b, h / group, d).addmm_(p.t(), one_dout);
                at::mm_out(ds, one_dout, head_of(v, b, h / group, d).t());
                ds.sub_((one_dout * head_of(out, b, h, d)).sum(1, /*keepdim=*/true)).mul_(p);
                at::Tensor rows = head_of(dq, b, h, d);
                at::mm_out(rows, ds, one_k);
                rows.mul_(scale);
                head_of(dk, b, h / group, d).addmm_(ds.t(), one_q, /*beta=*/1, /*alpha=*/scale);
            }
        }
        return {dq, dk, dv, at::Tensor(), at::Tensor(), at::Tensor()};
    }
};

}  // namespace

at::Tensor long_attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const at::Tensor& bias, std::int64_t heads,
                          std::int64_t kv_heads) {
    return LongAttention::apply(q, k, v, bias.defined() ? OptionalTensor(bias) : c10::nullopt, heads, kv_heads);
}

}  // namespace r2t2
