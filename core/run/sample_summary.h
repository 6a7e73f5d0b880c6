// What a table says about a sample: no picture, no model. Thread rule: plain value.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace r2t2 {

struct SampleSummary {
    std::string set;
    std::string id;
    std::string question;
    std::string instruction;           ///< put in front of the question; may be empty
    bool prompt_known = true;          ///< false: stored by a program that did not keep the instruction
    std::string truth;                 ///< empty: not known
    std::vector<std::string> options;  ///< of multiple-choice questions
    std::string family, domain, template_name;           ///< where known
    std::string native_answer, final_answer;             ///< where known: a session, a published file
    std::optional<bool> native_correct, final_correct;
    std::string error;                 ///< not empty: the sample failed
    std::string image;                 ///< path, or "world:..." of generated pictures
    std::string rule;                  ///< how its answers are judged, for people; empty: not known
};

}  // namespace r2t2
