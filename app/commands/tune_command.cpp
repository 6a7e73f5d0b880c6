// r2t2 tune
#include <algorithm>
#include <cctype>
#include <filesystem>

#include "app/cli/outputs.h"
#include "app/commands/choices.h"
#include "app/commands/commands.h"
#include "app/commands/evaluation_job.h"
#include "core/base/atomic_file.h"
#include "core/base/shell_word.h"
#include "core/results/tuning.h"
#include "core/routing/method_table.h"
#include "core/run/tuning_output.h"

namespace r2t2::cli {

namespace {

namespace fs = std::filesystem;

/// "test", "testdev", "test-2015", "vqa_test"; not "latest".
bool tells_of_test(const std::string& text) {
    std::string word;
    for (const char letter : text + " ") {
        if (std::isalpha(static_cast<unsigned char>(letter)) != 0) {
            word += static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
            continue;
        }
        if (word.starts_with("test")) {
            return true;
        }
        word.clear();
    }
    return false;
}

std::string text_of(const std::map<std::string, std::string>& origin, const char* key) {
    const auto found = origin.find(key);
    return found == origin.end() ? std::string() : found->second;
}

/// Whose settings are chosen on the test split has nothing left to report them on.
Status check_split(const std::vector<SampleSetPtr>& sets, bool allowed) {
    for (const SampleSetPtr& set : sets) {
        const std::map<std::string, std::string> origin = set->origin();
        const std::string split = text_of(origin, "split"), file = fs::path(text_of(origin, "path")).filename().string();
        if (!allowed && tells_of_test(split.empty() ? file : split)) {
            return invalid_input("options", "--eval", set->name() + (split.empty() ? " (" + file + ")" : ", split " + split),
                                 "data of another split: parameters are chosen on validation data; --allow-test where this is meant");
        }
    }
    return {};
}

/// The methods that are named, or all that are under study.
Result<std::vector<std::string>> tuned_methods(const std::vector<std::string>& names) {
    const Result<std::vector<Method>> methods = parse_methods(names);
    if (!methods) {
        return methods.error();
    }
    std::vector<std::string> out;
    for (const Method method : methods->empty() ? methods_of(MethodRole::Study) : *methods) {
        if (is_tuned(method)) {
            out.push_back(to_string(method));
        } else if (method != Method::Base) {
            std::string known;
            for (const Method each : all_methods()) {
                if (!is_tuned(each)) {
                    continue;
                }
                known += (known.empty() ? "" : ", ") + to_string(each);
            }
            return invalid_input("options", "--methods", to_string(method), "methods under study, or rivals: " + known);
        }
    }
    if (out.empty()) {
        return invalid_input("options", "--methods", "base alone", "a method with parameters");
    }
    return out;
}

Result<EvaluateOptions> evaluation_of(const TuneOptions& options) {
    EvaluateOptions evaluate = options.evaluate;
    Result<std::vector<std::string>> methods = tuned_methods(evaluate.methods);
    if (!methods) {
        return methods.error();
    }
    evaluate.methods = std::move(*methods);
    if (evaluate.resume && evaluate.sets.empty()) {
        return evaluate;  // as it was begun
    }
    if (evaluate.sweep.empty()) {
        return invalid_input("options", "--sweep", "nothing", "NAME=VALUE,VALUE,... once for every parameter that is to be chosen");
    }
    if (evaluate.sets.empty()) {
        evaluate.sets = {"all"};
    }
    if (evaluate.data.directory.empty() && evaluate.split.empty()) {
        evaluate.split = "validation";
    }
    return evaluate;
}

/// The base model and the methods under study; an evaluation that is resumed may have others.
std::vector<TrialRun> trial_runs(const EvaluationRun& run) {
    std::vector<TrialRun> out;
    const std::vector<MethodParams>& methods = run.report.provenance.methods;
    for (std::size_t m = 0; m < methods.size() && m < run.runs.size(); ++m) {
        if (methods[m].method == Method::Base || is_tuned(methods[m].method)) {
            const MethodReport& numbers = run.report.overall.methods[m];
            out.push_back({run.runs[m], methods[m], numbers.forward + numbers.backward});
        }
    }
    return out;
}

Result<Tuning> choose(const EvaluationRun& run) {
    Result<SessionReader> session = SessionReader::open(run.report.provenance.session_path);
    if (!session) {
        return session.error();
    }
    R2T2_TRY(session->hold());
    std::vector<std::string> axes;
    for (const SweepAxis& axis : run.report.provenance.sweep) {
        axes.push_back(axis.name);
    }
    const Result<Trials> trials = read_trials(*session, trial_runs(run), std::move(axes));
    return trials ? tune(*trials) : Result<Tuning>(trials.error());
}

Status write(const TuneOptions& options, const Tuning& tuning, const EvaluationReport& report, const std::string& table) {
    const Result<std::string> file = rerouting_json(tuning, report);
    if (!file) {
        return file.error();
    }
    R2T2_TRY(write_file_atomically(tuning_table(options), table));
    return write_file_atomically(options.output, *file);
}

/// What goes on with the run and chooses in the end.
std::string go_on_command(const TuneOptions& options, const EvaluationRun& run) {
    std::string command = resume_command(run.report.provenance.session_path, run);
    command.replace(0, std::string("r2t2 evaluate").size(), "r2t2 tune");
    command += " --out " + shell_word(options.output) + (options.table.empty() ? "" : " --table " + shell_word(options.table));
    return command + (options.force ? " --force" : "") + (options.allow_test ? " --allow-test" : "");
}

/// A part of the samples, or of the runs' settings, chooses nothing.
bool is_whole(const EvaluationReport& report) { return !report.interrupted && !report.too_many_errors && report.overall.missing == 0; }

}  // namespace

int run_tune(const TuneOptions& options, const std::string& program, Console& console) {
    const Result<EvaluateOptions> evaluate = evaluation_of(options);
    if (!evaluate) {
        return console.fail(evaluate.error());
    }
    EvaluationChecks checks;
    checks.outputs = [&options](const EvaluateOptions& opened) {
        TuneOptions whole = options;
        whole.evaluate = opened;
        return check_outputs(whole);
    };
    checks.sets = [&options](const std::vector<SampleSetPtr>& sets) { return check_split(sets, options.allow_test); };
    const Result<EvaluationRun> run = evaluation_job(*evaluate, program, console, interrupt_token(), checks);
    if (!run) {
        return console.fail(run.error());
    }
    if (!options.evaluate.report.empty()) {
        if (const Status written = write_file_atomically(options.evaluate.report, report_json(run->report)); !written) {
            return console.fail(written.error());
        }
    }
    if (!is_whole(run->report)) {
        console.skipped(run->report.error_lines);
        console.lacking("nothing was chosen: " + std::to_string(run->report.overall.missing) + " samples are missing; " + go_on_command(options, *run) + " goes on");
        return run->report.interrupted ? kExitInterrupted : kExitBadSamples;
    }
    const Result<Tuning> tuning = choose(*run);
    if (!tuning) {
        return console.fail(tuning.error());
    }
    const std::string table = tuning_json(*tuning, run->report);
    if (const Status written = write(options, *tuning, run->report, table); !written) {
        return console.fail(written.error());
    }
    console.data(console.options().json ? table : tuning_text(*tuning, run->report));
    console.note("written: " + options.output + " (beside a checkpoint it says its parameters) and " + tuning_table(options).string());
    console.skipped(run->report.error_lines);
    return lacks(run->report, options.evaluate.max_errors, console);
}

}  // namespace r2t2::cli
