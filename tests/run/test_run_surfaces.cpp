// Tables of losses: made, kept, gone on with, damaged, and gone by.
#include <QTemporaryDir>
#include <QTest>

#include "core/routing/routing_frame.h"
#include "core/routing/surface_model.h"
#include "core/run/surface_builder.h"
#include "tests/run/formula_model.h"
#include "tests/support/files.h"

using namespace r2t2;

namespace {

namespace fs = std::filesystem;

template <typename T>
std::string said(const Result<T>& result) {
    return result.ok() ? std::string("no error") : result.error().message();
}

/// A reference set in a folder, opened.
struct Ground {
    std::shared_ptr<const Model> model = std::make_shared<FormulaModel>(std::map<std::string, std::string>{{"weights", "1"}});
    std::shared_ptr<FormulaSet> samples = std::make_shared<FormulaSet>("references", 60);
    fs::path folder;
    ReferenceStore store;

    explicit Ground(const QTemporaryDir& at) : folder(at.filePath("set").toStdString()) {
        store = std::move(build_reference(*model, *samples, {})->store);
        if (!store.save(folder.string()).ok()) {
            qFatal("the set was not saved");
        }
    }
    [[nodiscard]] ReferenceSetPtr open(std::vector<SurfaceTables> surfaces = {}) const {
        return *ReferenceSet::create(model, store, samples, 0, nullptr, std::move(surfaces));
    }
    [[nodiscard]] fs::path rows() const { return rows_of(folder, {}, "fp32"); }
    [[nodiscard]] fs::path file(RoutingMode mode = RoutingMode::Offset) const { return folder / surface_file_name(mode, "fp32"); }
};

SurfaceOptions options(int threads = 1) {
    SurfaceOptions out;
    out.threads = threads;
    out.checked_references = 10;
    out.checked_points = 8;
    return out;
}

}  // namespace

class TestRunSurfaces : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void tables_are_the_models_losses() {
        const QTemporaryDir folder;
        const Ground ground(folder);
        const ReferenceSetPtr set = ground.open();
        for (const RoutingMode mode : {RoutingMode::Offset, RoutingMode::Fixed}) {
            SurfaceOptions wanted = options();
            wanted.mode = mode;
            const Result<SurfaceTables> tables = build_surfaces(*set, wanted, ground.rows(), {}, {});
            QVERIFY2(tables.ok(), said(tables).c_str());
            QCOMPARE(tables->records(), set->size());
            for (std::size_t i = 0; i < set->size(); ++i) {
                const PreparedSamplePtr sample = *set->prepared(i);
                const RoutingMatrix base = mean_over_mixers(sample->native_routing());
                for (std::size_t n = 0; n < tables->form()->nodes().size(); ++n) {
                    const RoutedQuery query{sample.get(), action_toward(mode, tables->form()->nodes()[n], renormalise(ground.model->routing_space(), base))};
                    const double loss = ground.model->loss_and_gradient({&query, 1}, false)->front().loss;
                    QCOMPARE(tables->table(i)[n], static_cast<float>(loss));
                }
            }
            QVERIFY(tables->accuracy().has_value());
            QCOMPARE(tables->accuracy()->references, std::size_t{10});
            QVERIFY(tables->accuracy()->loss_rms > 0.0 && tables->accuracy()->loss_rms < tables->accuracy()->loss_spread);
            QVERIFY(tables->accuracy()->gradient_cosine > 0.5 && tables->accuracy()->loss_median <= tables->accuracy()->loss_95);
        }
    }

    /// Ended at any record, gone on with, by any number of threads: the same bytes.
    void ended_anywhere_it_goes_on_to_the_same_bytes() {
        const QTemporaryDir folder;
        const Ground ground(folder);
        const auto bytes_of = [&](const Result<SurfaceTables>& tables) {
            return tables.ok() && tables->save(ground.folder).ok() ? read_file(ground.file()) : said(tables);
        };
        const std::string whole = bytes_of(build_surfaces(*ground.open(), options(), ground.rows(), {}, {}));
        const std::string all_rows = read_file(ground.rows());
        fs::remove(ground.rows());
        QCOMPARE(bytes_of(build_surfaces(*ground.open(), options(3), ground.rows(), {}, {})), whole);
        RandomStream stream(4);
        for (int trial = 0; trial < 25; ++trial) {
            // Cut at any byte, as a kill leaves it, or with one bit turned; and once with rows of something else.
            std::string rows = all_rows.substr(0, static_cast<std::size_t>(stream.below(static_cast<std::int64_t>(all_rows.size()))));
            if (trial % 3 == 1 && !rows.empty()) {
                rows[static_cast<std::size_t>(stream.below(static_cast<std::int64_t>(rows.size())))] ^= 4;
            }
            write_file(ground.rows(), trial == 0 ? "r2t2 surface rows 1 of other references\n" + all_rows : rows);
            QCOMPARE(bytes_of(build_surfaces(*ground.open(), options(1 + trial % 2), ground.rows(), {}, {})), whole);
        }
        // What is cancelled has kept its rows.
        fs::remove(ground.rows());
        const CancelToken cancel = CancelToken::create();
        std::size_t seen = 0;
        ground.samples->on_get = [&](std::size_t) {
            if (++seen == 9) {
                cancel.cancel();
            }
        };
        const Result<SurfaceTables> cut = build_surfaces(*ground.open(), options(), ground.rows(), {}, cancel);
        QVERIFY(!cut.ok());
        QCOMPARE(cut.error().kind, ErrorKind::Cancelled);
        seen = 1000;
        std::size_t again = 0;
        ground.samples->on_get = [&](std::size_t) { ++again; };
        SurfaceOptions unchecked = options();
        unchecked.checked_references = 0;
        QVERIFY(build_surfaces(*ground.open(), unchecked, ground.rows(), {}, {}).ok());
        QCOMPARE(again, ground.store.size() - 9);
        ground.samples->on_get = {};
    }

    void a_file_is_what_was_written_or_refused() {
        const QTemporaryDir folder;
        const Ground ground(folder);
        const Result<SurfaceTables> tables = build_surfaces(*ground.open(), options(), ground.rows(), {}, {});
        QVERIFY(tables.ok() && tables->save(ground.folder).ok());
        const Result<SurfaceTables> loaded = SurfaceTables::load(ground.file(), ground.store);
        QVERIFY2(loaded.ok(), said(loaded).c_str());
        QCOMPARE(loaded->hash(), tables->hash());
        QVERIFY(loaded->accuracy() == tables->accuracy());
        const std::string whole = read_file(ground.file());
        RandomStream stream(8);
        for (int trial = 0; trial < 200; ++trial) {
            std::string bytes = whole;
            if (trial % 4 == 0) {
                bytes.resize(static_cast<std::size_t>(stream.below(static_cast<std::int64_t>(bytes.size()))));
            } else {
                bytes[static_cast<std::size_t>(stream.below(static_cast<std::int64_t>(bytes.size())))] ^= static_cast<char>(1 << stream.below(8));
            }
            write_file(ground.file(), bytes);
            const Result<SurfaceTables> damaged = SurfaceTables::load(ground.file(), ground.store);
            QVERIFY2(!damaged.ok() || damaged->hash() == tables->hash(), qPrintable(QString::number(trial)));  // blanks of the header are nobody's
            QVERIFY(damaged.ok() || QString::fromStdString(damaged.error().message()).contains("surfaces-offset-fp32"));
        }
    }

    /// Another label, another picture, another model: the tables are not of these.
    void tables_of_others_are_refused() {
        const QTemporaryDir folder;
        Ground ground(folder);
        const Result<SurfaceTables> tables = build_surfaces(*ground.open(), options(), ground.rows(), {}, {});
        QVERIFY(tables.ok() && tables->save(ground.folder).ok());
        std::vector<ReferenceRecord> records = ground.store.records();
        records[3].ground_truth = "other";
        const Result<SurfaceTables> relabelled = SurfaceTables::load(ground.file(), *ReferenceStore::create(ground.store.origin(), records));
        QVERIFY(!relabelled.ok() && relabelled.error().message().find("other records") != std::string::npos);
        ModelInfo other = ground.model->info();
        other.identity = "another";
        QVERIFY(check_surfaces(*tables, other).error().message().find("model identity") != std::string::npos);
        other = ground.model->info();
        other.precision = "bf16";
        QVERIFY(check_surfaces(*tables, other).error().message().find("precision") != std::string::npos);
        // A set that is written anew takes its own tables' place from theirs.
        QVERIFY(ground.store.save(ground.folder.string()).ok());
        QVERIFY(!fs::exists(ground.file()));
    }

    /// Opened with tables or not, a method that goes by them finds the same; without, their losses cost passes before the method is run.
    void made_as_they_are_asked_for_they_are_the_same() {
        const QTemporaryDir folder;
        const Ground ground(folder);
        const Result<SurfaceTables> tables = build_surfaces(*ground.open(), options(), ground.rows(), {}, {});
        QVERIFY(tables.ok());
        std::vector<Evaluation> evaluations;
        for (const bool opened : {true, false}) {
            EvaluationContext context;
            context.model = ground.model;
            context.reference = ground.open(opened ? std::vector<SurfaceTables>{*tables} : std::vector<SurfaceTables>{});
            MethodParams params;
            params.k = 7;
            params.initial_lr = 0.3;
            context.methods = method_list(params, {*parse_method("rs"), Method::Ngd});
            for (MethodParams& each : context.methods) {
                each.neighbour_losses = NeighbourLosses::Surface;
            }
            auto evaluation = evaluate(context, {std::make_shared<FormulaSet>("new", 40)}, {}, nullptr, {}, {});
            QVERIFY2(evaluation.ok(), said(evaluation).c_str());
            QCOMPARE(context.reference->surfaces_made() > 0, !opened);
            evaluations.push_back(std::move(*evaluation));
        }
        std::size_t changed = 0;
        for (std::size_t s = 0; s < 40; ++s) {
            const auto &with = evaluations[0].sets[0].samples[s].methods, &without = evaluations[1].sets[0].samples[s].methods;
            for (std::size_t m = 0; m < with.size(); ++m) {
                QCOMPARE(with[m].answer, without[m].answer);
                QCOMPARE(with[m].confidence, without[m].confidence);
                QCOMPARE(with[m].correct, without[m].correct);
                changed += with[m].answer != with[0].answer ? 1 : 0;
            }
        }
        QVERIFY(changed > 5);
    }

    void per_mixer_descents_have_none() {
        const auto context = formula_context();
        QVERIFY(context.ok());
        MethodParams params;
        params.granularity = Granularity::PerMixer;
        params.neighbour_losses = NeighbourLosses::Surface;
        const Status refused = check_method(*context->reference, params);
        QVERIFY(!refused.ok() && refused.error().message().find("too many free numbers") != std::string::npos);
        params.method = *parse_method("rs");
        QVERIFY(check_method(*context->reference, params).ok());
    }
};

QTEST_APPLESS_MAIN(TestRunSurfaces)
#include "test_run_surfaces.moc"
