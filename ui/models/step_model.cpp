#include "ui/models/step_model.h"

#include "ui/models/method_names.h"

#include <QStringList>
#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace r2t2::ui {

namespace {

QString correct_text(const std::optional<bool>& correct) {
    return !correct ? QString() : *correct ? QStringLiteral("right") : QStringLiteral("wrong");
}

/// Shortest text that reads back as the same number; a point whatever the locale.
QString exact(const std::optional<double>& number) {
    if (!number) {
        return {};
    }
    std::array<char, 40> text{};
    const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), *number);
    return error == std::errc() ? QString::fromLatin1(text.data(), end - text.data()) : QString();
}

QString plain(const std::string& text) {
    QString line = QString::fromStdString(text);
    for (QChar& c : line) {
        if (c == QLatin1Char('\t') || c == QLatin1Char('\n') || c == QLatin1Char('\r')) {
            c = QLatin1Char(' ');
        }
    }
    return line;
}

template <typename Size>
std::size_t most(const std::vector<TrajectoryStep>& steps, const Size& size) {
    std::size_t largest = 0;
    for (const TrajectoryStep& step : steps) {
        largest = std::max(largest, size(step));
    }
    return largest;
}

std::optional<double> at(const std::vector<double>& values, std::size_t place) {
    return place < values.size() ? std::optional(values[place]) : std::nullopt;
}

}  // namespace

QString flip_text(AnswerFlip flip) {
    switch (flip) {
        case AnswerFlip::Changed:
            return QStringLiteral("changed");
        case AnswerFlip::Mended:
            return QStringLiteral("mended");
        case AnswerFlip::Harmed:
            return QStringLiteral("harmed");
        case AnswerFlip::None:
            break;
    }
    return {};
}

QStringList flip_words() { return {flip_text(AnswerFlip::Changed), flip_text(AnswerFlip::Mended), flip_text(AnswerFlip::Harmed)}; }

std::vector<AnswerFlip> answer_flips(const std::vector<TrajectoryStep>& steps) {
    std::vector<AnswerFlip> flips;
    const TrajectoryStep* last = nullptr;
    for (const TrajectoryStep& step : steps) {
        AnswerFlip flip = AnswerFlip::None;
        if (step.answer && last && step.answer->text != last->answer->text) {
            const bool judged = step.correct && last->correct && *step.correct != *last->correct;
            flip = !judged ? AnswerFlip::Changed : *step.correct ? AnswerFlip::Mended : AnswerFlip::Harmed;
        }
        flips.push_back(flip);
        last = step.answer ? &step : last;
    }
    return flips;
}

void StepModel::set_trajectory(const Trajectory& trajectory, const RoutingSpace& space) {
    beginResetModel();
    steps_ = trajectory.steps;
    flips_ = answer_flips(steps_);
    experts_ = space.expert_names();
    means_.clear();
    for (const TrajectoryStep& step : steps_) {
        means_.push_back(step.weights.empty() ? RoutingMatrix() : mean_over_mixers(step.weights));
    }
    rows_replaced();
    endResetModel();
}

void StepModel::clear() {
    beginResetModel();
    steps_.clear();
    means_.clear();
    flips_.clear();
    experts_.clear();
    rows_replaced();
    endResetModel();
}

int StepModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(steps_.size());
}

int StepModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : passes_column() + 1;
}

std::optional<double> StepModel::value(std::size_t step, int column) const {
    const TrajectoryStep& at_step = steps_[step];
    if (column >= FirstExpert && column < seconds_column()) {
        const auto expert = static_cast<std::size_t>(column - FirstExpert);
        return expert < means_[step].experts() ? std::optional(means_[step](0, expert)) : std::nullopt;
    }
    if (column == seconds_column()) {
        return at_step.seconds;
    }
    if (column == passes_column()) {
        return static_cast<double>(at_step.passes.forward + at_step.passes.backward);
    }
    switch (column) {
        case Step:
            return at_step.index;
        case Objective:
            return at_step.objective;
        case Confidence:
            return at_step.answer ? std::optional(at_step.answer->confidence) : std::nullopt;
        case LearningRate:
            return at_step.learning_rate;
        default:
            return {};
    }
}

QString StepModel::text(std::size_t step, int column) const {
    const TrajectoryStep& at_step = steps_[step];
    switch (column) {
        case AnswerText:
            return at_step.answer ? QString::fromStdString(at_step.answer->text).simplified() : QString();
        case Correct:
            return correct_text(at_step.correct);
        case Flip:
            return flip_text(flips_[step]);
        default:
            break;
    }
    if (column == passes_column()) {  // forward and backward ones cost differently
        return QStringLiteral("%1 + %2").arg(at_step.passes.forward).arg(at_step.passes.backward);
    }
    const auto number = value(step, column);
    if (!number) {
        return {};
    }
    if (column == Step) {
        return QString::number(at_step.index);
    }
    return column == LearningRate ? QString::number(*number, 'g', 3)
           : column == Objective  ? QString::number(*number, 'f', 4)
                                  : QString::number(*number, 'f', 3);
}

QVariant StepModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const auto step = static_cast<std::size_t>(source(index.row()));
    const int column = index.column();
    const bool words = column == AnswerText || column == Correct || column == Flip;
    switch (role) {
        case Qt::DisplayRole:
            return text(step, column);
        case Qt::ToolTipRole:
            return column == AnswerText && steps_[step].answer ? QVariant(QString::fromStdString(steps_[step].answer->text))
                   : column == passes_column()                 ? QVariant(tr("forward + backward passes"))
                                                               : QVariant();
        case Qt::TextAlignmentRole:
            return QVariant::fromValue(Qt::Alignment((words ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter));
        case ValueRole: {
            const auto number = value(step, column);
            return number ? QVariant(*number) : QVariant();
        }
        case ScaleRole:
            return 1.0;  // weights of experts
        default:
            return {};
    }
}

/// What a column is, and its unit.
QString StepModel::header_tip(int section) const {
    switch (section) {
        case Step:
            return tr("0: the model's own gates; the last one is the method's result");
        case Objective:
            return tr("What the method moves r by, at this step:\nNGD: mean loss of the neighbours, weighted by the kernel, in nats (descended)\n"
                      "oracle: loss of the truth, in nats (descended)\nkernel regression: confidence of the answer, 0 to 1 (climbed)\n"
                      "mode finding: density of the references' r, without a unit (climbed)");
        case Confidence:
            return tr("Probability of the answer's tokens under the model, 0 to 1: the geometric mean over them");
        case LearningRate:
            return tr("Length of the update that leaves this step, in units of r per unit of the gradient; none at the last.\n"
                      "quasi-newton: the longest that a number may move");
        case AnswerText:
            return tr("What the model answers with this step's r");
        case Correct:
            return tr("Whether that is the truth, where it is known");
        case Flip:
            return tr("What the answer did against the last one before: changed, mended or harmed");
        default:
            break;
    }
    return section == seconds_column()  ? tr("Work of this step alone, in seconds, without answers that are computed together at the end")
           : section == passes_column() ? tr("Forward + backward passes through the model, a count")
                                        : tr("Weight of the expert, 0 to 1: mean over the mixers; a group's weights sum to 1");
}

QVariant StepModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation == Qt::Horizontal && role == Qt::ToolTipRole && section >= 0 && section <= passes_column()) {
        return header_tip(section);
    }
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole || section < 0 || section > passes_column()) {
        return {};
    }
    if (section >= FirstExpert && section < seconds_column()) {
        return expert_title(experts_[static_cast<std::size_t>(section - FirstExpert)]);
    }
    if (section >= seconds_column()) {
        return section == seconds_column() ? tr("Seconds") : tr("Passes");
    }
    const std::array<QString, FirstExpert> names = {tr("Step"),   tr("Objective"), tr("Confidence"), tr("Learning rate"),
                                                    tr("Answer"), tr("Correct"),   tr("Flip")};
    return names[static_cast<std::size_t>(section)];
}

QString StepModel::tsv() const {
    const std::size_t mixers = most(steps_, [](const TrajectoryStep& s) { return s.weights.rows(); });
    const std::size_t losses = most(steps_, [](const TrajectoryStep& s) { return s.neighbour_losses.size(); });
    const std::size_t shares = most(steps_, [](const TrajectoryStep& s) { return s.neighbour_gradient_share.size(); });
    QStringList names = {"step", "objective", "confidence", "margin", "learning_rate", "alpha", "answer", "correct", "flip"};
    for (const std::string& expert : experts_) {
        names.append(QString::fromStdString(expert));
    }
    names.append({"seconds", "forward_passes", "backward_passes"});
    for (std::size_t mixer = 0; mixer < mixers && mixers > 1; ++mixer) {
        for (const std::string& expert : experts_) {
            names.append(QStringLiteral("mixer%1_%2").arg(mixer).arg(QString::fromStdString(expert)));
        }
    }
    for (std::size_t i = 0; i < losses; ++i) {
        names.append(QStringLiteral("loss_%1").arg(i + 1));
    }
    for (std::size_t i = 0; i < shares; ++i) {
        names.append(QStringLiteral("share_%1").arg(i + 1));
    }
    QString out = names.join(QLatin1Char('\t')) + QLatin1Char('\n');
    for (std::size_t i = 0; i < steps_.size(); ++i) {
        const TrajectoryStep& step = steps_[i];
        const auto of_answer = [&step](double Answer::*number) {
            return step.answer ? exact((*step.answer).*number) : QString();
        };
        QStringList cells = {QString::number(step.index), exact(step.objective), of_answer(&Answer::confidence),
                             of_answer(&Answer::margin), exact(step.learning_rate), exact(step.alpha),
                             step.answer ? plain(step.answer->text) : QString(), correct_text(step.correct),
                             flip_text(flips_[i])};
        for (int column = FirstExpert; column < seconds_column(); ++column) {
            cells.append(exact(value(i, column)));
        }
        cells.append({exact(step.seconds), QString::number(step.passes.forward), QString::number(step.passes.backward)});
        for (std::size_t w = 0; w < mixers * experts_.size() && mixers > 1; ++w) {
            cells.append(exact(at(step.weights.values(), w)));
        }
        for (std::size_t n = 0; n < losses; ++n) {
            cells.append(exact(at(step.neighbour_losses, n)));
        }
        for (std::size_t n = 0; n < shares; ++n) {
            cells.append(exact(at(step.neighbour_gradient_share, n)));
        }
        out += cells.join(QLatin1Char('\t')) + QLatin1Char('\n');
    }
    return out;
}

}  // namespace r2t2::ui
