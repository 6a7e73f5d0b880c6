// A table whose rows can be put in order by a column. Whoever derives from it keeps its rows in their own order and looks them up by
// source(row). Thread rule: the interface's.
#pragma once

#include <QAbstractTableModel>
#include <vector>

namespace r2t2::ui {

class SortedTableModel : public QAbstractTableModel {
    Q_OBJECT

public:
    using QAbstractTableModel::QAbstractTableModel;
    /// By cell_order.h; rows that are equal keep their own order. Column -1: their own order.
    void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;
    [[nodiscard]] int source(int row) const { return order_.empty() ? row : order_[static_cast<std::size_t>(row)]; }
    [[nodiscard]] int shown(int source) const;  ///< the row that it stands in

protected:
    /// The rows are others now; to be called before endResetModel().
    void rows_replaced();

private:
    void arrange();
    int column_ = -1;
    Qt::SortOrder direction_ = Qt::AscendingOrder;
    std::vector<int> order_;  ///< row -> source; empty: their own
};

}  // namespace r2t2::ui
