#include "ui/models/run_colours.h"

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

}  // namespace

QColor method_colour(Method method, std::size_t place) {
    return method == kLeadingMethod ? shade(kDescents[place % kDescents.size()], place / kDescents.size()) : shade(0xff000000 | method_row(method).colour, place);
}

QColor run_colour(const std::vector<StoredRun>& runs, std::int64_t run) {
    const auto at = std::find_if(runs.begin(), runs.end(), [run](const StoredRun& each) { return each.id == run; });
    const Result<Method> method = at == runs.end() ? Result<Method>(Method::Base) : parse_method(at->info.method);
    if (at == runs.end() || !method) {
        return QColor::fromRgb(kGrey);
    }
    const std::string evaluation = evaluation_name(at->info);
    const auto before = std::count_if(runs.begin(), at, [&](const StoredRun& each) {
        return !evaluation.empty() && each.info.method == at->info.method && evaluation_name(each.info) == evaluation;
    });
    return method_colour(*method, static_cast<std::size_t>(before));
}

QIcon colour_swatch(const QColor& colour) {
    QPixmap square(16, 16);
    square.fill(colour);
    QIcon icon(square);
    for (const QIcon::Mode mode : {QIcon::Selected, QIcon::Active, QIcon::Disabled}) {
        icon.addPixmap(square, mode);
    }
    return icon;
}

}  // namespace r2t2::ui
