// The re-routing method and its parameters, run again when they change: a field for every row of core/routing/parameter_table.h,
// with its range and its tooltip. Thread rule: the interface's.
#pragma once

#include <QWidget>
#include <functional>

#include "core/routing/method_table.h"
#include "ui/models/workspace.h"
#include "ui/panels/number_box.h"

class QCheckBox;
class QComboBox;
class QFormLayout;
class QLabel;
class QPushButton;
class QTimer;
class QVBoxLayout;

namespace r2t2::ui {

class MethodPanel final : public QWidget {
    Q_OBJECT

public:
    explicit MethodPanel(Workspace& workspace, QWidget* parent = nullptr);
    [[nodiscard]] MethodParams shown() const;  ///< what the controls say

public Q_SLOTS:
    void send();  ///< runs the sample with what the controls say

private:
    /// What a row of the table looks like.
    struct Field {
        const ParameterRow* row;
        QWidget* box;
        std::function<ParameterValue()> value;
        std::function<void(const ParameterValue&)> put;
    };
    void build_method(QFormLayout* form);
    void build_parameters(QFormLayout* form);
    void add_row(QFormLayout* form, const QString& label, QWidget* field, const char* name, const QString& tip);
    QComboBox* choice(QFormLayout* form, const char* name, const QString& label, const QStringList& words, const QString& tip);
    [[nodiscard]] Field word_field(QFormLayout* form, const ParameterRow& row);
    [[nodiscard]] Field whole_field(QFormLayout* form, const ParameterRow& row);
    [[nodiscard]] Field number_field(QFormLayout* form, const ParameterRow& row);
    template <typename Box>
    void watch(Box* box);
    void build_foot(QVBoxLayout* outer);
    [[nodiscard]] Method chosen_method() const;
    bool tell(const MethodParams& params);  ///< what is wrong with what the controls say; false: something is
    void show(const MethodParams& params);
    void fill_for_sample();
    void edited();
    void run_shown();
    void refresh_marks();
    void set_rows();

    Workspace& workspace_;
    QComboBox *method_, *neighbours_kind_;  ///< the latter: k or the ball that replaces it
    std::vector<Field> fields_;
    RefusalList refusals_;  ///< of every box
    QCheckBox* on_change_;
    QPushButton *run_, *own_, *as_run_;
    QLabel* error_;
    QWidget* origin_row_;   ///< shown with a session's samples: whose the parameters are, and the way back
    QLabel* origin_;
    QLabel* not_run_;       ///< shown while the controls say something else than what made the trajectory
    QFormLayout* form_;
    QTimer* pause_;  ///< typing ends before a run begins
    bool showing_ = false;
    MethodParams filled_;  ///< what the workspace said last
    bool unsent_ = false;  ///< the fields say something else, which was not run yet
    std::pair<const SampleList*, std::size_t> sample_{};  ///< that the fields were filled for
};

}  // namespace r2t2::ui
