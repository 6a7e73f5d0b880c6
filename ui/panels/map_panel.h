// The reference set in two dimensions: routing space or task space, by PCA or as a neighbour embedding, linked with every
// other view. While there is no map, what was drawn of another one is gone, and the reason stands in its place. Thread rule: the interface's.
#pragma once

#include <QWidget>

#include "ui/models/workspace.h"
#include "ui/panels/reference_colours.h"
#include "ui/plots/projection_view.h"

class QComboBox;
class QLabel;

namespace r2t2::ui {

class MapPanel final : public QWidget {
    Q_OBJECT

public:
    explicit MapPanel(Workspace& workspace, QWidget* parent = nullptr);
    void set_colours(const ReferenceColours& colours);
    [[nodiscard]] ProjectionView& view() { return *view_; }
    void choose(ProjectionSpace space, ProjectionMethod method);

private:
    void ask();
    void take(const ProjectionMapPtr& map);
    void show_none(const QString& why);
    void show_points();
    void show_sample();
    [[nodiscard]] QPointF place_among(const Trajectory& trajectory) const;

    Workspace& workspace_;
    QComboBox* choice_;
    ProjectionView* view_;
    QLabel* note_;
    ProjectionMapPtr map_;  ///< null: it was asked for, or cannot be made
    bool asked_ = false;    ///< it is being made
    ReferenceColours colours_;
};

}  // namespace r2t2::ui
