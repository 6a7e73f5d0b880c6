// ST-VQA: three tasks share one format; the test files have no answers.
#include "core/benchmarks/benchmark_reader.h"

namespace r2t2 {

void read_st_vqa(Reading& reading) {
    const bool train = reading.split() == "train";
    const std::string task = train ? "" : reading.split().substr(std::string("test-task-").size());
    const std::string name = train ? "train_task_3.json" : "test_task_" + task + ".json";
    const auto file = reading.file({name, "Scene-text/" + name});
    const Folder images = reading.folder(train ? std::vector<std::string>{"train_images", "ST-VQA"}
                                               : std::vector<std::string>{"test_task" + task + "_imgs", "test_images", "train_images"});
    reading.records(file, "data", [&](const Record& record) {
        Sample sample;
        sample.id = record.name("question_id");
        sample.question = record.question("question") + std::string(kShortSuffix);
        sample.image_path = reading.picture(record, images, record.text("file_path"));
        sample.rule = AnswerRule::Anls;
        if (train) {
            set_answers(sample, record.texts("answers"), record, "answers");
        }
        reading.add(std::move(sample), {{}, record.context("dataset"), {}, {}, {}, {}}, record.where());
    });
}

}  // namespace r2t2
