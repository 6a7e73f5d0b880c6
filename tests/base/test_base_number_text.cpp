// Numbers are read and written alike in every locale, and what could be two numbers is refused.
#include <QtTest>
#include <clocale>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "core/base/number_text.h"

using namespace r2t2;

class TestBaseNumberText : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void reads_data();
    void reads();
    void refuses_data();
    void refuses();
    void whole_numbers();
    void lists_data();
    void lists();
    void bad_lists();
    void what_is_written_reads_back();
    void fixed_is_printf_in_the_c_locale();
};

void TestBaseNumberText::reads_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<double>("value");
    const std::vector<std::pair<const char*, double>> all = {
        {"0.3", 0.3}, {"0,3", 0.3}, {",3", 0.3}, {".5", 0.5}, {"5.", 5.0}, {" 2 ", 2.0}, {"+1.5", 1.5}, {"-1.5", -1.5}, {"1e-05", 1e-5}, {"1,5e-3", 1.5e-3},
        {"1E3", 1000.0}, {"0,125", 0.125}, {"1234,5", 1234.5}, {"1,2345", 1.2345}, {"1,25", 1.25}, {"1.234", 1.234}, {"1234,567", 1234.567}, {"0,000", 0.0},
        {"\u0660\u066b\u0663", 0.3},                 // Arabic-Indic digits with their separator
        {"\u06f1\u06f2", 12.0},                      // Persian
        {"\u0967\u0968", 12.0},                      // Devanagari
        {"\uff10\uff0e\uff13", 0.3},                 // full width
        {"\uff10\uff0c\uff13", 0.3}, {"\u22122", -2.0}, {"\u00a00.3\u202f", 0.3}, {"\u200e0.3", 0.3}};
    for (const auto& [text, value] : all) {
        QTest::newRow(text) << QByteArray(text) << value;
    }
}

void TestBaseNumberText::reads() {
    QFETCH(QByteArray, text);
    QFETCH(double, value);
    const Result<double> read = parse_number(text.toStdString(), "rate");
    QVERIFY2(read.ok(), read ? "" : read.error().message().c_str());
    QCOMPARE(*read, value);
}

void TestBaseNumberText::refuses_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("hint");
    const std::vector<std::pair<const char*, const char*>> all = {
        {"", "nothing"}, {"  ", "nothing"}, {"1,234", "1.234 or 1234"}, {"-12,345", "-12.345 or -12345"}, {"1,234.5", "without groups"}, {"1.234,5", "without groups"},
        {"1,2,3", "without groups"}, {"1 000", "a number"}, {"1'000", "a number"}, {"1\u202f000", "a number"}, {"1\u066c000", "a number"}, {"nan", "a number"},
        {"inf", "a number"}, {"0x10", "a number"}, {"--1", "a number"}, {"+-1", "a number"}, {"1e400", "1.8e308"}, {"three", "a number"}, {"0.3.1", "a number"},
        {"1;2", "a number"}, {",", "a number"}, {"e5", "a number"}, {"\xff\xfe", "a number"}, {"\xc3", "a number"}};
    for (const auto& [text, hint] : all) {
        QTest::newRow(text) << QByteArray(text) << QByteArray(hint);
    }
}

void TestBaseNumberText::refuses() {
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, hint);
    const Result<double> read = parse_number(text.toStdString(), "rate");
    QVERIFY(!read);
    QCOMPARE(read.error().field, std::string("rate"));
    QVERIFY2(QByteArray::fromStdString(read.error().message()).contains(hint), read.error().message().c_str());
}

void TestBaseNumberText::whole_numbers() {
    QCOMPARE(*parse_whole_number("5", "k"), std::int64_t{5});
    QCOMPARE(*parse_whole_number(" -12", "k"), std::int64_t{-12});
    QCOMPARE(*parse_whole_number("\u0661\u0660", "k"), std::int64_t{10});
    QCOMPARE(*parse_whole_number("+7", "k"), std::int64_t{7});
    for (const char* text : {"", "1.000", "1,000", "1 000", "5.0", "5,", "1e3", "x", "99999999999999999999", "+-1"}) {
        QVERIFY2(!parse_whole_number(text, "k"), text);
    }
}

void TestBaseNumberText::lists_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("whole");
    QTest::addColumn<QByteArray>("parts");
    const std::vector<std::tuple<const char*, bool, const char*>> all = {
        {"0.1, 0.3", false, "0.1|0.3"}, {"0.1,0.3", false, "0.1|0.3"}, {"0,1; 0,3", false, "0.1|0.3"}, {"0.1; 0.3", false, "0.1|0.3"}, {"0.1 0.3", false, "0.1|0.3"},
        {"0,1, 0,3", false, "0.1|0.3"}, {"0.1 ,0.3", false, "0.1|0.3"}, {"2", false, "2"}, {"0.01,1e-05", false, "0.01|1e-05"},
        {"\u0660\u066b\u0661\u061b \u0660\u066b\u0663", false, "0.1|0.3"}, {"1, 3, 5", true, "1|3|5"}, {"1,3,5", true, "1|3|5"}, {"1;3;5", true, "1|3|5"}, {"3,5", true, "3|5"}};
    for (const auto& [text, whole, parts] : all) {
        QTest::newRow(text) << QByteArray(text) << whole << QByteArray(parts);
    }
}

void TestBaseNumberText::lists() {
    QFETCH(QByteArray, text);
    QFETCH(bool, whole);
    QFETCH(QByteArray, parts);
    const Result<std::vector<std::string>> read = parse_number_list(text.toStdString(), whole ? NumberKind::Whole : NumberKind::Decimal, "rate");
    QVERIFY2(read.ok(), read ? "" : read.error().message().c_str());
    QByteArray joined;
    for (const std::string& part : *read) {
        joined += (joined.isEmpty() ? "" : "|") + QByteArray::fromStdString(part);
    }
    QCOMPARE(joined, parts);
}

void TestBaseNumberText::bad_lists() {
    for (const char* text : {"", ";", "0.1;", "0.1;;0.3", "0,3", "0,1,0,3", "0.1,,0.3", "0.1; x", "1,234; 2", ","}) {
        QVERIFY2(!parse_number_list(text, NumberKind::Decimal, "rate"), text);
    }
    const std::string message = parse_number_list("0,3", NumberKind::Decimal, "rate").error().message();
    QVERIFY2(message.find("0.3") != std::string::npos && message.find("0; 3") != std::string::npos, message.c_str());
    QVERIFY(!parse_number_list("1.5, 2", NumberKind::Whole, "k"));
}

void TestBaseNumberText::what_is_written_reads_back() {
    std::mt19937_64 random(7);
    for (int i = 0; i < 20'000; ++i) {
        const std::uint64_t bits = random();
        double value = 0.0;
        std::memcpy(&value, &bits, sizeof value);
        if (std::isfinite(value)) {
            QCOMPARE(*parse_number(number_text(value), "x"), value);
            std::string comma = number_text(value);  // and with the point of other countries, wherever that is unambiguous
            if (const auto point = comma.find('.'); point != std::string::npos) {
                comma[point] = ',';
                const Result<double> read = parse_number(comma, "x");
                QVERIFY2(!read || *read == value, comma.c_str());
            }
        }
    }
}

void TestBaseNumberText::fixed_is_printf_in_the_c_locale() {
    std::setlocale(LC_NUMERIC, "C");
    std::mt19937_64 random(3);
    for (int i = 0; i < 20'000; ++i) {
        const double value = (static_cast<double>(random() % 2'000'001) - 1'000'000) / (i % 2 == 0 ? 8.0 : 997.0);
        const int digits = i % 7;
        char text[64];
        std::snprintf(text, sizeof text, "%.*f", digits, value);
        QCOMPARE(fixed_text(value, digits), std::string(text));
    }
}

QTEST_APPLESS_MAIN(TestBaseNumberText)
#include "test_base_number_text.moc"
