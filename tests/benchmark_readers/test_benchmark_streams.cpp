// Files in a stream: JSON records, tab-separated tables, base64, the cache of unpacked pictures.
#include <QTemporaryDir>
#include <QtTest>

#include "../support/files.h"
#include "core/benchmarks/json_stream.h"
#include "core/benchmarks/picture_cache.h"
#include "core/benchmarks/tsv_reader.h"

using namespace r2t2;

class TestBenchmarkStreams : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    [[nodiscard]] std::filesystem::path file(const std::string& content, const char* name = "file") const {
        const std::filesystem::path path = folder_.path().toStdString() + "/" + name;
        write_file(path, content);
        return path;
    }
    [[nodiscard]] std::string streamed(const std::string& content, const std::string& member = {}) const {
        std::string out;
        const auto result = stream_json(file(content), member, [&](JsonRecord& record) -> Status {
            out += std::to_string(record.number) + record.key + "=" + record.json.dump() + ";";
            return {};
        });
        return result ? out + (result->found ? "" : "not found") : "error";
    }
    [[nodiscard]] std::vector<std::vector<std::string>> rows(const std::string& content) const {
        auto reader = TsvReader::open(file(content));
        std::vector<std::vector<std::string>> out;
        while (reader.ok()) {
            const auto row = reader->next();
            if (!row || !*row) {
                break;
            }
            out.push_back(**row);
        }
        return out;
    }

private Q_SLOTS:
    void records_of_arrays_and_objects() {
        QCOMPARE(streamed(R"([1, "a", {"b": [2, {"c": null}]}, [], true])"), std::string(R"(0=1;1="a";2={"b":[2,{"c":null}]};3=[];4=true;)"));
        QCOMPARE(streamed(R"({"x": {"y": 1}, "z": 2.5})"), std::string(R"(0x={"y":1};1z=2.5;)"));
        QCOMPARE(streamed(R"({"info": {"data": [9]}, "data": [1, {"data": [2]}], "more": [3]})", "data"), std::string(R"(0=1;1={"data":[2]};)"));
        QCOMPARE(streamed(R"({"other": [1]})", "data"), std::string("not found"));
        QCOMPARE(streamed(R"({"data": 5})", "data"), std::string("not found"));
        QCOMPARE(streamed("[]"), std::string());
        QCOMPARE(streamed("5"), std::string("not found"));
        QCOMPARE(streamed(R"({"a": {"k": 1}, "a": {"k": 2}})"), std::string(R"(0a={"k":1};1a={"k":2};)"));  // both are seen
    }

    void broken_json() {
        for (const char* bad : {"", "[1,", "[1}", "[1] x", "{\"a\" 1}", "[\"\xFF\"]", "[1e999]", "[\"\\ud800\"]"}) {
            QCOMPARE(streamed(bad), std::string("error"));
        }
        QCOMPARE(streamed(std::string(100000, '[')), std::string("error"));
        const auto result = stream_json(file("[{\"a\": 1}, {\"a\" "), "", [](JsonRecord&) { return Status(); });
        QVERIFY(result.error().where.ends_with("record 1"));
        QVERIFY(result.error().found.find("at line ") != std::string::npos);
        QCOMPARE(stream_json("/nowhere.json", "", [](JsonRecord&) { return Status(); }).error().kind, ErrorKind::NotFound);
    }

    void an_error_of_the_caller_ends_the_reading() {
        int seen = 0;
        const auto result = stream_json(file("[1,2,3]"), "", [&](JsonRecord&) { return ++seen == 2 ? Status(cancelled()) : Status(); });
        QCOMPARE(seen, 2);
        QCOMPARE(result.error().kind, ErrorKind::Cancelled);
    }

    void json_lines() {
        int good = 0;
        std::vector<std::int64_t> bad;
        const auto result = stream_json_lines(
            file("{\"a\":1}\n\n{broken\n{\"b\":2}\r\n{\"c\":3}"), [&](JsonRecord&) { ++good; return Status(); },
            [&](std::int64_t line, const Error&) { bad.push_back(line); return Status(); });
        QVERIFY(result.ok());
        QCOMPARE(good, 3);
        QCOMPARE(bad, std::vector<std::int64_t>{3});
    }

    void quoted_cells() {
        using Row = std::vector<std::string>;
        const auto out = rows("\xEF\xBB\xBF" "a\tb\n1\t\"two \"\"2\"\"\tand\nmore\"\n\n3\tit\"s\r\n\"4\"\t\"\"\r\n5\t6");
        QCOMPARE(out.size(), std::size_t{4});
        QCOMPARE(out[0], (Row{"1", "two \"2\"\tand\nmore"}));
        QCOMPARE(out[1], (Row{"3", "it\"s"}));
        QCOMPARE(out[2], (Row{"4", ""}));
        QCOMPARE(out[3], (Row{"5", "6"}));
        const auto reader = TsvReader::open(file("\xEF\xBB\xBF" "a\tb\n"));
        QCOMPARE(reader->header(), (Row{"a", "b"}));
        QCOMPARE(*reader->column("b"), std::size_t{1});
        QVERIFY(!reader->column("c"));
    }

    void long_cells() {
        const std::string cell(3u << 20, 'x');
        const auto out = rows("a\tb\n1\t" + cell + "\n2\t\"" + cell + "\"\n");
        QCOMPARE(out.size(), std::size_t{2});
        QCOMPARE(out[0][1].size(), cell.size());
        QCOMPARE(out[1][1].size(), cell.size());
    }

    void broken_tables() {
        QVERIFY(!TsvReader::open(file("")).ok());
        QVERIFY(!TsvReader::open("/nowhere.tsv").ok());
        auto reader = TsvReader::open(file("a\n\"open\n"));
        const auto row = reader->next();
        QVERIFY(!row.ok());
        QVERIFY(row.error().where.ends_with("line 2"));
    }

    void base64() {
        for (const auto& [text, bytes] : {std::pair<const char*, const char*>{"", ""}, {"Zg==", "f"}, {"Zm8=", "fo"}, {"Zm9v", "foo"}, {"Zm9vYg", "foob"},
                                          {"Zm9v\nYmE=", "fooba"}, {"+/+/", "\xFB\xFF\xBF"}}) {
            const auto decoded = decode_base64(text, "x");
            QVERIFY(decoded.ok());
            QCOMPARE(*decoded, std::string(bytes));
        }
        for (const char* bad : {"Z", "Zg=", "Zg===", "Zm=v", "Zm9!", "Z\xFFg="}) {
            QVERIFY2(!decode_base64(bad, "x").ok(), bad);
        }
    }

    void pictures_are_unpacked_once_and_verified() {
        const std::filesystem::path cache = folder_.path().toStdString() + "/cache/deep";
        const std::string bytes = read_file(std::filesystem::path(R2T2_TEST_DATA) / "benchmarks/tiny.jpg");
        const auto first = cached_picture(cache, bytes, "x");
        QVERIFY(first.ok());
        QCOMPARE(read_file(*first), bytes);
        const auto time = std::filesystem::last_write_time(*first);
        QCOMPARE(*cached_picture(cache, bytes, "x"), *first);
        QCOMPARE(std::filesystem::last_write_time(*first), time);
        write_file(*first, "damaged");
        QCOMPARE(*cached_picture(cache, bytes, "x"), *first);
        QCOMPARE(read_file(*first), bytes);
        QVERIFY(!cached_picture(cache, "no picture", "x").ok());
        QVERIFY(!cached_picture("/proc/nowhere", bytes, "x").ok());
    }
};

QTEST_GUILESS_MAIN(TestBenchmarkStreams)
#include "test_benchmark_streams.moc"
