#include "core/run/surface_builder.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <mutex>
#include <numeric>

#include "core/base/random.h"
#include "core/base/sha256.h"
#include "core/routing/method_params.h"
#include "core/routing/routing_frame.h"
#include "core/run/parallel.h"
#include "core/run/record_losses.h"
#include "core/run/surface_rows.h"

namespace r2t2 {

namespace {

/// Work on every record that is wanted; the first error ends it.
class RecordLoop {
public:
    explicit RecordLoop(const CancelToken& cancel) : cancel_(cancel) {}

    Status run(const ReferenceSet& reference, std::size_t count, int wanted, const std::function<Status(std::size_t)>& work) {
        const int threads = worker_count(wanted, count);
        parallel_for(count, threads, cancel_, [&](std::size_t i) {
            reference.model().work_side_by_side(true);  // one thread inside an operation, however many workers: the same sums
            const Status done = work(i);
            reference.model().work_side_by_side(false);
            if (!done.ok()) {
                const std::lock_guard lock(mutex_);
                if (!error_ || i < where_) {  // the same one whatever the number of threads, as far as they have come
                    error_ = done.error();
                    where_ = i;
                }
            }
            return done.ok();
        });
        return error_ ? Status(*error_) : cancel_.cancelled() ? Status(cancelled()) : Status();
    }

private:
    const CancelToken& cancel_;
    std::mutex mutex_;
    std::optional<Error> error_;
    std::size_t where_ = 0;
};

/// Evenly from the simplices.
RoutingMatrix drawn_routing(const RoutingSpace& space, RandomStream& random) {
    RoutingMatrix weights(1, space.expert_count());
    for (double& weight : weights.values()) {
        weight = std::max(random.gamma(1.0), 1e-9);
    }
    for (std::size_t g = 0; g < space.groups.size(); ++g) {
        const std::span<double> group = weights.row(0).subspan(space.group_begin(g), space.groups[g].experts.size());
        const double sum = std::accumulate(group.begin(), group.end(), 0.0);
        std::for_each(group.begin(), group.end(), [sum](double& weight) { weight /= sum; });
    }
    return weights;
}

std::vector<std::size_t> drawn_records(std::size_t all, std::size_t count, std::uint64_t seed) {
    std::vector<std::size_t> records(all);
    std::iota(records.begin(), records.end(), std::size_t{0});
    RandomStream random = RandomStream::fork(seed, "checked references");
    random.shuffle(records);
    records.resize(std::min(all, count));
    return records;
}

/// Of one reference: what it adds to the sums, and its errors.
struct Checked {
    std::vector<double> errors;
    double squares = 0.0, spread = 0.0, cosine = 0.0, gradient_squares = 0.0, gradient_errors = 0.0;
    std::size_t cosines = 0;
};

Checked compare_points(const SurfaceForm& form, std::span<const float> table, std::span<const RoutingMatrix> points, std::span<const LossGradient> truth) {
    Checked out;
    double mean = 0.0;
    for (const LossGradient& point : truth) {
        mean += point.loss / static_cast<double>(truth.size());
    }
    for (std::size_t i = 0; i < points.size(); ++i) {
        const LossGradient surface = form.at(points[i], table);
        out.errors.push_back(std::abs(surface.loss - truth[i].loss));
        out.squares += out.errors.back() * out.errors.back();
        out.spread += (truth[i].loss - mean) * (truth[i].loss - mean);
        const double length = dot(truth[i].gradient, truth[i].gradient), other = dot(surface.gradient, surface.gradient);
        const RoutingMatrix difference = surface.gradient - truth[i].gradient;
        out.gradient_squares += length;
        out.gradient_errors += dot(difference, difference);
        if (length > 0.0 && other > 0.0) {
            out.cosine += dot(truth[i].gradient, surface.gradient) / std::sqrt(length * other);
            ++out.cosines;
        }
    }
    return out;
}

SurfaceAccuracy accuracy_of(const std::vector<Checked>& checked, std::size_t points) {
    SurfaceAccuracy out;
    out.references = checked.size();
    out.points = points;
    std::vector<double> errors;
    Checked sum;
    for (const Checked& one : checked) {
        errors.insert(errors.end(), one.errors.begin(), one.errors.end());
        sum.squares += one.squares;
        sum.spread += one.spread;
        sum.cosine += one.cosine;
        sum.cosines += one.cosines;
        sum.gradient_squares += one.gradient_squares;
        sum.gradient_errors += one.gradient_errors;
    }
    std::sort(errors.begin(), errors.end());
    const auto count = static_cast<double>(errors.size());
    out.loss_rms = std::sqrt(sum.squares / count);
    out.loss_spread = std::sqrt(sum.spread / count);
    out.loss_median = errors[errors.size() / 2];
    out.loss_95 = errors[errors.size() * 95 / 100];
    out.loss_most = errors.back();
    out.gradient_cosine = sum.cosines > 0 ? sum.cosine / static_cast<double>(sum.cosines) : 0.0;
    out.gradient_relative = sum.gradient_squares > 0.0 ? std::sqrt(sum.gradient_errors / sum.gradient_squares) : 0.0;
    return out;
}

}  // namespace

Result<SurfaceTables> build_surfaces(const ReferenceSet& reference, const SurfaceOptions& options, const std::filesystem::path& rows,
                                     const ProgressCallback& progress, const CancelToken& cancel) {
    const RoutingSpace& space = reference.model().routing_space();
    const Result<SurfaceFormPtr> form = make_surface_form(space, options.form);
    if (!form.ok()) {
        return form.error();
    }
    const ModelInfo& model = reference.model().info();
    SurfaceKey key{options.form, options.mode, model.precision, model.identity, hash_of_records(reference.store())};
    const std::string what = sha256_hex(key.form + "\n" + to_string(key.mode) + "\n" + key.precision + "\n" + key.model + "\n" + key.references).substr(0, 32);
    const std::vector<RoutingMatrix>& nodes = (*form)->nodes();
    const Result<std::unique_ptr<SurfaceRows>> kept = SurfaceRows::open(rows, what, nodes.size());
    if (!kept.ok()) {
        return kept.error();
    }
    std::vector<float> losses(reference.size() * nodes.size());
    std::vector<std::size_t> left;
    for (std::size_t record = 0; record < reference.size(); ++record) {
        const auto found = (*kept)->found().find(record);
        if (found == (*kept)->found().end()) {
            left.push_back(record);
        } else {
            std::copy(found->second.begin(), found->second.end(), losses.begin() + static_cast<std::ptrdiff_t>(record * nodes.size()));
        }
    }
    ProgressGate gate(progress, "response surfaces", reference.size(), reference.size() - left.size());
    const auto make_table = [&](std::size_t i) -> Status {
        const std::size_t record = left[i];
        const Result<std::vector<float>> table = table_of(reference, record, options.mode, **form);
        if (!table.ok()) {
            return table.error();
        }
        std::copy(table->begin(), table->end(), losses.begin() + static_cast<std::ptrdiff_t>(record * nodes.size()));
        R2T2_TRY((*kept)->add(record, *table));
        gate.advance();
        return {};
    };
    R2T2_TRY(RecordLoop(cancel).run(reference, left.size(), options.threads, make_table));
    Result<SurfaceTables> tables = SurfaceTables::create(key, space, reference.size(), std::move(losses), std::nullopt);
    if (!tables.ok() || options.checked_references == 0 || options.checked_points == 0) {
        return tables;
    }
    const Result<SurfaceAccuracy> accuracy = measure_surfaces(reference, *tables, options, progress, cancel);
    if (!accuracy.ok()) {
        return accuracy.error();
    }
    return tables->with_accuracy(*accuracy);
}

Result<SurfaceAccuracy> measure_surfaces(const ReferenceSet& reference, const SurfaceTables& tables, const SurfaceOptions& options,
                                         const ProgressCallback& progress, const CancelToken& cancel) {
    const std::vector<std::size_t> records = drawn_records(reference.size(), options.checked_references, options.seed);
    std::vector<Checked> checked(records.size());
    ProgressGate gate(progress, "surfaces against the model", records.size());
    R2T2_TRY(RecordLoop(cancel).run(reference, records.size(), options.threads, [&](std::size_t i) -> Status {
        RandomStream random = RandomStream::fork(options.seed, "checked points", records[i]);
        std::vector<RoutingMatrix> points;
        for (std::size_t p = 0; p < options.checked_points; ++p) {
            points.push_back(drawn_routing(reference.model().routing_space(), random));
        }
        const Result<std::vector<LossGradient>> truth = losses_at(reference, records[i], tables.key().mode, points, true);
        if (!truth.ok()) {
            return truth.error();
        }
        checked[i] = compare_points(*tables.form(), tables.table(records[i]), points, *truth);
        gate.advance();
        return {};
    }));
    return accuracy_of(checked, options.checked_points);
}

std::filesystem::path rows_of(const std::filesystem::path& directory, const SurfaceOptions& options, const std::string& precision) {
    return directory / (surface_file_name(options.mode, precision) + ".rows");
}

}  // namespace r2t2
