// Pictures of every view, light and dark, small and large, empty and full: what is looked at before a release.
#pragma once

#include <QString>

class QApplication;

namespace r2t2::studio {

/// Files into `folder`, made if needed. 0, or 1 with a message on stderr. Settings of the user are neither read nor changed.
[[nodiscard]] int write_screenshots(QApplication& application, const QString& folder);

}  // namespace r2t2::studio
