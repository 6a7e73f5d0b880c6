// One sample on one card: picture, question, truth, answers before and after with their confidence, weights before and after,
// confidence and objective over the steps, and whom it listened to. From 120 mm in two columns, below that in one.
// Thread rule: as figure.h.
#pragma once

#include <QImage>
#include <QStringList>
#include <optional>
#include <vector>

#include "core/analysis/transitions.h"
#include "ui/figures/figure.h"
#include "ui/plots/colours.h"

namespace r2t2::ui {

struct CaseStep {
    QString answer;  ///< empty: not asked
    std::optional<double> confidence, objective;
    std::optional<bool> correct;
    std::optional<OutcomeColour> flip;  ///< the answer differs from the last one before: what that did
};
struct CaseNeighbour {
    int rank = 1;
    QString question;  ///< empty: not stored
    QString answer;
    QString name;         ///< SET/ID
    double weight = 0.0;  ///< kernel weight; the neighbourhood's sum to 1
};
struct CaseGroup {
    QString name;
    QStringList experts;
    std::vector<double> before, after;
};

struct CaseCardData {
    QString sample;  ///< SET/KEY
    QString method;  ///< "NGD"
    QString question, truth;  ///< truth empty: not known
    std::optional<Outcome> outcome;
    QImage picture;
    QString picture_path;  ///< said where there is no picture
    QString objective;     ///< what it is: "neighbours' loss"
    std::vector<CaseStep> steps;  ///< step 0 is native
    std::vector<CaseGroup> groups;
    std::vector<CaseNeighbour> neighbours;  ///< nearest first
};

class CaseCardFigure final : public Figure {
public:
    explicit CaseCardFigure(CaseCardData data) : Figure(QStringLiteral("case-card")), data_(std::move(data)) {}

    /// part (sample, step, weight, neighbour), number, text, answer, right, confidence, objective, weight before and after, kernel weight.
    [[nodiscard]] QString tsv() const override;

protected:
    [[nodiscard]] double natural_height(double width, const QFontMetricsF& metrics) const override;
    void draw(QPainter& painter, const QRectF& area, const PlotLook& look) const override;

private:
    struct Layout {
        QRectF header, picture, words, weights, curves, neighbours;
        double bottom = 0.0;
    };
    [[nodiscard]] Layout layout(double width, const QFontMetricsF& metrics) const;
    [[nodiscard]] double words_height(double width, const QFontMetricsF& metrics) const;
    [[nodiscard]] double weights_height(double width, const QFontMetricsF& metrics) const;
    [[nodiscard]] double curves_height(const QFontMetricsF& metrics) const;
    [[nodiscard]] double neighbours_height(const QFontMetricsF& metrics) const;
    [[nodiscard]] bool has_objective() const;

    void draw_header(QPainter& painter, const QRectF& box, const PlotLook& look) const;
    void draw_picture(QPainter& painter, const QRectF& box, const PlotLook& look) const;
    void draw_words(QPainter& painter, const QRectF& box, const PlotLook& look) const;
    void draw_weights(QPainter& painter, const QRectF& box, const PlotLook& look) const;
    void draw_curves(QPainter& painter, const QRectF& box, const PlotLook& look) const;
    struct CurveAxis {
        double low, high;
        std::vector<double> ticks;
    };
    [[nodiscard]] CurveAxis curve_axis(bool objective) const;
    void draw_curve(QPainter& painter, const QRectF& box, const QString& title, bool objective, const PlotLook& look) const;
    void draw_neighbours(QPainter& painter, const QRectF& box, const PlotLook& look) const;

    CaseCardData data_;
};

/// Words in lines of at most `width`, at most `most` of them; the last one cut with an ellipsis. A word longer than a line is
/// broken.
[[nodiscard]] QStringList wrapped(const QFontMetricsF& metrics, const QString& text, double width, int most);

}  // namespace r2t2::ui
