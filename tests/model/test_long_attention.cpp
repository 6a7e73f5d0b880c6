// Attention over long sequences against the formula by stock operations: values and every gradient, in float64 and float32; and
// against the loops that serve short ones.
#include <QtTest>
#include <cmath>

#include "core/model/fused_ops.h"
#include "core/model/long_attention.h"

using namespace r2t2;

namespace {

struct Case {
    std::int64_t batch, heads, kv_heads, queries, keys, d;
    enum class Bias { None, OneRow, Shared, Full } bias;
};

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
            for (int i = 0; i < 4; ++i) {
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
                              {2, 2, 1, 33, 33, 6, Case::Bias::Shared}};
        const Case& c = cases[number];
        at::manual_seed(static_cast<std::uint64_t>(number) + 1);
        const auto options = at::TensorOptions(at::kDouble);
        const auto variable = [&](std::int64_t tokens, std::int64_t count) { return at::randn({c.batch, tokens, count * c.d}, options).requires_grad_(true); };
        const at::Tensor q = variable(c.queries, c.heads), k = variable(c.keys, c.kv_heads), v = variable(c.keys, c.kv_heads);
        at::Tensor bias;
        if (c.bias != Case::Bias::None) {
            const bool shared = c.bias == Case::Bias::Shared;
            bias = at::randn({shared ? 1 : c.batch, 1, c.bias == Case::Bias::OneRow ? 1 : c.queries, c.keys}, options);
            bias = bias.masked_fill(bias > 1.2, -3e38);  // some keys are hidden
        }
        const at::Tensor weight = at::randn(q.sizes(), options);
        const at::Tensor expected = by_formula(q, k, v, bias, c);
        (expected * weight).sum().backward();

        const auto type = wide ? at::kDouble : at::kFloat;
        const double allowed = wide ? 1e-12 : 2e-5;  // rounding of sums of up to 90 terms, and of exp
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
