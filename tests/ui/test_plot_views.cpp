// Taking hold of the views: mouse, wheel and keys do what their headers say, and what moves does not redraw what stays.
#include <QApplication>
#include <QSignalSpy>
#include <QTest>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "tests/ui/plot_samples.h"

using namespace r2t2::ui;

namespace {

template <typename T>
void lay_out(T& view, QSize size = {500, 420}) {
    view.resize(size);
    (void)view.grab();  // what is under the mouse is known once it was drawn
}

void move(QWidget& view, QPointF at, Qt::MouseButtons buttons = Qt::NoButton) {
    QMouseEvent event(QEvent::MouseMove, at, view.mapToGlobal(at), Qt::NoButton, buttons, Qt::NoModifier);
    QApplication::sendEvent(&view, &event);
}

double sum(const std::vector<double>& weights) {
    return std::accumulate(weights.begin(), weights.end(), 0.0);
}

}  // namespace

class PlotViews final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void simplex_is_dragged();
    void simplex_by_keys();
    void simplex_finds_points();
    void window_keeps_what_it_must();
    void lines_end_at_the_triangle();
    void simplex_zooms_and_moves();
    void simplex_step_draws_no_points();
    void map_finds_points();
    void map_zooms_and_moves();
    void map_selects();
    void map_step_draws_no_points();
    void curves_ask_for_steps();
    void curves_cursor_draws_no_curves();
    void gates_tell_cells();
    void bars_stay_on_simplex();
    void bars_are_dragged();
    void changes_follow_the_step();
    void bands_by_keys();
    void grid_agrees_with_search();
    void everything_can_be_named();
};

void PlotViews::simplex_is_dragged() {
    auto view = sample::simplex(100);
    lay_out(*view);
    QSignalSpy dragged(view.get(), &SimplexView::dragged), ended(view.get(), &SimplexView::dragEnded);
    const Triple aim = {0.1, 0.2, 0.7};
    const QPointF from = view->geometry().to_pixel(*view->current()), to = view->geometry().to_pixel(aim);
    QTest::mousePress(view.get(), Qt::LeftButton, Qt::NoModifier, from.toPoint());
    move(*view, (from + to) / 2, Qt::LeftButton);
    move(*view, to, Qt::LeftButton);
    QTest::mouseRelease(view.get(), Qt::LeftButton, Qt::NoModifier, to.toPoint());
    QCOMPARE(dragged.size(), 2);
    QCOMPARE(ended.size(), 1);
    const auto now = ended[0][0].value<Triple>();
    for (std::size_t e = 0; e < 3; ++e) {
        QVERIFY(std::abs(now[e] - aim[e]) < 1e-6);
    }
    move(*view, QPointF(2, 2), Qt::LeftButton);
    QCOMPARE(dragged.size(), 2);  // let go
    view->set_what_if(std::nullopt);
    view->set_draggable(false);
    QTest::mousePress(view.get(), Qt::LeftButton, Qt::NoModifier, from.toPoint());
    move(*view, to, Qt::LeftButton);
    QCOMPARE(dragged.size(), 2);
}

void PlotViews::simplex_by_keys() {
    auto view = sample::simplex(100);
    lay_out(*view);
    QSignalSpy ended(view.get(), &SimplexView::dragEnded), hovered(view.get(), &SimplexView::pointHovered),
        clicked(view.get(), &SimplexView::pointClicked);
    const Triple before = *view->current();
    QTest::keyClick(view.get(), Qt::Key_Up, Qt::ShiftModifier);
    QCOMPARE(ended.size(), 1);
    QVERIFY(std::abs((*view->current())[2] - before[2] - 0.02) < 1e-9);
    QTest::keyClick(view.get(), Qt::Key_Left);  // time is the owner's
    QCOMPARE(ended.size(), 1);
    QTest::keyClick(view.get(), Qt::Key_PageDown);
    QTest::keyClick(view.get(), Qt::Key_PageDown);
    QCOMPARE(hovered.size(), 2);
    QCOMPARE(hovered[1][0].toInt(), 7);
    view->set_highlight(7);
    QTest::keyClick(view.get(), Qt::Key_Return);
    QCOMPARE(clicked.size(), 1);
    QCOMPARE(clicked[0][0].toInt(), 7);
}

void PlotViews::simplex_finds_points() {
    auto view = sample::simplex(200);
    view->set_trajectory({});
    lay_out(*view);
    QSignalSpy hovered(view.get(), &SimplexView::pointHovered), clicked(view.get(), &SimplexView::pointClicked);
    const QPointF at = view->geometry().to_pixel(sample::triples(200)[42]);
    move(*view, at);
    QCOMPARE(hovered.last()[0].toInt(), 42);
    QTest::mouseClick(view.get(), Qt::LeftButton, Qt::NoModifier, at.toPoint());
    QCOMPARE(clicked.size(), 1);
    move(*view, QPointF(1, 400));
    QCOMPARE(hovered.last()[0].toInt(), -1);
}

/// A window is a triangle of the same shape inside the simplex, whatever is asked for; to and fro agree.
void PlotViews::window_keeps_what_it_must() {
    const std::vector<Triple> all = sample::triples(300);
    SimplexWindow window;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const SimplexWindow before = window;
        window = i % 3 == 2 ? window.moved({all[i][0] - all[0][0], all[i][1] - all[0][1], all[i][2] - all[0][2]})
                            : window.zoomed(all[i], i % 2 == 0 ? 1.7 : 0.6);
        QVERIFY(window.span <= 1.0 && window.span >= 1.0 / 500.0 - 1e-12);
        QVERIFY(std::abs(window.low[0] + window.low[1] + window.low[2] + window.span - 1.0) < 1e-9);
        QVERIFY(*std::min_element(window.low.begin(), window.low.end()) >= -1e-12);
        if (i % 3 != 2 && before.shows(all[i]) && window.span < before.span) {  // what was pointed at keeps its place
            for (std::size_t e = 0; e < 3; ++e) {
                QVERIFY(std::abs(window.inside(all[i])[e] - before.inside(all[i])[e]) < 1e-6);
            }
        }
        const SimplexGeometry g(QRectF(10, 20, 400, 300), window);
        const Triple back = g.to_weights(g.to_pixel(all[i]));
        for (std::size_t e = 0; e < 3; ++e) {
            QVERIFY(std::abs(back[e] - all[i][e]) < 1e-9);
        }
        QCOMPARE(g.contains(g.to_pixel(all[i])), window.shows(all[i]));
    }
    const std::vector<Triple> few(all.begin(), all.begin() + 4);
    const SimplexWindow around = SimplexWindow::around(few);
    for (const Triple& w : few) {
        QVERIFY(around.shows(w));
    }
    QVERIFY(SimplexWindow::around({}).whole());
    QVERIFY(SimplexWindow::around({{0.2, 0.3, 0.5}}).span < 0.01);  // one point: as near as it goes
    QVERIFY(!SimplexWindow().shows({0.5, std::nan(""), 0.5}));
}

/// Clipping against sampling: a point of a line is in the part that is drawn if and only if the triangle has it.
void PlotViews::lines_end_at_the_triangle() {
    const SimplexGeometry g(QRectF(0, 0, 400, 300), SimplexWindow{{0.3, 0.2, 0.25}, 0.25});
    const std::vector<Triple> all = sample::triples(400);
    int whole = 0, cut = 0, none = 0;
    for (std::size_t i = 0; i + 1 < all.size(); ++i) {
        const QPointF a = g.to_pixel(all[i]), b = g.to_pixel(all[i + 1]);
        const std::optional<QLineF> part = g.clipped(a, b);
        (!part ? none : part->p1() == a && part->p2() == b ? whole : cut) += 1;
        for (double t = 0.0005; t < 1.0; t += 0.001) {
            const QPointF at = a + (b - a) * t;
            const QLineF line(a, b);
            const bool drawn = part && QLineF(a, at).length() >= QLineF(a, part->p1()).length() - 1e-6 &&
                               QLineF(at, b).length() >= QLineF(part->p2(), b).length() - 1e-6;
            if (drawn != g.contains(at)) {  // at an end, within a rounding
                QVERIFY(part && std::min(QLineF(at, part->p1()).length(), QLineF(at, part->p2()).length()) < 1e-3);
            }
        }
    }
    QVERIFY2(cut > 20 && none > 20, qPrintable(QStringLiteral("%1 %2 %3").arg(whole).arg(cut).arg(none)));
    double length = 0.0, apart = 0.0;
    for (const QPolygonF& path : g.clipped(all)) {
        for (qsizetype i = 1; i < path.size(); ++i) {
            length += QLineF(path[i - 1], path[i]).length();
        }
    }
    for (std::size_t i = 0; i + 1 < all.size(); ++i) {
        apart += g.clipped(g.to_pixel(all[i]), g.to_pixel(all[i + 1])).value_or(QLineF()).length();
    }
    QVERIFY(length > 0.0 && std::abs(length - apart) < 1e-6);
}

void PlotViews::simplex_zooms_and_moves() {
    auto view = sample::simplex(200);
    lay_out(*view);
    QSignalSpy changed(view.get(), &SimplexView::windowChanged);
    const Triple aim = sample::triples(200)[42];
    const QPointF at = view->geometry().to_pixel(aim);
    QWheelEvent wheel(at, view->mapToGlobal(at), {}, {0, 360}, Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase, false);
    QApplication::sendEvent(view.get(), &wheel);
    QCOMPARE(changed.size(), 1);
    (void)view->grab();
    QVERIFY(std::abs(view->window().span - std::pow(1.25, -3)) < 1e-9);
    const QPointF now = view->geometry().to_pixel(aim);
    QVERIFY(QLineF(now, at).length() < 1e-6);
    QSignalSpy hovered(view.get(), &SimplexView::pointHovered), dragged(view.get(), &SimplexView::dragged);
    move(*view, at);
    QCOMPARE(hovered.last()[0].toInt(), 42);
    // The ground follows the hand.
    const SimplexGeometry& g = view->geometry();
    QPointF empty;
    for (double x = 0.2; x < 0.8 && empty.isNull(); x += 0.013) {
        const QPointF p = g.corner(0) + (g.corner(1) - g.corner(0)) * x + (g.corner(2) - g.corner(0)) * 0.1;
        move(*view, p);
        if (hovered.last()[0].toInt() < 0) {
            empty = p;
        }
    }
    QVERIFY(!empty.isNull());
    const Triple under = g.to_weights(empty);
    QTest::mousePress(view.get(), Qt::LeftButton, Qt::NoModifier, empty.toPoint());
    const QPointF to = empty + QPointF(8, -6);
    move(*view, to, Qt::LeftButton);
    QTest::mouseRelease(view.get(), Qt::LeftButton, Qt::NoModifier, to.toPoint());
    (void)view->grab();
    QVERIFY(QLineF(view->geometry().to_pixel(under), to).length() < 1.5);  // a press is at a whole pixel
    QVERIFY(dragged.isEmpty());
    QTest::keyClick(view.get(), Qt::Key_0);
    QVERIFY(view->window().whole());
    view->zoom_to_routing();
    QVERIFY(!view->window().whole() && view->window().shows(*view->current()));
    QTest::mouseDClick(view.get(), Qt::LeftButton, Qt::NoModifier, view->geometry().corner(2).toPoint() + QPoint(0, 30));
    QVERIFY(view->window().whole());
}

void PlotViews::simplex_step_draws_no_points() {
    auto view = sample::simplex(45000);
    lay_out(*view);
    const int built = view->static_rebuilds();
    for (int step = 0; step < 11; ++step) {
        view->set_step(step);
        view->set_highlight(step);
        view->set_what_if(step % 2 == 0 ? std::optional(Triple{0.2, 0.2, 0.6}) : std::nullopt);
        (void)view->grab();
    }
    view->set_neighbours(sample::neighbours(8, 45000));
    view->set_selection({1, 2, 3});
    (void)view->grab();
    QCOMPARE(view->static_rebuilds(), built);
    view->set_field(sample::field());
    (void)view->grab();
    QCOMPARE(view->static_rebuilds(), built + 1);
    QPalette dark = view->palette();
    dark.setColor(QPalette::Base, Qt::black);
    view->setPalette(dark);
    (void)view->grab();
    QCOMPARE(view->static_rebuilds(), built + 2);
    view->resize(300, 300);
    (void)view->grab();
    QCOMPARE(view->static_rebuilds(), built + 3);
}

void PlotViews::map_finds_points() {
    auto view = sample::projection(400);
    lay_out(*view);
    QSignalSpy hovered(view.get(), &ProjectionView::pointHovered), clicked(view.get(), &ProjectionView::pointClicked);
    const ProjectionPoint wanted = sample::cloud(400)[123];
    const QPointF at = view->to_pixel({static_cast<double>(wanted.x), static_cast<double>(wanted.y)});
    move(*view, at);
    QCOMPARE(hovered.last()[0].toInt(), 123);
    view->zoom(8.0, at);
    (void)view->grab();
    QTest::mouseClick(view.get(), Qt::LeftButton, Qt::NoModifier, at.toPoint());
    QCOMPARE(clicked.size(), 1);
    QCOMPARE(clicked[0][0].toInt(), 123);
}

void PlotViews::map_zooms_and_moves() {
    auto view = sample::projection(400);
    lay_out(*view);
    const QPointF cursor(200, 150), held = view->to_data(cursor);
    const double unit = view->to_pixel({1, 0}).x() - view->to_pixel({0, 0}).x();
    QWheelEvent wheel(cursor, view->mapToGlobal(cursor), {}, {0, 240}, Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase,
                      false);
    QApplication::sendEvent(view.get(), &wheel);
    (void)view->grab();
    QVERIFY(view->to_pixel({1, 0}).x() - view->to_pixel({0, 0}).x() > 1.3 * unit);
    QVERIFY(QLineF(view->to_pixel(held), cursor).length() < 1e-6);
    QTest::mousePress(view.get(), Qt::LeftButton, Qt::NoModifier, QPoint(200, 150));
    move(*view, {230, 170}, Qt::LeftButton);
    QTest::mouseRelease(view.get(), Qt::LeftButton, Qt::NoModifier, QPoint(230, 170));
    QVERIFY(QLineF(view->to_pixel(held), QPointF(230, 170)).length() < 1e-6);
    QTest::keyClick(view.get(), Qt::Key_Left);
    QVERIFY(view->to_pixel(held).x() > 250);
    QTest::keyClick(view.get(), Qt::Key_Plus);
    QTest::keyClick(view.get(), Qt::Key_0);
    (void)view->grab();
    QCOMPARE(view->to_pixel({1, 0}).x() - view->to_pixel({0, 0}).x(), unit);
    view->zoom(3.0, cursor);
    QTest::mouseDClick(view.get(), Qt::LeftButton, Qt::NoModifier, QPoint(100, 100));
    (void)view->grab();
    QCOMPARE(view->to_pixel({1, 0}).x() - view->to_pixel({0, 0}).x(), unit);
}

void PlotViews::map_selects() {
    auto view = sample::projection(400);
    lay_out(*view);
    QSignalSpy selected(view.get(), &ProjectionView::selectionChanged);
    const QPoint a(150, 80), b(330, 230);
    QTest::mousePress(view.get(), Qt::LeftButton, Qt::ShiftModifier, a);
    move(*view, b, Qt::LeftButton);
    QTest::mouseRelease(view.get(), Qt::LeftButton, Qt::ShiftModifier, b);
    QCOMPARE(selected.size(), 1);
    std::vector<int> expected;
    const std::vector<ProjectionPoint> cloud = sample::cloud(400);
    for (int i = 0; i < 400; ++i) {
        const ProjectionPoint& p = cloud[static_cast<std::size_t>(i)];
        if (QRectF(a, b).contains(view->to_pixel({static_cast<double>(p.x), static_cast<double>(p.y)}))) {
            expected.push_back(i);
        }
    }
    QVERIFY(!expected.empty());
    QCOMPARE(view->selection(), expected);
    QTest::keyClick(view.get(), Qt::Key_Escape);
    QCOMPARE(selected.size(), 2);
    QVERIFY(view->selection().empty());
}

void PlotViews::map_step_draws_no_points() {
    auto view = sample::projection(45000);
    lay_out(*view);
    const int built = view->static_rebuilds();
    for (int step = 0; step < 11; ++step) {
        view->set_step(step);
        view->set_highlight(100 * step);
        (void)view->grab();
    }
    view->set_selection({5, 6});
    view->set_trajectory({{0, 0}, {0.5, 0.5}});  // inside what is shown
    (void)view->grab();
    QCOMPARE(view->static_rebuilds(), built);
    view->zoom(2.0, {100, 100});
    (void)view->grab();
    QCOMPARE(view->static_rebuilds(), built + 1);
}

void PlotViews::curves_ask_for_steps() {
    auto view = sample::curves();
    lay_out(*view);
    QSignalSpy asked(view.get(), &CurvePlot::stepRequested);
    QTest::mouseClick(view.get(), Qt::LeftButton, Qt::NoModifier, QPoint(qRound(view->x_of(3)), 200));
    QCOMPARE(asked.last()[0].toInt(), 3);
    move(*view, {view->x_of(8), 200}, Qt::LeftButton);
    QCOMPARE(asked.last()[0].toInt(), 8);
    move(*view, {5000, 200}, Qt::LeftButton);
    QCOMPARE(asked.last()[0].toInt(), 10);
    QTest::keyClick(view.get(), Qt::Key_Right);
    QCOMPARE(asked.last()[0].toInt(), 8);  // after 7, where the cursor is
    QTest::keyClick(view.get(), Qt::Key_Home);
    QCOMPARE(asked.last()[0].toInt(), 0);
}

void PlotViews::curves_cursor_draws_no_curves() {
    auto view = sample::curves(200, 8);
    lay_out(*view);
    const int replots = view->replots();
    for (int step = 0; step < 50; ++step) {
        view->set_step(step);
    }
    QCOMPARE(view->replots(), replots);
}

void PlotViews::gates_tell_cells() {
    auto view = sample::strips(4, 100, 12);
    lay_out(*view, {700, 500});
    QSignalSpy hovered(view.get(), &GateStrips::hovered), clicked(view.get(), &GateStrips::clicked);
    const GateLayout::Block& block = view->placed().blocks[1];
    const QPointF cell(block.body.left() + block.body.width() * 0.425, block.body.top() + block.body.height() * 0.6);
    move(*view, cell);
    QCOMPARE(hovered.last(), (QVariantList{0, 2, 42}));
    move(*view, {cell.x(), block.mean.center().y()});
    QCOMPARE(hovered.last(), (QVariantList{0, -1, 42}));
    const int built = view->static_rebuilds();
    QTest::keyClick(view.get(), Qt::Key_Down);
    QTest::keyClick(view.get(), Qt::Key_Right);
    QTest::keyClick(view.get(), Qt::Key_PageDown);
    QCOMPARE(hovered.last(), (QVariantList{1, 0, 11}));
    QTest::keyClick(view.get(), Qt::Key_Return);
    QCOMPARE(clicked.last(), (QVariantList{1, 0, 11}));
    (void)view->grab();
    QCOMPARE(view->static_rebuilds(), built);
    move(*view, {1, 1});
    QCOMPARE(hovered.last(), (QVariantList{-1, -1, -1}));
}

void PlotViews::bars_stay_on_simplex() {
    std::vector<double> weights = {0.1, 0.2, 0.3, 0.4};
    for (const double value : {0.5, 0.0, 1.0, -3.0, 7.0, static_cast<double>(NAN), 1.0, 0.25}) {
        for (std::size_t e = 0; e < 4; ++e) {
            weights = with_weight(weights, e, value);
            QVERIFY(std::abs(sum(weights) - 1.0) < 1e-12);
            QVERIFY(std::all_of(weights.begin(), weights.end(), [](double v) { return v >= 0.0 && v <= 1.0; }));
        }
    }
    const std::vector<double> moved = with_weight({0.5, 0.2, 0.3}, 0, 0.75);
    QVERIFY(std::abs(moved[1] - 0.1) < 1e-12 && std::abs(moved[2] - 0.15) < 1e-12);  // proportions kept
    QCOMPARE(with_weight({1.0, 0.0, 0.0}, 0, 0.5), (std::vector<double>{0.5, 0.25, 0.25}));
    QCOMPARE(with_weight({0.3}, 0, 0.5), std::vector<double>{1.0});
}

void PlotViews::bars_are_dragged() {
    auto view = sample::bars(7);
    lay_out(*view);
    QSignalSpy dragged(view.get(), &GroupBars::dragged), ended(view.get(), &GroupBars::dragEnded);
    const QPointF from = view->bar_end(2), to = from + QPointF(60, 0);
    const double before = view->weights()[2];
    QTest::mousePress(view.get(), Qt::LeftButton, Qt::NoModifier, from.toPoint());
    move(*view, to, Qt::LeftButton);
    QTest::mouseRelease(view.get(), Qt::LeftButton, Qt::NoModifier, to.toPoint());
    QCOMPARE(dragged.size(), 1);
    QCOMPARE(ended.size(), 1);
    QVERIFY(view->weights()[2] > before + 0.05);
    QVERIFY(std::abs(sum(view->weights()) - 1.0) < 1e-12);
    QVERIFY(std::abs(view->bar_end(2).x() - to.x()) < 1.0);
    QTest::keyClick(view.get(), Qt::Key_Down);
    const double fourth = view->weights()[3];
    QTest::keyClick(view.get(), Qt::Key_Right, Qt::ShiftModifier);
    QCOMPARE(ended.size(), 2);
    QVERIFY(std::abs(view->weights()[3] - fourth - 0.02) < 1e-9);
    view->set_draggable(false);
    QTest::keyClick(view.get(), Qt::Key_Right, Qt::ShiftModifier);
    QCOMPARE(ended.size(), 2);
}

void PlotViews::changes_follow_the_step() {
    auto view = sample::changes();
    view->set_step(0);
    QCOMPARE(view->change(0, 0), 0.0);
    view->set_step(10);
    QCOMPARE(view->change(0, 1), sample::way()[10].weights[1] - sample::way()[0].weights[1]);
    QVERIFY(view->accessibleDescription().contains("Step 10"));
    QSignalSpy asked(view.get(), &ChangeBars::stepRequested);
    QTest::keyClick(view.get(), Qt::Key_Left);
    QCOMPARE(asked.last()[0].toInt(), 9);
    QTest::keyClick(view.get(), Qt::Key_Right);
    QCOMPARE(asked.size(), 1);  // there is no step 11
}

void PlotViews::bands_by_keys() {
    auto view = sample::bands();
    lay_out(*view);
    QSignalSpy asked(view.get(), &WeightBands::stepRequested);
    QTest::keyClick(view.get(), Qt::Key_End);
    QCOMPARE(asked.last()[0].toInt(), 10);
    QTest::mouseClick(view.get(), Qt::LeftButton, Qt::NoModifier, QPoint(0, 200));
    QCOMPARE(asked.last()[0].toInt(), 0);
}

void PlotViews::grid_agrees_with_search() {
    std::vector<QPointF> points;
    for (const ProjectionPoint& p : sample::cloud(3000)) {
        points.emplace_back(static_cast<double>(p.x), static_cast<double>(p.y));
    }
    points[17] = QPointF(NAN, 0);
    const PointGrid grid(points);
    for (int i = 0; i < 300; ++i) {
        const QPointF at(-4.0 + 0.027 * i, 3.0 - 0.021 * i);
        int best = -1;
        double nearest = 0.2;
        for (std::size_t p = 0; p < points.size(); ++p) {
            if (const double gap = QLineF(points[p], at).length(); gap < nearest) {
                nearest = gap;
                best = static_cast<int>(p);
            }
        }
        QCOMPARE(grid.nearest(at, 0.2), best);
    }
    QCOMPARE(grid.inside(QRectF(-100, -100, 200, 200)).size(), points.size() - 1);
    QCOMPARE(PointGrid().nearest({0, 0}, 1.0), -1);
    QCOMPARE(PointGrid({{1, 1}}).nearest({1, 1}, 1.0), 0);
}

void PlotViews::everything_can_be_named() {
    const auto simplex = sample::simplex(3);
    const auto map = sample::projection(3);
    const auto curves = sample::curves();
    const auto gates = sample::strips();
    const auto bars = sample::bars();
    const auto changes = sample::changes();
    const auto bands = sample::bands();
    for (const QWidget* view : std::initializer_list<const QWidget*>{
             simplex.get(), map.get(), curves.get(), gates.get(), bars.get(), changes.get(), bands.get()}) {
        QVERIFY(!view->accessibleName().isEmpty());
        QVERIFY(!view->accessibleDescription().isEmpty());
        QCOMPARE(view->focusPolicy(), Qt::StrongFocus);
        QVERIFY(view->actions().size() >= 4);
    }
    QCOMPARE(marker_shape(0), Marker::Circle);
    QCOMPARE(marker_shape(1), Marker::Square);
    QPalette light;
    light.setColor(QPalette::Base, Qt::white);
    light.setColor(QPalette::Text, Qt::black);
    QVERIFY(readable(category_colour(3), light).lightnessF() < category_colour(3).lightnessF());
    QCOMPARE(readable(category_colour(4), light), category_colour(4));
}

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    PlotViews test;
    return QTest::qExec(&test, argc, argv);
}
#include "test_plot_views.moc"
