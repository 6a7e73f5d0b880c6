// Random checkpoints: the same bytes for the same seed, numbers that a model can live with, nothing left behind on failure.
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <sys/stat.h>

#include "core/base/random.h"
#include "core/base/sha256.h"
#include "core/checkpoint/checkpoint_check.h"
#include "core/model/engine.h"
#include "core/checkpoint/model_presets.h"
#include "core/checkpoint/random_checkpoint.h"
#include "core/checkpoint/random_weights.h"
#include "core/checkpoint/safetensors_stream.h"
#include "core/tokenizer/sentencepiece_tokenizer.h"
#include "core/tokenizer/synthetic_tokenizer.h"
#include "tests/support/files.h"
#include "tests/support/memory.h"
#include "tests/support/patience.h"

using namespace r2t2;
namespace fs = std::filesystem;
using Ids = std::vector<std::int32_t>;

namespace {

const char* text_of(const Error& error) {
    static std::string text;
    text = error.message();
    return text.c_str();
}

float from_bfloat16(std::uint16_t bits) { return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16); }

/// Exact value of a finite binary16.
double from_float16(std::uint16_t bits) {
    const int exponent = (bits >> 10) & 31;
    const int mantissa = bits & 1023;
    const double magnitude = exponent == 0 ? std::ldexp(mantissa, -24) : std::ldexp(1024 + mantissa, exponent - 25);
    return bits & 0x8000 ? -magnitude : magnitude;
}

std::vector<float> values_of(const StoredTensor& view) {
    std::vector<float> values;
    const auto data = view.read().value();
    for (std::size_t i = 0; i < data.size(); i += dtype_size(view.dtype)) {
        std::uint32_t bits = 0;
        std::memcpy(&bits, data.data() + i, dtype_size(view.dtype));
        const auto half = static_cast<std::uint16_t>(bits);
        values.push_back(view.dtype == TensorDtype::F32    ? std::bit_cast<float>(bits)
                         : view.dtype == TensorDtype::BF16 ? from_bfloat16(half)
                                                           : static_cast<float>(from_float16(half)));
    }
    return values;
}

/// Tensor name -> bytes.
std::map<std::string, std::string> tensors_of(const fs::path& directory) {
    const auto checkpoint = Checkpoint::open(directory);
    std::map<std::string, std::string> all;
    for (const std::string& name : checkpoint->names()) {
        const auto data = checkpoint->tensor(name)->read().value();
        all[name] = {reinterpret_cast<const char*>(data.data()), data.size()};
    }
    return all;
}

ModelInput picture(int side, std::uint64_t seed, const std::string& question) {
    RandomStream random = RandomStream::fork(seed, "test picture");
    ModelInput input;
    for (int i = 0; i < side * side * 3; ++i) {
        input.rgb.push_back(static_cast<std::uint8_t>(random.below(256)));
    }
    input.question = question;
    input.answer = "a red ball";
    return input;
}

}  // namespace

class TestRandomCheckpoint : public QObject {
    Q_OBJECT

    QTemporaryDir root_;
    ModelConfig small_ = find_model_preset("small")->config;

    fs::path fresh() {
        static int number = 0;
        return fs::path(root_.path().toStdString()) / ("c" + std::to_string(number++));
    }
    fs::path made(const RandomCheckpointOptions& options, const ModelConfig* config = nullptr) {
        const fs::path directory = fresh();
        const auto result = write_random_checkpoint(config ? *config : small_, directory, options);
        if (!result) {
            qFatal("%s", text_of(result.error()));
        }
        return directory;
    }
    std::ptrdiff_t entries() const { return std::distance(fs::directory_iterator(root_.path().toStdString()), fs::directory_iterator()); }

private Q_SLOTS:
    void sameSeedSameBytes() {
        RandomCheckpointOptions one;
        one.threads = 1;
        const fs::path first = made(one);
        RandomCheckpointOptions three = one;
        three.threads = 3;
        const fs::path second = made(three);
        for (const auto& entry : fs::directory_iterator(first)) {
            QVERIFY2(read_file(entry.path()) == read_file(second / entry.path().filename()), entry.path().c_str());
        }
        // As first written: another compiler or machine must not change them.
        QCOMPARE(*sha256_file(first / "model.safetensors"), std::string("3ab638d3fd697985b90c2a0f2690360d7fcf5d28d980b69ed5fa049f2c67f518"));
        QCOMPARE(*sha256_file(first / "tokenizer.model"), std::string("49bebab236cbb41e02f41290c107e16e7e3be2c95980db036c34f91d2e0ee05e"));
        const auto tensors = tensors_of(first);
        for (const int shards : {2, 5, 11}) {
            RandomCheckpointOptions cut = three;
            cut.shards = shards;
            const fs::path sharded = made(cut);
            QVERIFY(tensors_of(sharded) == tensors);
            QCOMPARE(Checkpoint::open(sharded)->files().size(), std::size_t(shards));
            QVERIFY(read_file(sharded / "tokenizer.model") == read_file(first / "tokenizer.model"));
        }
        RandomCheckpointOptions other = one;
        other.seed = 2;
        const auto others = tensors_of(made(other));
        for (const ParameterShape& parameter : parameter_table(small_)) {
            const bool constant = weight_spread(small_, parameter).deviation == 0;
            QVERIFY2(constant == (others.at(parameter.name) == tensors.at(parameter.name)), parameter.name.c_str());
        }
    }

    // Element i is number i of the tensor's own stream: four 16-bit parts, centred. Looked at without the fast path.
    void numbersAreTheStreams() {
        const WeightSpread spread{0.25F, 0.5F};
        std::vector<float> block(1000);
        fill_random_weights(7, "some.tensor", spread, TensorDtype::F32, 12'345, std::as_writable_bytes(std::span(block)));
        RandomStream stream = RandomStream::fork(7, "some.tensor");
        for (int skipped = 0; skipped < 12'345; ++skipped) {
            (void)stream.next();
        }
        for (const float value : block) {
            const std::uint64_t bits = stream.next();
            double sum = 0;
            for (int part = 0; part < 4; ++part) {
                sum += static_cast<double>((bits >> (16 * part)) & 0xffff) - 65535 / 2.0;
            }
            const double wanted = 0.25 + 0.5 * sum / std::sqrt(4 * (65536.0 * 65536.0 - 1) / 12);
            QVERIFY2(std::abs(value - wanted) < 1e-6, std::to_string(value).c_str());
        }
    }

    // Nearest even, against all neighbours of binary16 and by the definition of bfloat16.
    void rounding() {
        RandomStream random(3);
        for (int i = 0; i < 200'000; ++i) {
            const float value = static_cast<float>(random.normal() * std::exp(random.uniform(-22.0, 10.0)));
            const std::uint16_t half = to_float16_bits(value);
            if (std::fabs(value) >= 65520.0F) {
                QCOMPARE(half & 0x7fff, 0x7c00);
            } else {
                const double error = std::abs(from_float16(half) - value);
                for (const int step : {-1, 1}) {
                    const auto next = static_cast<std::uint16_t>(half + step);
                    if (((half & 0x7fff) == 0 && step < 0) || (next & 0x7c00) == 0x7c00) {
                        continue;
                    }
                    const double there = std::abs(from_float16(next) - value);
                    QVERIFY2(error < there || (error == there && half % 2 == 0), std::to_string(value).c_str());
                }
            }
            const double brain = std::abs(static_cast<double>(from_bfloat16(to_bfloat16_bits(value))) - value);
            QVERIFY(brain <= std::ldexp(std::fabs(value), -8));
        }
        QCOMPARE(to_float16_bits(1.0F), std::uint16_t{0x3c00});
        QCOMPARE(to_float16_bits(-0.0F), std::uint16_t{0x8000});
        QCOMPARE(to_float16_bits(65519.0F), std::uint16_t{0x7bff});
        QCOMPARE(to_float16_bits(std::numeric_limits<float>::infinity()), std::uint16_t{0x7c00});
        QCOMPARE(to_float16_bits(2049.0F), std::uint16_t{0x6800});  // a tie: 2048, the even one
        QCOMPARE(to_float16_bits(2051.0F), std::uint16_t{0x6802});  // a tie: 2052
        QCOMPARE(to_bfloat16_bits(1.00390625F), std::uint16_t{0x3f80});  // a tie: 1, the even one
        QCOMPARE(to_bfloat16_bits(1.01171875F), std::uint16_t{0x3f82});
    }

    void spreads_data() {
        QTest::addColumn<int>("dtype");
        QTest::newRow("bf16") << int(TensorDtype::BF16);
        QTest::newRow("f16") << int(TensorDtype::F16);
        QTest::newRow("f32") << int(TensorDtype::F32);
    }
    void spreads() {
        QFETCH(int, dtype);
        RandomCheckpointOptions options;
        options.dtype = static_cast<TensorDtype>(dtype);
        const fs::path directory = made(options);
        const auto checkpoint = Checkpoint::open(directory);
        QVERIFY(checkpoint.ok() && scan_non_finite(*checkpoint).ok());
        for (const ParameterShape& parameter : parameter_table(small_)) {
            const auto view = checkpoint->tensor(parameter.name);
            QVERIFY(view.ok() && view->dtype == options.dtype && view->shape == parameter.shape);
            const std::vector<float> values = values_of(*view);
            const WeightSpread spread = weight_spread(small_, parameter);
            double mean = 0;
            double square = 0;
            for (const float value : values) {
                mean += value / static_cast<double>(values.size());
                square += static_cast<double>(value) * value / static_cast<double>(values.size());
            }
            if (spread.deviation == 0) {
                QVERIFY2(std::all_of(values.begin(), values.end(), [&](float v) { return v == spread.mean; }), parameter.name.c_str());
                continue;
            }
            const auto n = static_cast<double>(values.size());
            QVERIFY2(std::abs(mean) < 5 * spread.deviation / std::sqrt(n), parameter.name.c_str());
            QVERIFY2(std::abs(square / (spread.deviation * spread.deviation) - 1) < 5 * std::sqrt(2 / n) + 0.01, parameter.name.c_str());
        }
        const auto spread = [this](const char* name, std::vector<std::int64_t> shape) { return weight_spread(small_, {name, std::move(shape)}); };
        QCOMPARE(spread("model.layers.0.ffn_norm.weight", {64}).mean, 1.0F);
        QCOMPARE(spread("moai_compressor.layers.0.1.0.weight", {64}).mean, 1.0F);
        QCOMPARE(spread("moai_compressor.norm.bias", {64}).deviation, 0.0F);
        QCOMPARE(spread("model.layers.1.attention.moai_GA_img.weight", {3, 64}).deviation, 0.125F);
        QCOMPARE(spread("model.layers.0.feed_forward.w2.Plora_main.weight", {64, 256}).deviation, float(1 / 16.0 / std::sqrt(8.0)));
    }

    // The streaming writer and the collecting one make the same file.
    void streamIsTheWriters() {
        const fs::path directory = made({});
        const auto file = SafetensorsFile::open(directory / "model.safetensors");
        SafetensorsWriter writer;
        writer.set_metadata("format", "pt");
        std::vector<std::vector<std::byte>> data;  // lives until the file is written
        for (const auto& [name, view] : file->tensors()) {
            data.push_back(view.read().value());
            QVERIFY(writer.add(name, view.dtype, view.shape, data.back()).ok());
        }
        const fs::path collected = fresh();
        QVERIFY(writer.write(collected).ok());
        QVERIFY(read_file(collected) == read_file(directory / "model.safetensors"));
    }

    void streamRefuses() {
        const auto refused = [this](std::vector<TensorPlan> plan) { return !SafetensorsStream::create(fresh(), std::move(plan)).ok(); };
        QVERIFY(refused({{"a", TensorDtype::F32, {2}}, {"a", TensorDtype::U8, {2}}}));
        QVERIFY(refused({{"", TensorDtype::F32, {2}}}));
        QVERIFY(refused({{"__metadata__", TensorDtype::F32, {2}}}));
        QVERIFY(refused({{"\xff", TensorDtype::F32, {2}}}));
        QVERIFY(refused({{"a", TensorDtype::F32, {-1}}}));
        QVERIFY(refused({{"a", TensorDtype::F32, {1LL << 31, 1LL << 31}}}));
        QVERIFY(refused({{"a", TensorDtype::U8, {1LL << 62}}, {"b", TensorDtype::U8, {1LL << 62}}}));
    }

    void existingDirectories() {
        const fs::path directory = made({});
        RandomCheckpointOptions again;
        again.seed = 2;
        const auto refused = write_random_checkpoint(small_, directory, again);
        QVERIFY(!refused.ok() && refused.error().message().find("--force") != std::string::npos);
        const auto before = tensors_of(directory);
        again.replace = true;
        QVERIFY(write_random_checkpoint(small_, directory, again).ok());
        QVERIFY(tensors_of(directory) != before);
        write_file(directory / "thesis.tex", "years of work");
        const auto kept = write_random_checkpoint(small_, directory, again);
        QVERIFY(!kept.ok() && kept.error().message().find("thesis.tex") != std::string::npos);
        QCOMPARE(read_file(directory / "thesis.tex"), std::string("years of work"));
        const fs::path empty = fresh();
        fs::create_directory(empty);
        QVERIFY(write_random_checkpoint(small_, empty, {}).ok());
        const fs::path file = fresh();
        write_file(file, "x");
        QVERIFY(!write_random_checkpoint(small_, file, again).ok());
        QVERIFY(!write_random_checkpoint(small_, fresh() / "a" / "b", {}).ok());
    }

    // Whatever goes wrong: no directory that looks complete, and none that does not.
    void nothingIsLeftBehind() {
        const std::ptrdiff_t before = entries();
        RandomCheckpointOptions full;
        full.shards = 3;
        for (const std::uint64_t room : {0, 100, 30'000, 300'000}) {
            full.fail_after_bytes = room;
            const auto failed = write_random_checkpoint(small_, fresh(), full);
            QVERIFY2(!failed.ok() && failed.error().kind == ErrorKind::Io, std::to_string(room).c_str());
            QVERIFY2(failed.error().message().find("No space left") != std::string::npos, text_of(failed.error()));
        }
        CancelToken token = CancelToken::create();
        const auto stop = [&token](const Progress& progress) { progress.done > 0 ? token.cancel() : void(); };
        const ModelConfig medium = find_model_preset("medium")->config;
        const auto stopped = write_random_checkpoint(medium, fresh(), {}, stop, token);
        QVERIFY(!stopped.ok() && stopped.error().kind == ErrorKind::Cancelled);
        ModelConfig huge = small_;  // more than any disk holds
        huge.hidden_size = 1 << 18;
        huge.heads = huge.kv_heads = 1 << 10;
        huge.layers = 1024;
        const auto too_large = write_random_checkpoint(huge, fresh(), {});
        QVERIFY(!too_large.ok() && too_large.error().kind == ErrorKind::Io);
        QCOMPARE(too_large.error().field, std::string("free space"));
        QCOMPARE(entries(), before);
    }

    void memoryIsSmall() {
        if (sanitized()) {
            QSKIP("the sanitizer's own memory hides ours");
        }
        const ModelConfig medium = find_model_preset("medium")->config;
        start_memory_peak();
        const long before = memory_kib("VmRSS:");
        RandomCheckpointOptions options;
        options.threads = 2;
        const fs::path directory = made(options, &medium);
        const long growth = memory_kib("VmHWM:") - before;
        QVERIFY2(growth < 50'000, std::to_string(growth).c_str());
        QVERIFY(fs::file_size(directory / "model.safetensors") > 300'000'000);
        start_memory_peak();
        const long rest = memory_kib("VmRSS:");
        CheckpointCheckOptions values;
        values.scan_values = true;
        QVERIFY(check_checkpoint(directory, values)->usable());
        QVERIFY2(memory_kib("VmHWM:") - rest < 60'000, std::to_string(memory_kib("VmHWM:") - rest).c_str());
        fs::remove_all(directory);
    }

    void headersOnlyTakeNoRoom() {
        RandomCheckpointOptions options;
        options.headers_only = true;
        const fs::path directory = made(options, &find_model_preset("medium")->config);
        const CheckpointReport report = *check_checkpoint(directory);
        QVERIFY(report.usable());
        QCOMPARE(report.bytes, 2 * report.expected_parameters);
        struct stat info {};
        QCOMPARE(::stat((directory / "model.safetensors").c_str(), &info), 0);
        QVERIFY2(info.st_size > 300'000'000 && info.st_blocks * 512 < 1'000'000, std::to_string(info.st_blocks).c_str());
    }

    void presets() {
        const ModelConfig medium = find_model_preset("medium")->config;
        QCOMPARE(medium.mixer_layers(), (std::vector<int>{7, 15}));
        QCOMPARE(medium.vision.patches(), 1225);
        QCOMPARE(medium.vocab_size, 92'544);
        QCOMPARE(find_model_preset("moai-7b")->config.mixer_layers(), (std::vector<int>{7, 15, 23, 31}));
        QVERIFY(has_moai_7b_shape(find_model_preset("moai-7b")->config) && !has_moai_7b_shape(medium));
        for (const ModelPreset& preset : model_presets()) {
            QVERIFY(preset.config.check(preset.name).ok());
        }
        const auto unknown = find_model_preset("large");
        QVERIFY(!unknown.ok() && unknown.error().allowed == "moai-7b, medium, small");
    }

    void tokenizer_data() {
        QTest::addColumn<int>("pieces");
        for (const int pieces : {min_synthetic_pieces, 512, 5000, 92'544}) {
            QTest::newRow(std::to_string(pieces).c_str()) << pieces;
        }
    }
    void tokenizer() {
        QFETCH(int, pieces);
        const auto model = synthetic_tokenizer(pieces, 5);
        QVERIFY(model.ok() && model->check("synthetic").ok());
        const auto tokens = Tokenizer::create(*model);
        QVERIFY(tokens.ok());
        QCOMPARE(tokens->piece_count(), pieces);
        QCOMPARE(tokens->encode("[UNUSED_TOKEN_145]"), (Ids{pieces - 2}));
        QCOMPARE(tokens->encode("[UNUSED_TOKEN_146]"), (Ids{pieces - 1}));
        QVERIFY(tokens->bos_id() == 1 && tokens->eos_id() == 2 && tokens->unk_id() == 0);
        std::string lines;
        std::string every;
        for (int byte = 1; byte < 256; ++byte) {
            every += static_cast<char>(byte);
        }
        for (const std::string& text : {std::string("what colour is the circle left of the box?"), std::string("  two  spaces "), std::string("\u4e16\u754c \U0001f600 caf\u00e9"),
                                        std::string("AI assistant [UNUSED_TOKEN_146]user [UNUSED_TOKEN_145]x"), std::string("The image includes bounding box coordinates and their objects: [0.00, 0.41] sky.")}) {
            const auto back = tokens->decode(tokens->encode(text));
            QVERIFY(back.ok());
            QCOMPARE(*back, text);
            lines += text + "\n";
        }
        QVERIFY(!tokens->encode(every).empty());
        if (QStandardPaths::findExecutable("spm_encode").isEmpty()) {
            QSKIP("spm_encode is not installed (Debian package sentencepiece)");
        }
        RandomStream random(11);
        for (int i = 0; i < 200; ++i) {  // pieces side by side, where merges compete
            for (int word = 0; word < 12; ++word) {
                const SentencePiece& piece = model->pieces[std::size_t(259 + random.below(pieces - 259))];
                lines += piece.text.starts_with("\xe2\x96\x81") ? " " + piece.text.substr(3) : piece.text;
            }
            lines += "\n";
        }
        const fs::path file = fresh();
        QVERIFY(model->write(file).ok());
        QProcess process;
        process.start("spm_encode", {"--model=" + QString::fromStdString(file.string()), "--output_format=id"});
        process.write(lines.data(), qint64(lines.size()));
        process.closeWriteChannel();
        QVERIFY(process.waitForFinished(kPatience) && process.exitCode() == 0);
        const QList<QByteArray> answers = process.readAllStandardOutput().split('\n');
        const QList<QByteArray> asked = QByteArray::fromStdString(lines).split('\n');
        QCOMPARE(answers.size(), asked.size());
        for (qsizetype i = 0; i + 1 < asked.size(); ++i) {
            QByteArray ours;
            for (const std::int32_t id : tokens->encode(asked[i].toStdString())) {
                ours += (ours.isEmpty() ? "" : " ") + QByteArray::number(id);
            }
            QVERIFY2(ours == answers[i], (asked[i] + "\n" + ours + "\n" + answers[i]).constData());
        }
    }

    void tokenizerOfImpossibleSize() {
        for (const int pieces : {0, min_synthetic_pieces - 1, (1 << 20) + 1}) {
            QVERIFY(!synthetic_tokenizer(pieces, 1).ok());
        }
    }

    // Through 4 and through 32 layers: routing that is neither uniform nor a single expert, finite losses near those of
    // guessing, gradients that are not zero.
    void theEngineRunsIt_data() {
        QTest::addColumn<int>("layers");
        QTest::addColumn<int>("interval");
        QTest::newRow("4 layers") << 4 << 2;
        QTest::newRow("32 layers") << 32 << 8;
    }
    void theEngineRunsIt() {
        QFETCH(int, layers);
        QFETCH(int, interval);
        ModelConfig config = small_;
        config.layers = layers;
        config.mixer_interval = interval;
        RandomCheckpointOptions checkpoint;
        checkpoint.shards = 2;
        const fs::path directory = made(checkpoint, &config);
        qputenv("R2T2_ENGINE", R2T2_ENGINE_FILE);
        const auto engine = load_engine();
        QVERIFY2(engine.ok(), engine.ok() ? "" : text_of(engine.error()));
        const auto model = (*engine)->open_model(directory, {});
        QVERIFY2(model.ok(), model.ok() ? "" : text_of(model.error()));
        QCOMPARE((*model)->info().parameters, check_checkpoint(directory)->parameters);
        QVERIFY((*model)->info().name.find("random weights, seed 1") != std::string::npos);
        for (const std::uint64_t seed : {1, 2, 3}) {
            const auto sample = (*model)->prepare(picture(70, seed, "what colour is the ball?"));
            QVERIFY2(sample.ok(), sample.ok() ? "" : text_of(sample.error()));
            const RoutingMatrix& native = (*sample)->native_routing();
            for (std::size_t row = 0; row < native.rows(); ++row) {
                for (const double weight : native.row(row)) {
                    QVERIFY2(weight > 0.02 && weight < 0.95, std::to_string(weight).c_str());
                }
            }
            RoutingMatrix equal(1, 6);
            for (double& weight : equal.row(0)) {
                weight = 1 / 3.0;
            }
            const RoutedQuery query{sample->get(), RoutingAction::fixed(equal)};
            const auto loss = (*model)->loss_and_gradient({&query, 1}, true);
            QVERIFY(loss.ok());
            QVERIFY2(loss->front().loss > 3 && loss->front().loss < 12, std::to_string(loss->front().loss).c_str());
            double steepest = 0;
            for (const double each : loss->front().gradient.row(0)) {
                steepest = std::max(steepest, std::abs(each));
            }
            QVERIFY2(steepest > 1e-5 && steepest < 100, std::to_string(steepest).c_str());
        }
    }
};

QTEST_GUILESS_MAIN(TestRandomCheckpoint)
#include "test_random_checkpoint.moc"
