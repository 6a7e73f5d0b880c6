#include "ui/panels/trajectory_frames.h"

#include <QBuffer>
#include <QDir>
#include <QPainter>
#include <QStandardPaths>
#include <filesystem>

#include "core/base/atomic_file.h"
#include "ui/figures/figure_files.h"
#include "ui/models/workspace.h"
#include "ui/models/method_names.h"
#include "ui/panels/routing_panel.h"
#include "ui/paths/file_path.h"

namespace r2t2::ui {

namespace {

constexpr int kSide = 480;     // of one triangle, pixels
constexpr int kCaption = 56;
constexpr const char* kUnfinished = "trajectory.part.gif";

}  // namespace

FrameWriter::FrameWriter(Workspace& workspace, RoutingPanel& routing, QObject* parent)
    : QObject(parent), workspace_(workspace), routing_(routing) {}

QImage FrameWriter::frame(int step) const {
    const std::vector<Plot*> plots = routing_.plots();
    QImage image(std::max<int>(1, static_cast<int>(plots.size())) * kSide, kSide + kCaption, QImage::Format_RGB32);
    image.fill(Qt::white);
    routing_.preview_step(step);
    QPainter painter(&image);
    painter.setRenderHint(QPainter::Antialiasing);
    for (std::size_t g = 0; g < plots.size(); ++g) {
        painter.save();
        painter.translate(static_cast<double>(g) * kSide, 0);
        plots[g]->render_to(painter, QSizeF(kSide, kSide));
        painter.restore();
    }
    routing_.preview_step(workspace_.cursor().step());
    const Trajectory* trajectory = workspace_.trajectory();
    if (trajectory != nullptr) {
        const TrajectoryStep& at = trajectory->at(static_cast<std::size_t>(step));
        QString text = tr("%1, step %2 of %3").arg(method_title(trajectory->method)).arg(at.index).arg(trajectory->steps.size() - 1);
        if (at.answer) {
            text += tr(": \u201c%1\u201d").arg(QString::fromStdString(at.answer->text));
            text += at.correct ? (*at.correct ? tr(", right") : tr(", wrong")) : QString();
        }
        if (workspace_.inspector()->info().miniature) {
            text += tr("\nbundled miniature model");
        }
        painter.setPen(Qt::black);
        painter.drawText(QRectF(12, kSide, image.width() - 24, kCaption), Qt::AlignLeft | Qt::AlignVCenter | Qt::TextWordWrap, text);
    }
    return image;
}

QStringList FrameWriter::encoder(const QString& folder) {
    const QDir dir(folder);
    if (const QString ffmpeg = QStandardPaths::findExecutable(QStringLiteral("ffmpeg")); !ffmpeg.isEmpty()) {
        return {ffmpeg, QStringLiteral("-y"), QStringLiteral("-loglevel"), QStringLiteral("error"), QStringLiteral("-framerate"), QStringLiteral("3"),
                QStringLiteral("-i"), dir.filePath(QStringLiteral("frame-%04d.png")), dir.filePath(QString::fromLatin1(kUnfinished))};
    }
    for (const char* name : {"magick", "convert"}) {
        if (const QString magick = QStandardPaths::findExecutable(QLatin1String(name)); !magick.isEmpty()) {
            return {magick, QStringLiteral("-delay"), QStringLiteral("33"), QStringLiteral("-loop"), QStringLiteral("0"),
                    dir.filePath(QStringLiteral("frame-*.png")), dir.filePath(QString::fromLatin1(kUnfinished))};
        }
    }
    return {};
}

void FrameWriter::write(const QString& folder) {
    const int count = workspace_.cursor().count();
    Result<FolderClaim> claim = claim_folder(folder);
    if (!claim) {
        Q_EMIT finished(tr("not written: %1").arg(QString::fromStdString(claim.error().message())));
        return;
    }
    claim_.emplace(std::move(*claim));  // until the encoder has ended
    for (int step = 0; step < count; ++step) {
        const QString file = QDir(folder).filePath(QStringLiteral("frame-%1.png").arg(step, 4, 10, QLatin1Char('0')));
        QBuffer png;
        png.open(QIODevice::WriteOnly);
        frame(step).save(&png, "PNG");
        const std::string_view bytes(png.data().constData(), static_cast<std::size_t>(png.data().size()));
        if (const Status written = write_file_atomically(file_path(file), bytes, Durability::Buffered); !written) {
            Q_EMIT finished(tr("not written: %1").arg(QString::fromStdString(written.error().message())));
            return;
        }
    }
    QStringList words = encoder(folder);
    if (words.isEmpty()) {
        Q_EMIT finished(tr("%1 frames in %2; no encoder was found for a GIF (ffmpeg or ImageMagick)").arg(count).arg(folder));
        return;
    }
    connect(&process_, &QProcess::finished, this, [this, count, folder](int code) {
        // The encoder writes as it goes: what it could not finish is no trajectory.gif.
        QFile gif(QDir(folder).filePath(QString::fromLatin1(kUnfinished)));
        const QString name = QDir(folder).filePath(QStringLiteral("trajectory.gif"));
        Status put;
        if (code == 0 && gif.open(QIODevice::ReadOnly)) {
            const QByteArray bytes = gif.readAll();
            put = write_file_atomically(file_path(name), {bytes.constData(), static_cast<std::size_t>(bytes.size())}, Durability::Buffered);
        }
        gif.remove();
        if (!put) {
            Q_EMIT finished(tr("not written: %1").arg(QString::fromStdString(put.error().message())));
            return;
        }
        Q_EMIT finished(code == 0 ? tr("%1 frames and trajectory.gif in %2").arg(count).arg(folder)
                                  : tr("%1 frames in %2; the encoder failed: %3").arg(count).arg(folder, QString::fromLocal8Bit(process_.readAllStandardError())));
    });
    const QString program = words.takeFirst();
    process_.start(program, words);
}

}  // namespace r2t2::ui
