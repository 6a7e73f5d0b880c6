// Samples of an evaluation that are references too: found before it, stored with it, the same in shards and after a merge.
#include <QTemporaryDir>
#include <QTest>
#include <nlohmann/json.hpp>

#include "core/results/reference_samples.h"
#include "core/results/run_coverage.h"
#include "core/routing/sweep.h"
#include "core/run/evaluation_job.h"
#include "core/run/evaluation_overlap.h"
#include "core/run/model_input.h"
#include "core/run/session_merge.h"
#include "core/session/session.h"
#include "tests/run/formula_model.h"

using namespace r2t2;

namespace {

MethodParams few() {
    MethodParams params;
    params.steps = 2;
    params.k = 3;
    return params;
}

struct Ground {
    EvaluationGround open;
    std::vector<SampleSetPtr> sets;  ///< of the second some samples are references
    std::vector<std::string> ids;    ///< those
    Ground() {
        const auto context = formula_context(few(), 60, {Method::Base});
        open = {context->model, context->reference, "formula"};
        sets = {std::make_shared<FormulaSet>("other", 14), std::make_shared<FormulaSet>("references", 30, std::set<std::size_t>{}, std::set<std::size_t>{7})};
        for (int i = 0; i < 30; ++i) {
            const auto& records = context->reference->store().records();
            if (std::any_of(records.begin(), records.end(), [&](const ReferenceRecord& record) { return record.id == std::to_string(i); })) {
                ids.push_back(std::to_string(i));
            }
        }
    }
    [[nodiscard]] EvaluationPlan plan(const QString& session, Shard shard = {}) const {
        EvaluationPlan plan;
        plan.methods = method_list(few(), {Method::Ngd});
        plan.threads = 1;
        plan.shard = shard;
        plan.session = session.toStdString();
        return plan;
    }
};

RunInfo first_run(const std::string& session) {
    auto reader = SessionReader::open(session);
    return reader.ok() && !reader->runs()->empty() ? reader->runs()->front().info : RunInfo();
}

}  // namespace

class TestReferenceOverlap : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatIsFoundIsWhatIsExcluded() {
        const Ground ground;
        QVERIFY(ground.ids.size() > 5 && ground.ids.size() < 30);
        const auto found = evaluation_overlap(ground.open.reference->store(), ground.sets);
        QVERIFY(found.ok());
        QCOMPARE(found->samples, std::size_t{44});
        std::vector<std::string> ids;
        for (const SharedSample& sample : found->shared) {
            QCOMPARE(sample.set, std::string("references"));
            QVERIFY(sample.references.front().by == SamePicture::ByPath);
            QCOMPARE(ground.open.reference->store().records()[sample.references.front().record].id, sample.id);
            ids.push_back(sample.id);
        }
        QCOMPARE(ids, ground.ids);
        // An evaluation excludes these, and these alone.
        for (std::size_t i = 0; i < 30; ++i) {
            const auto sample = ground.sets[1]->get(i, ground.open.model->info());
            if (sample.ok()) {
                const bool excluded = !ground.open.reference->store().same_samples({"references", sample->image_path, sample->pixels_hash, sample->question}).empty();
                QCOMPARE(excluded, std::find(ids.begin(), ids.end(), std::to_string(i)) != ids.end());
            }
        }
        CancelToken cancel = CancelToken::create();
        cancel.cancel();
        QVERIFY(!evaluation_overlap(ground.open.reference->store(), ground.sets, {}, {}, cancel).ok());
    }

    /// The same pixels under another name, other pixels under the same name, a picture that cannot be opened.
    void contentDecidesWhereItIsKnown() {
        const Image red{1, 1, {255, 0, 0}}, blue{1, 1, {0, 0, 255}};
        std::vector<ReferenceRecord> records;
        for (int i = 0; i < 3; ++i) {
            ReferenceRecord record;
            record.id = "r" + std::to_string(i);
            record.question = "question " + std::to_string(i) + " of set";
            record.image_path = i == 0 ? "/elsewhere.png" : "set/" + std::to_string(i) + ".png";
            record.pixels_hash = hash_pixels(red);
            record.routing = RoutingMatrix(1, 6, std::vector<double>(6, 1.0 / 3.0));
            records.push_back(record);
        }
        const auto store = ReferenceStore::create({"", "", RoutingSpace::moai(1), {}}, records);
        QVERIFY(store.ok());
        auto set = std::make_shared<FormulaSet>("set", 4);
        set->pictures = {{0, red}, {1, blue}};
        const auto found = evaluation_overlap(*store, {set});
        QVERIFY(found.ok());
        QCOMPARE(found->shared.size(), std::size_t{2});
        QCOMPARE(found->shared[0].id + " " + std::string(to_string(found->shared[0].references[0].by)), std::string("0 picture content"));
        QCOMPARE(found->shared[1].id + " " + std::string(to_string(found->shared[1].references[0].by)), std::string("2 path"));
        QCOMPARE(found->unread, std::size_t{1});  // nobody asks about the fourth
        QVERIFY2(found->text().find("2 of 4 samples are references too (set: 0, 2); of 1 the picture could not be opened: its path alone was compared") == 0, found->text().c_str());
    }

    void aRunKeepsIt() {
        const Ground ground;
        QTemporaryDir directory;
        const auto run = run_evaluation(ground.plan(directory.filePath("s")), ground.open, ground.sets, {});
        QVERIFY(run.ok());
        QCOMPARE(run->report.provenance.overlap->shared.size(), ground.ids.size());
        const RunInfo info = first_run(directory.filePath("s").toStdString());
        QCOMPARE(reference_samples(info)->count, static_cast<std::int64_t>(ground.ids.size()));
        QCOMPARE(reference_samples(info)->ids.front(), "references: " + ground.ids.front());
        QCOMPARE(reference_samples_of(info, "other")->count, std::int64_t{0});
        QVERIFY(!reference_samples_of(info, "a third"));
        const auto json = nlohmann::json::parse(report_json(run->report));
        QCOMPARE(json["provenance"]["reference_samples"]["count"].get<std::size_t>(), ground.ids.size());
        // No neighbour is the sample itself.
        auto reader = SessionReader::open(directory.filePath("s").toStdString());
        for (const SampleRow& row : *reader->samples(run->runs.back())) {
            const auto sample = reader->sample(row.id);
            for (const ReferenceName& neighbour : sample.ok() ? sample->neighbours : std::vector<ReferenceName>()) {
                QVERIFY(row.info.id.set != "references" || neighbour.id != row.info.id.key);
            }
        }
    }

    void shardsTellTheirPartAndAMergeAll() {
        const Ground ground;
        QTemporaryDir directory;
        std::vector<std::filesystem::path> parts;
        std::int64_t sum = 0;
        for (std::size_t i = 0; i < 3; ++i) {
            const QString path = directory.filePath(QString::number(i));
            const auto run = run_evaluation(ground.plan(path, {i, 3}), ground.open, ground.sets, {});
            QVERIFY(run.ok());
            const std::int64_t here = reference_samples(first_run(path.toStdString()))->count;
            QVERIFY(here < static_cast<std::int64_t>(ground.ids.size()));
            sum += here;
            parts.push_back(path.toStdString());
        }
        QCOMPARE(sum, static_cast<std::int64_t>(ground.ids.size()));
        const std::string joined = directory.filePath("joined").toStdString();
        QVERIFY(merge_sessions(parts, joined, "r2t2 merge", {}, {}).ok());
        QCOMPARE(reference_samples(first_run(joined))->count, sum);
    }

    void whatIsStoredIsSaid_data() {
        QTest::addColumn<QString>("config");
        QTest::addColumn<QString>("text");  ///< "?": not known
        QTest::newRow("an older program") << "{}" << "?";
        QTest::newRow("no config") << "no JSON" << "?";
        QTest::newRow("not ours") << R"({"reference_samples": {"sets": {"a": {"count": "3"}}}})" << "?";
        QTest::newRow("below none") << R"({"reference_samples": {"sets": {"a": {"count": -1, "ids": []}}}})" << "?";
        QTest::newRow("none") << R"({"reference_samples": {"sets": {"a": {"count": 0, "ids": []}}}})" << "";
        QTest::newRow("one") << R"({"reference_samples": {"sets": {"a": {"count": 1, "ids": ["x"]}}}})" << "1 is a reference too (x), not its own neighbour";
        QTest::newRow("several sets") << R"({"reference_samples": {"sets": {"a": {"count": 1, "ids": ["x"]}, "b": {"count": 1, "ids": ["x"]}}}})"
                                      << "2 are references too (a: x, b: x), none its own neighbour";
        QTest::newRow("many") << R"({"reference_samples": {"sets": {"a": {"count": 40, "ids": ["1","2","3","4","5","6"]}}}})"
                              << "40 are references too (1, 2, 3, 4, 5 and 35 more), none its own neighbour";
    }
    void whatIsStoredIsSaid() {
        QFETCH(QString, config);
        QFETCH(QString, text);
        StoredRun run;
        run.state = RunState::Finished;
        run.info.config = config.toStdString();
        const RunCoverage coverage = run_coverage(run);
        QCOMPARE(coverage.references ? QString::fromStdString(coverage.references->text()) : QString("?"), text);
        QCOMPARE(coverage.whole(), text.size() < 2);  // beside such numbers a word stands
        QCOMPARE(coverage.text().find("reference") != std::string::npos, text.size() > 1);
    }
};

QTEST_GUILESS_MAIN(TestReferenceOverlap)
#include "test_reference_overlap.moc"
