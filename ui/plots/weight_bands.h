// The weights of one group over the steps as a stacked band: what each expert has, step by step, always summing to 1.
// A line marks the step cursor; a click or a drag moves it. Any number of experts. Thread rule: the interface's.
#pragma once

#include <QWidget>
#include <vector>

namespace r2t2::ui {

class WeightBands final : public QWidget {
    Q_OBJECT

public:
    explicit WeightBands(QWidget* parent = nullptr);

    void set_group(const QString& name, const QStringList& experts);
    void set_steps(std::vector<std::vector<double>> weights);  ///< [steps][experts], each row on its simplex
    void set_flips(std::vector<int> steps);                    ///< where the answer differs from the step before
    void set_step(int step);

    void render_to(QPainter& painter, const QRectF& area, bool with_cursor) const;
    [[nodiscard]] QSize sizeHint() const override { return {320, 150}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {160, 90}; }

Q_SIGNALS:
    void stepRequested(int step);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;

private:
    [[nodiscard]] QRectF plot_area(const QRectF& area) const;
    [[nodiscard]] double x_of(double step, const QRectF& plot) const;
    void request(double x);

    QString name_;
    QStringList experts_;
    std::vector<std::vector<double>> steps_;
    std::vector<int> flips_;
    int step_ = 0;
};

}  // namespace r2t2::ui
