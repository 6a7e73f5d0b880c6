#include "core/miniature/trainer/template_mix.h"

#include <algorithm>
#include <cmath>

namespace r2t2 {

namespace {

constexpr double kUnknownLoss = 3.0;
constexpr const char* kToolsSuffix = ", tools";
constexpr double kMemory = 0.98, kNews = 0.02;

}  // namespace

TemplateMix::TemplateMix(const WorldConfig& world, const Recipe& recipe)
    : floor_(recipe.lag_floor), ceiling_(recipe.lag_ceiling) {
    for (const QuestionTemplate& entry : question_templates()) {
        guessing_[entry.id] = std::log(double(answers_of(entry.id, world).size()));
    }
}

double TemplateMix::running(Key key) const {
    const auto found = running_.find(key);
    return found == running_.end() ? kUnknownLoss : found->second;
}

double TemplateMix::lag(Key key) const {
    return std::min(1.0, running(key) / guessing_.at(key.first));
}

std::vector<double> TemplateMix::weights(const std::vector<TemplateShare>& shares, bool tools) const {
    double mean = 0;
    for (const TemplateShare& share : shares) {
        mean += lag({share.id, tools}) / double(shares.size());
    }
    std::vector<double> weights;
    for (const TemplateShare& share : shares) {
        weights.push_back(share.weight * std::clamp(lag({share.id, tools}) / mean, floor_, ceiling_));
    }
    return weights;
}

void TemplateMix::remember(const std::vector<Asked>& asked, std::span<const float> losses) {
    for (std::size_t b = 0; b < asked.size(); ++b) {
        const Key key{asked[b].id, asked[b].tools};
        running_[key] = kMemory * running(key) + kNews * double(losses[b]);
    }
}

std::map<std::string, double> TemplateMix::named() const {
    std::map<std::string, double> named;
    for (const QuestionTemplate& entry : question_templates()) {
        for (const bool tools : {false, true}) {
            if (const auto loss = running_.find({entry.id, tools}); loss != running_.end()) {
                named[std::string(entry.name) + (tools ? kToolsSuffix : "")] = loss->second;
            }
        }
    }
    return named;
}

void TemplateMix::restore(const std::map<std::string, double>& named) {
    for (const QuestionTemplate& entry : question_templates()) {
        for (const bool tools : {false, true}) {
            if (const auto loss = named.find(std::string(entry.name) + (tools ? kToolsSuffix : "")); loss != named.end()) {
                running_[{entry.id, tools}] = loss->second;
            }
        }
    }
}

}  // namespace r2t2
