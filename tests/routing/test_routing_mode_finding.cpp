// Mode finding: converges to the planted mode, without a model pass on the way.
#include <QtTest>

#include "core/base/random.h"
#include "core/routing/mode_finding.h"
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
    /// Of the task-space neighbours alone, whatever else is in the set: the heavier of two clusters, from the neighbours' mean.
    void theTaskNeighbourhoodDecides() {
        const RoutingSpace space = RoutingSpace::moai(1);
        const Cloud c = cloud(space, 1);
        const FakeModel model(space);
        for (const bool near_is_heavy : {true, false}) {
            RerouteInput input = start_at(uniform_weights(space), c);
            input.routing_points = {};  // nobody looks at the whole set
            std::vector<Candidate> candidates;
            for (std::size_t i = 0; i < 12; ++i) {
                candidates.push_back({i, 1.0 - 0.01 * double(i)});
                input.references.push_back({nullptr, c.points[i]});  // even: near the one mode, odd: near the other
            }
            MethodParams params = shifting();
            params.mode_neighbourhood = ModeNeighbourhood::Task;
            params.routing_bandwidth.reset();
            input.neighbourhood = *nearest_neighbours(candidates, 12, params.kernel);
            for (Neighbour& neighbour : input.neighbourhood.neighbours) {
                neighbour.weight = (neighbour.index % 2 == 0) == near_is_heavy ? 0.8 / 6 : 0.2 / 6;
            }
            const Result<Trajectory> t = reroute(model, input, params);
            QVERIFY2(t.ok(), t.ok() ? "" : t.error().message().c_str());
            const RoutingMatrix& wanted = near_is_heavy ? c.near_mode : c.far_mode;
            const RoutingMatrix& other = near_is_heavy ? c.far_mode : c.near_mode;
            QVERIFY(distance(t->result().weights, wanted) < distance(t->result().weights, other));
            // Step 1 is the weighted mean of the neighbours, and the way on climbs.
            std::vector<double> weights;
            std::vector<RoutingMatrix> points;
            for (std::size_t i = 0; i < 12; ++i) {
                weights.push_back(input.neighbourhood.neighbours[i].weight);
                points.push_back(input.references[i].routing);
            }
            QVERIFY(distance(t->steps[1].weights, weighted_mean(weights, points)) < 1e-12);
            for (std::size_t i = 2; i < t->steps.size(); ++i) {
                QVERIFY(*t->steps[i].objective >= *t->steps[i - 1].objective - 1e-15);
            }
            QVERIFY(t->notes.back().find("mode found: ") == 0);
            QVERIFY(t->notes.back().find(" of 12 neighbours") != std::string::npos);
            QCOMPARE(t->neighbourhood.neighbours.size(), std::size_t{12});
            // A narrow kernel finds the cluster's own mode.
            params.routing_bandwidth = 0.05;
            const Result<Trajectory> narrow = reroute(model, input, params);
            QVERIFY(distance(narrow->result().weights, wanted) < 0.05 || distance(narrow->result().weights, weighted_mean(weights, points)) < 0.05);
        }
        RerouteInput none = start_at(uniform_weights(space), c);
        MethodParams params = shifting();
        params.mode_neighbourhood = ModeNeighbourhood::Task;
        QCOMPARE(reroute(model, none, params)->steps.size(), std::size_t{1});
    }
    /// Against the formula written out, with all weights equal against the paper's shift over the same points.
    void aWeightedShiftByHand() {
        const RoutingSpace space = RoutingSpace::moai(1);
        const Cloud c = cloud(space, 1);
        const std::vector<RoutingMatrix> points(c.points.begin(), c.points.begin() + 7);
        KernelParams kernel;
        kernel.bandwidth = 0.2;
        const std::vector<double> equal(7, 1.0 / 7), uneven = {0.3, 0.1, 0.05, 0.25, 0.1, 0.15, 0.05};
        const RoutingMatrix at = uniform_weights(space);
        QVERIFY(distance(weighted_mean_shift(points, equal, at, kernel, 1.0)->next, mean_shift(points, at, kernel, 0, 1.0)->next) < 1e-15);
        std::vector<double> both;
        for (std::size_t i = 0; i < 7; ++i) {
            const double d = distance(points[i], at);
            both.push_back(uneven[i] * std::exp(-d * d / (2 * 0.2 * 0.2)));
        }
        QVERIFY(distance(weighted_mean_shift(points, uneven, at, kernel, 1.0)->next, weighted_mean(both, points)) < 1e-14);
        kernel.bandwidth = 1e-6;  // no point is near: the task weights alone
        QVERIFY(distance(weighted_mean_shift(points, uneven, at, kernel, 1.0)->next, weighted_mean(uneven, points)) < 1e-14);
        // Six pairs of four points: the lower of the two in the middle.
        std::vector<double> pairs;
        for (std::size_t i = 0; i < 4; ++i) {
            for (std::size_t j = 0; j < i; ++j) {
                pairs.push_back(distance(points[i], points[j]));
            }
        }
        std::sort(pairs.begin(), pairs.end());
        QCOMPARE(median_pair_distance(std::span(points).first(4)), pairs[2]);
        QCOMPARE(median_pair_distance(std::span(points).first(1)), 0.0);
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
