// What the workbench feels like, in numbers: bench_studio [--json]
//
//   first paint      of the window against a bare Qt window, each in a process of its own, medians of 9
//   step             one move of the step cursor with 45,000 references: routing view and map repainted
//   redraw           the static layer of 45,000 references drawn anew
//   what-if          from a drag of the routing point to the new answer on screen, median of 60
//   event loop       longest and 99th percentile gap of a 1 ms timer while NGD runs on both cores
//   cancel           from cancel to idle
// Prints machine and commit. Not a test: a busy machine gives other numbers.
#include <QApplication>
#include <QElapsedTimer>
#include <QMainWindow>
#include <QPainter>
#include <QProcess>
#include <QSettings>
#include <QSysInfo>
#include <QTemporaryDir>
#include <QThread>
#include <QTimer>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <random>

#include "tests/benchmarks/first_paint.h"
#include "ui/panels/main_window.h"
#include "ui/panels/routing_panel.h"
#include "ui/plots/projection_view.h"
#include "ui/plots/simplex_view.h"
#include "core/process/blas_kernels.h"
#include "tests/benchmarks/machine.h"

using namespace r2t2;
using namespace r2t2::ui;

namespace {

constexpr int kPoints = 45'000;
double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values.empty() ? NAN : values[values.size() / 2];
}

double percentile(std::vector<double> values, double p) {
    std::sort(values.begin(), values.end());
    return values.empty() ? NAN : values[std::min(values.size() - 1, std::size_t(p * double(values.size())))];
}

int paint_once(QApplication& application) {
    bench::FirstPaint filter;
    apply_theme(application, Theme::Light);
    MainWindow window;
    window.installEventFilter(&filter);
    window.show();
    return application.exec();
}

double start_and_measure(const QString& program, const QStringList& words) {
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QLatin1String(bench::kStart), QString::number(bench::now_ns()));
    process.setProcessEnvironment(environment);
    process.start(program, words);
    process.waitForFinished(20'000);
    return process.readAllStandardOutput().trimmed().toDouble();
}

void first_paint() {
    std::vector<double> bare, window;
    for (int i = 0; i < 9; ++i) {
        bare.push_back(start_and_measure(QCoreApplication::applicationDirPath() + QStringLiteral("/bench_bare_window"), {}));
        window.push_back(start_and_measure(QCoreApplication::applicationFilePath(), {QStringLiteral("--window")}));
    }
    std::printf("first paint         %7.1f ms, bare Qt window %.1f ms, ratio %.2f (at most 1.5)\n", median(window), median(bare),
                median(window) / median(bare));
}

std::vector<SimplexPoint> many_points() {
    std::mt19937 random(1);
    std::gamma_distribution<double> gamma(2.0);
    std::vector<SimplexPoint> points;
    for (int i = 0; i < kPoints; ++i) {
        const double a = gamma(random), b = gamma(random), c = gamma(random), sum = a + b + c;
        points.push_back({{a / sum, b / sum, c / sum}, i % 5});
    }
    return points;
}

double paint_ms(QWidget& widget, QImage& target) {
    QElapsedTimer clock;
    clock.start();
    widget.render(&target);
    return double(clock.nsecsElapsed()) / 1e6;
}

void large_views() {
    SimplexView triangle;
    triangle.set_group(QStringLiteral("image tokens"), {QStringLiteral("I_AUX"), QStringLiteral("I_LANG"), QStringLiteral("I_SELF")});
    triangle.resize(700, 640);
    const std::vector<SimplexPoint> points = many_points();
    std::vector<SimplexStep> steps;
    for (int t = 0; t <= 10; ++t) {
        steps.push_back({{0.3 + 0.04 * t, 0.4 - 0.02 * t, 0.3 - 0.02 * t}, t == 4 ? std::optional(OutcomeColour::Mended) : std::nullopt});
    }
    std::vector<SimplexNeighbour> neighbours;
    for (int i = 0; i < 5; ++i) {
        neighbours.push_back({points[std::size_t(i * 100)].weights, 0.2, Triple{0.1, -0.05, -0.05}, i * 100});
    }
    triangle.set_points(points);
    triangle.set_trajectory(steps);
    triangle.set_neighbours(neighbours);
    QImage target(triangle.size(), QImage::Format_ARGB32_Premultiplied);
    std::vector<double> redraw, step;
    for (int i = 0; i < 15; ++i) {
        triangle.set_points(points);
        redraw.push_back(paint_ms(triangle, target));
    }
    for (int i = 0; i < 60; ++i) {
        triangle.set_step(i % 11);
        step.push_back(paint_ms(triangle, target));
    }
    std::printf("step, triangle      %7.2f ms a frame with %d references (at most 4)\n", median(step), kPoints);
    std::printf("redraw, triangle    %7.2f ms (at most 16)\n", median(redraw));
    ProjectionView map;
    map.resize(700, 640);
    std::vector<ProjectionPoint> xy;
    for (const SimplexPoint& point : points) {
        xy.push_back({float(point.weights[0] - point.weights[1]), float(point.weights[2]), point.category});
    }
    redraw.clear(), step.clear();
    for (int i = 0; i < 15; ++i) {
        map.set_points(xy, {});
        redraw.push_back(paint_ms(map, target));
    }
    map.set_trajectory({{0.0, 0.1}, {0.1, 0.2}, {0.2, 0.3}});
    for (int i = 0; i < 60; ++i) {
        map.set_step(i % 3);
        step.push_back(paint_ms(map, target));
    }
    std::printf("step, map           %7.2f ms a frame\n", median(step));
    std::printf("redraw, map         %7.2f ms (at most 16)\n", median(redraw));
}

void wait_idle(MainWindow& window) {
    while (window.workspace().jobs().busy()) {
        QCoreApplication::processEvents(QEventLoop::AllEvents, 5);
    }
    QCoreApplication::processEvents();
}

void what_if(MainWindow& window) {
    Workspace& workspace = window.workspace();
    std::vector<double> waits;
    bool answered = false;
    QObject here;  // ends the connection with this function
    QObject::connect(&workspace, &Workspace::whatIfChanged, &here, [&] { answered = workspace.what_if().has_value(); });
    const RoutingMatrix start = *workspace.shown_routing();
    for (int i = 0; i < 60; ++i) {
        RoutingMatrix r = start;
        const double t = (i % 20) / 40.0;
        r(0, 3) = 0.2 + t, r(0, 4) = 0.6 - t, r(0, 5) = 0.2;
        answered = false;
        QElapsedTimer clock;
        clock.start();
        workspace.move_routing(r, false);
        while (!answered) {
            QCoreApplication::processEvents(QEventLoop::AllEvents, 1);
        }
        window.repaint();
        waits.push_back(double(clock.nsecsElapsed()) / 1e6);
    }
    std::printf("what-if             %7.1f ms median, %.1f ms at the 95th percentile (median at most 30)\n", median(waits), percentile(waits, 0.95));
    workspace.reset_routing();
}

void event_loop(MainWindow& window) {
    Workspace& workspace = window.workspace();
    std::vector<double> gaps;
    QElapsedTimer clock;
    QTimer tick;
    tick.setTimerType(Qt::PreciseTimer);
    QObject::connect(&tick, &QTimer::timeout, &window, [&] { gaps.push_back(double(clock.nsecsElapsed()) / 1e6), clock.restart(); });
    MethodParams params = workspace.params();
    params.steps = 60;
    clock.start();
    tick.start(1);
    workspace.change_params(params, QStringLiteral("bench"));
    workspace.request_landscape(0, false);  // a second worker: both cores are busy
    wait_idle(window);
    tick.stop();
    std::printf("event loop          %7.1f ms longest gap, %.1f ms at the 99th percentile, %zu ticks (at most 50 and 16)\n",
                *std::max_element(gaps.begin(), gaps.end()), percentile(gaps, 0.99), gaps.size());
    std::vector<double> cancels;
    for (int i = 0; i < 7; ++i) {
        params.steps = 150 + i;
        workspace.change_params(params, QStringLiteral("bench"));
        workspace.request_landscape(0, false);
        workspace.request_landscape(1, false);
        QElapsedTimer run;
        run.start();
        while (run.elapsed() < 150) {
            QCoreApplication::processEvents(QEventLoop::AllEvents, 5);
        }
        QElapsedTimer cancel;
        cancel.start();
        workspace.jobs().cancelAll();
        wait_idle(window);
        cancels.push_back(double(cancel.nsecsElapsed()) / 1e6);
    }
    std::printf("cancel to idle      %7.1f ms longest of %zu (at most 100)\n", *std::max_element(cancels.begin(), cancels.end()), cancels.size());
}

QString commit() {
    QProcess git;
    git.start(QStringLiteral("git"), {QStringLiteral("-C"), QStringLiteral(R2T2_SOURCE_DIR), QStringLiteral("describe"), QStringLiteral("--always"), QStringLiteral("--dirty")});
    git.waitForFinished(5000);
    return QString::fromUtf8(git.readAllStandardOutput()).trimmed();
}

}  // namespace

int main(int argc, char** argv) {
    setenv("OMP_WAIT_POLICY", "passive", 0);
    r2t2::choose_blas_kernels();
    QCoreApplication::setOrganizationName(QStringLiteral("r2t2-bench"));
    QCoreApplication::setApplicationName(QStringLiteral("bench"));
    QApplication application(argc, argv);
    QSettings::setDefaultFormat(QSettings::IniFormat);
    QTemporaryDir settings;
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, settings.path());
    if (argc > 1) {
        return paint_once(application);
    }
    r2t2::bench::print_machine(1);  // the library is opened with the first sample
    std::printf("%s, %d processors, platform %s, commit %s; bundled miniature model\n", qPrintable(QSysInfo::prettyProductName()), QThread::idealThreadCount(),
                qPrintable(QGuiApplication::platformName()), qPrintable(commit()));
    first_paint();
    large_views();
    QSettings().setValue(QStringLiteral("guide/seen"), true);
    apply_theme(application, Theme::Light);
    MainWindow window;
    window.resize(1280, 800);
    window.show();
    QElapsedTimer clock;
    clock.start();
    window.begin({});
    wait_idle(window);
    std::printf("first answer        %7.0f ms after the window was asked to open the bundled model (at most 10 s)\n", double(clock.elapsed()));
    what_if(window);
    event_loop(window);
    return 0;
}
