// Where a reference set is written: what is said of the folder while one types, and what a set that is there, stopped descents, other files and the
// inside of a set come to. The dialog and the Data page, driven by keys.
#include <QtTest>
#include <QAction>
#include <QCheckBox>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>
#include <QSettings>

#include "core/session/session_writer.h"
#include "tests/session/session_samples.h"
#include "tests/support/files.h"
#include "tests/ui/fake_inspector.h"
#include "tests/ui/own_settings.h"
#include "tests/ui/window_test.h"
#include "ui/models/reference_folder.h"
#include "ui/models/reference_words.h"
#include "ui/panels/reference_folder_dialog.h"

using namespace r2t2;
using namespace r2t2::ui;
namespace fs = std::filesystem;

class TestReferenceFolder final : public WindowTest {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup() { window_.reset(); }

    void what_is_there_is_said_data();
    void what_is_there_is_said();
    void a_set_is_told_without_reading_it_whole();
    void the_name_that_is_proposed_is_free();
    void an_existing_set_is_asked_about_and_nothing_is_nested();
    void other_files_and_the_inside_of_a_set_are_refused();
    void stopped_descents_are_gone_on_with();
    void sets_of_one_name_are_told_apart();

private:
    enum class Embedded { No, Yes };
    [[nodiscard]] fs::path at(const char* name) const { return fs::path(folder_->path().toStdString()) / name; }
    static void write_set(const fs::path& folder, int count, const char* notes = "{}", Embedded embedded = Embedded::Yes);
    static void write_descents(const fs::path& folder, int samples);
    ReferenceFolderDialog* dialog() { return window_->findChild<ReferenceFolderDialog*>(); }
    QString there() { return find<QLabel>("referenceThere")->text().remove(QChar(0x200b)); }
    void type(const char* field, const QString& text) {
        auto* edit = find<QLineEdit>(field);
        edit->setFocus();
        edit->selectAll();
        QTest::keyClicks(edit, text);
    }
    /// The data set is read, and "Reference set..." clicked.
    void ask(bool refined = false);

    std::unique_ptr<QTemporaryDir> folder_;
    FakeModule module_;
};

/// As a store is written: the keys in their order, a header of the embeddings with as many rows.
void TestReferenceFolder::write_set(const fs::path& folder, int count, const char* notes, Embedded embedded) {
    fs::create_directories(folder);
    std::string json = std::string(R"({"format": "r2t2-reference", "version": 2, "model": {"hash": "aa", "parts": {"records": "no records"}}, "space": {"groups": [{"name": "I"}]}, "notes": )") + notes;
    if (embedded == Embedded::Yes) {
        const std::string header = R"({"__metadata__":{"format":"r2t2-embeddings"},"embedding":{"dtype":"F32","shape":[)" + std::to_string(count) + R"(,4],"data_offsets":[0,0]}})";
        std::string length(8, '\0');
        for (std::size_t i = 0; i < 8; ++i) {
            length[i] = static_cast<char>((header.size() >> (8 * i)) & 0xff);
        }
        write_file(folder / "embeddings-0123.safetensors", length + header);
        json += R"(, "embedding": {"file": "embeddings-0123.safetensors", "dimension": 4, "parts": [{"name": "q", "file": "another"}]})";
    }
    json += R"(, "checksums": {"records": "x"}, "records": [)";
    for (int i = 0; i < count; ++i) {
        json += (i == 0 ? "" : ", ") + std::string(R"({"id": ")") + std::to_string(i) + R"(", "weights": {"I": [0.5, 0.5]}, "options": [{"a": 1}]})";
    }
    write_file(folder / "records.json", json + "]}");
}

void TestReferenceFolder::write_descents(const fs::path& folder, int samples) {
    Result<SessionWriter> session = SessionWriter::create(folder.string() + ".descents.sqlite");
    QVERIFY(session);
    const Result<std::int64_t> run = session->begin_run(session_samples::run_info());
    QVERIFY(run);
    for (int i = 0; i < samples; ++i) {
        const Status written = session->record_error(*run, session_samples::sample_info(i), Error{ErrorKind::NotFound, "sample", "picture", "none", "a picture"});
        QVERIFY2(written, written.ok() ? "" : written.error().message().c_str());
    }
}

void TestReferenceFolder::initTestCase() {
    folder_ = std::make_unique<QTemporaryDir>();
    use_own_settings(QStringLiteral("reference_folder"), folder_->path());
    qputenv("XDG_DATA_HOME", folder_->path().toUtf8());
    write_set(at("r2t2/references/plain"), 21);
    write_set(at("r2t2/references/one"), 1, "{}", Embedded::No);
    write_set(at("r2t2/references/better"), 1204, R"({"refined_by": "oracle", "refined_with": "{}"})");
    fs::create_directories(at("r2t2/references/empty"));
    fs::create_directories(at("r2t2/references/plain/inner"));
    fs::create_directories(at("r2t2/references/other"));
    write_file(at("r2t2/references/other/notes.txt"), "mine");
    fs::create_directories(at("r2t2/references/lookalike"));
    write_file(at("r2t2/references/lookalike/records.json"), R"({"format": "of somebody else", "records": [{}]})");
    write_file(at("r2t2/references/file"), "mine");
    fs::create_directories(at("r2t2/references/stopped"));  // as a crash leaves it
    write_descents(at("r2t2/references/stopped"), 7);
    write_descents(at("r2t2/references/plain"), 1);
    write_descents(at("r2t2/references/gone"), 3);
    write_file(at("r2t2/references/damaged.descents.sqlite"), "this is no database");
}

void TestReferenceFolder::init() {
    window_ = shown_window();
    QVERIFY(window_);
    window_->workspace().set_module(&module_);
    window_->begin({});
    settle();
    window_->show_page(MainWindow::Page::Data);
    settle();
}

void TestReferenceFolder::what_is_there_is_said_data() {
    using Kind = ReferencePlace::Kind;
    QTest::addColumn<QString>("name");
    QTest::addColumn<bool>("refines");
    QTest::addColumn<int>("kind");
    QTest::addColumn<QString>("words");
    const auto row = [](const char* name, bool refines, Kind kind, const char* words) { QTest::addRow("%s %d", name, refines ? 1 : 0) << QString::fromLatin1(name) << refines << int(kind) << QString::fromUtf8(words); };
    row("never", false, Kind::New, "new");
    row("never/deep", true, Kind::New, "new");
    row("empty", true, Kind::New, "new");
    row("plain", false, Kind::Set, "a reference set of 21 references: it will be replaced");
    row("plain", true, Kind::Set, "a reference set of 21 references: it will be replaced; unfinished descents of 1 sample: goes on");
    row("one", false, Kind::Set, "a reference set of 1 reference: it will be replaced");
    row("better", false, Kind::Set, qPrintable(QStringLiteral("a reference set of %L1 references, refined: it will be replaced").arg(1204)));
    row("stopped", true, Kind::Unfinished, "unfinished descents of 7 samples: goes on");
    row("stopped", false, Kind::New, "new");
    row("gone", true, Kind::Unfinished, "unfinished descents of 3 samples: goes on");
    row("other", true, Kind::Refused, "other files: choose another name");
    row("lookalike", false, Kind::Refused, "other files: choose another name");
    row("file", false, Kind::Refused, "a file: choose another name");
    row("file/below", false, Kind::Refused, "*is a file, no folder");
    row("plain/plain", false, Kind::Refused, "*is a reference set: there can be none inside of it");
    row("plain/inner/deeper", true, Kind::Refused, "*is a reference set: there can be none inside of it");
    row("plain/../never", false, Kind::New, "new");
    row("damaged", true, Kind::Refused, "unfinished descents that cannot be read*");
    row("damaged", false, Kind::New, "new");
}

void TestReferenceFolder::what_is_there_is_said() {
    QFETCH(QString, name);
    QFETCH(bool, refines);
    QFETCH(int, kind);
    QFETCH(QString, words);
    const ReferencePlace place = reference_place(at("r2t2/references") / name.toStdString(), refines);
    QCOMPARE(int(place.kind), kind);
    if (words.startsWith(QLatin1Char('*'))) {
        QVERIFY2(place.words.endsWith(words.mid(1)), qPrintable(place.words));
    } else if (words.endsWith(QLatin1Char('*'))) {
        QVERIFY2(place.words.startsWith(words.chopped(1)), qPrintable(place.words));
    } else {
        QCOMPARE(place.words, words);
    }
}

/// Of a set that is damaged further on, too; what cannot be told is not made up.
void TestReferenceFolder::a_set_is_told_without_reading_it_whole() {
    write_set(at("cut"), 40, R"({"refined_by": "oracle"})");
    QFile records(QString::fromStdString((at("cut") / "records.json").string()));
    QVERIFY(records.resize(records.size() / 2));
    const std::optional<StoredSet> cut = stored_set(at("cut"));
    QVERIFY(cut && cut->count == 40 && cut->refined);
    fs::remove(at("cut") / "embeddings-0123.safetensors");
    const std::optional<StoredSet> unknown = stored_set(at("cut"));
    QVERIFY(unknown && !unknown->count);
    QCOMPARE(size_words(*unknown), QStringLiteral("refined"));
    write_file(at("cut") / "embeddings-0123.safetensors", std::string(8, '\xff') + "{}");  // a header of 2^64 bytes
    QVERIFY(!stored_set(at("cut"))->count);
    write_set(at("without"), 5, "{}", Embedded::No);
    QCOMPARE(stored_set(at("without"))->count.value_or(-1), qlonglong(5));
    QVERIFY(!stored_set(at("r2t2/references/other")) && !stored_set(at("r2t2/references/lookalike")) && !stored_set(at("nowhere")));
}

void TestReferenceFolder::the_name_that_is_proposed_is_free() {
    const fs::path place = at("r2t2/references");
    QCOMPARE(free_name(place, QStringLiteral("never")), QStringLiteral("never"));
    QCOMPARE(free_name(place, QStringLiteral("empty")), QStringLiteral("empty"));
    QCOMPARE(free_name(place, QStringLiteral("plain")), QStringLiteral("plain-2"));
    QCOMPARE(free_name(place, QStringLiteral("other")), QStringLiteral("other-2"));
    QCOMPARE(free_name(place, QStringLiteral("file")), QStringLiteral("file-2"));
    QCOMPARE(free_name(place, QStringLiteral("gone")), QStringLiteral("gone-2"));  // its descents belong to something
    QCOMPARE(free_name(at("nowhere yet"), QStringLiteral("a")), QStringLiteral("a"));
}

void TestReferenceFolder::ask(bool refined) {
    auto* list = find<QListWidget>("dataSets");
    list->setCurrentItem(list->findItems(QStringLiteral("Visual7W"), Qt::MatchExactly).front());
    type("dataFolder", QStringLiteral("/data/v7w"));
    QTest::mouseClick(find<QPushButton>("dataRead"), Qt::LeftButton);
    settle();
    QVERIFY(window_->data().report());
    find<QCheckBox>("dataRefine")->setChecked(refined);
    QTest::mouseClick(find<QPushButton>("dataReference"), Qt::LeftButton);
    QVERIFY(dialog() != nullptr);
    QTRY_VERIFY_WITH_TIMEOUT(dialog()->isVisible(), kPatience);
}

/// A file dialog went into the folder, and its second Return made CLEVR-val/CLEVR-val.
void TestReferenceFolder::an_existing_set_is_asked_about_and_nothing_is_nested() {
    ask();
    QCOMPARE(find<QLineEdit>("referenceName")->text(), QStringLiteral("Visual7W-test"));
    QCOMPARE(find<QLineEdit>("referencePlace")->text(), QString::fromStdString(at("r2t2/references").string()));
    QCOMPARE(there(), QStringLiteral("new"));
    type("referenceName", QStringLiteral("plain"));
    QCOMPARE(there(), QStringLiteral("a reference set of 21 references: it will be replaced"));
    QTest::keyClick(find<QLineEdit>("referenceName"), Qt::Key_Return);
    QPointer<QMessageBox> box = dialog()->findChild<QMessageBox*>(QStringLiteral("referenceReplace"));
    QVERIFY(box && box->text().contains(QStringLiteral("21 references")));
    QTest::keyClick(box.data(), Qt::Key_Return);  // a second Return replaces nothing
    QVERIFY(dialog()->isVisible() && !window_->data().building() && !window_->data().built());
    QTRY_VERIFY_WITH_TIMEOUT(!box, kPatience);
    QTest::keyClick(find<QLineEdit>("referenceName"), Qt::Key_Return);
    box = dialog()->findChild<QMessageBox*>(QStringLiteral("referenceReplace"));
    QVERIFY(box);
    QTest::keyClick(box->button(QMessageBox::Yes), Qt::Key_Space);
    QTRY_VERIFY_WITH_TIMEOUT(window_->data().built() && !window_->data().building(), kPatience);
    QCOMPARE(window_->data().built()->output.string(), at("r2t2/references/plain").string());
    QTRY_VERIFY_WITH_TIMEOUT(dialog() == nullptr, kPatience);
}

void TestReferenceFolder::other_files_and_the_inside_of_a_set_are_refused() {
    ask();
    type("referenceName", QStringLiteral("other"));
    QCOMPARE(there(), QStringLiteral("other files: choose another name"));
    QTest::keyClick(find<QLineEdit>("referenceName"), Qt::Key_Return);
    QVERIFY(dialog()->isVisible() && !find<QPushButton>("referenceGo")->isEnabled());
    type("referenceName", QStringLiteral("a/b"));
    QVERIFY2(there().contains(QStringLiteral("is no name")), qPrintable(there()));
    type("referenceName", QStringLiteral(" "));
    QCOMPARE(there(), QStringLiteral("give it a name"));
    type("referenceName", QStringLiteral("plain"));
    type("referencePlace", QString::fromStdString(at("r2t2/references/plain").string()));
    QVERIFY2(there().contains(QStringLiteral("there can be none inside of it")), qPrintable(there()));
    QTest::keyClick(find<QLineEdit>("referenceName"), Qt::Key_Return);
    QVERIFY(dialog()->isVisible() && !window_->data().building() && !window_->data().built());
    type("referencePlace", QString::fromStdString(at("elsewhere").string()));
    QCOMPARE(there(), QStringLiteral("new"));
    QTest::keyClick(find<QLineEdit>("referenceName"), Qt::Key_Return);
    QTRY_VERIFY_WITH_TIMEOUT(window_->data().built() && !window_->data().building(), kPatience);
    QCOMPARE(window_->data().built()->output.string(), at("elsewhere/plain").string());
    QTRY_VERIFY_WITH_TIMEOUT(dialog() == nullptr, kPatience);
    find<QPushButton>("dataReference")->setFocus();
    QTest::keyClick(find<QPushButton>("dataReference"), Qt::Key_Space);
    QTRY_VERIFY_WITH_TIMEOUT(dialog() != nullptr && dialog()->isVisible(), kPatience);
    QCOMPARE(find<QLineEdit>("referencePlace")->text(), QString::fromStdString(at("elsewhere").string()));  // the place is kept
    QTest::keyClick(dialog(), Qt::Key_Escape);
    QVERIFY(!window_->data().building());
}

/// After a crash (an empty folder, and its descents beside it), and after Cancel.
void TestReferenceFolder::stopped_descents_are_gone_on_with() {
    ask(true);
    QCOMPARE(find<QLineEdit>("referenceName")->text(), QStringLiteral("Visual7W-test-refined"));
    type("referenceName", QStringLiteral("stopped"));
    QCOMPARE(there(), QStringLiteral("unfinished descents of 7 samples: goes on"));
    QCOMPARE(find<QPushButton>("referenceGo")->text(), QStringLiteral("Go on"));
    QTest::keyClick(find<QLineEdit>("referenceName"), Qt::Key_Return);
    QTRY_VERIFY_WITH_TIMEOUT(window_->data().built() && !window_->data().building(), kPatience);
    QCOMPARE(window_->data().built()->output.string(), at("r2t2/references/stopped").string());
    QTRY_VERIFY_WITH_TIMEOUT(dialog() == nullptr, kPatience);

    window_->data().refine_reference(QString::fromStdString(at("r2t2/references/slow").string()));
    window_->data().cancel();
    settle();
    QVERIFY(!window_->data().unfinished().isEmpty());
    window_->findChild<QAction*>(QStringLiteral("refineReference"))->trigger();
    QTRY_VERIFY_WITH_TIMEOUT(dialog() != nullptr && dialog()->isVisible(), kPatience);
    QCOMPARE(find<QLineEdit>("referenceName")->text(), QStringLiteral("slow"));
    QTest::keyClick(dialog(), Qt::Key_Escape);
    QTRY_VERIFY_WITH_TIMEOUT(dialog() == nullptr, kPatience);
    window_->data().forget();
    window_->findChild<QAction*>(QStringLiteral("refineReference"))->trigger();
    QTRY_VERIFY_WITH_TIMEOUT(dialog() != nullptr && dialog()->isVisible(), kPatience);
    QCOMPARE(find<QLineEdit>("referenceName")->text(), QStringLiteral("bundled-refined"));
    QTest::keyClick(dialog(), Qt::Key_Escape);
}

/// File > References had "CLEVR-val" twice.
void TestReferenceFolder::sets_of_one_name_are_told_apart() {
    QCOMPARE(telling_names({"/a/CLEVR-val", "/b/CLEVR-val", "/b/other"}), (QStringList{"a/CLEVR-val", "b/CLEVR-val", "other"}));
    QCOMPARE(telling_names({"/a/x/set", "/b/x/set/", "/c/y/set"}), (QStringList{"a/x/set", "b/x/set", "y/set"}));
    QCOMPARE(telling_names({"/a/set", "/b/a/set"}), (QStringList{"/a/set", "b/a/set"}));
    QCOMPARE(telling_names({"/a/set", "/a/set"}), (QStringList{"set", "set"}));  // it is one
    QCOMPARE(telling_names({"/set", "/a/set", "", "/a/my set"}), (QStringList{"/set", "a/set", "bundled references", "my set"}));
    const QStringList recent = {QString::fromStdString(at("r2t2/references/better").string()), QString::fromStdString(at("elsewhere/better").string())};
    write_set(at("elsewhere/better"), 1);
    QSettings().setValue(QStringLiteral("recent references"), recent);
    auto* menu = find<QMenu>("references");
    Q_EMIT menu->aboutToShow();
    QStringList texts, tips;
    for (const QAction* action : menu->actions()) {
        texts << action->text();
        tips << action->toolTip();
    }
    QVERIFY2(texts.contains(QStringLiteral("references/better")) && texts.contains(QStringLiteral("elsewhere/better")), qPrintable(texts.join(QLatin1Char('|'))));
    QVERIFY2(tips.contains(recent[0] + QStringLiteral("\n%L1 references, refined").arg(1204)) && tips.contains(recent[1] + QStringLiteral("\n1 reference")), qPrintable(tips.join(QLatin1Char('|'))));
}

QTEST_MAIN(TestReferenceFolder)
#include "test_reference_folder.moc"
