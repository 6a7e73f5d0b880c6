#include "core/miniature/trainer/pool.h"

#include <algorithm>
#include <cstring>

#include "core/miniature/render.h"
#include "core/vision/verbalise.h"

namespace r2t2 {

std::size_t draw_index(const std::vector<double>& weights, RandomStream& random) {
    double total = 0;
    for (const double w : weights) {
        total += w;
    }
    double left = random.uniform() * total;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        left -= weights[i];
        if (left < 0) {
            return i;
        }
    }
    return weights.size() - 1;
}

Result<TrainingPool> TrainingPool::draw(const WorldConfig& world, const Recipe& recipe, std::uint64_t seed,
                                        const ProgressCallback& progress, const CancelToken& cancel) {
    TrainingPool pool;
    pool.pixels_ = at::empty({recipe.pool, 3, kWorldSide, kWorldSide}, at::kByte);
    const std::vector<double> shares(std::begin(recipe.domain_share), std::end(recipe.domain_share));
    for (std::int64_t i = 0; i < recipe.pool; ++i) {
        if (cancel.cancelled()) {
            return cancelled();
        }
        auto random = RandomStream::fork(seed, "training picture", static_cast<std::uint64_t>(i));
        const Domain domain = kDomains[draw_index(shares, random)];
        Scene scene = random_scene(world, random);
        const Image image = render(scene, domain, world, random);
        const at::Tensor hwc = at::from_blob(const_cast<std::uint8_t*>(image.rgb.data()), {kWorldSide, kWorldSide, 3}, at::kByte);
        pool.pixels_[i].copy_(hwc.permute({2, 0, 1}));
        if (domain != Domain::Small && domain != Domain::Noise) {
            pool.readable_.push_back(i);
        }
        pool.scenes_.push_back(std::move(scene));
        pool.domains_.push_back(domain);
        if (progress && i % 1000 == 0) {
            progress({"draw pictures", i, recipe.pool, {}});
        }
    }
    if (pool.readable_.empty()) {
        pool.readable_.push_back(0);
    }
    return pool;
}

std::int64_t TrainingPool::pick(RandomStream& random, bool readable) const {
    return readable ? random.pick(readable_) : random.below(size());
}

std::optional<WorldQuestion> BatchMaker::ask(const Scene& scene, TemplateId id, RandomStream& random) const {
    std::vector<std::string> answers = answers_of(id, world_);
    random.shuffle(answers);
    for (const std::string& answer : answers) {
        const std::vector<WorldQuestion> questions = questions_with_answer(scene, id, answer, world_);
        if (!questions.empty()) {
            return random.pick(questions);
        }
    }
    return std::nullopt;
}

void BatchMaker::add(TrainBatch& batch, std::int64_t picture, const Scene& truth, const Scene& perceived,
                     const AuxiliaryFacts& facts, const std::string& instruction, const WorldQuestion& question) const {
    if (batch.tokens.empty()) {
        facts_.clear();
    }
    std::string prompt = config_.prompt();
    prompt.replace(prompt.find("{image}"), 7, "<image>");
    prompt.replace(prompt.find("{question}"), 10, instruction.empty() ? question.question : instruction + " " + question.question);
    TokenSample sample;
    sample.prompt.push_back(config_.bos_id);
    for (const std::int32_t id : tokenizer_.encode(prompt)) {
        sample.prompt.push_back(id);
    }
    for (const std::int32_t id : tokenizer_.tokenizer().encode(question.answer)) {
        sample.answer.push_back(id);
    }
    sample.answer.push_back(config_.eos_id);
    batch.tokens.push_back(std::move(sample));
    batch.pictures.push_back(picture);
    batch.truth.push_back(truth);
    batch.perceived.push_back(perceived);
    std::vector<std::int64_t> ids{config_.bos_id};
    for (const std::int32_t id : tokenizer_.encode(verbalise(facts, VerbaliseOptions::bundled_world()))) {
        ids.push_back(id);
    }
    facts_.push_back(std::move(ids));
}

void BatchMaker::finish(TrainBatch& batch) const {
    std::size_t longest = 1;
    for (const auto& ids : facts_) {
        longest = std::max(longest, ids.size());
    }
    const auto rows = static_cast<std::int64_t>(facts_.size());
    batch.fact_ids = at::full({rows, std::int64_t(longest)}, config_.eos_id, at::kLong);
    batch.fact_real = at::zeros({rows, std::int64_t(longest)}, at::kBool);
    for (std::int64_t b = 0; b < rows; ++b) {
        const auto& ids = facts_[static_cast<std::size_t>(b)];
        std::copy(ids.begin(), ids.end(), batch.fact_ids.data_ptr<std::int64_t>() + b * std::int64_t(longest));
        batch.fact_real[b].slice(0, 0, std::int64_t(ids.size())).fill_(true);
    }
}

}  // namespace r2t2
