// Response surfaces: their forms, descents on them, and the method that reads a routing off them.
#include <QtTest>

#include <cmath>

#include "core/base/random.h"
#include "core/routing/lattice_basis.h"
#include "core/routing/method_table.h"
#include "core/routing/reroute.h"
#include "core/routing/routing_frame.h"
#include "core/routing/surface_model.h"
#include "tests/routing/fake_model.h"

using namespace r2t2;

namespace {

RoutingSpace space_of(std::vector<std::size_t> groups) {
    RoutingSpace space;
    space.mixers = 1;
    for (std::size_t g = 0; g < groups.size(); ++g) {
        ExpertGroup group{"group" + std::to_string(g), {}};
        for (std::size_t e = 0; e < groups[g]; ++e) {
            group.experts.push_back("e" + std::to_string(g) + std::to_string(e));
        }
        space.groups.push_back(std::move(group));
    }
    return space;
}

SurfaceFormPtr form_of(const RoutingSpace& space, const std::string& name) { return *make_surface_form(space, name); }

std::vector<float> table_by(const SurfaceForm& form, const std::function<double(const RoutingMatrix&)>& loss) {
    std::vector<float> out;
    for (const RoutingMatrix& node : form.nodes()) {
        out.push_back(static_cast<float>(loss(node)));
    }
    return out;
}

/// Inside the lattice: every weight above the margin.
RoutingMatrix inside(const RoutingSpace& space, RandomStream& stream) {
    RoutingMatrix weights = random_weights(space, 1, stream);
    for (std::size_t g = 0; g < space.groups.size(); ++g) {
        const std::size_t size = space.groups[g].experts.size();
        for (std::size_t e = 0; e < size; ++e) {
            double& weight = weights(0, space.group_begin(g) + e);
            weight = size == 1 ? 1.0 : 0.03 + (1.0 - 0.03 * static_cast<double>(size)) * weight;
        }
    }
    return weights;
}

std::shared_ptr<const SurfaceSample> surface(const SurfaceFormPtr& form, RoutingMode mode, RoutingMatrix native, std::vector<float> table) {
    const auto kept = std::make_shared<const std::vector<float>>(std::move(table));
    return std::make_shared<const SurfaceSample>(form, mode, std::move(native), *kept, kept);
}

/// A sample and neighbours of a model of quadratic losses, with their surfaces.
struct World {
    RoutingSpace space = RoutingSpace::moai(1);
    FakeModel model{RoutingSpace::moai(1), FakeModel::Loss::Quadratic};
    SurfaceFormPtr form = form_of(space, "quadratic");
    RerouteInput input;

    explicit World(RoutingMode mode, std::uint64_t seed = 3) {
        RandomStream stream(seed);
        input.sample = std::make_shared<FakeSample>(inside(space, stream), inside(space, stream));
        std::vector<Candidate> candidates;
        for (std::size_t i = 0; i < 4; ++i) {
            const auto sample = std::make_shared<FakeSample>(inside(space, stream), inside(space, stream));
            const auto table = table_by(*form, [&](const RoutingMatrix& node) {
                return model.loss_of({sample.get(), action_toward(mode, node, sample->native_routing())});
            });
            input.references.push_back({sample, sample->native_routing(), surface(form, mode, sample->native_routing(), table)});
            candidates.push_back({i, 0.9 - 0.1 * static_cast<double>(i)});
        }
        input.neighbourhood = *nearest_neighbours(candidates, 4, {});
    }
};

}  // namespace

class TestRoutingSurfaces : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void forms_data() {
        QTest::addColumn<QString>("name");
        for (const std::string& name : surface_forms()) {
            QTest::newRow(name.c_str()) << QString::fromStdString(name);
        }
    }

    void forms() {
        QFETCH(QString, name);
        for (const std::vector<std::size_t>& groups : {std::vector<std::size_t>{3, 3}, {2}, {3, 1}, {2, 3}}) {
            const RoutingSpace space = space_of(groups);
            const SurfaceFormPtr form = form_of(space, name.toStdString());
            RandomStream stream(7);
            // Exact at every node, whatever the numbers.
            std::vector<float> table;
            for (std::size_t n = 0; n < form->nodes().size(); ++n) {
                QVERIFY(check_weights(space, form->nodes()[n], "node", 1e-12).ok());
                table.push_back(static_cast<float>(0.1 + 3.0 * stream.uniform()));
            }
            for (std::size_t n = 0; n < table.size(); ++n) {
                QVERIFY(std::abs(form->at(form->nodes()[n], table).loss - static_cast<double>(table[n])) < 1e-6);
            }
            // The gradient is the loss's slope along the simplices, inside and beyond the border.
            for (int draw = 0; draw < 20; ++draw) {
                const RoutingMatrix at = draw % 2 == 0 ? inside(space, stream) : random_weights(space, 1, stream);
                const LossGradient here = form->at(at, table);
                RoutingMatrix along(1, space.expert_count());
                for (double& value : along.values()) {
                    value = stream.normal();
                }
                along = centre_groups(space, along);
                constexpr double h = 1e-7;
                RoutingMatrix step = along;
                step *= h;
                const double slope = (form->at(at + step, table).loss - form->at(at - step, table).loss) / (2 * h);
                const double stated = dot(here.gradient, along);
                QVERIFY2(std::abs(slope - stated) < 1e-4 * (1.0 + std::abs(stated)), qPrintable(QString("%1 and %2").arg(slope).arg(stated)));
            }
        }
    }

    /// A polynomial of the form's degree in each group is had everywhere, not only at the nodes.
    void polynomials_of_their_degree_are_exact() {
        const RoutingSpace space = RoutingSpace::moai(1);
        RandomStream stream(11);
        for (const auto& [name, degree] : {std::pair{"linear", 1}, {"quadratic", 2}, {"cubic", 3}}) {
            const SurfaceFormPtr form = form_of(space, name);
            const auto loss = [degree = degree](const RoutingMatrix& r) { return 2.0 + std::pow(r(0, 0) - 0.3 * r(0, 1), degree) * (1.0 + std::pow(r(0, 4) + 0.5 * r(0, 5), degree)); };
            const std::vector<float> table = table_by(*form, loss);
            for (int draw = 0; draw < 50; ++draw) {
                const RoutingMatrix at = inside(space, stream);
                QVERIFY(std::abs(form->at(at, table).loss - loss(at)) < 2e-6);
            }
        }
        // And the logarithm's forms have products of powers.
        const SurfaceFormPtr form = form_of(space, "log-quadratic");
        const auto loss = [](const RoutingMatrix& r) { return std::exp(-3.0 * r(0, 0) + r(0, 3) * r(0, 4)); };
        const std::vector<float> table = table_by(*form, loss);
        const RoutingMatrix at = inside(space, stream);
        QVERIFY(std::abs(form->at(at, table).loss - loss(at)) < 1e-6);
    }

    /// Between lattice points linear interpolation stays within what stands at them.
    void linear_stays_between() {
        const RoutingSpace space = RoutingSpace::moai(1);
        const SurfaceFormPtr form = form_of(space, "linear");
        RandomStream stream(5);
        std::vector<float> table;
        for (std::size_t n = 0; n < form->nodes().size(); ++n) {
            table.push_back(static_cast<float>(stream.uniform()));
        }
        const auto [low, high] = std::minmax_element(table.begin(), table.end());
        for (int draw = 0; draw < 500; ++draw) {
            const double loss = form->at(random_weights(space, 1, stream), table).loss;
            QVERIFY(loss > static_cast<double>(*low) - 1e-9 && loss < static_cast<double>(*high) + 1e-9);
        }
    }

    void values_of_a_lattice_sum_to_one() {
        RandomStream stream(2);
        for (std::size_t corners = 1; corners <= 5; ++corners) {
            for (const int divisions : {2, 3}) {
                const LatticeBasis basis(corners, divisions, LatticeBetween::Polynomial);
                std::vector<double> at(corners);
                double sum = 0.0;
                for (double& weight : at) {
                    sum += weight = stream.gamma(1.0);
                }
                for (double& weight : at) {
                    weight /= sum;
                }
                const LatticeValues values = basis.evaluate(at);
                QVERIFY(std::abs(std::accumulate(values.values.begin(), values.values.end(), 0.0) - 1.0) < 1e-12);
            }
        }
    }

    void spaces_that_take_too_many_are_refused() {
        const Result<SurfaceFormPtr> many = make_surface_form(space_of({9, 9}));
        QVERIFY(!many.ok());
        QCOMPARE(many.error().kind, ErrorKind::Unsupported);
        QVERIFY(many.error().message().find("1000 nodes") != std::string::npos);
        QVERIFY(make_surface_form(space_of({7})).ok());
        QVERIFY(!make_surface_form(space_of({7}), "linear").ok());
        const Result<SurfaceFormPtr> none = make_surface_form(space_of({3}), "spline");
        QVERIFY(!none.ok() && none.error().message().find("log-quadratic") != std::string::npos);
    }

    void descents_on_exact_surfaces_are_the_models_data() {
        QTest::addColumn<int>("mode");
        QTest::addColumn<int>("optimiser");
        for (const RoutingMode mode : {RoutingMode::Fixed, RoutingMode::Offset}) {
            for (const Optimiser optimiser : {Optimiser::Adam, Optimiser::QuasiNewton}) {
                QTest::addRow("%s %d", to_string(mode).c_str(), static_cast<int>(optimiser)) << static_cast<int>(mode) << static_cast<int>(optimiser);
            }
        }
    }

    /// Losses of second degree are had by the quadratic form: the descent is the one on the model, and no neighbour is run.
    void descents_on_exact_surfaces_are_the_models() {
        QFETCH(int, mode);
        QFETCH(int, optimiser);
        for (const OffsetFrame frame : {OffsetFrame::Target, OffsetFrame::SharedDelta}) {
            World world(static_cast<RoutingMode>(mode));
            MethodParams params;
            params.mode = static_cast<RoutingMode>(mode);
            params.frame = frame;
            params.optimiser = static_cast<Optimiser>(optimiser);
            params.initial_lr = 0.02;
            params.steps = 8;
            const Result<Trajectory> by_model = reroute(world.model, world.input, params);
            world.model.loss_batches.clear();
            params.neighbour_losses = NeighbourLosses::Surface;
            const Result<Trajectory> by_surface = reroute(world.model, world.input, params);
            QVERIFY(by_model.ok() && by_surface.ok());
            QVERIFY(world.model.loss_batches.empty());
            QCOMPARE(by_surface->steps.size(), by_model->steps.size());
            for (std::size_t s = 0; s < by_model->steps.size(); ++s) {
                const TrajectoryStep &there = by_model->steps[s], &here = by_surface->steps[s];
                QVERIFY(distance(there.weights, here.weights) < 1e-4);
                QVERIFY(std::abs(*there.objective - *here.objective) < 1e-5);
                QCOMPARE(here.answer->text, there.answer->text);
            }
            QVERIFY(distance(by_model->result().weights, by_model->base().weights) > 0.01);
            QVERIFY(by_surface->notes.front().find("response surfaces (quadratic, 36 nodes)") != std::string::npos);
            QCOMPARE(by_surface->passes.backward, std::int64_t{0});
        }
    }

    void the_method_goes_where_the_mean_loss_is_least() {
        World world(RoutingMode::Offset);
        MethodParams params;
        params.method = *parse_method("rs");
        params.surface_rule = SurfaceRule::BestNode;
        const Result<Trajectory> best = reroute(world.model, world.input, params);
        QVERIFY(best.ok());
        QCOMPARE(best->steps.size(), std::size_t{2});
        double least = std::numeric_limits<double>::infinity();
        RoutingMatrix expected;
        for (const RoutingMatrix& node : world.form->nodes()) {
            double loss = 0.0;
            for (std::size_t i = 0; i < world.input.references.size(); ++i) {
                const PreparedSamplePtr& sample = world.input.references[i].prepared;
                loss += world.input.neighbourhood.neighbours[i].weight * world.model.loss_of({sample.get(), action_toward(RoutingMode::Offset, node, sample->native_routing())});
            }
            if (loss < least) {
                least = loss;
                expected = node;
            }
        }
        QVERIFY(distance(best->result().weights, expected) < 1e-12);
        QVERIFY(std::abs(*best->result().objective - least) < 1e-5);
        QCOMPARE(best->result().neighbour_losses.size(), std::size_t{4});
        QVERIFY(world.model.loss_batches.empty());
        QCOMPARE(best->passes.forward, std::int64_t{2});
        QCOMPARE(best->passes.backward, std::int64_t{0});
        // Cold, the mean of the nodes is the best one; hot, the middle of all.
        params.surface_rule = SurfaceRule::NodeMean;
        params.surface_temperature = 1e-5;
        QVERIFY(distance(reroute(world.model, world.input, params)->result().weights, expected) < 1e-3);
        params.surface_temperature = 1e6;
        QVERIFY(distance(reroute(world.model, world.input, params)->result().weights, uniform_weights(world.space)) < 1e-3);
    }

    void what_a_surface_is_not_for_is_refused() {
        World world(RoutingMode::Offset);
        MethodParams params;
        params.method = *parse_method("response-surface");
        params.mode = RoutingMode::Fixed;  // the tables are of offsets
        const Result<Trajectory> other_mode = reroute(world.model, world.input, params);
        QVERIFY(!other_mode.ok() && other_mode.error().message().find("mode") != std::string::npos);
        params.mode = RoutingMode::Offset;
        world.input.references[2].surface.reset();
        const Result<Trajectory> without = reroute(world.model, world.input, params);
        QVERIFY(!without.ok() && without.error().message().find("reference sample 2") != std::string::npos);
        params.method = Method::Ngd;
        params.neighbour_losses = NeighbourLosses::Surface;
        const Result<Trajectory> descent = reroute(world.model, world.input, params);
        QVERIFY(!descent.ok() && descent.error().message().find("reference sample 2") != std::string::npos);
    }

    void no_neighbours_keep_the_base_answer() {
        World world(RoutingMode::Offset);
        MethodParams params;
        params.method = *parse_method("rs");
        world.input.references.clear();
        world.input.neighbourhood = {};
        const Result<Trajectory> kept = reroute(world.model, world.input, params);
        QVERIFY(kept.ok());
        QCOMPARE(kept->steps.size(), std::size_t{1});
        const CancelToken cancel = CancelToken::create();
        cancel.cancel();
        World again(RoutingMode::Offset);
        QCOMPARE(reroute(again.model, again.input, params, cancel).error().kind, ErrorKind::Cancelled);
    }

    /// A routing for every mixer has no table: the method is of one for all whatever the others are.
    void it_is_of_one_routing_for_all_mixers() {
        World world(RoutingMode::Offset);
        MethodParams params;
        params.method = *parse_method("rs");
        params.granularity = Granularity::PerMixer;
        const Result<Trajectory> out = reroute(world.model, world.input, params);
        QVERIFY(out.ok());
        QCOMPARE(out->granularity, Granularity::Shared);
        QVERIFY(!uses_parameter(params.method, *find_parameter("granularity")));
    }
};

QTEST_APPLESS_MAIN(TestRoutingSurfaces)
#include "test_routing_surfaces.moc"
