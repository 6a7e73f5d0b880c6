#include "core/routing/routing_space.h"

#include <cassert>

namespace r2t2 {

std::size_t RoutingSpace::expert_count() const {
    return group_begin(groups.size());
}

std::size_t RoutingSpace::group_begin(std::size_t group) const {
    assert(group <= groups.size());
    std::size_t begin = 0;
    for (std::size_t g = 0; g < group; ++g) {
        begin += groups[g].experts.size();
    }
    return begin;
}

std::vector<std::string> RoutingSpace::expert_names() const {
    std::vector<std::string> names;
    for (const ExpertGroup& group : groups) {
        names.insert(names.end(), group.experts.begin(), group.experts.end());
    }
    return names;
}

RoutingSpace RoutingSpace::moai(std::size_t mixers) {
    return {{{"image", {"img_aux", "img_lang", "img_self"}}, {"language", {"lang_aux", "lang_img", "lang_self"}}},
            mixers};
}

}  // namespace r2t2
