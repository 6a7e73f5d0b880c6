// Questions of the bundled world: twelve templates in three families, single-word answers from a closed list.
//
// A question is asked only of a scene in which what it refers to is unique and its answer holds with a margin.
// Thread rule: pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/miniature/scene.h"

namespace r2t2 {

enum class TemplateId {
    Colour,     ///< general: what colour is the SHAPE?
    Shape,      ///< general: what shape is the COLOUR thing?
    Count,      ///< general: how many SHAPES are there?
    Exists,     ///< general: is there a COLOUR SHAPE?
    LeftOf,     ///< general: is the SHAPE left of the SHAPE?
    Above,      ///< general: is the SHAPE above the SHAPE?
    Corners,    ///< knowledge: how many corners has the COLOUR thing?
    Fruit,      ///< knowledge: which fruit has the colour of the SHAPE?
    More,       ///< knowledge: are there more SHAPES than SHAPES?
    Read,       ///< text: what is written on the SHAPE?
    Carrier,    ///< text: which shape carries the word WORD?
    WordColour  ///< text: what colour is the thing that says WORD?
};

struct QuestionTemplate {
    TemplateId id;
    std::string_view name;  ///< "colour", "shape", "count", "exists", "left", "above", "corners", ...
    Family family;
};

[[nodiscard]] const std::vector<QuestionTemplate>& question_templates();
[[nodiscard]] const QuestionTemplate* question_template(std::string_view template_name);  ///< nullptr: no such name
[[nodiscard]] std::vector<const QuestionTemplate*> templates_of(Family family);

struct WorldQuestion {
    std::string question;
    std::string answer;
    bool operator==(const WorldQuestion&) const = default;
};

/// Answers of one template; samples are drawn so that each is equally frequent.
[[nodiscard]] std::vector<std::string> answers_of(TemplateId id, const WorldConfig& config);

/// All answers of the world, without doubles.
[[nodiscard]] std::vector<std::string> all_answers(const WorldConfig& config);

/// Every question of this template with this answer that the scene allows; may be empty. "No" to "is there a red
/// circle?" is asked when the colour or the shape is there, or both but not together.
[[nodiscard]] std::vector<WorldQuestion> questions_with_answer(const Scene& scene, TemplateId id,
                                                               const std::string& answer, const WorldConfig& config);

/// Every text a template can take (all colours, shapes and words filled in); used for the vocabulary.
[[nodiscard]] std::vector<std::string> all_question_texts();

}  // namespace r2t2
