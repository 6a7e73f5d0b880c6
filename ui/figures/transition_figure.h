// Who was right and who was wrong at every step, and who changed sides: stacked bars with flows between them, as in the
// paper's figure of accuracy transitions. Source: R2-T2 (arXiv 2502.20395), CVBench example. Thread rule: as figure.h.
#pragma once

#include <optional>
#include <vector>

#include "core/analysis/transitions.h"
#include "ui/figures/figure.h"

namespace r2t2::ui {

struct TransitionBar {
    QString label;       ///< below the bar: "0", "2", ...
    double right = 0.0;  ///< samples, or percent
    double wrong = 0.0;
    std::optional<double> mended, harmed;  ///< wrong -> right and right -> wrong since the bar before; not known: net change is drawn
};

struct TransitionFigureData {
    QString title;
    std::vector<TransitionBar> bars;
    bool percent = false;  ///< right and wrong are percentages, not counts
};

/// Steps 0, every, 2 every, ... and the last; counted against the bar before. `every` 0: as many as eleven bars allow.
[[nodiscard]] TransitionFigureData transition_data(const std::vector<StepTransitions>& steps, std::span<const StepCorrectness> samples,
                                                   int every = 0);
/// CVBench as the paper reports it: percent right after steps 0, 2, ..., 10.
[[nodiscard]] TransitionFigureData published_cvbench_transitions();

class TransitionFigure final : public Figure {
public:
    explicit TransitionFigure(TransitionFigureData data) : Figure(QStringLiteral("accuracy_transitions")), data_(std::move(data)) {}

    /// step, right, wrong, percent right, wrong -> right, right -> wrong (since the bar before).
    [[nodiscard]] QString tsv() const override;

protected:
    [[nodiscard]] double natural_height(double width, const QFontMetricsF& metrics) const override;
    void draw(QPainter& painter, const QRectF& area, const PlotLook& look) const override;

private:
    struct Frame {
        QRectF plot;
        double pitch, bar;  ///< between bars' middles, width of a bar
    };
    [[nodiscard]] std::vector<FigureKey> keys() const;
    [[nodiscard]] bool counted() const;  ///< all changes are known
    void draw_axis(QPainter& painter, const Frame& frame, const PlotLook& look) const;
    void draw_flows(QPainter& painter, const Frame& frame) const;
    void draw_bars(QPainter& painter, const Frame& frame) const;
    void draw_counts(QPainter& painter, const Frame& frame, const PlotLook& look) const;
    [[nodiscard]] double share(const TransitionBar& bar, double number) const;

    TransitionFigureData data_;
};

}  // namespace r2t2::ui
