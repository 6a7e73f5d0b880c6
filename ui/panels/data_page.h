// Data: choose a published data set and the folder it lies in, see what is in it, how its questions are put and scored, and
// what is broken and why. Thread rule: the interface's.
#pragma once

#include <QWidget>

#include "ui/models/data_check.h"

class QCheckBox;
class QLabel;
class QPlainTextEdit;
class QPushButton;
class QTableView;
class QTabWidget;
class QToolButton;

namespace r2t2::ui {

class DataForm;
class PictureView;
class TextTableModel;

class DataPage final : public QWidget {
    Q_OBJECT

public:
    explicit DataPage(DataCheck& check, QWidget* parent = nullptr);
    /// Of the data set that was read, into a folder; refined where the box is ticked.
    void build_reference(const QString& folder);
    /// The references that are open, refined into a folder that is asked for.
    void choose_refined_folder();

Q_SIGNALS:
    /// The data set that was read should be run on the Benchmark page.
    void evaluationWanted(const r2t2::DataReport& read);
    /// The reference set that was built should be opened.
    void referenceWanted(const QString& folder);

private:
    QWidget* build_left();
    QWidget* build_right();
    void read();
    void set_buttons();
    void ask_for_folder(const QString& title, const QString& name, Refine refine, void (DataPage::*made)(const QString&));
    void refine_open(const QString& folder);
    void choose_reference_folder();
    void show_report();
    void show_built();
    void copy_command(bool reference);
    [[nodiscard]] Refine refine() const;
    [[nodiscard]] QString reference_name() const;  ///< of a folder, as it is suggested
    void show_chosen();
    void show_sample(const DataSample* sample, const QString& none);
    QString failure_;  ///< of the last reading; empty: it did not fail
    [[nodiscard]] QString summary(const DataReport& report) const;

    DataCheck& data_;
    DataForm* form_;
    QLabel *error_, *summary_, *built_;
    QPushButton *read_, *cancel_, *evaluate_, *build_, *use_;
    QToolButton* copy_;
    QCheckBox* refine_;
    QTabWidget* tabs_;
    TextTableModel *samples_, *problems_, *counts_;
    QTableView *sample_table_, *problem_table_;
    PictureView* picture_;
    QPlainTextEdit* prompt_;
};

}  // namespace r2t2::ui
