#include "ui/models/run_colours.h"

#include <QPainter>
#include <QPixmap>
#include <algorithm>
#include <array>

#include "core/results/run_config.h"

namespace r2t2::ui {

namespace {

constexpr QRgb kGrey = 0xff6e6e6e;
// The first is the leading method's own.
constexpr std::array<QRgb, 7> kDescents = {0xffd55e00, 0xff0072b2, 0xffb07d00, 0xff8a5fbf, 0xff6b8e00, 0xffd0305a, 0xff0e8a8a};

/// 0: as it is, then lighter and darker in turns.
QColor shade(QRgb hue, std::size_t number) {
    const QColor colour = QColor::fromRgb(hue);
    const int factor = 100 + 22 * static_cast<int>((number + 1) / 2 % 4);
    return number % 2 == 1 ? colour.lighter(factor) : colour.darker(factor);
}

/// The plots' markers (marker_of_place, draw_marker): their room is none of this one's.
void draw_shape(QPainter& painter, int place, QPointF at, double radius) {
    const double half = radius * 0.89, far = radius * 1.25;
    switch (place % 4) {
        case 0: painter.drawEllipse(at, radius, radius); return;
        case 1: painter.drawRect(QRectF(at.x() - half, at.y() - half, 2 * half, 2 * half)); return;
        case 2: painter.drawPolygon(QPolygonF({at + QPointF(0, -far), at + QPointF(far, 0), at + QPointF(0, far), at + QPointF(-far, 0)})); return;
        default: painter.drawPolygon(QPolygonF({at + QPointF(0, -radius * 1.3), at + QPointF(far, radius * 0.95), at + QPointF(-far, radius * 0.95)}));
    }
}

}  // namespace

QColor method_colour(Method method, std::size_t place) {
    return method == kLeadingMethod ? shade(kDescents[place % kDescents.size()], place / kDescents.size()) : shade(0xff000000 | method_row(method).colour, place);
}

int run_place(const std::vector<StoredRun>& runs, std::int64_t run) {
    const auto at = std::find_if(runs.begin(), runs.end(), [run](const StoredRun& each) { return each.id == run; });
    const std::string evaluation = at == runs.end() ? std::string() : evaluation_name(at->info);
    return evaluation.empty() ? 0 : static_cast<int>(std::count_if(runs.begin(), at, [&](const StoredRun& each) {
        return each.info.method == at->info.method && evaluation_name(each.info) == evaluation;
    }));
}

QColor run_colour(const std::vector<StoredRun>& runs, std::int64_t run) {
    const auto at = std::find_if(runs.begin(), runs.end(), [run](const StoredRun& each) { return each.id == run; });
    const Result<Method> method = at == runs.end() ? Result<Method>(Method::Base) : parse_method(at->info.method);
    if (at == runs.end() || !method) {
        return QColor::fromRgb(kGrey);
    }
    return method_colour(*method, static_cast<std::size_t>(run_place(runs, run)));
}

QIcon colour_swatch(const QColor& colour, int place) {
    constexpr int kSide = 32;  // finer than it is shown
    const auto drawn = [&](double frame) {
        QPixmap mark(kSide, kSide);
        mark.fill(Qt::transparent);
        QPainter painter(&mark);
        painter.setRenderHint(QPainter::Antialiasing);
        const QPointF middle(kSide / 2.0, kSide / 2.0);
        painter.setPen(frame > 0.0 ? QPen(Qt::white, frame) : QPen(Qt::NoPen));  // what is written on a chosen row is white
        painter.setBrush(colour);
        draw_shape(painter, place, middle, 11.5);
        return mark;
    };
    QIcon icon(drawn(0.0));
    icon.addPixmap(drawn(4.0), QIcon::Selected);
    for (const QIcon::Mode mode : {QIcon::Active, QIcon::Disabled}) {
        icon.addPixmap(drawn(0.0), mode);
    }
    return icon;
}

}  // namespace r2t2::ui
