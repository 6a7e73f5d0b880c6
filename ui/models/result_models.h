// The tables of the benchmark page: results (methods x sets), runs, changed samples, pairs of a comparison.
//
// All read immutable values that SessionResults holds; none asks a file. Thread rule: the interface's.
#pragma once

#include <QIcon>
#include <QStringList>

#include "ui/models/session_results.h"
#include "ui/models/sorted_table_model.h"

namespace r2t2::ui {

/// Rows: runs of the evaluation. Columns: method, every set, all; then interval, n, harmed, mended, gain, gap closed, p and Holm's p of all sets together or
/// of one. Text: "86.4", of a benchmark its own score; tooltip: the score's parts, counts, interval, gap and p of that cell.
class ResultTableModel final : public SortedTableModel {
    Q_OBJECT

public:
    explicit ResultTableModel(SessionResults& results, QObject* parent = nullptr);
    /// Which samples the columns behind "all" are of: an index into the sets; -1, or none of them: all.
    void set_scope(int set);
    [[nodiscard]] std::int64_t run_of(int row) const;
    [[nodiscard]] int row_of(std::int64_t run) const;  ///< -1: not there
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    enum Beyond { Interval, Scored, Harmed, Mended, Gain, Gap, P, Holm, kBeyond };  ///< the columns behind "all"
    [[nodiscard]] bool of_one_set() const { return scope_ >= 0 && view_ && scope_ < static_cast<int>(view_->table.sets.size()); }
    [[nodiscard]] QString beyond_text(const ResultRow& row, int beyond) const;
    [[nodiscard]] QString measure(int column) const;  ///< of a benchmark, its headline's name, or "points"; empty: percent right
    [[nodiscard]] const ResultCell* cell(int row, int column) const;  ///< null: no set's column
    [[nodiscard]] bool best(int row, int column) const;  ///< of its column, among those that do not see the label
    SessionResults& results_;
    EvaluationViewPtr view_;
    int scope_ = -1;
};

/// Every run of the session, the newest first; notes can be edited.
class RunTableModel final : public SortedTableModel {
    Q_OBJECT

public:
    enum Column { Run, Method, Evaluation, State, Samples, Started, Notes, kColumns };
    explicit RunTableModel(SessionResults& results, QObject* parent = nullptr);
    void set_filter(const QString& text);  ///< all words must be in the row
    [[nodiscard]] std::int64_t run_of(int row) const;
    [[nodiscard]] int row_of(std::int64_t run) const;
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role = Qt::EditRole) override;

private:
    void read();
    void find_rows();
    [[nodiscard]] const StoredRun& at(int row) const;
    [[nodiscard]] QString text(std::size_t run, int column) const;
    /// Made once a reading, not once a key or a painted cell: the configurations behind them are JSON.
    struct Line {
        QStringList cells;  ///< kColumns, but for the notes, which are edited
        QString searched;
        QIcon colour;
    };
    SessionResults& results_;
    QString filter_;
    std::vector<std::int64_t> ids_;  ///< of results_.runs(), when it was read
    std::vector<Line> lines_;        ///< parallel to results_.runs()
    std::vector<std::size_t> rows_;  ///< into results_.runs()
};

/// A sample of a stored run, in whatever list it stands: what a double click opens.
struct SampleLine {
    SampleKey id;
    QString change;  ///< "harmed", "mended", "only A right", ...
    QString question, truth, before, after;
};

/// Lines of samples under given headers.
class SampleLineModel final : public SortedTableModel {
    Q_OBJECT

public:
    explicit SampleLineModel(QObject* parent = nullptr);
    void set_lines(std::vector<SampleLine> lines, const QString& before, const QString& after);
    [[nodiscard]] const SampleLine* line(int row) const;
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::vector<SampleLine> lines_;
    QString before_, after_;
};

}  // namespace r2t2::ui
