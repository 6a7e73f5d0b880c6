// reference surfaces, methods that go by them, and knockout: what is printed, refused, gone on with.
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <csignal>
#include <thread>

#include "tests/app/cli_runner.h"

using namespace r2t2;

class TestAppSurfaces : public QObject {
    Q_OBJECT

    CliRunner cli_;

    [[nodiscard]] QString set() const { return cli_.path("set"); }
    [[nodiscard]] QString table() const { return set() + "/surfaces-offset-fp32.safetensors"; }
    [[nodiscard]] QStringList surfaces(const QStringList& more = {}) const {
        return QStringList{"reference", "surfaces", set(), "--model", cli_.model(), "--checked", "10", "--points", "8"} + more;
    }
    static QByteArray bytes_of(const QString& path) {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    [[nodiscard]] QJsonObject report(const QStringList& more, int expected = 0) const {
        const CliResult done = cli_.run(QStringList{"evaluate", "--model", cli_.model(), "--reference", set(), "--eval", "G-dim", "--samples", "12", "--no-controls", "--no-session", "--json"} + more);
        if (done.code != expected) {
            qWarning("%d: %s", done.code, done.err.constData());
        }
        return QJsonDocument::fromJson(done.out).object();
    }

    /// Of response-surface, all sets together.
    static QJsonValue of_method(const QJsonObject& report, const char* field) {
        for (const QJsonValue& each : report["overall"].toObject()["methods"].toArray()) {
            if (each.toObject()["method"] == "response-surface") {
                return each.toObject()[field];
            }
        }
        return QJsonValue(QJsonValue::Undefined);
    }

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(cli_.prepare());
        const CliResult built = cli_.run({"reference", "build", "bundled", "--samples", "80", "--out", set(), "--model", cli_.model()});
        QVERIFY2(built.code == 0, built.err.constData());
    }

    void aMethodWithoutTablesIsRunWhereItIsNamed() {
        const CliResult all = cli_.run({"evaluate", "--model", cli_.model(), "--reference", set(), "--eval", "G-dim", "--samples", "2", "--no-controls", "--no-session"});
        QVERIFY2(all.code == 0, all.err.constData());
        QVERIFY2(all.err.contains("response-surface is left out") && all.err.contains("r2t2 reference surfaces"), all.err.constData());
        QVERIFY(!all.out.contains("response surface"));
        const CliResult named = cli_.run({"evaluate", "--model", cli_.model(), "--reference", set(), "--eval", "G-dim", "--samples", "2", "--methods", "rs", "--no-session"});
        QVERIFY2(named.code == 0 && named.out.contains("response surface"), named.err.constData());
    }

    void tablesAreMadeOnceAndSaid() {
        const QJsonObject before = report({"--methods", "rs"});
        const CliResult made = cli_.run(surfaces({"--json"}));
        QVERIFY2(made.code == 0, made.err.constData());
        const QJsonObject json = QJsonDocument::fromJson(made.out).object();
        QCOMPARE(json["nodes"].toInt(), 36);
        QCOMPARE(json["form"].toString(), QString("quadratic"));
        QCOMPARE(json["checked"].toObject()["references"].toInt(), 10);
        QVERIFY(json["checked"].toObject()["loss_rms"].toDouble() > 0.0);
        QVERIFY(QFile::exists(table()) && !QFile::exists(table() + ".rows"));
        // By tables as by those that are made on the way.
        const QJsonObject after = report({"--methods", "rs"});
        for (const char* field : {"right", "harmed", "mended", "forward_passes_per_sample", "steps"}) {
            const QJsonValue value = of_method(after, field);
            QVERIFY2(!value.isUndefined(), field);
            QCOMPARE(value, of_method(before, field));
        }
        // There already: not again, unless it is wanted, and then the same bytes.
        const QByteArray bytes = bytes_of(table());
        const CliResult again = cli_.run(surfaces());
        QVERIFY2(again.code == 2 && again.err.contains("--force"), again.err.constData());
        QCOMPARE(cli_.run(surfaces({"--force", "--threads", "3"})).code, 0);
        QCOMPARE(bytes_of(table()), bytes);
        const CliResult info = cli_.run({"reference", "info", set()});
        QVERIFY2(info.code == 0 && info.out.contains("response surfaces (fp32): offset, quadratic, 36 nodes"), info.out.constData());
        const CliResult all = cli_.run({"evaluate", "--model", cli_.model(), "--reference", set(), "--eval", "G-dim", "--samples", "2", "--no-controls", "--no-session"});
        QVERIFY(all.code == 0 && all.out.contains("response surface") && !all.err.contains("left out"));
    }

    /// Killed again and again, whenever: the file that comes of it is the same, and nothing else is left.
    void killedItGoesOnToTheSameBytes() {
        const QByteArray bytes = bytes_of(table());
        QFile::remove(table());
        int kills = 0;
        for (int wait = 100; !QFile::exists(table()) && kills < 40; wait += 150) {
            QProcess process;
            cli_.set_up(process);
            process.setArguments(surfaces({"--threads", "1"}));
            process.start();
            if (!process.waitForFinished(wait)) {
                process.kill();
                process.waitForFinished(kPatience);
                ++kills;
            }
        }
        if (!QFile::exists(table())) {
            QCOMPARE(cli_.run(surfaces()).code, 0);
        }
        QVERIFY(kills > 0);
        QCOMPARE(bytes_of(table()), bytes);
        QVERIFY(!QFile::exists(table() + ".rows"));
        QCOMPARE(QDir(set()).entryList(QDir::Files).filter("surfaces").size(), 1);
    }

    void damagedTablesAreNamedAndNotUsed() {
        const QByteArray whole = bytes_of(table());
        QByteArray flipped = whole;
        flipped[flipped.size() - 100] = static_cast<char>(flipped[flipped.size() - 100] ^ 1);
        QFile file(table());
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(flipped);
        file.close();
        const CliResult info = cli_.run({"reference", "info", set()});
        QVERIFY2(info.code == 3 && info.err.contains("surfaces-offset-fp32"), info.err.constData());
        const CliResult all = cli_.run({"evaluate", "--model", cli_.model(), "--reference", set(), "--eval", "G-dim", "--samples", "2", "--no-controls", "--no-session"});
        QVERIFY2(all.code == 0 && all.err.contains("of no use") && all.err.contains("damaged"), all.err.constData());
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(whole);
    }

    void refusals_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("form") << surfaces({"--form", "spline", "--force"}) << QByteArray("log-quadratic");
        QTest::newRow("mode") << surfaces({"--mode", "sideways"}) << QByteArray("offset");
        QTest::newRow("no set") << QStringList{"reference", "surfaces", cli_.path("nothing")} << QByteArray("nothing");
        QTest::newRow("per mixer") << QStringList{"evaluate", "--model", cli_.model(), "--reference", set(), "--eval", "G-dim", "--samples", "2", "--methods", "ngd", "--no-session",
                                                  "--neighbour-loss", "surface", "--granularity", "per-mixer"}
                                   << QByteArray("too many free numbers");
        QTest::newRow("kind") << QStringList{"knockout", "--eval", "G-dim", "--kinds", "mute"} << QByteArray("silence, block, force");
        QTest::newRow("nothing") << QStringList{"knockout"} << QByteArray("--eval");
        QTest::newRow("sample") << QStringList{"knockout", "--sample", "G-dim"} << QByteArray("SET/NUMBER");
    }
    void refusals() {
        QFETCH(QStringList, arguments);
        QFETCH(QByteArray, says);
        const CliResult refused = cli_.run(arguments);
        QVERIFY2(refused.code == 2 || refused.code == 1, refused.out.constData());
        QVERIFY2(refused.err.contains(says), refused.err.constData());
    }

    void knockoutsOfASetAndOfASample() {
        const CliResult done = cli_.run({"knockout", "--model", cli_.model(), "--eval", "G-dim", "--samples", "12", "--json"});
        QVERIFY2(done.code == 0, done.err.constData());
        const QJsonObject json = QJsonDocument::fromJson(done.out).object();
        QCOMPARE(json["samples"].toInt(), 12);
        const QJsonArray effects = json["effects"].toArray();
        QCOMPARE(effects.size(), 3 * 3 * 6);
        int told = 0;
        for (const QJsonValue& each : effects) {
            const QJsonObject effect = each.toObject();
            QVERIFY(effect["loss_p_holm"].toDouble() >= effect["loss_p"].toDouble());
            QVERIFY(effect["loss_change"].toObject()["low"].toDouble() <= effect["loss_change"].toObject()["high"].toDouble());
            told += effect["answers_changed"].toInt() > 0 ? 1 : 0;
        }
        QVERIFY(told > 10);
        const CliResult text = cli_.run({"knockout", "--model", cli_.model(), "--eval", "G-dim", "--samples", "12", "--kinds", "block"});
        QVERIFY2(text.code == 0 && text.out.contains("Holm p: corrected for the 36 tests") && text.out.contains("all mixers"), text.out.constData());
        const CliResult one = cli_.run({"knockout", "--model", cli_.model(), "--sample", "G-dim/3", "--json"});
        QVERIFY2(one.code == 0, one.err.constData());
        const QJsonObject sample = QJsonDocument::fromJson(one.out).object();
        QCOMPARE(sample["knocked"].toArray().size(), 3 * 3 * 6);
        QVERIFY(!sample["native"].toObject()["answer"].toString().isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestAppSurfaces)
#include "test_app_surfaces.moc"
