// Threads of a system that has none left (case fault-thread-limit): fewer do the work, and nothing is lost or ended.
#include <QTest>

#include <atomic>
#include <new>

#include "core/base/extra_threads.h"
#include "tests/support/thread_limit.h"

using namespace r2t2;

class TestBaseExtraThreads : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void all_run_where_there_is_room() {
        std::atomic<int> called{0};
        run_on_threads(6, [&] { ++called; });
        QCOMPARE(called.load(), 6);
        run_on_threads(1, [&] { ++called; });
        run_on_threads(0, [&] { ++called; });  // the caller's always
        QCOMPARE(called.load(), 8);
    }

    void fewer_do_the_work_where_threads_cannot_be_made() {
        const NoMoreThreads limit;
        std::atomic<int> next{0}, done{0};
        run_on_threads(4000, [&] {
            while (next++ < 20'000) {
                ++done;
            }
        });
        QCOMPARE(done.load(), 20'000);
        ExtraThreads many;
        std::atomic<bool> go_on{false};
        take_all_threads(many, go_on);
        QVERIFY2(many.count() < 4000, "the limit limits");
        QVERIFY(!thread_can_be_made());
        QVERIFY(!many.start([&] { ++done; }));
        go_on = true;
        go_on.notify_all();
        many.join();
        QCOMPARE(done.load(), 20'000);
        QCOMPARE(many.count(), std::size_t{0});
    }

    void again_once_there_is_room() {
        { const NoMoreThreads limit; }
        QVERIFY(thread_can_be_made());
    }

    void what_a_thread_throws_arrives_at_join() {
        ExtraThreads one;
        QVERIFY(one.start([] { throw std::bad_alloc(); }));
        QVERIFY_THROWS_EXCEPTION(std::bad_alloc, one.join());
        QVERIFY(one.start([] {}));  // usable again
        one.join();
        std::atomic<int> turn{0};
        QVERIFY_THROWS_EXCEPTION(std::bad_alloc, run_on_threads(3, [&] {
                                     if (turn++ == 1) {
                                         throw std::bad_alloc();
                                     }
                                 }));
        ExtraThreads left;  // nobody asks: no terminate
        QVERIFY(left.start([] { throw std::bad_alloc(); }));
    }
};

QTEST_APPLESS_MAIN(TestBaseExtraThreads)
#include "test_base_extra_threads.moc"
