// What a parameter's word may be, listed at its line: an arrow (Alt+Down) opens a menu where several can be ticked. Thread rule: the interface's.
#pragma once

#include <QObject>
#include <vector>

class QAction;
class QLineEdit;

namespace r2t2::ui {

class WordChoices final : public QObject {
public:
    /// Belongs to `edit`. The line holds the words with "; " between; commas are read too.
    WordChoices(QLineEdit* edit, const std::vector<const char*>& words);
    bool eventFilter(QObject* watched, QEvent* event) override;  ///< the arrow has the colour of the text, in every theme

private:
    [[nodiscard]] QStringList chosen() const;
    void set_icon();

    QLineEdit* edit_;
    QAction* open_;
};

}  // namespace r2t2::ui
