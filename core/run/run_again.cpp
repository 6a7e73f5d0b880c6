#include "core/run/run_again.h"

#include <algorithm>
#include <cmath>
#include <charconv>

#include "core/run/model_input.h"
#include "core/run/picture_facts.h"
#include "core/run/stored_evaluation.h"
#include "core/scoring/stored_key.h"

namespace r2t2 {

namespace {

constexpr double kTie = 1e-5;  ///< of the margin between the two best candidates; rounding moves it by some 1e-6

bool is_generated(const SampleInfo& info) { return info.image_path.rfind("world:", 0) == 0; }

/// Without its set: the file, and the facts beside it.
Result<AgainSample> from_file(const SampleInfo& info, const ModelInfo& model) {
    Result<SamplePicture> picture = picture_at(info.image_path);
    if (!picture) {
        return picture.error();
    }
    Result<std::optional<AuxiliaryFacts>> facts = facts_beside(info.image_path);
    if (!facts) {
        return facts.error();
    }
    picture->facts = std::move(*facts);
    AgainSample out;
    PictureInput input = make_picture_input(picture->image, picture->facts ? &*picture->facts : nullptr, info.asked(), {}, model);
    out.sample.id = info.id.key;
    out.sample.image_path = info.image_path;
    out.sample.pixels_hash = std::move(input.pixels_hash);
    out.sample.facts_source = std::move(input.facts_source);
    out.sample.input = std::move(input.input);
    out.picture = std::move(*picture);
    return out;
}

Result<AgainSample> from_set(const StoredSources::Place& place, const ModelInfo& model) {
    AgainSample out;
    Result<RunSample> sample = place.set->get(place.index, model);
    if (!sample) {
        return sample.error();
    }
    Result<SamplePicture> picture = place.set->picture(place.index);
    if (!picture) {
        return picture.error();
    }
    out.sample = std::move(*sample);
    out.picture = std::move(*picture);
    out.index = place.index;
    return out;
}

/// What is stored wins over what the set says today.
Status take_stored(const SampleInfo& info, AgainSample& out) {
    RunSample& sample = out.sample;
    if (!sample.question.empty() && sample.question != info.asked()) {
        out.remarks.push_back("The data set asks another question of this sample today; the stored one is asked.");
    }
    sample.question = info.asked();
    sample.suffix = info.suffix.value_or(sample.suffix);
    sample.input.question = sample.question;
    if (info.instruction) {
        sample.input.instruction = *info.instruction;
    } else {
        out.remarks.push_back("The prompt is not known: the run was stored by a program that kept the question alone. " +
                              (sample.input.instruction.empty() ? std::string("Nothing is put in front of it now.")
                                                                : "\"" + sample.input.instruction + "\" is put in front of it now, as the data set says today."));
    }
    sample.ground_truth = info.ground_truth.value_or("");
    sample.input.answer = sample.ground_truth.empty() ? std::nullopt : std::optional(sample.ground_truth);
    sample.key.reset();
    sample.benchmark.clear();
    if (info.scoring) {
        const Result<StoredKey> key = parse_stored_key(*info.scoring, "sample " + info.id.set + "/" + info.id.key);
        if (!key) {
            return key.error();
        }
        sample.key = key->key;
        sample.benchmark = key->benchmark;
    }
    if (info.picture_hash && *info.picture_hash != sample.input.image_key) {
        out.remarks.push_back("The picture or its facts have changed since the run: " + info.image_path + ".");
    }
    return check_question(sample.question, "sample " + info.id.set + "/" + info.id.key);
}

std::string generation_text(int beams, int tokens) {
    return std::to_string(beams) + (beams == 1 ? " beam, " : " beams, ") + std::to_string(tokens) + " tokens";
}

class Differences {
public:
    Differences(AgainComparison& out, double& largest) : out_(out), largest_(largest) {}
    void number(double a, double b) {
        const bool same = a == b || (std::isnan(a) && std::isnan(b));
        out_.same_bits = out_.same_bits && same;
        largest_ = same ? largest_ : std::isfinite(a - b) ? std::max(largest_, std::abs(a - b)) : HUGE_VAL;
    }
    void number(const std::optional<double>& a, const std::optional<double>& b) {
        if (a && b) {
            number(*a, *b);
        } else if (a || b) {
            number(0.0, HUGE_VAL);
        }
    }
    void numbers(const std::vector<double>& a, const std::vector<double>& b) {
        if (a.size() != b.size()) {
            number(0.0, HUGE_VAL);
            return;
        }
        for (std::size_t i = 0; i < a.size(); ++i) {
            number(a[i], b[i]);
        }
    }
    void answer(const Answer& a, const Answer& b) {
        number(a.confidence, b.confidence);
        number(a.margin, b.margin);
        for (std::size_t i = 0; i < std::min(a.candidates.size(), b.candidates.size()); ++i) {
            number(a.candidates[i].probability, b.candidates[i].probability);
        }
    }

private:
    AgainComparison& out_;
    double& largest_;
};

std::string steps_text(const std::vector<int>& steps) {
    std::string text;
    for (const int step : steps) {
        text += (text.empty() ? (steps.size() > 1 ? "steps " : "step ") : ", ") + std::to_string(step);
    }
    return text;
}

std::string short_number(double value) {
    char buffer[32];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::general, 2);
    return {buffer, end.ptr};
}

std::string sentence(const AgainComparison& c) {
    std::string text;
    if (!c.same_steps) {
        text = "another number of steps than stored";
    } else if (!c.other_steps.empty()) {
        text = "another answer or verdict than stored at " + steps_text(c.other_steps);
    } else if (c.same_bits) {
        return "as stored, to the last bit";
    } else {
        text = "answers and verdicts as stored";
    }
    text += std::isfinite(c.difference) ? ", numbers within " + short_number(c.difference) : std::string(", other numbers");
    text += std::isfinite(c.routing_difference) ? " and r within " + short_number(c.routing_difference) : std::string(" and another r");
    if (c.same()) {
        text += " (alone a sample's last digits are not those of the group it was run in)";
    }
    if (!c.ties.empty()) {
        text += "; a tie at " + steps_text(c.ties);
    }
    return text;
}

}  // namespace

Result<StoredSources::Place> StoredSources::find(const SampleInfo& info) const {
    if (is_generated(info)) {
        Result<std::pair<SampleSetPtr, std::size_t>> place = world_sample_at(info.image_path);
        return place ? Result<Place>(Place{place->first, place->second}) : Result<Place>(place.error());
    }
    if (!choice_) {
        return Error{ErrorKind::NotFound, "run", "data", "nothing", "a run that says what its sets were opened by"};
    }
    const std::lock_guard lock(mutex_);
    if (!sets_) {
        sets_ = open_sample_sets(*choice_);
    }
    if (!*sets_) {
        return sets_->error();
    }
    for (const SampleSetPtr& set : **sets_) {
        if (set->name() != info.id.set) {
            continue;
        }
        auto [places, first] = places_.try_emplace(set->name());
        for (std::size_t i = 0; first && i < set->size(); ++i) {
            places->second.emplace(set->id(i), i);
        }
        if (const auto found = places->second.find(info.id.key); found != places->second.end()) {
            return Place{set, found->second};
        }
    }
    return Error{ErrorKind::NotFound, info.id.set, "sample", "\"" + info.id.key + "\"", "a sample that is still in the data set"};
}

std::optional<AgainSample> same_picture(const SampleInfo& info, const ModelInfo& model) {
    if (!info.picture_hash || is_generated(info)) {
        return std::nullopt;
    }
    Result<AgainSample> today = from_file(info, model);
    return today && today->sample.input.image_key == *info.picture_hash ? std::optional(std::move(*today)) : std::nullopt;
}

Result<AgainSample> sample_again(const SampleInfo& info, const StoredSources& sources, const ModelInfo& model) {
    const Result<StoredSources::Place> place = sources.find(info);
    Result<AgainSample> out = place ? from_set(*place, model) : from_file(info, model);
    if (!out) {
        return out;
    }
    if (!place) {
        out->remarks.push_back("The data set could not be opened again (" + place.error().message() + "); picture and facts are those of the file.");
    }
    R2T2_TRY(take_stored(info, *out));
    return out;
}

RunGround ground_of(const RunInfo& run) {
    const GroundSource source = stored_ground(run);
    return {run.model_hash, source.model_identity, source.precision, generation_text(source.beams, source.max_new_tokens), run.reference_hash};
}

RunGround ground_of(const ModelInfo& model, const ReferenceStore& references) {
    return {model.weights_hash, model.identity, model.precision, generation_text(model.beams, model.max_new_tokens), references.content_hash(), references.native_hash()};
}

std::vector<std::string> changes_since(const RunGround& then, const RunGround& now) {
    std::vector<std::string> out;
    const auto differs = [&](const char* what, const std::string& a, const std::string& b) {
        if (a != b) {
            out.push_back(std::string(what) + " is not the run's: " + b.substr(0, 32) + ", the run had " + a.substr(0, 32) + ".");
        }
    };
    if (then.model_identity.empty() || now.model_identity.empty()) {
        differs("The model", then.model_hash, now.model_hash);
    } else {
        differs("The model", then.model_identity, now.model_identity);
    }
    differs("How answers are generated", then.generation, now.generation);
    differs("The precision", then.precision, now.precision);
    if (now.reference_native_hash != then.reference_hash || then.reference_hash.empty()) {
        differs("The reference set", then.reference_hash, now.reference_hash);
    }
    return out;
}

AgainComparison compare_again(std::int64_t run, const Trajectory& stored, const Trajectory& again) {
    AgainComparison out;
    out.run = run;
    out.same_steps = stored.steps.size() == again.steps.size();
    Differences differences(out, out.difference), routing(out, out.routing_difference);
    for (std::size_t t = 0; t < std::min(stored.steps.size(), again.steps.size()); ++t) {
        const TrajectoryStep &a = stored.steps[t], &b = again.steps[t];
        const bool answers = a.answer.has_value() == b.answer.has_value() && (!a.answer || a.answer->text == b.answer->text);
        out.same_answers = out.same_answers && answers;
        out.same_verdicts = out.same_verdicts && a.correct == b.correct;
        if (!answers || a.correct != b.correct) {
            out.other_steps.push_back(a.index);
        }
        if (a.answer && b.answer) {
            differences.answer(*a.answer, *b.answer);
            if (std::min(std::abs(a.answer->margin), std::abs(b.answer->margin)) <= kTie) {
                out.ties.push_back(a.index);
            }
        }
        routing.numbers(a.weights.values(), b.weights.values());
        differences.number(a.objective, b.objective);
        differences.number(a.learning_rate, b.learning_rate);
        differences.number(a.alpha, b.alpha);
        differences.numbers(a.neighbour_losses, b.neighbour_losses);
    }
    out.same_bits = out.same_bits && out.same_steps && out.same_answers && out.same_verdicts;
    out.text = sentence(out);
    return out;
}

}  // namespace r2t2
