// DocVQA, single page: pictures lie beside the split's file.
#include "core/benchmarks/benchmark_reader.h"

namespace r2t2 {

void read_docvqa(Reading& reading) {
    const std::string& split = reading.split();
    std::vector<std::string> candidates;
    for (const std::string& root : {std::string(), split + "/", std::string("spdocvqa_qas/")}) {
        for (const char* ending : {"_v1.0_withQT.json", "_v1.0.json"}) {
            candidates.push_back(root + split + ending);
        }
    }
    const auto file = reading.file(candidates);
    const bool beside = std::filesystem::is_directory(file.parent_path() / "documents");
    const Folder images = std::make_shared<const std::filesystem::path>(beside ? file.parent_path() : reading.directory());
    reading.records(file, "data", [&](const Record& record) {
        Sample sample;
        sample.id = record.name("questionId");
        sample.question = record.question("question") + std::string(kShortSuffix);
        sample.image_path = reading.picture(record, images, record.text("image"));
        sample.rule = AnswerRule::Anls;
        if (!reading.withheld()) {
            set_answers(sample, record.texts("answers"), record, "answers");
        }
        const std::string type = record.has("question_types") && !record.json()["question_types"].empty() ? record.texts("question_types").front() : "";
        reading.add(std::move(sample), {{}, type, {}, {}, {}, {}}, record.where());
    });
}

}  // namespace r2t2
