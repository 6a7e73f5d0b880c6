// A table of texts under headers, for lists that are made once and only read. Thread rule: the interface's.
#pragma once

#include <QStringList>
#include <vector>

#include "ui/models/item_roles.h"
#include "ui/models/sorted_table_model.h"

namespace r2t2::ui {

class TextTableModel final : public SortedTableModel {
    Q_OBJECT

public:
    /// `numbers`: columns that stand at the right.
    explicit TextTableModel(QStringList headers, QList<int> numbers = {}, QObject* parent = nullptr)
        : SortedTableModel(parent), headers_(std::move(headers)), numbers_(std::move(numbers)) {}

    /// Every row as many texts as there are headers. A cell's tooltip is its text.
    void set_rows(std::vector<QStringList> rows) {
        beginResetModel();
        rows_ = std::move(rows);
        rows_replaced();
        endResetModel();
    }

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : static_cast<int>(rows_.size()); }
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : static_cast<int>(headers_.size()); }
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override {
        if (!index.isValid()) {
            return {};
        }
        if (role == Qt::TextAlignmentRole) {
            return alignment(index.column());
        }
        const QString& text = rows_[static_cast<std::size_t>(source(index.row()))][index.column()];
        return role == Qt::DisplayRole ? QVariant(text.simplified()) : role == Qt::ToolTipRole || role == CopyRole ? QVariant(text) : QVariant();
    }
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override {
        if (orientation != Qt::Horizontal) {
            return {};
        }
        return role == Qt::DisplayRole ? QVariant(headers_[section]) : role == Qt::TextAlignmentRole ? alignment(section) : QVariant();
    }

private:
    [[nodiscard]] QVariant alignment(int column) const {
        return QVariant::fromValue(Qt::Alignment((numbers_.contains(column) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter));
    }
    QStringList headers_;
    QList<int> numbers_;
    std::vector<QStringList> rows_;
};

}  // namespace r2t2::ui
