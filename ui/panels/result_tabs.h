// What a session's runs came to: result table, changed samples (harmed ones first), runs with notes, two runs against each
// other, sweep, neighbours. A double click on a sample opens it in Inspect. Thread rule: the interface's.
#pragma once

#include <QTabWidget>

#include "ui/models/result_models.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QTableView;

namespace r2t2::ui {

class NeighbourTab;
class RowTable;
class SweepTab;

class ResultTabs final : public QTabWidget {
    Q_OBJECT

public:
    explicit ResultTabs(SessionResults& results, QWidget* parent = nullptr);
    /// What runs now: where there is nothing to show, that it will be here is said, not that something should be started.
    enum class Running { Nothing, Evaluation, Sweep };
    void set_running(Running running);

Q_SIGNALS:
    /// A sample of a run of the session should be looked into.
    void sampleWanted(std::int64_t run, const QString& set, const QString& key);

private:
    QWidget* build_results();
    QWidget* build_changed();
    QWidget* build_runs();
    QWidget* build_pair();
    void show_results();
    void show_changed();
    void list_runs();
    void show_pair();
    void count_cells(const SetComparison& all);
    void ask_pair();
    void mark_run();
    void list_scopes();
    [[nodiscard]] QString nothing_yet(const QString& otherwise) const;
    enum class Lines { Changed, Pair };
    void open_line(Lines lines, int row);

    SessionResults& results_;
    ResultTableModel* table_model_;
    RunTableModel* run_model_;
    SampleLineModel *changed_model_, *pair_model_;
    RowTable *table_, *runs_, *changed_, *pair_;
    SweepTab* sweep_;
    NeighbourTab* neighbours_;
    Running running_ = Running::Nothing;
    QComboBox *scope_, *which_, *run_a_, *run_b_, *cell_;
    QLabel *scope_words_, *table_note_, *changed_note_, *pair_note_;
    bool cell_chosen_ = false;   ///< by the user: it stays, also where it is empty
    std::int64_t pair_run_ = 0;  ///< whose sample a double click opens
};

}  // namespace r2t2::ui
