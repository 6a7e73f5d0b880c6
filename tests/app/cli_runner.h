// Runs the real r2t2 with a random checkpoint and directories of its own.
#pragma once

#include <QDir>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include "tests/support/patience.h"


namespace r2t2 {

struct CliResult {
    int code = -1;
    QByteArray out;
    QByteArray err;
};

class CliRunner {
public:
    [[nodiscard]] bool prepare() {
        const QString bundled = QStringLiteral(R2T2_SOURCE_DIR "/resources/miniature/");
        bool ok = directory_.isValid() && QDir().mkpath(model());
        for (const char* each : {"config.json", "model.safetensors", "tokenizer.model"}) {  // the paper's rates, not its own
            ok = ok && QFile::copy(bundled + each, model() + "/" + each);
        }
        return ok;
    }
    [[nodiscard]] QString path(const QString& name) const { return directory_.filePath(name); }
    [[nodiscard]] QString model() const { return path("model"); }
    [[nodiscard]] static QString program() { return QStringLiteral(R2T2_BINARY_DIR "/r2t2"); }

    void set_up(QProcess& process) const {
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert("XDG_CACHE_HOME", path("cache"));
        environment.insert("XDG_DATA_HOME", path("data"));
        environment.insert("R2T2_RESOURCES", path("resources"));
        process.setProcessEnvironment(environment);
        process.setWorkingDirectory(directory_.path());
        process.setProgram(program());
    }
    [[nodiscard]] CliResult run(const QStringList& arguments) const {
        QProcess process;
        set_up(process);
        process.setArguments(arguments);
        process.start();
        CliResult result;
        if (process.waitForFinished(kPatience)) {
            result.code = process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -2;
        }
        result.out = process.readAllStandardOutput();
        result.err = process.readAllStandardError();
        return result;
    }
    /// evaluate on bundled sets with the bundled model and a small reference set.
    [[nodiscard]] QStringList evaluate(const QStringList& more) const {
        return QStringList{"evaluate", "--model", model(), "--reference-samples", "160", "--quiet"} + more;
    }

private:
    QTemporaryDir directory_;
};

}  // namespace r2t2
