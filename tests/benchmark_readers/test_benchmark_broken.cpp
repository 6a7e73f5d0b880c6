// Broken copies of every tree: an error or a problem that names file, field, found and allowed; never a crash.
#include <QtTest>

#include "../support/files.h"
#include "benchmark_trees.h"

using namespace r2t2;

namespace {

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    if (at == std::string::npos) {
        qFatal("\"%s\" is not there", from.c_str());
    }
    return text.replace(at, from.size(), to);
}

std::string problems_of(const Dataset& set) {
    std::string text;
    for (const Problem& problem : set.problems) {
        text += problem.error.message() + "\n";
    }
    return text;
}

bool is_json(const BenchmarkTree& tree) { return std::string(tree.file).ends_with(".json"); }

}  // namespace

class TestBenchmarkBroken : public QObject {
    Q_OBJECT

    static void every_tree() {
        QTest::addColumn<int>("index");
        for (std::size_t i = 0; i < benchmark_trees().size(); ++i) {
            QTest::newRow(benchmark_trees()[i].name) << static_cast<int>(i);
        }
    }
    static const BenchmarkTree& tree(int index) { return benchmark_trees()[static_cast<std::size_t>(index)]; }

private Q_SLOTS:
    void an_empty_folder_data() { every_tree(); }
    void an_empty_folder() {
        QFETCH(int, index);
        QTemporaryDir folder;
        const auto read = read_benchmark(tree(index).name, folder.path().toStdString());
        QVERIFY(!read.ok());
        QCOMPARE(read.error().kind, ErrorKind::NotFound);
        QVERIFY2(contains(read.error().message(), "an empty folder"), read.error().message().c_str());
        QVERIFY(read.error().allowed.size() > 5);
        QVERIFY(!read_benchmark(tree(index).name, folder.path().toStdString() + "/nowhere").ok());
    }

    void parquet_names_the_way_out() {
        for (const char* name : {"CVBench-2D", "CVBench-3D", "MathVista"}) {
            QTemporaryDir folder;
            write_file(folder.path().toStdString() + "/test_2d.parquet", "PAR1");
            const auto read = read_benchmark(name, folder.path().toStdString());
            QVERIFY(!read.ok());
            QVERIFY(contains(read.error().message(), "Parquet"));
            QVERIFY2(contains(read.error().message(), find_benchmark(name)->way_out), read.error().message().c_str());
        }
    }

    void json_lines_without_the_picture_tree() {
        const BrokenTree copy(benchmark_trees()[11]);
        std::filesystem::remove_all(copy.root() / "img");
        write_file(copy.root() / "test_2d.parquet", "PAR1");
        const auto read = copy.read();
        QVERIFY(!read.ok());
        QVERIFY2(contains(read.error().message(), "img/2D") && contains(read.error().message(), "22409a9"), read.error().message().c_str());
    }

    void a_missing_picture_data() { every_tree(); }
    void a_missing_picture() {
        QFETCH(int, index);
        if (*tree(index).image == '\0') {
            return;  // MMBench's are inside the table
        }
        const BrokenTree copy(tree(index));
        std::filesystem::remove(copy.root() / tree(index).image);
        const auto read = copy.read();
        const std::string said = read.ok() ? problems_of(*read) : read.error().message();
        QVERIFY2(contains(said, "image") && contains(said, "no file"), said.c_str());
        QVERIFY(!read.ok() || read->samples.size() < tree(index).samples);
        if (std::string(tree(index).name) != "MME-P") {  // whose pictures are found by their names
            BenchmarkOptions options;
            options.images_must_exist = false;
            QCOMPARE(copy.read(options)->samples.size(), tree(index).samples);
        }
    }

    void a_truncated_file_data() { every_tree(); }
    void a_truncated_file() {
        QFETCH(int, index);
        const BrokenTree copy(tree(index));
        const std::string whole = read_file(copy.file());
        for (const double share : {0.0, 0.3, 0.6, 0.97}) {
            write_file(copy.file(), whole.substr(0, static_cast<std::size_t>(share * static_cast<double>(whole.size()))));
            const auto read = copy.read();
            if (is_json(tree(index))) {
                QVERIFY2(!read.ok(), tree(index).name);
                QVERIFY(contains(read.error().message(), tree(index).file) || contains(read.error().message(), "val_answer"));
            } else if (share < 0.9) {  // lines and cells that are missing at the very end cannot be told from shorter ones
                QVERIFY(!read.ok() || !read->problems.empty() || read->samples.size() < tree(index).samples);
            }
        }
    }

    void bytes_that_are_no_utf8_data() { every_tree(); }
    void bytes_that_are_no_utf8() {
        QFETCH(int, index);
        const BrokenTree copy(tree(index));
        std::string text = read_file(copy.file());
        const std::map<std::string, std::string> places = {{"COCO-QA", "table"}, {"MMBench", "Which one"}, {"MME-P", "Is this"},
                                                           {"CVBench-2D", "Which one"}, {"CVBench-3D", "Which one"}};
        const auto place = places.find(tree(index).name);
        if (place != places.end()) {
            for (std::size_t at = text.find(place->second); at != std::string::npos; at = text.find(place->second, at + 1)) {
                text[at + 1] = '\xFF';
            }
        } else {
            const std::size_t at = text.find("\": \"");
            QVERIFY(at != std::string::npos);
            text[at + 5] = '\xFF';
        }
        write_file(copy.file(), text);
        const auto read = copy.read();
        QVERIFY2(!read.ok() || !read->problems.empty(), tree(index).name);
    }

    void records_of_the_wrong_kind_data() { every_tree(); }
    void records_of_the_wrong_kind() {
        QFETCH(int, index);
        const BrokenTree copy(tree(index));
        for (const char* content : {"", "[]", "{}", "[1, null, \"x\", []]", "{\"data\": [1], \"questions\": [2], \"images\": {\"a\": 3}}", "null",
                                    "{\"questions\": 5}", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]"}) {
            write_file(copy.file(), content);
            const auto read = copy.read();
            QVERIFY2(!read.ok() || std::string(tree(index).name) == "MME-P", content);  // MME-P has its other subtasks
        }
    }

    void a_key_missing_data() {
        QTest::addColumn<int>("index");
        QTest::addColumn<QString>("key");
        const std::pair<const char*, const char*> cases[] = {
            {"VQA-V2", "image_id"}, {"Visual7W", "multiple_choices"}, {"CLEVR", "image_filename"}, {"A-OKVQA", "choices"}, {"TQA", "correctAnswer"},
            {"MathVista", "query"}, {"ST-VQA", "file_path"}, {"DocVQA", "answers"}, {"CVBench-2D", "prompt"}, {"GQA", "imageId"}, {"SQA-IMG", "split"},
            {"AI2D", "answerTexts"}, {"TextVQA", "answers"}, {"PhysBench", "mode"}};
        for (const auto& [name, key] : cases) {
            for (std::size_t i = 0; i < benchmark_trees().size(); ++i) {
                if (std::string(benchmark_trees()[i].name) == name) {
                    QTest::newRow(name) << static_cast<int>(i) << key;
                }
            }
        }
    }
    void a_key_missing() {
        QFETCH(int, index);
        QFETCH(QString, key);
        const BrokenTree copy(tree(index));
        write_file(copy.file(), replaced(read_file(copy.file()), "\"" + key.toStdString() + "\"", "\"other\""));
        const auto read = copy.read();
        const std::string said = read.ok() ? problems_of(*read) : read.error().message();
        QVERIFY2(contains(said, key.toStdString() + ": found missing"), said.c_str());
    }

    /// Two values of what is read: neither is taken.
    void a_key_twice_data() { a_key_missing_data(); }
    void a_key_twice() {
        QFETCH(int, index);
        QFETCH(QString, key);
        const BrokenTree copy(tree(index));
        write_file(copy.file(), replaced(read_file(copy.file()), "\"" + key.toStdString() + "\":", "\"" + key.toStdString() + "\": 1, \"" + key.toStdString() + "\":"));
        const auto read = copy.read();
        const std::string said = read.ok() ? problems_of(*read) : read.error().message();
        QVERIFY2(contains(said, key.toStdString() + ": found the field a second time"), said.c_str());
    }

    void an_id_twice_data() {
        QTest::addColumn<int>("index");
        QTest::addColumn<QString>("from");
        QTest::addColumn<QString>("to");
        const std::array<const char*, 3> cases[] = {
            {"VQA-V2", "42001", "42000"}, {"Visual7W", "\"qa_id\": 11", "\"qa_id\": 10"}, {"CLEVR", "\"question_index\": 1", "\"question_index\": 0"},
            {"A-OKVQA", "23ab", "22jb"}, {"TQA", "\"globalID\": \"DQ_000002\"", "\"globalID\": \"DQ_000001\""}, {"MathVista", "\"pid\": \"2\"", "\"pid\": \"1\""},
            {"ST-VQA", "\"question_id\": 2", "\"question_id\": 1"}, {"DocVQA", "24580", "49153"}, {"MMBench", "253", "252"},
            {"CVBench-2D", "\"idx\": 1", "\"idx\": 0"}, {"GQA", "201640614", "201307251"}, {"SQA-IMG", "\"11\": {", "\"5\": {"},
            {"AI2D", "0.png-1", "0.png-0"}, {"TextVQA", "34603", "34602"}, {"PhysBench", "\"idx\": 1", "\"idx\": 0"}};
        for (const auto& each : cases) {
            for (std::size_t i = 0; i < benchmark_trees().size(); ++i) {
                if (std::string(benchmark_trees()[i].name) == each[0]) {
                    QTest::newRow(each[0]) << static_cast<int>(i) << each[1] << each[2];
                }
            }
        }
    }
    void an_id_twice() {
        QFETCH(int, index);
        QFETCH(QString, from);
        QFETCH(QString, to);
        const BrokenTree copy(tree(index));
        write_file(copy.file(), replaced(read_file(copy.file()), from.toStdString(), to.toStdString()));
        const auto read = copy.read();
        QVERIFY2(read.ok(), read.ok() ? "" : read.error().message().c_str());
        QVERIFY2(contains(problems_of(*read), "a second time"), problems_of(*read).c_str());
        QVERIFY(read->samples.size() < tree(index).samples);
    }

    void a_picture_outside_the_tree_is_refused() {
        const BrokenTree copy(benchmark_trees()[8]);
        write_file(copy.file(), replaced(read_file(copy.file()), "documents/pybv0228_81.png", "../../../etc/passwd"));
        QVERIFY(contains(problems_of(*copy.read()), "a path inside"));
        write_file(copy.file(), replaced(read_file(copy.file()), "../../../etc/passwd", "/etc/passwd"));
        QVERIFY(contains(problems_of(*copy.read()), "a path inside"));
    }

    void values_out_of_range() {
        const auto said = [](std::size_t index, const std::string& from, const std::string& to) {
            const BrokenTree copy(benchmark_trees()[index]);
            write_file(copy.file(), replaced(read_file(copy.file()), from, to));
            const auto read = copy.read();
            return read.ok() ? problems_of(*read) : read.error().message();
        };
        QVERIFY(contains(said(4, "\"correct_choice_idx\": 0", "\"correct_choice_idx\": 4"), "0 to 3"));
        QVERIFY(contains(said(5, "\"processedText\": \"b\"", "\"processedText\": \"q\""), "the letter or the text of a choice"));
        QVERIFY(contains(said(9, "\tB\tocr", "\tQ\tocr"), "the letter of one of 4 options"));
        QVERIFY(contains(said(9, "\n252\t", "\nx252\t"), "a whole number"));
        QVERIFY(contains(said(10, "\tYes", "\tPerhaps"), "Yes or No"));
        QVERIFY(contains(said(11, "(C)\"", "(E)\""), "(A) to (D)"));
        QVERIFY(contains(said(14, "\"answer\": 1", "\"answer\": 2"), "0 to 1"));
        QVERIFY(contains(said(15, "\"correctAnswer\": 1", "\"correctAnswer\": -1"), "0 to 3"));
        QVERIFY(contains(said(13, "Is it overcast?", "Is <image> it?"), "reserved token"));
        QVERIFY(contains(said(2, "what is on the table\n", ""), "belong together line by line"));
    }

    void vqa_annotations_that_do_not_fit() {
        const BrokenTree copy(benchmark_trees()[0]);
        const auto file = copy.root() / "v2_mscoco_val2014_annotations.json";
        write_file(file, replaced(read_file(file), "\"question_id\": 42001", "\"question_id\": 99"));
        const auto read = copy.read();
        QVERIFY(read.ok());
        QCOMPARE(read->samples.size(), std::size_t{2});
        QVERIFY(contains(problems_of(*read), "no annotation of question 42001"));
        QVERIFY(contains(problems_of(*read), "a question of the questions' file"));
        QCOMPARE(read->samples[1].id, std::string("73000"));
        QCOMPARE(read->samples[1].ground_truth, std::string("yes"));
        std::filesystem::remove(file);
        QVERIFY(contains(copy.read().error().message(), "v2_mscoco_val2014_annotations.json"));
    }

    void broken_tables_and_pictures() {
        const BenchmarkTree& mmbench = benchmark_trees()[9];
        const BrokenTree copy(mmbench);
        const std::string whole = read_file(copy.file());
        write_file(copy.file(), replaced(whole, "/9j/4", "!9j/4"));
        QVERIFY(contains(problems_of(*copy.read()), "base64"));
        write_file(copy.file(), replaced(whole, "/9j/4", "AAAAA"));
        QVERIFY(contains(problems_of(*copy.read()), "no picture"));
        write_file(copy.file(), replaced(whole, "\t241\tscienceqa", "\t777\tscienceqa"));
        QVERIFY(contains(problems_of(*copy.read()), "the index of a row that has one"));
        write_file(copy.file(), whole + "300\ta\tb\tc\td\te\tf\tg\th\ti\tj\tk\tl\tm\tn\n");
        QVERIFY(contains(problems_of(*copy.read()), "14 as in the header"));
        write_file(copy.file(), whole + "300\tonly these\n");
        QCOMPARE(copy.read()->problems.size(), std::size_t{1});  // the rest is missing, as pandas has it
        write_file(copy.file(), whole + "300\t\"never closed");
        QVERIFY(contains(copy.read().error().message(), "a closing quote"));
        write_file(copy.file(), replaced(whole, "index\t", "number\t"));
        QVERIFY(contains(copy.read().error().message(), "no column \"index\""));
    }

    void a_video_that_is_none() {
        const BrokenTree copy(benchmark_trees()[17]);
        write_file(copy.root() / "video" / "v.mp4", "not a video");
        QVERIFY(contains(problems_of(*copy.read()), "at least four"));
    }

    void unknown_names_and_splits() {
        QVERIFY(contains(read_benchmark("ImageNet", "/tmp").error().message(), "PhysBench"));
        BenchmarkOptions options;
        options.split = "testdev";
        QVERIFY(contains(read_benchmark("CLEVR", benchmark_data("clevr"), options).error().message(), "val, train, test"));
    }

    void a_cancelled_reading() {
        const CancelToken cancel = CancelToken::create();
        cancel.cancel();
        for (const BenchmarkTree& each : benchmark_trees()) {
            const auto read = read_benchmark(each.name, benchmark_data(each.folder), {}, {}, cancel);
            QVERIFY(!read.ok());
            QCOMPARE(read.error().kind, ErrorKind::Cancelled);
        }
    }
};

QTEST_GUILESS_MAIN(TestBenchmarkBroken)
#include "test_benchmark_broken.moc"
