// A run goes on with the model that it was begun with, one program at a time, and says how. Cases fault-config-outside-identity,
// fault-evaluation-name-race, fault-two-resumes, fault-resume-hint.
#include <QTemporaryDir>
#include <QTest>

#include <thread>

#include "core/base/log.h"
#include "core/run/evaluation_job.h"
#include "core/session/session.h"
#include "tests/run/formula_model.h"

using namespace r2t2;

namespace {

using Parts = std::map<std::string, std::string>;

const Parts kOwn = {{"config.json: moai.expert_heads", "4"}, {"config.json: eos_token_id", "2"}, {"tokenizer.model", "aa"}, {"weights", "ff"}};

Parts with(const std::string& part, const std::string& value) {
    Parts parts = kOwn;
    parts[part] = value;
    return parts;
}

MethodParams fast() {
    MethodParams params;
    params.initial_lr = 0.5;
    params.final_lr = 0.05;
    return params;
}

/// The references were built by the same model: only the run's own check is looked at.
EvaluationContext context_of(const Parts& parts, std::uint64_t seed = 1) {
    EvaluationContext context = formula_context(fast(), 60, {Method::Base, Method::Ngd}).value();
    context.model = std::make_shared<FormulaModel>(parts);
    context.seed = seed;
    return context;
}

std::vector<SampleSetPtr> sets() { return {std::make_shared<FormulaSet>("set", 12)}; }

template <typename T>
std::string said(const Result<T>& result) {
    return result ? std::string("no error") : result.error().message();
}

/// Takes the log's warnings as long as it lives.
class Warnings {
public:
    Warnings() {
        set_log_sink([this](const LogLine& line) {
            if (line.level == LogLevel::Warning) {
                lines.push_back(line.text);
            }
        }, false);
    }
    ~Warnings() { set_log_sink({}); }
    std::vector<std::string> lines;
};

/// As an older program wrote it: without what is kept since.
void forget(const std::string& path, const std::vector<std::string>& keys) {
    auto reader = SessionReader::open(path);
    auto runs = *reader->runs();
    QFile::remove(QString::fromStdString(path));
    auto writer = SessionWriter::create(path);
    std::vector<RunInfo> infos;
    for (StoredRun& run : runs) {
        auto config = nlohmann::ordered_json::parse(run.info.config);
        for (const std::string& key : keys) {
            config.erase(key);
        }
        run.info.config = config.dump();
        infos.push_back(run.info);
    }
    (void)writer->begin_runs(infos);
}

}  // namespace

class TestRunIdentity : public QObject {
    Q_OBJECT

    QTemporaryDir directory_;
    [[nodiscard]] std::string path(const char* name) const { return directory_.filePath(name).toStdString(); }

    static Result<std::unique_ptr<SessionRecorder>> begin(const std::string& path, const EvaluationContext& context) {
        return SessionRecorder::begin(path, provenance_of(context), context, sets());
    }
    static Result<std::unique_ptr<SessionRecorder>> resume(const std::string& path, const EvaluationContext& context) {
        return SessionRecorder::resume(path, provenance_of(context), context, sets());
    }

private Q_SLOTS:
    void another_model_is_refused_by_name_data() {
        QTest::addColumn<QString>("part");
        QTest::addColumn<QString>("value");
        QTest::newRow("config") << "config.json: moai.expert_heads" << "8";
        QTest::newRow("end of answers") << "config.json: eos_token_id" << "3";
        QTest::newRow("tokenizer") << "tokenizer.model" << "bb";
        QTest::newRow("weights") << "weights" << "ee";
        QTest::newRow("a field more") << "config.json: new_field" << "1";
    }
    void another_model_is_refused_by_name() {
        QFETCH(QString, part);
        QFETCH(QString, value);
        const std::string file = path(QTest::currentDataTag());
        QVERIFY(begin(file, context_of(kOwn)).ok());
        QVERIFY(resume(file, context_of(kOwn)).ok());
        const auto refused = resume(file, context_of(with(part.toStdString(), value.toStdString())));
        QVERIFY(!refused.ok());
        QCOMPARE(refused.error().kind, ErrorKind::InvalidInput);  // exit code 2
        QCOMPARE(refused.error().field, "model: " + part.toStdString());
        QCOMPARE(refused.error().found, value.toStdString());
        QVERIFY(resume(file, context_of(kOwn)).ok());  // nothing was touched
    }

    void beams_and_lengths_belong_to_the_run() {
        const EvaluationContext context = context_of(kOwn);
        const std::string file = path("beams");
        QVERIFY(begin(file, context).ok());
        const auto stored = stored_config(file);
        QCOMPARE(stored["generation"]["beams"], 1);
        QCOMPARE(stored["generation"]["max_new_tokens"], 16);
        QCOMPARE(stored["model"]["identity"], identity_of(kOwn));
        QCOMPARE(stored["device"], "cpu");
    }

    void runs_from_before_go_on_with_a_warning() {
        const std::string file = path("old");
        QVERIFY(begin(file, context_of(kOwn)).ok());
        forget(file, {"model", "generation", "reference", "device"});
        Warnings warnings;
        QVERIFY2(resume(file, context_of(kOwn)).ok(), "weights match");
        QCOMPARE(warnings.lines.size(), std::size_t{1});
        QVERIFY2(warnings.lines.front().find("only which weights") != std::string::npos, warnings.lines.front().c_str());
        const auto plan = plan_of_session(file);
        QVERIFY(!plan.ok() || plan->source.model_identity.empty());
    }

    void two_evaluations_have_two_names_and_go_on_both() {
        const std::string file = path("names");
        const EvaluationContext one = context_of(kOwn, 1), two = context_of(kOwn, 2);
        std::vector<std::thread> threads;
        std::vector<std::string> failures(2);
        for (std::size_t i = 0; i < 2; ++i) {  // at once, each with a connection of its own
            threads.emplace_back([&, i] {
                const EvaluationContext& context = i == 0 ? one : two;
                auto recorder = begin(file, context);
                if (!recorder) {
                    failures[i] = said(recorder);
                    return;
                }
                const auto evaluation = evaluate(context, sets(), {.threads = 1}, recorder->get(), {}, {});
                const Status done = evaluation ? (*recorder)->finish(*evaluation) : Status(evaluation.error());
                failures[i] = done ? "" : done.error().message();
            });
        }
        for (std::thread& thread : threads) {
            thread.join();
        }
        QCOMPARE(failures, (std::vector<std::string>{"", ""}));
        auto reader = SessionReader::open(file);
        std::map<std::string, int> names;
        const auto runs = *reader->runs();
        for (const StoredRun& run : runs) {
            ++names[nlohmann::json::parse(run.info.config)["evaluation"].get<std::string>()];
            QCOMPARE(run.samples, std::int64_t{12});
            QCOMPARE(run.state, RunState::Finished);
        }
        QCOMPARE(names.size(), std::size_t{2});
        QCOMPARE(names.begin()->second, 2);
        QVERIFY(reader->verify()->empty());
        for (const EvaluationContext* context : {&one, &two}) {  // whichever was begun last
            const auto again = resume(file, *context);
            QVERIFY2(again.ok(), said(again).c_str());
        }
    }

    void a_name_that_was_taken_is_passed_over() {
        const std::string file = path("taken");
        const EvaluationContext context = context_of(kOwn);
        {
            auto writer = SessionWriter::create(file);
            RunInfo info;
            info.name = info.method = "base";
            info.space = RoutingSpace::moai(2);
            info.config = R"({"evaluation": "evaluation 2"})";
            QVERIFY(writer->begin_run(info).ok());
        }
        QVERIFY(begin(file, context).ok());
        QCOMPARE(stored_config(file)["evaluation"], "evaluation 3");
    }

    void the_second_writer_is_refused_and_the_first_goes_on() {
        const std::string file = path("writers");
        const EvaluationContext context = context_of(kOwn);
        { QVERIFY(begin(file, context).ok()); }  // cut before the first sample
        auto first = resume(file, context);
        QVERIFY2(first.ok(), said(first).c_str());
        const auto second = resume(file, context);
        QVERIFY(!second.ok());
        QCOMPARE(second.error().kind, ErrorKind::Io);  // exit code 1
        QVERIFY2(said(second).find("another program is writing this run") != std::string::npos, said(second).c_str());
        const auto plan = plan_of_session(file);
        QVERIFY(!plan.ok());
        QVERIFY2(said(plan).find("data") != std::string::npos || said(plan).find("another program") != std::string::npos, said(plan).c_str());
        const auto evaluation = evaluate(context, sets(), {.threads = 1}, first->get(), {}, {});
        QVERIFY(evaluation.ok() && (*first)->finish(*evaluation).ok());
        first = cancelled();
        QVERIFY(resume(file, context).ok());
        auto reader = SessionReader::open(file);
        QCOMPARE(reader->runs()->front().samples, std::int64_t{12});
    }

    void the_ground_is_kept_and_the_command_can_be_typed() {
        const std::string file = path("my runs.sqlite");
        EvaluationPlan plan;
        const EvaluationContext context = context_of(kOwn);
        plan.data.sets = {"G-dim"};
        plan.methods = context.methods;
        plan.session = file;
        plan.source.model = "models/moai";
        plan.source.reference = {"", 120, 7, 0, 0, "embeddings.npy"};
        const EvaluationGround ground{context.model, context.reference, "formula"};
        const auto run = run_evaluation(plan, ground, sets(), {});
        QVERIFY2(run.ok(), said(run).c_str());
        const auto again = plan_of_session(file);
        QVERIFY2(again.ok(), said(again).c_str());
        const std::string here = QDir::currentPath().toStdString();
        QCOMPARE(again->source.model, here + "/models/moai");
        QCOMPARE(again->source.reference.embedding, here + "/embeddings.npy");
        QCOMPARE(again->source.reference.candidates, std::size_t{120});
        QCOMPARE(again->source.reference.seed, std::uint64_t{7});
        QCOMPARE(again->source.model_identity, identity_of(kOwn));
        QVERIFY(again->resume && again->claim);
        QCOMPARE(resume_command("my runs.sqlite", *run), std::string("r2t2 evaluate --resume --session 'my runs.sqlite'"));
        QCOMPARE(resume_command("-x.sqlite", *run), std::string("r2t2 evaluate --resume --session ./-x.sqlite"));
        QCOMPARE(resume_command("it's.sqlite", *run), std::string("r2t2 evaluate --resume --session 'it'\\''s.sqlite'"));
        EvaluationRun older = *run;
        older.last_evaluation = false;
        QCOMPARE(resume_command("s.sqlite", older), std::string("r2t2 evaluate --resume --session s.sqlite --run 1"));
    }

    void an_evaluation_is_chosen_by_one_of_its_runs() {
        const std::string file = path("chosen");
        const EvaluationContext context = context_of(kOwn);
        EvaluationPlan plan;
        plan.data.sets = {"G-dim"};
        plan.methods = context.methods;
        plan.session = file;
        const EvaluationGround ground{context.model, context.reference, "formula"};
        QVERIFY(run_evaluation(plan, ground, sets(), {}).ok());
        plan.seed = 2;
        QVERIFY(run_evaluation(plan, ground, sets(), {}).ok());
        QCOMPARE(plan_of_session(file)->seed, std::uint64_t{2});
        QCOMPARE(plan_of_session(file, 2)->seed, std::uint64_t{1});
        QCOMPARE(plan_of_session(file, 2)->claim->first_run(), std::int64_t{1});
        QVERIFY2(said(plan_of_session(file, 9)).find("--run") != std::string::npos, said(plan_of_session(file, 9)).c_str());
    }

private:
    static nlohmann::json stored_config(const std::string& file) {
        auto reader = SessionReader::open(file);
        return nlohmann::json::parse(reader->runs()->back().info.config);
    }
};

QTEST_APPLESS_MAIN(TestRunIdentity)
#include "test_run_identity.moc"
