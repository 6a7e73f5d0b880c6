// One session in the window: it grows while it is looked at, holds several evaluations, is copied and sorted from, and is the same on
// every page. Driven by mouse and keyboard.
#include <QAction>
#include <QClipboard>
#include <QComboBox>
#include <QContextMenuEvent>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>
#include <QScreen>
#include <QSemaphore>
#include <QSettings>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTimer>
#include <QtTest>
#include <memory>

#include "tests/session/session_samples.h"
#include "tests/support/patience.h"
#include "tests/ui/own_settings.h"
#include "tests/ui/window_test.h"
#include "ui/models/result_models.h"
#include "ui/panels/elided_label.h"
#include "ui/panels/main_window.h"
#include "ui/panels/picture_view.h"
#include "ui/panels/row_table.h"
#include "ui/panels/sample_panel.h"
#include "ui/panels/theme.h"

using namespace r2t2;
using namespace r2t2::ui;

namespace {

/// Runs of one evaluation, base and NGD with this k, begun for `planned` samples of G-dim.
std::vector<std::int64_t> begin_evaluation(SessionWriter& session, const std::string& name, int planned, int k) {
    std::vector<std::int64_t> runs;
    for (const char* method : {"base", "ngd"}) {
        RunInfo info = session_samples::run_info();
        info.method = method;
        info.config = R"({"evaluation": ")" + name + R"(", "parameters": {"num_neighbors": )" + std::to_string(k) + R"(}, "planned": {"G-dim": )" + std::to_string(planned) + "}}";
        runs.push_back(*session.begin_run(info));
    }
    return runs;
}

/// Of three samples the first is harmed, the second mended.
bool write_samples(SessionWriter& session, const std::vector<std::int64_t>& runs, int first, int end) {
    bool written = true;
    for (int i = first; i < end; ++i) {
        SampleInfo sample = session_samples::sample_info(i);
        sample.id = {"G-dim", std::to_string(i)};
        for (std::size_t r = 0; r < runs.size(); ++r) {
            const bool before = i % 3 != 1;
            Trajectory trajectory = session_samples::trajectory(i, r == 0 ? std::vector<bool>{before} : std::vector<bool>{before, i % 3 != 0});
            trajectory.method = r == 0 ? Method::Base : Method::Ngd;
            written = written && session.write_sample(runs[r], sample, trajectory, session_samples::reference_name).ok();
        }
    }
    return written;
}

}  // namespace

class TestSessionWindow final : public WindowTest {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup() { window_.reset(); }

    void a_session_that_another_program_writes_is_followed();
    void a_note_that_is_being_written_outlives_a_reading();
    void the_same_sample_in_two_evaluations();
    void a_failed_sample_of_the_evaluation_is_said_above_the_others();
    void the_neighbours_are_read_on_a_page_that_is_made_late();
    void every_page_follows_one_run();
    void two_runs_are_of_one_evaluation_and_show_their_questions();
    void every_table_copies_what_is_chosen();
    void every_list_sorts_numbers_as_numbers();
    void f2_writes_the_note_from_every_cell();
    void what_is_typed_is_shown_until_the_file_has_it();
    void a_note_that_cannot_be_written_is_told();
    void what_runs_is_not_stopped_unasked();
    void the_window_fits_its_screen();
    void words_before_there_is_a_model();

private:
    RowTable* table(const char* name) { return find<RowTable>(name); }
    void open(const QString& path) {
        window_->open_path(path);
        settle();
        QTRY_VERIFY_WITH_TIMEOUT(window_->results().path() == path && window_->results().evaluation() && window_->results().changed(), kPatience);
        settle();
    }
    void show_tab(int tab) {
        QTest::keyClick(window_.get(), Qt::Key_2, Qt::AltModifier);
        find<QTabWidget>("resultTabs")->setCurrentIndex(tab);
        QCoreApplication::processEvents();
    }
    /// base and NGD twice on the same samples; the second time 12 of 16 were reached.
    QString two_evaluations(const QString& name) {
        const QString path = folder_->filePath(name);
        auto session = SessionWriter::create(path.toStdString());
        const auto first = begin_evaluation(*session, "evaluation one", 8, 5);
        const bool one = write_samples(*session, first, 0, 8) && session->finish_run(first[0], RunState::Finished).ok() && session->finish_run(first[1], RunState::Finished).ok();
        const auto second = begin_evaluation(*session, "evaluation two", 16, 10);
        const bool two = write_samples(*session, second, 0, 12) && session->finish_run(second[0], RunState::Cancelled).ok() && session->finish_run(second[1], RunState::Cancelled).ok();
        return one && two ? path : QString();
    }
    QStringList copied_lines() { return QGuiApplication::clipboard()->text().split(QLatin1Char('\n'), Qt::SkipEmptyParts); }

    std::unique_ptr<QTemporaryDir> folder_;
};

void TestSessionWindow::initTestCase() {
    folder_ = std::make_unique<QTemporaryDir>();
    use_own_settings(QStringLiteral("session window"), folder_->path());
    qputenv("XDG_DATA_HOME", folder_->path().toUtf8());
    apply_theme(*qApp, Theme::Light);
}

void TestSessionWindow::init() {
    QSettings().clear();
    QSettings().setValue(QStringLiteral("guide/seen"), true);
    const QString now = QLatin1String(QTest::currentTestFunction());
    if (now == QLatin1String("the_window_fits_its_screen") || now == QLatin1String("words_before_there_is_a_model")) {
        return;  // begin in their own way
    }
    window_ = std::make_unique<MainWindow>();
    window_->resize(1280, 800);
    window_->show();
    QVERIFY(QTest::qWaitForWindowExposed(window_.get(), kPatience));
    window_->begin({});
    settle();
    QVERIFY(window_->workspace().inspector());
}

/// All numbers of the page are of one moment; what was chosen stays chosen, on every page.
void TestSessionWindow::a_session_that_another_program_writes_is_followed() {
    const QString path = folder_->filePath(QStringLiteral("grows.sqlite"));
    auto session = SessionWriter::create(path.toStdString());
    const auto runs = begin_evaluation(*session, "evaluation", 24, 5);
    QVERIFY(write_samples(*session, runs, 0, 9));
    open(path);
    show_tab(1);  // the page is made when it is first shown
    auto* results = table("resultTable");
    auto* samples = table("sampleTable");
    const auto numbers = [&](int there) {
        const QString count = QStringLiteral("%1 of 24").arg(there);
        int n = 0;
        while (n < results->model()->columnCount() && results->model()->headerData(n, Qt::Horizontal).toString() != QLatin1String("n")) {
            ++n;
        }
        QVERIFY2(find<QLabel>("benchmarkWords")->text().contains(count), qPrintable(find<QLabel>("benchmarkWords")->text()));
        QCOMPARE(results->model()->index(0, n).data().toString(), count);
        QCOMPARE(results->model()->index(1, n).data().toString(), count);
        QCOMPARE(table("runTable")->model()->index(0, RunTableModel::Samples).data().toString(), count);
        QVERIFY2(find<QLabel>("changedNote")->text().contains(count), qPrintable(find<QLabel>("changedNote")->text()));
        QVERIFY2(find<QLabel>("pairNote")->text().contains(QStringLiteral("Of %1 samples").arg(there)), qPrintable(find<QLabel>("pairNote")->text()));
        QCOMPARE(table("changedTable")->model()->rowCount(), 2 * there / 3);
    };
    numbers(9);
    // A sample is looked at in Inspect, a line is chosen here; then nine more come.
    QTest::keyClick(window_.get(), Qt::Key_1, Qt::AltModifier);
    samples->setFocus();
    QTest::keyClick(samples, Qt::Key_Down);
    QTest::keyClick(samples, Qt::Key_Down);
    settle();
    const std::string looked_at = window_->workspace().inspection()->sample().id;
    show_tab(1);
    table("changedTable")->setFocus();
    QTest::keyClick(table("changedTable"), Qt::Key_Down);
    QTest::keyClick(table("changedTable"), Qt::Key_Down);
    auto* changed = qobject_cast<SampleLineModel*>(table("changedTable")->model());
    const SampleKey chosen = changed->line(table("changedTable")->currentIndex().row())->id;
    QVERIFY(write_samples(*session, runs, 9, 18));
    QTRY_COMPARE_WITH_TIMEOUT(changed->rowCount(), 12, kPatience);
    settle();
    numbers(18);
    QVERIFY(changed->line(table("changedTable")->currentIndex().row()) != nullptr);
    QVERIFY(changed->line(table("changedTable")->currentIndex().row())->id == chosen);
    QTRY_COMPARE_WITH_TIMEOUT(samples->model()->rowCount(), 18, kPatience);
    QCOMPARE(window_->workspace().inspection()->sample().id, looked_at);
    QCOMPARE(window_->samples().model().entry(samples->currentIndex().row()).summary->id, looked_at);
    // Its writer ends.
    QVERIFY(write_samples(*session, runs, 18, 24) && session->finish_run(runs[0], RunState::Finished).ok() && session->finish_run(runs[1], RunState::Finished).ok());
    QTRY_VERIFY_WITH_TIMEOUT(!find<QLabel>("benchmarkWords")->text().contains(QStringLiteral("incomplete")), kPatience);
    settle();
    QCOMPARE(table("runTable")->model()->index(0, RunTableModel::State).data().toString(), QStringLiteral("finished"));
    QTRY_COMPARE_WITH_TIMEOUT(samples->model()->rowCount(), 24, kPatience);
    // While nobody can see it nothing is read; then it is.
    const auto more = begin_evaluation(*session, "another", 3, 7);
    window_->hide();
    QVERIFY(write_samples(*session, more, 0, 3));
    QTest::qWait(50);
    QCOMPARE(window_->results().runs().size(), std::size_t{2});
    window_->show();
    QTRY_COMPARE_WITH_TIMEOUT(window_->results().runs().size(), std::size_t{4}, kPatience);
    QCOMPARE(window_->results().run(), runs[1]);
}

void TestSessionWindow::a_note_that_is_being_written_outlives_a_reading() {
    const QString path = folder_->filePath(QStringLiteral("noted.sqlite"));
    auto session = SessionWriter::create(path.toStdString());
    const auto runs = begin_evaluation(*session, "evaluation", 9, 5);
    QVERIFY(write_samples(*session, runs, 0, 3));
    open(path);
    show_tab(2);
    auto* list = table("runTable");
    list->setFocus();
    QTest::keyClick(list, Qt::Key_F2);
    auto* editor = list->findChild<QLineEdit*>();
    QVERIFY(editor != nullptr);
    QTest::keyClicks(editor, QStringLiteral("half a no"));
    QVERIFY(write_samples(*session, runs, 3, 6));
    QTRY_COMPARE_WITH_TIMEOUT(list->model()->index(0, RunTableModel::Samples).data().toString(), QStringLiteral("6 of 9"), kPatience);
    editor = list->findChild<QLineEdit*>();
    QVERIFY(editor != nullptr);
    QCOMPARE(editor->text(), QStringLiteral("half a no"));
    QTest::keyClick(editor, Qt::Key_Escape);
}

void TestSessionWindow::the_same_sample_in_two_evaluations() {
    const QString path = two_evaluations(QStringLiteral("twice.sqlite"));
    QVERIFY(!path.isEmpty());
    open(path);
    auto* samples = table("sampleTable");
    auto* shown = find<QComboBox>("evaluationShown");
    QVERIFY(shown->isVisible());
    QCOMPARE(shown->count(), 2);
    QCOMPARE(window_->results().run(), std::int64_t{4});
    QCOMPARE(shown->currentText(), QStringLiteral("evaluation of runs 3\u20134, 12 of 16 samples, incomplete (interrupted)"));
    QCOMPARE(samples->model()->rowCount(), 12);  // 20 with two G-dim / 0 before
    QSet<QString> ids;
    for (int row = 0; row < samples->model()->rowCount(); ++row) {
        ids << samples->model()->index(row, 0).data().toString();
    }
    QCOMPARE(ids.size(), 12);
    auto* name = find<ElidedLabel>("sampleName");
    QVERIFY2(name->whole_text().contains(QStringLiteral("run 4, evaluation of runs 3\u20134, 12 of 16 samples, incomplete (interrupted)")), qPrintable(name->whole_text()));
    // The other one, by the keyboard: the same sample there.
    QTest::keyClick(samples, Qt::Key_Down);
    settle();
    const std::string looked_at = window_->workspace().inspection()->sample().id;
    shown->setFocus();
    QTest::keyClick(shown, Qt::Key_Down);
    settle();
    QTRY_COMPARE_WITH_TIMEOUT(samples->model()->rowCount(), 8, kPatience);
    QCOMPARE(window_->workspace().inspection()->sample().id, looked_at);
    QVERIFY2(name->whole_text().contains(QStringLiteral("run 2, evaluation of runs 1\u20132")) && !name->whole_text().contains(QStringLiteral("incomplete")), qPrintable(name->whole_text()));
    QCOMPARE(window_->results().run(), std::int64_t{2});  // and on the other pages
    // Lists of runs tell them apart, and say what is incomplete.
    QTest::keyClick(window_.get(), Qt::Key_3, Qt::AltModifier);
    settle();
    const auto* figures = find<QComboBox>("figureRun");
    QCOMPARE(figures->itemText(0), QStringLiteral("1: base \u00b7 evaluation of runs 1\u20132"));
    QVERIFY2(figures->itemText(1).startsWith(QStringLiteral("2: NGD, k 5 \u00b7")), qPrintable(figures->itemText(1)));
    QCOMPARE(figures->itemText(2), QStringLiteral("3: base \u00b7 evaluation of runs 3\u20134 \u00b7 incomplete, 12 of 16"));
    show_tab(3);
    QCOMPARE(find<QComboBox>("pairA")->itemText(3), figures->itemText(3));
}

/// A whole evaluation looked whole above each of its samples, whatever had failed.
void TestSessionWindow::a_failed_sample_of_the_evaluation_is_said_above_the_others() {
    const QString path = folder_->filePath(QStringLiteral("failed.sqlite"));
    {
        auto session = SessionWriter::create(path.toStdString());
        const auto runs = begin_evaluation(*session, "evaluation one", 8, 5);
        QVERIFY(write_samples(*session, runs, 0, 6));
        for (const std::int64_t run : {runs[0], runs[1]}) {
            for (const char* key : {"6", "7"}) {
                SampleInfo info = session_samples::sample_info(0);
                info.id = {"G-dim", key};
                QVERIFY(session->record_error(run, info, invalid_input("6.png", "image", "0 bytes", "a picture")).ok());
            }
            QVERIFY(session->finish_run(run, RunState::Finished).ok());
        }
    }
    open(path);
    auto* name = find<ElidedLabel>("sampleName");
    QVERIFY2(name->whole_text().contains(QStringLiteral("run 2, evaluation of runs 1\u20132, 8 of 8 samples; 2 failed")), qPrintable(name->whole_text()));
    QTest::keyClick(table("sampleTable"), Qt::Key_Down);
    settle();
    QVERIFY2(name->whole_text().contains(QStringLiteral("2 failed")), qPrintable(name->whole_text()));
    window_->open_path({});  // of no session
    settle();
    QVERIFY2(!name->whole_text().contains(QStringLiteral("failed")), qPrintable(name->whole_text()));
}

/// "Reading..." stood there for good: the run had been chosen before the page was made.
void TestSessionWindow::the_neighbours_are_read_on_a_page_that_is_made_late() {
    const QString path = two_evaluations(QStringLiteral("late.sqlite"));
    QVERIFY(!path.isEmpty());
    open(path);
    show_tab(5);
    auto* note = find<QLabel>("neighbourNote");
    QVERIFY(note != nullptr && note->isVisible());
    QTRY_VERIFY_WITH_TIMEOUT(window_->results().neighbours() != nullptr, kPatience);
    QVERIFY2(note->text().startsWith(QStringLiteral("NGD")), qPrintable(note->text()));
}

void TestSessionWindow::every_page_follows_one_run() {
    const QString path = two_evaluations(QStringLiteral("one run.sqlite"));
    open(path);
    const auto same = [this](std::int64_t run) {
        settle();
        QCOMPARE(window_->results().run(), run);
        QCOMPARE(window_->workspace().followed_run(), run);
        QVERIFY2(window_->windowTitle().endsWith(QStringLiteral("one run.sqlite, run %1").arg(run)), qPrintable(window_->windowTitle()));
    };
    same(4);
    show_tab(2);
    auto* runs = table("runTable");
    runs->setFocus();
    QTest::keyClick(runs, Qt::Key_Down);  // the newest stands first
    same(3);
    QTest::keyClick(runs, Qt::Key_Down);
    same(2);
    QTest::keyClick(window_.get(), Qt::Key_1, Qt::AltModifier);
    same(2);
    QTest::keyClick(window_.get(), Qt::Key_1, Qt::ControlModifier);  // follow the base
    same(1);
    // Another session: no page stays behind.
    const QString other = folder_->filePath(QStringLiteral("other.sqlite"));
    {
        auto session = SessionWriter::create(other.toStdString());
        const auto made = begin_evaluation(*session, "evaluation", 3, 5);
        QVERIFY(write_samples(*session, made, 0, 3));
    }
    open(other);
    QCOMPARE(window_->workspace().followed_run(), window_->results().run());
    QVERIFY(window_->windowTitle().contains(QStringLiteral("other.sqlite, run 2")));
    // The bundled samples are of no session, and the title says so on that page only.
    window_->open_path({});
    settle();
    QTest::keyClick(window_.get(), Qt::Key_1, Qt::AltModifier);
    QVERIFY2(!window_->windowTitle().contains(QStringLiteral("sqlite")), qPrintable(window_->windowTitle()));
    QTest::keyClick(window_.get(), Qt::Key_2, Qt::AltModifier);
    QVERIFY(window_->windowTitle().contains(QStringLiteral("other.sqlite, run 2")));
}

void TestSessionWindow::two_runs_are_of_one_evaluation_and_show_their_questions() {
    open(two_evaluations(QStringLiteral("pairs.sqlite")));
    show_tab(3);
    QCOMPARE(find<QComboBox>("pairA")->currentData().toLongLong(), 3LL);  // was 1, asked other samples with another k
    QCOMPARE(find<QComboBox>("pairB")->currentData().toLongLong(), 4LL);
    auto* pairs = qobject_cast<SampleLineModel*>(table("pairTable")->model());
    auto* changed = qobject_cast<SampleLineModel*>(table("changedTable")->model());
    QVERIFY(pairs->rowCount() > 0);
    int compared = 0;
    for (int row = 0; row < pairs->rowCount(); ++row) {
        QVERIFY(!pairs->line(row)->question.isEmpty());
        for (int other = 0; other < changed->rowCount(); ++other) {
            if (changed->line(other)->id == pairs->line(row)->id) {
                QCOMPARE(pairs->line(row)->question, changed->line(other)->question);
                ++compared;
            }
        }
    }
    QVERIFY(compared > 0);
}

void TestSessionWindow::every_table_copies_what_is_chosen() {
    open(two_evaluations(QStringLiteral("copied.sqlite")));
    show_tab(0);
    QTest::keyClick(window_.get(), Qt::Key_4, Qt::AltModifier);  // its tables are made when it is first shown
    const QList<QTableView*> all = window_->findChildren<QTableView*>();
    QVERIFY(all.size() >= 10);
    for (QTableView* each : all) {
        auto* rows = qobject_cast<RowTable*>(each);
        QVERIFY2(rows != nullptr, qPrintable(each->objectName()));
        const int count = rows->model() != nullptr ? rows->model()->rowCount() : 0;
        QGuiApplication::clipboard()->setText(QStringLiteral("before"));
        QTest::keySequence(rows, QKeySequence::SelectAll);
        QTest::keySequence(rows, QKeySequence::Copy);
        if (count == 0) {
            QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("before"));
            continue;
        }
        const QStringList lines = copied_lines();
        QVERIFY2(lines.size() == count + 1, qPrintable(QStringLiteral("%1: %2 lines of %3 rows").arg(each->objectName()).arg(lines.size()).arg(count)));
        const int columns = rows->model()->columnCount() + (rows->verticalHeader()->isHidden() ? 0 : 1);
        for (const QString& line : lines) {
            QVERIFY2(line.count(QLatin1Char('\t')) == columns - 1, qPrintable(each->objectName() + QStringLiteral(": ") + line));
        }
        QVERIFY(lines[0].contains(rows->model()->headerData(0, Qt::Horizontal).toString().replace(QLatin1Char('\n'), QLatin1Char(' '))));
        // The menu, by the keyboard's way and the mouse's.
        for (const auto reason : {QContextMenuEvent::Keyboard, QContextMenuEvent::Mouse}) {
            QContextMenuEvent event(reason, QPoint(5, 5), rows->viewport()->mapToGlobal(QPoint(5, 5)));
            QCoreApplication::sendEvent(reason == QContextMenuEvent::Mouse ? rows->viewport() : static_cast<QWidget*>(rows), &event);
            auto* menu = rows->findChild<QMenu*>(QStringLiteral("rowMenu"));
            QVERIFY2(menu != nullptr, qPrintable(each->objectName()));
            QVERIFY(menu->findChild<QAction*>(QStringLiteral("copyRows"))->isEnabled());
            QGuiApplication::clipboard()->clear();
            menu->findChild<QAction*>(QStringLiteral("copyTable"))->trigger();
            QCOMPARE(copied_lines().size(), count + 1);
            delete menu;
        }
    }
    // Two of them, and the way into Inspect.
    show_tab(1);
    auto* changed = table("changedTable");
    changed->setFocus();
    changed->selectRow(0);
    QTest::keyClick(changed, Qt::Key_Down, Qt::ShiftModifier);
    QTest::keySequence(changed, QKeySequence::Copy);
    QCOMPARE(copied_lines().size(), 3);
    const SampleLine wanted = *qobject_cast<SampleLineModel*>(changed->model())->line(changed->currentIndex().row());
    QContextMenuEvent event(QContextMenuEvent::Keyboard, QPoint(5, 5), changed->viewport()->mapToGlobal(QPoint(5, 5)));
    QCoreApplication::sendEvent(changed, &event);
    changed->findChild<QAction*>(QStringLiteral("openRow"))->trigger();
    settle();
    QCOMPARE(window_->page(), MainWindow::Page::Inspect);
    QCOMPARE(window_->workspace().inspection()->sample().id, wanted.id.key);
    // Choosing several samples: the last one is looked at, all are copied.
    auto* samples = table("sampleTable");
    samples->setFocus();
    samples->selectRow(0);
    settle();
    QTest::keyClick(samples, Qt::Key_Down, Qt::ShiftModifier);
    settle();
    QTest::keyClick(samples, Qt::Key_Down, Qt::ShiftModifier);
    settle();
    QTest::keySequence(samples, QKeySequence::Copy);
    QCOMPARE(copied_lines().size(), 4);
    for (const auto& [panel, entry] : {std::pair{"picture", "copyPicture"}, std::pair{"answerCard", "copyAnswers"}}) {
        auto* widget = panel == std::string("picture") ? static_cast<QWidget*>(find<PictureView>(panel)) : find<QWidget>(panel);
        QVERIFY2(widget != nullptr, panel);
        QContextMenuEvent asked(QContextMenuEvent::Mouse, QPoint(5, 5), widget->mapToGlobal(QPoint(5, 5)));
        QCoreApplication::sendEvent(widget, &asked);
        auto* menu = widget->findChild<QMenu*>(QStringLiteral("copyMenu"));
        QVERIFY2(menu != nullptr && menu->findChild<QAction*>(QLatin1String(entry)) != nullptr, panel);
        delete menu;
    }
}

void TestSessionWindow::every_list_sorts_numbers_as_numbers() {
    open(two_evaluations(QStringLiteral("sorted.sqlite")));
    show_tab(1);
    const auto click_header = [](RowTable& view, int column) {
        QHeaderView& header = *view.horizontalHeader();
        QTest::mouseClick(header.viewport(), Qt::LeftButton, Qt::NoModifier, QPoint(header.sectionViewportPosition(column) + 8, header.height() / 2));
    };
    const auto column = [](const RowTable& view, int at) {
        QStringList out;
        for (int row = 0; row < view.model()->rowCount(); ++row) {
            out << view.model()->index(row, at).data().toString();
        }
        return out;
    };
    auto* changed = table("changedTable");
    const QStringList own = column(*changed, 2);
    changed->selectRow(0);
    const QString chosen = changed->currentIndex().siblingAtColumn(2).data().toString();
    click_header(*changed, 2);
    QStringList sorted = own;
    std::sort(sorted.begin(), sorted.end(), [](const QString& a, const QString& b) { return a.toInt() < b.toInt(); });
    QVERIFY(sorted != own);
    QCOMPARE(column(*changed, 2), sorted);
    QCOMPARE(changed->currentIndex().siblingAtColumn(2).data().toString(), chosen);  // the row goes along
    QTest::keyClick(changed, Qt::Key_Return);  // and is what is opened
    settle();
    QCOMPARE(QString::fromStdString(window_->workspace().inspection()->sample().id), chosen);
    show_tab(1);
    click_header(*changed, 2);
    std::reverse(sorted.begin(), sorted.end());
    QCOMPARE(column(*changed, 2), sorted);
    click_header(*changed, 2);  // a third click: their own order
    QCOMPARE(column(*changed, 2), own);
    show_tab(2);
    auto* runs = table("runTable");
    click_header(*runs, RunTableModel::Samples);
    QCOMPARE(column(*runs, RunTableModel::Samples), QStringList({QStringLiteral("8"), QStringLiteral("8"), QStringLiteral("12 of 16"), QStringLiteral("12 of 16")}));
    for (int row = 0; row < 4; ++row) {  // what a row says is what choosing it chooses
        runs->selectRow(row);
        QCOMPARE(QString::number(window_->results().run()), runs->model()->index(row, RunTableModel::Run).data().toString());
    }
    runs->selectRow(2);  // NGD: the base has no steps to sort
    settle();
    // Steps: a row is a step wherever it stands.
    QTest::keyClick(window_.get(), Qt::Key_1, Qt::AltModifier);
    window_->show_panel(QStringLiteral("steps"));
    settle();
    auto* steps = table("stepTable");
    QVERIFY(steps->model()->rowCount() > 1);
    click_header(*steps, 0);
    click_header(*steps, 0);
    QCOMPARE(steps->model()->index(0, 0).data().toInt(), steps->model()->rowCount() - 1);
    steps->selectRow(steps->model()->rowCount() - 1);
    QCOMPARE(window_->workspace().cursor().step(), 0);
}

void TestSessionWindow::f2_writes_the_note_from_every_cell() {
    const QString path = two_evaluations(QStringLiteral("notes.sqlite"));
    open(path);
    show_tab(2);
    auto* runs = table("runTable");
    for (int column = 0; column < RunTableModel::kColumns; ++column) {
        runs->setFocus();
        runs->setCurrentIndex(runs->model()->index(1, column));
        QTest::keyClick(runs, Qt::Key_F2);
        auto* editor = runs->findChild<QLineEdit*>();
        QVERIFY2(editor != nullptr, qPrintable(QString::number(column)));
        editor->selectAll();
        QTest::keyClicks(editor, QStringLiteral("from column %1").arg(column));
        QTest::keyClick(editor, Qt::Key_Return);
        QTRY_VERIFY_WITH_TIMEOUT(runs->findChild<QLineEdit*>() == nullptr, kPatience);
        settle();
        QCOMPARE(runs->model()->index(1, RunTableModel::Notes).data().toString(), QStringLiteral("from column %1").arg(column));
    }
    QCOMPARE(SessionReader::open(path.toStdString())->run(3)->info.notes, std::string("from column 6"));
}

void TestSessionWindow::what_is_typed_is_shown_until_the_file_has_it() {
    const QString path = two_evaluations(QStringLiteral("typed.sqlite"));
    open(path);
    SessionResults& results = window_->results();
    JobRunner& jobs = window_->workspace().jobs();
    const auto shown = [&] { return QString::fromStdString(results.runs()[2].info.notes); };
    const auto stored = [&] {
        auto reader = SessionReader::open(path.toStdString());
        const auto run = reader ? reader->run(3) : Result<StoredRun>(reader.error());
        return QString::fromStdString(run ? run->info.notes : run.error().message());
    };
    const auto read_again = [&] {
        const QSignalSpy read(&results, &SessionResults::readAgain);
        results.reload();
        return QTest::qWaitFor([&] { return !read.isEmpty(); }, kPatience);
    };
    results.set_notes(3, QStringLiteral("first"));
    settle();
    QCOMPARE(stored(), QStringLiteral("first"));
    // The writer is kept waiting: what is read meanwhile has the first note, and the second stays on screen.
    QSemaphore gate;
    jobs.start<bool>(QStringLiteral("notes"), QStringLiteral("Wait"), this, [&gate](const JobRunner::Context&) -> Result<bool> { gate.acquire(); return true; }, [](Result<bool>) {});
    results.set_notes(3, QStringLiteral("second"));
    QCOMPARE(shown(), QStringLiteral("second"));
    QVERIFY(read_again());
    QCOMPARE(stored(), QStringLiteral("first"));
    QCOMPARE(shown(), QStringLiteral("second"));
    // A reading that was begun before it was written, and ends after.
    results.reload();
    jobs.cancel(QStringLiteral("notes"));
    gate.release();
    QTRY_COMPARE_WITH_TIMEOUT(stored(), QStringLiteral("second"), kPatience);
    settle();
    QCOMPARE(shown(), QStringLiteral("second"));
    // It is in the file: what others write there is shown from now on.
    QVERIFY(read_again());
    QVERIFY(SessionWriter::open(path.toStdString())->set_notes(3, "of another program").ok());
    QVERIFY(read_again());
    QCOMPARE(shown(), QStringLiteral("of another program"));
    // The window goes while a note waits.
    jobs.start<bool>(QStringLiteral("notes"), QStringLiteral("Wait"), this, [&gate](const JobRunner::Context&) -> Result<bool> { gate.acquire(); return true; }, [](Result<bool>) {});
    results.set_notes(3, QStringLiteral("the last"));
    results.set_notes(4, QStringLiteral("and this"));
    gate.release();
    window_.reset();
    QCOMPARE(stored(), QStringLiteral("the last"));
    QCOMPARE(SessionReader::open(path.toStdString())->run(4)->info.notes, std::string("and this"));
}

void TestSessionWindow::a_note_that_cannot_be_written_is_told() {
    const QString path = two_evaluations(QStringLiteral("refused.sqlite"));
    open(path);
    SessionResults& results = window_->results();
    results.set_notes(3, QStringLiteral("kept"));
    settle();
    const QString away = path + QStringLiteral(".away");
    QVERIFY(QFile::rename(path, away));
    QSignalSpy failed(&results, &SessionResults::failed);
    results.set_notes(3, QStringLiteral("a long thought"));
    QTRY_VERIFY_WITH_TIMEOUT(!failed.isEmpty() && failed.last().first().toString().contains(QStringLiteral("a long thought")), kPatience);
    const QString said = failed.last().first().toString();
    QVERIFY2(said.contains(QStringLiteral("run 3")) && said.contains(QFileInfo(path).fileName()), qPrintable(said));
    QCOMPARE(results.runs()[2].info.notes, std::string("kept"));  // what is shown is what is there
    QVERIFY(QFile::rename(away, path));
}

void TestSessionWindow::what_runs_is_not_stopped_unasked() {
    QTest::keyClick(window_.get(), Qt::Key_2, Qt::AltModifier);
    find<QLineEdit>("benchmarkSession")->clear();  // a new file, under a time stamp
    QTest::mouseClick(find<QPushButton>("benchmarkStart"), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(window_->benchmark().counts().done > 0, kPatience);
    const QString path = QString::fromStdString(window_->benchmark().started().session.string());
    QVERIFY(!path.isEmpty());
    QCOMPARE(QSettings().value(QStringLiteral("recent")).toStringList().value(0), path);  // while it runs
    QVERIFY2(find<QLabel>("benchmarkWords")->text().contains(QFileInfo(path).fileName()), qPrintable(find<QLabel>("benchmarkWords")->text()));
    QString asked;
    const auto quit = [this] {
        for (QAction* command : window_->commands()) {
            if (command->text() == QStringLiteral("&Quit")) {
                command->trigger();  // Ctrl+Q, but for platforms without a key for it
                return;
            }
        }
    };
    const auto answer = [&](const QString& with) {
        QTimer::singleShot(0, window_.get(), [this, &asked, with] {
            auto* box = window_->findChild<QMessageBox*>(QStringLiteral("quitQuestion"));
            QVERIFY(box != nullptr);
            asked = box->text() + box->informativeText();
            for (QAbstractButton* button : box->buttons()) {
                if (button->text() == with) {
                    QTest::mouseClick(button, Qt::LeftButton);
                }
            }
        });
    };
    answer(QStringLiteral("Go on"));
    quit();
    QVERIFY2(asked.contains(QFileInfo(path).fileName()) && asked.contains(QStringLiteral("Resume")), qPrintable(asked));
    QVERIFY(window_->isVisible() && window_->benchmark().active());
    answer(QStringLiteral("Stop and quit"));
    quit();
    QVERIFY(!window_->isVisible());
    window_.reset();
    auto reader = SessionReader::open(path.toStdString());
    QVERIFY(reader.ok() && reader->runs()->back().samples > 0);
    QVERIFY(reader->runs()->back().state != RunState::Finished);
}

/// With its frame, at first and from a larger screen.
void TestSessionWindow::the_window_fits_its_screen() {
    const QRect room = QGuiApplication::primaryScreen()->availableGeometry();
    const auto check = [&room](MainWindow& window) {
        QTRY_VERIFY2_WITH_TIMEOUT(window.frameGeometry().height() <= room.height(), qPrintable(QString::number(window.frameGeometry().height())), kPatience);
        QVERIFY(window.frameGeometry().width() <= std::max(room.width(), window.minimumWidth() + window.frameGeometry().width() - window.width()));
        QVERIFY(window.frameGeometry().top() >= room.top() && window.frameGeometry().bottom() <= room.bottom());
    };
    {
        MainWindow window;
        window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&window, kPatience));
        check(window);
        window.resize(1508, 1300);
        window.move(200, 300);
        QSettings().setValue(QStringLiteral("window/geometry"), window.saveGeometry());
    }
    MainWindow window;
    window.show();
    QVERIFY(QTest::qWaitForWindowExposed(&window, kPatience));
    check(window);
}

void TestSessionWindow::words_before_there_is_a_model() {
    QSettings().clear();
    window_ = std::make_unique<MainWindow>();
    window_->resize(1280, 800);
    window_->show();
    window_->begin({});
    auto* guide = find<QLabel>("guideWords");
    QVERIFY(guide->isVisible());
    QVERIFY2(guide->text().contains(QStringLiteral("is being loaded")), qPrintable(guide->text()));
    QVERIFY(find<QLabel>("truth")->text().contains(QStringLiteral("is being loaded")));
    QStringList said = {guide->text()};
    connect(&window_->workspace(), &Workspace::inspectorChanged, this, [&] { said << find<QLabel>("guideWords")->text(); });
    QTRY_VERIFY_WITH_TIMEOUT(window_->workspace().inspection() != nullptr, kPatience);
    QVERIFY2(guide->text().contains(QStringLiteral("has answered")), qPrintable(guide->text()));
    QVERIFY2(said.last().contains(QStringLiteral("looks for a sample")), qPrintable(said.last()));
    settle();
}

QTEST_MAIN(TestSessionWindow)
#include "test_session_window.moc"
