// An application that knows its longest event: what the user would feel as a hitch.
#pragma once

#include <QApplication>
#include <QElapsedTimer>
#include <QEvent>
#include <algorithm>
#include <ctime>
#include <utility>

namespace r2t2::ui {

class MeasuredApplication final : public QApplication {
public:
    using QApplication::QApplication;

    struct Longest {
        double paint = 0.0;      ///< milliseconds of this thread's own work in one repaint of a window
        double other = 0.0;      ///< likewise in any other event
        double wall = 0.0;       ///< milliseconds by the clock of any event: on a busy machine, mostly waiting
        int other_type = 0;      ///< QEvent::Type
        int events = 0;
    };
    Longest take_longest() { return std::exchange(longest_, {}); }

    bool notify(QObject* receiver, QEvent* event) override {
        if (depth_ > 0) {
            return QApplication::notify(receiver, event);
        }
        ++depth_;
        const int type = event->type();  // it may be gone afterwards
        QElapsedTimer wall;
        wall.start();
        const double before = cpu();
        const bool handled = QApplication::notify(receiver, event);
        const double spent = cpu() - before;
        longest_.wall = std::max(longest_.wall, static_cast<double>(wall.nsecsElapsed()) / 1e6);
        if (type == QEvent::UpdateRequest) {
            longest_.paint = std::max(longest_.paint, spent);
        } else if (spent > longest_.other) {
            longest_.other = spent;
            longest_.other_type = type;
        }
        ++longest_.events;
        --depth_;
        return handled;
    }

private:
    static double cpu() {
        timespec now{};
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
        return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
    }

    int depth_ = 0;
    Longest longest_;
};

}  // namespace r2t2::ui
