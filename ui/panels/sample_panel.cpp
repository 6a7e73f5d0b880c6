#include "ui/panels/sample_panel.h"

#include <QComboBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QScrollBar>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/models/counted.h"
#include "ui/models/method_names.h"
#include "ui/models/run_label.h"
#include "ui/panels/row_table.h"
#include "ui/panels/theme.h"

namespace r2t2::ui {

namespace {

constexpr SampleOutcome kOutcomes[] = {SampleOutcome::Harmed, SampleOutcome::Mended, SampleOutcome::Wrong,
                                       SampleOutcome::Right,  SampleOutcome::Error,  SampleOutcome::Unknown};

}  // namespace

SamplePanel::SamplePanel(Workspace& workspace, ThumbnailStore& thumbnails, QWidget* parent)
    : QWidget(parent), workspace_(workspace), model_(workspace.jobs()) {
    setObjectName(QStringLiteral("samplePanel"));
    model_.set_thumbnails(&thumbnails);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(4, 4, 4, 4);
    column->setSpacing(4);
    evaluation_ = new QComboBox(this);
    evaluation_->setObjectName(QStringLiteral("evaluationShown"));
    evaluation_->setAccessibleName(tr("Evaluation"));
    evaluation_->setToolTip(tr("The session holds several evaluations, which may have asked the same samples: those of one are listed"));
    evaluation_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    evaluation_->setMinimumContentsLength(16);
    evaluation_->hide();
    connect(evaluation_, &QComboBox::activated, this, &SamplePanel::choose_evaluation);
    column->addWidget(evaluation_);
    auto* row = new QHBoxLayout;
    row->setSpacing(4);
    text_ = new QLineEdit(this);
    text_->setObjectName(QStringLiteral("sampleFilter"));
    text_->setClearButtonEnabled(true);
    text_->setPlaceholderText(tr("Filter"));
    text_->setAccessibleName(tr("Filter samples"));
    text_->setToolTip(tr("All words must be in question, answers, truth, id or set.\nset:, domain:, family:, outcome: look in one field. (Ctrl+F)"));
    row->addWidget(text_, 1);
    outcome_ = new QComboBox(this);
    outcome_->setObjectName(QStringLiteral("outcomeFilter"));
    outcome_->setAccessibleName(tr("Outcome"));
    outcome_->setToolTip(tr("Only samples with this outcome: harmed = right before, wrong after"));
    outcome_->addItem(tr("any outcome"), -1);
    for (const SampleOutcome outcome : kOutcomes) {
        outcome_->addItem(to_string(outcome), static_cast<int>(outcome));
    }
    outcome_->setMinimumContentsLength(9);
    outcome_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    row->addWidget(outcome_);
    column->addLayout(row);
    table_ = row_table("sampleTable", tr("Samples"), tr("Choose a sample to look into it. Up and Down go through them."), thumbnails.side() + 4, this);
    connect(&model_, &SampleTableModel::rowsAboutToBeRemoved, this, [this] { arranging_ = true; });  // before the table hears of it
    connect(&model_, &SampleTableModel::rowsRemoved, this, [this] { arranging_ = false; });
    table_->setModel(&model_);
    table_->setIconSize(QSize(thumbnails.side(), thumbnails.side()));
    set_column_widths(*table_, {84, 66, 190, 70, 108, 100, 84, 80, 70});
    column->addWidget(table_, 1);
    count_ = caption({}, this);
    count_->setObjectName(QStringLiteral("sampleCount"));
    column->addWidget(count_);
    error_ = error_label(this);
    error_->setObjectName(QStringLiteral("sampleError"));
    column->addWidget(error_);
    connect(text_, &QLineEdit::textChanged, &model_, &SampleTableModel::set_text_filter);
    connect(outcome_, &QComboBox::currentIndexChanged, this, [this] {
        const int outcome = outcome_->currentData().toInt();
        model_.set_outcome_filter(outcome < 0 ? std::set<SampleOutcome>() : std::set{static_cast<SampleOutcome>(outcome)});
    });
    connect(&model_, &SampleTableModel::filterApplied, this, &SamplePanel::refresh_count);
    connect(&model_, &SampleTableModel::readingFinished, this, &SamplePanel::refresh_count);
    connect(&model_, &SampleTableModel::currentRowMoved, this, &SamplePanel::mark_row);
    connect(table_->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &SamplePanel::open_row);
    connect(&workspace, &Workspace::listsChanged, this, &SamplePanel::show_lists);
    connect(&workspace, &Workspace::listsReadAgain, this, [this] {
        const int scrolled = table_->verticalScrollBar()->value();
        show_lists();
        find_shown();
        table_->verticalScrollBar()->setValue(scrolled);
    });
    connect(&workspace, &Workspace::requestChanged, this, &SamplePanel::find_shown);
    connect(&workspace, &Workspace::inspectionChanged, this, &SamplePanel::take_result);
    connect(&workspace, &Workspace::failed, this, [this](ErrorPlace place, const QString& message) {
        if (place == ErrorPlace::Samples || place == ErrorPlace::Opening) {
            show_error(error_, message);
        }
    });
    refresh_count();
}

/// Of a session with several evaluations those of one: the same sample twice would have nothing to tell it apart, and going down the
/// list would go from one run to another.
void SamplePanel::show_lists() {
    const std::vector<SampleListPtr>& lists = workspace_.lists();
    const bool several = lists.size() > 1 && lists.front()->stored();
    evaluation_->clear();
    evaluation_->setVisible(several);
    listed_ = lists;
    if (several) {
        std::size_t shown = 0;
        for (std::size_t i = 0; i < lists.size(); ++i) {
            evaluation_->addItem(tr("%1, %2").arg(evaluation_title(*lists[i]), count_words(*lists[i])));
            QStringList methods;
            for (const auto& [run, method] : lists[i]->runs()) {
                methods << tr("run %1: %2").arg(run).arg(method_title(method));
            }
            evaluation_->setItemData(static_cast<int>(i), methods.join(QLatin1Char('\n')), Qt::ToolTipRole);
            shown = lists[i] == workspace_.request().list ? i : shown;
        }
        evaluation_->setCurrentIndex(static_cast<int>(shown));
        listed_ = {lists[shown]};
    }
    model_.set_lists(listed_);
}

void SamplePanel::set_runs(const std::vector<StoredRun>& runs) {
    lacking_.clear();
    for (const StoredRun& run : runs) {
        if (const QString lacking = lacking_words(run); !lacking.isEmpty()) {
            lacking_[run.id] = {lacking, !run_coverage(run).complete()};
        }
    }
    const std::vector<SampleListPtr>& lists = workspace_.lists();
    for (std::size_t i = 0; i < lists.size() && static_cast<int>(i) < evaluation_->count(); ++i) {
        evaluation_->setItemText(static_cast<int>(i), tr("%1, %2").arg(evaluation_title(*lists[i]), count_words(*lists[i])));
    }
    refresh_count();
}

QString SamplePanel::count_words(const SampleList& list) const {
    const Lacking* most = nullptr;  // of its runs
    for (const auto& each : list.runs()) {
        if (const auto part = lacking_.find(each.first); part != lacking_.end() && (most == nullptr || (part->second.incomplete && !most->incomplete))) {
            most = &part->second;
        }
    }
    if (most != nullptr) {
        return most->words;
    }
    return counted(static_cast<qlonglong>(list.size()), tr("1 sample"), tr("%1 samples"));
}

/// The same sample there, where it was asked there too.
void SamplePanel::choose_evaluation() {
    const auto wanted = static_cast<std::size_t>(evaluation_->currentIndex());
    if (wanted >= workspace_.lists().size() || workspace_.lists()[wanted] == workspace_.request().list) {
        return;
    }
    const SampleListPtr list = workspace_.lists()[wanted];
    const InspectRequest& now = workspace_.request();
    const SampleSummary shown = now.list ? now.list->summary(now.index) : SampleSummary();
    const std::size_t place = place_in(*list, shown.set, shown.id);
    workspace_.show_sample(list, place < list->size() ? place : 0);
}

/// The sample that is shown, in the list that it is of.
void SamplePanel::find_shown() {
    const InspectRequest& request = workspace_.request();
    const bool listed = std::find(listed_.begin(), listed_.end(), request.list) != listed_.end();
    if (!listed && request.list) {
        show_lists();
    }
    model_.set_current(request.list.get(), request.index);
    if (!choosing_) {
        mark_row(model_.current_row());
    }
}

void SamplePanel::focus_filter() {
    text_->setFocus(Qt::ShortcutFocusReason);
    text_->selectAll();
}

void SamplePanel::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange) {
        table_->viewport()->update();
    }
    QWidget::changeEvent(event);
}

void SamplePanel::refresh_count() {
    count_->setText(model_.total() == 0 ? tr("No samples are open")
                    : model_.shown() == model_.total()
                        ? (listed_.size() == 1                ? count_words(*listed_.front())
                           : model_.total() == 1 ? tr("1 sample")
                                                 : tr("%L1 samples").arg(model_.total()))
                        : tr("%L1 of %L2 samples").arg(model_.shown()).arg(model_.total()));
    tell_left_out();
}

/// Records of data sets that are no samples, with the reasons; those of a session are told with its runs.
void SamplePanel::tell_left_out() {
    constexpr qsizetype kMostReasons = 12;
    QStringList reasons;
    for (const SampleListPtr& list : listed_) {
        for (const Error& problem : list->stored() ? std::vector<Error>() : list->problems()) {
            reasons << breakable(QString::fromStdString(problem.message()));
        }
    }
    if (reasons.isEmpty()) {
        count_->setToolTip({});
        return;
    }
    const qsizetype all = reasons.size();
    reasons = reasons.mid(0, kMostReasons);
    if (all > kMostReasons) {
        reasons << tr("and %L1 more").arg(all - kMostReasons);
    }
    count_->setText(tr("%1; %L2 left out").arg(count_->text()).arg(all));
    count_->setToolTip(tr("Left out:") + QLatin1Char('\n') + reasons.join(QLatin1Char('\n')));
}

/// The sample that is shown, in sight; none where the filter hides it.
void SamplePanel::mark_row(int at) {
    if (at < 0) {
        table_->setCurrentIndex({});
        table_->clearSelection();
    } else if (table_->currentIndex().row() != at || !table_->selectionModel()->isRowSelected(at)) {
        const QModelIndex index = model_.index(at, 0);
        if (!table_->viewport()->rect().contains(table_->visualRect(index).center())) {
            table_->scrollTo(index, QAbstractItemView::PositionAtCenter);  // not at the edge: the window may become smaller
        }
        table_->selectRow(at);
    }
}

void SamplePanel::open_row(const QModelIndex& index) {
    if (!index.isValid() || arranging_) {
        return;
    }
    const SampleEntry entry = model_.entry(index.row());
    const InspectRequest& request = workspace_.request();
    if (entry.list && (request.list != entry.list || request.index != entry.index)) {
        choosing_ = true;  // what is chosen beside it, for copying, stays chosen
        workspace_.show_sample(entry.list, entry.index);
        choosing_ = false;
    }
}

/// What this run found out about the sample goes into its row; questions of the user's own do
/// only where the sample has none.
void SamplePanel::take_result() {
    const InspectionPtr& inspection = workspace_.inspection();
    const InspectRequest& request = workspace_.request();
    if (!inspection || inspection->stored() || !request.list) {
        return;
    }
    const bool has_own = !request.list->summary(request.index).question.empty();
    if (request.question && has_own) {
        return;
    }
    const std::size_t leading = inspection->index_of(kLeadingMethod);
    if (leading >= inspection->trajectories().size()) {
        return;
    }
    const Trajectory& trajectory = inspection->trajectories()[leading];
    SampleResult result;
    result.question = has_own ? std::string() : request.question.value_or(std::string());
    if (trajectory.base().answer && trajectory.result().answer) {
        result.native_answer = trajectory.base().answer->text;
        result.final_answer = trajectory.result().answer->text;
    }
    result.native_correct = trajectory.base().correct;
    result.final_correct = trajectory.result().correct;
    model_.update_result(request.list.get(), request.index, result);
}

}  // namespace r2t2::ui
