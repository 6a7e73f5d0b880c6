// What a parameter's word may be, listed at its line: an arrow (Alt+Down) opens a menu where several can be ticked, and the word that is being
// typed is completed. Thread rule: the interface's.
#pragma once

#include <QObject>
#include <vector>

class QAction;
class QCompleter;
class QLineEdit;

namespace r2t2::ui {

class WordChoices final : public QObject {
public:
    /// Belongs to `edit`. The line holds the words with "; " between; commas are read too.
    WordChoices(QLineEdit* edit, const std::vector<const char*>& words);
    bool eventFilter(QObject* watched, QEvent* event) override;  ///< the arrow has the colour of the text, in every theme; Tab takes the completion

private:
    [[nodiscard]] QStringList chosen() const;
    void set_icon();
    struct Typed {
        qsizetype at = 0, length = 0;  ///< of the word at the cursor, without blanks
    };
    [[nodiscard]] Typed typed() const;
    void offer();
    void complete(const QString& word);

    QLineEdit* edit_;
    QAction* open_;
    QCompleter* completer_;
    QStringList words_;
};

}  // namespace r2t2::ui
