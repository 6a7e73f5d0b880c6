// Any bytes as config.json: an accepted one names its tensors, and written again it reads the same.
#include <cstdlib>

#include "core/checkpoint/model_config.h"
#include "tests/fuzz/fuzz_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const r2t2::FuzzFolder folder;
    folder.write("config.json", data, size);
    const auto config = r2t2::ModelConfig::read(folder.path("config.json"));
    if (!config.ok()) {
        if (config.error().message().empty()) {
            std::abort();
        }
        return 0;
    }
    const bool small = config->layers <= 64 && config->vision.layers <= 64 && config->compressor.depth <= 64;
    const bool written = config->write(folder.path("again.json")).ok();
    const auto again = r2t2::ModelConfig::read(folder.path("again.json"));
    if (!written || !again.ok() || (small && r2t2::parameter_table(*again).size() != r2t2::parameter_table(*config).size())) {
        std::abort();
    }
    return 0;
}
