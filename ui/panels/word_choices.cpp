#include "ui/panels/word_choices.h"

#include <QAbstractItemView>
#include <QAction>
#include <QCompleter>
#include <QEvent>
#include <QIcon>
#include <QKeyEvent>
#include <QLineEdit>
#include <QMenu>
#include <QPainter>
#include <QShortcut>
#include <QStringListModel>
#include <algorithm>
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
    : QObject(edit), edit_(edit), open_(new QAction(tr("What it may be"), edit)), completer_(new QCompleter(edit)) {
    auto* menu = new QMenu(edit);
    menu->setObjectName(edit->objectName() + QStringLiteral("-words"));
    for (const char* word : words) {
        words_ << QLatin1String(word);
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
    // Not the line's own, which would complete the whole of it.
    completer_->setWidget(edit);
    completer_->setModel(new QStringListModel(completer_));
    completer_->setCaseSensitivity(Qt::CaseInsensitive);
    completer_->popup()->installEventFilter(this);
    connect(edit, &QLineEdit::textEdited, this, &WordChoices::offer);
    connect(completer_, qOverload<const QString&>(&QCompleter::activated), this, &WordChoices::complete);
}

WordChoices::Typed WordChoices::typed() const {
    const QString text = edit_->text();
    const auto separates = [&text](qsizetype i) { return text[i] == QLatin1Char(';') || text[i] == QLatin1Char(','); };
    qsizetype begin = edit_->cursorPosition(), end = begin;
    while (begin > 0 && !separates(begin - 1)) {
        --begin;
    }
    while (end < text.size() && !separates(end)) {
        ++end;
    }
    while (begin < end && text[begin].isSpace()) {
        ++begin;
    }
    while (end > begin && text[end - 1].isSpace()) {
        --end;
    }
    return {begin, end - begin};
}

/// Words that are not there yet. None while nothing is typed, nor where the word is whole and could be no longer one.
void WordChoices::offer() {
    const auto [at, length] = typed();
    const QString prefix = edit_->text().mid(at, length);
    QStringList others = chosen(), rest;
    others.removeOne(prefix);
    std::copy_if(words_.begin(), words_.end(), std::back_inserter(rest), [&](const QString& word) { return !others.contains(word); });
    static_cast<QStringListModel*>(completer_->model())->setStringList(rest);
    completer_->setCompletionPrefix(prefix);
    const bool whole = completer_->completionCount() == 1 && completer_->currentCompletion() == prefix;
    if (prefix.isEmpty() || whole || completer_->completionCount() == 0) {
        completer_->popup()->hide();
        return;
    }
    completer_->popup()->setCurrentIndex(completer_->completionModel()->index(0, 0));
    completer_->complete();
}

void WordChoices::complete(const QString& word) {
    const auto [at, length] = typed();
    edit_->setText(edit_->text().replace(at, length, word));
    edit_->setCursorPosition(static_cast<int>(at + word.size()));
}

bool WordChoices::eventFilter(QObject* watched, QEvent* event) {
    if (watched == completer_->popup()) {  // Qt's Tab would leave the line with half a word
        const bool tab = event->type() == QEvent::KeyPress && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Tab;
        const QModelIndex current = completer_->popup()->currentIndex();
        if (tab && current.isValid()) {
            completer_->popup()->hide();
            complete(current.data().toString());
        }
        return tab && current.isValid();
    }
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
