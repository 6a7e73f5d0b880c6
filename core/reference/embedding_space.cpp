#include "core/reference/embedding_space.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace r2t2 {

namespace {

Result<const std::vector<float>*> part_of(const RawEmbedding& raw, const std::string& name, std::size_t dimension,
                                          const std::string& where) {
    const auto found = raw.find(name);
    if (found == raw.end()) {
        return invalid_input(where, "embedding part " + name, "missing", "a vector of " + std::to_string(dimension));
    }
    if (found->second.size() != dimension || dimension == 0) {
        return invalid_input(where, "embedding part " + name, std::to_string(found->second.size()) + " numbers",
                             dimension == 0 ? "at least one" : std::to_string(dimension));
    }
    if (!std::all_of(found->second.begin(), found->second.end(), [](float v) { return std::isfinite(v); })) {
        return invalid_input(where, "embedding part " + name, "a value that is not finite", "finite numbers");
    }
    return &found->second;
}

void normalise(std::span<double> values) {
    double squares = 0.0;
    for (const double value : values) {
        squares += value * value;
    }
    const double norm = std::sqrt(squares);
    if (norm > 0.0) {  // the squares of every float are numbers of a double: no vector is too short or too long to have a direction
        for (double& value : values) {
            value /= norm;
        }
    } else {
        std::fill(values.begin(), values.end(), 0.0);
    }
}

}  // namespace

Result<EmbeddingSpace> EmbeddingSpace::fit(const std::vector<EmbeddingPartSpec>& specs,
                                           std::span<const RawEmbedding> samples) {
    if (samples.empty()) {
        return invalid_input("embedding", "samples", "none", "at least one reference sample");
    }
    std::vector<EmbeddingPart> parts;
    for (const EmbeddingPartSpec& spec : specs) {
        const auto first = samples.front().find(spec.name);
        const std::size_t dimension = first == samples.front().end() ? 0 : first->second.size();
        std::vector<double> sum(dimension, 0.0);
        std::vector<double> squares(dimension, 0.0);
        const double n = static_cast<double>(samples.size());
        for (std::size_t i = 0; i < samples.size(); ++i) {
            const auto part = part_of(samples[i], spec.name, dimension, "sample " + std::to_string(i));
            if (!part.ok()) {
                return part.error();
            }
            for (std::size_t d = 0; d < dimension; ++d) {
                sum[d] += static_cast<double>((**part)[d]);
            }
        }
        for (const RawEmbedding& sample : samples) {  // second pass: no cancellation in the variance
            const std::vector<float>& part = sample.at(spec.name);
            for (std::size_t d = 0; d < dimension; ++d) {
                const double centred = static_cast<double>(part[d]) - sum[d] / n;
                squares[d] += centred * centred;
            }
        }
        EmbeddingPart fitted{spec.name, spec.weight, spec.standardise, {}, {}};
        for (std::size_t d = 0; d < dimension; ++d) {
            fitted.mean.push_back(static_cast<float>(sum[d] / n));
            fitted.deviation.push_back(static_cast<float>(std::sqrt(squares[d] / n)));
        }
        parts.push_back(std::move(fitted));
    }
    return from_parts(std::move(parts), "embedding");
}

Result<EmbeddingSpace> EmbeddingSpace::from_parts(std::vector<EmbeddingPart> parts, const std::string& where) {
    std::set<std::string> names;
    double total = 0.0;
    for (const EmbeddingPart& part : parts) {
        const auto finite = [](float v) { return std::isfinite(v); };
        if (part.name.empty() || !names.insert(part.name).second) {
            return invalid_input(where, "part name", "\"" + part.name + "\"", "names that differ and are not empty");
        }
        if (!std::isfinite(part.weight) || part.weight < 0.0) {
            return invalid_input(where, "weight of part " + part.name, std::to_string(part.weight), "0 or more");
        }
        if (part.mean.empty() || part.mean.size() != part.deviation.size()) {
            return invalid_input(
                where, "statistics of part " + part.name,
                std::to_string(part.mean.size()) + " means, " + std::to_string(part.deviation.size()) + " deviations",
                "equally many, at least one");
        }
        if (!std::all_of(part.mean.begin(), part.mean.end(), finite) ||
            !std::all_of(part.deviation.begin(), part.deviation.end(),
                         [&](float v) { return finite(v) && v >= 0.0F; })) {
            return invalid_input(where, "statistics of part " + part.name, "a value that is not finite or negative",
                                 "finite means, deviations of 0 or more");
        }
        total += part.weight;
    }
    if (parts.empty() || total <= 0.0) {
        return invalid_input(where, "part weights", parts.empty() ? "no parts" : "all zero",
                             "at least one part that counts");
    }
    EmbeddingSpace space;
    space.parts_ = std::move(parts);
    return space;
}

std::size_t EmbeddingSpace::dimension() const {
    std::size_t dimension = 0;
    for (const EmbeddingPart& part : parts_) {
        dimension += part.mean.size();
    }
    return dimension;
}

Result<std::vector<float>> EmbeddingSpace::embed(const RawEmbedding& raw, const std::string& where) const {
    std::vector<double> whole;
    whole.reserve(dimension());
    for (const EmbeddingPart& part : parts_) {
        const auto values = part_of(raw, part.name, part.mean.size(), where);
        if (!values.ok()) {
            return values.error();
        }
        const std::size_t begin = whole.size();
        for (std::size_t d = 0; d < part.mean.size(); ++d) {
            double value = static_cast<double>((**values)[d]) - static_cast<double>(part.mean[d]);
            if (part.standardise) {  // a dimension that never varies (but for rounding) tells nothing
                const bool varies = part.deviation[d] > 1e-6F * std::abs(part.mean[d]);
                value = varies ? value / static_cast<double>(part.deviation[d]) : 0.0;
            }
            whole.push_back(value);
        }
        const auto own = std::span<double>(whole).subspan(begin);
        normalise(own);
        for (double& value : own) {
            value *= part.weight;
        }
    }
    normalise(whole);
    return std::vector<float>(whole.begin(), whole.end());
}

}  // namespace r2t2
