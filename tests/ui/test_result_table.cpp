// The result table of a benchmark: what is left out of its number, and what its published pattern says.
#include <QTemporaryDir>
#include <QtTest>
#include <filesystem>

#include "tests/session/session_samples.h"
#include "tests/support/patience.h"
#include "ui/models/result_models.h"
#include "ui/models/run_colours.h"
#include "ui/models/session_results.h"

using namespace r2t2;
using namespace r2t2::ui;

class TestResultTable : public QObject {
    Q_OBJECT

private Q_SLOTS:
    /// Case mme-lost-question: one picture of "count" has a single question.
    void incompleteGroupsAndPatterns() {
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("session.sqlite"));
        std::filesystem::copy_file(R2T2_TEST_DATA "/cases/mme-lost-question/session.sqlite", path.toStdString());
        JobRunner jobs;
        SessionResults results(jobs);
        const ResultTableModel model(results);
        results.open(path);
        QTRY_VERIFY_WITH_TIMEOUT(model.rowCount() == 1, kPatience);
        const QModelIndex cell = model.index(0, 1);
        QCOMPARE(cell.data().toString(), QStringLiteral("400.0 *"));
        const QString words = cell.data(Qt::ToolTipRole).toString();
        for (const char* part : {"MME-P 400.00 of 400 points (9), 1 incomplete group left out", "count acc+ 100.00 % (1), 1 incomplete group left out",
                                 "by MME's first four characters: MME-P 400.00"}) {
            QVERIFY2(words.contains(QString::fromUtf8(part)), qPrintable(words));
        }
        QVERIFY2(words.count(QStringLiteral("by MME's first four characters: ")) > 2, qPrintable(words));  // of every measure, not of the headline alone
        QCOMPARE(model.index(0, 2).data().toString().contains(QLatin1Char('*')), false);  // all sets together: a percentage of answers
    }

    /// One colour a run in every place, by its place in its evaluation; readable on both grounds; not tinted where its row is chosen.
    void coloursOfRuns();

    /// Two evaluations with one method each, of other k: the list of runs says what tells them apart, and names each by its first run.
    void runsAreToldApart();
};

void TestResultTable::coloursOfRuns() {
    std::vector<StoredRun> runs;
    const auto add = [&runs](Method method, const char* evaluation) {
        StoredRun run;
        run.id = static_cast<std::int64_t>(runs.size()) + 1;
        run.info.method = to_string(method);
        run.info.config = R"({"evaluation": ")" + std::string(evaluation) + R"("})";
        runs.push_back(run);
    };
    for (const char* evaluation : {"evaluation 1", "evaluation 9"}) {
        add(Method::Base, evaluation);
        add(Method::KernelRegression, evaluation);
        for (int i = 0; i < 5; ++i) {
            add(Method::Ngd, evaluation);
        }
        add(Method::Oracle, evaluation);
    }
    for (std::int64_t run = 1; run <= 8; ++run) {
        QCOMPARE(run_colour(runs, run), run_colour(runs, run + 8));  // by its evaluation, not by the session
        for (std::int64_t other = 1; other < run; ++other) {
            QVERIFY2(run_colour(runs, run) != run_colour(runs, other), qPrintable(QStringLiteral("%1 %2").arg(run).arg(other)));
        }
    }
    QCOMPARE(run_colour(runs, 3), method_colour(Method::Ngd));
    QCOMPARE(run_colour(runs, 5), method_colour(Method::Ngd, 2));  // what the page gives it while it runs
    const auto luminance = [](const QColor& colour) {
        const auto linear = [](double v) { return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4); };
        return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF());
    };
    for (const Method method : {Method::Base, Method::ModeFinding, Method::KernelRegression, Method::Ngd, Method::Oracle, Method::RandomNeighbours, Method::ConstantOffset, Method::OwnMean, Method::BestFixed}) {
        for (std::size_t place = 0; place < (method == Method::Ngd ? 7U : 1U); ++place) {
            const double light = luminance(method_colour(method, place));
            QVERIFY2(1.05 / (light + 0.05) >= 3.0 && (light + 0.05) / 0.06 >= 3.0, qPrintable(method_colour(method, place).name()));
        }
    }
    const QIcon swatch = colour_swatch(run_colour(runs, 3));
    for (const QIcon::Mode mode : {QIcon::Normal, QIcon::Selected, QIcon::Disabled}) {
        QCOMPARE(swatch.pixmap(QSize(10, 10), mode).toImage().pixelColor(5, 5).rgb(), run_colour(runs, 3).rgb());
    }
    // On a chosen row, whose colour may be its own, it has an edge; runs of one method differ by more than a hue.
    const auto edge = [](const QImage& image) {
        for (int x = 0; x < image.width(); ++x) {
            if (const QColor colour = image.pixelColor(x, image.height() / 2); colour.alpha() > 200) {
                return colour;
            }
        }
        return QColor();
    };
    QVERIFY(edge(swatch.pixmap(QSize(32, 32), QIcon::Selected).toImage()).lightness() > 200);
    QVERIFY(edge(swatch.pixmap(QSize(32, 32), QIcon::Normal).toImage()).lightness() < 200);
    QCOMPARE(run_place(runs, 5), 2);
    QCOMPARE(run_place(runs, 99), 0);
    for (int place = 0; place < 4; ++place) {
        for (int other = 0; other < place; ++other) {
            QVERIFY(colour_swatch(Qt::red, place).pixmap(QSize(32, 32)).toImage() != colour_swatch(Qt::red, other).pixmap(QSize(32, 32)).toImage());
        }
    }
}

void TestResultTable::runsAreToldApart() {
    QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("session.sqlite"));
    {
        auto session = SessionWriter::create(path.toStdString());
        for (const auto& [evaluation, method, k] : {std::tuple{"evaluation 1", "base", 5}, {"evaluation 1", "ngd", 5}, {"evaluation 3", "base", 10}, {"evaluation 3", "ngd", 10}}) {
            RunInfo info = session_samples::run_info();
            info.method = method;
            info.config = R"({"evaluation": ")" + std::string(evaluation) + R"(", "parameters": {"num_neighbors": )" + std::to_string(k) + R"(}, "planned": {"G-dim": 2, "G-noise": 2}})";
            const auto run = session->begin_run(info);
            for (int i = 0; i < 2; ++i) {
                SampleInfo sample = session_samples::sample_info(i);
                sample.id.set = "G-dim";
                QVERIFY(session->write_sample(*run, sample, session_samples::trajectory(i, {true, true})).ok());
            }
            QVERIFY(session->finish_run(*run, RunState::Cancelled).ok());
        }
    }
    JobRunner jobs;
    SessionResults results(jobs);
    const RunTableModel runs(results);
    const ResultTableModel table(results);
    results.open(path);
    QTRY_VERIFY_WITH_TIMEOUT(table.rowCount() == 2 && !jobs.busy(), kPatience);
    QCOMPARE(runs.index(0, RunTableModel::Method).data().toString(), QStringLiteral("NGD, k 10"));
    QCOMPARE(runs.index(2, RunTableModel::Method).data().toString(), QStringLiteral("NGD, k 5"));
    QCOMPARE(runs.index(0, RunTableModel::Evaluation).data().toString(), QStringLiteral("evaluation of runs 3\u20134"));
    QCOMPARE(evaluation_words(results.runs(), results.runs()[1]), QStringLiteral("base, NGD on G-dim, G-noise"));
    // A set that was not reached has its column, "all" is not of the first set alone without a word; nothing incomplete is bold.
    QCOMPARE(table.headerData(2, Qt::Horizontal, Qt::DisplayRole).toString(), QStringLiteral("G-noise"));
    QCOMPARE(table.index(1, 2).data().toString(), QStringLiteral("\u2013"));
    QCOMPARE(table.index(1, 5).data().toString(), QStringLiteral("2 of 4"));
    for (int column = 0; column < table.columnCount(); ++column) {
        QVERIFY(!table.index(1, column).data(Qt::FontRole).value<QFont>().bold());
    }
    // No sample changed sides: an exact p of 1, as the command line prints; the base is compared with nothing.
    QCOMPARE(table.index(1, table.columnCount() - 1).data().toString(), QStringLiteral("1.000"));
    QCOMPARE(table.index(0, table.columnCount() - 1).data().toString(), QStringLiteral("\u2013"));
    QCOMPARE(table.index(1, 0).data(Qt::DecorationRole).value<QIcon>().pixmap(QSize(10, 10), QIcon::Selected).toImage().pixelColor(5, 5),
             runs.index(0, RunTableModel::Run).data(Qt::DecorationRole).value<QIcon>().pixmap(QSize(10, 10)).toImage().pixelColor(5, 5));
}

QTEST_MAIN(TestResultTable)
#include "test_result_table.moc"
