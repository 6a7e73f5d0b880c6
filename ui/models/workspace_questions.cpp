// What the workspace asks about the inspection it shows: the moved point, pulls, landscapes, gates, maps.
#include <algorithm>
#include <utility>

#include "ui/models/undo_routing.h"
#include "ui/models/workspace.h"

namespace r2t2::ui {

void Workspace::ask_what_if(const RoutingMatrix& weights) {
    jobs_.start<WhatIf>(
        "what-if", tr("Answer under the moved routing"), this,
        [inspector = inspector_, inspection = inspection_, method = method_index_, weights](const JobRunner::Context&) {
            return inspector->what_if(*inspection, method, weights);
        },
        [this, inspection = inspection_](Result<WhatIf> answer) {
            if (inspection != inspection_ || !moved_) {
                return;  // of a sample that is not shown any more
            }
            if (!answer) {
                fail(ErrorPlace::WhatIf, answer.error());
                return;
            }
            what_if_ = std::move(*answer);
            Q_EMIT whatIfChanged();
        });
}

void Workspace::apply_what_if(std::optional<RoutingMatrix> weights) {
    moved_ = std::move(weights);
    what_if_.reset();
    if (moved_) {
        ask_what_if(*moved_);
    } else {
        jobs_.cancel("what-if");
    }
    Q_EMIT whatIfChanged();
}

void Workspace::move_routing(const RoutingMatrix& weights, bool ended) {
    if (!inspection_) {
        return;
    }
    if (inspection_->stored()) {  // views have the point where it was let go
        Q_EMIT failed(ErrorPlace::WhatIf, tr("The point stays: this sample is shown as its run stored it, nothing of it has been computed here. "
                                             "Press Run (F5), then move the point."));
        Q_EMIT whatIfChanged();
        return;
    }
    if (!moving_) {
        moved_from_ = moved_;
        moving_ = true;
        Q_EMIT failed(ErrorPlace::WhatIf, {});
    }
    if (!moved_ || !(*moved_ == weights)) {
        moved_ = weights;
        ask_what_if(weights);
        Q_EMIT whatIfChanged();
    }
    if (ended) {
        moving_ = false;
        push_move(moved_from_, weights);
    }
}

/// The point may be there already: then nothing is asked again.
void Workspace::push_move(const std::optional<RoutingMatrix>& before, const std::optional<RoutingMatrix>& after) {
    undo_.push(new MoveRoutingCommand(before, after, 0, [this](const std::optional<RoutingMatrix>& to) {
        if (moved_ != to) {
            apply_what_if(to);
        }
    }));
}

/// Another step: the point goes back to the path. That can be undone as well; the point comes back on the step where it was.
void Workspace::leave_point(int step) {
    const int from = std::exchange(point_step_, step);
    if (!moved_) {
        return;
    }
    undo_.push(new MoveRoutingCommand(moved_, std::nullopt, 0, [this, from, step](const std::optional<RoutingMatrix>& to) {
        if (moved_ == to) {
            return;
        }
        if (to) {
            cursor_.set_step(from);
            apply_what_if(to);
        } else {
            apply_what_if(std::nullopt);
            cursor_.set_step(step);
        }
    }));
}

/// The sample was run again: r is asked about where it was moved to. Where that means nothing any more it goes back to the path, and says so.
void Workspace::keep_point(const RoutingMatrix& moved, bool same_question) {
    const Trajectory* followed = trajectory();
    if (followed == nullptr) {
        return;  // nor is a path
    }
    const QString why = !same_question                                            ? tr("it belonged to another question")
                        : inspection_->stored()                                   ? tr("this sample is shown as its run stored it")
                        : moved.experts() != followed->base().weights.experts() ? tr("this model has other experts")
                                                                                  : QString();
    if (why.isEmpty()) {
        moved_ = moved;
        ask_what_if(moved);
    } else {
        Q_EMIT failed(ErrorPlace::WhatIf, tr("The point that was moved is back on the path: %1.").arg(why));
    }
}

void Workspace::reset_routing() {
    if (moved_) {
        push_move(moved_, std::nullopt);
    }
}

void Workspace::request_map(const ProjectionRequest& request) {
    if (!inspector_) {
        return;
    }
    Q_EMIT failed(ErrorPlace::Map, {});
    jobs_.start<ProjectionMapPtr>(
        "map", tr("Map the references"), this,
        [inspector = inspector_, request](const JobRunner::Context& context) {
            return inspector->projection(request, context.progress, context.cancel);
        },
        [this](Result<ProjectionMapPtr> map) {
            if (!map) {
                fail(ErrorPlace::Map, map.error());
                return;
            }
            Q_EMIT mapReady(*map);
        });
}

void Workspace::request_landscape(std::size_t group, bool truth) {
    const std::optional<RoutingMatrix> at = shown_routing();
    if (!inspection_ || !at) {
        return;
    }
    Q_EMIT failed(ErrorPlace::Landscape, {});
    LandscapeRequest request;
    request.method = method_index_;
    request.group = group;
    request.at = *at;
    request.truth = truth;
    const auto deliver = [this, group, inspection = inspection_](const LandscapeValues& values) {
        if (inspection == inspection_) {
            Q_EMIT landscapeReady(group, values);
        }
    };
    jobs_.start<LandscapeValues>(
        QStringLiteral("landscape %1").arg(group), tr("Objective over the triangle"), this,
        [inspector = inspector_, inspection = inspection_, request, this, deliver](const JobRunner::Context& context) {
            const auto partial = [&](const LandscapeValues& values) {
                QMetaObject::invokeMethod(this, [deliver, values] { deliver(values); }, Qt::QueuedConnection);
            };
            return inspector->landscape(*inspection, request, partial, context.cancel);
        },
        [this, deliver](Result<LandscapeValues> values) {
            if (!values) {
                fail(ErrorPlace::Landscape, values.error());
                return;
            }
            deliver(*values);
        });
}

void Workspace::cancel_landscape() {
    jobs_.cancel("landscape 0");
    jobs_.cancel("landscape 1");
}

void Workspace::request_gates() {
    if (!inspection_ || inspection_->stored() || step() == nullptr) {
        return;
    }
    Q_EMIT failed(ErrorPlace::Gates, {});
    jobs_.start<MixerView>(
        "gates", tr("Gates of every token"), this,
        [inspector = inspector_, inspection = inspection_, method = method_index_,
         at = static_cast<std::size_t>(std::max(0, cursor_.step()))](const JobRunner::Context&) {
            return inspector->look(*inspection, method, at);
        },
        [this, inspection = inspection_](Result<MixerView> view) {
            if (inspection != inspection_) {
                return;
            }
            if (!view) {
                fail(ErrorPlace::Gates, view.error());
                return;
            }
            Q_EMIT gatesReady(*view);
        });
}

void Workspace::request_knockouts() {
    if (!inspection_ || inspection_->stored()) {
        return;
    }
    Q_EMIT failed(ErrorPlace::Knockouts, {});
    jobs_.start<std::vector<KnockedAnswer>>(
        "knockouts", tr("Knock-outs"), this,
        [inspector = inspector_, inspection = inspection_](const JobRunner::Context& context) { return inspector->knockouts(*inspection, context.cancel); },
        [this, inspection = inspection_](Result<std::vector<KnockedAnswer>> rows) {
            if (inspection != inspection_) {
                return;
            }
            if (!rows) {
                fail(ErrorPlace::Knockouts, rows.error());
                return;
            }
            Q_EMIT knockoutsReady(*rows);
        });
}

void Workspace::request_pulls() {
    const std::optional<RoutingMatrix> at = shown_routing();
    const Trajectory* followed = trajectory();
    const bool descends = followed != nullptr && method_row(followed->method).steps == StepKind::Descent;
    if (!inspection_ || inspection_->stored() || !at || !descends) {
        jobs_.cancel("pulls");
        Q_EMIT pullsReady({});
        return;
    }
    jobs_.start<std::vector<RoutingMatrix>>(
        "pulls", tr("Gradients of the neighbours"), this,
        [inspector = inspector_, inspection = inspection_, method = method_index_, weights = *at](const JobRunner::Context&) {
            return inspector->pulls(*inspection, method, weights);
        },
        [this, inspection = inspection_](Result<std::vector<RoutingMatrix>> pulls) {
            if (inspection == inspection_) {
                Q_EMIT pullsReady(pulls ? *pulls : std::vector<RoutingMatrix>());
            }
        });
}

}  // namespace r2t2::ui
