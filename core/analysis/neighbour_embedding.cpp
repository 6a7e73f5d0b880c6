#include "core/analysis/neighbour_embedding.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include "core/analysis/embedding_objective.h"
#include "core/base/random.h"

namespace r2t2 {

namespace {

constexpr double initial_deviation = 1e-4;
constexpr double noise_deviation = 0.01 * initial_deviation;
constexpr double smallest_gain = 0.01;

Status check_options(const NeighbourEmbeddingOptions& o) {
    const auto refuse = [](const char* field, double found, const char* allowed) {
        return invalid_input("neighbour embedding", field, std::to_string(found), allowed);
    };
    if (!(o.perplexity >= 1.0) || std::isinf(o.perplexity)) {
        return refuse("perplexity", o.perplexity, "at least 1");
    }
    if (o.iterations < 1) {
        return refuse("iterations", o.iterations, "at least 1");
    }
    if (!(o.theta >= 0.0 && o.theta <= 1.0)) {
        return refuse("theta", o.theta, "0 to 1");
    }
    if (!(o.exaggeration >= 1.0) || std::isinf(o.exaggeration)) {
        return refuse("exaggeration", o.exaggeration, "at least 1");
    }
    if (o.threads < 0 || o.exaggeration_iterations < 0) {
        return refuse(o.threads < 0 ? "threads" : "exaggeration iterations", -1, "0 or more");
    }
    return {};
}

Status check_rows(std::span<const double> rows, std::size_t count, std::size_t dimension) {
    if (dimension == 0 || dimension > max_embedding_dimension || rows.size() / dimension != count ||
        rows.size() % dimension != 0) {
        return invalid_input("neighbour embedding", "rows",
                             std::to_string(rows.size()) + " values as " + std::to_string(count) + " rows of " + std::to_string(dimension),
                             "rows of the same length, 1 to " + std::to_string(max_embedding_dimension));
    }
    if (count < 4) {
        return invalid_input("neighbour embedding", "rows", std::to_string(count), "at least 4");
    }
    const auto bad = std::find_if(rows.begin(), rows.end(), [](double value) { return !(std::abs(value) < 1e150); });
    if (bad != rows.end()) {
        return invalid_input("neighbour embedding", "row " + std::to_string((bad - rows.begin()) / std::ptrdiff_t(dimension)),
                             std::to_string(*bad), "finite values");
    }
    return {};
}

/// Columns centred, everything divided by the largest absolute value: single precision is enough from here on.
std::vector<double> centred_and_scaled(std::span<const double> rows, std::size_t count, std::size_t dimension) {
    std::vector<double> mean(dimension, 0.0);
    for (std::size_t e = 0; e < rows.size(); ++e) {
        mean[e % dimension] += rows[e] / static_cast<double>(count);
    }
    std::vector<double> out(rows.size());
    double largest = 0.0;
    for (std::size_t e = 0; e < rows.size(); ++e) {
        out[e] = rows[e] - mean[e % dimension];
        largest = std::max(largest, std::abs(out[e]));
    }
    if (largest > 0.0) {
        for (double& value : out) {
            value /= largest;
        }
    }
    return out;
}

/// Noise of the seed, of a point and a purpose: identical rows feel identical forces, and nothing else parts them.
void add_noise(std::vector<double>& xy, std::uint64_t seed, const char* purpose) {
    for (std::size_t i = 0; i < xy.size() / 2; ++i) {
        RandomStream random = RandomStream::fork(seed, purpose, i);
        xy[2 * i] += noise_deviation * random.normal();
        xy[2 * i + 1] += noise_deviation * random.normal();
    }
}

/// The first two principal components, the first with standard deviation `initial_deviation`.
Result<std::vector<double>> initial_coordinates(std::span<const double> rows, std::size_t count, std::size_t dimension) {
    const std::size_t components = std::min<std::size_t>(2, dimension);
    Result<Pca> pca = fit_pca(rows, count, dimension, components);
    R2T2_TRY(pca);
    const double deviation = std::sqrt(std::max(0.0, pca->explained_variance[0]));
    const std::vector<double> points = project(*pca, rows);
    std::vector<double> xy(2 * count, 0.0);
    for (std::size_t i = 0; i < count && deviation > 0.0; ++i) {
        for (std::size_t c = 0; c < components; ++c) {
            xy[2 * i + c] = initial_deviation / deviation * points[i * components + c];
        }
    }
    return xy;
}

Status check_neighbours(const NearestNeighbours& found, std::size_t count, std::size_t k) {
    const auto wrong = [](const std::string& what, const std::string& allowed) {
        return invalid_input("neighbour embedding", "neighbours", what, allowed);
    };
    if (found.k != k || found.index.size() != count * k || found.squared_distance.size() != count * k) {
        return wrong(std::to_string(found.index.size()) + " of " + std::to_string(found.k) + " a row",
                     std::to_string(k) + " for each of " + std::to_string(count) + " rows");
    }
    for (std::size_t e = 0; e < found.index.size(); ++e) {
        if (found.index[e] >= count || found.index[e] == e / k) {
            return wrong("row " + std::to_string(found.index[e]) + " for row " + std::to_string(e / k), "another row");
        }
        if (!(found.squared_distance[e] >= 0.0F) || std::isinf(found.squared_distance[e])) {
            return wrong("distance " + std::to_string(found.squared_distance[e]), "finite squared distances");
        }
    }
    return {};
}

/// max(200, n / 12) of the literature (Belkina et al., Nature Communications 10, 2019), but at most n / 2: 200 flings fewer
/// than 100 rows apart (30 rows: divergence 0.28 instead of 0.20, radius 84 instead of 11; 150 rows: no difference).
double learning_rate(double count) {
    return std::max(std::min(200.0, count / 2.0), count / 12.0);
}

/// Gradient descent with momentum and gains (Jacobs, 1988), as in van der Maaten's program.
class EmbeddingDescent {
public:
    explicit EmbeddingDescent(std::vector<double> xy)
        : xy_(std::move(xy)), velocity_(xy_.size(), 0.0), gain_(xy_.size(), 1.0),
          rate_(learning_rate(static_cast<double>(xy_.size() / 2))) {}

    void step(std::span<const double> gradient, double momentum) {
        for (std::size_t c = 0; c < xy_.size(); ++c) {
            const bool turned = (gradient[c] > 0.0) == (velocity_[c] > 0.0);  // velocity still climbs
            gain_[c] = turned ? std::max(smallest_gain, 0.8 * gain_[c]) : gain_[c] + 0.2;
            // Rates of the literature belong to the gradient without its factor 4.
            velocity_[c] = momentum * velocity_[c] - rate_ * gain_[c] * 0.25 * gradient[c];
            xy_[c] += velocity_[c];
        }
        for (std::size_t c = 0; c < 2; ++c) {
            double mean = 0.0;
            for (std::size_t e = c; e < xy_.size(); e += 2) {
                mean += xy_[e] / static_cast<double>(xy_.size() / 2);
            }
            for (std::size_t e = c; e < xy_.size(); e += 2) {
                xy_[e] -= mean;
            }
        }
    }
    [[nodiscard]] std::vector<double>& xy() { return xy_; }

private:
    std::vector<double> xy_, velocity_, gain_;
    double rate_;
};

/// Perplexity and number of neighbours that `count` rows allow.
struct Neighbourhoods {
    double perplexity;
    std::size_t k;
    std::string note;
};

Neighbourhoods neighbourhoods(double perplexity, std::size_t count) {
    const double most = static_cast<double>(count - 1) / 3.0;
    if (perplexity <= most) {
        return {perplexity, std::min(count - 1, static_cast<std::size_t>(3.0 * perplexity + 1e-9)), {}};
    }
    return {most, count - 1,
            "perplexity lowered from " + std::to_string(perplexity) + " to " + std::to_string(most) + ": " +
                std::to_string(count) + " rows"};
}

Result<NearestNeighbours> find_neighbours(std::span<const double> rows, std::size_t count, std::size_t dimension,
                                          std::size_t k, const NeighbourEmbeddingOptions& options,
                                          const EmbeddingProgress& progress, const CancelToken& cancel) {
    Result<NearestNeighbours> found = [&] {
        if (options.search) {
            return options.search(k);
        }
        const std::vector<float> narrow(rows.begin(), rows.end());
        ProgressCallback searched;
        if (progress) {
            searched = [&progress](const Progress& p) { progress(p, {}); };
        }
        return nearest_neighbours(narrow, count, dimension, k, options.threads, searched, cancel);
    }();
    R2T2_TRY(found);
    R2T2_TRY(check_neighbours(*found, count, k));
    return found;
}

/// Passes the first, the last, and at most ten reports a second.
EmbeddingProgress throttled(const EmbeddingProgress& progress) {
    if (!progress) {
        return {};
    }
    return [&progress, last = std::chrono::steady_clock::time_point{}](const Progress& p, std::span<const double> xy) mutable {
        const auto now = std::chrono::steady_clock::now();
        if (p.done == p.total || now - last > std::chrono::milliseconds(100)) {
            last = now;
            progress(p, xy);
        }
    };
}

}  // namespace

Result<NeighbourEmbedding> embed_neighbours(std::span<const double> rows, std::size_t count, std::size_t dimension,
                                            const NeighbourEmbeddingOptions& options, const EmbeddingProgress& progress,
                                            const CancelToken& cancel) {
    R2T2_TRY(check_options(options));
    R2T2_TRY(check_rows(rows, count, dimension));
    const EmbeddingProgress report = throttled(progress);
    const Neighbourhoods hood = neighbourhoods(options.perplexity, count);
    RowAffinities p;
    std::vector<double> start;
    {
        const std::vector<double> scaled = centred_and_scaled(rows, count, dimension);
        const Result<NearestNeighbours> found = find_neighbours(scaled, count, dimension, hood.k, options, report, cancel);
        R2T2_TRY(found);
        p = row_affinities(*found, hood.perplexity, options.threads);
        Result<std::vector<double>> xy = initial_coordinates(scaled, count, dimension);
        R2T2_TRY(xy);
        start = std::move(*xy);
    }
    add_noise(start, options.seed, "neighbour embedding");
    EmbeddingDescent descent(std::move(start));
    EmbeddingPull pull{options.theta, options.exaggeration, options.threads};
    for (int iteration = 0; iteration < options.iterations; ++iteration) {
        if (cancel.cancelled()) {
            return cancelled();
        }
        const bool early = iteration < options.exaggeration_iterations;
        pull.exaggeration = early ? options.exaggeration : 1.0;
        if (iteration > 0 && iteration == options.exaggeration_iterations) {
            add_noise(descent.xy(), options.seed, "after exaggeration");  // which draws identical rows together to the last bit
        }
        descent.step(embedding_gradient(p, descent.xy(), pull), early ? 0.5 : 0.8);
        if (report) {
            report({"embedding", iteration + 1, options.iterations, {}}, descent.xy());
        }
    }
    const double divergence = embedding_divergence(p, descent.xy(), pull);
    if (!std::isfinite(divergence)) {
        return Error{ErrorKind::Internal, "neighbour embedding", {}, "the descent diverged", "finite coordinates"};
    }
    return NeighbourEmbedding{std::move(descent.xy()), hood.perplexity, hood.note, divergence};
}

Result<NeighbourEmbedding> embed_neighbours(std::span<const float> rows, std::size_t count, std::size_t dimension,
                                            const NeighbourEmbeddingOptions& options, const EmbeddingProgress& progress,
                                            const CancelToken& cancel) {
    const std::vector<double> wide(rows.begin(), rows.end());
    return embed_neighbours(std::span<const double>(wide), count, dimension, options, progress, cancel);
}

Result<PlanePoint> place_among_neighbours(std::span<const double> xy, std::span<const std::size_t> neighbours,
                                          std::span<const double> weights) {
    if (neighbours.size() != weights.size()) {
        return invalid_input("placing a point", "weights", std::to_string(weights.size()), std::to_string(neighbours.size()));
    }
    double sum = 0.0;
    PlanePoint out;
    for (std::size_t n = 0; n < neighbours.size(); ++n) {
        if (neighbours[n] >= xy.size() / 2) {
            return invalid_input("placing a point", "neighbour", std::to_string(neighbours[n]),
                                 "one of " + std::to_string(xy.size() / 2) + " rows");
        }
        if (!(weights[n] >= 0.0) || std::isinf(weights[n])) {
            return invalid_input("placing a point", "weight", std::to_string(weights[n]), "0 or more");
        }
        sum += weights[n];
        out.x += weights[n] * xy[2 * neighbours[n]];
        out.y += weights[n] * xy[2 * neighbours[n] + 1];
    }
    if (!(sum > 0.0)) {
        return invalid_input("placing a point", "weights", "none above 0", "at least one neighbour with a weight above 0");
    }
    return PlanePoint{out.x / sum, out.y / sum};
}

}  // namespace r2t2
