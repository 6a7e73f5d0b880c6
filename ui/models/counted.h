// "1 sample", "12 samples": no plural of one. Thread rule: pure.
#pragma once

#include <QString>

namespace r2t2::ui {

/// `many` has the number's place: "%1 samples", or "%L1 samples".
[[nodiscard]] inline QString counted(qlonglong count, const QString& one, const QString& many) { return count == 1 ? one : many.arg(count); }

}  // namespace r2t2::ui
