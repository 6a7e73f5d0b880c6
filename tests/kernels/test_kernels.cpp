// Every kernel against the formula written out, and every backward pass against central differences.
// float is compared with double: the tolerance of each row is the rounding of its longest sum.
#include <QTest>

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "core/base/random.h"
#include "kernels/attention.h"
#include "kernels/attention_rows.h"
#include "kernels/decoder_rows.h"

namespace {

using namespace r2t2;
using Values = std::vector<double>;

Values random_values(std::int64_t count, std::uint64_t seed) {
    RandomStream random(seed);
    Values out(static_cast<std::size_t>(count));
    for (double& value : out) {
        value = random.normal();
    }
    return out;
}

std::vector<float> narrow(const Values& v) {
    return {v.begin(), v.end()};
}

template <typename A, typename B>
double largest_difference(const std::vector<A>& a, const std::vector<B>& b) {
    double worst = a.size() == b.size() ? 0.0 : 1e30;
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
        worst = std::max(worst, std::abs(double(a[i]) - double(b[i])));
    }
    return worst;
}

double dot(const Values& a, const Values& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        sum += a[i] * b[i];
    }
    return sum;
}

/// d <c, f(x)> / dx by central differences.
Values numeric_gradient(Values x, const Values& c, const std::function<Values(const Values&)>& f) {
    Values out(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) {
        const double keep = x[i];
        const double h = 1e-6;
        x[i] = keep + h;
        const double up = dot(c, f(x));
        x[i] = keep - h;
        const double down = dot(c, f(x));
        x[i] = keep;
        out[i] = (up - down) / (2 * h);
    }
    return out;
}

struct AttentionCase {
    kernels::AttentionShape shape;
    Values q, k, v, bias;

    explicit AttentionCase(kernels::AttentionShape s, std::uint64_t seed) : shape(s) {
        q = random_values(s.batch * s.queries * s.heads * s.head_dim, seed);
        k = random_values(s.batch * s.keys * s.kv_heads * s.head_dim, seed + 1);
        v = random_values(s.batch * s.keys * s.kv_heads * s.head_dim, seed + 2);
        bias = random_values(s.batch * s.queries * s.keys, seed + 3);
        for (std::int64_t i = 0; i < s.queries; ++i) {
            bias[static_cast<std::size_t>(i * s.keys + s.keys - 1)] = -3e38;  // a masked key
        }
    }
    std::int64_t q_row() const { return shape.heads * shape.head_dim; }
    std::int64_t k_row() const { return shape.kv_heads * shape.head_dim; }

    template <typename T>
    std::vector<T> forward(const std::vector<T>& qs, const std::vector<T>& ks, const std::vector<T>& vs, std::vector<T>* p) const {
        const std::vector<T> b(bias.begin(), bias.end());
        std::vector<T> weights(static_cast<std::size_t>(shape.batch * shape.heads * shape.queries * shape.keys));
        std::vector<T> out(qs.size());
        kernels::attention_forward<T>(shape, {qs.data(), shape.queries * q_row(), q_row()},
                                      {ks.data(), shape.keys * k_row(), k_row()}, {vs.data(), shape.keys * k_row(), k_row()},
                                      {b.data(), shape.queries * shape.keys, shape.keys}, weights.data(),
                                      {out.data(), shape.queries * q_row(), q_row()});
        if (p) {
            *p = weights;
        }
        return out;
    }

    /// The formula, one number at a time.
    Values reference() const {
        Values out(q.size());
        const std::int64_t group = shape.heads / shape.kv_heads;
        for (std::int64_t b = 0; b < shape.batch; ++b) {
            for (std::int64_t h = 0; h < shape.heads; ++h) {
                for (std::int64_t i = 0; i < shape.queries; ++i) {
                    const double* qi = &q[std::size_t((b * shape.queries + i) * q_row() + h * shape.head_dim)];
                    Values score(static_cast<std::size_t>(shape.keys));
                    double top = -1e300, sum = 0;
                    for (std::int64_t j = 0; j < shape.keys; ++j) {
                        const double* kj = &k[std::size_t((b * shape.keys + j) * k_row() + h / group * shape.head_dim)];
                        double s = bias[std::size_t((b * shape.queries + i) * shape.keys + j)];
                        for (std::int64_t t = 0; t < shape.head_dim; ++t) {
                            s += shape.scale * qi[t] * kj[t];
                        }
                        score[std::size_t(j)] = s;
                        top = std::max(top, s);
                    }
                    for (double& s : score) {
                        sum += s = std::exp(s - top);
                    }
                    for (std::int64_t j = 0; j < shape.keys; ++j) {
                        const double* vj = &v[std::size_t((b * shape.keys + j) * k_row() + h / group * shape.head_dim)];
                        for (std::int64_t t = 0; t < shape.head_dim; ++t) {
                            out[std::size_t((b * shape.queries + i) * q_row() + h * shape.head_dim + t)] +=
                                score[std::size_t(j)] / sum * vj[t];
                        }
                    }
                }
            }
        }
        return out;
    }
};

const kernels::AttentionShape attention_shapes[] = {
    {1, 1, 1, 1, 2, 2, 1.0}, {2, 4, 2, 5, 7, 6, 0.4}, {1, 4, 4, 3, 16, 16, 0.25}, {3, 2, 1, 30, 33, 16, 0.25}};

class KernelsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void attentionForward_data() {
        QTest::addColumn<int>("which");
        for (int i = 0; i < 4; ++i) {
            QTest::newRow(qPrintable(QString("shape %1").arg(i))) << i;
        }
    }
    void attentionForward() {
        QFETCH(int, which);
        const AttentionCase c(attention_shapes[which], 10);
        const Values expected = c.reference();
        QVERIFY(largest_difference(c.forward<double>(c.q, c.k, c.v, nullptr), expected) < 1e-13);
        // float: sums of up to 33 terms of size 1
        QVERIFY(largest_difference(c.forward<float>(narrow(c.q), narrow(c.k), narrow(c.v), nullptr), expected) < 5e-6);
    }

    void attentionBackward_data() { attentionForward_data(); }
    void attentionBackward() {
        QFETCH(int, which);
        if (which == 3) {
            return;  // the large shape is for the forward pass; differences over it would take a minute
        }
        const AttentionCase c(attention_shapes[which], 20);
        const kernels::AttentionShape& s = c.shape;
        const Values dout = random_values(std::int64_t(c.q.size()), 30);
        Values p;
        (void)c.forward<double>(c.q, c.k, c.v, &p);
        Values dq(c.q.size()), dk(c.k.size()), dv(c.v.size());
        kernels::attention_backward<double>(
            s, {c.q.data(), s.queries * c.q_row(), c.q_row()}, {c.k.data(), s.keys * c.k_row(), c.k_row()},
            {c.v.data(), s.keys * c.k_row(), c.k_row()}, p.data(), {dout.data(), s.queries * c.q_row(), c.q_row()},
            {dq.data(), s.queries * c.q_row(), c.q_row()}, {dk.data(), s.keys * c.k_row(), c.k_row()},
            {dv.data(), s.keys * c.k_row(), c.k_row()});
        QVERIFY(largest_difference(dq, numeric_gradient(c.q, dout, [&](const Values& x) { return c.forward<double>(x, c.k, c.v, nullptr); })) < 1e-8);
        QVERIFY(largest_difference(dk, numeric_gradient(c.k, dout, [&](const Values& x) { return c.forward<double>(c.q, x, c.v, nullptr); })) < 1e-8);
        QVERIFY(largest_difference(dv, numeric_gradient(c.v, dout, [&](const Values& x) { return c.forward<double>(c.q, c.k, x, nullptr); })) < 1e-8);
    }

    void allKeysMaskedStaysFinite() {
        AttentionCase c({1, 1, 1, 2, 3, 2, 1.0}, 40);
        std::fill(c.bias.begin(), c.bias.end(), -3e38);
        for (const float value : c.forward<float>(narrow(c.q), narrow(c.k), narrow(c.v), nullptr)) {
            QVERIFY(std::isfinite(value));
        }
    }

    /// Spans: every key that some query sees lies in one; none lies in two; gaps are wide.
    void visibleKeys() {
        RandomStream random(3);
        for (int round = 0; round < 200; ++round) {
            const auto queries = std::int64_t(1 + random.below(20)), keys = std::int64_t(1 + random.below(80)), gap = std::int64_t(1 + random.below(9));
            std::vector<float> bias(static_cast<std::size_t>(queries * keys), -3.4e38F);
            for (int i = 0; i < 6; ++i) {
                bias[random.below(bias.size())] = float(random.normal());
            }
            const std::int64_t first = std::int64_t(random.below(std::uint64_t(queries))), last = queries;
            const auto spans = kernels::visible_keys<float>({bias.data(), 0, keys}, 0, first, last, keys, gap);
            std::vector<bool> seen(static_cast<std::size_t>(keys), false);
            for (std::int64_t i = first; i < last; ++i) {
                for (std::int64_t j = 0; j < keys; ++j) {
                    seen[std::size_t(j)] = seen[std::size_t(j)] || bias[std::size_t(i * keys + j)] > -1e30F;
                }
            }
            const bool none = std::find(seen.begin(), seen.end(), true) == seen.end();
            std::int64_t end = -gap;
            for (const kernels::KeySpan& span : spans) {
                QVERIFY(span.begin - end >= gap || end < 0);
                QVERIFY(span.size() > 0 && span.end <= keys);
                QVERIFY(none || (seen[std::size_t(span.begin)] && seen[std::size_t(span.end - 1)]));
                end = span.end;
            }
            for (std::int64_t j = 0; j < keys; ++j) {
                const bool inside = std::any_of(spans.begin(), spans.end(), [j](const auto& s) { return j >= s.begin && j < s.end; });
                QVERIFY(!(seen[std::size_t(j)] || none) || inside);
            }
        }
        const std::vector<kernels::KeySpan> all = kernels::visible_keys<float>({}, 0, 0, 5, 9, 2);
        QVERIFY(all.size() == 1 && all[0].begin == 0 && all[0].end == 9);
    }

    /// Probabilities, the same again from their row sums, and the scores' gradient, on rows of every length around a vector's.
    void rowsOfScores() {
        for (std::int64_t width : {1, 2, 7, 8, 9, 31, 100}) {
            const std::int64_t rows = 5, keys = width + 6;
            // Two spans, or one: what lies between them is never looked at.
            const std::vector<kernels::KeySpan> spans = width < 3 ? std::vector<kernels::KeySpan>{{0, width}}
                                                                  : std::vector<kernels::KeySpan>{{1, 3}, {6, keys - 2}};
            kernels::ScoreBlock block;
            block.first = 2;
            block.count = rows;
            block.spans = &spans;
            for (const kernels::KeySpan& span : spans) {
                block.width += span.size();
            }
            block.scale = 0.3;
            const Values bias = random_values((rows + block.first) * keys, 4), scores = random_values(rows * block.width, 5);
            const Values dp = random_values(rows * block.width, 6), dots = random_values(rows, 7);
            Values expected = scores, ds = dp;
            for (std::int64_t i = 0; i < rows; ++i) {
                double sum = 0;
                std::int64_t column = 0;
                for (const kernels::KeySpan& span : spans) {
                    for (std::int64_t j = span.begin; j < span.end; ++j, ++column) {
                        double& x = expected[std::size_t(i * block.width + column)];
                        x = std::exp(0.3 * x + bias[std::size_t((block.first + i) * keys + j)]);
                        sum += x;
                    }
                }
                for (column = 0; column < block.width; ++column) {
                    const auto at = std::size_t(i * block.width + column);
                    expected[at] /= sum;
                    ds[at] = 0.3 * expected[at] * (dp[at] - dots[std::size_t(i)]);
                }
            }
            const auto check = [&](auto zero, double tolerance) {
                using T = decltype(zero);
                const std::vector<T> typed_bias(bias.begin(), bias.end()), typed_dots(dots.begin(), dots.end());
                const kernels::BiasRows<T> bias_rows{typed_bias.data(), 0, keys};
                std::vector<T> p(scores.begin(), scores.end()), again = p, gradient(dp.begin(), dp.end()), lse(std::size_t(rows), T(0));
                kernels::probabilities_of_scores<T>(block, bias_rows, p.data(), lse.data());
                QVERIFY(largest_difference(p, expected) < tolerance);
                kernels::probabilities_again<T>(block, bias_rows, lse.data(), again.data());
                QVERIFY(largest_difference(again, expected) < tolerance);
                kernels::gradient_of_scores<T>(block, p.data(), typed_dots.data(), gradient.data());
                QVERIFY(largest_difference(gradient, ds) < tolerance);
            };
            check(0.0, 1e-14);
            check(0.0F, 2e-6);  // a sum of 100 terms, and exp within 2 units in the last place
        }
    }

    void aRowThatSeesNothingHasNoGradient() {
        const std::vector<kernels::KeySpan> spans = {{0, 4}};
        kernels::ScoreBlock block;
        block.count = 1;
        block.spans = &spans;
        block.width = 4;
        const std::vector<float> bias(4, -3.4e38F);
        std::vector<float> p = {1, 2, 3, 4}, again = p, lse(1);
        kernels::probabilities_of_scores<float>(block, {bias.data(), 0, 4}, p.data(), lse.data());
        QCOMPARE(p, std::vector<float>(4, 0.25F));
        kernels::probabilities_again<float>(block, {bias.data(), 0, 4}, lse.data(), again.data());
        QCOMPARE(again, std::vector<float>(4, 0.0F));
    }

    void rmsNorm() {
        const std::int64_t n = 4, h = 10;
        const Values x = random_values(n * h, 50), w = random_values(h, 51), dy = random_values(n * h, 52);
        Values inverse(n);
        const auto forward = [&](const Values& in) {
            Values y(in.size());
            kernels::rms_norm_forward(in.data(), w.data(), n, h, 1e-5, y.data(), inverse.data());
            return y;
        };
        const Values y = forward(x);
        for (std::int64_t i = 0; i < n; ++i) {
            double square = 0;
            for (std::int64_t t = 0; t < h; ++t) {
                square += x[std::size_t(i * h + t)] * x[std::size_t(i * h + t)];
            }
            for (std::int64_t t = 0; t < h; ++t) {
                const double expected = x[std::size_t(i * h + t)] / std::sqrt(square / double(h) + 1e-5) * w[std::size_t(t)];
                QVERIFY(std::abs(y[std::size_t(i * h + t)] - expected) < 1e-14);
            }
        }
        Values dx(x.size());
        kernels::rms_norm_backward(dy.data(), x.data(), w.data(), inverse.data(), n, h, dx.data());
        QVERIFY(largest_difference(dx, numeric_gradient(x, dy, forward)) < 1e-8);
    }

    void swiglu() {
        const std::int64_t n = 40;
        const Values a = random_values(n, 60), b = random_values(n, 61), dy = random_values(n, 62);
        const auto forward = [&](const Values& p, const Values& q) {
            Values y(p.size());
            kernels::swiglu_forward(p.data(), q.data(), n, y.data());
            return y;
        };
        const Values y = forward(a, b);
        for (std::int64_t i = 0; i < n; ++i) {
            const std::size_t at = std::size_t(i);
            QVERIFY(std::abs(y[at] - a[at] / (1 + std::exp(-a[at])) * b[at]) < 1e-14);
        }
        Values da(a.size()), db(b.size());
        kernels::swiglu_backward(dy.data(), a.data(), b.data(), n, da.data(), db.data());
        QVERIFY(largest_difference(da, numeric_gradient(a, dy, [&](const Values& x) { return forward(x, b); })) < 1e-8);
        QVERIFY(largest_difference(db, numeric_gradient(b, dy, [&](const Values& x) { return forward(a, x); })) < 1e-8);
        std::vector<float> single(a.size());
        kernels::swiglu_forward(narrow(a).data(), narrow(b).data(), n, single.data());
        QVERIFY(largest_difference(single, y) < 2e-6);  // the float exponential's own 2 units in the last place
    }

    void splitQkvIsARotation() {
        const kernels::QkvShape s{3, 2, 2, 4};
        const std::int64_t width = s.kv_heads * (s.group + 2) * s.head_dim;
        const Values rows = random_values(s.rows * width, 70);
        Values angle = random_values(s.rows * s.head_dim / 2, 71), cos(std::size_t(s.rows * s.head_dim)), sin(cos.size());
        for (std::int64_t i = 0; i < s.rows; ++i) {
            for (std::int64_t t = 0; t < s.head_dim; ++t) {
                const double x = angle[std::size_t(i * s.head_dim / 2 + t % (s.head_dim / 2))];
                cos[std::size_t(i * s.head_dim + t)] = std::cos(x);
                sin[std::size_t(i * s.head_dim + t)] = std::sin(x);
            }
        }
        Values q(std::size_t(s.rows * s.kv_heads * s.group * s.head_dim)), k(std::size_t(s.rows * s.kv_heads * s.head_dim)), v(k.size());
        kernels::split_qkv_forward(s, rows.data(), cos.data(), sin.data(), q.data(), k.data(), v.data());
        QVERIFY(std::abs(dot(q, q) + dot(k, k) + dot(v, v) - dot(rows, rows)) < 1e-12);  // lengths are kept
        QVERIFY(std::abs(v[0] - rows[std::size_t((s.group + 1) * s.head_dim)]) == 0.0);  // values are not turned
        Values back(rows.size());
        kernels::split_qkv_backward(s, q.data(), k.data(), v.data(), cos.data(), sin.data(), back.data());
        QVERIFY(largest_difference(back, rows) < 1e-14);  // the backward pass is the inverse of a rotation
    }

    void mixRows_data() {
        QTest::addColumn<qint64>("rows_per_gate");
        QTest::newRow("a gate a row") << qint64(1);
        QTest::newRow("a gate for three rows") << qint64(3);
    }
    void mixRows() {
        QFETCH(qint64, rows_per_gate);
        const std::int64_t n = 6, experts = 3, width = 5;
        const Values y = random_values(n * experts * width, 80), g = random_values(n / rows_per_gate * experts, 81);
        const Values dout = random_values(n * width, 82);
        const auto forward = [&](const Values& gate) {
            Values out(std::size_t(n * width));
            kernels::mix_rows_forward(y.data(), gate.data(), n, rows_per_gate, experts, width, out.data());
            return out;
        };
        Values dg(g.size());
        kernels::mix_rows_backward(dout.data(), y.data(), n, rows_per_gate, experts, width, dg.data());
        QVERIFY(largest_difference(dg, numeric_gradient(g, dout, forward)) < 1e-8);
        Values one(g.size(), 0.0);
        for (std::size_t i = 0; i < one.size(); i += std::size_t(experts)) {
            one[i + 1] = 1.0;
        }
        const Values picked = forward(one);
        for (std::int64_t i = 0; i < n * width; ++i) {
            QCOMPARE(picked[std::size_t(i)], y[std::size_t((i / width * experts + 1) * width + i % width)]);
        }
    }
};

}  // namespace

QTEST_APPLESS_MAIN(KernelsTest)
#include "test_kernels.moc"
