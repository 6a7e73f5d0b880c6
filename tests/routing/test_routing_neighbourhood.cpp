// Kernel weights, neighbourhoods, the random control.
#include <QtTest>
#include <set>

#include "core/routing/neighbourhood.h"

using namespace r2t2;

namespace {

const std::vector<Candidate> candidates = {{4, 0.5}, {1, 0.9}, {0, 0.5}, {3, -0.2}, {2, 0.7}};

double weight_sum(const Neighbourhood& n) {
    double sum = 0.0;
    for (const Neighbour& neighbour : n.neighbours) {
        sum += neighbour.weight;
    }
    return sum;
}

std::vector<std::size_t> indices(const Neighbourhood& n) {
    std::vector<std::size_t> out;
    for (const Neighbour& neighbour : n.neighbours) {
        out.push_back(neighbour.index);
    }
    return out;
}

}  // namespace

class TestRoutingNeighbourhood : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void bandwidthIsTheMedian() {
        const std::vector<double> odd = {3.0, 1.0, 2.0};
        const std::vector<double> even = {4.0, 1.0, 2.0, 3.0};
        const std::vector<double> duplicates = {0.0, 0.0, 0.0, 2.0, 4.0};
        const std::vector<double> all_same = {0.0, 0.0};
        QCOMPARE(effective_bandwidth({}, odd), 2.0);
        QCOMPARE(effective_bandwidth({}, even), 2.5);
        QCOMPARE(effective_bandwidth({}, duplicates), 3.0);
        QCOMPARE(effective_bandwidth({}, all_same), 1.0);
        KernelParams given;
        given.bandwidth = 0.25;
        QCOMPARE(effective_bandwidth(given, odd), 0.25);
    }
    void weightsSumToOne() {
        for (const KernelKind kind :
             {KernelKind::Gaussian, KernelKind::Linear, KernelKind::Polynomial, KernelKind::Matern32}) {
            KernelParams kernel;
            kernel.kind = kind;
            const Result<Neighbourhood> n = nearest_neighbours(candidates, 4, kernel);
            QVERIFY(n.ok());
            QVERIFY(std::abs(weight_sum(*n) - 1.0) < 1e-14);
            QVERIFY(!n->uniform_fallback);
            for (std::size_t i = 1; i < 4; ++i) {
                QVERIFY(n->neighbours[i - 1].weight >= n->neighbours[i].weight);
            }
        }
    }
    void negativeKernelValuesCountAsZero() {
        KernelParams linear;
        linear.kind = KernelKind::Linear;
        const Result<Neighbourhood> n = nearest_neighbours(candidates, 5, linear);
        QVERIFY(n.ok());
        QCOMPARE(n->clamped, std::size_t{1});
        QCOMPARE(n->neighbours.back().kernel, -0.2);
        QCOMPARE(n->neighbours.back().weight, 0.0);
        QVERIFY(std::abs(n->neighbours.front().weight - 0.9 / 2.6) < 1e-15);
        QVERIFY(!n->uniform_fallback);
    }
    void noUsableWeightFallsBackToUniformAndSaysSo() {
        KernelParams narrow;
        narrow.bandwidth = 1e-3;  // exp(-1e5): underflows
        const Result<Neighbourhood> n = nearest_neighbours(candidates, 3, narrow);
        QVERIFY(n.ok());
        QVERIFY(n->uniform_fallback);
        for (const Neighbour& neighbour : n->neighbours) {
            QCOMPARE(neighbour.kernel, 0.0);
            QVERIFY(std::abs(neighbour.weight - 1.0 / 3.0) < 1e-15);
        }
        KernelParams linear;
        linear.kind = KernelKind::Linear;
        const std::vector<Candidate> opposite = {{0, -0.5}, {1, -0.1}};
        QVERIFY(nearest_neighbours(opposite, 2, linear)->uniform_fallback);
    }
    void nearestOrderAndTies() {
        const Result<Neighbourhood> n = nearest_neighbours(candidates, 4, {});
        QCOMPARE(indices(*n), (std::vector<std::size_t>{1, 2, 0, 4}));
        QVERIFY(std::abs(n->neighbours[0].distance - std::sqrt(0.2)) < 1e-15);
        QCOMPARE(distance_from_cosine(1.0 + 1e-12), 0.0);
    }
    void tooLargeKNamesEverything() {
        const Result<Neighbourhood> n = nearest_neighbours(candidates, 6, {});
        QVERIFY(!n.ok());
        QCOMPARE(n.error().kind, ErrorKind::InvalidInput);
        QCOMPARE(n.error().field, std::string("k"));
        QCOMPARE(n.error().found, std::string("6"));
        QVERIFY(n.error().allowed.find("1 to 5") != std::string::npos);
        QVERIFY(!nearest_neighbours(candidates, 0, {}).ok());
        QVERIFY(!nearest_neighbours({}, 1, {}).ok());
        QVERIFY(!random_neighbours(candidates, 6, {}, 1, 1).ok());
    }
    void nonFiniteSimilarityIsAnError() {
        const std::vector<Candidate> broken = {{0, 0.5}, {7, std::nan("")}};
        const Result<Neighbourhood> n = nearest_neighbours(broken, 1, {});
        QVERIFY(!n.ok());
        QVERIFY(n.error().message().find("reference sample 7") != std::string::npos);
        QVERIFY(!ball_neighbours(broken, 0.5, {}).ok());
    }
    void ballTakesWhatIsInside() {
        QCOMPARE(indices(*ball_neighbours(candidates, 0.31, {})), (std::vector<std::size_t>{1, 2}));
        QCOMPARE(indices(*ball_neighbours(candidates, 0.5, {})), (std::vector<std::size_t>{1, 2, 0, 4}));
        QCOMPARE(indices(*ball_neighbours(candidates, 0.5, {}, 3)), (std::vector<std::size_t>{1, 2, 0}));
    }
    void emptyBallIsAnOutcome() {
        const Result<Neighbourhood> n = ball_neighbours(candidates, 0.05, {});
        QVERIFY(n.ok());
        QVERIFY(n->empty());
        QVERIFY(!n->uniform_fallback);
        QVERIFY(!ball_neighbours(candidates, 0.0, {}).ok());
        QVERIFY(!ball_neighbours(candidates, std::nan(""), {}).ok());
    }
    void randomNeighboursRepeatWithTheSeed() {
        std::vector<Candidate> many;
        for (std::size_t i = 0; i < 100; ++i) {
            many.push_back({i, 0.01 * static_cast<double>(i)});
        }
        const Result<Neighbourhood> first = random_neighbours(many, 5, {}, 11, 3);
        std::reverse(many.begin(), many.end());  // the store's order does not matter
        QCOMPARE(*random_neighbours(many, 5, {}, 11, 3), *first);
        QVERIFY(indices(*random_neighbours(many, 5, {}, 12, 3)) != indices(*first));
        QVERIFY(indices(*random_neighbours(many, 5, {}, 11, 4)) != indices(*first));
        std::set<std::size_t> seen;
        std::set<std::size_t> all;
        for (std::uint64_t sample = 0; sample < 300; ++sample) {
            const std::vector<std::size_t> drawn = indices(*random_neighbours(many, 5, {}, 11, sample));
            seen = {drawn.begin(), drawn.end()};
            QCOMPARE(seen.size(), std::size_t{5});  // without replacement
            all.insert(drawn.begin(), drawn.end());
        }
        QCOMPARE(all.size(), std::size_t{100});  // everybody can be drawn
        QVERIFY(std::abs(weight_sum(*first) - 1.0) < 1e-14);
    }
    void routingSpaceNeighbours() {
        const std::vector<RoutingMatrix> points = {
            {1, 2, {1.0, 0.0}}, {1, 2, {0.5, 0.5}}, {1, 2, {0.0, 1.0}}, {1, 2, {0.5, 0.5}}};
        const RoutingMatrix at(1, 2, {0.6, 0.4});
        const Result<std::vector<Neighbour>> n = nearest_in_routing_space(points, at, 3);
        QCOMPARE((*n)[0].index, std::size_t{1});
        QCOMPARE((*n)[1].index, std::size_t{3});
        QCOMPARE((*n)[2].index, std::size_t{0});
        QVERIFY(std::abs((*n)[0].distance - std::sqrt(0.02)) < 1e-15);
        QVERIFY(std::abs((*n)[0].similarity - 0.5) < 1e-15);
        const std::vector<std::size_t> excluded = {1};
        QCOMPARE((*nearest_in_routing_space(points, at, 1, excluded))[0].index, std::size_t{3});
        QVERIFY(!nearest_in_routing_space(points, at, 4, excluded).ok());
        QCOMPARE(nearest_in_routing_space(points, at, 0, excluded)->size(), std::size_t{3});
    }
};

QTEST_APPLESS_MAIN(TestRoutingNeighbourhood)
#include "test_routing_neighbourhood.moc"
