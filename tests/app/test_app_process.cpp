// The process under a command: its descriptors, its limits, its folders. Every case through the shell, as a user or a service starts it.
// Cases: full-stdout, fault-stderr-closed, address-space-hang, fault-figure-disk-full.
#include <QtTest>

#include "tests/app/cli_runner.h"

using namespace r2t2;

namespace {

/// Runs a line of bash with $R2T2 set; the runner's environment, changed by `change`.
CliResult shell(const CliRunner& cli, const QString& line, const std::function<void(QProcessEnvironment&)>& change = {}) {
    QProcess process;
    cli.set_up(process);
    QProcessEnvironment environment = process.processEnvironment();
    environment.insert("R2T2", CliRunner::program());
    if (change) {
        change(environment);
    }
    process.setProcessEnvironment(environment);
    process.setProgram("/bin/bash");
    process.setArguments({"-c", line});
    process.start();
    CliResult result;
    if (process.waitForFinished(280000)) {
        result.code = process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -2;
    } else {
        process.kill();  // "never ends" is a code of its own: -1
        process.waitForFinished();
    }
    result.out = process.readAllStandardOutput();
    result.err = process.readAllStandardError();
    return result;
}

QByteArray bytes_of(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

}  // namespace

class TestAppProcess : public QObject {
    Q_OBJECT

    CliRunner cli_;
    QString evaluate_;

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(cli_.prepare());
        QVERIFY(QFile::copy(R2T2_TEST_DATA "/cases/full-stdout/predictions.jsonl", cli_.path("predictions.jsonl")));
        evaluate_ = "$R2T2 evaluate --model model --reference-samples 60 --eval G-dim --samples 2 --methods base --no-controls --no-session --threads 1 --quiet";
    }

    /// Names that are no text: QTemporaryDir does not find them.
    void cleanupTestCase() { QCOMPARE(shell(cli_, "rm -rf -- ./*").code, 0); }

    /// Whatever prints, wherever the output cannot go: exit code 1 and a sentence. The reader that went away is no sentence.
    void outputThatCannotBeWritten_data() {
        QTest::addColumn<QString>("line");
        QTest::addColumn<int>("code");
        QTest::addColumn<QByteArray>("said");
        const QByteArray full = "standard output: cannot write: No space left on device", closed = "standard output: cannot write: Bad file descriptor";
        for (const char* command : {"data list", "--json data list", "--json score predictions.jsonl", "score predictions.jsonl", "--help", "--version", "evaluate --help"}) {
            QTest::addRow("full: %s", command) << QString("$R2T2 %1 > /dev/full").arg(command) << 1 << full;
            QTest::addRow("closed: %s", command) << QString("$R2T2 %1 >&-").arg(command) << 1 << closed;
            QTest::addRow("open: %s", command) << QString("$R2T2 %1 > /dev/null").arg(command) << 0 << QByteArray();
        }
        QTest::newRow("model command, full") << "$R2T2 model check model > /dev/full" << 1 << full;
        QTest::newRow("doctor, full") << "$R2T2 doctor --model model > /dev/full" << 1 << full;
        QTest::newRow("read only") << "$R2T2 data list 1</dev/null" << 1 << closed;
        QTest::newRow("reader gone, no signal") << "trap '' PIPE; $R2T2 data list | true; exit ${PIPESTATUS[0]}" << 1 << QByteArray();
        QTest::newRow("another error keeps its code") << "$R2T2 score nothing.jsonl > /dev/full" << 2 << QByteArray("nothing.jsonl");
    }
    void outputThatCannotBeWritten() {
        QFETCH(QString, line);
        QFETCH(int, code);
        QFETCH(QByteArray, said);
        // A pipe takes 64 kB before it notices that nobody reads: the gone reader is waited for.
        const bool pipe = line.contains('|');
        const CliResult result = shell(cli_, pipe ? "trap '' PIPE; { sleep 1; $R2T2 data list; } | true; exit ${PIPESTATUS[0]}" : line);
        QVERIFY2(result.code == code, result.err.constData());
        QVERIFY2(said.isEmpty() ? result.err.isEmpty() : result.err.contains(said), result.err.constData());
        QCOMPARE(result.err.count('\n'), said.isEmpty() ? 0 : result.err.count("r2t2:"));
    }

    void outputOnAFullDevice_keepsWhatWasComputed() {
        const CliResult result = shell(cli_, QString(evaluate_).replace("--no-session", "--session kept.sqlite") + " > /dev/full");
        QVERIFY2(result.code == 1 && result.err.contains("No space left"), result.err.constData());
        const CliResult verified = shell(cli_, "$R2T2 verify kept.sqlite");
        QVERIFY2(verified.code == 0, verified.err.constData());
    }

    /// No file gets descriptor 0, 1 or 2.
    void closedDescriptors_data() {
        QTest::addColumn<QString>("closed");
        for (const char* closed : {"2>&-", "<&-", "<&- 2>&-", ">/dev/null 2>&-", "<&- >/dev/null 2>&-"}) {
            QTest::newRow(closed) << closed;
        }
    }
    void closedDescriptors() {
        QFETCH(QString, closed);
        const CliResult open = shell(cli_, "rm -rf a b; $R2T2 model make-random --config small --out a 2>/dev/null");
        const CliResult result = shell(cli_, "$R2T2 model make-random --config small --out b " + closed);
        QVERIFY2(open.code == 0 && result.code == 0, open.err + result.err);
        for (const char* file : {"model.safetensors", "config.json", "tokenizer.model"}) {
            const QByteArray wanted = bytes_of(cli_.path(QString("a/") + file));
            QVERIFY2(!wanted.isEmpty() && wanted == bytes_of(cli_.path(QString("b/") + file)), file);
        }
        QCOMPARE(shell(cli_, "$R2T2 model check b").code, 0);
    }
    void closedDescriptors_session() {
        const CliResult result = shell(cli_, QString(evaluate_).replace("--no-session", "--session closed.sqlite").remove("--quiet") + " <&- >/dev/null 2>&-");
        QCOMPARE(result.code, 0);
        QCOMPARE(shell(cli_, "$R2T2 verify closed.sqlite").code, 0);
        QCOMPARE(shell(cli_, "$R2T2 export closed.sqlite --out exported 2>&- >/dev/null").code, 0);
    }

    /// Between what the program needs to say something and what it runs in: a sentence and exit code 1, or the result; no signal, no end of waiting.
    void limitsOfMemory_data() {
        QTest::addColumn<QString>("limit");
        for (const int kilobytes : {300000, 500000, 700000, 800000, 900000, 1000000, 1100000, 1200000, 1300000, 1400000, 1600000, 3000000}) {
            QTest::addRow("addresses %d", kilobytes) << QString("-v %1").arg(kilobytes);
        }
        for (const int kilobytes : {50000, 150000, 300000, 400000, 500000, 700000}) {
            QTest::addRow("data %d", kilobytes) << QString("-d %1").arg(kilobytes);
        }
    }
    void limitsOfMemory() {
        QFETCH(QString, limit);
        const CliResult result = shell(cli_, "ulimit -c 0; ulimit " + limit + "; " + evaluate_);
        if (result.code == 0) {
            QVERIFY(result.out.contains("G-dim"));
            return;
        }
        QVERIFY2(result.code == 1, (QByteArray::number(result.code) + result.err).constData());
        QVERIFY2(result.err.startsWith("r2t2: error: "), result.err.constData());
        QVERIFY2(result.err.contains("memory") || result.err.contains("failed to map segment"), result.err.constData());
    }
    void limitsOfMemory_areNoneOfOthers() {
        QCOMPARE(shell(cli_, "ulimit -v 200000; $R2T2 --version").code, 0);
        QCOMPARE(shell(cli_, "ulimit -v 200000; $R2T2 model check model").code, 0);  // no linear algebra
        const CliResult many = shell(cli_, "ulimit -v 2000000; OMP_NUM_THREADS=60 " + evaluate_);  // 60 buffers are 7.5 GiB
        QVERIFY2(many.code == 0 && many.out.contains("G-dim"), many.err.constData());
    }

    /// A file that may not grow: an error, no signal, no part of it under its name.
    void limitOfFiles() {
        const CliResult checkpoint = shell(cli_, "ulimit -f 20; $R2T2 model make-random --config small --out limited");
        QVERIFY2(checkpoint.code == 1 && checkpoint.err.contains("File too large"), checkpoint.err.constData());
        QVERIFY(!QFile::exists(cli_.path("limited")));
        const CliResult world = shell(cli_, "ulimit -f 2; $R2T2 export closed.sqlite --out limited-export");
        QVERIFY2(world.code == 1 && (world.err.contains("File too large") || world.err.contains("may not grow")), world.err.constData());
        const CliResult figure = shell(cli_, "ulimit -f 2; QT_QPA_PLATFORM=offscreen $R2T2 figure published-transitions --out limited.svg");
        QVERIFY2(figure.code == 1 && figure.err.contains("File too large") && !QFile::exists(cli_.path("limited.svg")), figure.err.constData());
        const CliResult session = shell(cli_, "ulimit -f 20; " + QString(evaluate_).replace("--no-session", "--session limited.sqlite"));
        QVERIFY2(session.code == 1 && session.err.startsWith("r2t2: error: "), session.err.constData());
        QVERIFY(QDir(cli_.path(".")).entryList({"*.part"}).isEmpty());
    }

    /// A disk of 24 kB (where this user may mount one that nobody else sees, not in a chroot; else files that may hold nothing, or 2 kB where a database is read): the system's reason, whatever is written; no part under its name.
    void fullDisk_data() {
        QTest::addColumn<QString>("command");
        for (const char* format : {"svg", "pdf", "png", "csv"}) {
            QTest::addRow("figure, %s", format) << QString("QT_QPA_PLATFORM=offscreen $R2T2 figure published-transitions published-ablations --dpi 600 --out small/f --format %1").arg(format);
        }
        QTest::newRow("figure, a file") << "QT_QPA_PLATFORM=offscreen $R2T2 figure published-ablations --out small/f.svg";
        QTest::newRow("checkpoint") << "$R2T2 model make-random --config small --out small/m";
        QTest::newRow("export") << "$R2T2 export closed.sqlite --out small/e";
        QTest::newRow("session") << QString(evaluate_).replace("--no-session", "--session small/s.sqlite");
    }
    void fullDisk() {
        QFETCH(QString, command);
        QFile script(cli_.path("full.sh"));
        QVERIFY(script.open(QIODevice::WriteOnly));
        const QString body = command + "\ncode=$?\nulimit -S -f unlimited\nrm -f small/filled\nfind small -type f > left\nexit $code\n";
        script.write(("if [ -z \"$ownMounts\" ] || ! mount -t tmpfs -o size=24k none small 2>/dev/null; then ulimit -S -f " + QString(command.contains("figure") ? "0" : "2") + "\nelse head -c 20000 /dev/zero > small/filled\nfi\n" + body).toUtf8());
        script.close();
        const QString run = "rm -rf small && mkdir small && if unshare -m true 2>/dev/null; then ownMounts=yes unshare -m bash full.sh; else bash full.sh; fi";
        const CliResult result = shell(cli_, run);
        QVERIFY2(result.code == 1, (QByteArray::number(result.code) + result.err).constData());
        bool told = false;
        for (const char* reason : {"No space left on device", "the disk is full", "File too large", "may not grow", "free space: found"}) {
            told = told || result.err.contains(reason);
        }
        QVERIFY2(told && !result.err.contains("Unknown error"), result.err.constData());
        const QByteArray left = bytes_of(cli_.path("left"));
        QVERIFY2(!left.contains(".part"), left.constData());
        const QByteArray where = result.err.mid(result.err.indexOf("error: ") + 7);
        const QByteArray file = where.left(where.indexOf(':'));
        QVERIFY2(command.contains(".sqlite") || !(left + "\n").contains(file + "\n"), (file + " in " + left).constData());
    }

    /// What is no file is written into and stays what it was, whoever writes. The nodes lie in a folder of the test's own.
    void outputsThatAreNoFiles() {
        const QString report = evaluate_ + " --report ";
        const CliResult fifo = shell(cli_, "rm -f fifo; mkfifo fifo; { cat fifo > through & }; " + report + "fifo >/dev/null; code=$?; wait; test -p fifo && exit $code");
        QVERIFY2(fifo.code == 0, fifo.err.constData());
        QVERIFY(QJsonDocument::fromJson(bytes_of(cli_.path("through"))).isObject());
        const CliResult process = shell(cli_, report + ">(cat > substituted) >/dev/null; code=$?; sleep 1; exit $code");
        QVERIFY2(process.code == 0 && QJsonDocument::fromJson(bytes_of(cli_.path("substituted"))).isObject(), process.err.constData());
        const CliResult piped = shell(cli_, "set -o pipefail; " + report + "/dev/stdout | cat");
        QVERIFY2(piped.code == 0 && piped.out.contains("\"provenance\"") && piped.out.contains("Accuracy"), piped.err.constData());
        const CliResult file = shell(cli_, report + "/dev/stdout > both; code=$?; cat both; exit $code");
        QVERIFY2(file.code == 0 && file.out.contains("\"provenance\"") && file.out.contains("Accuracy"), file.err.constData());
        const CliResult gone = shell(cli_, report + ">(true) >/dev/null");
        QVERIFY2(gone.code == 0 || (gone.code == 1 && gone.err.contains("/dev/fd/")), gone.err.constData());
        const CliResult loop = shell(cli_, "ln -sf loop loop; " + report + "loop >/dev/null");
        QVERIFY2(loop.code == 1 && loop.err.contains("loop: --report: cannot follow the link"), loop.err.constData());
        if (shell(cli_, "mkdir -p nodes && mknod nodes/null c 1 3 && : > nodes/null").code != 0) {
            QSKIP("device nodes cannot be made or opened here");
        }
        const CliResult device = shell(cli_, report + "nodes/null >/dev/null; code=$?; test -c nodes/null && exit $code");
        QVERIFY2(device.code == 0, device.err.constData());
        const CliResult figure = shell(cli_, "ln -sf null nodes/f.svg; ln -sf null nodes/f.csv; QT_QPA_PLATFORM=offscreen $R2T2 figure published-transitions --out nodes/f.svg "
                                             ">/dev/null; code=$?; test -c nodes/null && test -L nodes/f.svg && exit $code");
        QVERIFY2(figure.code == 0, figure.err.constData());
        const CliResult published = shell(cli_, "$R2T2 reference build bundled --samples 40 --out nodes/store --model model >/dev/null && "
                                                "$R2T2 reference export nodes/store --out nodes/null; code=$?; test -c nodes/null && exit $code");
        QVERIFY2(published.code == 0, published.err.constData());
        QVERIFY(QDir(cli_.path("nodes")).entryList({"*.part"}).isEmpty());
    }

    /// Too little for the libraries: a sentence before they are loaded.
    void limitsOfStackAndDescriptors() {
        for (const char* limit : {"-s 128", "-s 512", "-n 8", "-n 16"}) {
            for (const char* command : {"$R2T2 data list", "QT_QPA_PLATFORM=offscreen $R2T2 figure published-transitions --out limited.svg"}) {
                const CliResult result = shell(cli_, QString("ulimit -c 0; ulimit -S %1; %2").arg(limit, command));
                QVERIFY2(result.code == 1 && result.err.startsWith("r2t2: error: ") && result.err.contains("ulimit"), (QByteArray(limit) + result.err).constData());
            }
        }
        const CliResult enough = shell(cli_, "ulimit -S -s 1024; ulimit -S -n 64; " + evaluate_);
        QVERIFY2(enough.code == 0, enough.err.constData());
        const CliResult drawn = shell(cli_, "ulimit -S -s 1024; ulimit -S -n 64; QT_QPA_PLATFORM=offscreen $R2T2 figure published-transitions --out few.svg");
        QVERIFY2(drawn.code == 0, drawn.err.constData());
    }

    /// What follows "--" is no option.
    void namesThatBeginWithADash() {
        const QString picture = R2T2_TEST_DATA "/cases/studio-latin1-name/picture.jpg";
        const CliResult result = shell(cli_, "cp '" + picture + "' ./-dash.jpg && $R2T2 --json inspect --model model --question 'what is it?' --reference-samples 60 --quiet -- -dash.jpg");
        QVERIFY2(result.code == 0 && result.out.contains("-dash.jpg"), result.err.constData());
        const CliResult session = shell(cli_, "cp closed.sqlite ./-dash.sqlite && $R2T2 verify -- -dash.sqlite");
        QVERIFY2(session.code == 0, session.err.constData());
    }

    /// Nobody's home: what would be kept is not, or is refused; nothing is written where everybody may write.
    void withoutHome() {
        const auto homeless = [](QProcessEnvironment& environment) {
            for (const char* name : {"HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"}) {
                environment.remove(name);
            }
        };
        const QStringList before = QDir::temp().entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot);
        const CliResult result = shell(cli_, "mkdir -p work && cd work && " + QString(evaluate_).replace("--model model", "--model ../model"), homeless);
        QVERIFY2(result.code == 0, result.err.constData());
        QVERIFY(QDir(cli_.path("work")).isEmpty());
        for (const QString& name : QDir::temp().entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot)) {
            QVERIFY2(before.contains(name) || !name.contains("r2t2"), qPrintable(name));
        }
        QVERIFY(!QFile::exists("/tmp/.cache/r2t2") && !QFile::exists("/tmp/.local/share/r2t2"));
        // A home that cannot be written: sessions are refused with the reason, the rest goes on.
        const auto read_only = [&](QProcessEnvironment& environment) {
            homeless(environment);
            environment.insert("HOME", "/proc");
        };
        const CliResult without = shell(cli_, evaluate_, read_only);
        QVERIFY2(without.code == 0, without.err.constData());
        const CliResult with = shell(cli_, QString(evaluate_).remove("--no-session"), read_only);
        QVERIFY2(with.code == 1 && with.err.contains("/proc/.local/share/r2t2"), with.err.constData());
    }

    /// The processor's own kernels, what the user says instead, and what doctor knows about both.
    void kernels() {
        const auto doctor = [&](const QString& before) {
            const CliResult result = shell(cli_, before + " $R2T2 --json doctor --model model");
            return QJsonDocument::fromJson(result.out).object();
        };
        const QJsonObject automatic = doctor("");
        QVERIFY(!automatic["processor"].toString().isEmpty() && !automatic["processor_can"].toString().isEmpty());
        const QJsonObject blas = automatic["blas"].toObject();
        if (!blas["library"].toString().startsWith("OpenBLAS")) {
            QSKIP("no OpenBLAS on this machine");
        }
        QCOMPARE(blas["products"].toString(), QString("right"));
        QVERIFY(!blas["kernels"].toString().isEmpty() && blas["threads"].toInt() > 0);
        const QJsonObject users = doctor("OPENBLAS_CORETYPE=Prescott");
        QCOMPARE(users["blas"].toObject()["kernels"].toString(), QString("Prescott"));
        QCOMPARE(users["environment"].toObject()["OPENBLAS_CORETYPE"].toString(), QString("Prescott"));
        QCOMPARE(doctor("XDG_CACHE_HOME=/proc")["blas"].toObject()["kernels"].toString(), blas["kernels"].toString());  // nothing can be kept
        const CliResult inspected = shell(cli_, "OPENBLAS_CORETYPE=Nehalem $R2T2 --json inspect " R2T2_TEST_DATA "/cases/studio-latin1-name/picture.jpg --model model --question 'what is it?' --reference-samples 60 --quiet");
        QVERIFY2(inspected.code == 0, inspected.err.constData());
        QCOMPARE(QJsonDocument::fromJson(inspected.out).object()["computed_on"].toObject()["kernels"].toString(), QString("Nehalem"));
    }

    /// Case studio-latin1-name, of the command line: names are bytes there, and text in JSON.
    void namesThatAreNoText() {
        const QString picture = R2T2_TEST_DATA "/cases/studio-latin1-name/picture.jpg";
        const CliResult result = shell(cli_, "name=$(printf 'lat\\xe9in'); cp '" + picture + "' \"$name.jpg\" && $R2T2 --json inspect \"$name.jpg\" --model model "
                                             "--question 'what is it?' --reference-samples 60 --quiet");
        QVERIFY2(result.code == 0, result.err.constData());
        QVERIFY(QJsonDocument::fromJson(result.out).object()["image_path"].toString().contains("lat"));
        const CliResult session = shell(cli_, "name=$(printf 'lat\\xe9in'); " + QString(evaluate_).replace("--no-session", "--session \"$name.sqlite\"") +
                                              " >/dev/null && $R2T2 verify \"$name.sqlite\" && $R2T2 --json export \"$name.sqlite\" --out \"$name\" >/dev/null && test -d \"$name\"");
        QVERIFY2(session.code == 0, session.err.constData());
        // Every text that an export, an evaluation and a choice of parameters write is UTF-8, and says the name.
        const CliResult written = shell(cli_, "name=$(printf 'lat\\xe9in'); for each in \"$name\"/*; do iconv -f UTF-8 -t UTF-8 \"$each\" >/dev/null || echo \"$each\"; done; "
                                              "grep -c '^% session lat.xe9in.sqlite, ' \"$name/table.tex\" >/dev/null || echo table.tex; "
                                              "grep -q '\"session\": \"file:lat%E9in.sqlite\"' \"$name/results.json\" || echo results.json");
        QCOMPARE(written.out, QByteArray());
        const CliResult tuned = shell(cli_, "name=$(printf 'tun\\xe9'); $R2T2 tune --model model --eval G-dim --samples 2 --methods kr --sweep num-neighbors=1,2 --reference-samples 60 --quiet "
                                            "--session \"$name.sqlite\" --out \"$name.json\" >/dev/null && iconv -f UTF-8 -t UTF-8 \"$name.tuning.json\" && iconv -f UTF-8 -t UTF-8 \"$name.json\" >/dev/null");
        QVERIFY2(tuned.code == 0, tuned.err.constData());
        QVERIFY2(QJsonDocument::fromJson(tuned.out).object()["session"].toString().endsWith("tun%E9.sqlite"), tuned.out.constData());
        const CliResult model = shell(cli_, "name=$(printf 'mod\\xe9l'); mv model \"$name\" && " + QString(evaluate_).replace("--model model", "--json --model \"$name\"") +
                                            "; code=$?; mv \"$name\" model; exit $code");
        QVERIFY2(model.code == 0 && QJsonDocument::fromJson(model.out).isObject(), model.err.constData());
        const CliResult missing = shell(cli_, "$R2T2 --json score \"$(printf 'n\\xe9.jsonl')\"");
        QVERIFY2(missing.code == 2, missing.err.constData());
    }
};

QTEST_GUILESS_MAIN(TestAppProcess)
#include "test_app_process.moc"
