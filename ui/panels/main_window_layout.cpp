// Where the docks are: built-in and named layouts, restored at start; the theme.
#include <QApplication>
#include <QDockWidget>
#include <QInputDialog>
#include <QLineEdit>
#include <QMenu>
#include <QSettings>
#include <QTimer>

#include "ui/panels/main_window.h"

namespace r2t2::ui {

namespace {

QString layout_key(const QString& name) { return QStringLiteral("layouts/") + name; }

}  // namespace

void MainWindow::use_layout(const QString& name) {
    show_page(Page::Inspect);
    setUpdatesEnabled(false);  // what moves in a shown window takes its pixels along, half painted ones too
    QTimer::singleShot(0, this, [this] {
        hide_empty_tabs();
        setUpdatesEnabled(true);  // once everything is where it stays
    });
    const QByteArray kept = QSettings().value(layout_key(name)).toByteArray();
    if (!kept.isEmpty()) {
        restoreState(kept, kLayoutVersion);
        return;
    }
    const bool wide = name == QLatin1String("wide");
    const auto dock = [this](const char* object) {
        for (QDockWidget* each : docks_) {
            if (each->objectName() == QLatin1String(object)) {
                return each;
            }
        }
        Q_UNREACHABLE();
    };
    for (QDockWidget* each : docks_) {
        each->setFloating(false);
        removeDockWidget(each);
        each->show();
    }
    addDockWidget(Qt::LeftDockWidgetArea, dock("samples"));
    addDockWidget(Qt::LeftDockWidgetArea, dock("picture"));
    addDockWidget(Qt::RightDockWidgetArea, dock("answers"));
    addDockWidget(Qt::RightDockWidgetArea, dock("method"));
    if (wide) {
        splitDockWidget(dock("method"), dock("map"), Qt::Vertical);
    } else {
        addDockWidget(Qt::RightDockWidgetArea, dock("map"));
        tabifyDockWidget(dock("method"), dock("map"));
    }
    addDockWidget(Qt::BottomDockWidgetArea, dock("experts"));
    if (wide) {
        splitDockWidget(dock("experts"), dock("neighbours"), Qt::Horizontal);
    } else {
        tabifyDockWidget(dock("experts"), dock("neighbours"));
    }
    for (const char* each : {"compare", "curves", "gates", "knockouts"}) {
        tabifyDockWidget(dock("experts"), dock(each));
    }
    for (const char* each : {"steps", "log"}) {
        tabifyDockWidget(dock("neighbours"), dock(each));
    }
    dock("experts")->raise();
    dock("neighbours")->raise();
    if (!wide) {
        dock("experts")->raise();
        dock("method")->raise();
    }
    if (name == QLatin1String("compare")) {
        dock("compare")->raise();
    }
    layout()->activate();  // in a window that is already shown, sizes given before the docks have places are lost
    const int left = wide ? 520 : 268, right = wide ? 460 : 288;
    const int low = wide ? 420 : name == QLatin1String("compare") ? 330 : 218;
    resizeDocks({dock("samples"), dock("answers")}, {left, right}, Qt::Horizontal);
    resizeDocks({dock("samples"), dock("picture")}, {3, 2}, Qt::Vertical);
    if (wide) {
        resizeDocks({dock("answers"), dock("method"), dock("map")}, {250, 480, 560}, Qt::Vertical);
    } else {
        resizeDocks({dock("answers"), dock("method")}, {3, 4}, Qt::Vertical);
    }
    resizeDocks({dock("experts")}, {low}, Qt::Vertical);
}

void MainWindow::show_panel(const QString& name) {
    show_page(Page::Inspect);
    for (QDockWidget* dock : docks_) {
        if (dock->objectName() == name) {
            dock->show();
            dock->raise();
        }
    }
}

void MainWindow::set_theme(Theme theme) {
    theme_ = theme;
    QSettings().setValue(QStringLiteral("theme"), name_of(theme));
    apply_theme(*qApp, theme);
}

void MainWindow::save_layout() {
    QSettings settings;
    settings.setValue(QStringLiteral("window/geometry"), saveGeometry());
    settings.setValue(QStringLiteral("window/state"), page_ == Page::Inspect ? saveState(kLayoutVersion) : inspect_state_);
}

void MainWindow::restore_layout() {
    QSettings settings;
    use_layout(width() >= 1800 ? QStringLiteral("wide") : QStringLiteral("inspect"));
    restoreState(settings.value(QStringLiteral("window/state")).toByteArray(), kLayoutVersion);
}

void MainWindow::save_named_layout() {
    bool ok = false;
    const QString name = QInputDialog::getText(this, tr("Save layout"), tr("Name"), QLineEdit::Normal, {}, &ok).trimmed();
    if (ok && !name.isEmpty()) {
        QSettings().setValue(layout_key(name), page_ == Page::Inspect ? saveState(kLayoutVersion) : inspect_state_);
    }
}

void MainWindow::show_layouts() {
    layouts_->clear();
    QSettings settings;
    settings.beginGroup(QStringLiteral("layouts"));
    QStringList names = {QStringLiteral("inspect"), QStringLiteral("wide"), QStringLiteral("compare")};
    for (const QString& name : settings.childKeys()) {
        if (!names.contains(name)) {
            names << name;
        }
    }
    for (const QString& name : names) {
        QAction* action = layouts_->addAction(name, this, [this, name] { use_layout(name); });
        action->setToolTip(tr("Arrange the panels this way"));
    }
}

}  // namespace r2t2::ui
