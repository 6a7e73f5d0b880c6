#include "core/model/long_attention.h"

#include <cmath>
#include <numeric>

#include "core/model/worker_threads.h"
#include "kernels/attention_rows.h"

namespace r2t2 {

namespace {

using kernels::BiasRows;
using kernels::KeySpan;
using kernels::ScoreBlock;
using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;
using OptionalTensor = c10::optional<at::Tensor>;

/// Spans closer than this are one: a matrix product of a few columns costs as much as one of many.
constexpr std::int64_t kSpanGap = 64;

struct Shape {
    std::int64_t batch, heads, kv_heads, queries, keys, d;

    Shape(const at::Tensor& q, const at::Tensor& k, std::int64_t query_heads, std::int64_t key_heads)
        : batch(q.size(0)), heads(query_heads), kv_heads(key_heads), queries(q.size(1)), keys(k.size(1)), d(q.size(2) / query_heads) {}
    [[nodiscard]] std::int64_t group() const { return heads / kv_heads; }
    [[nodiscard]] std::int64_t blocks() const { return (queries + long_attention_block - 1) / long_attention_block; }
    [[nodiscard]] double scale() const { return 1.0 / std::sqrt(static_cast<double>(d)); }
};

/// Rows of one head of one batch row: [n, d], not copied.
at::Tensor head_of(const at::Tensor& x, std::int64_t b, std::int64_t head, std::int64_t d) {
    return x[b].slice(1, head * d, (head + 1) * d);
}

template <typename T>
BiasRows<T> bias_rows(const at::Tensor& bias) {
    if (!bias.defined()) {
        return {};
    }
    return {bias.data_ptr<T>(), bias.size(0) == 1 ? 0 : bias.stride(0), bias.size(2) == 1 ? 0 : bias.stride(2)};
}

/// Which keys each block of each batch row sees; one list where all batch rows share a bias.
template <typename T>
class VisibleKeys {
public:
    VisibleKeys(const Shape& shape, BiasRows<T> bias) : shape_(shape), shared_(bias.data == nullptr || bias.batch == 0) {
        const std::int64_t rows = shared_ ? 1 : shape.batch;
        spans_.resize(static_cast<std::size_t>(rows * shape.blocks()));
        for (std::int64_t i = 0; i < rows * shape.blocks(); ++i) {
            const std::int64_t first = i % shape.blocks() * long_attention_block;
            const std::int64_t last = std::min(first + long_attention_block, shape.queries);
            spans_[static_cast<std::size_t>(i)] = kernels::visible_keys<T>(bias, i / shape.blocks(), first, last, shape.keys, kSpanGap);
        }
    }

    [[nodiscard]] ScoreBlock block(std::int64_t b, std::int64_t index) const {
        ScoreBlock out;
        out.b = b;
        out.first = index * long_attention_block;
        out.count = std::min(long_attention_block, shape_.queries - out.first);
        out.spans = &spans_[static_cast<std::size_t>((shared_ ? 0 : b) * shape_.blocks() + index)];
        out.width = std::accumulate(out.spans->begin(), out.spans->end(), std::int64_t{0},
                                    [](std::int64_t sum, const KeySpan& span) { return sum + span.size(); });
        out.scale = shape_.scale();
        return out;
    }

private:
    const Shape shape_;
    bool shared_;
    std::vector<std::vector<KeySpan>> spans_;
};

/// A block's matrix in the front of a buffer.
at::Tensor front(const at::Tensor& buffer, const ScoreBlock& block) {
    return buffer.slice(0, 0, block.count * block.width).view({block.count, block.width});
}

/// Calls use(columns of a block's matrix, keys) for every span.
template <typename Use>
void for_spans(const ScoreBlock& block, Use&& use) {
    std::int64_t column = 0;
    for (const KeySpan& span : *block.spans) {
        use(column, column + span.size(), span.begin, span.end);
        column += span.size();
    }
}

/// out[:, spans] = rows x keys^T.
void against_keys(const ScoreBlock& block, const at::Tensor& rows, const at::Tensor& keys, at::Tensor& out) {
    for_spans(block, [&](std::int64_t from, std::int64_t to, std::int64_t begin, std::int64_t end) {
        at::Tensor part = out.slice(1, from, to);
        at::mm_out(part, rows, keys.slice(0, begin, end).t());
    });
}

/// out = weights[:, spans] x values.
void weighted_values(const ScoreBlock& block, const at::Tensor& weights, const at::Tensor& values, at::Tensor out) {
    for_spans(block, [&](std::int64_t from, std::int64_t to, std::int64_t begin, std::int64_t end) {
        out.addmm_(weights.slice(1, from, to), values.slice(0, begin, end), /*beta=*/from == 0 ? 0 : 1);
    });
}

/// into[spans] += weights[:, spans]^T x rows.
void add_to_keys(const ScoreBlock& block, const at::Tensor& weights, const at::Tensor& rows, const at::Tensor& into) {
    for_spans(block, [&](std::int64_t from, std::int64_t to, std::int64_t begin, std::int64_t end) {
        into.slice(0, begin, end).addmm_(weights.slice(1, from, to).t(), rows);
    });
}

/// work(b, key head), shared out among threads.
template <typename Work>
void for_key_heads(const Shape& shape, Work&& work) {
    share_out(shape.batch * shape.kv_heads, [&](std::int64_t i) { work(i / shape.kv_heads, i % shape.kv_heads); });
}

template <typename T>
void forward_as(const Shape& shape, const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const at::Tensor& bias, at::Tensor& out,
                at::Tensor& lse) {
    const BiasRows<T> rows = bias_rows<T>(bias);
    const VisibleKeys<T> visible(shape, rows);
    for_key_heads(shape, [&](std::int64_t b, std::int64_t kv) {
        const at::Tensor keys = head_of(k, b, kv, shape.d), values = head_of(v, b, kv, shape.d);
        const at::Tensor buffer = at::empty({std::min(long_attention_block, shape.queries) * shape.keys}, q.options());
        for (std::int64_t h = kv * shape.group(); h < (kv + 1) * shape.group(); ++h) {
            const at::Tensor queries = head_of(q, b, h, shape.d), outputs = head_of(out, b, h, shape.d);
            for (std::int64_t i = 0; i < shape.blocks(); ++i) {
                const ScoreBlock block = visible.block(b, i);
                const std::int64_t end = block.first + block.count;
                at::Tensor scores = front(buffer, block);
                against_keys(block, queries.slice(0, block.first, end), keys, scores);
                kernels::probabilities_of_scores<T>(block, rows, scores.data_ptr<T>(), lse.data_ptr<T>() + (b * shape.heads + h) * shape.queries + block.first);
                weighted_values(block, scores, values, outputs.slice(0, block.first, end));
            }
        }
    });
}

/// dp = dout v^T; ds = scale p (dp - <dout, out>); dq = ds k; dk = ds^T q; dv = p^T dout.
template <typename T>
void backward_as(const Shape& shape, const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const at::Tensor& bias, const at::Tensor& lse,
                 const at::Tensor& dout, const at::Tensor& dot, at::Tensor& dq, at::Tensor& dk, at::Tensor& dv) {
    const BiasRows<T> rows = bias_rows<T>(bias);
    const VisibleKeys<T> visible(shape, rows);
    for_key_heads(shape, [&](std::int64_t b, std::int64_t kv) {
        const auto of = [&](const at::Tensor& x, std::int64_t head) { return head_of(x, b, head, shape.d); };
        const at::Tensor keys = of(k, kv), values = of(v, kv), into_keys = of(dk, kv), into_values = of(dv, kv);
        const at::Tensor buffer = at::empty({2, std::min(long_attention_block, shape.queries) * shape.keys}, q.options());
        for (std::int64_t h = kv * shape.group(); h < (kv + 1) * shape.group(); ++h) {
            const at::Tensor queries = of(q, h), gradients = of(dout, h), into_queries = of(dq, h);
            for (std::int64_t i = 0; i < shape.blocks(); ++i) {
                const ScoreBlock block = visible.block(b, i);
                const std::int64_t end = block.first + block.count, row = (b * shape.heads + h) * shape.queries + block.first;
                const at::Tensor some_queries = queries.slice(0, block.first, end), some_gradients = gradients.slice(0, block.first, end);
                at::Tensor p = front(buffer[0], block), ds = front(buffer[1], block);
                against_keys(block, some_queries, keys, p);
                kernels::probabilities_again<T>(block, rows, lse.data_ptr<T>() + row, p.data_ptr<T>());
                add_to_keys(block, p, some_gradients, into_values);
                against_keys(block, some_gradients, values, ds);
                kernels::gradient_of_scores<T>(block, p.data_ptr<T>(), dot.data_ptr<T>() + row, ds.data_ptr<T>());
                weighted_values(block, ds, keys, into_queries.slice(0, block.first, end));
                add_to_keys(block, ds, some_queries, into_keys);
            }
        }
    });
}

class LongAttention : public Function<LongAttention> {
public:
    static at::Tensor forward(AutogradContext* context, const at::Tensor& q_in, const at::Tensor& k_in, const at::Tensor& v_in,
                              const OptionalTensor& bias_in, std::int64_t heads, std::int64_t kv_heads) {
        const at::Tensor q = q_in.contiguous(), k = k_in.contiguous(), v = v_in.contiguous();
        const at::Tensor bias = bias_in.has_value() && bias_in->stride(-1) != 1 ? bias_in->contiguous() : bias_in.value_or(at::Tensor());
        const Shape shape(q, k, heads, kv_heads);
        at::Tensor out = at::empty_like(q), lse = at::empty({shape.batch, heads, shape.queries}, q.options());
        if (q.scalar_type() == at::kDouble) {
            forward_as<double>(shape, q, k, v, bias, out, lse);
        } else {
            forward_as<float>(shape, q, k, v, bias, out, lse);
        }
        context->save_for_backward({q, k, v, bias, out, lse});
        context->saved_data["heads"] = heads;
        context->saved_data["kv_heads"] = kv_heads;
        return out;
    }

    static variable_list backward(AutogradContext* context, variable_list gradients) {
        const auto saved = context->get_saved_variables();
        const at::Tensor &q = saved[0], &k = saved[1], &v = saved[2], &bias = saved[3], &out = saved[4], &lse = saved[5];
        const Shape shape(q, k, context->saved_data["heads"].toInt(), context->saved_data["kv_heads"].toInt());
        const at::Tensor dout = gradients[0].contiguous();
        const at::Tensor dot = (dout * out).view({shape.batch, shape.queries, shape.heads, shape.d}).sum(3).transpose(1, 2).contiguous();
        at::Tensor dq = at::empty_like(q), dk = at::zeros_like(k), dv = at::zeros_like(v);
        if (q.scalar_type() == at::kDouble) {
            backward_as<double>(shape, q, k, v, bias, lse, dout, dot, dq, dk, dv);
        } else {
            backward_as<float>(shape, q, k, v, bias, lse, dout, dot, dq, dk, dv);
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
