#include "core/model/adamw.h"

#include <cmath>

namespace r2t2 {

void AdamW::add(const std::string& name, at::Tensor value, double rate, double decay) {
    value.requires_grad_(true);
    entries_[name] = {value, rate, decay, at::zeros_like(value), at::zeros_like(value)};
}

void AdamW::step(double learning_rate, double clip) {
    const at::NoGradGuard no_grad;
    double norm = 0;
    for (const auto& [name, entry] : entries_) {
        if (entry.value.grad().defined()) {
            const double n = entry.value.grad().norm().item<double>();
            norm += n * n;
        }
    }
    const double scale = std::min(1.0, clip / (std::sqrt(norm) + 1e-6));
    ++steps_;
    const double correct1 = 1 - std::pow(beta1_, double(steps_));
    const double correct2 = 1 - std::pow(beta2_, double(steps_));
    for (auto& [name, entry] : entries_) {
        at::Tensor gradient = entry.value.grad();
        if (!gradient.defined()) {
            continue;
        }
        gradient = gradient * scale;
        entry.mean.mul_(beta1_).add_(gradient, 1 - beta1_);
        entry.square.mul_(beta2_).addcmul_(gradient, gradient, 1 - beta2_);
        const double rate = learning_rate * entry.rate;
        entry.value.mul_(1 - rate * entry.decay);
        entry.value.addcdiv_(entry.mean, (entry.square / correct2).sqrt_().add_(epsilon_), -rate / correct1);
        entry.value.mutable_grad() = at::Tensor();
    }
}

}  // namespace r2t2
