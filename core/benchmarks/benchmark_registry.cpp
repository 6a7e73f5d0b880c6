// The table of all eighteen. Facts: the distributions' own pages and the loaders of MoAI and its kin.
#include <algorithm>

#include "core/benchmarks/benchmarks.h"
#include "core/scoring/text.h"

namespace r2t2 {

namespace {

constexpr auto kReference = BenchmarkKind::Reference;
constexpr auto kBenchmark = BenchmarkKind::Benchmark;

constexpr const char* kParquet = "the current distribution is Parquet, which this program does not read";

std::vector<BenchmarkInfo> reference_sets() {
    return {
        {"VQA-V2", "VQA v2.0", kReference, {{"val"}, {"train"}, {"test", true}, {"test-dev", true}},
         "questions and annotations as two JSON files per split, MS-COCO 2014/2015 pictures in folders beside them",
         {"v2_OpenEnded_mscoco_{val2014}_questions.json", "v2_mscoco_{val2014}_annotations.json", "{val2014}/COCO_{val2014}_%012d.jpg"},
         "soft accuracy over ten annotators as the official script has it since 2021, but without regard to case, %", "", ""},
        {"Visual7W", "Visual7W, telling", kReference, {{"val"}, {"train"}, {"test"}},
         "one JSON file with the questions of every picture, pictures in images/", {"dataset_v7w_telling.json", "images/v7w_{id}.jpg"},
         "multiple-choice accuracy, %", "", ""},
        {"COCO-QA", "COCO-QA", kReference, {{"test"}, {"train"}}, "four text files per split whose lines belong together, MS-COCO 2014 pictures",
         {"{test}/questions.txt", "{test}/answers.txt", "{test}/img_ids.txt", "{test}/types.txt", "val2014/COCO_val2014_%012d.jpg"},
         "accuracy, %", "", ""},
        {"CLEVR", "CLEVR v1.0", kReference, {{"val"}, {"train"}, {"test", true}}, "questions/ and images/{split}/ as in CLEVR_v1.0.zip",
         {"questions/CLEVR_{val}_questions.json", "images/{val}/CLEVR_{val}_%06d.png"}, "accuracy, %", "", ""},
        {"A-OKVQA", "A-OKVQA v1.0", kReference, {{"val"}, {"train"}, {"test", true}}, "one JSON file per split, MS-COCO 2017 pictures",
         {"aokvqa_v1p0_{val}.json", "{val}2017/%012d.jpg"}, "multiple-choice accuracy, %; direct answers: mean of min(1, n/3)", "", ""},
        {"TQA", "Textbook Question Answering", kReference, {{"val"}, {"train"}, {"test"}}, "one folder per split with lessons in JSON and its pictures",
         {"{val}/tqa_v1_{val}.json", "{val}/question_images/", "{val}/abc_question_images/"}, "accuracy of diagram questions, %", "", ""},
        {"MathVista", "MathVista", kReference, {{"testmini"}, {"test", true}}, "annotation file and unpacked images.zip",
         {"annot_{testmini}.json", "images/"}, "accuracy after MathVista's normalisation, without a language model, %", kParquet,
         "use annot_testmini.json and images.zip of the same repository"},
        {"ST-VQA", "Scene Text VQA", kReference, {{"train"}, {"test-task-1", true}, {"test-task-2", true}, {"test-task-3", true}},
         "one JSON file per task, pictures by source", {"train_task_3.json", "train_images/"}, "ANLS", "", ""},
        {"DocVQA", "DocVQA, single page", kReference, {{"val"}, {"train"}, {"test", true}}, "one JSON file per split, pages in documents/ beside it",
         {"{val}_v1.0_withQT.json or {val}_v1.0.json", "documents/"}, "ANLS", "", ""},
    };
}

std::vector<BenchmarkInfo> evaluation_sets() {
    return {
        {"MMBench", "MMBench", kBenchmark, {{"dev"}, {"dev-cn"}, {"test", true}, {"test-cn", true}, {"cc"}},
         "one TSV with the pictures in base64; they are unpacked once into the cache",
         {"mmbench_dev_20230712.tsv, MMBench_DEV_EN.tsv, MMBench_DEV_EN_V11.tsv, mmbench_dev_en_20231003.tsv (dev)", "... _cn_ ... (dev-cn)",
          "MMBench_TEST_EN_legacy.tsv ... (test)", "MMBench_TEST_CN_legacy.tsv ... (test-cn)", "CCBench.tsv, CCBench_legacy.tsv (cc)"},
         "CircularEval and VanillaEval, %", "", ""},
        {"MME-P", "MME, perception", kBenchmark, {{"perception"}, {"cognition"}, {"all"}}, "one folder per subtask: pictures with two questions each",
         {"MME_Benchmark_release_version/{subtask}/"}, "points: accuracy + accuracy of both questions, summed over ten subtasks, of 2000", "", ""},
        {"CVBench-2D", "CV-Bench 2D", kBenchmark, {{"test"}}, "JSON lines and the img/ tree of plain pictures (revision 22409a9)",
         {"test_2d.jsonl or test.jsonl", "img/2D/"}, "mean of the accuracies on ADE20K and COCO, %", kParquet,
         "use revision 22409a9 of the repository, which has img/ and test.jsonl"},
        {"CVBench-3D", "CV-Bench 3D", kBenchmark, {{"test"}}, "JSON lines and the img/ tree of plain pictures (revision 22409a9)",
         {"test_3d.jsonl or test.jsonl", "img/3D/"}, "accuracy on Omni3D, %", kParquet, "use revision 22409a9 of the repository, which has img/ and test.jsonl"},
        {"GQA", "GQA, balanced", kBenchmark, {{"testdev"}, {"val"}, {"train"}}, "one JSON object of questions by number, pictures in images/",
         {"questions1.2/{testdev}_balanced_questions.json", "images/{imageId}.jpg"}, "exact match, %", "", ""},
        {"SQA-IMG", "ScienceQA, questions with a picture", kBenchmark, {{"test"}, {"val"}, {"train"}},
         "problems.json, pictures in images/{split}/{id}/; LLaVA's list of prompts is used where it is there",
         {"problems.json", "images/{test}/{id}/image.png", "llava_{test}_CQM-A.json (optional)"}, "accuracy, %", "", ""},
        {"AI2D", "AI2 Diagrams", kBenchmark, {{"test"}}, "the official folder with ai2d_test_ids.csv, or MoAI's ai2d_test.json with ai2d_images/",
         {"ai2d_test.json, or questions/ and ai2d_test_ids.csv", "images/, abc_images/"}, "accuracy, %", "", ""},
        {"TextVQA", "TextVQA 0.5.1", kBenchmark, {{"val"}, {"train"}, {"test", true}}, "one JSON file per split, pictures in train_images/ (val too)",
         {"TextVQA_0.5.1_{val}.json", "train_images/{image_id}.jpg", "llava_textvqa_val_v051_ocr.json (with --moai-parity)"},
         "soft accuracy over ten annotators, %", "", ""},
        {"PhysBench", "PhysBench, one picture", kBenchmark, {{"val"}, {"test", true}}, "test.json with unpacked image.zip and video.zip; answers of val in val_answer.json",
         {"test.json", "val_answer.json", "image/", "video/"}, "accuracy, per kind of task, %", "interleaved pictures cannot be asked", "they are left out, as for other models of one picture"},
    };
}

}  // namespace

const std::vector<BenchmarkInfo>& benchmarks() {
    static const std::vector<BenchmarkInfo> kAll = [] {
        std::vector<BenchmarkInfo> all = reference_sets();
        for (BenchmarkInfo& each : evaluation_sets()) {
            all.push_back(std::move(each));
        }
        return all;
    }();
    return kAll;
}

const BenchmarkInfo* find_benchmark(std::string_view name) {
    const std::string wanted = lower_case(name);
    const auto found = std::find_if(benchmarks().begin(), benchmarks().end(), [&](const BenchmarkInfo& each) { return lower_case(each.name) == wanted; });
    return found == benchmarks().end() ? nullptr : &*found;
}

}  // namespace r2t2
