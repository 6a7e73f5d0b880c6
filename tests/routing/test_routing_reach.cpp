// Some mixers, experts or tokens alone: what acts, what does not, what is shown. On a model whose formulas are known.
#include <QtTest>

#include "core/base/random.h"
#include "core/routing/method_table.h"
#include "core/routing/reaching_model.h"
#include "core/routing/reroute.h"
#include "tests/routing/fake_model.h"

using namespace r2t2;

namespace {

const RoutingSpace kSpace = RoutingSpace::moai(3);

RerouteInput world(std::uint64_t seed, bool label = true) {
    RandomStream stream(seed);
    RerouteInput input;
    input.sample = std::make_shared<FakeSample>(random_weights(kSpace, 3, stream), random_weights(kSpace, 1, stream), label);
    std::vector<Candidate> candidates;
    for (std::size_t i = 0; i < 5; ++i) {
        const RoutingMatrix gates = random_weights(kSpace, 3, stream);
        input.references.push_back({std::make_shared<FakeSample>(gates, random_weights(kSpace, 1, stream)), gates});
        candidates.push_back({i, 0.9 - 0.1 * static_cast<double>(i)});
    }
    input.neighbourhood = *nearest_neighbours(candidates, 5, {});
    return input;
}

/// The surer the more the last mixer weighs its second experts: what kernel regression looks for.
FakeModel sure_model() {
    FakeModel model(kSpace);
    model.confidence = [](const RoutingMatrix& p) { return 0.5 * (p(2, 1) + p(2, 4)) + 0.25 * (p(0, 1) + p(1, 4)); };
    return model;
}

MethodParams params_of(Method method) {
    MethodParams params;
    params.method = method;
    params.initial_lr = 0.4;
    params.steps = 6;
    return params;
}

}  // namespace

class TestRoutingReach : public QObject {
    Q_OBJECT

    static void methods() {
        QTest::addColumn<int>("method");
        for (const Method method : {Method::Ngd, Method::KernelRegression, Method::Oracle}) {
            QTest::newRow(to_string(method).c_str()) << static_cast<int>(method);
        }
    }

private Q_SLOTS:
    void where_everything_is_reached_nothing_changes_data() { methods(); }
    void where_everything_is_reached_nothing_changes() {
        QFETCH(int, method);
        const FakeModel model(kSpace);
        MethodParams params = params_of(static_cast<Method>(method));
        const Trajectory all = *reroute(model, world(1), params);
        params.critical_mixers = 3;
        params.core_experts = 3;
        QVERIFY(!reaches_everything(params));
        const Trajectory same = *reroute(model, world(1), params);
        QCOMPARE(same.steps.size(), all.steps.size());
        for (std::size_t t = 0; t < all.steps.size(); ++t) {
            QVERIFY(distance(same.steps[t].weights, all.steps[t].weights) < 1e-12 && same.steps[t].objective == all.steps[t].objective);
        }
        QVERIFY(!model.mixed_batch);
    }

    void mixers_before_the_last_keep_their_gates_data() { methods(); }
    void mixers_before_the_last_keep_their_gates() {
        QFETCH(int, method);
        const FakeModel model = sure_model();
        const RerouteInput input = world(2);
        for (const Granularity granularity : {Granularity::Shared, Granularity::PerMixer}) {
            MethodParams params = params_of(static_cast<Method>(method));
            params.critical_mixers = 1;
            params.granularity = granularity;
            const Result<Trajectory> run = reroute(model, input, params);
            QVERIFY2(run.ok(), run.ok() ? "" : run.error().message().c_str());
            QCOMPARE(run->result().action.reach.first_mixer, std::size_t{2});
            const RoutingMatrix acted = model.effective({input.sample.get(), run->result().action});
            const RoutingMatrix& native = input.sample->native_routing();
            for (std::size_t e = 0; e < 6; ++e) {
                QCOMPARE(acted(0, e), native(0, e));
                QCOMPARE(acted(1, e), native(1, e));
            }
            QVERIFY(distance(acted, native) > 1e-3);
            QVERIFY2(run->notes.front().find("the last 1 of 3 mixers") != std::string::npos, run->notes.front().c_str());
        }
        QVERIFY(!model.mixed_batch);
    }

    /// The logits of experts that are not in the core are not touched, and r is where that leads.
    void experts_outside_of_the_core_keep_their_logits_data() { methods(); }
    void experts_outside_of_the_core_keep_their_logits() {
        QFETCH(int, method);
        const FakeModel model = sure_model();
        const RerouteInput input = world(3);
        MethodParams params = params_of(static_cast<Method>(method));
        params.core_experts = 1;
        const Trajectory run = *reroute(model, input, params);
        const RoutingMatrix mask = core_experts(kSpace, input.sample->native_routing(), 1, 1);
        for (std::size_t t = 1; t < run.steps.size(); ++t) {
            const TrajectoryStep& step = run.steps[t];
            QVERIFY(step.action.native() || step.action.values.experts() == 6);
            for (std::size_t e = 0; e < 6 && !step.action.native(); ++e) {
                QVERIFY(mask(0, e) == 1.0 || step.action.values(0, e) == 0.0);
            }
            if (step.action.native()) {
                continue;  // kernel regression's alpha of 1
            }
            QVERIFY(distance(step.weights, softmax(kSpace, log_weights(run.base().weights) + step.action.values)) < 1e-12);
            QVERIFY(simplex_error(kSpace, step.weights) < 1e-12);
        }
        QVERIFY(distance(run.result().weights, run.base().weights) > 1e-3);
    }

    void the_core_is_what_weighs_most() {
        const RoutingMatrix native(2, 6, {0.5, 0.3, 0.2, 0.2, 0.2, 0.6, 0.1, 0.8, 0.1, 0.3, 0.4, 0.3});
        QVERIFY(core_experts(RoutingSpace::moai(2), native, 2, 1) == RoutingMatrix(2, 6, {1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 1, 0}));
        QVERIFY(core_experts(RoutingSpace::moai(2), native, 2, 2) == RoutingMatrix(2, 6, {1, 1, 0, 1, 0, 1, 1, 1, 0, 1, 1, 0}));
        QVERIFY(core_experts(RoutingSpace::moai(2), native, 1, 1) == RoutingMatrix(1, 6, {0, 1, 0, 0, 0, 1}));
        QVERIFY(core_experts(RoutingSpace::moai(2), native, 1, 9) == RoutingMatrix(1, 6, 1.0));
    }

    /// Against differences of the losses, entry by entry.
    void gradients_are_those_of_what_acts() {
        const FakeModel model(kSpace);
        const RerouteInput input = world(4);
        MethodParams params;
        params.critical_mixers = 2;
        params.core_experts = 2;
        const ReachingModel part(model, params);
        RoutingMatrix values(1, 6, {0.3, -0.2, 0.1, 0.0, 0.4, -0.5});
        const auto loss = [&](const RoutingMatrix& at) {
            const RoutedQuery query{input.sample.get(), RoutingAction::offset(at)};
            return part.loss_and_gradient({&query, 1}, false)->front().loss;
        };
        const RoutedQuery query{input.sample.get(), RoutingAction::offset(values)};
        const RoutingMatrix gradient = part.loss_and_gradient({&query, 1}, true)->front().gradient;
        for (std::size_t e = 0; e < 6; ++e) {
            RoutingMatrix up = values, down = values;
            up(0, e) += 1e-5;
            down(0, e) -= 1e-5;
            QVERIFY(std::abs(gradient(0, e) - (loss(up) - loss(down)) / 2e-5) < 1e-8);
        }
        QVERIFY(model.passes().forward > 12);
    }

    void the_last_token_is_asked_for() {
        const FakeModel model(kSpace);
        MethodParams params = params_of(Method::Ngd);
        params.tokens = RoutedTokens::Last;
        const Trajectory run = *reroute(model, world(5), params);
        QVERIFY(run.result().action.reach.last_token && run.result().action.reach.first_mixer == 0 && run.base().action.native());
        QVERIFY2(run.notes.front().find("the last token") != std::string::npos, run.notes.front().c_str());
        params.neighbour_losses = NeighbourLosses::Surface;
        const Result<Trajectory> refused = reroute(model, world(5), params);
        QVERIFY(!refused.ok() && refused.error().message().find("--tokens") != std::string::npos);
    }
};

QTEST_APPLESS_MAIN(TestRoutingReach)
#include "test_routing_reach.moc"
