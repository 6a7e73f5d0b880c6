#include "ui/panels/curve_panel.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>
#include <cmath>
#include <functional>

#include "ui/figures/outcomes.h"
#include "ui/models/method_names.h"
#include "ui/panels/theme.h"
#include "ui/panels/when_shown.h"

namespace r2t2::ui {

namespace {

constexpr int kPlotWidth = 132;  // three of them beside one another in the smallest window

std::vector<double> over_steps(const Trajectory& trajectory, const std::function<std::optional<double>(const TrajectoryStep&)>& value) {
    std::vector<double> out;
    for (const TrajectoryStep& step : trajectory.steps) {
        out.push_back(value(step).value_or(NAN));
    }
    return out;
}

}  // namespace

CurvePanel::CurvePanel(Workspace& workspace, QWidget* parent) : QWidget(parent), workspace_(workspace) {
    setObjectName(QStringLiteral("curvePanel"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(4, 4, 4, 4);
    column->setSpacing(2);
    rise_ = caption({}, this);
    rise_->setObjectName(QStringLiteral("objectiveRise"));
    rise_->setToolTip(tr("A descent ends where its steps are used up, not at the lowest: a step of a fixed length may climb"));
    column->addWidget(rise_);
    auto* row = new QHBoxLayout;
    column->addLayout(row, 1);
    progress_ = new CurvePlot(this);
    progress_->set_name(tr("Descent"));
    progress_->setToolTip(tr("Objective and learning rate of every step"));
    row->addWidget(progress_, 1);
    confidence_ = new CurvePlot(this);
    confidence_->set_name(tr("Confidence of the answer"));
    confidence_->setToolTip(tr("Confidence of every step's answer, on an axis of its own"));
    row->addWidget(confidence_, 1);
    losses_ = new CurvePlot(this);
    losses_->set_name(tr("Loss of every neighbour"));
    losses_->setToolTip(tr("Unweighted cross-entropy of every neighbour's own answer under r"));
    row->addWidget(losses_, 1);
    for (CurvePlot* plot : {progress_, confidence_, losses_}) {
        plot->setMinimumWidth(kPlotWidth);
        connect(plot, &CurvePlot::stepRequested, &workspace.cursor(), &StepCursor::set_step);
        connect(&workspace.cursor(), &StepCursor::stepChanged, plot, &CurvePlot::set_step);
    }
    auto* shown = new WhenShown(this, [this] { refresh(); });
    connect(&workspace, &Workspace::trajectoryChanged, shown, &WhenShown::ask);
}

void CurvePanel::refresh() {
    const Trajectory* trajectory = workspace_.trajectory();
    std::vector<Curve> curves, confidences, losses;
    const QString rise = trajectory != nullptr ? rise_words(*trajectory) : QString();
    rise_->setText(rise.isEmpty() ? QString() : tr("The objective %1.").arg(rise));
    rise_->setVisible(!rise.isEmpty());
    if (trajectory != nullptr) {
        const MethodRow& method = method_row(trajectory->method);
        const auto [name, unit] = objective_name(method.objective);
        curves.push_back({table_text(name), QString::fromUtf8(unit), over_steps(*trajectory, [](const TrajectoryStep& s) { return s.objective; }), Curve::Axis::Left, 4, false});
        confidences.push_back({tr("confidence"), {}, over_steps(*trajectory, [](const TrajectoryStep& s) {
                              return s.answer ? std::optional(s.answer->confidence) : std::nullopt;
                          }), Curve::Axis::Left, 0, false});
        confidences.back().range = Curve::Range::Fraction;
        if (method.steps == StepKind::Descent) {
            curves.push_back({tr("learning rate"), {}, over_steps(*trajectory, [](const TrajectoryStep& s) { return s.learning_rate; }),
                              Curve::Axis::Right, 6, true});
        }
        for (std::size_t i = 0; i < trajectory->neighbourhood.neighbours.size() && i < 12; ++i) {
            const int number = workspace_.neighbour_numbers().at(i);  // keeps its colour
            losses.push_back({tr("neighbour %1").arg(number), tr("nats"), over_steps(*trajectory, [i](const TrajectoryStep& s) {
                                  return i < s.neighbour_losses.size() ? std::optional(s.neighbour_losses[i]) : std::nullopt;
                              }), Curve::Axis::Left, (number - 1) % 7, number > 7});
        }
    }
    const std::vector<FlipMark> flips = trajectory != nullptr ? flip_marks(*trajectory) : std::vector<FlipMark>();
    const bool any = !losses.empty() && std::isfinite(losses.front().values.back() + losses.front().values.front());
    losses_->setVisible(any);
    progress_->set_curves(std::move(curves), flips);
    confidence_->set_curves(std::move(confidences), flips);
    losses_->set_curves(any ? std::move(losses) : std::vector<Curve>(), flips);
    progress_->set_step(workspace_.cursor().step());
    confidence_->set_step(workspace_.cursor().step());
    losses_->set_step(workspace_.cursor().step());
}

}  // namespace r2t2::ui
