// TextVQA; with --moai-parity and LLaVA's list beside it the prompts carry OCR tokens and the wish for a short answer as MoAI asks.
#include <map>

#include "core/benchmarks/benchmark_reader.h"
#include "core/scoring/text.h"

namespace r2t2 {

namespace {

using PromptKey = std::pair<std::string, std::string>;  ///< picture, question line in lower case

/// The line of a prompt that asks: the first of three, else the one that is not the wish for a short answer.
std::string question_line(const std::string& text) {
    const std::size_t first = text.find('\n');
    const std::string line = text.substr(0, first);
    return line == kShortSuffix.substr(1) && first != std::string::npos ? text.substr(first + 1) : line;
}

std::map<PromptKey, std::string> ocr_prompts(Reading& reading) {
    std::map<PromptKey, std::string> prompts;
    if (!reading.options().moai_parity) {
        return prompts;
    }
    const auto each = [&](const Record& record) {
        const std::string text = record.text("text");
        prompts[{record.name("question_id"), lower_case(question_line(text))}] = text;
    };
    const auto list = reading.file({"llava_textvqa_val_v051_ocr.json", "llava_textvqa_val_v051_ocr.jsonl"});
    list.extension() == ".json" ? reading.records(list, "", each) : reading.lines(list, each);
    return prompts;
}

}  // namespace

void read_textvqa(Reading& reading) {
    const bool test = reading.split() == "test";
    const auto file = reading.file({"TextVQA_0.5.1_" + reading.split() + ".json"});
    const Folder images = reading.folder(test ? std::vector<std::string>{"test_images"} : std::vector<std::string>{"train_images", "train_val_images/train_images"});
    const std::map<PromptKey, std::string> prompts = ocr_prompts(reading);
    reading.records(file, "data", [&](const Record& record) {
        const std::string image = record.name("image_id");
        const std::string question = record.question("question");
        Sample sample;
        sample.id = record.name("question_id");
        const auto prompt = prompts.find({image, lower_case(question)});
        if (reading.options().moai_parity && prompt == prompts.end()) {
            record.fail("question", "no prompt of picture " + image + " in LLaVA's list", "one with this question");
        }
        sample.question = (prompt != prompts.end() ? prompt->second : question) + std::string(kShortSuffix);
        sample.image_path = reading.picture(record, images, image + ".jpg");
        sample.rule = AnswerRule::SoftM4c;
        if (!reading.withheld()) {
            set_answers(sample, record.texts("answers"), record, "answers");
        }
        reading.add(std::move(sample), {}, record.where());
        if (!reading.withheld()) {
            note_annotators(reading, record, "answers", record.texts("answers").size());
        }
    });
}

}  // namespace r2t2
