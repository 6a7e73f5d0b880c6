// Views filled with numbers that look like a run: for the tests of ui/plots and for their pictures.
#pragma once

#include <algorithm>
#include <cmath>
#include <memory>
#include <random>

#include "ui/plots/change_bars.h"
#include "ui/plots/curve_plot.h"
#include "ui/plots/gate_strips.h"
#include "ui/plots/group_bars.h"
#include "ui/plots/projection_view.h"
#include "ui/plots/simplex_view.h"
#include "ui/plots/weight_bands.h"

namespace r2t2::ui::sample {

inline const QStringList kImage = {"aux", "lang", "img self"};
inline const QStringList kLanguage = {"aux", "img", "lang self"};

/// Around three corners of the triangle.
inline std::vector<Triple> triples(std::size_t count, unsigned seed = 1) {
    std::mt19937 random(seed);
    std::gamma_distribution<double> narrow(6.0), wide(1.6);
    std::vector<Triple> out(count);
    for (std::size_t i = 0; i < count; ++i) {
        Triple& w = out[i];
        for (std::size_t e = 0; e < 3; ++e) {
            w[e] = e == i % 3 ? narrow(random) : wide(random);
        }
        const double sum = w[0] + w[1] + w[2];
        for (double& v : w) {
            v /= sum;
        }
    }
    return out;
}

inline std::vector<SimplexStep> way(std::size_t steps = 11) {
    std::vector<SimplexStep> out;
    for (std::size_t t = 0; t < steps; ++t) {
        const double s = static_cast<double>(t) / 10.0;
        out.push_back({onto_simplex({0.55 - 0.36 * s, 0.2 + 0.32 * s * s, 0.25 + 0.2 * std::sin(2.2 * s)}), t == 6 ? std::optional(OutcomeColour::Mended) : std::nullopt});
    }
    return out;
}

inline std::vector<SimplexNeighbour> neighbours(std::size_t count, std::size_t references) {
    const std::vector<Triple> places = triples(count, 7);
    std::vector<SimplexNeighbour> out;
    for (std::size_t i = 0; i < count; ++i) {
        const double a = 0.9 * static_cast<double>(i);
        const Triple pull = {0.5 * std::cos(a), 0.5 * std::sin(a), -0.5 * (std::cos(a) + std::sin(a))};
        out.push_back({places[i], 1.0 / static_cast<double>(i + 2), pull,
                       static_cast<int>(i * 7 % std::max<std::size_t>(references, 1))});
    }
    return out;
}

/// A bowl around (0.2, 0.5, 0.3), unknown in a corner.
inline SimplexField field(int n = 20) {
    SimplexField out{n, {}, "loss"};
    for (int k = 0; k <= n; ++k) {
        for (int j = 0; j + k <= n; ++j) {
            const double y = static_cast<double>(j) / n, z = static_cast<double>(k) / n, x = 1.0 - y - z;
            out.values.push_back(
                z > 0.93 ? NAN : 0.31 + 2.0 * (std::pow(x - 0.2, 2) + std::pow(y - 0.5, 2) + std::pow(z - 0.3, 2)));
        }
    }
    return out;
}

inline std::vector<SimplexContour> contours() {
    std::vector<SimplexContour> out;
    for (int level = 1; level <= 4; ++level) {
        SimplexContour line{0.31 + 2.0 * 1.5 * std::pow(0.09 * level, 2), {}};
        for (int i = 0; i <= 72; ++i) {
            const double a = i * M_PI / 36, r = 0.09 * level;
            const Triple at = {0.2 + r * std::cos(a) * 0.866 - r * std::sin(a) / 2, 0.5 + r * std::sin(a),
                               0.3 - r * std::cos(a) * 0.866 - r * std::sin(a) / 2};
            if (*std::min_element(at.begin(), at.end()) >= 0.0) {
                line.points.push_back(at);
            }
        }
        out.push_back(line);
    }
    return out;
}

inline std::unique_ptr<SimplexView> simplex(std::size_t points, bool language = false) {
    auto view = std::make_unique<SimplexView>();
    view->set_group(language ? "Language experts" : "Image experts", language ? kLanguage : kImage, language ? 1 : 0);
    const std::vector<Triple> places = triples(points);
    std::vector<SimplexPoint> out(points);
    for (std::size_t i = 0; i < points; ++i) {
        out[i] = {places[i], static_cast<int>(i % 3) * 2 + (i % 11 == 0 ? 1 : 0)};
    }
    view->set_points(std::move(out));
    view->set_trajectory(way());
    view->set_neighbours(neighbours(5, points));
    view->set_step(7);
    return view;
}

inline std::vector<ProjectionPoint> cloud(std::size_t count) {
    std::mt19937 random(3);
    std::normal_distribution<float> normal;
    std::vector<ProjectionPoint> out(count);
    for (std::size_t i = 0; i < count; ++i) {
        const int c = static_cast<int>(i % 8);
        const float a = static_cast<float>(c) * 0.785F;
        out[i] = {2.4F * std::cos(a) + 0.6F * normal(random), 1.6F * std::sin(a) + 0.4F * normal(random), c};
    }
    return out;
}

inline std::unique_ptr<ProjectionView> projection(std::size_t points) {
    auto view = std::make_unique<ProjectionView>();
    view->set_name("Routing space, PCA");
    std::vector<ProjectionCategory> sets;
    for (const char* name :
         {"CLEVR counting", "GQA", "ScienceQA", "TextVQA", "POPE", "CV-Bench 2D", "CV-Bench 3D", "MMVP"}) {
        sets.push_back({name, sets.size() == 7 ? QColor(120, 120, 120) : QColor()});
    }
    view->set_points(cloud(points), sets);
    view->set_axes({"PC 1 (61 %)", "PC 2 (23 %)", true});
    std::vector<ProjectionNeighbour> near;
    for (int i = 0; i < 5 && i < static_cast<int>(points); ++i) {
        near.push_back({i * 8 + (points < 40 ? -i * 7 : 0), 1.0 / (i + 2)});
    }
    view->set_neighbours(near);
    std::vector<QPointF> steps;
    for (int t = 0; t <= 10; ++t) {
        steps.emplace_back(-0.4 + 0.22 * t, -0.5 + 0.03 * t * t - 0.18 * t);
    }
    view->set_trajectory(steps);
    view->set_step(7);
    return view;
}

inline std::unique_ptr<CurvePlot> curves(std::size_t steps = 11, std::size_t losses = 0) {
    auto view = std::make_unique<CurvePlot>();
    view->set_name("Objective and confidence");
    Curve objective{"objective", "nats", {}, Curve::Axis::Left, 4, false},
        confidence{"confidence", "%", {}, Curve::Axis::Right, 5, false},
        rate{"learning rate", "", {}, Curve::Axis::Left, 2, true};
    for (std::size_t t = 0; t < steps; ++t) {
        const double s = static_cast<double>(t) / static_cast<double>(std::max<std::size_t>(steps - 1, 1));
        objective.values.push_back(t == 4 ? NAN : 1.4 * std::exp(-2.0 * s) + 0.1);
        confidence.values.push_back(100.0 / (1.0 + std::exp(-6.0 * (s - 0.5))));
        rate.values.push_back(0.5 * (1.0 + std::cos(M_PI * s)));
    }
    std::vector<Curve> all = {objective, confidence, rate};
    for (std::size_t n = 0; n < losses; ++n) {
        Curve loss{
            QString("loss of neighbour %1").arg(n + 1), "nats", {}, Curve::Axis::Left, static_cast<int>(n), true};
        for (std::size_t t = 0; t < steps; ++t) {
            loss.values.push_back(0.4 + 0.1 * static_cast<double>(n) +
                                  0.3 * std::cos(0.4 * static_cast<double>(t + n)));
        }
        all.push_back(loss);
    }
    view->set_curves(all);
    view->set_flips({FlipMark{6, OutcomeColour::Mended}});
    view->set_step(7);
    return view;
}

inline GateGroup gates(const QString& name, const QStringList& experts, int mixers, int tokens, bool image) {
    static const QStringList words = {"What", "colour", "is", "the", "largest", "cube",
                                      "left", "of",     "a",  "red", "sphere",  "?"};
    GateGroup group{name, experts, {}, {}};
    for (int t = 0; t < tokens; ++t) {
        group.tokens << (image ? QString("row %1, column %2").arg(t / 35).arg(t % 35) : words[t % words.size()]);
    }
    for (int m = 0; m < mixers; ++m) {
        for (int t = 0; t < tokens; ++t) {
            std::vector<double> w;
            double sum = 0.0;
            for (int e = 0; e < experts.size(); ++e) {
                w.push_back(std::exp(1.5 * std::sin(0.13 * t + 2.1 * e + 0.5 * m) + 0.8 * std::cos(0.9 * m * e)));
                sum += w.back();
            }
            for (const double v : w) {
                group.weights.push_back(static_cast<float>(v / sum));
            }
        }
    }
    return group;
}

inline std::unique_ptr<GateStrips> strips(int mixers = 4, int image_tokens = 100, int words = 12) {
    auto view = std::make_unique<GateStrips>();
    view->set_gates(mixers, {gates("Image experts", kImage, mixers, image_tokens, true),
                             gates("Language experts", kLanguage, mixers, words, false)});
    view->set_cell(1, mixers > 1 ? 1 : 0, std::min(3, words - 1));
    return view;
}

inline std::unique_ptr<GroupBars> bars(int experts = 7) {
    auto view = std::make_unique<GroupBars>();
    QStringList names;
    std::vector<double> base, now;
    for (int e = 0; e < experts; ++e) {
        names << QStringList{"CLIP", "DINOv2", "Co-DETR", "SAM", "Pix2Struct", "Deplot", "Vary"}[e % 7];
        base.push_back(1.0 / experts);
        now.push_back(0.0);
    }
    view->set_group("Vision experts", names);
    double sum = 0.0;
    for (int e = 0; e < experts; ++e) {
        now[static_cast<std::size_t>(e)] = 1.0 + std::sin(1.7 * e);
        sum += now[static_cast<std::size_t>(e)];
    }
    for (double& v : now) {
        v /= sum;
    }
    view->set_weights(base, now);
    return view;
}

inline std::vector<std::vector<double>> rows() {
    std::vector<std::vector<double>> out;
    for (const SimplexStep& step : way()) {
        out.push_back({step.weights.begin(), step.weights.end()});
    }
    return out;
}

inline std::unique_ptr<ChangeBars> changes() {
    auto view = std::make_unique<ChangeBars>();
    std::vector<std::vector<double>> other = rows();
    for (std::vector<double>& row : other) {
        std::swap(row[0], row[2]);
    }
    view->set_groups({{"Image experts", kImage, rows()}, {"Language experts", kLanguage, other}});
    view->set_step(7);
    return view;
}

inline std::unique_ptr<WeightBands> bands(bool language = false) {
    auto view = std::make_unique<WeightBands>();
    view->set_group(language ? "Language experts" : "Image experts", language ? kLanguage : kImage, language ? 1 : 0);
    view->set_steps(rows());
    view->set_flips({FlipMark{6, OutcomeColour::Mended}});
    view->set_step(7);
    return view;
}

}  // namespace r2t2::ui::sample
