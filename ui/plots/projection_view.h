// A map of the reference set: PCA or a neighbour embedding of routing or task space, up to 45,000 points, with the
// neighbours ringed and numbered and the sample's way through it.
//
// Points are copied from sprites into a picture when data, size, palette or the view's section change; a step, a hover
// or a highlight only draws the overlay above it.
// Mouse: drag = move, wheel = zoom at the cursor, double click = fit, Shift + drag = select, click = pointClicked.
// Keys: + and - zoom, 0 fits, arrows move, Page Up and Page Down go through the neighbours, Return clicks the
// highlighted one, Escape drops the selection. Thread rule: the interface's.
#pragma once

#include <QImage>
#include <QWidget>

#include "ui/plots/plot_export.h"
#include "ui/plots/point_grid.h"
#include "ui/plots/projection_painting.h"

namespace r2t2::ui {

class ProjectionView final : public QWidget, public Plot {
    Q_OBJECT

public:
    explicit ProjectionView(QWidget* parent = nullptr);

    void set_name(const QString& name);  ///< "Routing space, PCA"
    void set_empty(const QString& words);  ///< what stands where the map would be while there are no points: why there is none
    [[nodiscard]] const QString& empty_words() const { return empty_; }
    /// Fits the view to them.
    void set_points(std::vector<ProjectionPoint> points, std::vector<ProjectionCategory> categories);
    void set_axes(ProjectionAxes axes);
    void set_neighbours(std::vector<ProjectionNeighbour> neighbours);
    void set_trajectory(std::vector<QPointF> steps);
    void set_sample(std::optional<QPointF> at);
    void set_step(int step);
    void set_highlight(int reference);  ///< -1: none
    void set_selection(std::vector<int> references);
    void fit();
    /// Larger than 1: closer. What is under `pixel` stays there.
    void zoom(double factor, QPointF pixel);

    /// Pixel of a place of the data, and back: for tests and for the owner's pop-ups.
    [[nodiscard]] QPointF to_pixel(QPointF place) const;
    [[nodiscard]] QPointF to_data(QPointF pixel) const;
    [[nodiscard]] const std::vector<int>& selection() const { return scene_.selection; }
    [[nodiscard]] int static_rebuilds() const { return rebuilds_; }  ///< how often the points were drawn
    [[nodiscard]] QSize sizeHint() const override { return {360, 320}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {160, 120}; }

    void render_to(QPainter& painter, const QSizeF& size) const override;
    /// kind (reference, neighbour, step, sample), number, x, y, category, kernel weight.
    [[nodiscard]] QString tsv() const override;
    [[nodiscard]] QString plot_name() const override;
    [[nodiscard]] QSizeF plot_size() const override { return size_of(*this); }

Q_SIGNALS:
    void pointHovered(int reference);
    void pointClicked(int reference);
    void selectionChanged(const std::vector<int>& references);

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    enum class Hold { Nothing, Pressed, Moving, Selecting };

    void invalidate();
    void refit();  ///< after new data: fit unless the user has zoomed or moved
    void rebuild();
    void describe();
    [[nodiscard]] QString words_of_empty() const;
    void move_by(QPointF pixels);
    void select(const QRectF& pixels);
    void visit_neighbour(int by);
    [[nodiscard]] int nearest(QPointF pixel) const;

    ProjectionScene scene_;
    QString empty_;
    ProjectionCamera camera_;
    ProjectionLayout layout_;
    PointGrid grid_;  ///< in data units
    bool fitted_ = true;
    int visited_ = -1;

    Hold hold_ = Hold::Nothing;
    QPointF pressed_, last_;

    QImage static_;       ///< frame, words and points
    QImage marked_;       ///< the same with rings around the selection; null: none or to be drawn
    bool drawn_ = false;  ///< static_ is what it should be
    int rebuilds_ = 0;
};

}  // namespace r2t2::ui
