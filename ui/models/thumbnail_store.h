// Small pictures for tables: asked for when a row is painted, read and shrunk on pool threads, kept as long as they fit.
//
// The newest request is served first (it is what the user looks at now), two at once; of more than 200 waiting ones the
// oldest are forgotten: their rows ask again when they are painted again. A picture that cannot be read gets a drawn
// placeholder and its error as tooltip. Destroying the store drops what waits and waits for the two that run.
// Thread rule: the interface's. Fetches run on pool threads and may block.
#pragma once

#include <QCache>
#include <QHash>
#include <QObject>
#include <QPixmap>
#include <QSet>
#include <functional>
#include <vector>

#include "core/inspect/inspector.h"
#include "ui/models/job_runner.h"

namespace r2t2::ui {

/// One picture of a source (a sample list, a reference set) that has got its number from the store.
struct ThumbnailKey {
    quint64 source = 0;
    quint64 index = 0;
    bool operator==(const ThumbnailKey&) const = default;
};
[[nodiscard]] inline std::size_t qHash(const ThumbnailKey& key, std::size_t seed = 0) noexcept {
    return qHashMulti(seed, key.source, key.index);
}

class ThumbnailStore final : public QObject {
    Q_OBJECT

public:
    using Fetch = std::function<Result<SamplePicture>()>;

    static constexpr int kMostPending = 200;
    static constexpr qint64 kBudget = 64 << 20;  ///< bytes of pixmaps

    explicit ThumbnailStore(QObject* parent = nullptr);

    /// Pictures are fitted into a square of `side` logical pixels. A change forgets all of them. Default: 40, ratio 1.
    void set_size(int side, double device_pixel_ratio);
    void set_budget(qint64 bytes);
    [[nodiscard]] int side() const { return side_; }

    /// A number that no other source has had.
    [[nodiscard]] quint64 new_source() { return ++last_source_; }
    /// Nothing of this source is kept, read or delivered any more.
    void forget(quint64 source);

    /// The picture, a placeholder if it is broken, or a null pixmap: it has been asked for and ready() will tell.
    QPixmap pixmap(const ThumbnailKey& key, const Fetch& fetch);
    /// Why a picture is broken; empty otherwise.
    [[nodiscard]] QString error(const ThumbnailKey& key) const;
    /// Nothing, in the size of a picture: keeps rows from jumping when theirs arrives.
    [[nodiscard]] QPixmap blank() const { return blank_; }

    [[nodiscard]] int pending() const { return static_cast<int>(pending_.size()); }
    [[nodiscard]] int running() const { return static_cast<int>(in_flight_.size()); }
    [[nodiscard]] qint64 bytes() const { return kept_.totalCost(); }

Q_SIGNALS:
    void ready(const r2t2::ui::ThumbnailKey& key);

private:
    struct Request {
        ThumbnailKey key;
        Fetch fetch;
    };
    struct Thumbnail {
        QPixmap pixmap;
        QString error;
    };

    void ask(const ThumbnailKey& key, const Fetch& fetch);
    void pump();
    void take(const ThumbnailKey& key, const QImage& image, const QString& error);
    void draw_blanks();

    int side_ = 40;
    double ratio_ = 1.0;
    QPixmap blank_, broken_;
    quint64 last_source_ = 0;
    quint64 round_ = 0;  ///< of the size: pictures of an older one are not taken
    std::vector<Request> pending_;  ///< the newest last
    QSet<ThumbnailKey> in_flight_;
    QCache<ThumbnailKey, Thumbnail> kept_;
    JobRunner runner_;  ///< its own: hundreds of tiny jobs are nothing for the status bar. Last: destroyed first
};

}  // namespace r2t2::ui

Q_DECLARE_METATYPE(r2t2::ui::ThumbnailKey)
