// What methods and experts are called on screen. Thread rule: pure functions.
#pragma once

#include <QString>

#include "core/routing/method_params.h"

namespace r2t2::ui {

[[nodiscard]] QString method_title(Method method);  ///< "NGD", "oracle (sees the truth)"
/// "img_aux" -> "I_AUX", "lang_img" -> "L_IMG": the paper's names; others stay.
[[nodiscard]] QString expert_title(const std::string& name);

}  // namespace r2t2::ui
