// The menu of every view (declared in plot_export.h): copy, save. No nested event loops: dialogs are opened, not run.
#include <QAction>
#include <QCoreApplication>
#include <QMenu>
#include <functional>

#include "ui/plots/plot_export.h"
#include "ui/plots/save_dialog.h"

namespace r2t2::ui {

namespace {

QString words(const char* text) {
    return QCoreApplication::translate("r2t2::ui::Plot", text);
}

void ask_where(const Plot* plot, QWidget* widget) {
    ask_where_to_save(widget, {words("Save figure"), plot->plot_name(), [plot](const QString& path) { return save_plot(*plot, path); }});
}

struct Entry {
    const char* name;  ///< object name: found again by tests and by the shell's list of keys
    const char* text;
    const char* tip;
    QKeySequence keys;
    std::function<void(const Plot*, QWidget*)> act;
};

const std::vector<Entry>& entries() {
    static const std::vector<Entry> all = {
        {"plot_copy_png", QT_TRANSLATE_NOOP("r2t2::ui::Plot", "Copy as &picture"),
         QT_TRANSLATE_NOOP("r2t2::ui::Plot", "Puts the figure on the clipboard as a picture of 300 dpi."),
         QKeySequence(Qt::CTRL | Qt::Key_C), [](const Plot* plot, QWidget*) { copy_as_png(*plot); }},
        {"plot_copy_svg", QT_TRANSLATE_NOOP("r2t2::ui::Plot", "Copy as &SVG"),
         QT_TRANSLATE_NOOP("r2t2::ui::Plot", "Puts the figure on the clipboard as vector graphics; words stay text."),
         QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_C), [](const Plot* plot, QWidget*) { copy_as_svg(*plot); }},
        {"plot_copy_tsv", QT_TRANSLATE_NOOP("r2t2::ui::Plot", "Copy &numbers"),
         QT_TRANSLATE_NOOP("r2t2::ui::Plot",
                           "Puts the plotted numbers on the clipboard, parted by tabs, with a header."),
         QKeySequence(Qt::CTRL | Qt::ALT | Qt::Key_C), [](const Plot* plot, QWidget*) { copy_as_tsv(*plot); }},
        {"plot_save", QT_TRANSLATE_NOOP("r2t2::ui::Plot", "S&ave as SVG, PDF, PNG or CSV…"),
         QT_TRANSLATE_NOOP("r2t2::ui::Plot", "Writes the figure or its numbers into a file; the ending says which."),
         QKeySequence(Qt::CTRL | Qt::ALT | Qt::Key_S), ask_where},
    };
    return all;
}

constexpr const char* kMenuKey = "plot_menu";
constexpr const char* kPopup = "plot_popup";

void show_menu(QWidget* widget, QPoint at) {
    if (widget->findChild<QMenu*>(QLatin1String(kPopup), Qt::FindDirectChildrenOnly) != nullptr) {
        return;  // the key and the request it made
    }
    auto* menu = new QMenu(widget);
    menu->setObjectName(QLatin1String(kPopup));
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setToolTipsVisible(true);
    for (QAction* action : widget->actions()) {
        if (action->objectName() != QLatin1String(kMenuKey)) {
            menu->addAction(action);
        }
    }
    menu->popup(widget->mapToGlobal(at));
}

QAction* action_of(const Entry& entry, Plot* plot, QWidget* widget) {
    if (auto* made = widget->findChild<QAction*>(QLatin1String(entry.name), Qt::FindDirectChildrenOnly)) {
        return made;
    }
    auto* action = new QAction(words(entry.text), widget);
    action->setObjectName(QLatin1String(entry.name));
    action->setShortcut(entry.keys);
    action->setShortcutContext(Qt::WidgetShortcut);
    action->setToolTip(words(entry.tip) + QStringLiteral(" (%1)").arg(entry.keys.toString(QKeySequence::NativeText)));
    action->setStatusTip(words(entry.tip));
    QObject::connect(action, &QAction::triggered, widget, [act = entry.act, plot, widget] { act(plot, widget); });
    widget->addAction(action);
    return action;
}

}  // namespace

void add_plot_actions(QMenu* menu, Plot* plot, QWidget* widget) {
    for (const Entry& entry : entries()) {
        QAction* action = action_of(entry, plot, widget);
        if (menu != nullptr) {
            menu->addAction(action);
        }
    }
    if (menu != nullptr) {
        menu->setToolTipsVisible(true);
    }
}

void set_up_plot_menu(QWidget* widget, Plot* plot) {
    add_plot_actions(nullptr, plot, widget);
    widget->setContextMenuPolicy(Qt::CustomContextMenu);
    QObject::connect(widget, &QWidget::customContextMenuRequested, widget,
                     [widget](QPoint at) { show_menu(widget, at); });
    // Some platforms turn the Menu key into a request for the menu, some do not.
    auto* key = new QAction(words("Menu of this figure"), widget);
    key->setObjectName(QLatin1String(kMenuKey));
    key->setShortcuts({QKeySequence(Qt::Key_Menu), QKeySequence(Qt::SHIFT | Qt::Key_F10)});
    key->setShortcutContext(Qt::WidgetShortcut);
    QObject::connect(key, &QAction::triggered, widget, [widget] { show_menu(widget, widget->rect().center()); });
    widget->addAction(key);
}

}  // namespace r2t2::ui
