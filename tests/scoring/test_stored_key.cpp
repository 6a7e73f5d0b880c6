// Keys as they are stored: what goes in comes out, and whatever else stands there is an error that names the field.
#include <QtTest>
#include <set>

#include "core/scoring/stored_key.h"

using namespace r2t2;

class TestStoredKey final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void what_goes_in_comes_out() {
        std::set<std::string> seen;
        for (int rule = 0; rule <= static_cast<int>(AnswerRule::Relaxed); ++rule) {
            StoredKey key{rule % 2 == 0 ? "MMBench" : "", {}};
            key.key.rule = static_cast<AnswerRule>(rule);
            key.key.answers = {"caf\u00e9", "", "\"quoted\"\n"};
            key.key.options = {"one", "two"};
            key.key.right_option = rule % 3 - 1;
            key.key.group = rule % 2 == 0 ? "" : "17";
            key.key.category = "coarse";
            key.key.answer_type = "float";
            key.key.precision = rule;
            const std::string text = stored_key_json(key);
            const Result<StoredKey> back = parse_stored_key(text, "here");
            QVERIFY2(back.ok(), back.ok() ? "" : back.error().message().c_str());
            QVERIFY2(*back == key, text.c_str());
            QVERIFY(seen.insert(text.substr(text.find("\"rule\""), 24)).second);  // no two rules share a name
        }
    }

    void the_size_of_a_group_is_a_number() {
        StoredKey key{"MME-P", {}};
        key.key.rule = AnswerRule::YesNo;
        key.key.answers = {"Yes"};
        key.key.group = "count/0";
        QVERIFY(stored_key_json(key).find("group_size") == std::string::npos);
        key.key.group_size = 2;
        QCOMPARE(parse_stored_key(stored_key_json(key), "here")->key.group_size, 2);
        QVERIFY(!parse_stored_key(R"({"rule":"exact","answers":["a"],"group_size":"two"})", "here").ok());
        // Of a record that could not be read: its group, by which nothing is scored.
        const std::string lost = R"({"benchmark":"MME-P","rule":"yes-no","group":"count/1","group_size":2,"category":"count"})";
        QVERIFY(!parse_stored_key(lost, "here").ok());
        QCOMPARE(parse_stored_key(lost, "here", KeyUse::Groups)->key.group, std::string("count/1"));
        QVERIFY(!parse_stored_key(R"({"benchmark":"MME-P","rule":"yes-no"})", "here", KeyUse::Groups).ok());
    }

    void little_is_stored_of_little() {
        StoredKey key{"GQA", {}};
        key.key.rule = AnswerRule::Gqa;
        key.key.answers = {"left"};
        QCOMPARE(QString::fromStdString(stored_key_json(key)), QStringLiteral(R"({"benchmark":"GQA","rule":"gqa","answers":["left"]})"));
    }

    void bytes_that_are_no_text_are_replaced() {
        StoredKey key{"GQA", {}};
        key.key.answers = {"\xff"};
        const Result<StoredKey> back = parse_stored_key(stored_key_json(key), "here");
        QVERIFY(back.ok());
        QCOMPARE(back->key.answers.front(), std::string("\uFFFD"));
    }

    void what_cannot_be_read_is_named_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("field");
        QTest::addColumn<QString>("found");
        QTest::newRow("nothing") << "" << "scoring" << "";
        QTest::newRow("cut") << R"({"rule":"exact","answers":["a")" << "scoring" << "{\"rule\"";
        QTest::newRow("list") << "[1]" << "scoring" << "[1]";
        QTest::newRow("no rule") << R"({"answers":["a"]})" << "rule" << "none";
        QTest::newRow("another rule") << R"({"rule":"fuzzy","answers":["a"]})" << "rule" << "fuzzy";
        QTest::newRow("rule is a number") << R"({"rule":3,"answers":["a"]})" << "rule" << "3";
        QTest::newRow("answers are a text") << R"({"rule":"exact","answers":"a"})" << "answers" << "\"a\"";
        QTest::newRow("an answer is a number") << R"({"rule":"exact","answers":[1]})" << "answers" << "[1]";
        QTest::newRow("no answer") << R"({"rule":"exact"})" << "answers" << "none";
        QTest::newRow("option that is not there") << R"({"rule":"letter","options":["a"],"right_option":1})" << "right_option" << "1";
        QTest::newRow("option below -1") << R"({"rule":"letter","options":["a"],"right_option":-2})" << "right_option" << "-2";
        QTest::newRow("half an option") << R"({"rule":"letter","options":["a"],"right_option":0.5})" << "right_option" << "0.5";
        QTest::newRow("beyond an int") << R"({"rule":"letter","options":["a"],"right_option":4294967296})" << "right_option" << "4294967296";
        QTest::newRow("group is null") << R"({"rule":"exact","answers":["a"],"group":null})" << "group" << "null";
    }

    void what_cannot_be_read_is_named() {
        QFETCH(QString, text);
        QFETCH(QString, field);
        QFETCH(QString, found);
        const Result<StoredKey> key = parse_stored_key(text.toStdString(), "sample row 7");
        QVERIFY(!key.ok());
        QCOMPARE(key.error().where, std::string("sample row 7"));
        QCOMPARE(QString::fromStdString(key.error().field), field);
        QVERIFY2(QString::fromStdString(key.error().found).startsWith(found), key.error().message().c_str());
        QVERIFY(!key.error().allowed.empty());
    }
};

QTEST_GUILESS_MAIN(TestStoredKey)
#include "test_stored_key.moc"
