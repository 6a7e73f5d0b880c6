// Work off the event loop. The only class of the interface that crosses threads.
//
// Jobs have slots ("reroute", "what-if"). A slot runs one job at a time; a newer job cancels the running one and waits
// for it to end, and of several waiting ones only the newest is left. So dragging a point sends as many requests as the
// mouse likes, and the model sees those it can keep up with.
// Results, parts of results and progress arrive on the owner's thread, and never when the job was replaced or cancelled,
// the receiver is gone, or the runner is. Destroying the runner cancels everything and waits for the workers to return.
// Where the system has no more threads, `done` hears of it as of any error. A delivery may destroy the runner. What `work` holds is released on its thread, so a large snapshot costs nothing here.
// Thread rule: call from the thread that owns the runner. `work` runs on a pool thread; it must look at the token.
#pragma once

#include <QHash>
#include <QObject>
#include <QPointer>
#include <QString>
#include <QThreadPool>
#include <exception>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <vector>

#include "core/base/cancel.h"
#include "core/base/progress.h"
#include "core/base/result.h"

namespace r2t2::ui {

/// A job as the status bar shows it.
struct JobInfo {
    quint64 id = 0;
    QString slot;
    QString title;  ///< for people: "Re-route by NGD"
    Progress progress;
    double seconds = 0.0;  ///< since it began
    bool cancelled = false;  ///< nothing was or will be delivered
};

class JobRunner final : public QObject {
    Q_OBJECT

public:
    explicit JobRunner(QObject* parent = nullptr);
    ~JobRunner() override;

    struct Context {
        CancelToken cancel;
        ProgressCallback progress;  ///< call as often as you like; passed on ten times a second
        /// A part of the result, for the owner's thread: in order, and before `done`. Not throttled: a few dozen a second.
        std::function<void(std::function<void()>)> post;
        std::optional<Error> refused;  ///< no thread could be made for the job: it is not begun
    };

    /// `work` on a pool thread, then `done` on this one. Errors other than Cancelled reach `done` like values; what a
    /// third party throws becomes an error too.
    template <typename T>
    quint64 start(const QString& slot, const QString& title, QObject* receiver,
                  std::function<Result<T>(const Context&)> work, std::function<void(Result<T>)> done) {
        return enqueue(slot, title, [receiver = QPointer<QObject>(receiver), title, work = std::move(work),
                                     done = std::move(done)](const Context& context) -> Delivery {
            const Context guarded{context.cancel, context.progress,
                                  [receiver, post = context.post](std::function<void()> part) {
                                      post([receiver, part = std::move(part)] {
                                          if (receiver) {
                                              part();
                                          }
                                      });
                                  },
                                  {}};
            auto result = std::make_shared<Result<T>>(context.refused ? Result<T>(*context.refused)
                                                                      : without_exceptions<T>(title, work, guarded));
            const bool stopped = !*result && result->error().kind == ErrorKind::Cancelled;
            return [receiver, done, result, stopped] {
                if (receiver && !stopped) {
                    done(std::move(*result));
                }
            };
        });
    }

    void cancel(const QString& slot);
    void cancelAll();
    [[nodiscard]] bool busy() const;
    [[nodiscard]] bool busy(const QString& slot) const;
    [[nodiscard]] bool waits(const QString& slot) const;  ///< a newer job, until the one that was cancelled for it has ended
    [[nodiscard]] std::vector<JobInfo> running() const;
    /// Until nothing runs or waits; processes no events but those of finished jobs. For tests and shut-down.
    void drain();

Q_SIGNALS:
    void started(const r2t2::ui::JobInfo& job);
    void progressed(const r2t2::ui::JobInfo& job);
    void ended(const r2t2::ui::JobInfo& job);
    void idle();

private:
    using Delivery = std::function<void()>;
    using Work = std::function<Delivery(const Context&)>;
    struct Job;
    using JobPtr = std::shared_ptr<Job>;
    struct Slot {
        JobPtr running;
        JobPtr waiting;
    };

    template <typename T>
    static Result<T> without_exceptions(const QString& title, const std::function<Result<T>(const Context&)>& work,
                                        const Context& context) {
        try {
            return work(context);
        } catch (const std::bad_alloc&) {
            return Error{ErrorKind::OutOfMemory, title.toStdString(), "", "not enough memory", ""};
        } catch (const std::exception& error) {
            return Error{ErrorKind::Internal, title.toStdString(), "", error.what(), ""};
        }
    }

    quint64 enqueue(const QString& slot, const QString& title, Work work);
    void launch(const JobPtr& job);
    void refuse(const JobPtr& job);
    void finish(const JobPtr& job, const Delivery& delivery);
    void report(const JobPtr& job, const Progress& progress);
    void post(const JobPtr& job, std::function<void()> part);

    QThreadPool pool_;
    QHash<QString, Slot> slots_;
    quint64 next_id_ = 1;
};

}  // namespace r2t2::ui

Q_DECLARE_METATYPE(r2t2::ui::JobInfo)
