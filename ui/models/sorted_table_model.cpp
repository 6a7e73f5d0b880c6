#include "ui/models/sorted_table_model.h"

#include <algorithm>
#include <numeric>

#include "ui/models/cell_order.h"
#include "ui/models/item_roles.h"

namespace r2t2::ui {

int SortedTableModel::shown(int source) const {
    const auto at = std::find(order_.begin(), order_.end(), source);
    return order_.empty() ? source : at == order_.end() ? -1 : static_cast<int>(at - order_.begin());
}

void SortedTableModel::rows_replaced() {
    order_.clear();
    arrange();
}

void SortedTableModel::sort(int column, Qt::SortOrder order) {
    column_ = column;
    direction_ = order;
    Q_EMIT layoutAboutToBeChanged({}, QAbstractItemModel::VerticalSortHint);
    const QModelIndexList before = persistentIndexList();
    std::vector<int> sources;
    for (const QModelIndex& each : before) {
        sources.push_back(source(each.row()));
    }
    order_.clear();
    arrange();
    QModelIndexList after;
    for (qsizetype i = 0; i < before.size(); ++i) {
        after.append(index(shown(sources[static_cast<std::size_t>(i)]), before[i].column()));
    }
    changePersistentIndexList(before, after);
    Q_EMIT layoutChanged({}, QAbstractItemModel::VerticalSortHint);
}

/// From the rows' own order.
void SortedTableModel::arrange() {
    if (column_ < 0 || column_ >= columnCount()) {
        return;
    }
    std::vector<CellKey> keys;
    for (int row = 0; row < rowCount(); ++row) {
        const QModelIndex at = index(row, column_);
        const QVariant ticked = at.data(Qt::CheckStateRole);
        keys.push_back(cell_key(ticked.isValid() ? ticked : at.data(ValueRole), at.data(Qt::DisplayRole).toString()));
    }
    std::vector<int> order(keys.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
        const CellKey& left = keys[static_cast<std::size_t>(a)];
        const CellKey& right = keys[static_cast<std::size_t>(b)];
        if (left.missing || right.missing) {
            return !left.missing && right.missing;
        }
        return direction_ == Qt::AscendingOrder ? compare(left, right) < 0 : compare(right, left) < 0;
    });
    order_ = std::move(order);
}

}  // namespace r2t2::ui
