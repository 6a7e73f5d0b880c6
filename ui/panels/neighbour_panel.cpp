#include "ui/panels/neighbour_panel.h"

#include <QEvent>
#include <QHeaderView>
#include <QLabel>
#include <QVBoxLayout>

#include "ui/models/counted.h"
#include "ui/models/reference_words.h"
#include "ui/models/share_delegate.h"
#include "ui/panels/row_table.h"
#include "ui/panels/theme.h"

namespace r2t2::ui {

NeighbourPanel::NeighbourPanel(Workspace& workspace, ThumbnailStore& thumbnails, QWidget* parent)
    : QWidget(parent), workspace_(workspace), thumbnails_(thumbnails) {
    setObjectName(QStringLiteral("neighbourPanel"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(4, 4, 4, 4);
    column->setSpacing(2);
    note_ = caption({}, this);
    note_->setWordWrap(true);
    column->addWidget(note_);
    table_ = row_table("neighbourTable", tr("Neighbours"), tr("Untick a neighbour to leave it out and run again: of k nearest the next one takes its place,\n"
                       "in an epsilon ball nobody does; numbers stay. Space toggles the chosen one."),
                       thumbnails.side() + 4, this);
    table_->setModel(&model_);
    table_->setMouseTracking(true);
    table_->setIconSize(QSize(thumbnails.side(), thumbnails.side()));
    table_->setItemDelegateForColumn(static_cast<int>(NeighbourColumn::Weight), new WeightDelegate(table_));
    table_->setItemDelegateForColumn(static_cast<int>(NeighbourColumn::Share), new ShareDelegate(table_));
    set_column_widths(*table_, {70, 44, 160, 66, 66, 70, 72, 270, 78, 56});
    table_->horizontalHeader()->moveSection(static_cast<int>(NeighbourColumn::Routing), kNeighbourColumns - 1);  // the longest
    column->addWidget(table_, 1);
    connect(&model_, &NeighbourModel::leaveOutChanged, &workspace, &Workspace::leave_out);
    connect(table_, &QTableView::entered, this, [this](const QModelIndex& at) {
        const std::optional<std::size_t> reference = model_.reference(at.row());
        workspace_.set_hovered_reference(reference ? static_cast<int>(*reference) : -1);
    });
    table_->viewport()->installEventFilter(this);
    connect(table_->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex& at) {
        if (at.isValid()) {
            const std::optional<std::size_t> reference = model_.reference(at.row());
            workspace_.set_selected_references(reference ? std::vector<int>{static_cast<int>(*reference)} : std::vector<int>());
        }
    });
    connect(&workspace, &Workspace::inspectorChanged, this, [this] {
        model_.clear();
        model_.set_thumbnails(&thumbnails_, [inspector = workspace_.inspector()](std::size_t i) { return inspector->reference_picture(i); });
    });
    connect(&workspace, &Workspace::trajectoryChanged, this, &NeighbourPanel::refresh);
    connect(&workspace, &Workspace::leftOutChanged, this, [this] {
        for (int row = 0; row < model_.rowCount(); ++row) {
            if (const std::optional<std::size_t> reference = model_.reference(row)) {
                model_.set_left_out(*reference, workspace_.left_out().contains(*reference));
            }
        }
    });
    connect(&workspace.cursor(), &StepCursor::stepChanged, this,
            [this](int step) { model_.set_step(static_cast<std::size_t>(std::max(0, step))); });
    refresh();
}

/// The pointer has left the rows.
bool NeighbourPanel::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::Leave) {
        workspace_.set_hovered_reference(-1);
    }
    return QWidget::eventFilter(watched, event);
}

void NeighbourPanel::refresh() {
    const Trajectory* trajectory = workspace_.trajectory();
    if (trajectory == nullptr) {
        model_.clear();
        note_->setText(tr("Neighbours appear when a sample has been re-routed."));
        return;
    }
    const std::vector<std::size_t> left_out(workspace_.left_out().begin(), workspace_.left_out().end());
    const std::vector<InspectedNeighbour> neighbours = workspace_.neighbours();
    model_.set_trajectory(workspace_.inspector()->references(), workspace_.inspector()->info().space, *trajectory, neighbours, left_out, workspace_.neighbour_numbers());
    model_.set_step(static_cast<std::size_t>(std::max(0, workspace_.cursor().step())));
    const Neighbourhood& around = trajectory->neighbourhood;
    QStringList notes;
    if (around.empty()) {
        notes << (method_row(trajectory->method).neighbours == NeighbourNeed::None ? tr("This method uses no neighbours.")
                                                                                   : tr("No reference is in the ball: the base answer stands."));
    } else {
        const QString so_many = counted(static_cast<qlonglong>(around.neighbours.size()), tr("1 neighbour"), tr("%1 neighbours"));
        notes << (method_row(trajectory->method).neighbours == NeighbourNeed::ReferenceRoutings ? tr("%1 in routing space").arg(so_many)
                                                            : tr("%1 in task space").arg(so_many));
        if (const QString lacking = lacking_words(neighbours, workspace_.neighbour_numbers()); !lacking.isEmpty()) {
            notes << lacking;
        }
        if (const auto out = static_cast<qlonglong>(left_out.size()); out > 0) {
            const MethodParams* made = workspace_.made_by();
            const bool by_count = made == nullptr || !made->epsilon;  // in a ball nobody takes their place
            notes << counted(out, tr("1 left out"), tr("%1 left out")) + (by_count ? tr(", the next nearest taken instead") : QString());
        }
        if (around.bandwidth > 0) {
            notes << tr("bandwidth %1").arg(around.bandwidth, 0, 'g', 3);
        }
        if (around.uniform_fallback) {
            notes << tr("no usable kernel weight: all count the same");
        }
        if (around.clamped > 0) {
            notes << tr("%1 negative kernel values counted as 0").arg(around.clamped);
        }
    }
    note_->setText(notes.join(QStringLiteral("  \u00b7  ")));
}

}  // namespace r2t2::ui
