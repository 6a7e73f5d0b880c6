#include "ui/panels/command_palette.h"

#include <QAction>
#include <QDialogButtonBox>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLineEdit>
#include <QTreeWidget>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/models/text_table_model.h"
#include "ui/panels/row_table.h"

namespace r2t2::ui {

namespace {

QString name_of(const QAction* action) {
    QString text = action->text().section(QLatin1Char('\t'), 0, 0);
    text.remove(QLatin1Char('&'));
    const QString menu = action->property("menu").toString();
    return menu.isEmpty() ? text : menu + QStringLiteral(": ") + text;
}

/// Its shortcut, else the window's own key that its menu names.
QString keys_of(const QAction* action) {
    return action->shortcut().isEmpty() ? action->text().section(QLatin1Char('\t'), 1) : action->shortcut().toString(QKeySequence::NativeText);
}

/// What keys do that are not actions.
const std::pair<const char*, const char*> kOtherKeys[] = {
    {"Shift+Arrows", QT_TR_NOOP("In a triangle: move r. In the picture: move the picture")},
    {"Page Up, Page Down", QT_TR_NOOP("In a triangle or the map: go through the neighbours")},
    {"Return", QT_TR_NOOP("In a triangle or the map: choose the highlighted reference")},
    {"+, -, 0", QT_TR_NOOP("In the picture or the map: zoom in, zoom out, fit")},
    {"Shift+Drag", QT_TR_NOOP("In the map: choose the references inside")},
    {"Menu, right click", QT_TR_NOOP("In any plot: copy or save it")},
};

}  // namespace

int match_command(const QString& text, const QString& words) {
    int score = 1;
    for (const QString& word : words.simplified().split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
        const qsizetype at = text.indexOf(word, 0, Qt::CaseInsensitive);
        if (at < 0) {
            return 0;
        }
        const bool starts = at == 0 || !text.at(at - 1).isLetterOrNumber();
        score += starts ? 10 : 1;
        score += at == 0 ? 5 : 0;
    }
    return score;
}

CommandPalette::CommandPalette(QList<QAction*> actions, QWidget* parent)
    : QDialog(parent, Qt::Popup | Qt::FramelessWindowHint), actions_(std::move(actions)) {
    setObjectName(QStringLiteral("commandPalette"));
    setAttribute(Qt::WA_DeleteOnClose);
    setAccessibleName(tr("Commands"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(6, 6, 6, 6);
    words_ = new QLineEdit(this);
    words_->setObjectName(QStringLiteral("paletteWords"));
    words_->setPlaceholderText(tr("What do you want to do?"));
    words_->setAccessibleName(tr("Command"));
    words_->setToolTip(tr("Type a few letters of a command; Up, Down and Enter choose"));
    words_->installEventFilter(this);
    column->addWidget(words_);
    list_ = new QTreeWidget(this);
    list_->setColumnCount(2);
    list_->setHeaderHidden(true);
    list_->setRootIsDecorated(false);
    list_->setUniformRowHeights(true);
    list_->setAccessibleName(tr("Commands that fit"));
    list_->setFocusPolicy(Qt::NoFocus);
    list_->setToolTip(tr("Commands that fit"));
    column->addWidget(list_, 1);
    connect(words_, &QLineEdit::textChanged, this, &CommandPalette::filter);
    connect(list_, &QTreeWidget::itemActivated, this, &CommandPalette::trigger);
    connect(list_, &QTreeWidget::itemClicked, this, &CommandPalette::trigger);
    resize(std::min(560, parent->width() - 40), std::min(380, parent->height() - 80));
    const auto* guide = parent->findChild<QWidget*>(QStringLiteral("guide"));  // below it, where it is: its text is being read
    const int below = guide != nullptr && guide->isVisible() ? guide->mapTo(parent, QPoint(0, guide->height())).y() + 4 : 48;
    move(parent->mapToGlobal(QPoint((parent->width() - width()) / 2, std::min(below, parent->height() - height()))));
    filter({});
    words_->setFocus();
}

void CommandPalette::filter(const QString& words) {
    std::vector<std::pair<int, QAction*>> found;
    for (QAction* action : actions_) {
        if (const int score = match_command(name_of(action), words); score > 0 && action->isVisible()) {
            found.emplace_back(score, action);
        }
    }
    std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    list_->clear();
    for (const auto& [score, action] : found) {
        auto* item = new QTreeWidgetItem(list_, {name_of(action), keys_of(action)});
        item->setTextAlignment(1, Qt::AlignRight | Qt::AlignVCenter);
        item->setSizeHint(0, QSize(0, fontMetrics().height() + 8));
        item->setData(0, Qt::UserRole, QVariant::fromValue<void*>(action));
        item->setDisabled(!action->isEnabled());
    }
    list_->setCurrentItem(list_->topLevelItem(0));
    list_->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    list_->header()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
    list_->header()->setStretchLastSection(false);
}

void CommandPalette::trigger() {
    const QTreeWidgetItem* item = list_->currentItem();
    if (item == nullptr || item->isDisabled()) {
        return;
    }
    auto* action = static_cast<QAction*>(item->data(0, Qt::UserRole).value<void*>());
    close();
    action->trigger();
}

bool CommandPalette::eventFilter(QObject* watched, QEvent* event) {
    if (watched == words_ && event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Down || key == Qt::Key_Up) {
            const int step = key == Qt::Key_Down ? 1 : -1;
            const int row = list_->indexOfTopLevelItem(list_->currentItem());
            list_->setCurrentItem(list_->topLevelItem(std::clamp(row + step, 0, std::max(0, list_->topLevelItemCount() - 1))));
            return true;
        }
        if (key == Qt::Key_Return || key == Qt::Key_Enter) {
            trigger();
            return true;
        }
    }
    return QDialog::eventFilter(watched, event);
}

KeyList::KeyList(const QList<QAction*>& actions, QWidget* parent) : QDialog(parent) {
    setObjectName(QStringLiteral("keyList"));
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Keys"));
    auto* column = new QVBoxLayout(this);
    std::vector<QStringList> rows;
    for (const QAction* action : actions) {
        if (!keys_of(action).isEmpty()) {
            rows.push_back({keys_of(action), name_of(action)});
        }
    }
    for (const auto& [keys, what] : kOtherKeys) {
        rows.push_back({tr(keys), tr(what)});
    }
    auto* model = new TextTableModel({tr("Keys"), tr("What they do")}, {}, this);
    model->set_rows(std::move(rows));
    auto* table = row_table("keyTable", tr("Keys"), tr("Every key of the workbench"), 24, this);
    table->setModel(model);
    table->resizeColumnsToContents();
    table->horizontalHeader()->setStretchLastSection(true);
    table->selectRow(0);
    column->addWidget(table);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::close);
    column->addWidget(buttons);
    resize(560, 520);
}

}  // namespace r2t2::ui
