// Every figure that a session gives, by name: the gallery of the desktop and of `r2t2 figure`.
// Thread rule: the interface's.
#pragma once

#include <QStringList>
#include <memory>

#include "core/base/result.h"
#include "core/session/session_reader.h"
#include "ui/figures/figure.h"

namespace r2t2::ui {

struct FigureKind {
    QString name;   ///< as on the command line: "accuracy-transitions"
    QString title;  ///< for people
    bool of_run;    ///< of one run; otherwise of all runs of the session
};
[[nodiscard]] const std::vector<FigureKind>& figure_kinds();

/// The run that figures of one run are about when none was named: the last NGD run, else the last one with steps, else the
/// last. Error: a session without runs.
[[nodiscard]] Result<std::int64_t> default_run(SessionReader& session);

/// "r2t2://run/3?session=NAME&model=HASH": what a figure carries, and what opens its state.
[[nodiscard]] QString run_link(const QString& session_path, const StoredRun& run);

/// `run`: ignored by figures of all runs. Errors: an unknown name (lists the known ones), no such run, too few sets.
[[nodiscard]] Result<std::unique_ptr<Figure>> make_figure(const QString& name, SessionReader& session, const QString& session_path,
                                                          std::int64_t run);

}  // namespace r2t2::ui
