// Every command by name: type a few letters, press Enter. Ctrl+Shift+P. Thread rule: the interface's.
#pragma once

#include <QDialog>

class QAction;
class QLineEdit;
class QTreeWidget;

namespace r2t2::ui {

/// How well `words` fit `text`: each word must be in it, case aside; words at the start of a word count more. 0: no match.
[[nodiscard]] int match_command(const QString& text, const QString& words);

class CommandPalette final : public QDialog {
    Q_OBJECT

public:
    CommandPalette(QList<QAction*> actions, QWidget* parent);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void filter(const QString& words);
    void trigger();

    QList<QAction*> actions_;
    QLineEdit* words_;
    QTreeWidget* list_;
};

/// "Ctrl+R" and what it does, of every action that has a shortcut.
class KeyList final : public QDialog {
    Q_OBJECT

public:
    KeyList(const QList<QAction*>& actions, QWidget* parent);
};

}  // namespace r2t2::ui
