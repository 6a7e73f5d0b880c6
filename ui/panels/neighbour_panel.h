// The neighbours of the followed trajectory: who, how near, how much they count and where they pull at this step. One can
// be left out, and the sample is run again; a double click goes to a neighbour. Thread rule: the interface's.
#pragma once

#include <QWidget>

#include "ui/models/neighbour_model.h"
#include "ui/models/workspace.h"

class QLabel;
class QTableView;

namespace r2t2::ui {

class NeighbourPanel final : public QWidget {
    Q_OBJECT

public:
    NeighbourPanel(Workspace& workspace, ThumbnailStore& thumbnails, QWidget* parent = nullptr);
    [[nodiscard]] NeighbourModel& model() { return model_; }

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void refresh();

    Workspace& workspace_;
    ThumbnailStore& thumbnails_;
    NeighbourModel model_;
    QTableView* table_;
    QLabel* note_;
};

}  // namespace r2t2::ui
