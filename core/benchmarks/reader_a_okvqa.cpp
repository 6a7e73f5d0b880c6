// A-OKVQA: multiple choice, or direct answers (--direct-answers) for the questions that allow them.
#include "core/benchmarks/benchmark_reader.h"

namespace r2t2 {

namespace {

void add_choices(const Record& record, bool withheld, Sample& sample) {
    std::vector<std::string> options = record.texts("choices");
    int right = -1;
    if (!withheld) {
        const std::int64_t index = record.integer("correct_choice_idx");
        if (index < 0 || index >= static_cast<std::int64_t>(options.size())) {
            record.fail("correct_choice_idx", std::to_string(index), "0 to " + std::to_string(options.size() - 1));
        }
        right = static_cast<int>(index);
    }
    sample.question = record.question("question") + "\n" + option_lines(options) + std::string(kLetterSuffix);
    set_options(sample, std::move(options), right, AnswerRule::OptionText);
}

void add_direct(const Record& record, bool withheld, Sample& sample) {
    sample.question = record.question("question") + std::string(kShortSuffix);
    sample.rule = AnswerRule::DirectAnswer;
    if (!withheld) {
        set_answers(sample, record.texts("direct_answers"), record, "direct_answers");
    }
}

}  // namespace

void read_a_okvqa(Reading& reading) {
    const std::string name = "aokvqa_v1p0_" + reading.split() + ".json";
    const auto file = reading.file({name, "aokvqa_v1p0/" + name, "annotations/" + name});
    const Folder images = reading.folder({reading.split() + "2017", "images/" + reading.split() + "2017"});
    const bool direct = reading.options().direct_answers;
    reading.records(file, "", [&](const Record& record) {
        if (direct && record.has("difficult_direct_answer") && record.flag("difficult_direct_answer")) {
            reading.leave_out("difficult direct answer");
            return;
        }
        Sample sample;
        sample.id = record.name("question_id");
        sample.image_path = SharedPath(images, coco_name("", record.integer("image_id")));
        (direct ? add_direct : add_choices)(record, reading.withheld(), sample);
        reading.add(std::move(sample), {}, record.where());
    });
}

}  // namespace r2t2
