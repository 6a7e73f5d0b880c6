// TQA: the questions of lessons that stand beside a diagram.
#include <algorithm>

#include "core/benchmarks/benchmark_reader.h"
#include "core/scoring/text.h"

namespace r2t2 {

namespace {

/// The key letter of the right choice, or its text: the index of the choice.
int right_choice(const Record& question, const std::vector<std::string>& keys, const std::vector<std::string>& texts) {
    const std::string answer = lower_case(strip(question.object("correctAnswer").text("processedText")));
    for (std::size_t i = 0; i < keys.size(); ++i) {
        if (lower_case(keys[i]) == answer || lower_case(strip(texts[i])) == answer) {
            return static_cast<int>(i);
        }
    }
    question.fail("correctAnswer.processedText", "\"" + answer + "\"", "the letter or the text of a choice");
}

void add_tqa(Reading& reading, const Record& question, const std::string& lesson, const Folder& images) {
    std::vector<std::string> keys, texts;
    for (const Record& choice : question.members("answerChoices")) {  // nlohmann keeps them sorted: a, b, c ...
        keys.push_back(choice.key());
        texts.push_back(choice.text("processedText"));
    }
    if (texts.size() < 2) {
        question.fail("answerChoices", std::to_string(texts.size()), "at least two");
    }
    Sample sample;
    sample.id = question.has("globalID") ? question.name("globalID") : question.key();
    sample.question = question.object("beingAsked").text("processedText") + "\n" + option_lines(texts) + std::string(kLetterSuffix);
    sample.image_path = reading.picture(question, images, question.text("imagePath"));
    const int right = right_choice(question, keys, texts);
    set_options(sample, std::move(texts), right, AnswerRule::Letter);
    reading.add(std::move(sample), {{}, question.context("questionType"), lesson, {}, {}, {}}, question.where());
}

}  // namespace

void read_tqa(Reading& reading) {
    const std::string& split = reading.split();
    std::vector<std::string> candidates;
    for (const char* root : {"", "tqa_train_val_test/"}) {
        for (const char* version : {"v1", "v2"}) {
            candidates.push_back(root + split + "/tqa_" + version + "_" + split + ".json");
        }
    }
    const auto file = reading.file(candidates);
    const auto images = std::make_shared<const std::filesystem::path>(file.parent_path());
    std::int64_t number = 0;
    reading.records(file, "", [&](const Record& lesson) {
        const std::string name = lesson.context("lessonName");
        const Record questions = lesson.object("questions");
        if (questions.has("nonDiagramQuestions")) {
            for (std::size_t i = questions.members("nonDiagramQuestions").size(); i > 0; --i) {
                reading.leave_out("question without a diagram");
            }
        }
        for (const Record& question : questions.members("diagramQuestions")) {
            reading.attempt(number++, [&] { add_tqa(reading, question, name, images); });
        }
    });
}

}  // namespace r2t2
