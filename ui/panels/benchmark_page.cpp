#include "ui/panels/benchmark_page.h"

#include <QApplication>
#include <QClipboard>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSplitter>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/models/error_words.h"
#include "ui/panels/benchmark_form.h"
#include "ui/panels/benchmark_live.h"
#include "ui/panels/elided_label.h"
#include "ui/panels/result_tabs.h"
#include "ui/panels/theme.h"
#include "ui/paths/file_path.h"

namespace r2t2::ui {

BenchmarkPage::BenchmarkPage(Workspace& workspace, BenchmarkRun& run, SessionResults& results, QWidget* parent)
    : QWidget(parent), workspace_(workspace), run_(run), results_(results) {
    setObjectName(QStringLiteral("benchmarkPage"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    auto* across = new QSplitter(Qt::Horizontal, this);
    across->setChildrenCollapsible(false);
    row->addWidget(across);

    auto* left = new QWidget(across);
    auto* left_column = new QVBoxLayout(left);
    left_column->setContentsMargins(0, 0, 0, 6);
    left_column->setSpacing(4);
    form_ = new BenchmarkForm(workspace, left);
    left_column->addWidget(form_, 1);
    error_ = error_label(left);
    error_->setObjectName(QStringLiteral("benchmarkError"));
    error_->setContentsMargins(8, 0, 8, 0);
    left_column->addWidget(error_);
    reason_ = error_label(left);
    reason_->setObjectName(QStringLiteral("startReason"));
    reason_->setContentsMargins(8, 0, 8, 0);
    left_column->addWidget(reason_);
    auto* buttons = new QGridLayout;
    buttons->setContentsMargins(8, 0, 8, 0);
    buttons->setSpacing(4);
    const auto button = [&](const char* name, const QString& text, const QString& tip, int line, int place, auto does) {
        auto* push = new QPushButton(text, left);
        push->setObjectName(QLatin1String(name));
        push->setToolTip(tip);
        connect(push, &QPushButton::clicked, this, does);
        buttons->addWidget(push, line, place);
        return push;
    };
    start_ = button("benchmarkStart", tr("Start"), tr("Run this into the session"), 0, 0, [this] { start(); });
    resume_ = button("benchmarkResume", tr("Resume"), tr("Go on with the open session's last evaluation where it was cut; finished samples are not run again"), 0, 1,
                     [this] { resume(); });
    pause_ = button("benchmarkPause", tr("Pause"), tr("Stand still after the samples in hand"), 1, 0, [this] {
        run_.state() == BenchmarkRun::State::Paused ? run_.go_on() : run_.pause();
    });
    cancel_ = button("benchmarkCancel", tr("Cancel"), tr("Stop; what is finished is kept and can be resumed"), 1, 1, [this] { run_.cancel(); });
    copy_ = new QToolButton(left);
    copy_->setObjectName(QStringLiteral("benchmarkCopy"));
    copy_->setText(tr("Copy as command line"));
    copy_->setToolTip(tr("The same run with r2t2 evaluate"));
    copy_->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(copy_, &QToolButton::clicked, this, &BenchmarkPage::copy_command);
    buttons->addWidget(copy_, 2, 0, 1, 2);
    left_column->addLayout(buttons);
    left->setMinimumWidth(270);

    auto* down = new QSplitter(Qt::Vertical, across);
    down->setChildrenCollapsible(false);
    live_ = new BenchmarkLive(run, results, down);
    auto* lower = new QWidget(down);
    auto* lower_column = new QVBoxLayout(lower);
    lower_column->setContentsMargins(0, 0, 0, 0);
    lower_column->setSpacing(2);
    whose_ = new ElidedLabel(lower);
    whose_->setObjectName(QStringLiteral("tablesOf"));
    whose_->setContentsMargins(8, 2, 8, 2);
    lower_column->addWidget(whose_);
    tabs_ = new ResultTabs(results, lower);
    lower_column->addWidget(tabs_, 1);
    failures_ = new ElidedLabel(lower);
    failures_->setObjectName(QStringLiteral("benchmarkFailures"));
    failures_->setContentsMargins(8, 2, 8, 2);
    failures_->hide();
    lower_column->addWidget(failures_);
    live_->setMinimumHeight(220);
    lower->setMinimumHeight(150);
    down->setStretchFactor(0, 1);
    down->setStretchFactor(1, 1);
    across->setStretchFactor(0, 0);
    across->setStretchFactor(1, 1);
    across->setSizes({300, 980});

    connect(tabs_, &ResultTabs::sampleWanted, this, &BenchmarkPage::sampleWanted);
    connect(form_, &BenchmarkForm::edited, this, &BenchmarkPage::set_buttons);
    connect(&run, &BenchmarkRun::changed, this, &BenchmarkPage::set_buttons);
    connect(&results, &SessionResults::runsChanged, this, &BenchmarkPage::show_asked);
    connect(&results, &SessionResults::runsChanged, this, &BenchmarkPage::set_buttons);
    connect(&results, &SessionResults::runChanged, this, &BenchmarkPage::set_buttons);
    connect(&workspace, &Workspace::inspectorChanged, this, &BenchmarkPage::set_buttons);
    connect(&run, &BenchmarkRun::failed, this, [this](const QString& message) { tell_errors(message, unread_); });
    connect(&results, &SessionResults::failed, this, [this](const QString& message) { tell_errors(not_run_, message); });
    show_asked();  // a session may have been open before anybody looked here
    set_buttons();
}

/// Whoever opens a session finds in the form what made it. What is chosen there afterwards, for the next evaluation, stays.
void BenchmarkPage::show_asked() {
    if (asked_of_ != results_.path() && results_.run() != 0 && !run_.active()) {
        asked_of_ = results_.path();
        form_->show_asked(asked_evaluation(results_.runs(), results_.run()));
    }
}

/// Each stays until it is over: a session that is read again says nothing about the evaluation that could not be run.
void BenchmarkPage::tell_errors(const QString& not_run, const QString& unread) {
    not_run_ = not_run;
    unread_ = unread;
    show_error(error_, not_run.isEmpty() || unread.isEmpty() ? not_run + unread : not_run + QLatin1Char('\n') + unread);
}

void BenchmarkPage::start() {
    if (const QString refused = form_->take_refusal(); !refused.isEmpty()) {
        tell_errors(refused, unread_);
        return;
    }
    const Result<BenchmarkRequest> request = form_->request();
    if (!request) {
        tell_errors(window_words(request.error()), unread_);
        return;
    }
    tell_errors({}, {});
    run_.start(workspace_.inspector(), *request);
}

void BenchmarkPage::resume() {
    BenchmarkRequest request;
    request.session = file_path(results_.path()).string();
    request.resume = true;
    request.run = results_.unfinished();
    tell_errors({}, {});
    run_.start(workspace_.inspector(), request);
}

/// A button that does nothing says why. While something runs the page shows that.
QString BenchmarkPage::why_not() const {
    if (run_.active()) {
        return {};
    }
    if (workspace_.inspector() == nullptr) {
        return tr("Start waits for the model: it is not open yet.");
    }
    const Result<BenchmarkRequest> request = form_->request();
    return request ? QString() : tr("Start is not possible: %1").arg(window_words(request.error()));
}

void BenchmarkPage::set_buttons() {
    const bool active = run_.active(), ready = workspace_.inspector() != nullptr;
    const bool stopping = run_.state() == BenchmarkRun::State::Stopping;
    form_->set_locked(active);
    const QString reason = why_not();
    show_error(reason_, reason);
    start_->setEnabled(!active && reason.isEmpty());
    start_->setToolTip(reason.isEmpty() ? tr("Run this into the session") : reason);
    const std::optional<std::int64_t> cut = results_.unfinished();
    resume_->setEnabled(!active && ready && cut.has_value());
    const auto of = std::find_if(results_.runs().begin(), results_.runs().end(), [&cut](const StoredRun& run) { return run.id == cut; });
    resume_->setToolTip(of != results_.runs().end() ? tr("Go on with the %1 where it was cut; finished samples are not run again. Another one: choose a run of it").arg(evaluation_title(results_.runs(), *of))
                            : tr("Go on with an evaluation that was cut: open its session, choose a run of it"));
    tell_whose();
    tell_failures();
    tabs_->set_running(!active ? ResultTabs::Running::Nothing : run_.sweeps() ? ResultTabs::Running::Sweep : ResultTabs::Running::Evaluation);
    pause_->setEnabled(active && !stopping);
    pause_->setText(run_.state() == BenchmarkRun::State::Paused ? tr("Continue") : tr("Pause"));
    cancel_->setEnabled(active && !stopping);
    copy_->setEnabled(ready && form_->request().ok());
}

/// Always one line, so that nothing below it moves. While something runs the plots are its own; the tables are of what was read last, and how
/// far that was is said from the same reading.
void BenchmarkPage::tell_whose() {
    const StoredRun* chosen = results_.stored_run();
    QFont font = whose_->font();
    font.setBold(run_.active() && chosen != nullptr);
    whose_->setFont(font);
    if (chosen == nullptr) {
        whose_->set_text({});
        return;
    }
    const QString session = results_.path().section(QLatin1Char('/'), -1), evaluation = evaluation_title(results_.runs(), *chosen);
    const QString whose = evaluation.isEmpty() ? session : tr("%1, %2").arg(session, evaluation);
    if (!run_.active()) {
        whose_->set_text(tr("Tables: %1").arg(whose));
        return;
    }
    const auto& runs = run_.started().runs;
    const bool same = file_path(results_.path()) == run_.started().session && (std::find(runs.begin(), runs.end(), results_.run()) != runs.end() || (run_.request().resume && runs.empty()));
    whose_->set_text(same ? tr("Tables: %1, read at %2 samples; they follow when it ends").arg(whose, QString::fromStdString(run_coverage(*chosen).count_text()))
                          : tr("Tables: %1, not of the evaluation that is under way; its own follow when it ends").arg(whose));
}

/// Of the evaluation that is running, else of the chosen run.
void BenchmarkPage::tell_failures() {
    const Failures& failures = run_.active() ? run_.counts().failures : results_.failures(results_.run());
    failures_->setVisible(!failures.empty());
    if (!failures.empty()) {
        const StoredRun* chosen = results_.stored_run();
        failures_->set_text(failures.summary(run_.active() || chosen == nullptr ? run_.finished() : chosen->samples));
        failures_->setToolTip(tr("Samples that failed, by reason:\n%1").arg(failures.lines(12)));
    }
}

void BenchmarkPage::copy_command() {
    if (const Result<BenchmarkRequest> request = form_->request()) {
        QApplication::clipboard()->setText(workspace_.command_line(*request));
    }
}

}  // namespace r2t2::ui
