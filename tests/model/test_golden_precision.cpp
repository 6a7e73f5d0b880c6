// Weights in 8 and 4 bits and bfloat16: products against the numbers they stand for, golden cases within stated bounds, and
// gradients of the routing against central differences of the very model that rounds.
#include <QtTest>

#include "tests/model/golden_case.h"

using namespace r2t2;
using namespace r2t2::golden;

namespace {

struct Kind {
    const char* name;
    at::ScalarType type;
    WeightFormat format;
};

const Kind kinds[] = {
    {"bf16", at::kBFloat16, WeightFormat::Dense},
    {"int8", at::kFloat, WeightFormat::Int8},
    {"nf4", at::kFloat, WeightFormat::Nf4},
};

double rms(const at::Tensor& t) {
    return t.to(at::kDouble).pow(2).mean().sqrt().item<double>();
}

at::Tensor seeded(at::IntArrayRef shape, at::ScalarType type, std::uint64_t seed) {
    at::Generator generator = at::detail::createCPUGenerator(seed);
    return at::randn(shape, generator, at::TensorOptions(type));
}

/// The same model with every quantised matrix as the numbers it stands for.
GoldenModel decoded(const std::string& variant, at::ScalarType type, WeightFormat format) {
    GoldenModel m = GoldenModel::load(variant, type);
    for (auto& [name, tensor] : m.named) {
        if (may_be_quantised(name, tensor.sizes().vec())) {
            tensor = WeightMatrix::quantise(tensor, format).dequantised_rows(0, tensor.size(0), type);
        }
    }
    m.weights = MoaiWeights::bind(m.config, m.named, variant).value();
    return m;
}

struct Outcome {
    at::Tensor loss, logits, routing;
};

MoaiWeights bound(const GoldenModel& m) { return MoaiWeights::bind(m.config, m.named, "golden").value(); }

/// Variant A or B; or C and D: models as random as those, the same configuration, every tensor's numbers (and so its size) shuffled.
GoldenModel variant_model(const std::string& variant, at::ScalarType type, WeightFormat format = WeightFormat::Dense) {
    if (variant == "A" || variant == "B") {
        return GoldenModel::load(variant, type, format);
    }
    GoldenModel m = GoldenModel::load(variant == "C" ? "A" : "B", at::kDouble);
    at::Generator generator = at::detail::createCPUGenerator(variant == "C" ? 3 : 4);
    WeightMap in_format;
    for (auto& [name, tensor] : m.named) {
        const at::Tensor order = at::randperm(tensor.numel(), generator, at::TensorOptions(at::kLong));
        tensor = tensor.flatten().index_select(0, order).view(tensor.sizes()).to(type);
        in_format[name] = may_be_quantised(name, tensor.sizes().vec()) ? WeightMatrix::quantise(tensor, format) : WeightMatrix(tensor);
    }
    m.weights = MoaiWeights::bind(m.config, in_format, variant).value();
    return m;
}

/// The inputs of a variant's case: C and D take those of the model that they are like.
std::string inputs_of(const std::string& variant) { return variant == "C" ? "A" : variant == "D" ? "B" : variant; }

/// The prepared path on one case: from pixels to losses.
Outcome outcome(const GoldenModel& m, const File& file) {
    const at::NoGradGuard no_grad;
    const CaseInput input = case_input(m, file, file);
    const Decoder decoder(m.config, m.weights);
    const PackedBatch batch = Prepared(decoder, input).packed(decoder);
    const RoutedPass pass = run_routed(decoder, batch, {}, false, true);
    const at::Tensor logits = decoder.logits(pass.hidden);
    return {answer_loss(logits, batch.labels).sample, answer_rows(logits, input.samples), at::stack(pass.gates).mean(0)};
}

/// Of two outcomes: loss in nats (root mean square over the samples), routing (over all weights), logits (relative to themselves).
struct Difference {
    double loss = 0, routing = 0, logits = 0;
    [[nodiscard]] std::string text() const {
        return "loss " + std::to_string(loss) + ", r " + std::to_string(routing) + ", logits " + std::to_string(logits);
    }
};

Difference difference(const Outcome& a, const Outcome& b) {
    const auto apart = [](const at::Tensor& x, const at::Tensor& y) { return rms(x.to(at::kDouble) - y.to(at::kDouble)); };
    return {apart(a.loss, b.loss), apart(a.routing, b.routing), apart(a.logits, b.logits) / rms(b.logits)};
}

// What rounding does to a model follows from the roundings and from that model, not from what was measured of one.
//
// A number rounded to nearest with p significant bits is off by at most u = 2^-p of itself (bfloat16: p = 8), evenly spread within half a
// step; over mantissas that are spread evenly in their logarithm the root mean square is u sqrt(1/3) sqrt(3 / (8 ln 2)) = 0.425 u. In front of
// and behind every matrix of a layer lie four such roundings: its own weights, and three of activations (twelve a layer: norm, product,
// rotation or gate, attention or SwiGLU, product, sum in each half; four matrices in a row: wqkv, wo, w1 or w3, w2). They are independent, so
// their squares add up: each product is off by sqrt(4) 0.425 u. Sums themselves are kept in float32: n terms there cost at most (n + 3) 2^-24, which
// is 1e-5 for the longest sum (160 terms), 300 times less. Weights in 8 and 4 bits round once, by what their format does to that very matrix.
//
// A product of a matrix whose every weight is off by a random share e is off by e itself, whatever its size: so the float64 model with weights
// that are off by that much, drawn a few times, is a model that rounds, carried through the depth of that very network. It shares no rounding
// code with what is tested.
constexpr double kRounding = 0.425 / 256;
constexpr int kDraws = 16;

GoldenModel rounded_at_random(const GoldenModel& exact, const Kind& kind, std::uint64_t seed) {
    GoldenModel m = exact;
    at::Generator generator = at::detail::createCPUGenerator(seed);
    for (auto& [name, tensor] : m.named) {
        if (kind.format == WeightFormat::Dense) {
            const double each = tensor.dim() >= 2 ? 2.0 : 1.0;  // vectors round alone
            tensor = tensor * (1 + each * kRounding * at::randn(tensor.sizes(), generator, tensor.options()));
        } else if (may_be_quantised(name, tensor.sizes().vec())) {
            const at::Tensor off = WeightMatrix::quantise(tensor, kind.format).dequantised_rows(0, tensor.size(0), at::kDouble) - tensor;
            tensor = tensor + rms(off) * at::randn(tensor.sizes(), generator, tensor.options());
        }
    }
    m.weights = bound(m);
    return m;
}

/// One standard deviation of each difference.
Difference expected(const GoldenModel& exact_model, const Kind& kind, const File& file, const Outcome& exact) {
    Difference sum;
    for (int draw = 0; draw < kDraws; ++draw) {
        const Difference each = difference(outcome(rounded_at_random(exact_model, kind, 100 + std::uint64_t(draw)), file), exact);
        sum.loss += each.loss * each.loss / kDraws;
        sum.routing += each.routing * each.routing / kDraws;
        sum.logits += each.logits * each.logits / kDraws;
    }
    return {std::sqrt(sum.loss), std::sqrt(sum.routing), std::sqrt(sum.logits)};
}

// A difference of thousands of logits is close to its expectation: half as much again is an error. Losses of one or two samples and six
// weights of a few rows are single draws: five standard deviations are exceeded by one normal number in two million; three by the mean over
// six weights or more.
bool within(const Difference& found, const Difference& deviation) {
    return found.logits <= 1.5 * deviation.logits && found.routing <= 3 * deviation.routing && found.loss <= 5 * deviation.loss;
}

void cases_of(std::initializer_list<const char*> variants) {
    QTest::addColumn<QString>("variant");
    QTest::addColumn<int>("kind");
    for (const char* variant : variants) {
        for (int kind = 0; kind < int(std::size(kinds)); ++kind) {
            QTest::newRow(qPrintable(QString("%1 %2").arg(variant, kinds[kind].name))) << variant << kind;
        }
    }
}

void all_cases() { cases_of({"A", "B"}); }

constexpr const char* case_names[] = {"/case1_single_clean", "/case2_batch_clean"};

}  // namespace

class TestGoldenPrecision : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { configure_torch(); }

    /// Every format, in one block of rows and in several; odd numbers of columns.
    void products_data() {
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("columns");
        QTest::newRow("small") << 24 << 17;
        QTest::newRow("one row") << 1 << 64;
        QTest::newRow("several blocks") << 2500 << 1001;
    }
    void products() {
        QFETCH(int, rows);
        QFETCH(int, columns);
        const at::Tensor dense = seeded({rows, columns}, at::kDouble, 1);
        const at::Tensor bias = seeded({rows}, at::kDouble, 2);
        const at::Tensor weight_of_sum = seeded({2, 3, rows}, at::kDouble, 3);
        for (const WeightFormat format : {WeightFormat::Dense, WeightFormat::Int8, WeightFormat::Nf4}) {
            const WeightMatrix w = WeightMatrix::quantise(dense, format);
            QCOMPARE(w.sizes(), (std::vector<std::int64_t>{rows, columns}));
            QCOMPARE(w.numel(), std::int64_t(rows) * columns);
            const at::Tensor numbers = w.dequantised_rows(0, rows, at::kDouble);
            QVERIFY(stock_dequantised_rows(w, 0, rows, at::kDouble).equal(numbers));
            QVERIFY(w.dequantised_rows(rows / 2, rows, at::kDouble).equal(numbers.slice(0, rows / 2)));
            for (const bool with_bias : {true, false}) {
                const at::Tensor b = with_bias ? bias : at::Tensor();
                const at::Tensor x = seeded({2, 3, columns}, at::kDouble, 4).requires_grad_(true);
                const at::Tensor y = linear_layer(x, w, b);
                const at::Tensor wanted = at::matmul(x.detach(), numbers.t()) + (with_bias ? bias : at::zeros({rows}, at::kDouble));
                QVERIFY(worst(y.detach(), wanted) < 1e-11);
                (y * weight_of_sum).sum().backward();
                QVERIFY(worst(x.grad(), at::matmul(weight_of_sum, numbers)) < 1e-10);
            }
        }
    }

    /// bfloat16 on the CPU: products are summed in float32 and rounded once.
    void bfloatProducts() {
        const at::Tensor w = seeded({300, 200}, at::kBFloat16, 1);
        const at::Tensor x = seeded({5, 200}, at::kBFloat16, 2);
        const at::Tensor exact = at::matmul(x.to(at::kDouble), w.to(at::kDouble).t());
        const at::Tensor y = linear_layer(x, w, {});
        QCOMPARE(y.scalar_type(), at::kBFloat16);
        const double largest = exact.abs().max().item<double>();
        QVERIFY(worst(y, exact) <= largest / 256);  // half a unit of 8 bits, and a little for the sum
        const at::Tensor nf4 = linear_layer(x, WeightMatrix::quantise(w, WeightFormat::Nf4), {});
        QCOMPARE(nf4.scalar_type(), at::kBFloat16);
        QVERIFY(worst(nf4, exact) > worst(y, exact));
    }

    /// A quantised matrix takes the memory it says: 4.5 bits a number, 8 bits and a scale a row.
    void memory() {
        const at::Tensor dense = seeded({128, 4096}, at::kFloat, 1);
        QCOMPARE(WeightMatrix::quantise(dense, WeightFormat::Dense).nbytes(), std::size_t(128) * 4096 * 4);
        QCOMPARE(WeightMatrix::quantise(dense, WeightFormat::Int8).nbytes(), std::size_t(128) * (4096 + 4));
        QCOMPARE(WeightMatrix::quantise(dense, WeightFormat::Nf4).nbytes(), std::size_t(128) * (2048 + 64 * 4));
    }

    /// Which weights are matrices of linear layers: all but embeddings, experts, gates, norms and biases.
    void whatIsQuantised() {
        const GoldenModel m = GoldenModel::load("A", at::kFloat, WeightFormat::Nf4);
        std::int64_t quantised = 0, experts = 0, all = 0;
        for (const ParameterShape& p : parameter_table(m.config)) {
            const std::int64_t count = std::accumulate(p.shape.begin(), p.shape.end(), std::int64_t(1), std::multiplies<>());
            quantised += may_be_quantised(p.name, p.shape) ? count : 0;
            experts += p.name.find("moai_CA") != std::string::npos || p.name.find("moai_SA") != std::string::npos ? count : 0;
            all += count;
        }
        std::int64_t dense = experts;
        for (const at::Tensor& t : {m.weights.embedding, m.weights.patch_embedding, m.weights.position_embedding, m.weights.latents}) {
            dense += t.numel();
        }
        QVERIFY(quantised > all / 2);
        QVERIFY(all - quantised - dense < all / 50);  // norms, biases, gates
        QVERIFY(m.weights.layers[0].w2.weight.format() == WeightFormat::Nf4);
        QVERIFY(m.weights.layers[0].w2.a.format() == WeightFormat::Nf4);
        QVERIFY(m.weights.head.format() == WeightFormat::Nf4);
        QVERIFY(m.weights.vision[0].fc1.format() == WeightFormat::Nf4);
        QVERIFY(m.weights.compressor[0].ff1.format() == WeightFormat::Nf4);
    }

    /// A quantised model is the model of the numbers its weights stand for, to float32's rounding.
    void equalsDecodedModel_data() { all_cases(); }
    void equalsDecodedModel() {
        QFETCH(QString, variant);
        QFETCH(int, kind);
        if (kinds[kind].format == WeightFormat::Dense) {
            return;
        }
        for (const char* name : case_names) {
            const File file = File::load(variant.toStdString() + name);
            for (const at::ScalarType type : {at::kFloat, at::kDouble}) {
                const Outcome a = outcome(GoldenModel::load(variant.toStdString(), type, kinds[kind].format), file);
                const Outcome b = outcome(decoded(variant.toStdString(), type, kinds[kind].format), file);
                const double limit = type == at::kFloat ? 2e-5 : 1e-12;  // as float32 against float64 of the dense model
                QVERIFY2(worst(a.logits, b.logits) < limit, qPrintable(QString::number(worst(a.logits, b.logits))));
                QVERIFY(worst(a.loss, b.loss) < limit);
                QVERIFY(worst(a.routing, b.routing) < limit);
            }
        }
    }

    void withinBounds_data() { cases_of({"A", "B", "C", "D"}); }
    void withinBounds() {
        QFETCH(QString, variant);
        QFETCH(int, kind);
        const Kind& k = kinds[kind];
        for (const char* name : case_names) {
            const File file = File::load(inputs_of(variant.toStdString()) + name);
            const GoldenModel exact_model = variant_model(variant.toStdString(), at::kDouble);
            const Outcome exact = outcome(exact_model, file);
            const Outcome rounded = outcome(variant_model(variant.toStdString(), k.type, k.format), file);
            QCOMPARE(rounded.logits.scalar_type(), k.type);
            QVERIFY(rounded.routing.scalar_type() == at::kFloat && rounded.loss.scalar_type() == at::kFloat);
            const Difference found = difference(rounded, exact), limit = expected(exact_model, k, file, exact);
            const std::string text = found.text() + "; expected of the roundings " + limit.text();
            if (std::getenv("R2T2_SHOW_ERRORS")) {
                qInfo("%s %s %s: %s", qPrintable(variant), k.name, name, text.c_str());
            }
            QVERIFY2(within(found, limit), text.c_str());
        }
    }

    /// One matrix off by a few per cent, or weights rounded to two bits less, is more than rounding explains: in every variant.
    void plantedErrorsExceedThem_data() {
        QTest::addColumn<QString>("variant");
        QTest::addColumn<QString>("matrix");
        QTest::addColumn<double>("share");
        for (const char* variant : {"A", "B", "C", "D"}) {
            for (const char* matrix : {"output.weight", "layers.0.feed_forward.w2", "layers.2.attention.wo", "layers.1.feed_forward.w1"}) {
                QTest::addRow("%s, %s", variant, matrix) << variant << matrix << 0.08;
            }
            QTest::addRow("%s, two bits less", variant) << variant << "" << 0.0;
        }
    }
    void plantedErrorsExceedThem() {
        QFETCH(QString, variant);
        QFETCH(QString, matrix);
        QFETCH(double, share);
        const Kind& k = kinds[0];
        const File file = File::load(inputs_of(variant.toStdString()) + case_names[1]);
        const GoldenModel exact_model = variant_model(variant.toStdString(), at::kDouble);
        const Outcome exact = outcome(exact_model, file);
        GoldenModel planted = variant_model(variant.toStdString(), k.type);
        int changed = 0;
        for (auto& [name, tensor] : planted.named) {
            if (matrix.isEmpty()) {
                const at::Tensor scale = at::pow(2.0, at::floor(at::log2(tensor.to(at::kDouble).abs().clamp_min(1e-30))) - 5);
                tensor = (at::round(tensor.to(at::kDouble) / scale) * scale).to(k.type);
            } else if (tensor.dim() >= 2 && name.find(matrix.toStdString()) != std::string::npos) {
                tensor = (tensor.to(at::kDouble) * (1 + share * seeded(tensor.sizes(), at::kDouble, 5))).to(k.type);
                ++changed;
            }
        }
        QVERIFY(matrix.isEmpty() || changed > 0);
        planted.weights = bound(planted);
        const Difference found = difference(outcome(planted, file), exact), limit = expected(exact_model, k, file, exact);
        const std::string text = found.text() + "; expected of the roundings " + limit.text();
        if (std::getenv("R2T2_SHOW_ERRORS")) {
            qInfo("%s %s: %s", qPrintable(variant), qPrintable(matrix), text.c_str());
        }
        QVERIFY2(!within(found, limit), text.c_str());
    }

    /// d loss / d r of the model that rounds, against central differences of its own loss: quantised weights with float64
    /// activations, so that the quotient is exact to 1e-8.
    void gradients_data() { all_cases(); }
    void gradients() {
        QFETCH(QString, variant);
        QFETCH(int, kind);
        const bool half = kinds[kind].format == WeightFormat::Dense;
        const File file = File::load(variant.toStdString() + "/case2_batch_clean");
        GoldenModel m = half ? GoldenModel::load(variant.toStdString(), at::kBFloat16)
                             : GoldenModel::load(variant.toStdString(), at::kDouble, kinds[kind].format);
        const CaseInput input = case_input(m, file, file);
        const Decoder decoder(m.config, m.weights);
        const PackedBatch batch = Prepared(decoder, input).packed(decoder);
        const auto type = half ? at::kFloat : at::kDouble;
        const auto loss_at = [&](const Decoder& model, const PackedBatch& samples, const at::Tensor& values) {
            MixerRouting routing;
            routing.kind = MixerRouting::Kind::Fixed;
            routing.values = values;
            return answer_loss(model.logits(run_routed(model, samples, routing, false, false).hidden), samples.labels).sample;
        };
        const at::Tensor start = at::softmax(seeded({batch.layout.batch, 2, 2, 3}, type, 9), -1).view({batch.layout.batch, 2, 6});
        const at::Tensor leaf = start.clone().requires_grad_(true);
        loss_at(decoder, batch, leaf).sum().backward();
        QCOMPARE(leaf.grad().scalar_type(), type);
        if (half) {  // differences drown in bfloat16's steps: the same weights in float64 instead
            GoldenModel wide = GoldenModel::load(variant.toStdString(), at::kDouble);
            for (auto& [name, tensor] : wide.named) {
                tensor = tensor.to(at::kBFloat16).to(at::kDouble);
            }
            wide.weights = MoaiWeights::bind(wide.config, wide.named, "wide").value();
            const Decoder exact(wide.config, wide.weights);
            const CaseInput wide_input = case_input(wide, file, file);
            const at::Tensor wide_leaf = start.to(at::kDouble).requires_grad_(true);
            loss_at(exact, Prepared(exact, wide_input).packed(exact), wide_leaf).sum().backward();
            const double size = wide_leaf.grad().abs().max().item<double>();
            QVERIFY(size > 0);
            const double error = worst(leaf.grad(), wide_leaf.grad()) / size;
            if (std::getenv("R2T2_SHOW_ERRORS")) {
                qInfo("gradient error %.2e of the largest", error);
            }
            QVERIFY2(error < 0.05, qPrintable(QString::number(error)));
            return;
        }
        const at::NoGradGuard no_grad;
        const double h = 1e-5;
        for (std::int64_t row = 0; row < 2; ++row) {
            for (std::int64_t e = 0; e < 6; ++e) {
                at::Tensor up = start.clone(), down = start.clone();
                up.select(1, row).select(1, e).add_(h);
                down.select(1, row).select(1, e).sub_(h);
                const at::Tensor numeric = (loss_at(decoder, batch, up) - loss_at(decoder, batch, down)) / (2 * h);
                const at::Tensor exact = leaf.grad().select(1, row).select(1, e);
                if (std::getenv("R2T2_SHOW_ERRORS")) {
                    qInfo("gradient error %.2e", worst(exact, numeric));
                }
                QVERIFY2(worst(exact, numeric) < 1e-7, qPrintable(QString::number(worst(exact, numeric))));
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestGoldenPrecision)
#include "test_golden_precision.moc"
