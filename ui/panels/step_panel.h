// Every step of the followed trajectory as a table; the current row is the step cursor. Thread rule: the interface's.
#pragma once

#include <QWidget>

#include "ui/models/step_model.h"
#include "ui/models/workspace.h"


namespace r2t2::ui {

class WeightDelegate;

class RowTable;

class StepPanel final : public QWidget {
    Q_OBJECT

public:
    explicit StepPanel(Workspace& workspace, QWidget* parent = nullptr);
    [[nodiscard]] StepModel& model() { return model_; }

private:
    void refresh();
    void follow();

    Workspace& workspace_;
    StepModel model_;
    RowTable* table_;
    WeightDelegate* weights_;
    int sized_columns_ = 0;  ///< for how many columns their widths were measured
};

}  // namespace r2t2::ui
