// A Model whose answers are formulas of the question: what an evaluation should find is known, and no engine is needed.
//
// Native gates of a sample come from its question's hash. The answer is "a", "b" or "c": the heaviest image expert. The
// loss is -log of the weight of the expert that the truth names. Thread-safe.
#pragma once

#include <algorithm>
#include <cmath>
#include <set>

#include "core/base/random.h"
#include "core/checkpoint/model_identity.h"
#include "core/run/evaluation.h"
#include "core/run/reference_builder.h"
#include "core/run/reference_set.h"

namespace r2t2 {

class FormulaSample final : public PreparedSample {
public:
    FormulaSample(RoutingMatrix gates, std::optional<std::size_t> wish) : gates_(std::move(gates)), wish_(wish) {}
    [[nodiscard]] std::size_t bytes() const override { return 1000; }
    [[nodiscard]] bool has_label() const override { return wish_.has_value(); }
    [[nodiscard]] const RoutingMatrix& native_routing() const override { return gates_; }
    [[nodiscard]] std::size_t wish() const { return *wish_; }

private:
    RoutingMatrix gates_;  ///< [2 mixers, 6]
    std::optional<std::size_t> wish_;
};

class FormulaModel final : public Model {
public:
    /// `parts`: what its identity is made of; none: a model that says nothing about it.
    explicit FormulaModel(std::map<std::string, std::string> parts = {}) {
        info_.identity = parts.empty() ? std::string() : identity_of(parts);
        info_.identity_parts = std::move(parts);
        info_.name = "formula";
        info_.weights_hash = std::string(64, 'f');
        info_.image_size = 1;
        info_.miniature = true;
    }
    [[nodiscard]] const ModelInfo& info() const override { return info_; }
    [[nodiscard]] const RoutingSpace& routing_space() const override { return space_; }

    void work_side_by_side(bool) const override {}
    /// The same formula under another name.
    [[nodiscard]] Result<std::shared_ptr<const Model>> tuned_gates() const override {
        auto model = std::make_shared<FormulaModel>();
        model->info_.identity_parts["gates"] = "formula";
        return std::shared_ptr<const Model>(std::move(model));
    }
    [[nodiscard]] Result<PreparedSamplePtr> prepare(const ModelInput& input) const override {
        if (input.question == "broken") {
            return invalid_input("formula model", "question", "broken", "anything else");
        }
        RandomStream random = RandomStream::fork(1, input.question);
        RoutingMatrix logits(2, 6);
        for (double& value : logits.values()) {
            value = random.normal();
        }
        std::optional<std::size_t> wish;
        if (input.answer) {
            wish = static_cast<std::size_t>(input.answer->front() - 'a') % 3;
        }
        return PreparedSamplePtr(std::make_shared<FormulaSample>(softmax(space_, logits), wish));
    }
    [[nodiscard]] Result<TokenSample> token_sample(const ModelInput&) const override { return TokenSample{}; }
    [[nodiscard]] Result<Embedding> embed(const ModelInput& input) const override {
        RandomStream random = RandomStream::fork(2, input.question);
        Embedding out;
        for (std::vector<float>* part : {&out.question, &out.vision, &out.pixels}) {
            for (int i = 0; i < 4; ++i) {
                part->push_back(static_cast<float>(random.normal()));
            }
        }
        return out;
    }
    /// One token a group, with the gates of the whole sample; no attention.
    [[nodiscard]] Result<MixerView> look(const PreparedSample& sample, const RoutingAction& action) const override {
        const RoutingMatrix gates = effective({&sample, action});
        MixerView view;
        view.mixers = gates.rows();
        for (std::size_t group = 0; group < 2; ++group) {
            TokenGates one{{"token"}, {}};
            for (std::size_t row = 0; row < gates.rows(); ++row) {
                const auto part = gates.row(row).subspan(group * 3, 3);
                one.weights.insert(one.weights.end(), part.begin(), part.end());
            }
            view.groups.push_back(std::move(one));
        }
        view.image_rows = view.image_columns = 1;
        return view;
    }
    [[nodiscard]] Result<std::vector<std::int32_t>> tokenize(const std::string&) const override {
        return std::vector<std::int32_t>{};
    }
    [[nodiscard]] Result<std::vector<LossGradient>> loss_and_gradient(std::span<const RoutedQuery> queries,
                                                                      bool gradient) const override {
        counts().forward += static_cast<std::int64_t>(queries.size());
        counts().backward += gradient ? static_cast<std::int64_t>(queries.size()) : 0;
        std::vector<LossGradient> out;
        for (const RoutedQuery& query : queries) {
            const auto& sample = static_cast<const FormulaSample&>(*query.sample);
            const RoutingMatrix p = effective(query);
            const std::size_t wish = query.loss == LossOf::Answer ? sample.wish() : (sample.wish() + 1) % 3;  // what needs no label knows no answer
            LossGradient one;
            RoutingMatrix slope(p.rows(), p.experts());
            for (std::size_t row = 0; row < p.rows(); ++row) {
                one.loss -= std::log(p(row, wish)) / static_cast<double>(p.rows());
                slope(row, wish) = -1.0 / p(row, wish) / static_cast<double>(p.rows());
            }
            if (gradient) {
                if (query.action.mode == RoutingMode::Offset) {
                    slope = softmax_backward(space_, p, slope);
                }
                one.gradient = query.action.values.rows() == 1 ? mean_over_mixers(slope) : slope;
                one.gradient *= query.action.values.rows() == 1 ? static_cast<double>(p.rows()) : 1.0;
            }
            out.push_back(std::move(one));
        }
        return out;
    }
    [[nodiscard]] Result<std::vector<Answer>> answer(std::span<const RoutedQuery> queries) const override {
        counts().forward += static_cast<std::int64_t>(queries.size());
        std::vector<Answer> out;
        for (const RoutedQuery& query : queries) {
            const RoutingMatrix p = mean_over_mixers(effective(query));
            const auto best = static_cast<std::size_t>(std::max_element(p.values().begin(), p.values().begin() + 3) - p.values().begin());
            Answer answer;
            answer.text = std::string(1, static_cast<char>('a' + best));
            answer.confidence = p(0, best);
            answer.candidates = {{answer.text, p(0, best)}};
            answer.margin = answer.confidence;
            out.push_back(std::move(answer));
        }
        return out;
    }
    [[nodiscard]] Passes passes() const override { return counts(); }

private:
    [[nodiscard]] RoutingMatrix effective(const RoutedQuery& query) const {
        const RoutingMatrix& gates = query.sample->native_routing();
        const RoutingMatrix& values = query.action.values;
        if (query.action.native()) {
            return gates;
        }
        const RoutingMatrix rows = values.rows() == gates.rows() ? values : repeat_row(values, gates.rows());
        return query.action.mode == RoutingMode::Fixed ? rows : softmax(space_, log_weights(gates) + rows);
    }
    static Passes& counts() {
        static thread_local Passes passes;
        return passes;
    }
    ModelInfo info_;
    RoutingSpace space_ = RoutingSpace::moai(2);
};

/// Numbered questions with truths drawn from a seed; chosen samples are bad.
class FormulaSet final : public SampleSet {
public:
    FormulaSet(std::string name, std::size_t size, std::set<std::size_t> broken = {}, std::set<std::size_t> unreadable = {})
        : name_(std::move(name)), size_(size), broken_(std::move(broken)), unreadable_(std::move(unreadable)) {}
    [[nodiscard]] const std::string& name() const override { return name_; }
    [[nodiscard]] std::size_t size() const override { return size_; }
    [[nodiscard]] std::string id(std::size_t index) const override { return std::to_string(index); }
    [[nodiscard]] const std::vector<Error>& problems() const override { return problems_; }
    [[nodiscard]] std::map<std::string, std::string> origin() const override { return {{"source", "formula"}}; }
    [[nodiscard]] Result<RunSample> get(std::size_t index, const ModelInfo&) const override {
        if (on_get) {
            on_get(index);
        }
        if (unreadable_.count(index) != 0) {
            return Error{ErrorKind::NotFound, "picture " + id(index) + ".png", "image", "nothing", "a picture"};
        }
        RunSample sample;
        sample.id = id(index);
        sample.image_path = name_ + "/" + sample.id + ".png";
        sample.question = question(index);
        sample.ground_truth = truth(index);
        sample.input.question = sample.question;
        sample.input.answer = sample.ground_truth;
        return sample;
    }
    [[nodiscard]] SampleSummary summary(std::size_t index) const override {
        SampleSummary out;
        out.set = name_;
        out.id = id(index);
        out.question = question(index);
        out.truth = truth(index);
        out.image = name_ + "/" + out.id + ".png";
        return out;
    }
    [[nodiscard]] Result<SamplePicture> picture(std::size_t index) const override {
        if (pictures.count(index) == 0) {
            return Error{ErrorKind::NotFound, "picture " + id(index) + ".png", "image", "nothing", "a picture"};  // formulas need none
        }
        return SamplePicture{pictures.at(index), {}};
    }
    std::map<std::size_t, Image> pictures;
    std::function<void(std::size_t)> on_get;
    std::map<std::size_t, std::string> other_questions, other_truths;  ///< of samples that were changed

private:
    [[nodiscard]] std::string question(std::size_t index) const {
        const auto other = other_questions.find(index);
        return broken_.count(index) != 0          ? "broken"
               : other != other_questions.end() ? other->second
                                                : "question " + std::to_string(index % 1000) + " of " + name_;
    }
    [[nodiscard]] std::string truth(std::size_t index) const {
        RandomStream random = RandomStream::fork(3, name_, index);
        const std::string drawn(1, static_cast<char>('a' + random.below(3)));
        const auto other = other_truths.find(index);
        return other != other_truths.end() ? other->second : drawn;
    }

    std::string name_;
    std::size_t size_;
    std::set<std::size_t> broken_, unreadable_;
    std::vector<Error> problems_;
};

/// A context with references built by the formula model.
inline Result<EvaluationContext> formula_context(MethodParams common = {}, std::size_t candidates = 120,
                                                 std::vector<Method> methods = all_methods()) {
    EvaluationContext context;
    context.model = std::make_shared<FormulaModel>();
    auto samples = std::make_shared<FormulaSet>("references", candidates);
    Result<ReferenceBuild> build = build_reference(*context.model, *samples, {});
    if (!build) {
        return build.error();
    }
    Result<ReferenceSetPtr> reference = ReferenceSet::create(context.model, std::move(build->store), samples);
    if (!reference) {
        return reference.error();
    }
    context.reference = std::move(*reference);
    context.methods = method_list(common, methods);
    ControlOptions controls;
    controls.fit.mode = common.mode;
    Result<ControlConstants> constants = fit_controls(context, controls, {}, {});
    if (!constants) {
        return constants.error();
    }
    context.controls = std::move(*constants);
    return context;
}

}  // namespace r2t2
