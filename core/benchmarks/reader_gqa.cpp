// GQA, balanced: one object with the questions by their number.
#include "core/benchmarks/benchmark_reader.h"

namespace r2t2 {

void read_gqa(Reading& reading) {
    const std::string name = reading.split() + "_balanced_questions.json";
    const auto file = reading.file({"questions1.2/" + name, name, "questions/" + name});
    const Folder images = reading.folder({"images"});
    reading.records(file, "", [&](const Record& record) {
        Sample sample;
        sample.id = record.key();
        sample.question = record.question("question") + std::string(kShortSuffix);
        sample.image_path = reading.picture(record, images, record.name("imageId") + ".jpg");
        sample.ground_truth = record.text("answer");
        sample.rule = AnswerRule::Gqa;
        SampleLabels labels;
        if (record.has("types")) {
            const Record types = record.object("types");
            labels.family = types.text_or("structural", "");
            labels.domain = types.text_or("semantic", "");
        }
        reading.add(std::move(sample), std::move(labels), record.where());
    });
}

}  // namespace r2t2
