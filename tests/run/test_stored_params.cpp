// Parameters of runs that were stored before: those of every schema read as they did, and a run goes on although this program knows more of them.
#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <nlohmann/json.hpp>

#include "core/routing/method_params_json.h"
#include "core/run/evaluation_run_info.h"
#include "core/run/stored_settings.h"
#include "core/session/session.h"

using namespace r2t2;

class TestStoredParams : public QObject {
    Q_OBJECT

private Q_SLOTS:
    /// Sessions of schema 1 to 4; that of schema 2 has a configuration without parameters of ours.
    void of_old_sessions() {
        QTemporaryDir folder;
        int read = 0;
        for (int version = 1; version <= 4; ++version) {
            const QString file = folder.filePath(QString::number(version));
            QVERIFY(QFile::copy(QStringLiteral(R2T2_TEST_DATA "/session/version%1.r2t2").arg(version), file));
            auto session = SessionReader::open(file.toStdString());
            QVERIFY2(session.ok(), session.ok() ? "" : session.error().message().c_str());
            const auto runs = session->runs();
            QVERIFY(runs.ok());
            for (const StoredRun& run : *runs) {
                const Result<StoredSettings> settings = stored_settings(run);
                QVERIFY2(settings.ok(), settings.ok() ? "" : settings.error().message().c_str());
                QCOMPARE(settings->params.has_value(), version != 2);
                if (settings->params) {
                    MethodParams as_it_was;  // the paper's, but for the rates and the bandwidth of the bundled model then
                    as_it_was.method = *parse_method(run.info.method);
                    as_it_was.seed = 1;
                    as_it_was.initial_lr = 2.0;
                    as_it_was.final_lr = 1e-5;
                    as_it_was.kernel.bandwidth = 0.5;
                    QVERIFY2(*settings->params == as_it_was, method_params_json(*settings->params).c_str());
                    ++read;
                }
            }
        }
        QCOMPARE(read, 6);
    }

    /// In another order, and without what there was no choice of.
    void a_run_of_a_program_that_knew_less_goes_on() {
        MethodParams params;
        params.method = Method::Ngd;
        params.k = 7;
        RunInfo wanted;
        wanted.method = "ngd";
        wanted.config = nlohmann::ordered_json({{"scoring", "exact match"}, {"parameters", nlohmann::ordered_json::parse(method_params_json(params))}}).dump();
        const auto stored_with = [&](const nlohmann::ordered_json& parameters) {
            RunInfo stored = wanted;
            stored.config = nlohmann::ordered_json({{"scoring", "exact match"}, {"parameters", parameters}}).dump();
            return check_same_run(stored, wanted, "session: run 1");
        };
        nlohmann::ordered_json less = {{"num_neighbors", 7}, {"seed", 0}, {"method", "ngd"}, {"num_steps", 10}};
        QVERIFY(stored_with(less).ok());
        less["num_neighbors"] = 6;
        const Status other = stored_with(less);
        QVERIFY2(!other && other.error().field == "parameters: num_neighbors" && other.error().found == "7" && other.error().allowed == "6, as in the run that is resumed",
                 other.error().message().c_str());
        less["num_neighbors"] = 7;
        less["seed"] = 4;
        const Status seed = stored_with(less);
        QVERIFY2(!seed && seed.error().field == "parameters: seed" && seed.error().found == "0", seed.error().message().c_str());
        const RunInfo begun = wanted;
        wanted.config = nlohmann::ordered_json({{"scoring", "starts with"}, {"parameters", nlohmann::ordered_json::parse(method_params_json(params))}}).dump();
        const Status scoring = check_same_run(begun, wanted, "session: run 1");
        QVERIFY2(!scoring && scoring.error().field == "scoring" && scoring.error().found == "\"starts with\"", scoring.error().message().c_str());
        wanted = begun;
        less["num_neighbors"] = "seven";  // no run of ours: as it stands
        QVERIFY(!stored_with(less));
    }
};

QTEST_GUILESS_MAIN(TestStoredParams)
#include "test_stored_params.moc"
