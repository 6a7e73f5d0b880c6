// What a two-dimensional map of the reference set shows, as plain values. Coordinates are the owner's (PCA, neighbour
// embedding), y upwards; points that are not finite are not drawn. Thread rule: plain values.
#pragma once

#include <QColor>
#include <QPointF>
#include <QString>
#include <optional>
#include <vector>

namespace r2t2::ui {

struct ProjectionPoint {
    float x = 0.0F;
    float y = 0.0F;
    int category = 0;  ///< index into the categories; outside them: grey
};

struct ProjectionCategory {
    QString name;
    QColor colour;  ///< not valid: category_colour of its index
};

struct ProjectionNeighbour {
    int reference = -1;   ///< index into the points
    double weight = 0.0;  ///< kernel weight, the neighbourhood's sum to 1: width of its ring
    int number = 0;       ///< "n3"; 0: its place among the neighbours, from 1
};

struct ProjectionAxes {
    QString x, y;        ///< "PC 1 (61 %)"; may be empty
    bool ticks = false;  ///< numbers along the frame: never for neighbour embeddings, whose units mean nothing
};

struct ProjectionScene {
    QString name;
    std::vector<ProjectionPoint> points;
    std::vector<ProjectionCategory> categories;
    std::vector<ProjectionNeighbour> neighbours;
    [[nodiscard]] int number_of(std::size_t neighbour) const {
        return neighbours[neighbour].number > 0 ? neighbours[neighbour].number : static_cast<int>(neighbour) + 1;
    }
    std::vector<QPointF> trajectory;              ///< of the sample, by step
    std::optional<QPointF> sample;                ///< where it stands without a trajectory (task space)
    int step = 0;
    int highlight = -1;
    std::vector<int> selection;
    ProjectionAxes axes;
};

}  // namespace r2t2::ui
