// Attention over long sequences against the formula by stock operations: values and every gradient, in float64 and float32; and
// against the loops that serve short ones.
#include <ATen/Parallel.h>

#include <QtTest>
#include <cmath>

#include "core/model/fused_ops.h"
#include "core/model/long_attention.h"

using namespace r2t2;

namespace {

struct Case {
    std::int64_t batch, heads, kv_heads, queries, keys, d;
    enum class Bias { None, OneRow, Shared, Full, Causal } bias;
};

/// As in a merged sequence: `picture` keys of a picture, then text, of which the first third stands before the picture. A key is seen
/// from its own place on; the last text tokens of odd batch rows are padding, which nobody sees.
at::Tensor causal_bias(const Case& c, std::int64_t picture) {
    const std::int64_t before = (c.keys - picture) / 3;
    const auto place = [&](std::int64_t i) { return i < picture ? before + i : (i - picture < before ? i - picture : i); };
    at::Tensor bias = at::zeros({c.batch, 1, c.queries, c.keys}, at::kDouble);
    for (std::int64_t b = 0; b < c.batch; ++b) {
        double* row = bias[b].data_ptr<double>();
        for (std::int64_t i = 0; i < c.queries; ++i) {
            for (std::int64_t j = 0; j < c.keys; ++j) {
                const bool padding = b % 2 == 1 && j >= c.keys - 3 && j != i;
                row[i * c.keys + j] = place(j) > place(i) || padding ? -3.4e38 : 0.0;
            }
        }
    }
    return bias;
}

at::Tensor heads_first(const at::Tensor& x, std::int64_t heads) {
    return x.view({x.size(0), x.size(1), heads, -1}).transpose(1, 2);
}

at::Tensor by_formula(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const at::Tensor& bias, const Case& c) {
    const auto repeated = [&](const at::Tensor& x) { return heads_first(x, c.kv_heads).repeat_interleave(c.heads / c.kv_heads, 1); };
    at::Tensor scores = at::matmul(heads_first(q, c.heads), repeated(k).transpose(-2, -1)) / std::sqrt(double(c.d));
    if (bias.defined()) {
        scores = scores + bias;
    }
    return at::matmul(at::softmax(scores, -1), repeated(v)).transpose(1, 2).reshape(q.sizes());
}

double largest(const at::Tensor& a, const at::Tensor& b) {
    return ((a - b).abs().max() / b.abs().max()).item<double>();
}

}  // namespace

class TestLongAttention final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void the_formula_and_its_gradients_data() {
        QTest::addColumn<int>("number");
        QTest::addColumn<bool>("wide");
        for (const bool wide : {true, false}) {
            for (int i = 0; i < 7; ++i) {
                QTest::addRow("%s %d", wide ? "float64" : "float32", i) << i << wide;
            }
        }
    }

    void the_formula_and_its_gradients() {
        QFETCH(int, number);
        QFETCH(bool, wide);
        const Case cases[] = {{2, 4, 2, 70, 70, 8, Case::Bias::Full},
                              {1, 2, 2, 130, 50, 16, Case::Bias::None},
                              {3, 4, 1, 20, 90, 4, Case::Bias::OneRow},
                              {2, 2, 1, 33, 33, 6, Case::Bias::Shared},
                              {2, 4, 2, 420, 420, 4, Case::Bias::Causal},   // four blocks, spans of picture and text
                              {3, 2, 1, 300, 300, 4, Case::Bias::Causal},
                              {1, 2, 2, 290, 290, 4, Case::Bias::Shared}};
        const Case& c = cases[number];
        at::manual_seed(static_cast<std::uint64_t>(number) + 1);
        const auto options = at::TensorOptions(at::kDouble);
        const auto variable = [&](std::int64_t tokens, std::int64_t count) { return at::randn({c.batch, tokens, count * c.d}, options).requires_grad_(true); };
        const at::Tensor q = variable(c.queries, c.heads), k = variable(c.keys, c.kv_heads), v = variable(c.keys, c.kv_heads);
        at::Tensor bias;
        if (c.bias == Case::Bias::Causal) {
            bias = causal_bias(c, 350 * c.keys / 420);
        } else if (c.bias != Case::Bias::None) {
            const bool shared = c.bias == Case::Bias::Shared;
            bias = at::randn({shared ? 1 : c.batch, 1, c.bias == Case::Bias::OneRow ? 1 : c.queries, c.keys}, options);
            bias = bias.masked_fill(bias > 1.2, -3e38);  // some keys are hidden
        }
        const at::Tensor weight = at::randn(q.sizes(), options);
        const at::Tensor expected = by_formula(q, k, v, bias, c);
        (expected * weight).sum().backward();

        const auto type = wide ? at::kDouble : at::kFloat;
        const double allowed = wide ? 1e-12 : 2e-5;  // rounding of sums of up to 420 terms, and of exp
        const auto again = [&](const at::Tensor& x) { return x.detach().to(type).requires_grad_(true); };
        const at::Tensor q2 = again(q), k2 = again(k), v2 = again(v);
        const at::Tensor out = long_attention(q2, k2, v2, bias.defined() ? bias.to(type) : bias, c.heads, c.kv_heads);
        (out * weight.to(type)).sum().backward();
        QVERIFY2(largest(out.to(at::kDouble), expected) < allowed, qPrintable(QString::number(largest(out.to(at::kDouble), expected))));
        for (const auto& [mine, theirs] : {std::pair{q2, q}, {k2, k}, {v2, v}}) {
            const double gap = largest(mine.grad().to(at::kDouble), theirs.grad());
            QVERIFY2(gap < allowed, qPrintable(QString::number(gap)));
        }
    }

    /// However many threads share it: each key head's sums are one thread's.
    void threads_change_nothing() {
        at::manual_seed(9);
        const Case c{2, 4, 2, 300, 300, 16, Case::Bias::Causal};
        const at::Tensor bias = causal_bias(c, 240).to(at::kFloat), weight = at::randn({2, 300, 64});
        std::vector<std::vector<at::Tensor>> results;
        for (const int threads : {1, 2, 7}) {
            at::set_num_threads(threads);
            at::manual_seed(10);
            const at::Tensor q = at::randn({2, 300, 64}).requires_grad_(true), kv = at::randn({2, 300, 32}).requires_grad_(true);
            const at::Tensor out = long_attention(q, kv, kv, bias, c.heads, c.kv_heads);
            (out * weight).sum().backward();
            results.push_back({out.detach(), q.grad(), kv.grad()});
        }
        at::set_num_threads(1);
        for (std::size_t i = 1; i < results.size(); ++i) {
            for (std::size_t j = 0; j < 3; ++j) {
                QVERIFY(largest(results[i][j], results[0][j]) < 1e-6);  // a product of one thread or more: BLAS sums in its own order
            }
        }
    }

    /// On both sides of the length from which it is used, fused_attention says the same.
    void joins_the_loops_for_short_sequences() {
        at::manual_seed(5);
        for (const std::int64_t n : {255, 256}) {
            const at::Tensor q = at::randn({1, n, 8}), k = at::randn({1, 256, 8}), v = at::randn({1, 256, 8});
            QCOMPARE(n * 256 >= long_attention_scores, n == 256);
            const at::Tensor fused = fused_attention(q, k, v, {}, 2, 2);
            QVERIFY(largest(fused, long_attention(q, k, v, {}, 2, 2)) < 1e-5);
        }
    }

    void nothing_is_kept_but_rows() {
        const at::Tensor q = at::randn({1, 300, 8}).requires_grad_(true);
        const at::Tensor out = long_attention(q, q, q, {}, 2, 2);
        QVERIFY(out.requires_grad() && !out.is_leaf());
        const at::NoGradGuard off;
        QVERIFY(!long_attention(q, q, q, {}, 2, 2).requires_grad());
    }
};

QTEST_GUILESS_MAIN(TestLongAttention)
#include "test_long_attention.moc"
