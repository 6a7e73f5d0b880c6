// Tuning on runs that a session holds: what was stored is what is chosen from. And descents that were stopped, in an evaluation's numbers.
#include <QTemporaryDir>
#include <QTest>
#include <nlohmann/json.hpp>

#include "core/checkpoint/rerouting_file.h"
#include "core/results/run_results.h"
#include "core/run/evaluation_job.h"
#include "core/run/tuning_output.h"
#include "tests/run/formula_model.h"
#include "tests/support/files.h"

using namespace r2t2;

namespace {

MethodParams fast() {
    MethodParams params;
    params.initial_lr = 0.5;
    params.final_lr = 0.05;
    return params;
}

template <typename T>
std::string said(const Result<T>& result) {
    return result ? std::string("no error") : result.error().message();
}

struct Ground {
    EvaluationGround open;
    Ground() {
        const auto context = formula_context(fast(), 120, {Method::Base});
        open = {context->model, context->reference, "formula"};
    }
};

EvaluationPlan plan_of(const MethodParams& common, const std::vector<Method>& methods, const std::vector<SweepAxis>& axes, const std::filesystem::path& session) {
    EvaluationPlan plan;
    plan.methods = *swept(method_list(common, methods), axes);
    plan.sweep = axes;
    plan.threads = 1;
    plan.data.split = "validation";
    plan.session = session;
    return plan;
}

std::vector<TrialRun> trial_runs(const EvaluationRun& run) {
    std::vector<TrialRun> out;
    for (std::size_t m = 0; m < run.runs.size(); ++m) {
        const MethodReport& numbers = run.report.overall.methods[m];
        out.push_back({run.runs[m], run.report.provenance.methods[m], numbers.forward + numbers.backward});
    }
    return out;
}

}  // namespace

class TestRunTuning : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void what_was_stored_is_chosen_from() {
        const QTemporaryDir folder;
        const Ground ground;
        const std::vector<SampleSetPtr> sets = {std::make_shared<FormulaSet>("one", 21, std::set<std::size_t>{4}), std::make_shared<FormulaSet>("two", 14)};
        const EvaluationPlan plan = plan_of(fast(), {Method::Ngd, Method::KernelRegression}, {{"num-neighbors", {"1", "5", "9"}}, {"initial-lr", {"0.1", "0.5"}}},
                                            folder.filePath("session").toStdString());
        const auto run = run_evaluation(plan, ground.open, sets, {});
        QVERIFY2(run.ok(), said(run).c_str());
        auto session = SessionReader::open(plan.session.string());
        const auto trials = read_trials(*session, trial_runs(*run), {"num-neighbors", "initial-lr"});
        QVERIFY2(trials.ok(), said(trials).c_str());
        QCOMPARE(trials->settings.size(), std::size_t{9});
        QCOMPARE(trials->base.size(), std::size_t{34});
        QCOMPARE(trials->left_out, std::int64_t{1});  // the one that could not be run
        const auto tuning = tune(*trials);
        QVERIFY2(tuning.ok(), said(tuning).c_str());
        for (const MethodTuning& method : tuning->methods) {
            for (const TriedSetting& setting : method.settings) {
                const auto at = std::find(run->runs.begin(), run->runs.end(), setting.run) - run->runs.begin();
                const MethodReport& report = run->report.overall.methods[static_cast<std::size_t>(at)];
                QCOMPARE(setting.right, report.right);
                QCOMPARE(setting.harmed, report.against_base.right_wrong);
                QCOMPARE(setting.mended, report.against_base.wrong_right);
                QVERIFY(setting.params == run->report.provenance.methods[static_cast<std::size_t>(at)]);
            }
        }
        const std::string text = tuning_text(*tuning, run->report);
        for (const char* part : {"34 samples", "not every setting was scored on 1 sample: in no number", "NGD: 6 settings", "kernel regression: 3 settings", "chosen: "}) {
            QVERIFY2(text.find(part) != std::string::npos, text.c_str());
        }
        const auto json = nlohmann::json::parse(tuning_json(*tuning, run->report), nullptr, false);
        QVERIFY(!json.is_discarded() && json["methods"].size() == 2 && json["left_out"] == 1);

        const auto file = rerouting_json(*tuning, run->report);
        QVERIFY2(file.ok(), said(file).c_str());
        write_file(std::filesystem::path(folder.path().toStdString()) / "rerouting.json", *file);
        MethodParams read;
        const auto applied = apply_recommended(folder.path().toStdString(), read);
        QVERIFY2(applied.ok() && *applied, said(applied).c_str());
        const MethodTuning& ngd = tuning->methods.front();
        MethodParams chosen = ngd.settings[ngd.chosen].params;
        chosen.method = read.method;
        chosen.seed = read.seed;
        QVERIFY2(read == chosen, file->c_str());

        const auto no_base = read_trials(*session, {trial_runs(*run)[1]}, {});
        QVERIFY(!no_base.ok() && no_base.error().allowed.find("base") != std::string::npos);
    }

    /// None that was chosen is written by its word: what is written can be read.
    void none_is_written_by_its_word() {
        for (const ParameterRow& row : parameter_table()) {
            if (row.kind != ParameterKind::OptionalNumber) {
                continue;
            }
            const QTemporaryDir folder;
            Trials trials{{}, {1, 0, 1}, {0, 1, 2}, 0, {row.name}, {}};
            MethodParams params;
            params.method = *parse_method(users_of(row).front());
            params.mode_neighbourhood = ModeNeighbourhood::Task;
            row.access.set(params, {});
            trials.settings.push_back({params, 2, {1, 1, 1}, 10.0});
            row.access.set(params, 0.5);
            trials.settings.push_back({params, 3, {0, 0, 0}, 10.0});
            const auto tuning = tune(trials);
            QVERIFY2(tuning.ok() && tuning->methods.front().chosen == 0, said(tuning).c_str());
            const auto file = rerouting_json(*tuning, {});
            QVERIFY2(file.ok() && file->find(std::string("\"") + row.field + "\": \"" + row.none + "\"") != std::string::npos, file->c_str());
            write_file(std::filesystem::path(folder.path().toStdString()) / "rerouting.json", *file);
            MethodParams read;
            row.access.set(read, 0.5);
            const auto applied = apply_recommended(folder.path().toStdString(), read);
            QVERIFY2(applied.ok() && *applied, said(applied).c_str());
            QVERIFY(row.access.get(read) == ParameterValue());
        }
    }

    /// The answer of the last step stands: counted at every step after it, in memory and from the session, for the controls too.
    void a_stopped_descents_answer_stands() {
        const QTemporaryDir folder;
        const Ground ground;
        const std::vector<SampleSetPtr> sets = {std::make_shared<FormulaSet>("one", 40)};
        MethodParams common = fast();
        common.stop_change = 0.02;
        const EvaluationPlan plan = plan_of(common, {Method::Ngd, Method::Oracle, Method::RandomNeighbours}, {}, folder.filePath("session").toStdString());
        const auto run = run_evaluation(plan, ground.open, sets, {});
        QVERIFY2(run.ok(), said(run).c_str());
        auto session = SessionReader::open(plan.session.string());
        for (std::size_t m = 1; m < run->runs.size(); ++m) {
            std::size_t longest = 0, shortest = 100;
            for (const SampleOutcome& sample : run->evaluation.sets[0].samples) {
                const std::vector<std::optional<bool>>& steps = sample.methods[m].correct;
                longest = std::max(longest, steps.size());
                shortest = std::min(shortest, steps.size());
                QVERIFY(std::all_of(steps.begin(), steps.end(), [](const std::optional<bool>& each) { return each.has_value(); }));
            }
            QVERIFY(shortest < longest && longest <= 11);
            const MethodReport& report = run->report.overall.methods[m];
            const auto stored = run_results(*session, run->runs[m]);
            QVERIFY2(stored.ok(), said(stored).c_str());
            QCOMPARE(report.steps.size(), longest);
            QCOMPARE(stored->overall.steps.size(), longest);
            for (std::size_t t = 0; t < longest; ++t) {
                std::int64_t right = 0;
                for (const SampleOutcome& sample : run->evaluation.sets[0].samples) {
                    const std::vector<std::optional<bool>>& steps = sample.methods[m].correct;
                    right += *steps[std::min(t, steps.size() - 1)] ? 1 : 0;
                }
                QCOMPARE(report.steps[t].scored, std::int64_t{40});
                QCOMPARE(report.steps[t].right, right);
                QCOMPARE(stored->overall.steps[t].scored, std::int64_t{40});
                QCOMPARE(stored->overall.steps[t].right, right);
            }
            QCOMPARE(report.right, report.steps.back().right);
        }
        // Without a rule the ends of these are all that is answered, as before.
        MethodParams oracle = fast();
        oracle.method = Method::Oracle;
        QVERIFY(!evaluation_params(oracle).answer_steps && !evaluation_params(oracle).final_objective);
        oracle.stop_margin = 0.5;  // which it does not look at
        QVERIFY(!evaluation_params(oracle).answer_steps);
        oracle.method = Method::RandomNeighbours;
        QVERIFY(evaluation_params(oracle).answer_steps);
    }
};

QTEST_APPLESS_MAIN(TestRunTuning)
#include "test_run_tuning.moc"
