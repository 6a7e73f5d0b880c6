#include "ui/plots/weight_bands.h"

#include <QMouseEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "ui/plots/colours.h"

namespace r2t2::ui {

WeightBands::WeightBands(QWidget* parent) : QWidget(parent) {
    setFocusPolicy(Qt::ClickFocus);
}

void WeightBands::set_group(const QString& name, const QStringList& experts) {
    name_ = name;
    experts_ = experts;
    setAccessibleName(tr("Weights of the %1 group by step").arg(name));
    update();
}

void WeightBands::set_steps(std::vector<std::vector<double>> weights) {
    steps_ = std::move(weights);
    update();
}

void WeightBands::set_flips(std::vector<int> steps) {
    flips_ = std::move(steps);
    update();
}

void WeightBands::set_step(int step) {
    if (step != step_) {
        step_ = step;
        update();
    }
}

QRectF WeightBands::plot_area(const QRectF& area) const {
    const QFontMetricsF metrics(font());
    double names = 0.0;
    for (const QString& expert : experts_) {
        names = std::max(names, metrics.horizontalAdvance(expert));
    }
    return area.adjusted(metrics.horizontalAdvance(QStringLiteral("1.0")) + 12, metrics.height() + 8, -names - 30,
                         -metrics.height() - 8);
}

double WeightBands::x_of(double step, const QRectF& plot) const {
    const double last = std::max<double>(static_cast<double>(steps_.size()) - 1.0, 1.0);
    return plot.left() + plot.width() * step / last;
}

void WeightBands::render_to(QPainter& painter, const QRectF& area, bool with_cursor) const {
    const QRectF plot = plot_area(area);
    const QFontMetricsF metrics(font());
    const QColor text = palette().color(QPalette::Text);
    painter.setRenderHint(QPainter::Antialiasing);
    QFont bold = font();
    bold.setBold(true);
    painter.setFont(bold);
    painter.setPen(text);
    painter.drawText(QPointF(area.left() + 8, area.top() + metrics.ascent() + 3), name_);
    painter.setFont(font());
    if (steps_.empty() || plot.width() < 10 || plot.height() < 10) {
        return;
    }
    const auto y_of = [&plot](double share) { return plot.bottom() - plot.height() * share; };
    std::vector<double> below(steps_.size(), 0.0);
    double label_floor = plot.bottom() + metrics.height();
    for (qsizetype e = 0; e < experts_.size(); ++e) {
        QPolygonF band;
        for (std::size_t t = 0; t < steps_.size(); ++t) {
            band.append({x_of(static_cast<double>(t), plot), y_of(below[t])});
        }
        const double middle_before = below.back();
        for (std::size_t t = steps_.size(); t-- > 0;) {
            below[t] += steps_[t][static_cast<std::size_t>(e)];
            band.append({x_of(static_cast<double>(t), plot), y_of(below[t])});
        }
        if (steps_.size() == 1) {  // one state: a bar
            band = QPolygonF(QRectF(QPointF(plot.left(), y_of(below[0])), QPointF(plot.right(), y_of(middle_before))));
        }
        QColor fill = expert_colour(static_cast<int>(e));
        painter.setPen(QPen(palette().color(QPalette::Base), 1.0));
        painter.setBrush(fill);
        painter.drawPolygon(band);
        // Name at the right end, pushed up where bands are thin.
        const double wanted = (y_of(middle_before) + y_of(below.back())) / 2 + metrics.ascent() / 2;
        label_floor = std::min(wanted, label_floor - metrics.height());
        painter.setPen(Qt::NoPen);
        painter.drawRect(QRectF(plot.right() + 8, label_floor - metrics.ascent() / 2 - 4, 8, 8));
        painter.setPen(text);
        painter.drawText(QPointF(plot.right() + 20, label_floor), experts_[e]);
    }
    painter.setPen(QPen(ink(palette(), 0.55), 1.0));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(plot);
    painter.setPen(text);
    for (const double tick : {0.0, 0.5, 1.0}) {
        const QString number = QString::number(tick, 'f', 1);
        painter.drawText(QPointF(plot.left() - metrics.horizontalAdvance(number) - 5, y_of(tick) + metrics.ascent() / 2 - 1), number);
    }
    const auto count = static_cast<int>(steps_.size());
    const double room = metrics.horizontalAdvance(QStringLiteral("00")) + 8;
    const int stride = std::max(1, static_cast<int>(std::ceil(room * count / std::max(plot.width(), 1.0))));
    for (int t = 0; t < count; t += stride) {
        const QString number = QString::number(t);
        painter.drawText(QPointF(x_of(t, plot) - metrics.horizontalAdvance(number) / 2, plot.bottom() + metrics.ascent() + 4), number);
    }
    for (const int flip : flips_) {
        const double x = x_of(flip, plot);
        painter.setPen(Qt::NoPen);
        painter.setBrush(category_colour(2));
        painter.drawPolygon(QPolygonF({{x, plot.top() - 9}, {x + 4.5, plot.top() - 4.5}, {x, plot.top()}, {x - 4.5, plot.top() - 4.5}}));
    }
    if (with_cursor && step_ < count) {
        painter.setPen(QPen(palette().color(QPalette::Base), 3.5));
        painter.drawLine(QPointF(x_of(step_, plot), plot.top()), QPointF(x_of(step_, plot), plot.bottom()));
        painter.setPen(QPen(text, 1.5));
        painter.drawLine(QPointF(x_of(step_, plot), plot.top()), QPointF(x_of(step_, plot), plot.bottom()));
    }
}

void WeightBands::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), palette().color(QPalette::Base));
    render_to(painter, rect(), true);
}

void WeightBands::request(double x) {
    const QRectF plot = plot_area(rect());
    if (steps_.size() > 1 && plot.width() > 0) {
        const double last = static_cast<double>(steps_.size()) - 1.0;
        Q_EMIT stepRequested(static_cast<int>(std::lround(std::clamp((x - plot.left()) / plot.width(), 0.0, 1.0) * last)));
    }
}

void WeightBands::mousePressEvent(QMouseEvent* event) {
    request(event->position().x());
}

void WeightBands::mouseMoveEvent(QMouseEvent* event) {
    if (event->buttons() & Qt::LeftButton) {
        request(event->position().x());
    }
}

}  // namespace r2t2::ui
