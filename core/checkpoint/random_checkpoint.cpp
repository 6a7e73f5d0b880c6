#include "core/checkpoint/random_checkpoint.h"

#include <algorithm>
#include <atomic>
#include <nlohmann/json.hpp>
#include <thread>

#include "core/base/atomic_directory.h"
#include "core/base/atomic_file.h"
#include "core/base/extra_threads.h"
#include "core/checkpoint/random_weights.h"
#include "core/checkpoint/safetensors_stream.h"
#include "core/tokenizer/synthetic_tokenizer.h"

namespace r2t2 {

namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

constexpr std::uint64_t kShardBytes = 10'000'000'000;  // the limit that the published checkpoint was cut by
constexpr std::uint64_t kBlockBytes = 4 << 20;         // of one thread at a time
constexpr int kMaxShards = 1000;
constexpr int kMaxThreads = 64;

using Shards = std::vector<std::vector<TensorPlan>>;

/// Tensors in the order of the table, cut into `wanted` shards of about the same size; 0: of at most kShardBytes.
Shards cut(std::vector<TensorPlan> plan, std::uint64_t total, int wanted) {
    Shards shards(1);
    std::uint64_t before = 0;  // bytes of all tensors so far
    std::uint64_t within = 0;
    const auto has_its_share = [&](std::uint64_t next) {
        const std::size_t count = shards.size();
        const double share = static_cast<double>(total) * static_cast<double>(count) / wanted;
        return count < static_cast<std::size_t>(wanted) && static_cast<double>(before + next / 2) > share;
    };
    for (TensorPlan& tensor : plan) {
        const bool is_full = wanted > 0 ? has_its_share(tensor.bytes) : within + tensor.bytes > kShardBytes;
        if (is_full && !shards.back().empty()) {
            shards.emplace_back();
            within = 0;
        }
        before += tensor.bytes;
        within += tensor.bytes;
        shards.back().push_back(std::move(tensor));
    }
    return shards;
}

std::string shard_name(std::size_t number, std::size_t count) {
    char name[64];
    std::snprintf(name, sizeof name, "model-%05zu-of-%05zu.safetensors", number + 1, count);
    return count == 1 ? "model.safetensors" : name;
}

/// What other programs expect beside the weights; values as published.
Status write_companions(const ModelConfig& config, const fs::path& folder) {
    const auto write = [&folder](const char* name, const ordered_json& content) {
        return write_file_atomically(folder / name, content.dump(2) + "\n", Durability::Buffered);
    };
    R2T2_TRY(write("generation_config.json", {{"_from_model_config", true},
                                              {"bos_token_id", config.bos_id},
                                              {"eos_token_id", config.more_eos_ids.empty() ? ordered_json(config.eos_id) : ordered_json(config.eos_ids())},
                                              {"pad_token_id", config.pad_id},
                                              {"max_length", 4096},
                                              {"use_cache", false}}));
    R2T2_TRY(write("special_tokens_map.json",
                   {{"bos_token", "<s>"}, {"eos_token", "</s>"}, {"pad_token", "</s>"}, {"unk_token", "<unk>"}}));
    ordered_json added = ordered_json::object();
    for (const auto& [id, text] : {std::pair{"0", "<unk>"}, {"1", "<s>"}, {"2", "</s>"}}) {
        added[id] = {{"content", text}, {"special", true}};
    }
    return write("tokenizer_config.json", {{"add_bos_token", true},
                                           {"add_eos_token", false},
                                           {"added_tokens_decoder", added},
                                           {"bos_token", "<s>"},
                                           {"eos_token", "</s>"},
                                           {"pad_token", "</s>"},
                                           {"unk_token", "<unk>"},
                                           {"padding_side", "right"}});
}

Status write_index(const Shards& shards, std::int64_t bytes, const fs::path& folder) {
    ordered_json weight_map = ordered_json::object();
    std::map<std::string, std::string> sorted;
    for (std::size_t i = 0; i < shards.size(); ++i) {
        for (const TensorPlan& tensor : shards[i]) {
            sorted[tensor.name] = shard_name(i, shards.size());
        }
    }
    for (const auto& [name, shard] : sorted) {
        weight_map[name] = shard;
    }
    const ordered_json index = {{"metadata", {{"total_size", bytes}}}, {"weight_map", weight_map}};
    return write_file_atomically(folder / "model.safetensors.index.json", index.dump(2) + "\n", Durability::Buffered);
}

Status check_free_space(const fs::path& directory, std::int64_t bytes) {
    std::error_code code;
    const fs::path parent = directory.has_parent_path() ? directory.parent_path() : fs::path(".");
    const fs::space_info space = fs::space(parent, code);
    if (!code && space.available < static_cast<std::uintmax_t>(bytes)) {
        return Error{ErrorKind::Io, directory.string(), "free space", std::to_string(space.available) + " bytes",
                     "at least " + std::to_string(bytes) + " bytes for the weights"};
    }
    return {};
}

class WeightWriter {
public:
    WeightWriter(const ModelConfig& config, const RandomCheckpointOptions& options, std::int64_t bytes,
                 const ProgressCallback& progress, const CancelToken& cancel)
        : options_(options), total_(bytes), progress_(progress), cancel_(cancel) {
        for (const ParameterShape& parameter : parameter_table(config)) {
            spreads_[parameter.name] = weight_spread(config, parameter);
        }
        const int processors = static_cast<int>(std::thread::hardware_concurrency());
        threads_ =
            static_cast<std::size_t>(std::clamp(options.threads > 0 ? options.threads : processors, 1, kMaxThreads));
        buffer_.resize(threads_ * kBlockBytes);
    }

    Status write(const fs::path& file, std::vector<TensorPlan> tensors) {
        auto stream = SafetensorsStream::create(file, std::move(tensors), {{"format", "pt"}},
                                                {Durability::Synced, options_.fail_after_bytes});
        if (!stream.ok()) {
            return stream.error();
        }
        if (options_.headers_only) {
            R2T2_TRY(stream->skip_rest());
        } else {
            for (const TensorPlan& tensor : stream->order()) {
                R2T2_TRY(write(*stream, tensor));
            }
        }
        return stream->commit();
    }

private:
    Status write(SafetensorsStream& stream, const TensorPlan& tensor) {
        for (std::uint64_t begin = 0; begin < tensor.bytes; begin += buffer_.size()) {
            if (cancel_.cancelled()) {
                return cancelled();
            }
            const std::span<std::byte> block(buffer_.data(),
                                             std::min<std::uint64_t>(buffer_.size(), tensor.bytes - begin));
            fill(tensor, begin, block);
            R2T2_TRY(stream.append(block));
            done_ += static_cast<std::int64_t>(block.size());
            if (progress_) {
                progress_(in_mebibytes("weights (MiB)", done_, total_, tensor.name));
            }
        }
        return {};
    }

    void fill(const TensorPlan& tensor, std::uint64_t begin, std::span<std::byte> block) const {
        const WeightSpread& spread = spreads_.at(tensor.name);
        const auto part = [&](std::uint64_t from) {
            const std::uint64_t size = std::min<std::uint64_t>(kBlockBytes, block.size() - from);
            fill_random_weights(options_.seed, tensor.name, spread, tensor.dtype,
                                (begin + from) / dtype_size(tensor.dtype), block.subspan(from, size));
        };
        std::atomic<std::uint64_t> next{0};
        run_on_threads((block.size() + kBlockBytes - 1) / kBlockBytes, [&] {
            for (std::uint64_t from = next.fetch_add(kBlockBytes); from < block.size(); from = next.fetch_add(kBlockBytes)) {
                part(from);
            }
        });
    }

    const RandomCheckpointOptions& options_;
    std::map<std::string, WeightSpread> spreads_;
    std::size_t threads_ = 1;
    std::vector<std::byte> buffer_;
    std::int64_t done_ = 0;
    std::int64_t total_ = 0;
    const ProgressCallback& progress_;
    const CancelToken& cancel_;
};

Status check_options(const RandomCheckpointOptions& options) {
    if (options.dtype != TensorDtype::BF16 && options.dtype != TensorDtype::F16 && options.dtype != TensorDtype::F32) {
        return invalid_input("", "dtype", std::string(dtype_name(options.dtype)), "BF16, F16 or F32");
    }
    if (options.shards < 0 || options.shards > kMaxShards) {
        return invalid_input("", "shards", std::to_string(options.shards), "0 to " + std::to_string(kMaxShards));
    }
    return {};
}

const AtomicDirectory::Kind kCheckpoint = {"a checkpoint", ".json, .safetensors, .model", [](const fs::directory_entry& entry) {
                                               const std::string extension = entry.path().extension().string();
                                               std::error_code code;
                                               return entry.is_regular_file(code) &&
                                                      (extension == ".json" || extension == ".safetensors" || extension == ".model");
                                           }};

}  // namespace

Result<RandomCheckpoint> write_random_checkpoint(const ModelConfig& config, const fs::path& directory,
                                                 const RandomCheckpointOptions& options,
                                                 const ProgressCallback& progress, const CancelToken& cancel) {
    R2T2_TRY(check_options(options));
    R2T2_TRY(config.check("config"));
    const auto existing = options.replace ? AtomicDirectory::Existing::Replace : AtomicDirectory::Existing::Refuse;
    R2T2_TRY(AtomicDirectory::check_target(directory, existing, kCheckpoint));
    auto tokenizer = synthetic_tokenizer(config.vocab_size, options.seed);
    if (!tokenizer.ok()) {
        return tokenizer.error();
    }
    RandomCheckpoint made;
    std::vector<TensorPlan> plan;
    for (ParameterShape& parameter : parameter_table(config)) {
        TensorPlan tensor{parameter.name, options.dtype, parameter.shape, dtype_size(options.dtype)};
        for (const std::int64_t dimension : parameter.shape) {
            tensor.bytes *= static_cast<std::uint64_t>(dimension);
        }
        made.bytes += static_cast<std::int64_t>(tensor.bytes);
        plan.push_back(std::move(tensor));
    }
    made.tensors = static_cast<std::int64_t>(plan.size());
    made.parameters = made.bytes / static_cast<std::int64_t>(dtype_size(options.dtype));
    const Shards shards = cut(std::move(plan), static_cast<std::uint64_t>(made.bytes), options.shards);
    made.files = static_cast<int>(shards.size());

    auto folder = AtomicDirectory::create(directory);
    if (!folder.ok()) {
        return folder.error();
    }
    if (!options.headers_only) {  // now that nothing of a killed program takes room
        R2T2_TRY(check_free_space(directory, made.bytes));
    }
    ModelConfig named = config;
    named.name += options.headers_only ? " (headers only: all weights are zero)"
                                       : " (random weights, seed " + std::to_string(options.seed) + ")";
    R2T2_TRY(named.write(folder->temporary() / "config.json"));
    R2T2_TRY(tokenizer->write(folder->temporary() / "tokenizer.model"));
    R2T2_TRY(write_companions(config, folder->temporary()));
    WeightWriter writer(config, options, made.bytes, progress, cancel);
    for (std::size_t i = 0; i < shards.size(); ++i) {
        R2T2_TRY(writer.write(folder->temporary() / shard_name(i, shards.size()), shards[i]));
    }
    if (shards.size() > 1) {
        R2T2_TRY(write_index(shards, made.bytes, folder->temporary()));
    }
    R2T2_TRY(folder->commit(existing));
    return made;
}

}  // namespace r2t2
