// The world's configuration: everything goes out and comes back; mistakes are named.
#include <QtTest>

#include "core/miniature/sample.h"
#include "core/miniature/world.h"

using namespace r2t2;

class TestWorldConfig : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void defaultsAreValid() {
        QVERIFY(validate(default_world()).ok());
        for (const char* split : {"experts", "curriculum", "router", "reference", "validation", "test"}) {
            QVERIFY2(default_world().split(split) != nullptr, split);
        }
        QVERIFY(default_world().split("none") == nullptr);
    }

    void roundTrip() {
        WorldConfig config = default_world();
        config.min_objects = 3;
        config.max_objects = 6;
        config.label_probability = 0.123456789012345;
        config.object_size = {8, 10};
        config.relation_margin = 7;
        config.max_count = 3;
        config.background = {1, 2};
        config.colour_jitter = 3;
        config.plate_level = 222;
        config.ink_level = 11;
        config.dim_factor = {0.1, 0.2};
        config.small_print_divisor = 2;
        config.small_print_noise = 4;
        config.clutter_strokes = {1, 3};
        config.clutter_thickness = {0.5, 0.75};
        config.placement_jitter = 2;
        config.noise_contrast = {0.5, 0.6};
        config.noise_floor = 33;
        config.noise_sigma = {5, 6};
        config.good = {0.01, 0.02, 0.04, 0.05};
        config.lying[2] = {0.5, 0.6, 0.7, 0.8};
        config.splits = {{"mine", true, {{Family::Text, Domain::Noise, ToolQuality::Lying, 2.5, {"read", "carrier"}}}}};
        const auto back = world_from_json(world_to_json(config), "w.json");
        QVERIFY2(back.ok(), back.ok() ? "" : back.error().message().c_str());
        QVERIFY(*back == config);
        QVERIFY(!(*back == default_world()));
    }

    void missingFieldsKeepDefaults() {
        const auto config = world_from_json("{\"tool_errors\": {\"lying\": {\"noise\": {\"label\": 0.5}}}}", "w.json");
        QVERIFY(config.ok());
        WorldConfig expected = default_world();
        expected.lying[4].label = 0.5;
        QVERIFY(*config == expected);
    }

    void mistakes_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("field");
        const auto row = [](const char* text, const char* field) { QTest::newRow(text) << text << field; };
        row("", "broken JSON");
        row("[]", "object");
        row("{\"max_objekts\": 3}", "max_objekts");
        row("{\"max_objects\": \"3\"}", "max_objects");
        row("{\"max_objects\": 3.5}", "max_objects");
        row("{\"max_objects\": 99}", "max_objects");
        row("{\"min_objects\": 1}", "min_objects");
        row("{\"min_objects\": 99999999999}", "min_objects");
        row("{\"object_size\": [9]}", "object_size");
        row("{\"object_size\": [11, 9]}", "object_size");
        row("{\"object_size\": [9, 30]}", "object_size");
        row("{\"noise_sigma\": [-1, 5]}", "noise_sigma");
        row("{\"tool_errors\": {\"good\": {\"colour\": 1.5}}}", "tool_errors.good.colour");
        row("{\"tool_errors\": {\"lying\": {\"dark\": {}}}}", "tool_errors.lying.dark");
        row("{\"tool_errors\": {\"lying\": {\"dim\": {\"labels\": 1}}}}", "tool_errors.lying.dim.labels");
        row("{\"splits\": {}}", "splits");
        row("{\"splits\": [{\"name\": \"a\"}]}", "splits.a");
        row("{\"splits\": [{\"name\": \"a\", \"combinations\": [{\"family\": \"x\"}]}]}",
            "splits[0].combinations[0].family");
        row("{\"splits\": [{\"name\": \"a\", \"combinations\": [{\"templates\": [\"read\"]}]}]}", "splits.a.templates");
        row("{\"splits\": [{\"name\": \"a\", \"combinations\": [{\"weight\": 0}]}]}", "splits.a");
    }
    void mistakes() {
        QFETCH(QString, text);
        QFETCH(QString, field);
        const auto config = world_from_json(text.toStdString(), "w.json");
        QVERIFY(!config.ok());
        const QString message = QString::fromStdString(config.error().message());
        QVERIFY2(message.startsWith("w.json") && message.contains(field), qPrintable(message));
    }

    void impossibleTemplateIsAnError() {
        WorldConfig config = default_world();
        config.max_count = 5;
        config.max_objects = 4;  // not validated on purpose: five of a kind cannot be shown
        config.min_objects = 4;
        const Combination count{Family::General, Domain::Clean, ToolQuality::Good, 1, {"count"}};
        bool failed = false;
        for (int i = 0; i < 20 && !failed; ++i) {
            const auto sample = make_sample(config, count, "x", 1, i);
            failed = !sample.ok();
            QVERIFY(!failed || sample.error().field == "template count");
        }
        QVERIFY(failed);
    }
};

QTEST_GUILESS_MAIN(TestWorldConfig)
#include "test_world_config.moc"
