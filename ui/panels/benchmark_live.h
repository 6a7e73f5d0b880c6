// A run while it runs, and the last one after it: how far it is, accuracy per step, who changed sides.
// Thread rule: the interface's.
#pragma once

#include <QWidget>
#include <optional>
#include <set>

#include "ui/models/benchmark_run.h"
#include "ui/models/session_results.h"
#include "ui/plots/curve_plot.h"
#include "ui/plots/weight_bands.h"

class QComboBox;
class QLabel;
class QProgressBar;

namespace r2t2::ui {

class BenchmarkLive final : public QWidget {
    Q_OBJECT

public:
    BenchmarkLive(BenchmarkRun& run, SessionResults& results, QWidget* parent = nullptr);
    [[nodiscard]] CurvePlot& accuracy() { return *accuracy_; }
    [[nodiscard]] WeightBands& transitions() { return *transitions_; }

private:
    /// What both sources come to: a run that is going on, and a stored evaluation.
    struct Line {
        QString title;
        Method method = Method::Base;
        std::vector<StepTransitions> steps;
        QColor colour;
        std::optional<QString> part_of{};  ///< "80 of 600": a stored run that is not complete
        std::int64_t run = 0;              ///< of the session; 0: one that is going on
        int place = 0;                     ///< among its method's
    };
    void show_run();
    void show_stored();
    void give_up(const QString& message);
    void show_lines(std::vector<Line> lines);
    void draw_curves();
    void choose_curves();
    [[nodiscard]] const Line* chosen_line() const;
    [[nodiscard]] QString curves_title() const;
    [[nodiscard]] const Line* best_result(Method method) const;
    void show_transitions();
    void tell_progress();

    BenchmarkRun& run_;
    SessionResults& results_;
    QProgressBar* bar_;
    QLabel* words_;
    QComboBox* followed_;
    CurvePlot* accuracy_;
    WeightBands* transitions_;
    QLabel* counts_;
    std::vector<Line> lines_;
    enum class Source { Stored, Run, Ended };  ///< Ended: the run is over, and its session is being read
    Source source_ = Source::Stored;
    std::optional<QString> part_of_;  ///< of the last of them that is not complete
    std::set<QString> drawn_;  ///< titles of the descents that are drawn
    bool beside_ = false;      ///< the chosen one is drawn and none of the best
    std::size_t descents_ = 0, tied_ = 0;  ///< how many there are; how many of those left out end as high as one that is drawn
};

/// "2 min 36 s", "1 h 04 min"; "" for NaN.
[[nodiscard]] QString duration_text(double seconds);

}  // namespace r2t2::ui
