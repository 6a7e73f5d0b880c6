// Which data set, where it lies, which part of it. Thread rule: the interface's.
#pragma once

#include <QWidget>

#include "ui/models/data_check.h"
#include "ui/panels/number_box.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QListWidget;

namespace r2t2::ui {

class DataForm final : public QWidget {
    Q_OBJECT

public:
    explicit DataForm(DataCheck& check, QWidget* parent = nullptr);

    [[nodiscard]] const DataSetInfo* chosen() const;  ///< null: none
    /// Error: no set, no folder.
    [[nodiscard]] Result<DataRequest> request() const;
    void set_folder(const QString& folder);  ///< kept for this set

Q_SIGNALS:
    void submitted();  ///< Return in the folder's field
    void edited();  ///< what was read before is of something else now

private:
    void fill_sets();
    void show_set();
    void choose_folder();

    DataCheck& data_;
    QListWidget* sets_;
    QLabel* about_;
    QLineEdit* folder_;
    QComboBox* split_;
    WholeBox *limit_, *seed_;
    RefusalList refusals_;
    QLabel* refused_;  ///< a number that was not taken
};

}  // namespace r2t2::ui
