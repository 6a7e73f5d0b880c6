#include <QtTest>
#include <cmath>
#include <limits>
#include <set>

#include "core/analysis/landscape.h"

using namespace r2t2;

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

template <typename Function>
std::vector<double> grid_of(int divisions, Function f) {
    std::vector<double> values;
    for (const auto& [i, j, k] : triangle_coordinates(divisions)) {
        values.push_back(f(ternary_point(i, j, k)));
    }
    return values;
}

/// 3 (x - 1/2)^2 + 8 (y - 0.3)^2: ellipses of area pi level / sqrt(24), inside the triangle up to a level of 0.28.
double bowl(PlanePoint p) {
    return 3 * (p.x - 0.5) * (p.x - 0.5) + 8 * (p.y - 0.3) * (p.y - 0.3);
}

double area(const std::vector<PlanePoint>& line) {
    double sum = 0.0;
    for (std::size_t i = 0; i + 1 < line.size(); ++i) {
        sum += line[i].x * line[i + 1].y - line[i + 1].x * line[i].y;
    }
    return std::abs(sum) / 2;
}

bool closed(const std::vector<PlanePoint>& line) {
    return line.size() > 3 && line.front().x == line.back().x && line.front().y == line.back().y;
}

LandscapeInput moai_input(int divisions, std::size_t group = 1, std::size_t batch = 4) {
    LandscapeInput input;
    input.space = RoutingSpace::moai(2);
    input.group = group;
    input.at = RoutingMatrix(1, 6, {0.2, 0.3, 0.5, 0.1, 0.1, 0.8});
    input.divisions = divisions;
    input.batch = batch;
    return input;
}

/// A number that tells all three weights.
Result<std::vector<double>> coded(std::span<const RoutingMatrix> routings) {
    std::vector<double> out;
    for (const RoutingMatrix& r : routings) {
        out.push_back(r(0, 3) + 10 * r(0, 4) + 100 * r(0, 5));
    }
    return out;
}

}  // namespace

class TestAnalysisLandscape : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void order_of_points();
    void coarse_to_fine_reaches_all_once_data();
    void coarse_to_fine_reaches_all_once();
    void whole_triangles_first();
    void values_and_batches();
    void rows_and_other_group();
    void cancel_between_batches();
    void refuses_bad_input();
    void straight_line_is_exact();
    void ellipses();
    void saddle_has_two_lines();
    void missing_values_are_left_out();
    void level_on_grid_points();
    void levels();
};

void TestAnalysisLandscape::order_of_points() {
    const auto points = triangle_coordinates(3);
    const std::vector<std::array<int, 3>> expected = {{3, 0, 0}, {2, 1, 0}, {1, 2, 0}, {0, 3, 0}, {2, 0, 1},
                                                      {1, 1, 1}, {0, 2, 1}, {1, 0, 2}, {0, 1, 2}, {0, 0, 3}};
    QCOMPARE(points, expected);
    for (const int divisions : {1, 3, 20, 256}) {
        const auto all = triangle_coordinates(divisions);
        QCOMPARE(all.size(), triangle_points(divisions));
        for (std::size_t p = 0; p < all.size(); ++p) {
            QCOMPARE(triangle_index(divisions, all[p][1], all[p][2]), p);
            QCOMPARE(all[p][0] + all[p][1] + all[p][2], divisions);
        }
    }
}

void TestAnalysisLandscape::coarse_to_fine_reaches_all_once_data() {
    QTest::addColumn<int>("divisions");
    for (const int divisions : {1, 2, 3, 5, 7, 12, 20, 23, 49, 250, 256}) {
        QTest::newRow(qPrintable(QString::number(divisions))) << divisions;
    }
}

void TestAnalysisLandscape::coarse_to_fine_reaches_all_once() {
    QFETCH(int, divisions);
    const auto order = coarse_to_fine(divisions);
    QCOMPARE(order.size(), triangle_points(divisions));
    QCOMPARE(std::set<std::size_t>(order.begin(), order.end()).size(), order.size());
    const std::set<std::size_t> first(order.begin(), order.begin() + 3);
    QCOMPARE(first, (std::set<std::size_t>{triangle_index(divisions, 0, 0), triangle_index(divisions, divisions, 0),
                                           triangle_index(divisions, 0, divisions)}));
}

// 20 divisions: after the points of the grids with 1, 2 and 4 divisions these grids are complete. 23, a prime: after 16
// points every one of the fine grid has a neighbour within 8 steps; a plain order would have seen one side only.
void TestAnalysisLandscape::whole_triangles_first() {
    const auto order = coarse_to_fine(20);
    for (const int coarse : {1, 2, 4}) {
        const int stride = 20 / coarse;
        std::set<std::size_t> wanted;
        for (const auto& [i, j, k] : triangle_coordinates(coarse)) {
            wanted.insert(triangle_index(20, j * stride, k * stride));
        }
        const std::set<std::size_t> seen(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(wanted.size()));
        QCOMPARE(seen, wanted);
    }
    const auto prime = coarse_to_fine(23);
    const auto points = triangle_coordinates(23);
    for (const auto& point : points) {
        int nearest = 99;
        for (std::size_t p = 0; p < 16; ++p) {
            const auto& seen = points[prime[p]];
            int steps = 0;
            for (std::size_t e = 0; e < 3; ++e) {
                steps = std::max(steps, std::abs(seen[e] - point[e]));
            }
            nearest = std::min(nearest, steps);
        }
        QVERIFY(nearest <= 8);
    }
}

void TestAnalysisLandscape::values_and_batches() {
    const LandscapeInput input = moai_input(5);
    std::vector<std::size_t> batches, known;
    std::vector<double> last;
    const auto objective = [&](std::span<const RoutingMatrix> routings) {
        batches.push_back(routings.size());
        return coded(routings);
    };
    const auto partial = [&](const TriangleGrid& grid) {
        QCOMPARE(grid.divisions, 5);
        std::size_t count = 0;
        for (const double value : grid.values) {
            count += std::isnan(value) ? 0 : 1;
        }
        known.push_back(count);
        last = grid.values;
    };
    const auto grid = evaluate_landscape(input, objective, partial, {});
    QVERIFY(grid.ok());
    QCOMPARE(batches, (std::vector<std::size_t>{4, 4, 4, 4, 4, 1}));
    QCOMPARE(known, (std::vector<std::size_t>{4, 8, 12, 16, 20, 21}));
    QCOMPARE(last, grid->values);
    const auto points = triangle_coordinates(5);
    for (std::size_t p = 0; p < points.size(); ++p) {
        QVERIFY(std::abs(grid->values[p] - (points[p][0] + 10 * points[p][1] + 100 * points[p][2]) / 5.0) < 1e-12);
    }
    QVERIFY(evaluate_landscape(input, coded, {}, {}).ok());  // nobody watches
}

// Each row of a per-mixer routing gets the triangle's weights; the other group keeps its own.
void TestAnalysisLandscape::rows_and_other_group() {
    LandscapeInput input = moai_input(2, 0);
    input.at = RoutingMatrix(2, 6, {9, 9, 9, 0.1, 0.2, 0.7, 9, 9, 9, 0.3, 0.3, 0.4});
    std::vector<RoutingMatrix> seen;
    const auto objective = [&](std::span<const RoutingMatrix> routings) -> Result<std::vector<double>> {
        seen.insert(seen.end(), routings.begin(), routings.end());
        return std::vector<double>(routings.size(), infinity);  // infinite is a value
    };
    const auto grid = evaluate_landscape(input, objective, {}, {});
    QVERIFY(grid.ok());
    QCOMPARE(grid->values, std::vector<double>(6, infinity));
    QCOMPARE(seen.size(), std::size_t(6));
    for (const RoutingMatrix& routing : seen) {
        QVERIFY(check_weights(input.space, routing, "test").ok());
        for (std::size_t e = 0; e < 3; ++e) {
            QCOMPARE(routing(0, e), routing(1, e));
            QCOMPARE(routing(0, 3 + e), input.at(0, 3 + e));
            QCOMPARE(routing(1, 3 + e), input.at(1, 3 + e));
        }
    }
}

void TestAnalysisLandscape::cancel_between_batches() {
    int calls = 0;
    const auto objective = [&](std::span<const RoutingMatrix> routings) {
        ++calls;
        return coded(routings);
    };
    const CancelToken token = CancelToken::create();
    const auto stopped = evaluate_landscape(moai_input(20), objective, [&](const TriangleGrid&) {
        if (calls == 2) {
            token.cancel();
        }
    }, token);
    QVERIFY(!stopped.ok());
    QCOMPARE(stopped.error().kind, ErrorKind::Cancelled);
    QCOMPARE(calls, 2);
    QVERIFY(!evaluate_landscape(moai_input(20), objective, {}, token).ok());
    QCOMPARE(calls, 2);
}

void TestAnalysisLandscape::refuses_bad_input() {
    const auto field = [](const LandscapeInput& input) {
        const auto grid = evaluate_landscape(input, coded, {}, {});
        return grid.ok() ? std::string("accepted") : grid.error().field;
    };
    LandscapeInput mova = moai_input(4);
    mova.space.groups = {{"all", {"a", "b", "c", "d", "e", "f"}}};
    mova.group = 0;
    QCOMPARE(field(mova), std::string("group"));
    QVERIFY(evaluate_landscape(mova, coded, {}, {}).error().message().find("all with 6 experts") != std::string::npos);
    QCOMPARE(field(moai_input(4, 2)), std::string("group"));
    QCOMPARE(field(moai_input(0)), std::string("divisions"));
    QCOMPARE(field(moai_input(257)), std::string("divisions"));
    QCOMPARE(field(moai_input(4, 1, 0)), std::string("batch"));
    LandscapeInput rows = moai_input(4);
    rows.at = RoutingMatrix(3, 6, 0.3);
    QCOMPARE(field(rows), std::string("weights"));
    rows.at = RoutingMatrix(1, 5, 0.3);
    QCOMPARE(field(rows), std::string("weights"));

    const auto result_of = [](Result<std::vector<double>> answer) {
        return evaluate_landscape(moai_input(4), [&](std::span<const RoutingMatrix>) { return answer; }, {}, {}).error();
    };
    QCOMPARE(result_of(Error{ErrorKind::OutOfMemory, "model", {}, {}, {}}).kind, ErrorKind::OutOfMemory);
    QCOMPARE(result_of(std::vector<double>(3, 1.0)).found, std::string("3 values"));
    QCOMPARE(result_of(std::vector<double>{1, 2, missing, 4}).field, std::string("objective"));
    QVERIFY(!contour(std::vector<double>(9, 0.0), 3, 0.5).ok());
    QVERIFY(!contour(std::vector<double>(10, 0.0), 3, missing).ok());
    QVERIFY(contour(std::vector<double>(10, 0.0), 3, 0.5).ok());
}

// Linear interpolation of a linear function: one open line from side to side, exact to rounding.
void TestAnalysisLandscape::straight_line_is_exact() {
    const auto f = [](PlanePoint p) { return 2 * p.x - 3 * p.y + 1; };
    const auto lines = contour(grid_of(16, f), 16, 1.1);
    QVERIFY(lines.ok());
    QCOMPARE(lines->size(), std::size_t(1));
    const auto& line = lines->front();
    for (const PlanePoint& p : line) {
        QVERIFY(std::abs(f(p) - 1.1) < 1e-13);
    }
    for (const PlanePoint& end : {line.front(), line.back()}) {  // on the triangle's boundary
        const auto weights = ternary_weights(end);
        QVERIFY(std::min({weights[0], weights[1], weights[2]}) < 1e-14);
    }
    for (std::size_t i = 0; i + 1 < line.size(); ++i) {  // neighbours in one small triangle
        QVERIFY(std::hypot(line[i + 1].x - line[i].x, line[i + 1].y - line[i].y) <= 1.0 / 16 + 1e-14);
    }
}

// On an edge of length h a quadratic with second derivative at most 16 is within 16 h^2 / 8 of its linear interpolation.
void TestAnalysisLandscape::ellipses() {
    for (const int divisions : {20, 80}) {
        const double h = 1.0 / divisions;
        const auto values = grid_of(divisions, bowl);
        for (const double level : {0.1, 0.2, 0.25}) {
            const auto lines = contour(values, divisions, level);
            QVERIFY(lines.ok());
            QCOMPARE(lines->size(), std::size_t(1));
            QVERIFY(closed(lines->front()));
            double worst = 0.0;
            for (const PlanePoint& p : lines->front()) {
                worst = std::max(worst, std::abs(bowl(p) - level));
            }
            QVERIFY(worst <= 2 * h * h);
            QVERIFY(worst > 0.0);
            // Points 2 h^2 off in value, chords 2 h^2 deep: the level's area is known to 4 h^2 of value.
            const double exact = M_PI / std::sqrt(24.0);
            QVERIFY(std::abs(area(lines->front()) - exact * level) < exact * 4 * h * h);
        }
        QVERIFY(contour(values, divisions, -0.1)->empty());
        QVERIFY(contour(values, divisions, 99.0)->empty());
        // Beyond the sides the ellipse is cut into open pieces.
        const auto cut = contour(values, divisions, 0.8);
        QVERIFY(cut->size() > 1);
        for (const auto& line : *cut) {
            QVERIFY(!closed(line));
        }
    }
}

void TestAnalysisLandscape::saddle_has_two_lines() {
    const auto f = [](PlanePoint p) { return (p.x - 0.5) * (p.x - 0.5) - 0.3 * (p.y - 0.3) * (p.y - 0.3); };
    for (const double level : {0.01, -0.01}) {
        const auto lines = contour(grid_of(40, f), 40, level);
        QCOMPARE(lines->size(), std::size_t(2));
        for (const auto& line : *lines) {
            const bool left = line.front().x < 0.5;
            const bool low = line.front().y < 0.3;
            for (const PlanePoint& p : line) {  // one branch of the hyperbola each
                QVERIFY(level > 0 ? (p.x < 0.5) == left : (p.y < 0.3) == low);
            }
        }
    }
}

// A value that is not there: nothing is drawn in the hexagon around it (inradius h sqrt(3) / 2), the line ends at its rim.
void TestAnalysisLandscape::missing_values_are_left_out() {
    constexpr int divisions = 20;
    for (const double hole : {missing, infinity, -infinity}) {
        auto values = grid_of(divisions, bowl);
        const auto whole = contour(values, divisions, 0.2)->front();
        // The grid point nearest to the line's first point.
        std::size_t nearest = 0;
        PlanePoint centre;
        double best = 9.0;
        const auto points = triangle_coordinates(divisions);
        for (std::size_t p = 0; p < points.size(); ++p) {
            const PlanePoint at = ternary_point(points[p][0], points[p][1], points[p][2]);
            if (const double d = std::hypot(at.x - whole.front().x, at.y - whole.front().y); d < best) {
                best = d;
                nearest = p;
                centre = at;
            }
        }
        values[nearest] = hole;
        const auto lines = contour(values, divisions, 0.2);
        QCOMPARE(lines->size(), std::size_t(1));
        const auto& line = lines->front();
        QVERIFY(!closed(line));
        QVERIFY(line.size() < whole.size());
        for (std::size_t i = 0; i + 1 < line.size(); ++i) {
            const PlanePoint middle{(line[i].x + line[i + 1].x) / 2, (line[i].y + line[i + 1].y) / 2};
            const double d = std::hypot(middle.x - centre.x, middle.y - centre.y);
            QVERIFY(d >= std::sqrt(3.0) / 2 / divisions - 1e-12);
        }
        for (const PlanePoint& end : {line.front(), line.back()}) {
            QVERIFY(std::hypot(end.x - centre.x, end.y - centre.y) <= 1.0 / divisions + 1e-12);
        }
    }
    QVERIFY(contour(std::vector<double>(triangle_points(4), missing), 4, 0.0)->empty());
}

// The level is met exactly in grid points: one line without repeated points, none for a lone minimum.
void TestAnalysisLandscape::level_on_grid_points() {
    std::vector<double> values;
    for (const auto& [i, j, k] : triangle_coordinates(8)) {
        values.push_back(k);
    }
    const auto lines = contour(values, 8, 3.0);
    QCOMPARE(lines->size(), std::size_t(1));
    QCOMPARE(lines->front().size(), std::size_t(6));  // the grid points of row 3
    for (const PlanePoint& p : lines->front()) {
        QVERIFY(std::abs(ternary_weights(p)[2] - 3.0 / 8) < 1e-15);
    }
    std::vector<double> lone(triangle_points(8), 1.0);
    lone[triangle_index(8, 3, 2)] = 0.0;
    QVERIFY(contour(lone, 8, 0.0)->empty());
    QCOMPARE(contour(lone, 8, 0.5)->size(), std::size_t(1));
}

void TestAnalysisLandscape::levels() {
    QCOMPARE(contour_levels(std::vector<double>{0.0, 1.0, missing, infinity, -infinity}), (std::vector<double>{0.2, 0.4, 0.6, 0.8}));
    QCOMPARE(contour_levels(std::vector<double>{0.0, 1.0}, 9), (std::vector<double>{0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9}));
    QCOMPARE(contour_levels(std::vector<double>{-130.0, 60.0}, 4), (std::vector<double>{-100.0, -50.0, 0.0, 50.0}));
    QCOMPARE(contour_levels(std::vector<double>{1000.0, 1000.003}, 3), (std::vector<double>{1000.001, 1000.002}));
    QCOMPARE(contour_levels(std::vector<double>{2e7, 9e7}, 1), (std::vector<double>{5e7}));
    for (const std::vector<double>& none : {std::vector<double>{}, {missing}, {3.0, 3.0}, {0.1 + 0.2, 0.3}}) {
        QVERIFY(contour_levels(none).empty());
    }
    QVERIFY(contour_levels(std::vector<double>{0.0, 1.0}, 0).empty());
    // Strictly between, and never more than asked for.
    for (std::size_t count = 1; count < 30; ++count) {
        for (const double high : {1.0, 1.7, 3e-9, 4e200}) {
            const auto got = contour_levels(std::vector<double>{0.0, high}, count);
            QVERIFY(got.size() <= count);
            QVERIFY(got.empty() || (got.front() > 0.0 && got.back() < high));
            QVERIFY(got.size() * 3 >= count - 1);  // steps 1, 2, 5: at most 2.5 times too coarse
        }
    }
}

QTEST_APPLESS_MAIN(TestAnalysisLandscape)
#include "test_analysis_landscape.moc"
