// Pictures that are more than a picture: animations, orientation in a WebP, several pages; and headers read without the rest.
#include <QTemporaryDir>
#include <QtTest>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "core/base/log.h"
#include "core/vision/load_image.h"
#include "tests/support/files.h"

using namespace r2t2;
using namespace std::string_literals;

namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes bytes_of(const std::string& text) { return {text.begin(), text.end()}; }
std::string text_of(const Bytes& bytes) { return {bytes.begin(), bytes.end()}; }

std::string le(std::uint64_t value, int bytes) {
    std::string out;
    for (int i = 0; i < bytes; ++i) {
        out += static_cast<char>(value >> 8 * i);
    }
    return out;
}

std::string chunk(const std::string& kind, const std::string& data) {
    return kind + le(data.size(), 4) + data + std::string(data.size() % 2, '\0');
}
std::string riff(const std::string& chunks) { return "RIFF" + le(4 + chunks.size(), 4) + "WEBP" + chunks; }
std::string extended(int flags, int width, int height) { return chunk("VP8X", le(static_cast<std::uint64_t>(flags), 4) + le(static_cast<std::uint64_t>(width - 1), 3) + le(static_cast<std::uint64_t>(height - 1), 3)); }
std::string frame(int x, int y, int width, int height, const std::string& picture) {
    return chunk("ANMF", le(static_cast<std::uint64_t>(x / 2), 3) + le(static_cast<std::uint64_t>(y / 2), 3) + le(static_cast<std::uint64_t>(width - 1), 3) +
                             le(static_cast<std::uint64_t>(height - 1), 3) + le(100, 3) + std::string(1, '\0') + picture);
}

/// Four quarters in four colours, none of them alike when turned.
cv::Mat quarters(int width, int height) {
    cv::Mat picture(height, width, CV_8UC3, cv::Scalar(20, 30, 200));
    picture(cv::Rect(width / 2, 0, width / 2, height / 2)) = cv::Scalar(200, 30, 20);
    picture(cv::Rect(0, height / 2, width / 2, height / 2)) = cv::Scalar(20, 200, 30);
    picture(cv::Rect(width / 2, height / 2, width / 2, height / 2)) = cv::Scalar(220, 220, 220);
    return picture;
}

std::string encoded(const char* ending, const cv::Mat& picture, int quality) {
    Bytes out;
    const int flag = std::string(ending) == ".webp" ? cv::IMWRITE_WEBP_QUALITY : cv::IMWRITE_JPEG_QUALITY;
    cv::imencode(ending, picture, out, std::string(ending) == ".png" ? std::vector<int>() : std::vector<int>{flag, quality});
    return text_of(out);
}

/// A TIFF structure with nothing but the orientation.
std::string exif(int orientation, bool little) {
    const auto number = [little](std::uint64_t value, int bytes) {
        std::string text = le(value, bytes);
        return little ? text : std::string(text.rbegin(), text.rend());
    };
    return (little ? "II" : "MM") + number(42, 2) + number(8, 4) + number(1, 2) + number(0x0112, 2) + number(3, 2) + number(1, 4) +
           number(static_cast<std::uint64_t>(orientation), 2) + number(0, 2) + number(0, 4);
}

std::string chunks_of(const std::string& webp) { return webp.substr(12); }

Result<Image> decoded(const std::string& bytes) { return decode_image(bytes_of(bytes), "a picture"); }

std::string refusal(const std::string& bytes) {
    const auto image = decoded(bytes);
    return image.ok() ? "read" : image.error().message();
}

std::string be32(std::uint32_t value) {
    const std::string text = le(value, 4);
    return {text.rbegin(), text.rend()};
}

std::string png_chunk(const std::string& kind, const std::string& data) {
    std::uint32_t crc = ~0U;
    for (const char byte : kind + data) {
        crc ^= static_cast<std::uint8_t>(byte);
        for (int bit = 0; bit < 8; ++bit) {
            crc = crc >> 1 ^ (crc & 1U ? 0xEDB88320U : 0U);
        }
    }
    return be32(static_cast<std::uint32_t>(data.size())) + kind + data + be32(~crc);
}

/// Two by two pixels of 8 bits, each the number of a colour.
std::string png_with_palette(std::size_t colours, const std::string& pixels) {
    const std::string rows = std::string(1, '\0') + pixels.substr(0, 2) + std::string(1, '\0') + pixels.substr(2, 2);
    std::uint32_t a = 1, b = 0;
    for (const char byte : rows) {
        a = (a + static_cast<std::uint8_t>(byte)) % 65521;
        b = (b + a) % 65521;
    }
    const std::string stored = std::string("\x78\x01\x01", 3) + le(rows.size(), 2) + le(~rows.size() & 0xFFFF, 2) + rows + be32(b << 16 | a);
    return "\x89PNG\r\n\x1A\n" + png_chunk("IHDR", be32(2) + be32(2) + std::string("\x08\x03\0\0\0", 5)) +
           png_chunk("PLTE", std::string(3 * colours, '\x55')) + png_chunk("IDAT", stored) + png_chunk("IEND", "");
}

/// Two by two pixels of 8 bits; `colours` follow the header, `stated` is what it says.
std::string bmp_with_palette(std::size_t colours, std::size_t stated, const std::string& pixels) {
    const std::string rows = pixels.substr(0, 2) + "\0\0"s + pixels.substr(2, 2) + "\0\0"s;
    const std::size_t data = 54 + 4 * colours;
    return "BM" + le(data + rows.size(), 4) + le(0, 4) + le(data, 4) + le(40, 4) + le(2, 4) + le(2, 4) + le(1, 2) + le(8, 2) + le(0, 4) + le(rows.size(), 4) +
           le(0, 8) + le(stated, 4) + le(0, 4) + std::string(4 * colours, '\x55') + rows;
}

/// Half of the picture's data lie before it.
std::string noisy_jpeg(int quality, int progressive) {
    cv::Mat noise(120, 160, CV_8UC3);
    cv::RNG(7).fill(noise, cv::RNG::UNIFORM, 0, 256);
    Bytes out;
    cv::imencode(".jpg", noise, out, {cv::IMWRITE_JPEG_QUALITY, quality, cv::IMWRITE_JPEG_PROGRESSIVE, progressive});
    return text_of(out);
}

Result<Image> strictly(const std::string& bytes) {
    ImageLimits limits;
    limits.stray_bytes = StrayBytes::Refused;
    return decode_image(bytes_of(bytes), "a picture", limits);
}

std::filesystem::path case_file(const char* name) { return std::filesystem::path(R2T2_TEST_DATA) / "cases" / name; }

}  // namespace

class TestPictureKinds : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void overwrittenBytesOfAJpegAreNamed_data() {
        QTest::addColumn<int>("quality");
        QTest::addColumn<int>("progressive");
        QTest::newRow("baseline") << 90 << 0;
        QTest::newRow("coarse") << 30 << 0;
        QTest::newRow("progressive") << 90 << 1;
    }
    void overwrittenBytesOfAJpegAreNamed() {
        QFETCH(int, quality);
        QFETCH(int, progressive);
        const std::string whole = noisy_jpeg(quality, progressive);
        QVERIFY(strictly(whole).ok());
        int refused = 0;
        for (int place = 1; place < 10; ++place) {
            std::string damaged = whole;
            for (std::size_t i = 0; i < 60; ++i) {
                damaged[whole.size() / 10 * static_cast<std::size_t>(place) + i] = static_cast<char>(i * 37 % 251);
            }
            const auto image = strictly(damaged);
            QVERIFY2(!image.ok(), qPrintable(QString::number(place)));
            QVERIFY2(image.error().message().find("a picture") != std::string::npos, image.error().message().c_str());
            refused += decoded(damaged).ok() ? 0 : 1;
        }
        QVERIFY2(refused >= 5, qPrintable(QString::number(refused)));
    }
    void strayBytesOfAJpegAreToldAndEveryPixelIsRead() {
        const std::string whole = noisy_jpeg(90, 0);
        const std::string stray = whole.substr(0, whole.size() - 2) + std::string("\0\1\2\3\4\5\6\7", 8) + whole.substr(whole.size() - 2);
        std::vector<std::string> lines;
        set_log_sink([&lines](const LogLine& line) { lines.push_back(line.text); }, false);
        const auto read = decode_image(bytes_of(stray), "stray.jpg");
        const auto again = decode_image(bytes_of(stray), "stray.jpg");
        set_log_sink({});
        QVERIFY(read.ok() && again.ok());
        QVERIFY(read->rgb == decoded(whole)->rgb);
        QCOMPARE(lines.size(), std::size_t{1});
        QVERIFY2(lines[0].find("stray.jpg") != std::string::npos && lines[0].find("extraneous") != std::string::npos, lines[0].c_str());
        QVERIFY(!strictly(stray).ok());
    }
    void coloursOutsideThePalette() {
        QCOMPARE(refusal(png_with_palette(2, "\0\1\1\0"s)), std::string("read"));
        QVERIFY(refusal(png_with_palette(2, "\0\1\1\2"s)).find("a pixel of colour 2 where there are 2") != std::string::npos);
        QVERIFY(refusal(png_with_palette(1, "\0\0\0\xFF"s)).find("colour 255 where there are 1") != std::string::npos);
        QCOMPARE(refusal(png_with_palette(256, "\0\xFF\1\2"s)), std::string("read"));
        QCOMPARE(refusal(bmp_with_palette(256, 0, "\0\xFF\1\2"s)), std::string("read"));
        QCOMPARE(refusal(bmp_with_palette(2, 2, "\0\1\1\0"s)), std::string("read"));
        QVERIFY(refusal(bmp_with_palette(2, 2, "\0\1\1\2"s)).find("a pixel of colour 2 where there are 2") != std::string::npos);
        QVERIFY(refusal(bmp_with_palette(2, 0, "\0\1\5\0"s)).find("a pixel of colour 5 where there are 2") != std::string::npos);
        QVERIFY(refusal(bmp_with_palette(0, 0, "\0\1\1\0"s)).find("palette: found none") != std::string::npos);
    }
    /// Case animated-webp: the first frame, as Pillow gives it.
    void an_animated_webp_is_its_first_frame() {
        const std::string file = read_file(case_file("animated-webp/anim.webp"));
        const auto image = load_image(case_file("animated-webp/anim.webp"));
        QVERIFY2(image.ok(), image.ok() ? "" : image.error().message().c_str());
        QCOMPARE(image->width, 96);
        QCOMPARE(image->height, 64);
        // The frames by themselves, by the library's decoder.
        std::vector<Image> frames;
        for (std::size_t at = file.find("ANMF"); at != std::string::npos; at = file.find("ANMF", at + 4)) {
            const std::size_t length = static_cast<unsigned char>(file[at + 4]) | static_cast<std::size_t>(static_cast<unsigned char>(file[at + 5])) << 8;
            const auto one = decoded(riff(file.substr(at + 8 + 16, length - 16)));
            QVERIFY2(one.ok(), one.ok() ? "" : one.error().message().c_str());
            frames.push_back(*one);
        }
        QCOMPARE(frames.size(), std::size_t{2});
        QCOMPARE(image->rgb, frames[0].rgb);
        QVERIFY(image->rgb != frames[1].rgb);
    }

    void an_animation_with_alpha_is_its_first_frame() {
        cv::Mat picture;
        cv::cvtColor(quarters(32, 16), picture, cv::COLOR_BGR2BGRA);
        picture(cv::Rect(0, 0, 16, 8)) = cv::Scalar(20, 30, 200, 90);
        const std::string still = encoded(".webp", picture, 80);
        QVERIFY(still.find("ALPH") != std::string::npos);
        const std::string inner = still.substr(still.find("ALPH"));
        const std::string other = chunks_of(encoded(".webp", quarters(32, 16), 101));
        const auto expected = decoded(still);
        const auto animated = decoded(riff(extended(0x12, 32, 16) + chunk("ANIM", std::string(6, '\0')) + frame(0, 0, 32, 16, inner) + frame(0, 0, 32, 16, other)));
        QVERIFY2(animated.ok(), animated.ok() ? "" : animated.error().message().c_str());
        QCOMPARE(animated->rgb, expected->rgb);
    }

    void an_animation_that_begins_with_a_part_says_so() {
        const std::string inner = chunks_of(encoded(".webp", quarters(16, 16), 101));
        const std::string part = riff(extended(2, 32, 16) + chunk("ANIM", std::string(6, '\0')) + frame(0, 0, 16, 16, inner));
        QVERIFY2(refusal(part).find("animated WebP whose first picture covers a part") != std::string::npos, refusal(part).c_str());
        const std::string none = riff(extended(2, 32, 16) + chunk("ANIM", std::string(6, '\0')));
        QVERIFY2(refusal(none).find("animated WebP without a first picture") != std::string::npos, refusal(none).c_str());
        const std::string moved = riff(extended(2, 16, 16) + chunk("ANIM", std::string(6, '\0')) + frame(2, 0, 16, 16, inner));
        QVERIFY(refusal(moved).find("covers a part") != std::string::npos);
    }

    /// As the same orientation turns a JPEG, which the library does itself.
    void webp_is_turned_as_exif_says_data() {
        QTest::addColumn<int>("orientation");
        QTest::addColumn<bool>("little");
        QTest::addColumn<bool>("prefixed");
        for (int orientation = 1; orientation <= 8; ++orientation) {
            QTest::addRow("%d", orientation) << orientation << (orientation % 2 == 0) << (orientation % 3 == 0);
        }
        QTest::newRow("9 says nothing") << 9 << true << false;
        QTest::newRow("0 says nothing") << 0 << false << false;
    }
    void webp_is_turned_as_exif_says() {
        QFETCH(const int, orientation);
        QFETCH(const bool, little);
        QFETCH(const bool, prefixed);
        const cv::Mat picture = quarters(48, 32);
        const std::string prefix("Exif\0\0", 6), data = exif(orientation, little);
        const std::string webp = riff(extended(8, 48, 32) + chunks_of(encoded(".webp", picture, 101)) + chunk("EXIF", (prefixed ? prefix : "") + data));
        std::string jpeg = encoded(".jpg", picture, 100);
        const std::string segment = prefix + data;
        jpeg.insert(2, std::string("\xFF\xE1") + static_cast<char>((segment.size() + 2) >> 8) + static_cast<char>(segment.size() + 2) + segment);
        const auto turned = decoded(webp), expected = decoded(jpeg);
        QVERIFY2(turned.ok() && expected.ok(), (refusal(webp) + ", " + refusal(jpeg)).c_str());
        QCOMPARE(turned->width, expected->width);
        QCOMPARE(turned->height, expected->height);
        for (std::size_t i = 0; i < turned->rgb.size(); ++i) {
            const int difference = std::abs(int{turned->rgb[i]} - int{expected->rgb[i]});
            const std::size_t x = i / 3 % std::size_t(turned->width), y = i / 3 / std::size_t(turned->width);
            const bool inside = x % 8 > 1 && x % 8 < 6 && y % 8 > 1 && y % 8 < 6;  // JPEG blurs where colours meet
            QVERIFY2(!inside || difference < 60, std::to_string(i).c_str());
        }
    }

    void damaged_exif_turns_nothing() {
        const cv::Mat picture = quarters(48, 32);
        const std::string still = chunks_of(encoded(".webp", picture, 101)), whole = exif(6, true);
        const auto upright = decoded(riff(extended(0, 48, 32) + still));
        for (std::size_t size = 0; size < whole.size() - 6; ++size) {  // the last four bytes belong to no tag
            const auto image = decoded(riff(extended(8, 48, 32) + still + chunk("EXIF", whole.substr(0, size))));
            QVERIFY2(image.ok(), image.ok() ? "" : image.error().message().c_str());
            QCOMPARE(image->rgb, upright->rgb);
        }
    }

    void an_animated_png_is_its_default_picture() {
        const std::string png = encoded(".png", quarters(32, 16), 0);
        const auto crc = [](const std::string& text) {
            std::uint32_t value = ~0u;
            for (const char c : text) {
                value ^= static_cast<unsigned char>(c);
                for (int bit = 0; bit < 8; ++bit) {
                    value = value >> 1 ^ (value & 1 ? 0xEDB88320u : 0);
                }
            }
            return ~value;
        };
        const auto be = [](std::uint32_t value) { return std::string{static_cast<char>(value >> 24), static_cast<char>(value >> 16), static_cast<char>(value >> 8), static_cast<char>(value)}; };
        const std::string control = "acTL" + be(1) + be(0);
        std::string animated = png;
        animated.insert(33, be(8) + control + be(crc(control)));
        QCOMPARE(decoded(animated)->rgb, decoded(png)->rgb);
    }

    void the_first_of_several_jpegs_is_read() {
        const std::string first = encoded(".jpg", quarters(32, 16), 95), second = encoded(".jpg", cv::Mat(16, 32, CV_8UC3, cv::Scalar(0, 0, 0)), 95);
        QCOMPARE(decoded(first + second)->rgb, decoded(first)->rgb);
    }

    void other_kinds_are_named() {
        const auto image_block = std::string(",", 1) + le(0, 4) + le(1, 2) + le(1, 2) + std::string("\0\2\2\x44\1\0", 6);
        const std::string gif = "GIF89a" + le(1, 2) + le(1, 2) + std::string("\x80\0\0\0\0\0\xFF\xFF\xFF", 9);
        const std::string control = std::string("!\xF9\4\0\12\0\0\0", 8);
        QVERIFY2(refusal(gif + control + image_block + ";").find("found a GIF") != std::string::npos, refusal(gif + control + image_block + ";").c_str());
        QVERIFY(refusal(gif + control + image_block + control + image_block + ";").find("found an animated GIF") != std::string::npos);
        QVERIFY(load_image(case_file("data-check-pictures/data/images/gif.jpg")).error().message().find("GIF") != std::string::npos);
        const auto page = [](std::uint32_t next) { return le(0, 2) + le(next, 4); };
        const std::string one = std::string("II*\0", 4) + le(8, 4) + page(0);
        const std::string two = std::string("II*\0", 4) + le(8, 4) + page(14) + page(0);
        QVERIFY2(refusal(one).find("found a TIFF;") != std::string::npos, refusal(one).c_str());
        QVERIFY(refusal(two).find("found a TIFF of several pages") != std::string::npos);
        QVERIFY(refusal(std::string("\0\0\0\x1C", 4) + "ftypavif" + std::string(40, 'x')).find("HEIF or AVIF") != std::string::npos);
        QVERIFY(refusal("MMBench is no TIFF, this is a text").find("TIFF;") == std::string::npos);
        for (std::size_t size = 0; size < 24; ++size) {  // cut anywhere: named or not, never past the end
            QVERIFY(refusal(two.substr(0, size)) != "read" && refusal((gif + image_block).substr(0, size)) != "read");
        }
    }

    /// Case git-lfs-pointer.
    void a_git_lfs_pointer_is_named() {
        const QTemporaryDir folder;
        const std::filesystem::path path = (folder.path() + "/a.jpg").toStdString();
        std::filesystem::copy_file(case_file("git-lfs-pointer/model.safetensors"), path);
        QVERIFY(load_image(path).error().message().find("git lfs pull") != std::string::npos);
        QVERIFY(read_image_header(path).error().message().find("Git LFS") != std::string::npos);
        QVERIFY(refusal(read_file(path)).find("Git LFS") != std::string::npos);
    }

    /// Large enough that only head and end are read: the same verdict as of the whole.
    void a_header_alone_tells_what_the_whole_tells() {
        const QTemporaryDir folder;
        cv::Mat noise(500, 700, CV_8UC3);
        cv::randu(noise, 0, 255);
        for (const char* ending : {".jpg", ".png", ".bmp", ".webp"}) {
            const std::filesystem::path path = folder.path().toStdString() + "/picture" + ending;
            const std::string bytes = encoded(ending, noise, 95);
            QVERIFY(bytes.size() > 200'000);
            for (const std::string& each : {bytes, bytes.substr(0, bytes.size() - 1), bytes.substr(0, bytes.size() / 2), bytes.substr(0, 100'000), bytes.substr(0, 40),
                                            bytes + "trailing", bytes + std::string(70'000, '\0'), std::string(100'000, '\xFF') + bytes}) {
                write_file(path, each);
                const auto quick = read_image_header(path);
                const auto whole = read_image_header(bytes_of(each), path.string());
                QCOMPARE(quick.ok(), whole.ok());
                QVERIFY(!quick.ok() || (quick->width == 700 && quick->height == 500 && quick->format == whole->format));
                QCOMPARE(quick.ok() ? "" : quick.error().message(), whole.ok() ? "" : whole.error().message());
            }
        }
        QCOMPARE(read_image_header(std::filesystem::path(folder.path().toStdString()) / "none.jpg").error().kind, ErrorKind::NotFound);
        QVERIFY(!read_image_header(std::filesystem::path(folder.path().toStdString())).ok());
    }
};

QTEST_APPLESS_MAIN(TestPictureKinds)
#include "test_picture_kinds.moc"
