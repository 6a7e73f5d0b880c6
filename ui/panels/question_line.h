// The question, to be edited and asked again, with the truth if the user knows it. Thread rule: the interface's.
#pragma once

#include <QString>
#include <QWidget>
#include <cstdint>
#include <map>
#include <vector>

#include "core/session/session_reader.h"
#include "ui/models/workspace.h"

class QKeyEvent;
class QLabel;
class QLineEdit;
class QPushButton;

namespace r2t2::ui {

class ElidedLabel;

class QuestionLine final : public QWidget {
    Q_OBJECT

public:
    explicit QuestionLine(Workspace& workspace, QWidget* parent = nullptr);
    void focus_question();
    /// Of the session that is open: says what the evaluation of the sample lacks.
    void set_runs(const std::vector<StoredRun>& runs);
    /// The user is editing: he has typed, clicked into the text or moved in it since the sample came or the question was asked.
    [[nodiscard]] bool editing() const { return editing_; }

Q_SIGNALS:
    void left();  ///< Escape: the keyboard goes back to the window's keys

protected:
    /// Space and undo belong to the window until the user edits; Escape leaves.
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void refresh();
    void refresh_name();
    [[nodiscard]] QString state_words(const SampleSummary& own, const std::string& question) const;
    [[nodiscard]] QString truth_asked() const;
    void refresh_remarks();
    bool key_pressed(QLineEdit& line, const QKeyEvent& key);
    void ask();
    void match_truth(const QString& question);

    Workspace& workspace_;
    ElidedLabel* where_;
    QLabel* instruction_;
    QLineEdit* question_;
    QLineEdit* truth_;
    QPushButton* ask_;
    QPushButton* original_;
    QLabel* remarks_;  ///< of a stored sample: what is not known, what has changed, how running it again came out
    QLabel* error_;
    std::map<std::int64_t, QString> lacking_;  ///< run: "12 of 16 samples, incomplete (interrupted); 2 failed"
    bool editing_ = false;
};

}  // namespace r2t2::ui
