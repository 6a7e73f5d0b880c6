// Every data set in its official layout: prompts, truths and rules, character for character.
#include <QtTest>

#include <set>

#include "benchmark_trees.h"
#include "core/scoring/benchmark_score.h"
#include "core/vision/load_image.h"

using namespace r2t2;

namespace {

const BenchmarkTree& tree_of(const std::string& name) {
    for (const BenchmarkTree& each : benchmark_trees()) {
        if (each.name == name) {
            return each;
        }
    }
    qFatal("no tree %s", name.c_str());
}

Dataset read_tree(const std::string& name, BenchmarkOptions options = {}, std::string folder = {}) {
    static QTemporaryDir cache;
    options.cache = cache.path().toStdString();
    const Result<Dataset> read = read_benchmark(name, benchmark_data(folder.empty() ? tree_of(name).folder : folder), options);
    if (!read) {
        qFatal("%s", read.error().message().c_str());
    }
    return *read;
}

const Sample& sample_of(const Dataset& dataset, const std::string& id) {
    for (const Sample& sample : dataset.samples) {
        if (sample.id == id) {
            return sample;
        }
    }
    qFatal("no sample %s", id.c_str());
}

constexpr const char* kLetter = "\nAnswer with the option's letter from the given choices directly.";
constexpr const char* kShort = "\nAnswer the question using a single word or phrase.";

}  // namespace

class TestBenchmarkReaders : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void all_eighteen_are_there() {
        QCOMPARE(benchmarks().size(), std::size_t{18});
        QCOMPARE(benchmark_trees().size(), std::size_t{18});
        std::set<std::string> names;
        for (const BenchmarkInfo& info : benchmarks()) {
            names.insert(info.name);
            QVERIFY(find_benchmark(info.name) == &info);
            QVERIFY(!info.splits.empty() && !info.files.empty() && !info.layout.empty() && !info.metric.empty());
            QVERIFY(!info.splits.front().answers_withheld);  // the default can be scored
            QCOMPARE(info.obstacle.empty(), info.way_out.empty());
        }
        QCOMPARE(names.size(), std::size_t{18});
        QVERIFY(find_benchmark("mme-p") == find_benchmark("MME-P"));
        QVERIFY(find_benchmark("MME") == nullptr);
    }

    void trees_data() {
        QTest::addColumn<int>("index");
        for (std::size_t i = 0; i < benchmark_trees().size(); ++i) {
            QTest::newRow(benchmark_trees()[i].name) << static_cast<int>(i);
        }
    }
    void trees() {
        QFETCH(int, index);
        const BenchmarkTree& tree = benchmark_trees()[static_cast<std::size_t>(index)];
        const Dataset set = read_tree(tree.name);
        for (const Problem& problem : set.problems) {
            qWarning("%s", problem.error.message().c_str());
        }
        QVERIFY(set.problems.empty());
        QCOMPARE(set.name, std::string(tree.name));
        QCOMPARE(set.samples.size(), tree.samples);
        QCOMPARE(set.origin.at("split"), std::string(tree.split));  // the default
        std::set<std::string> ids;
        std::vector<ScoredRow> rows;
        for (const Sample& sample : set.samples) {
            ids.insert(sample.id);
            QCOMPARE(sample.labels().set_name, set.name);
            QVERIFY(load_image(sample.image_path.path()).ok());
            const auto key = answer_key(sample);
            QVERIFY2(key.has_value(), sample.id.c_str());
            const AnswerValue right = score(sample.ground_truth, *key);
            QVERIFY2(right.correct, (sample.id + " " + sample.ground_truth + ": " + right.reason).c_str());
            QVERIFY(!score("certainly something else entirely", *key).correct);
            QCOMPARE(key->group.empty(), key->group_size == 0);
            rows.push_back({sample.id, key->group, key->category, right.value, right.correct, key->group_size, static_cast<int>(key->options.size())});
        }
        QCOMPARE(ids.size(), tree.samples);
        const std::vector<NamedNumber> numbers = benchmark_score(tree.name, rows);
        QVERIFY(numbers.front().value >= 0.8 * numbers.front().maximum);  // A-OKVQA and TextVQA: 0.6 where annotators differ
    }

    void prompts_data() {
        QTest::addColumn<QString>("set");
        QTest::addColumn<QString>("id");
        QTest::addColumn<QString>("prompt");
        QTest::addColumn<QString>("truth");
        QTest::addColumn<QString>("category");
        const auto row = [](const char* set, const char* id, const std::string& prompt, const char* truth, const char* category) {
            QTest::addRow("%s %s", set, id) << set << id << QString::fromStdString(prompt) << truth << category;
        };
        row("VQA-V2", "42000", std::string("Where is he looking?") + kShort, "down", "other");
        row("VQA-V2", "42001", std::string("How many dogs?") + kShort, "2", "number");
        row("COCO-QA", "test/0", std::string("what is on the table?") + kShort, "laptop", "object");
        row("COCO-QA", "test/1", std::string("how many cats lie there ?") + kShort, "two", "number");
        row("CLEVR", "2", std::string("What colour is the ball?") + kShort, "cyan", "query_color");
        row("A-OKVQA", "23ab", std::string("Where is the clock?\nA. desk\nB. wall\nC. chair\nD. bed") + kLetter, "B", "");
        row("TQA", "DQ_000001", std::string("which layer is on top?\nA. crust\nB. mantle\nC. core") + kLetter, "B", "Diagram Multiple Choice");
        row("TQA", "DQ_000002", std::string("is the core solid?\nA. true\nB. false") + kLetter, "B", "Diagram True or False");
        row("MathVista", "3", "Hint: integer.\nQuestion: How many?", "7", "figure question answering");
        row("ST-VQA", "2", std::string("What is the name of the caf\xC3\xA9?") + kShort, "Caf\xC3\xA9 Z\xC3\xBCrich", "vg");
        row("DocVQA", "24580", std::string("What is the name of the university?") + kShort, "university of california", "table/list");
        row("MMBench", "241",
            std::string("The passage below\tdescribes an experiment.\nMadelyn waxed her snowboard.\nIdentify the question that \"Madelyn\" asks.\n"
                        "A. Does it slide?\nB. Is it wet?") + kLetter, "A", "identity_reasoning");
        row("MMBench", "252", std::string("How many?\nA. 1\nB. 2\nC. None\nD. 4") + kLetter, "B", "ocr");  // "None" is an option's text
        row("MMBench", "253", std::string("Which one?\nA. left\nB. right\nC. top\nD. bottom") + kLetter, "D", "ocr");
        row("MME-P", "OCR/0001/1", std::string("Is this about OCR?") + kShort, "Yes", "OCR");
        row("MME-P", "artwork/0001/2", std::string("Is it about nothing?") + kShort, "No", "artwork");
        row("CVBench-2D", "0", std::string("Which one? Select from the following choices.\n(A) 0\n(B) 1\n(C) 2\n(D) 3") + kLetter, "C", "ADE20K");
        row("CVBench-3D", "2", std::string("Which one? Select from the following choices.\n(A) lamp\n(B) desk") + kLetter, "B", "Omni3D");
        row("GQA", "201640614", std::string("Who is wearing the dress?") + kShort, "woman", "query");
        row("SQA-IMG", "5",
            std::string("\nContext: Select the better answer.\nWhich property do these two objects have in common?\nA. hard\nB. bendable") + kLetter, "B",
            "natural science");
        row("SQA-IMG", "11", std::string("\nWhat is the capital?\nA. A town\nB. B town\nC. C town") + kLetter, "C", "natural science");
        row("AI2D", "0.png-0", std::string("What is lit?\nA. sun\nB. moon\nC. mars\nD. earth\n") + kLetter, "B", "plain");
        row("TextVQA", "34602", std::string("what is the brand of this camera?") + kShort, "nokia", "");
        row("PhysBench", "0",
            std::string("Which is heavier?\nA. left\nB. right\nC. both\nD. none") + kLetter + " You can only answer one letter from A, B, C, or D.", "B",
            "property");
        row("PhysBench", "1",
            std::string("This is a series of images sampled at equal intervals from the beginning to the end of a video, based on the series of images, "
                        "output the best option for the question.\nWhat happens?\nA. it falls\nB. it rises\nC. nothing\nD. it melts") + kLetter +
                " You can only answer one letter from A, B, C, or D.", "A", "dynamics");
    }
    void prompts() {
        QFETCH(QString, set);
        QFETCH(QString, id);
        QFETCH(QString, prompt);
        QFETCH(QString, truth);
        QFETCH(QString, category);
        const Dataset dataset = read_tree(set.toStdString());
        const Sample& sample = sample_of(dataset, id.toStdString());
        QCOMPARE(QString::fromStdString(sample.prompt()), prompt);
        QCOMPARE(QString::fromStdString(sample.ground_truth), truth);
        QCOMPARE(QString::fromStdString(sample.labels().family), category);
    }

    void chinese_questions_have_their_own_suffix() {
        const BrokenTree copy(tree_of("MMBench"));
        std::filesystem::rename(copy.file(), copy.root() / "mmbench_dev_cn_20231003.tsv");
        BenchmarkOptions options;
        options.split = "dev-cn";
        const auto set = copy.read(options);
        QVERIFY(set.ok());
        QVERIFY(QString::fromStdString(sample_of(*set, "253").prompt()).endsWith(QString::fromUtf8("D. bottom\n请直接回答选项字母。")));
    }

    void rotations_share_group_and_picture() {
        const Dataset set = read_tree("MMBench");
        QCOMPARE(set.samples[1].extras().group, std::string("241"));
        QCOMPARE(set.samples[1].image_path.string(), set.samples[0].image_path.string());
        QCOMPARE(set.samples[1].ground_truth, std::string("B"));
    }

    void visual7w_shuffles_by_the_question_alone() {
        const Dataset once = read_tree("Visual7W"), again = read_tree("Visual7W");
        for (std::size_t i = 0; i < once.samples.size(); ++i) {
            QCOMPARE(once.samples[i].prompt(), again.samples[i].prompt());
        }
        const Sample& sample = sample_of(once, "10");
        const std::set<std::string> options(sample.options.begin(), sample.options.end());
        QCOMPARE(options, (std::set<std::string>{"Red.", "Blue.", "Green.", "Black."}));
        QCOMPARE(sample.options[static_cast<std::size_t>(sample.right_option)], std::string("Red."));
    }

    void direct_answers_leave_out_the_difficult_ones() {
        BenchmarkOptions options;
        options.direct_answers = true;
        const Dataset set = read_tree("A-OKVQA", options);
        QCOMPARE(set.samples.size(), std::size_t{1});
        QCOMPARE(set.left_out.at("difficult direct answer"), std::int64_t{1});
        QCOMPARE(set.samples[0].prompt(), std::string("Where is the lamp?") + kShort);
        QVERIFY(std::abs(score("table", *answer_key(set.samples[0])).value - 2.0 / 3) < 1e-12);
    }

    void withheld_answers_are_unknown() {
        for (const auto& [name, split] : {std::pair<const char*, const char*>{"VQA-V2", "test-dev"}, {"A-OKVQA", "test"}, {"ST-VQA", "test-task-1"},
                                          {"PhysBench", "test"}}) {
            BenchmarkOptions options;
            options.split = split;
            const Dataset set = read_tree(name, options);
            QCOMPARE(set.samples.size(), std::size_t{1});
            QVERIFY(set.samples[0].ground_truth.empty());
            QVERIFY(!answer_key(set.samples[0]));
        }
    }

    void other_tasks_are_left_out_and_counted() {
        QCOMPARE(read_tree("TQA").left_out.at("question without a diagram"), std::int64_t{1});
        QCOMPARE(read_tree("SQA-IMG").left_out.at("question without a picture"), std::int64_t{1});
        QCOMPARE(read_tree("PhysBench").left_out.at("interleaved pictures (mode general)"), std::int64_t{1});
    }

    void mme_cognition_is_a_split() {
        BenchmarkOptions options;
        options.split = "cognition";
        QCOMPARE(read_tree("MME-P", options).samples.size(), std::size_t{8});
        options.split = "all";
        QCOMPARE(read_tree("MME-P", options).samples.size(), std::size_t{28});
    }

    void moai_parity() {
        BenchmarkOptions options;
        options.moai_parity = true;
        const Dataset ai2d = read_tree("AI2D", options, "ai2d_moai");
        QCOMPARE(ai2d.samples.size(), std::size_t{2});
        QVERIFY(ai2d.samples[1].image_path.string().ends_with("ai2d_images/abc_images/0.png"));
        QVERIFY(!score("The answer is B", *answer_key(ai2d.samples[0])).correct);
        QVERIFY(score("The answer is B", *answer_key(read_tree("AI2D").samples[0])).correct);
        const Dataset text = read_tree("TextVQA", options);
        QCOMPARE(text.samples[0].prompt(), std::string("What is the brand of this camera?\nReference OCR token: NOKIA, 5G") + kShort + kShort);
        QCOMPARE(text.samples[1].prompt(), std::string("What does it say?\nReference OCR token: dakota") + kShort);
    }

    void a_video_becomes_one_numbered_sheet() {
        const Dataset set = read_tree("PhysBench");
        const auto sheet = load_image(sample_of(set, "1").image_path.path());
        QVERIFY(sheet.ok());
        QCOMPARE(sheet->width, 2 * 32 + 10);
        QCOMPARE(sheet->height, 2 * 24 + 10);
        const auto pixel = [&](int x, int y) { return sheet->rgb[static_cast<std::size_t>((y * sheet->width + x) * 3)]; };
        QCOMPARE(pixel(36, 5), std::uint8_t{255});  // the gap is white
        QVERIFY(std::abs(pixel(30, 20) - 128) < 40);
    }

    void samples_are_drawn_by_the_seed() {
        BenchmarkOptions options;
        options.limit = 2;
        options.seed = 7;
        const Dataset once = read_tree("CLEVR", options), again = read_tree("CLEVR", options);
        QCOMPARE(once.samples.size(), std::size_t{2});
        QCOMPARE(once.samples[0].id + once.samples[1].id, again.samples[0].id + again.samples[1].id);
        QVERIFY(std::stoi(once.samples[0].id) < std::stoi(once.samples[1].id));  // the file's order
        std::set<std::string> drawn;
        for (options.seed = 1; options.seed <= 20; ++options.seed) {
            const Dataset set = read_tree("CLEVR", options);
            drawn.insert(set.samples[0].id + "," + set.samples[1].id);
        }
        QCOMPARE(drawn.size(), std::size_t{3});  // all pairs come up
    }

    void questions_that_count_together_are_drawn_together() {
        BenchmarkOptions options;
        options.limit = 5;
        for (options.seed = 1; options.seed <= 10; ++options.seed) {
            const Dataset set = read_tree("MME-P", options);
            QCOMPARE(set.samples.size(), std::size_t{4});
            QCOMPARE(set.samples[0].extras().group, set.samples[1].extras().group);
            QCOMPARE(set.samples[2].extras().group, set.samples[3].extras().group);
        }
    }
};

QTEST_GUILESS_MAIN(TestBenchmarkReaders)
#include "test_benchmark_readers.moc"
