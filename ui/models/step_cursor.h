// The one step cursor that every plot follows: where it is, how many steps there are, and playing.
// Thread rule: the interface's.
#pragma once

#include <QObject>
#include <QTimer>

namespace r2t2::ui {

class StepCursor final : public QObject {
    Q_OBJECT

public:
    explicit StepCursor(QObject* parent = nullptr);

    [[nodiscard]] int step() const { return step_; }
    [[nodiscard]] int count() const { return count_; }  ///< steps 0 .. count - 1; 0 = nothing to step through
    [[nodiscard]] bool playing() const { return timer_.isActive(); }
    [[nodiscard]] double steps_per_second() const { return speed_; }

    void set_count(int count);  ///< keeps the step if it still exists, else goes to the last
    void set_speed(double steps_per_second);  ///< 0.5 .. 30

public Q_SLOTS:
    void set_step(int step);
    void first() { set_step(0); }
    void last() { set_step(count_ - 1); }
    void next() { set_step(step_ + 1); }
    void previous() { set_step(step_ - 1); }
    void play();  ///< from the beginning if at the end
    void pause();
    void toggle();

Q_SIGNALS:
    void stepChanged(int step);
    void countChanged(int count);
    void playingChanged(bool playing);

private:
    int step_ = 0;
    int count_ = 0;
    double speed_ = 4.0;
    QTimer timer_;
};

}  // namespace r2t2::ui
