// Rivals and rows of one's own: r2t2 reference gates, evaluate with question-loss and tuned-gates, --variant. The real program is asked.
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include "tests/app/cli_runner.h"

using namespace r2t2;

class TestAppRivals : public QObject {
    Q_OBJECT

    CliRunner cli_;

    [[nodiscard]] QString set() const { return cli_.path("set"); }
    [[nodiscard]] QString gates() const { return cli_.model() + "/tuned_gates.safetensors"; }
    [[nodiscard]] QStringList train(const QString& out, const QStringList& more = {}) const {
        return QStringList{"reference", "gates", set(), "--model", cli_.model(), "--out", out, "--epochs", "2"} + more;
    }
    [[nodiscard]] QStringList evaluate(const QStringList& more) const {
        return QStringList{"evaluate", "--model", cli_.model(), "--reference", set(), "--eval", "G-dim", "--samples", "4", "--num-steps", "3", "--initial-lr", "0.5"} + more;
    }
    static QByteArray bytes_of(const QString& path) {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    void refused(const QStringList& words, int code, const QByteArray& why) {
        const CliResult result = cli_.run(words);
        QVERIFY2(result.code == code && result.err.contains(why), qPrintable(QString::number(result.code) + ": " + result.err));
    }
    static QStringList rows_of(const QByteArray& json) {
        QStringList rows;
        for (const QJsonValue& each : QJsonDocument::fromJson(json).object()["overall"].toObject()["methods"].toArray()) {
            const QJsonObject row = each.toObject();
            rows << row["method"].toString() + (row["variant"].toString().isEmpty() ? QString() : " | " + row["variant"].toString());
        }
        return rows;
    }

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(cli_.prepare());
        const CliResult built = cli_.run({"reference", "build", "bundled", "--samples", "80", "--out", set(), "--model", cli_.model()});
        QVERIFY2(built.code == 0, built.err.constData());
    }

    void a_model_without_trained_gates_says_how_they_are_made() {
        refused(evaluate({"--methods", "tuned-gates", "--no-session"}), 2, "r2t2 reference gates SET --out");
        const CliResult usual = cli_.run(evaluate({"--no-session", "--no-controls", "--json"}));
        QVERIFY2(usual.code == 0, usual.err.constData());
        QCOMPARE(rows_of(usual.out), (QStringList{"base", "mode-finding", "kernel-regression", "ngd", "oracle"}));  // rivals where they are named
    }

    void gates_are_trained_and_replaced_by_force_alone() {
        const CliResult trained = cli_.run(train(gates()));
        QVERIFY2(trained.code == 0 && trained.out.contains("held-out loss") && trained.out.contains("kept"), (trained.out + trained.err).constData());
        const QByteArray bytes = bytes_of(gates());
        QVERIFY(!bytes.isEmpty());
        refused(train(gates()), 2, "--force to replace them");
        const CliResult again = cli_.run(train(gates(), {"--force", "--json"}));
        QVERIFY2(again.code == 0, again.err.constData());
        QCOMPARE(bytes_of(gates()), bytes);
        const QJsonObject told = QJsonDocument::fromJson(again.out).object();
        QCOMPARE(told["held_out_loss"].toArray().size(), 3);
        QCOMPARE(told["loss"].toArray().size(), 2);
        const QByteArray weights = bytes_of(cli_.model() + "/model.safetensors");
        refused(train(cli_.model() + "/model.safetensors", {"--force"}), 2, "no file of trained gates");
        refused(train(set() + "/records.json", {"--force"}), 2, "");
        QCOMPARE(bytes_of(cli_.model() + "/model.safetensors"), weights);
        refused(train(cli_.path("x.safetensors"), {"--rate", "0"}), 2, "--rate");
        refused(train(cli_.path("x.safetensors"), {"--held-out", "1"}), 2, "--held-out");
        refused(train(cli_.path("x.safetensors"), {"--epochs", "0"}), 2, "--epochs");
        QVERIFY(!QFile::exists(cli_.path("x.safetensors")));
    }

    void rivals_are_rows_that_say_whose_they_are() {
        const CliResult run = cli_.run(evaluate({"--methods", "base,ngd,question-loss,tuned-gates,answer-entropy", "--session", cli_.path("r.sqlite")}));
        QVERIFY2(run.code == 0, run.err.constData());
        for (const char* words : {"o: question loss", "o: tuned gates", "o: answer entropy", "o: = of other work"}) {
            QVERIFY2(run.out.contains(words), run.out.constData());
        }
        const CliResult resumed = cli_.run({"evaluate", "--resume", "--session", cli_.path("r.sqlite")});
        QVERIFY2(resumed.code == 0, resumed.err.constData());
        const CliResult again = cli_.run({"inspect", "--session", cli_.path("r.sqlite"), "--sample", "G-dim/1"});
        QVERIFY2(again.code == 0 && again.out.contains("as stored"), (again.out + again.err).constData());
        // Other gates are another run.
        QVERIFY(cli_.run(train(gates(), {"--force", "--seed", "9", "--rate", "0.02"})).code == 0);
        refused({"evaluate", "--resume", "--session", cli_.path("r.sqlite")}, 2, "trained gates");
    }

    void rivals_are_swept_and_tuned() {
        const CliResult swept = cli_.run(evaluate({"--methods", "question-loss", "--sweep", "initial-lr=0.1,1", "--no-session", "--no-controls", "--json"}));
        QVERIFY2(swept.code == 0, swept.err.constData());
        QCOMPARE(rows_of(swept.out), (QStringList{"base", "question-loss | lr 0.1", "question-loss | lr 1"}));
        const CliResult tuned = cli_.run({"tune", "--model", cli_.model(), "--reference", set(), "--eval", "G-dim", "--samples", "4", "--methods", "question-loss", "--sweep", "num-steps=1,2",
                                          "--session", cli_.path("t.sqlite"), "--out", cli_.path("t.json")});
        QVERIFY2(tuned.code == 0 && tuned.out.contains("question loss"), (tuned.out + tuned.err).constData());
        refused(evaluate({"--methods", "tuned-gates", "--sweep", "initial-lr=0.1,1", "--no-session"}), 2, "no chosen method depends on");
    }

    void variants_are_rows_of_their_own() {
        const CliResult run = cli_.run(evaluate({"--methods", "kr", "--variant", "kr,mixing=none", "--variant", "ngd,k=3", "--no-session", "--no-controls", "--json"}));
        QVERIFY2(run.code == 0, run.err.constData());
        QCOMPARE(rows_of(run.out), (QStringList{"base", "kernel-regression | mixing confidence", "kernel-regression | mixing none", "ngd"}));
        const CliResult alone = cli_.run(evaluate({"--variant", "ngd,k=3", "--variant", "ngd,k=4", "--session", cli_.path("v.sqlite"), "--no-controls", "--json"}));
        QVERIFY2(alone.code == 0, alone.err.constData());
        QCOMPARE(rows_of(alone.out), (QStringList{"base", "ngd | k 3", "ngd | k 4"}));
        const CliResult resumed = cli_.run({"--json", "evaluate", "--resume", "--session", cli_.path("v.sqlite")});
        QVERIFY2(resumed.code == 0, resumed.err.constData());
        QCOMPARE(rows_of(resumed.out), rows_of(alone.out));
        refused(evaluate({"--variant", "ngd,eta=1", "--no-session"}), 2, "--variant");
        refused(evaluate({"--variant", "ngd", "--variant", "ngd", "--no-session"}), 2, "already");
        refused({"tune", "--variant", "ngd,k=3"}, 2, "--variant");
    }

    void a_report_has_them_too() {
        const CliResult report = cli_.run({"miniature", "report", cli_.model(), cli_.model(), "--reference", set(), "--reference", set(), "--eval", "G-dim,K-noise", "--samples", "3", "--methods", "base,ngd",
                                           "--variant", "ngd,k=2", "--no-controls"});
        QVERIFY2(report.code == 0, report.err.constData());
        for (const char* words : {"| NGD, k 5 |", "| NGD, k 2 |", "| model 1 | model 2 |", "model 2, "}) {
            QVERIFY2(report.out.contains(words), report.out.constData());
        }
        refused({"miniature", "report", cli_.model(), "--reference", set(), "--reference", set()}, 2, "2 sets for 1 models");
    }
};

QTEST_GUILESS_MAIN(TestAppRivals)
#include "test_app_rivals.moc"
