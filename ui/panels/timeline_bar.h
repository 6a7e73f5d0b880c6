// Play, pause, step, scrub, speed: the controls of the step cursor. Steps where the answer flips are marked.
// Thread rule: the interface's.
#pragma once

#include <QWidget>

#include "ui/models/workspace.h"
#include "ui/plots/colours.h"

class QComboBox;
class QLabel;
class QToolButton;

namespace r2t2::ui {

/// The steps as a row of ticks, flips as diamonds, the cursor as a handle that can be dragged.
class StepTrack final : public QWidget {
    Q_OBJECT

public:
    explicit StepTrack(StepCursor& cursor, QWidget* parent = nullptr);
    void set_flips(std::vector<FlipMark> flips);
    [[nodiscard]] QSize sizeHint() const override { return {320, 34}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {120, 34}; }
    [[nodiscard]] double x_of(int step) const;

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;

private:
    void go(double x);
    StepCursor& cursor_;
    std::vector<FlipMark> flips_;
};

class TimelineBar final : public QWidget {
    Q_OBJECT

public:
    explicit TimelineBar(Workspace& workspace, QWidget* parent = nullptr);

protected:
    void changeEvent(QEvent* event) override;

private:
    void refresh();
    void set_icons();

    Workspace& workspace_;
    QToolButton *first_, *previous_, *play_, *next_, *last_;
    StepTrack* track_;
    QLabel* step_;
    QComboBox* speed_;
};

}  // namespace r2t2::ui
