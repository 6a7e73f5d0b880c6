// What the user typed, as plain values: the executable parses, the command module acts.
//
// The executable links neither OpenCV nor FAISS nor torch, so that --help answers at once. Thread rule: plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace r2t2::cli {

/// Documented in --help.
enum ExitCode : int {
    kExitOk = 0,
    kExitRuntime = 1,      ///< something failed that the input is not to blame for
    kExitUsage = 2,        ///< bad option or bad input
    kExitBadSamples = 3,   ///< samples were left out: bad ones (more than --max-errors), damaged ones, incomplete groups, those that a finished run lacks
    kExitInterrupted = 130
};

struct OutputOptions {
    bool json = false;
    bool quiet = false;
    bool verbose = false;
    int* failed_write = nullptr;  ///< of main: errno of the first write to stdout that failed stands there
};

struct ModelChoice {
    std::string directory;  ///< empty = the bundled miniature
    std::string device = "cpu";
    std::string precision = "fp32";
    std::int64_t beams = 1;
    std::int64_t max_new_tokens = 16;
};

/// Only what was stated; the rest keeps the checkpoint's recommendation or the paper's default.
struct MethodChoice {
    std::vector<std::pair<std::string, std::string>> stated;  ///< parameters by name (core/routing/parameter_table.h), as typed
    std::int64_t seed = 1;
};

struct ReferenceChoice {
    std::string path;               ///< store directory or JSON file; empty = built from the bundled world
    std::int64_t candidates = 2400; ///< of the bundled world
    std::int64_t seed = 1;
    std::string embedding;  ///< of questions: "model", a directory, a file; empty = what the set notes, else the model's
};

/// A benchmark in its official layout.
struct DataChoice {
    std::string directory;   ///< empty: no benchmark is meant
    std::int64_t limit = 0;  ///< samples drawn by the seed; 0 = all
    bool direct_answers = false;
    bool moai_parity = false;
};

struct EvaluateOptions {
    std::string kind = "evaluate";      ///< in the name of a session that got none
    ModelChoice model;
    MethodChoice method;
    ReferenceChoice reference;
    std::vector<std::string> sets;
    std::string split;                  ///< of the bundled world (empty = test) or of the benchmark (empty = its default)
    std::int64_t samples = 200;         ///< of each bundled set
    DataChoice data;
    std::vector<std::string> methods;   ///< empty = all
    bool no_controls = false;
    std::vector<std::string> sweep;     ///< "num-neighbors=1,3,5"
    std::vector<std::string> variants;  ///< "kernel-regression,mixing=none"
    std::string parameters_of;          ///< the checkpoint whose rerouting.json is taken; empty: the model's own
    std::string shard;                  ///< "0/4"; empty = all
    std::int64_t threads = 0;
    std::int64_t side_by_side = 4;
    std::int64_t max_errors = -1;
    std::int64_t cache_mb = 0;          ///< 0 = default_cache_bytes of the model
    std::string scoring = "exact";
    std::string session;  ///< empty = a new file among the user's data
    bool no_session = false;
    bool resume = false;
    std::optional<std::int64_t> run;   ///< --resume: the evaluation that this run is of; none = the last
    std::string report;  ///< JSON report is written here too
    std::set<std::string> stated;      ///< options that were typed, by their long names: what was not, --resume takes from the session
};

/// `r2t2 tune`: an evaluation over a grid, and a choice.
struct TuneOptions {
    EvaluateOptions evaluate;
    std::string output = "rerouting.json";
    std::string table;        ///< all settings, JSON; empty = beside `output`
    bool force = false;       ///< files that are there are replaced
    bool allow_test = false;
};

struct InspectOptions {
    ModelChoice model;
    MethodChoice method;
    ReferenceChoice reference;
    std::string image;
    std::string question;
    std::string answer;
    std::string facts = "auto";  ///< a file, auto, built-in, none
    std::string instruction;  ///< put in front of the question of a picture
    std::string sample;  ///< "G-dim/12": a bundled sample instead of a picture; with a session: one that is stored there
    std::string session;
    std::optional<std::int64_t> run;  ///< of the session; none: every run of the last evaluation that has the sample
    std::vector<std::string> methods;
    std::set<std::string> stated;        ///< options that were typed, by their long names: what was not, a session's run says
    std::vector<std::int64_t> left_out;  ///< numbers of references, as inspect prints them ("index" of --json)
};

struct FactsOptions {
    std::vector<std::string> images;
    std::string output;    ///< folder; empty = beside each picture
    std::string overlays;  ///< folder for pictures with the facts drawn in; empty = none
    bool show = false;     ///< print the facts and what a model is told, and write nothing
    bool force = false;    ///< replace facts that were not built in
    bool no_text = false;
};

struct ReferenceOptions {
    enum class Action { Build, Refine, Surfaces, Gates, Info, Import, Export } action = Action::Info;
    ModelChoice model;
    bool refine = false;        ///< build: refined at once
    MethodChoice descent;       ///< refine: parameters of the oracle
    std::string session;        ///< refine: of the descents; empty = beside the output, removed in the end
    std::string shard = "0/1";  ///< refine
    bool per_mixer = false;     ///< refine: r* of every mixer too
    std::string form;           ///< surfaces: empty = the usual one
    std::string mode = "offset";      ///< surfaces
    std::int64_t checked = 200;       ///< surfaces: references that they are held against the model on
    std::int64_t checked_points = 50; ///< surfaces: routings of each
    std::int64_t draw = 1;            ///< surfaces: seed of both; gates: of the draw and the order
    std::int64_t epochs = 6, batch = 16;  ///< gates
    double rate = 3e-3, held_out = 0.2;   ///< gates
    ReferenceChoice reference;
    std::string from;    ///< build: a benchmark of `data`, instead of `input`
    std::string split;   ///< of it; empty = its default
    DataChoice data;
    std::string input;   ///< build: data set or "bundled"; refine: store, JSON or "bundled"; info, export: store or JSON; import: JSON
    std::string output;  ///< directory, or JSON file for export
    std::string evaluation;  ///< info: look for leakage into this data set
    bool force = false;  ///< build, refine, import: replace a reference set that is there
    bool keep_contradictory = false;  ///< import: contradictory records stay in the set, with a mark
    bool extended = false;
    std::int64_t threads = 0;
    std::set<std::string> stated{};  ///< options that were typed, by their long names
};

struct DataOptions {
    enum class Action { List, Check, Preview } action = Action::List;
    std::string name;
    std::string split;      ///< empty = the set's default
    DataChoice data;
    std::int64_t seed = 1;
    std::int64_t count = 3;  ///< preview: samples shown
    bool no_images = false;  ///< do not look for pictures
    bool pictures = false;   ///< check: decode every picture, not only look at its header
};

struct MiniatureOptions {
    enum class Action { Make, Train, Report } action = Action::Make;
    std::string split = "test";
    std::int64_t count = 200;
    std::int64_t seed = 1;
    std::string output;
    double scale = 1.0;
    std::int64_t threads = 0;
    std::string device = "cpu";
    bool resume = false;
    bool force = false;  ///< make: a data set that is there is replaced
    std::vector<std::string> models;  ///< report: one directory a training seed
    std::vector<std::string> references;  ///< report: none, or one reference set a model
    std::vector<std::string> methods, variants;  ///< report: as EvaluateOptions has them
    bool no_controls = false;
    std::int64_t samples = 200;
    std::int64_t candidates = 2400;
    std::vector<std::string> sets;
};

struct DoctorOptions {
    ModelChoice model;
    bool write_golden = false;  ///< developers: record the self-check's values anew
};

/// `r2t2 model`: checkpoint directories as files; no model is opened.
struct CheckpointOptions {
    enum class Action { Check, Info, MakeRandom } action = Action::Check;
    std::string directory;
    bool weights = false;        ///< check: values too
    std::int64_t problems = 20;  ///< check: printed; 0 = all
    std::string config;          ///< make-random: a preset
    std::int64_t seed = 1;
    std::string dtype = "bf16";
    std::int64_t shards = 0;     ///< 0 = as many as 10 GB each need
    bool headers_only = false;
    bool force = false;
    std::int64_t threads = 0;
};

/// `r2t2 methods`: the tables of methods and parameters; no model is opened.
struct MethodsOptions {
    std::string name;       ///< a method or a parameter; empty = all
    std::string model;      ///< whose rerouting.json says the values; empty = the paper's
    MethodChoice method;    ///< stated values in their place
    bool markdown = false;
};

struct MergeOptions {
    std::vector<std::string> sessions;  ///< of all shards
    std::string output;
};

struct VerifyOptions {
    std::vector<std::string> sessions;
};

struct ExportOptions {
    std::string session;
    std::string output;              ///< folder
    std::vector<std::int64_t> runs;  ///< empty = all
};

struct CompareOptions {
    std::string a, b;                          ///< sessions; may be one file
    std::optional<std::int64_t> run_a, run_b;  ///< none = the last run; of one file the last two
    std::string list;                          ///< cell whose samples are printed; empty = the table
};

struct PowerOptions {
    std::optional<std::int64_t> samples, clusters;
    std::optional<double> correlation, base, ratio, discordance;  ///< none = of the session's run, or as --help says
    std::string session;  ///< empty = nothing is stored
    std::optional<std::int64_t> run, against;
    double power = 0.8;
    double alpha = 0.05;
    std::int64_t comparisons = 1;
    std::optional<double> difference;
};

struct KnockoutCommand {
    ModelChoice model;
    std::vector<std::string> sets;
    std::string split;       ///< as EvaluateOptions
    DataChoice data;
    std::int64_t samples = 200;
    std::int64_t seed = 1;
    std::string sample;      ///< "G-dim/12": one bundled sample instead of sets
    std::vector<std::string> kinds = {"silence", "block", "force"};
    std::string scoring = "exact";
    std::int64_t threads = 0;
};

struct ScoreOptions {
    std::vector<std::string> files;
    std::string rule = "exact";
};

struct FigureOptions {
    std::vector<std::string> names;
    bool all = false;
    std::string session;
    std::string knockouts;  ///< a table of knock-outs (JSON)
    std::int64_t run = 0;  ///< 0: the last NGD run
    std::string sample;    ///< SET/KEY; empty: the first that was mended
    bool by_set = false;   ///< sweeps: a panel for every set too
    std::vector<std::string> axes;  ///< sweeps: parameters that are drawn
    std::vector<std::string> hold;  ///< sweeps: NAME=VALUE of others
    std::string output;    ///< a file for one figure, else a folder
    std::vector<std::string> formats;
    double width_mm = 82.0;
    double height_mm = 0.0;  ///< 0: the figure's own
    double font_pt = 7.0;
    std::string family;
    double dpi = 300.0;
};

struct CommandLine {
    OutputOptions output;
    std::string program;  ///< the whole command line, for provenance
    std::variant<std::monostate, EvaluateOptions, TuneOptions, InspectOptions, FactsOptions, ReferenceOptions, MiniatureOptions, DoctorOptions,
                 VerifyOptions, MergeOptions, FigureOptions, ExportOptions, CompareOptions, PowerOptions, KnockoutCommand, ScoreOptions, DataOptions, CheckpointOptions, MethodsOptions>
        command;
};

inline constexpr const char* command_module_file = "libr2t2_commands.so";
inline constexpr const char* figure_module_file = "libr2t2_figures.so";  ///< needs Qt, and nothing of the rest
inline constexpr const char* checkpoint_module_file = "libr2t2_checkpoints.so";  ///< reads files and tables only: no torch, no OpenCV
inline constexpr const char* command_entry_name = "r2t2_run_command";
/// The one symbol of a module: acts, prints, returns an ExitCode.
using CommandEntry = int (*)(const CommandLine* line);

}  // namespace r2t2::cli
