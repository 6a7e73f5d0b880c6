// Which expert leads before re-routing and which after, per group and outcome: as flows, and as matrices.
// Source: rerouting, "Analysis": top-1 experts are per group. Thread rule: as figure.h.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "core/analysis/expert_shift.h"
#include "ui/figures/figure.h"

namespace r2t2::ui {

/// Columns: everybody, then who was mended, then who was harmed.
struct ShiftColumn {
    const char* title;
    std::optional<Outcome> outcome;
};
inline constexpr std::array<ShiftColumn, 3> kShiftColumns = {
    {{"all", std::nullopt}, {"wrong \u2192 right", Outcome::WrongRight}, {"right \u2192 wrong", Outcome::RightWrong}}};
[[nodiscard]] const ShiftMatrix& matrix_of(const GroupShift& group, const ShiftColumn& column);

/// What both are made of: groups from top to bottom, outcomes from left to right.
class ShiftFigure : public Figure {
public:
    /// before, after, samples of every group and outcome.
    [[nodiscard]] QString tsv() const override;

protected:
    ShiftFigure(const QString& name, std::vector<GroupShift> groups) : Figure(name), groups_(std::move(groups)) {}

    struct Facet {
        QRectF area;
        const GroupShift* group;
        std::size_t index;  ///< of the group
        const ShiftMatrix* matrix;
        bool first;  ///< of its row: experts are named here
    };
    [[nodiscard]] double facet_height(double width, const QFontMetricsF& metrics, double aspect) const;
    void draw(QPainter& painter, const QRectF& area, const PlotLook& look) const final;
    [[nodiscard]] virtual double names_width(const QFontMetricsF& metrics) const;
    /// Height under a facet: "before" and "after", or the columns' names.
    [[nodiscard]] virtual double below(const QFontMetricsF& metrics) const { return metrics.height(); }
    virtual void draw_facet(QPainter& painter, const Facet& facet, const PlotLook& look) const = 0;
    /// At the bottom of `area`; returns the height that it took.
    virtual double draw_foot(QPainter&, const QRectF&, const PlotLook&) const { return 0.0; }
    [[nodiscard]] static QString expert_name(const GroupShift& group, std::size_t expert);

    std::vector<GroupShift> groups_;
};

class ShiftFlowFigure final : public ShiftFigure {
public:
    explicit ShiftFlowFigure(std::vector<GroupShift> groups) : ShiftFigure(QStringLiteral("expert-shift-flow"), std::move(groups)) {}

protected:
    [[nodiscard]] double natural_height(double width, const QFontMetricsF& metrics) const override { return facet_height(width, metrics, 1.15); }
    [[nodiscard]] double names_width(const QFontMetricsF&) const override { return 0.0; }  ///< they stand beside the bars, on the flows
    void draw_facet(QPainter& painter, const Facet& facet, const PlotLook& look) const override;

private:
    enum class Side { Before, After };
    struct Bar {
        std::size_t expert;
        Side side;
        double top, height;
    };
    struct Name {
        QString text;
        Side side;
        double middle, bar;  ///< where it stands; the height of its bar
    };
    void draw_names(QPainter& painter, const Facet& facet, const PlotLook& look, const std::vector<Bar>& bars) const;
};

class ShiftMatrixFigure final : public ShiftFigure {
public:
    explicit ShiftMatrixFigure(std::vector<GroupShift> groups) : ShiftFigure(QStringLiteral("expert-shift-matrix"), std::move(groups)) {}

protected:
    [[nodiscard]] double natural_height(double width, const QFontMetricsF& metrics) const override { return facet_height(width, metrics, 1.0) + 1.4 * metrics.height(); }
    double draw_foot(QPainter& painter, const QRectF& area, const PlotLook& look) const override;  ///< the colour bar
    [[nodiscard]] double below(const QFontMetricsF& metrics) const override;
    void draw_facet(QPainter& painter, const Facet& facet, const PlotLook& look) const override;
};

/// Mean change of every expert's weight with its 95 % interval, per outcome.
class WeightChangeFigure final : public Figure {
public:
    explicit WeightChangeFigure(std::vector<GroupShift> groups) : Figure(QStringLiteral("weight-change")), groups_(std::move(groups)) {}
    [[nodiscard]] QString tsv() const override;

protected:
    [[nodiscard]] double natural_height(double width, const QFontMetricsF& metrics) const override;
    void draw(QPainter& painter, const QRectF& area, const PlotLook& look) const override;

private:
    [[nodiscard]] std::vector<FigureKey> keys() const;

    std::vector<GroupShift> groups_;
};

}  // namespace r2t2::ui
