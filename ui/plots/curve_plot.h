// Curves over the steps of a trajectory: objective, confidence, learning rate, losses of neighbours. One or two
// vertical axes, a step cursor that all plots share, marks where the answer flips.
//
// Drawn by QCustomPlot; the cursor is on its buffered overlay layer, so moving it draws one line and nothing else.
// Mouse: click or drag moves the cursor. Keys: Left, Right, Home, End. Thread rule: the interface's.
#pragma once

#include <QWidget>
#include <vector>

#include "ui/plots/colours.h"
#include "ui/plots/legend.h"
#include "ui/plots/plot_export.h"

class QCPItemLine;
class QCustomPlot;

namespace r2t2::ui {

struct Curve {
    enum class Axis { Left, Right };
    QString name;
    QString unit;                ///< "nats", "%"; may be empty
    std::vector<double> values;  ///< [steps]; NaN: a gap
    Axis axis = Axis::Left;
    int colour = 0;  ///< colours.h, category_colour
    bool dashed = false;
    enum class Style { Line, Level, Points };
    Style style = Style::Line;  ///< Level: no dots, since it is no number of a step. Points: no line where nothing is known in between
    QColor own{};               ///< instead of a category's
    int place = 0;              ///< among curves of one kind, told apart by markers and dashes too (marker_of_place, dash_pattern)
    enum class Range { Any, Fraction };
    Range range = Range::Any;  ///< Fraction: of 1, as a probability. What is in "%" lies within 0 and 100
    [[nodiscard]] QColor ink(const QPalette& palette) const { return readable(own.isValid() ? own : category_colour(colour), palette); }
};

class CurvePlot final : public QWidget, public Plot {
    Q_OBJECT

public:
    explicit CurvePlot(QWidget* parent = nullptr);

    void set_name(const QString& name);
    void set_curves(std::vector<Curve> curves, std::vector<FlipMark> flips = {});  ///< flips: as set_flips, in the same drawing
    void set_flips(std::vector<FlipMark> flips);
    void set_step(int step);

    [[nodiscard]] std::pair<double, double> span(Curve::Axis axis) const;  ///< of an axis, for tests
    /// Pixel of a step at the plot's bottom, for tests.
    [[nodiscard]] double x_of(int step) const;
    [[nodiscard]] std::vector<std::pair<QString, QRectF>> legend() const;  ///< what it names, for tests
    [[nodiscard]] int replots() const { return replots_; }  ///< of everything; the cursor's moves are not counted
    [[nodiscard]] QSize sizeHint() const override { return {360, 200}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {160, 100}; }

    void render_to(QPainter& painter, const QSizeF& size) const override;
    [[nodiscard]] QString tsv() const override;  ///< step, then one column a curve
    [[nodiscard]] QString plot_name() const override;
    [[nodiscard]] QSizeF plot_size() const override { return size_of(*this); }

Q_SIGNALS:
    void stepRequested(int step);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    struct Arrangement {
        QRectF plot;  ///< QCustomPlot's
        LegendLayout legend;
        QPointF legend_at;
        double title = 0.0;  ///< its height; 0: there is no room for one
    };
    [[nodiscard]] Arrangement arrange(const QSizeF& size, const PlotLook& look) const;
    [[nodiscard]] std::vector<LegendEntry> entries(const PlotLook& look) const;
    [[nodiscard]] QString axis_label(Curve::Axis axis) const;
    [[nodiscard]] QString axis_unit(Curve::Axis axis) const;
    [[nodiscard]] int steps() const;
    void draw_words(QPainter& painter, const Arrangement& arrangement, const QSizeF& size, const PlotLook& look) const;
    void dress(const PlotLook& look, const QSizeF& size) const;  ///< colours, fonts and tick counts of everything
    void refill();
    void lay_out();
    void request(double x);

    QString name_;
    std::vector<Curve> curves_;
    std::vector<FlipMark> flips_;
    int step_ = 0;
    int replots_ = 0;
    QCustomPlot* plot_;
    QCPItemLine* cursor_;
};

}  // namespace r2t2::ui
