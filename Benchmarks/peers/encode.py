"""Text to token ids with the tokenizers package on one thread: `encode.py TOKENIZER_FOLDER FILE`.

One call for all lines, as its users are told to, and ids alone (`encode_batch_fast`), as on the other side; a new
tokenizer each time, whose cache of words is empty. One unit is a byte of text.
"""

import os
import pathlib
import sys

os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["RAYON_NUM_THREADS"] = "1"

import tokenizers
from worker import serve

folder = pathlib.Path(sys.argv[1])
tokenizer = None
text = pathlib.Path(sys.argv[2]).read_text()
lines = text.splitlines()
size = len(text.encode())


def load():
    global tokenizer
    tokenizer = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))


def encode():
    assert len(tokenizer.encode_batch_fast(lines)) == len(lines)
    return size


serve(f"tokenizers {tokenizers.__version__}", encode, load)
