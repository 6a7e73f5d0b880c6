// Broken checkpoint directories: refused with a message that names file, field or tensor, what was found, what is allowed.
// Malformed bytes inside a safetensors file have their own test (test_safetensors.cpp).
#include <QTemporaryDir>
#include <QtTest>

#include "core/base/quoted_name.h"
#include "core/model/moai_model.h"
#include "tests/support/files.h"
#include "tests/model/golden_checkpoint.h"

using namespace r2t2;
using namespace r2t2::golden;
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

struct Wanted {
    ErrorKind kind;
    std::string file, field, found, allowed;  ///< parts of the error; an empty field means that there is none
};

using ConfigEdit = std::function<void(json&)>;
using TensorEdit = std::function<void(TensorStore&)>;

const std::string gate = "model.layers.7.attention.moai_GA_img.weight";
const std::string positions = "vit.vision_tower.vision_model.embeddings.position_embedding.weight";

struct ConfigCase {
    const char* name;
    ConfigEdit edit;
    const char* field;
    const char* found;
    const char* allowed;
};

template <typename Value>
ConfigEdit set(const std::string& pointer, Value value) {
    return [=](json& j) { j[json::json_pointer(pointer)] = value; };
}

const std::vector<ConfigCase>& config_cases() {
    static const std::vector<ConfigCase> cases = {
        {"no hidden_size", [](json& j) { j.erase("hidden_size"); }, "hidden_size", "nothing", "not in the file"},
        {"no vocab_size", [](json& j) { j.erase("vocab_size"); }, "vocab_size", "nothing", "not in the file"},
        {"null layers", set("/num_hidden_layers", nullptr), "num_hidden_layers", "null (or NaN)", "a value"},
        {"text for a size", set("/hidden_size", "64"), "hidden_size", "\"64\"", "an integer"},
        {"fraction for a size", set("/intermediate_size", 160.5), "intermediate_size", "160.5", "an integer"},
        {"negative size", set("/num_attention_heads", -4), "num_attention_heads", "-4", "an integer from 0"},
        {"size beyond 64 bits", set("/hidden_size", 18446744073709551615ULL), "hidden_size", "18446744073709551615", "an integer from 0"},
        {"number for a switch", set("/bias", 1), "bias", "1", "true or false"},
        {"text for a number", set("/rope_theta", "1e6"), "rope_theta", "\"1e6\"", "a number"},
        {"list for a text", set("/moai/name", json::array()), "moai.name", "[]", "a string"},
        {"moai is a list", set("/moai", json::array({1})), "moai", "[1]", "an object"},
        {"compressor is a number", set("/moai/compressor", 5), "moai.compressor", "5", "an object"},
        {"vision is a text", set("/moai/vision", "clip"), "moai.vision", "\"clip\"", "an object"},
        {"rope_scaling is a text", set("/rope_scaling", "dynamic"), "rope_scaling", "\"dynamic\"", "an object"},
        {"rope type", set("/rope_scaling", json{{"type", "yarn"}, {"factor", 2.0}}), "rope_scaling.type", "yarn", "dynamic"},
        {"rope factor", set("/rope_scaling", json{{"type", "dynamic"}, {"factor", 0.0}}), "rope_scaling.factor", "0", "positive"},
        {"text in vision", set("/moai/vision/image_size", "70"), "moai.vision.image_size", "\"70\"", "an integer"},
        {"heads do not divide", set("/num_attention_heads", 5), "num_attention_heads", "5", "a divisor of hidden_size"},
        {"odd head size", set("/num_attention_heads", 64), "num_attention_heads", "64", "even head size"},
        {"kv heads do not divide", set("/num_key_value_heads", 3), "num_key_value_heads", "3", "a divisor of num_attention_heads"},
        {"expert heads do not divide", set("/moai/expert_heads", 3), "moai.expert_heads", "3", "a divisor of hidden_size"},
        {"vision heads do not divide", set("/moai/vision/num_attention_heads", 5), "moai.vision", "48, 5", "a divisor of the width"},
        {"patches do not divide", set("/moai/vision/image_size", 71), "moai.vision.image_size", "71", "a multiple of patch_size"},
        {"no mixer", set("/moai/mixer_interval", 17), "moai.mixer_interval", "17", "1 to num_hidden_layers"},
        {"mixers every 0", set("/moai/mixer_interval", 0), "moai.mixer_interval", "0", "1 to num_hidden_layers"},
        {"no layers", set("/num_hidden_layers", 0), "hidden_size, num_hidden_layers", "64, 0", "positive"},
        {"too many layers", set("/num_hidden_layers", 1 << 30), "hidden_size, num_hidden_layers", "1073741824", "1024 layers"},
        {"too wide", set("/hidden_size", 1 << 30), "hidden_size, num_hidden_layers", "1073741824", "2^18 wide"},
        {"too many words", set("/vocab_size", 1 << 30), "vocab_size, intermediate_size", "1073741824", "at most 2^24"},
        {"too many vision layers", set("/moai/vision/num_hidden_layers", 1 << 30), "moai.vision", "1073741824", "1024 layers"},
        {"too deep a compressor", set("/moai/compressor/depth", 1 << 30), "moai.compressor", "1073741824", "at most 1024"},
        {"no latents", set("/moai/compressor/latents", 0), "moai.compressor", "0", "positive"},
        {"stop id outside", set("/eos_token_id", 256), "eos_token_id", "256", "below vocab_size"},
        {"padding id outside", set("/pad_token_id", 300), "pad_token_id", "300", "below vocab_size"},
        {"no positions", set("/max_position_embeddings", 0), "max_position_embeddings", "0", "positive"},
        {"epsilon", set("/rms_norm_eps", 0.0), "rms_norm_eps", "0", "1e-12 to 0.1 (positive"},
        {"epsilon of 3", set("/rms_norm_eps", 3), "rms_norm_eps", "3", "1e-12 to 0.1"},
        {"epsilon beyond float32", set("/rms_norm_eps", 1e300), "rms_norm_eps", "1e+300", "1e-12 to 0.1"},
        {"epsilon that vanishes", set("/rms_norm_eps", 1e-300), "rms_norm_eps", "1e-300", "1e-12 to 0.1"},
        {"epsilon of the tower", set("/moai/vision/layer_norm_eps", -1), "moai.vision.layer_norm_eps", "-1", "1e-12 to 0.1"},
        {"epsilon of the tower, large", set("/moai/vision/layer_norm_eps", 1e5), "moai.vision.layer_norm_eps", "1e+05", "1e-12 to 0.1"},
        {"rotary base, large", set("/rope_theta", 1e300), "rope_theta", "1e+300", "1 to 1e+12"},
        {"rotary base, small", set("/rope_theta", 1e-300), "rope_theta", "1e-300", "1 to 1e+12"},
        {"rotary base, negative", set("/rope_theta", -1e6), "rope_theta", "-1", "1 to 1e+12"},
        {"rope factor, large", set("/rope_scaling", json{{"type", "dynamic"}, {"factor", 1e300}}), "rope_scaling.factor", "1e+300", "0.01 to 10000"},
        {"scale of PLoRA", set("/moai/plora_alpha", 1e300), "moai.plora_alpha", "1e+300", "0 to 1e+06"},
        {"scale of PLoRA, negative", set("/moai/plora_alpha", -4), "moai.plora_alpha", "-4", "0 to 1e+06"},
        {"another activation", set("/hidden_act", "gelu"), "hidden_act", "\"gelu\"", "silu"},
        {"a number for the activation", set("/hidden_act", 0), "hidden_act", "0", "silu"},
        {"a list for the activation", set("/hidden_act", json::array()), "hidden_act", "[]", "silu"},
        {"the activation in capitals", set("/hidden_act", "SiLU"), "hidden_act", "\"SiLU\"", "silu"},
        {"a number for the model", set("/model_type", -1), "model_type", "-1", "a string"},
        {"a text for architectures", set("/architectures", "MoAI"), "architectures", "\"MoAI\"", "a list of names"},
        {"heads of another size", set("/head_dim", 128), "head_dim", "128", "16, which is hidden_size / num_attention_heads"},
        {"a word for the window's switch", set("/use_sliding_window", "no"), "use_sliding_window", "\"no\"", "true or false"},
        {"template without image", set("/moai/prompt_template", "Q: {question}"), "moai.prompt_template", "{image} 0 times", "each exactly once"},
        {"template without question", set("/moai/prompt_template", "{image} tell"), "moai.prompt_template", "{question} 0 times", "each exactly once"},
        {"template with two images", set("/moai/prompt_template", "{image}{image}{question}"), "moai.prompt_template", "{image} 2 times", "each exactly once"},
    };
    return cases;
}

struct TensorCase {
    const char* name;
    TensorEdit edit;
    std::string field;
    const char* found;
    const char* allowed;
};

void set_float(Tensor& tensor, std::size_t element, float value) {
    std::memcpy(tensor.bytes.data() + 4 * element, &value, 4);
}

const std::vector<TensorCase>& tensor_cases() {
    static const std::vector<TensorCase> cases = {
        {"missing tensor", [](TensorStore& t) { t.erase(gate); }, gate, "no such tensor", "every tensor of the model"},
        {"no tensors at all", [](TensorStore& t) { t.clear(); }, "model.tok_embeddings.weight", "no such tensor", "every tensor"},
        {"transposed", [](TensorStore& t) { t[gate].shape = {64, 3}; }, gate, "[64, 3]", "[3, 64]"},
        {"flat", [](TensorStore& t) { t[gate].shape = {192}; }, gate, "[192]", "[3, 64]"},
        {"one row less", [](TensorStore& t) { t["output.weight"].shape = {255, 64}; t["output.weight"].bytes.resize(255 * 64 * 4); },
         "output.weight", "[255, 64]", "[256, 64]"},
        {"positions that are no square", [](TensorStore& t) { t[positions].shape = {25, 48}; t[positions].bytes.resize(25 * 48 * 4); },
         positions, "[25, 48]", "[26, 48]"},
        {"whole numbers", [](TensorStore& t) { t[gate].dtype = "I64"; t[gate].bytes.resize(192 * 8); }, gate, "dtype I64", "F64, F32, F16 or BF16"},
        {"bytes", [](TensorStore& t) { t[gate].dtype = "U8"; t[gate].bytes.resize(192); }, gate, "dtype U8", "F64, F32, F16 or BF16"},
        {"NaN", [](TensorStore& t) { set_float(t[gate], 17, std::nanf("")); }, gate, "NaN at element 17", "finite weights"},
        {"infinity", [](TensorStore& t) { set_float(t["output.weight"], 4099, -HUGE_VALF); }, "output.weight", "infinity at element 4099", "finite weights"},
    };
    return cases;
}

}  // namespace

class TestHostileCheckpoint : public QObject {
    Q_OBJECT

    QTemporaryDir root_;
    fs::path good_, bad_;

    static void copy_checkpoint(const fs::path& from, const fs::path& to) {
        fs::remove_all(to);
        fs::copy(from, to);
    }
    void refuse(const fs::path& directory, const Wanted& wanted, const ModelOptions& options = {}) {
        const auto model = MoaiModel::open(directory, options);
        QVERIFY2(!model.ok(), "opened");
        const Error& error = model.error();
        const std::string text = error.message();
        const auto contains = [&text](const std::string& whole, const std::string& part) {
            QVERIFY2(whole.find(part) != std::string::npos, (text + "\nlacks: " + part).c_str());
        };
        QVERIFY2(error.kind == wanted.kind, text.c_str());
        contains(error.where, wanted.file);
        contains(error.field, wanted.field);
        contains(error.found, wanted.found);
        contains(error.allowed, wanted.allowed);
        for (const std::string* part : {&error.where, &error.field, &error.found, &error.allowed}) {
            contains(text, printable(*part));
        }
    }

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(root_.isValid());
        good_ = fs::path(root_.path().toStdString()) / "good";
        bad_ = fs::path(root_.path().toStdString()) / "bad";
        const Status written = write_checkpoint(good_, "A");
        QVERIFY2(written.ok(), written.ok() ? "" : written.error().message().c_str());
        const auto model = MoaiModel::open(good_, {});
        QVERIFY2(model.ok(), model.ok() ? "" : model.error().message().c_str());
    }

    void config_data() {
        QTest::addColumn<int>("index");
        for (std::size_t i = 0; i < config_cases().size(); ++i) {
            QTest::newRow(config_cases()[i].name) << int(i);
        }
    }
    void config() {
        QFETCH(int, index);
        const ConfigCase& one = config_cases()[std::size_t(index)];
        copy_checkpoint(good_, bad_);
        json root = json::parse(std::ifstream(bad_ / "config.json"));
        one.edit(root);
        std::ofstream(bad_ / "config.json") << root.dump();
        refuse(bad_, {ErrorKind::InvalidInput, (bad_ / "config.json").string(), one.field, one.found, one.allowed});
    }

    /// In a field that is read, whether it has a default or not: null means the default, these mean nothing.
    void numbers_that_are_none() {
        copy_checkpoint(good_, bad_);
        const std::string file = (bad_ / "config.json").string(), good = read_file(file);
        for (const char* field : {"hidden_size", "rope_theta", "rms_norm_eps", "max_position_embeddings", "bos_token_id", "eos_token_id"}) {
            for (const std::string word : {"NaN", "Infinity", "-Infinity"}) {
                json root = json::parse(good);
                root[field] = "@";
                std::string text = root.dump();
                text.replace(text.find("\"@\""), 3, word);
                write_file(file, text);
                refuse(bad_, {ErrorKind::InvalidInput, file, field, word, ""});
            }
        }
        json root = json::parse(good);
        root["nobody_reads_this"] = "@";
        std::string text = root.dump();
        text.replace(text.find("\"@\""), 3, "NaN");
        write_file(file, text);
        const auto model = MoaiModel::open(bad_, {});
        QVERIFY2(model.ok(), model.ok() ? "" : model.error().message().c_str());
    }
    void configFile() {
        copy_checkpoint(good_, bad_);
        const std::string file = (bad_ / "config.json").string();
        std::ofstream(file) << "[1, 2]";
        refuse(bad_, {ErrorKind::InvalidInput, file, "", "[1,2]", "config.json"});
        for (const char* text : {"", "{", "{\"hidden_size\": }", "\x80\x02}q\x00.", "{\"hidden_size\": 64} trailing"}) {
            std::ofstream(file) << text;
            refuse(bad_, {ErrorKind::InvalidInput, file, "", "broken JSON at line 1, column", "JSON in UTF-8"});
        }
        fs::remove(file);
        refuse(bad_, {ErrorKind::NotFound, file, "", "no readable file", "config.json"});
    }

    // Nesting that the parser reads without recursion, and that printing the value would not survive.
    void deepConfig() {
        copy_checkpoint(good_, bad_);
        const std::string file = (bad_ / "config.json").string();
        for (const std::size_t depth : {std::size_t(1000), std::size_t(100'000)}) {
            std::ofstream(file) << "{\"hidden_size\": " << std::string(depth, '[') << std::string(depth, ']') << "}";
            refuse(bad_, {ErrorKind::InvalidInput, file, "", "JSON nested deeper than 64", "less"});
        }
        std::ofstream(file) << "{\"hidden_size\": " << std::string(300'000, '[') << std::string(300'000, ']') << "}";
        refuse(bad_, {ErrorKind::InvalidInput, file, "file size", "600", "at most 262144 bytes"});
        std::ofstream(file) << "{\"hidden_size\": \"" << std::string(200'000, 'x') << "\"}";
        const auto model = MoaiModel::open(bad_, {});
        QVERIFY(!model.ok() && model.error().message().size() < 500);
    }

    void tensors_data() {
        QTest::addColumn<int>("index");
        for (std::size_t i = 0; i < tensor_cases().size(); ++i) {
            QTest::newRow(tensor_cases()[i].name) << int(i);
        }
    }
    void tensors() {
        QFETCH(int, index);
        const TensorCase& one = tensor_cases()[std::size_t(index)];
        copy_checkpoint(good_, bad_);
        TensorStore store = checkpoint_tensors("A");
        one.edit(store);
        QVERIFY(write_tensors(store, bad_ / "model.safetensors").ok());
        const bool missing = std::string(one.found) == "no such tensor";
        refuse(bad_, {missing ? ErrorKind::NotFound : ErrorKind::InvalidInput, (bad_ / "model.safetensors").string(), one.field, one.found, one.allowed});
    }

    void truncatedWeights() {
        copy_checkpoint(good_, bad_);
        const fs::path file = bad_ / "model.safetensors";
        const auto size = fs::file_size(file);
        for (const std::uintmax_t keep : {size - 1, size / 2, std::uintmax_t(100), std::uintmax_t(8), std::uintmax_t(3), std::uintmax_t(0)}) {
            fs::resize_file(file, keep);
            const auto model = MoaiModel::open(bad_, {});
            QVERIFY(!model.ok());
            const Error& error = model.error();
            QVERIFY(error.kind == ErrorKind::InvalidInput);
            QCOMPARE(QString::fromStdString(error.where), QString::fromStdString(file.string()));
            QVERIFY2(!error.found.empty() && !error.allowed.empty(), error.message().c_str());
            QVERIFY2(!error.field.empty(), error.message().c_str());
        }
    }

    void pickleAndOthers() {
        copy_checkpoint(good_, bad_);
        const std::string file = (bad_ / "model.safetensors").string();
        const auto write = [&](std::string text) {
            text.resize(4096, '.');
            std::ofstream(file, std::ios::binary) << text;
        };
        write(std::string("\x80\x02}q\x00(X\x06\x00\x00\x00weight", 17));
        refuse(bad_, {ErrorKind::InvalidInput, file, "", "a Python pickle", "safetensors"});
        write("PK\x03\x04 archive/data.pkl");
        refuse(bad_, {ErrorKind::InvalidInput, file, "", "a zip archive", "safetensors"});
        fs::remove(file);
        std::ofstream(bad_ / "pytorch_model.bin") << "x";
        refuse(bad_, {ErrorKind::NotFound, bad_.string(), "", "pytorch_model.bin", "model.safetensors"});
        fs::remove(bad_ / "pytorch_model.bin");
        refuse(bad_, {ErrorKind::NotFound, bad_.string(), "", "no weights", "model.safetensors"});
    }

    void tokenizer() {
        copy_checkpoint(good_, bad_);
        const fs::path file = bad_ / "tokenizer.model";
        for (const int pieces : {255, 257}) {
            QVERIFY(checkpoint_tokenizer(pieces).write(file).ok());
            refuse(bad_, {ErrorKind::InvalidInput, file.string(), "pieces", std::to_string(pieces), "256"});
        }
        std::ofstream(file) << "{\"model\": {}}";  // a tokenizer.json under the wrong name
        const auto broken = MoaiModel::open(bad_, {});
        QVERIFY(!broken.ok() && broken.error().where.find("tokenizer.model") != std::string::npos);
        QVERIFY2(broken.error().kind == ErrorKind::InvalidInput, broken.error().message().c_str());
        fs::remove(file);
        const auto missing = MoaiModel::open(bad_, {});
        QVERIFY(!missing.ok() && missing.error().where.find("tokenizer.model") != std::string::npos);
        QVERIFY2(missing.error().kind == ErrorKind::NotFound, missing.error().message().c_str());
    }

    void noDirectory() {
        const fs::path nowhere = bad_ / "nowhere";
        refuse(nowhere, {ErrorKind::NotFound, (nowhere / "config.json").string(), "", "no readable file", "config.json"});
        // A file where the directory should be.
        refuse(good_ / "config.json", {ErrorKind::NotFound, "config.json/config.json", "", "no readable file", "config.json"});
    }

    void options() {
        ModelOptions wrong;
        wrong.prompt_template = "{image} and nothing to ask";
        refuse(good_, {ErrorKind::InvalidInput, "options", "prompt_template", "{question} 0 times", "each exactly once"}, wrong);
        ModelOptions cuda;
        cuda.device = "cuda:0";
        if (!at::hasCUDA()) {
            refuse(good_, {ErrorKind::Unsupported, "device", "cuda:0", "", "cpu"}, cuda);
        }
        ModelOptions strange;
        strange.device = "abacus";
        refuse(good_, {ErrorKind::InvalidInput, "device", "", "abacus", "cpu"}, strange);
    }

    /// Nothing was written to the good directory, and it still opens.
    void goodIsUntouched() {
        QVERIFY(MoaiModel::open(good_, {}).ok());
        QCOMPARE(std::distance(fs::directory_iterator(good_), fs::directory_iterator()), std::ptrdiff_t(3));
    }
};

QTEST_GUILESS_MAIN(TestHostileCheckpoint)
#include "test_hostile_checkpoint.moc"
