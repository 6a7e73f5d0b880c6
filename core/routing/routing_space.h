// Which experts compete with which: the shape of routing, for any model.
//
// MoAI has two groups of three (image tokens, language tokens) in every mixer; MoVA has one group of seven.
// Nothing below assumes 2 x 3. Thread rule: immutable value.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace r2t2 {

/// Experts that share one softmax.
struct ExpertGroup {
    std::string name;                  ///< "image"
    std::vector<std::string> experts;  ///< file names of the experts: "img_aux", "img_lang", "img_self"
    bool operator==(const ExpertGroup&) const = default;
};

struct RoutingSpace {
    std::vector<ExpertGroup> groups;
    std::size_t mixers = 1;  ///< decoder layers that hold experts

    [[nodiscard]] std::size_t expert_count() const;                  ///< over all groups: MoAI 6
    [[nodiscard]] std::size_t group_begin(std::size_t group) const;  ///< first column of a group
    [[nodiscard]] std::vector<std::string> expert_names() const;     ///< in column order
    bool operator==(const RoutingSpace&) const = default;

    /// MoAI's: image {img_aux, img_lang, img_self}, language {lang_aux, lang_img, lang_self}.
    [[nodiscard]] static RoutingSpace moai(std::size_t mixers);
};

}  // namespace r2t2
