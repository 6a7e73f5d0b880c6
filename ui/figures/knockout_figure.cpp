#include "ui/figures/knockout_figure.h"

#include <QFileInfo>
#include <algorithm>
#include <cmath>

#include "ui/figures/figure_axes.h"

namespace r2t2::ui {

namespace {

constexpr double kLevel = 0.05;
constexpr double kLeastPanel = 64.0;  // 1/96 inch
constexpr double kPanelGap = 12.0;

QColor colour_of(const std::string& kind) { return category_colour(kind == "silence" ? 5 : kind == "block" ? 4 : 2); }
Marker marker_of(const std::string& kind) { return kind == "silence" ? Marker::Circle : kind == "block" ? Marker::Square : Marker::Diamond; }
QString mixer_title(const std::string& mixer) { return mixer == "all" ? QStringLiteral("all mixers") : QStringLiteral("mixer ") + QString::fromStdString(mixer); }

}  // namespace

const std::vector<FigureKind>& knockout_kinds() {
    static const std::vector<FigureKind> kinds = {
        {QStringLiteral("knockout-loss"), QStringLiteral("Change of the truth's loss where an expert is taken away"), FigureSubject::Session},
        {QStringLiteral("knockout-right"), QStringLiteral("Change of right answers where an expert is taken away"), FigureSubject::Session},
    };
    return kinds;
}

std::unique_ptr<Figure> knockout_figure(const QString& name, const KnockoutTable& table, const QString& file) {
    const bool loss = name == QLatin1String("knockout-loss");
    if (!loss && name != QLatin1String("knockout-right")) {
        return nullptr;
    }
    auto figure = std::make_unique<KnockoutFigure>(name, table, loss ? KnockoutFigure::Measure::Loss : KnockoutFigure::Measure::Right);
    QStringList notes;
    if (table.miniature) {
        notes << QStringLiteral("bundled miniature model");
    }
    notes << QString::fromStdString(table.caption()) << QStringLiteral("filled: p < 0.05, corrected by Holm for %1 tests").arg(2 * table.rows.size());
    figure->set_note(notes.join(QStringLiteral("; ")));
    if (!table.problems.empty()) {
        figure->set_warnings({QStringLiteral("%1 samples that could not be read or run are in no number; the first: %2").arg(table.problems.size()).arg(QString::fromStdString(table.problems.front()))});
    }
    figure->set_origin(QStringLiteral("%1\n%2\nmodel %3 %4\nR2-T2 Studio " R2T2_VERSION)
                           .arg(QFileInfo(file).fileName(), QString::fromStdString(table.command), QString::fromStdString(table.model_name), QString::fromStdString(table.model_hash)));
    return figure;
}

KnockoutFigure::KnockoutFigure(const QString& name, KnockoutTable table, Measure measure)
    : Figure(name), table_(std::move(table)), measure_(measure), kinds_(table_.kinds()), mixers_(table_.mixers()), experts_(table_.experts()) {}

KnockoutFigure::Shown KnockoutFigure::shown(const KnockoutRow& row) const {
    if (measure_ == Measure::Loss) {
        return {row.loss, row.loss_holm};
    }
    return {{100.0 * row.right.value, 100.0 * row.right.low, 100.0 * row.right.high}, row.right_holm};
}

QString KnockoutFigure::tsv() const {
    QString out = tsv_line({QStringLiteral("kind"), QStringLiteral("mixer"), QStringLiteral("expert"), measure_ == Measure::Loss ? QStringLiteral("change of loss, nats") : QStringLiteral("change of right answers, points"),
                            QStringLiteral("low"), QStringLiteral("high"), QStringLiteral("p"), QStringLiteral("Holm p"), QStringLiteral("answers changed"), QStringLiteral("lost"), QStringLiteral("won")});
    for (const KnockoutRow& row : table_.rows) {
        const Shown one = shown(row);
        out += tsv_line({QString::fromStdString(row.kind), QString::fromStdString(row.mixer), QString::fromStdString(row.expert), tsv_number(one.change.value), tsv_number(one.change.low),
                         tsv_number(one.change.high), tsv_number(measure_ == Measure::Loss ? row.loss_p : row.right_p), tsv_number(one.holm), QString::number(row.changed),
                         QString::number(row.lost), QString::number(row.won)});
    }
    return out;
}

std::vector<FigureKey> KnockoutFigure::keys() const {
    std::vector<FigureKey> keys;
    for (const std::string& kind : kinds_) {
        keys.push_back({QString::fromStdString(kind), colour_of(kind), Qt::NoPen, marker_of(kind)});
    }
    return keys;
}

double KnockoutFigure::names_width(const QFontMetricsF& metrics) const {
    double width = 0.0;
    for (const std::string& expert : experts_) {
        width = std::max(width, metrics.horizontalAdvance(QString::fromStdString(expert)));
    }
    return width + 8.0;
}

double KnockoutFigure::natural_height(double width, const QFontMetricsF& metrics) const {
    const PanelGrid grid(mixers_.size(), width - names_width(metrics) - 6.0, kLeastPanel, kPanelGap);
    const double rows = 0.62 * static_cast<double>(experts_.size() * kinds_.size()) + 0.5 * static_cast<double>(experts_.size());
    return static_cast<double>(grid.rows) * (rows * metrics.height() + frame(metrics)) + 1.3 * metrics.height() + keys_height(metrics, width, keys());
}

void KnockoutFigure::draw_panel(QPainter& painter, const QRectF& panel, const PlotLook& look, const std::string& mixer, double low, double high) const {
    const QFontMetricsF metrics(look.font);
    painter.setFont(bold(look.font));
    painter.setPen(look.text());
    painter.drawText(QPointF(panel.left(), panel.top() + metrics.ascent()), mixer_title(mixer));
    painter.setFont(look.font);
    const QRectF plot(QPointF(panel.left(), panel.top() + 1.2 * metrics.height()), QPointF(panel.right(), panel.bottom() - 1.4 * metrics.height()));
    const auto x_of = [&](double value) { return plot.left() + (value - low) / (high - low) * plot.width(); };
    double free = plot.left() - kPanelGap;  // words of ticks do not touch
    const int most = std::max(2, static_cast<int>(plot.width() / (metrics.horizontalAdvance(QStringLiteral("-0.25")) + 8.0)));
    for (const double tick : round_ticks(low, high, most)) {
        painter.setPen(QPen(ink(look.palette, tick == 0.0 ? 0.6 : 0.15), 0.8));
        painter.drawLine(QPointF(x_of(tick), plot.top()), QPointF(x_of(tick), plot.bottom()));
        const QString text = short_number(tick);
        const double width = metrics.horizontalAdvance(text), x = x_of(tick) - width / 2.0;
        if (x > free && x + width < panel.right() + kPanelGap / 2.0) {
            painter.setPen(look.text());
            painter.drawText(QPointF(x, plot.bottom() + metrics.ascent() + 1.0), text);
            free = x + width + 2.0;
        }
    }
    const double pitch = plot.height() / static_cast<double>(experts_.size());
    painter.setClipRect(panel.adjusted(-kPanelGap / 2.0, 0.0, kPanelGap / 2.0, 0.0));
    for (const KnockoutRow& row : table_.rows) {
        if (row.mixer != mixer) {
            continue;
        }
        const auto expert = static_cast<double>(std::find(experts_.begin(), experts_.end(), row.expert) - experts_.begin());
        const auto kind = static_cast<double>(std::find(kinds_.begin(), kinds_.end(), row.kind) - kinds_.begin());
        const double y = plot.top() + pitch * (expert + (kind + 1.0) / (static_cast<double>(kinds_.size()) + 1.0));
        const Shown one = shown(row);
        if (!std::isfinite(one.change.value)) {
            continue;
        }
        const QColor colour = colour_of(row.kind);
        painter.setPen(QPen(colour, 1.0));
        if (std::isfinite(one.change.low) && std::isfinite(one.change.high)) {
            painter.drawLine(QPointF(x_of(one.change.low), y), QPointF(x_of(one.change.high), y));
        }
        painter.setBrush(one.holm < kLevel ? colour : look.base());
        draw_marker(painter, marker_of(row.kind), QPointF(x_of(one.change.value), y), 2.2);
    }
    painter.setClipping(false);
}

void KnockoutFigure::draw(QPainter& painter, const QRectF& area, const PlotLook& look) const {
    const QFontMetricsF metrics(look.font);
    double low = 0.0, high = 0.0;
    for (const KnockoutRow& row : table_.rows) {
        const Estimate change = shown(row).change;
        for (const double v : {change.value, change.low, change.high}) {
            low = std::isfinite(v) ? std::min(low, v) : low;
            high = std::isfinite(v) ? std::max(high, v) : high;
        }
    }
    const double least = measure_ == Measure::Loss ? 0.01 : 1.0, margin = 0.04 * std::max(high - low, least);
    low -= margin;
    high += margin;
    const double names = names_width(metrics), top = area.top() + draw_keys(painter, area, look, keys()) + 2.0;
    const double left = area.left() + names, bottom = area.bottom() - 1.3 * metrics.height();
    const PanelGrid grid(mixers_.size(), area.right() - left - 6.0, kLeastPanel, kPanelGap);
    const double height = (bottom - top) / static_cast<double>(grid.rows);
    for (std::size_t m = 0; m < mixers_.size(); ++m) {
        const QRectF panel = grid.at(m, {left, top}, height);
        if (m % grid.columns == 0) {
            const double first = panel.top() + 1.2 * metrics.height(), pitch = (panel.bottom() - 1.4 * metrics.height() - first) / static_cast<double>(experts_.size());
            for (std::size_t e = 0; e < experts_.size(); ++e) {
                const QString name = QString::fromStdString(experts_[e]);
                painter.setPen(look.text());
                painter.drawText(QPointF(left - 6.0 - metrics.horizontalAdvance(name), first + pitch * (static_cast<double>(e) + 0.5) + metrics.ascent() / 2.0 - 1.0), name);
            }
        }
        draw_panel(painter, panel, look, mixers_[m], low, high);
    }
    QString axis = measure_ == Measure::Loss ? QStringLiteral("change of the truth's loss, nats") : QStringLiteral("change of right answers, points");
    if (metrics.horizontalAdvance(axis) > area.width() - 4.0) {
        axis = measure_ == Measure::Loss ? QStringLiteral("change of loss, nats") : QStringLiteral("change, points");
    }
    const double width = metrics.horizontalAdvance(axis), middle = (left + area.right() - width) / 2.0;
    painter.setPen(look.text());
    painter.drawText(QPointF(std::max(area.left() + 2.0, std::min(middle, area.right() - width - 2.0)), area.bottom() - metrics.descent()), axis);
}

}  // namespace r2t2::ui
