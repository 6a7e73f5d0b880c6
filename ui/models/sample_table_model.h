// The sample table: several lists one after another, 100,000 rows, filtered and sorted.
//
// A summary may cost a few hundred microseconds, so none is read on the event loop: the rows are there at once and show
// "..." until a background job has read them, those that are painted first. Filter and sort run off the loop on a
// snapshot; a newer request replaces an older one. While samples are still being read, the order is brought up to date
// three times a second. data() never blocks and never asks a list.
// Thread rule: the interface's; lists are asked on pool threads only (but for size() and name()).
#pragma once

#include <QAbstractTableModel>
#include <QHash>
#include <QPointer>
#include <QTimer>
#include <atomic>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "core/inspect/inspector.h"
#include "ui/models/item_roles.h"
#include "ui/models/job_runner.h"
#include "ui/models/sample_order.h"
#include "ui/models/sample_reader.h"
#include "ui/models/sample_row.h"
#include "ui/models/thumbnail_store.h"

namespace r2t2::ui {

struct SampleEntry {
    SampleListPtr list;  ///< null: no such row
    std::size_t index = 0;
    std::optional<SampleSummary> summary;  ///< none: not read yet
};

class SampleTableModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    explicit SampleTableModel(JobRunner& runner, QObject* parent = nullptr);
    ~SampleTableModel() override;

    void set_lists(std::vector<SampleListPtr> lists);
    void set_thumbnails(ThumbnailStore* store);  ///< null: none
    void set_text_filter(const QString& text);   ///< the language of SampleFilter
    void set_outcome_filter(std::set<SampleOutcome> outcomes);  ///< empty: all
    /// The sample that is shown. It stays the current one while orders change and while a filter hides it; one that is not there: none.
    void set_current(const SampleList* list, std::size_t index);
    /// After the user has run a sample again. Works before it has been read, too.
    void update_result(const SampleList* list, std::size_t index, const SampleResult& result);

    [[nodiscard]] SampleEntry entry(int row) const;
    [[nodiscard]] int row_of(const SampleList* list, std::size_t index) const;  ///< -1: hidden or unknown
    [[nodiscard]] int current_row() const;                                      ///< -1: hidden or none
    [[nodiscard]] int shown() const { return static_cast<int>(shown_.size()); }
    [[nodiscard]] int total() const { return static_cast<int>(source_.size()); }
    [[nodiscard]] int read() const { return read_; }
    [[nodiscard]] const OutcomeCounts& outcome_counts() const { return outcomes_; }  ///< of all that have been read

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;  ///< -1: the lists' own order

Q_SIGNALS:
    void filterApplied(int shown, int total);
    void outcomesChanged();  ///< outcome_counts()
    void readingFinished();
    void currentRowMoved(int row);  ///< the view should go there (a reset makes it forget); -1: hidden

private:
    [[nodiscard]] const SampleRow* row_at(int row) const;
    [[nodiscard]] bool plain() const { return filter_.empty() && sort_.column < 0; }
    [[nodiscard]] QVariant thumbnail(int row, int role) const;
    void start_reading();
    void take(ReadChunks part);
    void replace(std::size_t chunk, SampleChunkPtr with);
    void announce(std::size_t first_sample, std::size_t end_sample);
    void start_arranging();
    void apply(std::vector<int> order);
    void apply_rows(const OrderChange& change, const std::vector<int>& order);
    void apply_permutation(std::vector<int> order);
    void index_rows();
    void set_filter(SampleFilter filter);
    void forget_thumbnails();
    void release();

    QPointer<JobRunner> runner_;
    QString read_slot_, arrange_slot_;
    SampleSource source_;
    std::vector<SampleChunkPtr> chunks_;
    std::shared_ptr<std::atomic<int>> wanted_;  ///< a chunk that was painted before it was read; -1: none
    QHash<std::size_t, SampleResult> early_results_;  ///< of samples that have not been read yet
    std::vector<int> shown_;   ///< row -> sample
    std::vector<int> row_of_;  ///< sample -> row, -1: hidden
    SampleFilter filter_;
    SampleSort sort_;
    QTimer arrange_later_;
    int current_ = -1;  ///< sample
    int read_ = 0;
    OutcomeCounts outcomes_{};
    QPointer<ThumbnailStore> thumbnails_;
    std::vector<quint64> thumbnail_sources_;  ///< one a list
};

}  // namespace r2t2::ui
