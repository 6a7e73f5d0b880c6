// Reading weights: every stored type into every form, the hash of what was read, memory, progress, cancel.
#include <QTemporaryDir>
#include <QtTest>

#include <malloc.h>

#include <fstream>

#include "core/base/sha256.h"
#include "core/model/activation_memory.h"
#include "core/model/moai_model.h"
#include "core/model/weight_store.h"
#include "tests/model/golden_checkpoint.h"

using namespace r2t2;
using namespace r2t2::golden;
namespace fs = std::filesystem;

namespace {

/// "VmHWM" or "VmRSS" of this process in bytes.
std::int64_t memory(const std::string& field) {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with(field + ":")) {
            return std::stoll(line.substr(field.size() + 1)) * 1024;
        }
    }
    return 0;
}

/// Sets the high-water mark back to what is in use.
bool reset_peak() {
    std::ofstream file("/proc/self/clear_refs");
    file << "5";
    file.close();
    return file.good();
}

at::Tensor as_stored(const Tensor& t) {
    at::Tensor out = at::empty(t.shape, at::kFloat);
    std::memcpy(out.data_ptr(), t.bytes.data(), t.bytes.size());
    return out;
}

/// Golden A with its tensors in another type.
TensorStore in_type(at::ScalarType type, const char* name) {
    TensorStore store = checkpoint_tensors("A");
    for (auto& [key, tensor] : store) {
        const at::Tensor converted = as_stored(tensor).to(type).contiguous();
        tensor.dtype = name;
        tensor.bytes.assign(static_cast<const std::uint8_t*>(converted.data_ptr()),
                            static_cast<const std::uint8_t*>(converted.data_ptr()) + converted.nbytes());
    }
    return store;
}

/// 152 million parameters in bfloat16, 304 MB: too many to merge adapters, few enough for a test.
ModelConfig large_config() {
    ModelConfig config = checkpoint_config("A");
    config.hidden_size = 1024;
    config.layers = 8;
    config.heads = 8;
    config.kv_heads = 4;
    config.intermediate_size = 3072;
    config.vocab_size = 20'000;
    config.bias = false;
    config.plora_rank = 16;
    config.expert_rank = 16;
    config.mixer_interval = 8;
    return config;
}

Status write_large(const fs::path& directory) {
    const ModelConfig config = large_config();
    fs::create_directories(directory);
    R2T2_TRY(config.write(directory / "config.json"));
    R2T2_TRY(checkpoint_tokenizer(config.vocab_size).write(directory / "tokenizer.model"));
    std::int64_t longest = 0;
    const auto count = [](const ParameterShape& p) {
        return std::accumulate(p.shape.begin(), p.shape.end(), std::int64_t(1), std::multiplies<>());
    };
    for (const ParameterShape& p : parameter_table(config)) {
        longest = std::max(longest, count(p));
    }
    at::Generator generator = at::detail::createCPUGenerator(3);
    const at::Tensor numbers = (at::randn({longest}, generator, at::kFloat) * 0.02).to(at::kBFloat16);
    SafetensorsWriter writer;
    for (const ParameterShape& p : parameter_table(config)) {  // every tensor begins with the same numbers
        R2T2_TRY(writer.add(p.name, TensorDtype::BF16, p.shape,
                            {static_cast<const std::byte*>(numbers.data_ptr()), std::size_t(2 * count(p))}));
    }
    return writer.write(directory / "model.safetensors");
}

constexpr std::int64_t slack = 48 << 20;  // pieces (20 MB at most), BLAS and allocator, what the kernel maps around a fault

}  // namespace

class TestWeightLoading : public QObject {
    Q_OBJECT

    QTemporaryDir root_;
    fs::path large_;

    [[nodiscard]] fs::path path(const char* name) const { return fs::path(root_.path().toStdString()) / name; }

private Q_SLOTS:
    void initTestCase() {
        configure_torch();
        large_ = path("large");
        const Status written = write_large(large_);
        QVERIFY2(written.ok(), written.ok() ? "" : written.error().message().c_str());
    }

    void everyType_data() {
        QTest::addColumn<int>("type");
        QTest::addColumn<QString>("name");
        QTest::newRow("F64") << int(at::kDouble) << "F64";
        QTest::newRow("F32") << int(at::kFloat) << "F32";
        QTest::newRow("F16") << int(at::kHalf) << "F16";
        QTest::newRow("BF16") << int(at::kBFloat16) << "BF16";
    }
    void everyType() {
        QFETCH(int, type);
        QFETCH(QString, name);
        const auto stored_type = static_cast<at::ScalarType>(type);
        const fs::path file = path("typed.safetensors");
        const std::string dtype = name.toStdString();
        QVERIFY(write_tensors(in_type(stored_type, dtype.c_str()), file).ok());
        const Checkpoint checkpoint = Checkpoint::open(file).value();
        const ModelConfig config = checkpoint_config("A");
        for (const at::ScalarType wanted : {at::kFloat, at::kDouble, at::kBFloat16}) {
            for (const WeightFormat format : {WeightFormat::Dense, WeightFormat::Int8, WeightFormat::Nf4}) {
                const LoadedWeights loaded = read_weights(config, checkpoint, "test", wanted, format).value();
                QCOMPARE(loaded.sha256, sha256_file(file).value());
                for (const auto& [key, tensor] : checkpoint_tensors("A")) {
                    const at::Tensor exact = as_stored(tensor).to(stored_type);
                    const WeightMatrix& found = loaded.named.at(key);
                    QCOMPARE(found.sizes(), tensor.shape);
                    if (!may_be_quantised(key, tensor.shape) || format == WeightFormat::Dense) {
                        QVERIFY2(found.dense().scalar_type() == wanted && found.dense().equal(exact.to(wanted)), key.c_str());
                    } else {
                        const WeightMatrix rounded = WeightMatrix::quantise(exact, format);
                        QVERIFY2(found.format() == format && found.values().equal(rounded.values()) &&
                                     found.scales().equal(rounded.scales()), key.c_str());
                    }
                }
            }
        }
    }

    /// Tensors that the model does not use, and shards: the hash is that of the files.
    void hashOfFiles() {
        TensorStore store = checkpoint_tensors("A");
        store["unused.inv_freq"] = store.begin()->second;
        const fs::path file = path("more.safetensors");
        QVERIFY(write_tensors(store, file).ok());
        const ModelConfig config = checkpoint_config("A");
        const Checkpoint one = Checkpoint::open(file).value();
        QCOMPARE(read_weights(config, one, "test", at::kFloat, WeightFormat::Dense).value().sha256, sha256_file(file).value());

        const fs::path directory = path("shards");
        fs::create_directories(directory);
        TensorStore parts[2];
        nlohmann::json index;
        int turn = 0;
        for (const auto& [name, tensor] : store) {
            const std::string shard = turn % 2 == 0 ? "a.safetensors" : "b.safetensors";
            index["weight_map"][name] = shard;
            parts[turn++ % 2][name] = tensor;
        }
        QVERIFY(write_tensors(parts[0], directory / "a.safetensors").ok());
        QVERIFY(write_tensors(parts[1], directory / "b.safetensors").ok());
        std::ofstream(directory / "model.safetensors.index.json") << index;
        const Checkpoint two = Checkpoint::open(directory).value();
        const LoadedWeights loaded = read_weights(config, two, "test", at::kFloat, WeightFormat::Dense).value();
        Sha256 both;
        both.update(sha256_file(directory / "a.safetensors").value());
        both.update(sha256_file(directory / "b.safetensors").value());
        QCOMPARE(loaded.sha256, both.hex());
        QVERIFY(loaded.named.at("output.weight").dense().equal(as_stored(store.at("output.weight"))));
    }

    /// Peak resident memory while a model of 304 MB is opened: what its weights take, and little more.
    void memoryOfLoading_data() {
        QTest::addColumn<int>("precision");
        QTest::newRow("bf16") << int(Precision::BFloat16);
        QTest::newRow("fp32") << int(Precision::Float32);
        QTest::newRow("int8") << int(Precision::Int8);
        QTest::newRow("nf4") << int(Precision::Nf4);
    }
    void memoryOfLoading() {
#if defined(__SANITIZE_ADDRESS__)
        QSKIP("the address sanitizer keeps freed memory");
#endif
        QFETCH(int, precision);
        ModelOptions options;
        options.precision = static_cast<Precision>(precision);
        release_activation_memory();
        malloc_trim(0);  // what other tests freed must not hide what this one takes
        if (!reset_peak()) {
            QSKIP("this system does not let a process reset its high-water mark");
        }
        const std::int64_t before = memory("VmRSS");
        const auto model = MoaiModel::open(large_, options);
        QVERIFY2(model.ok(), model.ok() ? "" : model.error().message().c_str());
        const std::int64_t weights = (*model)->info().weight_bytes;
        const std::int64_t peak = memory("VmHWM") - before;
        const std::int64_t kept = memory("VmRSS") - before;
        qInfo("%.0f MB of weights: peak %.0f MB, kept %.0f MB", double(weights) / 1e6, double(peak) / 1e6, double(kept) / 1e6);
        QVERIFY(weights > 50'000'000);
        QVERIFY(peak <= weights + slack);
        QVERIFY(peak >= weights / 2);  // the measurement measures
    }

    void progressAndCancel() {
        std::vector<Progress> seen;
        ModelOptions options;
        options.precision = Precision::Nf4;
        const auto model = MoaiModel::open(large_, options, [&](const Progress& p) { seen.push_back(p); });
        QVERIFY(model.ok());
        QVERIFY(!seen.empty());
        for (std::size_t i = 0; i < seen.size(); ++i) {
            QCOMPARE(seen[i].total, std::int64_t(fs::file_size(large_ / "model.safetensors") / 1'000'000));
            QVERIFY(seen[i].done > 0 && seen[i].done <= seen[i].total && !seen[i].detail.empty());
            QVERIFY(i == 0 || seen[i].done > seen[i - 1].done);
        }
        const CancelToken cancel = CancelToken::create();
        int reports = 0;
        const auto stopped = MoaiModel::open(large_, options, [&](const Progress&) { cancel.cancel(), ++reports; }, cancel);
        QVERIFY(!stopped.ok());
        QCOMPARE(stopped.error().kind, ErrorKind::Cancelled);
        QCOMPARE(reports, 1);
    }

    /// What changes in the middle of loading is an error that names the file: no model is made of two, and nothing ends by a signal.
    void filesThatChangeMeanwhile_data() {
        QTest::addColumn<QString>("change");
        for (const char* change : {"weights cut", "weights overwritten", "weights replaced", "weights removed", "config overwritten", "config replaced",
                                   "tokenizer replaced", "shard added"}) {
            QTest::newRow(change) << change;
        }
    }
    void filesThatChangeMeanwhile() {
        QFETCH(QString, change);
        const fs::path folder = path("changing");
        fs::remove_all(folder);
        fs::copy(large_, folder);
        const fs::path weights = folder / "model.safetensors", config = folder / "config.json", tokenizer = folder / "tokenizer.model";
        const auto overwrite = [](const fs::path& file, std::uintmax_t at) {
            std::fstream stream(file, std::ios::binary | std::ios::in | std::ios::out);
            stream.seekp(static_cast<std::streamoff>(at));
            stream << '1';
        };
        const auto replace = [&](const fs::path& file) {  // by the very same bytes
            fs::copy_file(file, folder / "new.part");
            fs::rename(folder / "new.part", file);
        };
        bool changed = false;
        const auto once = [&](const Progress&) {
            if (std::exchange(changed, true)) {
                return;
            }
            if (change == "weights cut") {
                fs::resize_file(weights, fs::file_size(weights) - 1000);
            } else if (change == "weights overwritten") {
                overwrite(weights, fs::file_size(weights) - 4000);
            } else if (change == "weights replaced") {
                replace(weights);
            } else if (change == "weights removed") {
                fs::remove(weights);
            } else if (change == "config overwritten") {
                overwrite(config, 2);
            } else if (change == "config replaced") {
                replace(config);
            } else if (change == "tokenizer replaced") {
                replace(tokenizer);
            } else {
                std::ofstream(folder / "model.safetensors.index.json") << "{}";
            }
        };
        ModelOptions options;
        options.precision = Precision::Nf4;  // takes the longest
        const auto model = MoaiModel::open(folder, options, once);
        QVERIFY2(changed, "it changed while it was read");
        QVERIFY2(!model.ok(), "no model of two");
        const std::string said = model.error().message();
        const char* named = change.startsWith("weights") ? "model.safetensors" : change.startsWith("config") ? "config.json" : change.startsWith("tokenizer") ? "tokenizer.model" : "index.json";
        QVERIFY2(said.find(named) != std::string::npos, said.c_str());
        QCOMPARE(model.error().kind, ErrorKind::InvalidInput);
    }

    /// Opened in 4 bits, a model of this size prepares and answers.
    void answers() {
        ModelOptions options;
        options.precision = Precision::Nf4;
        options.max_new_tokens = 2;
        const auto model = MoaiModel::open(large_, options).value();
        ModelInput input;
        input.rgb.assign(std::size_t(70) * 70 * 3, 90);
        input.question = "What is it?";
        input.answer = "a dog";
        const PreparedSamplePtr sample = model->prepare(input).value();
        const RoutedQuery query{sample.get(), RoutingAction::fixed(RoutingMatrix(1, 6, std::vector<double>(6, 1.0 / 3)))};
        const auto loss = model->loss_and_gradient({&query, 1}, true).value();
        QVERIFY(std::isfinite(loss[0].loss) && loss[0].gradient.experts() == 6);
        QVERIFY(model->answer({&query, 1}).ok());
    }
};

QTEST_GUILESS_MAIN(TestWeightLoading)
#include "test_weight_loading.moc"
