// The sample table: filled, filtered and sorted in the background, and how long it ever holds up the event loop.
#include <QAbstractItemModelTester>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTableView>
#include <QtTest>
#include <numeric>
#include <random>

#include "tests/support/patience.h"
#include "tests/ui/fake_samples.h"
#include "tests/ui/measured_application.h"
#include "ui/models/sample_table_model.h"

using namespace r2t2;
using namespace r2t2::ui;
using namespace std::chrono_literals;

namespace {

using Tester = QAbstractItemModelTester;

QString cell(const SampleTableModel& model, int row, SampleColumn column) {
    return model.index(row, static_cast<int>(column)).data().toString();
}

QStringList ids(const SampleTableModel& model, int most = 1000000) {
    QStringList all;
    for (int row = 0; row < std::min(model.rowCount(), most); ++row) {
        all.append(cell(model, row, SampleColumn::Id));
    }
    return all;
}

SampleFilter filter(const char* text) {
    return {SampleFilter::parse(QString::fromUtf8(text)), {}};
}

}  // namespace

class TestSampleTable : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void fillsInTheBackground() {
        JobRunner runner;
        SampleTableModel model(runner);
        Tester tester(&model, Tester::FailureReportingMode::Fatal);
        const auto a = std::make_shared<FakeSamples>("a", 1000, 20us);
        const auto b = std::make_shared<FakeSamples>("b", 700, 20us);
        QSignalSpy applied(&model, &SampleTableModel::filterApplied);
        model.set_lists({a, nullptr, std::make_shared<FakeSamples>("none", 0), b});
        QCOMPARE(model.rowCount(), 1700);
        QCOMPARE(applied.last(), (QVariantList{1700, 1700}));
        QCOMPARE(cell(model, 5, SampleColumn::Question), QString("..."));
        QVERIFY(!model.entry(5).summary);
        QCOMPARE(model.entry(1001).list.get(), b.get());
        QCOMPARE(model.entry(1001).index, std::size_t{1});
        runner.drain();
        QCOMPARE(model.read(), 1700);
        QCOMPARE(cell(model, 1001, SampleColumn::Id), QString("b-1"));
        QCOMPARE(cell(model, 1001, SampleColumn::Question), QString("How many green Squares are left of the circle 1?"));
        QCOMPARE(cell(model, 0, SampleColumn::Outcome), QString("harmed"));
        QCOMPARE(model.index(1, 6).data(OutcomeRole).toInt(), static_cast<int>(SampleOutcome::Mended));
        QCOMPARE(model.index(3, 6).data(Qt::ToolTipRole).toString(), QString("picture is missing"));
        QCOMPARE(model.outcome_counts(), (OutcomeCounts{170, 170, 170, 850, 170, 170}));
        QCOMPARE(model.entry(1001).summary->id, std::string("b-1"));
        QVERIFY(!model.entry(1700).list);
        QVERIFY(!model.entry(-1).list);
        QCOMPARE(model.row_of(b.get(), 699), 1699);
        QCOMPARE(model.row_of(b.get(), 700), -1);
        QCOMPARE(a->calls_on_gui + b->calls_on_gui, 0);
        QCOMPARE(a->calls_elsewhere + b->calls_elsewhere, 1700);  // each once
    }
    void readsFirstWhatIsPainted() {
        JobRunner runner;
        SampleTableModel model(runner);
        const auto list = std::make_shared<FakeSamples>("a", 20000, 100us);
        model.set_lists({list});
        QCOMPARE(cell(model, 19999, SampleColumn::Id), QString("..."));
        QTRY_COMPARE_WITH_TIMEOUT(cell(model, 19999, SampleColumn::Id), QString("a-19999"), kPatience);
        QVERIFY2(model.read() < 10000, qPrintable(QString::number(model.read())));
    }
    void parsesFilters() {
        using Field = SampleFilter::Field;
        using Terms = std::vector<SampleFilter::Term>;
        QVERIFY(SampleFilter::parse("  ").empty());
        QVERIFY(SampleFilter::parse("set: \"\"").empty());
        QCOMPARE(SampleFilter::parse("Red SET:Test"), (Terms{{Field::Text, "red"}, {Field::Set, "test"}}));
        QCOMPARE(SampleFilter::parse("\"left of\" family:\"Spatial rel\""),
                 (Terms{{Field::Text, "left of"}, {Field::Family, "spatial rel"}}));
        QCOMPARE(SampleFilter::parse("colour:red"), (Terms{{Field::Text, "colour:red"}}));  // no such field: a word
        QCOMPARE(SampleFilter::parse("\"open"), (Terms{{Field::Text, "open"}}));
        QCOMPARE(SampleFilter::parse(QString::fromUtf8("STRASSE Ärger")),
                 (Terms{{Field::Text, "strasse"}, {Field::Text, "ärger"}}));
    }
    void matches() {
        SampleSummary s;
        s.question = "Wie viele Straßen?";
        s.truth = "Two";
        s.set = "MMBench";
        s.id = "q-17";
        s.family = "counting";
        s.native_correct = true;
        s.final_correct = false;
        const SampleRow row = make_row(s);
        for (const char* yes : {"", "STRAßEN", "TWO wie", "mmbench q-17", "set:bench", "family:count", "outcome:harm",
                                "outcome:right->wrong", "\"viele straßen\""}) {
            QVERIFY2(filter(yes).accepts(row), yes);
        }
        for (const char* no : {"three", "two three", "family:spatial", "domain:x", "outcome:right", "set:q-17", "\"wie straßen\""}) {
            QVERIFY2(!filter(no).accepts(row), no);
        }
        SampleFilter outcomes;
        outcomes.outcomes = {SampleOutcome::Mended};
        QVERIFY(!outcomes.accepts(row));
        outcomes.outcomes.insert(SampleOutcome::Harmed);
        QVERIFY(outcomes.accepts(row));
    }
    void filtersAndKeepsTheCurrentSample() {
        JobRunner runner;
        SampleTableModel model(runner);
        Tester tester(&model, Tester::FailureReportingMode::Fatal);
        const auto list = std::make_shared<FakeSamples>("a", 3000);
        model.set_lists({list});
        runner.drain();
        model.set_current(list.get(), 300);  // red, harmed
        QSignalSpy applied(&model, &SampleTableModel::filterApplied);
        QSignalSpy moved(&model, &SampleTableModel::currentRowMoved);
        model.set_text_filter("RED outcome:harmed");
        QCOMPARE(model.rowCount(), 3000);  // not yet
        runner.drain();
        QCOMPARE(model.rowCount(), 100);
        QCOMPARE(applied.takeLast(), (QVariantList{100, 3000}));
        QCOMPARE(ids(model, 3), (QStringList{"a-0", "a-30", "a-60"}));
        QCOMPARE(model.current_row(), 10);
        QCOMPARE(moved.takeLast(), QVariantList{10});
        model.set_text_filter("green");
        model.set_outcome_filter({SampleOutcome::Harmed, SampleOutcome::Mended});
        runner.drain();
        QCOMPARE(model.rowCount(), 200);
        QCOMPARE(model.current_row(), -1);
        QCOMPARE(moved.takeLast(), QVariantList{-1});
        model.set_text_filter({});
        model.set_outcome_filter({});
        runner.drain();
        QCOMPARE(model.rowCount(), 3000);
        QCOMPARE(model.current_row(), 300);  // remembered while it was hidden
        model.set_text_filter("no such thing");
        runner.drain();
        QCOMPARE(model.rowCount(), 0);
    }
    void onlyTheNewestFilterIsApplied() {
        JobRunner runner;
        SampleTableModel model(runner);
        model.set_lists({std::make_shared<FakeSamples>("a", 20000)});
        runner.drain();
        QSignalSpy applied(&model, &SampleTableModel::filterApplied);
        const QString typed = "how many blue";
        for (int i = 1; i <= typed.size(); ++i) {
            model.set_text_filter(typed.left(i));
        }
        runner.drain();
        QCOMPARE(applied.size(), 1);  // the first was replaced while it ran, those between never ran
        QCOMPARE(applied.last(), (QVariantList{6666, 20000}));
    }
    void sortsNaturallyAndStably() {
        JobRunner runner;
        SampleTableModel model(runner);
        Tester tester(&model, Tester::FailureReportingMode::Fatal);
        model.set_lists({std::make_shared<FakeSamples>("b", 12), std::make_shared<FakeSamples>("a", 12)});
        runner.drain();
        const QPersistentModelIndex b10 = model.index(10, 2);
        model.sort(static_cast<int>(SampleColumn::Id));
        runner.drain();
        QCOMPARE(ids(model, 12), (QStringList{"a-0", "a-1", "a-2", "a-3", "a-4", "a-5", "a-6", "a-7", "a-8", "a-9", "a-10", "a-11"}));
        QCOMPARE(b10.row(), 22);
        model.sort(static_cast<int>(SampleColumn::Id), Qt::DescendingOrder);
        runner.drain();
        QCOMPARE(ids(model, 2), (QStringList{"b-11", "b-10"}));
        QCOMPARE(b10.row(), 1);
        model.sort(static_cast<int>(SampleColumn::Outcome));
        runner.drain();
        QCOMPARE(ids(model, 8), (QStringList{"b-0", "b-10", "a-0", "a-10", "b-1", "b-11", "a-1", "a-11"}));  // lists' order
        model.sort(static_cast<int>(SampleColumn::Outcome), Qt::DescendingOrder);
        runner.drain();
        QCOMPARE(ids(model, 3), (QStringList{"b-4", "a-4", "b-3"}));  // unknown, error ...; equal ones as they were
        model.sort(-1);
        runner.drain();
        QCOMPARE(ids(model, 1), QStringList{"b-0"});
        QCOMPARE(b10.row(), 10);
    }
    void naturalOrder() {
        const std::vector<std::string> ordered = {"", "1", "2", "10", "10a", "a", "a1", "a02", "a2b", "a10", "b"};
        for (std::size_t i = 0; i < ordered.size(); ++i) {
            for (std::size_t j = 0; j < ordered.size(); ++j) {
                const int expected = i < j ? -1 : i > j ? 1 : 0;
                QCOMPARE(natural_compare(ordered[i], ordered[j]), expected);
            }
        }
        QCOMPARE(natural_compare("a007", "a7"), 0);
    }
    void ordersAreCompared() {
        using Kind = OrderChange::Kind;
        using Ranges = std::vector<OrderChange::Range>;
        QCOMPARE(compare_orders({1, 2}, {1, 2}, 5, 4).kind, Kind::None);
        QCOMPARE(compare_orders({1, 2, 0}, {0, 1, 2}, 5, 4).kind, Kind::Permuted);
        const OrderChange rows = compare_orders({0, 1, 2, 4}, {1, 3, 4, 5, 6}, 7, 4);
        QCOMPARE(rows.kind, Kind::Rows);
        QCOMPARE(rows.removed, (Ranges{{0, 0}, {2, 2}}));
        QCOMPARE(rows.inserted, (Ranges{{1, 1}, {3, 4}}));
        QCOMPARE(compare_orders({0, 1, 2}, {2, 1}, 5, 4).kind, Kind::Other);        // what stays has moved
        QCOMPARE(compare_orders({0, 1, 2, 3, 4}, {1, 3}, 5, 2).kind, Kind::Other);  // too many ranges
        QCOMPARE(compare_orders({}, {0, 1}, 5, 4).inserted, (Ranges{{0, 1}}));
        QCOMPARE(compare_orders({0, 1}, {}, 5, 4).removed, (Ranges{{0, 1}}));
    }
    void randomFiltersEndInTheRightRows() {
        JobRunner runner;
        SampleTableModel model(runner);
        Tester tester(&model, Tester::FailureReportingMode::Fatal);
        const auto list = std::make_shared<FakeSamples>("a", 400);
        model.set_lists({list});
        runner.drain();
        QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted), removed(&model, &QAbstractItemModel::rowsRemoved),
            reset(&model, &QAbstractItemModel::modelReset), laid(&model, &QAbstractItemModel::layoutChanged);
        std::mt19937 random(3);
        const QStringList words = {"", "red", "a-1", "a-20", "a-399", "family:count", "\"circle 3\"", "nothing", "a-3 blue"};
        for (int round = 0; round < 150; ++round) {
            const QString word = words[static_cast<int>(random() % static_cast<unsigned>(words.size()))];
            const int column = static_cast<int>(random() % 3) - 1;
            model.set_text_filter(word);
            model.sort(column, random() % 2 ? Qt::AscendingOrder : Qt::DescendingOrder);
            runner.drain();
            int expected = 0;
            const SampleFilter same = {SampleFilter::parse(word), {}};
            for (std::size_t i = 0; i < list->size(); ++i) {
                const bool accepted = same.accepts(make_row(list->summary(i)));
                expected += accepted;
                QCOMPARE(model.row_of(list.get(), i) >= 0, accepted);
            }
            QCOMPARE(model.rowCount(), expected);
        }
        QVERIFY(inserted.size() > 0 && removed.size() > 0 && reset.size() > 0 && laid.size() > 0);
    }
    void aFilterWorksWhileSamplesAreRead() {
        JobRunner runner;
        SampleTableModel model(runner);
        Tester tester(&model, Tester::FailureReportingMode::Fatal);
        model.set_text_filter("outcome:mended");
        model.sort(static_cast<int>(SampleColumn::Truth));
        int read_at_first = 0;  // when rows were first seen: long before all had been read
        const auto look = [&] { read_at_first = read_at_first == 0 && model.rowCount() > 0 ? model.read() : read_at_first; };
        connect(&model, &QAbstractItemModel::rowsInserted, this, look);
        connect(&model, &QAbstractItemModel::layoutChanged, this, look);
        connect(&model, &QAbstractItemModel::modelReset, this, look);
        model.set_lists({std::make_shared<FakeSamples>("a", 5000, 200us)});
        QCOMPARE(model.rowCount(), 0);
        QTRY_VERIFY_WITH_TIMEOUT(model.rowCount() > 0, kPatience);
        QVERIFY2(read_at_first > 0 && read_at_first < 5000, qPrintable(QString::number(read_at_first)));
        runner.drain();
        QCOMPARE(model.rowCount(), 500);
        QVERIFY(std::is_sorted(model.outcome_counts().begin(), model.outcome_counts().begin() + 3));
    }
    void unreadRowsComeLast() {
        SampleSnapshot samples{{nullptr, make_chunk({make_row(FakeSamples("z", 1).summary(0))})}, kChunkRows + 1};
        const auto sorted = arrange(samples, {}, {0, Qt::DescendingOrder}, {});
        QCOMPARE(sorted->front(), static_cast<int>(kChunkRows));
        QCOMPARE(sorted->size(), kChunkRows + 1);
        QVERIFY(arrange(samples, filter("outcome:unknown"), {}, {})->empty());
        const CancelToken token = CancelToken::create();
        token.cancel();
        QCOMPARE(arrange(samples, {}, {}, token).error().kind, ErrorKind::Cancelled);
    }
    void aResultChangesItsRow() {
        JobRunner runner;
        SampleTableModel model(runner);
        Tester tester(&model, Tester::FailureReportingMode::Fatal);
        const auto list = std::make_shared<FakeSamples>("a", 500);
        model.set_lists({list});
        SampleResult mended{"cat", "dog", false, true, ""};
        model.update_result(list.get(), 400, mended);  // before it has been read
        runner.drain();
        QCOMPARE(cell(model, 400, SampleColumn::FinalAnswer), QString("dog"));
        QCOMPARE(cell(model, 400, SampleColumn::Outcome), QString("mended"));
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        model.update_result(list.get(), 7, mended);
        QCOMPARE(changed.size(), 1);
        QCOMPARE(changed.first().first().toModelIndex().row(), 7);
        QCOMPARE(model.outcome_counts()[static_cast<std::size_t>(SampleOutcome::Mended)], 52);
        model.set_text_filter("dog");
        runner.drain();
        QCOMPARE(ids(model), (QStringList{"a-7", "a-400"}));
        QSignalSpy removed(&model, &QAbstractItemModel::rowsRemoved);
        model.update_result(list.get(), 7, {"", "", {}, {}, "out of memory"});
        runner.drain();
        QCOMPARE(ids(model), QStringList{"a-400"});
        QCOMPARE(removed.size(), 1);  // one row, no reset
        model.update_result(list.get(), 5000, mended);
        model.update_result(nullptr, 0, mended);
    }
    void listsMayBeReplacedAnyTime() {
        JobRunner runner;
        auto model = std::make_unique<SampleTableModel>(runner);
        Tester tester(model.get(), Tester::FailureReportingMode::Fatal);
        model->set_text_filter("blue");
        model->sort(2);
        for (int i = 0; i < 60; ++i) {
            model->set_lists({std::make_shared<FakeSamples>(std::to_string(i), 1000 + i * 7, 20us)});
            QTest::qWait(i % 5);
        }
        runner.drain();
        QCOMPARE(model->total(), 1413);
        QCOMPARE(model->rowCount(), 471);
        model->set_lists({});
        runner.drain();
        QCOMPARE(model->rowCount(), 0);
        model->set_lists({std::make_shared<FakeSamples>("last", 50000, 20us)});
        model.reset();  // while it reads
        runner.drain();
    }
    void showsThumbnails() {
        JobRunner runner;
        ThumbnailStore store;
        SampleTableModel model(runner);
        Tester tester(&model, Tester::FailureReportingMode::Fatal);
        model.set_thumbnails(&store);
        const auto list = std::make_shared<FakeSamples>("a", 500);
        model.set_lists({list});
        runner.drain();
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        QCOMPARE(model.index(2, 0).data(Qt::DecorationRole).value<QPixmap>().size(), QSize(40, 40));  // blank
        model.index(3, 0).data(Qt::DecorationRole);
        QTRY_VERIFY_WITH_TIMEOUT(store.bytes() >= 2 * 40 * 40 * 4, kPatience);
        QVERIFY(changed.size() >= 2);
        QCOMPARE(model.index(2, 0).data(Qt::ToolTipRole).toString(), QString("a-2"));
        QVERIFY(model.index(3, 0).data(Qt::ToolTipRole).toString().contains("picture-3"));
        QCOMPARE(list->calls_on_gui.load(), 0);
        model.set_lists({list});
        QCOMPARE(store.bytes(), 0);  // of lists that are not shown nothing is kept
        model.set_thumbnails(nullptr);
        QVERIFY(!model.index(2, 0).data(Qt::DecorationRole).isValid());
    }
    void aHundredThousandRows() {
        auto& app = static_cast<MeasuredApplication&>(*qApp);
        const auto tell = [&app](const char* what) {
            const auto longest = app.take_longest();
            qInfo("100,000 rows, %-23s longest repaint %5.2f ms, other event %5.2f ms (type %d) of own work; %6.2f ms by the clock",
                  what, longest.paint, longest.other, longest.other_type, longest.wall);
        };
        JobRunner runner;
        ThumbnailStore store;
        SampleTableModel model(runner);
        model.set_thumbnails(&store);
        QTableView view;
        view.setModel(&model);
        view.setWordWrap(false);  // as the panel does: laying out wrapped text is most of a repaint
        view.resize(900, 600);
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view, kPatience));
        app.take_longest();
        const auto list = std::make_shared<FakeSamples>("a", 50000, 5us);
        const auto more = std::make_shared<FakeSamples>("b", 50000, 5us);
        QSignalSpy finished(&model, &SampleTableModel::readingFinished);
        QElapsedTimer clock;
        clock.start();
        QTimer::singleShot(0, &model, [&] { model.set_lists({list, more}); });
        QTRY_VERIFY_WITH_TIMEOUT(finished.size() == 1, kPatience);
        qInfo("read in %lld ms", static_cast<long long>(clock.elapsed()));
        tell("filling:");
        QCOMPARE(model.read(), 100000);
        const std::vector<int> roles = {Qt::DisplayRole, Qt::DecorationRole, Qt::FontRole, Qt::TextAlignmentRole,
                                        Qt::ForegroundRole, Qt::BackgroundRole, Qt::CheckStateRole, Qt::SizeHintRole};
        clock.start();
        for (int row = 0; row < 1000; ++row) {
            for (int column = 0; column < kSampleColumns; ++column) {
                for (const int role : roles) {
                    model.index(row * 100, column).data(role);
                }
            }
        }
        qInfo("data(): %.1f us a cell of eight roles", static_cast<double>(clock.nsecsElapsed()) / 1e3 / 1000 / kSampleColumns);
        const auto act = [&](const char* what, const std::function<void()>& action) {
            QSignalSpy applied(&model, &SampleTableModel::filterApplied);
            clock.start();
            QTimer::singleShot(0, &model, action);
            QTRY_VERIFY_WITH_TIMEOUT(applied.size() > 0, kPatience);
            const auto took = clock.elapsed();
            QTest::qWait(30);
            qInfo("%s %lld ms until applied", what, static_cast<long long>(took));
            tell(what);
        };
        act("filtering (one third):", [&] { model.set_text_filter("red"); });
        act("filtering (narrower):", [&] { model.set_text_filter("red outcome:harmed"); });
        act("filter lifted:", [&] { model.set_text_filter({}); });
        act("sorting by id:", [&] { model.sort(0, Qt::DescendingOrder); });
        act("sorting by question:", [&] { model.sort(2); });
        QTimer::singleShot(0, &model, [&] { model.update_result(list.get(), 77, {"1", "2", false, true, ""}); });
        QTest::qWait(300);
        tell("one row updated:");
        for (int i = 0; i < 60; ++i) {
            QTimer::singleShot(0, &view, [&view, i] { view.verticalScrollBar()->setValue(i * 1600); });
            QTest::qWait(4);
        }
        tell("scrolling:");
        QTimer::singleShot(0, &model, [&] { model.set_lists({}); });
        QTest::qWait(50);
        tell("closing the lists:");
        QCOMPARE(list->calls_on_gui + more->calls_on_gui, 0);  // neither summaries nor pictures
        QCOMPARE(list->calls_elsewhere + more->calls_elsewhere, 100000);
        qInfo("%d thumbnails read while scrolling", list->pictures.load() + more->pictures.load());
    }
};

int main(int argc, char** argv) {
    MeasuredApplication app(argc, argv);
    TestSampleTable test;
    return QTest::qExec(&test, argc, argv);
}
#include "test_sample_table.moc"
