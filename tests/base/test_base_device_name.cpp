// Names of devices: what is taken, and what is refused by name.
#include <QtTest>

#include "core/base/device_name.h"

using namespace r2t2;

class TestBaseDeviceName : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void known() {
        QVERIFY(!parse_device("cpu")->cuda);
        QVERIFY(parse_device("cuda")->cuda);
        QCOMPARE(parse_device("cuda")->index, 0);
        QCOMPARE(parse_device("cuda:0")->index, 0);
        QCOMPARE(parse_device("cuda:12")->index, 12);
        QVERIFY(parse_device("cuda:12")->cuda);
    }
    void refused() {
        for (const char* name : {"", "CPU", "cpu:0", "cuda:", "cuda:-1", "cuda:1x", "cuda: 1", "cuda:128", "cuda:99999999999", "cudax", "gpu", "cuda0"}) {
            const auto device = parse_device(name);
            QVERIFY2(!device.ok(), name);
            QCOMPARE(device.error().kind, ErrorKind::InvalidInput);
            const std::string text = device.error().message();
            QVERIFY2(text.find('"' + std::string(name) + '"') != std::string::npos && text.find("cuda:1") != std::string::npos, text.c_str());
        }
    }
};

QTEST_GUILESS_MAIN(TestBaseDeviceName)
#include "test_base_device_name.moc"
