// The sentence encoder: a tiny random BERT against NumPy, the real all-MiniLM-L6-v2 where it is there, and broken checkpoints.
#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <fstream>

#include "core/checkpoint/bert_config.h"
#include "core/model/engine.h"
#include "core/checkpoint/safetensors.h"
#include "core/model/sentence_encoder.h"
#include "core/tokenizer/wordpiece_tokenizer.h"

using namespace r2t2;
namespace fs = std::filesystem;

namespace {

using Json = nlohmann::json;
using Ids = std::vector<std::int32_t>;

const fs::path kData = R2T2_TEST_DATA "/bert";

Json read_json(const fs::path& path) {
    std::ifstream file(path);
    return Json::parse(file);
}

std::string read_file(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void write_file(const fs::path& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

double length(const std::vector<float>& v) {
    double squares = 0;
    for (const float each : v) {
        squares += double(each) * double(each);
    }
    return std::sqrt(squares);
}

const std::string kPieces = "[PAD]\n[UNK]\n[CLS]\n[SEP]\nred\n##ish\nball\n";

}  // namespace

class TestSentenceEncoder : public QObject {
    Q_OBJECT

    EngineModule* engine_ = nullptr;

    /// A copy of the tiny checkpoint that a test may damage.
    static fs::path copy_of_tiny(const QTemporaryDir& folder) {
        const fs::path to = fs::path(folder.path().toStdString()) / "tiny";
        fs::copy(kData / "tiny", to);
        return to;
    }

private Q_SLOTS:
    void initTestCase() {
        const auto engine = load_engine();
        QVERIFY2(engine.ok(), engine.ok() ? "" : engine.error().message().c_str());
        engine_ = *engine;
    }

    void tinyAgainstNumpy() {
        const auto encoder = engine_->open_sentence_encoder(kData / "tiny");
        QVERIFY2(encoder.ok(), encoder.ok() ? "" : encoder.error().message().c_str());
        QCOMPARE((*encoder)->info().dimension, 12);
        QCOMPARE((*encoder)->info().max_tokens, 16);
        QCOMPARE((*encoder)->info().name, std::string("tiny"));
        QCOMPARE((*encoder)->info().weights_hash.size(), std::size_t(64));
        for (const Json& each : read_json(kData / "tiny/expected.json")) {
            const std::string text = each["text"];
            QCOMPARE((*encoder)->tokenize(text), each["ids"].get<Ids>());
            const auto found = (*encoder)->embed(text);
            QVERIFY(found.ok());
            const auto expected = each["embedding"].get<std::vector<double>>();
            QCOMPARE(found->size(), expected.size());
            for (std::size_t i = 0; i < expected.size(); ++i) {
                QVERIFY2(std::abs(double((*found)[i]) - expected[i]) < 2e-6, text.c_str());
            }
        }
    }

    /// R2T2_MINILM_DIR: config.json, model.safetensors, tokenizer.json or vocab.txt of all-MiniLM-L6-v2.
    void miniLmAgainstTransformers() {
        const QByteArray directory = qgetenv("R2T2_MINILM_DIR");
        if (directory.isEmpty()) {
            QSKIP("R2T2_MINILM_DIR does not name all-MiniLM-L6-v2: its 100 sentences are not compared");
        }
        const auto encoder = engine_->open_sentence_encoder(directory.toStdString());
        QVERIFY2(encoder.ok(), encoder.ok() ? "" : encoder.error().message().c_str());
        const Json sentences = read_json(kData / "minilm.json");
        const auto file = SafetensorsFile::open(kData / "minilm.safetensors");
        QVERIFY(file.ok());
        const StoredTensor* expected = file->find("embedding");
        QVERIFY(expected != nullptr);
        QCOMPARE(expected->shape, (std::vector<std::int64_t>{100, 384}));
        double worst = 0;
        for (std::size_t s = 0; s < sentences.size(); ++s) {
            const std::string text = sentences[s]["text"];
            QVERIFY2((*encoder)->tokenize(text) == sentences[s]["ids"].get<Ids>(), text.c_str());
            const auto found = (*encoder)->embed(text);
            QVERIFY(found.ok());
            QVERIFY(std::abs(length(*found) - 1) < 1e-5);
            std::vector<float> row(384);
            QVERIFY(expected->read(s * 384 * sizeof(float), std::as_writable_bytes(std::span(row))).ok());
            for (std::size_t i = 0; i < row.size(); ++i) {
                worst = std::max(worst, std::abs(double((*found)[i]) - double(row[i])));
            }
        }
        qInfo("100 sentences, largest difference %.2g", worst);
        QVERIFY(worst < 1e-5);
        // The vocabulary alone cuts the same pieces as tokenizer.json.
        const auto plain = WordPieceTokenizer::from_vocabulary(read_file(fs::path(directory.toStdString()) / "vocab.txt"), {}, "vocab.txt");
        QVERIFY(plain.ok());
        for (const Json& each : sentences) {
            QCOMPARE(plain->encode(each["text"].get<std::string>(), 256), each["ids"].get<Ids>());
        }
    }

    void casedVocabulary() {
        const auto tokenizer = WordPieceTokenizer::from_vocabulary("[UNK]\n[CLS]\n[SEP]\nR\u00e9d\nred\n", {false, false, true}, "v");
        QVERIFY(tokenizer.ok());
        QCOMPARE(tokenizer->encode("R\u00e9d red RED", 10), (Ids{1, 3, 4, 0, 2}));
        QCOMPARE(tokenizer->encode("red red red red", 4), (Ids{1, 4, 4, 2}));
        QCOMPARE(tokenizer->encode("red", 2), (Ids{1, 2}));
        QCOMPARE(tokenizer->encode("red", 0), (Ids{1, 2}));
    }

    void tokenizerJson() {
        const auto json = [](const char* change = nullptr, const Json& value = {}) {
            Json whole = {{"normalizer", {{"type", "BertNormalizer"}, {"lowercase", true}, {"strip_accents", nullptr}}},
                          {"pre_tokenizer", {{"type", "BertPreTokenizer"}}},
                          {"model", {{"type", "WordPiece"}, {"vocab", {{"[UNK]", 0}, {"[CLS]", 1}, {"[SEP]", 2}, {"red", 3}}}}}};
            if (change != nullptr) {
                whole[Json::json_pointer(change)] = value;
            }
            return whole.dump();
        };
        const auto good = WordPieceTokenizer::from_tokenizer_json(json(), "t");
        QVERIFY2(good.ok(), good.ok() ? "" : good.error().message().c_str());
        QCOMPARE(good->encode("R\u00e9d!", 8), (Ids{1, 3, 0, 2}));
        const struct {
            const char* change;
            Json value;
            const char* says;
        } broken[] = {{"/model/type", "BPE", "model.type"},
                      {"/model", 5, "model.type"},
                      {"/normalizer/type", "NFC", "normalizer.type"},
                      {"/normalizer/lowercase", 3, "normalizer.lowercase"},
                      {"/pre_tokenizer", nullptr, "pre_tokenizer.type"},
                      {"/model/continuing_subword_prefix", "@@", "continuing_subword_prefix"},
                      {"/model/vocab", Json::array(), "model.vocab"},
                      {"/model/vocab/red", 2, "model.vocab[\"red\"]"},
                      {"/model/vocab/red", 9, "model.vocab[\"red\"]"},
                      {"/model/vocab/red", -1, "model.vocab[\"red\"]"},
                      {"/model/vocab", {{"[UNK]", 0}}, "[CLS]"}};
        for (const auto& each : broken) {
            const auto tokenizer = WordPieceTokenizer::from_tokenizer_json(json(each.change, each.value), "t");
            QVERIFY2(!tokenizer.ok(), each.change);
            QVERIFY2(QString::fromStdString(tokenizer.error().message()).contains(each.says), tokenizer.error().message().c_str());
        }
        QVERIFY(!WordPieceTokenizer::from_tokenizer_json("{", "t").ok());
        QVERIFY(!WordPieceTokenizer::from_tokenizer_json(std::string(1'000'000, '['), "t").ok());
    }

    void brokenVocabularies() {
        QVERIFY(WordPieceTokenizer::from_vocabulary(kPieces, {}, "v").ok());
        const auto twice = WordPieceTokenizer::from_vocabulary(kPieces + "red\n", {}, "v");
        QVERIFY(!twice.ok());
        QCOMPARE(QString::fromStdString(twice.error().message()), QString("v: line 8: found \"red\" a second time; allowed: pieces that differ"));
        QVERIFY(!WordPieceTokenizer::from_vocabulary("", {}, "v").ok());
        QVERIFY(!WordPieceTokenizer::from_vocabulary("[CLS]\n[SEP]\n", {}, "v").ok());
    }

    void brokenCheckpoints_data() {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("value");  // JSON; empty: the file goes
        QTest::addColumn<QString>("says");
        const auto row = [](const char* name, const char* file, const char* key, const char* value, const char* says) {
            QTest::newRow(name) << file << key << value << says;
        };
        row("no weights", "model.safetensors", "", "", "model.safetensors");
        row("no vocabulary", "vocab.txt", "", "", "vocab.txt");
        row("no config", "config.json", "", "", "config.json");
        row("other model", "config.json", "model_type", "\"roberta\"", "model_type");
        row("other activation", "config.json", "hidden_act", "\"relu\"", "hidden_act");
        row("other positions", "config.json", "position_embedding_type", "\"relative_key\"", "position_embedding_type");
        row("other width", "config.json", "hidden_size", "24", "embeddings.word_embeddings.weight");
        row("more layers", "config.json", "num_hidden_layers", "3", "encoder.layer.2");
        row("heads that do not divide", "config.json", "num_attention_heads", "5", "num_attention_heads");
        row("no heads", "config.json", "num_attention_heads", "0", "num_attention_heads");
        row("huge", "config.json", "hidden_size", "1e30", "hidden_size");
        row("a text", "config.json", "vocab_size", "\"many\"", "vocab_size");
        row("one position", "config.json", "max_position_embeddings", "1", "max_position_embeddings");
        row("more pieces than rows", "config.json", "vocab_size", "7", "vocabulary");
        row("bad eps", "config.json", "layer_norm_eps", "-1", "layer_norm_eps");
        row("bad length", "sentence_bert_config.json", "max_seq_length", "0", "max_seq_length");
        row("first token pooling", "1_Pooling/config.json", "pooling_mode_cls_token", "true", "pooling_mode_cls_token");
    }
    void brokenCheckpoints() {
        QFETCH(QString, file);
        QFETCH(QString, key);
        QFETCH(QString, value);
        QFETCH(QString, says);
        QTemporaryDir folder;
        const fs::path tiny = copy_of_tiny(folder);
        const fs::path changed = tiny / file.toStdString();
        if (value.isEmpty()) {
            fs::remove(changed);
        } else {
            fs::create_directories(changed.parent_path());
            Json json = fs::exists(changed) ? read_json(changed) : Json::object();
            json[key.toStdString()] = Json::parse(value.toStdString());
            write_file(changed, json.dump());
        }
        const auto encoder = engine_->open_sentence_encoder(tiny);
        QVERIFY(!encoder.ok());
        const QString message = QString::fromStdString(encoder.error().message());
        QVERIFY2(message.contains(says), qPrintable(message));
    }

    void weightsThatAreNotFinite() {
        QTemporaryDir folder;
        const fs::path tiny = copy_of_tiny(folder);
        std::string bytes = read_file(tiny / "model.safetensors");
        const float nan = std::nanf("");
        std::memcpy(bytes.data() + bytes.size() - sizeof nan, &nan, sizeof nan);
        write_file(tiny / "model.safetensors", bytes);
        const auto encoder = engine_->open_sentence_encoder(tiny);
        QVERIFY(!encoder.ok());
        QVERIFY(QString::fromStdString(encoder.error().message()).contains("NaN"));
    }
};

QTEST_GUILESS_MAIN(TestSentenceEncoder)
#include "test_sentence_encoder.moc"
