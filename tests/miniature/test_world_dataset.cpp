// What the world writes, the data set reader reads.
#include <QtTest>

#include "core/dataset/json_reader.h"
#include "core/miniature/dataset_writer.h"
#include "core/vision/load_image.h"

using namespace r2t2;

class TestWorldDataset : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void thereAndBack() {
        QTemporaryDir folder;
        const std::filesystem::path directory = std::filesystem::path(folder.path().toStdString()) / "new/world";
        std::int64_t told = 0;
        const auto path =
            write_dataset(directory, default_world(), "test", 30, 7, [&](const Progress& p) { told = p.done; });
        QVERIFY2(path.ok(), path.ok() ? "" : path.error().message().c_str());
        QCOMPARE(told, std::int64_t(30));
        const auto set = read_dataset_json(*path);
        QVERIFY2(set.ok(), set.ok() ? "" : set.error().message().c_str());
        QCOMPARE(set->problems.size(), std::size_t(0));
        QCOMPARE(set->samples.size(), std::size_t(30));
        for (int i = 0; i < 30; ++i) {
            const auto truth = make_sample(default_world(), "test", 7, i);
            const Sample& read = set->samples[std::size_t(i)];
            QCOMPARE(read.id, std::to_string(i));
            QCOMPARE(read.question, truth->question);
            QCOMPARE(read.ground_truth, truth->answer);
            QCOMPARE(read.labels().family, std::string(name(truth->family)));
            QCOMPARE(read.labels().domain, std::string(name(truth->domain)));
            QCOMPARE(read.labels().template_name, truth->template_name);
            QVERIFY(!read.extras().model_answer && !read.extras().is_correct && !read.extras().weights);
            QVERIFY(read.extras().facts && *read.extras().facts == truth->facts);
            const auto image = load_image(read.image_path.path());
            QVERIFY(image.ok());
            QVERIFY(*image == truth->image);  // PNG is lossless
        }
    }

    void refusals() {
        QTemporaryDir folder;
        const std::filesystem::path directory = folder.path().toStdString();
        QVERIFY(!write_dataset(directory, default_world(), "none", 3, 1).ok());
        QVERIFY(!write_dataset(directory, default_world(), "test", 0, 1).ok());
        QVERIFY(!write_dataset("/proc/nowhere", default_world(), "test", 1, 1).ok());
        const CancelToken cancel = CancelToken::create();
        cancel.cancel();
        QCOMPARE(write_dataset(directory, default_world(), "test", 3, 1, {}, cancel).error().kind,
                 ErrorKind::Cancelled);
        QVERIFY(!std::filesystem::exists(directory / "test.json"));
    }
};

QTEST_GUILESS_MAIN(TestWorldDataset)
#include "test_world_dataset.moc"
