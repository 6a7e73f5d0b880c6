// SHA-256 against the vectors of FIPS 180-4 and NIST's examples.
#include <QCryptographicHash>
#include <QTemporaryDir>
#include <QtTest>

#include "core/base/atomic_file.h"
#include "core/base/random.h"
#include "core/base/sha256.h"
#include "core/base/sha256_compress.h"

using namespace r2t2;

class TestBaseSha256 : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void vectors_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("hex");
        QTest::newRow("empty") << QByteArray()
                               << QByteArray("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        QTest::newRow("abc") << QByteArray("abc")
                             << QByteArray("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        QTest::newRow("two blocks") << QByteArray("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")
                                    << QByteArray("248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
        QTest::newRow("a million a") << QByteArray(1000000, 'a')
                                     << QByteArray("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    }
    void vectors() {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, hex);
        QCOMPARE(QByteArray::fromStdString(sha256_hex(text.toStdString())), hex);
    }
    void everyLengthAndEverySplit() {
        QByteArray data;
        for (int size = 0; size < 200; ++size) {
            const QByteArray expected = QCryptographicHash::hash(data, QCryptographicHash::Sha256).toHex();
            Sha256 hash;
            const auto split = static_cast<std::size_t>(size) * 37 % (static_cast<std::size_t>(size) + 1);
            hash.update(data.constData(), split);
            hash.update(data.constData() + split, static_cast<std::size_t>(size) - split);
            QCOMPARE(QByteArray::fromStdString(hash.hex()), expected);
            data.append(static_cast<char>(size * 7 + 1));
        }
    }
    void instructions_and_portable_agree() {
        const sha256::Compress fast = sha256::compress_by_instructions();
        if (fast == nullptr) {
            QSKIP("this processor has no SHA instructions: Sha256 uses the portable function, which the other tests try");
        }
        RandomStream random(9);
        for (std::size_t count = 0; count < 40; ++count) {
            std::vector<std::uint8_t> blocks(64 * count + 1);
            std::generate(blocks.begin(), blocks.end(), [&] { return static_cast<std::uint8_t>(random.below(256)); });
            sha256::State a, b;
            std::generate(a.begin(), a.end(), [&] { return static_cast<std::uint32_t>(random.below(std::int64_t{1} << 32)); });
            b = a;
            fast(a, blocks.data() + 1, count);  // not aligned
            sha256::compress_portable(b, blocks.data() + 1, count);
            QCOMPARE(a, b);
        }
    }
    void files() {
        const QTemporaryDir folder;
        const std::filesystem::path path = folder.filePath("data.bin").toStdString();
        const std::string data(3 * 1024 * 1024 + 17, 'x');
        QVERIFY(write_file_atomically(path, data, Durability::Buffered).ok());
        QCOMPARE(*sha256_file(path), sha256_hex(data));

        const Result<std::string> missing = sha256_file(path.string() + ".no");
        QVERIFY(!missing.ok());
        QCOMPARE(missing.error().kind, ErrorKind::NotFound);
        QVERIFY(missing.error().message().find("data.bin.no") != std::string::npos);
        QVERIFY(!sha256_file(path.parent_path()).ok());

        const CancelToken token = CancelToken::create();
        token.cancel();
        QCOMPARE(sha256_file(path, token).error().kind, ErrorKind::Cancelled);
    }
};

QTEST_APPLESS_MAIN(TestBaseSha256)
#include "test_base_sha256.moc"
