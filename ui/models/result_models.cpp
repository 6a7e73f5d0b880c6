#include "ui/models/result_models.h"

#include <QCoreApplication>
#include <QFont>
#include <QLocale>
#include <QStringList>
#include <algorithm>
#include <cmath>
#include <utility>

#include "core/base/half_up.h"
#include "core/results/sample_clusters.h"
#include "ui/models/method_names.h"
#include "ui/models/run_colours.h"

namespace r2t2::ui {

namespace {

QString percent(double share) { return std::isfinite(share) ? QString::asprintf("%.1f", percent_half_up(share)) : QStringLiteral("\u2013"); }
/// "-" of the tables of the command line.
QString dashed(const std::string& text) { return text == "-" ? QStringLiteral("\u2013") : QString::fromStdString(text); }
QString headline(const ResultCell& cell) {
    const bool share = !cell.benchmark.empty() && cell.benchmark.front().maximum <= 1.0;
    const QString incomplete = !cell.benchmark.empty() && cell.benchmark.front().incomplete > 0 ? QStringLiteral(" *") : QString();  // the tooltip says how many
    return (std::isfinite(cell.headline()) ? QString::asprintf(share ? "%.3f" : "%.1f", half_up(cell.headline(), share ? 3 : 1)) : QStringLiteral("\u2013")) + incomplete;
}

/// "CircularEval 64.30 % (1164), before 62.10 %": a line a measure, at most eight.
QString measures(const ResultCell& cell) {
    constexpr std::size_t most = 8;
    QStringList lines;
    for (std::size_t i = 0; i < std::min(cell.benchmark.size(), most); ++i) {
        const NamedNumber& before = cell.benchmark_native[i];
        lines << QCoreApplication::translate("r2t2::ui::ResultTableModel", "%1, before %2")
                     .arg(QString::fromStdString(to_string(cell.benchmark[i])), std::isfinite(before.value) ? QString::number(half_up(before.value, before.maximum > 1.0 ? 2 : 4), 'f', before.maximum > 1.0 ? 2 : 4) : QStringLiteral("\u2013"));
    }
    for (std::size_t i = 0; i < std::min(cell.benchmark_official.size(), most); ++i) {
        lines << QCoreApplication::translate("r2t2::ui::ResultTableModel", "by %1: %2")
                     .arg(QString::fromStdString(cell.official_pattern), QString::fromStdString(to_string(cell.benchmark_official[i])));
    }
    if (cell.benchmark.size() > most) {
        lines << QCoreApplication::translate("r2t2::ui::ResultTableModel", "and %1 more in benchmarks.csv").arg(cell.benchmark.size() - most);
    }
    if (cell.unread > 0) {
        lines << QString::fromStdString(unread_text(cell.unread));
    }
    return lines.isEmpty() ? QString() : lines.join(QLatin1Char('\n')) + QLatin1Char('\n');
}

/// "80 of 600"; "600" where all are there, or where it is not known of how many.
QString scored_text(const ResultCell& cell) {
    const bool part = cell.planned && cell.scored != *cell.planned;
    return part ? QCoreApplication::translate("r2t2::ui::ResultTableModel", "%1 of %2").arg(cell.scored).arg(*cell.planned) : QString::number(cell.scored);
}

/// Nothing is compared with base where it is base, or where nothing was scored.
bool compared(const ResultRow& row, const ResultCell& cell) { return row.run.info.method != to_string(Method::Base) && cell.change.total() > 0; }
QString p_of(const ResultRow& row, const ResultCell& cell, double p) { return compared(row, cell) && std::isfinite(p) ? QString::fromStdString(p_text(p)) : QStringLiteral("\u2013"); }
QString gain_of(const ResultRow& row, const ResultCell& cell) { return compared(row, cell) ? QString::fromStdString(gain_text(cell.told)) : QStringLiteral("\u2013"); }
QString interval_of(const ResultCell& cell) { return QStringLiteral("[%1, %2]").arg(percent(cell.told.interval.low), percent(cell.told.interval.high)); }

/// How the samples of a cell stand together, where they do.
QString clusters_of(const ResultCell& cell) {
    const QString note = QString::fromStdString(clusters_note(cell.told.clusters, cell.told.scored));
    return note.isEmpty() ? note : QLatin1Char('\n') + note;
}

bool same_lines(const EvaluationView& a, const EvaluationView& b) {
    return a.table.sets == b.table.sets && !a.table.rows.empty() &&
           std::equal(a.table.rows.begin(), a.table.rows.end(), b.table.rows.begin(), b.table.rows.end(),
                      [](const ResultRow& left, const ResultRow& right) { return left.run.id == right.run.id; });
}

}  // namespace

ResultTableModel::ResultTableModel(SessionResults& results, QObject* parent)
    : SortedTableModel(parent), results_(results), view_(results.evaluation()) {
    connect(&results, &SessionResults::evaluationChanged, this, [this] {
        const EvaluationViewPtr before = std::exchange(view_, nullptr);
        if (before && results_.evaluation() && same_lines(*before, *results_.evaluation())) {  // it has grown: who looks at it goes on looking
            view_ = results_.evaluation();
            Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
            return;
        }
        view_ = before;
        beginResetModel();
        view_ = results_.evaluation();
        rows_replaced();
        endResetModel();
    });
}

int ResultTableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() || !view_ ? 0 : static_cast<int>(view_->table.rows.size());
}

int ResultTableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() || !view_ ? 0 : static_cast<int>(view_->table.sets.size()) + 2 + kBeyond;
}

std::int64_t ResultTableModel::run_of(int row) const {
    return row >= 0 && row < rowCount() ? view_->table.rows[static_cast<std::size_t>(source(row))].run.id : 0;
}

int ResultTableModel::row_of(std::int64_t run) const {
    for (int row = 0; row < rowCount(); ++row) {
        if (run_of(row) == run) {
            return row;
        }
    }
    return -1;
}

const ResultCell* ResultTableModel::cell(int row, int column) const {
    const ResultRow& line = view_->table.rows[static_cast<std::size_t>(source(row))];
    const auto set = static_cast<std::size_t>(column - 1);
    return column < 1 ? nullptr : set < line.sets.size() ? &line.sets[set] : set == line.sets.size() ? &line.overall : nullptr;
}

bool ResultTableModel::best(int row, int column) const {
    return cell(row, column) != nullptr && view_->table.best(static_cast<std::size_t>(source(row)), static_cast<std::size_t>(column - 1));
}

QVariant ResultTableModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || !view_) {
        return {};
    }
    const ResultRow& row = view_->table.rows[static_cast<std::size_t>(source(index.row()))];
    const ResultCell* one = cell(index.row(), index.column());
    const int beyond = index.column() - static_cast<int>(view_->table.sets.size()) - 2;
    if (role == Qt::DisplayRole) {
        if (index.column() == 0) {
            return row.coverage.complete() ? run_title(row.run) : tr("%1 (incomplete)").arg(run_title(row.run));
        }
        if (one != nullptr) {
            return headline(*one);
        }
        return beyond_text(row, beyond);
    }
    if (role == Qt::ToolTipRole && one != nullptr) {
        return measures(*one) + (one->planned ? tr("%1 samples scored\n").arg(scored_text(*one)) : QString()) + tr("%L1 of %L2 right; 95 % interval %3\nright to wrong %4, wrong to right %5 (against step 0), gain %6 points; p (%7) %8, Holm's %9\n")
            .arg(one->right).arg(one->scored).arg(interval_of(*one)).arg(one->change.right_wrong).arg(one->change.wrong_right)
            .arg(gain_of(row, *one), QString::fromLatin1(one->told.test()), p_of(row, *one, one->told.p), p_of(row, *one, one->told.holm_p)) +
            tr("gap closed %1 %, 95 % bootstrap interval").arg(dashed(gap_text(one->gap))) + clusters_of(*one);
    }
    if (role == Qt::ToolTipRole && (index.column() == 0 || beyond == Scored)) {
        return QStringLiteral("%1\n%2").arg(QString::fromStdString(row.run.info.name), QString::fromStdString(row.coverage.text())) +
               (row.coverage.references ? QString() : QLatin1Char('\n') + tr("Whether samples are references too is not known: an older program made the run"));
    }
    if (role == Qt::TextAlignmentRole && index.column() > 0) {
        return QVariant::fromValue(Qt::Alignment(Qt::AlignRight | Qt::AlignVCenter));
    }
    if (role == Qt::FontRole && best(index.row(), index.column())) {
        QFont font;
        font.setBold(true);
        return font;
    }
    if (role == Qt::DecorationRole && index.column() == 0) {
        return colour_swatch(run_colour(results_.runs(), row.run.id), run_place(results_.runs(), row.run.id));
    }
    return {};
}

QString ResultTableModel::beyond_text(const ResultRow& row, int beyond) const {
    const ResultCell& cell = of_one_set() ? row.sets[static_cast<std::size_t>(scope_)] : row.overall;
    switch (static_cast<Beyond>(beyond)) {
        case Interval:
            return cell.scored == 0 ? QStringLiteral("\u2013") : interval_of(cell);
        case Scored:
            return scored_text(cell);
        case Harmed:
            return QString::number(cell.change.right_wrong);
        case Mended:
            return QString::number(cell.change.wrong_right);
        case Gain:
            return gain_of(row, cell);
        case Gap:
            return dashed(gap_text(cell.gap));
        case Holm:
            return p_of(row, cell, cell.told.holm_p);
        default:
            return p_of(row, cell, cell.told.p);
    }
}

void ResultTableModel::set_scope(int set) {
    if (set == scope_) {
        return;
    }
    scope_ = set;
    if (rowCount() > 0) {
        const int first = static_cast<int>(view_->table.sets.size()) + 2;
        Q_EMIT headerDataChanged(Qt::Horizontal, first, columnCount() - 1);
        Q_EMIT dataChanged(index(0, first), index(rowCount() - 1, columnCount() - 1));
    }
}

QString ResultTableModel::measure(int column) const {
    for (int row = 0; row < rowCount(); ++row) {
        if (const ResultCell* one = cell(row, column); one != nullptr && !one->benchmark.empty()) {
            const NamedNumber& headline = one->benchmark.front();
            return QString::fromStdString(headline.unit == "points" ? headline.unit : headline.name);
        }
    }
    return {};
}

QVariant ResultTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || !view_) {
        return {};
    }
    const int sets = static_cast<int>(view_->table.sets.size());
    if (role == Qt::TextAlignmentRole && section > 0) {
        return QVariant::fromValue(Qt::Alignment(Qt::AlignRight | Qt::AlignVCenter));
    }
    if (role == Qt::InitialSortOrderRole) {  // the best first: rows often stand from the worst to the best already
        return static_cast<int>(section == 0 || section == sets + 2 + P || section == sets + 2 + Holm ? Qt::AscendingOrder : Qt::DescendingOrder);
    }
    if (role == Qt::DisplayRole) {
        if (section == 0) {
            return tr("method");
        }
        if (section <= sets) {
            const QString set = QString::fromStdString(view_->table.sets[static_cast<std::size_t>(section - 1)]);
            return measure(section).isEmpty() || measure(section) == set ? set : set + QLatin1Char('\n') + measure(section);
        }
        bool own = false;
        for (int column = 1; column <= sets; ++column) {
            own = own || !measure(column).isEmpty();
        }
        const QString rest[] = {own ? tr("all\nright %") : tr("all"), tr("95 %\ninterval"), tr("n"), tr("harmed"), tr("mended"), tr("gain\n[95 %]"), tr("gap closed\n% [95 %]"), tr("p"), tr("Holm\np")};
        const QString& text = rest[section - sets - 1];
        return of_one_set() && section > sets + 1 ? QString::fromStdString(view_->table.sets[static_cast<std::size_t>(scope_)]) + QLatin1Char('\n') + text : text;
    }
    if (role == Qt::ToolTipRole && section > 0 && section <= sets) {
        return measure(section).isEmpty() ? tr("Percent right") : tr("The benchmark's own score");
    }
    if (role == Qt::ToolTipRole && section > sets) {
        const QString rest[] = {tr("All samples pooled, percent right"), tr("Of the percent right, 95 %: Wilson's score interval; where samples belong together (one picture, one group), of clusters"), tr("Samples scored, of those that the run was begun for"), tr("Right before, wrong after"), tr("Wrong before, right after"),
                                tr("Points over base on the same samples, 95 % interval by clusters; *: all changed alike, or few samples: score interval; ^: too few clusters for more than what a mean can be"),
                                tr("(method \u2212 base) / (oracle \u2212 base), 95 % bootstrap interval; too few: less than 95 % of the resamples have a gap"), tr("Two-sided test against base, on the same samples: exact McNemar, where samples belong together sign flips of clusters; 1 where no sample changed sides"),
                                tr("p corrected for all methods and sets of this table, of all samples for the methods (Holm 1979)")};
        const QString& tip = rest[section - sets - 1];
        return of_one_set() && section > sets + 1 ? tr("%1, of %2").arg(tip, QString::fromStdString(view_->table.sets[static_cast<std::size_t>(scope_)])) : tip;
    }
    return {};
}

SampleLineModel::SampleLineModel(QObject* parent) : SortedTableModel(parent) {}

void SampleLineModel::set_lines(std::vector<SampleLine> lines, const QString& before, const QString& after) {
    beginResetModel();
    lines_ = std::move(lines);
    before_ = before;
    after_ = after;
    rows_replaced();
    endResetModel();
}

const SampleLine* SampleLineModel::line(int row) const {
    return row >= 0 && row < static_cast<int>(lines_.size()) ? &lines_[static_cast<std::size_t>(source(row))] : nullptr;
}

int SampleLineModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(lines_.size()); }
int SampleLineModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : 7; }

QVariant SampleLineModel::data(const QModelIndex& index, int role) const {
    const SampleLine* one = index.isValid() ? line(index.row()) : nullptr;
    if (one == nullptr || (role != Qt::DisplayRole && role != Qt::ToolTipRole)) {
        return {};
    }
    const QString texts[] = {one->change, QString::fromStdString(one->id.set), QString::fromStdString(one->id.key), one->question,
                             one->truth, one->before, one->after};
    return texts[index.column()];
}

QVariant SampleLineModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return {};
    }
    const QString texts[] = {tr("change"), tr("set"), tr("id"), tr("question"), tr("truth"), before_, after_};
    return texts[section];
}

}  // namespace r2t2::ui
