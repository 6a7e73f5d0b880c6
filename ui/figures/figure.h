// What every paper figure is: a plot with a width on paper and letters of a size, black on white, that carries where it
// comes from. The desktop and the command line draw the same objects.
//
// Units inside draw(): 1/96 inch, as everywhere in the plots. Thread rule: the interface's (fonts).
#pragma once

#include <QFontMetricsF>
#include <QString>
#include <QStringList>

#include <QPainterPath>
#include <optional>
#include <vector>

#include "ui/plots/plot_drawing.h"
#include "ui/plots/plot_export.h"

namespace r2t2::ui {

struct FigureStyle {
    double width_mm = 82.0;  ///< one column of a two-column paper
    double height_mm = 0.0;  ///< 0: the figure's own
    double font_pt = 7.0;
    QString family;          ///< empty: the application's
};

/// 1/96 inch a millimetre and a point.
inline constexpr double kMillimetre = 96.0 / 25.4;
inline constexpr double kPoint = 96.0 / 72.0;

class Figure : public Plot {
public:
    explicit Figure(QString name) : name_(std::move(name)) {}

    void set_style(const FigureStyle& style) { style_ = style; }
    void set_name(const QString& name) { name_ = name; }
    /// In bold letters above the figure: "NGD, 800 samples". Empty: nothing, or the figure has one of its own.
    void set_title(const QString& title) { title_ = title; }
    [[nodiscard]] const QString& title() const { return title_; }
    [[nodiscard]] const FigureStyle& style() const { return style_; }
    /// In small letters below the figure, in as many lines as it needs: "bundled miniature model". Empty: nothing.
    void set_note(const QString& note) { note_ = note; }
    [[nodiscard]] const QString& note() const { return note_; }
    /// Samples that the figure's numbers leave out because what is stored of them does not hold, one line each. They stand in the
    /// note, in the file's origin and behind the numbers of CSV.
    void set_left_out(const QStringList& samples) { left_out_ = samples; }
    [[nodiscard]] const QStringList& left_out() const { return left_out_; }
    [[nodiscard]] QStringList plot_remarks() const final { return left_out_; }
    /// What a reader of its numbers must know, a sentence each; it stands in the note too. The command line repeats it.
    void set_warnings(const QStringList& warnings) { warnings_ = warnings; }
    [[nodiscard]] const QStringList& warnings() const { return warnings_; }
    /// Written into the file (plot_export.h).
    void set_origin(const QString& origin) { origin_ = origin; }

    void render_to(QPainter& painter, const QSizeF& size) const final;
    [[nodiscard]] QString plot_name() const final { return name_; }
    [[nodiscard]] QSizeF plot_size() const final;
    [[nodiscard]] QString plot_provenance() const final { return origin_.isEmpty() ? Plot::plot_provenance() : origin_; }

protected:
    /// Height that suits a width, in the figure's font.
    [[nodiscard]] virtual double natural_height(double width, const QFontMetricsF& metrics) const = 0;
    /// Into `area`; the painter has the figure's font, and no pen or brush that can be relied on.
    virtual void draw(QPainter& painter, const QRectF& area, const PlotLook& look) const = 0;

private:
    [[nodiscard]] QFont font() const;
    [[nodiscard]] QStringList note_lines(double width) const;
    [[nodiscard]] double note_height(double width) const;
    [[nodiscard]] double title_space() const;

    QString name_, title_, note_, origin_;
    QStringList left_out_;
    QStringList warnings_;
    FigureStyle style_;
};

/// A row of keys (a patch of colour and a word each) centred in `area`, in as many lines as they need; its height.
struct FigureKey {
    QString text;
    QColor colour;                         ///< not valid: words only
    Qt::PenStyle line = Qt::NoPen;         ///< a line in this style instead of a patch
    std::optional<Marker> marker{};        ///< on the line, or instead of the patch
    bool hollow = false;                   ///< of the marker
};
double draw_keys(QPainter& painter, const QRectF& area, const PlotLook& look, const std::vector<FigureKey>& keys);
[[nodiscard]] double keys_height(const QFontMetricsF& metrics, double width, const std::vector<FigureKey>& keys);

/// The magnitudes' colours as a bar on one line in the middle of `area`, between what its ends mean.
void draw_magnitude_bar(QPainter& painter, const QRectF& area, const PlotLook& look, const QString& low, const QString& high);

/// A band from the segment a (top, bottom at x0) to the segment b at x1, curved like the flows of a Sankey diagram.
[[nodiscard]] QPainterPath ribbon(double x0, double top0, double bottom0, double x1, double top1, double bottom1);

}  // namespace r2t2::ui
