// The re-routing method and its parameters, run again when they change. Ranges are those of `validate`; tooltips say the
// equation. Thread rule: the interface's.
#pragma once

#include <QWidget>

#include "ui/models/workspace.h"

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QFormLayout;
class QLabel;
class QPushButton;
class QSpinBox;
class QTimer;

namespace r2t2::ui {

class MethodPanel final : public QWidget {
    Q_OBJECT

public:
    explicit MethodPanel(Workspace& workspace, QWidget* parent = nullptr);
    [[nodiscard]] MethodParams shown() const;  ///< what the controls say

private:
    void build_method(QFormLayout* form);
    void build_neighbourhood(QFormLayout* form);
    void build_descent(QFormLayout* form);
    void build_others(QFormLayout* form);
    QComboBox* choice(QFormLayout* form, const char* name, const QString& label, const QStringList& words, const QString& tip);
    void add_row(QFormLayout* form, const QString& label, QWidget* field, const char* name, const QString& tip);
    void show(const MethodParams& params);
    void edited();
    void send();
    void set_rows();

    Workspace& workspace_;
    QComboBox *method_, *mode_, *granularity_, *frame_, *neighbours_kind_, *kernel_, *schedule_, *parametrisation_;
    QSpinBox *k_, *steps_, *alpha_grid_, *routing_k_;
    QDoubleSpinBox *epsilon_, *bandwidth_, *initial_, *final_, *eta_;
    QCheckBox* on_change_;
    QPushButton* run_;
    QLabel* error_;
    QFormLayout* form_;
    QTimer* pause_;  ///< typing ends before a run begins
    bool showing_ = false;
};

}  // namespace r2t2::ui
