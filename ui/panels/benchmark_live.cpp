#include "ui/panels/benchmark_live.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "ui/models/method_names.h"
#include "ui/models/run_colours.h"
#include "ui/panels/theme.h"
#include "ui/paths/file_path.h"
#include "ui/plots/colours.h"

namespace r2t2::ui {

namespace {

constexpr std::size_t kMostCurves = 5;  // more cannot be told apart
const Outcome kStacked[] = {Outcome::RightRight, Outcome::WrongRight, Outcome::RightWrong, Outcome::WrongWrong};

/// As far as both go; a gap lies on a gap.
bool lie_on_one_another(const std::vector<double>& a, const std::vector<double>& b) {
    return std::equal(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(std::min(a.size(), b.size())), b.begin(),
                      [](double left, double right) { return left == right || (std::isnan(left) && std::isnan(right)); });
}

/// "k 1, steps 3" of "NGD, k 1, steps 3 (on k 1, steps 2)"; "NGD" of "NGD".
QString variant_words(const QString& name) {
    const QString title = name.section(QStringLiteral(" (on "), 0, 0);
    return title.contains(QStringLiteral(", ")) ? title.section(QStringLiteral(", "), 1) : title;
}

}  // namespace

QString duration_text(double seconds) {
    if (!std::isfinite(seconds)) {
        return {};
    }
    const auto whole = static_cast<long long>(seconds + 0.5);
    if (whole < 60) {
        return BenchmarkLive::tr("%1 s").arg(whole);
    }
    if (whole < 3600) {
        return BenchmarkLive::tr("%1 min %2 s").arg(whole / 60).arg(whole % 60, 2, 10, QLatin1Char('0'));
    }
    return BenchmarkLive::tr("%1 h %2 min").arg(whole / 3600).arg(whole / 60 % 60, 2, 10, QLatin1Char('0'));
}

BenchmarkLive::BenchmarkLive(BenchmarkRun& run, SessionResults& results, QWidget* parent) : QWidget(parent), run_(run), results_(results) {
    setObjectName(QStringLiteral("benchmarkLive"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(6, 6, 6, 0);
    column->setSpacing(4);
    bar_ = new QProgressBar(this);
    bar_->setObjectName(QStringLiteral("benchmarkProgress"));
    bar_->setAccessibleName(tr("Progress of the evaluation"));
    bar_->setToolTip(tr("Samples that are done"));
    bar_->setMaximumHeight(12);
    bar_->setTextVisible(false);
    QSizePolicy kept = bar_->sizePolicy();
    kept.setRetainSizeWhenHidden(true);  // nothing under the mouse moves when a run begins or ends
    bar_->setSizePolicy(kept);
    column->addWidget(bar_);
    words_ = new QLabel(this);
    words_->setObjectName(QStringLiteral("benchmarkWords"));
    words_->setWordWrap(true);
    column->addWidget(words_);
    auto* plots = new QHBoxLayout;
    plots->setSpacing(8);
    accuracy_ = new CurvePlot(this);
    accuracy_->setObjectName(QStringLiteral("benchmarkAccuracy"));
    accuracy_->set_name(tr("Percent right after every step"));
    accuracy_->setToolTip(tr("All sets pooled; samples that stopped early keep their last answer. Methods whose steps mean something else stand as a level: their result"));
    plots->addWidget(accuracy_, 1);
    auto* right = new QVBoxLayout;
    right->setSpacing(2);
    auto* row = new QHBoxLayout;
    row->addWidget(caption(tr("Who changed sides:"), this));
    followed_ = new QComboBox(this);
    followed_->setObjectName(QStringLiteral("benchmarkFollowed"));
    followed_->setAccessibleName(tr("Method whose transitions are shown"));
    followed_->setToolTip(tr("Method whose transitions are shown"));
    followed_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    followed_->setMinimumContentsLength(12);
    row->addWidget(followed_, 1);
    right->addLayout(row);
    transitions_ = new WeightBands(this);
    transitions_->setObjectName(QStringLiteral("benchmarkTransitions"));
    transitions_->set_group(tr("Share of the samples, against step 0"), {tr("right, stays"), tr("wrong to right"), tr("right to wrong"), tr("wrong, stays")}, 1);
    transitions_->set_columns({tr("right since step 0"), tr("wrong to right since step 0"), tr("right to wrong since step 0"), tr("wrong since step 0")});
    transitions_->set_colours({outcome_colour(OutcomeColour::Right), outcome_colour(OutcomeColour::Mended), outcome_colour(OutcomeColour::Harmed),
                               outcome_colour(OutcomeColour::Wrong)});
    transitions_->setToolTip(tr("Share of the scored samples at every step, against step 0"));
    transitions_->set_step(-1);
    accuracy_->set_step(-1);
    right->addWidget(transitions_, 1);
    counts_ = caption({}, this);
    counts_->setObjectName(QStringLiteral("benchmarkCounts"));
    right->addWidget(counts_);
    plots->addLayout(right, 1);
    column->addLayout(plots, 1);
    connect(&run, &BenchmarkRun::changed, this, &BenchmarkLive::show_run);
    connect(&results, &SessionResults::evaluationChanged, this, &BenchmarkLive::show_stored);
    connect(&results, &SessionResults::readAgain, this, &BenchmarkLive::tell_progress);
    connect(&results, &SessionResults::failed, this, &BenchmarkLive::give_up);
    connect(&run, &BenchmarkRun::failed, this, &BenchmarkLive::give_up);
    connect(&results, &SessionResults::runChanged, this, [this] {
        tell_progress();
        const StoredRun* chosen = results_.stored_run();
        const int at = chosen != nullptr && !run_.active() ? followed_->findText(run_title(*chosen)) : -1;
        if (at >= 0) {
            followed_->setCurrentIndex(at);
        }
        draw_curves();  // the chosen one is among them
    });
    connect(followed_, &QComboBox::currentIndexChanged, this, [this] {
        draw_curves();
        show_transitions();
    });
    show_lines({});
    tell_progress();
    show_run();  // the page is made when it is first looked at: what is there by then is told by no signal any more
    show_stored();
}

void BenchmarkLive::show_run() {
    const BenchmarkStart& start = run_.started();
    if (run_.active()) {
        source_ = Source::Run;
    } else if (source_ == Source::Run) {
        source_ = start.methods.empty() ? Source::Stored : Source::Ended;
    }
    tell_progress();
    if (source_ == Source::Stored || start.methods.empty()) {
        return;
    }
    const bool stopped = source_ == Source::Ended || run_.state() == BenchmarkRun::State::Stopping;
    const bool cut = stopped && run_.counts().done < start.total;
    std::vector<Line> lines;
    for (std::size_t m = 0; m < start.methods.size() && m < run_.counts().steps.size(); ++m) {
        const QString variant = QString::fromStdString(start.variants[m]);
        const QString name = method_title(start.methods[m].method);
        const auto place = std::count_if(start.methods.begin(), start.methods.begin() + static_cast<std::ptrdiff_t>(m),
                                         [&](const MethodParams& other) { return other.method == start.methods[m].method; });
        lines.push_back({variant.isEmpty() ? name : name + QStringLiteral(", ") + variant, start.methods[m].method, run_.counts().steps[m],
                         method_colour(start.methods[m].method, static_cast<std::size_t>(place)), {}, 0, static_cast<int>(place)});
        if (cut) {
            lines.back().part_of = tr("%1 of %2").arg(run_.finished()).arg(run_.total());
        }
    }
    show_lines(std::move(lines));
}

void BenchmarkLive::show_stored() {
    if (run_.active()) {
        return;
    }
    if (source_ == Source::Ended && !results_.evaluation() && results_.emptiness().isEmpty()) {  // what it came to stays until it has been read
        return;
    }
    source_ = Source::Stored;
    if (!results_.evaluation()) {  // another session is being read: its predecessor's numbers are not its own
        show_lines({});
        tell_progress();
        return;
    }
    std::vector<Line> lines;
    for (const RunResults& run : results_.evaluation()->runs) {
        Line line{run_title(run.run), parse_method(run.run.info.method).ok() ? *parse_method(run.run.info.method) : Method::Base, run.overall.steps,
                  run_colour(results_.runs(), run.run.id), {}, run.run.id, run_place(results_.runs(), run.run.id)};
        if (!run.coverage.complete()) {
            line.part_of = QString::fromStdString(run.coverage.count_text());
        }
        lines.push_back(std::move(line));
    }
    show_lines(std::move(lines));
    tell_progress();
}

/// What has ended cannot be read.
void BenchmarkLive::give_up(const QString& message) {
    if (!message.isEmpty() && source_ == Source::Ended) {
        source_ = Source::Stored;
        show_stored();
    }
}

/// Curves: the descents step by step, the base as a level; the oracle where it was scored, which is before and after. Steps of other
/// methods mean something else: their results are levels. Levels that lie on one another say so.
void BenchmarkLive::show_lines(std::vector<Line> lines) {
    lines_ = std::move(lines);
    QStringList titles;
    part_of_.reset();
    for (const Line& line : lines_) {
        part_of_ = line.part_of ? line.part_of : part_of_;
        if (line.method != Method::Base) {
            titles << line.title;
        }
    }
    if (QStringList now = [this] {
            QStringList there;
            for (int i = 0; i < followed_->count(); ++i) {
                there << followed_->itemText(i);
            }
            return there;
        }();
        now != titles) {
        const QSignalBlocker blocker(followed_);
        const QString kept = followed_->currentText();
        followed_->clear();
        followed_->addItems(titles);
        const StoredRun* chosen = run_.active() ? nullptr : results_.stored_run();
        const int wanted = followed_->findText(chosen != nullptr ? run_title(*chosen) : kept);
        const int leading = followed_->findText(method_title(kLeadingMethod), Qt::MatchStartsWith);
        followed_->setCurrentIndex(wanted >= 0 ? wanted : std::max(leading, 0));
    }
    followed_->setEnabled(!titles.isEmpty());
    draw_curves();
    show_transitions();
}

/// The run that is chosen in the tables; while an evaluation runs, the one whose transitions are shown. Null: neither is here.
const BenchmarkLive::Line* BenchmarkLive::chosen_line() const {
    const bool stored = source_ == Source::Stored && results_.run() != 0;
    const auto at = std::find_if(lines_.begin(), lines_.end(), [&](const Line& line) { return stored ? line.run == results_.run() : line.title == followed_->currentText(); });
    return at == lines_.end() ? nullptr : &*at;
}

/// "Percent right after every step (5 of 6 drawn; 1 more ends as high)"
QString BenchmarkLive::curves_title() const {
    const QString name = tr("Percent right after every step");
    if (descents_ <= drawn_.size()) {
        return name;
    }
    const QString count = tied_ == 0 && beside_ ? tr("best %1 of %2, and the chosen one").arg(drawn_.size() - 1).arg(descents_)
                          : tied_ == 0          ? tr("best %1 of %2").arg(drawn_.size()).arg(descents_)
                                                : tr("%1 of %2 drawn; as high: %3 more").arg(drawn_.size()).arg(descents_).arg(tied_);
    return tr("%1 (%2)").arg(name, count);
}

void BenchmarkLive::draw_curves() {
    std::size_t longest = 2;
    for (const Line& line : lines_) {
        longest = draws_steps(line.method) ? std::max(longest, line.steps.size()) : longest;
    }
    choose_curves();
    const Line* chosen = chosen_line();
    std::vector<const Line*> order;
    for (const Line& line : lines_) {
        order.push_back(&line);
    }
    std::stable_partition(order.begin(), order.end(), [chosen](const Line* line) { return line != chosen || !draws_steps(line->method); });  // drawn over what it lies on
    std::vector<Curve> curves;
    for (const Line* each : order) {
        const Line& line = *each;
        const bool base = line.method == Method::Base, steps = draws_steps(line.method), level = !steps && !uses_label(line.method), best = best_result(line.method) == &line;
        if (line.steps.empty() || (steps && drawn_.count(line.title) == 0) || (level && !base && !best && &line != chosen)) {
            continue;
        }
        Curve curve{line.title, QStringLiteral("%"), {}, Curve::Axis::Left, 0, level};
        curve.own = line.colour;
        curve.place = line.place;
        if (level) {
            const double accuracy = line.steps.back().accuracy();
            const auto same = std::find_if(curves.begin(), curves.end(), [&](const Curve& other) {
                return other.style == Curve::Style::Level && !other.values.empty() && other.values.back() == accuracy;
            });
            const auto runs = std::count_if(lines_.begin(), lines_.end(), [&](const Line& other) { return other.method == line.method; });
            curve.name += base ? QString() : runs > 1 && best ? tr(", best result of %1").arg(runs) : tr(", result");
            curve.name += same == curves.end() ? QString() : tr(" (as %1)").arg(same->name.section(QLatin1Char(','), 0, 0));
            curve.style = Curve::Style::Level;
            curve.values.assign(longest, accuracy);
        } else {
            curve.style = uses_label(line.method) ? Curve::Style::Points : Curve::Style::Line;
            for (const StepTransitions& step : line.steps) {
                curve.values.push_back(step.accuracy());  // NaN, a gap, where nobody was scored
            }
            const auto same = std::find_if(curves.begin(), curves.end(), [&](const Curve& other) { return steps && other.style == Curve::Style::Line && lie_on_one_another(other.values, curve.values); });
            curve.name += same == curves.end() ? QString() : tr(" (on %1)").arg(variant_words(same->name));
        }
        curves.push_back(std::move(curve));
    }
    for (Curve& point : curves) {  // one that lies under the end of a line
        const auto over = std::find_if(curves.begin(), curves.end(), [&](const Curve& line) {
            return point.style == Curve::Style::Points && line.style == Curve::Style::Line && !line.values.empty() && !point.values.empty() && line.values.size() == point.values.size() &&
                   line.values.back() == point.values.back();
        });
        point.name += over == curves.end() ? QString() : tr(" (as %1)").arg(variant_words(over->name));
    }
    accuracy_->set_curves(std::move(curves));
    QString name = curves_title();
    if (part_of_) {
        name += tr(", incomplete: %1").arg(*part_of_);
    }
    accuracy_->set_name(name);
}

/// Of the method's lines, the one that ends highest; null: none has a number.
const BenchmarkLive::Line* BenchmarkLive::best_result(Method method) const {
    const Line* best = nullptr;
    for (const Line& line : lines_) {
        const bool known = line.method == method && !line.steps.empty() && std::isfinite(line.steps.back().accuracy());
        best = known && (best == nullptr || line.steps.back().accuracy() > best->steps.back().accuracy()) ? &line : best;
    }
    return best;
}

/// The chosen descent and the best others, no more than can be told apart.
void BenchmarkLive::choose_curves() {
    const Line* chosen = chosen_line();
    const auto last = [](const Line* line) { return line->steps.back().accuracy(); };
    std::vector<const Line*> best;
    for (const Line& line : lines_) {
        if (draws_steps(line.method) && !line.steps.empty()) {
            best.push_back(&line);
        }
    }
    std::stable_sort(best.begin(), best.end(), [&](const Line* a, const Line* b) { return std::isfinite(last(a)) && (!std::isfinite(last(b)) || last(a) > last(b)); });
    descents_ = best.size();
    const auto at = std::find(best.begin(), best.end(), chosen);
    beside_ = best.size() > kMostCurves && at != best.end() && at >= best.begin() + kMostCurves;
    if (beside_) {
        std::rotate(best.begin() + (kMostCurves - 1), at, at + 1);  // in place of the least of those that would be drawn
    }
    const std::size_t drawn = std::min(best.size(), kMostCurves);
    tied_ = static_cast<std::size_t>(std::count_if(best.begin() + static_cast<std::ptrdiff_t>(drawn), best.end(), [&](const Line* line) {
        return std::any_of(best.begin(), best.begin() + static_cast<std::ptrdiff_t>(drawn), [&](const Line* other) { return other != chosen && last(other) <= last(line); });
    }));
    drawn_.clear();
    for (std::size_t i = 0; i < drawn; ++i) {
        drawn_.insert(best[i]->title);
    }
}

void BenchmarkLive::show_transitions() {
    const auto at = std::find_if(lines_.begin(), lines_.end(), [this](const Line& line) { return line.title == followed_->currentText(); });
    std::vector<std::vector<double>> shares;  // a step that nobody was scored at is a gap
    if (at != lines_.end()) {
        for (const StepTransitions& step : at->steps) {
            std::vector<double>& row = shares.emplace_back();
            for (const Outcome outcome : kStacked) {
                row.push_back(step.from_start.percent_of_all(outcome) / 100.0);
            }
        }
    }
    counts_->clear();
    if (at != lines_.end() && !at->steps.empty() && at->steps.back().from_start.total() > 0) {
        const TransitionCounts& last = at->steps.back().from_start;
        QString words = tr("%1 of %2 right ones lost, %3 of %4 wrong ones won").arg(last.right_wrong).arg(last.right_before()).arg(last.wrong_right).arg(last.wrong_before());
        if (at->part_of) {
            words += tr("; incomplete: %1").arg(*at->part_of);
        }
        if (const auto fewer = std::count_if(at->steps.begin(), at->steps.end(), [](const StepTransitions& step) { return step.scored == 0; }); fewer > 0) {
            words += tr("; %1 of %2 steps were not scored").arg(fewer).arg(at->steps.size());
        }
        counts_->setText(words);
    }
    transitions_->set_steps(std::move(shares));
}

void BenchmarkLive::tell_progress() {
    const BenchmarkRun::Counts& counts = run_.counts();
    const BenchmarkStart& start = run_.started();
    bar_->setVisible(run_.active());  // its room stays
    if (source_ == Source::Ended) {
        words_->setText(counts.done < start.total ? tr("%1 of %2 samples, incomplete (interrupted): the session is being read\u2026").arg(run_.finished()).arg(run_.total())
                                                  : tr("%1 samples: the session is being read\u2026").arg(counts.done));
        return;
    }
    if (!run_.active()) {
        const StoredRun* chosen = results_.stored_run();
        const QString empty = results_.path().isEmpty() ? QString() : results_.emptiness();
        const bool just_run = chosen != nullptr && file_path(results_.path()) == start.session && std::find(start.runs.begin(), start.runs.end(), chosen->id) != start.runs.end();
        const QString ground = just_run && !run_.ground_text().isEmpty() ? tr("; gone on %1").arg(run_.ground_text()) : QString();
        words_->setText(!empty.isEmpty()     ? empty
                        : chosen == nullptr ? tr("Nothing has been run yet. Choose sets and methods on the left and press Start, or open a session.")
                                            : tr("%1: %2; %3").arg(results_.path().section(QLatin1Char('/'), -1), evaluation_words(results_.runs(), *chosen),
                                                                   QString::fromStdString(run_coverage(*chosen).text())) + ground);
        return;
    }
    if (start.methods.empty()) {
        const auto total = static_cast<int>(std::min<std::int64_t>(run_.before().total, 1'000'000'000));
        bar_->setRange(0, total);  // 0: nobody knows
        bar_->setValue(static_cast<int>(std::min<std::int64_t>(run_.before().done, total)));
        const QString pause = run_.state() != BenchmarkRun::State::Paused ? QString() : tr("; %1").arg(run_.standing_text());
        words_->setText(run_.state() == BenchmarkRun::State::Stopping ? tr("Stopping\u2026")
                        : run_.stage().isEmpty() ? tr("Starting\u2026") + pause : tr("Before the samples: %1 (%2)").arg(run_.stage_text(), duration_text(run_.seconds())) + pause);
        return;
    }
    bar_->setRange(0, static_cast<int>(run_.total()));
    bar_->setValue(static_cast<int>(run_.finished()));
    QStringList parts;
    parts << run_.count_text();
    if (const QString ground = run_.ground_text(); !ground.isEmpty()) {
        parts << ground;
    }
    if (run_.failed_samples() > 0) {
        parts << (counts.unread > 0 ? tr("%1 bad (%2 could not be read)").arg(run_.failed_samples()).arg(counts.unread) : tr("%1 bad").arg(run_.failed_samples()));
    }
    if (const QString standing = run_.standing_text(); !standing.isEmpty()) {
        parts << standing;
    } else if (run_.samples_per_second() > 0.0) {
        parts << tr("%1 a second").arg(run_.samples_per_second(), 0, 'f', 1);
        parts << tr("%1 left").arg(duration_text(run_.seconds_left()));
    }
    parts << tr("into %1").arg(start.session.empty() ? tr("a new file") : shown_path(path_text(start.session.filename().string())));
    words_->setToolTip(shown_path(path_text(start.session.string())));
    parts << tr("%1 forward and %2 backward passes").arg(counts.forward_passes).arg(counts.backward_passes);
    if (const double memory = BenchmarkRun::resident_megabytes(); memory > 0.0) {
        parts << tr("%1 MB").arg(memory, 0, 'f', 0);
    }
    if (!start.references.empty()) {
        parts << QString::fromStdString(start.references);
    }
    words_->setText(parts.join(QStringLiteral(" \u00b7 ")));
}

}  // namespace r2t2::ui
