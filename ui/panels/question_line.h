// The question, to be edited and asked again, with the truth if the user knows it. Thread rule: the interface's.
#pragma once

#include <QWidget>

#include "ui/models/workspace.h"

class QLabel;
class QLineEdit;
class QPushButton;

namespace r2t2::ui {

class QuestionLine final : public QWidget {
    Q_OBJECT

public:
    explicit QuestionLine(Workspace& workspace, QWidget* parent = nullptr);
    void focus_question();

private:
    void refresh();
    void ask();
    void match_truth(const QString& question);

    Workspace& workspace_;
    QLabel* where_;
    QLabel* instruction_;
    QLineEdit* question_;
    QLineEdit* truth_;
    QPushButton* ask_;
    QPushButton* original_;
    QLabel* error_;
};

}  // namespace r2t2::ui
