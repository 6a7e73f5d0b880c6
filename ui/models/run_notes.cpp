#include "ui/models/run_notes.h"

#include <mutex>
#include <optional>

#include "core/base/log.h"
#include "core/session/session_writer.h"
#include "ui/paths/file_path.h"

namespace r2t2::ui {

namespace {

const QString kSlot = QStringLiteral("notes");

QString words_of(std::int64_t run, const std::string& text, const Error& why) {
    return RunNotes::tr("The note of run %1, \u201c%2\u201d, was not written: %3").arg(run).arg(QString::fromStdString(text), QString::fromStdString(why.message()));
}

Status write_note(const QString& path, std::int64_t run, const std::string& text) {
    auto writer = SessionWriter::open(file_path(path).string());
    if (!writer) {
        return writer.error();
    }
    return writer->set_notes(run, text);
}

}  // namespace

/// Between the window and the worker. Of a run's notes that wait the newest is left.
struct RunNotes::Queue {
    struct Ended {
        Key key;
        std::string text;
        std::optional<Error> error;
    };

    std::mutex mutex;
    std::map<Key, std::string> waiting;
    std::vector<Ended> ended;

    void write_all() {
        while (true) {
            std::unique_lock lock(mutex);
            if (waiting.empty()) {
                return;
            }
            const auto [key, text] = *waiting.begin();
            waiting.erase(waiting.begin());
            lock.unlock();
            const Status written = write_note(key.first, key.second, text);
            lock.lock();
            ended.push_back({key, text, written.ok() ? std::nullopt : std::optional(written.error())});
        }
    }
    void refuse_all(const Error& why) {
        const std::lock_guard lock(mutex);
        for (const auto& [key, text] : waiting) {
            ended.push_back({key, text, why});
        }
        waiting.clear();
    }
};

RunNotes::RunNotes(JobRunner& jobs, QObject* parent) : QObject(parent), jobs_(jobs), queue_(std::make_shared<Queue>()) {
    connect(&jobs_, &JobRunner::ended, this, [this](const JobInfo& job) {
        if (job.slot == kSlot && job.cancelled) {  // it has written, and is not heard of otherwise
            collect();
            next();
        }
    });
}

RunNotes::~RunNotes() {
    queue_->write_all();
    const std::lock_guard lock(queue_->mutex);
    for (const Queue::Ended& each : queue_->ended) {
        if (each.error) {  // nobody is left to show it
            log_error("notes", words_of(each.key.second, each.text, *each.error).toStdString());
        }
    }
}

void RunNotes::write(const QString& path, std::int64_t run, const QString& text, const std::string& shown) {
    const Key key{path, run};
    const auto before = notes_.find(key);
    const std::string stored = before == notes_.end() ? shown : before->second.written ? before->second.text : before->second.stored;
    notes_[key] = {text.toStdString(), stored};
    {
        const std::lock_guard lock(queue_->mutex);
        queue_->waiting[key] = text.toStdString();
    }
    next();
}

void RunNotes::next() {
    {
        const std::lock_guard lock(queue_->mutex);
        if (queue_->waiting.empty() || jobs_.busy(kSlot)) {
            return;  // whoever writes takes it along, or begins again when it has ended
        }
    }
    jobs_.start<bool>(
        kSlot, tr("Write notes"), this,
        [queue = queue_](const JobRunner::Context&) -> Result<bool> {
            queue->write_all();
            return true;
        },
        [this](Result<bool> done) {
            if (!done) {
                queue_->refuse_all(done.error());
            }
            collect();
            next();
        });
}

void RunNotes::collect() {
    std::vector<Queue::Ended> ended;
    {
        const std::lock_guard lock(queue_->mutex);
        ended.swap(queue_->ended);
    }
    for (const Queue::Ended& each : ended) {
        const auto at = notes_.find(each.key);
        if (at == notes_.end()) {
            continue;
        }
        const bool newest = at->second.text == each.text;
        if (!each.error) {
            at->second.stored = each.text;
            at->second.written = newest;
        } else if (newest) {
            const std::string stored = at->second.stored;
            notes_.erase(at);
            Q_EMIT refused(each.key.first, each.key.second, stored, words_of(each.key.second, each.text, *each.error));
        }
    }
}

void RunNotes::reading_begins() {
    collect();
    for (auto& [key, note] : notes_) {
        note.in_reading = note.written;
    }
}

void RunNotes::lay_over(const QString& path, std::vector<StoredRun>& runs) {
    for (auto at = notes_.begin(); at != notes_.end();) {
        const auto& [key, note] = *at;
        if (key.first == path && note.in_reading) {
            at = notes_.erase(at);
            continue;
        }
        for (StoredRun& run : runs) {
            if (key.first == path && run.id == key.second) {
                run.info.notes = note.text;
            }
        }
        ++at;
    }
}

}  // namespace r2t2::ui
