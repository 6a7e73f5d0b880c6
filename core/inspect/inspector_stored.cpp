// OpenedInspector on samples of a session: showing what is stored, and setting it against what was run again.
#include <algorithm>
#include <set>

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

/// What the session keeps of a reference that the open set lacks. Its truth is not kept, its answer is the one that its loss is taken at.
ReferenceSummary summary_of(const ReferenceName& name) {
    ReferenceSummary out;
    out.id = name.id;
    out.set = name.set;
    out.question = name.question.value_or("");
    out.answer = name.answer.value_or("");
    out.image_path = name.image_path.value_or("");
    out.routing = name.routing;
    return out;
}

/// Where each neighbour stands in the references that are open; no place where they lack it.
std::vector<InspectedNeighbour> found_among(const std::vector<ReferenceSummary>& references, const std::vector<ReferenceName>& names) {
    std::vector<InspectedNeighbour> out;
    for (const ReferenceName& name : names) {
        const auto same = std::find_if(references.begin(), references.end(), [&](const ReferenceSummary& each) { return each.id == name.id && each.set == name.set; });
        if (same != references.end()) {
            out.push_back({static_cast<std::size_t>(same - references.begin())});
        } else {
            out.push_back({std::nullopt, summary_of(name)});
        }
    }
    return out;
}

/// "2 of its 8 neighbours are ...": of all methods, each counted once. Empty: none.
std::string lacking_words(const std::vector<std::vector<InspectedNeighbour>>& neighbours) {
    std::set<std::size_t> places;
    std::set<std::pair<std::string, std::string>> lacking;
    for (const std::vector<InspectedNeighbour>& each : neighbours) {
        for (const InspectedNeighbour& neighbour : each) {
            if (neighbour.place) {
                places.insert(*neighbour.place);
            } else {
                lacking.emplace(neighbour.stored.set, neighbour.stored.id);
            }
        }
    }
    if (lacking.empty()) {
        return {};
    }
    const std::size_t all = places.size() + lacking.size();
    const std::string of_all = all == 1 ? std::string("The sample's one neighbour is") : std::to_string(lacking.size()) + " of the sample's " + std::to_string(all) + " neighbours " + (lacking.size() == 1 ? "is" : "are");
    return of_all + " not in the references that are open: shown of such is what the session stored, without a picture and without a number of a reference.";
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
        Stored(StoredInspection from, const SessionList& list, const std::vector<ReferenceSummary>& references) {
            const RoutingSpace& space = list.space();
            params_known_ = !list.run_params().empty();
            sample_ = std::move(from.summary);
            stored_ = true;
            for (StoredSample& each : from.runs) {
                Trajectory& trajectory = each.trajectory;
                runs_.push_back(each.run);
                neighbours_.push_back(found_among(references, each.neighbours));
                for (std::size_t i = 0; i < trajectory.neighbourhood.neighbours.size(); ++i) {
                    Neighbour& neighbour = trajectory.neighbourhood.neighbours[i];
                    neighbour.index = neighbours_.back()[i].place.value_or(neighbour.index);
                }
                methods_.push_back(params_of(list, each));
                trajectories_.push_back(std::move(trajectory));
            }
            const RoutingMatrix& r0 = trajectories_.front().base().weights;
            base_routing_ = mean_over_mixers(r0);
            native_per_mixer_ = r0.rows() == space.mixers ? r0 : RoutingMatrix();
        }
        SamplePicture& picture() { return picture_; }
        [[nodiscard]] std::string lacking() const { return lacking_words(neighbours_); }
        void tell(StoredPrompt prompt) {
            remarks_ = std::move(prompt.remarks);
            facts_known_ = prompt.facts_text.has_value();
            facts_text_ = prompt.facts_text.value_or("");
            if (prompt.picture) {
                picture_ = std::move(*prompt.picture);
            }
        }
    };
    auto out = std::make_shared<Stored>(std::move(*read), list, references_);
    if (Result<SamplePicture> picture = list.picture(index)) {  // the file may be gone; the numbers are still there
        out->picture() = std::move(*picture);
    }
    StoredPrompt prompt = list.prompt(index, model_->info());
    if (const auto own = other_references(list)) {
        prompt.remarks.push_back("The run had another reference set than is open: " + (own->path.empty() ? std::string("the bundled one") : own->path) +
                                 " (File > References opens it). A neighbour that is a reference of the open one too, by its name, has the number that it has there.");
    }
    if (std::string lacking = out->lacking(); !lacking.empty()) {
        prompt.remarks.push_back(std::move(lacking));
    }
    out->tell(std::move(prompt));
    return InspectionPtr(std::move(out));
}

}  // namespace r2t2
