// Every figure that a session gives, by name: the gallery of the desktop and of `r2t2 figure`.
// Thread rule: the interface's.
#pragma once

#include <QStringList>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/session/session_reader.h"
#include "core/vision/sample_picture.h"
#include "ui/figures/figure.h"

namespace r2t2::ui {

enum class FigureSubject {
    Run,      ///< one run
    Session,  ///< one run a method of those made together with the run (core/results/made_together.h)
    Sweep,    ///< runs that were made together with different parameters
    Sample    ///< one sample of one run
};

struct FigureKind {
    QString name;   ///< as on the command line: "accuracy-transitions"
    QString title;  ///< for people
    FigureSubject subject;
};
[[nodiscard]] const std::vector<FigureKind>& figure_kinds();
[[nodiscard]] bool is_about_a_sample(const QString& name);

/// The picture of StoredSample's image path: a file, or a name of the bundled world. May take long: OpenCV is loaded for it.
using PictureSource = std::function<Result<SamplePicture>(const std::string& image_path)>;

struct FigureRequest {
    QString name;
    std::int64_t run = 0;             ///< 0: default_run; for sweeps: the last NGD one, else the last
    std::optional<SampleKey> sample{};  ///< none: default_sample
    bool by_set = false;              ///< sweeps: a panel for each set as well
    std::vector<std::string> axes{};  ///< sweeps: at most two parameters, the first along x; as core/results' slice
    std::map<std::string, std::string> hold{};  ///< sweeps: values of others; default: the best cell's
    PictureSource picture{};          ///< empty: the card says where its picture is
};

/// Errors: an unknown name (lists the known ones), no such run, sample, axis or value; NotFound where this session has not got
/// what the figure is about: no sweep (over two parameters), no sample with steps, fewer than three sets.
[[nodiscard]] Result<std::unique_ptr<Figure>> make_figure(const FigureRequest& request, SessionReader& session, const QString& session_path);

/// Those that the session can give as it is, for `run` (0: the default): reads configurations and the samples' table only.
[[nodiscard]] Result<std::vector<FigureKind>> figures_of(SessionReader& session, std::int64_t run = 0);

/// The run that figures of one run are about when none was named: the last NGD run, else the last one with steps, else the
/// last. Error: a session without runs.
[[nodiscard]] Result<std::int64_t> default_run(SessionReader& session);
/// What figures of one sample are about when none was named.
struct ChosenSample {
    SampleKey key;
    bool mended = false;  ///< the first that was; else none was, and it is the first with steps
};
/// NotFound: none has any steps.
[[nodiscard]] Result<ChosenSample> default_sample(SessionReader& session, std::int64_t run);
/// "SET/KEY" as a sample of the run, or the key alone where one set has it. NotFound names some that there are; InvalidInput those that a
/// key could mean.
[[nodiscard]] Result<SampleKey> find_sample(SessionReader& session, std::int64_t run, const std::string& text);

/// "r2t2://run/3?session=NAME&model=HASH": what a figure carries, and what opens its state.
[[nodiscard]] QString run_link(const QString& session_path, const StoredRun& run);
/// "r2t2://run/3/sample/SET/KEY?step=10&...".
[[nodiscard]] QString sample_link(const QString& session_path, const StoredRun& run, const SampleKey& sample, int step);

/// Numbers of the paper, without a session: "published-transitions", "published-ablations". Null: another name.
[[nodiscard]] std::unique_ptr<Figure> published_figure(const QString& name);
[[nodiscard]] const std::vector<FigureKind>& published_kinds();

}  // namespace r2t2::ui
