// The weights of one group over the steps as a stacked band: what each expert has, step by step, always summing to 1.
// A line marks the step cursor; a click or a drag moves it, Left, Right, Home and End do too. Any number of experts.
// Thread rule: the interface's.
#pragma once

#include <QWidget>
#include <vector>

#include "ui/plots/colours.h"
#include "ui/plots/plot_drawing.h"
#include "ui/plots/plot_export.h"

namespace r2t2::ui {

class WeightBands final : public QWidget, public Plot {
    Q_OBJECT

public:
    explicit WeightBands(QWidget* parent = nullptr);

    void set_group(const QString& name, const QStringList& experts, int group = 0);  ///< group: colours.h, marker_shape
    void set_columns(const QStringList& columns);  ///< of tsv(), where the bands' names say too little without the picture; empty: the names
    void set_colours(std::vector<QColor> colours);  ///< one a band; empty: the experts'
    /// [steps][experts], each row on its simplex. A row without a finite number is a gap: nothing is drawn there.
    void set_steps(std::vector<std::vector<double>> weights);
    void set_flips(std::vector<FlipMark> flips);
    void set_step(int step);

    void render_to(QPainter& painter, const QSizeF& size) const override;
    [[nodiscard]] QString tsv() const override;  ///< step, then one column an expert
    [[nodiscard]] QString plot_name() const override;
    [[nodiscard]] QSizeF plot_size() const override { return size_of(*this); }
    [[nodiscard]] QSize sizeHint() const override { return {320, 150}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {160, 90}; }

Q_SIGNALS:
    void stepRequested(int step);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void draw(QPainter& painter, const QSizeF& size, const PlotLook& look, bool with_cursor) const;
    void draw_bands(QPainter& painter, const QRectF& plot, const PlotLook& look) const;
    void draw_run(QPainter& painter, const QRectF& plot, std::size_t first, std::size_t last) const;
    void draw_names(QPainter& painter, const QRectF& plot, const QSizeF& size, const PlotLook& look) const;
    void draw_axes(QPainter& painter, const QRectF& plot, const PlotLook& look) const;
    [[nodiscard]] QRectF plot_area(const QSizeF& size, const PlotLook& look) const;
    [[nodiscard]] double x_of(double step, const QRectF& plot) const;
    [[nodiscard]] bool known(std::size_t step) const;
    [[nodiscard]] double weight(std::size_t step, std::size_t expert) const;  ///< 0 where there is none
    [[nodiscard]] QColor colour(std::size_t expert) const;
    void request(double x);
    void describe();

    QString name_;
    QStringList experts_, columns_;
    std::vector<QColor> colours_;
    int group_ = 0;
    std::vector<std::vector<double>> steps_;
    std::vector<FlipMark> flips_;
    int step_ = 0;
};

}  // namespace r2t2::ui
