#include "core/inspect/inspector_model.h"

#include <cstdio>
#include <fstream>

#include "core/checkpoint/checkpoint_check.h"
#include "core/model/engine.h"
#include "core/checkpoint/weight_memory.h"
#include "core/run/places.h"

namespace r2t2 {

namespace {

void tell_shape(const ModelConfig& config, ModelReport& out) {
    out.name = config.name;
    out.miniature = config.miniature;
    out.layers = config.layers;
    out.mixer_layers = config.mixer_layers();
    out.image_size = config.vision.image_size;
    out.image_tokens = config.vision.patches();
    for (const Precision precision : {Precision::Float32, Precision::BFloat16, Precision::Float16, Precision::Int8, Precision::Nf4}) {
        PrecisionMemory memory{precision_name(precision), std::nullopt, weight_memory(config, precision, false)};
        if (precision != Precision::Float16) {  // which no CPU here multiplies
            memory.cpu = weight_memory(config, precision, true);
        }
        out.memory.push_back(std::move(memory));
    }
}

}  // namespace

Result<ModelReport> model_report(const std::filesystem::path& directory, const CancelToken& cancel) {
    CheckpointCheckOptions options;
    options.max_problems = ModelReport::kProblems;
    const Result<CheckpointReport> report = check_checkpoint(directory.empty() ? bundled_model_directory() : directory, options, {}, cancel);
    if (!report) {
        return report.error();
    }
    ModelReport out;
    out.directory = report->directory;
    if (report->config) {
        tell_shape(*report->config, out);
    }
    out.parameters = report->parameters;
    out.bytes = report->bytes;
    out.files = static_cast<std::int64_t>(report->files.size());
    for (const CheckpointProblem& problem : report->problems) {
        out.problems.push_back({problem.error.message(), problem.fatal});
    }
    out.fatal_problems = report->fatal_problems;
    out.warnings = report->warnings;
    std::ifstream meminfo("/proc/meminfo");
    out.free_memory = available_memory(meminfo);
    return out;
}

DeviceReport device_report() {
    EngineModule* engine = loaded_engine();
    if (engine == nullptr) {
        return {};
    }
    const EngineVersions versions = engine->versions();
    return {true, versions.cuda_devices, versions.cuda_note};
}

std::optional<std::int64_t> available_memory(std::istream& meminfo) {
    for (std::string line; std::getline(meminfo, line);) {
        long long kibibytes = 0;
        if (std::sscanf(line.c_str(), "MemAvailable: %lld kB", &kibibytes) == 1 && kibibytes >= 0) {
            return kibibytes * 1024;
        }
    }
    return std::nullopt;
}

}  // namespace r2t2
