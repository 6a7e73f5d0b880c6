#include "ui/panels/word_choices.h"

#include <QAction>
#include <QEvent>
#include <QIcon>
#include <QLineEdit>
#include <QMenu>
#include <QPainter>
#include <QShortcut>
#include <utility>

namespace r2t2::ui {

namespace {

/// As a box of choices has it.
QIcon down_arrow(const QPalette& palette) {
    QIcon icon;
    for (const auto& [mode, group] : {std::pair{QIcon::Normal, QPalette::Active}, std::pair{QIcon::Disabled, QPalette::Disabled}}) {
        QPixmap pixmap(32, 32);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(palette.color(group, QPalette::Text), 3.0, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.drawPolyline(QPolygonF({{8, 12}, {16, 20}, {24, 12}}));
        painter.end();
        icon.addPixmap(pixmap, mode);
    }
    return icon;
}

}  // namespace

WordChoices::WordChoices(QLineEdit* edit, const std::vector<const char*>& words)
    : QObject(edit), edit_(edit), open_(new QAction(tr("What it may be"), edit)) {
    auto* menu = new QMenu(edit);
    menu->setObjectName(edit->objectName() + QStringLiteral("-words"));
    for (const char* word : words) {
        QAction* action = menu->addAction(QLatin1String(word));
        action->setCheckable(true);
        connect(action, &QAction::triggered, this, [this, word = QLatin1String(word)](bool ticked) {
            QStringList list = chosen();
            list.removeAll(word);
            list << (ticked ? QStringList{word} : QStringList());
            edit_->setText(list.join(QStringLiteral("; ")));
        });
    }
    connect(menu, &QMenu::aboutToShow, this, [this, menu] {
        for (QAction* action : menu->actions()) {
            action->setChecked(chosen().contains(action->text()));
        }
    });
    open_->setObjectName(edit->objectName() + QStringLiteral("-open"));
    set_icon();
    edit->addAction(open_, QLineEdit::TrailingPosition);
    connect(open_, &QAction::triggered, menu, [this, menu] { menu->popup(edit_->mapToGlobal(QPoint(0, edit_->height()))); });
    auto* down = new QShortcut(QKeySequence(Qt::ALT | Qt::Key_Down), edit, nullptr, nullptr, Qt::WidgetShortcut);
    connect(down, &QShortcut::activated, open_, &QAction::trigger);
    edit->setToolTip(edit->toolTip() + QLatin1Char('\n') + tr("The arrow (Alt+Down) lists what it may be: tick several for a sweep"));
    edit->installEventFilter(this);
}

bool WordChoices::eventFilter(QObject*, QEvent* event) {
    if (event->type() == QEvent::PaletteChange) {
        set_icon();
    }
    return false;
}

QStringList WordChoices::chosen() const {
    QStringList words = edit_->text().replace(QLatin1Char(','), QLatin1Char(';')).split(QLatin1Char(';'), Qt::SkipEmptyParts);
    for (QString& word : words) {
        word = word.trimmed();
    }
    words.removeAll(QString());
    return words;
}

void WordChoices::set_icon() { open_->setIcon(down_arrow(edit_->palette())); }

}  // namespace r2t2::ui
