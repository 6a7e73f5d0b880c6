// The one-standard-error rule: which setting of a grid is taken, and what is said of the others.
#include <QtTest>
#include <cmath>

#include "core/base/random.h"
#include "core/results/tuning.h"
#include "core/routing/method_table.h"
#include "core/routing/sweep.h"

using namespace r2t2;

namespace {

MethodParams ngd(double rate, int steps = 10) {
    MethodParams params;
    params.method = Method::Ngd;
    params.initial_lr = rate;
    params.final_lr = 1e-5;
    params.steps = steps;
    return params;
}

MethodParams of(Method method, std::size_t k) {
    MethodParams params;
    params.method = method;
    params.k = k;
    return params;
}

/// `right` of 100 samples right, from the first on; `base` of them by the base model. Every sample by itself.
struct World {
    explicit World(int base, std::size_t samples = 100) {
        for (std::size_t i = 0; i < samples; ++i) {
            trials.base.push_back(static_cast<int>(i) < base ? 1 : 0);
            trials.clusters.push_back(i);
        }
    }
    World& add(const MethodParams& params, int right, double passes, int from = 0) {
        Trial trial{params, static_cast<std::int64_t>(trials.settings.size()) + 2, {}, passes};
        for (int i = 0; i < static_cast<int>(trials.base.size()); ++i) {
            trial.right.push_back(i >= from && i < from + right ? 1 : 0);
        }
        trials.settings.push_back(std::move(trial));
        return *this;
    }
    Trials trials;
};

Tuning tuned(const Trials& trials) {
    Result<Tuning> made = tune(trials);
    if (!made.ok()) {
        qFatal("%s", made.error().message().c_str());
    }
    return *std::move(made);
}

}  // namespace

class TestTuning : public QObject {
    Q_OBJECT

private Q_SLOTS:
    /// 85 is the best; one below is at one standard error exactly, six are at 2.4.
    void the_gentlest_within_one_standard_error_is_taken() {
        World world(70);
        world.add(ngd(2.0), 85, 66).add(ngd(0.1), 70, 66).add(ngd(0.3), 79, 66).add(ngd(0.5), 84, 66).add(ngd(1.0), 85, 66);
        const Tuning tuning = tuned(world.trials);
        QCOMPARE(tuning.methods.size(), std::size_t{1});
        const MethodTuning& method = tuning.methods.front();
        QCOMPARE(method.best, std::size_t{0});
        QCOMPARE(method.chosen, std::size_t{3});
        const Verdict expected[] = {Verdict::Rougher, Verdict::Worse, Verdict::Worse, Verdict::Chosen, Verdict::Rougher};
        for (std::size_t i = 0; i < 5; ++i) {
            QVERIFY2(method.settings[i].verdict == expected[i], (method.settings[i].label + ": " + method.settings[i].why).c_str());
            QVERIFY(!method.settings[i].why.empty() && method.settings[i].label.find("lr ") == 0);
            QCOMPARE(method.settings[i].run, static_cast<std::int64_t>(i) + 2);
        }
        QVERIFY(std::abs(method.settings[3].difference + 0.01) < 1e-12 && std::abs(method.settings[3].standard_error - 0.01) < 1e-12);
        // Six of a hundred: sqrt(100 / 99 (6 - 0.36)) / 100.
        QVERIFY(std::abs(method.settings[2].standard_error - std::sqrt(100.0 / 99.0 * (6.0 - 0.36)) / 100.0) < 1e-12);
        QVERIFY2(method.settings[2].why == "6.0 points below the best, one standard error is 2.4", method.settings[2].why.c_str());
        QVERIFY2(method.settings[0].why == "initial-lr 0.5 is gentler than 2 and within one standard error", method.settings[0].why.c_str());
        QVERIFY(tuning.samples == 100 && tuning.clusters == 100 && tuning.base_right == 70);
        QVERIFY(method.settings[3].mended == 14 && method.settings[3].harmed == 0);
    }

    /// The standard error is the paired one: what two settings have wrong together does not count, what they exchange does.
    void the_difference_is_paired() {
        World world(50);
        world.add(ngd(1.0), 60, 66).add(ngd(0.1), 57, 66, 40);  // 40 .. 96: exchanges 40 and 37
        QVERIFY(tuned(world.trials).methods[0].chosen == 1);
        World same(50);
        same.add(ngd(1.0), 60, 66).add(ngd(0.1), 57, 66);
        const Tuning tuning = tuned(same.trials);
        QVERIFY(tuning.methods[0].chosen == 0 && tuning.methods[0].settings[1].verdict == Verdict::Worse);
    }

    /// What belongs together is one unit: four samples lost in one cluster leave more to chance than four by themselves.
    void clusters_are_the_units() {
        World world(50);
        world.add(ngd(1.0), 60, 66).add(ngd(0.1), 56, 66);
        world.trials.settings[1].right[60] = 1;
        QVERIFY(tuned(world.trials).methods[0].settings[1].verdict == Verdict::Worse);
        for (std::size_t i = 56; i < 60; ++i) {
            world.trials.clusters[i] = 56;
        }
        const Tuning tuning = tuned(world.trials);
        QVERIFY(tuning.methods[0].chosen == 1 && tuning.clusters == 97);
        // One cluster of four lost, one sample gained, 95 alike: D = -0.03.
        const double expected = std::sqrt(97.0 / 96.0 * (3.88 * 3.88 + 1.03 * 1.03 + 95.0 * 0.0009)) / 100.0;
        QVERIFY(std::abs(tuning.methods[0].settings[1].standard_error - expected) < 1e-12);
    }

    void then_the_cheapest_then_the_most_accurate() {
        World world(70);
        world.add(ngd(1.0, 20), 86, 130).add(ngd(1.0, 10), 86, 66).add(ngd(1.0, 5), 85, 34).add(ngd(1.0, 4), 85, 34).add(ngd(1.0, 3), 85, 34, 1);
        Tuning tuning = tuned(world.trials);
        QCOMPARE(tuning.methods[0].chosen, std::size_t{2});
        QVERIFY(tuning.methods[0].settings[0].verdict == Verdict::Dearer && tuning.methods[0].settings[1].verdict == Verdict::Dearer);
        QVERIFY2(tuning.methods[0].settings[1].why == "66.0 passes a sample, another within one standard error needs 34.0", tuning.methods[0].settings[1].why.c_str());
        QVERIFY(tuning.methods[0].settings[3].verdict == Verdict::NotTaken && tuning.methods[0].settings[4].verdict == Verdict::NotTaken);
        world.add(ngd(1.0, 2), 86, 34);
        tuning = tuned(world.trials);
        QCOMPARE(tuning.methods[0].chosen, std::size_t{5});
        world.add(ngd(0.5, 20), 86, 130);  // gentler comes before cheaper
        QCOMPARE(tuned(world.trials).methods[0].chosen, std::size_t{6});
    }

    /// A rate of one variable or optimiser says nothing beside one of another; both stay, and passes decide.
    void rates_of_other_scales_are_not_compared() {
        MethodParams projected = ngd(0.05), newton = ngd(0.1);
        projected.parametrisation = Parametrisation::Projected;
        newton.optimiser = Optimiser::QuasiNewton;
        World world(70);
        world.add(ngd(1.0), 85, 66).add(projected, 85, 66).add(newton, 85, 60).add(ngd(0.5), 85, 66);
        const Tuning tuning = tuned(world.trials);
        QCOMPARE(tuning.methods[0].chosen, std::size_t{2});
        QVERIFY(tuning.methods[0].settings[0].verdict == Verdict::Rougher);  // of 0.5 on its own scale
        QVERIFY(tuning.methods[0].settings[1].verdict == Verdict::Dearer && tuning.methods[0].settings[3].verdict == Verdict::Dearer);
    }

    /// One file, one k: NGD chooses first, and kernel regression among those that agree.
    void methods_share_their_parameters() {
        World world(70);
        for (const std::size_t k : {3, 5, 10}) {
            world.add(of(Method::KernelRegression, k), k == 10 ? 86 : k == 5 ? 84 : 78, 3);
            world.add(of(Method::Ngd, k), k == 5 ? 88 : 80, 66);
        }
        world.trials.axes = {"num-neighbors"};
        const Tuning tuning = tuned(world.trials);
        QVERIFY(tuning.methods.size() == 2 && tuning.methods[0].method == Method::Ngd && tuning.methods[1].method == Method::KernelRegression);
        QCOMPARE(tuning.methods[0].settings[tuning.methods[0].chosen].params.k, std::size_t{5});
        QCOMPARE(tuning.methods[1].settings[tuning.methods[1].chosen].params.k, std::size_t{5});
        QVERIFY(tuning.methods[1].settings[2].verdict == Verdict::NotOpen);
        QVERIFY2(tuning.methods[1].settings[2].why == "num-neighbors 5 has been taken", tuning.methods[1].settings[2].why.c_str());
        QVERIFY(tuning.methods[1].settings[2].difference > 0.0);  // better, and said
        const std::vector<const ParameterRow*> rows = tuned_parameters(tuning);
        QVERIFY(std::find(rows.begin(), rows.end(), find_parameter("num-neighbors")) != rows.end());

        World nothing(70);
        nothing.add(of(Method::KernelRegression, 3), 80, 3).add(of(Method::Ngd, 5), 80, 66);
        const Result<Tuning> none = tune(nothing.trials);
        QVERIFY(!none && none.error().field == "kernel-regression");
    }

    /// What was varied is written though it is the paper's; what is not the paper's is written though it was not varied.
    void what_is_written() {
        World world(70);
        MethodParams params = ngd(0.01);
        params.kernel.bandwidth = 0.5;
        world.add(params, 80, 66);
        params.initial_lr = 0.3;
        world.add(params, 70, 66);
        world.trials.axes = {"initial-lr"};
        Tuning tuning = tuned(world.trials);
        std::vector<std::string> names;
        for (const ParameterRow* row : tuned_parameters(tuning)) {
            names.emplace_back(row->name);
            QVERIFY(row->access.get(tuned_params(tuning, *row)) == row->access.get(world.trials.settings[0].params));
        }
        QCOMPARE(names, (std::vector<std::string>{"bandwidth", "initial-lr"}));
        World ball(70);
        MethodParams epsilon = ngd(0.01);
        epsilon.epsilon = 0.5;
        epsilon.k = 7;
        ball.add(epsilon, 80, 66);
        names.clear();
        for (const ParameterRow* row : tuned_parameters(tuned(ball.trials))) {
            names.emplace_back(row->name);
        }
        QCOMPARE(names, (std::vector<std::string>{"epsilon"}));  // k is not looked at beside it
    }

    void nothing_to_choose_from() {
        QVERIFY(!tune({}));
        World empty(0, 0);
        empty.add(ngd(1.0), 0, 66);
        QVERIFY(!tune(empty.trials));
        World one(70);
        one.add(ngd(1.0), 60, 66);
        const Tuning tuning = tuned(one.trials);
        QVERIFY(tuning.methods[0].chosen == 0 && tuning.methods[0].settings[0].why == "the best" && tuning.methods[0].settings[0].label == "as it is");
        QVERIFY(tuning.methods[0].settings[0].harmed == 10 && tuning.methods[0].settings[0].mended == 0);
    }

    /// On chance alone: whatever is drawn, the chosen one is within its standard error, nobody within it is gentler, and the order of the grid
    /// changes nothing but which of equals stands.
    void holds_for_random_grids() {
        RandomStream stream(9);
        for (int round = 0; round < 60; ++round) {
            World world(0);
            for (std::size_t i = 0; i < 100; ++i) {
                world.trials.base[i] = stream.chance(0.6) ? 1 : 0;
                world.trials.clusters[i] = static_cast<std::size_t>(stream.below(50));
            }
            for (const double rate : {0.1, 0.3, 1.0, 2.0}) {
                for (const int steps : {2, 5, 10}) {
                    world.add(ngd(rate, steps), 0, 6.0 * steps + 1.0);
                    for (std::uint8_t& right : world.trials.settings.back().right) {
                        right = stream.chance(0.7 + 0.05 * rate) ? 1 : 0;
                    }
                }
            }
            const Tuning tuning = tuned(world.trials);
            const MethodTuning& method = tuning.methods[0];
            const TriedSetting& chosen = method.settings[method.chosen];
            QVERIFY(chosen.difference + chosen.standard_error >= -1e-12);
            for (const TriedSetting& other : method.settings) {
                const bool within = other.difference + other.standard_error >= -1e-12;
                QCOMPARE(other.verdict == Verdict::Worse, !within);
                QVERIFY(other.difference <= 0.0);
                QVERIFY(!within || chosen.params.initial_lr <= other.params.initial_lr);
                QVERIFY(!within || chosen.params.initial_lr < other.params.initial_lr || chosen.passes <= other.passes);
            }
            std::reverse(world.trials.settings.begin(), world.trials.settings.end());
            const Tuning other = tuned(world.trials);
            const TriedSetting& again = other.methods[0].settings[other.methods[0].chosen];
            const std::int64_t best = method.settings[method.best].right;
            const auto ties = std::count_if(method.settings.begin(), method.settings.end(), [best](const TriedSetting& each) { return each.right == best; });
            QVERIFY(ties > 1 || (again.params == chosen.params && again.why == chosen.why));
        }
    }
};

QTEST_APPLESS_MAIN(TestTuning)
#include "test_tuning.moc"
