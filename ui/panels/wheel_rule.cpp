#include "ui/panels/wheel_rule.h"

#include <QAbstractSlider>
#include <QAbstractSpinBox>
#include <QComboBox>
#include <QEvent>
#include <QScrollBar>

namespace r2t2::ui {

namespace {

bool is_field(const QWidget& widget) {
    const bool slider = qobject_cast<const QAbstractSlider*>(&widget) != nullptr && qobject_cast<const QScrollBar*>(&widget) == nullptr;
    return slider || qobject_cast<const QAbstractSpinBox*>(&widget) != nullptr || qobject_cast<const QComboBox*>(&widget) != nullptr;
}

class WheelRule final : public QObject {
public:
    using QObject::QObject;

protected:
    bool eventFilter(QObject* watched, QEvent* event) override {
        if (event->type() != QEvent::Wheel && event->type() != QEvent::Polish) {
            return false;
        }
        auto* field = qobject_cast<QWidget*>(watched);
        if (field == nullptr || !is_field(*field)) {
            return false;
        }
        if (event->type() == QEvent::Polish) {
            if (field->focusPolicy() == Qt::WheelFocus) {  // else the wheel gives it the keyboard first
                field->setFocusPolicy(Qt::StrongFocus);
            }
            return false;
        }
        const QWidget* focus = QApplication::focusWidget();
        if (focus != nullptr && (focus == field || field->isAncestorOf(focus))) {
            return false;
        }
        event->ignore();  // what it stands in scrolls
        return true;
    }
};

}  // namespace

void keep_wheel_for_scrolling(QApplication& application) {
    const QString name = QStringLiteral("wheelRule");
    if (application.findChild<QObject*>(name, Qt::FindDirectChildrenOnly) != nullptr) {
        return;
    }
    auto* rule = new WheelRule(&application);
    rule->setObjectName(name);
    application.installEventFilter(rule);
}

}  // namespace r2t2::ui
