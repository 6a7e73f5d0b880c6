#include "ui/panels/map_panel.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>
#include <cmath>

#include "ui/models/counted.h"
#include "ui/models/reference_words.h"
#include "ui/panels/theme.h"

namespace r2t2::ui {

namespace {

struct Choice {
    ProjectionSpace space;
    ProjectionMethod method;
    const char* name;
};
constexpr Choice kChoices[] = {{ProjectionSpace::Routing, ProjectionMethod::Pca, QT_TR_NOOP("Routing space, PCA")},
                               {ProjectionSpace::Task, ProjectionMethod::Pca, QT_TR_NOOP("Task space, PCA")},
                               {ProjectionSpace::Routing, ProjectionMethod::NeighbourEmbedding, QT_TR_NOOP("Routing space, t-SNE")},
                               {ProjectionSpace::Task, ProjectionMethod::NeighbourEmbedding, QT_TR_NOOP("Task space, t-SNE")}};

/// References: two make a line of a PCA, and t-SNE knows no neighbours of fewer than four.
std::size_t least_of(ProjectionMethod method) { return method == ProjectionMethod::Pca ? 3 : 4; }

}  // namespace

MapPanel::MapPanel(Workspace& workspace, QWidget* parent) : QWidget(parent), workspace_(workspace) {
    setObjectName(QStringLiteral("mapPanel"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(4, 4, 4, 4);
    column->setSpacing(2);
    auto* row = new QHBoxLayout;
    choice_ = new QComboBox(this);
    choice_->setObjectName(QStringLiteral("mapChoice"));
    choice_->setAccessibleName(tr("Map"));
    choice_->setToolTip(tr("PCA: linear, distances keep their meaning along two axes.\n"
                           "t-SNE (van der Maaten 2014): neighbours stay together, distances mean nothing."));
    for (const Choice& each : kChoices) {
        choice_->addItem(tr(each.name));
    }
    row->addWidget(choice_);
    note_ = caption({}, this);
    note_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    note_->setWordWrap(true);
    row->addWidget(note_, 1);
    column->addLayout(row);
    view_ = new ProjectionView(this);
    view_->setObjectName(QStringLiteral("map"));
    column->addWidget(view_, 1);
    connect(choice_, &QComboBox::currentIndexChanged, this, &MapPanel::ask);
    connect(choice_, &QComboBox::activated, this, [this] {  // the same one, chosen again
        if (!map_ && !asked_) {
            ask();
        }
    });
    connect(view_, &ProjectionView::pointHovered, &workspace, &Workspace::set_hovered_reference);
    connect(view_, &ProjectionView::pointClicked, this, [this](int i) { workspace_.set_selected_references({i}); });
    connect(view_, &ProjectionView::selectionChanged, this, [this](const std::vector<int>& chosen) { workspace_.set_selected_references(chosen); });
    connect(&workspace, &Workspace::hoveredReferenceChanged, view_, &ProjectionView::set_highlight);
    connect(&workspace, &Workspace::selectionChanged, this, [this] { view_->set_selection(workspace_.selected_references()); });
    connect(&workspace, &Workspace::inspectorChanged, this, &MapPanel::ask);
    connect(&workspace, &Workspace::mapReady, this, &MapPanel::take);
    connect(&workspace, &Workspace::trajectoryChanged, this, &MapPanel::show_sample);
    connect(&workspace.cursor(), &StepCursor::stepChanged, view_, &ProjectionView::set_step);
    connect(&workspace, &Workspace::failed, this, [this](ErrorPlace place, const QString& message) {
        if (place == ErrorPlace::Map && !message.isEmpty()) {
            show_none(message);
        }
    });
    connect(&workspace.jobs(), &JobRunner::ended, this, [this](const JobInfo& job) {
        if (job.slot == QLatin1String("map") && job.cancelled && asked_ && !workspace_.jobs().waits(job.slot)) {
            show_none(tr("Stopped. Choose a map to make it."));
        }
    });
    view_->set_name(choice_->currentText());
}

void MapPanel::choose(ProjectionSpace space, ProjectionMethod method) {
    for (std::size_t i = 0; i < std::size(kChoices); ++i) {
        if (kChoices[i].space == space && kChoices[i].method == method) {
            choice_->setCurrentIndex(static_cast<int>(i));
        }
    }
}

void MapPanel::ask() {
    const Choice& chosen = kChoices[choice_->currentIndex()];
    view_->set_name(choice_->currentText());
    if (!workspace_.inspector()) {
        show_none({});
        return;
    }
    const std::size_t count = workspace_.inspector()->references().size(), least = least_of(chosen.method);
    if (count < least) {
        workspace_.jobs().cancel(QStringLiteral("map"));
        const QString open = counted(static_cast<qlonglong>(count), tr("1 is open"), tr("%L1 are open"));
        show_none((chosen.method == ProjectionMethod::Pca ? tr("A map needs at least %1 references; %2.") : tr("A map by t-SNE needs at least %1 references; %2.")).arg(least).arg(open));
        return;
    }
    show_none(tr("computing \u2026"));
    asked_ = true;
    workspace_.request_map({chosen.space, chosen.method, 1});
}

void MapPanel::take(const ProjectionMapPtr& map) {
    asked_ = false;
    map_ = map;
    view_->set_empty({});
    show_points();
}

/// Points, rings and path of another set, model or kind go.
void MapPanel::show_none(const QString& why) {
    asked_ = false;
    map_.reset();
    note_->clear();
    view_->set_empty(why);
    view_->set_axes({});
    view_->set_points({}, {});
    show_sample();
}

void MapPanel::set_colours(const ReferenceColours& colours) {
    colours_ = colours;
    show_points();
}

void MapPanel::show_points() {
    if (!map_ || !workspace_.inspector() || map_->xy.size() != 2 * workspace_.inspector()->references().size()) {
        return;
    }
    std::vector<ProjectionPoint> points;
    for (std::size_t i = 0; 2 * i < map_->xy.size(); ++i) {
        points.push_back({map_->xy[2 * i], map_->xy[2 * i + 1], i < colours_.category.size() ? colours_.category[i] : -1});
    }
    std::vector<ProjectionCategory> categories;
    for (const QString& name : colours_.names) {
        categories.push_back({name, {}});
    }
    const bool pca = map_->request.method == ProjectionMethod::Pca;
    const auto axis = [&](int number) {
        return pca ? tr("PC %1 (%2 %)").arg(number).arg(100.0 * map_->explained[static_cast<std::size_t>(number - 1)], 0, 'f', 0) : QString();
    };
    view_->set_name(choice_->currentText());
    view_->set_axes({axis(1), axis(2), pca});
    view_->set_points(std::move(points), std::move(categories));
    show_sample();
}

/// Where the sample stands in an embedding that has no map for new rows: at its neighbours' weighted mean, of those that are on the map.
QPointF MapPanel::place_among(const Trajectory& trajectory) const {
    QPointF sum;
    double total = 0.0;
    const std::vector<InspectedNeighbour> neighbours = workspace_.neighbours();
    for (std::size_t i = 0; i < neighbours.size(); ++i) {
        if (const std::optional<std::size_t> at = neighbours[i].place; at && 2 * *at + 1 < map_->xy.size()) {
            const double weight = trajectory.neighbourhood.neighbours[i].weight;
            sum += weight * QPointF(map_->xy[2 * *at], map_->xy[2 * *at + 1]);
            total += weight;
        }
    }
    return total > 0.0 ? sum / total : QPointF(NAN, NAN);
}

void MapPanel::show_sample() {
    const Trajectory* trajectory = workspace_.trajectory();
    if (!map_ || trajectory == nullptr) {
        view_->set_trajectory({});
        view_->set_sample(std::nullopt);
        view_->set_neighbours({});
        return;
    }
    const std::vector<InspectedNeighbour> named = workspace_.neighbours();
    std::vector<ProjectionNeighbour> neighbours;
    for (std::size_t i = 0; i < named.size(); ++i) {
        if (const std::optional<std::size_t> place = named[i].place; place && *place < workspace_.inspector()->references().size()) {
            neighbours.push_back({static_cast<int>(*place), trajectory->neighbourhood.neighbours[i].weight, workspace_.neighbour_numbers().at(i)});
        }
    }
    view_->set_neighbours(std::move(neighbours));
    std::vector<QPointF> path;
    std::optional<QPointF> sample;
    QStringList notes;
    if (const QString lacking = lacking_words(named, workspace_.neighbour_numbers()); !lacking.isEmpty()) {
        notes << tr("%1, nor on the map").arg(lacking);
    }
    if (!map_->place) {
        const QPointF at = place_among(*trajectory);
        if (std::isfinite(at.x())) {
            sample = at;
            notes.prepend(tr("sample: at its neighbours' mean"));
        }
    } else if (map_->request.space == ProjectionSpace::Routing) {
        for (const TrajectoryStep& step : trajectory->steps) {
            const std::array<double, 2> at = map_->place(mean_over_mixers(step.weights).values());
            path.emplace_back(at[0], at[1]);
        }
    } else if (!workspace_.inspection()->embedding().empty()) {
        const std::vector<float>& e = workspace_.inspection()->embedding();
        const std::array<double, 2> at = map_->place(std::vector<double>(e.begin(), e.end()));
        sample = QPointF(at[0], at[1]);
    }
    note_->setText(notes.join(QStringLiteral("; ")));
    view_->set_trajectory(std::move(path));
    view_->set_sample(sample);
    view_->set_step(workspace_.cursor().step());
}

}  // namespace r2t2::ui
