// Pictures looked at before an evaluation is begun: which are bad, each once, by header and as a whole.
#include <QTemporaryDir>
#include <QtTest>
#include <atomic>

#include "core/benchmarks/benchmarks.h"
#include "core/run/picture_check.h"
#include "tests/support/files.h"

using namespace r2t2;
namespace fs = std::filesystem;

namespace {

fs::path case_folder(const char* name) { return fs::path(R2T2_TEST_DATA) / "cases" / name; }

std::string said(const PictureCheck& check) {
    std::string text;
    for (const Problem& problem : check.problems) {
        text += problem.error.message() + "\n";
    }
    return text;
}

/// Samples that have these pictures.
Dataset set_of(const std::vector<fs::path>& pictures) {
    Dataset set;
    for (const fs::path& each : pictures) {
        Sample sample;
        sample.id = "s" + std::to_string(set.samples.size());
        sample.image_path = each;
        set.samples.push_back(std::move(sample));
    }
    return set;
}

}  // namespace

class TestPictureCheck : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    [[nodiscard]] fs::path root() const { return folder_.path().toStdString(); }
    const fs::path images_ = case_folder("data-check-pictures") / "data" / "images";

private Q_SLOTS:
    /// Case data-check-pictures.
    void three_bad_pictures_are_named_data() {
        QTest::addColumn<bool>("whole");
        QTest::newRow("headers") << false;
        QTest::newRow("whole") << true;
    }
    void three_bad_pictures_are_named() {
        QFETCH(const bool, whole);
        const auto set = read_benchmark("GQA", case_folder("data-check-pictures") / "data");
        QVERIFY2(set.ok(), set.ok() ? "" : set.error().message().c_str());
        const auto check = check_pictures(*set, whole ? PictureDepth::Whole : PictureDepth::Headers);
        QVERIFY(check.ok());
        QCOMPARE(check->pictures, std::int64_t{4});
        QCOMPARE(check->bad, std::int64_t{3});
        QCOMPARE(check->bad_samples, std::int64_t{3});
        for (const char* word : {"cut.jpg", "ends early", "gif.jpg", "a GIF", "zero.jpg", "an empty file"}) {
            QVERIFY2(said(*check).find(word) != std::string::npos, (std::string(word) + ": " + said(*check)).c_str());
        }
        QVERIFY(said(*check).find("ok.jpg") == std::string::npos);
    }

    void a_picture_of_many_samples_is_looked_at_once() {
        const Dataset set = set_of({images_ / "zero.jpg", images_ / "ok.jpg", images_ / "zero.jpg", images_ / "ok.jpg", images_ / "cut.jpg", images_ / "zero.jpg"});
        std::atomic<std::int64_t> total{0};
        const auto check = check_pictures(set, PictureDepth::Headers, [&](const Progress& progress) { total = progress.total; });
        QCOMPARE(check->pictures, std::int64_t{3});
        QCOMPARE(total.load(), std::int64_t{3});
        QCOMPARE(check->bad, std::int64_t{2});
        QCOMPARE(check->bad_samples, std::int64_t{4});
        QCOMPARE(check->problems.size(), std::size_t{2});
        QCOMPARE(check->problems[0].sample, std::size_t{0});  // in the samples' order
        QCOMPARE(check->problems[1].sample, std::size_t{4});
        QCOMPARE(check->problems[1].record, std::int64_t{-1});  // of no file
        QVERIFY2(check->problems[0].error.where.find("sample s0 and 2 more") != std::string::npos, said(*check).c_str());
    }

    /// Records that were skipped before it do not move its number, nor does the drawing of a part.
    void a_bad_picture_has_the_number_of_its_record() {
        const fs::path tree = root() / "skipped";
        fs::create_directories(tree);
        fs::copy(case_folder("data-check-pictures") / "data", tree, fs::copy_options::recursive);
        const auto whole = read_benchmark("GQA", tree);
        QVERIFY(whole.ok());
        for (std::size_t i = 0; i < whole->samples.size(); ++i) {
            QCOMPARE(whole->samples[i].record, static_cast<std::int32_t>(i));
        }
        const auto before = check_pictures(*whole, PictureDepth::Headers);
        QCOMPARE(before->bad, std::int64_t{3});
        Dataset fewer = *whole;  // as if its first record had been skipped
        fewer.samples.erase(fewer.samples.begin());
        const auto after = check_pictures(fewer, PictureDepth::Headers);
        for (const PictureProblem& problem : after->problems) {
            const auto same = std::find_if(before->problems.begin(), before->problems.end(), [&](const PictureProblem& other) { return other.error.where == problem.error.where; });
            QVERIFY(same != before->problems.end());
            QCOMPARE(problem.record, same->record);
            QCOMPARE(problem.sample + 1, same->sample);
        }
    }

    /// What only decoding shows: compressed data that are damaged in the middle.
    void the_whole_is_more_than_the_header() {
        std::string png = read_file(fs::path(R2T2_TEST_DATA) / "benchmarks" / "tiny.png");
        const std::size_t data = png.find("IDAT");
        QVERIFY(data != std::string::npos);
        for (std::size_t i = data + 4; i < data + 12; ++i) {
            png[i] = static_cast<char>(~png[i]);
        }
        write_file(root() / "damaged.png", png);
        const Dataset set = set_of({root() / "damaged.png"});
        QCOMPARE(check_pictures(set, PictureDepth::Headers)->bad, std::int64_t{0});
        QCOMPARE(check_pictures(set, PictureDepth::Whole)->bad, std::int64_t{1});
    }

    void other_bad_files_are_named() {
        write_file(root() / "pointer.jpg", read_file(case_folder("git-lfs-pointer") / "model.safetensors"));
        write_file(root() / "page.jpg", "<!DOCTYPE html><p>404");
        fs::create_directories(root() / "folder.jpg");
        const Dataset set = set_of({root() / "pointer.jpg", root() / "page.jpg", root() / "folder.jpg", root() / "gone.jpg", case_folder("animated-webp") / "anim.webp"});
        const auto check = check_pictures(set, PictureDepth::Headers);
        QCOMPARE(check->bad, std::int64_t{4});
        for (const char* word : {"Git LFS", "HTML", "not a regular file", "no such file"}) {
            QVERIFY2(said(*check).find(word) != std::string::npos, (std::string(word) + ": " + said(*check)).c_str());
        }
    }

    void it_can_be_stopped() {
        const Dataset set = set_of(std::vector<fs::path>(100, images_ / "ok.jpg"));
        const CancelToken cancel = CancelToken::create();
        cancel.cancel();
        const auto check = check_pictures(set, PictureDepth::Whole, {}, cancel);
        QVERIFY(!check.ok());
        QCOMPARE(check.error().kind, ErrorKind::Cancelled);
        QCOMPARE(check_pictures(Dataset(), PictureDepth::Headers)->pictures, std::int64_t{0});
    }
};

QTEST_APPLESS_MAIN(TestPictureCheck)
#include "test_picture_check.moc"
