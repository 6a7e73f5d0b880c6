// The list of a session's runs. Declared in result_models.h.
#include <algorithm>

#include "ui/models/result_models.h"
#include "ui/models/run_colours.h"

namespace r2t2::ui {

RunTableModel::RunTableModel(SessionResults& results, QObject* parent) : SortedTableModel(parent), results_(results) {
    connect(&results, &SessionResults::runsChanged, this, &RunTableModel::read);
    read();
}

void RunTableModel::read() {
    const std::vector<StoredRun>& runs = results_.runs();
    std::vector<std::int64_t> ids;
    for (const StoredRun& run : runs) {
        ids.push_back(run.id);
    }
    const bool same = !ids.empty() && ids == ids_;  // the session has grown: who looks at a row, or writes its note, goes on
    if (!same) {
        beginResetModel();
    }
    ids_ = std::move(ids);
    lines_.clear();
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const StoredRun& run = runs[i];
        const RunLabel& label = results_.labels()[i];
        const RunCoverage coverage = run_coverage(run);
        const QString count = coverage.planned && coverage.samples != *coverage.planned ? QString::fromStdString(coverage.count_text()) : QString::number(run.samples);
        Line line{{QString::number(run.id), label.title, label.evaluation, QString::fromStdString(state_text(run.state)), run.errors > 0 ? tr("%1, %2 bad").arg(count).arg(run.errors) : count,
                   QString::fromStdString(run.started).replace(QLatin1Char('T'), QLatin1Char(' ')).left(16) +
                       (ended_before_it_began(run) ? tr(", the clock was set back") : QString())},
                  {}, colour_swatch(run_colour(runs, run.id), run_place(runs, run.id))};
        line.searched = line.cells.join(QLatin1Char(' ')) + QLatin1Char(' ') + QString::fromStdString(run.info.name);
        lines_.push_back(std::move(line));
    }
    if (same) {
        if (rowCount() > 0) {
            Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, Notes - 1));
        }
        return;
    }
    find_rows();
    rows_replaced();
    endResetModel();
}

void RunTableModel::set_filter(const QString& text) {
    filter_ = text;
    beginResetModel();
    find_rows();
    rows_replaced();
    endResetModel();
}

void RunTableModel::find_rows() {
    rows_.clear();
    const QStringList words = filter_.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    for (std::size_t i = lines_.size(); i-- > 0;) {
        const QString line = lines_[i].searched + QLatin1Char(' ') + text(i, Notes);
        if (std::all_of(words.begin(), words.end(), [&line](const QString& word) { return line.contains(word, Qt::CaseInsensitive); })) {
            rows_.push_back(i);
        }
    }
}

const StoredRun& RunTableModel::at(int row) const { return results_.runs()[rows_[static_cast<std::size_t>(source(row))]]; }

std::int64_t RunTableModel::run_of(int row) const { return row >= 0 && row < rowCount() ? at(row).id : 0; }

int RunTableModel::row_of(std::int64_t run) const {
    for (int row = 0; row < rowCount(); ++row) {
        if (at(row).id == run) {
            return row;
        }
    }
    return -1;
}

int RunTableModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(rows_.size()); }
int RunTableModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : kColumns; }

QString RunTableModel::text(std::size_t run, int column) const {
    return column == Notes ? QString::fromStdString(results_.runs()[run].info.notes) : lines_[run].cells[column];
}

QVariant RunTableModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) {
        return {};
    }
    const std::size_t line = rows_[static_cast<std::size_t>(source(index.row()))];
    const StoredRun& run = results_.runs()[line];
    if (role == Qt::DisplayRole || (role == Qt::EditRole && index.column() == Notes)) {
        return text(line, index.column());
    }
    if (role == Qt::DecorationRole && index.column() == Run) {
        return lines_[line].colour;
    }
    if (role == Qt::ToolTipRole) {
        if (index.column() == Notes) {
            return tr("Double-click or press F2 to write a note");
        }
        const Failures& failures = results_.failures(run.id);
        const QString why = failures.empty() ? QString() : tr("\nFailed: %1").arg(failures.lines());
        return tr("%1\n%2%3\n%4").arg(QString::fromStdString(run.info.name), QString::fromStdString(run_coverage(run).text()), why, QString::fromStdString(run.info.command));
    }
    if (role == Qt::TextAlignmentRole && (index.column() == Samples || index.column() == Run)) {
        return QVariant::fromValue(Qt::Alignment(Qt::AlignRight | Qt::AlignVCenter));
    }
    return {};
}

QVariant RunTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation == Qt::Horizontal && role == Qt::ToolTipRole && section == Evaluation) {
        return tr("What was run together, on the same samples; an evaluation is named by its first run");
    }
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return {};
    }
    const QString texts[] = {tr("run"), tr("method"), tr("made in"), tr("state"), tr("samples"), tr("started (UTC)"), tr("notes")};
    return texts[section];
}

Qt::ItemFlags RunTableModel::flags(const QModelIndex& index) const {
    const Qt::ItemFlags usual = QAbstractTableModel::flags(index);
    return index.isValid() && index.column() == Notes ? usual | Qt::ItemIsEditable : usual;
}

bool RunTableModel::setData(const QModelIndex& index, const QVariant& value, int role) {
    if (!index.isValid() || role != Qt::EditRole || index.column() != Notes) {
        return false;
    }
    results_.set_notes(at(index.row()).id, value.toString());
    Q_EMIT dataChanged(index, index);
    return true;
}

}  // namespace r2t2::ui
