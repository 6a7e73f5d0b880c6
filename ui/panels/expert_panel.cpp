#include "ui/panels/expert_panel.h"

#include <QHBoxLayout>

#include "ui/figures/outcomes.h"
#include "ui/models/method_names.h"
#include "ui/panels/when_shown.h"

namespace r2t2::ui {

namespace {
constexpr int kLeastWidth = 120;  // of each of the three, side by side in a small window
}

ExpertPanel::ExpertPanel(Workspace& workspace, QWidget* parent) : QWidget(parent), workspace_(workspace) {
    setObjectName(QStringLiteral("expertPanel"));
    row_ = new QHBoxLayout(this);
    row_->setContentsMargins(4, 4, 4, 4);
    row_->setSpacing(6);
    changes_ = new ChangeBars(this);
    changes_->setToolTip(tr("Change of every expert's weight since step 0"));
    changes_->setMinimumWidth(kLeastWidth);
    row_->addWidget(changes_, 3);
    connect(&workspace, &Workspace::inspectorChanged, this, &ExpertPanel::rebuild);
    auto* shown = new WhenShown(this, [this] { refresh(); });
    connect(&workspace, &Workspace::trajectoryChanged, shown, &WhenShown::ask);
    connect(&workspace.cursor(), &StepCursor::stepChanged, this, [this](int step) {
        for (WeightBands* band : bands_) {
            band->set_step(step);
        }
        changes_->set_step(step);
    });
    connect(changes_, &ChangeBars::stepRequested, &workspace.cursor(), &StepCursor::set_step);
}

void ExpertPanel::rebuild() {
    qDeleteAll(bands_);
    bands_.clear();
    const RoutingSpace& space = workspace_.inspector()->info().space;
    for (std::size_t g = 0; g < space.groups.size(); ++g) {
        auto* band = new WeightBands(this);
        QStringList experts;
        for (const std::string& name : space.groups[g].experts) {
            experts << expert_title(name);
        }
        band->set_group(tr("%1 tokens").arg(QString::fromStdString(space.groups[g].name)), experts);
        band->setToolTip(tr("Weights over the steps; they sum to 1. Click to go to a step."));
        connect(band, &WeightBands::stepRequested, &workspace_.cursor(), &StepCursor::set_step);
        band->setMinimumWidth(kLeastWidth);
        row_->insertWidget(static_cast<int>(g), band, 4);
        bands_.push_back(band);
    }
    refresh();
}

void ExpertPanel::refresh() {
    const Trajectory* trajectory = workspace_.trajectory();
    std::vector<ChangeGroup> groups;
    if (workspace_.inspector()) {
        const RoutingSpace& space = workspace_.inspector()->info().space;
        for (std::size_t g = 0; g < space.groups.size() && g < bands_.size(); ++g) {
            const std::size_t begin = space.group_begin(g), size = space.groups[g].experts.size();
            std::vector<std::vector<double>> steps;
            for (std::size_t t = 0; trajectory != nullptr && t < trajectory->steps.size(); ++t) {
                steps.push_back(mean_over_mixers(trajectory->steps[t].weights, begin, size));
            }
            ChangeGroup group;
            group.name = QString::fromStdString(space.groups[g].name);
            for (const std::string& name : space.groups[g].experts) {
                group.experts << expert_title(name);
            }
            group.steps = steps;
            groups.push_back(std::move(group));
            bands_[g]->set_steps(std::move(steps));
            bands_[g]->set_flips(trajectory != nullptr ? flip_marks(*trajectory) : std::vector<FlipMark>());
            bands_[g]->set_step(workspace_.cursor().step());
        }
    }
    changes_->set_groups(std::move(groups));
    changes_->set_step(workspace_.cursor().step());
}

}  // namespace r2t2::ui
