#include "ui/panels/data_form.h"

#include <QComboBox>
#include <QFileDialog>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QScrollArea>
#include <QSettings>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/panels/theme.h"

namespace r2t2::ui {

namespace {

QString folder_key(const QString& set) { return QStringLiteral("data/folder/") + set; }

QString text(const std::string& words) { return QString::fromStdString(words).toHtmlEscaped(); }

/// Where the files are expected, what the score is, what is in the way.
QString about(const DataSetInfo& set) {
    QStringList files;
    for (const std::string& file : set.files) {
        files << QStringLiteral("<span style=\"font-family:monospace\">%1</span>").arg(text(file));
    }
    QString words = QStringLiteral("<b>%1</b><br>%2<br>%3").arg(text(set.title), text(set.layout), files.join(QStringLiteral("<br>")));
    words += DataForm::tr("<br>Score: %1").arg(text(set.metric));
    if (!set.obstacle.empty()) {
        words += QStringLiteral("<br>%1; %2").arg(text(set.obstacle), text(set.way_out));
    }
    return words;
}

}  // namespace

DataForm::DataForm(DataCheck& check, QWidget* parent) : QWidget(parent), data_(check) {
    setObjectName(QStringLiteral("dataForm"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(8, 6, 8, 6);
    column->setSpacing(6);
    column->addWidget(caption(tr("Data set"), this));
    sets_ = new QListWidget(this);
    sets_->setObjectName(QStringLiteral("dataSets"));
    sets_->setAccessibleName(tr("Data sets"));
    sets_->setToolTip(tr("Data sets that are read as their authors distribute them"));
    sets_->setUniformItemSizes(true);
    sets_->setMinimumHeight(120);
    connect(sets_, &QListWidget::currentRowChanged, this, &DataForm::show_set);
    column->addWidget(sets_, 3);

    auto* area = new QScrollArea(this);
    area->setFrameShape(QFrame::NoFrame);
    area->setWidgetResizable(true);
    area->setFocusPolicy(Qt::NoFocus);
    about_ = new QLabel(area);
    about_->setObjectName(QStringLiteral("dataAbout"));
    about_->setTextFormat(Qt::RichText);
    about_->setWordWrap(true);
    about_->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    about_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    area->setWidget(about_);
    area->setMinimumHeight(90);
    column->addWidget(area, 2);

    auto* row = new QHBoxLayout;
    row->setSpacing(4);
    folder_ = new QLineEdit(this);
    folder_->setObjectName(QStringLiteral("dataFolder"));
    folder_->setAccessibleName(tr("Folder"));
    folder_->setPlaceholderText(tr("folder of the data set"));
    folder_->setToolTip(tr("Where the data set was unpacked; kept for this set"));
    connect(folder_, &QLineEdit::textEdited, this, [this] { set_folder(folder_->text()); });
    connect(folder_, &QLineEdit::returnPressed, this, &DataForm::submitted);
    row->addWidget(folder_, 1);
    auto* choose = new QToolButton(this);
    choose->setObjectName(QStringLiteral("chooseDataFolder"));
    choose->setText(tr("Choose\u2026"));
    choose->setToolTip(tr("Choose the folder"));
    connect(choose, &QToolButton::clicked, this, &DataForm::choose_folder);
    row->addWidget(choose);
    column->addLayout(row);

    auto* form = new QFormLayout;
    form->setContentsMargins(0, 0, 0, 0);
    form->setVerticalSpacing(3);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    const auto add = [&](QWidget* field, const char* name, const QString& label, const QString& tip) {
        field->setObjectName(QLatin1String(name));
        field->setAccessibleName(label);
        field->setToolTip(tip);
        auto* words = new QLabel(label, this);
        words->setBuddy(field);
        words->setToolTip(tip);
        form->addRow(words, field);
    };
    split_ = new QComboBox(this);
    add(split_, "dataSplit", tr("Split"), tr("Which part of the data set"));
    connect(split_, &QComboBox::currentIndexChanged, this, &DataForm::edited);
    limit_ = new WholeBox(this);
    limit_->setRange(0, 10'000'000);
    limit_->setSpecialValueText(tr("all"));
    add(limit_, "dataLimit", tr("At most"), tr("So many samples, drawn by the seed; the paper draws 5,000 of its larger reference sets"));
    seed_ = new WholeBox(this);
    seed_->setRange(0, 1'000'000'000);
    seed_->setValue(1);
    add(seed_, "dataSeed", tr("Seed"), tr("Draws the samples; the same seed draws the same ones on every machine"));
    column->addLayout(form);
    refused_ = error_label(this);
    refused_->setObjectName(QStringLiteral("dataNumberError"));
    column->insertWidget(column->indexOf(area), refused_);  // list and description give way, the fields stay where they are
    for (WholeBox* box : {limit_, seed_}) {
        connect(box, &QSpinBox::valueChanged, this, &DataForm::edited);
        refusals_.add(box);
    }
    connect(&refusals_, &RefusalList::changed, this, [this](const QString& reasons) { show_error(refused_, reasons); });
    connect(&data_, &DataCheck::setsChanged, this, &DataForm::fill_sets);
    fill_sets();
}

void DataForm::fill_sets() {
    const QSignalBlocker blocker(sets_);
    sets_->clear();
    for (const bool reference : {true, false}) {
        auto* heading = new QListWidgetItem(reference ? tr("Reference sets") : tr("Benchmarks"), sets_);
        heading->setFlags(Qt::NoItemFlags);
        QFont bold = heading->font();
        bold.setBold(true);
        heading->setFont(bold);
        for (const DataSetInfo& set : data_.sets()) {
            if (set.reference == reference) {
                auto* item = new QListWidgetItem(QString::fromStdString(set.name), sets_);
                item->setToolTip(QString::fromStdString(set.title));
            }
        }
    }
    if (!data_.sets().empty()) {
        sets_->setCurrentRow(1);
    }
    show_set();
}

const DataSetInfo* DataForm::chosen() const { return sets_->currentItem() == nullptr ? nullptr : data_.set(sets_->currentItem()->text()); }

void DataForm::show_set() {
    const DataSetInfo* set = chosen();
    const QSignalBlocker blocker(split_);
    split_->clear();
    for (QWidget* input : std::initializer_list<QWidget*>{folder_, split_, limit_, seed_}) {
        input->setEnabled(set != nullptr);
    }
    about_->setText(set == nullptr ? QString() : about(*set));
    if (set != nullptr) {
        for (const DataSetSplit& split : set->splits) {
            const QString name = QString::fromStdString(split.name);
            split_->addItem(split.answers_withheld ? tr("%1 (without answers)").arg(name) : name, name);
        }
        folder_->setText(QSettings().value(folder_key(QString::fromStdString(set->name))).toString());
    }
    Q_EMIT edited();
}

void DataForm::set_folder(const QString& folder) {
    if (folder_->text() != folder) {
        folder_->setText(folder);
    }
    if (const DataSetInfo* set = chosen()) {
        QSettings().setValue(folder_key(QString::fromStdString(set->name)), folder);
    }
    Q_EMIT edited();
}

void DataForm::choose_folder() {
    const QString folder = QFileDialog::getExistingDirectory(this, tr("Folder of the data set"), folder_->text());
    if (!folder.isEmpty()) {
        set_folder(folder);
    }
}

Result<DataRequest> DataForm::request() const {
    const DataSetInfo* set = chosen();
    if (set == nullptr) {
        return invalid_input("data", "set", "none", "one of the list");
    }
    if (folder_->text().trimmed().isEmpty()) {
        return invalid_input("data", "folder", "none", "the folder in which " + set->name + " was unpacked");
    }
    return DataRequest{set->name, folder_->text().trimmed().toStdString(), split_->currentData().toString().toStdString(),
                       static_cast<std::size_t>(limit_->value()), static_cast<std::uint64_t>(seed_->value())};
}

}  // namespace r2t2::ui
