#include "ui/panels/result_tabs.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QScrollBar>
#include <QToolButton>
#include <QVBoxLayout>
#include <optional>

#include "core/base/half_up.h"
#include "ui/figures/figure_axes.h"
#include "ui/panels/neighbour_tab.h"
#include "ui/panels/row_table.h"
#include "ui/panels/sweep_tab.h"
#include "ui/panels/theme.h"

namespace r2t2::ui {

namespace {

QVBoxLayout* column_in(QWidget* page) {
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(4, 4, 4, 4);
    column->setSpacing(4);
    return column;
}

/// The sample that was chosen stays chosen, and in its place on screen, where the new lines have it.
void set_lines(RowTable& table, SampleLineModel& model, std::vector<SampleLine> lines, const QString& before, const QString& after) {
    const SampleLine* chosen = model.line(table.currentIndex().row());
    const std::optional<SampleKey> kept = chosen != nullptr ? std::optional(chosen->id) : std::nullopt;
    const int scrolled = table.verticalScrollBar()->value();
    model.set_lines(std::move(lines), before, after);
    for (int row = 0; kept && row < model.rowCount(); ++row) {
        if (model.line(row)->id == *kept) {
            table.selectRow(row);
            table.verticalScrollBar()->setValue(scrolled);
            break;
        }
    }
}

/// In the order of ComparisonCell.
QStringList cell_words() { return {ResultTabs::tr("only A right"), ResultTabs::tr("only B right"), ResultTabs::tr("both right"), ResultTabs::tr("neither")}; }

QComboBox* combo(const char* name, const QString& title, QWidget* parent) {
    auto* box = new QComboBox(parent);
    box->setObjectName(QLatin1String(name));
    box->setAccessibleName(title);
    box->setToolTip(title);
    box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    box->setMinimumContentsLength(14);
    return box;
}

}  // namespace

ResultTabs::ResultTabs(SessionResults& results, QWidget* parent) : QTabWidget(parent), results_(results) {
    setObjectName(QStringLiteral("resultTabs"));
    setDocumentMode(true);
    table_model_ = new ResultTableModel(results, this);
    run_model_ = new RunTableModel(results, this);
    changed_model_ = new SampleLineModel(this);
    pair_model_ = new SampleLineModel(this);
    addTab(build_results(), tr("Results"));
    addTab(build_changed(), tr("Changed samples"));
    addTab(build_runs(), tr("Runs"));
    addTab(build_pair(), tr("Two runs"));
    addTab(sweep_ = new SweepTab(results, this), tr("Sweep"));
    addTab(neighbours_ = new NeighbourTab(results, this), tr("Neighbours"));
    const QString tips[] = {tr("Percent right: methods down, sets across"), tr("Who was harmed and who was mended by the chosen run"),
                            tr("Every run of the session, with notes"), tr("Two runs on the same samples: who is right where"),
                            tr("Parameters against each other; a cell is a run"),
                            tr("What kind of neighbours the harmed and the mended samples had")};
    for (int i = 0; i < count(); ++i) {
        setTabToolTip(i, tips[i]);
    }
    connect(&results, &SessionResults::changedChanged, this, &ResultTabs::show_changed);
    connect(&results, &SessionResults::runsChanged, this, &ResultTabs::list_runs);
    connect(&results, &SessionResults::comparisonChanged, this, &ResultTabs::show_pair);
    connect(&results, &SessionResults::runChanged, this, &ResultTabs::mark_run);
    connect(run_model_, &QAbstractItemModel::modelReset, this, &ResultTabs::mark_run);
    connect(&results, &SessionResults::evaluationChanged, this, &ResultTabs::show_results);
    connect(&results, &SessionResults::evaluationChanged, this, &ResultTabs::show_changed);
    show_results();  // a session may have been open long before anybody looked here
    show_changed();
    list_runs();
    show_pair();
}

/// The chosen run, wherever it stands. Rows that were chosen beside it for copying stay chosen.
void ResultTabs::mark_run() {
    for (const auto& [view, row] : {std::pair{table_, table_model_->row_of(results_.run())}, std::pair{runs_, run_model_->row_of(results_.run())}}) {
        if (row >= 0 && view->currentIndex().row() != row) {
            view->selectRow(row);
        }
    }
}

void ResultTabs::set_running(Running running) {
    if (running == running_) {
        return;
    }
    running_ = running;
    sweep_->set_waiting(running == Running::Sweep ? tr("A sweep is under way: it is shown here when it ends.") : QString());
    neighbours_->set_waiting(nothing_yet({}));
    show_results();
    show_changed();
    show_pair();
}

QString ResultTabs::nothing_yet(const QString& otherwise) const {
    return running_ != Running::Nothing && results_.path().isEmpty() ? tr("An evaluation is under way: what it comes to is shown here when it ends.") : otherwise;
}

/// All sets together, or one of them where there are several; the one that was chosen stays where the evaluation has it.
void ResultTabs::list_scopes() {
    QStringList sets;
    if (const EvaluationViewPtr& view = results_.evaluation()) {
        for (const std::string& set : view->table.sets) {
            sets << QString::fromStdString(set);
        }
    }
    QStringList there;
    for (int i = 1; i < scope_->count(); ++i) {
        there << scope_->itemText(i);
    }
    if (there != sets || scope_->count() == 0) {
        const QString kept = scope_->currentText();
        const QSignalBlocker blocker(scope_);
        scope_->clear();
        scope_->addItems(QStringList{tr("all sets together")} + sets);
        scope_->setCurrentIndex(std::max(0, scope_->findText(kept)));
    }
    table_model_->set_scope(scope_->currentIndex() - 1);
    scope_->setVisible(sets.size() > 1);
    scope_words_->setVisible(sets.size() > 1);
}

void ResultTabs::show_results() {
    list_scopes();
    mark_run();
    if (!table_->widths_chosen()) {
        table_->resizeColumnsToContents();
        table_->share_width();
    }
    const EvaluationViewPtr& view = results_.evaluation();
    QString words = nothing_yet(results_.emptiness());
    if (words.isEmpty()) {
        words = !view ? tr("Reading\u2026") : tr("Percent right, of benchmarks their own score; bold: best of the complete ones that do not see the label.");
        words += view && results_.miniature() ? tr(" Numbers of the bundled miniature model.") : QString();
        const QString part = view ? coverage_note(view->runs) : QString();
        words += part.isEmpty() ? QString() : QLatin1Char('\n') + part;
        const QString clusters = view ? QString::fromStdString(clusters_note(view->table)) : QString();
        words += clusters.isEmpty() ? QString() : QLatin1Char('\n') + clusters + QLatin1Char('.');
    }
    table_note_->setText(words);
}

QWidget* ResultTabs::build_results() {
    auto* page = new QWidget(this);
    QVBoxLayout* column = column_in(page);
    table_ = row_table("resultTable", tr("Results"), tr("Choose a row to look at its run"), 24, page);
    table_->setModel(table_model_);
    table_->setIconSize(QSize(10, 10));
    table_->horizontalHeader()->setToolTip(tr("Click a header to sort by it"));
    connect(table_->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex& now) {
        if (const std::int64_t run = table_model_->run_of(now.row()); run != 0) {
            results_.choose_run(run);
        }
    });
    column->addWidget(table_, 1);
    auto* row = new QHBoxLayout;
    table_note_ = caption({}, page);
    table_note_->setObjectName(QStringLiteral("resultNote"));
    table_note_->setWordWrap(true);
    row->addWidget(table_note_, 1);
    scope_words_ = caption(tr("Interval to p of:"), page);
    row->addWidget(scope_words_);
    scope_ = combo("resultScope", tr("Which samples interval, n, harmed, mended, gap and p are of"), page);
    connect(scope_, &QComboBox::activated, this, &ResultTabs::show_results);
    row->addWidget(scope_);
    auto* copy = new QToolButton(page);
    copy->setObjectName(QStringLiteral("copyResults"));
    copy->setText(tr("Copy table"));
    copy->setToolTip(tr("As text with tabs, for a spreadsheet; LaTeX: r2t2 export"));
    connect(copy, &QToolButton::clicked, this, [this] { table_->copy_whole(); });
    row->addWidget(copy);
    column->addLayout(row);
    return page;
}

QWidget* ResultTabs::build_changed() {
    auto* page = new QWidget(this);
    QVBoxLayout* column = column_in(page);
    auto* row = new QHBoxLayout;
    which_ = combo("changedFilter", tr("Which samples"), page);
    which_->addItems({tr("harmed and mended"), tr("harmed only"), tr("mended only")});
    connect(which_, &QComboBox::currentIndexChanged, this, &ResultTabs::show_changed);
    row->addWidget(which_);
    changed_note_ = caption({}, page);
    changed_note_->setObjectName(QStringLiteral("changedNote"));
    row->addWidget(changed_note_, 1);
    column->addLayout(row);
    changed_ = row_table("changedTable", tr("Changed samples"), tr("Double click or Enter looks into the sample"), 24, page);
    changed_->setModel(changed_model_);
    set_column_widths(*changed_, {80, 90, 60, 330, 100, 120, 120});
    changed_->share_width();
    changed_->set_opener(tr("&Look into it in Inspect"), [this](const QModelIndex& index) { open_line(Lines::Changed, index.row()); });
    column->addWidget(changed_, 1);
    return page;
}

QWidget* ResultTabs::build_runs() {
    auto* page = new QWidget(this);
    QVBoxLayout* column = column_in(page);
    auto* filter = new QLineEdit(page);
    filter->setObjectName(QStringLiteral("runFilter"));
    filter->setPlaceholderText(tr("Filter"));
    filter->setAccessibleName(tr("Filter runs"));
    filter->setToolTip(tr("All words must be in the run's row or name"));
    filter->setClearButtonEnabled(true);
    connect(filter, &QLineEdit::textChanged, run_model_, &RunTableModel::set_filter);
    column->addWidget(filter);
    runs_ = row_table("runTable", tr("Runs"), tr("Choose a run; double click its note to edit it"), 24, page);
    runs_->setModel(run_model_);
    runs_->setIconSize(QSize(10, 10));
    runs_->setEditTriggers(QAbstractItemView::DoubleClicked | QAbstractItemView::EditKeyPressed);
    set_column_widths(*runs_, {56, 190, 170, 130, 90, 130, 260});
    runs_->share_width();
    connect(runs_->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex& now) {
        if (const std::int64_t run = run_model_->run_of(now.row()); run != 0) {
            results_.choose_run(run);
        }
    });
    column->addWidget(runs_, 1);
    return page;
}

QWidget* ResultTabs::build_pair() {
    auto* page = new QWidget(this);
    QVBoxLayout* column = column_in(page);
    auto* row = new QHBoxLayout;
    run_a_ = combo("pairA", tr("Run A"), page);
    run_b_ = combo("pairB", tr("Run B"), page);
    cell_ = combo("pairCell", tr("Which samples"), page);
    cell_->addItems(cell_words());
    for (const auto& [words, box] : {std::pair{tr("A"), run_a_}, std::pair{tr("B"), run_b_}, std::pair{tr("Show"), cell_}}) {
        row->addWidget(caption(words, page));
        row->addWidget(box, box == cell_ ? 2 : 3);  // names of runs are long
    }
    connect(run_a_, &QComboBox::activated, this, &ResultTabs::ask_pair);
    connect(run_b_, &QComboBox::activated, this, &ResultTabs::ask_pair);
    connect(cell_, &QComboBox::currentIndexChanged, this, [this] {
        cell_chosen_ = true;
        show_pair();
    });
    column->addLayout(row);
    pair_note_ = caption({}, page);
    pair_note_->setObjectName(QStringLiteral("pairNote"));
    pair_note_->setWordWrap(true);
    column->addWidget(pair_note_);
    pair_ = row_table("pairTable", tr("Samples of two runs"), tr("Double click or Enter looks into the sample"), 24, page);
    pair_->setModel(pair_model_);
    set_column_widths(*pair_, {110, 90, 60, 300, 100, 120, 120});
    pair_->share_width();
    pair_->set_opener(tr("&Look into it in Inspect"), [this](const QModelIndex& index) { open_line(Lines::Pair, index.row()); });
    column->addWidget(pair_, 1);
    return page;
}

void ResultTabs::show_changed() {
    std::vector<SampleLine> lines;
    std::int64_t harmed = 0, mended = 0;
    if (const SampleRowsPtr& rows = results_.changed()) {
        for (const r2t2::SampleRow& row : *rows) {
            const bool worse = row.outcome == "RW";
            (worse ? harmed : mended) += 1;
            if (which_->currentIndex() == 0 || (which_->currentIndex() == 1) == worse) {
                lines.push_back({row.info.id, worse ? tr("harmed") : tr("mended"), QString::fromStdString(row.info.question),
                                 QString::fromStdString(row.info.ground_truth.value_or(std::string())),
                                 QString::fromStdString(row.native_answer), QString::fromStdString(row.final_answer)});
            }
        }
    }
    const StoredRun* run = results_.stored_run();
    const RunResults* known = run != nullptr && results_.evaluation() ? results_.evaluation()->run(run->id) : nullptr;  // has seen every row
    const RunCoverage coverage = known != nullptr ? known->coverage : run != nullptr ? run_coverage(*run) : RunCoverage();
    const QString part = coverage.whole() ? QString() : tr("; of %1").arg(QString::fromStdString(coverage.text()));
    changed_note_->setText(run == nullptr ? nothing_yet(tr("No run is chosen."))
                           : !results_.changed() ? tr("Reading\u2026") : tr("%1: %2 harmed, %3 mended%4").arg(run_title(*run)).arg(harmed).arg(mended).arg(part));
    set_lines(*changed_, *changed_model_, std::move(lines), tr("before"), tr("after"));
}

void ResultTabs::list_runs() {
    const std::vector<StoredRun>& runs = results_.runs();
    for (QComboBox* box : {run_a_, run_b_}) {
        const QSignalBlocker blocker(box);
        box->clear();
        for (std::size_t i = 0; i < runs.size(); ++i) {
            box->addItem(results_.labels()[i].line, QVariant::fromValue<qlonglong>(runs[i].id));
        }
        box->setEnabled(runs.size() > 1);
        box->setCurrentIndex(box->findData(QVariant::fromValue<qlonglong>(box == run_a_ ? results_.pair().first : results_.pair().second)));
    }
}

void ResultTabs::ask_pair() {
    const std::int64_t a = run_a_->currentData().toLongLong(), b = run_b_->currentData().toLongLong();
    if (a != 0 && b != 0 && a != b) {
        pair_note_->setText(tr("Reading\u2026"));
        results_.compare(a, b);
    } else {
        pair_model_->set_lines({}, {}, {});
        pair_note_->setText(tr("Choose two different runs."));
    }
}

/// How many are in each; where the user has not chosen one, the first that has any.
void ResultTabs::count_cells(const SetComparison& all) {
    const std::int64_t counts[] = {all.only_a, all.only_b, all.both, all.neither};
    for (int i = 0; i < cell_->count(); ++i) {
        cell_->setItemText(i, tr("%1 (%L2)").arg(cell_words()[i]).arg(counts[i]));
    }
    const QSignalBlocker blocker(cell_);
    const auto* some = std::find_if(std::begin(counts), std::end(counts), [](std::int64_t count) { return count > 0; });
    if (!cell_chosen_ && some != std::end(counts)) {
        cell_->setCurrentIndex(static_cast<int>(some - std::begin(counts)));
    }
}

void ResultTabs::show_pair() {
    const ComparisonPtr& both = results_.comparison();
    if (!both) {
        pair_model_->set_lines({}, tr("answer of A"), tr("answer of B"));
        pair_note_->setText(results_.runs().size() > 1 ? tr("Reading\u2026") : nothing_yet(tr("A session with two runs is needed.")));
        for (int i = 0; i < cell_->count(); ++i) {
            cell_->setItemText(i, cell_words()[i]);
        }
        return;
    }
    count_cells(both->overall);
    const SetComparison& all = both->overall;
    QString words = all.scored() == 0 ? tr("No sample has a known result in both runs.")
                                      : tr("Of %1: only A right %2, only B right %3, both %4, neither %5. B \u2212 A: %6 points [%7, %8]; %9")
                                            .arg(samples_text(all.scored())).arg(all.only_a).arg(all.only_b).arg(all.both).arg(all.neither)
                                            .arg(percent_half_up(all.difference.value), 0, 'f', 1).arg(percent_half_up(all.difference.low), 0, 'f', 1)
                                            .arg(percent_half_up(all.difference.high), 0, 'f', 1)
                                            .arg((all.clustered() ? tr("p by sign flips of clusters %1") : all.by == ComparedBy::Worth ? tr("p by sign flips of samples %1") : tr("exact McNemar p %1"))
                                                     .arg(QString::fromStdString(p_text(all.p))));
    if (all.interval == IntervalKind::Score) {
        words += QLatin1Char('\n') + tr("All pairs (or clusters) differ alike, so that a bootstrap has nothing to draw from, or they are few: the interval is a score interval.");
    }
    if (all.interval == IntervalKind::Bounded) {
        words += QLatin1Char('\n') + tr("Fewer than %1 clusters: the interval is all that a mean of so few can be.").arg(kLeastClusters);
    }
    for (const std::string& line : own_number_notes(*both)) {
        words += QLatin1Char('\n') + QString::fromStdString(line);
    }
    for (const std::string& line : comparison_notes(*both)) {
        words += QLatin1Char('\n') + QString::fromStdString(line);
    }
    if (const std::string unpaired = unpaired_note(*both); !unpaired.empty()) {
        words += QLatin1Char('\n') + QString::fromStdString(unpaired);
    }
    const QString cell = cell_words()[cell_->currentIndex()];
    const auto wanted = static_cast<ComparisonCell>(cell_->currentIndex());
    std::vector<SampleLine> lines;
    for (const ComparedPair& pair : both->pairs) {
        if (pair.cell() == wanted) {
            lines.push_back({pair.id, cell, QString::fromStdString(pair.question), QString::fromStdString(pair.truth), QString::fromStdString(pair.answer_a),
                             QString::fromStdString(pair.answer_b)});
        }
    }
    if (lines.empty() && all.scored() > 0) {
        words += QLatin1Char('\n') + tr("No sample is in \u201c%1\u201d: the list is empty.").arg(cell);
    }
    pair_note_->setText(words);
    pair_run_ = wanted == ComparisonCell::OnlyA ? both->a.run.id : both->b.run.id;
    set_lines(*pair_, *pair_model_, std::move(lines), tr("answer of A"), tr("answer of B"));
}

void ResultTabs::open_line(Lines lines, int row) {
    const std::int64_t run = lines == Lines::Pair ? pair_run_ : results_.run();
    if (const SampleLine* line = (lines == Lines::Pair ? pair_model_ : changed_model_)->line(row); line != nullptr && run != 0) {
        Q_EMIT sampleWanted(run, QString::fromStdString(line->id.set), QString::fromStdString(line->id.key));
    }
}

}  // namespace r2t2::ui
