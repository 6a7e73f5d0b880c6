// What the model answers: natively, at the step of the cursor, and under the routing the user moved to; the truth, the
// most probable answers, the margin, and how the text was scored. Thread rule: the interface's.
#pragma once

#include <QWidget>

#include "ui/models/workspace.h"

class QLabel;

namespace r2t2::ui {

/// Most probable first tokens as bars, two answers against each other.
class CandidateBars final : public QWidget {
    Q_OBJECT

public:
    explicit CandidateBars(QWidget* parent = nullptr);
    /// `before` may be null. Rows: the candidates of `now`, then those that only `before` has.
    void set_answers(const Answer* before, const Answer* now);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return {140, sizeHint().height()}; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    struct Row {
        QString text;
        double before = -1.0;  ///< negative: not among its candidates
        double now = -1.0;
    };
    std::vector<Row> rows_;
};

class AnswerCard final : public QWidget {
    Q_OBJECT

public:
    explicit AnswerCard(Workspace& workspace, QWidget* parent = nullptr);

protected:
    void changeEvent(QEvent* event) override;

private:
    void refresh();
    void show_line(QLabel* label, const QString& caption, const Answer* answer, std::optional<bool> correct);

    [[nodiscard]] QString plain_text() const;

    Workspace& workspace_;
    bool refused_ = false;  ///< no model could be opened
    QLabel* truth_;
    QLabel* native_;
    QLabel* step_;
    QLabel* what_if_;
    QLabel* score_;
    QLabel* mark_;
    QLabel* error_;
    CandidateBars* bars_;
};

}  // namespace r2t2::ui
