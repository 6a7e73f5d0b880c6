"""Makes the trees in this folder: every data set in its official layout, a few records each. Run here; the outputs are committed.

The pictures are copies of tiny.jpg, tiny.png (RGBA) and tiny.mp4 (nine frames), which were made with OpenCV.
"""
import base64
import json
import pathlib
import shutil

here = pathlib.Path(__file__).parent


def write(path, content):
    target = here / path
    target.parent.mkdir(parents=True, exist_ok=True)
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    target.write_text(text, encoding="utf-8", newline="")


def picture(path):
    target = here / path
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(here / ("tiny" + target.suffix), target)


def coco(folder, prefix, *ids):
    for each in ids:
        picture(f"{folder}/{prefix}{each:012d}.jpg")


def ten(*pairs):
    return [text for count, text in pairs for _ in range(count)]


def vqa_v2():
    def questions(rows):
        return {"info": {"description": "made by hand"}, "license": {"name": "none"}, "data_subtype": "val2014",
                "questions": [{"image_id": i, "question": q, "question_id": n} for i, q, n in rows]}

    def annotation(number, image, kind, question_kind, answer, answers):
        return {"question_type": question_kind, "multiple_choice_answer": answer, "image_id": image, "answer_type": kind, "question_id": number,
                "answers": [{"answer": a, "answer_confidence": "yes", "answer_id": k + 1} for k, a in enumerate(answers)]}

    root = "vqa_v2/"
    write(root + "v2_OpenEnded_mscoco_val2014_questions.json",
          questions([(42, "Where is he looking?", 42000), (42, "How many dogs?", 42001), (73, "Is it \"wet\"?\tYes or no", 73000)]))
    write(root + "v2_mscoco_val2014_annotations.json", {"annotations": [
        annotation(73000, 73, "yes/no", "is it", "yes", ten((9, "yes"), (1, "no"))),
        annotation(42000, 42, "other", "where is", "down", ten((6, "down"), (3, "at table"), (1, "skateboard"))),
        annotation(42001, 42, "number", "how many", "2", ten((10, "2")))]})
    write(root + "v2_OpenEnded_mscoco_test-dev2015_questions.json", questions([(1, "What colour?", 1000)]))
    coco(root + "val2014", "COCO_val2014_", 42, 73)
    coco(root + "test2015", "COCO_test2015_", 1)


def visual7w():
    def pair(number, image, question, answer, kind, wrong):
        return {"qa_id": number, "image_id": image, "question": question, "answer": answer, "type": kind, "multiple_choices": wrong}

    write("visual7w/dataset_v7w_telling.json", {"dataset": "visual7w-telling", "boxes": [], "images": [
        {"image_id": 2, "filename": "v7w_2.jpg", "split": "val", "qa_pairs": [
            pair(10, 2, "What colour is the car?", "Red.", "what", ["Blue.", "Green.", "Black."]),
            pair(11, 2, "Where is it?", "On the road.", "where", ["In a garage.", "At sea.", "In a tree."])]},
        {"image_id": 3, "filename": "v7w_3.jpg", "split": "train", "qa_pairs": [
            pair(12, 3, "Who is there?", "Nobody.", "who", ["A man.", "A dog.", "A cat."])]}]})
    for each in (2, 3):
        picture(f"visual7w/images/v7w_{each}.jpg")


def coco_qa():
    root = "coco_qa/test/"
    write(root + "questions.txt", "what is on the table\nhow many cats lie there ?\nwhat is the colour of the bus\n")
    write(root + "answers.txt", "laptop\ntwo\nred\n")
    write(root + "img_ids.txt", "42\n73\n42\n")
    write(root + "types.txt", "0\n1\n2\n")
    coco("coco_qa/val2014", "COCO_val2014_", 42, 73)


def clevr():
    def question(n, image, text, answer, function):
        return {"image_index": image, "program": [{"inputs": [], "function": "scene", "value_inputs": []},
                                                   {"inputs": [0], "function": function, "value_inputs": []}],
                "question_index": n, "image_filename": f"CLEVR_val_{image:06d}.png", "question_family_index": 2, "split": "val",
                "answer": answer, "question": text}

    write("clevr/questions/CLEVR_val_questions.json", {"info": {"split": "val", "version": "1.0"}, "questions": [
        question(0, 0, "Are there any other things that are the same shape as the big metallic object?", "no", "exist"),
        question(1, 0, "How many cubes are there?", "3", "count"), question(2, 1, "What colour is the ball?", "cyan", "query_color")]})
    for each in (0, 1):
        picture(f"clevr/images/val/CLEVR_val_{each:06d}.png")


def a_okvqa():
    def question(number, image, text, right, answers, difficult):
        return {"split": "val", "image_id": image, "question_id": number, "question": text, "choices": ["desk", "wall", "chair", "bed"],
                "correct_choice_idx": right, "direct_answers": answers, "difficult_direct_answer": difficult, "rationales": ["a", "b", "c"]}

    write("a_okvqa/aokvqa_v1p0_val.json", [question("22jb", 42, "Where is the lamp?", 0, ten((7, "desk"), (2, "table"), (1, "floor")), False),
                                           question("23ab", 73, "Where is the clock?", 1, ten((10, "wall")), True)])
    test = question("24cd", 42, "Where is it?", 0, [], False)
    del test["correct_choice_idx"], test["direct_answers"]
    write("a_okvqa/aokvqa_v1p0_test.json", [test])
    coco("a_okvqa/val2017", "", 42, 73)
    coco("a_okvqa/test2017", "", 42)


def tqa():
    def choices(*texts):
        return {"abcdefg"[i]: {"idStructural": "abcdefg"[i] + ".", "processedText": t, "rawText": t} for i, t in enumerate(texts)}

    def diagram(number, text, options, answer, kind, image):
        return {"beingAsked": {"processedText": text, "rawText": text}, "answerChoices": options, "correctAnswer": {"processedText": answer},
                "questionType": kind, "imagePath": image, "imageName": image.split("/")[1], "globalID": number}

    write("tqa/val/tqa_v1_val.json", [
        {"globalID": "L_0001", "lessonName": "the rock cycle", "topics": {}, "questions": {
            "nonDiagramQuestions": {"NDQ_000001": {"globalID": "NDQ_000001"}},
            "diagramQuestions": {
                "DQ_000001": diagram("DQ_000001", "which layer is on top?", choices("crust", "mantle", "core"), "b", "Diagram Multiple Choice",
                                     "question_images/earth_1.png"),
                "DQ_000002": diagram("DQ_000002", "is the core solid?", choices("true", "false"), "False", "Diagram True or False",
                                     "abc_question_images/earth_2.png")}}}])
    picture("tqa/val/question_images/earth_1.png")
    picture("tqa/val/abc_question_images/earth_2.png")


def mathvista():
    def record(pid, question_type, answer_type, answer, choices, precision, query):
        return {"pid": pid, "question": "q", "image": f"images/{pid}.jpg", "choices": choices, "unit": None, "precision": precision, "answer": answer,
                "question_type": question_type, "answer_type": answer_type, "metadata": {"task": "figure question answering"}, "query": query}

    write("mathvista/annot_testmini.json", {
        "1": record("1", "free_form", "float", "1.2", None, 1.0, "Hint: Please answer the question requiring a floating-point number with one decimal place.\nQuestion: How long is it?"),
        "2": record("2", "multi_choice", "text", "No", ["Yes", "No"], None, "Hint: Please provide the correct option letter.\nQuestion: Is it?\nChoices:\n(A) Yes\n(B) No"),
        "3": record("3", "free_form", "integer", "7", None, None, "Hint: integer.\nQuestion: How many?")})
    for each in (1, 2, 3):
        picture(f"mathvista/images/{each}.jpg")


def st_vqa():
    write("st_vqa/train_task_3.json", {"task_name": "task3", "set_name": "train", "data": [
        {"question_id": 1, "question": "What does the sign say?", "answers": ["STOP", "stop sign"], "file_path": "coco-text/COCO_1.jpg",
         "file_name": "COCO_1.jpg", "dataset": "coco-text", "set_name": "train"},
        {"question_id": 2, "question": "What is the name of the café?", "answers": ["Café Zürich"], "file_path": "vg/2.jpg",
         "file_name": "2.jpg", "dataset": "vg", "set_name": "train"}]})
    write("st_vqa/test_task_1.json", {"task_name": "task1", "set_name": "test", "data": [
        {"question_id": 9, "question": "What number?", "file_path": "vg/9.jpg", "file_name": "9.jpg", "dataset": "vg", "set_name": "test"}]})
    for each in ("coco-text/COCO_1.jpg", "vg/2.jpg"):
        picture("st_vqa/train_images/" + each)
    picture("st_vqa/test_images/vg/9.jpg")


def docvqa():
    def record(number, text, image, answers, kinds):
        return {"questionId": number, "question": text, "question_types": kinds, "image": image, "docId": 14281, "ucsf_document_id": "xnbl0037",
                "ucsf_document_page_no": "1", "answers": answers, "data_split": "val"}

    write("docvqa/val_v1.0_withQT.json", {"dataset_name": "SP-DocVQA", "dataset_version": "1.0", "dataset_split": "val", "data": [
        record(49153, "What is the 'actual' value per 1000?", "documents/pybv0228_81.png", ["0.28"], ["figure/diagram"]),
        record(24580, "What is the name of the university?", "documents/nkbl0226_1.png", ["university of california", "University of California"],
               ["table/list", "layout"])]})
    for each in ("pybv0228_81", "nkbl0226_1"):
        picture(f"docvqa/documents/{each}.png")


def mmbench():
    image = base64.b64encode((here / "tiny.jpg").read_bytes()).decode()
    columns = ["index", "question", "hint", "A", "B", "C", "D", "answer", "category", "image", "source", "l2-category", "comment", "split"]
    rows = [
        ["241", "Identify the question that \"Madelyn\" asks.", "The passage below\tdescribes an experiment.\nMadelyn waxed her snowboard.",
         "Does it slide?", "Is it wet?", "", "", "A", "identity_reasoning", image, "scienceqa", "attribute_reasoning", "", "dev"],
        ["1000241", "Identify the question that \"Madelyn\" asks.", "The passage below\tdescribes an experiment.\nMadelyn waxed her snowboard.",
         "Is it wet?", "Does it slide?", "", "", "B", "identity_reasoning", "241", "scienceqa", "attribute_reasoning", "", "dev"],
        ["252", "How many?", "", "1", "2", "None", "4", "B", "ocr", image, "made", "coarse", "", "dev"],
        ["253", "Which one?", "", "left", "right", "top", "bottom", "D", "ocr", image, "made", "coarse", "", "dev"]]

    def cell(text):
        return '"' + text.replace('"', '""') + '"' if any(c in text for c in '"\t\n') else text

    write("mmbench/mmbench_dev_20230712.tsv", "".join("\t".join(cell(c) for c in row) + "\n" for row in [columns] + rows))


def mme():
    root = "mme/MME_Benchmark_release_version/"
    for subtask in ("existence", "count", "position", "color", "posters", "celebrity", "scene", "landmark", "artwork", "OCR",
                    "commonsense_reasoning", "numerical_calculation", "text_translation", "code_reasoning"):
        divided = subtask in ("artwork", "celebrity", "landmark", "posters", "scene")
        images, texts = (root + subtask + ("/images" if divided else ""), root + subtask + ("/questions_answers_YN" if divided else ""))
        picture(f"{images}/0001.jpg")
        write(f"{texts}/0001.txt", f"Is this about {subtask}? Please answer yes or no.\tYes\nIs it about nothing?  Please answer yes or no.\tNo\n")


def cv_bench():
    def record(idx, kind, task, source, filename, choices, answer):
        prompt = "Which one? Select from the following choices.\n" + "\n".join(f"({'ABCDEF'[i]}) {c}" for i, c in enumerate(choices))
        return {"idx": idx, "type": kind, "task": task, "image": None, "question": "Which one?", "choices": choices, "answer": answer, "prompt": prompt,
                "filename": filename, "source": source, "source_dataset": source, "source_filename": "x", "target_class": None, "target_size": None,
                "bbox": None}

    rows = [record(0, "2D", "Count", "ADE20K", "img/2D/count/ade20k_0.png", ["0", "1", "2", "3"], "(C)"),
            record(1, "2D", "Relation", "COCO", "img/2D/relation/coco_1.png", ["left", "right"], "(A)"),
            record(2, "3D", "Depth", "Omni3D", "img/3D/depth/omni3d_2.png", ["lamp", "desk"], "(B)")]
    write("cv_bench/test.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    for row in rows:
        picture("cv_bench/" + row["filename"])


def gqa():
    def record(text, image, answer, structural, semantic):
        return {"semantic": [], "entailed": [], "equivalent": [], "question": text, "imageId": image, "isBalanced": True,
                "groups": {"global": None, "local": None}, "answer": answer, "types": {"detailed": "x", "semantic": semantic, "structural": structural},
                "fullAnswer": answer + "."}

    write("gqa/questions1.2/testdev_balanced_questions.json", {
        "201307251": record("Is it overcast?", "n161313", "no", "verify", "global"),
        "201640614": record("Who is wearing the dress?", "n235859", "woman", "query", "rel")})
    for each in ("n161313", "n235859"):
        picture(f"gqa/images/{each}.jpg")


def scienceqa():
    def record(text, choices, answer, image, split="test", hint=""):
        return {"question": text, "choices": choices, "answer": answer, "hint": hint, "image": image, "task": "closed choice", "grade": "grade2",
                "subject": "natural science", "topic": "physics", "category": "Materials", "skill": "s", "lecture": "", "solution": "", "split": split}

    write("scienceqa/problems.json", {
        "4": record("Which figure of speech is used?", ["chiasmus", "apostrophe"], 0, None),
        "5": record("Which property do these two objects have in common?", ["hard", "bendable"], 1, "image.png", hint="Select the better answer."),
        "11": record("What is the capital?", ["A town", "B town", "C town"], 2, "image.png"),
        "12": record("Which is a solid?", ["water", "rock"], 1, "image.png", "train")})
    write("scienceqa/pid_splits.json", {"train": ["12"], "val": [], "test": ["4", "5", "11"]})
    write("scienceqa/llava_test_CQM-A.json", [
        {"id": "5", "image": "5/image.png", "conversations": [
            {"from": "human", "value": "<image>\nContext: Select the better answer.\nWhich property do these two objects have in common?\nA. hard\nB. bendable"},
            {"from": "gpt", "value": "The answer is B."}]}])
    for each in (5, 11):
        picture(f"scienceqa/images/test/{each}/image.png")


def ai2d():
    def metadata(number, lettered, texts, right):
        return {"abcLabel": lettered, "answerTexts": texts, "correctAnswer": right, "questionId": number}

    plain = metadata("0.png-0", False, ["sun", "moon", "mars", "earth"], 1)
    lettered = metadata("0.png-1", True, ["A", "B", "C", "D"], 3)
    write("ai2d/ai2d_test_ids.csv", "0\n7\n")
    write("ai2d/questions/0.png.json", {"imageName": "0.png", "questions": {"What is lit?": plain, "Which letter is the leaf?": lettered}})
    write("ai2d_moai/ai2d/ai2d_test.json", [{"imageName": "0.png", "question": "What is lit?", "metadata": plain},
                                             {"imageName": "0.png", "question": "Which letter is the leaf?", "metadata": lettered}])
    for each in ("ai2d/images/0.png", "ai2d/abc_images/0.png", "ai2d_moai/ai2d/ai2d_images/images/0.png", "ai2d_moai/ai2d/ai2d_images/abc_images/0.png"):
        picture(each)


def textvqa():
    def record(number, image, text, answers):
        return {"question": text, "question_id": number, "image_id": image, "image_classes": ["Phone"], "image_width": 12, "image_height": 8,
                "answers": answers, "question_tokens": text.split(), "set_name": "val"}

    write("textvqa/TextVQA_0.5.1_val.json", {"dataset_type": "val", "dataset_name": "textvqa", "dataset_version": "0.5.1", "data": [
        record(34602, "003a8ae2ef43b901", "what is the brand of this camera?", ten((5, "nokia"), (2, "nokia phone"), (1, "Nokia."), (2, "samsung"))),
        record(34603, "003a8ae2ef43b901", "What does it say?", ten((10, "dakota")))]})
    write("textvqa/llava_textvqa_val_v051_ocr.json", [
        {"image": "003a8ae2ef43b901.jpg", "question_id": "003a8ae2ef43b901",
         "text": "What is the brand of this camera?\nReference OCR token: NOKIA, 5G\nAnswer the question using a single word or phrase."},
        {"image": "003a8ae2ef43b901.jpg", "question_id": "003a8ae2ef43b901", "text": "What does it say?\nReference OCR token: dakota"}])
    picture("textvqa/train_images/003a8ae2ef43b901.jpg")


def physbench():
    def record(idx, mode, split, files, text):
        return {"idx": idx, "question": text, "file_name": files, "mode": mode, "split": split, "scene": "x"}

    write("physbench/test.json", [
        record(0, "image-only", "val", ["a.jpg"], "<image>\nWhich is heavier?\nA. left\nB. right\nC. both\nD. none"),
        record(1, "image&video", "val", ["v.mp4"], "<video>\nWhat happens?\nA. it falls\nB. it rises\nC. nothing\nD. it melts"),
        record(2, "general", "val", ["a.jpg", "b.jpg"], "See <image> and <image>?\nA. a\nB. b\nC. c\nD. d"),
        record(3, "image-only", "test", ["a.jpg"], "<image>\nWhich one?\nA. a\nB. b\nC. c\nD. d")])
    write("physbench/val_answer.json", [
        {"idx": 0, "answer": "B", "task_type": "property", "sub_type": "mass", "ability_type": "x", "mode": "image-only"},
        {"idx": 1, "answer": "A", "task_type": "dynamics", "sub_type": "others", "ability_type": "x", "mode": "image&video"},
        {"idx": 2, "answer": "A", "task_type": "scene", "sub_type": "others", "ability_type": "x", "mode": "general"}])
    picture("physbench/image/a.jpg")
    picture("physbench/video/v.mp4")


for make in (vqa_v2, visual7w, coco_qa, clevr, a_okvqa, tqa, mathvista, st_vqa, docvqa, mmbench, mme, cv_bench, gqa, scienceqa, ai2d, textvqa,
             physbench):
    make()
