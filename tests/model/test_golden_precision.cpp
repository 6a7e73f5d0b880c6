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
    double loss, routing;  ///< largest differences that are allowed; three times what was measured on the golden cases
};

// Measured (worst of case 1 and 2, variants A and B): bf16 0.047 nats, 0.0038; int8 0.029, 0.0082; nf4 0.75, 0.18. The
// golden models are random and deep for their width; what formats cost a trained model is measured on the miniature.
const Kind kinds[] = {
    {"bf16", at::kBFloat16, WeightFormat::Dense, 0.15, 0.012},
    {"int8", at::kFloat, WeightFormat::Int8, 0.09, 0.025},
    {"nf4", at::kFloat, WeightFormat::Nf4, 2.3, 0.54},
};

double rms(const at::Tensor& t) {
    return t.to(at::kDouble).pow(2).mean().sqrt().item<double>();
}

/// Root mean square of what rounding does to the decoder's weights, relative to them.
double rounding_of(const GoldenModel& m, const Kind& kind) {
    double error = 0, size = 0;
    for (const auto& [name, tensor] : m.named) {
        if (may_be_quantised(name, tensor.sizes().vec()) && name.find("Plora_main") != std::string::npos) {
            const WeightMatrix rounded = WeightMatrix::quantise(tensor.to(kind.type), kind.format);
            error += (rounded.dequantised_rows(0, tensor.size(0), at::kDouble) - tensor).pow(2).sum().item<double>();
            size += tensor.pow(2).sum().item<double>();
        }
    }
    return std::sqrt(error / size);
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

void all_cases() {
    QTest::addColumn<QString>("variant");
    QTest::addColumn<int>("kind");
    for (const char* variant : {"A", "B"}) {
        for (int kind = 0; kind < int(std::size(kinds)); ++kind) {
            QTest::newRow(qPrintable(QString("%1 %2").arg(variant, kinds[kind].name))) << variant << kind;
        }
    }
}

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

    void withinBounds_data() { all_cases(); }
    void withinBounds() {
        QFETCH(QString, variant);
        QFETCH(int, kind);
        const Kind& k = kinds[kind];
        for (const char* name : case_names) {
            const File file = File::load(variant.toStdString() + name);
            const GoldenModel m = GoldenModel::load(variant.toStdString(), at::kDouble);
            const Outcome exact = outcome(m, file);
            const Outcome rounded = outcome(GoldenModel::load(variant.toStdString(), k.type, k.format), file);
            QCOMPARE(rounded.logits.scalar_type(), k.type);
            QVERIFY(rounded.routing.scalar_type() == at::kFloat && rounded.loss.scalar_type() == at::kFloat);
            // Independent roundings add up in squares: at most the two matrices in a row of both halves of a layer (v and wo;
            // w1 or w3 and w2), in every layer, and the head. bfloat16 rounds activations, too: six times in each half (norm,
            // product, rotation or gate, attention or SwiGLU, product, sum).
            const double roundings = (k.format == WeightFormat::Dense ? 16.0 : 4.0) * m.config.layers + 1.0;
            const double limit = rounding_of(m, k) * std::sqrt(roundings);
            const double logits = rms(rounded.logits.to(at::kDouble) - exact.logits) / rms(exact.logits);
            const double loss = worst(rounded.loss, to_tensor(file["loss_per_sample"]));
            const double routing = worst(rounded.routing, to_tensor(file["r_base"]));
            const std::string text = "loss " + std::to_string(loss) + ", r " + std::to_string(routing) + ", logits " +
                                     std::to_string(logits) + " of themselves, limit " + std::to_string(limit);
            if (std::getenv("R2T2_SHOW_ERRORS")) {
                qInfo("%s %s %s: %s", qPrintable(variant), k.name, name, text.c_str());
            }
            QVERIFY2(loss <= k.loss && routing <= k.routing && logits <= limit, text.c_str());
        }
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
