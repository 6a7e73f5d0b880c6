// Figures of sweeps: the numbers are the sweep's, the parameters can be chosen, what was published stays as it was.
#include <QtTest>
#include <QApplication>

#include "core/results/sweep_results.h"
#include "tests/ui/figure_sessions.h"
#include "ui/figures/ablation_figure.h"

using namespace r2t2;
using namespace r2t2::ui;

class TestAblationFigures final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void ablations_are_the_sweeps();
    void ablations_of_one_parameter();
    void published_ablation_numbers();
    void names_of_few_rows_have_room();
    void sessions_say_what_they_give();
    void swept_values_are_plain();
    void data_files_hold_plain_numbers();

private:
    QTemporaryDir folder_;
    std::string path_, sweep_;  ///< six methods; k against steps
};

void TestAblationFigures::initTestCase() {
    path_ = folder_.filePath(QStringLiteral("methods.r2t2")).toStdString();
    sweep_ = folder_.filePath(QStringLiteral("sweep.r2t2")).toStdString();
    QVERIFY(write_methods(path_));
    QVERIFY(write_sweep(sweep_));
}

void TestAblationFigures::ablations_are_the_sweeps() {
    auto session = SessionReader::open(sweep_);
    auto all = sweeps(*session);
    QVERIFY(all.ok() && read_scores(*session, all->front()).ok());
    const Sweep& sweep = all->front();
    for (const QString& name : {QStringLiteral("ablation-curves"), QStringLiteral("ablation-map")}) {
        const std::vector<QStringList> rows = cells_of(*figure({.name = name, .by_set = true}, sweep_));
        QCOMPARE(rows.size(), std::size_t{3 * 12});  // all sets, A, B
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const QStringList& row = rows[i];
            QCOMPARE(row[1], QStringLiteral("neighbours k"));
            QCOMPARE(row[3], QStringLiteral("steps"));
            const SweepCell* cell = sweep.find({*sweep.axes[0].find(row[2].toStdString()), *sweep.axes[1].find(row[4].toStdString())});
            QCOMPARE(row[10].toLongLong(), cell == nullptr ? 0 : cell->run);
            if (cell == nullptr) {
                QVERIFY(row[5].isEmpty() && row[8].isEmpty());
                continue;
            }
            const SweepScore& score = i < 12 ? cell->overall : cell->sets[i < 24 ? 0 : 1];
            QCOMPARE(row[5].toDouble(), score.accuracy.value);
            QCOMPARE(row[6].toDouble(), score.accuracy.low);
            QCOMPARE(row[7].toDouble(), score.accuracy.high);
            QCOMPARE(row[8].toLongLong(), score.scored);
            QCOMPARE(row[9].toDouble(), 40.0);
        }
    }
    // Turned round: lines are neighbours then.
    const std::vector<QStringList> turned = cells_of(*figure({.name = QStringLiteral("ablation-curves"), .axes = {"steps"}}, sweep_));
    QCOMPARE(turned.front().mid(1, 4), (QStringList{"steps", "5", "neighbours k", "3"}));
    // The link opens the best cell's run: k = 5 with 10 steps is the fifth.
    QVERIFY(figure({.name = QStringLiteral("ablation-map")}, sweep_)->plot_provenance().startsWith(QLatin1String("r2t2://run/5?")));
}

void TestAblationFigures::ablations_of_one_parameter() {
    const std::vector<QStringList> rows = cells_of(*figure({.name = QStringLiteral("ablation-curves"), .hold = {{"steps", "20"}}}, sweep_));
    QCOMPARE(rows.size(), std::size_t{4});
    QVERIFY(rows[3][5].isEmpty() && !rows[2][5].isEmpty());  // k = 20 with 20 steps was not run
    QVERIFY(rows[0][3].isEmpty());
    const auto map = make({.name = QStringLiteral("ablation-map"), .hold = {{"steps", "20"}}}, sweep_);
    QVERIFY(!map.ok() && map.error().message().find("two that are free") != std::string::npos);
    const auto wrong = make({.name = QStringLiteral("ablation-map"), .axes = {"kernel"}}, sweep_);
    QVERIFY(!wrong.ok() && wrong.error().message().find("num_neighbors, num_steps") != std::string::npos);
    const auto none = make({.name = QStringLiteral("ablation-curves")}, path_);
    QVERIFY(!none.ok() && none.error().kind == ErrorKind::NotFound);
}

void TestAblationFigures::published_ablation_numbers() {
    const auto published = published_figure(QStringLiteral("published-ablations"));
    QVERIFY(published);
    const std::map<QString, QList<double>> expected = {{"neighbours k", {78.6, 80.7, 79.4, 76.6}}, {"radius \u03b5", {76.5, 77.9, 78.9, 77.7}},
                                                       {"kernel", {76.3, 77.7, 78.7, 80.7}}, {"steps", {76.6, 80.7, 80.5, 80.7}},
                                                       {"learning rate", {68.5, 72.0, 77.6, 80.7}}};
    std::map<QString, QList<double>> found;
    for (const QStringList& row : cells_of(*published)) {
        found[row[1]] << row[5].toDouble();
        QVERIFY(row[6].isEmpty() && row[7].isEmpty());  // no intervals were published
        QCOMPARE(row[9].toDouble(), 74.5);
    }
    QCOMPARE(found, expected);
    for (const double width : {60.0, 82.0, 170.0}) {
        published->set_style({width, 0.0, 7.0, {}});
        const QStringList complaints = unreadable(*published);
        QVERIFY2(complaints.isEmpty(), qPrintable(complaints.join(QStringLiteral("; "))));
    }
    const QByteArray svg = to_svg(*published);
    QVERIFY(svg.contains("as published") && svg.contains("68.5") && svg.contains("74.5"));
    QVERIFY(!published_figure(QStringLiteral("radar")));
}

/// "initial lear…" went into the paper: two rows are less high than their name is long.
void TestAblationFigures::names_of_few_rows_have_room() {
    const std::string path = folder_.filePath(QStringLiteral("long.r2t2")).toStdString();
    {
        auto session = SessionWriter::create(path);
        for (const char* rate : {"0.1", "0.3"}) {
            for (const char* k : {"3", "5"}) {
                QVERIFY(session_samples::write_sweep_run(*session, {"e", "ngd", {{"num_neighbors", k}, {"initial_lr", rate}}, {10}, 20}) > 0);
            }
        }
    }
    for (const double width : {60.0, 82.0, 170.0}) {
        for (const std::vector<std::string>& axes : {std::vector<std::string>{"num_neighbors", "initial_lr"}, std::vector<std::string>{"initial_lr", "num_neighbors"}}) {
            const auto map = figure({.name = QStringLiteral("ablation-map"), .axes = axes}, path);
            QVERIFY(map);
            map->set_style({width, 0.0, 7.0, {}});
            TextRecorder page(map->plot_size().toSize());
            {
                QPainter painter(&page);
                map->render_to(painter, map->plot_size());
            }
            for (const WrittenText& each : page.written()) {
                QVERIFY2(!each.text.contains(QChar(0x2026)), qPrintable(each.text));
            }
            const QStringList complaints = unreadable(*map);
            QVERIFY2(complaints.isEmpty(), qPrintable(complaints.join(QStringLiteral("; "))));
        }
    }
}

void TestAblationFigures::sessions_say_what_they_give() {
    const auto names = [](const std::string& path) {
        QStringList out;
        auto session = SessionReader::open(path);
        for (const FigureKind& kind : figures_of(*session).value()) {
            out << kind.name;
        }
        return out;
    };
    const QStringList methods = names(path_), grid = names(sweep_);
    QVERIFY(methods.contains(QLatin1String("radar")) && methods.contains(QLatin1String("case-card")) && !methods.contains(QLatin1String("ablation-curves")));
    QVERIFY(grid.contains(QLatin1String("ablation-map")) && grid.contains(QLatin1String("ablation-curves")) && !grid.contains(QLatin1String("radar")));
    const std::string line = folder_.filePath(QStringLiteral("line.r2t2")).toStdString();
    {
        auto session = SessionWriter::create(line);
        for (const char* k : {"3", "5"}) {
            QVERIFY(session_samples::write_sweep_run(*session, {"e", "ngd", {{"num_neighbors", k}}, {10}, 20}) > 0);
        }
    }
    QVERIFY(names(line).contains(QLatin1String("ablation-curves")) && !names(line).contains(QLatin1String("ablation-map")));
    for (const std::string& path : {path_, sweep_, line}) {
        for (const QString& name : names(path)) {
            QVERIFY2(figure({.name = name}, path), qPrintable(name));
        }
    }
}

/// A sweep over rates that are written with an exponent: data as the session has them, a true minus on paper only.
void TestAblationFigures::swept_values_are_plain() {
    const std::string path = folder_.filePath(QStringLiteral("rates.r2t2")).toStdString();
    const std::vector<std::string> rates = {"1e-05", "0.01", "-2.5e-07", "0.123456789", "1e+20", "null"}, bandwidths = {"1e-3", "0.5"};
    {
        auto session = SessionWriter::create(path);
        for (const std::string& rate : rates) {
            for (const std::string& bandwidth : bandwidths) {
                QVERIFY(session_samples::write_sweep_run(*session, {"e", "ngd", {{"final_lr", rate}, {"bandwidth", bandwidth}}, {10}, 20}) > 0);
            }
        }
    }
    QSet<QString> first, second;
    for (const QString& name : {QStringLiteral("ablation-curves"), QStringLiteral("ablation-map")}) {
        const auto made = figure({.name = name, .axes = {"final_lr"}}, path);
        QVERIFY(made);
        for (const QStringList& row : cells_of(*made)) {
            first << row[2];
            second << row[4];
        }
        const QByteArray svg = to_svg(*made);
        QVERIFY2(svg.contains("1e\xE2\x88\x92" "5") && !svg.contains("1e-"), qPrintable(name));
        QVERIFY(name.endsWith(QLatin1String("map")) || (svg.contains("\xE2\x88\x92" "2.5e\xE2\x88\x92" "7") && svg.contains("0.123457") && svg.contains("1e20")));  // a map has less room
    }
    QCOMPARE(first, (QSet<QString>{"1e-05", "0.01", "-2.5e-07", "0.123456789", "1e+20", "none"}));
    QCOMPARE(second, (QSet<QString>{"0.001", "0.5"}));
    QCOMPARE(drawn_value(QStringLiteral("fixed 1e-3")), QStringLiteral("fixed 1e\u22123"));
    QCOMPARE(drawn_value(QStringLiteral("step-decay")), QStringLiteral("step-decay"));
}

/// Every figure's CSV and TSV: nothing typographic, and what is a number somewhere in a column is one everywhere in it.
void TestAblationFigures::data_files_hold_plain_numbers() {
    std::vector<std::unique_ptr<Figure>> all;
    for (const FigureKind& kind : figure_kinds()) {
        all.push_back(figure({.name = kind.name, .picture = striped_picture}, kind.subject == FigureSubject::Sweep ? sweep_ : path_));
    }
    for (const FigureKind& kind : published_kinds()) {
        all.push_back(published_figure(kind.name));
    }
    const QSet<QString> words = {"value", "second value", "text", "answer", "step"};  // what was swept and answered: "5", "Gaussian"; a step, or "result"
    for (const auto& each : all) {
        QVERIFY(each);
        for (const QString& ending : {QStringLiteral("csv"), QStringLiteral("tsv")}) {
            const QString path = folder_.filePath(each->plot_name() + QLatin1Char('.') + ending);
            QVERIFY(save_plot(*each, path).ok());
            QFile file(path);
            QVERIFY(file.open(QIODevice::ReadOnly));
            const QString text = QString::fromUtf8(file.readAll());
            for (const char16_t typographic : {u'\u2212', u'\u2013', u'\u00a0', u'\u202f', u'\u2009'}) {
                QVERIFY2(!text.contains(QChar(typographic)), qPrintable(path));
            }
        }
        const QStringList header = each->tsv().section(QLatin1Char('\n'), 0, 0).split(QLatin1Char('\t'));
        const std::vector<QStringList> rows = cells_of(*each);
        QVERIFY(!rows.empty());
        for (qsizetype column = 0; column < header.size(); ++column) {
            qsizetype numbers = 0, filled = 0;
            for (const QStringList& row : rows) {
                bool number = false;
                (void)QLocale::c().toDouble(row[column], &number);
                numbers += number ? 1 : 0;
                filled += row[column].isEmpty() ? 0 : 1;
            }
            QVERIFY2(numbers == 0 || numbers == filled || words.contains(header[column]), qPrintable(each->plot_name() + QStringLiteral(": ") + header[column]));
        }
    }
}

QTEST_MAIN(TestAblationFigures)
#include "test_ablation_figures.moc"
