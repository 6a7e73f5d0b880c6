// The baseline whose gates were trained: what it answers with, what it counts, what it says of itself.
#include <QtTest>

#include "core/base/random.h"
#include "core/routing/method_table.h"
#include "core/routing/reroute.h"
#include "tests/routing/fake_model.h"

using namespace r2t2;

class TestRoutingTunedGates : public QObject {
    Q_OBJECT

    FakeModel model_{RoutingSpace::moai(2)};
    std::shared_ptr<FakeModel> tuned_ = std::make_shared<FakeModel>(RoutingSpace::moai(2));

    [[nodiscard]] RerouteInput input() const {
        RandomStream stream(4);
        RerouteInput out;
        RoutingMatrix own(2, 6, 1.0 / 3), others(2, 6, 0.1);
        own(0, 0) = 0.5, own(0, 1) = 0.3, own(0, 2) = 0.2;  // says img_aux
        for (std::size_t row = 0; row < 2; ++row) {
            others(row, 1) = others(row, 4) = 0.8;  // says img_lang
        }
        out.sample = std::make_shared<FakeSample>(own, random_weights(model_.routing_space(), 1, stream));
        out.tuned = {tuned_, std::make_shared<FakeSample>(others, random_weights(model_.routing_space(), 1, stream))};
        out.scorer = [](const Answer& answer) { return answer.text == "img_lang"; };
        return out;
    }

private Q_SLOTS:
    void it_answers_as_the_model_with_those_gates() {
        MethodParams params;
        params.method = *parse_method("tuned-gates");
        const Result<Trajectory> run = reroute(model_, input(), params);
        QVERIFY2(run.ok(), run.ok() ? "" : run.error().message().c_str());
        QCOMPARE(run->steps.size(), std::size_t{2});
        QCOMPARE(QString::fromStdString(run->base().answer->text), QStringLiteral("img_aux"));
        QCOMPARE(QString::fromStdString(run->result().answer->text), QStringLiteral("img_lang"));
        QVERIFY(*run->base().correct == false && *run->result().correct == true);
        QVERIFY(run->result().action.native() && run->result().weights.rows() == 1);
        QVERIFY(std::abs(run->result().weights(0, 1) - 0.8) < 1e-12);  // the mean over mixers
        QVERIFY(!run->uses_label && !run->notes.empty());
        params.granularity = Granularity::PerMixer;
        QCOMPARE(reroute(model_, input(), params)->result().weights.rows(), std::size_t{2});
    }

    /// One pass each: base's answer and its own, though two models count them.
    void both_answers_are_counted() {
        MethodParams params;
        params.method = *parse_method("tuned-gates");
        const Result<Trajectory> run = reroute(model_, input(), params);
        QCOMPARE(run->passes.forward, 2);
        QCOMPARE(run->passes.backward, 0);
        QCOMPARE(run->result().passes.forward, 1);
        RerouteInput known = input();
        known.base_answer = run->base().answer;
        QCOMPARE(reroute(model_, known, params)->passes.forward, 1);
    }

    void without_gates_it_says_so() {
        MethodParams params;
        params.method = *parse_method("tuned-gates");
        RerouteInput none = input();
        none.tuned = {};
        const Result<Trajectory> run = reroute(model_, none, params);
        QVERIFY(!run.ok() && run.error().message().find("r2t2 reference gates") != std::string::npos);
    }
};

QTEST_APPLESS_MAIN(TestRoutingTunedGates)
#include "test_routing_tuned_gates.moc"
