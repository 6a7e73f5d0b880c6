// COCO-QA: four text files whose lines belong together.
#include <array>

#include "core/base/text_file.h"
#include "core/benchmarks/benchmark_reader.h"
#include "core/scoring/text.h"

namespace r2t2 {

namespace {

constexpr std::array<const char*, 4> kCocoQaTypes = {"object", "number", "color", "location"};

std::vector<std::string> lines_of(const std::filesystem::path& path) {
    TextLines file(path);
    std::vector<std::string> lines;
    for (std::string line; file.next(line);) {
        lines.push_back(strip(line));
    }
    if (!file.status().ok()) {
        throw file.status().error();
    }
    return lines;
}

std::size_t number_in_line(const std::string& line, const std::string& where, const char* field, std::size_t below) {
    std::size_t value = 0;
    const bool digits = !line.empty() && line.size() < 12 && line.find_first_not_of("0123456789") == std::string::npos;
    if (digits) {
        value = std::stoull(line);
    }
    if (!digits || value >= below) {
        throw invalid_input(where, field, "\"" + line.substr(0, 40) + "\"", "a whole number from 0 below " + std::to_string(below));
    }
    return value;
}

}  // namespace

void read_coco_qa(Reading& reading) {
    const std::string folder = reading.split() + "/";
    const std::filesystem::path first = reading.file({folder + "questions.txt", "cocoqa/" + folder + "questions.txt"});
    const std::filesystem::path base = first.parent_path();
    const std::vector<std::string> questions = lines_of(first);
    std::array<std::vector<std::string>, 3> columns;
    constexpr std::array<const char*, 3> kFiles = {"answers.txt", "img_ids.txt", "types.txt"};
    for (std::size_t i = 0; i < kFiles.size(); ++i) {
        const auto path = reading.file({std::filesystem::relative(base, reading.directory()).string() + "/" + kFiles[i]});
        columns[i] = lines_of(path);
        if (columns[i].size() != questions.size()) {
            throw invalid_input(path.string(), "lines", std::to_string(columns[i].size()),
                                std::to_string(questions.size()) + ", as in questions.txt: the files belong together line by line");
        }
    }
    const std::string images_name = reading.split() == "train" ? "train2014" : "val2014";
    const Folder images = reading.folder({images_name, "images/" + images_name});
    for (std::size_t i = 0; i < questions.size(); ++i) {
        reading.tick(i, questions.size());
        const std::string where = first.string() + ": line " + std::to_string(i + 1);
        reading.attempt(static_cast<std::int64_t>(i), [&] {
            if (!is_utf8(questions[i] + columns[0][i])) {
                throw invalid_input(where, "question", "bytes that are no UTF-8", "UTF-8");
            }
            if (columns[0][i].empty()) {
                throw invalid_input(where, "answer", "an empty line in answers.txt", "an answer");
            }
            Sample sample;
            sample.id = reading.split() + "/" + std::to_string(i);
            sample.question = questions[i] + (questions[i].empty() || questions[i].ends_with('?') ? "" : "?");
            sample.question += sample.question.empty() ? "" : kShortSuffix;
            const std::size_t image = number_in_line(columns[1][i], where, "img_ids.txt", 1'000'000'000'000);
            sample.image_path = SharedPath(images, coco_name("COCO_" + images_name + "_", static_cast<std::int64_t>(image)));
            sample.ground_truth = columns[0][i];
            sample.rule = AnswerRule::Processed;
            const std::size_t type = number_in_line(columns[2][i], where, "types.txt", kCocoQaTypes.size());
            reading.add(std::move(sample), {{}, kCocoQaTypes[type], {}, {}, {}, {}}, where);
        });
    }
}

}  // namespace r2t2
