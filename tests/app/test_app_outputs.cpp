// Outputs are looked at before anything is computed; what a full disk leaves is said as it is; what names hold steers no terminal.
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QtTest>

#include "tests/app/cli_runner.h"

using namespace r2t2;

class TestAppOutputs : public QObject {
    Q_OBJECT

    CliRunner cli_;

    [[nodiscard]] bool write(const QString& name, const QByteArray& content) const {
        QFile file(cli_.path(name));
        return file.open(QIODevice::WriteOnly) && file.write(content) == content.size();
    }
    QStringList small(const QStringList& more) const { return cli_.evaluate({"--eval", "G-dim", "--samples", "2", "--methods", "base", "--no-controls", "--threads", "1"}) + more; }
    CliResult shell(const QString& line) const {
        QProcess process;
        cli_.set_up(process);
        QProcessEnvironment environment = process.processEnvironment();
        environment.insert("R2T2", CliRunner::program());
        process.setProcessEnvironment(environment);
        process.setProgram("/bin/bash");
        process.setArguments({"-c", line});
        process.start();
        CliResult result;
        result.code = process.waitForFinished(kPatience) && process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -2;
        result.out = process.readAllStandardOutput();
        result.err = process.readAllStandardError();
        return result;
    }

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(cli_.prepare());
        QVERIFY(write("afile", "x") && QDir().mkpath(cli_.path("afolder")));
    }

    /// A model that is not there would be the first thing that is opened: the output is looked at before.
    void outputsAreLookedAtFirst_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QByteArray>("option");
        const QStringList none = {"--model", "nomodel"};
        const auto row = [&](const char* name, const QStringList& arguments, const char* option) { QTest::newRow(name) << arguments << QByteArray(option); };
        row("build into a file", QStringList{"reference", "build", "bundled", "--samples", "300", "--out", "afile"} + none, "--out");
        row("build under a file", QStringList{"reference", "build", "bundled", "--samples", "300", "--out", "afile/ref"} + none, "--out");
        row("import", QStringList{"reference", "import", "no.json", "--out", "afile"} + none, "--out");
        row("reference export", {"reference", "export", "nostore", "--out", "afile/r.json"}, "--out");
        row("reference export into a folder", {"reference", "export", "nostore", "--out", "afolder"}, "--out");
        row("report", QStringList{"evaluate", "--eval", "G-dim", "--no-session", "--report", "afile/r.json"} + none, "--report");
        row("report, a folder", QStringList{"evaluate", "--eval", "G-dim", "--no-session", "--report", "afolder"} + none, "--report");
        row("report, no such folder", QStringList{"evaluate", "--eval", "G-dim", "--no-session", "--report", "no/r.json"} + none, "--report");
        row("session", QStringList{"evaluate", "--eval", "G-dim", "--session", "afile/s.db"} + none, "--session");
        row("demo", QStringList{"demo", "--session", "no/such/s.db"} + none, "--session");
        row("facts", {"facts", "no.png", "--out", "afile"}, "--out");
        row("overlay", {"facts", "no.png", "--overlay", "afile/o"}, "--overlay");
        row("make", {"miniature", "make", "--split", "nosplit", "--out", "afile/m"}, "--out");
        row("train", {"miniature", "train", "--out", "afile/m"}, "--out");
        row("merge", {"merge", "no0", "no1", "--out", "afile/m.db"}, "--out");
        row("figure", {"figure", "radar", "--session", "no.db", "--out", "afile/f"}, "--out");
        row("figure, a file", {"figure", "radar", "--session", "no.db", "--out", "no/f.svg"}, "--out");
        row("export", {"export", "no.db", "--out", "afile"}, "--out");
        row("make-random", {"model", "make-random", "--config", "noconfig", "--out", "afile/m"}, "--out");
        row("a folder that nobody may write", QStringList{"reference", "build", "bundled", "--out", "/proc/self/r"} + none, "--out");
        row("a report that nobody may write", QStringList{"evaluate", "--eval", "G-dim", "--no-session", "--report", "/proc/self/r.json"} + none, "--report");
    }
    void outputsAreLookedAtFirst() {
        QFETCH(QStringList, arguments);
        QFETCH(QByteArray, option);
        const QStringList before = QDir(cli_.path(".")).entryList(QDir::AllEntries);
        const CliResult result = cli_.run(arguments);
        QVERIFY2(result.code == 1 || result.code == 2, result.err.constData());
        QVERIFY2(result.err.contains(": " + option + ": ") && !result.err.contains("nomodel"), result.err.constData());
        QCOMPARE(result.err.count('\n'), 1);
        QCOMPARE(QDir(cli_.path(".")).entryList(QDir::AllEntries), before);
        QVERIFY(QDir(cli_.path("afolder")).isEmpty());
    }
    /// Outputs that are no files are written into, and so is what is there.
    void outputsThatMayBeWritten() {
        for (const char* report : {"/dev/null", "/dev/stderr", "there.json", "there.json"}) {
            const CliResult result = cli_.run(small({"--no-session", "--report", report}));
            QVERIFY2(result.code == 0, result.err.constData());
        }
    }

    /// What a command reads is none of its outputs, by whatever name; a file of another kind is not replaced.
    void inputsAndFilesOfOtherKindsStay() {
        const CliResult made = shell("$R2T2 miniature make --out own --count 4 --split test >made.txt && cp \"$(cat made.txt)\" own/data.json && "
                                     "$R2T2 reference build bundled --samples 12 --out ref --model model --quiet && "
                                     "$R2T2 evaluate --eval G-dim --samples 1 --methods base --no-controls --reference ref --model model --quiet --session s.csv && "
                                     "cp s.csv other.sqlite && mkdir export && cp s.csv export/results.json && ln -s other.sqlite link.json && printf notes > notes.txt");
        QVERIFY2(made.code == 0, made.err.constData());
        const QString hashes = "sha256sum s.csv other.sqlite own/data.json ref/* model/* export/results.json notes.txt";
        const QByteArray before = shell(hashes).out;
        const QString evaluate = "$R2T2 evaluate --eval own/data.json --methods base --no-controls --reference ref --model model --quiet ";
        for (const QString& call : {evaluate + "--session s2.sqlite --report s2.sqlite", evaluate + "--session new --report ./new", evaluate + "--no-session --report own/data.json",
                                    evaluate + "--no-session --report own/../own/data.json", evaluate + "--no-session --report ref/records.json", evaluate + "--no-session --report other.sqlite",
                                    evaluate + "--no-session --report link.json", evaluate + "--no-session --report model/config.json", evaluate + "--no-session --report model/model.safetensors",
                                    evaluate + "--no-session --report notes.txt", QString("$R2T2 evaluate --resume --session s.csv --report s.csv"),
                                    QString("$R2T2 reference export ref -o ref/records.json"), QString("$R2T2 reference export ref -o other.sqlite"),
                                    QString("$R2T2 reference export ref -o link.json"), QString("$R2T2 export export/results.json --out export"),
                                    QString("$R2T2 figure --session s.csv --out s.csv radar"), QString("$R2T2 figure --session other.sqlite --out s.csv radar")}) {
            const CliResult result = shell(call);
            QVERIFY2(result.code == 2 && result.err.count('\n') == 1, (call + "\n" + result.err).toUtf8().constData());
            QVERIFY2(result.err.contains("--report: found") || result.err.contains("--out: found"), (call + "\n" + result.err).toUtf8().constData());
            QCOMPARE(shell(hashes).out, before);
        }
        QCOMPARE(shell("$R2T2 reference export ref -o new.json && $R2T2 reference export ref -o new.json").code, 0);
    }

    /// What tune reads stays, --force or not, also where only the session says what that is; no two of its outputs are one file.
    void tuneWritesOverNothingThatItReads() {
        const CliResult made = shell("$R2T2 miniature make --out given --count 4 --split test >given.txt && cp \"$(cat given.txt)\" given/data.json && "
                                     "$R2T2 reference build bundled --samples 60 --out given_ref --model model --quiet && "
                                     "$R2T2 tune --eval given/data.json --methods kr --sweep num-neighbors=1,2 --reference given_ref --model model --quiet --allow-test --session u.sqlite --out u.json >/dev/null && "
                                     "ln -s x.json same.json && ln -s given/data.json data_link.json && cp \"$(ls given/images/*.png | head -1)\" picture.png && cp picture.png picture.json");
        QVERIFY2(made.code == 0, made.err.constData());
        const QString hashes = "sha256sum u.sqlite u.json u.tuning.json given/data.json given/images/* given_ref/* model/* picture.json";
        const QByteArray before = shell(hashes).out;
        QVERIFY(before.contains("u.sqlite") && before.contains("given_ref/records.json") && before.contains("model/config.json"));
        const QString tune = "$R2T2 tune --resume --session u.sqlite --allow-test --force --quiet ";
        for (const char* words : {"--out u.sqlite", "--out given/data.json", "--out data_link.json", "--out given_ref/records.json", "--out model/config.json", "--out model/model.safetensors",
                                     "--out picture.json", "--out u.sqlite-wal", "--out u.sqlite-run1.lock", "--out x.json --table x.json", "--out x.json --table ./x.json",
                                     "--out x.json --table same.json", "--out x.json --table u.sqlite", "--out x.json --table given/data.json",
                                     "--out x.json --report x.json", "--out x.json --report x.tuning.json", "--out x.json --report u.sqlite", "--out x.json --report given/data.json"}) {
            const CliResult result = shell(tune + words);
            QVERIFY2(result.code != 0, (words + result.err).constData());
            QVERIFY2(result.err.contains("--out: ") || result.err.contains("--table: ") || result.err.contains("--report: "), (words + result.err).constData());
            QCOMPARE(shell(hashes).out, before);
            QVERIFY2(!QFile::exists(cli_.path("x.json")) && !QFile::exists(cli_.path("x.tuning.json")), words);
        }
        const CliResult report = shell("$R2T2 evaluate --resume --session u.sqlite --quiet --report given/data.json");
        QVERIFY2(report.code == 2 && report.err.contains("--report: found what the command reads"), report.err.constData());
        QCOMPARE(shell(hashes).out, before);
        // A new name, and what is its own, beside a checkpoint too.
        QCOMPARE(shell(tune + "--out u.json").code, 0);
        const CliResult own = shell("cp -r model own_model && " + tune + "--out own_model/rerouting.json && " + tune + "--out own_model/rerouting.json");
        QVERIFY2(own.code == 0, own.err.constData());
    }

    /// A reference set comes into a folder of its own.
    void aReferenceSetIsPutIntoNoOtherFolder() {
        const CliResult made = shell("cp -r model weights && mkdir -p notes empty && printf mine > notes/a.txt && $R2T2 reference build bundled --samples 12 --out set --model model --quiet");
        QVERIFY2(made.code == 0, made.err.constData());
        const QByteArray before = shell("sha256sum weights/* notes/*").out;
        for (const char* call : {"build bundled --samples 12 --out weights --force", "build bundled --samples 12 --out notes --force", "build bundled --samples 12 --out notes",
                                 "refine set --out weights --force", "refine bundled --samples 12 --out notes"}) {
            const CliResult result = shell(QString("$R2T2 reference %1 --model model --quiet").arg(call));
            QVERIFY2(result.code == 2 && result.err.contains("--out: found no reference set, but "), (call + result.err).constData());
            QCOMPARE(shell("sha256sum weights/* notes/*").out, before);
        }
        for (const char* call : {"--out empty", "--out set --force"}) {
            const CliResult result = shell(QString("$R2T2 reference build bundled --samples 12 --model model --quiet %1").arg(call));
            QVERIFY2(result.code == 0, result.err.constData());
        }
    }

    /// One rule for figure, figure --all and export: what such a command wrote is replaced, the session and files of others are not.
    void figuresAndExportsReplaceTheirOwn() {
        const CliResult made = shell("$R2T2 evaluate --eval G-dim --samples 4 --methods base,kr --no-controls --reference-samples 60 --model model --quiet --session d.csv >/dev/null && "
                                     "$R2T2 miniature make --out pictures --count 2 --split test >/dev/null && cp \"$(ls pictures/images/*.png | head -1)\" picture.png && "
                                     "mkdir foreign foreign2 figs exported && printf 'id,answer\\n1,a\\n' | tee foreign/accuracy.csv > mine.csv && printf '{\"results\": 1}' > foreign2/results.json && "
                                     "printf '<svg></svg>' > mine.svg && printf '%%PDF-1.4 a paper' > mine.pdf && printf 'index\\timage\\tquestion\\n' > mine.tsv");
        QVERIFY2(made.code == 0, made.err.constData());
        const QString four = "$R2T2 figure published-transitions published-ablations --quiet --out figs --format svg,pdf,png,csv,tsv";
        for (const QString& again : {QString("$R2T2 export d.csv --out exported --quiet"), four, QString("$R2T2 figure published-transitions --quiet --out f.svg"),
                                     QString("$R2T2 figure published-transitions --quiet --out f.pdf"), QString("$R2T2 figure published-transitions --quiet --out f.png"),
                                     QString("$R2T2 figure published-transitions --quiet --out f.csv"), QString("$R2T2 figure published-transitions --quiet --out f.tsv")}) {
            for (int i = 0; i < 2; ++i) {
                const CliResult result = shell(again);
                QVERIFY2(result.code == 0, (again + "\n" + result.err).toUtf8().constData());
            }
        }
        QVERIFY(shell("cp picture.png figs/published-ablations.png && cp d.csv exported/samples_1_base.jsonl").code == 0);
        const QString hashes = "sha256sum d.csv picture.png mine.* foreign/* foreign2/* figs/* exported/*.csv exported/*.json exported/*.jsonl";
        const QByteArray before = shell(hashes).out;
        for (const QString& call : {QString("$R2T2 figure published-transitions --out picture.png"), QString("$R2T2 figure published-transitions --out mine.svg"),
                                    QString("$R2T2 figure published-transitions --out mine.pdf"), QString("$R2T2 figure published-transitions --out mine.csv"),
                                    QString("$R2T2 figure published-transitions --out mine.tsv"), QString("$R2T2 figure published-transitions --out mine.png"),
                                    QString("$R2T2 figure accuracy-transitions --session d.csv --out d.svg"), four, QString("$R2T2 export d.csv --out foreign"), QString("$R2T2 export d.csv --out foreign2"),
                                    QString("$R2T2 export exported/samples_1_base.jsonl --out exported"), QString("$R2T2 facts picture.png pictures/../picture.png figs/../pictures/picture.png --out figs")}) {
            const CliResult result = shell(call);
            QVERIFY2(result.code != 0, (call + "\n" + result.err).toUtf8().constData());
            QVERIFY2(result.err.contains("--out: found "), (call + "\n" + result.err).toUtf8().constData());
            QCOMPARE(shell(hashes).out, before);
        }
    }

    /// Commas alone are no list: the parser would take the next option for the value.
    void aListOfNothingIsRefused() {
        for (const QStringList& more : {QStringList{"--methods", ",", "--no-session"}, QStringList{"--methods=,,", "--no-session"}, QStringList{"--eval", ",", "--no-session"}}) {
            const CliResult result = cli_.run(QStringList{"evaluate", "--model", "model"} + more);
            QVERIFY2(result.code == 2 && result.err.contains("a list of nothing"), result.err.constData());
        }
    }

    /// Names beside a session are longer than its own.
    void namesOfSessions() {
        for (const int size : {241, 246, 250, 255}) {
            const QString name = QString(size - 3, 's') + ".db";
            for (const QStringList& call : {small({"--session", name}), QStringList{"merge", "a", "b", "--out", name}}) {
                const CliResult result = cli_.run(call);
                QVERIFY2(result.code == 2 && result.err.contains("at most 240") && result.err.contains(QByteArray::number(size) + " bytes"), result.err.constData());
                QVERIFY(!QFile::exists(cli_.path(name)));
            }
        }
        const CliResult longest = cli_.run(small({"--session", QString(237, 's') + ".db"}));
        QVERIFY2(longest.code == 0, longest.err.constData());
        const CliResult report = cli_.run(small({"--no-session", "--report", QString(250, 'r')}));
        QVERIFY2(report.code == 1 && report.err.contains("--report") && report.err.contains("at most 243"), report.err.constData());
    }

    /// Nothing was stored: no file, and no word of going on. Something was: the word, and it is true.
    void aSessionThatMayNotGrow() {
        const QString call = "$R2T2 evaluate --model model --reference-samples 60 --eval G-dim --samples 40 --methods base,ngd --no-controls --threads 1 --quiet --session ";
        QVERIFY(shell(call + "warm.db").code == 0);  // the reference set is kept
        bool nothing = false, something = false;
        for (const int kilobytes : {4, 20, 60, 100, 160, 220}) {
            const QString name = QString("limited%1.db").arg(kilobytes);
            const CliResult result = shell(QString("ulimit -f %1; ").arg(kilobytes) + call + name);
            QVERIFY2(result.code == 1 || result.code == 0, result.err.constData());
            if (result.code == 0) {
                continue;
            }
            const bool there = QFile::exists(cli_.path(name));
            const bool promised = result.err.contains("--resume --session " + name.toUtf8());
            QVERIFY2(there || !promised, result.err.constData());
            QVERIFY2(!result.err.contains("what was written before is safe"), result.err.constData());
            nothing = nothing || !there;
            if (!there) {
                QVERIFY(QDir(cli_.path(".")).entryList({name + "*"}).isEmpty());
            }
            if (promised) {
                something = true;
                const CliResult resumed = cli_.run({"evaluate", "--resume", "--session", name, "--model", cli_.model(), "--quiet"});
                QVERIFY2(resumed.code == 0, resumed.err.constData());
                QCOMPARE(cli_.run({"verify", name}).code, 0);
            }
        }
        QVERIFY(nothing);
        if (!something) {
            qWarning("no limit was met after the runs were begun");
        }
    }

    /// Escapes, line breaks, Unicode's directions.
    void namesThatSteerATerminal_data() {
        QTest::addColumn<QStringList>("arguments");
        for (const char* name : {"nope\x1b[31m.db", "two\nlines.db", "back\rwards.db", "csi\xc2\x9b" "31m.db", "right\xe2\x80\xae.db", "bell\a\b.db"}) {
            const QString file = QString::fromUtf8(name), tag = QString::fromUtf8(name).left(4);
            QTest::addRow("verify %s", qPrintable(tag)) << QStringList{"verify", file};
            QTest::addRow("export %s", qPrintable(tag)) << QStringList{"export", file, "--out", "x"};
            QTest::addRow("evaluate %s", qPrintable(tag)) << cli_.evaluate({"--eval", file});
            QTest::addRow("figure %s", qPrintable(tag)) << QStringList{"figure", file, "--session", file, "--out", "x.svg"};
            QTest::addRow("command %s", qPrintable(tag)) << QStringList{file};
            QTest::addRow("option %s", qPrintable(tag)) << QStringList{"evaluate", "--no-such" + file};
            QTest::addRow("choice %s", qPrintable(tag)) << QStringList{"score", "a.jsonl", "--rule", file};
            QTest::addRow("number %s", qPrintable(tag)) << QStringList{"evaluate", "--eval", "G-dim", "-k", file};
            QTest::addRow("data %s", qPrintable(tag)) << QStringList{"data", "check", file, file};
            QTest::addRow("model %s", qPrintable(tag)) << QStringList{"model", "check", file};
            QTest::addRow("score %s", qPrintable(tag)) << QStringList{"score", file};
        }
    }
    void namesThatSteerATerminal() {
        QFETCH(QStringList, arguments);
        const CliResult result = cli_.run(arguments);
        QVERIFY(result.code != 0);
        for (const QString& text : {QString::fromUtf8(result.out), QString::fromUtf8(result.err)}) {
            for (const QChar each : text) {
                const ushort c = each.unicode();
                QVERIFY2(c == '\n' || (c >= 0x20 && (c < 0x7f || c >= 0xa0) && c != 0x202e), qPrintable(QString::number(c, 16) + ": " + text.toHtmlEscaped()));
            }
            QVERIFY2(!text.contains("two\nlines"), qPrintable(text));
        }
    }
    void namesThatSteerATerminal_written() {
        const QString name = QStringLiteral("red\x1b[31m\nname.db");
        const CliResult run = cli_.run(small({"--session", name}));
        QVERIFY2(run.code == 0 && !run.out.contains('\x1b') && run.out.contains("red\\x1b[31m\\nname.db"), run.out.constData());
        const CliResult verified = cli_.run({"verify", name});
        QVERIFY2(verified.code == 0 && verified.out.startsWith("red\\x1b[31m\\nname.db: sound"), verified.out.constData());
        const CliResult json = cli_.run({"--json", "verify", name});
        QCOMPARE(QJsonDocument::fromJson(json.out).array().first().toObject()["session"].toString(), name);
    }
};

QTEST_GUILESS_MAIN(TestAppOutputs)
#include "test_app_outputs.moc"
