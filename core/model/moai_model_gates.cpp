// MoaiModel: other gates on the same weights, read from a file or trained.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <numbers>

#include "core/base/file_reader.h"
#include "core/base/random.h"
#include "core/base/sha256.h"
#include "core/checkpoint/model_identity.h"
#include "core/model/adamw.h"
#include "core/model/moai_calls.h"
#include "core/model/moai_model.h"
#include "core/model/weight_store.h"

namespace r2t2 {

namespace {

struct GateTensor {
    std::string name;  ///< in the checkpoint
    std::size_t mixer;
    at::Tensor MixerWeights::*member;
};

std::vector<GateTensor> gate_tensors(const ModelConfig& config) {
    std::vector<GateTensor> out;
    for (std::size_t m = 0; m < config.mixer_layers().size(); ++m) {
        const std::string attention = "model.layers." + std::to_string(config.mixer_layers()[m]) + ".attention.";
        out.push_back({attention + "moai_GA_img.weight", m, &MixerWeights::gate_image_weight});
        out.push_back({attention + "moai_GA_img.bias", m, &MixerWeights::gate_image_bias});
        out.push_back({attention + "moai_GA_lang.weight", m, &MixerWeights::gate_language_weight});
        out.push_back({attention + "moai_GA_lang.bias", m, &MixerWeights::gate_language_bias});
    }
    return out;
}

/// No tensor but the gates', and every one of them.
Status check_names(const SafetensorsFile& file, const std::vector<GateTensor>& gates, const std::string& where) {
    for (const auto& [name, tensor] : file.tensors()) {
        if (std::none_of(gates.begin(), gates.end(), [&name = name](const GateTensor& gate) { return gate.name == name; })) {
            return invalid_input(where, name, "no gate of this model", gates.front().name + " and the other gates alone");
        }
    }
    for (const GateTensor& gate : gates) {
        if (file.find(gate.name) == nullptr) {
            return invalid_input(where, gate.name, "missing", "the gates of every mixer");
        }
    }
    return {};
}

constexpr const char* kOfModel = "model_identity";
constexpr const char* kChecksum = "checksum";

std::string number_list(const std::vector<double>& values) {
    std::string out;
    for (const double value : values) {
        out += (out.empty() ? "" : " ") + std::to_string(value);
    }
    return out;
}

/// Who is learned from and who the epoch is chosen on.
struct Parts {
    std::vector<std::size_t> learned, held_out;
};
Parts parts_of(std::size_t count, const GateTrainingOptions& options) {
    std::vector<std::size_t> order(count);
    for (std::size_t i = 0; i < count; ++i) {
        order[i] = i;
    }
    RandomStream::fork(options.seed, "held-out samples of gates").shuffle(order);
    const auto apart = std::clamp<std::size_t>(static_cast<std::size_t>(std::llround(options.held_out * static_cast<double>(count))), 1, count - 1);
    Parts parts;
    parts.held_out.assign(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(apart));
    parts.learned.assign(order.begin() + static_cast<std::ptrdiff_t>(apart), order.end());
    return parts;
}

/// Of names and numbers, as they lie in the file.
std::string checksum_of(const std::vector<GateTensor>& gates, const std::vector<at::Tensor>& values) {
    Sha256 hash;
    for (std::size_t i = 0; i < gates.size(); ++i) {
        hash.update(gates[i].name);
        hash.update(values[i].data_ptr(), values[i].nbytes());
    }
    return hash.hex();
}

}  // namespace

Result<std::shared_ptr<const Model>> MoaiModel::with_gates(const std::filesystem::path& path) const {
    using Ptr = std::shared_ptr<const Model>;
    return guarded("gates", [&]() -> Result<Ptr> {
        const std::string where = path.string();
        const FileMoment moment({path});
        const Result<SafetensorsFile> file = SafetensorsFile::open(path);
        R2T2_TRY(file);
        const std::vector<GateTensor> gates = gate_tensors(config_);
        R2T2_TRY(check_names(*file, gates, where));
        const auto of = file->metadata().find(kOfModel);
        if (of == file->metadata().end() || of->second != info_.identity) {
            return invalid_input(where, kOfModel, of == file->metadata().end() ? "none" : of->second.substr(0, 12), info_.identity.substr(0, 12) + ", the model's");
        }
        const Result<Checkpoint> checkpoint = Checkpoint::open(path);
        R2T2_TRY(checkpoint);
        MoaiWeights weights = weights_;
        std::vector<at::Tensor> written;
        for (const GateTensor& gate : gates) {
            at::Tensor& there = weights.mixers[gate.mixer].*gate.member;
            Result<at::Tensor> read = read_weight(*checkpoint, gate.name, where, there.options());
            R2T2_TRY(read);
            if (read->sizes() != there.sizes()) {
                return invalid_input(where, gate.name, dimensions_text(read->sizes().vec()), dimensions_text(there.sizes().vec()));
            }
            there = std::move(*read);
            read = read_weight(*checkpoint, gate.name, where, at::TensorOptions().dtype(at::kFloat));
            R2T2_TRY(read);
            written.push_back(read->contiguous());
        }
        const auto checksum = file->metadata().find(kChecksum);
        const std::string found = checksum_of(gates, written);
        if (checksum != file->metadata().end() && checksum->second != found) {
            return invalid_input(where, kChecksum, found.substr(0, 12), checksum->second.substr(0, 12) + ", as was written: the file is damaged (r2t2 reference gates makes another)");
        }
        const Result<std::string> hash = sha256_file(path);
        R2T2_TRY(hash);
        R2T2_TRY(moment.check());  // else gates of one file might stand under another's hash
        ModelInfo info = info_;
        info.identity_parts["gates"] = *hash;
        info.identity = r2t2::identity_of(info.identity_parts);
        info.remarks.push_back("its gates are those of " + where);
        return Ptr(std::make_shared<MoaiModel>(config_, std::move(weights), tokenizer_, model_options_, std::move(info)));
    });
}

Result<std::shared_ptr<const Model>> MoaiModel::tuned_gates() const {
    const std::lock_guard lock(tuned_mutex_);
    if (tuned_) {
        return tuned_;
    }
    const std::filesystem::path file = tuned_gates_file(info_.directory);
    std::error_code code;
    if (!std::filesystem::exists(std::filesystem::symlink_status(file, code))) {
        return Error{ErrorKind::NotFound, file.string(), "trained gates", "none", "a file that r2t2 reference gates SET --out " + file.string() + " makes"};
    }
    Result<std::shared_ptr<const Model>> opened = with_gates(file);
    R2T2_TRY(opened);
    tuned_ = *opened;
    return tuned_;
}

/// A batch, from pixels and words.
Result<NetworkInput> MoaiModel::network_input(const LabelledInputs& inputs, std::span<const std::size_t> which) const {
    const at::NoGradGuard no_grad;
    NetworkInput network;
    std::vector<at::Tensor> features, compressed;
    for (const std::size_t index : which) {
        const Result<ModelInput> input = inputs.get(index);
        R2T2_TRY(input);
        Result<TokenSample> tokens = token_sample(*input);
        R2T2_TRY(tokens);
        if (tokens->answer.empty()) {
            return invalid_input("sample " + std::to_string(index), "answer", "none", "a ground-truth answer, which training needs");
        }
        const Result<ImageStatePtr> image = image_state(*input);
        R2T2_TRY(image);
        network.samples.push_back(std::move(*tokens));
        features.push_back((*image)->features);
        compressed.push_back((*image)->compressed);
    }
    network.image_features = at::stack(features);
    network.compressed = at::stack(compressed);
    return network;
}

Result<GateTraining> MoaiModel::train_gates(const LabelledInputs& inputs, const GateTrainingOptions& options, const std::filesystem::path& path,
                                            const ProgressCallback& progress, const CancelToken& cancel) const {
    if (model_options_.precision != Precision::Float32 && model_options_.precision != Precision::Float64) {
        return Error{ErrorKind::Unsupported, "precision", {}, info_.precision, "fp32: gates are trained in full precision"};
    }
    if (inputs.count < 2) {
        return invalid_input("samples", {}, std::to_string(inputs.count), "two or more: some are learned from, on others the epoch is chosen");
    }
    return guarded("train gates", [&]() -> Result<GateTraining> {
        use_threads(model_options_.intra_op_threads);
        const std::vector<GateTensor> gates = gate_tensors(config_);
        MoaiWeights weights = weights_;
        AdamW optimiser(0.9, 0.999, 1e-8);
        for (const GateTensor& gate : gates) {
            at::Tensor& own = weights.mixers[gate.mixer].*gate.member;
            own = own.detach().clone();
            optimiser.add(gate.name, own, 1.0, 0.0);
        }
        const Parts parts = parts_of(inputs.count, options);
        const auto batches = [&options](const std::vector<std::size_t>& part) { return (part.size() + options.batch - 1) / options.batch; };
        const auto batch_of = [&options](const std::vector<std::size_t>& part, std::size_t b) {
            return std::span(part).subspan(b * options.batch, std::min(options.batch, part.size() - b * options.batch));
        };
        const auto all = static_cast<std::size_t>(options.epochs) * (batches(parts.learned) + batches(parts.held_out)) + batches(parts.held_out);
        std::size_t done = 0;
        std::chrono::steady_clock::time_point told{};
        const auto advance = [&] {
            const auto now = std::chrono::steady_clock::now();
            if (progress && (++done == all || now - told > std::chrono::milliseconds(100))) {
                told = now;
                progress({"train gates", static_cast<std::int64_t>(done), static_cast<std::int64_t>(all), {}});
            }
        };
        // Mean of the samples' losses; learns where `rate` says how fast.
        const auto pass = [&](const std::vector<std::size_t>& part, const std::function<double(std::size_t)>& rate) -> Result<double> {
            double sum = 0.0;
            for (std::size_t b = 0; b < batches(part); ++b) {
                if (cancel.cancelled()) {
                    return cancelled();
                }
                const std::span<const std::size_t> which = batch_of(part, b);
                const Result<NetworkInput> network = network_input(inputs, which);
                R2T2_TRY(network);
                const at::AutoGradMode mode(static_cast<bool>(rate));
                const Result<NetworkOutput> out = forward_network(config_, weights, *network);
                R2T2_TRY(out);
                const double loss = out->sample_loss.sum().item<double>();
                if (!std::isfinite(loss)) {
                    return invalid_input("training", "loss", "a number that is not finite", "a smaller --rate");
                }
                sum += loss;
                if (rate) {
                    out->sample_loss.mean().backward();
                    optimiser.step(rate(b), 1.0);
                }
                advance();
            }
            return sum / static_cast<double>(part.size());
        };
        GateTraining result;
        result.trained = parts.learned.size();
        result.held_out = parts.held_out.size();
        Result<double> found = pass(parts.held_out, {});
        R2T2_TRY(found);
        result.held_out_loss.push_back(*found);
        std::vector<at::Tensor> kept;
        const auto keep = [&] {
            kept.clear();
            for (const GateTensor& each : gates) {
                kept.push_back((weights.mixers[each.mixer].*each.member).detach().clone());
            }
        };
        keep();
        const double steps = static_cast<double>(static_cast<std::size_t>(options.epochs) * batches(parts.learned));
        for (int epoch = 0; epoch < options.epochs; ++epoch) {
            std::vector<std::size_t> order = parts.learned;
            RandomStream::fork(options.seed, "order of gates' samples", static_cast<std::uint64_t>(epoch)).shuffle(order);
            found = pass(order, [&](std::size_t b) {
                const double gone = static_cast<double>(static_cast<std::size_t>(epoch) * batches(parts.learned) + b) / steps;
                return options.rate * 0.5 * (1.0 + std::cos(std::numbers::pi * gone));
            });
            R2T2_TRY(found);
            result.loss.push_back(*found);
            found = pass(parts.held_out, {});
            R2T2_TRY(found);
            result.held_out_loss.push_back(*found);
            if (*found < result.held_out_loss[static_cast<std::size_t>(result.kept_epoch)]) {
                result.kept_epoch = epoch + 1;
                keep();
            }
        }
        SafetensorsWriter writer;
        for (std::size_t i = 0; i < gates.size(); ++i) {
            kept[i] = kept[i].to(at::kCPU, at::kFloat).contiguous();
            R2T2_TRY(writer.add(gates[i].name, TensorDtype::F32, kept[i].sizes().vec(), {reinterpret_cast<const std::byte*>(kept[i].data_ptr()), kept[i].nbytes()}));
        }
        writer.set_metadata(kOfModel, info_.identity);
        writer.set_metadata(kChecksum, checksum_of(gates, kept));
        writer.set_metadata("trained_on", options.trained_on);
        writer.set_metadata("training", "AdamW, rate " + std::to_string(options.rate) + " along a cosine, batches of " + std::to_string(options.batch) + ", seed " +
                                            std::to_string(options.seed) + ", " + std::to_string(result.trained) + " samples, " + std::to_string(result.held_out) + " held out");
        writer.set_metadata("held_out_loss", number_list(result.held_out_loss));
        writer.set_metadata("kept_epoch", std::to_string(result.kept_epoch));
        R2T2_TRY(writer.write(path));
        return result;
    });
}

}  // namespace r2t2
