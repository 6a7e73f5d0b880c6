// Gates and what they gave every token: heat strips of all experts, mixer by mixer, with the mean over the mixers.
// 1 to 1,225 tokens, 1 to 32 mixers, any number of groups and experts.
//
// Mouse: hover and click a cell. Keys: arrows choose a cell (above the first mixer is the mean row), Page Up and Page
// Down the group, Return clicks, Escape lets go. The line at the bottom says what the chosen cell holds.
// Thread rule: the interface's.
#pragma once

#include <QImage>
#include <QWidget>

#include "ui/plots/gate_painting.h"
#include "ui/plots/plot_export.h"

namespace r2t2::ui {

class GateStrips final : public QWidget, public Plot {
    Q_OBJECT

public:
    explicit GateStrips(QWidget* parent = nullptr);

    /// Weights of another size than [mixers, tokens, experts] are drawn as far as they go, the rest as not known.
    void set_gates(int mixers, std::vector<GateGroup> groups);
    /// Chosen from outside (a patch of the picture under the mouse); group -1: none.
    void set_cell(int group, int mixer, int token);

    [[nodiscard]] const GateLayout& placed() const { return layout_; }
    [[nodiscard]] int static_rebuilds() const { return rebuilds_; }
    [[nodiscard]] QSize sizeHint() const override { return {420, 300}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {160, 120}; }

    void render_to(QPainter& painter, const QSizeF& size) const override;
    [[nodiscard]] QString tsv() const override;  ///< group, mixer, token, label, expert, weight
    [[nodiscard]] QString plot_name() const override { return QStringLiteral("gate_weights"); }
    [[nodiscard]] QSizeF plot_size() const override { return size_of(*this); }

Q_SIGNALS:
    void hovered(int group, int mixer, int token);  ///< mixer -1: mean row; all -1: nothing
    void clicked(int group, int mixer, int token);

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void invalidate();
    void choose(const GateCell& cell);
    void step_cell(int key);

    GateScene scene_;
    GateCell cell_;
    GateLayout layout_;
    QImage static_;  ///< everything but the chosen cell; null = to be drawn
    int rebuilds_ = 0;
};

}  // namespace r2t2::ui
