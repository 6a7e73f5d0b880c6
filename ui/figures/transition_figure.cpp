#include "ui/figures/transition_figure.h"

#include <QFontMetricsF>
#include <QPainterPath>
#include <algorithm>
#include <cmath>

namespace r2t2::ui {

namespace {

constexpr std::size_t kMostBars = 11;

QColor right_colour() { return outcome_colour(OutcomeColour::Right); }
QColor wrong_colour() { return outcome_colour(OutcomeColour::Wrong); }
QColor mended_colour() { return outcome_colour(OutcomeColour::Mended); }
QColor harmed_colour() { return outcome_colour(OutcomeColour::Harmed); }

QColor faint(QColor colour, double alpha) {
    colour.setAlphaF(static_cast<float>(alpha));
    return colour;
}

/// Of the steps that somebody was scored at.
std::vector<std::size_t> shown_steps(const std::vector<StepTransitions>& steps, int every) {
    std::vector<std::size_t> scored;
    for (std::size_t t = 0; t < steps.size(); ++t) {
        if (steps[t].scored > 0) {
            scored.push_back(t);
        }
    }
    if (scored.empty()) {
        return scored;
    }
    const std::size_t last = scored.size() - 1;
    const std::size_t stride = std::max<std::size_t>(1, (last + kMostBars - 2) / (kMostBars - 1));
    std::vector<std::size_t> shown;
    for (std::size_t i = 0; i < last; ++i) {
        if (every > 0 ? scored[i] % static_cast<std::size_t>(every) == 0 : i % stride == 0) {
            shown.push_back(scored[i]);
        }
    }
    shown.push_back(scored[last]);
    return shown;
}

QString number(double value, bool percent) { return percent ? fixed_number(value, 1) : QString::number(std::llround(value)); }

}  // namespace

TransitionFigureData transition_data(const std::vector<StepTransitions>& steps, std::span<const StepCorrectness> samples, int every) {
    TransitionFigureData data;
    const std::vector<std::size_t> shown = shown_steps(steps, every);
    for (std::size_t i = 0; i < shown.size(); ++i) {
        const StepTransitions& step = steps[shown[i]];
        TransitionBar bar;
        bar.label = QString::number(shown[i]);
        bar.right = static_cast<double>(step.right);
        bar.wrong = static_cast<double>(step.scored - step.right);
        if (i > 0) {
            const TransitionCounts counts = transitions_between(samples, shown[i - 1], shown[i]);
            bar.mended = static_cast<double>(counts.wrong_right);
            bar.harmed = static_cast<double>(counts.right_wrong);
            bar.kept_right = static_cast<double>(counts.right_right);
            bar.kept_wrong = static_cast<double>(counts.wrong_wrong);
        }
        data.bars.push_back(bar);
    }
    return data;
}

/// Out of a bar, from below: right that stays, right that goes, wrong that goes, wrong that stays. Into the next one:
/// right that stayed, right that came, wrong that came, wrong that stayed. So only the two changes cross.
std::vector<TransitionFlow> transition_flows(const TransitionBar& from, const TransitionBar& to) {
    const double all0 = from.scored(), all1 = to.scored();
    if (!(all0 > 0.0) || !(all1 > 0.0)) {
        return {};
    }
    const double right0 = from.right / all0, right1 = to.right / all1;
    std::vector<TransitionFlow> flows;
    const auto add = [&flows](TransitionFlow::Kind kind, double low0, double amount0, double low1, double amount1) {
        if (amount0 > 0.0 || amount1 > 0.0) {
            flows.push_back({kind, low0, amount0, low1, amount1});
        }
    };
    using Kind = TransitionFlow::Kind;
    const bool counted = to.mended && to.harmed;
    const double gain = right1 - right0;  // all that is known where changes are not
    const double m0 = counted ? *to.mended / all0 : std::max(0.0, gain), m1 = counted ? *to.mended / all1 : m0;
    const double h0 = counted ? *to.harmed / all0 : std::max(0.0, -gain), h1 = counted ? *to.harmed / all1 : h0;
    const double r0 = counted ? to.kept_right / all0 : right0 - h0, r1 = counted ? to.kept_right / all1 : r0;
    const double w0 = counted ? to.kept_wrong / all0 : 1.0 - right0 - m0, w1 = counted ? to.kept_wrong / all1 : w0;
    add(Kind::StaysRight, 0.0, r0, 0.0, r1);
    add(Kind::StaysWrong, 1.0 - w0, w0, 1.0 - w1, w1);
    add(Kind::Mended, right0, m0, right1 - m1, m1);
    add(Kind::Harmed, right0 - h0, h0, right1, h1);
    return flows;
}

TransitionFigureData published_cvbench_transitions() {
    TransitionFigureData data;
    data.title = QStringLiteral("CVBench, as published (percent)");
    data.percent = true;
    const std::vector<std::pair<int, double>> published = {{0, 65.8}, {2, 69.1}, {4, 71.1}, {6, 72.4}, {8, 72.9}, {10, 73.9}};
    for (const auto& [step, right] : published) {
        data.bars.push_back({QString::number(step), right, 100.0 - right, std::nullopt, std::nullopt});
    }
    return data;
}

TransitionFigure::TransitionFigure(TransitionFigureData data) : Figure(QStringLiteral("accuracy-transitions")), data_(std::move(data)) {
    if (data_.bars.size() > 1) {
        set_note(counted() ? QStringLiteral("wrong \u2192 right, right \u2192 wrong: against the bar to the left") : QStringLiteral("net gain: against the bar to the left"));
    }
}

double TransitionFigure::share(const TransitionBar& bar, double value) const {
    return bar.scored() > 0.0 ? value / bar.scored() : 0.0;
}

bool TransitionFigure::counted() const {
    return data_.bars.size() > 1 && std::all_of(data_.bars.begin() + 1, data_.bars.end(),
                                                [](const TransitionBar& bar) { return bar.mended && bar.harmed; });
}

bool TransitionFigure::uneven() const {
    return !data_.percent && std::any_of(data_.bars.begin(), data_.bars.end(),
                                         [this](const TransitionBar& bar) { return bar.scored() != data_.bars.front().scored(); });
}

double TransitionFigure::rows() const { return (counted() ? 4.0 : 2.0) + (uneven() ? 1.0 : 0.0); }

QString TransitionFigure::tsv() const {
    const QString unit = data_.percent ? QStringLiteral(", percent") : QString();
    QString out = tsv_line({QStringLiteral("step"), QStringLiteral("right") + unit, QStringLiteral("wrong") + unit, QStringLiteral("percent right"),
                            QStringLiteral("wrong to right since the row above"), QStringLiteral("right to wrong since the row above")});
    for (const TransitionBar& bar : data_.bars) {
        out += tsv_line({bar.label, tsv_number(bar.right), tsv_number(bar.wrong), tsv_number(100.0 * share(bar, bar.right)),
                         bar.mended ? tsv_number(*bar.mended) : QString(), bar.harmed ? tsv_number(*bar.harmed) : QString()});
    }
    return out;
}

std::vector<FigureKey> TransitionFigure::keys() const {
    std::vector<FigureKey> keys = {{QStringLiteral("right"), right_colour()}, {QStringLiteral("wrong"), wrong_colour()}};
    if (data_.bars.size() > 1) {
        keys.push_back({counted() ? QStringLiteral("wrong \u2192 right") : QStringLiteral("net gain"), mended_colour()});
        if (counted()) {
            keys.push_back({QStringLiteral("right \u2192 wrong"), harmed_colour()});
        }
    }
    return keys;
}

double TransitionFigure::natural_height(double width, const QFontMetricsF& metrics) const {
    const double line = metrics.height();
    return std::max(0.52 * width, 11.0 * line) + rows() * line;
}

void TransitionFigure::draw(QPainter& painter, const QRectF& area, const PlotLook& look) const {
    const QFontMetricsF metrics(look.font);
    const double line = metrics.height();
    if (data_.bars.empty()) {
        draw_empty(painter, look, area, QStringLiteral("no scored samples"));
        return;
    }
    double top = area.top() + 1.0;
    if (!data_.title.isEmpty()) {
        draw_title(painter, look, QPointF(2.0, top), area.width() - 4.0, data_.title);
        top += line + 1.0;
    }
    top += draw_keys(painter, QRectF(area.left() + 2, top, area.width() - 4, line), look, keys()) + 0.6 * line;
    const double words = metrics.horizontalAdvance(counted() ? QStringLiteral("right \u2192 wrong") : QStringLiteral("right, %")) + 8.0;
    const double left = std::max(words, metrics.horizontalAdvance(QStringLiteral("100 %")) + 8.0);
    Frame frame;
    frame.plot = QRectF(QPointF(area.left() + left, top), QPointF(area.right() - 3.0, area.bottom() - rows() * line - 6.0));
    frame.pitch = frame.plot.width() / static_cast<double>(data_.bars.size());
    frame.bar = std::min(0.5 * frame.pitch, 26.0);
    if (frame.plot.height() < 2.0 * line) {
        return;
    }
    draw_axis(painter, frame, look);
    draw_flows(painter, frame);
    draw_bars(painter, frame);
    draw_counts(painter, frame, look);
}

void TransitionFigure::draw_axis(QPainter& painter, const Frame& frame, const PlotLook& look) const {
    const QFontMetricsF metrics(look.font);
    for (const int percent : {0, 25, 50, 75, 100}) {
        const double y = frame.plot.bottom() - frame.plot.height() * percent / 100.0;
        painter.setPen(QPen(ink(look.palette, percent == 0 ? 0.6 : 0.15), 0.8));
        painter.drawLine(QPointF(frame.plot.left(), y), QPointF(frame.plot.right(), y));
        const QString text = percent == 100 ? QStringLiteral("100 %") : QString::number(percent);
        painter.setPen(look.text());
        painter.drawText(QPointF(frame.plot.left() - 4.0 - metrics.horizontalAdvance(text), y + metrics.ascent() / 2.0 - 1.0), text);
    }
}

void TransitionFigure::draw_flows(QPainter& painter, const Frame& frame) const {
    const auto colour = [](TransitionFlow::Kind kind) {
        switch (kind) {
            case TransitionFlow::Kind::StaysRight:
                return faint(right_colour(), 0.22);
            case TransitionFlow::Kind::StaysWrong:
                return faint(wrong_colour(), 0.22);
            case TransitionFlow::Kind::Mended:
                return faint(mended_colour(), 0.85);
            case TransitionFlow::Kind::Harmed:
                break;
        }
        return faint(harmed_colour(), 0.85);
    };
    painter.setPen(Qt::NoPen);
    for (std::size_t i = 1; i < data_.bars.size(); ++i) {
        const double x0 = frame.plot.left() + (static_cast<double>(i) - 0.5) * frame.pitch + frame.bar / 2.0;
        const double x1 = x0 + frame.pitch - frame.bar;
        const auto y = [&frame](double share_below) { return frame.plot.bottom() - frame.plot.height() * share_below; };
        for (const TransitionFlow& flow : transition_flows(data_.bars[i - 1], data_.bars[i])) {
            painter.setBrush(colour(flow.kind));
            painter.drawPath(ribbon(x0, y(flow.from_low + flow.from_amount), y(flow.from_low), x1, y(flow.to_low + flow.to_amount), y(flow.to_low)));
        }
    }
}

void TransitionFigure::draw_bars(QPainter& painter, const Frame& frame) const {
    for (std::size_t i = 0; i < data_.bars.size(); ++i) {
        const TransitionBar& bar = data_.bars[i];
        const double x = frame.plot.left() + (static_cast<double>(i) + 0.5) * frame.pitch - frame.bar / 2.0;
        const double split = frame.plot.bottom() - frame.plot.height() * share(bar, bar.right);
        painter.setPen(Qt::NoPen);
        painter.setBrush(right_colour());
        painter.drawRect(QRectF(QPointF(x, split), QPointF(x + frame.bar, frame.plot.bottom())));
        painter.setBrush(wrong_colour());
        painter.drawRect(QRectF(QPointF(x, frame.plot.top()), QPointF(x + frame.bar, split)));
    }
}

/// Below every bar: its step, percent right, and, where they were counted, how many changed sides since the bar before.
void TransitionFigure::draw_counts(QPainter& painter, const Frame& frame, const PlotLook& look) const {
    const QFontMetricsF metrics(look.font);
    double y = frame.plot.bottom() + metrics.ascent() + 4.0;
    const auto row = [&](const QString& name, const QColor& colour, auto text_of) {
        painter.setPen(colour);
        painter.drawText(QPointF(frame.plot.left() - 4.0 - metrics.horizontalAdvance(name), y), name);
        for (std::size_t i = 0; i < data_.bars.size(); ++i) {
            const QString text = text_of(data_.bars[i]);
            const double middle = frame.plot.left() + (static_cast<double>(i) + 0.5) * frame.pitch;
            if (metrics.horizontalAdvance(text) <= frame.pitch) {
                painter.drawText(QPointF(middle - metrics.horizontalAdvance(text) / 2.0, y), text);
            }
        }
        y += metrics.height();
    };
    row(QStringLiteral("step"), look.text(), [](const TransitionBar& bar) { return bar.label; });
    if (uneven()) {
        row(QStringLiteral("scored"), look.text(), [](const TransitionBar& bar) { return QString::number(std::llround(bar.scored())); });
    }
    const int decimals = metrics.horizontalAdvance(QStringLiteral("88.88")) <= frame.pitch ? 1 : 0;
    row(QStringLiteral("right, %"), look.text(), [&](const TransitionBar& bar) { return fixed_number(100.0 * share(bar, bar.right), decimals); });
    if (counted()) {
        const auto count = [this](const std::optional<double>& value) { return value ? number(*value, data_.percent) : QStringLiteral("\u2013"); };
        row(QStringLiteral("wrong \u2192 right"), readable(mended_colour(), look.palette), [&](const TransitionBar& bar) { return count(bar.mended); });
        row(QStringLiteral("right \u2192 wrong"), readable(harmed_colour(), look.palette), [&](const TransitionBar& bar) { return count(bar.harmed); });
    }
}

}  // namespace r2t2::ui
