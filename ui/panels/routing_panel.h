// The home screen: every group of experts as an exact triangle (or as bars where a group has not three), with reference
// points, neighbours, trajectory, the objective underneath, and r, which can be dragged.
// Thread rule: the interface's.
#pragma once

#include <QWidget>

#include "ui/models/workspace.h"
#include "ui/panels/reference_colours.h"
#include "ui/plots/group_bars.h"
#include "ui/plots/simplex_view.h"

class QComboBox;
class QHBoxLayout;
class QLabel;
class QToolButton;

namespace r2t2::ui {

class RoutingPanel final : public QWidget {
    Q_OBJECT

public:
    explicit RoutingPanel(Workspace& workspace, QWidget* parent = nullptr);

    [[nodiscard]] SimplexView* triangle(std::size_t group) const;  ///< null: this group has not three experts
    [[nodiscard]] std::vector<Plot*> plots() const;
    void set_landscape(int kind);  ///< 0 none, 1 the neighbours' loss, 2 the truth's
    void set_arrows(bool shown);
    void set_zoom(bool on);  ///< triangles enlarged to where trajectory and neighbours are
    [[nodiscard]] bool zoomed() const;
    void reset_point();
    /// The views, not the cursor, at a step: for frames of an animation.
    void preview_step(int step);

Q_SIGNALS:
    void coloursChanged(const r2t2::ui::ReferenceColours& colours);

private:
    struct GroupView {
        SimplexView* triangle = nullptr;
        GroupBars* bars = nullptr;
        std::size_t begin = 0;  ///< first column of the group
        std::size_t size = 0;
    };
    void build_tools(QHBoxLayout* row);
    void rebuild();
    void show_points();
    void show_trajectory();
    void show_neighbours(const std::vector<RoutingMatrix>& pulls);
    void show_legend();
    void show_step();
    void ask_landscape();
    void show_landscape(std::size_t group, const LandscapeValues& values);
    void clear_landscape();
    void zoom();
    void move(std::size_t group, const std::vector<double>& weights, bool ended);
    [[nodiscard]] std::vector<double> of_group(const RoutingMatrix& weights, const GroupView& view) const;

    Workspace& workspace_;
    QComboBox *colour_, *landscape_;
    QToolButton *arrows_, *zoom_, *reset_;
    QLabel* legend_;
    QLabel* empty_;
    QLabel* error_;
    QHBoxLayout* views_row_;
    std::vector<GroupView> views_;
    ReferenceColours colours_;
    QString lacking_;  ///< neighbours that the open references lack, in words
};

}  // namespace r2t2::ui
