#include "core/miniature/trainer/train_state.h"

#include <fstream>
#include <nlohmann/json.hpp>

#include "core/base/atomic_file.h"
#include "core/json/parse_json.h"
#include "core/model/weight_store.h"

namespace r2t2 {

namespace {

constexpr const char* tensors_file = "state.safetensors";
constexpr const char* progress_file = "state.json";

Status copy_into(const Checkpoint& checkpoint, const std::string& name, const at::Tensor& target) {
    const Result<StoredTensor> tensor = checkpoint.tensor(name);
    if (!tensor) {
        return tensor.error();
    }
    if (tensor->dtype != TensorDtype::F32 || at::IntArrayRef(tensor->shape) != target.sizes()) {
        return invalid_input(tensors_file, name, "another type or shape", "float32 of the model's shape");
    }
    const at::NoGradGuard no_grad;
    at::Tensor stored = at::empty(tensor->shape, at::kFloat);
    R2T2_TRY(tensor->read(0, {static_cast<std::byte*>(stored.data_ptr()), static_cast<std::size_t>(tensor->bytes)}));
    const_cast<at::Tensor&>(target).copy_(stored);
    return {};
}

}  // namespace

Status save_state(const std::filesystem::path& directory, const TrainState& state, const TensorMap& named,
                  AdamW& optimiser, std::uint64_t seed) {
    std::error_code code;
    std::filesystem::create_directories(directory, code);
    TensorMap all;
    for (const auto& [name, tensor] : named) {
        all.emplace("weight/" + name, tensor);
    }
    for (const auto& [name, entry] : optimiser.entries()) {
        all.emplace("mean/" + name, entry.mean);
        all.emplace("square/" + name, entry.square);
    }
    R2T2_TRY(write_weights(all, directory / tensors_file));
    const nlohmann::json json = {{"stage", state.stage}, {"step", state.step}, {"seed", seed}, {"updates", optimiser.steps()}, {"running_losses", state.running_losses}};
    return write_file_atomically(directory / progress_file, json.dump(2) + "\n");
}

Result<TrainState> read_state(const std::filesystem::path& directory, std::uint64_t seed) {
    const std::string where = (directory / progress_file).string();
    const Result<nlohmann::json> read = read_json_file(directory / progress_file);
    if (!read && read.error().kind == ErrorKind::NotFound) {
        return Error{ErrorKind::NotFound, where, {}, "no state", "a run to go on with"};
    }
    R2T2_TRY(read);
    const nlohmann::json& json = *read;
    if (!json.is_object() || !json.contains("stage") || !json.contains("step") || !json.contains("seed")) {
        return invalid_input(where, {}, "no training state", "stage, step and seed; delete the folder to start anew");
    }
    if (json["seed"].get<std::uint64_t>() != seed) {
        return invalid_input(where, "seed", json["seed"].dump(), std::to_string(seed) + ", or another folder");
    }
    TrainState state{json["stage"].get<int>(), json["step"].get<std::int64_t>(), {}};
    if (json.contains("running_losses")) {
        state.running_losses = json["running_losses"].get<std::map<std::string, double>>();
    }
    return state;
}

Status restore(const std::filesystem::path& directory, const TensorMap& named, AdamW* optimiser) {
    Result<Checkpoint> checkpoint = Checkpoint::open(directory / tensors_file);
    if (!checkpoint) {
        return checkpoint.error();
    }
    for (const auto& [name, tensor] : named) {
        R2T2_TRY(copy_into(*checkpoint, "weight/" + name, tensor));
    }
    if (optimiser == nullptr) {
        return {};
    }
    for (auto& [name, entry] : optimiser->entries()) {
        R2T2_TRY(copy_into(*checkpoint, "mean/" + name, entry.mean));
        R2T2_TRY(copy_into(*checkpoint, "square/" + name, entry.square));
    }
    const Result<nlohmann::json> json = read_json_file(directory / progress_file);
    R2T2_TRY(json);
    optimiser->set_steps(json->value("updates", std::int64_t{0}));
    return {};
}

}  // namespace r2t2
