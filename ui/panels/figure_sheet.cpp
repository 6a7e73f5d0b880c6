#include "ui/panels/figure_sheet.h"

#include <QPainter>
#include <algorithm>

namespace r2t2::ui {

FigureSheet::FigureSheet(QWidget* parent) : QWidget(parent) {
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Figure"));
    set_up_plot_menu(this, this);
}

void FigureSheet::set_figure(FigurePtr figure) {
    figure_ = std::move(figure);
    setAccessibleDescription(figure_ ? figure_->plot_name() : words_);
    update();
}

void FigureSheet::set_words(const QString& words) {
    words_ = words;
    update();
}

double FigureSheet::zoom() const {
    const QSizeF size = plot_size();
    const QSizeF room(width() - 40.0, height() - 40.0);
    return size.isEmpty() ? 1.0 : std::clamp(std::min(room.width() / size.width(), room.height() / size.height()), 0.1, 4.0);
}

void FigureSheet::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    Q_EMIT zoomChanged();
}

void FigureSheet::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    if (!figure_) {
        draw_empty(painter, screen_look(*this), rect(), words_);
        return;
    }
    const QSizeF size = figure_->plot_size() * zoom();
    const QRectF paper(QPointF((width() - size.width()) / 2.0, (height() - size.height()) / 2.0), size);
    painter.fillRect(paper.adjusted(-11, -11, 13, 13), ink(palette(), 0.18));
    painter.fillRect(paper.adjusted(-12, -12, 12, 12), Qt::white);
    painter.translate(paper.topLeft());
    painter.scale(zoom(), zoom());
    figure_->render_to(painter, figure_->plot_size());
    painter.resetTransform();
    if (hasFocus()) {
        draw_focus_frame(painter, *this);
    }
}

void FigureSheet::render_to(QPainter& painter, const QSizeF& size) const {
    if (figure_) {
        figure_->render_to(painter, size);
    }
}
QString FigureSheet::tsv() const { return figure_ ? figure_->tsv() : QString(); }
QString FigureSheet::plot_name() const { return figure_ ? figure_->plot_name() : QStringLiteral("figure"); }
QSizeF FigureSheet::plot_size() const { return figure_ ? figure_->plot_size() : QSizeF(310, 200); }
QString FigureSheet::plot_provenance() const { return figure_ ? figure_->plot_provenance() : Plot::plot_provenance(); }

}  // namespace r2t2::ui
