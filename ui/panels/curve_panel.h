// Objective, confidence, learning rate and the neighbours' losses over the steps. Thread rule: the interface's.
#pragma once

#include <QWidget>

#include "ui/models/workspace.h"
#include "ui/plots/curve_plot.h"

class QLabel;

namespace r2t2::ui {

class CurvePanel final : public QWidget {
    Q_OBJECT

public:
    explicit CurvePanel(Workspace& workspace, QWidget* parent = nullptr);

private:
    void refresh();

    Workspace& workspace_;
    QLabel* rise_;  ///< said only where the objective has risen
    CurvePlot *progress_, *confidence_, *losses_;
};

}  // namespace r2t2::ui
