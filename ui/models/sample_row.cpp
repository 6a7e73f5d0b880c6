#include "ui/models/sample_row.h"

#include <algorithm>
#include <utility>

namespace r2t2::ui {

SampleOutcome outcome_of(const SampleSummary& summary) {
    if (!summary.error.empty()) {
        return SampleOutcome::Error;
    }
    if (!summary.native_correct || !summary.final_correct) {
        return SampleOutcome::Unknown;
    }
    if (*summary.native_correct) {
        return *summary.final_correct ? SampleOutcome::Right : SampleOutcome::Harmed;
    }
    return *summary.final_correct ? SampleOutcome::Mended : SampleOutcome::Wrong;
}

QString to_string(SampleOutcome outcome) {
    switch (outcome) {
        case SampleOutcome::Harmed:
            return QStringLiteral("harmed");
        case SampleOutcome::Mended:
            return QStringLiteral("mended");
        case SampleOutcome::Wrong:
            return QStringLiteral("wrong");
        case SampleOutcome::Right:
            return QStringLiteral("right");
        case SampleOutcome::Error:
            return QStringLiteral("error");
        case SampleOutcome::Unknown:
            break;
    }
    return QStringLiteral("unknown");
}

QString transition_of(SampleOutcome outcome) {
    switch (outcome) {
        case SampleOutcome::Harmed:
            return QStringLiteral("right->wrong");
        case SampleOutcome::Mended:
            return QStringLiteral("wrong->right");
        case SampleOutcome::Wrong:
            return QStringLiteral("wrong->wrong");
        case SampleOutcome::Right:
            return QStringLiteral("right->right");
        case SampleOutcome::Error:
        case SampleOutcome::Unknown:
            break;
    }
    return {};
}

std::string folded(const std::string& text) {
    return QString::fromStdString(text).toCaseFolded().toStdString();
}

SampleRow make_row(SampleSummary summary) {
    SampleRow row;
    row.outcome = outcome_of(summary);
    row.text = folded(summary.question + "\n" + summary.truth + "\n" + summary.native_answer + "\n" +
                      summary.final_answer + "\n" + summary.id + "\n" + summary.set);
    row.set = folded(summary.set);
    row.domain = folded(summary.domain);
    row.family = folded(summary.family);
    row.summary = std::move(summary);
    return row;
}

SampleChunkPtr make_chunk(std::vector<SampleRow> rows) {
    auto chunk = std::make_shared<SampleChunk>();
    for (const SampleRow& row : rows) {
        ++chunk->outcomes[static_cast<std::size_t>(row.outcome)];
    }
    chunk->rows = std::move(rows);
    return chunk;
}

SampleChunkPtr with_result(const SampleChunk& chunk, std::size_t row, const SampleResult& result) {
    std::vector<SampleRow> rows = chunk.rows;
    SampleSummary summary = std::move(rows[row].summary);
    summary.native_answer = result.native_answer;
    summary.final_answer = result.final_answer;
    summary.native_correct = result.native_correct;
    summary.final_correct = result.final_correct;
    summary.error = result.error;
    summary.question = result.question.empty() ? summary.question : result.question;
    rows[row] = make_row(std::move(summary));
    return make_chunk(std::move(rows));
}

SampleSource::SampleSource(std::vector<SampleListPtr> lists_of_samples) : lists(std::move(lists_of_samples)) {
    lists.erase(std::remove(lists.begin(), lists.end(), nullptr), lists.end());
    begins.push_back(0);
    for (const SampleListPtr& list : lists) {
        begins.push_back(begins.back() + list->size());
    }
}

std::size_t SampleSource::list_of(std::size_t sample) const {
    const auto after = std::upper_bound(begins.begin(), begins.end(), sample);
    return static_cast<std::size_t>(after - begins.begin()) - 1;
}

std::optional<std::size_t> SampleSource::number_of(const SampleList* list, std::size_t index) const {
    for (std::size_t i = 0; i < lists.size(); ++i) {
        if (lists[i].get() == list && begins[i] + index < begins[i + 1]) {
            return begins[i] + index;
        }
    }
    return {};
}

}  // namespace r2t2::ui
