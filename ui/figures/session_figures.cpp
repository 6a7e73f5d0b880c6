#include "ui/figures/session_figures.h"

#include <QFileInfo>
#include <algorithm>
#include <set>

#include "core/routing/method_table.h"
#include "core/scoring/scoring_version.h"
#include "ui/figures/ablation_figure.h"
#include "ui/figures/figure_sources.h"
#include "ui/figures/transition_figure.h"
#include "ui/models/session_link.h"

namespace r2t2::ui {

namespace {

using FigurePtr = std::unique_ptr<Figure>;

Result<FigureSubject> subject_of(const QString& name) {
    std::string known;
    for (const FigureKind& kind : figure_kinds()) {
        if (kind.name == name) {
            return kind.subject;
        }
        known += (known.empty() ? "" : ", ") + kind.name.toStdString();
    }
    return invalid_input("figure", "name", name.toStdString(), known);
}

}  // namespace

const std::vector<FigureKind>& figure_kinds() {
    static const std::vector<FigureKind> kinds = {
        {QStringLiteral("accuracy-transitions"), QStringLiteral("Who changed sides at every step"), FigureSubject::Run},
        {QStringLiteral("accuracy-per-step"), QStringLiteral("Accuracy after every step, beside the other methods' results"), FigureSubject::Session},
        {QStringLiteral("expert-shift-flow"), QStringLiteral("Leading expert before and after, as flows"), FigureSubject::Run},
        {QStringLiteral("expert-shift-matrix"), QStringLiteral("Leading expert before and after, as matrices"), FigureSubject::Run},
        {QStringLiteral("weight-change"), QStringLiteral("Mean change of every expert's weight"), FigureSubject::Run},
        {QStringLiteral("radar"), QStringLiteral("Accuracy on every set, all methods"), FigureSubject::Session},
        {QStringLiteral("ablation-curves"), QStringLiteral("Accuracy against a swept parameter"), FigureSubject::Sweep},
        {QStringLiteral("ablation-map"), QStringLiteral("Accuracy over two swept parameters"), FigureSubject::Sweep},
        {QStringLiteral("neighbourhood-map"), QStringLiteral("One sample's way through the routing space, and its neighbours"), FigureSubject::Sample},
        {QStringLiteral("case-card"), QStringLiteral("One sample before and after, with picture and neighbours"), FigureSubject::Sample},
    };
    return kinds;
}

bool is_about_a_sample(const QString& name) {
    const Result<FigureSubject> subject = subject_of(name);
    return subject && *subject == FigureSubject::Sample;
}

const std::vector<FigureKind>& published_kinds() {
    static const std::vector<FigureKind> kinds = {
        {QStringLiteral("published-transitions"), QStringLiteral("CVBench over the steps, as the paper reports it"), FigureSubject::Session},
        {QStringLiteral("published-ablations"), QStringLiteral("NGD's ablations, as the paper reports them"), FigureSubject::Session},
    };
    return kinds;
}

std::unique_ptr<Figure> published_figure(const QString& name) {
    FigurePtr figure;
    if (name == QLatin1String("published-transitions")) {
        figure = std::make_unique<TransitionFigure>(published_cvbench_transitions());
    } else if (name == QLatin1String("published-ablations")) {
        figure = std::make_unique<AblationCurvesFigure>(published_ablation_data());
    } else {
        return nullptr;
    }
    figure->set_name(name);
    figure->set_origin(QStringLiteral("R2-T2 (arXiv 2502.20395), as published\nR2-T2 Studio " R2T2_VERSION));
    return figure;
}

Result<std::vector<FigureKind>> figures_of(SessionReader& session, std::int64_t wanted) {
    const Result<std::int64_t> run = wanted > 0 ? Result<std::int64_t>(wanted) : default_run(session);
    if (!run) {
        return run.error();
    }
    const auto all = sweeps(session);
    if (!all) {
        return all.error();
    }
    const Result<std::size_t> sweep = choose_sweep(*all, wanted);
    const Result<ChosenSample> sample = default_sample(session, *run);
    if (!sample && sample.error().kind != ErrorKind::NotFound) {
        return sample.error();
    }
    const auto rows = session.samples(*run);
    if (!rows) {
        return rows.error();
    }
    std::set<std::string> sets;
    for (const SampleRow& row : *rows) {
        sets.insert(row.info.id.set);
    }
    std::vector<FigureKind> kinds;
    for (const FigureKind& kind : figure_kinds()) {
        const bool there = kind.subject == FigureSubject::Sweep
                               ? sweep.ok() && (kind.name != QLatin1String("ablation-map") || (*all)[*sweep].axes.size() > 1)
                           : kind.subject == FigureSubject::Sample ? sample.ok()
                                                                   : kind.name != QLatin1String("radar") || sets.size() >= 3;
        if (there) {
            kinds.push_back(kind);
        }
    }
    return kinds;
}

Result<std::int64_t> default_run(SessionReader& session) {
    const auto runs = session.runs();
    if (!runs) {
        return runs.error();
    }
    if (runs->empty()) {
        return invalid_input("session", "runs", "none", "at least one run");
    }
    const auto leading = std::find_if(runs->rbegin(), runs->rend(), [](const StoredRun& run) { return run.info.method == to_string(kLeadingMethod); });
    const auto other = std::find_if(runs->rbegin(), runs->rend(), [](const StoredRun& run) { return run.info.method != to_string(Method::Base); });
    return leading != runs->rend() ? leading->id : other != runs->rend() ? other->id : runs->back().id;
}

QString run_link(const QString& session_path, const StoredRun& run) { return sample_link(session_path, run, {}, -1); }

QString sample_link(const QString& session_path, const StoredRun& run, const SampleKey& sample, int step) {
    SessionLink link;
    link.run = run.id;
    link.set = QString::fromStdString(sample.set);
    link.key = QString::fromStdString(sample.key);
    link.step = step;
    link.session = QFileInfo(session_path).fileName();
    link.model = QString::fromStdString(run.info.model_hash.substr(0, 16));
    return to_text(link);
}

Result<std::unique_ptr<Figure>> make_figure(const FigureRequest& request, SessionReader& session, const QString& path) {
    const Result<FigureSubject> subject = subject_of(request.name);
    if (!subject) {
        return subject.error();
    }
    FigureRequest settled = request;
    if (request.run <= 0 && *subject != FigureSubject::Sweep) {
        const Result<std::int64_t> run = default_run(session);
        if (!run) {
            return run.error();
        }
        settled.run = *run;
    }
    (void)session.take_left_out();  // of what was read before
    Result<MadeFigure> made = [&]() -> Result<MadeFigure> {
        if (*subject == FigureSubject::Sweep) {
            return sweep_figure(settled, session);
        }
        if (*subject == FigureSubject::Sample) {
            return sample_figure(settled, session);
        }
        return run_figure(settled.name, session, path, settled.run);
    }();
    const auto run = made ? session.run(made->run) : Result<StoredRun>(made.error());
    if (!run) {
        return run.error();
    }
    QStringList notes;
    if (QString::fromStdString(run->info.model_name).contains(QLatin1String("miniature"))) {
        notes << QStringLiteral("bundled miniature model");
    }
    if (!made->figure->note().isEmpty()) {
        notes << made->figure->note();
    }
    QStringList left_out;
    for (const LeftOut& sample : session.take_left_out()) {
        left_out << QString::fromStdString(sample.text());
    }
    if (!left_out.isEmpty()) {
        notes << (left_out.size() == 1 ? QStringLiteral("1 damaged sample left out") : QStringLiteral("%1 damaged samples left out").arg(left_out.size()));
    }
    if (run->scoring_version != 0 && run->scoring_version < kScoringVersion) {
        notes << QStringLiteral("scored by version %1 of the rules").arg(run->scoring_version);
    }
    made->figure->set_name(request.name);
    made->figure->set_left_out(left_out);
    notes << made->lacking;
    made->figure->set_note(notes.join(QStringLiteral("; ")));
    made->figure->set_warnings(made->lacking);
    made->figure->set_origin(QStringLiteral("%1\n%2\nmodel %3 %4\n%5R2-T2 Studio " R2T2_VERSION)
                                 .arg(sample_link(path, *run, made->sample.value_or(SampleKey()), made->step), QString::fromStdString(run->info.command),
                                      QString::fromStdString(run->info.model_name), QString::fromStdString(run->info.model_hash),
                                      made->lacking.isEmpty() ? QString() : made->lacking.join(QLatin1Char('\n')) + QLatin1Char('\n')) +
                             (left_out.isEmpty() ? QString() : QStringLiteral("\nleft out: ") + left_out.join(QStringLiteral("; "))));
    return std::move(made->figure);
}

}  // namespace r2t2::ui
