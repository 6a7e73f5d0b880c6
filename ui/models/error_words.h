// An error as the window says it: a field by its caption, other commands by their places in the menus. Thread rule: pure functions.
#pragma once

#include <QString>

#include "core/base/result.h"

namespace r2t2::ui {

/// "Routing k: found 5; allowed: 0 (all) to 4, ..." of "options: --routing-neighbors: found 5; allowed: ...".
[[nodiscard]] QString window_words(const Error& error);

}  // namespace r2t2::ui
