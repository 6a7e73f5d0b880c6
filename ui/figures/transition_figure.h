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
    double right = 0.0;  ///< samples that were scored at this step, or percent
    double wrong = 0.0;
    std::optional<double> mended, harmed;  ///< wrong -> right and right -> wrong since the bar before; not known: net change is drawn
    double kept_right = 0.0, kept_wrong = 0.0;  ///< that did not change sides; looked at where mended and harmed are known

    [[nodiscard]] double scored() const { return right + wrong; }
};

/// One flow between two bars: from [low, low + amount] of the one to the same of the other, shares of each bar's own height.
struct TransitionFlow {
    enum class Kind { StaysRight, StaysWrong, Mended, Harmed };
    Kind kind = Kind::StaysRight;
    double from_low = 0.0, from_amount = 0.0;
    double to_low = 0.0, to_amount = 0.0;
};
/// The flows that are there, those that stay first. Samples that are scored at one of the two bars only flow nowhere: what
/// leaves a bar, and what enters one, is never more than the bar. Nothing between bars without samples.
[[nodiscard]] std::vector<TransitionFlow> transition_flows(const TransitionBar& from, const TransitionBar& to);

struct TransitionFigureData {
    QString title;
    std::vector<TransitionBar> bars;
    bool percent = false;  ///< right and wrong are percentages, not counts
};

/// Steps 0, every, 2 every, ... and the last, of them those at which samples were scored; counted against the bar before.
/// `every` 0: as many as eleven bars allow.
[[nodiscard]] TransitionFigureData transition_data(const std::vector<StepTransitions>& steps, std::span<const StepCorrectness> samples,
                                                   int every = 0);
/// CVBench as the paper reports it: percent right after steps 0, 2, ..., 10.
[[nodiscard]] TransitionFigureData published_cvbench_transitions();

class TransitionFigure final : public Figure {
public:
    explicit TransitionFigure(TransitionFigureData data);

    /// step, right, wrong, percent right, wrong -> right, right -> wrong (since the bar before, as the header says).
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
    [[nodiscard]] bool uneven() const;   ///< not every bar has as many samples: they are written down
    [[nodiscard]] double rows() const;   ///< of numbers below the bars
    void draw_axis(QPainter& painter, const Frame& frame, const PlotLook& look) const;
    void draw_flows(QPainter& painter, const Frame& frame) const;
    void draw_bars(QPainter& painter, const Frame& frame) const;
    void draw_counts(QPainter& painter, const Frame& frame, const PlotLook& look) const;
    [[nodiscard]] double share(const TransitionBar& bar, double number) const;

    TransitionFigureData data_;
};

}  // namespace r2t2::ui
