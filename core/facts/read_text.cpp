// Printed text, by Tesseract. The reader is loaded once a thread (a tenth of a second).
#include <algorithm>
#include <cctype>
#include <memory>
#include <opencv2/imgproc.hpp>

#include "core/facts/facts_parts.h"

#ifdef R2T2_HAVE_TESSERACT
#include <tesseract/baseapi.h>
#endif

namespace r2t2::facts {

#ifdef R2T2_HAVE_TESSERACT

namespace {

constexpr double kLikely = 0.7;   // below, leaves and cloth are read as words
constexpr double kTold = 0.85;  // what MoAI is told
constexpr int kSmallest = 12;     // pixels: no print is lower
constexpr int kLongSide = 2000;   // larger pictures are made smaller first: print is still twenty pixels high
constexpr int kShortText = 1000;  // smaller ones are doubled: Tesseract wants letters of about thirty pixels

/// Print has letters and digits; leaves and bricks give signs and single letters.
bool looks_like_text(const std::string& text) {
    const auto solid = std::count_if(text.begin(), text.end(), [](unsigned char c) { return std::isalnum(c) || c >= 0x80; });
    const auto visible = std::count_if(text.begin(), text.end(), [](unsigned char c) { return !std::isspace(c); });
    return solid >= 2 && 10 * solid >= 6 * visible;
}

std::string trimmed(std::string text) {
    while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) {
        text.pop_back();
    }
    text.erase(text.begin(), std::find_if_not(text.begin(), text.end(), [](unsigned char c) { return std::isspace(c); }));
    return text;
}

/// Null when the language data is missing.
tesseract::TessBaseAPI* reader_of_this_thread() {
    thread_local const std::unique_ptr<tesseract::TessBaseAPI> reader = [] {
        auto fresh = std::make_unique<tesseract::TessBaseAPI>();
        const std::vector<std::string> names = {"debug_file"};
        const std::vector<std::string> values = {"/dev/null"};  // it writes remarks to stderr otherwise
        const bool loaded = fresh->Init(nullptr, "eng", tesseract::OEM_LSTM_ONLY, nullptr, 0, &names, &values, false) == 0;
        return loaded ? std::move(fresh) : nullptr;
    }();
    return reader.get();
}

/// One way to look: how the picture is laid out, and how black is told from white.
struct Reading {
    tesseract::PageSegMode layout;
    const char* threshold;  ///< Tesseract's numbers: "0" one for the whole picture (Otsu), "2" one a place (Sauvola)
};

std::vector<TextLine> lines_of(tesseract::TessBaseAPI& reader, const Reading& reading, const cv::Mat& grey) {
    std::vector<TextLine> lines;
    const cv::Size size = grey.size();
    reader.SetPageSegMode(reading.layout);
    reader.SetVariable("thresholding_method", reading.threshold);
    reader.SetImage(grey.data, grey.cols, grey.rows, 1, static_cast<int>(grey.step));
    reader.SetSourceResolution(150);
    if (reader.Recognize(nullptr) != 0) {
        return lines;
    }
    const std::unique_ptr<tesseract::ResultIterator> at(reader.GetIterator());
    if (!at) {
        return lines;
    }
    constexpr auto kLine = tesseract::RIL_TEXTLINE;
    do {
        const std::unique_ptr<char[]> raw(at->GetUTF8Text(kLine));
        const double confidence = static_cast<double>(at->Confidence(kLine)) / 100.0;
        const std::string text = raw ? trimmed(raw.get()) : std::string();
        int x1 = 0, y1 = 0, x2 = 0, y2 = 0;
        if (confidence >= kLikely && looks_like_text(text) && at->BoundingBox(kLine, &x1, &y1, &x2, &y2)) {
            const double width = size.width;
            const double height = size.height;
            lines.push_back({{text, std::min(1.0, confidence)}, {x1 / width, y1 / height, x2 / width, y2 / height}});
        }
    } while (at->Next(kLine));
    return lines;
}

/// Letters of the lines that are certain.
std::size_t certain_letters(const std::vector<TextLine>& lines) {
    std::size_t letters = 0;
    for (const TextLine& line : lines) {
        letters += line.fact.confidence >= kTold ? line.fact.text.size() : 0;
    }
    return letters;
}

}  // namespace

Result<std::vector<TextLine>> read_text(const Image& image) {
    if (std::min(image.width, image.height) < kSmallest) {
        return std::vector<TextLine>{};
    }
    tesseract::TessBaseAPI* reader = reader_of_this_thread();
    if (reader == nullptr) {
        return Error{ErrorKind::NotFound, "Tesseract", "eng.traineddata", "nothing that can be loaded",
                     "the English data (Debian: tesseract-ocr-eng), or TESSDATA_PREFIX naming its folder"};
    }
    const cv::Mat rgb(image.height, image.width, CV_8UC3, const_cast<std::uint8_t*>(image.rgb.data()));
    cv::Mat grey;
    cv::cvtColor(rgb, grey, cv::COLOR_RGB2GRAY);
    const int side = std::max(grey.cols, grey.rows);
    if (side > kLongSide || side < kShortText) {
        const double scale = side > kLongSide ? static_cast<double>(kLongSide) / side : 2.0;
        cv::resize(grey, grey, {}, scale, scale, scale < 1 ? cv::INTER_AREA : cv::INTER_CUBIC);
    }
    // A page in even light, a page in uneven light; only if neither says anything, words scattered over a scene.
    std::vector<TextLine> best;
    for (const Reading& reading : {Reading{tesseract::PSM_AUTO, "0"}, {tesseract::PSM_AUTO, "2"}, {tesseract::PSM_SPARSE_TEXT, "0"}}) {
        if (reading.layout == tesseract::PSM_SPARSE_TEXT && certain_letters(best) > 0) {
            break;
        }
        std::vector<TextLine> lines = lines_of(*reader, reading, grey);
        if (best.empty() || certain_letters(lines) > certain_letters(best)) {
            best = std::move(lines);
        }
    }
    reader->Clear();
    return best;
}

std::string text_reader_name() {
    return std::string("Tesseract ") + tesseract::TessBaseAPI::Version();
}

#else

Result<std::vector<TextLine>> read_text(const Image&) {
    return std::vector<TextLine>{};
}

std::string text_reader_name() {
    return {};
}

#endif

}  // namespace r2t2::facts
