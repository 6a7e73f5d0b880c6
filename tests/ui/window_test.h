// What every test of the whole window begins with: the window, its parts by their names, and waiting until it has nothing left to do. Tests only.
#pragma once

#include <QObject>
#include <memory>

#include "tests/ui/settle.h"
#include "tests/ui/shown_window.h"

namespace r2t2::ui {

class WindowTest : public QObject {
protected:
    template <typename T>
    [[nodiscard]] T* find(const char* name) const {
        return window_->findChild<T*>(QLatin1String(name));
    }
    void settle() const { ui::settle(*window_); }
    static void settle(MainWindow& window) { ui::settle(window); }

    std::unique_ptr<MainWindow> window_;
};

}  // namespace r2t2::ui
