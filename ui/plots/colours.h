// Colours of every view and figure: Okabe and Ito's eight for categories, viridis for magnitudes, a blue-orange pair
// centred on zero for differences. One fixed colour per expert, and a shape: image experts are circles, language
// experts squares, so that nothing is told by colour alone. Thread rule: pure functions.
#pragma once

#include <QColor>
#include <QPalette>

namespace r2t2::ui {

/// Okabe-Ito by number, black left out: 0 orange, 1 sky blue, 2 bluish green, 3 yellow, 4 blue, 5 vermilion, 6 purple.
[[nodiscard]] QColor category_colour(int number);
/// Of an expert by its place in its group (aux, lang or img, self, ...). Readable on the palette's base.
[[nodiscard]] QColor expert_colour(int place);
/// 0 .. 1 -> viridis.
[[nodiscard]] QColor magnitude_colour(double t);
/// -1 .. 1 -> blue, the palette's base at 0, vermilion.
[[nodiscard]] QColor difference_colour(double t, const QPalette& palette);

enum class Marker { Circle, Square, Diamond, Triangle };
/// Image experts (group 0) are circles, language experts (1) squares, any further group diamonds.
[[nodiscard]] Marker marker_shape(int group);
/// Of the `place`-th of several of one hue or of hues like one another: a circle first, then the others in turns.
[[nodiscard]] Marker marker_of_place(int place);

enum class OutcomeColour { Right, Wrong, Mended, Harmed, Unknown };
[[nodiscard]] QColor outcome_colour(OutcomeColour outcome);
/// A step whose answer differs from the last one before, and what that did: Mended, Harmed, else Unknown (grey).
struct FlipMark {
    int step = 0;
    OutcomeColour outcome = OutcomeColour::Unknown;
};

[[nodiscard]] bool is_dark(const QPalette& palette);
/// The same hue, moved towards the palette's text until a thin line or a word in it can be read on the base (3 : 1).
[[nodiscard]] QColor readable(const QColor& colour, const QPalette& palette);
/// Black or white, whichever can be read better on the colour.
[[nodiscard]] QColor text_on(const QColor& ground);
/// Between the palette's base and text: 0 = base, 1 = text. Grid lines 0.15, axes 0.5.
[[nodiscard]] QColor ink(const QPalette& palette, double strength);

}  // namespace r2t2::ui
