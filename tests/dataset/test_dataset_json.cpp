// Data sets in JSON: three spellings, bad records, broken files.
#include <QtTest>
#include <fstream>

#include "core/dataset/json_reader.h"

using namespace r2t2;

namespace {

Result<Dataset> parse(const std::string& text, bool images_must_exist = false) {
    JsonReaderOptions options;
    options.images_must_exist = images_must_exist;
    return parse_dataset_json(text, "/data/set.json", options);
}

const std::string kGood = "{\"id\": 1, \"question\": \"q?\", \"image_path\": \"a.png\", \"ground_truth\": \"no\"}";

/// kGood with one more member, or another one in the place of its own.
std::string with(const std::string& member) {
    std::string text = "{" + member;
    const std::string key = member.substr(0, member.find(':') + 1);
    for (const char* each : {"\"id\": 1", "\"question\": \"q?\"", "\"image_path\": \"a.png\"", "\"ground_truth\": \"no\""}) {
        text += std::string(each).starts_with(key) ? "" : std::string(", ") + each;
    }
    return text + "}";
}

}  // namespace

class TestDatasetJson : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void published() {
        const auto set = parse(
            "[{\"id\": 4, \"question\": \"Is it?\", \"image_path\": \"CLEVR_val_000000.png\", \"model_answer\": \"no\","
            "\"ground_truth\": \"no\", \"is_correct\": true, \"weights\": {\"img_aux\": 0.36118136, \"img_lang\": "
            "0.37015194, \"img_self\": 0.2686667, \"lang_aux\": 0.33722877, \"lang_img\": 0.28847043, \"lang_self\": "
            "0.3743008}}]");
        QVERIFY2(set.ok(), set.ok() ? "" : set.error().message().c_str());
        QCOMPARE(set->problems.size(), std::size_t(0));
        QCOMPARE(set->name, std::string("set"));
        const Sample& sample = set->samples.at(0);
        QCOMPARE(sample.id, std::string("4"));
        QCOMPARE(sample.image_path.path(), std::filesystem::path("/data/CLEVR_val_000000.png"));
        QCOMPARE(sample.ground_truth, std::string("no"));
        QCOMPARE(*sample.extras().model_answer, std::string("no"));
        QCOMPARE(*sample.extras().is_correct, true);
        QCOMPARE((*sample.extras().weights)[0], 0.36118136);
        QCOMPARE((*sample.extras().weights)[5], 0.3743008);
    }

    /// Nobody reads it: it refuses nothing, like a NaN there. Of the file's own fields it is an error.
    void a_key_twice_where_nobody_reads() {
        const auto unread = parse("[" + with("\"_note\": 1, \"_note\": 2, \"seed\": 1, \"seed\": NaN") + "]");
        QVERIFY(unread.ok() && unread->samples.size() == 1 && unread->problems.empty());
        for (const char* text : {"{\"samples\": [], \"samples\": []}", "{\"samples\": [], \"name\": \"a\", \"name\": \"b\"}"}) {
            const auto refused = parse(text);
            QVERIFY(!refused.ok());
            QVERIFY2(refused.error().message().find("the field a second time") != std::string::npos, refused.error().message().c_str());
        }
    }

    void upstreamScript() {
        const auto set = parse(
            "{\"samples\": [{\"question\": \"q\", \"image_path\": \"a.png\", \"correct_answer\": \"7\"},"
            "{\"question\": \"r\", \"image_path\": \"b.png\", \"correct_answer\": \"8\"}]}");
        QVERIFY(set.ok());
        QCOMPARE(set->samples.size(), std::size_t(2));
        QCOMPARE(set->samples[1].id, std::string("1"));
        QCOMPARE(set->samples[1].ground_truth, std::string("8"));
        QVERIFY(!set->samples[1].extras().weights);
    }

    void ours() {
        const auto set = parse("{\"name\": \"world\", \"image_root\": \"pics\", \"samples\": [" +
                               with("\"family\": \"text\", \"domain\": \"dim\", \"template\": \"read\", \"set\": \"w\","
                                    "\"instruction\": \"in a word:\","
                                    "\"options\": [\"a\", \"b\"], \"facts\": {\"ocr\": [{\"text\": \"fig\"}]}") +
                               "]}");
        QVERIFY(set.ok());
        QCOMPARE(set->problems.size(), std::size_t(0));
        const Sample& sample = set->samples.at(0);
        QCOMPARE(set->name, std::string("world"));
        QCOMPARE(sample.image_path.path(), std::filesystem::path("/data/pics/a.png"));
        QCOMPARE(sample.labels().family + sample.labels().domain + sample.labels().template_name + sample.labels().set_name, std::string("textdimreadw"));
        QCOMPARE(sample.labels().instruction, std::string("in a word:"));
        QCOMPARE(sample.options.size(), std::size_t(2));
        QCOMPARE(sample.extras().facts->texts.at(0).text, std::string("fig"));
    }

    /// As `r2t2 score` reads truths: a number is its digits, 3.0 is scored as 3.
    void truths_that_are_no_texts_data() {
        QTest::addColumn<QString>("member");
        QTest::addColumn<QString>("truth");
        for (const auto& [member, truth] : {std::pair<const char*, const char*>{"\"ground_truth\": 3", "3"}, {"\"ground_truth\": 3.0", "3.0"}, {"\"ground_truth\": -2.5", "-2.5"},
                                            {"\"ground_truth\": 1e-7", "0.0000001"}, {"\"ground_truth\": true", "true"}, {"\"ground_truth\": false", "false"},
                                            {"\"ground_truth\": null, \"correct_answer\": 7", "7"}, {"\"ground_truth\": 0", "0"},
                                            {"\"ground_truth\": 9007199254740993", "9007199254740993"}}) {
            QTest::newRow(member) << member << truth;
        }
    }
    void truths_that_are_no_texts() {
        QFETCH(QString, member);
        QFETCH(QString, truth);
        const auto set = parse("[" + with(member.toStdString() + ", \"options\": [3, 2.5, \"x\"], \"model_answer\": 4") + "]");
        QVERIFY2(set.ok(), set.ok() ? "" : set.error().message().c_str());
        QVERIFY2(set->problems.empty(), set->problems.empty() ? "" : set->problems.front().error.message().c_str());
        QCOMPARE(QString::fromStdString(set->samples.at(0).ground_truth), truth);
        QCOMPARE(set->samples.at(0).options, (std::vector<std::string>{"3", "2.5", "x"}));
        QCOMPARE(*set->samples.at(0).extras().model_answer, std::string("4"));
    }

    void badRecords_data() {
        QTest::addColumn<QString>("record");
        QTest::addColumn<QString>("field");
        const auto row = [](const std::string& record, const char* field) {
            QTest::newRow(record.c_str()) << QString::fromStdString(record) << field;
        };
        row("5", "");
        row("{\"image_path\": \"a\", \"ground_truth\": \"x\"}", "question");
        row("{\"question\": \"q\", \"ground_truth\": \"x\"}", "image_path");
        row("{\"question\": \"q\", \"image_path\": \"a\"}", "ground_truth");
        row(with("\"question\": 5"), "question");
        row(with("\"question\": \"\""), "question");
        row(with("\"question\": \"a <image> b\""), "question");
        row(with("\"ground_truth\": \"\""), "ground_truth");
        row(with("\"ground_truth\": [3]"), "ground_truth");
        row(with("\"ground_truth\": {\"a\": 3}"), "ground_truth");
        row(with("\"ground_truth\": NaN"), "ground_truth");
        row(with("\"ground_truth\": 123456789012345678901234"), "ground_truth");
        row(with("\"model_answer\": [1]"), "model_answer");
        row(with("\"image_path\": \"\""), "image_path");
        row(with("\"image_path\": \"a\\u0000b\""), "image_path");
        row(with("\"id\": 1.5"), "id");
        row(with("\"id\": \"\""), "id");
        row(with("\"id\": [1]"), "id");
        row(with("\"is_correct\": \"yes\""), "is_correct");
        row(with("\"options\": [[1]]"), "options");
        row(with("\"options\": [null]"), "options");
        row(with("\"options\": \"a\""), "options");
        row(with("\"weights\": []"), "weights");
        row(with("\"weights\": {\"img_aux\": 1}"), "weights.img_lang");
        row(with("\"weights\": {\"img_aux\": 0.5, \"img_lang\": 0.5, \"img_self\": 0.5, \"lang_aux\": 1, \"lang_img\": "
                 "0, \"lang_self\": 0}"),
            "weights");
        row(with("\"weights\": {\"img_aux\": -0.5, \"img_lang\": 1.5, \"img_self\": 0, \"lang_aux\": 1, \"lang_img\": "
                 "0, \"lang_self\": 0}"),
            "weights.img_aux");
        row(with("\"facts\": {\"ocr\": 5}"), "ocr");
        row(with("\"facts_path\": 5"), "facts_path");
        row(with("\"facts\": {\"detections\": [{\"label\": \"a\", \"box\": [0.9, 0.9, 0.1, 0.1]}]}"), "detections[0].box");
        // A key twice: whichever was meant, it is not known.
        row(kGood.substr(0, kGood.size() - 1) + ", \"ground_truth\": \"yes\"}", "ground_truth");
        row(kGood.substr(0, kGood.size() - 1) + ", \"question\": \"q?\"}", "question");
        row(kGood.substr(0, kGood.size() - 1) + ", \"id\": 1}", "id");
        row(kGood.substr(0, kGood.size() - 1) + ", \"image_path\": \"b.png\"}", "image_path");
        row(with("\"options\": [\"a\"], \"options\": null"), "options");
        row(with("\"correct_answer\": \"a\", \"correct_answer\": \"b\", \"set\": \"a\", \"set\": \"b\""), "set");
        row(with("\"is_correct\": true, \"is_correct\": false"), "is_correct");
        row(with("\"weights\": {\"img_aux\": 1, \"img_aux\": 0, \"img_lang\": 0, \"img_self\": 0, \"lang_aux\": 1, \"lang_img\": 0, \"lang_self\": 0}"), "weights.img_aux");
        row(with("\"facts\": {\"ocr\": [{\"text\": \"a\", \"text\": \"b\"}]}"), "ocr[0].text");
        row(with("\"facts\": {}, \"facts\": {\"ocr\": []}"), "");
        row(with("\"family\": 5"), "family");
        row(with("\"instruction\": 5"), "instruction");
        row(with("\"instruction\": \"see <image>\""), "instruction");
    }
    void badRecords() {
        QFETCH(QString, record);
        QFETCH(QString, field);
        const std::string good =
            "{\"id\": 99, \"question\": \"q?\", \"image_path\": \"a.png\", \"ground_truth\": \"no\"}";
        const auto set = parse("[" + good + ", " + record.toStdString() + "]");
        QVERIFY2(set.ok(), set.ok() ? "" : set.error().message().c_str());
        QCOMPARE(set->samples.size(), std::size_t(1));  // the good one stays
        QCOMPARE(set->problems.size(), std::size_t(1));
        const Problem& problem = set->problems[0];
        QCOMPARE(problem.record, std::int64_t(1));
        QVERIFY(problem.skipped);
        QCOMPARE(QString::fromStdString(problem.error.field), field);
        const QString message = QString::fromStdString(problem.error.message());
        QVERIFY2(message.startsWith("/data/set.json: record 1"), qPrintable(message));
        QVERIFY(!problem.error.allowed.empty() && !problem.error.found.empty());
    }

    void doubleIdsAndUnknownKeys() {
        const auto set = parse("[" + kGood + "," + kGood + "," + with("\"id\": 2, \"colour\": 5, \"_note\": 1") + "]");
        QVERIFY(set.ok());
        QCOMPARE(set->samples.size(), std::size_t(2));
        QCOMPARE(set->problems.size(), std::size_t(2));
        QCOMPARE(set->problems[0].error.field, std::string("id"));
        QVERIFY(set->problems[0].skipped);
        QCOMPARE(set->problems[1].error.field, std::string("colour"));
        QVERIFY(!set->problems[1].skipped);
    }

    void brokenFiles() {
        for (const std::string text :
             {"", "{", "[{]", "5", "\"a\"", "{}", "{\"samples\": 5}", "{\"name\": 5, \"samples\": []}",
              "{\"image_root\": [], \"samples\": []}", "[1,]", "\xff\xfe[]", "null"}) {
            const auto set = parse(text);
            QVERIFY2(!set.ok(), text.c_str());
            QCOMPARE(set.error().kind, ErrorKind::InvalidInput);
            QVERIFY(QString::fromStdString(set.error().message()).startsWith("/data/set.json"));
        }
        const auto deep = parse(std::string(3'000'000, '['));
        QVERIFY(!deep.ok());
        const auto empty = parse("[]");
        QVERIFY(empty.ok());
        QVERIFY(empty->samples.empty());
    }

    void filesAndRoots() {
        QTemporaryDir folder;
        const std::filesystem::path directory = folder.path().toStdString();
        std::filesystem::create_directories(directory / "in/pics");
        std::ofstream(directory / "in/pics/a.png") << "x";
        std::ofstream(directory / "in/set.json") << "[" + kGood + "]";
        // Beside the file: not there.
        auto set = read_dataset_json(directory / "in/set.json");
        QVERIFY(set.ok());
        QCOMPARE(set->samples.size(), std::size_t(0));
        QCOMPARE(set->problems.at(0).error.field, std::string("image_path"));
        // With a root: there.
        JsonReaderOptions options;
        options.image_root = directory / "in/pics";
        set = read_dataset_json(directory / "in/set.json", options);
        QCOMPARE(set->samples.size(), std::size_t(1));
        QCOMPARE(set->samples[0].image_path.path(), directory / "in/pics/a.png");
        // Leaving the root.
        options.paths_stay_inside = true;
        std::ofstream(directory / "out.png") << "x";
        std::ofstream(directory / "in/set.json") << "[" + with("\"image_path\": \"../../out.png\"") + "]";
        set = read_dataset_json(directory / "in/set.json", options);
        QCOMPARE(set->samples.size(), std::size_t(0));
        QVERIFY(QString::fromStdString(set->problems.at(0).error.allowed).contains("inside"));
        options.paths_stay_inside = false;
        QCOMPARE(read_dataset_json(directory / "in/set.json", options)->samples.size(), std::size_t(1));

        QCOMPARE(read_dataset_json(directory / "none.json").error().kind, ErrorKind::NotFound);
        options.max_file_bytes = 5;
        QVERIFY(!read_dataset_json(directory / "in/set.json", options).ok());
    }

    void limitsAndCancel() {
        JsonReaderOptions options;
        options.images_must_exist = false;
        options.max_records = 1;
        QVERIFY(!parse_dataset_json("[" + kGood + "," + kGood + "]", "s.json", options).ok());
        const CancelToken cancel = CancelToken::create();
        cancel.cancel();
        QCOMPARE(parse_dataset_json("[" + kGood + "]", "s.json", options, cancel).error().kind, ErrorKind::Cancelled);
    }
};

QTEST_GUILESS_MAIN(TestDatasetJson)
#include "test_dataset_json.moc"
