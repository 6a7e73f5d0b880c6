#include <QTest>

#include <atomic>
#include <mutex>
#include <new>

#include "core/base/extra_threads.h"
#include "core/run/lockstep_model.h"
#include "tests/run/formula_model.h"
#include "tests/support/thread_limit.h"

using namespace r2t2;

namespace {

/// Passes everything on, remembers the batches, and fails every batch that holds the poisoned sample.
class WatchedModel final : public RoutedModel {
public:
    explicit WatchedModel(const PreparedSample* poison = nullptr) : poison_(poison) {}
    [[nodiscard]] const RoutingSpace& routing_space() const override { return model_.routing_space(); }
    [[nodiscard]] Result<std::vector<LossGradient>> loss_and_gradient(std::span<const RoutedQuery> queries,
                                                                      bool gradient) const override {
        losses.push_back(queries.size());
        one_kind = one_kind && std::all_of(queries.begin(), queries.end(), [&queries](const RoutedQuery& q) { return q.loss == queries.front().loss; });
        if (poisoned(queries)) {
            return invalid_input("model", "sample", "poison", "anything else");
        }
        return model_.loss_and_gradient(queries, gradient);
    }
    [[nodiscard]] Result<std::vector<Answer>> answer(std::span<const RoutedQuery> queries) const override {
        answers.push_back(queries.size());
        return model_.answer(queries);
    }
    [[nodiscard]] Passes passes() const override { return model_.passes(); }

    mutable std::vector<std::size_t> losses, answers;  ///< batch sizes; written by the serving thread alone
    mutable bool one_kind = true;                       ///< no batch held losses of two kinds

private:
    [[nodiscard]] bool poisoned(std::span<const RoutedQuery> queries) const {
        return std::any_of(queries.begin(), queries.end(), [this](const RoutedQuery& q) { return q.sample == poison_; });
    }
    FormulaModel model_;
    const PreparedSample* poison_;
};

PreparedSamplePtr prepared(const std::string& question) {
    ModelInput input;
    input.question = question;
    input.answer = "b";
    return FormulaModel().prepare(input).value();
}

std::vector<RoutedQuery> queries_of(const PreparedSample& sample, std::size_t count, double first = 0.0) {
    std::vector<RoutedQuery> queries;
    for (std::size_t i = 0; i < count; ++i) {
        RoutingMatrix delta(1, 6);
        delta(0, 0) = first + 0.1 * static_cast<double>(i);
        queries.push_back({&sample, RoutingAction::offset(delta)});
    }
    return queries;
}

}  // namespace

class TestRunLockstep : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void calls_of_all_clients_become_one_batch_and_come_back_in_order() {
        const WatchedModel watched;
        std::vector<std::vector<LossGradient>> got(3);
        std::vector<PreparedSamplePtr> samples = {prepared("x"), prepared("y"), prepared("z")};
        std::vector<RoutedModel::Passes> passes(3);
        run_in_lockstep(watched, 3, [&](const RoutedModel& model, std::size_t i) {
            got[i] = model.loss_and_gradient(queries_of(*samples[i], i + 1), true).value();
            passes[i] = model.passes();
        });
        QCOMPARE(watched.losses, std::vector<std::size_t>{1 + 2 + 3});
        for (std::size_t i = 0; i < 3; ++i) {
            const auto alone = FormulaModel().loss_and_gradient(queries_of(*samples[i], i + 1), true);
            QCOMPARE(got[i].size(), i + 1);
            for (std::size_t j = 0; j <= i; ++j) {
                QCOMPARE(got[i][j].loss, (*alone)[j].loss);
                QVERIFY(got[i][j].gradient == (*alone)[j].gradient);
            }
            QCOMPARE(passes[i].forward, std::int64_t(i + 1));
            QCOMPARE(passes[i].backward, std::int64_t(i + 1));
            QVERIFY(passes[i].waited >= 0.0);
        }
    }

    void what_may_not_share_a_batch_does_not() {
        const WatchedModel watched;
        const PreparedSamplePtr sample = prepared("x");
        run_in_lockstep(watched, 4, [&](const RoutedModel& model, std::size_t i) {
            const RoutedQuery fixed{sample.get(), RoutingAction::fixed(RoutingMatrix(1, 6, 1.0 / 3))};
            const RoutedQuery native{sample.get(), RoutingAction::native_gates()};
            const auto offset = queries_of(*sample, 2);
            const bool ok = i == 0   ? model.answer({&fixed, 1}).ok()
                            : i == 1 ? model.answer({&native, 1}).ok()
                            : i == 2 ? model.answer(offset).ok()
                                     : model.loss_and_gradient(offset, false).ok();
            QVERIFY(ok);
        });
        QCOMPARE(watched.answers, (std::vector<std::size_t>{1, 1, 2}));
        QCOMPARE(watched.losses, std::vector<std::size_t>{2});
    }

    void losses_of_two_kinds_share_no_batch() {
        const WatchedModel watched;
        const PreparedSamplePtr sample = prepared("x");
        std::vector<double> got(4);
        run_in_lockstep(watched, 4, [&](const RoutedModel& model, std::size_t i) {
            std::vector<RoutedQuery> queries = queries_of(*sample, i + 1);
            for (RoutedQuery& query : queries) {
                query.loss = i % 2 == 0 ? LossOf::Answer : LossOf::FirstToken;
            }
            got[i] = model.loss_and_gradient(queries, true).value().front().loss;
        });
        QVERIFY(watched.one_kind);
        QCOMPARE(watched.losses, (std::vector<std::size_t>{1 + 3, 2 + 4}));
        QVERIFY(got[0] == got[2] && got[1] == got[3] && got[0] != got[1]);
    }

    void clients_of_different_length_all_finish() {
        const WatchedModel watched;
        const PreparedSamplePtr sample = prepared("x");
        run_in_lockstep(watched, 4, [&](const RoutedModel& model, std::size_t i) {
            for (std::size_t step = 0; step < 3 * i; ++step) {
                QVERIFY(model.loss_and_gradient(queries_of(*sample, 1), false).ok());
            }
        });
        QCOMPARE(watched.losses, (std::vector<std::size_t>{3, 3, 3, 2, 2, 2, 1, 1, 1}));
    }

    void a_bad_sample_fails_alone() {
        const std::vector<PreparedSamplePtr> samples = {prepared("x"), prepared("bad"), prepared("z")};
        const WatchedModel watched(samples[1].get());
        std::vector<bool> ok(3);
        std::mutex mutex;
        run_in_lockstep(watched, 3, [&](const RoutedModel& model, std::size_t i) {
            const auto result = model.loss_and_gradient(queries_of(*samples[i], 2), true);
            const std::lock_guard lock(mutex);
            ok[i] = result.ok();
        });
        QCOMPARE(ok, (std::vector<bool>{true, false, true}));
    }

    /// Case fault-thread-limit: those that got no thread run afterwards; nobody waits for ever.
    void fewer_threads_do_the_same() {
        const WatchedModel watched;
        const PreparedSamplePtr sample = prepared("x");
        std::vector<std::optional<double>> loss(60);
        {
            const NoMoreThreads limit;
            run_in_lockstep(watched, loss.size(), [&](const RoutedModel& model, std::size_t i) {
                loss[i] = model.loss_and_gradient(queries_of(*sample, 1), false).value()[0].loss;
            });
        }
        const double alone = FormulaModel().loss_and_gradient(queries_of(*sample, 1), false).value()[0].loss;
        for (const std::optional<double>& each : loss) {
            QVERIFY(each && *each == alone);
        }
        QVERIFY2(watched.losses.size() > 1 && watched.losses.back() == 1, "the limit limits");
    }

    void an_evaluation_without_threads_gives_the_same() {
        MethodParams params;
        params.initial_lr = 0.5;
        auto context = formula_context(params);
        QVERIFY(context.ok());
        context->side_by_side = 20;
        const std::vector<SampleSetPtr> sets = {std::make_shared<FormulaSet>("set", 23, std::set<std::size_t>{3}, std::set<std::size_t>{8})};
        const auto usual = evaluate(*context, sets, {}, nullptr, {}, {});
        QVERIFY(usual.ok());
        ControlOptions controls;
        const auto fitted = fit_controls(*context, controls, {}, {});
        QVERIFY(fitted.ok());
        {
            const NoMoreThreads limit;
            const auto starved = evaluate(*context, sets, {.threads = 64}, nullptr, {}, {});
            QVERIFY(starved.ok());
            for (std::size_t i = 0; i < 23; ++i) {
                QVERIFY(usual->sets[0].samples[i].methods == starved->sets[0].samples[i].methods);
            }
            ExtraThreads taken;  // all that there are
            std::atomic<bool> go_on{false};
            while (taken.count() < 4000 && taken.start([&] { go_on.wait(false); })) {
            }
            const auto again = fit_controls(*context, controls, {}, {});
            go_on = true;
            go_on.notify_all();
            QVERIFY(again.ok() && again->offset == fitted->offset && again->best_fixed == fitted->best_fixed);
        }
    }

    /// A method that throws (memory that ran out) ends the run with what it threw, not the program.
    void what_a_client_throws_is_thrown_here() {
        const WatchedModel watched;
        const PreparedSamplePtr sample = prepared("x");
        std::atomic<int> finished{0};
        QVERIFY_THROWS_EXCEPTION(std::bad_alloc, run_in_lockstep(watched, 3, [&](const RoutedModel& model, std::size_t i) {
                                     if (i == 1) {
                                         throw std::bad_alloc();
                                     }
                                     finished += model.loss_and_gradient(queries_of(*sample, 1), false).ok() ? 1 : 0;
                                 }));
        QCOMPARE(finished.load(), 2);
    }

    void side_by_side_gives_what_one_by_one_gives() {
        MethodParams params;
        params.initial_lr = 0.5;
        auto context = formula_context(params);
        QVERIFY(context.ok());
        const std::vector<SampleSetPtr> sets = {
            std::make_shared<FormulaSet>("first", 23, std::set<std::size_t>{3}, std::set<std::size_t>{8})};
        context->side_by_side = 1;
        const auto one = evaluate(*context, sets, {}, nullptr, {}, {});
        QVERIFY(one.ok());
        for (const std::size_t size : {2, 4, 7}) {
            context->side_by_side = size;
            const auto many = evaluate(*context, sets, {}, nullptr, {}, {});
            QVERIFY(many.ok());
            QCOMPARE(many->errors, std::int64_t{2});
            for (std::size_t i = 0; i < 23; ++i) {
                QVERIFY(one->sets[0].samples[i].methods == many->sets[0].samples[i].methods);
            }
        }
    }
};

QTEST_APPLESS_MAIN(TestRunLockstep)
#include "test_run_lockstep.moc"
