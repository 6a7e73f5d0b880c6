// The benchmark page: what to run on the left, the run and what it came to on the right.
// Thread rule: the interface's.
#pragma once

#include <QWidget>

#include "ui/models/benchmark_run.h"
#include "ui/models/session_results.h"
#include "ui/models/workspace.h"

class QLabel;
class QPushButton;
class QToolButton;

namespace r2t2::ui {

class BenchmarkForm;
class BenchmarkLive;
class ElidedLabel;
class ResultTabs;

class BenchmarkPage final : public QWidget {
    Q_OBJECT

public:
    BenchmarkPage(Workspace& workspace, BenchmarkRun& run, SessionResults& results, QWidget* parent = nullptr);
    [[nodiscard]] BenchmarkForm& form() { return *form_; }
    [[nodiscard]] BenchmarkLive& live() { return *live_; }
    [[nodiscard]] ResultTabs& tabs() { return *tabs_; }
    void start();
    void resume();  ///< the evaluation of the chosen run where it was cut, else the session's last

Q_SIGNALS:
    void sampleWanted(std::int64_t run, const QString& set, const QString& key);

private:
    void set_buttons();
    void tell_whose();
    void tell_failures();
    void tell_errors(const QString& not_run, const QString& unread);
    void show_asked();
    [[nodiscard]] QString why_not() const;  ///< Start cannot be pressed; empty: it can
    void copy_command();

    Workspace& workspace_;
    BenchmarkRun& run_;
    SessionResults& results_;
    BenchmarkForm* form_;
    BenchmarkLive* live_;
    ResultTabs* tabs_;
    QPushButton *start_, *pause_, *cancel_, *resume_;
    QString asked_of_;  ///< the session whose evaluation the form was filled from
    QToolButton* copy_;
    QLabel *error_, *reason_;  ///< of what was tried; why Start cannot be
    QString not_run_, unread_;  ///< what error_ says: of the evaluation, of the session
    ElidedLabel* failures_;    ///< of the chosen run, or of the one that runs
    ElidedLabel* whose_;       ///< whose the tables are, and of when
};

}  // namespace r2t2::ui
