// MMBench's rows name each other's pictures, in any order of the table.
#include <QFile>
#include <QtTest>

#include <algorithm>
#include <fstream>

#include "benchmark_trees.h"

using namespace r2t2;

namespace {

using Row = std::vector<std::string>;  // index, question, A, B, answer, image

/// Two different pictures of the tree in tests/data, in base64.
std::vector<std::string> pictures() {
    std::vector<std::string> out;
    for (const char* name : {"gqa/images/n161313.jpg", "cv_bench/img/2D/count/ade20k_0.png"}) {
        QFile file(QString::fromStdString((benchmark_data(name)).string()));
        out.push_back(file.open(QIODevice::ReadOnly) ? file.readAll().toBase64().toStdString() : std::string());
    }
    return out;
}

class Table {
public:
    explicit Table(const std::vector<Row>& rows) {
        std::ofstream out(root() / "mmbench_dev_20230712.tsv", std::ios::binary);
        out << "index\tquestion\tA\tB\tanswer\timage\n";
        for (const Row& row : rows) {
            for (std::size_t i = 0; i < row.size(); ++i) {
                out << (i > 0 ? "\t" : "") << row[i];
            }
            out << "\n";
        }
    }
    [[nodiscard]] Dataset read(const ProgressCallback& progress = {}) const {
        BenchmarkOptions options;
        options.cache = root() / "cache";
        auto read = read_benchmark("MMBench", root(), options, progress);
        return read ? std::move(*read) : Dataset();
    }

private:
    [[nodiscard]] std::filesystem::path root() const { return directory_.path().toStdString(); }
    QTemporaryDir directory_;
};

std::string picture_of(const Dataset& set, const std::string& id) {
    for (const Sample& sample : set.samples) {
        if (sample.id == id) {
            return sample.image_path.path().filename().string();
        }
    }
    return "no sample " + id;
}

}  // namespace

class TestMmbenchReferences : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() {
        pictures_ = pictures();
        QVERIFY(pictures_[0].size() > 64 && pictures_[1].size() > 64 && pictures_[0] != pictures_[1]);
    }

    /// A small table is read as a whole before its first row is: "65/65, 0 samples" was all that was said.
    void progress_tells_how_many_there_are() {
        std::vector<Progress> seen;
        const Table table({{"7", "base", "left", "right", "A", pictures_[0]}, {"8", "other", "x", "y", "B", pictures_[1]}});
        QCOMPARE(table.read([&seen](const Progress& progress) { seen.push_back(progress); }).samples.size(), std::size_t{2});
        QVERIFY(!seen.empty() && seen.back().detail == "2 samples" && seen.back().done == seen.back().total);
        QVERIFY(std::none_of(seen.begin(), seen.end(), [](const Progress& progress) { return progress.detail == "0 samples"; }));
    }

    void in_every_order() {
        std::vector<Row> rows = {{"7", "base", "left", "right", "A", pictures_[0]}, {"1000007", "rotated", "right", "left", "B", "7"},
                                 {"2000007", "of the rotated one", "left", "right", "A", "1000007"}, {"8", "other", "x", "y", "B", pictures_[1]},
                                 {"1000008", "as pandas writes it", "y", "x", "A", "8.0"}};
        std::sort(rows.begin(), rows.end());
        const std::string first = picture_of(Table(rows).read(), "7"), second = picture_of(Table(rows).read(), "8");
        QVERIFY(first != second);
        int orders = 0;
        do {
            const Dataset set = Table(rows).read();
            QCOMPARE(set.problems.size(), std::size_t{0});
            QCOMPARE(set.samples.size(), rows.size());
            for (const char* id : {"7", "1000007", "2000007"}) {
                QCOMPARE(picture_of(set, id), first);
            }
            for (const char* id : {"8", "1000008"}) {
                QCOMPARE(picture_of(set, id), second);
            }
            for (std::size_t i = 0; i < rows.size(); ++i) {
                QCOMPARE(set.samples[i].id, rows[i].front());  // the table's order
                QCOMPARE(answer_key(set.samples[i])->group_size, 2);
            }
            ++orders;
        } while (std::next_permutation(rows.begin(), rows.end()));
        QCOMPARE(orders, 120);
    }

    void a_row_that_is_left_out_still_has_its_picture() {
        const Dataset set = Table({{"1000007", "rotated", "right", "left", "B", "7"}, {"7", "base", "left", "", "A", pictures_[0]},
                                   {"2000007", "again", "right", "left", "B", "7"}}).read();
        QCOMPARE(set.samples.size(), std::size_t{2});
        QCOMPARE(set.problems.size(), std::size_t{1});
        QCOMPARE(picture_of(set, "1000007"), picture_of(set, "2000007"));
    }

    void what_leads_to_no_picture_is_named() {
        const Dataset set = Table({{"1", "circle", "a", "b", "A", "2"}, {"2", "circle", "a", "b", "A", "1"}, {"3", "itself", "a", "b", "A", "3"},
                                   {"4", "nobody", "a", "b", "A", "99"}, {"5", "no number", "a", "b", "A", "cat.jpg"}, {"6", "sound", "a", "b", "A", pictures_[0]}}).read();
        QCOMPARE(set.samples.size(), std::size_t{1});
        QCOMPARE(set.problems.size(), std::size_t{5});
        for (const Problem& problem : set.problems) {
            const std::string message = problem.error.message();
            QVERIFY2(message.find("image: found \"") != std::string::npos, message.c_str());
        }
    }

private:
    std::vector<std::string> pictures_;
};

QTEST_GUILESS_MAIN(TestMmbenchReferences)
#include "test_mmbench_references.moc"
