// Routing space and matrix: simplices, softmax, projection, checks; Adam and schedules.
#include <QtTest>

#include "core/base/random.h"
#include "core/routing/optimiser.h"
#include "tests/routing/fake_model.h"

using namespace r2t2;

class TestRoutingMatrix : public QObject {
    Q_OBJECT

    RoutingSpace space_ = RoutingSpace::moai(4);

    RoutingMatrix random_matrix(RandomStream& stream, std::size_t rows, double scale) const {
        RoutingMatrix out(rows, space_.expert_count());
        for (double& value : out.values()) {
            value = scale * stream.normal();
        }
        return out;
    }

private Q_SLOTS:
    void spaceNamesAndColumns() {
        QCOMPARE(space_.expert_count(), std::size_t{6});
        QCOMPARE(space_.group_begin(1), std::size_t{3});
        QCOMPARE(space_.expert_names().at(4), std::string("lang_img"));
        QCOMPARE(one_group(7).expert_count(), std::size_t{7});
    }
    void softmaxStaysOnTheSimplices() {
        RandomStream stream(1);
        for (const double scale : {0.1, 10.0, 500.0}) {
            const RoutingMatrix r = softmax(space_, random_matrix(stream, 4, scale));
            QVERIFY(simplex_error(space_, r) < 1e-12);
            QVERIFY(all_finite(r));
        }
    }
    void softmaxUndoesLogarithm() {
        RandomStream stream(2);
        const RoutingMatrix r = random_weights(space_, 4, stream);
        QVERIFY(distance(softmax(space_, log_weights(r)), r) < 1e-14);
        RoutingMatrix corner(1, 6);
        corner(0, 1) = corner(0, 3) = 1.0;
        QVERIFY(all_finite(log_weights(corner)));
        QVERIFY(distance(softmax(space_, log_weights(corner)), corner) < 1e-11);
    }
    void softmaxBackwardMatchesFiniteDifferences() {
        RandomStream stream(3);
        const RoutingMatrix z = random_matrix(stream, 2, 1.0);
        const RoutingMatrix g = random_matrix(stream, 2, 1.0);  // f(r) = <g, r>
        const RoutingMatrix backward = softmax_backward(space_, softmax(space_, z), g);
        for (std::size_t i = 0; i < z.values().size(); ++i) {
            constexpr double h = 1e-5;  // central difference: error about h^2
            RoutingMatrix up = z;
            RoutingMatrix down = z;
            up.values()[i] += h;
            down.values()[i] -= h;
            const double numeric = (dot(g, softmax(space_, up)) - dot(g, softmax(space_, down))) / (2.0 * h);
            QVERIFY(std::abs(numeric - backward.values()[i]) < 1e-9);
        }
    }
    void projectionIsIdempotentAndNearest() {
        RandomStream stream(4);
        for (int trial = 0; trial < 200; ++trial) {
            const RoutingMatrix point = random_matrix(stream, 2, 2.0);
            const RoutingMatrix projected = project_to_simplices(space_, point);
            QVERIFY(simplex_error(space_, projected) < 1e-12);
            QVERIFY(distance(project_to_simplices(space_, projected), projected) < 1e-12);
            for (int other = 0; other < 20; ++other) {
                const RoutingMatrix rival = random_weights(space_, 2, stream);
                QVERIFY(distance(point, projected) <= distance(point, rival) + 1e-12);
                // Variational inequality of a convex projection: <point - P, rival - P> <= 0. Sharper than distances.
                QVERIFY(dot(point - projected, rival - projected) < 1e-12);
            }
        }
    }
    void projectionReachesFacesAndCorners() {
        const RoutingMatrix far(1, 6, {5.0, 0.0, 0.0, 0.5, 0.5, -3.0});
        QCOMPARE(project_to_simplices(space_, far), RoutingMatrix(1, 6, {1.0, 0.0, 0.0, 0.5, 0.5, 0.0}));
    }
    void groupsOfSeven() {
        const RoutingSpace seven = one_group(7);
        RandomStream stream(5);
        const RoutingMatrix r = random_weights(seven, 1, stream);
        QVERIFY(simplex_error(seven, r) < 1e-12);
        QVERIFY(distance(uniform_weights(seven), RoutingMatrix(1, 7, 1.0 / 7.0)) < 1e-15);
        RoutingMatrix shifted = r;
        for (double& value : shifted.values()) {
            value += 0.3;  // along (1, ..., 1): projects back to where it was
        }
        QVERIFY(distance(project_to_simplices(seven, shifted), r) < 1e-12);
    }
    void meanAndRepeat() {
        const RoutingMatrix m(2, 2, {1.0, 2.0, 3.0, 6.0});
        QCOMPARE(mean_over_mixers(m), RoutingMatrix(1, 2, {2.0, 4.0}));
        QCOMPARE(repeat_row(RoutingMatrix(1, 2, {2.0, 4.0}), 2), RoutingMatrix(2, 2, {2.0, 4.0, 2.0, 4.0}));
    }
    void centreAndRenormalise() {
        RandomStream stream(6);
        const RoutingMatrix centred = centre_groups(space_, random_matrix(stream, 3, 1.0));
        for (std::size_t row = 0; row < 3; ++row) {
            QVERIFY(std::abs(centred(row, 0) + centred(row, 1) + centred(row, 2)) < 1e-14);
        }
        RoutingMatrix single_precision = random_weights(space_, 1, stream);
        for (double& value : single_precision.values()) {
            value = static_cast<float>(value);
        }
        QVERIFY(simplex_error(space_, single_precision) > 1e-12);
        QVERIFY(simplex_error(space_, renormalise(space_, single_precision)) < 1e-15);
    }
    void checkWeightsNamesWhatIsWrong() {
        RandomStream stream(7);
        RoutingMatrix r = random_weights(space_, 4, stream);
        QVERIFY(check_weights(space_, r, "set.json").ok());
        r(2, 4) += 0.01;
        const Status sum = check_weights(space_, r, "set.json");
        QVERIFY(!sum.ok());
        QCOMPARE(sum.error().where, std::string("set.json"));
        QCOMPARE(sum.error().field, std::string("row 2, group language"));
        r(2, 4) = std::nan("");
        QVERIFY(check_weights(space_, r, "x").error().field.find("lang_img") != std::string::npos);
        r(2, 4) = -0.5;
        QVERIFY(!check_weights(space_, r, "x").ok());
        QVERIFY(!check_weights(space_, RoutingMatrix(3, 6, 1.0 / 3.0), "x").ok());
        QVERIFY(!check_weights(space_, RoutingMatrix(1, 7, 1.0 / 3.0), "x").ok());
        QVERIFY(!check_weights(space_, RoutingMatrix(), "x").ok());
    }
    void learningRates() {
        using enum LearningRateSchedule;
        const std::vector<double> paper = {.01,     .00975553, .00904604, .00794099, .00654854,
                                           .005005, .00346146, .00206901, .00096396, .00025447};
        for (int t = 0; t < 10; ++t) {
            QVERIFY(std::abs(learning_rate(Cosine, 1e-2, 1e-5, t, 10) - paper[static_cast<std::size_t>(t)]) < 5e-9);
            QCOMPARE(learning_rate(Fixed, 1e-2, 1e-5, t, 10), 1e-2);
        }
        QCOMPARE(learning_rate(Step, 1.0, 0.01, 0, 9), 1.0);
        QCOMPARE(learning_rate(Step, 1.0, 0.01, 2, 9), 1.0);
        QVERIFY(std::abs(learning_rate(Step, 1.0, 0.01, 3, 9) - 0.1) < 1e-15);
        QCOMPARE(learning_rate(Step, 1.0, 0.01, 8, 9), 0.01);
    }
    void adamTakesItsFirstStepsByHand() {
        RoutingMatrix x(1, 2, {1.0, 1.0});
        Adam adam;
        adam.step(x, RoutingMatrix(1, 2, {4.0, -0.5}), 0.1);  // first step: lr * g / (|g| + eps)
        QVERIFY(std::abs(x(0, 0) - (1.0 - 0.1 * 4.0 / (4.0 + 1e-8))) < 1e-15);
        QVERIFY(std::abs(x(0, 1) - (1.0 + 0.1 * 0.5 / (0.5 + 1e-8))) < 1e-15);
        const double before = x(0, 0);
        adam.step(x, RoutingMatrix(1, 2, {2.0, 0.0}), 0.1);
        const double m = (0.9 * 0.1 * 4.0 + 0.1 * 2.0) / (1.0 - 0.81);
        const double v = (0.999 * 0.001 * 16.0 + 0.001 * 4.0) / (1.0 - 0.999 * 0.999);
        QVERIFY(std::abs(x(0, 0) - (before - 0.1 * m / (std::sqrt(v) + 1e-8))) < 1e-14);
    }
};

QTEST_APPLESS_MAIN(TestRoutingMatrix)
#include "test_routing_matrix.moc"
