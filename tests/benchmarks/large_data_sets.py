#!/usr/bin/env python3
"""What reading large data sets costs: python3 tests/benchmarks/large_data_sets.py R2T2 FOLDER

Writes three made-up data sets in official layouts into FOLDER (once; 1.7 GB) and lets `r2t2 data check` read each, pictures not
looked for: CLEVR with 1,000,000 questions and their programs, VQA-v2 with 1,000,000 questions of ten answers, MMBench with 4,400
rows of which each holds a picture. Prints size, seconds and peak resident memory of the program. Python's standard library alone.
"""

import base64
import json
import os
import pathlib
import subprocess
import sys
import time

from machine import machine

QUESTIONS = 1_000_000
ROWS = 4_400


def clevr(folder):
    (folder / "questions").mkdir(parents=True, exist_ok=True)
    path = folder / "questions" / "CLEVR_val_questions.json"
    if path.exists():
        return [path]
    steps = [{"inputs": [], "function": "scene", "value_inputs": []}] + [
        {"inputs": [i], "function": f"filter_{name}", "value_inputs": [name]} for i, name in enumerate(["size", "color", "shape"])]
    with open(path, "w", encoding="utf-8") as out:
        out.write('{"info": {"split": "val"}, "questions": [')
        for i in range(QUESTIONS):
            image = i // 10 % 15_000
            record = {"split": "val", "image_filename": f"CLEVR_val_{image:06d}.png", "image_index": image, "question_index": i,
                      "question": f"How many small cyan things are left of the metal sphere number {i}?", "answer": str(i % 11),
                      "question_family_index": i % 90, "program": steps}
            out.write(("," if i else "") + json.dumps(record))
        out.write("]}")
    return [path]


def vqa(folder):
    folder.mkdir(parents=True, exist_ok=True)
    questions = folder / "v2_OpenEnded_mscoco_val2014_questions.json"
    annotations = folder / "v2_mscoco_val2014_annotations.json"
    if annotations.exists():
        return [questions, annotations]
    with open(questions, "w", encoding="utf-8") as out:
        out.write('{"questions": [')
        for i in range(QUESTIONS):
            record = {"image_id": i % 40_000, "question": f"What is the person number {i} holding in the left hand?", "question_id": i}
            out.write(("," if i else "") + json.dumps(record))
        out.write("]}")
    words = ["umbrella", "phone", "a phone", "cell phone", "racket", "nothing", "bat", "cup", "surfboard", "banana"]
    with open(annotations, "w", encoding="utf-8") as out:
        out.write('{"annotations": [')
        for i in range(QUESTIONS):
            answers = [{"answer": words[(i + (j > 5)) % 10], "answer_confidence": "yes", "answer_id": j + 1} for j in range(10)]
            record = {"question_type": "what is the", "multiple_choice_answer": words[i % 10], "answers": answers,
                      "image_id": i % 40_000, "answer_type": "other", "question_id": i}
            out.write(("," if i else "") + json.dumps(record))
        out.write("]}")
    return [questions, annotations]


def mmbench(folder):
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "mmbench_dev_20230712.tsv"
    if path.exists():
        return [path]
    picture = (pathlib.Path(__file__).parent.parent / "data" / "benchmarks" / "tiny.jpg").read_bytes()
    with open(path, "w", encoding="utf-8") as out:
        out.write("index\tquestion\thint\tA\tB\tC\tD\tanswer\tcategory\timage\tsource\tl2-category\tcomment\tsplit\n")
        for i in range(ROWS):
            # a comment of 50,000 bytes behind the start marker: another long picture in every row
            comment = b"\xff\xfe\xc3\x50" + i.to_bytes(4, "big") + bytes(49_994)
            cell = base64.b64encode(picture[:2] + comment + picture[2:]).decode()
            out.write(f'{i}\t"Which ""one"" is it,\nnumber {i}?"\t\tleft\tright\ttop\tbottom\tABCD\tspatial\t{cell}\tmade up\tspatial\t\tdev\n'.replace(
                "ABCD", "ABCD"[i % 4]))
    return [path]


def main():
    program, root = sys.argv[1], pathlib.Path(sys.argv[2])
    print(machine(1))
    for name, make in (("CLEVR", clevr), ("VQA-V2", vqa), ("MMBench", mmbench)):
        files = make(root / name)
        begin = time.monotonic()
        child = subprocess.Popen([program, "data", "check", name, str(root / name), "--no-images", "--quiet"], stdout=subprocess.PIPE,
                                 env={**os.environ, "XDG_CACHE_HOME": str(root / "cache")})
        first = child.stdout.readline().decode().strip()
        child.stdout.read()
        _, status, usage = os.wait4(child.pid, 0)
        size = sum(file.stat().st_size for file in files) / 1e6
        print(f"{first}\n  {size:.0f} MB, {time.monotonic() - begin:.1f} s, peak {usage.ru_maxrss / 1024:.0f} MB, exit {os.waitstatus_to_exitcode(status)}")


if __name__ == "__main__":
    main()
