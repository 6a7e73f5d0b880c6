#include "ui/panels/reference_colours.h"

#include <algorithm>
#include <map>

namespace r2t2::ui {

namespace {

constexpr std::size_t kColours = 7;

const std::string& field(const ReferenceSummary& reference, ColourBy by) {
    switch (by) {
        case ColourBy::Domain:
            return reference.domain;
        case ColourBy::Family:
            return reference.family;
        case ColourBy::Set:
            return reference.set;
        default:
            return reference.answer;
    }
}

}  // namespace

ReferenceColours colour_references(const std::vector<ReferenceSummary>& references, ColourBy by) {
    std::map<std::string, std::size_t> counts;
    for (const ReferenceSummary& reference : references) {
        ++counts[field(reference, by)];
    }
    std::vector<std::pair<std::size_t, std::string>> order;
    for (const auto& [name, count] : counts) {
        order.emplace_back(count, name);
    }
    const bool too_many = order.size() > kColours;
    if (too_many) {  // the most frequent keep a colour of their own
        std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    }
    ReferenceColours out;
    std::map<std::string, int> colour;
    for (std::size_t i = 0; i < order.size(); ++i) {
        const bool other = too_many && i + 1 >= kColours;
        colour[order[i].second] = static_cast<int>(other ? kColours - 1 : i);
        if (!other) {
            out.names << (order[i].second.empty() ? QObject::tr("unknown") : QString::fromStdString(order[i].second));
        }
    }
    if (too_many) {
        out.names << QObject::tr("other");
    }
    for (const ReferenceSummary& reference : references) {
        out.category.push_back(colour[field(reference, by)]);
    }
    return out;
}

}  // namespace r2t2::ui
