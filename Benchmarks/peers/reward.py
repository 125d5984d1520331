"""Scores of answers by transformers' sequence classifier: `reward.py CHECKPOINT fp32|bf16`.

The prompts and answers are the lines of `answers.txt` in the checkpoint's folder, a tab between them, in batches of 16 in
their order. One unit is an answer.
"""

import pathlib
import sys

import torch
import transformers
from worker import serve, threads

torch.set_num_threads(threads())
folder = pathlib.Path(sys.argv[1])
dtype = torch.bfloat16 if sys.argv[2] == "bf16" else torch.float32
model = transformers.AutoModelForSequenceClassification.from_pretrained(folder, dtype=dtype).eval()
tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
pairs = [line.split("\t") for line in (folder / "answers.txt").read_text().splitlines()]


def score():
    with torch.inference_mode():
        for start in range(0, len(pairs), 16):
            prompts, answers = zip(*pairs[start:start + 16])
            batch = tokenizer(list(prompts), list(answers), padding=True, truncation=True, return_tensors="pt")
            assert model(**batch).logits.isfinite().all()
    return len(pairs)


serve(f"transformers {transformers.__version__}", score)
