// The map when references, model or kind change: nothing of the former map stays, and where there is none the reason stands in its place.
// The real window on a model that is made up.
#include <QtTest>
#include <QComboBox>
#include <QLabel>

#include "tests/ui/fake_inspector.h"
#include "tests/ui/own_settings.h"
#include "tests/ui/window_test.h"
#include "ui/panels/map_panel.h"

using namespace r2t2;
using namespace r2t2::ui;

class TestMapPanel final : public WindowTest {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup() { window_.reset(); }

    void too_few_references_leave_an_empty_map_with_the_reason_data();
    void too_few_references_leave_an_empty_map_with_the_reason();
    void a_refused_kind_leaves_nothing_of_the_one_before();
    void a_stopped_map_can_be_asked_for_again();

private:
    ProjectionView& view() { return window_->map().view(); }
    [[nodiscard]] int drawn(const char* kind) { return static_cast<int>(view().tsv().count(QLatin1Char('\n') + QString::fromLatin1(kind) + QLatin1Char('\t'))); }
    void use(const char* references) {
        InspectorOptions options = window_->workspace().options();
        options.reference = references;
        window_->workspace().open(options);
        settle();
        QCOMPARE(window_->workspace().options().reference, std::string(references));
    }
    /// By the keyboard, as somebody who steps through the box.
    void choose(int index) {
        auto* box = find<QComboBox>("mapChoice");
        box->setFocus();
        while (box->currentIndex() != index) {
            QTest::keyClick(box, box->currentIndex() < index ? Qt::Key_Down : Qt::Key_Up);
        }
        settle();
    }

    std::unique_ptr<QTemporaryDir> folder_;
    FakeModule module_;
};

void TestMapPanel::initTestCase() {
    folder_ = std::make_unique<QTemporaryDir>();
    use_own_settings(QStringLiteral("map_panel"), folder_->path());
}

void TestMapPanel::init() {
    window_ = shown_window();
    QVERIFY(window_);
    window_->workspace().set_module(&module_);
    window_->begin({});
    settle();
    QVERIFY(window_->workspace().inspection());
    window_->show_panel(QStringLiteral("map"));
    settle();
    QCOMPARE(drawn("reference"), 60);
    QCOMPARE(drawn("neighbour"), 5);
    QVERIFY(drawn("step") > 1);
}

void TestMapPanel::too_few_references_leave_an_empty_map_with_the_reason_data() {
    QTest::addColumn<int>("kind");
    QTest::addColumn<int>("references");
    QTest::addColumn<QString>("reason");  // empty: there is a map
    QTest::newRow("one") << 0 << 1 << QStringLiteral("A map needs at least 3 references; 1 is open.");
    QTest::newRow("two, task space") << 1 << 2 << QStringLiteral("A map needs at least 3 references; 2 are open.");
    QTest::newRow("three") << 0 << 3 << QString();
    QTest::newRow("three by t-SNE") << 2 << 3 << QStringLiteral("A map by t-SNE needs at least 4 references; 3 are open.");
    QTest::newRow("four by t-SNE") << 3 << 4 << QString();
}

/// The former set's cloud stayed, with the present sample and n1 on a point of it.
void TestMapPanel::too_few_references_leave_an_empty_map_with_the_reason() {
    QFETCH(int, kind);
    QFETCH(int, references);
    QFETCH(QString, reason);
    choose(kind);
    use(std::to_string(references).c_str());
    QVERIFY(window_->workspace().inspection());
    QCOMPARE(view().empty_words(), reason);
    QCOMPARE(drawn("reference"), reason.isEmpty() ? references : 0);
    if (!reason.isEmpty()) {
        QCOMPARE(drawn("neighbour"), 0);
        QCOMPARE(drawn("step"), 0);
        QCOMPARE(drawn("sample"), 0);
        QCOMPARE(view().accessibleDescription(), reason);
        for (const QLabel* label : window_->map().findChildren<QLabel*>()) {
            QVERIFY2(label->text().isEmpty(), qPrintable(label->text()));  // said once, where the map would be
        }
        QTest::keyClick(&view(), Qt::Key_PageDown);  // there is no neighbour to go to
        QTest::keyClick(&view(), Qt::Key_Plus);
        QTest::mouseMove(&view(), view().rect().center());
        QCOMPARE(window_->workspace().hovered_reference(), -1);
    }
    QVERIFY2(view().accessibleName().contains(find<QComboBox>("mapChoice")->currentText()), qPrintable(view().accessibleName()));
    use("");  // and the map comes back
    QCOMPARE(drawn("reference"), 60);
    QCOMPARE(drawn("neighbour"), 5);
}

/// The title says what the box says, whether there is a map or not.
void TestMapPanel::a_refused_kind_leaves_nothing_of_the_one_before() {
    use("7");
    QCOMPARE(drawn("reference"), 7);
    choose(1);
    QCOMPARE(drawn("reference"), 0);
    QCOMPARE(drawn("neighbour"), 0);
    QVERIFY2(view().empty_words().contains(QStringLiteral("a number that is not finite")), qPrintable(view().empty_words()));
    QVERIFY2(view().accessibleName().contains(QStringLiteral("Task space, PCA")), qPrintable(view().accessibleName()));
    window_->workspace().cursor().set_step(3);
    window_->workspace().show_sample(window_->workspace().lists().front(), 2);  // another sample is not drawn into what is not there
    settle();
    QCOMPARE(drawn("step"), 0);
    QCOMPARE(drawn("neighbour"), 0);
    choose(0);
    QCOMPARE(drawn("reference"), 7);
    QVERIFY(drawn("step") > 1);
}

void TestMapPanel::a_stopped_map_can_be_asked_for_again() {
    auto* box = find<QComboBox>("mapChoice");
    box->setFocus();
    QTest::keyClick(box, Qt::Key_Down);
    QCOMPARE(drawn("reference"), 0);  // while it is made, too
    window_->workspace().jobs().cancelAll();
    settle();
    QCOMPARE(drawn("reference"), 0);
    QVERIFY2(view().empty_words().startsWith(QStringLiteral("Stopped")), qPrintable(view().empty_words()));
    Q_EMIT box->activated(box->currentIndex());
    settle();
    QCOMPARE(drawn("reference"), 60);
    QVERIFY2(view().accessibleName().contains(box->currentText()), qPrintable(view().accessibleName()));
}

QTEST_MAIN(TestMapPanel)
#include "test_map_panel.moc"
