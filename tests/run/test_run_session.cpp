// What is printed is what is stored; a cut run goes on to the same totals.
#include <QTemporaryDir>
#include <QTest>

#include "core/results/result_table.h"
#include "core/run/evaluation_session.h"
#include "core/session/session_reader.h"
#include "core/session/sqlite.h"
#include "tests/run/formula_model.h"

using namespace r2t2;

namespace {

/// The formula model on a machine too small for two samples: one runs out of memory while it is prepared, the other in every
/// batch of losses or answers that it is in.
class HungryModel final : public Model {
public:
    HungryModel(std::string unprepared, std::string unanswered, std::string precision = "fp32")
        : info_(model_.info()), unprepared_(std::move(unprepared)), unanswered_(std::move(unanswered)) {
        info_.precision = std::move(precision);
    }
    [[nodiscard]] const ModelInfo& info() const override { return info_; }
    [[nodiscard]] const RoutingSpace& routing_space() const override { return model_.routing_space(); }
    void work_side_by_side(bool) const override {}
    [[nodiscard]] Result<PreparedSamplePtr> prepare(const ModelInput& input) const override {
        if (input.question == unprepared_) {
            return no_memory();
        }
        Result<PreparedSamplePtr> sample = model_.prepare(input);
        if (sample && input.question == unanswered_) {
            large_ = *sample;
        }
        return sample;
    }
    [[nodiscard]] Result<Embedding> embed(const ModelInput& input) const override { return model_.embed(input); }
    [[nodiscard]] Result<MixerView> look(const PreparedSample& sample, const RoutingAction& action) const override {
        return model_.look(sample, action);
    }
    [[nodiscard]] Result<TokenSample> token_sample(const ModelInput& input) const override { return model_.token_sample(input); }
    [[nodiscard]] Result<std::vector<std::int32_t>> tokenize(const std::string& text) const override { return model_.tokenize(text); }
    [[nodiscard]] Result<std::vector<LossGradient>> loss_and_gradient(std::span<const RoutedQuery> queries, bool gradient) const override {
        return holds_large(queries) ? Result<std::vector<LossGradient>>(no_memory()) : model_.loss_and_gradient(queries, gradient);
    }
    [[nodiscard]] Result<std::vector<Answer>> answer(std::span<const RoutedQuery> queries) const override {
        return holds_large(queries) ? Result<std::vector<Answer>>(no_memory()) : model_.answer(queries);
    }
    [[nodiscard]] Passes passes() const override { return model_.passes(); }
    [[nodiscard]] Result<std::shared_ptr<const Model>> tuned_gates() const override { return model_.tuned_gates(); }

private:
    static Error no_memory() { return {ErrorKind::OutOfMemory, "answer", {}, "not enough memory for 1 sample", "smaller batches"}; }
    [[nodiscard]] bool holds_large(std::span<const RoutedQuery> queries) const {
        return std::any_of(queries.begin(), queries.end(), [this](const RoutedQuery& q) { return large_ && q.sample == large_.get(); });
    }
    FormulaModel model_;
    ModelInfo info_;
    std::string unprepared_, unanswered_;
    mutable PreparedSamplePtr large_;  ///< written before the sample's group is served
};

}  // namespace

class TestRunSession : public QObject {
    Q_OBJECT

private:
    static MethodParams fast() {
        MethodParams params;
        params.initial_lr = 0.5;
        params.final_lr = 0.05;
        return params;
    }
    static Result<Evaluation> run(const EvaluationContext& context, const std::vector<SampleSetPtr>& sets,
                                  SessionRecorder& recorder, const CancelToken& cancel = {}) {
        Result<Evaluation> evaluation = evaluate(context, sets, {.threads = 1}, &recorder, {}, cancel);
        if (evaluation) {
            R2T2_TRY(recorder.finish(*evaluation));
        }
        return evaluation;
    }

    static void finish_one(const std::string& path, const EvaluationContext& context, const std::vector<SampleSetPtr>& sets) {
        auto recorder = SessionRecorder::begin(path, provenance_of(context), context, sets);
        QVERIFY2(recorder.ok(), recorder.ok() ? "" : recorder.error().message().c_str());
        const auto done = run(context, sets, **recorder);
        QVERIFY2(done.ok(), done.ok() ? "" : done.error().message().c_str());
    }
    static void behind_its_back(const std::string& path, const QString& sql) {
        auto database = sqlite::Database::open(path, sqlite::OpenMode::Write);
        const Status done = database->execute("PRAGMA foreign_keys = OFF; " + sql.toStdString());
        QVERIFY2(done.ok(), done.ok() ? "" : done.error().message().c_str());
    }
    /// Of every run, as it stands in the file.
    static std::vector<std::string> states(const std::string& path) {
        auto database = sqlite::Database::open(path, sqlite::OpenMode::Read);
        auto statement = database->prepare("SELECT id || state || IFNULL(finished, '') || checksum FROM runs ORDER BY id");
        std::vector<std::string> out;
        while (*statement->step()) {
            out.push_back(statement->text(0));
        }
        return out;
    }

private Q_SLOTS:
    void the_session_says_what_the_report_says() {
        QTemporaryDir directory;
        const std::string path = directory.filePath("a.sqlite").toStdString();
        const auto context = formula_context(fast());
        QVERIFY(context.ok());
        const std::vector<SampleSetPtr> sets = {std::make_shared<FormulaSet>("set", 30, std::set<std::size_t>{4})};
        auto recorder = SessionRecorder::begin(path, provenance_of(*context), *context, sets);
        QVERIFY2(recorder.ok(), recorder.ok() ? "" : recorder.error().message().c_str());
        const auto evaluation = run(*context, sets, **recorder);
        QVERIFY2(evaluation.ok(), evaluation.ok() ? "" : evaluation.error().message().c_str());
        const EvaluationReport report = make_report(*evaluation, provenance_of(*context));

        auto reader = SessionReader::open(path);
        QVERIFY(reader.ok());
        const auto runs = reader->runs();
        QVERIFY(runs.ok());
        QCOMPARE(runs->size(), all_methods().size());
        for (std::size_t m = 0; m < runs->size(); ++m) {
            QCOMPARE((*runs)[m].state, RunState::Finished);
            QCOMPARE((*runs)[m].samples, std::int64_t{30});
            QCOMPARE((*runs)[m].errors, std::int64_t{1});
            const auto correctness = reader->correctness((*runs)[m].id);
            QVERIFY(correctness.ok());
            const std::vector<StepTransitions> stored = transitions(correctness->steps);
            const std::vector<StepTransitions>& printed = report.overall.methods[m].steps;
            QCOMPARE(stored.size(), printed.size());
            for (std::size_t t = 0; t < stored.size(); ++t) {
                QVERIFY(stored[t].from_start == printed[t].from_start);
            }
        }
        // The window's table reads the same intervals and tests from the session.
        const auto results = evaluation_results(*reader, runs->front().id);
        QVERIFY(results.ok());
        const ResultTable table = result_table(*results);
        QCOMPARE(table.rows.size(), report.overall.methods.size());
        for (std::size_t m = 0; m < table.rows.size(); ++m) {
            const ClusteredResult &read = table.rows[m].sets[0].told, &printed = report.sets[0].methods[m].told;
            QCOMPARE(read.p, printed.p);
            QCOMPARE(read.clusters, printed.clusters);
            QCOMPARE(read.interval.low, printed.interval.low);
            QCOMPARE(read.gain.high, printed.gain.high);
            QVERIFY(m == 0 ? std::isnan(read.holm_p) : read.holm_p == printed.holm_p);
        }
        const auto faults = reader->verify();
        QVERIFY(faults.ok());
        QVERIFY(faults->empty());
    }

    /// A sample that memory is too small for fails alone: its neighbours in the batch, the run and the session go on.
    void out_of_memory_fails_one_sample() {
        QTemporaryDir directory;
        const std::string path = directory.filePath("m.sqlite").toStdString();
        auto context = formula_context(fast());
        QVERIFY(context.ok());
        const std::vector<SampleSetPtr> sets = {std::make_shared<FormulaSet>("set", 24)};
        const auto healthy = evaluate(*context, sets, {.threads = 1}, nullptr, {}, {});
        QVERIFY(healthy.ok() && healthy->errors == 0);
        context->model = std::make_shared<HungryModel>("question 5 of set", "question 9 of set");
        auto recorder = SessionRecorder::begin(path, provenance_of(*context), *context, sets);
        QVERIFY(recorder.ok());
        const auto evaluation = run(*context, sets, **recorder);
        QVERIFY2(evaluation.ok(), evaluation.ok() ? "" : evaluation.error().message().c_str());
        QCOMPARE(evaluation->done, std::int64_t{24});
        QCOMPARE(evaluation->errors, std::int64_t{2});
        for (std::size_t i = 0; i < 24; ++i) {
            const SampleOutcome& outcome = evaluation->sets[0].samples[i];
            QCOMPARE(outcome.error.has_value(), i == 5 || i == 9);
            if (outcome.error) {
                QCOMPARE(outcome.error->kind, ErrorKind::OutOfMemory);
                QVERIFY(outcome.error->message().find("set: sample " + std::to_string(i)) != std::string::npos);
            } else {
                QVERIFY(outcome.methods == healthy->sets[0].samples[i].methods);
            }
        }
        auto reader = SessionReader::open(path);
        QVERIFY(reader.ok());
        const auto runs = reader->runs();
        QCOMPARE(runs->size(), all_methods().size());
        for (const StoredRun& stored : *runs) {
            QCOMPARE(stored.state, RunState::Finished);
            QCOMPARE(stored.samples, std::int64_t{24});
            QCOMPARE(stored.errors, std::int64_t{2});
        }
        QVERIFY(reader->verify()->empty());
    }

    /// A run keeps its precision: weights of the same hash in 4 bits are not the model that it began with.
    void precision_belongs_to_the_run() {
        QTemporaryDir directory;
        const std::string path = directory.filePath("p.sqlite").toStdString();
        auto context = formula_context(fast());
        QVERIFY(context.ok());
        const std::vector<SampleSetPtr> sets = {std::make_shared<FormulaSet>("set", 3)};
        const auto resume = [&](const char* precision) {
            context->model = std::make_shared<HungryModel>("", "", precision);
            return SessionRecorder::resume(path, provenance_of(*context), *context, sets);
        };
        context->model = std::make_shared<HungryModel>("", "", "nf4");
        QCOMPARE(provenance_of(*context).precision, std::string("nf4"));
        QVERIFY(SessionRecorder::begin(path, provenance_of(*context), *context, sets).ok());
        QVERIFY(resume("nf4").ok());
        const auto refused = resume("fp32");
        QVERIFY(!refused.ok());
        QCOMPARE(refused.error().field, std::string("precision of the model"));
        QCOMPARE(refused.error().found, std::string("fp32"));
        QVERIFY2(refused.error().allowed.starts_with("nf4"), refused.error().message().c_str());
    }

    /// A neighbourhood can be drawn from the session alone.
    void neighbours_carry_what_the_reference_store_knows() {
        QTemporaryDir directory;
        const std::string path = directory.filePath("n.sqlite").toStdString();
        const auto context = formula_context(fast());
        QVERIFY(context.ok());
        const std::vector<SampleSetPtr> sets = {std::make_shared<FormulaSet>("set", 3, std::set<std::size_t>{})};
        auto recorder = SessionRecorder::begin(path, provenance_of(*context), *context, sets);
        QVERIFY(recorder.ok());
        QVERIFY(run(*context, sets, **recorder).ok());
        auto reader = SessionReader::open(path);
        std::size_t neighbours = 0;
        const auto runs = reader->runs();
        for (const StoredRun& stored : *runs) {
            const auto rows = reader->samples(stored.id);
            for (const SampleRow& row : *rows) {
                const auto sample = reader->sample(row.id);
                QVERIFY2(sample.ok(), sample.ok() ? "" : sample.error().message().c_str());
                for (std::size_t i = 0; i < sample->neighbours.size(); ++i) {
                    const ReferenceName& name = sample->neighbours[i];
                    const ReferenceRecord& record = context->reference->store().records()[sample->trajectory.neighbourhood.neighbours[i].index];
                    QVERIFY(name.id == record.id && name.routing == record.routing && name.question == record.question);
                    QVERIFY(name.answer == record.ground_truth && name.image_path == record.image_path);
                    ++neighbours;
                }
            }
        }
        QVERIFY(neighbours > 10);
    }

    void a_cut_run_goes_on_to_the_same_totals() {
        QTemporaryDir directory;
        const std::string path = directory.filePath("cut.sqlite").toStdString();
        const auto context = formula_context(fast());
        QVERIFY(context.ok());
        auto set = std::make_shared<FormulaSet>("set", 40, std::set<std::size_t>{4}, std::set<std::size_t>{30});
        const std::vector<SampleSetPtr> sets = {set};
        const auto whole = evaluate(*context, sets, {}, nullptr, {}, {});
        QVERIFY(whole.ok());

        const CancelToken cancel = CancelToken::create();
        set->on_get = [&cancel](std::size_t index) {
            if (index == 17) {
                cancel.cancel();
            }
        };
        {
            auto recorder = SessionRecorder::begin(path, provenance_of(*context), *context, sets);
            QVERIFY(recorder.ok());
            const auto cut = run(*context, sets, **recorder, cancel);
            QVERIFY(cut.ok());
            QCOMPARE(cut->done, std::int64_t{16});  // whole groups of four
        }
        // The bad sample is tried again, and with it its group, so that batches are the same as in one go.
        set->on_get = [](std::size_t index) {
            QVERIFY2(index >= 16 || (index >= 4 && index < 8), "a finished group was run again");
        };
        auto recorder = SessionRecorder::resume(path, provenance_of(*context), *context, sets);
        QVERIFY2(recorder.ok(), recorder.ok() ? "" : recorder.error().message().c_str());
        const auto rest = run(*context, sets, **recorder);
        QVERIFY2(rest.ok(), rest.ok() ? "" : rest.error().message().c_str());
        QCOMPARE(rest->done, whole->done);
        QCOMPARE(rest->errors, whole->errors);
        for (std::size_t i = 0; i < set->size(); ++i) {
            QVERIFY2(rest->sets[0].samples[i].methods == whole->sets[0].samples[i].methods, std::to_string(i).c_str());
        }
    }

    /// Ten thousand samples took half a minute of silence. What was stored is read under its stage's name, can be cancelled, and then
    /// nothing is written.
    void what_is_stored_is_read_with_progress() {
        QTemporaryDir directory;
        const std::string path = directory.filePath("read.sqlite").toStdString();
        const auto context = formula_context(fast());
        QVERIFY(context.ok());
        const std::vector<SampleSetPtr> sets = {std::make_shared<FormulaSet>("set", 30, std::set<std::size_t>{4})};
        finish_one(path, *context, sets);
        const std::vector<std::string> before = states(path);
        const auto rows = static_cast<std::int64_t>(30 * context->methods.size());
        std::vector<Progress> told;
        const auto listen = [&told](const Progress& progress) { told.push_back(progress); };
        const CancelToken cancel = CancelToken::create();
        const auto cut = SessionRecorder::resume(path, provenance_of(*context), *context, sets, nullptr,
                                                 [&](const Progress& progress) {
                                                     listen(progress);
                                                     cancel.cancel();
                                                 },
                                                 cancel);
        QVERIFY(!cut.ok());
        QCOMPARE(cut.error().kind, ErrorKind::Cancelled);
        QCOMPARE(told.size(), std::size_t{1});  // the first row; no further one was read
        QCOMPARE(told.front().done, std::int64_t{1});
        QCOMPARE(states(path), before);
        told.clear();
        const auto whole = SessionRecorder::resume(path, provenance_of(*context), *context, sets, nullptr, listen);
        QVERIFY2(whole.ok(), whole.ok() ? "" : whole.error().message().c_str());
        QVERIFY(told.size() >= 2);
        for (const Progress& each : told) {
            QCOMPARE(each.stage, std::string("read stored samples"));
            QCOMPARE(each.total, rows);  // of every method, failed ones too
        }
        QCOMPARE(told.back().done, rows);
        QCOMPARE(told.back().detail, "run " + std::to_string(context->methods.size()));
    }

    void resuming_with_other_parameters_is_refused() {
        QTemporaryDir directory;
        const std::string path = directory.filePath("other.sqlite").toStdString();
        const auto context = formula_context(fast());
        QVERIFY(context.ok());
        const std::vector<SampleSetPtr> sets = {std::make_shared<FormulaSet>("set", 5)};
        {
            auto recorder = SessionRecorder::begin(path, provenance_of(*context), *context, sets);
            QVERIFY(recorder.ok());
            QVERIFY(run(*context, sets, **recorder).ok());
        }
        MethodParams other = fast();
        other.k = 3;
        const auto changed = formula_context(other);
        QVERIFY(changed.ok());
        const auto resumed = SessionRecorder::resume(path, provenance_of(*changed), *changed, sets);
        QVERIFY(!resumed.ok());
        QVERIFY2(resumed.error().message().find("parameters") != std::string::npos, resumed.error().message().c_str());
        const std::vector<SampleSetPtr> bigger = {std::make_shared<FormulaSet>("set", 6)};
        const auto data = SessionRecorder::resume(path, provenance_of(*context), *context, bigger);
        QVERIFY(!data.ok());
        QVERIFY2(data.error().message().find("sample 5") != std::string::npos, data.error().message().c_str());
    }

    /// Rows changed behind the program's back. A run that cannot go on stays as it is stored: what it lacks stays an error.
    void a_refused_resume_leaves_the_runs_as_they_are_data() {
        QTest::addColumn<QString>("sql");
        QTest::addColumn<QString>("says");
        const QString row = "(SELECT MAX(id) FROM samples WHERE run_id = 2)";
        QTest::newRow("steps are gone") << "DELETE FROM steps WHERE sample_id = " + row << "steps: found 0 rows";
        QTest::newRow("one step is gone") << "DELETE FROM steps WHERE step = 1 AND sample_id = " + row << "a gap before it";
        QTest::newRow("a step is another") << "UPDATE steps SET answer = 'x' WHERE step = 1 AND sample_id = " + row << "step 1: checksum";
        QTest::newRow("neighbours are gone") << "DELETE FROM neighbours WHERE sample_id = " + row << "neighbours: found 0 rows";
        QTest::newRow("a sample is another") << "UPDATE samples SET final_answer = 'x' WHERE id = " + row << "checksum";
        QTest::newRow("and a sample is gone") << "DELETE FROM steps WHERE sample_id = " + row + "; DELETE FROM samples WHERE id = 1" << "steps: found 0 rows";
    }
    void a_refused_resume_leaves_the_runs_as_they_are() {
        QFETCH(QString, sql);
        QFETCH(QString, says);
        QTemporaryDir directory;
        const std::string path = directory.filePath("damaged.sqlite").toStdString();
        const auto context = formula_context(fast(), 120, {Method::Base, Method::Ngd});
        QVERIFY(context.ok());
        const std::vector<SampleSetPtr> sets = {std::make_shared<FormulaSet>("set", 6)};
        finish_one(path, *context, sets);
        behind_its_back(path, sql);
        const std::vector<std::string> before = states(path);
        QCOMPARE(before.size(), std::size_t{2});
        const auto resumed = SessionRecorder::resume(path, provenance_of(*context), *context, sets);
        QVERIFY(!resumed.ok());
        QVERIFY2(resumed.error().message().find(says.toStdString()) != std::string::npos, resumed.error().message().c_str());
        QVERIFY2(resumed.error().message().find("a sound session to go on with") != std::string::npos, resumed.error().message().c_str());
        QVERIFY(states(path) == before);
    }

    /// What is left of deleted samples neither keeps a run from going on nor becomes part of another sample.
    void a_deleted_sample_is_run_again_data() {
        QTest::addColumn<QString>("which");
        QTest::newRow("the last") << "(SELECT MAX(id) FROM samples)";
        QTest::newRow("the first") << "(1)";
        QTest::newRow("many") << "(SELECT id FROM samples WHERE id > 5)";
        QTest::newRow("all of a run") << "(SELECT id FROM samples WHERE run_id = 2)";
        QTest::newRow("all") << "(SELECT id FROM samples)";
    }
    void a_deleted_sample_is_run_again() {
        QFETCH(QString, which);
        QTemporaryDir directory;
        const std::string path = directory.filePath("deleted.sqlite").toStdString();
        const auto context = formula_context(fast(), 120, {Method::Base, Method::Ngd});
        QVERIFY(context.ok());
        const std::vector<SampleSetPtr> sets = {std::make_shared<FormulaSet>("set", 6)};
        const auto whole = evaluate(*context, sets, {}, nullptr, {}, {});
        finish_one(path, *context, sets);
        behind_its_back(path, "DELETE FROM samples WHERE id IN " + which);
        QVERIFY(!SessionReader::open(path)->verify()->empty());
        {
            auto recorder = SessionRecorder::resume(path, provenance_of(*context), *context, sets);
            QVERIFY2(recorder.ok(), recorder.ok() ? "" : recorder.error().message().c_str());
            const auto rest = run(*context, sets, **recorder);
            QVERIFY2(rest.ok(), rest.ok() ? "" : rest.error().message().c_str());
            for (std::size_t i = 0; i < sets[0]->size(); ++i) {
                QVERIFY(rest->sets[0].samples[i].methods == whole->sets[0].samples[i].methods);
            }
        }
        const auto faults = SessionReader::open(path)->verify();
        QVERIFY2(faults->empty(), faults->empty() ? "" : faults->front().message().c_str());
        for (const StoredRun& each : *SessionReader::open(path)->runs()) {
            QCOMPARE(each.state, RunState::Finished);
            QCOMPARE(each.samples, std::int64_t{6});
        }
    }

    /// Of a new evaluation too: it removes nothing that another run has lost.
    void another_evaluation_beside_orphans() {
        QTemporaryDir directory;
        const std::string path = directory.filePath("beside.sqlite").toStdString();
        const auto context = formula_context(fast(), 120, {Method::Base, Method::Ngd});
        QVERIFY(context.ok());
        const std::vector<SampleSetPtr> sets = {std::make_shared<FormulaSet>("set", 6)};
        finish_one(path, *context, sets);
        behind_its_back(path, "DELETE FROM samples WHERE id > 10");
        const std::size_t faults = SessionReader::open(path)->verify()->size();
        finish_one(path, *context, sets);
        auto reader = SessionReader::open(path);
        QCOMPARE(reader->verify()->size(), faults);
        QCOMPARE(reader->run(4)->samples, std::int64_t{6});
    }

    void a_session_without_evaluation_cannot_be_resumed() {
        QTemporaryDir directory;
        const auto context = formula_context(fast(), 120, {Method::Base});
        QVERIFY(context.ok());
        const std::vector<SampleSetPtr> sets = {std::make_shared<FormulaSet>("set", 5)};
        const std::string path = directory.filePath("none.sqlite").toStdString();
        QVERIFY(!SessionRecorder::resume(path, provenance_of(*context), *context, sets).ok());
    }
};

QTEST_APPLESS_MAIN(TestRunSession)
#include "test_run_session.moc"
