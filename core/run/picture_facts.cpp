#include "core/run/picture_facts.h"

#include "core/facts/built_in_facts.h"
#include "core/vision/facts_json.h"

namespace r2t2 {

namespace {

using OptionalFacts = std::optional<AuxiliaryFacts>;

Result<OptionalFacts> optional_facts(Result<AuxiliaryFacts> facts) {
    if (!facts) {
        return facts.error();
    }
    return OptionalFacts(std::move(*facts));
}

}  // namespace

FactsChoice parse_facts_choice(const std::string& text) {
    using From = FactsChoice::From;
    if (text.empty() || text == "auto") {
        return {};
    }
    if (text == "built-in") {
        return {From::BuiltIn, {}};
    }
    if (text == "none") {
        return {From::None, {}};
    }
    return {From::File, text};
}

Result<OptionalFacts> facts_beside(const std::filesystem::path& picture) {
    const std::filesystem::path file = facts_file_beside(picture);
    std::error_code code;
    if (!std::filesystem::exists(file, code)) {
        return OptionalFacts();
    }
    return optional_facts(read_facts(file));
}

Result<OptionalFacts> facts_of_picture(const Image& image, const std::filesystem::path& path, const FactsChoice& choice,
                                       bool miniature) {
    using From = FactsChoice::From;
    if (choice.from == From::None) {
        return OptionalFacts();
    }
    if (choice.from == From::File) {
        return optional_facts(read_facts(choice.file));
    }
    if (choice.from == From::Auto) {
        Result<OptionalFacts> beside = facts_beside(path);
        if (!beside || *beside || miniature) {
            return beside;
        }
    }
    return optional_facts(built_in_facts(image));
}

}  // namespace r2t2
