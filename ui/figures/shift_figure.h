// Which expert leads before re-routing and which after, per group and outcome: as flows, and as matrices.
// Source: rerouting, "Analysis": top-1 experts are per group. Thread rule: as figure.h.
#pragma once

#include <vector>

#include "core/analysis/expert_shift.h"
#include "ui/figures/figure.h"

namespace r2t2::ui {

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
    [[nodiscard]] double facet_height(double width, double line, double aspect) const;
    void draw(QPainter& painter, const QRectF& area, const PlotLook& look) const final;
    [[nodiscard]] virtual double names_width(const QFontMetricsF& metrics) const;
    virtual void draw_facet(QPainter& painter, const Facet& facet, const PlotLook& look) const = 0;
    [[nodiscard]] static QString expert_name(const GroupShift& group, std::size_t expert);

    std::vector<GroupShift> groups_;
};

class ShiftFlowFigure final : public ShiftFigure {
public:
    explicit ShiftFlowFigure(std::vector<GroupShift> groups) : ShiftFigure(QStringLiteral("expert_shift_flow"), std::move(groups)) {}

protected:
    [[nodiscard]] double natural_height(double width, double line) const override { return facet_height(width, line, 1.3); }
    void draw_facet(QPainter& painter, const Facet& facet, const PlotLook& look) const override;
};

class ShiftMatrixFigure final : public ShiftFigure {
public:
    explicit ShiftMatrixFigure(std::vector<GroupShift> groups) : ShiftFigure(QStringLiteral("expert_shift_matrix"), std::move(groups)) {}

protected:
    [[nodiscard]] double natural_height(double width, double line) const override { return facet_height(width, line, 1.0); }
    void draw_facet(QPainter& painter, const Facet& facet, const PlotLook& look) const override;
};

/// Mean change of every expert's weight with its 95 % interval, per outcome.
class WeightChangeFigure final : public Figure {
public:
    explicit WeightChangeFigure(std::vector<GroupShift> groups) : Figure(QStringLiteral("weight_change")), groups_(std::move(groups)) {}
    [[nodiscard]] QString tsv() const override;

protected:
    [[nodiscard]] double natural_height(double width, double line) const override;
    void draw(QPainter& painter, const QRectF& area, const PlotLook& look) const override;

private:
    std::vector<GroupShift> groups_;
};

}  // namespace r2t2::ui
