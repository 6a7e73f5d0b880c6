// The yardstick of bench_studio's first paint: an empty Qt window and nothing else linked.
#include <QApplication>
#include <QMainWindow>

#include "tests/benchmarks/first_paint.h"

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    r2t2::bench::FirstPaint filter;
    QMainWindow window;
    window.resize(1280, 800);
    window.installEventFilter(&filter);
    window.show();
    return QApplication::exec();
}
