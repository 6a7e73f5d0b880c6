// Where a figure goes: one dialog for every view, every page and the File menu.
//
// What is typed without an extension gets the chosen type's. What would be replaced without the dialog having asked is asked about,
// and what could not be written is told in a box. Nothing waits: dialogs are opened, not run. Thread rule: the interface's.
#pragma once

#include <QString>
#include <QStringList>
#include <functional>

#include "core/base/result.h"

class QWidget;

namespace r2t2::ui {

struct SaveWish {
    QString title;                                           ///< of the dialog
    QString stem;                                            ///< of the name that it proposes
    std::function<Status(const QString& path)> save;         ///< the path has an extension
    std::function<QStringList(const QString& path)> files{};  ///< that are written under a name; empty: the one
};

/// Over `parent`, which outlives it or takes it along.
void ask_where_to_save(QWidget* parent, SaveWish wish);

/// "fig8", "fig8." -> "fig8.svg", "results.v2" -> "results.v2.svg"; "fig8.PDF" stays, and "fig8.jpg", which is then refused by name.
[[nodiscard]] QString with_extension(const QString& path, const QString& extension);

/// Lower case, without a dot: svg, pdf, png, csv, tsv.
[[nodiscard]] const QStringList& plot_formats();

}  // namespace r2t2::ui
