// One group of three experts as an exact triangle: reference points, neighbours, the trajectory of r, and r itself, which
// can be dragged.
//
// Three layers: what rarely changes (grid, objective field, tens of thousands of reference points) is drawn once into a
// picture; neighbours and trajectory are redrawn above it when the step cursor moves; so a step costs the few lines of
// the overlay, whatever the reference set. Thread rule: the interface's.
#pragma once

#include <QImage>
#include <QWidget>
#include <optional>
#include <vector>

#include "ui/plots/simplex_geometry.h"

namespace r2t2::ui {

struct SimplexPoint {
    Triple weights{};
    int category = 0;  ///< colours.h, category_colour
};

struct SimplexNeighbour {
    Triple weights{};
    double weight = 0.0;              ///< kernel weight, the neighbourhood's sum to 1: width of its line
    std::optional<Triple> pull;       ///< minus its part of the gradient of the objective with respect to r, this group
    int reference = -1;               ///< index into the reference points
};

struct SimplexStep {
    Triple weights{};
    bool flips = false;  ///< the answer differs from the step before
};

/// Objective over the triangle: rows of a grid as analysis computes them.
struct SimplexField {
    int divisions = 0;           ///< values at all (i, j, k) / divisions with i + j + k = divisions
    std::vector<double> values;  ///< ordered by k (third expert), then j; NaN = not computed yet
};

class SimplexView final : public QWidget {
    Q_OBJECT

public:
    explicit SimplexView(QWidget* parent = nullptr);

    void set_group(const QString& name, const QStringList& experts);
    void set_points(std::vector<SimplexPoint> points);
    void set_field(SimplexField field);  ///< empty: none
    void set_neighbours(std::vector<SimplexNeighbour> neighbours);
    void set_trajectory(std::vector<SimplexStep> steps);
    void set_step(int step);
    /// r where the user dragged it to; none: r of the current step.
    void set_what_if(std::optional<Triple> weights);
    void set_highlight(int reference);  ///< -1: none
    void set_draggable(bool draggable);

    [[nodiscard]] const SimplexGeometry& geometry() const { return geometry_; }
    [[nodiscard]] std::optional<Triple> current() const;  ///< what is shown as r
    [[nodiscard]] QSize sizeHint() const override { return {320, 300}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {160, 150}; }

    /// Everything on any device: exports draw like the screen.
    void render_to(QPainter& painter, const QSize& size) const;

Q_SIGNALS:
    void dragged(const r2t2::ui::Triple& weights);
    void dragEnded(const r2t2::ui::Triple& weights);
    void pointHovered(int reference);
    void pointClicked(int reference);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void invalidate();
    void draw_background(QPainter& painter, const SimplexGeometry& geometry) const;
    void draw_field(QPainter& painter, const SimplexGeometry& geometry) const;
    void draw_points(QImage& image, double ratio) const;
    void draw_neighbours(QPainter& painter, const SimplexGeometry& geometry) const;
    void draw_trajectory(QPainter& painter, const SimplexGeometry& geometry) const;
    void draw_handle(QPainter& painter, const SimplexGeometry& geometry) const;
    [[nodiscard]] SimplexGeometry fit(const QSize& size) const;
    [[nodiscard]] int nearest_point(QPointF pixel) const;

    QString name_;
    QStringList experts_{QString(), QString(), QString()};
    std::vector<SimplexPoint> points_;
    SimplexField field_;
    std::vector<SimplexNeighbour> neighbours_;
    std::vector<SimplexStep> steps_;
    int step_ = 0;
    std::optional<Triple> what_if_;
    int highlight_ = -1;
    bool draggable_ = true;
    bool dragging_ = false;

    SimplexGeometry geometry_;
    QImage static_;  ///< background, field and points at the screen's resolution; null = to be drawn
    std::vector<std::vector<int>> buckets_;  ///< reference points by 16-pixel cell, for hovering
    int bucket_columns_ = 0;
};

}  // namespace r2t2::ui

Q_DECLARE_METATYPE(r2t2::ui::Triple)
