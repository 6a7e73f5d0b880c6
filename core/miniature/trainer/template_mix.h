// Which question template is drawn how often: those that lag behind are drawn more.
// Thread rule: one training at a time.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "core/miniature/trainer/recipe.h"

namespace r2t2 {

class TemplateMix {
public:
    TemplateMix(const WorldConfig& world, const Recipe& recipe);

    /// One weight a share: raised for templates whose running loss, over that of guessing among the template's answers,
    /// is above the average, lowered for those below it.
    [[nodiscard]] std::vector<double> weights(const std::vector<TemplateShare>& shares) const;
    /// Answer losses of one batch, row by row.
    void remember(const std::vector<TemplateId>& asked, std::span<const float> losses);

    /// Running losses by template name: what a state file keeps, and what progress shows.
    [[nodiscard]] std::map<std::string, double> named() const;
    void restore(const std::map<std::string, double>& named);

private:
    [[nodiscard]] double running(TemplateId id) const;
    [[nodiscard]] double lag(TemplateId id) const;

    std::map<TemplateId, double> guessing_;  ///< loss of guessing
    std::map<TemplateId, double> running_;   ///< smoothed answer loss
    double floor_, ceiling_;
};

}  // namespace r2t2
