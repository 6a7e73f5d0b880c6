// r2t2 power: what it says of a run that is not there yet, and of one like a stored one.
#include <QJsonDocument>
#include <QJsonObject>
#include <QtTest>

#include "core/analysis/paired_power.h"
#include "core/session/session.h"
#include "core/session/sqlite.h"
#include "tests/app/cli_runner.h"
#include "tests/session/session_samples.h"

using namespace r2t2;

class TestAppPower final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void the_number_is_the_librarys();
    void words();
    void a_stored_run();
    void what_is_passed_over_is_named();
    void nonsense_is_refused_data();
    void nonsense_is_refused();

private:
    QJsonObject json(const QStringList& more) const {
        const CliResult result = cli_.run(QStringList{"power", "--json"} + more);
        return result.code == 0 ? QJsonDocument::fromJson(result.out).object() : QJsonObject();
    }
    static void has(const QByteArray& text, const char* words) { QVERIFY2(text.contains(words), text.constData()); }
    CliRunner cli_;
};

/// 60 samples, two about each picture; the second run mends a sixth, both of a picture, and harms one.
void TestAppPower::initTestCase() {
    QVERIFY(cli_.prepare());
    auto session = SessionWriter::create(cli_.path("seen.r2t2").toStdString());
    for (int r = 0; r < 2; ++r) {
        RunInfo info = session_samples::run_info();
        info.method = r == 0 ? "base" : "ngd";
        const auto run = session->begin_run(info);
        for (int i = 0; i < 60; ++i) {
            SampleInfo sample = session_samples::sample_info(i);
            sample.picture_hash = "picture " + std::to_string(i / 2);
            const bool before = i % 3 != 0 && i >= 10, after = r == 0 ? before : i < 10 || (before && i != 59);
            QVERIFY(session->write_sample(*run, sample, session_samples::trajectory(i, {before, after}), session_samples::reference_name).ok());
        }
        QVERIFY(session->finish_run(*run, RunState::Finished).ok());
    }
}

void TestAppPower::the_number_is_the_librarys() {
    const QJsonObject told = json({"--samples", "1600", "--base", "0.7", "--comparisons", "6", "--difference", "0.02"});
    PowerDesign design;
    design.clusters = even_clusters(1600, 1600);
    design.base_right = 0.7;
    design.comparisons = 6;
    const DetectableDifference found = smallest_difference(design);
    QCOMPARE(told["difference"].toDouble(), *found.difference);
    QCOMPARE(told["asked"].toObject()["power"].toDouble(), detection_power(design, 0.02).value);
    QCOMPARE(told["there"].toObject()["computed"].toString(), QStringLiteral("exact"));
    QVERIFY(told["there"].toObject()["power"].toDouble() >= 0.8 && told["there"].toObject()["power"].toDouble() < 0.82);
    QCOMPARE(told["limit"].toString(), QStringLiteral("none"));
}

void TestAppPower::words() {
    const CliResult alone = cli_.run({"power", "--samples", "1600", "--base", "0.7"});
    QCOMPARE(alone.code, 0);
    has(alone.out, "Smallest detectable difference: 0.8");
    has(alone.out, "Power 80 %, two-sided sign-flip test (exact McNemar) at 5 %.");
    has(alone.out, "Base 70.0 % right; 0.25 harmed for every mended one");
    const CliResult clusters = cli_.run({"power", "--samples", "400", "--clusters", "100", "--icc", "0.3", "--discordance", "0.3", "--comparisons", "6"});
    has(clusters.out, "400 samples in 100 clusters: correlation within a cluster 0.30, design effect 1.90.");
    has(clusters.out, "Computed: 10,000 simulated runs.");
    has(clusters.out, "by Holm over 6 comparisons, one that alone differs is tested at 0.833 %.");
    const CliResult few = cli_.run({"power", "--samples", "400", "--clusters", "5"});
    QCOMPARE(few.code, 0);
    has(few.out, "none: of 5 clusters the least p is 0.062; at least 6 are needed");
    QVERIFY(json({"--samples", "400", "--clusters", "5"})["difference"].isNull());
    const CliResult dozen = cli_.run({"power", "--samples", "72", "--clusters", "12", "--icc", "0.3"});
    has(dozen.out, "leans on the form assumed");
    has(cli_.run({"power", "--samples", "50", "--base", "0.97"}).out, "none: every wrong answer mended (3.00 points) is found with");
    has(cli_.run({"power", "--help"}).out, "--harmed-per-mended");
}

void TestAppPower::a_stored_run() {
    const QJsonObject told = json({"--session", "seen.r2t2", "--run", "2"});
    const QJsonObject seen = told["seen"].toObject();
    QCOMPARE(seen["mended"].toInt(), 10);
    QCOMPARE(seen["harmed"].toInt(), 1);
    QCOMPARE(told["clusters"].toInt(), 30);
    QCOMPARE(told["held"].toObject()["discordance"].toDouble(), 11.0 / 60.0);
    QVERIFY(told["correlation"].toDouble() > 0.6 && told["correlation"].toDouble() < 1.0);
    QVERIFY(told["difference"].toDouble() > 0.05 && told["difference"].toDouble() < 0.4);
    const QJsonObject against = json({"--session", "seen.r2t2", "--run", "2", "--against", "1"});
    QCOMPARE(against["difference"].toDouble(), told["difference"].toDouble());
    const QJsonObject larger = json({"--session", "seen.r2t2", "--samples", "960"});
    QCOMPARE(larger["samples"].toInt(), 960);
    QCOMPARE(larger["clusters"].toInt(), 480);
    QVERIFY(larger["difference"].toDouble() < 0.4 * told["difference"].toDouble());
    const CliResult words = cli_.run({"power", "--session", "seen.r2t2", "--run", "2"});
    has(words.out, "against its own native answers: 1 harmed, 10 mended of 60");
    const CliResult base = cli_.run({"power", "--session", "seen.r2t2", "--run", "1"});
    has(base.err, "no sample changed sides");
}

/// Article-a's kind: a damaged row and a key that cannot be read are said, and by the exit code.
void TestAppPower::what_is_passed_over_is_named() {
    QVERIFY(QFile::copy(cli_.path("seen.r2t2"), cli_.path("broken.r2t2")));
    auto database = sqlite::Database::open(cli_.path("broken.r2t2").toStdString(), sqlite::OpenMode::Write);
    QVERIFY(database->execute("UPDATE samples SET final_answer = 'x' WHERE id = 65").ok());
    const CliResult told = cli_.run({"power", "--session", "broken.r2t2", "--run", "2", "--quiet"});
    QCOMPARE(told.code, 3);
    has(told.err, "left out: run 2: sample row 65");
    has(told.out, "mended of 59");
}

void TestAppPower::nonsense_is_refused_data() {
    QTest::addColumn<QStringList>("options");
    QTest::addColumn<QString>("said");
    QTest::newRow("nothing") << QStringList{} << QStringLiteral("--samples: found nothing");
    QTest::newRow("no samples") << QStringList{"--samples", "0"} << QStringLiteral("--samples: found 0; allowed: at least 1");
    QTest::newRow("more clusters than samples") << QStringList{"--samples", "10", "--clusters", "11"} << QStringLiteral("--clusters: found 11");
    QTest::newRow("a percentage") << QStringList{"--samples", "10", "--base", "70"} << QStringLiteral("--base: found 70; allowed: a share, 0 .. 1");
    QTest::newRow("ratio of one") << QStringList{"--samples", "10", "--harmed-per-mended", "1"} << QStringLiteral("--harmed-per-mended: found 1");
    QTest::newRow("not a number") << QStringList{"--samples", "10", "--icc", "nan"} << QStringLiteral("--icc");
    QTest::newRow("certain") << QStringList{"--samples", "10", "--power", "1"} << QStringLiteral("--power: found 1");
    QTest::newRow("both held") << QStringList{"--samples", "10", "--discordance", "0.1", "--harmed-per-mended", "0.1"} << QStringLiteral("one of them");
    QTest::newRow("run without session") << QStringList{"--samples", "10", "--run", "1"} << QStringLiteral("--run: found no --session");
    QTest::newRow("more than is wrong") << QStringList{"--samples", "10", "--base", "0.9", "--difference", "0.2"} << QStringLiteral("--difference: found 0.2");
    QTest::newRow("no such run") << QStringList{"--session", "seen.r2t2", "--run", "9"} << QStringLiteral("9");
}

void TestAppPower::nonsense_is_refused() {
    QFETCH(QStringList, options);
    QFETCH(QString, said);
    const CliResult result = cli_.run(QStringList{"power"} + options);
    QCOMPARE(result.code, 2);
    QVERIFY(result.out.isEmpty());
    has(result.err, said.toUtf8().constData());
}

QTEST_APPLESS_MAIN(TestAppPower)
#include "test_app_power.moc"
