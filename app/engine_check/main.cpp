// r2t2-engine-check: what the engine does on this machine, with nothing but LibTorch: every CUDA kernel against its CPU version,
// then seconds and memory of a model: preparing, neighbourhood gradient descent, the other methods.
//
//   r2t2-engine-check [--model DIR | --config medium] [--device cpu] [--precision fp32] [-k 5] [--steps 10] [--samples 1]
//                     [--threads 1] [--methods ngd,kernel-regression,mode-finding,oracle] [--write FOLDER] [--kernels-only]
//
// --config writes a random checkpoint first, into DIR if that does not exist (and leaves it there), otherwise into a temporary folder:
// what it answers means nothing, what it costs does. Pictures are noise, questions and answers random words. --write: what the first
// method did, for tests/benchmarks/naive_ngd.py (work_record.h). Lines "key value"; exit code 1: a kernel is wrong or nothing could be run.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>

#include "app/engine_check/work_record.h"
#include "core/base/device_name.h"
#include "core/base/peak_memory.h"
#include "core/base/random.h"
#include "core/process/blas_kernels.h"
#include "core/process/standard_streams.h"
#include "core/model/engine.h"
#include "core/checkpoint/model_presets.h"
#include "core/checkpoint/random_checkpoint.h"
#include "core/routing/reroute.h"
#include "kernels/kernel_checks.h"

namespace {

using namespace r2t2;
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

struct Options {
    fs::path model, write;
    std::string config, device = "cpu", precision = "fp32";
    std::string methods = "ngd,kernel-regression,mode-finding,oracle";
    int k = 5, steps = 10, samples = 1, threads = 1;
    bool kernels_only = false;
};

double since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

/// The random checkpoint; it goes with the program, however that ends.
fs::path& temporary() {
    static fs::path folder;
    return folder;
}

[[noreturn]] void fail(const std::string& message) {
    std::fprintf(stderr, "r2t2-engine-check: error: %s\n", message.c_str());
    std::exit(1);
}

template <typename T>
T must(Result<T> result) {
    if (!result) {
        fail(result.error().message());
    }
    return std::move(result).value();
}

void must(const Status& status) {
    if (!status.ok()) {
        fail(status.error().message());
    }
}

double peak_megabytes() { return static_cast<double>(peak_memory()) / 1e6; }

Options parse(int argc, char** argv) {
    Options out;
    for (int i = 1; i < argc; ++i) {
        const std::string name = argv[i];
        if (name == "--kernels-only") {
            out.kernels_only = true;
            continue;
        }
        if (i + 1 == argc) {
            fail(name + ": an option with a value was expected; see the top of app/engine_check/main.cpp");
        }
        const std::string value = argv[++i];
        const std::map<std::string, std::string*> texts = {
            {"--config", &out.config}, {"--device", &out.device}, {"--precision", &out.precision}, {"--methods", &out.methods}};
        const std::map<std::string, int*> numbers = {{"-k", &out.k}, {"--steps", &out.steps}, {"--samples", &out.samples}, {"--threads", &out.threads}};
        if (name == "--model" || name == "--write") {
            (name == "--model" ? out.model : out.write) = value;
        } else if (texts.count(name) > 0) {
            *texts.at(name) = value;
        } else if (numbers.count(name) > 0) {
            *numbers.at(name) = std::atoi(value.c_str());
            if (*numbers.at(name) < 1) {
                fail(name + ": found \"" + value + "\"; allowed: a positive number");
            }
        } else {
            fail("unknown option " + name);
        }
    }
    return out;
}

/// False: a kernel is wrong, or a device was asked for and there is none.
bool check_kernels(const EngineModule& engine, const DeviceName& device) {
    const kernels::DeviceCheck check = engine.check_device(device.index, true);
    std::printf("device %s\n", check.device.empty() ? "none" : check.device.c_str());
    if (!check.error.empty()) {
        std::printf("kernels not run: %s\n", check.error.c_str());
        return !device.cuda;
    }
    bool sound = true;
    for (const kernels::KernelCheck& kernel : check.kernels) {
        std::printf("kernel %-5s %-26s %-66s %.1e of at most %.1e (%s)%s\n", kernel.ok() ? "ok" : "WRONG", kernel.kernel.c_str(), kernel.shape.c_str(),
                    kernel.difference, kernel.tolerance, kernel.reason.c_str(), kernel.error.c_str());
        sound = sound && kernel.ok();
    }
    return sound;
}

/// Noise and random words, the same for the same number.
ModelInput input_of(const ModelInfo& info, std::uint64_t number) {
    RandomStream random = RandomStream::fork(1, "engine check", number);
    ModelInput input;
    input.rgb.resize(static_cast<std::size_t>(info.image_size) * static_cast<std::size_t>(info.image_size) * 3);
    for (std::uint8_t& value : input.rgb) {
        value = static_cast<std::uint8_t>(random.below(256));
    }
    static const char* kWords[] = {"what", "colour", "is", "the", "bus", "behind", "a", "tree", "how", "many", "people", "stand", "left", "of", "it"};
    for (int i = 0; i < 14; ++i) {
        input.question += (i == 0 ? "" : " ") + std::string(kWords[random.below(15)]);
    }
    input.question += "?";
    input.answer = kWords[random.below(15)];
    return input;
}

struct Work {
    ModelInput sample;
    std::vector<ModelInput> neighbours;
    RerouteInput input;
    std::vector<RoutingMatrix> points;  ///< input.routing_points looks at them
    double prepare_seconds = 0;         ///< of the sample and its neighbours together
};

Work prepared_work(const Model& model, int k, std::uint64_t number) {
    Work work;
    work.sample = input_of(model.info(), 1000 * number);
    for (int n = 0; n < k; ++n) {
        work.neighbours.push_back(input_of(model.info(), 1000 * number + 1 + static_cast<std::uint64_t>(n)));
    }
    const auto begin = Clock::now();
    work.input.sample = must(model.prepare(work.sample));
    std::vector<Neighbour> neighbours;
    for (const ModelInput& each : work.neighbours) {
        const PreparedSamplePtr reference = must(model.prepare(each));
        work.input.references.push_back({reference, mean_over_mixers(reference->native_routing())});
        const double distance = 0.3 + 0.1 * static_cast<double>(neighbours.size());
        neighbours.push_back({neighbours.size(), distance, 1 - distance * distance / 2, 0.0, 0.0});
    }
    work.prepare_seconds = since(begin);
    work.input.neighbourhood = weigh_neighbours(std::move(neighbours), {});
    for (const ReferenceSample& each : work.input.references) {
        work.points.push_back(each.routing);
    }
    work.input.routing_points = work.points;
    return work;
}

MethodParams params_of(const Options& options, const std::string& method) {
    MethodParams params;
    params.method = must(parse_method(method));
    params.k = static_cast<std::size_t>(options.k);
    params.routing_k = params.k;
    params.steps = options.steps;
    params.answer_steps = false;
    params.final_objective = false;
    return params;
}

/// Memory is touched and libraries are set up before anything is timed.
void warm_up(const Model& model, Options options) {
    options.k = options.steps = 1;
    (void)must(reroute(model, prepared_work(model, 1, 999).input, params_of(options, "ngd")));
}

std::vector<std::string> methods_of(const Options& options) {
    std::string rest = options.methods + ",";
    std::vector<std::string> methods;
    for (auto comma = rest.find(','); comma != std::string::npos; comma = rest.find(',')) {
        methods.push_back(rest.substr(0, comma));
        rest = rest.substr(comma + 1);
    }
    return methods;
}

void time_methods(const Model& model, const Options& options) {
    double prepare_seconds = 0;
    std::map<std::string, double> seconds;
    std::map<std::string, RoutedModel::Passes> passes;
    const std::vector<std::string> methods = methods_of(options);
    WorkRecord record(params_of(options, methods.front()));
    warm_up(model, options);
    for (int i = 0; i < options.samples; ++i) {
        const Work work = prepared_work(model, options.k, static_cast<std::uint64_t>(i));
        prepare_seconds += work.prepare_seconds;
        for (const std::string& name : methods) {
            const Trajectory trajectory = must(reroute(model, work.input, params_of(options, name)));
            seconds[name] += trajectory.seconds;
            passes[name].forward += trajectory.passes.forward;
            passes[name].backward += trajectory.passes.backward;
            if (!options.write.empty() && name == methods.front()) {
                must(record.add(model, work.sample, work.neighbours, work.input, trajectory));
            }
        }
    }
    std::printf("prepare %.3f s a sample\n", prepare_seconds / options.samples / (1 + options.k));
    for (const std::string& name : methods) {
        std::printf("%s %.3f s a sample, %.1f forward and %.1f backward passes; peak host memory so far %.0f MB\n", name.c_str(), seconds[name] / options.samples,
                    double(passes[name].forward) / options.samples, double(passes[name].backward) / options.samples, peak_megabytes());
    }
    if (!options.write.empty()) {
        must(record.write(options.write, prepare_seconds / options.samples, seconds[methods.front()] / options.samples, peak_megabytes()));
    }
}

/// The exit code.
int examine(Options options) {
    EngineModule& engine = *must(load_engine());
    const EngineVersions versions = engine.versions();
    std::printf("torch %s, blas %s%s%s, cuda %s%s%s\n", versions.torch.c_str(), versions.blas.c_str(), versions.kernels.empty() ? "" : " with kernels ", versions.kernels.c_str(),
                versions.cuda.c_str(), versions.cuda_note.empty() ? "" : ": ", versions.cuda_note.c_str());
    std::printf("processor %s\n", versions.processor.c_str());
    const bool sound = check_kernels(engine, must(parse_device(options.device)));
    if (options.kernels_only || (options.model.empty() && options.config.empty())) {
        return sound ? 0 : 1;
    }
    (void)temporary();  // made before the handler is set, so that it is still there when that runs
    std::atexit([] {
        std::error_code code;
        fs::remove_all(temporary(), code);
    });
    if (options.model.empty()) {
        temporary() = fs::temp_directory_path() / ("r2t2-engine-check-" + std::to_string(Clock::now().time_since_epoch().count()));
        options.model = temporary() / options.config;
        fs::create_directories(temporary());
    }
    if (!options.config.empty() && !fs::exists(options.model)) {
        const auto begin = Clock::now();
        const ModelPreset preset = must(find_model_preset(options.config));
        const RandomCheckpoint made = must(write_random_checkpoint(preset.config, options.model, {}));
        std::printf("random checkpoint %s: %lld parameters, %.0f MB, written in %.1f s\n", options.config.c_str(), static_cast<long long>(made.parameters),
                    static_cast<double>(made.bytes) / 1e6, since(begin));
    }
    ModelOptions model_options;
    model_options.device = options.device;
    model_options.precision = must(parse_precision(options.precision));
    model_options.intra_op_threads = options.threads;
    const auto begin = Clock::now();
    {
        const std::shared_ptr<const Model> model = must(engine.open_model(options.model, model_options));
        const ModelInfo& info = model->info();
        std::printf("model %s, %s on %s: %lld parameters, weights %.0f MB, opened in %.1f s; peak host memory %.0f MB\n", info.name.c_str(), info.precision.c_str(),
                    info.device.c_str(), static_cast<long long>(info.parameters), static_cast<double>(info.weight_bytes) / 1e6, since(begin), peak_megabytes());
        std::printf("k %d, %d steps, %d samples, %d threads\n", options.k, options.steps, options.samples, options.threads);
        time_methods(*model, options);
    }
    return sound ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    begin_process();
    setenv("OMP_WAIT_POLICY", "passive", 0);  // read when the engine's libraries are loaded
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    const Options options = parse(argc, argv);
    choose_blas_kernels();
    const int code = examine(options);
    must(finish_output());
    return code;
}
