// Work that only who looks at a panel needs: done now if it can be seen, otherwise once, when it is shown. So a new trajectory
// costs the event loop one bottom panel, not seven. Thread rule: the interface's.
#pragma once

#include <QEvent>
#include <QWidget>
#include <functional>
#include <utility>

namespace r2t2::ui {

class WhenShown final : public QObject {
public:
    WhenShown(QWidget* panel, std::function<void()> work) : QObject(panel), panel_(panel), work_(std::move(work)) { panel->installEventFilter(this); }

    void ask() {
        waiting_ = !panel_->isVisible();
        if (!waiting_) {
            work_();
        }
    }

protected:
    bool eventFilter(QObject* watched, QEvent* event) override {
        if (event->type() == QEvent::Show && waiting_) {
            waiting_ = false;
            work_();
        }
        return QObject::eventFilter(watched, event);
    }

private:
    QWidget* panel_;
    std::function<void()> work_;
    bool waiting_ = false;
};

}  // namespace r2t2::ui
