// Which reference set is in use: the menu that chooses one, the status bar that names it.
#include <QActionGroup>
#include <QFileDialog>
#include <QFileInfo>
#include <QLabel>
#include <QMenu>
#include <QSettings>
#include <QStatusBar>

#include "ui/models/reference_folder.h"
#include "ui/models/reference_words.h"
#include "ui/panels/main_window.h"
#include "ui/paths/file_path.h"

namespace r2t2::ui {

namespace {

constexpr int kRecentReferences = 8, kReferenceWidth = 250;
const QString kRecentReferencesKey = QStringLiteral("recent references");

QString whole(const std::string& path) { return path.empty() ? QString() : QFileInfo(path_text(path)).absoluteFilePath(); }

}  // namespace

void MainWindow::build_reference_menu(QMenu* menu) {
    references_ = menu->addMenu(tr("Re&ferences"));
    references_->setObjectName(QStringLiteral("references"));
    references_->setToolTipsVisible(true);
    QAction* bundled = command(references_, tr("&Bundled references"), {}, tr("Those that come with the model, or are built of the bundled world"), [this] { use_reference({}); });
    bundled->setObjectName(QStringLiteral("referenceBundled"));
    bundled->setCheckable(true);
    recent_references_ = references_->addSeparator();
    command(references_, tr("Open &folder\u2026"), {}, tr("A reference store: the folder that r2t2 reference build, refine or the Data page has made"), [this] { choose_reference_folder(); })
        ->setObjectName(QStringLiteral("referenceFolder"));
    command(references_, tr("Open reference &set\u2026"), {}, tr("A reference store or a JSON file"), [this] { choose_reference(); });
    connect(references_, &QMenu::aboutToShow, this, [this, bundled] { show_references(bundled); });
    connect(&workspace_, &Workspace::inspectorChanged, this, [this, bundled] {
        bundled->setChecked(workspace_.options().reference.empty());
        tell_references();
    });
}

/// The session's own where that is another, then those that were in use before.
void MainWindow::show_references(QAction* bundled) {
    const QString now = whole(workspace_.options().reference);
    bundled->setChecked(workspace_.inspector() && now.isEmpty());  // choosing it has toggled the tick
    for (QAction* action : offered_references_) {
        references_->removeAction(action);
        action->deleteLater();
    }
    offered_references_.clear();
    const auto offer = [&](const QString& path, const QString& text, const QString& tip) {
        auto* action = new QAction(text, this);
        action->setCheckable(true);
        action->setChecked(path == now);
        action->setToolTip(tip);
        action->setStatusTip(tip);
        connect(action, &QAction::triggered, this, [this, path] { use_reference(path); });
        references_->insertAction(recent_references_, action);
        offered_references_ << action;
    };
    const auto own = workspace_.other_references();
    if (own) {
        offer(whole(own->path), tr("Of this session: %1").arg(reference_name(own->path)), own->path.empty() ? tr("The bundled references, which its runs had") : shown_path(whole(own->path)));
        offered_references_.back()->setObjectName(QStringLiteral("referenceOfSession"));
    }
    QStringList recent = QSettings().value(kRecentReferencesKey).toStringList();
    if (!now.isEmpty() && !recent.contains(now)) {
        recent.prepend(now);
    }
    std::vector<std::string> paths;
    for (const QString& path : recent) {
        paths.push_back(file_path(path).string());
    }
    const QStringList names = telling_names(paths);
    for (qsizetype i = 0; i < recent.size(); ++i) {
        if (!own || recent[i] != whole(own->path)) {
            const std::optional<StoredSet> set = stored_set(file_path(recent[i]));
            const QString size = set ? size_words(*set) : QString();
            offer(recent[i], names[i], size.isEmpty() ? shown_path(recent[i]) : shown_path(recent[i]) + QLatin1Char('\n') + size);
        }
    }
}

/// Also the one that is in use: it may have been made anew.
void MainWindow::use_reference(const QString& path) {
    InspectorOptions options = workspace_.inspector() ? workspace_.options() : opening_.options;
    options.reference = file_path(path).string();
    open_again(options);
}

void MainWindow::choose_reference() {
    const QString path = QFileDialog::getOpenFileName(this, tr("Open reference set: records.json of a store, or a JSON file"), {}, tr("JSON (*.json)"));
    if (!path.isEmpty()) {
        const QFileInfo file(path);
        use_reference(file.fileName() == QLatin1String("records.json") ? file.absolutePath() : path);
    }
}

void MainWindow::choose_reference_folder() {
    const QString path = QFileDialog::getExistingDirectory(this, tr("Open reference set: the folder of a store"));
    if (!path.isEmpty()) {
        use_reference(path);
    }
}

/// In the status bar all the time; a change is told there and in the log.
void MainWindow::tell_references() {
    const std::string& path = workspace_.options().reference;
    const QString words = reference_words(path, *workspace_.inspector());
    reference_mark_->setText(reference_mark_->fontMetrics().elidedText(words, Qt::ElideMiddle, kReferenceWidth));
    reference_mark_->setToolTip(tr("References in use: %1\n%2\nAnother set: File > References").arg(words, shown_path(path_text(workspace_.inspector()->info().reference_name))));
    if (!path.empty()) {
        QSettings settings;
        QStringList recent = settings.value(kRecentReferencesKey).toStringList();
        recent.removeAll(whole(path));
        recent.prepend(whole(path));
        settings.setValue(kRecentReferencesKey, recent.mid(0, kRecentReferences));
    }
    const std::string hash = workspace_.inspector()->info().reference_hash;
    if (const std::string before = std::exchange(references_told_, hash); !before.empty() && before != hash) {
        log_.sink()({LogLevel::Info, "workbench", tr("References in use now: %1").arg(words).toStdString()});
        acknowledgement_ = tr("References in use now: %1").arg(words);  // once the jobs that go with it leave room for it
    }
}

}  // namespace r2t2::ui
