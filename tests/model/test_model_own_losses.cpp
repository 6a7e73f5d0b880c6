// Losses that need no label (of the question's own words, of how undecided the first token is) against logits of every position and a second, plain
// implementation; gradients against central differences.
#include <QTemporaryDir>
#include <cmath>

#include "core/model/moai_model.h"
#include "core/model/query_loss.h"
#include "tests/model/golden_case.h"
#include "tests/model/golden_checkpoint.h"

using namespace r2t2;
using namespace r2t2::golden;
namespace fs = std::filesystem;

namespace {

at::Tensor some_values(std::int64_t batch, std::int64_t rows, MixerRouting::Kind kind) {
    at::Generator generator = at::detail::createCPUGenerator(11);
    const at::Tensor values = at::randn({batch, rows, 6}, generator, at::TensorOptions(at::kDouble)) * 0.5;
    return kind == MixerRouting::Kind::Fixed ? values.exp() / 3 : values;
}

std::vector<double> log_softmax_by_hand(const at::Tensor& logits) {
    const at::Tensor row = logits.to(at::kDouble).contiguous();
    std::vector<double> out(row.data_ptr<double>(), row.data_ptr<double>() + row.numel());
    const double most = *std::max_element(out.begin(), out.end());
    double sum = 0;
    for (const double value : out) {
        sum += std::exp(value - most);
    }
    for (double& value : out) {
        value -= most + std::log(sum);
    }
    return out;
}

/// From the logits of every position of the merged network: no prepared sample, no packing.
std::vector<double> by_hand(const GoldenModel& m, CaseInput input, const MixerRouting& routing, LossOf kind) {
    for (TokenSample& sample : input.samples) {
        sample.answer.clear();
    }
    NetworkInput network = input.network();
    network.routing = routing;
    network.all_logits = true;
    const NetworkOutput out = forward_network(m.config, m.weights, network).value();
    const std::vector<RowLengths> rows = input.rows(m.config);
    std::vector<double> losses;
    for (std::size_t b = 0; b < rows.size(); ++b) {
        const std::int64_t real = rows[b].before + rows[b].after;
        const auto text_row = [&](std::int64_t word) {
            return log_softmax_by_hand(out.logits[std::int64_t(b)][out.layout.image + out.layout.prompt - real + word]);
        };
        double sum = 0;
        if (kind == LossOf::FirstToken) {
            for (const double log_p : text_row(real - 1)) {
                sum -= std::exp(log_p) * log_p;
            }
            losses.push_back(sum);
            continue;
        }
        for (std::int64_t word = rows[b].before + 1; word < real; ++word) {
            sum -= text_row(word - 1)[static_cast<std::size_t>(input.samples[b].prompt[static_cast<std::size_t>(word + 1)])];  // the picture is one id
        }
        losses.push_back(sum / double(rows[b].after - 1));
    }
    return losses;
}

constexpr LossOf kinds[] = {LossOf::Question, LossOf::FirstToken};

}  // namespace

class TestModelOwnLosses : public QObject {
    Q_OBJECT

    static void variants() {
        QTest::addColumn<QString>("variant");
        QTest::addColumn<int>("routing");
        for (const char* variant : {"A", "B", "B image hidden"}) {
            for (const auto kind : {MixerRouting::Kind::Native, MixerRouting::Kind::Offset, MixerRouting::Kind::Fixed}) {
                QTest::addRow("%s %d", variant, int(kind)) << variant << int(kind);
            }
        }
    }
    static GoldenModel load(const QString& variant) {
        GoldenModel m = GoldenModel::load(variant.left(1).toStdString(), at::kDouble);
        m.config.hide_image_from_text = variant.endsWith("hidden");
        return m;
    }

private Q_SLOTS:
    void initTestCase() { configure_torch(); }

    void againstTheLogitsOfEveryPosition_data() { variants(); }
    void againstTheLogitsOfEveryPosition() {
        QFETCH(QString, variant);
        QFETCH(int, routing);
        const at::NoGradGuard no_grad;
        const GoldenModel m = load(variant);
        const File file = File::load(variant.left(1).toStdString() + "/case2_batch_clean");
        const CaseInput input = case_input(m, file, file);
        QVERIFY(input.samples.size() > 1 && input.samples[0].prompt.size() != input.samples[1].prompt.size());  // one is padded
        const Decoder decoder(m.config, m.weights);
        const Prepared prepared(decoder, input);
        MixerRouting given;
        given.kind = MixerRouting::Kind(routing);
        for (const std::int64_t rows : {1, 2}) {
            if (given.kind != MixerRouting::Kind::Native) {
                given.values = some_values(std::int64_t(input.samples.size()), rows, given.kind);
            }
            for (const LossOf kind : kinds) {
                const at::Tensor got = query_losses(decoder, prepared.pointers, prepared.packed(decoder, false), given, kind);
                const std::vector<double> wanted = by_hand(m, input, given, kind);
                QCOMPARE(got.size(0), std::int64_t(wanted.size()));
                for (std::size_t b = 0; b < wanted.size(); ++b) {
                    QVERIFY(std::abs(got[std::int64_t(b)].item<double>() - wanted[b]) < 1e-10);
                    QVERIFY(wanted[b] > 1e-3);
                    // Alone: what others of the batch are changes nothing.
                    MixerRouting own = given;
                    own.values = given.values.defined() ? given.values.slice(0, std::int64_t(b), std::int64_t(b) + 1) : at::Tensor();
                    const MoaiSample* one = prepared.pointers[b];
                    const PackedBatch batch = pack(m.config, {&one, 1}, false, m.weights.embedding.options());
                    QVERIFY(std::abs(query_losses(decoder, {&one, 1}, batch, own, kind).item<double>() - wanted[b]) < 1e-10);
                }
            }
        }
    }

    void gradientsAgainstCentralDifferences_data() { variants(); }
    void gradientsAgainstCentralDifferences() {
        QFETCH(QString, variant);
        QFETCH(int, routing);
        if (MixerRouting::Kind(routing) == MixerRouting::Kind::Native) {
            return;
        }
        const GoldenModel m = load(variant);
        const File file = File::load(variant.left(1).toStdString() + "/case2_batch_clean");
        const Decoder decoder(m.config, m.weights);
        const Prepared prepared(decoder, case_input(m, file, file));
        const PackedBatch batch = prepared.packed(decoder, false);
        MixerRouting given;
        given.kind = MixerRouting::Kind(routing);
        const at::Tensor values = some_values(batch.layout.batch, 2, given.kind);
        for (const LossOf kind : kinds) {
            const auto losses = [&](const at::Tensor& v) {
                given.values = v;
                return query_losses(decoder, prepared.pointers, batch, given, kind);
            };
            const at::Tensor leaf = values.clone().requires_grad_(true);
            losses(leaf).sum().backward();
            const at::Tensor gradient = leaf.grad();
            const double size = gradient.abs().max().item<double>();
            QVERIFY(size > 1e-4);
            const at::NoGradGuard no_grad;
            const double h = 2e-5;
            for (std::int64_t row = 0; row < 2; ++row) {
                for (std::int64_t e = 0; e < 6; ++e) {
                    at::Tensor step = at::zeros_like(values);
                    step.select(1, row).select(1, e).fill_(h);
                    const at::Tensor numeric = (losses(values + step) - losses(values - step)) / (2 * h);
                    QVERIFY(worst(gradient.select(1, row).select(1, e), numeric) < 1e-6 * std::max(size, 1e-2));
                }
            }
        }
    }

    /// Through the model's own door: no label is needed, an answer's loss still wants one; one kind a batch; a prompt without words behind the picture.
    void asked() {
        const QTemporaryDir root;
        const fs::path directory = fs::path(root.path().toStdString()) / "model";
        QVERIFY(write_checkpoint(directory, "A").ok());
        ModelOptions options;
        options.precision = Precision::Float64;
        const auto model = MoaiModel::open(directory, options).value();
        ModelInput input;
        input.rgb.assign(70 * 70 * 3, 90);
        input.question = "what is it?";
        const PreparedSamplePtr unlabelled = model->prepare(input).value();
        RoutingMatrix delta(1, 6);
        delta(0, 1) = 0.3;
        const auto ask = [&](LossOf kind, const PreparedSample& sample) {
            const RoutedQuery query{&sample, RoutingAction::offset(delta), kind};
            return model->loss_and_gradient({&query, 1}, true);
        };
        for (const LossOf kind : kinds) {
            const RoutedModel::Passes before = model->passes();
            const auto got = ask(kind, *unlabelled);
            QVERIFY2(got.ok(), got.ok() ? "" : got.error().message().c_str());
            QVERIFY(std::isfinite(got->front().loss) && got->front().loss > 0 && !got->front().gradient.empty());
            QCOMPARE(model->passes().forward, before.forward + 1);
            QCOMPARE(model->passes().backward, before.backward + 1);
            input.answer = "yes";  // a label changes nothing of it
            QCOMPARE(ask(kind, *model->prepare(input).value())->front().loss, got->front().loss);
            input.answer.reset();
        }
        QCOMPARE(ask(LossOf::Answer, *unlabelled).error().kind, ErrorKind::InvalidInput);
        const std::vector<RoutedQuery> two = {{unlabelled.get(), RoutingAction::offset(delta), LossOf::Question},
                                              {unlabelled.get(), RoutingAction::offset(delta), LossOf::FirstToken}};
        QCOMPARE(model->loss_and_gradient(two, false).error().kind, ErrorKind::Internal);

        options.prompt_template = "{question}{image}";
        const auto other = MoaiModel::open(directory, options).value();
        const PreparedSamplePtr ends_with_picture = other->prepare(input).value();
        const RoutedQuery query{ends_with_picture.get(), RoutingAction::offset(delta), LossOf::Question};
        const auto refused = other->loss_and_gradient({&query, 1}, false);
        QCOMPARE(refused.error().kind, ErrorKind::InvalidInput);
        QVERIFY(refused.error().message().find("behind the picture") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestModelOwnLosses)
#include "test_model_own_losses.moc"
