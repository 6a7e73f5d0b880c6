// CV-Bench, 2D and 3D: JSON lines with a tree of plain pictures, as revision 22409a9 of its repository distributes them.
#include <algorithm>

#include "core/benchmarks/benchmark_reader.h"
#include "core/scoring/option_choice.h"

namespace r2t2 {

namespace {

/// "(B)" -> 1
int right_of(const Record& record, std::size_t options) {
    const std::string answer = record.text("answer");
    const std::size_t right = lettered_option(answer).value_or(options);
    if (right >= options) {
        record.fail("answer", "\"" + answer.substr(0, 40) + "\"", "(A) to (" + option_name(options - 1) + ")");
    }
    return static_cast<int>(right);
}

/// The mean over sources counts each alike: one that is not known would move it.
std::string source_of(const Record& record, const std::string& type) {
    const std::vector<std::string> known = type == "2D" ? std::vector<std::string>{"ADE20K", "COCO"} : std::vector<std::string>{"Omni3D"};
    const std::string source = record.text("source");
    if (std::find(known.begin(), known.end(), source) == known.end()) {
        record.fail("source", "\"" + source.substr(0, 40) + "\"", type == "2D" ? "ADE20K or COCO" : "Omni3D");
    }
    return source;
}

void read_cv_bench(Reading& reading, const std::string& type) {
    const auto file = reading.file({type == "2D" ? "test_2d.jsonl" : "test_3d.jsonl", "test.jsonl"});
    const auto pictures = reading.file({"img/" + type});
    const Folder root = std::make_shared<const std::filesystem::path>(pictures.parent_path().parent_path());
    reading.lines(file, [&](const Record& record) {
        if (record.text("type") != type) {
            return;
        }
        std::vector<std::string> options = record.texts("choices");
        Sample sample;
        sample.id = record.name("idx");
        sample.question = record.question("prompt") + std::string(kLetterSuffix);
        sample.image_path = reading.picture(record, root, record.text("filename"));
        const int right = right_of(record, options.size());
        set_options(sample, std::move(options), right, AnswerRule::Letter);
        reading.add(std::move(sample), {{}, source_of(record, type), record.context("task"), {}, {}, {}}, record.where());
    });
}

}  // namespace

void read_cv_bench_2d(Reading& reading) { read_cv_bench(reading, "2D"); }
void read_cv_bench_3d(Reading& reading) { read_cv_bench(reading, "3D"); }

}  // namespace r2t2
