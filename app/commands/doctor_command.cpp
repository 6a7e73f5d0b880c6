// r2t2 doctor
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "app/commands/choices.h"
#include "app/commands/commands.h"
#include "app/commands/self_check.h"
#include "core/base/device_name.h"
#include "core/process/kept_choice.h"
#include "core/process/loaded_blas.h"
#include "core/process/processor.h"
#include "core/run/places.h"
#include "kernels/kernel_checks.h"

namespace r2t2::cli {

namespace {

using Json = nlohmann::ordered_json;

/// Mapped shared libraries whose file name begins with one of the given words; the real files, not the links.
std::vector<std::string> loaded_libraries(const std::vector<std::string>& beginnings) {
    std::set<std::string> found;
    std::ifstream maps("/proc/self/maps");
    std::string line;
    while (std::getline(maps, line)) {
        const auto slash = line.find('/');
        if (slash == std::string::npos) {
            continue;
        }
        const std::string path = line.substr(slash);
        const std::string file = std::filesystem::path(path).filename().string();
        for (const std::string& beginning : beginnings) {
            if (file.rfind(beginning, 0) == 0) {
                found.insert(path);
            }
        }
    }
    return {found.begin(), found.end()};
}

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "unset" : value;
}

Json engine_json(EngineModule& engine) {
    const EngineVersions versions = engine.versions();
    return {{"torch", versions.torch},
            {"torch_blas", versions.blas},
            {"cuda", versions.cuda},
            {"cuda_devices", versions.cuda_devices},
            {"cuda_note", versions.cuda_note}};
}

Json model_json(const Model& model) {
    const ModelInfo& info = model.info();
    return {{"directory", info.directory},     {"name", info.name},
            {"hash", info.weights_hash},       {"parameters", info.parameters},
            {"precision", info.precision},     {"device", info.device},
            {"weight_bytes", info.weight_bytes},
            {"image_size", info.image_size},   {"image_tokens", info.image_tokens},
            {"layers", info.layers},           {"mixer_layers", info.mixer_layers},
            {"embedding", info.embedding_dim}, {"miniature", info.miniature}};
}

/// Which kernels compute, which ones the library would have taken, and whether they compute rightly here.
bool examine_blas(Json& report) {
    const LoadedBlas blas = loaded_blas();
    Json& out = report["blas"];
    out = {{"library", blas.name.empty() ? "none" : blas.name}, {"kernels", blas.kernels}, {"threads", blas.threads}};
    if (const std::optional<KernelChoice> choice = kept_choice(read_cpuid()); choice && choice->version == blas.name) {
        out["kernels_by_itself"] = choice->own;
        out["kernels_refused"] = choice->refused;
    }
    if (blas.functions.sgemm == nullptr) {  // MKL, or within LibTorch: nobody's choice here
        return true;
    }
    const std::string wrong = check_products(blas.functions);
    out["products"] = wrong.empty() ? "right" : wrong;
    return wrong.empty();
}

Json check_json(const SelfCheck& check) {
    return {{"possible", check.possible}, {"samples", check.samples},     {"failures", check.failures},
            {"worst", check.worst},       {"tolerance", check.tolerance}, {"remark", check.remark}};
}

/// "key   value" lines; objects are flattened with a dot.
std::string lines_of(const Json& json, const std::string& prefix = {}) {
    std::string text;
    for (const auto& [key, value] : json.items()) {
        const std::string name = prefix.empty() ? key : prefix + "." + key;
        if (value.is_object()) {
            text += lines_of(value, name);
            continue;
        }
        text += name + std::string(name.size() < 28 ? 28 - name.size() : 1, ' ') +
                (value.is_string() ? value.get<std::string>() : value.dump()) + "\n";
    }
    return text;
}

/// Every kernel of the device against its CPU version; false: one of them is wrong, or none could be run.
bool examine_device(EngineModule& engine, const DeviceName& device, Json& report) {
    const kernels::DeviceCheck check = engine.check_device(device.index, true);
    Json& out = report["kernels"];
    out = Json::object();
    out["device"] = check.device.empty() ? "none" : check.device;
    if (!check.error.empty()) {
        out["error"] = check.error;
        return false;
    }
    bool sound = true;
    for (const kernels::KernelCheck& kernel : check.kernels) {
        char text[200];
        std::snprintf(text, sizeof text, "%s, %.1e of at most %.1e", kernel.ok() ? "ok" : "WRONG", kernel.difference, kernel.tolerance);
        out[kernel.kernel + ", " + kernel.shape] = kernel.error.empty() ? std::string(text) : "did not run: " + kernel.error;
        sound = sound && kernel.ok();
    }
    return sound;
}

/// Fills the report with what is wrong, too: a doctor that stops at the first finding is none.
bool examine_model(const DoctorOptions& options, Console& console, Json& report) {
    const Result<EngineModule*> engine = load_engine();
    if (!engine) {
        report["engine"] = {{"error", engine.error().message()}};
        return false;
    }
    report["engine"] = engine_json(**engine);
    const Result<DeviceName> device = parse_device(options.model.device);  // a wrong name is told by open_model
    const bool device_sound = device && (!device->cuda || examine_device(**engine, *device, report));
    const Result<std::shared_ptr<const Model>> model = open_model(options.model, console);
    if (!model) {
        report["model"] = {{"error", model.error().message()}};
        return false;
    }
    report["model"] = model_json(**model);
    const Result<SelfCheck> check = run_self_check(**model, resources_directory() / "self_check.json");
    report["self_check"] = check ? check_json(*check) : Json{{"error", check.error().message()}};
    return device_sound && check && check->failures == 0;
}

int write_golden(const DoctorOptions& options, Console& console) {
    const Result<std::shared_ptr<const Model>> model = open_model(options.model, console);
    if (!model) {
        return console.fail(model.error());
    }
    const Result<std::string> golden = record_self_check(**model);
    if (!golden) {
        return console.fail(golden.error());
    }
    console.data(*golden);
    return kExitOk;
}

}  // namespace

int run_doctor(const DoctorOptions& options, Console& console) {
    if (options.write_golden) {
        return write_golden(options, console);
    }
    Json report;
    report["r2t2"] = R2T2_VERSION;
    report["compiler"] = std::string("g++ ") + __VERSION__;
    report["processor"] = processor_name();
    report["processor_can"] = to_string(features_of(read_cpuid()));
    report["threads"] = std::thread::hardware_concurrency();
    for (const char* name : {"OMP_WAIT_POLICY", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OPENBLAS_CORETYPE"}) {
        report["environment"][name] = environment(name);
    }
    report["resources"] = resources_directory().string();
    const Result<std::filesystem::path> cache = cache_directory(), data = data_directory();
    report["cache"] = cache ? cache->string() : cache.error().message();
    report["data"] = data ? data->string() : data.error().message();
    const bool model_sound = examine_model(options, console, report);
    const bool healthy = examine_blas(report) && model_sound;
    report["libraries"]["blas"] = loaded_libraries({"libopenblas", "libblas", "libmkl", "libblis", "libatlas"});
    report["libraries"]["openmp"] = loaded_libraries({"libgomp", "libomp", "libiomp"});
    report["libraries"]["torch"] = loaded_libraries({"libtorch", "libc10"});
    report["libraries"]["opencv"] = loaded_libraries({"libopencv_"});
    report["libraries"]["sqlite"] = loaded_libraries({"libsqlite3"});
    // OpenBLAS, too, stands in under the name libblas.so.3: what tells is whether its own library is loaded beside it.
    const bool fast = !loaded_libraries({"libopenblas", "libmkl", "libblis"}).empty();
    for (const std::string& path : fast ? std::vector<std::string>{} : loaded_libraries({"libblas.so"})) {
        console.warning("the reference BLAS is loaded (" + path + "): install libopenblas-openmp-dev, it is about 17 times faster");
    }
    report["healthy"] = healthy;
    console.data(console.options().json ? report.dump(2, ' ', false, Json::error_handler_t::replace) + "\n" : lines_of(report));
    return healthy ? kExitOk : kExitRuntime;
}

}  // namespace r2t2::cli
