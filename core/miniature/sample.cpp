#include "core/miniature/sample.h"

#include <numeric>

#include "core/miniature/render.h"
#include "core/miniature/tool_facts.h"
#include "core/vision/verbalise.h"

namespace r2t2 {

namespace {

constexpr int kTries = 20000;

std::string split_names(const WorldConfig& config) {
    std::string names;
    for (const SplitPolicy& split : config.splits) {
        names += (names.empty() ? "" : ", ") + split.name;
    }
    return names;
}

const Combination& choose(const SplitPolicy& policy, std::string_view purpose, std::uint64_t seed, std::int64_t index) {
    const std::size_t count = policy.combinations.size();
    if (policy.round_robin) {
        return policy.combinations[static_cast<std::size_t>(index) % count];
    }
    auto random = RandomStream::fork(seed, "combination/" + std::string(purpose), static_cast<std::uint64_t>(index));
    double total = 0;
    for (const Combination& item : policy.combinations) {
        total += item.weight;
    }
    double left = random.uniform() * total;
    for (const Combination& item : policy.combinations) {
        left -= item.weight;
        if (left < 0) {
            return item;
        }
    }
    return policy.combinations.back();
}

}  // namespace

Result<MiniatureSample> make_sample(const WorldConfig& config, std::string_view split, std::uint64_t seed,
                                    std::int64_t index) {
    const SplitPolicy* policy = config.split(split);
    if (policy == nullptr || policy->combinations.empty()) {
        return invalid_input("bundled world", "split", std::string(split), split_names(config));
    }
    if (index < 0) {
        return invalid_input("bundled world", "index", std::to_string(index), "0 or more");
    }
    return make_sample(config, choose(*policy, split, seed, index), split, seed, index);
}

Result<MiniatureSample> make_sample(const WorldConfig& config, const Combination& combination, std::string_view purpose,
                                    std::uint64_t seed, std::int64_t index) {
    auto random = RandomStream::fork(seed, "world/" + std::string(purpose), static_cast<std::uint64_t>(index));
    MiniatureSample sample;
    sample.id = index;
    sample.seed = random.state();
    sample.domain = combination.domain;
    sample.family = combination.family;
    sample.tools = combination.tools;

    std::vector<const QuestionTemplate*> templates;
    for (const std::string& wanted : combination.templates) {
        if (const QuestionTemplate* found = question_template(wanted)) {
            templates.push_back(found);
        }
    }
    if (templates.empty()) {
        templates = templates_of(combination.family);
    }
    const QuestionTemplate& chosen = *random.pick(templates);
    sample.template_name = chosen.name;

    // The answer first, then a scene that has it: every answer of a template is equally frequent.
    const std::string answer = random.pick(answers_of(chosen.id, config));
    bool found = false;
    for (int attempt = 0; attempt < kTries && !found; ++attempt) {
        sample.scene = random_scene(config, random);
        const auto questions = questions_with_answer(sample.scene, chosen.id, answer, config);
        if (!questions.empty()) {
            const WorldQuestion& question = random.pick(questions);
            sample.question = question.question;
            sample.answer = question.answer;
            found = true;
        }
    }
    if (!found) {
        return invalid_input("bundled world", "template " + sample.template_name,
                             "no scene with the answer \"" + answer + "\"", "a configuration that can show it");
    }
    sample.perceived = perceive(sample.scene, config.errors(sample.domain, sample.tools), random);
    sample.facts = facts_of(sample.perceived, config, random);
    sample.image = render(sample.scene, sample.domain, config, random);
    sample.instruction = kInstructions[random.chance(combination.look) ? 0 : 1];
    return sample;
}

std::string facts_text(const MiniatureSample& sample) {
    return verbalise(sample.facts, VerbaliseOptions::bundled_world());
}

}  // namespace r2t2
