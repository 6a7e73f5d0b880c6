// Pictures of every kind and the files that only look like pictures.
#include <QtTest>
#include <fstream>

#include <opencv2/imgcodecs.hpp>

#include "core/vision/load_image.h"
#include "core/vision/resize_bilinear_pillow.h"

using namespace r2t2;

namespace {

std::filesystem::path file(const QString& name) {
    return std::filesystem::path(R2T2_SOURCE_DIR) / "tests/vision/data" / name.toStdString();
}

std::array<int, 3> pixel(const Image& image, int x, int y) {
    const std::size_t at = (std::size_t(y) * std::size_t(image.width) + std::size_t(x)) * 3;
    return {image.rgb[at], image.rgb[at + 1], image.rgb[at + 2]};
}

bool near(const std::array<int, 3>& a, const std::array<int, 3>& b, int tolerance) {
    return std::abs(a[0] - b[0]) <= tolerance && std::abs(a[1] - b[1]) <= tolerance &&
           std::abs(a[2] - b[2]) <= tolerance;
}

const std::vector<std::uint8_t> kRgb = {200, 10, 20, 30, 210, 40, 50, 60, 220, 240, 240, 10, 7, 8, 9, 90, 91, 92};

}  // namespace

class TestLoadImage : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void exactFormats_data() {
        QTest::addColumn<QString>("name");
        for (const char* name : {"rgb.png", "rgb.bmp", "lossless.webp", "rgba.png", "rgb16.png", "palette.png"}) {
            QTest::newRow(name) << name;
        }
    }
    void exactFormats() {
        QFETCH(QString, name);
        const auto image = load_image(file(name));
        QVERIFY2(image.ok(), image.ok() ? "" : image.error().message().c_str());
        QCOMPARE(image->width, 2);
        QCOMPARE(image->height, 3);
        QCOMPARE(image->rgb, kRgb);  // alpha 0, 1, 2, 3, 128 must leave the colours alone
    }

    void grey_data() {
        QTest::addColumn<QString>("name");
        QTest::newRow("8 bit") << "grey.png";
        QTest::newRow("16 bit") << "grey16.png";
    }
    void grey() {
        QFETCH(QString, name);
        const auto image = load_image(file(name));
        QVERIFY(image.ok());
        for (int i = 0; i < 6; ++i) {
            const int expected = kRgb[std::size_t(i) * 3];
            QCOMPARE(pixel(*image, i % 2, i / 2), (std::array<int, 3>{expected, expected, expected}));
        }
    }

    void onePixel() {
        const auto image = load_image(file("one.png"));
        QVERIFY(image.ok());
        QCOMPARE(image->rgb, (std::vector<std::uint8_t>{200, 10, 20}));
    }

    void cmykBecomesRgb() {
        const auto image = load_image(file("cmyk.jpg"));
        QVERIFY(image.ok());
        QVERIFY(near(pixel(*image, 4, 8), {255, 0, 0}, 12));     // magenta + yellow
        QVERIFY(near(pixel(*image, 27, 8), {0, 255, 255}, 12));  // cyan
    }

    // What Pillow makes of them stands beside them; the two conversions from CMYK round differently.
    void asPillow_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("expected");
        QTest::addColumn<int>("tolerance");
        QTest::newRow("grey JPEG") << "grey.jpg" << "grey_expected.png" << 0;
        QTest::newRow("progressive JPEG, colours at half the size") << "progressive.jpg" << "progressive_expected.png" << 0;
        QTest::newRow("CMYK JPEG without Adobe's mark") << "cmyk_plain.jpg" << "cmyk_plain_expected.png" << 2;
        QTest::newRow("one bit PNG") << "one_bit.png" << "one_bit_expected.png" << 0;
        QTest::newRow("grey PNG with alpha") << "grey_alpha.png" << "grey_alpha_expected.png" << 0;
        QTest::newRow("palette of 4 bits, three of them see-through") << "palette_4_bit.png" << "palette_4_bit_expected.png" << 0;
    }
    void asPillow() {
        QFETCH(QString, name);
        QFETCH(QString, expected);
        QFETCH(int, tolerance);
        const auto image = load_image(file(name));
        const auto pillow = load_image(file(expected));
        QVERIFY2(image.ok(), image.ok() ? "" : image.error().message().c_str());
        QVERIFY(pillow.ok());
        QCOMPARE(image->width, pillow->width);
        QCOMPARE(image->height, pillow->height);
        for (std::size_t i = 0; i < image->rgb.size(); ++i) {
            const int difference = std::abs(int(image->rgb[i]) - int(pillow->rgb[i]));
            QVERIFY2(difference <= tolerance, qPrintable(QString("byte %1: %2 off").arg(i).arg(difference)));
        }
    }

    // A photograph of 40 megapixels, held upright by its orientation, down to what the model wants.
    void fortyMegapixels() {
        cv::Mat picture(5000, 8000, CV_8UC3, cv::Scalar(20, 20, 220));  // red, as blue green red
        picture.colRange(4000, 8000).setTo(cv::Scalar(20, 200, 20));
        std::vector<std::uint8_t> jpeg;
        QVERIFY(cv::imencode(".jpg", picture, jpeg));
        // APP1 behind the start mark: one entry, orientation 6 (turn clockwise).
        static const std::uint8_t kExif[] = {0xFF, 0xE1, 0, 34, 'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, 42, 0, 0, 0, 8,
                                             0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0};
        jpeg.insert(jpeg.begin() + 2, std::begin(kExif), std::end(kExif));
        const auto image = decode_image(jpeg, "large");
        QVERIFY2(image.ok(), image.ok() ? "" : image.error().message().c_str());
        QCOMPARE(image->width, 5000);
        QCOMPARE(image->height, 8000);
        const Image small = resize_bilinear_pillow(*image, 490, 490);
        QVERIFY(near(pixel(small, 245, 100), {220, 20, 20}, 4));
        QVERIFY(near(pixel(small, 245, 400), {20, 200, 20}, 4));
        ImageLimits limits;
        limits.max_pixels = 39'999'999;
        QVERIFY(!decode_image(jpeg, "large", limits).ok());
    }

    void exifOrientation() {
        for (int tag = 1; tag <= 8; ++tag) {
            const auto image = load_image(file(QString("exif%1.jpg").arg(tag)));
            QVERIFY(image.ok());
            QCOMPARE(image->width, 32);
            QCOMPARE(image->height, 16);
            QVERIFY2(near(pixel(*image, 4, 3), {220, 20, 20}, 16), qPrintable(QString::number(tag)));
            QVERIFY2(near(pixel(*image, 27, 3), {20, 200, 20}, 16), qPrintable(QString::number(tag)));
            QVERIFY2(near(pixel(*image, 4, 12), {20, 20, 220}, 16), qPrintable(QString::number(tag)));
            QVERIFY2(near(pixel(*image, 27, 12), {240, 240, 240}, 16), qPrintable(QString::number(tag)));
        }
    }

    void refused_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("says");
        QTest::newRow("empty") << "empty.png"
                               << "empty file";
        QTest::newRow("html") << "text.png"
                              << "text of tags";
        QTest::newRow("lfs") << "lfs.png"
                             << "Git LFS";
        QTest::newRow("gif") << "foreign.gif"
                             << "GIF";
        QTest::newRow("png cut") << "truncated.png"
                                 << "ends early";
        QTest::newRow("jpeg cut") << "truncated.jpg"
                                  << "ends early";
        QTest::newRow("webp cut") << "truncated.webp"
                                  << "ends early";
        QTest::newRow("bmp cut") << "truncated.bmp"
                                 << "ends early";
        QTest::newRow("png damaged") << "damaged.png"
                                     << "cannot be decoded";
        QTest::newRow("png bomb") << "bomb.png"
                                  << "60000 x 60000";
        QTest::newRow("jpeg bomb") << "bomb.jpg"
                                   << "65500 x 65500";
        QTest::newRow("bmp bomb") << "bomb.bmp"
                                  << "2147483647 x 2147483648";
    }
    void refused() {
        QFETCH(QString, name);
        QFETCH(QString, says);
        const auto image = load_image(file(name));
        QVERIFY(!image.ok());
        QCOMPARE(image.error().kind, ErrorKind::InvalidInput);
        const QString message = QString::fromStdString(image.error().message());
        QVERIFY2(message.contains(says) && message.contains(name), qPrintable(message));
        QVERIFY(!image.error().allowed.empty());
    }

    void missingAndFolder() {
        const auto missing = load_image(file("no-such.png"));
        QVERIFY(!missing.ok());
        QCOMPARE(missing.error().kind, ErrorKind::NotFound);
        const auto folder = load_image(file(""));
        QVERIFY(!folder.ok());
        QCOMPARE(folder.error().kind, ErrorKind::InvalidInput);
    }

    void limits() {
        ImageLimits limits;
        limits.max_file_bytes = 100;
        QVERIFY(!load_image(file("noise.png"), limits).ok());
        limits = {};
        limits.max_pixels = 5;
        QVERIFY(!load_image(file("rgb.png"), limits).ok());
        limits.max_pixels = 6;
        QVERIFY(load_image(file("rgb.png"), limits).ok());
        limits.max_side = 2;
        QVERIFY(!load_image(file("rgb.png"), limits).ok());
    }

    // Every prefix of a picture is refused without a crash; a PNG or JPEG cut anywhere is never half a picture.
    void everyPrefix_data() {
        QTest::addColumn<QString>("name");
        for (const char* name : {"rgb.png", "exif6.jpg", "rgb.bmp", "lossless.webp", "lossy.webp"}) {
            QTest::newRow(name) << name;
        }
    }
    void everyPrefix() {
        QFETCH(QString, name);
        const auto bytes = read_limited_file(file(name), 1 << 20);
        QVERIFY(bytes.ok());
        const auto* data = reinterpret_cast<const std::uint8_t*>(bytes->data());
        for (std::size_t size = 0; size < bytes->size(); ++size) {
            const std::vector<std::uint8_t> part(data, data + size);  // own allocation: sanitizers see overreads
            const auto image = decode_image(part, "prefix");
            // The last bytes of a BMP or the padding of a WebP may be dispensable; nothing else is.
            if (image.ok()) {
                QVERIFY2(size + 2 >= bytes->size() && !name.endsWith(".png") && !name.endsWith(".jpg"),
                         qPrintable(QString::number(size)));
            }
        }
        QVERIFY(decode_image({data, bytes->size()}, "whole").ok());
    }

    // Single flipped bytes: an answer or an error, never a crash and never another size than the header's.
    void flippedBytes() {
        for (const char* name : {"rgb.png", "rgba.png", "exif6.jpg", "rgb.bmp", "lossless.webp"}) {
            auto bytes = read_limited_file(file(name), 1 << 20);
            QVERIFY(bytes.ok());
            for (std::size_t at = 0; at < std::min<std::size_t>(bytes->size(), 700); ++at) {
                std::vector<std::uint8_t> copy(bytes->begin(), bytes->end());
                copy[at] ^= 0xFF;
                ImageLimits limits;
                limits.max_pixels = 1 << 16;
                const auto image = decode_image(copy, "flipped", limits);
                if (image.ok()) {
                    QCOMPARE(image->rgb.size(), std::size_t(image->width) * std::size_t(image->height) * 3);
                    QVERIFY(std::size_t(image->width) * std::size_t(image->height) <= limits.max_pixels);
                }
            }
        }
    }

    void savedPngComesBack() {
        QTemporaryDir folder;
        const std::filesystem::path path = std::filesystem::path(folder.path().toStdString()) / "a.png";
        const Image image{2, 3, kRgb};
        QVERIFY(save_png(path, image).ok());
        const auto back = load_image(path);
        QVERIFY(back.ok());
        QCOMPARE(back->rgb, kRgb);
        QCOMPARE(QDir(folder.path()).entryList(QDir::Files).size(), 1);  // no leftovers
        QVERIFY(!save_png(path, Image{2, 2, kRgb}).ok());
        QVERIFY(!save_png(std::filesystem::path(folder.path().toStdString()) / "none/a.png", image).ok());
    }

    void segmentMap() {
        const auto map = load_segment_map(file("map.png"));
        QVERIFY(map.ok());
        QCOMPARE(map->width, 6);
        QCOMPARE(int(map->ids[6 + 1]), 1);
        QCOMPARE(int(map->ids[0]), 255);
        QVERIFY(!load_segment_map(file("rgb.png")).ok());
        QVERIFY(!load_segment_map(file("grey16.png")).ok());
    }
};

QTEST_GUILESS_MAIN(TestLoadImage)
#include "test_load_image.moc"
