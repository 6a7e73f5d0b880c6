// The prepared path equals the whole network, and a batch equals its samples one by one.
#include "core/model/moai_model.h"
#include "tests/model/golden_case.h"
#include "tests/model/golden_checkpoint.h"

using namespace r2t2;
using namespace r2t2::golden;

namespace {

constexpr double exact64 = 1e-12;

struct World {
    GoldenModel model;
    Decoder decoder;
    CaseInput input;
    Prepared prepared;

    World(const std::string& variant, bool merged, bool hidden, at::ScalarType type = at::kDouble, std::size_t longer = 0)
        : model(load(variant, merged, hidden, type)), decoder(model.config, model.weights), input(read(model, variant, longer)), prepared(decoder, input) {}

    /// Each sample's question is `longer` words longer than the one before it.
    static CaseInput read(const GoldenModel& model, const std::string& variant, std::size_t longer) {
        const File file = File::load(variant + "/case2_batch_clean");
        CaseInput out = case_input(model, file, file);
        for (std::size_t b = 0; b < out.samples.size(); ++b) {
            std::vector<std::int64_t>& prompt = out.samples[b].prompt;
            prompt.insert(prompt.end(), b * longer, prompt.back());
        }
        return out;
    }

    static GoldenModel load(const std::string& variant, bool merged, bool hidden, at::ScalarType type = at::kDouble) {
        GoldenModel m = GoldenModel::load(variant, type);
        m.config.hide_image_from_text = hidden;  // the bundled miniature's departure; no golden tensors exist for it
        if (merged) {
            m.weights.prepare_for_inference(true);
        }
        return m;
    }
    [[nodiscard]] PackedBatch pack_samples(std::vector<const MoaiSample*> samples, bool with_answers = true) const {
        return pack(model.config, samples, with_answers, model.weights.embedding.options());
    }
};

struct Numbers {
    at::Tensor losses, gradient, gates, logits;
};

Numbers run(const Decoder& decoder, const PackedBatch& batch, MixerRouting routing) {
    if (routing.values.defined()) {
        routing.values = routing.values.detach().clone().requires_grad_(true);
    }
    const RoutedPass pass = run_routed(decoder, batch, routing, false, true);
    const at::Tensor logits = decoder.logits(pass.hidden);
    const at::Tensor losses = answer_loss(logits, batch.labels).sample;
    Numbers out{losses.detach(), {}, at::stack(pass.gates, 1).detach(), logits.detach()};
    if (routing.values.defined()) {
        losses.sum().backward();
        out.gradient = routing.values.grad();
    }
    return out;
}

/// Native, fixed and offset routings for a batch of `count`, shared or per mixer.
std::vector<MixerRouting> routings(std::int64_t count, at::ScalarType type = at::kDouble) {
    std::vector<MixerRouting> out(1);
    at::Generator generator = at::detail::createCPUGenerator(5);
    for (const std::int64_t rows : {1, 2}) {
        const at::Tensor values = at::randn({count, rows, 6}, generator, at::TensorOptions(at::kDouble)).to(type);
        out.push_back({MixerRouting::Kind::Fixed, at::softmax(values.view({count, rows, 2, 3}), -1).view_as(values), false});
        out.push_back({MixerRouting::Kind::Offset, values, false});
    }
    return out;
}

MixerRouting only(const MixerRouting& routing, std::int64_t row) {
    MixerRouting one = routing;
    if (one.values.defined()) {
        one.values = one.values.slice(0, row, row + 1);
    }
    return one;
}

}  // namespace

class TestModelBatches : public QObject {
    Q_OBJECT

    static void variants() {
        QTest::addColumn<QString>("variant");
        QTest::addColumn<bool>("merged");
        QTest::addColumn<bool>("hidden");
        QTest::newRow("A") << "A" << false << false;
        QTest::newRow("A merged, image hidden from text") << "A" << true << true;
        QTest::newRow("B merged") << "B" << true << false;
        QTest::newRow("B image hidden from text") << "B" << false << true;
    }

private Q_SLOTS:
    void preparedEqualsFull_data() { variants(); }
    void preparedEqualsFull() {
        QFETCH(QString, variant);
        QFETCH(bool, merged);
        QFETCH(bool, hidden);
        const World w(variant.toStdString(), merged, hidden);
        const PackedBatch batch = w.pack_samples(w.prepared.pointers);
        for (const MixerRouting& routing : routings(3)) {
            const Numbers prepared = run(w.decoder, batch, routing);
            NetworkInput network = w.input.network();
            network.routing = routing;
            const at::NoGradGuard no_grad;
            const NetworkOutput full = forward_network(w.model.config, w.model.weights, network).value();
            QVERIFY(worst(answer_rows(prepared.logits, w.input.samples), answer_rows(full.logits, w.input.samples)) < exact64);
            QVERIFY(worst(prepared.losses, full.sample_loss) < exact64);
            QVERIFY(worst(prepared.gates, at::stack(full.gates, 1)) < exact64);
            // All positions at once: nothing is skipped in the last layer.
            network.all_logits = true;
            int traced = 0;
            network.trace = [&traced](const std::string&, const at::Tensor& value) { traced += value.defined(); };
            const NetworkOutput all = forward_network(w.model.config, w.model.weights, network).value();
            QVERIFY(worst(answer_rows(predicting(all), w.input.samples), answer_rows(full.logits, w.input.samples)) < exact64);
            QVERIFY(traced > 10);
            network.all_logits = false;  // tracing does not need the image tokens that nobody reads
            QVERIFY(forward_network(w.model.config, w.model.weights, network).value().logits.equal(full.logits));
        }
    }

    /// With the image hidden, text changes with the image through the mixers alone.
    void hiddenImageReachesTextThroughMixers() {
        const at::NoGradGuard no_grad;
        for (const bool hidden : {false, true}) {
            const GoldenModel m = World::load("A", false, hidden);
            const File file = File::load("A/case2_batch_clean");
            NetworkInput network = case_input(m, file, file).network();
            network.all_logits = true;
            const auto text_after = [&](const std::string& layer) {
                at::Tensor text;
                network.trace = [&](const std::string& name, const at::Tensor& value) {
                    if (name == layer) {
                        text = value.slice(1, m.config.vision.patches());
                    }
                };
                (void)forward_network(m.config, m.weights, network).value();
                return text;
            };
            const at::Tensor before_mixer = text_after("hidden.6"), mixer_layer = text_after("hidden.7");
            network.image_features = network.image_features + 0.5;
            QCOMPARE(text_after("hidden.6").equal(before_mixer), hidden);
            QVERIFY(worst(text_after("hidden.7"), mixer_layer) > 1e-3);
        }
    }

    /// Different lengths of prompt and answer side by side.
    void batchEqualsSingles_data() { variants(); }
    void batchEqualsSingles() {
        QFETCH(QString, variant);
        QFETCH(bool, merged);
        QFETCH(bool, hidden);
        const World w(variant.toStdString(), merged, hidden);
        std::set<std::size_t> lengths;
        for (const TokenSample& sample : w.input.samples) {
            lengths.insert(sample.prompt.size());
        }
        QCOMPARE(lengths.size(), std::size_t(3));
        const PackedBatch batch = w.pack_samples(w.prepared.pointers);
        for (const MixerRouting& routing : routings(3)) {
            const Numbers together = run(w.decoder, batch, routing);
            for (std::int64_t b = 0; b < 3; ++b) {
                const Numbers alone = run(w.decoder, w.pack_samples({w.prepared.pointers[std::size_t(b)]}), only(routing, b));
                QVERIFY(worst(alone.losses[0], together.losses[b]) < exact64);
                QVERIFY(worst(alone.gates[0], together.gates[b]) < exact64);
                QVERIFY(worst(alone.logits[0], together.logits[b].slice(0, 0, alone.logits.size(1))) < exact64);
                if (routing.values.defined()) {
                    QVERIFY(worst(alone.gradient[0], together.gradient[b]) < exact64);
                }
            }
        }
    }

    /// To the last bit, in what a model computes with: whatever is computed beside a sample, wherever its row stands, however far it is padded.
    void bitsDoNotDependOnTheBatch_data() {
        QTest::addColumn<QString>("variant");
        QTest::addColumn<bool>("hidden");
        QTest::addColumn<int>("longer");
        for (const char* variant : {"A", "B"}) {
            for (const bool hidden : {false, true}) {
                for (const int longer : {0, 1, 8, 13}) {
                    QTest::addRow("%s%s, %d", variant, hidden ? " image hidden" : "", longer) << variant << hidden << longer;
                }
            }
        }
    }
    void bitsDoNotDependOnTheBatch() {
        QFETCH(QString, variant);
        QFETCH(bool, hidden);
        QFETCH(int, longer);
        const World w(variant.toStdString(), true, hidden, at::kFloat, std::size_t(longer));
        const std::vector<std::vector<std::int64_t>> batches{{0, 1, 2}, {2, 0, 1, 1, 0, 2}, {1, 2}, {0, 2, 2, 2, 2}};
        for (const MixerRouting& routing : routings(3, at::kFloat)) {
            std::vector<Numbers> alone;
            for (std::int64_t b = 0; b < 3; ++b) {
                alone.push_back(run(w.decoder, w.pack_samples({w.prepared.pointers[std::size_t(b)]}), only(routing, b)));
            }
            for (const auto& rows : batches) {
                std::vector<const MoaiSample*> samples;
                for (const std::int64_t b : rows) {
                    samples.push_back(w.prepared.pointers[std::size_t(b)]);
                }
                MixerRouting theirs = routing;
                if (routing.values.defined()) {
                    theirs.values = routing.values.index_select(0, at::tensor(at::ArrayRef<std::int64_t>(rows)));
                }
                const Numbers together = run(w.decoder, w.pack_samples(samples), theirs);
                for (std::size_t i = 0; i < rows.size(); ++i) {
                    const Numbers& own = alone[std::size_t(rows[i])];
                    const auto row = std::int64_t(i);
                    QVERIFY(together.losses[row].equal(own.losses[0]));
                    QVERIFY(together.logits[row].slice(0, 0, own.logits.size(1)).equal(own.logits[0]));
                    QVERIFY(!routing.values.defined() || together.gradient[row].equal(own.gradient[0]));
                }
            }
        }
    }

    /// One sample under several routings: stored once, expanded, the same numbers as one at a time.
    void expandedEqualsSingles_data() { variants(); }
    void expandedEqualsSingles() {
        QFETCH(QString, variant);
        QFETCH(bool, merged);
        QFETCH(bool, hidden);
        const World w(variant.toStdString(), merged, hidden);
        for (const MoaiSample* sample : {w.prepared.pointers[0], w.prepared.pointers[2]}) {
            const PackedBatch many = w.pack_samples({sample, sample, sample});
            QCOMPARE(many.layout.batch, std::int64_t(3));
            QCOMPARE(many.image_rows.stride(0), std::int64_t(0));  // no copies
            for (const MixerRouting& routing : routings(3)) {
                const Numbers together = run(w.decoder, many, routing);
                for (std::int64_t b = 0; b < 3; ++b) {
                    const Numbers alone = run(w.decoder, w.pack_samples({sample}), only(routing, b));
                    QVERIFY(worst(alone.losses[0], together.losses[b]) < exact64);
                    QVERIFY(worst(alone.logits[0], together.logits[b]) < exact64);
                    if (routing.values.defined()) {
                        QVERIFY(worst(alone.gradient[0], together.gradient[b]) < exact64);
                    }
                }
            }
        }
    }

    /// A sample prepared with an answer generates as one prepared without; alone, in a batch, expanded.
    void generationDoesNotSeeTheAnswer_data() { variants(); }
    void generationDoesNotSeeTheAnswer() {
        QFETCH(QString, variant);
        QFETCH(bool, merged);
        QFETCH(bool, hidden);
        const World w(variant.toStdString(), merged, hidden);
        CaseInput questions = w.input;
        for (TokenSample& sample : questions.samples) {
            sample.answer.clear();
        }
        const Prepared unlabelled(w.decoder, questions);
        GenerationOptions options;
        options.max_new_tokens = 5;
        options.stop_ids.clear();
        const auto generate = [&](const std::vector<const MoaiSample*>& samples, const MixerRouting& routing) {
            return generate_greedy(w.decoder, w.pack_samples(samples, false), routing, options, true);
        };
        for (const MixerRouting& routing : routings(3)) {
            const auto together = generate(w.prepared.pointers, routing);
            const auto without = generate(unlabelled.pointers, routing);
            for (std::size_t b = 0; b < 3; ++b) {
                const auto alone = generate({w.prepared.pointers[b]}, only(routing, std::int64_t(b)));
                QCOMPARE(together[b].tokens, alone[0].tokens);
                QCOMPARE(together[b].tokens, without[b].tokens);
                QVERIFY(worst(at::stack(together[b].step_logits), at::stack(alone[0].step_logits)) < exact64);
                QVERIFY(worst(at::stack(together[b].step_logits), at::stack(without[b].step_logits)) < exact64);
            }
            const MoaiSample* one = w.prepared.pointers[1];
            const auto expanded = generate({one, one, one}, routing);
            for (std::size_t b = 0; b < 3; ++b) {
                const auto alone = generate({one}, only(routing, std::int64_t(b)));
                QCOMPARE(expanded[b].tokens, alone[0].tokens);
                QVERIFY(worst(at::stack(expanded[b].step_logits), at::stack(alone[0].step_logits)) < exact64);
            }
        }
    }

    /// Pixels and words through MoaiModel against the network fed by hand.
    void modelEqualsNetwork_data() { variants(); }
    void modelEqualsNetwork() {
        QFETCH(QString, variant);
        QFETCH(bool, merged);
        QFETCH(bool, hidden);
        const GoldenModel m = World::load(variant.toStdString(), merged, hidden);
        ModelConfig config = checkpoint_config(variant.toStdString());
        config.hide_image_from_text = hidden;
        const std::int64_t side = config.vision.image_size;
        auto pieces = Tokenizer::create(checkpoint_tokenizer(config.vocab_size)).value();
        auto words = PromptTokenizer::create(std::move(pieces), {{"<image>", config.image_token()}}).value();
        const MoaiModel model(config, m.weights, std::move(words), {}, {});
        const at::Tensor image = to_tensor(File::load("A/case2_batch_clean")["image_u8"]).slice(0, 0, 1);
        const at::Tensor map = at::arange(side * side).remainder(140).to(at::kByte).view({side, side});
        ModelInput input;
        const at::Tensor rgb = image[0].permute({1, 2, 0}).contiguous();
        input.rgb.assign(rgb.data_ptr<std::uint8_t>(), rgb.data_ptr<std::uint8_t>() + rgb.numel());
        input.segment_ids.assign(map.data_ptr<std::uint8_t>(), map.data_ptr<std::uint8_t>() + map.numel());
        input.question = "Where is the dog?";
        input.facts_text = "The image includes a dog.";
        input.answer = "on top";
        const auto sample = model.prepare(input).value();
        const RoutingMatrix r(1, 6, {0.5, 0.2, 0.3, 0.1, 0.7, 0.2});
        const RoutedQuery query{sample.get(), RoutingAction::fixed(r)};
        const LossGradient got = model.loss_and_gradient({&query, 1}, true).value()[0];

        const TokenSample tokens = model.token_sample(input).value();
        QCOMPARE(tokens.prompt[0], std::int64_t(1));
        QCOMPARE(std::count(tokens.prompt.begin(), tokens.prompt.end(), std::int64_t(config.image_token())), std::ptrdiff_t(1));
        QCOMPARE(tokens.answer.size(), std::size_t(7));  // a piece a letter, and the leading space
        NetworkInput network;
        {
            const at::NoGradGuard no_grad;
            const auto see = [&](const at::Tensor& pixels) {
                return project(m.weights, vision_tower(config, m.weights, normalise_pixels(pixels).to(at::kDouble)));
            };
            std::vector<std::int64_t> ids{config.bos_id};
            const auto facts = model.tokenize(input.facts_text).value();
            for (const std::int32_t id : facts) {
                ids.push_back(id);
            }
            const at::Tensor rows = m.weights.embedding.index_select(0, at::tensor(at::ArrayRef<std::int64_t>(ids)));
            const at::Tensor colours = see(segment_colours(map).unsqueeze(0).contiguous());
            network.samples = {tokens};
            network.image_features = see(image.to(at::kFloat));
            network.compressed = compress(config, m.weights, at::cat({rows, colours[0]}).unsqueeze(0));
        }
        const at::NoGradGuard no_grad;
        const NetworkOutput native = forward_network(config, m.weights, network).value();
        const at::Tensor gates = at::stack(native.gates, 1)[0].contiguous().view({-1});
        for (std::int64_t i = 0; i < 12; ++i) {
            QVERIFY(std::abs(sample->native_routing().values()[std::size_t(i)] - gates[i].item<double>()) < exact64);
        }
        network.routing.kind = MixerRouting::Kind::Fixed;
        network.routing.values = at::tensor(at::ArrayRef<double>(r.values()), at::kDouble).view({1, 1, 6});
        const at::AutoGradMode grad(true);
        network.routing.values.requires_grad_(true);
        const NetworkOutput routed = forward_network(config, m.weights, network).value();
        routed.loss.backward();
        QVERIFY(std::abs(got.loss - routed.loss.item<double>()) < exact64);
        const at::Tensor gradient = network.routing.values.grad().view({-1});
        for (std::int64_t i = 0; i < 6; ++i) {
            QVERIFY(std::abs(got.gradient.values()[std::size_t(i)] - gradient[i].item<double>()) < exact64);
        }
    }
};

QTEST_GUILESS_MAIN(TestModelBatches)
#include "test_model_batches.moc"
