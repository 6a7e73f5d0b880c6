#include "core/model/bert_encoder.h"

#include <cmath>

#include "core/base/file_reader.h"
#include "core/base/sha256.h"
#include "core/checkpoint/bert_config.h"
#include "core/checkpoint/safetensors.h"
#include "core/model/weight_store.h"
#include "core/tokenizer/wordpiece_tokenizer.h"

namespace r2t2 {

namespace {

struct BertLinear {
    at::Tensor weight, bias;
    [[nodiscard]] at::Tensor operator()(const at::Tensor& x) const { return at::linear(x, weight, bias); }
};

struct BertNorm {
    at::Tensor weight, bias;
    double eps = 1e-12;
    [[nodiscard]] at::Tensor operator()(const at::Tensor& x) const {
        return at::layer_norm(x, {x.size(-1)}, weight, bias, eps);
    }
};

struct BertLayer {
    BertLinear query, key, value, attended, wide, narrow;
    BertNorm attention_norm, output_norm;
};

struct BertWeights {
    at::Tensor words, positions, token_types;  ///< [vocabulary, H], [positions, H], [types, H]
    BertNorm norm;
    std::vector<BertLayer> layers;
};

/// Takes tensors by name and shape; keeps the first error.
class TensorTaker {
public:
    TensorTaker(const Checkpoint& checkpoint, std::string where, double eps)
        : checkpoint_(checkpoint),
          where_(std::move(where)),
          prefix_(checkpoint.contains("bert.embeddings.word_embeddings.weight") ? "bert." : ""),
          eps_(eps) {}

    at::Tensor take(const std::string& name, const std::vector<std::int64_t>& shape) {
        if (!status_.ok()) {
            return {};
        }
        Result<at::Tensor> tensor = read_weight(checkpoint_, prefix_ + name, where_, at::kFloat);
        if (!tensor) {
            status_ = tensor.error();
            return {};
        }
        if (tensor->sizes() != at::IntArrayRef(shape)) {
            status_ = invalid_input(where_, prefix_ + name, c10::str("shape ", tensor->sizes()),
                                    c10::str("shape ", at::IntArrayRef(shape), " as config.json states"));
            return {};
        }
        return *tensor;
    }
    BertLinear linear(const std::string& name, std::int64_t out, std::int64_t in) {
        return {take(name + ".weight", {out, in}), take(name + ".bias", {out})};
    }
    BertNorm norm(const std::string& name, std::int64_t size) {
        return {take(name + ".weight", {size}), take(name + ".bias", {size}), eps_};
    }
    [[nodiscard]] const Status& status() const { return status_; }

private:
    const Checkpoint& checkpoint_;
    std::string where_, prefix_;
    double eps_;
    Status status_;
};

Result<BertWeights> read_bert(const Checkpoint& checkpoint, const BertConfig& config, const std::string& where) {
    TensorTaker taker(checkpoint, where, config.layer_norm_eps);
    const std::int64_t h = config.hidden_size;
    const std::int64_t wide = config.intermediate_size;
    BertWeights w;
    w.words = taker.take("embeddings.word_embeddings.weight", {config.vocab_size, h});
    w.positions = taker.take("embeddings.position_embeddings.weight", {config.max_positions, h});
    w.token_types = taker.take("embeddings.token_type_embeddings.weight", {config.token_types, h});
    w.norm = taker.norm("embeddings.LayerNorm", h);
    for (int i = 0; i < config.layers && taker.status().ok(); ++i) {
        const std::string at = "encoder.layer." + std::to_string(i) + ".";
        BertLayer layer;
        layer.query = taker.linear(at + "attention.self.query", h, h);
        layer.key = taker.linear(at + "attention.self.key", h, h);
        layer.value = taker.linear(at + "attention.self.value", h, h);
        layer.attended = taker.linear(at + "attention.output.dense", h, h);
        layer.attention_norm = taker.norm(at + "attention.output.LayerNorm", h);
        layer.wide = taker.linear(at + "intermediate.dense", wide, h);
        layer.narrow = taker.linear(at + "output.dense", h, wide);
        layer.output_norm = taker.norm(at + "output.LayerNorm", h);
        w.layers.push_back(std::move(layer));
    }
    if (!taker.status().ok()) {
        return taker.status().error();
    }
    return w;
}

class BertEncoder final : public SentenceEncoder {
public:
    BertEncoder(BertConfig config, BertWeights weights, WordPieceTokenizer tokenizer, SentenceEncoderInfo info)
        : config_(config), weights_(std::move(weights)), tokenizer_(std::move(tokenizer)), info_(std::move(info)) {}

    [[nodiscard]] const SentenceEncoderInfo& info() const override { return info_; }
    [[nodiscard]] std::vector<std::int32_t> tokenize(const std::string& text) const override {
        return tokenizer_.encode(text, static_cast<std::size_t>(config_.max_tokens));
    }
    [[nodiscard]] Result<std::vector<float>> embed(const std::string& text) const override {
        try {
            const at::NoGradGuard no_grad;
            const at::Tensor mean = last_layer(tokenize(text)).mean(0);
            const at::Tensor unit = (mean / mean.norm().clamp_min(1e-12)).contiguous();
            return std::vector<float>(unit.data_ptr<float>(), unit.data_ptr<float>() + unit.numel());
        } catch (const std::bad_alloc&) {
            return Error{ErrorKind::OutOfMemory, info_.directory, {}, "not enough memory", {}};
        } catch (const std::exception& error) {  // torch's
            return Error{ErrorKind::Internal, info_.directory, {}, error.what(), {}};
        }
    }

private:
    /// [tokens, H]
    [[nodiscard]] at::Tensor last_layer(const std::vector<std::int32_t>& tokens) const {
        const std::vector<std::int64_t> wide(tokens.begin(), tokens.end());
        const at::Tensor ids = at::tensor(at::ArrayRef<std::int64_t>(wide));
        at::Tensor x = weights_.words.index_select(0, ids) + weights_.positions.narrow(0, 0, ids.size(0)) + weights_.token_types[0];
        x = weights_.norm(x);
        for (const BertLayer& layer : weights_.layers) {
            x = layer.attention_norm(x + layer.attended(attention(layer, x)));
            x = layer.output_norm(x + layer.narrow(gelu_erf(layer.wide(x))));
        }
        return x;
    }

    [[nodiscard]] at::Tensor attention(const BertLayer& layer, const at::Tensor& x) const {
        const std::int64_t heads = config_.heads;
        const std::int64_t width = x.size(1) / heads;
        const auto split = [&](const at::Tensor& t) { return t.view({t.size(0), heads, width}).transpose(0, 1); };
        const at::Tensor scores = at::matmul(split(layer.query(x)), split(layer.key(x)).transpose(1, 2)) / std::sqrt(double(width));
        return at::matmul(at::softmax(scores, -1), split(layer.value(x))).transpose(0, 1).reshape({x.size(0), x.size(1)});
    }

    BertConfig config_;
    BertWeights weights_;
    WordPieceTokenizer tokenizer_;
    SentenceEncoderInfo info_;
};

}  // namespace

namespace {

/// All that an encoder is made from, but its weights, in a fixed order.
std::vector<std::filesystem::path> settings_files(const std::filesystem::path& directory) {
    std::error_code code;
    if (std::filesystem::exists(directory / "tokenizer.json", code)) {
        return {directory / "tokenizer.json"};
    }
    return {directory / "tokenizer_config.json", directory / "vocab.txt"};
}

Result<std::string> settings_hash(const BertConfig& config, const std::filesystem::path& directory) {
    Sha256 hash;
    for (const int size : {config.hidden_size, config.layers, config.heads, config.intermediate_size, config.vocab_size, config.max_positions,
                           config.token_types, config.max_tokens}) {
        hash.update(std::to_string(size) + " ");
    }
    hash.update(&config.layer_norm_eps, sizeof config.layer_norm_eps);
    for (const std::filesystem::path& file : settings_files(directory)) {
        std::error_code code;
        if (std::filesystem::exists(file, code)) {
            const Result<std::string> one = sha256_file(file);
            if (!one) {
                return one;
            }
            hash.update(file.filename().string() + " " + *one);
        }
    }
    return hash.hex();
}

}  // namespace

Result<std::shared_ptr<const SentenceEncoder>> open_bert_encoder(const std::filesystem::path& directory) {
    std::vector<std::filesystem::path> files = settings_files(directory);
    for (const char* name : {"config.json", "sentence_bert_config.json", "model.safetensors", "model.safetensors.index.json", "tokenizer.json"}) {
        files.push_back(directory / name);
    }
    const FileMoment moment(std::move(files));
    const Result<BertConfig> config = BertConfig::read(directory);
    if (!config) {
        return config.error();
    }
    Result<WordPieceTokenizer> tokenizer = WordPieceTokenizer::open(directory);
    if (!tokenizer) {
        return tokenizer.error();
    }
    if (static_cast<int>(tokenizer->size()) > config->vocab_size) {
        return invalid_input(directory.string(), "vocabulary", std::to_string(tokenizer->size()) + " pieces",
                             "at most vocab_size " + std::to_string(config->vocab_size));
    }
    const Result<Checkpoint> checkpoint = Checkpoint::open(directory);
    if (!checkpoint) {
        return checkpoint.error();
    }
    try {
        Result<BertWeights> weights = read_bert(*checkpoint, *config, directory.string());
        if (!weights) {
            return weights.error();
        }
        const Result<std::vector<std::string>> hashes = checkpoint->sha256();
        if (!hashes) {
            return hashes.error();
        }
        const Result<std::string> settings = settings_hash(*config, directory);
        if (!settings) {
            return settings.error();
        }
        R2T2_TRY(moment.check());
        for (const SafetensorsFile& shard : checkpoint->shards()) {
            R2T2_TRY(shard.file().check_in_place());
        }
        SentenceEncoderInfo info;
        info.directory = directory.string();
        info.name = std::filesystem::absolute(directory).lexically_normal().filename().string();
        for (const std::string& hash : *hashes) {
            info.weights_hash += hash;
        }
        info.settings_hash = *settings;
        info.dimension = config->hidden_size;
        info.max_tokens = config->max_tokens;
        return std::shared_ptr<const SentenceEncoder>(
            std::make_shared<BertEncoder>(*config, std::move(*weights), std::move(*tokenizer), std::move(info)));
    } catch (const std::bad_alloc&) {
        return Error{ErrorKind::OutOfMemory, directory.string(), {}, "not enough memory", {}};
    } catch (const std::exception& error) {  // torch's
        return Error{ErrorKind::Internal, directory.string(), {}, error.what(), {}};
    }
}

}  // namespace r2t2
