#include "core/dataset/dataset.h"

#include <algorithm>
#include <cctype>
#include <cstring>

namespace r2t2 {

PackedTexts::PackedTexts(const std::vector<std::string>& texts) {
    std::string packed;
    for (auto text = texts.begin(); text != texts.end(); ++text) {
        if (std::find(texts.begin(), text, *text) == text) {
            packed += std::to_string(std::count(text, texts.end(), *text)) + "*" + std::to_string(text->size()) + ":" + *text;
        }
    }
    if (!packed.empty()) {
        keep(packed);
    }
}

PackedTexts& PackedTexts::operator=(const PackedTexts& other) {
    if (this != &other && other.data_) {
        keep(other.bytes());
    } else if (!other.data_) {
        data_.reset();
    }
    return *this;
}

void PackedTexts::keep(std::string_view bytes) {
    const std::size_t size = bytes.size();
    data_ = std::make_unique<char[]>(sizeof size + size);
    std::memcpy(data_.get(), &size, sizeof size);
    std::memcpy(data_.get() + sizeof size, bytes.data(), size);
}

std::string_view PackedTexts::bytes() const {
    std::size_t size = 0;
    if (!data_) {
        return {};
    }
    std::memcpy(&size, data_.get(), sizeof size);
    return {data_.get() + sizeof size, size};
}

std::vector<std::string> PackedTexts::unpacked() const {
    std::vector<std::string> texts;
    const std::string packed(bytes());
    for (std::size_t at = 0; at < packed.size();) {
        const std::size_t star = packed.find('*', at), colon = packed.find(':', star);
        const std::size_t size = std::stoull(packed.substr(star + 1, colon - star - 1));
        texts.insert(texts.end(), std::stoull(packed.substr(at, star - at)), packed.substr(colon + 1, size));
        at = colon + 1 + size;
    }
    return texts;
}

std::shared_ptr<const SampleLabels> LabelPool::share(SampleLabels labels) {
    std::string key;
    for (const std::string* each : {&labels.set_name, &labels.family, &labels.domain, &labels.template_name, &labels.instruction,
                                    &labels.suffix}) {
        key += *each + '\0';
    }
    auto [entry, added] = known_.try_emplace(std::move(key));
    if (added) {
        entry->second = std::make_shared<const SampleLabels>(std::move(labels));
    }
    return entry->second;
}

const SampleLabels& Sample::labels() const {
    static const SampleLabels kNone;
    return shared_labels ? *shared_labels : kNone;
}

const SampleExtras& Sample::extras() const {
    static const SampleExtras kNone;
    return shared_extras ? *shared_extras : kNone;
}

std::optional<AnswerKey> answer_key(const Sample& sample) {
    if (!sample.rule) {
        return std::nullopt;
    }
    AnswerKey key;
    key.rule = *sample.rule;
    key.answers = sample.answers.unpacked();
    if (key.answers.empty() && !sample.ground_truth.empty()) {
        key.answers.push_back(sample.ground_truth);
    }
    key.options = sample.options;
    key.right_option = sample.right_option;
    key.group = sample.extras().group;
    key.group_size = sample.extras().group_size;
    key.category = sample.labels().family;
    key.answer_type = sample.extras().answer_type;
    key.precision = sample.extras().precision;
    return key.known() ? std::optional(std::move(key)) : std::nullopt;
}

std::string to_string(const ShortGroup& group) {
    return group.group + " (" + std::to_string(group.samples) + " of " + std::to_string(group.size) + ")";
}

Status check_question(const std::string& question, const std::string& where, const std::string& field) {
    const bool blank = std::all_of(question.begin(), question.end(), [](unsigned char c) { return std::isspace(c); });
    if (blank) {
        return invalid_input(where, field, "an empty question", "a question");
    }
    if (question.size() > kMaxQuestionBytes) {
        return invalid_input(where, field, std::to_string(question.size()) + " bytes",
                             "at most " + std::to_string(kMaxQuestionBytes) + " bytes");
    }
    for (const char* token : {"<image>", "<s>", "</s>", "<unk>"}) {
        if (question.find(token) != std::string::npos) {
            return invalid_input(where, field, std::string("the reserved token ") + token, "a question without it");
        }
    }
    return {};
}

}  // namespace r2t2
