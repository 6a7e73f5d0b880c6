// PhysBench for models that take one picture: interleaved items are left out, of a video four frames are put on one sheet.
#include <unordered_map>

#include "core/benchmarks/benchmark_reader.h"
#include "core/benchmarks/picture_cache.h"
#include "core/scoring/text.h"

namespace r2t2 {

namespace {

constexpr std::size_t kOptions = 4;
constexpr std::string_view kOneLetter = " You can only answer one letter from A, B, C, or D.";
constexpr std::string_view kSeriesPrefix =
    "This is a series of images sampled at equal intervals from the beginning to the end of a video, based on the series of images, "
    "output the best option for the question.\n";

struct PhysAnswer {
    int right = -1;
    std::string task;
};

std::unordered_map<std::string, PhysAnswer> phys_answers(Reading& reading) {
    std::unordered_map<std::string, PhysAnswer> answers;
    reading.records(reading.file({"val_answer.json", "eval/physbench/val_answer.json"}), "", [&](const Record& record) {
        const std::string answer = record.text("answer");
        const std::size_t right = lettered_option(answer).value_or(kOptions);
        if (right >= kOptions) {
            record.fail("answer", "\"" + answer.substr(0, 40) + "\"", "A, B, C or D");
        }
        answers[record.name("idx")] = {static_cast<int>(right), record.context("task_type")};
    });
    return answers;
}

/// The texts after "A. ", "B. " ... at the beginning of lines.
std::vector<std::string> options_in(const std::string& question) {
    std::vector<std::string> options;
    for (std::size_t begin = 0; begin != std::string::npos && begin < question.size();) {
        const std::size_t end = question.find('\n', begin);
        const std::string line = question.substr(begin, end - begin);
        if (line.size() > 2 && line[0] == static_cast<char>('A' + static_cast<int>(options.size())) && line[1] == '.') {
            options.push_back(strip(line.substr(2)));
        }
        begin = end == std::string::npos ? end : end + 1;
    }
    return options;
}

SharedPath phys_picture(Reading& reading, const Record& record, const std::string& name, const Folder& images, const Folder& videos) {
    if (!name.ends_with(".mp4")) {
        return reading.picture(record, images, name);
    }
    const SharedPath video = reading.picture(record, videos, name);
    const Result<std::filesystem::path> sheet = cached_video_frames(reading.cache("PhysBench"), video.path());
    if (!sheet) {
        throw sheet.error().inside(record.where());
    }
    return SharedPath(*sheet);
}

}  // namespace

void read_physbench(Reading& reading) {
    const auto file = reading.file({"test.json"});
    const bool val = reading.split() == "val";
    const std::unordered_map<std::string, PhysAnswer> answers = val ? phys_answers(reading) : std::unordered_map<std::string, PhysAnswer>();
    const Folder images = reading.folder({"image"});
    const Folder videos = reading.folder({"video"});
    reading.records(file, "", [&](const Record& record) {
        if ((record.text("split") == "val") != val) {
            return;
        }
        const std::string mode = record.text("mode");
        if (mode == "general") {
            reading.leave_out("interleaved pictures (mode general)");
            return;
        }
        Sample sample;
        sample.id = record.name("idx");
        const auto answer = answers.find(sample.id);
        if (val && answer == answers.end()) {
            record.fail("idx", "no answer of " + sample.id + " in val_answer.json", "one");
        }
        const std::string name = record.texts("file_name").front();
        const std::string question = strip(replace_all(replace_all(record.question("question"), "<image>", ""), "<video>", ""));
        sample.image_path = phys_picture(reading, record, name, images, videos);
        sample.question = std::string(mode == "image&video" ? kSeriesPrefix : "") + question + std::string(kLetterSuffix) + std::string(kOneLetter);
        set_options(sample, options_in(question), val ? answer->second.right : -1, AnswerRule::LetterPrefix);
        reading.add(std::move(sample), {{}, val ? answer->second.task : "", mode, {}, {}, {}}, record.where());
    });
}

}  // namespace r2t2
