// The Problems tab of the Data page: whose record a row names, and that choosing it shows that record's sample or nothing, never another one's.
#include <QtTest>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTabWidget>
#include <QTableView>

#include "tests/ui/fake_inspector.h"
#include "tests/ui/own_settings.h"
#include "tests/ui/window_test.h"
#include "ui/models/failures.h"

using namespace r2t2;
using namespace r2t2::ui;

class TestDataProblems final : public WindowTest {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup() { window_.reset(); }

    void a_row_shows_its_own_record_or_nothing();
    void sorted_tables_show_what_their_rows_say();
    void what_was_read_anew_forgets_the_row();
    void failures_are_counted_in_both_their_parts();
    void records_that_were_left_out_stand_under_the_list();

private:
    void read(const QString& folder) {
        auto* list = find<QListWidget>("dataSets");
        list->setCurrentItem(list->findItems(QStringLiteral("Visual7W"), Qt::MatchExactly).front());
        auto* edit = find<QLineEdit>("dataFolder");
        edit->setFocus();
        edit->selectAll();
        QTest::keyClicks(edit, folder);
        QTest::mouseClick(find<QPushButton>("dataRead"), Qt::LeftButton);
        settle();
        QVERIFY(window_->data().report());
    }
    void choose(const char* table, int row) {
        auto* view = find<QTableView>(table);
        QTest::mouseClick(view->viewport(), Qt::LeftButton, {}, view->visualRect(view->model()->index(row, 0)).center());
        settle();
        QCOMPARE(view->currentIndex().row(), row);
    }
    QString shown() { return find<QPlainTextEdit>("dataPrompt")->toPlainText(); }
    static QString cell(QTableView* view, int row, int column) { return view->model()->index(row, column).data().toString(); }

    std::unique_ptr<QTemporaryDir> folder_;
    FakeModule module_;
};

void TestDataProblems::initTestCase() {
    folder_ = std::make_unique<QTemporaryDir>();
    use_own_settings(QStringLiteral("data_problems"), folder_->path());
}

void TestDataProblems::init() {
    window_ = shown_window();
    QVERIFY(window_);
    window_->workspace().set_module(&module_);
    window_->begin({});
    settle();
    window_->show_page(MainWindow::Page::Data);
    settle();
    read(QStringLiteral("/data/pictures"));
}

/// Record 3 was left out, 9 is kept with a remark, of 6 the picture cannot be read.
void TestDataProblems::a_row_shows_its_own_record_or_nothing() {
    auto* problems = find<QTableView>("dataProblems");
    QVERIFY(shown().startsWith(QStringLiteral("What is in picture 0?")));
    find<QTabWidget>("dataTabs")->setCurrentIndex(1);
    QVERIFY2(shown().isEmpty(), qPrintable(shown()));  // no row is chosen: not sample 0
    QCOMPARE(problems->model()->rowCount(), 3);
    QCOMPARE(cell(problems, 2, 0), QStringLiteral("6"));
    choose("dataProblems", 0);
    QVERIFY2(shown().isEmpty(), qPrintable(shown()));
    choose("dataProblems", 1);
    QVERIFY2(shown().startsWith(QStringLiteral("What is in picture 8?")), qPrintable(shown()));
    choose("dataProblems", 2);
    QVERIFY2(shown().startsWith(QStringLiteral("What is in picture 5?")) && shown().contains(QStringLiteral("pictures/5.png")), qPrintable(shown()));
    choose("dataProblems", 0);
    QVERIFY2(shown().isEmpty(), qPrintable(shown()));
    find<QTabWidget>("dataTabs")->setCurrentIndex(0);
    QVERIFY2(shown().startsWith(QStringLiteral("What is in picture 0?")), qPrintable(shown()));
}

/// A table in another order showed the sample of the row's number.
void TestDataProblems::sorted_tables_show_what_their_rows_say() {
    auto* samples = find<QTableView>("dataSamples");
    samples->sortByColumn(0, Qt::DescendingOrder);
    QCOMPARE(cell(samples, 0, 0), QStringLiteral("29"));
    choose("dataSamples", 1);
    QVERIFY2(shown().startsWith(QStringLiteral("What is in picture 28?")), qPrintable(shown()));
    find<QTabWidget>("dataTabs")->setCurrentIndex(1);
    auto* problems = find<QTableView>("dataProblems");
    problems->sortByColumn(0, Qt::DescendingOrder);
    QCOMPARE(cell(problems, 0, 0), QStringLiteral("9"));
    choose("dataProblems", 1);
    QVERIFY2(shown().startsWith(QStringLiteral("What is in picture 5?")), qPrintable(shown()));
    choose("dataProblems", 0);
    QVERIFY2(shown().startsWith(QStringLiteral("What is in picture 8?")), qPrintable(shown()));
}

void TestDataProblems::what_was_read_anew_forgets_the_row() {
    find<QTabWidget>("dataTabs")->setCurrentIndex(1);
    choose("dataProblems", 2);
    QVERIFY(!shown().isEmpty());
    read(QStringLiteral("/data/v7w"));
    QVERIFY2(shown().isEmpty(), qPrintable(shown()));
    QCOMPARE(find<QTableView>("dataProblems")->model()->rowCount(), 2);
}

/// The page said "5 failed" of 12, the status bar "2 of 9": records that could not be read are stored as failed, too.
void TestDataProblems::failures_are_counted_in_both_their_parts() {
    Failures failures;
    failures.add("set", "9", "set: sample 9: picture: found 0 bytes");
    QCOMPARE(failures.summary(9), QStringLiteral("1 of 9 samples failed: picture: found 0 bytes (set/9)"));
    failures.add("set", "10", "sample 10: picture: found 0 bytes");
    QCOMPARE(failures.count_words(9), QStringLiteral("2 of 9 samples failed"));
    for (int record = 3; record < 6; ++record) {
        const std::string place = "test.json: record " + std::to_string(record);
        failures.add("set", place, place + ": image: found no file");
    }
    QCOMPARE(failures.count(), std::int64_t{5});
    QCOMPARE(failures.unread(), std::int64_t{3});
    QCOMPARE(failures.count_words(1200), QStringLiteral("5 of %L1 samples failed: 3 could not be read, 2 could not be run").arg(1200));
    QCOMPARE(failures.summary(12), QStringLiteral("5 of 12 samples failed: 3 could not be read, 2 could not be run; image: found no file (3 samples, the first set/test.json: record 3); and 1 more reasons"));
    Failures unread;
    unread.add("set", "test.json: record 3", "test.json: record 3: id: found twice");
    QCOMPARE(unread.count_words(4), QStringLiteral("1 of 4 samples failed: 1 could not be read"));
}

/// They were in the log alone.
void TestDataProblems::records_that_were_left_out_stand_under_the_list() {
    auto* count = find<QLabel>("sampleCount");
    QCOMPARE(count->text(), QStringLiteral("40 samples"));
    QVERIFY(count->toolTip().isEmpty());
    InspectorOptions options;
    options.reference = "5";
    window_->workspace().open(options);
    settle();
    QCOMPARE(count->text(), QStringLiteral("40 samples; 1 left out"));
    QVERIFY2(QString(count->toolTip()).remove(QChar(0x200b)).contains(QStringLiteral("test.json: record 2: image_path: found no file")), qPrintable(count->toolTip()));
    find<QLineEdit>("sampleFilter")->setText(QStringLiteral("red"));
    QTRY_VERIFY_WITH_TIMEOUT(count->text().endsWith(QStringLiteral(" of 40 samples; 1 left out")), kPatience);
}

QTEST_MAIN(TestDataProblems)
#include "test_data_problems.moc"
