#include "core/miniature/question.h"

#include <algorithm>
#include <set>

namespace r2t2 {

namespace {

std::string text(std::string_view view) {
    return std::string(view);
}
std::string colour_name(int i) {
    return text(kColours[static_cast<std::size_t>(i)]);
}
std::string shape_name(int i) {
    return text(kShapes[static_cast<std::size_t>(i)]);
}
std::string plural(int i) {
    return text(kShapePlurals[static_cast<std::size_t>(i)]);
}
std::string word_name(int i) {
    return text(kWords[static_cast<std::size_t>(i)]);
}
std::string fruit_name(int i) {
    return text(kFruits[static_cast<std::size_t>(i)]);
}
std::string corners(int i) {
    return std::to_string(kShapeCorners[static_cast<std::size_t>(i)]);
}

constexpr int kShapeCount = static_cast<int>(kShapes.size());
constexpr int kColourCount = static_cast<int>(kColours.size());

std::string ask_colour(int shape) {
    return "what colour is the " + shape_name(shape) + "?";
}
std::string ask_shape(int colour) {
    return "what shape is the " + colour_name(colour) + " thing?";
}
std::string ask_count(int shape) {
    return "how many " + plural(shape) + " are there?";
}
std::string ask_exists(int colour, int shape) {
    return (colour_name(colour) == "orange" ? "is there an " : "is there a ") + colour_name(colour) + " " +
           shape_name(shape) + "?";
}
std::string ask_left(int a, int b) {
    return "is the " + shape_name(a) + " left of the " + shape_name(b) + "?";
}
std::string ask_above(int a, int b) {
    return "is the " + shape_name(a) + " above the " + shape_name(b) + "?";
}
std::string ask_corners(int colour) {
    return "how many corners has the " + colour_name(colour) + " thing?";
}
std::string ask_fruit(int shape) {
    return "which fruit has the colour of the " + shape_name(shape) + "?";
}
std::string ask_more(int a, int b) {
    return "are there more " + plural(a) + " than " + plural(b) + "?";
}
std::string ask_read(int shape) {
    return "what is written on the " + shape_name(shape) + "?";
}
std::string ask_carrier(int word) {
    return "which shape carries the word " + word_name(word) + "?";
}
std::string ask_word_colour(int word) {
    return "what colour is the thing that says " + word_name(word) + "?";
}

using Questions = std::vector<WorldQuestion>;

/// One question for each object whose shape is unique in the scene.
template <typename Make>
void for_unique_shapes(const Scene& scene, const Make& make) {
    for (const SceneObject& object : scene.objects) {
        if (scene.only_shape(object.shape) != nullptr) {
            make(object);
        }
    }
}

template <typename Make>
void for_unique_colours(const Scene& scene, const Make& make) {
    for (const SceneObject& object : scene.objects) {
        if (scene.only_colour(object.colour) != nullptr) {
            make(object);
        }
    }
}

void add_exists(const Scene& scene, Questions& out) {
    for (int colour = 0; colour < kColourCount; ++colour) {
        for (int shape = 0; shape < kShapeCount; ++shape) {
            const bool both = std::any_of(scene.objects.begin(), scene.objects.end(), [&](const SceneObject& object) {
                return object.colour == colour && object.shape == shape;
            });
            const bool colour_there = scene.count_colour(colour) > 0;
            const bool shape_there = scene.count_shape(shape) > 0;
            if (both) {
                out.push_back({ask_exists(colour, shape), "yes"});
            } else if (colour_there || shape_there) {
                out.push_back({ask_exists(colour, shape), "no"});
            }
        }
    }
}

/// Both orders of every pair of unique shapes that differ by the margin along `axis`.
template <typename Ask>
void add_relation(const Scene& scene, double SceneObject::*axis, double margin, const Ask& ask, Questions& out) {
    for_unique_shapes(scene, [&](const SceneObject& a) {
        for_unique_shapes(scene, [&](const SceneObject& b) {
            const double difference = b.*axis - a.*axis;
            if (a.shape != b.shape && std::abs(difference) >= margin) {
                out.push_back({ask(a.shape, b.shape), difference > 0 ? "yes" : "no"});
            }
        });
    });
}

/// No ties: so that yes and no mirror each other.
void add_more(const Scene& scene, Questions& out) {
    for (int a = 0; a < kShapeCount; ++a) {
        for (int b = 0; b < kShapeCount; ++b) {
            const int difference = scene.count_shape(a) - scene.count_shape(b);
            if (difference != 0) {
                out.push_back({ask_more(a, b), difference > 0 ? "yes" : "no"});
            }
        }
    }
}

Questions all_questions(const Scene& scene, TemplateId id, const WorldConfig& config) {
    Questions out;
    switch (id) {
        case TemplateId::Colour:
            for_unique_shapes(scene, [&](const SceneObject& o) {
                out.push_back({ask_colour(o.shape), colour_name(o.colour)});
            });
            break;
        case TemplateId::Shape:
            for_unique_colours(scene, [&](const SceneObject& o) {
                out.push_back({ask_shape(o.colour), shape_name(o.shape)});
            });
            break;
        case TemplateId::Count:
            for (int shape = 0; shape < kShapeCount; ++shape) {
                out.push_back({ask_count(shape), std::to_string(scene.count_shape(shape))});
            }
            break;
        case TemplateId::Exists:
            add_exists(scene, out);
            break;
        case TemplateId::LeftOf:
            add_relation(scene, &SceneObject::x, config.relation_margin, ask_left, out);
            break;
        case TemplateId::Above:
            add_relation(scene, &SceneObject::y, config.relation_margin, ask_above, out);
            break;
        case TemplateId::Corners:
            for_unique_colours(scene, [&](const SceneObject& o) {
                out.push_back({ask_corners(o.colour), corners(o.shape)});
            });
            break;
        case TemplateId::Fruit:
            for_unique_shapes(scene, [&](const SceneObject& o) {
                out.push_back({ask_fruit(o.shape), fruit_name(o.colour)});
            });
            break;
        case TemplateId::More:
            add_more(scene, out);
            break;
        case TemplateId::Read:
        case TemplateId::Carrier:
        case TemplateId::WordColour:
            for_unique_shapes(scene, [&](const SceneObject& o) {
                if (o.word == kNoWord) {
                    return;
                }
                if (id == TemplateId::Read) {
                    out.push_back({ask_read(o.shape), word_name(o.word)});
                } else if (id == TemplateId::Carrier) {
                    out.push_back({ask_carrier(o.word), shape_name(o.shape)});
                } else {
                    out.push_back({ask_word_colour(o.word), colour_name(o.colour)});
                }
            });
            break;
    }
    return out;
}

template <std::size_t N>
std::vector<std::string> strings(const std::array<std::string_view, N>& names) {
    return {names.begin(), names.end()};
}

}  // namespace

const std::vector<QuestionTemplate>& question_templates() {
    static const std::vector<QuestionTemplate> templates = {
        {TemplateId::Colour, "colour", Family::General},     {TemplateId::Shape, "shape", Family::General},
        {TemplateId::Count, "count", Family::General},       {TemplateId::Exists, "exists", Family::General},
        {TemplateId::LeftOf, "left", Family::General},       {TemplateId::Above, "above", Family::General},
        {TemplateId::Corners, "corners", Family::Knowledge}, {TemplateId::Fruit, "fruit", Family::Knowledge},
        {TemplateId::More, "more", Family::Knowledge},       {TemplateId::Read, "read", Family::Text},
        {TemplateId::Carrier, "carrier", Family::Text},      {TemplateId::WordColour, "word_colour", Family::Text}};
    return templates;
}

const QuestionTemplate* question_template(std::string_view template_name) {
    for (const QuestionTemplate& item : question_templates()) {
        if (item.name == template_name) {
            return &item;
        }
    }
    return nullptr;
}

std::vector<const QuestionTemplate*> templates_of(Family family) {
    std::vector<const QuestionTemplate*> found;
    for (const QuestionTemplate& item : question_templates()) {
        if (item.family == family) {
            found.push_back(&item);
        }
    }
    return found;
}

std::vector<std::string> answers_of(TemplateId id, const WorldConfig& config) {
    switch (id) {
        case TemplateId::Colour:
        case TemplateId::WordColour:
            return strings(kColours);
        case TemplateId::Shape:
        case TemplateId::Carrier:
            return strings(kShapes);
        case TemplateId::Fruit:
            return strings(kFruits);
        case TemplateId::Read:
            return strings(kWords);
        case TemplateId::Count: {
            std::vector<std::string> numbers;
            for (int i = 0; i <= config.max_count; ++i) {
                numbers.push_back(std::to_string(i));
            }
            return numbers;
        }
        case TemplateId::Corners: {
            std::vector<std::string> numbers;
            for (const int n : kShapeCorners) {
                numbers.push_back(std::to_string(n));
            }
            return numbers;
        }
        case TemplateId::Exists:
        case TemplateId::LeftOf:
        case TemplateId::Above:
        case TemplateId::More:
            break;
    }
    return {"yes", "no"};
}

std::vector<std::string> all_answers(const WorldConfig& config) {
    std::vector<std::string> answers;
    std::set<std::string> seen;
    for (const QuestionTemplate& item : question_templates()) {
        for (std::string& answer : answers_of(item.id, config)) {
            if (seen.insert(answer).second) {
                answers.push_back(std::move(answer));
            }
        }
    }
    return answers;
}

std::vector<WorldQuestion> questions_with_answer(const Scene& scene, TemplateId id, const std::string& answer,
                                                 const WorldConfig& config) {
    Questions questions = all_questions(scene, id, config);
    std::erase_if(questions, [&](const WorldQuestion& item) { return item.answer != answer; });
    return questions;
}

std::vector<std::string> all_question_texts() {
    std::vector<std::string> texts;
    for (int shape = 0; shape < kShapeCount; ++shape) {
        for (std::string& question :
             std::vector{ask_colour(shape), ask_count(shape), ask_fruit(shape), ask_read(shape)}) {
            texts.push_back(std::move(question));
        }
        for (int other = 0; other < kShapeCount; ++other) {
            if (other != shape) {
                texts.push_back(ask_left(shape, other));
                texts.push_back(ask_above(shape, other));
                texts.push_back(ask_more(shape, other));
            }
        }
    }
    for (int colour = 0; colour < kColourCount; ++colour) {
        texts.push_back(ask_shape(colour));
        texts.push_back(ask_corners(colour));
        for (int shape = 0; shape < kShapeCount; ++shape) {
            texts.push_back(ask_exists(colour, shape));
        }
    }
    for (int word = 0; word < static_cast<int>(kWords.size()); ++word) {
        texts.push_back(ask_carrier(word));
        texts.push_back(ask_word_colour(word));
    }
    return texts;
}

}  // namespace r2t2
