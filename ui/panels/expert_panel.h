// The experts' weights over the steps, one stacked band a group, and their change since step 0. Thread rule: the interface's.
#pragma once

#include <QWidget>

#include "ui/models/workspace.h"
#include "ui/plots/change_bars.h"
#include "ui/plots/weight_bands.h"

class QHBoxLayout;

namespace r2t2::ui {

class ExpertPanel final : public QWidget {
    Q_OBJECT

public:
    explicit ExpertPanel(Workspace& workspace, QWidget* parent = nullptr);

private:
    void rebuild();
    void refresh();

    Workspace& workspace_;
    QHBoxLayout* row_;
    std::vector<WeightBands*> bands_;
    ChangeBars* changes_;
};

}  // namespace r2t2::ui
