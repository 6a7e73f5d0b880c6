#include <QtTest>
#include <cmath>

#include "core/analysis/projection.h"
#include "tests/support/golden_file.h"

using namespace r2t2;

class TestAnalysisProjection : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void golden_pca();
    void known_line();
    void repeatable_sign();
    void eigenvectors_are_orthonormal();
    void refuses_bad_input();
    void triangle_corners_and_back();
};

void TestAnalysisProjection::golden_pca() {
    const auto golden = golden::File::load("algo/pca");
    const std::vector<double> weights = golden["weights"].doubles();
    const auto pca = fit_pca(weights, weights.size() / 6, 6, 2);
    QVERIFY(pca.ok());
    const std::vector<double> mean = golden["mean"].doubles();
    const std::vector<double> variance = golden["explained_variance"].doubles();
    const std::vector<double> axes = golden["components"].doubles();
    for (std::size_t d = 0; d < 6; ++d) {
        QVERIFY(std::abs(pca->mean[d] - mean[d]) < 1e-13);
        QVERIFY(std::abs(pca->explained_variance[d] - variance[d]) < 1e-14);
    }
    const std::vector<double> points = project(*pca, weights);
    const std::vector<double> expected = golden["projection"].doubles();
    QCOMPARE(points.size(), expected.size());
    // The first two eigenvalues differ by 3 %: axes carry a few hundred units in the last place, no more.
    for (std::size_t c = 0; c < 2; ++c) {
        double dot = 0.0;
        for (std::size_t d = 0; d < 6; ++d) {
            dot += pca->axes[c * 6 + d] * axes[c * 6 + d];
        }
        const double sign = dot < 0.0 ? -1.0 : 1.0;
        for (std::size_t d = 0; d < 6; ++d) {
            QVERIFY(std::abs(sign * pca->axes[c * 6 + d] - axes[c * 6 + d]) < 1e-11);
        }
        for (std::size_t i = 0; i < points.size() / 2; ++i) {
            QVERIFY(std::abs(sign * points[i * 2 + c] - expected[i * 2 + c]) < 1e-11);
        }
    }
}

// Points on y = 2 x: one axis (1, 2) / sqrt(5), variance 5 * var(x) = 5.
void TestAnalysisProjection::known_line() {
    const std::vector<double> rows = {-1, -2, 0, 0, 1, 2};
    const auto pca = fit_pca(rows, 3, 2, 2);
    QVERIFY(pca.ok());
    QVERIFY(std::abs(pca->explained_variance[0] - 5.0) < 1e-14);
    QVERIFY(std::abs(pca->explained_variance[1]) < 1e-14);
    QVERIFY(std::abs(pca->axes[1] - 2.0 / std::sqrt(5.0)) < 1e-14);
    const auto points = project(*pca, rows);
    QVERIFY(std::abs(points[4] - std::sqrt(5.0)) < 1e-14);
}

void TestAnalysisProjection::repeatable_sign() {
    std::vector<double> rows = {-1, -2, 0, 0.1, 1, 2, 3, 5};
    const auto first = fit_pca(rows, 4, 2, 1);
    const std::vector<double> reversed = {3, 5, 1, 2, 0, 0.1, -1, -2};
    const auto second = fit_pca(reversed, 4, 2, 1);
    QVERIFY(first.ok() && second.ok());
    QVERIFY(std::abs(first->axes[0] - second->axes[0]) < 1e-14);
}

void TestAnalysisProjection::eigenvectors_are_orthonormal() {
    constexpr std::size_t n = 12;
    std::vector<double> matrix(n * n);
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) {
            matrix[i * n + j] = 1.0 / static_cast<double>(i + j + 1);  // Hilbert: as ill-conditioned as they come
        }
    }
    const auto eigen = symmetric_eigen(matrix, n);
    for (std::size_t a = 0; a < n; ++a) {
        for (std::size_t b = 0; b < n; ++b) {
            double dot = 0.0;
            double form = 0.0;
            for (std::size_t i = 0; i < n; ++i) {
                dot += eigen.vectors[a * n + i] * eigen.vectors[b * n + i];
                for (std::size_t j = 0; j < n; ++j) {
                    form += eigen.vectors[a * n + i] * matrix[i * n + j] * eigen.vectors[b * n + j];
                }
            }
            QVERIFY(std::abs(dot - (a == b ? 1.0 : 0.0)) < 1e-13);
            QVERIFY(std::abs(form - (a == b ? eigen.values[a] : 0.0)) < 1e-13);
        }
    }
    QVERIFY(std::abs(eigen.values[0] - 1.7953720595620) < 1e-12);  // largest eigenvalue of the 12 x 12 Hilbert matrix
}

void TestAnalysisProjection::refuses_bad_input() {
    const std::vector<double> rows = {1, 2, 3, 4};
    QCOMPARE(fit_pca(rows, 1, 4).error().field, std::string("rows"));
    QCOMPARE(fit_pca(rows, 3, 2).error().field, std::string("rows"));
    QCOMPARE(fit_pca(rows, 2, 2, 3).error().field, std::string("components"));
    const std::vector<double> broken = {1, 2, std::nan(""), 4};
    QVERIFY(!fit_pca(broken, 2, 2).ok());
}

void TestAnalysisProjection::triangle_corners_and_back() {
    QCOMPARE(ternary_point(1, 0, 0).x, 0.0);
    QCOMPARE(ternary_point(0, 1, 0).x, 1.0);
    QCOMPARE(ternary_point(0, 0, 1).y, std::sqrt(3.0) / 2.0);
    const auto centre = ternary_point(1.0 / 3, 1.0 / 3, 1.0 / 3);
    QVERIFY(std::abs(centre.x - 0.5) < 1e-15 && std::abs(centre.y - std::sqrt(3.0) / 6.0) < 1e-15);
    const auto back = ternary_weights(ternary_point(0.2, 0.5, 0.3));
    QVERIFY(std::abs(back[0] - 0.2) < 1e-15 && std::abs(back[1] - 0.5) < 1e-15 && std::abs(back[2] - 0.3) < 1e-15);
}

QTEST_APPLESS_MAIN(TestAnalysisProjection)
#include "test_analysis_projection.moc"
