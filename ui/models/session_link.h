// Links to a stored state: r2t2://run/4/sample/G-noise/12?step=3&session=S.sqlite&model=HASH. Figures carry one inside; the
// window opens it, from the command line and when a figure is dropped. Names are percent-encoded; sample and query are optional.
// Thread rule: pure functions.
#pragma once

#include <QString>
#include <QStringList>
#include <cstdint>
#include <optional>

#include "core/base/result.h"

namespace r2t2::ui {

struct SessionLink {
    std::int64_t run = 0;
    QString set, key;  ///< of the sample; empty: the run's first
    int step = -1;     ///< -1: the last
    QString session;   ///< path or file name
    QString model;     ///< beginning of the model's hash
    bool operator==(const SessionLink&) const = default;
};

[[nodiscard]] QString to_text(const SessionLink& link);
/// Errors name the part that is wrong.
[[nodiscard]] Result<SessionLink> parse_link(const QString& text);
/// The link inside a figure (SVG, PDF, PNG). None: no figure of ours.
[[nodiscard]] std::optional<QString> link_in_file(const QString& path);
/// The session's file: as it is written, else a file of that name in one of the folders. Error: it is in none of them.
[[nodiscard]] Result<QString> find_session(const SessionLink& link, const QStringList& folders);

}  // namespace r2t2::ui
