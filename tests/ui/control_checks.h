// Which controls of a window say nothing about themselves or cannot be reached by keyboard.
#pragma once

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAbstractSpinBox>
#include <QComboBox>
#include <QLineEdit>
#include <QStringList>
#include <QTabBar>
#include <QWidget>

namespace r2t2::ui {

/// One line a control that lacks a tooltip or cannot take the focus; Qt's own inner parts are left out.
inline QStringList poor_controls(const QWidget& window) {
    QStringList out;
    for (const QWidget* widget : window.findChildren<QWidget*>()) {
        const bool control = qobject_cast<const QAbstractButton*>(widget) || qobject_cast<const QComboBox*>(widget) ||
                             qobject_cast<const QAbstractSpinBox*>(widget) || qobject_cast<const QAbstractItemView*>(widget) ||
                             (qobject_cast<const QLineEdit*>(widget) && !qobject_cast<const QAbstractSpinBox*>(widget->parentWidget()));
        const QString kind = QLatin1String(widget->metaObject()->className());
        const bool own = !widget->objectName().startsWith(QLatin1String("qt_")) && !kind.startsWith(QLatin1String("QDockWidget")) &&
                         !kind.contains(QLatin1String("Popup")) && !kind.contains(QLatin1String("QComboBoxListView")) &&
                         !kind.startsWith(QLatin1String("QTableCorner")) && !kind.startsWith(QLatin1String("QHeader")) &&
                         !kind.startsWith(QLatin1String("QScrollBar")) && !qobject_cast<const QTabBar*>(widget->parentWidget()) &&
                         !qobject_cast<const QLineEdit*>(widget->parentWidget());
        if (control && own && widget->toolTip().isEmpty()) {
            out << kind + QLatin1Char(' ') + widget->objectName() + QStringLiteral(" has no tooltip");
        }
        if (control && own && widget->focusPolicy() == Qt::NoFocus) {
            out << kind + QLatin1Char(' ') + widget->objectName() + QStringLiteral(" cannot be reached by keyboard");
        }
    }
    return out;
}

}  // namespace r2t2::ui
