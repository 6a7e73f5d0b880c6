// The sample table with its filters: text, outcome. What is chosen here is what the workbench looks into.
// Thread rule: the interface's.
#pragma once

#include <QWidget>
#include <map>

#include "core/session/session_reader.h"
#include "ui/models/sample_table_model.h"
#include "ui/models/workspace.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QTableView;

namespace r2t2::ui {

class RowTable;

class SamplePanel final : public QWidget {
    Q_OBJECT

public:
    SamplePanel(Workspace& workspace, ThumbnailStore& thumbnails, QWidget* parent = nullptr);
    void focus_filter();
    /// Of the session whose evaluations are listed; empty: not known. What an evaluation lacks is said beside its samples.
    void set_runs(const std::vector<StoredRun>& runs);
    [[nodiscard]] SampleTableModel& model() { return model_; }

protected:
    void changeEvent(QEvent* event) override;

private:
    [[nodiscard]] QString count_words(const SampleList& list) const;  ///< "20 samples", "20 of 150 samples, incomplete (interrupted)"
    void refresh_count();
    void tell_left_out();
    void show_lists();
    void choose_evaluation();
    void find_shown();
    void mark_row(int at);
    void open_row(const QModelIndex& index);
    void take_result();

    Workspace& workspace_;
    SampleTableModel model_;
    QLineEdit* text_;
    QComboBox *evaluation_, *outcome_;
    QLabel* count_;
    QLabel* error_;
    RowTable* table_;
    std::vector<SampleListPtr> listed_;  ///< in the table
    struct Lacking {
        QString words;            ///< "12 of 16 samples, incomplete (interrupted); 2 failed"
        bool incomplete = false;  ///< else samples failed, and all are there
    };
    std::map<std::int64_t, Lacking> lacking_;  ///< by run
    bool choosing_ = false;   ///< a row of the table is being opened: the table knows
    bool arranging_ = false;  ///< rows go: the row that takes the current one's place is nobody's choice
};

}  // namespace r2t2::ui
