// `score`: references and options that Python wrote as lists in texts; our own exports by the rule that stands in them.
#include <QtTest>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "core/run/log_rule.h"
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
        FileScore none;
        none.filters.emplace_back();
        return none;
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
        QVERIFY(unsaid.targets_by_name == 0 && unsaid.missing_answers.count == 1 && unsaid.filters[0].overall.scored == 0);
        const FileScore plural = scored(R"({"target": "answers", "prediction": "nokia", "doc": {"answers": ["nokia"]}})");
        QVERIFY(plural.targets_by_name == 1 && plural.filters[0].overall.right == 1);
        const FileScore direct = scored(R"({"target": "direct_answers", "prediction": "nokia", "doc": {"direct_answers": ["nokia", "phone"]}})");
        QVERIFY(direct.targets_by_name == 1 && direct.filters[0].overall.right == 1);
    }
    void what_only_looks_like_a_list_is_a_text_and_said() {
        const FileScore score = scored("{\"prediction\": \"[laughs]\", \"target\": \"[laughs]\"}\n{\"prediction\": \"a dog\", \"target\": \"B\", \"doc\": {\"options\": \"['A cat' 'A dog']\"}}\n"
                                       "{\"prediction\": \"x\", \"target\": \"['x', 'y']\"}\n");
        QCOMPARE(score.filters.front().overall.right, std::int64_t{2});
        QCOMPARE(score.unread_lists.count, std::int64_t{2});
        QCOMPARE(score.unread_lists.places, (std::vector<std::string>{"line 1: target", "line 2: doc.options"}));
        QCOMPARE(scored(R"({"prediction": "[laughs]", "target": "x"})").unread_lists.count, std::int64_t{0});  // nobody asks what a prediction looks like
    }

    /// VQA-v2, OK-VQA, VizWiz and TextVQA have ten annotators' answers a question: m equal ones are worth 0, 0.3, 0.6, 0.9, 1.
    void ten_annotators_data() {
        QTest::addColumn<int>("equal");
        QTest::addColumn<double>("value");
        for (const auto& [equal, value] : {std::pair{0, 0.0}, {1, 0.3}, {2, 0.6}, {3, 0.9}, {4, 1.0}, {10, 1.0}}) {
            QTest::addRow("%d", equal) << equal << value;
        }
    }
    void ten_annotators() {
        QFETCH(int, equal);
        QFETCH(double, value);
        Json texts = Json::array(), objects = Json::array();
        for (int i = 0; i < 10; ++i) {
            texts.push_back(i < equal ? "nokia" : "other");
            objects.push_back({{"answer", texts.back()}, {"answer_confidence", "yes"}, {"answer_id", i + 1}});
        }
        std::string python = "[";
        for (const Json& each : texts) {
            python += (python.size() > 1 ? ", '" : "'") + each.get<std::string>() + "'";
        }
        const Json said = "Nokia";
        const std::vector<Json> records = {{{"target", "answer"}, {"doc", {{"answers", texts}}}, {"filtered_resps", {said}}},
                                           {{"target", "answer"}, {"doc", {{"answers", objects}}}, {"filtered_resps", {said}}},
                                           {{"answers", objects}, {"prediction", said}},
                                           {{"answers", texts}, {"prediction", said}},
                                           {{"target", python + "]"}, {"prediction", said}},
                                           {{"target", texts[0]}, {"prediction", said}, {"doc", {{"answers", objects}}}},
                                           {{"target", texts[0]}, {"prediction", said}, {"answers", texts}}};
        for (const Json& record : records) {
            const FileScore score = scored(record.dump());
            QVERIFY2(score.by_log_rule.size() == 1 && score.by_log_rule[0].rule == AnswerRule::SoftVqa && score.any_of == 0, record.dump().c_str());
            QVERIFY2(std::abs(score.filters[0].overall.mean_value() - value) < 1e-12, record.dump().c_str());
        }
    }
    void ten_answers_that_differ() {
        Json names = Json::array(), agreeing = Json::array();
        for (int i = 0; i < 10; ++i) {
            names.push_back("name " + std::to_string(i));
            agreeing.push_back(i < 5 ? "yes" : "no");
        }
        const std::string lone = Json{{"answers", names}, {"prediction", "name 3"}}.dump(), agreed = Json{{"answers", agreeing}, {"prediction", "yes"}}.dump();
        const FileScore aliases = scored(lone + "\n" + lone);  // TriviaQA's names of one thing
        QVERIFY(aliases.any_of == 2 && aliases.by_log_rule.empty() && aliases.filters[0].overall.right == 2);
        for (const std::string& log : {lone + "\n" + agreed, agreed + "\n" + lone}) {
            const FileScore mixed = scored(log);
            QVERIFY(mixed.any_of == 0 && mixed.by_log_rule.size() == 1 && mixed.by_log_rule[0].records == 2);
            QVERIFY(std::abs(mixed.filters[0].overall.value - 1.3) < 1e-12);
        }
        const auto asked = score_text(agreed, "p.jsonl", ScoringRule::StartsWith);  // a rule that was asked for
        QVERIFY(asked.ok() && asked->by_log_rule.empty() && asked->any_of == 1);
    }
    void the_log_names_its_benchmark() {
        for (const auto& [task, rule] : std::vector<std::pair<const char*, AnswerRule>>{
                 {"docvqa_val", AnswerRule::Anls}, {"InfographicVQA", AnswerRule::Anls}, {"infovqa_val", AnswerRule::Anls}, {"ST-VQA", AnswerRule::Anls}, {"mp_docvqa", AnswerRule::Anls},
                 {"VQA-v2", AnswerRule::SoftVqa}, {"vqav2_val", AnswerRule::SoftVqa}, {"test_vqav2", AnswerRule::SoftVqa}, {"ok_vqa_val2014", AnswerRule::SoftVqa}, {"vizwiz_vqa_val", AnswerRule::SoftVqa},
                 {"textvqa_val", AnswerRule::SoftM4c}, {"TextVQA", AnswerRule::SoftM4c}, {"a_okvqa", AnswerRule::DirectAnswer}, {"A-OKVQA", AnswerRule::DirectAnswer},
                 {"chartqa", AnswerRule::Relaxed}, {"ChartQA_TEST", AnswerRule::Relaxed}, {"mathvista_testmini_cot", AnswerRule::MathVista}}) {
            QVERIFY2(rule_of_task(task) == rule, task);
        }
        for (const char* other : {"gqa", "triviaqa", "vqa_rad", "mmbench_en_dev", "testvqa", "val", "", "scienceqa_img", "plotqa", "lastvqa"}) {
            QVERIFY2(!rule_of_task(other), other);
        }
        const std::string half = R"({"target": ["nokia", "a nokia"], "prediction": "noka")", far = R"({"target": ["nokia", "abc"], "prediction": "xyc")";
        for (const std::string& named : {half + R"(, "anls": 0.9})", half + R"(, "task": "docvqa_val"})", half + R"(, "doc": {"dataset": "InfographicVQA"}})", half + R"(, "metric": "anls"})"}) {
            const FileScore score = scored(named);
            QVERIFY2(score.by_log_rule.size() == 1 && score.by_log_rule[0].rule == AnswerRule::Anls && std::abs(score.filters[0].overall.value - 0.8) < 1e-12, named.c_str());
        }
        QCOMPARE(scored(far + R"(, "anls": 0.0})").filters[0].overall.value, 0.0);  // below the threshold of 0.5
        const FileScore plain = scored(half + "}");
        QVERIFY(plain.any_of == 1 && plain.by_log_rule.empty() && plain.filters[0].overall.value == 0.0);
        const auto file = score_text(half + "}", "x/samples_docvqa_val_2024-05-01.jsonl"), elsewhere = score_text(half + "}", "samples_docvqa/p.jsonl");
        QVERIFY(file.ok() && file->by_log_rule.size() == 1 && elsewhere.ok() && elsewhere->by_log_rule.empty());
        const FileScore five = scored(R"({"task": "vqav2_val", "target": ["yes", "yes", "no"], "prediction": "yes"})");
        QVERIFY(five.short_of_metric.count == 1 && five.any_of == 1 && five.by_log_rule.empty());
        QCOMPARE(five.short_of_metric.places, std::vector<std::string>{"line 1: 3 answers"});
        const FileScore nine = scored(R"({"task": "vqav2_val", "target": "yes", "doc": {"answers": ["yes", "no", "yes"]}, "prediction": "yes"})");
        QCOMPARE(nine.short_of_metric.places, std::vector<std::string>{"line 1: 3 answers in doc.answers"});
        const FileScore options = scored(R"({"task": "a_okvqa", "target": "B", "choices": ["x", "y"], "prediction": "y"})");  // a question with choices has its own metric
        QVERIFY(options.short_of_metric.count == 0 && options.filters[0].overall.right == 1);
    }
    /// TriviaQA's names of one thing stay that, whatever stands beside them, in whatever order.
    void another_benchmark_is_not_scored_as_vqa() {
        Json names = Json::array(), twice = Json::array(), agreeing = Json::array();
        for (int i = 0; i < 10; ++i) {
            names.push_back("name " + std::to_string(i));
            twice.push_back("name " + std::to_string(i == 9 ? 0 : i));
            agreeing.push_back(i < 5 ? "yes" : "no");
        }
        const auto record = [](const Json& answers, const char* said, const Json& more) {
            Json out = {{"target", answers}, {"prediction", said}};
            out.update(more);
            return out.dump() + "\n";
        };
        const std::string vqa = record(agreeing, "yes", {{"task", "vqav2"}, {"set", "vqa"}});
        for (const Json& named : {Json{{"task", "triviaqa"}}, Json{{"doc", {{"dataset", "nq_open"}}}}, Json{{"set", "SQuAD v2"}}, Json{{"task_name", "popqa"}}, Json{{"benchmark", "MMBench_DEV_EN"}}, Json{{"task", "facts of mine"}}}) {
            const std::string four = record(names, "name 3", named) + record(twice, "name 3", named) + record(names, "name 0", named) + record(twice, "name 0", named);
            for (const std::string& log : {four, four + vqa, vqa + four}) {
                const FileScore score = scored(log);
                QVERIFY2(score.any_of == 4 && score.filters[0].overall.right >= 4 && std::abs(score.filters[0].overall.value - (log == four ? 4.0 : 5.0)) < 1e-12, log.c_str());
            }
        }
        const auto file = score_text(record(twice, "name 3", Json::object()), "x/samples_triviaqa_2024-05-01T10-00-00.jsonl");
        QVERIFY(file.ok() && file->any_of == 1 && file->by_log_rule.empty());
        const FileScore objects = scored(R"({"task": "mine", "prediction": "x", "answers": [)" + std::string("{\"answer\": \"x\"}, {\"answer\": \"x\"}, {\"answer\": \"y\"}, {\"answer\": \"y\"}, {\"answer\": \"y\"}, ") +
                                         "{\"answer\": \"y\"}, {\"answer\": \"y\"}, {\"answer\": \"y\"}, {\"answer\": \"y\"}, {\"answer\": \"y\"}]}");
        QVERIFY(objects.by_log_rule.size() == 1 && std::abs(objects.filters[0].overall.value - 0.6) < 1e-12);  // VQA's own annotations
        // What nobody names is judged among its kind: sets by themselves, and by most of their lists, never by one.
        const std::string aliases = record(names, "name 3", {{"set", "a"}}) + record(names, "name 2", {{"set", "a"}}) + record(twice, "name 1", {{"set", "a"}});
        const std::string annotators = record(agreeing, "yes", {{"set", "b"}}) + record(agreeing, "no", {{"set", "b"}}) + record(names, "name 1", {{"set", "b"}});
        for (const std::string& log : {aliases + annotators, annotators + aliases}) {
            const FileScore score = scored(log);
            const bool a_first = log.starts_with(aliases);
            const SetScore &a = score.filters[0].sets[a_first ? 0 : 1], &b = score.filters[0].sets[a_first ? 1 : 0];
            QVERIFY(score.any_of == 3 && a.value == 3.0 && std::abs(b.value - 2.3) < 1e-12);
        }
        const FileScore lengths = scored(record(twice, "name 1", Json::object()) + record(Json{"a", "b"}, "a", Json::object()) + record(Json{"c", "d", "e"}, "c", Json::object()));  // not ten each time
        QVERIFY(lengths.any_of == 3 && lengths.by_log_rule.empty() && lengths.filters[0].overall.value == 3.0);
    }
    /// multiple_choice_answer is levelled by VQA's makers: "2" for six "two".
    void ten_answers_beside_a_levelled_target() {
        for (const auto& [target, answer] : {std::pair{"2", "two"}, {"t shirt", "t-shirt"}, {"nokia", "Nokia"}, {"yes", "Yes"}, {"square", "the square"}, {"something else", "two"}}) {
            Json answers = Json::array(), objects = Json::array();
            for (int i = 0; i < 10; ++i) {
                answers.push_back(i < 2 ? answer : "zz" + std::to_string(i % 4));
                objects.push_back({{"answer", answers.back()}, {"answer_id", i}});
            }
            for (const Json& list : {answers, objects}) {
                const FileScore named = scored(Json{{"task", "vqav2_val"}, {"target", target}, {"doc", {{"answers", list}}}, {"prediction", answer}}.dump());
                QVERIFY2(named.short_of_metric.count == 0 && named.by_log_rule.size() == 1 && std::abs(named.filters[0].overall.value - 0.6) < 1e-12, target);
                if (std::string_view(target) != "something else") {
                    const FileScore unsaid = scored(Json{{"target", target}, {"doc", {{"answers", list}}}, {"prediction", answer}}.dump());
                    QVERIFY2(unsaid.by_log_rule.size() == 1 && std::abs(unsaid.filters[0].overall.value - 0.6) < 1e-12, target);
                }
            }
        }
        const FileScore direct = scored(Json{{"task", "aokvqa"}, {"target", "x"}, {"direct_answers", repeated({{2, "X"}, {8, "y"}})}, {"prediction", "X"}}.dump());
        QVERIFY(direct.by_log_rule.size() == 1 && direct.by_log_rule[0].rule == AnswerRule::DirectAnswer && std::abs(direct.filters[0].overall.value - 2.0 / 3) < 1e-12);
    }
    /// An infinite log-likelihood has an order, NaN has none.
    void infinite_likelihoods() {
        const auto log = [](const char* pairs, int target) { return std::string("{\"filtered_resps\": ") + pairs + ", \"target\": " + std::to_string(target) + ", \"doc\": {\"choices\": [\"a\", \"b\", \"c\"]}}"; };
        QCOMPARE(verdict(log("[[-1.5, false], [-Infinity, false], [-2, false]]", 0)), 1);
        QCOMPARE(verdict(log("[[-Infinity, false], [-1e300, false], [-Infinity, false]]", 1)), 1);
        QCOMPARE(verdict(log("[[\"-inf\", \"False\"], [\"-1.0\", \"False\"], [\"-2.0\", \"False\"]]", 1)), 1);
        QCOMPARE(verdict(log("[[[-Infinity, false]], [[-3, false]], [[-2, true]]]", 2)), 1);
        QCOMPARE(verdict(log("[[-1, false], [Infinity, false], [-2, true]]", 1)), 1);
        for (const char* unknown : {"[[-1.5, false], [NaN, false], [-Infinity, false]]", "[[null, false], [-1, false], [-2, false]]", "[[\"nan\", \"False\"], [\"-1\", \"False\"], [\"-2\", \"False\"]]"}) {
            QVERIFY2(!score_text(log(unknown, 0), "p.jsonl").ok(), unknown);
        }
        QCOMPARE(verdict(R"({"prediction": -Infinity, "target": "x"})"), -1);  // no answer, as NaN
    }
    void several_right_options_are_told() {
        for (const auto& [record, any_of] : {std::pair{R"({"target": ["A", "C"], "options": ["x", "y", "z"], "prediction": "C"})", 1}, {R"({"target": "['A', 'C']", "options": ["x", "y", "z"], "prediction": "A"})", 1},
                                             {R"({"target": [0, 1], "filtered_resps": [[-1, false], [-2, true]], "doc": {"choices": ["x", "y"]}})", 1}, {R"({"target": ["A", "x"], "options": ["x", "y", "z"], "prediction": "A"})", 0},
                                             {R"({"target": "A", "options": ["x", "y", "z"], "prediction": "A"})", 0}}) {
            const FileScore score = scored(record);
            QVERIFY2(score.any_of == any_of && score.filters[0].overall.right == 1, record);
        }
    }
    void a_target_that_names_a_missing_field() {
        for (const char* name : {"answer", "label", "multiple_choice_answer", "gt_answer"}) {
            const FileScore score = scored(Json{{"doc", {{"question", "q"}, {"gt", "nokia"}}}, {"target", name}, {"filtered_resps", {"nokia"}}}.dump());
            QVERIFY2(score.missing_answers.count == 1 && score.filters[0].overall.unknown == 1 && score.filters[0].overall.scored == 0, name);
            QCOMPARE(score.missing_answers.places, std::vector<std::string>{std::string("line 1: target \"") + name + "\""});
        }
        for (const char* literal : {R"({"doc": {"label": "label"}, "target": "label", "prediction": "label"})", R"({"target": "label", "prediction": "label"})",
                                    R"({"doc": {"choices": ["label", "seal"]}, "target": "label", "prediction": "A"})", R"({"doc": {"q": "?"}, "target": "the answer", "prediction": "the answer"})",
                                    R"({"doc": {"q": "?"}, "truth": "answer", "prediction": "answer"})"}) {
            const FileScore score = scored(literal);
            QVERIFY2(score.missing_answers.count == 0 && score.filters[0].overall.right == 1, literal);
        }
    }
    void a_letter_without_options() {
        for (const char* lone : {"B", "(b)", "B.", "(B)", "J)"}) {
            QVERIFY2(scored(Json{{"target", lone}, {"prediction", "x"}}.dump()).letters_without_options.count == 1, lone);
        }
        for (const char* other : {"b", "BB", "7", "Z", "", "(1)", "A. cat"}) {
            QVERIFY2(scored(Json{{"target", other}, {"prediction", "x"}}.dump()).letters_without_options.count == 0, other);
        }
        QCOMPARE(scored(R"({"target": "B", "prediction": "B", "choices": ["x", "y"]})").letters_without_options.count, std::int64_t{0});
        QCOMPARE(scored(R"({"target": ["B", "C"], "prediction": "B"})").letters_without_options.count, std::int64_t{0});
    }
    /// "Yes, there is a dog" is no text "yes"; only where all of a set say yes or no is that sure to be meant.
    void yes_and_no_without_options() {
        const auto line = [](const char* set, const char* prediction, const char* target) { return Json{{"set", set}, {"prediction", prediction}, {"target", target}}.dump() + "\n"; };
        const std::string pope = line("pope", "Yes, there is a dog", "yes") + line("pope", "yes.", "Yes") + line("pope", "No. I see none", "yes") + line("pope", "**No**", "no") + line("pope", "I see one", "yes") +
                                 line("pope", "Nothing", "no") + line("pope", "No doubt it is so", "yes");
        const NotedRecords noted = scored(pope).yes_or_no_without_options;
        QCOMPARE(noted.count, std::int64_t{5});
        QCOMPARE(noted.places, (std::vector<std::string>{"line 1: \"Yes, there is a dog\"", "line 3: \"No. I see none\"", "line 5: \"I see one\"", "line 6: \"Nothing\"", "line 7: \"No doubt it is so\""}));
        const FileScore beside = scored(line("gqa", "Yes, red", "yes") + line("gqa", "red", "red") + pope);
        QCOMPARE(beside.yes_or_no_without_options.count, std::int64_t{5});  // of the one set
        QCOMPARE(beside.yes_or_no_without_options.places.front(), std::string("line 3: \"Yes, there is a dog\""));
        QCOMPARE(score_text(pope, "x.jsonl", ScoringRule::StartsWith)->yes_or_no_without_options.count, std::int64_t{0});
        const FileScore with = scored(R"({"prediction": "Yes, there is a dog", "target": "yes", "options": ["yes", "no"]})");
        QVERIFY(with.yes_or_no_without_options.count == 0 && with.filters[0].overall.right == 1);
        QCOMPARE(scored(R"({"prediction": "Yes, it is", "target": ["yes", "Yes"]})").yes_or_no_without_options.count, std::int64_t{1});
        QCOMPARE(scored(R"({"prediction": "Yes, it is", "target": ["yes", "red"]})").yes_or_no_without_options.count, std::int64_t{0});
        QCOMPARE(scored(R"({"prediction": null, "target": "yes"})").yes_or_no_without_options.count, std::int64_t{0});
    }
    /// Benchmarks with a metric of their own, named by task, file or metric.
    void relaxed_accuracy_of_a_log() {
        const auto line = [](const char* prediction, const char* target) { return Json{{"prediction", prediction}, {"target", target}}; };
        std::string named, metric, neither;
        for (const auto& [prediction, target] : {std::pair{"102", "100"}, {"98.5", "100"}, {"3.1", "3.0"}, {"yes", "Yes"}, {"110", "100"}}) {
            Json record = line(prediction, target);
            neither += record.dump() + "\n";
            record["relaxed_overall"] = std::string_view(prediction) == "110" ? 0.0 : 1.0;
            metric += record.dump() + "\n";
            record.erase("relaxed_overall");
            record["task"] = "chartqa";
            named += record.dump() + "\n";
        }
        for (const std::string& log : {named, metric}) {
            const FileScore score = scored(log);
            QCOMPARE(score.filters[0].overall.right, std::int64_t{4});
            QVERIFY(score.by_log_rule.size() == 1 && score.by_log_rule[0].rule == AnswerRule::Relaxed && score.by_log_rule[0].records == 5);
            QCOMPARE(score.against_verdict.count, std::int64_t{0});
        }
        QCOMPARE(score_text(neither, "samples_chartqa_2025.jsonl")->filters[0].overall.right, std::int64_t{4});
        QCOMPARE(scored(neither).filters[0].overall.right, std::int64_t{1});
        QCOMPARE(score_text(named, "x.jsonl", ScoringRule::StartsWith)->by_log_rule.size(), std::size_t{0});  // a rule that was asked for
    }
    void mathvista_of_a_log() {
        const auto score = [](const char* doc, const char* target, const char* prediction) {
            return scored(Json{{"task", "mathvista_testmini"}, {"doc", Json::parse(doc)}, {"target", target}, {"filtered_resps", {prediction}}}.dump());
        };
        const char* rounded = R"({"answer_type": "float", "precision": 1.0, "choices": null})";
        QCOMPARE(score(rounded, "1.2", "1.23").filters[0].overall.right, std::int64_t{1});
        QCOMPARE(score(rounded, "1.2", "1.27").filters[0].overall.right, std::int64_t{0});
        QCOMPARE(score(R"({"answer_type": "integer"})", "3", "3.7").filters[0].overall.right, std::int64_t{1});
        const char* choices = R"({"answer_type": "text", "choices": ["acute", "obtuse"]})";
        QCOMPARE(score(choices, "obtuse", "(B)").filters[0].overall.right, std::int64_t{1});
        QCOMPARE(score(choices, "obtuse", "obtus").filters[0].overall.right, std::int64_t{1});  // the nearest, as the script has it
        const FileScore untold = score(R"({"precision": 1.0})", "1.2", "1.2");
        QVERIFY(untold.by_log_rule.empty());
        QCOMPARE(untold.short_of_metric.places, std::vector<std::string>{"line 1: no answer_type"});
    }
    /// Ours against the log's own, so that another metric is seen.
    void verdicts_of_the_log() {
        const auto line = [](Json record, const char* prediction, const char* target) {
            record["prediction"] = prediction;
            record["target"] = target;
            return record.dump() + "\n";
        };
        const FileScore gsm = scored(line({{"exact_match", 1}}, "70000", "so 70,000\n#### 70000") + line({{"exact_match", 0.0}}, "7", "7") + line({{"exact_match", 1.0}}, "a", "a") + line({}, "b", "c"));
        QCOMPARE(gsm.with_verdict, std::int64_t{3});
        QCOMPARE(gsm.against_verdict.places, (std::vector<std::string>{"line 1: the log's own exact_match says right, here it is wrong", "line 2: the log's own exact_match says wrong, here it is right"}));
        for (const auto& [record, against] : {std::pair{Json{{"metrics", {"mine"}}, {"mine", true}, {"exact_match", 0}}, 1}, {Json{{"hit", false}}, 0}, {Json{{"correct", true}}, 1}, {Json{{"correct", 1}}, 0},
                                              {Json{{"pope_accuracy", {{"score", 1}}}}, 1}, {Json{{"exact_match", 0.3}}, 0}, {Json{{"exact_match", "1"}}, 0}, {Json{{"acc", nullptr}}, 0}}) {
            QVERIFY2(scored(line(record, "x", "y")).against_verdict.count == against, record.dump().c_str());
        }
        QCOMPARE(scored(line({{"exact_match", 1}}, "x", "y").replace(0, 1, "{\"filter\": \"f\", ")).against_verdict.count, std::int64_t{1});
        const FileScore withheld = scored(Json{{"prediction", "x"}, {"target", nullptr}, {"acc", 1}}.dump());
        QCOMPARE(withheld.with_verdict, std::int64_t{0});
    }
    /// A question is right where it is right under every rotation of its options, and no question that lacks one is counted.
    void rotations_of_mmbench() {
        const auto line = [](std::int64_t index, const char* prediction, const char* target, const char* dataset) {
            return Json{{"index", index}, {"A", "red"}, {"B", "blue"}, {"answer", target}, {"prediction", prediction}, {"dataset", dataset}}.dump() + "\n";
        };
        const char* const dev = "MMBench_DEV_EN";
        const std::string whole = line(7, "A", "A", dev) + line(1000007, "B", "B", dev) + line(8, "A", "A", dev) + line(1000008, "A", "B", dev);
        const FileScore score = scored(whole + line(9, "A", "A", dev));
        QVERIFY(score.filters[0].overall.scored == 5 && score.filters[0].overall.right == 4);
        const RotatedQuestions& rotated = score.filters[0].rotated;
        QVERIFY(rotated.questions == 2 && rotated.right == 1 && rotated.incomplete == 1);
        QCOMPARE(scored(line(7, "A", "A", dev) + line(8, "A", "A", dev)).filters[0].rotated.questions, std::int64_t{0});  // nobody rotates
        QCOMPARE(scored(line(7, "A", "A", "SEEDBench") + line(1000007, "B", "B", "SEEDBench")).filters[0].rotated.questions, std::int64_t{0});
    }
    /// A letter without an option keeps the others' letters.
    void gaps_between_options() {
        for (const char* gap : {"\"B\": \"\"", "\"B\": null", "\"B\": \" \"", "\"b2\": 0", "\"B\": NaN"}) {
            const std::string options = std::string("\"A\": \"cat\", ") + gap + ", \"C\": \"dog\", \"D\": \"cow\"}";
            for (const auto& [said, right] : {std::pair{"C", 1}, {"(c)", 1}, {"dog", 1}, {"D", 0}, {"A", 0}, {"B", 0}}) {
                const FileScore score = scored(std::string("{\"target\": \"C\", \"prediction\": \"") + said + "\", \"doc\": {" + options + "}");
                QVERIFY2(score.filters[0].overall.right == right && score.filters[0].overall.scored == 1, (std::string(gap) + said).c_str());
                QCOMPARE(score.option_gaps.places, std::vector<std::string>{"line 1: B of the options in doc.A, B, ..."});
            }
        }
        QCOMPARE(scored("{\"target\": \"B\", \"prediction\": \"B\", \"A\": \"cat\", \"B\": \"dog\", \"C\": \"\", \"D\": null}").option_gaps.count, std::int64_t{0});
        const FileScore seed = scored("{\"target\": \"C\", \"prediction\": \"dog\", \"doc\": {\"choice_a\": \"cat\", \"choice_b\": null, \"choice_c\": \"dog\"}}");
        QVERIFY(seed.option_gaps.count == 1 && seed.filters[0].overall.right == 1);
        // The truth is the letter that has no option: these are none of its options.
        const FileScore none = scored("{\"target\": \"B\", \"prediction\": \"B\", \"A\": \"cat\", \"B\": \"\", \"C\": \"dog\"}");
        QVERIFY(none.option_gaps.count == 0 && none.letters_without_options.count == 1);
    }
    void options_in_an_object() {
        for (const char* options : {"{\"A\": \"cat\", \"B\": \"dog\"}", "{\"a\": \"cat\", \"b\": \"dog\"}", "{\"B\": \"dog\", \"A\": \"cat\"}", "\"{\\\"A\\\": \\\"cat\\\", \\\"B\\\": \\\"dog\\\"}\"",
                                    "\"{'A': 'cat', 'B': 'dog',}\""}) {
            for (const std::string& record : {std::string("\"options\": ") + options, std::string("\"doc\": {\"choices\": ") + options + "}"}) {
                QVERIFY2(verdict("{\"target\": \"B\", \"prediction\": \"dog\", " + record + "}") == 1, record.c_str());
                QVERIFY2(verdict("{\"target\": \"dog\", \"prediction\": \"b.\", " + record + "}") == 1, record.c_str());
                QVERIFY2(verdict("{\"target\": \"B\", \"prediction\": \"A\", " + record + "}") == 0, record.c_str());
            }
        }
        const FileScore gap = scored("{\"target\": \"D\", \"prediction\": \"D\", \"options\": {\"A\": \"cat\", \"B\": \"\", \"D\": \"dog\"}}");
        QVERIFY(gap.filters[0].overall.right == 1 && gap.option_gaps.places == std::vector<std::string>{"line 1: B, C of the options"});
        QCOMPARE(verdict("{\"target\": \"2\", \"prediction\": \"dog\", \"options\": {\"1\": \"cat\", \"2\": \"dog\"}}"), 1);
        for (const char* other : {"{\"x1\": \"cat\"}", "{\"A\": [\"cat\"]}", "{\"A\": \"cat\", \"a\": \"dog\"}", "{}", "\"{'A': 'cat', 'A': 'dog'}\""}) {
            QVERIFY2(!score_text(std::string("{\"target\": \"A\", \"prediction\": \"A\", \"options\": ") + other + "}", "p.jsonl").ok(), other);
        }
    }
    void lists_with_gaps_and_intervals() {
        for (const auto& [said, right] : {std::pair{"C", 1}, {"dog", 1}, {"(c)", 1}, {"B", 0}, {"A", 0}}) {
            const FileScore score = scored(std::string("{\"target\": \"C\", \"options\": [\"cat\", null, \"dog\", null], \"prediction\": \"") + said + "\"}");
            QVERIFY2(score.filters[0].overall.right == right && score.filters[0].overall.scored == 1, said);
            QCOMPARE(score.option_gaps.places, std::vector<std::string>{"line 1: B of the options"});
        }
        QCOMPARE(verdict(R"({"target": "dog", "doc": {"choices": ["cat", NaN, "dog"]}, "prediction": "C"})"), 1);
        QVERIFY(!score_text(R"({"target": "A", "options": [null, null], "prediction": "A"})", "p.jsonl").ok());
        QVERIFY(!score_text(R"({"target": "A", "options": ["x", {}], "prediction": "A"})", "p.jsonl").ok());
        const char* intervals[] = {"[1, 2]", "(1, 2)", "[1, 2)", "(1, 2]"};
        for (const char* target : intervals) {
            for (const char* said : intervals) {
                QVERIFY2(verdict(Json{{"target", target}, {"options", intervals}, {"prediction", said}}.dump()) == (std::string(target) == said ? 1 : 0), (std::string(target) + " " + said).c_str());
            }
        }
        QCOMPARE(verdict(R"({"target": "dog", "options": ["A. cat", "B. dog"], "prediction": "B"})"), 1);
        QCOMPARE(verdict(R"({"target": "B", "options": ["A. cat", "B. dog"], "prediction": "dog"})"), 1);
        QCOMPARE(verdict(R"({"target": "A", "options": ["A. cat", "B. dog"], "prediction": "dog"})"), 0);
    }
    /// ARC has documents whose choices are labelled 1, 2, 3, 4: a number is a label unless the document says that it is an index.
    void choices_with_labels() {
        const auto record = [](const char* target, const char* key, const std::string& prediction, const char* texts = "[\"ice\", \"fog\", \"rain\", \"snow\"]") {
            return "{\"target\": " + std::string(target) + ", \"doc\": {\"choices\": {\"text\": " + texts + ", \"label\": [\"1\", \"2\", \"3\", \"4\"]}" + (*key == 0 ? "" : ", \"answerKey\": \"" + std::string(key) + "\"") +
                   "}, \"filtered_resps\": " + prediction + "}";
        };
        for (const char* key : {"4", ""}) {
            for (const auto& [said, right] : {std::pair{"[\"4\"]", 1}, {"[\"(4)\"]", 1}, {"[\"4.\"]", 1}, {"[\"snow\"]", 1}, {"[\"3\"]", 0}, {"[\"rain\"]", 0}, {"[\"D\"]", 0}}) {
                QVERIFY2(verdict(record("\"4\"", key, said)) == right, said);
                QVERIFY2(verdict(record("4", key, said)) == right, said);
                QVERIFY2(verdict(record("\"snow\"", key, said)) == right, said);
            }
        }
        QCOMPARE(verdict(record("3", "4", "[\"4\"]")), 1);  // an index, which the document's label says too
        QCOMPARE(verdict(record("3", "3", "[\"4\"]")), 0);
        const std::string best_is_last = "[[-4, false], [-3, false], [-2, false], [-1, false]]";
        QCOMPARE(verdict(record("3", "4", best_is_last)), 1);
        QCOMPARE(verdict(record("3", "3", best_is_last)), 0);
        QCOMPARE(verdict(record("4", "4", best_is_last)), 1);
        QCOMPARE(verdict(record("4", "", best_is_last)), 1);  // no index of four choices
        QCOMPARE(verdict(record("3", "", best_is_last)), 1);  // the harness's index
        QCOMPARE(verdict(record("\"2\"", "2", "[\"2\"]", "[\"1\", \"4\", \"2\", \"8\"]")), 1);
        const auto two = score_text(record("\"2\"", "", "[\"2\"]", "[\"1\", \"4\", \"2\", \"8\"]"), "p.jsonl");
        QVERIFY(!two.ok() && two.error().message().find("line 1: target: found 2, the label of one of the doc.choices and the text of another") != std::string::npos);
        QCOMPARE(verdict("{\"target\": \"B\", \"prediction\": \"fog\", \"doc\": {\"choices\": {\"text\": [\"ice\", \"fog\"], \"label\": [\"A\", \"B\"]}}}"), 1);
        QCOMPARE(verdict("{\"target\": \"C\", \"prediction\": \"C\", \"doc\": {\"choices\": {\"text\": [\"ice\", \"fog\"], \"label\": [\"A\", \"C\"]}}}"), 1);
    }
    /// Where a key stands twice, neither value may be the one that was meant; where nobody reads it, that is nobody's affair.
    void keys_that_stand_twice() {
        for (const char* twice : {R"({"pred": 1, "target": 1, "pred": 2})", R"({"target": 1, "target": 1, "pred": 1})", R"({"pred": 1, "target": 1, "doc": {}, "doc": {}})", R"({"pred": 1, "target": 1, "id": 1, "id": 2})",
                                  R"({"pred": "A", "target": "A", "doc": {"choices": ["a", "b"], "choices": ["b", "a"]}})", R"({"pred": "A", "target": "A", "options": ["a", "b"], "options": ["b", "a"]})",
                                  R"({"pred": "A", "target": "A", "A": "x", "B": "y", "B": "z"})", R"({"pred": 1, "target": 1, "set": "a", "set": "b"})", R"({"pred": "x", "answers": [{"answer": "x", "answer": "y"}]})",
                                  R"({"pred": 1, "target": 1, "scoring": {"rule": "exact"}, "scoring": {}})"}) {
            const auto score = score_text(std::string(R"({"pred": 1, "target": 1})") + "\n" + twice, "p.jsonl");
            QVERIFY2(!score.ok() && score.error().message().find("line 2: ") != std::string::npos, twice);
        }
        for (const char* unread : {R"({"pred": 1, "target": 1, "note": 1, "note": 2})", R"({"pred": 1, "target": 1, "doc": {"a": {"b": 1, "b": 1}}})", R"({"pred": 1, "target": 1, "resps": [{"x": 1, "x": 2}]})",
                                   R"({"filtered_resps": 1, "target": 1, "response": 1, "response": 2})"}) {
            QVERIFY2(verdict(unread) == 1, unread);
        }
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
