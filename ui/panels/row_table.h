// How every table of rows looks and behaves: no grid, headers that can be read and that sort, rows that are copied with them, a menu.
//
// One row is current and is what is looked at; Shift, Ctrl and Ctrl+A choose more for copying. Ctrl+C: the chosen rows with the header,
// parted by tabs, as they stand on screen; a cell that shows a part of its text is copied whole. Thread rule: the interface's.
#pragma once

#include <QTableView>
#include <functional>
#include <initializer_list>

namespace r2t2::ui {

class RowTable final : public QTableView {
    Q_OBJECT

public:
    explicit RowTable(QWidget* parent = nullptr) : QTableView(parent) {}

    /// What a double click, Enter and the menu's first entry do with a row.
    void set_opener(const QString& words, std::function<void(const QModelIndex&)> opens);
    [[nodiscard]] QString chosen_tsv() const;  ///< with the header; empty: nothing is chosen
    [[nodiscard]] QString whole_tsv() const;
    void copy_chosen() const;
    void copy_whole() const;
    /// The widths that the columns have now are the least; what the table is wider than all of them they share, in proportion, until the
    /// user sets one.
    void share_width();
    [[nodiscard]] bool widths_chosen() const { return !least_widths_.isEmpty() && least_widths_.front() < 0; }  ///< by the user

protected:
    void resizeEvent(QResizeEvent* event) override;
    /// Home and End are the first and the last row, where rows are what is chosen.
    QModelIndex moveCursor(CursorAction action, Qt::KeyboardModifiers modifiers) override;
    void keyPressEvent(QKeyEvent* event) override;
    void currentChanged(const QModelIndex& now, const QModelIndex& before) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

private:
    [[nodiscard]] QList<int> chosen_rows() const;
    [[nodiscard]] QString tsv(const QList<int>& rows) const;
    [[nodiscard]] QString copied(const QModelIndex& index) const;
    bool edit_row();
    void spread();
    bool extend(const QKeyEvent& event);
    QPersistentModelIndex anchor_;  ///< what Shift and the arrows go on from: where the current row was put last, by whomever
    bool extending_ = false;
    QList<int> least_widths_;  ///< empty: they are left alone
    bool spreading_ = false;
    QString opener_words_;
    std::function<void(const QModelIndex&)> opens_;
};

/// `name` for tests and settings, `title` for screen readers. Tab leaves the table.
[[nodiscard]] RowTable* row_table(const char* name, const QString& title, const QString& tip, int row_height, QWidget* parent);
/// At least as wide as its header's words.
void set_column_widths(QTableView& table, std::initializer_list<int> widths);
/// At least as wide as any of these words is in this column.
void widen_column_for(QTableView& table, int column, const QStringList& words);

}  // namespace r2t2::ui
