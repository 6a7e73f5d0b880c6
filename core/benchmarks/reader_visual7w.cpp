// Visual7W, telling: the right answer and three distractors, put into an order that depends on the question's number alone.
#include <numeric>

#include "core/base/random.h"
#include "core/benchmarks/benchmark_reader.h"

namespace r2t2 {

namespace {

constexpr std::size_t kDistractors = 3;

void add_visual7w(Reading& reading, const Record& pair, const Record& image, const Folder& images) {
    const std::vector<std::string> distractors = pair.texts("multiple_choices");
    if (distractors.size() != kDistractors) {
        pair.fail("multiple_choices", std::to_string(distractors.size()) + " texts", "three");
    }
    std::vector<std::string> options = {pair.text("answer")};
    options.insert(options.end(), distractors.begin(), distractors.end());
    std::vector<std::size_t> order(options.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    RandomStream::fork(0, "Visual7W options", static_cast<std::uint64_t>(pair.integer("qa_id"))).shuffle(order);
    std::vector<std::string> shuffled;
    int right = 0;
    for (const std::size_t each : order) {
        right = each == 0 ? static_cast<int>(shuffled.size()) : right;
        shuffled.push_back(options[each]);
    }
    Sample sample;
    sample.id = pair.name("qa_id");
    sample.question = pair.question("question") + "\n" + option_lines(shuffled) + std::string(kLetterSuffix);
    sample.image_path = reading.picture(image, images, image.text("filename"));
    set_options(sample, std::move(shuffled), right, AnswerRule::OptionText);
    reading.add(std::move(sample), {{}, pair.context("type"), {}, {}, {}, {}}, pair.where());
}

}  // namespace

void read_visual7w(Reading& reading) {
    const auto file = reading.file({"dataset_v7w_telling.json", "dataset_v7w_telling/dataset_v7w_telling.json"});
    const Folder images = reading.folder({"images", "visual7w_images/images", "visual7w_images"});
    std::int64_t number = 0;
    reading.records(file, "images", [&](const Record& image) {
        if (image.text("split") != reading.split()) {
            return;
        }
        for (const Record& pair : image.objects("qa_pairs")) {
            reading.attempt(number++, [&] { add_visual7w(reading, pair, image, images); });
        }
    });
}

}  // namespace r2t2
