// MathVista from its annotation file (the other distribution is Parquet): the prompt is the record's own "query".
#include "core/benchmarks/benchmark_reader.h"

namespace r2t2 {

void read_mathvista(Reading& reading) {
    const std::string name = "annot_" + reading.split() + ".json";
    const auto file = reading.file({name, "data/" + name});
    const Folder root = std::make_shared<const std::filesystem::path>(reading.directory());
    reading.records(file, "", [&](const Record& record) {
        Sample sample;
        SampleExtras extras;
        sample.id = record.has("pid") ? record.name("pid") : record.key();
        sample.question = record.text("query");
        sample.image_path = reading.picture(record, root, record.text("image"));
        sample.rule = AnswerRule::MathVista;
        sample.ground_truth = reading.withheld() ? record.text_or("answer", "") : record.name("answer");
        const std::string kind = record.text("question_type");
        if (kind != "multi_choice" && kind != "free_form") {
            record.fail("question_type", "\"" + kind + "\"", "multi_choice or free_form");
        }
        if (kind == "multi_choice") {
            sample.options = record.texts("choices");
        }
        extras.answer_type = record.text("answer_type");
        if (record.has("precision")) {
            extras.precision = record.json()["precision"].is_number() ? record.json()["precision"].get<int>() : 0;
        }
        const std::string task = record.has("metadata") ? record.object("metadata").context("task") : "";
        sample.shared_extras = std::make_shared<const SampleExtras>(std::move(extras));
        reading.add(std::move(sample), {{}, task, kind, {}, {}, {}}, record.where());
    });
}

}  // namespace r2t2
