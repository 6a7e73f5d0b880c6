// Undo steps of re-routing: drags become one, circles none, and callbacks get the state to go to.
#include <QUndoStack>
#include <QtTest>

#include "ui/models/undo_routing.h"

using namespace r2t2;
using namespace r2t2::ui;

namespace {

RoutingMatrix at(double x) {
    return {1, 3, {x, 1.0 - x, 0.0}};
}

}  // namespace

class TestUndoRouting : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aDragIsOneStep() {
        QUndoStack stack;
        MoveRoutingCommand::Point point;
        int calls = 0;
        const auto apply = [&](const MoveRoutingCommand::Point& to) { point = to; ++calls; };
        const auto drag = [&](std::vector<double> places) {
            const quint64 gesture = new_gesture();
            for (const double x : places) {
                stack.push(new MoveRoutingCommand(point, at(x), gesture, apply));
            }
        };
        drag({0.1, 0.2, 0.3});
        drag({0.5, 0.6});
        QCOMPARE(stack.count(), 2);  // two drags do not merge
        QCOMPARE(calls, 5);
        stack.undo();
        QCOMPARE(point, MoveRoutingCommand::Point(at(0.3)));
        stack.undo();
        QCOMPARE(point, MoveRoutingCommand::Point());  // where the step cursor has it
        stack.redo();
        QCOMPARE(point, MoveRoutingCommand::Point(at(0.3)));
        drag({0.4, 0.3});  // back where it began; what could be redone is gone
        QCOMPARE(stack.count(), 1);
        QCOMPARE(point, MoveRoutingCommand::Point(at(0.3)));
        stack.push(new MoveRoutingCommand(point, {}, 0, apply));
        stack.push(new MoveRoutingCommand({}, at(0.9), 0, apply));
        QCOMPARE(stack.count(), 3);  // gesture 0 never merges
        QCOMPARE(stack.text(1), QString("reset routing"));
    }
    void leavingOutANeighbour() {
        QUndoStack stack;
        std::vector<std::pair<std::size_t, bool>> calls;
        const auto apply = [&](std::size_t reference, bool out) { calls.emplace_back(reference, out); };
        stack.push(new LeaveOutCommand(7, true, "r7", apply));
        stack.push(new LeaveOutCommand(7, false, "r7", apply));
        stack.undo();
        stack.undo();
        stack.redo();
        QCOMPARE(calls, (std::vector<std::pair<std::size_t, bool>>{{7, true}, {7, false}, {7, true}, {7, false}, {7, true}}));
        QCOMPARE(stack.text(0), QString("leave out r7"));
        QCOMPARE(stack.text(1), QString("put back r7"));
    }
    void aTurnedSpinBoxIsOneStep() {
        QUndoStack stack;
        MethodParams params;
        const MethodParams start = params;
        const auto apply = [&](const MethodParams& to) { params = to; };
        const auto change = [&](quint64 gesture, int steps, std::size_t k) {
            MethodParams next = params;
            next.steps = steps;
            next.k = k;
            stack.push(new MethodParamsCommand(params, next, "steps", gesture, apply));
        };
        const quint64 turning = new_gesture();
        change(turning, 11, 5);
        change(turning, 12, 5);
        change(new_gesture(), 12, 7);
        QCOMPARE(stack.count(), 2);
        stack.undo();
        QCOMPARE(params.steps, 12);
        QCOMPARE(params.k, std::size_t{5});
        stack.undo();
        QCOMPARE(params, start);
        stack.redo();
        QCOMPARE(params.steps, 12);
    }
    void differentCommandsDoNotMerge() {
        QUndoStack stack;
        const quint64 gesture = new_gesture();
        stack.push(new MoveRoutingCommand({}, at(0.1), gesture, [](const MoveRoutingCommand::Point&) {}));
        stack.push(new MethodParamsCommand({}, {}, "k", gesture, [](const MethodParams&) {}));
        stack.push(new MoveRoutingCommand(at(0.1), at(0.2), gesture, [](const MoveRoutingCommand::Point&) {}));
        QCOMPARE(stack.count(), 3);
    }
};

QTEST_GUILESS_MAIN(TestUndoRouting)
#include "test_undo_routing.moc"
