// A form that scrolls, and in which the field with the keyboard stays in sight: messages about fields take their room from it, above,
// below or between its rows. Thread rule: the interface's.
#pragma once

#include <QApplication>
#include <QEvent>
#include <QScrollArea>
#include <QTimer>

namespace r2t2::ui {

class FormScroll final : public QScrollArea {
public:
    explicit FormScroll(QWidget* parent) : QScrollArea(parent) {
        setWidgetResizable(true);
        setFrameShape(QFrame::NoFrame);
        setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    }

protected:
    /// Of the viewport.
    bool viewportEvent(QEvent* event) override {
        const bool done = QScrollArea::viewportEvent(event);
        if (event->type() == QEvent::Resize) {
            keep_focus_in_sight();
        }
        return done;
    }
    /// Of the form inside.
    bool eventFilter(QObject* watched, QEvent* event) override {
        if (watched == widget() && (event->type() == QEvent::Resize || event->type() == QEvent::LayoutRequest)) {
            QTimer::singleShot(0, this, [this] { keep_focus_in_sight(); });  // when its rows have their places
        }
        return QScrollArea::eventFilter(watched, event);
    }

private:
    void keep_focus_in_sight() {
        QWidget* field = QApplication::focusWidget();
        if (field != nullptr && widget() != nullptr && widget()->isAncestorOf(field)) {
            const QPoint middle = field->mapTo(widget(), field->rect().center());
            ensureVisible(middle.x(), middle.y(), 0, field->height() / 2 + 4);  // ensureWidgetVisible() is content with the text cursor
        }
    }
};

}  // namespace r2t2::ui
