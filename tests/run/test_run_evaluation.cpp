#include <QTest>

#include "core/run/evaluation.h"
#include "tests/run/formula_model.h"

using namespace r2t2;

class TestRunEvaluation : public QObject {
    Q_OBJECT

private:
    static std::vector<SampleSetPtr> two_sets() {
        return {std::make_shared<FormulaSet>("first", 40), std::make_shared<FormulaSet>("second", 30)};
    }
    static MethodParams fast() {
        MethodParams params;
        params.initial_lr = 0.5;
        params.final_lr = 0.05;
        return params;
    }

private Q_SLOTS:
    void every_method_runs_and_starts_at_base() {
        const auto context = formula_context(fast());
        QVERIFY2(context.ok(), context.ok() ? "" : context.error().message().c_str());
        const auto result = evaluate(*context, two_sets(), {}, nullptr, {}, {});
        QVERIFY2(result.ok(), result.ok() ? "" : result.error().message().c_str());
        QCOMPARE(result->done, std::int64_t{70});
        for (const SetOutcome& set : result->sets) {
            for (const SampleOutcome& sample : set.samples) {
                QCOMPARE(sample.methods.size(), all_methods().size());
                for (const MethodOutcome& method : sample.methods) {
                    QCOMPARE(method.correct.front(), sample.methods.front().right());
                }
            }
        }
    }

    void threads_do_not_change_results() {
        const auto context = formula_context(fast());
        QVERIFY(context.ok());
        const auto one = evaluate(*context, two_sets(), {.threads = 1}, nullptr, {}, {});
        const auto three = evaluate(*context, two_sets(), {.threads = 3}, nullptr, {}, {});
        QVERIFY(one.ok() && three.ok());
        for (std::size_t s = 0; s < one->sets.size(); ++s) {
            for (std::size_t i = 0; i < one->sets[s].samples.size(); ++i) {
                QVERIFY(one->sets[s].samples[i].methods == three->sets[s].samples[i].methods);
            }
        }
    }

    void a_set_alone_gives_what_it_gives_among_others() {
        const auto context = formula_context(fast());
        QVERIFY(context.ok());
        const auto both = evaluate(*context, two_sets(), {}, nullptr, {}, {});
        const auto alone = evaluate(*context, {two_sets()[1]}, {}, nullptr, {}, {});
        QVERIFY(both.ok() && alone.ok());
        for (std::size_t i = 0; i < alone->sets[0].samples.size(); ++i) {
            QVERIFY(both->sets[1].samples[i].methods == alone->sets[0].samples[i].methods);
        }
    }

    void bad_samples_are_recorded_and_skipped() {
        const auto context = formula_context(fast());
        QVERIFY(context.ok());
        const std::vector<SampleSetPtr> sets = {
            std::make_shared<FormulaSet>("mixed", 20, std::set<std::size_t>{3}, std::set<std::size_t>{7, 8})};
        const auto result = evaluate(*context, sets, {}, nullptr, {}, {});
        QVERIFY(result.ok());
        QCOMPARE(result->errors, std::int64_t{3});
        QCOMPARE(result->done, std::int64_t{20});
        QVERIFY(!result->too_many_errors);
        const std::string message = result->sets[0].samples[7].error->message();
        for (const char* part : {"mixed: sample 7", "picture 7.png", "image", "nothing", "a picture"}) {
            QVERIFY2(message.find(part) != std::string::npos, message.c_str());
        }
    }

    void too_many_bad_samples_stop_the_run() {
        const auto context = formula_context(fast());
        QVERIFY(context.ok());
        const std::vector<SampleSetPtr> sets = {
            std::make_shared<FormulaSet>("mixed", 50, std::set<std::size_t>{1, 2, 3, 4, 5})};
        const auto result = evaluate(*context, sets, {.threads = 1, .max_errors = 2}, nullptr, {}, {});
        QVERIFY(result.ok());
        QVERIFY(result->too_many_errors);
        QCOMPARE(result->errors, std::int64_t{3});
        QCOMPARE(result->done, std::int64_t{4});
    }

    void a_cancelled_run_keeps_what_is_done() {
        const auto context = formula_context(fast());
        QVERIFY(context.ok());
        auto set = std::make_shared<FormulaSet>("cut", 60);
        const CancelToken cancel = CancelToken::create();
        set->on_get = [&cancel](std::size_t index) {
            if (index == 25) {
                cancel.cancel();
            }
        };
        const auto result = evaluate(*context, {set}, {.threads = 1}, nullptr, {}, cancel);
        QVERIFY(result.ok());
        QVERIFY(result->interrupted);
        QCOMPARE(result->done, std::int64_t{24});  // whole groups of four
        QCOMPARE(result->errors, std::int64_t{0});
    }

    void parameters_are_checked_before_anything_runs_data() {
        QTest::addColumn<int>("what");
        QTest::addColumn<QString>("expected");
        QTest::newRow("k") << 0 << "--num-neighbors: found 100000";
        QTest::newRow("steps") << 1 << "steps";
        QTest::newRow("rate") << 2 << "lr";
        QTest::newRow("epsilon") << 3 << "epsilon";
    }
    void parameters_are_checked_before_anything_runs() {
        QFETCH(int, what);
        QFETCH(QString, expected);
        auto context = formula_context(fast());
        QVERIFY(context.ok());
        for (MethodParams& params : context->methods) {
            params.k = what == 0 ? 100000 : params.k;
            params.steps = what == 1 ? 0 : params.steps;
            params.initial_lr = what == 2 ? -1.0 : params.initial_lr;
            params.epsilon = what == 3 ? std::optional(-0.5) : params.epsilon;
        }
        const auto result = evaluate(*context, two_sets(), {}, nullptr, {}, {});
        QVERIFY(!result.ok());
        QVERIFY2(QString::fromStdString(result.error().message()).contains(expected), result.error().message().c_str());
    }

    void an_empty_ball_keeps_the_base_answer() {
        MethodParams params = fast();
        params.epsilon = 1e-7;
        const auto context = formula_context(params);
        QVERIFY(context.ok());
        const auto result = evaluate(*context, two_sets(), {}, nullptr, {}, {});
        QVERIFY2(result.ok(), result.ok() ? "" : result.error().message().c_str());
        for (const MethodOutcome& method : result->sets[0].samples[0].methods) {
            MethodParams of_method = params;
            of_method.method = method.method;
            if (uses_neighbours(of_method)) {
                QVERIFY(method.kept_base);
                QCOMPARE(method.right(), result->sets[0].samples[0].methods.front().right());
            }
        }
        QCOMPARE(result->errors, std::int64_t{0});
    }

    void an_evaluation_sample_among_the_references_is_not_its_own_neighbour() {
        auto context = formula_context(fast(), 120, {Method::Base, Method::Ngd});
        QVERIFY(context.ok());
        const auto set = std::make_shared<FormulaSet>("references", 120);
        const ReferenceRecord& record = context->reference->store().records().front();
        const auto index = static_cast<std::size_t>(std::stoul(record.id));
        auto sample = set->get(index, context->model->info());
        QVERIFY(sample.ok());
        const auto run = run_sample(*context, std::move(*sample), "references", index, {});
        QVERIFY(run.ok());
        for (const Neighbour& neighbour : run->trajectories.back().neighbourhood.neighbours) {
            QVERIFY(neighbour.index != 0);
        }
    }

    void the_cache_stays_within_its_budget() {
        PreparedCache cache(3500);
        int made = 0;
        const auto get = [&](std::size_t index) {
            return cache.get(index, [&]() -> Result<PreparedSamplePtr> {
                ++made;
                return PreparedSamplePtr(std::make_shared<FormulaSample>(RoutingMatrix(2, 6, 1.0 / 3), 0));
            });
        };
        for (const std::size_t index : {0, 1, 2, 0, 3, 0, 1}) {  // 3 drops 1, the least recently used
            QVERIFY(get(index).ok());
        }
        QCOMPARE(made, 5);
        QVERIFY(cache.counts().bytes <= 3500);
        QCOMPARE(cache.counts().hits, std::int64_t{2});
    }

    /// A prepared sample of MoAI-7B takes some 95 MB in bfloat16: the memory for them grows with the model.
    void the_budget_grows_with_the_model() {
        ModelInfo model;
        model.weight_bytes = 4'000'000;
        QCOMPARE(default_cache_bytes(model), std::size_t{256} << 20);
        model.weight_bytes = 17'737'275'440;
        QVERIFY(default_cache_bytes(model) > 20 * std::size_t{95'000'000});
        QVERIFY(default_cache_bytes(model) < std::size_t(model.weight_bytes) / 4);
    }
};

QTEST_APPLESS_MAIN(TestRunEvaluation)
#include "test_run_evaluation.moc"
