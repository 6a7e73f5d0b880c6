// What a triangle shows, as plain values: everything of one group of three experts, and nothing of the widget.
// Weights are [3] on the simplex; a triple that is not finite is not drawn. Thread rule: plain values.
#pragma once

#include <QString>
#include <QStringList>
#include <optional>
#include <vector>

#include "ui/plots/colours.h"
#include "ui/plots/simplex_geometry.h"

namespace r2t2::ui {

struct SimplexPoint {
    Triple weights{};
    int category = 0;  ///< colours.h, category_colour
};

struct SimplexNeighbour {
    Triple weights{};
    double weight = 0.0;         ///< kernel weight, the neighbourhood's sum to 1: width of its line
    std::optional<Triple> pull;  ///< minus its part of the gradient of the objective with respect to r, this group
    int reference = -1;          ///< index into the reference points; -1: it is none of them
    int number = 0;              ///< "n3"; 0: its place among the neighbours, from 1
    QString remark{};            ///< why it is none of the reference points, for the copied table; its ring is dotted then. Empty: it is one
};

struct SimplexStep {
    Triple weights{};
    std::optional<OutcomeColour> flip;  ///< the answer differs from the last one before: what that did
};

/// Objective over the triangle: rows of a grid as analysis computes them.
struct SimplexField {
    int divisions = 0;           ///< values at all (i, j, k) / divisions with i + j + k = divisions
    std::vector<double> values;  ///< ordered by k (third expert), then j; NaN = not computed yet
    QString name;                ///< above its colour bar: "loss"
};

/// A line of equal objective, from outside (marching triangles over the same grid).
struct SimplexContour {
    double level = 0.0;
    std::vector<Triple> points;
};

struct SimplexScene {
    QString name;
    QStringList experts{QString(), QString(), QString()};
    int group = 0;  ///< colours.h, marker_shape
    std::vector<SimplexPoint> points;
    SimplexField field;
    std::vector<SimplexContour> contours;
    std::vector<SimplexNeighbour> neighbours;
    [[nodiscard]] int number_of(std::size_t neighbour) const {
        return neighbours[neighbour].number > 0 ? neighbours[neighbour].number : static_cast<int>(neighbour) + 1;
    }
    std::vector<SimplexStep> steps;
    int step = 0;
    std::optional<Triple> what_if;  ///< r where the user dragged it to
    int highlight = -1;             ///< index of a reference point
    std::vector<int> selection;     ///< indices of reference points, ringed
    SimplexWindow window;           ///< the part that is looked at

    /// r of the current step; none without steps.
    [[nodiscard]] std::optional<Triple> stepped() const;
    /// What is shown as r: the dragged one, else the step's.
    [[nodiscard]] std::optional<Triple> current() const;
};

}  // namespace r2t2::ui
