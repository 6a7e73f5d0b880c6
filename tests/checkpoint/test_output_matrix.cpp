// tie_word_embeddings: which matrix makes the logits, told by the check and done by the engine alike.
#include <QTemporaryDir>
#include <QtTest>

#include "core/checkpoint/checkpoint_check.h"
#include "core/checkpoint/model_presets.h"
#include "core/checkpoint/output_matrix.h"
#include "core/checkpoint/random_checkpoint.h"
#include "core/checkpoint/weight_memory.h"
#include "core/model/engine.h"
#include "tests/support/files.h"

using namespace r2t2;
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

/// A file of weights in memory, to be changed and put back.
struct Weights {
    json header;
    std::string data;

    static Weights read(const fs::path& path) {
        const std::string bytes = read_file(path);
        std::uint64_t length = 0;
        std::memcpy(&length, bytes.data(), 8);
        return {json::parse(bytes.substr(8, length)), bytes.substr(8 + length)};
    }
    [[nodiscard]] std::string bytes_of(const std::string& name) const {
        const json& at = header[name]["data_offsets"];
        return data.substr(at[0].get<std::size_t>(), at[1].get<std::size_t>() - at[0].get<std::size_t>());
    }
    void add(const std::string& name, const std::string& dtype, const std::vector<std::int64_t>& shape, const std::string& bytes) {
        header[name] = {{"dtype", dtype}, {"shape", shape}, {"data_offsets", {data.size(), data.size() + bytes.size()}}};
        data += bytes;
    }
    void write(const fs::path& path) const {
        const std::string text = header.dump();
        const std::uint64_t length = text.size();
        write_file(path, std::string(reinterpret_cast<const char*>(&length), 8) + text + data);
    }
};

std::string all_problems(const CheckpointReport& report) {
    std::string text;
    for (const CheckpointProblem& problem : report.problems) {
        text += problem.error.message() + "\n";
    }
    return text;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

class TestOutputMatrix : public QObject {
    Q_OBJECT

    QTemporaryDir root_;
    fs::path tied_, here_;
    ModelConfig small_ = find_model_preset("small")->config;

    [[nodiscard]] fs::path weights() const { return here_ / "model.safetensors"; }
    void copy_tied() {
        fs::remove_all(here_);
        fs::copy(tied_, here_);
    }
    void state(const json& tie) const {
        json config = json::parse(read_file(here_ / "config.json"));
        config.erase("tie_word_embeddings");
        if (!tie.is_null()) {
            config["tie_word_embeddings"] = tie;
        }
        write_file(here_ / "config.json", config.dump());
    }
    /// The embedding's rows but <image>'s, stored as an output matrix of their own; the number at `at` moved by `by`.
    void store_output(std::size_t at = 0, float by = 0) const {
        Weights file = Weights::read(weights());
        std::string rows = file.bytes_of(embedding_name).substr(0, std::size_t(small_.vocab_size) * small_.hidden_size * 4);
        float value = 0;
        std::memcpy(&value, rows.data() + 4 * at, 4);
        value += by;
        std::memcpy(rows.data() + 4 * at, &value, 4);
        file.add(output_name, "F32", {small_.vocab_size, small_.hidden_size}, rows);
        file.write(weights());
    }
    [[nodiscard]] CheckpointReport checked() const { return check_checkpoint(here_).value(); }
    [[nodiscard]] Result<std::shared_ptr<const Model>> opened(const char* precision = "fp32") const {
        ModelOptions options;
        options.precision = parse_precision(precision).value();
        options.max_new_tokens = 3;
        return load_engine().value()->open_model(here_, options);
    }
    /// First-token probabilities and text of one question: what the output matrix makes.
    [[nodiscard]] static std::string answer_of(const Model& model) {
        ModelInput input;
        input.rgb.assign(std::size_t(model.info().image_size) * model.info().image_size * 3, 77);
        input.question = "What is it?";
        const auto sample = model.prepare(input);
        if (!sample) {
            return sample.error().message();
        }
        const std::vector<RoutedQuery> queries = {{sample->get(), RoutingAction::native_gates()}};
        const auto answers = model.answer(queries);
        if (!answers) {
            return answers.error().message();
        }
        std::string out = answers->front().text;
        for (const auto& candidate : answers->front().candidates) {
            out += "|" + candidate.text + " " + std::to_string(candidate.probability);
        }
        return out;
    }

private Q_SLOTS:
    void initTestCase() {
        qputenv("R2T2_ENGINE", R2T2_ENGINE_FILE);
        tied_ = fs::path(root_.path().toStdString()) / "tied";
        here_ = fs::path(root_.path().toStdString()) / "here";
        ModelConfig config = small_;
        config.tie_word_embeddings = true;
        RandomCheckpointOptions options;
        options.dtype = TensorDtype::F32;
        const auto made = write_random_checkpoint(config, tied_, options);
        QVERIFY2(made.ok(), made.ok() ? "" : made.error().message().c_str());
    }

    /// Nothing is stored twice, counted twice or missed.
    void tied_without_an_output_matrix() {
        copy_tied();
        QVERIFY(!Checkpoint::open(here_)->contains(output_name));
        const CheckpointReport report = checked();
        QVERIFY2(report.usable() && report.warnings == 0, all_problems(report).c_str());
        QVERIFY(report.config->tie_word_embeddings && !report.stored_twice);
        QCOMPARE(report.found_tensors, report.expected_tensors);
        const auto model = opened();
        QVERIFY2(model.ok(), model.ok() ? "" : model.error().message().c_str());
        QCOMPARE((*model)->info().parameters, report.parameters);
        QVERIFY((*model)->info().remarks.empty());
        ModelConfig untied = small_;
        std::int64_t head = 0;
        for (const ParameterShape& parameter : parameter_table(untied)) {
            head += parameter.name == output_name ? parameter.shape[0] * parameter.shape[1] : 0;
        }
        QCOMPARE(weight_memory(untied, Precision::Float32, true) - weight_memory(*report.config, Precision::Float32, true), 4 * head);
        for (const char* precision : {"fp32", "bf16", "int8", "nf4"}) {
            const auto narrow = opened(precision);
            QVERIFY2(narrow.ok(), narrow.ok() ? "" : narrow.error().message().c_str());
            QCOMPARE((*narrow)->info().weight_bytes, weight_memory(*report.config, parse_precision(precision).value(), true));
        }
    }

    /// As HF does: the same answers as with the embedding stored as the output matrix of an untied model.
    void the_embedding_makes_the_logits() {
        copy_tied();
        const std::string tied = answer_of(**opened());
        const std::string identity = (*opened())->info().identity;
        store_output();
        state(false);
        const auto untied = opened();
        QVERIFY2(untied.ok(), untied.ok() ? "" : untied.error().message().c_str());
        QCOMPARE(answer_of(**untied), tied);
        QVERIFY2(has(tied, "|"), tied.c_str());
        QVERIFY((*untied)->info().identity != identity);
    }

    void stored_twice_and_equal() {
        copy_tied();
        const std::string tied = answer_of(**opened());
        store_output();
        const CheckpointReport report = checked();
        QVERIFY2(report.usable() && report.warnings == 0, all_problems(report).c_str());
        QVERIFY(report.config->tie_word_embeddings && report.stored_twice);
        const auto model = opened();
        QCOMPARE((*model)->info().parameters, report.parameters);
        QVERIFY((*model)->info().remarks.empty());
        QCOMPARE(answer_of(**model), tied);
    }

    /// Which of the two was taken is said, with the place and size of the largest difference.
    void stored_twice_and_different() {
        copy_tied();
        const std::string tied = answer_of(**opened());
        const std::size_t at = 5 * std::size_t(small_.hidden_size) + 3;
        store_output(at, 8.0F);
        const CheckpointReport report = checked();
        const std::string text = all_problems(report);
        QVERIFY2(report.usable() && report.warnings == 1, text.c_str());
        for (const char* part : {"config.json: tie_word_embeddings: found true", "output.weight", "model.tok_embeddings.weight", "1 of 32768 numbers differ",
                                 "the largest difference is 7.99999", " in row 5, column 3", "\"output.weight\" is taken as it is stored"}) {
            QVERIFY2(has(text, part), (text + "lacks: " + part).c_str());
        }
        QVERIFY(!report.config->tie_word_embeddings && !report.stored_twice);
        QCOMPARE(report.found_tensors, report.expected_tensors);
        const auto model = opened();
        QCOMPARE((*model)->info().parameters, report.parameters);
        QCOMPARE((*model)->info().weight_bytes, weight_memory(*report.config, Precision::Float32, true));
        QCOMPARE((*model)->info().remarks.size(), std::size_t{1});
        QVERIFY(has(text, (*model)->info().remarks[0]));
        QVERIFY(answer_of(**model) != tied);
        const std::string identity = (*model)->info().identity;
        state(false);
        QCOMPARE((*opened())->info().identity, identity);  // the same model, said rightly
        QCOMPARE(checked().warnings, std::int64_t{0});
    }

    /// Bits that differ and numbers that do not: another type, and minus zero.
    void the_same_numbers_in_another_type() {
        copy_tied();
        Weights file = Weights::read(weights());
        const std::string rows = file.bytes_of(embedding_name).substr(0, std::size_t(small_.vocab_size) * small_.hidden_size * 4);
        std::string wide;
        for (std::size_t i = 0; i < rows.size(); i += 4) {
            float value = 0;
            std::memcpy(&value, rows.data() + i, 4);
            const double number = value;
            wide.append(reinterpret_cast<const char*>(&number), 8);
        }
        file.add(output_name, "F64", {small_.vocab_size, small_.hidden_size}, wide);
        file.write(weights());
        QVERIFY2(checked().stored_twice, all_problems(checked()).c_str());
    }

    void refused_data() {
        QTest::addColumn<int>("index");
        for (int i = 0; i < 6; ++i) {
            QTest::addRow("%d", i) << i;
        }
    }
    /// Each by the check and by the engine, in the same words.
    void refused() {
        QFETCH(int, index);
        copy_tied();
        std::vector<std::string> named;
        const std::vector<std::int64_t> whole = {small_.vocab_size + 1, small_.hidden_size};
        if (index == 0) {
            state(false);
            named = {"output.weight", "no such tensor", "\"tie_word_embeddings\": true", "here it is false"};
        } else if (index == 1) {
            state(nullptr);
            named = {"output.weight", "no such tensor", "\"tie_word_embeddings\": true", "not stated, which is false"};
        } else if (index == 2) {
            state("yes");
            named = {"tie_word_embeddings", "\"yes\"", "true or false"};
        } else if (index == 3) {  // a row more: the embedding itself under the other name
            Weights file = Weights::read(weights());
            file.add(output_name, "F32", whole, file.bytes_of(embedding_name));
            file.write(weights());
            named = {"output.weight", "shape [513, 64]", "shape [512, 64]", "tie_word_embeddings is true"};
        } else if (index == 4) {
            Weights file = Weights::read(weights());
            file.add(output_name, "I32", {small_.vocab_size, small_.hidden_size}, std::string(std::size_t(small_.vocab_size) * small_.hidden_size * 4, '\0'));
            file.write(weights());
            named = {"output.weight", "dtype I32"};
        } else {  // the embedding is not made of the output matrix, which has a row less
            store_output();
            Weights file = Weights::read(weights());
            file.header["other"] = file.header[embedding_name];
            file.header.erase(embedding_name);
            file.write(weights());
            named = {"model.tok_embeddings.weight", "no such tensor"};
        }
        const std::string text = all_problems(checked());
        const auto model = opened();
        QVERIFY(!model.ok());
        QVERIFY2(!checked().usable(), text.c_str());
        for (const std::string& part : named) {
            QVERIFY2(has(text, part), (text + "lacks: " + part).c_str());
        }
        for (const std::string& part : named) {
            QVERIFY2(has(model.error().message(), part), (model.error().message() + " lacks: " + part).c_str());
        }
    }

    void cancelled_while_it_compares() {
        copy_tied();
        store_output();
        const CancelToken token = CancelToken::create();
        token.cancel();
        ModelConfig config = ModelConfig::read(here_ / "config.json").value();
        const auto stopped = settle_output_matrix(config, *Checkpoint::open(here_), "here", token);
        QVERIFY(!stopped.ok() && stopped.error().kind == ErrorKind::Cancelled);
    }
};

QTEST_GUILESS_MAIN(TestOutputMatrix)
#include "test_output_matrix.moc"
