// Kernel regression: the line search finds the maximum that bisection misses.
#include <QtTest>

#include "core/routing/reroute.h"
#include "tests/routing/fake_model.h"

using namespace r2t2;

namespace {

const RoutingSpace space = one_group(2);

/// Base routing (1, 0) and neighbours at (0, 1), so that alpha is the weight of expert 0.
RerouteInput line_world() {
    RerouteInput input;
    const RoutingMatrix one(1, 2, {1.0, 0.0});
    const RoutingMatrix other(1, 2, {0.0, 1.0});
    input.sample = std::make_shared<FakeSample>(one, one, false);
    input.references = {{nullptr, other}, {nullptr, other}};
    const std::vector<Candidate> candidates = {{3, 0.9}, {8, 0.8}};
    input.neighbourhood = *nearest_neighbours(candidates, 2, {});
    return input;
}

/// A broad hill at alpha 0.75 and a higher, narrow one at 0.17: comparing two inner probes leads to the wrong one.
double bimodal(double alpha) {
    return 0.6 * std::exp(-std::pow((alpha - 0.75) / 0.2, 2)) + 0.9 * std::exp(-std::pow((alpha - 0.17) / 0.05, 2));
}

/// Ternary search as a plain bracketing method does it.
double plain_bracketing() {
    double low = 0.0;
    double high = 1.0;
    for (int i = 0; i < 40; ++i) {
        const double a = low + (high - low) / 3.0;
        const double b = high - (high - low) / 3.0;
        (bimodal(a) < bimodal(b) ? low : high) = bimodal(a) < bimodal(b) ? a : b;
    }
    return 0.5 * (low + high);
}

MethodParams regression(RoutingMode mode) {
    MethodParams params;
    params.method = Method::KernelRegression;
    params.mode = mode;
    return params;
}

}  // namespace

class TestRoutingKernelRegression : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void findsTheHigherOfTwoHills() {
        QVERIFY(bimodal(plain_bracketing()) < 0.65);  // the problem is one
        for (const RoutingMode mode : {RoutingMode::Fixed, RoutingMode::Offset}) {
            FakeModel model(space);
            model.confidence = [](const RoutingMatrix& p) { return bimodal(p(0, 0)); };
            const Result<Trajectory> t = reroute(model, line_world(), regression(mode));
            QVERIFY(t.ok());
            // Spacing 1/10 halved four times: the best alpha is within 1/160 of the hill top.
            QVERIFY(std::abs(*t->result().alpha - 0.17) <= 1.0 / 160.0 + 1e-9);
            QVERIFY(std::abs(*t->result().objective - bimodal(*t->result().alpha)) < 1e-9);
            QVERIFY(*t->result().objective > 0.88);
            for (const TrajectoryStep& step : t->steps) {
                QVERIFY(!step.objective || *step.objective <= *t->result().objective);
                QVERIFY(simplex_error(space, step.weights) < 1e-12);
                QVERIFY(step.answer.has_value());
                if (step.alpha) {
                    QVERIFY(*step.alpha >= 0.0 && *step.alpha <= 1.0);
                    QVERIFY(std::abs(step.weights(0, 0) - *step.alpha) < 1e-12);
                }
            }
            QVERIFY(!model.mixed_batch);
            QVERIFY(model.loss_batches.empty());  // no label, no gradient
        }
    }
    void everyProbeIsAStepInFewBatches() {
        FakeModel model(space);
        model.confidence = [](const RoutingMatrix& p) { return bimodal(p(0, 0)); };
        Result<Trajectory> t = reroute(model, line_world(), regression(RoutingMode::Offset));
        // Step 0 is alpha = 1 and shares the first batch; the result repeats the best step at no cost.
        QCOMPARE(model.answer_batches, (std::vector<std::size_t>{11, 2, 2, 2, 2}));
        QCOMPARE(t->steps.size(), std::size_t{11 + 8 + 1});
        QCOMPARE(*t->base().alpha, 1.0);
        QCOMPARE(t->passes.forward, std::int64_t{19});
        std::int64_t by_step = 0;
        for (const TrajectoryStep& step : t->steps) {
            by_step += step.passes.forward;
        }
        QCOMPARE(by_step, std::int64_t{19});

        model.answer_batches.clear();
        t = reroute(model, line_world(), regression(RoutingMode::Fixed));
        QCOMPARE(model.answer_batches, (std::vector<std::size_t>{11, 2, 2, 2, 2, 1}));  // native on its own
        QVERIFY(!t->base().alpha.has_value());
        QCOMPARE(*t->steps[1].alpha, 1.0);
    }
    void edgesOfTheLine() {
        for (const double top : {0.0, 1.0}) {
            FakeModel model(space);
            model.confidence = [top](const RoutingMatrix& p) { return 1.0 - std::abs(p(0, 0) - top); };
            const Result<Trajectory> t = reroute(model, line_world(), regression(RoutingMode::Fixed));
            QCOMPARE(*t->result().alpha, top);
        }
    }
    void equalConfidenceKeepsTheBase() {
        const FakeModel model(space);  // 0.5 everywhere
        const Result<Trajectory> t = reroute(model, line_world(), regression(RoutingMode::Offset));
        QCOMPARE(*t->result().alpha, 1.0);
        QVERIFY(t->result().action.native());
        QCOMPARE(t->result().answer->text, t->base().answer->text);
    }
    void neighboursMeanIsKernelWeighted() {
        const FakeModel model(space);
        RerouteInput input = line_world();
        input.references[0].routing = RoutingMatrix(1, 2, {0.5, 0.5});
        MethodParams params = regression(RoutingMode::Fixed);
        params.alpha_grid = 2;
        params.alpha_refinements = 0;
        const Result<Trajectory> t = reroute(model, input, params);
        QCOMPARE(t->steps.size(), std::size_t{4});  // native, alpha 1, alpha 0, result
        QCOMPARE(*t->steps[2].alpha, 0.0);
        QVERIFY(std::abs(t->steps[2].weights(0, 0) - 0.5 * input.neighbourhood.neighbours[0].weight) < 1e-15);
    }
    void perMixerNeedsPerMixerReferences() {
        const RoutingSpace two = one_group(2, 2);
        const FakeModel model(two);
        RerouteInput input = line_world();
        input.sample =
            std::make_shared<FakeSample>(RoutingMatrix(2, 2, {1.0, 0.0, 0.5, 0.5}), RoutingMatrix(1, 2, {1.0, 0.0}));
        MethodParams params = regression(RoutingMode::Offset);
        QVERIFY(reroute(model, input, params).ok());
        params.granularity = Granularity::PerMixer;
        const Result<Trajectory> refused = reroute(model, input, params);
        QVERIFY(!refused.ok());
        QCOMPARE(refused.error().where, std::string("reference sample 3"));
        for (ReferenceSample& reference : input.references) {
            reference.routing = RoutingMatrix(2, 2, {0.25, 0.75, 1.0, 0.0});
        }
        const Result<Trajectory> t = reroute(model, input, params);
        QVERIFY(t.ok());
        QCOMPARE(t->result().weights.rows(), std::size_t{2});
    }
    /// A rule without a search: base and one probe, at the alpha that the rule says, however confident the model is elsewhere.
    void rulesWithoutASearch() {
        for (const RoutingMode mode : {RoutingMode::Fixed, RoutingMode::Offset}) {
            FakeModel model(space);
            model.confidence = [](const RoutingMatrix& p) { return p(0, 0); };  // most confident where it is: the search would stay
            MethodParams params = regression(mode);
            RerouteInput input = line_world();
            double similarity = 0.0;
            for (const Neighbour& neighbour : input.neighbourhood.neighbours) {
                similarity += neighbour.weight * neighbour.similarity;
            }
            params.mixing = Mixing::Similarity;
            const Result<Trajectory> mixed = reroute(model, input, params);
            QVERIFY(mixed.ok());
            QCOMPARE(mixed->steps.size(), std::size_t{2});
            QVERIFY(std::abs(*mixed->result().alpha - (1.0 - similarity)) < 1e-12);
            QVERIFY(std::abs(mixed->result().weights(0, 0) - (1.0 - similarity)) < 1e-12);
            QVERIFY(mixed->result().answer && mixed->base().answer);
            QCOMPARE(mixed->passes.forward, std::int64_t{2});
            params.mixing = Mixing::None;
            const Result<Trajectory> all = reroute(model, input, params);
            QCOMPARE(*all->result().alpha, 0.0);
            QCOMPARE(all->result().weights(0, 1), 1.0);
            // Similarities out of 0 .. 1 (rounding, opposite embeddings) stay on the line.
            for (const auto& [cosine, alpha] : {std::pair{1.0 + 1e-9, 0.0}, std::pair{-0.3, 1.0}}) {
                for (Neighbour& neighbour : input.neighbourhood.neighbours) {
                    neighbour.similarity = cosine;
                }
                params.mixing = Mixing::Similarity;
                QCOMPARE(*reroute(model, input, params)->result().alpha, alpha);
            }
            const CancelToken token = CancelToken::create();
            token.cancel();
            QCOMPARE(reroute(model, input, params, token).error().kind, ErrorKind::Cancelled);
        }
    }
    void brokenReferencesAndCancel() {
        const FakeModel model(space);
        RerouteInput input = line_world();
        const CancelToken token = CancelToken::create();
        token.cancel();
        QCOMPARE(reroute(model, input, regression(RoutingMode::Fixed), token).error().kind, ErrorKind::Cancelled);
        input.references[1].routing = RoutingMatrix(1, 2, {0.7, 0.7});
        QCOMPARE(reroute(model, input, regression(RoutingMode::Fixed)).error().where,
                 std::string("reference sample 8"));
    }
    void confidenceThatIsNotFiniteNeverWins() {
        FakeModel model(space);
        model.confidence = [](const RoutingMatrix& p) { return p(0, 0) < 0.5 ? std::nan("") : p(0, 0); };
        const Result<Trajectory> t = reroute(model, line_world(), regression(RoutingMode::Fixed));
        QCOMPARE(*t->result().alpha, 1.0);
        model.confidence = [](const RoutingMatrix&) { return std::nan(""); };
        const Result<Trajectory> none = reroute(model, line_world(), regression(RoutingMode::Fixed));
        QVERIFY(none.ok());
        QVERIFY(none->result().action.native());
    }
};

QTEST_APPLESS_MAIN(TestRoutingKernelRegression)
#include "test_routing_kernel_regression.moc"
