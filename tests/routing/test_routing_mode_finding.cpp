// Mode finding: converges to the planted mode, without a model pass on the way.
#include <QtTest>

#include "core/base/random.h"
#include "core/routing/reroute.h"
#include "tests/routing/fake_model.h"

using namespace r2t2;

namespace {

struct Cloud {
    RoutingMatrix near_mode;
    RoutingMatrix far_mode;
    std::vector<RoutingMatrix> points;
};

/// Two tight clusters of routing vectors around planted modes.
Cloud cloud(const RoutingSpace& space, std::size_t rows) {
    RandomStream stream(21);
    Cloud out{random_weights(space, rows, stream), random_weights(space, rows, stream), {}};
    for (int i = 0; i < 60; ++i) {
        RoutingMatrix z = log_weights(i % 2 == 0 ? out.near_mode : out.far_mode);
        for (double& value : z.values()) {
            value += 0.05 * stream.normal();
        }
        out.points.push_back(softmax(space, z));
    }
    return out;
}

RerouteInput start_at(const RoutingMatrix& gates, const Cloud& c) {
    RerouteInput input;
    input.sample = std::make_shared<FakeSample>(gates, gates, false);
    input.routing_points = c.points;
    return input;
}

MethodParams shifting() {
    MethodParams params;
    params.method = Method::ModeFinding;
    params.routing_k = 0;
    params.routing_bandwidth = 0.1;
    return params;
}

}  // namespace

class TestRoutingModeFinding : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void convergesToThePlantedMode() {
        for (const std::size_t mixers : {std::size_t{1}, std::size_t{3}}) {
            const RoutingSpace space = RoutingSpace::moai(mixers);
            const Cloud c = cloud(space, mixers);
            const FakeModel model(space);
            RoutingMatrix start = c.near_mode;
            start *= 0.7;
            RoutingMatrix other = c.far_mode;
            other *= 0.3;
            start += other;
            MethodParams params = shifting();
            params.granularity = Granularity::PerMixer;
            const RerouteInput input = start_at(start, c);
            const Result<Trajectory> t = reroute(model, input, params);
            QVERIFY2(t.ok(), t.ok() ? "" : t.error().message().c_str());
            QVERIFY(t->notes.empty());
            // The mode of 30 points with spread 0.05 in logits: their mean, good to a few hundredths.
            QVERIFY(distance(t->result().weights, c.near_mode) < 0.03);
            QVERIFY(distance(t->base().weights, c.near_mode) > 0.1);
            QVERIFY(t->steps.size() > 2 && t->steps.size() < 50);
            for (std::size_t i = 0; i < t->steps.size(); ++i) {
                QVERIFY(simplex_error(space, t->steps[i].weights) < 1e-12);
                QVERIFY(t->steps[i].answer.has_value());
                QVERIFY(i == 0 || *t->steps[i].objective >= *t->steps[i - 1].objective);  // mean shift climbs
            }
            QCOMPARE(model.answer_batches, std::vector<std::size_t>{t->steps.size()});
            QVERIFY(model.loss_batches.empty());
            QCOMPARE(t->neighbourhood.neighbours.size(), std::size_t{60});
        }
    }
    void nearestKFollowsTheClimber() {
        const RoutingSpace space = RoutingSpace::moai(1);
        const Cloud c = cloud(space, 1);
        const FakeModel model(space);
        MethodParams params = shifting();
        params.routing_k = 5;
        params.routing_bandwidth.reset();
        params.answer_steps = false;
        const RerouteInput input = start_at(c.far_mode, c);
        const Result<Trajectory> t = reroute(model, input, params);
        QVERIFY(t.ok());
        QCOMPARE(t->neighbourhood.neighbours.size(), std::size_t{5});
        for (const Neighbour& neighbour : t->neighbourhood.neighbours) {
            QCOMPARE(neighbour.index % 2, std::size_t{1});
        }
        QVERIFY(t->neighbourhood.bandwidth > 0.0);
        QCOMPARE(t->passes.forward, std::int64_t{2});
        QVERIFY(distance(t->result().weights, c.far_mode) < 0.03);
    }
    void sharedAveragesPerMixerPoints() {
        const RoutingSpace space = RoutingSpace::moai(3);
        const Cloud c = cloud(space, 3);
        const FakeModel model(space);
        const RerouteInput input = start_at(c.near_mode, c);
        const Result<Trajectory> t = reroute(model, input, shifting());
        QVERIFY(t.ok());
        QCOMPARE(t->result().weights.rows(), std::size_t{1});
        QVERIFY(distance(t->result().weights, mean_over_mixers(c.near_mode)) < 0.03);
    }
    void excludedPointsDoNotPull() {
        const RoutingSpace space = RoutingSpace::moai(1);
        const Cloud c = cloud(space, 1);
        const FakeModel model(space);
        RerouteInput input = start_at(c.near_mode, c);
        for (std::size_t i = 0; i < 60; i += 2) {
            input.excluded.push_back(i);  // the whole near cluster
        }
        MethodParams params = shifting();
        params.routing_bandwidth = 1.0;
        params.max_shifts = 200;
        const Result<Trajectory> t = reroute(model, input, params);
        QVERIFY(distance(t->result().weights, c.far_mode) < 0.03);
        params.routing_k = 31;
        const Result<Trajectory> refused = reroute(model, input, params);
        QCOMPARE(refused.error().field, std::string("k"));
        QCOMPARE(refused.error().found, std::string("31"));
    }
    void etaSlowsDownAndTheLimitIsNoted() {
        const RoutingSpace space = RoutingSpace::moai(1);
        const Cloud c = cloud(space, 1);
        const FakeModel model(space);
        MethodParams params = shifting();
        params.eta = 0.05;
        params.max_shifts = 4;
        const RerouteInput input = start_at(uniform_weights(space), c);
        const Result<Trajectory> t = reroute(model, input, params);
        QCOMPARE(t->steps.size(), std::size_t{5});
        QCOMPARE(t->notes.size(), std::size_t{1});
        QVERIFY(t->notes.front().find("did not converge in 4 steps") != std::string::npos);
        params.eta = 1.0;
        const Result<Trajectory> full = reroute(model, input, params);
        QVERIFY(std::abs(distance(t->steps[1].weights, t->base().weights) /
                             distance(full->steps[1].weights, full->base().weights) -
                         0.05) < 1e-9);
    }
    void errors() {
        const RoutingSpace space = RoutingSpace::moai(1);
        Cloud c = cloud(space, 1);
        const FakeModel model(space);
        RerouteInput input = start_at(c.near_mode, c);
        input.routing_points = {};
        QCOMPARE(reroute(model, input, shifting()).error().field, std::string("reference set"));
        c.points[7](0, 0) = -1.0;
        input.routing_points = c.points;
        QCOMPARE(reroute(model, input, shifting()).error().where, std::string("reference sample 7"));
    }
};

QTEST_APPLESS_MAIN(TestRoutingModeFinding)
#include "test_routing_mode_finding.moc"
