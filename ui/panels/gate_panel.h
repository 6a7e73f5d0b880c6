// Native or re-routed gates of every token in every mixer. Computed while the panel is on screen. Thread rule: the interface's.
#pragma once

#include <QWidget>

#include "ui/models/workspace.h"
#include "ui/plots/gate_strips.h"

class QLabel;

namespace r2t2::ui {

class GatePanel final : public QWidget {
    Q_OBJECT

public:
    explicit GatePanel(Workspace& workspace, QWidget* parent = nullptr);
    [[nodiscard]] GateStrips& strips() { return *strips_; }

protected:
    void showEvent(QShowEvent* event) override;

private:
    void ask();
    void take(const MixerView& view);

    Workspace& workspace_;
    GateStrips* strips_;
    QLabel* note_;
};

}  // namespace r2t2::ui
