// Where a reference set goes: a place, a name, and what is there now, said while one types. A set that is there is asked about before it is replaced;
// descents that were stopped are gone on with; a folder of other files, or one inside of a reference set, is refused with the reason.
// It is opened, not run. Thread rule: the interface's.
#pragma once

#include <QDialog>

#include "ui/models/reference_folder.h"

class QLabel;
class QLineEdit;
class QPushButton;

namespace r2t2::ui {

class ReferenceFolderDialog final : public QDialog {
    Q_OBJECT

public:
    struct Wish {
        QString title;    ///< "Build reference set"
        QString name;     ///< proposed; a number is added where it is taken
        QString go_on;    ///< a folder whose descents were stopped: proposed instead; empty: none
        bool refines = false;
    };
    explicit ReferenceFolderDialog(const Wish& wish, QWidget* parent = nullptr);

    void accept() override;  ///< not where what is there refuses it, and not before a set that is there may be replaced

Q_SIGNALS:
    void chosen(const QString& folder);

private:
    void look();
    void browse();
    void finish();
    [[nodiscard]] QString folder() const;
    [[nodiscard]] ReferencePlace there() const;

    QLineEdit *place_, *name_;
    QLabel* there_;
    QPushButton* go_;
    bool refines_;
};

}  // namespace r2t2::ui
