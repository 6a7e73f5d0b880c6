#include "ui/panels/model_dialog.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QDir>
#include <QFileDialog>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QRadioButton>
#include <QResizeEvent>
#include <QSettings>
#include <QSpinBox>
#include <QStandardItemModel>
#include <QThread>
#include <QVBoxLayout>

#include "ui/panels/model_words.h"
#include "ui/panels/theme.h"
#include "ui/paths/file_path.h"

namespace r2t2::ui {

namespace {

constexpr int kTypingPause = 350;  ///< milliseconds
constexpr int kRecentFolders = 8;
const QString kFoldersKey = QStringLiteral("models/recent");

/// Below what is there. `label` may be null.
void add_row(QGridLayout& form, QLabel* label, QWidget* field, Qt::Alignment alignment = {}) {
    const int row = form.rowCount();
    if (label != nullptr) {
        form.addWidget(label, row, 0, Qt::AlignRight | Qt::AlignVCenter);
    }
    form.addWidget(field, row, 1, alignment);
}

/// An entry that cannot be chosen, and says why.
void add_disabled(QComboBox* box, const QString& text) {
    box->addItem(text);
    if (auto* items = qobject_cast<QStandardItemModel*>(box->model())) {
        items->item(box->count() - 1)->setEnabled(false);
    }
}

}  // namespace

QStringList ModelDialog::recent_folders() { return QSettings().value(kFoldersKey).toStringList(); }

void ModelDialog::remember_folder(const QString& folder) {
    QStringList recent = recent_folders();
    recent.removeAll(folder);
    recent.prepend(folder);
    QSettings().setValue(kFoldersKey, QStringList(recent.mid(0, kRecentFolders)));
}

ModelDialog::ModelDialog(Workspace& workspace, const InspectorOptions& start, QWidget* parent) : QDialog(parent), start_(start), check_(workspace) {
    setObjectName(QStringLiteral("modelDialog"));
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Open model"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(14, 12, 14, 12);
    column->setSpacing(8);
    auto* form = new QGridLayout;  // a form layout leaves wrapped words twice the room
    form->setHorizontalSpacing(12);
    form->setVerticalSpacing(6);
    form->setColumnStretch(1, 1);
    column->addLayout(form);
    build_model_rows(*form);
    build_choice_rows(*form);
    column->addStretch();
    auto* buttons = new QDialogButtonBox(this);
    open_ = buttons->addButton(tr("&Open"), QDialogButtonBox::AcceptRole);
    open_->setObjectName(QStringLiteral("modelOpen"));
    open_->setToolTip(tr("Open it in the background; the model in use stays until this one is ready"));
    QPushButton* cancel = buttons->addButton(QDialogButtonBox::Cancel);
    cancel->setToolTip(tr("Keep the model that is open"));
    connect(buttons, &QDialogButtonBox::accepted, this, &ModelDialog::open_model);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    column->addWidget(buttons);

    typed_.setSingleShot(true);
    typed_.setInterval(kTypingPause);
    connect(&typed_, &QTimer::timeout, this, &ModelDialog::look_at_model);
    connect(&check_, &ModelCheck::changed, this, &ModelDialog::show_model);
    connect(&check_, &ModelCheck::devicesChanged, this, &ModelDialog::show_devices);
    connect(this, &QDialog::finished, &check_, &ModelCheck::forget);
    show_devices();
    (start.model.empty() ? bundled_ : own_)->setChecked(true);
    look_at_model();
    (start.model.empty() ? static_cast<QWidget*>(bundled_) : folder_)->setFocus();
    resize(640, sizeHint().height());
}

void ModelDialog::build_model_rows(QGridLayout& form) {
    bundled_ = new QRadioButton(tr("&Bundled miniature"), this);
    bundled_->setObjectName(QStringLiteral("modelBundled"));
    bundled_->setToolTip(tr("The small model that comes with the program; its numbers show the method, not what MoAI-7B can do"));
    own_ = new QRadioButton(tr("Checkpoint in a &folder"), this);
    own_->setObjectName(QStringLiteral("modelOwn"));
    own_->setToolTip(tr("A directory with config.json, safetensors and tokenizer.model"));
    add_row(form, new QLabel(tr("Model"), this), bundled_);
    add_row(form, nullptr, own_);
    auto* row = new QHBoxLayout;
    row->setSpacing(6);
    folder_ = new QComboBox(this);
    folder_->setObjectName(QStringLiteral("modelFolder"));
    folder_->setAccessibleName(tr("Folder of the checkpoint"));
    folder_->setToolTip(tr("Folder of the checkpoint; the list has those that were opened before"));
    folder_->setEditable(true);
    folder_->setInsertPolicy(QComboBox::NoInsert);
    folder_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);  // paths are long
    folder_->addItems(recent_folders());
    folder_->setCurrentText(QString::fromStdString(start_.model.string()));
    folder_->lineEdit()->setPlaceholderText(tr("config.json, safetensors and tokenizer.model"));
    folder_->lineEdit()->setToolTip(folder_->toolTip());
    browse_ = new QPushButton(tr("B&rowse\u2026"), this);
    browse_->setObjectName(QStringLiteral("modelBrowse"));
    browse_->setToolTip(tr("Choose the folder"));
    browse_->setAutoDefault(false);
    row->addWidget(folder_, 1);
    row->addWidget(browse_);
    form.addLayout(row, form.rowCount(), 1);
    connect(folder_, &QComboBox::editTextChanged, this, [this] {
        own_->setChecked(true);
        check_.forget();
        typed_.start();
    });
    connect(browse_, &QPushButton::clicked, this, &ModelDialog::browse);
    connect(own_, &QRadioButton::toggled, this, [this](bool own) {
        look_at_model();
        if (own) {
            folder_->setFocus();
        }
    });

    name_ = new QLabel(this);
    name_->setObjectName(QStringLiteral("modelName"));
    name_->setTextFormat(Qt::PlainText);
    name_->setWordWrap(true);
    QFont bold = name_->font();
    bold.setBold(true);
    name_->setFont(bold);
    facts_ = new QLabel(this);
    facts_->setObjectName(QStringLiteral("modelFacts"));
    facts_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    error_ = error_label(this);
    error_->setObjectName(QStringLiteral("modelError"));
    problems_ = new QListWidget(this);
    problems_->setObjectName(QStringLiteral("modelProblems"));
    problems_->setAccessibleName(tr("Problems of the checkpoint"));
    problems_->setToolTip(tr("Everything that is wrong with the checkpoint; r2t2 model check says the same"));
    problems_->setWordWrap(true);
    problems_->setAlternatingRowColors(true);
    problems_->setSelectionMode(QAbstractItemView::NoSelection);
    problems_->setFixedHeight(8 * fontMetrics().height());
    problems_->hide();
    for (QWidget* words : std::initializer_list<QWidget*>{name_, facts_, error_, problems_}) {
        add_row(form, nullptr, words);
    }
}

void ModelDialog::build_choice_rows(QGridLayout& form) {
    const auto add = [&](QWidget* field, const char* name, const QString& label, const QString& tip) {
        field->setObjectName(QLatin1String(name));
        field->setAccessibleName(QString(label).remove(QLatin1Char('&')));
        field->setToolTip(tip);
        auto* words = new QLabel(label, this);
        words->setBuddy(field);
        add_row(form, words, field, Qt::AlignLeft);
    };
    const auto note = [&](const char* name) {
        QLabel* words = caption({}, this);
        words->setObjectName(QLatin1String(name));
        words->setWordWrap(true);
        add_row(form, nullptr, words);
        return words;
    };
    for (QComboBox* box : {device_ = new QComboBox(this), precision_ = new QComboBox(this)}) {
        box->setSizeAdjustPolicy(QComboBox::AdjustToContents);
        box->setMinimumContentsLength(18);  // equally wide
    }
    add(device_, "modelDevice", tr("&Device"), tr("Where the model computes"));
    device_note_ = note("modelDeviceNote");
    add(precision_, "modelPrecision", tr("&Precision"), tr("In which numbers weights are kept, and the memory that they take"));
    precision_note_ = note("modelPrecisionNote");
    threads_ = new WholeBox(this);
    threads_->setRange(0, std::max(start_.threads, QThread::idealThreadCount()));
    threads_->setSpecialValueText(tr("Automatic"));
    threads_->setValue(start_.threads);
    add(threads_, "modelThreads", tr("&Threads"), tr("Inside one operation of the model. Automatic: every processor for pictures of 256 tokens and more, one for smaller ones. "
           "The workers of an evaluation take one each."));
    QLabel* refused = error_label(this);
    refused->setObjectName(QStringLiteral("modelNumberError"));
    add_row(form, nullptr, refused);
    connect(&threads_->refusal(), &Refusal::changed, this, [this, refused](const QString& reason) {
        show_error(refused, reason);
        fit();
    });
    memory_ = new QLabel(this);
    memory_->setObjectName(QStringLiteral("modelMemory"));
    memory_->setWordWrap(true);
    add_row(form, new QLabel(tr("Memory"), this), memory_);
    connect(device_, &QComboBox::currentIndexChanged, this, &ModelDialog::show_precisions);
    connect(precision_, &QComboBox::currentIndexChanged, this, &ModelDialog::show_memory);
}

void ModelDialog::choose_folder(const QString& folder) {
    folder_->setEditText(QDir::toNativeSeparators(folder));
    typed_.stop();
    own_->setChecked(true);
    look_at_model();
}

void ModelDialog::browse() {
    const QString path = QFileDialog::getExistingDirectory(this, tr("Folder of the checkpoint"), folder_->currentText());
    if (!path.isEmpty()) {
        choose_folder(path);
    }
}

bool ModelDialog::on_cpu() const { return device_->currentData().toString() == QLatin1String("cpu"); }

QString ModelDialog::folder() const {
    const QString typed = folder_->currentText().trimmed();
    return own_->isChecked() && !typed.isEmpty() ? QDir::cleanPath(QDir(typed).absolutePath()) : QString();
}

QString ModelDialog::precision() const { return precision_->currentData().toString(); }

InspectorOptions ModelDialog::options() const {
    InspectorOptions out = start_;
    out.model = file_path(folder()).string();
    if (out.model != start_.model) {
        out.reference.clear();  // another model's
    }
    out.device = device_->currentData().toString().toStdString();
    out.precision = precision().toStdString();
    out.threads = threads_->value();
    return out;
}

void ModelDialog::look_at_model() {
    typed_.stop();
    if (own_->isChecked() && folder().isEmpty()) {
        check_.forget();
    } else {
        check_.check(file_path(folder()).string());
    }
}

void ModelDialog::show_model() {
    const std::optional<ModelReport>& report = check_.report();
    const bool told = report && !report->name.empty();
    const bool nothing = own_->isChecked() && folder().isEmpty();
    const bool waiting = !report && !nothing && check_.error().isEmpty();
    name_->setText(told      ? QString::fromStdString(report->name)
                   : nothing ? tr("No folder is chosen")
                   : waiting ? tr("Checking\u2026")
                             : tr("Not a checkpoint that can be used"));
    facts_->setText(told ? model_facts_text(*report) : QStringLiteral("\n\n"));
    facts_->setVisible(told || waiting);  // waiting: as tall, so that nothing jumps
    show_error(error_, report && !report->usable() ? tr("Cannot be opened: %1").arg(model_problem_text(*report, report->problems.front())) : check_.error());
    show_problems();
    show_precisions();
}

/// All of them; a single fatal one stands above already.
void ModelDialog::show_problems() {
    problems_->clear();
    if (const std::optional<ModelReport>& report = check_.report()) {
        for (const ModelProblem& problem : report->problems) {
            problems_->addItem((problem.fatal ? QString() : tr("warning: ")) + model_problem_text(*report, problem));
        }
        const std::int64_t more = report->fatal_problems + report->warnings - static_cast<std::int64_t>(report->problems.size());
        if (more > 0) {
            problems_->addItem(tr("and %L1 more").arg(more));
        }
        problems_->setVisible(problems_->count() > (report->usable() ? 0 : 1));
    } else {
        problems_->hide();
    }
}

void ModelDialog::show_devices() {
    const DeviceReport& devices = check_.devices();
    const QString wanted = device_->count() == 0 ? QString::fromStdString(start_.device) : device_->currentData().toString();
    {
        const QSignalBlocker blocker(device_);
        device_->clear();
        device_->addItem(tr("CPU"), QStringLiteral("cpu"));
        for (int i = 0; i < devices.cuda_devices; ++i) {
            device_->addItem(QStringLiteral("cuda:%1").arg(i), QStringLiteral("cuda:%1").arg(i));
        }
        if (devices.cuda_devices == 0) {
            add_disabled(device_, devices.known ? tr("CUDA: no device") : tr("CUDA: not known yet"));
        }
        const int at = device_->findData(wanted == QLatin1String("cuda") ? QStringLiteral("cuda:0") : wanted);
        device_->setCurrentIndex(std::max(0, at));
    }
    const QString why = QString::fromStdString(devices.cuda_note);
    device_note_->setText(devices.cuda_devices > 0 ? QString()
                          : !devices.known         ? tr("CUDA devices are known once the engine is loaded")
                                                   : tr("No CUDA device: %1").arg(why));
    device_note_->setVisible(!device_note_->text().isEmpty());
    show_precisions();
}

void ModelDialog::show_precisions() {
    const QString wanted = precision_->count() == 0 ? QString::fromStdString(start_.precision) : precision();
    {
        const QSignalBlocker blocker(precision_);
        precision_->clear();
        for (const char* name : {"fp32", "bf16", "fp16", "int8", "nf4"}) {
            const QString text = QLatin1String(name);
            if (on_cpu() && text == QLatin1String("fp16")) {
                add_disabled(precision_, tr("fp16: needs CUDA"));
                continue;
            }
            const std::optional<std::int64_t> bytes = check_.report() ? check_.report()->weight_bytes(name, on_cpu()) : std::nullopt;
            precision_->addItem(bytes ? QStringLiteral("%1 \u00b7 %2").arg(text, model_size_text(*bytes)) : text, text);
        }
        precision_->setCurrentIndex(std::max(0, precision_->findData(wanted)));
    }
    show_memory();
}

void ModelDialog::show_memory() {
    precision_note_->setText(model_precision_text(precision(), on_cpu()));
    const std::optional<ModelReport>& report = check_.report();
    const bool usable = report && report->usable();
    open_->setEnabled(usable && !precision().isEmpty());
    const std::optional<std::int64_t> bytes = usable ? report->weight_bytes(precision().toStdString(), on_cpu()) : std::nullopt;
    const QString words = bytes ? model_memory_text(*report, *bytes, on_cpu()) : QStringLiteral("\u2013");
    if (bytes && is_too_large(*report, *bytes, on_cpu())) {
        show_error(memory_, words);
    } else {
        show_plain(memory_, words);
    }
    fit();
}

void ModelDialog::fit() {
    layout()->activate();
    setMinimumHeight(layout()->totalHeightForWidth(width()));
}

void ModelDialog::resizeEvent(QResizeEvent* event) {
    QDialog::resizeEvent(event);
    if (event->oldSize().width() != event->size().width()) {
        fit();
    }
}

void ModelDialog::open_model() {
    if (!open_->isEnabled() || !threads_->commit()) {  // Return in the path, before it was looked at; a number that was refused
        return;
    }
    if (!folder().isEmpty()) {
        remember_folder(folder());
    }
    Q_EMIT chosen(options());
    accept();
}

}  // namespace r2t2::ui
