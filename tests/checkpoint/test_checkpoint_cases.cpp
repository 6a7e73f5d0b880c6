// Checkpoints as they come: several ends of an answer, NaN in config.json, Git LFS pointers in place of files.
#include <QTemporaryDir>
#include <QtTest>

#include "core/checkpoint/bert_config.h"
#include "core/checkpoint/checkpoint_check.h"
#include "core/checkpoint/model_presets.h"
#include "core/checkpoint/random_checkpoint.h"
#include "core/tokenizer/wordpiece_tokenizer.h"
#include "tests/support/files.h"

using namespace r2t2;
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

using Ends = std::vector<int>;

std::string said(const CheckpointReport& report) {
    std::string text;
    for (const CheckpointProblem& problem : report.problems) {
        text += (problem.fatal ? "fatal: " : "warning: ") + problem.error.message() + "\n";
    }
    return text;
}

std::string pointer() { return read_file(fs::path(R2T2_TEST_DATA) / "cases" / "git-lfs-pointer" / "model.safetensors"); }

}  // namespace

class TestCheckpointCases : public QObject {
    Q_OBJECT

    QTemporaryDir root_;
    fs::path good_, copy_;

    void edit(const char* file, const std::function<void(json&)>& change) const {
        json value = json::parse(read_file(copy_ / file));
        change(value);
        write_file(copy_ / file, value.dump());
    }
    CheckpointReport checked() const {
        auto report = check_checkpoint(copy_, {});
        if (!report) {
            qFatal("%s", report.error().message().c_str());
        }
        return *report;
    }

private Q_SLOTS:
    void initTestCase() {
        good_ = fs::path(root_.path().toStdString()) / "good";
        copy_ = fs::path(root_.path().toStdString()) / "copy";
        QVERIFY(write_random_checkpoint(find_model_preset("small")->config, good_, {}).ok());
    }
    void init() {
        fs::remove_all(copy_);
        fs::copy(good_, copy_, fs::copy_options::recursive);
    }

    /// Case eos-list.
    void ends_of_both_files_end_an_answer_data() {
        QTest::addColumn<QString>("config");
        QTest::addColumn<QString>("generation");
        QTest::addColumn<Ends>("ends");
        QTest::addColumn<bool>("warned");
        const auto row = [](const char* config, const char* generation, Ends ends, bool warned) {
            QTest::addRow("%s and %s", config, generation) << config << generation << ends << warned;
        };
        row("2", "2", {2}, false);
        row("[2, 7]", "2", {2, 7}, true);
        row("[2, 7]", "[7, 2]", {2, 7}, false);
        row("[7, 2]", "", {7, 2}, false);
        row("2", "[2, 7, 9]", {2, 7, 9}, true);
        row("2", "9", {2, 9}, true);
        row("2", "null", {2}, false);
        row("[2]", "[2]", {2}, false);
        row("[2, 2, 7]", "[2, 7]", {2, 7}, false);
        row("2.0", "[2.0, 7.0]", {2, 7}, true);
        row("null", "[2, 7]", {2, 7}, true);
    }
    void ends_of_both_files_end_an_answer() {
        QFETCH(const QString, config);
        QFETCH(const QString, generation);
        QFETCH(const Ends, ends);
        QFETCH(const bool, warned);
        std::string text = read_file(copy_ / "config.json");
        const std::string key = "\"eos_token_id\": 2";
        QVERIFY(text.find(key) != std::string::npos);
        write_file(copy_ / "config.json", text.replace(text.find(key), key.size(), "\"eos_token_id\": " + config.toStdString()));
        fs::remove(copy_ / "generation_config.json");
        if (!generation.isEmpty()) {
            write_file(copy_ / "generation_config.json", "{\"eos_token_id\": " + generation.toStdString() + ", \"temperature\": NaN}");
        }
        const CheckpointReport report = checked();
        QVERIFY2(report.usable(), said(report).c_str());
        QCOMPARE(report.config->ends(), ends);
        QCOMPARE(report.config->eos_id, ends.front());
        QCOMPARE(said(report).find("warning") != std::string::npos && said(report).find("generation_config.json") != std::string::npos, warned);
        QCOMPARE(report.warnings, std::int64_t{warned ? 1 : 0});
        // What is written again says the same.
        const fs::path again = copy_ / "again";
        fs::create_directories(again);
        QVERIFY(report.config->write(again / "config.json").ok());
        QCOMPARE(ModelConfig::read(again / "config.json")->eos_ids(), report.config->eos_ids());
    }

    void ends_that_are_none_are_named() {
        for (const char* bad : {"[]", "NaN", "Infinity", "[2, NaN]", "[2, -1]", "\"2\"", "[2, \"7\"]", "2.5", "{}", "[[2]]", "true", "-1"}) {
            for (const char* file : {"config.json", "generation_config.json"}) {
                init();
                write_file(copy_ / file, json::parse(read_file(copy_ / file)).dump());
                std::string text = read_file(copy_ / file);
                const std::string key = "\"eos_token_id\":2";
                QVERIFY(text.find(key) != std::string::npos);
                write_file(copy_ / file, text.replace(text.find(key), key.size(), "\"eos_token_id\":" + std::string(bad)));
                const CheckpointReport report = checked();
                QVERIFY2(!report.usable() && said(report).find("eos_token_id") != std::string::npos && said(report).find(file) != std::string::npos,
                         (std::string(file) + " " + bad + ": " + said(report)).c_str());
            }
        }
        init();
        edit("generation_config.json", [](json& value) { value["eos_token_id"] = {2, 512}; });
        QVERIFY2(said(checked()).find("512") != std::string::npos && !checked().usable(), said(checked()).c_str());
        init();
        edit("config.json", [](json& value) { value["eos_token_id"] = {2, 512}; });
        QVERIFY2(said(checked()).find("512") != std::string::npos && !checked().usable(), said(checked()).c_str());
        init();
        write_file(copy_ / "generation_config.json", "{broken");
        QVERIFY2(said(checked()).find("broken JSON at line 1, column 2") != std::string::npos && !checked().usable(), said(checked()).c_str());
    }

    /// Case nan-literal.
    void nan_in_a_config_is_unknown_or_named() {
        std::string text = read_file(copy_ / "config.json");
        write_file(copy_ / "config.json", "{\"initializer_range\": NaN, \"losses\": [Infinity, -Infinity]," + text.substr(1));
        QVERIFY2(checked().usable(), said(checked()).c_str());
        const std::string plain = json::parse(text).dump();
        const auto with_nan = [&](const std::string& key) {
            const std::size_t at = plain.find("\"" + key + "\":");
            const std::size_t end = plain.find_first_of(",}", at);
            return plain.substr(0, at) + "\"" + key + "\":NaN" + plain.substr(end);
        };
        write_file(copy_ / "config.json", with_nan("hidden_size"));
        QVERIFY2(said(checked()).find("hidden_size") != std::string::npos && said(checked()).find("NaN") != std::string::npos, said(checked()).c_str());
        write_file(copy_ / "config.json", with_nan("rope_theta"));  // with its default another model would run
        QVERIFY2(!checked().usable() && said(checked()).find("rope_theta: found \"NaN\"") != std::string::npos, said(checked()).c_str());
    }

    void nan_in_an_index_that_nobody_reads() {
        RandomCheckpointOptions options;
        options.shards = 2;
        const fs::path directory = fs::path(root_.path().toStdString()) / "shards";
        QVERIFY(write_random_checkpoint(find_model_preset("small")->config, directory, options).ok());
        const fs::path index = directory / "model.safetensors.index.json";
        const std::string text = json::parse(read_file(index)).dump();
        const std::string key = "\"metadata\":{";
        QVERIFY(text.find(key) != std::string::npos);
        const auto problems = [&](const std::string& bytes) {
            write_file(index, bytes);
            return said(*check_checkpoint(directory, {}));
        };
        std::string with_nan = text;
        QCOMPARE(problems(with_nan.insert(with_nan.find(key) + key.size(), "\"loss\":NaN,")), std::string());
        QCOMPARE(problems("\xEF\xBB\xBF" + text), std::string());
        std::string wide = "\xFF\xFE";
        for (const char c : text) {
            wide += {c, '\0'};
        }
        QVERIFY2(problems(wide).find("UTF-16") != std::string::npos, problems(wide).c_str());
        QVERIFY2(problems(pointer()).find("Git LFS") != std::string::npos, problems(pointer()).c_str());
    }

    /// Case git-lfs-pointer.
    void a_git_lfs_pointer_is_named_data() {
        QTest::addColumn<QString>("file");
        for (const char* file : {"model.safetensors", "tokenizer.model", "config.json", "generation_config.json"}) {
            QTest::newRow(file) << file;
        }
    }
    void a_git_lfs_pointer_is_named() {
        QFETCH(const QString, file);
        write_file(copy_ / file.toStdString(), pointer());
        const CheckpointReport report = checked();
        QVERIFY(!report.usable());
        QVERIFY2(said(report).find("Git LFS") != std::string::npos && said(report).find("git lfs pull") != std::string::npos &&
                     said(report).find(file.toStdString()) != std::string::npos, said(report).c_str());
        QCOMPARE(Checkpoint::open(copy_).ok(), file != "model.safetensors");
    }

    void an_encoder_s_files_too() {
        const fs::path bert = fs::path(root_.path().toStdString()) / "bert";
        fs::create_directories(bert);
        write_file(bert / "tokenizer.json", pointer());
        QVERIFY(WordPieceTokenizer::open(bert).error().message().find("Git LFS") != std::string::npos);
        write_file(bert / "tokenizer.json", "{\"model\": NaN");
        QVERIFY2(WordPieceTokenizer::open(bert).error().message().find("line 1, column") != std::string::npos, WordPieceTokenizer::open(bert).error().message().c_str());
        fs::remove(bert / "tokenizer.json");
        write_file(bert / "vocab.txt", pointer());
        QVERIFY(WordPieceTokenizer::open(bert).error().message().find("Git LFS") != std::string::npos);
        write_file(bert / "vocab.txt", "\xEF\xBB\xBF[PAD]\n[UNK]\n[CLS]\n[SEP]\n");
        QVERIFY2(WordPieceTokenizer::open(bert).ok(), "a byte order mark");
        write_file(bert / "config.json", pointer());
        QVERIFY(BertConfig::read(bert).error().message().find("git lfs pull") != std::string::npos);
        write_file(bert / "config.json", "{\"hidden_size\": NaN}");
        const std::string nan = BertConfig::read(bert).error().message();
        QVERIFY2(nan.find("hidden_size") != std::string::npos && nan.find("NaN") != std::string::npos, nan.c_str());
    }
};

QTEST_APPLESS_MAIN(TestCheckpointCases)
#include "test_checkpoint_cases.moc"
