// Reader, writer and refusals of the checkpoint format. The malformed files are written by this test.
#include <QObject>
#include <QTemporaryDir>
#include <QTest>
#include <array>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

#include "core/checkpoint/checkpoint_check.h"
#include "core/checkpoint/safetensors.h"
#include "core/checkpoint/safetensors_examine.h"
#include "tests/support/memory.h"

using namespace r2t2;
namespace fs = std::filesystem;

namespace {

template <typename T>
std::span<const std::byte> bytes_of(const T& values) {
    return std::as_bytes(std::span(values));
}

std::string with_length(std::uint64_t length, const std::string& rest) {
    std::string file(8, '\0');
    std::memcpy(file.data(), &length, 8);
    return file + rest;
}

/// A file with this header and `data` zero bytes.
std::string file_of(const std::string& header, std::size_t data) {
    return with_length(header.size(), header + std::string(data, '\0'));
}

void put(const fs::path& path, const std::string& content) {
    std::ofstream(path, std::ios::binary).write(content.data(), static_cast<std::streamsize>(content.size()));
}

std::string get(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

class TestSafetensors : public QObject {
    Q_OBJECT

    QTemporaryDir directory_;
    fs::path path(const char* name) const { return fs::path(directory_.path().toStdString()) / name; }

    fs::path fresh_directory() {
        static int number = 0;
        const fs::path made = path(("checkpoint" + std::to_string(number++)).c_str());
        fs::create_directory(made);
        return made;
    }

    void write_shard(const fs::path& file, const std::vector<std::string>& names) {
        const std::array<float, 2> values{1.0F, 2.0F};
        SafetensorsWriter writer;
        for (const std::string& name : names) {
            QVERIFY(writer.add(name, TensorDtype::F32, {2}, bytes_of(values)).ok());
        }
        QVERIFY(writer.write(file).ok());
    }

private Q_SLOTS:
    void written_file_reads_back_for_every_dtype();
    void header_is_aligned_and_sorted();
    void reads_a_file_written_by_the_reference();
    void zero_sized_and_scalar_tensors();
    void header_length_that_looks_like_a_pickle();
    void malformed_data();
    void malformed();
    void every_truncation_is_refused();
    void every_header_byte_flipped_never_crashes();
    void not_a_file();
    void hostile_headers_cost_no_memory();
    void hostile_indexes_cost_no_memory();
    void hostile_directories_cost_no_memory();
    void writer_refuses();
    void writer_leaves_nothing_behind_on_failure();
    void checkpoint_single_file();
    void checkpoint_with_shards();
    void index_disagreements_data();
    void index_disagreements();
    void empty_directory_names_what_lies_there();
    void non_finite_weights_data();
    void non_finite_weights();
};

void TestSafetensors::written_file_reads_back_for_every_dtype() {
    const std::array<TensorDtype, 10> all{TensorDtype::F64, TensorDtype::F32, TensorDtype::F16, TensorDtype::BF16,
                                          TensorDtype::I64, TensorDtype::I32, TensorDtype::I16, TensorDtype::I8,
                                          TensorDtype::U8,  TensorDtype::Bool};
    std::vector<std::vector<std::uint8_t>> data;
    SafetensorsWriter writer;
    writer.set_metadata("format", "pt");
    for (std::size_t i = 0; i < all.size(); ++i) {
        data.emplace_back(6 * dtype_size(all[i]), static_cast<std::uint8_t>(i + 1));
    }
    for (std::size_t i = 0; i < all.size(); ++i) {
        QVERIFY(writer.add("t\"\n\u00e9" + std::to_string(i), all[i], {2, 3}, bytes_of(data[i])).ok());
    }
    QVERIFY(writer.write(path("all.safetensors")).ok());
    const auto file = SafetensorsFile::open(path("all.safetensors"));
    QVERIFY2(file.ok(), file.ok() ? "" : file.error().message().c_str());
    QCOMPARE(file->tensors().size(), all.size());
    QCOMPARE(file->metadata().at("format"), std::string("pt"));
    for (std::size_t i = 0; i < all.size(); ++i) {
        const StoredTensor* view = file->find("t\"\n\u00e9" + std::to_string(i));
        QVERIFY(view != nullptr);
        QVERIFY(view->dtype == all[i]);
        QCOMPARE(view->shape, (std::vector<std::int64_t>{2, 3}));
        QCOMPARE(view->element_count(), 6);
        const auto read = view->read().value();
        QVERIFY(std::equal(read.begin(), read.end(), bytes_of(data[i]).begin(), bytes_of(data[i]).end()));
        QVERIFY(dtype_from_name(dtype_name(all[i])) == all[i]);
    }
    QVERIFY(file->find("absent") == nullptr);
}

void TestSafetensors::header_is_aligned_and_sorted() {
    const std::array<std::uint8_t, 3> small{1, 2, 3};
    const std::array<double, 1> wide{0.5};
    SafetensorsWriter writer;
    QVERIFY(writer.add("b", TensorDtype::U8, {3}, bytes_of(small)).ok());
    QVERIFY(writer.add("a", TensorDtype::U8, {3}, bytes_of(small)).ok());
    QVERIFY(writer.add("z", TensorDtype::F64, {1}, bytes_of(wide)).ok());
    QVERIFY(writer.write(path("sorted.safetensors")).ok());
    const std::string content = get(path("sorted.safetensors"));
    std::uint64_t length = 0;
    std::memcpy(&length, content.data(), 8);
    QCOMPARE(length % 8, std::uint64_t{0});
    const std::string header = content.substr(8, length);
    QVERIFY(header.find("\"z\"") < header.find("\"a\""));
    QVERIFY(header.find("\"a\"") < header.find("\"b\""));
    const auto file = SafetensorsFile::open(path("sorted.safetensors"));
    QCOMPARE(file->find("z")->begin % 8, std::uint64_t{0});
}

void TestSafetensors::reads_a_file_written_by_the_reference() {
    // The example file of the reference implementation's documentation, byte for byte.
    const std::string header = R"({"test":{"dtype":"I32","shape":[2,2],"data_offsets":[0,16]}})";
    put(path("reference.safetensors"), file_of(header, 16));
    const auto file = SafetensorsFile::open(path("reference.safetensors"));
    QVERIFY(file.ok());
    QCOMPARE(file->find("test")->shape, (std::vector<std::int64_t>{2, 2}));
}

void TestSafetensors::zero_sized_and_scalar_tensors() {
    const std::string header = R"({"e":{"dtype":"F32","shape":[0,7],"data_offsets":[0,0]},)"
                               R"("s":{"dtype":"F32","shape":[],"data_offsets":[0,4]},)"
                               R"("f":{"dtype":"F32","shape":[0],"data_offsets":[4,4]}}   )";
    put(path("zero.safetensors"), file_of(header, 4));
    const auto file = SafetensorsFile::open(path("zero.safetensors"));
    QVERIFY2(file.ok(), file.ok() ? "" : file.error().message().c_str());
    QCOMPARE(file->find("s")->element_count(), 1);
    QCOMPARE(file->find("e")->element_count(), 0);
    put(path("none.safetensors"), file_of("{}", 0));
    QVERIFY(SafetensorsFile::open(path("none.safetensors")).ok());
}

void TestSafetensors::header_length_that_looks_like_a_pickle() {
    std::string header = R"({"t":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})";
    header.resize(0x280, ' ');  // the file begins 80 02, as a pickle does
    put(path("pickleish.safetensors"), file_of(header, 1));
    QVERIFY(SafetensorsFile::open(path("pickleish.safetensors")).ok());
}

void TestSafetensors::malformed_data() {
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QString>("field");  // what the message must name
    QTest::addColumn<QString>("found");
    const auto row = [](const char* name, const std::string& content, const char* field, const char* found) {
        QTest::newRow(name) << QByteArray(content.data(), static_cast<qsizetype>(content.size())) << QString(field)
                            << QString(found);
    };
    const auto header = [&row](const char* name, const std::string& text, std::size_t data, const char* field,
                               const char* found) { row(name, file_of(text, data), field, found); };
    const auto one = [&header](const char* name, const std::string& entry, std::size_t data, const char* field,
                               const char* found) {
        header(name, std::string("{\"w\":") + entry + "}", data, field, found);
    };

    row("empty file", "", "file size", "0 bytes");
    row("seven bytes", "1234567", "file size", "7 bytes");
    row("pickle", std::string("\x80\x02}q\x00(X\x06", 8) + "model.q", "first bytes", "pickle");
    row("zip", std::string("PK\x03\x04\x14\x00\x00\x00\x08\x08", 10) + "archive/data.pkl", "first bytes", "zip");
    row("gguf", std::string("GGUF\x03\x00\x00\x00\x00\x00", 10), "first bytes", "GGUF");
    row("hdf5", "\x89HDF\r\n\x1a\n0000", "first bytes", "HDF5");
    row("length beyond the file", with_length(1000, "{}"), "header length", "1000");
    row("length of 2^64 - 1", with_length(~std::uint64_t{0}, "{}"), "header length", "18446744073709551615");
    row("length above the limit", with_length(100'000'001, "{}"), "header length", "100000001");
    row("length zero", with_length(0, "{}"), "header length", "0 bytes");
    header("not JSON", "hello world", 0, "header byte 0", "104");
    header("a list", "[]      ", 0, "header byte 0", "91");
    header("leading space", " {}", 0, "header byte 0", "32");
    header("cut JSON", "{\"w\":{\"dtype\":", 0, "header byte", "malformed JSON");
    header("two objects", "{} {}", 0, "header byte", "malformed JSON");
    header("trailing comma", R"({"w":{"dtype":"U8","shape":[],"data_offsets":[0,1]},})", 1, "header byte", "malformed");
    header("NUL and more", std::string("{}\0{}", 5), 0, "header byte", "control byte");
    header("invalid UTF-8", "{\"\xff\":{}}", 0, "header byte", "malformed JSON");
    header("deep nesting", std::string("{\"w\":") + std::string(1000, '[') + "}", 0, "header byte", "nesting");
    header("long number", std::string("{\"w\":") + std::string(100, '1') + "}", 0, "header byte", "more than 40 bytes");
    header("long name", std::string("{\"") + std::string(2000, 'n') + "\":{}}", 0, "header key", "2000 bytes");
    header(
        "duplicate tensor",
        R"({"w":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"w":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})",
        1, "tensor \"w\"", "twice");
    one("duplicate field", R"({"dtype":"U8","dtype":"U8","shape":[1],"data_offsets":[0,1]})", 1, "tensor \"w\": dtype",
        "twice");
    one("unknown field", R"({"dtype":"U8","shape":[1],"data_offsets":[0,1],"x":1})", 1, "tensor \"w\": \"x\"",
        "unknown field");
    one("no dtype", R"({"shape":[1],"data_offsets":[0,1]})", 1, "tensor \"w\": dtype", "nothing");
    one("no shape", R"({"dtype":"U8","data_offsets":[0,1]})", 1, "tensor \"w\": shape", "nothing");
    one("no offsets", R"({"dtype":"U8","shape":[1]})", 1, "tensor \"w\": data_offsets", "nothing");
    one("wrong dtype", R"({"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]})", 1, "tensor \"w\": dtype", "F8_E4M3");
    one("dtype in small letters", R"({"dtype":"f32","shape":[1],"data_offsets":[0,4]})", 4, "tensor \"w\": dtype",
        "f32");
    one("dtype a number", R"({"dtype":7,"shape":[1],"data_offsets":[0,1]})", 1, "tensor \"w\": dtype", "7");
    one("shape negative", R"({"dtype":"U8","shape":[-1],"data_offsets":[0,1]})", 1, "tensor \"w\": shape", "-1");
    one("shape fractional", R"({"dtype":"U8","shape":[1.5],"data_offsets":[0,1]})", 1, "tensor \"w\": shape", "1.5");
    one("shape exponent", R"({"dtype":"U8","shape":[1e0],"data_offsets":[0,1]})", 1, "tensor \"w\": shape", "1e0");
    one("shape text", R"({"dtype":"U8","shape":["1"],"data_offsets":[0,1]})", 1, "tensor \"w\": shape", "\"1\"");
    one("shape null", R"({"dtype":"U8","shape":null,"data_offsets":[0,1]})", 1, "tensor \"w\": shape", "null");
    one("shape nested", R"({"dtype":"U8","shape":[[1]],"data_offsets":[0,1]})", 1, "header byte", "nesting");
    one("shape overflow", R"({"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]})", 4,
        "tensor \"w\": shape", "overflows");
    one("overflow to a small product", R"({"dtype":"U8","shape":[4294967296,4294967296,0],"data_offsets":[0,0]})", 0,
        "tensor \"w\": shape", "overflows");
    one("shape of 2^64", R"({"dtype":"U8","shape":[18446744073709551616],"data_offsets":[0,1]})", 1,
        "tensor \"w\": shape", "18446744073709551616");
    one("shape of 2^63", R"({"dtype":"U8","shape":[9223372036854775808],"data_offsets":[0,1]})", 1,
        "tensor \"w\": shape", "9223372036854775808");
    one("nine dimensions", R"({"dtype":"U8","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,1]})", 1,
        "tensor \"w\": shape", "more than 8");
    one("one offset", R"({"dtype":"U8","shape":[1],"data_offsets":[0]})", 1, "tensor \"w\": data_offsets", "1 numbers");
    one("three offsets", R"({"dtype":"U8","shape":[1],"data_offsets":[0,1,2]})", 1, "tensor \"w\": data_offsets",
        "more than 2");
    one("offsets reversed", R"({"dtype":"U8","shape":[1],"data_offsets":[1,0]})", 1, "tensor \"w\": data_offsets",
        "[1, 0]");
    one("offset negative", R"({"dtype":"U8","shape":[1],"data_offsets":[-1,0]})", 1, "tensor \"w\": data_offsets",
        "-1");
    one("offsets beyond the file", R"({"dtype":"U8","shape":[9],"data_offsets":[0,9]})", 1,
        "tensor \"w\": data_offsets", "[0, 9]");
    one("size and shape disagree", R"({"dtype":"F32","shape":[2],"data_offsets":[0,4]})", 4,
        "tensor \"w\": data_offsets", "4 bytes");
    one("hole before", R"({"dtype":"U8","shape":[1],"data_offsets":[1,2]})", 2, "tensor \"w\": data_offsets", "a hole");
    one("trailing bytes", R"({"dtype":"U8","shape":[1],"data_offsets":[0,1]})", 3, "file size", "3 bytes");
    one("tensor is a list", "[1]", 0, "tensor \"w\"", "a list");
    one("tensor is text", "\"x\"", 0, "tensor \"w\"", "\"x\"");
    header(
        "overlap",
        R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}})",
        3, "tensor \"b\": data_offsets", "an overlap");
    header(
        "same bytes twice",
        R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}})",
        2, "tensor \"b\": data_offsets", "an overlap");
    header(
        "hole between",
        R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[1],"data_offsets":[2,3]}})",
        3, "tensor \"b\": data_offsets", "a hole");
    header("data without tensors", "{}", 8, "file size", "8 bytes");
    header("metadata a list", R"({"__metadata__":[]})", 0, "__metadata__", "a list");
    header("metadata a number", R"({"__metadata__":{"k":1}})", 0, "__metadata__: \"k\"", "1");
    header("metadata key twice", R"({"__metadata__":{"k":"1","k":"2"}})", 0, "__metadata__: \"k\"", "twice");
    header("metadata twice", R"({"__metadata__":{},"__metadata__":{}})", 0, "__metadata__", "twice");
    header("name with control bytes", R"({"a\u0001\u001b[2J":7})", 0, "tensor \"a\\x01\\x1b[2J\"", "7");
}

void TestSafetensors::malformed() {
    QFETCH(QByteArray, content);
    QFETCH(QString, field);
    QFETCH(QString, found);
    const fs::path file = path("malformed.safetensors");
    put(file, content.toStdString());
    const auto opened = SafetensorsFile::open(file);
    QVERIFY(!opened.ok());
    const std::string message = opened.error().message();
    QVERIFY2(message.find(file.string()) == 0, message.c_str());
    QVERIFY2(message.find(field.toStdString()) != std::string::npos, message.c_str());
    QVERIFY2(opened.error().found.find(found.toStdString()) != std::string::npos, message.c_str());
    QVERIFY2(!opened.error().allowed.empty(), message.c_str());
    // Looked at as a whole, the file has problems too, each with a message.
    const safetensors::Examination examined = safetensors::examine(file);
    QVERIFY2(!examined.problems.empty(), message.c_str());
    for (const Error& problem : examined.problems) {
        QVERIFY(problem.message().find(file.string()) == 0 && !problem.found.empty() && !problem.allowed.empty());
    }
}

void TestSafetensors::every_truncation_is_refused() {
    write_shard(path("whole.safetensors"), {"first", "second"});
    const std::string whole = get(path("whole.safetensors"));
    for (std::size_t size = 0; size < whole.size(); ++size) {
        put(path("cut.safetensors"), whole.substr(0, size));
        const auto opened = SafetensorsFile::open(path("cut.safetensors"));
        QVERIFY2(!opened.ok(), std::to_string(size).c_str());
        const std::string message = opened.error().message();
        QVERIFY2(message.find("cut.safetensors") != std::string::npos && !opened.error().found.empty() && !opened.error().allowed.empty(),
                 (std::to_string(size) + ": " + message).c_str());
        const safetensors::Examination examined = safetensors::examine(path("cut.safetensors"));
        QCOMPARE(examined.problems.size(), std::size_t{1});  // not one for every tensor
        QCOMPARE(examined.file_bytes, std::uint64_t{size});
    }
}

void TestSafetensors::every_header_byte_flipped_never_crashes() {
    write_shard(path("whole.safetensors"), {"first", "second"});
    const std::string whole = get(path("whole.safetensors"));
    for (std::size_t i = 0; i < whole.size(); ++i) {
        for (const int bit : {0, 3, 5, 7}) {
            std::string changed = whole;
            changed[i] = static_cast<char>(changed[i] ^ (1 << bit));
            put(path("flipped.safetensors"), changed);
            const auto opened = SafetensorsFile::open(path("flipped.safetensors"));
            QCOMPARE(safetensors::examine(path("flipped.safetensors")).problems.empty(), opened.ok());
            if (opened.ok()) {
                for (const auto& [name, view] : opened->tensors()) {
                    const auto data = view.read().value();  // every byte
                    (void)find_non_finite({view.dtype, view.shape, data});
                }
            }
        }
    }
}

void TestSafetensors::not_a_file() {
    const auto directory = SafetensorsFile::open(directory_.path().toStdString());
    QVERIFY(!directory.ok());
    QCOMPARE(directory.error().found, std::string("a directory"));
    const auto missing = SafetensorsFile::open(path("missing.safetensors"));
    QVERIFY(missing.error().kind == ErrorKind::NotFound);
    QVERIFY(missing.error().message().find("missing.safetensors") != std::string::npos);
    QVERIFY(!SafetensorsFile::open("/dev/zero").ok());
}

void TestSafetensors::hostile_headers_cost_no_memory() {
    if (sanitized()) {
        QSKIP("the sanitizer's own memory hides ours");
    }
    constexpr std::size_t size = 90'000'000;
    const auto repeat = [](const std::string& text, std::size_t bytes) {
        std::string all;
        all.reserve(bytes + text.size());
        while (all.size() < bytes) {
            all += text;
        }
        return all;
    };
    const fs::path file = path("hostile.safetensors");
    struct Case {
        const char* name;
        std::string start, repeated, end;
        bool opens;
    };
    const std::vector<Case> cases{
        {"nesting", "{", "[", "}", false},
        {"one endless name", "{\"", "n", "\":{}}", false},
        {"spaces inside", "{", " ", "}", false},
        {"spaces behind", "{}", " ", "", true},
        {"endless shape", "{\"w\":{\"shape\":[", "1,", "1]}}", false},
        {"endless offsets", "{\"w\":{\"data_offsets\":[", "0,", "0]}}", false},
        {"empty names", "{", "\"\":{},", "\"\":{}}", false},
        {"endless number", "{\"w\":", "1", "}", false},
        {"metadata", "{\"__metadata__\":{\"a\":\"", std::string(1000, 'x') + "\",\"", "\":\"\"}}", false},
        {"dtypes", "{", "\"a\":{\"dtype\":\"" + std::string(1'000'000, 'F') + "\",\"shape\":[],\"data_offsets\":[0,0]},", "}", false},
    };
    for (const Case& one : cases) {
        {
            const std::string header = one.start + repeat(one.repeated, size) + one.end;
            put(file, file_of(header, 0));
        }
        start_memory_peak();
        const long before = memory_kib("VmRSS:");
        const auto opened = SafetensorsFile::open(file);
        const long growth = memory_kib("VmHWM:") - before;
        QVERIFY2(opened.ok() == one.opens, one.name);
        QVERIFY2(growth < 50'000, (std::string(one.name) + ": " + std::to_string(growth) + " KiB").c_str());
    }
    {  // as many different tensors as 90 MB hold
        std::string header = "{";
        for (int i = 0; header.size() < size; ++i) {
            header += '"';
            header += std::to_string(i);
            header += R"(":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},)";
        }
        put(file, file_of(header + "\"w\":{}}", 0));
    }
    start_memory_peak();
    const long before = memory_kib("VmRSS:");
    const auto opened = SafetensorsFile::open(file);
    const long growth = memory_kib("VmHWM:") - before;
    QVERIFY(!opened.ok());
    QVERIFY(opened.error().found.find("65536 tensors") != std::string::npos);
    QVERIFY2(growth < 50'000, std::to_string(growth).c_str());
}

void TestSafetensors::hostile_indexes_cost_no_memory() {
    if (sanitized()) {
        QSKIP("the sanitizer's own memory hides ours");
    }
    constexpr std::size_t size = 60'000'000;
    const fs::path where = fresh_directory();
    struct Case {
        const char* name;
        std::string start;
        std::function<std::string(int)> repeated;
        const char* found;
    };
    const auto same = [](const std::string& text) { return [text](int) { return text; }; };
    const std::vector<Case> cases{
        {"nesting", "{", same(std::string(1000, '[')), "nesting deeper"},
        {"metadata that never ends", "{\"metadata\":{", same("\"a\":[1,2,3],"), "malformed"},
        {"one endless name", "{\"weight_map\":{\"", same(std::string(1000, 'n')), "a string of more than"},
        {"a million tensors", "{\"weight_map\":{", [](int i) { return "\"" + std::to_string(i) + "\":\"a.safetensors\","; }, "more than 65536 tensors"},
        {"a shard a tensor", "{\"weight_map\":{", [](int i) { return "\"" + std::to_string(i) + "\":\"" + std::string(200, 's') + std::to_string(i) + "\","; }, "more than 65536 tensors"},
        {"long names", "{\"weight_map\":{", [](int i) { return "\"" + std::string(1000, 'n') + std::to_string(i) + "\":\"a.safetensors\","; }, "bytes of names"},
    };
    for (const Case& one : cases) {
        {
            std::string text = one.start;
            for (int i = 0; text.size() < size; ++i) {
                text += one.repeated(i);
            }
            put(where / "model.safetensors.index.json", text);
        }
        start_memory_peak();
        const long before = memory_kib("VmRSS:");
        const auto opened = Checkpoint::open(where);
        const long growth = memory_kib("VmHWM:") - before;
        QVERIFY2(!opened.ok() && opened.error().found.find(one.found) != std::string::npos, (one.name + (": " + opened.error().message())).c_str());
        QVERIFY2(growth < 50'000, (std::string(one.name) + ": " + std::to_string(growth) + " KiB").c_str());
    }
}

void TestSafetensors::hostile_directories_cost_no_memory() {
    if (sanitized()) {
        QSKIP("the sanitizer's own memory hides ours");
    }
    const fs::path where = fresh_directory();
    {  // as many tensors as a header may have, each broken in its own way
        std::string header = "{";
        for (int i = 0; i < 65'536; ++i) {
            header += (i > 0 ? ",\"" : "\"") + std::string(100, 'n') + std::to_string(i) + R"(":{"dtype":"F8_)" + std::to_string(i) + R"(","shape":[1],"data_offsets":[0,1]})";
        }
        put(where / "model.safetensors", file_of(header + "}", 1));
    }
    put(where / "config.json", std::string(200'000'000, '['));
    put(where / "tokenizer.model", std::string(200'000'000, '\n'));
    start_memory_peak();
    const long before = memory_kib("VmRSS:");
    const auto report = check_checkpoint(where);
    const long growth = memory_kib("VmHWM:") - before;
    QVERIFY(report.ok());
    QCOMPARE(report->fatal_problems, std::int64_t{65'536 + 2});
    QVERIFY2(growth < 50'000, std::to_string(growth).c_str());
    // Promises that overflow when they are added up.
    std::string header = "{";
    for (int i = 0; i < 8; ++i) {
        header += (i > 0 ? ",\"" : "\"") + std::to_string(i) + R"(":{"dtype":"U8","shape":[9223372036854775807],"data_offsets":[0,9223372036854775807]})";
    }
    put(where / "model.safetensors", file_of(header + "}", 0));
    const auto promised = check_checkpoint(where);
    QVERIFY(promised.ok() && !promised->usable());
    QCOMPARE(promised->parameters, std::numeric_limits<std::int64_t>::max());
}

void TestSafetensors::writer_refuses() {
    const std::array<float, 2> values{1.0F, 2.0F};
    SafetensorsWriter writer;
    QVERIFY(writer.add("w", TensorDtype::F32, {2}, bytes_of(values)).ok());
    QVERIFY(!writer.add("w", TensorDtype::F32, {2}, bytes_of(values)).ok());
    QVERIFY(!writer.add("", TensorDtype::F32, {2}, bytes_of(values)).ok());
    QVERIFY(!writer.add("__metadata__", TensorDtype::F32, {2}, bytes_of(values)).ok());
    QVERIFY(!writer.add("v", TensorDtype::F32, {3}, bytes_of(values)).ok());
    QVERIFY(!writer.add("v", TensorDtype::F32, {-2}, bytes_of(values)).ok());
    QVERIFY(!writer.add("v", TensorDtype::F32, {1LL << 62, 4}, bytes_of(values)).ok());
    QVERIFY(!writer.add("v", TensorDtype::F32, std::vector<std::int64_t>(9, 1), bytes_of(values)).ok());
}

void TestSafetensors::writer_leaves_nothing_behind_on_failure() {
    const std::array<float, 2> values{1.0F, 2.0F};
    SafetensorsWriter writer;
    QVERIFY(writer.add("\xff", TensorDtype::F32, {2}, bytes_of(values)).ok());
    QVERIFY(!writer.write(path("bad.safetensors")).ok());
    QVERIFY(!fs::exists(path("bad.safetensors")));
    SafetensorsWriter good;
    QVERIFY(good.add("w", TensorDtype::F32, {2}, bytes_of(values)).ok());
    const auto status = good.write(path("no/such/directory.safetensors"));
    QVERIFY(!status.ok() && status.error().kind == ErrorKind::Io);
    const fs::path taken = fresh_directory();
    fs::create_directory(taken / "a");
    QVERIFY(!good.write(taken / "a").ok());  // a directory cannot be replaced by a file
    QCOMPARE(std::distance(fs::directory_iterator(taken), {}), 1);
}

void TestSafetensors::checkpoint_single_file() {
    const fs::path where = fresh_directory();
    write_shard(where / "model.safetensors", {"b", "a"});
    const auto checkpoint = Checkpoint::open(where);
    QVERIFY(checkpoint.ok());
    QCOMPARE(checkpoint->names(), (std::vector<std::string>{"a", "b"}));
    QCOMPARE(checkpoint->parameter_count(), 4);
    QVERIFY(checkpoint->tensor("a").ok());
    const auto missing = checkpoint->tensor("c");
    QVERIFY(missing.error().kind == ErrorKind::NotFound);
    QVERIFY(missing.error().message().find(where.string()) == 0);
    QVERIFY(Checkpoint::open(where / "model.safetensors").ok());
}

void TestSafetensors::checkpoint_with_shards() {
    const fs::path where = fresh_directory();
    write_shard(where / "one.safetensors", {"a", "c"});
    write_shard(where / "two.safetensors", {"b"});
    put(where / "model.safetensors.index.json",
        R"({"metadata":{"total_size":24,"note":["x",null,true,-1,0.5]},)"
        R"("weight_map":{"a":"one.safetensors","b":"two.safetensors","c":"one.safetensors"}})");
    const auto checkpoint = Checkpoint::open(where);
    QVERIFY2(checkpoint.ok(), checkpoint.ok() ? "" : checkpoint.error().message().c_str());
    QCOMPARE(checkpoint->names(), (std::vector<std::string>{"a", "b", "c"}));
    QCOMPARE(checkpoint->files().size(), std::size_t{2});
    QCOMPARE(checkpoint->file_of("b"), where / "two.safetensors");
    QCOMPARE(checkpoint->parameter_count(), 6);
    const auto digests = checkpoint->sha256();
    QCOMPARE(digests->size(), std::size_t{2});
    QCOMPARE(digests->front().size(), std::size_t{64});
    QVERIFY(digests->front() != digests->back());
    const Checkpoint copy = *checkpoint;
    QCOMPARE(copy.tensor("b")->read().value().size(), std::size_t{8});
    QVERIFY(scan_non_finite(copy).ok());
}

void TestSafetensors::index_disagreements_data() {
    QTest::addColumn<QString>("index");
    QTest::addColumn<QString>("named");
    QTest::newRow("missing shard") << R"({"weight_map":{"a":"one.safetensors","b":"gone.safetensors"}})"
                                   << "gone.safetensors";
    QTest::newRow("another shard") << R"({"weight_map":{"a":"two.safetensors","b":"two.safetensors"}})"
                                   << "\"a\"";
    QTest::newRow("extra tensor") << R"({"weight_map":{"a":"one.safetensors"}})"
                                  << "\"c\"";
    QTest::newRow("absent tensor")
        << R"({"weight_map":{"a":"one.safetensors","c":"one.safetensors","b":"two.safetensors","x":"two.safetensors"}})"
        << "\"x\"";
    QTest::newRow("path up") << R"({"weight_map":{"a":"../one.safetensors"}})"
                             << "../one.safetensors";
    QTest::newRow("absolute path") << R"({"weight_map":{"a":"/etc/one.safetensors"}})"
                                   << "/etc/one.safetensors";
    QTest::newRow("path down") << R"({"weight_map":{"a":"sub/one.safetensors"}})"
                               << "sub/one.safetensors";
    QTest::newRow("backslash") << R"({"weight_map":{"a":"..\\one.safetensors"}})"
                               << "one.safetensors";
    QTest::newRow("NUL in the name") << R"({"weight_map":{"a":"one.safetensors\u0000.safetensors"}})"
                                     << "\\x00";
    QTest::newRow("hidden file") << R"({"weight_map":{"a":".safetensors"}})"
                                 << "\".safetensors\"";
    QTest::newRow("pickle shard") << R"({"weight_map":{"a":"pytorch_model.bin"}})"
                                  << "pytorch_model.bin";
    QTest::newRow("tensor twice") << R"({"weight_map":{"a":"one.safetensors","a":"two.safetensors"}})"
                                  << "\"a\"";
    QTest::newRow("section twice") << R"({"weight_map":{},"weight_map":{}})"
                                   << "weight_map";
    QTest::newRow("no weight map") << R"({"metadata":{}})"
                                   << "weight_map";
    QTest::newRow("weight map a list") << R"({"weight_map":[]})"
                                       << "weight_map";
    QTest::newRow("shard a number") << R"({"weight_map":{"a":1}})"
                                    << "\"a\"";
    QTest::newRow("shard an object") << R"({"weight_map":{"a":{}}})"
                                     << "\"a\"";
    QTest::newRow("unknown section") << R"({"weights":{}})"
                                     << "\"weights\"";
    QTest::newRow("root a list") << R"([])"
                                 << "index";
    QTest::newRow("root a number") << R"(1)"
                                   << "index";
    QTest::newRow("empty") << ""
                           << "index";
    QTest::newRow("cut") << R"({"weight_map":{"a")"
                         << "index byte";
}

void TestSafetensors::index_disagreements() {
    QFETCH(QString, index);
    QFETCH(QString, named);
    const fs::path where = fresh_directory();
    write_shard(where / "one.safetensors", {"a", "c"});
    write_shard(where / "two.safetensors", {"b"});
    put(where / "model.safetensors.index.json", index.toStdString());
    const auto checkpoint = Checkpoint::open(where);
    QVERIFY(!checkpoint.ok());
    const std::string message = checkpoint.error().message();
    QVERIFY2(message.find("model.safetensors.index.json") != std::string::npos, message.c_str());
    QVERIFY2(message.find(named.toStdString()) != std::string::npos, message.c_str());
    const auto report = check_checkpoint(where);
    QVERIFY2(report.ok() && report->fatal_problems > 2, message.c_str());  // more than config.json and tokenizer.model
    QVERIFY(std::any_of(report->problems.begin(), report->problems.end(), [&named](const CheckpointProblem& problem) {
        return problem.error.message().find(named.toStdString()) != std::string::npos;
    }));
}

void TestSafetensors::empty_directory_names_what_lies_there() {
    const fs::path where = fresh_directory();
    QVERIFY(Checkpoint::open(where).error().kind == ErrorKind::NotFound);
    put(where / "pytorch_model.bin", "x");
    const std::string message = Checkpoint::open(where).error().message();
    QVERIFY2(message.find("pytorch_model.bin") != std::string::npos, message.c_str());
}

void TestSafetensors::non_finite_weights_data() {
    QTest::addColumn<QString>("dtype");
    QTest::addColumn<QByteArray>("element");
    QTest::addColumn<bool>("nan");
    const auto row = [](const char* dtype, auto bits, bool nan) {
        QTest::addRow("%s %s", dtype, nan ? "NaN" : "infinity")
            << QString(dtype) << QByteArray(reinterpret_cast<const char*>(&bits), sizeof bits) << nan;
    };
    row("F64", std::numeric_limits<double>::quiet_NaN(), true);
    row("F64", -std::numeric_limits<double>::infinity(), false);
    row("F32", std::numeric_limits<float>::quiet_NaN(), true);
    row("F32", std::numeric_limits<float>::infinity(), false);
    row("BF16", std::uint16_t{0x7fc0}, true);
    row("BF16", std::uint16_t{0xff80}, false);
    row("F16", std::uint16_t{0x7e00}, true);
    row("F16", std::uint16_t{0xfc00}, false);
}

void TestSafetensors::non_finite_weights() {
    QFETCH(QString, dtype);
    QFETCH(QByteArray, element);
    QFETCH(bool, nan);
    const auto type = *dtype_from_name(dtype.toStdString());
    const std::int64_t count = 10'000;
    const std::int64_t at = 9'001;
    std::vector<char> data(static_cast<std::size_t>(count) * dtype_size(type), 0x3b);  // finite in every dtype
    const std::vector<char> clean = data;
    std::memcpy(data.data() + static_cast<std::size_t>(at) * dtype_size(type), element.data(), dtype_size(type));
    SafetensorsWriter writer;
    QVERIFY(writer.add("clean", type, {count}, bytes_of(clean)).ok());
    QVERIFY(writer.add("sick.weight", type, {count}, bytes_of(data)).ok());
    QVERIFY(writer.write(path("sick.safetensors")).ok());
    const auto checkpoint = Checkpoint::open(path("sick.safetensors"));
    QVERIFY(checkpoint.ok());
    const auto sick = checkpoint->tensor("sick.weight")->read().value();
    const auto found = find_non_finite({type, {count}, sick});
    QVERIFY(found.has_value());
    QCOMPARE(found->index, at);
    QCOMPARE(found->is_nan, nan);
    const auto status = scan_non_finite(*checkpoint);
    QVERIFY(!status.ok());
    const std::string message = status.error().message();
    QVERIFY2(message.find("sick.safetensors") != std::string::npos, message.c_str());
    QVERIFY2(message.find("tensor \"sick.weight\"") != std::string::npos, message.c_str());
    QVERIFY2(message.find("9001") != std::string::npos, message.c_str());
    const CancelToken stop = CancelToken::create();
    stop.cancel();
    QVERIFY(scan_non_finite(*checkpoint, stop).error().kind == ErrorKind::Cancelled);
}

QTEST_GUILESS_MAIN(TestSafetensors)
#include "test_safetensors.moc"
