// MathVista from its annotation file (the other distribution is Parquet): the prompt is the record's own "query".
#include <algorithm>
#include <iterator>
#include <optional>

#include "core/benchmarks/benchmark_reader.h"
#include "core/scoring/answer_key.h"
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

/// A free answer that MathVista's script could never read out of a response, as it writes numbers its own way: named, and kept, since the script counts it too.
std::optional<Error> unreachable_truth(const Record& record, const std::string& truth, const SampleExtras& extras) {
    if (truth.empty()) {
        return std::nullopt;
    }
    if (extras.precision == kNoPrecision) {
        return invalid_input(record.where(), "precision", "none",
                             "a whole number: without one MathVista's script cannot round a float answer, and no answer is right; the record is kept");
    }
    AnswerKey key;
    key.rule = AnswerRule::MathVista;
    key.answer_type = extras.answer_type;
    key.precision = extras.precision;
    const std::string read = mathvista_answer(truth, key).text;
    if (strip(read) == strip(truth)) {
        return std::nullopt;
    }
    return invalid_input(record.where(), "answer", "\"" + truth.substr(0, 60) + "\"",
                         (read.empty() ? "a number" : "\"" + read + "\"") + ", as MathVista's script writes answers of type " + extras.answer_type +
                             ": by another text no answer is right; the record is kept");
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
        if (extras.answer_type == "float" && kind == "free_form" && !record.has("precision")) {
            extras.precision = kNoPrecision;
        }
        const std::optional<Error> never_right = kind == "free_form" && !reading.withheld() ? unreachable_truth(record, sample.ground_truth, extras) : std::nullopt;
        const std::string task = record.has("metadata") ? record.object("metadata").context("task") : "";
        sample.shared_extras = std::make_shared<const SampleExtras>(std::move(extras));
        reading.add(std::move(sample), {{}, task, kind, {}, {}, {}}, record.where());
        if (never_right) {
            reading.problem(*never_right, false);
        }
    });
}

}  // namespace r2t2
