#include "ui/panels/row_table.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QHeaderView>
#include <QKeyEvent>
#include <QMenu>
#include <algorithm>
#include <numeric>

#include "ui/models/item_roles.h"

namespace r2t2::ui {

namespace {

/// A cell of a line: neither tab nor line break.
QString plain(QString text) {
    for (QChar& c : text) {
        c = c == QLatin1Char('\t') || c == QLatin1Char('\n') || c == QLatin1Char('\r') ? QLatin1Char(' ') : c;
    }
    return text;
}

}  // namespace

void RowTable::set_opener(const QString& words, std::function<void(const QModelIndex&)> opens) {
    opener_words_ = words;
    opens_ = std::move(opens);
    connect(this, &QTableView::activated, this, [this](const QModelIndex& index) { opens_(index); });
}

QList<int> RowTable::chosen_rows() const {
    QList<int> rows;
    if (selectionModel() != nullptr) {
        for (const QItemSelectionRange& range : selectionModel()->selection()) {
            for (int row = range.top(); row <= range.bottom(); ++row) {
                rows << row;
            }
        }
    }
    std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    return rows;
}

QString RowTable::copied(const QModelIndex& index) const {
    if (const QVariant whole = index.data(CopyRole); whole.isValid()) {
        return plain(whole.toString());
    }
    const QVariant shown = index.data(Qt::DisplayRole), ticked = index.data(Qt::CheckStateRole);
    if (shown.toString() == QStringLiteral("\u2013")) {
        return {};  // a dash is drawn where there is no number; data have nothing there
    }
    return !shown.isValid() && ticked.isValid() ? (ticked.toInt() == Qt::Checked ? tr("yes") : tr("no")) : plain(shown.toString());
}

QString RowTable::tsv(const QList<int>& rows) const {
    if (rows.isEmpty() || model() == nullptr) {
        return {};
    }
    QList<int> columns;
    for (int place = 0; place < horizontalHeader()->count(); ++place) {
        if (const int column = horizontalHeader()->logicalIndex(place); !isColumnHidden(column)) {
            columns << column;
        }
    }
    const bool named = !verticalHeader()->isHidden();  // rows have a header of their own
    QStringList cells = named ? QStringList{QString()} : QStringList();
    for (const int column : columns) {
        cells << plain(model()->headerData(column, Qt::Horizontal).toString());
    }
    QString out = cells.join(QLatin1Char('\t')) + QLatin1Char('\n');
    for (const int row : rows) {
        cells = named ? QStringList{plain(model()->headerData(row, Qt::Vertical).toString())} : QStringList();
        for (const int column : columns) {
            cells << copied(model()->index(row, column));
        }
        out += cells.join(QLatin1Char('\t')) + QLatin1Char('\n');
    }
    return out;
}

QString RowTable::chosen_tsv() const { return tsv(chosen_rows()); }

QString RowTable::whole_tsv() const {
    QList<int> rows;
    for (int row = 0; model() != nullptr && row < model()->rowCount(); ++row) {
        rows << row;
    }
    return tsv(rows);
}

void RowTable::copy_chosen() const {
    if (const QString text = chosen_tsv(); !text.isEmpty()) {
        QGuiApplication::clipboard()->setText(text);
    }
}

void RowTable::copy_whole() const {
    if (const QString text = whole_tsv(); !text.isEmpty()) {
        QGuiApplication::clipboard()->setText(text);
    }
}

/// The cell of the current row that can be edited, wherever in the row the keyboard is.
bool RowTable::edit_row() {
    const QModelIndex now = currentIndex();
    if (!now.isValid() || !editTriggers().testFlag(EditKeyPressed) || now.flags().testFlag(Qt::ItemIsEditable)) {
        return false;
    }
    for (int column = 0; column < model()->columnCount(); ++column) {
        const QModelIndex there = now.siblingAtColumn(column);
        if (there.flags().testFlag(Qt::ItemIsEditable)) {
            setCurrentIndex(there);
            edit(there);
            return true;
        }
    }
    return false;
}

void RowTable::currentChanged(const QModelIndex& now, const QModelIndex& before) {
    if (!extending_) {
        anchor_ = now;
    }
    QTableView::currentChanged(now, before);
}

/// Rows between the anchor and where the key leads. QTableView's own anchor is where keyboard or mouse were last, also where the program
/// has gone to another row since.
bool RowTable::extend(const QKeyEvent& event) {
    static const std::pair<int, CursorAction> keys[] = {{Qt::Key_Up, MoveUp}, {Qt::Key_Down, MoveDown}, {Qt::Key_PageUp, MovePageUp}, {Qt::Key_PageDown, MovePageDown},
                                                       {Qt::Key_Home, MoveHome}, {Qt::Key_End, MoveEnd}};
    const auto key = std::find_if(std::begin(keys), std::end(keys), [&event](const auto& each) { return each.first == event.key(); });
    if (event.modifiers() != Qt::ShiftModifier || key == std::end(keys) || !anchor_.isValid() || selectionBehavior() != SelectRows) {
        return false;
    }
    const QModelIndex next = moveCursor(key->second, Qt::NoModifier);
    if (next.isValid()) {
        extending_ = true;
        const auto [top, bottom] = std::minmax({anchor_.row(), next.row()});
        const QItemSelection rows(model()->index(top, 0), model()->index(bottom, model()->columnCount() - 1));
        selectionModel()->setCurrentIndex(next, QItemSelectionModel::NoUpdate);
        selectionModel()->select(rows, QItemSelectionModel::ClearAndSelect);
        extending_ = false;
    }
    return true;
}

QModelIndex RowTable::moveCursor(CursorAction action, Qt::KeyboardModifiers modifiers) {
    const bool ends = action == MoveHome || action == MoveEnd;
    if (!ends || selectionBehavior() != SelectRows || model() == nullptr || model()->rowCount() == 0) {
        return QTableView::moveCursor(action, modifiers);
    }
    return model()->index(action == MoveHome ? 0 : model()->rowCount() - 1, std::max(0, currentIndex().column()));
}

void RowTable::share_width() {
    if (widths_chosen()) {
        return;
    }
    if (least_widths_.isEmpty()) {
        connect(horizontalHeader(), &QHeaderView::sectionResized, this, [this] {
            if (!spreading_ && QGuiApplication::mouseButtons() != Qt::NoButton) {
                least_widths_ = {-1};
            }
        });
    }
    least_widths_.clear();
    for (int column = 0; column < horizontalHeader()->count(); ++column) {
        least_widths_ << columnWidth(column);
    }
    spread();
}

void RowTable::spread() {
    const qint64 least = std::accumulate(least_widths_.begin(), least_widths_.end(), qint64{0});
    if (least <= 0 || least_widths_.size() != horizontalHeader()->count()) {
        return;
    }
    const qint64 room = std::max<qint64>(least, viewport()->width());
    spreading_ = true;
    qint64 before = 0;
    for (int column = 0; column < least_widths_.size(); ++column) {  // rounded where they end, so that all of the room is used
        const qint64 after = before + least_widths_[column];
        setColumnWidth(column, static_cast<int>(room * after / least - room * before / least));
        before = after;
    }
    spreading_ = false;
}

void RowTable::resizeEvent(QResizeEvent* event) {
    QTableView::resizeEvent(event);
    spread();
}

void RowTable::keyPressEvent(QKeyEvent* event) {
    if (extend(*event)) {
        event->accept();
        return;
    }
    if (event->matches(QKeySequence::Copy)) {
        copy_chosen();
        event->accept();
        return;
    }
    if (event->key() == Qt::Key_F2 && event->modifiers() == Qt::NoModifier && edit_row()) {
        event->accept();
        return;
    }
    QTableView::keyPressEvent(event);
}

void RowTable::contextMenuEvent(QContextMenuEvent* event) {
    const bool by_key = event->reason() == QContextMenuEvent::Keyboard;
    const QModelIndex at = by_key ? currentIndex() : indexAt(event->pos());
    auto* menu = new QMenu(this);
    menu->setObjectName(QStringLiteral("rowMenu"));
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const auto entry = [menu](const char* name, const QString& words, const QKeySequence& keys, auto does) {
        QAction* action = menu->addAction(words);
        action->setObjectName(QLatin1String(name));
        action->setShortcut(keys);  // shown; the table has the key
        connect(action, &QAction::triggered, menu->parent(), does);
        return action;
    };
    if (opens_) {
        entry("openRow", opener_words_, {}, [this, kept = QPersistentModelIndex(at)] {
            if (kept.isValid()) {
                opens_(kept);
            }
        })->setEnabled(at.isValid());
        menu->addSeparator();
    }
    entry("copyRows", tr("&Copy rows"), QKeySequence::Copy, [this] { copy_chosen(); })->setEnabled(!chosen_rows().isEmpty());
    entry("copyTable", tr("Copy &table"), {}, [this] { copy_whole(); })->setEnabled(model() != nullptr && model()->rowCount() > 0);
    entry("chooseAllRows", tr("Choose &all"), QKeySequence::SelectAll, [this] { selectAll(); });
    if (!actions().isEmpty()) {
        menu->addSeparator();
        menu->addActions(actions());
    }
    menu->popup(by_key ? viewport()->mapToGlobal(visualRect(at).bottomLeft()) : event->globalPos());
    event->accept();
}

RowTable* row_table(const char* name, const QString& title, const QString& tip, int row_height, QWidget* parent) {
    auto* table = new RowTable(parent);
    table->setObjectName(QLatin1String(name));
    table->setAccessibleName(title);
    table->setToolTip(tip);
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setSelectionMode(QAbstractItemView::ExtendedSelection);
    table->setTabKeyNavigation(false);
    table->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    table->setWordWrap(false);
    table->setShowGrid(false);
    table->setAlternatingRowColors(true);
    table->verticalHeader()->hide();
    table->verticalHeader()->setDefaultSectionSize(row_height);
    table->horizontalHeader()->setHighlightSections(false);
    table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    table->horizontalHeader()->setSortIndicatorClearable(true);  // a third click: the rows' own order
    table->horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
    table->setSortingEnabled(true);
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
