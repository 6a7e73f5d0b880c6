// One sample in the routing space: where its r went, whom it listened to, and where everybody else stands. A group of three
// experts is an exact triangle, enlarged to what happens; a small one says which part of the whole that is. Groups of another
// size: one plane for the whole routing, its first two principal components. Thread rule: as figure.h.
#pragma once

#include <optional>
#include <vector>

#include "core/analysis/transitions.h"
#include "core/routing/routing_space.h"
#include "ui/figures/figure.h"
#include "ui/plots/colours.h"

namespace r2t2::ui {

/// Weights are [experts] of the run's space, means over mixers.
struct NativeRouting {
    std::vector<double> weights;
    std::optional<Outcome> outcome;  ///< of its sample; none: truth unknown
};
struct RoutingStep {
    std::vector<double> weights;
    std::optional<OutcomeColour> flip;  ///< the answer differs from the last one before: what that did
    QString answer;
};
struct RoutingNeighbour {
    std::vector<double> weights;
    double weight = 0.0;  ///< kernel weight; the neighbourhood's sum to 1
    int rank = 1;         ///< 1 is the nearest; number on the figure
    QString name;
};

struct NeighbourhoodData {
    QString title;
    RoutingSpace space;
    std::vector<NativeRouting> native;          ///< of all the run's samples
    std::vector<RoutingStep> steps;             ///< of this one
    std::vector<RoutingNeighbour> neighbours;   ///< those whose routing is known
};

/// Above this many native routings the points, and only they, are a picture.
inline constexpr std::size_t kMostFigurePoints = 5000;

class NeighbourhoodFigure final : public Figure {
public:
    explicit NeighbourhoodFigure(NeighbourhoodData data);

    /// kind (native, step, neighbour), number, name, a column for every expert, outcome or answer, kernel weight, flips.
    [[nodiscard]] QString tsv() const override;

protected:
    [[nodiscard]] double natural_height(double width, const QFontMetricsF& metrics) const override;
    void draw(QPainter& painter, const QRectF& area, const PlotLook& look) const override;

private:
    struct Marks;  // the data of one panel, in pixels
    struct Frame;
    [[nodiscard]] Frame frame(double width, const QFontMetricsF& metrics) const;
    [[nodiscard]] std::vector<FigureKey> keys() const;
    void draw_triangle(QPainter& painter, std::size_t group, const QRectF& area, const PlotLook& look) const;
    void draw_plane(QPainter& painter, const QRectF& area, const PlotLook& look) const;
    void draw_marks(QPainter& painter, const Marks& marks, Marker marker, double side, LabelRoom& room, const PlotLook& look) const;

    NeighbourhoodData data_;
    std::vector<std::size_t> triangles_;  ///< groups of three experts
    bool plane_ = false;                  ///< some group is no triangle
};

}  // namespace r2t2::ui
