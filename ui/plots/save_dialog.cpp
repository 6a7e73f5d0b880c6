#include "ui/plots/save_dialog.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QMessageBox>
#include <QMimeDatabase>

namespace r2t2::ui {

namespace {

QString words(const char* text) { return QCoreApplication::translate("r2t2::ui::Plot", text); }

QString extension_of(const QString& filter) { return filter.section(QStringLiteral("*."), 1).chopped(1); }

QMessageBox* open_box(QWidget* parent, QMessageBox::Icon icon, const QString& title, const QString& text, QMessageBox::StandardButtons buttons) {
    auto* box = new QMessageBox(icon, title, text, buttons, parent);
    box->setObjectName(QStringLiteral("plot_save_box"));
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->open();
    return box;
}

void save_to(QWidget* parent, const SaveWish& wish, const QString& path) {
    if (const Status saved = wish.save(path); !saved) {
        open_box(parent, QMessageBox::Warning, wish.title, words("The figure could not be saved.\n%1").arg(QString::fromStdString(saved.error().message())), QMessageBox::Ok);
    }
}

/// `asked`: the name that the dialog has asked about, if it was there.
void save_unless_kept(QWidget* parent, const SaveWish& wish, const QString& path, const QString& asked) {
    QStringList there;
    for (const QString& file : wish.files ? wish.files(path) : QStringList{path}) {
        if (file != asked && QFileInfo::exists(file)) {
            there << QDir::toNativeSeparators(file);
        }
    }
    if (there.isEmpty()) {
        save_to(parent, wish, path);
        return;
    }
    QMessageBox* box = open_box(parent, QMessageBox::Question, wish.title, words("Replace what is there?\n%1").arg(there.join(QLatin1Char('\n'))), QMessageBox::Yes | QMessageBox::No);
    QObject::connect(box, &QMessageBox::finished, parent, [parent, wish, path](int answer) {
        if (answer == QMessageBox::Yes) {
            save_to(parent, wish, path);
        }
    });
}

}  // namespace

const QStringList& plot_formats() {
    static const QStringList formats = {QStringLiteral("svg"), QStringLiteral("pdf"), QStringLiteral("png"), QStringLiteral("csv"), QStringLiteral("tsv")};
    return formats;
}

QString with_extension(const QString& path, const QString& extension) {
    const QString ending = QFileInfo(path).suffix();
    if (plot_formats().contains(ending.toLower())) {
        return path;
    }
    const bool kind_of_file = !ending.isEmpty() && !ending.front().isDigit() && !QMimeDatabase().mimeTypeForFile(path, QMimeDatabase::MatchExtension).isDefault();
    return kind_of_file ? path : (path.endsWith(QLatin1Char('.')) ? path : path + QLatin1Char('.')) + extension;
}

void ask_where_to_save(QWidget* parent, SaveWish wish) {
    auto* dialog = new QFileDialog(parent, wish.title);
    dialog->setObjectName(QStringLiteral("plot_save_dialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilters({words("Vector graphics (*.svg)"), words("PDF (*.pdf)"), words("Picture, 300 dpi (*.png)"), words("Numbers, comma separated (*.csv)"),
                            words("Numbers, parted by tabs (*.tsv)")});
    dialog->setDefaultSuffix(extension_of(dialog->nameFilters().constFirst()));
    dialog->selectFile(wish.stem);
    QObject::connect(dialog, &QFileDialog::filterSelected, dialog, [dialog](const QString& filter) { dialog->setDefaultSuffix(extension_of(filter)); });
    QObject::connect(dialog, &QFileDialog::fileSelected, parent, [parent, dialog, wish = std::move(wish)](const QString& path) {
        save_unless_kept(parent, wish, with_extension(path, dialog->defaultSuffix()), path);
    });
    dialog->open();
}

}  // namespace r2t2::ui
