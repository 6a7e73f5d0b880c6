// How gate weights are drawn: one block an expert, rows = mixers with their mean on top, columns = tokens, viridis from
// 0 to 1. More tokens than pixels: a pixel shows the mean of the tokens it stands for, so that none is dropped.
// Thread rule: the interface's (fonts).
#pragma once

#include <QImage>
#include <QStringList>
#include <vector>

#include "ui/plots/plot_drawing.h"

namespace r2t2::ui {

struct GateGroup {
    QString name;
    QStringList experts;
    QStringList tokens;          ///< for people: the piece of text, or "row 2, column 3"
    std::vector<float> weights;  ///< [mixers, tokens, experts], each row on its simplex; NaN = not known
};

struct GateScene {
    int mixers = 0;
    std::vector<GateGroup> groups;

    [[nodiscard]] int tokens(int group) const {
        return static_cast<int>(groups[static_cast<std::size_t>(group)].tokens.size());
    }
    /// `mixer` -1: mean over the mixers.
    [[nodiscard]] float weight(int group, int mixer, int token, int expert) const;
};

struct GateCell {
    int group = -1;  ///< -1: none
    int mixer = -1;  ///< -1: the mean row
    int token = -1;
    [[nodiscard]] bool operator==(const GateCell&) const = default;
};

struct GateLayout {
    struct Block {
        int group = 0, expert = 0;
        QRectF mean;  ///< empty: one mixer only
        QRectF body;  ///< empty: no room for more than the mean
    };
    std::vector<Block> blocks;
    std::vector<QRectF> heads;         ///< [groups] their titles; empty: no room
    std::vector<QRectF> token_labels;  ///< [groups] below their last block; empty: no room
    QRectF names;                      ///< column of the experts' names and the mixers' numbers
    double numbers = 0.0;              ///< width of the latter; 0: rows are too low for them
    QRectF readout;                    ///< one line at the bottom
    QRectF bar;                        ///< colours from 0 to 1; empty: no room

    [[nodiscard]] GateCell cell_at(const GateScene& scene, QPointF pixel) const;
    /// Where a cell of one block is drawn, at least 3 pixels each way. Empty if that row is not drawn.
    [[nodiscard]] QRectF cell_box(const GateScene& scene, const Block& block, const GateCell& cell) const;
};

[[nodiscard]] GateLayout lay_out_gates(const GateScene& scene, const QSizeF& size, const PlotLook& look);
/// `ratio`: device pixels a logical one.
void draw_gates(QPainter& painter, const GateScene& scene, const GateLayout& layout, const PlotLook& look,
                double ratio);
/// The cell framed in every block of its group.
void draw_gate_cell(QPainter& painter, const GateScene& scene, const GateLayout& layout, const PlotLook& look,
                    const GateCell& cell);
/// "image, mixer 2, token 7 (row 1, column 3): aux 0.20, lang 0.30, self 0.50"
[[nodiscard]] QString describe_cell(const GateScene& scene, const GateCell& cell);

}  // namespace r2t2::ui
