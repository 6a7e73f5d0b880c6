// Which facts a model is told about a picture when its data set states none.
//
// A facts file beside the picture ("photo.jpg.facts.json") comes first. Without one a model is told built-in facts, except
// the bundled miniature: its facts speak the bundled world's language, so it is told nothing unless the user asks for it.
// Thread rule: pure functions; files are read, pictures are looked at (half a second).
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "core/base/result.h"
#include "core/vision/auxiliary_facts.h"
#include "core/vision/image.h"

namespace r2t2 {

struct FactsChoice {
    enum class From { Auto, File, BuiltIn, None } from = From::Auto;
    std::filesystem::path file;  ///< of From::File
};

/// "auto" or empty, "built-in", "none"; anything else is a file's name.
[[nodiscard]] FactsChoice parse_facts_choice(const std::string& text);

/// Nothing: the model is told nothing. Errors: the file's, built_in_facts'.
[[nodiscard]] Result<std::optional<AuxiliaryFacts>> facts_of_picture(const Image& image, const std::filesystem::path& path,
                                                                     const FactsChoice& choice, bool miniature);

/// The file beside the picture, if there is one.
[[nodiscard]] Result<std::optional<AuxiliaryFacts>> facts_beside(const std::filesystem::path& picture);

}  // namespace r2t2
