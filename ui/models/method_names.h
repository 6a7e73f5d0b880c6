// What methods and experts are called on screen. Thread rule: pure functions.
#pragma once

#include <QString>

#include "core/routing/method_table.h"
#include "core/routing/objective_rise.h"

namespace r2t2::ui {

[[nodiscard]] QString method_title(Method method);  ///< "NGD", "oracle (sees truth)", "control: best fixed r"
/// A row's own words (core/routing/method_table.h, parameter_table.h) in the interface's language.
[[nodiscard]] QString table_text(const char* text);
[[nodiscard]] QString first_upper(QString text);
/// What it is, what is allowed, where it comes from: the tooltip of a parameter's field.
[[nodiscard]] QString parameter_tip(const ParameterRow& row);
/// "img_aux" -> "I_AUX", "lang_img" -> "L_IMG": the paper's names; others stay.
/// "ends 0.0031 higher than it began", of a trajectory's objective; empty where it does not (core/routing/objective_rise.h).
[[nodiscard]] QString rise_words(const Trajectory& trajectory);
[[nodiscard]] QString expert_title(const std::string& name);

}  // namespace r2t2::ui
