// The same sample under every method as small multiples with one shared cursor; a click follows that method.
// Thread rule: the interface's.
#pragma once

#include <QFrame>
#include <QWidget>

#include "ui/models/workspace.h"
#include "ui/plots/group_bars.h"
#include "ui/plots/simplex_view.h"

class QBoxLayout;
class QHBoxLayout;
class QLabel;

namespace r2t2::ui {

/// One method: its triangles (bars where a group has not three experts), its answer at the cursor, what it cost.
class MethodColumn final : public QFrame {
    Q_OBJECT

public:
    MethodColumn(const Trajectory& trajectory, const QString& variant, const RoutingSpace& space, QWidget* parent);
    void set_step(const Trajectory& trajectory, int step);
    void set_followed(bool followed);
    [[nodiscard]] const std::vector<SimplexView*>& triangles() const { return triangles_; }

Q_SIGNALS:
    void chosen();

protected:
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    QString name_;
    QBoxLayout* triangles_row_;
    QLabel *answer_, *cost_;
    std::vector<SimplexView*> triangles_;
    struct Bars {
        GroupBars* view;
        std::size_t begin, size;  ///< columns of its group
    };
    std::vector<Bars> bars_;
    bool followed_ = false;
};

class ComparePanel final : public QWidget {
    Q_OBJECT

public:
    explicit ComparePanel(Workspace& workspace, QWidget* parent = nullptr);
    [[nodiscard]] const std::vector<MethodColumn*>& columns() const { return columns_; }

private:
    void rebuild();
    void follow();

    Workspace& workspace_;
    QHBoxLayout* row_;
    QLabel* empty_;
    std::vector<MethodColumn*> columns_;
};

}  // namespace r2t2::ui
