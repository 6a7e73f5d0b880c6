#include "ui/models/neighbour_model.h"

#include <QGuiApplication>
#include <QPalette>
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "ui/models/reference_words.h"

namespace r2t2::ui {

QString routing_text(const RoutingMatrix& weights, const RoutingSpace& space) {
    if (weights.empty()) {
        return {};
    }
    const RoutingMatrix mean = mean_over_mixers(weights);
    QStringList groups;
    std::size_t expert = 0;
    for (const ExpertGroup& group : space.groups) {
        QStringList numbers;
        for (std::size_t i = 0; i < group.experts.size() && expert < mean.experts(); ++i, ++expert) {
            numbers.append(QString::number(mean(0, expert), 'f', 2));
        }
        groups.append(numbers.join(QLatin1Char(' ')));
    }
    return groups.join(QStringLiteral(" | "));
}

void NeighbourModel::set_trajectory(const std::vector<ReferenceSummary>& references, const RoutingSpace& space, const Trajectory& trajectory,
                                    const std::vector<InspectedNeighbour>& neighbours, const std::vector<std::size_t>& left_out, const NeighbourNumbers& numbers) {
    const auto out = [&left_out](std::size_t reference) {
        return std::find(left_out.begin(), left_out.end(), reference) != left_out.end();
    };
    beginResetModel();
    space_ = space;
    rows_.clear();
    largest_weight_ = 0.0;
    const std::vector<Neighbour>& values = trajectory.neighbourhood.neighbours;
    for (std::size_t i = 0; i < std::min(values.size(), neighbours.size()); ++i) {
        const InspectedNeighbour& who = neighbours[i];
        const bool here = who.place && *who.place < references.size();
        const int number = numbers.at(i);
        rows_.push_back({here ? who.place : std::nullopt, here ? references[*who.place] : who.stored, values[i], i, here && out(*who.place),
                         number > 0 ? number : static_cast<int>(i) + 1, values[i].distance});
        largest_weight_ = std::max(largest_weight_, values[i].weight);
    }
    for (const std::size_t reference : left_out) {
        if (reference < references.size() && !has(reference)) {
            rows_.push_back({reference, references[reference], {}, 0, true, numbers.of(reference), numbers.distance(reference)});
        }
    }
    constexpr int kLast = std::numeric_limits<int>::max();
    std::stable_sort(rows_.begin(), rows_.end(), [](const Row& a, const Row& b) { return (a.number > 0 ? a.number : kLast) < (b.number > 0 ? b.number : kLast); });
    keep_steps(trajectory);
    rows_replaced();
    endResetModel();
}

void NeighbourModel::keep_steps(const Trajectory& trajectory) {
    steps_.clear();
    largest_share_ = 0.0;
    for (const TrajectoryStep& step : trajectory.steps) {
        steps_.push_back({step.neighbour_gradient_share, step.neighbour_losses});
        for (const double share : step.neighbour_gradient_share) {
            largest_share_ = std::max(largest_share_, std::abs(share));
        }
    }
    step_ = std::min(step_, steps_.empty() ? 0 : steps_.size() - 1);
}

void NeighbourModel::clear() {
    beginResetModel();
    rows_.clear();
    steps_.clear();
    step_ = 0;
    rows_replaced();
    endResetModel();
}

void NeighbourModel::set_step(std::size_t step) {
    const std::size_t inside = std::min(step, steps_.empty() ? 0 : steps_.size() - 1);
    if (inside == step_) {
        return;
    }
    step_ = inside;
    if (!rows_.empty()) {
        Q_EMIT dataChanged(index(0, static_cast<int>(NeighbourColumn::Share)),
                           index(rowCount() - 1, static_cast<int>(NeighbourColumn::Loss)));
    }
}

int NeighbourModel::row_of(std::size_t reference) const {
    const auto found =
        std::find_if(rows_.begin(), rows_.end(), [reference](const Row& row) { return row.reference == reference; });
    return found == rows_.end() ? -1 : shown(static_cast<int>(found - rows_.begin()));
}

/// Also while the rows are being made, when nothing has an order yet.
bool NeighbourModel::has(std::size_t reference) const {
    return std::any_of(rows_.begin(), rows_.end(), [reference](const Row& row) { return row.reference == reference; });
}

void NeighbourModel::set_left_out(std::size_t reference, bool left_out) {
    const int row = row_of(reference);
    if (row >= 0 && this->left_out(row) != left_out) {
        rows_[static_cast<std::size_t>(source(row))].left_out = left_out;
        Q_EMIT dataChanged(index(row, 0), index(row, kNeighbourColumns - 1));
    }
}

void NeighbourModel::set_thumbnails(ThumbnailStore* store, std::function<Result<SamplePicture>(std::size_t)> picture) {
    if (thumbnails_) {
        thumbnails_->forget(thumbnail_source_);
        thumbnails_->disconnect(this);
    }
    thumbnails_ = store;
    picture_ = std::move(picture);
    if (store) {
        thumbnail_source_ = store->new_source();
        connect(store, &ThumbnailStore::ready, this, [this](const ThumbnailKey& key) {
            const int row = key.source == thumbnail_source_ ? row_of(key.index) : -1;
            if (row >= 0) {
                Q_EMIT dataChanged(index(row, 0), index(row, 0), {Qt::DecorationRole, Qt::ToolTipRole});
            }
        });
    }
    if (!rows_.empty()) {
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, 0), {Qt::DecorationRole});
    }
}

int NeighbourModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

int NeighbourModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : kNeighbourColumns;
}

std::optional<double> NeighbourModel::value(const Row& row, NeighbourColumn column) const {
    const auto of_step = [&row](const std::vector<double>& values) -> std::optional<double> {
        return row.place < values.size() ? std::optional(values[row.place]) : std::nullopt;
    };
    if (column == NeighbourColumn::Number) {
        return row.number > 0 ? std::optional(static_cast<double>(row.number)) : std::nullopt;
    }
    if (column == NeighbourColumn::Distance) {
        return row.distance;
    }
    if (!row.neighbour) {
        return {};
    }
    switch (column) {
        case NeighbourColumn::Weight:
            return row.neighbour->weight;
        case NeighbourColumn::Share:
            return step_ < steps_.size() ? of_step(steps_[step_].shares) : std::nullopt;
        case NeighbourColumn::Loss:
            return step_ < steps_.size() ? of_step(steps_[step_].losses) : std::nullopt;
        default:
            return {};
    }
}

double NeighbourModel::scale(NeighbourColumn column) const {
    return column == NeighbourColumn::Share ? largest_share_ : column == NeighbourColumn::Weight ? largest_weight_ : 0.0;
}

QString NeighbourModel::text(const Row& row, NeighbourColumn column) const {
    switch (column) {
        case NeighbourColumn::Question: {
            const QString question = QString::fromStdString(row.summary.question).simplified();
            return row.reference ? question : (tr("%1: %2").arg(lacking_words(), name_of(row)) + QLatin1Char(' ') + question).trimmed();
        }
        case NeighbourColumn::Answer:
            return QString::fromStdString(row.summary.answer).simplified();
        case NeighbourColumn::Truth:
            return QString::fromStdString(row.summary.truth).simplified();
        case NeighbourColumn::Routing:
            return routing_text(row.summary.routing, space_);
        default:
            break;
    }
    const auto number = value(row, column);
    if (!number) {
        return {};
    }
    if (column == NeighbourColumn::Number) {
        return QString::number(static_cast<int>(*number));
    }
    const QString digits = QString::number(*number, 'f', 3);
    return column == NeighbourColumn::Share && *number >= 0.0 ? QLatin1Char('+') + digits : digits;
}

QVariant NeighbourModel::thumbnail(const Row& row) const {
    if (!thumbnails_ || !picture_ || !row.reference) {
        return {};
    }
    const QPixmap pixmap = thumbnails_->pixmap({thumbnail_source_, *row.reference},
                                               [picture = picture_, reference = *row.reference] { return picture(reference); });
    return pixmap.isNull() ? thumbnails_->blank() : pixmap;
}

/// "K-noise/17", as its session calls it.
QString NeighbourModel::name_of(const Row& row) {
    const QString id = QString::fromStdString(row.summary.id);
    return row.summary.set.empty() ? id : QString::fromStdString(row.summary.set) + QLatin1Char('/') + id;
}

QVariant NeighbourModel::tool_tip(const Row& row, NeighbourColumn column) const {
    if (!row.reference) {
        const QString what = column == NeighbourColumn::Used ? tr("a run on these has it for no neighbour, and it cannot be left out")
                                                             : tr("this is what the session stored of it, without a picture");
        return (tr("%1: %2; %3.").arg(name_of(row), lacking_words(), what) + QLatin1Char('\n') + QString::fromStdString(row.summary.question)).trimmed();
    }
    if (column == NeighbourColumn::Number && thumbnails_) {
        if (const QString error = thumbnails_->error({thumbnail_source_, *row.reference}); !error.isEmpty()) {
            return error;
        }
    }
    if (column == NeighbourColumn::Used) {
        return row.left_out ? tr("Left out. Check to let it be a neighbour again.")
                            : tr("Uncheck to leave this reference out and run again; of k nearest the next one takes its place.");
    }
    return (tr("reference %1").arg(*row.reference) + (row.summary.id.empty() ? QString() : tr(", ID %1 of its set").arg(QString::fromStdString(row.summary.id))) +
            QLatin1Char('\n') + QString::fromStdString(row.summary.question)).trimmed();
}

QVariant NeighbourModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const Row& row = rows_[static_cast<std::size_t>(source(index.row()))];
    const auto column = static_cast<NeighbourColumn>(index.column());
    switch (role) {
        case Qt::DisplayRole:
            return text(row, column);
        case Qt::DecorationRole:
            return column == NeighbourColumn::Number ? thumbnail(row) : QVariant();
        case Qt::CheckStateRole:
            return column == NeighbourColumn::Used && row.reference ? QVariant(row.left_out ? Qt::Unchecked : Qt::Checked) : QVariant();
        case Qt::ToolTipRole:
            return tool_tip(row, column);
        case Qt::ForegroundRole:
            return row.left_out ? QVariant(QGuiApplication::palette().brush(QPalette::Disabled, QPalette::Text)) : QVariant();
        case Qt::TextAlignmentRole: {
            const bool number = column == NeighbourColumn::Distance || column == NeighbourColumn::Weight ||
                                column == NeighbourColumn::Share || column == NeighbourColumn::Loss;
            return QVariant::fromValue(Qt::Alignment((number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter));
        }
        case ValueRole: {
            const auto number = value(row, column);
            return number ? QVariant(*number) : QVariant();
        }
        case ScaleRole:
            return scale(column);
        default:
            return {};
    }
}

bool NeighbourModel::setData(const QModelIndex& index, const QVariant& value, int role) {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid) || role != Qt::CheckStateRole ||
        index.column() != static_cast<int>(NeighbourColumn::Used)) {
        return false;
    }
    const std::optional<std::size_t> of = reference(index.row());
    if (!of) {
        return false;
    }
    const bool out = value.toInt() != Qt::Checked;
    if (left_out(index.row()) != out) {
        set_left_out(*of, out);
        Q_EMIT leaveOutChanged(*of, out);
    }
    return true;
}

Qt::ItemFlags NeighbourModel::flags(const QModelIndex& index) const {
    const Qt::ItemFlags flags = QAbstractTableModel::flags(index);
    return index.isValid() && index.column() == static_cast<int>(NeighbourColumn::Used) && reference(index.row()) ? flags | Qt::ItemIsUserCheckable
                                                                                                                  : flags;
}

QVariant NeighbourModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || (role != Qt::DisplayRole && role != Qt::ToolTipRole) || section < 0 || section >= kNeighbourColumns) {
        return {};
    }
    if (role == Qt::ToolTipRole) {
        const std::array<QString, kNeighbourColumns> tips = {
            tr("1: the nearest. Numbers stay while others are left out"), tr("Whether it takes part in the next run"), tr("Question of the reference"),
            tr("Answer that the reference's routing gave"), tr("Truth of the reference"),
            tr("Euclidean, without a unit: of the unit embeddings (task space, 0 to 2) or of r (routing space)"),
            tr("Kernel weight, 0 to 1; the neighbourhood's sum to 1"),
            tr("Routing of the reference, mean over the mixers; a group's weights sum to 1"),
            tr("Part of the step's gradient that is this neighbour's, by sign: those of all sum to 1.\nNegative: it pulls against the step; above 1: it is "
               "more than the whole, and others pull against it"),
            tr("Loss of the neighbour's own answer at this step, in nats, not weighted")};
        return tips[static_cast<std::size_t>(section)];
    }
    const std::array<QString, kNeighbourColumns> names = {tr("No."),   tr("Use"),      tr("Question"), tr("Answer"),
                                                          tr("Truth"), tr("Distance"), tr("Weight"),   tr("r"),
                                                          tr("Gradient share"), tr("Loss")};
    return names[static_cast<std::size_t>(section)];
}

}  // namespace r2t2::ui
