// The step cursor: bounds, playing, speeds.
#include <QSignalSpy>
#include <QtTest>

#include "tests/support/patience.h"
#include "ui/models/step_cursor.h"

using namespace r2t2;
using namespace r2t2::ui;

class TestStepCursor : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void staysInBounds() {
        StepCursor cursor;
        QSignalSpy steps(&cursor, &StepCursor::stepChanged);
        cursor.next();
        cursor.last();
        cursor.set_step(3);
        QCOMPARE(cursor.step(), 0);
        QCOMPARE(steps.size(), 0);
        cursor.set_count(5);
        cursor.set_step(99);
        QCOMPARE(cursor.step(), 4);
        cursor.next();
        QCOMPARE(cursor.step(), 4);
        cursor.set_step(-7);
        cursor.previous();
        QCOMPARE(cursor.step(), 0);
        cursor.last();
        QCOMPARE(cursor.step(), 4);
        cursor.first();
        QCOMPARE(cursor.step(), 0);
        QCOMPARE(steps.size(), 4);  // nothing said where nothing changed
    }
    void keepsItsStepWhenTheCountChanges() {
        StepCursor cursor;
        cursor.set_count(10);
        cursor.set_step(6);
        cursor.set_count(12);
        QCOMPARE(cursor.step(), 6);
        cursor.set_count(4);
        QCOMPARE(cursor.step(), 3);
        cursor.set_count(-1);
        QCOMPARE(cursor.count(), 0);
        QCOMPARE(cursor.step(), 0);
    }
    void playsToTheEndAndStops() {
        StepCursor cursor;
        QSignalSpy playing(&cursor, &StepCursor::playingChanged);
        QSignalSpy steps(&cursor, &StepCursor::stepChanged);
        cursor.set_count(4);
        cursor.set_speed(30);
        cursor.play();
        cursor.play();  // already
        QTRY_VERIFY_WITH_TIMEOUT(!cursor.playing(), kPatience);
        QCOMPARE(cursor.step(), 3);
        QCOMPARE(steps.size(), 3);
        QCOMPARE(playing.size(), 2);
    }
    void playsFromTheEndFromTheBeginning() {
        StepCursor cursor;
        cursor.set_count(3);
        cursor.set_speed(30);
        cursor.last();
        cursor.toggle();
        QCOMPARE(cursor.step(), 0);
        QVERIFY(cursor.playing());
        cursor.toggle();
        QVERIFY(!cursor.playing());
    }
    void nothingToPlay() {
        StepCursor cursor;
        cursor.play();
        cursor.set_count(1);
        cursor.play();
        QVERIFY(!cursor.playing());
        cursor.set_count(5);
        cursor.play();
        cursor.set_count(1);  // closed while playing
        QVERIFY(!cursor.playing());
    }
    void speeds() {
        StepCursor cursor;
        cursor.set_speed(1000);
        QCOMPARE(cursor.steps_per_second(), 30.0);
        cursor.set_speed(0);
        QCOMPARE(cursor.steps_per_second(), 0.5);
        cursor.set_count(100);
        cursor.set_speed(0.5);
        cursor.play();
        // At once, not after the two seconds of the slow step: before a timer of 1.5 seconds, in whose order both come however late.
        int step_then = -1;
        QTimer::singleShot(1500, &cursor, [&] { step_then = cursor.step(); });
        cursor.set_speed(30);
        QTRY_VERIFY_WITH_TIMEOUT(step_then >= 0, kPatience);
        QVERIFY(step_then >= 1);
    }
};

QTEST_GUILESS_MAIN(TestStepCursor)
#include "test_step_cursor.moc"
