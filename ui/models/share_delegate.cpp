#include "ui/models/share_delegate.h"

#include <QApplication>
#include <QPainter>
#include <QStyle>
#include <algorithm>
#include <cmath>

#include "ui/models/item_roles.h"

namespace r2t2::ui {

namespace {

constexpr QRgb kBlue = 0xff0072b2, kVermilion = 0xffd55e00, kGreen = 0xff009e73;  // Okabe-Ito, as in ui/plots/colours
constexpr double kReadable = 4.5;                                                   // WCAG 2.1 AA, body text
constexpr double kMargin = 3.0;

QColor blend(const QColor& a, const QColor& b, double t) {
    const auto mix = [t](int x, int y) { return static_cast<int>(std::lround(x + t * (y - x))); };
    return {mix(a.red(), b.red()), mix(a.green(), b.green()), mix(a.blue(), b.blue())};
}

double luminance(const QColor& colour) {
    const auto linear = [](double c) { return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); };
    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF());
}

QPalette::ColorGroup group_of(const QStyleOptionViewItem& option) {
    return !(option.state & QStyle::State_Enabled) ? QPalette::Disabled
           : option.state & QStyle::State_Active   ? QPalette::Normal
                                                   : QPalette::Inactive;
}

}  // namespace

double contrast(const QColor& a, const QColor& b) {
    const double x = luminance(a), y = luminance(b);
    return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}

QRectF BarDelegate::bar(const QRectF& cell, BarKind kind, double value, double scale) {
    if (!(scale > 0.0) || !std::isfinite(value) || value == 0.0) {
        return {};
    }
    const QRectF inside = cell.adjusted(kMargin, kMargin, -kMargin, -kMargin);
    const double part = std::clamp(value / scale, kind == BarKind::Signed ? -1.0 : 0.0, 1.0);
    const double full = kind == BarKind::Signed ? inside.width() / 2 : inside.width();
    const double zero = kind == BarKind::Signed ? inside.center().x() : inside.left();
    return QRectF(zero, inside.top(), part * full, inside.height()).normalized();
}

QColor BarDelegate::fill(BarKind kind, double value, const QColor& background, const QColor& text) {
    const QColor colour = QColor(kind == BarKind::Positive ? kGreen : value < 0.0 ? kBlue : kVermilion);
    for (double strength = 0.6; strength > 0.1; strength -= 0.05) {
        if (const QColor blended = blend(background, colour, strength); contrast(blended, text) >= kReadable) {
            return blended;
        }
    }
    return blend(background, text, contrast(background, text) > 6.0 ? 0.12 : 0.0);  // a selection close to the colour
}

void BarDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    QStyleOptionViewItem cell = option;
    initStyleOption(&cell, index);
    const QString text = cell.text;
    cell.text.clear();
    const QStyle* style = cell.widget ? cell.widget->style() : QApplication::style();
    style->drawControl(QStyle::CE_ItemViewItem, &cell, painter, cell.widget);  // background, selection, focus

    const bool selected = cell.state & QStyle::State_Selected;
    const QPalette::ColorGroup group = group_of(cell);
    const QColor background = cell.palette.color(group, selected ? QPalette::Highlight : QPalette::Base);
    const QColor ink = cell.palette.color(group, selected ? QPalette::HighlightedText : QPalette::Text);
    const QVariant value = index.data(ValueRole);
    painter->save();
    painter->setClipRect(cell.rect);
    if (value.isValid()) {
        const double number = value.toDouble();
        const QRectF area = bar(cell.rect, kind_, number, index.data(ScaleRole).toDouble());
        painter->fillRect(area, fill(kind_, number, background, ink));
        if (!area.isEmpty()) {  // an edge in the text's colour: where the fill must be faint the length is still seen
            const double edge = kind_ == BarKind::Signed && number < 0.0 ? area.left() : area.right() - 1.0;
            painter->fillRect(QRectF(edge, area.top(), 1.0, area.height()), blend(background, ink, 0.5));
        }
        if (kind_ == BarKind::Signed) {
            painter->fillRect(QRectF(QRectF(cell.rect).center().x(), cell.rect.top(), 1.0, cell.rect.height()),
                              blend(background, ink, 0.25));
        }
    }
    painter->setPen(ink);
    painter->setFont(cell.font);
    const int margin = style->pixelMetric(QStyle::PM_FocusFrameHMargin, &cell, cell.widget) + 1;
    painter->drawText(cell.rect.adjusted(margin, 0, -margin, 0),
                      static_cast<int>(cell.displayAlignment | Qt::AlignVCenter), text);
    painter->restore();
}

}  // namespace r2t2::ui
