// r2t2 facts, and how inspect chooses and names the facts of a picture.
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include "core/vision/facts_json.h"
#include "core/vision/load_image.h"
#include "tests/app/cli_runner.h"

using namespace r2t2;

class TestAppFacts : public QObject {
    Q_OBJECT

    CliRunner cli_;
    QString scene_;

    static QByteArray content(const QString& path) {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    /// The "facts" of inspect's JSON.
    [[nodiscard]] QJsonObject told(const QStringList& more) const {
        const CliResult result = cli_.run(QStringList{"inspect", scene_, "-q", "what is red?", "--methods", "base", "--model", cli_.model(),
                                                      "--reference-samples", "60", "--json", "--quiet"} + more);
        if (result.code != 0) {
            qWarning("%s", result.err.constData());
        }
        return QJsonDocument::fromJson(result.out).object()["facts"].toObject();
    }

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(cli_.prepare());
        scene_ = cli_.path("scene.png");
        QVERIFY(QFile::copy(QStringLiteral(R2T2_SOURCE_DIR "/tests/facts/data/scene.png"), scene_));
    }

    void showWritesNothing() {
        const CliResult shown = cli_.run({"facts", scene_, "--show"});
        QVERIFY2(shown.code == 0, shown.err.constData());
        for (const char* words : {"built-in: OpenCV", "red circle", "yellow square is inside blue square"}) {
            QVERIFY2(shown.out.contains(words), shown.out.constData());
        }
        QVERIFY(!QFile::exists(scene_ + ".facts.json"));
    }

    // The bundled miniature is told nothing about a foreign picture unless it is asked for, and inspect says so.
    void inspectSaysWhichFacts() {
        QCOMPARE(told({})["told"].toString(), QString());
        const QJsonObject built_in = told({"--facts", "built-in"});
        QVERIFY(built_in["told"].toString().contains("red circle"));
        QVERIFY(built_in["source"].toString().startsWith("built-in: "));
        QFile beside(scene_ + ".facts.json");
        QVERIFY(beside.open(QIODevice::WriteOnly));
        beside.write(R"({"detections": [{"label": "red ball", "box": [0, 0, 1, 1]}]})");
        beside.close();
        const QJsonObject found = told({});
        QVERIFY(found["told"].toString().contains("red ball"));
        QCOMPARE(found["source"].toString(), QString("file scene.png.facts.json"));
        QCOMPARE(told({"--facts", "none"})["told"].toString(), QString());
        const CliResult missing = cli_.run({"inspect", scene_, "-q", "what is red?", "--model", cli_.model(), "--facts", "no-such.json"});
        QCOMPARE(missing.code, 2);
        QVERIFY2(missing.err.contains("no-such.json"), missing.err.constData());
    }

    // What something else has written is not replaced without being told so; our own is.
    void foreignFactsAreKept() {
        const QByteArray before = content(scene_ + ".facts.json");
        const CliResult refused = cli_.run({"facts", scene_});
        QCOMPARE(refused.code, 2);
        QVERIFY2(refused.err.contains("--force"), refused.err.constData());
        QCOMPARE(content(scene_ + ".facts.json"), before);
        QCOMPARE(cli_.run({"facts", scene_, "--force"}).code, 0);
        QCOMPARE(cli_.run({"facts", scene_}).code, 0);
        const auto facts = read_facts((scene_ + ".facts.json").toStdString());
        QVERIFY(facts.ok());
        QVERIFY(facts->source.starts_with("built-in: "));
        QVERIFY(!facts->map.ids.empty());
        QVERIFY(told({})["source"].toString().startsWith("built-in: "));
    }

    void foldersAndOverlays() {
        const QString out = cli_.path("facts"), drawn = cli_.path("drawn");
        const CliResult result = cli_.run({"facts", scene_, "/nowhere/none.png", "--out", out, "--overlay", drawn, "--json"});
        QCOMPARE(result.code, 2);  // of the picture that is not there; the other is looked at
        QVERIFY(result.err.contains("none.png"));
        const QJsonArray all = QJsonDocument::fromJson(result.out).array();
        QCOMPARE(all.size(), 1);
        QCOMPARE(all[0].toObject()["file"].toString(), out + "/scene.png.facts.json");
        QVERIFY(read_facts((out + "/scene.png.facts.json").toStdString()).ok());
        QVERIFY(load_image((drawn + "/scene.png.facts.png").toStdString()).ok());
    }
};

QTEST_GUILESS_MAIN(TestAppFacts)
#include "test_app_facts.moc"
