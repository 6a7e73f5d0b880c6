// What a stored run says about the next one, and samples whose group cannot be read.
#include <QtTest>

#include "core/results/observed_changes.h"
#include "core/results/power_text.h"
#include "core/results/sample_clusters.h"
#include "tests/session/benchmark_samples.h"

using namespace r2t2;

namespace {

/// A question about a picture; without one it stands alone.
SampleInfo about(int number, const std::string& picture) {
    SampleInfo info = session_samples::sample_info(number);
    info.picture_hash = picture.empty() ? "own " + std::to_string(number) : picture;
    return info;
}

}  // namespace

class TestObservedChanges final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    /// Pictures: 0 of four questions, all mended; 1 of four, one mended, the others right; 2 of two, one harmed; six questions alone, right.
    void initTestCase() {
        path_ = folder_.filePath(QStringLiteral("seen.r2t2")).toStdString();
        auto session = SessionWriter::create(path_);
        QVERIFY(session.ok());
        for (int r = 0; r < 2; ++r) {
            RunInfo info = session_samples::run_info();
            info.method = r == 0 ? "base" : "ngd";
            const auto run = session->begin_run(info);
            for (int i = 0; i < 16; ++i) {
                const SampleInfo sample = about(i, i < 4 ? "p0" : i < 8 ? "p1" : i < 10 ? "p2" : "");
                const bool before = i >= 5, after = r == 0 ? before : i != 8;
                QVERIFY(session->write_sample(*run, sample, session_samples::trajectory(i, {before, after}), session_samples::reference_name).ok());
            }
            QVERIFY(session->finish_run(*run, RunState::Finished).ok());
        }
    }
    void a_runs_own_changes() {
        const auto seen = observed_changes(path_, 2, std::nullopt);
        QVERIFY2(seen.ok(), seen.ok() ? "" : seen.error().message().c_str());
        QVERIFY(seen->samples == 16 && seen->right_before == 11 && seen->harmed() == 1 && seen->mended() == 5 && seen->unread.empty() && !seen->against);
        const PowerDesign design = design_like(*seen);
        QCOMPARE(design.clusters, (std::vector<ClusterGroup>{{1, 6}, {2, 1}, {4, 2}}));
        QCOMPARE(design.base_right, 11.0 / 16.0);
        QCOMPARE(*design.discordance, 6.0 / 16.0);
        // By hand, over the 26 ordered pairs of two questions of a picture, 1 / 4 the mean, 6 / 16 - 1 / 16 the variance: of picture 0 twelve of 0.75^2, of 1
        // six of 0.75 (-0.25) and six of 0.25^2, of 2 two of (-1.25) (-0.25).
        const double products = 12 * 0.75 * 0.75 - 6 * 0.75 * 0.25 + 6 * 0.25 * 0.25 + 2 * 1.25 * 0.25;
        QVERIFY(std::abs(design.correlation - products / (26 * (6.0 / 16.0 - 1.0 / 16.0))) < 1e-12);
    }
    void against_another_run_it_is_the_same_here() {
        const auto own = observed_changes(path_, {}, std::nullopt), other = observed_changes(path_, {}, 1);
        QVERIFY(own.ok() && other.ok() && other->against);
        QCOMPARE(own->run.run.id, std::int64_t{2});
        QCOMPARE(other->run.run.id, std::int64_t{2});
        QCOMPARE(design_like(*own).correlation, design_like(*other).correlation);
        QVERIFY(own->pairs.difference == other->pairs.difference && own->right_before == other->right_before);
        const auto base = observed_changes(path_, 1, std::nullopt);  // nothing changes in it
        QVERIFY(base.ok() && base->harmed() + base->mended() == 0);
        QVERIFY(!design_like(*base).discordance && design_like(*base).correlation == 1.0);
        QVERIFY(!observed_changes(path_, 7, std::nullopt).ok() && !observed_changes(path_ + "-", {}, std::nullopt).ok());
    }
    void another_size_keeps_the_design_effect() {
        PowerDesign design = design_like(*observed_changes(path_, 2, std::nullopt));
        const double effect = design.design_effect();
        resize(design, 1600);
        QCOMPARE(design.samples(), std::int64_t{1600});
        QVERIFY(std::abs(design.design_effect() / effect - 1.0) < 0.05);
    }
    void in_words() {
        PowerDesign design = design_like(*observed_changes(path_, 2, std::nullopt));
        std::string words;
        const DetectableDifference found = smallest_difference(design);
        for (const std::string& each : power_assumptions(design, found)) {
            words += each + '\n';
        }
        QVERIFY2(words.find("16 samples in 9 clusters") != std::string::npos && words.find("leans on the form") != std::string::npos, words.c_str());
        design.clusters = {{4, 5}};
        const std::string none = detectable_text(design, smallest_difference(design));
        QCOMPARE(none, std::string("none: of 5 clusters the least p is 0.062; at least 6 are needed"));
    }
    /// A key that cannot be read says no group: its row stands alone, and is named. A neighbour whose key is whole keeps its group; one without a key needs none.
    void an_unread_key_is_named() {
        const std::string path = folder_.filePath(QStringLiteral("unread.r2t2")).toStdString();
        auto session = SessionWriter::create(path);
        for (int r = 0; r < 2; ++r) {
            const auto run = session->begin_run(session_samples::run_info());
            for (int i = 0; i < 6; ++i) {
                SampleInfo sample = session_samples::mme_sample(i, i / 2, "yes");
                sample.picture_hash = "own " + std::to_string(i);
                if (i == 3) {
                    sample.scoring = "{\"rule\": 7}";
                } else if (i == 5) {
                    sample.scoring.reset();
                }
                QVERIFY(session->write_sample(*run, sample, session_samples::trajectory(i, {false, r == 1}), session_samples::reference_name).ok());
            }
        }
        const auto both = compare_sessions({path, 1}, {path, 2});
        QVERIFY(both.ok());
        QCOMPARE(both->unread, (std::vector<SampleKey>{{"MME-P", "m3"}}));
        QCOMPARE(both->overall.clusters, std::int64_t{5});  // {0, 1}, 2, 3, 4, 5
        std::string notes;
        for (const std::string& note : comparison_notes(*both)) {
            notes += note + '\n';
        }
        QVERIFY2(notes.find("How 1 sample is scored cannot be read (MME-P/m3): it stands in no group") != std::string::npos, notes.c_str());
        QCOMPARE(observed_changes(path, 2, std::nullopt)->unread.size(), std::size_t{1});
        QVERIFY(unread_note({}).empty());
        QVERIFY(unread_note(std::vector<SampleKey>(6, {"S", "k"})).find("S/k, ...)") != std::string::npos);
    }

private:
    QTemporaryDir folder_;
    std::string path_;
};

QTEST_APPLESS_MAIN(TestObservedChanges)
#include "test_observed_changes.moc"
