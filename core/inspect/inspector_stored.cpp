// OpenedInspector on samples of a session: showing what is stored, and setting it against what was run again.
#include <algorithm>

#include "core/inspect/opened_inspector.h"

namespace r2t2 {

namespace {

/// What the run says, else what the trajectory does.
MethodParams params_of(const SessionList& list, const StoredSample& stored) {
    const std::vector<MethodParams> known = list.run_params();
    if (const std::size_t place = list.place_of(stored.run); place < known.size()) {
        return known[place];
    }
    const Trajectory& trajectory = stored.trajectory;
    MethodParams params;
    params.method = trajectory.method;
    params.mode = trajectory.mode;
    params.granularity = trajectory.granularity;
    params.frame = trajectory.frame;
    params.k = std::max<std::size_t>(trajectory.neighbourhood.neighbours.size(), 1);
    return params;
}

}  // namespace

/// Trajectories that were run with the settings of a stored run, against what that stored.
void OpenedInspector::compare_with_stored(const SessionList& session, const InspectRequest& request, LiveInspection& out) const {
    const RunGround now = ground_of(model_->info(), reference_->store());
    for (std::string& change : changes_since(session.ground(), now)) {
        out.remarks_.push_back(std::move(change));
    }
    out.runs_.assign(out.trajectories_.size(), 0);
    const std::vector<MethodParams> params = session.run_params();
    std::vector<bool> taken(params.size(), false);  // two runs may have the same
    for (std::size_t m = 0; m < out.methods_.size(); ++m) {
        for (std::size_t r = 0; r < params.size() && out.runs_[m] == 0; ++r) {
            if (!taken[r] && params[r] == out.methods_[m]) {
                taken[r] = true;
                out.runs_[m] = session.run_at(r);
            }
        }
    }
    if (request.question || request.truth || !request.facts.empty() || !request.left_out.empty()) {
        return;  // something else was asked
    }
    const Result<StoredInspection> before = session.read(request.index);
    for (std::size_t m = 0; before && m < out.methods_.size(); ++m) {
        for (const StoredSample& stored : before->runs) {
            if (stored.run == out.runs_[m]) {
                out.again_.push_back(compare_again(stored.run, stored.trajectory, out.trajectories_[m]));
            }
        }
    }
}

Result<InspectionPtr> OpenedInspector::stored(const SessionList& list, std::size_t index) const {
    Result<StoredInspection> read = list.read(index);
    if (!read) {
        return read.error();
    }
    struct Stored final : Inspection {
        Stored(StoredInspection from, const SessionList& list, const std::function<std::size_t(const ReferenceName&)>& place) {
            const RoutingSpace& space = list.space();
            params_known_ = !list.run_params().empty();
            sample_ = std::move(from.summary);
            stored_ = true;
            for (StoredSample& each : from.runs) {
                Trajectory& trajectory = each.trajectory;
                runs_.push_back(each.run);
                for (std::size_t i = 0; i < trajectory.neighbourhood.neighbours.size(); ++i) {
                    trajectory.neighbourhood.neighbours[i].index = place(each.neighbours[i]);
                }
                methods_.push_back(params_of(list, each));
                trajectories_.push_back(std::move(trajectory));
            }
            const RoutingMatrix& r0 = trajectories_.front().base().weights;
            base_routing_ = mean_over_mixers(r0);
            native_per_mixer_ = r0.rows() == space.mixers ? r0 : RoutingMatrix();
        }
        SamplePicture& picture() { return picture_; }
        void tell(StoredPrompt prompt) {
            remarks_ = std::move(prompt.remarks);
            facts_known_ = prompt.facts_text.has_value();
            facts_text_ = prompt.facts_text.value_or("");
            if (prompt.picture) {
                picture_ = std::move(*prompt.picture);
            }
        }
    };
    const auto place = [this](const ReferenceName& wanted) {
        std::size_t i = 0;
        while (i < references_.size() && (references_[i].id != wanted.id || references_[i].set != wanted.set)) {
            ++i;
        }
        return i < references_.size() ? i : kUnknownReference;
    };
    auto out = std::make_shared<Stored>(std::move(*read), list, place);
    if (Result<SamplePicture> picture = list.picture(index)) {  // the file may be gone; the numbers are still there
        out->picture() = std::move(*picture);
    }
    StoredPrompt prompt = list.prompt(index, model_->info());
    if (const auto own = other_references(list)) {
        prompt.remarks.push_back("The run had another reference set than is open: " + (own->path.empty() ? std::string("the bundled one") : own->path) +
                                 " (File > References opens it). Numbers of references here are places in the one that is open, which is found by the references' names.");
    }
    out->tell(std::move(prompt));
    return InspectionPtr(std::move(out));
}

}  // namespace r2t2
