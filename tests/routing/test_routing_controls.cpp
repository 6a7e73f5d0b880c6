// Controls: fitted constants, the grid of fixed routings, and how they are applied.
#include <QtTest>

#include "core/base/random.h"
#include "core/routing/controls.h"
#include "core/routing/reroute.h"
#include "tests/routing/fake_model.h"

using namespace r2t2;

namespace {

/// Samples that all share one wish; gates = softmax(log wish - bias + noise), so the constant offset `bias` mends them.
struct BiasedWorld {
    RoutingSpace space = RoutingSpace::moai(2);
    RoutingMatrix bias = RoutingMatrix(1, 6, {1.0, -0.5, -0.5, 0.0, 0.8, -0.8});
    RoutingMatrix wish;
    std::vector<PreparedSamplePtr> samples;

    explicit BiasedWorld(std::size_t count, bool labels = true) {
        RandomStream stream(31);
        wish = random_weights(space, 1, stream);
        for (std::size_t i = 0; i < count; ++i) {
            RoutingMatrix gates = repeat_row(log_weights(wish) - bias, 2);
            for (double& value : gates.values()) {
                value += 0.1 * stream.normal();
            }
            samples.push_back(std::make_shared<FakeSample>(softmax(space, gates), wish, labels));
        }
    }
    [[nodiscard]] SampleSource source() const {
        return {samples.size(), [this](std::size_t i) -> Result<PreparedSamplePtr> { return samples[i]; }};
    }
};

}  // namespace

class TestRoutingControls : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void fitFindsThePlantedOffset() {
        const BiasedWorld world(40);
        const FakeModel model(world.space);
        FitParams params;
        params.epochs = 60;
        params.batch = 8;
        std::int64_t last = 0;
        const Result<FittedConstant> fit =
            fit_constant(model, world.source(), params, [&last](const Progress& p) { last = p.done; }, {});
        QVERIFY(fit.ok());
        QCOMPARE(fit->values.rows(), std::size_t{1});
        QVERIFY(distance(fit->values, world.bias) < 0.1);  // noise 0.1 / sqrt(80) a number, 6 numbers
        QCOMPARE(fit->epoch_loss.size(), std::size_t{60});
        QVERIFY(fit->epoch_loss.back() < fit->epoch_loss.front() - 0.05);
        QCOMPARE(fit->updates, std::int64_t{300});
        QCOMPARE(last, std::int64_t{300});
        QVERIFY(distance(centre_groups(world.space, fit->values), fit->values) < 1e-12);
    }
    void fitFindsTheFixedWish() {
        const BiasedWorld world(10);
        const FakeModel model(world.space);
        FitParams params;
        params.mode = RoutingMode::Fixed;
        params.epochs = 200;
        params.granularity = Granularity::PerMixer;
        const Result<FittedConstant> fit = fit_constant(model, world.source(), params, {}, {});
        QVERIFY(fit.ok());
        QCOMPARE(fit->values.rows(), std::size_t{2});
        QVERIFY(simplex_error(world.space, fit->values) < 1e-12);
        QVERIFY(distance(fit->values, repeat_row(world.wish, 2)) < 1e-3);
    }
    void fitRepeatsWithTheSeed() {
        const BiasedWorld world(20);
        const FakeModel model(world.space);
        FitParams params;
        params.batch = 3;
        const Result<FittedConstant> a = fit_constant(model, world.source(), params, {}, {});
        const Result<FittedConstant> b = fit_constant(model, world.source(), params, {}, {});
        QCOMPARE(a->values, b->values);
        params.seed = 1;
        QVERIFY(fit_constant(model, world.source(), params, {}, {})->values != a->values);
    }
    void fitErrors() {
        const BiasedWorld world(4);
        FakeModel model(world.space);
        FitParams params;
        params.epochs = 0;
        QCOMPARE(fit_constant(model, world.source(), params, {}, {}).error().field, std::string("epochs"));
        params = {};
        params.batch = 0;
        QCOMPARE(fit_constant(model, world.source(), params, {}, {}).error().field, std::string("batch"));
        params = {};
        QCOMPARE(fit_constant(model, {0, {}}, params, {}, {}).error().field, std::string("reference set"));
        const BiasedWorld unlabelled(2, false);
        QCOMPARE(fit_constant(model, unlabelled.source(), params, {}, {}).error().field, std::string("label"));
        const CancelToken token = CancelToken::create();
        token.cancel();
        QCOMPARE(fit_constant(model, world.source(), params, {}, token).error().kind, ErrorKind::Cancelled);
        model.nan_from_call = 0;
        QCOMPARE(fit_constant(model, world.source(), params, {}, {}).error().field, std::string("loss"));
    }
    void gridPoints() {
        QCOMPARE(simplex_grid(3, 1).size(), std::size_t{4});   // vertices, centre
        QCOMPARE(simplex_grid(3, 2).size(), std::size_t{7});   // and the middles of the edges
        QCOMPARE(simplex_grid(3, 3).size(), std::size_t{10});  // the centre is on this one
        QCOMPARE(simplex_grid(7, 2).size(), std::size_t{29});
        QCOMPARE(simplex_grid(1, 4).size(), std::size_t{1});
        const RoutingSpace space = RoutingSpace::moai(2);
        const Result<std::vector<RoutingMatrix>> grid = routing_grid(space, 2);
        QCOMPARE(grid->size(), std::size_t{49});
        for (std::size_t i = 0; i < grid->size(); ++i) {
            QVERIFY(simplex_error(space, (*grid)[i]) < 1e-12);
            for (std::size_t j = 0; j < i; ++j) {
                QVERIFY(distance((*grid)[i], (*grid)[j]) > 0.1);  // no point twice
            }
        }
        QCOMPARE(routing_grid(space, 0).error().field, std::string("divisions"));
        QVERIFY(!routing_grid(space, 100).ok());
    }
    void gridFindsTheBestByLossAndByAccuracy() {
        BiasedWorld world(5);
        const FakeModel model(world.space, FakeModel::Loss::Quadratic);
        const RoutingMatrix corner(1, 6, {0.0, 1.0, 0.0, 0.5, 0.0, 0.5});
        for (PreparedSamplePtr& sample : world.samples) {
            sample = std::make_shared<FakeSample>(sample->native_routing(), corner);
        }
        GridParams params;
        params.batch = 2;
        Result<BestFixedRouting> best = best_fixed_routing(model, world.source(), params, {}, {});
        QVERIFY(best.ok());
        QCOMPARE(best->weights, corner);
        QVERIFY(best->score < 1e-12);
        QCOMPARE(best->scores.size(), std::size_t{49});

        std::vector<bool> seen(5, false);
        params.correct = [&seen](std::size_t sample, const Answer& answer) {
            seen[sample] = true;
            return answer.text == "img_self" && sample != 3;
        };
        best = best_fixed_routing(model, world.source(), params, {}, {});
        QVERIFY(std::abs(best->score - 0.8) < 1e-15);
        QVERIFY(best->weights(0, 2) > best->weights(0, 0) && best->weights(0, 2) > best->weights(0, 1));
        QCOMPARE(seen, std::vector<bool>(5, true));
    }
    void constantsAreApplied() {
        const BiasedWorld world(1);
        const FakeModel model(world.space);
        RerouteInput input;
        input.sample = world.samples[0];
        input.constant = world.bias;
        MethodParams params;

        params.method = Method::Base;
        Result<Trajectory> t = reroute(model, input, params);
        QCOMPARE(t->steps.size(), std::size_t{1});
        QVERIFY(t->result().answer.has_value());

        params.method = Method::ConstantOffset;
        t = reroute(model, input, params);
        QCOMPARE(t->steps.size(), std::size_t{2});
        QVERIFY(t->result().action.mode == RoutingMode::Offset);
        QCOMPARE(t->result().action.values, world.bias);
        QVERIFY(distance(t->result().weights, world.wish) < 0.15);
        QVERIFY(distance(t->result().weights, world.wish) < distance(t->base().weights, world.wish));

        params.method = Method::OwnMean;
        t = reroute(model, input, params);
        QVERIFY(t->mode == RoutingMode::Fixed);
        QCOMPARE(t->result().action.values, t->base().weights);
        QVERIFY(t->base().action.native());

        params.method = Method::BestFixed;
        QVERIFY(!reroute(model, input, params).ok());  // the bias is no probability vector
        input.constant = world.wish;
        params.granularity = Granularity::PerMixer;
        t = reroute(model, input, params);
        QVERIFY(t->mode == RoutingMode::Fixed);
        QVERIFY(distance(t->result().weights, repeat_row(world.wish, 2)) < 1e-12);

        input.constant = RoutingMatrix(1, 5);
        QCOMPARE(reroute(model, input, params).error().field, std::string("constant"));
        QVERIFY(!model.mixed_batch);
    }
};

QTEST_APPLESS_MAIN(TestRoutingControls)
#include "test_routing_controls.moc"
