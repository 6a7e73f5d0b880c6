// Light, dark, or as the system is: palettes for the Fusion style. Thread rule: the interface's.
#pragma once

#include <QApplication>
#include <QIcon>
#include <QLabel>
#include <QPalette>

namespace r2t2::ui {

enum class Theme { System, Light, Dark };

/// Sets style and palette of the application. `System` keeps what the platform said when the program began.
void apply_theme(QApplication& application, Theme theme);
[[nodiscard]] QPalette light_palette();
[[nodiscard]] QPalette dark_palette();
/// "system", "light", "dark"; anything else is System.
[[nodiscard]] Theme theme_of(const QString& name);
[[nodiscard]] QString name_of(Theme theme);

/// Line icons drawn in the palette's text colour, so that both themes have them; names in theme.cpp.
[[nodiscard]] QIcon line_icon(const QString& name, const QPalette& palette);

/// A label in a quieter colour and slightly smaller: captions, hints.
[[nodiscard]] QLabel* caption(const QString& text, QWidget* parent);
/// A label as caption() has them.
void set_caption_look(QLabel& label);
/// A label for errors: wraps, selectable, hidden while empty.
[[nodiscard]] QLabel* error_label(QWidget* parent);
/// Words that lines can be broken in: names of tensors are longer than a panel is wide, and a label grows with its longest word.
[[nodiscard]] QString breakable(const QString& message);
/// In the colour of errors, which follows the theme; hidden while empty.
void show_error(QLabel* label, const QString& message);
/// In the label's usual colour again.
void show_plain(QLabel* label, const QString& message);

}  // namespace r2t2::ui
