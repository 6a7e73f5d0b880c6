// The Figures page over a session with evaluations of several kinds: what is offered, made and saved is the chosen run's. The real
// window, driven by mouse and keyboard.
#include <QtTest>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QSettings>
#include <QSpinBox>
#include <QTableView>
#include <memory>

#include "tests/support/patience.h"
#include "tests/ui/figure_sessions.h"
#include "tests/ui/own_settings.h"
#include "tests/ui/window_test.h"
#include "ui/panels/figure_page.h"
#include "ui/panels/main_window.h"
#include "ui/panels/theme.h"
#include "ui/plots/curve_plot.h"

using namespace r2t2;
using namespace r2t2::ui;

class TestFigurePage final : public WindowTest {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup() { window_.reset(); }

    void the_list_is_the_chosen_runs();
    void everything_that_can_be_made_is_saved();
    void a_sample_that_is_none_is_refused_data();
    void a_sample_that_is_none_is_refused();
    void a_sample_by_its_id_alone();
    void the_form_stays_where_it_is();
    void every_method_stands_in_the_plot();
    void whose_steps_and_what_is_equal_is_said();
    void names_of_outcomes_are_read_whole();
    void the_scale_follows_the_window();
    void the_sample_that_is_drawn_is_named();

private:
    /// As by the keyboard: Up and Down in the list of runs.
    void choose_run(std::int64_t run) {
        auto* runs = find<QComboBox>("figureRun");
        const int wanted = runs->findData(QVariant::fromValue<qlonglong>(run));
        QVERIFY(wanted >= 0);
        runs->setFocus();
        while (runs->currentIndex() != wanted) {
            QTest::keyClick(runs, runs->currentIndex() < wanted ? Qt::Key_Down : Qt::Key_Up);
        }
        settle();
        QCOMPARE(window_->results().run(), run);
    }
    QStringList offered() {
        QStringList names;
        for (int i = 0; i < find<QListWidget>("figureKinds")->count(); ++i) {
            names << find<QListWidget>("figureKinds")->item(i)->data(Qt::UserRole).toString();
        }
        return names;
    }
    void choose_figure(const char* name) {
        const qsizetype row = offered().indexOf(QLatin1String(name));
        QVERIFY2(row >= 0, name);
        find<QListWidget>("figureKinds")->setCurrentRow(static_cast<int>(row));
        settle();
    }
    QString told() { return QString(find<QLabel>("figureError")->text()).remove(QChar(0x200b)); }
    void enter(QWidget* field, const QString& text) {
        field->setFocus();
        QTest::keyClick(field, Qt::Key_A, Qt::ControlModifier);
        QTest::keyClick(field, Qt::Key_Backspace);
        QTest::keyClicks(field, text);
        QTest::keyClick(field, Qt::Key_Return);
        settle();
    }

    std::unique_ptr<QTemporaryDir> folder_;
    std::string session_;
    std::int64_t first_of_sweep_ = 0;
};

/// Base, five methods on four sets, and after them a sweep of NGD over k and steps on two.
void TestFigurePage::initTestCase() {
    folder_ = std::make_unique<QTemporaryDir>();
    use_own_settings(QStringLiteral("figure page"), folder_->path());
    apply_theme(*qApp, Theme::Light);
    session_ = folder_->filePath(QStringLiteral("both.sqlite")).toStdString();
    QVERIFY(write_methods(session_));
    {
        auto session = SessionWriter::open(session_);
        QVERIFY(session.ok());
        QVERIFY(session_samples::write_grid_sweep(*session));
    }
    auto reader = SessionReader::open(session_);
    for (const StoredRun& run : reader->runs().value()) {
        first_of_sweep_ = first_of_sweep_ == 0 && run.info.config.find("num_steps") != std::string::npos ? run.id : first_of_sweep_;
    }
    QVERIFY(first_of_sweep_ > 1);
}

void TestFigurePage::init() {
    window_ = shown_window();
    QVERIFY(window_);
    window_->begin({});
    settle();
    window_->show_page(MainWindow::Page::Figures);
    window_->results().open(QString::fromStdString(session_));
    settle();
    QVERIFY(find<QListWidget>("figureKinds")->count() > 0);
}

/// The last evaluation's was offered whatever was chosen: sweeps that the run is not of, and no figure of the sets.
void TestFigurePage::the_list_is_the_chosen_runs() {
    auto reader = SessionReader::open(session_);
    for (const StoredRun& run : reader->runs().value()) {
        if (run.id > first_of_sweep_ + 1) {
            break;
        }
        choose_run(run.id);
        QStringList wanted;
        for (const FigureKind& kind : figures_of(*reader, run.id).value()) {
            wanted << kind.name;
        }
        QCOMPARE(offered(), wanted);
        QCOMPARE(offered().contains(QStringLiteral("ablation-curves")), run.id >= first_of_sweep_);
        QCOMPARE(offered().contains(QStringLiteral("radar")), run.id < first_of_sweep_);
        QVERIFY2(told().isEmpty(), qPrintable(told()));
    }
}

/// One that could not be made ended it all, with no file written.
void TestFigurePage::everything_that_can_be_made_is_saved() {
    choose_run(4);  // NGD beside the other methods
    QTemporaryDir there;
    find<FigurePage>("figurePage")->save_all(there.path());
    settle();
    QVERIFY2(told().isEmpty(), qPrintable(told()));
    for (const QString& name : offered()) {
        for (const char* format : {"svg", "pdf", "png", "csv"}) {
            QVERIFY2(QFileInfo(there.filePath(name + QLatin1Char('.') + QLatin1String(format))).size() > 20, qPrintable(name));
        }
    }
    QVERIFY(find<QLabel>("figureNote")->text().startsWith(QStringLiteral("%1 files").arg(4 * offered().size())));
    // Of a sample that is none two cannot be made; where a folder has a figure's name one file cannot be written.
    enter(find<QLineEdit>("figureSample"), QStringLiteral("nonsense"));
    QTemporaryDir other;
    QVERIFY(QDir(other.path()).mkpath(QStringLiteral("radar.pdf/full")));
    find<FigurePage>("figurePage")->save_all(other.path());
    settle();
    QVERIFY2(told().contains(QStringLiteral("case-card")) && told().contains(QStringLiteral("neighbourhood-map")) && told().contains(QStringLiteral("radar.pdf")), qPrintable(told()));
    QVERIFY(!QFileInfo::exists(other.filePath(QStringLiteral("case-card.svg"))));
    QVERIFY(QFileInfo(other.filePath(QStringLiteral("radar.svg"))).size() > 20 && QFileInfo(other.filePath(QStringLiteral("weight-change.csv"))).size() > 20);
    QVERIFY(find<QLabel>("figureNote")->text().startsWith(QStringLiteral("%1 files").arg(4 * (offered().size() - 2) - 1)));
}

void TestFigurePage::a_sample_that_is_none_is_refused_data() {
    QTest::addColumn<QString>("text");
    for (const char* text : {"99999", "nonsense", "G-clutter/", "/s0", "G-clutter/99999", "no-set/s0", "G-clutter s0"}) {
        QTest::newRow(text) << QString::fromLatin1(text);
    }
}

/// Without a slash it was passed over in silence, and another sample was drawn.
void TestFigurePage::a_sample_that_is_none_is_refused() {
    QFETCH(QString, text);
    choose_run(4);
    choose_figure("case-card");
    QVERIFY(find<FigureSheet>("figureSheet")->figure() != nullptr);
    enter(find<QLineEdit>("figureSample"), text);
    QVERIFY2(told().contains(text) && told().contains(QStringLiteral("SET/KEY")), qPrintable(told()));
    QVERIFY(find<FigureSheet>("figureSheet")->figure() == nullptr);
    choose_figure("weight-change");  // is about no sample: drawn, and the entry is still told
    QVERIFY(find<FigureSheet>("figureSheet")->figure() != nullptr);
    QVERIFY2(told().contains(text), qPrintable(told()));
    enter(find<QLineEdit>("figureSample"), {});
    QVERIFY2(told().isEmpty(), qPrintable(told()));
}

void TestFigurePage::a_sample_by_its_id_alone() {
    auto reader = SessionReader::open(session_);
    const SampleKey key = reader->samples(4)->front().info.id;
    choose_run(4);
    choose_figure("case-card");
    enter(find<QLineEdit>("figureSample"), QString::fromStdString(key.key));
    QVERIFY2(told().isEmpty(), qPrintable(told()));
    QVERIFY(find<FigureSheet>("figureSheet")->figure() != nullptr);
    QVERIFY2(find<FigureSheet>("figureSheet")->plot_provenance().contains(QString::fromStdString(key.set)), qPrintable(find<FigureSheet>("figureSheet")->plot_provenance()));
    choose_run(first_of_sweep_);  // its sets have the same numbers
    choose_figure("case-card");
    enter(find<QLineEdit>("figureSample"), QStringLiteral("s0"));
    QVERIFY2(told().contains(QStringLiteral("A/s0")) && told().contains(QStringLiteral("B/s0")), qPrintable(told()));
    enter(find<QLineEdit>("figureSample"), QStringLiteral("B/s0"));
    QVERIFY2(told().isEmpty(), qPrintable(told()));
}

/// A message of several lines pushed the field that it was about away from the pointer.
void TestFigurePage::the_form_stays_where_it_is() {
    auto* points = find<QDoubleSpinBox>("figurePoints");
    const QPoint place = points->mapTo(window_.get(), QPoint(0, 0));
    enter(points, QStringLiteral("0.6 0.7"));
    QVERIFY2(told().contains(QStringLiteral("0.6 0.7")), qPrintable(told()));
    QCOMPARE(points->mapTo(window_.get(), QPoint(0, 0)), place);
    enter(find<QLineEdit>("figureSample"), QStringLiteral("nonsense"));  // beside the other one
    QVERIFY2(told().contains(QStringLiteral("0.6 0.7")) && told().contains(QStringLiteral("nonsense")), qPrintable(told()));
    QCOMPARE(points->mapTo(window_.get(), QPoint(0, 0)), place);
    QCOMPARE(points->value(), 7.0);
    enter(points, QStringLiteral("8"));
    QVERIFY2(!told().contains(QStringLiteral("0.6 0.7")) && told().contains(QStringLiteral("nonsense")), qPrintable(told()));
}

/// Mode finding and kernel regression were left out without a word.
void TestFigurePage::every_method_stands_in_the_plot() {
    window_->show_page(MainWindow::Page::Benchmark);
    window_->results().choose_run(4);
    settle();
    const QString numbers = find<CurvePlot>("benchmarkAccuracy")->tsv();
    for (const char* name : {"Mode finding, result", "Kernel regression, result", "NGD", "Base"}) {
        QVERIFY2(numbers.contains(QLatin1String(name), Qt::CaseInsensitive), qPrintable(QLatin1String(name) + QStringLiteral(" is not in\n") + numbers));
    }
}

void TestFigurePage::whose_steps_and_what_is_equal_is_said() {
    QVERIFY(!figure({.name = QStringLiteral("accuracy-per-step"), .run = 4}, session_)->note().contains(QStringLiteral("is a level")));
    const QString oracle = figure({.name = QStringLiteral("accuracy-per-step"), .run = 5}, session_)->note();
    QVERIFY2(oracle.contains(QStringLiteral("the steps are those of NGD")), qPrintable(oracle));
    const std::string path = folder_->filePath(QStringLiteral("equal.sqlite")).toStdString();
    {
        auto session = SessionWriter::create(path);
        for (const auto& [method, right] : {std::pair{"mode-finding", 11}, std::pair{"kernel-regression", 11}, std::pair{"ngd", 14}}) {
            QVERIFY(session_samples::write_sweep_run(*session, {"e", method, {}, {right}, 20}) > 0);
        }
    }
    const QString note = figure({.name = QStringLiteral("accuracy-per-step"), .run = 3}, path)->note();
    QVERIFY2(note.contains(QStringLiteral("equal results: ")) && note.contains(QStringLiteral("ode finding")) && note.contains(QStringLiteral("ernel regression")), qPrintable(note));
    window_->show_page(MainWindow::Page::Benchmark);
    window_->results().open(QString::fromStdString(path));
    settle();
    const QString numbers = find<CurvePlot>("benchmarkAccuracy")->tsv();
    QVERIFY2(numbers.contains(QStringLiteral("(as ")), qPrintable(numbers));
}

void TestFigurePage::names_of_outcomes_are_read_whole() {
    window_->show_page(MainWindow::Page::Benchmark);
    auto* table = find<QTableView>("neighbourReport");
    QVERIFY(table != nullptr);
    QVERIFY(table->columnWidth(0) >= table->fontMetrics().horizontalAdvance(QStringLiteral("mended (wrong \u2192 right)")) + 6);
}

/// "shown at 297 %" of a sheet at 119 %.
void TestFigurePage::the_scale_follows_the_window() {
    choose_run(4);
    choose_figure("case-card");
    auto* sheet = find<FigureSheet>("figureSheet");
    QSet<QString> scales;
    for (const QSize size : {QSize(2560, 1440), QSize(1000, 600), QSize(1280, 800)}) {
        window_->resize(size);
        QTRY_COMPARE_WITH_TIMEOUT(window_->size(), size, kPatience);
        QCoreApplication::processEvents();
        const QString scale = QStringLiteral("shown at %1 %").arg(100.0 * sheet->zoom(), 0, 'f', 0);
        QVERIFY2(find<QLabel>("figureNote")->text().endsWith(scale), qPrintable(find<QLabel>("figureNote")->text() + QStringLiteral(" is not ") + scale));
        scales << scale;
    }
    QCOMPARE(scales.size(), 3);
}

/// "a mended one" stood there while one that had been right all along was drawn.
void TestFigurePage::the_sample_that_is_drawn_is_named() {
    const std::string path = folder_->filePath(QStringLiteral("none-mended.sqlite")).toStdString();
    {
        auto session = SessionWriter::create(path);
        auto run = session->begin_run(session_samples::run_info());
        QVERIFY(run.ok());
        for (int i = 3; i < 9; ++i) {
            QVERIFY(session->write_sample(*run, session_samples::sample_info(i), session_samples::trajectory(i, std::vector<bool>(11, i % 2 == 0)), session_samples::reference_name).ok());
        }
        QVERIFY(session->finish_run(*run, RunState::Finished).ok());
    }
    auto* sample = find<QLineEdit>("figureSample");
    const auto drawn = [&] {
        auto reader = SessionReader::open(window_->results().path().toStdString());
        const SampleKey key = default_sample(*reader, window_->results().run())->key;
        return QString::fromStdString(key.set + "/" + key.key);
    };
    choose_run(4);
    choose_figure("case-card");
    QCOMPARE(sample->placeholderText(), drawn() + QStringLiteral(": the first mended"));
    window_->results().open(QString::fromStdString(path));
    settle();
    choose_figure("case-card");
    QCOMPARE(sample->placeholderText(), drawn() + QStringLiteral(": none is mended"));
    QVERIFY(sample->fontMetrics().horizontalAdvance(sample->placeholderText()) < sample->width() - 8);
    QVERIFY2(sample->toolTip().contains(QStringLiteral("The run mended none")), qPrintable(sample->toolTip()));
    QVERIFY2(find<FigureSheet>("figureSheet")->plot_provenance().contains(QLatin1Char('/') + drawn()), qPrintable(find<FigureSheet>("figureSheet")->plot_provenance()));
    enter(sample, QStringLiteral("nonsense"));  // and what was typed, in place of the figure
    const QString words = find<FigureSheet>("figureSheet")->accessibleDescription();
    QVERIFY2(words.contains(QStringLiteral("nonsense")) && words.contains(drawn()), qPrintable(words));
}

QTEST_MAIN(TestFigurePage)
#include "test_figure_page.moc"
