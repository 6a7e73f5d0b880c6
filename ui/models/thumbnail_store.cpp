#include "ui/models/thumbnail_store.h"

#include <QImage>
#include <QPainter>
#include <algorithm>
#include <cmath>
#include <utility>

namespace r2t2::ui {

namespace {

/// Fitted into a square, centred, the rest transparent. Null if the image's numbers contradict each other.
QImage fit(const Image& image, int pixels) {
    const auto needed = static_cast<std::size_t>(std::max(image.width, 0)) *
                        static_cast<std::size_t>(std::max(image.height, 0)) * 3;
    if (needed == 0 || image.rgb.size() < needed) {
        return {};
    }
    const QImage whole(image.rgb.data(), image.width, image.height, static_cast<qsizetype>(image.width) * 3,
                       QImage::Format_RGB888);
    const QImage small = whole.scaled(pixels, pixels, Qt::KeepAspectRatio, Qt::SmoothTransformation);
    QImage square(pixels, pixels, QImage::Format_ARGB32_Premultiplied);
    square.fill(Qt::transparent);
    QPainter painter(&square);
    painter.drawImage((pixels - small.width()) / 2, (pixels - small.height()) / 2, small);
    return square;
}

struct Read {
    QImage image;
    QString error;
};

Read read(const ThumbnailStore::Fetch& fetch, int pixels) {
    const Result<SamplePicture> picture = fetch();
    if (!picture) {
        return {{}, QString::fromStdString(picture.error().message())};
    }
    QImage image = fit(picture->image, pixels);
    return {image, image.isNull() ? ThumbnailStore::tr("The picture has no pixels.") : QString()};
}

}  // namespace

ThumbnailStore::ThumbnailStore(QObject* parent) : QObject(parent), kept_(kBudget) {
    qRegisterMetaType<ThumbnailKey>();
    draw_blanks();
}

void ThumbnailStore::set_size(int side, double device_pixel_ratio) {
    if (side == side_ && device_pixel_ratio == ratio_) {
        return;
    }
    side_ = std::clamp(side, 8, 512);
    ratio_ = std::clamp(device_pixel_ratio, 1.0, 8.0);
    ++round_;
    pending_.clear();
    in_flight_.clear();
    kept_.clear();
    draw_blanks();
}

void ThumbnailStore::set_budget(qint64 bytes) {
    kept_.setMaxCost(bytes);
}

void ThumbnailStore::draw_blanks() {
    const int pixels = static_cast<int>(std::lround(side_ * ratio_));
    blank_ = QPixmap(pixels, pixels);
    blank_.setDevicePixelRatio(ratio_);
    blank_.fill(Qt::transparent);
    broken_ = blank_;
    QPainter painter(&broken_);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF frame = QRectF(0, 0, side_, side_).adjusted(2.5, 2.5, -2.5, -2.5);
    painter.setPen(QPen(QColor(128, 128, 128), 1.0));  // mid-grey is seen on light and on dark
    painter.setBrush(QColor(128, 128, 128, 40));
    painter.drawRoundedRect(frame, 2, 2);
    const QRectF cross = frame.adjusted(side_ / 4.0, side_ / 4.0, -side_ / 4.0, -side_ / 4.0);
    painter.setPen(QPen(QColor(128, 128, 128), 1.5));
    painter.drawLine(cross.topLeft(), cross.bottomRight());
    painter.drawLine(cross.topRight(), cross.bottomLeft());
}

void ThumbnailStore::forget(quint64 source) {
    std::erase_if(pending_, [source](const Request& request) { return request.key.source == source; });
    in_flight_.removeIf([source](const ThumbnailKey& key) { return key.source == source; });
    for (const ThumbnailKey& key : kept_.keys()) {
        if (key.source == source) {
            kept_.remove(key);
        }
    }
}

QPixmap ThumbnailStore::pixmap(const ThumbnailKey& key, const Fetch& fetch) {
    if (const Thumbnail* kept = kept_.object(key)) {
        return kept->pixmap;
    }
    if (!in_flight_.contains(key)) {
        ask(key, fetch);
    }
    return {};
}

QString ThumbnailStore::error(const ThumbnailKey& key) const {
    const Thumbnail* kept = kept_.object(key);
    return kept ? kept->error : QString();
}

void ThumbnailStore::ask(const ThumbnailKey& key, const Fetch& fetch) {
    const auto same = std::find_if(pending_.begin(), pending_.end(), [&key](const Request& r) { return r.key == key; });
    if (same != pending_.end()) {
        std::rotate(same, same + 1, pending_.end());  // seen again: the newest
    } else {
        pending_.push_back({key, fetch});
        if (pending_.size() > static_cast<std::size_t>(kMostPending)) {
            pending_.erase(pending_.begin());
        }
    }
    pump();
}

void ThumbnailStore::pump() {
    for (const QString& slot : {QStringLiteral("thumbnail 1"), QStringLiteral("thumbnail 2")}) {
        if (pending_.empty() || runner_.busy(slot)) {
            continue;
        }
        Request request = std::move(pending_.back());
        pending_.pop_back();
        in_flight_.insert(request.key);
        const int pixels = static_cast<int>(std::lround(side_ * ratio_));
        runner_.start<Read>(
            slot, tr("Read a thumbnail"), this,
            [fetch = std::move(request.fetch), pixels](const JobRunner::Context&) -> Result<Read> {
                return read(fetch, pixels);  // a broken picture is a value here: it is kept, too
            },
            [this, key = request.key, round = round_](const Result<Read>& result) {
                if (round == round_ && in_flight_.remove(key)) {
                    result ? take(key, result->image, result->error)
                           : take(key, {}, QString::fromStdString(result.error().message()));
                }
                pump();
            });
    }
}

void ThumbnailStore::take(const ThumbnailKey& key, const QImage& image, const QString& error) {
    auto* thumbnail = new Thumbnail{broken_, error};
    if (!image.isNull()) {
        thumbnail->pixmap = QPixmap::fromImage(image);
        thumbnail->pixmap.setDevicePixelRatio(ratio_);
    }
    const QPixmap& pixmap = thumbnail->pixmap;
    const qint64 cost = static_cast<qint64>(pixmap.width()) * pixmap.height() * 4;
    if (kept_.insert(key, thumbnail, cost)) {  // one that does not fit by itself is never ready: no endless asking
        Q_EMIT ready(key);
    }
}

}  // namespace r2t2::ui
