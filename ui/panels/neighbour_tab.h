// What kind of neighbours the samples of the chosen run had, by what became of them. Thread rule: the interface's.
#pragma once

#include <QWidget>

#include "ui/models/session_results.h"
#include "ui/models/sorted_table_model.h"

class QLabel;

namespace r2t2::ui {

class RowTable;
class WhenShown;

/// Rows: all samples, then one outcome each. Text: "0.34 ± 0.02"; tooltip: the interval.
class NeighbourReportModel final : public SortedTableModel {
    Q_OBJECT

public:
    explicit NeighbourReportModel(QObject* parent = nullptr) : SortedTableModel(parent) {}
    [[nodiscard]] static QStringList row_names();
    void set_results(NeighbourResultsPtr results);  ///< null, or without neighbours: no rows
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    [[nodiscard]] const NeighbourStatistics& at(int row) const;
    NeighbourResultsPtr results_;
};

class NeighbourTab final : public QWidget {
    Q_OBJECT

public:
    explicit NeighbourTab(SessionResults& results, QWidget* parent = nullptr);
    void set_waiting(const QString& words);  ///< said where no run is there yet; empty: nothing runs

private:
    void show_report();

    SessionResults& results_;
    NeighbourReportModel* model_;
    RowTable* table_;
    QLabel* note_;
    QString waiting_;
    WhenShown* reading_;
};

}  // namespace r2t2::ui
