// The form of the Inspect page: what is refused and what is run, the moved point and its way back, the keys. The real window, driven by
// mouse and keyboard, on the bundled model.
#include <QtTest>
#include <QAction>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QProcess>
#include <QPushButton>
#include <QRegularExpression>
#include <QScrollArea>
#include <QSettings>
#include <QSpinBox>
#include <QTableView>
#include <QToolButton>
#include <map>
#include <memory>

#include "tests/ui/own_settings.h"
#include "tests/ui/window_test.h"
#include "ui/models/step_model.h"
#include "ui/panels/main_window.h"
#include "ui/panels/method_panel.h"
#include "ui/panels/routing_panel.h"
#include "ui/panels/theme.h"

using namespace r2t2;
using namespace r2t2::ui;

class TestMethodForm final : public WindowTest {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup() { window_.reset(); }
    void cleanupTestCase() { QLocale::setDefault(QLocale::c()); }

    void a_refused_number_is_not_run_data();
    void a_refused_number_is_not_run();
    void what_is_edited_during_a_run_stays();
    void every_refusal_is_shown_and_goes_by_itself();
    void no_refusal_stands_beside_another_sample();
    void run_stops_once_at_a_refused_number();
    void the_refused_field_stays_in_sight_data();
    void the_refused_field_stays_in_sight();
    void a_step_can_be_taken_back_with_the_point();
    void a_moved_point_stays_when_the_sample_is_run_again();
    void no_two_actions_share_a_key();
    void a_reference_has_one_number();
    void flips_are_read_whole();
    void an_own_question_stays_with_its_sample();
    void one_is_no_plural();
    void a_session_without_a_folder_names_it_beside_its_field();
    void the_guides_button_stays_where_it_is();

private:
    [[nodiscard]] Workspace& workspace() { return window_->workspace(); }
    /// Beside the form.
    QString told() {
        for (const QLabel* label : find<QWidget>("methodPanel")->findChildren<QLabel*>()) {
            if (label->accessibleName() == QLatin1String("Error")) {
                return label->isVisible() ? QString(label->text()).remove(QChar(0x200b)) : QString();
            }
        }
        return QStringLiteral("no label for errors");
    }
    void type(QAbstractSpinBox* box, const QString& text) {
        box->setFocus();
        QTest::keyClick(box, Qt::Key_A, Qt::ControlModifier);
        QTest::keyClicks(box, text);
    }
    void enter(QAbstractSpinBox* box, const QString& text) {
        type(box, text);
        QTest::keyClick(box, Qt::Key_Return);
    }
    std::unique_ptr<QTemporaryDir> folder_;
};

void TestMethodForm::initTestCase() {
    folder_ = std::make_unique<QTemporaryDir>();
    use_own_settings(QStringLiteral("method_form"), folder_->path());
    apply_theme(*qApp, Theme::Light);
}

void TestMethodForm::init() {
    window_ = shown_window();
    QVERIFY(window_);
    window_->begin({});
    settle(*window_);
    QVERIFY(workspace().inspector());
}

void TestMethodForm::a_refused_number_is_not_run_data() {
    QTest::addColumn<QLocale>("locale");
    for (const char* name : {"C", "de_DE", "tr_TR", "ar_EG"}) {
        QTest::newRow(name) << (QLatin1String(name) == QLatin1String("C") ? QLocale::c() : QLocale(QLatin1String(name)));
    }
}

/// Where a letter came late the beginning was run meanwhile; when that run ended it filled the form again: the text said "2 stays", the
/// field and the trajectory said 0.4.
void TestMethodForm::a_refused_number_is_not_run() {
    QFETCH(QLocale, locale);
    QLocale::setDefault(locale);
    auto* rate = find<QDoubleSpinBox>("initialRate");
    auto* k = find<QSpinBox>("k");
    const double former = rate->value();
    for (const char* text : {"0.4+0.1", "0.6 0.7", "0.9;1", "0.7/2"}) {
        type(rate, QString::fromLatin1(text).left(3));
        QTRY_VERIFY_WITH_TIMEOUT(workspace().params().initial_lr != former, kPatience);  // it stood there long enough to be run
        QTest::keyClicks(rate, QString::fromLatin1(text).mid(3));
        QTest::keyClick(rate, Qt::Key_Return);
        QTRY_COMPARE_WITH_TIMEOUT(workspace().params().initial_lr, former, kPatience);
        settle(*window_);
        QCOMPARE(rate->value(), former);
        QVERIFY(workspace().made_by() != nullptr);
        QCOMPARE(workspace().made_by()->initial_lr, former);
        QVERIFY2(told().contains(QLatin1String(text)) && told().contains(QStringLiteral("%1 stays").arg(former)), qPrintable(told()));
    }
    for (const char* text : {"4 steps", "3 neighbours", "999999999999", "-2", "3.5", ""}) {
        QAbstractSpinBox* box = QByteArray(text).contains("steps") ? find<QSpinBox>("steps") : k;
        const QString before = box->text();
        const InspectionPtr run = workspace().inspection();
        type(box, QString::fromLatin1(text));
        if (*text == 0) {
            QTest::keyClick(box, Qt::Key_Delete);
        }
        QTest::keyClick(box, Qt::Key_Return);
        QTest::qWait(500);  // longer than typing may pause before a run begins
        settle(*window_);
        QCOMPARE(box->text(), before);
        QVERIFY2(workspace().inspection() == run, text);  // nothing was run
        QVERIFY2(told().contains(*text == 0 ? QStringLiteral("nothing") : QString::fromLatin1(text)), qPrintable(told()));
    }
}

/// Also where runs wait for the button: a run that ends put its own numbers over those that were typed meanwhile.
void TestMethodForm::what_is_edited_during_a_run_stays() {
    for (QCheckBox* box : find<QWidget>("methodPanel")->findChildren<QCheckBox*>()) {
        box->setChecked(false);
    }
    auto* steps = find<QSpinBox>("steps");
    enter(steps, QStringLiteral("11"));
    QTest::keyClick(window_.get(), Qt::Key_F5);
    QVERIFY(workspace().jobs().busy());
    enter(steps, QStringLiteral("7"));
    settle(*window_);
    QCOMPARE(workspace().params().steps, 11);
    QCOMPARE(steps->value(), 7);
    QVERIFY(find<QLabel>("notRun")->isVisible());
    QTest::keyClick(window_.get(), Qt::Key_F5);
    settle(*window_);
    QCOMPARE(workspace().made_by()->steps, 7);
}

/// The last one that was refused hid all others; one stood until its own field was edited.
void TestMethodForm::every_refusal_is_shown_and_goes_by_itself() {
    enter(find<QDoubleSpinBox>("initialRate"), QStringLiteral("fast"));
    enter(find<QSpinBox>("k"), QStringLiteral("3.5"));
    enter(find<QSpinBox>("steps"), QStringLiteral("nonsense"));
    enter(find<QDoubleSpinBox>("bandwidth"), QStringLiteral("-2"));
    for (const char* text : {"fast", "3.5", "nonsense", "-2"}) {
        QVERIFY2(told().contains(QLatin1String(text)), qPrintable(told()));
    }
    QTest::keyClick(find<QSpinBox>("k"), Qt::Key_Up);
    QVERIFY2(!told().contains(QStringLiteral("3.5")) && told().contains(QStringLiteral("nonsense")), qPrintable(told()));
    enter(find<QSpinBox>("steps"), QStringLiteral("9"));
    QVERIFY2(!told().contains(QStringLiteral("nonsense")) && told().contains(QStringLiteral("fast")), qPrintable(told()));
}

void TestMethodForm::no_refusal_stands_beside_another_sample() {
    auto* k = find<QSpinBox>("k");
    enter(k, QStringLiteral("five"));
    QVERIFY(!told().isEmpty());
    workspace().show_sample(workspace().lists().front(), 3);
    settle(*window_);
    QVERIFY2(told().isEmpty(), qPrintable(told()));
    enter(k, QStringLiteral("five"));
    MethodParams params = workspace().params();
    params.k = 3;
    workspace().change_params(params, QStringLiteral("k"));  // as a run of a session would fill the form
    settle(*window_);
    QCOMPARE(k->value(), 3);
    QVERIFY2(told().isEmpty(), qPrintable(told()));
}

/// Whoever presses Run with a refused number would run another one than he thinks: he is told, and the second time it is his will.
void TestMethodForm::run_stops_once_at_a_refused_number() {
    const InspectionPtr before = workspace().inspection();
    type(find<QSpinBox>("k"), QStringLiteral("1.000"));
    QTest::mouseClick(find<QPushButton>("run"), Qt::LeftButton);
    settle(*window_);
    QVERIFY(workspace().inspection() == before);
    QVERIFY(!told().isEmpty());
    QTest::mouseClick(find<QPushButton>("run"), Qt::LeftButton);
    settle(*window_);
    QVERIFY(workspace().inspection() != before);
    QVERIFY2(told().isEmpty(), qPrintable(told()));
}

void TestMethodForm::the_refused_field_stays_in_sight_data() {
    QTest::addColumn<QString>("field");
    for (const char* name : {"k", "bandwidth", "steps", "initialRate", "finalRate"}) {
        QTest::newRow(name) << QString::fromLatin1(name);
    }
}

/// The message takes its room from the form, which scrolls.
void TestMethodForm::the_refused_field_stays_in_sight() {
    QFETCH(QString, field);
    auto* box = window_->findChild<QAbstractSpinBox*>(field);
    QScrollArea* area = find<QWidget>("methodPanel")->findChild<QScrollArea*>();
    QVERIFY(area != nullptr);
    type(box, QStringLiteral("0.6 0.7 and a few words more, so that the message takes several lines"));
    area->ensureWidgetVisible(box, 0, 0);  // at the very edge, as Tab brings it there
    QTest::keyClick(box, Qt::Key_Return);
    QCoreApplication::processEvents();
    QVERIFY(!told().isEmpty());
    QVERIFY(box->hasFocus());
    const QRect there(box->mapTo(area->viewport(), QPoint(0, 0)), box->size());
    QVERIFY2(area->viewport()->rect().contains(there), qPrintable(QStringLiteral("%1..%2 of %3").arg(there.top()).arg(there.bottom()).arg(area->viewport()->height())));
}

/// One press of Left put the point back for good.
void TestMethodForm::a_step_can_be_taken_back_with_the_point() {
    QVERIFY(workspace().trajectory() != nullptr && workspace().cursor().count() > 3);
    QAction* reset = nullptr;
    for (QAction* action : window_->commands()) {
        reset = action->text() == QLatin1String("&Reset point") ? action : reset;
    }
    QVERIFY(reset != nullptr);
    QVERIFY(!reset->isEnabled());
    RoutingMatrix moved = *workspace().shown_routing();
    std::swap(moved(0, 0), moved(0, 1));
    workspace().move_routing(moved, true);
    settle(*window_);
    QVERIFY(reset->isEnabled() && find<QToolButton>("resetPoint")->isEnabled());
    const int step = workspace().cursor().step();
    window_->routing().setFocus();
    QTest::keyClick(&window_->routing(), Qt::Key_Left);
    QCOMPARE(workspace().cursor().step(), step - 1);
    QVERIFY(!workspace().moved());
    QVERIFY(!reset->isEnabled() && !find<QToolButton>("resetPoint")->isEnabled());
    QTest::keyClick(window_.get(), Qt::Key_Z, Qt::ControlModifier);
    QVERIFY(workspace().moved());
    QCOMPARE(*workspace().shown_routing(), moved);
    QCOMPARE(workspace().cursor().step(), step);
    settle(*window_);
    QVERIFY(workspace().what_if());  // and it is answered again
    QTest::keyClick(window_.get(), Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
    QVERIFY(!workspace().moved());
    QCOMPARE(workspace().cursor().step(), step - 1);
}

/// Other parameters, a neighbour left out, F5: r went back to the path without a word. With another question it does, and that is said.
void TestMethodForm::a_moved_point_stays_when_the_sample_is_run_again() {
    const QLabel* error = nullptr;
    for (const QLabel* label : find<QWidget>("answerCard")->findChildren<QLabel*>()) {
        error = label->accessibleName() == QLatin1String("Error") ? label : error;
    }
    QVERIFY(error != nullptr);
    QWidget* triangle = window_->routing().triangle(0);
    triangle->setFocus();
    for (int i = 0; i < 4; ++i) {
        QTest::keyClick(triangle, Qt::Key_Up, Qt::ShiftModifier);
    }
    settle(*window_);
    QVERIFY(workspace().moved());
    const RoutingMatrix moved = *workspace().shown_routing();
    const auto answered = [&](const char* after) {
        const auto& what_if = workspace().what_if();
        if (!workspace().moved() || !(*workspace().shown_routing() == moved) || !what_if) {
            qWarning("not there after %s", after);
            return false;
        }
        const bool shown = find<QToolButton>("resetPoint")->isEnabled() && find<QLabel>("whatIfAnswer")->isVisible() && error->text().isEmpty();
        if (!shown) {
            qWarning("after %s: \"%s\", \"%s\"", after, qPrintable(find<QLabel>("whatIfAnswer")->text()), qPrintable(error->text()));
        }
        return shown;
    };
    InspectionPtr before = workspace().inspection();
    const auto run_again = [&] {  // what is typed waits a moment
        const bool another = QTest::qWaitFor([&] { return workspace().inspection() != before; }, kPatience);
        settle(*window_);
        before = workspace().inspection();
        return another;
    };
    auto* k = find<QSpinBox>("k");
    enter(k, QString::number(k->value() + 1));
    QVERIFY(run_again() && answered("another k"));
    auto* steps = find<QSpinBox>("steps");
    enter(steps, QStringLiteral("3"));  // the path is shorter: the cursor moves, which is none of the point's
    QVERIFY(run_again() && workspace().cursor().count() == 4 && answered("fewer steps"));
    workspace().leave_out(0, true);
    QVERIFY(run_again() && answered("a neighbour left out"));
    QTest::keyClick(window_.get(), Qt::Key_F5);
    QVERIFY(run_again() && answered("F5"));
    QTest::keyClick(window_.get(), Qt::Key_Z, Qt::ControlModifier);  // the neighbour
    QTest::keyClick(window_.get(), Qt::Key_Z, Qt::ControlModifier);  // the steps
    QVERIFY(run_again() && answered("undo"));
    QLineEdit* question = find<QLineEdit>("question");
    QTest::mouseClick(question, Qt::LeftButton);
    QTest::keyClick(question, Qt::Key_A, Qt::ControlModifier);
    QTest::keyClicks(question, QStringLiteral("how many circles are there?"));
    QTest::keyClick(question, Qt::Key_Return);
    QVERIFY(run_again() && !workspace().moved());
    QVERIFY2(error->isVisible() && error->text().contains(QLatin1String("another question")), qPrintable(error->text()));
    QTest::keyClick(window_.get(), Qt::Key_F5);
    QVERIFY(run_again() && error->text().isEmpty());
}

/// Two actions with one key are none: Qt calls the key ambiguous and does neither. A view's own keys meet those of the window as well.
void TestMethodForm::no_two_actions_share_a_key() {
    for (const auto page : {MainWindow::Page::Benchmark, MainWindow::Page::Figures, MainWindow::Page::Data, MainWindow::Page::Inspect}) {
        window_->show_page(page);  // pages are made when they are looked at
        settle(*window_);
    }
    std::map<QString, QString> window_keys;
    QStringList clashes;
    const auto take = [&](std::map<QString, QString>& keys, const QAction* action) {
        for (const QKeySequence& key : action->shortcuts()) {
            const auto [there, added] = keys.emplace(key.toString(), action->text());
            if (!added) {
                clashes << QStringLiteral("%1: %2, %3").arg(key.toString(), there->second, action->text());
            }
        }
    };
    std::vector<const QAction*> of_views;
    for (const QAction* action : window_->findChildren<QAction*>()) {
        if (action->shortcutContext() == Qt::WindowShortcut || action->shortcutContext() == Qt::ApplicationShortcut) {
            take(window_keys, action);
        } else {
            of_views.push_back(action);
        }
    }
    QVERIFY2(window_keys.size() > 20, qPrintable(QString::number(window_keys.size())));
    QVERIFY(!of_views.empty());
    std::map<const QObject*, std::map<QString, QString>> view_keys;
    for (const QAction* action : of_views) {
        auto& keys = view_keys.try_emplace(action->parent(), window_keys).first->second;
        take(keys, action);
    }
    QVERIFY2(clashes.isEmpty(), qPrintable(clashes.join(QLatin1Char('\n'))));
    // And the key does what the view's menu says.
    QWidget* triangle = window_->routing().triangle(0);
    triangle->setFocus();
    QGuiApplication::clipboard()->clear();
    QTest::keyClick(triangle, Qt::Key_C, Qt::ControlModifier | Qt::ShiftModifier);
    QVERIFY(!QGuiApplication::clipboard()->mimeData()->formats().filter(QStringLiteral("svg")).isEmpty());
    QTest::keyClick(triangle, Qt::Key_L, Qt::ControlModifier | Qt::ShiftModifier);
    QVERIFY2(QGuiApplication::clipboard()->text().startsWith(QStringLiteral("r2t2 inspect")), qPrintable(QGuiApplication::clipboard()->text()));
}

/// Under the pointer stood the ID that the reference has in its file, which `--leave-out` takes for another one's place.
void TestMethodForm::a_reference_has_one_number() {
    const std::size_t index = workspace().trajectory()->neighbourhood.neighbours.front().index;
    const QString number = QString::number(index), words = QStringLiteral("reference ") + number;
    QVERIFY(workspace().inspector()->references()[index].id != number.toStdString());
    workspace().set_hovered_reference(static_cast<int>(index));
    QStringList card;
    for (const QLabel* label : find<QWidget>("referenceCard")->findChildren<QLabel*>()) {
        card << label->text();
    }
    QVERIFY2(card.join(QLatin1Char(' ')).contains(words + QLatin1Char(' ')), qPrintable(card.join(QLatin1Char(' '))));
    QVERIFY(find<QTableView>("neighbourTable")->model()->index(0, 2).data(Qt::ToolTipRole).toString().startsWith(words + QLatin1Char(',')));
    const auto shell = [this] {
        QStringList arguments = QProcess::splitCommand(workspace().command_line()).mid(1);
        QProcess process;
        process.start(QStringLiteral(R2T2_BINARY_DIR "/r2t2"), arguments);
        return process.waitForFinished(5 * kPatience) && process.exitCode() == 0 ? QString::fromUtf8(process.readAllStandardOutput()) : QString::fromUtf8(process.readAllStandardError());
    };
    const QRegularExpression row(QStringLiteral("^  %1 +\\S").arg(number), QRegularExpression::MultilineOption);
    const QString before = shell();
    QVERIFY2(before.contains(row), qPrintable(before));
    workspace().leave_out(index, true);
    settle(*window_);
    QVERIFY2(workspace().command_line().contains(QStringLiteral("--leave-out ") + number), qPrintable(workspace().command_line()));
    const QString after = shell();
    QVERIFY2(after.contains(QStringLiteral("gradient share")) && !after.contains(row), qPrintable(after));
}

/// The column was measured on the first trajectory, which often has no flip.
void TestMethodForm::flips_are_read_whole() {
    window_->show_panel(QStringLiteral("steps"));
    settle(*window_);
    auto* table = find<QTableView>("stepTable");
    for (const QString& word : flip_words()) {
        QVERIFY2(table->columnWidth(StepModel::Flip) >= table->fontMetrics().horizontalAdvance(word) + 6, qPrintable(word));
    }
}

void TestMethodForm::an_own_question_stays_with_its_sample() {
    const SampleListPtr list = workspace().lists().front();
    workspace().show_sample(list, 1);
    settle(*window_);
    auto* question = find<QLineEdit>("question");
    const QString own = question->text();
    question->setFocus();
    question->selectAll();
    QTest::keyClicks(question, QStringLiteral("is there a circle?"));
    QTest::keyClick(question, Qt::Key_Return);
    settle(*window_);
    workspace().show_sample(list, 2);
    settle(*window_);
    QVERIFY(question->text() != QStringLiteral("is there a circle?"));
    workspace().show_sample(list, 1);
    settle(*window_);
    QCOMPARE(question->text(), QStringLiteral("is there a circle?"));
    QVERIFY(find<QLabel>("sampleName")->text().contains(QStringLiteral("your question")));
    QCOMPARE(workspace().inspection()->sample().question, std::string("is there a circle?"));
    workspace().ask({});  // the sample's own again, for good
    workspace().show_sample(list, 2);
    workspace().show_sample(list, 1);
    settle(*window_);
    QCOMPARE(question->text(), own);
}

void TestMethodForm::one_is_no_plural() {
    QImage picture(40, 30, QImage::Format_RGB32);
    picture.fill(Qt::gray);
    const QString path = folder_->filePath(QStringLiteral("photo.png"));
    QVERIFY(picture.save(path));
    QSignalSpy said(&workspace(), &Workspace::happened);
    window_->open_path(path);
    settle(*window_);
    QStringList lines;
    for (const QList<QVariant>& each : said) {
        lines << each.front().toString();
    }
    QVERIFY2(lines.join(QLatin1Char('\n')).contains(QStringLiteral("photo.png: 1 sample is open")), qPrintable(lines.join(QLatin1Char('\n'))));
    QVERIFY2(find<QLabel>("sampleName")->text().count(QStringLiteral("photo.png")) == 1, qPrintable(find<QLabel>("sampleName")->text()));
    window_->open_path({});
    settle(*window_);
    lines = QStringList{said.last().front().toString(), said.at(said.size() - 2).front().toString()};
    QVERIFY2(lines.join(QLatin1Char('\n')).contains(QRegularExpression(QStringLiteral(": [0-9]+ samples are open"))), qPrintable(lines.join(QLatin1Char('\n'))));
}

/// "found no such file; allowed: an R2-T2 session", over the field that it was about.
void TestMethodForm::a_session_without_a_folder_names_it_beside_its_field() {
    window_->show_page(MainWindow::Page::Benchmark);
    settle(*window_);
    auto* session = find<QLineEdit>("benchmarkSession");
    session->setFocus();
    const QString missing = folder_->filePath(QStringLiteral("not/there"));
    QTest::keyClicks(session, missing + QStringLiteral("/runs.r2t2"));
    find<QWidget>("benchmarkForm")->findChild<QScrollArea*>()->ensureWidgetVisible(session);  // as Tab brings it there
    QTest::mouseClick(find<QPushButton>("benchmarkStart"), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(!window_->benchmark().active() && !workspace().jobs().busy(), kPatience);
    const QString text = QString(find<QLabel>("benchmarkError")->text()).remove(QChar(0x200b));
    QVERIFY2(text.contains(QStringLiteral("there is no folder ") + missing), qPrintable(text));
    QCoreApplication::processEvents();
    auto* area = find<QWidget>("benchmarkForm")->findChild<QScrollArea*>();
    QVERIFY(area->viewport()->rect().contains(QRect(session->mapTo(area->viewport(), QPoint(0, 0)), session->size())));
    QVERIFY(!QFileInfo::exists(missing));
}

/// Whoever clicks Next at one place goes through all hints.
void TestMethodForm::the_guides_button_stays_where_it_is() {
    for (QAction* action : window_->commands()) {
        if (action->text() == QLatin1String("&Guided demo")) {
            action->trigger();
        }
    }
    settle(*window_);
    auto* guide = find<QWidget>("guide");
    for (const QSize size : {QSize(1280, 800), QSize(1000, 600)}) {
        window_->resize(size);
        QTRY_VERIFY_WITH_TIMEOUT(guide->isVisible() && guide->height() > 0, kPatience);
        QCoreApplication::processEvents();
        auto* next = guide->findChildren<QPushButton*>().front();
        const QRect place(next->mapTo(window_.get(), QPoint(0, 0)), next->size());
        for (int page = 0; page < 5 && next->text() == QLatin1String("Next"); ++page) {
            QTest::mouseClick(next, Qt::LeftButton);
            QCoreApplication::processEvents();
            QCOMPARE(QRect(next->mapTo(window_.get(), QPoint(0, 0)), next->size()), place);
        }
        for (QAction* action : window_->commands()) {
            if (action->text() == QLatin1String("&Guided demo")) {
                action->trigger();
            }
        }
        settle(*window_);
    }
}

QTEST_MAIN(TestMethodForm)
#include "test_method_form.moc"
