// Small golden pieces: position table, rotary, attention mask, image merge, float16 gates. The other half of the
// folder's units (kernels, kNN, PCA, ...) is torch-free and tested where that code is.
#include "tests/model/golden_case.h"

using namespace r2t2;
using namespace r2t2::golden;

namespace {

/// The golden units are float32 and carry no stated error: a few roundings of a number of size 1.
constexpr double few_roundings = 4e-7;

ModelConfig tiny_vision(int grid) {
    ModelConfig config;
    config.hidden_size = 8;
    config.heads = 1;
    config.kv_heads = 1;
    config.vocab_size = 256;
    config.vision.patch_size = 14;
    config.vision.image_size = 14 * grid;
    return config;
}

}  // namespace

class TestGoldenUnits : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { configure_torch(); }

    void positionTable() {
        const File file = File::load("units/pos_interp");
        const at::Tensor stored = to_tensor(file["pretrained"]);
        const at::Tensor plain = to_tensor(file["resized_float32"]);
        QVERIFY(worst(interpolate_positions(stored, 5, false), plain) <= few_roundings * plain.abs().max().item<double>());
        QCOMPARE(worst(interpolate_positions(stored, 5), to_tensor(file["resized_upstream"])), 0.0);
    }

    /// A stored table of another grid is resized when weights are bound: a CLIP checkpoint as it is.
    void bindingResizesTheTable() {
        GoldenModel m = GoldenModel::load("A", at::kFloat);
        const std::string name = "vit.vision_tower.vision_model.embeddings.position_embedding.weight";
        const File file = File::load("units/pos_interp");
        m.named[name] = to_tensor(file["pretrained"]);
        const auto bound = MoaiWeights::bind(m.config, m.named, "test");
        QVERIFY(bound.ok());
        QCOMPARE(worst(bound->position_embedding, to_tensor(file["resized_upstream"])), 0.0);
    }

    void rotaryTables_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<double>("base");
        QTest::addColumn<double>("factor");
        QTest::addColumn<int>("length");
        QTest::newRow("plain 1e4") << "plain_base1e4" << 1e4 << 0.0 << 40;
        QTest::newRow("plain 1e6") << "plain_base1e6" << 1e6 << 0.0 << 40;
        QTest::newRow("dynamic, not reached") << "dynamic_f1_max32_seq24" << 1e4 << 1.0 << 24;
        QTest::newRow("dynamic 1") << "dynamic_f1_max32_seq40" << 1e4 << 1.0 << 40;
        QTest::newRow("dynamic 2") << "dynamic_f2_max32_seq40" << 1e4 << 2.0 << 40;
    }
    void rotaryTables() {
        QFETCH(QString, name);
        QFETCH(double, base);
        QFETCH(double, factor);
        QFETCH(int, length);
        const File file = File::load("units/rotary");
        const RotaryTable table = rotary_table(16, base, factor, 32, length, at::kFloat);
        // An angle up to 39 has a last bit of 3.8e-6, so an inverse frequency off by one rounding shows as much.
        QVERIFY(worst(table.cos, to_tensor(file[name.toStdString() + ".cos"])) <= 3.8e-6);
        QVERIFY(worst(table.sin, to_tensor(file[name.toStdString() + ".sin"])) <= 3.8e-6);
        const RotaryTable wide = rotary_table(16, base, factor, 32, length, at::kDouble);
        QVERIFY(worst(wide.cos, to_tensor(file[name.toStdString() + ".cos"])) <= 3.8e-6);
    }

    /// Upstream's module remembers the enlarged base of a longer call and returns it for 24 positions afterwards. Ours
    /// has no state: a sample's result must not depend on what was computed before it. Hence on purpose unequal.
    void rotaryKeepsNoState() {
        const File file = File::load("units/rotary");
        (void)rotary_table(16, 1e4, 1.0, 32, 40, at::kFloat);
        const at::Tensor after = rotary_table(16, 1e4, 1.0, 32, 24, at::kFloat).cos;
        QVERIFY(worst(after, to_tensor(file["dynamic_f1_max32_seq24.cos"])) <= 3.8e-6);
        QVERIFY(worst(after, to_tensor(file["dynamic_f1_seq24_after_seq40.cos"])) > 1e-2);
    }

    void rotation() {
        const File file = File::load("units/rotary");
        const RotaryTable table = rotary_table(16, 1e4, 0, 32, 12, at::kFloat);
        for (const std::string part : {"q", "k"}) {
            const at::Tensor x = to_tensor(file[part]);
            const at::Tensor turned = rotate(x, table.cos.slice(0, 0, 7), table.sin.slice(0, 0, 7));
            QVERIFY(worst(turned, to_tensor(file[part + "_rot"])) <= 1e-6 * x.abs().max().item<double>());
            const at::Tensor step = rotate(x.slice(2, 0, 1), table.cos[11], table.sin[11]);
            QVERIFY(worst(step, to_tensor(file[part + "_step_rot"])) <= 1e-6 * x.abs().max().item<double>());
        }
    }

    /// Upstream's mask over [pads | tokens] against ours over [image | prompt], on real queries.
    void attentionMask() {
        const File file = File::load("units/attn_mask");
        const std::vector<std::int64_t> real = file["attention_mask"].integers();
        const auto rows = [&](std::int64_t length) {  // the first real token plays the image of one patch
            std::vector<RowLengths> out;
            for (std::int64_t b = 0; b < 2; ++b) {
                out.push_back({0, std::accumulate(real.begin() + b * 6, real.begin() + b * 6 + length, std::int64_t(0)) - 1, 0});
            }
            return out;
        };
        const TokenLayout layout = make_layout(tiny_vision(1), rows(6), at::kFloat);
        const at::Tensor golden_mask = to_tensor(file["additive_mask"]);
        const at::Tensor scores = to_tensor(file["scores"]);
        const at::Tensor probs = to_tensor(file["probs"]);
        const std::vector<RowLengths> lengths = rows(6);
        for (std::int64_t b = 0; b < 2; ++b) {
            const std::int64_t pad = 5 - lengths[std::size_t(b)].after;
            // Canonical order of one row's real tokens: the image, then the left-padded prompt.
            const at::Tensor ours = at::cat({at::zeros({1}, at::kLong), at::arange(1 + pad, 6, at::kLong)});
            const auto block = [](const at::Tensor& x, const at::Tensor& index) { return x.index_select(0, index).index_select(1, index); };
            const at::Tensor theirs = at::arange(pad, 6, at::kLong);
            const at::Tensor bias = layout.attention_bias[b][0];
            QVERIFY(block(bias, ours).eq(0).equal(block(golden_mask[b][0], theirs).eq(0)));
            QVERIFY(bias.ge(-std::numeric_limits<float>::max()).all().item<bool>());  // finite: never lowest + lowest
            const at::Tensor p = at::softmax(block(scores[b][0], theirs) + block(bias, ours), -1);
            QVERIFY(worst(p, block(probs[b][0], theirs)) <= few_roundings);
            // Real queries give nothing to pads, in their form as in ours.
            QCOMPARE(probs[b][0].index_select(0, theirs).slice(1, 0, pad).sum().item<double>(), 0.0);
            if (pad > 0) {
                const at::Tensor to_pads = at::softmax(bias.index_select(0, ours), -1).slice(1, 1, 1 + pad);
                QCOMPARE(to_pads.sum().item<double>(), 0.0);
            }
        }
        // A decode step sees what the last prompt token sees, and itself.
        const TokenLayout before = make_layout(tiny_vision(1), rows(5), at::kFloat);
        const at::Tensor last = before.attention_bias.select(2, 4).squeeze(1);
        const at::Tensor step = to_tensor(file["decode_mask"]).flatten(1);
        for (std::int64_t b = 0; b < 2; ++b) {
            const std::int64_t pad = 4 - rows(5)[std::size_t(b)].after;
            QCOMPARE(last[b].eq(0).sum().item<std::int64_t>(), 5 - pad);
            QCOMPARE(step[b].eq(0).sum().item<std::int64_t>(), 6 - pad);
            QVERIFY(step[b].slice(0, pad).eq(0).all().item<bool>());
        }
    }

    /// One image a row merges as upstream does it; two are refused: a prompt of MoAI has exactly one.
    void imageMerge() {
        const File file = File::load("units/merge");
        const ModelConfig config = tiny_vision(2);
        const at::Tensor ids = to_tensor(file["input_ids"]);
        const at::Tensor mask = to_tensor(file["attention_mask"]);
        MoaiWeights weights;
        weights.embedding = at::zeros({257, 8});
        weights.embedding.index_copy_(0, ids[0], to_tensor(file["inputs_embeds"])[0]);  // the file has them by position
        std::vector<TokenSample> samples(2);
        for (std::int64_t b = 0; b < 2; ++b) {
            for (std::int64_t t = 0; t < ids.size(1); ++t) {
                if (mask[b][t].item<std::int64_t>() != 0) {
                    samples[std::size_t(b)].prompt.push_back(ids[b][t].item<std::int64_t>());
                }
            }
        }
        const Result<RowLengths> one = measure_prompt(config, samples[0], 0);
        QVERIFY(one.ok());
        const TokenLayout layout = make_layout(config, {*one}, at::kFloat);
        const at::Tensor features = to_tensor(file["image_features"]).slice(0, 0, 1);
        const at::Tensor ours = at::cat({features, embed_text(config, weights, {samples[0]}, layout)}, 1);
        const at::Tensor expected = to_tensor(file["merged_embeds"]).slice(0, 0, 1);
        const RowMap map = merged_rows(layout, {*one}, expected.size(1));
        QCOMPARE(worst(rows_at(ours, map.canonical), rows_at(expected, map.merged)), 0.0);
        // Real positions are those of the merged mask, numbered as its position ids.
        const at::Tensor merged_mask = to_tensor(file["merged_attention_mask"])[0];
        QVERIFY(merged_mask.nonzero().flatten().equal(std::get<0>(map.merged.sort())));
        const at::Tensor positions = to_tensor(file["position_ids"])[0].index_select(0, map.merged);
        const RotaryTable table = rotary_table(config.head_dim(), config.rope_theta, 0, 100, 20, at::kFloat);
        QCOMPARE(worst(layout.cos[0].index_select(0, map.canonical), table.cos.index_select(0, positions)), 0.0);

        const Result<RowLengths> two = measure_prompt(config, samples[1], 0);
        QVERIFY(!two.ok());
        QCOMPARE(QString::fromStdString(two.error().message()), QString("prompt: <image>: found 2 times; allowed: exactly once"));
        QVERIFY(!measure_prompt(config, {{1, 5, 6}, {}}, 0).ok());
        QVERIFY(!measure_prompt(config, {{1, 256, 257}, {}}, 0).ok());
        QVERIFY(!measure_prompt(config, {{1, 256, -1}, {}}, 0).ok());
        QVERIFY(!measure_prompt(config, {{1, 256}, {256}}, 0).ok());
    }

    /// 69 rows: ordinary, ties, saturated, and one whose logit overflows float16 and gives NaN.
    void gateRounding() {
        const File file = File::load("units/gate_softmax");
        const at::Tensor logits = to_tensor(file["logits"]).unsqueeze(0);
        MixerRouting routing;
        QVERIFY(worst(Decoder::gate_weights(routing, 0, 0, logits)[0], to_tensor(file["weights_f32"])) <= 1.2e-7);
        routing.gate_half = true;
        const at::Tensor rounded = Decoder::gate_weights(routing, 0, 0, logits)[0];
        QVERIFY(rounded.scalar_type() == at::kFloat);
        const at::Tensor expected = to_tensor(file["weights_f16"]).to(at::kFloat);
        QVERIFY(rounded.isnan().equal(expected.isnan()));
        QCOMPARE(expected.isnan().any(1).sum().item<std::int64_t>(), std::int64_t(1));
        const at::Tensor known = expected.isnan().logical_not();
        QVERIFY(rounded.masked_select(known).equal(expected.masked_select(known)));
    }
};

QTEST_GUILESS_MAIN(TestGoldenUnits)
#include "test_golden_units.moc"
