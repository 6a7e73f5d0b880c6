#include "ui/plots/gate_strips.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>

namespace r2t2::ui {

namespace {

bool is_arrow(int key) {
    return key == Qt::Key_Left || key == Qt::Key_Right || key == Qt::Key_Up || key == Qt::Key_Down;
}

}  // namespace

GateStrips::GateStrips(QWidget* parent) : QWidget(parent) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_OpaquePaintEvent);
    setAccessibleName(tr("Gate weights by mixer and token"));
    set_up_plot_menu(this, this);
}

void GateStrips::set_gates(int mixers, std::vector<GateGroup> groups) {
    scene_ = {std::max(mixers, 0), std::move(groups)};
    if (cell_.group >= static_cast<int>(scene_.groups.size()) || cell_.mixer >= scene_.mixers ||
        (cell_.group >= 0 && cell_.token >= scene_.tokens(cell_.group))) {
        cell_ = {};
    }
    QStringList sizes;
    for (const GateGroup& group : scene_.groups) {
        sizes << tr("%1: %2 tokens").arg(group.name).arg(group.tokens.size());
    }
    setAccessibleDescription(
        tr("%1 mixers, %2. Arrows choose a cell.").arg(scene_.mixers).arg(sizes.join(QStringLiteral(", "))));
    invalidate();
}

void GateStrips::set_cell(int group, int mixer, int token) {
    const bool there = group >= 0 && group < static_cast<int>(scene_.groups.size()) && token >= 0 &&
                       token < scene_.tokens(group) && mixer >= -1 && mixer < scene_.mixers;
    cell_ = there ? GateCell{group, mixer, token} : GateCell{};
    update();
}

void GateStrips::invalidate() {
    static_ = QImage();
    update();
}

void GateStrips::paintEvent(QPaintEvent*) {
    const PlotLook look = screen_look(*this);
    const double ratio = devicePixelRatioF();
    const QSize wanted = (QSizeF(size()) * ratio).toSize().expandedTo({1, 1});
    if (static_.size() != wanted) {  // null too
        layout_ = lay_out_gates(scene_, size(), look);
        static_ = QImage(wanted, QImage::Format_RGB32);
        static_.setDevicePixelRatio(ratio);
        static_.fill(look.base());
        QPainter painter(&static_);
        draw_gates(painter, scene_, layout_, look, ratio);
        ++rebuilds_;
    }
    QPainter painter(this);
    painter.drawImage(0, 0, static_);
    if (layout_.blocks.empty()) {
        draw_empty(painter, look, rect(), tr("No gate weights yet"));
    }
    draw_gate_cell(painter, scene_, layout_, look, cell_);
    if (!layout_.readout.isEmpty()) {
        painter.setFont(look.font);
        painter.setPen(look.text());
        draw_elided(painter, layout_.readout, Qt::AlignLeft, describe_cell(scene_, cell_));
    }
    draw_focus_frame(painter, *this);
}

void GateStrips::render_to(QPainter& painter, const QSizeF& size) const {
    const PlotLook look = export_look(painter);
    const GateLayout layout = lay_out_gates(scene_, size, look);
    draw_gates(painter, scene_, layout, look, kPrintScale);
    if (layout.blocks.empty()) {
        draw_empty(painter, look, QRectF(QPointF(0, 0), size), tr("No gate weights"));
    }
}

QString GateStrips::tsv() const {
    QString out = tsv_line({tr("group"), tr("mixer"), tr("token"), tr("label"), tr("expert"), tr("weight")});
    for (int g = 0; g < static_cast<int>(scene_.groups.size()); ++g) {
        const GateGroup& group = scene_.groups[static_cast<std::size_t>(g)];
        for (int m = 0; m < scene_.mixers; ++m) {
            for (int t = 0; t < scene_.tokens(g); ++t) {
                for (int e = 0; e < static_cast<int>(group.experts.size()); ++e) {
                    out += tsv_line({group.name, QString::number(m + 1), QString::number(t), group.tokens[t],
                                     group.experts[e], tsv_number(scene_.weight(g, m, t, e))});
                }
            }
        }
    }
    return out;
}

void GateStrips::choose(const GateCell& cell) {
    if (!(cell == cell_)) {
        cell_ = cell;
        update();
        Q_EMIT hovered(cell_.group, cell_.mixer, cell_.token);
    }
}

/// While the strips have the focus, arrows are theirs, whatever shortcuts the window has on them.
bool GateStrips::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride && is_arrow(static_cast<QKeyEvent*>(event)->key())) {
        event->accept();
        return true;
    }
    return QWidget::event(event);
}

void GateStrips::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange ||
        event->type() == QEvent::StyleChange) {
        invalidate();
    }
    QWidget::changeEvent(event);
}

void GateStrips::mouseMoveEvent(QMouseEvent* event) {
    choose(layout_.cell_at(scene_, event->position()));
}

void GateStrips::mousePressEvent(QMouseEvent* event) {
    if (const GateCell cell = layout_.cell_at(scene_, event->position());
        event->button() == Qt::LeftButton && cell.group >= 0) {
        choose(cell);
        Q_EMIT clicked(cell.group, cell.mixer, cell.token);
    }
}

void GateStrips::leaveEvent(QEvent*) {
    choose({});
}

void GateStrips::step_cell(int key) {
    GateCell next = cell_;
    const auto groups = static_cast<int>(scene_.groups.size());
    if (next.group < 0) {
        next = {0, scene_.mixers > 1 ? -1 : 0, 0};
    } else if (key == Qt::Key_PageUp || key == Qt::Key_PageDown) {
        next.group = std::clamp(next.group + (key == Qt::Key_PageUp ? -1 : 1), 0, groups - 1);
    } else {
        next.token += key == Qt::Key_Right ? 1 : key == Qt::Key_Left ? -1 : 0;
        next.mixer += key == Qt::Key_Down ? 1 : key == Qt::Key_Up ? -1 : 0;
    }
    if (scene_.tokens(next.group) > 0) {
        next.token = std::clamp(next.token, 0, scene_.tokens(next.group) - 1);
        next.mixer = std::clamp(next.mixer, scene_.mixers > 1 ? -1 : 0, scene_.mixers - 1);
        choose(next);
    }
}

void GateStrips::keyPressEvent(QKeyEvent* event) {
    const int key = event->key();
    const bool empty = scene_.groups.empty() || scene_.mixers == 0;
    if ((is_arrow(key) || key == Qt::Key_PageUp || key == Qt::Key_PageDown) && !empty) {
        step_cell(key);
    } else if ((key == Qt::Key_Return || key == Qt::Key_Enter) && cell_.group >= 0) {
        Q_EMIT clicked(cell_.group, cell_.mixer, cell_.token);
    } else if (key == Qt::Key_Escape && cell_.group >= 0) {
        choose({});
    } else {
        QWidget::keyPressEvent(event);
    }
}

}  // namespace r2t2::ui
