// Descents that need fewer steps: quasi-Newton, rules that stop, a start at the neighbours' mean. On a model whose minimum is known.
#include <QtTest>

#include "core/base/random.h"
#include "core/routing/descent_variable.h"
#include "core/routing/ngd.h"
#include "core/routing/quasi_newton.h"
#include "core/routing/reroute.h"
#include "tests/routing/fake_model.h"

using namespace r2t2;

namespace {

/// A test sample and neighbours that each wish for something of their own.
RerouteInput world(const RoutingSpace& space, std::size_t count, std::uint64_t seed, double spread = 0.4) {
    RandomStream stream(seed);
    const RoutingMatrix wish = random_weights(space, 1, stream);
    RerouteInput input;
    input.sample = std::make_shared<FakeSample>(random_weights(space, space.mixers, stream), wish);
    std::vector<Candidate> candidates;
    for (std::size_t i = 0; i < count; ++i) {
        RoutingMatrix logits = log_weights(wish);
        for (double& value : logits.values()) {
            value += spread * stream.normal();
        }
        const RoutingMatrix gates = random_weights(space, space.mixers, stream);
        input.references.push_back({std::make_shared<FakeSample>(gates, softmax(space, logits)), gates});
        candidates.push_back({i, 0.9 - 0.1 * static_cast<double>(i)});
    }
    input.neighbourhood = *nearest_neighbours(candidates, count, {});
    return input;
}

/// Where both losses have their minimum in fixed mode, one r for all mixers: the weighted mean of the wishes.
RoutingMatrix planted(const RerouteInput& input) {
    RoutingMatrix mean(1, static_cast<const FakeSample&>(*input.sample).wish().experts());
    for (std::size_t i = 0; i < input.references.size(); ++i) {
        RoutingMatrix wish = static_cast<const FakeSample&>(*input.references[i].prepared).wish();
        wish *= input.neighbourhood.neighbours[i].weight;
        mean += wish;
    }
    return mean;
}

double loss_at(const FakeModel& model, const RerouteInput& input, const RoutingMatrix& r) {
    double sum = 0.0;
    for (std::size_t i = 0; i < input.references.size(); ++i) {
        sum += input.neighbourhood.neighbours[i].weight * model.loss_of({input.references[i].prepared.get(), RoutingAction::fixed(r)});
    }
    return sum;
}

MethodParams descent(RoutingMode mode, Optimiser optimiser, double rate, int steps) {
    MethodParams params;
    params.mode = mode;
    params.optimiser = optimiser;
    params.initial_lr = rate;
    params.final_lr = 0.0;
    params.steps = steps;
    return params;
}

/// Gradients until the objective is this near the lowest; one more than there were where it never is.
std::size_t gradients_until(const Trajectory& trajectory, double lowest, double near) {
    std::size_t t = 0;
    while (t < trajectory.steps.size() && *trajectory.steps[t].objective - lowest > near) {
        ++t;
    }
    return t;
}

Trajectory run(const FakeModel& model, const RerouteInput& input, const MethodParams& params) {
    Result<Trajectory> trajectory = reroute(model, input, params);
    if (!trajectory.ok()) {
        qFatal("%s", trajectory.error().message().c_str());
    }
    return *std::move(trajectory);
}

bool has_note(const Trajectory& trajectory, const std::string& part) {
    return std::any_of(trajectory.notes.begin(), trajectory.notes.end(), [&](const std::string& note) { return note.find(part) != std::string::npos; });
}

/// States, objectives and answers, to the bit.
bool same_steps(const TrajectoryStep& a, const TrajectoryStep& b) {
    return a.weights == b.weights && a.action.values == b.action.values && a.objective == b.objective && a.gradient == b.gradient &&
           a.answer.has_value() == b.answer.has_value() && (!a.answer || a.answer->text == b.answer->text);
}

}  // namespace

class TestRoutingDescent : public QObject {
    Q_OBJECT

private Q_SLOTS:
    /// Where nothing is chosen, what is done is Adam on every step: written out here once more.
    void off_is_what_it_was() {
        for (const RoutingMode mode : {RoutingMode::Fixed, RoutingMode::Offset}) {
            for (const Granularity granularity : {Granularity::Shared, Granularity::PerMixer}) {
                const RoutingSpace space = RoutingSpace::moai(3);
                const FakeModel model(space);
                const RerouteInput input = world(space, 4, 3);
                MethodParams params = descent(mode, Optimiser::Adam, 0.5, 8);
                params.granularity = granularity;
                const Trajectory trajectory = run(model, input, params);
                QCOMPARE(trajectory.steps.size(), std::size_t{9});
                QVERIFY(trajectory.notes.empty());

                const auto rows = [&](const RoutingMatrix& gates) { return renormalise(space, granularity == Granularity::Shared ? mean_over_mixers(gates) : gates); };
                const RoutingMatrix base = rows(input.sample->native_routing());
                DescentVariable variable(space, params, base);
                for (int t = 0; t < 8; ++t) {
                    QCOMPARE(variable.weights(), trajectory.steps[static_cast<std::size_t>(t)].weights);
                    std::vector<double> weights;
                    std::vector<RoutingMatrix> gradients;
                    for (std::size_t i = 0; i < 4; ++i) {
                        const PreparedSample* sample = input.references[i].prepared.get();
                        const std::vector<RoutedQuery> one = {{sample, variable.action_for(rows(sample->native_routing()))}};
                        gradients.push_back(variable.gradient(model.loss_and_gradient(one, true)->front().gradient));
                        weights.push_back(input.neighbourhood.neighbours[i].weight);
                    }
                    variable.update(weighted_mean(weights, gradients), learning_rate(params.schedule, 0.5, 0.0, t, 8));
                }
                QCOMPARE(variable.weights(), trajectory.result().weights);
            }
        }
    }

    /// Whatever rate Adam has, quasi-Newton needs less than half of its gradients to come as near.
    void a_planted_minimum_is_found_in_fewer_gradients() {
        for (const FakeModel::Loss loss : {FakeModel::Loss::LogLinear, FakeModel::Loss::Quadratic}) {
            for (const RoutingSpace& space : {RoutingSpace::moai(2), one_group(7, 2)}) {
                const FakeModel model(space, loss);
                for (std::uint64_t seed = 1; seed <= 8; ++seed) {
                    const RerouteInput input = world(space, 4, seed);
                    const double lowest = loss_at(model, input, planted(input));
                    std::size_t adam = 1000;
                    for (const double rate : {0.03, 0.1, 0.3, 1.0}) {
                        MethodParams params = descent(RoutingMode::Fixed, Optimiser::Adam, rate, 120);
                        params.schedule = LearningRateSchedule::Fixed;
                        adam = std::min(adam, gradients_until(run(model, input, params), lowest, 1e-5));
                    }
                    const Trajectory newton = run(model, input, descent(RoutingMode::Fixed, Optimiser::QuasiNewton, 1.0, 40));
                    const std::size_t needed = gradients_until(newton, lowest, 1e-5);
                    QVERIFY2(2 * needed < adam, (std::to_string(needed) + " and " + std::to_string(adam) + ", seed " + std::to_string(seed)).c_str());
                    QVERIFY(distance(newton.result().weights, planted(input)) < 1e-2);
                }
            }
        }
    }

    /// In every mode, granularity and variable: never up, on the simplices, a loss and a gradient a step and no more.
    void quasi_newton_never_climbs_and_pays_no_more() {
        for (const FakeModel::Loss loss : {FakeModel::Loss::LogLinear, FakeModel::Loss::Quadratic}) {
            for (const RoutingMode mode : {RoutingMode::Fixed, RoutingMode::Offset}) {
                for (const Granularity granularity : {Granularity::Shared, Granularity::PerMixer}) {
                    for (const int variable : {0, 1, 2}) {
                        for (const double rate : {0.02, 0.5, 8.0}) {
                            if (variable == 2 && mode == RoutingMode::Fixed) {
                                continue;
                            }
                            const RoutingSpace space = RoutingSpace::moai(3);
                            const FakeModel model(space, loss);
                            const RerouteInput input = world(space, 3, 11);
                            MethodParams params = descent(mode, Optimiser::QuasiNewton, rate, 15);
                            params.granularity = granularity;
                            params.parametrisation = variable == 1 ? Parametrisation::Projected : Parametrisation::Logits;
                            params.frame = variable == 2 ? OffsetFrame::SharedDelta : OffsetFrame::Target;
                            const Trajectory trajectory = run(model, input, params);
                            QCOMPARE(trajectory.steps.size(), std::size_t{16});
                            QCOMPARE(model.loss_batches, std::vector<std::size_t>(16, 3));
                            QVERIFY(!model.mixed_batch);
                            QVERIFY(*trajectory.result().objective < *trajectory.base().objective);
                            for (std::size_t t = 0; t < 16; ++t) {
                                const TrajectoryStep& step = trajectory.steps[t];
                                QCOMPARE(step.index, static_cast<int>(t));
                                QVERIFY(simplex_error(space, step.weights) < 1e-12);
                                QVERIFY(t == 0 || *step.objective <= *trajectory.steps[t - 1].objective);
                                QCOMPARE(step.passes.forward, std::int64_t{3});
                                QCOMPARE(step.passes.backward, std::int64_t{t < 15 ? 3 : 0});
                                QCOMPARE(step.learning_rate.has_value(), t < 15);
                                QVERIFY(step.answer.has_value());
                                QVERIFY(t == 15 || *step.learning_rate <= rate);
                            }
                        }
                    }
                }
            }
        }
    }

    /// Too long a first step: it is taken back, said, and answered once.
    void a_worse_step_is_taken_back_and_said() {
        const RoutingSpace space = RoutingSpace::moai(2);
        const FakeModel model(space);
        RerouteInput input = world(space, 3, 5, 0.1);
        int scored = 0;
        input.scorer = [&scored](const Answer&) { return ++scored > 0; };
        const Trajectory trajectory = run(model, input, descent(RoutingMode::Fixed, Optimiser::QuasiNewton, 20.0, 6));
        QVERIFY2(has_note(trajectory, "step 1 taken back: the objective would be "), trajectory.notes.empty() ? "no note" : trajectory.notes.front().c_str());
        const TrajectoryStep& kept = trajectory.steps[1];
        QVERIFY(kept.weights == trajectory.base().weights && kept.objective == trajectory.base().objective);
        QVERIFY(kept.action.mode == RoutingMode::Fixed && kept.action.values == kept.weights);  // no native gates, which step 0 has
        QVERIFY(*kept.learning_rate <= 10.0 && *trajectory.base().learning_rate == 20.0);
        QVERIFY(kept.correct.has_value() && kept.passes.forward == 3 && kept.passes.backward == 3);
        QVERIFY(*trajectory.result().objective < *trajectory.base().objective);
        std::size_t states = 1;
        for (std::size_t t = 1; t < trajectory.steps.size(); ++t) {
            states += trajectory.steps[t].action.values == trajectory.steps[t - 1].action.values ? 0 : 1;
        }
        QVERIFY(states < trajectory.steps.size());
        std::size_t asked = 0;
        for (const std::size_t batch : model.answer_batches) {
            asked += batch;
        }
        QCOMPARE(asked, states);
        QCOMPARE(scored, static_cast<int>(asked));
    }

    /// A minimum in a corner, where r has no room on one side.
    void a_corner_is_reached_on_the_simplex_itself() {
        const RoutingSpace space = one_group(5);
        const FakeModel model(space, FakeModel::Loss::Quadratic);
        RerouteInput input = world(space, 1, 2);
        const RoutingMatrix corner(1, 5, {0.0, 0.0, 1.0, 0.0, 0.0}), edge(1, 5, {0.0, 0.25, 0.0, 0.75, 0.0});
        for (const RoutingMatrix& wish : {corner, edge}) {
            input.references[0].prepared = std::make_shared<FakeSample>(input.references[0].routing, wish);
            MethodParams params = descent(RoutingMode::Fixed, Optimiser::QuasiNewton, 0.5, 12);
            params.parametrisation = Parametrisation::Projected;
            const Trajectory trajectory = run(model, input, params);
            QVERIFY2(distance(trajectory.result().weights, wish) < 1e-6, std::to_string(distance(trajectory.result().weights, wish)).c_str());
        }
    }

    /// The matrix by itself: on a quadratic in the tangent plane, exact gradients, as many steps as there are free numbers and a few.
    void curvature_is_learnt() {
        const RoutingSpace space = one_group(4);
        const std::vector<double> scale = {1.0, 10.0, 40.0, 0.5};
        const RoutingMatrix lowest(1, 4, {0.3, -0.2, 0.1, -0.2});
        const auto value = [&](const RoutingMatrix& at, RoutingMatrix& gradient) {
            const RoutingMatrix off = centre_groups(space, at - lowest);
            double sum = 0.0;
            gradient = off;
            for (std::size_t i = 0; i < 4; ++i) {
                sum += 0.5 * scale[i] * off.values()[i] * off.values()[i];
                gradient.values()[i] *= scale[i];
            }
            gradient = centre_groups(space, gradient);
            return sum;
        };
        QuasiNewton newton(space, 0.5, [](RoutingMatrix point) { return point; });
        RoutingMatrix at(1, 4), gradient(1, 4);
        double found = value(at, gradient);
        QVERIFY(newton.take(at, found, gradient));
        for (int t = 0; t < 20; ++t) {
            at = newton.next();
            found = value(at, gradient);
            const double before = newton.objective();
            QCOMPARE(newton.take(at, found, gradient), found <= before);
            QCOMPARE(newton.objective(), std::min(found, before));
        }
        QVERIFY2(newton.objective() < 1e-9, std::to_string(newton.objective()).c_str());
        QuasiNewton flat(space, 0.5, [](RoutingMatrix point) { return point; });
        QVERIFY(flat.take(at, 1.0, RoutingMatrix(1, 4)));
        QCOMPARE(flat.next(), at);  // nowhere to go
        QVERIFY(flat.take(flat.next(), 1.0, RoutingMatrix(1, 4)));
        QCOMPARE(flat.next(), at);
    }

    /// Beyond where there is a loss: taken back, as what is worse. Nothing to go back to: ended.
    void where_no_loss_is_finite_is_taken_back() {
        const RoutingSpace space = RoutingSpace::moai(2);
        FakeModel model(space);
        model.nan_from_call = 3;
        const RerouteInput input = world(space, 3, 8);
        const Trajectory trajectory = run(model, input, descent(RoutingMode::Offset, Optimiser::QuasiNewton, 0.5, 6));
        QCOMPARE(trajectory.steps.size(), std::size_t{7});
        for (std::size_t t = 3; t <= 6; ++t) {
            QVERIFY(trajectory.steps[t].weights == trajectory.steps[2].weights && trajectory.steps[t].objective == trajectory.steps[2].objective);
            QVERIFY(has_note(trajectory, "step " + std::to_string(t) + " taken back: its loss or gradient is not finite"));
        }
        QVERIFY(*trajectory.steps[4].learning_rate < *trajectory.steps[3].learning_rate && trajectory.result().answer.has_value());
        model.nan_from_call = 0;
        const Trajectory none = run(model, input, descent(RoutingMode::Offset, Optimiser::QuasiNewton, 0.5, 6));
        QVERIFY(none.steps.size() == 2 && has_note(none, "not finite at step 0: stopped"));
    }

    void the_last_state_is_judged_though_nobody_asked_for_its_objective() {
        const RoutingSpace space = RoutingSpace::moai(2);
        const FakeModel model(space);
        MethodParams params = descent(RoutingMode::Fixed, Optimiser::QuasiNewton, 20.0, 1);
        params.answer_steps = params.final_objective = false;
        const Trajectory trajectory = run(model, world(space, 3, 5, 0.1), params);
        QVERIFY(trajectory.result().weights == trajectory.base().weights && has_note(trajectory, "step 1 taken back"));
        QVERIFY(trajectory.base().answer.has_value() && trajectory.result().answer.has_value());
    }

    /// The same steps to the bit, then none; the note says where.
    void stops_where_the_objective_stands_still() {
        const RoutingSpace space = RoutingSpace::moai(2);
        for (const Optimiser optimiser : {Optimiser::Adam, Optimiser::QuasiNewton}) {
            const FakeModel model(space), again(space);
            const RerouteInput input = world(space, 3, 6);
            MethodParams params = descent(RoutingMode::Offset, optimiser, 0.3, 30);
            const Trajectory all = run(model, input, params);
            params.stop_change = 0.02;
            const Trajectory some = run(again, input, params);
            const std::size_t end = some.steps.size() - 1;
            QVERIFY2(end > 0 && end < 30, std::to_string(end).c_str());
            QVERIFY2(has_note(some, "stopped at step " + std::to_string(end) + " of 30: the objective changed by less than 0.02"),
                     some.notes.empty() ? "no note" : some.notes.back().c_str());
            for (std::size_t t = 0; t <= end; ++t) {
                QVERIFY(same_steps(all.steps[t], some.steps[t]));
                QVERIFY(t == 0 || t == end || optimiser == Optimiser::QuasiNewton || std::abs(*all.steps[t].objective - *all.steps[t - 1].objective) >= 0.02);
            }
            QVERIFY(some.result().answer.has_value() && !some.result().learning_rate.has_value());
            QCOMPARE(again.loss_batches.size(), end + 1);
            QVERIFY(some.passes.forward < all.passes.forward && some.passes.backward < all.passes.backward);
            params.stop_change = 1e-12;
            QVERIFY(run(model, input, params).steps.size() > some.steps.size());
        }
    }

    void stops_where_the_answer_is_decided() {
        const RoutingSpace space = RoutingSpace::moai(2);
        const auto margin = [](const RoutingMatrix& p) { return std::abs(p(0, 0) - p(0, 1)); };
        FakeModel model(space);
        model.margin = margin;
        const RerouteInput input = world(space, 3, 21);
        MethodParams params = descent(RoutingMode::Offset, Optimiser::Adam, 0.3, 20);
        const Trajectory all = run(model, input, params);
        double high = 0.0;
        std::size_t reached = 0;
        for (std::size_t t = 1; t + 1 < all.steps.size(); ++t) {  // the first step that has more than all before it, in the middle
            if (all.steps[t].answer->margin > high && high < 0.9 && t < 12) {
                reached = t;
            }
            high = std::max(high, all.steps[t].answer->margin);
        }
        QVERIFY(reached > 1 && all.steps[reached].answer->margin > all.base().answer->margin);
        FakeModel again(space);
        again.margin = margin;
        params.stop_margin = all.steps[reached].answer->margin;
        const Trajectory some = run(again, input, params);
        QCOMPARE(some.steps.size(), reached + 1);
        QVERIFY2(has_note(some, "stopped at step " + std::to_string(reached) + " of 20: the answer's margin is "), some.notes.front().c_str());
        for (std::size_t t = 0; t < reached; ++t) {
            QVERIFY(same_steps(all.steps[t], some.steps[t]));
        }
        QVERIFY(some.result().weights == all.steps[reached].weights && !some.result().objective);
        QCOMPARE(again.loss_batches.size(), reached);  // the state that it stops at costs its answer alone
        QCOMPARE(some.passes.forward, static_cast<std::int64_t>(3 * reached + reached + 1));

        params.stop_margin = all.base().answer->margin;  // before the first step too
        FakeModel third(space);
        third.margin = margin;
        const Trajectory none = run(third, input, params);
        QVERIFY(none.steps.size() == 1 && third.loss_batches.empty() && has_note(none, "stopped at step 0 of 20"));
        params.method = Method::Oracle;  // the bound is no less of one
        QCOMPARE(run(third, input, params).steps.size(), std::size_t{21});
        params.stop_margin.reset();
        QCOMPARE(run(third, input, params).steps.size(), std::size_t{21});
    }

    /// Step 1 is where kernel regression without a search ends, to the bit; the step there costs nothing.
    void begins_at_the_neighbours_mean() {
        for (const RoutingMode mode : {RoutingMode::Fixed, RoutingMode::Offset}) {
            for (const int variable : {0, 1, 2}) {
                if (variable == 2 && mode == RoutingMode::Fixed) {
                    continue;
                }
                const RoutingSpace space = RoutingSpace::moai(2);
                const FakeModel model(space);
                RerouteInput input = world(space, 4, 13, 0.1);
                for (ReferenceSample& reference : input.references) {  // refined: each neighbour's own wish
                    reference.routing = static_cast<const FakeSample&>(*reference.prepared).wish();
                }
                MethodParams params = descent(mode, Optimiser::Adam, 0.1, 6);
                params.parametrisation = variable == 1 ? Parametrisation::Projected : Parametrisation::Logits;
                params.frame = variable == 2 ? OffsetFrame::SharedDelta : OffsetFrame::Target;
                const Trajectory native = run(model, input, params);
                params.start = DescentStart::KernelRegression;
                const FakeModel counted(space);
                const Trajectory begun = run(counted, input, params);
                MethodParams regression = params;
                regression.method = Method::KernelRegression;
                regression.mixing = Mixing::None;
                const Trajectory there = run(model, input, regression);
                QCOMPARE(begun.steps.size(), native.steps.size());
                QVERIFY(begun.steps[1].weights == there.result().weights);
                QVERIFY(begun.base().action.native() && !begun.base().objective && !begun.base().learning_rate && begun.base().passes.forward == 0);
                QCOMPARE(counted.loss_batches.size(), std::size_t{6});  // one less
                QVERIFY(variable == 2 || *begun.steps[1].objective < *native.steps[1].objective);  // with one delta for all, nobody goes there
                QCOMPARE(*begun.steps[1].learning_rate, learning_rate(params.schedule, 0.1, 0.0, 0, 5));
                QVERIFY(begun.notes.empty());
                for (const TrajectoryStep& step : begun.steps) {
                    QVERIFY(simplex_error(space, step.weights) < 1e-12 && step.answer.has_value());
                }
                params.steps = 1;  // kernel regression with its objective
                const Trajectory one = run(model, input, params);
                QVERIFY(one.steps.size() == 2 && one.result().weights == there.result().weights && one.result().objective.has_value());
                QCOMPARE(one.passes.backward, std::int64_t{0});
            }
        }
    }

    void neighbours_without_a_routing_are_left_out_and_said() {
        const RoutingSpace space = RoutingSpace::moai(2);
        const FakeModel model(space);
        RerouteInput input = world(space, 3, 4);
        MethodParams params = descent(RoutingMode::Offset, Optimiser::Adam, 0.1, 4);
        const Trajectory native = run(model, input, params);
        params.start = DescentStart::KernelRegression;
        input.references[1].routing = {};
        const Trajectory others = run(model, input, params);
        QVERIFY(has_note(others, "1 of 3 neighbours have no refined routing: begun at the mean of the others"));
        const RerouteInput two = leave_out_neighbour(input, 1);
        MethodParams regression = params;
        regression.method = Method::KernelRegression;
        regression.mixing = Mixing::None;
        QVERIFY(others.steps[1].weights == run(model, two, regression).result().weights);
        QCOMPARE(others.steps[1].neighbour_losses.size(), std::size_t{3});  // its loss counts all the same
        for (ReferenceSample& reference : input.references) {
            reference.routing = {};
        }
        const Trajectory none = run(model, input, params);
        QVERIFY(has_note(none, "3 of 3 neighbours have no refined routing: begun at the native routing"));
        for (std::size_t t = 0; t < native.steps.size(); ++t) {
            QVERIFY(same_steps(native.steps[t], none.steps[t]));
        }
        params.method = Method::Oracle;  // has no neighbours to begin at
        QVERIFY(run(model, input, params).base().objective.has_value());
    }

    /// All of them together.
    void they_go_together() {
        const RoutingSpace space = RoutingSpace::moai(2);
        const FakeModel model(space);
        const RerouteInput input = world(space, 4, 17);
        MethodParams params = descent(RoutingMode::Offset, Optimiser::QuasiNewton, 0.5, 30);
        params.start = DescentStart::KernelRegression;
        params.stop_change = 1e-3;
        params.stop_margin = 0.9;
        for (const Method method : {Method::Ngd, Method::RandomNeighbours}) {
            params.method = method;
            const Trajectory trajectory = run(model, input, params);
            QVERIFY(trajectory.steps.size() > 2 && trajectory.steps.size() < 31 && has_note(trajectory, "stopped at step "));
            for (std::size_t t = 2; t < trajectory.steps.size(); ++t) {
                QVERIFY(*trajectory.steps[t].objective <= *trajectory.steps[t - 1].objective);
            }
        }
    }
};

QTEST_APPLESS_MAIN(TestRoutingDescent)
#include "test_routing_descent.moc"
