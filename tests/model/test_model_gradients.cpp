// Gradients against central differences, GELU's backward, offset 0, and what answers may not influence.
#include <ATen/Context.h>

#include "core/model/mixer_maths.h"
#include "tests/model/golden_case.h"

using namespace r2t2;
using namespace r2t2::golden;

namespace {

at::Tensor seeded(at::IntArrayRef shape, at::ScalarType type, std::uint64_t seed = 7) {
    at::Generator generator = at::detail::createCPUGenerator(seed);
    return at::randn(shape, generator, at::TensorOptions(type));
}

at::Tensor gelu_derivative(const at::Tensor& x) {  // central differences in float64
    const at::Tensor wide = x.to(at::kDouble);
    const double h = 1e-5;
    return (gelu_erf(wide + h) - gelu_erf(wide - h)) / (2 * h);
}

/// Gradients that upstream layers hand back: views with strides that are not the tensor's own.
std::vector<std::pair<std::string, at::Tensor>> awkward_gradients(at::IntArrayRef shape) {
    const std::int64_t n = shape[0], m = shape[1];
    return {{"contiguous", seeded({n, m}, at::kFloat)},
            {"transposed", seeded({m, n}, at::kFloat).t()},
            {"expanded", seeded({n, 1}, at::kFloat).expand({n, m})},
            {"every second", seeded({n, 2 * m}, at::kFloat).slice(1, 0, 2 * m, 2)},
            {"one number", seeded({1}, at::kFloat).expand({n, m})}};
}

}  // namespace

class TestModelGradients : public QObject {
    Q_OBJECT

    static void variants() {
        QTest::addColumn<QString>("variant");
        QTest::newRow("A") << "A";
        QTest::newRow("B") << "B";
    }

private Q_SLOTS:
    void initTestCase() { configure_torch(); }
    void cleanup() { configure_torch(); }

    void againstCentralDifferences_data() {
        QTest::addColumn<QString>("variant");
        QTest::addColumn<int>("kind");
        QTest::addColumn<int>("rows");
        for (const char* variant : {"A", "B", "B image hidden"}) {
            for (const int rows : {1, 2}) {
                QTest::newRow(qPrintable(QString("%1 fixed %2").arg(variant).arg(rows))) << variant << int(MixerRouting::Kind::Fixed) << rows;
                QTest::newRow(qPrintable(QString("%1 offset %2").arg(variant).arg(rows))) << variant << int(MixerRouting::Kind::Offset) << rows;
            }
        }
    }
    void againstCentralDifferences() {
        QFETCH(QString, variant);
        QFETCH(int, kind);
        QFETCH(int, rows);
        GoldenModel m = GoldenModel::load(variant.left(1).toStdString(), at::kDouble);
        m.config.hide_image_from_text = variant.endsWith("hidden");
        const File file = File::load(variant.left(1).toStdString() + "/case2_batch_clean");
        const Decoder decoder(m.config, m.weights);
        const PackedBatch batch = Prepared(decoder, case_input(m, file, file)).packed(decoder);
        MixerRouting routing;
        routing.kind = MixerRouting::Kind(kind);
        // Every sample has its own values; weights need not sum to 1.
        at::Tensor values = seeded({batch.layout.batch, rows, 6}, at::kDouble) * 0.5;
        if (routing.kind == MixerRouting::Kind::Fixed) {
            values = values.exp() / 3;
        }
        const auto losses = [&](const at::Tensor& v) {
            routing.values = v;
            return answer_loss(decoder.logits(run_routed(decoder, batch, routing, false, false).hidden), batch.labels).sample;
        };
        const at::Tensor leaf = values.clone().requires_grad_(true);
        losses(leaf).sum().backward();
        const at::Tensor gradient = leaf.grad();
        const double size = gradient.abs().max().item<double>();
        QVERIFY(size > 1e-3);
        const at::NoGradGuard no_grad;
        const double h = 2e-5;
        for (std::int64_t row = 0; row < rows; ++row) {
            for (std::int64_t e = 0; e < 6; ++e) {
                at::Tensor step = at::zeros_like(values);
                step.select(1, row).select(1, e).fill_(h);
                const at::Tensor numeric = (losses(values + step) - losses(values - step)) / (2 * h);
                QVERIFY(worst(gradient.select(1, row).select(1, e), numeric) < 1e-6 * size);
            }
        }
        // Nothing else asks for a gradient: the descent moves routing alone.
        QVERIFY(!m.weights.head.dense().requires_grad() && !batch.image_rows.requires_grad());
    }

    void zeroOffsetIsNative_data() { variants(); }
    void zeroOffsetIsNative() {
        QFETCH(QString, variant);
        const at::NoGradGuard no_grad;
        for (const auto type : {at::kFloat, at::kDouble}) {
            const GoldenModel m = GoldenModel::load(variant.toStdString(), type);
            for (const char* name : {"/case1_single_clean", "/case2_batch_clean"}) {
                const File file = File::load(variant.toStdString() + name);
                const CaseInput input = case_input(m, file, file);
                const Decoder decoder(m.config, m.weights);
                const PackedBatch batch = Prepared(decoder, input).packed(decoder);
                const at::Tensor native = decoder.logits(run_routed(decoder, batch, {}, false, false).hidden);
                const at::Tensor native_full = forward_network(m.config, m.weights, input.network()).value().logits;
                for (const std::int64_t rows : {1, 2}) {
                    MixerRouting zero;
                    zero.kind = MixerRouting::Kind::Offset;
                    zero.values = at::zeros({batch.layout.batch, rows, 6}, native.options());
                    QVERIFY(decoder.logits(run_routed(decoder, batch, zero, false, false).hidden).equal(native));
                    NetworkInput network = input.network();
                    network.routing = zero;
                    QVERIFY(forward_network(m.config, m.weights, network).value().logits.equal(native_full));
                }
            }
        }
    }

    /// LibTorch 1.13.1 with oneDNN: the float32 backward is garbage for gradients that are not contiguous.
    void geluBackward_data() {
        QTest::addColumn<bool>("one_dnn");
        QTest::newRow("as the engine runs") << false;
        QTest::newRow("oneDNN on") << true;
    }
    void geluBackward() {
        QFETCH(bool, one_dnn);
        at::globalContext().setUserEnabledMkldnn(one_dnn);
        const at::Tensor x = seeded({96, 64}, at::kFloat, 3);
        const at::Tensor slope = gelu_derivative(x);
        for (const bool contiguous : {true, false}) {
            for (const auto& [name, incoming] : awkward_gradients({96, 64})) {
                const at::Tensor leaf = (contiguous ? x.clone() : x.t().contiguous().t()).requires_grad_(true);
                gelu_erf(leaf).backward(incoming);
                const double error = worst(leaf.grad(), incoming.to(at::kDouble) * slope);
                QVERIFY2(error < 1e-5, (name + ": " + std::to_string(error)).c_str());
            }
        }
        // Without the shim, in the engine's setting.
        if (!one_dnn) {
            for (const auto& [name, incoming] : awkward_gradients({96, 64})) {
                const at::Tensor leaf = x.clone().requires_grad_(true);
                at::gelu(leaf).backward(incoming);
                QVERIFY2(worst(leaf.grad(), incoming.to(at::kDouble) * slope) < 1e-5, name.c_str());
            }
        }
    }

    /// Where it hurt: gradients of the experts' own weights in float32 (training) against float64.
    void expertWeightGradients() {
        const auto gradients = [](at::ScalarType type) {
            GoldenModel m = GoldenModel::load("A", type);
            const File file = File::load("A/case2_batch_clean");
            const CaseInput input = case_input(m, file, file);
            std::vector<at::Tensor> leaves;
            for (ExpertWeights& expert : m.weights.mixers[1].experts) {
                for (LowRank* part : {&expert.q, &expert.k, &expert.v, &expert.o}) {
                    for (at::Tensor* w : {&part->first, &part->second}) {
                        *w = w->detach().clone().requires_grad_(true);
                        leaves.push_back(*w);
                    }
                }
            }
            forward_network(m.config, m.weights, input.network()).value().loss.backward();
            std::vector<at::Tensor> out;
            for (const at::Tensor& leaf : leaves) {
                out.push_back(leaf.grad());
            }
            return out;
        };
        const auto narrow = gradients(at::kFloat);
        const auto wide = gradients(at::kDouble);
        QCOMPARE(narrow.size(), std::size_t(48));
        for (std::size_t i = 0; i < narrow.size(); ++i) {
            const double size = wide[i].abs().max().item<double>();
            QVERIFY(size > 0);
            QVERIFY(worst(narrow[i], wide[i]) < 1e-4 * size);
        }
    }

    /// Training: the gradient of every weight along a random direction against central differences in float64.
    void everyWeight_data() {
        QTest::addColumn<bool>("hidden");
        QTest::newRow("as MoAI") << false;
        QTest::newRow("image hidden from text") << true;
    }
    void everyWeight() {
        QFETCH(bool, hidden);
        GoldenModel m = GoldenModel::load("B", at::kDouble);
        m.config.hide_image_from_text = hidden;
        const File file = File::load("B/case1_single_clean");
        const std::vector<TokenSample> samples = token_samples(file, m.config);
        const at::Tensor pixels = normalise_pixels(to_tensor(file["image_u8"])).to(at::kDouble);
        const at::Tensor rows = to_tensor(file["aux_embeds"]).to(at::kDouble);
        const auto loss = [&](const TensorMap& named) {
            const MoaiWeights w = MoaiWeights::bind(m.config, named, "test").value();
            NetworkInput network;
            network.samples = samples;
            network.image_features = project(w, vision_tower(m.config, w, pixels));
            network.compressed = compress(m.config, w, rows);
            return forward_network(m.config, w, network).value().loss;
        };
        TensorMap leaves;
        for (const auto& [name, tensor] : m.named) {
            leaves[name] = tensor.clone().requires_grad_(true);
        }
        loss(leaves).backward();
        const at::NoGradGuard no_grad;
        // What reaches no answer: the tower's post norm (never used), image rows behind the last layer's keys, and with the
        // image hidden from text everything that makes image tokens in the last layer.
        const std::string last = "model.layers." + std::to_string(m.config.layers - 1) + ".";
        const auto unread = [&](const std::string& name) {
            const auto in = [&name](const std::string& part) { return name.find(part) != std::string::npos; };
            const bool image_expert = in("img_aux.") || in("CA_img_lang.") || in("SA_img.") || in("GA_img.");
            return in("post_layernorm") ||
                   (name.starts_with(last) && ((in("Plora_A") || in("Plora_B")) ? hidden || !in("wqkv") : hidden && image_expert));
        };
        std::uint64_t seed = 100;
        for (const auto& [name, leaf] : leaves) {
            if (hidden && (name.starts_with("vi") || name.starts_with("moai_compressor"))) {
                continue;  // the same in both
            }
            const at::Tensor direction = seeded(leaf.sizes(), at::kDouble, ++seed);
            const double h = 3e-5 / direction.norm().item<double>();
            TensorMap moved = m.named;
            const auto at_step = [&](double step) {
                moved[name] = m.named.at(name) + step * direction;
                return loss(moved).item<double>();
            };
            const double numeric = (at_step(h) - at_step(-h)) / (2 * h);
            const at::Tensor gradient = leaf.grad();
            const double exact = gradient.defined() ? (gradient * direction).sum().item<double>() : 0;
            // A loss of 8 is known to about 1e-14, so the quotient to 1e-14 / h.
            QVERIFY2(std::abs(numeric - exact) < 1e-6 * std::abs(exact) + 1e-14 / h,
                     (name + ": " + std::to_string(numeric) + " " + std::to_string(exact)).c_str());
            const bool some = gradient.defined() && gradient.abs().max().item<double>() > 0;
            QVERIFY2(some != unread(name), name.c_str());
        }
    }

    /// mix_cached_rows against the sum written out, values and gradient.
    void mixedRows() {
        const at::Tensor rows = seeded({2, 5, 3, 8}, at::kDouble);
        for (const std::int64_t n : {1, 5}) {
            const at::Tensor gate = seeded({2, n, 3}, at::kDouble, 11).requires_grad_(true);
            const at::Tensor weight = seeded({2, 5, 8}, at::kDouble, 13);
            const at::Tensor mixed = mix_cached_rows(rows, gate);
            const at::Tensor wanted = at::einsum("bne,bneh->bnh", {gate.expand({2, 5, 3}), rows});
            QVERIFY(worst(mixed, wanted) < 1e-13);
            (mixed * weight).sum().backward();
            at::Tensor by_hand = at::einsum("bnh,bneh->bne", {weight, rows});
            by_hand = n == 1 ? by_hand.sum(1, true) : by_hand;
            QVERIFY(worst(gate.grad(), by_hand) < 1e-12);
        }
    }

    /// Teacher forcing: the answer's tokens change nothing before them. With upstream's training masks they do.
    void answersDoNotLeak_data() { variants(); }
    void answersDoNotLeak() {
        QFETCH(QString, variant);
        const at::NoGradGuard no_grad;
        const GoldenModel m = GoldenModel::load(variant.toStdString(), at::kFloat);
        const File file = File::load(variant.toStdString() + "/case2_batch_clean");
        CaseInput input = case_input(m, file, file);
        const auto forward = [&](bool mixed) {
            NetworkInput network = input.network();
            network.all_logits = true;
            network.answers_are_language = mixed;
            return forward_network(m.config, m.weights, network).value();
        };
        const NetworkOutput before = forward(false);
        const NetworkOutput leaky = forward(true);
        for (TokenSample& sample : input.samples) {  // all but the first answer token
            for (std::size_t t = 1; t < sample.answer.size(); ++t) {
                sample.answer[t] = (sample.answer[t] + 101) % m.config.vocab_size;
            }
        }
        const std::int64_t untouched = before.layout.image + before.layout.prompt + 1;
        const auto head = [&](const NetworkOutput& out) { return out.logits.slice(1, 0, untouched); };
        const at::Tensor real = before.layout.text_real.slice(1, 0, untouched - before.layout.image);
        const auto text_rows = [&](const NetworkOutput& out) { return head(out).slice(1, before.layout.image).masked_select(real.unsqueeze(2)); };
        const NetworkOutput after = forward(false);
        QVERIFY(text_rows(after).equal(text_rows(before)));
        QVERIFY(head(after).slice(1, 0, before.layout.image).equal(head(before).slice(1, 0, before.layout.image)));
        QVERIFY(worst(after.logits, before.logits) > 1e-2);  // behind them they count
        QVERIFY(worst(text_rows(forward(true)), text_rows(leaky)) > 1e-4);
    }
};

QTEST_GUILESS_MAIN(TestModelGradients)
#include "test_model_gradients.moc"
