#include "ui/panels/reference_folder_dialog.h"

#include <QDialogButtonBox>
#include <QDir>
#include <QFileDialog>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QPushButton>
#include <QSettings>
#include <QStandardPaths>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/panels/theme.h"
#include "ui/paths/file_path.h"

namespace r2t2::ui {

namespace {

const QString kPlaceKey = QStringLiteral("references/place");

QString usual_place() {
    const QDir home(QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation));
    return QSettings().value(kPlaceKey, home.filePath(QStringLiteral("r2t2/references"))).toString();
}

}  // namespace

ReferenceFolderDialog::ReferenceFolderDialog(const Wish& wish, QWidget* parent) : QDialog(parent), refines_(wish.refines) {
    setObjectName(QStringLiteral("referenceFolderDialog"));
    setWindowTitle(wish.title);
    auto* column = new QVBoxLayout(this);
    auto* form = new QFormLayout;
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    column->addLayout(form);
    auto* row = new QHBoxLayout;
    place_ = new QLineEdit(this);
    place_->setObjectName(QStringLiteral("referencePlace"));
    place_->setAccessibleName(tr("Place"));
    place_->setToolTip(tr("The folder that the new one is made in"));
    row->addWidget(place_, 1);
    auto* browse = new QToolButton(this);
    browse->setObjectName(QStringLiteral("referenceBrowse"));
    browse->setText(tr("Browse\u2026"));
    browse->setToolTip(tr("Choose the place"));
    connect(browse, &QToolButton::clicked, this, &ReferenceFolderDialog::browse);
    row->addWidget(browse);
    auto* place_label = new QLabel(tr("&Place"), this);
    place_label->setBuddy(place_);
    form->addRow(place_label, row);
    name_ = new QLineEdit(this);
    name_->setObjectName(QStringLiteral("referenceName"));
    name_->setAccessibleName(tr("Name"));
    name_->setToolTip(tr("Of the set's folder"));
    auto* name_label = new QLabel(tr("&Name"), this);
    name_label->setBuddy(name_);
    form->addRow(name_label, name_);
    there_ = new QLabel(this);
    there_->setObjectName(QStringLiteral("referenceThere"));
    there_->setAccessibleName(tr("What is there"));
    there_->setTextFormat(Qt::PlainText);
    there_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    there_->setWordWrap(true);
    there_->setMinimumHeight(2 * there_->fontMetrics().lineSpacing());  // the dialog does not jump while one types
    there_->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    form->addRow(new QLabel(tr("There"), this), there_);
    column->addStretch(1);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    go_ = buttons->addButton(refines_ ? tr("Refine") : tr("Build"), QDialogButtonBox::AcceptRole);
    go_->setObjectName(QStringLiteral("referenceGo"));
    go_->setDefault(true);
    connect(buttons, &QDialogButtonBox::accepted, this, &ReferenceFolderDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &ReferenceFolderDialog::reject);
    column->addWidget(buttons);

    const std::filesystem::path before = file_path(wish.go_on);
    place_->setText(before.empty() ? usual_place() : path_text(before.parent_path().string()));
    name_->setText(before.empty() ? free_name(file_path(place_->text()), wish.name) : path_text(before.filename().string()));
    connect(place_, &QLineEdit::textChanged, this, &ReferenceFolderDialog::look);
    connect(name_, &QLineEdit::textChanged, this, &ReferenceFolderDialog::look);
    name_->setFocus();
    name_->selectAll();
    resize(560, sizeHint().height());
    look();
}

QString ReferenceFolderDialog::folder() const {
    std::error_code code;
    return path_text(std::filesystem::absolute(file_path(place_->text()) / file_path(name_->text().trimmed()), code).lexically_normal().string());
}

ReferencePlace ReferenceFolderDialog::there() const {
    const QString name = name_->text().trimmed();
    if (place_->text().trimmed().isEmpty()) {
        return {ReferencePlace::Kind::Refused, tr("choose a place")};
    }
    if (name.isEmpty() || name == QLatin1String(".") || name == QLatin1String("..") || name.contains(QLatin1Char('/'))) {
        return {ReferencePlace::Kind::Refused, name.isEmpty() ? tr("give it a name") : tr("%1 is no name of a folder").arg(name)};
    }
    return reference_place(file_path(folder()), refines_);
}

void ReferenceFolderDialog::look() {
    const ReferencePlace there = this->there();
    const bool refused = there.kind == ReferencePlace::Kind::Refused;
    if (refused) {
        show_error(there_, there.words);
    } else {
        show_plain(there_, there.words);
    }
    go_->setEnabled(!refused);
    go_->setText(there.kind == ReferencePlace::Kind::Set ? tr("Replace\u2026") : there.kind == ReferencePlace::Kind::Unfinished ? tr("Go on") : refines_ ? tr("Refine") : tr("Build"));
}

/// A place that is a reference set itself is taken for that set: its name, and where it lies.
void ReferenceFolderDialog::browse() {
    const QString path = QFileDialog::getExistingDirectory(this, tr("Place of the reference set"), place_->text());
    if (path.isEmpty()) {
        return;
    }
    const std::filesystem::path folder = file_path(path);
    const bool set = stored_set(folder).has_value();
    place_->setText(set ? path_text(folder.parent_path().string()) : path);
    if (set) {
        name_->setText(path_text(folder.filename().string()));
    }
}

void ReferenceFolderDialog::accept() {
    const ReferencePlace there = this->there();  // of now: the disk may have changed
    look();
    if (there.kind == ReferencePlace::Kind::Refused) {
        return;
    }
    if (there.kind != ReferencePlace::Kind::Set) {
        finish();
        return;
    }
    auto* box = new QMessageBox(QMessageBox::Question, tr("Replace reference set?"), tr("%1 is there already: %2. Replace it?").arg(shown_path(folder()), there.words),
                                QMessageBox::Yes | QMessageBox::Cancel, this);
    box->setObjectName(QStringLiteral("referenceReplace"));
    box->setTextFormat(Qt::PlainText);
    box->setDefaultButton(QMessageBox::Cancel);
    box->setAttribute(Qt::WA_DeleteOnClose);
    connect(box, &QMessageBox::finished, this, [this](int answer) {
        if (answer == QMessageBox::Yes) {
            finish();
        }
    });
    box->open();
}

void ReferenceFolderDialog::finish() {
    QSettings().setValue(kPlaceKey, place_->text());
    const QString folder = this->folder();
    QDialog::accept();
    Q_EMIT chosen(folder);
}

}  // namespace r2t2::ui
