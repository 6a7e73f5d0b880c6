// A session with samples of two benchmarks, scored by the keys stored with them. Tests only.
#pragma once

#include "core/scoring/stored_key.h"
#include "tests/session/session_samples.h"

namespace r2t2::session_samples {

/// One question of MME's "count": `picture` counts its questions together.
inline SampleInfo mme_sample(int number, int picture, const std::string& truth) {
    SampleInfo info = sample_info(number);
    info.id = {"MME-P", "m" + std::to_string(number)};
    info.ground_truth = truth;
    StoredKey key{"MME-P", {}};
    key.key.rule = AnswerRule::YesNo;
    key.key.answers = {truth};
    key.key.group = "picture " + std::to_string(picture);
    key.key.category = "count";
    info.scoring = stored_key_json(key);
    return info;
}

inline SampleInfo docvqa_sample(int number, const std::string& truth) {
    SampleInfo info = sample_info(number);
    info.id = {"DocVQA", "d" + std::to_string(number)};
    info.ground_truth = truth;
    StoredKey key{"DocVQA", {}};
    key.key.rule = AnswerRule::Anls;
    key.key.answers = {truth};
    info.scoring = stored_key_json(key);
    return info;
}

/// Two steps: the answers before and after, with the correctness that `info`'s key gives them.
inline Trajectory answers(int number, const SampleInfo& info, const std::string& before, const std::string& after) {
    Trajectory out = trajectory(number, {false, false});
    AnswerKey key;
    key.answers = {info.ground_truth.value_or("")};
    if (info.scoring) {
        key = parse_stored_key(*info.scoring, "")->key;
    }
    for (const auto& [step, text] : {std::pair<std::size_t, std::string>{0, before}, {1, after}}) {
        out.steps[step].answer->text = text;
        out.steps[step].correct = score(text, key).correct;
    }
    return out;
}

/// Run 1. MME "count": two pictures of two questions. Before: right, wrong | right, right: acc 75, acc+ 50. After: all right: 200.
/// DocVQA: "hello" for "hallo" is 0.8; then 1. A question of a plain set.
inline Status fill_benchmarks(SessionWriter& session, const std::string& method = "ngd", bool mended = true) {
    RunInfo run = run_info();
    run.method = method;
    const auto id = session.begin_run(run);
    R2T2_TRY(id);
    const std::vector<SampleInfo> infos = {mme_sample(1, 1, "yes"), mme_sample(2, 1, "no"), mme_sample(3, 2, "yes"),
                                           mme_sample(4, 2, "no"), docvqa_sample(5, "hallo"), sample_info(6)};
    const std::vector<std::string> before = {"Yes", "Yes", "yes.", "No", "hello", "0"};
    const std::vector<std::string> after = {"Yes", "No", "yes.", "No", "hallo", "1"};
    for (std::size_t i = 0; i < infos.size(); ++i) {
        R2T2_TRY(session.write_sample(*id, infos[i], answers(static_cast<int>(i), infos[i], before[i], mended ? after[i] : before[i]), reference_name));
    }
    return session.finish_run(*id, RunState::Finished);
}

}  // namespace r2t2::session_samples
