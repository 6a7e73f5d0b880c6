#include "app/studio/screenshots.h"

#include <QApplication>
#include <QDir>
#include <QListWidget>
#include <QTabWidget>
#include <QElapsedTimer>
#include <QSettings>
#include <QTemporaryDir>
#include <QThread>
#include <cstdio>
#include <functional>
#include <random>

#include "ui/panels/command_palette.h"
#include "ui/panels/main_window.h"
#include "ui/panels/map_panel.h"
#include "ui/panels/model_dialog.h"
#include "ui/panels/picture_panel.h"
#include "ui/panels/routing_panel.h"

namespace r2t2::studio {

namespace {

using ui::MainWindow;

constexpr int kWaitMilliseconds = 120'000;

/// Until nothing runs and what came of it is painted.
bool settle(MainWindow& window) {
    QElapsedTimer clock;
    clock.start();
    int quiet = 0;
    while (quiet < 8 && clock.elapsed() < kWaitMilliseconds) {
        QApplication::processEvents(QEventLoop::AllEvents, 20);
        QApplication::sendPostedEvents();
        quiet = window.workspace().jobs().busy() ? 0 : quiet + 1;
        QThread::msleep(10);
    }
    return quiet >= 8;
}

class Shots {
public:
    Shots(QString folder, QString prefix) : folder_(std::move(folder)), prefix_(std::move(prefix)) {}

    bool take(QWidget& widget, const QString& name) {
        const QString path = QDir(folder_).filePath(prefix_ + name + QStringLiteral(".png"));
        const bool ok = widget.grab().save(path);
        std::fprintf(stderr, "%s%s\n", qPrintable(path), ok ? "" : ": not written");
        return ok;
    }

private:
    QString folder_, prefix_;
};

/// 45,000 made-up references, Dirichlet(2, 2, 2): how the views look and feel when full. The map says so.
void fill_with_made_up_references(MainWindow& window) {
    std::mt19937 random(1);
    std::gamma_distribution<double> gamma(2.0);
    std::vector<ui::ProjectionPoint> map;
    for (std::size_t group = 0; ui::SimplexView* triangle = window.routing().triangle(group); ++group) {
        std::vector<ui::SimplexPoint> points;
        for (int i = 0; i < 45'000; ++i) {
            const double a = gamma(random), b = gamma(random), c = gamma(random), sum = a + b + c;
            points.push_back({{a / sum, b / sum, c / sum}, i % 5});
            if (group == 0) {
                map.push_back({static_cast<float>((a - b) / sum), static_cast<float>(c / sum), i % 5});
            }
        }
        triangle->set_field({});
        triangle->set_points(std::move(points));
    }
    window.map().view().set_points(std::move(map), {});
    window.map().view().set_name(QStringLiteral("45,000 made-up references"));
}

/// The pages: empty, while a sweep runs, and what it came to. The session is made once and opened by the later rounds.
bool take_pages(MainWindow& window, Shots& shots, const QString& session) {
    window.show_page(MainWindow::Page::Figures);
    bool ok = settle(window) && shots.take(window, QStringLiteral("figures-empty"));
    window.show_page(MainWindow::Page::Benchmark);
    ok = settle(window) && shots.take(window, QStringLiteral("benchmark-empty")) && ok;
    if (!QFile::exists(session)) {
        BenchmarkRequest request;
        request.sets = {"G-dim", "G-noise", "K-noise"};
        request.samples = 40;
        request.methods = {Method::Ngd, Method::KernelRegression, Method::Oracle};
        request.params = window.workspace().inspector()->info().defaults;
        request.sweep = {{"num-neighbors", {"1", "3", "5"}}, {"num-steps", {"5", "10"}}};
        request.session = session.toStdString();
        window.benchmark().start(window.workspace().inspector(), request);
        QElapsedTimer clock;
        clock.start();
        while (window.benchmark().counts().done < 30 && window.benchmark().active() && clock.elapsed() < kWaitMilliseconds) {
            QApplication::processEvents(QEventLoop::AllEvents, 20);
        }
        ok = shots.take(window, QStringLiteral("benchmark-while-it-runs")) && ok;
    } else {
        window.results().open(session);
    }
    ok = settle(window) && ok;
    auto* tabs = window.findChild<QTabWidget*>(QStringLiteral("resultTabs"));
    for (int tab = 0; tab < tabs->count(); ++tab) {
        tabs->setCurrentIndex(tab);
        ok = settle(window) && shots.take(window, QStringLiteral("benchmark-") + tabs->tabText(tab).toLower().replace(QLatin1Char(' '), QLatin1Char('-'))) && ok;
    }
    window.show_page(MainWindow::Page::Figures);
    ok = settle(window) && ok;
    auto* kinds = window.findChild<QListWidget*>(QStringLiteral("figureKinds"));
    for (int row = 0; row < kinds->count(); ++row) {
        kinds->setCurrentRow(row);
        ok = settle(window) && shots.take(window, QStringLiteral("figures-") + kinds->item(row)->data(Qt::UserRole).toString()) && ok;
    }
    window.show_page(MainWindow::Page::Data);
    ok = settle(window) && shots.take(window, QStringLiteral("data")) && ok;
    window.show_page(MainWindow::Page::Inspect);
    return ok;
}

/// What is open, and a folder that is no checkpoint.
bool take_model_dialog(MainWindow& window, Shots& shots) {
    ui::ModelDialog dialog(window.workspace(), window.workspace().options(), &window);
    dialog.setAttribute(Qt::WA_DeleteOnClose, false);
    dialog.show();
    bool ok = settle(window) && shots.take(dialog, QStringLiteral("model"));
    dialog.choose_folder(QDir::tempPath());
    return settle(window) && shots.take(dialog, QStringLiteral("model-none")) && ok;
}

bool one_round(const QString& folder, const QString& session, ui::Theme theme, QSize size, const QString& prefix) {
    Shots shots(folder, prefix);
    QSettings().clear();
    QSettings().setValue(QStringLiteral("guide/seen"), true);
    ui::apply_theme(*qApp, theme);
    MainWindow window;
    window.resize(size);
    window.furnish();
    window.use_layout(size.width() >= 1800 ? QStringLiteral("wide") : QStringLiteral("inspect"));
    window.show();
    QApplication::processEvents();
    bool ok = shots.take(window, QStringLiteral("empty"));
    ui::Opening opening;
    opening.guide = true;
    window.begin(opening);
    ok = settle(window) && ok;
    ok = shots.take(window, QStringLiteral("guide")) && ok;
    window.findChild<QWidget*>(QStringLiteral("guide"))->hide();
    window.routing().set_landscape(1);
    window.workspace().cursor().last();
    ok = settle(window) && ok;
    ok = shots.take(window, QStringLiteral("inspect")) && ok;
    if (std::optional<RoutingMatrix> r = window.workspace().shown_routing()) {
        const RoutingMatrix base = window.workspace().inspection()->base_routing();
        for (std::size_t e = 0; e < r->experts(); ++e) {
            (*r)(0, e) = 0.5 * (*r)(0, e) + 0.5 * base(0, e);
        }
        window.workspace().move_routing(*r, true);
        ok = settle(window) && ok;
        ok = shots.take(window, QStringLiteral("what-if")) && ok;
        window.workspace().reset_routing();
    }
    window.picture().set_overlay(ui::PictureView::Boxes, true);
    window.picture().set_overlay(ui::PictureView::Texts, true);
    for (const char* panel : {"neighbours", "compare", "curves", "steps", "gates", "knockouts", "log"}) {
        window.show_panel(QLatin1String(panel));
        ok = settle(window) && ok;
        ok = shots.take(window, QLatin1String(panel)) && ok;
    }
    window.picture().set_overlay(ui::PictureView::Boxes, false);
    window.picture().show_expert(2);
    window.show_panel(QStringLiteral("map"));
    window.map().choose(ProjectionSpace::Task, ProjectionMethod::NeighbourEmbedding);
    window.show_panel(QStringLiteral("experts"));
    ok = settle(window) && ok;
    ok = shots.take(window, QStringLiteral("map")) && ok;
    window.map().choose(ProjectionSpace::Routing, ProjectionMethod::Pca);
    ok = settle(window) && ok;
    fill_with_made_up_references(window);
    QApplication::processEvents();
    ok = shots.take(window, QStringLiteral("45000-made-up-references")) && ok;
    window.workspace().ask(QStringLiteral("what is the colour of the shape that stands to the left of the large green circle under "
                                          "the word in the upper right corner of this rather dark picture, if there is one at all?"));
    ok = settle(window) && ok;
    ok = shots.take(window, QStringLiteral("long-question")) && ok;
    window.open_path(QStringLiteral("/nowhere/there-is-no-such-picture.png"));
    ok = settle(window) && ok;
    ok = shots.take(window, QStringLiteral("error")) && ok;
    ok = take_model_dialog(window, shots) && ok;
    window.routing().set_landscape(0);
    ok = take_pages(window, shots, session) && ok;
    ui::KeyList keys(window.commands(), &window);
    keys.setAttribute(Qt::WA_DeleteOnClose, false);
    ok = shots.take(keys, QStringLiteral("keys")) && ok;
    ui::CommandPalette palette(window.commands(), &window);
    palette.setAttribute(Qt::WA_DeleteOnClose, false);
    ok = shots.take(palette, QStringLiteral("palette")) && ok;
    window.close();
    return ok;
}

}  // namespace

int write_screenshots(QApplication&, const QString& folder) {
    if (!QDir().mkpath(folder)) {
        std::fprintf(stderr, "%s: cannot be made\n", qPrintable(folder));
        return 1;
    }
    QTemporaryDir settings;
    QSettings::setDefaultFormat(QSettings::IniFormat);
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, settings.path());
    bool ok = one_round(folder, settings.filePath(QStringLiteral("pages.sqlite")), ui::Theme::Light, {1280, 800}, QStringLiteral("light-1280-"));
    ok = one_round(folder, settings.filePath(QStringLiteral("pages.sqlite")), ui::Theme::Dark, {1280, 800}, QStringLiteral("dark-1280-")) && ok;
    ok = one_round(folder, settings.filePath(QStringLiteral("pages.sqlite")), ui::Theme::Light, {2560, 1440}, QStringLiteral("light-2560-")) && ok;
    ok = one_round(folder, settings.filePath(QStringLiteral("pages.sqlite")), ui::Theme::Dark, {2560, 1440}, QStringLiteral("dark-2560-")) && ok;
    return ok ? 0 : 1;
}

}  // namespace r2t2::studio
