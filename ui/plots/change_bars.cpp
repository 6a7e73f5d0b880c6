#include "ui/plots/change_bars.h"

#include <QFontMetricsF>
#include <QKeyEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>

namespace r2t2::ui {

namespace {

constexpr double kSmallestScale = 0.05;  // below it noise would fill the picture

}  // namespace

struct ChangeBars::Rows {
    double top = 0.0, height = 0.0;
    double names = 0.0, left = 0.0, right = 0.0;  ///< name column's end; bars between -largest and +largest
    bool title = true, words = true, values = true, heads = true, axis = true;
};

ChangeBars::ChangeBars(QWidget* parent) : QWidget(parent) {
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Change of the weights since step 0"));
    set_up_plot_menu(this, this);
}

void ChangeBars::set_groups(std::vector<ChangeGroup> groups) {
    groups_ = std::move(groups);
    largest_ = kSmallestScale;
    for (int g = 0; g < static_cast<int>(groups_.size()); ++g) {
        const ChangeGroup& group = groups_[static_cast<std::size_t>(g)];
        for (int t = 0; t < static_cast<int>(group.steps.size()); ++t) {
            for (int e = 0; e < static_cast<int>(group.experts.size()); ++e) {
                const double by = std::abs(weight(g, e, t) - weight(g, e, 0));
                largest_ = std::isfinite(by) ? std::max(largest_, by) : largest_;
            }
        }
    }
    describe();
    updateGeometry();
    update();
}

void ChangeBars::set_step(int step) {
    if (step != step_) {
        step_ = step;
        describe();
        update();
    }
}

int ChangeBars::steps() const {
    std::size_t most = 0;
    for (const ChangeGroup& group : groups_) {
        most = std::max(most, group.steps.size());
    }
    return static_cast<int>(most);
}

double ChangeBars::weight(int group, int expert, int step) const {
    const std::vector<std::vector<double>>& steps = groups_[static_cast<std::size_t>(group)].steps;
    if (step < 0 || step >= static_cast<int>(steps.size()) || expert < 0 ||
        expert >= static_cast<int>(steps[static_cast<std::size_t>(step)].size())) {
        return NAN;
    }
    return steps[static_cast<std::size_t>(step)][static_cast<std::size_t>(expert)];
}

double ChangeBars::change(int group, int expert) const {
    return group >= 0 && group < static_cast<int>(groups_.size())
               ? weight(group, expert, step_) - weight(group, expert, 0)
               : NAN;
}

void ChangeBars::describe() {
    QStringList parts;
    for (int g = 0; g < static_cast<int>(groups_.size()); ++g) {
        for (int e = 0; e < static_cast<int>(groups_[static_cast<std::size_t>(g)].experts.size()); ++e) {
            parts << QStringLiteral("%1 %2").arg(groups_[static_cast<std::size_t>(g)].experts[e],
                                                 fixed_number(change(g, e), 2, true));
        }
    }
    setAccessibleDescription(tr("Step %1: %2").arg(step_).arg(parts.join(QStringLiteral(", "))));
}

QSize ChangeBars::sizeHint() const {
    int count = 2;
    for (const ChangeGroup& group : groups_) {
        count += static_cast<int>(group.experts.size()) + 1;
    }
    return {320, count * (fontMetrics().height() + 5) + 12};
}

ChangeBars::Rows ChangeBars::rows(const QSizeF& size, const PlotLook& look) const {
    const QFontMetricsF metrics(look.font);
    const double line = metrics.height();
    double names = 0.0, bars = 0.0;
    for (const ChangeGroup& group : groups_) {
        bars += static_cast<double>(group.experts.size());
        for (const QString& expert : group.experts) {
            names = std::max(names, metrics.horizontalAdvance(expert));
        }
    }
    const auto heads = static_cast<double>(groups_.size());
    Rows made;
    made.axis = size.height() > (bars + heads + 1.0) * line + 10.0;
    made.heads = size.height() > (bars + heads) * line + 8.0;
    const double titled = line + 4.0;
    made.title = made.heads && size.height() - 8.0 - titled - (made.axis ? line + 6.0 : 0.0) > (bars + heads) * 0.85 * line;
    made.top = 4.0 + (made.title ? titled : 0.0);
    const double room = size.height() - 4.0 - made.top - (made.axis ? line + 6.0 : 0.0);
    made.height = std::min(room / std::max(1.0, bars + (made.heads ? heads : 0.0)), 2.6 * line);
    made.words = made.height >= line * 0.85;
    made.names = made.words ? std::min(names + 24.0, size.width() * 0.55) : 8.0;
    // Room for the label beyond the longest bar, on both sides.
    const double wanted = metrics.horizontalAdvance(QStringLiteral("−0.00")) + 8.0;
    made.values = made.words && size.width() - made.names - 2.0 * wanted > 50.0;
    const double label = made.values ? wanted : 6.0;
    made.left = made.names + label;
    made.right = size.width() - label - 4.0;
    return made;
}

void ChangeBars::draw_row(QPainter& painter, const PlotLook& look, const Rows& rows, double top, int group,
                          int expert) const {
    const double middle = top + rows.height / 2.0, zero = (rows.left + rows.right) / 2.0;
    const double by = change(group, expert);
    const double thick = std::clamp(rows.height * 0.6, 2.0, 22.0);
    const double length = std::isfinite(by) ? (rows.right - zero) * std::clamp(by / largest_, -1.0, 1.0) : 0.0;
    painter.setPen(Qt::NoPen);
    painter.setBrush(difference_colour(by < 0 ? -1.0 : 1.0, look.palette));
    painter.drawRect(QRectF(std::min(zero, zero + length), middle - thick / 2, std::abs(length), thick));
    if (!rows.words) {
        return;
    }
    const double line = QFontMetricsF(look.font).height();
    painter.setBrush(expert_colour(expert));
    draw_marker(painter, marker_shape(group), QPointF(12, middle), 4.5);
    painter.setFont(look.font);
    painter.setPen(look.text());
    draw_elided(painter, QRectF(20, middle - line / 2, rows.names - 20, line), Qt::AlignLeft,
                groups_[static_cast<std::size_t>(group)].experts[expert]);
    if (!rows.values) {
        return;
    }
    const QString text = fixed_number(by, 2, true);
    const double width = QFontMetricsF(look.font).horizontalAdvance(text) + 1.0;
    const double x = length < 0.0 ? zero + length - 5.0 - width : zero + length + 5.0;
    draw_elided(painter, QRectF(x, middle - line / 2, width, line), Qt::AlignLeft, text);
}

void ChangeBars::draw(QPainter& painter, const QSizeF& size, const PlotLook& look) const {
    painter.setRenderHint(QPainter::Antialiasing);
    if (steps() == 0) {
        draw_empty(painter, look, QRectF(QPointF(0, 0), size), tr("No steps yet"));
        return;
    }
    const Rows made = rows(size, look);
    const double line = QFontMetricsF(look.font).height();
    if (made.right - made.left < 12.0 || made.height < 1.0) {
        return;
    }
    if (made.title) {
        const QString whole = tr("Change since step 0");
        const bool fits = QFontMetricsF(bold(look.font)).horizontalAdvance(whole) <= size.width() - 12;
        draw_title(painter, look, QPointF(6, 4.0), size.width() - 12, fits ? whole : tr("since step 0"));
    }
    double y = made.top;
    for (int g = 0; g < static_cast<int>(groups_.size()); ++g) {
        if (made.heads) {
            draw_title(painter, look, QPointF(6, y + (made.height - line) / 2), size.width() - 12,
                       groups_[static_cast<std::size_t>(g)].name);
            y += made.height;
        }
        const double from = y;
        for (int e = 0; e < static_cast<int>(groups_[static_cast<std::size_t>(g)].experts.size());
             ++e, y += made.height) {
            draw_row(painter, look, made, y, g, e);
        }
        painter.setPen(QPen(ink(look.palette, 0.55), 1.0));
        painter.drawLine(QPointF((made.left + made.right) / 2, from), QPointF((made.left + made.right) / 2, y));
    }
    if (made.axis) {
        painter.setFont(look.font);
        painter.setPen(ink(look.palette, 0.7));
        LabelRoom room(QRectF(QPointF(0, 0), size));
        for (const double at : {0.0, -largest_, largest_}) {  // the ends stand inside the picture; without room for all, zero alone says nothing
            const QString text = at == 0.0 ? QStringLiteral("0") : fixed_number(at, made.values ? 2 : 1, true);
            const double x = (made.left + made.right) / 2 + (made.right - made.left) / 2 * at / largest_;
            const double width = QFontMetricsF(look.font).horizontalAdvance(text) + 2.0;
            const QRectF box(std::min(x - width / 2, size.width() - width - 1.0), y + 3, width, line);
            if (room.claim(box)) {
                draw_elided(painter, box, Qt::AlignHCenter, text);
            }
        }
    }
}

void ChangeBars::render_to(QPainter& painter, const QSizeF& size) const {
    draw(painter, size, export_look(painter));
}

QString ChangeBars::tsv() const {
    QString out = tsv_line({tr("group"), tr("expert"), tr("step 0"), tr("step %1").arg(step_), tr("change")});
    for (int g = 0; g < static_cast<int>(groups_.size()); ++g) {
        const ChangeGroup& group = groups_[static_cast<std::size_t>(g)];
        for (int e = 0; e < static_cast<int>(group.experts.size()); ++e) {
            out += tsv_line({group.name, group.experts[e], tsv_number(weight(g, e, 0)), tsv_number(weight(g, e, step_)),
                             tsv_number(change(g, e))});
        }
    }
    return out;
}

QString ChangeBars::plot_name() const {
    return QStringLiteral("change_since_step_0");
}

void ChangeBars::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), palette().color(QPalette::Base));
    draw(painter, size(), screen_look(*this));
    draw_focus_frame(painter, *this);
}

void ChangeBars::keyPressEvent(QKeyEvent* event) {
    if (const std::optional<int> wanted = step_by_key(event->key(), step_, steps())) {
        Q_EMIT stepRequested(*wanted);
    } else {
        QWidget::keyPressEvent(event);
    }
}

}  // namespace r2t2::ui
