// "Open model...": which checkpoint, on which device, in which precision; what it is and what it will take, before it is
// opened. Open stays disabled until the checkpoint has been checked and can be used. Thread rule: the interface's.
#pragma once

#include <QDialog>
#include <QTimer>

#include "ui/models/model_check.h"
#include "ui/panels/number_box.h"

class QComboBox;
class QGridLayout;
class QLabel;
class QListWidget;
class QPushButton;
class QRadioButton;

namespace r2t2::ui {

class ModelDialog final : public QDialog {
    Q_OBJECT

public:
    /// `start`: what is chosen at first.
    ModelDialog(Workspace& workspace, const InspectorOptions& start, QWidget* parent);

    /// Folders that were opened before, newest first.
    [[nodiscard]] static QStringList recent_folders();
    static void remember_folder(const QString& folder);

    void choose_folder(const QString& folder);
    [[nodiscard]] InspectorOptions options() const;

protected:
    void resizeEvent(QResizeEvent* event) override;

Q_SIGNALS:
    void chosen(const r2t2::InspectorOptions& options);

private:
    void build_model_rows(QGridLayout& form);
    void build_choice_rows(QGridLayout& form);
    void browse();
    void look_at_model();  ///< checks what is chosen
    void show_model();
    void show_problems();
    void show_devices();
    void show_precisions();
    void show_memory();
    void open_model();
    void fit();  ///< as tall as its words need at this width
    [[nodiscard]] bool on_cpu() const;
    [[nodiscard]] QString folder() const;  ///< empty: the bundled one
    [[nodiscard]] QString precision() const;

    InspectorOptions start_;
    ModelCheck check_;
    QTimer typed_;  ///< a path is checked once typing pauses
    QRadioButton *bundled_ = nullptr, *own_ = nullptr;
    QComboBox *folder_ = nullptr, *device_ = nullptr, *precision_ = nullptr;
    QPushButton *browse_ = nullptr, *open_ = nullptr;
    WholeBox* threads_ = nullptr;
    QLabel *name_ = nullptr, *facts_ = nullptr, *error_ = nullptr, *device_note_ = nullptr, *precision_note_ = nullptr, *memory_ = nullptr;
    QListWidget* problems_ = nullptr;
};

}  // namespace r2t2::ui
