// r2t2 model: check, info, make-random.
#include <signal.h>

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include "tests/app/cli_runner.h"
#include "tests/app/library_names.h"
#include "tests/support/patience.h"

using namespace r2t2;

class TestAppModel : public QObject {
    Q_OBJECT

    CliRunner cli_;

    [[nodiscard]] CliResult make(const QString& name, const QStringList& more = {}) const {
        return cli_.run(QStringList{"model", "make-random", "--config", "small", "--out", cli_.path(name), "--quiet"} + more);
    }
    [[nodiscard]] static QJsonObject json(const CliResult& result) { return QJsonDocument::fromJson(result.out).object(); }
    static bool put(const QString& path, const QByteArray& content) {
        QFile file(path);
        return file.open(QIODevice::WriteOnly) && file.write(content) == content.size();
    }

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(cli_.prepare());
        const CliResult made = make("small", {"--shards", "2"});
        QVERIFY2(made.code == 0, made.err.constData());
    }

    void usableCheckpoints() {
        const CliResult random = cli_.run({"model", "check", cli_.path("small"), "--weights", "--quiet"});
        QVERIFY2(random.code == 0, (random.out + random.err).constData());
        for (const char* word : {"usable: 243 of 243 tensors", "all values are finite", "model-00002-of-00002.safetensors", "512 pieces"}) {
            QVERIFY2(random.out.contains(word), random.out.constData());
        }
        const CliResult bundled = cli_.run({"model", "check", cli_.model()});
        QVERIFY2(bundled.code == 0, (bundled.out + bundled.err).constData());
        QVERIFY2(bundled.out.contains("values were not looked at"), bundled.out.constData());
    }

    void problemsAreListedUpToALimit() {
        QVERIFY(make("broken", {"--shards", "2"}).code == 0);
        QVERIFY(QFile::remove(cli_.path("broken/model-00001-of-00002.safetensors")));
        QVERIFY(put(cli_.path("broken/tokenizer.model"), "nothing of the kind"));
        const CliResult text = cli_.run({"model", "check", cli_.path("broken")});
        QCOMPARE(text.code, 2);
        for (const char* word : {"problem: ", "model-00001-of-00002.safetensors", "tokenizer.model", "not usable: 2 problems"}) {
            QVERIFY2(text.out.contains(word), text.out.constData());
        }
        const CliResult one = cli_.run({"model", "check", cli_.path("broken"), "--problems", "1"});
        QVERIFY2(one.out.contains("and 1 more"), one.out.constData());
        QCOMPARE(one.out.count("problem: "), 1);
        const CliResult all = cli_.run({"--json", "model", "check", cli_.path("broken"), "--problems", "0"});
        QCOMPARE(all.code, 2);
        const QJsonObject report = json(all);
        QCOMPARE(report["usable"].toBool(true), false);
        QCOMPARE(report["problem_count"].toInt(), 2);
        QCOMPARE(report["problems"].toArray().size(), 2);
        QVERIFY(report["problems"].toArray()[0].toObject()["allowed"].isString());
        QCOMPARE(cli_.run({"model", "check", cli_.path("nowhere")}).code, 2);
    }

    void infoTellsSizes() {
        const CliResult text = cli_.run({"model", "info", cli_.path("small")});
        QCOMPARE(text.code, 0);
        for (const char* word : {"random weights, seed 1", "in layers 1, 3", "decoder layers", "vision tower", "BF16", "{question}", "nf4"}) {
            QVERIFY2(text.out.contains(word), (text.out + "\nlacks " + word).constData());
        }
        const QJsonObject info = json(cli_.run({"--json", "model", "info", cli_.path("small")}));
        QCOMPARE(info["parameters"].toInteger(), qint64{518'092});
        // A model this small keeps merged copies of its decoder's matrices and the tower's q, k, v stacked.
        const QJsonObject tower = info["vision"].toObject();
        const auto size = [&info](const char* name) { return info[QLatin1String(name)].toInteger(); };
        const qint64 hidden = size("hidden_size"), wide = tower["hidden_size"].toInteger();
        const qint64 attention = hidden * hidden * (size("heads") + 2 * size("kv_heads")) / size("heads") + hidden * hidden;
        const qint64 copies = size("layers") * (attention + 3 * hidden * size("intermediate_size")) + tower["layers"].toInteger() * 3 * wide * wide;
        QCOMPARE(info["weight_memory"].toObject()["fp32"].toInteger(), 4 * (qint64{518'092} + copies));
        QCOMPARE(info["weight_memory"].toObject()["bf16"].toInteger(), 2 * (qint64{518'092} + copies));
        QCOMPARE(info["weight_memory_cuda"].toObject()["fp16"].toInteger(), 2 * (qint64{518'092} + copies));
        QVERIFY(info["weight_memory_cuda"].toObject()["nf4"].toInteger() < info["weight_memory"].toObject()["nf4"].toInteger());
        QCOMPARE(info["mixer_layers"].toArray().size(), 2);
        QCOMPARE(info["vision"].toObject()["image_tokens"].toInt(), 25);
        qint64 parts = 0;
        const QJsonArray all = info["parts"].toArray();
        for (const auto& part : all) {
            parts += part.toObject()["parameters"].toInteger();
        }
        QCOMPARE(parts, qint64{518'092});
        QVERIFY(QDir().mkpath(cli_.path("no-config")));
        QVERIFY(put(cli_.path("no-config/config.json"), "{}"));
        const CliResult refused = cli_.run({"model", "info", cli_.path("no-config")});
        QCOMPARE(refused.code, 2);
        QVERIFY2(refused.err.contains("hidden_size"), refused.err.constData());
    }

    // Files are read, and nothing that takes seconds to load.
    void nothingHeavyIsLoaded() {
        for (const QStringList& arguments : {QStringList{"model", "check", cli_.path("small"), "--weights"}, QStringList{"model", "info", cli_.path("small")},
                                             QStringList{"model", "make-random", "--config", "small", "--out", cli_.path("light")}}) {
            QProcess process;
            cli_.set_up(process);
            QProcessEnvironment environment = process.processEnvironment();
            environment.insert("LD_DEBUG", "files");
            process.setProcessEnvironment(environment);
            process.setArguments(arguments);
            process.start();
            QVERIFY(process.waitForFinished(kPatience));
            QCOMPARE(process.exitCode(), 0);
            const QSet<QString> opened = library_names(process.readAllStandardError());
            QVERIFY(opened.contains("libr2t2_checkpoints.so"));  // the loader does tell
            QCOMPARE(heavy_library(opened), QString());
        }
    }

    void makingRefuses() {
        const CliResult there = make("small");
        QCOMPARE(there.code, 2);
        QVERIFY2(there.err.contains("--force"), there.err.constData());
        QCOMPARE(make("small", {"--force", "--shards", "2"}).code, 0);
        for (const QStringList& wrong : {QStringList{"--dtype", "int4"}, QStringList{"--seed", "-1"}, QStringList{"--shards", "-1"}, QStringList{"--threads", "1000"}}) {
            const CliResult refused = make("refused", wrong);
            QVERIFY2(refused.code == 2 && refused.err.contains(wrong.front().toUtf8()), refused.err.constData());
        }
        const CliResult unknown = cli_.run({"model", "make-random", "--config", "large", "--out", cli_.path("refused")});
        QVERIFY2(unknown.code == 2 && unknown.err.contains("moai-7b, medium, small"), unknown.err.constData());
        QVERIFY(!QFile::exists(cli_.path("refused")));
    }

    // Interrupted in the middle of 690 MB: exit code 130 and nothing left.
    void interruptedLeavesNothing() {
        const QStringList before = QDir(cli_.path(".")).entryList(QDir::AllEntries);
        QProcess process;
        cli_.set_up(process);
        process.setArguments({"model", "make-random", "--config", "medium", "--dtype", "f32", "--threads", "1", "--out", cli_.path("medium")});
        process.start();
        QVERIFY(process.waitForStarted(kPatience));
        QTRY_VERIFY_WITH_TIMEOUT(QDir(cli_.path(".")).entryList(QDir::AllEntries) != before, kPatience);
        ::kill(static_cast<pid_t>(process.processId()), SIGINT);
        QVERIFY(process.waitForFinished(kPatience));
        QCOMPARE(process.exitCode(), 130);
        QCOMPARE(QDir(cli_.path(".")).entryList(QDir::AllEntries), before);
    }

    void sevenBillionAsHeaders() {
        const CliResult made = cli_.run({"model", "make-random", "--config", "moai-7b", "--headers-only", "--out", cli_.path("headers"), "--quiet"});
        QVERIFY2(made.code == 0, made.err.constData());
        const CliResult checked = cli_.run({"model", "check", cli_.path("headers")});
        QVERIFY2(checked.code == 0, checked.out.constData());
        QVERIFY2(checked.out.contains("8,868,637,720 (published: 8,868,637,720)"), checked.out.constData());
        QVERIFY2(checked.out.contains("17,737,275,440 (published: 17,737,275,440)"), checked.out.constData());
    }
};

QTEST_GUILESS_MAIN(TestAppModel)
#include "test_app_model.moc"
