// MME: one folder for each subtask; beside every picture (or in a folder of their own) a text file with two questions.
#include <algorithm>
#include <array>

#include "core/base/text_file.h"
#include "core/benchmarks/benchmark_reader.h"
#include "core/scoring/text.h"

namespace r2t2 {

namespace {

namespace fs = std::filesystem;

constexpr std::array<const char*, 14> kSubtasks = {"existence", "count",    "position", "color",   "posters", "celebrity", "scene",
                                                   "landmark",  "artwork", "OCR",      "commonsense_reasoning", "numerical_calculation",
                                                   "text_translation", "code_reasoning"};
constexpr std::size_t kPerceptionSubtasks = 10;
constexpr int kQuestionsOfPicture = 2;
constexpr std::string_view kInvitation = "Please answer yes or no.";

/// "Is it? Please answer yes or no." -> "Is it?"
std::string without_invitation(const std::string& question) {
    std::string text = strip(question);
    if (text.ends_with(kInvitation)) {
        text.erase(text.size() - kInvitation.size());
    }
    return strip(text);
}

std::string picture_of(const fs::path& folder, const std::string& stem, const std::string& where) {
    std::error_code code;
    for (const char* ending : {".jpg", ".png", ".jpeg"}) {
        if (fs::is_regular_file(folder / (stem + ending), code)) {
            return stem + ending;
        }
    }
    throw invalid_input(where, "image", "no file " + (folder / stem).string() + ".jpg or .png", "the picture of this file");
}

struct Subtask {
    std::string name;
    fs::path texts;
    Folder images;
};

Subtask subtask_at(const fs::path& root, const std::string& name) {
    const fs::path folder = root / name;
    std::error_code code;
    const bool divided = fs::is_directory(folder / "questions_answers_YN", code);
    return {name, divided ? folder / "questions_answers_YN" : folder,
            std::make_shared<const fs::path>(divided ? folder / "images" : folder)};
}

/// Of a picture's questions, without an answer.
AnswerKey picture_key(const Subtask& subtask, const std::string& stem) {
    AnswerKey key;
    key.rule = AnswerRule::YesNo;
    key.group = subtask.name + "/" + stem;
    key.group_size = kQuestionsOfPicture;
    key.category = subtask.name;
    return key;
}

void add_question(Reading& reading, const Subtask& subtask, const std::string& stem, const std::string& line, int number, const std::string& where) {
    reading.counted_with(picture_key(subtask, stem), where);
    const std::size_t tab = line.rfind('\t');
    const std::string answer = tab == std::string::npos ? "" : lower_case(strip(std::string_view(line).substr(tab + 1)));
    if (answer != "yes" && answer != "no") {
        throw invalid_input(where, "answer", "\"" + line.substr(0, 60) + "\"", "a question, a tab, Yes or No");
    }
    if (!is_utf8(line)) {
        throw invalid_input(where, "question", "bytes that are no UTF-8", "UTF-8");
    }
    if (without_invitation(line.substr(0, tab)).empty()) {
        throw invalid_input(where, "question", "an empty text", "a question");
    }
    Sample sample;
    sample.id = subtask.name + "/" + stem + "/" + std::to_string(number);
    sample.question = without_invitation(line.substr(0, tab)) + std::string(kShortSuffix);
    sample.image_path = SharedPath(subtask.images, picture_of(*subtask.images, stem, where));
    sample.ground_truth = answer == "yes" ? "Yes" : "No";
    sample.rule = AnswerRule::YesNo;
    SampleExtras extras;
    extras.group = subtask.name + "/" + stem;
    extras.group_size = kQuestionsOfPicture;
    sample.shared_extras = std::make_shared<const SampleExtras>(std::move(extras));
    reading.add(std::move(sample), {{}, subtask.name, {}, {}, {}, {}}, where);
}

void read_subtask(Reading& reading, const Subtask& subtask, std::int64_t& record) {
    std::vector<std::string> stems;
    std::error_code code;
    for (const fs::directory_entry& entry : fs::directory_iterator(subtask.texts, code)) {
        if (entry.path().extension() == ".txt") {
            stems.push_back(entry.path().stem().string());
        }
    }
    std::sort(stems.begin(), stems.end());
    for (const std::string& stem : stems) {
        reading.tick(0, 0);
        const fs::path path = subtask.texts / (stem + ".txt");
        TextLines lines(path);
        int number = 0;
        for (std::string line; lines.next(line);) {
            if (strip(line).empty()) {
                continue;
            }
            ++number;
            reading.attempt(record++, [&] {
                add_question(reading, subtask, stem, strip(line), number, path.string() + ": line " + std::to_string(number));
            });
        }
        reading.attempt(std::max<std::int64_t>(record - 1, 0), [&] {  // the file's last record
            reading.counted_with(picture_key(subtask, stem), path.string());
            if (!lines.status().ok()) {
                reading.problem(lines.status().error());
            } else if (number != kQuestionsOfPicture) {
                reading.problem(invalid_input(path.string(), "lines", std::to_string(number), "two questions a picture"), number == 0);
            }
        });
    }
}

}  // namespace

void read_mme(Reading& reading) {
    const auto root = reading.find({"MME_Benchmark_release_version/existence", "MME_Benchmark_release_version/MME_Benchmark/existence", "existence"});
    const bool cognition = reading.split() == "cognition";
    const fs::path folder = root && !cognition ? root->parent_path()
                                               : reading.file({"MME_Benchmark_release_version", "commonsense_reasoning", "existence"});
    const fs::path base = cognition && folder.filename() != "MME_Benchmark_release_version" ? folder.parent_path() : folder;
    std::int64_t record = 0;
    for (std::size_t i = 0; i < kSubtasks.size(); ++i) {
        const bool wanted = reading.split() == "all" || cognition == (i >= kPerceptionSubtasks);
        std::error_code code;
        if (!wanted) {
            continue;
        }
        if (!fs::is_directory(base / kSubtasks[i], code)) {
            reading.problem(invalid_input(base.string(), "subtask", std::string("no folder ") + kSubtasks[i], "a folder for every subtask"), false);  // no sample: the sum says what is missing
            continue;
        }
        read_subtask(reading, subtask_at(base, kSubtasks[i]), record);
    }
}

}  // namespace r2t2
