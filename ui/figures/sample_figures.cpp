// Figures of one sample from a session (declared in figure_sources.h).
#include <algorithm>

#include "ui/figures/case_card.h"
#include "ui/figures/figure_sources.h"
#include "ui/figures/neighbourhood_figure.h"
#include "ui/figures/outcomes.h"
#include "ui/models/method_names.h"
#include "ui/models/session_results.h"

namespace r2t2::ui {

namespace {

QString sample_title(const SampleKey& key) { return QString::fromStdString(key.set) + QLatin1Char('/') + QString::fromStdString(key.key); }

QString reference_title(const ReferenceName& name) { return QString::fromStdString(name.set) + QLatin1Char('/') + QString::fromStdString(name.id); }

/// One a step: what its answer did where it differs from the last one before, as in the window.
std::vector<std::optional<OutcomeColour>> flips_of(const Trajectory& trajectory) {
    std::vector<std::optional<OutcomeColour>> flips(trajectory.steps.size());
    for (const FlipMark& mark : flip_marks(trajectory)) {
        flips[static_cast<std::size_t>(mark.step)] = mark.outcome;
    }
    return flips;
}

/// Of a search for confidence none: the confidence is drawn anyway.
QString objective_title(Method method) {
    const Objective objective = method_row(method).objective;
    return objective == Objective::Confidence ? QString() : QString::fromUtf8(objective_name(objective).name);
}

Result<MadeFigure> neighbourhood_map(SessionReader& session, const StoredRun& run, const StoredSample& sample) {
    auto routings = session.routings(run.id);
    if (!routings) {
        return routings.error();
    }
    NeighbourhoodData data;
    data.space = run.info.space;
    for (const SessionReader::FirstAndLast& each : routings->samples) {
        data.native.push_back({mean_over_mixers(each.first).values(), outcome_of_code(each.outcome)});
    }
    const std::vector<std::optional<OutcomeColour>> flips = flips_of(sample.trajectory);
    for (std::size_t t = 0; t < sample.trajectory.steps.size(); ++t) {
        const TrajectoryStep& step = sample.trajectory.steps[t];
        data.steps.push_back({mean_over_mixers(step.weights).values(), flips[t], step.answer ? QString::fromStdString(step.answer->text) : QString()});
    }
    std::size_t unknown = 0;
    for (std::size_t i = 0; i < sample.neighbours.size(); ++i) {
        const ReferenceName& name = sample.neighbours[i];
        if (name.routing.experts() != data.space.expert_count() || name.routing.rows() == 0) {
            ++unknown;
            continue;
        }
        data.neighbours.push_back({mean_over_mixers(name.routing).values(), sample.trajectory.neighbourhood.neighbours[i].weight, static_cast<int>(i) + 1,
                                   reference_title(name)});
    }
    const auto quoted = [](const std::string& answer) { return QLatin1Char('"') + QString::fromStdString(answer).simplified() + QLatin1Char('"'); };
    data.title = QStringLiteral("%1, %2: %3 \u2192 %4")
                     .arg(sample_title(sample.row.info.id), run_title(run), quoted(sample.row.native_answer), quoted(sample.row.final_answer));
    MadeFigure made;
    made.figure = std::make_unique<NeighbourhoodFigure>(std::move(data));
    if (unknown > 0) {
        made.figure->set_note(QStringLiteral("%1 of %2 neighbours: routing unknown").arg(unknown).arg(sample.neighbours.size()));
    }
    return made;
}

Result<MadeFigure> case_card(const FigureRequest& request, const StoredRun& run, const StoredSample& sample) {
    CaseCardData data;
    data.sample = sample_title(sample.row.info.id);
    data.method = run_title(run);
    data.question = QString::fromStdString(sample.row.info.asked());
    data.truth = QString::fromStdString(sample.row.info.ground_truth.value_or(std::string()));
    data.outcome = outcome_of_code(sample.row.outcome);
    data.picture_path = QString::fromStdString(sample.row.info.image_path);
    data.objective = objective_title(sample.trajectory.method);
    if (const QString rise = rise_words(sample.trajectory); !rise.isEmpty()) {
        data.objective += QStringLiteral(" (%1)").arg(rise);
    }
    if (request.picture && !sample.row.info.image_path.empty()) {
        if (const Result<SamplePicture> picture = request.picture(sample.row.info.image_path); picture && !picture->image.empty()) {
            const Image& image = picture->image;
            data.picture = QImage(image.rgb.data(), image.width, image.height, 3 * image.width, QImage::Format_RGB888).copy();
        }
    }
    const std::vector<std::optional<OutcomeColour>> flips = flips_of(sample.trajectory);
    for (std::size_t t = 0; t < sample.trajectory.steps.size(); ++t) {
        const TrajectoryStep& step = sample.trajectory.steps[t];
        CaseStep shown;
        shown.answer = step.answer ? QString::fromStdString(step.answer->text) : QString();
        shown.confidence = step.answer ? std::optional(step.answer->confidence) : std::nullopt;
        shown.objective = step.objective;
        shown.correct = step.correct;
        shown.flip = flips[t];
        data.steps.push_back(std::move(shown));
    }
    const Trajectory& trajectory = sample.trajectory;
    for (std::size_t g = 0; g < run.info.space.groups.size(); ++g) {
        const ExpertGroup& group = run.info.space.groups[g];
        const std::size_t begin = run.info.space.group_begin(g), size = group.experts.size();
        CaseGroup shown{QString::fromStdString(group.name), {}, mean_over_mixers(trajectory.base().weights, begin, size),
                        mean_over_mixers(trajectory.result().weights, begin, size)};
        for (const std::string& expert : group.experts) {
            shown.experts << expert_title(expert);
        }
        data.groups.push_back(std::move(shown));
    }
    for (std::size_t i = 0; i < sample.neighbours.size(); ++i) {
        const ReferenceName& name = sample.neighbours[i];
        data.neighbours.push_back({static_cast<int>(i) + 1, QString::fromStdString(name.question.value_or(std::string())),
                                   QString::fromStdString(name.answer.value_or(std::string())), reference_title(name),
                                   trajectory.neighbourhood.neighbours[i].weight});
    }
    MadeFigure made;
    made.figure = std::make_unique<CaseCardFigure>(std::move(data));
    return made;
}

Error no_steps(std::int64_t run, const std::string& sample) {
    return {ErrorKind::NotFound, "run " + std::to_string(run), "sample", sample, "a sample with steps"};
}

}  // namespace

Result<ChosenSample> default_sample(SessionReader& session, std::int64_t run) {
    const auto rows = session.samples(run);
    if (!rows) {
        return rows.error();
    }
    const SampleRow* chosen = nullptr;
    for (const SampleRow& row : *rows) {
        if (row.steps == 0 || row.damaged || !row.error.empty()) {
            continue;
        }
        if (row.outcome == outcome_code(Outcome::WrongRight)) {
            return ChosenSample{row.info.id, true};
        }
        chosen = chosen == nullptr ? &row : chosen;
    }
    if (chosen == nullptr) {
        return no_steps(run, "none");
    }
    return ChosenSample{chosen->info.id, false};
}

Result<SampleKey> find_sample(SessionReader& session, std::int64_t run, const std::string& text) {
    constexpr std::size_t kNamed = 3;
    const auto rows = session.samples(run);
    if (!rows) {
        return rows.error();
    }
    const auto named = [](const std::vector<SampleKey>& keys) {
        std::string some;
        for (std::size_t i = 0; i < keys.size(); ++i) {
            some += i < kNamed ? (i == 0 ? "" : ", ") + keys[i].set + "/" + keys[i].key : "";
        }
        return some + (keys.size() > kNamed ? ", ..." : "");
    };
    const std::string where = "run " + std::to_string(run);
    std::vector<SampleKey> all, meant;
    for (const SampleRow& row : *rows) {
        const SampleKey& key = all.emplace_back(row.info.id);
        if (key.set + "/" + key.key == text) {
            return key;
        }
        if (key.key == text) {
            meant.push_back(key);
        }
    }
    if (meant.size() == 1) {
        return meant.front();
    }
    if (!meant.empty()) {
        return invalid_input(where, "sample", text + ", which several sets have", named(meant));
    }
    return Error{ErrorKind::NotFound, where, "sample", text, "SET/KEY, as " + named(all)};
}

Result<MadeFigure> sample_figure(const FigureRequest& request, SessionReader& session) {
    const Result<StoredRun> run = session.run(request.run);
    if (!run) {
        return run.error();
    }
    const Result<ChosenSample> chosen = request.sample ? Result<ChosenSample>(ChosenSample{*request.sample}) : default_sample(session, request.run);
    if (!chosen) {
        return chosen.error();
    }
    const SampleKey* key = &chosen->key;
    const Result<StoredSample> sample = session.sample(request.run, *key);
    if (!sample) {
        return sample.error();
    }
    if (sample->trajectory.steps.empty()) {
        return no_steps(request.run, sample_title(*key).toStdString() + ", " + sample->row.error);
    }
    Result<MadeFigure> made = request.name == QLatin1String("case-card") ? case_card(request, *run, *sample) : neighbourhood_map(session, *run, *sample);
    if (made) {
        made->run = request.run;
        made->sample = *key;
        made->step = static_cast<int>(sample->trajectory.steps.size()) - 1;
    }
    return made;
}

}  // namespace r2t2::ui
