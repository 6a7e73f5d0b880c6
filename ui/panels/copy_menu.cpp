#include "ui/panels/copy_menu.h"

#include <QMenu>

namespace r2t2::ui {

void set_up_copy_menu(QWidget* widget, std::vector<CopyEntry> entries) {
    widget->setContextMenuPolicy(Qt::CustomContextMenu);
    QObject::connect(widget, &QWidget::customContextMenuRequested, widget, [widget, entries = std::move(entries)](QPoint at) {
        auto* menu = new QMenu(widget);
        menu->setObjectName(QStringLiteral("copyMenu"));
        menu->setAttribute(Qt::WA_DeleteOnClose);
        for (const CopyEntry& entry : entries) {
            menu->addAction(entry.words, widget, entry.copies)->setObjectName(QLatin1String(entry.name));
        }
        menu->popup(widget->mapToGlobal(at));
    });
}

}  // namespace r2t2::ui
