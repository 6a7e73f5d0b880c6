#include <QtTest>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

#include "core/analysis/embedding_objective.h"
#include "core/analysis/neighbour_embedding.h"
#include "core/analysis/point_tree.h"
#include "core/base/random.h"

using namespace r2t2;

namespace {

std::vector<double> normal_rows(std::size_t count, std::size_t dimension, std::uint64_t seed, double scale = 1.0) {
    RandomStream random(seed);
    std::vector<double> rows(count * dimension);
    for (double& value : rows) {
        value = scale * random.normal();
    }
    return rows;
}

/// `clusters` unit balls whose centres are `apart` from the origin along axes of their own; row i is of cluster i % clusters.
std::vector<double> clustered_rows(std::size_t count, std::size_t dimension, std::size_t clusters, double apart,
                                   std::uint64_t seed = 3) {
    std::vector<double> rows = normal_rows(count, dimension, seed);
    for (std::size_t i = 0; i < count; ++i) {
        rows[i * dimension + i % clusters] += apart;
    }
    return rows;
}

std::vector<float> narrow(const std::vector<double>& rows) {
    return {rows.begin(), rows.end()};
}

double squared_distance(const std::vector<double>& rows, std::size_t dimension, std::size_t a, std::size_t b) {
    double sum = 0.0;
    for (std::size_t d = 0; d < dimension; ++d) {
        sum += std::pow(rows[a * dimension + d] - rows[b * dimension + d], 2);
    }
    return sum;
}

/// All other rows, nearest first, of equals the first first.
std::vector<std::size_t> by_distance(const std::vector<double>& rows, std::size_t dimension, std::size_t row) {
    std::vector<std::size_t> others(rows.size() / dimension);
    std::iota(others.begin(), others.end(), std::size_t{0});
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(row));
    std::stable_sort(others.begin(), others.end(), [&](std::size_t a, std::size_t b) {
        return squared_distance(rows, dimension, row, a) < squared_distance(rows, dimension, row, b);
    });
    return others;
}

std::vector<double> dense(const RowAffinities& p) {
    const std::size_t n = p.rows();
    std::vector<double> out(n * n, 0.0);
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t e = p.begin[i]; e < p.begin[i + 1]; ++e) {
            out[i * n + p.index[e]] += p.value[e];
        }
    }
    return out;
}

/// sum_ij p_ij (a log(1 + d_ij^2) + log p_ij) + log Z, over all pairs: KL(P | Q) for a = 1.
double objective(const std::vector<double>& p, const std::vector<double>& xy, double exaggeration) {
    const std::size_t n = xy.size() / 2;
    double sum = 0.0, z = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) {
            if (i != j) {
                const double d = 1.0 + squared_distance(xy, 2, i, j);
                z += 1.0 / d;
                sum += p[i * n + j] > 0.0 ? p[i * n + j] * (exaggeration * std::log(d) + std::log(p[i * n + j])) : 0.0;
            }
        }
    }
    return sum + std::log(z);
}

/// Share of the 10 nearest points in the plane that have the point's own label.
double purity(const std::vector<double>& xy, const std::vector<std::size_t>& label) {
    std::size_t same = 0;
    for (std::size_t i = 0; i < label.size(); ++i) {
        const auto others = by_distance(xy, 2, i);
        same += static_cast<std::size_t>(std::count_if(others.begin(), others.begin() + 10,
                                                       [&](std::size_t j) { return label[j] == label[i]; }));
    }
    return static_cast<double>(same) / (10.0 * static_cast<double>(label.size()));
}

/// Mean silhouette (Rousseeuw, 1987) with Euclidean distances.
double silhouette(const std::vector<double>& xy, const std::vector<std::size_t>& label, std::size_t clusters) {
    double sum = 0.0;
    for (std::size_t i = 0; i < label.size(); ++i) {
        std::vector<double> total(clusters, 0.0), size(clusters, 0.0);
        for (std::size_t j = 0; j < label.size(); ++j) {
            if (j != i) {
                total[label[j]] += std::sqrt(squared_distance(xy, 2, i, j));
                size[label[j]] += 1.0;
            }
        }
        double other = std::numeric_limits<double>::infinity();
        for (std::size_t c = 0; c < clusters; ++c) {
            other = c == label[i] ? other : std::min(other, total[c] / size[c]);
        }
        const double own = total[label[i]] / size[label[i]];
        sum += (other - own) / std::max(other, own);
    }
    return sum / static_cast<double>(label.size());
}

std::vector<std::size_t> labels_of(std::size_t count, std::size_t clusters) {
    std::vector<std::size_t> out;
    for (std::size_t i = 0; i < count; ++i) {
        out.push_back(i % clusters);
    }
    return out;
}

NeighbourEmbeddingOptions quick(double perplexity = 10.0, int iterations = 300) {
    NeighbourEmbeddingOptions options;
    options.perplexity = perplexity;
    options.iterations = iterations;
    options.threads = 1;
    return options;
}

Result<NeighbourEmbedding> embed(const std::vector<double>& rows, std::size_t dimension, const NeighbourEmbeddingOptions& options,
                                 const EmbeddingProgress& progress = {}, const CancelToken& cancel = {}) {
    return embed_neighbours(std::span<const double>(rows), rows.size() / dimension, dimension, options, progress, cancel);
}

}  // namespace

class TestAnalysisNeighbourEmbedding : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void neighbours_against_every_pair();
    void neighbours_of_equal_rows();
    void affinities_by_the_formula();
    void gradient_against_differences_data();
    void gradient_against_differences();
    void tree_against_every_pair_data();
    void tree_against_every_pair();
    void barnes_hut_gradient();
    void three_clusters();
    void descends();
    void same_for_any_number_of_threads();
    void equal_rows_part();
    void few_rows_data();
    void few_rows();
    void own_search();
    void progress_and_cancel();
    void refuses_bad_input();
    void places_a_point();
};

// Sizes beside and on the block borders of 64 and 128.
void TestAnalysisNeighbourEmbedding::neighbours_against_every_pair() {
    for (const auto& [count, dimension, k] : {std::tuple{2UL, 3UL, 1UL}, {64UL, 1UL, 5UL}, {129UL, 7UL, 128UL}, {300UL, 17UL, 20UL}}) {
        const std::vector<float> rows = narrow(normal_rows(count, dimension, count));
        const std::vector<double> wide(rows.begin(), rows.end());
        const auto one = nearest_neighbours(rows, count, dimension, k, 1, {}, {});
        const auto four = nearest_neighbours(rows, count, dimension, k, 4, {}, {});
        QVERIFY(one.ok() && four.ok());
        QCOMPARE(one->index, four->index);
        QCOMPARE(one->squared_distance, four->squared_distance);
        for (std::size_t i = 0; i < count; ++i) {
            const auto expected = by_distance(wide, dimension, i);
            for (std::size_t j = 0; j < k; ++j) {
                QCOMPARE(std::size_t(one->index[i * k + j]), expected[j]);
                const double exact = squared_distance(wide, dimension, i, expected[j]);
                // Each of `dimension` sums and squares rounds once, to 6e-8.
                QVERIFY(std::abs(one->squared_distance[i * k + j] - exact) <= 6e-8 * double(dimension + 2) * exact);
            }
        }
    }
}

void TestAnalysisNeighbourEmbedding::neighbours_of_equal_rows() {
    const std::vector<float> rows(200 * 3, 0.25F);
    const auto found = nearest_neighbours(rows, 200, 3, 4, 2, {}, {});
    QVERIFY(found.ok());
    for (std::size_t i = 0; i < 200; ++i) {
        std::size_t expected = 0;
        for (std::size_t j = 0; j < 4; ++j, ++expected) {
            expected += expected == i ? 1 : 0;
            QCOMPARE(std::size_t(found->index[i * 4 + j]), expected);
            QCOMPARE(found->squared_distance[i * 4 + j], 0.0F);
        }
    }
    const auto field = [&](std::size_t count, std::size_t dimension, std::size_t k, float value) {
        const std::vector<float> some(600, value);
        const auto result = nearest_neighbours(some, count, dimension, k, 1, {}, {});
        return result.ok() ? std::string("accepted") : result.error().field;
    };
    QCOMPARE(field(200, 3, 4, 1.0F), std::string("accepted"));
    QCOMPARE(field(200, 4, 4, 1.0F), std::string("rows"));
    QCOMPARE(field(200, 0, 4, 1.0F), std::string("rows"));
    QCOMPARE(field(200, 3, 0, 1.0F), std::string("k"));
    QCOMPARE(field(200, 3, 200, 1.0F), std::string("k"));
    QCOMPARE(field(200, 3, 4, std::nanf("")), std::string("rows"));
    QCOMPARE(field(200, 3, 4, 1e16F), std::string("rows"));
}

// Widths by a bisection of our own on the entropy, from distances in double.
void TestAnalysisNeighbourEmbedding::affinities_by_the_formula() {
    constexpr std::size_t n = 60, k = 24;
    constexpr double perplexity = 8.0;
    const std::vector<float> rows = narrow(normal_rows(n, 4, 11, 250.0));
    const std::vector<double> wide(rows.begin(), rows.end());
    const auto found = nearest_neighbours(rows, n, 4, k, 1, {}, {});
    const RowAffinities p = row_affinities(*found, perplexity, 3);
    std::vector<double> expected(n * n, 0.0);
    for (std::size_t i = 0; i < n; ++i) {
        const auto near = by_distance(wide, 4, i);
        double low = -30.0, high = 5.0;  // log of beta
        std::vector<double> row(k);
        for (int step = 0; step < 200; ++step) {
            const double beta = std::exp(0.5 * (low + high));
            double sum = 0.0, entropy = 0.0;
            for (std::size_t j = 0; j < k; ++j) {
                sum += row[j] = std::exp(-beta * (squared_distance(wide, 4, i, near[j]) - squared_distance(wide, 4, i, near[0])));
            }
            for (double& value : row) {
                value /= sum;
                entropy -= value > 0.0 ? value * std::log(value) : 0.0;
            }
            (entropy > std::log(perplexity) ? low : high) = std::log(beta);
        }
        for (std::size_t j = 0; j < k; ++j) {
            expected[i * n + near[j]] += row[j] / (2.0 * n);
            expected[near[j] * n + i] += row[j] / (2.0 * n);
        }
    }
    const std::vector<double> got = dense(p);
    double worst = 0.0;
    for (std::size_t e = 0; e < n * n; ++e) {
        worst = std::max(worst, std::abs(got[e] - expected[e]));
        QCOMPARE(got[e], got[e / n + e % n * n]);
    }
    QVERIFY(*std::max_element(expected.begin(), expected.end()) > 1e-3);
    QVERIFY2(worst < 1e-8, std::to_string(worst * 1e9).c_str());  // 1e-6 of entropy, shares of 1 / (2 n)
    QVERIFY(std::abs(std::accumulate(got.begin(), got.end(), 0.0) - 1.0) < 1e-13);
    QVERIFY(std::is_sorted(p.index.begin(), p.index.begin() + static_cast<std::ptrdiff_t>(p.begin[1])));
}

void TestAnalysisNeighbourEmbedding::gradient_against_differences_data() {
    QTest::addColumn<double>("spread");
    QTest::addColumn<double>("exaggeration");
    QTest::newRow("wide") << 3.0 << 1.0;
    QTest::newRow("narrow") << 1e-2 << 1.0;
    QTest::newRow("exaggerated") << 1.0 << 12.0;
}

// theta = 0. A difference quotient of an objective of size 3 with h = 1e-5 rounds to 1e-10.
void TestAnalysisNeighbourEmbedding::gradient_against_differences() {
    QFETCH(double, spread);
    QFETCH(double, exaggeration);
    constexpr std::size_t n = 45;
    const auto found = nearest_neighbours(narrow(normal_rows(n, 5, 21)), n, 5, 15, 1, {}, {});
    const RowAffinities p = row_affinities(*found, 5.0, 1);
    const std::vector<double> full = dense(p);
    std::vector<double> xy = normal_rows(n, 2, 22, spread);
    const std::vector<double> gradient = embedding_gradient(p, xy, {0.0, exaggeration, 2});
    double size = 0.0;
    for (std::size_t c = 0; c < 2 * n; ++c) {
        const double keep = xy[c];
        const double h = 1e-5;
        xy[c] = keep + h;
        const double up = objective(full, xy, exaggeration);
        xy[c] = keep - h;
        const double down = objective(full, xy, exaggeration);
        xy[c] = keep;
        const double error = std::abs((up - down) / (2 * h) - gradient[c]);
        QVERIFY2(error < 2e-9, std::to_string(error * 1e9).c_str());
        size = std::max(size, std::abs(gradient[c]));
    }
    QVERIFY(size > 1e-4);  // five digits at least were compared
    QVERIFY(std::abs(embedding_divergence(p, xy, {0.0, 12.0, 2}) - objective(full, xy, 1.0)) < 1e-12);
}

void TestAnalysisNeighbourEmbedding::tree_against_every_pair_data() {
    QTest::addColumn<int>("shape");
    QTest::addColumn<double>("theta");
    QTest::addColumn<double>("limit");
    // Taken together, points with variance s^2 along the line of sight at distance d change 1 / d^3 by 6 s^2 / d^2 to
    // second order. An evenly filled square of diagonal theta d has s^2 = (theta d)^2 / 24, a line (theta d)^2 / 12.
    for (const auto& [name, shape, share] : {std::tuple{"ball", 0, 0.25}, {"clusters", 1, 0.25}, {"line with equal points", 2, 0.5}}) {
        QTest::newRow(qPrintable(QString("%1 every pair").arg(name))) << shape << 0.0 << 1e-12;
        for (const double theta : {0.05, 0.2, 0.5}) {
            QTest::newRow(qPrintable(QString("%1 theta %2").arg(name).arg(theta))) << shape << theta << share * theta * theta;
        }
    }
}

// Root mean square error of the forces and of Z over their own root mean square.
void TestAnalysisNeighbourEmbedding::tree_against_every_pair() {
    QFETCH(int, shape);
    QFETCH(double, theta);
    QFETCH(double, limit);
    constexpr std::size_t n = 1500;
    std::vector<double> xy = normal_rows(n, 2, 31, 20.0);
    for (std::size_t i = 0; i < n; ++i) {
        if (shape == 1) {
            xy[2 * i] = 0.05 * xy[2 * i] + 40.0 * double(i % 5);
            xy[2 * i + 1] = 0.05 * xy[2 * i + 1] + 30.0 * double(i % 3);
        } else if (shape == 2) {
            xy[2 * i] = double(i / 4) * 0.1;  // four points each, at one place
            xy[2 * i + 1] = -7.0;
        }
    }
    const PointTree tree(xy);
    QCOMPARE(std::set<std::uint32_t>(tree.order().begin(), tree.order().end()).size(), n);
    double error = 0.0, size = 0.0, weight_error = 0.0, weight_size = 0.0;
    for (std::size_t position = 0; position < n; ++position) {
        const std::size_t i = tree.order()[position];
        const auto got = tree.repulsion(position, theta);
        double x = 0.0, y = 0.0, weight = 0.0;
        for (std::size_t j = 0; j < n; ++j) {
            if (j != i) {
                const double w = 1.0 / (1.0 + squared_distance(xy, 2, i, j));
                weight += w;
                x += w * w * (xy[2 * i] - xy[2 * j]);
                y += w * w * (xy[2 * i + 1] - xy[2 * j + 1]);
            }
        }
        error += std::pow(got.x - x, 2) + std::pow(got.y - y, 2);
        size += x * x + y * y;
        weight_error += std::pow(got.weight - weight, 2);
        weight_size += weight * weight;
    }
    const double force = std::sqrt(error / size);
    const double weight = std::sqrt(weight_error / weight_size);
    if (std::getenv("R2T2_SHOW_ERRORS")) {
        std::printf("ERR %s force %.2e weight %.2e of %.2e\n", QTest::currentDataTag(), force, weight, limit);
    }
    QVERIFY2(force <= limit && weight <= limit, (std::to_string(force) + " " + std::to_string(weight)).c_str());
    QVERIFY(theta < 0.1 || force > 1e-6);  // something was taken together
}

// The whole gradient at theta = 0.5 in the middle of a descent: within 1 % of the exact one.
void TestAnalysisNeighbourEmbedding::barnes_hut_gradient() {
    const auto rows = clustered_rows(1200, 8, 4, 4.0);
    const auto found = nearest_neighbours(narrow(rows), 1200, 8, 60, 1, {}, {});
    const RowAffinities p = row_affinities(*found, 20.0, 1);
    const auto layout = embed(rows, 8, quick(20.0, 120));
    QVERIFY(layout.ok());
    const auto exact = embedding_gradient(p, layout->xy, {0.0, 1.0, 2});
    const auto quickly = embedding_gradient(p, layout->xy, {0.5, 1.0, 2});
    double error = 0.0, size = 0.0;
    for (std::size_t c = 0; c < exact.size(); ++c) {
        error += std::pow(exact[c] - quickly[c], 2);
        size += exact[c] * exact[c];
    }
    if (std::getenv("R2T2_SHOW_ERRORS")) {
        std::printf("ERR gradient %.2e\n", std::sqrt(error / size));
    }
    QVERIFY2(std::sqrt(error / size) < 0.01, std::to_string(std::sqrt(error / size)).c_str());
    QVERIFY(error > 0.0);
    QVERIFY(std::abs(embedding_divergence(p, layout->xy, {0.5, 1.0, 2}) - embedding_divergence(p, layout->xy, {0.0, 1.0, 2})) < 1e-3);
}

void TestAnalysisNeighbourEmbedding::three_clusters() {
    constexpr std::size_t count = 240;
    const auto label = labels_of(count, 3);
    const auto got = embed(clustered_rows(count, 10, 3, 12.0), 10, quick(20.0, 500));
    QVERIFY(got.ok());
    QCOMPARE(got->xy.size(), 2 * count);
    QVERIFY(got->note.empty());
    QCOMPARE(purity(got->xy, label), 1.0);
    QVERIFY2(silhouette(got->xy, label, 3) > 0.6, std::to_string(silhouette(got->xy, label, 3)).c_str());
    // The measures can fail: rows without clusters under the same labels.
    const auto none = embed(normal_rows(count, 10, 4), 10, quick(20.0, 500));
    QVERIFY(purity(none->xy, label) < 0.5);
    QVERIFY(silhouette(none->xy, label, 3) < 0.1);
}

// The divergence falls from the start to the end, and Barnes-Hut ends where the exact descent does.
void TestAnalysisNeighbourEmbedding::descends() {
    const auto rows = clustered_rows(300, 6, 3, 3.0);
    const auto found = nearest_neighbours(narrow(rows), 300, 6, 30, 1, {}, {});
    const RowAffinities p = row_affinities(*found, 10.0, 1);
    const double start = embedding_divergence(p, normal_rows(300, 2, 5, 1e-4), {0.0, 1.0, 1});
    NeighbourEmbeddingOptions options = quick(10.0, 700);
    const auto fast = embed(rows, 6, options);
    options.theta = 0.0;
    const auto exact = embed(rows, 6, options);
    if (std::getenv("R2T2_SHOW_ERRORS")) {
        std::printf("ERR divergence start %.4f fast %.4f exact %.4f\n", start, fast->divergence, exact->divergence);
    }
    QVERIFY(fast->divergence < 0.5 * start);
    QVERIFY(std::abs(fast->divergence - exact->divergence) < 0.05 * exact->divergence);
    // The divergence it states is that of the picture it gives (affinities from rows before scaling: single precision).
    QVERIFY(std::abs(exact->divergence - embedding_divergence(p, exact->xy, {0.0, 1.0, 1})) < 1e-5);
    double x = 0.0;
    for (std::size_t i = 0; i < 300; ++i) {
        x += exact->xy[2 * i];
    }
    QVERIFY(std::abs(x) < 1e-9);
}

void TestAnalysisNeighbourEmbedding::same_for_any_number_of_threads() {
    const auto rows = clustered_rows(700, 9, 5, 5.0);
    NeighbourEmbeddingOptions options = quick(15.0, 260);  // past the exaggeration
    const auto one = embed(rows, 9, options);
    QVERIFY(one.ok());
    for (const int threads : {2, 3, 8, 0}) {
        options.threads = threads;
        const auto other = embed(rows, 9, options);
        QVERIFY(other.ok());
        QVERIFY(other->xy == one->xy && other->divergence == one->divergence);  // to the last bit
    }
    const auto again = embed_neighbours(std::span<const float>(narrow(rows)), 700, 9, options, {}, {});
    std::vector<double> rounded;
    for (const float value : narrow(rows)) {
        rounded.push_back(value);
    }
    QVERIFY(again->xy == embed(rounded, 9, options)->xy);
    options.seed = 2;
    QVERIFY(embed(rows, 9, options)->xy != one->xy);
}

// Identical rows have identical gradients: only the seed's noise parts them. A constant table has no axis at all.
void TestAnalysisNeighbourEmbedding::equal_rows_part() {
    std::vector<double> rows = normal_rows(60, 4, 41);
    std::copy_n(rows.begin(), 4 * 6, rows.begin() + 4 * 6);  // rows 6 .. 11 repeat rows 0 .. 5
    for (const std::vector<double>& table : {rows, std::vector<double>(60 * 4, 7.5)}) {
        const auto got = embed(table, 4, quick(5.0, 400));
        QVERIFY(got.ok());
        std::set<std::pair<double, double>> places;
        for (std::size_t i = 0; i < 60; ++i) {
            QVERIFY(std::isfinite(got->xy[2 * i]) && std::isfinite(got->xy[2 * i + 1]));
            places.insert({got->xy[2 * i], got->xy[2 * i + 1]});
        }
        QCOMPARE(places.size(), std::size_t(60));
    }
}

void TestAnalysisNeighbourEmbedding::few_rows_data() {
    QTest::addColumn<int>("count");
    QTest::addColumn<bool>("lowered");
    for (const int count : {4, 5, 10, 30, 90}) {
        QTest::newRow(qPrintable(QString("%1 rows").arg(count))) << count << true;
    }
    QTest::newRow("91 rows") << 91 << false;
}

void TestAnalysisNeighbourEmbedding::few_rows() {
    QFETCH(int, count);
    QFETCH(bool, lowered);
    const auto rows = normal_rows(std::size_t(count), 3, 51);
    const auto got = embed(rows, 3, quick(30.0, 1000));
    QVERIFY2(got.ok(), got.ok() ? "" : got.error().message().c_str());
    QCOMPARE(!got->note.empty(), lowered);
    QVERIFY(std::abs(got->perplexity - (lowered ? (count - 1) / 3.0 : 30.0)) < 1e-12);
    double largest = 0.0;
    for (const double value : got->xy) {
        QVERIFY(std::isfinite(value));
        largest = std::max(largest, std::abs(value));
    }
    if (std::getenv("R2T2_SHOW_ERRORS")) {
        std::printf("ERR %d rows: divergence %.4f, radius %.1f\n", count, got->divergence, largest);
    }
    QVERIFY(largest > 1e-2);
    // Not flung apart: a rate of 200 for so few rows gives radii of hundreds, up to a thousand.
    QVERIFY2(largest < 50.0, std::to_string(largest).c_str());
}

void TestAnalysisNeighbourEmbedding::own_search() {
    const auto rows = clustered_rows(100, 4, 2, 6.0);
    NeighbourEmbeddingOptions options = quick(5.5, 50);
    std::size_t asked = 0;
    const auto search = [&](std::size_t k) {
        asked = k;
        return nearest_neighbours(narrow(rows), 100, 4, k, 1, {}, {});
    };
    options.search = search;
    QVERIFY(embed(rows, 4, options).ok());
    QCOMPARE(asked, std::size_t(16));  // 3 * 5.5, rounded down

    const auto spoil = [&](const std::function<void(NearestNeighbours&)>& change) {
        options.search = [&, change](std::size_t k) {
            auto found = search(k);
            change(found.value());
            return found;
        };
        const auto got = embed(rows, 4, options);
        return got.ok() ? std::string("accepted") : got.error().field;
    };
    QCOMPARE(spoil([](NearestNeighbours&) {}), std::string("accepted"));
    QCOMPARE(spoil([](NearestNeighbours& f) { f.k = 15; }), std::string("neighbours"));
    QCOMPARE(spoil([](NearestNeighbours& f) { f.index.pop_back(); }), std::string("neighbours"));
    QCOMPARE(spoil([](NearestNeighbours& f) { f.index[3] = 100; }), std::string("neighbours"));
    QCOMPARE(spoil([](NearestNeighbours& f) { f.index[16] = 1; }), std::string("neighbours"));  // row 1 of row 1
    QCOMPARE(spoil([](NearestNeighbours& f) { f.squared_distance[7] = -1.0F; }), std::string("neighbours"));
    QCOMPARE(spoil([](NearestNeighbours& f) { f.squared_distance[7] = std::nanf(""); }), std::string("neighbours"));
    options.search = [](std::size_t) -> Result<NearestNeighbours> { return Error{ErrorKind::Unsupported, "index", {}, {}, {}}; };
    QCOMPARE(embed(rows, 4, options).error().kind, ErrorKind::Unsupported);
}

void TestAnalysisNeighbourEmbedding::progress_and_cancel() {
    const auto rows = clustered_rows(200, 4, 2, 6.0);
    std::vector<std::string> stages;
    std::vector<double> last;
    std::int64_t done = 0;
    const auto got = embed(rows, 4, quick(10.0, 60), [&](const Progress& p, std::span<const double> xy) {
        stages.push_back(p.stage);
        done = p.done;
        last.assign(xy.begin(), xy.end());
        QCOMPARE(xy.size(), p.stage == "embedding" ? std::size_t(400) : std::size_t(0));
    });
    QCOMPARE(stages.front(), std::string("neighbours"));
    QCOMPARE(stages.back(), std::string("embedding"));
    QCOMPARE(done, 60);
    QCOMPARE(last, got->xy);

    const CancelToken token = CancelToken::create();
    std::int64_t seen = 0;
    const auto stopped = embed(rows, 4, quick(10.0, 1000000), [&](const Progress& p, std::span<const double>) {
        if (p.stage == "embedding") {
            QVERIFY(!token.cancelled());  // nothing is reported after the cancel
            seen = p.done;
            token.cancel();
        }
    }, token);
    QVERIFY(!stopped.ok());
    QCOMPARE(stopped.error().kind, ErrorKind::Cancelled);
    QVERIFY(seen > 0);
    QCOMPARE(embed(rows, 4, quick(), {}, token).error().kind, ErrorKind::Cancelled);
    QCOMPARE(nearest_neighbours(narrow(rows), 200, 4, 5, 2, {}, token).error().kind, ErrorKind::Cancelled);
}

void TestAnalysisNeighbourEmbedding::refuses_bad_input() {
    const std::vector<double> rows = normal_rows(50, 4, 61);
    const auto field = [&](const std::function<void(NeighbourEmbeddingOptions&)>& change) {
        NeighbourEmbeddingOptions options = quick(5.0, 5);
        change(options);
        const auto got = embed(rows, 4, options);
        return got.ok() ? std::string("accepted") : got.error().field;
    };
    using Options = NeighbourEmbeddingOptions;
    const double nan = std::nan("");
    QCOMPARE(field([](Options&) {}), std::string("accepted"));
    QCOMPARE(field([](Options& o) { o.perplexity = 0.5; }), std::string("perplexity"));
    QCOMPARE(field([&](Options& o) { o.perplexity = nan; }), std::string("perplexity"));
    QCOMPARE(field([](Options& o) { o.perplexity = HUGE_VAL; }), std::string("perplexity"));
    QCOMPARE(field([](Options& o) { o.iterations = 0; }), std::string("iterations"));
    QCOMPARE(field([](Options& o) { o.theta = 1.1; }), std::string("theta"));
    QCOMPARE(field([&](Options& o) { o.theta = nan; }), std::string("theta"));
    QCOMPARE(field([](Options& o) { o.exaggeration = 0.5; }), std::string("exaggeration"));
    QCOMPARE(field([](Options& o) { o.exaggeration_iterations = -1; }), std::string("exaggeration iterations"));
    QCOMPARE(field([](Options& o) { o.threads = -1; }), std::string("threads"));

    const auto of_rows = [](std::vector<double> table, std::size_t count, std::size_t dimension) {
        const auto got = embed_neighbours(std::span<const double>(table), count, dimension, quick(5.0, 5), {}, {});
        return got.ok() ? std::string("accepted") : got.error().field;
    };
    QCOMPARE(of_rows(rows, 50, 4), std::string("accepted"));
    QCOMPARE(of_rows(rows, 49, 4), std::string("rows"));
    QCOMPARE(of_rows(rows, 66, 3), std::string("rows"));
    QCOMPARE(of_rows(rows, 50, 0), std::string("rows"));
    QCOMPARE(of_rows({}, 0, 4), std::string("rows"));
    QCOMPARE(of_rows(normal_rows(3, 4, 1), 3, 4), std::string("rows"));
    QCOMPARE(of_rows(normal_rows(5, 513, 1), 5, 513), std::string("rows"));
    std::vector<double> broken = rows;
    for (const double bad : {nan, HUGE_VAL, 1e200}) {
        broken[4 * 17 + 2] = bad;
        QCOMPARE(of_rows(broken, 50, 4), std::string("row 17"));
    }
    // Any unit: a power of two changes nothing but the exponents.
    std::vector<double> scaled = rows;
    for (double& value : scaled) {
        value *= std::ldexp(1.0, 300);
    }
    QVERIFY(embed(scaled, 4, quick(5.0, 20))->xy == embed(rows, 4, quick(5.0, 20))->xy);
}

void TestAnalysisNeighbourEmbedding::places_a_point() {
    const std::vector<double> xy = {0, 0, 4, 0, 0, 8};
    const std::vector<std::size_t> near = {1, 2};
    const auto place = [&](const std::vector<std::size_t>& neighbours, const std::vector<double>& weights) {
        return place_among_neighbours(xy, neighbours, weights);
    };
    const auto got = place(near, {0.3, 0.1});
    QVERIFY(std::abs(got->x - 3.0) < 1e-15 && std::abs(got->y - 2.0) < 1e-15);
    QCOMPARE(place(near, {0.0, 2.0})->y, 8.0);
    QVERIFY(!place(near, {0.0, 0.0}).ok());
    QVERIFY(!place({}, {}).ok());
    QVERIFY(!place(near, {1.0}).ok());
    QVERIFY(!place(near, {1.0, -0.5}).ok());
    QVERIFY(!place(near, {1.0, std::nan("")}).ok());
    QVERIFY(!place({1, 3}, {1.0, 1.0}).ok());
}

QTEST_APPLESS_MAIN(TestAnalysisNeighbourEmbedding)
#include "test_analysis_neighbour_embedding.moc"
