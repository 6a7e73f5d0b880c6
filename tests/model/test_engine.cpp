// The engine module through its torch-free interface: opened at run time, fed with pixels and words.
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <thread>

#include "core/base/random.h"
#include "core/model/engine.h"
#include "tests/model/golden_checkpoint.h"
#include "tests/support/patience.h"

using namespace r2t2;
using namespace r2t2::golden;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t side = 70;

ModelInput question(std::uint64_t seed, const std::string& text, std::optional<std::string> answer = std::nullopt) {
    RandomStream random = RandomStream::fork(seed, "test picture");
    ModelInput input;
    for (std::size_t i = 0; i < side * side * 3; ++i) {
        input.rgb.push_back(static_cast<std::uint8_t>(random.uniform() * 256));
    }
    input.question = text;
    input.facts_text = "The image includes a dog.";
    input.answer = std::move(answer);
    return input;
}

std::vector<ModelInput> questions() {
    return {question(1, "What is it?", "a dog"), question(2, "How many red balls are there?", "3"),
            question(3, "Why?", "yes it is"), question(4, "Is the cube behind the ball?", "no")};
}

RoutingMatrix matrix(std::size_t rows, std::uint64_t seed, bool weights) {
    RandomStream random = RandomStream::fork(seed, "test routing");
    RoutingMatrix m(rows, 6);
    for (std::size_t row = 0; row < rows; ++row) {
        for (std::size_t group = 0; group < 6; group += 3) {
            double sum = 0;
            for (std::size_t e = 0; e < 3; ++e) {
                m.row(row)[group + e] = weights ? std::exp(random.normal()) : random.normal();
                sum += m.row(row)[group + e];
            }
            for (std::size_t e = 0; weights && e < 3; ++e) {
                m.row(row)[group + e] /= sum;
            }
        }
    }
    return m;
}

const char* text_of(const Error& error) {
    static thread_local std::string text;
    text = error.message();
    return text.c_str();
}

}  // namespace

class TestEngine : public QObject {
    Q_OBJECT

    QTemporaryDir root_;
    fs::path directory_;
    EngineModule* engine_ = nullptr;
    std::shared_ptr<const Model> model_;
    std::vector<PreparedSamplePtr> samples_;

    [[nodiscard]] std::shared_ptr<const Model> open(const ModelOptions& options) const {
        const auto model = engine_->open_model(directory_, options);
        if (!model.ok()) {
            qWarning("%s", text_of(model.error()));
            return nullptr;
        }
        return *model;
    }

private Q_SLOTS:
    void initTestCase() {
        directory_ = fs::path(root_.path().toStdString()) / "golden_a";
        const Status written = write_checkpoint(directory_, "A");
        QVERIFY2(written.ok(), written.ok() ? "" : text_of(written.error()));
        const auto engine = load_engine();
        QVERIFY2(engine.ok(), engine.ok() ? "" : text_of(engine.error()));
        engine_ = *engine;
        QCOMPARE(*load_engine(), engine_);
        ModelOptions options;
        options.max_new_tokens = 4;
        model_ = open(options);
        QVERIFY(model_);
        for (const ModelInput& input : questions()) {
            const auto sample = model_->prepare(input);
            QVERIFY2(sample.ok(), sample.ok() ? "" : text_of(sample.error()));
            samples_.push_back(*sample);
        }
    }

    void description() {
        const EngineVersions versions = engine_->versions();
        QVERIFY(!versions.torch.empty() && !versions.blas.empty());
        QVERIFY(versions.cuda != "none" || !versions.cuda_note.empty());
        const ModelInfo& info = model_->info();
        QCOMPARE(info.weights_hash.size(), std::size_t(64));
        QCOMPARE(info.image_size, 70);
        QCOMPARE(info.image_tokens, 25);
        QCOMPARE(info.layers, 16);
        QCOMPARE(info.mixer_layers, (std::vector<int>{7, 15}));
        QCOMPARE(info.embedding_dim, 64 + 48 + 4);
        QVERIFY(!info.miniature);
        std::int64_t parameters = 0;
        for (const auto& [name, tensor] : checkpoint_tensors("A")) {
            parameters += std::int64_t(tensor.size());
        }
        QCOMPARE(info.parameters, parameters);
        QCOMPARE(model_->routing_space().mixers, std::size_t(2));
        QCOMPARE(model_->routing_space().expert_count(), std::size_t(6));
    }

    void preparedSamples() {
        for (const PreparedSamplePtr& sample : samples_) {
            QVERIFY(sample->has_label() && sample->bytes() > 10000);
            const RoutingMatrix& native = sample->native_routing();
            QCOMPARE(native.rows(), std::size_t(2));
            for (std::size_t row = 0; row < 2; ++row) {
                for (std::size_t group = 0; group < 6; group += 3) {
                    const auto r = native.row(row);
                    QVERIFY(std::abs(r[group] + r[group + 1] + r[group + 2] - 1) < 1e-6);
                    QVERIFY(r[group] > 0 && r[group + 1] > 0 && r[group + 2] > 0);
                }
            }
        }
        QVERIFY(samples_[0]->native_routing().values() != samples_[1]->native_routing().values());
        ModelInput open_end = questions()[0];
        open_end.answer.reset();
        QVERIFY(!model_->prepare(open_end).value()->has_label());
    }

    void lossesAndGradients() {
        ModelOptions in_float64;
        in_float64.precision = Precision::Float64;
        const auto wide = open(in_float64);
        QVERIFY(wide);
        const auto sample = wide->prepare(questions()[1]).value();
        for (const std::size_t rows : {std::size_t(1), std::size_t(2)}) {
            for (const bool fixed : {true, false}) {
                const auto action = [&](RoutingMatrix m) { return fixed ? RoutingAction::fixed(m) : RoutingAction::offset(m); };
                const RoutingMatrix at = matrix(rows, 3, fixed);
                const RoutedQuery query{sample.get(), action(at)};
                const LossGradient got = wide->loss_and_gradient({&query, 1}, true).value()[0];
                QVERIFY(got.loss > 0 && std::isfinite(got.loss));
                QCOMPARE(got.gradient.rows(), rows);
                double size = 0;
                for (const double g : got.gradient.values()) {
                    size = std::max(size, std::abs(g));
                }
                for (std::size_t i = 0; i < at.values().size(); ++i) {
                    const double h = 2e-5;
                    std::vector<RoutedQuery> both(2, query);
                    both[0].action.values.values()[i] += h;
                    both[1].action.values.values()[i] -= h;
                    const auto losses = wide->loss_and_gradient(both, false).value();
                    QVERIFY(losses[0].gradient.empty());
                    QVERIFY(std::abs((losses[0].loss - losses[1].loss) / (2 * h) - got.gradient.values()[i]) < 1e-6 * size);
                }
                // float32 agrees.
                const RoutedQuery narrow{samples_[1].get(), action(at)};
                QVERIFY(std::abs(model_->loss_and_gradient({&narrow, 1}, false).value()[0].loss - got.loss) < 1e-4);
            }
        }
    }

    void zeroOffsetIsNative() {
        for (const std::size_t rows : {std::size_t(1), std::size_t(2)}) {
            std::vector<RoutedQuery> native, zero;
            for (const PreparedSamplePtr& sample : samples_) {
                native.push_back({sample.get(), RoutingAction::native_gates()});
                zero.push_back({sample.get(), RoutingAction::offset(RoutingMatrix(rows, 6))});
            }
            const auto a = model_->loss_and_gradient(native, false).value();
            const auto b = model_->loss_and_gradient(zero, false).value();
            const auto x = model_->answer(native).value();
            const auto y = model_->answer(zero).value();
            for (std::size_t i = 0; i < a.size(); ++i) {
                QVERIFY(a[i].loss == b[i].loss);  // QCOMPARE would allow 1e-12
                QCOMPARE(x[i].tokens, y[i].tokens);
                QVERIFY(x[i].confidence == y[i].confidence);
            }
        }
    }

    void answers() {
        std::vector<RoutedQuery> queries;
        for (const PreparedSamplePtr& sample : samples_) {
            queries.push_back({sample.get(), RoutingAction::native_gates()});
        }
        const auto before = model_->passes().forward;
        const std::vector<Answer> answers = model_->answer(queries).value();
        QCOMPARE(model_->passes().forward - before, std::int64_t(queries.size()));
        QCOMPARE(answers.size(), queries.size());
        for (const Answer& answer : answers) {
            QVERIFY(answer.tokens.size() <= 4);
            QVERIFY(answer.confidence > 0 && answer.confidence <= 1);
            QCOMPARE(answer.candidates.size(), std::size_t(5));
            for (std::size_t i = 1; i < 5; ++i) {
                QVERIFY(answer.candidates[i - 1].probability >= answer.candidates[i].probability);
            }
            QCOMPARE(answer.margin, answer.candidates[0].probability - answer.candidates[1].probability);
        }
        ModelOptions three_beams;
        three_beams.max_new_tokens = 4;
        three_beams.beams = 3;
        const auto beams = open(three_beams);
        const auto sample = beams->prepare(questions()[0]).value();
        const RoutedQuery one{sample.get(), RoutingAction::fixed(matrix(1, 9, true))};
        const RoutedQuery two[] = {one, {sample.get(), RoutingAction::fixed(matrix(1, 10, true))}};
        QCOMPARE(beams->answer(two).value()[0].tokens, beams->answer({&one, 1}).value()[0].tokens);
        QVERIFY(model_->answer({}).value().empty() && model_->loss_and_gradient({}, true).value().empty());
    }

    /// Equal keys share what depends on the image alone; the result is that of an image without a key.
    void imagesAreShared() {
        const auto loss = [&](const ModelInput& input) {
            const auto sample = model_->prepare(input).value();
            const RoutedQuery query{sample.get(), RoutingAction::native_gates()};
            return model_->loss_and_gradient({&query, 1}, false).value()[0].loss;
        };
        ModelInput first = questions()[0], second = questions()[1];
        second.rgb = first.rgb;
        const double alone_first = loss(first), alone_second = loss(second);
        first.image_key = second.image_key = "picture 1";
        for (int round = 0; round < 2; ++round) {
            QVERIFY(loss(first) == alone_first);
            QVERIFY(loss(second) == alone_second);
        }
        // Facts and the map reach the model; an all-zero map is no map.
        ModelInput told = questions()[0];
        told.facts_text = "The image includes a cat.";
        QVERIFY(loss(told) != alone_first);
        ModelInput mapped = questions()[0];
        mapped.segment_ids.assign(side * side, 0);
        QVERIFY(loss(mapped) == alone_first);
        std::fill_n(mapped.segment_ids.begin(), 1000, std::uint8_t(7));
        QVERIFY(loss(mapped) != alone_first);
    }

    void embeddingsAndTokens() {
        const Model::Embedding a = model_->embed(questions()[0]).value();
        QCOMPARE(a.question.size(), std::size_t(64));
        QCOMPARE(a.vision.size(), std::size_t(48));
        QCOMPARE(a.pixels.size(), std::size_t(4));
        const Model::Embedding again = model_->embed(questions()[0]).value();
        QVERIFY(a.question == again.question && a.vision == again.vision && a.pixels == again.pixels);
        // Mean word vector of the tokens, from the file.
        const TensorStore tensors = checkpoint_tensors("A");
        const std::vector<float> table = tensors.at("model.tok_embeddings.weight").floats();
        const std::vector<std::int32_t> ids = model_->tokenize("What is it?").value();
        QVERIFY(ids.size() > 5);
        for (std::size_t j = 0; j < 64; ++j) {
            double mean = 0;
            for (const std::int32_t id : ids) {
                mean += table[std::size_t(id) * 64 + j] / double(ids.size());
            }
            QVERIFY(std::abs(mean - a.question[j]) < 1e-5);
        }
    }

    void promptTemplate() {
        ModelOptions bare;
        bare.prompt_template = "{image}{question}";
        const auto other = open(bare);
        QVERIFY(other);
        const auto sample = other->prepare(questions()[0]).value();
        const RoutedQuery theirs{sample.get(), RoutingAction::native_gates()};
        const RoutedQuery ours{samples_[0].get(), RoutingAction::native_gates()};
        QVERIFY(other->loss_and_gradient({&theirs, 1}, false).value()[0].loss !=
                model_->loss_and_gradient({&ours, 1}, false).value()[0].loss);
    }

    // The evaluation prompt of spec 6, character for character.
    void evaluationPrompt() {
        QCOMPARE(QString::fromStdString(ModelConfig().prompt()),
                 QString("AI assistant should give helpful and detailed answers to user after fully understanding an image. "
                         "{image} [UNUSED_TOKEN_146]user\n{question}[UNUSED_TOKEN_145]\n[UNUSED_TOKEN_146]assistant\n"));
    }

    // Upstream's float16 statistics move every picture a little; the scale of the map's colours moves those with a map.
    void normalisationFlags() {
        ModelInput bare = questions()[0];
        ModelInput mapped = bare;
        mapped.segment_ids.assign(side * side, 5);
        const auto vision = [&](const Model& model, const ModelInput& input) { return model.embed(input).value().vision; };
        const auto loss = [&](const Model& model, const ModelInput& input) {
            const auto sample = model.prepare(input).value();
            const RoutedQuery query{sample.get(), RoutingAction::native_gates()};
            return model.loss_and_gradient({&query, 1}, false).value()[0].loss;
        };
        const auto with = [&](const char* name, bool half, bool full_scale) {
            ModelConfig config = checkpoint_config("A");
            config.norm_fp16_compat = half;
            config.segment_map_full_scale = full_scale;
            const fs::path folder = directory_.parent_path() / name;
            fs::create_directories(folder);
            for (const char* file : {"tokenizer.model", "model.safetensors"}) {
                fs::copy_file(directory_ / file, folder / file);
            }
            return config.write(folder / "config.json").ok() ? engine_->open_model(folder, {}).value() : nullptr;
        };
        const auto half = with("half", true, false);
        const auto scaled = with("scaled", false, true);
        QVERIFY(half && scaled);
        QVERIFY(vision(*half, bare) != vision(*model_, bare));
        QVERIFY(vision(*scaled, bare) == vision(*model_, bare));
        QCOMPARE(loss(*scaled, bare), loss(*model_, bare));
        QVERIFY(loss(*scaled, mapped) != loss(*model_, mapped));
        QVERIFY(loss(*model_, mapped) != loss(*model_, bare));
    }

    void instructionsArePromptedButNotEmbedded() {
        ModelInput plain = questions()[0];
        ModelInput joined = plain;
        joined.question = "Look closely: " + plain.question;
        ModelInput split = plain;
        split.instruction = "Look closely:";
        const auto loss = [this](const ModelInput& input) {
            const auto sample = model_->prepare(input).value();
            const RoutedQuery query{sample.get(), RoutingAction::native_gates()};
            return model_->loss_and_gradient({&query, 1}, false).value()[0].loss;
        };
        QCOMPARE(loss(split), loss(joined));
        QVERIFY(loss(split) != loss(plain));
        QCOMPARE(model_->embed(split).value().question, model_->embed(plain).value().question);
    }

    void badInput_data() {
        QTest::addColumn<QString>("what");
        QTest::addColumn<QString>("message");
        const char* rows[][2] = {
            {"no pixels", "image: pixels: found 0 bytes; allowed: 70 x 70 x 3"},
            {"one byte short", "image: pixels: found 14699 bytes; allowed: 70 x 70 x 3"},
            {"another size", "image: pixels: found 12288 bytes; allowed: 70 x 70 x 3"},
            {"small map", "facts: segment map: found 10 pixels; allowed: 70 x 70"},
            {"empty question", "question: found nothing; allowed: a question"},
            {"blank question", "question: found nothing; allowed: a question"},
            {"image token", "question: found \"<image>\"; allowed: text without the model's special tokens"},
            {"stop token", "question: found \"</s>\"; allowed: text without the model's special tokens"},
            {"instruction", "instruction: found \"<image>\"; allowed: text without the model's special tokens"},
            {"empty answer", "answer: found nothing; allowed: a ground-truth answer, or none at all"},
            {"blank answer", "answer: found nothing; allowed: a ground-truth answer, or none at all"},
            {"long question", "allowed: a prompt that fits 512 positions"},
        };
        for (const auto& row : rows) {
            QTest::newRow(row[0]) << row[0] << row[1];
        }
    }
    void badInput() {
        QFETCH(QString, what);
        QFETCH(QString, message);
        ModelInput input = questions()[0];
        if (what == "no pixels") input.rgb.clear();
        if (what == "one byte short") input.rgb.pop_back();
        if (what == "another size") input.rgb.resize(64 * 64 * 3);
        if (what == "small map") input.segment_ids.resize(10);
        if (what == "empty question") input.question.clear();
        if (what == "blank question") input.question = " \n\t";
        if (what == "image token") input.question = "What is <image> here?";
        if (what == "stop token") input.question = "Stop</s>";
        if (what == "instruction") input.instruction = "see <image>";
        if (what == "empty answer") input.answer = "";
        if (what == "blank answer") input.answer = "  ";
        if (what == "long question") input.question = std::string(600, 'a');
        const auto sample = model_->prepare(input);
        QVERIFY(!sample.ok());
        QVERIFY(sample.error().kind == ErrorKind::InvalidInput);
        QVERIFY2(sample.error().message().find(message.toStdString()) != std::string::npos, text_of(sample.error()));
        if (what != "long question") {
            QVERIFY(!model_->embed(input).ok());
        }
    }

    void badQueries() {
        ModelInput open_end = questions()[0];
        open_end.answer.reset();
        const auto unlabelled = model_->prepare(open_end).value();
        const RoutedQuery no_label{unlabelled.get(), RoutingAction::native_gates()};
        const auto loss = model_->loss_and_gradient({&no_label, 1}, false);
        QVERIFY(!loss.ok() && loss.error().kind == ErrorKind::InvalidInput);
        QCOMPARE(QString(text_of(loss.error())), QString("sample: answer: found none; allowed: a ground-truth answer, which a loss needs"));
        QVERIFY(model_->answer({&no_label, 1}).ok());

        const auto other = open({});
        const RoutedQuery foreign{samples_[0].get(), RoutingAction::native_gates()};
        for (const Error& error : {other->answer({&foreign, 1}).error(), other->loss_and_gradient({&foreign, 1}, false).error()}) {
            QCOMPARE(QString(text_of(error)), QString("sample: found prepared by another model; allowed: a sample of this model"));
        }
        const RoutedQuery mixed[] = {{samples_[0].get(), RoutingAction::fixed(matrix(1, 1, true))},
                                     {samples_[1].get(), RoutingAction::offset(matrix(1, 1, false))}};
        QVERIFY(!model_->answer(mixed).ok());
        const RoutedQuery rows{samples_[0].get(), RoutingAction::fixed(matrix(3, 1, true))};
        QVERIFY(!model_->answer({&rows, 1}).ok());
        const RoutedQuery good{samples_[0].get(), RoutingAction::fixed(matrix(2, 1, true))};
        QVERIFY(model_->answer({&good, 1}).ok());  // an error leaves the model usable
    }

    /// Two threads at once, all kinds of calls, against one after the other: the same bits.
    void twoThreads() {
        struct Seen {
            std::vector<double> numbers;
            std::vector<std::int32_t> tokens;
        };
        const auto work = [this](std::uint64_t thread, Seen& seen) {
            for (std::uint64_t round = 0; round < 6; ++round) {
                ModelInput input = questions()[(thread + round) % 4];
                input.image_key = "shared " + std::to_string((thread + round) % 4);
                const auto fresh = model_->prepare(input).value();
                std::vector<RoutedQuery> queries;
                for (const PreparedSample* sample : {fresh.get(), samples_[(thread + 1) % 4].get()}) {
                    queries.push_back({sample, RoutingAction::fixed(matrix(1 + round % 2, thread * 10 + round, true))});
                }
                const auto losses = model_->loss_and_gradient(queries, true).value();
                for (const LossGradient& one : losses) {
                    seen.numbers.push_back(one.loss);
                    seen.numbers.insert(seen.numbers.end(), one.gradient.values().begin(), one.gradient.values().end());
                }
                const auto answers = model_->answer(queries).value();
                for (const Answer& one : answers) {
                    seen.numbers.push_back(one.confidence);
                    seen.tokens.insert(seen.tokens.end(), one.tokens.begin(), one.tokens.end());
                }
            }
        };
        Seen serial[2], parallel[2];
        work(0, serial[0]);
        work(1, serial[1]);
        std::thread first(work, 0, std::ref(parallel[0]));
        std::thread second(work, 1, std::ref(parallel[1]));
        first.join();
        second.join();
        for (int i = 0; i < 2; ++i) {
            QCOMPARE(serial[i].numbers.size(), std::size_t(6 * 4 + 3 * 2 * (6 + 12)));  // losses, confidences; gradients of 1 or 2 rows
            QCOMPARE(parallel[i].numbers, serial[i].numbers);
            QCOMPARE(parallel[i].tokens, serial[i].tokens);
        }
    }

    /// In a process of its own: what is said when there is no module, or something else in its place.
    void missingModule() {
        const auto message = [this](const QString& path) {
            QProcess process;
            QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
            environment.insert("R2T2_ENGINE", path);
            process.setProcessEnvironment(environment);
            process.setWorkingDirectory(QString::fromStdString(directory_.string()));
            process.start(QCoreApplication::applicationFilePath(), {"--load-engine"});
            process.waitForFinished(kPatience);
            return QString::fromUtf8(process.readAllStandardOutput());
        };
        QCOMPARE(message("/nowhere/libr2t2_engine.so"),
                 QString("/nowhere/libr2t2_engine.so: engine module: found no file; allowed: libr2t2_engine.so, or R2T2_ENGINE=/path/to/it"));
        const QString config = QString::fromStdString((directory_ / "config.json").string());
        const QString other = message(config);
        QVERIFY2(other.contains(config) && other.contains("allowed: a module built with this program"), qPrintable(other));
        // A name is a path from here; the system's folders of libraries are not looked through.
        const QString folder = QString::fromStdString(directory_.string());
        QVERIFY2(message("config.json").startsWith(folder + "/config.json: "), qPrintable(message("config.json")));
        QVERIFY2(message(".").startsWith(folder + "/.: engine module: found a folder"), qPrintable(message(".")));
        QVERIFY2(message("libc.so.6").startsWith(folder + "/libc.so.6: engine module: found no file"), qPrintable(message("libc.so.6")));
        QVERIFY(QFile::link(QStringLiteral(R2T2_ENGINE_FILE), folder + "/named.so"));
        QCOMPARE(message("named.so"), QString("loaded"));
    }
};

int main(int argc, char** argv) {
    if (argc > 1 && std::string(argv[1]) == "--load-engine") {
        const auto engine = load_engine();
        std::fputs(engine.ok() ? "loaded" : engine.error().message().c_str(), stdout);
        return 0;
    }
    if (!std::getenv("R2T2_ENGINE")) {
        qputenv("R2T2_ENGINE", R2T2_ENGINE_FILE);
    }
    QCoreApplication application(argc, argv);
    TestEngine test;
    return QTest::qExec(&test, argc, argv);
}
#include "test_engine.moc"
