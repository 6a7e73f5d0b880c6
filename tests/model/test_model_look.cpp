// Model::look against what other paths say: native_routing, the given action, the stored gate logits of the first mixer,
// the whole network run from pixels and tokens, and attention written out from the weights.
#include <QTemporaryDir>
#include <cmath>

#include "core/base/random.h"
#include "core/model/moai_model.h"
#include "tests/model/golden_case.h"
#include "tests/model/golden_checkpoint.h"

using namespace r2t2;
using namespace r2t2::golden;
namespace fs = std::filesystem;

namespace {

/// A view holds float32 numbers of at most 1: half a unit in the last place, from a float64 model.
constexpr double rounding = 6e-8;
constexpr std::size_t side = 70;
const std::string question_text = "What is it?";
const std::string facts_text = "The image includes a dog.";

ModelInput picture_and_question() {
    RandomStream random = RandomStream::fork(1, "look");
    ModelInput input;
    for (std::size_t i = 0; i < side * side * 3; ++i) {
        input.rgb.push_back(static_cast<std::uint8_t>(random.uniform() * 256));
    }
    input.question = question_text;
    input.facts_text = facts_text;
    return input;
}

RoutingMatrix random_values(std::size_t rows, bool weights) {
    RandomStream random = RandomStream::fork(5, "look", rows);
    RoutingMatrix values(rows, 6);
    for (double& value : values.values()) {
        value = random.normal();
    }
    return weights ? softmax(RoutingSpace::moai(rows), values) : values;
}

/// [mixers, tokens, 3] of one group.
at::Tensor gates_of(const MixerView& view, std::size_t group) {
    const TokenGates& gates = view.groups[group];
    return at::tensor(at::ArrayRef<float>(gates.weights)).view({std::int64_t(view.mixers), std::int64_t(gates.tokens.size()), 3});
}

at::Tensor rows_of_group(const RoutingMatrix& values, std::size_t row, std::size_t group) {
    const auto part = values.row(values.rows() == 1 ? 0 : row).subspan(group * 3, 3);
    return at::tensor(at::ArrayRef<double>(part.data(), part.size()), at::kDouble);
}

/// Attention over image tokens by the formula, from weights by their names in the checkpoint. tokens [P + T, H] double.
at::Tensor attention_by_formula(const GoldenModel& m, int layer, const std::string& module, const at::Tensor& asking,
                                const at::Tensor& image) {
    const std::string expert = "model.layers." + std::to_string(layer) + ".attention." + module;
    const auto projected = [&](const char* which, const at::Tensor& x) {
        const at::Tensor narrow = at::matmul(x, m.named.at(expert + ".linear_" + which + ".0.weight").t());
        const at::Tensor wide = at::matmul(narrow, m.named.at(expert + ".linear_" + which + ".1.weight").t());
        return 0.5 * wide * (1 + at::erf(wide / std::sqrt(2.0)));
    };
    const std::int64_t heads = m.config.expert_heads;
    const at::Tensor q = projected("q", asking).view({asking.size(0), heads, -1});
    const at::Tensor k = projected("k", image).view({image.size(0), heads, -1});
    const at::Tensor e = (at::einsum("nhd,mhd->hnm", {q, k}) / std::sqrt(double(q.size(2)))).exp();
    return (e / e.sum(2, true)).mean(1).mean(0);
}

at::Tensor map_of(const MixerView& view, std::size_t reader) {
    return at::tensor(at::ArrayRef<float>(view.attention[reader].over_image)).view({std::int64_t(view.mixers), -1});
}

}  // namespace

class TestModelLook : public QObject {
    Q_OBJECT

    struct Opened {
        std::shared_ptr<const MoaiModel> model;
        PreparedSamplePtr sample;
        [[nodiscard]] const MoaiSample& inside() const { return dynamic_cast<const MoaiSample&>(*sample); }
    };
    QTemporaryDir root_;
    std::map<std::string, Opened> opened_;  ///< "A" and "B" in float64, "A32" in float32

    Opened open(const std::string& variant, Precision precision) const {
        const fs::path directory = fs::path(root_.path().toStdString()) / variant;
        ModelOptions options;
        options.precision = precision;
        const auto model = MoaiModel::open(directory, options);
        if (!model) {
            qFatal("%s", model.error().message().c_str());
        }
        return {*model, (*model)->prepare(picture_and_question()).value()};
    }
    static void cases() {
        QTest::addColumn<QString>("variant");
        QTest::addColumn<QString>("mode");
        QTest::addColumn<int>("rows");
        for (const char* variant : {"A", "B"}) {
            for (const auto& [mode, rows] : {std::pair{"native", 0}, {"fixed", 1}, {"fixed", 2}, {"offset", 1}, {"offset", 2}}) {
                QTest::newRow(qPrintable(QString("%1 %2 %3").arg(variant, mode).arg(rows))) << variant << mode << rows;
            }
        }
    }
    static RoutingAction action(const QString& mode, int rows) {
        if (mode == "native") {
            return {};
        }
        return mode == "fixed" ? RoutingAction::fixed(random_values(std::size_t(rows), true))
                               : RoutingAction::offset(random_values(std::size_t(rows), false));
    }

private Q_SLOTS:
    void initTestCase() {
        for (const char* variant : {"A", "B"}) {
            const fs::path directory = fs::path(root_.path().toStdString()) / variant;
            QVERIFY(write_checkpoint(directory, variant).ok());
            SentencePieceModel pieces = checkpoint_tokenizer(checkpoint_config(variant).vocab_size);
            pieces.pieces[100] = {"\xe2\x96\x81" "What", -0.5F, SentencePiece::Type::Normal};
            QVERIFY(pieces.write(directory / "tokenizer.model").ok());
            opened_[variant] = open(variant, Precision::Float64);
        }
        opened_["A32"] = open("A", Precision::Float32);
    }

    void shapesAndNames() {
        const Opened& o = opened_["A"];
        const std::int64_t passes = o.model->passes().forward;
        const MixerView view = o.model->look(*o.sample, {}).value();
        QCOMPARE(o.model->passes().forward, passes + 1);
        QCOMPARE(view.mixers, std::size_t(2));
        QCOMPARE(view.image_rows, 5);
        QCOMPARE(view.image_columns, 5);
        QCOMPARE(view.groups.size(), std::size_t(2));
        QCOMPARE(view.groups[0].tokens.size(), std::size_t(25));
        QCOMPARE(view.groups[0].tokens[0], std::string("row 1, column 1"));
        QCOMPARE(view.groups[0].tokens[7], std::string("row 2, column 3"));
        // The template "Look. {image} Q: {question} A:" in one piece a character, but for "What".
        std::vector<std::string> expected{"<s>"};
        for (const std::string text : {" Look. ", "  Q:*", " is it? A:"}) {
            for (const char c : text) {
                expected.push_back(c == ' ' ? "" : c == '*' ? "What" : std::string(1, c));
            }
        }
        QCOMPARE(view.groups[1].tokens, expected);
        for (const TokenGates& gates : view.groups) {
            QCOMPARE(gates.weights.size(), 2 * gates.tokens.size() * 3);
        }
        QCOMPARE(view.attention.size(), std::size_t(2));
        QCOMPARE(view.attention[0].expert, std::string("img_self"));
        QCOMPARE(view.attention[1].expert, std::string("lang_img"));
    }

    /// Native gates, averaged over tokens, are what preparing the sample said.
    void nativeMeans_data() {
        QTest::addColumn<QString>("which");
        QTest::addColumn<double>("limit");
        QTest::newRow("A") << "A" << rounding;
        QTest::newRow("B") << "B" << rounding;
        QTest::newRow("A in float32") << "A32" << Limits("A").of("case1_single_clean", "mixer.0.gate_img");
    }
    void nativeMeans() {
        QFETCH(QString, which);
        QFETCH(double, limit);
        const Opened& o = opened_[which.toStdString()];
        const MixerView view = o.model->look(*o.sample, {}).value();
        const RoutingMatrix& native = o.sample->native_routing();
        QCOMPARE(native.rows(), view.mixers);
        for (std::size_t mixer = 0; mixer < view.mixers; ++mixer) {
            for (const std::size_t group : {0U, 1U}) {
                const at::Tensor mean = gates_of(view, group)[std::int64_t(mixer)].to(at::kDouble).mean(0);
                const double error = worst(mean, rows_of_group(native, mixer, group));
                QVERIFY2(error <= limit, std::to_string(error * 1e9).c_str());
            }
        }
    }

    /// Fixed: every row is the action. Offset: softmax(logits + delta) of the first mixer's stored logits. Rows sum to 1.
    void gatesFollowTheAction_data() { cases(); }
    void gatesFollowTheAction() {
        QFETCH(QString, variant);
        QFETCH(QString, mode);
        QFETCH(int, rows);
        const Opened& o = opened_[variant.toStdString()];
        const RoutingAction act = action(mode, rows);
        const MixerView view = o.model->look(*o.sample, act).value();
        for (const std::size_t group : {0U, 1U}) {
            const at::Tensor gates = gates_of(view, group);
            QVERIFY(worst(gates.to(at::kDouble).sum(2), at::ones({gates.size(0), gates.size(1)}, at::kDouble)) <= 3 * rounding);
            for (std::size_t mixer = 0; mixer < view.mixers && mode == "fixed"; ++mixer) {
                const at::Tensor wanted = rows_of_group(act.values, mixer, group).unsqueeze(0).expand({gates.size(1), 3});
                QVERIFY(gates[std::int64_t(mixer)].equal(wanted.to(at::kFloat)));
            }
            if (mode != "fixed") {
                at::Tensor logits = group == 0 ? o.inside().image_logits : o.inside().language_logits;
                if (mode == "offset") {
                    logits = logits + rows_of_group(act.values, 0, group);
                }
                QVERIFY(worst(gates[0], at::softmax(logits, -1)) <= rounding);
                QVERIFY(logits.std(0).min().item<double>() > 1e-3);  // tokens differ: a mean would be noticed
            }
        }
    }

    /// Each map sums to 1; the first mixer's by the formula from the stored residual streams.
    void attentionOfTheFirstMixer_data() { cases(); }
    void attentionOfTheFirstMixer() {
        QFETCH(QString, variant);
        QFETCH(QString, mode);
        QFETCH(int, rows);
        const Opened& o = opened_[variant.toStdString()];
        const MixerView view = o.model->look(*o.sample, action(mode, rows)).value();
        const GoldenModel m = GoldenModel::load(variant.toStdString(), at::kDouble);
        const int layer = m.config.mixer_layers()[0];
        const auto normed = [&](const at::Tensor& x) {
            return x / (x * x).mean(1, true).add(m.config.rms_norm_eps).sqrt() *
                   m.named.at("model.layers." + std::to_string(layer) + ".attention_norm.weight");
        };
        const at::Tensor image = normed(o.inside().image_residual);
        const at::Tensor language = normed(o.inside().text_residual);
        for (const auto& [reader, module, asking] :
             {std::tuple{0U, "moai_SA_img", image}, std::tuple{1U, "moai_CA_lang_img", language}}) {
            const at::Tensor map = map_of(view, reader);
            QCOMPARE(map.size(1), std::int64_t(25));
            QVERIFY(worst(map.to(at::kDouble).sum(1), at::ones({2}, at::kDouble)) <= 25 * rounding);
            const at::Tensor wanted = attention_by_formula(m, layer, module, asking, image);
            QVERIFY(worst(map[0], wanted) <= rounding);
            QVERIFY((wanted - 1.0 / 25).abs().max().item<double>() > 1e-4);  // a uniform map would be noticed
        }
    }

    /// Every mixer against the whole network, from pixels and tokens.
    void wholeNetwork_data() { cases(); }
    void wholeNetwork() {
        QFETCH(QString, variant);
        QFETCH(QString, mode);
        QFETCH(int, rows);
        const at::NoGradGuard no_grad;
        const Opened& o = opened_[variant.toStdString()];
        const RoutingAction act = action(mode, rows);
        const MixerView view = o.model->look(*o.sample, act).value();
        const GoldenModel m = GoldenModel::load(variant.toStdString(), at::kDouble);

        const ModelInput picture = picture_and_question();
        const auto features = [&](const at::Tensor& pixels) {
            return project(m.weights, vision_tower(m.config, m.weights, normalise_pixels(pixels).to(at::kDouble)));
        };
        const at::Tensor pixels = at::tensor(at::ArrayRef<std::uint8_t>(picture.rgb)).view({side, side, 3}).permute({2, 0, 1}).to(at::kFloat);
        std::vector<std::int64_t> facts{m.config.bos_id};
        for (const std::int32_t id : o.model->tokenize(facts_text).value()) {
            facts.push_back(id);
        }
        const at::Tensor words = m.weights.embedding.index_select(0, at::tensor(at::ArrayRef<std::int64_t>(facts)));
        NetworkInput network;
        network.samples = {o.inside().tokens};
        network.image_features = features(pixels.unsqueeze(0));
        network.compressed =
            compress(m.config, m.weights, at::cat({words, features(at::zeros({1, 3, side, side}, at::kFloat))[0]}).unsqueeze(0));
        network.all_logits = true;
        if (!act.native()) {
            network.routing.kind = mode == "fixed" ? MixerRouting::Kind::Fixed : MixerRouting::Kind::Offset;
            network.routing.values = at::tensor(at::ArrayRef<double>(act.values.values()), at::kDouble).view({1, rows, 6});
        }
        std::map<std::string, at::Tensor> seen;
        network.trace = [&seen](const std::string& name, const at::Tensor& value) { seen[name] = value; };
        QVERIFY(forward_network(m.config, m.weights, network).ok());

        for (std::int64_t mixer = 0; mixer < 2; ++mixer) {
            const std::string name = "mixer." + std::to_string(mixer) + ".";
            for (const auto& [group, gate] : {std::pair{0U, "gate_img"}, std::pair{1U, "gate_lang"}}) {
                const at::Tensor gates = gates_of(view, group)[mixer];
                QVERIFY(worst(gates, seen.at(name + gate)[0].expand_as(gates)) <= rounding);
            }
            const at::Tensor tokens = seen.at(name + "in")[0];
            const at::Tensor image = tokens.slice(0, 0, 25);
            const int layer = m.config.mixer_layers()[std::size_t(mixer)];
            QVERIFY(worst(map_of(view, 0)[mixer], attention_by_formula(m, layer, "moai_SA_img", image, image)) <= rounding);
            QVERIFY(worst(map_of(view, 1)[mixer],
                          attention_by_formula(m, layer, "moai_CA_lang_img", tokens.slice(0, 25), image)) <= rounding);
        }
        // The second mixer's tokens went through the first: another routing, other gates there.
        if (mode == "offset" && rows == 2) {
            RoutingMatrix other = act.values;
            other(0, 0) += 2.0;
            const MixerView moved = o.model->look(*o.sample, RoutingAction::offset(other)).value();
            QVERIFY(worst(gates_of(moved, 0)[1], gates_of(view, 0)[1]) > 1e-4);
        }
    }

    void refusals() {
        const Opened& o = opened_["A"];
        const auto foreign = opened_["B"].model->look(*o.sample, {});
        QVERIFY(!foreign.ok());
        QCOMPARE(foreign.error().where, std::string("sample"));
        for (const auto& [rows, experts] : {std::pair{3U, 6U}, std::pair{1U, 5U}}) {
            const auto wrong = o.model->look(*o.sample, RoutingAction::fixed(RoutingMatrix(rows, experts, 1.0 / 3)));
            QVERIFY(!wrong.ok());
            QCOMPARE(wrong.error().where, std::string("routing"));
        }
    }
};

QTEST_GUILESS_MAIN(TestModelLook)
#include "test_model_look.moc"
