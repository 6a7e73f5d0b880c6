// Sweeps, shards and pauses: whatever way an evaluation is cut up or spread out, a sample's result is the same.
#include <QTemporaryDir>
#include <QTest>
#include <sys/stat.h>

#include <atomic>
#include <optional>
#include <thread>

#include "core/json/parse_json.h"
#include "core/run/config_difference.h"
#include "core/run/evaluation_job.h"
#include "core/run/session_merge.h"
#include "core/session/row_checksum.h"
#include "core/session/session.h"
#include "core/session/sqlite.h"
#include "tests/run/formula_model.h"
#include "tests/support/files.h"
#include "tests/support/patience.h"

using namespace r2t2;

namespace {

MethodParams fast() {
    MethodParams params;
    params.initial_lr = 0.5;
    params.final_lr = 0.05;
    return params;
}

template <typename T>
std::string said(const Result<T>& result) {
    return result ? std::string("no error") : result.error().message();
}

std::vector<SampleSetPtr> two_sets() {
    return {std::make_shared<FormulaSet>("one", 21, std::set<std::size_t>{4}), std::make_shared<FormulaSet>("two", 14)};
}

EvaluationPlan plan_of(const std::vector<Method>& methods, const std::vector<SweepAxis>& axes = {}) {
    EvaluationPlan plan;
    plan.methods = *swept(method_list(fast(), methods), axes);
    plan.sweep = axes;
    plan.threads = 1;
    return plan;
}

struct Ground {
    EvaluationGround open;
    Ground() {
        const auto context = formula_context(fast(), 120, {Method::Base});
        open = {context->model, context->reference, "formula"};
    }
};

/// An evaluation in two parts, each in a session of its own; fewer than two where one did not run.
std::vector<std::filesystem::path> two_shards(const Ground& ground, const std::vector<SampleSetPtr>& sets, const QTemporaryDir& directory) {
    std::vector<std::filesystem::path> parts;
    for (std::size_t i = 0; i < 2; ++i) {
        EvaluationPlan plan = plan_of({Method::Ngd});
        plan.shard = {i, 2};
        plan.session = directory.filePath(QString::number(i)).toStdString();
        if (run_evaluation(plan, ground.open, sets, {}).ok()) {
            parts.push_back(plan.session);
        }
    }
    return parts;
}

bool same_steps(const Trajectory& a, const Trajectory& b) {
    bool same = a.steps.size() == b.steps.size() && a.neighbourhood.neighbours.size() == b.neighbourhood.neighbours.size();
    for (std::size_t t = 0; same && t < a.steps.size(); ++t) {
        const TrajectoryStep &x = a.steps[t], &y = b.steps[t];
        same = x.weights == y.weights && x.objective == y.objective && x.correct == y.correct && x.answer.has_value() == y.answer.has_value() &&
               (!x.answer || x.answer->text == y.answer->text);
    }
    return same;
}

}  // namespace

class TestRunSweep : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void an_axis_is_read_as_it_is_typed() {
        const auto axis = parse_sweep_axis("k=1,3,10");
        QVERIFY2(axis.ok(), said(axis).c_str());
        QVERIFY((*axis == SweepAxis{"num-neighbors", {"1", "3", "10"}}));
        QVERIFY((*parse_sweep_axis("num_steps=5") == SweepAxis{"num-steps", {"5"}}));
        QVERIFY((*parse_sweep_axis("kernel=gaussian,linear") == SweepAxis{"kernel", {"gaussian", "linear"}}));
        QVERIFY((*parse_sweep_axis("lr=1e-2,0.5") == SweepAxis{"initial-lr", {"0.01", "0.5"}}));
        const std::pair<const char*, const char*> wrong[] = {{"", "NAME=VALUE"},          {"nonsense=1", "num-neighbors"},
                                                             {"k", "num-neighbors=VALUE"}, {"k=", "whole number"},
                                                             {"k=1,,2", "whole number"},   {"k=3,3", "every value once"},
                                                             {"k=1.5", "whole number"},    {"lr=fast", "a number"},
                                                             {"lr=nan", "a number"},       {"kernel=gauss", "matern"},
                                                             {"k=99999999999999999999", "whole number"}};
        for (const auto& [text, word] : wrong) {
            const auto result = parse_sweep_axis(text);
            QVERIFY2(!result.ok(), text);
            QVERIFY2(said(result).find(word) != std::string::npos, said(result).c_str());
            QVERIFY(said(result).find("--sweep") != std::string::npos);
        }
    }

    void methods_under_study_are_spread_and_the_others_stand_once() {
        const std::vector<SweepAxis> axes = {{"num-neighbors", {"1", "3", "5"}}, {"num-steps", {"5", "10"}}};
        const auto list = swept(method_list(fast(), all_methods()), axes);
        QVERIFY2(list.ok(), said(list).c_str());
        std::map<Method, int> count;
        for (const MethodParams& params : *list) {
            ++count[params.method];
        }
        QCOMPARE(count[Method::Ngd], 6);               // k and steps
        QCOMPARE(count[Method::KernelRegression], 3);  // k alone
        QCOMPARE(count[*parse_method("question-loss")], 2);  // a rival: steps alone
        for (const Method once : {Method::Base, Method::ModeFinding, Method::Oracle, Method::RandomNeighbours, Method::OwnMean}) {
            QCOMPARE(count[once], 1);
        }
        const std::vector<std::string> labels = variant_labels(*list);
        std::set<std::string> of_ngd;
        for (std::size_t m = 0; m < labels.size(); ++m) {
            if ((*list)[m].method == Method::Ngd) {
                of_ngd.insert(labels[m]);
            } else if (!is_tuned((*list)[m].method) || (*list)[m].method == Method::ModeFinding) {
                QCOMPARE(labels[m], std::string());
            }
        }
        QCOMPARE(of_ngd.size(), std::size_t{6});
        QVERIFY(of_ngd.count("k 3, steps 10") == 1);
    }

    /// A combination that nothing depends on is run once: the same numbers in two cells would look like a finding.
    void an_axis_without_a_meaning_stands_still() {
        const std::vector<SweepAxis> axes = {{"mixing", {"confidence", "none"}}, {"alpha-grid", {"3", "5", "9"}}};
        for (const auto& order : {axes, {axes[1], axes[0]}}) {
            const auto list = swept(method_list(fast(), {Method::KernelRegression}), order);
            QVERIFY2(list.ok(), said(list).c_str());
            QCOMPARE(list->size(), std::size_t{1 + 3 + 1});  // base, three grids, no grid
            std::set<std::string> labels;
            for (const std::string& label : variant_labels(*list)) {
                labels.insert(label);
            }
            QVERIFY((labels == std::set<std::string>{"", "mixing confidence, alphas 3", "mixing confidence, alphas 5", "mixing confidence, alphas 9", "mixing none"}));
        }
        const auto modes = swept(method_list(fast(), {Method::ModeFinding}), {{"mode-neighbourhood", {"routing", "task"}}, {"num-neighbors", {"10", "20"}}});
        QVERIFY2(modes.ok(), said(modes).c_str());
        QCOMPARE(modes->size(), std::size_t{1 + 1 + 2});
    }

    void what_cannot_be_swept_is_said() {
        const auto list = method_list(fast(), {Method::Ngd});
        const std::pair<std::vector<SweepAxis>, const char*> wrong[] = {
            {{{"eta", {"1"}}}, "no chosen method"},
            {{{"kernel-degree", {"2", "3"}}}, "no chosen method"},  // of the polynomial kernel alone
            {{{"num-neighbors", {"1"}}, {"num-neighbors", {"2"}}}, "twice"},
            {{{"num-neighbors", {"1"}}, {"epsilon", {"0.2"}}}, "one of the two"},
            {{{"num-neighbors", {"0"}}}, "num-neighbors"},
            {{{"num-steps", {"1", "2", "3", "4", "5", "6", "7", "8", "9", "10"}},
              {"initial-lr", {"1", "2", "3", "4", "5", "6", "7", "8", "9"}},
              {"num-neighbors", {"1", "2", "3", "4", "5"}}}, "400"}};
        for (const auto& [axes, word] : wrong) {
            const auto result = swept(list, axes);
            QVERIFY2(!result.ok(), word);
            QVERIFY2(said(result).find(word) != std::string::npos, said(result).c_str());
        }
    }

    /// Neighbours are searched for once for all variants: each must still have had its own.
    void a_variant_gives_what_it_gives_alone() {
        const Ground ground;
        const auto sets = two_sets();
        for (const SweepAxis& axis : {SweepAxis{"num-neighbors", {"2", "7", "5"}}, SweepAxis{"epsilon", {"0.3", "1.1", "0.7"}}}) {
            QTemporaryDir directory;
            EvaluationPlan plan = plan_of({Method::Ngd, Method::KernelRegression, Method::RandomNeighbours}, {axis});
            plan.session = directory.filePath("sweep.r2t2").toStdString();
            const auto all = run_evaluation(plan, ground.open, sets, {});
            QVERIFY2(all.ok(), said(all).c_str());
            auto together = SessionReader::open(plan.session.string());
            QVERIFY(together.ok());
            for (std::size_t m = 0; m < plan.methods.size(); ++m) {
                if (plan.methods[m].method == Method::Base) {
                    continue;
                }
                EvaluationPlan one = plan_of({});
                one.methods.push_back(plan.methods[m]);
                one.session = directory.filePath(QString::number(m)).toStdString();
                const auto alone = run_evaluation(one, ground.open, sets, {});
                QVERIFY2(alone.ok(), said(alone).c_str());
                auto reader = SessionReader::open(one.session.string());
                QVERIFY(reader.ok());
                for (const SampleRow& row : *reader->samples(alone->runs.back())) {
                    if (row.error.empty()) {
                        const auto a = reader->sample(row.id);
                        const auto b = together->sample(all->runs[m], row.info.id);
                        QVERIFY(a.ok() && b.ok());
                        QVERIFY2(same_steps(a->trajectory, b->trajectory), (axis.name + " " + variant_labels(plan.methods)[m]).c_str());
                    }
                }
            }
        }
    }

    void a_sweep_comes_out_as_a_table() {
        const Ground ground;
        const EvaluationPlan plan = plan_of({Method::Ngd}, {{"num-neighbors", {"1", "3", "5"}}, {"num-steps", {"2", "10"}}});
        const auto run = run_evaluation(plan, ground.open, two_sets(), {});
        QVERIFY2(run.ok(), said(run).c_str());
        const QString text = QString::fromStdString(report_text(run->report));
        const qsizetype at = text.indexOf("overall, NGD, accuracy in percent: num-neighbors down, num-steps across");
        QVERIFY2(at >= 0, qPrintable(text));
        const QStringList lines = text.mid(at).split('\n');
        QCOMPARE(lines[1].simplified(), QString("2 10"));
        const std::vector<MethodReport>& methods = run->report.overall.methods;
        for (std::size_t k = 0; k < 3; ++k) {
            const MethodReport &two = methods[1 + 2 * k], &ten = methods[2 + 2 * k];
            QCOMPARE(two.variant, "k " + plan.sweep[0].values[k] + ", steps 2");
            QCOMPARE(lines[static_cast<int>(2 + k)].simplified(), QString("%1 %2 %3")
                         .arg(QString::fromStdString(plan.sweep[0].values[k])).arg(100 * two.accuracy(), 0, 'f', 1).arg(100 * ten.accuracy(), 0, 'f', 1));
        }
        for (const QString& line : text.split('\n')) {
            QVERIFY2(line.size() <= 140, qPrintable(line));
        }
    }

    void a_shard_is_read_as_it_is_typed() {
        QVERIFY((*parse_shard("2/4") == Shard{2, 4}));
        for (const char* text : {"", "1", "/", "1/", "/4", "4/4", "-1/4", "1/4x", "0/0", "0/10001", "1/4/2"}) {
            QVERIFY2(!parse_shard(text).ok(), text);
        }
    }

    void merged_shards_are_the_whole_run() {
        const Ground ground;
        const auto sets = two_sets();
        QTemporaryDir directory;
        EvaluationPlan plan = plan_of({Method::Ngd, Method::ConstantOffset, Method::BestFixed});
        plan.session = directory.filePath("whole").toStdString();
        const auto whole = run_evaluation(plan, ground.open, sets, {});
        QVERIFY2(whole.ok(), said(whole).c_str());
        std::vector<std::filesystem::path> parts;
        std::int64_t done = 0, missing = 0;
        for (std::size_t i = 0; i < 4; ++i) {
            plan.shard = {i, 4};
            plan.session = directory.filePath(QString::number(i)).toStdString();
            const auto part = run_evaluation(plan, ground.open, sets, {});
            QVERIFY2(part.ok(), said(part).c_str());
            done += part->evaluation.done;
            missing += part->report.overall.missing;
            parts.insert(parts.begin(), plan.session);  // in any order
        }
        QCOMPARE(done, whole->evaluation.done);
        QCOMPARE(missing, std::int64_t{0});
        const std::filesystem::path joined = directory.filePath("joined").toStdString();
        const auto merged = merge_sessions(parts, joined, "r2t2 merge", {}, {});
        QVERIFY2(merged.ok(), said(merged).c_str());
        QCOMPARE(merged->samples, std::int64_t{35 * 4});
        QCOMPARE(merged->errors, std::int64_t{4});

        auto a = SessionReader::open(directory.filePath("whole").toStdString()), b = SessionReader::open(joined.string());
        QVERIFY(a.ok() && b.ok());
        QVERIFY(b->verify()->empty());
        const auto runs_a = a->runs(), runs_b = b->runs();
        QCOMPARE(runs_b->size(), runs_a->size());
        for (std::size_t r = 0; r < runs_a->size(); ++r) {
            QCOMPARE((*runs_b)[r].info.config, (*runs_a)[r].info.config);
            QCOMPARE((*runs_b)[r].info.name, (*runs_a)[r].info.name);
            QCOMPARE((*runs_b)[r].samples, (*runs_a)[r].samples);
            for (const SampleRow& row : *a->samples((*runs_a)[r].id)) {
                const auto x = a->sample(row.id);
                const auto y = b->sample((*runs_b)[r].id, row.info.id);
                QVERIFY2(x.ok() && y.ok(), row.info.id.key.c_str());
                QCOMPARE(y->row.error, x->row.error);
                QCOMPARE(y->row.outcome, x->row.outcome);
                QVERIFY(y->neighbours == x->neighbours);
                QVERIFY(same_steps(x->trajectory, y->trajectory));
            }
        }
    }

    void what_cannot_be_merged_is_said_and_leaves_nothing() {
        const Ground ground;
        const auto sets = two_sets();
        QTemporaryDir directory;
        const auto path = [&directory](const QString& name) { return std::filesystem::path(directory.filePath(name).toStdString()); };
        const auto run = [&](const QString& name, Shard shard, const std::vector<Method>& methods, bool cut = false) {
            EvaluationPlan plan = plan_of(methods);
            plan.shard = shard;
            plan.session = path(name);
            EvaluationHooks hooks;
            hooks.cancel = CancelToken::create();
            hooks.on_outcome = [&](std::size_t, std::size_t, const SampleOutcome&) {
                if (cut) {
                    hooks.cancel.cancel();
                }
            };
            return run_evaluation(plan, ground.open, sets, hooks).ok();
        };
        QVERIFY(run("a", {0, 2}, {Method::Ngd}) && run("b", {1, 2}, {Method::Ngd}) && run("other", {1, 2}, {Method::KernelRegression}));
        QVERIFY(run("cut", {1, 2}, {Method::Ngd}, true) && run("whole", {}, {Method::Ngd}) && run("third", {1, 3}, {Method::Ngd}));
        const std::pair<std::vector<std::filesystem::path>, const char*> wrong[] = {
            {{}, "one session a shard"},
            {{path("a")}, "1/2: found missing"},
            {{path("a"), path("a")}, "every shard once"},
            {{path("a"), path("other")}, "method"},
            {{path("a"), path("cut")}, "--resume"},
            {{path("a"), path("whole")}, "--shard INDEX/COUNT"},
            {{path("a"), path("third")}, "shard count"},
            {{path("a"), path("nothing")}, "nothing"}};
        for (const auto& [parts, word] : wrong) {
            const auto merged = merge_sessions(parts, path("out"), "", {}, {});
            QVERIFY2(!merged.ok(), word);
            QVERIFY2(said(merged).find(word) != std::string::npos, said(merged).c_str());
        }
        const CancelToken cancelled_token = CancelToken::create();
        cancelled_token.cancel();
        QVERIFY(!merge_sessions({path("a"), path("b")}, path("out"), "", {}, cancelled_token).ok());
        QVERIFY(QDir(directory.path()).entryList({"out*"}).isEmpty());
        QVERIFY(merge_sessions({path("a"), path("b")}, path("out"), "", {}, {}).ok());
        QVERIFY(said(merge_sessions({path("a"), path("b")}, path("out"), "", {}, {})).find("there already") != std::string::npos);
        // What is no file is no free name: said by what it is, before a shard is opened.
        const std::filesystem::path folder = directory.path().toStdString();
        std::filesystem::create_symlink("loop", folder / "loop");
        std::filesystem::create_symlink("nowhere", folder / "dangling");
        std::filesystem::create_directory(folder / "folder");
        std::filesystem::create_symlink("folder", folder / "to_folder");
        QCOMPARE(::mkfifo((folder / "fifo").c_str(), 0600), 0);
        for (const auto& [name, what] : {std::pair{"loop", "a link that leads to itself"}, {"dangling", "a link to nothing"}, {"folder", "a folder"},
                                         {"to_folder", "a folder"}, {"fifo", "a FIFO"}}) {
            const auto refused = merge_sessions({path("no shard at all")}, folder / name, "", {}, {});
            QVERIFY2(said(refused).find(std::string(name) + ": --out: found " + what) != std::string::npos, said(refused).c_str());
        }
        QVERIFY(std::filesystem::is_symlink(folder / "dangling") && !std::filesystem::exists(folder / "nowhere"));
    }

    void a_shard_that_lacks_a_sample_is_not_merged() {
        const Ground ground;
        const auto sets = two_sets();
        QTemporaryDir directory;
        const std::vector<std::filesystem::path> parts = two_shards(ground, sets, directory);
        QCOMPARE(parts.size(), std::size_t{2});
        const std::filesystem::path out = directory.filePath("out").toStdString();
        const auto change = [&](const std::string& sql) {
            auto database = sqlite::Database::open(parts[1].string(), sqlite::OpenMode::Write);
            QVERIFY(database->execute(sql).ok());
        };
        change("DELETE FROM samples WHERE id = 2");
        const auto short_of = merge_sessions(parts, out, "", {}, {});
        QVERIFY(!short_of.ok());
        QVERIFY2(said(short_of).find("samples: found") != std::string::npos && said(short_of).find("--resume") != std::string::npos, said(short_of).c_str());
        // One from before it was stored how many there are to be: its runs have the same samples, or one lacks some.
        change("UPDATE runs SET config = json_remove(config, '$.planned'), checksum = 0");
        change("UPDATE runs SET checksum = " + row_checksum::of_row("runs"));
        const auto before = merge_sessions(parts, out, "", {}, {});
        QVERIFY(!before.ok());
        QVERIFY2(said(before).find("of the same evaluation has") != std::string::npos, said(before).c_str());
        QVERIFY(QDir(directory.path()).entryList({"out*"}).isEmpty());
    }

    /// Two whole configurations, cut at the same place, tell nobody what differs.
    void shards_of_other_parameters_name_the_first_with_both_values() {
        const Ground ground;
        const auto sets = two_sets();
        const std::tuple<const char*, const char*, const char*> changes[] = {
            {"json_set(config, '$.parameters.seed', 4711)", "parameters: seed: found 4711", ", as in "},
            {"json_set(config, '$.scoring', 'starts-with')", "scoring: found \"starts-with\"", "\"exact match\", as in "},
            {"json_set(config, '$.side_by_side', 9)", "side_by_side: found 9", ", as in "},
            {"json_set(config, '$.generation.beams', 8)", "generation: beams: found 8", ", as in "},
            {"json_set(config, '$.list', json('[1, 2]'))", "list: found [1,2]", "not there, as in "},
            {"json_remove(config, '$.max_neighbours')", "max_neighbours: found not there", ", as in "}};
        for (const auto& [change, found, allowed] : changes) {
            QTemporaryDir directory;
            const std::vector<std::filesystem::path> parts = two_shards(ground, sets, directory);
            QCOMPARE(parts.size(), std::size_t{2});
            {
                auto database = sqlite::Database::open(parts[1].string(), sqlite::OpenMode::Write);
                QVERIFY(database->execute("UPDATE runs SET config = " + std::string(change) + ", checksum = 0").ok());
                QVERIFY(database->execute("UPDATE runs SET checksum = " + row_checksum::of_row("runs")).ok());
            }
            const std::string text = said(merge_sessions(parts, directory.filePath("out").toStdString(), "", {}, {}));
            QVERIFY2(text.find(found) != std::string::npos && text.find(allowed) != std::string::npos, text.c_str());
            QVERIFY2(text.find("\"evaluation\"") == std::string::npos && text.find("\"max_new_tokens\"") == std::string::npos, text.c_str());
            QVERIFY(!std::filesystem::exists(directory.filePath("out").toStdString()));
        }
        const auto difference = [](const char* asked, const char* there) {
            const auto found = first_config_difference(stored_json(asked), stored_json(there));
            return found ? found->name + " " + found->asked + " " + found->there : std::string("none");
        };
        QCOMPARE(difference(R"({"a": 1, "b": [1, {"c": 2}]})", R"({"b": [1, {"c": 2}], "a": 1})"), std::string("none"));
        QCOMPARE(difference(R"({"b": [1, {"c": 2}]})", R"({"b": [1, {"c": 3}]})"), std::string("b[1]: c 2 3"));
        QCOMPARE(difference(R"({"b": [1, 2]})", R"({"b": [1]})"), std::string("b[1] 2 not there"));
        QCOMPARE(difference(R"({"b": null})", R"({})"), std::string("b null not there"));
        QCOMPARE(difference(R"([])", R"({})"), std::string(" [] {}"));
    }

    /// One gets the name, the other says so; files of such names that are a user's stay.
    void two_merges_into_one_file() {
        const Ground ground;
        const auto sets = two_sets();
        QTemporaryDir directory;
        const std::vector<std::filesystem::path> parts = two_shards(ground, sets, directory);
        QCOMPARE(parts.size(), std::size_t{2});
        const std::filesystem::path out = directory.filePath("out").toStdString();
        write_file(out.string() + ".merging", "a user's");
        // The second one begins when the first is under way.
        std::optional<Result<MergedSession>> inner;
        const auto outer = merge_sessions(parts, out, "", [&](const Progress&) {
            if (!inner) {
                inner.emplace(merge_sessions(parts, out, "", {}, {}));
            }
        }, {});
        QVERIFY(inner.has_value());
        QVERIFY2(inner->ok(), said(*inner).c_str());
        QVERIFY(!outer.ok());
        QVERIFY2(said(outer).find("another program made meanwhile") != std::string::npos, said(outer).c_str());
        {
            auto reader = SessionReader::open(out.string());
            QVERIFY(reader.ok());
            QVERIFY(reader->verify()->empty());
            QCOMPARE(reader->runs()->front().samples, std::int64_t{35});
        }
        QCOMPARE(read_file(out.string() + ".merging"), std::string("a user's"));
        QCOMPARE(QDir(directory.path()).entryList({"out*"}), (QStringList{"out", "out.merging"}));
    }

    /// Killed before its runs were begun: a session without any, or an empty file.
    void a_run_cut_at_its_beginning_goes_on() {
        const Ground ground;
        const auto sets = two_sets();
        for (const char* sql : {"DELETE FROM runs", ""}) {
            QTemporaryDir directory;
            EvaluationPlan plan = plan_of({Method::Ngd, Method::KernelRegression});
            plan.session = directory.filePath("s").toStdString();
            if (*sql == '\0') {
                QFile empty(directory.filePath("s"));
                QVERIFY(empty.open(QIODevice::WriteOnly));
            } else {
                EvaluationHooks at_once;
                at_once.cancel = CancelToken::create();
                at_once.on_start = [cancel = at_once.cancel](const auto&, const auto&) mutable { cancel.cancel(); };
                QVERIFY(run_evaluation(plan, ground.open, sets, at_once).ok());
                auto database = sqlite::Database::open(plan.session.string(), sqlite::OpenMode::Write);
                QVERIFY(database.ok() && database->execute("PRAGMA foreign_keys = ON; " + std::string(sql), "cut").ok());
            }
            plan.resume = true;
            const auto rest = run_evaluation(plan, ground.open, sets, {});
            QVERIFY2(rest.ok(), said(rest).c_str());
            auto reader = SessionReader::open(plan.session.string());
            QVERIFY(reader.ok());
            const auto runs = reader->runs();
            QCOMPARE(runs->size(), std::size_t{3});
            for (const StoredRun& run : *runs) {
                QCOMPARE(run.samples, std::int64_t{35});
                QCOMPARE(run.errors, std::int64_t{1});
                QCOMPARE(run.state, RunState::Finished);
            }
        }
    }

    void a_resumed_run_keeps_the_constants_it_was_begun_with() {
        const Ground ground;
        QTemporaryDir directory;
        EvaluationPlan plan = plan_of({Method::ConstantOffset, Method::BestFixed});
        plan.session = directory.filePath("s").toStdString();
        EvaluationHooks hooks;
        hooks.cancel = CancelToken::create();
        hooks.on_outcome = [&hooks](std::size_t, std::size_t index, const SampleOutcome&) {
            if (index == 7) {
                hooks.cancel.cancel();
            }
        };
        const auto cut = run_evaluation(plan, ground.open, two_sets(), hooks);
        QVERIFY2(cut.ok() && cut->evaluation.interrupted, said(cut).c_str());
        plan.resume = true;
        std::vector<std::string> stages;
        EvaluationHooks listening;
        std::size_t told = 0, again = 0;
        listening.progress = [&stages](const Progress& progress) { stages.push_back(progress.stage); };
        listening.on_outcome = [&](std::size_t, std::size_t, const SampleOutcome& outcome) {
            ++told;
            again += outcome.resumed ? 1 : 0;
        };
        const auto rest = run_evaluation(plan, ground.open, two_sets(), listening);
        QVERIFY2(rest.ok(), said(rest).c_str());
        for (const std::string& stage : stages) {
            QVERIFY2(stage == "read stored samples" || stage == "evaluate", stage.c_str());  // nothing was fitted
        }
        QVERIFY(rest->report.provenance.controls.offset == cut->report.provenance.controls.offset);
        QVERIFY(rest->report.provenance.controls.best_fixed == cut->report.provenance.controls.best_fixed);
        QVERIFY(!rest->report.provenance.controls.offset.empty());
        QCOMPARE(told, std::size_t{35});
        QCOMPARE(static_cast<std::int64_t>(again) + cut->evaluation.errors, cut->evaluation.done);  // bad samples are tried again
    }

    void a_paused_run_stands_still_and_can_be_cancelled() {
        const Ground ground;
        PauseSwitch pause;
        std::atomic<int> done{0};
        EvaluationHooks hooks;
        hooks.pause = &pause;
        hooks.cancel = CancelToken::create();
        hooks.on_outcome = [&](std::size_t, std::size_t, const SampleOutcome&) {
            if (++done == 3) {
                pause.pause();
            }
        };
        Result<EvaluationRun> run = cancelled();
        const std::vector<SampleSetPtr> many = {std::make_shared<FormulaSet>("many", 20'000)};
        std::thread worker([&] { run = run_evaluation(plan_of({Method::Ngd}), ground.open, many, hooks); });
        QTRY_VERIFY_WITH_TIMEOUT(pause.paused(), kPatience);
        QTest::qWait(500);
        const int held = done;
        QVERIFY(held >= 3 && held <= 4);  // the group in hand was finished, or will be
        pause.go_on();
        QTRY_VERIFY_WITH_TIMEOUT(done.load() > held, kPatience);
        pause.pause();
        hooks.cancel.cancel();
        worker.join();
        QVERIFY2(run.ok() && run->evaluation.interrupted, said(run).c_str());
    }
};

QTEST_GUILESS_MAIN(TestRunSweep)
#include "test_run_sweep.moc"
