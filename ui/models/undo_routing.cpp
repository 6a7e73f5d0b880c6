#include "ui/models/undo_routing.h"

#include <QCoreApplication>
#include <utility>

namespace r2t2::ui {

namespace {

constexpr int kMoveRouting = 0x7201;
constexpr int kMethodParams = 0x7202;

QString tr(const char* text) {
    return QCoreApplication::translate("UndoRouting", text);
}

}  // namespace

quint64 new_gesture() {
    static quint64 last = 0;
    return ++last;
}

MoveRoutingCommand::MoveRoutingCommand(Point before, Point after, quint64 gesture, Apply apply)
    : QUndoCommand(after ? tr("move routing") : tr("reset routing")),
      before_(std::move(before)),
      after_(std::move(after)),
      gesture_(gesture),
      apply_(std::move(apply)) {}

int MoveRoutingCommand::id() const {
    return gesture_ == 0 ? -1 : kMoveRouting;
}

bool MoveRoutingCommand::mergeWith(const QUndoCommand* other) {
    const auto& next = static_cast<const MoveRoutingCommand&>(*other);  // the same id: the same class
    if (next.gesture_ != gesture_) {
        return false;
    }
    after_ = next.after_;
    setObsolete(after_ == before_);
    return true;
}

LeaveOutCommand::LeaveOutCommand(std::size_t reference, bool left_out, const QString& name, Apply apply)
    : QUndoCommand((left_out ? tr("leave out %1") : tr("put back %1")).arg(name)),
      reference_(reference),
      left_out_(left_out),
      apply_(std::move(apply)) {}

MethodParamsCommand::MethodParamsCommand(MethodParams before, MethodParams after, const QString& what, quint64 gesture,
                                         Apply apply)
    : QUndoCommand(tr("change %1").arg(what)),
      before_(std::move(before)),
      after_(std::move(after)),
      gesture_(gesture),
      apply_(std::move(apply)) {}

int MethodParamsCommand::id() const {
    return gesture_ == 0 ? -1 : kMethodParams;
}

bool MethodParamsCommand::mergeWith(const QUndoCommand* other) {
    const auto& next = static_cast<const MethodParamsCommand&>(*other);
    if (next.gesture_ != gesture_) {
        return false;
    }
    after_ = next.after_;
    setObsolete(after_ == before_);
    return true;
}

}  // namespace r2t2::ui
