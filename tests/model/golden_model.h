// Loads a golden model variant (tests/data/golden/A or B) into the network, in any type and format of weights.
#pragma once

#include "core/model/moai_network.h"
#include "core/model/weight_store.h"
#include "tests/model/golden_config.h"
#include "tests/support/golden_file.h"

namespace r2t2::golden {

inline at::Tensor to_tensor(const Tensor& t) {
    const auto type = t.dtype == "F64" ? at::kDouble : t.dtype == "F32" ? at::kFloat : t.dtype == "F16" ? at::kHalf
                    : t.dtype == "U8" ? at::kByte : t.dtype == "BOOL" ? at::kBool : at::kLong;
    at::Tensor out = at::empty(t.shape, at::TensorOptions(type));
    std::memcpy(out.data_ptr(), t.bytes.data(), t.bytes.size());
    return out;
}

struct GoldenModel {
    ModelConfig config;
    TensorMap named;
    MoaiWeights weights;

    /// `format`: of what may_be_quantised; vectors, tables and activations in `type`.
    static GoldenModel load(const std::string& variant, at::ScalarType type, WeightFormat format = WeightFormat::Dense) {
        configure_torch();
        GoldenModel m;
        m.config = read_config(variant);
        static std::map<std::string, TensorMap> stored;  // as in the file; read once a process
        TensorMap& weights = stored[variant];
        if (weights.empty()) {
            const File file = File::load(variant + "/weights");
            for (const ParameterShape& p : parameter_table(m.config)) {
                weights[p.name] = to_tensor(file[p.name]);
            }
        }
        for (const auto& [name, tensor] : weights) {
            m.named[name] = tensor.to(type, /*non_blocking=*/false, /*copy=*/true);
        }
        WeightMap in_format(m.named.begin(), m.named.end());
        for (auto& [name, weight] : in_format) {
            if (may_be_quantised(name, weight.sizes())) {
                weight = WeightMatrix::quantise(weight.dense(), format);
            }
        }
        auto bound = MoaiWeights::bind(m.config, in_format, variant);
        if (!bound) {
            throw std::runtime_error(bound.error().message());
        }
        m.weights = std::move(bound).value();
        return m;
    }
};

/// Rows of a golden case as token samples; padding dropped, answer split off by the labels.
inline std::vector<TokenSample> token_samples(const File& file, const ModelConfig& config, const std::string& prefix = "") {
    const Tensor& ids = file[prefix + "input_ids"];
    const std::vector<std::int64_t> id = ids.integers();
    const std::int64_t batch = ids.shape[0];
    const std::int64_t n = ids.shape[1];
    const std::int64_t grow = config.vision.patches() - 1;
    std::vector<std::int64_t> labels;
    if (file.has(prefix + "labels")) {
        labels = file[prefix + "labels"].integers();
    }
    std::vector<std::int64_t> mask(id.size(), 1);
    if (file.has(prefix + "attention_mask")) {
        mask = file[prefix + "attention_mask"].integers();
    }
    std::vector<TokenSample> out;
    for (std::int64_t b = 0; b < batch; ++b) {
        TokenSample sample;
        for (std::int64_t t = 0; t < n; ++t) {
            if (mask[b * n + t] == 0) {
                continue;
            }
            const bool answer = !labels.empty() && t + grow < n + grow && labels[b * (n + grow) + t + grow] != -100;
            (answer ? sample.answer : sample.prompt).push_back(id[b * n + t]);
        }
        out.push_back(std::move(sample));
    }
    return out;
}

}  // namespace r2t2::golden
