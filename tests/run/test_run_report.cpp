#include <QStringList>
#include <QTest>
#include <nlohmann/json.hpp>

#include "core/run/evaluation_report.h"
#include "core/routing/method_params_json.h"

using namespace r2t2;

namespace {

MethodOutcome outcome(Method method, std::vector<std::optional<bool>> correct) {
    MethodOutcome out;
    out.method = method;
    out.correct = std::move(correct);
    out.seconds = 0.01;
    out.passes = {10, 5};
    return out;
}

/// Base right on the first `right`; NGD mends `mended` of the wrong ones and harms `harmed` of the right ones; the oracle
/// is always right.
SetOutcome made_set(const std::string& name, std::size_t size, std::size_t right, std::size_t mended, std::size_t harmed) {
    SetOutcome set{name, {}, {}};
    for (std::size_t i = 0; i < size; ++i) {
        const bool base = i < right;
        const bool ngd = base ? i >= harmed : i < right + mended;
        SampleOutcome sample;
        sample.id = std::to_string(i);
        sample.done = true;
        sample.methods = {outcome(Method::Base, {base}), outcome(Method::Ngd, {base, base, ngd}),
                          outcome(Method::Oracle, {base, std::nullopt, true})};
        set.samples.push_back(std::move(sample));
    }
    return set;
}

Provenance made_provenance() {
    Provenance p;
    p.model_name = "made up";
    p.miniature = true;
    for (const Method method : {Method::Base, Method::Ngd, Method::Oracle}) {
        MethodParams params;
        params.method = method;
        p.methods.push_back(params);
    }
    return p;
}

EvaluationReport made_report(std::size_t sets) {
    Evaluation evaluation;
    for (std::size_t s = 0; s < sets; ++s) {
        evaluation.sets.push_back(made_set("set-with-a-long-name-" + std::to_string(s), 100, 60, 20, 5));
    }
    return make_report(evaluation, made_provenance());
}

}  // namespace

class TestRunReport : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void numbers_are_those_of_the_samples() {
        const EvaluationReport report = made_report(2);
        const MethodReport& ngd = report.sets[0].methods[1];
        QCOMPARE(ngd.right, std::int64_t{75});
        QCOMPARE(ngd.against_base.right_wrong, std::int64_t{5});
        QCOMPARE(ngd.against_base.wrong_right, std::int64_t{20});
        QCOMPARE(ngd.told.p, mcnemar_exact(5, 20));  // every sample alone
        QCOMPARE(ngd.told.clusters, std::int64_t{100});
        QVERIFY(std::abs(ngd.told.gain.value - 0.15) < 1e-12 && ngd.told.gain.low < 0.15 && 0.15 < ngd.told.gain.high);
        QVERIFY(std::abs(ngd.gap.share.value - 15.0 / 40.0) < 1e-12);
        QVERIFY(ngd.gap.share.low < ngd.gap.share.value && ngd.gap.share.value < ngd.gap.share.high);
        QVERIFY(ngd.told.interval.low < 0.75 && 0.75 < ngd.told.interval.high);
        QCOMPARE(ngd.steps.size(), std::size_t{3});
        QCOMPARE(ngd.steps[1].from_start.wrong_right, std::int64_t{0});
        QCOMPARE(ngd.steps[2].from_previous.wrong_right, std::int64_t{20});
        QCOMPARE(report.overall.methods[1].right, std::int64_t{150});
        QCOMPARE(ngd.forward, 10.0);
    }

    /// Four rotations of every question: 25 witnesses, not 100. Set and pooled, in JSON and in words.
    void rotations_are_one_witness() {
        Evaluation evaluation;
        for (const char* name : {"turned", "alone"}) {
            evaluation.sets.push_back(made_set(name, 100, 60, 20, 0));
            for (std::size_t i = 0; i < 100; ++i) {
                const std::string group = name == std::string("turned") ? std::to_string(i / 4) : std::string();
                evaluation.sets.back().samples[i].cluster = cluster_key(name, group, {}, std::string(name) + std::to_string(i) + ".png");
            }
        }
        const EvaluationReport report = make_report(evaluation, made_provenance());
        const ClusteredResult &turned = report.sets[0].methods[1].told, &alone = report.sets[1].methods[1].told, &all = report.overall.methods[1].told;
        QCOMPARE(turned.p, mcnemar_exact(0, 5));  // five questions, whole
        QCOMPARE(alone.p, mcnemar_exact(0, 20));
        QVERIFY(turned.clusters == 25 && alone.clusters == 100 && all.clusters == 125);
        QVERIFY(turned.clustered() && !alone.clustered());
        QCOMPARE(alone.interval.low, wilson_interval(80, 100).low);
        QCOMPARE(turned.interval.low, clustered_share(std::vector<PairedCluster>([] {
                     std::vector<PairedCluster> right(20, {4, 4});
                     right.insert(right.end(), 5, {0, 4});
                     return right;
                 }()), kToldBootstrap).low);
        QVERIFY(turned.interval.low < alone.interval.low && turned.gain.low < alone.gain.low && turned.gain.value == alone.gain.value);
        QVERIFY(report.sets[0].methods[1].gap.share.high - report.sets[0].methods[1].gap.share.low > report.sets[1].methods[1].gap.share.high - report.sets[1].methods[1].gap.share.low);
        // Holm over two methods x two sets, by hand: NGD alone 2e-6, oracle twice far below, NGD turned last.
        std::vector<double> p;
        for (const SetReport& set : report.sets) {
            p.push_back(set.methods[1].told.p);
            p.push_back(set.methods[2].told.p);
        }
        const std::vector<double> adjusted = holm_adjusted(p);
        QCOMPARE(turned.holm_p, adjusted[0]);
        QCOMPARE(alone.holm_p, adjusted[2]);
        QVERIFY(std::isnan(report.sets[0].methods[0].told.holm_p));
        QCOMPARE(all.holm_p, std::max(all.p, std::min(1.0, 2 * report.overall.methods[2].told.p)));
        const auto json = nlohmann::json::parse(report_json(report));
        const auto& first = json["sets"][0]["methods"][1];
        QVERIFY(first["mcnemar_p"].is_null() && first["test"].get<std::string>() == "sign flips of clusters" && first["clusters"].get<int>() == 25);
        QCOMPARE(first["p"].get<double>(), turned.p);
        QCOMPARE(first["gain"]["low"].get<double>(), turned.gain.low);
        QCOMPARE(json["sets"][1]["methods"][1]["mcnemar_p"].get<double>(), alone.p);
        const std::string text = report_text(report);
        QVERIFY(text.find("100 samples in 25 clusters (one picture, or one group of questions)") != std::string::npos);
        QVERIFY(text.find("Holm p = corrected for the 4 methods x sets") != std::string::npos);
    }
    /// Ten pictures: an interval of them covers less than it says.
    void few_clusters_are_said() {
        Evaluation evaluation;
        evaluation.sets.push_back(made_set("few", 40, 20, 8, 0));
        for (std::size_t i = 0; i < 40; ++i) {
            evaluation.sets[0].samples[i].cluster = cluster_key("few", {}, "picture " + std::to_string(i / 4), {});
        }
        const std::string text = report_text(make_report(evaluation, made_provenance()));
        for (const QString& line : QString::fromStdString(text).split('\n')) {
            QVERIFY2(line.size() <= 120, qPrintable(line));
        }
        QVERIFY2(text.find("40 samples in 10 clusters") != std::string::npos && text.find("fewer than 20 of them cover less") != std::string::npos, text.c_str());
    }

    void bad_and_missing_samples_are_counted_apart() {
        Evaluation evaluation;
        evaluation.sets.push_back(made_set("set", 10, 5, 2, 1));
        evaluation.sets[0].samples[0].methods.clear();
        evaluation.sets[0].samples[0].error = invalid_input("set: sample 0", "image", "nothing", "a picture");
        evaluation.sets[0].samples[1].done = false;
        evaluation.sets[0].samples[2].methods[0].correct = {std::nullopt};
        const EvaluationReport report = make_report(evaluation, made_provenance());
        QCOMPARE(report.sets[0].errors, std::int64_t{1});
        QCOMPARE(report.sets[0].missing, std::int64_t{1});
        QCOMPARE(report.sets[0].unknown, std::int64_t{1});
        QCOMPARE(report.sets[0].methods[0].samples, std::int64_t{7});
        QCOMPARE(report.error_lines.size(), std::size_t{1});
    }

    void the_table_fits_120_columns_data() {
        QTest::addColumn<int>("sets");
        for (const int sets : {1, 2, 8, 15}) {
            QTest::addRow("%d", sets) << sets;
        }
    }
    void the_table_fits_120_columns() {
        QFETCH(int, sets);
        const std::string text = report_text(made_report(static_cast<std::size_t>(sets)));
        QVERIFY(text.find("MINIATURE") != std::string::npos);
        QVERIFY(text.find("mode offset, granularity shared") != std::string::npos);
        for (const QString& line : QString::fromStdString(text).split('\n')) {
            QVERIFY2(line.size() <= 120, qPrintable(line));
        }
    }

    void json_parses_and_agrees() {
        const EvaluationReport report = made_report(2);
        const auto json = nlohmann::json::parse(report_json(report));
        QCOMPARE(json["overall"]["methods"][1]["right"].get<int>(), 150);
        QCOMPARE(json["overall"]["methods"][1]["harmed"].get<int>(), 10);
        QVERIFY(json["miniature"].get<bool>());
        QVERIFY(json["overall"]["methods"][0]["gap_closed"]["value"].is_null());
        QCOMPARE(json["provenance"]["methods"][1]["num_neighbors"].get<int>(), 5);
    }

    void nothing_done_is_a_table_without_numbers() {
        Evaluation evaluation;
        evaluation.sets.push_back({"empty", std::vector<SampleOutcome>(3), {}});
        const EvaluationReport report = make_report(evaluation, made_provenance());
        QCOMPARE(report.sets[0].missing, std::int64_t{3});
        QVERIFY(!report_text(report).empty());
        QVERIFY(nlohmann::json::parse(report_json(report))["overall"]["methods"][0]["accuracy"].is_null());
    }
};

QTEST_APPLESS_MAIN(TestRunReport)
#include "test_run_report.moc"
