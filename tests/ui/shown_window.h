// The window as somebody has it in front of him: exposed and active, the guide seen, nothing else remembered. Tests only.
#pragma once

#include <QSettings>
#include <QTest>
#include <memory>

#include "ui/panels/main_window.h"

namespace r2t2::ui {

/// Null: it did not come to the screen.
[[nodiscard]] inline std::unique_ptr<MainWindow> shown_window(QSize size = {1280, 800}) {
    QSettings().clear();
    QSettings().setValue(QStringLiteral("guide/seen"), true);
    auto window = std::make_unique<MainWindow>();
    window->resize(size);
    window->show();
    if (!QTest::qWaitForWindowExposed(window.get())) {
        return nullptr;
    }
    window->activateWindow();
    return window;
}

}  // namespace r2t2::ui
