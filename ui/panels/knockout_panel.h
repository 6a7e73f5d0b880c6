// What becomes of the answer when an expert is silenced, blocked or forced. Computed while the panel is on screen. Thread rule: the interface's.
#pragma once

#include <QWidget>

#include "ui/models/text_table_model.h"
#include "ui/models/workspace.h"

class QLabel;

namespace r2t2::ui {

class RowTable;

class KnockoutPanel final : public QWidget {
    Q_OBJECT

public:
    explicit KnockoutPanel(Workspace& workspace, QWidget* parent = nullptr);

private:
    void ask();
    void take(const std::vector<KnockedAnswer>& rows);
    void clear(const QString& note);

    Workspace& workspace_;
    TextTableModel model_;
    RowTable* table_;
    QLabel* note_;
};

}  // namespace r2t2::ui
