// A stored sample of a sweep stays its run's, whatever is asked of it: another question, another truth, a neighbour less, another method,
// the next sample. What the Inspect page says of it is true before it is run again. The real window, by mouse and keyboard.
#include <QtTest>
#include <QAction>
#include <QClipboard>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QProcess>
#include <QPushButton>
#include <QSettings>
#include <QSpinBox>
#include <QTableView>
#include <memory>

#include "tests/ui/own_settings.h"
#include "tests/ui/window_test.h"
#include "ui/models/neighbour_model.h"
#include "ui/models/session_link.h"
#include "ui/panels/main_window.h"
#include "ui/panels/map_panel.h"
#include "ui/panels/sample_panel.h"

using namespace r2t2;
using namespace r2t2::ui;

class TestStoredSamples final : public WindowTest {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup() { window_.reset(); }

    void whatever_is_asked_is_asked_under_its_run_data();
    void whatever_is_asked_is_asked_under_its_run();
    void another_method_keeps_the_parameters();
    void changed_parameters_say_whose_they_were();
    void typed_parameters_of_another_run_are_that_runs();
    void another_session_begins_with_its_own_first_run();
    void facts_are_told_without_running_it();
    void nothing_of_the_sample_before_stays();
    void a_step_that_was_not_answered_says_so();
    void the_rule_that_scored_is_named();
    void the_list_shows_the_current_sample();
    void the_list_is_ordered_by_set_and_id();
    void a_filter_does_not_choose_another_sample();
    void the_cursor_keeps_its_step();
    void errors_do_not_outlive_what_they_were_about();
    void a_truth_alone_is_marked_until_it_is_asked();
    void keys_go_along_the_steps_wherever_the_focus_is();
    void escape_takes_back_what_is_typed();
    void menus_name_the_keys_and_the_log_what_happened();

private:
    Workspace& workspace() { return window_->workspace(); }
    void open_link(std::int64_t run, const char* set, const char* key) {
        SessionLink link;
        link.run = run;
        link.set = QLatin1String(set);
        link.key = QLatin1String(key);
        link.session = session_;
        window_->open_path(to_text(link));
        settle(*window_);
        QVERIFY(workspace().inspection() && workspace().inspection()->stored());
        QCOMPARE(workspace().inspection()->runs()[workspace().method_index()], run);
    }
    void ask(const QString& question) {
        QTest::keyClick(window_.get(), Qt::Key_L, Qt::ControlModifier);
        QTest::keyClicks(find<QLineEdit>("question"), question);
        QTest::keyClick(find<QLineEdit>("question"), Qt::Key_Return);
        settle(*window_);
    }
    void type(QAbstractSpinBox* box, const QString& text) {
        box->setFocus();
        box->selectAll();
        QTest::keyClicks(box, text);
    }
    /// Run 9 of the sweep: NGD, k 3, 4 steps.
    void is_of_run(std::int64_t run, int k, int steps) {
        QCOMPARE(workspace().inspection()->runs()[workspace().method_index()], run);
        QCOMPARE(find<QSpinBox>("k")->value(), k);
        QCOMPARE(find<QSpinBox>("steps")->value(), steps);
        QCOMPARE(static_cast<int>(workspace().made_by()->k), k);
        QCOMPARE(workspace().made_by()->steps, steps);
        QCOMPARE(workspace().cursor().count(), steps + 1);
        QVERIFY(find<QLabel>("paramsOrigin")->isVisible());
        QCOMPARE(find<QLabel>("paramsOrigin")->text(), QStringLiteral("Parameters of run %1, as it stored them.").arg(run));
        QVERIFY(find<QPushButton>("ownParams")->isVisible());
        QVERIFY(!find<QPushButton>("runParams")->isVisible());
        if (!workspace().request().facts.empty()) {
            return;  // a command with other facts names the picture, not the session
        }
        QTest::mouseClick(find<QPushButton>("copyCommand"), Qt::LeftButton);
        QVERIFY2(QGuiApplication::clipboard()->text().contains(QStringLiteral(" --run %1").arg(run)), qPrintable(QGuiApplication::clipboard()->text()));
    }
    std::int64_t run_with(Method method, int k, int steps) {
        const SampleListPtr list = workspace().lists().front();
        for (std::size_t i = 0; i < list->runs().size(); ++i) {
            const MethodParams params = list->run_params()[i];
            if (params.method == method && static_cast<int>(params.k) == k && (method != Method::Ngd || params.steps == steps)) {
                return list->runs()[i].first;
            }
        }
        return 0;
    }
    std::unique_ptr<QTemporaryDir> folder_;
    QString session_;
    std::int64_t run_ = 0;  ///< NGD, k 3, 4 steps: not the first of its method
};

void TestStoredSamples::initTestCase() {
    folder_ = std::make_unique<QTemporaryDir>();
    use_own_settings(QStringLiteral("stored_samples"), folder_->path());
    apply_theme(*qApp, Theme::Light);
    session_ = folder_->filePath(QStringLiteral("sweep.r2t2"));
    QProcess process;
    process.start(QStringLiteral(R2T2_BINARY_DIR "/r2t2"),
                  {"evaluate", "--no-controls", "--quiet", "--session", session_, "--eval", "G-dim,G-clean", "--samples", "12", "--methods", "base,kr,ngd,oracle",
                   "--sweep", "num-neighbors=1,3", "--sweep", "num-steps=2,4"});
    QVERIFY(process.waitForFinished(5 * kPatience));
    QVERIFY2(process.exitCode() == 0, process.readAllStandardError().constData());
}

void TestStoredSamples::init() {
    window_ = shown_window();
    QVERIFY(window_);
    window_->begin({});
    settle(*window_);
    window_->open_path(session_);
    settle(*window_);
    run_ = run_with(Method::Ngd, 3, 4);
    QVERIFY(run_ != 0);
    QVERIFY(run_ != run_with(Method::Ngd, 1, 2));
    open_link(run_, "G-dim", "3");
}

void TestStoredSamples::whatever_is_asked_is_asked_under_its_run_data() {
    QTest::addColumn<QString>("what");
    for (const char* what : {"question", "question twice", "truth", "left out", "facts", "again", "next sample", "next sample and question", "what-if", "original"}) {
        QTest::newRow(what) << QString::fromLatin1(what);
    }
}

/// Another question under run 11 (k 5, 10 steps) came out under the first NGD run's k 1 and 5 steps, and nobody said so.
void TestStoredSamples::whatever_is_asked_is_asked_under_its_run() {
    QFETCH(QString, what);
    is_of_run(run_, 3, 4);
    if (what.startsWith(QLatin1String("next sample"))) {
        auto* table = find<QTableView>("sampleTable");
        table->setFocus();
        QTest::keyClick(table, Qt::Key_Down);
        settle(*window_);
        QVERIFY(workspace().inspection()->stored());
    }
    if (what.contains(QLatin1String("question")) || what == QLatin1String("original")) {
        ask(QStringLiteral("how many stars are there?"));
        QCOMPARE(workspace().inspection()->sample().question, std::string("how many stars are there?"));
        QVERIFY(!workspace().inspection()->stored());
    }
    if (what == QLatin1String("question twice")) {
        is_of_run(run_, 3, 4);
        ask(QStringLiteral("is there a circle?"));
    }
    if (what == QLatin1String("original")) {
        workspace().ask({});
        settle(*window_);
        QVERIFY(!workspace().inspection()->again().empty());
    }
    if (what == QLatin1String("truth")) {
        auto* truth = find<QLineEdit>("truthEdit");
        truth->setFocus();
        truth->selectAll();
        QTest::keyClicks(truth, QStringLiteral("seventeen"));
        QTest::keyClick(truth, Qt::Key_Return);
        settle(*window_);
        QCOMPARE(workspace().inspection()->sample().truth, std::string("seventeen"));
        QVERIFY(workspace().inspection()->again().empty());
    }
    if (what == QLatin1String("facts")) {
        workspace().choose_facts(QStringLiteral("none"));
        settle(*window_);
        QVERIFY(workspace().inspection()->facts_text().empty());
    }
    if (what == QLatin1String("again") || what == QLatin1String("what-if") || what == QLatin1String("left out")) {
        QTest::keyClick(window_.get(), Qt::Key_F5);
        settle(*window_);
        QVERIFY(!workspace().inspection()->stored());
    }
    if (what == QLatin1String("left out")) {
        const std::size_t first = workspace().trajectory()->neighbourhood.neighbours.front().index;
        workspace().leave_out(first, true);
        settle(*window_);
        for (const Neighbour& neighbour : workspace().trajectory()->neighbourhood.neighbours) {
            QVERIFY(neighbour.index != first);
        }
    }
    if (what == QLatin1String("what-if")) {
        RoutingMatrix moved = *workspace().shown_routing();
        std::swap(moved(0, 0), moved(0, 1));
        workspace().move_routing(moved, true);
        settle(*window_);
        QVERIFY(workspace().what_if());
    }
    is_of_run(run_, 3, 4);
}

/// Kernel regression beside NGD with k 3 is that of k 3, and back again it is the same run of NGD.
void TestStoredSamples::another_method_keeps_the_parameters() {
    const std::int64_t regression = run_with(Method::KernelRegression, 3, 0);
    QVERIFY(regression != 0 && regression != run_with(Method::KernelRegression, 1, 0));
    for (const bool again : {false, true}) {
        if (again) {
            QTest::keyClick(window_.get(), Qt::Key_F5);
            settle(*window_);
        }
        QTest::keyClick(window_.get(), Qt::Key_3, Qt::ControlModifier);
        QCOMPARE(workspace().trajectory()->method, Method::KernelRegression);
        QCOMPARE(workspace().inspection()->runs()[workspace().method_index()], regression);
        QCOMPARE(find<QSpinBox>("k")->value(), 3);
        QTest::keyClick(window_.get(), Qt::Key_4, Qt::ControlModifier);
        is_of_run(run_, 3, 4);
    }
    QTest::keyClick(window_.get(), Qt::Key_2, Qt::ControlModifier);  // no run of this session: beside it, with the same parameters
    QCOMPARE(workspace().trajectory()->method, Method::ModeFinding);
    QCOMPARE(find<QSpinBox>("k")->value(), 3);
    QCOMPARE(find<QLabel>("paramsOrigin")->text(), QStringLiteral("Parameters of run %1, with another method.").arg(run_));
    QTest::keyClick(window_.get(), Qt::Key_4, Qt::ControlModifier);
    is_of_run(run_, 3, 4);
}

void TestStoredSamples::changed_parameters_say_whose_they_were() {
    auto* origin = find<QLabel>("paramsOrigin");
    const int own_steps = find<QSpinBox>("steps")->value() == 7 ? 8 : 7;
    type(find<QSpinBox>("steps"), QString::number(own_steps));
    QTRY_COMPARE_WITH_TIMEOUT(workspace().params().steps, own_steps, kPatience);
    settle(*window_);
    QCOMPARE(workspace().cursor().count(), own_steps + 1);
    QVERIFY(origin->isVisible());
    QCOMPARE(origin->text(), QStringLiteral("Parameters of run %1, changed.").arg(run_));
    QVERIFY(find<QPushButton>("ownParams")->isVisible());
    QVERIFY(find<QPushButton>("runParams")->isVisible());
    QCOMPARE(find<QPushButton>("runParams")->text(), QStringLiteral("As run %1").arg(run_));
    const QString command = workspace().command_line();
    QVERIFY2(command.endsWith(QStringLiteral(" --num-steps %1").arg(own_steps)), qPrintable(command));  // of a run with k 3: nothing else differs
    ask(QStringLiteral("is there a circle?"));  // still changed
    QCOMPARE(origin->text(), QStringLiteral("Parameters of run %1, changed.").arg(run_));
    QCOMPARE(find<QSpinBox>("k")->value(), 3);
    workspace().ask({});
    settle(*window_);
    QTest::mouseClick(find<QPushButton>("runParams"), Qt::LeftButton);
    settle(*window_);
    is_of_run(run_, 3, 4);
    QVERIFY(!workspace().inspection()->again().empty());
    QTest::mouseClick(find<QPushButton>("ownParams"), Qt::LeftButton);
    settle(*window_);
    QCOMPARE(origin->text(), QStringLiteral("Your own parameters, not those of run %1.").arg(run_));
    QVERIFY(!find<QPushButton>("ownParams")->isVisible());
    QTest::mouseClick(find<QPushButton>("runParams"), Qt::LeftButton);
    settle(*window_);
    is_of_run(run_, 3, 4);
    type(find<QSpinBox>("steps"), QString::number(own_steps));
    QTRY_COMPARE_WITH_TIMEOUT(workspace().params().steps, own_steps, kPatience);
    settle(*window_);
    workspace().show_sample(workspace().lists().front(), 0);  // the next one is shown as its run left it
    settle(*window_);
    is_of_run(run_, 3, 4);
    window_->open_path({});  // of no session
    settle(*window_);
    QVERIFY(!origin->isVisible());
}

/// Who types another run's parameters looks at that run, not at the one he came from.
void TestStoredSamples::typed_parameters_of_another_run_are_that_runs() {
    type(find<QSpinBox>("k"), QStringLiteral("1"));
    QTRY_COMPARE_WITH_TIMEOUT(static_cast<int>(workspace().params().k), 1, kPatience);
    settle(*window_);
    const std::int64_t other = run_with(Method::Ngd, 1, 4);
    QVERIFY(other != 0);
    is_of_run(other, 1, 4);
    ask(QStringLiteral("is there a circle?"));
    is_of_run(other, 1, 4);
}

/// Runs are numbered in every session anew.
void TestStoredSamples::another_session_begins_with_its_own_first_run() {
    const QString copy = folder_->filePath(QStringLiteral("copy.r2t2"));
    QFile::remove(copy);
    QVERIFY(QFile::copy(session_, copy));
    window_->open_path(copy);
    settle(*window_);
    QVERIFY(workspace().inspection()->stored());
    QCOMPARE(workspace().trajectory()->method, Method::Ngd);
    QVERIFY(find<QLabel>("paramsOrigin")->isVisible());
    const std::int64_t run = workspace().inspection()->runs()[workspace().method_index()];
    QCOMPARE(find<QLabel>("paramsOrigin")->text(), QStringLiteral("Parameters of run %1, as it stored them.").arg(run));
}

/// "No facts about this picture" stood below a stored sample whose facts are known.
void TestStoredSamples::facts_are_told_without_running_it() {
    const QString facts = QString::fromStdString(workspace().inspection()->facts_text());
    QVERIFY(workspace().inspection()->facts_known());
    QVERIFY(!facts.isEmpty());
    const QString stored = find<QLabel>("facts")->text();
    QVERIFY2(stored.startsWith(facts.simplified().left(12)), qPrintable(stored));
    QTest::keyClick(window_.get(), Qt::Key_F5);
    settle(*window_);
    QCOMPARE(QString::fromStdString(workspace().inspection()->facts_text()), facts);
    QCOMPARE(find<QLabel>("facts")->text(), stored);
}

void TestStoredSamples::nothing_of_the_sample_before_stays() {
    QImage photograph(120, 80, QImage::Format_RGB32);
    photograph.fill(Qt::gray);
    const QString path = folder_->filePath(QStringLiteral("photograph.png"));
    QVERIFY(photograph.save(path));
    const auto look = [this](bool hover) {
        hover ? workspace().set_hovered_reference(7) : workspace().set_selected_references({7});
        QVERIFY(!find<QWidget>("referenceCard")->findChildren<QLabel*>().last()->text().contains(QStringLiteral("Point at a reference")));
    };
    const auto bare = [this] {
        return workspace().hovered_reference() < 0 && workspace().selected_references().empty() &&
               find<QWidget>("referenceCard")->findChildren<QLabel*>().last()->text().contains(QStringLiteral("Point at a reference"));
    };
    for (const bool hover : {true, false}) {
        look(hover);
        workspace().show_sample(workspace().lists().front(), hover ? 1 : 2);
        QVERIFY(bare());  // at once
        settle(*window_);
        QVERIFY(bare());
        look(hover);
        window_->open_path(path);
        settle(*window_);
        QVERIFY(bare());
        window_->open_path(session_);
        settle(*window_);
    }
    // The pointer that leaves the table of neighbours has left the reference too.
    window_->show_panel(QStringLiteral("neighbours"));
    auto* table = find<QTableView>("neighbourTable");
    Q_EMIT table->entered(table->model()->index(0, 0));
    QVERIFY(workspace().hovered_reference() >= 0);
    QEvent leave(QEvent::Leave);
    QCoreApplication::sendEvent(table->viewport(), &leave);
    QCOMPARE(workspace().hovered_reference(), -1);
}

/// The oracle of an evaluation answers the first step and the last: between them stood "margin 0.99" of nothing.
void TestStoredSamples::a_step_that_was_not_answered_says_so() {
    QTest::keyClick(window_.get(), Qt::Key_5, Qt::ControlModifier);
    QCOMPARE(workspace().trajectory()->method, Method::Oracle);
    auto* score = find<QLabel>("score");
    auto* answer = find<QLabel>("stepAnswer");
    workspace().cursor().last();
    QVERIFY(score->isVisible() && score->text().contains(QStringLiteral("margin")));
    workspace().cursor().previous();
    QVERIFY(!workspace().step()->answer);
    QVERIFY(!score->isVisible());
    QVERIFY2(answer->isVisible() && answer->text().contains(QStringLiteral("not answered at this step")), qPrintable(answer->text()));
    workspace().cursor().first();
    QVERIFY(score->isVisible() && score->text().contains(QStringLiteral("margin")));
    QVERIFY(!answer->text().contains(QStringLiteral("not answered")));
}

void TestStoredSamples::the_rule_that_scored_is_named() {
    QVERIFY2(find<QLabel>("score")->text().contains(QStringLiteral("scored by exact match")), qPrintable(find<QLabel>("score")->text()));
    const QString session = folder_->filePath(QStringLiteral("prefix.r2t2"));
    QProcess process;
    process.start(QStringLiteral(R2T2_BINARY_DIR "/r2t2"), {"evaluate", "--no-controls", "--quiet", "--session", session, "--eval", "G-dim", "--samples", "2", "--methods", "base,ngd",
                                                            "--scoring", "starts-with"});
    QVERIFY(process.waitForFinished(5 * kPatience));
    QVERIFY2(process.exitCode() == 0, process.readAllStandardError().constData());
    window_->open_path(session);
    settle(*window_);
    for (const bool again : {false, true}) {
        if (again) {
            QTest::keyClick(window_.get(), Qt::Key_F5);
            settle(*window_);
        }
        QVERIFY2(find<QLabel>("score")->text().contains(QStringLiteral("scored by starts with")), qPrintable(find<QLabel>("score")->text()));
    }
    RoutingMatrix moved = *workspace().shown_routing();
    std::swap(moved(0, 0), moved(0, 1));
    workspace().move_routing(moved, true);
    settle(*window_);
    QVERIFY2(find<QLabel>("score")->text().contains(QStringLiteral("scored by starts with")), qPrintable(find<QLabel>("score")->text()));
}

void TestStoredSamples::the_list_shows_the_current_sample() {
    auto* table = find<QTableView>("sampleTable");
    const auto shown = [&] {
        const QModelIndex at = table->currentIndex();
        const SampleEntry entry = window_->samples().model().entry(at.row());
        return at.isValid() && table->selectionModel()->isRowSelected(at.row()) && table->viewport()->rect().intersects(table->visualRect(at)) &&
               entry.list == workspace().request().list && entry.index == workspace().request().index;
    };
    QVERIFY(shown());
    open_link(run_, "G-dim", "11");  // far below
    QVERIFY(shown());
    open_link(run_, "G-clean", "0");
    QVERIFY(shown());
    window_->open_path({});
    settle(*window_);
    QVERIFY(shown());
    workspace().show_sample(workspace().lists().back(), 30);
    settle(*window_);
    QVERIFY(shown());
    workspace().show_mended_sample();
    settle(*window_);
    QVERIFY(shown());
}

/// Rows were listed in the order in which samples ended: 4 5 6 7 0 1 2 3.
void TestStoredSamples::the_list_is_ordered_by_set_and_id() {
    const SampleListPtr list = workspace().lists().front();
    QCOMPARE(list->size(), 24u);
    for (std::size_t i = 0; i < list->size(); ++i) {
        QCOMPARE(list->summary(i).set, std::string(i < 12 ? "G-clean" : "G-dim"));
        QCOMPARE(list->summary(i).id, std::to_string(i % 12));  // 2 before 10
    }
}

/// The row that takes a hidden one's place is nobody's choice.
void TestStoredSamples::a_filter_does_not_choose_another_sample() {
    auto* table = find<QTableView>("sampleTable");
    auto* filter = find<QLineEdit>("sampleFilter");
    const InspectRequest before = workspace().request();
    filter->setFocus();
    for (const char* words : {"set:G-clean", "nothing like this"}) {
        filter->selectAll();
        QTest::keyClicks(filter, QLatin1String(words));
        settle(*window_);
        QCOMPARE(workspace().request().index, before.index);
        QVERIFY(workspace().inspection()->stored());
        QVERIFY(table->selectionModel()->selectedRows().isEmpty());
    }
    filter->clear();
    settle(*window_);
    QCOMPARE(workspace().request().index, before.index);
    QCOMPARE(window_->samples().model().entry(table->currentIndex().row()).index, before.index);
}

void TestStoredSamples::the_cursor_keeps_its_step() {
    StepCursor& cursor = workspace().cursor();
    QCOMPARE(cursor.step(), 4);
    cursor.set_step(3);
    QTest::keyClick(window_.get(), Qt::Key_F5);
    settle(*window_);
    QCOMPARE(cursor.step(), 3);
    type(find<QSpinBox>("steps"), QStringLiteral("6"));
    QTRY_COMPARE_WITH_TIMEOUT(workspace().params().steps, 6, kPatience);
    settle(*window_);
    QCOMPARE(cursor.step(), 3);
    type(find<QSpinBox>("steps"), QStringLiteral("2"));
    QTRY_COMPARE_WITH_TIMEOUT(workspace().params().steps, 2, kPatience);
    settle(*window_);
    QCOMPARE(cursor.step(), 2);  // there is no third
    type(find<QSpinBox>("steps"), QStringLiteral("5"));
    QTRY_COMPARE_WITH_TIMEOUT(workspace().params().steps, 5, kPatience);
    settle(*window_);
    QCOMPARE(cursor.step(), 5);  // at the last it stays at the last: the result is what is shown
    for (const Qt::Key key : {Qt::Key_3, Qt::Key_1, Qt::Key_2, Qt::Key_4}) {
        QTest::keyClick(window_.get(), key, Qt::ControlModifier);
        QCOMPARE(cursor.step(), cursor.count() - 1);
    }
    cursor.set_step(1);
    QTest::keyClick(window_.get(), Qt::Key_3, Qt::ControlModifier);
    QCOMPARE(cursor.step(), 1);
    ask(QStringLiteral("is there a circle?"));  // another question: its answer
    QCOMPARE(cursor.step(), cursor.count() - 1);
    cursor.set_step(1);
    workspace().show_sample(workspace().lists().front(), 0);
    settle(*window_);
    QCOMPARE(cursor.step(), cursor.count() - 1);
}

void TestStoredSamples::errors_do_not_outlive_what_they_were_about() {
    const auto told = [this] {
        QStringList out;
        for (const QLabel* label : window_->findChildren<QLabel*>()) {
            if (label->accessibleName() == QLatin1String("Error") && label->isVisible() && !label->text().isEmpty()) {
                out << label->text();
            }
        }
        return out;
    };
    const auto fail = [&] {
        workspace().show_stored(run_, QStringLiteral("G-noise"), QStringLiteral("11"));
        QVERIFY(!told().isEmpty());
    };
    fail();
    ask(QStringLiteral("how many stars are there?"));
    QVERIFY2(told().isEmpty(), qPrintable(told().join(QLatin1Char('\n'))));
    fail();
    workspace().show_sample(workspace().lists().front(), 1);
    settle(*window_);
    QVERIFY2(told().isEmpty(), qPrintable(told().join(QLatin1Char('\n'))));
    workspace().move_routing(*workspace().shown_routing(), true);  // of a stored sample: refused
    QVERIFY(!told().isEmpty());
    QTest::keyClick(window_.get(), Qt::Key_F5);
    settle(*window_);
    QVERIFY2(told().isEmpty(), qPrintable(told().join(QLatin1Char('\n'))));
}

void TestStoredSamples::a_truth_alone_is_marked_until_it_is_asked() {
    auto* truth = find<QLineEdit>("truthEdit");
    auto* name = find<QLabel>("sampleName");
    const QString own = truth->text();
    QVERIFY(!own.isEmpty());
    truth->setFocus();
    truth->selectAll();
    QTest::keyClicks(truth, QStringLiteral("seventeen"));
    QVERIFY(name->text().contains(QStringLiteral("not asked yet")));
    truth->selectAll();
    QTest::keyClicks(truth, own);
    QVERIFY(!name->text().contains(QStringLiteral("not asked yet")));
    truth->selectAll();
    QTest::keyClick(truth, Qt::Key_Delete);
    QVERIFY(name->text().contains(QStringLiteral("not asked yet")));
    QTest::keyClicks(truth, QStringLiteral("seventeen"));
    QTest::keyClick(truth, Qt::Key_Return);
    settle(*window_);
    QVERIFY(!name->text().contains(QStringLiteral("not asked yet")));
}

/// After a click into a list of choices, Home and Right did nothing.
void TestStoredSamples::keys_go_along_the_steps_wherever_the_focus_is() {
    StepCursor& cursor = workspace().cursor();
    for (const char* name : {"colourBy", "method", "lookOf", "run", "ask"}) {
        auto* widget = find<QWidget>(name);
        QVERIFY2(widget != nullptr, name);
        widget->setFocus();
        auto* box = qobject_cast<QComboBox*>(widget);
        const int chosen = box != nullptr ? box->currentIndex() : 0;
        QTest::keyClick(widget, Qt::Key_Home);
        QCOMPARE(cursor.step(), 0);
        QTest::keyClick(widget, Qt::Key_Right);
        QTest::keyClick(widget, Qt::Key_Right);
        QCOMPARE(cursor.step(), 2);
        QTest::keyClick(widget, Qt::Key_Left);
        QCOMPARE(cursor.step(), 1);
        QTest::keyClick(widget, Qt::Key_End);
        QCOMPARE(cursor.step(), cursor.count() - 1);
        QVERIFY(widget->hasFocus());
        QCOMPARE(box != nullptr ? box->currentIndex() : 0, chosen);
    }
    auto* colours = find<QComboBox>("colourBy");
    colours->setFocus();
    QTest::keyClick(colours, Qt::Key_Down);  // its own
    QCOMPARE(colours->currentIndex(), 1);
    auto* steps = find<QSpinBox>("steps");
    steps->setFocus();
    QTest::keyClick(steps, Qt::Key_Home);  // in a text they move in the text
    QCOMPARE(cursor.step(), cursor.count() - 1);
}

void TestStoredSamples::escape_takes_back_what_is_typed() {
    auto* k = find<QSpinBox>("k");
    auto* rate = find<QDoubleSpinBox>("initialRate");
    const QString before = rate->text();
    type(k, QStringLiteral("2"));
    QTest::keyClick(k, Qt::Key_Escape);
    QCOMPARE(k->text(), QStringLiteral("3"));
    QCOMPARE(k->value(), 3);
    for (const char* typed : {"0.25", "1,234", "words"}) {
        type(rate, QLatin1String(typed));
        QTest::keyClick(rate, Qt::Key_Escape);
        QCOMPARE(rate->text(), before);
    }
    k->setFocus();  // leaves the other: nothing is refused
    settle(*window_);
    QTest::qWait(500);  // longer than what is typed waits to be run
    settle(*window_);
    is_of_run(run_, 3, 4);
    RoutingMatrix moved = *workspace().shown_routing();
    QTest::keyClick(window_.get(), Qt::Key_F5);
    settle(*window_);
    std::swap(moved(0, 0), moved(0, 1));
    workspace().move_routing(moved, true);
    settle(*window_);
    QTest::keyClick(k, Qt::Key_Escape);  // nothing was typed: the window's, which puts the point back
    QVERIFY(!workspace().what_if());
}

void TestStoredSamples::menus_name_the_keys_and_the_log_what_happened() {
    QStringList named;
    for (const QAction* action : window_->commands()) {
        named << action->text().section(QLatin1Char('\t'), 1);
    }
    for (const char* key : {"Space", "Right", "Left", "Home", "End"}) {
        QVERIFY2(named.contains(QLatin1String(key)), key);
    }
    QTest::keyClick(window_.get(), Qt::Key_F5);
    settle(*window_);
    window_->log().flush();
    const QString log = window_->log().text();
    for (const char* part : {"references", "sweep.r2t2", "24 samples", "G-dim/3 is shown as it is stored", "G-dim/3 was run by"}) {
        QVERIFY2(log.contains(QLatin1String(part)), part);
    }
}

QTEST_MAIN(TestStoredSamples)
#include "test_stored_samples.moc"
