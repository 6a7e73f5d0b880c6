// A sweep as a heat map: one parameter down, one across, percent right in every cell; a cell is its run. The chosen run's method is shown; of an
// evaluation that swept several, another can be looked at.
// Thread rule: the interface's.
#pragma once

#include <QAbstractTableModel>
#include <QWidget>

#include "ui/models/session_results.h"

class QComboBox;
class QLabel;
class QTableView;

namespace r2t2::ui {

/// Cells of a slice through a sweep. Rows: values of the other axis (one row where there is none); columns: the first axis.
class SweepTableModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    explicit SweepTableModel(QObject* parent = nullptr) : QAbstractTableModel(parent) {}
    void set_sweep(SweepPtr sweep, const SweepSlice& slice, int set);  ///< set: index into Sweep::sets; -1: all together
    [[nodiscard]] const SweepCell* cell(const QModelIndex& index) const;
    [[nodiscard]] QModelIndex index_of(std::int64_t run) const;
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    [[nodiscard]] const SweepScore* score(const SweepCell* cell) const;
    SweepPtr sweep_;
    SweepSlice slice_;
    int set_ = -1;
    double low_ = 0.0, high_ = 0.0;  ///< of the cells that are shown
    double best_ = 0.0;              ///< of those of them that are complete
};

class SweepTab final : public QWidget {
    Q_OBJECT

public:
    explicit SweepTab(SessionResults& results, QWidget* parent = nullptr);
    void set_waiting(const QString& words);  ///< a sweep runs: said where none is shown; empty: none does

private:
    void list_methods();
    void list_axes();
    void show_slice();
    void mark_run();
    [[nodiscard]] SweepPtr shown() const;  ///< null: the evaluation is no sweep

    SessionResults& results_;
    SweepTableModel* model_;
    QTableView* table_;
    QWidget* choice_;  ///< of what is shown: the boxes
    QComboBox *method_, *across_, *down_, *set_;
    QLabel* note_;
    std::int64_t followed_ = 0;  ///< the run whose method is shown, or was before another was chosen here
    QString waiting_;
};

}  // namespace r2t2::ui
