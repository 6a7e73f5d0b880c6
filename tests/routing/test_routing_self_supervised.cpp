// Rivals that need no reference: what they minimise, where they end, what they cost. On a model whose minimum is known.
#include <QtTest>

#include "core/base/random.h"
#include "core/routing/method_table.h"
#include "core/routing/reroute.h"
#include "tests/routing/fake_model.h"

using namespace r2t2;

namespace {

struct World {
    FakeModel model{RoutingSpace::moai(1)};
    RerouteInput input;
    RoutingMatrix truth, own;

    explicit World(bool label) {
        RandomStream stream(5);
        truth = random_weights(model.routing_space(), 1, stream);
        own = random_weights(model.routing_space(), 1, stream);
        const auto sample = std::make_shared<FakeSample>(random_weights(model.routing_space(), 1, stream), truth, label);
        sample->own_wish = own;
        input.sample = sample;
    }
    [[nodiscard]] Trajectory run(const MethodParams& params) const {
        const Result<Trajectory> out = reroute(model, input, params);
        return out.ok() ? *out : Trajectory();
    }
};

MethodParams params_of(const char* name) {
    MethodParams params;
    params.method = *parse_method(name);
    params.initial_lr = 0.5;
    params.final_lr = 1e-3;
    params.steps = 150;
    return params;
}

}  // namespace

class TestRoutingSelfSupervised : public QObject {
    Q_OBJECT

    static void methods() {
        QTest::addColumn<QString>("name");
        for (const MethodRow& row : method_table()) {
            if (row.role == MethodRole::Rival && row.steps == StepKind::Descent) {
                QTest::newRow(row.name) << row.name;
            }
        }
    }

private Q_SLOTS:
    void goes_to_what_the_sample_says_of_itself_data() { methods(); }
    void goes_to_what_the_sample_says_of_itself() {
        QFETCH(QString, name);
        const World world(false);  // no truth is known
        const Trajectory run = world.run(params_of(qPrintable(name)));
        QCOMPARE(run.steps.size(), std::size_t{151});
        QVERIFY(!run.uses_label && run.neighbourhood.empty());
        QCOMPARE(run.mode, RoutingMode::Offset);
        QVERIFY(distance(run.result().weights, world.own) < 2e-3);
        QVERIFY(distance(run.result().weights, world.truth) > 0.1);
        QVERIFY(*run.result().objective < *run.base().objective);
        for (const TrajectoryStep& step : run.steps) {
            QCOMPARE(step.neighbour_losses, std::vector<double>{*step.objective});
        }
    }

    void a_truth_changes_nothing_data() { methods(); }
    void a_truth_changes_nothing() {
        QFETCH(QString, name);
        const Trajectory without = World(false).run(params_of(qPrintable(name))), with = World(true).run(params_of(qPrintable(name)));
        QCOMPARE(without.steps.size(), with.steps.size());
        for (std::size_t t = 0; t < with.steps.size(); ++t) {
            QVERIFY(with.steps[t].weights == without.steps[t].weights && with.steps[t].objective == without.steps[t].objective);
        }
    }

    /// Ten steps: a loss and a gradient each, the last loss, and the answers of the first and last step.
    void costs_a_loss_and_a_gradient_a_step_data() { methods(); }
    void costs_a_loss_and_a_gradient_a_step() {
        QFETCH(QString, name);
        MethodParams params = params_of(qPrintable(name));
        params.steps = 10;
        params.answer_steps = false;
        const Trajectory run = World(false).run(params);
        QCOMPARE(run.passes.backward, 10);
        QCOMPARE(run.passes.forward, 10 + 1 + 2);
        params.stop_change = 1e6;  // of no sample's is the change as large
        QCOMPARE(World(false).run(params).passes.backward, 2);
        params.mode = RoutingMode::Fixed;  // it has a meaning with offsets only
        QCOMPARE(World(false).run(params).mode, RoutingMode::Offset);
    }

    /// A rate that overshoots: the best state stands in the place of the last, which is looked at for it.
    void the_result_may_be_the_best_state_data() { methods(); }
    void the_result_may_be_the_best_state() {
        QFETCH(QString, name);
        MethodParams params = params_of(qPrintable(name));
        params.schedule = LearningRateSchedule::Fixed;
        params.initial_lr = 2.5;
        int other = 0;
        for (int steps = 2; steps < 14; ++steps) {
            params.steps = steps;
            params.final_objective = false;
            params.result = DescentResult::Last;
            const Trajectory last = World(false).run(params);
            params.result = DescentResult::Best;
            const Trajectory best = World(false).run(params);
            params.final_objective = true;
            QVERIFY(!last.result().objective);
            QCOMPARE(best.steps.size(), last.steps.size());
            double least = HUGE_VAL;
            std::size_t where = 0;
            for (std::size_t t = 0; t + 1 < best.steps.size(); ++t) {
                QVERIFY(best.steps[t].weights == last.steps[t].weights && best.steps[t].objective == last.steps[t].objective);
                where = *best.steps[t].objective < least ? t : where;
                least = std::min(least, *best.steps[t].objective);
            }
            const bool replaced = best.result().weights != last.result().weights;
            QCOMPARE(replaced, !best.notes.empty());
            QVERIFY(replaced ? best.result().weights == best.steps[where].weights && *best.result().objective == least : *best.result().objective <= least);
            QCOMPARE(best.passes.forward, last.passes.forward + 1 - (replaced ? 1 : 0));  // the last objective; a state that is there again has its answer
            QCOMPARE(best.passes.backward, last.passes.backward);
            other += replaced ? 1 : 0;
        }
        QVERIFY(other > 2 && other < 12);
        QVERIFY(uses_parameter(params.method, *find_parameter("result")));
    }

    void what_needs_neighbours_is_none_of_its_parameters_data() { methods(); }
    void what_needs_neighbours_is_none_of_its_parameters() {
        QFETCH(QString, name);
        const MethodParams params = params_of(qPrintable(name));
        QVERIFY(!uses_neighbours(params) && is_tuned(params.method) && !runs_unnamed(params.method) && !uses_label(params.method));
        for (const char* other : {"num-neighbors", "bandwidth", "keep", "start", "stop-margin", "mode"}) {
            QVERIFY2(!uses_parameter(params.method, *find_parameter(other)), other);
        }
        for (const char* its : {"initial-lr", "num-steps", "optimiser", "stop-change", "granularity"}) {
            QVERIFY2(uses_parameter(params.method, *find_parameter(its)), its);
        }
    }
};

QTEST_APPLESS_MAIN(TestRoutingSelfSupervised)
#include "test_routing_self_supervised.moc"
