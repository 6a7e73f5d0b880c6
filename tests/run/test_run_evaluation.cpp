#include <QTest>

#include <algorithm>
#include <map>
#include <set>

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

    /// Draws of the reference set: the same for every sample and method, a smaller one part of a larger one, and all of it is as before.
    void fewer_references_are_drawn_by_the_seed() {
        auto context = formula_context(fast());
        QVERIFY(context.ok());
        const FormulaSet set("new", 25);
        std::map<std::size_t, std::set<std::size_t>> seen;
        const auto kept = context->reference->kept_by(Keep::BaseRight);
        for (const std::size_t size : {kept, std::size_t{20}, std::size_t{8}}) {
            MethodParams params = fast();
            params.k = 6;
            params.routing_k = 6;
            params.reference_size = size;
            context->methods = method_list(params, {Method::ModeFinding, Method::KernelRegression, Method::Ngd, Method::RandomNeighbours});
            for (std::size_t i = 0; i < set.size(); ++i) {
                const auto run = run_sample(*context, *set.get(i, context->model->info()), set.name(), i, {});
                QVERIFY2(run.ok(), run.ok() ? "" : run.error().message().c_str());
                for (const Trajectory& trajectory : run->trajectories) {
                    for (const Neighbour& neighbour : trajectory.neighbourhood.neighbours) {
                        seen[size].insert(neighbour.index);
                    }
                }
            }
            QVERIFY(seen[size].size() <= size);
        }
        QVERIFY(seen[kept].size() > 20 && seen[20].size() > 8);
        QVERIFY(std::includes(seen[20].begin(), seen[20].end(), seen[8].begin(), seen[8].end()));
        // Another seed draws others.
        const std::set<std::size_t> first = seen[8];
        context->seed = 2;
        std::set<std::size_t> second;
        for (std::size_t i = 0; i < set.size(); ++i) {
            for (const Trajectory& trajectory : run_sample(*context, *set.get(i, context->model->info()), set.name(), i, {})->trajectories) {
                for (const Neighbour& neighbour : trajectory.neighbourhood.neighbours) {
                    second.insert(neighbour.index);
                }
            }
        }
        QVERIFY(second != first);
        MethodParams params = fast();
        params.reference_size = 8;
        params.k = 9;
        const Status few = check_method(*context->reference, params);
        QVERIFY2(!few.ok() && few.error().message().find("1 to 8, as --reference-size says") != std::string::npos, few.ok() ? "" : few.error().message().c_str());
        params.reference_size = kept + 1;
        QVERIFY(!check_method(*context->reference, params).ok());
    }

    /// The controls of whatever uses neighbours: drawn by chance, or the nearest with what another reference says.
    void neighbours_of_a_control_are_others() {
        auto context = formula_context(fast());
        QVERIFY(context.ok());
        const FormulaSet set("new", 40);
        MethodParams params = fast();
        params.k = 1;
        params.mixing = Mixing::None;
        context->methods.clear();
        for (const NeighbourChoice choice : {NeighbourChoice::Nearest, NeighbourChoice::Random, NeighbourChoice::Shuffled}) {
            params.neighbour_choice = choice;
            params.method = Method::KernelRegression;
            context->methods.push_back(params);
        }
        const auto& records = context->reference->store().records();
        const auto same = [](const RoutingMatrix& a, const RoutingMatrix& b) { return distance(a, b) < 1e-9; };
        std::map<std::size_t, std::size_t> whose;
        std::size_t other = 0;
        for (std::size_t i = 0; i < set.size(); ++i) {
            const auto run = run_sample(*context, *set.get(i, context->model->info()), set.name(), i, {});
            QVERIFY2(run.ok(), run.ok() ? "" : run.error().message().c_str());
            const Trajectory &nearest = run->trajectories[0], &random = run->trajectories[1], &shuffled = run->trajectories[2];
            other += random.neighbourhood.neighbours[0].index != nearest.neighbourhood.neighbours[0].index ? 1 : 0;
            QVERIFY(same(random.result().weights, records[random.neighbourhood.neighbours[0].index].routing));
            QVERIFY(random.notes.front().find("drawn by chance") != std::string::npos);
            QCOMPARE(shuffled.neighbourhood.neighbours[0].index, nearest.neighbourhood.neighbours[0].index);
            QVERIFY(same(nearest.result().weights, records[nearest.neighbourhood.neighbours[0].index].routing));
            QVERIFY(shuffled.notes.front().find("another reference") != std::string::npos && (nearest.notes.empty() || nearest.notes.front().find("control") == std::string::npos));
            const auto owner = static_cast<std::size_t>(std::find_if(records.begin(), records.end(), [&](const ReferenceRecord& record) { return same(record.routing, shuffled.result().weights); }) - records.begin());
            QVERIFY(owner < records.size() && owner != nearest.neighbourhood.neighbours[0].index);
            const auto [place, fresh] = whose.emplace(nearest.neighbourhood.neighbours[0].index, owner);
            QCOMPARE(place->second, owner);
        }
        QVERIFY(other > 35);
        std::set<std::size_t> owners;
        for (const auto& [neighbour, owner] : whose) {
            owners.insert(owner);
        }
        QCOMPARE(owners.size(), whose.size());  // nobody stands for two
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
