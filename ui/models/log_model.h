// The lines of the log panel: the last 5,000, whatever thread wrote them.
//
// Beside the job runner the only place of the interface that other threads enter: the sink (core/base/log.h) puts a line
// into an inbox and returns; the model empties it at most thirty times a second, so that a flood of lines cannot starve
// the event loop. Of a flood the newest 5,000 lines are kept and the others counted.
// Thread rule: the sink from any thread, also after the model is gone; all else the interface's.
#pragma once

#include <QAbstractListModel>
#include <QString>
#include <QTimer>
#include <deque>
#include <memory>

#include "core/base/log.h"
#include "ui/models/item_roles.h"

namespace r2t2::ui {

class LogModel final : public QAbstractListModel {
    Q_OBJECT

public:
    static constexpr std::size_t kMostLines = 5000;

    explicit LogModel(QObject* parent = nullptr);
    ~LogModel() override;

    /// The program's log goes here from now on, until the model is destroyed.
    void attach(bool also_stderr = true);
    [[nodiscard]] LogSink sink() const;

    /// Lines below it are hidden, not lost. Default: Debug (all).
    void set_level(LogLevel level);
    [[nodiscard]] LogLevel level() const { return level_; }
    void clear();
    /// What the sink has taken becomes rows now. For "Copy diagnostics" and tests.
    void flush();

    /// "12:31:05.250 warning session: old schema", a line each. No rows given: all that are shown.
    [[nodiscard]] QString text(const QModelIndexList& rows = {}) const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;

private:
    struct Line {
        qint64 milliseconds = 0;  ///< since the epoch
        LogLine line;
    };
    struct Inbox;

    [[nodiscard]] static QString line_text(const Line& line);
    void append(std::deque<Line> arrived);
    void drop_oldest(std::size_t count);

    std::shared_ptr<Inbox> inbox_;
    bool attached_ = false;
    LogLevel level_ = LogLevel::Debug;
    std::deque<Line> lines_;
    std::deque<quint64> shown_;  ///< row -> number of the line
    quint64 first_number_ = 0;   ///< of lines_.front()
    QTimer later_;
};

}  // namespace r2t2::ui
