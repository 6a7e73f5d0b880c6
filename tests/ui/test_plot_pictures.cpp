// Every view in every size: no word is cut or covers another; empty and absurd values are drawn, not died of. With R2T2_PLOT_PICTURES=folder the pictures are written there, to be looked at.
#include <QApplication>
#include <QDir>
#include <QTest>
#include <functional>

#include "tests/ui/plot_samples.h"
#include "tests/ui/text_recorder.h"

using namespace r2t2::ui;

namespace {

struct View {
    std::unique_ptr<QWidget> widget;
    Plot* plot = nullptr;
};

template <typename T>
View view_of(std::unique_ptr<T> made) {
    Plot* plot = made.get();
    return {std::move(made), plot};
}

struct Kind {
    const char* name;
    std::function<View()> make;
};

std::unique_ptr<SimplexView> whole_simplex(std::size_t points) {
    auto view = sample::simplex(points);
    view->set_field(sample::field(), sample::contours());
    view->set_what_if(Triple{0.3, 0.15, 0.55});
    std::vector<int> chosen;
    for (int i = 1; i < std::min(static_cast<int>(points), 300); i += 3) {
        chosen.push_back(i);
    }
    view->set_selection(chosen);
    view->set_highlight(static_cast<int>(points) / 2);
    return view;
}

std::unique_ptr<SimplexView> zoomed_simplex() {
    auto view = whole_simplex(3000);
    view->zoom_to_routing();
    view->set_window(view->window().zoomed({0.3, 0.15, 0.55}, 3.0));
    return view;
}

std::unique_ptr<ProjectionView> whole_projection(std::size_t points) {
    auto view = sample::projection(points);
    std::vector<int> chosen;
    for (int i = 2; i < std::min(static_cast<int>(points), 800); i += 8) {
        chosen.push_back(i);
    }
    view->set_selection(chosen);
    view->set_highlight(1);
    return view;
}

std::unique_ptr<SimplexView> long_names() {
    auto view = sample::simplex(300, true);
    view->set_group("Language experts of the second mixer family",
                    {"auxiliary vision facts", "image cross-attention", "language self-attention"}, 1);
    view->set_field(sample::field(), sample::contours());
    return view;
}

const std::vector<Kind>& kinds() {
    static const std::vector<Kind> all = {
        {"simplex_empty", [] { return view_of(std::make_unique<SimplexView>()); }},
        {"simplex_2", [] { return view_of(sample::simplex(2, true)); }},
        {"simplex_45000", [] { return view_of(whole_simplex(45000)); }},
        {"simplex_zoomed", [] { return view_of(zoomed_simplex()); }},
        {"simplex_long", [] { return view_of(long_names()); }},
        {"projection_empty", [] { return view_of(std::make_unique<ProjectionView>()); }},
        {"projection_2", [] { return view_of(sample::projection(2)); }},
        {"projection_45000", [] { return view_of(whole_projection(45000)); }},
        {"curves_empty", [] { return view_of(std::make_unique<CurvePlot>()); }},
        {"curves_1", [] { return view_of(sample::curves(1)); }},
        {"curves_11", [] { return view_of(sample::curves(11)); }},
        {"curves_200", [] { return view_of(sample::curves(200, 8)); }},
        {"gates_empty", [] { return view_of(std::make_unique<GateStrips>()); }},
        {"gates_1", [] { return view_of(sample::strips(1, 1, 1)); }},
        {"gates_4", [] { return view_of(sample::strips(4, 100, 12)); }},
        {"gates_32", [] { return view_of(sample::strips(32, 1225, 48)); }},
        {"bars_empty", [] { return view_of(std::make_unique<GroupBars>()); }},
        {"bars_2", [] { return view_of(sample::bars(2)); }},
        {"bars_7", [] { return view_of(sample::bars(7)); }},
        {"bars_16", [] { return view_of(sample::bars(16)); }},
        {"changes_empty", [] { return view_of(std::make_unique<ChangeBars>()); }},
        {"changes_6", [] { return view_of(sample::changes()); }},
        {"bands_empty", [] { return view_of(std::make_unique<WeightBands>()); }},
        {"bands_3", [] { return view_of(sample::bands(true)); }},
    };
    return all;
}

QPalette dark() {
    QPalette palette(QColor(45, 45, 48));
    palette.setColor(QPalette::Base, QColor(27, 28, 31));
    palette.setColor(QPalette::Text, QColor(228, 228, 230));
    palette.setColor(QPalette::WindowText, QColor(228, 228, 230));
    palette.setColor(QPalette::Highlight, QColor(64, 145, 220));
    return palette;
}

}  // namespace

class PlotPictures final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void words_can_be_read_data();
    void words_can_be_read();
    void pictures();
    void absurd_values_are_drawn();
};

void PlotPictures::words_can_be_read_data() {
    QTest::addColumn<int>("kind");
    QTest::addColumn<QSize>("size");
    for (int kind = 0; kind < static_cast<int>(kinds().size()); ++kind) {
        for (const QSize size : {QSize(160, 120), QSize(240, 160), QSize(300, 400), QSize(420, 300), QSize(800, 200),
                                 QSize(900, 700), QSize(2000, 1500)}) {
            QTest::addRow("%s %dx%d", kinds()[static_cast<std::size_t>(kind)].name, size.width(), size.height())
                << kind << size;
        }
    }
}

void PlotPictures::words_can_be_read() {
    QFETCH(int, kind);
    QFETCH(QSize, size);
    const View view = kinds()[static_cast<std::size_t>(kind)].make();
    view.widget->resize(size);
    TextRecorder page(size);
    {
        QPainter painter(&page);
        painter.setFont(QApplication::font());
        view.plot->render_to(painter, size);
    }
    const QStringList complaints = page.complaints();
    QVERIFY2(complaints.isEmpty(), qPrintable(complaints.join(QStringLiteral("; "))));
}

void PlotPictures::pictures() {
    const QString folder = qEnvironmentVariable("R2T2_PLOT_PICTURES");
    if (folder.isEmpty()) {
        QSKIP("R2T2_PLOT_PICTURES names no folder");
    }
    QVERIFY(QDir().mkpath(folder));
    for (const Kind& kind : kinds()) {
        for (const bool night : {false, true}) {
            const View view = kind.make();
            if (night) {
                view.widget->setPalette(dark());
            }
            for (const QSize size : {QSize(160, 120), QSize(420, 320), QSize(1100, 800)}) {
                view.widget->resize(size);
                view.widget->ensurePolished();
                view.widget->grab().save(QStringLiteral("%1/%2_%3_%4.png")
                                             .arg(folder, kind.name, night ? "dark" : "light")
                                             .arg(size.width()));
            }
        }
        const View view = kind.make();
        view.widget->resize(640, 480);
        for (const char* extension : {"svg", "pdf", "png"}) {
            QVERIFY(save_plot(*view.plot, QStringLiteral("%1/%2_export.%3").arg(folder, kind.name, extension)));
        }
    }
}

void PlotPictures::absurd_values_are_drawn() {
    const double bad = NAN;
    SimplexView simplex;
    simplex.set_points({{{bad, bad, bad}, 0}, {{INFINITY, 0, 0}, -5}, {{1e9, -1e9, 0}, 1000}});
    simplex.set_field({3, std::vector<double>(10, bad), {}}, {{bad, {{bad, 0, 0}, {0, 1, 0}}}, {1.0, {}}});
    simplex.set_neighbours(
        {{{bad, 0, 0}, bad, Triple{bad, 0, 0}, -1}, {{0.2, 0.3, 0.5}, INFINITY, Triple{0, 0, 0}, 99}});
    simplex.set_trajectory({{{bad, bad, bad}, OutcomeColour::Harmed}, {{0.2, 0.3, 0.5}, {}}});
    simplex.set_step(-7);
    simplex.set_step(99);
    simplex.set_selection({-1, 0, 1, 2, 3, 1000000});
    simplex.set_highlight(0);
    simplex.set_what_if(Triple{bad, bad, bad});
    ProjectionView projection;
    projection.set_points({{NAN, 0, 0}, {INFINITY, 1, -3}, {1e30F, -1e30F, 99}, {0, 0, 0}}, {});
    projection.set_neighbours({{-1, 0.5}, {0, bad}, {77, 0.1}, {3, INFINITY}});
    projection.set_trajectory({{bad, bad}, {0, 0}, {1e300, 1e300}});
    projection.set_sample(QPointF(bad, 0));
    projection.set_selection({-1, 99, 0, 2});
    projection.set_highlight(99);
    CurvePlot curves;
    curves.set_curves({{"a", "", {bad, bad}, Curve::Axis::Left, 0, false},
                       {"b", "", {INFINITY, 1.0, -1e300, 1e300}, Curve::Axis::Right, -4, true},
                       {"c", "", {}, Curve::Axis::Left, 3, false}});
    curves.set_flips({FlipMark{-3}, FlipMark{0}, FlipMark{900}});
    curves.set_step(-1);
    curves.set_step(4000);
    GateStrips gates;
    gates.set_gates(3,
                    {{"a", {"x", "y"}, {"t", "u"}, {0.5F, NAN, 2.0F, -1.0F}}, {"b", {}, {}, {}}, {"c", {"x"}, {}, {}}});
    gates.set_cell(9, 9, 9);
    GroupBars bars;
    bars.set_group("g", {"a", "b", "c"});
    bars.set_weights({bad}, {bad, 7.0, -1.0, 4.0});
    ChangeBars changes;
    changes.set_groups({{"g", {"a", "b", "c"}, {{0.1, bad}, {}, {0.3, 0.4, 0.5}}}, {"h", {}, {}}});
    changes.set_step(2);
    WeightBands bands;
    bands.set_group("g", {"a", "b", "c"});
    bands.set_steps({{bad, 0.5}, {}, {0.1, 0.2, 0.7, 0.9}});
    bands.set_flips({FlipMark{-1}, FlipMark{99}});
    bands.set_step(50);
    const std::vector<QWidget*> widgets = {&simplex, &projection, &curves, &gates, &bars, &changes, &bands};
    const std::vector<Plot*> plots = {&simplex, &projection, &curves, &gates, &bars, &changes, &bands};
    for (const QSize size : {QSize(1, 1), QSize(20, 9), QSize(160, 120), QSize(500, 400)}) {
        for (std::size_t i = 0; i < widgets.size(); ++i) {
            widgets[i]->resize(size);
            QVERIFY(!widgets[i]->grab().isNull());
            const QByteArray svg = to_svg(*plots[i]);
            QVERIFY(!svg.isEmpty());
            QVERIFY2(
                !svg.contains("\"nan") && !svg.contains(" nan") && !svg.contains(",nan") && !svg.contains("=\"inf"),
                qPrintable(plots[i]->plot_name()));
            QVERIFY(plots[i]->tsv().endsWith('\n'));
        }
    }
}

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    PlotPictures test;
    return QTest::qExec(&test, argc, argv);
}
#include "test_plot_pictures.moc"
