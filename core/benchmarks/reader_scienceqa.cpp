// ScienceQA with pictures: problems.json, with LLaVA's list of prompts where it is there.
#include <map>

#include "core/benchmarks/benchmark_reader.h"
#include "core/scoring/text.h"

namespace r2t2 {

namespace {

/// LLaVA's texts by problem, "<image>" removed.
std::map<std::string, std::string> llava_prompts(Reading& reading) {
    std::map<std::string, std::string> prompts;
    const std::string name = "llava_" + reading.split() + "_CQM-A.json";
    if (const auto file = reading.find({name})) {
        reading.records(*file, "", [&](const Record& record) {
            if (record.has("image")) {
                const std::vector<Record> conversation = record.objects("conversations");
                if (conversation.empty()) {
                    record.fail("conversations", "none", "the question");
                }
                prompts[record.name("id")] = replace_all(conversation.front().text("value"), "<image>", "");
            }
        });
    }
    return prompts;
}

/// The same order where the list is not there: context, question, options.
std::string own_prompt(const Record& record, const std::vector<std::string>& options) {
    const std::string hint = record.context("hint");
    return "\n" + (hint.empty() ? "" : "Context: " + hint + "\n") + record.question("question") + "\n" + option_lines(options);
}

}  // namespace

void read_scienceqa(Reading& reading) {
    const auto file = reading.file({"problems.json", "data/scienceqa/problems.json"});
    const Folder images = reading.folder({"images/" + reading.split(), reading.split()});
    const std::map<std::string, std::string> prompts = llava_prompts(reading);
    reading.records(file, "", [&](const Record& record) {
        if (record.text("split") != reading.split()) {
            return;
        }
        if (!record.has("image")) {
            reading.leave_out("question without a picture");
            return;
        }
        std::vector<std::string> options = record.texts("choices");
        const std::int64_t answer = record.integer("answer");
        if (answer < 0 || answer >= static_cast<std::int64_t>(options.size())) {
            record.fail("answer", std::to_string(answer), "0 to " + std::to_string(options.size() - 1));
        }
        const auto prompt = prompts.find(record.key());
        Sample sample;
        sample.id = record.key();
        sample.question = (prompt != prompts.end() ? prompt->second : own_prompt(record, options)) + std::string(kLetterSuffix);
        sample.image_path = reading.picture(record, images, record.key() + "/" + record.text("image"));
        set_options(sample, std::move(options), static_cast<int>(answer), AnswerRule::ScienceQa);
        reading.add(std::move(sample), {{}, record.context("subject"), record.context("topic"), {}, {}, {}}, record.where());
    });
}

}  // namespace r2t2
