// Neighbourhood gradient descent and the oracle on a model whose minimum is known.
#include <QtTest>

#include "core/base/random.h"
#include "core/routing/descent.h"
#include "core/routing/ngd.h"
#include "core/routing/optimiser.h"
#include "core/routing/reroute.h"
#include "core/routing/routing_frame.h"
#include "tests/routing/fake_model.h"

using namespace r2t2;

Q_DECLARE_METATYPE(r2t2::MethodParams)

namespace {

/// A test sample and `count` labelled neighbours that all wish for something near `wish`.
RerouteInput world(const RoutingSpace& space, std::size_t count, std::uint64_t seed) {
    RandomStream stream(seed);
    const RoutingMatrix wish = random_weights(space, 1, stream);
    RerouteInput input;
    input.sample = std::make_shared<FakeSample>(random_weights(space, space.mixers, stream), wish);
    std::vector<Candidate> candidates;
    for (std::size_t i = 0; i < count; ++i) {
        const RoutingMatrix near = softmax(
            space, log_weights(wish) + [&] {
                RoutingMatrix noise(1, space.expert_count());
                for (double& value : noise.values()) {
                    value = 0.2 * stream.normal();
                }
                return noise;
            }());
        const RoutingMatrix gates = random_weights(space, space.mixers, stream);
        input.references.push_back({std::make_shared<FakeSample>(gates, near), gates});
        candidates.push_back({i, 0.9 - 0.1 * static_cast<double>(i)});
    }
    if (count > 0) {
        input.neighbourhood = *nearest_neighbours(candidates, count, {});
    }
    return input;
}

MethodParams fast(RoutingMode mode) {
    MethodParams params;
    params.mode = mode;
    params.initial_lr = 0.3;
    params.final_lr = 1e-3;
    params.steps = 30;
    return params;
}

}  // namespace

class TestRoutingNgd : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void descends_data() {
        QTest::addColumn<MethodParams>("params");
        for (const RoutingMode mode : {RoutingMode::Fixed, RoutingMode::Offset}) {
            for (const Granularity granularity : {Granularity::Shared, Granularity::PerMixer}) {
                for (const int variable : {0, 1, 2}) {
                    if (variable == 2 && mode == RoutingMode::Fixed) {
                        continue;
                    }
                    MethodParams params = fast(mode);
                    params.granularity = granularity;
                    params.parametrisation = variable == 1 ? Parametrisation::Projected : Parametrisation::Logits;
                    params.frame = variable == 2 ? OffsetFrame::SharedDelta : OffsetFrame::Target;
                    if (variable == 1) {
                        params.initial_lr = 0.05;
                    }
                    const std::string tag = to_string(mode) + " " + to_string(granularity) + " " +
                                            to_string(params.parametrisation) + " " + to_string(params.frame);
                    QTest::newRow(tag.c_str()) << params;
                }
            }
        }
    }
    /// The objective falls, the gradient is the derivative of the objective, r stays on its simplices.
    void descends() {
        QFETCH(MethodParams, params);
        for (const RoutingSpace& space : {RoutingSpace::moai(3), one_group(7, 2)}) {
            const FakeModel model(space);
            const RerouteInput input = world(space, 5, 42);
            const Result<Trajectory> t = reroute(model, input, params);
            QVERIFY2(t.ok(), t.ok() ? "" : t.error().message().c_str());
            QCOMPARE(t->steps.size(), std::size_t{31});
            QVERIFY(*t->result().objective < *t->base().objective - 0.02);
            QVERIFY(!t->uses_label);
            QVERIFY(!model.mixed_batch);
            const std::size_t rows = params.granularity == Granularity::Shared ? 1 : space.mixers;
            for (std::size_t i = 0; i < t->steps.size(); ++i) {
                const TrajectoryStep& step = t->steps[i];
                QCOMPARE(step.index, static_cast<int>(i));
                QCOMPARE(step.weights.rows(), rows);
                QVERIFY(simplex_error(space, step.weights) < 1e-12);
                QVERIFY(step.answer.has_value());
                QCOMPARE(step.neighbour_losses.size(), std::size_t{5});
                if (i + 1 < t->steps.size()) {
                    double sum = 0.0;
                    for (const double share : step.neighbour_gradient_share) {
                        sum += share;
                    }
                    QVERIFY(std::abs(sum - 1.0) < 1e-9);
                    QCOMPARE(*step.learning_rate, learning_rate(params.schedule, params.initial_lr, params.final_lr,
                                                                static_cast<int>(i), params.steps));
                    QCOMPARE(step.passes.forward, std::int64_t{5});
                    QCOMPARE(step.passes.backward, std::int64_t{5});
                }
            }
            QVERIFY(!t->result().gradient.has_value());
        }
    }
    /// d objective / d variable against central differences of the neighbours' losses.
    void gradientIsTheDerivative() {
        const RoutingSpace space = RoutingSpace::moai(2);
        const FakeModel model(space);
        const RerouteInput input = world(space, 4, 7);
        for (const RoutingMode mode : {RoutingMode::Fixed, RoutingMode::Offset}) {
            MethodParams params = fast(mode);
            params.steps = 3;
            const Result<Trajectory> t = reroute(model, input, params);
            QVERIFY(t.ok());
            const TrajectoryStep& step = t->steps[2];
            const RoutingMatrix z = log_weights(step.weights);
            for (std::size_t j = 0; j < 6; ++j) {
                const auto objective = [&](double h) {
                    RoutingMatrix moved = z;
                    moved.values()[j] += h;
                    const RoutingMatrix r = softmax(space, moved);
                    double sum = 0.0;
                    for (std::size_t i = 0; i < 4; ++i) {
                        const RoutingMatrix base = mean_over_mixers(input.references[i].prepared->native_routing());
                        const RoutingAction action = mode == RoutingMode::Fixed
                                                         ? RoutingAction::fixed(r)
                                                         : RoutingAction::offset(log_weights(r) - log_weights(base));
                        sum += input.neighbourhood.neighbours[i].weight *
                               model.loss_of({input.references[i].prepared.get(), action});
                    }
                    return sum;
                };
                const double numeric = (objective(1e-5) - objective(-1e-5)) / 2e-5;
                QVERIFY(std::abs(numeric - step.gradient->values()[j]) < 1e-8);
            }
            QVERIFY(distance(softmax_backward(space, step.weights, *step.routing_gradient), *step.gradient) < 1e-14);
            QVERIFY(std::abs(*step.objective - [&] {
                        double sum = 0.0;
                        for (std::size_t i = 0; i < 4; ++i) {
                            sum += input.neighbourhood.neighbours[i].weight * step.neighbour_losses[i];
                        }
                        return sum;
                    }()) < 1e-14);
        }
    }
    void quadraticReachesTheWeightedWish() {
        // Fixed mode, |r - t_i|^2 / 2: the minimum over the simplices is the weighted mean of the wishes.
        const RoutingSpace space = RoutingSpace::moai(2);
        const FakeModel model(space, FakeModel::Loss::Quadratic);
        const RerouteInput input = world(space, 3, 5);
        RoutingMatrix expected(1, 6);
        for (std::size_t i = 0; i < 3; ++i) {
            RoutingMatrix wish = static_cast<const FakeSample&>(*input.references[i].prepared).wish();
            wish *= input.neighbourhood.neighbours[i].weight;
            expected += wish;
        }
        for (const Parametrisation parametrisation : {Parametrisation::Logits, Parametrisation::Projected}) {
            MethodParams params = fast(RoutingMode::Fixed);
            params.parametrisation = parametrisation;
            // One wish is 0.017: the softmax flattens the loss there, so logits need more steps than r itself.
            params.steps = parametrisation == Parametrisation::Logits ? 1600 : 400;
            params.initial_lr = parametrisation == Parametrisation::Logits ? 0.2 : 0.05;
            params.final_lr = 1e-6;
            const Result<Trajectory> t = reroute(model, input, params);
            QVERIFY(t.ok());
            QVERIFY(distance(t->result().weights, expected) < 1e-6);
        }
    }
    void stepZeroIsNativeAndBase() {
        const RoutingSpace space = RoutingSpace::moai(3);
        const FakeModel model(space);
        const RerouteInput input = world(space, 5, 9);
        for (const RoutingMode mode : {RoutingMode::Fixed, RoutingMode::Offset}) {
            model.answer_batches.clear();
            const Result<Trajectory> t = reroute(model, input, fast(mode));
            QVERIFY(t.ok());
            QVERIFY(t->base().action.native());
            QVERIFY(distance(t->base().weights, mean_over_mixers(input.sample->native_routing())) < 1e-15);
            const std::vector<RoutedQuery> native = {{input.sample.get(), RoutingAction::native_gates()}};
            QCOMPARE(t->base().answer->text, model.answer(native)->front().text);
            model.answer_batches.pop_back();
            // Offset: one batch with delta = 0 for native. Fixed: native gates need a batch of their own.
            QCOMPARE(model.answer_batches,
                     mode == RoutingMode::Offset ? (std::vector<std::size_t>{31}) : (std::vector<std::size_t>{1, 30}));
            QVERIFY(!model.mixed_batch);
            QVERIFY(t->result().action.mode == mode);
        }
    }
    void zeroDeltaOnTheOwnBase() {
        // Moving toward one's own base is the native model to the last bit.
        const RoutingSpace space = RoutingSpace::moai(3);
        const RerouteInput input = world(space, 1, 3);
        const RoutingMatrix base = mean_over_mixers(input.sample->native_routing());
        QCOMPARE(action_toward(RoutingMode::Offset, base, base).values, RoutingMatrix(1, 6));
    }
    void onlyFirstAndLastAreAnsweredOnRequest() {
        const RoutingSpace space = RoutingSpace::moai(2);
        const FakeModel model(space);
        RerouteInput input = world(space, 2, 1);
        int scored = 0;
        input.scorer = [&scored](const Answer& answer) {
            ++scored;
            return answer.text == "img_aux";
        };
        MethodParams params = fast(RoutingMode::Offset);
        params.answer_steps = false;
        params.final_objective = false;
        const Result<Trajectory> t = reroute(model, input, params);
        QVERIFY(t.ok());
        QCOMPARE(model.answer_batches, (std::vector<std::size_t>{2}));
        QVERIFY(t->base().correct.has_value() && t->result().correct.has_value());
        QCOMPARE(*t->result().correct, t->result().answer->text == "img_aux");
        QVERIFY(!t->steps[1].answer.has_value() && !t->steps[1].correct.has_value());
        QVERIFY(!t->result().objective.has_value());
        QCOMPARE(scored, 2);
        QCOMPARE(t->passes.forward, std::int64_t{30 * 2 + 2});
        QCOMPARE(t->passes.backward, std::int64_t{30 * 2});
    }
    void knownBaseAnswerIsNotAskedForAgain() {
        const RoutingSpace space = RoutingSpace::moai(2);
        const FakeModel model(space);
        RerouteInput input = world(space, 2, 1);
        Answer known;
        known.text = "from before";
        input.base_answer = known;
        const Result<Trajectory> t = reroute(model, input, fast(RoutingMode::Fixed));
        QCOMPARE(t->base().answer->text, std::string("from before"));
        QCOMPARE(model.answer_batches, (std::vector<std::size_t>{30}));
    }
    void emptyBallKeepsTheBaseAnswer() {
        const RoutingSpace space = RoutingSpace::moai(2);
        const FakeModel model(space);
        const RerouteInput input = world(space, 0, 1);
        for (const Method method : {Method::Ngd, Method::KernelRegression, Method::RandomNeighbours}) {
            MethodParams params = fast(RoutingMode::Offset);
            params.method = method;
            params.epsilon = 0.1;
            const Result<Trajectory> t = reroute(model, input, params);
            QVERIFY(t.ok());
            QCOMPARE(t->steps.size(), std::size_t{1});
            QVERIFY(t->result().answer.has_value());
            QCOMPARE(t->notes.front(), std::string("empty epsilon ball: base answer kept"));
            QVERIFY(t->neighbourhood.empty());
            QVERIFY(model.loss_batches.empty());
        }
    }
    void uniformWeightsAreNoted() {
        const RoutingSpace space = RoutingSpace::moai(2);
        const FakeModel model(space);
        RerouteInput input = world(space, 2, 1);
        KernelParams narrow;
        narrow.bandwidth = 1e-4;
        input.neighbourhood = weigh_neighbours(input.neighbourhood.neighbours, narrow);
        const Result<Trajectory> t = reroute(model, input, fast(RoutingMode::Offset));
        QVERIFY(t.ok() && !t->notes.empty());
        QVERIFY(t->notes.front().find("uniform kernel weights") != std::string::npos);
    }
    void notFiniteLossStopsAndKeepsTheLastFiniteStep() {
        const RoutingSpace space = RoutingSpace::moai(2);
        for (const int first_nan : {0, 4}) {
            FakeModel model(space);
            model.nan_from_call = first_nan;
            const RerouteInput input = world(space, 3, 8);
            const Result<Trajectory> t = reroute(model, input, fast(RoutingMode::Offset));
            QVERIFY(t.ok());
            const auto bad = static_cast<std::size_t>(first_nan);
            QCOMPARE(t->steps.size(), bad + 2);
            QVERIFY(std::isnan(*t->steps[bad].objective));
            QCOMPARE(t->result().weights, t->steps[bad == 0 ? 0 : bad - 1].weights);
            QCOMPARE(t->notes.size(), std::size_t{1});
            QVERIFY(t->notes.front().find("not finite at step " + std::to_string(bad)) != std::string::npos);
            QVERIFY(all_finite(t->result().weights));
            QVERIFY(bad == 0 || t->result().answer.has_value());
        }
    }
    void cancelStopsWithinAStep() {
        const RoutingSpace space = RoutingSpace::moai(2);
        FakeModel model(space);
        const CancelToken token = CancelToken::create();
        int calls = 0;
        model.on_loss = [&] {
            if (++calls == 3) {
                token.cancel();
            }
        };
        const Result<Trajectory> t = reroute(model, world(space, 2, 1), fast(RoutingMode::Offset), token);
        QVERIFY(!t.ok());
        QCOMPARE(t.error().kind, ErrorKind::Cancelled);
        QCOMPARE(calls, 3);
        QVERIFY(model.answer_batches.empty());
    }
    void neighboursNeedLabels() {
        const RoutingSpace space = RoutingSpace::moai(2);
        const FakeModel model(space);
        RerouteInput input = world(space, 2, 1);
        const RoutingMatrix gates = input.references[1].routing;
        input.references[1].prepared = std::make_shared<FakeSample>(gates, gates, false);
        input.neighbourhood.neighbours[1].index = 77;
        Result<Trajectory> t = reroute(model, input, fast(RoutingMode::Offset));
        QVERIFY(!t.ok());
        QCOMPARE(t.error().where, std::string("reference sample 77"));
        input.references.pop_back();
        t = reroute(model, input, fast(RoutingMode::Offset));
        QCOMPARE(t.error().field, std::string("references"));
    }
    void badOptionsAreRefused() {
        const FakeModel model(RoutingSpace::moai(2));
        MethodParams params;
        params.steps = 0;
        const Result<Trajectory> t = reroute(model, world(model.routing_space(), 1, 1), params);
        QCOMPARE(t.error().field, std::string("num-steps"));
        QCOMPARE(reroute(model, {}, MethodParams()).error().field, std::string("sample"));
    }
    void oracleGoesToItsOwnWishAndSaysSo() {
        const RoutingSpace space = RoutingSpace::moai(2);
        const FakeModel model(space, FakeModel::Loss::Quadratic);
        const RerouteInput input = world(space, 3, 6);
        MethodParams params = fast(RoutingMode::Fixed);
        params.method = Method::Oracle;
        params.steps = 300;
        params.final_lr = 1e-6;
        const Result<Trajectory> t = reroute(model, input, params);
        QVERIFY(t.ok());
        QVERIFY(t->uses_label);
        QVERIFY(t->neighbourhood.empty());
        QCOMPARE(t->base().neighbour_losses.size(), std::size_t{1});
        QCOMPARE(t->base().neighbour_gradient_share, std::vector<double>{1.0});
        QVERIFY(distance(t->result().weights, static_cast<const FakeSample&>(*input.sample).wish()) < 1e-4);

        RerouteInput unlabelled = input;
        unlabelled.sample = std::make_shared<FakeSample>(input.sample->native_routing(), RoutingMatrix(1, 6), false);
        QCOMPARE(reroute(model, unlabelled, params).error().field, std::string("label"));
    }
    void sharesBySign() {
        const std::vector<RoutingMatrix> gradients = {{1, 2, {2.0, 0.0}}, {1, 2, {-1.0, 1.0}}};
        const std::vector<double> shares = gradient_shares({0.75, 0.25}, gradients);  // mean (1.25, 0.25)
        QVERIFY(std::abs(shares[0] - 0.75 * 2.5 / 1.625) < 1e-15);
        QVERIFY(shares[1] < 0.0);
        QVERIFY(std::abs(shares[0] + shares[1] - 1.0) < 1e-15);
        const std::vector<RoutingMatrix> opposite = {{1, 2, {1.0, 0.0}}, {1, 2, {-1.0, 0.0}}};
        QCOMPARE(gradient_shares({0.5, 0.5}, opposite), (std::vector<double>{0.0, 0.0}));
    }
    void leaveOneOut() {
        const RoutingSpace space = RoutingSpace::moai(2);
        const FakeModel model(space);
        const RerouteInput input = world(space, 3, 6);
        const RerouteInput two = leave_out_neighbour(input, 1);
        QCOMPARE(two.references.size(), std::size_t{2});
        QCOMPARE(two.neighbourhood.neighbours[1].index, input.neighbourhood.neighbours[2].index);
        const double ratio = input.neighbourhood.neighbours[0].weight / input.neighbourhood.neighbours[2].weight;
        QVERIFY(std::abs(two.neighbourhood.neighbours[0].weight / two.neighbourhood.neighbours[1].weight - ratio) <
                1e-12);
        QVERIFY(std::abs(two.neighbourhood.neighbours[0].weight + two.neighbourhood.neighbours[1].weight - 1.0) <
                1e-15);
        const Result<Trajectory> all = reroute(model, input, fast(RoutingMode::Offset));
        const Result<Trajectory> some = reroute(model, two, fast(RoutingMode::Offset));
        QVERIFY(distance(all->result().weights, some->result().weights) > 1e-6);
    }
    void samplesDoNotInfluenceEachOther() {
        const RoutingSpace space = RoutingSpace::moai(2);
        const FakeModel model(space);
        const RerouteInput input = world(space, 3, 6);
        const Result<Trajectory> first = reroute(model, input, fast(RoutingMode::Offset));
        QVERIFY(reroute(model, world(space, 3, 99), fast(RoutingMode::Offset)).ok());
        const Result<Trajectory> again = reroute(model, input, fast(RoutingMode::Offset));
        QCOMPARE(again->result().weights, first->result().weights);
    }
    void stoppedTrajectoriesStayWhereTheyAre() {
        Trajectory t;
        t.steps.resize(3);
        t.steps[2].index = 2;
        QCOMPARE(t.at(1).index, 0);
        QCOMPARE(t.at(10).index, 2);
    }
};

QTEST_APPLESS_MAIN(TestRoutingNgd)
#include "test_routing_ngd.moc"
