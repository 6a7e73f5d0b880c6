#include "ui/panels/row_table.h"

#include <QHeaderView>
#include <algorithm>

namespace r2t2::ui {

QTableView* row_table(const char* name, const QString& title, const QString& tip, int row_height, QWidget* parent) {
    auto* table = new QTableView(parent);
    table->setObjectName(QLatin1String(name));
    table->setAccessibleName(title);
    table->setToolTip(tip);
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setSelectionMode(QAbstractItemView::SingleSelection);
    table->setTabKeyNavigation(false);
    table->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    table->setWordWrap(false);
    table->setShowGrid(false);
    table->setAlternatingRowColors(true);
    table->verticalHeader()->hide();
    table->verticalHeader()->setDefaultSectionSize(row_height);
    table->horizontalHeader()->setHighlightSections(false);
    table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    return table;
}

void set_column_widths(QTableView& table, std::initializer_list<int> widths) {
    int column = 0;
    for (const int width : widths) {
        table.setColumnWidth(column, std::max(width, table.horizontalHeader()->sectionSizeHint(column)));
        ++column;
    }
}

void widen_column_for(QTableView& table, int column, const QStringList& words) {
    constexpr int kMargin = 14;  // of a cell, on both sides
    int width = table.columnWidth(column);
    for (const QString& word : words) {
        width = std::max(width, table.fontMetrics().horizontalAdvance(word) + kMargin);
    }
    table.setColumnWidth(column, width);
}

}  // namespace r2t2::ui
