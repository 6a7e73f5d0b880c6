// Lists of samples for the workbench's table: data sets, folders of pictures, sessions.
//
// Thread rule: immutable, but for a session's reader, which is guarded; any number of threads.
#pragma once

#include <string>
#include <vector>

#include "core/inspect/inspector.h"
#include "core/run/open_reference.h"
#include "core/run/run_again.h"
#include "core/run/sample_set.h"
#include "core/run/stored_settings.h"
#include "core/session/session_reader.h"

namespace r2t2 {

/// Error: no sample of the list has this place.
[[nodiscard]] Status check_place(const SampleList& list, std::size_t index);

/// A list whose samples the runner can read.
class SetList final : public SampleList {
public:
    explicit SetList(SampleSetPtr set) : set_(std::move(set)) {}
    [[nodiscard]] std::string name() const override { return set_->name(); }
    [[nodiscard]] std::size_t size() const override { return set_->size(); }
    [[nodiscard]] SampleSummary summary(std::size_t index) const override { return set_->summary(index); }
    [[nodiscard]] Result<SamplePicture> picture(std::size_t index) const override;
    [[nodiscard]] const std::vector<Error>& problems() const override { return set_->problems(); }
    [[nodiscard]] bool stored() const override { return false; }
    [[nodiscard]] const SampleSet& set() const { return *set_; }

private:
    SampleSetPtr set_;
};

/// One sample of a session under every method of the runs that were made together.
struct StoredInspection {
    SampleSummary summary;
    std::vector<StoredSample> runs;  ///< base first where it is there
};

/// The samples of runs that one evaluation made, a run a method.
/// What is known today of the prompt of a stored sample.
struct StoredPrompt {
    std::vector<std::string> remarks;       ///< whether the picture that is shown is the run's: a sentence where it is not
    std::optional<std::string> facts_text;  ///< as the model was told; none: not known, or not what it was told then
    std::optional<SamplePicture> picture;   ///< with its facts, where they are what they were
};

class SessionList final : public SampleList {
public:
    [[nodiscard]] std::string name() const override { return name_; }
    [[nodiscard]] std::size_t size() const override { return rows_.size(); }
    [[nodiscard]] SampleSummary summary(std::size_t index) const override { return rows_[index]; }
    [[nodiscard]] Result<SamplePicture> picture(std::size_t index) const override;
    [[nodiscard]] const std::vector<Error>& problems() const override { return problems_; }
    [[nodiscard]] bool stored() const override { return true; }
    [[nodiscard]] std::vector<std::pair<std::int64_t, Method>> runs() const override { return methods_; }
    /// Reads the trajectories. Errors name the session and the row.
    [[nodiscard]] Result<StoredInspection> read(std::size_t index) const;
    [[nodiscard]] const RoutingSpace& space() const { return space_; }
    [[nodiscard]] const std::string& path() const;
    [[nodiscard]] std::vector<MethodParams> run_params() const override;
    [[nodiscard]] std::optional<RunReferences> run_references() const override;
    [[nodiscard]] const ReferenceSource& reference_source() const { return reference_source_; }
    /// What the runs were made on.
    [[nodiscard]] const RunGround& ground() const { return ground_; }
    /// As stored_context(): one method a run. Error: runs that did not keep their parameters.
    [[nodiscard]] Result<EvaluationContext> context() const;
    /// The sample as it was run, for running it again.
    [[nodiscard]] Result<AgainSample> again(std::size_t index, const ModelInfo& model) const;
    [[nodiscard]] std::size_t place_of(std::int64_t run) const;        ///< in run_params(); beyond its end: not there
    [[nodiscard]] std::int64_t run_at(std::size_t place) const { return stored_[place].id; }
    [[nodiscard]] std::size_t index_of(const SampleKey& key) const;  ///< size() if it is not there
    /// What the model was told then, as far as it can be told without running anything.
    [[nodiscard]] StoredPrompt prompt(std::size_t index, const ModelInfo& model) const;

    struct Shared;  ///< the guarded reader

private:
    friend Result<std::vector<SampleListPtr>> open_session_lists(const std::string& path);
    void name_failed();
    std::string name_;
    std::shared_ptr<Shared> shared_;
    std::vector<StoredRun> stored_;          ///< base first where it is there
    std::vector<StoredSettings> settings_;   ///< parallel
    std::vector<SampleInfo> infos_;          ///< parallel to rows_
    std::shared_ptr<const StoredSources> sources_;
    std::vector<std::pair<std::int64_t, Method>> methods_;
    std::vector<SampleSummary> rows_;
    std::vector<Error> problems_;
    RoutingSpace space_;
    RunGround ground_;
    ReferenceSource reference_source_;  ///< of the runs, to be opened again
};

/// One list an evaluation, newest first. Errors: not a session, damaged, without a sample.
[[nodiscard]] Result<std::vector<SampleListPtr>> open_session_lists(const std::string& path);

/// Pictures without questions: the files of a folder (PNG, JPEG, BMP, WebP by name, sorted), or one file.
[[nodiscard]] Result<SampleListPtr> open_picture_list(const std::filesystem::path& path);

/// Anything of the above by what it is: a folder, a picture, a session, a data set file, names of the bundled world.
[[nodiscard]] Result<std::vector<SampleListPtr>> open_lists(const std::string& what, std::size_t count_per_set);

}  // namespace r2t2
