// The window's menus and commands.
#include <QAction>
#include <QActionGroup>
#include <QApplication>
#include <QClipboard>
#include <QDockWidget>
#include <QInputDialog>
#include <QLineEdit>
#include <QMenuBar>
#include <QMessageBox>
#include <QSettings>
#include <QSysInfo>

#include "ui/panels/command_palette.h"
#include "ui/panels/guide_strip.h"
#include "ui/panels/main_window.h"
#include "ui/panels/method_panel.h"
#include "ui/models/method_names.h"
#include "ui/panels/picture_panel.h"
#include "ui/panels/question_line.h"
#include "ui/panels/routing_panel.h"
#include "ui/panels/sample_panel.h"

namespace r2t2::ui {

QAction* MainWindow::command(QMenu* menu, const QString& text, const QKeySequence& keys, const QString& tip, std::function<void()> does) {
    auto* action = new QAction(text, this);
    action->setShortcut(keys);
    action->setToolTip(tip);
    action->setStatusTip(tip);
    QString title = menu->title();
    action->setProperty("menu", title.remove(QLatin1Char('&')));
    connect(action, &QAction::triggered, this, std::move(does));
    menu->addAction(action);
    commands_ << action;
    return action;
}

void MainWindow::build_actions() {
    build_file_menu();
    build_edit_menu();
    build_run_menu();
    build_view_menu();
    build_help_menu();
    addActions(commands_);  // shortcuts also work while a dock floats
}

void MainWindow::build_file_menu() {
    QMenu* menu = menuBar()->addMenu(tr("&File"));
    command(menu, tr("&Open file\u2026"), QKeySequence::Open, tr("Open a picture, a data set (JSON) or a session"), [this] { choose_files(); });
    command(menu, tr("Open &folder of pictures\u2026"), QKeySequence(tr("Ctrl+Shift+O")), tr("Every PNG, JPEG, BMP and WebP of a folder"),
            [this] { choose_folder(); });
    command(menu, tr("&Bundled samples"), {}, tr("The samples of the bundled world"), [this] { open_path({}); });
    recent_ = menu->addMenu(tr("Open &recent"));
    connect(recent_, &QMenu::aboutToShow, this, &MainWindow::show_recent);
    menu->addSeparator();
    command(menu, tr("Open &model\u2026"), QKeySequence(tr("Ctrl+M")), tr("Another checkpoint, device or precision"), [this] { choose_model(); });
    build_reference_menu(menu);
    QAction* refine = command(menu, tr("Refi&ne reference set\u2026"), {}, tr("A descent on every candidate of the open reference set; the better routings go into a new one"),
                              [this] { refine_reference(); });
    refine->setObjectName(QStringLiteral("refineReference"));
    const auto follow_building = [this, refine] { refine->setEnabled(data_.can_build() && !data_.building()); };
    connect(&data_, &DataCheck::readingChanged, refine, follow_building);
    follow_building();
    menu->addSeparator();
    command(menu, tr("&Export plots\u2026"), QKeySequence(tr("Ctrl+E")), tr("Save the routing view as SVG, PDF, PNG, CSV or TSV: a file for each group"), [this] { export_plots(); });
    command(menu, tr("Export &animation into a folder\u2026"), {}, tr("One picture per step, frame-0000.png and on, and trajectory.gif where ffmpeg or ImageMagick is found"),
            [this] { export_frames(); });
    menu->addSeparator();
    command(menu, tr("&Quit"), QKeySequence::Quit, tr("Close the window; running jobs are stopped"), [this] { close(); });
}

void MainWindow::build_edit_menu() {
    QMenu* menu = menuBar()->addMenu(tr("&Edit"));
    for (QAction* action : {workspace_.undo().createUndoAction(this, tr("&Undo")), workspace_.undo().createRedoAction(this, tr("&Redo"))}) {
        action->setShortcuts(menu->isEmpty() ? QList{QKeySequence(tr("Ctrl+Z"))} : QList{QKeySequence(tr("Ctrl+Shift+Z")), QKeySequence(tr("Ctrl+Y"))});
        action->setProperty("menu", tr("Edit"));
        menu->addAction(action);
        commands_ << action;
    }
    menu->addSeparator();
    QAction* reset = command(menu, tr("&Reset point"), {}, tr("Put r back on the trajectory (Esc)"), [this] { routing_->reset_point(); });
    const auto follow_point = [this, reset] { reset->setEnabled(workspace_.moved()); };
    connect(&workspace_, &Workspace::whatIfChanged, reset, follow_point);
    follow_point();
    command(menu, tr("Edit &question"), QKeySequence(tr("Ctrl+L")), tr("Go to the question"), [this] { question_->focus_question(); });
    command(menu, tr("&Filter samples"), QKeySequence::Find, tr("Go to the sample filter"), [this] {
        show_panel(QStringLiteral("samples"));
        samples_->focus_filter();
    });
    command(menu, tr("Copy as &command line"), QKeySequence(tr("Ctrl+Shift+L")), tr("The same run with r2t2 inspect"),
            [this] { QApplication::clipboard()->setText(workspace_.command_line()); });
}

void MainWindow::build_run_menu() {
    QMenu* menu = menuBar()->addMenu(tr("&Run"));
    command(menu, tr("&Run again"), QKeySequence(Qt::Key_F5), tr("Re-route this sample by every method"), [this] { method_->send(); });
    command(menu, tr("&Cancel all jobs"), QKeySequence(tr("Ctrl+.")), tr("Stop what is running"), [this] { cancel_jobs(); });
    menu->addSeparator();
    int number = 1;
    for (const Method method : all_methods()) {
        if (is_control(method)) {
            continue;
        }
        command(menu, tr("Follow %1").arg(method_title(method)), number <= 9 ? QKeySequence(tr("Ctrl+%1").arg(number++)) : QKeySequence(), tr("Show this method's trajectory in every view"),
                [this, method] {
                    MethodParams params = workspace_.params();
                    params.method = method;
                    workspace_.change_params(params);
                });
    }
    menu->addSeparator();
    StepCursor& cursor = workspace_.cursor();
    // Space, arrows, Home and End are the window's keys (keyPressEvent): as shortcuts they would be taken from text fields.
    command(menu, tr("&Play or pause") + QStringLiteral("\tSpace"), {}, tr("Go through the steps, from the first if the last is shown"), [&cursor] { cursor.toggle(); });
    command(menu, tr("&Next step") + QStringLiteral("\tRight"), {}, tr("One step on"), [&cursor] { cursor.next(); });
    command(menu, tr("Pre&vious step") + QStringLiteral("\tLeft"), {}, tr("One step back"), [&cursor] { cursor.previous(); });
    command(menu, tr("F&irst step") + QStringLiteral("\tHome"), {}, tr("The native routing"), [&cursor] { cursor.first(); });
    command(menu, tr("&Last step") + QStringLiteral("\tEnd"), {}, tr("The method's result"), [&cursor] { cursor.last(); });
}

void MainWindow::build_view_menu() {
    QMenu* menu = menuBar()->addMenu(tr("&View"));
    command(menu, tr("&Inspect page"), QKeySequence(tr("Alt+1")), tr("One sample under the lens"), [this] { show_page(Page::Inspect); });
    command(menu, tr("&Benchmark page"), QKeySequence(tr("Alt+2")), tr("Whole evaluations: run, watch, compare"), [this] { show_page(Page::Benchmark); });
    command(menu, tr("&Figures page"), QKeySequence(tr("Alt+3")), tr("Paper figures of the open session"), [this] { show_page(Page::Figures); });
    command(menu, tr("&Data page"), QKeySequence(tr("Alt+4")), tr("Published data sets on your disk: what is in them, what is broken"), [this] { show_page(Page::Data); });
    menu->setToolTipsVisible(true);
    panels_ = menu->addSection(tr("Panels"));
    for (QDockWidget* dock : docks_) {
        QAction* action = dock->toggleViewAction();
        action->setProperty("menu", tr("View"));
        menu->addAction(action);
        commands_ << action;
    }
    menu->addSeparator();
    layouts_ = menu->addMenu(tr("&Layout"));
    connect(layouts_, &QMenu::aboutToShow, this, &MainWindow::show_layouts);
    show_layouts();
    command(menu, tr("&Save layout\u2026"), {}, tr("Keep the present arrangement under a name"), [this] { save_named_layout(); });
    command(menu, tr("&Reset layout"), {}, tr("All panels where they were at first"), [this] { use_layout(width() >= 1800 ? "wide" : "inspect"); });
    menu->addSeparator();
    command(menu, tr("&Zoom to the routing"), QKeySequence(tr("Ctrl+Shift+F")), tr("Triangles enlarged to where trajectory and neighbours are; again: the whole"),
            [this] { routing_->set_zoom(!routing_->zoomed()); });
    menu->addSeparator();
    QMenu* themes = menu->addMenu(tr("&Theme"));
    auto* group = new QActionGroup(this);
    for (const auto& [theme, text] : {std::pair{Theme::System, tr("As the system")}, std::pair{Theme::Light, tr("Light")}, std::pair{Theme::Dark, tr("Dark")}}) {
        QAction* action = command(themes, text, {}, tr("Colours of the window; exported figures are always light"), [this, theme = theme] { set_theme(theme); });
        action->setCheckable(true);
        action->setChecked(name_of(theme) == QSettings().value(QStringLiteral("theme"), QStringLiteral("system")).toString());
        group->addAction(action);
    }
}

void MainWindow::build_help_menu() {
    QMenu* menu = menuBar()->addMenu(tr("&Help"));
    command(menu, tr("&Commands\u2026"), QKeySequence(tr("Ctrl+Shift+P")), tr("Find any command by name"),
            [this] { (new CommandPalette(commands_, this))->show(); });
    command(menu, tr("&Keys"), QKeySequence(Qt::Key_F1), tr("Every key"), [this] { (new KeyList(commands_, this))->show(); });
    command(menu, tr("&Guided demo"), {}, tr("A sample that re-routing mends, step by step"), [this] {
        guide_->start();
        workspace_.show_mended_sample();
    });
    menu->addSeparator();
    command(menu, tr("Copy &diagnostics"), {}, tr("Versions, model, system and the last log lines, for a report"),
            [this] { QApplication::clipboard()->setText(diagnostics()); });
    command(menu, tr("&About"), {}, tr("Version and libraries"), [this] { about(); });
}

QString MainWindow::diagnostics() const {
    QStringList lines;
    lines << QStringLiteral("R2-T2 Studio %1, Qt %2 (built with %3), %4")
                 .arg(QStringLiteral(R2T2_VERSION), QLatin1String(qVersion()), QStringLiteral(QT_VERSION_STR), QGuiApplication::platformName());
    lines << QStringLiteral("%1, %2, kernel %3").arg(QSysInfo::prettyProductName(), QSysInfo::currentCpuArchitecture(), QSysInfo::kernelVersion());
    if (const InspectorPtr& inspector = workspace_.inspector()) {
        const InspectorInfo& info = inspector->info();
        lines << QStringLiteral("LibTorch %1, CUDA %2").arg(QString::fromStdString(info.torch), QString::fromStdString(info.cuda));
        lines << QStringLiteral("%1; %2%3").arg(QString::fromStdString(info.processor), QString::fromStdString(info.blas), info.kernels.empty() ? QString() : QStringLiteral(", %1 kernels").arg(QString::fromStdString(info.kernels)));
        lines << QStringLiteral("model %1%2, %3 parameters, %4, %5 on %6").arg(QString::fromStdString(info.model_name), info.miniature ? QStringLiteral(" (bundled miniature)") : QString())
                     .arg(info.parameters).arg(QString::fromStdString(info.model_hash).left(16), QString::fromStdString(info.precision), QString::fromStdString(info.device));
        lines << QStringLiteral("references %1, %2").arg(inspector->references().size()).arg(QString::fromStdString(info.reference_hash));
        lines << workspace_.command_line();
    } else {
        lines << QStringLiteral("no model is open");
    }
    lines << QString() << log_.text();
    return lines.join(QLatin1Char('\n'));
}

void MainWindow::about() {
    QMessageBox box(this);
    box.setWindowTitle(tr("About R2-T2 Studio"));
    box.setTextFormat(Qt::RichText);
    const QString torch = workspace_.inspector() ? QString::fromStdString(workspace_.inspector()->info().torch) : tr("not loaded yet");
    box.setText(tr("<b>R2-T2 Studio %1</b><br>Seeing, stepping through and mending the routing of multimodal mixture-of-experts models.<br><br>"
                   "Qt %2, LibTorch %3, QCustomPlot, OpenCV, FAISS, SQLite.<br>Licence: GPL 3 or later.<br><br>"
                   "Methods: Li, Li, Zhou, R2-T2, ICML 2025 (arXiv 2502.20395). Model: MoAI (arXiv 2403.07508).")
                    .arg(QStringLiteral(R2T2_VERSION), QLatin1String(qVersion()), torch));
    box.exec();
}

}  // namespace r2t2::ui
