// Cases 4 to 7: gates replaced or shifted, losses and gradients, and a whole neighbourhood gradient descent.
#include "core/routing/descent_variable.h"
#include "core/routing/ngd.h"
#include "tests/model/golden_case.h"

using namespace r2t2;
using namespace r2t2::golden;

namespace {

constexpr double loss_limit = 1e-5;  ///< losses and gradients of these cases in float32
constexpr double exact64 = 1e-12;

struct Outcome {
    at::Tensor loss, sample_loss, gradient, logits;
};

/// `values` [rows, 6] for every sample, through the whole network; `mixed`: answers count as language tokens.
Outcome run_full(const GoldenModel& m, const CaseInput& input, MixerRouting::Kind kind, const at::Tensor& values, bool mixed,
                 bool all_logits) {
    NetworkInput network = input.network();
    network.answers_are_language = mixed;
    network.all_logits = all_logits || mixed;
    network.routing.kind = kind;
    const at::Tensor leaf = values.detach().clone().requires_grad_(true);
    network.routing.values = leaf.unsqueeze(0).expand({std::int64_t(input.samples.size()), -1, -1});
    const NetworkOutput out = forward_network(m.config, m.weights, network).value();
    out.loss.backward();
    return {out.loss, out.sample_loss, leaf.grad(), out.logits};
}

/// The same through prepared samples.
Outcome run_prepared(const Decoder& decoder, const PackedBatch& batch, MixerRouting::Kind kind, const at::Tensor& values) {
    MixerRouting routing;
    routing.kind = kind;
    const at::Tensor leaf = values.detach().clone().requires_grad_(true);
    routing.values = leaf.unsqueeze(0).expand({batch.layout.batch, -1, -1});
    const RoutedPass pass = run_routed(decoder, batch, routing, false, false);
    const at::Tensor logits = decoder.logits(pass.hidden);
    const AnswerLoss loss = answer_loss(logits, batch.labels);
    loss.all.backward();
    return {loss.all, loss.sample, leaf.grad(), logits};
}

/// All rows of one case file for one precision. `parameter`: its tensor of routing values.
void check_override(CaseCheck& check, const GoldenModel& m, const std::string& variant, const std::string& parameter,
                    MixerRouting::Kind kind) {
    const bool wide = m.weights.embedding.scalar_type() == at::kDouble;
    const std::string flavour = wide ? "f64." : "";
    const double limit = wide ? exact64 : loss_limit;
    const Limits limits(variant);
    const double logit_limit = limits.of("case1_single_clean", "logits");
    const at::Tensor values = check.expected(parameter).to(m.weights.embedding.scalar_type());
    for (const std::string which : {"single", "batch"}) {
        const File file = File::load(variant + (which == "single" ? "/case1_single_clean" : "/case2_batch_clean"));
        const CaseInput input = case_input(m, file, file);
        const Decoder decoder(m.config, m.weights);
        const PackedBatch batch = Prepared(decoder, input).packed(decoder);
        for (const bool mixed : {false, true}) {
            const std::string prefix = flavour + which + (mixed ? ".ansmix1." : ".ansmix0.");
            const at::Tensor losses = check.expected(prefix + "loss");
            const at::Tensor gradients = check.expected(prefix + "grad");
            for (std::int64_t row = 0; row < values.size(0); ++row) {
                const at::Tensor value = values[row].dim() == 1 ? values[row].unsqueeze(0) : values[row];
                const at::Tensor gradient = gradients[row].view_as(value);
                const auto compare = [&](const Outcome& got) {
                    check.note(prefix + "loss", worst(got.loss, losses[row]), limit);
                    check.note(prefix + "grad", worst(got.gradient, gradient), limit);
                };
                const bool stored = which == "single" && !mixed && !wide;
                const Outcome full = run_full(m, input, kind, value, mixed, stored && check.has("logits"));
                compare(full);
                if (mixed) {
                    continue;
                }
                const Outcome prepared = run_prepared(decoder, batch, kind, value);
                compare(prepared);
                if (stored && check.has("logits")) {
                    const at::Tensor expected = check.expected("logits").slice(0, row, row + 1);
                    const std::int64_t length = expected.size(1);
                    const TokenLayout layout = make_layout(m.config, input.rows(m.config), values.options());
                    const RowMap map = merged_rows(layout, input.rows(m.config), length);
                    check.note("logits", worst(rows_at(full.logits, map.canonical), rows_at(expected, map.merged)), logit_limit);
                    const std::int64_t count = prepared.logits.size(1);
                    check.note("logits", worst(prepared.logits, expected.slice(1, length - 1 - count, length - 1)), logit_limit);
                }
                if (stored && check.has("answer_logits")) {
                    check.note("answer_logits", worst(full.logits[0], check.expected("answer_logits")[row]), logit_limit);
                    check.note("answer_logits", worst(prepared.logits[0], check.expected("answer_logits")[row]), logit_limit);
                }
            }
        }
    }
}

RoutingMatrix to_matrix(const at::Tensor& values) {
    const at::Tensor flat = values.detach().to(at::kDouble).contiguous().view({-1, 6});
    return {std::size_t(flat.size(0)), 6, std::vector<double>(flat.data_ptr<double>(), flat.data_ptr<double>() + flat.numel())};
}

at::Tensor from_matrix(const RoutingMatrix& m) {
    return at::tensor(at::ArrayRef<double>(m.values().data(), m.values().size()), at::kDouble);
}

/// A sample of the golden model behind the torch-free interface.
class GoldenSample final : public PreparedSample {
public:
    CaseInput input;
    std::shared_ptr<MoaiSample> prepared;
    RoutingMatrix native;

    [[nodiscard]] std::size_t bytes() const override { return prepared->bytes(); }
    [[nodiscard]] bool has_label() const override { return prepared->has_label(); }
    [[nodiscard]] const RoutingMatrix& native_routing() const override { return native; }
};

/// Each query alone, as the golden run did it: prepared path, or the full network with mixed answers.
class GoldenRoutedModel final : public RoutedModel {
public:
    GoldenRoutedModel(const GoldenModel& m, bool mixed)
        : m_(m), decoder_(m.config, m.weights), space_(m.config.routing_space()), mixed_(mixed) {}

    [[nodiscard]] std::shared_ptr<GoldenSample> sample(const File& file, const std::string& prefix) const {
        auto out = std::make_shared<GoldenSample>();
        out->input = case_input(m_, file, file, prefix);
        out->prepared = Prepared(decoder_, out->input).samples[0];
        const at::NoGradGuard no_grad;
        const MoaiSample* one = out->prepared.get();
        const PackedBatch batch = pack(m_.config, {&one, 1}, false, m_.weights.embedding.options());
        out->native = to_matrix(at::stack(run_routed(decoder_, batch, {}, false, true).gates, 1)[0]);
        return out;
    }
    [[nodiscard]] const RoutingSpace& routing_space() const override { return space_; }
    [[nodiscard]] Result<std::vector<LossGradient>> loss_and_gradient(std::span<const RoutedQuery> queries, bool gradient) const override {
        std::vector<LossGradient> out;
        for (const RoutedQuery& query : queries) {
            const auto& sample = dynamic_cast<const GoldenSample&>(*query.sample);
            const at::Tensor values = from_matrix(query.action.values).view({-1, 6}).to(m_.weights.embedding.scalar_type());
            const auto kind = query.action.mode == RoutingMode::Fixed ? MixerRouting::Kind::Fixed : MixerRouting::Kind::Offset;
            const MoaiSample* one = sample.prepared.get();
            const Outcome got =
                mixed_ ? run_full(m_, sample.input, kind, values, true, true)
                       : run_prepared(decoder_, pack(m_.config, {&one, 1}, true, m_.weights.embedding.options()), kind, values);
            out.push_back({got.loss.item<double>(), gradient ? to_matrix(got.gradient) : RoutingMatrix()});
        }
        return out;
    }
    [[nodiscard]] Result<std::vector<Answer>> answer(std::span<const RoutedQuery> queries) const override {
        return std::vector<Answer>(queries.size());  // the descent is what is tested
    }
    [[nodiscard]] Passes passes() const override { return {}; }

private:
    const GoldenModel& m_;
    Decoder decoder_;
    RoutingSpace space_;
    bool mixed_;
};

/// The descent's rows against f64.* or float32 goldens.
void check_descent(CaseCheck& check, const std::string& variant, const GoldenModel& m, bool mixed) {
    const bool wide = m.weights.embedding.scalar_type() == at::kDouble;
    const std::string prefix = std::string(wide ? "f64." : "") + (mixed ? "ansmix1." : "ansmix0.");
    const Limits limits(variant);
    const auto limit = [&](const std::string& name) {
        const bool state = name == "z" || name == "r";
        return wide ? exact64 : state ? limits.of("case7_ngd", (mixed ? "ansmix1." : "ansmix0.") + name) : loss_limit;
    };
    const GoldenRoutedModel model(m, mixed);
    RerouteInput input;
    const auto test = model.sample(check.file, "test.");
    input.sample = test;
    const std::vector<double> weights = check.file["kernel_weights"].doubles();
    for (std::size_t i = 0; i < weights.size(); ++i) {
        input.neighbourhood.neighbours.push_back({i, 0, 0, weights[i], weights[i]});
        input.references.push_back({model.sample(check.file, "n" + std::to_string(i) + "."), {}});
    }
    MethodParams params;
    params.mode = RoutingMode::Fixed;
    params.answer_steps = false;
    const CancelToken cancel{};
    const Result<Trajectory> run = neighbourhood_gradient_descent(model, input, params, cancel);
    QVERIFY2(run.ok(), run.ok() ? "" : run.error().message().c_str());
    QCOMPARE(run->steps.size(), std::size_t(11));

    const std::string base = wide ? "f64.base_r" : "base_r";
    check.note(base, worst(from_matrix(run->base().weights), check.expected(base)),
               wide ? exact64 : limits.of("case1_single_clean", "r_base"));
    const at::Tensor rates = check.expected("lr");
    const auto row = [&](const char* name, std::size_t t) { return check.expected(prefix + name)[std::int64_t(t)]; };
    // z is not part of a trajectory: the same variable, moved by the trajectory's gradients.
    DescentVariable variable(model.routing_space(), params, run->base().weights);
    for (std::size_t t = 0; t < 11; ++t) {
        const TrajectoryStep& step = run->steps[t];
        check.note(prefix + "r", worst(from_matrix(step.weights), row("r", t)), limit("r"));
        check.note(prefix + "loss", std::abs(*step.objective - row("loss", t).item<double>()), limit("loss"));
        check.note(prefix + "losses", worst(at::tensor(at::ArrayRef<double>(step.neighbour_losses), at::kDouble), row("losses", t)),
                   limit("losses"));
        check.note(prefix + "z", worst(from_matrix(variable.value()), row("z", t)), limit("z"));
        const double rate = learning_rate(params.schedule, params.initial_lr, params.final_lr, int(t), params.steps);
        check.note("lr", std::abs(rate - rates[std::int64_t(t)].item<double>()), 1e-15);
        if (t == 10) {  // evaluated by the golden run, not by the descent
            std::vector<RoutedQuery> queries;
            for (const ReferenceSample& reference : input.references) {
                queries.push_back({reference.prepared.get(), RoutingAction::fixed(step.weights)});
            }
            const auto last = model.loss_and_gradient(queries, true).value();
            std::vector<RoutingMatrix> gradients;
            for (const LossGradient& one : last) {
                gradients.push_back(one.gradient);
            }
            const RoutingMatrix mean = weighted_mean(weights, gradients);
            check.note(prefix + "grad_r", worst(from_matrix(mean), row("grad_r", t)), limit("grad_r"));
            check.note(prefix + "grad_z", worst(from_matrix(variable.gradient(mean)), row("grad_z", t)), limit("grad_z"));
            break;
        }
        check.note(prefix + "grad_r", worst(from_matrix(*step.routing_gradient), row("grad_r", t)), limit("grad_r"));
        check.note(prefix + "grad_z", worst(from_matrix(*step.gradient), row("grad_z", t)), limit("grad_z"));
        QVERIFY(std::abs(*step.learning_rate - rate) < 1e-15);
        variable.update(*step.gradient, rate);
    }
}

}  // namespace

class TestGoldenRouting : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void overrides_data() {
        QTest::addColumn<QString>("variant");
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("parameter");
        QTest::addColumn<int>("kind");
        for (const char* variant : {"A", "B"}) {
            const struct { const char* name; const char* parameter; MixerRouting::Kind kind; } rows[] = {
                {"case4_override", "r", MixerRouting::Kind::Fixed},
                {"case5_override_per_layer", "R", MixerRouting::Kind::Fixed},
                {"case6_offset", "delta", MixerRouting::Kind::Offset}};
            for (const auto& row : rows) {
                QTest::newRow(qPrintable(QString("%1 %2").arg(variant, row.name))) << variant << row.name << row.parameter << int(row.kind);
            }
        }
    }
    void overrides() {
        QFETCH(QString, variant);
        QFETCH(QString, name);
        QFETCH(QString, parameter);
        QFETCH(int, kind);
        CaseCheck check(variant.toStdString(), name.toStdString());
        check.used({parameter.toStdString()});
        for (const auto type : {at::kFloat, at::kDouble}) {
            const GoldenModel m = GoldenModel::load(variant.toStdString(), type);
            check_override(check, m, variant.toStdString(), parameter.toStdString(), MixerRouting::Kind(kind));
        }
        const std::string problems = check.problems();
        QVERIFY2(problems.empty(), problems.c_str());
    }

    void descent_data() {
        QTest::addColumn<QString>("variant");
        QTest::newRow("A") << "A";
        QTest::newRow("B") << "B";
    }
    void descent() {
        QFETCH(QString, variant);
        CaseCheck check(variant.toStdString(), "case7_ngd");
        check.used({"kernel_weights"});
        check.leave_to_others([](const std::string& name) {  // inputs of the samples: "test.", "n0." ...
            return name.starts_with("test.") || (name[0] == 'n' && name[2] == '.');
        });
        for (const auto type : {at::kFloat, at::kDouble}) {
            const GoldenModel m = GoldenModel::load(variant.toStdString(), type);
            for (const bool mixed : {false, true}) {
                check_descent(check, variant.toStdString(), m, mixed);
            }
        }
        const std::string problems = check.problems();
        QVERIFY2(problems.empty(), problems.c_str());
    }
};

QTEST_GUILESS_MAIN(TestGoldenRouting)
#include "test_golden_routing.moc"
