#include "ui/figures/shift_figure.h"

#include <QFontMetricsF>
#include <QPainterPath>
#include <algorithm>
#include <cmath>

#include "ui/figures/figure_axes.h"

namespace r2t2::ui {

namespace {

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

void draw_none(QPainter& painter, const QRectF& area, const PlotLook& look) {
    const QFontMetricsF metrics(look.font);
    const QString text = QStringLiteral("none");
    painter.setPen(ink(look.palette, 0.6));
    painter.drawText(QPointF(area.center().x() - metrics.horizontalAdvance(text) / 2.0, area.center().y() + metrics.ascent() / 2.0), text);
}

QColor thin(QColor colour, double alpha) {
    colour.setAlphaF(static_cast<float>(alpha));
    return colour;
}

}  // namespace

const ShiftMatrix& matrix_of(const GroupShift& group, const ShiftColumn& column) {
    return column.outcome ? group.by_outcome[static_cast<std::size_t>(*column.outcome)] : group.all;
}

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

double ShiftFigure::facet_height(double width, const QFontMetricsF& metrics, double aspect) const {
    const double line = metrics.height(), facet = (width - names_width(metrics) - 3.0) / static_cast<double>(kShiftColumns.size()) - kGap;
    return line + static_cast<double>(groups_.size()) * (facet * aspect + line + below(metrics) + kGap);
}

void ShiftFigure::draw(QPainter& painter, const QRectF& area, const PlotLook& look) const {
    const QFontMetricsF metrics(look.font);
    if (groups_.empty() || groups_.front().all.total() == 0) {
        draw_empty(painter, look, area, QStringLiteral("no samples"));
        return;
    }
    const double line = metrics.height(), left = names_width(metrics);
    const double width = (area.width() - left - 3.0) / static_cast<double>(kShiftColumns.size()) - kGap;
    const double foot = draw_foot(painter, area, look);
    const double around = line + below(metrics) + kGap;
    const double height = (area.height() - foot - line) / static_cast<double>(groups_.size()) - around;
    for (std::size_t c = 0; c < kShiftColumns.size(); ++c) {
        const double x = area.left() + left + static_cast<double>(c) * (width + kGap);
        const QString title = QString::fromUtf8(kShiftColumns[c].title);
        painter.setPen(look.text());
        painter.drawText(QPointF(x + (width - metrics.horizontalAdvance(title)) / 2.0, area.top() + metrics.ascent()), title);
        for (std::size_t g = 0; g < groups_.size(); ++g) {
            const double y = area.top() + line + static_cast<double>(g) * (height + around);
            const ShiftMatrix& matrix = matrix_of(groups_[g], kShiftColumns[c]);
            const QString count = QStringLiteral("n = %1").arg(matrix.total());
            painter.setPen(ink(look.palette, 0.7));
            const double beside = left > 0.0 ? (width - metrics.horizontalAdvance(count)) / 2.0 : width - metrics.horizontalAdvance(count);  // the group's name has the other end
            painter.drawText(QPointF(x + beside, y + metrics.ascent()), count);
            if (c == 0) {
                painter.setFont(bold(look.font));
                painter.setPen(look.text());
                draw_elided(painter, QRectF(area.left() + 2.0, y, left + beside - 6.0, line), Qt::AlignLeft, QString::fromStdString(groups_[g].group));
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
    if (total <= 0.0) {
        draw_none(painter, facet.area, look);
        return;
    }
    painter.setPen(ink(look.palette, 0.7));
    painter.drawText(QPointF(facet.area.left(), facet.area.bottom() + metrics.ascent()), QStringLiteral("before"));
    painter.drawText(QPointF(facet.area.right() - metrics.horizontalAdvance(QStringLiteral("after")), facet.area.bottom() + metrics.ascent()),
                     QStringLiteral("after"));
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
    std::vector<Bar> bars;
    for (std::size_t e = 0; e < matrix.experts; ++e) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(expert_colour(static_cast<int>(e)));
        const double before = scale * static_cast<double>(before_count(matrix, e)), after = scale * static_cast<double>(after_count(matrix, e));
        painter.drawRect(QRectF(facet.area.left(), left[e], kNode, before));
        painter.drawRect(QRectF(x1, right[e], kNode, after));
        bars.push_back({e, Side::Before, left[e], before});
        bars.push_back({e, Side::After, right[e], after});
    }
    draw_names(painter, facet, look, bars);
}

/// Every bar's name beside it, on a ground of its own so that flows behind it do not matter. Names that would meet make room for one another; where the
/// facet is too low for all, those of the thinnest bars give way.
void ShiftFlowFigure::draw_names(QPainter& painter, const Facet& facet, const PlotLook& look, const std::vector<Bar>& bars) const {
    const QFontMetricsF metrics(look.font);
    const double line = metrics.height(), room = facet.area.width() - 2.0 * kNode - 2.0;
    std::vector<Name> names;
    double widest = 0.0;
    for (const Bar& bar : bars) {
        if (bar.height > 0.0) {
            const QString text = metrics.elidedText(expert_name(*facet.group, bar.expert), Qt::ElideRight, room);
            names.push_back({text, bar.side, bar.top + bar.height / 2.0, bar.height});
            widest = std::max(widest, metrics.horizontalAdvance(text));
        }
    }
    const auto place = [&](auto wanted) {
        std::vector<Name*> column;
        for (Name& name : names) {
            if (wanted(name)) {
                column.push_back(&name);
            }
        }
        std::stable_sort(column.begin(), column.end(), [](const Name* a, const Name* b) { return a->middle < b->middle; });
        while (static_cast<double>(column.size()) * line > facet.area.height() && column.size() > 1) {
            const auto thinnest = std::min_element(column.begin(), column.end(), [](const Name* a, const Name* b) { return a->bar < b->bar; });
            (*thinnest)->text.clear();
            column.erase(thinnest);
        }
        double least = facet.area.top() + line / 2.0, most = facet.area.bottom() - line / 2.0;
        for (Name* name : column) {
            name->middle = std::max(name->middle, least);
            least = name->middle + line;
        }
        for (auto name = column.rbegin(); name != column.rend(); ++name) {
            (*name)->middle = std::min((*name)->middle, most);
            most = (*name)->middle - line;
        }
    };
    if (2.0 * widest + 4.0 <= room) {
        place([](const Name& name) { return name.side == Side::Before; });
        place([](const Name& name) { return name.side == Side::After; });
    } else {
        place([](const Name&) { return true; });
    }
    for (const Name& name : names) {
        const double width = metrics.horizontalAdvance(name.text);
        const double x = name.side == Side::Before ? facet.area.left() + kNode + 1.0 : facet.area.right() - kNode - 1.0 - width;
        if (!name.text.isEmpty()) {
            painter.fillRect(QRectF(x, name.middle - line * 0.45, width, line * 0.9), thin(look.base(), 0.75));
            painter.setPen(look.text());
            painter.drawText(QPointF(x, name.middle + metrics.ascent() / 2.0 - 1.0), name.text);
        }
    }
}

double ShiftMatrixFigure::below(const QFontMetricsF& metrics) const { return std::max(metrics.height(), names_width(metrics)); }

double ShiftMatrixFigure::draw_foot(QPainter& painter, const QRectF& area, const PlotLook& look) const {
    const double line = QFontMetricsF(look.font).height();
    draw_magnitude_bar(painter, QRectF(area.left(), area.bottom() - line, area.width(), line), look, QStringLiteral("share of the row: 0"), QStringLiteral("1"));
    return 1.4 * line;
}

/// Rows: the leading expert before; columns: after. Colour: share of its row; the number is the count.
void ShiftMatrixFigure::draw_facet(QPainter& painter, const Facet& facet, const PlotLook& look) const {
    const QFontMetricsF metrics(look.font);
    const ShiftMatrix& matrix = *facet.matrix;
    const double n = static_cast<double>(matrix.experts);
    const double side = std::min(facet.area.width() / n, facet.area.height() / n);
    const QPointF corner(facet.area.left() + (facet.area.width() - n * side) / 2.0, facet.area.top());
    const bool none = matrix.total() == 0;
    if (none) {
        draw_none(painter, QRectF(corner, QSizeF(n * side, n * side)), look);
    }
    for (std::size_t before = 0; before < matrix.experts; ++before) {
        const double row = static_cast<double>(before_count(matrix, before));
        for (std::size_t after = 0; after < matrix.experts && !none; ++after) {
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
        if (none) {
            continue;
        }
        const QString name = expert_name(*facet.group, before);  // of the column: they are in the rows' order
        draw_turned(painter, look, QPointF(corner.x() + (static_cast<double>(before) + 0.5) * side, corner.y() + n * side + 3.0 + metrics.horizontalAdvance(name) / 2.0),
                    metrics.horizontalAdvance(name) + 1.0, name, readable(expert_colour(static_cast<int>(before)), look.palette));
    }
}

}  // namespace r2t2::ui
