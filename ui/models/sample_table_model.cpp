#include "ui/models/sample_table_model.h"

#include <QThreadPool>
#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

#include "core/base/extra_threads.h"

namespace r2t2::ui {

namespace {

constexpr int kArrangeMilliseconds = 300;
constexpr int kShownCharacters = 300;

QString shown_text(const std::string& text) {
    return QString::fromStdString(text).simplified().left(kShownCharacters);
}

}  // namespace

SampleTableModel::SampleTableModel(JobRunner& runner, QObject* parent)
    : QAbstractTableModel(parent), runner_(&runner), wanted_(std::make_shared<std::atomic<int>>(-1)) {
    static int number = 0;  // several tables may share a runner
    read_slot_ = QStringLiteral("read samples %1").arg(++number);
    arrange_slot_ = QStringLiteral("arrange samples %1").arg(number);
    arrange_later_.setSingleShot(true);
    arrange_later_.setInterval(kArrangeMilliseconds);
    connect(&arrange_later_, &QTimer::timeout, this, [this] {
        if (runner_ && runner_->busy(arrange_slot_)) {
            arrange_later_.start();  // replacing it again and again would never get anywhere
        } else {
            start_arranging();
        }
    });
}

SampleTableModel::~SampleTableModel() {
    release();
}

/// Hundreds of thousands of strings: freed on a pool thread, by whoever lets go last.
void SampleTableModel::release() {
    if (runner_) {
        runner_->cancel(read_slot_);
        runner_->cancel(arrange_slot_);
    }
    arrange_later_.stop();
    forget_thumbnails();
    auto freed = [chunks = std::exchange(chunks_, {}), source = std::exchange(source_, SampleSource())]() mutable {
        chunks.clear();
        source = SampleSource();
    };
    if (thread_can_be_made()) {  // else here
        QThreadPool::globalInstance()->start(std::move(freed));
    }
}

void SampleTableModel::set_lists(std::vector<SampleListPtr> lists) {
    beginResetModel();
    release();
    source_ = SampleSource(std::move(lists));
    chunks_.assign((source_.size() + kChunkRows - 1) / kChunkRows, nullptr);
    wanted_ = std::make_shared<std::atomic<int>>(-1);
    early_results_.clear();
    shown_.resize(filter_.empty() ? source_.size() : 0);
    std::iota(shown_.begin(), shown_.end(), 0);
    index_rows();
    current_ = -1;
    read_ = 0;
    outcomes_ = {};
    set_thumbnails(thumbnails_);
    endResetModel();
    Q_EMIT outcomesChanged();
    Q_EMIT filterApplied(shown(), total());
    start_reading();
}

// ---- reading

void SampleTableModel::start_reading() {
    if (!runner_ || chunks_.empty()) {
        Q_EMIT readingFinished();
        return;
    }
    runner_->start<int>(
        read_slot_, tr("Read samples"), this,
        [this, source = source_, wanted = wanted_](const JobRunner::Context& context) {
            return read_samples(source, *wanted, context,
                                [this](ReadChunks part) { take(std::move(part)); });  // runs on the owner's thread
        },
        [this](const Result<int>& result) {
            if (!result) {
                qWarning("samples: %s", result.error().message().c_str());
            }
            if (!plain()) {
                start_arranging();
            }
            Q_EMIT readingFinished();
        });
}

void SampleTableModel::take(ReadChunks part) {
    for (auto& [number, chunk] : part) {
        for (std::size_t i = 0; i < chunk->rows.size() && !early_results_.isEmpty(); ++i) {
            const auto early = early_results_.constFind(number * kChunkRows + i);
            if (early != early_results_.constEnd()) {
                chunk = with_result(*chunk, i, *early);
                early_results_.erase(early);
            }
        }
        read_ += static_cast<int>(chunk->rows.size());
        replace(number, std::move(chunk));
        announce(number * kChunkRows, std::min((number + 1) * kChunkRows, source_.size()));
    }
    Q_EMIT outcomesChanged();
    if (!plain() && !arrange_later_.isActive()) {
        arrange_later_.start();
    }
}

void SampleTableModel::replace(std::size_t chunk, SampleChunkPtr with) {
    for (std::size_t i = 0; i < kSampleOutcomes; ++i) {
        outcomes_[i] += with->outcomes[i] - (chunks_[chunk] ? chunks_[chunk]->outcomes[i] : 0);
    }
    chunks_[chunk] = std::move(with);
}

/// One signal for all rows between: views repaint what they show of them, which is cheaper than many signals.
void SampleTableModel::announce(std::size_t first_sample, std::size_t end_sample) {
    int top = -1, bottom = -1;
    for (std::size_t sample = first_sample; sample < end_sample; ++sample) {
        if (const int row = row_of_[sample]; row >= 0) {
            top = top < 0 ? row : std::min(top, row);
            bottom = std::max(bottom, row);
        }
    }
    if (top >= 0) {
        Q_EMIT dataChanged(index(top, 0), index(bottom, kSampleColumns - 1));
    }
}

void SampleTableModel::update_result(const SampleList* list, std::size_t index, const SampleResult& result) {
    const auto sample = source_.number_of(list, index);
    if (!sample) {
        return;
    }
    const SampleChunkPtr chunk = chunks_[*sample / kChunkRows];
    if (!chunk) {
        early_results_[*sample] = result;
        return;
    }
    replace(*sample / kChunkRows, with_result(*chunk, *sample % kChunkRows, result));
    announce(*sample, *sample + 1);
    Q_EMIT outcomesChanged();
    if (!plain()) {
        start_arranging();
    }
}

// ---- rows

void SampleTableModel::set_current(const SampleList* list, std::size_t index) {
    const auto sample = source_.number_of(list, index);
    current_ = sample ? static_cast<int>(*sample) : -1;
}

int SampleTableModel::current_row() const {
    return current_ < 0 ? -1 : row_of_[static_cast<std::size_t>(current_)];
}

const SampleRow* SampleTableModel::row_at(int row) const {
    const auto sample = static_cast<std::size_t>(shown_[static_cast<std::size_t>(row)]);
    const SampleChunk* chunk = chunks_[sample / kChunkRows].get();
    if (!chunk) {
        wanted_->store(static_cast<int>(sample / kChunkRows), std::memory_order_relaxed);
        return nullptr;
    }
    return &chunk->rows[sample % kChunkRows];
}

SampleEntry SampleTableModel::entry(int row) const {
    if (row < 0 || row >= shown()) {
        return {};
    }
    const auto sample = static_cast<std::size_t>(shown_[static_cast<std::size_t>(row)]);
    SampleEntry entry{source_.lists[source_.list_of(sample)], source_.index_of(sample), {}};
    if (const SampleRow* known = row_at(row)) {
        entry.summary = known->summary;
    }
    return entry;
}

int SampleTableModel::row_of(const SampleList* list, std::size_t index) const {
    const auto sample = source_.number_of(list, index);
    return sample ? row_of_[*sample] : -1;
}

int SampleTableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : shown();
}

int SampleTableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : kSampleColumns;
}

QVariant SampleTableModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const auto column = static_cast<SampleColumn>(index.column());
    if (role == Qt::DecorationRole) {
        return column == SampleColumn::Id ? thumbnail(index.row(), role) : QVariant();
    }
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole && role != OutcomeRole && role != CopyRole) {
        return {};
    }
    const SampleRow* row = row_at(index.row());
    if (!row) {
        return role == Qt::DisplayRole ? QVariant(QStringLiteral("...")) : role == CopyRole ? QVariant(tr("(not read yet)")) : QVariant();
    }
    if (role == OutcomeRole) {
        return static_cast<int>(row->outcome);
    }
    if (column == SampleColumn::Outcome) {
        return role != Qt::ToolTipRole            ? QVariant(to_string(row->outcome))
               : row->outcome == SampleOutcome::Error ? QVariant(QString::fromStdString(row->summary.error))
                                                  : QVariant(transition_of(row->outcome));
    }
    const std::string& text = column_text(row->summary, column);
    if (role == Qt::DisplayRole || role == CopyRole) {
        return role == CopyRole ? QString::fromStdString(text) : shown_text(text);
    }
    const QVariant broken = column == SampleColumn::Id ? thumbnail(index.row(), role) : QVariant();
    return broken.isValid() ? broken : QVariant(QString::fromStdString(text));
}

QVariant SampleTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole || section < 0 || section >= kSampleColumns) {
        return {};
    }
    const std::array<QString, kSampleColumns> names = {tr("Sample"), tr("Set"),     tr("Question"), tr("Truth"), tr("Native answer"),
                                                       tr("Final answer"), tr("Outcome"), tr("Family"),   tr("Domain")};
    return names[static_cast<std::size_t>(section)];
}

// ---- thumbnails

void SampleTableModel::set_thumbnails(ThumbnailStore* store) {
    forget_thumbnails();
    if (thumbnails_) {
        thumbnails_->disconnect(this);
    }
    thumbnails_ = store;
    if (!store) {
        return;
    }
    for (std::size_t i = 0; i < source_.lists.size(); ++i) {
        thumbnail_sources_.push_back(store->new_source());
    }
    connect(store, &ThumbnailStore::ready, this, [this](const ThumbnailKey& key) {
        const auto found = std::find(thumbnail_sources_.begin(), thumbnail_sources_.end(), key.source);
        if (found == thumbnail_sources_.end()) {
            return;
        }
        const std::size_t sample = source_.begins[static_cast<std::size_t>(found - thumbnail_sources_.begin())] + key.index;
        if (const int row = row_of_[sample]; row >= 0) {
            Q_EMIT dataChanged(index(row, 0), index(row, 0), {Qt::DecorationRole, Qt::ToolTipRole});
        }
    });
}

void SampleTableModel::forget_thumbnails() {
    for (const quint64 source : std::exchange(thumbnail_sources_, {})) {
        if (thumbnails_) {
            thumbnails_->forget(source);
        }
    }
}

QVariant SampleTableModel::thumbnail(int row, int role) const {
    if (!thumbnails_) {
        return {};
    }
    const auto sample = static_cast<std::size_t>(shown_[static_cast<std::size_t>(row)]);
    const std::size_t list = source_.list_of(sample);
    const std::size_t place = source_.index_of(sample);
    const ThumbnailKey key{thumbnail_sources_[list], place};
    if (role == Qt::ToolTipRole) {
        const QString error = thumbnails_->error(key);
        return error.isEmpty() ? QVariant() : QVariant(error);
    }
    const QPixmap pixmap =
        thumbnails_->pixmap(key, [samples = source_.lists[list], place] { return samples->picture(place); });
    return pixmap.isNull() ? thumbnails_->blank() : pixmap;
}

}  // namespace r2t2::ui
