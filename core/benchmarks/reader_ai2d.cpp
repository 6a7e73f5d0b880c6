// AI2D: the official folder of questions with the list of test pictures, or MoAI's one list.
#include <algorithm>
#include <set>

#include "core/base/text_file.h"
#include "core/benchmarks/benchmark_reader.h"
#include "core/scoring/text.h"

namespace r2t2 {

namespace {

void add_ai2d(Reading& reading, const Record& metadata, const std::string& question, const Record& image_of, const std::string& image_name,
              const Folder& plain, const Folder& lettered) {
    std::vector<std::string> options = metadata.texts("answerTexts");
    const std::int64_t right = metadata.integer("correctAnswer");
    if (right < 0 || right >= static_cast<std::int64_t>(options.size())) {
        metadata.fail("correctAnswer", std::to_string(right), "0 to " + std::to_string(options.size() - 1));
    }
    const bool letters_drawn = metadata.has("abcLabel") && metadata.flag("abcLabel");
    Sample sample;
    sample.id = metadata.name("questionId");
    sample.question = question + "\n" + option_lines(options) + "\n" + std::string(kLetterSuffix);
    sample.image_path = reading.picture(image_of, letters_drawn ? lettered : plain, image_name);
    set_options(sample, std::move(options), static_cast<int>(right),
                reading.options().moai_parity ? AnswerRule::FirstCapital : AnswerRule::Letter);
    reading.add(std::move(sample), {{}, letters_drawn ? "letters over labels" : "plain", {}, {}, {}, {}}, metadata.where());
}

/// Stems of the pictures whose questions are the test set.
std::set<std::string> test_pictures(const std::filesystem::path& path) {
    TextLines lines(path);
    std::set<std::string> names;
    for (std::string line; lines.next(line);) {
        const std::string text = strip(line.substr(0, line.find(',')));
        if (!text.empty() && text.find_first_not_of("0123456789") == std::string::npos) {
            names.insert(text);
        }
    }
    if (!lines.status().ok()) {
        throw lines.status().error();
    }
    if (names.empty()) {
        throw invalid_input(path.string(), {}, "no picture's number", "a number a line");
    }
    return names;
}

void read_ai2d_folder(Reading& reading, const std::filesystem::path& ids) {
    const auto folder = reading.file({std::filesystem::relative(ids.parent_path() / "questions", reading.directory()).string()});
    const Folder plain = std::make_shared<const std::filesystem::path>(ids.parent_path() / "images");
    const Folder lettered = std::make_shared<const std::filesystem::path>(ids.parent_path() / "abc_images");
    std::int64_t number = 0;
    for (const std::string& stem : test_pictures(ids)) {
        const std::filesystem::path path = folder / (stem + ".png.json");
        std::error_code code;
        if (!std::filesystem::exists(path, code)) {
            reading.leave_out("test picture without questions");
            continue;
        }
        reading.records(path, "questions", [&](const Record& question) {
            reading.attempt(number++, [&] { add_ai2d(reading, question, question.key(), question, stem + ".png", plain, lettered); });
        });
    }
}

}  // namespace

void read_ai2d(Reading& reading) {
    if (const auto list = reading.find({"ai2d_test.json", "ai2d/ai2d_test.json"})) {
        const std::filesystem::path images = list->parent_path() / "ai2d_images";
        const Folder plain = std::make_shared<const std::filesystem::path>(images / "images");
        const Folder lettered = std::make_shared<const std::filesystem::path>(images / "abc_images");
        reading.records(*list, "", [&](const Record& record) {
            add_ai2d(reading, record.object("metadata"), record.question("question"), record, record.text("imageName"), plain, lettered);
        });
        return;
    }
    read_ai2d_folder(reading, reading.file({"ai2d_test_ids.csv", "ai2d/ai2d_test_ids.csv", "ai2d_test.json"}));
}

}  // namespace r2t2
