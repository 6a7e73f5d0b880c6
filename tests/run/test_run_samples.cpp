#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include "core/miniature/dataset_writer.h"
#include "core/run/model_input.h"
#include "core/run/sample_set.h"
#include "tests/run/formula_model.h"

using namespace r2t2;

class TestRunSamples : public QObject {
    Q_OBJECT

private:
    static ModelInfo world_model() {
        ModelInfo info;
        info.image_size = 64;
        info.miniature = true;
        return info;
    }

private Q_SLOTS:
    void held_out_sets_have_names() {
        const std::vector<std::string> names = world_set_names(default_world());
        QVERIFY(names.size() >= 8);
        for (const char* name : {"G-dim", "K-noise", "O-small"}) {
            QVERIFY(std::find(names.begin(), names.end(), name) != names.end());
        }
        const auto all = open_sample_sets({{"all"}, "test", 1, 10});
        QVERIFY(all.ok());
        QCOMPARE(all->size(), names.size());
    }

    void an_unknown_set_lists_the_known_ones() {
        const auto set = open_sample_sets({{"G-foggy"}, "test", 1, 10});
        QVERIFY(!set.ok());
        const std::string message = set.error().message();
        QVERIFY2(message.find("G-foggy") != std::string::npos && message.find("K-noise") != std::string::npos,
                 message.c_str());
    }

    void a_set_twice_is_refused() { QVERIFY(!open_sample_sets({{"G-dim", "G-dim"}, "test", 1, 10}).ok()); }

    void world_samples_repeat() {
        const auto set = world_set(default_world(), "test", "G-dim", 7, 5);
        QVERIFY(set.ok());
        const auto first = (*set)->get(3, world_model());
        const auto again = (*set)->get(3, world_model());
        QVERIFY(first.ok() && again.ok());
        QCOMPARE(first->pixels_hash, again->pixels_hash);
        QCOMPARE(first->input.image_key, again->input.image_key);
        QCOMPARE(first->tags.at("domain"), std::string("dim"));
        const auto reopened = open_source((*set)->origin());
        QVERIFY(reopened.ok());
        QCOMPARE((*reopened)->get(3, world_model())->pixels_hash, first->pixels_hash);
    }

    void a_written_data_set_gives_the_generated_samples() {
        QTemporaryDir directory;
        const auto path = write_dataset(directory.path().toStdString(), default_world(), "test", 20, 3);
        QVERIFY(path.ok());
        const auto file = open_dataset_samples(*path);
        const auto world = world_samples(default_world(), "test", 3, 20);
        QVERIFY2(file.ok(), file.ok() ? "" : file.error().message().c_str());
        QVERIFY(world.ok());
        for (std::size_t i = 0; i < 20; ++i) {
            const auto a = (*file)->get(i, world_model());
            const auto b = (*world)->get(i, world_model());
            QVERIFY(a.ok() && b.ok());
            QCOMPARE(a->id, b->id);
            QCOMPARE(a->question, b->question);
            QCOMPARE(a->ground_truth, b->ground_truth);
            QCOMPARE(a->pixels_hash, b->pixels_hash);
            QCOMPARE(a->input.facts_text, b->input.facts_text);
            QCOMPARE(a->input.image_key, b->input.image_key);
        }
    }

    /// By whatever path the file is read, pictures have one name.
    void pictures_have_whole_paths() {
        QTemporaryDir directory;
        const std::string folder = directory.path().toStdString();
        QVERIFY(write_dataset(folder + "/sets", default_world(), "test", 2, 3).ok());
        QVERIFY(QDir(directory.path()).mkpath(QStringLiteral("sets/beside")));
        const QString before = QDir::currentPath();
        for (const auto& [from, path] : {std::pair{folder, std::string("sets/test.json")}, std::pair{folder, std::string("./sets/../sets/test.json")},
                                         std::pair{folder + "/sets", std::string("test.json")}, std::pair{folder + "/sets/beside", std::string("../test.json")},
                                         std::pair{std::string("/"), folder + "/sets/test.json"}}) {
            QVERIFY(QDir::setCurrent(QString::fromStdString(from)));
            const auto file = open_dataset_samples(path);
            const auto sample = file.ok() ? (*file)->get(1, world_model()) : Result<RunSample>(file.error());
            QVERIFY2(sample.ok(), path.c_str());
            QCOMPARE(sample->image_path, folder + "/sets/images/test-000001.png");
            QCOMPARE((*file)->summary(1).image, sample->image_path);
        }
        QVERIFY(QDir::setCurrent(before));
    }

    void a_missing_picture_is_a_problem_of_its_record() {
        QTemporaryDir directory;
        const auto path = write_dataset(directory.path().toStdString(), default_world(), "test", 4, 3);
        QVERIFY(path.ok());
        QVERIFY(QFile::remove(directory.filePath("images/test-000002.png")));
        const auto file = open_dataset_samples(*path);
        QVERIFY(file.ok());
        QCOMPARE((*file)->size(), std::size_t{3});
        QCOMPARE((*file)->problems().size(), std::size_t{1});
        QVERIFY((*file)->problems()[0].message().find("image_path") != std::string::npos);
    }

    void segment_ids_follow_the_map() {
        AuxiliaryFacts facts;
        facts.map = {2, 2, {1, 2, 3, 4}};
        ModelInfo info = world_model();
        info.image_size = 4;
        const Image image{4, 4, std::vector<std::uint8_t>(48, 9)};
        const PictureInput input = make_picture_input(image, &facts, "what?", "", info);
        QCOMPARE(input.input.segment_ids, (std::vector<std::uint8_t>{1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4}));
        QVERIFY(!input.input.answer.has_value());
    }

    void the_builder_keeps_what_is_answered_rightly_in_order() {
        const FormulaModel model;
        const FormulaSet samples("references", 90, {4}, {5});
        ReferenceBuildOptions options;
        options.threads = 1;
        const auto one = build_reference(model, samples, options);
        options.threads = 3;
        const auto three = build_reference(model, samples, options);
        QVERIFY(one.ok() && three.ok());
        QVERIFY(one->store == three->store);
        QCOMPARE(one->problems.size(), std::size_t{2});
        QCOMPARE(one->store.size() + one->wrong + one->problems.size(), std::size_t{90});
        int last = -1;
        for (const ReferenceRecord& record : one->store.records()) {
            QVERIFY(std::stoi(record.id) > last);
            QCOMPARE(record.model_answer, record.ground_truth);
            QCOMPARE(record.routing_per_mixer.rows(), std::size_t{2});
            last = std::stoi(record.id);
        }
    }

    void a_cancelled_build_says_so() {
        const FormulaModel model;
        const CancelToken cancel = CancelToken::create();
        cancel.cancel();
        const auto build = build_reference(model, FormulaSet("references", 10), {}, {}, cancel);
        QVERIFY(!build.ok());
        QCOMPARE(build.error().kind, ErrorKind::Cancelled);
    }
};

QTEST_APPLESS_MAIN(TestRunSamples)
#include "test_run_samples.moc"
