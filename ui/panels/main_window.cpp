#include "ui/panels/main_window.h"

#include <QAbstractButton>
#include <QCloseEvent>
#include <QComboBox>
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QFileInfo>
#include <QLabel>
#include <QMimeData>
#include <QProgressBar>
#include <QScrollArea>
#include <QSettings>
#include <QStackedWidget>
#include <QStatusBar>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

#include "core/session/database_file.h"
#include "ui/panels/answer_card.h"
#include "ui/panels/compare_panel.h"
#include "ui/panels/curve_panel.h"
#include "ui/panels/expert_panel.h"
#include "ui/panels/gate_panel.h"
#include "ui/panels/guide_strip.h"
#include "ui/panels/knockout_panel.h"
#include "ui/panels/log_panel.h"
#include "ui/panels/map_panel.h"
#include "ui/panels/method_panel.h"
#include "ui/panels/neighbour_panel.h"
#include "ui/panels/picture_panel.h"
#include "ui/panels/question_line.h"
#include "ui/panels/reference_card.h"
#include "ui/panels/routing_panel.h"
#include "ui/panels/sample_panel.h"
#include "ui/panels/step_panel.h"
#include "ui/panels/timeline_bar.h"
#include "ui/panels/wheel_rule.h"
#include "ui/paths/file_path.h"
#include "ui/plots/plot_export.h"

namespace r2t2::ui {

namespace {

constexpr int kMarkWidth = 260;
constexpr int kAnswerLines = 12;  // that are always there, with their bars
constexpr QSize kLeastSize(1000, 560);  // what the Inspect page needs, on every page: none of them is left at a size that another cannot have; a frame
                                        // around it fits a screen of 1000 x 600

/// What the Benchmark page says of the evaluation, at the same moment.
JobInfo as_counted(JobInfo job, const BenchmarkRun& run) {
    if (const QString count = run.count_text(); !count.isEmpty()) {
        const QString standing = run.standing_text();
        job.progress.stage = (standing.isEmpty() ? count : count + QStringLiteral(", ") + standing).toStdString();
        job.progress.done = run.finished();
        job.progress.total = run.total();
        job.progress.detail.clear();
    }
    return job;
}

/// "Open model and references: load weights (MB) 1,234 / 17,737", and what is in hand: the name of a tensor may be long.
std::pair<QString, QString> job_words(const JobInfo& job) {
    const Progress& progress = job.progress;
    if (progress.stage.empty()) {
        return {job.title, {}};
    }
    const QString stage = job.title + QStringLiteral(": ") + QString::fromStdString(progress.stage);
    if (progress.total == 0 || progress.detail.empty()) {
        return {stage, {}};
    }
    return {stage + QStringLiteral(" %L1 / %L2, ").arg(progress.done).arg(progress.total), QString::fromStdString(progress.detail)};
}

/// A line more is scrolled to: what stands below does not move under the mouse.
[[nodiscard]] QScrollArea* in_constant_room(QWidget* words) {
    auto* area = new QScrollArea(words->parentWidget());
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setFocusPolicy(Qt::NoFocus);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setMinimumHeight(kAnswerLines * words->fontMetrics().height());
    area->setWidget(words);
    return area;
}

}  // namespace

MainWindow::MainWindow(QWidget* parent) : QMainWindow(parent) {
    keep_wheel_for_scrolling(*qApp);
    setWindowTitle(tr("R2-T2 Studio"));
    setObjectName(QStringLiteral("mainWindow"));
    setAcceptDrops(true);
    setDockOptions(QMainWindow::AnimatedDocks | QMainWindow::AllowTabbedDocks | QMainWindow::AllowNestedDocks);
    setTabPosition(Qt::AllDockWidgetAreas, QTabWidget::North);
    setCorner(Qt::BottomLeftCorner, Qt::LeftDockWidgetArea);
    setCorner(Qt::BottomRightCorner, Qt::RightDockWidgetArea);
    log_.attach(true);
    thumbnails_.set_size(36, devicePixelRatioF());
    connect(&workspace_, &Workspace::inspectionChanged, this, &MainWindow::tell_provenance);
    connect(&workspace_, &Workspace::inspectorChanged, this, &MainWindow::show_model);
    connect(&workspace_, &Workspace::happened, this, [sink = log_.sink()](const QString& what) { sink({LogLevel::Info, "workbench", what.toStdString()}); });
    connect(&workspace_, &Workspace::failed, this, [this](ErrorPlace place, const QString& message) {
        if (place == ErrorPlace::Opening && !message.isEmpty() && workspace_.inspector()) {
            tell_failure(tr("Not opened; %1 stays in use. %2").arg(mark_->text(), message));
        }
        if (place == ErrorPlace::Samples && !message.isEmpty() && is_database_file(file_path(workspace_.asked()))) {
            results_.open(workspace_.asked());  // a session without a sample has nothing to inspect; its pages say why
        }
    });
    setMinimumSize(kLeastSize);
    resize(1280, 800);
    restoreGeometry(QSettings().value(QStringLiteral("window/geometry")).toByteArray());
    fit_screen();
    chosen_size_ = size();
}

MainWindow::~MainWindow() {
    workspace_.jobs().cancelAll();  // before panels that jobs deliver to are gone
}

void MainWindow::show_model() {
    const InspectorInfo& info = workspace_.inspector()->info();
    const QString name = QString::fromStdString(info.model_name), precision = QString::fromStdString(info.precision);
    const QString device = info.device == "cpu" ? tr("CPU") : QString::fromStdString(info.device);
    name_window();
    const QString shown = mark_->fontMetrics().elidedText(info.miniature ? tr("miniature model") : name, Qt::ElideMiddle, kMarkWidth);
    mark_->setText(QStringLiteral("%1 \u00b7 %2 \u00b7 %3").arg(shown, device, precision));
    mark_->setToolTip(tr("%1, %L2 parameters, %L3 references\nWeights in %4 on %5: %L6 MB\n%7")
                          .arg(QString::fromStdString(info.model_directory)).arg(info.parameters)
                          .arg(workspace_.inspector()->references().size())
                          .arg(precision, device).arg(static_cast<double>(info.weight_bytes) / 1e6, 0, 'f', 1)
                          .arg(info.miniature ? tr("Numbers of the bundled miniature show the method, not what MoAI-7B can do") : QString()).trimmed());
}

void MainWindow::add_dock(const char* name, const QString& title) {
    auto* dock = new QDockWidget(title, this);
    dock->setObjectName(QLatin1String(name));
    dock->toggleViewAction()->setToolTip(tr("Show or hide %1").arg(title));
    docks_ << dock;
}

void MainWindow::fill_dock(const char* name, QWidget* panel) {
    for (QDockWidget* dock : docks_) {
        if (dock->objectName() == QLatin1String(name)) {
            dock->setWidget(panel);
        }
    }
}

void MainWindow::build_docks() {
    add_dock("samples", tr("Samples"));
    add_dock("picture", tr("Picture"));
    add_dock("answers", tr("Answers"));
    add_dock("method", tr("Method"));
    add_dock("map", tr("Map"));
    add_dock("experts", tr("Experts"));
    add_dock("neighbours", tr("Neighbours"));
    add_dock("compare", tr("Compare"));
    add_dock("curves", tr("Curves"));
    add_dock("steps", tr("Steps"));
    add_dock("gates", tr("Gates"));
    add_dock("knockouts", tr("Knock-outs"));
    add_dock("log", tr("Log"));
}

void MainWindow::furnish() {
    if (routing_ != nullptr) {
        return;
    }
    build_docks();
    build_status();
    build_actions();
    auto* centre = new QWidget(this);
    auto* column = new QVBoxLayout(centre);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    guide_ = new GuideStrip(workspace_, centre);
    question_ = new QuestionLine(workspace_, centre);
    routing_ = new RoutingPanel(workspace_, centre);
    reference_ = new ReferenceCard(workspace_, thumbnails_, centre);
    timeline_ = new TimelineBar(workspace_, centre);
    column->addWidget(guide_);
    column->addWidget(question_);
    column->addWidget(routing_, 1);
    column->addWidget(reference_);
    column->addWidget(timeline_);
    pages_ = new QStackedWidget(this);
    pages_->addWidget(inspect_page_ = centre);
    setCentralWidget(pages_);
    pages_->show();  // at once: docks would share the room out among themselves
    build_pages();

    fill_dock("samples", samples_ = new SamplePanel(workspace_, thumbnails_, this));
    fill_dock("picture", picture_ = new PicturePanel(workspace_, this));
    fill_dock("answers", in_constant_room(answers_ = new AnswerCard(workspace_, this)));
    fill_dock("method", method_ = new MethodPanel(workspace_, this));
    fill_dock("map", map_ = new MapPanel(workspace_, this));
    fill_dock("experts", experts_ = new ExpertPanel(workspace_, this));
    fill_dock("neighbours", neighbours_ = new NeighbourPanel(workspace_, thumbnails_, this));
    fill_dock("compare", compare_ = new ComparePanel(workspace_, this));
    fill_dock("curves", curves_ = new CurvePanel(workspace_, this));
    fill_dock("steps", steps_ = new StepPanel(workspace_, this));
    fill_dock("gates", gates_ = new GatePanel(workspace_, this));
    fill_dock("knockouts", new KnockoutPanel(workspace_, this));
    fill_dock("log", log_panel_ = new LogPanel(log_, this));
    restore_layout();  // after the panels are there: sizes given to empty docks are lost in a window that is already shown
    connect(routing_, &RoutingPanel::coloursChanged, map_, &MapPanel::set_colours);
    connect(&picture_->view(), &PictureView::pointed, statusBar(), [this](const QString& what) { statusBar()->showMessage(what); });
    for (const char* table : {"sampleTable", "stepTable"}) {
        findChild<QTableView*>(QLatin1String(table))->installEventFilter(this);
    }
    for (QComboBox* box : findChildren<QComboBox*>()) {
        box->installEventFilter(this);
    }
    for (QAbstractButton* button : findChildren<QAbstractButton*>()) {
        button->installEventFilter(this);
    }
    routing_->setFocusPolicy(Qt::StrongFocus);
    connect(guide_, &GuideStrip::panelWanted, this, &MainWindow::show_panel);
    connect(guide_, &GuideStrip::finished, this, [this] {
        QSettings().setValue(QStringLiteral("guide/seen"), true);
        const QWidget* now = focusWidget();  // the guide's buttons are gone: Qt has put the keyboard into the question, all of it selected
        if (now == nullptr || guide_->isAncestorOf(now) || (question_->isAncestorOf(now) && !question_->editing())) {
            routing_->setFocus();
        }
    });
    connect(&workspace_, &Workspace::listsChanged, this, [this] {  // not before: a file that cannot be read is not what is open
        opened_ = workspace_.opened();
        if (!opened_.isEmpty()) {
            remember(opened_);
        }
    });
    tie_session();
    connect(question_, &QuestionLine::left, this, [this] { routing_->setFocus(); });
    connect(&workspace_, &Workspace::questionWanted, this, [this] {
        show_page(Page::Inspect);
        question_->focus_question();
    });
}

void MainWindow::build_status() {
    job_ = new QLabel(this);
    job_->setObjectName(QStringLiteral("job"));
    job_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);  // a path must not widen the window
    job_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    progress_ = new QProgressBar(this);
    progress_->setMaximumWidth(160);
    progress_->setMaximumHeight(14);
    progress_->setTextVisible(false);
    progress_->setAccessibleName(tr("Progress"));
    progress_->setToolTip(tr("Progress of the job"));
    cancel_ = new QToolButton(this);
    cancel_->setObjectName(QStringLiteral("cancelJobs"));
    cancel_->setText(tr("Cancel"));
    cancel_->setToolTip(tr("Stop all jobs (Ctrl+.)"));
    connect(cancel_, &QToolButton::clicked, this, &MainWindow::cancel_jobs);
    mark_ = caption({}, this);
    mark_->setObjectName(QStringLiteral("modelMark"));
    statusBar()->addPermanentWidget(job_, 1);
    statusBar()->addPermanentWidget(progress_);
    statusBar()->addPermanentWidget(cancel_);
    reference_mark_ = caption({}, this);
    reference_mark_->setObjectName(QStringLiteral("referenceMark"));
    statusBar()->addPermanentWidget(reference_mark_);
    statusBar()->addPermanentWidget(mark_);
    for (const auto signal : {&JobRunner::started, &JobRunner::progressed, &JobRunner::ended}) {
        connect(&workspace_.jobs(), signal, this, &MainWindow::show_jobs);
    }
    connect(&workspace_.jobs(), &JobRunner::idle, this, &MainWindow::show_jobs);
    connect(&workspace_.jobs(), &JobRunner::idle, this, [this] {
        if (const QString done = std::exchange(acknowledgement_, QString()); !done.isEmpty()) {
            statusBar()->showMessage(done, 12'000);
        }
    });
    connect(statusBar(), &QStatusBar::messageChanged, this, [this] { statusBar()->setToolTip({}); });
    show_jobs();
}

/// As much as there is room for; all of it in the tooltip.
void MainWindow::tell_failure(const QString& message) {
    int room = statusBar()->width();
    for (const QWidget* widget : std::initializer_list<const QWidget*>{job_, progress_, cancel_, reference_mark_, mark_}) {
        room = widget->isVisible() ? std::min(room, widget->x()) : room;
    }
    statusBar()->showMessage(statusBar()->fontMetrics().elidedText(message, Qt::ElideRight, room - 20), 20'000);
    statusBar()->setToolTip(message);
}

void MainWindow::cancel_jobs() {
    const bool opening = workspace_.jobs().busy(QStringLiteral("open"));
    workspace_.jobs().cancelAll();
    if (opening) {
        statusBar()->showMessage(workspace_.inspector() ? tr("Opening was cancelled; %1 stays in use").arg(mark_->text()) : tr("Opening was cancelled"), 8000);
    }
}

/// Only what takes its time is shown: quick jobs would flicker.
void MainWindow::show_jobs() {
    const std::vector<JobInfo> running = workspace_.jobs().running();
    const JobInfo* shown = nullptr;
    for (const JobInfo& job : running) {
        if (shown == nullptr || job.slot == QLatin1String("open") || job.seconds > shown->seconds) {
            shown = &job;
        }
    }
    const bool slow = shown != nullptr && (shown->seconds > 0.25 || shown->slot == QLatin1String("open"));
    if (slow && !job_->isVisible()) {
        statusBar()->clearMessage();  // there is no room for both
    }
    job_->setVisible(slow);
    progress_->setVisible(slow);
    cancel_->setVisible(slow);
    if (slow) {
        const JobInfo now = shown->slot == kBenchmarkSlot ? as_counted(*shown, benchmark_) : *shown;
        const auto [stage, in_hand] = job_words(now);
        const QFontMetrics letters = job_->fontMetrics();
        const QString name = letters.elidedText(stage, Qt::ElideMiddle, width() / 2);
        job_->setText(name + letters.elidedText(in_hand, Qt::ElideMiddle, std::max(0, width() / 2 - letters.horizontalAdvance(name))));
        job_->setToolTip(stage + in_hand);
        progress_->setRange(0, static_cast<int>(std::min<std::int64_t>(now.progress.total, 1'000'000)));
        progress_->setValue(static_cast<int>(std::min<std::int64_t>(now.progress.done, 1'000'000)));
    }
}

void MainWindow::begin(const Opening& opening) {
    furnish();
    opening_ = opening;
    routing_->setFocus();  // Space plays at once; a text field would take it
    const bool first_time = !QSettings().value(QStringLiteral("guide/seen"), false).toBool();
    const bool guided = opening.guide || (first_time && opening.path.isEmpty() && opening.options.model.empty());
    question_waiting_ = !opening.question.isEmpty();
    if (guided) {
        guide_->start();
    }
    connect(&workspace_, &Workspace::listsChanged, this, [this] {
        if (!workspace_.lists().empty() && workspace_.lists().front()->stored()) {
            const bool again = results_.path() == opened_;
            results_.open(opened_, link_waiting_ ? link_waiting_->run : again ? results_.run() : 0);
        }
        if (question_waiting_) {  // picture and question come from the command line
            question_waiting_ = false;
            workspace_.show_sample(workspace_.lists().front(), 0);
            workspace_.ask(opening_.question, opening_.truth);
        }
        if (link_waiting_) {
            const SessionLink link = *std::exchange(link_waiting_, std::nullopt);
            opening_.step = link.step;
            workspace_.show_stored(link.run, link.set, link.key);
        }
    });
    connect(&workspace_, &Workspace::inspectionChanged, this, [this] {
        if (!workspace_.inspection()) {  // a picture without a question: there are no steps yet
            return;
        }
        if (opening_.step >= 0) {
            workspace_.cursor().set_step(std::exchange(opening_.step, -1));
        } else if (guide_->isVisible() && guide_->page() == 0) {
            workspace_.cursor().first();
        }
    });
    const bool picture_alone = question_waiting_;
    const QString file = opening.path.isEmpty() ? QString() : file_of(opening.path).value_or(QString());
    workspace_.open(opening.options, file,
                    picture_alone || link_waiting_ ? Workspace::First::Nothing : guided ? Workspace::First::Mended : Workspace::First::Sample);
}

void MainWindow::tell_provenance() {
    const InspectionPtr& inspection = workspace_.inspection();
    if (!inspection) {
        set_provenance({});
        return;
    }
    const InspectorInfo& info = workspace_.inspector()->info();
    set_provenance(tr("%1; sample %2/%3; model %4%5 %6 in %7 on %8; %9")
                       .arg(QStringLiteral("R2-T2 Studio " R2T2_VERSION), QString::fromStdString(inspection->sample().set),
                            QString::fromStdString(inspection->sample().id), QString::fromStdString(info.model_name),
                            info.miniature ? tr(" (bundled miniature)") : QString(), QString::fromStdString(info.model_hash).left(12),
                            QString::fromStdString(info.precision), QString::fromStdString(info.device), workspace_.command_line()));
}

void MainWindow::closeEvent(QCloseEvent* event) {
    if (!may_stop()) {
        event->ignore();
        return;
    }
    if (routing_ != nullptr) {  // a window that was closed before it was furnished has no layout to keep
        save_layout();
    }
    workspace_.cursor().pause();
    workspace_.jobs().cancelAll();
    event->accept();
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    if (event->mimeData()->hasUrls()) {
        event->acceptProposedAction();
    }
}

void MainWindow::dropEvent(QDropEvent* event) {
    for (const QUrl& url : event->mimeData()->urls()) {
        if (url.isLocalFile()) {
            open_path(path_text(url));
            event->acceptProposedAction();
            return;
        }
    }
}

/// Plain keys drive the step cursor unless a field wants them.
void MainWindow::keyPressEvent(QKeyEvent* event) {
    if (!step_by_key(*event)) {
        QMainWindow::keyPressEvent(event);
    }
}

bool MainWindow::step_by_key(const QKeyEvent& event) {
    StepCursor& cursor = workspace_.cursor();
    if (event.modifiers() != Qt::NoModifier || page_ != Page::Inspect) {
        return false;
    }
    switch (event.key()) {
        case Qt::Key_Space:
            cursor.toggle();
            return true;
        case Qt::Key_Left:
            cursor.previous();
            return true;
        case Qt::Key_Right:
            cursor.next();
            return true;
        case Qt::Key_Home:
            cursor.first();
            return true;
        case Qt::Key_End:
            cursor.last();
            return true;
        case Qt::Key_Escape:
            workspace_.reset_routing();
            return true;
        default:
            return false;
    }
}

/// Whoever has just chosen a sample or a step in a table goes on with Space and the arrows; in lists of choices and on buttons the keys
/// that go along the steps do, Space and Up and Down are their own.
bool MainWindow::eventFilter(QObject* watched, QEvent* event) {
    const bool own_keys = qobject_cast<QComboBox*>(watched) != nullptr || qobject_cast<QAbstractButton*>(watched) != nullptr;
    if (event->type() == QEvent::KeyPress && own_keys) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        const bool along = key == Qt::Key_Left || key == Qt::Key_Right || key == Qt::Key_Home || key == Qt::Key_End;
        return (along && step_by_key(*static_cast<QKeyEvent*>(event))) || QMainWindow::eventFilter(watched, event);
    }
    if (event->type() == QEvent::KeyPress && step_by_key(*static_cast<QKeyEvent*>(event))) {
        return true;
    }
    return QMainWindow::eventFilter(watched, event);
}

}  // namespace r2t2::ui
