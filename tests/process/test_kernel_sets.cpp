// The golden tensors under every kernel set of OpenBLAS that this processor can run: other instructions and other orders of summing, the
// same model. Each in a process of its own, since a library chooses once. R2T2_SHARE=2/6: every sixth of them, from the second on; else all.
#include <QtTest>

#include "core/process/blas_kernels.h"

using namespace r2t2;

class TestKernelSets : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void golden_data() {
        QTest::addColumn<QString>("kernels");
        QTest::addColumn<QString>("program");
        const KernelTrial own = try_blas_kernels("");
        if (own.kernels.empty()) {
            QSKIP("no OpenBLAS on this machine");
        }
        const QList<QByteArray> share = qgetenv("R2T2_SHARE").split('/');
        const int first = share.size() == 2 ? share[0].toInt() - 1 : 0, of = share.size() == 2 ? share[1].toInt() : 1;
        QVERIFY(of > 0 && first >= 0 && first < of);
        int row = 0;
        for (const KernelSet& set : kernel_sets_for(features_of(read_cpuid()))) {
            if (try_blas_kernels(set.name).kernels != set.name) {
                continue;  // not in this library
            }
            for (const char* program : {"golden_units", "golden_vision", "golden_decoder", "golden_routing", "golden_generation", "golden_precision", "model_gradients"}) {
                if (row++ % of != first) {
                    continue;
                }
                QTest::newRow((set.name + " " + program).c_str()) << QString::fromStdString(set.name) << QString(program);
            }
        }
    }
    void golden() {
        QFETCH(QString, kernels);
        QFETCH(QString, program);
        QProcess process;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert("OPENBLAS_CORETYPE", kernels);
        process.setProcessEnvironment(environment);
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.start(QCoreApplication::applicationDirPath() + "/test_" + program, {});
        QVERIFY(process.waitForFinished(600000));
        const QByteArray said = process.readAll();
        QVERIFY2(process.exitStatus() == QProcess::NormalExit && process.exitCode() == 0, said.right(3000).constData());
    }
};

QTEST_GUILESS_MAIN(TestKernelSets)
#include "test_kernel_sets.moc"
