// r2t2 reference refine, build --refine: descents in a session beside the output, then the set.
#include <filesystem>

#include "app/commands/choices.h"
#include "app/commands/commands.h"
#include "app/commands/reference_made.h"
#include "core/run/places.h"
#include "core/run/reference_refiner.h"

namespace r2t2::cli {

namespace {

namespace fs = std::filesystem;

/// What is typed and not looked at would be believed to have been done.
Status check_looked_at(const ReferenceOptions& options) {
    for (const auto& [name, text] : options.descent.stated) {
        if (name == "granularity") {
            return invalid_input("options", "--granularity", text, "--per-mixer, for a refined routing of every mixer beside the shared one");
        }
    }
    for (const char* option : {"--samples", "--seed"}) {
        if (options.action == ReferenceOptions::Action::Refine && options.input != "bundled" && options.stated.count(option) > 0) {
            return invalid_input("options", option, "together with " + options.input, "the input \"bundled\": it is of the bundled world's candidates");
        }
    }
    return {};
}

Result<RefineOptions> refine_options(const ReferenceOptions& options, const std::string& program) {
    R2T2_TRY(check_looked_at(options));
    const fs::path directory = options.model.directory.empty() ? bundled_model_directory() : fs::path(options.model.directory);
    const Result<MethodParams> params = method_params(options.descent, directory);
    if (!params) {
        return params.error();
    }
    const Result<Shard> shard = parse_shard(options.shard);
    if (!shard) {
        return shard.error();
    }
    if (shard->count > 1 && options.session.empty()) {
        return invalid_input("options", "--shard", options.shard + " without --session", "--session FILE: what this part comes to is kept there, to be merged");
    }
    RefineOptions out;
    out.descent = *params;
    out.per_mixer = options.per_mixer;
    out.threads = static_cast<int>(options.threads);
    out.shard = *shard;
    out.session = options.session.empty() ? descents_of(options.output).string() : options.session;
    out.source.model = options.model.directory;
    out.source.precision = options.model.precision;
    out.source.device = options.model.device;
    out.source.reference = {options.input == "bundled" ? std::string() : options.input,
                            static_cast<std::size_t>(options.reference.candidates),
                            static_cast<std::uint64_t>(options.reference.seed),
                            0,
                            0,
                            options.reference.embedding};
    out.command = program;
    out.build.threads = out.threads;
    return out;
}

/// None for a shard, which writes its session alone.
Result<std::optional<FolderClaim>> claim_of(const ReferenceOptions& options) {
    const Result<Shard> shard = parse_shard(options.shard);
    if (!shard || shard->count > 1) {
        return shard ? Result<std::optional<FolderClaim>>(std::nullopt) : shard.error();
    }
    Result<FolderClaim> claim = claim_output(options);
    if (!claim) {
        return claim.error();
    }
    return std::optional<FolderClaim>(std::move(*claim));
}

}  // namespace

int refine_candidates(const ReferenceOptions& options, const std::optional<FolderClaim>& claim, const EvaluationGround& ground, const SampleSetPtr& candidates, std::map<std::string, std::string> notes,
                      const std::string& program, Console& console) {
    Result<RefineOptions> refine = refine_options(options, program);
    if (!refine) {
        return console.fail(refine.error());
    }
    refine->build.notes = std::move(notes);
    refine->build.embedder = ground.reference->embedder_ptr();
    const SampleChoice choice{{candidates->name()}, "reference", static_cast<std::uint64_t>(options.reference.seed), candidates->size(), {}};
    const Result<Evaluation> descents = descend_on_candidates(ground, candidates, choice, *refine, console.progress(), interrupt_token());
    if (!descents) {
        return console.fail(descents.error());
    }
    if (descents->interrupted) {
        console.note("interrupted: the same command goes on with " + refine->session.string());
        return console.fail(cancelled());
    }
    if (refine->shard.count > 1) {
        console.note(to_string(refine->shard) + " is done: r2t2 merge the parts' sessions into one FILE, then r2t2 reference refine with --session FILE");
        return descents->errors == 0 ? kExitOk : kExitBadSamples;
    }
    const Result<ReferenceBuild> built = collect_refined(ground, candidates, *refine, console.progress(), interrupt_token());
    if (!built) {
        return console.fail(built.error());
    }
    if (const Status saved = built->store.save(options.output, *claim); !saved) {
        return console.fail(saved.error());
    }
    if (options.session.empty()) {
        remove_descents(refine->session);
    }
    return tell_built(options.output, *built, console);
}

int refine_reference(const ReferenceOptions& options, const std::string& program, Console& console) {
    if (const Status threads = check_range("--threads", options.threads, 0, 1024); !threads) {
        return console.fail(threads.error());
    }
    if (const Result<RefineOptions> wanted = refine_options(options, program); !wanted) {  // before anything is opened
        return console.fail(wanted.error());
    }
    const Result<std::optional<FolderClaim>> claim = claim_of(options);
    if (!claim) {
        return console.fail(claim.error());
    }
    const Result<std::shared_ptr<const Model>> model = open_model(options.model, console);
    if (!model) {
        return console.fail(model.error());
    }
    ReferenceChoice reference = options.reference;
    reference.path = options.input == "bundled" ? std::string() : options.input;
    const Result<OpenedReference> opened = open_reference(reference, *model, static_cast<int>(options.threads), 0, console, interrupt_token());
    if (!opened) {
        return console.fail(opened.error());
    }
    return refine_candidates(options, *claim, {*model, opened->set, opened->name}, opened->set->samples(), opened->set->store().origin().notes, program, console);
}

}  // namespace r2t2::cli
