"""Goldens for SentencePiece files: small models and what the sentencepiece package makes of texts with them.

The models are trained here, on Orchard's own dialogues in tokenizer_training/text.txt. In a Python with
sentencepiece 0.2:  python Tests/Goldens/sentencepiece_goldens.py [LLAMA2_TOKENIZER_MODEL]
It writes sentencepiece/*.model and sentencepiece/expected.json; with a Llama 2 tokenizer.model also
sentencepiece/llama2.json, the ids of the same texts.
"""

import contextlib
import json
import pathlib
import random
import shutil
import sys
import tempfile

import sentencepiece

here = pathlib.Path(__file__).resolve().parent
text = here / "tokenizer_training" / "text.txt"
folder = here / "sentencepiece"
folder.mkdir(exist_ok=True)
lines = text.read_text(encoding="utf-8").splitlines()
generator = random.Random(9)

# Full-width letters, the ellipsis, ligatures, tab, line break and no-break space.
rules = "".join(f"{0xFF21 + i:X}\t{0x41 + i:X}\n{0xFF41 + i:X}\t{0x61 + i:X}\n" for i in range(26))
rules += "2026\t2E 2E 2E\nFB01\t66 69\nFB03\t66 66 69\n9\t20\nA\t20\nA0\t20\n65 301\tE9\n"

models = {
    "t5": dict(model_type="unigram", vocab_size=400, pad_id=0, eos_id=1, unk_id=2, bos_id=-1),
    "unigram-bytes": dict(
        model_type="unigram", vocab_size=700, byte_fallback=True, normalization_rule_name="identity",
        remove_extra_whitespaces=False),
    "unigram-phrases": dict(model_type="unigram", vocab_size=400, split_by_whitespace=False),
    "llama": dict(
        model_type="bpe", vocab_size=800, byte_fallback=True, normalization_rule_name="identity",
        remove_extra_whitespaces=False, split_digits=True),
    "bare": dict(
        model_type="bpe", vocab_size=400, normalization_rule_name="identity", remove_extra_whitespaces=False,
        add_dummy_prefix=False, user_defined_symbols=["<sep>", "HTTP"], control_symbols=["<ctl>"]),
}


def train(name, options):
    # A model keeps the paths it was made with, so all of them are relative.
    with tempfile.TemporaryDirectory() as place, contextlib.chdir(place):
        pathlib.Path("rules.tsv").write_text(rules)
        shutil.copy(text, "text.txt")
        if "normalization_rule_name" not in options:
            options = options | {"normalization_rule_tsv": "rules.tsv"}
        sentencepiece.SentencePieceTrainer.train(
            input="text.txt", model_prefix="m", minloglevel=2, num_threads=1, **options)
        (folder / f"{name}.model").write_bytes(pathlib.Path("m.model").read_bytes())


def samples():
    texts = lines[::100] + lines[-10:]
    texts += ["", " ", "  two  spaces ", "\n", "a\nb\n\nc", "don't", "UPPER lower MiXeD", "unseen: ξψω ابت ∑∂", "11111",
              "x" * 60, "e\u0301 and é", "\u00a0", "ＡＢＣ ｆｕｌｌ", "it ▁ is ▁▁ a mark", "aaaaaaaaa", "._._._=====",
              "over HTTP<sep>HTTPS <sep> end", ".  That", "   three"]
    letters = [chr(c) for c in [*range(32, 127), *range(0xC0, 0x180), *range(0x3040, 0x3060), 0x1F642, 9, 10, 32, 32]]
    texts += ["".join(generator.choice(letters) for _ in range(generator.randint(1, 40))) for _ in range(60)]
    words = " ".join(lines).split(" ")
    texts += [" ".join(generator.choice(words) for _ in range(generator.randint(1, 12))) for _ in range(60)]
    return texts


texts = samples()
expected = {"texts": texts}
for name, options in models.items():
    train(name, options)
    processor = sentencepiece.SentencePieceProcessor(str(folder / f"{name}.model"))
    expected[name] = [processor.encode(line) for line in texts]
(folder / "expected.json").write_text(json.dumps(expected) + "\n")
if len(sys.argv) > 1:
    processor = sentencepiece.SentencePieceProcessor(sys.argv[1])
    (folder / "llama2.json").write_text(json.dumps([processor.encode(line) for line in texts]) + "\n")
