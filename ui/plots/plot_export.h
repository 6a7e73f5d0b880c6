// Out of the window: any view as SVG, PDF, PNG or numbers, on the clipboard or in a file.
//
// Exports are always light, have their words as text (SVG, PDF) and carry where they come from: SVG <title>/<desc>,
// PDF title/creator, PNG text chunks "Title", "Software", "Description".
// Errors of saving (Io, InvalidInput for an unknown extension) name the path; a file appears whole or not at all.
// Thread rule: the interface's.
#pragma once

#include <QByteArray>
#include <QImage>
#include <QSizeF>
#include <QString>
#include <QStringList>
#include <cstddef>

#include "core/base/result.h"

class QMenu;
class QPainter;
class QWidget;

namespace r2t2::ui {

/// What every view can do besides being on screen.
class Plot {
public:
    Plot() = default;
    Plot(const Plot&) = delete;
    Plot& operator=(const Plot&) = delete;
    virtual ~Plot() = default;

    /// Everything but hover, focus and step cursor, into (0, 0) .. `size` (1/96 inch), black on white, in the painter's
    /// font. The page is not filled.
    virtual void render_to(QPainter& painter, const QSizeF& size) const = 0;
    /// The plotted numbers: a header row, then one row each; cells parted by tabs, NaN is an empty cell.
    [[nodiscard]] virtual QString tsv() const = 0;
    [[nodiscard]] virtual QString plot_name() const = 0;  ///< stem of a file name: "routing_image"
    [[nodiscard]] virtual QSizeF plot_size() const = 0;   ///< 1/96 inch
    /// What is written into exports; the application's, unless the plot has its own.
    [[nodiscard]] virtual QString plot_provenance() const;
    /// What has to be said beside the numbers: lines behind them in CSV and TSV files, each after "# ".
    [[nodiscard]] virtual QStringList plot_remarks() const { return {}; }
};

/// "session.r2t2 run 7 sample 123 step 4, model 1f3a…": set by the application, written into every export.
void set_provenance(const QString& text);
[[nodiscard]] QString provenance();

/// An SVG of more points than these is too heavy to edit: they become a picture in it.
inline constexpr std::size_t kMostVectorPoints = 5000;
[[nodiscard]] QByteArray to_svg(const Plot& plot);
[[nodiscard]] QByteArray to_pdf(const Plot& plot);
[[nodiscard]] QImage to_image(const Plot& plot, double scale);  ///< device pixels a 1/96 inch
[[nodiscard]] QByteArray to_png(const Plot& plot, double scale);
[[nodiscard]] QString to_csv(const Plot& plot);  ///< RFC 4180

constexpr double kPrintScale = 300.0 / 96.0;
void copy_as_svg(const Plot& plot);  ///< image/svg+xml, and its source as text
void copy_as_png(const Plot& plot, double scale = kPrintScale);
void copy_as_tsv(const Plot& plot);
[[nodiscard]] Status save_png(const Plot& plot, const QString& path, double scale);
/// By extension: svg, pdf, png (300 dpi), csv, tsv.
[[nodiscard]] Status save_plot(const Plot& plot, const QString& path);

/// Copy and save entries for `plot`, with shortcuts that work while `widget` has the focus. May be called for several
/// menus: the actions are made once and belong to the widget. Plot and widget are mostly the same object.
void add_plot_actions(QMenu* menu, Plot* plot, QWidget* widget);
/// In a view's constructor: the actions, and the menu of all the widget's actions on right click and on the Menu key.
void set_up_plot_menu(QWidget* widget, Plot* plot);

/// Cells to a line of tsv(): tabs and line ends inside a cell become spaces.
[[nodiscard]] QString tsv_line(const QStringList& cells);
/// The shortest text that reads back as the same number; "" for NaN.
[[nodiscard]] QString tsv_number(double value);
[[nodiscard]] QString tsv_number(float value);
/// Letters and digits of any name, parted by single underscores: a file name's stem.
[[nodiscard]] QString file_stem(const QString& name);
/// On screen: what the widget has; not laid out yet: what it would like.
[[nodiscard]] QSizeF size_of(const QWidget& widget);

}  // namespace r2t2::ui
