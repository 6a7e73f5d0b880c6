// The check of checkpoint directories: every problem of a broken one, nothing against a sound one, and the engine's own
// reader agrees. Directories are made by write_random_checkpoint and then broken.
#include <QTemporaryDir>
#include <QtTest>

#include "core/checkpoint/checkpoint_check.h"
#include "core/model/engine.h"
#include "core/checkpoint/model_presets.h"
#include "core/checkpoint/random_checkpoint.h"
#include "core/checkpoint/rerouting_file.h"
#include "core/tokenizer/sentencepiece_tokenizer.h"
#include "core/checkpoint/weight_memory.h"
#include "tests/support/files.h"
#include "tests/support/memory.h"

using namespace r2t2;
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr const char* kIndex = "model.safetensors.index.json";
constexpr const char* kFirst = "model-00001-of-00003.safetensors";
constexpr const char* kSecond = "model-00002-of-00003.safetensors";
const std::string kGate = "model.layers.1.attention.moai_GA_img.weight";

const char* text_of(const Error& error) {
    static std::string text;
    text = error.message();
    return text.c_str();
}

std::string all_problems(const CheckpointReport& report) {
    std::string text;
    for (const CheckpointProblem& problem : report.problems) {
        text += problem.error.message() + "\n";
    }
    return text;
}

/// The header of a file, to be changed and put back; data stay where they are.
struct Shard {
    json header;
    std::string data;

    static Shard read(const fs::path& path) {
        const std::string bytes = read_file(path);
        std::uint64_t length = 0;
        std::memcpy(&length, bytes.data(), 8);
        return {json::parse(bytes.substr(8, length)), bytes.substr(8 + length)};
    }
    void write(const fs::path& path) const {
        const std::string text = header.dump();
        const std::uint64_t length = text.size();
        write_file(path, std::string(reinterpret_cast<const char*>(&length), 8) + text + data);
    }
};

using Break = std::function<void(const fs::path& directory)>;

Break edit_index(std::function<void(json&)> edit) {
    return [edit = std::move(edit)](const fs::path& directory) {
        json index = json::parse(read_file(directory / kIndex));
        edit(index);
        write_file(directory / kIndex, index.dump());
    };
}

Break edit_header(const char* shard, std::function<void(json&)> edit) {
    return [shard, edit = std::move(edit)](const fs::path& directory) {
        Shard file = Shard::read(directory / shard);
        edit(file.header);
        file.write(directory / shard);
    };
}

Break edit_config(std::function<void(json&)> edit) {
    return [edit = std::move(edit)](const fs::path& directory) {
        json config = json::parse(read_file(directory / "config.json"));
        edit(config);
        write_file(directory / "config.json", config.dump());
    };
}

/// The first tensor that the index puts into the first shard.
std::string first_of(const json& index) {
    for (const auto& [name, shard] : index["weight_map"].items()) {
        if (shard == kFirst) {
            return name;
        }
    }
    return {};
}

struct Case {
    const char* name;
    Break make;
    std::int64_t problems;            ///< fatal ones; -1: one or more
    std::vector<const char*> named;   ///< in one message or another
    bool checkpoint_opens = false;    ///< Checkpoint::open looks at less than the engine does: not at shapes
};

const std::vector<Case>& cases() {
    static const std::vector<Case> all = {
        // Shards against the index.
        {"shard gone", [](const fs::path& d) { fs::remove(d / kSecond); }, 1, {kSecond, "no such file"}},
        {"index names no file", edit_index([](json& i) { for (auto& s : i["weight_map"]) { s = s == kFirst ? json("gone.safetensors") : s; } }), -1, {"gone.safetensors", "no such file"}},
        {"another shard", edit_index([](json& i) { i["weight_map"][first_of(i)] = kSecond; }), 1, {"the tensor in \"model-00001", "\"model-00002-of-00003.safetensors\", as the index says, which does not hold it"}},
        {"in two shards", [](const fs::path& d) {
             Shard first = Shard::read(d / kFirst), second = Shard::read(d / kSecond);
             const json at = second.header[kGate]["data_offsets"];
             const std::string bytes = second.data.substr(at[0], at[1].get<std::size_t>() - at[0].get<std::size_t>());
             first.header[kGate] = second.header[kGate];
             first.header[kGate]["data_offsets"] = {first.data.size(), first.data.size() + bytes.size()};
             first.data += bytes;
             first.write(d / kFirst);
         }, 1, {"weight_map: \"model.layers.1.attention.moai_GA_img.weight\"", "in two shards: in \"model-00002-of-00003.safetensors\", as the index says, and in \"model-00001-of-00003.safetensors\"", "one shard a tensor"}},
        {"the index says one that cannot be read", [](const fs::path& d) {
             edit_index([](json& i) { i["weight_map"][first_of(i)] = kSecond; })(d);
             fs::resize_file(d / kSecond, 3);
         }, 2, {"the tensor in \"model-00001", "as the index says, which cannot be read", "3 bytes"}},
        {"a shard that the index names nowhere", [](const fs::path& d) { fs::copy_file(d / kFirst, d / "model-00004-of-00004.safetensors"); }, 0, {"model-00004-of-00004.safetensors", "a file of weights that is not used", "weight_map of model.safetensors.index.json"}, true},
        {"an index beside model.safetensors", [](const fs::path& d) {
             Shard all = Shard::read(d / kFirst);
             for (const char* name : {kSecond, "model-00003-of-00003.safetensors"}) {
                 Shard more = Shard::read(d / name);
                 for (auto& [tensor, at] : more.header.items()) {
                     if (tensor != "__metadata__") {
                         all.header[tensor] = at;
                         for (auto& offset : all.header[tensor]["data_offsets"]) {
                             offset = offset.get<std::size_t>() + all.data.size();
                         }
                     }
                 }
                 all.data += more.data;
             }
             all.write(d / "model.safetensors");
         }, 0, {"an index beside model.safetensors", "the index is not used", "model-00003-of-00003.safetensors", "model.safetensors alone"}, true},
        {"unlisted tensor", edit_index([](json& i) { i["weight_map"].erase(first_of(i)); }), 1, {"only tensors that the index lists"}},
        {"listed but in no shard", edit_index([](json& i) { i["weight_map"]["phantom"] = kFirst; }), 1, {"weight_map: \"phantom\"", "no such tensor in"}},
        {"shards change places", [](const fs::path& d) { fs::rename(d / kFirst, d / "x"); fs::rename(d / kSecond, d / kFirst); fs::rename(d / "x", d / kSecond); }, -1, {"the tensor in"}},
        // Every tensor of it stands in two shards.
        {"first shard twice", [](const fs::path& d) { fs::copy_file(d / kFirst, d / kSecond, fs::copy_options::overwrite_existing); }, -1, {"in two shards: in \"model-00001-of-00003.safetensors\", as the index says, and in \"model-00002", "no such tensor in \"model-00002"}},
        {"path out of the directory", edit_index([](json& i) { i["weight_map"][first_of(i)] = "../model.safetensors"; }), -1, {"../model.safetensors", "same directory"}},
        {"absolute path", edit_index([](json& i) { i["weight_map"][first_of(i)] = "/etc/passwd.safetensors"; }), -1, {"/etc/passwd", "same directory"}},
        {"pickle as a shard", edit_index([](json& i) { i["weight_map"][first_of(i)] = "pytorch_model.bin"; }), -1, {"pytorch_model.bin"}},
        {"index without weight_map", [](const fs::path& d) { write_file(d / kIndex, "{}"); }, 1, {"weight_map", "nothing"}},
        {"index is a list", [](const fs::path& d) { write_file(d / kIndex, "[]"); }, 1, {kIndex}},
        {"shard is a directory", [](const fs::path& d) { fs::remove(d / kSecond); fs::create_directory(d / kSecond); }, 1, {kSecond, "a directory"}},
        // What config.json states beside sizes: allowed, and told.
        {"another model's type", edit_config([](json& c) { c["model_type"] = "llama"; }), 0, {"model_type: found \"llama\"", "moai"}, true},
        {"another model's class", edit_config([](json& c) { c["architectures"] = {"LlamaForCausalLM"}; }), 0, {"architectures: found [\"LlamaForCausalLM\"]"}, true},
        {"swish is silu", edit_config([](json& c) { c["hidden_act"] = "swish"; c["architectures"] = {"MoAIForCausalLM"}; c["model_type"] = "internlm2"; }), 0, {}, true},
        {"an unusual epsilon", edit_config([](json& c) { c["rms_norm_eps"] = 0.05; }), 0, {"rms_norm_eps: found 0.05, which is unusual", "1e-08 to 0.001"}, true},
        {"an unusual base", edit_config([](json& c) { c["rope_theta"] = 10; }), 0, {"rope_theta: found 10, which is unusual"}, true},
        {"an unusual scale", edit_config([](json& c) { c["moai"]["plora_alpha"] = 1e5; }), 0, {"moai.plora_alpha: found 1e+05, which is unusual"}, true},
        {"an unusual factor", edit_config([](json& c) { c["rope_scaling"] = {{"type", "dynamic"}, {"factor", 1000}}; }), 0, {"rope_scaling.factor: found 1000, which is unusual"}, true},
        {"a window", edit_config([](json& c) { c["sliding_window"] = 4096; }), 0, {"sliding_window: found 4096"}, true},
        {"quantised", edit_config([](json& c) { c["quantization_config"] = {{"bits", 4}}; }), 0, {"quantization_config"}, true},
        {"fewer positions than a picture has", edit_config([](json& c) { c["max_position_embeddings"] = 4; }), 0, {"max_position_embeddings: found 4"}, true},
        {"another activation", edit_config([](json& c) { c["hidden_act"] = "gelu"; }), 1, {"hidden_act: found"}, true},
        {"total_size", edit_index([](json& i) { i["metadata"]["total_size"] = 7; }), 0, {"bytes of all tensors", "7, as metadata.total_size says"}, true},
        {"total_size of 2^64 - 1", edit_index([](json& i) { i["metadata"]["total_size"] = ~std::uint64_t{0}; }), 0, {"18446744073709551615"}, true},
        // Files.
        {"cut", [](const fs::path& d) { fs::resize_file(d / kSecond, fs::file_size(d / kSecond) / 2); }, 1, {kSecond, "tensors reach beyond the end"}},
        {"longer", [](const fs::path& d) { fs::resize_file(d / kSecond, fs::file_size(d / kSecond) + 1); }, 1, {kSecond, "bytes of data"}},
        {"empty", [](const fs::path& d) { fs::resize_file(d / kSecond, 0); }, 1, {kSecond, "0 bytes"}},
        {"two broken shards", [](const fs::path& d) { fs::resize_file(d / kFirst, 5); fs::resize_file(d / kSecond, 0); }, 2, {"5 bytes", "0 bytes"}},
        {"pickle", [](const fs::path& d) { write_file(d / kSecond, std::string("\x80\x02}q\x00.", 6) + std::string(64, '.')); }, 1, {"Python pickle"}},
        {"two unknown dtypes", edit_header(kFirst, [](json& h) { int n = 0; for (auto& [name, t] : h.items()) { if (name != "__metadata__" && n++ < 2) { t["dtype"] = "F8_E5M2"; } } }), 2, {"F8_E5M2"}},
        {"nothing there", [](const fs::path& d) { for (const char* f : {kFirst, kSecond, "model-00003-of-00003.safetensors", kIndex}) { fs::remove(d / f); } }, 1, {"neither of the two"}},
        // Tensors against the table.
        {"transposed", edit_header(kSecond, [](json& h) { h[kGate]["shape"] = {64, 3}; }), 1, {"moai_GA_img.weight", "shape [64, 3]", "shape [3, 64]"}, true},
        {"whole numbers", edit_header(kSecond, [](json& h) { h[kGate]["dtype"] = "I16"; }), 1, {"moai_GA_img.weight", "dtype I16"}, true},
        {"another name", [](const fs::path& d) {
             edit_header(kSecond, [](json& h) { h["gate"] = h[kGate]; h.erase(kGate); })(d);
             edit_index([](json& i) { i["weight_map"]["gate"] = kSecond; i["weight_map"].erase(kGate); })(d);
         }, 1, {"moai_GA_img.weight", "no such tensor", "\"gate\"", "a tensor that the model does not have"}, true},
        // config.json and tokenizer.
        {"wider model", edit_config([](json& c) { c["hidden_size"] = 128; }), -1, {"shape [128]"}, true},
        {"more layers", edit_config([](json& c) { c["num_hidden_layers"] = 5; }), 17, {"model.layers.4.attention.wqkv.Plora_main.weight"}, true},
        {"no config", [](const fs::path& d) { fs::remove(d / "config.json"); }, 1, {"config.json"}, true},
        {"config with text for a number", edit_config([](json& c) { c["hidden_size"] = "64"; }), 1, {"hidden_size", "\"64\""}, true},
        {"no tokenizer", [](const fs::path& d) { fs::remove(d / "tokenizer.model"); }, 1, {"tokenizer.model"}, true},
        {"another vocabulary", edit_config([](json& c) { c["vocab_size"] = 511; }), -1, {"tokenizer.model", "512", "511"}, true},
        {"everything at once", [](const fs::path& d) {
             write_file(d / "tokenizer.model", "no model");
             fs::remove(d / kFirst);
             edit_header(kSecond, [](json& h) { h[kGate]["shape"] = {192}; })(d);
         }, 3, {"tokenizer.model", kFirst, "shape [192]"}},
    };
    return all;
}

}  // namespace

class TestCheckpointCheck : public QObject {
    Q_OBJECT

    QTemporaryDir root_;
    fs::path good_, bad_;
    ModelConfig small_ = find_model_preset("small")->config;

    CheckpointReport checked(const fs::path& directory, bool values = false) {
        auto report = check_checkpoint(directory, {values});
        if (!report) {
            qFatal("%s", text_of(report.error()));
        }
        return *report;
    }
    /// The check's verdict is the engine's.
    [[nodiscard]] static bool engineOpens(const fs::path& directory) {
        const auto engine = load_engine();
        if (!engine) {
            qFatal("%s", text_of(engine.error()));
        }
        return (*engine)->open_model(directory, {}).ok();
    }
    void copy_good() {
        fs::remove_all(bad_);
        fs::copy(good_, bad_);
    }

private Q_SLOTS:
    void initTestCase() {
        qputenv("R2T2_ENGINE", R2T2_ENGINE_FILE);
        good_ = fs::path(root_.path().toStdString()) / "good";
        bad_ = fs::path(root_.path().toStdString()) / "bad";
        RandomCheckpointOptions options;
        options.shards = 3;
        const auto made = write_random_checkpoint(small_, good_, options);
        QVERIFY2(made.ok(), made.ok() ? "" : text_of(made.error()));
        QCOMPARE(made->files, 3);
    }

    void soundCheckpoint() {
        const CheckpointReport report = checked(good_, true);
        QVERIFY2(report.usable() && report.warnings == 0, all_problems(report).c_str());
        QCOMPARE(report.found_tensors, std::int64_t(parameter_table(small_).size()));
        QCOMPARE(report.parameters, report.expected_parameters);
        QCOMPARE(report.bytes, 2 * report.parameters);
        QCOMPARE(report.pieces, std::int64_t{512});
        QCOMPARE(report.files.size(), std::size_t{3});
        QVERIFY(report.values_scanned && !report.published_shape);
    }

    void broken_data() {
        QTest::addColumn<int>("index");
        for (std::size_t i = 0; i < cases().size(); ++i) {
            QTest::newRow(cases()[i].name) << int(i);
        }
    }
    void broken() {
        QFETCH(int, index);
        const Case& one = cases()[std::size_t(index)];
        copy_good();
        one.make(bad_);
        const CheckpointReport report = checked(bad_);
        const std::string text = all_problems(report);
        if (one.problems < 0) {
            QVERIFY2(report.fatal_problems > 0, text.c_str());
        } else {
            QVERIFY2(report.fatal_problems == one.problems, (std::to_string(report.fatal_problems) + " problems:\n" + text).c_str());
        }
        QCOMPARE(report.problems.size(), std::size_t(report.fatal_problems + report.warnings));
        for (const char* part : one.named) {
            QVERIFY2(text.find(part) != std::string::npos, (text + "lacks: " + part).c_str());
        }
        for (const CheckpointProblem& problem : report.problems) {
            QVERIFY2(!problem.error.found.empty() && !problem.error.where.empty(), text.c_str());
        }
        QVERIFY2(Checkpoint::open(bad_).ok() == one.checkpoint_opens, text.c_str());
        QVERIFY2(engineOpens(bad_) == report.usable(), text.c_str());
    }

    // A file that is there is looked at although another one is not: the problems of both are told.
    void oneBrokenShardHidesNothingOfTheOthers() {
        copy_good();
        fs::resize_file(bad_ / kFirst, 4);
        edit_header(kSecond, [](json& h) { h[kGate]["shape"] = {64, 3}; })(bad_);
        const CheckpointReport report = checked(bad_);
        QCOMPARE(report.fatal_problems, std::int64_t{2});
        QVERIFY(all_problems(report).find("[64, 3]") != std::string::npos);
    }

    void valuesThatAreNotFinite() {
        copy_good();
        Shard shard = Shard::read(bad_ / kSecond);
        const auto begin = shard.header[kGate]["data_offsets"][0].get<std::size_t>();
        const auto other = shard.header["model.layers.1.attention.moai_GA_lang.weight"]["data_offsets"][0].get<std::size_t>();
        std::memcpy(shard.data.data() + begin + 2 * 17, "\xc0\x7f", 2);  // NaN in bfloat16
        std::memcpy(shard.data.data() + other, "\x80\xff", 2);           // -infinity
        shard.write(bad_ / kSecond);
        QVERIFY(checked(bad_).usable());  // headers only
        const CheckpointReport report = checked(bad_, true);
        QCOMPARE(report.fatal_problems, std::int64_t{2});
        QVERIFY(!engineOpens(bad_));
        QVERIFY(all_problems(report).find("NaN at element 17") != std::string::npos);
        QVERIFY(all_problems(report).find("infinity at element 0") != std::string::npos);
    }

    // Tables of another square grid are resized by the engine; others are refused by it.
    void positionsOfAnotherGrid() {
        copy_good();
        edit_config([](json& c) { c["moai"]["vision"]["image_size"] = 84; })(bad_);
        const CheckpointReport report = checked(bad_);
        QVERIFY2(report.usable() && report.warnings == 1, all_problems(report).c_str());
        QVERIFY(all_problems(report).find("to which it is resized") != std::string::npos);
        QVERIFY(engineOpens(bad_));
    }

    void keptProblemsAreLimitedAndAllAreCounted() {
        copy_good();
        edit_config([](json& c) { c["hidden_size"] = 128; })(bad_);
        CheckpointCheckOptions few;
        few.max_problems = 3;
        const auto report = check_checkpoint(bad_, few);
        QVERIFY(report.ok());
        QCOMPARE(report->problems.size(), std::size_t{3});
        QVERIFY(report->fatal_problems > 100);
        QCOMPARE(report->fatal_problems, checked(bad_).fatal_problems);
    }

    /// What evaluate refuses is not usable: rerouting.json is read by the same function.
    void damagedRecommendations_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("says");
        QTest::newRow("empty") << QByteArray() << "rerouting.json";
        QTest::newRow("cut") << QByteArray("{\"initial_lr\": 0.") << "rerouting.json";
        QTest::newRow("a list") << QByteArray("[1]") << "an object of parameters";
        QTest::newRow("unknown") << QByteArray("{\"intial_lr\": 0.1}") << "intial_lr";
        QTest::newRow("a word for a number") << QByteArray("{\"initial_lr\": \"0.1\"}") << "a number";
        QTest::newRow("NaN") << QByteArray("{\"initial_lr\": NaN}") << "initial_lr";
        QTest::newRow("negative") << QByteArray("{\"initial_lr\": -1}") << "initial_lr";
        QTest::newRow("no whole number") << QByteArray("{\"steps\": 2.5}") << "steps";
        QTest::newRow("no steps") << QByteArray("{\"steps\": 0}") << "steps";
        QTest::newRow("another word") << QByteArray("{\"mode\": \"sideways\"}") << "sideways";
        QTest::newRow("twice") << QByteArray("{\"steps\": 2, \"initial_lr\": 0.1, \"steps\": 3}") << "a second time";
        QTest::newRow("twice, spelt otherwise") << QByteArray("{\"steps\": 2, \"\\u0073teps\": 3}") << "a second time";
        QTest::newRow("twice, under two names") << QByteArray("{\"steps\": 2, \"num_steps\": 3}") << "a second time";
        QTest::newRow("a ball and a number") << QByteArray("{\"epsilon\": 0.5, \"num_neighbors\": 3}") << "together with num_neighbors";
        QTest::newRow("pickle") << QByteArray("\x80\x04\x95", 3) << "rerouting.json";
        QTest::newRow("a bandwidth that is none") << QByteArray("{\"bandwidth\": NaN}") << "bandwidth";
        QTest::newRow("a ball without end") << QByteArray("{\"epsilon\": Infinity}") << "epsilon";
        QTest::newRow("variants as an object") << QByteArray("{\"variants\": {\"ngd\": 3}}") << "a list of METHOD";
        QTest::newRow("a variant that is no text") << QByteArray("{\"variants\": [\"ngd,k=3\", 3]}") << "variants[1]";
        QTest::newRow("a variant of no method") << QByteArray("{\"variants\": [\"sgd,k=3\"]}") << "variants[0]";
        QTest::newRow("a variant's value") << QByteArray("{\"variants\": [\"ngd,k=0\"]}") << "variants[0]";
        QTest::newRow("a variant's parameter that it does not look at") << QByteArray("{\"variants\": [\"rs,num-steps=3\"]}") << "num-steps";
    }
    void damagedRecommendations() {
        QFETCH(QByteArray, text);
        QFETCH(QString, says);
        copy_good();
        write_file(bad_ / "rerouting.json", text.toStdString());
        const auto report = check_checkpoint(bad_, {});
        QVERIFY(report.ok());
        QVERIFY2(!report->usable(), all_problems(*report).c_str());
        QVERIFY2(QString::fromStdString(all_problems(*report)).contains(says), all_problems(*report).c_str());
        MethodParams params;
        QVERIFY(!apply_recommended(bad_, params).ok());
    }
    void recommendationsThatAreNoFile() {
        copy_good();
        fs::create_directory(bad_ / "rerouting.json");
        QVERIFY(!check_checkpoint(bad_, {})->usable());
        fs::remove(bad_ / "rerouting.json");
        fs::create_symlink("nothing", bad_ / "rerouting.json");
        QVERIFY(!check_checkpoint(bad_, {})->usable());
        fs::remove(bad_ / "rerouting.json");
        write_file(bad_ / "rerouting.json", "{\"_measured\": \"on validation\", \"steps\": 3}");
        QVERIFY2(check_checkpoint(bad_, {})->usable(), all_problems(*check_checkpoint(bad_, {})).c_str());
    }
    void rowsThatACheckpointRecommends() {
        copy_good();
        fs::remove(bad_ / "rerouting.json");
        MethodParams common;
        QVERIFY(!*apply_recommended(bad_, common));
        QVERIFY(recommended_variants(bad_, common)->empty());
        write_file(bad_ / "rerouting.json", R"({"steps": 3, "variants": ["kr,mixing=none,k=20", "ngd,steps=2"]})");
        QVERIFY(*apply_recommended(bad_, common));
        QCOMPARE(common.k, std::size_t{5});
        QCOMPARE(common.mixing, Mixing::Confidence);
        common.seed = 7;
        const auto rows = recommended_variants(bad_, common);
        QVERIFY(rows.ok() && rows->size() == 2);
        QCOMPARE((*rows)[0].method, Method::KernelRegression);
        QCOMPARE((*rows)[0].k, std::size_t{20});
        QCOMPARE((*rows)[0].mixing, Mixing::None);
        QCOMPARE((*rows)[0].steps, 3);
        QCOMPARE((*rows)[1].steps, 2);
        QCOMPARE((*rows)[1].seed, std::uint64_t{7});
    }

    /// A field that nobody reads is a default that nobody asked for.
    void misspeltFieldsOfTheConfiguration() {
        const auto remarks = [this](const std::function<void(json&)>& edit) {
            copy_good();
            json config = json::parse(read_file(bad_ / "config.json"));
            edit(config);
            write_file(bad_ / "config.json", config.dump());
            const auto report = check_checkpoint(bad_, {});
            return report.ok() && report->usable() ? all_problems(*report) : "not usable: " + (report.ok() ? all_problems(*report) : "");
        };
        const auto has = [](const std::string& text, const char* what) { return text.find(what) != std::string::npos; };
        QCOMPARE(remarks([](json&) {}), std::string());
        QCOMPARE(remarks([](json& c) { c["architectures"] = {"MoAI"}; c["torch_dtype"] = "bfloat16"; c["_comment"] = 1; c["moai"]["_comment"] = 2; }), std::string());
        const std::string prompt = remarks([](json& c) { c["moai"]["prompt_templatex"] = "x"; c["moai"].erase("prompt_template"); });
        QVERIFY2(has(prompt, "moai.prompt_templatex") && has(prompt, "prompt_template?"), prompt.c_str());
        const std::string vision = remarks([](json& c) { c["moai"]["vision"]["layer_norm_esp"] = 1e-5; c["moai"]["vision"].erase("layer_norm_eps"); });
        QVERIFY2(has(vision, "moai.vision.layer_norm_esp") && has(vision, "layer_norm_eps?"), vision.c_str());
        const std::string theta = remarks([](json& c) { c["rope_thetta"] = 10.0; c.erase("rope_theta"); });
        QVERIFY2(has(theta, "rope_thetta") && has(theta, "rope_theta?"), theta.c_str());
        const std::string stranger = remarks([](json& c) { c["moai"]["colour"] = "red"; });
        QVERIFY2(has(stranger, "moai.colour") && has(stranger, "mixer_interval"), stranger.c_str());
        copy_good();
        const std::string text = read_file(bad_ / "config.json");
        write_file(bad_ / "config.json", "{\"vocab_size\": 5," + text.substr(text.find('{') + 1));
        const auto twice = check_checkpoint(bad_, {});
        QVERIFY(twice.ok() && !twice->usable());
        QVERIFY2(has(all_problems(*twice), "vocab_size: found the field a second time"), all_problems(*twice).c_str());
    }

    void cancelledAndMissing() {
        const CancelToken token = CancelToken::create();
        token.cancel();
        const auto stopped = check_checkpoint(good_, {true}, {}, token);
        QVERIFY(!stopped.ok() && stopped.error().kind == ErrorKind::Cancelled);
        const auto missing = check_checkpoint(bad_ / "nowhere");
        QVERIFY(!missing.ok() && missing.error().kind == ErrorKind::NotFound);
    }

    // MoAI-7B's published totals, and what its parts hold (worked values of the model's description).
    void publishedTotals() {
        const fs::path directory = fs::path(root_.path().toStdString()) / "moai-7b";
        RandomCheckpointOptions options;
        options.headers_only = true;
        const auto made = write_random_checkpoint(find_model_preset("moai-7b")->config, directory, options);
        QVERIFY2(made.ok(), made.ok() ? "" : text_of(made.error()));
        QCOMPARE(made->parameters, std::int64_t{8'868'637'720});
        QCOMPARE(made->bytes, std::int64_t{17'737'275'440});
        QCOMPARE(made->files, 2);
        start_memory_peak();
        const long before = memory_kib("VmRSS:");
        const long faults_before = page_faults();
        const CheckpointReport report = checked(directory);
        const long faults = page_faults() - faults_before;
        const long growth = memory_kib("VmHWM:") - before;
        QVERIFY2(report.usable() && report.warnings == 0 && report.published_shape, all_problems(report).c_str());
        QCOMPARE(report.parameters, moai_7b_parameters);
        QCOMPARE(report.bytes, moai_7b_bytes);
        const auto parameters = [&report](CheckpointPart part) { return report.parts.at(part).parameters; };
        QCOMPARE(parameters(CheckpointPart::DecoderLayers), std::int64_t{7'583'563'776});
        QCOMPARE(parameters(CheckpointPart::Mixers), std::int64_t{50'429'976});
        QCOMPARE(parameters(CheckpointPart::Compressor), std::int64_t{151'363'584});
        QCOMPARE(parameters(CheckpointPart::Projector), std::int64_t{20'979'712});
        QCOMPARE(parameters(CheckpointPart::VisionTower), std::int64_t{304'172'032});
        QCOMPARE(parameters(CheckpointPart::Embedding), std::int64_t{379'064'320});
        QCOMPARE(parameters(CheckpointPart::Head), std::int64_t{379'060'224});
        const auto memory = [&report](Precision precision, bool on_cpu) { return weight_memory(*report.config, precision, on_cpu); };
        QCOMPARE(memory(Precision::Float32, true), 2 * moai_7b_bytes);
        QCOMPARE(memory(Precision::BFloat16, true), moai_7b_bytes);
        QCOMPARE(memory(Precision::Float16, false), moai_7b_bytes);
        QVERIFY(memory(Precision::Nf4, true) < memory(Precision::Int8, true) && memory(Precision::Int8, true) < moai_7b_bytes);
        QVERIFY(memory(Precision::Nf4, false) < memory(Precision::Nf4, true));  // what is dense is float32 on the CPU
        if (!sanitized()) {
            // Headers alone are read: 17.7 GB of data are four million pages, a quarter of a million faults at the least.
            QVERIFY2(faults < 50'000, std::to_string(faults).c_str());
            QVERIFY2(growth < 50'000, std::to_string(growth).c_str());
        }
    }

    // One more or one less than published is told, though all the sizes of config.json are right.
    void publishedTotalsThatDiffer() {
        const fs::path directory = fs::path(root_.path().toStdString()) / "moai-7b";
        QVERIFY(fs::exists(directory));
        const char* shard = "model-00002-of-00002.safetensors";
        const std::uintmax_t size = fs::file_size(directory / shard);
        std::ifstream in(directory / shard, std::ios::binary);
        std::uint64_t length = 0;
        in.read(reinterpret_cast<char*>(&length), 8);
        std::string text(length, ' ');
        in.read(text.data(), static_cast<std::streamsize>(length));
        in.close();
        json header = json::parse(text);
        const std::uint64_t data = size - 8 - length;
        header["more"] = {{"dtype", "BF16"}, {"shape", {1}}, {"data_offsets", {data, data + 2}}};
        text = header.dump();
        length = text.size();
        std::ofstream out(directory / shard, std::ios::binary | std::ios::trunc);
        out.write(reinterpret_cast<const char*>(&length), 8);
        out.write(text.data(), static_cast<std::streamsize>(length));
        out.close();
        fs::resize_file(directory / shard, 8 + length + data + 2);
        json index = json::parse(read_file(directory / kIndex));
        index["weight_map"]["more"] = shard;
        write_file(directory / kIndex, index.dump());
        const CheckpointReport report = checked(directory);
        const std::string problems = all_problems(report);
        QVERIFY2(report.usable(), problems.c_str());
        for (const char* part : {"8868637721", "17737275442", "8868637720, as published", "17737275440, as published", "\"more\""}) {
            QVERIFY2(problems.find(part) != std::string::npos, (problems + "lacks: " + part).c_str());
        }
    }
};

QTEST_GUILESS_MAIN(TestCheckpointCheck)
#include "test_checkpoint_check.moc"
