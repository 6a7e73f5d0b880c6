// Notes of a session's runs on their way to the file: what a person has typed is shown at once, is written by a worker, and stays on
// screen whatever a reading of the file brings that was begun before it was there. Nothing that was typed is lost in silence: notes
// are written in turn, also those that wait when the window goes, and one that cannot be written is told with its words.
// Thread rule: the interface's.
#pragma once

#include <QObject>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/session/session_reader.h"
#include "ui/models/job_runner.h"

namespace r2t2::ui {

class RunNotes final : public QObject {
    Q_OBJECT

public:
    explicit RunNotes(JobRunner& jobs, QObject* parent = nullptr);
    ~RunNotes() override;  ///< writes what waits

    /// `shown` is what the run's note was until now.
    void write(const QString& path, std::int64_t run, const QString& text, const std::string& shown);
    /// A reading of the file begins: what is written by now is in it.
    void reading_begins();
    /// That reading's runs, with the notes that are not in them yet.
    void lay_over(const QString& path, std::vector<StoredRun>& runs);

Q_SIGNALS:
    /// The file has `stored` still.
    void refused(const QString& path, std::int64_t run, const std::string& stored, const QString& why);

private:
    using Key = std::pair<QString, std::int64_t>;  ///< session and run
    struct Note {
        std::string text;
        std::string stored;       ///< that the file has until this one is written
        bool written = false;
        bool in_reading = false;  ///< the reading that is on its way has it
    };
    struct Queue;
    void next();
    void collect();

    JobRunner& jobs_;
    std::map<Key, Note> notes_;
    std::shared_ptr<Queue> queue_;
};

}  // namespace r2t2::ui
