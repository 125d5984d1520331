"""Texts to embeddings with sentence-transformers: `embed.py CHECKPOINT fp32|bf16`.

The texts are the lines of `texts.txt` in the checkpoint's folder, in its usual batches of 32. One unit is a text.
"""

import pathlib
import sys

import sentence_transformers
import torch
from worker import serve, threads

torch.set_num_threads(threads())
folder = pathlib.Path(sys.argv[1])
model = sentence_transformers.SentenceTransformer(str(folder), device="cpu")
if sys.argv[2] == "bf16":
    model.bfloat16()
texts = (folder / "texts.txt").read_text().splitlines()


def embed():
    made = model.encode(texts, batch_size=32, show_progress_bar=False, convert_to_tensor=True)
    assert len(made) == len(texts) and made.isfinite().all()
    return len(texts)


serve(f"sentence-transformers {sentence_transformers.__version__}", embed)
