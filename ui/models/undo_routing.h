// What the user did to the routing, as undo steps: moved the point, left a neighbour out, changed a parameter.
//
// A command acts through the callback it was given, with the state to go to; so it knows neither views nor workspace.
// A callback is called by redo() too when the command is pushed (the state may be there already: it must not mind), and
// must not push commands itself. Commands of one `gesture` (a drag, a spin box being turned) become one step; a gesture
// that ends where it began leaves none. Thread rule: the interface's.
#pragma once

#include <QString>
#include <QUndoCommand>
#include <cstddef>
#include <functional>
#include <optional>

#include "core/routing/method_params.h"
#include "core/routing/routing_matrix.h"

namespace r2t2::ui {

/// A number for the commands of one gesture, different from every other; 0 means "does not merge".
[[nodiscard]] quint64 new_gesture();

/// The routing point: none = where the step cursor has it.
class MoveRoutingCommand final : public QUndoCommand {
public:
    using Point = std::optional<RoutingMatrix>;
    using Apply = std::function<void(const Point&)>;

    MoveRoutingCommand(Point before, Point after, quint64 gesture, Apply apply);

    void undo() override { apply_(before_); }
    void redo() override { apply_(after_); }
    [[nodiscard]] int id() const override;
    bool mergeWith(const QUndoCommand* other) override;

private:
    Point before_, after_;
    quint64 gesture_;
    Apply apply_;
};

class LeaveOutCommand final : public QUndoCommand {
public:
    using Apply = std::function<void(std::size_t reference, bool left_out)>;

    /// `name`: of the reference, for people.
    LeaveOutCommand(std::size_t reference, bool left_out, const QString& name, Apply apply);

    void undo() override { apply_(reference_, !left_out_); }
    void redo() override { apply_(reference_, left_out_); }

private:
    std::size_t reference_;
    bool left_out_;
    Apply apply_;
};

class MethodParamsCommand final : public QUndoCommand {
public:
    using Apply = std::function<void(const MethodParams&)>;

    /// `what`: the parameter, for people: "steps".
    MethodParamsCommand(MethodParams before, MethodParams after, const QString& what, quint64 gesture, Apply apply);

    void undo() override { apply_(before_); }
    void redo() override { apply_(after_); }
    [[nodiscard]] int id() const override;
    bool mergeWith(const QUndoCommand* other) override;

private:
    MethodParams before_, after_;
    quint64 gesture_;
    Apply apply_;
};

}  // namespace r2t2::ui
