// Gates of a file, and gates that are trained: against checkpoints that hold them, and against what they were before.
#include <QTemporaryDir>
#include <QTest>
#include <cmath>

#include "core/base/random.h"
#include "core/checkpoint/safetensors.h"
#include "core/model/moai_model.h"
#include "tests/model/golden_case.h"
#include "tests/model/golden_checkpoint.h"
#include "tests/support/files.h"

using namespace r2t2;
using namespace r2t2::golden;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t side = 70;

/// Pictures of noise; what is asked says the answer.
ModelInput input_of(std::size_t i, bool label = true) {
    RandomStream random = RandomStream::fork(3, "gates", i);
    ModelInput input;
    for (std::size_t p = 0; p < side * side * 3; ++p) {
        input.rgb.push_back(static_cast<std::uint8_t>(random.uniform() * 256));
    }
    input.question = i % 2 == 0 ? "is it a dog?" : "is it a cat?";
    input.facts_text = "The image includes a dog.";
    if (label) {
        input.answer = i % 2 == 0 ? "yes" : "no";
    }
    return input;
}

LabelledInputs inputs_of(std::size_t count) {
    return {count, [](std::size_t i) { return Result<ModelInput>(input_of(i)); }};
}

bool is_gate(const std::string& name) { return name.find("moai_GA_") != std::string::npos; }

/// The checkpoint's gates, every number times `factor` plus noise of this size.
TensorStore other_gates(const std::string& variant, float noise) {
    TensorStore out;
    RandomStream random(9);
    for (auto& [name, tensor] : checkpoint_tensors(variant)) {
        if (!is_gate(name)) {
            continue;
        }
        Tensor changed = tensor;
        auto* numbers = reinterpret_cast<float*>(changed.bytes.data());
        for (std::size_t i = 0; i < changed.bytes.size() / sizeof(float); ++i) {
            numbers[i] += noise * static_cast<float>(random.normal());
        }
        out.emplace(name, std::move(changed));
    }
    return out;
}

Status write_gates(const TensorStore& gates, const std::string& identity, const fs::path& file) {
    SafetensorsWriter writer;
    for (const auto& [name, tensor] : gates) {
        R2T2_TRY(writer.add(name, TensorDtype::F32, tensor.shape, {reinterpret_cast<const std::byte*>(tensor.bytes.data()), tensor.bytes.size()}));
    }
    if (!identity.empty()) {
        writer.set_metadata("model_identity", identity);
    }
    return writer.write(file);
}

struct Said {
    double loss = 0.0;
    std::string answer;
    RoutingMatrix native;
};
Said say(const Model& model, const ModelInput& input) {
    const PreparedSamplePtr sample = model.prepare(input).value();
    const RoutedQuery query{sample.get(), RoutingAction::native_gates()};
    return {model.loss_and_gradient({&query, 1}, false).value().front().loss, model.answer({&query, 1}).value().front().text, sample->native_routing()};
}

double mean_loss(const Model& model, std::size_t count) {
    double sum = 0.0;
    for (std::size_t i = 0; i < count; ++i) {
        sum += say(model, input_of(i)).loss;
    }
    return sum / static_cast<double>(count);
}

}  // namespace

class TestModelGates : public QObject {
    Q_OBJECT

    QTemporaryDir root_;
    std::shared_ptr<const MoaiModel> model_;

    [[nodiscard]] fs::path path(const std::string& name) const { return fs::path(root_.path().toStdString()) / name; }
    [[nodiscard]] std::shared_ptr<const MoaiModel> open(const fs::path& directory, Precision precision = Precision::Float64) const {
        ModelOptions options;
        options.precision = precision;
        return MoaiModel::open(directory, options).value();
    }

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(root_.isValid() && write_checkpoint(path("A"), "A").ok());
        model_ = open(path("A"));
    }

    void its_own_gates_change_nothing() {
        QVERIFY(write_gates(other_gates("A", 0.0F), model_->info().identity, path("own.safetensors")).ok());
        const auto same = model_->with_gates(path("own.safetensors"));
        QVERIFY2(same.ok(), same.ok() ? "" : same.error().message().c_str());
        const Said a = say(*model_, input_of(0)), b = say(**same, input_of(0));
        QVERIFY(a.loss == b.loss && a.answer == b.answer && a.native == b.native);
        QVERIFY((*same)->info().identity != model_->info().identity && (*same)->info().identity_parts.contains("gates"));
        QCOMPARE((*same)->info().weights_hash, model_->info().weights_hash);
        const PreparedSamplePtr theirs = (*same)->prepare(input_of(0)).value();
        const RoutedQuery foreign{theirs.get(), RoutingAction::native_gates()};
        QVERIFY(!model_->answer({&foreign, 1}).ok());  // a sample is one model's
    }

    void other_gates_are_a_checkpoint_that_has_them() {
        const TensorStore gates = other_gates("A", 0.5F);
        QVERIFY(write_gates(gates, model_->info().identity, path("other.safetensors")).ok());
        QVERIFY(write_checkpoint(path("A-other"), "A").ok());
        TensorStore all = checkpoint_tensors("A");
        for (const auto& [name, tensor] : gates) {
            all.at(name) = tensor;
        }
        QVERIFY(write_tensors(all, path("A-other") / "model.safetensors").ok());
        const auto with = model_->with_gates(path("other.safetensors")).value();
        const auto whole = open(path("A-other"));
        for (std::size_t i = 0; i < 3; ++i) {
            const Said a = say(*with, input_of(i)), b = say(*whole, input_of(i)), before = say(*model_, input_of(i));
            QVERIFY(std::abs(a.loss - b.loss) < 1e-12 && distance(a.native, b.native) < 1e-12);
            QCOMPARE(a.answer, b.answer);
            QVERIFY(distance(a.native, before.native) > 1e-3);
        }
    }

    /// Beside the checkpoint: opened once, no part of its weights, and where there is none it is said how one is made.
    void those_beside_the_checkpoint() {
        const auto without = model_->tuned_gates();
        QVERIFY(!without.ok() && without.error().kind == ErrorKind::NotFound);
        QVERIFY2(without.error().message().find("r2t2 reference gates SET --out") != std::string::npos, without.error().message().c_str());
        QVERIFY(write_checkpoint(path("A-tuned"), "A").ok());
        QVERIFY(write_gates(other_gates("A", 0.5F), model_->info().identity, tuned_gates_file(path("A-tuned"))).ok());
        const auto model = open(path("A-tuned"));
        QVERIFY(model->info().remarks.empty() && model->info().identity == model_->info().identity);
        const auto tuned = model->tuned_gates();
        QVERIFY2(tuned.ok(), tuned.ok() ? "" : tuned.error().message().c_str());
        QVERIFY(distance(say(**tuned, input_of(0)).native, say(*model, input_of(0)).native) > 1e-3);
        fs::remove(tuned_gates_file(path("A-tuned")));
        QCOMPARE(model->tuned_gates()->get(), tuned->get());
    }

    void what_is_no_file_of_these_gates_is_refused() {
        const auto refused = [this](const TensorStore& gates, const std::string& identity, const char* words) {
            QVERIFY(write_gates(gates, identity, path("bad.safetensors")).ok());
            const auto out = model_->with_gates(path("bad.safetensors"));
            QVERIFY(!out.ok() && out.error().kind == ErrorKind::InvalidInput);
            QVERIFY2(out.error().message().find(words) != std::string::npos && out.error().message().find("bad.safetensors") != std::string::npos, out.error().message().c_str());
        };
        const std::string identity = model_->info().identity;
        const TensorStore good = other_gates("A", 0.1F);
        refused(good, "", "model_identity: found none");
        refused(good, std::string(64, 'a'), "model_identity");
        TensorStore fewer = good;
        const std::string first = fewer.begin()->first;
        fewer.erase(first);
        refused(fewer, identity, first.c_str());
        TensorStore more = good;
        more["model.norm.weight"] = good.begin()->second;
        refused(more, identity, "no gate of this model");
        TensorStore shaped = good;
        Tensor& tensor = shaped.begin()->second;
        tensor.shape.insert(tensor.shape.begin(), 1);
        refused(shaped, identity, first.c_str());
        TensorStore infinite = good;
        const float nan = std::nanf("");
        std::memcpy(infinite.begin()->second.bytes.data(), &nan, sizeof nan);
        refused(infinite, identity, first.c_str());
        QCOMPARE(model_->with_gates(path("none.safetensors")).error().kind, ErrorKind::NotFound);
    }

    /// What is held out gets less wrong, by nothing but the gates; the same seed gives the same bytes.
    void training_learns_gates_alone() {
        GateTrainingOptions options;
        options.epochs = 5;
        options.batch = 4;
        options.rate = 0.05;
        options.held_out = 0.25;
        options.trained_on = "noise";
        const auto result = model_->train_gates(inputs_of(16), options, path("trained.safetensors"), {}, {});
        QVERIFY2(result.ok(), result.ok() ? "" : result.error().message().c_str());
        QVERIFY(result->trained == 12 && result->held_out == 4 && result->loss.size() == 5 && result->held_out_loss.size() == 6);
        QVERIFY(result->kept_epoch > 0);
        const double best = result->held_out_loss[static_cast<std::size_t>(result->kept_epoch)];
        QVERIFY(best < result->held_out_loss.front() && best == *std::min_element(result->held_out_loss.begin(), result->held_out_loss.end()));
        const auto trained = model_->with_gates(path("trained.safetensors"));
        QVERIFY2(trained.ok(), trained.ok() ? "" : trained.error().message().c_str());
        QVERIFY(mean_loss(**trained, 16) < mean_loss(*model_, 16));
        const auto file = SafetensorsFile::open(path("trained.safetensors")).value();
        QCOMPARE(file.metadata().at("trained_on"), std::string("noise"));
        QVERIFY(std::all_of(file.tensors().begin(), file.tensors().end(), [](const auto& tensor) { return is_gate(tensor.first); }));

        QVERIFY(model_->train_gates(inputs_of(16), options, path("again.safetensors"), {}, {}).ok());
        const std::string bytes = read_file(path("trained.safetensors"));
        QVERIFY(!bytes.empty() && bytes == read_file(path("again.safetensors")));
        for (const std::size_t behind : {std::size_t{4}, std::size_t{41}, std::size_t{90}}) {  // a bit of a number
            std::string flipped = bytes;
            flipped[flipped.size() - behind] = static_cast<char>(flipped[flipped.size() - behind] ^ 0x04);
            write_file(path("flipped.safetensors"), flipped);
            const auto out = model_->with_gates(path("flipped.safetensors"));
            QVERIFY2(!out.ok() && out.error().field == "checksum" && out.error().message().find("the file is damaged") != std::string::npos, out.ok() ? "opened" : out.error().message().c_str());
        }
        options.seed = 2;
        QVERIFY(model_->train_gates(inputs_of(16), options, path("seed2.safetensors"), {}, {}).ok());
        QVERIFY(bytes != read_file(path("seed2.safetensors")));
        // The model itself is what it was.
        const Said after = say(*model_, input_of(0)), fresh = say(*open(path("A")), input_of(0));
        QVERIFY(after.loss == fresh.loss && after.native == fresh.native);
    }

    void gates_that_help_nobody_are_not_taken() {
        GateTrainingOptions options;
        options.epochs = 1;
        options.rate = 500.0;  // thrown far away by the first step
        const auto result = model_->train_gates(inputs_of(6), options, path("far.safetensors"), {}, {});
        if (result.ok() && result->kept_epoch == 0) {
            const Said a = say(*model_, input_of(0)), b = say(*model_->with_gates(path("far.safetensors")).value(), input_of(0));
            QVERIFY(std::abs(a.loss - b.loss) < 1e-6 && a.answer == b.answer);
        } else {
            QVERIFY(result.ok() && result->held_out_loss.back() < result->held_out_loss.front());
        }
    }

    void training_is_refused_or_cancelled_without_a_file() {
        const auto fails = [this](const LabelledInputs& inputs, const Model& model, ErrorKind kind, const char* words, const CancelToken& cancel = {}) {
            const auto out = model.train_gates(inputs, {}, path("never.safetensors"), {}, cancel);
            QVERIFY(!out.ok() && out.error().kind == kind);
            QVERIFY2(out.error().message().find(words) != std::string::npos, out.error().message().c_str());
            QVERIFY(!fs::exists(path("never.safetensors")));
        };
        fails(inputs_of(1), *model_, ErrorKind::InvalidInput, "two or more");
        fails({4, [](std::size_t i) { return Result<ModelInput>(input_of(i, i != 2)); }}, *model_, ErrorKind::InvalidInput, "sample 2: answer");
        fails({4, [](std::size_t) { return Result<ModelInput>(invalid_input("somewhere", "picture", "gone", "a picture")); }}, *model_, ErrorKind::InvalidInput, "somewhere");
        fails(inputs_of(4), *open(path("A"), Precision::BFloat16), ErrorKind::Unsupported, "full precision");
        const CancelToken cancel = CancelToken::create();
        cancel.cancel();
        fails(inputs_of(4), *model_, ErrorKind::Cancelled, "", cancel);
    }
};

QTEST_GUILESS_MAIN(TestModelGates)
#include "test_model_gates.moc"
