#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <torch/csrc/api/include/torch/version.h>

#include "core/model/bert_encoder.h"
#include "core/model/engine_entry.h"
#include "core/model/moai_model.h"
#include "core/process/loaded_blas.h"
#include "core/process/processor.h"
#include "kernels/kernel_checks.h"
#ifdef R2T2_HAVE_TRAINER
#include "core/miniature/trainer/trainer.h"
#endif

namespace r2t2 {

namespace {

/// "BLAS_INFO=open" out of torch's build string; the library behind it may have been replaced at run time.
std::string blas_name() {
    const std::string config = at::show_config();
    const auto begin = config.find("BLAS_INFO=");
    return begin == std::string::npos ? "unknown" : config.substr(begin + 10, config.find(',', begin) - begin - 10);
}

class TorchEngine final : public EngineModule {
public:
    [[nodiscard]] EngineVersions versions() const override {
        EngineVersions v;
        v.torch = TORCH_VERSION;
        const LoadedBlas blas = loaded_blas();
        v.blas = blas.name.empty() ? blas_name() : blas.name;
        v.kernels = blas.kernels;
        v.processor = processor_name();
        v.cuda = "none";
        if (at::hasCUDA()) {
            v.cuda = "present";
            v.cuda_devices = static_cast<int>(at::detail::getCUDAHooks().getNumGPUs());
            v.cuda_note = v.cuda_devices == 0 ? "LibTorch has CUDA, but no usable device or driver was found" : "";
        } else {
            const bool built = at::show_config().find("USE_CUDA=OFF") == std::string::npos;
            v.cuda_note = built ? "LibTorch has CUDA, but no usable device or driver was found" : "this LibTorch was built without CUDA";
        }
        return v;
    }
    [[nodiscard]] kernels::DeviceCheck check_device(int device, bool large) const override {
        return kernels::check_device_kernels(device, 1, large);
    }
    [[nodiscard]] Result<std::shared_ptr<const Model>> open_model(const std::filesystem::path& directory,
                                                                  const ModelOptions& options, const ProgressCallback& progress,
                                                                  const CancelToken& cancel) override {
        Result<std::shared_ptr<const MoaiModel>> model = MoaiModel::open(directory, options, progress, cancel);
        if (!model) {
            return model.error();
        }
        return std::shared_ptr<const Model>(std::move(*model));
    }
    [[nodiscard]] Result<std::shared_ptr<const SentenceEncoder>> open_sentence_encoder(
        const std::filesystem::path& directory) override {
        return open_bert_encoder(directory);
    }
    [[nodiscard]] Status train_miniature(const TrainRequest& request, const ProgressCallback& progress,
                                         const CancelToken& cancel) override {
#ifdef R2T2_HAVE_TRAINER
        return train(request, progress, cancel);
#else
        (void)request, (void)progress, (void)cancel;
        return Error{ErrorKind::Unsupported, "miniature train", {}, "an engine built alone", "the full build"};
#endif
    }
};

}  // namespace

}  // namespace r2t2

extern "C" __attribute__((visibility("default"))) r2t2::EngineModule* r2t2_engine_entry() {
    static r2t2::TorchEngine engine;
    r2t2::configure_torch();
    return &engine;
}
