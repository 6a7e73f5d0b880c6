#include "ui/panels/elided_label.h"

#include <QEvent>
#include <QFontMetrics>

namespace r2t2::ui {

ElidedLabel::ElidedLabel(QWidget* parent) : QLabel(parent) {
    setTextFormat(Qt::PlainText);
    setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
}

void ElidedLabel::set_text(const QString& text) {
    if (text != whole_) {
        whole_ = text;
        elide();
    }
}

/// Of the bold line, so that what becomes loud is no higher.
QSize ElidedLabel::minimumSizeHint() const {
    QFont loud = font();
    loud.setBold(true);
    const QMargins around = contentsMargins();
    return {around.left() + around.right(), around.top() + around.bottom() + std::max(QFontMetrics(loud).height(), fontMetrics().height())};
}

void ElidedLabel::resizeEvent(QResizeEvent* event) {
    QLabel::resizeEvent(event);
    elide();
}

void ElidedLabel::changeEvent(QEvent* event) {
    QLabel::changeEvent(event);
    if (event->type() == QEvent::FontChange) {
        updateGeometry();
        elide();
    }
}

void ElidedLabel::elide() {
    setText(fontMetrics().elidedText(whole_, Qt::ElideRight, contentsRect().width()));
    setToolTip(text() == whole_ ? QString() : whole_);
    setAccessibleName(whole_);
}

}  // namespace r2t2::ui
