// What the views share in drawing: the look (palette and font), words that never cover one another, markers, ticks.
//
// Units: 1/96 inch ("logical pixels"), on screen and in exports alike, fonts in pixels of that size; so a view drawn
// into an SVG, a PDF page or a picture has the proportions it has on screen. Thread rule: the interface's.
#pragma once

#include <cmath>

#include <QFont>
#include <QPainter>
#include <QPalette>
#include <QRectF>
#include <QString>
#include <optional>
#include <vector>

#include "ui/plots/colours.h"

class QWidget;

namespace r2t2::ui {

struct PlotLook {
    QPalette palette;
    QFont font;  ///< in pixels

    [[nodiscard]] QColor text() const { return palette.color(QPalette::Text); }
    [[nodiscard]] QColor base() const { return palette.color(QPalette::Base); }
};
[[nodiscard]] PlotLook screen_look(const QWidget& widget);
/// Black on white whatever the theme is; the painter's font.
[[nodiscard]] PlotLook export_look(const QPainter& painter);
[[nodiscard]] QFont pixel_font(const QFont& font);
[[nodiscard]] QFont bold(const QFont& font);

/// Which parts of a picture words have taken.
class LabelRoom {
public:
    explicit LabelRoom(const QRectF& area) : area_(area) {}
    /// Takes the box if it lies inside the picture and touches no other. False: do not draw there.
    [[nodiscard]] bool claim(const QRectF& box);
    void block(const QRectF& box) { taken_.push_back(box); }

private:
    QRectF area_;
    std::vector<QRectF> taken_;
};

/// A short text beside `anchor`, at the first free of eight places around it; left out where none is free.
/// `ground`: how opaque the base behind the letters is, so that they can be read above points and lines.
bool draw_beside(QPainter& painter, const PlotLook& look, LabelRoom& room, QPointF anchor, double distance,
                 const QString& text, const QColor& colour, double ground = 0.85);
/// Cut with an ellipsis to the box's width; nothing where not even two letters fit.
void draw_elided(QPainter& painter, const QRectF& box, Qt::Alignment alignment, const QString& text);
/// Title of a view: bold, in one line from `at`, cut to `width`.
void draw_title(QPainter& painter, const PlotLook& look, QPointF at, double width, const QString& text);
/// Of a title in lines of `width`, at most so many of them.
[[nodiscard]] double title_height(const PlotLook& look, double width, int most, const QString& text);
void draw_wrapped_title(QPainter& painter, const PlotLook& look, const QRectF& box, const QString& text);
/// A sentence in the middle of an empty view.
void draw_empty(QPainter& painter, const PlotLook& look, const QRectF& area, const QString& text);
void draw_marker(QPainter& painter, Marker marker, QPointF at, double radius);
void draw_focus_frame(QPainter& painter, const QWidget& widget);

/// Left, Right, Home, End on a view with a step cursor: the step to ask for. None: another key, or no such step.
[[nodiscard]] std::optional<int> step_by_key(int key, int step, int count);

/// Round numbers inside [low, high], at most `most` of them. Empty for an empty or not finite interval.
[[nodiscard]] std::vector<double> round_ticks(double low, double high, int most);
/// Three significant digits, a true minus sign; "" for NaN.
[[nodiscard]] QString short_number(double value);
/// Fixed decimals with a true minus sign; `sign`: plus shown too.
[[nodiscard]] QString fixed_number(double value, int decimals, bool sign = false);

[[nodiscard]] inline bool finite(QPointF p) { return std::isfinite(p.x()) && std::isfinite(p.y()); }
/// QRectF::contains says yes to NaN.
[[nodiscard]] inline bool contains(const QRectF& box, QPointF p) { return finite(p) && box.contains(p); }

}  // namespace r2t2::ui
