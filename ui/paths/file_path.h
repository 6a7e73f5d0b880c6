// Names of files between the system, where they are bytes, and Qt, where they are text. A name that is no UTF-8 (a Latin-1 name off an old
// disk) keeps its bytes: each that does not decode becomes one surrogate U+DC80 to U+DCFF, which no UTF-8 text has, and comes back as it was
// (as Python's "surrogateescape" does). Qt's own functions on files do not know such names; ours go through std::filesystem.
//
// Thread rule: pure functions.
#pragma once

#include <QString>
#include <QUrl>
#include <filesystem>
#include <string_view>

namespace r2t2::ui {

/// Bytes of a name as a QString that keeps them all.
[[nodiscard]] QString path_text(std::string_view bytes);
/// What path_text was made of; of any other text its UTF-8.
[[nodiscard]] std::filesystem::path file_path(const QString& text);
/// Of a file that was dropped or pasted; its bytes may be percent-encoded.
[[nodiscard]] QString path_text(const QUrl& local_file);
/// For people: bytes that do not decode as \xE9, line breaks and other control characters as \x0A.
[[nodiscard]] QString shown_path(const QString& text);

}  // namespace r2t2::ui
