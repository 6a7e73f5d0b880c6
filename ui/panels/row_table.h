// How every table of rows looks: one row is chosen at a time, no grid, headers that can be read. Thread rule: the interface's.
#pragma once

#include <QTableView>
#include <initializer_list>

namespace r2t2::ui {

/// A table with the workbench's looks; `name` for tests and settings, `title` for screen readers. Tab leaves the table.
[[nodiscard]] QTableView* row_table(const char* name, const QString& title, const QString& tip, int row_height, QWidget* parent);
/// At least as wide as its header's words.
void set_column_widths(QTableView& table, std::initializer_list<int> widths);
/// At least as wide as any of these words is in this column.
void widen_column_for(QTableView& table, int column, const QStringList& words);

}  // namespace r2t2::ui
