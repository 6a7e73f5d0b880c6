#include "ui/figures/outcomes.h"

#include "ui/models/step_model.h"

namespace r2t2::ui {

OutcomeColour colour_of(std::optional<Outcome> outcome) {
    if (!outcome) {
        return OutcomeColour::Unknown;
    }
    switch (*outcome) {
        case Outcome::RightRight:
            return OutcomeColour::Right;
        case Outcome::RightWrong:
            return OutcomeColour::Harmed;
        case Outcome::WrongRight:
            return OutcomeColour::Mended;
        case Outcome::WrongWrong:
            break;
    }
    return OutcomeColour::Wrong;
}

std::vector<FlipMark> flip_marks(const Trajectory& trajectory) {
    const std::vector<AnswerFlip> flips = answer_flips(trajectory.steps);
    std::vector<FlipMark> marks;
    for (std::size_t t = 0; t < flips.size(); ++t) {
        if (flips[t] != AnswerFlip::None) {
            marks.push_back({static_cast<int>(t), flips[t] == AnswerFlip::Mended   ? OutcomeColour::Mended
                                                  : flips[t] == AnswerFlip::Harmed ? OutcomeColour::Harmed
                                                                                   : OutcomeColour::Unknown});
        }
    }
    return marks;
}

QString flip_title(OutcomeColour did) {
    return flip_text(did == OutcomeColour::Mended ? AnswerFlip::Mended : did == OutcomeColour::Harmed ? AnswerFlip::Harmed : AnswerFlip::Changed);
}

QString outcome_title(std::optional<Outcome> outcome) {
    if (!outcome) {
        return QStringLiteral("truth unknown");
    }
    const std::string_view text = outcome_text(*outcome);
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size())).replace(QLatin1String("->"), QStringLiteral(" \u2192 "));
}

std::optional<Outcome> outcome_of_code(const std::string& code) {
    for (std::size_t i = 0; i < kOutcomeCount; ++i) {
        if (outcome_code(static_cast<Outcome>(i)) == code) {
            return static_cast<Outcome>(i);
        }
    }
    return std::nullopt;
}

}  // namespace r2t2::ui
