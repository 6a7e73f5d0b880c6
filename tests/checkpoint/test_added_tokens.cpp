// Tokens that files beside tokenizer.model add: read as Transformers reads them, or named. By the check and by the engine alike.
#include <QTemporaryDir>
#include <QtTest>

#include "core/checkpoint/checkpoint_check.h"
#include "core/checkpoint/model_presets.h"
#include "core/checkpoint/random_checkpoint.h"
#include "core/model/engine.h"
#include "core/tokenizer/sentencepiece_tokenizer.h"
#include "tests/support/files.h"

using namespace r2t2;
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

std::string all_problems(const CheckpointReport& report) {
    std::string text;
    for (const CheckpointProblem& problem : report.problems) {
        text += (problem.fatal ? "problem " : "warning ") + problem.error.message() + "\n";
    }
    return text;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

struct Case {
    const char* name;
    const char* file;
    const char* content;  ///< empty: the file is taken away
    bool usable;
    std::vector<const char*> named;
};

constexpr const char* kConfig = "tokenizer_config.json";
constexpr const char* kAdded = "added_tokens.json";
constexpr const char* kMap = "special_tokens_map.json";

// 512 pieces, 513 rows; 511 is the last piece.
const std::vector<Case>& cases() {
    static const std::vector<Case> all = {
        {"as made", kAdded, "", true, {}},
        {"<image> as it is", kAdded, R"({"<image>": 512})", true, {}},
        // tokenizer_config.json decides where it has a decoder; the other file says something else.
        {"another file, not used", kAdded, R"({"<box>": 300})", true, {"added_tokens.json: \"<box>\": found id 300", "no such token", "which is what counts"}},
        {"another id there", kConfig, R"({"added_tokens_decoder": {"511": {"content": "<box>"}}})", true, {"\"<box>\" with the id 511, which is the piece", "both texts become this id"}},
        {"beyond the rows", kConfig, R"({"added_tokens_decoder": {"513": {"content": "<box>"}}})", false, {"tokenizer_config.json: added_tokens_decoder: \"513\"", "\"<box>\" with the id 513", "ids from 0 to 511; 513 rows in the embedding, the last is <image>"}},
        {"the row of <image>", kConfig, R"({"added_tokens_decoder": {"512": {"content": "<pad>"}}})", false, {"\"<pad>\" with the id 512", "the last is <image>"}},
        {"<image> elsewhere", kConfig, R"({"added_tokens_decoder": {"511": {"content": "<image>"}}})", false, {"\"<image>\" with the id 511", "512, the row behind the vocabulary"}},
        {"a special token that is no piece", kConfig, R"({"added_tokens_decoder": {"7": "<a>"}, "additional_special_tokens": ["<b>"]})", false, {"\"<b>\", which is no piece of tokenizer.model", "512 or more"}},
        {"a padding token that is no piece", kConfig, R"({"pad_token": "[PAD]"})", false, {"tokenizer_config.json: pad_token: found \"[PAD]\", which is no piece of tokenizer.model and gets the next free id, 512 or more"}},
        {"the same in the map", kMap, R"({"pad_token": {"content": "[PAD]", "lstrip": false}})", true, {}},  // not read beside a decoder
        {"single words", kConfig, R"({"added_tokens_decoder": {"511": {"content": "<box>", "single_word": true}}})", false, {"single_word", "true of \"<box>\""}},
        {"an id in words", kConfig, R"({"added_tokens_decoder": {"seven": {"content": "<box>"}}})", false, {"\"seven\"", "an id of at least 0"}},
        {"an empty text", kConfig, R"({"added_tokens_decoder": {"5": {"content": ""}}})", false, {"0 bytes of text"}},
        {"no text", kConfig, R"({"added_tokens_decoder": {"5": {"special": true}}})", false, {"an object with \"content\""}},
        {"a list", kConfig, R"({"added_tokens_decoder": ["<box>"]})", false, {"added_tokens_decoder", "an object of ids"}},
        {"no JSON", kConfig, "{", false, {"tokenizer_config.json"}},
        {"a list of files", kAdded, "[]", false, {"added_tokens.json", "an object"}},
        {"no token in front", kConfig, R"({"add_bos_token": false})", true, {"add_bos_token", "false", "is not looked at"}},
        {"a token behind", kConfig, R"({"add_bos_token": true, "add_eos_token": true})", true, {"add_eos_token", "true", "is not looked at"}},
        {"as ours", kConfig, R"({"add_bos_token": true, "add_eos_token": false})", true, {}},
    };
    return all;
}

}  // namespace

class TestAddedTokens : public QObject {
    Q_OBJECT

    QTemporaryDir root_;
    fs::path good_, here_;

    void copy_good() {
        fs::remove_all(here_);
        fs::copy(good_, here_);
    }
    [[nodiscard]] Result<std::shared_ptr<const Model>> opened() const { return load_engine().value()->open_model(here_, {}); }
    [[nodiscard]] Tokenizer pieces() const { return Tokenizer::open(here_ / "tokenizer.model").value(); }
    [[nodiscard]] AddedTokens read() const { return read_added_tokens(here_, pieces(), 512); }

private Q_SLOTS:
    void initTestCase() {
        qputenv("R2T2_ENGINE", R2T2_ENGINE_FILE);
        good_ = fs::path(root_.path().toStdString()) / "good";
        here_ = fs::path(root_.path().toStdString()) / "here";
        const auto made = write_random_checkpoint(find_model_preset("small")->config, good_, {});
        QVERIFY2(made.ok(), made.ok() ? "" : made.error().message().c_str());
    }

    void said_and_decided_data() {
        QTest::addColumn<int>("index");
        for (std::size_t i = 0; i < cases().size(); ++i) {
            QTest::newRow(cases()[i].name) << int(i);
        }
    }
    void said_and_decided() {
        QFETCH(int, index);
        const Case& one = cases()[std::size_t(index)];
        copy_good();
        fs::remove(here_ / one.file);
        if (*one.content != '\0') {
            write_file(here_ / one.file, one.content);
        }
        const CheckpointReport report = check_checkpoint(here_).value();
        const std::string text = all_problems(report);
        QVERIFY2(report.usable() == one.usable, text.c_str());
        QVERIFY2(report.problems.empty() == one.named.empty(), text.c_str());
        for (const char* part : one.named) {
            QVERIFY2(has(text, part), (text + "lacks: " + part).c_str());
        }
        const auto model = opened();
        QVERIFY2(model.ok() == one.usable, model.ok() ? "opens" : model.error().message().c_str());
        if (model) {  // a remark of the check is one of the engine's
            QCOMPARE(std::int64_t((*model)->info().remarks.size()), report.warnings);
        } else {
            QVERIFY2(has(text, model.error().message()), model.error().message().c_str());
        }
    }

    /// Without a decoder the older files count: ids, and what is special.
    void older_files() {
        copy_good();
        write_file(here_ / kConfig, "{}");
        write_file(here_ / kAdded, R"({"<box>": 511, "<ref>": 510})");
        write_file(here_ / kMap, R"({"pad_token": "</s>", "additional_special_tokens": ["<box>"]})");
        const AddedTokens added = read();
        QVERIFY2(added.problems.empty(), added.problems.empty() ? "" : added.problems[0].message().c_str());
        QCOMPARE(added.tokens.at("<box>").id, 511);
        QVERIFY(added.tokens.at("<box>").special && !added.tokens.at("<ref>").special);
        write_file(here_ / kAdded, R"({"<box>": 511, "<ref>": 600})");
        QVERIFY(!opened().ok() && has(opened().error().message(), "added_tokens.json: \"<ref>\": found \"<ref>\" with the id 600"));
        write_file(here_ / kAdded, R"({"<box>": 511, "<ref>": 511})");
        QVERIFY(has(opened().error().message(), "which \"<box>\" has too"));
        write_file(here_ / kAdded, R"({"<box>": "511"})");
        QVERIFY(has(opened().error().message(), "with the id \"511\""));
        fs::remove(here_ / kAdded);
        QVERIFY(has(opened().error().message(), "additional_special_tokens[0]"));  // no file gives it an id any more
        write_file(here_ / kMap, R"({"pad_token": "<pad>"})");
        QVERIFY(has(opened().error().message(), "special_tokens_map.json: pad_token"));
    }

    /// Whole tokens, whatever sentencepiece would make of their text; another identity.
    void they_are_cut_out_of_a_text() {
        copy_good();
        const auto before = opened();
        const auto plain = (*before)->tokenize("a<box>b").value();
        write_file(here_ / kConfig, R"({"added_tokens_decoder": {"0": {"content": "<unk>"}, "1": {"content": "<s>"}, "2": {"content": "</s>"},
                                        "401": {"content": "<box>", "special": false}, "400": {"content": "<end>", "special": true, "lstrip": true, "rstrip": true}}})");
        const auto after = opened();
        QVERIFY2(after.ok(), after.ok() ? "" : after.error().message().c_str());
        const Tokenizer tokenizer = pieces();
        std::vector<std::int32_t> expected = tokenizer.encode("a");
        expected.push_back(401);
        const auto b = tokenizer.encode("b");
        expected.insert(expected.end(), b.begin(), b.end());
        QCOMPARE((*after)->tokenize("a<box>b").value(), expected);
        QVERIFY(plain != expected);
        expected[expected.size() - b.size() - 1] = 400;
        QCOMPARE((*after)->tokenize("a \t<end>\n b").value(), expected);
        QVERIFY((*after)->info().identity != (*before)->info().identity);
        QCOMPARE((*after)->info().identity_parts.at("added tokens"), std::string("\"<box>\" 401 shown, \"<end>\" 400 lstrip rstrip"));
        QVERIFY((*before)->info().identity_parts.count("added tokens") == 0);  // as in runs from before they were read
        // A question may hold a word, and no special token.
        ModelInput input;
        input.rgb.assign(std::size_t((*after)->info().image_size) * (*after)->info().image_size * 3, 9);
        input.question = "what is <box>?";
        input.answer = "a <box>";
        const auto sample = (*after)->token_sample(input);
        QVERIFY2(sample.ok(), sample.ok() ? "" : sample.error().message().c_str());
        QCOMPARE(std::count(sample->prompt.begin(), sample->prompt.end(), 401), std::ptrdiff_t{1});
        QCOMPARE(std::count(sample->answer.begin(), sample->answer.end(), 401), std::ptrdiff_t{1});
        input.question = "what is <end>?";
        QVERIFY(has((*after)->token_sample(input).error().message(), "<end>"));
    }

    void answers_show_words_and_no_special_tokens() {
        copy_good();
        AddedToken box(511);
        box.special = false;
        const auto prompt = PromptTokenizer::create(pieces(), {{"<box>", box}, {"<end>", 510}});
        std::vector<std::int32_t> ids = pieces().encode("a");
        ids.insert(ids.end(), {511, 510});
        QCOMPARE(*prompt->decode(ids), *pieces().decode(pieces().encode("a")) + "<box>");
    }
};

QTEST_GUILESS_MAIN(TestAddedTokens)
#include "test_added_tokens.moc"
