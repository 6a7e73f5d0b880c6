// MathVista from its annotation file (the other distribution is Parquet): the prompt is the record's own "query".
#include <algorithm>
#include <iterator>

#include "core/benchmarks/benchmark_reader.h"
#include "core/scoring/text.h"

namespace r2t2 {

namespace {

constexpr const char* kAnswerTypes[] = {"text", "integer", "float", "list"};
constexpr std::int64_t kMostDecimals = 15;  ///< a double has no more

/// The right answer is the text of a choice: by another no answer could be right.
void check_choice(const Record& record, const std::string& truth, const std::vector<std::string>& choices) {
    const auto same = [&](const std::string& each) { return strip(each) == strip(truth); };
    if (truth.empty() || std::any_of(choices.begin(), choices.end(), same)) {
        return;
    }
    std::string texts;
    for (const std::string& each : choices) {
        texts += (texts.empty() ? "\"" : ", \"") + each.substr(0, 40) + "\"";
    }
    record.fail("answer", "\"" + truth.substr(0, 60) + "\"", "the text of one of the " + std::to_string(choices.size()) + " choices: " + texts);
}

}  // namespace

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
            check_choice(record, sample.ground_truth, sample.options);
        }
        extras.answer_type = record.text("answer_type");
        if (!std::any_of(std::begin(kAnswerTypes), std::end(kAnswerTypes), [&](const char* each) { return extras.answer_type == each; })) {
            record.fail("answer_type", "\"" + extras.answer_type + "\"", "text, integer, float or list");
        }
        if (record.has("precision")) {
            extras.precision = static_cast<int>(std::clamp<std::int64_t>(record.integer("precision"), 0, kMostDecimals));
        }
        const std::string task = record.has("metadata") ? record.object("metadata").context("task") : "";
        sample.shared_extras = std::make_shared<const SampleExtras>(std::move(extras));
        reading.add(std::move(sample), {{}, task, kind, {}, {}, {}}, record.where());
    });
}

}  // namespace r2t2
