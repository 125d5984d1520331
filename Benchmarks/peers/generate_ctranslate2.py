"""Generation with CTranslate2: `generate_ctranslate2.py FOLDER BATCH LENGTH NEW_TOKENS [TYPE [BEAMS]]`.

The same weights, prompts and number of tokens as with transformers; one unit is a new token.
"""

import json
import pathlib
import sys

import ctranslate2
from prompts import prompt
from worker import serve, threads

folder = pathlib.Path(sys.argv[1])
batch, length, new_tokens = map(int, sys.argv[2:5])
kind = sys.argv[5] if len(sys.argv) > 5 else "float32"
beams = int(sys.argv[6]) if len(sys.argv) > 6 else 1
vocabulary = json.loads((folder / "shared_vocabulary.json").read_text())
translator = ctranslate2.Translator(
    str(folder), device="cpu", compute_type=kind, inter_threads=1, intra_threads=threads())
inputs = [[vocabulary[number] for number in prompt(length, len(vocabulary), row)] for row in range(batch)]


def generate():
    results = translator.translate_batch(
        inputs, beam_size=beams, max_decoding_length=new_tokens, min_decoding_length=new_tokens, max_input_length=0)
    made = [len(result.hypotheses[0]) for result in results]
    assert made == [new_tokens] * batch, made
    return batch * new_tokens


serve(f"CTranslate2 {ctranslate2.__version__}", generate)
