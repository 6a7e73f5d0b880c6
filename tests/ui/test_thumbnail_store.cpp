// Thumbnails: newest first, two at once, bounded, and gone without a trace.
#include <QSemaphore>
#include <QSignalSpy>
#include <QtTest>
#include <atomic>
#include <memory>
#include <mutex>
#include <stdexcept>

#include "tests/support/patience.h"
#include "ui/models/thumbnail_store.h"

using namespace r2t2;
using namespace r2t2::ui;

namespace {

SamplePicture picture(int width = 20, int height = 10) {
    SamplePicture made;
    made.image = {width, height, std::vector<std::uint8_t>(static_cast<std::size_t>(width * height * 3), 255)};
    return made;
}

const ThumbnailStore::Fetch kWhite = [] { return Result<SamplePicture>(picture()); };

}  // namespace

class TestThumbnailStore : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void givesAFittedPicture() {
        ThumbnailStore store;
        store.set_size(32, 2.0);
        QSignalSpy ready(&store, &ThumbnailStore::ready);
        const ThumbnailKey key{store.new_source(), 4};
        QVERIFY(store.pixmap(key, kWhite).isNull());
        QVERIFY(store.pixmap(key, kWhite).isNull());  // asked once
        QTRY_COMPARE_WITH_TIMEOUT(ready.size(), 1, kPatience);
        QCOMPARE(ready.first().first().value<ThumbnailKey>(), key);
        const QPixmap pixmap = store.pixmap(key, {});
        QCOMPARE(pixmap.size(), QSize(64, 64));
        QCOMPARE(pixmap.devicePixelRatio(), 2.0);
        const QImage image = pixmap.toImage();
        QCOMPARE(image.pixelColor(32, 32), QColor(Qt::white));
        QCOMPARE(image.pixelColor(32, 2).alpha(), 0);  // wide picture: transparent above
        QVERIFY(store.error(key).isEmpty());
        QCOMPARE(store.bytes(), 64 * 64 * 4);
        QCOMPARE(store.blank().size(), pixmap.size());
    }
    void brokenPicturesGetAPlaceholder() {
        ThumbnailStore store;
        const quint64 source = store.new_source();
        QSignalSpy ready(&store, &ThumbnailStore::ready);
        store.pixmap({source, 0}, [] { return Result<SamplePicture>(io_error("cat.jpg", "cut off")); });
        store.pixmap({source, 1}, [] { return Result<SamplePicture>(SamplePicture{}); });
        store.pixmap({source, 2}, []() -> Result<SamplePicture> { throw std::runtime_error("decoder died"); });
        store.pixmap({source, 3}, [] { SamplePicture p = picture(); p.image.rgb.resize(5); return Result<SamplePicture>(p); });
        QTRY_COMPARE_WITH_TIMEOUT(ready.size(), 4, kPatience);
        QVERIFY(store.error({source, 0}).contains("cat.jpg"));
        QVERIFY(!store.error({source, 1}).isEmpty());
        QVERIFY(store.error({source, 2}).contains("decoder died"));
        QVERIFY(!store.error({source, 3}).isEmpty());
        const QImage drawn = store.pixmap({source, 0}, kWhite).toImage();
        QVERIFY(drawn != store.blank().toImage());
        QTest::qWait(20);
        QCOMPARE(ready.size(), 4);  // not asked again
    }
    void newestFirstAndTwoAtOnce() {
        ThumbnailStore store;
        const quint64 source = store.new_source();
        QSignalSpy ready(&store, &ThumbnailStore::ready);
        QSemaphore go;
        std::atomic<int> now{0}, most{0};
        std::mutex mutex;
        std::vector<int> order;
        for (int i = 0; i < 12; ++i) {
            store.pixmap({source, static_cast<quint64>(i)}, [&, i] {
                const int running = ++now;
                {
                    const std::lock_guard lock(mutex);
                    most = std::max(most.load(), running);
                    order.push_back(i);
                }
                go.acquire();
                --now;
                return Result<SamplePicture>(picture());
            });
        }
        QCOMPARE(store.pending(), 10);
        QCOMPARE(store.running(), 2);
        store.pixmap({source, 5}, {});  // seen again: before the others
        QTRY_COMPARE_WITH_TIMEOUT(now.load(), 2, kPatience);
        const auto begun = [&] {
            const std::lock_guard lock(mutex);
            return static_cast<int>(order.size());
        };
        for (int n = 3; n <= 12; ++n) {  // one at a time: which of two threads writes down first is chance
            go.release(1);
            QTRY_COMPARE_WITH_TIMEOUT(begun(), n, kPatience);
        }
        go.release(2);
        QTRY_COMPARE_WITH_TIMEOUT(ready.size(), 12, kPatience);
        QCOMPARE(most.load(), 2);
        std::sort(order.begin(), order.begin() + 2);
        QCOMPARE(std::vector<int>(order.begin(), order.begin() + 2), (std::vector<int>{0, 1}));
        const auto place = [&](int i) { return std::find(order.begin(), order.end(), i) - order.begin(); };
        QCOMPARE(place(5), 2);
        QCOMPARE(place(11), 3);
        QCOMPARE(place(2), 11);
    }
    void neverMoreThanTwoHundredWait() {
        ThumbnailStore store;
        const quint64 source = store.new_source();
        QSemaphore go;
        std::atomic<int> fetched{0};
        const auto fetch = [&] { go.acquire(); ++fetched; return Result<SamplePicture>(picture()); };
        for (quint64 i = 0; i < 1000; ++i) {
            store.pixmap({source, i}, fetch);
        }
        QCOMPARE(store.pending(), ThumbnailStore::kMostPending);
        go.release(1000);
        QTRY_VERIFY_WITH_TIMEOUT(store.pending() == 0 && store.running() == 0, kPatience);
        QCOMPARE(fetched.load(), 202);
        QVERIFY(!store.pixmap({source, 999}, fetch).isNull());
        QVERIFY(store.pixmap({source, 500}, fetch).isNull());  // was dropped; asked for again
        QTRY_VERIFY_WITH_TIMEOUT(!store.pixmap({source, 500}, fetch).isNull(), kPatience);
    }
    void keepsWhatWasUsedLast() {
        ThumbnailStore store;
        store.set_size(10, 1.0);
        store.set_budget(3 * 400);
        const quint64 source = store.new_source();
        QSignalSpy ready(&store, &ThumbnailStore::ready);
        for (quint64 i = 0; i < 3; ++i) {
            store.pixmap({source, i}, kWhite);
        }
        QTRY_COMPARE_WITH_TIMEOUT(ready.size(), 3, kPatience);
        for (const quint64 i : {1, 2, 0}) {  // used in this order, whatever came first: 1 is the oldest now
            QVERIFY(!store.pixmap({source, i}, {}).isNull());
        }
        store.pixmap({source, 3}, kWhite);
        QTRY_COMPARE_WITH_TIMEOUT(ready.size(), 4, kPatience);
        QCOMPARE(store.bytes(), 1200);
        QVERIFY(!store.pixmap({source, 0}, kWhite).isNull());
        QVERIFY(store.pixmap({source, 1}, kWhite).isNull());
        QTRY_COMPARE_WITH_TIMEOUT(ready.size(), 5, kPatience);
    }
    void forgetsASource() {
        ThumbnailStore store;
        const quint64 gone = store.new_source(), stays = store.new_source();
        QVERIFY(gone != stays);
        QSignalSpy ready(&store, &ThumbnailStore::ready);
        store.pixmap({gone, 0}, kWhite);
        QTRY_COMPARE_WITH_TIMEOUT(ready.size(), 1, kPatience);
        QSemaphore go;
        for (quint64 i = 1; i < 5; ++i) {
            store.pixmap({gone, i}, [&] { go.acquire(); return Result<SamplePicture>(picture()); });
        }
        store.pixmap({stays, 0}, kWhite);
        store.forget(gone);
        QCOMPARE(store.bytes(), 0);
        QCOMPARE(store.pending(), 1);
        go.release(4);
        QTRY_COMPARE_WITH_TIMEOUT(ready.size(), 2, kPatience);
        QTest::qWait(20);
        QCOMPARE(ready.size(), 2);
        QCOMPARE(ready.last().first().value<ThumbnailKey>(), (ThumbnailKey{stays, 0}));
    }
    void aNewSizeForgetsAll() {
        ThumbnailStore store;
        const quint64 source = store.new_source();
        QSignalSpy ready(&store, &ThumbnailStore::ready);
        QSemaphore go;
        store.pixmap({source, 0}, [&] { go.acquire(); return Result<SamplePicture>(picture()); });
        store.set_size(64, 1.0);
        store.pixmap({source, 0}, kWhite);  // the same key again, in the new size
        go.release();
        QTRY_COMPARE_WITH_TIMEOUT(ready.size(), 1, kPatience);
        QCOMPARE(store.pixmap({source, 0}, {}).width(), 64);
        QTest::qWait(20);
        QCOMPARE(ready.size(), 1);
    }
    void goesWhileItReads() {
        std::atomic<int> running{0};
        for (int round = 0; round < 50; ++round) {
            auto store = std::make_unique<ThumbnailStore>();
            const quint64 source = store->new_source();
            for (quint64 i = 0; i < 30; ++i) {
                store->pixmap({source, i}, [&] { ++running; QThread::usleep(200); --running; return Result<SamplePicture>(picture()); });
            }
            if (round % 2 == 0) {
                QCoreApplication::processEvents();
            }
            store.reset();
            QCOMPARE(running.load(), 0);
        }
    }
};

QTEST_MAIN(TestThumbnailStore)
#include "test_thumbnail_store.moc"
