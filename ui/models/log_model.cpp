#include "ui/models/log_model.h"

#include <QDateTime>
#include <algorithm>
#include <mutex>
#include <utility>

namespace r2t2::ui {

namespace {

constexpr int kFlushMilliseconds = 33;

}  // namespace

struct LogModel::Inbox {
    std::mutex mutex;
    std::deque<Line> lines;
    std::size_t dropped = 0;
    bool told = false;         ///< a call to the model is on its way
    LogModel* model = nullptr;  ///< null: it is gone
};

LogModel::LogModel(QObject* parent) : QAbstractListModel(parent), inbox_(std::make_shared<Inbox>()) {
    inbox_->model = this;
    later_.setSingleShot(true);
    later_.setInterval(kFlushMilliseconds);
    connect(&later_, &QTimer::timeout, this, &LogModel::flush);
}

LogModel::~LogModel() {
    if (attached_) {
        set_log_sink({});
    }
    const std::lock_guard lock(inbox_->mutex);
    inbox_->model = nullptr;  // calls that are queued die with this object
}

void LogModel::attach(bool also_stderr) {
    set_log_sink(sink(), also_stderr);
    attached_ = true;
}

LogSink LogModel::sink() const {
    return [inbox = inbox_](const LogLine& line) {
        const std::lock_guard lock(inbox->mutex);
        inbox->lines.push_back({QDateTime::currentMSecsSinceEpoch(), line});
        if (inbox->lines.size() > kMostLines) {
            inbox->lines.pop_front();
            ++inbox->dropped;
        }
        if (inbox->model && !inbox->told) {
            inbox->told = true;
            LogModel* model = inbox->model;
            QMetaObject::invokeMethod(model, [model] { model->later_.start(); }, Qt::QueuedConnection);
        }
    };
}

void LogModel::flush() {
    std::deque<Line> arrived;
    std::size_t dropped = 0;
    {
        const std::lock_guard lock(inbox_->mutex);
        arrived.swap(inbox_->lines);
        dropped = std::exchange(inbox_->dropped, 0);
        inbox_->told = false;
    }
    if (dropped > 0) {
        arrived.pop_front();  // makes room for the note about the others
        arrived.push_front({arrived.empty() ? QDateTime::currentMSecsSinceEpoch() : arrived.front().milliseconds,
                            {LogLevel::Warning, "log", std::to_string(dropped + 1) + " lines came too fast to be kept"}});
    }
    if (!arrived.empty()) {
        append(std::move(arrived));
    }
}

void LogModel::append(std::deque<Line> arrived) {
    const std::size_t after = lines_.size() + arrived.size();
    if (after > kMostLines) {
        drop_oldest(std::min(after - kMostLines, lines_.size()));
    }
    const quint64 first = first_number_ + lines_.size();
    std::deque<quint64> visible;
    for (std::size_t i = 0; i < arrived.size(); ++i) {
        if (arrived[i].line.level >= level_) {
            visible.push_back(first + i);
        }
    }
    std::move(arrived.begin(), arrived.end(), std::back_inserter(lines_));
    if (!visible.empty()) {
        beginInsertRows({}, rowCount(), rowCount() + static_cast<int>(visible.size()) - 1);
        shown_.insert(shown_.end(), visible.begin(), visible.end());
        endInsertRows();
    }
}

void LogModel::drop_oldest(std::size_t count) {
    const quint64 keep = first_number_ + count;
    const auto last = std::lower_bound(shown_.begin(), shown_.end(), keep);
    const auto rows = static_cast<int>(last - shown_.begin());
    if (rows > 0) {
        beginRemoveRows({}, 0, rows - 1);
        shown_.erase(shown_.begin(), last);
    }
    lines_.erase(lines_.begin(), lines_.begin() + static_cast<std::ptrdiff_t>(count));
    first_number_ = keep;
    if (rows > 0) {
        endRemoveRows();
    }
}

void LogModel::set_level(LogLevel level) {
    if (level == level_) {
        return;
    }
    beginResetModel();
    level_ = level;
    shown_.clear();
    for (std::size_t i = 0; i < lines_.size(); ++i) {
        if (lines_[i].line.level >= level_) {
            shown_.push_back(first_number_ + i);
        }
    }
    endResetModel();
}

void LogModel::clear() {
    flush();
    beginResetModel();
    first_number_ += lines_.size();
    lines_.clear();
    shown_.clear();
    endResetModel();
}

QString LogModel::line_text(const Line& line) {
    const QString time = QDateTime::fromMSecsSinceEpoch(line.milliseconds).time().toString(QStringLiteral("HH:mm:ss.zzz"));
    LogLine plain = line.line;
    plain.level = LogLevel::Info;  // its word is written here, for every level
    const std::string text = format(plain).substr(std::string_view("r2t2: ").size());
    return time + QLatin1Char(' ') + QString::fromStdString(to_string(line.line.level) + " " + text);
}

QString LogModel::text(const QModelIndexList& rows) const {
    std::vector<int> wanted;
    for (const QModelIndex& index : rows) {
        if (index.isValid() && index.model() == this) {
            wanted.push_back(index.row());
        }
    }
    std::sort(wanted.begin(), wanted.end());
    wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
    if (rows.isEmpty()) {
        for (int row = 0; row < rowCount(); ++row) {
            wanted.push_back(row);
        }
    }
    QString out;
    for (const int row : wanted) {
        out += line_text(lines_[shown_[static_cast<std::size_t>(row)] - first_number_]) + QLatin1Char('\n');
    }
    return out;
}

int LogModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(shown_.size());
}

QVariant LogModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const Line& line = lines_[shown_[static_cast<std::size_t>(index.row())] - first_number_];
    switch (role) {
        case Qt::DisplayRole:
            return line_text(line);
        case Qt::ToolTipRole:
            return QString::fromStdString(line.line.text);
        case LevelRole:
            return static_cast<int>(line.line.level);
        default:
            return {};
    }
}

}  // namespace r2t2::ui
