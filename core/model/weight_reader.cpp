// read_weights of weight_store.h: one pass over the mapped files, in the order of their bytes.
//
// Every byte is touched once: while a piece of a tensor is in the cache it is searched for NaN, hashed, and converted to
// where it will be used; then its pages are given back. So host memory beyond the result stays at a few pieces, and the
// SHA-256 of the files costs no second reading. On large pieces it is computed beside the conversion by a second thread.

#include <algorithm>
#include <chrono>
#include <cstring>
#include <future>

#include "core/base/sha256.h"
#include "core/model/weight_store.h"
#include "core/model/worker_threads.h"
#include "kernels/quantised_weights.h"

namespace r2t2 {

namespace {

constexpr std::int64_t piece_numbers = 1 << 21;
constexpr std::size_t hashed_beside = 1 << 20;  ///< bytes from which a thread for hashing pays
constexpr auto between_reports = std::chrono::milliseconds(200);

/// Where one tensor goes, piece by piece of whole rows.
class WeightSink {
public:
    WeightSink(const TensorView& view, at::ScalarType stored, const at::TensorOptions& options, WeightFormat format)
        : stored_(stored), format_(format), device_(options.device()) {
        rows_ = view.shape.empty() ? 1 : view.shape[0];
        row_numbers_ = view.element_count() / std::max<std::int64_t>(1, rows_);
        if (format == WeightFormat::Dense) {
            values_ = at::empty(view.shape, options);
        } else if (format == WeightFormat::Int8) {
            values_ = at::empty({rows_, row_numbers_}, at::kChar);
            scales_ = at::empty({rows_}, at::kFloat);
        } else {
            values_ = at::empty({rows_, kernels::nf4_row_bytes(row_numbers_)}, at::kByte);
            scales_ = at::empty({rows_, kernels::nf4_row_blocks(row_numbers_)}, at::kFloat);
        }
    }

    [[nodiscard]] std::int64_t rows() const { return rows_; }
    [[nodiscard]] std::int64_t row_numbers() const { return row_numbers_; }

    void put(std::int64_t from, std::int64_t to, std::span<const std::byte> bytes) {
        const std::int64_t count = (to - from) * row_numbers_;
        if (format_ == WeightFormat::Dense && device_.is_cpu() && values_.scalar_type() == stored_) {
            std::memcpy(static_cast<std::byte*>(values_.data_ptr()) + std::size_t(from * row_numbers_) * values_.element_size(),
                        bytes.data(), bytes.size());
            return;
        }
        at::Tensor piece = at::empty({count}, stored_);  // the file's bytes need not be aligned
        std::memcpy(piece.data_ptr(), bytes.data(), bytes.size());
        if (format_ == WeightFormat::Dense) {
            values_.view({-1}).slice(0, from * row_numbers_, to * row_numbers_).copy_(piece);
            return;
        }
        piece = piece.to(at::kFloat);
        share_out_rows(to - from, (1 << 16) / std::max<std::int64_t>(1, row_numbers_), [&](std::int64_t begin, std::int64_t end) { quantise(piece, from, begin, end); });
    }

    [[nodiscard]] WeightMatrix finish() {
        return format_ == WeightFormat::Dense ? WeightMatrix(values_)
                                              : WeightMatrix(format_, values_, scales_, row_numbers_).to(device_);
    }

private:
    /// Rows [begin, end) of a piece that starts at row `from`.
    void quantise(const at::Tensor& piece, std::int64_t from, std::int64_t begin, std::int64_t end) {
        const float* w = piece.data_ptr<float>() + begin * row_numbers_;
        const std::int64_t row = from + begin;
        if (format_ == WeightFormat::Int8) {
            kernels::r2t2_int8_quantise(w, end - begin, row_numbers_, values_.data_ptr<std::int8_t>() + row * row_numbers_,
                                        scales_.data_ptr<float>() + row);
        } else {
            kernels::r2t2_nf4_quantise(w, end - begin, row_numbers_, values_.data_ptr<std::uint8_t>() + row * values_.size(1),
                                       scales_.data_ptr<float>() + row * scales_.size(1));
        }
    }

    at::ScalarType stored_;
    WeightFormat format_;
    at::Device device_;
    std::int64_t rows_ = 0, row_numbers_ = 0;
    at::Tensor values_, scales_;
};

class WeightPass {
public:
    WeightPass(const Checkpoint& checkpoint, const at::TensorOptions& options, WeightFormat format, const ProgressCallback& progress,
               const CancelToken& cancel)
        : checkpoint_(checkpoint), options_(options), format_(format), progress_(progress), cancel_(cancel) {
        for (const SafetensorsFile& shard : checkpoint.shards()) {
            total_ += shard.bytes().size();
        }
    }

    /// `out.named` has the wanted names; their weights are filled in.
    Status run(LoadedWeights& out) {
        Sha256 of_all;
        for (const SafetensorsFile& shard : checkpoint_.shards()) {
            Sha256 hash;
            R2T2_TRY(read_shard(shard, out.named, hash));
            const std::string one = hash.hex();
            of_all.update(one);
            out.sha256 = one;
        }
        if (checkpoint_.shards().size() > 1) {
            out.sha256 = of_all.hex();
        }
        return {};
    }

private:
    Status read_shard(const SafetensorsFile& shard, WeightMap& named, Sha256& hash) {
        shard.expect_sequential_reading();
        std::vector<std::pair<const std::string*, const TensorView*>> order;
        for (const auto& [name, view] : shard.tensors()) {
            order.emplace_back(&name, &view);
        }
        std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.second->data.data() < b.second->data.data(); });
        const std::byte* hashed = shard.bytes().data();
        for (const auto& [name, view] : order) {
            hash.update(hashed, static_cast<std::size_t>(view->data.data() - hashed));
            hashed = view->data.data() + view->data.size();
            const auto wanted = named.find(*name);
            R2T2_TRY(wanted == named.end() ? pass_over(shard, *name, *view, hash)
                                           : read_tensor(shard, *name, *view, hash, wanted->second));
        }
        hash.update(hashed, static_cast<std::size_t>(shard.bytes().data() + shard.bytes().size() - hashed));
        return {};
    }

    /// A tensor that the model does not use is part of the file's hash all the same.
    Status pass_over(const SafetensorsFile& shard, const std::string& name, const TensorView& view, Sha256& hash) {
        for (std::size_t at = 0; at < view.data.size(); at += hashed_beside) {
            const auto piece = view.data.subspan(at, std::min(hashed_beside, view.data.size() - at));
            hash.update(piece.data(), piece.size());
            shard.release(piece);
            R2T2_TRY(report(name, piece.size()));
        }
        return {};
    }

    Status read_tensor(const SafetensorsFile& shard, const std::string& name, const TensorView& view, Sha256& hash, WeightMatrix& out) {
        const bool quantised = format_ != WeightFormat::Dense && may_be_quantised(name, view.shape);
        WeightSink sink(view, *stored_type(view.dtype), options_, quantised ? format_ : WeightFormat::Dense);
        const auto row_bytes = static_cast<std::size_t>(sink.row_numbers()) * dtype_size(view.dtype);
        const std::int64_t step = std::max<std::int64_t>(1, piece_numbers / std::max<std::int64_t>(1, sink.row_numbers()));
        for (std::int64_t from = 0; from < sink.rows(); from += step) {
            const std::int64_t to = std::min(sink.rows(), from + step);
            const auto bytes = view.data.subspan(std::size_t(from) * row_bytes, std::size_t(to - from) * row_bytes);
            std::future<void> hashing;
            if (bytes.size() >= hashed_beside) {
                hashing = std::async(std::launch::async, [&hash, bytes] { hash.update(bytes.data(), bytes.size()); });
            } else {
                hash.update(bytes.data(), bytes.size());
            }
            R2T2_TRY(check_finite(shard.path().string(), name, {view.dtype, {to - from, sink.row_numbers()}, bytes}, from * sink.row_numbers()));
            sink.put(from, to, bytes);
            if (hashing.valid()) {
                hashing.get();
            }
            shard.release(bytes);
            R2T2_TRY(report(name, bytes.size()));
        }
        out = sink.finish();
        return {};
    }

    Status report(const std::string& name, std::size_t bytes) {
        done_ += bytes;
        const auto now = std::chrono::steady_clock::now();
        if (progress_ && now - reported_ >= between_reports) {
            reported_ = now;
            progress_({"load weights (MB)", static_cast<std::int64_t>(done_ / 1'000'000), static_cast<std::int64_t>(total_ / 1'000'000), name});
        }
        return cancel_.cancelled() ? Status(cancelled()) : Status();
    }

    const Checkpoint& checkpoint_;
    at::TensorOptions options_;
    WeightFormat format_;
    const ProgressCallback& progress_;
    CancelToken cancel_;
    std::uint64_t total_ = 0, done_ = 0;
    std::chrono::steady_clock::time_point reported_ = std::chrono::steady_clock::now();
};

}  // namespace

Result<LoadedWeights> read_weights(const ModelConfig& config, const Checkpoint& checkpoint, const std::string& where,
                                   const at::TensorOptions& options, WeightFormat format, const ProgressCallback& progress,
                                   const CancelToken& cancel) {
    LoadedWeights out;
    for (const ParameterShape& parameter : parameter_table(config)) {  // before gigabytes are read
        R2T2_TRY(check_stored(checkpoint, parameter.name, where));
        out.named.emplace(parameter.name, WeightMatrix());
    }
    WeightPass pass(checkpoint, options, format, progress, cancel);
    R2T2_TRY(pass.run(out));
    return out;
}

}  // namespace r2t2
