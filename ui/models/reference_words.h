// What the reference set that is open is called. Thread rule: pure functions.
#pragma once

#include <QString>

#include "core/inspect/inspector.h"

namespace r2t2::ui {

/// "bundled references" of no path, "refined_win" of a folder, "mine.json" of a file.
[[nodiscard]] QString reference_name(const std::string& path);
/// "refined_win, 1,204 references, refined".
[[nodiscard]] QString reference_words(const std::string& path, const Inspector& inspector);

}  // namespace r2t2::ui
