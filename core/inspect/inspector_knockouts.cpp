// Knock-outs of one sample.
#include "core/inspect/opened_inspector.h"
#include "core/run/knockout.h"

namespace r2t2 {

Result<std::vector<KnockedAnswer>> OpenedInspector::knockouts(const Inspection& inspection, const CancelToken& cancel) const {
    const auto* here = dynamic_cast<const LiveInspection*>(&inspection);
    if (here == nullptr) {
        return Error{ErrorKind::Unsupported, "sample", "knock-outs", "a stored trajectory", "a sample that was run here: run it again"};
    }
    const std::vector<Knock> knocks = all_knocks(info_.space, {KnockKind::Silence, KnockKind::Block, KnockKind::Force});
    const Result<SampleKnocks> found = knock_sample(*model_, here->run_sample(), knocks, here->scoring(), cancel);
    if (!found) {
        return found.error();
    }
    const std::vector<std::string> experts = info_.space.expert_names();
    std::vector<KnockedAnswer> out;
    out.push_back({{}, {}, {}, found->base.answer, false, found->base.confidence, found->base.loss, found->base.right});
    for (std::size_t i = 0; i < knocks.size(); ++i) {
        const KnockedSample& one = found->knocked[i];
        out.push_back({to_string(knocks[i].kind), mixer_text(knocks[i]), experts[knocks[i].expert], one.answer, one.answer != found->base.answer, one.confidence, one.loss, one.right});
    }
    return out;
}

}  // namespace r2t2
