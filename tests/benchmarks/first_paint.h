// How long after its start a process has painted its window. Thread rule: the interface's.
#pragma once

#include <QEvent>
#include <QObject>
#include <QTimer>
#include <cstdio>
#include <cstdlib>
#include <ctime>

namespace r2t2::bench {

inline constexpr const char* kStart = "BENCH_STARTED_NS";  ///< environment: when the parent started this process

inline qint64 now_ns() {
    timespec t{};
    clock_gettime(CLOCK_MONOTONIC, &t);
    return qint64(t.tv_sec) * 1'000'000'000 + t.tv_nsec;
}

/// Event filter of the window: prints the milliseconds after its first paint and ends the process.
class FirstPaint final : public QObject {
public:
    bool eventFilter(QObject* watched, QEvent* event) override {
        if (event->type() == QEvent::Paint && !done_) {
            done_ = true;
            QTimer::singleShot(0, this, [] {
                std::printf("%.2f\n", double(now_ns() - qgetenv(kStart).toLongLong()) / 1e6);
                std::fflush(stdout);
                std::_Exit(0);
            });
        }
        return QObject::eventFilter(watched, event);
    }

private:
    bool done_ = false;
};

}  // namespace r2t2::bench
