// One group of three experts as an exact triangle: reference points, neighbours, the trajectory of r, and r itself,
// which can be dragged.
//
// Three layers: what rarely changes (grid, objective field, tens of thousands of reference points) is drawn once into a
// picture; rings of the selection go onto a copy of it; neighbours and trajectory are redrawn above when the step
// cursor moves; so a step costs the few lines of the overlay, whatever the reference set.
//
// Keys: Shift + arrows move r (plain arrows are left to the owner: they step through time), Page Up and Page Down go
// through the neighbours, Return clicks the highlighted one. Plus and minus enlarge and shrink about r, 0 shows the whole.
// Mouse: the wheel enlarges about the pointer, dragging the ground moves the part that is looked at, a double click shows
// the whole. Thread rule: the interface's.
#pragma once

#include <QImage>
#include <QWidget>
#include <optional>
#include <vector>

#include "ui/plots/plot_export.h"
#include "ui/plots/point_grid.h"
#include "ui/plots/simplex_painting.h"

namespace r2t2::ui {

class SimplexView final : public QWidget, public Plot {
    Q_OBJECT

public:
    explicit SimplexView(QWidget* parent = nullptr);

    /// `group`: 0 image (circles), 1 language (squares), colours.h.
    void set_group(const QString& name, const QStringList& experts, int group = 0);
    void set_points(std::vector<SimplexPoint> points);
    void set_field(SimplexField field, std::vector<SimplexContour> contours = {});  ///< empty: none
    void set_neighbours(std::vector<SimplexNeighbour> neighbours);
    void set_trajectory(std::vector<SimplexStep> steps);
    void set_step(int step);
    /// r where the user dragged it to; none: r of the current step.
    void set_what_if(std::optional<Triple> weights);
    void set_highlight(int reference);                ///< -1: none
    void set_selection(std::vector<int> references);  ///< ringed
    void set_draggable(bool draggable);
    void set_window(const SimplexWindow& window);  ///< the part that is looked at
    /// To where trajectory, r and neighbours are; the reference points without them.
    void zoom_to_routing();

    [[nodiscard]] const SimplexGeometry& geometry() const { return layout_.geometry; }
    [[nodiscard]] const SimplexWindow& window() const { return scene_.window; }
    [[nodiscard]] std::optional<Triple> current() const { return scene_.current(); }  ///< what is shown as r
    [[nodiscard]] int static_rebuilds() const { return rebuilds_; }  ///< how often the layer below was drawn
    [[nodiscard]] QSize sizeHint() const override { return {320, 300}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {160, 110}; }

    void render_to(QPainter& painter, const QSizeF& size) const override;
    /// kind (reference, neighbour, step, what-if), number, the three weights, category, kernel weight, flips.
    [[nodiscard]] QString tsv() const override;
    [[nodiscard]] QString plot_name() const override;
    [[nodiscard]] QSizeF plot_size() const override { return size_of(*this); }

Q_SIGNALS:
    void dragged(const r2t2::ui::Triple& weights);
    void dragEnded(const r2t2::ui::Triple& weights);
    void pointHovered(int reference);
    void pointClicked(int reference);
    void windowChanged(const r2t2::ui::SimplexWindow& window);  ///< by the user's hand

protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void invalidate();
    void rebuild();
    void describe();
    [[nodiscard]] int nearest(QPointF pixel);
    void nudge(const Triple& by);
    void visit_neighbour(int by);
    void look_at(const SimplexWindow& window);

    SimplexScene scene_;
    bool draggable_ = true;
    bool dragging_ = false;
    std::optional<Triple> held_;  ///< the triple of the ground under the pointer while the ground is dragged
    int visited_ = -1;  ///< neighbour chosen by keyboard

    SimplexLayout layout_;
    LabelRoom words_{QRectF()};  ///< of the ground
    QImage static_;              ///< ground and points at the screen's resolution
    QImage field_;               ///< colours of the objective; null = to be drawn, if there is one
    QImage marked_;              ///< the same with rings around the selection; null: none or to be drawn
    bool drawn_ = false;         ///< static_ is what it should be
    int rebuilds_ = 0;
    std::optional<PointGrid> grid_;  ///< reference points in pixels, made at the first hover
};

}  // namespace r2t2::ui

Q_DECLARE_METATYPE(r2t2::ui::Triple)
