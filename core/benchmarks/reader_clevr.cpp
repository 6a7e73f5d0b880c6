// CLEVR: generated questions about generated scenes; the pictures are RGBA and lose their alpha when they are loaded.
#include "core/benchmarks/benchmark_reader.h"

namespace r2t2 {

namespace {

/// What the question's program does last: "count", "exist", "query_color" ...; older files say "type" for "function".
std::string last_function(const Record& record) {
    if (!record.has("program")) {
        return {};
    }
    const std::vector<Record> program = record.objects("program");
    return program.empty() ? "" : program.back().text_or("function", program.back().text_or("type", ""));
}

}  // namespace

void read_clevr(Reading& reading) {
    const std::string name = "questions/CLEVR_" + reading.split() + "_questions.json";
    const auto file = reading.file({name, "CLEVR_v1.0/" + name});
    const Folder images = reading.folder({"images/" + reading.split(), "CLEVR_v1.0/images/" + reading.split()});
    reading.records(file, "questions", [&](const Record& record) {
        if (record.has("split") && record.text("split") != reading.split()) {
            record.fail("split", "\"" + record.text("split").substr(0, 40) + "\"", reading.split() + ", as the file is named");
        }
        Sample sample;
        sample.id = record.name("question_index");
        sample.question = record.question("question") + std::string(kShortSuffix);
        sample.image_path = reading.picture(record, images, record.text("image_filename"));
        sample.ground_truth = reading.withheld() ? record.text_or("answer", "") : record.text("answer");
        sample.rule = AnswerRule::LowerCase;
        reading.add(std::move(sample), {{}, last_function(record), {}, {}, {}, {}}, record.where());
    });
}

}  // namespace r2t2
