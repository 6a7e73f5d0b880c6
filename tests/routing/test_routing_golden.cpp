// Kernels, regression, mean shift, kNN and the NGD update against the golden vectors (float64, see golden/README.md).
#include <QtTest>

#include "core/routing/mode_finding.h"
#include "core/routing/optimiser.h"
#include "tests/support/golden_file.h"

using namespace r2t2;

namespace {

struct NamedKernel {
    const char* name;
    KernelParams params;
};

const std::vector<NamedKernel>& kernels() {
    static const std::vector<NamedKernel> list = {
        {"gaussian_sigma0.25", {KernelKind::Gaussian, 0.25, 2, 1.0}},
        {"gaussian_sigma1", {KernelKind::Gaussian, 1.0, 2, 1.0}},
        {"linear", {KernelKind::Linear, {}, 2, 1.0}},
        {"matern32_l0.5", {KernelKind::Matern32, 0.5, 2, 1.0}},
        {"matern32_l1", {KernelKind::Matern32, 1.0, 2, 1.0}},
        {"polynomial_d2_c1", {KernelKind::Polynomial, {}, 2, 1.0}},
        {"polynomial_d3_c0.5", {KernelKind::Polynomial, {}, 3, 0.5}},
    };
    return list;
}

double product(const std::vector<double>& a, const std::vector<double>& b) {
    double sum = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        sum += a[i] * b[i];
    }
    return sum;
}

double euclidean(const std::vector<double>& a, const std::vector<double>& b) {
    return distance(RoutingMatrix(1, a.size(), a), RoutingMatrix(1, b.size(), b));
}

double worst_difference(const std::vector<double>& a, const std::vector<double>& b) {
    double worst = a.size() == b.size() ? 0.0 : HUGE_VAL;
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
        worst = std::max(worst, std::abs(a[i] - b[i]));
    }
    return worst;
}

std::vector<RoutingMatrix> rows_of(const golden::Tensor& tensor) {
    std::vector<RoutingMatrix> rows;
    for (std::size_t i = 0; i < static_cast<std::size_t>(tensor.shape[0]); ++i) {
        std::vector<double> row = tensor.row(i);
        rows.emplace_back(1, row.size(), std::move(row));
    }
    return rows;
}

}  // namespace

class TestRoutingGolden : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void kernelValues() {
        const golden::File file = golden::File::load("algo/kernels");
        for (const NamedKernel& kernel : kernels()) {
            const double h = kernel.params.bandwidth.value_or(0.0);
            for (std::size_t q = 0; q < 5; ++q) {
                const std::vector<double> query = file["Q"].row(q);
                const std::vector<double> expected = file[std::string("kernel.") + kernel.name].row(q);
                for (std::size_t i = 0; i < 40; ++i) {
                    const std::vector<double> x = file["X"].row(i);
                    const double similarity = product(query, x);
                    const double own = kernel_value(kernel.params, euclidean(query, x), similarity, h);
                    QVERIFY2(std::abs(own - expected[i]) < 1e-12, kernel.name);
                    // The distance from the cosine loses digits where d is small: d^2 = 2 - 2 s cancels.
                    const double by_cosine =
                        kernel_value(kernel.params, distance_from_cosine(similarity), similarity, h);
                    QVERIFY2(std::abs(by_cosine - expected[i]) < 1e-12, kernel.name);
                }
            }
        }
    }
    void kernelRegression() {
        const golden::File file = golden::File::load("algo/kernel_regression");
        const std::vector<RoutingMatrix> routing = rows_of(file["R"]);
        const std::vector<std::int64_t> nearest = file["nearest5"].integers();
        for (const NamedKernel& kernel : kernels()) {
            for (std::size_t q = 0; q < 5; ++q) {
                std::vector<double> weights;
                std::vector<Candidate> candidates;
                for (std::size_t i = 0; i < 40; ++i) {
                    const std::vector<double> query = file["Q"].row(q);
                    const std::vector<double> x = file["X"].row(i);
                    candidates.push_back({i, product(query, x)});
                    weights.push_back(kernel_value(kernel.params, euclidean(query, x), product(query, x),
                                                   kernel.params.bandwidth.value_or(0.0)));
                }
                const RoutingMatrix all = weighted_mean(weights, routing);
                QVERIFY2(worst_difference(all.values(), file[std::string("r_hat_all.") + kernel.name].row(q)) < 1e-12,
                         kernel.name);

                const Result<Neighbourhood> five = nearest_neighbours(candidates, 5, kernel.params);
                QVERIFY(five.ok());
                std::vector<double> five_weights;
                std::vector<RoutingMatrix> five_routing;
                for (std::size_t n = 0; n < 5; ++n) {
                    QCOMPARE(static_cast<std::int64_t>(five->neighbours[n].index), nearest[q * 5 + n]);
                    five_weights.push_back(five->neighbours[n].weight);
                    five_routing.push_back(routing[five->neighbours[n].index]);
                }
                const RoutingMatrix some = weighted_mean(five_weights, five_routing);
                QVERIFY2(
                    worst_difference(some.values(), file[std::string("r_hat_nearest5.") + kernel.name].row(q)) < 1e-12,
                    kernel.name);
            }
        }
    }
    void meanShift_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("kind");
        QTest::addColumn<double>("bandwidth");
        QTest::addColumn<int>("k");
        QTest::addColumn<double>("eta");
        const int gaussian = static_cast<int>(KernelKind::Gaussian);
        QTest::newRow("h0.12") << "gaussian_h0.12" << gaussian << 0.12 << 0 << 1.0;
        QTest::newRow("h0.3") << "gaussian_h0.3" << gaussian << 0.3 << 0 << 1.0;
        QTest::newRow("half step") << "gaussian_h0.12_step0.5" << gaussian << 0.12 << 0 << 0.5;
        QTest::newRow("k8") << "gaussian_h0.12_k8" << gaussian << 0.12 << 8 << 1.0;
        QTest::newRow("matern") << "matern32_l0.1" << static_cast<int>(KernelKind::Matern32) << 0.1 << 0 << 1.0;
    }
    void meanShift() {
        QFETCH(QString, name);
        QFETCH(int, kind);
        QFETCH(double, bandwidth);
        QFETCH(int, k);
        QFETCH(double, eta);
        const golden::File file = golden::File::load("algo/mean_shift");
        const std::vector<RoutingMatrix> points = rows_of(file["points"]);
        const std::vector<RoutingMatrix> starts = rows_of(file["starts"]);
        const std::vector<double> expected = file["traj." + name.toStdString()].doubles();
        const KernelParams kernel{static_cast<KernelKind>(kind), bandwidth, 2, 1.0};
        for (std::size_t s = 0; s < 4; ++s) {
            RoutingMatrix at = starts[s];
            for (std::size_t state = 0; state <= 40; ++state) {
                const auto begin = expected.begin() + static_cast<std::ptrdiff_t>((s * 41 + state) * 6);
                QVERIFY(worst_difference(at.values(), {begin, begin + 6}) < 1e-12);
                const Result<MeanShift> shift = mean_shift(points, at, kernel, static_cast<std::size_t>(k), eta);
                QVERIFY(shift.ok());
                at = shift->next;
            }
        }
    }
    void nearestByCosine() {
        const golden::File file = golden::File::load("algo/knn");
        const std::vector<float> vectors = file["vectors"].floats();
        const std::vector<float> queries = file["queries"].floats();
        const std::vector<std::int64_t> indices = file["indices"].integers();
        const std::vector<double> similarities = file["similarities"].doubles();
        for (std::size_t q = 0; q < 6; ++q) {
            const std::span<const float> query = std::span(queries).subspan(q * 64, 64);
            const Result<std::vector<Candidate>> best = nearest_by_cosine(vectors, 64, query, 10);
            QVERIFY(best.ok());
            for (std::size_t n = 0; n < 10; ++n) {
                QCOMPARE(static_cast<std::int64_t>((*best)[n].index), indices[q * 10 + n]);
                QVERIFY(std::abs((*best)[n].similarity - similarities[q * 10 + n]) < 1e-12);
            }
        }
    }
    /// Case 7, the float64 run: from the stored gradients with respect to r alone, every z and r must come out.
    void ngdUpdates_data() {
        QTest::addColumn<QString>("variant");
        QTest::addColumn<QString>("mask");
        for (const char* variant : {"A", "B"}) {
            for (const char* mask : {"ansmix0", "ansmix1"}) {
                QTest::newRow((std::string(variant) + " " + mask).c_str()) << variant << mask;
            }
        }
    }
    void ngdUpdates() {
        QFETCH(QString, variant);
        QFETCH(QString, mask);
        const golden::File file = golden::File::load(variant.toStdString() + "/case7_ngd");
        const std::string prefix = "f64." + mask.toStdString() + ".";
        const RoutingSpace space = RoutingSpace::moai(2);
        const std::vector<double> rates = file["lr"].doubles();
        const std::vector<double> kernel = file["kernel_weights"].doubles();

        RoutingMatrix z = log_weights(RoutingMatrix(1, 6, file["f64.base_r"].doubles()));
        Adam adam;
        for (std::size_t t = 0; t <= 10; ++t) {
            QVERIFY(worst_difference(z.values(), file[prefix + "z"].row(t)) < 1e-12);
            const RoutingMatrix r = softmax(space, z);
            QVERIFY(worst_difference(r.values(), file[prefix + "r"].row(t)) < 1e-12);
            const RoutingMatrix gradient =
                softmax_backward(space, r, RoutingMatrix(1, 6, file[prefix + "grad_r"].row(t)));
            QVERIFY(worst_difference(gradient.values(), file[prefix + "grad_z"].row(t)) < 1e-12);
            const std::vector<double> losses = file[prefix + "losses"].row(t);
            QVERIFY(std::abs(product(kernel, losses) / std::accumulate(kernel.begin(), kernel.end(), 0.0) -
                             file[prefix + "loss"].doubles()[t]) < 1e-12);
            if (t < 10) {
                const double rate = learning_rate(LearningRateSchedule::Cosine, 1e-2, 1e-5, static_cast<int>(t), 10);
                QVERIFY(std::abs(rate - rates[t]) < 1e-15);
                adam.step(z, gradient, rate);
            }
        }
    }
};

QTEST_APPLESS_MAIN(TestRoutingGolden)
#include "test_routing_golden.moc"
