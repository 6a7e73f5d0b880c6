// What an evaluation was asked for, from its runs: sweeps, base beside others, published data, and what older or other programs wrote.
#include <QtTest>

#include "core/results/asked_evaluation.h"

using namespace r2t2;

namespace {

StoredRun run(std::int64_t id, const char* method, const std::string& config) {
    StoredRun out;
    out.id = id;
    out.info.method = method;
    out.info.config = config;
    return out;
}

using Texts = std::vector<std::string>;

}  // namespace

class TestAskedEvaluation final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void a_sweep_of_two_methods() {
        const std::string data = R"("evaluation": "e", "data": {"sets": ["all"], "split": "test", "seed": 3, "samples": 7}, "planned": {"G-dim": 7, "A": 2}, "sweep": {"num-neighbors": ["2", "4"]})";
        const std::vector<StoredRun> runs = {
            run(1, "base", "{" + data + R"(, "parameters": {"num_neighbors": 5}})"),
            run(2, "oracle", "{" + data + "}"),
            run(3, "ngd", "{" + data + R"(, "parameters": {"num_neighbors": 2, "kernel": "linear", "epsilon": null}})"),
            run(4, "ngd", R"({"evaluation": "another", "parameters": {"kernel": "gaussian"}})")};
        for (const std::int64_t of : {1, 2, 3}) {
            const AskedEvaluation asked = asked_evaluation(runs, of);
            QVERIFY(asked.methods == (std::vector<Method>{Method::Ngd, Method::Oracle}));
            QCOMPARE(asked.sets, Texts{"all"});
            QCOMPARE(asked.set_names, (Texts{"A", "G-dim"}));
            QCOMPARE(asked.samples, std::optional<std::int64_t>(7));
            QCOMPARE(asked.seed, std::optional<std::int64_t>(3));
            QCOMPARE(asked.values.at("num-neighbors"), (Texts{"2", "4"}));
            QCOMPARE(asked.values.at("kernel"), Texts{"linear"});
            QCOMPARE(asked.values.at("epsilon"), Texts{"none"});
        }
        QCOMPARE(asked_evaluation(runs, 4).values.at("kernel"), Texts{"gaussian"});
        QVERIFY(asked_evaluation(runs, 4).sets.empty() && !asked_evaluation(runs, 4).samples);
    }

    /// A published data set is more than a name: its folder, split and part are not in a list of sets.
    void published_data_has_no_sets() {
        const AskedEvaluation asked = asked_evaluation({run(1, "ngd", R"({"data": {"sets": ["MMBench"], "seed": 1, "samples": 200, "benchmark": {"directory": "/data", "limit": 5}}})")}, 1);
        QVERIFY(asked.sets.empty());
        QCOMPARE(asked.seed, std::optional<std::int64_t>(1));
    }

    void what_is_not_understood_is_left_out() {
        for (const char* config : {"", "[]", "{", R"({"data": 5, "parameters": [], "sweep": 3, "planned": "x"})", R"({"data": {"sets": {"a": 1}, "seed": "one", "samples": 1e99}})",
                                   R"({"parameters": {"num_neighbors": "many", "kernel": 7}, "sweep": {"num-neighbors": [1, null]}})"}) {
            const AskedEvaluation asked = asked_evaluation({run(1, "ngd", config), run(2, "of tomorrow", config)}, 1);
            QVERIFY2(asked.sets.empty() && asked.values.empty() && !asked.samples && !asked.seed, config);
            QVERIFY(asked.methods == std::vector<Method>{Method::Ngd});
        }
        QVERIFY(asked_evaluation({}, 1).methods.empty());
    }
};

QTEST_APPLESS_MAIN(TestAskedEvaluation)
#include "test_asked_evaluation.moc"
