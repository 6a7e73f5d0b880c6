#include "ui/panels/compare_panel.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollArea>
#include <QVBoxLayout>
#include <algorithm>

#include "core/routing/method_table.h"
#include "ui/figures/outcomes.h"
#include "ui/models/counted.h"
#include "ui/models/method_names.h"
#include "ui/panels/theme.h"
#include "ui/panels/when_shown.h"
#include "ui/plots/colours.h"

namespace r2t2::ui {

namespace {

std::vector<SimplexStep> steps_of(const Trajectory& trajectory, std::size_t begin) {
    std::vector<SimplexStep> steps;
    for (std::size_t t = 0; t < trajectory.steps.size(); ++t) {
        const std::vector<double> w = mean_over_mixers(trajectory.steps[t].weights, begin, 3);
        steps.push_back({{w[0], w[1], w[2]}, {}});
    }
    for (const FlipMark& flip : flip_marks(trajectory)) {
        steps[static_cast<std::size_t>(flip.step)].flip = flip.outcome;
    }
    return steps;
}

}  // namespace

MethodColumn::MethodColumn(const Trajectory& trajectory, const QString& variant, const RoutingSpace& space, QWidget* parent)
    : QFrame(parent), name_(variant.isEmpty() ? method_title(trajectory.method) : QStringLiteral("%1, %2").arg(method_title(trajectory.method), variant)) {
    setFocusPolicy(Qt::TabFocus);
    setAccessibleName(name_);
    setToolTip(tr("Click or press Enter to follow this method everywhere"));
    setMinimumWidth(172);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(6, 4, 6, 4);
    column->setSpacing(2);
    answer_ = new QLabel(this);
    answer_->setTextFormat(Qt::RichText);
    answer_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    column->addWidget(answer_);
    auto* row = triangles_row_ = new QBoxLayout(QBoxLayout::LeftToRight);
    row->setSpacing(2);
    for (std::size_t g = 0; g < space.groups.size(); ++g) {
        QStringList experts;
        for (const std::string& name : space.groups[g].experts) {
            experts << expert_title(name);
        }
        if (space.groups[g].experts.size() != 3) {
            auto* bars = new GroupBars(this);
            bars->set_group(QString::fromStdString(space.groups[g].name), experts, static_cast<int>(g));
            bars->set_draggable(false);
            bars->setAttribute(Qt::WA_TransparentForMouseEvents);
            bars->setFocusPolicy(Qt::NoFocus);
            bars->setToolTip(tr("Weights at this step, beside the base routing"));
            row->addWidget(bars, 1);
            bars_.push_back({bars, space.group_begin(g), space.groups[g].experts.size()});
            continue;
        }
        auto* view = new SimplexView(this);
        view->set_group(QString::fromStdString(space.groups[g].name), experts, static_cast<int>(g));
        view->set_draggable(false);
        view->set_trajectory(steps_of(trajectory, space.group_begin(g)));
        view->setAttribute(Qt::WA_TransparentForMouseEvents);
        view->setFocusPolicy(Qt::NoFocus);
        view->setMinimumSize(84, 72);
        view->setToolTip(tr("Trajectory of this method"));
        row->addWidget(view, 1);
        triangles_.push_back(view);
    }
    column->addLayout(row, 1);
    const std::int64_t passes = trajectory.passes.forward + trajectory.passes.backward;
    const qint64 steps = static_cast<qint64>(trajectory.steps.size()) - 1;
    cost_ = caption(tr("%1, %2, %3 ms")
                        .arg(counted(steps, tr("1 step"), tr("%1 steps")), counted(passes, tr("1 pass"), tr("%1 passes")))
                        .arg(1000.0 * trajectory.seconds, 0, 'f', 0),
                    this);
    cost_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    column->addWidget(cost_);
    set_step(trajectory, static_cast<int>(trajectory.steps.size()) - 1);
}

void MethodColumn::set_step(const Trajectory& trajectory, int step) {
    const TrajectoryStep& at = trajectory.at(static_cast<std::size_t>(std::max(0, step)));
    for (SimplexView* view : triangles_) {
        view->set_step(at.index);
    }
    for (const Bars& bars : bars_) {
        bars.view->set_weights(mean_over_mixers(trajectory.base().weights, bars.begin, bars.size), mean_over_mixers(at.weights, bars.begin, bars.size));
    }
    if (!at.answer) {
        answer_->setText(tr("<b>%1</b><br>step %2: not answered").arg(name_.toHtmlEscaped()).arg(at.index));
        return;
    }
    const QColor colour = outcome_colour(!at.correct ? OutcomeColour::Unknown : *at.correct ? OutcomeColour::Right : OutcomeColour::Wrong);
    const QString dot = at.correct ? QStringLiteral(" <span style='color:%1'>\u25cf</span> %2").arg(colour.name(), *at.correct ? tr("right") : tr("wrong")) : QString();
    answer_->setText(tr("<b>%1</b><br>step %2: %3%4").arg(name_.toHtmlEscaped()).arg(at.index)
                         .arg(QString::fromStdString(at.answer->text).toHtmlEscaped(), dot));
}

/// Side by side, or one above the other where the column is tall.
void MethodColumn::resizeEvent(QResizeEvent*) {
    triangles_row_->setDirection(height() > width() * 5 / 4 ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
}

void MethodColumn::set_followed(bool followed) {
    followed_ = followed;
    update();
}

void MethodColumn::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton) {
        Q_EMIT chosen();
    }
}

void MethodColumn::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) {
        Q_EMIT chosen();
        return;
    }
    QFrame::keyPressEvent(event);
}

void MethodColumn::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(followed_ || hasFocus() ? palette().color(QPalette::Highlight) : ink(palette(), 0.18), followed_ ? 2.0 : 1.0));
    painter.setBrush(palette().color(QPalette::Base));
    painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 4, 4);
}

ComparePanel::ComparePanel(Workspace& workspace, QWidget* parent) : QWidget(parent), workspace_(workspace) {
    setObjectName(QStringLiteral("comparePanel"));
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    auto* area = new QScrollArea(this);
    area->setFrameShape(QFrame::NoFrame);
    area->setWidgetResizable(true);
    area->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* page = new QWidget(area);
    row_ = new QHBoxLayout(page);
    row_->setContentsMargins(4, 4, 4, 4);
    row_->setSpacing(4);
    empty_ = caption(tr("Every method stands here side by side once a sample has been re-routed."), page);
    row_->addWidget(empty_);
    area->setWidget(page);
    outer->addWidget(area);
    auto* built = new WhenShown(this, [this] { rebuild(); });
    connect(&workspace, &Workspace::inspectionChanged, this, [this, built] {
        for (MethodColumn* column : columns_) {  // of the trajectories before
            row_->removeWidget(column);
            column->deleteLater();
        }
        columns_.clear();
        built->ask();
    });
    connect(&workspace, &Workspace::trajectoryChanged, this, &ComparePanel::follow);
    connect(&workspace.cursor(), &StepCursor::stepChanged, this, &ComparePanel::follow);
}

void ComparePanel::rebuild() {
    const InspectionPtr& inspection = workspace_.inspection();
    empty_->setVisible(!inspection);
    if (!inspection) {
        return;
    }
    const RoutingSpace& space = workspace_.inspector()->info().space;
    const std::vector<std::string> variants = variant_labels(inspection->methods());
    for (std::size_t i = 0; i < inspection->trajectories().size(); ++i) {
        const Trajectory& trajectory = inspection->trajectories()[i];
        const QString variant = i < variants.size() ? QString::fromStdString(variants[i]) : QString();
        auto* column = new MethodColumn(trajectory, variant, space, this);
        const Method method = trajectory.method;
        connect(column, &MethodColumn::chosen, this, [this, method, variant, i] {
            if (!variant.isEmpty()) {  // one of several of this method
                workspace_.follow_trajectory(i);
                return;
            }
            MethodParams params = workspace_.params();
            params.method = method;
            workspace_.change_params(params);
        });
        row_->addWidget(column, 1);
        columns_.push_back(column);
    }
    follow();
}

void ComparePanel::follow() {
    const InspectionPtr& inspection = workspace_.inspection();
    const Trajectory* followed = workspace_.trajectory();
    const StepCursor& cursor = workspace_.cursor();
    const auto descends = [](const Trajectory& trajectory) { return method_row(trajectory.method).steps == StepKind::Descent; };
    for (std::size_t i = 0; inspection && i < columns_.size() && i < inspection->trajectories().size(); ++i) {
        const Trajectory& trajectory = inspection->trajectories()[i];
        const bool itself = i == workspace_.method_index();
        const bool same_step = itself || (followed != nullptr && descends(*followed) && descends(trajectory) && cursor.step() + 1 < cursor.count());
        columns_[i]->set_step(trajectory, same_step ? cursor.step() : static_cast<int>(trajectory.steps.size()) - 1);
        columns_[i]->set_followed(itself);
    }
}

}  // namespace r2t2::ui
