// `score`: references and options that Python wrote as lists in texts; our own exports by the rule that stands in them.
#include <QtTest>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "core/run/python_list.h"
#include "core/run/score_file.h"
#include "core/run/session_export.h"
#include "tests/session/benchmark_samples.h"

using namespace r2t2;
using namespace r2t2::session_samples;
namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

namespace {

FileScore scored(const std::string& text) {
    const auto score = score_text(text, "p.jsonl");
    if (!score.ok()) {
        qWarning("%s", score.error().message().c_str());
        return {{}, ScoringRule::Exact, {FilterScore{}}, 0, {}, 0, 0, 0, {}};
    }
    return *score;
}

/// 1 right, 0 wrong, -1 not scored.
int verdict(const std::string& text) {
    const SetScore all = scored(text).filters.front().overall;
    return all.scored == 0 ? -1 : static_cast<int>(all.right);
}

std::vector<std::string> repeated(std::initializer_list<std::pair<int, const char*>> list) {
    std::vector<std::string> out;
    for (const auto& [times, text] : list) {
        out.insert(out.end(), static_cast<std::size_t>(times), text);
    }
    return out;
}

AnswerKey key_of(AnswerRule rule, std::vector<std::string> answers, std::vector<std::string> options = {}, int right = -1) {
    AnswerKey key;
    key.rule = rule;
    key.answers = std::move(answers);
    key.options = std::move(options);
    key.right_option = right;
    return key;
}

AnswerKey mathvista(const char* type, int precision, const char* answer, std::vector<std::string> options = {}) {
    AnswerKey key = key_of(AnswerRule::MathVista, {answer}, std::move(options));
    key.answer_type = type;
    key.precision = precision;
    return key;
}

struct Asked {
    AnswerKey key;
    const char* answer;
};

/// Every rule, with answers that its plain reading (equal to the truth, or to its option) judges otherwise than it does.
std::vector<Asked> every_rule() {
    const std::vector<std::string> animals = {"a cat", "a dog", "a horse", "a mouse"};
    std::vector<std::string> square = {"square"};
    for (int i = 0; i < 9; ++i) {
        square.push_back("zz" + std::to_string(i));
    }
    std::vector<std::string> the_square = repeated({{5, "the square"}});
    for (int i = 0; i < 5; ++i) {
        the_square.push_back("other " + std::to_string(i));
    }
    std::vector<Asked> out = {
        {key_of(AnswerRule::Exact, {"red bus", "bus"}), "BUS."},
        {key_of(AnswerRule::StartsWith, {"no"}), "no, it is not"},
        {key_of(AnswerRule::LowerCase, {"yes"}), "Yes."},
        {key_of(AnswerRule::LowerCase, {"yes"}), " YES "},
        {key_of(AnswerRule::Gqa, {"blue"}), "Blue..."},
        {key_of(AnswerRule::Gqa, {"blue"}), "Blue!"},
        {key_of(AnswerRule::Processed, {"two dogs"}), "the 2 dogs?"},
        {key_of(AnswerRule::SoftVqa, square), "square"},
        {key_of(AnswerRule::SoftVqa, the_square), "the square"},
        {key_of(AnswerRule::SoftVqa, the_square), "square"},
        {key_of(AnswerRule::SoftM4c, repeated({{1, "nokia"}, {9, "samsung"}})), "nokia"},
        {key_of(AnswerRule::SoftM4c, repeated({{2, "nokia"}, {8, "samsung"}})), "Nokia!"},
        {key_of(AnswerRule::DirectAnswer, repeated({{1, "a"}, {2, "b"}, {7, "c"}})), "a"},
        {key_of(AnswerRule::DirectAnswer, repeated({{1, "a"}, {2, "b"}, {7, "c"}})), "b"},
        {key_of(AnswerRule::Anls, {"nokia"}), "noka"},
        {key_of(AnswerRule::Anls, {"abc"}), "xyc"},
        {key_of(AnswerRule::Letter, {}, animals, 1), "The answer is B."},
        {key_of(AnswerRule::OptionText, {}, {"Red", "green", "red", "blue"}, 0), "C"},
        {key_of(AnswerRule::FirstCapital, {}, animals, 1), "The answer is B."},
        {key_of(AnswerRule::ScienceQa, {}, animals, 1), "(B)"},
        {key_of(AnswerRule::LetterPrefix, {}, animals, 1), "a dog"},
        {key_of(AnswerRule::YesNo, {"yes"}), "Yes, there is one."},
        {key_of(AnswerRule::YesNo, {"no"}), "not sure"},
        {mathvista("float", 2, "2.54"), "2.5449"},
        {mathvista("integer", 0, "3"), "3.7"},
        {mathvista("text", 0, "13", {"3", "13"}), "B"},
    };
    return out;
}

}  // namespace

class TestScoreFile : public QObject {
    Q_OBJECT

private:
    QTemporaryDir directory_;

private Q_SLOTS:
    void initTestCase() { QVERIFY(directory_.isValid()); }

    void lists_that_python_wrote_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("json");  // empty: no list
        const auto row = [](const char* text, const char* json) { QTest::newRow(text) << QString::fromUtf8(text) << QString::fromUtf8(json); };
        row("['Bob Dylan', 'Dylan']", "[\"Bob Dylan\",\"Dylan\"]");
        row("[\"Rock 'n' Roll\", 'x']", "[\"Rock 'n' Roll\",\"x\"]");
        row("['Rock \\'n\\' \"Roll\"']", "[\"Rock 'n' \\\"Roll\\\"\"]");
        row("['a\\nb', 'c\\\\d', '\\xe9', '\\u20ac', '\\U0001f600']", "[\"a\\nb\",\"c\\\\d\",\"\u00e9\",\"\u20ac\",\"\U0001f600\"]");
        row("[\"\\ud83d\\ude00\", \"a\\/b\"]", "[\"\U0001f600\",\"a/b\"]");
        row("[]", "[]");
        row(" [ 'a' , ] ", "[\"a\"]");
        row("['']", "[\"\"]");
        row("[0, 1]", "[0,1]");
        row("[-1, +2, 2.5, 1e-3, 123456789012345678901234567890]", "[-1,2,2.5,0.001,\"123456789012345678901234567890\"]");
        row("[['a', 'b'], ['c'], []]", "[[\"a\",\"b\"],[\"c\"],[]]");
        row("[('a', 1), True, None, false]", "[[\"a\",1],true,null,false]");
        row("[u'a', r'\\d']", "[\"a\",\"\\\\d\"]");
        row("['[1]', '] ,']", "[\"[1]\",\"] ,\"]");
        row("['a' 'b']", "");  // numpy
        row("['a'\n 'b']", "");
        row("[a, b]", "");
        row("['a', 'b'", "");
        row("['a']]", "");
        row("['it's']", "");
        row("[laughs]", "");
        row("['a', , 'b']", "");
        row("[,]", "");
        row("[1 2]", "");
        row("['\\q']", "");
        row("['\\ud83d']", "");
        row("[1.2.3]", "");
        row("[--1]", "");
        row("[nan]", "");
        row("[\"\"\"a\"\"\"]", "");
        row("array(['a'])", "");
        row("a", "");
        row("", "");
        row("[", "");
        row("]", "");
    }
    void lists_that_python_wrote() {
        QFETCH(QString, text);
        QFETCH(QString, json);
        const auto list = python_list(text.toStdString());
        QCOMPARE(list ? QString::fromStdString(list->dump()) : QString(), json);
    }
    void a_deep_list_is_none() {
        QVERIFY(python_list(std::string(20, '[') + std::string(20, ']')));
        QVERIFY(!python_list(std::string(100000, '[') + std::string(100000, ']')));
    }

    void references_in_a_text() {
        const auto log = [](const char* target, const char* answer) {
            return verdict(Json{{"doc_id", 0}, {"doc", {{"q", "who?"}}}, {"target", target}, {"resps", {{answer}}}, {"filtered_resps", {answer}}, {"exact_match", 1.0}}.dump());
        };
        QCOMPARE(log("['Bob Dylan', 'Dylan']", "Bob Dylan"), 1);
        QCOMPARE(log("['Bob Dylan', 'Dylan']", "dylan."), 1);
        QCOMPARE(log("['Bob Dylan', 'Dylan']", "Bob"), 0);
        QCOMPARE(log("[\"Rock 'n' Roll\", 'x']", "rock 'n' roll"), 1);
        QCOMPARE(log("[['a', 'b'], ['c']]", "c"), 1);
        QCOMPARE(log("['3.0', 'three']", "3"), 1);
        QCOMPARE(log("[18]", "18"), 1);
        QCOMPARE(log("[10, 20, 30]", "[10, 20, 30]"), 1);  // the list itself may be the answer
        QCOMPARE(log("[10, 20, 30]", "[10, 20]"), 0);
        QCOMPARE(log("[]", "x"), -1);                       // no reference: unknown
        QCOMPARE(verdict(R"({"prediction": "c", "target": [["a", "b"], ["c"]]})"), 1);
    }
    void likelihoods_with_their_indices_in_a_text() {
        const std::string half = R"({"filtered_resps": [[-2.0, false], [-1.0, true], [-3.0, false]], "target": )";
        QCOMPARE(verdict(half + R"("[0, 1]"})"), 1);
        QCOMPARE(verdict(half + R"("[0, 2]"})"), 0);
        QCOMPARE(verdict(half + R"("['1']"})"), 1);
        QCOMPARE(verdict(half + R"("[]"})"), -1);
        QCOMPARE(verdict(half + R"("['red', 'green']", "doc": {"choices": "['red', 'green', 'blue']"}})"), 1);
    }
    /// MMMU has its options as a list in a text.
    void options_in_a_text() {
        QCOMPARE(verdict(R"({"prediction": "a cat", "target": "B", "doc": {"options": "['A dog', 'A cat']"}})"), 1);
        QCOMPARE(verdict(R"({"prediction": "A", "target": "B", "doc": {"options": "['A dog', 'A cat']"}})"), 0);
        QCOMPARE(verdict("{\"prediction\": \"(b)\", \"target\": \"a cat\", \"options\": \"['A dog', \\\"A cat\\\"]\"}"), 1);
        QCOMPARE(verdict(R"({"prediction": "C", "target": "['A', 'C']", "choices": "['x', 'y', 'z']"})"), 1);
        QCOMPARE(verdict(R"({"prediction": "7", "target": "7", "doc": {"options": "[]"}})"), 1);              // an open question of MMMU
        QCOMPARE(verdict(R"({"prediction": "B", "target": "[2, 3]", "options": ["[1, 2]", "[2, 3]"]})"), 1);  // an option's own text
        const auto error = score_text(R"({"prediction": "B", "target": "B", "options": "red, blue"})", "p.jsonl");
        QVERIFY(!error.ok() && error.error().message().find("line 1: options: found \"red, blue\"; allowed: a list of texts") != std::string::npos);
    }
    /// MMBench's and SEED-Bench's documents, and VLMEvalKit's tables, have a column an option.
    void options_in_columns() {
        const std::string mmbench = R"("doc": {"index": 241, "hint": "nan", "A": "None", "B": "Two", "C": "One", "D": "Three", "E": "nan", "answer": "A"}})";
        QCOMPARE(verdict(R"({"target": "A", "filtered_resps": ["A. None"], )" + mmbench), 1);
        QCOMPARE(verdict(R"({"target": "A", "filtered_resps": ["None"], )" + mmbench), 1);
        QCOMPARE(verdict(R"({"target": "A", "filtered_resps": ["B. Two"], )" + mmbench), 0);
        const std::string seed = R"("doc": {"choice_a": "One", "choice_b": "Two", "choice_c": "Three", "choice_d": "Four", "answer": "B"}})";
        QCOMPARE(verdict(R"({"target": "B", "filtered_resps": ["Two"], )" + seed), 1);
        QCOMPARE(verdict(R"({"target": "B", "filtered_resps": ["B. Two"], )" + seed), 1);
        QCOMPARE(verdict(R"({"index": 1, "A": "None", "B": "Two", "C": 3, "D": null, "answer": "A", "prediction": "A. None"})"), 1);
        QCOMPARE(verdict(R"({"index": 1, "A": "None", "B": "Two", "answer": "Two", "prediction": "b"})"), 1);
        // Columns of something else, or options that are stated: those are not touched.
        QCOMPARE(verdict(R"({"A": 0.2, "B": 0.8, "target": "cat", "prediction": "cat"})"), 1);
        QCOMPARE(verdict(R"({"A": "x", "target": "A", "prediction": "A"})"), 1);
        QCOMPARE(verdict(R"({"target": "B", "prediction": "dog", "doc": {"choices": ["cat", "dog"], "A": "dog", "B": "cat"}})"), 1);
    }
    /// lmms-eval's TextVQA and VQAv2 log the name of a field that their documents do not have as target of every record.
    void a_target_that_is_a_name() {
        const auto record = [](const char* said) {
            return Json{{"doc", {{"question_id", 34602}, {"answers", {"nokia", "nokia", "toshiba"}}}}, {"target", "answer"}, {"filtered_resps", {said}}}.dump();
        };
        QCOMPARE(verdict(record("nokia")), 1);
        QCOMPARE(verdict(record("answer")), 0);
        QCOMPARE(scored(record("nokia")).targets_by_name, std::int64_t{1});
        const FileScore literal = scored(R"({"target": "answer", "prediction": "answer"})");
        QVERIFY(literal.targets_by_name == 0 && literal.filters[0].overall.right == 1);
        const FileScore field = scored(R"({"target": "answer", "prediction": "answer", "doc": {"answer": "answer", "answers": ["x"]}})");
        QVERIFY(field.targets_by_name == 0 && field.filters[0].overall.right == 1);
        const FileScore objects = scored(R"({"target": "answer", "prediction": "yes", "doc": {"answers": [{"answer": "yes", "answer_id": 1}, {"answer": "no", "answer_id": 2}]}})");
        QVERIFY(objects.targets_by_name == 1 && objects.filters[0].overall.right == 1);
        const FileScore unsaid = scored(R"({"target": "answer", "prediction": "answer", "doc": {"answers": [{"text": "x"}]}})");
        QVERIFY(unsaid.targets_by_name == 0 && unsaid.filters[0].overall.right == 1);
        const FileScore plural = scored(R"({"target": "answers", "prediction": "nokia", "doc": {"answers": ["nokia"]}})");
        QVERIFY(plural.targets_by_name == 1 && plural.filters[0].overall.right == 1);
        const FileScore direct = scored(R"({"target": "direct_answers", "prediction": "nokia", "doc": {"direct_answers": ["nokia", "phone"]}})");
        QVERIFY(direct.targets_by_name == 1 && direct.filters[0].overall.right == 1);
    }
    void what_only_looks_like_a_list_is_a_text_and_said() {
        const FileScore score = scored("{\"prediction\": \"[laughs]\", \"target\": \"[laughs]\"}\n{\"prediction\": \"a dog\", \"target\": \"B\", \"doc\": {\"options\": \"['A cat' 'A dog']\"}}\n"
                                       "{\"prediction\": \"x\", \"target\": \"['x', 'y']\"}\n");
        QCOMPARE(score.filters.front().overall.right, std::int64_t{2});
        QCOMPARE(score.unread_lists, std::int64_t{2});
        QCOMPARE(score.unread_list_places, (std::vector<std::string>{"line 1: target", "line 2: doc.options"}));
        QCOMPARE(scored(R"({"prediction": "[laughs]", "target": "x"})").unread_lists, std::int64_t{0});  // nobody asks what a prediction looks like
    }

    /// Each answer of every rule: what the run said of it is what `score` says of its exported line.
    void every_rule_scores_its_export_as_the_run_did() {
        const std::string path = directory_.filePath("rules.r2t2").toStdString();
        const std::vector<Asked> asked = every_rule();
        {
            auto session = SessionWriter::create(path);
            RunInfo run = run_info();
            const auto id = session->begin_run(run);
            for (std::size_t i = 0; i < asked.size(); ++i) {
                SampleInfo info = sample_info(static_cast<int>(i));
                info.id = {"rule " + std::to_string(static_cast<int>(asked[i].key.rule)), "s" + std::to_string(i)};
                const AnswerKey& key = asked[i].key;
                info.ground_truth = key.right_option >= 0 ? option_name(static_cast<std::size_t>(key.right_option)) : key.answers.front();
                info.scoring = stored_key_json({"", key});
                QVERIFY(session->write_sample(*id, info, answers(static_cast<int>(i), info, "", asked[i].answer), reference_name).ok());
            }
            QVERIFY(session->finish_run(*id, RunState::Finished).ok());
        }
        const fs::path folder = directory_.filePath("rules").toStdString();
        const auto exported = export_session(path, folder);
        QVERIFY2(exported.ok(), exported.ok() ? "" : exported.error().message().c_str());
        const fs::path file = folder / exported->summary.runs.front().samples_file;
        std::ifstream in(file);
        std::map<std::string, int> seen;
        int soft = 0, right = 0;
        double sum = 0;
        for (std::string line; std::getline(in, line);) {
            const Json json = Json::parse(line);
            const SetScore one = scored(line).filters.front().overall;
            QVERIFY2(one.scored == 1 && one.right == json["exact_match"].get<int>(), line.c_str());
            QVERIFY2(std::abs(one.mean_value() - json["final_score"].get<double>()) < 1e-12, line.c_str());
            ++seen[json["scoring"]["rule"].get<std::string>()];
            soft += one.value > 0 && one.value < 1 ? 1 : 0;
            right += json["exact_match"].get<int>();
            sum += json["final_score"].get<double>();
        }
        QCOMPARE(seen.size(), std::size_t{16});  // all that stored_key.cpp writes
        QVERIFY(soft >= 5);
        const auto all = score_file(file);
        QVERIFY(all.ok());
        QCOMPARE(all->by_own_rule, static_cast<std::int64_t>(asked.size()));
        QCOMPARE(all->filters.front().overall.right, std::int64_t{right});
        QCOMPARE(all->filters.front().overall.right, exported->summary.runs.front().overall.right);
        QVERIFY(std::abs(all->filters.front().overall.mean_value() * static_cast<double>(asked.size()) - sum) < 1e-9);
    }
    void a_rule_that_nobody_knows_is_an_error() {
        const auto error = score_text(R"({"prediction": "a", "target": "a", "scoring": {"rule": "other", "answers": ["a"]}})", "p.jsonl");
        QVERIFY(!error.ok());
        QVERIFY2(error.error().message().find("p.jsonl: line 1: scoring: rule: found other; allowed: exact") != std::string::npos, error.error().message().c_str());
        QCOMPARE(verdict(R"({"prediction": "a", "target": "a", "scoring": "other"})"), 1);  // somebody else's
        QCOMPARE(verdict(R"({"prediction": "a", "target": "a", "scoring": {"by": "hand"}})"), 1);
        QCOMPARE(verdict(R"({"prediction": "noka", "scoring": {"rule": "anls", "answers": ["nokia"]}})"), 1);
        QCOMPARE(verdict(R"({"prediction": "x", "target": null, "scoring": {"rule": "anls", "answers": ["x"]}})"), -1);
    }
};

QTEST_APPLESS_MAIN(TestScoreFile)
#include "test_score_file.moc"
