"""How published chain-of-thought experiments put questions and read answers, as digests and as small cases.

Run by hand with Python 3.11 or later; the tests only read:

    python Tests/Goldens/augmentation_goldens.py DATASETS

DATASETS is the folder with zero_shot_cot and gsm8k in it (the tests that need it are skipped where it is absent); none of
its text is kept here, only SHA-256 digests. Writes Tests/Goldens/augmentation.json.

The forms are those of Kojima and others, "Large Language Models are Zero-Shot Reasoners" (2022), as their experiments
have them: a question stands between "Q: " and a line "A:"; a trigger follows behind a space; the bare answer is asked
for on a line of its own behind the model's reasoning and a space. Their answers are cleansed by a pattern for each kind.
"""

import hashlib
import json
import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
NUMERALS, AMONG, YES_NO = (
    "the answer (arabic numerals) is", "among A through E, the answer is", "the answer (Yes or No) is")
TRIGGER = "Let's think step by step."


def read_json(path):
    return json.loads(path.read_text(encoding="utf-8"))


def read_lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def without_zero(value):
    text = str(value)
    return text[:-2] if text.endswith(".0") else text


def lettered(labelled):
    return "Answer Choices:" + "".join(f" ({label}) {text}" for label, text in labelled)


def algebra_choices(options):
    # Every bracket of the joined options gets a space outside it, those within an option too.
    return "Answer Choices:" + "".join("(" + option for option in options).replace("(", " (").replace(")", ") ")


def sets(root):
    shots = root / "zero_shot_cot"

    def story(name):
        return [(row["sQuestion"].strip(), without_zero(row["lSolutions"][0])) for row in read_json(shots / name)]

    def plain(name):
        return [(row["question"], row["answer"]) for row in read_json(shots / name)["examples"]]

    yield "gsm8k", "gsm8k/test.jsonl", NUMERALS, [
        (row["question"].strip(), row["answer"].split("#### ")[-1]) for row in read_lines(root / "gsm8k/test.jsonl")]
    for name in ("AddSub/AddSub.json", "MultiArith/MultiArith.json", "SingleEq/questions.json"):
        yield "word-problem", "zero_shot_cot/" + name, NUMERALS, story(name)
    yield "svamp", "zero_shot_cot/SVAMP/SVAMP.json", NUMERALS, [
        (row["Body"].strip() + " " + row["Question"].strip(), without_zero(row["Answer"]))
        for row in read_json(shots / "SVAMP/SVAMP.json")]
    yield "aqua", "zero_shot_cot/AQuA/test.json", AMONG, [
        (row["question"].strip() + " " + algebra_choices(row["options"]), row["correct"])
        for row in read_lines(shots / "AQuA/test.json")]
    for name in ("train", "dev"):
        path = f"CommonsenseQA/{name}_rand_split.jsonl"
        yield "commonsense-qa", "zero_shot_cot/" + path, AMONG, [
            (row["question"]["stem"].strip() + " "
             + lettered((choice["label"], choice["text"]) for choice in row["question"]["choices"]), row["answerKey"])
            for row in read_lines(shots / path)]
    yield "strategy-qa", "zero_shot_cot/StrategyQA/task.json", YES_NO, [
        (row["input"].strip(), "yes" if int(row["target_scores"]["Yes"]) == 1 else "no")
        for row in read_json(shots / "StrategyQA/task.json")["examples"]]
    yield "question", "zero_shot_cot/coin_flip/coin_flip.json", YES_NO, plain("coin_flip/coin_flip.json")
    yield "question", "zero_shot_cot/last_letters/last_letters.json", "the answer is", plain("last_letters/last_letters.json")


def digest(texts):
    return hashlib.sha256("\x1e".join(texts).encode()).hexdigest()


def composed(root):
    reasoning = " Some reasoning.\nIn two lines."
    for template, path, request, rows in sets(root):
        asked = [f"Q: {question}\nA:" for question, _ in rows]
        first = [f"{text} {TRIGGER}" for text in asked]
        yield {
            "template": template, "path": path, "rows": len(rows),
            "direct": digest([f"{text} {request[0].upper()}{request[1:]}" for text in asked]),
            "reasoning": digest(first),
            "extraction": digest([f"{text}{reasoning} \nTherefore, {request}" for text in first]),
            "answers": digest([answer.strip() for _, answer in rows]),
        }


def cleansed(kind, text, few_shot):
    announced = False
    if few_shot:
        parts = text.split("The answer is")
        announced, text = len(parts) > 1, parts[-1]
    if kind == "choice-anywhere":
        found = re.findall("[A-E]", text)
    elif kind == "number":
        found = re.findall(r"-?\d+\.?\d*", text.replace(",", ""))
    elif kind == "yes-no":
        found = [word for word in re.sub(r"[\"'\n.\s:,]", " ", text.lower()).split(" ") if word in ("yes", "no")]
    else:
        found = [re.sub(r"[\"'\n.\s]", "", text)]
    if not found:
        return ""
    answer = found[-1] if few_shot and not announced else found[0]
    return answer.removesuffix(".")


OUTPUTS = {
    "number": [
        " 39.", "There were 74. They ate 35, so 74 - 35 = 39. The answer is 39.", "$1,234.50", "-7", "no number at all", "",
        "5-3", "3 + 4 = 7", "The answer is 12 apples. The answer is 13", "The answer is unknown after 4 and 5", "-", "12.",
        "1,000,000 and 2", "one 1. two 2.5.", "a-b -3.", "The answer is $-5.00.", "007", "1.2.3", " about 50%",
    ],
    "choice-anywhere": [
        " (B).", "B", "The best is C because D is wrong. The answer is C.", "none", "", "E) five", "Because A", "The answer is (D).",
        "lower case b", "AB",
    ],
    "yes-no": [
        " Yes.", "no", "Yes, the coin is heads up. The answer is yes.", "The answer is \"No\".", "Nobody knows", "not sure: yes",
        "It is no, yes", "", "YES!", "The answer is no. yes", "yes\nno", "'yes'",
    ],
    "letters": [" \"yajo\".", "y a j o", "The answer is yajo.", "The answer is \"ya jo\".\n", "", "'ok'", "a.b.c"],
}


def parsed():
    for kind, outputs in OUTPUTS.items():
        for few_shot in (False, True):
            for text in outputs:
                yield {"rule": kind, "few_shot": few_shot, "text": text, "answer": cleansed(kind, text, few_shot)}


def main():
    root = Path(sys.argv[1])
    parts = {"sets": list(composed(root)), "answers": list(parsed())}
    lines = ",\n".join(
        f"{json.dumps(name)}: [\n" + ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in entries) + "\n]"
        for name, entries in parts.items())
    (HERE / "augmentation.json").write_text("{\n" + lines + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
