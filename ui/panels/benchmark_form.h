// What to run: sets, methods, parameters. A field with several values sweeps over them. Thread rule: the interface's.
#pragma once

#include <QWidget>
#include <optional>
#include <vector>

#include "core/results/asked_evaluation.h"
#include "core/routing/method_table.h"
#include "ui/models/benchmark_size.h"
#include "ui/models/workspace.h"
#include "ui/panels/number_box.h"

class QCheckBox;
class QFormLayout;
class QGridLayout;
class QLabel;
class QLineEdit;
class QListWidget;
class QPushButton;

namespace r2t2::ui {

class BenchmarkForm final : public QWidget {
    Q_OBJECT

public:
    explicit BenchmarkForm(Workspace& workspace, QWidget* parent = nullptr);

    /// A published data set, in place of the one that was there; the only set that is chosen then.
    void add_published(const DataReport& read);
    /// What the fields say. Error: the first field that cannot be meant so.
    [[nodiscard]] Result<BenchmarkRequest> request() const;
    /// What made the evaluation that was opened: methods, sets, numbers and parameters, as far as they are known and there. The session
    /// that results go to is not touched. Kept until the model is open.
    void show_asked(const AskedEvaluation& asked);
    void set_locked(bool locked);  ///< while something runs
    /// A number that was typed and not taken, once: whoever starts now would run another one than the user thinks. Empty: none.
    [[nodiscard]] QString take_refusal();

Q_SIGNALS:
    void edited();

private:
    struct Field {
        const ParameterRow* row;
        QLineEdit* edit;
        QLabel* error;  ///< below it: why it cannot be meant so
    };
    void add_methods(QWidget* inside, QGridLayout* grid);
    void add_field(QFormLayout* form, const ParameterRow& row);
    static constexpr int kPublished = Qt::UserRole;    ///< data of an item: it is the published data set
    static constexpr int kBundled = Qt::UserRole + 1;  ///< likewise: a bundled set
    enum class Ticks { FirstChoice, Kept };
    void fill();
    void recommend(const InspectorInfo& info);
    void fill_sets(Ticks ticks);
    void add_data_set();
    void add_set_file(const QString& path);
    void fill_asked();
    void tick_asked(const AskedEvaluation& asked);
    [[nodiscard]] Result<SweepAxis> read_field(const Field& field, const MethodParams& params) const;
    [[nodiscard]] Status read_fields(BenchmarkRequest& request) const;
    [[nodiscard]] std::optional<SelectionSize> size() const;  ///< of the chosen sets; none: not known before they are read
    void tell_fields();
    void tell();

    Workspace& workspace_;
    std::optional<DataRequest> published_;
    std::optional<SelectionSize> published_size_;
    std::optional<AskedEvaluation> asked_;  ///< not shown yet
    std::string model_;  ///< hash of the one whose recommended parameters stood here first
    QListWidget* sets_;
    QLabel* references_;  ///< that are in use
    WholeBox *samples_, *workers_, *seed_;
    std::vector<std::pair<Method, QCheckBox*>> methods_;
    QCheckBox* controls_;
    std::vector<Field> fields_;
    QLineEdit* session_;
    QLabel *summary_, *detectable_, *error_;  ///< error: of a number that was not taken
    RefusalList refusals_;
    std::vector<QWidget*> inputs_;
};

}  // namespace r2t2::ui
