#include "ui/models/job_runner.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QEvent>
#include <algorithm>
#include <mutex>
#include <utility>

#include "core/base/extra_threads.h"

namespace r2t2::ui {

namespace {

constexpr int kThreads = 16;  // slots are few; a long evaluation must not keep a drag waiting
constexpr qint64 kProgressMilliseconds = 100;

}  // namespace

struct JobRunner::Job {
    JobInfo info;
    CancelToken cancel = CancelToken::create();
    Work work;
    QElapsedTimer clock;
    std::mutex mutex;
    QElapsedTimer last_report;  ///< guarded by mutex: progress comes from any of the job's threads

    [[nodiscard]] JobInfo shown() const {
        JobInfo now = info;
        now.seconds = clock.isValid() ? static_cast<double>(clock.elapsed()) / 1000.0 : 0.0;
        now.cancelled = cancel.cancelled();
        return now;
    }
};

JobRunner::JobRunner(QObject* parent) : QObject(parent) {
    qRegisterMetaType<JobInfo>();
    pool_.setMaxThreadCount(kThreads);
    pool_.setExpiryTimeout(30000);
}

JobRunner::~JobRunner() {
    cancelAll();
    pool_.waitForDone();  // deliveries that are still queued die with this object
}

quint64 JobRunner::enqueue(const QString& slot, const QString& title, Work work) {
    auto job = std::make_shared<Job>();
    job->info.id = next_id_++;
    job->info.slot = slot;
    job->info.title = title;
    job->work = std::move(work);
    Slot& place = slots_[slot];
    if (place.running) {
        place.running->cancel.cancel();
        place.waiting = job;
    } else {
        place.waiting.reset();  // older: a delivery asked again before what waited was begun
        launch(job);
    }
    return job->info.id;
}

void JobRunner::launch(const JobPtr& job) {
    slots_[job->info.slot].running = job;
    job->clock.start();
    Q_EMIT started(job->shown());
    if (!thread_can_be_made()) {  // the pool would lose the job and wait for it for ever
        refuse(job);
        return;
    }
    pool_.start([this, job] {
        Delivery delivery;
        {
            const Context context{job->cancel, [this, job](const Progress& progress) { report(job, progress); },
                                  [this, job](std::function<void()> part) { post(job, std::move(part)); }, {}};
            delivery = job->work(context);
            job->work = nullptr;  // here, not on the owner's thread, where the job ends
        }
        QMetaObject::invokeMethod(this, [this, job, delivery] { finish(job, delivery); }, Qt::QueuedConnection);
    });
}

void JobRunner::refuse(const JobPtr& job) {
    const Context context{job->cancel, {}, {}, io_error(job->info.title.toStdString(), "the system makes no more threads (a limit of processes or memory)")};
    const Delivery delivery = job->work(context);
    job->work = nullptr;
    QMetaObject::invokeMethod(this, [this, job, delivery] { finish(job, delivery); }, Qt::QueuedConnection);
}

void JobRunner::post(const JobPtr& job, std::function<void()> part) {
    QMetaObject::invokeMethod(
        this,
        [job, part = std::move(part)] {
            if (!job->cancel.cancelled()) {
                part();
            }
        },
        Qt::QueuedConnection);
}

void JobRunner::report(const JobPtr& job, const Progress& progress) {
    {
        const std::lock_guard lock(job->mutex);
        const bool end = progress.total > 0 && progress.done >= progress.total;
        if (job->last_report.isValid() && !end && job->last_report.elapsed() < kProgressMilliseconds) {
            return;
        }
        job->last_report.start();
    }
    QMetaObject::invokeMethod(
        this,
        [this, job, progress] {
            if (!job->cancel.cancelled()) {
                job->info.progress = progress;
                Q_EMIT progressed(job->shown());
            }
        },
        Qt::QueuedConnection);
}

void JobRunner::finish(const JobPtr& job, const Delivery& delivery) {
    const QPointer<JobRunner> alive(this);
    slots_[job->info.slot].running.reset();
    Q_EMIT ended(job->shown());
    if (!job->cancel.cancelled() && delivery) {
        delivery();  // may start and cancel jobs, of this slot too
    }
    if (!alive) {
        return;
    }
    const Slot& place = slots_[job->info.slot];
    if (!place.running && place.waiting) {
        launch(std::exchange(slots_[job->info.slot].waiting, nullptr));
    }
    if (!busy()) {
        Q_EMIT idle();
    }
}

void JobRunner::cancel(const QString& slot) {
    const auto place = slots_.find(slot);
    if (place != slots_.end()) {
        place->waiting.reset();
        if (place->running) {
            place->running->cancel.cancel();
        }
    }
}

void JobRunner::cancelAll() {
    for (const QString& slot : slots_.keys()) {
        cancel(slot);
    }
}

bool JobRunner::busy() const {
    return std::any_of(slots_.begin(), slots_.end(), [](const Slot& slot) { return slot.running != nullptr; });
}

bool JobRunner::busy(const QString& slot) const {
    const auto place = slots_.find(slot);
    return place != slots_.end() && place->running;
}

bool JobRunner::waits(const QString& slot) const {
    const auto place = slots_.find(slot);
    return place != slots_.end() && place->waiting;
}

std::vector<JobInfo> JobRunner::running() const {
    std::vector<JobInfo> jobs;
    for (const Slot& slot : slots_) {
        if (slot.running) {
            jobs.push_back(slot.running->shown());
        }
    }
    return jobs;
}

void JobRunner::drain() {
    while (busy()) {
        pool_.waitForDone();
        QCoreApplication::sendPostedEvents(this, QEvent::MetaCall);
    }
}

}  // namespace r2t2::ui
