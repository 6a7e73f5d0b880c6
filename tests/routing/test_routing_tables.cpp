// The tables of methods and parameters: what holds for every row, and what is made of the rows.
#include <QtTest>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "core/routing/method_params_json.h"
#include "core/routing/reroute.h"
#include "core/routing/sweep.h"
#include "tests/routing/fake_model.h"
#include "tests/support/random_params.h"

using namespace r2t2;

namespace {

bool kebab(const std::string& name) {
    return !name.empty() && name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos && name.front() != '-' && name.back() != '-';
}

std::string said(const Status& status) { return status ? "no error" : status.error().message(); }

/// Text that the row does not take: below, above, of another kind.
std::vector<std::string> wrong_texts(const ParameterRow& row) {
    std::vector<std::string> out = {"", " ", "nan", "inf", "1e999", "0x10", "5 ", "--help"};
    if (row.kind == ParameterKind::Word) {
        out.insert(out.end(), {"1", "Fixed", "gauss"});
        return out;
    }
    const auto text = [](double value) { return std::to_string(std::llround(value)); };
    out.push_back(text(row.range.low - 1.0));
    if (row.range.end == ParameterRange::Low::Open) {
        out.push_back(text(row.range.low));
    }
    if (std::isfinite(row.range.high)) {
        out.push_back(text(row.range.high + 1.0));
    }
    out.push_back(row.kind == ParameterKind::Whole ? "2.5" : "a lot");
    return out;
}

}  // namespace

class TestRoutingTables : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void every_parameter_has_names_of_its_own() {
        std::set<std::string> names, boxes, groups;
        std::string group;
        for (const ParameterRow& row : parameter_table()) {
            std::set<std::string> own = {row.name};
            own.insert(row.aliases.begin(), row.aliases.end());
            std::string field = row.field;
            std::replace(field.begin(), field.end(), '_', '-');
            own.insert(field);
            for (const std::string& name : own) {
                QVERIFY2(kebab(name), name.c_str());
                QVERIFY2(names.insert(name).second, name.c_str());
                QVERIFY2(find_parameter(name) == &row, name.c_str());
            }
            QVERIFY2(boxes.insert(row.box).second, row.box);
            if (group != row.group) {
                group = row.group;
                QVERIFY2(groups.insert(group).second, "rows of a group stand together");
            }
            for (const char* text : {row.label, row.title, row.caption, row.help}) {
                QVERIFY2(*text != 0, row.name);
            }
            QVERIFY2(std::string(row.help).back() != '.', row.name);
            QVERIFY2(row.access.get != nullptr && row.access.set != nullptr, row.name);
            QVERIFY2(*row.replaces == 0 || (row.kind == ParameterKind::OptionalNumber && find_parameter(row.replaces) != nullptr), row.name);
            QVERIFY2((row.kind == ParameterKind::OptionalNumber) == (*row.none != 0), row.name);
            QVERIFY2(row.kind != ParameterKind::OptionalNumber || row.range.end == ParameterRange::Low::Open, "a form's lowest value is none");
            QVERIFY2(*row.lowest != 0 || *row.replaces != 0 || row.kind != ParameterKind::OptionalNumber, row.name);
            QVERIFY2((row.kind == ParameterKind::Word) == !row.words.empty(), row.name);
            QVERIFY2(!users_of(row).empty(), "a parameter that no method uses");
        }
        QCOMPARE(groups.size(), parameter_groups().size());
        QVERIFY(find_parameter("") == nullptr && find_parameter("nonsense") == nullptr);
    }

    void every_default_is_allowed_and_goes_through_text() {
        for (const ParameterRow& row : parameter_table()) {
            MethodParams params;
            const ParameterValue usual = row.access.get(params);
            QVERIFY2(check_parameter(row, usual, "x").ok(), row.name);
            QVERIFY2(*read_parameter(row, parameter_text(row, usual)) == usual, row.name);
        }
    }

    void every_value_goes_through_field_and_text() {
        RandomStream stream(5);
        for (const ParameterRow& row : parameter_table()) {
            std::set<std::string> seen;
            for (int i = 0; i < 200; ++i) {
                const ParameterValue value = random_value(row, stream);
                QVERIFY2(check_parameter(row, value, "x").ok(), said(check_parameter(row, value, "x")).c_str());
                const std::string text = parameter_text(row, value);
                MethodParams params;
                QVERIFY2(set_parameter(row, text, params).ok(), text.c_str());
                QVERIFY2(row.access.get(params) == value, (row.name + (" " + text)).c_str());
                for (const ParameterRow& other : parameter_table()) {  // its own field alone
                    QVERIFY2(&other == &row || other.access.get(params) == other.access.get({}), other.name);
                }
                seen.insert(text);
            }
            QVERIFY2(row.kind != ParameterKind::Word || seen.size() == row.words.size(), row.name);
        }
    }

    void what_is_not_allowed_is_refused_by_name() {
        for (const ParameterRow& row : parameter_table()) {
            for (const std::string& text : wrong_texts(row)) {
                MethodParams params;
                const Status set = set_parameter(row, text, params);
                QVERIFY2(!set, (row.name + (" took " + text)).c_str());
                QCOMPARE(set.error().field, std::string(row.name));
                QVERIFY2(set.error().allowed.find(allowed_values(row)) != std::string::npos, set.error().message().c_str());
                QVERIFY(params == MethodParams());
                const Status stated = take_stated({{row.name, text}}, params);
                QVERIFY(!stated && stated.error().where == "options" && stated.error().field == std::string("--") + row.name);
            }
        }
        MethodParams params;
        const Status unknown = take_stated({{"momentum", "1"}}, params);
        QVERIFY2(!unknown && unknown.error().field == "--momentum" && unknown.error().allowed == parameter_names(), said(unknown).c_str());
    }

    /// Every end of every range, in the params themselves.
    void ends_of_ranges() {
        for (const ParameterRow& row : parameter_table()) {
            if (row.kind == ParameterKind::Word) {
                continue;
            }
            const auto value = [&row](double number) {
                return row.kind == ParameterKind::Whole ? ParameterValue(static_cast<std::int64_t>(number)) : ParameterValue(number);
            };
            const double step = row.kind == ParameterKind::Whole ? 1.0 : 1e-9;
            const bool closed = row.range.end == ParameterRange::Low::Closed;
            QCOMPARE(check_parameter(row, value(row.range.low), "x").ok(), closed);
            QVERIFY2(check_parameter(row, value(row.range.low + step), "x").ok(), row.name);
            QVERIFY2(!check_parameter(row, value(row.range.low - step), "x").ok(), row.name);
            if (std::isfinite(row.range.high)) {
                QVERIFY2(check_parameter(row, value(row.range.high), "x").ok(), row.name);
                QVERIFY2(!check_parameter(row, value(row.range.high + step), "x").ok(), row.name);
            }
            QCOMPARE(check_parameter(row, {}, "x").ok(), row.kind == ParameterKind::OptionalNumber);
            if (row.kind != ParameterKind::Whole) {
                for (const double bad : {std::nan(""), HUGE_VAL, -HUGE_VAL}) {
                    QVERIFY2(!check_parameter(row, bad, "x").ok(), row.name);
                }
            }
        }
    }

    void json_gives_back_what_it_took() {
        RandomStream stream(7);
        for (int i = 0; i < 300; ++i) {
            MethodParams params = random_params(stream);
            params.seed = stream.next();
            const std::string text = method_params_json(params);
            const Result<MethodParams> back = parse_method_params(text, "run 1");
            QVERIFY2(back.ok(), back.ok() ? "" : back.error().message().c_str());
            QVERIFY2(*back == params, text.c_str());
            const auto json = nlohmann::json::parse(text);
            QCOMPARE(json.size(), parameter_table().size() + 2);  // and method, and seed
        }
    }

    /// As sessions of schema 1 to 4 have it (tests/data/session), and one that knows fewer parameters.
    void what_was_stored_before_reads_as_it_did() {
        const std::string old = R"({"method":"kernel-regression","mode":"fixed","granularity":"per-mixer","frame":"shared-delta","seed":3,"num_neighbors":7,)"
                                R"("epsilon":0.25,"kernel":"matern-3/2","bandwidth":0.5,"degree":3,"constant":1.5,"num_steps":12,"initial_lr":2.0,"final_lr":1e-05,)"
                                R"("schedule":"step","parametrisation":"logits","alpha_grid":9,"alpha_refinements":2,"eta":0.5,"tolerance":0.001,"max_shifts":40,)"
                                R"("routing_k":6,"routing_bandwidth":0.75})";
        MethodParams params;
        params.method = Method::KernelRegression;
        params.mode = RoutingMode::Fixed;
        params.granularity = Granularity::PerMixer;
        params.frame = OffsetFrame::SharedDelta;
        params.seed = 3;
        params.k = 7;
        params.epsilon = 0.25;
        params.kernel = {KernelKind::Matern32, 0.5, 3, 1.5};
        params.steps = 12;
        params.initial_lr = 2.0;
        params.schedule = LearningRateSchedule::Step;
        params.alpha_grid = 9;
        params.alpha_refinements = 2;
        params.eta = 0.5;
        params.tolerance = 0.001;
        params.max_shifts = 40;
        params.routing_k = 6;
        params.routing_bandwidth = 0.75;
        const Result<MethodParams> read = parse_method_params(old, "run 2");
        QVERIFY2(read.ok(), read.ok() ? "" : read.error().message().c_str());
        QVERIFY(*read == params);
        const std::string fewer = R"({"method":"ngd","num_neighbors":4,"bandwidth":null,"routing_bandwidth":null})";
        const Result<MethodParams> short_one = parse_method_params(fewer, "run 2");
        MethodParams usual;
        usual.k = 4;
        QVERIFY(short_one.ok() && *short_one == usual);
    }

    void broken_json_is_named() {
        const std::pair<const char*, const char*> wrong[] = {
            {R"({"mode":1})", "mode"},           {R"({"num_neighbors":2.5})", "num_neighbors"}, {R"({"num_neighbors":-1})", "num_neighbors"},
            {R"({"num_steps":1e300})", "num_steps"}, {R"({"eta":"fast"})", "eta"},               {R"({"eta":7})", "eta"},
            {R"({"bandwidth":"wide"})", "bandwidth"}, {R"({"method":"magic"})", "method"},       {R"({"method":3})", "method"},
            {R"({"seed":-1})", "seed"},          {R"({"kernel":["gaussian"]})", "kernel"},       {R"({"final_lr":1.0})", "final-lr"}};
        for (const auto& [text, field] : wrong) {
            const Result<MethodParams> read = parse_method_params(text, "run 5");
            QVERIFY2(!read.ok(), text);
            QCOMPARE(read.error().where, std::string("run 5"));
            QCOMPARE(read.error().field, std::string(field));
            QVERIFY2(!read.error().allowed.empty(), text);
        }
    }

    void what_is_stated_comes_back() {
        RandomStream stream(11);
        for (int i = 0; i < 500; ++i) {
            const MethodParams usual = random_params(stream);
            MethodParams params = random_params(stream);
            if (stream.chance(0.5)) {  // most of it as usual
                MethodParams near = usual;
                for (const ParameterRow& row : parameter_table()) {
                    if (stream.chance(0.1)) {
                        row.access.set(near, random_value(row, stream));
                    }
                }
                params = validate(near) ? near : params;
            }
            params.method = usual.method;
            MethodParams there = usual;
            const Status taken = take_stated(to_state(usual, params), there);
            QVERIFY2(taken.ok(), said(taken).c_str());
            if (params.epsilon) {  // k is not looked at
                there.k = params.k;
            }
            QVERIFY2(there == params, (method_params_json(usual) + " to " + method_params_json(params)).c_str());
        }
        QVERIFY(to_state({}, {}).empty());
    }

    void a_ball_replaces_k() {
        const ParameterRow& k = *find_parameter("k");
        MethodParams params;
        QVERIFY(replaced_by(k, params) == nullptr);
        QVERIFY(take_stated({{"epsilon", "0.5"}}, params).ok());
        QVERIFY(params.epsilon == 0.5 && replaced_by(k, params) == find_parameter("epsilon"));
        QVERIFY(take_stated({{"k", "9"}}, params).ok());  // means it
        QVERIFY(!params.epsilon && params.k == 9);
        for (const std::vector<StatedParameter>& both : {std::vector<StatedParameter>{{"epsilon", "0.25"}, {"k", "8"}}, {{"k", "8"}, {"epsilon", "0.25"}}}) {
            const Status refused = take_stated(both, params);
            QVERIFY(!refused && refused.error().field == "--epsilon" && refused.error().found == "together with --num-neighbors");
        }
        QVERIFY(!params.epsilon && params.k == 9);
        QVERIFY(take_stated({{"k", "8"}, {"epsilon", "none"}}, params).ok());  // no ball beside the number
        QVERIFY(!params.epsilon && params.k == 8);
        QCOMPARE(to_state(params, {}).size(), std::size_t(1));
        MethodParams ball = params;
        ball.epsilon = 0.5;
        ball.k = 3;
        QVERIFY((to_state(params, ball) == std::vector<StatedParameter>{{"epsilon", "0.5"}}));
        QVERIFY((to_state(ball, params) == std::vector<StatedParameter>{{"num-neighbors", "8"}}));
        params.method = Method::Ngd;
        params.epsilon = 0.5;
        const auto list = swept({params}, {{"num-neighbors", {"1", "3"}}});  // every variant would be the same
        QVERIFY(!list && list.error().message().find("epsilon replaces num-neighbors") != std::string::npos);
    }

    void variants_are_methods_with_parameters_of_their_own() {
        MethodParams common;
        common.initial_lr = 0.3;
        const auto refined = parse_variant("kr,reference-routing=refined,mixing=none", common);
        QVERIFY(refined.ok());
        QVERIFY(refined->method == Method::KernelRegression && refined->reference_routing == ReferenceRouting::Refined && refined->mixing == Mixing::None);
        QCOMPARE(refined->initial_lr, 0.3);
        const auto ball = parse_variant("ngd,epsilon=0.4", common);
        QVERIFY(ball.ok() && ball->epsilon == 0.4);
        QCOMPARE(parse_variant("own-mean", common)->mode, RoutingMode::Fixed);  // which has a meaning in this mode only

        MethodParams base = common, plain = common, oracle = common;
        base.method = Method::Base;
        plain.method = Method::KernelRegression;
        oracle.method = Method::Oracle;
        const auto list = with_variants({base, plain, oracle}, {*ball, *refined});
        QVERIFY(list.ok());
        std::vector<Method> order;
        for (const MethodParams& params : *list) {
            order.push_back(params.method);
        }
        QCOMPARE(order, (std::vector<Method>{Method::Base, Method::KernelRegression, Method::KernelRegression, Method::Ngd, Method::Oracle}));
        QVERIFY((*list)[1] == plain && (*list)[2] == *refined);
        QCOMPARE(variant_labels(*list), (std::vector<std::string>{"", "reference routing native, mixing confidence", "reference routing refined, mixing none", "", ""}));

        for (const auto& [text, words] : std::map<std::string, std::string>{{"", "METHOD,NAME=VALUE"},
                                                                            {"base", "another than base"},
                                                                            {"nothing,k=5", "mode-finding"},
                                                                            {"ngd,k", "k; allowed: NAME=VALUE"},
                                                                            {"ngd,", "an empty word"},
                                                                            {"ngd,kk=5", "kk=5; allowed: NAME=VALUE"},
                                                                            {"ngd,k=none", "whole number"},
                                                                            {"ngd,k=0", "1 to 1000000"},
                                                                            {"ngd,k=5,epsilon=0.3", "replaces"},
                                                                            {"ngd,eta=0.5", "does not look at"},
                                                                            {"kr,mixing=none,alpha-grid=5", "does not look at"}}) {
            const auto refused = parse_variant(text, common);
            QVERIFY2(!refused, text.c_str());
            const std::string message = refused.error().message();
            QVERIFY2(message.find("--variant") != std::string::npos && message.find(words) != std::string::npos, message.c_str());
        }
        QVERIFY(!with_variants({base, plain}, {plain}));
        QVERIFY(!with_variants({base}, {*refined, *refined}));
    }

    void every_parameter_of_a_method_is_an_axis() {
        for (const MethodRow& method : method_table()) {
            for (const ParameterRow& row : parameter_table()) {
                const bool swept_over = is_tuned(method.method) && uses_parameter(method.method, row);
                QCOMPARE(depends_on(method.method, row.name), swept_over);
                if (!swept_over) {
                    continue;
                }
                RandomStream stream(3);
                std::set<std::string> values;
                while (values.size() < 2) {
                    values.insert(parameter_text(row, random_value(row, stream)));
                }
                MethodParams params;
                params.method = method.method;
                params.initial_lr = 5.0;
                params.final_lr = 0.0;
                const std::string text = std::string(row.name) + "=" + *values.begin() + "," + *values.rbegin();
                const auto axis = parse_sweep_axis(text);
                QVERIFY2(axis.ok(), text.c_str());
                if (row.name == std::string("schedule")) {
                    params.final_lr = 1e-3;
                }
                if (!has_a_meaning(row, params)) {
                    const auto refused = swept({params}, {*axis});
                    QVERIFY2(!refused && refused.error().message().find("no chosen method depends on") != std::string::npos, text.c_str());
                    params.kernel.kind = KernelKind::Polynomial;
                    params.start = DescentStart::KernelRegression;
                    params.mode_neighbourhood = params.mode_neighbourhood == ModeNeighbourhood::Routing ? ModeNeighbourhood::Task : ModeNeighbourhood::Routing;
                    if (!has_a_meaning(row, params)) {
                        params.kernel.kind = KernelKind::Gaussian;
                    }
                    QVERIFY2(has_a_meaning(row, params), row.name);
                }
                const auto list = swept({params}, {*axis});
                QVERIFY2(list.ok(), list.ok() ? "" : list.error().message().c_str());
                QCOMPARE(list->size(), std::size_t{2});
                for (std::size_t i = 0; i < 2; ++i) {
                    QCOMPARE(axis_value((*list)[i], row.name), axis->values[i]);
                    QCOMPARE(variant_labels(*list)[i], std::string(row.label) + " " + axis->values[i]);
                }
                QCOMPARE(changed_parameters((*list)[0], (*list)[1]), std::string(row.label));
            }
        }
    }

    void every_method_has_names_of_its_own() {
        const Method named[] = {Method::Base,   Method::ModeFinding,      Method::KernelRegression, Method::Ngd,      Method::Oracle,
                                Method::RandomNeighbours, Method::ConstantOffset, Method::OwnMean,  Method::BestFixed};
        const std::map<Method, std::string> names = {{Method::Base, "base"}, {Method::ModeFinding, "mode-finding"}, {Method::KernelRegression, "kernel-regression"},
                                                     {Method::Ngd, "ngd"}, {Method::Oracle, "oracle"}, {Method::RandomNeighbours, "random-neighbours"},
                                                     {Method::ConstantOffset, "constant-offset"}, {Method::OwnMean, "own-mean"}, {Method::BestFixed, "best-fixed"}};
        std::size_t number = 0;
        for (const Method method : named) {
            QCOMPARE(static_cast<std::size_t>(method), number++);
            QCOMPARE(to_string(method), names.at(method));
        }
        const std::vector<std::string> groups = parameter_groups();
        std::set<std::string> seen;
        std::set<std::uint32_t> colours;
        for (std::size_t i = 0; i < method_table().size(); ++i) {
            const MethodRow& row = method_table()[i];
            QCOMPARE(static_cast<std::size_t>(row.method), i);
            QVERIFY2(kebab(row.name) && seen.insert(row.name).second, row.name);
            QVERIFY(*parse_method(row.name) == row.method);
            if (*row.alias != 0) {
                QVERIFY2(kebab(row.alias) && seen.insert(row.alias).second && *parse_method(row.alias) == row.method, row.alias);
            }
            for (const char* group : row.groups) {
                QVERIFY2(std::find(groups.begin(), groups.end(), group) != groups.end(), group);
            }
            QVERIFY2(*row.title != 0 && *row.caption != 0 && *row.sentence != 0 && row.run != nullptr, row.name);
            QVERIFY2(colours.insert(row.colour).second && row.colour <= 0xffffff, row.name);
        }
        QCOMPARE(methods_of(MethodRole::Base), std::vector<Method>{Method::Base});
        QVERIFY(all_methods().front() == Method::Base);
        QCOMPARE(std::set<Method>(all_methods().begin(), all_methods().end()).size(), method_table().size());
        QVERIFY(draws_steps(kLeadingMethod));
    }

    void every_method_runs_data() {
        QTest::addColumn<int>("method");
        for (const MethodRow& row : method_table()) {
            QTest::newRow(row.name) << static_cast<int>(row.method);
        }
    }
    /// Given what its row asks for, it moves r by its rules; its trajectory is what its row says.
    void every_method_runs() {
        QFETCH(int, method);
        const MethodRow& row = method_table()[static_cast<std::size_t>(method)];
        const FakeModel model(RoutingSpace::moai(2));
        RandomStream stream(17);
        const auto sample = [&] { return std::make_shared<FakeSample>(random_weights(model.routing_space(), 2, stream), random_weights(model.routing_space(), 1, stream)); };
        RerouteInput input;
        input.sample = sample();
        std::vector<RoutingMatrix> points;
        for (std::size_t i = 0; i < 12; ++i) {
            points.push_back(random_weights(model.routing_space(), 1, stream));
        }
        MethodParams params;
        params.method = row.method;
        params.initial_lr = 0.3;
        if (uses_neighbours(params)) {
            std::vector<Candidate> near;
            for (std::size_t i = 0; i < params.k; ++i) {
                near.push_back({i, 0.9 - 0.1 * static_cast<double>(i)});
            }
            input.neighbourhood = *nearest_neighbours(near, params.k, params.kernel);
            const SurfaceFormPtr form = *make_surface_form(model.routing_space());
            const auto table = std::make_shared<const std::vector<float>>(form->nodes().size(), 0.5F);
            for (std::size_t i = 0; i < params.k; ++i) {
                const auto reference = sample();
                input.references.push_back({reference, points[i], std::make_shared<const SurfaceSample>(form, params.mode, reference->native_routing(), *table, table)});
            }
        }
        if (row.neighbours == NeighbourNeed::ReferenceRoutings) {
            input.routing_points = points;
        }
        if (row.constant != ConstantNeed::None) {
            input.constant = row.forced_mode == RoutingMode::Fixed ? points.front() : RoutingMatrix(1, 6, {0.5, -0.5, 0.0, 0.0, 0.5, -0.5});
        }
        if (row.tuned_gates) {
            input.tuned = {std::make_shared<FakeModel>(model.routing_space()), sample()};
        }
        const Result<Trajectory> run = reroute(model, input, params);
        QVERIFY2(run.ok(), run.ok() ? "" : run.error().message().c_str());
        QVERIFY(run->method == row.method && run->uses_label == uses_label(row.method));
        QCOMPARE(run->mode, row.forced_mode.value_or(params.mode));
        QCOMPARE(run->steps.size() == 1, row.role == MethodRole::Base);
        QCOMPARE(run->steps.front().objective.has_value() || run->steps.back().objective.has_value(), row.objective != Objective::None);
        if (row.steps == StepKind::Once && row.role != MethodRole::Base) {
            QCOMPARE(run->steps.size(), std::size_t{2});
        }
        if (row.steps == StepKind::Descent) {
            QCOMPARE(run->steps.size(), static_cast<std::size_t>(params.steps) + 1);
        }
        QCOMPARE(!run->neighbourhood.empty(), row.neighbours != NeighbourNeed::None);
        for (const TrajectoryStep& step : run->steps) {
            QVERIFY(simplex_error(model.routing_space(), step.weights) < 1e-9);
        }
    }
};

QTEST_APPLESS_MAIN(TestRoutingTables)
#include "test_routing_tables.moc"
