// What re-routing has done to each expert so far: weight at the current step minus weight at step 0, as bars to the
// left (less, blue) and right (more, vermilion) of zero. The scale is the largest change of all steps, so that bars can
// be compared while stepping. Any number of groups and experts. Keys: Left, Right, Home, End. Thread rule: the
// interface's.
#pragma once

#include <QWidget>
#include <vector>

#include "ui/plots/plot_drawing.h"
#include "ui/plots/plot_export.h"

namespace r2t2::ui {

struct ChangeGroup {
    QString name;
    QStringList experts;
    std::vector<std::vector<double>> steps;  ///< [steps][experts]
};

class ChangeBars final : public QWidget, public Plot {
    Q_OBJECT

public:
    explicit ChangeBars(QWidget* parent = nullptr);

    void set_groups(std::vector<ChangeGroup> groups);  ///< group 0 image, 1 language: colours.h, marker_shape
    void set_step(int step);
    [[nodiscard]] double change(int group, int expert) const;  ///< at the current step; NaN: not known

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return {160, 90}; }

    void render_to(QPainter& painter, const QSizeF& size) const override;
    [[nodiscard]] QString tsv() const override;  ///< group, expert, step 0, this step, change
    [[nodiscard]] QString plot_name() const override;
    [[nodiscard]] QSizeF plot_size() const override { return size_of(*this); }

Q_SIGNALS:
    void stepRequested(int step);

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    struct Rows;
    [[nodiscard]] Rows rows(const QSizeF& size, const PlotLook& look) const;
    void draw(QPainter& painter, const QSizeF& size, const PlotLook& look) const;
    void draw_row(QPainter& painter, const PlotLook& look, const Rows& rows, double top, int group, int expert) const;
    [[nodiscard]] double weight(int group, int expert, int step) const;
    [[nodiscard]] int steps() const;
    void describe();

    std::vector<ChangeGroup> groups_;
    double largest_ = 0.0;  ///< of all changes, at least 0.05
    int step_ = 0;
};

}  // namespace r2t2::ui
