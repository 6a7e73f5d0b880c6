#include "core/routing/descent_variable.h"

#include <utility>

namespace r2t2 {

namespace {

OptimisedVariable variable_of(const MethodParams& params) {
    if (params.mode == RoutingMode::Offset && params.frame == OffsetFrame::SharedDelta) {
        return OptimisedVariable::Delta;
    }
    return params.parametrisation == Parametrisation::Logits ? OptimisedVariable::Logits : OptimisedVariable::Weights;
}

}  // namespace

DescentVariable::DescentVariable(const RoutingSpace& space, const MethodParams& params, RoutingMatrix base)
    : space_(space), mode_(params.mode), kind_(variable_of(params)), base_(std::move(base)) {
    switch (kind_) {
        case OptimisedVariable::Logits:
            value_ = log_weights(base_);
            break;
        case OptimisedVariable::Delta:
            value_ = RoutingMatrix(base_.rows(), base_.experts());
            break;
        default:
            value_ = base_;
            break;
    }
    weights_ = base_;  // not softmax(log r0): step 0 shows r0 to the last bit
}

bool DescentVariable::needs_sample_base() const {
    return mode_ == RoutingMode::Offset && kind_ != OptimisedVariable::Delta;
}

RoutingAction DescentVariable::action_for(const RoutingMatrix& sample_base) const {
    return kind_ == OptimisedVariable::Delta ? RoutingAction::offset(value_)
                                             : action_toward(mode_, weights_, sample_base);
}

RoutingMatrix DescentVariable::weights_gradient(const RoutingMatrix& values_gradient) const {
    return routing_gradient(mode_, weights_, values_gradient);
}

RoutingMatrix DescentVariable::gradient(const RoutingMatrix& values_gradient) const {
    switch (kind_) {
        case OptimisedVariable::Logits:
            return softmax_backward(space_, weights_, weights_gradient(values_gradient));
        case OptimisedVariable::Delta:
            return values_gradient;
        default:
            return centre_groups(space_, weights_gradient(values_gradient));
    }
}

void DescentVariable::go_to(const RoutingMatrix& weights) {
    weights_ = weights;
    value_ = kind_ == OptimisedVariable::Weights ? weights : log_weights(weights);
    if (kind_ == OptimisedVariable::Delta) {
        value_ = value_ - log_weights(base_);
    }
}

void DescentVariable::put(RoutingMatrix value) {
    value_ = std::move(value);
    refresh_weights();
}

RoutingMatrix DescentVariable::admissible(RoutingMatrix value) const {
    return kind_ == OptimisedVariable::Weights ? project_to_simplices(space_, value) : value;
}

void DescentVariable::update(const RoutingMatrix& gradient, double learning_rate) {
    adam_.step(value_, gradient, learning_rate);
    refresh_weights();
}

void DescentVariable::refresh_weights() {
    switch (kind_) {
        case OptimisedVariable::Logits:
            weights_ = softmax(space_, value_);
            break;
        case OptimisedVariable::Delta:
            weights_ = softmax(space_, log_weights(base_) + value_);
            break;
        default:
            value_ = project_to_simplices(space_, value_);
            weights_ = value_;
            break;
    }
}

}  // namespace r2t2
