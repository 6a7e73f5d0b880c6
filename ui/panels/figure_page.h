// The gallery: every figure that the open session gives, previewed as it will be on paper, saved one by one or all together.
// Thread rule: the interface's.
#pragma once

#include <QWidget>

#include "ui/panels/number_box.h"
#include "ui/figures/session_figures.h"
#include "ui/models/session_results.h"
#include "ui/models/workspace.h"
#include "ui/panels/figure_sheet.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QListWidget;
class QToolButton;

namespace r2t2::ui {

class FigurePage final : public QWidget {
    Q_OBJECT

public:
    FigurePage(Workspace& workspace, SessionResults& results, QWidget* parent = nullptr);
    [[nodiscard]] FigureSheet& sheet() { return *sheet_; }
    /// Every figure that the chosen run gives into a folder, in the chosen formats. Told where it ended, and which could not be made or
    /// written: the others are.
    void save_all(const QString& folder);
    Status save(const QString& path);  ///< the one that is shown; failures are told here too

private:
    void fill_runs();
    void list_figures();
    void make();
    void restyle();
    void set_words();
    void name_sample(const Result<ChosenSample>& chosen);  ///< what is drawn while none is typed, and why
    void tell(const QString& message);  ///< of the figure, below what fields refuse
    [[nodiscard]] FigureStyle style() const;
    [[nodiscard]] FigureRequest request(const QString& name) const;
    [[nodiscard]] QStringList formats() const;

    Workspace& workspace_;
    SessionResults& results_;
    QListWidget* kinds_;
    QComboBox *run_, *width_;
    NumberBox *millimetres_, *points_;
    RefusalList refusals_;
    QString message_;
    QString saved_;  ///< where the last figures went; until another one is shown
    QLineEdit* sample_;
    QCheckBox* by_set_;
    std::vector<std::pair<QString, QCheckBox*>> formats_;
    FigureSheet* sheet_;
    QLabel *note_, *error_;
    QToolButton *save_, *save_all_;
};

}  // namespace r2t2::ui
