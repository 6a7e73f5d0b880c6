// The tokenizer against sentencepiece itself: recorded answers always, the command line tools where installed.
#include <QObject>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <cmath>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include "core/tokenizer/sentencepiece_tokenizer.h"
#include "tests/support/patience.h"

using namespace r2t2;
namespace fs = std::filesystem;
using Ids = std::vector<std::int32_t>;
using Type = SentencePiece::Type;
using ModelType = SentencePieceTrainerSpec::ModelType;

namespace {

double thread_seconds() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

fs::path data(const std::string& name) {
    return fs::path(R2T2_TEST_DATA) / "tokenizer" / name;
}

std::string get(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void put(const fs::path& path, const std::string& content) {
    std::ofstream(path, std::ios::binary).write(content.data(), static_cast<std::streamsize>(content.size()));
}

std::vector<std::string> split_lines(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) {
        lines.push_back(line);
    }
    return lines;
}

Ids parse_ids(const std::string& line) {
    Ids ids;
    std::istringstream stream(line);
    for (std::int32_t id = 0; stream >> id;) {
        ids.push_back(id);
    }
    return ids;
}

std::string join(const Ids& ids) {
    std::string text;
    for (const std::int32_t id : ids) {
        text += text.empty() ? "" : " ";
        text += std::to_string(id);
    }
    return text;
}

std::span<const std::byte> bytes_of(const std::string& text) {
    return std::as_bytes(std::span(text));
}

std::string error_of(const auto& result) {
    return result.ok() ? std::string("accepted") : result.error().message();
}

/// A small valid model: unknown, two control pieces and single characters.
SentencePieceModel tiny(ModelType type, const std::vector<std::string>& texts) {
    SentencePieceModel model;
    model.trainer.model_type = type;
    model.pieces = {{"<unk>", 0, Type::Unknown}, {"<s>", 0, Type::Control}, {"</s>", 0, Type::Control}};
    for (const std::string& text : texts) {
        model.pieces.push_back({text, -static_cast<float>(model.pieces.size()), Type::Normal});
    }
    return model;
}

void exercise(const Tokenizer& tokenizer) {
    const Ids ids = tokenizer.encode("The red  box \xff <box>\u4e16\U0001f600 [UNUSED_TOKEN_145]");
    (void)tokenizer.decode(ids);
    Ids all;
    for (std::int32_t id = 0; id < std::min(tokenizer.piece_count(), 300); ++id) {
        all.push_back(id);
    }
    (void)tokenizer.decode(all);
}

}  // namespace

class TestSentencepiece : public QObject {
    Q_OBJECT

    QTemporaryDir directory_;
    fs::path path(const std::string& name) const { return fs::path(directory_.path().toStdString()) / name; }

    static std::string run(const QString& program, const QStringList& arguments, const std::string& input) {
        QProcess process;
        process.start(program, arguments);
        process.write(input.data(), static_cast<qint64>(input.size()));
        process.closeWriteChannel();
        if (!process.waitForFinished(kPatience) || process.exitCode() != 0) {
            return "failed: " + process.readAllStandardError().toStdString();
        }
        return process.readAllStandardOutput().toStdString();
    }
    void compare_with_tools(const SentencePieceModel& model, const std::string& name);

private Q_SLOTS:
    void recorded_answers_data();
    void recorded_answers();
    void tools_agree_data();
    void tools_agree();
    void tools_read_what_we_write();
    void written_model_reads_back();
    void special_pieces();
    void unused_pieces_are_taken_apart();
    void control_pieces_never_come_from_text();
    void decode_joins_bytes();
    void decode_refuses_unknown_ids();
    void prompt_tokenizer_splits_added_tokens();
    void long_lines_take_linear_time_data();
    void long_lines_take_linear_time();
    void unusable_models_data();
    void unusable_models();
    void malformed_messages_data();
    void malformed_messages();
    void every_truncation();
    void flipped_bytes();
    void damaged_character_maps();
    void not_a_model();
};

void TestSentencepiece::recorded_answers_data() {
    QTest::addColumn<QString>("model");
    for (const char* name : {"unigram_nmt_nfkc", "bpe_bytes", "char"}) {
        QTest::newRow(name) << name;
    }
}

void TestSentencepiece::recorded_answers() {
    QFETCH(QString, model);
    const std::string name = model.toStdString();
    const auto tokenizer = Tokenizer::open(data(name + ".model"));
    QVERIFY2(tokenizer.ok(), error_of(tokenizer).c_str());
    const auto lines = split_lines(get(data("lines.bin")));
    const auto ids = split_lines(get(data(name + ".ids")));
    const auto decoded = split_lines(get(data(name + ".decoded.bin")));
    QVERIFY(lines.size() >= 200);
    QCOMPARE(ids.size(), lines.size());
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const Ids found = tokenizer->encode(lines[i]);
        QVERIFY2(join(found) == ids[i],
                 ("line " + std::to_string(i + 1) + ": " + join(found) + " against " + ids[i]).c_str());
        if (!ids[i].empty()) {  // the tool reads an empty line as id 0
            const auto text = tokenizer->decode(found);
            QVERIFY(text.ok());
            QVERIFY2(*text == decoded[i], ("line " + std::to_string(i + 1) + ": " + *text).c_str());
        }
    }
    const auto random_ids = split_lines(get(data(name + ".random.ids")));
    const auto random_decoded = split_lines(get(data(name + ".random.decoded.bin")));
    QCOMPARE(random_ids.size(), random_decoded.size());
    for (std::size_t i = 0; i < random_ids.size(); ++i) {
        const auto text = tokenizer->decode(parse_ids(random_ids[i]));
        QVERIFY(text.ok());
        QVERIFY2(*text == random_decoded[i] || random_ids[i].empty(),
                 ("ids " + random_ids[i] + ": " + *text + " against " + random_decoded[i]).c_str());
    }
}

void TestSentencepiece::compare_with_tools(const SentencePieceModel& model, const std::string& name) {
    const fs::path file = path(name + ".model");
    const auto written = model.write(file);
    QVERIFY2(written.ok(), error_of(written).c_str());
    const auto tokenizer = Tokenizer::open(file);
    QVERIFY2(tokenizer.ok(), error_of(tokenizer).c_str());
    const QString option = QString::fromStdString("--model=" + file.string());
    const std::string text = get(data("lines.bin"));
    const auto lines = split_lines(text);
    const auto expected = split_lines(run("spm_encode", {option, "--output_format=id"}, text));
    QVERIFY2(expected.size() == lines.size(), expected.empty() ? "no answer" : expected[0].c_str());
    std::string all_ids;
    std::vector<Ids> kept;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const Ids ids = tokenizer->encode(lines[i]);
        QVERIFY2(join(ids) == expected[i],
                 (name + " line " + std::to_string(i + 1) + ": " + join(ids) + " against " + expected[i]).c_str());
        if (!ids.empty()) {
            kept.push_back(ids);
            all_ids += join(ids) + "\n";
        }
    }
    const auto decoded = split_lines(run("spm_decode", {option, "--input_format=id"}, all_ids));
    QCOMPARE(decoded.size(), kept.size());
    for (std::size_t i = 0; i < kept.size(); ++i) {
        const auto ours = tokenizer->decode(kept[i]);
        QVERIFY(ours.ok());
        QVERIFY2(*ours == decoded[i], (name + " ids " + join(kept[i]) + ": " + *ours).c_str());
    }
}

void TestSentencepiece::tools_agree_data() {
    QTest::addColumn<QString>("base");
    QTest::addColumn<QString>("change");
    for (const char* base : {"unigram_nmt_nfkc", "bpe_bytes", "char"}) {
        for (const char* change : {"none", "dummy prefix", "extra spaces", "no escape", "suffix", "unused", "unknowns",
                                   "surface", "equal scores", "positive scores", "symbols", "word", "denormalizer"}) {
            QTest::addRow("%s, %s", base, change) << base << change;
        }
    }
}

void TestSentencepiece::tools_agree() {
    if (QStandardPaths::findExecutable("spm_encode").isEmpty()) {
        QSKIP("spm_encode is not installed (Debian package sentencepiece)");
    }
    QFETCH(QString, base);
    QFETCH(QString, change);
    auto read = SentencePieceModel::read(data(base.toStdString() + ".model"));
    QVERIFY(read.ok());
    SentencePieceModel model = *read;
    std::size_t number = 0;
    for (SentencePiece& piece : model.pieces) {
        ++number;
        if (piece.type != Type::Normal) {
            continue;
        }
        if (change == "unused" && number % 3 == 0) {
            piece.type = Type::Unused;
        } else if (change == "symbols" && number % 7 == 0) {
            piece.type = Type::UserDefined;
        } else if (change == "equal scores") {
            piece.score = -static_cast<float>(number % 3);
        } else if (change == "positive scores") {
            piece.score += 20.0F;
        }
    }
    if (change == "unknowns") {  // fewer characters known: runs of unknown, or bytes
        std::erase_if(model.pieces, [](const SentencePiece& piece) {
            return piece.type == Type::Normal && piece.text.size() == 1 && piece.text[0] % 2 == 0;
        });
    }
    model.normalizer.add_dummy_prefix ^= change == "dummy prefix";
    model.normalizer.remove_extra_whitespaces ^= change == "extra spaces";
    model.normalizer.escape_whitespaces ^= change == "no escape";
    model.trainer.treat_whitespace_as_suffix ^= change == "suffix";
    if (change == "surface") {
        model.trainer.unk_surface = "?";
    }
    if (change == "word") {
        model.trainer.model_type = ModelType::Word;  // words begin with a space: none can spell a control piece
        model.trainer.treat_whitespace_as_suffix = false;
        model.normalizer.add_dummy_prefix = true;
    }
    if (change == "denormalizer") {
        model.denormalizer = SentencePieceModel::read(data("char.model"))->normalizer;
        model.denormalizer->add_dummy_prefix = false;
        model.denormalizer->escape_whitespaces = false;
    }
    compare_with_tools(model, "changed");
}

void TestSentencepiece::tools_read_what_we_write() {
    if (QStandardPaths::findExecutable("spm_encode").isEmpty()) {
        QSKIP("spm_encode is not installed (Debian package sentencepiece)");
    }
    auto model = tiny(ModelType::Unigram, {"\u2581", "a", "b", "ab", "\u2581ab", "c"});
    model.normalizer.name = "identity";
    compare_with_tools(model, "tiny_unigram");
    model.trainer.model_type = ModelType::Bpe;
    compare_with_tools(model, "tiny_bpe");
    model.trainer.byte_fallback = true;
    for (int byte = 0; byte < 256; ++byte) {
        model.pieces.push_back({piece_of_byte(static_cast<unsigned char>(byte)), 0, Type::Byte});
    }
    compare_with_tools(model, "tiny_bytes");
    model.pieces.push_back({"<image>", 0, Type::UserDefined});
    compare_with_tools(model, "tiny_symbol");
}

void TestSentencepiece::written_model_reads_back() {
    auto model = tiny(ModelType::Bpe, {"a", "b", std::string("\0", 1), "\u2581"});
    model.trainer.unk_surface = "?";
    model.trainer.pad_id = -1;
    model.trainer.bos_piece = "<start>";
    model.normalizer.add_dummy_prefix = false;
    model.normalizer.name = "identity";
    model.denormalizer.emplace();
    QVERIFY(model.write(path("written.model")).ok());
    const auto read = SentencePieceModel::read(path("written.model"));
    QVERIFY2(read.ok(), error_of(read).c_str());
    QCOMPARE(read->serialize(), model.serialize());
    QCOMPARE(read->pieces[5].text, std::string("\0", 1));
    QCOMPARE(read->trainer.pad_id, -1);
    QCOMPARE(read->trainer.bos_piece, std::string("<start>"));
    const auto tokenizer = Tokenizer::open(path("written.model"));
    QCOMPARE(tokenizer->encode(std::string_view("a\0b", 3)), (Ids{3, 5, 4}));
    model.pieces.pop_back();
    model.pieces.push_back({"a", 0, Type::Normal});
    QVERIFY(!model.write(path("refused.model")).ok());
    QVERIFY(!fs::exists(path("refused.model")));
}

void TestSentencepiece::special_pieces() {
    const auto tokenizer = Tokenizer::open(data("bpe_bytes.model"));
    QVERIFY(tokenizer.ok());
    QCOMPARE(tokenizer->unk_id(), 0);
    QCOMPARE(tokenizer->bos_id().value_or(-1), 1);
    QCOMPARE(tokenizer->eos_id().value_or(-1), 2);
    const auto symbol = tokenizer->id_of("[UNUSED_TOKEN_146]");
    QVERIFY(symbol.has_value());
    QCOMPARE(tokenizer->encode("[UNUSED_TOKEN_146]"), Ids{*symbol});  // atomic, and no dummy prefix
    QCOMPARE(tokenizer->piece(*symbol).text, std::string("[UNUSED_TOKEN_146]"));
    QVERIFY(!tokenizer->id_of("no such piece").has_value());
    QVERIFY(tokenizer->encode("").empty());
    QCOMPARE(byte_of_piece("<0x0A>"), 10);
    QCOMPARE(byte_of_piece("<0x0a>"), -1);
    QCOMPARE(piece_of_byte(0xff), std::string("<0xFF>"));
}

void TestSentencepiece::unused_pieces_are_taken_apart() {
    auto model = tiny(ModelType::Bpe, {"a", "b", "ab", "abab"});
    model.normalizer.add_dummy_prefix = false;
    QCOMPARE(Tokenizer::create(model)->encode("abab"), Ids{6});
    model.pieces[6].type = Type::Unused;
    QCOMPARE(Tokenizer::create(model)->encode("abab"), (Ids{5, 5}));
    model.pieces[5].type = Type::Unused;
    QCOMPARE(Tokenizer::create(model)->encode("abab"), (Ids{3, 4, 3, 4}));
}

void TestSentencepiece::control_pieces_never_come_from_text() {
    for (const ModelType type : {ModelType::Unigram, ModelType::Bpe, ModelType::Word, ModelType::Char}) {
        auto model = tiny(type, {"<", "s", ">", "/"});
        model.normalizer.add_dummy_prefix = false;
        const auto tokenizer = Tokenizer::create(model);
        for (const char* text : {"<s>", "</s>"}) {
            const Ids ids = tokenizer->encode(text);
            QVERIFY(!ids.empty());
            QVERIFY(std::none_of(ids.begin(), ids.end(), [](std::int32_t id) { return id == 1 || id == 2; }));
        }
    }
}

void TestSentencepiece::decode_joins_bytes() {
    const auto tokenizer = Tokenizer::open(data("bpe_bytes.model"));
    const std::string emoji = "\U0001f600";
    const Ids ids = tokenizer->encode(emoji);
    QCOMPARE(ids.size(), std::size_t{4});
    QCOMPARE(*tokenizer->decode(ids), emoji);
    QCOMPARE(*tokenizer->decode(std::span(ids).first(3)), std::string("\ufffd\ufffd\ufffd"));
}

void TestSentencepiece::decode_refuses_unknown_ids() {
    const auto tokenizer = Tokenizer::open(data("char.model"));
    for (const std::int32_t id : {-1, tokenizer->piece_count(), std::numeric_limits<std::int32_t>::max(),
                                  std::numeric_limits<std::int32_t>::min()}) {
        const auto decoded = tokenizer->decode(Ids{3, id});
        QVERIFY(!decoded.ok());
        QCOMPARE(decoded.error().field, std::string("token 1"));
    }
    QCOMPARE(*tokenizer->decode({}), std::string());
}

void TestSentencepiece::prompt_tokenizer_splits_added_tokens() {
    const auto tokenizer = Tokenizer::open(data("bpe_bytes.model"));
    const std::int32_t image = tokenizer->piece_count();
    const auto prompt = PromptTokenizer::create(
        *tokenizer, {{"<unk>", 0}, {"<s>", 1}, {"</s>", 2}, {"<image>", image}, {"<image>>", 7}});
    QVERIFY(prompt.ok());
    Ids expected = tokenizer->encode("an image. ");
    expected.push_back(image);
    const Ids tail = tokenizer->encode(" [UNUSED_TOKEN_146]user\nWhat?");
    expected.insert(expected.end(), tail.begin(), tail.end());
    const Ids found = prompt->encode("an image. <image> [UNUSED_TOKEN_146]user\nWhat?");
    QCOMPARE(found, expected);
    QCOMPARE(*prompt->decode(found), *tokenizer->decode(tokenizer->encode("an image.  [UNUSED_TOKEN_146]user\nWhat?")));
    QCOMPARE(prompt->encode("<s></s><unk><image><image>"), (Ids{1, 2, 0, image, image}));
    QCOMPARE(prompt->encode("<image>>"), Ids{7});  // the longest of those that start together
    QVERIFY(prompt->encode("").empty());
    QCOMPARE(prompt->encode("<imag"), tokenizer->encode("<imag"));
    QVERIFY(!PromptTokenizer::create(*tokenizer, {{"", 1}}).ok());
}

void TestSentencepiece::long_lines_take_linear_time_data() {
    QTest::addColumn<QString>("model");
    QTest::addColumn<QString>("unit");
    for (const char* name : {"unigram_nmt_nfkc", "bpe_bytes", "char"}) {
        QTest::addRow("%s, sentences", name) << name << "The red square shows the blue circle. ";
        QTest::addRow("%s, one letter", name) << name << "s";
        QTest::addRow("%s, spaces", name) << name << " ";
        QTest::addRow("%s, unknown", name) << name << "\U0001f600";
    }
}

void TestSentencepiece::long_lines_take_linear_time() {
    QFETCH(QString, model);
    QFETCH(QString, unit);
    const auto tokenizer = Tokenizer::open(data(model.toStdString() + ".model"));
    // This thread's own work. 256 times the text is 256 times the work, and 65,536 times where it grows with the square. The bound is the
    // geometric middle: caches that a long line outgrows, and others who use them too, were seen to cost a factor of three, never sixteen.
    const auto work = [&](std::size_t bytes, int times) {
        std::string text;
        while (text.size() < bytes) {
            text += unit.toStdString();
        }
        const double before = thread_seconds();
        for (int i = 0; i < times; ++i) {
            if (!tokenizer->decode(tokenizer->encode(text)).ok()) {
                return -1.0;
            }
        }
        return (thread_seconds() - before) / times;
    };
    const double small = work(1 << 12, 8);
    const double large = work(1 << 20, 1);
    QVERIFY(small > 0 && large > 0);
    QVERIFY2(large <= 4096 * small, ("2^12 bytes: " + std::to_string(small) + " s of work, 2^20 bytes: " + std::to_string(large)).c_str());
}

void TestSentencepiece::unusable_models_data() {
    QTest::addColumn<int>("kind");
    QTest::addColumn<QString>("named");
    int kind = 0;
    for (const auto& [name, named] :
         std::vector<std::pair<const char*, const char*>>{{"no pieces", "pieces"},
                                                          {"no unknown piece", "no unknown piece"},
                                                          {"two unknown pieces", "piece 3"},
                                                          {"duplicate piece", "piece 4"},
                                                          {"empty piece", "piece 4"},
                                                          {"NaN score", "piece 4"},
                                                          {"infinite score", "piece 4"},
                                                          {"byte piece without byte fallback", "piece 4"},
                                                          {"byte piece of another name", "piece 4"},
                                                          {"byte fallback without bytes", "<0x00>"},
                                                          {"unigram of control pieces only", "normal"},
                                                          {"overlong piece", "piece 4"},
                                                          {"character map too short", "precompiled_charsmap"},
                                                          {"trie beyond the map", "precompiled_charsmap"},
                                                          {"trie of odd size", "precompiled_charsmap"},
                                                          {"replacement without end", "precompiled_charsmap"},
                                                          {"endless replacement", "precompiled_charsmap"}}) {
        QTest::newRow(name) << kind++ << named;
    }
}

void TestSentencepiece::unusable_models() {
    QFETCH(int, kind);
    QFETCH(QString, named);
    auto model = tiny(ModelType::Unigram, {"a", "b"});
    SentencePiece& last = model.pieces.back();
    std::string& map = model.normalizer.precompiled_charsmap;
    using std::string_literals::operator""s;
    switch (kind) {
        case 0:
            model.pieces.clear();
            break;
        case 1:
            model.pieces[0].type = Type::Control;
            break;
        case 2:
            model.pieces[3].type = Type::Unknown;
            break;
        case 3:
            last.text = "a";
            break;
        case 4:
            last.text.clear();
            break;
        case 5:
            last.score = std::nanf("");
            break;
        case 6:
            last.score = -std::numeric_limits<float>::infinity();
            break;
        case 7:
            last = {"<0x41>", 0, Type::Byte};
            break;
        case 8:
            last = {"<0x4>", 0, Type::Byte};
            model.trainer.byte_fallback = true;
            break;
        case 9:
            model.trainer.byte_fallback = true;
            break;
        case 10:
            model.pieces.resize(3);
            break;
        case 11:
            last.text = std::string(SentencePieceModel::max_piece_bytes + 1, 'x');
            break;
        case 12:
            map = "abc";
            break;
        case 13:
            map = "\xff\xff\xff\x7f"s + "abcd";
            break;
        case 14:
            map = "\x03\0\0\0"s + "abcdefgh";
            break;
        case 15:
            map = "\x04\0\0\0"s + "abcdefgh";
            break;
        default:
            map = "\x04\0\0\0"s + "abcd" + std::string(10'000, 'x') + "\0"s;
            break;
    }
    put(path("unusable.model"), model.serialize());
    const auto opened = Tokenizer::open(path("unusable.model"));
    QVERIFY(!opened.ok());
    const std::string message = opened.error().message();
    QVERIFY2(message.find(path("unusable.model").string()) == 0, message.c_str());
    QVERIFY2(message.find(named.toStdString()) != std::string::npos, message.c_str());
}

void TestSentencepiece::malformed_messages_data() {
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QString>("named");
    const auto row = [](const char* name, const QByteArray& content, const char* named) {
        QTest::newRow(name) << content << named;
    };
    row("empty file", "", "pieces: found none");
    row("text file", "hello world, this is no model", "");
    row("length beyond the end", QByteArray("\x0a\x7f", 2), "127 bytes");
    row("length of 2^63", QByteArray("\x0a\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", 11), "9223372036854775808 bytes");
    row("varint of 70 bits", QByteArray("\x0a") + QByteArray(10, '\xff'), "more than 64 bits");
    row("endless varint", QByteArray(100, '\x80'), "more than 64 bits");
    row("varint cut", QByteArray("\x0a\x80", 2), "end of the message");
    row("field number 0", QByteArray("\x02\x00", 2), "field number 0");
    row("group", QByteArray("\x33", 1), "wire type 3");
    row("wire type 7", QByteArray("\x37", 1), "wire type 7");
    row("pieces as a number", QByteArray("\x08\x01", 2), "wire type 0");
    row("piece text as a number", QByteArray("\x0a\x02\x08\x01", 4), "piece 0");
    row("score as a number", QByteArray("\x0a\x02\x10\x01", 4), "piece 0");
    row("unknown piece type", QByteArray("\x0a\x02\x18\x09", 4), "value 9");
    row("unknown model type", QByteArray("\x12\x02\x18\x05", 4), "trainer_spec");
    row("fixed32 cut", QByteArray("\x0a\x03\x15\x00\x00", 5), "piece 0");
    row("normalizer flag as text", QByteArray("\x1a\x02\x1a\x00", 4), "normalizer_spec");
    row("no text in a piece", QByteArray("\x0a\x00", 2), "piece 0: found no text");
}

void TestSentencepiece::malformed_messages() {
    QFETCH(QByteArray, content);
    QFETCH(QString, named);
    put(path("malformed.model"), content.toStdString());
    const auto opened = Tokenizer::open(path("malformed.model"));
    QVERIFY(!opened.ok());
    const std::string message = opened.error().message();
    QVERIFY2(message.find(path("malformed.model").string()) == 0, message.c_str());
    QVERIFY2(message.find(named.toStdString()) != std::string::npos, message.c_str());
}

void TestSentencepiece::every_truncation() {
    const std::string whole = get(data("char.model"));
    const std::string small = tiny(ModelType::Bpe, {"a", "b", "ab"}).serialize();
    for (const std::string& content : {whole, small}) {
        for (std::size_t size = 0; size < content.size(); ++size) {
            auto model = SentencePieceModel::parse(bytes_of(content).first(size), "cut");
            if (model.ok()) {  // a cut between fields leaves a smaller model
                const auto tokenizer = Tokenizer::create(std::move(*model));
                if (tokenizer.ok()) {
                    exercise(*tokenizer);
                }
            }
        }
    }
}

void TestSentencepiece::flipped_bytes() {
    for (const char* name : {"char.model", "bpe_bytes.model"}) {
        const std::string whole = get(data(name));
        for (std::size_t i = 0; i < whole.size(); ++i) {
            std::string changed = whole;
            changed[i] = static_cast<char>(changed[i] ^ (1 << (i % 8)));
            auto model = SentencePieceModel::parse(bytes_of(changed), "flipped");
            if (!model.ok()) {
                continue;
            }
            const auto tokenizer = Tokenizer::create(std::move(*model));
            if (tokenizer.ok() && (i % 8 == 0 || i > whole.size() - 4000)) {
                exercise(*tokenizer);
            }
        }
    }
}

void TestSentencepiece::damaged_character_maps() {
    const auto model = SentencePieceModel::read(data("unigram_nmt_nfkc.model"));
    QVERIFY(model.ok());
    std::uint32_t state = 1;
    for (int round = 0; round < 200; ++round) {
        SentencePieceModel damaged = *model;
        std::string& map = damaged.normalizer.precompiled_charsmap;
        for (int i = 0; i < 2000; ++i) {
            state = state * 1664525 + 1013904223;
            const std::size_t at = 4 + state % 150'000;
            state = state * 1664525 + 1013904223;
            map[at] = static_cast<char>(state >> 24);
        }
        const auto tokenizer = Tokenizer::create(std::move(damaged));
        if (tokenizer.ok()) {
            exercise(*tokenizer);
        }
    }
}

void TestSentencepiece::not_a_model() {
    QVERIFY(Tokenizer::open(path("missing.model")).error().kind == ErrorKind::NotFound);
    QCOMPARE(Tokenizer::open(directory_.path().toStdString()).error().found, std::string("a directory"));
    {
        std::ofstream(path("sparse.model")) << "";
        fs::resize_file(path("sparse.model"), SentencePieceModel::max_file_bytes + 1);
    }
    QCOMPARE(Tokenizer::open(path("sparse.model")).error().field, std::string("file size"));
}

QTEST_GUILESS_MAIN(TestSentencepiece)
#include "test_sentencepiece.moc"
