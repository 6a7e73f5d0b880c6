#include "ui/models/step_cursor.h"

#include <algorithm>
#include <cmath>

namespace r2t2::ui {

StepCursor::StepCursor(QObject* parent) : QObject(parent) {
    set_speed(speed_);
    connect(&timer_, &QTimer::timeout, this, [this] {
        next();
        if (step_ + 1 >= count_) {
            pause();
        }
    });
}

void StepCursor::set_count(int count) {
    count_ = std::max(count, 0);
    if (count_ < 2) {
        pause();
    }
    Q_EMIT countChanged(count_);
    const int inside = std::clamp(step_, 0, std::max(count_ - 1, 0));
    if (inside != step_) {
        step_ = inside;
        Q_EMIT stepChanged(step_);
    }
}

void StepCursor::set_speed(double steps_per_second) {
    speed_ = std::clamp(steps_per_second, 0.5, 30.0);
    timer_.setInterval(static_cast<int>(std::lround(1000.0 / speed_)));
}

void StepCursor::set_step(int step) {
    const int inside = std::clamp(step, 0, std::max(count_ - 1, 0));
    if (inside != step_) {
        step_ = inside;
        Q_EMIT stepChanged(step_);
    }
}

void StepCursor::play() {
    if (count_ < 2 || playing()) {
        return;
    }
    if (step_ + 1 >= count_) {
        first();
    }
    timer_.start();
    Q_EMIT playingChanged(true);
}

void StepCursor::pause() {
    if (playing()) {
        timer_.stop();
        Q_EMIT playingChanged(false);
    }
}

void StepCursor::toggle() {
    playing() ? pause() : play();
}

}  // namespace r2t2::ui
