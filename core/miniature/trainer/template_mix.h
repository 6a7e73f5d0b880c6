// Which question template is drawn how often: those that lag behind on the path that the dice opened are drawn more.
//
// Every template is learned twice, from the picture and from the tools, and each breaks through at a time of its own that
// varies with the seed; a seed in which one of them stays behind would waste what is left of the training.
// Thread rule: one training at a time.
#pragma once

#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/miniature/trainer/recipe.h"

namespace r2t2 {

class TemplateMix {
public:
    TemplateMix(const WorldConfig& world, const Recipe& recipe);

    struct Asked {
        TemplateId id;
        bool tools = false;  ///< the language experts of some mixer may read the tools' facts
    };

    /// One weight a share: raised for templates whose running loss on this path, over that of guessing among the
    /// template's answers, is above the path's average, lowered for those below it.
    [[nodiscard]] std::vector<double> weights(const std::vector<TemplateShare>& shares, bool tools) const;
    /// Answer losses of one batch, row by row.
    void remember(const std::vector<Asked>& asked, std::span<const float> losses);

    /// Running losses by name ("colour", "colour, tools"): what a state file keeps, and what progress shows.
    [[nodiscard]] std::map<std::string, double> named() const;
    void restore(const std::map<std::string, double>& named);

private:
    using Key = std::pair<TemplateId, bool>;
    [[nodiscard]] double running(Key key) const;
    [[nodiscard]] double lag(Key key) const;

    std::map<TemplateId, double> guessing_;  ///< loss of guessing
    std::map<Key, double> running_;          ///< smoothed answer loss
    double floor_, ceiling_;
};

}  // namespace r2t2
