#include "ui/panels/neighbour_tab.h"

#include <QFont>
#include <QHeaderView>
#include <QLabel>
#include <QTableView>
#include <QVBoxLayout>
#include <cmath>

#include "core/base/half_up.h"
#include "ui/panels/row_table.h"
#include "ui/panels/theme.h"
#include "ui/panels/when_shown.h"

namespace r2t2::ui {

namespace {

/// The order of the paper's question: who was harmed comes before who was mended.
constexpr Outcome kRows[] = {Outcome::RightWrong, Outcome::WrongRight, Outcome::RightRight, Outcome::WrongWrong};

struct Column {
    const char *title, *tip;
    Estimate NeighbourStatistics::* mean;  ///< null: a count
    double scale;
    int digits;
};

constexpr Column kColumns[] = {
    {QT_TRANSLATE_NOOP("r2t2::ui::NeighbourReportModel", "samples"), QT_TRANSLATE_NOOP("r2t2::ui::NeighbourReportModel", "Samples with neighbours"), nullptr, 1, 0},
    {QT_TRANSLATE_NOOP("r2t2::ui::NeighbourReportModel", "neighbours"), QT_TRANSLATE_NOOP("r2t2::ui::NeighbourReportModel", "How many a sample has"),
     &NeighbourStatistics::neighbours, 1, 1},
    {QT_TRANSLATE_NOOP("r2t2::ui::NeighbourReportModel", "nearest"),
     QT_TRANSLATE_NOOP("r2t2::ui::NeighbourReportModel", "Distance of the nearest neighbour, in the space they were searched in"), &NeighbourStatistics::nearest, 1, 3},
    {QT_TRANSLATE_NOOP("r2t2::ui::NeighbourReportModel", "mean distance"),
     QT_TRANSLATE_NOOP("r2t2::ui::NeighbourReportModel", "Distance of the neighbours, weighted by the kernel"), &NeighbourStatistics::distance, 1, 3},
    {QT_TRANSLATE_NOOP("r2t2::ui::NeighbourReportModel", "effective number"),
     QT_TRANSLATE_NOOP("r2t2::ui::NeighbourReportModel", "1 / sum of squared kernel weights: how many neighbours share the say"), &NeighbourStatistics::effective, 1, 2},
    {QT_TRANSLATE_NOOP("r2t2::ui::NeighbourReportModel", "same label %"),
     QT_TRANSLATE_NOOP("r2t2::ui::NeighbourReportModel", "Kernel weight of the neighbours whose label is the sample's own truth"), &NeighbourStatistics::same_label, 100, 1},
    {QT_TRANSLATE_NOOP("r2t2::ui::NeighbourReportModel", "routing distance"),
     QT_TRANSLATE_NOOP("r2t2::ui::NeighbourReportModel", "From the native routing to the neighbours' mean routing (Euclidean, kernel-weighted)"),
     &NeighbourStatistics::routing_distance, 1, 3},
};

QString mean_text(const Estimate& mean, const Column& column) {
    if (!std::isfinite(mean.value)) {
        return QStringLiteral("\u2013");
    }
    const QString centre = QString::number(half_up(column.scale * mean.value, column.digits), 'f', column.digits);
    const bool one_value = mean.low == mean.high;  // every sample has the same
    return std::isfinite(mean.high) && !one_value ? QStringLiteral("%1 [%2, %3]").arg(centre).arg(half_up(column.scale * mean.low, column.digits), 0, 'f', column.digits).arg(half_up(column.scale * mean.high, column.digits), 0, 'f', column.digits)
                                    : centre;
}

}  // namespace

void NeighbourReportModel::set_results(NeighbourResultsPtr results) {
    beginResetModel();
    results_ = std::move(results);
    rows_replaced();
    endResetModel();
}

QStringList NeighbourReportModel::row_names() {
    return {tr("all samples"), tr("harmed (right \u2192 wrong)"), tr("mended (wrong \u2192 right)"), tr("right before and after"), tr("wrong before and after")};
}

const NeighbourStatistics& NeighbourReportModel::at(int row) const {
    return row == 0 ? results_->report.all : results_->report.by_outcome[static_cast<std::size_t>(kRows[row - 1])];
}

int NeighbourReportModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() || !results_ || results_->report.all.samples == 0 ? 0 : 1 + static_cast<int>(std::size(kRows));
}

int NeighbourReportModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : 1 + static_cast<int>(std::size(kColumns)); }

QVariant NeighbourReportModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount()) {
        return {};
    }
    if (role == Qt::TextAlignmentRole && index.column() > 0) {
        return QVariant::fromValue(Qt::Alignment(Qt::AlignRight | Qt::AlignVCenter));
    }
    if (index.column() == 0) {
        return role == Qt::DisplayRole ? QVariant(row_names()[source(index.row())]) : QVariant();
    }
    const NeighbourStatistics& statistics = at(source(index.row()));
    const Column& column = kColumns[index.column() - 1];
    if (column.mean == nullptr) {
        return role == Qt::DisplayRole    ? QVariant(QStringLiteral("%L1").arg(statistics.samples))
               : role == Qt::ToolTipRole ? QVariant(tr("%L1 of them without a usable kernel weight: all neighbours count the same").arg(statistics.uniform))
                                         : QVariant();
    }
    const Estimate& mean = statistics.*column.mean;
    if (role == Qt::DisplayRole) {
        return mean_text(mean, column);
    }
    if (role == Qt::ToolTipRole && std::isfinite(mean.high)) {
        return tr("%1; 95 % interval of the mean over samples %2 to %3")
            .arg(column.scale * mean.value, 0, 'g', 5).arg(column.scale * mean.low, 0, 'g', 5).arg(column.scale * mean.high, 0, 'g', 5);
    }
    return {};
}

QVariant NeighbourReportModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) {
        return {};
    }
    if (role == Qt::TextAlignmentRole && section > 0) {
        return QVariant::fromValue(Qt::Alignment(Qt::AlignRight | Qt::AlignVCenter));
    }
    if (section == 0) {
        return role == Qt::DisplayRole ? QVariant(tr("what became of them")) : QVariant();
    }
    const Column& column = kColumns[section - 1];
    return role == Qt::DisplayRole ? QVariant(tr(column.title)) : role == Qt::ToolTipRole ? QVariant(tr(column.tip)) : QVariant();
}

NeighbourTab::NeighbourTab(SessionResults& results, QWidget* parent) : QWidget(parent), results_(results) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(4, 4, 4, 4);
    column->setSpacing(4);
    note_ = caption({}, this);
    note_->setObjectName(QStringLiteral("neighbourNote"));
    column->addWidget(note_);
    model_ = new NeighbourReportModel(this);
    table_ = row_table("neighbourReport", tr("Neighbours of the chosen run"), tr("Means over samples with 95 % intervals"), 24, this);
    table_->setModel(model_);
    set_column_widths(*table_, {150, 64, 80, 146, 146, 130, 126, 146});
    widen_column_for(*table_, 0, NeighbourReportModel::row_names());
    table_->share_width();
    column->addWidget(table_, 1);
    reading_ = new WhenShown(this, [this] { results_.read_neighbours(); });
    connect(&results, &SessionResults::runChanged, reading_, &WhenShown::ask);
    connect(&results, &SessionResults::readAgain, reading_, &WhenShown::ask);
    connect(&results, &SessionResults::neighboursChanged, this, &NeighbourTab::show_report);
    show_report();
    reading_->ask();  // the page is made when it is first looked at: a run that was chosen by then is told by no signal any more
}

void NeighbourTab::set_waiting(const QString& words) {
    waiting_ = words;
    show_report();
}

void NeighbourTab::show_report() {
    const NeighbourResultsPtr& results = results_.neighbours();
    const StoredRun* run = results_.stored_run();
    model_->set_results(results);
    RunCoverage coverage = results ? run_coverage(results->run) : RunCoverage();
    coverage.damaged = results ? results->damaged : 0;
    const QString part = coverage.whole() ? QString() : QLatin1Char(' ') + QString::fromStdString(coverage.text()) + QLatin1Char('.');
    note_->setText(run == nullptr                        ? (waiting_.isEmpty() ? tr("No run is chosen.") : waiting_)
                   : !results                            ? tr("Reading\u2026")
                   : results->report.all.samples == 0 ? tr("%1: a method without neighbours.").arg(run_title(*run))
                                                         : tr("%1: means over samples [95 % t interval, cut where no value can lie].%2").arg(run_title(*run), part));
}

}  // namespace r2t2::ui
