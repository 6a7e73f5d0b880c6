// One session and one run of it for all pages; the evaluation that runs; what closing the window would stop.
#include <QFileInfo>
#include <QGuiApplication>
#include <QMessageBox>
#include <QPushButton>
#include <QScreen>
#include <QStatusBar>
#include <QTimer>
#include <algorithm>
#include <utility>

#include "core/base/log.h"
#include "ui/panels/main_window.h"
#include "ui/panels/question_line.h"
#include "ui/panels/sample_panel.h"
#include "ui/paths/file_path.h"

namespace r2t2::ui {

namespace {

/// What most window managers put around a window; its own frame is known only once it is shown.
constexpr QMargins kUsualFrame(4, 32, 4, 4);

}  // namespace

void MainWindow::tie_session() {
    connect(&results_, &SessionResults::runChanged, this, &MainWindow::follow_chosen_run);
    connect(&workspace_, &Workspace::trajectoryChanged, this, &MainWindow::choose_followed_run);
    connect(&results_, &SessionResults::readAgain, this, [this] {
        if (same_session()) {
            workspace_.read_again();
        }
    });
    for (const auto signal : {&SessionResults::runsChanged, &SessionResults::runChanged}) {
        connect(&results_, signal, this, &MainWindow::name_window);
    }
    connect(&results_, &SessionResults::runsChanged, this, &MainWindow::watch_session);
    const auto tell_samples = [this] {
        const std::vector<StoredRun> runs = same_session() ? results_.runs() : std::vector<StoredRun>();
        samples_->set_runs(runs);
        question_->set_runs(runs);
    };
    connect(&results_, &SessionResults::runsChanged, this, tell_samples);
    connect(&workspace_, &Workspace::listsChanged, this, tell_samples);
    for (const auto signal : {&Workspace::listsChanged, &Workspace::inspectionChanged, &Workspace::trajectoryChanged, &Workspace::paramsChanged}) {
        connect(&workspace_, signal, this, &MainWindow::name_window);
    }
    connect(&benchmark_, &BenchmarkRun::changed, this, &MainWindow::show_jobs);
    connect(&benchmark_, &BenchmarkRun::changed, this, [this] {
        const QString session = benchmark_.active() && !benchmark_.started().methods.empty() ? path_text(benchmark_.started().session.string()) : QString();
        if (session == writing_) {
            return;
        }
        if (!session.isEmpty()) {  // at once: it can be found again whatever becomes of this program
            asked_before_ = results_.path();
            remember(session);
        }
        writing_ = session;
        watch_session();
        if (const QString ground = benchmark_.ground_text(); !session.isEmpty() && !ground.isEmpty()) {
            log_.sink()({LogLevel::Info, "evaluation", tr("%1 goes on %2").arg(shown_path(session), ground).toStdString()});
        }
    });
    connect(&benchmark_, &BenchmarkRun::ended, this, [this](const BenchmarkEnd& end) {
        evaluation_ended(path_text(end.session.string()));
        tell_ground(end);
        tell_failures();
    });
    connect(&benchmark_, &BenchmarkRun::failed, this, [this](const QString& message) {
        if (!benchmark_.started().runs.empty()) {  // what was written before is there
            evaluation_ended(path_text(benchmark_.started().session.string()));
        }
        log_error("evaluation", message.toStdString());
        tell_failure(tr("The evaluation was not run: %1").arg(message));
    });
}

bool MainWindow::same_session() const {
    return !workspace_.lists().empty() && workspace_.lists().front()->stored() && workspace_.opened() == results_.path();
}

/// The pages' run is Inspect's.
void MainWindow::follow_chosen_run() {
    if (same_session() && results_.run() != 0 && !tying_) {
        tying_ = true;
        workspace_.follow_run(results_.run());
        tying_ = false;
    }
}

/// Inspect's is the pages', unless another one stands in for a run that the sample is not of.
void MainWindow::choose_followed_run() {
    const std::int64_t run = workspace_.followed_run();
    if (same_session() && run != 0 && run != results_.run() && !tying_ && !workspace_.stands_in()) {
        tying_ = true;
        results_.choose_run(run);
        tying_ = false;
    }
}

/// Whoever has opened another session since it began stays there, and is told; else the pages show what was made, and Inspect goes along
/// if it is a session that it shows.
void MainWindow::evaluation_ended(const QString& session) {
    if (session.isEmpty() || !QFileInfo::exists(session)) {
        return;
    }
    remember(session);
    if (results_.path() != asked_before_ && results_.path() != session) {
        tell_failure(tr("The evaluation into %1 has ended: File > Open recent").arg(QFileInfo(session).fileName()));
        results_.reload();  // the plots were the evaluation's
        return;
    }
    const bool inspected = !workspace_.lists().empty() && workspace_.lists().front()->stored();
    if (inspected && workspace_.opened() != session) {
        results_.open(session, benchmark_.telling_run());
        workspace_.open_samples(session, Workspace::First::Sample);
    } else {
        results_.open(session, benchmark_.telling_run());
        if (inspected) {
            workspace_.read_again();
        }
    }
}

/// A run that went on stands on what it began with, whatever is open.
void MainWindow::tell_ground(const BenchmarkEnd& end) {
    const QString ground = benchmark_.ground_text();
    if (ground.isEmpty()) {
        return;
    }
    const QString name = shown_path(QFileInfo(path_text(end.session.string())).fileName());
    const QString message = (end.interrupted ? tr("%1 was cut again; it went on %2") : tr("%1 is finished; it went on %2")).arg(name, ground);
    log_.sink()({LogLevel::Info, "evaluation", message.toStdString()});
    tell_failure(message);
}

/// Why samples failed, in the log; the Benchmark page has it at its foot, and a run in its tooltip.
void MainWindow::tell_failures() {
    const Failures& failures = benchmark_.counts().failures;
    if (failures.empty()) {
        return;
    }
    log_warning("evaluation", failures.summary(benchmark_.finished(), 3).toStdString());
    tell_failure(failures.summary(benchmark_.finished()).section(QLatin1Char('\n'), 0, 0));
}

void MainWindow::watch_session() {
    const bool seen = isVisible() && !isMinimized();
    const bool own = !writing_.isEmpty() && writing_ == results_.path();
    results_.set_following(seen && !own ? SessionResults::Follow::Yes : SessionResults::Follow::No);
}

void MainWindow::showEvent(QShowEvent* event) {
    QMainWindow::showEvent(event);
    watch_session();
    if (chosen_size_.isValid()) {
        QTimer::singleShot(0, this, [this] {
            if (std::exchange(chosen_size_, QSize()) == size()) {  // nobody has given it another one
                fit_screen();
            }
        });
    }
}

void MainWindow::hideEvent(QHideEvent* event) {
    QMainWindow::hideEvent(event);
    watch_session();
}

void MainWindow::changeEvent(QEvent* event) {
    QMainWindow::changeEvent(event);
    if (event->type() == QEvent::WindowStateChange) {
        watch_session();
    }
}

/// With its frame on the screen where it stands: a status bar below the screen says nothing.
void MainWindow::fit_screen() {
    const QScreen* on = screen();
    if (on == nullptr || isMaximized() || isFullScreen()) {
        return;
    }
    const QSize around = isVisible() ? frameGeometry().size() - size() : QSize(kUsualFrame.left() + kUsualFrame.right(), kUsualFrame.top() + kUsualFrame.bottom());
    const QRect room = on->availableGeometry();
    const QSize fitting = size().boundedTo(room.size() - around).expandedTo(minimumSize());
    if (fitting != size()) {
        resize(fitting);
    }
    const QPoint corner(std::clamp(pos().x(), room.left(), std::max(room.left(), room.right() + 1 - fitting.width() - around.width())),
                        std::clamp(pos().y(), room.top(), std::max(room.top(), room.bottom() + 1 - fitting.height() - around.height())));
    if (testAttribute(Qt::WA_Moved) && corner != pos()) {
        move(corner);
    }
}

/// "R2-T2 Studio - miniature - s1.sqlite, run 13": what the page that is shown is about.
void MainWindow::name_window() {
    QStringList parts = {tr("R2-T2 Studio")};
    if (const InspectorPtr& inspector = workspace_.inspector()) {
        parts << QString::fromStdString(inspector->info().model_name);
    }
    const bool session = !results_.path().isEmpty() && (page_ != Page::Inspect || same_session());
    if (session) {
        const QString name = shown_path(QFileInfo(results_.path()).fileName());
        const std::int64_t run = page_ == Page::Inspect && workspace_.named_run() != 0 ? workspace_.named_run() : results_.run();
        parts << (run != 0 ? tr("%1, run %2").arg(name).arg(run) : name);
    } else if (page_ == Page::Inspect && !workspace_.opened().isEmpty()) {
        parts << shown_path(QFileInfo(workspace_.opened()).fileName());
    }
    setWindowTitle(parts.join(QStringLiteral(" \u2013 ")));
}

bool MainWindow::may_stop() {
    const bool building = workspace_.jobs().busy(QStringLiteral("reference set"));
    if (!benchmark_.active() && !building) {
        return true;
    }
    QMessageBox box(QMessageBox::Question, tr("Quit"), {}, QMessageBox::NoButton, this);
    box.setObjectName(QStringLiteral("quitQuestion"));
    if (benchmark_.active()) {
        const auto tell = [this, &box] {  // it goes on behind the question
            const QString count = benchmark_.count_text(), standing = benchmark_.standing_text();
            if (!benchmark_.active()) {
                box.setText(tr("The evaluation has ended."));
                box.setInformativeText({});
                return;
            }
            box.setText(count.isEmpty()      ? tr("An evaluation is being prepared: no sample is finished.")
                        : standing.isEmpty() ? tr("An evaluation is running: %1 are finished.").arg(count)
                                             : tr("An evaluation is not finished: %1, %2.").arg(count, standing));
            box.setInformativeText(writing_.isEmpty() ? tr("Nothing has been written yet.")
                                                      : tr("The finished ones are kept in\n%1\nand the rest can be run later: File > Open recent, then Resume on the Benchmark page.").arg(shown_path(writing_)));
        };
        tell();
        connect(&benchmark_, &BenchmarkRun::changed, &box, tell);
    } else {
        box.setText(tr("A reference set is being built."));
        box.setInformativeText(data_.refining() ? tr("The descents so far are kept beside its folder: refined into that folder again, they are gone on with.")
                                                : tr("Nothing of it is written before its end."));
    }
    QPushButton* quit = box.addButton(tr("Stop and quit"), QMessageBox::AcceptRole);
    QPushButton* stay = box.addButton(tr("Go on"), QMessageBox::RejectRole);
    box.setDefaultButton(stay);
    box.setEscapeButton(stay);
    box.exec();
    return box.clickedButton() == quit;
}

}  // namespace r2t2::ui
