// The tables of a trajectory, its neighbours and its steps, and the bars behind their numbers.
#include <QAbstractItemModelTester>
#include <QPainter>
#include <QSignalSpy>
#include <QTableView>
#include <QtTest>
#include <algorithm>
#include <limits>

#include "tests/support/patience.h"
#include "ui/models/neighbour_model.h"
#include "ui/models/reference_words.h"
#include "ui/models/share_delegate.h"
#include "ui/models/step_model.h"

using namespace r2t2;
using namespace r2t2::ui;

namespace {

using Tester = QAbstractItemModelTester;

std::vector<ReferenceSummary> references() {
    std::vector<ReferenceSummary> all;
    for (int i = 0; i < 6; ++i) {
        ReferenceSummary r;
        r.id = "r" + std::to_string(i);
        r.set = "train";
        r.question = "question " + std::to_string(i);
        r.answer = "answer " + std::to_string(i);
        r.truth = r.answer;
        r.routing = RoutingMatrix(1, 6, {0.31, 0.42, 0.27, 0.1, 0.85, 0.05});
        all.push_back(r);
    }
    return all;
}

Answer answer(const std::string& text, double confidence) {
    Answer a;
    a.text = text;
    a.confidence = confidence;
    return a;
}

/// Three steps of two mixers; neighbours 4 and 2; no gradient at the last step.
Trajectory trajectory() {
    Trajectory t;
    t.method = Method::Ngd;
    t.neighbourhood.neighbours = {{4, 0.25, 0.97, 0.8, 0.75}, {2, 0.5, 0.9, 0.4, 0.25}};
    for (int i = 0; i < 3; ++i) {
        TrajectoryStep step;
        step.index = i;
        step.weights = RoutingMatrix(2, 6, {0.2, 0.3, 0.5, 0.6, 0.3, 0.1, 0.4, 0.1, 0.5, 0.2, 0.7, 0.1});
        step.objective = 1.5 - 0.1 * i;
        step.neighbour_losses = {0.9 - 0.1 * i, 2.0 + i};
        step.seconds = 0.25;
        step.passes = {2, 1, 0.0};
        t.steps.push_back(step);
    }
    t.steps[0].neighbour_gradient_share = {1.25, -0.25};
    t.steps[1].neighbour_gradient_share = {0.5, 0.5};
    t.steps[0].learning_rate = 0.01;
    t.steps[0].answer = answer("cat", 0.7);
    t.steps[0].correct = false;
    t.steps[2].answer = answer("a\tdog\n", 0.9);
    t.steps[2].correct = true;
    return t;
}

/// Every neighbour is a reference that is open.
std::vector<InspectedNeighbour> here(const Trajectory& trajectory) {
    std::vector<InspectedNeighbour> out;
    for (const Neighbour& neighbour : trajectory.neighbourhood.neighbours) {
        out.push_back({neighbour.index});
    }
    return out;
}

/// As a session keeps one that is not.
InspectedNeighbour elsewhere(const char* id, const char* question) {
    InspectedNeighbour out;
    out.stored.set = "other";
    out.stored.id = id;
    out.stored.question = question;
    out.stored.answer = "stored answer";
    out.stored.routing = RoutingMatrix(1, 6, {0.5, 0.25, 0.25, 0.2, 0.2, 0.6});
    return out;
}

QString cell(const QAbstractItemModel& model, int row, int column) {
    return model.index(row, column).data().toString();
}
QString cell(const NeighbourModel& model, int row, NeighbourColumn column) {
    return cell(model, row, static_cast<int>(column));
}

QPalette dark() {
    QPalette palette;
    palette.setColor(QPalette::Base, QColor(30, 30, 30));
    palette.setColor(QPalette::Text, QColor(230, 230, 230));
    palette.setColor(QPalette::Highlight, QColor(38, 79, 120));
    palette.setColor(QPalette::HighlightedText, Qt::white);
    return palette;
}

}  // namespace

class TestTrajectoryModels : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void neighboursAtAStep() {
        NeighbourModel model;
        Tester tester(&model, Tester::FailureReportingMode::Fatal);
        model.set_trajectory(references(), RoutingSpace::moai(2), trajectory(), here(trajectory()), {2, 5}, {});
        QCOMPARE(model.rowCount(), 3);  // two neighbours, one of them left out of the next run, one left out of this one
        QCOMPARE(model.reference(0).value(), std::size_t{4});
        QCOMPARE(cell(model, 0, NeighbourColumn::Number), QString("1"));
        QCOMPARE(cell(model, 0, NeighbourColumn::Question), QString("question 4"));
        QCOMPARE(cell(model, 0, NeighbourColumn::Distance), QString("0.250"));
        QCOMPARE(cell(model, 0, NeighbourColumn::Weight), QString("0.750"));
        QCOMPARE(cell(model, 0, NeighbourColumn::Routing), QString("0.31 0.42 0.27 | 0.10 0.85 0.05"));
        QCOMPARE(cell(model, 0, NeighbourColumn::Share), QString("+1.250"));
        QCOMPARE(cell(model, 1, NeighbourColumn::Share), QString("-0.250"));
        QCOMPARE(cell(model, 1, NeighbourColumn::Loss), QString("2.000"));
        QCOMPARE(model.index(1, static_cast<int>(NeighbourColumn::Share)).data(ScaleRole).toDouble(), 1.25);
        QCOMPARE(model.index(0, static_cast<int>(NeighbourColumn::Weight)).data(ScaleRole).toDouble(), 0.75);
        QCOMPARE(cell(model, 2, NeighbourColumn::Question), QString("question 5"));
        QCOMPARE(cell(model, 2, NeighbourColumn::Distance), QString());
        QVERIFY(!model.index(2, static_cast<int>(NeighbourColumn::Share)).data(ValueRole).isValid());
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        model.set_step(1);
        QCOMPARE(changed.size(), 1);
        QCOMPARE(cell(model, 1, NeighbourColumn::Share), QString("+0.500"));
        model.set_step(99);  // a cursor that went further than this method
        QCOMPARE(model.step(), std::size_t{2});
        QCOMPARE(cell(model, 0, NeighbourColumn::Share), QString());
        QCOMPARE(cell(model, 0, NeighbourColumn::Loss), QString("0.700"));
        model.clear();
        QCOMPARE(model.rowCount(), 0);
    }
    void leavingOut() {
        NeighbourModel model;
        Tester tester(&model, Tester::FailureReportingMode::Fatal);
        model.set_trajectory(references(), RoutingSpace::moai(2), trajectory(), here(trajectory()), {5}, {});
        QSignalSpy asked(&model, &NeighbourModel::leaveOutChanged);
        const auto box = [&](int row) { return model.index(row, static_cast<int>(NeighbourColumn::Used)); };
        QVERIFY(model.flags(box(0)) & Qt::ItemIsUserCheckable);
        QVERIFY(!(model.flags(model.index(0, 0)) & Qt::ItemIsUserCheckable));
        QCOMPARE(box(0).data(Qt::CheckStateRole).toInt(), static_cast<int>(Qt::Checked));
        QCOMPARE(box(2).data(Qt::CheckStateRole).toInt(), static_cast<int>(Qt::Unchecked));
        QVERIFY(box(2).data(Qt::ForegroundRole).isValid());
        QVERIFY(model.setData(box(0), Qt::Unchecked, Qt::CheckStateRole));
        QVERIFY(model.setData(box(0), Qt::Unchecked, Qt::CheckStateRole));  // already
        QVERIFY(model.setData(box(2), Qt::Checked, Qt::CheckStateRole));
        QCOMPARE(asked.size(), 2);
        QCOMPARE(asked[0][0].value<std::size_t>(), std::size_t{4});
        QCOMPARE(asked[0][1].toBool(), true);
        QCOMPARE(asked[1][0].value<std::size_t>(), std::size_t{5});
        QCOMPARE(asked[1][1].toBool(), false);
        QVERIFY(model.left_out(0));
        model.set_left_out(4, false);  // undo
        model.set_left_out(3, true);   // nothing of this list
        QCOMPARE(asked.size(), 2);
        QVERIFY(!model.left_out(0));
        QVERIFY(!model.setData(model.index(0, 0), Qt::Unchecked, Qt::CheckStateRole));
        QVERIFY(!model.setData(box(0), "x", Qt::EditRole));
    }
    void referencesThatAreNotThere() {
        NeighbourModel model;
        Tester tester(&model, Tester::FailureReportingMode::Fatal);
        model.set_trajectory({}, RoutingSpace::moai(2), trajectory(), here(trajectory()), {}, {});  // a session of another reference set
        QCOMPARE(model.rowCount(), 2);
        QCOMPARE(cell(model, 0, NeighbourColumn::Routing), QString());
        QCOMPARE(cell(model, 0, NeighbourColumn::Weight), QString("0.750"));
        model.set_trajectory(references(), RoutingSpace::moai(2), Trajectory{}, {}, {}, {});
        QCOMPARE(model.rowCount(), 0);
    }
    /// Once they had the index SIZE_MAX, all of them number 1, and whoever asked for their picture read beyond the references.
    void neighboursThatTheOpenSetLacks() {
        Trajectory t = trajectory();
        t.neighbourhood.neighbours = {{7, 0.1, 0.99, 0.9, 0.5}, {4, 0.25, 0.97, 0.8, 0.3}, {900, 0.5, 0.9, 0.4, 0.2}};
        t.steps[0].neighbour_losses = {0.5, 0.9, 2.0};
        const std::vector<InspectedNeighbour> named = {elsewhere("17", "what colour is it?"), {std::size_t{4}}, elsewhere("3", "")};
        NeighbourNumbers numbers;
        numbers.follow(t, named, {});
        for (std::size_t i = 0; i < named.size(); ++i) {
            QCOMPARE(numbers.at(i), static_cast<int>(i) + 1);
        }
        QCOMPARE(numbers.at(3), 0);
        QCOMPARE(numbers.of(4), 2);
        QCOMPARE(numbers.of(7), 0);    // a place in the set of its run
        QCOMPARE(numbers.of(900), 0);
        QCOMPARE(lacking_words(named, numbers), QStringLiteral("n1, n3: not in the references that are open"));
        QCOMPARE(lacking_words(std::vector<InspectedNeighbour>(1, named[1]), numbers), QString());
        ThumbnailStore store;
        NeighbourModel model;
        Tester tester(&model, Tester::FailureReportingMode::Fatal);
        std::vector<std::size_t> asked;
        model.set_thumbnails(&store, [&asked](std::size_t reference) -> Result<SamplePicture> {
            asked.push_back(reference);
            return io_error("picture", "none here");
        });
        model.set_trajectory(references(), RoutingSpace::moai(2), t, named, {}, numbers);
        model.set_step(0);
        QCOMPARE(model.rowCount(), 3);
        for (const int row : {0, 2}) {
            QVERIFY(!model.reference(row));
            QCOMPARE(cell(model, row, NeighbourColumn::Number), QString::number(row + 1));
            QVERIFY2(cell(model, row, NeighbourColumn::Question).startsWith("not in the references that are open: other/"), qPrintable(cell(model, row, NeighbourColumn::Question)));
            QCOMPARE(cell(model, row, NeighbourColumn::Answer), QString("stored answer"));
            QCOMPARE(cell(model, row, NeighbourColumn::Truth), QString());
            QCOMPARE(cell(model, row, NeighbourColumn::Routing), QString("0.50 0.25 0.25 | 0.20 0.20 0.60"));
            QVERIFY(!model.index(row, 0).data(Qt::DecorationRole).isValid());
            const QString tip = model.index(row, 0).data(Qt::ToolTipRole).toString();
            QVERIFY2(tip.startsWith("other/") && tip.contains("not in the references that are open") && !tip.contains("reference 7") && !tip.contains("1844674"), qPrintable(tip));
            const QModelIndex box = model.index(row, static_cast<int>(NeighbourColumn::Used));
            QVERIFY(!box.data(Qt::CheckStateRole).isValid() && !(model.flags(box) & Qt::ItemIsUserCheckable));
            QVERIFY(!model.setData(box, Qt::Unchecked, Qt::CheckStateRole));
        }
        QVERIFY(cell(model, 0, NeighbourColumn::Question).endsWith("other/17 what colour is it?"));
        QCOMPARE(cell(model, 0, NeighbourColumn::Distance), QString("0.100"));
        QCOMPARE(cell(model, 2, NeighbourColumn::Weight), QString("0.200"));
        QCOMPARE(cell(model, 2, NeighbourColumn::Loss), QString("2.000"));
        QCOMPARE(model.reference(1).value(), std::size_t{4});
        QCOMPARE(cell(model, 1, NeighbourColumn::Question), QString("question 4"));
        model.index(1, 0).data(Qt::DecorationRole);
        QTRY_VERIFY_WITH_TIMEOUT(store.pending() + store.running() == 0, kPatience);
        QVERIFY(std::all_of(asked.begin(), asked.end(), [](std::size_t reference) { return reference == 4; }));
        // Left out by the user: the others keep their numbers, those that are lacking too.
        t.neighbourhood.neighbours = {{7, 0.1, 0.99, 0.9, 0.6}, {900, 0.5, 0.9, 0.4, 0.4}};
        const std::vector<InspectedNeighbour> fewer = {named[0], named[2]};
        numbers.follow(t, fewer, {4});
        QCOMPARE(numbers.at(0), 1);
        QCOMPARE(numbers.of(4), 2);
        QCOMPARE(numbers.at(1), 3);
        model.set_trajectory(references(), RoutingSpace::moai(2), t, fewer, {4, 77}, numbers);  // no reference 77
        QCOMPARE(model.rowCount(), 3);
        QVERIFY(model.left_out(1) && !model.left_out(0) && !model.left_out(2));
    }
    void neighboursHavePictures() {
        ThumbnailStore store;
        NeighbourModel model;
        Tester tester(&model, Tester::FailureReportingMode::Fatal);
        model.set_trajectory(references(), RoutingSpace::moai(2), trajectory(), here(trajectory()), {}, {});
        model.set_thumbnails(&store, [](std::size_t reference) -> Result<SamplePicture> {
            if (reference == 2) {
                return io_error("two.png", "unreadable");
            }
            SamplePicture picture;
            picture.image = {2, 2, std::vector<std::uint8_t>(12, 9)};
            return picture;
        });
        QVERIFY(model.index(0, 0).data(Qt::DecorationRole).canConvert<QPixmap>());
        model.index(1, 0).data(Qt::DecorationRole);
        QTRY_VERIFY_WITH_TIMEOUT(model.index(1, 0).data(Qt::ToolTipRole).toString().contains("two.png"), kPatience);
        QTRY_VERIFY_WITH_TIMEOUT(model.index(0, 0).data(Qt::DecorationRole).value<QPixmap>().toImage() != store.blank().toImage(), kPatience);
    }
    void flipsPassOverUnansweredSteps() {
        Trajectory t = trajectory();
        QCOMPARE(answer_flips(t.steps), (std::vector<AnswerFlip>{AnswerFlip::None, AnswerFlip::None, AnswerFlip::Mended}));
        t.steps[1].answer = answer("bird", 0.2);
        t.steps[1].correct = false;
        QCOMPARE(answer_flips(t.steps)[1], AnswerFlip::Changed);
        t.steps[0].correct = true;
        QCOMPARE(answer_flips(t.steps)[1], AnswerFlip::Harmed);
        t.steps[1].correct.reset();
        QCOMPARE(answer_flips(t.steps)[1], AnswerFlip::Changed);
        QVERIFY(answer_flips({}).empty());
    }
    void stepsOfATrajectory() {
        StepModel model;
        Tester tester(&model, Tester::FailureReportingMode::Fatal);
        model.set_trajectory(trajectory(), RoutingSpace::moai(2));
        QCOMPARE(model.rowCount(), 3);
        QCOMPARE(model.columnCount(), 7 + 6 + 2);
        QCOMPARE(model.headerData(StepModel::FirstExpert, Qt::Horizontal, Qt::DisplayRole).toString(), QString("I_AUX"));
        QCOMPARE(model.headerData(14, Qt::Horizontal, Qt::DisplayRole).toString(), QString("Passes"));
        QCOMPARE(cell(model, 1, StepModel::Step), QString("1"));
        QCOMPARE(cell(model, 1, StepModel::Objective), QString("1.4000"));
        QCOMPARE(cell(model, 1, StepModel::AnswerText), QString());
        QCOMPARE(cell(model, 0, StepModel::LearningRate), QString("0.01"));
        QCOMPARE(cell(model, 2, StepModel::AnswerText), QString("a dog"));
        QCOMPARE(cell(model, 2, StepModel::Correct), QString("right"));
        QCOMPARE(cell(model, 2, StepModel::Flip), QString("mended"));
        QCOMPARE(cell(model, 0, StepModel::FirstExpert), QString("0.300"));  // mean over the mixers
        QCOMPARE(cell(model, 0, model.seconds_column()), QString("0.250"));
        QCOMPARE(cell(model, 0, model.passes_column()), QString("2 + 1"));
        model.clear();
        QCOMPARE(model.rowCount(), 0);
    }
    void everythingAsTsv() {
        StepModel model;
        model.set_trajectory(trajectory(), RoutingSpace::moai(2));
        const QStringList lines = model.tsv().split('\n');
        QCOMPARE(lines.size(), 5);  // header, three steps, nothing after the last line break
        const QStringList names = lines[0].split('\t');
        QCOMPARE(names.size(), 9 + 6 + 3 + 12 + 2 + 2);
        for (int i = 1; i <= 3; ++i) {
            QCOMPARE(lines[i].split('\t').size(), names.size());
        }
        const QStringList last = lines[3].split('\t');
        QCOMPARE(last[names.indexOf("answer")], QString("a dog "));
        QCOMPARE(last[names.indexOf("objective")].toDouble(), 1.5 - 0.1 * 2);  // reads back exactly
        QCOMPARE(last[names.indexOf("mixer1_lang_img")], QString("0.7"));
        QCOMPARE(last[names.indexOf("loss_2")], QString("4"));
        QCOMPARE(last[names.indexOf("share_1")], QString());
        QCOMPARE(lines[1].split('\t')[names.indexOf("share_2")], QString("-0.25"));
        model.set_trajectory({}, {});
        QCOMPARE(model.tsv().count('\n'), 1);
    }
    void barsLieWhereTheNumberSays() {
        const QRectF cell(0, 0, 106, 20);
        QVERIFY(BarDelegate::bar(cell, BarKind::Signed, 0.0, 1.0).isEmpty());
        QVERIFY(BarDelegate::bar(cell, BarKind::Signed, 1.0, 0.0).isEmpty());
        QVERIFY(BarDelegate::bar(cell, BarKind::Signed, std::numeric_limits<double>::quiet_NaN(), 1.0).isEmpty());
        QCOMPARE(BarDelegate::bar(cell, BarKind::Signed, 0.5, 1.0), QRectF(53, 3, 25, 14));
        QCOMPARE(BarDelegate::bar(cell, BarKind::Signed, -0.5, 1.0), QRectF(28, 3, 25, 14));
        QCOMPARE(BarDelegate::bar(cell, BarKind::Signed, -9.0, 1.0), QRectF(3, 3, 50, 14));
        QCOMPARE(BarDelegate::bar(cell, BarKind::Positive, 0.25, 0.5), QRectF(3, 3, 50, 14));
    }
    void numbersStayReadable() {
        double least = 21.0;
        for (const QPalette& palette : {QPalette(QColor(239, 239, 239)), dark()}) {
            for (const auto& [back, front] : {std::pair(QPalette::Base, QPalette::Text),
                                              std::pair(QPalette::Highlight, QPalette::HighlightedText)}) {
                const QColor background = palette.color(back), text = palette.color(front);
                for (const double value : {-1.0, 1.0}) {
                    for (const BarKind kind : {BarKind::Signed, BarKind::Positive}) {
                        const QColor fill = BarDelegate::fill(kind, value, background, text);
                        QVERIFY2(contrast(fill, text) >= std::min(4.5, contrast(background, text)),
                                 qPrintable(fill.name() + " under " + text.name()));
                        QVERIFY(fill != background || contrast(background, text) < 6.0);
                        least = std::min(least, contrast(fill, text));
                    }
                }
            }
        }
        qInfo("least contrast of a number on its bar %.2f", least);
    }
    void barsArePainted() {
        NeighbourModel model;
        model.set_trajectory(references(), RoutingSpace::moai(2), trajectory(), here(trajectory()), {}, {});
        ShareDelegate delegate;
        for (const QPalette& palette : {QPalette(QColor(239, 239, 239)), dark()}) {
            for (const bool selected : {false, true}) {
                QWidget widget;
                widget.setPalette(palette);
                QStyleOptionViewItem option;
                option.initFrom(&widget);
                option.palette = palette;
                option.rect = QRect(0, 0, 206, 24);
                option.state = QStyle::State_Enabled | QStyle::State_Active | (selected ? QStyle::State_Selected : QStyle::State_None);
                QImage image(option.rect.size(), QImage::Format_RGB32);
                const QColor background = palette.color(selected ? QPalette::Highlight : QPalette::Base);
                image.fill(background);
                QPainter painter(&image);
                delegate.paint(&painter, option, model.index(1, static_cast<int>(NeighbourColumn::Share)));  // -0.25 of 1.25
                painter.end();
                const QColor ink = palette.color(selected ? QPalette::HighlightedText : QPalette::Text);
                QCOMPARE(image.pixelColor(92, 12), BarDelegate::fill(BarKind::Signed, -0.25, background, ink));
                QVERIFY(image.pixelColor(60, 12) != image.pixelColor(92, 12));
                QVERIFY(image.pixelColor(110, 12) != image.pixelColor(92, 12));
            }
        }
    }
};

QTEST_MAIN(TestTrajectoryModels)
#include "test_trajectory_models.moc"
