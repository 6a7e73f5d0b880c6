// The weights of one group with any number of experts as horizontal bars, the base routing beside the current one; the
// end of a bar can be dragged. A group of seven is no triangle: this is its simplex.
//
// Raising one expert takes from the others in proportion to what they have, so that the sum stays 1.
// Keys: Up and Down choose an expert, Shift + Left and Right change its weight (plain Left and Right are left to the
// owner: they step through time). Thread rule: the interface's.
#pragma once

#include <QWidget>
#include <vector>

#include "ui/plots/plot_drawing.h"
#include "ui/plots/plot_export.h"

namespace r2t2::ui {

/// `weights` with entry `expert` set to `value` (cut to 0 .. 1) and the others scaled so that all sum to 1; where the
/// others have nothing, they share alike. Entries that are negative or not finite count as 0.
[[nodiscard]] std::vector<double> with_weight(const std::vector<double>& weights, std::size_t expert, double value);

class GroupBars final : public QWidget, public Plot {
    Q_OBJECT

public:
    explicit GroupBars(QWidget* parent = nullptr);

    void set_group(const QString& name, const QStringList& experts, int group = 0);
    /// [experts]; either may be empty. Not finite: not drawn.
    void set_weights(std::vector<double> base, std::vector<double> current);
    void set_draggable(bool draggable);

    [[nodiscard]] const std::vector<double>& weights() const { return current_; }
    [[nodiscard]] QPointF bar_end(int expert) const;  ///< pixels, for tests
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return {160, 80}; }

    void render_to(QPainter& painter, const QSizeF& size) const override;
    [[nodiscard]] QString tsv() const override;  ///< expert, base, current
    [[nodiscard]] QString plot_name() const override;
    [[nodiscard]] QSizeF plot_size() const override { return size_of(*this); }

Q_SIGNALS:
    void dragged(const std::vector<double>& weights);
    void dragEnded(const std::vector<double>& weights);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    struct Rows {
        double top = 0.0, height = 0.0;               ///< of one row
        double names = 0.0, left = 0.0, right = 0.0;  ///< name column's end; bars between left (0) and right (1)
        bool words = true;                            ///< rows are high enough for text
        bool axis = false;
    };
    [[nodiscard]] Rows rows(const QSizeF& size, const PlotLook& look) const;
    void draw(QPainter& painter, const QSizeF& size, const PlotLook& look, int chosen) const;
    void draw_row(QPainter& painter, const QSizeF& size, const PlotLook& look, const Rows& rows, int expert,
                  bool chosen) const;
    void drag_to(double x);
    void describe();

    QString name_;
    QStringList experts_;
    int group_ = 0;
    std::vector<double> base_, current_;
    bool draggable_ = true;
    int chosen_ = 0;
    bool dragging_ = false;
};

}  // namespace r2t2::ui
