// One colour a run: the same in tables, plots, legends and figures, while it runs and after it, on light and on dark ground.
//
// Hue by method; several runs of one method in an evaluation (a sweep) are told apart by their place among its kind there, which
// does not change while the session grows. All have 3 : 1 against white and against the dark theme's base, so that no place has to
// shift them. Thread rule: pure functions.
#pragma once

#include <QColor>
#include <QIcon>
#include <vector>

#include "core/routing/method_table.h"
#include "core/session/session_reader.h"

namespace r2t2::ui {

/// Of the `place`-th run of a method in its evaluation. Seven descents have hues of their own, more have shades of these.
[[nodiscard]] QColor method_colour(Method method, std::size_t place = 0);

/// `runs`: of the session. Grey: no such run, or a method that is not known.
[[nodiscard]] QColor run_colour(const std::vector<StoredRun>& runs, std::int64_t run);

/// Its place among the runs of its method in its evaluation; 0: the first, or no such run. Tells markers apart as well as hues (plots/colours.h).
[[nodiscard]] int run_place(const std::vector<StoredRun>& runs, std::int64_t run);

/// Its colour for a table's row, in the shape of its marker (marker_of_place); chosen rows do not tint it, and frame it so that it stands out from theirs.
[[nodiscard]] QIcon colour_swatch(const QColor& colour, int place = 0);

}  // namespace r2t2::ui
