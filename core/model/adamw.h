// AdamW (Loshchilov, Hutter 2019) with a rate factor per tensor; state can be saved and restored exactly.
#pragma once

#include <map>
#include <string>

#include "core/model/moai_weights.h"

namespace r2t2 {

class AdamW {
public:
    struct Entry {
        at::Tensor value;     ///< leaf, updated in place
        double rate = 1.0;    ///< factor on the learning rate
        double decay = 0.0;   ///< decoupled weight decay
        at::Tensor mean, square;
    };
    AdamW(double beta1, double beta2, double epsilon) : beta1_(beta1), beta2_(beta2), epsilon_(epsilon) {}

    void add(const std::string& name, at::Tensor value, double rate, double decay);
    /// Gradients are clipped to norm `clip` over all entries, applied and cleared.
    void step(double learning_rate, double clip);

    [[nodiscard]] std::map<std::string, Entry>& entries() { return entries_; }
    [[nodiscard]] std::int64_t steps() const { return steps_; }
    void set_steps(std::int64_t steps) { steps_ = steps; }

private:
    std::map<std::string, Entry> entries_;
    double beta1_, beta2_, epsilon_;
    std::int64_t steps_ = 0;
};

}  // namespace r2t2
