// The small plots of a case card: weights, curves, neighbours (declared in case_card.h).
#include <algorithm>
#include <array>
#include <cmath>

#include "ui/figures/case_card.h"
#include "ui/figures/figure_axes.h"
#include "ui/figures/outcomes.h"
#include "ui/plots/axis_range.h"

namespace r2t2::ui {

namespace {

constexpr std::size_t kMostNeighbours = 8;
constexpr double kBandLines = 1.25, kCurveLines = 3.6;  // heights in lines of text
constexpr double kWeightBar = 26.0;

std::vector<FigureKey> expert_keys(const CaseGroup& group) {
    std::vector<FigureKey> keys;
    for (qsizetype e = 0; e < group.experts.size(); ++e) {
        keys.push_back({group.experts[e], expert_colour(static_cast<int>(e))});
    }
    return keys;
}

constexpr double kBelowKeys = 2.0;  // the underscores of I_AUX reach below their line

QString weights_title(const CaseGroup& group) { return QStringLiteral("weights, %1").arg(group.name); }

/// Room for a title in bold letters, which are about an eighth wider.
double title_width(const QFontMetricsF& metrics, const CaseGroup& group) { return 1.15 * metrics.horizontalAdvance(weights_title(group)) + 10.0; }

/// The keys stand on their titles' lines if those of all groups fit.
bool keys_beside(const QFontMetricsF& metrics, double width, const std::vector<CaseGroup>& groups) {
    return std::all_of(groups.begin(), groups.end(), [&](const CaseGroup& group) {
        const double rest = width - title_width(metrics, group);
        return rest > 0.0 && keys_height(metrics, rest, expert_keys(group)) < 1.5 * metrics.height();
    });
}

double labels_width(const QFontMetricsF& metrics) { return metrics.horizontalAdvance(QStringLiteral("before")) + 5.0; }

}  // namespace

double CaseCardFigure::weights_height(double width, const QFontMetricsF& metrics) const {
    double height = 0.0;
    for (const CaseGroup& group : data_.groups) {
        height += keys_beside(metrics, width, data_.groups) ? 0.0 : keys_height(metrics, width - labels_width(metrics), expert_keys(group));
        height += kBelowKeys + 2.0 * kBandLines * metrics.height() + 3.0;
        height += metrics.height() * (1.0 + (&group == &data_.groups.back() ? 0.0 : 0.5));
    }
    return height;
}

/// Two bands a group; each sums to 1.
void CaseCardFigure::draw_weights(QPainter& painter, const QRectF& box, const PlotLook& look) const {
    const QFontMetricsF metrics(look.font);
    const double line = metrics.height(), left = box.left() + labels_width(metrics), band = kBandLines * line;
    double y = box.top();
    for (const CaseGroup& group : data_.groups) {
        const double title = title_width(metrics, group);
        const bool beside = keys_beside(metrics, box.width(), data_.groups);
        draw_title(painter, look, QPointF(box.left(), y), beside ? title : box.width(), weights_title(group));
        if (beside) {
            draw_keys(painter, QRectF(box.left() + title, y, box.width() - title, line), look, expert_keys(group));
        }
        y += line;
        if (!beside) {
            y += draw_keys(painter, QRectF(left, y, box.right() - left, line), look, expert_keys(group));
        }
        y += kBelowKeys;
        for (const bool after : {false, true}) {
            const std::vector<double>& weights = after ? group.after : group.before;
            const QString label = after ? QStringLiteral("after") : QStringLiteral("before");
            painter.setPen(ink(look.palette, 0.65));
            painter.drawText(QPointF(left - 5.0 - metrics.horizontalAdvance(label), y + (band - 1.5) / 2.0 + metrics.ascent() / 2.0 - 1.0), label);
            double x = left;
            for (std::size_t e = 0; e < weights.size(); ++e) {
                const QColor colour = expert_colour(static_cast<int>(e));
                const QRectF part(x, y, std::max(0.0, weights[e]) * (box.right() - left), band - 1.5);
                painter.setPen(Qt::NoPen);
                painter.setBrush(colour);
                painter.drawRect(part);
                const QString text = fixed_number(weights[e], 2);
                if (metrics.horizontalAdvance(text) + 2.0 < part.width()) {
                    painter.setPen(text_on(colour));
                    draw_centred(painter, metrics, part.center(), text);
                }
                x = part.right();
            }
            y += band + 1.5;
        }
        y += 0.5 * line;
    }
}

bool CaseCardFigure::has_objective() const {
    return !data_.objective.isEmpty() && std::any_of(data_.steps.begin(), data_.steps.end(), [](const CaseStep& step) { return step.objective.has_value(); });
}

double CaseCardFigure::curves_height(const QFontMetricsF& metrics) const {
    return metrics.height() * ((1.0 + kCurveLines) * (has_objective() ? 2.0 : 1.0) + 2.0) + (has_objective() ? 4.0 : 0.0);
}

/// Confidences of 1 keep clear of the title.
CaseCardFigure::CurveAxis CaseCardFigure::curve_axis(bool objective) const {
    if (!objective) {
        return {0.0, 1.1, {0.0, 0.5, 1.0}};
    }
    double low = HUGE_VAL, high = -HUGE_VAL;
    for (const CaseStep& step : data_.steps) {
        if (step.objective && std::isfinite(*step.objective)) {
            low = std::min(low, *step.objective);
            high = std::max(high, *step.objective);
        }
    }
    const AxisRange range = axis_range(low, high);
    const double margin = 0.06 * (range.high - range.low);
    return {range.low - margin, range.high + margin, round_ticks(range.low - margin, range.high + margin, 4)};
}

void CaseCardFigure::draw_curves(QPainter& painter, const QRectF& box, const PlotLook& look) const {
    const QFontMetricsF metrics(look.font);
    const double line = metrics.height(), height = kCurveLines * line;
    double numbers = 0.0;  // beside both plots
    for (const bool objective : {false, true}) {
        for (const double tick : objective && !has_objective() ? std::vector<double>() : curve_axis(objective).ticks) {
            numbers = std::max(numbers, metrics.horizontalAdvance(short_number(tick)));
        }
    }
    const QRectF plot(box.left() + numbers + 5.0, box.top() + line, box.width() - numbers - 12.0, height);
    QStringList flips;
    for (const OutcomeColour did : kFlipColours) {
        if (std::any_of(data_.steps.begin(), data_.steps.end(), [did](const CaseStep& step) { return step.flip == did; })) {
            flips << flip_title(did);
        }
    }
    const QString dashed = flips.isEmpty() ? QString() : QStringLiteral(" (dashed: answer %1)").arg(flips.join(QStringLiteral(", ")));
    draw_curve(painter, plot, QStringLiteral("confidence") + dashed, false, look);
    double bottom = plot.bottom();
    if (has_objective()) {
        const QRectF below = plot.translated(0.0, height + line + 4.0);
        draw_curve(painter, below, data_.objective, true, look);
        bottom = below.bottom();
    }
    const auto steps = static_cast<int>(data_.steps.size());
    const int stride = std::max(1, (steps + 10) / 11);
    painter.setPen(look.text());
    for (int t = 0; t < steps; t += stride) {
        const double x = plot.left() + plot.width() * (steps > 1 ? static_cast<double>(t) / (steps - 1) : 0.5);
        draw_centred(painter, metrics, QPointF(x, bottom + 3.0 + line / 2.0), QString::number(t));
    }
    draw_centred(painter, metrics, QPointF(plot.center().x(), bottom + 3.0 + 1.45 * line), QStringLiteral("step"));
}

/// Markers: blue right, orange wrong. A dashed line where the answer changes, in the colour of what that did.
void CaseCardFigure::draw_curve(QPainter& painter, const QRectF& plot, const QString& title, bool objective, const PlotLook& look) const {
    const QFontMetricsF metrics(look.font);
    painter.setPen(look.text());
    draw_elided(painter, QRectF(plot.left(), plot.top() - metrics.height(), plot.width(), metrics.height()), Qt::AlignLeft, title);
    const auto [low, high, ticks] = curve_axis(objective);
    const auto value_of = [objective](const CaseStep& step) { return objective ? step.objective : step.confidence; };
    const double count = static_cast<double>(data_.steps.size());
    const auto place = [&, low = low, high = high](std::size_t t, double value) {
        return QPointF(plot.left() + plot.width() * (count > 1.0 ? static_cast<double>(t) / (count - 1.0) : 0.5),
                       plot.bottom() - plot.height() * (value - low) / (high - low));
    };
    for (const double tick : ticks) {
        const double y = place(0, tick).y();
        painter.setPen(QPen(ink(look.palette, 0.15), 0.8));
        painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y));
        const QString text = short_number(tick);
        painter.setPen(look.text());
        painter.drawText(QPointF(plot.left() - 5.0 - metrics.horizontalAdvance(text), y + metrics.ascent() / 2.0 - 1.0), text);
    }
    painter.setPen(QPen(ink(look.palette, 0.6), 0.8));
    painter.drawLine(plot.bottomLeft(), plot.bottomRight());
    std::optional<QPointF> last;
    for (std::size_t t = 0; t < data_.steps.size(); ++t) {
        if (const std::optional<OutcomeColour>& flip = data_.steps[t].flip) {
            painter.setPen(QPen(readable(outcome_colour(*flip), look.palette), 1.0, Qt::DashLine));
            painter.drawLine(QPointF(place(t, low).x(), plot.top()), QPointF(place(t, low).x(), plot.bottom()));
        }
        if (const std::optional<double> value = value_of(data_.steps[t]); value && std::isfinite(*value)) {
            painter.setPen(QPen(ink(look.palette, 0.8), 1.1));
            if (last) {
                painter.drawLine(*last, place(t, *value));
            }
            last = place(t, *value);
        }
    }
    painter.setPen(Qt::NoPen);
    for (std::size_t t = 0; t < data_.steps.size(); ++t) {
        if (const std::optional<double> value = value_of(data_.steps[t]); value && std::isfinite(*value)) {
            const std::optional<bool> right = data_.steps[t].correct;
            painter.setBrush(!right ? ink(look.palette, 0.7) : outcome_colour(*right ? OutcomeColour::Right : OutcomeColour::Wrong));
            draw_marker(painter, !right || *right ? Marker::Circle : Marker::Diamond, place(t, *value), 2.2);
        }
    }
}

double CaseCardFigure::neighbours_height(const QFontMetricsF& metrics) const {
    const std::size_t all = data_.neighbours.size(), shown = std::min(all, kMostNeighbours);
    return metrics.height() * (1.0 + static_cast<double>(std::max<std::size_t>(1, shown)) * 1.15 + (all > shown ? 1.15 : 0.0));
}

/// Rank, kernel weight as number and bar, question, answer.
void CaseCardFigure::draw_neighbours(QPainter& painter, const QRectF& box, const PlotLook& look) const {
    const QFontMetricsF metrics(look.font);
    const double pitch = 1.15 * metrics.height();
    draw_title(painter, look, box.topLeft(), box.width(), QStringLiteral("neighbours: kernel weight, label"));
    double y = box.top() + metrics.height();
    if (data_.neighbours.empty()) {
        painter.setPen(ink(look.palette, 0.65));
        draw_elided(painter, QRectF(box.left(), y, box.width(), pitch), Qt::AlignLeft, QStringLiteral("none"));
        return;
    }
    double answers = 0.0, most = 0.0;
    const std::size_t shown = std::min(data_.neighbours.size(), kMostNeighbours);
    for (std::size_t i = 0; i < shown; ++i) {
        answers = std::max(answers, metrics.horizontalAdvance(data_.neighbours[i].answer));
        most = std::max(most, data_.neighbours[i].weight);
    }
    answers = std::min(answers, 0.25 * box.width());
    const double ranks = metrics.horizontalAdvance(QStringLiteral("n%1").arg(data_.neighbours[shown - 1].rank)) + 5.0;
    const double numbers = metrics.horizontalAdvance(QStringLiteral("0.88")) + 4.0;
    for (std::size_t i = 0; i < shown; ++i, y += pitch) {
        const CaseNeighbour& each = data_.neighbours[i];
        const QRectF row(box.left(), y, box.width(), pitch);
        painter.setPen(look.text());
        draw_elided(painter, row, Qt::AlignLeft, QStringLiteral("n%1").arg(each.rank));
        draw_elided(painter, row.adjusted(ranks, 0.0, 0.0, 0.0), Qt::AlignLeft, fixed_number(each.weight, 2));
        painter.setPen(Qt::NoPen);
        painter.setBrush(ink(look.palette, 0.35));
        const double x = row.left() + ranks + numbers;
        painter.drawRect(QRectF(x, row.center().y() - 0.25 * pitch, kWeightBar * (most > 0.0 ? std::max(0.0, each.weight) / most : 0.0), 0.5 * pitch));
        painter.setPen(each.question.isEmpty() ? ink(look.palette, 0.65) : look.text());
        const double words = x + kWeightBar + 5.0;
        draw_elided(painter, QRectF(words, y, row.right() - answers - 6.0 - words, pitch), Qt::AlignLeft, each.question.isEmpty() ? each.name : each.question);
        painter.setPen(look.text());
        const QString answer = metrics.elidedText(each.answer, Qt::ElideRight, answers + 0.5);
        painter.drawText(QPointF(row.right() - metrics.horizontalAdvance(answer), row.center().y() + (metrics.ascent() - metrics.descent()) / 2.0), answer);
    }
    if (shown < data_.neighbours.size()) {
        painter.setPen(ink(look.palette, 0.65));
        draw_elided(painter, QRectF(box.left(), y, box.width(), pitch), Qt::AlignLeft, QStringLiteral("+ %1 more").arg(data_.neighbours.size() - shown));
    }
}

}  // namespace r2t2::ui
