// Number fields typed into by hand under German, Turkish and Arabic: the same text is the same number, and what cannot be read is
// said. Qt's own boxes took "0.3" for 3 under de_DE and swallowed every letter that they did not like.
#include <QtTest>
#include <QApplication>
#include <QLineEdit>
#include <QLocale>
#include <QVBoxLayout>

#include "core/base/number_text.h"
#include "ui/panels/number_box.h"

using namespace r2t2::ui;

class TestNumberBox : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void typed_data();
    void typed();
    void refused_data();
    void refused();
    void nothing_of_a_refused_text_is_taken_data();
    void nothing_of_a_refused_text_is_taken();
    void a_refusal_goes_with_its_value();
    void every_refusal_is_listed();
    void whole();
    void nothing_is_rounded();
    void what_is_typed_counts_at_once_and_goes_back();
    void a_number_on_its_way_waits();
    void arrows_step();
    void words_around_the_number();

private:
    static void locales() {
        QTest::addColumn<QLocale>("locale");
        QTest::newRow("C") << QLocale::c();
        QTest::newRow("de_DE") << QLocale(QStringLiteral("de_DE"));
        QTest::newRow("tr_TR") << QLocale(QStringLiteral("tr_TR"));
        QTest::newRow("ar") << QLocale(QStringLiteral("ar_EG"));
    }
    struct Form {
        Form() {
            auto* column = new QVBoxLayout(&window);
            number = new NumberBox(&window);
            number->setAccessibleName(QStringLiteral("Bandwidth"));
            number->setRange(0.001, 2.0);
            number->setValue(0.6);
            whole = new WholeBox(&window);
            whole->setAccessibleName(QStringLiteral("k"));
            whole->setRange(1, 2000);
            whole->setValue(5);
            column->addWidget(number);
            column->addWidget(whole);
            window.show();
            window.activateWindow();
            (void)QTest::qWaitForWindowActive(&window);
            number->setFocus();
        }
        void type(QAbstractSpinBox* box, const QString& text) {
            box->setFocus();
            box->selectAll();
            for (const QChar letter : text) {  // keyClicks knows Latin letters only
                QTest::sendKeyEvent(QTest::Click, box, Qt::Key_unknown, QString(letter), Qt::NoModifier);
            }
            QTest::keyClick(box, Qt::Key_Return);
        }
        QWidget window;
        NumberBox* number;
        WholeBox* whole;
    };
};

void TestNumberBox::typed_data() { locales(); }
void TestNumberBox::typed() {
    QFETCH(QLocale, locale);
    QLocale::setDefault(locale);
    Form form;
    QCOMPARE(form.number->text(), QStringLiteral("0.6"));
    for (const auto& [text, value] : std::vector<std::pair<QString, double>>{{QStringLiteral("0.3"), 0.3}, {QStringLiteral("0,3"), 0.3}, {QStringLiteral("1e-2"), 0.01},
                                                                            {QStringLiteral("0,125"), 0.125}, {QStringLiteral("2"), 2.0}, {QStringLiteral("\u0661\u066b\u0665"), 1.5}}) {
        form.type(form.number, text);
        QVERIFY2(form.number->refusal().text().isEmpty(), qPrintable(form.number->refusal().text()));
        QCOMPARE(form.number->value(), value);
        QCOMPARE(form.number->text(), QString::number(value));
    }
    form.type(form.whole, QStringLiteral("\u0661\u0662"));
    QCOMPARE(form.whole->value(), 12);
    QCOMPARE(form.whole->text(), QStringLiteral("12"));
    form.whole->setValue(1500);
    QCOMPARE(form.whole->text(), QStringLiteral("1500"));  // no groups, which would not read back
    QLocale::setDefault(QLocale::c());
}

void TestNumberBox::refused_data() { locales(); }
void TestNumberBox::refused() {
    QFETCH(QLocale, locale);
    QLocale::setDefault(locale);
    Form form;
    form.type(form.number, QStringLiteral("0.3"));
    for (const char* text : {"1,234", "3", "0.1.2", "abc", "0", "nan", "-1", "1 000"}) {
        form.type(form.number, QLatin1String(text));
        QVERIFY2(!form.number->refusal().text().isEmpty(), text);
        QVERIFY2(form.number->refusal().text().startsWith(QLatin1String("Bandwidth: found")), qPrintable(form.number->refusal().text()));
        QVERIFY2(form.number->refusal().text().endsWith(QLatin1String("0.3 stays")), qPrintable(form.number->refusal().text()));
        QCOMPARE(form.number->value(), 0.3);
        QCOMPARE(form.number->text(), QStringLiteral("0.3"));
    }
    form.number->selectAll();
    QTest::keyClick(form.number, Qt::Key_Delete);
    form.whole->setFocus();  // leaving the field says it too
    QVERIFY2(form.number->refusal().text().contains(QLatin1String("nothing")), qPrintable(form.number->refusal().text()));
    QCOMPARE(form.number->value(), 0.3);
    form.type(form.number, QStringLiteral("0.4"));
    QVERIFY(form.number->refusal().text().isEmpty());
    QLocale::setDefault(QLocale::c());
}

void TestNumberBox::nothing_of_a_refused_text_is_taken_data() { locales(); }

/// "0.4+0.1" left 0.4 behind where a letter came late: the readable beginning counted until the field was left. Whoever looks at the value
/// after any letter sees what the whole text says, or the former value.
void TestNumberBox::nothing_of_a_refused_text_is_taken() {
    QFETCH(QLocale, locale);
    QLocale::setDefault(locale);
    Form form;
    for (const char* text : {"0.4+0.1", "0.6 0.7", "0.9;1", "0.7/2", "1 step", "0.5.", "1e-1x", "1,5,", "0.5%"}) {
        form.type(form.number, QStringLiteral("0.3"));
        form.number->selectAll();
        bool refused = false;
        for (const char* letter = text; *letter != 0; ++letter) {
            QTest::keyClick(form.number, *letter);
            const QByteArray typed(text, letter + 1 - text);
            const auto read = r2t2::parse_number(typed.toStdString(), {});
            const double wanted = read && *read >= 0.001 && *read <= 2.0 ? *read : 0.3;
            QVERIFY2(form.number->value() == wanted, typed + " -> " + QByteArray::number(form.number->value()));
            QCOMPARE(form.number->text().toUtf8(), typed);
            refused = wanted == 0.3;
        }
        QVERIFY2(refused, text);
        QTest::keyClick(form.number, Qt::Key_Return);
        QCOMPARE(form.number->value(), 0.3);
        QCOMPARE(form.number->text(), QStringLiteral("0.3"));
        QVERIFY2(form.number->refusal().text().contains(QLatin1String(text)), qPrintable(form.number->refusal().text()));
        QTest::keyClick(form.number, Qt::Key_Return);  // and again, and by leaving
        QTest::keyClick(form.number, Qt::Key_Tab);
        QCOMPARE(form.number->value(), 0.3);
    }
    for (const char* text : {"999999999999", "4 steps", "3 neighbours", "-2", "3.5", "12k", "7,7"}) {
        form.whole->setValue(5);
        form.type(form.whole, QLatin1String(text));
        QVERIFY2(form.whole->value() == 5 && form.whole->text() == QStringLiteral("5"), text);
        QVERIFY2(form.whole->refusal().text().contains(QLatin1String(text)), text);
    }
    QLocale::setDefault(QLocale::c());
}

void TestNumberBox::a_refusal_goes_with_its_value() {
    Form form;
    form.type(form.whole, QStringLiteral("five"));
    QVERIFY(!form.whole->refusal().text().isEmpty());
    QVERIFY(!form.whole->commit());  // whoever uses the number now is stopped, once
    QVERIFY(form.whole->commit());
    QVERIFY(!form.whole->refusal().text().isEmpty());  // but it stands
    QTest::keyClick(form.whole, Qt::Key_Up);
    QCOMPARE(form.whole->value(), 6);
    QVERIFY2(form.whole->refusal().text().isEmpty(), qPrintable(form.whole->refusal().text()));
    form.type(form.whole, QStringLiteral("five"));
    form.whole->setValue(9);  // by the form
    QVERIFY(form.whole->refusal().text().isEmpty());
    form.type(form.whole, QStringLiteral("five"));
    form.whole->selectAll();
    QTest::keyClicks(form.whole, QStringLiteral("7"));
    QVERIFY(form.whole->refusal().text().isEmpty());
}

void TestNumberBox::every_refusal_is_listed() {
    Form form;
    RefusalList list;
    list.add(form.number);
    list.add(form.whole);
    QSignalSpy said(&list, &RefusalList::changed);
    form.type(form.number, QStringLiteral("wide"));
    form.type(form.whole, QStringLiteral("-2"));
    QCOMPARE(said.last().front().toString(), list.text());
    QVERIFY2(list.text().contains(QLatin1String("wide")) && list.text().contains(QLatin1String("-2")), qPrintable(list.text()));
    form.type(form.number, QStringLiteral("0.5"));
    QVERIFY2(!list.text().contains(QLatin1String("wide")) && list.text().contains(QLatin1String("-2")), qPrintable(list.text()));
    QVERIFY(!list.commit());
    QVERIFY(list.commit());
    list.clear();
    QVERIFY(list.text().isEmpty());
}

void TestNumberBox::whole() {
    Form form;
    for (const char* text : {"1.000", "1,000", "2001", "0", "5.0", "x", ""}) {
        form.type(form.whole, QStringLiteral("7"));
        form.whole->selectAll();
        QTest::keyClick(form.whole, Qt::Key_Delete);
        QTest::keyClicks(form.whole, QLatin1String(text));
        QVERIFY2(!form.whole->commit(), text);
        QCOMPARE(form.whole->value(), 7);
    }
    form.type(form.whole, QStringLiteral("1000"));
    QVERIFY(form.whole->commit());
    QCOMPARE(form.whole->value(), 1000);
}

/// A box with two decimals ran 0.13 where 0.125 was typed, and showed 0.01 for a stored rate of 0.0123456789.
void TestNumberBox::nothing_is_rounded() {
    Form form;
    for (const double value : {0.0123456789012345, 0.125, 1.0 / 3.0, 0.001, 1.9999999999999998}) {
        form.number->setValue(value);
        QCOMPARE(form.number->value(), value);
        QCOMPARE(form.number->text().toDouble(), value);
        form.type(form.number, QString::number(value, 'g', 17));
        QCOMPARE(form.number->value(), value);
    }
    form.number->setRange(1e-12, 2.0);
    form.number->setValue(1.2345678901234567e-12);
    QCOMPARE(form.number->value(), 1.2345678901234567e-12);
}

void TestNumberBox::what_is_typed_counts_at_once_and_goes_back() {
    Form form;
    form.number->setFocus();
    form.number->selectAll();
    QTest::keyClicks(form.number, QStringLiteral("1,23"));
    QCOMPARE(form.number->value(), 1.23);
    QTest::keyClicks(form.number, QStringLiteral("4"));  // now it could be a thousand and more
    QVERIFY(!form.number->commit());
    QCOMPARE(form.number->value(), 0.6);  // as before typing began
    QSignalSpy said(&form.number->refusal(), &Refusal::changed);
    form.number->selectAll();
    QTest::keyClicks(form.number, QStringLiteral("1"));
    QCOMPARE(said.size(), 1);  // cleared
}

/// Whoever types "1.5" slowly: "1" counts, "1." is on its way and changes nothing.
void TestNumberBox::a_number_on_its_way_waits() {
    Form form;
    form.number->setFocus();
    form.number->selectAll();
    QTest::keyClicks(form.number, QStringLiteral("1."));
    QCOMPARE(form.number->value(), 1.0);
    QCOMPARE(form.number->text(), QStringLiteral("1."));  // the point is not taken away
    QTest::keyClicks(form.number, QStringLiteral("5"));
    QCOMPARE(form.number->value(), 1.5);
    form.number->selectAll();
    QTest::keyClicks(form.number, QStringLiteral("1,"));
    QVERIFY(form.number->commit());  // left so: it is 1
    QCOMPARE(form.number->value(), 1.0);
    QCOMPARE(form.number->text(), QStringLiteral("1"));
}

void TestNumberBox::arrows_step() {
    Form form;
    form.number->setSingleStep(0.05);
    form.number->setValue(0.1);
    for (int i = 0; i < 4; ++i) {
        QTest::keyClick(form.number, Qt::Key_Up);
    }
    QCOMPARE(form.number->text(), QStringLiteral("0.3"));  // not 0.30000000000000004
    NumberBox rate(&form.window, NumberBox::Arrows::Multiply);
    rate.setRange(1e-12, 100);
    rate.setValue(1.0);
    for (int i = 0; i < 4; ++i) {
        rate.stepBy(-1);
    }
    QCOMPARE(rate.value(), 0.1);
}

void TestNumberBox::words_around_the_number() {
    Form form;
    form.number->setSuffix(QStringLiteral(" mm"));
    form.number->setSpecialValueText(QStringLiteral("automatic"));
    form.type(form.number, QStringLiteral("1.5"));
    QCOMPARE(form.number->text(), QStringLiteral("1.5 mm"));
    QTest::keyClick(form.number, Qt::Key_Return);
    QCOMPARE(form.number->value(), 1.5);
    form.number->setValue(form.number->minimum());
    QCOMPARE(form.number->text(), QStringLiteral("automatic"));
    form.type(form.number, QStringLiteral("what"));
    QCOMPARE(form.number->text(), QStringLiteral("automatic"));
    QVERIFY(form.number->refusal().text().endsWith(QLatin1String("automatic stays")));
}

QTEST_MAIN(TestNumberBox)
#include "test_number_box.moc"
