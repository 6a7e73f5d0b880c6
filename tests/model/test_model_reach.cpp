// Routing that acts in some mixers or on the last token alone: against per-mixer offsets of zero, and against the gates of every token.
#include <QTemporaryDir>
#include <QTest>
#include <cmath>

#include "core/base/random.h"
#include "core/model/moai_model.h"
#include "tests/model/golden_case.h"
#include "tests/model/golden_checkpoint.h"

using namespace r2t2;
using namespace r2t2::golden;
namespace fs = std::filesystem;

namespace {

RoutingMatrix offsets(std::size_t rows) {
    RandomStream random(7);
    RoutingMatrix values(rows, 6);
    for (double& value : values.values()) {
        value = random.normal();
    }
    return values;
}

RoutingAction reaching(RoutingAction action, RoutingReach reach) {
    action.reach = reach;
    return action;
}

}  // namespace

class TestModelReach : public QObject {
    Q_OBJECT

    QTemporaryDir root_;
    std::map<std::string, std::shared_ptr<const MoaiModel>> models_;

    static void variants() {
        QTest::addColumn<QString>("variant");
        QTest::newRow("A") << "A";
        QTest::newRow("B") << "B";
    }
    [[nodiscard]] PreparedSamplePtr sample(const MoaiModel& model, const std::string& question) const {
        RandomStream random(3);
        ModelInput input;
        const auto side = static_cast<std::size_t>(model.info().image_size);
        for (std::size_t i = 0; i < side * side * 3; ++i) {
            input.rgb.push_back(static_cast<std::uint8_t>(random.uniform() * 256));
        }
        input.question = question;
        input.answer = "yes";
        return model.prepare(input).value();
    }
    static LossGradient loss(const MoaiModel& model, const PreparedSample& sample, const RoutingAction& action) {
        const RoutedQuery query{&sample, action};
        return model.loss_and_gradient({&query, 1}, true).value().front();
    }

private Q_SLOTS:
    void initTestCase() {
        for (const char* variant : {"A", "B"}) {
            const fs::path directory = fs::path(root_.path().toStdString()) / variant;
            QVERIFY(write_checkpoint(directory, variant).ok());
            ModelOptions options;
            options.precision = Precision::Float64;
            models_[variant] = MoaiModel::open(directory, options).value();
        }
    }

    /// Offsets that begin at the second mixer are offsets of zero in the first.
    void later_mixers_alone_data() { variants(); }
    void later_mixers_alone() {
        QFETCH(QString, variant);
        const MoaiModel& model = *models_.at(variant.toStdString());
        const PreparedSamplePtr one = sample(model, "is it a dog?");
        const RoutingMatrix shared = offsets(1);
        RoutingMatrix both(2, 6);
        std::copy(shared.values().begin(), shared.values().end(), both.row(1).begin());
        const LossGradient part = loss(model, *one, reaching(RoutingAction::offset(shared), {1, false})), whole = loss(model, *one, RoutingAction::offset(both));
        QCOMPARE(part.loss, whole.loss);
        QVERIFY(part.loss != loss(model, *one, RoutingAction::offset(shared)).loss);
        for (std::size_t e = 0; e < 6; ++e) {
            QVERIFY(std::abs(part.gradient(0, e) - whole.gradient(1, e)) < 1e-12);
        }
        const RoutedQuery queries[] = {{one.get(), reaching(RoutingAction::offset(shared), {1, false})}, {one.get(), RoutingAction::offset(both)}};
        const auto answers = std::pair(model.answer({queries, 1}).value().front(), model.answer({queries + 1, 1}).value().front());
        QVERIFY(answers.first.text == answers.second.text && answers.first.confidence == answers.second.confidence);
        QCOMPARE(model.loss_and_gradient(queries, false).error().kind, ErrorKind::Internal);  // one reach a batch
        // Fixed weights there, gates of its own before.
        RoutingMatrix weights(1, 6, 1.0 / 3);
        const MixerView native = model.look(*one, RoutingAction::native_gates()).value(), seen = model.look(*one, reaching(RoutingAction::fixed(weights), {1, false})).value();
        for (std::size_t group = 0; group < 2; ++group) {
            const std::size_t half = native.groups[group].weights.size() / 2;
            for (std::size_t i = 0; i < half; ++i) {
                QCOMPARE(seen.groups[group].weights[i], native.groups[group].weights[i]);
                QVERIFY(std::abs(seen.groups[group].weights[half + i] - 1.0 / 3) < 1e-6);
            }
        }
    }

    void the_last_token_alone_data() { variants(); }
    void the_last_token_alone() {
        QFETCH(QString, variant);
        const MoaiModel& model = *models_.at(variant.toStdString());
        const PreparedSamplePtr one = sample(model, "is it a dog?");
        const RoutingMatrix delta = offsets(1);
        const MixerView native = model.look(*one, RoutingAction::native_gates()).value();
        const MixerView seen = model.look(*one, reaching(RoutingAction::offset(delta), {0, true})).value();
        const std::size_t words = native.groups[1].tokens.size();
        const std::vector<float>&before = native.groups[1].weights, &after = seen.groups[1].weights;
        for (std::size_t i = 0; i < 3 * (words - 1); ++i) {  // of the first mixer
            QCOMPARE(after[i], before[i]);
        }
        double sum = 0;
        for (std::size_t e = 0; e < 3; ++e) {
            sum += before[3 * (words - 1) + e] * std::exp(delta(0, 3 + e));
        }
        for (std::size_t e = 0; e < 3; ++e) {
            QVERIFY(std::abs(after[3 * (words - 1) + e] - before[3 * (words - 1) + e] * std::exp(delta(0, 3 + e)) / sum) < 1e-5);
        }
        const std::size_t patches = native.groups[0].tokens.size();
        for (std::size_t i = 0; i < 3 * patches; ++i) {
            QCOMPARE(seen.groups[0].weights[i], native.groups[0].weights[i]);
        }
        RoutingMatrix weights(1, 6, {0.2, 0.3, 0.5, 0.1, 0.7, 0.2});
        const MixerView fixed = model.look(*one, reaching(RoutingAction::fixed(weights), {0, true})).value();
        for (std::size_t e = 0; e < 3; ++e) {
            QVERIFY(std::abs(fixed.groups[1].weights[3 * (words - 1) + e] - weights(0, 3 + e)) < 1e-6);
            QCOMPARE(fixed.groups[1].weights[e], before[e]);
        }
        QVERIFY(std::abs(loss(model, *one, reaching(RoutingAction::offset(RoutingMatrix(1, 6)), {0, true})).loss - loss(model, *one, RoutingAction::offset(RoutingMatrix(1, 6))).loss) < 1e-14);
    }

    void gradients_against_central_differences_data() {
        QTest::addColumn<QString>("variant");
        QTest::addColumn<int>("mixer");
        QTest::addColumn<bool>("last");
        QTest::addColumn<bool>("fixed");
        for (const char* variant : {"A", "B"}) {
            for (const int mixer : {0, 1}) {
                for (const bool fixed : {false, true}) {
                    QTest::addRow("%s from mixer %d, last, %s", variant, mixer, fixed ? "fixed" : "offset") << variant << mixer << true << fixed;
                }
            }
            QTest::addRow("%s from mixer 1", variant) << variant << 1 << false << true;
        }
    }
    void gradients_against_central_differences() {
        QFETCH(QString, variant);
        QFETCH(int, mixer);
        QFETCH(bool, last);
        QFETCH(bool, fixed);
        const MoaiModel& model = *models_.at(variant.toStdString());
        const PreparedSamplePtr one = sample(model, "what colour is it?");
        const RoutingReach reach{static_cast<std::size_t>(mixer), last};
        RoutingMatrix at = fixed ? RoutingMatrix(1, 6, {0.2, 0.3, 0.5, 0.1, 0.7, 0.2}) : offsets(1);
        const auto action = [&](const RoutingMatrix& values) { return reaching(fixed ? RoutingAction::fixed(values) : RoutingAction::offset(values), reach); };
        const RoutingMatrix gradient = loss(model, *one, action(at)).gradient;
        double size = 0.0;
        for (std::size_t e = 0; e < 6; ++e) {
            RoutingMatrix up = at, down = at;
            up(0, e) += 2e-5;
            down(0, e) -= 2e-5;
            QVERIFY(std::abs(gradient(0, e) - (loss(model, *one, action(up)).loss - loss(model, *one, action(down)).loss) / 4e-5) < 1e-6);
            size = std::max(size, std::abs(gradient(0, e)));
            QVERIFY(!last || e >= 3 || gradient(0, e) == 0.0);  // no image token is reached
        }
        QVERIFY(size > 1e-4);
    }

    /// What is padded in a batch has its last token too.
    void in_a_batch_as_alone_data() { variants(); }
    void in_a_batch_as_alone() {
        QFETCH(QString, variant);
        const MoaiModel& model = *models_.at(variant.toStdString());
        const std::vector<PreparedSamplePtr> samples = {sample(model, "is it?"), sample(model, "what colour is the large dog?")};
        const RoutingAction action = reaching(RoutingAction::offset(offsets(1)), {0, true});
        const std::vector<RoutedQuery> queries = {{samples[0].get(), action}, {samples[1].get(), action}};
        const auto together = model.loss_and_gradient(queries, true).value();
        for (std::size_t i = 0; i < 2; ++i) {
            QVERIFY(std::abs(together[i].loss - loss(model, *samples[i], action).loss) < 1e-10);
        }
    }
};

QTEST_GUILESS_MAIN(TestModelReach)
#include "test_model_reach.moc"
