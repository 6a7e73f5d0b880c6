// read_weights of weight_store.h: one pass over the files, in the order of their bytes.
//
// Every byte is read once, into a buffer of one piece: there it is searched for NaN, hashed, and converted to where it will be
// used. So host memory beyond the result stays at a few pieces, the SHA-256 is of the very bytes that the model was made from,
// and costs no second reading. On large pieces it is computed beside the conversion by a second thread. A file that is cut or
// overwritten meanwhile is an error: by its length here, by its times in MoaiModel::open.

#include <algorithm>
#include <chrono>

#include "core/base/extra_threads.h"
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
    WeightSink(const StoredTensor& tensor, at::ScalarType stored, const at::TensorOptions& options, WeightFormat format)
        : stored_(stored), format_(format), device_(options.device()) {
        rows_ = tensor.shape.empty() ? 1 : tensor.shape[0];
        row_numbers_ = tensor.element_count() / std::max<std::int64_t>(1, rows_);
        if (format == WeightFormat::Dense) {
            values_ = at::empty(tensor.shape, options);
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

    /// Where rows [from, to) may be read to as they are stored; empty: they need `put`.
    [[nodiscard]] std::span<std::byte> place(std::int64_t from, std::int64_t to) {
        if (format_ != WeightFormat::Dense || !device_.is_cpu() || values_.scalar_type() != stored_) {
            return {};
        }
        const auto size = static_cast<std::size_t>(values_.element_size());
        return {static_cast<std::byte*>(values_.data_ptr()) + std::size_t(from * row_numbers_) * size, std::size_t((to - from) * row_numbers_) * size};
    }

    void put(std::int64_t from, std::int64_t to, std::span<std::byte> bytes) {
        at::Tensor piece = at::from_blob(bytes.data(), {(to - from) * row_numbers_}, stored_);
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
            total_ += shard.file().size();
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
        shard.file().expect_sequential_reading();
        std::vector<std::pair<const std::string*, const StoredTensor*>> order;
        for (const auto& [name, tensor] : shard.tensors()) {
            order.emplace_back(&name, &tensor);
        }
        std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.second->begin < b.second->begin; });
        std::uint64_t hashed = 0;
        for (const auto& [name, tensor] : order) {
            R2T2_TRY(pass_over(shard.file(), hashed, tensor->begin, *name, hash));  // the header
            hashed = tensor->begin + tensor->bytes;
            const auto wanted = named.find(*name);
            R2T2_TRY(wanted == named.end() ? pass_over(shard.file(), tensor->begin, hashed, *name, hash)
                                           : read_tensor(shard, *name, *tensor, hash, wanted->second));
        }
        R2T2_TRY(pass_over(shard.file(), hashed, shard.file().size(), {}, hash));
        return shard.file().check_unchanged();
    }

    /// Bytes that the model does not use are part of the file's hash all the same.
    Status pass_over(const FileReader& file, std::uint64_t begin, std::uint64_t end, const std::string& name, Sha256& hash) {
        for (std::uint64_t at = begin; at < end; at += hashed_beside) {
            const std::span<std::byte> piece = buffer(static_cast<std::size_t>(std::min<std::uint64_t>(hashed_beside, end - at)));
            R2T2_TRY(file.read(at, piece));
            hash.update(piece.data(), piece.size());
            R2T2_TRY(report(name, piece.size()));
        }
        return {};
    }

    Status read_tensor(const SafetensorsFile& shard, const std::string& name, const StoredTensor& tensor, Sha256& hash, WeightMatrix& out) {
        const bool quantised = format_ != WeightFormat::Dense && may_be_quantised(name, tensor.shape);
        WeightSink sink(tensor, *stored_type(tensor.dtype), options_, quantised ? format_ : WeightFormat::Dense);
        const auto row_bytes = static_cast<std::size_t>(sink.row_numbers()) * dtype_size(tensor.dtype);
        const std::int64_t step = std::max<std::int64_t>(1, piece_numbers / std::max<std::int64_t>(1, sink.row_numbers()));
        for (std::int64_t from = 0; from < sink.rows(); from += step) {
            const std::int64_t to = std::min(sink.rows(), from + step);
            const std::size_t count = std::size_t(to - from) * row_bytes;
            const std::span<std::byte> in_place = sink.place(from, to);
            const std::span<std::byte> bytes = in_place.empty() ? buffer(count) : in_place;
            R2T2_TRY(tensor.read(std::size_t(from) * row_bytes, bytes));
            ExtraThreads hashing;
            const auto update = [&hash, bytes] { hash.update(bytes.data(), bytes.size()); };
            if (bytes.size() < hashed_beside || !hashing.start(update)) {
                update();
            }
            R2T2_TRY(check_finite(shard.path().string(), name, {tensor.dtype, {to - from, sink.row_numbers()}, bytes}, from * sink.row_numbers()));
            if (in_place.empty()) {
                sink.put(from, to, bytes);
            }
            hashing.join();
            R2T2_TRY(report(name, bytes.size()));
        }
        out = sink.finish();
        return {};
    }

    /// Aligned for every type of number; valid until the next call.
    std::span<std::byte> buffer(std::size_t count) {
        if (static_cast<std::size_t>(buffer_.numel()) < count) {
            buffer_ = at::empty({static_cast<std::int64_t>(count)}, at::kByte);
        }
        return {static_cast<std::byte*>(buffer_.data_ptr()), count};
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
    at::Tensor buffer_;  ///< a piece as it is stored
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
