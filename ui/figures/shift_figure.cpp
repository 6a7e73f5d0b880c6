#include "ui/figures/shift_figure.h"

#include <QFontMetricsF>
#include <QPainterPath>
#include <algorithm>
#include <array>
#include <cmath>

namespace r2t2::ui {

namespace {

/// Columns: everybody, then who was mended, then who was harmed.
struct Column {
    const char* title;
    std::optional<Outcome> outcome;
};
constexpr std::array<Column, 3> kColumns = {{{"all", std::nullopt}, {"wrong \u2192 right", Outcome::WrongRight}, {"right \u2192 wrong", Outcome::RightWrong}}};

const ShiftMatrix& matrix_of(const GroupShift& group, const Column& column) {
    return column.outcome ? group.by_outcome[static_cast<std::size_t>(*column.outcome)] : group.all;
}

std::int64_t before_count(const ShiftMatrix& matrix, std::size_t expert) {
    std::int64_t sum = 0;
    for (std::size_t after = 0; after < matrix.experts; ++after) {
        sum += matrix(expert, after);
    }
    return sum;
}

std::int64_t after_count(const ShiftMatrix& matrix, std::size_t expert) {
    std::int64_t sum = 0;
    for (std::size_t before = 0; before < matrix.experts; ++before) {
        sum += matrix(before, expert);
    }
    return sum;
}

constexpr double kGap = 6.0;        // between facets
constexpr double kNode = 7.0;       // width of an expert's block
constexpr double kNodeGap = 3.0;    // between blocks, above one another

QColor thin(QColor colour, double alpha) {
    colour.setAlphaF(static_cast<float>(alpha));
    return colour;
}

}  // namespace

QString ShiftFigure::expert_name(const GroupShift& group, std::size_t expert) { return QString::fromStdString(group.experts[expert]); }

double ShiftFigure::names_width(const QFontMetricsF& metrics) const {
    double width = 0.0;
    for (const GroupShift& group : groups_) {
        for (std::size_t e = 0; e < group.experts.size(); ++e) {
            width = std::max(width, metrics.horizontalAdvance(expert_name(group, e)));
        }
    }
    return width + 6.0;
}

QString ShiftFigure::tsv() const {
    QString out = tsv_line({QStringLiteral("group"), QStringLiteral("outcome"), QStringLiteral("before"), QStringLiteral("after"), QStringLiteral("samples")});
    for (const GroupShift& group : groups_) {
        const auto rows = [&](const QString& outcome, const ShiftMatrix& matrix) {
            for (std::size_t before = 0; before < matrix.experts; ++before) {
                for (std::size_t after = 0; after < matrix.experts; ++after) {
                    out += tsv_line({QString::fromStdString(group.group), outcome, expert_name(group, before), expert_name(group, after),
                                     QString::number(matrix(before, after))});
                }
            }
        };
        rows(QStringLiteral("all"), group.all);
        for (std::size_t o = 0; o < kOutcomeCount; ++o) {
            const std::string_view text = outcome_text(static_cast<Outcome>(o));
            rows(QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size())), group.by_outcome[o]);
        }
    }
    return out;
}

double ShiftFigure::facet_height(double width, double line, double aspect) const {
    const double facet = (width - 60.0) / static_cast<double>(kColumns.size()) - kGap;
    return line + static_cast<double>(groups_.size()) * (facet * aspect + 2.0 * line + kGap);
}

void ShiftFigure::draw(QPainter& painter, const QRectF& area, const PlotLook& look) const {
    const QFontMetricsF metrics(look.font);
    if (groups_.empty() || groups_.front().all.total() == 0) {
        draw_empty(painter, look, area, QStringLiteral("no samples"));
        return;
    }
    const double line = metrics.height(), left = names_width(metrics);
    const double width = (area.width() - left - 3.0) / static_cast<double>(kColumns.size()) - kGap;
    const double height = (area.height() - line) / static_cast<double>(groups_.size()) - 2.0 * line - kGap;
    for (std::size_t c = 0; c < kColumns.size(); ++c) {
        const double x = area.left() + left + static_cast<double>(c) * (width + kGap);
        const QString title = QString::fromUtf8(kColumns[c].title);
        painter.setPen(look.text());
        painter.drawText(QPointF(x + (width - metrics.horizontalAdvance(title)) / 2.0, area.top() + metrics.ascent()), title);
        for (std::size_t g = 0; g < groups_.size(); ++g) {
            const double y = area.top() + line + static_cast<double>(g) * (height + 2.0 * line + kGap);
            const ShiftMatrix& matrix = matrix_of(groups_[g], kColumns[c]);
            const QString count = QStringLiteral("n = %1").arg(matrix.total());
            painter.setPen(ink(look.palette, 0.7));
            painter.drawText(QPointF(x + (width - metrics.horizontalAdvance(count)) / 2.0, y + metrics.ascent()), count);
            if (c == 0) {
                painter.setFont(bold(look.font));
                painter.setPen(look.text());
                painter.drawText(QPointF(area.left() + 2.0, y + metrics.ascent()), QString::fromStdString(groups_[g].group));
                painter.setFont(look.font);
            }
            draw_facet(painter, {QRectF(x, y + line + 2.0, width, height - 2.0), &groups_[g], g, &matrix, c == 0}, look);
        }
    }
}

/// Left the leading expert before, right after; a flow's width is its number of samples.
void ShiftFlowFigure::draw_facet(QPainter& painter, const Facet& facet, const PlotLook& look) const {
    const QFontMetricsF metrics(look.font);
    const ShiftMatrix& matrix = *facet.matrix;
    const double total = static_cast<double>(matrix.total());
    painter.setPen(ink(look.palette, 0.7));
    painter.drawText(QPointF(facet.area.left(), facet.area.bottom() + metrics.ascent()), QStringLiteral("before"));
    painter.drawText(QPointF(facet.area.right() - metrics.horizontalAdvance(QStringLiteral("after")), facet.area.bottom() + metrics.ascent()),
                     QStringLiteral("after"));
    if (total <= 0.0) {
        return;
    }
    const double scale = (facet.area.height() - kNodeGap * static_cast<double>(matrix.experts - 1)) / total;
    const auto tops = [&](auto count_of) {
        std::vector<double> out;
        double y = facet.area.top();
        for (std::size_t e = 0; e < matrix.experts; ++e) {
            out.push_back(y);
            y += scale * static_cast<double>(count_of(matrix, e)) + kNodeGap;
        }
        return out;
    };
    const std::vector<double> left = tops(before_count), right = tops(after_count);
    std::vector<double> out = left, in = right;
    const double x0 = facet.area.left() + kNode, x1 = facet.area.right() - kNode;
    painter.setPen(Qt::NoPen);
    for (std::size_t before = 0; before < matrix.experts; ++before) {
        for (std::size_t after = 0; after < matrix.experts; ++after) {
            const double height = scale * static_cast<double>(matrix(before, after));
            if (height > 0.0) {
                painter.setBrush(thin(expert_colour(static_cast<int>(before)), before == after ? 0.3 : 0.65));
                painter.drawPath(ribbon(x0, out[before], out[before] + height, x1, in[after], in[after] + height));
                out[before] += height;
                in[after] += height;
            }
        }
    }
    for (std::size_t e = 0; e < matrix.experts; ++e) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(expert_colour(static_cast<int>(e)));
        const double before = scale * static_cast<double>(before_count(matrix, e)), after = scale * static_cast<double>(after_count(matrix, e));
        painter.drawRect(QRectF(facet.area.left(), left[e], kNode, before));
        painter.drawRect(QRectF(x1, right[e], kNode, after));
    }
    if (facet.first) {  // names at even distances: blocks may be too thin for them
        for (std::size_t e = 0; e < matrix.experts; ++e) {
            const double y = facet.area.top() + facet.area.height() * (static_cast<double>(e) + 0.5) / static_cast<double>(matrix.experts);
            const QString name = expert_name(*facet.group, e);
            painter.setPen(readable(expert_colour(static_cast<int>(e)), look.palette));
            painter.drawText(QPointF(facet.area.left() - 4.0 - metrics.horizontalAdvance(name), y + metrics.ascent() / 2.0 - 1.0), name);
        }
    }
}

/// Rows: the leading expert before; columns: after. Colour: share of its row; the number is the count.
void ShiftMatrixFigure::draw_facet(QPainter& painter, const Facet& facet, const PlotLook& look) const {
    const QFontMetricsF metrics(look.font);
    const ShiftMatrix& matrix = *facet.matrix;
    const double n = static_cast<double>(matrix.experts);
    const double side = std::min(facet.area.width() / n, facet.area.height() / n);
    const QPointF corner(facet.area.left() + (facet.area.width() - n * side) / 2.0, facet.area.top());
    for (std::size_t before = 0; before < matrix.experts; ++before) {
        const double row = static_cast<double>(before_count(matrix, before));
        for (std::size_t after = 0; after < matrix.experts; ++after) {
            const std::int64_t count = matrix(before, after);
            const QColor colour = row > 0.0 ? magnitude_colour(static_cast<double>(count) / row) : ink(look.palette, 0.08);
            const QRectF cell(corner.x() + static_cast<double>(after) * side, corner.y() + static_cast<double>(before) * side, side, side);
            painter.setPen(QPen(look.base(), 1.0));
            painter.setBrush(colour);
            painter.drawRect(cell);
            const QString text = QString::number(count);
            if (metrics.horizontalAdvance(text) < side) {
                painter.setPen(text_on(colour));
                painter.drawText(QPointF(cell.center().x() - metrics.horizontalAdvance(text) / 2.0, cell.center().y() + metrics.ascent() / 2.0 - 1.0), text);
            }
        }
        if (facet.first) {
            const QString name = expert_name(*facet.group, before);
            painter.setPen(readable(expert_colour(static_cast<int>(before)), look.palette));
            painter.drawText(QPointF(corner.x() - 4.0 - metrics.horizontalAdvance(name),
                                     corner.y() + (static_cast<double>(before) + 0.5) * side + metrics.ascent() / 2.0 - 1.0), name);
        }
        if (facet.first && before == 0) {
            const QString text = QStringLiteral("after:");
            painter.setPen(ink(look.palette, 0.7));
            painter.drawText(QPointF(corner.x() - 4.0 - metrics.horizontalAdvance(text), corner.y() + n * side + metrics.ascent()), text);
        }
        painter.setPen(Qt::NoPen);  // columns by colour, in the rows' order
        painter.setBrush(expert_colour(static_cast<int>(before)));
        draw_marker(painter, marker_shape(static_cast<int>(facet.index)),
                    QPointF(corner.x() + (static_cast<double>(before) + 0.5) * side, corner.y() + n * side + metrics.height() / 2.0), 3.0);
    }
}

QString WeightChangeFigure::tsv() const {
    QString out = tsv_line({QStringLiteral("group"), QStringLiteral("expert"), QStringLiteral("outcome"), QStringLiteral("mean change"), QStringLiteral("low"),
                            QStringLiteral("high"), QStringLiteral("samples")});
    for (const GroupShift& group : groups_) {
        for (const Column& column : kColumns) {
            const std::vector<Estimate>& change = column.outcome ? group.change_by_outcome[static_cast<std::size_t>(*column.outcome)] : group.change;
            for (std::size_t e = 0; e < group.experts.size() && e < change.size(); ++e) {
                out += tsv_line({QString::fromStdString(group.group), QString::fromStdString(group.experts[e]), QString::fromUtf8(column.title),
                                 tsv_number(change[e].value), tsv_number(change[e].low), tsv_number(change[e].high),
                                 QString::number(matrix_of(group, column).total())});
            }
        }
    }
    return out;
}

double WeightChangeFigure::natural_height(double, double line) const {
    double rows = 2.5;
    for (const GroupShift& group : groups_) {
        rows += 1.3 * (static_cast<double>(group.experts.size()) + 0.9);
    }
    return rows * line;
}

void WeightChangeFigure::draw(QPainter& painter, const QRectF& area, const PlotLook& look) const {
    const QFontMetricsF metrics(look.font);
    const double line = metrics.height();
    double names = 0.0, most = 0.01;
    for (const GroupShift& group : groups_) {
        for (std::size_t e = 0; e < group.experts.size(); ++e) {
            names = std::max(names, metrics.horizontalAdvance(QString::fromStdString(group.experts[e])));
        }
        for (const Column& column : kColumns) {
            for (const Estimate& change : column.outcome ? group.change_by_outcome[static_cast<std::size_t>(*column.outcome)] : group.change) {
                for (const double v : {change.value, change.low, change.high}) {
                    most = std::isfinite(v) ? std::max(most, std::abs(v)) : most;
                }
            }
        }
    }
    const std::array<QColor, 3> colours = {look.text(), outcome_colour(OutcomeColour::Mended), outcome_colour(OutcomeColour::Harmed)};
    std::vector<FigureKey> keys;
    for (std::size_t c = 0; c < kColumns.size(); ++c) {
        keys.push_back({QString::fromUtf8(kColumns[c].title), colours[c]});
    }
    double y = area.top() + draw_keys(painter, area, look, keys) + 2.0;
    const QRectF plot(QPointF(area.left() + names + 8.0, y), QPointF(area.right() - 6.0, area.bottom() - line - 3.0));
    const auto x_of = [&](double value) { return plot.center().x() + value / most * plot.width() / 2.0; };
    for (const double tick : round_ticks(-most, most, 6)) {
        painter.setPen(QPen(ink(look.palette, tick == 0.0 ? 0.6 : 0.15), 0.8));
        painter.drawLine(QPointF(x_of(tick), plot.top()), QPointF(x_of(tick), plot.bottom()));
        const QString text = short_number(tick);
        const double x = x_of(tick) - metrics.horizontalAdvance(text) / 2.0;
        if (x + metrics.horizontalAdvance(text) < area.right()) {
            painter.setPen(look.text());
            painter.drawText(QPointF(x, plot.bottom() + metrics.ascent() + 2.0), text);
        }
    }
    double rows = 0.0;
    for (const GroupShift& group : groups_) {
        rows += static_cast<double>(group.experts.size()) + 0.9;
    }
    const double pitch = plot.height() / rows;
    for (std::size_t g = 0; g < groups_.size(); ++g) {
        const GroupShift& group = groups_[g];
        painter.setFont(bold(look.font));
        painter.setPen(look.text());
        painter.drawText(QPointF(area.left() + 2.0, y + 0.45 * pitch + metrics.ascent() / 2.0 - 1.0), QString::fromStdString(group.group));
        painter.setFont(look.font);
        y += 0.9 * pitch;
        for (std::size_t e = 0; e < group.experts.size(); ++e, y += pitch) {
            const QString name = QString::fromStdString(group.experts[e]);
            painter.setPen(readable(expert_colour(static_cast<int>(e)), look.palette));
            painter.drawText(QPointF(plot.left() - 5.0 - metrics.horizontalAdvance(name), y + 0.5 * pitch + metrics.ascent() / 2.0 - 1.0), name);
            for (std::size_t c = 0; c < kColumns.size(); ++c) {
                const std::vector<Estimate>& change =
                    kColumns[c].outcome ? group.change_by_outcome[static_cast<std::size_t>(*kColumns[c].outcome)] : group.change;
                if (e >= change.size() || !std::isfinite(change[e].value)) {
                    continue;
                }
                const double at = y + pitch * (0.25 + 0.25 * static_cast<double>(c));
                if (std::isfinite(change[e].low)) {
                    painter.setPen(QPen(colours[c], 1.0));
                    painter.drawLine(QPointF(x_of(change[e].low), at), QPointF(x_of(change[e].high), at));
                }
                painter.setPen(Qt::NoPen);
                painter.setBrush(colours[c]);
                draw_marker(painter, marker_shape(static_cast<int>(g)), QPointF(x_of(change[e].value), at), 2.4);
            }
        }
    }
}

}  // namespace r2t2::ui
