#include "ui/panels/step_panel.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QVBoxLayout>
#include <utility>

#include "ui/models/share_delegate.h"
#include "ui/panels/row_table.h"
#include "ui/panels/when_shown.h"

namespace r2t2::ui {

StepPanel::StepPanel(Workspace& workspace, QWidget* parent) : QWidget(parent), workspace_(workspace) {
    setObjectName(QStringLiteral("stepPanel"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(4, 4, 4, 4);
    table_ = row_table("stepTable", tr("Steps"), tr("Every step of the trajectory. Choose a row to go there; Ctrl+C copies the chosen rows."),
                       fontMetrics().height() + 8, this);
    table_->setModel(&model_);
    weights_ = new WeightDelegate(table_);
    column->addWidget(table_);
    auto* copy = new QAction(tr("Copy &everything in full precision"), table_);
    copy->setObjectName(QStringLiteral("copySteps"));
    connect(copy, &QAction::triggered, this, [this] { QGuiApplication::clipboard()->setText(model_.tsv()); });
    table_->addAction(copy);
    connect(table_->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex& at) {
        if (at.isValid()) {
            workspace_.cursor().set_step(model_.source(at.row()));
        }
    });
    auto* shown = new WhenShown(this, [this] { refresh(); });
    connect(&workspace, &Workspace::trajectoryChanged, shown, &WhenShown::ask);
    connect(&workspace.cursor(), &StepCursor::stepChanged, this, &StepPanel::follow);
    refresh();
}

void StepPanel::refresh() {
    const Trajectory* trajectory = workspace_.trajectory();
    if (trajectory == nullptr) {
        model_.clear();
        return;
    }
    const QSignalBlocker blocker(table_->selectionModel());
    model_.set_trajectory(*trajectory, workspace_.inspector()->info().space);
    const int last_weight = model_.seconds_column();
    for (int c = StepModel::FirstExpert; c < last_weight; ++c) {
        table_->setItemDelegateForColumn(c, weights_);
    }
    if (std::exchange(sized_columns_, model_.columnCount()) == model_.columnCount()) {
        follow();
        return;  // measuring every cell takes milliseconds, and columns that jump from sample to sample help nobody
    }
    table_->resizeColumnsToContents();
    widen_column_for(*table_, StepModel::Flip, flip_words());  // a trajectory without a flip has none to measure
    for (int c = StepModel::FirstExpert; c < last_weight; ++c) {
        table_->setColumnWidth(c, std::max(table_->columnWidth(c), 76));
    }
    follow();
}

void StepPanel::follow() {
    const int step = workspace_.cursor().step(), row = step >= 0 && step < model_.rowCount() ? model_.shown(step) : -1;
    if (row >= 0 && table_->currentIndex().row() != row) {
        const QSignalBlocker blocker(table_->selectionModel());
        table_->selectRow(row);
        const int column = std::max(0, table_->columnAt(0));  // what is scrolled to the side stays
        table_->scrollTo(model_.index(row, column));  // the view does not hear of the row
        table_->viewport()->update();
    }
}

}  // namespace r2t2::ui
