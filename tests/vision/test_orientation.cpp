// Orientation wherever a file keeps it: behind XMP and JFIF segments, in either byte order, as any whole number type; and damaged.
#include <QtTest>

#include <array>
#include <functional>
#include <opencv2/imgcodecs.hpp>

#include "core/vision/load_image.h"

using namespace r2t2;

namespace {

constexpr int kWidth = 48, kHeight = 32;

/// No two corners alike, no symmetry.
std::string encoded(const char* ending) {
    cv::Mat picture(kHeight, kWidth, CV_8UC3);
    for (int y = 0; y < kHeight; ++y) {
        for (int x = 0; x < kWidth; ++x) {
            picture.at<cv::Vec3b>(y, x) = cv::Vec3b(static_cast<unsigned char>(5 * x), static_cast<unsigned char>(7 * y), static_cast<unsigned char>(x * y / 6));
        }
    }
    std::vector<std::uint8_t> out;
    cv::imencode(ending, picture, out, std::string(ending) == ".webp" ? std::vector<int>{cv::IMWRITE_WEBP_QUALITY, 101} : std::vector<int>());
    return {out.begin(), out.end()};
}

Image decoded(const std::string& bytes) {
    const auto image = decode_image({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}, "a picture");
    if (!image.ok()) {
        qFatal("%s", image.error().message().c_str());
    }
    return *image;
}

/// EXIF 2.3, 4.6.4: which stored pixel is seen at x, y.
Image turned(const Image& in, int orientation) {
    const int w = in.width - 1, h = in.height - 1;
    const std::array<std::function<std::pair<int, int>(int, int)>, 8> from = {
        [](int x, int y) { return std::pair(x, y); },         [&](int x, int y) { return std::pair(w - x, y); },
        [&](int x, int y) { return std::pair(w - x, h - y); }, [&](int x, int y) { return std::pair(x, h - y); },
        [](int x, int y) { return std::pair(y, x); },         [&](int x, int y) { return std::pair(y, h - x); },
        [&](int x, int y) { return std::pair(w - y, h - x); }, [&](int x, int y) { return std::pair(w - y, x); }};
    Image out{orientation < 5 ? in.width : in.height, orientation < 5 ? in.height : in.width, std::vector<std::uint8_t>(in.rgb.size())};
    for (int y = 0; y < out.height; ++y) {
        for (int x = 0; x < out.width; ++x) {
            const auto [fx, fy] = from[static_cast<std::size_t>(orientation - 1)](x, y);
            for (int c = 0; c < 3; ++c) {
                out.rgb[static_cast<std::size_t>((y * out.width + x) * 3 + c)] = in.rgb[static_cast<std::size_t>((fy * in.width + fx) * 3 + c)];
            }
        }
    }
    return out;
}

std::string number(std::uint64_t value, int bytes, bool little) {
    std::string text;
    for (int i = 0; i < bytes; ++i) {
        text += static_cast<char>(value >> 8 * i);
    }
    return little ? text : std::string(text.rbegin(), text.rend());
}

struct ExifForm {
    int orientation = 6;
    bool little = true;
    int type = 3;       ///< SHORT
    int offset = 8;     ///< of the directory
    bool second = false;  ///< another entry stands before it
};

std::string exif(const ExifForm& form) {
    const bool little = form.little;
    const int bytes = form.type == 4 || form.type == 9 ? 4 : form.type == 3 || form.type == 8 ? 2 : 1;
    std::string text = (little ? "II" : "MM") + number(42, 2, little) + number(static_cast<std::uint64_t>(form.offset), 4, little);
    text += std::string(static_cast<std::size_t>(form.offset - 8), 'x') + number(form.second ? 2 : 1, 2, little);
    if (form.second) {
        text += number(0x010F, 2, little) + number(2, 2, little) + number(4, 4, little) + "abc" + std::string(1, '\0');
    }
    std::string value = number(static_cast<std::uint64_t>(form.orientation), bytes, little);
    value.resize(4, '\0');
    return text + number(0x0112, 2, little) + number(static_cast<std::uint64_t>(form.type), 2, little) + number(1, 4, little) + value + number(0, 4, little);
}

const std::string kExif("Exif\0\0", 6);
const std::string kXmp("http://ns.adobe.com/xap/1.0/\0", 29);

std::string xmp(const std::string& inner = {}) { return "<x:xmpmeta><rdf:Description " + inner + "/></x:xmpmeta>"; }

std::string segment(int marker, const std::string& data) { return "\xFF" + std::string(1, static_cast<char>(marker)) + number(data.size() + 2, 2, false) + data; }
std::string png_chunk(const std::string& kind, const std::string& data) {
    std::uint32_t crc = ~0u;
    for (const char c : kind + data) {
        crc ^= static_cast<unsigned char>(c);
        for (int bit = 0; bit < 8; ++bit) {
            crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320u : 0);
        }
    }
    return number(data.size(), 4, false) + kind + data + number(~crc, 4, false);
}
std::string riff_chunk(const std::string& kind, const std::string& data) { return kind + number(data.size(), 4, true) + data + std::string(data.size() % 2, '\0'); }

std::string jpeg(const std::string& segments) { return encoded(".jpg").insert(2, segments); }
std::string png(const std::string& chunks, bool before_pixels) {
    std::string file = encoded(".png");
    return file.insert(before_pixels ? 33 : file.size() - 12, chunks);
}
std::string webp(const std::string& before, const std::string& behind) {
    const std::string inner = "WEBP" + riff_chunk("VP8X", number(8, 4, true) + number(kWidth - 1, 3, true) + number(kHeight - 1, 3, true)) + before +
                              encoded(".webp").substr(12) + behind;
    return "RIFF" + number(inner.size(), 4, true) + inner;
}

}  // namespace

class TestOrientation : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void wherever_it_stands_data() {
        QTest::addColumn<QByteArray>("file");
        QTest::addColumn<int>("orientation");
        const auto row = [](const char* name, const std::string& file, int orientation) { QTest::newRow(name) << QByteArray::fromStdString(file) << orientation; };
        const std::string jfif = segment(0xE0, std::string("JFIF\0\1\1\0\0\1\0\1\0\0", 14)), ours = segment(0xE1, kExif + exif({}));
        row("jpeg: XMP first", jpeg(segment(0xE1, kXmp + xmp()) + ours), 6);
        row("jpeg: XMP that says 1 first", jpeg(segment(0xE1, kXmp + xmp("tiff:Orientation=\"1\"")) + ours), 6);
        row("jpeg: JFIF first", jpeg(jfif + ours), 6);
        row("jpeg: JFIF, a comment, a profile, XMP", jpeg(jfif + segment(0xFE, "made by") + segment(0xE2, "ICC_PROFILE") + segment(0xE1, kXmp + xmp()) + ours), 6);
        row("jpeg: fill bytes", jpeg(segment(0xE1, kXmp + xmp()) + "\xFF\xFF" + ours), 6);
        row("jpeg: an unknown APP1 first", jpeg(segment(0xE1, "something") + ours), 6);
        row("jpeg: the first of two", jpeg(segment(0xE1, kExif + exif({.orientation = 8})) + ours), 8);
        row("jpeg: an Exif without the tag first", jpeg(segment(0xE1, kExif + std::string("II*\0\x08\0\0\0\0\0\0\0\0\0", 14)) + ours), 6);
        row("jpeg: in a comment it is none", jpeg(segment(0xFE, kExif + exif({}))), 1);
        row("png: before the pixels", png(png_chunk("eXIf", exif({})), true), 6);
        row("png: behind them", png(png_chunk("eXIf", exif({.orientation = 3, .little = false})), false), 3);
        row("webp: behind the pixels", webp("", riff_chunk("EXIF", exif({}))), 6);
        row("webp: behind XMP", webp("", riff_chunk("XMP ", xmp()) + riff_chunk("EXIF", kExif + exif({.orientation = 8}))), 8);
        row("xmp alone: jpeg", jpeg(segment(0xE1, kXmp + xmp("tiff:Orientation=\"6\""))), 6);
        row("xmp alone: an element", jpeg(segment(0xE1, kXmp + "<tiff:Orientation>3</tiff:Orientation>")), 3);
        row("xmp alone: png", png(png_chunk("iTXt", std::string("XML:com.adobe.xmp\0\0\0\0\0", 22) + xmp("tiff:Orientation='5'")), true), 5);
        row("xmp alone: webp", webp("", riff_chunk("XMP ", xmp("tiff:Orientation=\"7\""))), 7);
        row("xmp beside an Exif that says 1", jpeg(segment(0xE1, kExif + exif({.orientation = 1})) + segment(0xE1, kXmp + xmp("tiff:Orientation=\"6\""))), 1);
        row("xmp: nothing that is an orientation", jpeg(segment(0xE1, kXmp + xmp("tiff:Orientation=\"up\""))), 1);
    }
    void wherever_it_stands() {
        QFETCH(const QByteArray, file);
        QFETCH(const int, orientation);
        const std::string bytes = file.toStdString();
        const Image stored = decoded(encoded(bytes.starts_with("RIFF") ? ".webp" : bytes.starts_with("\x89PNG") ? ".png" : ".jpg"));
        const Image image = decoded(bytes), expected = turned(stored, orientation);
        QCOMPARE(image.width, expected.width);
        QCOMPARE(image.height, expected.height);
        QVERIFY(image.rgb == expected.rgb);
    }

    /// Every kind of file alike, and every orientation as the standard draws it.
    void however_it_is_written_data() {
        QTest::addColumn<int>("orientation");
        QTest::addColumn<bool>("little");
        QTest::addColumn<int>("type");
        QTest::addColumn<int>("offset");
        QTest::addColumn<int>("seen");
        for (int orientation = 1; orientation <= 8; ++orientation) {
            QTest::addRow("%d", orientation) << orientation << (orientation % 2 == 0) << 3 << 8 << orientation;
        }
        for (const bool little : {true, false}) {
            for (const int type : {1, 3, 4, 6, 8, 9}) {
                QTest::addRow("type %d, %s", type, little ? "II" : "MM") << 6 << little << type << 8 << 6;
            }
            QTest::addRow("a directory further on, %s", little ? "II" : "MM") << 8 << little << 3 << 26 << 8;
            QTest::addRow("a text is none, %s", little ? "II" : "MM") << 6 << little << 2 << 8 << 1;
            QTest::addRow("9, %s", little ? "II" : "MM") << 9 << little << 3 << 8 << 1;
            QTest::addRow("0, %s", little ? "II" : "MM") << 0 << little << 3 << 8 << 1;
            QTest::addRow("65542 as LONG, %s", little ? "II" : "MM") << 65542 << little << 4 << 8 << 1;
        }
    }
    void however_it_is_written() {
        QFETCH(const int, orientation);
        QFETCH(const bool, little);
        QFETCH(const int, type);
        QFETCH(const int, offset);
        QFETCH(const int, seen);
        for (const bool second : {false, true}) {
            const std::string data = exif({orientation, little, type, offset, second});
            QVERIFY(decoded(jpeg(segment(0xE1, kExif + data))).rgb == turned(decoded(encoded(".jpg")), seen).rgb);
            QVERIFY(decoded(png(png_chunk("eXIf", data), true)).rgb == turned(decoded(encoded(".png")), seen).rgb);
            QVERIFY(decoded(webp("", riff_chunk("EXIF", data))).rgb == turned(decoded(encoded(".webp")), seen).rgb);
        }
    }

    /// Cut anywhere, a bit turned anywhere: upright as stored, or turned by another number; never refused, never a crash.
    void damage_turns_nothing() {
        const std::string whole = exif({.orientation = 6, .little = false});
        const Image jpeg_stored = decoded(encoded(".jpg")), png_stored = decoded(encoded(".png"));
        for (std::size_t size = 0; size < whole.size() - 4; ++size) {  // the last four bytes belong to no tag
            QVERIFY2(decoded(jpeg(segment(0xE1, kExif + whole.substr(0, size)))).rgb == jpeg_stored.rgb, std::to_string(size).c_str());
            QVERIFY2(decoded(png(png_chunk("eXIf", whole.substr(0, size)), true)).rgb == png_stored.rgb, std::to_string(size).c_str());
        }
        for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
            std::string flipped = whole;
            flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ 1 << bit % 8);
            const Image image = decoded(jpeg(segment(0xE1, kXmp + xmp()) + segment(0xE1, kExif + flipped)));
            QCOMPARE(image.rgb.size(), jpeg_stored.rgb.size());
        }
        const std::string huge = std::string("MM\0*", 4) + std::string("\xFF\xFF\xFF\xFE", 4) + std::string(20, '\xFF');
        QVERIFY(decoded(jpeg(segment(0xE1, kExif + huge))).rgb == jpeg_stored.rgb);
    }
};

QTEST_GUILESS_MAIN(TestOrientation)
#include "test_orientation.moc"
