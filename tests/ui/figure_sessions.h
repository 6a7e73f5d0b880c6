// Sessions that figures are made of, and a page that reads them. Tests only.
#pragma once

#include <QDir>
#include <QPainter>
#include <QTemporaryDir>
#include <memory>
#include <string>
#include <vector>

#include "tests/session/sweep_samples.h"
#include "tests/ui/text_recorder.h"
#include "ui/figures/session_figures.h"

namespace r2t2::ui {

/// Six methods over four sets; everybody's answers are made up, some steps are not answered, one sample fails. False: could not
/// be written.
inline bool write_methods(const std::string& path, const ReferenceNamer& namer = session_samples::reference_name) {
    auto session = SessionWriter::create(path);
    RandomStream random(11);
    bool written = session.ok();
    for (const Method method : {Method::Base, Method::ModeFinding, Method::KernelRegression, Method::Ngd, Method::Oracle, Method::OwnMean}) {
        RunInfo info = session_samples::run_info();
        info.method = to_string(method);
        const auto run = session->begin_run(info);
        written = written && run.ok();
        for (int i = 0; written && i < 60; ++i) {
            std::vector<bool> right;
            for (int t = 0; t < (method == Method::Base ? 1 : 11); ++t) {
                right.push_back(random.uniform() < 0.5 + 0.04 * t);
            }
            SampleInfo sample = session_samples::sample_info(i);
            sample.id.set = std::vector<std::string>{"G-clutter", "K-noise", "O-dim", "G_100%"}[static_cast<std::size_t>(i % 4)];
            Trajectory trajectory = session_samples::trajectory(i, right);
            trajectory.method = method;
            if (method == Method::Oracle) {
                for (std::size_t t = 1; t + 1 < trajectory.steps.size(); ++t) {
                    trajectory.steps[t].answer.reset();
                    trajectory.steps[t].correct.reset();
                }
            }
            written = session->write_sample(*run, sample, trajectory, namer).ok();
        }
        written = written && session->record_error(*run, session_samples::sample_info(99), invalid_input("99.png", "image", "0 bytes", "a picture")).ok() &&
                  session->finish_run(*run, RunState::Finished).ok();
    }
    return written;
}

inline bool write_sweep(const std::string& path) {
    auto session = SessionWriter::create(path);
    return session.ok() && session_samples::write_grid_sweep(*session);
}

/// One run of a session that is not whole.
struct UnevenRun {
    Method method = Method::Ngd;
    const char* evaluation = "evaluation 1";
    int planned = 600;                              ///< over the four sets
    int samples = 80;                               ///< that were run, one of them failed
    std::optional<RunState> state{};                ///< none: it was killed, and is "running" for ever
    bool truth = true;
    int neighbours = 5;                             ///< k; what makes runs of one evaluation a sweep
};

/// Base, NGD and an oracle that were cancelled after 80 of 600 samples; NGD without truths; NGD that was killed; a sweep over k
/// whose last run was cancelled. The oracle's steps between the first and the last are not scored; of NGD's, step 3 of every
/// second sample is not.
inline const std::vector<UnevenRun>& uneven_runs() {
    static const std::vector<UnevenRun> runs = {{Method::Base, "evaluation 1", 600, 80, RunState::Cancelled},
                                                {Method::Ngd, "evaluation 1", 600, 80, RunState::Cancelled},
                                                {Method::Oracle, "evaluation 1", 600, 80, RunState::Cancelled},
                                                {Method::Ngd, "evaluation 4", 24, 24, RunState::Finished, false},
                                                {Method::Ngd, "evaluation 5", 60, 12, std::nullopt},
                                                {Method::Ngd, "evaluation 6", 24, 24, RunState::Finished, true, 3},
                                                {Method::Ngd, "evaluation 6", 24, 24, RunState::Finished, true, 5},
                                                {Method::Ngd, "evaluation 6", 24, 10, RunState::Cancelled, true, 10}};
    return runs;
}

inline Trajectory uneven_trajectory(const UnevenRun& run, int number, RandomStream& random) {
    std::vector<bool> right;
    for (int t = 0; t < (run.method == Method::Base ? 1 : 11); ++t) {
        right.push_back(random.uniform() < 0.5 + 0.04 * t);
    }
    Trajectory trajectory = session_samples::trajectory(number, right);
    trajectory.method = run.method;
    for (std::size_t t = 0; t < trajectory.steps.size(); ++t) {
        const bool end = t == 0 || t + 1 == trajectory.steps.size();
        if ((run.method == Method::Oracle && !end) || (run.method == Method::Ngd && t == 3 && number % 2 == 0)) {
            trajectory.steps[t].answer.reset();
            trajectory.steps[t].correct.reset();
        }
        if (!run.truth) {
            trajectory.steps[t].correct.reset();
        }
    }
    return trajectory;
}

inline bool write_uneven(const std::string& path) {
    const std::vector<std::string> sets = {"G-clutter", "K-noise", "O-dim", "G_100%"};
    auto session = SessionWriter::create(path);
    RandomStream random(29);
    bool written = session.ok();
    for (const UnevenRun& run : uneven_runs()) {
        RunInfo info = session_samples::run_info();
        info.method = to_string(run.method);
        info.config = R"({"evaluation": ")" + std::string(run.evaluation) + R"(", "parameters": {"num_neighbors": )" + std::to_string(run.neighbours) + R"(}, "planned": {)";
        for (const std::string& set : sets) {
            info.config += (set == sets.front() ? "\"" : ", \"") + set + "\": " + std::to_string(run.planned / 4);
        }
        info.config += "}}";
        const auto id = session->begin_run(info);
        written = written && id.ok();
        for (int i = 0; written && i + 1 < run.samples; ++i) {
            SampleInfo sample = session_samples::sample_info(i);
            sample.id.set = sets[static_cast<std::size_t>(i % 4)];
            if (!run.truth) {
                sample.ground_truth.reset();
            }
            written = session->write_sample(*id, sample, uneven_trajectory(run, i, random), session_samples::reference_name).ok();
        }
        SampleInfo bad = session_samples::sample_info(999);
        bad.id.set = sets.back();
        written = written && session->record_error(*id, bad, invalid_input("999.png", "image", "0 bytes", "a picture")).ok() &&
                  (!run.state || session->finish_run(*id, *run.state).ok());
    }
    return written;
}

/// Stripes: every picture path is at hand.
inline Result<SamplePicture> striped_picture(const std::string&) {
    SamplePicture picture;
    picture.image = {96, 64, std::vector<std::uint8_t>(96 * 64 * 3)};
    for (std::size_t i = 0; i < picture.image.rgb.size(); ++i) {
        picture.image.rgb[i] = static_cast<std::uint8_t>(40 * ((i / 24) % 6));
    }
    return picture;
}

inline Result<std::unique_ptr<Figure>> make(FigureRequest request, const std::string& path) {
    auto session = SessionReader::open(path);
    if (!session) {
        return session.error();
    }
    return make_figure(request, *session, QString::fromStdString(path));
}

/// Null if there is no such figure.
inline std::unique_ptr<Figure> figure(FigureRequest request, const std::string& path) {
    auto made = make(std::move(request), path);
    return made.ok() ? std::move(*made) : nullptr;
}

/// Words that are cut or cover one another on the page.
inline QStringList unreadable(const Figure& figure, std::size_t* words = nullptr) {
    TextRecorder page(figure.plot_size().toSize());
    {
        QPainter painter(&page);
        figure.render_to(painter, figure.plot_size());
    }
    if (words != nullptr) {
        *words = page.written().size();
    }
    return page.complaints();
}

/// R2T2_FIGURE_PICTURES=FOLDER keeps what was drawn, to be looked at.
inline void keep_picture(const Figure& figure, const QString& name) {
    if (const QString folder = qEnvironmentVariable("R2T2_FIGURE_PICTURES"); !folder.isEmpty()) {
        (void)save_plot(figure, QDir(folder).filePath(name + QStringLiteral(".png")));
    }
}

/// Rows of tsv() without its header, parted into cells.
inline std::vector<QStringList> cells_of(const Figure& figure) {
    std::vector<QStringList> rows;
    for (const QString& line : figure.tsv().split(QLatin1Char('\n'), Qt::SkipEmptyParts).mid(1)) {
        rows.push_back(line.split(QLatin1Char('\t')));
    }
    return rows;
}

}  // namespace r2t2::ui
