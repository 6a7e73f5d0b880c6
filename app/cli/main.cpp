// r2t2: parses the command line, then opens the command module. Nothing heavy is linked here.
#include <dlfcn.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <sstream>

#include "app/cli/option_values.h"
#include "app/cli/options.h"
#include "app/cli/outputs.h"
#include "core/base/quoted_name.h"
#include "core/process/blas_kernels.h"
#include "core/process/interruption.h"
#include "core/process/loaded_blas.h"
#include "core/process/memory_room.h"
#include "core/process/process_limits.h"
#include "core/process/standard_streams.h"

namespace {

using namespace r2t2::cli;  // NOLINT: this file only composes

constexpr const char* kFooter =
    "Data goes to stdout, messages and progress to stderr.\n"
    "Exit codes: 0 ok; 1 runtime error; 2 usage or bad input; 3 samples were left out: bad ones (more than --max-errors), damaged ones, incomplete groups,\n"
    "            samples of a finished run that are gone (a run that never finished is said to be incomplete, and 0);\n"
    "            130 interrupted: Ctrl-C, SIGTERM, SIGHUP (finished samples are kept; --resume goes on; files are whole or not there).\n"
    "Environment: R2T2_RESOURCES (bundled files), R2T2_ENGINE (engine module), XDG_CACHE_HOME, XDG_DATA_HOME,\n"
    "             OPENBLAS_CORETYPE (kernels of OpenBLAS; chosen by what the processor can do where it is not set).";

/// The module that has the command: the light ones open in milliseconds.
const char* module_of(const CommandLine& line) {
    if (std::holds_alternative<FigureOptions>(line.command)) {
        return figure_module_file;
    }
    const bool light = std::holds_alternative<CheckpointOptions>(line.command) || std::holds_alternative<MethodsOptions>(line.command);
    return light ? checkpoint_module_file : command_module_file;
}

std::string quoted(const std::string& argument) {
    return argument.find_first_of(" \t\"'$\\") == std::string::npos && !argument.empty() ? argument : "'" + argument + "'";
}

int run_command(const CommandLine& line) {
    // A waiting OpenMP thread that spins takes the processor from the worker it waits for. Read once, when libgomp is
    // loaded: that happens below.
    setenv("OMP_WAIT_POLICY", "passive", 0);
    const char* file = module_of(line);
    if (file == command_module_file) {  // the one that computes
        r2t2::choose_blas_kernels();
        if (const r2t2::Status opened = r2t2::open_blas(); !opened.ok()) {
            std::cerr << "r2t2: error: " << opened.error().message() << "\n";
            return kExitRuntime;
        }
    }
    std::error_code code;
    const std::filesystem::path folder = std::filesystem::read_symlink("/proc/self/exe", code).parent_path();
    std::string tried;
    for (const char* place : {"../lib", ".", "../lib/r2t2"}) {
        const std::filesystem::path path = folder / place / file;
        if (!std::filesystem::exists(path, code)) {
            tried += " " + path.string();
            continue;
        }
        void* module = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
        const auto entry =
            module == nullptr ? nullptr : reinterpret_cast<CommandEntry>(dlsym(module, command_entry_name));
        if (entry == nullptr) {
            const std::string reason = dlerror();
            std::cerr << "r2t2: error: " << path.string() << ": " << (r2t2::tells_of_memory(reason) ? "not enough memory or addresses (ulimit -v, ulimit -d): " : "") << reason << "\n";
            return kExitRuntime;
        }
        return entry(&line);
    }
    std::cerr << "r2t2: error: command module: no file at" << tried << "\n";
    return kExitRuntime;
}

/// Every command, --help and --version end here: results that did not arrive are no success.
int finished(int code, int failed_write) {
    const r2t2::Status written = r2t2::finish_output(failed_write);
    if (written.ok()) {
        return code;
    }
    if (!r2t2::reader_is_gone(failed_write)) {
        std::cerr << "r2t2: error: " << written.error().message() << "\n";
    }
    return code == kExitOk ? kExitRuntime : code;
}

/// Before the command began.
int refused(const r2t2::Error& error) {
    std::cerr << "r2t2: error: " << error.message() << "\n";
    return finished(error.kind == r2t2::ErrorKind::Io ? kExitRuntime : kExitUsage, 0);
}

/// The parser's words with what was typed on one line.
std::string one_line(std::string text, const std::string& what) {
    const std::size_t at = what.empty() ? std::string::npos : text.find(what);
    return at == std::string::npos ? text : text.replace(at, what.size(), r2t2::printable(what));
}

}  // namespace

int main(int argc, char** argv) {
    r2t2::begin_process();
    r2t2::end_at_signals("r2t2");
    int failed_write = 0;
    CommandLine line;
    line.output.failed_write = &failed_write;
    for (int i = 0; i < argc; ++i) {
        line.program += (i > 0 ? " " : "") + quoted(i > 0 ? argv[i] : "r2t2");
    }
    CLI::App app{"R2-T2: test-time re-routing of multimodal mixture-of-experts models", "r2t2"};
    app.footer(kFooter);
    app.set_version_flag("--version", std::string("r2t2 ") + R2T2_VERSION);
    app.add_flag("--json", line.output.json, "results as JSON");
    app.add_flag("--quiet", line.output.quiet, "on stderr only errors and what numbers lack");
    app.add_flag("--verbose", line.output.verbose, "more on stderr");
    app.require_subcommand(1);
    app.fallthrough();
    add_evaluate(app, line);
    add_demo(app, line);
    add_tune(app, line);
    add_inspect(app, line);
    add_facts(app, line);
    add_reference(app, line);
    add_miniature(app, line);
    add_figure(app, line);
    add_export(app, line);
    add_compare(app, line);
    add_power(app, line);
    add_knockout(app, line);
    add_score(app, line);
    add_data(app, line);
    add_model(app, line);
    add_methods(app, line);
    add_merge(app, line);
    add_verify(app, line);
    add_doctor(app, line);
    try {
        std::vector<std::string> arguments = plain_arguments(argc, argv);
        if (const r2t2::Status lists = check_lists(arguments); !lists) {
            return refused(lists.error());
        }
        std::reverse(arguments.begin(), arguments.end());  // the parser takes them from the end
        app.parse(std::move(arguments));
    } catch (const CLI::ParseError& error) {
        if (const r2t2::Status typed = check_typed_values(app); error.get_exit_code() != 0 && !typed) {
            return refused(typed.error());  // says more than the parser
        }
        std::ostringstream words, complaint;  // of --help and --version; of what is wrong
        const int code = app.exit(error, words, complaint) == 0 ? kExitOk : kExitUsage;
        std::cerr << r2t2::printable_lines(one_line(complaint.str(), error.what()));
        return finished(code, r2t2::write_output(words.str()));
    }
    if (const r2t2::Status typed = check_typed_values(app); !typed) {
        return refused(typed.error());
    }
    if (const r2t2::Status room = r2t2::check_process_limits(); !room) {
        std::cerr << "r2t2: error: " << room.error().message() << "\n";
        return kExitRuntime;
    }
    if (const r2t2::Status outputs = check_outputs(line); !outputs) {
        return refused(outputs.error());
    }
    const int code = run_command(line);
    return finished(code, failed_write);
}
