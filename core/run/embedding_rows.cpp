#include "core/run/embedding_rows.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "core/base/log.h"

namespace r2t2 {

namespace {

constexpr const char* kQuestionPart = "question";
constexpr double kRounding = 1e-5;  // of components of unit vectors that were stored as float32

struct PartPlace {
    std::size_t begin = 0, size = 0;
};

/// Where the question's numbers stand in an embedding. None: it has no part in it.
std::optional<PartPlace> question_place(const EmbeddingSpace& space) {
    std::size_t begin = 0;
    for (const EmbeddingPart& part : space.parts()) {
        if (part.name == kQuestionPart) {
            return part.weight > 0.0 ? std::optional(PartPlace{begin, part.mean.size()}) : std::nullopt;
        }
        begin += part.mean.size();
    }
    return std::nullopt;
}

/// Unit length, or zeros: how much of an embedding is the question depends on the other parts.
std::vector<double> unit_part(std::span<const float> embedding, PartPlace place) {
    std::vector<double> out(embedding.begin() + static_cast<std::ptrdiff_t>(place.begin), embedding.begin() + static_cast<std::ptrdiff_t>(place.begin + place.size));
    double square = 0.0;
    for (const double value : out) {
        square += value * value;
    }
    for (double& value : out) {
        value = square > 0.0 ? value / std::sqrt(square) : 0.0;
    }
    return out;
}

double largest_difference(const std::vector<double>& a, const std::vector<double>& b) {
    double largest = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        largest = std::max(largest, std::abs(a[i] - b[i]));
    }
    return largest;
}

}  // namespace

Status check_embedding_rows(const ReferenceStore& store, const QuestionEmbedder& embedder, const std::string& set) {
    const std::optional<PartPlace> place = question_place(store.embedding_space());
    if (!place) {
        return {};
    }
    RawEmbedding raw;  // every part but the question's at the mean, where it is zero
    for (const EmbeddingPart& part : store.embedding_space().parts()) {
        raw[part.name] = part.mean;
    }
    std::size_t without = 0;
    for (std::size_t i = 0; i < store.size(); ++i) {
        const ReferenceRecord& record = store.records()[i];
        const EmbeddingMatch match = embedder.match(set, record.id);
        if (match == EmbeddingMatch::Question) {
            return {};
        }
        if (match == EmbeddingMatch::None) {
            ++without;
            continue;
        }
        Result<std::vector<float>> row = embedder.embed(set, record.id, record.question);
        if (!row) {
            return row.error();
        }
        raw[kQuestionPart] = std::move(*row);
        const Result<std::vector<float>> today = store.embed_query(raw, "reference " + record.id);
        if (!today) {
            return today.error();
        }
        const double differs = largest_difference(unit_part(*today, *place), unit_part(store.embedding(i), *place));
        if (differs > kRounding) {
            return invalid_input(embedder.source(), "row of reference " + record.id + " of set " + set,
                                 "another embedding than the reference set was built with (they differ by " + std::to_string(differs) + ")",
                                 "the file that it was built with, or that file with more rows: the cosine of two spaces says nothing (r2t2 reference build makes a "
                                 "set of this file)");
        }
    }
    if (without > 0) {
        log_warning("embedding", embedder.source() + ": has no row for " + std::to_string(without) + " of " + std::to_string(store.size()) + " references" +
                                     (without == store.size() ? ": whether it is the file that the reference set was built with is not known"
                                                              : ": it is compared with the one that the reference set was built with by the others"));
    }
    return {};
}

}  // namespace r2t2
