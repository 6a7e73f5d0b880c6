// Refined reference sets: a descent on every candidate's own label, kept in a session until the set is built.
#include <QDir>
#include <QTemporaryDir>
#include <QTest>
#include <set>

#include "core/reference/refined_counts.h"
#include "core/run/evaluation_session.h"
#include "core/run/reference_refiner.h"
#include "core/run/session_merge.h"
#include "core/routing/routing_frame.h"
#include "core/session/sqlite.h"
#include "tests/run/formula_model.h"
#include "tests/support/files.h"

using namespace r2t2;

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kCandidates = 60;

[[maybe_unused]] std::string said(const Status& status) { return status.ok() ? "no error" : status.error().message(); }
template <typename T>
std::string said(const Result<T>& result) {
    return result ? std::string("no error") : result.error().message();
}

MethodParams descent() {
    MethodParams params;
    params.initial_lr = 0.5;
    params.final_lr = 0.05;
    params.steps = 4;  // not enough for all of them
    return params;
}

struct Refinement {
    EvaluationGround ground;
    SampleSetPtr candidates;
    RefineOptions options;
    SampleChoice choice;

    explicit Refinement(const QTemporaryDir& folder, bool per_mixer = false) {
        const auto context = formula_context(descent(), kCandidates, {Method::Base});
        candidates = std::make_shared<FormulaSet>("references", kCandidates, std::set<std::size_t>{7}, std::set<std::size_t>{9});
        auto plain = build_reference(*context->model, *candidates, {.threads = 1, .notes = {}, .embedder = {}});
        ground = {context->model, *ReferenceSet::create(context->model, std::move(plain->store), candidates), "formula"};
        options.descent = descent();
        options.per_mixer = per_mixer;
        options.threads = 1;
        options.session = folder.filePath("descents").toStdString();
        options.build.threads = 1;
        choice = {{"references"}, "reference", 1, kCandidates, {}};
    }
    [[nodiscard]] Result<Evaluation> descend(const ProgressCallback& progress = {}, const CancelToken& cancel = {}) const {
        return descend_on_candidates(ground, candidates, choice, options, progress, cancel);
    }
    [[nodiscard]] Result<ReferenceBuild> collect() const { return collect_refined(ground, candidates, options, {}, {}); }
};

/// Every file of a store, by name.
std::map<std::string, std::string> saved(const ReferenceStore& store, const QTemporaryDir& folder, const char* name) {
    const std::string path = folder.filePath(name).toStdString();
    std::map<std::string, std::string> out;
    if (store.save(path).ok()) {
        for (const auto& entry : fs::directory_iterator(path)) {
            out[entry.path().filename().string()] = read_file(entry.path());
        }
    }
    return out;
}

RoutedQuery routed(const PreparedSamplePtr& sample, const RoutingAction& action) { return {sample.get(), action}; }

}  // namespace

class TestRunRefine : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void what_is_kept_is_what_the_model_says() {
        const QTemporaryDir folder;
        const Refinement refinement(folder, true);
        const auto descents = refinement.descend();
        QVERIFY2(descents.ok(), said(descents).c_str());
        const auto built = refinement.collect();
        QVERIFY2(built.ok(), said(built).c_str());
        const auto plain = build_reference(*refinement.ground.model, *refinement.candidates, {.threads = 1, .notes = {}, .embedder = {}});
        QVERIFY(plain.ok());
        QCOMPARE(built->problems.size(), std::size_t{2});
        QCOMPARE(built->tried, kCandidates);
        QCOMPARE(built->store.size() + built->wrong + built->problems.size(), kCandidates);
        QVERIFY(refined_counts(built->store.records()).mended > 0 && built->wrong > 0);
        std::size_t base_right = 0;
        const Model& model = *refinement.ground.model;
        for (const ReferenceRecord& record : built->store.records()) {
            QVERIFY(record.refined && (record.is_correct || record.refined->is_correct));
            QCOMPARE(record.refined->routing_per_mixer.rows(), model.routing_space().mixers);
            base_right += record.is_correct ? 1 : 0;
            const auto sample = refinement.candidates->get(static_cast<std::size_t>(std::stoi(record.id)), model.info());
            const auto prepared = model.prepare(sample->input);
            const RoutingAction refined = action_toward(RoutingMode::Offset, record.refined->routing, record.routing);
            for (const auto& [action, loss, right] : {std::tuple{RoutingAction::native_gates(), record.refined->loss_before, record.is_correct},
                                                      std::tuple{refined, record.refined->loss_after, record.refined->is_correct}}) {
                const RoutedQuery query = routed(*prepared, action);
                QCOMPARE(model.loss_and_gradient({&query, 1}, false)->front().loss, loss);
                QCOMPARE(model.answer({&query, 1})->front().text == record.ground_truth, right);
            }
            QVERIFY(record.refined->loss_after < record.refined->loss_before);
        }
        QCOMPARE(base_right, plain->store.size());
    }

    /// What the paper's methods look at is the same to the last bit: who is right, r0, and where everybody lies in task space.
    void the_papers_methods_do_not_notice() {
        const QTemporaryDir folder;
        const Refinement refinement(folder);
        QVERIFY(refinement.descend().ok());
        auto built = refinement.collect();
        auto plain = build_reference(*refinement.ground.model, *refinement.candidates, {.threads = 1, .notes = {}, .embedder = {}});
        QVERIFY(built.ok() && plain.ok());
        QVERIFY(built->store.size() > plain->store.size());
        QCOMPARE(built->store.native_hash(), plain->store.content_hash());
        QCOMPARE(plain->store.native_hash(), plain->store.content_hash());
        QVERIFY(built->store.content_hash() != plain->store.content_hash());
        std::vector<Evaluation> evaluations;
        for (ReferenceBuild* build : {&*built, &*plain}) {
            EvaluationContext context;
            context.model = refinement.ground.model;
            context.reference = *ReferenceSet::create(context.model, std::move(build->store), refinement.candidates);
            MethodParams params = descent();
            params.k = 4;
            params.routing_k = 4;
            context.methods = method_list(params, all_methods());
            ControlOptions controls;
            controls.fit.mode = params.mode;
            controls.grid_samples = 12;  // drawn by chance
            context.controls = *fit_controls(context, controls, {}, {});
            auto evaluation = evaluate(context, {std::make_shared<FormulaSet>("new", 30)}, {}, nullptr, {}, {});
            QVERIFY2(evaluation.ok(), said(evaluation).c_str());
            evaluations.push_back(std::move(*evaluation));
        }
        for (std::size_t s = 0; s < 30; ++s) {
            const auto &with = evaluations[0].sets[0].samples[s].methods, &without = evaluations[1].sets[0].samples[s].methods;
            QCOMPARE(with.size(), without.size());
            for (std::size_t m = 0; m < with.size(); ++m) {
                QVERIFY(with[m] == without[m]);
            }
        }
    }

    /// A run that was begun before its references were refined goes on with the refined ones, and what comes of it is what it would have been; not the other way round.
    void a_run_goes_on_when_its_references_have_been_refined() {
        const QTemporaryDir folder;
        const Refinement refinement(folder);
        QVERIFY(refinement.descend().ok());
        auto built = refinement.collect();
        auto plain = build_reference(*refinement.ground.model, *refinement.candidates, {.threads = 1, .notes = {}, .embedder = {}});
        QVERIFY(built.ok() && plain.ok());
        const auto on = [&](ReferenceStore store) {
            EvaluationContext context;
            context.model = refinement.ground.model;
            context.reference = *ReferenceSet::create(context.model, std::move(store), refinement.candidates);
            MethodParams params = descent();
            params.k = 4;
            params.routing_k = 4;
            context.methods = method_list(params, {Method::ModeFinding, Method::KernelRegression, Method::Ngd, Method::RandomNeighbours});
            return context;
        };
        const EvaluationContext before = on(plain->store), after = on(built->store);
        const auto set = std::make_shared<FormulaSet>("new", 24);
        const std::vector<SampleSetPtr> sets = {set};
        const auto rows = [&](const EvaluationContext& first, const EvaluationContext& then, const char* name) -> Result<Evaluation> {
            const std::string path = folder.filePath(name).toStdString();
            auto recorder = SessionRecorder::begin(path, provenance_of(first), first, sets);
            const CancelToken cancel = CancelToken::create();
            set->on_get = [&](std::size_t index) {
                if (index == 12) {
                    cancel.cancel();
                }
            };
            const auto half = evaluate(first, sets, {.threads = 1}, recorder->get(), {}, cancel);
            set->on_get = {};
            if (!half || !half->interrupted) {
                return invalid_input("test", "evaluation", "not cut", "cut");
            }
            R2T2_TRY((*recorder)->finish(*half));
            recorder->reset();
            auto resumed = SessionRecorder::resume(path, provenance_of(then), then, sets);
            if (!resumed) {
                return resumed.error();
            }
            return evaluate(then, sets, {.threads = 1}, resumed->get(), {}, {});
        };
        const auto whole = rows(before, before, "whole.sqlite"), refined = rows(before, after, "refined.sqlite"), back = rows(after, before, "back.sqlite");
        QVERIFY2(whole.ok(), said(whole).c_str());
        QVERIFY2(refined.ok(), said(refined).c_str());
        QVERIFY(!back.ok());
        QVERIFY2(back.error().message().find("reference hash") != std::string::npos, said(back).c_str());
        for (std::size_t s = 0; s < 24; ++s) {
            const auto &there = whole->sets[0].samples[s].methods, &here = refined->sets[0].samples[s].methods;
            for (std::size_t m = 0; m < there.size(); ++m) {
                QVERIFY(here[m] == there[m]);
            }
        }
    }

    /// A refined set has more to go to: the mean of routings that were right for the neighbours.
    void refined_routings_are_gone_to() {
        const QTemporaryDir folder;
        const Refinement refinement(folder);
        QVERIFY(refinement.descend().ok());
        auto built = refinement.collect();
        QVERIFY(built.ok());
        EvaluationContext context;
        context.model = refinement.ground.model;
        context.reference = *ReferenceSet::create(context.model, std::move(built->store), refinement.candidates);
        MethodParams params = descent();
        params.method = Method::KernelRegression;
        params.reference_routing = ReferenceRouting::Refined;
        params.mixing = Mixing::None;
        params.k = 1;
        context.methods = {params};
        const FormulaSet set("new", 5);
        for (std::size_t i = 0; i < set.size(); ++i) {
            const auto run = run_sample(context, *set.get(i, context.model->info()), set.name(), i, {});
            QVERIFY2(run.ok(), said(run).c_str());
            const Trajectory& trajectory = run->trajectories[0];
            const ReferenceRecord& nearest = context.reference->store().records()[trajectory.neighbourhood.neighbours[0].index];
            QVERIFY(nearest.refined->is_correct);
            for (std::size_t e = 0; e < 6; ++e) {
                QVERIFY(std::abs(trajectory.result().weights(0, e) - nearest.refined->routing(0, e)) < 1e-12);
            }
        }
    }

    /// A descent that begins at the neighbours' mean: of refined routings where it is told so, and refused where there are none.
    void descents_begin_at_refined_routings() {
        const QTemporaryDir folder;
        const Refinement refinement(folder);
        QVERIFY(refinement.descend().ok());
        auto built = refinement.collect();
        QVERIFY(built.ok());
        EvaluationContext context;
        context.model = refinement.ground.model;
        context.reference = refinement.ground.reference;
        MethodParams params = descent();
        params.start = DescentStart::KernelRegression;
        params.reference_routing = ReferenceRouting::Refined;
        params.k = 1;
        params.method = Method::Ngd;
        context.methods = {params};
        const Status unrefined = check_context(context);
        QVERIFY2(!unrefined.ok() && unrefined.error().field == "--reference-routing", said(unrefined).c_str());
        context.methods[0].start = DescentStart::Native;  // does not look at it
        QVERIFY2(check_context(context).ok(), said(check_context(context)).c_str());
        context.methods[0].granularity = Granularity::PerMixer;
        QVERIFY(check_context(context).ok());

        context.reference = *ReferenceSet::create(context.model, std::move(built->store), refinement.candidates);
        params.keep = Keep::RefinedRight;
        context.methods = {params, params};
        context.methods[1].method = Method::RandomNeighbours;
        QVERIFY2(check_context(context).ok(), said(check_context(context)).c_str());
        context.methods[0].granularity = Granularity::PerMixer;  // of which there is no refined routing here
        const Status mixers = check_context(context);
        QVERIFY2(!mixers.ok() && mixers.error().field == "--granularity", said(mixers).c_str());
        context.methods[0].granularity = Granularity::Shared;
        const FormulaSet set("new", 3);
        for (std::size_t i = 0; i < set.size(); ++i) {
            const auto run = run_sample(context, *set.get(i, context.model->info()), set.name(), i, {});
            QVERIFY2(run.ok(), said(run).c_str());
            for (const Trajectory& trajectory : run->trajectories) {
                const ReferenceRecord& neighbour = context.reference->store().records()[trajectory.neighbourhood.neighbours[0].index];
                QCOMPARE(trajectory.steps.size(), static_cast<std::size_t>(params.steps) + 1);
                QVERIFY(neighbour.refined->is_correct && !trajectory.base().objective && trajectory.steps[1].objective);
                for (std::size_t e = 0; e < 6; ++e) {
                    QVERIFY(std::abs(trajectory.steps[1].weights(0, e) - neighbour.refined->routing(0, e)) < 1e-12);
                }
            }
        }
    }

    /// References that stay wrong under r* have no refined routing to go to: every method takes the others, in both neighbourhoods of mode finding.
    void references_that_stay_wrong_are_passed_over_by_every_method() {
        const QTemporaryDir folder;
        const Refinement refinement(folder);
        QVERIFY(refinement.descend().ok());
        auto built = refinement.collect();
        QVERIFY(built.ok());
        std::vector<ReferenceRecord> records = built->store.records();
        std::set<std::size_t> wrong;
        for (std::size_t i = 0; i < records.size(); i += 3) {  // the first one among them
            records[i].refined->is_correct = false;
            wrong.insert(i);
        }
        std::vector<RawEmbedding> raw;
        const FormulaSet& candidates = dynamic_cast<const FormulaSet&>(*refinement.candidates);
        for (const ReferenceRecord& record : records) {
            for (std::size_t i = 0; i < candidates.size(); ++i) {
                if (candidates.id(i) == record.id) {
                    raw.push_back(*raw_embedding(*refinement.ground.model, *candidates.get(i, refinement.ground.model->info()), candidates.name(), nullptr));
                }
            }
        }
        QCOMPARE(raw.size(), records.size());
        auto store = ReferenceStore::build(built->store.origin(), records, task_space_parts(), raw);
        QVERIFY2(store.ok(), said(store).c_str());
        EvaluationContext context;
        context.model = refinement.ground.model;
        context.reference = *ReferenceSet::create(context.model, std::move(*store), refinement.candidates);
        MethodParams params = descent();
        params.reference_routing = ReferenceRouting::Refined;
        params.keep = Keep::RefinedRight;
        params.k = 4;
        params.routing_k = 4;
        context.methods = method_list(params, {Method::ModeFinding, Method::KernelRegression, Method::Ngd});
        for (const ModeNeighbourhood which : {ModeNeighbourhood::Routing, ModeNeighbourhood::Task}) {
            for (MethodParams& each : context.methods) {
                each.mode_neighbourhood = which;
            }
            QVERIFY2(check_context(context).ok(), said(check_context(context)).c_str());
            const FormulaSet set("new", 5);
            for (std::size_t i = 0; i < set.size(); ++i) {
                const auto run = run_sample(context, *set.get(i, context.model->info()), set.name(), i, {});
                QVERIFY2(run.ok(), said(run).c_str());
                for (const Trajectory& trajectory : run->trajectories) {
                    for (const Neighbour& neighbour : trajectory.neighbourhood.neighbours) {
                        QVERIFY(!wrong.contains(neighbour.index));
                    }
                }
            }
        }
    }

    void cut_off_anywhere_it_goes_on_to_the_same_bytes() {
        const QTemporaryDir whole_folder;
        const Refinement whole(whole_folder);
        QVERIFY(whole.descend().ok());
        const auto expected = saved(whole.collect()->store, whole_folder, "store");
        QCOMPARE(expected.size(), std::size_t{2});
        for (const int after : {0, 1, 13, 58}) {
            const QTemporaryDir folder;
            const Refinement refinement(folder);
            const CancelToken cancel = CancelToken::create();
            auto* set = const_cast<FormulaSet*>(dynamic_cast<const FormulaSet*>(refinement.candidates.get()));
            int read = 0;
            set->on_get = [&](std::size_t) {
                if (read++ == after) {
                    cancel.cancel();
                }
            };
            const auto cut = refinement.descend({}, cancel);
            QVERIFY(!cut.ok() || cut->interrupted);
            set->on_get = nullptr;
            const auto too_early = refinement.collect();
            QVERIFY(!too_early.ok());
            QVERIFY2(said(too_early).find("candidates") != std::string::npos || said(too_early).find("runs") != std::string::npos, said(too_early).c_str());
            const auto rest = refinement.descend();
            QVERIFY2(rest.ok(), said(rest).c_str());
            const auto built = refinement.collect();
            QVERIFY2(built.ok(), said(built).c_str());
            QVERIFY(saved(built->store, folder, "store") == expected);
        }
    }

    void parts_are_joined_to_the_same_bytes() {
        const QTemporaryDir folder;
        Refinement refinement(folder, true);
        QVERIFY(refinement.descend().ok());
        const auto expected = saved(refinement.collect()->store, folder, "whole");
        std::vector<fs::path> parts;
        for (std::size_t i = 0; i < 2; ++i) {
            refinement.options.shard = {i, 2};
            refinement.options.session = folder.filePath(QString::number(i)).toStdString();
            QVERIFY(refinement.descend().ok());
            parts.push_back(refinement.options.session);
        }
        const auto half = refinement.collect();
        QVERIFY2(!half.ok() && said(half).find("merge") != std::string::npos, said(half).c_str());
        refinement.options.shard = {};
        refinement.options.session = folder.filePath("joined").toStdString();
        const auto merged = merge_sessions(parts, refinement.options.session, "r2t2 merge", {}, {});
        QVERIFY2(merged.ok(), said(merged).c_str());
        const auto built = refinement.collect();
        QVERIFY2(built.ok(), said(built).c_str());
        QVERIFY(saved(built->store, folder, "store") == expected);
    }

    /// A session of something else, one of other parameters, a row that does not hold what was written.
    void descents_of_others_are_not_taken() {
        const QTemporaryDir folder;
        Refinement refinement(folder);
        QVERIFY(refinement.descend().ok());
        Refinement other(folder);
        other.options.descent.steps = 6;
        const auto params = other.descend();
        QVERIFY2(!params.ok() && said(params).find("steps") != std::string::npos, said(params).c_str());
        auto database = sqlite::Database::open(refinement.options.session.string(), sqlite::OpenMode::Write);
        QVERIFY(database->execute("UPDATE steps SET correct = 1 - correct WHERE sample_id = 8").ok());
        database = Error{};
        const auto damaged = refinement.collect();
        QVERIFY2(!damaged.ok() && said(damaged).find("descents") != std::string::npos, said(damaged).c_str());
        EvaluationPlan plan;
        plan.methods = method_list(descent(), {Method::Ngd});
        plan.session = folder.filePath("evaluation").toStdString();
        plan.threads = 1;
        QVERIFY(run_evaluation(plan, refinement.ground, {refinement.candidates}, {}).ok());
        refinement.options.session = plan.session;
        const auto evaluation = refinement.collect();
        QVERIFY2(!evaluation.ok() && said(evaluation).find("oracle") != std::string::npos, said(evaluation).c_str());
    }
};

QTEST_GUILESS_MAIN(TestRunRefine)
#include "test_run_refine.moc"
