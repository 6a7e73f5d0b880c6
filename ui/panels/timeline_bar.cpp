#include "ui/panels/timeline_bar.h"

#include <QComboBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QMouseEvent>
#include <QPainter>
#include <QToolButton>
#include <algorithm>
#include <cmath>

#include "ui/figures/outcomes.h"
#include "ui/panels/theme.h"
#include "ui/plots/colours.h"

namespace r2t2::ui {

namespace {
constexpr double kEdge = 12.0;
}

StepTrack::StepTrack(StepCursor& cursor, QWidget* parent) : QWidget(parent), cursor_(cursor) {
    setAccessibleName(tr("Steps"));
    setToolTip(tr("Click or drag to go to a step. Diamonds: the answer changes here;\n"
                  "green: mended, orange: harmed, grey: neither, or the truth is not known."));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(&cursor, &StepCursor::stepChanged, this, qOverload<>(&QWidget::update));
    connect(&cursor, &StepCursor::countChanged, this, qOverload<>(&QWidget::update));
}

void StepTrack::set_flips(std::vector<FlipMark> flips) {
    flips_ = std::move(flips);
    update();
}

double StepTrack::x_of(int step) const {
    const int last = std::max(1, cursor_.count() - 1);
    return kEdge + (width() - 2 * kEdge) * step / last;
}

void StepTrack::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const double y = 12.0;
    painter.setPen(QPen(ink(palette(), 0.25), 2.0));
    painter.drawLine(QPointF(kEdge, y), QPointF(width() - kEdge, y));
    if (cursor_.count() == 0) {
        return;
    }
    painter.setPen(QPen(palette().color(QPalette::Highlight), 3.0));
    painter.drawLine(QPointF(kEdge, y), QPointF(x_of(cursor_.step()), y));
    QFont small = font();
    small.setPointSizeF(small.pointSizeF() * 0.85);
    painter.setFont(small);
    const double space = cursor_.count() > 1 ? x_of(1) - x_of(0) : width();
    const int every = std::max(1, static_cast<int>(std::ceil(26.0 / space)));
    for (int step = 0; step < cursor_.count(); ++step) {
        const double x = x_of(step);
        const auto flip = std::find_if(flips_.begin(), flips_.end(), [step](const FlipMark& mark) { return mark.step == step; });
        painter.setPen(Qt::NoPen);
        if (flip != flips_.end()) {
            painter.setBrush(outcome_colour(flip->outcome));
            painter.drawPolygon(QPolygonF({{x, y - 7}, {x + 7, y}, {x, y + 7}, {x - 7, y}}));
        } else if (step % every == 0) {
            painter.setBrush(ink(palette(), 0.55));
            painter.drawEllipse(QPointF(x, y), 2.5, 2.5);
        }
        if (step % every == 0) {
            painter.setPen(ink(palette(), step == cursor_.step() ? 1.0 : 0.6));
            painter.drawText(QRectF(x - 20, y + 8, 40, 14), Qt::AlignHCenter | Qt::AlignTop, QString::number(step));
        }
    }
    painter.setPen(QPen(palette().color(QPalette::Base), 2.0));
    painter.setBrush(palette().color(QPalette::Highlight));
    painter.drawEllipse(QPointF(x_of(cursor_.step()), y), 7.0, 7.0);
}

void StepTrack::go(double x) {
    const int last = cursor_.count() - 1;
    if (last >= 0) {
        cursor_.pause();
        cursor_.set_step(static_cast<int>(std::lround((x - kEdge) / std::max(1.0, width() - 2 * kEdge) * last)));
    }
}

void StepTrack::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton) {
        go(event->position().x());
    }
}

void StepTrack::mouseMoveEvent(QMouseEvent* event) {
    if (event->buttons() & Qt::LeftButton) {
        go(event->position().x());
    }
}

TimelineBar::TimelineBar(Workspace& workspace, QWidget* parent) : QWidget(parent), workspace_(workspace) {
    setObjectName(QStringLiteral("timeline"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(8, 2, 8, 4);
    row->setSpacing(2);
    StepCursor& cursor = workspace.cursor();
    const auto button = [&](const char* name, const QString& text, const QString& tip, auto slot) {
        auto* made = new QToolButton(this);
        made->setObjectName(QLatin1String(name));
        made->setAutoRaise(true);
        made->setFocusPolicy(Qt::TabFocus);
        made->setAccessibleName(text);
        made->setToolTip(tip);
        connect(made, &QToolButton::clicked, &cursor, slot);
        row->addWidget(made);
        return made;
    };
    first_ = button("first", tr("First step"), tr("First step: native routing (Home)"), &StepCursor::first);
    previous_ = button("previous", tr("Previous step"), tr("One step back (Left)"), &StepCursor::previous);
    play_ = button("play", tr("Play"), tr("Play or pause (Space)"), &StepCursor::toggle);
    next_ = button("next", tr("Next step"), tr("One step on (Right)"), &StepCursor::next);
    last_ = button("last", tr("Last step"), tr("Last step: the method's result (End)"), &StepCursor::last);
    track_ = new StepTrack(cursor, this);
    row->addWidget(track_, 1);
    step_ = new QLabel(this);
    step_->setObjectName(QStringLiteral("stepLabel"));
    step_->setToolTip(tr("Step of the cursor"));
    row->addWidget(step_);
    speed_ = new QComboBox(this);
    for (const double speed : {1.0, 2.0, 4.0, 8.0, 16.0}) {
        speed_->addItem(tr("%1 steps/s").arg(speed), speed);
    }
    speed_->setCurrentIndex(2);
    speed_->setToolTip(tr("Speed of playing"));
    speed_->setAccessibleName(tr("Speed"));
    row->addWidget(speed_);
    connect(speed_, &QComboBox::currentIndexChanged, this, [this] { workspace_.cursor().set_speed(speed_->currentData().toDouble()); });
    connect(&cursor, &StepCursor::stepChanged, this, &TimelineBar::refresh);
    connect(&cursor, &StepCursor::countChanged, this, &TimelineBar::refresh);
    connect(&cursor, &StepCursor::playingChanged, this, &TimelineBar::refresh);
    connect(&workspace, &Workspace::trajectoryChanged, this, &TimelineBar::refresh);
    set_icons();
    refresh();
}

void TimelineBar::set_icons() {
    first_->setIcon(line_icon("first", palette()));
    previous_->setIcon(line_icon("previous", palette()));
    next_->setIcon(line_icon("next", palette()));
    last_->setIcon(line_icon("last", palette()));
    play_->setIcon(line_icon(workspace_.cursor().playing() ? "pause" : "play", palette()));
}

void TimelineBar::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange) {
        set_icons();
    }
    QWidget::changeEvent(event);
}

void TimelineBar::refresh() {
    const StepCursor& cursor = workspace_.cursor();
    const Trajectory* trajectory = workspace_.trajectory();
    track_->set_flips(trajectory != nullptr ? flip_marks(*trajectory) : std::vector<FlipMark>());
    step_->setText(cursor.count() > 0 ? tr("step %1 of %2 ").arg(cursor.step()).arg(cursor.count() - 1) : tr("no steps "));
    for (QWidget* widget : {first_, previous_, play_, next_, last_}) {
        widget->setEnabled(cursor.count() > 1);
    }
    play_->setIcon(line_icon(cursor.playing() ? "pause" : "play", palette()));
}

}  // namespace r2t2::ui
