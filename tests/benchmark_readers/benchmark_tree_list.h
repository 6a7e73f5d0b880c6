// The trees of tests/data/benchmarks by data set; R2T2_TEST_DATA is the folder tests/data. Tests and fuzz targets only; no Qt.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace r2t2 {

struct BenchmarkTree {
    const char* name;
    const char* folder;
    const char* split;
    std::size_t samples;
    const char* file;   ///< the one that is broken in tests
    const char* image;  ///< of the first sample
};

inline const std::vector<BenchmarkTree>& benchmark_trees() {
    static const std::vector<BenchmarkTree> kTrees = {
        {"VQA-V2", "vqa_v2", "val", 3, "v2_OpenEnded_mscoco_val2014_questions.json", "val2014/COCO_val2014_000000000042.jpg"},
        {"Visual7W", "visual7w", "val", 2, "dataset_v7w_telling.json", "images/v7w_2.jpg"},
        {"COCO-QA", "coco_qa", "test", 3, "test/questions.txt", "val2014/COCO_val2014_000000000042.jpg"},
        {"CLEVR", "clevr", "val", 3, "questions/CLEVR_val_questions.json", "images/val/CLEVR_val_000000.png"},
        {"A-OKVQA", "a_okvqa", "val", 2, "aokvqa_v1p0_val.json", "val2017/000000000042.jpg"},
        {"TQA", "tqa", "val", 2, "val/tqa_v1_val.json", "val/question_images/earth_1.png"},
        {"MathVista", "mathvista", "testmini", 3, "annot_testmini.json", "images/1.jpg"},
        {"ST-VQA", "st_vqa", "train", 2, "train_task_3.json", "train_images/coco-text/COCO_1.jpg"},
        {"DocVQA", "docvqa", "val", 2, "val_v1.0_withQT.json", "documents/pybv0228_81.png"},
        {"MMBench", "mmbench", "dev", 4, "mmbench_dev_20230712.tsv", ""},
        {"MME-P", "mme", "perception", 20, "MME_Benchmark_release_version/existence/0001.txt", "MME_Benchmark_release_version/existence/0001.jpg"},
        {"CVBench-2D", "cv_bench", "test", 2, "test.jsonl", "img/2D/count/ade20k_0.png"},
        {"CVBench-3D", "cv_bench", "test", 1, "test.jsonl", "img/3D/depth/omni3d_2.png"},
        {"GQA", "gqa", "testdev", 2, "questions1.2/testdev_balanced_questions.json", "images/n161313.jpg"},
        {"SQA-IMG", "scienceqa", "test", 2, "problems.json", "images/test/11/image.png"},
        {"AI2D", "ai2d", "test", 2, "questions/0.png.json", "images/0.png"},
        {"TextVQA", "textvqa", "val", 2, "TextVQA_0.5.1_val.json", "train_images/003a8ae2ef43b901.jpg"},
        {"PhysBench", "physbench", "val", 2, "test.json", "image/a.jpg"}};
    return kTrees;
}

inline std::filesystem::path benchmark_data(const std::string& folder) { return std::filesystem::path(R2T2_TEST_DATA) / "benchmarks" / folder; }

}  // namespace r2t2
