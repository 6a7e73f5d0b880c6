// Opening files and models; writing plots and animations.
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QMenu>
#include <QSettings>
#include <QStandardPaths>
#include <QStatusBar>

#include "core/base/log.h"
#include "ui/figures/figure_files.h"
#include "ui/panels/data_page.h"
#include "ui/panels/main_window.h"
#include "ui/panels/model_dialog.h"
#include "ui/panels/routing_panel.h"
#include "ui/panels/trajectory_frames.h"
#include "ui/paths/file_path.h"
#include "ui/plots/plot_export.h"
#include "ui/plots/save_dialog.h"

namespace r2t2::ui {

namespace {

constexpr int kRecent = 12;
const QString kRecentKey = QStringLiteral("recent");

/// A folder of pictures has neither.
bool is_checkpoint(const QString& path) {
    const QDir folder(path);
    return !path.isEmpty() && folder.exists(QStringLiteral("config.json")) && folder.exists(QStringLiteral("tokenizer.model"));
}

}  // namespace

void MainWindow::choose_files() {
    const QString path = QFileDialog::getOpenFileName(
        this, tr("Open"), {}, tr("Pictures, data sets, sessions (*.png *.jpg *.jpeg *.bmp *.webp *.json *.sqlite);;All files (*)"));
    if (!path.isEmpty()) {
        open_path(path);
    }
}

void MainWindow::choose_folder() {
    const QString path = QFileDialog::getExistingDirectory(this, tr("Open folder of pictures"));
    if (!path.isEmpty()) {
        open_path(path);
    }
}

/// Window-modal, and nothing waits for it: jobs go on.
void MainWindow::choose_model(const QString& folder) {
    auto* dialog = new ModelDialog(workspace_, workspace_.inspector() ? workspace_.options() : opening_.options, this);
    connect(dialog, &ModelDialog::chosen, this, &MainWindow::open_again);
    if (!folder.isEmpty()) {
        dialog->choose_folder(folder);
    }
    dialog->open();
}

/// Another model or reference set for the samples that are open, at the sample that is shown.
void MainWindow::open_again(const InspectorOptions& options) { workspace_.open(options, opened_, Workspace::First::Same); }

void MainWindow::refine_reference() {
    show_page(Page::Data);
    data_page_->choose_refined_folder();
}

void MainWindow::open_path(const QString& path) {
    if (is_checkpoint(path)) {
        choose_model(path);
        return;
    }
    question_waiting_ = false;
    const std::optional<QString> file = file_of(path);
    if (!file) {
        return;
    }
    workspace_.open_samples(*file, link_waiting_ ? Workspace::First::Nothing : Workspace::First::Sample);
}

std::optional<QString> MainWindow::file_of(const QString& path) {
    link_waiting_.reset();
    const bool direct = path.startsWith(QLatin1String("r2t2://"));
    const std::optional<QString> text = direct ? std::optional(path) : link_in_file(path);
    if (!text) {
        return path;
    }
    const auto told = [this](const Error& error) {
        log_error("link", error.message());
        Q_EMIT workspace_.failed(ErrorPlace::Samples, QString::fromStdString(error.message()));
        return std::nullopt;
    };
    const Result<SessionLink> link = parse_link(*text);
    if (!link) {
        return told(link.error());
    }
    QStringList folders;
    if (!direct) {
        folders << QFileInfo(path).absolutePath() << QFileInfo(path).absolutePath() + QStringLiteral("/..");
    }
    const QStringList recent = QSettings().value(kRecentKey).toStringList();
    for (const QString& each : recent) {
        folders << QFileInfo(each).absolutePath();
    }
    folders << QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation) + QStringLiteral("/r2t2/sessions") << QDir::currentPath();
    const Result<QString> session = find_session(*link, folders);
    if (!session) {
        return told(session.error());
    }
    link_waiting_ = *link;
    return *session;
}

void MainWindow::remember(const QString& path) {
    QSettings settings;
    const QString full = QFileInfo(path).absoluteFilePath();
    QStringList recent = settings.value(kRecentKey).toStringList();
    recent.removeAll(full);
    recent.prepend(full);
    settings.setValue(kRecentKey, recent.mid(0, kRecent));
}

void MainWindow::show_recent() {
    recent_->clear();
    const QStringList recent = QSettings().value(kRecentKey).toStringList();
    for (const QString& path : recent) {
        QAction* action = recent_->addAction(shown_path(QFileInfo(path).fileName()), this, [this, path] { open_path(path); });
        action->setToolTip(shown_path(path));
        action->setStatusTip(shown_path(path));
    }
    if (recent.isEmpty()) {
        recent_->addAction(tr("Nothing yet"))->setEnabled(false);
    }
}

/// One file a group: a name with the group put in before the extension.
void MainWindow::export_plots() {
    const auto files = [this](const QString& path) {
        const QFileInfo file(path);
        QStringList all;
        for (const Plot* plot : routing_->plots()) {
            all << file.dir().filePath(file.completeBaseName() + QLatin1Char('_') + plot->plot_name() + QLatin1Char('.') + file.suffix());
        }
        return all;
    };
    const auto save = [this, files](const QString& path) -> Status {
        const Status saved = save_plots(files(path));
        if (!saved) {
            log_error("export", saved.error().message());
            return saved;
        }
        statusBar()->showMessage(tr("Written: %1").arg(files(path).join(QStringLiteral(", "))), 12000);
        return {};
    };
    ask_where_to_save(this, {tr("Export plots"), QStringLiteral("routing"), save, files});
}

/// Parallel to the routing view's plots.
Status MainWindow::save_plots(const QStringList& files) {
    const Result<FolderClaim> claim = claim_folder(QFileInfo(files.value(0)).absolutePath());
    if (!claim) {
        return claim.error();
    }
    remove_former(files);
    qsizetype next = 0;
    for (const Plot* plot : routing_->plots()) {
        R2T2_TRY(save_plot(*plot, files.value(next++)));
    }
    return {};
}

void MainWindow::export_frames() {
    const QString folder = QFileDialog::getExistingDirectory(this, tr("Folder for the frames: a picture per step, and trajectory.gif"));
    if (folder.isEmpty()) {
        return;
    }
    auto* writer = new FrameWriter(workspace_, *routing_, this);
    connect(writer, &FrameWriter::finished, this, [this, writer](const QString& what) {
        statusBar()->showMessage(what, 12000);
        writer->deleteLater();
    });
    writer->write(folder);
}

}  // namespace r2t2::ui
