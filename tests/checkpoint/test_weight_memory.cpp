// What is told of a model's memory before it is opened is what the engine keeps, to the byte.
#include <QTemporaryDir>
#include <QtTest>

#include "core/model/engine.h"
#include "core/checkpoint/model_presets.h"
#include "core/checkpoint/random_checkpoint.h"
#include "core/checkpoint/weight_memory.h"

using namespace r2t2;
namespace fs = std::filesystem;

class TestWeightMemory final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() {
        qputenv("R2T2_ENGINE", R2T2_ENGINE_FILE);
        QVERIFY(loaded_engine() == nullptr);
        QVERIFY(load_engine());
        QVERIFY(loaded_engine() == *load_engine());
    }

    void precision_is_spelt_as_it_is_read() {
        for (const Precision precision : {Precision::Float32, Precision::Float64, Precision::BFloat16, Precision::Float16, Precision::Int8, Precision::Nf4}) {
            QVERIFY(parse_precision(precision_name(precision)).value() == precision);
        }
        QVERIFY(parse_precision("bfloat16").value() == Precision::BFloat16);
        for (const char* bad : {"", "fp12", "INT8", " fp32"}) {
            QVERIFY2(!parse_precision(bad), bad);
        }
        QCOMPARE(parse_precision("fp12").error().field, std::string("--precision"));
    }

    void copies_are_made_up_to_a_limit() {
        const ModelConfig medium = find_model_preset("medium")->config, full = find_model_preset("moai-7b")->config;
        QCOMPARE(merged_copies(medium, Precision::Float32), 2 * merged_copies(medium, Precision::BFloat16));
        QVERIFY(merged_copies(medium, Precision::Float32) > 200'000'000);
        QCOMPARE(merged_copies(medium, Precision::Float64), 0);  // twice as much would exceed it
        QCOMPARE(merged_copies(medium, Precision::Nf4), 0);
        QCOMPARE(merged_copies(full, Precision::BFloat16), 0);
    }

    void estimate_is_what_the_engine_keeps_data() {
        QTest::addColumn<QString>("model");
        QTest::addColumn<QString>("precision");
        for (const char* model : {"miniature", "small", "small, tied"}) {
            for (const char* precision : {"fp32", "fp64", "bf16", "int8", "nf4"}) {
                QTest::addRow("%s, %s", model, precision) << model << precision;
            }
        }
        QTest::newRow("medium, bf16: 105 MB of copies") << "medium" << "bf16";
        QTest::newRow("medium, nf4") << "medium" << "nf4";
    }
    void estimate_is_what_the_engine_keeps() {
        QFETCH(QString, model);
        QFETCH(QString, precision);
        fs::path directory = R2T2_SOURCE_DIR "/resources/miniature";
        if (model != QLatin1String("miniature")) {
            directory = fs::path(root_.path().toStdString()) / model.toStdString();
            RandomCheckpointOptions options;
            options.headers_only = true;  // zeros take as much as anything
            if (!fs::exists(directory)) {
                ModelConfig made = find_model_preset(model.section(QLatin1Char(','), 0, 0).toStdString())->config;
                made.tie_word_embeddings = model.contains(QLatin1String("tied"));
                QVERIFY(write_random_checkpoint(made, directory, options));
            }
        }
        const ModelConfig config = ModelConfig::read(directory / "config.json").value();
        ModelOptions options;
        options.precision = parse_precision(precision.toStdString()).value();
        const auto opened = loaded_engine()->open_model(directory, options);
        QVERIFY2(opened, opened ? "" : opened.error().message().c_str());
        QCOMPARE(weight_memory(config, options.precision, true), (*opened)->info().weight_bytes);
    }

private:
    QTemporaryDir root_;
};

QTEST_GUILESS_MAIN(TestWeightMemory)
#include "test_weight_memory.moc"
