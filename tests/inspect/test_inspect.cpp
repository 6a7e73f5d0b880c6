// The inspector on the bundled model: what the workbench is told is what the runner computes, and nothing crashes on bad
// input.
#include <QtTest>
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>

#include "core/inspect/inspector_model.h"
#include "core/inspect/opened_inspector.h"
#include "core/inspect/request_command.h"
#include "core/routing/routing_frame.h"
#include "core/run/evaluation_session.h"
#include "core/run/places.h"
#include "core/run/reference_builder.h"
#include "core/session/session_reader.h"

using namespace r2t2;

namespace {

/// Opened once: a hundred references of the bundled world.
InspectorPtr inspector() {
    static const InspectorPtr opened = [] {
        qputenv("XDG_CACHE_HOME", QDir::tempPath().toUtf8() + "/r2t2-test-inspect");
        Result<InspectorPtr> made = OpenedInspector::open({}, {}, {});
        return made ? *made : nullptr;
    }();
    return opened;
}

InspectRequest sample_request(const std::string& set, std::size_t index, std::vector<Method> methods) {
    InspectRequest request;
    request.list = inspector()->open_samples(set, index + 1).value().front();
    request.index = index;
    for (const Method method : methods) {
        MethodParams params = inspector()->info().defaults;
        params.method = method;
        request.methods.push_back(params);
    }
    return request;
}

InspectionPtr inspect(const InspectRequest& request) {
    Result<InspectionPtr> done = inspector()->inspect(request, {}, {});
    return done ? *done : nullptr;
}

}  // namespace

class TestInspect final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void shipped_references_are_what_the_model_builds();
    void trajectories_are_those_of_the_runner();
    void what_if_at_the_base_is_the_native_answer();
    void what_if_at_a_step_is_that_steps_answer();
    void what_if_refuses_weights_off_the_simplex();
    void a_reference_left_out_is_no_neighbour();
    void pulls_sum_to_minus_the_gradient();
    void landscape_at_r_is_the_objective();
    void gates_mean_is_the_base_routing();
    void own_question_has_no_truth();
    void bad_pictures_and_questions_are_errors();
    void places_that_are_none_are_errors();
    void the_one_that_is_followed_refuses_the_request();
    void pca_places_references_where_they_are();
    void stored_sample_is_shown_without_computing();
    void command_line_says_what_differs();
    void a_checkpoint_is_told_before_it_is_opened();
    void precision_is_kept_from_opening_to_the_session();
};

void TestInspect::initTestCase() {
    QVERIFY(inspector());
    QVERIFY(inspector()->references().size() > 100);
    QVERIFY(inspector()->info().miniature);
}

/// A newly trained model needs a new set in resources/references, or every first start builds one.
void TestInspect::shipped_references_are_what_the_model_builds() {
    const auto& opened = dynamic_cast<const OpenedInspector&>(*inspector());
    const std::filesystem::path shipped =
        resources_directory() / "references" / (inspector()->info().model_hash.substr(0, 16) + "-world-1-2400");
    const Result<ReferenceStore> store = ReferenceStore::load(shipped.string());
    QVERIFY2(store.ok(), store ? "" : store.error().message().c_str());
    const SampleSetPtr samples = world_samples(default_world(), "reference", 1, 60).value();
    const Result<ReferenceBuild> built = build_reference(*opened.model(), *samples, {.threads = 1, .notes = {}, .embedder = {}});
    QVERIFY(built);
    QVERIFY(built->store.size() > 10);
    std::vector<ReferenceRecord> native;  // it comes refined: with some that the base model answers wrongly
    std::copy_if(store->records().begin(), store->records().end(), std::back_inserter(native), [](const ReferenceRecord& record) { return record.is_correct; });
    for (std::size_t i = 0; i < built->store.size(); ++i) {
        const ReferenceRecord& mine = built->store.records()[i];
        const ReferenceRecord& theirs = native[i];
        QCOMPARE(mine.id, theirs.id);
        QCOMPARE(mine.question, theirs.question);
        QCOMPARE(mine.model_answer, theirs.model_answer);
        QCOMPARE(mine.pixels_hash, theirs.pixels_hash);
        QVERIFY(distance(mine.routing, theirs.routing) < 1e-5);  // another processor rounds otherwise
    }
    // Its refined routings and its surfaces are this model's too.
    const SurfaceTables* tables = opened.reference()->surfaces(RoutingMode::Offset);
    QVERIFY(tables != nullptr && tables->accuracy() && inspector()->info().surfaces.contains(RoutingMode::Offset));
    QVERIFY(store->is_refined());
    for (std::size_t i = 0; i < store->size(); i += 400) {
        const ReferenceRecord& record = store->records()[i];
        const PreparedSamplePtr sample = opened.reference()->prepared(i).value();
        const auto loss_at = [&](const RoutingMatrix& weights) {
            const RoutedQuery query{sample.get(), action_toward(RoutingMode::Offset, weights, record.routing)};
            return opened.model()->loss_and_gradient({&query, 1}, false).value().front().loss;
        };
        QVERIFY(std::abs(loss_at(record.refined->routing) - record.refined->loss_after) < 1e-3 * (1.0 + record.refined->loss_after));
        for (std::size_t n = 0; n < tables->form()->nodes().size(); n += 7) {
            const double loss = loss_at(tables->form()->nodes()[n]);
            QVERIFY(std::abs(loss - static_cast<double>(tables->table(i)[n])) < 1e-3 * (1.0 + loss));
        }
    }
}

void TestInspect::trajectories_are_those_of_the_runner() {
    const InspectRequest request = sample_request("G-dim", 3, {Method::Ngd});
    const InspectionPtr inspection = inspect(request);
    QVERIFY(inspection);
    QCOMPARE(inspection->trajectories().size(), 2u);
    const auto& opened = dynamic_cast<const OpenedInspector&>(*inspector());
    EvaluationContext context;
    context.model = opened.model();
    context.reference = opened.reference();
    context.methods = inspection->methods();
    context.seed = 1;
    const auto& list = dynamic_cast<const SetList&>(*request.list);
    Result<RunSample> sample = list.set().get(3, context.model->info());
    QVERIFY(sample);
    const Result<SampleRun> run = run_sample(context, std::move(*sample), "G-dim", 3, {});
    QVERIFY(run);
    const Trajectory& ours = inspection->trajectories()[1];
    const Trajectory& theirs = run->trajectories[1];
    QCOMPARE(ours.steps.size(), theirs.steps.size());
    for (std::size_t t = 0; t < ours.steps.size(); ++t) {
        QCOMPARE(ours.steps[t].weights, theirs.steps[t].weights);
        QCOMPARE(ours.steps[t].answer->text, theirs.steps[t].answer->text);
    }
    QCOMPARE(ours.neighbourhood, theirs.neighbourhood);
}

void TestInspect::what_if_at_the_base_is_the_native_answer() {
    const InspectionPtr inspection = inspect(sample_request("K-noise", 2, {Method::Ngd}));
    const Result<WhatIf> same = inspector()->what_if(*inspection, 1, inspection->base_routing());
    QVERIFY(same);
    const Answer& native = *inspection->trajectories()[0].base().answer;
    QCOMPARE(same->answer.text, native.text);
    QCOMPARE(same->answer.confidence, native.confidence);
    QCOMPARE(same->score.correct, inspection->trajectories()[0].base().correct);
}

void TestInspect::what_if_at_a_step_is_that_steps_answer() {
    const InspectionPtr inspection = inspect(sample_request("G-noise", 1, {Method::Ngd}));
    const TrajectoryStep& last = inspection->trajectories()[1].result();
    const Result<WhatIf> there = inspector()->what_if(*inspection, 1, last.weights);
    QVERIFY(there);
    QCOMPARE(there->answer.text, last.answer->text);
    QVERIFY(std::abs(there->answer.confidence - last.answer->confidence) < 1e-5);  // another batch size
    QVERIFY(there->loss.has_value());
}

void TestInspect::what_if_refuses_weights_off_the_simplex() {
    const InspectionPtr inspection = inspect(sample_request("G-dim", 0, {Method::Ngd}));
    RoutingMatrix bad = inspection->base_routing();
    bad(0, 0) += 0.5;
    const Result<WhatIf> refused = inspector()->what_if(*inspection, 1, bad);
    QVERIFY(!refused);
    QCOMPARE(refused.error().where, std::string("routing"));
}

void TestInspect::a_reference_left_out_is_no_neighbour() {
    InspectRequest request = sample_request("O-small", 4, {Method::Ngd, Method::KernelRegression});
    const InspectionPtr before = inspect(request);
    const std::size_t first = before->trajectories().back().neighbourhood.neighbours.front().index;
    request.left_out = {first};
    const InspectionPtr after = inspect(request);
    for (const Trajectory& trajectory : after->trajectories()) {
        for (const Neighbour& neighbour : trajectory.neighbourhood.neighbours) {
            QVERIFY(neighbour.index != first);
        }
    }
    const auto& was = before->trajectories().back().neighbourhood.neighbours;
    const auto& is = after->trajectories().back().neighbourhood.neighbours;
    QCOMPARE(is.size(), was.size());            // the next nearest takes its place
    QCOMPARE(is[0].index, was[1].index);
}

void TestInspect::pulls_sum_to_minus_the_gradient() {
    const InspectionPtr inspection = inspect(sample_request("G-dim", 5, {Method::Ngd}));
    const TrajectoryStep& step = inspection->trajectories()[1].steps[2];
    const Result<std::vector<RoutingMatrix>> pulls = inspector()->pulls(*inspection, 1, step.weights);
    QVERIFY(pulls);
    RoutingMatrix sum(1, 6);
    for (const RoutingMatrix& pull : *pulls) {
        sum += pull;
    }
    const RoutingMatrix tangent = centre_groups(inspector()->info().space, *step.routing_gradient);
    for (std::size_t e = 0; e < 6; ++e) {
        QVERIFY(std::abs(sum(0, e) + tangent(0, e)) < 1e-4 * (1.0 + std::abs(tangent(0, e))));
    }
}

void TestInspect::landscape_at_r_is_the_objective() {
    const InspectionPtr inspection = inspect(sample_request("G-dim", 5, {Method::Ngd}));
    LandscapeRequest request;
    request.method = 1;
    request.group = 1;
    request.divisions = 4;
    request.at = inspection->trajectories()[1].steps[1].weights;
    int partial = 0;
    const Result<LandscapeValues> values = inspector()->landscape(*inspection, request, [&](const LandscapeValues&) { ++partial; }, {});
    QVERIFY(values);
    QCOMPARE(values->values.size(), 15u);
    QVERIFY(partial > 0);
    // The grid point (2, 1, 1) / 4 against a descent that starts there: its objective is the same number.
    const TrajectoryStep& step = inspection->trajectories()[1].steps[1];
    request.at = step.weights;
    request.divisions = 1;
    const Result<LandscapeValues> corners = inspector()->landscape(*inspection, request, {}, {});
    QVERIFY(corners);
    QVERIFY(std::abs(corners->values[0] - values->values[0]) < 1e-5 * values->values[0]);  // (1, 0, 0) in both grids
    QVERIFY(*step.objective >= *std::min_element(values->values.begin(), values->values.end()) - 1.0);
    for (const double value : values->values) {
        QVERIFY(std::isfinite(value));
    }
    CancelToken cancel = CancelToken::create();
    cancel.cancel();
    QCOMPARE(inspector()->landscape(*inspection, request, {}, cancel).error().kind, ErrorKind::Cancelled);
}

void TestInspect::gates_mean_is_the_base_routing() {
    const InspectionPtr inspection = inspect(sample_request("K-clutter", 1, {Method::Ngd}));
    const Result<MixerView> view = inspector()->look(*inspection, 0, 0);
    QVERIFY(view);
    QCOMPARE(view->groups.size(), 2u);
    for (std::size_t g = 0; g < 2; ++g) {
        const std::size_t tokens = view->groups[g].tokens.size();
        for (std::size_t e = 0; e < 3; ++e) {
            double sum = 0;
            for (std::size_t m = 0; m < view->mixers; ++m) {
                for (std::size_t t = 0; t < tokens; ++t) {
                    sum += double(view->groups[g].weights[(m * tokens + t) * 3 + e]);
                }
            }
            QVERIFY(std::abs(sum / double(view->mixers * tokens) - inspection->base_routing()(0, 3 * g + e)) < 1e-5);
        }
    }
}

void TestInspect::own_question_has_no_truth() {
    InspectRequest request = sample_request("G-dim", 1, {Method::Ngd, Method::Oracle});
    request.question = "is there a red circle?";
    const InspectionPtr inspection = inspect(request);
    QVERIFY(inspection);
    QVERIFY(inspection->sample().truth.empty());
    QVERIFY(inspection->index_of(Method::Oracle) >= inspection->trajectories().size());  // needs the truth
    QVERIFY(!inspection->trajectories()[1].base().correct.has_value());
    request.truth = "yes";
    QVERIFY(inspect(request)->index_of(Method::Oracle) < 3);
}

/// A reference's picture at SIZE_MAX was read beyond the references.
void TestInspect::places_that_are_none_are_errors() {
    const std::size_t count = inspector()->references().size(), beyond = static_cast<std::size_t>(-1);
    QVERIFY(inspector()->reference_picture(count - 1).ok());
    for (const std::size_t place : {count, beyond, beyond / 2}) {
        const Result<SamplePicture> picture = inspector()->reference_picture(place);
        QVERIFY(!picture);
        QVERIFY2(picture.error().message().find("0 to " + std::to_string(count - 1)) != std::string::npos, picture.error().message().c_str());
    }
    InspectRequest request = sample_request("G-dim", 1, {Method::Ngd});
    QVERIFY(!request.list->picture(request.list->size()));
    QVERIFY(!request.list->picture(beyond));
    InspectRequest other = request;
    other.index = request.list->size();
    QVERIFY(!inspector()->inspect(other, {}, {}));
    other = request;
    other.left_out = {0, count};
    QVERIFY(!inspector()->inspect(other, {}, {}));
    const InspectionPtr inspection = inspect(request);
    QVERIFY(inspection);
    const std::size_t methods = inspection->methods().size();
    QVERIFY(!inspector()->look(*inspection, methods, 0));
    QVERIFY(!inspector()->what_if(*inspection, methods, inspection->base_routing()));
    QVERIFY(!inspector()->pulls(*inspection, methods, inspection->base_routing()));
    QVERIFY(inspection->neighbours(methods).empty());
    const std::vector<Neighbour>& values = inspection->trajectories()[1].neighbourhood.neighbours;
    const std::vector<InspectedNeighbour> named = inspection->neighbours(1);
    QVERIFY(!values.empty());
    QCOMPARE(named.size(), values.size());
    for (std::size_t i = 0; i < named.size(); ++i) {
        QVERIFY(named[i].place == values[i].index);
    }
}

/// Two of one method, as a sweep has them: the other one ran in its place, and nobody said so.
void TestInspect::the_one_that_is_followed_refuses_the_request() {
    InspectRequest request = sample_request("G-dim", 1, {Method::KernelRegression});
    request.methods.front().k = 3;
    MethodParams large = request.methods.front();
    large.k = inspector()->references().size() + 1;
    request.methods.push_back(large);
    request.wanted = large;
    const Result<InspectionPtr> refused = inspector()->inspect(request, {}, {});
    QVERIFY(!refused);
    QVERIFY2(refused.error().message().find(std::to_string(large.k)) != std::string::npos, refused.error().message().c_str());
    request.wanted = request.methods.front();
    const InspectionPtr inspection = inspect(request);
    QVERIFY(inspection);
    QCOMPARE(inspection->trajectories().size(), std::size_t{2});
    QCOMPARE(inspection->refused().size(), std::size_t{1});
    QVERIFY(inspection->refused().front().params == large);
    request.wanted.reset();
    QVERIFY(!inspector()->inspect(request, {}, {}));  // nobody is followed: each refuses
    request.wanted = large;
    request.wanted->method = Method::Base;  // always there
    QVERIFY(inspector()->inspect(request, {}, {}).ok());
}

void TestInspect::bad_pictures_and_questions_are_errors() {
    InspectRequest request = sample_request("G-dim", 1, {Method::Ngd});
    request.question = "what <image> is this";
    QVERIFY(!inspector()->inspect(request, {}, {}));
    QTemporaryDir folder;
    const std::string broken = folder.filePath("broken.png").toStdString();
    std::ofstream(broken) << "not a picture";
    const auto lists = inspector()->open_samples(broken, 1);
    QVERIFY(!lists);
    QVERIFY(lists.error().message().find("broken.png") != std::string::npos);
    QVERIFY(!inspector()->open_samples("/nowhere/at-all.png", 1));
    QTemporaryDir nothing;
    QVERIFY(!inspector()->open_samples(nothing.path().toStdString(), 1));  // no picture in it
    QVERIFY(!inspector()->open_samples("no-such-set", 1));
}

void TestInspect::pca_places_references_where_they_are() {
    for (const ProjectionSpace space : {ProjectionSpace::Routing, ProjectionSpace::Task}) {
        const Result<ProjectionMapPtr> map = inspector()->projection({space, ProjectionMethod::Pca, 1}, {}, {});
        QVERIFY(map);
        QCOMPARE((*map)->xy.size(), 2 * inspector()->references().size());
        QVERIFY((*map)->explained[0] >= (*map)->explained[1]);
        if (space == ProjectionSpace::Routing) {
            const std::vector<double>& r = inspector()->references()[7].routing.values();
            const auto at = (*map)->place(r);
            QVERIFY(std::abs(at[0] - double((*map)->xy[14])) < 1e-5 && std::abs(at[1] - double((*map)->xy[15])) < 1e-5);
        }
    }
}

void TestInspect::stored_sample_is_shown_without_computing() {
    const auto& opened = dynamic_cast<const OpenedInspector&>(*inspector());
    EvaluationContext context;
    context.model = opened.model();
    context.reference = opened.reference();
    MethodParams params = inspector()->info().defaults;
    context.methods = method_list(params, {Method::Ngd});
    QTemporaryDir folder;
    const std::string path = folder.filePath("run.sqlite").toStdString();
    const std::vector<SampleSetPtr> sets = open_sample_sets({{"G-dim"}, "test", 1, 3}).value();
    auto recorder = SessionRecorder::begin(path, {}, context, sets);
    QVERIFY(recorder);
    const Result<Evaluation> done = evaluate(context, sets, {.threads = 1}, recorder->get(), {}, {});
    QVERIFY(done);
    QVERIFY((*recorder)->finish(*done));
    const auto lists = inspector()->open_samples(path, 1);
    QVERIFY(lists);
    QCOMPARE(lists->front()->size(), 3u);
    QVERIFY(lists->front()->stored());
    InspectRequest request;
    request.list = lists->front();
    request.index = 1;
    const InspectionPtr stored = inspect(request);
    QVERIFY(stored && stored->stored());
    QCOMPARE(stored->trajectories().size(), 2u);
    QVERIFY(!stored->picture().image.empty());  // "world:..." is drawn again
    const InspectionPtr live = inspect(sample_request("G-dim", 1, {Method::Ngd}));
    QCOMPARE(stored->trajectories()[1].result().answer->text, live->trajectories()[1].result().answer->text);
    for (const Neighbour& neighbour : stored->trajectories()[1].neighbourhood.neighbours) {
        QVERIFY(neighbour.index < inspector()->references().size());
    }
    QVERIFY(!inspector()->what_if(*stored, 1, live->base_routing()));
}

void TestInspect::command_line_says_what_differs() {
    InspectRequest request = sample_request("G-dim", 12, {Method::Ngd});
    QCOMPARE(request_command({}, request), std::string("r2t2 inspect --sample G-dim/12 --methods ngd"));
    request.methods.front().k = 9;
    request.methods.front().initial_lr = 0.25;
    QCOMPARE(request_command({}, request), std::string("r2t2 inspect --sample G-dim/12 --methods ngd -k 9 --initial-lr 0.25"));
    InspectRequest picture;
    picture.image = "/tmp/it's a cat.png";
    picture.question = "what is it?";
    QCOMPARE(request_command({}, picture), std::string("r2t2 inspect '/tmp/it'\\''s a cat.png' --question 'what is it?'"));
    InspectorOptions options;
    options.device = "cuda:1";
    options.precision = "int8";
    QCOMPARE(request_command(options, picture), std::string("r2t2 inspect '/tmp/it'\\''s a cat.png' --question 'what is it?' --device cuda:1 --precision int8"));
    BenchmarkRequest benchmark;
    benchmark.sets = {"G-dim"};
    const std::string evaluate = benchmark_command(options, benchmark);
    QVERIFY2(evaluate.find(" --device cuda:1 --precision int8") != std::string::npos, evaluate.c_str());
    ReferenceRequest reference;
    reference.data = DataRequest{"VQA-V2", "/data", {}, 0, 1};
    reference.output = "/out";
    QCOMPARE(reference_command(options, reference), std::string("r2t2 reference build --from VQA-V2 --data /data --device cuda:1 --precision int8 --out /out"));
    reference.refine = Refine::Yes;
    QCOMPARE(reference_command({}, reference), std::string("r2t2 reference build --from VQA-V2 --data /data --refine --out /out"));
    reference.data.reset();
    QCOMPARE(reference_command({}, reference), std::string("r2t2 reference refine bundled --out /out"));
}

void TestInspect::a_checkpoint_is_told_before_it_is_opened() {
    const ModelReport bundled = model_report({}, {}).value();
    QVERIFY(bundled.usable() && bundled.miniature && bundled.problems.empty());
    QCOMPARE(bundled.parameters, inspector()->info().parameters);
    QCOMPARE(bundled.image_size, inspector()->info().image_size);
    QCOMPARE(bundled.mixer_layers, inspector()->info().mixer_layers);
    QCOMPARE(bundled.files, 1);
    QCOMPARE(bundled.weight_bytes("fp32", true).value(), inspector()->info().weight_bytes);
    QVERIFY(!bundled.weight_bytes("fp16", true) && bundled.weight_bytes("fp16", false));
    QVERIFY(!bundled.weight_bytes("fp12", true));
    QVERIFY(bundled.free_memory.value_or(0) > 1'000'000);
    QVERIFY(device_report().known);  // the inspector has loaded the engine

    QTemporaryDir folder;
    QVERIFY(!model_report(folder.filePath("nowhere").toStdString(), {}));
    const ModelReport empty = model_report(folder.path().toStdString(), {}).value();
    QVERIFY(!empty.usable() && empty.name.empty() && empty.memory.empty());
    QVERIFY2(empty.problems.front().message.find("config.json") != std::string::npos, empty.problems.front().message.c_str());

    std::istringstream told("MemTotal: 8000 kB\nMemAvailable:    3000 kB\n");
    QCOMPARE(available_memory(told).value(), 3000 * 1024);
    std::istringstream silent("MemTotal: 8000 kB\nMemAvailable: many\n");
    QVERIFY(!available_memory(silent));
}

/// The precision is the model's, the run's and the session's; a run goes on in its own, whatever is open.
void TestInspect::precision_is_kept_from_opening_to_the_session() {
    InspectorOptions options;
    options.precision = "int9";
    QCOMPARE(OpenedInspector::open(options, {}, {}).error().field, std::string("--precision"));
    options.precision = "int8";
    const InspectorPtr rounded = OpenedInspector::open(options, {}, {}).value();
    QCOMPARE(rounded->info().precision, std::string("int8"));
    QCOMPARE(rounded->info().device, std::string("cpu"));
    QCOMPARE(rounded->info().weight_bytes, model_report({}, {}).value().weight_bytes("int8", true).value());
    QTemporaryDir folder;
    BenchmarkRequest request;
    request.sets = {"G-dim"};
    request.samples = 2;
    request.methods = {Method::KernelRegression};
    request.params = rounded->info().defaults;
    request.session = folder.filePath("int8.sqlite").toStdString();
    QVERIFY(rounded->benchmark(request, {}));
    SessionReader session = SessionReader::open(request.session.string()).value();
    const std::vector<StoredRun> runs = session.runs().value();
    for (const StoredRun& run : runs) {
        QCOMPARE(run.info.versions.at("precision"), std::string("int8"));
        QCOMPARE(run.info.versions.at("device"), std::string("cpu"));
        QVERIFY2(run.info.command.find("--precision int8") != std::string::npos, run.info.command.c_str());
    }
    request.resume = true;
    QVERIFY(rounded->benchmark(request, {}));
    QCOMPARE(inspector()->info().precision, std::string("fp32"));
    QVERIFY(inspector()->benchmark(request, {}));
    const std::vector<StoredRun> after = SessionReader::open(request.session.string()).value().runs().value();
    QCOMPARE(after.size(), runs.size());
    for (std::size_t i = 0; i < runs.size(); ++i) {
        QCOMPARE(after[i].info.config, runs[i].info.config);
        QCOMPARE(after[i].samples, runs[i].samples);
    }
}

QTEST_GUILESS_MAIN(TestInspect)
#include "test_inspect.moc"
