// Until the window has nothing left to do. Tests only.
#pragma once

#include <QtTest>

#include "tests/support/patience.h"
#include "ui/panels/main_window.h"

namespace r2t2::ui {

inline void settle(MainWindow& window) {
    QTRY_VERIFY_WITH_TIMEOUT(!window.workspace().jobs().busy(), kPatience);
    QCoreApplication::processEvents();
}

}  // namespace r2t2::ui
