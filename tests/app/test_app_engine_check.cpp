// r2t2-engine-check: the engine without the rest, and what it says where there is no device or no sense.
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>

#include "tests/support/patience.h"

class TestAppEngineCheck final : public QObject {
    Q_OBJECT

    struct Ran {
        int code = -1;
        QString out, err;
    };
    static Ran run(const QStringList& arguments, const QProcessEnvironment& environment = QProcessEnvironment::systemEnvironment()) {
        QProcess process;
        process.setProcessEnvironment(environment);
        process.start(QStringLiteral(R2T2_BINARY_DIR "/r2t2-engine-check"), arguments);
        if (!process.waitForFinished(r2t2::kPatience)) {
            return {};
        }
        return {process.exitCode(), QString::fromUtf8(process.readAllStandardOutput()), QString::fromUtf8(process.readAllStandardError())};
    }

private Q_SLOTS:
    void times_the_bundled_model() {
        const Ran ran = run({"--model", R2T2_SOURCE_DIR "/resources/miniature", "-k", "2", "--steps", "3"});
        QVERIFY2(ran.code == 0, qPrintable(ran.out + ran.err));
        QVERIFY2(ran.out.contains("MoAI miniature, fp32 on cpu: 878220 parameters"), qPrintable(ran.out));
        // Three steps of two neighbours; base and result are answered.
        QVERIFY2(QRegularExpression("\nngd [0-9.]+ s a sample, 8\\.0 forward and 6\\.0 backward passes").match(ran.out).hasMatch(), qPrintable(ran.out));
        for (const char* line : {"\nprepare ", "\nkernel-regression ", "\nmode-finding ", "\noracle "}) {
            QVERIFY2(ran.out.contains(QLatin1String(line)), line);
        }
    }

    void makes_a_model_of_random_numbers_and_leaves_nothing() {
        const QTemporaryDir folder;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert("TMPDIR", folder.path());
        const Ran ran = run({"--config", "small", "--precision", "nf4", "-k", "1", "--steps", "1", "--methods", "ngd"}, environment);
        QVERIFY2(ran.code == 0, qPrintable(ran.out + ran.err));
        QVERIFY2(ran.out.contains("random checkpoint small: ") && ran.out.contains(", nf4 on cpu: "), qPrintable(ran.out));
        QVERIFY(QDir(folder.path()).isEmpty());
    }

    void says_what_is_wrong() {
        const Ran device = run({"--device", "cuda", "--kernels-only"});
        QVERIFY2(device.out.contains("kernel"), qPrintable(device.out + device.err));  // checked, or why not
        QVERIFY2(device.code == 0 || device.out.contains("kernels not run: "), qPrintable(device.out));
        const Ran option = run({"--colour", "red"});
        QVERIFY2(option.code == 1 && option.err.contains("unknown option --colour"), qPrintable(option.err));
        QVERIFY2(run({"--steps", "none"}).err.contains("--steps: found \"none\"; allowed: a positive number"), "steps");
        QVERIFY2(run({"--model", "/no/such", "--precision", "fp12"}).err.contains("found \"fp12\"; allowed: fp32"), "precision");
        QVERIFY2(run({"--config", "huge"}).err.contains("huge"), "config");
        QVERIFY2(run({"--model", "/no/such/folder"}).err.contains("/no/such/folder"), "model");
    }
};

QTEST_GUILESS_MAIN(TestAppEngineCheck)
#include "test_app_engine_check.moc"
