#include "core/miniature/trainer/naming_loss.h"

namespace r2t2 {

namespace {

/// Rows to classify among a list of words, collected one by one.
class Naming {
public:
    void add(std::int64_t sample, std::int64_t row, std::int64_t target) {
        samples_.push_back(sample);
        rows_.push_back(row);
        targets_.push_back(target);
    }
    /// Mean cross-entropy of x . E[word] / 4; zero when nothing was collected.
    [[nodiscard]] at::Tensor loss(const at::Tensor& x, const at::Tensor& embedding, const std::vector<std::int64_t>& words,
                                  double* correct = nullptr) const {
        if (rows_.empty()) {
            return at::zeros({}, x.options());
        }
        const auto index = [&x](const std::vector<std::int64_t>& v) { return at::tensor(at::ArrayRef<std::int64_t>(v)).to(x.device()); };
        const at::Tensor picked = x.reshape({-1, x.size(2)}).index_select(0, index(samples_) * x.size(1) + index(rows_));
        const at::Tensor logits = at::matmul(picked, embedding.index_select(0, index(words)).t()) / 4.0;
        const at::Tensor target = index(targets_);
        if (correct) {
            *correct = logits.argmax(1).eq(target).to(at::kDouble).mean().item<double>();
        }
        return at::nll_loss(at::log_softmax(logits, 1), target);
    }

private:
    std::vector<std::int64_t> samples_, rows_, targets_;
};

std::vector<std::int64_t> with_nothing(std::vector<std::int64_t> words, const WordIds& ids) {
    words.push_back(ids.nothing);
    return words;
}

}  // namespace

at::Tensor cell_naming_loss(const at::Tensor& rows, const at::Tensor& embedding, const WordIds& ids,
                            const std::vector<Scene>& scenes, double* correct) {
    constexpr auto cells = static_cast<std::size_t>(kWorldCells * kWorldCells);
    Naming colour, shape, occupied, word;
    const auto no_shape = static_cast<std::int64_t>(ids.shapes.size());
    const auto no_word = static_cast<std::int64_t>(ids.words.size());
    for (std::size_t b = 0; b < scenes.size(); ++b) {
        std::vector<std::int64_t> shown(cells, no_shape);
        for (const SceneObject& object : scenes[b].objects) {
            colour.add(std::int64_t(b), object.cell, object.colour);
            occupied.add(std::int64_t(b), object.cell, object.shape);
            word.add(std::int64_t(b), object.cell, object.word == kNoWord ? no_word : object.word);
            shown[static_cast<std::size_t>(object.cell)] = object.shape;
        }
        for (std::size_t cell = 0; cell < cells; ++cell) {
            shape.add(std::int64_t(b), std::int64_t(cell), shown[cell]);
        }
    }
    if (correct) {
        (void)occupied.loss(rows, embedding, ids.shapes, correct + 1);
    }
    return colour.loss(rows, embedding, ids.colours, correct) + 2 * shape.loss(rows, embedding, with_nothing(ids.shapes, ids)) +
           word.loss(rows, embedding, with_nothing(ids.words, ids), correct ? correct + 2 : nullptr);
}

at::Tensor latent_naming_loss(const at::Tensor& latents, const at::Tensor& embedding, const WordIds& ids,
                              const std::vector<Scene>& perceived) {
    Naming colour_of_shape, word_of_shape, shape_there, shape_of_colour, colour_there, count;
    const auto shapes = static_cast<std::int64_t>(ids.shapes.size());
    for (std::size_t i = 0; i < perceived.size(); ++i) {
        const auto b = static_cast<std::int64_t>(i);
        const Scene& scene = perceived[i];
        for (std::int64_t s = 0; s < shapes; ++s) {
            const int shape_count = scene.count_shape(static_cast<int>(s));
            shape_there.add(b, s, shape_count > 0 ? s : shapes);
            count.add(b, s, shape_count);
            if (const SceneObject* only = scene.only_shape(static_cast<int>(s))) {
                colour_of_shape.add(b, s, only->colour);
                word_of_shape.add(b, s, only->word == kNoWord ? std::int64_t(ids.words.size()) : only->word);
            }
        }
        for (std::int64_t c = 0; c < std::int64_t(ids.colours.size()); ++c) {
            colour_there.add(b, shapes + c, scene.count_colour(static_cast<int>(c)) > 0 ? c : std::int64_t(ids.colours.size()));
            if (const SceneObject* only = scene.only_colour(static_cast<int>(c))) {
                shape_of_colour.add(b, shapes + c, only->shape);
            }
        }
    }
    return colour_of_shape.loss(latents, embedding, ids.colours) +
           word_of_shape.loss(latents, embedding, with_nothing(ids.words, ids)) +
           shape_of_colour.loss(latents, embedding, ids.shapes) +
           shape_there.loss(latents, embedding, with_nothing(ids.shapes, ids)) +
           colour_there.loss(latents, embedding, with_nothing(ids.colours, ids)) +
           count.loss(latents, embedding, ids.numbers);
}

}  // namespace r2t2
