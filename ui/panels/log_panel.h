// What the program has said, with a level filter. Thread rule: the interface's.
#pragma once

#include <QWidget>

#include "ui/models/log_model.h"

namespace r2t2::ui {

class LogPanel final : public QWidget {
    Q_OBJECT

public:
    explicit LogPanel(LogModel& model, QWidget* parent = nullptr);
};

}  // namespace r2t2::ui
