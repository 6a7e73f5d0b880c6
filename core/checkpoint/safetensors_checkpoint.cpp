// Checkpoint directories and the search for NaN and infinity. Declared in safetensors.h.
#include <algorithm>
#include <cassert>
#include <cstring>
#include <string>
#include <utility>

#include "core/base/quoted_name.h"
#include "core/base/sha256.h"
#include "core/checkpoint/safetensors.h"
#include "core/checkpoint/safetensors_header.h"

namespace r2t2 {

namespace {

using safetensors::max_shards;
namespace fs = std::filesystem;

/// Bit pattern whose exponent bits are all ones: NaN, or infinity when the mantissa is zero.
template <typename Bits>
std::optional<NonFinite> first_non_finite(std::span<const std::byte> data, Bits exponent, Bits mantissa) {
    constexpr std::size_t block = 4096;
    const std::size_t count = data.size() / sizeof(Bits);
    for (std::size_t begin = 0; begin < count; begin += block) {
        const std::size_t end = std::min(count, begin + block);
        bool hit = false;
        for (std::size_t i = begin; i < end; ++i) {  // no early exit: this loop vectorises
            Bits bits;
            std::memcpy(&bits, data.data() + i * sizeof(Bits), sizeof(Bits));
            hit |= (bits & exponent) == exponent;
        }
        for (std::size_t i = begin; hit && i < end; ++i) {
            Bits bits;
            std::memcpy(&bits, data.data() + i * sizeof(Bits), sizeof(Bits));
            if ((bits & exponent) == exponent) {
                return NonFinite{static_cast<std::int64_t>(i), (bits & mantissa) != 0};
            }
        }
    }
    return std::nullopt;
}

std::string what_lies_there(const fs::path& directory) {
    std::error_code ignored;
    std::vector<std::string> weights;
    for (const auto& entry : fs::directory_iterator(directory, ignored)) {
        const std::string extension = entry.path().extension().string();
        if (extension == ".bin" || extension == ".pt" || extension == ".pth" || extension == ".safetensors") {
            weights.push_back(entry.path().filename().string());
        }
    }
    std::sort(weights.begin(), weights.end());
    return weights.empty() ? "no weights" : quoted_name(weights.front());
}

/// Every tensor of every shard lies where the index says, and nowhere else.
Status check_places(const std::vector<SafetensorsFile>& shards, const std::map<std::string, std::string>& weight_map, const std::string& where) {
    for (const SafetensorsFile& shard : shards) {
        const std::string name = shard.path().filename().string();
        for (const auto& [tensor, view] : shard.tensors()) {
            const auto said = weight_map.find(tensor);
            if (said == weight_map.end()) {
                return safetensors::misplaced_tensor(where, tensor, name, {}, safetensors::Listed::Nowhere);
            }
            if (said->second != name) {
                const bool held = std::any_of(shards.begin(), shards.end(), [&](const SafetensorsFile& other) {
                    return other.path().filename() == said->second && other.find(tensor) != nullptr;
                });
                return safetensors::misplaced_tensor(where, tensor, name, said->second,
                                                     held ? safetensors::Listed::HeldThereToo : safetensors::Listed::NotHeldThere);
            }
        }
    }
    return {};
}

}  // namespace

Error safetensors::misplaced_tensor(const std::string& index, const std::string& tensor, const std::string& shard, const std::string& said, Listed listed) {
    const std::string field = "weight_map: " + quoted_name(tensor);
    switch (listed) {
        case Listed::HeldThereToo:
            return invalid_input(index, field, "the tensor in two shards: in " + quoted_name(said) + ", as the index says, and in " + quoted_name(shard),
                                 "one shard a tensor");
        case Listed::NotHeldThere:
            return invalid_input(index, field, "the tensor in " + quoted_name(shard), quoted_name(said) + ", as the index says, which does not hold it");
        case Listed::Unreadable:
            return invalid_input(index, field, "the tensor in " + quoted_name(shard), quoted_name(said) + ", as the index says, which cannot be read");
        case Listed::Nowhere: break;
    }
    return invalid_input(index, field, "the tensor in " + quoted_name(shard), "only tensors that the index lists");
}

std::vector<Error> unused_weight_files(const fs::path& directory, const std::set<std::string>& used) {
    std::vector<Error> out;
    std::error_code ignored;
    const fs::path index = directory / "model.safetensors.index.json";
    const bool indexed = used.count("model.safetensors") == 0;
    if (!indexed && fs::exists(index, ignored)) {
        out.push_back(invalid_input(index.string(), "", "an index beside model.safetensors", "one of the two; the index is not used"));
    }
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(directory, ignored)) {
        if (entry.path().extension() == ".safetensors" && entry.path().filename() != kTunedGatesFile && used.count(entry.path().filename().string()) == 0) {
            names.insert(entry.path().filename().string());
        }
    }
    for (const std::string& name : names) {
        out.push_back(invalid_input((directory / name).string(), "", "a file of weights that is not used",
                                    indexed ? "the shards that weight_map of " + index.filename().string() + " names" : "model.safetensors alone"));
    }
    return out;
}

Result<Checkpoint> Checkpoint::open(const fs::path& path) {
    Checkpoint checkpoint;
    checkpoint.path_ = path;
    std::error_code ignored;
    const bool is_directory = fs::is_directory(path, ignored);
    const fs::path single = is_directory ? path / "model.safetensors" : path;
    const fs::path index_path = path / "model.safetensors.index.json";
    if (!is_directory || fs::exists(single, ignored)) {
        auto file = SafetensorsFile::open(single);
        if (!file.ok()) {
            return file.error();
        }
        for (const auto& [name, view] : file->tensors()) {
            checkpoint.owner_.emplace(name, 0);
        }
        checkpoint.shards_.push_back(std::move(*file));
        return checkpoint;
    }
    if (!fs::exists(index_path, ignored)) {
        return Error{ErrorKind::NotFound, path.string(), "", what_lies_there(path),
                     "model.safetensors, or model.safetensors.index.json with its shards"};
    }

    auto index_file = FileReader::open(index_path, safetensors::max_index_bytes);
    if (!index_file.ok()) {
        return index_file.error();
    }
    const std::string where = index_path.string();
    auto parsed = safetensors::parse_index(*index_file, where);
    if (!parsed.ok()) {
        return parsed.error();
    }
    const std::map<std::string, std::string>& weight_map = parsed->weight_map;
    std::set<std::string> shards;
    for (const auto& [name, shard] : weight_map) {
        if (!safetensors::is_plain_shard_name(shard)) {
            return invalid_input(where, "weight_map: " + quoted_name(name), quoted_name(shard),
                                 "the name of a .safetensors file in the same directory");
        }
        shards.insert(shard);
        if (shards.size() > max_shards) {
            return invalid_input(where, "weight_map", "more than " + std::to_string(max_shards) + " shards", "fewer");
        }
    }
    for (const std::string& shard : shards) {
        auto file = SafetensorsFile::open(path / shard);
        if (!file.ok()) {
            return file.error().inside(where + ": weight_map");
        }
        checkpoint.shards_.push_back(std::move(*file));
    }
    R2T2_TRY(check_places(checkpoint.shards_, weight_map, where));
    for (std::size_t number = 0; number < checkpoint.shards_.size(); ++number) {
        for (const auto& [name, view] : checkpoint.shards_[number].tensors()) {
            checkpoint.owner_.emplace(name, number);
        }
    }
    for (const auto& [name, shard] : weight_map) {
        if (!checkpoint.contains(name)) {
            return invalid_input(where, "weight_map: " + quoted_name(name), "no such tensor in " + quoted_name(shard),
                                 "tensors that lie in their shard");
        }
    }
    return checkpoint;
}

Result<StoredTensor> Checkpoint::tensor(const std::string& name) const {
    const auto found = owner_.find(name);
    if (found == owner_.end()) {
        return Error{ErrorKind::NotFound, path_.string(), "tensor " + quoted_name(name), "no such tensor",
                     "one of the checkpoint's " + std::to_string(owner_.size()) + " tensors"};
    }
    return *shards_[found->second].find(name);
}

std::vector<std::string> Checkpoint::names() const {
    std::vector<std::string> all;
    all.reserve(owner_.size());
    for (const auto& [name, shard] : owner_) {
        all.push_back(name);
    }
    return all;
}

std::vector<fs::path> Checkpoint::files() const {
    std::vector<fs::path> all;
    for (const SafetensorsFile& shard : shards_) {
        all.push_back(shard.path());
    }
    return all;
}

const fs::path& Checkpoint::file_of(const std::string& name) const {
    const auto found = owner_.find(name);
    assert(found != owner_.end());
    return shards_[found->second].path();
}

std::int64_t Checkpoint::parameter_count() const {
    std::int64_t total = 0;
    for (const SafetensorsFile& shard : shards_) {
        for (const auto& [name, view] : shard.tensors()) {
            total += view.element_count();
        }
    }
    return total;
}

Result<std::vector<std::string>> Checkpoint::sha256(const CancelToken& cancel) const {
    std::vector<std::string> digests;
    for (const SafetensorsFile& shard : shards_) {
        auto digest = sha256_file(shard.path(), cancel);
        if (!digest.ok()) {
            return digest.error();
        }
        digests.push_back(std::move(*digest));
    }
    return digests;
}

std::optional<NonFinite> find_non_finite(const TensorView& tensor) {
    switch (tensor.dtype) {
        case TensorDtype::F64:
            return first_non_finite<std::uint64_t>(tensor.data, 0x7ff0'0000'0000'0000, 0x000f'ffff'ffff'ffff);
        case TensorDtype::F32:
            return first_non_finite<std::uint32_t>(tensor.data, 0x7f80'0000, 0x007f'ffff);
        case TensorDtype::BF16:
            return first_non_finite<std::uint16_t>(tensor.data, 0x7f80, 0x007f);
        case TensorDtype::F16:
            return first_non_finite<std::uint16_t>(tensor.data, 0x7c00, 0x03ff);
        default:
            return std::nullopt;
    }
}

Status scan_non_finite(const Checkpoint& checkpoint, const CancelToken& cancel) {
    for (const std::string& name : checkpoint.names()) {
        if (cancel.cancelled()) {
            return cancelled();
        }
        const auto tensor = checkpoint.tensor(name);
        const auto data = tensor->read();
        if (!data.ok()) {
            return data.error();
        }
        if (const auto bad = find_non_finite({tensor->dtype, {}, *data})) {
            return invalid_input(checkpoint.file_of(name).string(), "tensor " + quoted_name(name),
                                 (bad->is_nan ? "NaN at index " : "infinity at index ") + std::to_string(bad->index),
                                 "finite weights");
        }
    }
    return {};
}

}  // namespace r2t2
