// What to run: sets, methods, parameters. A field with several values sweeps over them. Thread rule: the interface's.
#pragma once

#include <QWidget>
#include <optional>
#include <vector>

#include "ui/models/workspace.h"

class QCheckBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QListWidget;
class QPushButton;
class QSpinBox;

namespace r2t2::ui {

class BenchmarkForm final : public QWidget {
    Q_OBJECT

public:
    explicit BenchmarkForm(Workspace& workspace, QWidget* parent = nullptr);

    /// A published data set, in place of the one that was there; the only set that is chosen then.
    void add_published(const DataRequest& chosen);
    /// What the fields say. Error: the first field that cannot be meant so.
    [[nodiscard]] Result<BenchmarkRequest> request() const;
    void set_locked(bool locked);  ///< while something runs

Q_SIGNALS:
    void edited();

private:
    struct Field {
        std::string axis;
        QLineEdit* edit;
    };
    void add_field(QFormLayout* form, const char* axis, const QString& label, const QString& tip);
    void fill();
    void fill_sets();
    void add_data_set();
    [[nodiscard]] Status read_fields(BenchmarkRequest& request) const;
    void tell();

    Workspace& workspace_;
    std::optional<DataRequest> published_;
    QListWidget* sets_;
    QSpinBox *samples_, *workers_, *seed_;
    std::vector<std::pair<Method, QCheckBox*>> methods_;
    QCheckBox* controls_;
    std::vector<Field> fields_;
    QLineEdit* session_;
    QLabel *summary_, *error_;
    std::vector<QWidget*> inputs_;
};

}  // namespace r2t2::ui
