// Choosing parameters honestly: what a grid of settings came to on validation data, and which of them is taken.
//
// The one-standard-error rule (Breiman, Friedman, Olshen and Stone 1984, 3.4.3), for each method by itself: of all settings whose accuracy is within
// one standard error of the best one's, not the best is taken but the gentlest, then the cheapest. The standard error is that of the paired difference
// to the best, over clusters of samples that belong together (clustered_pairs.h). Gentler is a lower rate, of parameters whose row says so
// (ParameterRow::gentler), where both settings measure it on one scale (ParameterRow::scales); cheaper is fewer model passes a sample.
//
// One file serves all methods, so a parameter that several use has one value: the leading method chooses first, then the others in the table's order,
// each among the settings that agree with what has been taken.
// Thread rule: pure functions; read_trials on a reader, which belongs to one thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/analysis/statistics.h"
#include "core/routing/parameter_table.h"
#include "core/session/session_reader.h"

namespace r2t2 {

/// One setting on all samples.
struct Trial {
    MethodParams params;
    std::int64_t run = 0;            ///< of the session; 0: none
    std::vector<std::uint8_t> right; ///< 1 or 0, parallel to Trials::base
    double passes = 0.0;             ///< forward and backward ones, mean a sample
};

struct Trials {
    std::vector<Trial> settings;         ///< of methods under study
    std::vector<std::uint8_t> base;      ///< the base model, a sample each
    std::vector<std::size_t> clusters;   ///< parallel: which samples belong together
    std::int64_t left_out = 0;           ///< samples that not every run has scored: in no number
    std::vector<std::string> axes;       ///< parameters that were varied, by name
    std::vector<SampleKey> unread{};     ///< samples whose group cannot be read (unread_note)
};

enum class Verdict {
    Chosen,
    Worse,     ///< more than one standard error below the best
    Rougher,   ///< another one within a standard error has a lower rate
    Dearer,    ///< another one, no rougher, needs fewer passes
    NotTaken,  ///< as gentle and as cheap, and not more accurate
    NotOpen    ///< a method before this one has taken another value of a parameter of both
};
/// "chosen", "worse", "rougher", "dearer", "not taken", "not open".
[[nodiscard]] const char* name(Verdict verdict);

struct TriedSetting {
    MethodParams params;
    std::int64_t run = 0;
    std::string label;               ///< what tells it from the others of its method: "k 5, lr 0.3"
    std::int64_t right = 0;
    std::int64_t harmed = 0, mended = 0;  ///< right by the base model and wrong here, and the other way round
    double passes = 0.0;
    double difference = 0.0;         ///< of the accuracy to the best one's, per sample, 0 or below (of one that is not open: whatever it is)
    double standard_error = 0.0;     ///< of it
    Verdict verdict = Verdict::NotTaken;
    std::string why;                 ///< "2.5 points below the best, one standard error is 0.9"
};

struct MethodTuning {
    Method method = Method::Ngd;
    std::vector<TriedSetting> settings;  ///< in the order that they were run
    std::size_t best = 0, chosen = 0;
};

struct Tuning {
    std::int64_t samples = 0, clusters = 0, left_out = 0, base_right = 0;
    std::vector<MethodTuning> methods;  ///< in the order of their choices
    std::vector<std::string> axes;
    std::vector<SampleKey> unread{};
};

/// Errors: no setting, no sample; a method without a setting that agrees with what has been taken.
[[nodiscard]] Result<Tuning> tune(const Trials& trials);

/// The chosen value of every parameter that was varied or is not the paper's, by the row's field: what a rerouting.json holds. One that is looked at in
/// place of another stands alone.
[[nodiscard]] std::vector<const ParameterRow*> tuned_parameters(const Tuning& tuning);
/// The parameters of a row as they were chosen: those of the first method that uses it.
[[nodiscard]] const MethodParams& tuned_params(const Tuning& tuning, const ParameterRow& row);

/// A run of a session with the parameters that it was made with.
struct TrialRun {
    std::int64_t run = 0;
    MethodParams params;
    double passes = 0.0;
};
/// The base model's run among them. Errors: no base; what the reader finds wrong.
[[nodiscard]] Result<Trials> read_trials(SessionReader& session, const std::vector<TrialRun>& runs, std::vector<std::string> axes);

}  // namespace r2t2
