// Golden cases as inputs and as expectations: the order of tokens, the limit of every tensor, what has been compared.
//
// The golden tensors keep upstream's merged order: left padding, then prompt with the image inside it, then answer.
// Ours is canonical: [image block | left-padded prompt | right-padded answer]. `merged_rows` maps one to the other,
// real positions only: padded rows are garbage in both.
#pragma once

#include <QtTest>
#include <cmath>
#include <set>

#include "core/model/routed_batch.h"
#include "tests/model/golden_model.h"

namespace r2t2::golden {

/// Largest absolute difference; infinity when shapes differ or a difference is NaN.
inline double worst(const at::Tensor& a, const at::Tensor& b) {
    if (!a.defined() || !b.defined() || a.sizes() != b.sizes() || a.numel() == 0) {
        return HUGE_VAL;
    }
    const double value = (a.detach().to(at::kDouble) - b.detach().to(at::kDouble)).abs().max().item<double>();
    return std::isnan(value) ? HUGE_VAL : value;
}

/// Flat row indices of the real tokens of a batch: canonical[i] and merged[i] are the same token.
struct RowMap {
    at::Tensor canonical;  ///< into [B * layout.length()]
    at::Tensor merged;     ///< into [B * merged length]
};

inline RowMap merged_rows(const TokenLayout& layout, const std::vector<RowLengths>& rows, std::int64_t merged_length) {
    std::vector<std::int64_t> canonical, merged;
    for (std::size_t b = 0; b < rows.size(); ++b) {
        const RowLengths& row = rows[b];
        const std::int64_t real = row.before + row.after;
        const std::int64_t from = std::int64_t(b) * layout.length();
        const std::int64_t to = std::int64_t(b) * merged_length + merged_length - real - layout.image - row.answer;
        const auto add = [&](std::int64_t ours, std::int64_t theirs) {
            canonical.push_back(from + ours);
            merged.push_back(to + theirs);
        };
        for (std::int64_t i = 0; i < layout.image; ++i) {
            add(i, row.before + i);
        }
        for (std::int64_t i = 0; i < real; ++i) {
            add(layout.image + layout.prompt - real + i, i < row.before ? i : i + layout.image);
        }
        for (std::int64_t i = 0; i < row.answer; ++i) {
            add(layout.image + layout.prompt + i, real + layout.image + i);
        }
    }
    return {at::tensor(at::ArrayRef<std::int64_t>(canonical)), at::tensor(at::ArrayRef<std::int64_t>(merged))};
}

/// [B, L, ...] or [B, L] -> the mapped rows [n, ...].
inline at::Tensor rows_at(const at::Tensor& x, const at::Tensor& index) {
    return x.flatten(0, 1).index_select(0, index);
}

/// 10 x the error stated in tolerances.json (float32 against float64), by tensor kind.
class Limits {
public:
    explicit Limits(const std::string& variant) {
        std::ifstream file(R2T2_TEST_DATA "/golden/tolerances.json");
        cases_ = nlohmann::json::parse(file).at(variant);
    }
    [[nodiscard]] double of(const std::string& test_case, const std::string& tensor) const {
        const nlohmann::json& kinds = cases_.at(test_case);
        if (tensor.find("loss") != std::string::npos && tensor.find("ansmix0") == std::string::npos && kinds.contains("loss")) {
            // One kind: the stated errors of single losses reach down to 2.5e-8, 1/40 of float32's spacing at 8.
            double most = 0;
            for (const char* name : {"loss", "loss_per_sample", "ansmix1.loss", "ansmix1.loss_per_sample"}) {
                most = std::max(most, kinds.at(name).at(0).get<double>());
            }
            return 10 * most;
        }
        return 10 * kinds.at(kind(tensor)).at(0).get<double>();
    }
    [[nodiscard]] static std::string kind(const std::string& name) {
        const auto has = [&name](const char* part) { return name.find(part) != std::string::npos; };
        if (name.starts_with("hidden.")) return "hidden.*";
        if (name.starts_with("vision.layer.")) return "vision.layer.*";
        if (name.starts_with("map_embeds")) return "image_features";
        if (name == "answer_logits") return "logits";
        if (name.starts_with("r_") || has(".gate_img") || has(".gate_lang")) return "mixer.gate";
        if (has("gate_logits")) return "mixer.gate_logits";
        if (has(".expert.")) return "mixer.expert.*";
        if (name.starts_with("mixer.")) return "mixer." + name.substr(name.rfind('.') + 1);
        return name;
    }

private:
    nlohmann::json cases_;
};

/// Compares tensors of one golden file and remembers which have been: `problems` is empty when every tensor of the
/// file was used as input or compared, and every comparison held.
class CaseCheck {
public:
    CaseCheck(std::string variant, std::string test_case)
        : file(File::load(variant + "/" + test_case)), limits_(variant), label_(variant + "/" + test_case), case_(std::move(test_case)) {
        for (const auto& [name, tensor] : file.tensors()) {
            left_.insert(name);
        }
    }

    const File file;

    [[nodiscard]] at::Tensor expected(const std::string& name) const { return to_tensor(file[name]); }
    [[nodiscard]] double limit(const std::string& name) const { return limits_.of(case_, name); }
    [[nodiscard]] bool has(const std::string& name) const { return file.has(name); }

    void used(std::initializer_list<std::string> inputs) {
        for (const std::string& name : inputs) {
            left_.erase(name);
        }
    }
    /// Names that another test compares.
    void leave_to_others(const std::function<bool(const std::string&)>& predicate) { std::erase_if(left_, predicate); }

    void compare(const std::string& name, const at::Tensor& actual, double limit) { note(name, worst(actual, expected(name)), limit); }
    void compare(const std::string& name, const at::Tensor& actual) { compare(name, actual, limit(name)); }
    /// Canonical [B, L, ...] against merged [B, S, ...] at real positions.
    void compare_rows(const std::string& name, const at::Tensor& actual, const RowMap& map, double limit) {
        note(name, worst(rows_at(actual, map.canonical), rows_at(expected(name), map.merged)), limit);
    }
    void compare_rows(const std::string& name, const at::Tensor& actual, const RowMap& map) {
        compare_rows(name, actual, map, limit(name));
    }
    void note(const std::string& name, double error, double limit) {
        left_.erase(name);
        if (!(error <= limit)) {
            problems_ += name + ": " + std::to_string(error * 1e6) + "e-6, limit " + std::to_string(limit * 1e6) + "e-6\n";
        }
        auto& [most, bound] = seen_[Limits::kind(name)];
        if (error / std::max(limit, 1e-300) >= most / std::max(bound, 1e-300)) {
            most = error;
            bound = limit;
        }
    }
    /// Empty when all is well. With R2T2_SHOW_ERRORS the largest error of every kind is printed.
    [[nodiscard]] std::string problems() const {
        std::string text = problems_;
        for (const std::string& name : left_) {
            text += name + ": never compared\n";
        }
        if (std::getenv("R2T2_SHOW_ERRORS")) {
            for (const auto& [kind, pair] : seen_) {
                std::printf("ERR %s %s %.2e of %.2e\n", label_.c_str(), kind.c_str(), pair.first, pair.second);
            }
        }
        return text.empty() ? text : label_ + "\n" + text;
    }

private:
    Limits limits_;
    std::string label_, case_, problems_;
    std::set<std::string> left_;
    std::map<std::string, std::pair<double, double>> seen_;
};

/// What a case feeds the decoder.
struct CaseInput {
    std::vector<TokenSample> samples;
    at::Tensor features;    ///< [B, P, H]
    at::Tensor compressed;  ///< [B, latents, H]

    [[nodiscard]] NetworkInput network() const {
        NetworkInput input;
        input.samples = samples;
        input.image_features = features;
        input.compressed = compressed;
        return input;
    }
    /// Lengths as fed when every position's logits are wanted: all answer tokens.
    [[nodiscard]] std::vector<RowLengths> rows(const ModelConfig& config) const {
        std::vector<RowLengths> out;
        for (const TokenSample& sample : samples) {
            out.push_back(measure_prompt(config, sample, sample.answer.size()).value());
        }
        return out;
    }
};

/// Ids and image of `inputs`, auxiliary rows of `aux` (the flavours differ there).
inline CaseInput case_input(const GoldenModel& m, const File& inputs, const File& aux, const std::string& prefix = "") {
    const at::NoGradGuard no_grad;
    const auto type = m.weights.embedding.scalar_type();
    CaseInput c;
    c.samples = token_samples(inputs, m.config, prefix);
    const at::Tensor pixels = normalise_pixels(to_tensor(inputs[prefix + "image_u8"])).to(type);
    c.features = project(m.weights, vision_tower(m.config, m.weights, pixels));
    c.compressed = compress(m.config, m.weights, to_tensor(aux[prefix + "aux_embeds"]).to(type));
    return c;
}

/// Samples through the prepared path.
struct Prepared {
    std::vector<std::shared_ptr<MoaiSample>> samples;
    std::vector<const MoaiSample*> pointers;

    Prepared(const Decoder& decoder, const CaseInput& input) {
        for (std::size_t b = 0; b < input.samples.size(); ++b) {
            const auto i = std::int64_t(b);
            samples.push_back(prepare_tokens(decoder, input.samples[b], input.features[i], input.compressed[i]).value());
            pointers.push_back(samples.back().get());
        }
    }
    [[nodiscard]] PackedBatch packed(const Decoder& decoder, bool with_answers = true) const {
        return pack(decoder.config(), pointers, with_answers, decoder.weights().embedding.options());
    }
};

/// [B, A, vocab] -> rows of the real answer tokens, sample by sample.
inline at::Tensor answer_rows(const at::Tensor& logits, const std::vector<TokenSample>& samples) {
    std::vector<at::Tensor> rows;
    for (std::size_t b = 0; b < samples.size(); ++b) {
        rows.push_back(logits[std::int64_t(b)].slice(0, 0, std::int64_t(samples[b].answer.size())));
    }
    return at::cat(rows);
}

/// The part of [B, L, ...] logits that predicts the answers.
inline at::Tensor predicting(const NetworkOutput& out) {
    const std::int64_t first = out.layout.image + out.layout.prompt - 1;
    return out.logits.slice(1, first, first + out.labels.size(1));
}

/// Tensors of cases 1 and 2 that belong to the vision part.
inline bool is_vision_tensor(const std::string& name) {
    for (const char* begin : {"vision", "image_", "pixel_values", "map_", "verb_ids", "aux_embeds", "comp_aux_embeds"}) {
        if (name.starts_with(begin)) {
            return true;
        }
    }
    return false;
}

}  // namespace r2t2::golden
