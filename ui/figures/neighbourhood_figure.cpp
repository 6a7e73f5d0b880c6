#include "ui/figures/neighbourhood_figure.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "ui/figures/figure_axes.h"
#include "ui/figures/neighbourhood_marks.h"
#include "ui/figures/outcomes.h"
#include "ui/models/method_names.h"
#include "ui/plots/sprites.h"

namespace r2t2::ui {

namespace {

constexpr double kLeastNeighbourhood = 54.0 * kMillimetre, kWidestTriangle = 46.0 * kMillimetre, kNeighbourhoodGap = 12.0;
constexpr double kPointScale = 2.0;  // device pixels a 1/96 inch, 192 dpi: the points are soft discs
const double kTriangleHeight = std::sqrt(3.0) / 2.0;

constexpr std::array<std::optional<Outcome>, 5> kOutcomes = {Outcome::RightRight, Outcome::WrongRight, Outcome::RightWrong, Outcome::WrongWrong,
                                                             std::nullopt};

}  // namespace

NeighbourhoodFigure::NeighbourhoodFigure(NeighbourhoodData data) : Figure(QStringLiteral("neighbourhood-map")), data_(std::move(data)) {
    for (std::size_t g = 0; g < data_.space.groups.size(); ++g) {
        if (data_.space.groups[g].experts.size() == 3) {
            triangles_.push_back(g);
        } else {
            plane_ = true;
        }
    }
}

struct NeighbourhoodFigure::Frame {
    PanelGrid grid;
    double side, height;  ///< of a triangle; of a panel
};

NeighbourhoodFigure::Frame NeighbourhoodFigure::frame(double width, const QFontMetricsF& metrics) const {
    const PanelGrid grid(triangles_.size() + (plane_ ? 1 : 0), width - 4.0, kLeastNeighbourhood, kNeighbourhoodGap);
    const double ticks = 2.0 * (metrics.horizontalAdvance(QStringLiteral("0.88")) + 6.0);
    const double side = std::max(20.0, std::min(grid.width - ticks, kWidestTriangle * (grid.columns > 1 ? 1.25 : 1.0)));
    return {grid, side, side * kTriangleHeight + 3.4 * metrics.height() + 6.0};
}

double NeighbourhoodFigure::natural_height(double width, const QFontMetricsF& metrics) const {
    const Frame at = frame(width, metrics);
    return metrics.height() + 3.0 + keys_height(metrics, width - 4.0, keys()) + static_cast<double>(at.grid.rows) * at.height + 2.0;
}

std::vector<FigureKey> NeighbourhoodFigure::keys() const {
    std::vector<FigureKey> keys = {{QStringLiteral("native r of %1 samples:").arg(data_.native.size()), QColor()}};
    for (const std::optional<Outcome>& outcome : kOutcomes) {
        const auto count = std::count_if(data_.native.begin(), data_.native.end(), [&](const NativeRouting& each) { return each.outcome == outcome; });
        if (count > 0) {
            keys.push_back({QStringLiteral("%1 (%2)").arg(outcome_title(outcome)).arg(count), outcome_colour(colour_of(outcome)), Qt::NoPen, Marker::Circle});
        }
    }
    keys.push_back({QStringLiteral("steps of r"), Qt::black, Qt::SolidLine, Marker::Circle});
    for (const OutcomeColour did : kFlipColours) {
        if (std::any_of(data_.steps.begin(), data_.steps.end(), [did](const RoutingStep& step) { return step.flip == did; })) {
            keys.push_back({QStringLiteral("answer ") + flip_title(did), outcome_colour(did), Qt::NoPen, Marker::Diamond});
        }
    }
    if (!data_.neighbours.empty()) {
        keys.push_back({QStringLiteral("neighbour (line: kernel weight)"), QColor(90, 90, 90), Qt::SolidLine, Marker::Circle, true});
    }
    return keys;
}

void NeighbourhoodFigure::draw(QPainter& painter, const QRectF& area, const PlotLook& look) const {
    const QFontMetricsF metrics(look.font);
    draw_title(painter, look, area.topLeft() + QPointF(2.0, 1.0), area.width() - 4.0, data_.title);
    const double top = area.top() + metrics.height() + 3.0;
    const double below = top + draw_keys(painter, QRectF(area.left() + 2.0, top, area.width() - 4.0, metrics.height()), look, keys());
    if (data_.steps.empty()) {
        draw_empty(painter, look, QRectF(QPointF(area.left(), below), area.bottomRight()), QStringLiteral("no steps"));
        return;
    }
    const Frame at = frame(area.width(), metrics);
    const double height = (area.bottom() - below) / static_cast<double>(at.grid.rows);
    for (std::size_t i = 0; i < triangles_.size() + (plane_ ? 1 : 0); ++i) {
        const QRectF panel = at.grid.at(i, QPointF(area.left() + 2.0, below), height);
        if (i < triangles_.size()) {
            draw_triangle(painter, triangles_[i], panel, look);
        } else {
            draw_plane(painter, panel, look);
        }
    }
}

struct NeighbourhoodFigure::Marks {
    QRectF box;                              ///< around everything
    std::vector<QPointF> native, steps;      ///< parallel to the data's; not finite: outside of what is shown
    std::vector<QPointF> neighbours;
    std::vector<QPolygonF> path;             ///< pieces that are shown
    std::vector<PathExit> exits;
};

void NeighbourhoodFigure::draw_triangle(QPainter& painter, std::size_t group, const QRectF& area, const PlotLook& look) const {
    const std::size_t begin = data_.space.group_begin(group);
    const auto triples = [begin](const auto& all) {
        std::vector<Triple> out;
        for (const auto& each : all) {
            out.push_back({each.weights[begin], each.weights[begin + 1], each.weights[begin + 2]});
        }
        return out;
    };
    const std::vector<Triple> native = triples(data_.native), steps = triples(data_.steps), neighbours = triples(data_.neighbours);
    QStringList experts;
    for (const std::string& expert : data_.space.groups[group].experts) {
        experts << expert_title(expert);
    }
    const TriangleFrame frame = lay_out_triangle(area, neighbourhood_window(native, steps, neighbours), QFontMetricsF(look.font));
    const SimplexGeometry& g = frame.geometry;
    std::vector<std::optional<OutcomeColour>> flips;
    for (const RoutingStep& step : data_.steps) {
        flips.push_back(step.flip);
    }
    LabelRoom room(area);
    draw_triangle_ground(painter, frame, QString::fromStdString(data_.space.groups[group].name), experts, static_cast<int>(group), steps, flips, room, look);
    const auto shown = [&g](const std::vector<Triple>& all) {
        std::vector<QPointF> out;
        for (const Triple& each : all) {
            out.push_back(g.window().shows(each) ? g.to_pixel(each) : QPointF(std::nan(""), std::nan("")));
        }
        return out;
    };
    const QRectF box(QPointF(g.corner(0).x(), g.corner(2).y()), g.corner(1));
    draw_marks(painter, {box, shown(native), shown(steps), shown(neighbours), g.clipped(steps), path_exits(g, steps)}, marker_shape(static_cast<int>(group)),
               g.side(), room, look);
}

void NeighbourhoodFigure::draw_plane(QPainter& painter, const QRectF& area, const PlotLook& look) const {
    std::vector<double> rows;
    const auto add = [&rows](const auto& all) {
        for (const auto& each : all) {
            rows.insert(rows.end(), each.weights.begin(), each.weights.end());
        }
    };
    add(data_.native);
    add(data_.steps);
    add(data_.neighbours);
    const std::size_t experts = data_.space.expert_count();
    const RoutingPlane plane = fit_routing_plane(rows, experts);
    if (plane.places.empty()) {
        draw_empty(painter, look, area, QStringLiteral("too few different routings for a plane"));
        return;
    }
    LabelRoom room(area);
    const PlaneFrame frame = draw_plane_ground(painter, area, plane, room, look);
    Marks marks;
    marks.box = frame.box;
    for (std::size_t i = 0; i < plane.places.size(); ++i) {
        const QPointF at = frame.to_pixel(plane.places[i]);
        (i < data_.native.size() ? marks.native : i < data_.native.size() + data_.steps.size() ? marks.steps : marks.neighbours).push_back(at);
    }
    marks.path = {QPolygonF(QList<QPointF>(marks.steps.begin(), marks.steps.end()))};
    draw_marks(painter, marks, Marker::Circle, frame.box.width(), room, look);
}

/// Lines lead from the native routing, which is always shown.
void NeighbourhoodFigure::draw_marks(QPainter& painter, const Marks& marks, Marker marker, double side, LabelRoom& room, const PlotLook& look) const {
    std::vector<OutcomeColour> colours;
    for (const NativeRouting& each : data_.native) {
        colours.push_back(colour_of(each.outcome));
    }
    PointStyle style = point_style(marks.native.size(), side);
    style.radius *= 0.8;
    style.opacity *= 0.75;
    draw_native_points(painter, marks.native, colours, style, marks.box, marks.native.size() > kMostFigurePoints ? kPointScale : 0.0);
    painter.setBrush(Qt::NoBrush);
    for (std::size_t i = 0; i < marks.neighbours.size(); ++i) {
        const double width = 0.5 + 5.0 * std::clamp(data_.neighbours[i].weight, 0.0, 1.0);
        for (const QPen& pen : {QPen(look.base(), width + 1.4, Qt::SolidLine, Qt::RoundCap), QPen(ink(look.palette, 0.6), width, Qt::SolidLine, Qt::RoundCap)}) {
            painter.setPen(pen);
            painter.drawLine(marks.steps.front(), marks.neighbours[i]);
        }
    }
    const auto block = [&room](QPointF at, double half) { room.block(QRectF(at.x() - half, at.y() - half, 2.0 * half, 2.0 * half)); };
    for (const QPointF& at : marks.neighbours) {
        draw_ringed(painter, at, 3.6, look);
        block(at, 4.0);
    }
    for (const QPolygonF& part : marks.path) {
        draw_haloed_path(painter, part, look);
        block_path(part, room);
    }
    for (std::size_t i = marks.steps.size(); i-- > 0;) {  // the first step above the others, where r stays for long
        if (!finite(marks.steps[i])) {
            continue;
        }
        const bool first = i == 0, last = i + 1 == marks.steps.size();
        const std::optional<OutcomeColour>& flip = data_.steps[i].flip;
        painter.setPen(QPen(first || flip ? look.text() : look.base(), first || flip ? 1.0 : 0.7));
        painter.setBrush(flip ? outcome_colour(*flip) : first ? look.base() : look.text());
        draw_marker(painter, flip ? Marker::Diamond : marker, marks.steps[i], first || last ? 3.9 : flip ? 3.2 : 2.0);
        block(marks.steps[i], 2.5);
    }
    const PlotLook strong{look.palette, bold(look.font)};
    for (const PathExit& exit : marks.exits) {
        draw_exit(painter, exit, room, look);
    }
    draw_beside(painter, strong, room, marks.steps.front(), 4.5, QStringLiteral("0"), look.text(), 0.75);
    if (finite(marks.steps.back()) && marks.steps.size() > 1) {
        draw_beside(painter, strong, room, marks.steps.back(), 4.5, QString::number(marks.steps.size() - 1), look.text(), 0.75);
    }
    for (std::size_t i = 0; i < marks.neighbours.size(); ++i) {
        draw_beside(painter, look, room, marks.neighbours[i], 4.5, QStringLiteral("n%1").arg(data_.neighbours[i].rank), ink(look.palette, 0.75), 0.6);
    }
    for (std::size_t i = 1; i + 1 < marks.steps.size(); ++i) {
        if (finite(marks.steps[i])) {
            draw_beside(painter, look, room, marks.steps[i], 3.0, QString::number(i), look.text(), 0.6);
        }
    }
}

QString NeighbourhoodFigure::tsv() const {
    QStringList header = {QStringLiteral("kind"), QStringLiteral("number"), QStringLiteral("name")};
    for (const std::string& expert : data_.space.expert_names()) {
        header << expert_title(expert);
    }
    QString out = tsv_line(header << QStringLiteral("outcome") << QStringLiteral("kernel weight") << QStringLiteral("answer changes"));
    const auto row = [&out](const QString& kind, std::size_t number, const QString& name, const std::vector<double>& weights, const QStringList& rest) {
        QStringList cells = {kind, QString::number(number), name};
        for (const double weight : weights) {
            cells << tsv_number(weight);
        }
        out += tsv_line(cells + rest);
    };
    for (std::size_t i = 0; i < data_.native.size(); ++i) {
        row(QStringLiteral("native"), i + 1, {}, data_.native[i].weights, {outcome_title(data_.native[i].outcome), {}, {}});
    }
    for (std::size_t t = 0; t < data_.steps.size(); ++t) {
        row(QStringLiteral("step"), t, data_.steps[t].answer, data_.steps[t].weights, {{}, {}, QString::number(data_.steps[t].flip ? 1 : 0)});
    }
    for (const RoutingNeighbour& each : data_.neighbours) {
        row(QStringLiteral("neighbour"), static_cast<std::size_t>(each.rank), each.name, each.weights, {{}, tsv_number(each.weight), {}});
    }
    return out;
}

}  // namespace r2t2::ui
