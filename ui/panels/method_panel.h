// The re-routing method and its parameters, run again when they change. Ranges are those of `validate`; tooltips say the
// equation. Thread rule: the interface's.
#pragma once

#include <QWidget>
#include <functional>

#include "ui/models/workspace.h"
#include "ui/panels/number_box.h"

class QCheckBox;
class QComboBox;
class QFormLayout;
class QLabel;
class QPushButton;
class QTimer;

namespace r2t2::ui {

class MethodPanel final : public QWidget {
    Q_OBJECT

public:
    explicit MethodPanel(Workspace& workspace, QWidget* parent = nullptr);
    [[nodiscard]] MethodParams shown() const;  ///< what the controls say

public Q_SLOTS:
    void send();  ///< runs the sample with what the controls say

private:
    void build_method(QFormLayout* form);
    void build_neighbourhood(QFormLayout* form);
    void build_descent(QFormLayout* form);
    void build_others(QFormLayout* form);
    QComboBox* choice(QFormLayout* form, const char* name, const QString& label, const QStringList& words, const QString& tip);
    void add_row(QFormLayout* form, const QString& label, QWidget* field, const char* name, const QString& tip);
    template <typename Box>
    void watch(Box* box);
    bool tell(const MethodParams& params);  ///< what is wrong with what the controls say; false: something is
    void show(const MethodParams& params);
    void edited();
    void run_shown();
    void refresh_marks();
    void set_rows();

    Workspace& workspace_;
    QComboBox *method_, *mode_, *granularity_, *frame_, *neighbours_kind_, *kernel_, *schedule_, *parametrisation_;
    WholeBox *k_, *steps_, *alpha_grid_, *routing_k_;
    NumberBox *epsilon_, *bandwidth_, *initial_, *final_, *eta_;
    std::vector<Refusal*> refusals_;  ///< of every box
    std::vector<std::function<bool()>> commits_;  ///< take what is being typed
    QCheckBox* on_change_;
    QPushButton *run_, *own_, *as_run_;
    QLabel* error_;
    QWidget* origin_row_;   ///< shown with a session's samples: whose the parameters are, and the way back
    QLabel* origin_;
    QLabel* not_run_;       ///< shown while the controls say something else than what made the trajectory
    QFormLayout* form_;
    QTimer* pause_;  ///< typing ends before a run begins
    bool showing_ = false;
};

}  // namespace r2t2::ui
