// Accuracy against the parameters of a sweep: lines with intervals over one parameter, a heat map over two.
// Percent of the scored samples; intervals are 95 % (SetResults::accuracy). A swept value is a category: values stand equally far apart,
// whatever they are. Thread rule: as figure.h.
#pragma once

#include <optional>
#include <vector>

#include "core/results/sweep_results.h"
#include "ui/figures/figure.h"

namespace r2t2::ui {

struct AblationPoint {
    Estimate accuracy;         ///< percent; value NaN: no run; low and high NaN: no interval is known
    std::int64_t scored = 0;   ///< 0: not known
    std::int64_t run = 0;      ///< 0: none
    bool part = false;         ///< fewer samples than the fullest run of the sweep: drawn hollow, or in brackets
};

/// One value of the second parameter: a line, or a row of the map.
struct AblationSeries {
    QString value;  ///< as the session has it, for data files; drawn_value() on paper; empty: there is no second parameter
    std::vector<AblationPoint> points;
};

/// All sets together, one of them, or one parameter of several.
struct AblationPanel {
    QString title;
    QString parameter;  ///< along x
    QStringList values;  ///< as AblationSeries::value
    std::vector<AblationSeries> series;  ///< points parallel to values
    double base = 0.0;  ///< native routing, percent; NaN: not known
};

struct AblationData {
    QString title;
    QString other;  ///< name of the second parameter; empty: there is none
    std::vector<AblationPanel> panels;
    QString intervals = QStringLiteral("Wilson's 95 % interval");  ///< what the bars are (interval_note)
};

/// `by_set`: a panel for everything and one a set; otherwise the first only. `title`: of the method.
[[nodiscard]] AblationData ablation_data(const Sweep& sweep, const SweepSlice& slice, const QString& title, bool by_set);
/// The paper's: NGD, mean of eight benchmarks, over k, epsilon, kernel, steps and learning rate.
[[nodiscard]] AblationData published_ablation_data();
/// On paper: "1e-05" -> "1e−5", "fixed 1e-3" -> "fixed 1e−3", at most six digits; words stay.
[[nodiscard]] QString drawn_value(const QString& value);
[[nodiscard]] QStringList drawn_values(const AblationPanel& panel);
/// "num_neighbors" -> "neighbours k"; a parameter without a name of its own loses its underscores.
[[nodiscard]] QString parameter_title(const std::string& parameter);

class AblationFigure : public Figure {
public:
    /// panel, parameter and value, second parameter and value, percent right with interval, scored, base, run.
    [[nodiscard]] QString tsv() const final;

protected:
    AblationFigure(const QString& name, AblationData data) : Figure(name), data_(std::move(data)) {}
    [[nodiscard]] bool any_part() const;
    /// Title, if there is one; returns what is left of the area.
    [[nodiscard]] QRectF draw_heading(QPainter& painter, const QRectF& area, const PlotLook& look) const;
    [[nodiscard]] double heading_height(const QFontMetricsF& metrics) const { return data_.title.isEmpty() ? 0.0 : metrics.height() + 1.0; }

    AblationData data_;
};

class AblationCurvesFigure final : public AblationFigure {
public:
    explicit AblationCurvesFigure(AblationData data);

protected:
    [[nodiscard]] double natural_height(double width, const QFontMetricsF& metrics) const override;
    void draw(QPainter& painter, const QRectF& area, const PlotLook& look) const override;

private:
    [[nodiscard]] std::vector<FigureKey> keys() const;
    struct Rows;
    [[nodiscard]] Rows rows(double width, const QFontMetricsF& metrics) const;
    void draw_panel(QPainter& painter, const AblationPanel& panel, const QRectF& area, double axis, bool numbers, const PlotLook& look) const;
    void draw_series(QPainter& painter, const AblationPanel& panel, std::size_t number, const QRectF& plot, const PlotLook& look) const;
};

class AblationMapFigure final : public AblationFigure {
public:
    explicit AblationMapFigure(AblationData data);

protected:
    [[nodiscard]] double natural_height(double width, const QFontMetricsF& metrics) const override;
    void draw(QPainter& painter, const QRectF& area, const PlotLook& look) const override;

private:
    struct Frame;
    [[nodiscard]] Frame frame(double width, const QFontMetricsF& metrics) const;
    void draw_panel(QPainter& painter, const AblationPanel& panel, const QRectF& cells, const Interval& range, const PlotLook& look) const;
};

}  // namespace r2t2::ui
