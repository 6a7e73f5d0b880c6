// Accuracies of several methods: over the sets as a radar, over the steps (or any parameter) as lines with intervals.
// Percent of the scored samples; intervals are 95 % (SetResults::accuracy). Thread rule: as figure.h.
#pragma once

#include <vector>

#include "core/analysis/statistics.h"
#include "core/routing/method_table.h"
#include "ui/figures/figure.h"

namespace r2t2::ui {

struct AccuracySeries {
    QString name;
    Method method = Method::Base;    ///< an oracle is dashed, the base grey
    bool level = false;              ///< over steps: no path, its last accuracy as a line across; dotted
    std::vector<Estimate> accuracy;  ///< percent; parallel to the figure's labels; value NaN: none
    QStringList labels{};            ///< of a series that stands at no label of the figure: what its numbers are of ("result")
    std::vector<std::int64_t> scored;
    QColor colour{};                 ///< of its run, as in tables and plots; else the method's
};

/// One colour and dash a method.
[[nodiscard]] QPen series_pen(const AccuracySeries& series, double width);

class RadarFigure final : public Figure {
public:
    /// `labels`: the sets, at least three of them.
    RadarFigure(QStringList labels, std::vector<AccuracySeries> series);
    [[nodiscard]] QString tsv() const override;

protected:
    [[nodiscard]] double natural_height(double width, const QFontMetricsF& metrics) const override;
    void draw(QPainter& painter, const QRectF& area, const PlotLook& look) const override;

private:
    [[nodiscard]] double words_width(const QFontMetricsF& metrics) const;
    [[nodiscard]] std::pair<std::int64_t, std::int64_t> scored(qsizetype set) const;
    [[nodiscard]] QString drawn_label(qsizetype set) const;  ///< with its number of samples, where they differ
    [[nodiscard]] QSizeF reach() const;

    bool alike_ = true;  ///< every set and every series has as many samples
    QStringList labels_;
    std::vector<AccuracySeries> series_;
};

class AccuracyLinesFigure final : public Figure {
public:
    /// `axis`: what the labels are: "step", "k".
    AccuracyLinesFigure(const QString& name, QString axis, QStringList labels, std::vector<AccuracySeries> series)
        : Figure(name), axis_(std::move(axis)), labels_(std::move(labels)), series_(std::move(series)) {}
    [[nodiscard]] QString tsv() const override;

protected:
    [[nodiscard]] double natural_height(double width, const QFontMetricsF& metrics) const override;
    void draw(QPainter& painter, const QRectF& area, const PlotLook& look) const override;

private:
    QString axis_;
    QStringList labels_;
    std::vector<AccuracySeries> series_;
};

}  // namespace r2t2::ui
