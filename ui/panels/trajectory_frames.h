// The trajectory as an animation: one numbered PNG a step, and a GIF where ffmpeg or ImageMagick is found.
// Thread rule: the interface's; the encoder is a process of its own.
#pragma once

#include <QImage>
#include <QObject>
#include <QProcess>
#include <optional>

#include "core/base/folder_claim.h"

namespace r2t2::ui {

class RoutingPanel;
class Workspace;

class FrameWriter final : public QObject {
    Q_OBJECT

public:
    FrameWriter(Workspace& workspace, RoutingPanel& routing, QObject* parent);

    /// frame-0000.png ... into `folder`, then trajectory.gif. Ends with finished().
    void write(const QString& folder);
    /// One frame: every group side by side with the step's answer below. Light, whatever the theme.
    [[nodiscard]] QImage frame(int step) const;
    /// Program and arguments that make a GIF of the frames; empty: none is installed.
    [[nodiscard]] static QStringList encoder(const QString& folder);

Q_SIGNALS:
    void finished(const QString& what);  ///< for people

private:
    Workspace& workspace_;
    RoutingPanel& routing_;
    QProcess process_;
    std::optional<FolderClaim> claim_;  ///< of the folder
};

}  // namespace r2t2::ui
