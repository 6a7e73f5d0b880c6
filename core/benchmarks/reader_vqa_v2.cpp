// VQA-v2: questions in one file, ten answers each in another, joined by question_id.
#include <algorithm>

#include "core/benchmarks/benchmark_reader.h"

namespace r2t2 {

namespace {

struct VqaSplit {
    std::string questions;    ///< spelling in the questions' file name
    std::string annotations;  ///< in the annotations', "" = withheld
    std::string images;       ///< folder
};

VqaSplit vqa_split(const std::string& split) {
    if (split == "test" || split == "test-dev") {
        return {split == "test" ? "test2015" : "test-dev2015", "", "test2015"};
    }
    return {split + "2014", split + "2014", split + "2014"};
}

/// Where each question went, sorted by its number.
struct QuestionPlace {
    std::int64_t question = 0;
    std::uint32_t sample = 0;
    bool annotated = false;
};

class VqaJoin {
public:
    explicit VqaJoin(Dataset& dataset) : dataset_(dataset) {}

    void put(std::int64_t question) { places_.push_back({question, static_cast<std::uint32_t>(dataset_.samples.size() - 1), false}); }
    void sort() {
        std::sort(places_.begin(), places_.end(), [](const QuestionPlace& a, const QuestionPlace& b) { return a.question < b.question; });
    }
    QuestionPlace* find(std::int64_t question) {
        const auto found = std::lower_bound(places_.begin(), places_.end(), question,
                                            [](const QuestionPlace& place, std::int64_t key) { return place.question < key; });
        return found != places_.end() && found->question == question ? &*found : nullptr;
    }
    /// Drops the questions without annotation and notes each.
    void close(Reading& reading, const std::string& where) {
        std::vector<bool> annotated(dataset_.samples.size());
        for (const QuestionPlace& place : places_) {
            annotated[place.sample] = place.annotated;
        }
        std::size_t kept = 0;
        for (std::size_t i = 0; i < dataset_.samples.size(); ++i) {
            if (!annotated[i]) {
                reading.problem(invalid_input(where, "question_id", "no annotation of question " + dataset_.samples[i].id, "one"));
            } else if (kept++ != i) {
                dataset_.samples[kept - 1] = std::move(dataset_.samples[i]);
            }
        }
        dataset_.samples.resize(kept);
    }

private:
    Dataset& dataset_;
    std::vector<QuestionPlace> places_;
};

void read_annotation(const Record& record, VqaJoin& join, Reading& reading, LabelPool& labels) {
    QuestionPlace* place = join.find(record.integer("question_id"));
    if (place == nullptr) {
        record.fail("question_id", record.name("question_id"), "a question of the questions' file");
    }
    if (place->annotated) {
        record.fail("question_id", record.name("question_id") + " a second time", "one annotation a question");
    }
    std::vector<std::string> answers;
    for (const Record& answer : record.objects("answers")) {
        answers.push_back(answer.text("answer"));
    }
    Sample& sample = reading.dataset().samples[place->sample];
    set_answers(sample, answers, record, "answers");
    if (const std::string most = record.text("multiple_choice_answer"); !most.empty()) {
        sample.ground_truth = most;
    }
    sample.shared_labels = labels.share({sample.labels().set_name, record.context("answer_type"), record.context("question_type"), {}, {},
                                          sample.labels().suffix});
    place->annotated = true;
    note_annotators(reading, record, "answers", answers.size());
}

}  // namespace

void read_vqa_v2(Reading& reading) {
    const VqaSplit split = vqa_split(reading.split());
    const auto questions = reading.file({"v2_OpenEnded_mscoco_" + split.questions + "_questions.json"});
    const Folder images = reading.folder({split.images, "images/" + split.images});
    VqaJoin join(reading.dataset());
    reading.records(questions, "questions", [&](const Record& record) {
        Sample sample;
        sample.id = record.name("question_id");
        sample.question = record.question("question") + std::string(kShortSuffix);
        sample.image_path = SharedPath(images, coco_name("COCO_" + split.images + "_", record.integer("image_id")));
        sample.rule = AnswerRule::SoftVqa;
        const std::int64_t question = record.integer("question_id");
        reading.add(std::move(sample), {}, record.where());
        join.put(question);
    });
    if (split.annotations.empty()) {
        return;
    }
    const auto annotations = reading.file({"v2_mscoco_" + split.annotations + "_annotations.json"});
    join.sort();
    LabelPool labels;
    reading.records(annotations, "annotations", [&](const Record& record) { read_annotation(record, join, reading, labels); });
    join.close(reading, annotations.string());
}

}  // namespace r2t2
