// r2t2 methods, and the options that the table of parameters becomes: the real program is asked.
#include <QtTest>
#include <nlohmann/json.hpp>

#include "core/routing/method_params_json.h"
#include "tests/app/cli_runner.h"
#include "tests/support/files.h"
#include "tests/support/random_params.h"

using namespace r2t2;

class TestAppMethods : public QObject {
    Q_OBJECT

    CliRunner cli_;

    nlohmann::json asked(const QStringList& words) {
        const CliResult result = cli_.run(QStringList{"methods", "--json"} + words);
        [&] { QVERIFY2(result.code == 0, result.err.constData()); }();
        return nlohmann::json::parse(result.out.toStdString(), nullptr, false);
    }
    /// What every parameter is set to, read as a run's are.
    MethodParams values(const QStringList& words) {
        nlohmann::json fields = nlohmann::json::object();
        const nlohmann::json all = asked(words);
        for (const auto& row : all["parameters"]) {
            fields[row["field"].get<std::string>()] = row["value"];
        }
        const Result<MethodParams> params = parse_method_params(fields.dump(), "methods");
        [&] { QVERIFY2(params.ok() && fields.size() == parameter_table().size(), fields.dump().c_str()); }();
        return params.ok() ? *params : MethodParams();
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(cli_.prepare()); }

    void the_tables_are_printed_whole() {
        const nlohmann::json all = asked({});
        QCOMPARE(all["methods"].size(), method_table().size());
        QCOMPARE(all["parameters"].size(), parameter_table().size());
        QVERIFY(values({}) == MethodParams());
        const CliResult text = cli_.run({"methods"}), markdown = cli_.run({"methods", "--markdown"});
        for (const MethodRow& row : method_table()) {
            QVERIFY2(text.out.contains(row.name) && text.out.contains(row.sentence), row.name);
            QVERIFY2(markdown.out.contains(QByteArray("| `") + row.name + "` |"), row.name);
        }
        for (const ParameterRow& row : parameter_table()) {
            QVERIFY2(text.out.contains(QByteArray("--") + row.name) && text.out.contains(row.help), row.name);
            QVERIFY2(markdown.out.contains(QByteArray("| `") + row.name + "` |"), row.name);
        }
        for (const QByteArray& line : markdown.out.split('\n')) {  // cells of a table: as many as its head has
            QVERIFY2(line.isEmpty() || line.count('|') == 6, line.constData());
        }
    }

    /// Between its marks the document is what the program prints.
    void the_documents_tables_are_the_programs() {
        QFile file(QStringLiteral(R2T2_SOURCE_DIR "/docs/methods.md"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray document = file.readAll(), begin = "<!-- r2t2 methods --markdown -->\n", end = "<!-- end -->\n";
        const qsizetype from = document.indexOf(begin) + begin.size(), to = document.indexOf(end);
        QVERIFY(document.count(begin) == 1 && document.count(end) == 1 && from < to);
        const QByteArray printed = cli_.run({"methods", "--markdown"}).out, stands = document.mid(from, to - from);
        QVERIFY2(stands == printed, "docs/methods.md: put there what r2t2 methods --markdown prints");
    }

    void one_is_looked_up_by_any_of_its_names() {
        for (const MethodRow& row : method_table()) {
            const nlohmann::json one = asked({row.name});
            QCOMPARE(one["methods"].size(), std::size_t{1});
            QCOMPARE(one["methods"][0]["name"].get<std::string>(), std::string(row.name));
            const auto uses = static_cast<std::size_t>(std::count_if(parameter_table().begin(), parameter_table().end(), [&](const ParameterRow& each) { return uses_parameter(row.method, each); }));
            QCOMPARE(one["parameters"].size(), uses);
        }
        for (const char* name : {"num-neighbors", "num_neighbors", "k"}) {
            const nlohmann::json one = asked({name});
            QCOMPARE(one["parameters"].size(), std::size_t{1});
            QCOMPARE(one["parameters"][0]["methods"].dump(), std::string(R"(["mode-finding","kernel-regression","ngd","response-surface","random-neighbours"])"));
        }
        const CliResult unknown = cli_.run({"methods", "magic"});
        QVERIFY2(unknown.code == 2 && unknown.err.contains("magic") && unknown.err.contains("ngd") && unknown.err.contains("num-neighbors"), unknown.err.constData());
    }

    void every_parameter_is_an_option_under_all_its_names() {
        const QByteArray help = cli_.run({"evaluate", "--help"}).out, inspect = cli_.run({"inspect", "--help"}).out;
        RandomStream stream(3);
        for (const ParameterRow& row : parameter_table()) {
            QVERIFY2(help.contains(QByteArray("--") + row.name) && inspect.contains(QByteArray("--") + row.name), row.name);
            std::vector<std::string> names = {row.name};
            names.insert(names.end(), row.aliases.begin(), row.aliases.end());
            for (std::string name : names) {
                for (const char separator : {'-', '_'}) {
                    std::replace(name.begin(), name.end(), '-', separator);
                    MethodParams params;
                    do {
                        params = {};
                        row.access.set(params, random_value(row, stream));
                    } while (!validate(params));
                    const std::string option = (name.size() == 1 ? "-" : "--") + name;
                    const MethodParams there = values({QString::fromStdString(option), QString::fromStdString(parameter_text(row, params))});
                    QVERIFY2(there == params, (option + " " + parameter_text(row, params)).c_str());
                }
            }
            const CliResult wrong = cli_.run({"methods", QString("--") + row.name, "nonsense"});
            QVERIFY2(wrong.code == 2 && wrong.err.contains(QByteArray("--") + row.name) && wrong.err.contains("nonsense"), wrong.err.constData());
        }
    }

    void what_is_stated_comes_back_through_the_parser() {
        RandomStream stream(23);
        for (int i = 0; i < 40; ++i) {
            MethodParams params = random_params(stream);
            params.method = MethodParams().method;
            params.k = params.epsilon ? MethodParams().k : params.k;  // not looked at, so not stated
            QStringList words;
            for (const auto& [name, text] : to_state({}, params)) {
                words << QString::fromStdString("--" + name) << QString::fromStdString(text);
            }
            QVERIFY2(values(words) == params, qPrintable(words.join(' ')));
        }
    }

    void a_models_recommendation_is_shown() {
        QVERIFY(QDir().mkpath(cli_.path("recommended")));
        const std::string file = cli_.path("recommended/rerouting.json").toStdString();
        const auto with = [&](const std::string& text) { write_file(file, text); };
        with(R"({"_why": "measured", "steps": 20, "num_neighbors": 7, "initial_lr": 0.3, "alpha-refinements": 2, "bandwidth": "median", "routing_k": 9})");
        MethodParams params;
        params.steps = 20;
        params.k = 7;
        params.initial_lr = 0.3;
        params.alpha_refinements = 2;
        params.routing_k = 9;
        QVERIFY(values({"--model", cli_.path("recommended")}) == params);
        params.steps = 4;  // and what is stated comes after
        QVERIFY(values({"--model", cli_.path("recommended"), "--num_steps", "4"}) == params);
        const std::pair<const char*, const char*> wrong[] = {{R"({"steps": 0})", "steps"}, {R"({"steps": 2.5})", "steps"}, {R"({"momentum": 1})", "momentum"},
                                                             {R"({"eta": "fast"})", "eta"}, {R"({"bandwidth": null})", "bandwidth"}, {R"([1])", "object"}};
        for (const auto& [text, word] : wrong) {
            with(text);
            const CliResult result = cli_.run({"methods", "--model", cli_.path("recommended")});
            QVERIFY2(result.code == 2 && result.err.contains("rerouting.json") && result.err.contains(word) && result.err.contains("allowed"), result.err.constData());
        }
        QCOMPARE(cli_.run({"methods", "--model", cli_.path("nowhere")}).code, 2);
    }
};

QTEST_GUILESS_MAIN(TestAppMethods)
#include "test_app_methods.moc"
