"""Writes Tests/Goldens/datasets_rendering.json: token ids of prompts and completions by Hugging Face tokenizers.

Run by hand: python Tests/Goldens/datasets_goldens.py ../shared/data   (tokenizers 0.23.3, transformers 5.23)
"""

import json
import sys
from pathlib import Path

from tokenizers import Tokenizer
from transformers import GPT2TokenizerFast

data = Path(sys.argv[1])
pairs = [
    ("Ann: Shall we meet at nine?\nBob: Nine is fine.", "Ann and Bob meet at nine."),
    ("Zoë: The café’s closed… 😀\nLi: 明天见!", "Zoë can't have coffee; Li says “see you tomorrow”."),
    ("  two  spaces and a tab\there ", "Odd spacing, 3.14 and 1,000."),
]
instruction = "Summarise the following conversation."


def prompt(text):
    return f"{instruction}\n\n{text}\n\nSummary:"


out = {"pairs": [{"dialogue": d, "summary": s} for d, s in pairs]}

t5 = Tokenizer.from_file(str(data / "tokenizers/t5-base/tokenizer.json"))
t5.no_padding()
t5.no_truncation()
out["t5-base"] = [{"source": t5.encode(prompt(d)).ids, "target": t5.encode(s).ids} for d, s in pairs]


def whole(encode, end):
    """One sequence as the reference encodes the whole text; where its completion begins."""
    rows = []
    for d, s in pairs:
        before, ids = encode(prompt(d)), encode(prompt(d) + " " + s)
        assert ids[: len(before)] == before, "the boundary falls inside a token"
        rows.append({"target": ids + [end], "start": len(before)})
    return rows


llama = Tokenizer.from_file(str(data / "weights/stories260K/tokenizer.json"))
llama.no_padding()
llama.no_truncation()
out["stories260K"] = whole(lambda text: llama.encode(text).ids, llama.token_to_id("</s>"))

folder = data / "tokenizers/gpt2"
gpt2 = GPT2TokenizerFast(vocab=str(folder / "vocab.json"), merges=str(folder / "merges.txt"))
out["gpt2"] = whole(lambda text: gpt2(text)["input_ids"], gpt2.convert_tokens_to_ids("<|endoftext|>"))

(Path(__file__).parent / "datasets_rendering.json").write_text(json.dumps(out, ensure_ascii=False, indent=1) + "\n")
