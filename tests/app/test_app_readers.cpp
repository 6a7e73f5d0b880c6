// The commands of the cases about files as others write them: what they print, with which exit code.
#include <QtTest>
#include <nlohmann/json.hpp>

#include "cli_runner.h"

using namespace r2t2;
using Json = nlohmann::json;

namespace {

QString case_path(const char* name) { return QStringLiteral(R2T2_TEST_DATA "/cases/") + name; }

bool replace(const QString& path, const QByteArray& from, const QByteArray& to) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return false;
    }
    QByteArray text = file.readAll();
    file.close();
    if (!text.contains(from)) {
        return false;
    }
    text.replace(from, to);
    return file.open(QIODevice::WriteOnly) && file.write(text) == text.size();
}

}  // namespace

class TestAppReaders : public QObject {
    Q_OBJECT

    CliRunner cli_;

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(cli_.prepare());
        QCOMPARE(cli_.run({"model", "make-random", "--config", "small", "--out", cli_.path("small")}).code, 0);
    }

    /// A stray quote swallows rows, a picture stands in another column, a column twice: each is named.
    void mmbench_tables_out_of_order() {
        QTemporaryDir folder;
        const QString path = folder.filePath("mmbench_dev_20230712.tsv");
        const auto check = [&](const QByteArray& text) {
            QFile file(path);
            QFile::remove(path);
            const bool written = file.open(QIODevice::WriteOnly) && file.write(text) == text.size() && file.flush();
            return written ? cli_.run({"--quiet", "data", "check", "MMBench", folder.path()}) : CliResult();
        };
        const QByteArray picture = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC";
        const QByteArray header = "index\tquestion\thint\tA\tB\tanswer\tcategory\timage\n";
        const auto row = [&](int index, const QByteArray& question, const QByteArray& category = "color") {
            return QByteArray::number(index) + "\t" + question + "\tnan\tred\tblue\tA\t" + category + "\t" + picture + "\n";
        };
        QVERIFY2(check(header + row(0, "what?") + row(1, "what?")).code == 0, "good");
        const CliResult stray = check(header + row(0, "what?") + row(1, "\"what?") + row(2, "what?") + row(3, "is it\" so") + row(4, "what?"));
        QVERIFY2(stray.code == 3 && (stray.out + stray.err).contains("question: found a quoted cell with 3 lines and tabs between them"), (stray.out + stray.err).constData());
        const CliResult between = check(header + row(0, "\"what?") + row(1, "what?", "so\" it") + row(2, "what?"));  // ends in another column
        QVERIFY2(between.code == 3 && (between.out + between.err).contains("cells: found "), (between.out + between.err).constData());
        const CliResult meant = check(header + row(0, "\"x\ty\n1\t2\nwhat?\"") + row(1, "what?"));  // a table in a question
        QVERIFY2(meant.out.contains("2 samples"), (meant.out + meant.err).constData());
        const CliResult lines = check(header + row(0, "\"what\nis it?\"") + row(1, "what?"));
        QVERIFY2((lines.out + lines.err).contains("question: found a cell of 2 lines"), (lines.out + lines.err).constData());
        const CliResult column = check(header + row(0, "what?", QByteArray(1200, 'A')) + row(1, "what?"));
        QVERIFY2(column.code == 3 && (column.out + column.err).contains("category: found a picture in base64 (1200 bytes)"), (column.out + column.err).constData());
        const CliResult twice = check("index\tquestion\thint\tA\tB\tanswer\tquestion\timage\n" + row(0, "what?"));
        QVERIFY2(twice.code == 2 && twice.err.contains("the column \"question\" twice"), twice.err.constData());
    }
    void mmbench_float_index() {
        const CliResult checked = cli_.run({"--json", "--quiet", "data", "check", "MMBench", case_path("mmbench-float-index/data")});
        QVERIFY2(checked.code == 3, checked.err.constData());  // two of its four rotations
        const Json said = Json::parse(checked.out.toStdString());
        QCOMPARE(said["samples"].get<int>(), 2);
        QVERIFY(said["problems"].empty() && said["incomplete_groups"].size() == 1);
        QCOMPARE(said["incomplete_groups"][0]["samples"].get<int>(), 2);
        QCOMPARE(said["incomplete_groups"][0]["size"].get<int>(), 4);
        const CliResult text = cli_.run({"--quiet", "data", "check", "MMBench", case_path("mmbench-float-index/data")});
        QVERIFY2(text.out.contains("1 incomplete group, which does not count: 241 (2 of 4)"), text.out.constData());
    }

    void mmbench_new_names() {
        for (const char* folder : {"mmbench-new-names/en", "mmbench-new-names/v11", "mmbench-new-names/v11/MMBench_DEV_EN_V11.tsv"}) {
            const CliResult checked = cli_.run({"--json", "--quiet", "data", "check", "MMBench", case_path(folder)});
            QVERIFY2(checked.code == 0, checked.err.constData());
            QCOMPARE(Json::parse(checked.out.toStdString())["split"].get<std::string>(), std::string("dev"));
        }
    }

    void nan_literal() {
        const CliResult set = cli_.run({"data", "check", "GQA", case_path("nan-literal/gqa")});
        QVERIFY2(set.code == 0 && set.out.contains("2 samples"), (set.out + set.err).constData());
        const CliResult score = cli_.run({"--json", "score", case_path("nan-literal/predictions.jsonl")});
        QVERIFY2(score.code == 0, score.err.constData());
        QVERIFY(replace(cli_.path("small/config.json"), "{\n", "{\"initializer_range\": NaN,\n"));
        const CliResult model = cli_.run({"model", "check", cli_.path("small")});
        QVERIFY2(model.code == 0 && model.out.contains("usable"), (model.out + model.err).constData());
    }

    void data_check_pictures() {
        for (const QStringList& more : {QStringList{}, QStringList{"--pictures"}}) {
            const CliResult text = cli_.run(QStringList{"data", "check", "GQA", case_path("data-check-pictures/data")} + more);
            QCOMPARE(text.code, 3);
            for (const char* word : {"cut.jpg", "gif.jpg", "zero.jpg", "a GIF", "ends early", "an empty file", "3 of them unreadable"}) {
                QVERIFY2(text.out.contains(word), (text.out + "\nlacks " + word).constData());
            }
            const CliResult json = cli_.run(QStringList{"--json", "--quiet", "data", "check", "GQA", case_path("data-check-pictures/data")} + more);
            QCOMPARE(json.code, 3);
            const Json pictures = Json::parse(json.out.toStdString())["pictures"];
            QCOMPARE(pictures["looked_at"].get<int>(), 4);
            QCOMPARE(pictures["bad"].get<int>(), 3);
            QCOMPARE(pictures["whole"].get<bool>(), !more.isEmpty());
            QCOMPARE(pictures["problems"].size(), std::size_t{3});
        }
        const CliResult blind = cli_.run({"data", "check", "GQA", case_path("data-check-pictures/data"), "--no-images"});
        QVERIFY(blind.code == 0 && blind.out.contains("pictures were not looked for"));
        QCOMPARE(cli_.run({"data", "check", "GQA", case_path("data-check-pictures/data"), "--no-images", "--pictures"}).code, 2);
    }

    void animated_webp() {
        QVERIFY(QFile::copy(case_path("animated-webp/anim.webp"), cli_.path("anim.webp")));  // the facts are written beside it
        const CliResult facts = cli_.run({"facts", cli_.path("anim.webp")});
        QVERIFY2(facts.code == 0, facts.err.constData());
    }

    void git_lfs_pointer() {
        for (const char* file : {"model.safetensors", "tokenizer.model"}) {
            QCOMPARE(cli_.run({"model", "make-random", "--config", "small", "--out", cli_.path("pointer"), "--force"}).code, 0);
            QVERIFY(QFile::remove(cli_.path("pointer/") + file) && QFile::copy(case_path("git-lfs-pointer/") + file, cli_.path("pointer/") + file));
            const CliResult checked = cli_.run({"model", "check", cli_.path("pointer")});
            QCOMPARE(checked.code, 2);
            QVERIFY2(checked.out.contains("Git LFS") && checked.out.contains("git lfs pull") && checked.out.contains(file), (checked.out + checked.err).constData());
        }
        for (const QStringList& arguments : {QStringList{"score", case_path("git-lfs-pointer/model.safetensors")}, QStringList{"facts", case_path("git-lfs-pointer/model.safetensors")},
                                             QStringList{"verify", case_path("git-lfs-pointer/model.safetensors")}, QStringList{"export", case_path("git-lfs-pointer/model.safetensors"), "--out", cli_.path("exported")},
                                             QStringList{"reference", "info", case_path("git-lfs-pointer/model.safetensors")}}) {
            const CliResult refused = cli_.run(arguments);
            QVERIFY2(refused.code != 0 && (refused.out + refused.err).contains("Git LFS"), (arguments.join(' ').toUtf8() + ": " + refused.out + refused.err).constData());
        }
    }

    void eos_list() {
        QVERIFY(replace(cli_.path("small/config.json"), "\"eos_token_id\": 2", "\"eos_token_id\": [2, 7]"));
        const CliResult checked = cli_.run({"model", "check", cli_.path("small")});
        QCOMPARE(checked.code, 0);
        QVERIFY2(checked.out.contains("generation_config.json") && checked.out.contains("an answer ends with any of 2, 7"), checked.out.constData());
    }
};

QTEST_GUILESS_MAIN(TestAppReaders)
#include "test_app_readers.moc"
