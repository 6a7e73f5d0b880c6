#include "ui/panels/gate_panel.h"

#include <QLabel>
#include <QVBoxLayout>

#include "ui/models/method_names.h"
#include "ui/panels/theme.h"

namespace r2t2::ui {

GatePanel::GatePanel(Workspace& workspace, QWidget* parent) : QWidget(parent), workspace_(workspace) {
    setObjectName(QStringLiteral("gatePanel"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(4, 4, 4, 4);
    column->setSpacing(2);
    note_ = caption(tr("Gate weights of every token appear when a sample has been re-routed."), this);
    note_->setWordWrap(true);
    column->addWidget(note_);
    strips_ = new GateStrips(this);
    strips_->setObjectName(QStringLiteral("gateStrips"));
    strips_->setToolTip(tr("Rows: mixers and their mean. Columns: tokens. Brightness: weight of the expert."));
    column->addWidget(strips_, 1);
    connect(&workspace, &Workspace::inspectionChanged, this, &GatePanel::ask);
    connect(&workspace, &Workspace::trajectoryChanged, this, &GatePanel::ask);
    connect(&workspace.cursor(), &StepCursor::stepChanged, this, &GatePanel::ask);
    connect(&workspace, &Workspace::gatesReady, this, &GatePanel::take);
    connect(&workspace, &Workspace::failed, this, [this](ErrorPlace place, const QString& message) {
        if (place == ErrorPlace::Gates && !message.isEmpty()) {
            note_->setText(message);
        }
    });
}

void GatePanel::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    ask();
}

void GatePanel::ask() {
    if (!workspace_.inspection()) {
        note_->setText(tr("Gate weights of every token appear when a sample has been re-routed."));
        strips_->set_gates(0, {});
        return;
    }
    if (!isVisible()) {
        return;
    }
    if (workspace_.inspection()->stored()) {
        note_->setText(tr("A stored trajectory holds no gates of single tokens: press Run."));
        strips_->set_gates(0, {});
        return;
    }
    workspace_.request_gates();
}

void GatePanel::take(const MixerView& view) {
    const RoutingSpace& space = workspace_.inspector()->info().space;
    std::vector<GateGroup> groups;
    for (std::size_t g = 0; g < view.groups.size() && g < space.groups.size(); ++g) {
        GateGroup group;
        group.name = QString::fromStdString(space.groups[g].name);
        for (const std::string& name : space.groups[g].experts) {
            group.experts << expert_title(name);
        }
        for (const std::string& token : view.groups[g].tokens) {
            group.tokens << QString::fromStdString(token);
        }
        group.weights = view.groups[g].weights;
        groups.push_back(std::move(group));
    }
    const TrajectoryStep* step = workspace_.step();
    note_->setText(step == nullptr || step->action.native() ? tr("Native gates")
                                                            : tr("Gates under the routing of step %1").arg(step->index));
    strips_->set_gates(static_cast<int>(view.mixers), std::move(groups));
}

}  // namespace r2t2::ui
