// The part of SampleTableModel that filters and sorts: asks for an order, and turns the table into it.
#include <utility>

#include "ui/models/sample_table_model.h"

namespace r2t2::ui {

namespace {

constexpr std::size_t kMostRanges = 16;  ///< more changed ranges than that cost a view more than a reset

}  // namespace

void SampleTableModel::set_text_filter(const QString& text) {
    set_filter({SampleFilter::parse(text), filter_.outcomes});
}

void SampleTableModel::set_outcome_filter(std::set<SampleOutcome> outcomes) {
    set_filter({filter_.terms, std::move(outcomes)});
}

void SampleTableModel::set_filter(SampleFilter filter) {
    if (filter != filter_) {
        filter_ = std::move(filter);
        start_arranging();
    }
}

void SampleTableModel::sort(int column, Qt::SortOrder order) {
    sort_ = {column, order};
    start_arranging();
}

void SampleTableModel::start_arranging() {
    arrange_later_.stop();
    if (!runner_) {
        return;
    }
    runner_->start<std::vector<int>>(
        arrange_slot_, tr("Filter samples"), this,
        [samples = SampleSnapshot{chunks_, source_.size()}, filter = filter_, by = sort_](
            const JobRunner::Context& context) { return arrange(samples, filter, by, context.cancel); },
        [this](Result<std::vector<int>> order) {
            if (order) {
                apply(std::move(order).value());
            }
        });
}

void SampleTableModel::apply(std::vector<int> order) {
    const int row_before = current_row();
    const OrderChange change = compare_orders(shown_, order, source_.size(), kMostRanges);
    switch (change.kind) {
        case OrderChange::Kind::None:
            break;
        case OrderChange::Kind::Permuted:
            apply_permutation(std::move(order));
            break;
        case OrderChange::Kind::Rows:
            apply_rows(change, order);
            break;
        case OrderChange::Kind::Other:
            beginResetModel();
            shown_ = std::move(order);
            index_rows();
            endResetModel();
            break;
    }
    if (current_ >= 0 && (change.kind == OrderChange::Kind::Other || row_before != current_row())) {
        Q_EMIT currentRowMoved(current_row());
    }
    Q_EMIT filterApplied(shown(), total());
}

void SampleTableModel::apply_rows(const OrderChange& change, const std::vector<int>& order) {
    for (auto range = change.removed.rbegin(); range != change.removed.rend(); ++range) {
        beginRemoveRows({}, range->first, range->last);
        shown_.erase(shown_.begin() + range->first, shown_.begin() + range->last + 1);
        index_rows();
        endRemoveRows();
    }
    for (const OrderChange::Range& range : change.inserted) {
        beginInsertRows({}, range.first, range.last);
        shown_.insert(shown_.begin() + range.first, order.begin() + range.first, order.begin() + range.last + 1);
        index_rows();
        endInsertRows();
    }
}

void SampleTableModel::apply_permutation(std::vector<int> order) {
    Q_EMIT layoutAboutToBeChanged({}, QAbstractItemModel::VerticalSortHint);
    const QModelIndexList before = persistentIndexList();
    const std::vector<int> old = std::exchange(shown_, std::move(order));
    index_rows();
    QModelIndexList after;
    after.reserve(before.size());
    for (const QModelIndex& at : before) {
        const auto sample = static_cast<std::size_t>(old[static_cast<std::size_t>(at.row())]);
        after.append(index(row_of_[sample], at.column()));
    }
    changePersistentIndexList(before, after);
    Q_EMIT layoutChanged({}, QAbstractItemModel::VerticalSortHint);
}

void SampleTableModel::index_rows() {
    row_of_.assign(source_.size(), -1);
    for (std::size_t row = 0; row < shown_.size(); ++row) {
        row_of_[static_cast<std::size_t>(shown_[row])] = static_cast<int>(row);
    }
}

}  // namespace r2t2::ui
