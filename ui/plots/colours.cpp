#include "ui/plots/colours.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace r2t2::ui {

namespace {

constexpr std::array<QRgb, 7> kOkabeIto = {0xffe69f00, 0xff56b4e9, 0xff009e73, 0xfff0e442,
                                           0xff0072b2, 0xffd55e00, 0xffcc79a7};

/// Viridis (Smith, van der Walt 2015) at nine equidistant places.
constexpr std::array<QRgb, 9> kViridis = {0xff440154, 0xff472d7b, 0xff3b528b, 0xff2c728e, 0xff21918c,
                                          0xff28ae80, 0xff5ec962, 0xffaddc30, 0xfffde725};

QColor blend(const QColor& a, const QColor& b, double t) {
    const auto mix = [t](int x, int y) { return static_cast<int>(std::lround(x + t * (y - x))); };
    return {mix(a.red(), b.red()), mix(a.green(), b.green()), mix(a.blue(), b.blue())};
}

/// WCAG 2.1 relative luminance, 0 .. 1.
double luminance(const QColor& colour) {
    const auto linear = [](double v) { return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4); };
    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF());
}

double contrast(const QColor& a, const QColor& b) {
    const double x = luminance(a), y = luminance(b);
    return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}

}  // namespace

QColor category_colour(int number) {
    const auto count = static_cast<int>(kOkabeIto.size());
    return QColor(kOkabeIto[static_cast<std::size_t>(((number % count) + count) % count)]);
}

QColor expert_colour(int place) {
    constexpr std::array<int, 7> order = {0, 4, 2, 6, 1, 5, 3};  // orange, blue, green first: far apart for all eyes
    return category_colour(order[static_cast<std::size_t>(place) % order.size()]);
}

QColor magnitude_colour(double t) {
    const double at = std::clamp(t, 0.0, 1.0) * static_cast<double>(kViridis.size() - 1);
    const auto low = std::min(static_cast<std::size_t>(at), kViridis.size() - 2);
    return blend(QColor(kViridis[low]), QColor(kViridis[low + 1]), at - static_cast<double>(low));
}

QColor difference_colour(double t, const QPalette& palette) {
    const QColor end = t < 0 ? category_colour(4) : category_colour(5);
    return blend(palette.color(QPalette::Base), end, std::min(std::abs(t), 1.0));
}

QColor outcome_colour(OutcomeColour outcome) {
    switch (outcome) {
        case OutcomeColour::Right:
            return category_colour(4);
        case OutcomeColour::Wrong:
            return category_colour(0);
        case OutcomeColour::Mended:
            return category_colour(2);
        case OutcomeColour::Harmed:
            return category_colour(5);
        case OutcomeColour::Unknown:
            break;
    }
    return {128, 128, 128};
}

bool is_dark(const QPalette& palette) {
    return palette.color(QPalette::Base).lightnessF() < 0.5;
}

Marker marker_of_place(int place) {
    constexpr Marker kMarkers[] = {Marker::Circle, Marker::Square, Marker::Diamond, Marker::Triangle};
    return kMarkers[std::max(place, 0) % 4];
}

Marker marker_shape(int group) {
    return group == 0 ? Marker::Circle : group == 1 ? Marker::Square : Marker::Diamond;
}

QColor readable(const QColor& colour, const QPalette& palette) {
    QColor mixed = colour;
    for (double t = 0.0; t < 1.0 && contrast(mixed, palette.color(QPalette::Base)) < 3.0; t += 0.1) {
        mixed = blend(colour, palette.color(QPalette::Text), t);
    }
    return mixed;
}

QColor text_on(const QColor& ground) { return contrast(ground, Qt::black) >= contrast(ground, Qt::white) ? Qt::black : Qt::white; }

QColor ink(const QPalette& palette, double strength) {
    return blend(palette.color(QPalette::Base), palette.color(QPalette::Text), std::clamp(strength, 0.0, 1.0));
}

}  // namespace r2t2::ui
