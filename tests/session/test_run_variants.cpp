// What tells the runs of a session apart: the parameters that their method looks at, and the reference set; nothing else.
#include <QTemporaryDir>
#include <QTest>

#include "core/routing/method_params_json.h"
#include "core/routing/method_table.h"
#include "core/routing/parameter_table.h"
#include "core/session/run_variants.h"
#include "core/session/session.h"
#include "tests/session/session_samples.h"

using namespace r2t2;

namespace {

struct Set {
    std::string path, content;
    int seed = 1;
};
const Set kBundled{"", "fbcd26a58e35dacf"};
const Set kRefined{"/data/refined", "2f0b42a85452a899"};

RunInfo run_of(const MethodParams& params, const Set& set = kBundled) {
    RunInfo run = session_samples::run_info();
    run.method = to_string(params.method);
    run.reference_hash = set.content;
    run.config = R"({"evaluation": "e", "reference": {"path": ")" + set.path + R"(", "candidates": 2400, "seed": )" + std::to_string(set.seed) +
                 R"(}, "parameters": )" + method_params_json(params) + "}";
    return run;
}

MethodParams params_of(Method method) {
    MethodParams params;
    params.method = method;
    return params;
}

using Names = std::vector<std::string>;

}  // namespace

class TestRunVariants : public QObject {
    Q_OBJECT

private Q_SLOTS:
    /// Case: a session of a sweep with native references and an evaluation with refined ones. "base, reference routing native, mixing confidence" and
    /// "oracle, reference routing refined, mixing none" stood beside "kernel regression", which alone looks at both.
    void two_evaluations() {
        std::vector<RunInfo> runs;
        MethodParams native;
        for (const Method method : {Method::Base, Method::ModeFinding, Method::KernelRegression, Method::KernelRegression, Method::Ngd, Method::Ngd, Method::Oracle}) {
            native.method = method;
            native.k = runs.size() == 2 || runs.size() == 4 ? 1 : 5;
            runs.push_back(run_of(native));
        }
        MethodParams refined;
        refined.reference_routing = ReferenceRouting::Refined;
        refined.mixing = Mixing::None;
        for (const Method method : {Method::Base, Method::ModeFinding, Method::KernelRegression, Method::Ngd, Method::Oracle}) {
            refined.method = method;
            runs.push_back(run_of(refined, kRefined));
        }
        const Names names = run_variants(runs);
        const Names wanted = {"",
                              "reference routing native, references bundled",
                              "k 1, reference routing native, mixing confidence, references bundled",
                              "k 5, reference routing native, mixing confidence, references bundled",
                              "k 1, references bundled",
                              "k 5, references bundled",
                              "",
                              "",
                              "reference routing refined, references refined",
                              "k 5, reference routing refined, mixing none, references refined",
                              "k 5, references refined",
                              ""};
        for (std::size_t i = 0; i < wanted.size(); ++i) {
            QCOMPARE(names[i], wanted[i]);
        }
    }

    /// Every parameter has the label of its row in names of the methods that look at it, and is in no other's.
    void labels_of_rows() {
        for (const ParameterRow& row : parameter_table()) {
            int named = 0;
            for (const Method method : all_methods()) {
                MethodParams usual = params_of(method);
                usual.kernel.kind = row.group == std::string("kernel") ? KernelKind::Polynomial : usual.kernel.kind;
                MethodParams other = usual;
                const bool first = !row.words.empty() && parameter_text(row, usual) != row.words.front();
                row.access.set(other, row.kind == ParameterKind::Word    ? ParameterValue(std::string(first ? row.words.front() : row.words.back()))
                                      : row.kind == ParameterKind::Whole ? ParameterValue(std::int64_t{13})
                                                                         : ParameterValue(0.25));
                const Names names = run_variants({run_of(usual), run_of(other)});
                for (const auto& [name, params] : {std::pair{names[0], usual}, std::pair{names[1], other}}) {
                    const bool looked_at = uses_parameter(method, row) && has_a_meaning(row, usual) && has_a_meaning(row, other);
                    if (looked_at) {
                        QVERIFY2(name.starts_with(std::string(row.label) + " " + parameter_text(row, params)), (to_string(method) + ": " + name).c_str());
                        ++named;
                    } else if (!uses_parameter(method, row)) {
                        QCOMPARE(name, std::string());
                    }
                }
            }
            QVERIFY2(named > 0 || row.applies != nullptr, row.name);
        }
    }

    /// What other parameters leave no meaning is no part of a name: k beside an epsilon, alphas where nothing is mixed.
    void what_is_not_looked_at() {
        MethodParams by_k = params_of(Method::Ngd), by_radius = by_k, by_more = by_k;
        by_radius.k = 10;
        by_radius.epsilon = 0.6;
        by_more.k = 7;
        QCOMPARE(run_variants({run_of(by_k), run_of(by_radius)}), (Names{"epsilon none", "epsilon 0.6"}));
        QCOMPARE(run_variants({run_of(by_k), run_of(by_radius), run_of(by_more)}), (Names{"k 5, epsilon none", "epsilon 0.6", "k 7, epsilon none"}));
        MethodParams mixed = params_of(Method::KernelRegression), plain = mixed;
        plain.mixing = Mixing::None;
        plain.alpha_grid = 21;
        QCOMPARE(run_variants({run_of(mixed), run_of(plain)}), (Names{"mixing confidence", "mixing none"}));
    }

    /// Of sets that are one by their content nothing is said; others have the shortest name that tells them apart.
    void reference_sets() {
        const MethodParams ngd = params_of(Method::Ngd);
        QCOMPARE(run_variants({run_of(ngd, {"/a/mine", "11"}), run_of(ngd, {"/b/moved", "11"})}), (Names{"", ""}));
        QCOMPARE(run_variants({run_of(ngd, {"/a/mine", "11"}), run_of(ngd, {"/b/mine/", "22"}), run_of(ngd)}),
                 (Names{"references a/mine", "references b/mine", "references bundled"}));
        QCOMPARE(run_variants({run_of(ngd, {"", "11", 1}), run_of(ngd, {"", "22", 7})}), (Names{"references bundled with seed 1", "references bundled with seed 7"}));
        QCOMPARE(run_variants({run_of(ngd, {"/a/mine", "1111111122"}), run_of(ngd, {"/a/mine", "3333333344"})}),
                 (Names{"references mine, 11111111", "references mine, 33333333"}));
        // What differs stands in front, however far above it lies, and where one path is the end of another.
        QCOMPARE(run_variants({run_of(ngd, {"/home/monday/refs/mine", "11"}), run_of(ngd, {"/home/tuesday/refs/mine", "22"})}), (Names{"references monday/refs/mine", "references tuesday/refs/mine"}));
        QCOMPARE(run_variants({run_of(ngd, {"/a/mine", "11"}), run_of(ngd, {"/b/a/mine", "22"})}), (Names{"references /a/mine", "references b/a/mine"}));
        QCOMPARE(run_variants({run_of(ngd, {"/a/mine", "11"}), run_of(ngd, {"/a/yours", "22"})}), (Names{"references mine", "references yours"}));
        for (const Method method : {Method::Base, Method::Oracle, Method::OwnMean}) {
            QCOMPARE(run_variants({run_of(params_of(method)), run_of(params_of(method), kRefined)}), (Names{"", ""}));
        }
        for (const Method method : {Method::RandomNeighbours, Method::ConstantOffset, Method::BestFixed}) {  // fitted on the set, or drawn from it
            QCOMPARE(run_variants({run_of(params_of(method)), run_of(params_of(method), kRefined)}), (Names{"references bundled", "references refined"}));
        }
    }

    /// Runs that say nothing of their parameters, of other programs and of none, keep the name they were given.
    void runs_that_say_little() {
        RunInfo named = session_samples::run_info(), foreign = named, broken = named, bare = named;
        named.config = R"({"variant": "k 3"})";
        foreign.method = "their own";
        foreign.config = R"({"parameters": {"num_neighbors": 3}, "variant": "theirs"})";
        broken.config = "{\"parameters\": 3";
        bare.config = R"({"parameters": {"num_neighbors": "many", "unknown": 1}})";
        QCOMPARE(run_variants({named, foreign, broken, bare}), (Names{"k 3", "theirs", "", ""}));
        QCOMPARE(run_variants({}), Names());
    }

    /// The reader names a run the same whether one is asked for or all; a session that grows is named anew.
    void as_the_reader_tells() {
        QTemporaryDir folder;
        const std::string path = folder.filePath(QStringLiteral("s.sqlite")).toStdString();
        auto session = SessionWriter::create(path);
        QVERIFY(session.ok());
        MethodParams params = params_of(Method::Ngd);
        QVERIFY(session->begin_run(run_of(params)).ok());
        auto reader = SessionReader::open(path);
        QCOMPARE(reader->run(1)->variant, std::string());
        params.k = 9;
        QVERIFY(session->begin_run(run_of(params)).ok());
        QCOMPARE(reader->run(1)->variant, std::string("k 5"));
        QCOMPARE(reader->run(2)->variant, std::string("k 9"));
        for (const StoredRun& run : *reader->runs()) {
            QCOMPARE(run.variant, reader->run(run.id)->variant);
        }
    }
};

QTEST_APPLESS_MAIN(TestRunVariants)
#include "test_run_variants.moc"
