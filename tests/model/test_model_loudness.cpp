// Silenced experts: a sample that is prepared with factors of 0 against a checkpoint whose expert really gives nothing.
#include <QTemporaryDir>
#include <QTest>
#include <cmath>

#include "core/base/random.h"
#include "core/model/moai_model.h"
#include "core/run/knockout.h"
#include "tests/model/golden_case.h"
#include "tests/model/golden_checkpoint.h"

using namespace r2t2;
using namespace r2t2::golden;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t side = 70;

ModelInput input_of(const std::string& question, RoutingMatrix loudness = {}) {
    RandomStream random = RandomStream::fork(1, "loudness");
    ModelInput input;
    for (std::size_t i = 0; i < side * side * 3; ++i) {
        input.rgb.push_back(static_cast<std::uint8_t>(random.uniform() * 256));
    }
    input.question = question;
    input.facts_text = "The image includes a dog.";
    input.answer = "yes";
    input.loudness = std::move(loudness);
    return input;
}

RoutingMatrix silent(std::size_t mixer, std::size_t expert) {
    RoutingMatrix out(2, 6, 1.0);
    out(mixer, expert) = 0.0;
    return out;
}

RoutingMatrix offsets() {
    RandomStream random = RandomStream::fork(5, "loudness");
    RoutingMatrix values(2, 6);
    for (double& value : values.values()) {
        value = random.normal();
    }
    return values;
}

struct Said {
    double loss = 0.0;
    RoutingMatrix gradient;
    std::string answer;
    double confidence = 0.0;
    RoutingMatrix native;
};

Said say(const MoaiModel& model, const PreparedSamplePtr& sample, const RoutingAction& action) {
    const RoutedQuery query{sample.get(), action};
    const LossGradient loss = model.loss_and_gradient({&query, 1}, !action.native()).value().front();
    const Answer answer = model.answer({&query, 1}).value().front();
    return {loss.loss, loss.gradient, answer.text, answer.confidence, sample->native_routing()};
}

double difference(const Said& a, const Said& b) {
    double most = std::max({std::abs(a.loss - b.loss), std::abs(a.confidence - b.confidence), distance(a.native, b.native)});
    return a.gradient.empty() ? most : std::max(most, distance(a.gradient, b.gradient));
}

bool same_bits(const Said& a, const Said& b) {
    return a.loss == b.loss && a.gradient == b.gradient && a.answer == b.answer && a.confidence == b.confidence && a.native == b.native;
}

}  // namespace

class TestModelLoudness : public QObject {
    Q_OBJECT

    QTemporaryDir root_;

    /// `nothing`: the expert of this mixer whose last matrix is zeros.
    std::shared_ptr<const MoaiModel> open(const std::string& variant, std::optional<std::pair<std::size_t, std::size_t>> nothing, Precision precision = Precision::Float64) const {
        const fs::path directory = fs::path(root_.path().toStdString()) / (variant + (nothing ? std::to_string(nothing->first) + std::to_string(nothing->second) : ""));
        if (!fs::exists(directory / "model.safetensors")) {
            if (!write_checkpoint(directory, variant).ok()) {
                qFatal("no checkpoint");
            }
            if (nothing) {
                TensorStore tensors = checkpoint_tensors(variant);
                const int layer = read_config(variant).mixer_layers()[nothing->first];
                Tensor& last = tensors.at("model.layers." + std::to_string(layer) + ".attention." + expert_module_names[nothing->second] + ".linear_o.1.weight");
                std::fill(last.bytes.begin(), last.bytes.end(), std::uint8_t{0});
                if (!write_tensors(tensors, directory / "model.safetensors").ok()) {
                    qFatal("no checkpoint");
                }
            }
        }
        ModelOptions options;
        options.precision = precision;
        return MoaiModel::open(directory, options).value();
    }

private Q_SLOTS:
    void a_silenced_expert_is_one_that_gives_nothing_data() {
        QTest::addColumn<QString>("variant");
        QTest::addColumn<int>("mixer");
        QTest::addColumn<int>("expert");
        for (const char* variant : {"A", "B"}) {
            for (int mixer = 0; mixer < 2; ++mixer) {
                for (int expert = 0; expert < 6; ++expert) {
                    QTest::addRow("%s mixer %d expert %d", variant, mixer, expert) << variant << mixer << expert;
                }
            }
        }
    }
    void a_silenced_expert_is_one_that_gives_nothing() {
        QFETCH(QString, variant);
        QFETCH(int, mixer);
        QFETCH(int, expert);
        const std::pair place(static_cast<std::size_t>(mixer), static_cast<std::size_t>(expert));
        const auto model = open(variant.toStdString(), {}), without = open(variant.toStdString(), place);
        const PreparedSamplePtr silenced = model->prepare(input_of("What is it?", silent(place.first, place.second))).value();
        const PreparedSamplePtr plain = model->prepare(input_of("What is it?")).value(), there = without->prepare(input_of("What is it?")).value();
        for (const RoutingAction& action : {RoutingAction::native_gates(), RoutingAction::offset(offsets()), RoutingAction::fixed(softmax(RoutingSpace::moai(2), offsets()))}) {
            const Said here = say(*model, silenced, action), expected = say(*without, there, action);
            QVERIFY2(difference(here, expected) < 1e-12, qPrintable(QString::number(difference(here, expected))));
            QCOMPARE(here.answer, expected.answer);
            QVERIFY(std::abs(here.loss - say(*model, plain, action).loss) > 1e-9);  // it did say something
            // Silenced where it gives nothing: nothing changes, to the bit.
            const PreparedSamplePtr twice = without->prepare(input_of("What is it?", silent(place.first, place.second))).value();
            QVERIFY(same_bits(say(*without, twice, action), expected));
        }
    }

    void ones_and_no_offset_change_nothing_to_the_bit() {
        for (const Precision precision : {Precision::Float32, Precision::BFloat16}) {
            const auto model = open("A", {}, precision);
            const PreparedSamplePtr plain = model->prepare(input_of("What is it?")).value();
            const PreparedSamplePtr ones = model->prepare(input_of("What is it?", RoutingMatrix(2, 6, 1.0))).value();
            const Said native = say(*model, plain, RoutingAction::native_gates());
            QVERIFY(same_bits(say(*model, ones, RoutingAction::native_gates()), native));
            const Said zero = say(*model, plain, RoutingAction::offset(RoutingMatrix(2, 6)));
            QCOMPARE(zero.loss, native.loss);
            QCOMPARE(zero.answer, native.answer);
            QCOMPARE(zero.confidence, native.confidence);
        }
    }

    /// In one batch each sample has its own: as alone.
    void samples_of_a_batch_keep_their_own() {
        const auto model = open("B", {});
        std::vector<PreparedSamplePtr> samples = {model->prepare(input_of("What is it?", silent(0, 1))).value(), model->prepare(input_of("Why is it so?")).value(),
                                                  model->prepare(input_of("What is it?", silent(1, 4))).value()};
        std::vector<RoutedQuery> queries;
        for (const PreparedSamplePtr& sample : samples) {
            queries.push_back({sample.get(), RoutingAction::offset(offsets())});
        }
        const auto together = model->loss_and_gradient(queries, true).value();
        const auto answers = model->answer(queries).value();
        for (std::size_t i = 0; i < queries.size(); ++i) {
            const Said alone = say(*model, samples[i], queries[i].action);
            QVERIFY(std::abs(together[i].loss - alone.loss) < 1e-12 && distance(together[i].gradient, alone.gradient) < 1e-12);
            QCOMPARE(answers[i].text, alone.answer);
        }
        std::vector<RoutedQuery> repeated(3, queries[0]);
        QVERIFY(std::abs(model->loss_and_gradient(repeated, false).value()[2].loss - say(*model, samples[0], queries[0].action).loss) < 1e-12);
    }

    void what_is_no_factor_of_every_expert_is_refused() {
        const auto model = open("A", {});
        for (const RoutingMatrix& bad : {RoutingMatrix(1, 6, 1.0), RoutingMatrix(2, 5, 1.0), RoutingMatrix(2, 6, std::nan(""))}) {
            const auto refused = model->prepare(input_of("What is it?", bad));
            QVERIFY(!refused.ok());
            QCOMPARE(refused.error().field, std::string("loudness of the experts"));
        }
    }

    /// The look at gates sees the tokens that come out of silenced mixers.
    void later_gates_see_what_is_left() {
        const auto model = open("A", {});
        const MixerView plain = model->look(*model->prepare(input_of("What is it?")).value(), {}).value();
        const MixerView silenced = model->look(*model->prepare(input_of("What is it?", silent(0, 3))).value(), {}).value();
        const std::size_t half = plain.groups[1].weights.size() / 2;
        QVERIFY(std::equal(plain.groups[1].weights.begin(), plain.groups[1].weights.begin() + static_cast<std::ptrdiff_t>(half), silenced.groups[1].weights.begin()));
        QVERIFY(plain.groups[1].weights != silenced.groups[1].weights);
    }

    /// Knock-outs of one sample, by hand: silence as above, blocked and forced weights as a mixer of its own says them.
    void knocks_are_what_they_say() {
        const auto model = open("A", {});
        RunSample sample;
        sample.id = "1";
        sample.question = "What is it?";
        sample.ground_truth = "yes";
        sample.input = input_of("What is it?");
        const std::vector<Knock> knocks = all_knocks(model->routing_space(), {KnockKind::Silence, KnockKind::Block, KnockKind::Force});
        QCOMPARE(knocks.size(), std::size_t{3 * 3 * 6});
        const SampleKnocks found = knock_sample(*model, sample, knocks, ScoringRule::Exact, {}).value();
        const PreparedSamplePtr plain = model->prepare(sample.input).value();
        QVERIFY(std::abs(*found.base.loss - say(*model, plain, {}).loss) < 1e-12);
        for (std::size_t i = 0; i < knocks.size(); ++i) {
            const Knock& knock = knocks[i];
            if (knock.kind == KnockKind::Silence) {
                RoutingMatrix factors(2, 6, 1.0);
                for (std::size_t m = 0; m < 2; ++m) {
                    factors(m, knock.expert) = knock.mixer.value_or(m) == m ? 0.0 : 1.0;
                }
                const Said said = say(*model, model->prepare(input_of("What is it?", factors)).value(), {});
                QVERIFY(std::abs(*found.knocked[i].loss - said.loss) < 1e-12);
                QCOMPARE(found.knocked[i].answer, said.answer);
                continue;
            }
            // Under this offset the gates that the mixers really use: 0 or 1 for the expert, of others in proportion.
            RoutingMatrix delta(2, 6);
            for (std::size_t m = 0; m < 2; ++m) {
                delta(m, knock.expert) = knock.mixer.value_or(m) != m ? 0.0 : knock.kind == KnockKind::Force ? kFarOffset : -kFarOffset;
            }
            const MixerView gates = model->look(*plain, RoutingAction::offset(delta)).value();
            const std::size_t group = knock.expert / 3, column = knock.expert % 3, tokens = gates.groups[group].tokens.size();
            for (std::size_t m = 0; m < 2; ++m) {
                for (std::size_t t = 0; t < tokens && knock.mixer.value_or(m) == m; ++t) {
                    QCOMPARE(gates.groups[group].weights[(m * tokens + t) * 3 + column], knock.kind == KnockKind::Force ? 1.0F : 0.0F);
                }
            }
            QVERIFY(std::abs(*found.knocked[i].loss - say(*model, plain, RoutingAction::offset(delta)).loss) < 1e-12);
        }
    }
};

QTEST_APPLESS_MAIN(TestModelLoudness)
#include "test_model_loudness.moc"
