#include "core/dataset/dataset.h"

#include <algorithm>
#include <cctype>

namespace r2t2 {

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
