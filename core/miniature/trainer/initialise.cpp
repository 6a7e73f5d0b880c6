#include "core/miniature/trainer/initialise.h"

#include <cmath>
#include <sstream>

#include "core/base/random.h"
#include "core/miniature/vocabulary.h"

namespace r2t2 {

namespace {

bool contains(const std::string& text, const char* part) {
    return text.find(part) != std::string::npos;
}

at::Tensor normal(const std::vector<std::int64_t>& shape, double deviation, RandomStream random) {
    at::Tensor t = at::empty(shape, at::kFloat);
    float* data = t.data_ptr<float>();
    for (std::int64_t i = 0; i < t.numel(); ++i) {
        data[i] = static_cast<float>(deviation * random.normal());
    }
    return t;
}

/// Extra factor on the fan-in scale: sharper expert attention, quieter residual branches, nearly uniform gates.
double gain(const std::string& name) {
    if (contains(name, "Plora_B")) {
        return 0.0;
    }
    if (contains(name, "wo.Plora_main") || contains(name, "w2.Plora_main")) {
        return 0.5;
    }
    if (contains(name, "linear_q.1") || contains(name, "linear_k.1")) {
        return 1.5;
    }
    if (contains(name, "linear_o.1")) {
        return 0.7;
    }
    return contains(name, "moai_GA") ? 0.1 : 1.0;
}

at::Tensor initial_tensor(const ParameterShape& parameter, std::uint64_t seed) {
    const std::string& name = parameter.name;
    const RandomStream random = RandomStream::fork(seed, "initial/" + name);
    if (name.ends_with(".bias")) {
        return at::zeros(parameter.shape, at::kFloat);
    }
    if (contains(name, "tok_embeddings")) {
        return normal(parameter.shape, 0.5, random);
    }
    if (contains(name, "position_embedding")) {
        return normal(parameter.shape, 0.3, random);
    }
    if (contains(name, "latents")) {
        return name == "moai_compressor.latents" ? normal(parameter.shape, 1.0, random)
                                                 : at::ones(parameter.shape, at::kFloat);
    }
    if (contains(name, "class_embedding")) {
        return normal(parameter.shape, 0.3, random);
    }
    if (parameter.shape.size() == 1) {
        return at::ones(parameter.shape, at::kFloat);  // norms
    }
    double fan_in = 1;
    for (std::size_t d = 1; d < parameter.shape.size(); ++d) {
        fan_in *= double(parameter.shape[d]);
    }
    return normal(parameter.shape, gain(name) / std::sqrt(fan_in), random);
}

/// "circle is left of square" -> circle + left + square / 2: the halved object tells it from the subject.
void sum_phrases(at::Tensor& embedding, const Tokenizer& tokenizer) {
    const auto& pieces = tokenizer.model().pieces;
    for (std::size_t id = 0; id < pieces.size(); ++id) {
        if (pieces[id].type != SentencePiece::Type::UserDefined) {
            continue;
        }
        std::string plain = pieces[id].text;
        for (std::size_t at; (at = plain.find("\u2581")) != std::string::npos;) {
            plain.replace(at, 3, " ");
        }
        std::istringstream stream(plain);
        std::vector<std::int64_t> words;
        bool relation = false;
        for (std::string word; stream >> word;) {
            relation = relation || word == "left" || word == "above";
            const auto found = tokenizer.id_of(with_space_marks(word));
            if (found && word != "is" && word != "of" && word != "carrying") {
                words.push_back(*found);
            }
        }
        if (words.size() < 2 || words.size() > 3) {
            continue;
        }
        at::Tensor row = at::zeros({embedding.size(1)}, at::kFloat);
        for (std::size_t i = 0; i < words.size(); ++i) {
            row.add_(embedding[words[i]], relation && i + 1 == words.size() ? 0.5 : 1.0);
        }
        embedding[static_cast<std::int64_t>(id)].copy_(row);
    }
}

}  // namespace

TensorMap initial_weights(const ModelConfig& config, const Tokenizer& tokenizer, std::uint64_t seed) {
    TensorMap named;
    for (const ParameterShape& parameter : parameter_table(config)) {
        named.emplace(parameter.name, initial_tensor(parameter, seed));
    }
    at::Tensor& embedding = named["model.tok_embeddings.weight"];
    sum_phrases(embedding, tokenizer);
    named["output.weight"] = embedding.slice(0, 0, config.vocab_size) * 0.25;
    return named;
}

}  // namespace r2t2
