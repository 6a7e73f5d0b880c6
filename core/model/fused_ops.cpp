#include "core/model/fused_ops.h"

#include <cmath>

#include "core/model/device_ops.h"
#include "core/model/long_attention.h"
#include "core/model/steady_product.h"
#include "kernels/attention.h"
#include "kernels/decoder_rows.h"

namespace r2t2 {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;
using OptionalTensor = c10::optional<at::Tensor>;  // autograd wants undefined arguments to be absent

OptionalTensor optional(const at::Tensor& t) {
    return t.defined() ? OptionalTensor(t) : c10::nullopt;
}


bool served(const at::Tensor& t) {
    return t.device().is_cpu() && (t.scalar_type() == at::kFloat || t.scalar_type() == at::kDouble);
}

/// Calls `use` with a null pointer of the tensor's type as a tag.
template <typename Use>
void by_type(const at::Tensor& t, Use&& use) {
    if (t.scalar_type() == at::kDouble) {
        use(static_cast<double*>(nullptr));
    } else {
        use(static_cast<float*>(nullptr));
    }
}

template <typename T>
const T* read(const at::Tensor& t) {
    return t.defined() ? t.data_ptr<T>() : nullptr;
}

class RmsNorm : public Function<RmsNorm> {
public:
    static at::Tensor forward(AutogradContext* context, const at::Tensor& input, const at::Tensor& weight, double eps) {
        const at::Tensor x = input.contiguous();
        const std::int64_t h = x.size(-1);
        const std::int64_t n = x.numel() / h;
        at::Tensor y = at::empty_like(x);
        at::Tensor inverse = at::empty({n}, x.options());
        by_type(x, [&](auto* tag) {
            using T = std::remove_pointer_t<decltype(tag)>;
            kernels::rms_norm_forward<T>(x.data_ptr<T>(), weight.data_ptr<T>(), n, h, eps, y.data_ptr<T>(), inverse.data_ptr<T>());
        });
        context->save_for_backward({x, weight, inverse});
        return y;
    }
    static variable_list backward(AutogradContext* context, variable_list gradients) {
        const auto saved = context->get_saved_variables();
        const at::Tensor &x = saved[0], &weight = saved[1], &inverse = saved[2];
        const at::Tensor dy = gradients[0].contiguous();
        const std::int64_t h = x.size(-1);
        at::Tensor dx = at::empty_like(x);
        by_type(x, [&](auto* tag) {
            using T = std::remove_pointer_t<decltype(tag)>;
            kernels::rms_norm_backward<T>(dy.data_ptr<T>(), x.data_ptr<T>(), weight.data_ptr<T>(), inverse.data_ptr<T>(),
                                          x.numel() / h, h, dx.data_ptr<T>());
        });
        at::Tensor dw;
        if (weight.requires_grad()) {
            dw = (dy.view({-1, h}) * x.view({-1, h}) * inverse.unsqueeze(1)).sum(0);
        }
        return {dx, dw, at::Tensor()};
    }
};

class Swiglu : public Function<Swiglu> {
public:
    static at::Tensor forward(AutogradContext* context, const at::Tensor& a_in, const at::Tensor& b_in) {
        const at::Tensor a = a_in.contiguous();
        const at::Tensor b = b_in.contiguous();
        at::Tensor y = at::empty_like(a);
        by_type(a, [&](auto* tag) {
            using T = std::remove_pointer_t<decltype(tag)>;
            kernels::swiglu_forward<T>(a.data_ptr<T>(), b.data_ptr<T>(), a.numel(), y.data_ptr<T>());
        });
        context->save_for_backward({a, b});
        return y;
    }
    static variable_list backward(AutogradContext* context, variable_list gradients) {
        const auto saved = context->get_saved_variables();
        const at::Tensor &a = saved[0], &b = saved[1];
        const at::Tensor dy = gradients[0].contiguous();
        at::Tensor da = at::empty_like(a);
        at::Tensor db = at::empty_like(b);
        by_type(a, [&](auto* tag) {
            using T = std::remove_pointer_t<decltype(tag)>;
            kernels::swiglu_backward<T>(dy.data_ptr<T>(), a.data_ptr<T>(), b.data_ptr<T>(), a.numel(), da.data_ptr<T>(),
                                        db.data_ptr<T>());
        });
        return {da, db};
    }
};

class FrozenLinear : public Function<FrozenLinear> {
public:
    static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& weight,
                              const OptionalTensor& bias) {
        context->save_for_backward({weight});
        const at::Tensor flat = x.reshape({-1, x.size(-1)});
        const at::Tensor y = steady_product(flat, weight, bias.has_value() ? *bias : at::Tensor());
        std::vector<std::int64_t> shape = x.sizes().vec();
        shape.back() = weight.size(0);
        return y.view(shape);
    }
    static variable_list backward(AutogradContext* context, variable_list gradients) {
        const at::Tensor weight = context->get_saved_variables()[0];
        const at::Tensor& dy = gradients[0];
        std::vector<std::int64_t> shape = dy.sizes().vec();
        shape.back() = weight.size(1);
        return {steady_product_back(dy.reshape({-1, dy.size(-1)}), weight).view(shape), at::Tensor(), at::Tensor()};
    }
};

class SplitRows : public Function<SplitRows> {
public:
    static variable_list forward(AutogradContext* context, const at::Tensor& rows_in, const OptionalTensor& cos_in,
                                 const OptionalTensor& sin_in, std::int64_t kv_heads, std::int64_t group, std::int64_t d) {
        const at::Tensor rows = rows_in.contiguous();
        const at::Tensor cos = cos_in.has_value() ? cos_in->contiguous() : at::Tensor();
        const at::Tensor sin = sin_in.has_value() ? sin_in->contiguous() : at::Tensor();
        const std::int64_t batch = rows.size(0);
        const std::int64_t n = rows.size(1);
        at::Tensor q = at::empty({batch, n, kv_heads * group * d}, rows.options());
        at::Tensor k = at::empty({batch, n, kv_heads * d}, rows.options());
        at::Tensor v = at::empty({batch, n, kv_heads * d}, rows.options());
        by_type(rows, [&](auto* tag) {
            using T = std::remove_pointer_t<decltype(tag)>;
            kernels::split_qkv_forward<T>({batch * n, kv_heads, group, d}, rows.data_ptr<T>(), read<T>(cos), read<T>(sin),
                                          q.data_ptr<T>(), k.data_ptr<T>(), v.data_ptr<T>());
        });
        context->save_for_backward({cos, sin});
        context->saved_data["kv_heads"] = kv_heads;
        context->saved_data["group"] = group;
        context->saved_data["d"] = d;
        return {q, k, v};
    }
    static variable_list backward(AutogradContext* context, variable_list gradients) {
        const auto saved = context->get_saved_variables();
        const std::int64_t kv_heads = context->saved_data["kv_heads"].toInt();
        const std::int64_t group = context->saved_data["group"].toInt();
        const std::int64_t d = context->saved_data["d"].toInt();
        const at::Tensor dq = gradients[0].contiguous();
        const at::Tensor dk = gradients[1].contiguous();
        const at::Tensor dv = gradients[2].contiguous();
        at::Tensor drows = at::empty({dq.size(0), dq.size(1), kv_heads * (group + 2) * d}, dq.options());
        by_type(dq, [&](auto* tag) {
            using T = std::remove_pointer_t<decltype(tag)>;
            kernels::split_qkv_backward<T>({dq.size(0) * dq.size(1), kv_heads, group, d}, dq.data_ptr<T>(), dk.data_ptr<T>(),
                                           dv.data_ptr<T>(), read<T>(saved[0]), read<T>(saved[1]), drows.data_ptr<T>());
        });
        return {drows, at::Tensor(), at::Tensor(), at::Tensor(), at::Tensor(), at::Tensor()};
    }
};

/// Rows with a contiguous last dimension are used where they lie.
at::Tensor row_contiguous(const at::Tensor& t) {
    return t.stride(-1) == 1 ? t : t.contiguous();
}

template <typename T>
kernels::Rows<T> rows_of(const at::Tensor& t) {
    return {t.data_ptr<std::remove_const_t<T>>(), t.stride(0), t.stride(1)};
}

template <typename T>
kernels::BiasRows<T> bias_of(const at::Tensor& bias) {
    if (!bias.defined()) {
        return {};
    }
    return {bias.data_ptr<T>(), bias.size(0) == 1 ? 0 : bias.stride(0), bias.size(2) == 1 ? 0 : bias.stride(2)};
}

class Attention : public Function<Attention> {
public:
    static at::Tensor forward(AutogradContext* context, const at::Tensor& q_in, const at::Tensor& k_in,
                              const at::Tensor& v_in, const OptionalTensor& bias_in, std::int64_t heads, std::int64_t kv_heads) {
        const at::Tensor q = row_contiguous(q_in);
        const at::Tensor k = row_contiguous(k_in);
        const at::Tensor v = row_contiguous(v_in);
        const at::Tensor bias = bias_in.has_value() ? row_contiguous(*bias_in) : at::Tensor();
        const kernels::AttentionShape shape = shape_of(q, k, heads, kv_heads);
        at::Tensor p = at::empty({shape.batch, heads, shape.queries, shape.keys}, q.options());
        at::Tensor out = at::empty({shape.batch, shape.queries, q.size(2)}, q.options());
        by_type(q, [&](auto* tag) {
            using T = std::remove_pointer_t<decltype(tag)>;
            kernels::attention_forward<T>(shape, rows_of<const T>(q), rows_of<const T>(k), rows_of<const T>(v),
                                          bias_of<T>(bias), p.data_ptr<T>(), rows_of<T>(out));
        });
        context->save_for_backward({q, k, v, p});
        context->saved_data["heads"] = heads;
        context->saved_data["kv_heads"] = kv_heads;
        return out;
    }
    static variable_list backward(AutogradContext* context, variable_list gradients) {
        const auto saved = context->get_saved_variables();
        const at::Tensor &q = saved[0], &k = saved[1], &v = saved[2], &p = saved[3];
        const at::Tensor dout = row_contiguous(gradients[0]);
        const kernels::AttentionShape shape =
            shape_of(q, k, context->saved_data["heads"].toInt(), context->saved_data["kv_heads"].toInt());
        at::Tensor dq = at::empty(q.sizes(), q.options());
        at::Tensor dk = at::zeros(k.sizes(), k.options());
        at::Tensor dv = at::zeros(v.sizes(), v.options());
        by_type(q, [&](auto* tag) {
            using T = std::remove_pointer_t<decltype(tag)>;
            kernels::attention_backward<T>(shape, rows_of<const T>(q), rows_of<const T>(k), rows_of<const T>(v),
                                           p.data_ptr<T>(), rows_of<const T>(dout), rows_of<T>(dq), rows_of<T>(dk), rows_of<T>(dv));
        });
        return {dq, dk, dv, at::Tensor(), at::Tensor(), at::Tensor()};
    }

private:
    static kernels::AttentionShape shape_of(const at::Tensor& q, const at::Tensor& k, std::int64_t heads, std::int64_t kv_heads) {
        const std::int64_t d = q.size(2) / heads;
        return {q.size(0), heads, kv_heads, q.size(1), k.size(1), d, 1.0 / std::sqrt(double(d))};
    }
};

class ProjectionBank : public Function<ProjectionBank> {
public:
    static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& first, const at::Tensor& second) {
        const std::int64_t count = second.size(0);
        const at::Tensor narrow = steady_product(x, first).view({x.size(0), count, -1}).transpose(0, 1);
        const at::Tensor wide = steady_product(narrow, second);
        context->save_for_backward({first, second, wide});
        return at::gelu(wide);
    }
    static variable_list backward(AutogradContext* context, variable_list gradients) {
        const auto saved = context->get_saved_variables();
        const at::Tensor &first = saved[0], &second = saved[1], &wide = saved[2];
        const at::Tensor dwide = at::gelu_backward(gradients[0].contiguous(), wide);
        const at::Tensor dnarrow = steady_product_back(dwide, second).transpose(0, 1).reshape({dwide.size(1), -1});
        return {steady_product_back(dnarrow, first), at::Tensor(), at::Tensor()};
    }
};

class OutputBank : public Function<OutputBank> {
public:
    static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& first, const at::Tensor& second) {
        const at::Tensor wide = steady_product(steady_product(x, first), second);
        context->save_for_backward({first, second, wide});
        return at::gelu(wide);
    }
    static variable_list backward(AutogradContext* context, variable_list gradients) {
        const auto saved = context->get_saved_variables();
        const at::Tensor dwide = at::gelu_backward(gradients[0].contiguous(), saved[2]);
        return {steady_product_back(steady_product_back(dwide, saved[1]), saved[0]), at::Tensor(), at::Tensor()};
    }
};

class MixRows : public Function<MixRows> {
public:
    static at::Tensor forward(AutogradContext* context, const at::Tensor& rows_in, const at::Tensor& gate_in) {
        const at::Tensor rows = rows_in.contiguous();
        const at::Tensor gate = gate_in.contiguous();
        at::Tensor out = at::empty({rows.size(0), rows.size(1), rows.size(3)}, rows.options());
        by_type(rows, [&](auto* tag) {
            using T = std::remove_pointer_t<decltype(tag)>;
            kernels::mix_rows_forward<T>(rows.data_ptr<T>(), gate.data_ptr<T>(), rows.size(0) * rows.size(1),
                                         gate.size(1) == 1 ? rows.size(1) : 1, rows.size(2), rows.size(3), out.data_ptr<T>());
        });
        context->save_for_backward({rows, gate});
        return out;
    }
    static variable_list backward(AutogradContext* context, variable_list gradients) {
        const auto saved = context->get_saved_variables();
        const at::Tensor &rows = saved[0], &gate = saved[1];
        const at::Tensor dout = gradients[0].contiguous();
        at::Tensor dgate = at::zeros_like(gate);
        by_type(rows, [&](auto* tag) {
            using T = std::remove_pointer_t<decltype(tag)>;
            kernels::mix_rows_backward<T>(dout.data_ptr<T>(), rows.data_ptr<T>(), rows.size(0) * rows.size(1),
                                          gate.size(1) == 1 ? rows.size(1) : 1, rows.size(2), rows.size(3), dgate.data_ptr<T>());
        });
        return {at::Tensor(), dgate};
    }
};

class ForEveryToken : public Function<ForEveryToken> {
public:
    static at::Tensor forward(AutogradContext*, const at::Tensor& x, std::int64_t count) {
        return x.expand({x.size(0), count, x.size(2)});
    }
    static variable_list backward(AutogradContext*, variable_list gradients) {
        const at::Tensor dy = gradients[0].contiguous();
        at::Tensor dx = at::zeros({dy.size(0), 1, dy.size(2)}, dy.options());
        by_type(dy, [&](auto* tag) {
            using T = std::remove_pointer_t<decltype(tag)>;
            kernels::sum_rows<T>(dy.data_ptr<T>(), dy.size(0), dy.size(1), dy.size(2), dx.data_ptr<T>());
        });
        return {dx, at::Tensor()};
    }
};

/// [B, n, heads * d] -> [B, heads, n, d]
at::Tensor heads_first(const at::Tensor& x, std::int64_t heads) {
    return x.reshape({x.size(0), x.size(1), heads, x.size(2) / heads}).transpose(1, 2);
}

at::Tensor stock_rotate(const at::Tensor& x, const at::Tensor& cos, const at::Tensor& sin) {
    const auto halves = x.chunk(2, -1);
    return x * cos + at::cat({-halves[1], halves[0]}, -1) * sin;
}

}  // namespace

at::Tensor fused_rms_norm(const at::Tensor& x, const at::Tensor& weight, double eps) {
    if (narrow_on_cpu(x)) {
        return RmsNorm::apply(x.to(at::kFloat), weight.to(at::kFloat), eps).to(x.scalar_type());
    }
    return served(x) ? RmsNorm::apply(x, weight, eps) : rms_norm(x, weight, eps);
}

at::Tensor fused_swiglu(const at::Tensor& a, const at::Tensor& b) {
    if (narrow_on_cpu(a)) {
        return Swiglu::apply(a.to(at::kFloat), b.to(at::kFloat)).to(a.scalar_type());
    }
    return served(a) ? Swiglu::apply(a, b) : at::silu(a) * b;
}

at::Tensor frozen_linear(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias) {
    if (weight.requires_grad() || (bias.defined() && bias.requires_grad())) {
        return bias.defined() ? at::linear(x, weight, bias) : at::linear(x, weight);
    }
    return FrozenLinear::apply(x, weight, optional(bias));
}

SplitQkv fused_split_qkv(const at::Tensor& rows, const at::Tensor& cos, const at::Tensor& sin, std::int64_t kv_heads,
                         std::int64_t group, std::int64_t head_dim) {
    if (narrow_on_cpu(rows)) {
        const SplitQkv wide = fused_split_qkv(rows.to(at::kFloat), widened_on_cpu(cos), widened_on_cpu(sin), kv_heads, group, head_dim);
        const at::ScalarType type = rows.scalar_type();
        return {wide.q.to(type), wide.k.to(type), wide.v.to(type)};
    }
    if (served(rows)) {
        const variable_list parts = SplitRows::apply(rows, optional(cos), optional(sin), kv_heads, group, head_dim);
        return {parts[0], parts[1], parts[2]};
    }
    const std::int64_t batch = rows.size(0);
    const std::int64_t n = rows.size(1);
    const at::Tensor grouped = rows.view({batch, n, kv_heads, group + 2, head_dim});
    at::Tensor turned = grouped.slice(3, 0, group + 1);
    if (cos.defined()) {
        turned = stock_rotate(turned, cos.unsqueeze(2).unsqueeze(3), sin.unsqueeze(2).unsqueeze(3));
    }
    return {turned.slice(3, 0, group).reshape({batch, n, -1}), turned.select(3, group).reshape({batch, n, -1}),
            grouped.select(3, group + 1).reshape({batch, n, -1})};
}

at::Tensor fused_attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const at::Tensor& bias,
                           std::int64_t heads, std::int64_t kv_heads) {
    if (narrow_on_cpu(q)) {
        return fused_attention(q.to(at::kFloat), k.to(at::kFloat), v.to(at::kFloat), widened_on_cpu(bias), heads, kv_heads)
            .to(q.scalar_type());
    }
    if (served(q) && q.size(1) * k.size(1) >= long_attention_scores) {
        return long_attention(q, k, v, bias, heads, kv_heads);
    }
    if (served(q)) {
        return Attention::apply(q, k, v, optional(bias), heads, kv_heads);
    }
    const std::int64_t group = heads / kv_heads;
    const auto repeated = [group](const at::Tensor& x) { return group == 1 ? x : x.repeat_interleave(group, 1); };
    if (has_device_attention(q)) {
        return device_attention(heads_first(q, heads), repeated(heads_first(k, kv_heads)), repeated(heads_first(v, kv_heads)), bias)
            .transpose(1, 2)
            .reshape(q.sizes());
    }
    const double scale = 1.0 / std::sqrt(double(q.size(2) / heads));
    at::Tensor scores = at::matmul(heads_first(q, heads) * scale, repeated(heads_first(k, kv_heads)).transpose(-2, -1));
    if (bias.defined()) {
        scores = scores + bias;
    }
    return at::matmul(softmax_last(scores), repeated(heads_first(v, kv_heads))).transpose(1, 2).reshape(q.sizes());
}

at::Tensor projection_bank(const at::Tensor& x, const at::Tensor& first, const at::Tensor& second) {
    if (narrow_on_cpu(x)) {
        return projection_bank(x.to(at::kFloat), first.to(at::kFloat), second.to(at::kFloat)).to(x.scalar_type());
    }
    if (!first.requires_grad() && !second.requires_grad()) {
        return ProjectionBank::apply(x, first, second);
    }
    const at::Tensor narrow = at::linear(x, first).view({x.size(0), second.size(0), -1}).transpose(0, 1);
    return gelu_erf(at::bmm(narrow, second.transpose(1, 2)));
}

at::Tensor output_bank(const at::Tensor& x, const at::Tensor& first, const at::Tensor& second) {
    if (narrow_on_cpu(x)) {
        return output_bank(x.to(at::kFloat), first.to(at::kFloat), second.to(at::kFloat)).to(x.scalar_type());
    }
    if (!first.requires_grad() && !second.requires_grad()) {
        return OutputBank::apply(x, first, second);
    }
    return gelu_erf(at::bmm(at::bmm(x, first.transpose(1, 2)), second.transpose(1, 2)));
}

at::Tensor fused_mix_rows(const at::Tensor& rows, const at::Tensor& gate) {
    if (narrow_on_cpu(rows)) {
        return fused_mix_rows(rows.to(at::kFloat), gate).to(rows.scalar_type());
    }
    if (served(rows) && !rows.requires_grad()) {
        return MixRows::apply(rows, gate);
    }
    if (device_serves(rows) && !rows.requires_grad()) {
        return device_mix_rows(rows, gate);
    }
    return (rows * gate.unsqueeze(-1)).sum(2).to(rows.scalar_type());
}

at::Tensor for_every_token(const at::Tensor& x, std::int64_t count) {
    return served(x) ? ForEveryToken::apply(x, count) : x.expand({x.size(0), count, x.size(2)});
}

}  // namespace r2t2
