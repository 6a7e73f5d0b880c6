// What bfloat16, 8 and 4 bits cost the bundled model: losses, gradients, answers and routing of 200 samples of its test
// split against float32. Prints the table of docs/model.md:
//     ctest --test-dir build/release -R miniature_precision -V
#include <QtTest>

#include <cmath>

#include "core/miniature/sample.h"
#include "core/model/moai_model.h"

using namespace r2t2;

namespace {

constexpr int sample_count = 200;

struct Measured {
    std::vector<double> losses;
    std::vector<std::vector<double>> gradients;  ///< at equal weights
    std::vector<std::string> answers;
    std::vector<std::vector<double>> routing;  ///< native, mean over mixers
    std::int64_t weight_bytes = 0;
};

/// Differences from float32, averaged over samples.
struct Row {
    const char* name;
    Precision precision;
    // Limits, three times what was measured: nats, 1 - cosine, weights; samples answered otherwise.
    double loss, gradient, routing;
    int changed;
};
const Row rows[] = {
    {"bf16", Precision::BFloat16, 0.027, 0.0012, 0.0004, 3},
    {"int8", Precision::Int8, 0.027, 0.002, 0.0005, 3},
    {"nf4", Precision::Nf4, 0.3, 0.055, 0.007, 9},
};

const std::vector<ModelInput>& inputs() {
    static const std::vector<ModelInput> all = [] {
        std::vector<ModelInput> out;
        for (int i = 0; i < sample_count; ++i) {
            const MiniatureSample sample = make_sample(default_world(), "test", 7, i).value();
            ModelInput input;
            input.rgb = sample.image.rgb;
            input.question = sample.question;
            input.instruction = sample.instruction;
            input.facts_text = facts_text(sample);
            input.answer = sample.answer;
            out.push_back(std::move(input));
        }
        return out;
    }();
    return all;
}

std::shared_ptr<const MoaiModel> open(Precision precision) {
    ModelOptions options;
    options.precision = precision;
    return MoaiModel::open(R2T2_SOURCE_DIR "/resources/miniature", options).value();
}

Measured measure(Precision precision) {
    Measured out;
    const auto model = open(precision);
    out.weight_bytes = model->info().weight_bytes;
    const RoutingAction equal = RoutingAction::fixed(RoutingMatrix(1, 6, std::vector<double>(6, 1.0 / 3)));
    for (const ModelInput& input : inputs()) {
        const PreparedSamplePtr sample = model->prepare(input).value();
        const RoutedQuery native{sample.get(), {}};
        const RoutedQuery fixed{sample.get(), equal};
        out.losses.push_back(model->loss_and_gradient({&native, 1}, false).value()[0].loss);
        out.gradients.push_back(model->loss_and_gradient({&fixed, 1}, true).value()[0].gradient.values());
        out.answers.push_back(model->answer({&native, 1}).value()[0].text);
        out.routing.push_back(mean_over_mixers(sample->native_routing()).values());
    }
    return out;
}

double cosine(const std::vector<double>& a, const std::vector<double>& b) {
    double ab = 0, aa = 0, bb = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        ab += a[i] * b[i];
        aa += a[i] * a[i];
        bb += b[i] * b[i];
    }
    return ab / std::sqrt(aa * bb);
}

}  // namespace

class TestMiniaturePrecision : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void againstFloat32() {
        const Measured exact = measure(Precision::Float32);
        double mean = 0;
        for (const double loss : exact.losses) {
            mean += loss / sample_count;
        }
        std::printf("%-6s %10s %12s %14s %12s %12s\n", "", "weights", "|d loss|", "1-cos(grad)", "|d r|", "same answer");
        std::printf("%-6s %7.2f MB   (loss %.3f)\n", "fp32", double(exact.weight_bytes) / 1e6, mean);
        for (const Row& row : rows) {
            const Measured one = measure(row.precision);
            double loss = 0, gradient = 0, routing = 0;
            int same = 0;
            for (std::size_t i = 0; i < sample_count; ++i) {
                loss += std::abs(one.losses[i] - exact.losses[i]) / sample_count;
                gradient += (1 - cosine(one.gradients[i], exact.gradients[i])) / sample_count;
                for (std::size_t e = 0; e < 6; ++e) {
                    routing += std::abs(one.routing[i][e] - exact.routing[i][e]) / (6 * sample_count);
                }
                same += one.answers[i] == exact.answers[i] ? 1 : 0;
            }
            std::printf("%-6s %7.2f MB %12.5f %14.5f %12.5f %7d / %d\n", row.name, double(one.weight_bytes) / 1e6, loss, gradient,
                        routing, same, sample_count);
            std::fflush(stdout);
            QVERIFY(loss > 0 && loss <= row.loss);
            QVERIFY(gradient <= row.gradient);
            QVERIFY(routing <= row.routing);
            QVERIFY(sample_count - same <= row.changed);
            QVERIFY(one.weight_bytes < exact.weight_bytes);
        }
    }

    /// Everything else a model does works in every precision, and comes near to float32's.
    void everyCall_data() {
        QTest::addColumn<int>("row");
        for (int i = 0; i < int(std::size(rows)); ++i) {
            QTest::newRow(rows[i].name) << i;
        }
    }
    void everyCall() {
        QFETCH(int, row);
        const auto exact = open(Precision::Float32);
        const auto model = open(rows[row].precision);
        QCOMPARE(model->info().precision, std::string(rows[row].name));
        QCOMPARE(exact->info().precision, std::string("fp32"));
        QCOMPARE(model->info().weights_hash, exact->info().weights_hash);
        QCOMPARE(model->info().parameters, exact->info().parameters);
        const ModelInput& input = inputs()[0];
        const Model::Embedding a = exact->embed(input).value(), b = model->embed(input).value();
        QCOMPARE(b.vision.size(), a.vision.size());
        QVERIFY(cosine({a.vision.begin(), a.vision.end()}, {b.vision.begin(), b.vision.end()}) > 0.99);
        QVERIFY(cosine({a.question.begin(), a.question.end()}, {b.question.begin(), b.question.end()}) > 0.9999);
        const PreparedSamplePtr sample = model->prepare(input).value();
        const RoutingMatrix& native = sample->native_routing();
        for (std::size_t mixer = 0; mixer < native.rows(); ++mixer) {  // gates are kept wide: they sum to 1 as float32 does
            for (const std::size_t group : {0, 3}) {
                QVERIFY(std::abs(native(mixer, group) + native(mixer, group + 1) + native(mixer, group + 2) - 1) < 1e-6);
            }
        }
        const MixerView view = model->look(*sample, {}).value();
        QCOMPARE(view.mixers, native.rows());
        double mean = 0;  // of the first mixer's first image expert
        for (std::size_t t = 0; t < view.groups[0].tokens.size(); ++t) {
            mean += double(view.groups[0].weights[3 * t]) / double(view.groups[0].tokens.size());
        }
        QVERIFY(std::abs(mean - native(0, 0)) < 2e-3);
        const RoutingAction nothing = RoutingAction::offset(RoutingMatrix(native.rows(), 6));
        const std::vector<RoutedQuery> queries{{sample.get(), nothing}, {sample.get(), {}}};
        const double offset = model->loss_and_gradient(std::span(queries).first(1), true).value()[0].loss;
        const double plain = model->loss_and_gradient(std::span(queries).last(1), false).value()[0].loss;
        QCOMPARE(offset, plain);  // offset 0 is the native model, bit for bit
        ModelOptions beams;
        beams.precision = rows[row].precision;
        beams.beams = 3;
        const auto searching = MoaiModel::open(R2T2_SOURCE_DIR "/resources/miniature", beams).value();
        const PreparedSamplePtr other = searching->prepare(input).value();
        const RoutedQuery query{other.get(), {}};
        QVERIFY(!searching->answer({&query, 1}).value()[0].text.empty());
    }

    void halfOnTheProcessor() {
        ModelOptions options;
        options.precision = Precision::Float16;
        const auto model = MoaiModel::open(R2T2_SOURCE_DIR "/resources/miniature", options);
        QVERIFY(!model.ok());
        QCOMPARE(model.error().kind, ErrorKind::Unsupported);
        QVERIFY(model.error().message().find("fp32, bf16, int8 or nf4") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestMiniaturePrecision)
#include "test_miniature_precision.moc"
