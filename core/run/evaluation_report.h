// The numbers of an evaluation: per set and overall, per method and control, as a table and as JSON.
//
// Sources: rerouting, "Analysis" and "Controls". Samples whose truth is unknown are not counted; `unknown` says how many.
// Intervals and the test against base: clustered_result.h; samples that belong together are units of all of them. Gap closed: bootstrap.
// Thread rule: pure functions.
#pragma once

#include <map>
#include <string>

#include "core/analysis/statistics.h"
#include "core/analysis/transitions.h"
#include "core/results/clustered_result.h"
#include "core/run/evaluation.h"
#include "core/reference/reference_overlap.h"
#include "core/run/open_reference.h"
#include "core/routing/sweep.h"
#include "core/run/sample_set.h"
#include "core/scoring/benchmark_score.h"

namespace r2t2 {

struct MethodReport {
    Method method = Method::Base;
    std::string variant;       ///< "k 5, steps 20" where the method is there with several parameter sets
    std::int64_t samples = 0;  ///< with a known outcome
    std::int64_t right = 0;
    ClusteredResult told;  ///< interval, gain and test against base; holm_p: over methods x sets, of pooled samples over the methods
    TransitionCounts against_base;
    std::vector<StepTransitions> steps;  ///< step 0 .. last
    GapClosed gap;             ///< share NaN where there is no oracle or no gap
    double seconds = 0.0;      ///< mean a sample
    double forward = 0.0;      ///< mean model passes a sample
    double backward = 0.0;
    std::int64_t kept_base = 0;  ///< empty epsilon balls
    std::vector<NamedNumber> benchmark;  ///< of a benchmark: its own score, headline first; else none
    std::vector<NamedNumber> benchmark_official;  ///< the same by the benchmark's own pattern; else none
    std::string official_pattern;        ///< its name
    std::int64_t unread = 0;             ///< answers of a benchmark that name no option

    [[nodiscard]] double accuracy() const {
        return samples > 0 ? static_cast<double>(right) / static_cast<double>(samples) : 0.0;
    }
};

struct SetReport {
    std::string name;
    std::int64_t done = 0;     ///< with results
    std::int64_t errors = 0;   ///< bad samples and records left out
    std::int64_t missing = 0;  ///< not reached
    std::int64_t unknown = 0;  ///< done, but without a known truth
    [[nodiscard]] std::int64_t planned() const { return done + errors + missing; }
    double prepare_seconds = 0.0;  ///< mean a sample, shared by all methods
    std::map<std::string, std::int64_t> left_out;  ///< good records that are not of the set's task, by reason: counted nowhere
    std::vector<MethodReport> methods;
};

/// What produced the numbers: shown with them, always.
struct Provenance {
    std::string model_name;
    std::string model_directory;
    std::string model_hash;
    std::string model_identity;  ///< ModelInfo::identity
    std::map<std::string, std::string> model_parts;  ///< ModelInfo::identity_parts
    std::string precision;  ///< ModelInfo::precision
    std::string recommended;  ///< recommended_hash of the model's directory
    bool miniature = false;
    std::string tuned_gates;  ///< SHA-256 of the file of gates that a method ran with; else empty
    std::string reference_name;  ///< directory or file
    std::string reference_hash;
    std::string reference_native_hash;  ///< ReferenceStore::native_hash of a refined set; else empty
    std::string reference_asked;  ///< ReferenceStore::asked_hash
    struct Surfaces {
        std::string form;
        std::string hash;  ///< SurfaceTables::hash; empty: made as they were asked for
    };
    std::map<std::string, Surfaces> surfaces;  ///< that methods go by, of each mode
    std::string embedding_content;  ///< embedder_content: of question embeddings that are not the model's own
    std::string embedding_source;   ///< where those were read from
    std::vector<std::string> embedding_remarks;  ///< sets that found theirs by ids without a set's name
    std::size_t reference_size = 0;
    std::optional<ReferenceOverlap> overlap;  ///< samples that are references too; none: not looked at
    GroundSource source;  ///< how model and reference set were opened
    std::vector<MethodParams> methods;
    std::vector<SweepAxis> sweep;  ///< what the methods were spread over
    SampleChoice data;
    Shard shard;
    ControlConstants controls;
    std::uint64_t seed = 1;
    std::string scoring;
    std::string session_path;
    std::string command;
    std::map<std::string, std::string> versions;  ///< "r2t2", "torch", ...: what computed the numbers
};

struct EvaluationReport {
    Provenance provenance;
    std::vector<SetReport> sets;
    SetReport overall;  ///< all samples pooled
    std::vector<std::string> error_lines;  ///< "set: sample: ..." of every bad sample and record
    bool interrupted = false;
    bool too_many_errors = false;
    double seconds = 0.0;             ///< of the sample loop
    double session_seconds = 0.0;     ///< of it, spent in writing the session
    double total_seconds = 0.0;       ///< reference set, controls and sample loop; set by the caller
    std::int64_t peak_memory_kb = 0;  ///< VmHWM of this process
};

[[nodiscard]] Provenance provenance_of(const EvaluationContext& context);
/// Of a context without a reference set: what is known of the model, the methods and the seed.
[[nodiscard]] Provenance provenance_before_references(const EvaluationContext& context);
[[nodiscard]] EvaluationReport make_report(const Evaluation& evaluation, Provenance provenance,
                                           const BootstrapOptions& bootstrap = kToldBootstrap);
/// Every benchmark among `sets` scored its own way, from the answers each method ended with. `sets` as evaluated.
void add_benchmark_scores(const Evaluation& evaluation, const std::vector<SampleSetPtr>& sets, EvaluationReport& report);

/// Fits 120 columns.
[[nodiscard]] std::string report_text(const EvaluationReport& report);
/// One object, indented; NaN becomes null.
[[nodiscard]] std::string report_json(const EvaluationReport& report);

/// "own mean (fixed)", "oracle (uses the label)": the spelling in tables.
[[nodiscard]] std::string method_title(Method method);
/// With its variant: "NGD, k 5, steps 20".
[[nodiscard]] std::string method_title(const MethodReport& method);
/// High-water mark of resident memory in kB, 0 where the system does not say.
[[nodiscard]] std::int64_t peak_memory_kb();

}  // namespace r2t2
