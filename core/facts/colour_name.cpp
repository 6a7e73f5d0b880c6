#include <array>
#include <opencv2/imgproc.hpp>

#include "core/facts/facts_parts.h"

namespace r2t2::facts {

namespace {

struct NamedColour {
    const char* name;
    int red, green, blue;
};

constexpr std::array<NamedColour, 24> kColours = {{{"black", 18, 18, 18},
                                                   {"dark grey", 75, 75, 75},
                                                   {"grey", 128, 128, 128},
                                                   {"light grey", 195, 195, 195},
                                                   {"white", 248, 248, 248},
                                                   {"red", 205, 30, 35},
                                                   {"dark red", 115, 20, 25},
                                                   {"pink", 240, 150, 175},
                                                   {"orange", 240, 140, 40},
                                                   {"brown", 130, 85, 50},
                                                   {"dark brown", 65, 42, 28},
                                                   {"beige", 222, 200, 165},
                                                   {"yellow", 240, 218, 50},
                                                   {"olive", 120, 118, 55},
                                                   {"green", 45, 150, 60},
                                                   {"dark green", 28, 70, 35},
                                                   {"light green", 150, 210, 130},
                                                   {"turquoise", 60, 180, 180},
                                                   {"light blue", 150, 195, 235},
                                                   {"blue", 40, 85, 195},
                                                   {"dark blue", 25, 35, 90},
                                                   {"grey blue", 100, 125, 155},
                                                   {"purple", 125, 60, 155},
                                                   {"light purple", 190, 160, 215}}};

std::array<cv::Vec3f, kColours.size()> colours_in_lab() {
    cv::Mat rgb(1, static_cast<int>(kColours.size()), CV_32FC3);
    for (std::size_t i = 0; i < kColours.size(); ++i) {
        const NamedColour& colour = kColours[i];
        rgb.at<cv::Vec3f>(static_cast<int>(i)) =
            cv::Vec3f(static_cast<float>(colour.red), static_cast<float>(colour.green), static_cast<float>(colour.blue)) / 255.0F;
    }
    cv::Mat lab;
    cv::cvtColor(rgb, lab, cv::COLOR_RGB2Lab);
    std::array<cv::Vec3f, kColours.size()> out;
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[i] = lab.at<cv::Vec3f>(static_cast<int>(i));
    }
    return out;
}

}  // namespace

std::string colour_name(const cv::Vec3f& lab) {
    static const auto table = colours_in_lab();
    std::size_t best = 0;
    for (std::size_t i = 1; i < table.size(); ++i) {
        if (cv::norm(table[i] - lab) < cv::norm(table[best] - lab)) {
            best = i;
        }
    }
    return kColours[best].name;
}

std::string region_name(const Region& region) {
    const bool background = region.borders >= 3 && region.share >= 0.25;
    return colour_name(region.lab) + (background ? " background" : " region");
}

}  // namespace r2t2::facts
