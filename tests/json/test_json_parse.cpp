#include <QtTest>
#include <fstream>
#include <string>

#include "core/json/parse_json.h"

using namespace r2t2;
using nlohmann::json;

namespace {

/// ASCII and characters beyond it, as UTF-16 of either order.
std::string utf16(std::u16string_view text, bool little, bool mark) {
    std::string out;
    const auto put = [&](char16_t unit) {
        const char low = static_cast<char>(unit & 0xFF), high = static_cast<char>(unit >> 8);
        out += little ? std::string{low, high} : std::string{high, low};
    };
    if (mark) {
        put(0xFEFF);
    }
    for (const char16_t unit : text) {
        put(unit);
    }
    return out;
}

std::string refusal(const std::string& text, const JsonLimits& limits = {}) {
    const auto value = parse_json(text, "a.json", limits);
    return value.ok() ? "read as " + value->dump() : value.error().message();
}

/// Blocks of `size` bytes, the first of at least four.
Result<json> in_blocks(const std::string& text, std::size_t size) {
    class Collect final : public nlohmann::json_sax<json> {
    public:
        std::string all;
        bool null() override { return put("null"); }
        bool boolean(bool value) override { return put(value ? "true" : "false"); }
        bool number_integer(std::int64_t value) override { return put(std::to_string(value)); }
        bool number_unsigned(std::uint64_t value) override { return put(std::to_string(value)); }
        bool number_float(double, const std::string& value) override { return put(value); }
        bool string(std::string& value) override { return put(json(value).dump()); }
        bool binary(json::binary_t&) override { return false; }
        bool start_object(std::size_t) override { return put("{"); }
        bool key(std::string& value) override { return put(json(value).dump() + ":"); }
        bool end_object() override { return put("}"); }
        bool start_array(std::size_t) override { return put("["); }
        bool end_array() override { return put("]"); }
        bool parse_error(std::size_t, const std::string&, const json::exception& error) override {
            reason = error.what();
            return false;
        }
        std::string reason;

    private:
        bool put(const std::string& piece) {
            all += piece + " ";
            return true;
        }
    };
    std::size_t at = 0;
    JsonSource source(
        [&]() {
            const std::size_t begin = at;
            at = std::min(text.size(), std::max<std::size_t>(begin + size, 4));
            return std::string_view(text).substr(begin, at - begin);
        },
        "a.json", {});
    Collect events;
    const auto whole = read_json_events(source, events);
    if (!whole.ok()) {
        return whole.error();
    }
    return *whole ? Result<json>(json(events.all)) : Result<json>(source.error(events.reason));
}

}  // namespace

class TestJsonParse : public QObject {
    Q_OBJECT
private Q_SLOTS:
    /// Case nan-literal: what Python's json.dump writes of numbers that are none.
    void literals_of_python_are_null_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("value");
        const auto row = [](const char* text, const char* value) { QTest::newRow(text) << text << value; };
        row("NaN", "null");
        row("[NaN, Infinity, -Infinity, -1, 1]", "[null,null,null,-1,1]");
        row("{\"a\": NaN, \"b\": -Infinity}", "{\"a\":null,\"b\":null}");
        row("[NaN,\n-2.5e-3, Infinity]", "[null,-0.0025,null]");
        row("[\"NaN\", \"-Infinity\", \"a\\\"NaN\", \"\\\\\", NaN, \"Infinity\"]", "[\"NaN\",\"-Infinity\",\"a\\\"NaN\",\"\\\\\",null,\"Infinity\"]");
        row("{\"NaN\": \"[{\", \"x\": [NaN]}", "{\"NaN\":\"[{\",\"x\":[null]}");
    }
    void literals_of_python_are_null() {
        QFETCH(const QString, text);
        QFETCH(const QString, value);
        const auto read = parse_json(text.toStdString(), "a.json");
        QVERIFY2(read.ok(), read.ok() ? "" : read.error().message().c_str());
        QCOMPARE(QString::fromStdString(read->dump()), value);
        const auto ordered = parse_ordered_json(text.toStdString(), "a.json");
        QVERIFY(ordered.ok());
        QCOMPARE(json(*ordered), *read);
    }

    void refused_literals_are_broken_json() {
        JsonLimits strict;
        strict.non_finite = NonFiniteLiterals::Refused;
        for (const char* text : {"NaN", "[Infinity]", "[-Infinity]", "{\"a\": NaN}"}) {
            QVERIFY2(refusal(text, strict).find("broken JSON at line 1, column") != std::string::npos, refusal(text, strict).c_str());
        }
        QCOMPARE(QString::fromStdString(refusal("[-1.5]", strict)), QString("read as [-1.5]"));
    }

    void words_that_only_begin_so_are_broken() {
        for (const char* text : {"[NaNa]", "[Na]", "[N", "[Inf]", "[Infinity1]", "[-Inf]", "[-]", "-", "[--Infinity]", "[1NaN]", "[nan]", "{NaN: 1}", "NaN NaN"}) {
            QVERIFY2(refusal(text).find("broken JSON at line 1, column") != std::string::npos, (std::string(text) + ": " + refusal(text)).c_str());
        }
    }

    void repeated_keys() {
        JsonLimits limits;
        limits.repeated_keys = RepeatedKeys::Refused;
        QCOMPARE(refusal(R"({"a": 1, "b": {"a": 2}, "c": [{"a": 3}, {"a": 4}]})", limits).substr(0, 7), std::string("read as"));
        QVERIFY(refusal(R"({"a": 1, "b": 2, "a": 1})", limits).find("a.json: a: found the field a second time") == 0);
        QVERIFY(refusal(R"({"b": [{"c": {"d": 1, "d": 2}}]})", limits).find("a.json: d: ") == 0);
        QVERIFY(refusal(R"({"a": 1, "\u0061": 1})", limits).find("a second time") != std::string::npos);
        const auto ordered = parse_ordered_json(R"({"a": 1, "a": 2})", "a.json", limits);
        QVERIFY(!ordered.ok());
    }
    /// Unless the limits refuse it: of no kind that is read, whatever stood there, and what stands beside it is as it was.
    void a_repeated_key_has_no_value() {
        for (const char* text : {R"({"a": 1, "b": [2, {"c": 3}], "a": 2})", R"({"a": {"x": [1]}, "b": [2, {"c": 3}], "a": {"y": 1}})", R"({"a": [1], "b": [2, {"c": 3}], "a": null})",
                                 R"({"a": null, "a": "x", "b": [2, {"c": 3}], "a": {}, "a": []})"}) {
            const auto sorted = parse_json(text, "a.json");
            const auto ordered = parse_ordered_json(text, "a.json");
            QVERIFY(sorted.ok() && ordered.ok());
            const nlohmann::json& a = (*sorted)["a"];
            QVERIFY2(is_repeated(a) && is_repeated((*ordered)["a"]) && !a.is_null(), text);
            QVERIFY(!a.is_string() && !a.is_number() && !a.is_boolean() && !a.is_array() && !a.is_object());
            QCOMPARE(brief_json(a), std::string("the field a second time"));
            QCOMPARE((*sorted)["b"].dump(), std::string(R"([2,{"c":3}])"));
            QCOMPARE(sorted->size(), std::size_t{2});
            QCOMPARE((*ordered)["b"].dump(), std::string(R"([2,{"c":3}])"));
        }
        const auto deep = parse_json(R"([{"a": {"b": 1, "c": 2, "b": 3}}, {"a": {"b": 1}}])", "a.json");
        QVERIFY(deep.ok() && is_repeated((*deep)[0]["a"]["b"]) && (*deep)[0]["a"]["c"] == 2 && (*deep)[1]["a"]["b"] == 1);
    }
    void errors_name_line_and_column() {
        const std::string broken = "{\"a\": NaN,\n \"\u00e9\u00e9\": [1, 2,\n  3,, 4]}";
        QVERIFY2(refusal(broken).find("a.json: found broken JSON at line 3, column 5") == 0, refusal(broken).c_str());
        JsonLimits later;
        later.first_line = 41;
        QVERIFY2(refusal("\n[1,]", later).find("line 42, column 4") != std::string::npos, refusal("\n[1,]", later).c_str());
        QVERIFY2(refusal("").find("line 1, column 0") != std::string::npos, refusal("").c_str());
        QVERIFY2(refusal("[1e999]").find("line 1, column 7") != std::string::npos, refusal("[1e999]").c_str());
        QVERIFY(refusal("[1e999]").find("number overflow") != std::string::npos);
    }

    /// The same text in blocks of any size is the same value, or the same error.
    void blocks_make_no_difference() {
        for (const std::string text : {"{\"a\": [NaN, -Infinity, -12.5, \"NaN \\\" [\", Infinity], \"b\": {\"c\": -3}}", "[-Infinity, NaN, \n Infinit]",
                                       "\xEF\xBB\xBF[1, -Infinity, \"\xC3\xA9\"]"}) {
            const auto whole = in_blocks(text, text.size());
            for (std::size_t size = 1; size < text.size(); ++size) {
                const auto cut = in_blocks(text, size);
                QCOMPARE(cut.ok(), whole.ok());
                QCOMPARE(cut.ok() ? cut->dump() : cut.error().message(), whole.ok() ? whole->dump() : whole.error().message());
            }
        }
    }

    void every_encoding_is_one_value() {
        const json expected = {{"a", "\u00e9\u4e2d\U0001F600"}, {"b", {1, nullptr}}};
        const std::u16string text = u"{\"a\": \"\u00e9\u4e2d\U0001F600\", \"b\": [1, NaN]}";
        for (const bool little : {true, false}) {
            for (const bool mark : {true, false}) {
                const auto value = parse_json(utf16(text, little, mark), "a.json");
                QVERIFY2(value.ok(), value.ok() ? "" : value.error().message().c_str());
                QCOMPARE(*value, expected);
                QCOMPARE(in_blocks(utf16(text, little, mark), 3)->dump(), in_blocks(expected.dump(), 100)->dump());
            }
        }
        QCOMPARE(*parse_json("\xEF\xBB\xBF{\"a\": 1}", "a.json"), json({{"a", 1}}));
    }

    void text_that_is_none_is_refused() {
        const std::string half = utf16(u"[\"\xD83D\"]", true, true);
        QVERIFY2(refusal(half).find("UTF-16 with half a character") != std::string::npos, refusal(half).c_str());
        const std::string lone = utf16(u"[\"\xDE00\"]", false, true);
        QVERIFY2(refusal(lone).find("UTF-16 with half a character") != std::string::npos, refusal(lone).c_str());
        const std::string odd = utf16(u"[1]", true, true) + "x";
        QVERIFY2(refusal(odd).find("UTF-16 with half a character") != std::string::npos, refusal(odd).c_str());
        QVERIFY(refusal(std::string("\xFF\xFE\0\0[\0\0\0]\0\0\0", 12)).find("UTF-32") != std::string::npos);
        QVERIFY(refusal(std::string("[\0\0\0]\0\0\0", 8)).find("UTF-32") != std::string::npos);
        QVERIFY(refusal("[\"\xE9\"]").find("UTF-8") != std::string::npos);
        QVERIFY(refusal(std::string(8, '\0')).find("broken JSON") != std::string::npos);
        const std::string ended = refusal(std::string("{\"a\": 1}\n\0more", 14));  // the library alone reads up to the zero
        QVERIFY2(ended.find("line 2, column 1: a byte 0") != std::string::npos, ended.c_str());
    }

    /// Case git-lfs-pointer.
    void a_git_lfs_pointer_is_named() {
        const std::string text = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 12\n";
        QVERIFY2(refusal(text).find("Git LFS") != std::string::npos, refusal(text).c_str());
        QVERIFY(refusal(text).find("git lfs pull") != std::string::npos);
    }

    void limits_hold_at_their_edge() {
        JsonLimits limits;
        limits.depth = 3;
        limits.bytes = 20;
        QCOMPARE(QString::fromStdString(refusal("[[[1], {\"a\": 2}]]", limits)), QString("read as [[[1],{\"a\":2}]]"));
        QVERIFY(refusal("[[[[1]]]]", limits).find("nested deeper than 3 at line 1, column 4") != std::string::npos);
        QCOMPARE(QString::fromStdString(refusal("[\"[[[[[[[\"]", limits)), QString("read as [\"[[[[[[[\"]"));
        QVERIFY(refusal("[\"123456789012345678\"]", limits).find("more than 20 bytes") != std::string::npos);
        QVERIFY(refusal(std::string(1'000'000, '['), {}).find("nested deeper than 32") != std::string::npos);
    }

    void a_value_is_quoted_with_what_it_was() {
        QCOMPARE(brief_json(json(nullptr)), std::string("null (or NaN)"));
        QCOMPARE(brief_json(json("a")), std::string("\"a\""));
        const json object = {{"null", nullptr}, {"text", "a"}};
        QCOMPARE(brief_field(object, "none"), std::string("missing"));
        QCOMPARE(brief_field(object, "null"), std::string("null (or NaN)"));
        QCOMPARE(brief_field(object, "text"), std::string("\"a\""));
        QCOMPARE(brief_field(json::array({1}), "text"), std::string("[1]"));
        const std::string long_one = brief_json(json(std::string(55, 'a') + "\u00e9\u00e9\u00e9\u00e9\u00e9"));
        QVERIFY(long_one.size() <= 60 && long_one.ends_with("a..."));
    }

    void whole_numbers_may_be_written_as_floats() {
        for (const auto& [text, digits] : {std::pair{"241", "241"}, {"241.0", "241"}, {"2.41e2", "241"}, {"-7.0", "-7"}, {"9007199254740992.0", "9007199254740992"}}) {
            const json value = *parse_json(text, "a.json");
            QVERIFY(is_whole_number(value));
            QCOMPARE(whole_number_text(value), std::string(digits));
        }
        for (const char* text : {"241.5", "1e300", "NaN", "true", "\"241\"", "9007199254740994.0"}) {
            QVERIFY2(!is_whole_number(*parse_json(text, "a.json")), text);
        }
    }

    void a_file_is_read_or_named() {
        const QTemporaryDir folder;
        const std::string path = (folder.path() + "/a.json").toStdString();
        QVERIFY(!read_json_file(path).ok());
        QCOMPARE(read_json_file(path).error().kind, ErrorKind::NotFound);
        std::ofstream(path) << "{\"a\": Infinity}";
        QVERIFY(read_json_file(path)->at("a").is_null());
        JsonLimits limits;
        limits.bytes = 4;
        QVERIFY(read_json_file(path, limits).error().message().find("at most 4 bytes") != std::string::npos);
        QVERIFY(!read_json_file(folder.path().toStdString()).ok());
    }

    void long_whole_numbers_keep_their_digits() {
        const std::string text = R"([123456789012345678901234567890, -123456789012345678901234567890, 18446744073709551615, 1e30, 2.5])";
        JsonLimits limits;
        limits.long_numbers = LongNumbers::AsDigits;
        const auto digits = parse_ordered_json(text, "a.json", limits), rounded = parse_ordered_json(text, "a.json");
        QVERIFY(digits.ok() && rounded.ok());
        QVERIFY((*digits)[0] == "123456789012345678901234567890" && (*digits)[1] == "-123456789012345678901234567890");
        QVERIFY((*digits)[2] == 18446744073709551615u && (*digits)[3] == 1e30 && (*digits)[4] == 2.5);
        QVERIFY((*rounded)[0] == 123456789012345678901234567890.0);
    }
};

QTEST_APPLESS_MAIN(TestJsonParse)
#include "test_json_parse.moc"
