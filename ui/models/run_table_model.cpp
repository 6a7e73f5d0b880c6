// The list of a session's runs. Declared in result_models.h.
#include <algorithm>

#include "ui/models/result_models.h"
#include "ui/models/run_colours.h"

namespace r2t2::ui {

RunTableModel::RunTableModel(SessionResults& results, QObject* parent) : QAbstractTableModel(parent), results_(results) {
    connect(&results, &SessionResults::runsChanged, this, &RunTableModel::arrange);
    arrange();
}

void RunTableModel::set_filter(const QString& text) {
    filter_ = text;
    arrange();
}

void RunTableModel::arrange() {
    beginResetModel();
    rows_.clear();
    const QStringList words = filter_.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    for (std::size_t i = results_.runs().size(); i-- > 0;) {
        QString line;
        for (int column = 0; column < kColumns; ++column) {
            line += text(results_.runs()[i], column) + QLatin1Char(' ');
        }
        line += QString::fromStdString(results_.runs()[i].info.name);
        if (std::all_of(words.begin(), words.end(), [&line](const QString& word) { return line.contains(word, Qt::CaseInsensitive); })) {
            rows_.push_back(i);
        }
    }
    endResetModel();
}

const StoredRun& RunTableModel::at(int row) const { return results_.runs()[rows_[static_cast<std::size_t>(row)]]; }

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

QString RunTableModel::text(const StoredRun& run, int column) const {
    switch (column) {
        case Run:
            return QString::number(run.id);
        case Method:
            return run_title_among(results_.runs(), run);
        case Evaluation:
            return evaluation_title(results_.runs(), run);
        case State:
            return QString::fromStdString(state_text(run.state));
        case Samples: {
            const RunCoverage coverage = run_coverage(run);
            const QString count = coverage.planned && coverage.samples != *coverage.planned ? QString::fromStdString(coverage.count_text()) : QString::number(run.samples);
            return run.errors > 0 ? tr("%1, %2 bad").arg(count).arg(run.errors) : count;
        }
        case Started:
            return QString::fromStdString(run.started).replace(QLatin1Char('T'), QLatin1Char(' ')).left(16);
        default:
            return QString::fromStdString(run.info.notes);
    }
}

QVariant RunTableModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) {
        return {};
    }
    const StoredRun& run = at(index.row());
    if (role == Qt::DisplayRole || (role == Qt::EditRole && index.column() == Notes)) {
        return text(run, index.column());
    }
    if (role == Qt::DecorationRole && index.column() == Run) {
        return colour_swatch(run_colour(results_.runs(), run.id));
    }
    if (role == Qt::ToolTipRole) {
        return index.column() == Notes ? tr("Double-click or press F2 to write a note")
                                       : tr("%1\n%2\n%3").arg(QString::fromStdString(run.info.name), QString::fromStdString(run_coverage(run).text()),
                                                              QString::fromStdString(run.info.command));
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
