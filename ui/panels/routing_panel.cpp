#include "ui/panels/routing_panel.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "core/analysis/landscape.h"
#include "ui/figures/outcomes.h"
#include "ui/models/method_names.h"
#include "ui/models/reference_words.h"
#include "ui/panels/theme.h"
#include "ui/plots/colours.h"

namespace r2t2::ui {

namespace {

constexpr double kFlat = 1e-3;  // nats; float32 losses differ by 1e-6

Triple triple(const std::vector<double>& w) { return {w[0], w[1], w[2]}; }

}  // namespace

RoutingPanel::RoutingPanel(Workspace& workspace, QWidget* parent) : QWidget(parent), workspace_(workspace) {
    setObjectName(QStringLiteral("routingPanel"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(4, 2, 4, 2);
    column->setSpacing(2);
    auto* tools = new QHBoxLayout;
    tools->setContentsMargins(4, 0, 4, 0);
    tools->setSpacing(6);
    build_tools(tools);
    column->addLayout(tools);
    views_row_ = new QHBoxLayout;
    views_row_->setSpacing(4);
    empty_ = caption(tr("The routing of the experts appears here when the model is open."), this);
    empty_->setAlignment(Qt::AlignCenter);
    empty_->setWordWrap(true);
    views_row_->addWidget(empty_, 1);
    column->addLayout(views_row_, 1);
    column->addWidget(legend_);
    error_ = error_label(this);
    column->addWidget(error_);
    connect(&workspace, &Workspace::inspectorChanged, this, &RoutingPanel::rebuild);
    connect(&workspace, &Workspace::inspectionChanged, this, [this] {
        clear_landscape();
        ask_landscape();
    });
    connect(&workspace, &Workspace::trajectoryChanged, this, &RoutingPanel::show_trajectory);
    connect(&workspace.cursor(), &StepCursor::stepChanged, this, &RoutingPanel::show_step);
    connect(&workspace, &Workspace::whatIfChanged, this, &RoutingPanel::show_step);
    connect(&workspace, &Workspace::pullsReady, this, &RoutingPanel::show_neighbours);
    connect(&workspace, &Workspace::landscapeReady, this, &RoutingPanel::show_landscape);
    connect(&workspace, &Workspace::hoveredReferenceChanged, this, [this](int reference) {
        for (const GroupView& view : views_) {
            if (view.triangle != nullptr) {
                view.triangle->set_highlight(reference);
            }
        }
    });
    connect(&workspace, &Workspace::selectionChanged, this, [this] {
        for (const GroupView& view : views_) {
            if (view.triangle != nullptr) {
                view.triangle->set_selection(workspace_.selected_references());
            }
        }
    });
    connect(&workspace, &Workspace::failed, this, [this](ErrorPlace place, const QString& message) {
        if (place == ErrorPlace::Landscape) {
            show_error(error_, message);
        } else if (place == ErrorPlace::Opening && !message.isEmpty()) {
            empty_->setText(tr("The model could not be opened; the samples panel says why."));
        }
    });
}

void RoutingPanel::build_tools(QHBoxLayout* row) {
    colour_ = new QComboBox(this);
    colour_->setObjectName(QStringLiteral("colourBy"));
    colour_->setAccessibleName(tr("Colour references by"));
    colour_->setToolTip(tr("What the colour of a reference point says"));
    colour_->addItem(tr("by domain"), static_cast<int>(ColourBy::Domain));
    colour_->addItem(tr("by family"), static_cast<int>(ColourBy::Family));
    colour_->addItem(tr("by set"), static_cast<int>(ColourBy::Set));
    colour_->addItem(tr("by answer"), static_cast<int>(ColourBy::Answer));
    connect(colour_, &QComboBox::currentIndexChanged, this, &RoutingPanel::show_points);
    row->addWidget(colour_);
    landscape_ = new QComboBox(this);
    landscape_->setObjectName(QStringLiteral("landscape"));
    landscape_->setAccessibleName(tr("Objective under the points"));
    landscape_->setToolTip(tr("What is drawn under the points: the neighbours' loss L(r), which NGD descends, or the loss of the truth;\n"
                              "over one triangle, the other group held where it is"));
    landscape_->addItems({tr("no ground"), tr("neighbours' loss"), tr("truth's loss")});
    connect(landscape_, &QComboBox::currentIndexChanged, this, [this] {
        clear_landscape();
        ask_landscape();
    });
    row->addWidget(landscape_);
    arrows_ = new QToolButton(this);
    arrows_->setObjectName(QStringLiteral("arrows"));
    arrows_->setText(tr("Pulls"));
    arrows_->setCheckable(true);
    arrows_->setChecked(true);
    arrows_->setToolTip(tr("Arrows: where each neighbour's gradient pulls r, \u2212K\u1d62 \u2207loss\u1d62 (NGD)"));
    connect(arrows_, &QToolButton::toggled, this, [this] { show_step(); });
    row->addWidget(arrows_);
    zoom_ = new QToolButton(this);
    zoom_->setObjectName(QStringLiteral("zoom"));
    zoom_->setText(tr("Zoom"));
    zoom_->setCheckable(true);
    zoom_->setToolTip(tr("Enlarge the triangles to where trajectory and neighbours are; off: the whole simplex.\n"
                         "The wheel enlarges about the pointer, dragging the ground moves it, a double click shows the whole."));
    connect(zoom_, &QToolButton::toggled, this, &RoutingPanel::zoom);
    row->addWidget(zoom_);
    reset_ = new QToolButton(this);
    reset_->setObjectName(QStringLiteral("resetPoint"));
    reset_->setText(tr("Reset point"));
    reset_->setToolTip(tr("Put r back on the trajectory (Esc)"));
    reset_->setEnabled(false);
    connect(reset_, &QToolButton::clicked, this, &RoutingPanel::reset_point);
    row->addWidget(reset_);
    legend_ = new QLabel(this);
    legend_->setTextFormat(Qt::RichText);
    legend_->setWordWrap(true);
    legend_->setAlignment(Qt::AlignHCenter);
    legend_->setContentsMargins(4, 0, 4, 0);
    row->addStretch(1);
}

SimplexView* RoutingPanel::triangle(std::size_t group) const { return group < views_.size() ? views_[group].triangle : nullptr; }

std::vector<Plot*> RoutingPanel::plots() const {
    std::vector<Plot*> out;
    for (const GroupView& view : views_) {
        out.push_back(view.triangle != nullptr ? static_cast<Plot*>(view.triangle) : view.bars);
    }
    return out;
}

void RoutingPanel::set_landscape(int kind) { landscape_->setCurrentIndex(kind); }
void RoutingPanel::set_arrows(bool shown) { arrows_->setChecked(shown); }
void RoutingPanel::set_zoom(bool on) { zoom_->setChecked(on); }
bool RoutingPanel::zoomed() const { return zoom_->isChecked(); }
void RoutingPanel::reset_point() { workspace_.reset_routing(); }

/// Another model may have other groups.
void RoutingPanel::rebuild() {
    for (const GroupView& view : views_) {
        delete view.triangle;
        delete view.bars;
    }
    views_.clear();
    empty_->hide();
    const RoutingSpace& space = workspace_.inspector()->info().space;
    for (std::size_t g = 0; g < space.groups.size(); ++g) {
        GroupView view;
        view.begin = space.group_begin(g);
        view.size = space.groups[g].experts.size();
        QStringList experts;
        for (const std::string& name : space.groups[g].experts) {
            experts << expert_title(name);
        }
        const QString name = tr("%1 tokens").arg(QString::fromStdString(space.groups[g].name));
        if (view.size == 3) {
            view.triangle = new SimplexView(this);
            view.triangle->setObjectName(QStringLiteral("triangle%1").arg(g));
            view.triangle->set_group(name, experts, static_cast<int>(g));
            connect(view.triangle, &SimplexView::dragged, this, [this, g](const Triple& w) { move(g, {w[0], w[1], w[2]}, false); });
            connect(view.triangle, &SimplexView::dragEnded, this, [this, g](const Triple& w) { move(g, {w[0], w[1], w[2]}, true); });
            connect(view.triangle, &SimplexView::pointHovered, &workspace_, &Workspace::set_hovered_reference);
            connect(view.triangle, &SimplexView::pointClicked, this, [this](int i) { workspace_.set_selected_references({i}); });
            views_row_->addWidget(view.triangle, 1);
        } else {
            view.bars = new GroupBars(this);
            view.bars->set_group(name, experts, static_cast<int>(g));
            connect(view.bars, &GroupBars::dragged, this, [this, g](const std::vector<double>& w) { move(g, w, false); });
            connect(view.bars, &GroupBars::dragEnded, this, [this, g](const std::vector<double>& w) { move(g, w, true); });
            views_row_->addWidget(view.bars, 1);
        }
        views_.push_back(view);
    }
    const bool any = std::any_of(views_.begin(), views_.end(), [](const GroupView& view) { return view.triangle != nullptr; });
    for (QWidget* tool : {static_cast<QWidget*>(landscape_), static_cast<QWidget*>(zoom_), static_cast<QWidget*>(arrows_)}) {
        tool->setEnabled(any);
    }
    show_points();
    show_trajectory();
}

std::vector<double> RoutingPanel::of_group(const RoutingMatrix& weights, const GroupView& view) const {
    return mean_over_mixers(weights, view.begin, view.size);
}

void RoutingPanel::show_points() {
    if (!workspace_.inspector()) {
        return;
    }
    const std::vector<ReferenceSummary>& references = workspace_.inspector()->references();
    colours_ = colour_references(references, static_cast<ColourBy>(colour_->currentData().toInt()));
    for (const GroupView& view : views_) {
        if (view.triangle == nullptr) {
            continue;
        }
        std::vector<SimplexPoint> points;
        points.reserve(references.size());
        for (std::size_t i = 0; i < references.size(); ++i) {
            points.push_back({triple(of_group(references[i].routing, view)), colours_.category[i]});
        }
        view.triangle->set_points(std::move(points));
    }
    show_legend();
    Q_EMIT coloursChanged(colours_);
}

/// Colours of the references, and below them which neighbours are none of these. The triangles' tooltips say the latter too.
void RoutingPanel::show_legend() {
    QString text;
    for (int i = 0; i < colours_.names.size(); ++i) {
        text += QStringLiteral("<span style='color:%1'>\u25cf</span>&nbsp;%2 &ensp;").arg(category_colour(i).name(), colours_.names[i].toHtmlEscaped());
    }
    legend_->setText(lacking_.isEmpty() ? text : text + QStringLiteral("<br>") + lacking_.toHtmlEscaped());
    legend_->setToolTip((colours_.names.join(QStringLiteral(", ")) + QLatin1Char('\n') + lacking_).trimmed());
    for (const GroupView& view : views_) {
        if (view.triangle != nullptr) {
            view.triangle->setToolTip((tr("Drag the large point: the model answers live; Shift + arrows do the same.\n"
                                          "Wheel, + and \u2212 zoom; a double click or 0 shows the whole triangle.") +
                                       QLatin1Char('\n') + lacking_).trimmed());
        }
    }
}

void RoutingPanel::show_trajectory() {
    const Trajectory* trajectory = workspace_.trajectory();
    const std::vector<FlipMark> flips = trajectory != nullptr ? flip_marks(*trajectory) : std::vector<FlipMark>();
    for (const GroupView& view : views_) {
        if (view.triangle == nullptr) {
            continue;
        }
        std::vector<SimplexStep> steps;
        for (std::size_t t = 0; trajectory != nullptr && t < trajectory->steps.size(); ++t) {
            steps.push_back({triple(of_group(trajectory->steps[t].weights, view)), {}});
        }
        for (const FlipMark& flip : flips) {
            steps[static_cast<std::size_t>(flip.step)].flip = flip.outcome;
        }
        view.triangle->set_trajectory(std::move(steps));
    }
    show_neighbours({});
    show_step();
    if (zoom_->isChecked()) {
        zoom();
    }
}

void RoutingPanel::zoom() {
    for (const GroupView& view : views_) {
        if (view.triangle != nullptr && zoom_->isChecked()) {
            view.triangle->zoom_to_routing();
        } else if (view.triangle != nullptr) {
            view.triangle->set_window({});
        }
    }
}

void RoutingPanel::show_neighbours(const std::vector<RoutingMatrix>& pulls) {
    const Trajectory* trajectory = workspace_.trajectory();
    if (!workspace_.inspector()) {
        return;
    }
    const std::vector<ReferenceSummary>& references = workspace_.inspector()->references();
    const std::vector<InspectedNeighbour> named = workspace_.neighbours();
    if (const QString lacking = lacking_words(named, workspace_.neighbour_numbers()); lacking != lacking_) {
        lacking_ = lacking;
        show_legend();
    }
    for (const GroupView& view : views_) {
        if (view.triangle == nullptr) {
            continue;
        }
        std::vector<SimplexNeighbour> neighbours;
        const std::size_t count = trajectory != nullptr ? std::min(named.size(), trajectory->neighbourhood.neighbours.size()) : 0;
        for (std::size_t i = 0; i < count; ++i) {
            const bool here = named[i].place && *named[i].place < references.size();
            const RoutingMatrix& routing = here ? references[*named[i].place].routing : named[i].stored.routing;
            if (routing.experts() != workspace_.inspector()->info().space.expert_count()) {
                continue;  // the session does not know it, or it is another model's
            }
            SimplexNeighbour neighbour;
            neighbour.weights = triple(of_group(routing, view));
            neighbour.weight = trajectory->neighbourhood.neighbours[i].weight;
            neighbour.reference = here ? static_cast<int>(*named[i].place) : -1;
            neighbour.number = workspace_.neighbour_numbers().at(i);
            neighbour.remark = here ? QString() : lacking_words();
            if (arrows_->isChecked() && pulls.size() == count) {
                neighbour.pull = triple(of_group(pulls[i], view));
            }
            neighbours.push_back(neighbour);
        }
        view.triangle->set_neighbours(std::move(neighbours));
    }
}

void RoutingPanel::show_step() {
    const std::optional<RoutingMatrix> shown = workspace_.shown_routing();
    const TrajectoryStep* step = workspace_.step();
    const bool moved = shown && step != nullptr && !(of_group(*shown, views_.front()) == of_group(step->weights, views_.front()) &&
                                                     of_group(*shown, views_.back()) == of_group(step->weights, views_.back()));
    for (const GroupView& view : views_) {
        if (view.triangle != nullptr) {
            view.triangle->set_step(workspace_.cursor().step());
            view.triangle->set_what_if(moved ? std::optional(triple(of_group(*shown, view))) : std::nullopt);
        } else if (shown && workspace_.trajectory() != nullptr) {
            view.bars->set_weights(of_group(workspace_.trajectory()->base().weights, view), of_group(*shown, view));
        } else {
            view.bars->set_weights({}, {});
        }
    }
    reset_->setEnabled(moved);
    if (arrows_->isChecked()) {
        workspace_.request_pulls();
    } else {
        show_neighbours({});
    }
}

void RoutingPanel::preview_step(int step) {
    const Trajectory* trajectory = workspace_.trajectory();
    for (const GroupView& view : views_) {
        if (view.triangle != nullptr) {
            view.triangle->set_step(step);
        } else if (trajectory != nullptr) {
            view.bars->set_weights(of_group(trajectory->base().weights, view), of_group(trajectory->at(static_cast<std::size_t>(step)).weights, view));
        }
    }
}

void RoutingPanel::move(std::size_t group, const std::vector<double>& weights, bool ended) {
    std::optional<RoutingMatrix> at = workspace_.shown_routing();
    if (!at) {
        return;
    }
    std::copy(weights.begin(), weights.end(), at->row(0).begin() + static_cast<std::ptrdiff_t>(views_[group].begin));
    workspace_.move_routing(*at, ended);
}

void RoutingPanel::ask_landscape() {
    const int kind = landscape_->currentIndex();
    if (kind == 0 || !workspace_.inspection() || workspace_.inspection()->stored()) {
        return;
    }
    for (std::size_t g = 0; g < views_.size(); ++g) {
        if (views_[g].triangle != nullptr) {
            workspace_.request_landscape(g, kind == 2);
        }
    }
}

void RoutingPanel::clear_landscape() {
    workspace_.cancel_landscape();
    show_error(error_, {});
    for (const GroupView& view : views_) {
        if (view.triangle != nullptr) {
            view.triangle->set_field({});
        }
    }
}

void RoutingPanel::show_landscape(std::size_t group, const LandscapeValues& values) {
    if (group >= views_.size() || views_[group].triangle == nullptr || landscape_->currentIndex() == 0) {
        return;
    }
    SimplexField field;
    field.divisions = values.divisions;
    field.values = values.values;
    field.name = landscape_->currentIndex() == 2 ? tr("loss of the truth") : tr("loss of the neighbours");
    std::vector<SimplexContour> contours;
    // Lines only once all is there, and only where there is something to see: not through rounding noise.
    const bool whole = std::none_of(values.values.begin(), values.values.end(), [](double v) { return std::isnan(v); });
    const auto [low, high] = std::minmax_element(values.values.begin(), values.values.end());
    const bool flat = whole && *high - *low < kFlat * std::max(1.0, std::abs(*high));
    if (flat) {  // one colour: not a picture of rounding noise
        field.name += tr(" (flat)");
        std::fill(field.values.begin(), field.values.end(), *low);
    }
    for (const double level : whole && !flat ? contour_levels(values.values, 6) : std::vector<double>()) {
        const Result<std::vector<std::vector<PlanePoint>>> lines = contour(values.values, values.divisions, level);
        for (std::size_t i = 0; lines && i < lines->size(); ++i) {
            SimplexContour line;
            line.level = level;
            for (const PlanePoint& point : (*lines)[i]) {
                const std::array<double, 3> weights = ternary_weights(point);
                line.points.push_back({weights[0], weights[1], weights[2]});
            }
            contours.push_back(std::move(line));
        }
    }
    views_[group].triangle->set_field(std::move(field), std::move(contours));
}

}  // namespace r2t2::ui
