// GQA, balanced: one object with the questions by their number. The official eval.py counts balanced questions only, whatever file they stand in.
#include "core/benchmarks/benchmark_reader.h"

namespace r2t2 {

void read_gqa(Reading& reading) {
    const std::string name = reading.split() + "_balanced_questions.json";
    const auto file = reading.file({"questions1.2/" + name, name, "questions/" + name});
    const Folder images = reading.folder({"images"});
    reading.records(file, "", [&](const Record& record) {
        if (record.has("isBalanced") && !record.flag("isBalanced")) {
            reading.leave_out("question that is not balanced (the official score has none)");
            return;
        }
        Sample sample;
        sample.id = record.key();
        sample.question = record.question("question") + std::string(kShortSuffix);
        sample.image_path = reading.picture(record, images, record.name("imageId") + ".jpg");
        sample.ground_truth = record.text("answer");
        sample.rule = AnswerRule::Gqa;
        SampleLabels labels;
        if (record.has("types")) {
            const Record types = record.object("types");
            labels.family = types.context("structural");
            labels.domain = types.context("semantic");
        }
        reading.add(std::move(sample), std::move(labels), record.where());
    });
}

}  // namespace r2t2
