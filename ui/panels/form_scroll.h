// A form that scrolls, and in which the field that has the keyboard, or had it last, stays in sight: messages about fields take their room
// from it, above, below or between its rows. Thread rule: the interface's.
#pragma once

#include <QApplication>
#include <QEvent>
#include <QPointer>
#include <QScrollArea>
#include <QTimer>

namespace r2t2::ui {

class FormScroll final : public QScrollArea {
public:
    explicit FormScroll(QWidget* parent) : QScrollArea(parent) {
        setWidgetResizable(true);
        setFrameShape(QFrame::NoFrame);
        setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
        connect(qApp, &QApplication::focusChanged, this, [this](QWidget*, QWidget* now) {
            if (now != nullptr && widget() != nullptr && widget()->isAncestorOf(now)) {
                field_ = now;  // who presses Start below the form is told about it
            }
        });
    }

protected:
    /// Of the viewport.
    bool viewportEvent(QEvent* event) override {
        const bool done = QScrollArea::viewportEvent(event);
        if (event->type() == QEvent::Resize) {
            keep_field_in_sight();
        }
        return done;
    }
    /// Of the form inside.
    bool eventFilter(QObject* watched, QEvent* event) override {
        if (watched == widget() && (event->type() == QEvent::Resize || event->type() == QEvent::LayoutRequest)) {
            QTimer::singleShot(0, this, [this] { keep_field_in_sight(); });  // when its rows have their places
        }
        return QScrollArea::eventFilter(watched, event);
    }

private:
    void keep_field_in_sight() {
        if (field_ && widget() != nullptr && widget()->isAncestorOf(field_)) {
            const QPoint middle = field_->mapTo(widget(), field_->rect().center());
            ensureVisible(middle.x(), middle.y(), 0, field_->height() / 2 + 4);  // ensureWidgetVisible() is content with the text cursor
        }
    }
    QPointer<QWidget> field_;
};

}  // namespace r2t2::ui
