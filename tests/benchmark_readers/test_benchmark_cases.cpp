// Files as they are passed around: through pandas, under newer names, written by Python's json.dump, by Windows' shell.
#include <QtTest>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/text_file.h"
#include "core/benchmarks/mmbench_files.h"
#include "core/benchmarks/mmbench_index.h"
#include "core/benchmarks/tsv_reader.h"
#include "tests/benchmark_readers/benchmark_trees.h"
#include "tests/support/files.h"

using namespace r2t2;
namespace fs = std::filesystem;

namespace {

fs::path case_folder(const char* name) { return fs::path(R2T2_TEST_DATA) / "cases" / name; }

std::string replaced_all(std::string text, const std::string& from, const std::string& to) {
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
        text.replace(at, from.size(), to);
    }
    return text;
}

std::string utf16(const std::string& ascii) {
    std::string out = "\xFF\xFE";
    for (const char c : ascii) {
        out += {c, '\0'};
    }
    return out;
}

/// Also why nothing was read; empty: all is well.
std::string first_problem(const Result<Dataset>& set) {
    return !set.ok() ? set.error().message() : set->problems.empty() ? std::string() : set->problems[0].error.message();
}

}  // namespace

class TestBenchmarkCases : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    [[nodiscard]] fs::path root() const { return folder_.path().toStdString(); }
    [[nodiscard]] Result<Dataset> read(const char* name, const fs::path& folder, BenchmarkOptions options = {}) const {
        options.cache = root() / "cache";
        return read_benchmark(name, folder, options);
    }
    /// A folder with one file.
    [[nodiscard]] fs::path folder_with(const std::string& name, const std::string& bytes) const {
        const fs::path path = root() / "only";
        fs::remove_all(path);
        fs::create_directories(path);
        write_file(path / name, bytes);
        return path;
    }
    /// A picture as the tables have it.
    [[nodiscard]] static std::string unpacked_table_picture() {
        const std::string text = read_file(fs::path(R2T2_TEST_DATA) / "benchmarks" / "mmbench" / "mmbench_dev_20230712.tsv");
        const std::size_t begin = text.find("/9j/");
        return text.substr(begin, text.find('\t', begin) - begin);
    }
    [[nodiscard]] std::string table() const { return read_file(case_folder("mmbench-new-names") / "en" / "MMBench_DEV_EN.tsv"); }

private Q_SLOTS:
    /// Case mmbench-float-index.
    void whole_numbers_written_as_floats_are_whole_numbers() {
        const auto set = read("MMBench", case_folder("mmbench-float-index") / "data");
        QVERIFY2(set.ok(), set.ok() ? "" : set.error().message().c_str());
        QVERIFY2(set->problems.empty(), set->problems.empty() ? "" : set->problems[0].error.message().c_str());
        QCOMPARE(set->samples.size(), std::size_t{2});
        QCOMPARE(set->samples[0].id, std::string("241"));
        QCOMPARE(set->samples[1].id, std::string("1000241"));
        QCOMPARE(set->samples[0].extras().group, std::string("241"));
        QCOMPARE(set->samples[1].extras().group, std::string("241"));
    }

    void a_fraction_is_no_index() {
        const std::string text = read_file(case_folder("mmbench-float-index") / "data" / "mmbench_dev_20230712.tsv");
        const auto set = read("MMBench", folder_with("mmbench_dev_20230712.tsv", replaced_all(text, "\n1000241.0\t", "\n241.5\t")));
        QVERIFY(set.ok());
        QCOMPARE(set->samples.size(), std::size_t{1});
        QCOMPARE(set->problems.size(), std::size_t{1});
        QVERIFY(set->problems[0].error.message().find("241.5") != std::string::npos);
        for (const auto& [cell, value] : {std::pair{"241", 241}, {"241.0", 241}, {"241.000", 241}, {"0", 0}, {"007", 7}}) {
            QCOMPARE(whole_number(cell), std::optional<std::int64_t>(value));
        }
        for (const char* cell : {"", ".0", "241.", "241.5", "-1", "-1.0", "1e3", "nan", "241 ", "0x10", "1234567890123456", "1.0.0"}) {
            QVERIFY2(!whole_number(cell), cell);
        }
    }

    /// What is no number names a row: it is read, said once, and belongs to no rotation.
    void an_index_that_is_a_text() {
        const std::string picture = unpacked_table_picture(), header = "index\tquestion\tA\tB\tanswer\timage\n";
        const auto row = [](const std::string& index, const std::string& image) { return index + "\tWhich?\tx\ty\tA\t" + image + "\n"; };
        const auto set = read("MMBench", folder_with("mmbench_dev_20230712.tsv", header + row("12-3", picture) + row("q7", "12-3") + row(" 241 ", "241.0") + row("1000241", "['241']") + row("241.0", picture)));
        QVERIFY(set.ok());
        QCOMPARE(set->samples.size(), std::size_t{4});
        QCOMPARE(set->samples[0].id, std::string("12-3"));
        QCOMPARE(set->samples[0].extras().group, std::string("12-3"));
        QCOMPARE(set->samples[0].extras().group_size, 1);
        QCOMPARE(set->samples[1].image_path.string(), set->samples[0].image_path.string());
        QCOMPARE(set->samples[2].extras().group, std::string("241"));
        QCOMPARE(set->samples[2].extras().group_size, 2);
        QCOMPARE(set->samples[3].image_path.string(), set->samples[0].image_path.string());
        QCOMPARE(set->problems.size(), std::size_t{2});  // the first text, 241 a second time
        QVERIFY2(set->problems[0].error.message().find("line 2: index: found \"12-3\", a text") != std::string::npos, set->problems[0].error.message().c_str());
        QVERIFY(!set->problems[0].skipped && set->problems[1].skipped);
        for (const char* none : {"", "nan", "241.5", "-1", "1e3", "inf", "12345678901234567890"}) {
            QVERIFY2(!mmbench_index(none), none);
        }
    }

    void answers_in_either_case() {
        const std::string picture = unpacked_table_picture(), header = "index\tquestion\tA\tB\tanswer\timage\n";
        for (const char* answer : {"B", "b", "B ", " b", "(B)", "(b) "}) {
            const auto set = read("MMBench", folder_with("mmbench_dev_20230712.tsv", header + "1\tWhich?\tx\ty\t" + answer + "\t" + picture + "\n"));
            QVERIFY2(set.ok() && set->problems.empty() && set->samples.size() == 1 && set->samples[0].right_option == 1, answer);
        }
        for (const char* answer : {"BB", "B.", "1", "C", "c", "(B", "y"}) {
            const auto set = read("MMBench", folder_with("mmbench_dev_20230712.tsv", header + "1\tWhich?\tx\ty\t" + answer + "\t" + picture + "\n"));
            QVERIFY2(!set.ok() && first_problem(set).find("the letter of one of 2 options") != std::string::npos, first_problem(set).c_str());
        }
        const fs::path mme = root() / "mme";
        fs::copy(fs::path(R2T2_TEST_DATA) / "benchmarks" / "mme", mme, fs::copy_options::recursive);
        const fs::path questions = mme / "MME_Benchmark_release_version" / "OCR" / "0001.txt";
        write_file(questions, "Is it a word? Please answer yes or no.\tyes \nIs it a number? Please answer yes or no.\tNO\n");
        const auto set = read("MME-P", mme);
        QVERIFY2(set.ok() && set->problems.empty(), first_problem(set).c_str());
        std::vector<std::string> truths;
        for (const Sample& sample : set->samples) {
            if (sample.id.starts_with("OCR/")) {
                truths.push_back(sample.ground_truth);
            }
        }
        QCOMPARE(truths, (std::vector<std::string>{"Yes", "No"}));
    }

    /// One picture is read whatever stands around it; of several none is chosen.
    void what_stands_around_a_picture() {
        const std::string picture = unpacked_table_picture(), header = "index\tquestion\tA\tB\tanswer\timage\n";
        const auto with = [&](const std::string& cell) { return read("MMBench", folder_with("mmbench_dev_20230712.tsv", header + "1\tWhich?\tx\ty\tA\t" + cell + "\n")); };
        const auto plain = with(picture);
        QVERIFY(plain.ok() && plain->problems.empty());
        const std::string file = plain->samples.at(0).image_path.string(), uri = "data:image/jpeg;base64," + picture;
        for (const std::string& cell : {"['" + picture + "']", "[ '" + picture + "', ]", uri, "['" + uri + "']", "\"[\"\"" + replaced_all(picture, "/", "\\/") + "\"\"]\""}) {
            const auto set = with(cell);
            QVERIFY2(set.ok() && set->problems.empty(), first_problem(set).c_str());
            QCOMPARE(set->samples.at(0).image_path.string(), file);
        }
        for (const auto& [cell, found] : {std::pair<std::string, std::string>{"['" + picture + "', '" + uri + "']", "image: found 2 pictures in a list"},
                                          {"[]", "found 0 pictures in a list"}, {"[" + picture + "]", "found a list that is none of texts"}, {"['" + picture + "' '" + picture + "']", "none of texts"},
                                          {"data:image/png," + picture, "data:image/...;base64"}}) {
            const auto set = with(cell);
            QVERIFY2(!set.ok() && first_problem(set).find(found) != std::string::npos, first_problem(set).c_str());
        }
    }

    /// A truth that is none of the choices, a kind of answer that nobody scores: no answer could be right.
    void mathvistas_truth_is_a_choice() {
        const std::string text = read_file(fs::path(R2T2_TEST_DATA) / "benchmarks" / "mathvista" / "annot_testmini.json");
        const auto said = [&](const std::string& from, const std::string& to) {
            const fs::path folder = folder_with("annot_testmini.json", replaced_all(text, from, to));
            fs::copy(fs::path(R2T2_TEST_DATA) / "benchmarks" / "mathvista" / "images", folder / "images", fs::copy_options::recursive);
            const auto set = read("MathVista", folder);
            return first_problem(set).empty() ? std::string() : std::to_string(set.ok() ? set->samples.size() : 0) + " read: " + first_problem(set);
        };
        QCOMPARE(said("\"answer\": \"No\"", "\"answer\": \"No \""), std::string());
        const std::string none = said("\"answer\": \"No\"", "\"answer\": \"Maybe\"");
        QVERIFY2(none.starts_with("2 read: ") && none.find("record 2: answer: found \"Maybe\"; allowed: the text of one of the 2 choices: \"Yes\", \"No\"") != std::string::npos, none.c_str());
        QVERIFY(said("\"answer\": \"No\"", "\"answer\": \"B\"").find("found \"B\"") != std::string::npos);
        QVERIFY(said("\"answer\": \"No\"", "\"answer\": 1").find("found \"1\"") != std::string::npos);
        QVERIFY(said("\"answer_type\": \"float\"", "\"answer_type\": \"number\"").find("answer_type: found \"number\"; allowed: text, integer, float or list") != std::string::npos);
        QVERIFY(said("\"precision\": 1.0", "\"precision\": \"one\"").find("precision: found \"one\"") != std::string::npos);
        QVERIFY(said("\"precision\": 1.0", "\"precision\": 1.5").find("precision: found 1.5") != std::string::npos);
    }

    /// What the script writes otherwise is never right: the record is named, and kept.
    void mathvistas_truth_can_be_reached() {
        const std::string text = read_file(fs::path(R2T2_TEST_DATA) / "benchmarks" / "mathvista" / "annot_testmini.json");
        const auto said = [&](const std::string& from, const std::string& to) {
            const fs::path folder = folder_with("annot_testmini.json", replaced_all(text, from, to));
            fs::copy(fs::path(R2T2_TEST_DATA) / "benchmarks" / "mathvista" / "images", folder / "images", fs::copy_options::recursive);
            const auto set = read("MathVista", folder);
            return first_problem(set).empty() ? std::string() : std::to_string(set.ok() ? set->samples.size() : 0) + " read: " + first_problem(set);
        };
        for (const auto& [from, to] : {std::pair<const char*, const char*>{"\"precision\": 1.0", "\"precision\": null"}, {"\"precision\": 1.0,", ""}}) {
            const std::string problem = said(from, to);
            QVERIFY2(problem.starts_with("3 read: ") && problem.find("record 1: precision: found none") != std::string::npos && problem.find("no answer is right") != std::string::npos, problem.c_str());
        }
        const std::string two = said("\"answer\": \"1.2\"", "\"answer\": \"1.20\"");
        QVERIFY2(two.starts_with("3 read: ") && two.find("answer: found \"1.20\"; allowed: \"1.2\", as MathVista's script writes answers of type float") != std::string::npos, two.c_str());
        QVERIFY(said("\"answer\": \"7\"", "\"answer\": \"7.0\"").find("found \"7.0\"; allowed: \"7\"") != std::string::npos);
        QVERIFY(said("\"answer\": \"7\"", "\"answer\": \"seven\"").find("found \"seven\"; allowed: a number, as") != std::string::npos);
        QCOMPARE(said("\"answer\": \"7\"", "\"answer\": \"-12\""), std::string());
    }

    /// The same in JSON: COCO's image ids and question ids after a round trip through pandas.
    void ids_in_json_may_be_floats() {
        const BrokenTree tree(benchmark_trees()[0]);
        const std::string name = benchmark_trees()[0].name;
        QCOMPARE(name, std::string("VQA-V2"));
        const auto before = tree.read();
        std::string text = read_file(tree.file());
        std::string floats;
        for (std::size_t i = 0; i < text.size(); ++i) {  // every whole number that is a value
            floats += text[i];
            const bool digit = std::isdigit(static_cast<unsigned char>(text[i])) != 0;
            const bool ends = digit && i + 1 < text.size() && (text[i + 1] == ',' || text[i + 1] == '}' || text[i + 1] == '\n');
            std::size_t begin = i;
            while (ends && std::isdigit(static_cast<unsigned char>(text[begin - 1])) != 0) {
                --begin;
            }
            if (ends && (text[begin - 1] == ' ' || text[begin - 1] == ':')) {
                floats += ".0";
            }
        }
        QVERIFY(floats != text);
        write_file(tree.file(), floats);
        const auto after = tree.read();
        QVERIFY2(before.ok() && after.ok(), after.ok() ? "" : after.error().message().c_str());
        QCOMPARE(after->samples.size(), before->samples.size());
        for (std::size_t i = 0; i < after->samples.size(); ++i) {
            QCOMPARE(after->samples[i].id, before->samples[i].id);
            QCOMPARE(after->samples[i].image_path.string(), before->samples[i].image_path.string());
        }
        write_file(tree.file(), replaced_all(floats, ".0", ".5"));
        const auto broken = tree.read();
        QVERIFY((broken.ok() ? broken->problems[0].error : broken.error()).message().find(".5") != std::string::npos);
    }

    /// Soft accuracy is one of ten annotators: a record with another number of them is kept and named.
    void ten_annotators_a_question() {
        for (const BenchmarkTree& each : benchmark_trees()) {
            const std::string name = each.name;
            if (name != "VQA-V2" && name != "TextVQA") {
                continue;
            }
            for (const bool more : {false, true}) {
                const BrokenTree tree(each);
                const fs::path file = name == "VQA-V2" ? tree.root() / "v2_mscoco_val2014_annotations.json" : tree.root() / "TextVQA_0.5.1_val.json";
                nlohmann::json json = nlohmann::json::parse(read_file(file));
                nlohmann::json& answers = json[name == "VQA-V2" ? "annotations" : "data"][1]["answers"];
                const nlohmann::json last = answers.back();
                more ? answers.push_back(last) : answers.erase(answers.size() - 1);
                BenchmarkOptions options;
                options.split = "val";
                const auto before = tree.read(options);
                write_file(file, json.dump(1));
                const auto after = tree.read(options);
                QVERIFY2(before.ok() && after.ok(), after.ok() ? "" : after.error().message().c_str());
                QCOMPARE(before->problems.size(), std::size_t{0});
                QCOMPARE(after->samples.size(), before->samples.size());
                QCOMPARE(after->problems.size(), std::size_t{1});
                const std::string said = after->problems[0].error.message();
                QVERIFY2(!after->problems[0].skipped && said.find(std::string("answers: found ") + (more ? "11" : "9") + " answers; allowed: 10") != std::string::npos, said.c_str());
            }
        }
    }

    /// What pandas leaves of an empty cell is no hint and no category; as an option it is an answer.
    void blanks_of_pandas_are_no_context() {
        const std::string picture = unpacked_table_picture(), header = "index\tquestion\thint\tA\tB\tC\tD\tanswer\tcategory\tl2-category\timage\n";
        for (const char* blank : {"", " ", "nan", "NaN", "NAN", "None", "none", "null", "NULL", "N/A", "n/a", "NA", "<NA>", "-nan"}) {
            const std::string row = std::string("1\tWhich?\t") + blank + "\tNone\tnan\tNA\tred\tA\t" + blank + "\t" + blank + "\t" + picture + "\n";
            const auto set = read("MMBench", folder_with("mmbench_dev_20230712.tsv", header + row));
            QVERIFY2(set.ok() && set->problems.empty(), set.ok() ? blank : set.error().message().c_str());
            const Sample& sample = set->samples.at(0);
            QVERIFY2(sample.question.starts_with("Which?\nA. None\nB. nan\nC. NA\nD. red"), sample.question.c_str());
            QVERIFY2(sample.labels().family.empty() && sample.labels().domain.empty(), blank);
        }
        for (const char* said : {"none of them is red", "nano", "0", "Nan's house", "-"}) {
            const auto set = read("MMBench", folder_with("mmbench_dev_20230712.tsv", header + "1\tWhich?\t" + said + "\tx\ty\t\t\tA\t" + said + "\t\t" + picture + "\n"));
            QVERIFY(set.ok());
            QVERIFY2(set->samples.at(0).question.starts_with(said + std::string("\nWhich?")), said);
            QCOMPARE(set->samples.at(0).labels().family, std::string(said));
        }
    }

    /// Tables made after the official ones have more columns; a question is asked as often as it has options.
    void more_options_than_four() {
        const std::string picture = unpacked_table_picture(), header = "index\tquestion\thint\tA\tB\tC\tD\tE\tanswer\tcategory\timage\n";
        std::string rows;
        const std::string options = "a\tb\tc\td\te";
        for (int rotation = 0; rotation < 5; ++rotation) {
            rows += std::to_string(1'000'000 * rotation + 1) + "\tWhich?\t\t" + options + "\t" + "EABCD"[rotation] + "\tx\t" + picture + "\n";
        }
        const auto whole = read("MMBench", folder_with("mmbench_dev_20230712.tsv", header + rows));
        QVERIFY2(whole.ok() && whole->problems.empty(), whole.ok() ? "" : whole.error().message().c_str());
        QCOMPARE(whole->samples.size(), std::size_t{5});
        QVERIFY2(whole->samples[0].question.find("D. d\nE. e") != std::string::npos, whole->samples[0].question.c_str());
        QCOMPARE(whole->samples[0].extras().group_size, 5);
        // One that is skipped is missing in its group.
        const auto part = read("MMBench", folder_with("mmbench_dev_20230712.tsv", header + replaced_all(rows, "\tE\tx", "\tF\tx")));
        QVERIFY(part.ok() && part->problems.size() == 1 && part->samples.size() == 4);
        QCOMPARE(part->samples[0].extras().group_size, 5);
        QVERIFY(part->problems[0].error.message().find("one of 5 options") != std::string::npos);
    }

    /// Whose members are all skipped is known by the problems' keys; who lacks some is named, also where nothing was skipped.
    void groups_that_lack_rotations() {
        const std::string picture = unpacked_table_picture(), header = "index\tquestion\tA\tB\tC\tanswer\tcategory\timage\n";
        const auto question = [&](int number, int rotations, const std::string& image) {
            std::string rows;
            for (int rotation = 0; rotation < rotations; ++rotation) {
                rows += std::to_string(1'000'000 * rotation + number) + "\tWhich?\tx\ty\tz\tA\tcolour\t" + image + "\n";
            }
            return rows;
        };
        const auto of = [&](const std::string& rows) { return read("MMBench", folder_with("MMBench_DEV_EN.tsv", header + rows)); };
        const auto set = of(question(1, 3, picture) + question(2, 3, "") + question(3, 2, picture));
        QVERIFY(set.ok() && set->samples.size() == 5 && set->problems.size() == 3);
        for (const Problem& problem : set->problems) {
            QVERIFY(problem.skipped && problem.lost);
            QCOMPARE(problem.lost->group, std::string("2"));
            QCOMPARE(problem.lost->category, std::string("colour"));
            QCOMPARE(problem.lost->group_size, 3);
        }
        QCOMPARE(set->short_groups.size(), std::size_t{2});
        QCOMPARE(to_string(set->short_groups[0]), std::string("2 (0 of 3)"));
        QCOMPARE(to_string(set->short_groups[1]), std::string("3 (2 of 3)"));
        // Of a group that has a sample, that says it; a row with a cell too few still has its index.
        const auto part = of(question(1, 3, picture) + "1000002\tWhich?\tx\ty\n" + question(4, 3, picture) + "5\tWhich?\tx\ty\tz\tB\n" + "1000004\tWhich?\tx\n");
        QVERIFY(part.ok() && part->problems.size() == 3);
        QVERIFY(part->problems[0].lost && part->problems[1].lost && !part->problems[2].lost);
        QCOMPARE(part->problems[1].lost->group, std::string("5"));
        QCOMPARE(part->short_groups.size(), std::size_t{2});
        // No question has rotations: everyone is asked once.
        const auto plain = of(question(1, 1, picture) + question(2, 1, picture) + question(3, 1, ""));
        QVERIFY(plain.ok() && plain->problems.size() == 1 && plain->problems[0].lost && plain->problems[0].lost->group_size == 1);
        QCOMPARE(plain->short_groups.size(), std::size_t{1});
        QCOMPARE(to_string(plain->short_groups[0]), std::string("3 (0 of 1)"));
        QVERIFY(of(question(1, 1, picture) + question(2, 1, picture))->short_groups.empty());
    }

    /// A picture of MME that is not there, one without lines, one with a bad line.
    void groups_that_lack_a_picture() {
        const fs::path mme = root() / "mme-lost";
        fs::copy(fs::path(R2T2_TEST_DATA) / "benchmarks" / "mme", mme, fs::copy_options::recursive);
        const fs::path ocr = mme / "MME_Benchmark_release_version" / "OCR";
        QVERIFY(read("MME-P", mme)->short_groups.empty());
        const std::string two = "Is it? Please answer yes or no.\tYes\nIs it not? Please answer yes or no.\tNo\n";
        write_file(ocr / "lost.txt", two);
        write_file(ocr / "nothing.txt", "\n");
        const auto set = read("MME-P", mme);
        QVERIFY(set.ok() && set->problems.size() == 3);
        for (const Problem& problem : set->problems) {
            QVERIFY(problem.skipped && problem.lost && problem.lost->category == "OCR");
        }
        QCOMPARE(set->short_groups.size(), std::size_t{2});
        QCOMPARE(to_string(set->short_groups[0]), std::string("OCR/lost (0 of 2)"));
        QCOMPARE(to_string(set->short_groups[1]), std::string("OCR/nothing (0 of 2)"));
        fs::remove(ocr / "lost.txt");
        fs::remove(ocr / "nothing.txt");
        write_file(ocr / "0001.txt", "Is it? Please answer yes or no.\tYes\nIs it not? Please answer yes or no.\tperhaps\n");
        const auto half = read("MME-P", mme);
        QVERIFY(half.ok() && half->problems.size() == 1 && !half->problems[0].lost);
        QCOMPARE(half->short_groups.size(), std::size_t{1});
        QCOMPARE(half->short_groups[0].samples, std::int64_t{1});
    }

    /// The same of JSON that went through pandas: a hint as text, as null and as NaN, a category.
    void blanks_in_json_are_no_context() {
        const auto science = [&](const std::string& hint, const std::string& topic) {
            const fs::path folder = root() / "science";
            fs::remove_all(folder);
            fs::copy(fs::path(R2T2_TEST_DATA) / "benchmarks" / "scienceqa", folder, fs::copy_options::recursive);
            for (const fs::directory_entry& each : fs::directory_iterator(folder)) {
                if (each.path().filename().string().starts_with("llava")) {
                    fs::remove(each.path());
                }
            }
            const fs::path file = folder / "problems.json";
            auto json = nlohmann::json::parse(read_file(file));
            json["11"]["hint"] = "HINT";
            json["11"]["topic"] = "TOPIC";
            write_file(file, replaced_all(replaced_all(json.dump(), "\"HINT\"", hint), "\"TOPIC\"", topic));
            return read("SQA-IMG", folder);
        };
        const auto eleventh = [](const Result<Dataset>& set) {
            return *std::find_if(set->samples.begin(), set->samples.end(), [](const Sample& sample) { return sample.id == "11"; });
        };
        for (const char* hint : {"\"\"", "null", "NaN", "\"nan\"", "\"None\"", "\"N/A\"", "\" \""}) {
            const auto set = science(hint, "\"nan\"");
            QVERIFY2(set.ok() && set->problems.empty(), hint);
            QVERIFY2(eleventh(set).question.find("Context") == std::string::npos, hint);
            QCOMPARE(eleventh(set).labels().domain, std::string());
        }
        const auto set = science("\"Nothing is red.\"", "\"geography\"");
        QVERIFY(eleventh(set).question.find("Context: Nothing is red.\n") != std::string::npos);
        QCOMPARE(eleventh(set).labels().domain, std::string("geography"));
    }

    /// GQA's eval.py scores balanced questions only; the others are named and counted, and are no bad records.
    void questions_that_are_not_balanced_do_not_count() {
        const fs::path folder = root() / "unbalanced";
        fs::copy(fs::path(R2T2_TEST_DATA) / "benchmarks" / "gqa", folder, fs::copy_options::recursive);
        const fs::path file = folder / "questions1.2" / "testdev_balanced_questions.json";
        const std::string text = read_file(file);
        const auto with = [&](const std::string& word) {
            const std::size_t at = text.find("\"isBalanced\": true");
            write_file(file, std::string(text).replace(at, 18, word));
            return read("GQA", folder);
        };
        const auto set = with("\"isBalanced\": false");
        QVERIFY2(set.ok(), set.ok() ? "" : set.error().message().c_str());
        QCOMPARE(set->samples.size(), std::size_t{1});
        QCOMPARE(set->samples[0].id, std::string("201640614"));
        QVERIFY(set->problems.empty());
        QCOMPARE(set->left_out, (std::map<std::string, std::int64_t>{{"question that is not balanced (the official score has none)", 1}}));
        for (const char* kept : {"\"isBalanced\": true", "\"isBalanced\": null", "\"other\": false"}) {  // not said: the file's name says it
            const auto all = with(kept);
            QVERIFY2(all.ok() && all->samples.size() == 2 && all->left_out.empty() && all->problems.empty(), kept);
        }
        const auto word = with("\"isBalanced\": \"no\"");
        QCOMPARE(word->samples.size(), std::size_t{1});
        QVERIFY(word->problems.at(0).error.message().find("isBalanced") != std::string::npos);
    }

    /// Case mmbench-new-names.
    void newer_names_are_read() {
        for (const char* folder : {"en", "v11"}) {
            const auto set = read("MMBench", case_folder("mmbench-new-names") / folder);
            QVERIFY2(set.ok(), set.ok() ? "" : set.error().message().c_str());
            QCOMPARE(set->samples.size(), std::size_t{1});
            QCOMPARE(set->origin.at("split"), std::string("dev"));
            QVERIFY(set->left_out.empty());
        }
    }

    void names_tell_their_split_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("split");
        const auto row = [](const char* name, const char* split) { QTest::newRow(name) << name << split; };
        row("mmbench_dev_20230712.tsv", "dev");
        row("MMBench_DEV_EN.tsv", "dev");
        row("MMBench_DEV_EN_V11.tsv", "dev");
        row("mmbench_dev_en_20231003.tsv", "dev");
        row("MMBench_DEV_EN_legacy.tsv", "dev");
        row("MMBench_DEV_EN_V1.1.tsv", "dev");
        row("MMBench-DEV-EN.TSV", "dev");
        row("mmbench_dev_cn_20231003.tsv", "dev-cn");
        row("MMBench_DEV_CN_V11.tsv", "dev-cn");
        row("MMBench_TEST_EN_legacy.tsv", "test");
        row("MMBench_TEST_EN_V11.tsv", "test");
        row("mmbench_test_20230712.tsv", "test");
        row("MMBench_TEST_CN.tsv", "test-cn");
        row("CCBench.tsv", "cc");
        row("CCBench_legacy.tsv", "cc");
        row("mmbench_dev_cc_20231003.tsv", "cc");
        row("MMBench_DEV_EN_predictions.tsv", "");
        row("MMBench_DEV_RU.tsv", "");
        row("MMBench_DEV_EN.csv", "");
        row("MMBench.tsv", "");
        row("mmbench.json", "");
        row("MMBenchX_DEV_EN.tsv", "");
        row("dev.tsv", "");
        row(".tsv", "");
    }
    void names_tell_their_split() {
        QFETCH(const QString, name);
        QFETCH(const QString, split);
        QCOMPARE(QString::fromStdString(mmbench_split_of(name.toStdString()).value_or("")), split);
        if (split.isEmpty()) {
            return;
        }
        BenchmarkOptions options;
        options.split = split.toStdString();
        const auto set = read("MMBench", folder_with(name.toStdString(), table()), options);
        QVERIFY2(set.ok(), set.ok() ? "" : set.error().message().c_str());
        QCOMPARE(set->samples.size(), std::size_t{1});
    }

    void of_several_tables_one_is_read_and_named() {
        const fs::path folder = folder_with("mmbench_dev_20230712.tsv", table());
        for (const char* other : {"MMBench_DEV_EN.tsv", "MMBench_DEV_EN_V11.tsv", "MMBench_DEV_CN.tsv", "MMBench_TEST_EN.tsv"}) {
            write_file(folder / other, replaced_all(table(), "\n1\t", "\n7\t"));
        }
        const auto set = read("MMBench", folder);
        QVERIFY(set.ok());
        QCOMPARE(set->left_out.size(), std::size_t{2});
        QVERIFY(set->left_out.begin()->first.find("mmbench_dev_20230712.tsv is read") != std::string::npos);
        QVERIFY(set->left_out.begin()->first.find("name the file") != std::string::npos);
        fs::remove(folder / "mmbench_dev_20230712.tsv");
        QCOMPARE(read("MMBench", folder)->left_out.size(), std::size_t{1});
        // The file that is named is the file that is read.
        const auto chosen = read("MMBench", folder / "MMBench_DEV_EN_V11.tsv");
        QVERIFY2(chosen.ok() && chosen->left_out.empty(), chosen.ok() ? "" : chosen.error().message().c_str());
        const auto other = read("MMBench", folder / "MMBench_DEV_CN.tsv");
        QVERIFY(!other.ok());
        QVERIFY2(other.error().message().find("--split") != std::string::npos && other.error().message().find("dev-cn") != std::string::npos, other.error().message().c_str());
    }

    void a_folder_without_a_table_says_what_was_looked_for() {
        const auto set = read("MMBench", folder_with("MMBench_DEV_CN.tsv", table()));
        QVERIFY(!set.ok());
        const std::string said = set.error().message();
        QVERIFY2(said.find("MMBench_DEV_EN.tsv") != std::string::npos && said.find("MMBench_DEV_CN.tsv") != std::string::npos, said.c_str());
    }

    /// Case nan-literal.
    void nan_in_a_field_that_nobody_reads_refuses_nothing() {
        const auto set = read("GQA", case_folder("nan-literal") / "gqa");
        QVERIFY2(set.ok(), set.ok() ? "" : set.error().message().c_str());
        QCOMPARE(set->samples.size(), std::size_t{2});
        QVERIFY(set->problems.empty());
    }

    void nan_in_a_field_that_is_needed_is_named() {
        const fs::path folder = root() / "gqa-nan";
        fs::copy(case_folder("nan-literal") / "gqa", folder, fs::copy_options::recursive);
        const fs::path file = folder / "testdev_balanced_questions.json";
        write_file(file, replaced_all(read_file(file), "\"no\"", "NaN"));
        const auto set = read("GQA", folder);
        QVERIFY(set.ok());
        QCOMPARE(set->samples.size(), std::size_t{1});
        QCOMPARE(set->problems.size(), std::size_t{1});
        const std::string said = set->problems[0].error.message();
        QVERIFY2(said.find("answer") != std::string::npos && said.find("NaN") != std::string::npos, said.c_str());
    }

    void words_that_pandas_drops_are_options() {
        const std::string header = "index\tquestion\thint\tA\tB\tC\tD\tanswer\timage\n", picture = unpacked_table_picture();
        const auto with = [&](const std::string& cells) { return read("MMBench", folder_with("MMBench_DEV_EN.tsv", header + cells + "\t" + picture + "\n2\tand this?\t\tup\tdown\t\t\tA\t" + picture + "\n")); };
        for (const std::string word : {"None", "NA", "N/A", "nan", "null", "NULL", "<NA>", "#N/A", "n/a"}) {
            const auto set = with("1\twhich?\t\t" + word + "\tred\tblue\t" + word + " of these\tA");
            QVERIFY2(set.ok() && set->problems.empty() && set->samples.size() == 2, word.c_str());
            QCOMPARE(set->samples[0].options, (std::vector<std::string>{word, "red", "blue", word + " of these"}));
            QCOMPARE(set->samples[0].right_option, std::int16_t{0});
        }
        const auto gap = with("1\twhich?\t\t\tred\tblue\t\tC");
        QVERIFY2(gap.ok() && gap->samples.size() == 2, gap.ok() ? "no sample" : gap.error().message().c_str());
        QCOMPARE(gap->samples[0].options, (std::vector<std::string>{"", "red", "blue"}));
        QCOMPARE(gap->samples[0].right_option, std::int16_t{2});
        QVERIFY(gap->samples[0].question.find("which?\nB. red\nC. blue") == 0);
        QVERIFY(gap->problems.size() == 1 && !gap->problems[0].skipped && gap->problems[0].error.message().find("line 2") != std::string::npos);
        for (const char* cells : {"1\twhich?\t\t\tred\tblue\t\tA", "1\twhich?\t\t \tred\t\t\tB", "1\twhich?\t\tred\tblue\t\t"}) {
            const auto bad = with(cells);
            QVERIFY2(bad.ok() && bad->samples.size() == 1 && bad->problems.size() == 1 && bad->problems[0].skipped, cells);
        }
        QVERIFY(with("1\twhich?\t\tred\tblue\t\t")->problems[0].error.message().find("cells: found 8; allowed: 9") != std::string::npos);
    }

    void an_empty_answer_is_an_annotators() {
        for (const auto& [name, tree, file, from, to, count] :
             {std::tuple{"TextVQA", "textvqa", "TextVQA_0.5.1_val.json", "\"answers\": [\n    \"nokia\"", "\"answers\": [\n    \"\"", 10},
              std::tuple{"VQA-V2", "vqa_v2", "v2_mscoco_val2014_annotations.json", "\"answer\": \"yes\"", "\"answer\": \"\"", 10}}) {
            const fs::path folder = root() / (std::string("empty-") + tree);
            fs::copy(fs::path(R2T2_TEST_DATA) / "benchmarks" / tree, folder, fs::copy_options::recursive);
            std::string text = read_file(folder / file);
            const std::size_t at = text.find(from);
            QVERIFY2(at != std::string::npos, name);
            write_file(folder / file, text.replace(at, std::string(from).size(), to));
            const auto set = read(name, folder);
            QVERIFY2(set.ok(), name);
            const auto emptied = std::find_if(set->samples.begin(), set->samples.end(), [](const Sample& sample) { return sample.answers.unpacked().front().empty(); });
            QVERIFY2(emptied != set->samples.end() && !emptied->ground_truth.empty() && answer_key(*emptied)->answers.size() == static_cast<std::size_t>(count), name);
        }
    }

    void nothing_but_empty_answers_is_named() {
        const fs::path folder = root() / "docvqa-empty";
        fs::copy(fs::path(R2T2_TEST_DATA) / "benchmarks" / "docvqa", folder, fs::copy_options::recursive);
        const fs::path file = folder / "val_v1.0_withQT.json";
        std::string text = read_file(file);
        const std::size_t begin = text.find('[', text.find("\"answers\"")), end = text.find(']', begin);
        write_file(file, text.replace(begin, end - begin + 1, "[\"\", \"\"]"));
        const auto set = read("DocVQA", folder);
        QVERIFY(set.ok() && set->problems.size() == 1 && set->problems[0].skipped);
        QVERIFY(set->problems[0].error.message().find("only empty texts") != std::string::npos);
    }

    void records_that_do_not_belong_are_named() {
        const auto changed = [&](const char* name, const char* tree, const char* file, const std::string& from, const std::string& to) {
            const fs::path folder = root() / "changed";
            fs::remove_all(folder);
            fs::copy(fs::path(R2T2_TEST_DATA) / "benchmarks" / tree, folder, fs::copy_options::recursive);
            std::string text = read_file(folder / file);
            const std::size_t at = text.rfind(from);
            write_file(folder / file, at == std::string::npos ? text : text.replace(at, from.size(), to));
            const auto set = read(name, folder);
            return !set.ok() ? set.error().message() : set->problems.size() == 1 ? set->problems[0].error.message() : std::to_string(set->problems.size()) + " problems";
        };
        const auto said = [](const std::string& text, const char* part) { return text.find(part) != std::string::npos; };
        std::string ten = R"({"answer": "no"})";
        for (int i = 1; i < 10; ++i) {
            ten += R"(, {"answer": "no"})";
        }
        std::string text = changed("VQA-V2", "vqa_v2", "v2_mscoco_val2014_annotations.json", "\"annotations\": [",
                                   R"("annotations": [{"question_id": 73000, "question_type": "is it", "multiple_choice_answer": "no", "image_id": 73, "answer_type": "yes/no", "answers": [)" +
                                  ten + "]},");
        QVERIFY2(said(text, "question_id: found 73000 a second time; allowed: one annotation a question"), text.c_str());
        text = changed("CLEVR", "clevr", "questions/CLEVR_val_questions.json", "\"split\": \"val\"", "\"split\": \"train\"");
        QVERIFY2(said(text, "split: found \"train\"; allowed: val"), text.c_str());
        text = changed("CLEVR", "clevr", "questions/CLEVR_val_questions.json", "\"question\": \"What colour is the ball?\"", "\"question\": \" \"");
        QVERIFY2(said(text, "question: found white space; allowed: a question"), text.c_str());
        text = changed("GQA", "gqa", "questions1.2/testdev_balanced_questions.json", "\"question\": \"Who is wearing the dress?\"", "\"question\": \"\"");
        QVERIFY2(said(text, "question: found an empty text"), text.c_str());
        text = changed("CVBench-2D", "cv_bench", "test.jsonl", "\"source\": \"COCO\"", "\"source\": \"coco\"");
        QVERIFY2(said(text, "source: found \"coco\"; allowed: ADE20K or COCO"), text.c_str());
        text = changed("MME-P", "mme", "MME_Benchmark_release_version/count/0001.txt", "Is", "Is");
        QCOMPARE(text, std::string("0 problems"));
        const fs::path folder = root() / "changed";
        fs::remove_all(folder / "MME_Benchmark_release_version" / "count");
        const auto part = read("MME-P", folder);
        QVERIFY(part.ok() && part->problems.size() == 1 && !part->problems[0].skipped);
    }

    void other_encodings_are_the_same_set() {
        const fs::path folder = root() / "gqa-wide";
        fs::copy(case_folder("nan-literal") / "gqa", folder, fs::copy_options::recursive);
        const fs::path file = folder / "testdev_balanced_questions.json";
        const std::string plain = read_file(file);
        for (const std::string& bytes : {utf16(plain), "\xEF\xBB\xBF" + plain}) {
            write_file(file, bytes);
            const auto set = read("GQA", folder);
            QVERIFY2(set.ok(), set.ok() ? "" : set.error().message().c_str());
            QCOMPARE(set->samples.size(), std::size_t{2});
        }
        const auto wide = read("MMBench", folder_with("MMBench_DEV_EN.tsv", utf16(table())));
        QVERIFY2(wide.ok(), wide.ok() ? "" : wide.error().message().c_str());
        QCOMPARE(wide->samples[0].question, read("MMBench", folder_with("MMBench_DEV_EN.tsv", table()))->samples[0].question);
    }

    /// Case git-lfs-pointer: of every kind of file that a set is read from.
    void a_git_lfs_pointer_is_named() {
        const std::string pointer = read_file(case_folder("git-lfs-pointer") / "model.safetensors");
        for (const BenchmarkTree& each : benchmark_trees()) {
            const BrokenTree tree(each);
            if (!fs::is_regular_file(tree.file())) {
                continue;
            }
            write_file(tree.file(), pointer);
            const auto set = tree.read();
            const std::string said = !set.ok() ? set.error().message() : set->problems.empty() ? "nothing" : set->problems[0].error.message();
            QVERIFY2(said.find("Git LFS") != std::string::npos && said.find("git lfs pull") != std::string::npos, (std::string(each.name) + ": " + said).c_str());
        }
    }

    void lines_end_as_they_like() {
        const fs::path path = root() / "lines.txt";
        write_file(path, "\xEF\xBB\xBFone\r\ntwo\n\nfour");
        TextLines lines(path);
        std::vector<std::string> got;
        for (std::string line; lines.next(line);) {
            got.push_back(line);
        }
        QCOMPARE(got, (std::vector<std::string>{"one", "two", "", "four"}));
        QCOMPARE(lines.number(), std::int64_t{4});
        QVERIFY(lines.status().ok());
        std::string line;
        TextLines none(root() / "none.txt");
        QVERIFY(!none.next(line) && none.status().error().kind == ErrorKind::NotFound);
        TextLines directory(root());
        QVERIFY(!directory.next(line) && !directory.status().ok());
        write_file(path, utf16("one\ntwo").substr(0, 9));
        TextLines half(path);
        while (half.next(line)) {
        }
        QVERIFY2(half.status().error().message().find("UTF-16 with half") != std::string::npos, half.status().error().message().c_str());
    }
};

QTEST_APPLESS_MAIN(TestBenchmarkCases)
#include "test_benchmark_cases.moc"
