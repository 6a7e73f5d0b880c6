// The workbench goes on with a run on what the run stands on, not on what happens to be open (case fault-resume-hint).
#include <QTemporaryDir>
#include <QtTest>

#include "core/inspect/opened_inspector.h"
#include "core/run/evaluation_job.h"
#include "core/run/places.h"
#include "core/session/session.h"

using namespace r2t2;

class TestResumeGround final : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;

    [[nodiscard]] std::string path(const char* name) const { return folder_.filePath(QLatin1String(name)).toStdString(); }

    /// A run on two beams and sixty candidates, cut after `samples`.
    void begin(const std::string& session, std::size_t samples) const {
        ModelOptions options;
        options.beams = 2;
        const auto model = open_model(bundled_model_directory(), options).value();
        EvaluationPlan plan;
        plan.source.beams = 2;
        plan.source.reference.candidates = 60;
        OpenedReference reference = open_reference(plan.source.reference, model, {}, {}).value();
        plan.data.sets = {"G-dim"};
        plan.data.samples = 12;
        plan.methods = method_list({}, {Method::Base, Method::Ngd});
        plan.session = session;
        plan.threads = 1;
        EvaluationHooks hooks;
        hooks.cancel = CancelToken::create();
        std::size_t done = 0;
        hooks.on_outcome = [&](std::size_t, std::size_t, const SampleOutcome&) {
            if (++done == samples) {
                hooks.cancel.cancel();
            }
        };
        const auto run = run_evaluation(plan, {model, reference.set, reference.name}, open_sample_sets(plan.data).value(), hooks);
        QVERIFY2(run.ok(), run.ok() ? "" : run.error().message().c_str());
    }

    static std::vector<std::vector<std::string>> rows(const std::string& session) {
        SessionReader reader = SessionReader::open(session).value();
        std::vector<std::vector<std::string>> all;
        for (const StoredRun& run : reader.runs().value()) {
            for (const SampleRow& row : reader.samples(run.id).value()) {
                all.push_back({run.info.method, row.info.id.key, row.native_answer, row.final_answer, run.info.reference_hash});
            }
        }
        std::sort(all.begin(), all.end());
        return all;
    }

private Q_SLOTS:
    void initTestCase() { qputenv("XDG_CACHE_HOME", folder_.filePath("cache").toUtf8()); }

    void a_run_goes_on_on_its_own_model_and_references() {
        begin(path("whole"), 1000);
        begin(path("cut"), 4);
        QVERIFY(rows(path("cut")).size() < rows(path("whole")).size());
        const Result<InspectorPtr> inspector = OpenedInspector::open({}, {}, {});  // one beam, 2,400 candidates
        QVERIFY2(inspector.ok(), inspector.ok() ? "" : inspector.error().message().c_str());
        BenchmarkRequest request;
        request.session = path("cut");
        request.resume = true;
        BenchmarkStart told;
        BenchmarkHooks hooks;
        hooks.on_start = [&](const BenchmarkStart& start) { told = start; };
        const Result<BenchmarkEnd> end = (*inspector)->benchmark(request, hooks);
        QVERIFY2(end.ok(), end.ok() ? "" : end.error().message().c_str());
        QCOMPARE(end->done, std::int64_t{12});
        QVERIFY(told.own_references && told.own_model);  // the window names what is open
        QVERIFY(told.own_references->path.empty() && told.own_references->count > 0 && told.own_references->count <= 60);
        QVERIFY2(told.own_model->find("2 beams") != std::string::npos, told.own_model->c_str());
        QVERIFY(rows(path("cut")) == rows(path("whole")));
    }

    void a_run_that_is_being_written_is_left_alone() {
        begin(path("held"), 4);
        const auto plan = plan_of_session(path("held"));  // another program's claim
        QVERIFY(plan.ok());
        const auto before = rows(path("held"));
        const Result<InspectorPtr> inspector = OpenedInspector::open({}, {}, {});
        BenchmarkRequest request;
        request.session = path("held");
        request.resume = true;
        const Result<BenchmarkEnd> refused = (*inspector)->benchmark(request, {});
        QVERIFY(!refused.ok());
        QVERIFY2(refused.error().message().find("another program is writing this run") != std::string::npos, refused.error().message().c_str());
        QVERIFY(rows(path("held")) == before);
    }
};

QTEST_GUILESS_MAIN(TestResumeGround)
#include "test_resume_ground.moc"
